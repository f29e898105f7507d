//! Creates a Kajabi contact and reads it back with its tags.
//!
//! `KAJABI_TOKEN=... KAJABI_SITE_ID=123 cargo run --example kajabi_contacts`; `KAJABI_BASE_URL` leads to another server.

use std::process::ExitCode;

use crm_clients::kajabi::types::{ContactCreateData, ContactInclude, ContactsAttributesInput};
use crm_clients::kajabi::{Client, Error};

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
    let token = variable("KAJABI_TOKEN").ok_or("set KAJABI_TOKEN to an access token")?;
    let site = variable("KAJABI_SITE_ID").ok_or("set KAJABI_SITE_ID to the id of the site that gets the contact")?;
    let base_url = variable("KAJABI_BASE_URL").unwrap_or_else(|| Client::BASE_URL.to_owned());
    let client = Client::builder().bearer_token(token).base_url(base_url).build()?;

    let alice = ContactsAttributesInput::new().name("Alice Ngo").email("alice@acme.example");
    let created = match client.contacts().create(ContactCreateData::new(alice, site)).await {
        Ok(created) => created.data,
        Err(Error::Api(e)) if e.status() == 422 => {
            let problems: Vec<_> = e.body().errors().iter().filter_map(|problem| problem.detail.as_deref()).collect();
            return Err(format!("refused: {}", problems.join("; ")).into());
        }
        Err(other) => return Err(other.into()),
    };

    let contact = client.contacts().get(created.id).include([ContactInclude::Tags]).await?;
    let name = contact.data.attributes.name.unwrap_or_default();
    let tags = contact.included.len();
    Ok(format!("created {}: {name}, with {tags} tags", contact.data.id))
}
