//! Responses that are streams of JSON values.

use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core, decode};
use crm_clients_runtime::{Error, JsonLines, Retry};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::server::{Server, reply};
use crate::{ErrorBody, GET, Numbers, Outcome, get};

fn lines(server: &Server) -> Result<JsonLines<Numbers, ErrorBody>, crm_clients_runtime::RequestError> {
    Ok(get(server)?.json_lines(decode::json))
}

/// Returns all items of a stream in short form.
async fn all(mut lines: JsonLines<Numbers, ErrorBody>) -> Vec<String> {
    let mut seen = Vec::new();
    while let Some(line) = lines.next().await {
        seen.push(line.map_or_else(|error| error.to_string(), |numbers| format!("{numbers:?}")));
    }
    assert!(lines.next().await.is_none(), "it stays at its end");
    seen
}

#[tokio::test]
async fn each_line_is_a_value() -> Outcome {
    let one_two = [r#"{"n": 1}"#, r#"{"n": 2}"#];
    let sequence = "\u{1e}{\"n\":\n1}\n\u{1e}{\"n\": 2}\n";
    for (media_type, body) in [
        ("application/x-ndjson", "{\"n\":1}\r\n\n  \n{\"n\":2}\n"),
        ("Application/JSONL; charset=utf-8", "{\"n\":1}\n{\"n\":2}"),
        ("application/json-seq", sequence),
        ("application/geo+json-seq", sequence),
        ("text/plain", "{\"n\":1}\n{\"n\":2}\n"),
    ] {
        let server = Server::answering([reply("200 OK", &[&format!("content-type: {media_type}")], body)]).await?;

        assert_eq!(all(lines(&server)?).await, one_two, "{media_type}");
        let accept = "application/x-ndjson, application/jsonl, application/json-seq";
        assert_eq!(server.request()?.header("accept"), Some(accept));
    }
    for media_type in ["application/x-ndjson", "application/json-seq"] {
        let server = Server::answering([reply("200 OK", &[&format!("content-type: {media_type}")], "")]).await?;
        assert!(all(lines(&server)?).await.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn an_invalid_line_is_an_error_at_its_position() -> Outcome {
    let body = "{\"n\":1}\n{\"n\":\"two\"}\n{\"n\n{\"n\":4}\n";
    let server = Server::answering([reply("200 OK", &["content-type: application/jsonl"], body)]).await?;
    let mut lines = lines(&server)?;
    assert_eq!(lines.try_next().await?.map(|numbers| numbers["n"]), Some(1));
    let Some(Err(Error::Decode(error))) = lines.next().await else { return Err("no error".into()) };
    assert_eq!((error.path(), error.raw_body().as_ref()), ("$.n", br#"{"n":"two"}"#.as_slice()));
    assert!(lines.next().await.is_some_and(|line| line.is_err()));
    assert_eq!(lines.try_next().await?.map(|numbers| numbers["n"]), Some(4));
    assert!(lines.try_next().await?.is_none());
    Ok(())
}

#[tokio::test]
async fn another_response_is_an_error() -> Outcome {
    let server = Server::answering([reply("200 OK", &["content-type: application/json"], "{}")]).await?;
    let told = "things.get: invalid 200 response at $: the body is application/json, not a stream of JSON lines \
                (application/x-ndjson) (near: {})";
    assert_eq!(all(lines(&server)?).await, [told]);
    let server = Server::answering([reply("422 Unprocessable Entity", &[], r#"{"name":"taken"}"#)]).await?;
    let Some(Err(Error::Api(error))) = lines(&server)?.next().await else { return Err("no error".into()) };
    assert!(matches!(error.body(), ErrorBody::Invalid(body) if body["name"] == "taken"));
    Ok(())
}

#[tokio::test]
async fn values_arrive_immediately_and_are_limited() -> Outcome {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let builder = Core::builder("tests", "https://api.example").base_url(url).retry(Retry::never());
    let core = builder.timeout(Duration::from_secs(5)).response_limit(16).build()?;
    let mut lines = Call::new(&core, &GET, &[&7i64]).json_lines(decode::json::<Numbers>);
    let (first, stream) = tokio::join!(lines.next(), async {
        let (mut stream, _) = listener.accept().await?;
        assert_ne!(stream.read(&mut [0; 4096]).await?, 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/jsonl\r\n\r\n{\"n\":1}\n{\"n\"").await?;
        Ok::<_, std::io::Error>(stream)
    });
    let mut stream = stream?;
    assert_eq!(first.ok_or("it ended")??["n"], 1, "before the body has ended");
    stream.write_all(b":2}\n").await?;
    assert_eq!(lines.try_next().await?.map(|numbers| numbers["n"]), Some(2));
    stream.write_all(b"{\"n\":1111111111111111").await?;
    let error = lines.next().await.ok_or("it ended")?.err().ok_or("it was read")?;
    assert_eq!(error.to_string(), "things.get: a value is larger than the response limit: the limit is 16 bytes");
    assert!(lines.next().await.is_none());
    Ok(())
}
