//! Responses that are streams of events.

use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core, EventShape, decode};
use crm_clients_runtime::{Error, Event, Events, Retry, Value};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::server::{Server, reply};
use crate::{ErrorBody, GET, Numbers, Outcome, get};

/// Returns all items of a stream in short form.
async fn all<T: std::fmt::Debug>(mut events: Events<T, ErrorBody>) -> Vec<String> {
    let mut seen = Vec::new();
    while let Some(event) = events.next().await {
        seen.push(match event {
            Ok(Event { name, id, data, .. }) => format!("{name} {} {data:?}", id.as_deref().unwrap_or("-")),
            Err(error) => error.to_string(),
        });
    }
    assert!(events.next().await.is_none(), "it stays at its end");
    seen
}

async fn answering(body: &str) -> std::io::Result<Server> {
    Server::answering([reply("200 OK", &["content-type: text/event-stream; charset=utf-8"], body)]).await
}

#[tokio::test]
async fn events_are_decoded_by_their_type() -> Outcome {
    let server =
        answering("data: {\"a\": 1}\n\nevent: sum\nid: 7\ndata: {\"b\":\ndata: 2}\n\n: alive\n\ndata: {}\n\n").await?;
    let events = get(&server)?.events::<Numbers>(EventShape::Data, decode::json);
    assert_eq!(all(events).await, ["message - {\"a\": 1}", "sum 7 {\"b\": 2}", "message 7 {}"]);
    let request = server.request()?;
    assert_eq!(request.header("accept"), Some("text/event-stream"));

    let server = answering("data: one\ndata: two\n\ndata: [DONE]\n\n").await?;
    let events = get(&server)?.events::<String>(EventShape::Data, decode::text);
    assert_eq!(all(events).await, ["message - \"one\\ntwo\"", "message - \"[DONE]\""]);
    Ok(())
}

