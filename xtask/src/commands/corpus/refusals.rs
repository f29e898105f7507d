//! The documents that are refused for a fault that they really have.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crm_clients_cli::Error;
use serde::Deserialize;

/// The list of `refusals.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusals {
    #[serde(default)]
    refused: Vec<Refusal>,
}

/// A document that is rightly refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Its path below the directory.
    document: String,
    /// The codes of all errors that are told of it.
    codes: BTreeSet<String>,
    /// What is wrong with it, as a person found it.
    fault: String,
}

impl Refusals {
    /// Reads the list.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?)
    }

    /// What is wrong with a document that is refused with these codes, if that is known.
    pub fn fault(&self, document: &str, codes: &BTreeSet<String>) -> Option<&str> {
        let known = self.refused.iter().find(|refusal| refusal.document == document && refusal.codes == *codes)?;
        Some(&known.fault)
    }

    /// Whether a document is said to be refused, with whatever codes.
    pub fn names(&self, document: &str) -> bool {
        self.refused.iter().any(|refusal| refusal.document == document)
    }
}
