//! `source.toml`: the origin of a vendored document.

use std::collections::BTreeMap;

use crm_clients_cli::{Error, Project, input};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Arguments;
use super::upstream::Upstream;

/// The origin of a vendored document.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The URL of the published document or, if it is `written`, of the page.
    pub url: String,
    /// The upstream revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The document's own version.
    pub version: String,
    /// The license.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The SHA-256 hash of the upstream file, in hexadecimal.
    pub sha256: String,
    /// The date of the revision.
    pub date: Date,
    /// True if descriptions and examples are dropped.
    #[serde(default = "yes")]
    pub drop_prose: bool,
    /// True if the document was written by hand from a page, whose hash and date are stored here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub written: bool,
    /// The hashes of the other files that the document refers to, by path or URL. They are part of the vendored
    /// document.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// Whether the client drops the properties of responses that the document does not declare.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drop_undeclared: bool,
    /// URL prefixes, and the directories below that of the API that contain copies.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub map: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

impl Origin {
    /// Reads `source.toml`. A new API has the URL of the command line.
    pub fn read(workspace: &Project, arguments: &Arguments) -> Result<Self, Error> {
        let name = &arguments.api;
        let text = input::text_below(&workspace.spec(name), "source.toml");
        let mut origin = match text.map_err(|error| format!("specs/{name}/source.toml: {error}"))? {
            Some(text) => toml::from_str(&text).map_err(|error| format!("specs/{name}/source.toml: {error}"))?,
            None => Self { drop_prose: true, ..Self::default() },
        };
        if let Some(url) = &arguments.url {
            origin.url.clone_from(url);
        }
        if let (true, Some(source)) = (origin.url.is_empty(), arguments.source.as_ref().filter(|it| it.contains("://")))
        {
            origin.url.clone_from(source);
        }
        if origin.url.is_empty() {
            let message = format!("specs/{name} is new; use --url to set the URL of its document");
            return Err(Error::from(message));
        }
        Ok(origin)
    }

    /// Updates the origin for a new document. Values of the old document that the command line does not set are
    /// removed.
    pub fn note(&mut self, arguments: &Arguments, upstream: &Upstream) -> Result<(), Error> {
        let sha256 = hexadecimal(&upstream.bytes);
        let is_same = sha256 == self.sha256;
        self.sha256 = sha256;
        if arguments.revision.is_some() || !is_same {
            self.revision.clone_from(&arguments.revision);
        }
        match arguments.date {
            Some(date) => self.date = date,
            None if is_same => {}
            None => self.date = upstream.date()?,
        }
        Ok(())
    }
}

/// Returns the SHA-256 hash of bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
