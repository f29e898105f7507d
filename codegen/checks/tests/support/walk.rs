//! Runs all passes on the documents of the fixtures.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crm_clients_document::names_lock::NamesLock;
use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::Generate;
use crm_clients_generator::fileset::FileSet;
use crm_clients_generator::ir::Api;
use crm_clients_review::Lint;

use crate::support::fixtures;

/// Returns the names of the directories in `tests/fixtures/<below>`, sorted; each contains a document.
pub fn documents(below: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(fixtures().join(below))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    names.sort();
    Ok(names)
}

/// The directory of a document, and the names of its files.
pub struct Document {
    directory: PathBuf,
    name: &'static str,
}

/// Returns the document in a directory of the fixtures, in YAML or JSON.
pub fn document(directory: &Path) -> Document {
    let directory = fixtures().join(directory);
    let name = if directory.join("openapi.json").is_file() { "openapi.json" } else { "openapi.yaml" };
    Document { directory, name }
}

impl Document {
    /// Returns the client, unless there are errors, and the report of errors and warnings.
    pub fn client(&self) -> (Option<Api>, String) {
        self.made(false)
    }

    /// Returns the client if unreadable parts are errors, and the report.
    pub fn strict_client(&self) -> (Option<Api>, String) {
        self.made(true)
    }

    /// The names that the client keeps, if there is a lock.
    fn names(&self) -> Option<NamesLock> {
        let text = fs::read_to_string(self.directory.join("names.lock")).ok()?;
        toml::from_str(&text).ok()
    }

    fn made(&self, strict: bool) -> (Option<Api>, String) {
        let overlay = fs::read(self.directory.join("overlay.yaml")).ok();
        let overlays: Vec<_> = overlay.iter().map(|text| ("overlay.yaml", text.as_slice())).collect();
        let read = |path: &str| fs::read(self.directory.join(path));
        let mut walk = Pipeline { strict, names: self.names(), ..Pipeline::new() };
        let api = walk.client(&Input { document: self.name, read: &read, overlays: &overlays }, "client");
        (api.map(|(api, _)| api), walk.report(false))
    }

    /// Returns calls of every operation of its client, and the report.
    pub fn calls(&self, name: &str) -> (Option<FileSet>, String) {
        let overlay = fs::read(self.directory.join("overlay.yaml")).ok();
        let overlays: Vec<_> = overlay.iter().map(|text| ("overlay.yaml", text.as_slice())).collect();
        let read = |path: &str| fs::read(self.directory.join(path));
        let mut walk = Pipeline { names: self.names(), ..Pipeline::new() };
        let calls = walk.calls(&Input { document: self.name, read: &read, overlays: &overlays }, name);
        (calls, walk.report(false))
    }

    /// Returns the document with its overlay applied.
    pub fn overlaid(&self) -> Option<serde_json::Value> {
        let overlay = fs::read(self.directory.join("overlay.yaml")).ok();
        let overlays: Vec<_> = overlay.iter().map(|text| ("overlay.yaml", text.as_slice())).collect();
        let read = |path: &str| fs::read(self.directory.join(path));
        Pipeline::new().overlaid(&Input { document: self.name, read: &read, overlays: &overlays })
    }
}
