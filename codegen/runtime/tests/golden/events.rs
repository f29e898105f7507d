//! Event streams of golden clients, over real sockets.

use crm_clients_runtime::{Event, Events};

use crate::Outcome;
use crate::server::{Server, reply};
use crate::themes::event_streams::{Client, types};

async fn client(body: &str) -> Result<(Client, Server), Box<dyn std::error::Error>> {
    let server = Server::answering([reply("200 OK", &["content-type: text/event-stream"], body)]).await?;
    Ok((Client::builder().base_url(server.url()).build()?, server))
}

/// Returns all events, or the first error.
async fn all<T, B>(mut events: Events<T, B>) -> Result<Vec<Event<T>>, Box<dyn std::error::Error>>
where
    B: std::fmt::Debug + 'static,
{
    let mut seen = Vec::new();
    while let Some(event) = events.try_next().await? {
        seen.push(event);
    }
    Ok(seen)
}

#[tokio::test]
async fn events_have_the_declared_types() -> Outcome {
    let (client, _server) = client("id: 1\ndata: one\ndata: two\n\n").await?;
    let events = all(client.streams().lines().events()).await?;
    assert_eq!((events[0].id.as_deref(), events[0].data.as_str()), (Some("1"), "one\ntwo"));
    assert_eq!(client.streams().lines().await?, "id: 1\ndata: one\ndata: two\n\n", "as it came");

    let (client, _server) = self::client("data: {\"at\": 1}\n\nevent: late\ndata: {\"at\": 2}\n\n").await?;
    let events = all(client.streams().ticks().events()).await?;
    let seen: Vec<_> = events.iter().map(|event| (event.name.as_str(), event.data.at)).collect();
    assert_eq!(seen, [("message", 1), ("late", 2)]);

    let stream = "event: run.moved\ndata: {\"at\": 3}\n\nevent: run.done\ndata: [DONE]\n\nevent: other\ndata: x\n\n";
    let (client, _server) = self::client(stream).await?;
    let events: Vec<_> = all(client.streams().runs().events()).await?.into_iter().map(|event| event.data).collect();
    assert!(matches!(&events[0], types::RunEvent::RunMoved(moved) if moved.data.at == 3), "{events:?}");
    assert!(matches!(&events[1], types::RunEvent::RunDone(done) if done.data == "[DONE]"), "{events:?}");
    assert!(matches!(&events[2], types::RunEvent::Unknown(_)), "{events:?}");
    Ok(())
}

#[tokio::test]
async fn one_operation_responds_with_json_or_events() -> Outcome {
    let (client, server) = client("data: {\"delta\": \"a\"}\n\ndata: {\"delta\": \"b\"}\n\ndata: [DONE]\n\n").await?;
    let events = all(client.streams().answers(true).events_(5).events()).await?;
    assert_eq!(events.iter().map(|event| event.data.delta.as_str()).collect::<String>(), "ab");
    let request = server.request()?;
    assert_eq!(request.first_line(), "POST /answers?events=5 HTTP/1.1");
    assert_eq!((request.header("accept"), request.body.as_str()), (Some("text/event-stream"), r#"{"stream":true}"#));

    let server = Server::answering([reply("200 OK", &["content-type: application/json"], r#"{"text": "ab"}"#)]).await?;
    let client = Client::builder().base_url(server.url()).build()?;
    assert_eq!(client.streams().answers(false).await?.text, "ab");
    assert_eq!(server.request()?.header("accept"), Some("application/json"));
    Ok(())
}

#[cfg(feature = "mock")]
#[tokio::test]
async fn a_mock_responds_with_events() -> Outcome {
    let mock = crate::themes::event_streams::mock::Server::start().await?;
    mock.streams().answers().events([("message", serde_json::json!({"delta": "a"})), ("end", "[DONE]".into())]);
    mock.streams().lines().events([("message", "one\ntwo")]);
    let client = mock.builder().build()?;
    assert_eq!(all(client.streams().answers(true).events()).await?[0].data.delta, "a");
    assert_eq!(all(client.streams().lines().events()).await?[0].data, "one\ntwo");
    mock.verify()?;
    Ok(())
}
