//! Contactship's 17 operations over real sockets, with a server that responds as on the vendor's pages.
//!
//! `fixtures/contactship` has a response of each operation in each form on the pages, with made-up values.
#![cfg(feature = "contactship")]

mod support;

use crm_clients::contactship::types::*;
use crm_clients::contactship::{Client, Error, ErrorBody};
use crm_clients::runtime::{Retry, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use support::truth::{Fixture, Losses, operations};
use support::{Answer, Outcome, Server, refusal};

operations! { client:
    "agents.get" => client.agents().get("agent-9"),
    "agents.list" => client.agents().list(),
    "agents.update" => client.agents().update("agent-9", AgentUpdate::new()),
    "calls.call_contact" => client.calls().call_contact(ContactCallCreate::new("c-1", "agent-9", "pn-1")),
    "calls.call_phone_number" => client.calls().call_phone_number(phone_call()),
    "calls.get" => client.calls().get("call-501"),
    "calls.list" => client.calls().list(),
    "contacts.create" => client.contacts().create(ContactCreate::new("+34911234567", "Rosa Nolan")),
    "contacts.get" => client.contacts().get("c-1"),
    "contacts.list" => client.contacts().list(),
    "contacts.list_calls" => client.contacts().list_calls("c-1"),
    "contacts.update" => client.contacts().update("c-1", ContactUpdate::new()),
    "phone_numbers.list" => client.phone_numbers().list(),
    "waba.list_templates" => client.waba().list_templates("chn-1"),
    "waba.send_message" => client.waba().send_message(WabaMessage::new("chn-1", "c-1", "Hola")),
    "waba.send_template" => client.waba().send_template(WabaTemplateMessage::new("chn-1", "c-1", "renewal_v2")),
}

fn phone_call() -> PhoneNumberCallCreate {
    PhoneNumberCallCreate::new("+34910000000", "+34911234567", "Rosa Nolan", "agent-9")
}

fn client(server: &Server) -> Result<Client, Error> {
    Client::builder().api_key("KEY").base_url(server.url()).retry(Retry::never()).build()
}

type Again = fn(&str) -> serde_json::Result<Value>;

/// Deserializes a body as `T` and serializes it again.
fn again<T: DeserializeOwned + Serialize>(body: &str) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_str::<T>(body)?)
}

/// The request type of each operation.
const REQUESTS: &[(&str, Again)] = &[
    ("agents.update", again::<AgentUpdate>),
    ("calls.call_contact", again::<ContactCallCreate>),
    ("calls.call_phone_number", again::<PhoneNumberCallCreate>),
    ("contacts.create", again::<ContactCreate>),
    ("contacts.update", again::<ContactUpdate>),
    ("waba.send_message", again::<WabaMessage>),
    ("waba.send_template", again::<WabaTemplateMessage>),
];

#[tokio::test]
async fn each_documented_response_round_trips_without_loss() -> Outcome {
    let mut losses = Losses::default();
    let mut read = 0;
    for fixture in Fixture::all("contactship")? {
        let Some(status) = fixture.status else { continue };
        let server = Server::answering_anything(fixture.answer(status)).await?;
        let written = call(&client(&server)?, &fixture.operation).await?;
        let written = written.map_err(|error| format!("{}: {error}", fixture.file))?;
        losses.compare(&fixture.file, &fixture.json()?, &written);
        read += 1;
    }
    losses.assert_are(&[]);
    assert_eq!(read, 21);
    Ok(())
}

#[test]
fn each_documented_request_round_trips_without_loss() -> Outcome {
    let mut losses = Losses::default();
    for (operation, again) in REQUESTS {
        let fixtures = Fixture::all("contactship")?;
        let fixture = fixtures.iter().find(|fixture| fixture.status.is_none() && fixture.operation == *operation);
        let fixture = fixture.ok_or_else(|| format!("no request of {operation}"))?;
        let written = again(&fixture.body).map_err(|error| format!("{}: {error}", fixture.file))?;
        losses.compare(&fixture.file, &fixture.json()?, &written);
        assert!(!written.to_string().contains("additional_properties"), "{written}");
    }
    losses.assert_are(&[]);
    Ok(())
}

fn fixture(name: &str) -> Outcome<String> {
    let file = format!("{}/tests/fixtures/contactship/{name}", env!("CARGO_MANIFEST_DIR"));
    Ok(std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?)
}

