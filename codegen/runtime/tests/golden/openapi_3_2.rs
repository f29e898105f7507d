//! New features of OpenAPI 3.2, over real sockets: methods, whole queries, sequences of items.

use crate::Outcome;
use crate::server::{Server, reply};
use crate::themes::{item_streams, methods_and_queries};

async fn streams(media_type: &str, body: &str) -> Result<(item_streams::streams::Streams, Server), std::io::Error> {
    let server = Server::answering([reply("200 OK", &[&format!("content-type: {media_type}")], body)]).await?;
    let client = item_streams::Client::builder().base_url(server.url()).build();
    Ok((client.map_err(std::io::Error::other)?.streams(), server))
}

#[tokio::test]
async fn methods_are_sent_as_declared() -> Outcome {
    let server = Server::answering([reply("200 OK", &["content-type: application/json"], r#"["a"]"#)]).await?;
    let client = methods_and_queries::Client::builder().base_url(server.url()).bearer_token("t").build()?;
    let found = client.files().query(methods_and_queries::types::FilesQueryRequest::new().text("t")).await?;
    assert_eq!(found, ["a"]);
    client.files().copy("7", "/b").await?;
    client.files().m_search("7").await?;
    let sent: Vec<_> = server.requests().into_iter().map(|request| request.first_line().to_owned()).collect();
    assert_eq!(sent, ["QUERY /files HTTP/1.1", "COPY /files/7 HTTP/1.1", "m-search /files/7 HTTP/1.1"]);
    assert_eq!(server.requests()[0].body, r#"{"text":"t"}"#);
    assert_eq!(methods_and_queries::Client::BASE_URL, "https://files.example.com/api/v1", "relative to `$self`");
    Ok(())
}

#[tokio::test]
async fn a_parameter_can_be_the_whole_query() -> Outcome {
    use methods_and_queries::types::{FilesByFormQuery, FilesByFormQueryRange, Filter};
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let client = methods_and_queries::Client::builder().base_url(server.url()).bearer_token("t").build()?;
    let query = FilesByFormQuery::new("a b").tags(["x", "y"]).range(FilesByFormQueryRange::new().from_(1));
    client.files().by_form().query_(query).await?;
    client.files().by_form().await?;
    client.files().by_json(Filter::new().numbers([1, 2]).clear_flag()).await?;
    client.files().by_path("$.a.b[1:1]").await?;
    let sent: Vec<_> = server.requests().into_iter().map(|request| request.first_line().to_owned()).collect();
    let expected = [
        "GET /by-form?term=a+b&tags=x,y&range=%7B%22from%22%3A1%7D HTTP/1.1",
        "GET /by-form HTTP/1.1",
        "GET /by-json?%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D HTTP/1.1",
        "GET /by-path?%24.a.b%5B1%3A1%5D HTTP/1.1",
    ];
    assert_eq!(sent, expected);
    Ok(())
}

#[tokio::test]
async fn events_contain_the_declared_json() -> Outcome {
    let (streams, _server) = streams("text/event-stream", "event: born\ndata: {\"name\":\"m\"}\n\n").await?;
    let event = streams.events().events().try_next().await?.ok_or("no event")?;
    assert_eq!((event.name.as_str(), event.data.name.as_str()), ("born", "m"));
    let body = "event: cat\ndata: {\"name\":\"m\"}\n\nevent: ping\ndata: 1\n\n";
    let (streams, _server) = self::streams("text/event-stream", body).await?;
    let mut events = streams.choices().events();
    let first = events.try_next().await?.ok_or("no event")?.data;
    let item_streams::types::StreamsChoicesEvent::Cat(cat) = first else { return Err("no cat".into()) };
    assert_eq!(cat.data.map(|cat| cat.name).as_deref(), Some("m"));
    let second = events.try_next().await?.ok_or("no event")?.data;
    assert!(
        matches!(second, item_streams::types::StreamsChoicesEvent::Ping(ping) if ping.data.as_deref() == Some("1"))
    );
    let (streams, _server) = self::streams("text/event-stream", "data: {}\n\n").await?;
    assert_eq!(streams.texts().events().try_next().await?.map(|event| event.data).as_deref(), Some("{}"));
    Ok(())
}

#[tokio::test]
async fn lines_and_text_sequences_are_typed() -> Outcome {
    let lines = "{\"name\":\"a\"}\n{\"name\":\"b\",\"lives\":9}\n";
    let (streams, _server) = streams("application/jsonl", lines).await?;
    let mut cats = streams.lines().lines();
    let mut names = Vec::new();
    while let Some(cat) = cats.try_next().await? {
        names.push(cat.name);
    }
    assert_eq!(names, ["a", "b"]);
    assert_eq!(streams.lines().await?, lines, "as it came");
    let (streams, _server) = self::streams("application/x-ndjson", lines).await?;
    assert_eq!(streams.listed().lines().try_next().await?.map(|cat| cat.name).as_deref(), Some("a"));
    let sequence = "\u{1e}{\"name\":\n\"a\"}\n";
    let (streams, _server) = self::streams("application/json-seq", sequence).await?;
    assert_eq!(streams.sequence().lines().try_next().await?.map(|cat| cat.name).as_deref(), Some("a"));
    Ok(())
}

#[tokio::test]
async fn sequences_are_sent_value_by_value() -> Outcome {
    use item_streams::types::Cat;
    let (streams, server) = streams("application/json", "null").await?;
    streams.send_lines([Cat::new("a"), Cat::new("b").lives(9)]).await?;
    streams.send_sequence().body(["a", "b"]).await?;
    let requests = server.requests();
    assert_eq!(requests[0].body, "{\"name\":\"a\"}\n{\"name\":\"b\",\"lives\":9}\n");
    assert_eq!(requests[0].header("content-type"), Some("application/jsonl"));
    assert_eq!(requests[1].body, "\u{1e}{\"name\":\"a\"}\n\u{1e}{\"name\":\"b\"}\n");
    assert_eq!(requests[1].header("content-type"), Some("application/json-seq"));
    Ok(())
}

#[tokio::test]
async fn parts_are_typed() -> Outcome {
    let body =
        "--b\r\ncontent-type: application/json\r\n\r\n{\"name\":\"a\"}\r\n--b\r\n\r\n{\"name\":\"b\"}\r\n--b--\r\n";
    let (streams, _server) = streams("multipart/mixed; boundary=b", body).await?;
    let mut parts = streams.parts().parts();
    let mut names = Vec::new();
    while let Some(part) = parts.try_next().await? {
        names.push(part.body.name);
    }
    assert_eq!(names, ["a", "b"]);
    let picture = streams.pictures().parts().try_next().await?.ok_or("no part")?;
    assert_eq!(picture.body, r#"{"name":"a"}"#, "bytes where no JSON is declared");
    assert_eq!(picture.headers["content-type"], "application/json");
    Ok(())
}
