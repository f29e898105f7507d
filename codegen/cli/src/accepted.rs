//! `accepted.toml` of an API: changes that were looked at and are accepted.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::config::place;
use crate::{Error, Project, input};

/// The accepted changes of an API.
#[derive(Default)]
pub struct Accepted {
    shown: String,
    text: String,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    accepted: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: Spanned<String>,
    reason: Spanned<String>,
}

impl Accepted {
    /// Reads the file of an API. Without a file, no changes are accepted.
    pub fn read(project: &Project, api: &str) -> Result<Self, Error> {
        let Some((directory, file, shown)) = project.accepted(api) else { return Ok(Self::default()) };
        let text = input::text_below(&directory, &file);
        let Some(text) = text.map_err(|error| format!("{shown}: {error}"))? else {
            return Ok(Self::default());
        };
        let file: File = toml::from_str(&text).map_err(|error| {
            let place = error.span().map(|span| place(&text, span.start)).unwrap_or_default();
            format!("{shown}{place}: {}", error.message())
        })?;
        let accepted = Self { shown, text, entries: file.accepted };
        match accepted.entries.iter().find(|entry| entry.reason.get_ref().trim().is_empty()) {
            Some(entry) => Err(Error::from(accepted.told(entry.reason.span(), "the reason must not be empty"))),
            None => Ok(accepted),
        }
    }

    /// Returns the fingerprint and reason of each entry.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|entry| (entry.fingerprint.get_ref().as_str(), entry.reason.get_ref().as_str()))
    }

    /// Returns the errors for entries whose fingerprints match no change.
    pub fn stale(&self, fingerprints: &[&str]) -> String {
        let stale = self.entries.iter().filter(|entry| fingerprints.contains(&entry.fingerprint.get_ref().as_str()));
        let message = |entry: &Entry| {
            let what = format!("no change has the fingerprint `{}`; remove this entry", entry.fingerprint.get_ref());
            Error::from(self.told(entry.fingerprint.span(), &what)).into_text()
        };
        stale.map(message).collect()
    }

    fn told(&self, span: Range<usize>, what: &str) -> String {
        format!("{}{}: {what}", self.shown, place(&self.text, span.start))
    }
}
