//! Creates a Contactship contact.
//!
//! `CONTACTSHIP_API_KEY=... cargo run --example contactship_contacts`; `CONTACTSHIP_BASE_URL` leads to another server.

use std::process::ExitCode;

use crm_clients::contactship::types::{AdditionalField, ContactCreate};
use crm_clients::contactship::{Client, Error};

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

/// Creates a contact and says what came of it.
pub async fn run(variable: impl Fn(&str) -> Option<String>) -> Result<String, Box<dyn std::error::Error>> {
    let key = variable("CONTACTSHIP_API_KEY").ok_or("set CONTACTSHIP_API_KEY to a key from the dashboard")?;
    let base_url = variable("CONTACTSHIP_BASE_URL").unwrap_or_else(|| Client::BASE_URL.to_owned());
    let client = Client::builder().api_key(key).base_url(base_url).build()?;

    let alice = ContactCreate::new("+12124567890", "Alice Ngo")
        .email("alice@acme.example")
        .additional_data([AdditionalField::new("text", "plan", "gold")]);
    match client.contacts().create(alice).await {
        Ok(contact) => Ok(format!("created {} on {}", contact.id, contact.created_at)),
        Err(Error::Api(e)) if e.status() == 409 => Ok("a contact with this phone number exists already".to_owned()),
        Err(Error::Api(e)) => Err(format!("refused: {}", e.body().message().unwrap_or("no reason given")).into()),
        Err(other) => Err(other.into()),
    }
}
