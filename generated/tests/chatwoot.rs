//! Chatwoot's contact calls over real sockets: requests as in its document, responses as from its server.
#![cfg(feature = "chatwoot")]

mod support;

use crm_clients::chatwoot::types::{
    ContactAvailabilityStatus, ContactCreatePayload, ContactUpdatePayload, ContactsListSort, ContactsMergeRequest,
    FilterCondition, FilterConditionFilterOperator, FilterConditionQueryOperator,
};
use crm_clients::chatwoot::{Client, Error, ErrorBody};
use crm_clients::runtime::{Map, Retry, Timestamp, Value};
use support::{Answer, Outcome, Server, curl, misread, refusal};

const CONTACTS: &str = "/api/v1/accounts/7/contacts";
const CONTACT: &str = "/api/v1/accounts/7/contacts/101";

/// A response of the server, from its own views.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("fixtures/chatwoot/", $name))
    };
}

fn client(server: &Server) -> Result<Client, Error> {
    Client::builder().api_access_token("TOKEN").base_url(server.url()).build()
}

async fn answering(method: &'static str, path: &str, status: u16, body: &str) -> Outcome<Server> {
    Server::answering(method, path, Answer::json(status, body)).await
}

#[tokio::test]
async fn a_contact_is_created_in_an_inbox() -> Outcome {
    let server = answering("POST", CONTACTS, 200, fixture!("contactCreate.200.json")).await?;

    let alice = ContactCreatePayload::new().inbox_id(5).name("Alice").email("alice@acme.example");
    let created = client(&server)?.account(7).contacts().create(alice).await?;

    assert_eq!(
        server.request()?.shown()?,
        "POST /api/v1/accounts/7/contacts\n\
         accept: application/json\n\
         api_access_token: TOKEN\n\
         content-type: application/json\n\
         \n\
         {\"inbox_id\":5,\"name\":\"Alice\",\"email\":\"alice@acme.example\"}"
    );
    assert_eq!(created.payload.contact.id, 101);
    assert_eq!(created.payload.contact.email.as_deref(), Some("maya@okafor.example"));
    assert_eq!(created.payload.contact.custom_attributes["seats"], 4);
    let inbox = created.payload.contact_inbox.inbox.ok_or("the inbox is missing")?;
    assert_eq!((inbox.id, inbox.channel_type.as_deref()), (51, Some("Channel::Api")));
    assert_eq!(inbox.created_at.to_string(), "2025-12-20T10:00:00Z");
    let contact_inboxes = created.payload.contact.contact_inboxes.unwrap_or_default();
    assert_eq!(contact_inboxes.len(), 2);
    assert_eq!(contact_inboxes[0].inbox.provider, None);
    Ok(())
}

#[tokio::test]
async fn a_contact_is_created_from_all_of_its_fields() -> Outcome {
    let server = answering("POST", CONTACTS, 200, fixture!("contactCreate.200.no-inbox.json")).await?;

    let alice = ContactCreatePayload::new()
        .inbox_id(1)
        .name("Alice")
        .email("alice@acme.inc")
        .blocked(false)
        .phone_number("+123456789")
        .avatar_url("https://example.com/avatar.png")
        .identifier("1234567890")
        .additional_attributes([("type", Value::from("customer")), ("age", Value::from(30))])
        .custom_attributes(Map::new());
    let created = client(&server)?.account(7).contacts().create(alice).await?;

    curl::assert_sends(
        r#"
        curl -X POST "https://app.chatwoot.com/api/v1/accounts/7/contacts" \
          -H "api_access_token: TOKEN" \
          -H "Content-Type: application/json" \
          -d '{
            "inbox_id": 1,
            "name": "Alice",
            "email": "alice@acme.inc",
            "blocked": false,
            "phone_number": "+123456789",
            "avatar_url": "https://example.com/avatar.png",
            "identifier": "1234567890",
            "additional_attributes": {"type": "customer", "age": 30},
            "custom_attributes": {}
          }'"#,
        &server.request()?,
    )?;
    assert_eq!(created.payload.contact_inbox.inbox, None);
    assert_eq!(created.payload.contact_inbox.source_id, None);
    Ok(())
}

#[tokio::test]
async fn a_contact_is_read() -> Outcome {
    let server = answering("GET", CONTACT, 200, fixture!("contactDetails.200.json")).await?.and(
        "GET",
        CONTACT,
        Answer::json(200, fixture!("contactDetails.200.nulls.json")),
    );
    let contacts = client(&server)?.account(7).contacts();

    let maya = contacts.get(101).await?.payload;
    let nobody = contacts.get(101).include_contact_inboxes(false).await?.payload;

    let requests = server.requests()?;
    curl::assert_sends(
        r#"curl "https://app.chatwoot.com/api/v1/accounts/7/contacts/101" -H "api_access_token: TOKEN""#,
        &requests[0],
    )?;
    assert_eq!(requests[1].target, "/api/v1/accounts/7/contacts/101?include_contact_inboxes=false");
    assert_eq!(
        (maya.name.as_str(), maya.last_activity_at),
        ("Maya Okafor", Some(Timestamp::from_second(1_773_993_600)?))
    );
    assert_eq!(maya.availability_status, ContactAvailabilityStatus::Online);
    assert_eq!((nobody.name.as_str(), nobody.email, nobody.last_activity_at), ("", None, None));
    assert_eq!(nobody.contact_inboxes, None);
    Ok(())
}

