//! Responses with undeclared properties, and with optional values that do not match the declaration.

use crm_clients_runtime::{Response, Warning};
use serde_json::{Value, json};

use crate::Outcome;
use crate::server::{Server, reply};
use crate::themes::odd_values::{self, Client, types};

fn client(server: &Server, strict: bool) -> Result<Client, odd_values::Error> {
    let retry = crm_clients_runtime::Retry::never();
    Client::builder().base_url(server.url()).retry(retry).strict_responses(strict).build()
}

fn ok(body: &Value) -> String {
    reply("200 OK", &["content-type: application/json"], &body.to_string())
}

type Page = types::ContactsListResponse;

async fn list(server: &Server) -> Result<Response<Page>, odd_values::Error> {
    client(server, false)?.contacts().list().send_with_response().await
}

fn paths<T>(response: &Response<T>) -> Vec<&str> {
    response.warnings().iter().map(Warning::path).collect()
}

#[tokio::test]
async fn an_invalid_optional_value_is_absent_and_kept() -> Outcome {
    let good = json!({"id": 1, "deleted_at": null, "created_at": "2026-01-02T03:04:05Z", "vip": true});
    for (name, odd) in [
        ("created_at", json!("yesterday")),
        ("created_at", json!(1_767_323_045)),
        ("deleted_at", json!("never")),
        ("birthday", json!("31.12.2026")),
        ("age", json!(3_000_000_000_i64)),
        ("age", json!("forty")),
        ("age", json!({"years": 40})),
        ("status", json!(7)),
        ("level", json!("first")),
        ("vip", json!("yes")),
        ("visits", json!(["2026-01-02", "soon"])),
        ("visits", json!("2026-01-02")),
        ("tags", json!("a, b")),
        ("score", json!("high")),
        ("company", json!({"name": "Acme"})),
        ("company", json!({"name": "Acme", "founded": "long ago", "sold": null})),
        ("company", json!([])),
        ("limits", json!({"most": "many"})),
    ] {
        let mut contact = good.clone();
        contact[name] = odd.clone();
        let body = json!({"data": [good, contact, good], "total": 3});
        let server = Server::answering([ok(&body)]).await?;
        let response = list(&server).await?;
        assert_eq!(paths(&response), [format!("$.data[1].{name}")], "{odd}");
        assert_eq!(response.warnings()[0].value(), &odd);
        let shown = format!("{:?} {}", response.warnings(), response.warnings()[0]);
        assert!(odd.as_str().is_none_or(|text| !shown.contains(text)), "{shown}");
        let page = response.into_body();
        let data = page.data.as_ref().ok_or("no data")?;
        assert_eq!((data.len(), page.total), (3, Some(3)));
        assert_eq!(data[1].additional_properties.get(name), Some(&odd));
        assert!(data[0].additional_properties.is_empty());
        // The values are sent back as they were received.
        assert_eq!(serde_json::to_value(&page)?, body, "{odd}");

        let strict = client(&server, true)?.contacts().list().await.err().ok_or("it was read")?;
        assert!(matches!(strict, odd_values::Error::Decode(_)), "{strict}");
    }
    Ok(())
}

