//! Paginated lists and retries from a caller's perspective, with responses as from the servers.
#![cfg(all(feature = "kajabi", feature = "chatwoot"))]

mod support;

use std::time::Duration;

use crm_clients::chatwoot::types::{ContactCreatePayload, FilterCondition, FilterConditionFilterOperator};
use crm_clients::kajabi::types::FormSubmissionCreateAttributes;
use crm_clients::runtime::{CallLimits, Retry};
use crm_clients::{chatwoot, kajabi};
use support::{Answer, Outcome, Server, refusal};

const CONTACTS: &str = "/api/v1/accounts/7/contacts";
const SEARCH: &str = "/api/v1/accounts/7/contacts/search";
const FILTER: &str = "/api/v1/accounts/7/contacts/filter";
const MESSAGES: &str = "/api/v1/accounts/7/conversations/31/messages";

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("fixtures/chatwoot/", $name))
    };
}

/// A policy with negligible delays.
fn quick() -> Retry {
    Retry::default().first_delay(Duration::from_millis(1))
}

fn kajabi(server: &Server) -> Result<kajabi::Client, kajabi::Error> {
    kajabi::Client::builder().bearer_token("TOKEN").base_url(server.url()).retry(quick()).build()
}

fn chatwoot(server: &Server) -> Result<chatwoot::Client, chatwoot::Error> {
    // After a 429 without `Retry-After`, a client with the API's limits waits for a minute.
    let limits = CallLimits::new().without_declared();
    chatwoot::Client::builder().api_access_token("TOKEN").base_url(server.url()).retry(quick()).limits(limits).build()
}

/// Returns a page of Kajabi with these contacts and links to its own host.
fn kajabi_page(path: &str, page: usize, pages: usize, kind: &str, ids: &[&str]) -> Answer {
    let link = |page| format!(r#""https://api.kajabi.com{path}?page[number]={page}""#);
    let next = if page < pages { link(page + 1) } else { "null".to_owned() };
    let data: Vec<_> =
        ids.iter().map(|id| format!(r#"{{"id": "{id}", "type": "{kind}", "attributes": {{}}}}"#)).collect();
    let (this, first, last, data) = (link(page), link(1), link(pages), data.join(","));
    let body = format!(
        r#"{{"data": [{data}], "links": {{"self": {this}, "first": {first}, "next": {next}, "last": {last}}},
             "meta": {{"total_pages": {pages}, "total_count": 5, "current_page": {page}}}}}"#
    );
    Answer::json_api(200, body)
}

/// Returns a fixture with a changed list and counts.
fn changed(fixture: &str, change: impl FnOnce(&mut serde_json::Value)) -> Outcome<Answer> {
    let mut body: serde_json::Value = serde_json::from_str(fixture)?;
    change(&mut body);
    Ok(Answer::json(200, body.to_string()))
}

/// Sets the ids of the items of a page, and removes items without one.
fn renumber(page: &mut serde_json::Value, ids: &[i64]) {
    let items = page["payload"].as_array_mut();
    if let Some(items) = items {
        items.truncate(ids.len());
        items.iter_mut().zip(ids).for_each(|(item, id)| item["id"] = (*id).into());
    }
}

fn targets(server: &Server) -> Outcome<Vec<String>> {
    Ok(server.requests()?.into_iter().map(|request| request.target).collect())
}

#[tokio::test]
async fn kajabi_contacts_are_read_to_the_last_page() -> Outcome {
    let path = "/v1/contacts";
    let server = Server::start()
        .await?
        .and("GET", path, kajabi_page(path, 1, 3, "contacts", &["1", "2"]))
        .and("GET", path, Answer::new(503, "text/plain", "busy"))
        .and("GET", path, kajabi_page(path, 2, 3, "contacts", &["3", "4"]))
        .and("GET", path, kajabi_page(path, 3, 3, "contacts", &["5"]));

    let client = kajabi(&server)?;
    let mut contacts = client.contacts().list().filter_site_id("9").page_size(2).items();
    let mut ids = Vec::new();
    while let Some(contact) = contacts.try_next().await? {
        ids.push(contact.id);
        assert_eq!(contacts.total(), Some(5));
    }

    assert_eq!(ids, ["1", "2", "3", "4", "5"]);
    let first = "/v1/contacts?filter%5Bsite_id%5D=9&page%5Bsize%5D=2";
    let second = format!("{first}&page%5Bnumber%5D=2");
    assert_eq!(targets(&server)?, [first, &second, &second, &format!("{first}&page%5Bnumber%5D=3")]);
    Ok(())
}

#[tokio::test]
async fn kajabi_pages_keep_their_meta_and_begin_with_the_selected_page() -> Outcome {
    let path = "/v1/kajabi_payments_payouts";
    let body = r#"{"data": [], "links": {"self": "https://api.kajabi.com/p", "next": null},
                   "meta": {"total": 50, "pagination": {"current": 5, "first": 1, "prev": 4, "last": 5, "records": 10}}}"#;
    let server = Server::answering("GET", path, Answer::json_api(200, body)).await?;

    let mut pages = kajabi(&server)?.payouts().list("123").page_number(5).pages();
    let page = pages.try_next().await?.ok_or("no page")?;

    assert_eq!((page.meta.total, pages.total()), (Some(50), Some(50)));
    assert!(pages.try_next().await?.is_none());
    assert_eq!(targets(&server)?, ["/v1/kajabi_payments_payouts?filter%5Bsite_id%5D=123&page%5Bnumber%5D=5"]);
    Ok(())
}