#[tokio::test]
async fn contacts_are_searched() -> Outcome {
    let path = "/api/v1/accounts/7/contacts/search";
    let server = answering("GET", path, 200, fixture!("contactSearch.200.json")).await?.and(
        "GET",
        path,
        Answer::json(200, fixture!("contactSearch.200.blank-q.json")),
    );
    let contacts = client(&server)?.account(7).contacts();

    let found = contacts.search("maya+crm@okafor.example").sort(ContactsListSort::NameDescending).await?;
    let blank = contacts.search("").await?;

    let requests = server.requests()?;
    assert_eq!(requests[0].target, "/api/v1/accounts/7/contacts/search?q=maya%2Bcrm@okafor.example&sort=-name");
    assert_eq!(requests[1].target, "/api/v1/accounts/7/contacts/search?q=");
    assert!(found.payload.iter().any(|contact| contact.id == 101));
    assert!(found.meta.has_more.is_some());
    assert_eq!((blank.payload.len(), blank.meta.count, blank.meta.has_more), (0, None, None));
    Ok(())
}

#[tokio::test]
async fn contacts_are_listed_page_by_page() -> Outcome {
    let server = answering("GET", CONTACTS, 200, fixture!("contactList.200.page2.json")).await?;

    let page = client(&server)?
        .account(7)
        .contacts()
        .list()
        .labels(["vip", "r&d"])
        .sort(ContactsListSort::from("-shoe_size"))
        .page(2)
        .include_contact_inboxes(false)
        .await?;

    assert_eq!(
        server.request()?.target,
        "/api/v1/accounts/7/contacts?labels%5B%5D=vip&labels%5B%5D=r%26d&sort=-shoe_size&page=2&include_contact_inboxes=false"
    );
    assert_eq!(page.meta.current_page, 2, "which the server sends as a string");
    Ok(())
}

#[tokio::test]
async fn contacts_are_filtered() -> Outcome {
    let path = "/api/v1/accounts/7/contacts/filter";
    let server = answering("POST", path, 200, fixture!("contactList.200.json")).await?;

    let conditions = [
        FilterCondition::new("name", FilterConditionFilterOperator::EqualTo)
            .values(["en"])
            .query_operator(FilterConditionQueryOperator::And),
        FilterCondition::new("country_code", FilterConditionFilterOperator::EqualTo)
            .values(["us"])
            .clear_query_operator(),
    ];
    let page = client(&server)?.account(7).contacts().filter(conditions).page(3).await?;

    curl::assert_sends(
        r#"
        curl -X POST "https://app.chatwoot.com/api/v1/accounts/7/contacts/filter?page=3" \
          -H "api_access_token: TOKEN" \
          -H "Content-Type: application/json" \
          -d '{
            "payload": [
              {"attribute_key": "name", "filter_operator": "equal_to", "values": ["en"], "query_operator": "AND"},
              {"attribute_key": "country_code", "filter_operator": "equal_to", "values": ["us"], "query_operator": null}
            ]
          }'"#,
        &server.request()?,
    )?;
    assert_eq!((page.meta.current_page, page.payload.len()), (1, 2));
    Ok(())
}

