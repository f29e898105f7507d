//! The handling of responses.

use std::error::Error as _;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core, Method, Operation, Payload, Reply, decode};
use crm_clients_runtime::{Bytes, Error, Retry, StatusCode, operation};

use crate::server::{Server, reply};
use crate::{ERRORS, ErrorBody, GET, Numbers, Outcome, get};

/// Returns the error of a call with this response.
async fn failure(answer: String) -> Result<Error<ErrorBody>, Box<dyn std::error::Error>> {
    let server = Server::answering([answer]).await?;
    match get(&server)?.await {
        Ok(value) => Err(format!("{value:?}").into()),
        Err(error) => Ok(error),
    }
}

#[tokio::test]
async fn an_error_body_is_typed_by_its_status() -> Outcome {
    let named = || ErrorBody::Invalid([("name".to_owned(), "taken".to_owned())].into());
    for (status, body, expected) in [
        ("422 Unprocessable Entity", r#"{"name":"taken"}"#, named()),
        ("409 Conflict", r#"["a"]"#, ErrorBody::Client(vec!["a".to_owned()])),
        ("503 Service Unavailable", "5", ErrorBody::Any(5)),
        ("304 Not Modified", "", ErrorBody::Unknown),
        ("422 Unprocessable Entity", "<html>", ErrorBody::Unknown),
        ("409 Conflict", "", ErrorBody::Unknown),
    ] {
        let Error::Api(error) = failure(reply(status, &["X-Request-Id: r1"], body)).await? else {
            return Err("no API error".into());
        };
        assert_eq!(error.body(), &expected, "{status}");
        assert_eq!(error.raw_body(), body.as_bytes());
        assert_eq!((error.status().as_str(), error.request_id()), (&status[..3], Some("r1")));
        assert_eq!(error.operation(), "things.get");
    }
    Ok(())
}

#[tokio::test]
async fn errors_are_readable_in_a_log() -> Outcome {
    let long = format!("{{\n\"name\": \"{}\"}}", "x".repeat(300));
    let headers = ["Set-Cookie: session=hunter2", "X-Request-Id: r1", "Retry-After: 30"];
    let error = failure(reply("422 Unprocessable Entity", &headers, &long)).await?;
    let shown = format!("things.get: 422 Unprocessable Entity (request r1): {}…", long[..200].replace('\n', " "));
    assert_eq!(error.to_string(), shown);
    assert!(error.source().is_none());
    assert!(!format!("{error:?}").contains("hunter2"));
    assert_eq!(error.status(), Some(StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(error.operation(), Some("things.get"));
    assert_eq!((error.request_id(), error.retry_after()), (Some("r1"), Some(Duration::from_secs(30))));
    assert_eq!(error.raw_body().map(|body| body.len()), Some(long.len()));
    assert!(error.headers().is_some_and(|headers| headers.contains_key("set-cookie")));
    assert_eq!(failure(reply("599 Odd", &[], "")).await?.to_string(), "things.get: 599");
    Ok(())
}

#[tokio::test]
async fn a_decode_error_has_the_path() -> Outcome {
    let error = failure(reply("200 OK", &[], r#"{"a": 1, "b c": "x"}"#)).await?;
    let Error::Decode(decode) = &error else { return Err("no decode error".into()) };
    assert_eq!((decode.path(), decode.status().as_u16()), ("$['b c']", 200));
    assert_eq!(decode.raw_body(), r#"{"a": 1, "b c": "x"}"#.as_bytes());
    assert_eq!(
        error.to_string(),
        "things.get: invalid 200 response at $['b c']: invalid type: string \"x\", expected i64 at line 1 column 19 \
         (near: {\"a\": 1, \"b c\": \"x\"})"
    );
    assert!(error.underlying().is_some_and(|error| error.is::<serde_json::Error>()));
    assert!(error.source().is_none(), "its text is in that of the error");

    for (headers, body, expected) in [
        (
            &["Content-Type: text/html"][..],
            "<!doctype html>",
            "the body is an HTML page (text/html), not JSON: expected value",
        ),
        (&[], "", "the body is empty, expected JSON"),
        (&[], " \n", "the body is empty, expected JSON"),
        (&[], "[1", "invalid type: sequence, expected a map"),
        (&[], r#"{"a": 1"#, "EOF while parsing an object"),
    ] {
        let Error::Decode(error) = failure(reply("200 OK", headers, body)).await? else {
            return Err("no decode error".into());
        };
        assert!(error.message().starts_with(expected), "{}", error.message());
    }
    Ok(())
}

#[tokio::test]
async fn decode_errors_are_bounded_and_safe_to_print() -> Outcome {
    let million = |text: &str| text.repeat(1_000_000);
    for (body, path) in [
        (format!(r#"{{"a": "{}"}}"#, million("\u{202e}")), "$.a"),
        (format!(r#"{{"a": "{}"}}"#, million("\\u001b[31m")), "$.a"),
        (format!(r#"{{"{}": "x"}}"#, million("\\u001b")), "$['\\u{1b}"),
        (r#"{"\r\nlog: \u001b[31m\u2066": "\u202e"}"#.to_owned(), "$['\\r\\nlog: \\u{1b}[31m\\u{2066}']"),
        (format!(r#"{{"a": {}"#, million("[")), "$.a"),
        (million("\u{1b}"), "$"),
    ] {
        let error = failure(reply("200 OK", &[], &body)).await?;
        let Error::Decode(decode) = &error else { return Err("no decode error".into()) };
        assert!(decode.path().starts_with(path), "{}", decode.path());
        let source = error.underlying().ok_or("no underlying error")?;
        for shown in [error.to_string(), format!("{error:?}"), source.to_string(), format!("{source:?}")] {
            assert!(shown.len() < 3000, "{} bytes", shown.len());
            let unsafe_letter = |letter: char| letter.is_control() || ('\u{202a}'..='\u{2069}').contains(&letter);
            assert!(!shown.contains(unsafe_letter), "{shown}");
        }
    }
    Ok(())
}

/// Creates an operation with this decoding function.
const fn decoded_by<T>(decode: fn(&Reply) -> Result<T, decode::DecodeFailure>) -> Operation<T, ErrorBody> {
    let (name, path, security) = ("kinds.get", "/", &[]);
    Operation { name, method: Method::GET, idempotent: true, path, security, accept: "", decode, errors: ERRORS }
}

#[derive(Debug)]
struct Portal {
    name: String,
    size: Option<i64>,
}
crm_clients_runtime::object! { Portal { name: required "name", size: optional "size" } }

#[tokio::test]
async fn errors_of_secret_bodies_name_missing_fields_only() -> Outcome {
    static SECRET: Operation<Portal, ErrorBody> = decoded_by(decode::secret_json);
    for (body, message) in [
        (r#"{"id":"hunter2"}"#, "kinds.get: invalid 200 response at $: missing field `name`"),
        (
            r#"{"name":{"a":"hunter2"}}"#,
            "kinds.get: invalid 200 response at $.name: invalid type: map, expected a string",
        ),
        (
            r#"{"name":"hunter2"#,
            "kinds.get: invalid 200 response at $.name: the body, which contains secrets, is not as declared",
        ),
    ] {
        let server = Server::answering([reply("200 OK", &[], body)]).await?;
        let error = Call::new(&crate::core(&server)?, &SECRET, &[]).await.err().ok_or("it was read")?;
        assert_eq!(error.to_string(), message);
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        let payload = Payload::secret(body.as_bytes()).read::<Portal>().err().ok_or("it was read")?;
        let told = message
            .rsplit_once("response at ")
            .map_or("", |(_, told)| told)
            .replace("the body, which contains secrets, is not as declared", "the body is not JSON");
        assert_eq!(payload.to_string(), format!("invalid webhook payload at {told}"));
    }
    let server = Server::answering([reply("200 OK", &[], r#"{"name":"x","size":"hunter2"}"#)]).await?;
    let read = Call::new(&crate::core(&server)?, &SECRET, &[]).send_with_response().await?;
    assert_eq!(read.warnings()[0].to_string(), "$.size: invalid type: string, expected i64");
    assert!(!format!("{:?}", read.warnings()).contains("hunter2"));
    let core = crm_clients_runtime::generated::Core::builder("tests", "https://api.example").base_url(server.url());
    let error = Call::new(&core.strict_responses(true).build()?, &SECRET, &[]).await.err().ok_or("it was read")?;
    assert_eq!(error.to_string(), "kinds.get: invalid 200 response at $.size: invalid type: string, expected i64");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    let portal: Portal = Payload::secret(br#"{"name":"n"}"#).read()?;
    assert_eq!((portal.name.as_str(), portal.size), ("n", None));
    Ok(())
}

#[derive(Debug, Default)]
struct Tag {
    id: i64,
    more: crm_clients_runtime::AdditionalProperties,
}
crm_clients_runtime::object! { Tag rest more always { "type": Text("tags"), "version": Integer(2) } { id: required "id" } }

#[tokio::test]
async fn constants_are_written_and_checked() -> Outcome {
    static TAG: Operation<Tag, ErrorBody> = decoded_by(decode::json);
    let declared = serde_json::json!({ "type": "tags", "version": 2, "id": 1 });
    assert_eq!(serde_json::to_value(Tag { id: 1, ..Tag::default() })?, declared);
    let other = r#"{"type":"labels","id":1,"version":2.0}"#;
    let server =
        Server::answering([reply("200 OK", &[], other), reply("200 OK", &[], r#"{"id":1,"version":2}"#)]).await?;
    let read = Call::new(&crate::core(&server)?, &TAG, &[]).send_with_response().await?;
    let warnings: Vec<String> = read.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["$.type: invalid value: string, expected `tags`"]);
    // What the server sent is not lost.
    let expected = serde_json::json!({ "type": "labels", "version": 2, "id": 1 });
    assert_eq!(serde_json::to_value(read.body())?, expected);
    let missing = Call::new(&crate::core(&server)?, &TAG, &[]).await.err().ok_or("it was read")?;
    assert!(missing.to_string().contains("at $: missing field `type`"), "{missing}");
    Ok(())
}

#[tokio::test]
async fn decoding_counts_towards_the_timeout() -> Outcome {
    static SLOW: Operation<Vec<Portal>, ErrorBody> = decoded_by(|reply| {
        std::thread::sleep(Duration::from_millis(300));
        decode::json(reply)
    });
    let body = format!("[{}]", vec![r#"{"name":"n"}"#; 1000].join(","));
    let server = Server::answering([reply("200 OK", &[], &body)]).await?;
    let call = || Ok::<_, crm_clients_runtime::RequestError>(Call::new(&crate::core(&server)?, &SLOW, &[]));
    let error = call()?.timeout(Duration::from_millis(250)).await.err().ok_or("it was in time")?;
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.to_string(), "kinds.get: timed out: the limit is 250ms");
    assert!(
        call()?.timeout(Duration::from_millis(250)).send_with_response().await.is_err_and(|error| error.is_timeout())
    );
    assert_eq!(call()?.timeout(Duration::from_secs(60)).await?.len(), 1000);
    Ok(())
}

#[tokio::test]
async fn the_memory_for_a_body_is_limited() -> Outcome {
    static VALUE: Operation<crm_clients_runtime::Value, ErrorBody> = decoded_by(decode::json);
    static PORTALS: Operation<Vec<Portal>, ErrorBody> = decoded_by(decode::json);
    static LISTS: Operation<Vec<Vec<i8>>, ErrorBody> = decoded_by(decode::json);
    let told = "the decoded body would need more than 16 times the response limit in memory";
    for (item, fits) in
        [(r#"{"a":0}"#, false), ("[0]", false), (r#"{"name":"a contact","email":"someone@example.com"}"#, true)]
    {
        let body = format!("[{}]", vec![item; 10_000 / item.len()].join(","));
        let server = Server::answering([reply("200 OK", &[], &body)]).await?;
        let core = Core::builder("tests", "https://api.example").base_url(server.url()).retry(Retry::never());
        let core = core.response_limit(body.len()).build()?;
        match Call::new(&core, &VALUE, &[]).await {
            Ok(value) => assert!(fits, "{value}"),
            Err(error) => assert!(!fits && error.to_string().contains(told), "{error}"),
        }
        if fits {
            assert!(Call::new(&core, &PORTALS, &[]).await.is_ok());
        }
        // A type that needs less memory than a `Value` is decoded.
        if item == "[0]" {
            assert_eq!(Call::new(&core, &LISTS, &[]).await?.len(), 10_000 / item.len());
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_kinds_of_success() -> Outcome {
    const fn operation<T>(
        decode: fn(&crm_clients_runtime::generated::Reply) -> Result<T, decode::DecodeFailure>,
    ) -> Operation<T, ErrorBody> {
        Operation {
            name: "kinds.get",
            method: Method::GET,
            idempotent: true,
            path: "/",
            security: &[],
            accept: "",
            decode,
            errors: ERRORS,
        }
    }
    static TEXT: Operation<String, ErrorBody> = operation(decode::text);
    static BYTES: Operation<Bytes, ErrorBody> = operation(decode::bytes);
    static EMPTY: Operation<(), ErrorBody> = operation(decode::empty);
    static MAYBE: Operation<Option<Numbers>, ErrorBody> = operation(decode::json_or_empty);

    let ok = |body: &str| reply("200 OK", &[], body);
    let replies = [ok("héllo"), ok("raw"), ok("ignored"), ok(""), reply("204 No Content", &[], ""), ok(r#"{"n":1}"#)];
    let server = Server::answering(replies).await?;
    let core = crate::core(&server)?;
    assert_eq!(Call::new(&core, &TEXT, &[]).await?, "héllo");
    assert_eq!(Call::new(&core, &BYTES, &[]).await?, "raw");
    Call::new(&core, &EMPTY, &[]).await?;
    assert_eq!(Call::new(&core, &MAYBE, &[]).await?, None);
    assert_eq!(Call::new(&core, &MAYBE, &[]).await?, None);
    assert_eq!(Call::new(&core, &MAYBE, &[]).await?, Some([("n".to_owned(), 1)].into()));
    Ok(())
}

#[tokio::test]
async fn status_headers_and_raw_body_are_kept() -> Outcome {
    let server =
        Server::answering([reply("201 Created", &["X-Total: 9"], r#"{"n":1}"#), reply("200 OK", &[], "no JSON")])
            .await?;
    let response = get(&server)?.send_with_response().await?;
    assert_eq!((response.status().as_u16(), response.body().get("n")), (201, Some(&1)));
    assert_eq!(response.headers().get("x-total").map(|total| total.as_bytes()), Some(b"9".as_slice()));
    assert_eq!(response.raw_body(), r#"{"n":1}"#);
    assert_eq!(response.into_body().len(), 1);
    let raw = get(&server)?.send_raw().await?;
    assert_eq!((raw.body(), raw.raw_body()), (&"no JSON".into(), &"no JSON".into()));

    let server = Server::answering([reply("422 Unprocessable Entity", &[], "{}")]).await?;
    let error = get(&server)?.send_raw().await.err().ok_or("it went well")?;
    assert!(matches!(error, Error::Api(error) if error.body() == &ErrorBody::Invalid([].into())));
    Ok(())
}

operation! {
    /// Returns numbers.
    GetCall -> Numbers, ErrorBody
}

/// Returns its argument, which must be `Send`.
fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::test]
async fn a_generated_call_can_be_awaited_and_sent() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], r#"{"n":1}"#)]).await?;
    let call = || Ok::<_, crm_clients_runtime::RequestError>(GetCall { call: get(&server)? });
    assert_eq!(is_send(call()?.into_future()).await?.get("n"), Some(&1));
    assert_eq!(is_send(call()?.send()).await?.get("n"), Some(&1));
    assert_eq!(call()?.header("X-A", "b").timeout(Duration::from_secs(9)).send_with_response().await?.status(), 200);
    assert_eq!(call()?.send_raw().await?.body(), r#"{"n":1}"#);
    let given: Vec<_> = server.requests().iter().map(|request| request.header("x-a").is_some()).collect();
    assert_eq!(given, [false, false, true, false]);
    Ok(())
}

#[tokio::test]
async fn a_call_is_a_future_and_is_sent_once() -> Outcome {
    let numbered = |n| reply("200 OK", &[], &format!(r#"{{"n":{n}}}"#));
    let server = Server::answering([1, 2].map(numbered)).await?;
    let core = crate::core(&server)?;
    let calls = [1, 2].map(|id: i64| GetCall { call: Call::new(&core, &GET, &[&id]) });
    let mut numbers = Vec::new();
    for read in futures_util::future::join_all(calls).await {
        numbers.extend(read?.into_values());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);

    let mut call = get(&server)?;
    let mut context = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut call).poll(&mut context).is_pending());
    let error = call.send().await.err().ok_or("it was sent again")?;
    assert_eq!(error.to_string(), "things.get: the call was already sent");
    Ok(())
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read() -> Outcome {
    let body = format!("{{\"n\":{}1}}", " ".repeat(100));
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    for answer in [reply("200 OK", &[], &body), chunked] {
        let server = Server::answering([answer]).await?;
        let with_limit =
            |limit| Core::builder("tests", "https://api.example").base_url(server.url()).response_limit(limit).build();
        let error = Call::new(&with_limit(body.len() - 1)?, &GET, &[&1i64]).await.err().ok_or("it was read")?;
        let expected = format!(
            "things.get: the response is larger than the response limit: the limit is {} bytes",
            body.len() - 1
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.status(), Some(StatusCode::OK), "the head was received");
        assert_eq!(Call::new(&with_limit(body.len())?, &GET, &[&1i64]).await?.get("n"), Some(&1));
    }
    Ok(())
}

#[tokio::test]
async fn a_response_that_times_out_or_is_cut_off() -> Outcome {
    let server = Server::answering([format!("slow:{}", reply("200 OK", &[], "{}"))]).await?;
    let error = get(&server)?.timeout(Duration::from_millis(50)).await.err().ok_or("it was in time")?;
    assert!(error.is_timeout() && !error.is_connect());
    assert!(error.to_string().starts_with("things.get: timed out"), "{error}");
    let builder = Core::builder("tests", "https://api.example").base_url(server.url()).retry(Retry::never());
    let core = builder.timeout(Duration::from_millis(50)).build()?;
    assert!(Call::new(&core, &GET, &[&1i64]).await.is_err_and(|error| error.is_timeout()));

    let cut = "HTTP/1.1 503 No\r\ncontent-length: 100\r\nx-request-id: r1\r\nretry-after: 9\r\n\r\n{\"n\":";
    let error = failure(cut.to_owned()).await?;
    assert_eq!((error.status(), error.request_id()), (Some(StatusCode::SERVICE_UNAVAILABLE), Some("r1")));
    assert_eq!((error.retry_after(), error.raw_body()), (Some(Duration::from_secs(9)), None));
    assert!(error.to_string().starts_with("things.get: the body was cut off"), "{error}");
    assert!(matches!(error, Error::Transport(_)));
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_not_declared() -> Outcome {
    let page = "<html><body>Please log in</body></html>";
    let html = "things.create: invalid 200 response at $: the body is an HTML page, but no body is declared";
    let cases = [
        (&["Content-Type: text/html; charset=utf-8"][..], page, Some(html)),
        (&[], "\n<!DOCTYPE HTML><title>Wi-Fi</title>", Some(html)),
        (&["Content-Type: application/json"], page, Some(html)),
        (&["Content-Type: text/html"], "moved", Some(html)),
        (
            &["Content-Type: image/png"],
            "PNG",
            Some("things.create: invalid 200 response at $: the body is \"image/png\", but no body is declared"),
        ),
        // Responses that servers send with a success although they are not declared.
        (&["Content-Type: text/html"], " \n", None),
        (&["Content-Type: text/html"], r#"{"ok":true}"#, None),
        (&["Content-Type: application/json"], r#"{"ok":true}"#, None),
        (&["Content-Type: text/plain"], "OK", None),
        (&[], "OK", None),
    ];
    for (headers, body, expected) in cases {
        let server = Server::answering([reply("200 OK", headers, body)]).await?;
        let outcome = crate::post(&server)?.await;
        match (outcome, expected) {
            (Ok(()), None) => {}
            (Err(error @ Error::Decode(_)), Some(expected)) => {
                assert!(error.to_string().starts_with(expected), "{error}");
            }
            (outcome, _) => return Err(format!("{headers:?} {body}: {outcome:?}").into()),
        }
        // It can still be read as bytes.
        assert_eq!(crate::post(&server)?.send_raw().await?.body(), body);
    }
    Ok(())
}

#[tokio::test]
async fn debug_of_a_response_shows_only_its_status() -> Outcome {
    let server = Server::answering([reply("200 OK", &["Set-Cookie: session=hunter2"], r#"{"n":77}"#)]).await?;
    let shown = format!("{:?} {:?}", get(&server)?.send_with_response().await?, get(&server)?.send_raw().await?);
    assert_eq!(shown, "Response { status: 200, .. } Response { status: 200, .. }");
    Ok(())
}

#[tokio::test]
async fn an_error_names_the_api() -> Outcome {
    let server =
        Server::answering([reply("503 Service Unavailable", &[], ""), reply("200 OK", &[], "[]"), "reset".to_owned()])
            .await?;
    for _ in 0..3 {
        let error = get(&server)?.await.err().ok_or("it succeeded")?;
        assert_eq!((error.api(), error.operation()), (Some("tests"), Some("things.get")), "{error}");
    }
    let error = get(&server)?.header("a b", "c").await.err().ok_or("it succeeded")?;
    assert_eq!(error.api(), Some("tests"), "{error}");
    Ok(())
}
