//! `cargo xtask diff`: what changed on the wire and for callers of the crate.

mod callers;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use crm_clients_document::Pipeline;
use crm_clients_review::diff::{Review, Reviewed, Revision, Severity, format, join};
use semver::Version;

use crate::accepted::Accepted;
use crate::api::{OVERLAYS, Source, Workspace, maps};
use crate::git::{self, Repository};
use crate::{Error, Outcome, output};

/// Arguments of `diff`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Two documents, each a file or REV:PATH; or the APIs to review, all of them where none is named. The overlays of an API go
    /// with its document.
    #[arg(value_name = "OLD NEW|API")]
    names: Vec<String>,
    /// Compares the working tree with this revision; where the branch left the main one unless given.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// How to print the review: for a terminal, a comment, a browser, a program, a build server or code scanning, or as GitHub's
    /// annotations.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Also lists the lines of the Rust program in this directory that the changes may affect, by the names in them. Goes with the
    /// formats `text` and `markdown`.
    #[arg(long, value_name = "DIR")]
    callers: Option<PathBuf>,
    /// The least that makes the exit code 1, accepted changes apart.
    #[arg(long, value_enum, default_value = "breaking")]
    fail_on: Level,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
    Github,
    Html,
    Junit,
    Sarif,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Level {
    Breaking,
    Warning,
    Never,
}

/// Runs it.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Error> {
    let is_text = matches!(arguments.format, Format::Text | Format::Markdown);
    if arguments.callers.is_some() && !is_text {
        return Err(Error::from("--callers goes with --format text or markdown"));
    }
    let (review, stale) = review(workspace, &arguments.names, arguments.base.as_deref())?;
    let shown = match arguments.format {
        Format::Text => format::text(&review, io::stdout().is_terminal()),
        Format::Markdown => format::markdown(&review),
        Format::Json => format::json(&review),
        Format::Github => format::github(&review),
        Format::Html => format::html(&review),
        Format::Junit => format::junit(&review),
        Format::Sarif => format::sarif(&review),
    };
    output::report(&shown);
    if let Some(directory) = &arguments.callers {
        output::report(&callers::report(&review, directory)?);
    }
    if !stale.is_empty() {
        return Err(Error::shown(stale));
    }
    let least = match arguments.fail_on {
        Level::Breaking => Some(Severity::Breaking),
        Level::Warning => Some(Severity::Warning),
        Level::Never => None,
    };
    let fails = review.worst().zip(least).is_some_and(|(worst, least)| worst >= least);
    Ok(if fails { Outcome::Different } else { Outcome::Done })
}

/// The review of two documents, or of APIs since a revision, and what is to be said of entries that accept nothing.
pub fn review(workspace: &Workspace, names: &[String], base: Option<&str>) -> Result<(Review, String), Error> {
    let command = Command { workspace, repository: Repository::of(workspace.path("")) };
    match names {
        [old, new] if base.is_none() && command.is_document(old) && command.is_document(new) => command.pair(old, new),
        names => command.since(base, names),
    }
}

/// Where the revisions are.
struct Command<'a> {
    workspace: &'a Workspace,
    repository: Repository,
}