#[tokio::test]
async fn a_kajabi_token_that_expires_between_two_pages_is_a_typed_error() -> Outcome {
    let path = "/v1/offers";
    let denied = r#"{"errors": [{"status": "401", "title": "Unauthorized", "detail": "expired"}]}"#;
    let server = Server::start().await?.and("GET", path, kajabi_page(path, 1, 2, "offers", &["1"])).and(
        "GET",
        path,
        Answer::json_api(401, denied),
    );

    let mut offers = kajabi(&server)?.offers().list().items();
    assert_eq!(offers.try_next().await?.map(|offer| offer.id).as_deref(), Some("1"));
    let refusal = refusal(offers.try_next().await)?;

    assert_eq!((refusal.status().as_u16(), refusal.operation()), (401, "offers.list"));
    assert_eq!(refusal.body().errors()[0].detail.as_deref(), Some("expired"));
    // With another token, the list can be continued from here.
    assert!(offers.checkpoint().is_some());
    Ok(())
}

#[tokio::test]
async fn chatwoot_contacts_end_at_their_count() -> Outcome {
    let server = Server::answering("GET", CONTACTS, Answer::json(200, fixture!("contactList.200.json"))).await?;
    let mut contacts = chatwoot(&server)?.account(7).contacts().list().items();
    assert_eq!(contacts.try_next().await?.map(|contact| contact.id), Some(101));
    assert_eq!(contacts.try_next().await?.map(|contact| contact.id), Some(102));
    assert!(contacts.try_next().await?.is_none());
    assert_eq!(targets(&server)?, [CONTACTS]);

    // If the list starts after the first page, the count does not indicate the end, but an empty page does.
    let server = Server::answering("GET", CONTACTS, Answer::json(200, fixture!("contactList.200.page2.json"))).await?;
    assert!(chatwoot(&server)?.account(7).contacts().list().page(2).items().try_next().await?.is_none());
    assert_eq!(targets(&server)?, ["/api/v1/accounts/7/contacts?page=2"]);
    Ok(())
}

