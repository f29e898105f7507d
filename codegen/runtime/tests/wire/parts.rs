//! Responses that are sequences of parts.

use crm_clients_runtime::generated::{Call, Core, decode};
use crm_clients_runtime::{Error, Parts};

use crate::server::{Server, reply};
use crate::{ErrorBody, GET, Numbers, Outcome, get};

/// Returns all items of a stream in short form.
async fn all<T: std::fmt::Debug>(mut parts: Parts<T, ErrorBody>) -> Vec<String> {
    let mut seen = Vec::new();
    while let Some(part) = parts.next().await {
        seen.push(part.map_or_else(|error| error.to_string(), |part| format!("{:?}", part.body)));
    }
    assert!(parts.next().await.is_none(), "it stays at its end");
    seen
}

async fn answering(media_type: &str, body: &str) -> std::io::Result<Server> {
    Server::answering([reply("200 OK", &[&format!("content-type: {media_type}")], body)]).await
}

#[tokio::test]
async fn each_part_is_a_value() -> Outcome {
    for (media_type, body) in [
        ("multipart/mixed; boundary=b", "--b\r\n\r\n{\"n\":1}\r\n--b\r\nX-A: 1\r\n\r\n{\"n\":2}\r\n--b--\r\n"),
        (
            "Multipart/Related; type=x; Boundary=\"b\"",
            "preamble\r\n--b \r\n\r\n{\"n\":1}\r\n--b\r\n\r\n{\"n\":2}\r\n--b--",
        ),
        ("multipart/mixed; boundary=b", "--b\n\n{\"n\":1}\n--b\nx: y\n\n{\"n\":2}\n--b--\nepilogue --b\n"),
        // A part that the server has not finished is ignored.
        ("multipart/mixed; boundary=b", "--b\r\n\r\n{\"n\":1}\r\n--b\r\n\r\n{\"n\":2}\r\n--b\r\n\r\n{\"n\":"),
    ] {
        let server = answering(media_type, body).await?;
        let parts = get(&server)?.parts::<Numbers>(decode::json);
        assert_eq!(all(parts).await, [r#"{"n": 1}"#, r#"{"n": 2}"#], "{media_type} {body:?}");
    }
    Ok(())
}

#[tokio::test]
async fn parts_keep_their_bytes_and_headers() -> Outcome {
    let body = "--b\r\n\r\none\r\n--bc\r\n\ntwo\r\n--b\r\nContent-ID: <x>\r\n\r\n\r\n--b\r\n\r\n--b--";
    let server = answering("multipart/mixed; boundary=b", body).await?;
    let parts = get(&server)?.parts::<String>(decode::text);
    assert_eq!(all(parts).await, [r#""one\r\n--bc\r\n\ntwo""#, r#""""#, r#""""#], "a longer boundary does not match");
    let mut parts = get(&server)?.parts::<String>(decode::text);
    parts.try_next().await?;
    let second = parts.try_next().await?.ok_or("no part")?;
    assert_eq!(second.headers["content-id"], "<x>");
    let server = answering("multipart/mixed; boundary=b", "--b--").await?;
    assert!(all(get(&server)?.parts::<String>(decode::text)).await.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_invalid_part_is_an_error_at_its_position() -> Outcome {
    let body = "--b\r\n\r\n{\"n\":\"x\"}\r\n--b\r\n\r\n{\"n\":2}\r\n--b--";
    let server = answering("multipart/mixed; boundary=b", body).await?;
    let mut parts = get(&server)?.parts::<Numbers>(decode::json);
    let Some(Err(Error::Decode(error))) = parts.next().await else { return Err("it was read".into()) };
    assert_eq!((error.path(), error.raw_body().as_ref()), ("$.n", br#"{"n":"x"}"#.as_slice()));
    assert_eq!(all(parts).await, [r#"{"n": 2}"#]);
    for media_type in ["application/json", "multipart/mixed"] {
        let server = answering(media_type, "{}").await?;
        let told = format!(
            "things.get: invalid 200 response at $: the body is {media_type}, not a stream of parts \
             (multipart/mixed with a boundary) (near: {{}})"
        );
        assert_eq!(all(get(&server)?.parts::<Numbers>(decode::json)).await, [told]);
    }
    Ok(())
}

#[tokio::test]
async fn the_size_of_a_part_is_limited() -> Outcome {
    let server =
        answering("multipart/mixed; boundary=b", &format!("--b\r\n\r\n1\r\n--b\r\n\r\n{}", "2".repeat(100))).await?;
    let core = Core::builder("tests", "https://api.example").base_url(server.url()).response_limit(50).build()?;
    let parts = Call::new(&core, &GET, &[&7i64]).parts::<i64>(decode::json);
    assert_eq!(all(parts).await, ["1", "things.get: a value is larger than the response limit: the limit is 50 bytes"]);
    Ok(())
}
