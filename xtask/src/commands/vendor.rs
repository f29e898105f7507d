//! `cargo xtask vendor`: copies an upstream document to `specs/`.

mod origin;
mod review;
mod upstream;

use std::fs;
use std::io::{self, IsTerminal};

use crm_clients_cli::{
    Error, Outcome, Project,
    file_set::Lock,
    file_set::staging::{self, Staging},
    input, output,
    project::check_name,
    say,
    source::Source,
};
use crm_clients_document::diagnostic::{Diagnostic, Severity};
use crm_clients_document::{Pipeline, sanitize};
use crm_clients_generator::Generate;
use crm_clients_review::diff::format;
use jiff::civil::Date;

use origin::{Origin, hexadecimal};
use review::review;
use upstream::{Canonical, Upstream};

/// The possible file names of a vendored document.
const DOCUMENTS: [&str; 2] = ["openapi.yaml", "openapi.json"];

/// Arguments of `vendor`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The API: the name of its directory in specs/
    api: String,
    /// The upstream document: a file, or an https URL (default: the URL in source.toml)
    #[arg(value_name = "FILE|URL")]
    source: Option<String>,
    /// Write nothing; check for upstream changes, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// The upstream revision of the document
    #[arg(long)]
    revision: Option<String>,
    /// Date of the revision, as YYYY-MM-DD (default: the date of the file, or today)
    #[arg(long)]
    date: Option<Date>,
    /// URL of the published document, to be stored in source.toml; required if the API is new and the document is a
    /// file
    #[arg(long)]
    url: Option<String>,
    /// License of the document; required if the API is new and the document does not declare it
    #[arg(long)]
    licence: Option<String>,
    /// Download timeout
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

/// Runs the command.
pub fn run(workspace: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let name = &arguments.api;
    check_name(name)?;
    let mut origin = Origin::read(workspace, arguments)?;
    if origin.written && arguments.source.is_none() {
        return written(arguments, &origin);
    }
    let upstream = Upstream::read(arguments, &origin.url)?;
    if arguments.check {
        return check(workspace, name, &origin, &upstream);
    }
    if origin.written {
        origin.note(arguments, &upstream)?;
        replace(workspace, name, &[("source.toml", &toml::to_string(&origin)?)], &[])?;
        say!("specs/{name}: written by hand; updated the page's hash and date. Compare the page with openapi.yaml");
        return Ok(Outcome::Done);
    }
    // Report errors before anything is written.
    let canonical = upstream.canonical(origin.drop_prose)?;
    let source = vendored(workspace, name, &canonical)?;
    check_walk(name, &source)?;
    origin.note(arguments, &upstream)?;
    origin.version.clone_from(&canonical.version);
    origin.files.clone_from(&canonical.files);
    origin.licence = canonical.licence.clone().or(arguments.licence.clone()).or(origin.licence);
    let before = current(workspace, name)?;
    take_in(workspace, name, &canonical, &origin)?;
    let file = format!("specs/{name}/{}", canonical.file);
    if before == canonical.text {
        say!("{file}: no changes");
    } else {
        say!("{file}: version {}", sanitize::line(&origin.version));
        let reviewed = review(workspace, name, &file, (&before, &canonical.text))?;
        reviewed.iter().for_each(|review| output::report(&format::text(review, io::stdout().is_terminal())));
    }
    follow_up(name, &source)
}

/// Reports that a document written by hand cannot be updated without the page that it was written from.
fn written(arguments: &Arguments, origin: &Origin) -> Result<Outcome, Error> {
    let (name, url) = (&arguments.api, sanitize::line(&origin.url));
    if arguments.check {
        say!("specs/{name}: written by hand from {url}; check manually for changes");
        return Ok(Outcome::Done);
    }
    Err(Error::from(format!("specs/{name} is written by hand from {url}; pass the page as FILE")))
}

/// Checks for upstream changes, that is, if vendoring would change the document.
fn check(workspace: &Project, name: &str, origin: &Origin, upstream: &Upstream) -> Result<Outcome, Error> {
    // The referenced files may have changed even if the document has not.
    if hexadecimal(&upstream.bytes) == origin.sha256 && origin.files.is_empty() {
        say!("specs/{name}: no upstream changes");
        return Ok(Outcome::Done);
    }
    if origin.written {
        say!("specs/{name}: the page it was written from has changed; compare it with openapi.yaml");
        return Ok(Outcome::Different);
    }
    let canonical = upstream.canonical(origin.drop_prose)?;
    let before = current(workspace, name)?;
    if before == canonical.text {
        say!("specs/{name}: upstream changed only in descriptions");
        return Ok(Outcome::Done);
    }
    let version = match origin.version == canonical.version {
        true => format!("still version {}", sanitize::line(&origin.version)),
        false => format!("version {} -> {}", sanitize::line(&origin.version), sanitize::line(&canonical.version)),
    };
    say!("specs/{name}: upstream has changed, {version}");
    let file = format!("specs/{name}/{}", canonical.file);
    let reviewed = review(workspace, name, &file, (&before, &canonical.text))?;
    reviewed.iter().for_each(|review| say!("{}", format::Verdict::of(review)));
    say!("run `cargo xtask vendor {name}`");
    Ok(Outcome::Different)
}

