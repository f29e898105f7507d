//! Calls of clients in Node.js, over its `fetch` and its timers, and signatures.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

use std::time::Duration;

use crm_clients::chatwoot::events::{Verifier, WebhookError};
use crm_clients::runtime::{CallLimits, Retry, Timestamp, Upload};
use crm_clients::{chatwoot, kajabi};
use js_sys::{Function, JSON, Promise, Reflect};
use serde_json::{Value, json};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A server that sends replies in order.
struct Server(JsValue);

impl Server {
    async fn start(replies: &[Value]) -> Outcome<Self> {
        let start = Function::new_with_args("replies", include_str!("server.js"));
        let text = Value::from(replies).to_string();
        let started = start.call1(&JsValue::NULL, &JsValue::from(text)).map_err(shown)?;
        let promise = started.dyn_into::<Promise>().map_err(shown)?;
        Ok(Self(JsFuture::from(promise).await.map_err(shown)?))
    }

    fn field(&self, name: &str) -> Outcome<JsValue> {
        Ok(Reflect::get(&self.0, &JsValue::from(name)).map_err(shown)?)
    }

    fn url(&self) -> Outcome<String> {
        self.field("url")?.as_string().ok_or_else(|| "no URL".into())
    }

    /// Returns the requests, each with its first line, its headers and its body.
    fn requests(&self) -> Outcome<Vec<Value>> {
        let text = JSON::stringify(&self.field("requests")?).map_err(shown)?;
        Ok(serde_json::from_str(&String::from(text))?)
    }

    fn lines(&self) -> Outcome<Vec<String>> {
        let requests = self.requests()?;
        Ok(requests.iter().filter_map(|request| request["line"].as_str().map(str::to_owned)).collect())
    }
}

fn shown(error: JsValue) -> String {
    format!("{error:?}")
}

fn reply(status: u16, body: &Value) -> Value {
    json!({ "status": status, "headers": { "content-type": "application/json" }, "body": body.to_string(), "delay": 0 })
}

fn labels() -> Value {
    reply(200, &json!({ "payload": ["vip"] }))
}

fn builder(server: &Server) -> Outcome<chatwoot::Builder> {
    let retry = Retry::default().first_delay(Duration::from_millis(20));
    Ok(chatwoot::Client::builder().api_access_token("secret").base_url(server.url()?).retry(retry))
}

