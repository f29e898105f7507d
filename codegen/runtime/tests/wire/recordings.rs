//! Exchanges that are recorded, and replayed by a mock.

use std::path::PathBuf;

use crm_clients_runtime::generated::{Call, Core, Grant, Style};
use crm_clients_runtime::mock::{Route, Server as Mock};
use crm_clients_runtime::{Recorder, Retry};
use serde_json::json;

use crate::server::{Server, reply};
use crate::{BEARER, GET, KEY, Outcome, POST, QUERY_KEY};

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
