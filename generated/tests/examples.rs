//! The example programs, run against a server of this machine.
#![cfg(all(feature = "chatwoot", feature = "contactship", feature = "kajabi"))]

mod support;

use support::{Answer, Outcome, Server};

#[path = "../examples/chatwoot_contacts.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod chatwoot_contacts;
#[path = "../examples/contactship_import.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod contactship_import;
#[path = "../examples/kajabi_contacts.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod kajabi_contacts;

/// An environment of these variables alone.
fn environment<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

/// What the program ends with, good or bad.
fn said(result: Result<String, Box<dyn std::error::Error>>) -> String {
    result.unwrap_or_else(|error| format!("failed: {error}"))
}

#[tokio::test]
async fn kajabi_creates_a_contact_and_reads_it_back() -> Outcome {
    let created = r#"{"data":{"id":"456","type":"contacts","attributes":{"name":"Alice Ngo"}}}"#;
    let read = r#"{"data":{"id":"456","type":"contacts","attributes":{"name":"Alice Ngo"}},
        "included":[{"id":"789","type":"contact_tags","attributes":{"name":"new"}}]}"#;
    let refused = r#"{"errors":[{"status":"422","detail":"Email has already been taken"}]}"#;
    let server = Server::answering("POST", "/v1/contacts", Answer::json_api(201, created))
        .await?
        .and("GET", "/v1/contacts/456", Answer::json_api(200, read))
        .and("POST", "/v1/contacts", Answer::json_api(422, refused));
    let url = server.url();
    let variables = [("KAJABI_BASE_URL", url.as_str()), ("KAJABI_TOKEN", "TOKEN"), ("KAJABI_SITE_ID", "123")];

    let first = said(kajabi_contacts::run(environment(&variables)).await);
    let second = said(kajabi_contacts::run(environment(&variables)).await);
    let third = said(kajabi_contacts::run(environment(&variables[..2])).await);

    assert_eq!(first, "created 456: Alice Ngo, with 1 tags");
    assert_eq!(second, "failed: refused: Email has already been taken");
    assert_eq!(third, "failed: set KAJABI_SITE_ID to the id of the site that gets the contact");
    let requests = server.requests()?;
    assert_eq!(requests[0].header("authorization"), ["Bearer TOKEN"]);
    assert_eq!(requests[1].target, "/v1/contacts/456?include=tags");
    Ok(())
}

#[tokio::test]
async fn chatwoot_creates_a_contact_and_reads_it_back() -> Outcome {
    let contacts = "/api/v1/accounts/7/contacts";
    let server = Server::answering(
        "POST",
        contacts,
        Answer::json(200, include_str!("fixtures/chatwoot/contactCreate.200.json")),
    )
    .await?
    .and(
        "GET",
        "/api/v1/accounts/7/contacts/101",
        Answer::json(200, include_str!("fixtures/chatwoot/contactDetails.200.json")),
    )
    .and("POST", contacts, Answer::json(422, include_str!("fixtures/chatwoot/contactCreate.422.json")));
    let url = server.url();
    let variables = [
        ("CHATWOOT_BASE_URL", url.as_str()),
        ("CHATWOOT_INBOX_ID", "5"),
        ("CHATWOOT_ACCOUNT_ID", "7"),
        ("CHATWOOT_TOKEN", "TOKEN"),
    ];

    let first = said(chatwoot_contacts::run(environment(&variables)).await);
    let second = said(chatwoot_contacts::run(environment(&variables)).await);
    let third = said(chatwoot_contacts::run(environment(&variables[..3])).await);

    assert_eq!(first, "created 101: Maya Okafor (0b7c6c0e-6a1f-4a43-9a60-1f4c0d4d6f11)");
    assert_eq!(
        second,
        "failed: refused because of email and phone_number: \
         Email has already been taken, Phone number should be in e164 format"
    );
    assert_eq!(third, "failed: set CHATWOOT_TOKEN to the access token of your profile");
    assert_eq!(server.requests()?[0].text()?, r#"{"inbox_id":5,"name":"Alice Ngo","email":"alice@acme.example"}"#);
    Ok(())
}

const PEOPLE: &str = "\
full_name,phone_number,email,plan
Alice Ngo,+12124567890,alice@acme.example,gold
Bob,+34600000000,,
Nobody,12,,
\"Ngo, Carla\",+34600000001,,
";

#[tokio::test]
async fn contactship_imports_a_file() -> Outcome {
    let created =
        r#"{"id":"c1","created_at":"2023-01-01T12:00:00Z","phone_number":"+12124567890","full_name":"Alice Ngo"}"#;
    let server = Server::answering("POST", "/v1/contacts", Answer::json(201, created))
        .await?
        .and("POST", "/v1/contacts", Answer::json(409, r#"{"message":"Duplicate"}"#))
        .and("POST", "/v1/contacts", Answer::json(400, r#"{"message":"phone_number is not valid"}"#))
        .and("POST", "/v1/contacts", Answer::json(401, r#"{"message":"Unauthorized"}"#));
    let url = server.url();
    let variables = [("CONTACTSHIP_BASE_URL", url.as_str()), ("CONTACTSHIP_API_KEY", "KEY")];
    let import = async |csv: &str| said(contactship_import::run(environment(&variables), csv.as_bytes()).await);

    let three = PEOPLE.lines().take(4).collect::<Vec<_>>().join("\n");
    assert_eq!(import(&three).await, "1 created, 1 there already, 1 refused\nline 4: phone_number is not valid");
    assert_eq!(
        import(PEOPLE).await,
        "failed: stopped at line 2, after 0 contacts: contacts.create: 401 Unauthorized: {\"message\":\"Unauthorized\"}"
    );
    let sent = server.requests()?;
    assert_eq!(
        sent[0].text()?,
        "{\"phone_number\":\"+12124567890\",\"full_name\":\"Alice Ngo\",\"email\":\"alice@acme.example\",\
         \"additional_data\":[{\"type\":\"text\",\"field\":\"plan\",\"value\":\"gold\"}]}"
    );
    assert_eq!(sent[1].text()?, r#"{"phone_number":"+34600000000","full_name":"Bob"}"#);
    let nothing = said(contactship_import::run(environment(&variables[..1]), PEOPLE.as_bytes()).await);
    assert_eq!(nothing, "failed: set CONTACTSHIP_API_KEY to a key from the dashboard");
    Ok(())
}
