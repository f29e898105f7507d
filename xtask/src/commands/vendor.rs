//! `cargo xtask vendor`: an upstream document to `specs/`.

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

/// The names that a vendored document can have.
const DOCUMENTS: [&str; 2] = ["openapi.yaml", "openapi.json"];

/// Arguments of `vendor`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The API: the directory below specs/.
    api: String,
    /// The upstream document: a file, or an https URL. Without it, the document is fetched from the source's own URL.
    #[arg(value_name = "FILE|URL")]
    source: Option<String>,
    /// Writes nothing; says whether upstream has moved and exits with 1 if it has.
    #[arg(long)]
    check: bool,
    /// The upstream revision that the document is of.
    #[arg(long)]
    revision: Option<String>,
    /// The day of that revision, as YYYY-MM-DD; the file's own date, or today, unless given.
    #[arg(long)]
    date: Option<Date>,
    /// Where the document is published from now on; needed when an API is new and its document is a file.
    #[arg(long)]
    url: Option<String>,
    /// The document's licence; needed where the document does not state it and the API is new.
    #[arg(long)]
    licence: Option<String>,
    /// For how long a document is waited for.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

/// Runs it.
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
        say!("specs/{name}: written by hand; noted the page's hash and date. Compare the page with openapi.yaml");
        return Ok(Outcome::Done);
    }
    // What is refused is refused before anything is written.
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
        say!("{file}: nothing has changed");
    } else {
        say!("{file}: version {}", sanitize::line(&origin.version));
        let reviewed = review(workspace, name, &file, (&before, &canonical.text))?;
        reviewed.iter().for_each(|review| output::report(&format::text(review, io::stdout().is_terminal())));
    }
    follow_up(name, &source)
}

/// What there is to say of a document that is no copy of one upstream, where no page is given to compare it with.
fn written(arguments: &Arguments, origin: &Origin) -> Result<Outcome, Error> {
    let (name, url) = (&arguments.api, sanitize::line(&origin.url));
    if arguments.check {
        say!("specs/{name}: written by hand from {url}; whether that has moved, a person has to see");
        return Ok(Outcome::Done);
    }
    Err(Error::from(format!("specs/{name} is written by hand from {url}: give the page as a FILE")))
}

/// Whether upstream has moved: whether vendoring it would change the document.
fn check(workspace: &Project, name: &str, origin: &Origin, upstream: &Upstream) -> Result<Outcome, Error> {
    // The files that it refers to may have changed although it has not.
    if hexadecimal(&upstream.bytes) == origin.sha256 && origin.files.is_empty() {
        say!("specs/{name}: upstream has not moved");
        return Ok(Outcome::Done);
    }
    if origin.written {
        say!("specs/{name}: the page it was written from has moved; compare it with openapi.yaml");
        return Ok(Outcome::Different);
    }
    let canonical = upstream.canonical(origin.drop_prose)?;
    let before = current(workspace, name)?;
    if before == canonical.text {
        say!("specs/{name}: upstream has moved in nothing but its prose");
        return Ok(Outcome::Done);
    }
    let version = match origin.version == canonical.version {
        true => format!("still called version {}", sanitize::line(&origin.version)),
        false => format!("version {} -> {}", sanitize::line(&origin.version), sanitize::line(&canonical.version)),
    };
    say!("specs/{name}: upstream has moved, {version}");
    let file = format!("specs/{name}/{}", canonical.file);
    let reviewed = review(workspace, name, &file, (&before, &canonical.text))?;
    reviewed.iter().for_each(|review| say!("{}", format::Verdict::of(review)));
    say!("run `cargo xtask vendor {name}`");
    Ok(Outcome::Different)
}

/// The text of the document that is vendored now; nothing where there is none.
fn current(workspace: &Project, name: &str) -> Result<String, Error> {
    for file in DOCUMENTS {
        let text = input::text_below(&workspace.spec(name), file);
        if let Some(text) = text.map_err(|error| format!("specs/{name}/{file}: {error}"))? {
            return Ok(text);
        }
    }
    Ok(String::new())
}

/// The document as it will be vendored, with its overlay.
fn vendored(workspace: &Project, name: &str, canonical: &Canonical) -> Result<Source, Error> {
    let overlays = workspace.overlays(name)?;
    let file = format!("specs/{name}/{}", canonical.file);
    Ok(Source::text(&file, canonical.text.clone().into_bytes(), overlays))
}

/// Refuses what is no OpenAPI document, whatever its overlay makes of it. Faults of the overlay are no fault of the document:
/// they are work to do once it is here.
fn check_walk(name: &str, source: &Source) -> Result<(), Error> {
    let (_, walk) = source.inspect(Pipeline::model);
    let is_overlays =
        |fault: &Diagnostic| fault.position(&walk.documents).is_some_and(|position| source.is_overlay(position.file));
    let mut faults = walk.diagnostics.iter().filter(|fault| fault.severity == Severity::Error);
    if faults.all(is_overlays) {
        return Ok(());
    }
    let report = walk.report(io::stderr().is_terminal());
    Err(Error::shown(format!(
        "{report}error: specs/{name} stays as it is, for the new document would be refused\n  \
         = help: correct the lines above with an overlay in specs/{name}, then vendor it again\n"
    )))
}

fn take_in(workspace: &Project, name: &str, canonical: &Canonical, origin: &Origin) -> Result<(), Error> {
    let files = [(canonical.file, canonical.text.as_str()), ("source.toml", &toml::to_string(origin)?)];
    let other: Vec<&str> = DOCUMENTS.into_iter().filter(|document| *document != canonical.file).collect();
    replace(workspace, name, &files, &other)
}

/// Gives files in the directory of an API new texts and removes others, all in one step: the directory is built anew beside the
/// old one, of the same files but for these, and takes its place.
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

/// What the new revision means for the overlay and the client: actions that match nothing any more or are needless, each with its
/// line, and what else `regen` would report.
fn follow_up(name: &str, source: &Source) -> Result<Outcome, Error> {
    let (api, walk) = source.inspect(|walk, input| walk.ir(input, name));
    output::report(&walk.report(io::stdout().is_terminal()));
    let is_needless = |found: &Diagnostic| found.code == "needless-action";
    if api.is_none() || walk.diagnostics.iter().any(is_needless) {
        say!("the overlays in specs/{name} have to follow: see above, then run `cargo xtask regen`");
        return Ok(Outcome::Different);
    }
    say!("run `cargo xtask regen`");
    Ok(Outcome::Done)
}