#[tokio::test]
async fn a_contact_is_updated_merged_and_deleted() -> Outcome {
    let merge = "/api/v1/accounts/7/actions/contact_merge";
    let server = answering("PUT", CONTACT, 200, fixture!("contactDetails.200.json"))
        .await?
        .and("POST", merge, Answer::json(200, fixture!("contactMerge.200.json")))
        .and("DELETE", CONTACT, Answer::json(200, fixture!("contactDelete.200.empty.body")));
    let contacts = client(&server)?.account(7).contacts();

    let changed = contacts.update(101, ContactUpdatePayload::new().name("Maya").blocked(true)).await?;
    let merged = contacts.merge(ContactsMergeRequest::new(1, 2)).await?;
    contacts.delete(101).await?;

    let requests = server.requests()?;
    assert_eq!(requests[0].method, "PUT");
    assert_eq!(requests[0].text()?, r#"{"name":"Maya","blocked":true}"#);
    curl::assert_sends(
        r#"
        curl -X POST "https://app.chatwoot.com/api/v1/accounts/7/actions/contact_merge" \
          -H "api_access_token: TOKEN" \
          -H "Content-Type: application/json" \
          -d '{"base_contact_id": 1, "mergee_contact_id": 2}'"#,
        &requests[1],
    )?;
    assert_eq!(
        requests[2].shown()?,
        "DELETE /api/v1/accounts/7/contacts/101\naccept: application/json\napi_access_token: TOKEN\n"
    );
    assert_eq!((changed.payload.id, merged.id), (101, 101));
    Ok(())
}

#[tokio::test]
async fn errors_of_each_shape_are_decoded() -> Outcome {
    let cases = [
        (401, fixture!("contactList.401.bad-token.json"), Some("Invalid Access Token"), &[][..]),
        (401, fixture!("contactList.401.no-token.json"), None, &["You need to sign in or sign up before continuing."]),
        (401, fixture!("contactDetails.401.suspended.json"), Some("Account is suspended"), &[]),
        (404, fixture!("contactDetails.404.json"), Some("Resource could not be found"), &[]),
    ];
    for (status, body, error, errors) in cases {
        let server = answering("GET", CONTACT, status, body).await?;

        let refusal = refusal(client(&server)?.account(7).contacts().get(101).await)?;

        assert_eq!(refusal.status(), status);
        let sent = refusal.body().error().map(serde_json::to_value).transpose()?;
        assert_eq!(sent.as_ref().and_then(Value::as_str), error);
        assert_eq!(refusal.body().errors(), errors);
        assert_eq!(server.request()?.target, CONTACT);
    }
    Ok(())
}

#[tokio::test]
async fn a_validation_error_has_its_messages() -> Outcome {
    let server = answering("POST", CONTACTS, 422, fixture!("contactCreate.422.json")).await?;

    match client(&server)?.account(7).contacts().create(ContactCreatePayload::new().email("taken@example.com")).await {
        Err(Error::Api(e)) if e.status() == 422 => {
            assert_eq!(e.body().message(), Some("Email has already been taken, Phone number should be in e164 format"));
            assert_eq!(e.body().attributes(), ["email", "phone_number"]);
        }
        other => return Err(format!("422 became {other:?}").into()),
    }
    Ok(())
}

#[tokio::test]
async fn errors_that_are_not_json_keep_their_text() -> Outcome {
    let busy = Answer::new(429, "text/plain", fixture!("contactSearch.429.body.txt"));
    let down = Answer::new(503, "text/html", "<h1>Bad gateway</h1>").header("x-request-id", "42");
    let forbidden = Answer::new(403, "text/html", "<h1>Not from there</h1>").header("x-request-id", "42");
    let server =
        Server::answering("GET", CONTACT, busy).await?.and("GET", CONTACT, down).and("GET", CONTACT, forbidden);
    let contacts = client(&server)?.account(7).contacts();

    let busy = refusal(contacts.get(101).retry(Retry::never()).await)?;
    let down = refusal(contacts.get(101).retry(Retry::never()).await)?;
    let forbidden = refusal(contacts.get(101).await)?;

    assert_eq!(busy.body(), &ErrorBody::Text("Retry later\n".to_owned()));
    assert_eq!((down.status().as_u16(), down.body(), down.request_id()), (503, &ErrorBody::Unknown, Some("42")));
    assert_eq!(down.raw_body(), "<h1>Bad gateway</h1>");
    assert_eq!((forbidden.status().as_u16(), forbidden.body()), (403, &ErrorBody::Unknown));
    assert_eq!(forbidden.raw_body(), "<h1>Not from there</h1>");
    Ok(())
}

#[tokio::test]
async fn the_incorrectly_documented_envelope_is_an_error() -> Outcome {
    let cases = [
        (r#"{"payload":[{"payload":{"id":101}}],"id":101}"#, "$.payload", "expected an object"),
        (r#"{"payload":{"contact":{"id":"101"}}}"#, "$.payload.contact.id", "expected i64"),
        (r#"{"payload":{}}"#, "$.payload", "missing field `contact`"),
        ("<html></html>", "$", "expected value"),
    ];
    for (body, path, message) in cases {
        let server = answering("POST", CONTACTS, 200, body).await?;

        let fault = misread(client(&server)?.account(7).contacts().create(ContactCreatePayload::new()).await)?;

        assert_eq!(fault.path(), path, "in {body}");
        assert!(fault.message().contains(message), "{fault}");
        assert_eq!((fault.status().as_u16(), fault.operation()), (200, "contacts.create"));
        assert_eq!(fault.raw_body(), body);
    }
    Ok(())
}

#[tokio::test]
async fn an_unknown_value_is_kept() -> Outcome {
    let body = fixture!("contactDetails.200.json").replace(r#""online""#, r#""do_not_disturb""#);
    let server = answering("GET", CONTACT, 200, &body).await?;

    let contact = client(&server)?.account(7).contacts().get(101).await?.payload;

    assert_eq!(contact.availability_status, ContactAvailabilityStatus::Unknown("do_not_disturb".to_owned()));
    assert_eq!(serde_json::to_value(&contact)?["availability_status"], "do_not_disturb");
    Ok(())
}