#[tokio::test]
async fn an_invalid_required_value_is_an_error() -> Outcome {
    let body = json!({"name": 5, "founded": "1999-01-01", "sold": null, "closed": "odd"});
    let server = Server::answering([ok(&body)]).await?;
    let new = types::Company::new("Acme", "1999-01-01".parse::<crm_clients_runtime::Date>()?, None);
    match client(&server, false)?.companies().update(new).await {
        Err(odd_values::Error::Decode(error)) => assert_eq!(error.path(), "$.name"),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

#[tokio::test]
async fn every_item_can_have_invalid_values() -> Outcome {
    let contact = |id: i64| json!({"id": id, "deleted_at": null, "created_at": "odd", "birthday": "odder"});
    let bad = json!({"deleted_at": null, "created_at": "odd"});
    // The list is optional too, but is not left out because of one of its items.
    let data = json!([contact(1), bad, contact(3)]);
    let pages = [json!({"data": data}), json!({"total": "many", "data": [contact(4)]}), json!({"data": []})];
    let server = Server::answering(pages.each_ref().map(ok)).await?;
    let mut items = client(&server, false)?.contacts().list().items();
    let first = items.next().await.ok_or("no first")??;
    assert_eq!((first.id, first.additional_properties.len()), (1, 2));
    assert_eq!(items.warnings().len(), 4);
    match items.next().await {
        Some(Err(odd_values::Error::Decode(error))) => {
            assert_eq!(error.path(), "$.data[1]");
            assert_eq!(serde_json::from_slice::<Value>(error.raw_body())?, bad);
        }
        other => return Err(format!("{other:?}").into()),
    }
    assert_eq!(items.next().await.ok_or("no third")??.id, 3);
    assert_eq!(items.next().await.ok_or("no fourth")??.id, 4);
    assert_eq!(items.warnings().iter().map(Warning::path).next(), Some("$.total"));
    assert!(items.next().await.is_none());
    let server = Server::answering([ok(&pages[0])]).await?;
    let mut pages = client(&server, false)?.contacts().list().pages();
    assert!(matches!(pages.next().await, Some(Err(odd_values::Error::Decode(error))) if error.path() == "$.data[1]"));
    let whole = list(&server).await?;
    assert_eq!((paths(&whole), whole.body().data.is_none()), (vec!["$.data"], true));

    // Each item is decoded about twice, however many there are.
    let many: Vec<Value> = (0..5_000).map(contact).collect();
    let server = Server::answering([ok(&json!({"data": many}))]).await?;
    let response = list(&server).await?;
    assert_eq!((response.warnings().len(), response.body().data.as_ref().map(Vec::len)), (10_000, Some(5_000)));
    assert_eq!(response.warnings()[9_999].path(), "$.data[4999].birthday");
    Ok(())
}

#[tokio::test]
async fn unions_and_nested_objects_keep_invalid_values() -> Outcome {
    let company = json!({"name": "Acme", "founded": "1999-01-01", "sold": null, "closed": "not yet", "size": 5});
    let body = json!({"data": [{
        "id": 1, "deleted_at": null, "company": company,
        "owner": {"members": 3, "met": "on a Monday", "name": "Sales"},
        "limits": {"most": 1, "least": "none", "other": 2},
        "locked": {"by": "Ann", "at": "noon", "why": "closed"}
    }]});
    let server = Server::answering([ok(&body)]).await?;
    let response = list(&server).await?;
    let expected = ["$.data[0].company.closed", "$.data[0].owner.met", "$.data[0].limits.least", "$.data[0].locked.at"];
    assert_eq!(paths(&response), expected);
    let contact = response.into_body().data.ok_or("no data")?.remove(0);
    let owner = contact.owner.clone().ok_or("no owner")?;
    match &owner {
        types::ContactOwner::Team(team) => {
            assert_eq!((team.members, team.met), (3, None));
            assert_eq!(
                serde_json::to_value(team.additional_properties.clone().into_iter().collect::<Vec<_>>())?,
                json!([["name", "Sales"], ["met", "on a Monday"]])
            );
        }
        other => return Err(format!("{other:?}").into()),
    }
    let shown = format!("{owner:?}");
    assert!(shown.contains("met") && !shown.contains("Monday") && !shown.contains("Sales"), "{shown}");
    assert_eq!(serde_json::to_value(owner)?, body["data"][0]["owner"]);
    let read = contact.company.as_ref().ok_or("no company")?;
    assert_eq!((read.closed, read.additional_properties.get("size")), (None, Some(&json!(5))));
    assert_eq!(serde_json::to_value(read)?, company);
    let limits = contact.limits.ok_or("no limits")?;
    assert_eq!((limits.most, limits.additional_properties), (1, [("other".to_owned(), 2)].into()));
    // The schema does not allow additional properties.
    assert_eq!(serde_json::to_value(contact.locked)?, json!({"by": "Ann"}));
    Ok(())
}

#[tokio::test]
async fn undeclared_properties_are_sent_back() -> Outcome {
    let sent =
        json!({"name": "Acme", "founded": "1999-01-01", "sold": "never", "closed": "odd", "plan": {"seats": [1]}});
    let server = Server::answering([ok(&sent)]).await?;
    let client = client(&server, false)?;
    let new = types::Company::new("Acme", "1999-01-01".parse::<crm_clients_runtime::Date>()?, None);
    let mut company = client.companies().update(new).await?;
    client.companies().update(company.clone()).await?;
    assert_eq!(serde_json::from_str::<Value>(&server.requests()[1].body)?, sent);
    // Setting a field replaces the invalid value.
    (company.closed, company.sold) = (Some("2000-02-03".parse()?), Some("2001-02-03".parse()?));
    client.companies().update(company.with_additional_properties("plan", 2)).await?;
    let body = &server.requests()[2].body;
    let expected = r#"{"name":"Acme","founded":"1999-01-01","closed":"2000-02-03","sold":"2001-02-03","plan":2}"#;
    assert_eq!(body, expected);

    // A different request type also keeps them.
    let body = json!({"data": [{"id": 7, "deleted_at": "odd", "nickname": "Al"}]});
    let server = Server::answering([ok(&body), ok(&body["data"][0])]).await?;
    let client = self::client(&server, false)?;
    let contact = client.contacts().list().await?.data.ok_or("no data")?.remove(0);
    let mut input = types::ContactInput::new(contact.id, contact.deleted_at);
    input.additional_properties = contact.additional_properties;
    client.contacts().update(7, input).await?;
    assert_eq!(serde_json::from_str::<Value>(&server.requests()[1].body)?, body["data"][0]);
    Ok(())
}

#[tokio::test]
async fn errors_and_events_keep_invalid_values() -> Outcome {
    let server =
        Server::answering([reply("409 Conflict", &[], r#"{"message": "twice", "at": "noon", "trace": 5}"#)]).await?;
    let error = client(&server, false)?.contacts().list().await.err().ok_or("it was read")?;
    let odd_values::Error::Api(error) = error else { return Err(error.into()) };
    let odd_values::ErrorBody::Problem(problem) = error.body() else { return Err(error.into()) };
    assert_eq!((problem.message.as_str(), problem.at, problem.additional_properties.len()), ("twice", None, 2));

    let event = json!({"event": "contact_created", "contact": {"id": 1, "deleted_at": null, "age": "old"}, "sent": 9});
    match odd_values::events::Event::from_slice(event.to_string().as_bytes())? {
        odd_values::events::Event::ContactCreated(created) => {
            assert_eq!(created.contact.additional_properties.get("age"), Some(&json!("old")));
            assert_eq!(serde_json::to_value(created)?, event);
        }
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}
