//! `cargo xtask vendor`: an upstream document to `specs/`.

use std::fs;
use std::path::{Path, PathBuf};

use crm_clients_codegen::{Walk, canonical};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::api::{Source, Workspace};
use crate::{Fault, Outcome};

/// Arguments of `vendor`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The API: the directory below specs/.
    api: String,
    /// The upstream document.
    file: PathBuf,
    /// The upstream revision that the document is of.
    #[arg(long)]
    revision: Option<String>,
    /// The day of that revision, as YYYY-MM-DD; the file's own date unless given.
    #[arg(long)]
    date: Option<Date>,
    /// Where the document is published; needed when an API is new.
    #[arg(long)]
    url: Option<String>,
    /// The document's licence; needed where the document does not state it and the API is new.
    #[arg(long)]
    licence: Option<String>,
}

/// `source.toml`: where a vendored document came from.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Origin {
    /// Where it is published.
    url: String,
    /// The upstream revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    /// The document's own version.
    version: String,
    /// The licence it is published under.
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    /// Of the upstream file, in hexadecimal.
    sha256: String,
    /// The day of the revision.
    date: Date,
    /// Whether prose and examples are dropped.
    #[serde(default = "yes")]
    drop_prose: bool,
    /// Whether the document was written by hand from a page of prose, whose hash and date these are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    written: bool,
}

fn yes() -> bool {
    true
}

/// Runs it.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Fault> {
    let name = &arguments.api;
    if name.is_empty()
        || !name
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_')
    {
        return Err(Fault::from(format!("`{name}` is not a module's name: use lower-case letters, digits and `_`")));
    }
    let directory = workspace.spec(name);
    let mut origin = read_origin(workspace, arguments)?;
    let bytes = fs::read(&arguments.file).map_err(|error| format!("{}: {error}", arguments.file.display()))?;
    origin.sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    origin.date = match &arguments.date {
        Some(date) => *date,
        None => modified(&arguments.file)?,
    };
    if arguments.revision.is_some() {
        origin.revision.clone_from(&arguments.revision);
    }
    if origin.written {
        fs::write(directory.join("source.toml"), toml::to_string(&origin)?)?;
        println!("specs/{name}: written by hand; noted the page's hash and date. Compare the page with openapi.yaml");
        return Ok(Outcome::Done);
    }
    // What does not load is refused before anything is written.
    let document = Source::file(&arguments.file, None)?.walk(Walk::overlaid)?;
    origin.version =
        document.pointer("/info/version").and_then(|version| version.as_str()).unwrap_or_default().to_owned();
    origin.licence = licence(&document).or(arguments.licence.clone()).or(origin.licence);
    let canonical = canonical::canonicalise(document, origin.drop_prose);
    let json = arguments.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let (file, text, other) = if json {
        ("openapi.json", canonical::to_json(&canonical), "openapi.yaml")
    } else {
        ("openapi.yaml", canonical::to_yaml(&canonical), "openapi.json")
    };
    fs::create_dir_all(&directory)?;
    fs::write(directory.join(file), text)?;
    fs::write(directory.join("source.toml"), toml::to_string(&origin)?)?;
    if directory.join(other).exists() {
        fs::remove_file(directory.join(other))?;
    }
    println!("specs/{name}/{file}: version {}; run `cargo xtask regen`", origin.version);
    Ok(Outcome::Done)
}

/// What `source.toml` says, with what the command line says in its place.
fn read_origin(workspace: &Workspace, arguments: &Arguments) -> Result<Origin, Fault> {
    let path = workspace.spec(&arguments.api).join("source.toml");
    let mut origin = match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map_err(|error| format!("specs/{}/source.toml: {error}", arguments.api))?,
        Err(_) => Origin { drop_prose: true, ..Origin::default() },
    };
    if let Some(url) = &arguments.url {
        origin.url.clone_from(url);
    }
    if origin.url.is_empty() {
        return Err(Fault::from(format!(
            "specs/{} is new: say with --url where its document is published",
            arguments.api
        )));
    }
    Ok(origin)
}

fn licence(document: &serde_json::Value) -> Option<String> {
    let licence = document.pointer("/info/license")?;
    let name = licence.get("identifier").or_else(|| licence.get("name"))?;
    name.as_str().map(str::to_owned)
}

/// The day of a file's last change, in UTC.
fn modified(path: &Path) -> Result<Date, Fault> {
    let time = fs::metadata(path)?.modified()?;
    Ok(Timestamp::try_from(time)?.to_zoned(TimeZone::UTC).date())
}