/// Returns the text of the current vendored document, or an empty string if there is none.
fn current(workspace: &Project, name: &str) -> Result<String, Error> {
    for file in DOCUMENTS {
        let text = input::text_below(&workspace.spec(name), file);
        if let Some(text) = text.map_err(|error| format!("specs/{name}/{file}: {error}"))? {
            return Ok(text);
        }
    }
    Ok(String::new())
}

/// Returns the new vendored document with its overlay.
fn vendored(workspace: &Project, name: &str, canonical: &Canonical) -> Result<Source, Error> {
    let overlays = workspace.overlays(name)?;
    let file = format!("specs/{name}/{}", canonical.file);
    Ok(Source::text(&file, canonical.text.clone().into_bytes(), overlays))
}

/// Rejects files that are not OpenAPI documents, with or without the overlay. Errors in the overlay are accepted,
/// because they can be corrected after vendoring.
fn check_walk(name: &str, source: &Source) -> Result<(), Error> {
    let (_, pipeline) = source.inspect(Pipeline::model);
    let is_overlays = |fault: &Diagnostic| {
        fault.position(&pipeline.documents).is_some_and(|position| source.is_overlay(position.file))
    };
    let mut faults = pipeline.diagnostics.iter().filter(|fault| fault.severity == Severity::Error);
    if faults.all(is_overlays) {
        return Ok(());
    }
    let report = pipeline.report(io::stderr().is_terminal());
    Err(Error::shown(format!(
        "{report}error: specs/{name} was not changed, because the new document has errors\n  \
         = help: correct the lines above with an overlay in specs/{name}, then vendor it again\n"
    )))
}

fn take_in(workspace: &Project, name: &str, canonical: &Canonical, origin: &Origin) -> Result<(), Error> {
    let files = [(canonical.file, canonical.text.as_str()), ("source.toml", &toml::to_string(origin)?)];
    let other: Vec<&str> = DOCUMENTS.into_iter().filter(|document| *document != canonical.file).collect();
    replace(workspace, name, &files, &other)
}

/// Replaces and removes files in the directory of an API in one step: a new directory with the same other files is
/// created next to the old one and takes its place.
fn replace(workspace: &Project, name: &str, files: &[(&str, &str)], removed: &[&str]) -> Result<(), Error> {
    let current = workspace.spec(name);
    if current.is_symlink() {
        return Err(Error::from(format!("specs/{name} is a symbolic link; it must be a directory")));
    }
    let lock = Lock::exclusive(&workspace.path("specs"))?;
    let differs =
        |(file, text): &&(&str, &str)| !fs::read(current.join(file)).is_ok_and(|there| there == text.as_bytes());
    let files: Vec<_> = files.iter().filter(differs).collect();
    let removed: Vec<_> = removed.iter().filter(|file| current.join(file).symlink_metadata().is_ok()).collect();
    if files.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let staging = Staging::new(&lock)?;
    let new = staging.new_path(name);
    match current.try_exists()? {
        true => staging::link_all(&current, &new)?,
        false => fs::create_dir(&new)?,
    }
    for file in removed.into_iter().chain(files.iter().map(|(file, _)| file)) {
        match fs::remove_file(new.join(file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    for (file, text) in files {
        fs::write(new.join(file), text)?;
    }
    Ok(staging.commit_directory(name)?)
}

/// Reports the effect of the new revision on the overlay and the client: actions that match nothing or are unnecessary,
/// with their lines, and other diagnostics of `regen`.
fn follow_up(name: &str, source: &Source) -> Result<Outcome, Error> {
    let (api, pipeline) = source.inspect(|pipeline, input| pipeline.ir(input, name));
    output::report(&pipeline.report(io::stdout().is_terminal()));
    let is_needless = |found: &Diagnostic| found.code == "needless-action";
    if api.is_none() || pipeline.diagnostics.iter().any(is_needless) {
        say!("the overlays in specs/{name} have to follow: see above, then run `cargo xtask regen`");
        return Ok(Outcome::Different);
    }
    say!("run `cargo xtask regen`");
    Ok(Outcome::Done)
}
