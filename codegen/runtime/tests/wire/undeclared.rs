//! Endpoints, parameters and fields that the document does not declare.

use crm_clients_runtime::generated::{Call, Core, CoreBuilder, FormParts, MultipartBody, Scheme};
use crm_clients_runtime::{Error, Method, Retry, UndeclaredCall, Upload};
use serde_json::{Value, json};
use std::time::Duration;

use crate::server::{Server, reply};
use crate::{BEARER, ErrorBody, KEY, Numbers, Outcome, QUERY_KEY, get, post};

static SCHEMES: &[&Scheme] = &[&KEY, &BEARER, &QUERY_KEY];

fn builder(server: &Server) -> CoreBuilder {
    let retry = Retry::default().first_delay(Duration::from_millis(1));
    Core::builder("tests", "https://api.example").base_url(format!("{}/base", server.url())).retry(retry)
}

/// A form with two parts.
struct Parts;

impl MultipartBody for Parts {
    fn into_parts(self) -> FormParts {
        let mut parts = FormParts::new();
        parts.required_text("a", 1);
        parts.required_text("b", 2);
        parts
    }
}

fn call(core: &Core, method: Method, path: &str) -> UndeclaredCall<ErrorBody> {
    UndeclaredCall::new(core, SCHEMES, method, path)
}

