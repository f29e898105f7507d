//! The upstream document: read from a file or fetched, and brought into the form in which it is vendored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fs, io};

use crm_clients_cli::{Error, input, source::Source};

use crate::fetch;
use crm_clients_document::{Pipeline, canonical};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use url::Url;

use super::Arguments;
use super::origin::hexadecimal;

/// The upstream document as it is published.
pub struct Upstream {
    /// All of its bytes.
    pub bytes: Vec<u8>,
    place: Place,
    timeout: Duration,
}

enum Place {
    File(PathBuf),
    Url(Url),
}

/// A document in the form in which it is vendored.
pub struct Canonical {
    /// The name of its file.
    pub file: &'static str,
    /// The document's text.
    pub text: String,
    /// The document's own version.
    pub version: String,
    /// The licence that the document states.
    pub licence: Option<String>,
    /// The checksums of the other files that it was made of, by their paths or URLs.
    pub files: BTreeMap<String, String>,
}

impl Upstream {
    /// The FILE or the URL of the command line, otherwise what is published at `published`.
    pub fn read(arguments: &Arguments, published: &str) -> Result<Self, Error> {
        let timeout = Duration::from_secs(arguments.timeout);
        if let Some(file) = arguments.source.as_ref().filter(|source| !source.contains("://")) {
            let bytes = input::read_named(Path::new(file)).map_err(|error| format!("{file}: {error}"))?;
            return Ok(Self { bytes, place: Place::File(file.into()), timeout });
        }
        let url = fetch::parse(arguments.source.as_deref().unwrap_or(published))?;
        let bytes = fetch::get(&url, timeout).map_err(|reason| {
            let api = &arguments.api;
            format!(
                "cannot fetch {url}: {reason}\n  = help: `cargo xtask vendor {api} FILE` takes a document from a file"
            )
        })?;
        Ok(Self { bytes, place: Place::Url(url), timeout })
    }

    /// The file's last day of change, in UTC; today where there is no file.
    pub fn date(&self) -> Result<Date, Error> {
        let time = match &self.place {
            Place::File(file) => {
                Timestamp::try_from(fs::metadata(file)?.modified()?).map_err(|error| error.to_string())?
            }
            Place::Url(_) => Timestamp::now(),
        };
        Ok(time.to_zoned(TimeZone::UTC).date())
    }

    /// The document in the form in which it is vendored. One that does not load is a fault.
    pub fn canonical(&self, drop_prose: bool) -> Result<Canonical, Error> {
        let fetched = Arc::new(Mutex::new(BTreeMap::new()));
        let (source, path) = self.source(&fetched)?;
        let is_json = Path::new(&path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let value = source.walk(Pipeline::overlaid)?;
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let version = text("/info/version").unwrap_or_default();
        let licence = text("/info/license/identifier").or_else(|| text("/info/license/name"));
        let value = canonical::canonicalise(value, drop_prose);
        let (file, text) = match is_json {
            true => ("openapi.json", canonical::to_json(&value)),
            false => ("openapi.yaml", canonical::to_yaml(&value)),
        };
        let files = std::mem::take(&mut *fetched.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Canonical { file, text, version, licence, files })
    }

    /// The document with the files that it refers to, and its path. Checksums of those files are noted in `fetched`.
    fn source(&self, fetched: &Fetched) -> Result<(Source, String), Error> {
        let (main, timeout) = (self.bytes.clone(), self.timeout);
        let fetched = Arc::clone(fetched);
        let note = move |name: &str, bytes: Vec<u8>| {
            fetched.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), hexadecimal(&bytes));
            bytes
        };
        let get = move |from: Option<&Url>, text: &str| {
            let url = fetch::referred(from, text).map_err(io::Error::other)?;
            fetch::get(&url, timeout).map_err(io::Error::other)
        };
        match &self.place {
            Place::File(file) => {
                let (directory, shown) = (input::directory_of(file).to_owned(), file.display().to_string());
                let own = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let read = move |path: &str| match path {
                    path if path == own => Ok(main.clone()),
                    url if url.contains("://") => Ok(note(url, get(None, url)?)),
                    path => Ok(note(path, input::read_below(&directory, path)?)),
                };
                Ok((Source::published(&shown, Box::new(read)), shown.clone()))
            }
            Place::Url(url) => {
                let shown = url[..url::Position::AfterPath].to_owned();
                let own = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
                let base = url.clone();
                let read = move |path: &str| {
                    if path == own {
                        return Ok(main.clone());
                    }
                    Ok(note(path, get(Some(&base), path)?))
                };
                Ok((Source::published(&shown, Box::new(read)), shown.clone()))
            }
        }
    }
}

/// The checksums of files by their paths or URLs.
type Fetched = Arc<Mutex<BTreeMap<String, String>>>;
