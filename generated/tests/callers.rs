//! Features of every client in addition to its operations: undeclared endpoints, hooks, transports and limits.
#![cfg(all(feature = "chatwoot", feature = "contactship", feature = "kajabi"))]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crm_clients::runtime::{
    CallLimits, Hook, HookError, Method, RequestContext, ResponseContext, Retry, SetIfSome, http, reqwest,
};
use crm_clients::{chatwoot, contactship, kajabi};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A sent request: method and URL, credential, body.
type Sent = Arc<Mutex<Vec<[String; 3]>>>;

fn header(request: &reqwest::Request, name: &str) -> String {
    request.headers().get(name).map_or_else(String::new, |value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Returns a transport that records requests and responds with this body to each.
fn transport(
    sent: &Sent,
    credential: &'static str,
    body: &'static str,
) -> impl crm_clients::runtime::Transport + use<> {
    let sent = Arc::clone(sent);
    move |request: reqwest::Request| {
        let content = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
        sent.lock().unwrap_or_else(PoisonError::into_inner).push([
            format!("{} {}", request.method(), request.url()),
            header(&request, credential),
            String::from_utf8_lossy(content).into_owned(),
        ]);
        async move { Ok(http::Response::builder().header("content-type", "application/json").body(body)?.into()) }
    }
}

fn taken(sent: &Sent) -> Vec<[String; 3]> {
    std::mem::take(&mut *sent.lock().unwrap_or_else(PoisonError::into_inner))
}

#[tokio::test]
async fn undeclared_endpoints_parameters_and_fields() -> Outcome {
    let sent = Sent::default();
    let client = chatwoot::Client::builder()
        .api_access_token("token")
        .transport(transport(&sent, "api_access_token", r#"{"payload": []}"#))
        .build()?;
    let found: Value = client.request(Method::GET, "/api/v2/new").query("a", "b").send_as().await?;
    assert_eq!(found, json!({ "payload": [] }));
    client.request(Method::POST, "api/v2/new").json(&json!({ "name": "Ann" })).send().await?;
    client.account(1).contacts().list().query("include", "labels").await.err();
    let ann = chatwoot::types::ContactCreatePayload::new().name("Ann");
    client.account(1).contacts().create(ann).query("include", "labels").body_field("blocked", true).await.err();
    let expected = [
        ["GET https://app.chatwoot.com/api/v2/new?a=b", "token", ""],
        ["POST https://app.chatwoot.com/api/v2/new", "token", r#"{"name":"Ann"}"#],
        ["GET https://app.chatwoot.com/api/v1/accounts/1/contacts?include=labels", "token", ""],
        [
            "POST https://app.chatwoot.com/api/v1/accounts/1/contacts?include=labels",
            "token",
            r#"{"name":"Ann","blocked":true}"#,
        ],
    ];
    assert_eq!(taken(&sent), expected);

    let client =
        contactship::Client::builder().api_key("key").transport(transport(&sent, "x-api-key", "{}")).build()?;
    client.request(Method::DELETE, "/v1/new").await?;
    assert_eq!(taken(&sent)[0][1], "key");
    let client = kajabi::Client::builder().bearer_token("token").transport(transport(&sent, "authorization", "{}"));
    let client = client.build()?;
    client.request(Method::GET, "/v1/new").credential("bearer_token").await?;
    let ann = kajabi::types::ContactsAttributesInput::new().email("ann@acme.example");
    let ann = kajabi::types::ContactCreateData::new(ann, "9");
    client.contacts().create(ann).body_field("/data/attributes/vip", true).await.err();
    let requests = taken(&sent);
    assert_eq!((requests[0][1].as_str(), requests[1][1].as_str()), ("Bearer token", "Bearer token"));
    let body: Value = serde_json::from_str(&requests[1][2])?;
    assert_eq!(body["data"]["attributes"], json!({ "email": "ann@acme.example", "vip": true }));
    Ok(())
}

/// Counts requests and responses, and signs requests.
#[derive(Clone, Default)]
struct Counts(Arc<[AtomicUsize; 2]>);

impl Hook for Counts {
    fn before_request(&self, request: &mut RequestContext<'_>) -> Result<(), HookError> {
        self.0[0].fetch_add(1, Ordering::Relaxed);
        assert_eq!((request.api(), request.operation()), ("chatwoot", "contacts.delete"));
        let signature = request.url_template().len() + request.body().map_or(0, <[u8]>::len);
        request.set_header("x-signature", &signature.to_string())?;
        Ok(())
    }

    fn after_response(&self, response: &ResponseContext<'_>) {
        assert_eq!(response.status(), Some(http::StatusCode::OK));
        self.0[1].fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn hooks_and_limits() -> Outcome {
    let (sent, counts) = (Sent::default(), Counts::default());
    let client = chatwoot::Client::builder()
        .api_access_token("token")
        .retry(Retry::never())
        .limits(CallLimits::new().max_in_flight(2).per_minute(100))
        .hook(counts.clone())
        .transport(transport(&sent, "x-signature", "{}"))
        .build()?;
    for id in 0..3 {
        client.account(1).contacts().delete(id).await?;
    }
    let length = "/api/v1/accounts/{account_id}/contacts/{id}".len().to_string();
    assert!(taken(&sent).iter().all(|[_, signature, _]| *signature == length));
    assert_eq!([0, 1].map(|count: usize| counts.0[count].load(Ordering::Relaxed)), [3, 3]);
    Ok(())
}

#[tokio::test]
async fn each_operation_returns_its_own_call_type() -> Outcome {
    let sent = Sent::default();
    let client =
        chatwoot::Client::builder().api_access_token("token").transport(transport(&sent, "x-trace", "{}")).build()?;
    // This operation has no optional parameters, and its call has the same methods as others.
    let delete: chatwoot::contacts::DeleteCall =
        client.account(1).contacts().delete(5).header("x-trace", "t").query("soft", true);
    assert_eq!(
        format!("{delete:?}"),
        r#"Call { operation: "contacts.delete", method: DELETE, path: "/api/v1/accounts/{account_id}/contacts/{id}", .. }"#
    );
    assert_eq!(delete.send_raw().await?.status(), 200);
    assert_eq!(taken(&sent)[0][..2], ["DELETE https://app.chatwoot.com/api/v1/accounts/1/contacts/5?soft=true", "t"]);

    // Calls are futures, so they can be joined and spawned directly.
    let calls = [6, 7].map(|id| client.account(1).contacts().delete(id));
    for deleted in calls.map(tokio::spawn) {
        deleted.await??;
    }
    assert_eq!(taken(&sent).len(), 2);
    Ok(())
}

#[tokio::test]
async fn handles_bind_shared_path_parameters_and_single_fields_convert() -> Outcome {
    let sent = Sent::default();
    let client =
        chatwoot::Client::builder().api_access_token("token").transport(transport(&sent, "x-none", "{}")).build()?;
    let account = client.account(7);
    account.get().await.err();
    account.reports().inbox_label_matrix().await.err();
    account.conversation(9).messages().delete(5).await.err();
    client.public_inbox("i").contact("c").public_messages(9).list().await.err();
    account.conversations().toggle_priority(1, "high").await.err();
    account.conversations().toggle_status(1, "open").await.err();
    account.inboxes().set_agent_bot(1, 5).await.err();
    account.teams().add_agents(1, [1, 2]).await.err();
    account.teams().add_agents(1, []).await.err();
    let sent: Vec<String> = taken(&sent).into_iter().map(|[line, _, body]| format!("{line} {body}")).collect();
    let expected = [
        "GET /api/v1/accounts/7 ",
        "GET /api/v2/accounts/7/reports/inbox_label_matrix ",
        "DELETE /api/v1/accounts/7/conversations/9/messages/5 ",
        "GET /public/api/v1/inboxes/i/contacts/c/conversations/9/messages ",
        r#"POST /api/v1/accounts/7/conversations/1/toggle_priority {"priority":"high"}"#,
        r#"POST /api/v1/accounts/7/conversations/1/toggle_status {"status":"open"}"#,
        r#"POST /api/v1/accounts/7/inboxes/1/set_agent_bot {"agent_bot":5}"#,
        r#"POST /api/v1/accounts/7/teams/1/team_members {"user_ids":[1,2]}"#,
        r#"POST /api/v1/accounts/7/teams/1/team_members {"user_ids":[]}"#,
    ];
    let expected = expected.map(|line| line.replacen(" /", " https://app.chatwoot.com/", 1));
    assert_eq!(sent, expected);
    Ok(())
}

#[tokio::test]
async fn short_bodies_take_slices_json_and_null() -> Outcome {
    use chatwoot::types::{ConversationPriority, ConversationsTogglePriorityRequest as Priority};

    let sent = Sent::default();
    let client =
        chatwoot::Client::builder().api_access_token("token").transport(transport(&sent, "x-none", "{}")).build()?;
    let account = client.account(7);
    let (ids, labels) = (vec![1, 2], vec!["vip".to_owned()]);
    account.teams().add_agents(1, &ids).await.err();
    account.teams().add_agents(1, &ids[..1]).await.err();
    account.contact_labels(1).replace(&labels).await.err();
    account.contact_labels(1).replace(&labels[..]).await.err();
    account.contact_labels(1).replace(["vip", "new"].as_slice()).await.err();
    let map = serde_json::Map::from_iter([("plan".to_owned(), json!("pro"))]);
    account.conversations().update_custom_attributes(1, json!({ "plan": "pro" })).await.err();
    account.conversations().update_custom_attributes(1, map).await.err();
    let lines: Vec<String> = taken(&sent).into_iter().map(|[line, _, body]| format!("{line} {body}")).collect();
    let expected = [
        r#"POST /teams/1/team_members {"user_ids":[1,2]}"#,
        r#"POST /teams/1/team_members {"user_ids":[1]}"#,
        r#"POST /contacts/1/labels {"labels":["vip"]}"#,
        r#"POST /contacts/1/labels {"labels":["vip"]}"#,
        r#"POST /contacts/1/labels {"labels":["vip","new"]}"#,
        r#"POST /conversations/1/custom_attributes {"custom_attributes":{"plan":"pro"}}"#,
        r#"POST /conversations/1/custom_attributes {"custom_attributes":{"plan":"pro"}}"#,
    ];
    assert_eq!(lines, expected.map(|line| line.replacen(" /", " https://app.chatwoot.com/api/v1/accounts/7/", 1)));

    let high = Priority::new(ConversationPriority::High);
    assert_eq!([Priority::new("high"), Priority::new("high".to_owned())], [high.clone(), high.clone()]);
    assert_eq!(Priority::new(Some(ConversationPriority::High)), high);
    assert_eq!(Priority::new("high".parse::<ConversationPriority>().ok()), high);
    assert_eq!(serde_json::to_value(Priority::new(None))?, json!({ "priority": null }));
    Ok(())
}

#[tokio::test]
async fn errors_have_the_message_of_their_body() -> Outcome {
    let no_labels = json!({ "error": { "name": ["is invalid"] } }).to_string();
    for (content_type, body, expected) in [
        ("application/json", r#"{"error":"Resource could not be found"}"#, Some("Resource could not be found")),
        ("application/json", r#"{"errors":["Sign in first.","Or sign up."]}"#, Some("Sign in first., Or sign up.")),
        ("application/json", r#"{"message":"Email is invalid","attributes":["email"]}"#, Some("Email is invalid")),
        ("application/json", r#"{"error":"the\nTOKEN-1 is unknown"}"#, Some("the [redacted] is unknown")),
        ("text/plain; charset=utf-8", "Retry later\n", Some("Retry later")),
        ("text/html", "<html>busy</html>", None),
        ("application/json", &no_labels, None),
    ] {
        let body = body.to_owned();
        let respond = move |_: reqwest::Request| {
            let body = body.clone();
            async move {
                let response = http::Response::builder().status(404).header("content-type", content_type);
                response.body(body).map(Into::into).map_err(Into::into)
            }
        };
        let client = chatwoot::Client::builder().api_access_token("TOKEN-1").transport(respond).build()?;
        let error = client.account(7).contacts().get(5).await.err().ok_or("the call succeeded")?;
        assert_eq!(error.message().as_deref(), expected);
        assert_eq!(crm_clients::Error::from(error).message().as_deref(), expected);
    }
    let error = chatwoot::Client::builder().build()?.account(7).contacts().get(5).await.err().ok_or("it was sent")?;
    assert_eq!(error.message(), None);
    Ok(())
}

#[tokio::test]
async fn constants_options_objects_and_empty_lists() -> Outcome {
    let sent = Sent::default();
    let client =
        chatwoot::Client::builder().api_access_token("token").transport(transport(&sent, "x-none", "{}")).build()?;
    let account = client.account(7);
    let ann = chatwoot::types::ContactCreatePayload::new;
    let (name, email) = (Some("Ann"), None::<String>);
    let body = ann()
        .set_if_some(name, chatwoot::types::ContactCreatePayload::name)
        .set_if_some(email, chatwoot::types::ContactCreatePayload::email);
    account.contacts().create(body).await.err();
    account.contacts().create(ann().custom_attributes(json!({ "plan": "pro", "seats": 3 }))).await.err();
    account.contacts().create(ann().custom_attributes([("plan", json!("pro")), ("seats", json!(3))])).await.err();
    account.contacts().list().set_if_some(Some(2), chatwoot::contacts::ListCall::page).await.err();
    account.contact_labels(1).replace([]).await.err();
    account.contact_labels(1).replace(["vip", "lead"]).await.err();
    account.contact_labels(1).replace(vec!["vip".to_owned()]).await.err();
    let lines: Vec<String> = taken(&sent).into_iter().map(|[line, _, body]| format!("{line} {body}")).collect();
    let expected = [
        r#"POST /contacts {"name":"Ann"}"#,
        r#"POST /contacts {"custom_attributes":{"plan":"pro","seats":3}}"#,
        r#"POST /contacts {"custom_attributes":{"plan":"pro","seats":3}}"#,
        "GET /contacts?page=2 ",
        r#"POST /contacts/1/labels {"labels":[]}"#,
        r#"POST /contacts/1/labels {"labels":["vip","lead"]}"#,
        r#"POST /contacts/1/labels {"labels":["vip"]}"#,
    ];
    assert_eq!(lines, expected.map(|line| line.replacen(" /", " https://app.chatwoot.com/api/v1/accounts/7/", 1)));

    // `type` is not a field: it is always sent, and any other value is left out with a warning.
    let site = kajabi::types::SiteIdentifier::new("9");
    assert_eq!(serde_json::to_value(&site)?, json!({ "type": "sites", "id": "9" }));
    let other: Result<kajabi::types::SiteIdentifier, _> = serde_json::from_value(json!({ "type": "tags", "id": "9" }));
    assert!(other.is_err());
    Ok(())
}

#[tokio::test]
async fn the_error_of_all_clients_names_the_api() -> Outcome {
    let respond = |_: reqwest::Request| async {
        Ok(http::Response::builder().status(429).header("retry-after", "7").body("later")?.into())
    };
    let client = chatwoot::Client::builder().api_access_token("t").retry(Retry::never()).transport(respond).build()?;
    let error = crm_clients::Error::from(client.profile().get().await.err().ok_or("no error")?);
    assert!(error.to_string().starts_with("chatwoot: profile.get: "), "{error}");
    assert_eq!(error.status(), Some(http::StatusCode::TOO_MANY_REQUESTS));
    assert_eq!((error.retry_after(), error.is_timeout()), (Some(std::time::Duration::from_secs(7)), false));
    Ok(())
}

#[cfg(feature = "blocking")]
#[test]
fn calls_without_async() -> Outcome {
    use crm_clients::runtime::blocking;
    let sent = Sent::default();
    let found = r#"{"meta": {"count": 1, "current_page": 1, "has_more": false}, "payload": [{"id": 7, "name": "Ann",
        "email": null, "phone_number": null, "identifier": null, "thumbnail": "", "blocked": false,
        "availability_status": "offline", "additional_attributes": {}, "custom_attributes": {}, "created_at": 1}]}"#;
    let client = chatwoot::Client::builder()
        .api_access_token("token")
        .transport(transport(&sent, "api_access_token", found))
        .build()?;
    let contacts = client.account(1).contacts();
    assert_eq!(contacts.search("ann").send_blocking()?.payload[0].name, "Ann");
    let mut items = contacts.search("ann").items().blocking();
    assert_eq!(items.next().ok_or("no contact")??.id, 7);
    assert!(items.next().is_none());
    assert_eq!(&blocking::wait(contacts.search("ann").send_raw())?.body()[..], found.as_bytes());
    let undeclared = client.request(Method::GET, "/api/v2/new").send_blocking()?;
    assert_eq!(&undeclared.body()[..], found.as_bytes());
    assert_eq!(taken(&sent).len(), 4);
    Ok(())
}
