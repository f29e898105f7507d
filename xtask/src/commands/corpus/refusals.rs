//! The documents that are expected to be rejected.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crm_clients_cli::Error;
use serde::Deserialize;

/// The contents of `refusals.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusals {
    #[serde(default)]
    refused: Vec<Refusal>,
}

/// A document that is expected to be rejected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The path relative to the corpus.
    document: String,
    /// The codes of all of its errors.
    codes: BTreeSet<String>,
    /// The error in the document, as found by a reviewer.
    fault: String,
}

impl Refusals {
    /// Reads the list.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?)
    }

    /// Returns the known error of a document that is rejected with these codes.
    pub fn fault(&self, document: &str, codes: &BTreeSet<String>) -> Option<&str> {
        let known = self.refused.iter().find(|refusal| refusal.document == document && refusal.codes == *codes)?;
        Some(&known.fault)
    }

    /// Returns true if a document is expected to be rejected with any codes.
    pub fn names(&self, document: &str) -> bool {
        self.refused.iter().any(|refusal| refusal.document == document)
    }
}
