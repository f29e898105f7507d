//! Webhook events: deserialized, serialized, and verified with each kind of declared signature.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use crm_clients_runtime::Timestamp;
use crm_clients_runtime::reqwest::header::{HeaderMap, HeaderValue};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::Outcome;
use crate::themes::{webhook_names, webhooks};

const SECRET: &str = "a secret";

fn hmac(text: &[u8]) -> Result<Vec<u8>, hmac::digest::InvalidLength> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
    mac.update(text);
    Ok(mac.finalize().into_bytes().to_vec())
}

fn headers(headers: &[(&'static str, &str)]) -> Result<HeaderMap, Box<dyn std::error::Error>> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, HeaderValue::from_str(value)?);
    }
    Ok(map)
}

#[test]
fn events_are_distinguished_by_their_tag() -> Outcome {
    use webhooks::webhook_events::Event;
    let read = |value: &Value| Event::from_slice(value.to_string().as_bytes());
    let made = json!({"id": 1, "at": "2026-01-01T00:00:00Z", "event": "order-made"});
    let paid = json!({"id": 1, "event": "order-paid", "key": "k"});
    let gone = json!({"event": "item_gone", "item": {"id": 2}});
    let greeting = json!({"event": "ping", "hello": null});
    assert!(matches!(read(&made)?, Event::OrderMade(order) if order.id == 1 && order.at.is_some()));
    assert!(
        matches!(read(&paid)?, Event::OrderPaid(order) if order.event == webhooks::types::OrderEventEvent::OrderPaid)
    );
    assert!(matches!(read(&gone)?, Event::ItemSoldOut(gone) if gone.item.id == 2));
    assert!(matches!(read(&greeting)?, Event::Greeting(ping) if ping.hello.is_none()));
    // The name in the document is used if the payload has no other.
    let unknown = json!({"event": "item.sold_out", "item": {"id": 2}});
    assert_eq!(read(&unknown)?, Event::Unknown(unknown.clone()));
    for value in [made, paid, gone, greeting, unknown] {
        assert_eq!(serde_json::to_value(read(&value)?)?, value);
        assert_eq!(serde_json::from_value::<Event>(value.clone())?, read(&value)?);
    }
    Ok(())
}

#[test]
fn events_are_distinguished_by_a_separate_name() -> Outcome {
    use webhook_names::events::Event;
    let push = json!({"repository": {"id": 5}, "commits": ["a"]});
    let read = |name: &str, value: &Value| Event::from_slice(name, value.to_string().as_bytes());
    assert!(matches!(read("push", &push)?, Event::Push(push) if push.repository.id == 5));
    assert!(matches!(read("star", &json!({"stars": 3}))?, Event::Star(counts) if counts["stars"] == 3));
    assert_eq!(read("anything", &push)?, Event::Anything(push.clone()));
    assert_eq!(read("fork", &push)?, Event::Unknown(push.clone()));
    assert_eq!(serde_json::to_value(read("push", &push)?)?, push);
    let Err(error) = Event::from_slice("push", br#"{"repository": {"id": "five"}}"#) else {
        return Err("a word is not an id".into());
    };
    assert_eq!(error.path(), "$.repository.id");
    assert!(error.message().contains("five") && error.to_string().contains("near: {\"repository\""), "{error}");
    Ok(())
}

#[test]
fn a_signature_of_time_and_body() -> Outcome {
    use webhooks::webhook_events::{Event, Verifier, WebhookError};
    let body = br#"{"event":"ping","hello":"you"}"#;
    let signature = |text: &str| -> Result<String, hmac::digest::InvalidLength> {
        Ok(format!("sha256={}", base16ct::lower::encode_string(&hmac(text.as_bytes())?)))
    };
    let right = signature(r#"v1:1700000000.{"event":"ping","hello":"you"}"#)?;
    let signed = headers(&[("x-shop-signature", &right), ("x-shop-timestamp", "1700000000")])?;
    let verifier = Verifier::new(SECRET).at(Timestamp::from_second(1_700_000_100)?);
    assert!(matches!(verifier.read(&signed, body)?, Event::Greeting(ping) if ping.hello.as_deref() == Some("you")));
    let bodily = signature(r#"{"event":"ping","hello":"you"}"#)?;
    let unsigned_time = headers(&[("x-shop-signature", &bodily), ("x-shop-timestamp", "1700000000")])?;
    assert!(matches!(verifier.read(&unsigned_time, body), Err(WebhookError::WrongSignature)));
    let now = Verifier::new(SECRET);
    assert!(matches!(now.read(&signed, body), Err(WebhookError::WrongTime { .. })));
    let odd = br#"{"event":"order-made","id":1,"at":"noon"}"#;
    let signed = now.sign(odd)?;
    assert!(matches!(now.read(&signed, odd)?, Event::OrderMade(order) if order.additional_properties["at"] == "noon"));
    let strict = now.clone().strict(true);
    assert!(matches!(strict.read(&signed, odd), Err(WebhookError::Payload(error)) if error.path() == "$.at"));
    assert!(now.read(&signed, odd).is_ok());
    let (time, broken) = (Timestamp::now().as_second().to_string(), "{");
    let fresh = signature(&format!("v1:{time}.{broken}"))?;
    let fresh = headers(&[("x-shop-signature", &fresh), ("x-shop-timestamp", &time)])?;
    now.verify(&fresh, broken.as_bytes())?;
    assert!(matches!(now.read(&fresh, broken.as_bytes()), Err(WebhookError::Payload(error)) if error.path() == "$"));
    for text in ["", "a=b&c=hunter2", "{"] {
        let Err(error) = now.read(&now.sign(text)?, text) else { return Err(text.into()) };
        assert!(error.to_string().contains("invalid webhook payload at $: the body is not JSON"), "{error}");
    }
    Ok(())
}

#[test]
fn a_verifier_signs_like_the_server() -> Outcome {
    use webhooks::webhook_events::{Event, Verifier, WebhookError};
    let body = br#"{"event":"ping","hello":"you"}"#;
    let verifier = Verifier::new(SECRET).with_previous_secret("old").at(Timestamp::from_second(1_700_000_000)?);
    let signed = verifier.sign(body)?;
    let expected = hmac(&[b"v1:1700000000.".as_slice(), body].concat())?;
    let expected = format!("sha256={}", base16ct::lower::encode_string(&expected));
    assert_eq!(signed, headers(&[("x-shop-signature", &expected), ("x-shop-timestamp", "1700000000")])?);
    assert!(matches!(verifier.read(&signed, body)?, Event::Greeting(_)));
    let now = Verifier::new(SECRET);
    now.verify(&now.sign(body)?, body)?;
    assert!(matches!(now.verify(&signed, body), Err(WebhookError::WrongTime { .. })));
    assert!(matches!(Verifier::new("").sign(body), Err(WebhookError::EmptySecret)));

    let of_body = webhook_names::events::Verifier::new(SECRET);
    let owned = String::from_utf8(body.to_vec())?;
    verifier.read(&verifier.sign(&owned)?, owned)?;
    let signed = of_body.sign(b"any bytes at all: \xff")?;
    assert_eq!(signed, headers(&[("x-code-signature", &STANDARD.encode(hmac(b"any bytes at all: \xff")?))])?);
    of_body.verify(&signed, b"any bytes at all: \xff")?;
    Ok(())
}

#[test]
fn a_signature_of_the_body_in_base_64() -> Outcome {
    use webhook_names::events::{Verifier, WebhookError};
    let body = b"any bytes at all: \xff";
    let right = headers(&[("X-Code-Signature", &STANDARD.encode(hmac(body)?))])?;
    Verifier::new(SECRET).verify(&right, body)?;
    assert!(matches!(Verifier::new("b").verify(&right, body), Err(WebhookError::WrongSignature)));
    let unpadded = headers(&[("X-Code-Signature", &STANDARD_NO_PAD.encode(hmac(body)?))])?;
    assert!(matches!(Verifier::new(SECRET).verify(&unpadded, body), Err(WebhookError::MalformedHeader(_))));
    Ok(())
}

#[test]
fn callbacks_and_webhooks_are_events() -> Outcome {
    use crate::themes::callbacks::events::Event;
    assert!(matches!(Event::from_slice("moved", br#"{"to":"a"}"#)?, Event::Moved(event) if event.to == "a"));
    assert!(matches!(Event::from_slice("ended", br#"{"at":1}"#)?, Event::Ended(event) if event.at == Some(1)));
    assert!(matches!(Event::from_slice("news", br#"{"text":"t"}"#)?, Event::News(_)));
    Ok(())
}
