//! Bodies and parameters with declared encodings, over real sockets.

use crm_clients_runtime::Upload;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::Outcome;
use crate::server::{Request, Server, reply};
use crate::themes::{
    body_types, file_choices, form_encodings, long_paths, multipart_shapes, operation_servers, parameter_content,
    text_responses, tuples,
};

/// Returns the client of a theme with the server's base URL.
macro_rules! client {
    ($theme:ident, $server:expr) => {
        $theme::Client::builder().base_url($server.url()).build()?
    };
}

async fn empty() -> std::io::Result<Server> {
    Server::answering([reply("204 No Content", &[], "")]).await
}

/// Returns the headers and content of each part.
fn parts(request: &Request) -> Vec<String> {
    let parts = request.body.split("Content-Disposition: form-data; name=").skip(1);
    parts.filter_map(|part| part.split("\r\n--").next()).map(|part| part.replace("\r\n", "|")).collect()
}

#[tokio::test]
async fn urlencoded_properties_follow_their_encodings() -> Outcome {
    use form_encodings::types::{Order, Row};
    let row = || Row::new().a(1).b("x y");
    let order = Order::new().csv(["a", "b,c"]).ssv(["a", "b"]).psv(["a", "b"]).deep(row()).flat(row());
    let order = order.rows([row()]).row(row()).text("t").link("/a?b=c&d");
    let server = empty().await?;
    client!(form_encodings, server).urlencoded().create(order.clone()).await?;
    assert_eq!(
        server.request()?.body,
        "csv=a,b%2Cc&ssv=a%20b&psv=a%7Cb&deep%5Ba%5D=1&deep%5Bb%5D=x+y&a=1&b=x+y&rows=%7B%22a%22%3A1%2C%22b%22%3A%22x+y%22%7D\
         &row=%7B%22a%22%3A1%2C%22b%22%3A%22x+y%22%7D&text=%22t%22&link=/a?b=c%26d"
    );
    let server = empty().await?;
    client!(form_encodings, server).urlencoded().update(Order::new().csv(["a", "b"]).deep(row()).text("t")).await?;
    assert_eq!(server.request()?.body, "csv=a&csv=b&deep=%7B%22a%22%3A1%2C%22b%22%3A%22x+y%22%7D&text=t");
    Ok(())
}

#[tokio::test]
async fn parts_follow_their_encodings() -> Outcome {
    use form_encodings::types::{MultipartCreateRequest, Row};
    let row = || Row::new().a(1).b("x");
    let body = MultipartCreateRequest::new().text("s").number(2).tags(["t"]).csv(["c", "d"]).rows([row()]);
    let body = body.deep_a(1).deep_b("x").flat(row()).document(row()).photos([b"one".to_vec(), b"two".to_vec()]);
    let server = empty().await?;
    client!(form_encodings, server).multipart().create(body).await?;
    let request = server.request()?;
    let expected = [
        "\"text\"|Content-Type: application/json||\"s\"",
        "\"number\"|Content-Type: application/json||2",
        "\"tags\"|Content-Type: application/json||\"t\"",
        "\"csv\"||c,d",
        "\"rows\"|Content-Type: application/json||{\"a\":1,\"b\":\"x\"}",
        "\"deep[a]\"||1",
        "\"deep[b]\"||x",
        "\"a\"||1",
        "\"b\"||x",
        "\"document\"|Content-Type: application/json||{\"a\":1,\"b\":\"x\"}",
    ];
    let sent = parts(&request);
    assert_eq!(sent[..expected.len()], expected);
    assert_eq!(request.body.matches("Content-Type: image/png").count(), 2);
    Ok(())
}

#[tokio::test]
async fn a_multipart_body_without_parts_ends_with_its_boundary() -> Outcome {
    let server = empty().await?;
    let files = body_types::types::MultipartsFilesRequest::new();
    client!(body_types, server).multiparts().files(files).await?;
    let request = server.request()?;
    let boundary =
        request.header("content-type").and_then(|value| value.strip_prefix("multipart/form-data; boundary="));
    assert_eq!(request.body, format!("--{}--\r\n", boundary.ok_or("no boundary")?));
    Ok(())
}