#[tokio::test]
async fn a_chatwoot_search_continues_while_there_is_more() -> Outcome {
    let more = changed(fixture!("contactSearch.200.json"), |page| page["meta"]["has_more"] = true.into())?;
    let last = changed(fixture!("contactSearch.200.json"), |page| renumber(page, &[102]))?;
    let server = Server::start()
        .await?
        .and("GET", SEARCH, more)
        .and("GET", SEARCH, Answer::new(429, "text/plain", fixture!("contactSearch.429.body.txt")))
        .and("GET", SEARCH, last);
    let mut found = chatwoot(&server)?.account(7).contacts().search("maya").items();
    let ids = [found.try_next().await?, found.try_next().await?, found.try_next().await?];
    assert_eq!(ids.map(|contact| contact.map(|contact| contact.id)), [Some(101), Some(102), None]);
    assert_eq!(targets(&server)?[1..], [format!("{SEARCH}?q=maya&page=2"), format!("{SEARCH}?q=maya&page=2")]);

    let blank = Answer::json(200, fixture!("contactSearch.200.blank-q.json"));
    let server = Server::answering("GET", SEARCH, blank).await?;
    assert!(chatwoot(&server)?.account(7).contacts().search("").items().try_next().await?.is_none());
    Ok(())
}

#[tokio::test]
async fn chatwoot_messages_are_read_backwards_or_forwards() -> Outcome {
    let page = |ids: &'static [i64]| changed(fixture!("list-all-messages.200.json"), |page| renumber(page, ids));
    let server = Server::start()
        .await?
        .and("GET", MESSAGES, page(&[78, 79, 80])?)
        .and("GET", MESSAGES, page(&[76, 77])?)
        .and("GET", MESSAGES, page(&[])?);
    let mut pages = chatwoot(&server)?.account(7).conversation(31).messages().list().pages();
    let mut ids = Vec::new();
    while let Some(page) = pages.try_next().await? {
        ids.push(page.payload.iter().map(|message| message.id).collect::<Vec<_>>());
    }
    assert_eq!(ids, [vec![78, 79, 80], vec![76, 77], vec![]]);
    assert_eq!(targets(&server)?, [MESSAGES, &format!("{MESSAGES}?before=78"), &format!("{MESSAGES}?before=76")]);

    let server = Server::start().await?.and("GET", MESSAGES, page(&[1, 2, 3])?).and("GET", MESSAGES, page(&[])?);
    let mut messages = chatwoot(&server)?.account(7).conversation(31).messages().list().after(0).items();
    let mut ids = Vec::new();
    while let Some(message) = messages.try_next().await? {
        ids.push(message.id);
    }
    assert_eq!(
        (ids, targets(&server)?),
        (vec![1, 2, 3], vec![format!("{MESSAGES}?after=0"), format!("{MESSAGES}?after=3")])
    );
    Ok(())
}

#[tokio::test]
async fn a_chatwoot_filter_is_retried_although_it_is_a_post() -> Outcome {
    let server = Server::start().await?.and("POST", FILTER, Answer::new(502, "text/html", "<html>")).and(
        "POST",
        FILTER,
        Answer::json(200, fixture!("contactList.200.json")),
    );
    let condition = FilterCondition::new("name", FilterConditionFilterOperator::EqualTo).values(["Maya"]);
    let mut found = chatwoot(&server)?.account(7).contacts().filter([condition]).items();
    assert_eq!(found.try_next().await?.map(|contact| contact.id), Some(101));
    let requests = server.requests()?;
    assert_eq!((requests.len(), &requests[0].body), (2, &requests[1].body));
    Ok(())
}

#[tokio::test]
async fn requests_with_possible_effects_are_sent_once() -> Outcome {
    let unavailable = || Answer::new(503, "text/plain", "");
    let server = Server::answering("POST", CONTACTS, unavailable()).await?;
    let maya = ContactCreatePayload::new().inbox_id(5).name("Maya");
    assert_eq!(refusal(chatwoot(&server)?.account(7).contacts().create(maya).await)?.status(), 503);
    server.request()?;

    let offers = "/v1/contacts/456/relationships/offers";
    let server = Server::answering("POST", offers, unavailable()).await?;
    assert_eq!(refusal(kajabi(&server)?.contacts().grant_offers("456", ["123"]).await)?.status(), 503);
    server.request()?;

    let server = Server::answering("POST", "/v1/forms/1/submit", unavailable()).await?;
    let maya = FormSubmissionCreateAttributes::new("Maya", "maya@okafor.example");
    assert_eq!(refusal(kajabi(&server)?.forms().submit("1", maya).await)?.status(), 503);
    server.request()?;
    Ok(())
}