#[tokio::test]
async fn a_started_call_is_decoded_in_both_forms() -> Outcome {
    let path = "/v1/calls/single-phone-call";
    let server = Server::start()
        .await?
        .and("POST", path, Answer::json(201, fixture("calls.call_phone_number.200.json")?))
        .and("POST", path, Answer::json(200, fixture("calls.call_phone_number.200.envelope.nulls.json")?));
    let calls = client(&server)?.calls();

    let CallResponse::StartedCall(started) = calls.call_phone_number(phone_call()).await? else {
        return Err("this is not the form of the current pages".into());
    };
    assert_eq!((started.call_id.as_str(), started.contact_id.as_deref()), ("call-501", None));
    let CallResponse::StartedCallEnvelope(envelope) = calls.call_phone_number(phone_call()).await? else {
        return Err("this is not the form of earlier pages".into());
    };
    assert_eq!((envelope.data.call_id.as_str(), envelope.data.contact_id.as_deref()), ("call-401", Some("c-1")));
    Ok(())
}

#[tokio::test]
async fn a_transcript_is_a_list_or_text() -> Outcome {
    let path = "/v1/calls/call-501";
    let server = Server::start().await?.and("GET", path, Answer::json(200, fixture("calls.get.200.json")?)).and(
        "GET",
        path,
        Answer::json(200, fixture("calls.get.200.toon.json")?),
    );
    let calls = client(&server)?.calls();

    let call = calls.get("call-501").include_words(true).await?;
    let Some(Transcript::TranscriptEntryList(entries)) = call.chat_history else {
        return Err("this transcript is a list".into());
    };
    assert_eq!(entries[1].content.as_deref(), Some("Yes."));
    let call = calls.get("call-501").transcript_format(TranscriptFormat::Toon).await?;
    assert!(call.chat_history.is_some_and(|text| text.as_str().is_some_and(|text| text.starts_with("[2]"))));
    let targets: Vec<_> = server.requests()?.into_iter().map(|request| request.target).collect();
    assert_eq!(targets, [format!("{path}?include_words=true"), format!("{path}?transcript_format=toon")]);
    Ok(())
}

#[tokio::test]
async fn a_contact_is_found_by_its_phone_number() -> Outcome {
    let path = "/v1/contacts/%2B34911234567";
    let server = Server::answering("GET", path, Answer::json(200, fixture("contacts.get.200.json")?)).await?;

    client(&server)?.contacts().get("+34911234567").identifier_type(IdentifierType::PhoneNumber).await?;

    assert_eq!(server.request()?.target, format!("{path}?identifierType=phone_number"));
    Ok(())
}

#[tokio::test]
async fn a_contact_is_deleted_without_a_body() -> Outcome {
    let server = Server::answering("DELETE", "/v1/contacts/c-1", Answer::new(204, "", "")).await?;

    client(&server)?.contacts().delete("c-1").await?;

    assert_eq!(server.request()?.shown()?, "DELETE /v1/contacts/c-1\naccept: application/json\nx-api-key: KEY\n");
    Ok(())
}

