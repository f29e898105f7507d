//! Copies the contacts of a Kajabi site into a Chatwoot account, with their tags as labels.
//!
//! ```sh
//! KAJABI_CLIENT_ID=... KAJABI_CLIENT_SECRET=... KAJABI_SITE_ID=... CHATWOOT_TOKEN=... CHATWOOT_ACCOUNT_ID=... \
//!     cargo run --example sync -- checkpoint.json [--dry-run]
//! ```
//!
//! Eight contacts are copied at a time, within the limits of both servers. The file stores the checkpoint of the
//! next page, and the same command continues there after an interruption. `--dry-run` changes neither account nor file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crm_clients::chatwoot::types::ContactCreatePayload;
use crm_clients::kajabi::types::{Contact, ContactInclude, IncludedResource};
use crm_clients::runtime::{CallLimits, Checkpoint, Included, Retry};
use crm_clients::{chatwoot, kajabi};
use tokio::task::JoinSet;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    match run(|name| std::env::var(name).ok(), std::env::args().skip(1)).await {
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

/// Copies the contacts. Returns the numbers of created, updated and refused contacts.
pub async fn run(
    variable: impl Fn(&str) -> Option<String>,
    arguments: impl Iterator<Item = String>,
) -> Outcome<String> {
    let (flags, paths): (Vec<_>, Vec<_>) = arguments.partition(|argument| argument.starts_with("--"));
    let dry_run = flags == ["--dry-run"];
    let [path] = &paths[..] else { return Err("usage: sync CHECKPOINT [--dry-run]".into()) };
    let (path, set) = (Path::new(path), |name: &str| variable(name).ok_or_else(|| format!("set {name}")));

    let kajabi = kajabi::Client::builder()
        .client_credentials(set("KAJABI_CLIENT_ID")?, set("KAJABI_CLIENT_SECRET")?)
        .base_url(variable("KAJABI_BASE_URL").unwrap_or_else(|| kajabi::Client::BASE_URL.to_owned()))
        .build()?;
    let chatwoot = chatwoot::Client::builder()
        .api_access_token(set("CHATWOOT_TOKEN")?)
        .base_url(variable("CHATWOOT_BASE_URL").unwrap_or_else(|| chatwoot::Client::BASE_URL.to_owned()))
        .limits(CallLimits::new().max_in_flight(8))
        .retry(Retry::default().also_on([500, 520]).max_elapsed(std::time::Duration::from_secs(600)))
        .build()?;
    let target = Target { account: chatwoot.account(set("CHATWOOT_ACCOUNT_ID")?.parse()?), dry_run };

    let mut pages = kajabi.contacts().list().filter_site_id(set("KAJABI_SITE_ID")?).sort("created_at");
    pages = pages.page_size(100).include([ContactInclude::Tags]);
    let mut pages = pages.pages();
    if let Some(checkpoint) = stored(path)? {
        pages = pages.resume(&checkpoint);
    }
    let mut counts = Counts::default();
    while let Some(page) = pages.try_next().await? {
        let included = Included::new(&page.included);
        let people = page.data.iter().map(|contact| Person::of(contact, &included));
        let mut copies: JoinSet<_> = people.map(|person| target.clone().copy(person)).collect();
        while let Some(copied) = copies.join_next().await {
            counts.add(copied?);
        }
        if !dry_run {
            store(path, pages.checkpoint().as_ref())?;
        }
    }
    if !dry_run {
        fs::remove_file(path)?; // The next run starts from the beginning.
    }
    Ok(counts.to_string())
}

/// A contact to send to Chatwoot.
struct Person {
    name: String,
    email: String,
    labels: BTreeSet<String>,
}

impl Person {
    fn of(contact: &Contact, included: &Included<'_, IncludedResource>) -> Self {
        let tags = contact.relationships.tags.iter().flat_map(|tags| included.all(tags));
        let label = |resource: &IncludedResource| match resource {
            // A label has no spaces.
            IncludedResource::ContactTag(tag) => Some(tag.attributes.name.as_ref()?.to_lowercase().replace(' ', "-")),
            _ => None,
        };
        let known = &contact.attributes;
        Self {
            name: known.name.clone().unwrap_or_default(),
            email: known.email.clone().unwrap_or_default(),
            labels: tags.filter_map(label).collect(),
        }
    }
}

enum Copied {
    Created,
    Updated,
    Refused(String),
}

#[derive(Clone)]
struct Target {
    account: chatwoot::account::Account,
    dry_run: bool,
}

impl Target {
    /// Copies a contact. Returns errors as [`Copied::Refused`], so that the other contacts are still copied.
    async fn copy(self, person: Person) -> Copied {
        let copied = if person.email.is_empty() { Ok(None) } else { self.create_or_find(&person).await };
        match copied {
            Ok(Some((_, is_new))) if is_new => Copied::Created,
            Ok(Some(_)) => Copied::Updated,
            Ok(None) => Copied::Refused(format!("{}: no email address that Chatwoot accepts", person.name)),
            Err(error) => Copied::Refused(format!("{}: {error}", person.name)),
        }
    }

    /// Returns the contact's id, and true if it was created.
    async fn create_or_find(&self, person: &Person) -> Result<Option<(i64, bool)>, chatwoot::Error> {
        if self.dry_run {
            return Ok(Some(self.find(person).await?.map_or((0, true), |id| (id, false))));
        }
        let new = ContactCreatePayload::new().name(&*person.name).email(&*person.email);
        let (id, is_new) = match self.account.contacts().create(new).await {
            Ok(created) => (created.payload.contact.id, true),
            // Searches are limited to 100 per minute, so only contacts that exist are searched for.
            Err(error) if error.status().is_some_and(|status| status == 422) => match self.find(person).await? {
                Some(id) => (id, false),
                None => return Ok(None),
            },
            Err(error) => return Err(error),
        };
        let labels = self.account.contact_labels(id);
        let before = if is_new { Vec::new() } else { labels.list().await?.payload };
        // `replace` replaces all labels, so those that the contact has are sent too.
        let missing: Vec<_> = person.labels.iter().filter(|label| !before.contains(label)).cloned().collect();
        if !missing.is_empty() {
            labels.replace([before, missing].concat()).await?;
        }
        Ok(Some((id, is_new)))
    }

    /// Finds a contact by its address; the search also finds addresses that only contain it.
    async fn find(&self, person: &Person) -> Result<Option<i64>, chatwoot::Error> {
        let mut found = self.account.contacts().search(&*person.email).items();
        while let Some(contact) = found.try_next().await? {
            if contact.email.is_some_and(|email| email.eq_ignore_ascii_case(&person.email)) {
                return Ok(Some(contact.id));
            }
        }
        Ok(None)
    }
}

#[derive(Default)]
struct Counts {
    created: usize,
    updated: usize,
    refused: Vec<String>,
}

impl Counts {
    fn add(&mut self, copied: Copied) {
        match copied {
            Copied::Created => self.created += 1,
            Copied::Updated => self.updated += 1,
            Copied::Refused(reason) => self.refused.push(reason),
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} created, {} updated, {} refused", self.created, self.updated, self.refused.len())?;
        self.refused.iter().try_for_each(|reason| write!(f, "\n{reason}"))
    }
}

/// Reads the checkpoint of an earlier run, if it did not reach the last page.
fn stored(path: &Path) -> Outcome<Option<Checkpoint>> {
    match fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// Stores a checkpoint, which is `None` after the last page. If the program is killed here, the previous one remains.
fn store(path: &Path, checkpoint: Option<&Checkpoint>) -> Outcome<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    fs::write(&part, serde_json::to_vec(&checkpoint)?)?;
    Ok(fs::rename(part, path)?)
}