#[tokio::test]
async fn an_invalid_event_is_an_error_between_others() -> Outcome {
    let server = answering("data: {\"a\": \"x\"}\n\ndata: {\"a\": 1}\n\ndata: [DONE]\n\ndata: {\"a\": 2}\n\n").await?;
    let mut events = get(&server)?.events::<Numbers>(EventShape::Data, decode::json);
    let Some(Err(Error::Decode(error))) = events.next().await else { return Err("it was read".into()) };
    assert_eq!(
        (error.path(), error.status().as_u16(), error.raw_body().as_ref()),
        ("$.a", 200, br#"{"a": "x"}"#.as_slice())
    );
    assert_eq!(all(events).await, ["message - {\"a\": 1}"]);
    Ok(())
}

#[tokio::test]
async fn schemas_can_describe_whole_events() -> Outcome {
    let server =
        answering("event: made\nid: a\"b\nretry: 20\ndata: {\"n\": 1}\n\nevent: text\nid\ndata: hi\n\ndata: 5\n\n");
    let server = server.await?;
    let events = get(&server)?.events::<Value>(EventShape::Whole, decode::json);
    let made = json!({"data": {"n": 1}, "event": "made", "id": "a\"b", "retry": 20});
    let seen: Vec<Value> = collect(events).await?;
    assert_eq!(
        seen,
        [made, json!({"data": "hi", "event": "text", "retry": 20}), json!({"data": 5, "retry": 20})],
        "the waiting time stays"
    );
    let server = answering("data: 5\n\ndata: true story\n\n").await?;
    let events = get(&server)?.events::<std::collections::BTreeMap<String, String>>(EventShape::Whole, decode::json);
    assert_eq!(all(events).await, ["message - {\"data\": \"5\"}", "message - {\"data\": \"true story\"}"]);
    Ok(())
}

async fn collect<T>(mut events: Events<T, ErrorBody>) -> Result<Vec<T>, Error<ErrorBody>> {
    let mut seen = Vec::new();
    while let Some(event) = events.try_next().await? {
        seen.push(event.data);
    }
    Ok(seen)
}

#[tokio::test]
async fn another_response_is_an_error_and_not_an_empty_stream() -> Outcome {
    let server = Server::answering([reply("200 OK", &["content-type: application/json"], r#"{"a": 1}"#)]).await?;
    let mut events = get(&server)?.events::<Numbers>(EventShape::Data, decode::json);
    let Some(Err(error)) = events.next().await else { return Err("it was read".into()) };
    let told = "things.get: invalid 200 response at $: the body is application/json, not a stream of events \
                (text/event-stream) (near: {\"a\": 1})";
    assert_eq!(error.to_string(), told);
    assert!(events.next().await.is_none());

    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    assert!(get(&server)?.events::<Numbers>(EventShape::Data, decode::json).next().await.is_none());

    let server = Server::answering([reply("422 Unprocessable Entity", &[], r#"{"name":"taken"}"#)]).await?;
    let mut events = get(&server)?.events::<Numbers>(EventShape::Data, decode::json);
    let Some(Err(Error::Api(error))) = events.next().await else { return Err("it went well".into()) };
    assert!(matches!(error.body(), ErrorBody::Invalid(body) if body["name"] == "taken"));
    Ok(())
}

#[tokio::test]
async fn events_with_the_same_id_share_it() -> Outcome {
    let server = answering("id: a\ndata: 1\n\ndata: 2\n\n").await?;
    let mut events = get(&server)?.events::<i64>(EventShape::Data, decode::json);
    let (first, second) = (events.try_next().await?.ok_or("none")?, events.try_next().await?.ok_or("none")?);
    let (Some(first), Some(second)) = (first.id, second.id) else { return Err("no id".into()) };
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    Ok(())
}

#[tokio::test]
async fn the_size_of_an_event_is_limited() -> Outcome {
    let server = answering(&format!("data: 1\n\ndata: {}", "2".repeat(100))).await?;
    let core = Core::builder("tests", "https://api.example").base_url(server.url()).response_limit(50).build()?;
    let events = Call::new(&core, &GET, &[&7i64]).events::<i64>(EventShape::Data, decode::json);
    let told = "things.get: an event is larger than the response limit: the limit is 50 bytes";
    assert_eq!(all(events).await, ["message - 1", told]);

    let server = answering(&format!("id: {}\ndata: 1\n\ndata: 2345678901234\n\n", "7".repeat(35))).await?;
    let core = Core::builder("tests", "https://api.example").base_url(server.url()).response_limit(50).build()?;
    let events = Call::new(&core, &GET, &[&7i64]).events::<i64>(EventShape::Data, decode::json);
    assert_eq!(all(events).await, [format!("message {} 1", "7".repeat(35)).as_str(), told], "the id counts");
    Ok(())
}

#[tokio::test]
async fn events_arrive_immediately_and_silence_times_out() -> Outcome {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let core = Core::builder("tests", "https://api.example")
        .base_url(format!("http://{}", listener.local_addr()?))
        .retry(Retry::never())
        .timeout(Duration::from_millis(200))
        .build()?;
    let mut events = Call::new(&core, &GET, &[&7i64]).events::<i64>(EventShape::Data, decode::json);
    let accept = async {
        let (mut stream, _) = listener.accept().await?;
        assert_ne!(stream.read(&mut [0; 4096]).await?, 0);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nretry: 5\nid: a\ndata: 1\r")
            .await?;
        stream.write_all(b"\n\r").await?;
        Ok::<_, std::io::Error>(stream)
    };
    let (event, stream) = tokio::join!(events.try_next(), accept);
    let mut stream = stream?;
    assert_eq!(event?.map(|event| event.data), Some(1));
    assert_eq!((events.last_event_id(), events.retry()), (Some("a"), Some(Duration::from_millis(5))));
    stream.write_all(b"\ndata: 2\n\n").await?;
    assert_eq!(events.try_next().await?.map(|event| event.data), Some(2));
    let Some(Err(error)) = events.next().await else { return Err("another came".into()) };
    assert!(error.is_timeout());
    assert!(events.next().await.is_none());
    Ok(())
}
