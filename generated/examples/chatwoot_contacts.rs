//! Creates a Chatwoot contact and reads it back.
//!
//! `CHATWOOT_TOKEN=... CHATWOOT_ACCOUNT_ID=1 cargo run --example chatwoot_contacts`; `CHATWOOT_INBOX_ID` makes the contact
//! reachable through an inbox, `CHATWOOT_BASE_URL` leads to a server of your own.

use std::process::ExitCode;

use crm_clients::chatwoot::types::ContactCreatePayload;
use crm_clients::chatwoot::{Client, Error};

#[tokio::main]
async fn main() -> ExitCode {
    match run(|name| std::env::var(name).ok()).await {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Creates a contact, reads it back, and says what came of it.
pub async fn run(variable: impl Fn(&str) -> Option<String>) -> Result<String, Box<dyn std::error::Error>> {
    let token = variable("CHATWOOT_TOKEN").ok_or("set CHATWOOT_TOKEN to the access token of your profile")?;
    let account =
        variable("CHATWOOT_ACCOUNT_ID").ok_or("set CHATWOOT_ACCOUNT_ID to the number in the dashboard's URL")?;
    let base_url = variable("CHATWOOT_BASE_URL").unwrap_or_else(|| Client::BASE_URL.to_owned());
    let client = Client::builder().api_access_token(token).base_url(base_url).build()?;
    let contacts = client.contacts(account.parse()?);

    let mut alice = ContactCreatePayload::new().name("Alice Ngo").email("alice@acme.example");
    if let Some(inbox) = variable("CHATWOOT_INBOX_ID") {
        alice = alice.inbox_id(inbox.parse()?);
    }
    let created = match contacts.create(alice).await {
        Ok(created) => created.payload,
        Err(Error::Api(e)) if e.status() == 422 => {
            let (fields, reason) = (e.body().attributes().join(" and "), e.body().message().unwrap_or_default());
            return Err(format!("refused because of {fields}: {reason}").into());
        }
        Err(other) => return Err(other.into()),
    };

    let contact = contacts.get(created.contact.id).await?.payload;
    let address = created.contact_inbox.source_id.unwrap_or_else(|| "no inbox".to_owned());
    Ok(format!("created {}: {} ({address})", contact.id, contact.name))
}
