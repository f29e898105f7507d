//! The upstream document: read from a file or fetched, and converted to its vendored form.

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
    /// The bytes of the document.
    pub bytes: Vec<u8>,
    place: UpstreamLocation,
    timeout: Duration,
}

enum UpstreamLocation {
    File(PathBuf),
    Url(Url),
}

/// A document in its vendored form.
pub struct Canonical {
    /// The name of the file.
    pub file: &'static str,
    /// The text.
    pub text: String,
    /// The document's version.
    pub version: String,
    /// The license that the document declares.
    pub licence: Option<String>,
    /// The hashes of the other files that it includes, by path or URL.
    pub files: BTreeMap<String, String>,
}

impl Upstream {
    /// Reads the FILE or URL of the command line, or else the document at `published`.
    pub fn read(arguments: &Arguments, published: &str) -> Result<Self, Error> {
        let timeout = Duration::from_secs(arguments.timeout);
        if let Some(file) = arguments.source.as_ref().filter(|source| !source.contains("://")) {
            let bytes = input::read_named(Path::new(file)).map_err(|error| format!("{file}: {error}"))?;
            return Ok(Self { bytes, place: UpstreamLocation::File(file.into()), timeout });
        }
        let url = fetch::parse(arguments.source.as_deref().unwrap_or(published))?;
        let bytes = fetch::get(&url, timeout).map_err(|reason| {
            let api = &arguments.api;
            format!("cannot fetch {url}: {reason}\n  = help: use `cargo xtask vendor {api} FILE` to read a file")
        })?;
        Ok(Self { bytes, place: UpstreamLocation::Url(url), timeout })
    }

    /// Returns the modification date of the file in UTC, or today if there is no file.
    pub fn date(&self) -> Result<Date, Error> {
        let time = match &self.place {
            UpstreamLocation::File(file) => {
                Timestamp::try_from(fs::metadata(file)?.modified()?).map_err(|error| error.to_string())?
            }
            UpstreamLocation::Url(_) => Timestamp::now(),
        };
        Ok(time.to_zoned(TimeZone::UTC).date())
    }

    /// Converts the document to its vendored form. A document that cannot be loaded is an error.
    pub fn canonical(&self, drop_prose: bool) -> Result<Canonical, Error> {
        let fetched = Arc::new(Mutex::new(BTreeMap::new()));
        let (source, path) = self.source(&fetched)?;
        let is_json = Path::new(&path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let value = source.run(Pipeline::overlaid)?;
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

    /// Returns the document with the files that it refers to, and its path. The hashes of those files are added to
    /// `fetched`.
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
            UpstreamLocation::File(file) => {
                let (directory, shown) = (input::directory_of(file).to_owned(), file.display().to_string());
                let own = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let read = move |path: &str| match path {
                    path if path == own => Ok(main.clone()),
                    url if url.contains("://") => Ok(note(url, get(None, url)?)),
                    path => Ok(note(path, input::read_below(&directory, path)?)),
                };
                Ok((Source::published(&shown, Box::new(read)), shown.clone()))
            }
            UpstreamLocation::Url(url) => {
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

/// The hashes of files by path or URL.
type Fetched = Arc<Mutex<BTreeMap<String, String>>>;
