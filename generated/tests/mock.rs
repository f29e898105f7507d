//! The mocks for tests of callers.

use crm_clients::chatwoot::{self, types};
use crm_clients::runtime::Checkpoint;
use crm_clients::{contactship, kajabi};
use serde_json::json;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn a_mock_sends_its_responses_and_records_requests() -> Outcome {
    let mock = contactship::mock::Server::start().await?;
    mock.contacts()
        .create()
        .status(409)
        .when(|request| request.json().is_ok_and(|body| body["full_name"] == "Ann"))
        .json(json!({ "error": "exists" }));
    mock.contacts().create().times(1).status(201).header("x-request-id", "r1").json(json!({
        "id": "c1", "created_at": "2026-01-02T03:04:05Z", "phone_number": "+34600000000", "full_name": "Bob"
    }));

    let client = mock.builder().api_key("test-key").build()?;
    let create = |name: &str| client.contacts().create(contactship::types::ContactCreate::new("+34600000000", name));
    let refused = create("Ann").await.err().ok_or("it was created")?;
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(409));
    let created = create("Bob").send_with_response().await?;
    assert_eq!((created.status().as_u16(), created.headers()["x-request-id"].to_str()?), (201, "r1"));
    mock.verify()?;

    let requests = mock.requests();
    let operations: Vec<_> = requests.iter().map(|request| request.operation).collect();
    assert_eq!(operations, [Some("contacts.create"); 2]);
    assert_eq!(requests[1].json()?["full_name"], "Bob");
    assert_eq!(requests[1].headers["x-api-key"], "test-key");
    Ok(())
}

#[tokio::test]
async fn a_request_without_a_response_is_reported() -> Outcome {
    let mock = chatwoot::mock::Server::start().await?;
    mock.contacts()
        .search()
        .json(json!({ "meta": { "count": 0, "current_page": 1, "has_more": false }, "payload": [] }));
    let client = mock.builder().api_access_token("test").build()?;

    assert!(client.account(1).contacts().search("ann").await?.payload.is_empty());
    let error = client.account(1).contacts().get(5).await.err().ok_or("the call succeeded")?;
    assert_eq!(
        error.to_string(),
        "contacts.get: 501 Not Implemented: mock: no response is set for GET /api/v1/accounts/1/contacts/5 (contacts.get); \
         responses are set for contacts.search"
    );
    let unmet = mock.verify().err().ok_or("verify succeeded")?;
    assert_eq!(unmet.to_string(), "no response is set for GET /api/v1/accounts/1/contacts/5 (contacts.get)");
    assert_eq!(mock.requests()[0].query("q").as_deref(), Some("ann"));
    Ok(())
}

#[tokio::test]
async fn a_response_that_the_operation_cannot_return_is_reported() -> Outcome {
    let mock = kajabi::mock::Server::start().await?;
    mock.me().get().json(json!({ "data": { "id": 7 } }));
    let client = mock.builder().bearer_token("test").build()?;
    let error = client.me().get().await.err().ok_or("the call succeeded")?;
    let expected = "invalid mock response for me.get: at $.data";
    assert!(error.to_string().contains(expected), "{error}");
    let unmet = mock.verify().err().ok_or("verify succeeded")?;
    assert!(unmet.faults().iter().any(|fault| fault.starts_with(expected)), "{unmet}");
    Ok(())
}

#[tokio::test]
async fn responses_are_used_up_in_order() -> Outcome {
    let mock = chatwoot::mock::Server::start().await?;
    let labels = |label: &str| json!({ "payload": [label] });
    mock.contact_labels().list().times(2).json(labels("first"));
    mock.contact_labels().list().json(labels("later"));
    mock.contact_labels().replace().times(1).json(labels("never"));
    let client = mock.builder().api_access_token("test").build()?;
    for expected in ["first", "first", "later", "later"] {
        assert_eq!(client.account(1).contact_labels(2).list().await?.payload, [expected]);
    }
    let unmet = mock.verify().err().ok_or("verify succeeded")?;
    assert_eq!(unmet.faults(), ["contact_labels.replace was called 0 of 1 times"]);

    // The result of one call can be the response to another.
    let kept: types::ContactLabels = client.account(1).contact_labels(2).list().await?;
    mock.contact_labels().replace().json(&kept);
    Ok(())
}

