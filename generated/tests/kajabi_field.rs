//! Behavior that integrators rely on and that Kajabi's document does not describe, over real sockets.
#![cfg(feature = "kajabi")]

mod support;

use crm_clients::kajabi::types::{ContactCreateData, ContactsAttributesInput};
use crm_clients::kajabi::{Client, Error};
use crm_clients::runtime::{Retry, Timestamp};
use support::{Answer, Outcome, Server, refusal};

fn client(server: &Server) -> Result<Client, Error> {
    Client::builder().bearer_token("TOKEN").base_url(server.url()).retry(Retry::never()).build()
}

#[tokio::test]
async fn the_end_of_access_can_be_in_the_future() -> Outcome {
    let body = r#"{"data": [
        {"id": "1", "type": "purchases", "attributes": {"deactivated_at": "2026-11-30T23:59:59.000Z",
         "deactivation_reason": "access_expired", "payment_type": "multipay"}},
        {"id": "2", "type": "purchases", "attributes": {"deactivated_at": null, "status": "active"}}]}"#;
    let server = Server::answering("GET", "/v1/purchases", Answer::json_api(200, body)).await?;

    let page = client(&server)?.purchases().list().await?;

    let now: Timestamp = "2026-11-29T00:00:00Z".parse()?;
    let ends: Vec<_> = page.data.iter().map(|purchase| purchase.attributes.deactivated_at).collect();
    assert!(ends[0].is_some_and(|end| end > now));
    assert_eq!((ends[1], page.data[0].attributes.status.as_deref()), (None, None));
    assert_eq!(page.data[0].attributes.deactivation_reason.as_deref(), Some("access_expired"));
    Ok(())
}

#[tokio::test]
async fn a_success_can_have_no_body() -> Outcome {
    for status in [200, 202, 204] {
        let server = Server::answering_anything(Answer::new(status, "", "")).await?;
        client(&server)?.contacts().delete("1").await?;
        for call in 0..9 {
            let server = Server::answering_anything(Answer::new(status, "text/plain", "")).await?;
            let (contacts, customers) = (client(&server)?.contacts(), client(&server)?.customers());
            let read = match call {
                0 => contacts.revoke_offers("1", ["2"]).await?,
                1 => contacts.replace_offers("1", ["2"]).await?,
                2 => contacts.add_tags("1", ["2"]).await?,
                3 => contacts.remove_tags("1", ["2"]).await?,
                4 => contacts.replace_tags("1", ["2"]).await?,
                5 => customers.grant_offers("1", ["2"]).await?,
                6 => customers.revoke_offers("1", ["2"]).await?,
                7 => contacts.grant_offers("1", ["2"]).await?,
                _ => customers.replace_offers("1", ["2"]).await?,
            };
            assert_eq!(read, None, "call {call}, status {status}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_existing_contact_is_found_by_an_exact_comparison() -> Outcome {
    let taken = r#"{"errors": [{"status": "422", "detail": "Email has already been taken", "source": {"pointer": "/data/attributes/email"}}]}"#;
    // The search is approximate and lags behind: it finds the contact only on the second attempt.
    let near = r#"{"data": [{"id": "4", "type": "contacts", "attributes": {"email": "rosa.nolan@nolan.example"}}]}"#;
    let exact = r#"{"data": [{"id": "4", "type": "contacts", "attributes": {"email": "rosa.nolan@nolan.example"}},
        {"id": "5", "type": "contacts", "attributes": {"email": "Rosa@nolan.example"}}]}"#;
    let server = Server::start()
        .await?
        .and("POST", "/v1/contacts", Answer::json_api(422, taken))
        .and("GET", "/v1/contacts", Answer::json_api(200, near))
        .and("GET", "/v1/contacts", Answer::json_api(200, exact));
    let contacts = client(&server)?.contacts();

    let email = "rosa@nolan.example";
    let new = ContactCreateData::new(ContactsAttributesInput::new().email(email).subscribed(true), "9");
    assert_eq!(refusal(contacts.create(new).await)?.status(), 422);
    let mut found = None;
    while found.is_none() {
        let mut hits = contacts.list().filter_site_id("9").filter_search(email).items();
        while let Some(contact) = hits.try_next().await? {
            if contact.attributes.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(email)) {
                found = Some(contact.id);
            }
        }
    }

    assert_eq!(found.as_deref(), Some("5"));
    assert_eq!(
        server.requests()?[2].target,
        "/v1/contacts?filter%5Bsite_id%5D=9&filter%5Bsearch%5D=rosa@nolan.example"
    );
    Ok(())
}
