//! `accepted.toml` of an API: reviewed and accepted changes.

use serde::Deserialize;
use toml::Spanned;

use crate::toml_file::TomlFile;
use crate::{Error, Project, input};

/// The accepted changes of an API.
#[derive(Default)]
pub struct Accepted {
    file: TomlFile,
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
        let (File { accepted: entries }, file) = TomlFile::parse(&shown, text)?;
        let accepted = Self { file, entries };
        match accepted.entries.iter().find(|entry| entry.reason.get_ref().trim().is_empty()) {
            Some(entry) => Err(accepted.file.error(entry.reason.span(), "the reason must not be empty")),
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
            self.file.error(entry.fingerprint.span(), &what).into_text()
        };
        stale.map(message).collect()
    }
}
