//! Secrets that a client must not expose: in printed text, and over plain HTTP.
#![cfg(feature = "chatwoot")]

mod support;

use std::fmt::{Debug, Display};

use crm_clients::chatwoot::types::ContactCreatePayload;
use crm_clients::chatwoot::{Client, Error};
use crm_clients::runtime::Retry;
use support::{Answer, Outcome, Server, refusal};

const SECRET: &str = "SECRET-TOKEN";

/// Returns all printed forms of an error and of those below it.
fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.underlying().map(|error| error as &dyn std::error::Error);
    while let Some(deeper) = source {
        text += &format!(" {deeper} {deeper:?}");
        source = deeper.source();
    }
    text
}

fn assert_hidden(text: &str) {
    assert!(!text.contains(SECRET), "{text}");
}

#[tokio::test]
async fn a_client_is_printed_without_its_secrets() -> Outcome {
    let builder = Client::builder().api_access_token(SECRET);
    assert_hidden(&format!("{builder:?} {builder:#?}"));

    let client = builder.build()?;
    assert_hidden(&format!("{client:?} {client:#?}"));
    assert_hidden(&format!("{:?} {:?}", client.account(7).contacts(), client.account(7).contacts().list()));
    assert!(format!("{client:?}").contains("api_access_token"), "{client:?}");
    Ok(())
}

#[tokio::test]
async fn a_call_is_printed_without_its_arguments() -> Outcome {
    let contacts = Client::builder().api_access_token(SECRET).build()?.account(7).contacts();

    let create = contacts.create(ContactCreatePayload::new().email("alice@acme.example"));
    let search = contacts.search("alice@acme.example");

    let text = format!("{create:?} {search:?}");
    assert!(!text.contains("alice"), "{text}");
    assert!(text.contains("contacts.create") && text.contains("contacts.search"), "{text}");
    Ok(())
}

#[tokio::test]
async fn errors_are_printed_without_secrets() -> Outcome {
    let path = "/api/v1/accounts/7/contacts";
    let refused = Answer::json(401, r#"{"error":"Invalid Access Token"}"#).header("set-cookie", SECRET);
    let misread = Answer::json(200, r#"{"payload":7}"#).header("set-cookie", SECRET);
    let server = Server::answering("GET", path, refused).await?.and("GET", path, misread);
    let contacts = Client::builder().api_access_token(SECRET).base_url(server.url()).build()?.account(7).contacts();

    let refused = contacts.list().await;
    let misread = contacts.list().await;
    assert_eq!(server.requests()?[0].header("api_access_token"), [SECRET]);
    drop(server);
    let unreached = contacts.list().retry(Retry::never()).await;
    let unsendable = Client::builder().api_access_token(format!("{SECRET}\n")).build();
    let unsendable = match unsendable {
        Ok(client) => client.account(7).contacts().list().await.map(|_| ()),
        Err(error) => Err(error),
    };

    for error in [refused.err(), misread.err(), unreached.err(), unsendable.err()] {
        let error = error.ok_or("a call succeeded that was to fail")?;
        assert_hidden(&printed(&error));
    }
    Ok(())
}

#[tokio::test]
async fn an_error_names_the_operation_and_response_in_one_line() -> Outcome {
    let server = Server::answering(
        "GET",
        "/api/v1/accounts/7/contacts/1",
        Answer::json(404, "{\n \"error\": \"Resource could not be found\"\n}"),
    )
    .await?;
    let client = Client::builder().api_access_token(SECRET).base_url(server.url()).build()?;

    let refusal = refusal(client.account(7).contacts().get(1).await)?;

    let line = refusal.to_string();
    assert_eq!(line, r#"contacts.get: 404 Not Found: {  "error": "Resource could not be found" }"#);
    Ok(())
}

#[test]
fn plain_http_goes_to_this_machine_only() -> Outcome {
    for url in ["http://crm.example", "http://10.0.0.5:3000", "http://127.0.0.1.crm.example"] {
        let refused = Client::builder().api_access_token(SECRET).base_url(url).build().err();
        assert!(matches!(refused, Some(Error::Request(_))), "{url}");
        assert_hidden(&refused.as_ref().map(printed).unwrap_or_default());
        Client::builder().api_access_token(SECRET).base_url(url).allow_http(true).build()?;
    }
    for url in ["http://127.0.0.1:3000", "http://[::1]:3000", "http://localhost:3000", "https://crm.example/desk"] {
        Client::builder().api_access_token(SECRET).base_url(url).build()?;
    }
    Ok(())
}

#[tokio::test]
async fn a_key_is_not_sent_to_another_host() -> Outcome {
    let path = "/api/v1/accounts/7/contacts/1";
    let elsewhere = Server::start().await?;
    let moved = Answer::new(302, "", "").header("location", format!("{}{path}", elsewhere.url()));
    let server = Server::answering("GET", path, moved).await?;
    let client = Client::builder().api_access_token(SECRET).base_url(server.url()).build()?;

    let answer = client.account(7).contacts().get(1).await;

    assert!(matches!(answer, Err(Error::Transport(_))), "{answer:?}");
    assert!(elsewhere.requests()?.is_empty());
    assert_eq!(server.request()?.target, path);
    Ok(())
}

#[test]
fn an_error_can_be_propagated() {
    fn is_error<T: std::error::Error + Debug + Display + Send + Sync + 'static>() {}
    is_error::<Error>();
    is_error::<crm_clients::Error>();
}
