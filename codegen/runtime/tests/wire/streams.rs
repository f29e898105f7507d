//! Bodies read as a stream.

use std::time::Duration;

use crm_clients_runtime::generated::Call;
use crm_clients_runtime::generated::Core;
use crm_clients_runtime::{ByteStream, Error, Retry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{Server, reply};
use crate::{ErrorBody, GET, Outcome, get};

/// Returns the stream of a response whose head declares a body of six bytes, and the server's end of the connection.
async fn open() -> Result<(ByteStream, TcpStream), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let core = Core::builder("tests", "https://api.example")
        .base_url(url)
        .retry(Retry::never())
        .timeout(Duration::from_millis(200))
        .response_limit(4)
        .build()?;
    let (response, stream) = tokio::join!(Call::new(&core, &GET, &[&7i64]).send_stream(), accept(&listener));
    let response = response?;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers().get("x-total").map(|total| total.as_bytes()), Some(b"6".as_slice()));
    Ok((response.into_body(), stream?))
}

async fn accept(listener: &TcpListener) -> std::io::Result<TcpStream> {
    let (mut stream, _) = listener.accept().await?;
    assert_ne!(stream.read(&mut [0; 4096]).await?, 0);
    stream.write_all(b"HTTP/1.1 200 OK\r\nx-total: 6\r\ncontent-length: 6\r\n\r\n").await?;
    Ok(stream)
}

#[tokio::test]
async fn chunks_arrive_as_the_server_sends_them() -> Outcome {
    let (mut body, mut server) = open().await?;
    server.write_all(b"one").await?;
    assert_eq!(body.next().await.ok_or("ended")??, "one");
    server.write_all(b"two").await?;
    assert_eq!(body.next().await.ok_or("ended")??, "two");
    assert!(body.next().await.is_none());
    assert!(body.next().await.is_none(), "it stays at its end");
    Ok(())
}

#[tokio::test]
async fn the_timeout_applies_to_each_chunk() -> Outcome {
    let (mut body, mut server) = open().await?;
    server.write_all(b"one").await?;
    assert_eq!(body.next().await.ok_or("ended")??, "one");
    let error = body.next().await.ok_or("ended")?.err().ok_or("a piece came")?;
    assert!(error.is_timeout());
    assert_eq!(error.to_string(), "things.get: timed out: the limit is 200ms");
    assert!(body.next().await.is_none());
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_an_error() -> Outcome {
    let (mut body, mut server) = open().await?;
    server.write_all(b"one").await?;
    drop(server);
    assert_eq!(body.next().await.ok_or("ended")??, "one");
    let error = Error::<ErrorBody>::from(body.next().await.ok_or("ended")?.err().ok_or("a piece came")?);
    assert_eq!(error.operation(), Some("things.get"));
    assert!(error.to_string().starts_with("things.get: the body was cut off"), "{error}");
    Ok(())
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() -> Outcome {
    let (body, mut server) = open().await?;
    drop(body);
    // Either the end of the client's data or a reset shows that the connection is closed.
    assert!(matches!(server.read(&mut [0; 16]).await, Ok(0) | Err(_)));
    Ok(())
}

#[tokio::test]
async fn errors_are_still_typed_and_limited() -> Outcome {
    let server = Server::answering([reply("422 Unprocessable Entity", &[], r#"{"name":"taken"}"#)]).await?;
    let Err(Error::Api(error)) = get(&server)?.send_stream().await else { return Err("it went well".into()) };
    assert_eq!(error.status(), 422);
    assert!(matches!(error.body(), ErrorBody::Invalid(body) if body["name"] == "taken"));
    Ok(())
}