#[tokio::test]
async fn an_undeclared_endpoint_is_called_with_the_clients_credentials() -> Outcome {
    let server = Server::answering([reply("200 OK", &["x-total: 2"], r#"{"n": 1}"#)]).await?;
    let core = builder(&server).credential(&KEY, "k1").credential(&BEARER, "b1").build()?;
    let new = || call(&core, Method::POST, "/v1/new?fixed=1").query("a", "b c").query("tags", ["x", "y"]);
    let response =
        new().query("page", json!({ "size": 2 })).header("x-own", "1").json(&json!({ "name": "Ann" })).await?;
    assert_eq!((response.status().as_u16(), &response.headers()["x-total"]), (200, &"2".parse()?));
    assert_eq!(response.json::<Numbers>()?["n"], 1);
    assert!(response.json::<Vec<i64>>().is_err());
    let request = server.request()?;
    assert_eq!(request.first_line(), "POST /base/v1/new?fixed=1&a=b%20c&tags=x&tags=y&page%5Bsize%5D=2 HTTP/1.1");
    assert_eq!((request.header("api_access_token"), request.header("authorization")), (Some("k1"), Some("Bearer b1")));
    assert_eq!((request.header("x-own"), request.header("content-type")), (Some("1"), Some("application/json")));
    assert_eq!(request.body, r#"{"name":"Ann"}"#);

    let numbers: Numbers = new().send_as().await?;
    assert_eq!(numbers["n"], 1);
    call(&core, Method::PUT, "v1/form").form(&json!({ "a": [1, 2] })).await?;
    call(&core, Method::PUT, "v1/form").form(&[("b", json!("1 &")), ("a", json!([1, 2])), ("b", json!(3))]).await?;
    for not_a_form in [json!(5), json!("a=1"), json!([1]), json!([["a"]]), json!([[1, "a"]])] {
        let outcome = call(&core, Method::PUT, "v1/form").form(&not_a_form).await;
        let error = outcome.err().ok_or("it was sent")?;
        assert!(error.to_string().starts_with("request: `body` is not a form: pass a struct"), "{error}");
    }
    call(&core, Method::PUT, "/v1/file").bytes("text/csv", Upload::bytes("a;b")).await?;
    let requests = server.requests();
    assert_eq!(requests[1].header("accept"), Some("application/json"));
    assert_eq!((requests[2].first_line(), requests[2].body.as_str()), ("PUT /base/v1/form HTTP/1.1", "a=1&a=2"));
    assert_eq!(requests[3].body, "b=1+%26&a=1&a=2&b=3");
    assert_eq!((requests[4].header("content-type"), requests[4].body.as_str()), (Some("text/csv"), "a;b"));
    Ok(())
}

#[tokio::test]
async fn an_undeclared_call_can_choose_its_credential() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let core = builder(&server).credential(&KEY, "k1").credential(&BEARER, "b1").build()?;
    let get = || call(&core, Method::GET, "/x");
    get().credential("bearer").send_as::<()>().await?;
    get().credential("bearer").credential("key").send_as::<Option<i64>>().await?;
    get().without_credentials().await?;
    let seen: Vec<_> = server
        .requests()
        .iter()
        .map(|request| (request.header("api_access_token").is_some(), request.header("authorization").is_some()))
        .collect();
    assert_eq!(seen, [(false, true), (true, true), (false, false)]);
    for (name, message) in [
        ("query", "request: missing credential: set `query` on the client's builder"),
        ("token", "request: unknown credential `token`; the API has `key`, `bearer`, `query`"),
    ] {
        let error = get().credential(name).await.err().ok_or("it was sent")?;
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(server.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn an_undeclared_call_is_retried_and_has_errors_of_the_client() -> Outcome {
    let busy = || reply("503 Service Unavailable", &[], "");
    let ok = || reply("200 OK", &[], "[]");
    for (method, expected) in [(Method::GET, 2), (Method::DELETE, 2), (Method::POST, 1), (Method::PATCH, 1)] {
        let server = Server::answering([busy(), ok()]).await?;
        let outcome = call(&builder(&server).build()?, method.clone(), "/x").await;
        assert_eq!((outcome.is_ok(), server.requests().len()), (expected == 2, expected), "{method}");
    }
    let server = Server::answering([busy(), ok()]).await?;
    call(&builder(&server).build()?, Method::POST, "/x").idempotency_key("k").await?;
    assert_eq!(server.requests().len(), 2);

    let server = Server::answering([reply("422 Unprocessable Entity", &[], r#"["no, s3cret"]"#), ok()]).await?;
    let core = builder(&server).credential(&KEY, "s3cret").build()?;
    let error = call(&core, Method::GET, "/x").await.err().ok_or("it succeeded")?;
    assert_eq!(error.to_string(), r#"request: 422 Unprocessable Entity: ["no, [redacted]"]"#);
    assert!(matches!(&error, Error::Api(error) if *error.body() == ErrorBody::Unknown), "{error:?}");
    let error = call(&core, Method::GET, "/x").send_as::<Numbers>().await.err().ok_or("it succeeded")?;
    assert!(matches!(&error, Error::Decode(error) if error.path() == "$"), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn an_undeclared_path_stays_below_the_base_url() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "[]")]).await?;
    let core = builder(&server).credential(&KEY, "k1").build()?;
    for path in
        ["https://elsewhere.example/", "//elsewhere.example/", "/a/../../b", "/a/%2e%2E/b", "/a\\..\\b", "..", "/a#b"]
    {
        let outcome = call(&core, Method::GET, path).await;
        assert!(matches!(outcome, Err(Error::Request(_))), "{path}: {outcome:?}");
    }
    call(&core, Method::GET, "/a/http://b/é {x}?c=../d").await?;
    assert_eq!(server.request()?.first_line(), "GET /base/a/http://b/%C3%A9%20%7Bx%7D?c=../d HTTP/1.1");
    Ok(())
}

#[tokio::test]
async fn a_declared_call_accepts_undeclared_parameters_and_fields() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    get(&server)?.query("fixed", 2).query("new", [true, false]).query("none", None::<i64>).await?;

    let fields = |mut call: Call<(), ErrorBody>| {
        call.json("application/vnd.api+json", &json!({ "data": { "id": 18446744073709551615u64, "n": 1.10 } }));
        call.body_field("data", json!({ "replaced": true }))
    };
    fields(post(&server)?).body_field("/data/attributes/a~1b", "c").body_field("top", [1]).await?;
    post(&server)?.body_field("alone", 1).await?;
    let mut form = post(&server)?;
    form.form(&json!({ "a": "1", "a b": "old", "x": "2" }), &[]);
    form.body_field("b", json!({ "c": "&" })).body_field("a b", "new").await?;
    let mut multipart = post(&server)?;
    multipart.multipart(Parts.into_parts());
    multipart.body_field("a", [3, 4]).body_field("c", "5").await?;
    let requests = server.requests();
    assert_eq!(requests[0].first_line(), "GET /things/7?fixed=2&new=true&new=false HTTP/1.1");
    let sent: Value = serde_json::from_str(&requests[1].body)?;
    assert_eq!(sent, json!({ "data": { "replaced": true, "attributes": { "a/b": "c" } }, "top": [1] }));
    assert_eq!(requests[1].header("content-type"), Some("application/vnd.api+json"));
    assert_eq!(requests[2].body, r#"{"alone":1}"#);
    assert_eq!(requests[3].body, "a=1&x=2&b=%7B%22c%22%3A%22%26%22%7D&a+b=new");
    let values = requests[4].body.split("\r\n").filter(|line| !line.is_empty() && !line.starts_with("--"));
    let values: Vec<_> = values.map(|line| line.rsplit("name=").next().unwrap_or_default()).collect();
    assert_eq!(values, ["\"b\"", "2", "\"a\"", "3", "\"a\"", "4", "\"c\"", "5"]);

    let mut text = post(&server)?;
    text.text("text/plain", "a");
    let mut list = post(&server)?;
    list.json("application/json", &[1]);
    let mut upload = post(&server)?;
    upload.bytes("application/json", "{}".to_owned().into_bytes());
    for call in [text, list, upload] {
        let outcome = call.body_field("a", 1).await;
        assert!(matches!(outcome, Err(Error::Request(_))), "{outcome:?}");
    }
    assert_eq!(server.requests().len(), 5);
    Ok(())
}