#[tokio::test]
async fn calls_are_read_page_by_page_up_to_their_count() -> Outcome {
    let page = |ids: &[&str]| {
        let call = |id: &&str| format!(r#"{{"id": "{id}", "created_at": "2026-05-06T07:08:09Z"}}"#);
        let data: Vec<_> = ids.iter().map(call).collect();
        Answer::json(200, format!(r#"{{"data": [{}], "count": 3}}"#, data.join(",")))
    };
    let server =
        Server::start().await?.and("GET", "/v1/calls", page(&["1", "2"])).and("GET", "/v1/calls", page(&["3"]));

    let client = client(&server)?;
    let calls = client.calls().list().limit(2).phone_number("+34911234567").call_status(CallStatus::NoAnswer);
    let mut items = calls.items();
    let mut ids = Vec::new();
    while let Some(call) = items.try_next().await? {
        ids.push(call.id);
    }

    assert_eq!(ids, ["1", "2", "3"]);
    let targets: Vec<_> = server.requests()?.into_iter().map(|request| request.target).collect();
    let first = "/v1/calls?limit=2&phoneNumber=%2B34911234567&call_status=no-answer";
    assert_eq!(targets, [first, &format!("{first}&offset=2")]);
    Ok(())
}

#[tokio::test]
async fn templates_are_read_by_their_cursor() -> Outcome {
    let path = "/v1/waba/templates";
    let last = r#"{"success": true, "data": [], "paging": {}}"#;
    let server = Server::start()
        .await?
        .and("GET", path, Answer::json(200, fixture("waba.list_templates.200.json")?))
        .and("GET", path, Answer::json(200, last));

    let mut templates = client(&server)?.waba().list_templates("chn-1").items();
    assert_eq!(templates.try_next().await?.map(|template| template.name).as_deref(), Some("renewal_v2"));
    assert!(templates.try_next().await?.is_none());

    let targets: Vec<_> = server.requests()?.into_iter().map(|request| request.target).collect();
    assert_eq!(targets, [format!("{path}?channel_id=chn-1"), format!("{path}?channel_id=chn-1&after=A1")]);
    Ok(())
}

#[tokio::test]
async fn each_operation_has_typed_errors() -> Outcome {
    let mut operations: Vec<_> = Fixture::all("contactship")?.into_iter().map(|fixture| fixture.operation).collect();
    operations.sort();
    operations.dedup();
    assert_eq!(operations.len(), 16, "all but the deletion, which has no body");
    for operation in operations {
        let server = Server::answering_anything(Answer::json(401, r#"{"message": "No.", "error": 401}"#)).await?;
        let error = call(&client(&server)?, &operation).await?.err().ok_or("a 401 is an error")?;
        let Error::Api(error) = error else { return Err(format!("{operation}: {error}").into()) };
        assert_eq!((error.status().as_u16(), error.body().message()), (401, Some("No.")), "{operation}");
        assert_ne!(error.body(), &ErrorBody::Unknown, "{operation}");
        assert_eq!(error.operation(), operation);
    }
    let server = Server::answering_anything(Answer::json(404, r#"{"message": "Not found"}"#)).await?;
    assert_eq!(refusal(client(&server)?.contacts().delete("c-1").await)?.body().message(), Some("Not found"));
    Ok(())
}

#[tokio::test]
async fn a_call_is_never_started_twice() -> Outcome {
    for path in ["/v1/calls/single-phone-call", "/v1/calls/single-contact-call", "/v1/waba/send"] {
        let server = Server::answering("POST", path, Answer::new(503, "text/plain", "busy")).await?;
        let client = Client::builder().api_key("KEY").base_url(server.url()).build()?;
        let status = match path {
            "/v1/waba/send" => {
                refusal(client.waba().send_message(WabaMessage::new("chn-1", "c-1", "Hola")).await)?.status()
            }
            "/v1/calls/single-phone-call" => refusal(client.calls().call_phone_number(phone_call()).await)?.status(),
            _ => {
                let call = ContactCallCreate::new("c-1", "agent-9", "pn-1");
                refusal(client.calls().call_contact(call).await)?.status()
            }
        };
        assert_eq!(status, 503);
        server.request()?;
    }
    Ok(())
}

/// Sets the mock's response to each of these operations, calls them, and checks that each was called as expected.
#[cfg(feature = "mock")]
macro_rules! mocked {
    ($($resource:ident.$method:ident, $status:literal, $fixture:literal;)*) => {{
        let mock = crm_clients::contactship::mock::Server::start().await?;
        let client = mock.builder().api_key("test").build()?;
        let mut called = 0;
        $(
            let body: Value = serde_json::from_str(&fixture($fixture)?)?;
            mock.$resource().$method().times(1).status($status).json(&body);
            let operation = concat!(stringify!($resource), ".", stringify!($method));
            let read = call(&client, operation).await?.map_err(|error| format!("{operation}: {error}"))?;
            assert!(!read.is_null(), "{operation}");
            called += 1;
        )*
        mock.contacts().delete().times(1).status(204).empty();
        client.contacts().delete("c-1").await?;
        mock.verify()?;
        assert_eq!(mock.requests().len(), called + 1);
        called + 1
    }};
}

#[cfg(feature = "mock")]
#[tokio::test]
async fn all_operations_can_be_mocked() -> Outcome {
    let called = mocked! {
        agents.get, 200, "agents.get.200.json";
        agents.list, 200, "agents.list.200.json";
        agents.update, 200, "agents.update.200.json";
        calls.call_contact, 200, "calls.call_contact.200.json";
        calls.call_phone_number, 200, "calls.call_phone_number.200.json";
        calls.get, 200, "calls.get.200.json";
        calls.list, 200, "calls.list.200.json";
        contacts.create, 201, "contacts.create.201.json";
        contacts.get, 200, "contacts.get.200.json";
        contacts.list, 200, "contacts.list.200.json";
        contacts.list_calls, 200, "contacts.list_calls.200.json";
        contacts.update, 200, "contacts.update.200.json";
        phone_numbers.list, 200, "phone_numbers.list.200.json";
        waba.list_templates, 200, "waba.list_templates.200.json";
        waba.send_message, 200, "waba.send_message.200.json";
        waba.send_template, 200, "waba.send_template.200.json";
    };
    assert_eq!(called, 17);
    Ok(())
}