impl Command<'_> {
    /// Whether a name is that of a file, now or at a revision, and not that of an API.
    fn is_document(&self, name: &str) -> bool {
        let is_api = self.workspace.apis().is_ok_and(|apis| apis.iter().any(|api| api == name));
        !is_api && (Path::new(name).is_file() || name.contains(':'))
    }

    /// Compares two documents.
    fn pair(&self, old: &str, new: &str) -> Result<(Review, String), Error> {
        let (old, old_api) = self.document(old)?;
        let (new, new_api) = self.document(new)?;
        let name = new_api.as_deref().or(old_api.as_deref()).unwrap_or("client");
        let (old, new) = join(|| revision(&old), || revision(&new));
        let mut reviewed = Reviewed::of(name, old?, new?).map_err(|walk| faults(&walk))?;
        let mut stale = String::new();
        if let Some(api) = &new_api {
            stale = self.accept(&mut reviewed, api)?;
        }
        let version = version(self.workspace)?;
        Ok((Review::of(vec![reviewed], version.clone(), version), stale))
    }

    /// A file, or a file at a revision, with the overlays of the API that it is of, and the name of that.
    fn document(&self, name: &str) -> Result<(Source, Option<String>), Error> {
        let path = Path::new(name);
        if path.is_file() {
            let directory = path.canonicalize()?.parent().map(Path::to_owned).unwrap_or_default();
            let is_of = |api: &String| self.workspace.spec(api).canonicalize().is_ok_and(|spec| spec == directory);
            let api = self.workspace.apis()?.into_iter().find(is_of);
            let overlays =
                OVERLAYS.iter().map(|file| directory.join(file)).filter(|file| api.is_some() && file.is_file());
            return Ok((self.workspace.file(path, &overlays.collect::<Vec<_>>())?, api));
        }
        let Some((name, path)) = name.split_once(':') else {
            return Err(Error::from(format!("{name}: there is no such file")));
        };
        let revision = self.repository.revision(name)?;
        let path = path.trim_start_matches("./");
        let (directory, _) = path.rsplit_once('/').unwrap_or(("", path));
        let api = directory.strip_prefix("specs/").filter(|api| !api.contains('/'));
        Ok((self.at(&revision, path, api.is_some())?, api.map(str::to_owned)))
    }

    /// A file at a revision, with the overlays beside it if wanted.
    fn at(&self, revision: &git::Revision, path: &str, overlaid: bool) -> Result<Source, Error> {
        let (directory, file) = path.rsplit_once('/').unwrap_or((".", path));
        let mut overlays = Vec::new();
        let files = if overlaid { self.repository.files(revision, directory)? } else { Vec::new() };
        for overlay in OVERLAYS.iter().map(|file| format!("{directory}/{file}")).filter(|file| files.contains(file)) {
            overlays.push((format!("{}:{overlay}", revision.name), self.repository.read(revision, &overlay)?));
        }
        let shown = format!("{}:{directory}/{file}", revision.name);
        let source = Source::at_revision(shown, self.repository.tree(revision, directory), overlays);
        if let Some(api) = overlaid.then(|| directory.strip_prefix("specs/")).flatten() {
            let text = self.repository.read(revision, &format!("{directory}/source.toml"));
            let text = text.ok().map(|text| String::from_utf8_lossy(&text).into_owned());
            return Ok(source.with_maps(maps(api, Ok(text))?));
        }
        Ok(self.rooted(self.workspace.configured(source), revision, path))
    }

    /// The same document, whose references may lead to any file below `--root`, or below the nearest directory that contains all of them.
    fn rooted(&self, source: Source, revision: &git::Revision, path: &str) -> Source {
        let within = |source: Source, root: &str| {
            let main = path.strip_prefix(root).map(|main| main.trim_start_matches('/'));
            let shown = format!("{}:{root}/", revision.name);
            match main {
                Some(main) => source.in_tree(shown, main.to_owned(), self.repository.tree(revision, root)),
                None => source,
            }
        };
        if let Some(root) = self.workspace.document_root() {
            let root = root.strip_prefix(self.workspace.root()).unwrap_or(root);
            return within(source, &root.to_string_lossy());
        }
        let mut source = source;
        let mut directory = path;
        while source.leaves_root() {
            let Some((parent, _)) = directory.rsplit_once('/') else { return within(source, "") };
            directory = parent;
            source = within(source, directory.rsplit_once('/').map_or("", |(parent, _)| parent));
        }
        source
    }

    /// Compares the vendored APIs with what they were at a revision.
    fn since(&self, base: Option<&str>, names: &[String]) -> Result<(Review, String), Error> {
        let base = match base {
            Some(name) => self.repository.revision(name)?,
            None => self.repository.merge_base()?,
        };
        let before = self.repository.files(&base, "specs")?;
        let now = self.workspace.apis()?;
        let known: BTreeSet<&str> =
            before.iter().filter_map(|path| document_of(path)).chain(now.iter().map(String::as_str)).collect();
        if let Some(unknown) = names.iter().find(|name| !known.contains(name.as_str())) {
            let known: Vec<&str> = known.into_iter().collect();
            return Err(Error::from(format!(
                "`{unknown}` is neither a document nor an API: specs/ has {}",
                known.join(", ")
            )));
        }
        let (mut apis, mut stale, mut faults) = (Vec::new(), String::new(), String::new());
        for name in known.into_iter().filter(|name| names.is_empty() || names.iter().any(|given| given == name)) {
            let document = before.iter().find(|path| document_of(path) == Some(name));
            let is_there = now.iter().any(|other| other == name);
            match self.api(&base, name, document.map(String::as_str), is_there) {
                Ok((reviewed, entries)) => {
                    apis.push(reviewed);
                    stale.push_str(&entries);
                }
                // The next API may have faults too: they are told together.
                Err(fault) => faults.push_str(&fault.into_text()),
            }
        }
        if !faults.is_empty() {
            return Err(Error::shown(faults));
        }
        Ok((Review::of(apis, self.version_at(&base)?, version(self.workspace)?), stale))
    }

    /// Compares one API with what it was, if it was there and is.
    fn api(
        &self,
        base: &git::Revision,
        name: &str,
        document: Option<&str>,
        is_there: bool,
    ) -> Result<(Reviewed, String), Error> {
        let before = |path| self.at(base, path, true).and_then(|source| revision(&source));
        let now = || self.workspace.source(name).and_then(|source| revision(&source));
        let (old, new) = join(|| document.map(before), || is_there.then(now));
        let (old, new) = (old.transpose()?, new.transpose()?);
        let mut reviewed = match (old, new) {
            (Some(old), Some(new)) => Reviewed::of(name, old, new).map_err(|walk| faults(&walk))?,
            (None, Some(new)) => Reviewed::added(name, new).map_err(|walk| faults(&walk))?,
            (Some(old), None) => Reviewed::removed(name, old),
            (None, None) => return Err(Error::from(format!("there is no API `{name}`"))),
        };
        let stale = self.accept(&mut reviewed, name)?;
        Ok((reviewed, stale))
    }

    /// Marks what is accepted; says which entries match nothing.
    fn accept(&self, reviewed: &mut Reviewed, api: &str) -> Result<String, Error> {
        let accepted = Accepted::read(self.workspace, api)?;
        let stale = reviewed.accept(accepted.entries());
        Ok(accepted.stale(&stale))
    }

    fn version_at(&self, revision: &git::Revision) -> Result<Option<Version>, Error> {
        match self.repository.read(revision, MANIFEST) {
            Ok(text) => version_in(&String::from_utf8_lossy(&text)),
            // There was none.
            Err(_) => Ok(None),
        }
    }
}