#[wasm_bindgen_test]
async fn a_call_is_sent_with_its_credential_and_decoded() -> Outcome {
    let server = Server::start(&[labels()]).await?;
    let labels = builder(&server)?.build()?.account(1).contact_labels(101).list().await?;
    assert_eq!(labels.payload, ["vip"]);
    let requests = server.requests()?;
    assert_eq!(requests[0]["line"], "GET /api/v1/accounts/1/contacts/101/labels");
    assert_eq!(requests[0]["headers"]["api_access_token"], "secret");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_throttled_call_is_retried_after_a_delay_and_within_limits() -> Outcome {
    let server = Server::start(&[reply(503, &json!({})), reply(429, &json!({})), labels(), labels()]).await?;
    let limits = CallLimits::new().max_in_flight(1).rate(3, Duration::from_millis(300));
    let client = builder(&server)?.limits(limits).build()?;
    let begun = js_sys::Date::now();
    client.account(1).contact_labels(101).list().await?;
    client.account(1).contact_labels(101).list().await?;
    assert_eq!(server.lines()?.len(), 4);
    let time = js_sys::Date::now() - begun;
    assert!(time >= 290.0, "{time} ms");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_call_times_out() -> Outcome {
    let mut late = labels();
    late["delay"] = json!(2000);
    let server = Server::start(&[late]).await?;
    let call = builder(&server)?
        .retry(Retry::never())
        .build()?
        .account(1)
        .contact_labels(101)
        .list()
        .timeout(Duration::from_millis(50));
    let error = call.await.err().ok_or("it did not time out")?;
    assert!(error.is_timeout(), "{error}");
    Ok(())
}

#[wasm_bindgen_test]
async fn calls_share_one_fetched_token() -> Outcome {
    let token = json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 7200 });
    let contacts = json!({ "data": [], "links": {} });
    let server = Server::start(&[reply(200, &token), reply(200, &contacts), reply(200, &contacts)]).await?;
    let client = kajabi::Client::builder().client_credentials("id", "secret").base_url(server.url()?).build()?;
    for _ in 0..2 {
        assert!(client.contacts().list().await?.data.is_empty());
    }
    assert_eq!(server.lines()?, ["POST /v1/oauth/token", "GET /v1/contacts", "GET /v1/contacts"]);
    assert_eq!(server.requests()?[2]["headers"]["authorization"], "Bearer t");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_form_with_a_file_is_sent_as_a_whole() -> Outcome {
    let server = Server::start(&[reply(200, &json!({ "payload": { "id": 101 } }))]).await?;
    let picture = Upload::bytes("PNG").file_name("alice.png").content_type("image/png");
    let form = chatwoot::types::ContactUpdateForm::new().name("Alice").avatar(picture);
    builder(&server)?.build()?.account(1).contacts().update_as_multipart(101, form).send_raw().await?;
    let requests = server.requests()?;
    let body = requests[0]["body"].as_str().unwrap_or_default();
    assert!(body.contains("name=\"name\"\r\n\r\nAlice\r\n"), "{body}");
    assert!(
        body.contains("name=\"avatar\"; filename=\"alice.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n"),
        "{body}"
    );
    assert_eq!(requests[0]["headers"]["content-length"], body.len().to_string());
    Ok(())
}

#[wasm_bindgen_test]
async fn a_body_is_read_as_a_stream() -> Outcome {
    let server = Server::start(&[labels()]).await?;
    let mut body = builder(&server)?.build()?.account(1).contact_labels(101).list().send_stream().await?.into_body();
    let mut read = Vec::new();
    while let Some(chunk) = body.next().await {
        read.extend_from_slice(&chunk?);
    }
    assert_eq!(serde_json::from_slice::<Value>(&read)?["payload"], json!(["vip"]));
    Ok(())
}

/// `fetch` follows redirects by itself: the client reports what it would not have followed.
#[wasm_bindgen_test]
async fn a_followed_redirect_to_another_server_is_an_error() -> Outcome {
    let other = Server::start(&[labels()]).await?;
    let moved = json!({ "status": 307, "headers": { "location": other.url()? }, "delay": 0 });
    let server = Server::start(&[moved]).await?;
    let error =
        builder(&server)?.build()?.account(1).contact_labels(101).list().await.err().ok_or("it was accepted")?;
    let message = format!("{error:?}");
    assert!(message.contains("where credentials must not be sent"), "{message}");
    assert_eq!(server.lines()?.len(), 1);
    Ok(())
}

/// The signature was computed by another program; on this target, another crate than elsewhere computes it.
#[wasm_bindgen_test]
fn a_signature_is_verified_and_computed() -> Outcome {
    const BODY: &[u8] = br#"{"event":"ping"}"#;
    const SIGNATURE: &str = "sha256=ef1691ef46522c96b810b88be0ecd5980e8b34ad3222c90e1099ca997a7b78d7";

    let verifier = Verifier::new("webhook secret").at(Timestamp::from_second(1_790_000_000)?);
    let headers = verifier.sign(BODY)?;
    assert_eq!(headers["x-chatwoot-signature"], SIGNATURE);
    assert_eq!(headers["x-chatwoot-timestamp"], "1790000000");
    verifier.verify(&headers, BODY)?;
    let changed = verifier.verify(&headers, br#"{"event":"pong"}"#);
    assert!(matches!(changed, Err(WebhookError::WrongSignature)), "{changed:?}");
    Ok(())
}
