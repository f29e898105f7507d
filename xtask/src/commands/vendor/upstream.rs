//! The upstream document: read from a file or fetched, and brought into the form in which it is vendored.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crm_clients_document::{Pipeline, canonical};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use url::Url;

use super::Arguments;
use crate::api::Source;
use crate::{Fault, fetch, input};

/// The upstream document as it is published.
pub struct Upstream {
    /// All of its bytes.
    pub bytes: Vec<u8>,
    place: Place,
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
}

impl Upstream {
    /// The FILE or the URL of the command line, otherwise what is published at `published`.
    pub fn read(arguments: &Arguments, published: &str) -> Result<Self, Fault> {
        if let Some(file) = arguments.source.as_ref().filter(|source| !source.contains("://")) {
            let bytes = input::read_named(Path::new(file)).map_err(|error| format!("{file}: {error}"))?;
            return Ok(Self { bytes, place: Place::File(file.into()) });
        }
        let url = fetch::parse(arguments.source.as_deref().unwrap_or(published))?;
        let bytes = fetch::get(&url, Duration::from_secs(arguments.timeout)).map_err(|reason| {
            let api = &arguments.api;
            format!(
                "cannot fetch {url}: {reason}\n  = help: `cargo xtask vendor {api} FILE` takes a document from a file"
            )
        })?;
        Ok(Self { bytes, place: Place::Url(url) })
    }

    /// The file's last day of change, in UTC; today where there is no file.
    pub fn date(&self) -> Result<Date, Fault> {
        let time = match &self.place {
            Place::File(file) => Timestamp::try_from(fs::metadata(file)?.modified()?)?,
            Place::Url(_) => Timestamp::now(),
        };
        Ok(time.to_zoned(TimeZone::UTC).date())
    }

    /// The document in the form in which it is vendored. One that does not load is a fault.
    pub fn canonical(&self, drop_prose: bool) -> Result<Canonical, Fault> {
        let (source, path) = match &self.place {
            Place::File(file) => (Source::file(file, None)?.strict(), file.as_path()),
            Place::Url(url) => {
                let path = &url[..url::Position::AfterPath];
                (Source::text(path, self.bytes.clone(), None), Path::new(path))
            }
        };
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let value = source.walk(Pipeline::overlaid)?;
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let version = text("/info/version").unwrap_or_default();
        let licence = text("/info/license/identifier").or_else(|| text("/info/license/name"));
        let value = canonical::canonicalise(value, drop_prose);
        let (file, text) = match is_json {
            true => ("openapi.json", canonical::to_json(&value)),
            false => ("openapi.yaml", canonical::to_yaml(&value)),
        };
        Ok(Canonical { file, text, version, licence })
    }
}
