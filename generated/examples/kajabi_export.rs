//! Exports all contacts of a Kajabi site to a CSV file, with a progress bar.
//!
//! Run it with `KAJABI_CLIENT_ID=... KAJABI_CLIENT_SECRET=... KAJABI_SITE_ID=123 cargo run --example kajabi_export --
//! contacts.csv`. Without a path it writes to standard output. Set `KAJABI_BASE_URL` to use another server. Until the
//! file is complete, its name ends with `.part`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crm_clients::kajabi::types::{Contact, ContactsIndexResponse};
use crm_clients::kajabi::{Client, ErrorBody};
use crm_clients::runtime::Pages;
use indicatif::{ProgressBar, ProgressStyle};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let path = std::env::args_os().nth(1).map(PathBuf::from);
    // The contacts may be written to standard output.
    match run(|name| std::env::var(name).ok(), path.as_deref()).await {
        Ok(text) => {
            eprintln!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Exports to this path, or else to standard output, and returns the number of contacts as text.
pub async fn run(variable: impl Fn(&str) -> Option<String>, path: Option<&Path>) -> Outcome<String> {
    let id = variable("KAJABI_CLIENT_ID").ok_or("set KAJABI_CLIENT_ID to the id of an API key")?;
    let secret = variable("KAJABI_CLIENT_SECRET").ok_or("set KAJABI_CLIENT_SECRET to the secret of that key")?;
    let site = variable("KAJABI_SITE_ID").ok_or("set KAJABI_SITE_ID to the id of the site")?;
    let base_url = variable("KAJABI_BASE_URL").unwrap_or_else(|| Client::BASE_URL.to_owned());
    let client = Client::builder().client_credentials(id, secret).base_url(base_url).build()?;

    // Oldest first: a contact that is added in the meantime comes last and does not shift others to a page that was
    // already read.
    let contacts = client.contacts().list().filter_site_id(site).sort("created_at").page_size(100).pages();
    let Some(path) = path else { return Ok(export(contacts, io::stdout()).await?) };
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let file = File::create(&part).map_err(|error| format!("{}: {error}", part.display()))?;
    let exported = export(contacts, file).await;
    let told = exported.map_err(|error| format!("{error}\nthe incomplete export is in {}", part.display()))?;
    fs::rename(&part, path)
        .map_err(|error| format!("{}: {error}; the data is in {}", path.display(), part.display()))?;
    Ok(told)
}

type ContactPages = Pages<ContactsIndexResponse, Contact, ErrorBody>;

/// Writes all pages, and returns the number of written contacts as text, even after an error.
async fn export(pages: ContactPages, to: impl Write) -> Result<String, String> {
    // The bar is drawn on standard error, and only if that is a terminal.
    let bar = ProgressBar::no_length();
    let outcome = write(pages, to, &bar).await;
    let (written, total) = (bar.position(), bar.length());
    bar.finish_and_clear();
    match (outcome, total) {
        (Ok(()), _) => Ok(format!("{written} contacts exported")),
        (Err(error), Some(total)) => Err(format!("stopped after {written} of {total} contacts: {error}")),
        (Err(error), None) => Err(format!("stopped after {written} contacts: {error}")),
    }
}

/// Writes one page after another, without keeping them in memory.
async fn write(mut pages: ContactPages, to: impl Write, bar: &ProgressBar) -> Outcome<()> {
    bar.set_style(ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} contacts, {eta} left")?);
    let mut file = csv::Writer::from_writer(to);
    file.write_record(COLUMNS)?;
    while let Some(page) = pages.try_next().await? {
        if let Some(total) = page.meta.total_count.and_then(|total| total.try_into().ok()) {
            bar.set_length(total);
        }
        let contacts = page.data.len();
        for contact in page.data {
            file.write_record(cells(contact))?;
        }
        // Count only contacts that have been flushed.
        file.flush()?;
        bar.inc(contacts as u64);
    }
    Ok(())
}

const COLUMNS: [&str; 18] = [
    "id",
    "name",
    "email",
    "subscribed",
    "phone_number",
    "mobile_phone_number",
    "business_number",
    "address_line_1",
    "address_line_2",
    "address_city",
    "address_state",
    "address_zip",
    "address_country",
    "external_user_id",
    "custom_1",
    "custom_2",
    "custom_3",
    "created_at",
];

/// Returns the cells of a contact; unknown values are empty.
fn cells(contact: Contact) -> [String; COLUMNS.len()] {
    let known = contact.attributes;
    let cells = [
        Some(contact.id),
        known.name,
        known.email,
        known.subscribed.map(|subscribed| subscribed.to_string()),
        known.phone_number,
        known.mobile_phone_number,
        known.business_number,
        known.address_line_1,
        known.address_line_2,
        known.address_city,
        known.address_state,
        known.address_zip,
        known.address_country,
        known.external_user_id,
        known.custom_1,
        known.custom_2,
        known.custom_3,
        known.created_at.map(|instant| instant.to_string()),
    ];
    cells.map(Option::unwrap_or_default)
}