#[tokio::test]
async fn multipart_bodies_of_any_schema_have_parts() -> Outcome {
    use multipart_shapes::types::{ShapesChoiceRequest, ShapesHeadersRequest, ShapesMapsRequest, ShapesOpenRequest};
    macro_rules! sent {
        ($method:ident, $body:expr) => {{
            let server = empty().await?;
            client!(multipart_shapes, server).shapes().$method($body).await?;
            parts(&server.request()?)
        }};
    }
    let file = || Upload::bytes("f").file_name("f.txt").content_type("text/plain");
    let as_file = |name: &str| format!("\"{name}\"; filename=\"f.txt\"|Content-Type: text/plain||f");
    assert_eq!(sent!(file, file()), [as_file("file")]);
    assert_eq!(sent!(files, [file(), file()]), [as_file("file"), as_file("file")]);
    assert_eq!(sent!(file_map, [("a", file())]), [as_file("a")]);
    assert_eq!(sent!(value_map, [("a", 1), ("b", 2)]), ["\"a\"||1", "\"b\"||2"]);
    let open = ShapesOpenRequest::new("n").with_additional_properties("more", file());
    assert_eq!(sent!(open, open), ["\"name\"||n".to_owned(), as_file("more")]);
    let maps = ShapesMapsRequest::new([("a", file()), ("b", file())]).photos([("c", Upload::bytes("p"))]);
    let maps = maps.albums([("d", vec![file(), file()])]).meta_title("t").meta_covers([("e", file())]);
    let expected = [
        as_file("files[a]"),
        as_file("files[b]"),
        "\"photos[c]\"; filename=\"file\"|Content-Type: image/png||p".to_owned(),
        as_file("albums[d]"),
        as_file("albums[d]"),
        "\"meta[title]\"||t".to_owned(),
        as_file("meta[covers][e]"),
    ];
    assert_eq!(sent!(maps, maps), expected);
    let choice = ShapesChoiceRequest::new("n").file(file());
    assert_eq!(sent!(choice, choice), ["\"name\"||n".to_owned(), as_file("file")]);
    let headers = ShapesHeadersRequest::new().text("t").file(file().header("X-Any", "1"));
    let expected = [
        "\"text\"|Content-Type: text/markdown|X-Kind: note||t",
        "\"file\"; filename=\"f.txt\"|Content-Type: text/plain|X-Any: 1||f",
    ];
    assert_eq!(sent!(headers, headers), expected);
    let server = empty().await?;
    let broken = ShapesHeadersRequest::new().file(file().header("X-Any", "1\r\nX-Other: 2"));
    let refused = client!(multipart_shapes, server).shapes().headers(broken).await.err().ok_or("it was sent")?;
    assert!(refused.to_string().contains("the header X-Any of a part contains a character"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn parts_in_order_have_no_names() -> Outcome {
    use multipart_shapes::types::{ShapesItemsRequestItemsItem, ShapesOrderRequest, ShapesOrderRequestMetadata};
    let sent = |request: &Request| {
        let content_type = request.header("content-type").unwrap_or_default().to_owned();
        let (media_type, boundary) = content_type.split_once("; boundary=").unwrap_or_default();
        (media_type.to_owned(), request.body.replace(boundary, "b").replace("\r\n", "|"))
    };
    let server = empty().await?;
    let body =
        ShapesOrderRequest::new(ShapesOrderRequestMetadata::new().title("t"), Upload::bytes("p")).items(["1,2", "3,4"]);
    client!(multipart_shapes, server).shapes().order(body).await?;
    let expected = "--b|Content-Type: application/vnd.meta+json||{\"title\":\"t\"}|--b|Content-Type: image/png||p|--b|\
                    Content-Type: text/csv||1,2|--b|Content-Type: text/csv||3,4|--b--|";
    assert_eq!(sent(&server.request()?), ("multipart/mixed".to_owned(), expected.to_owned()));
    let server = empty().await?;
    client!(multipart_shapes, server).shapes().items([ShapesItemsRequestItemsItem::new(1)]).await?;
    let expected = "--b|Content-Type: application/json||{\"a\":1}|--b--|";
    assert_eq!(sent(&server.request()?), ("multipart/related".to_owned(), expected.to_owned()));
    Ok(())
}

#[tokio::test]
async fn media_type_ranges_are_not_sent_as_content_types() -> Outcome {
    use body_types::types::Thing;
    macro_rules! sent {
        ($method:ident, $body:expr) => {{
            let server = Server::answering([reply("200 OK", &[], "bytes")]).await?;
            let _: Result<_, _> = client!(body_types, server).ranges().$method($body).await;
            let request = server.request()?;
            (request.header("content-type").unwrap_or_default().to_owned(), request.body)
        }};
    }
    let thing = || Thing::new().name("n");
    let octets = "application/octet-stream".to_owned();
    assert_eq!(sent!(images, b"i".to_vec()), (octets.clone(), "i".to_owned()));
    assert_eq!(sent!(images, Upload::bytes("i").content_type("image/png")), ("image/png".into(), "i".into()));
    assert_eq!(sent!(any_bytes, b"i".to_vec()), (octets, "i".to_owned()));
    assert_eq!(sent!(any, thing()), ("application/json".into(), r#"{"name":"n"}"#.into()));
    assert_eq!(sent!(application, thing()), ("application/json".into(), r#"{"name":"n"}"#.into()));
    assert_eq!(sent!(text, "t"), ("text/plain".into(), "t".into()));
    let server = Server::answering([reply("200 OK", &[], "bytes")]).await?;
    assert_eq!(client!(body_types, server).ranges().any(thing()).await?.as_ref(), b"bytes");
    Ok(())
}

#[tokio::test]
async fn each_json_media_type_of_a_body_has_a_method() -> Outcome {
    use body_types::types::{Change, Thing};
    async fn sent(
        call: impl Future<Output = Result<(), body_types::Error>>,
        server: Server,
    ) -> Outcome<(String, String)> {
        call.await?;
        let request = server.request()?;
        Ok((request.header("content-type").unwrap_or_default().to_owned(), request.body))
    }
    let server = empty().await?;
    let call = client!(body_types, server).things("1").update(Thing::new().name("n"));
    assert_eq!(sent(call, server).await?, ("application/merge-patch+json".into(), r#"{"name":"n"}"#.into()));
    let server = empty().await?;
    let change = Change::new("replace", "/name").value(json!("m"));
    let call = client!(body_types, server).things("1").update_as_json_patch([change]);
    let body = r#"[{"op":"replace","path":"/name","value":"m"}]"#;
    assert_eq!(sent(call, server).await?, ("application/json-patch+json".into(), body.into()));
    let server = empty().await?;
    let call = client!(body_types, server).things("1").replace_as_vnd_acme_v2(3);
    assert_eq!(sent(call, server).await?, ("application/vnd.acme.v2+json".into(), r#"{"level":3}"#.into()));
    Ok(())
}

#[tokio::test]
async fn other_multipart_media_types_have_boundaries() -> Outcome {
    use body_types::types::{MultipartsRelatedRequest, Thing};
    let server = empty().await?;
    let body = MultipartsRelatedRequest::new(Thing::new().name("n"), Upload::bytes("a;b"));
    client!(body_types, server).multiparts().related(body).await?;
    let request = server.request()?;
    let content_type = request.header("content-type").unwrap_or_default();
    let boundary = content_type.strip_prefix("multipart/related; boundary=").ok_or("no boundary")?;
    assert!(request.body.ends_with(&format!("--{boundary}--\r\n")), "{}", request.body);
    let expected = [
        "\"metadata\"|Content-Type: application/json||{\"name\":\"n\"}",
        "\"media\"; filename=\"file\"|Content-Type: text/csv||a;b",
    ];
    assert_eq!(parts(&request), expected);
    let server = empty().await?;
    client!(body_types, server).multiparts().mixed(body_types::types::ThingForm::new().name("n")).await?;
    let request = server.request()?;
    assert!(request.header("content-type").is_some_and(|value| value.starts_with("multipart/mixed; boundary=")));
    assert_eq!(parts(&request), ["\"name\"||n"]);
    Ok(())
}

#[tokio::test]
async fn plain_text_is_not_quoted_and_reserved_characters_are_allowed() -> Outcome {
    let server = empty().await?;
    let call = client!(parameter_content, server).notes().list().note("hello world").x_note("a b").filter("f");
    call.file("/a/b:c?d=e&f").paths(["x/y", "z,1"]).plain("?=").await?;
    let request = server.request()?;
    assert_eq!(
        request.first_line(),
        "GET /notes?note=hello%20world&filter=%22f%22&file=/a/b:c?d=e%26f&paths=x/y,z%2C1&plain=%3F%3D HTTP/1.1"
    );
    assert_eq!(request.header("x-note"), Some("a b"));
    Ok(())
}

#[tokio::test]
async fn operations_with_their_own_servers() -> Outcome {
    let server = Server::answering((0..7).map(|_| reply("204 No Content", &[], ""))).await?;
    let proxy = crm_clients_runtime::reqwest::Proxy::http(server.url())?;
    let http = crm_clients_runtime::http_client_builder().proxy(proxy).build()?;
    let builder = operation_servers::Client::builder().http_client(http).allow_http(true);
    let things = builder.clone().build()?.things();
    things.ping().await?;
    things.user().await?;
    things.upload().await?;
    things.same().await?;
    things.relative().await?;
    let other = builder.clone().server_variable("region", "us").server_variable("version", "v9").build()?;
    other.things().ping().await?;
    let other = builder.clone().server_variable("shard", "s2").build()?;
    other.things().upload().await?;
    let lines: Vec<_> = server.requests().iter().map(|request| request.first_line().to_owned()).collect();
    let expected = [
        "GET http://eu.servers.example/v1/ping HTTP/1.1",
        "GET http://users.example/api/v2/user HTTP/1.1",
        "POST http://s1.upload.example/upload HTTP/1.1",
        "GET http://eu.servers.example/v1/same HTTP/1.1",
        "GET http://eu.servers.example/v3/relative HTTP/1.1",
        "GET http://us.servers.example/v9/ping HTTP/1.1",
        "POST http://s2.upload.example/upload HTTP/1.1",
    ];
    assert_eq!(lines, expected);

    let refused = |name: &str, value: &str| {
        builder.clone().server_variable(name, value).build().err().map(|error| error.to_string())
    };
    for (name, value) in [("region", "asia"), ("version", "v1/../admin?"), ("zone", "a")] {
        let message = refused(name, value).ok_or("no error")?;
        assert!(message.contains("http://{region}.servers.example/{version}"), "{message}");
    }
    // A base URL set by the caller applies to all operations.
    let server = empty().await?;
    client!(operation_servers, server).things().user().await?;
    assert_eq!(server.request()?.first_line(), "GET /user HTTP/1.1");
    Ok(())
}

/// Returns the result of a call that gets this content type and body.
macro_rules! answered {
    ($content_type:literal, $body:literal, |$client:ident| $call:expr) => {{
        let server = Server::answering([reply("200 OK", &[concat!("content-type: ", $content_type)], $body)]).await?;
        let $client = client!(text_responses, server);
        $call.await
    }};
}

#[tokio::test]
async fn strings_are_read_as_json_and_as_text() -> Outcome {
    assert_eq!(answered!("text/plain", "hello", |client| client.texts().any_type())?, "hello");
    assert_eq!(answered!("text/plain", "\"hello\"", |client| client.texts().any_type())?, "\"hello\"");
    assert_eq!(answered!("application/json", "\"hello\"", |client| client.texts().any_type())?, "hello");
    assert_eq!(answered!("application/json", "hello", |client| client.texts().any_type())?, "hello");
    assert_eq!(answered!("text/plain", "", |client| client.texts().any_type())?, "");

    assert_eq!(answered!("application/json", "\u{feff}\"hello\"", |client| client.texts().json())?, "hello");
    assert_eq!(answered!("text/plain", "\"hello\"", |client| client.texts().json())?, "hello");
    assert_eq!(answered!("text/plain", "hello", |client| client.texts().json())?, "hello");
    assert_eq!(answered!("application/json", "hello", |client| client.texts().json())?, "hello");
    assert!(answered!("application/json", "\"hell", |client| client.texts().json()).is_err());
    assert!(answered!("application/json", "{\"a\": 1}", |client| client.texts().json()).is_err());
    assert!(answered!("application/json", "", |client| client.texts().json()).is_err());
    assert!(answered!("text/html", "<html>login</html>", |client| client.texts().json()).is_err());

    assert_eq!(answered!("text/plain", "hello", |client| client.texts().both())?, "hello");
    assert_eq!(answered!("text/json", "\"hello\"", |client| client.texts().both())?, "hello");
    let mixed = answered!("text/plain", "hello", |client| client.texts().mixed())?;
    assert!(matches!(mixed, text_responses::types::TextsMixedResponse::Json(text) if text == "hello"));
    Ok(())
}

#[tokio::test]
async fn plain_text_has_the_declared_type() -> Outcome {
    use text_responses::types::State;
    assert_eq!(answered!("text/plain; charset=utf-8", "42\n", |client| client.plain().get_count())?, 42);
    assert!(answered!("text/plain", "many", |client| client.plain().get_count()).is_err());
    assert!(answered!("text/plain", "", |client| client.plain().get_count()).is_err());
    assert_eq!(answered!("text/plain", "1.5", |client| client.plain().ratio())?, Some(1.5));
    assert_eq!(answered!("text/plain", "", |client| client.plain().ratio())?, None);
    assert!(answered!("text/plain", "True", |client| client.plain().flag(true))?);
    assert!(!answered!("application/json", "false", |client| client.plain().flag(true))?);
    for (text, state) in [("closed", State::Closed), ("1", State::N1), ("new", State::Unknown("new".to_owned()))] {
        let server = Server::answering([reply("200 OK", &["content-type: text/plain"], text)]).await?;
        assert_eq!(client!(text_responses, server).plain().state(state.clone()).await?, Some(state));
        assert_eq!(server.request()?.body, text);
    }
    let server = empty().await?;
    assert_eq!(client!(text_responses, server).plain().state(State::Open).await?, None);
    let first = crm_clients_runtime::Date::new(2026, 1, 1)?;
    let day = answered!("text/plain", "2026-01-02", |client| client.plain().day(first))?;
    assert_eq!(day.to_string(), "2026-01-02");

    let server = empty().await?;
    client!(text_responses, server).plain().update_count(-7).await?;
    let request = server.request()?;
    assert_eq!((request.header("content-type"), request.body.as_str()), (Some("text/plain"), "-7"));
    Ok(())
}

/// Returns a client of the theme, and the listener that it connects to.
async fn listening() -> Outcome<(text_responses::Client, TcpListener)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((text_responses::Client::builder().base_url(url).build()?, listener))
}

/// Responds to one request with this head and body, and returns the bytes of the request.
async fn answer_bytes(listener: TcpListener, head: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let (mut stream, _) = listener.accept().await?;
    let mut request = vec![0; 4096];
    let mut length = 0;
    // The bodies of requests end with a full stop.
    while !request[..length].ends_with(if request.starts_with(b"GET") { b"\r\n\r\n".as_slice() } else { b"." }) {
        length += stream.read(&mut request[length..]).await?;
    }
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).await?;
    stream.shutdown().await?;
    request.truncate(length);
    Ok(request)
}

#[tokio::test]
async fn text_is_read_and_sent_in_its_charset() -> Outcome {
    for (charset, body, expected) in [
        ("ISO-8859-1", b"n\xe9".as_slice(), Ok("né")),
        ("windows-1252", b"\x80 5", Ok("€ 5")),
        ("us-ascii", b"cafe", Ok("cafe")),
        ("utf-8", "日".as_bytes(), Ok("日")),
        ("utf-8", b"\xe9", Err("the text is not valid UTF-8")),
        ("shift_jis", b"\x93\xfa", Err("its charset \"shift_jis\" is not supported")),
    ] {
        let (client, listener) = listening().await?;
        let head = format!("200 OK\r\ncontent-type: text/plain; charset={charset}");
        let (request, text) = tokio::join!(answer_bytes(listener, &head, body), client.texts().latin("é."));
        assert!(request?.ends_with(b"\r\n\r\n\xe9."));
        match (text, expected) {
            (Ok(text), Ok(expected)) => assert_eq!(text, expected),
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (other, _) => return Err(format!("{charset}: {other:?}").into()),
        }
    }
    let server = empty().await?;
    let refused = client!(text_responses, server).texts().latin("日").await.err().ok_or("it was sent")?;
    assert!(refused.to_string().contains("a character that text/plain; charset=ISO-8859-1 does not have"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn tuples_are_sent_and_errors_in_them_have_a_path() -> Outcome {
    let body = r#"{"points": [["a", 1], ["b", "c"]], "first": ["x", null, [1, 2]]}"#;
    let server = Server::answering([reply("200 OK", &["content-type: application/json"], body)]).await?;
    let start = crm_clients_runtime::Date::new(2026, 1, 2)?;
    let error = client!(tuples, server).series().list((7, start)).near((1.5, 2.0)).await.err().ok_or("it was read")?;
    assert!(error.to_string().contains("points[1][1]"), "{error}");
    assert_eq!(server.request()?.first_line(), "GET /series?range=7,2026-01-02&near=1.5&near=2 HTTP/1.1");
    let server = empty().await?;
    let series = tuples::types::SeriesInput::new([("a", 1)], ("x", Some(2), (1.0, 2.5)));
    client!(tuples, server).series().create(series).await?;
    assert_eq!(server.request()?.body, r#"{"points":[["a",1]],"first":["x",2,[1.0,2.5]]}"#);
    Ok(())
}

#[tokio::test]
async fn json_that_is_not_utf_8_is_read_in_its_charset() -> Outcome {
    for (body, name) in [(b"{\"name\":\"\xe9.\"}".as_slice(), "é."), ("{\"name\":\"é.\"}".as_bytes(), "é.")] {
        let (client, listener) = listening().await?;
        let head = "200 OK\r\ncontent-type: application/json; charset=iso-8859-1";
        let things = client.things(1);
        let (_, thing) = tokio::join!(answer_bytes(listener, head, body), things.get());
        assert_eq!(thing?.map(|thing| thing.name).as_deref(), Some(name));
    }
    Ok(())
}

#[tokio::test]
async fn files_are_bytes_in_every_media_type() -> Outcome {
    let file = answered!("application/pdf", "%PDF", |client| client.files().json(b"[1]".to_vec()))?;
    assert_eq!(file.as_ref(), b"%PDF");
    let server = empty().await?;
    client!(text_responses, server).files().json(b"[1]".to_vec()).await?;
    let request = server.request()?;
    assert_eq!((request.header("content-type"), request.body.as_str()), (Some("application/json"), "[1]"));
    let file = answered!("text/csv", "a,b", |client| client.files().csv(b"c,d".to_vec()))?;
    assert_eq!(file.as_ref(), b"a,b");
    Ok(())
}

#[tokio::test]
async fn a_nullable_body_can_be_missing() -> Outcome {
    for answer in [reply("204 No Content", &[], ""), reply("200 OK", &["content-type: application/json"], "null")] {
        let server = Server::answering([answer]).await?;
        assert_eq!(client!(text_responses, server).things(1).get().await?, None);
    }
    let thing = answered!("application/json", "{\"name\": \"n\"}", |client| client.things(1).get())?;
    assert_eq!(thing.map(|thing| thing.name), Some("n".to_owned()));
    Ok(())
}

#[tokio::test]
async fn values_with_slashes_are_several_segments() -> Outcome {
    let server = Server::answering((0..8).map(|_| reply("204 No Content", &[], ""))).await?;
    let files = client!(long_paths, server).files();
    files.get_plus("a b/c?").await?;
    files.proxied("a/b").await?;
    files.raw("a/b").await?;
    files.get_pattern("a/b").await?;
    files.named("projects/p").await?;
    files.numbered(5).await?;
    files.get_marked("a/b").await?;
    files.get_single("a/b").await?;
    let lines: Vec<_> = server.requests().iter().map(|request| request.first_line().to_owned()).collect();
    let expected = [
        "GET /plus/a%20b/c%3F HTTP/1.1",
        "GET /proxies/a/b HTTP/1.1",
        "GET /stars/a/b/raw HTTP/1.1",
        "GET /patterns/a/b HTTP/1.1",
        "GET /names/projects/p HTTP/1.1",
        "GET /numbers/5 HTTP/1.1",
        "GET /marked/a/b HTTP/1.1",
        "GET /single/a%2Fb HTTP/1.1",
    ];
    assert_eq!(lines, expected);
    assert!(files.get_plus("a/../b").await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_part_is_one_file_or_several_or_text() -> Outcome {
    use file_choices::types::Edit;
    let edit =
        Edit::new([b"one".to_vec(), b"two".to_vec()]).mask(Upload::text("https://a.example")).style(b"s".to_vec());
    let server = empty().await?;
    client!(file_choices, server).edits().edit(edit.prompt("p")).await?;
    let expected = [
        "\"image\"; filename=\"file\"|Content-Type: application/octet-stream||one",
        "\"image\"; filename=\"file\"|Content-Type: application/octet-stream||two",
        "\"mask\"|Content-Type: text/plain||https://a.example",
        "\"style\"; filename=\"file\"|Content-Type: application/octet-stream||s",
        "\"prompt\"||p",
    ];
    assert_eq!(parts(&server.request()?), expected);
    Ok(())
}