#[tokio::test]
async fn a_mock_stops_with_its_server() -> Outcome {
    let mock = contactship::mock::Server::start().await?;
    mock.verify_on_drop(false);
    let client = mock.builder().api_key("test").build()?;
    let create = || client.contacts().create(contactship::types::ContactCreate::new("+34600000000", "Ann"));
    assert_eq!(create().await.err().and_then(|error| Some(error.status()?.as_u16())), Some(501));
    drop(mock);
    while !create().await.is_err_and(|error| error.status().is_none()) {
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_mock_issues_tokens_unless_a_response_is_set() -> Outcome {
    let mock = kajabi::mock::Server::start().await?;
    mock.sites().list().json(json!({ "data": [] }));
    let client = mock.builder().client_credentials("id", "hunter2").build()?;
    client.sites().list().await?;
    let requests = mock.requests();
    assert_eq!(requests[1].headers["authorization"], "Bearer mock-token");
    assert!(!format!("{mock:?} {requests:?}").contains("hunter2"));
    mock.verify()?;

    let token = json!({ "access_token": "set", "refresh_token": "r", "token_type": "Bearer", "expires_in": 7200 });
    mock.authentication().token().times(1).json(token);
    let client = mock.builder().client_credentials("id", "hunter2").build()?;
    client.sites().list().await?;
    assert_eq!(mock.requests()[3].headers["authorization"], "Bearer set");
    Ok(mock.verify()?)
}

/// Lists tags as the guide of the crate does, and returns their names.
async fn tags_from(kajabi: &kajabi::Client, path: &std::path::Path) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut names = Vec::new();
    let mut tags = kajabi.contact_tags().list().items();
    let stored = std::fs::read(path).unwrap_or("null".into());
    if let Some(checkpoint) = serde_json::from_slice::<Option<Checkpoint>>(&stored)? {
        tags = tags.resume(&checkpoint);
    }
    while let Some(tag) = tags.try_next().await? {
        names.push(tag.attributes.name.unwrap_or_default());
        std::fs::write(path, serde_json::to_vec(&tags.checkpoint())?)?;
    }
    Ok(names)
}

#[tokio::test]
async fn a_stored_checkpoint_works_on_every_run() -> Outcome {
    let mock = kajabi::mock::Server::start().await?;
    let tag = |id: &str| json!({ "id": id, "type": "contact_tags", "attributes": { "name": id } });
    let page = |page: usize, tags: &[&str]| {
        let tags: Vec<_> = tags.iter().map(|id| tag(id)).collect();
        json!({ "data": tags, "meta": { "total_pages": 2, "total_count": 3, "current_page": page } })
    };
    mock.contact_tags().list().when(|request| request.query("page[number]").is_some()).json(page(2, &["c"]));
    mock.contact_tags().list().json(page(1, &["a", "b"]));
    let client = mock.builder().bearer_token("test").build()?;
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("checkpoint.json");

    // The second run follows a complete one, and begins with the first page again.
    assert_eq!(tags_from(&client, &path).await?, ["a", "b", "c"]);
    assert_eq!(tags_from(&client, &path).await?, ["a", "b", "c"]);

    // This run was stopped after the first item.
    let mut tags = client.contact_tags().list().items();
    tags.try_next().await?;
    std::fs::write(&path, serde_json::to_vec(&tags.checkpoint())?)?;
    assert_eq!(tags_from(&client, &path).await?, ["b", "c"]);
    Ok(())
}

#[tokio::test]
async fn lists_have_the_total_that_the_server_reports() -> Outcome {
    let mock = kajabi::mock::Server::start().await?;
    let meta = json!({ "total_pages": 1, "total_count": 41, "current_page": 1 });
    mock.products().list().json(json!({ "data": [], "meta": meta }));
    mock.payouts().list().json(json!({ "data": [], "meta": { "total": 50 } }));
    let client = mock.builder().bearer_token("test").build()?;
    let mut products = client.products().list().items();
    assert!(products.try_next().await?.is_none());
    let mut payouts = client.payouts().list("9").items();
    assert!(payouts.try_next().await?.is_none());
    assert_eq!((products.total(), payouts.total()), (Some(41), Some(50)));

    let mock = chatwoot::mock::Server::start().await?;
    let meta = json!({ "count": 79, "current_page": 1, "total_pages": 4 });
    mock.reports().events().json(json!({ "payload": [], "meta": meta }));
    let client = mock.builder().api_access_token("test").build()?;
    let mut events = client.account(1).reports().events().pages();
    assert!(events.try_next().await?.is_some());
    assert_eq!(events.total(), Some(79));
    Ok(())
}
