//! The requests of calls.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::rc::Rc;

use crm_clients_runtime::generated::{Call, Core, FormParts, Method, Operation, PathValue, Style};
use crm_clients_runtime::{Error, Retry, Value};
use serde_json::json;

use crate::server::{Server, reply};
use crate::{ErrorBody, GET, Outcome, POST, core, get, post};

#[tokio::test]
async fn a_get_is_sent_byte_for_byte() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    let mut call = Call::new(&core(&server)?, &GET, &[&"a/b"]);
    call.query_param("include", Style::Form, &["tags", "offers"]);
    call.query_param("fields[contacts]", Style::Form, "name,email");
    call.query_param("labels[]", Style::FormExplode, &["a b", "c&d"]);
    call.query_param("none", Style::Form, &None::<i64>);
    call.header_param("X-Ids", &[1, 2]);
    call.header_param("X-None", &None::<i64>);
    call.cookie("theme", "dark;light");
    call.cookie("plan", "gold");
    call.await?;
    let expected = format!(
        "GET /things/a%2Fb?fixed=1&include=tags,offers&fields%5Bcontacts%5D=name,email&labels%5B%5D=a%20b&labels%5B%5D=c%26d HTTP/1.1\n\
         x-ids: 1,2\naccept: application/json\nuser-agent: tests\ncookie: theme=dark%3Blight; plan=gold\nhost: 127.0.0.1:{}",
        server.port()
    );
    assert_eq!(server.request()?.head, expected);
    Ok(())
}

#[tokio::test]
async fn a_parameter_replaces_one_in_the_path() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    let mut call = get(&server)?;
    call.query_param("fixed", Style::FormExplode, &[2, 3]);
    call.await?;
    assert_eq!(server.request()?.first_line(), "GET /things/7?fixed=2&fixed=3 HTTP/1.1");
    Ok(())
}

/// A call must not require its return type to be `Send`, because the compiler cannot check that for types that refer to
/// each other in long chains.
#[tokio::test]
async fn a_call_does_not_require_its_return_type_to_be_send() -> Outcome {
    static SHARED: Operation<Rc<str>, ErrorBody> = Operation {
        name: "things.shared",
        method: Method::GET,
        idempotent: true,
        path: "/shared",
        security: &[],
        accept: "",
        decode: |_| Ok("shared".into()),
        errors: &[],
    };
    fn goes_to_another_thread<T: Send>(value: T) -> T {
        value
    }
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    let mut call = Call::new(&core(&server)?, &SHARED, &[]);
    call.query_param("q", Style::Form, "all");
    assert_eq!(&*goes_to_another_thread(call.send()).await?, "shared");
    assert_eq!(server.request()?.first_line(), "GET /shared?q=all HTTP/1.1");
    Ok(())
}

#[tokio::test]
async fn a_json_body_is_sent_byte_for_byte() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let mut call = post(&server)?;
    call.json("application/vnd.api+json", &json!({"data": {"type": "contacts", "attributes": {"name": "Ä\n"}}}));
    call.await?;
    let expected = format!(
        "POST /things HTTP/1.1\nuser-agent: tests\ncontent-type: application/vnd.api+json\naccept: */*\n\
         host: 127.0.0.1:{}\ncontent-length: 57",
        server.port()
    );
    let request = server.request()?;
    assert_eq!(request.head, expected);
    assert_eq!(request.body, r#"{"data":{"type":"contacts","attributes":{"name":"Ä\n"}}}"#);
    Ok(())
}

#[tokio::test]
async fn a_post_without_a_body_sends_content_length_zero() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    post(&server)?.await?;
    let request = server.request()?;
    assert_eq!((request.header("content-length"), request.header("content-type")), (Some("0"), None));

    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    get(&server)?.await?;
    assert_eq!(server.request()?.header("content-length"), None);
    Ok(())
}

#[tokio::test]
async fn a_large_body_has_its_length() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let text = "0123456789".repeat(30_000);
    let mut call = post(&server)?;
    call.json("application/json", &text);
    call.await?;
    let request = server.request()?;
    assert_eq!((request.header("content-length"), request.header("transfer-encoding")), (Some("300002"), None));
    assert_eq!(request.body, format!("{text:?}"));
    Ok(())
}

#[tokio::test]
async fn forms_and_text() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let mut call = post(&server)?;
    call.form(&json!({"grant_type": "x y", "scope": "a&b"}), &[]);
    call.await?;
    let mut call = post(&server)?;
    call.text("text/plain; charset=utf-8", "héllo");
    call.await?;
    let [form, text] = &server.requests()[..] else { return Err("two requests".into()) };
    assert_eq!(form.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(form.body, "grant_type=x+y&scope=a%26b");
    assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(text.body, "héllo");
    Ok(())
}

#[tokio::test]
async fn a_setter_replaces_and_a_header_overrides() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    let mut call = get(&server)?;
    call.query_param("page", Style::Form, &1);
    call.query_param("filter", Style::Deep, &json!({"site": {"id": 9}}));
    call.query_param("page", Style::Form, &2);
    call.header("accept", "text/html").header("User-Agent", "mine").await?;
    let request = server.request()?;
    assert_eq!(request.first_line(), "GET /things/7?fixed=1&page=2&filter%5Bsite%5D%5Bid%5D=9 HTTP/1.1");
    assert_eq!((request.header("accept"), request.header("user-agent")), (Some("text/html"), Some("mine")));
    Ok(())
}

#[tokio::test]
async fn the_base_url_can_have_a_path() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    let core = Core::builder("tests", "https://api.example").base_url(format!("{}/api/v1/", server.url())).build()?;
    Call::new(&core, &GET, &[&1i64]).await?;
    let request = server.request()?;
    assert_eq!(request.first_line(), "GET /api/v1/things/1?fixed=1 HTTP/1.1");
    assert_eq!(request.header("user-agent").map(|name| name.starts_with("crm-clients-runtime/")), Some(true));
    Ok(())
}