const MANIFEST: &str = "Cargo.toml";

/// The crate's version, where the workspace has one.
pub fn version(workspace: &Workspace) -> Result<Option<Version>, Error> {
    match fs::read_to_string(workspace.path(MANIFEST)) {
        Ok(text) => version_in(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::from(format!("{MANIFEST}: {error}"))),
    }
}

/// The version that the workspace's packages share.
fn version_in(manifest: &str) -> Result<Option<Version>, Error> {
    let manifest: toml::Table = toml::from_str(manifest).map_err(|error| format!("{MANIFEST}: {}", error.message()))?;
    let version = manifest.get("workspace").and_then(|workspace| workspace.get("package")?.get("version")?.as_str());
    let version = version.map(Version::parse).transpose();
    version.map_err(|error| Error::from(format!("{MANIFEST}: the version is none: {error}")))
}

/// The API that a path is the document of.
fn document_of(path: &str) -> Option<&str> {
    let (api, file) = path.strip_prefix("specs/")?.split_once('/')?;
    matches!(file, "openapi.yaml" | "openapi.json").then_some(api)
}

fn revision(source: &Source) -> Result<Revision, Error> {
    let (document, walk) = source.inspect(Pipeline::model);
    match document {
        Some(document) => Ok(Revision::new(document, walk)),
        None => Err(faults(&walk)),
    }
}

fn faults(walk: &Pipeline) -> Error {
    Error::shown(walk.report(io::stderr().is_terminal()))
}
