//! Exchanges that are recorded, and replayed by a mock.

use std::path::PathBuf;

use crm_clients_runtime::generated::{Call, Core, Grant, Style};
use crm_clients_runtime::mock::{Route, Server as Mock};
use crm_clients_runtime::{Method, Recorder, Retry, UndeclaredCall};
use serde_json::json;

use crate::server::{Server, reply};
use crate::{BEARER, ErrorBody, GET, KEY, Outcome, POST, QUERY_KEY};

/// A file that is removed when it is dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("crm-clients-{}-{name}.jsonl", std::process::id())))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn exchanges_are_recorded_without_secrets_and_personal_fields_and_replayed() -> Outcome {
    let file = Temporary::new("replayed");
    let json = |body: &str| reply("200 OK", &["content-type: application/json", "set-cookie: s=hunter2"], body);
    let server = Server::answering([
        json(r#"{"n":1,"age":97}"#),
        json(r#"{"n":2}"#),
        json(r#"{"id":7,"Email":"ann@x.example","echo":"key hunter2","refresh_token":"r1","to":null}"#),
        reply("422 Unprocessable Entity", &[], r#"{"name":"taken"}"#),
    ])
    .await?;
    let recorder = Recorder::create(&file.0)?.personal(["email", "age", "q"])?;
    let builder = Core::builder("tests", "https://api.example").base_url(format!("{}/base", server.url()));
    let builder = builder.credential(&KEY, "hunter2").credential(&QUERY_KEY, "hunter3").retry(Retry::never());
    let recording = builder.record(recorder).build()?;
    let get = |core: &Core| {
        let mut call = Call::new(core, &GET, &[&7i64]);
        call.query_param("filter[q]", Style::FormExplode, "ann@x.example");
        call
    };
    let post = |core: &Core, email: &str, name: &str| {
        let mut call = Call::new(core, &POST, &[]);
        call.json("application/json", &json!({"person": {"email": [email]}, "name": name}));
        call
    };
    assert_eq!((get(&recording).await?["age"], get(&recording).await?["n"]), (97, 2));
    post(&recording, "ann@x.example", "Ann").await?;
    assert!(post(&recording, "ann@x.example", "Bob").await.is_err());

    let text = std::fs::read_to_string(&file.0)?;
    for private in ["hunter2", "hunter3", "ann@x.example", "97", "r1", "cookie", "/base"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    assert_eq!(text.lines().count(), 5);
    assert!(text.contains(r#""echo":"key [redacted]""#), "{text}");

    let mock = Mock::start(vec![Route::of(&GET), Route::of(&POST)]).await?;
    mock.replay(&file.0)?;
    let core = Core::builder("tests", "https://api.example").mock(&mock).retry(Retry::never()).build()?;
    let first = get(&core).await?;
    assert_eq!((first["n"], first["age"]), (1, 0));
    assert_eq!((get(&core).await?["n"], get(&core).await?["n"]), (2, 2), "the last response is repeated");
    // A request with another address is the same, but not one with another name.
    post(&core, "bob@x.example", "Ann").await?;
    assert_eq!(
        post(&core, "bob@x.example", "Bob").await.err().and_then(|error| error.status().map(|status| status.as_u16())),
        Some(422)
    );
    mock.verify()?;
    assert_eq!(
        post(&core, "bob@x.example", "Cid").await.err().and_then(|error| error.status().map(|status| status.as_u16())),
        Some(501)
    );
    assert!(mock.verify().is_err());
    Ok(())
}

#[tokio::test]
async fn tokens_are_not_recorded() -> Outcome {
    let file = Temporary::new("tokens");
    let server = Server::answering([
        reply("200 OK", &[], r#"{"access_token":"t1","expires_in":600}"#),
        reply("200 OK", &[], r#"{"n":1}"#),
    ])
    .await?;
    let builder = Core::builder("tests", "https://api.example").base_url(server.url());
    let builder = builder.grant(&BEARER, Grant::client_credentials("/token", "id", "hunter2"));
    let core = builder.record(Recorder::create(&file.0)?).build()?;
    Call::new(&core, &GET, &[&7i64]).await?;
    let text = std::fs::read_to_string(&file.0)?;
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains("t1") && !text.contains("hunter2"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_recording_is_checked_against_the_operations() -> Outcome {
    let file = Temporary::new("checked");
    let exchange = |operation: &str, target: &str, json: serde_json::Value| json!({"operation": operation, "method": "GET", "target": target, "status": 200, "headers": {}, "json": json});
    let lines = [
        exchange("things.get", "/things/1?fixed=1", json!({"n": "one"})),
        exchange("things.gone", "/things/1", json!({})),
        exchange("things.get", "/other/1", json!({})),
    ];
    std::fs::write(&file.0, lines.map(|line| format!("{line}\n")).concat())?;
    let mock = Mock::start(vec![Route::of(&GET)]).await?;
    mock.replay(&file.0)?;
    let unmet = mock.verify().err().ok_or("it fits")?;
    assert!(unmet.faults()[0].starts_with("invalid mock response for things.get: at $.n"), "{unmet}");
    let expected = [
        "the API has no recorded operation things.gone",
        "the recorded request GET /other/1 does not match things.get",
    ];
    assert_eq!(unmet.faults()[1..], expected);
    std::fs::write(&file.0, "{}\n")?;
    assert!(mock.replay(&file.0).is_err_and(|error| error.to_string().starts_with("line 1 of")));
    Ok(())
}

#[tokio::test]
async fn a_personal_value_is_replaced_wherever_its_exchange_has_it() -> Outcome {
    let file = Temporary::new("values");
    let link = "link: </things?q=ann%40x.example&page=2>; rel=\"next\"";
    let json = |status, body: &str| reply(status, &["content-type: application/json", link], body);
    let server = Server::answering([
        json("200 OK", r#"{"people":[{"email":"ann@x.example","name":"Ann"}],"note":"Ann <ann@x.example>","n":97}"#),
        json("422 Unprocessable Entity", r#"{"name":"ann@x.example is taken"}"#),
    ])
    .await?;
    let recorder = Recorder::create(&file.0)?.personal(["email", "name"])?;
    let builder = Core::builder("tests", "https://api.example").base_url(server.url()).retry(Retry::never());
    let recording = builder.record(recorder).build()?;
    let find = |core: &Core, address: &str| {
        let filter = json!({ "filter": { "email_is": [address], "of": "things" } });
        UndeclaredCall::<ErrorBody>::new(core, &[], Method::POST, "/v1/find").query("q", address).json(&filter)
    };
    let create = |core: &Core, address: &str| {
        let mut call = Call::new(core, &POST, &[]);
        call.json("application/json", &json!({ "email": address }));
        call
    };
    find(&recording, "ann@x.example").await?;
    assert!(create(&recording, "ann@x.example").await.is_err());

    let text = std::fs::read_to_string(&file.0)?;
    assert!(!text.contains("x.example"), "{text}");
    // Short texts and numbers are replaced in their fields only, as the documentation says.
    assert!(text.contains(r#""note":"Ann <[redacted]>""#) && text.contains(r#""n":97"#), "{text}");

    let mock = Mock::start(vec![Route::of(&POST)]).await?;
    mock.replay(&file.0)?;
    let core = Core::builder("tests", "https://api.example").mock(&mock).retry(Retry::never()).build()?;
    for address in ["ann@x.example", "bob@x.example"] {
        assert_eq!(find(&core, address).await?.json::<serde_json::Value>()?["n"], 97);
        let error = create(&core, address).await.err().ok_or("it was created")?;
        assert!(error.status().is_some_and(|status| status == 422), "{error}");
    }
    mock.verify()?;
    let other = UndeclaredCall::<ErrorBody>::new(&core, &[], Method::POST, "/v1/find").query("q", "ann@x.example");
    assert!(other.json(&json!({ "filter": { "email_is": [], "of": "things" } })).await.is_err(), "another filter");
    Ok(())
}

#[tokio::test]
async fn an_undeclared_call_is_replayed() -> Outcome {
    let file = Temporary::new("undeclared");
    let server = Server::answering([reply("200 OK", &[], r#"{"any":"json"}"#), reply("200 OK", &[], "text")]).await?;
    let builder = Core::builder("tests", "https://api.example").base_url(server.url());
    let recording = builder.record(Recorder::create(&file.0)?).build()?;
    let call = |core: &Core, path| UndeclaredCall::<ErrorBody>::new(core, &[], Method::GET, path).send();
    call(&recording, "/v1/new?a=1").await?;
    call(&recording, "/v1/text").await?;
    let mock = Mock::start(vec![Route::of(&GET)]).await?;
    mock.replay(&file.0)?;
    let core = Core::builder("tests", "https://api.example").mock(&mock).build()?;
    assert_eq!(call(&core, "/v1/new?a=1").await?.json::<serde_json::Value>()?["any"], "json");
    assert_eq!(call(&core, "/v1/text").await?.body().as_ref(), b"text");
    Ok(mock.verify()?)
}

#[tokio::test]
async fn a_body_that_was_not_recorded_is_reported() -> Outcome {
    let file = Temporary::new("omitted");
    let server = Server::answering([reply("200 OK", &[], "name;email"), reply("204 No Content", &[], "")]).await?;
    let builder = Core::builder("tests", "https://api.example").base_url(server.url());
    let recording = builder.record(Recorder::create(&file.0)?.personal(["email"])?).build()?;
    let call = |core: &Core, path| UndeclaredCall::<ErrorBody>::new(core, &[], Method::GET, path).send();
    call(&recording, "/v1/csv").await?;
    call(&recording, "/v1/empty").await?;
    let mock = Mock::start(vec![Route::of(&GET)]).await?;
    mock.replay(&file.0)?;
    let core = Core::builder("tests", "https://api.example").mock(&mock).retry(Retry::never()).build()?;
    assert!(call(&core, "/v1/empty").await?.body().is_empty());
    assert!(call(&core, "/v1/csv").await.is_err_and(|error| error.status().is_some_and(|status| status == 501)));
    assert_eq!(
        mock.verify().err().ok_or("verify succeeded")?.to_string(),
        "the response to GET /v1/csv (request) was recorded without its body, because only JSON is recorded, and text \
         if no fields are personal; set this response on the mock"
    );
    let mock = Mock::start(vec![Route::of(&GET)]).await?;
    mock.replay(&file.0)?;
    mock.request(Method::GET, "/v1/csv").text("name;email");
    let core = Core::builder("tests", "https://api.example").mock(&mock).build()?;
    assert_eq!(call(&core, "/v1/csv").await?.body().as_ref(), b"name;email");
    Ok(mock.verify()?)
}