/// Returns the error of a call that cannot be sent.
async fn refused(call: Call<BTreeMap<String, i64>, ErrorBody>) -> Result<String, String> {
    match call.send().await {
        Err(error @ Error::Request(_)) => Ok(error.to_string()),
        other => Err(format!("{other:?}")),
    }
}

#[tokio::test]
async fn invalid_requests_are_errors_and_never_sent() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    for (name, value) in
        [("X-A", "1\r\nX-Smuggled: 2"), ("X-A", "1\n"), ("X A", "1"), ("X:A", "1"), ("", "1"), ("X-A\r\n", "1")]
    {
        let message = refused(get(&server)?.header(name, value)).await?;
        let expected = format!("things.get: the header {name:?} or its value contains a character that cannot be sent");
        assert_eq!(message, expected);
        assert!(!message.contains("Smuggled"));
    }
    let message = refused(get(&server)?.header("Content-Length", "0")).await?;
    assert_eq!(message, "things.get: the header Content-Length is determined by the body");
    let mut call = get(&server)?;
    call.header_param("X-Tag", "a\r\nb");
    assert!(refused(call).await?.contains("X-Tag"));

    let told = |name: &str, separator: char| {
        format!("things.get: an element of `{name}` contains {separator:?}, which separates its elements")
    };
    let mut call = get(&server)?;
    call.header_param("X-Tags", &["a,b", "c"]);
    assert_eq!(refused(call).await?, told("X-Tags", ','));
    let mut call = get(&server)?;
    call.cookie("tags", &BTreeMap::from([("a", "b,c")]));
    assert_eq!(refused(call).await?, told("tags", ','));
    let mut call = get(&server)?;
    call.query_param("tags", Style::Pipe, &["a|b"]);
    assert_eq!(refused(call).await?, told("tags", '|'));

    for id in ["..", ".", ""] {
        let message = refused(Call::new(&core(&server)?, &GET, &[&id as &dyn PathValue])).await?;
        assert_eq!(message, format!("things.get: {id:?} is not a valid path segment (parameter `id`)"));
    }

    let mut call = get(&server)?;
    let keys_are_no_strings = BTreeMap::from([(vec![1], 1)]);
    call.json("application/json", &keys_are_no_strings);
    let first_fault = refused(call.header("bad name", "")).await?;
    assert_eq!(first_fault, "things.get: `body` cannot be serialized: key must be a string");
    assert_eq!(server.requests(), []);
    Ok(())
}

#[tokio::test]
async fn an_invalid_base_url_is_an_error() -> Outcome {
    let refusal = |url: &str, allow| {
        let built = Core::builder("tests", "https://api.example").base_url(url).allow_http(allow).build();
        built.err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(refusal("http://api.example", false).starts_with("plain http to api.example would expose secrets"));
    assert!(refusal("http://127.0.0.1.example", false).starts_with("plain http"));
    assert_eq!(refusal("http://api.example", true), "");
    for local in
        ["http://localhost:1", "http://127.9.9.9", "http://[::1]:80/x", "http://a.localhost", "https://a.example/x"]
    {
        assert_eq!(refusal(local, false), "", "{local}");
    }
    assert_eq!(refusal("ftp://api.example", true), "the base URL must be https, found ftp");
    assert_eq!(refusal("api.example", true), "the base URL is not a URL: relative URL without a base");
    let secret = refusal("https://user:hunter2@api.example", false);
    assert!(secret.contains("set a credential") && !secret.contains("hunter2"), "{secret}");
    assert!(refusal("https://api.example/?a=1", false).contains("query or fragment"));
    let agent = Core::builder("tests", "https://api.example").user_agent("a\r\nb").build();
    assert!(agent.is_err());
    Ok(())
}

#[tokio::test]
async fn a_failed_connect_is_distinguished_from_other_errors() -> Outcome {
    let free_port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let builder = Core::builder("tests", "https://api.example").base_url(format!("http://127.0.0.1:{free_port}"));
    let core = builder.retry(Retry::never()).build()?;
    let mut call = Call::new(&core, &POST, &[]);
    call.query_param("secret", Style::Form, "hunter2");
    match call.await {
        Err(error) if error.is_connect() && !error.is_timeout() => {
            assert!(error.to_string().starts_with("things.create: could not connect: "), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

#[tokio::test]
async fn parts_of_all_kinds() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let mut parts = FormParts::new();
    parts.required_text("text", "plain");
    parts.required_text("many[]", vec![1, 2]);
    parts.required_text("object", json!({"a": 1}));
    parts.optional_text("none", None::<String>);
    parts.optional_json("meta", Some(json!(["x"])));
    parts.optional_deep("profile", Some(json!({"a": {"b": "c"}, "none": null})));
    parts.required_text("odd\"\r\nname", Value::Bool(true));
    let mut call = post(&server)?;
    call.multipart(parts);
    call.await?;
    let expected = [
        ("name=\"text\"", "plain"),
        ("name=\"many[]\"", "1"),
        ("name=\"many[]\"", "2"),
        ("name=\"object\"\r\nContent-Type: application/json", "{\"a\":1}"),
        ("name=\"meta\"\r\nContent-Type: application/json", "[\"x\"]"),
        ("name=\"profile[a][b]\"", "c"),
        ("name=\"odd%22%0D%0Aname\"", "true"),
    ];
    assert_eq!(server.request()?, crate::uploads::multipart(&server.request()?, &expected)?);
    Ok(())
}
