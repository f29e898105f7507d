//! Imports contacts from a CSV file into Contactship, and skips those that exist.
//!
//! Run it with `CONTACTSHIP_API_KEY=... cargo run --example contactship_import -- contacts.csv`. Set
//! `CONTACTSHIP_BASE_URL` to use another server. The file has the columns `phone_number` and `full_name`, and
//! optionally `email`, `country` and `description`. Every other column becomes a field of the contact.

use std::io::Read;
use std::process::ExitCode;

use crm_clients::contactship::types::{AdditionalField, ContactCreate};
use crm_clients::contactship::{Client, Error};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    match import().await {
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

async fn import() -> Outcome<String> {
    let path = std::env::args().nth(1).ok_or("usage: contactship_import contacts.csv")?;
    let file = std::fs::File::open(&path).map_err(|error| format!("{path}: {error}"))?;
    run(|name| std::env::var(name).ok(), file).await
}

/// Imports the contacts of a CSV text, and returns the number of each result as text.
pub async fn run(variable: impl Fn(&str) -> Option<String>, csv: impl Read) -> Outcome<String> {
    let key = variable("CONTACTSHIP_API_KEY").ok_or("set CONTACTSHIP_API_KEY to a key from the dashboard")?;
    let base_url = variable("CONTACTSHIP_BASE_URL").unwrap_or_else(|| Client::BASE_URL.to_owned());
    let client = Client::builder().api_key(key).base_url(base_url).build()?;

    let mut reader = csv::Reader::from_reader(csv);
    let headers = reader.headers()?.clone();
    let (mut created, mut there, mut refused) = (0, 0, Vec::new());
    for row in reader.records() {
        let row = row?;
        let line = row.position().map_or(0, csv::Position::line);
        match client.contacts().create(contact(&headers, &row)).await {
            Ok(_) => created += 1,
            Err(error) if error.status().is_some_and(|status| status == 409) => there += 1,
            // An error in one row does not stop the import of the others.
            Err(Error::Api(error)) if error.status() == 400 => {
                refused.push(format!("line {line}: {}", error.body().message().unwrap_or("no reason given")));
            }
            Err(error) => return Err(format!("stopped at line {line}, after {created} contacts: {error}").into()),
        }
    }
    let mut told = vec![format!("{created} created, {there} skipped, {} rejected", refused.len())];
    told.append(&mut refused);
    Ok(told.join("\n"))
}

/// Returns the contact of a row, without empty cells.
fn contact(headers: &csv::StringRecord, row: &csv::StringRecord) -> ContactCreate {
    let cells = || headers.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    let cell = |name: &str| cells().find(|(header, _)| *header == name).map_or("", |(_, cell)| cell);
    let mut contact = ContactCreate::new(cell("phone_number"), cell("full_name"));
    let mut fields = Vec::new();
    for (header, cell) in cells() {
        contact = match header {
            "phone_number" | "full_name" => contact,
            "email" => contact.email(cell),
            "country" => contact.country(cell),
            "description" => contact.description(cell),
            other => {
                fields.push(AdditionalField::new("text", other, cell));
                contact
            }
        };
    }
    if fields.is_empty() { contact } else { contact.additional_data(fields) }
}
