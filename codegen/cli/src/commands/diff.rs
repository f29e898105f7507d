//! `diff`: reviews changes on the wire and for callers of the crate.

mod callers;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use crm_clients_document::Pipeline;
use crm_clients_document::names_lock::NamesLock;
use crm_clients_review::diff::{Bump, Review, Reviewed, Revision, RevisionDocument, Severity, format, join};
use semver::Version;

use crate::accepted::Accepted;
use crate::config::{self, Config};
use crate::git::{self, Repository};
use crate::project::{OVERLAYS, settings};
use crate::source::Source;
use crate::{Error, Outcome, Project, names_lock, output};

/// Arguments of `diff`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Two documents, each a file or REV:PATH; or the APIs to review (default: all APIs). The overlays of an API are
    /// applied to its document
    #[arg(value_name = "OLD NEW|API")]
    names: Vec<String>,
    /// Revision to compare the working tree with (default: the merge base with the main branch)
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Also list the lines of the Rust program in this directory that the changes may affect, found by name; requires
    /// the format `text` or `markdown`
    #[arg(long, value_name = "DIR")]
    callers: Option<PathBuf>,
    /// Lowest severity that sets the exit code to 1; accepted changes are ignored
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
    /// A declared version that is lower than the required one
    Version,
    Never,
}

/// Runs the command.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let is_text = matches!(arguments.format, Format::Text | Format::Markdown);
    if arguments.callers.is_some() && !is_text {
        return Err(Error::from("--callers requires --format text or markdown"));
    }
    let (review, stale) = review(project, &arguments.names, arguments.base.as_deref())?;
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
    if let Level::Version = arguments.fail_on {
        // Since a release, other changes may have been accepted than since the base of a branch.
        let is_met = review.required.bump == Bump::None || review.required.is_met();
        return Ok(if is_met { Outcome::Done } else { Outcome::Different });
    }
    if !stale.is_empty() {
        return Err(Error::shown(stale));
    }
    let least = match arguments.fail_on {
        Level::Breaking => Some(Severity::Breaking),
        Level::Warning => Some(Severity::Warning),
        Level::Version | Level::Never => None,
    };
    let fails = review.worst().zip(least).is_some_and(|(worst, least)| worst >= least);
    Ok(if fails { Outcome::Different } else { Outcome::Done })
}

/// Returns the review of two documents, or of APIs since a revision, and the errors for entries that match no change.
pub fn review(project: &Project, names: &[String], base: Option<&str>) -> Result<(Review, String), Error> {
    let command = Command { project, repository: Repository::of(project.path("")) };
    match names {
        [old, new] if base.is_none() && command.is_document(old) && command.is_document(new) => command.pair(old, new),
        names => command.since(base, names),
    }
}

/// The sources of revisions.
struct Command<'a> {
    project: &'a Project,
    repository: Repository,
}

impl Command<'_> {
    /// Returns true if a name refers to a file, on disk or at a revision, and not to an API.
    fn is_document(&self, name: &str) -> bool {
        let is_api = self.project.apis().is_ok_and(|apis| apis.iter().any(|api| api == name));
        !is_api && (Path::new(name).is_file() || name.contains(':'))
    }

    /// Compares two documents.
    fn pair(&self, old: &str, new: &str) -> Result<(Review, String), Error> {
        let (old, old_api) = self.document(old)?;
        let (new, new_api) = self.document(new)?;
        let name = new_api.as_deref().or(old_api.as_deref()).unwrap_or("client");
        let (old, new) = join(|| revision(&old), || revision(&new));
        let mut reviewed = Reviewed::of(name, old?, new?).map_err(|pipeline| faults(&pipeline))?;
        let mut stale = String::new();
        if let Some(api) = &new_api {
            stale = self.accept(&mut reviewed, api)?;
        }
        let version = version(self.project)?;
        Ok((Review::of(vec![reviewed], version.clone(), version), stale))
    }

    /// Returns a file, or a file at a revision, with the overlays and the name of its API.
    fn document(&self, name: &str) -> Result<(Source, Option<String>), Error> {
        let path = Path::new(name);
        if let Some(api) = self.project.configured_api(path) {
            return Ok((self.project.source(&api)?, Some(api)));
        }
        if path.is_file() {
            let directory = path.canonicalize()?.parent().map(Path::to_owned).unwrap_or_default();
            let is_of = |api: &String| self.project.spec(api).canonicalize().is_ok_and(|spec| spec == directory);
            let is_vendored = self.project.config().is_none();
            let api = if is_vendored { self.project.apis()?.into_iter().find(is_of) } else { None };
            let overlays =
                OVERLAYS.iter().map(|file| directory.join(file)).filter(|file| api.is_some() && file.is_file());
            return Ok((self.project.file(path, &overlays.collect::<Vec<_>>())?, api));
        }
        let Some((name, path)) = name.split_once(':') else {
            return Err(Error::from(format!("{name}: no such file")));
        };
        let revision = self.repository.revision(name)?;
        let path = path.trim_start_matches("./");
        if let Some((config, api)) = self.config_at(&revision)?.and_then(|config| config.with_document(path)) {
            return Ok((self.client_at(&revision, &config, &api)?, Some(api)));
        }
        let (directory, _) = path.rsplit_once('/').unwrap_or(("", path));
        let api = directory.strip_prefix("specs/").filter(|api| !api.contains('/'));
        Ok((self.at(&revision, path, api.is_some())?, api.map(str::to_owned)))
    }

    /// Returns a file at a revision, with the overlays in its directory on request.
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
            let mut source = source.with_settings(settings(api, Ok(text))?);
            source.names = Some(self.names_at(revision, &format!("{directory}/{}", names_lock::FILE))?);
            return Ok(source);
        }
        Ok(self.rooted(self.project.configured_source(source), revision, path))
    }

    /// Returns the names lock of an API at a revision.
    fn names_at(&self, revision: &git::Revision, path: &str) -> Result<NamesLock, Error> {
        match self.repository.read(revision, path) {
            Ok(text) => {
                names_lock::parse(&format!("{}:{path}", revision.name), String::from_utf8_lossy(&text).into_owned())
            }
            // The file did not exist.
            Err(_) => Ok(NamesLock::default()),
        }
    }

    /// Returns the document with its root of references: `--root`, or the nearest directory that contains all
    /// referenced files.
    fn rooted(&self, source: Source, revision: &git::Revision, path: &str) -> Source {
        let within = |source: Source, root: &str| {
            let main = path.strip_prefix(root).map(|main| main.trim_start_matches('/'));
            let shown = format!("{}:{root}/", revision.name);
            match main {
                Some(main) => source.in_tree(shown, main.to_owned(), self.repository.tree(revision, root)),
                None => source,
            }
        };
        if let Some(root) = self.project.document_root() {
            let root = root.strip_prefix(self.project.root()).unwrap_or(root);
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

    /// Compares the vendored APIs with those at a revision.
    fn since(&self, base: Option<&str>, names: &[String]) -> Result<(Review, String), Error> {
        let base = match base {
            Some(name) => self.repository.revision(name)?,
            None => self.repository.merge_base()?,
        };
        let before = self.before(&base)?;
        let now = self.project.apis()?;
        let known: BTreeSet<&str> = before.names().into_iter().chain(now.iter().map(String::as_str)).collect();
        if let Some(unknown) = names.iter().find(|name| !known.contains(name.as_str())) {
            let known: Vec<&str> = known.into_iter().collect();
            return Err(Error::from(format!(
                "`{unknown}` is neither a document nor an API; {} contains {}",
                self.project.listed_in(),
                known.join(", ")
            )));
        }
        let (mut apis, mut stale, mut faults) = (Vec::new(), String::new(), String::new());
        for name in known.into_iter().filter(|name| names.is_empty() || names.iter().any(|given| given == name)) {
            let is_there = now.iter().any(|other| other == name);
            match self.api(&base, name, &before, is_there) {
                Ok((reviewed, entries)) => {
                    apis.push(reviewed);
                    stale.push_str(&entries);
                }
                // The next API may have errors too; they are reported together.
                Err(fault) => faults.push_str(&fault.into_text()),
            }
        }
        if !faults.is_empty() {
            return Err(Error::shown(faults));
        }
        Ok((Review::of(apis, self.version_at(&base)?, version(self.project)?), stale))
    }

    /// Compares one API with its old revision, if both exist.
    fn api(
        &self,
        base: &git::Revision,
        name: &str,
        before: &Before,
        is_there: bool,
    ) -> Result<(Reviewed, String), Error> {
        let was_there = before.names().contains(name);
        let before = || match before {
            Before::Vendored(paths) => self.at(base, &paths[name], true),
            Before::Configured(config) => self.client_at(base, config, name),
        };
        let before = || before().and_then(|source| revision(&source));
        let now = || {
            let source = self.project.source(name)?;
            let revision = revision(&source)?;
            Ok::<_, Error>(match names_lock::own(&source, name)? {
                Some(own) => revision.with_own_names(own),
                None => revision,
            })
        };
        let (old, new) = join(|| was_there.then(before), || is_there.then(now));
        let (old, new) = (old.transpose()?, new.transpose()?);
        let mut reviewed = match (old, new) {
            (Some(old), Some(new)) => Reviewed::of(name, old, new).map_err(|pipeline| faults(&pipeline))?,
            (None, Some(new)) => Reviewed::added(name, new).map_err(|pipeline| faults(&pipeline))?,
            (Some(old), None) => Reviewed::removed(name, old),
            (None, None) => return Err(Error::from(format!("unknown API `{name}`"))),
        };
        let stale = self.accept(&mut reviewed, name)?;
        Ok((reviewed, stale))
    }

    /// Marks accepted changes. Returns the errors for entries that match no change.
    fn accept(&self, reviewed: &mut Reviewed, api: &str) -> Result<String, Error> {
        let accepted = Accepted::read(self.project, api)?;
        let stale = reviewed.accept(accepted.entries());
        Ok(accepted.stale(&stale))
    }

    /// Returns the APIs at the revision.
    fn before(&self, revision: &git::Revision) -> Result<Before, Error> {
        if self.project.config().is_some() {
            return Ok(Before::Configured(Box::new(self.config_at(revision)?.unwrap_or_default())));
        }
        let paths = self.repository.files(revision, "specs")?;
        let named = |path: String| document_of(&path).map(str::to_owned).map(|name| (name, path));
        Ok(Before::Vendored(paths.into_iter().filter_map(named).collect()))
    }

    /// Returns the configuration at the revision, if the project has one now and had one then.
    fn config_at(&self, revision: &git::Revision) -> Result<Option<Config>, Error> {
        if self.project.config().is_none() {
            return Ok(None);
        }
        let Ok(text) = self.repository.read(revision, config::FILE) else { return Ok(None) };
        let shown = format!("{}:{}", revision.name, config::FILE);
        Config::parse(&shown, String::from_utf8_lossy(&text).into_owned()).map(Some)
    }

    /// Returns the document of a client at the revision, with its overlays and settings.
    fn client_at(&self, revision: &git::Revision, config: &Config, name: &str) -> Result<Source, Error> {
        let Some(client) = config.client(name) else {
            return Err(Error::from(format!("no client `{name}` at this revision")));
        };
        let mut source = self.at(revision, client.document.get_ref(), false)?;
        for overlay in &client.overlays {
            let text = self.repository.read(revision, overlay.get_ref());
            let text = text.map_err(|error| config.at(overlay, &error.to_string()))?;
            source = source.with_overlay((format!("{}:{}", revision.name, overlay.get_ref()), text));
        }
        source.names = client.names.as_deref().map(|path| self.names_at(revision, path)).transpose()?;
        self.project.with_edits(source, config, client)
    }

    fn version_at(&self, revision: &git::Revision) -> Result<Option<Version>, Error> {
        if self.project.config().is_some() {
            return self.config_at(revision)?.map_or(Ok(None), |config| config.version());
        }
        match self.repository.read(revision, MANIFEST) {
            Ok(text) => version_in(&String::from_utf8_lossy(&text)),
            // The file did not exist.
            Err(_) => Ok(None),
        }
    }
}

const MANIFEST: &str = "Cargo.toml";

/// Returns the version of the crate, if the project has one.
pub fn version(project: &Project) -> Result<Option<Version>, Error> {
    if let Some(config) = project.config() {
        return config.version();
    }
    match fs::read_to_string(project.path(MANIFEST)) {
        Ok(text) => version_in(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::from(format!("{MANIFEST}: {error}"))),
    }
}

/// Returns the version that the project's packages share.
fn version_in(manifest: &str) -> Result<Option<Version>, Error> {
    let manifest: toml::Table = toml::from_str(manifest).map_err(|error| format!("{MANIFEST}: {}", error.message()))?;
    let version = manifest.get("workspace").and_then(|workspace| workspace.get("package")?.get("version")?.as_str());
    let version = version.map(Version::parse).transpose();
    version.map_err(|error| Error::from(format!("{MANIFEST}: invalid version: {error}")))
}

/// The APIs at a revision.
enum Before {
    /// The paths of the documents below `specs/`, by the APIs' names.
    Vendored(BTreeMap<String, String>),
    Configured(Box<Config>),
}

impl Before {
    fn names(&self) -> BTreeSet<&str> {
        match self {
            Self::Vendored(paths) => paths.keys().map(String::as_str).collect(),
            Self::Configured(config) => config.names().collect(),
        }
    }
}

/// Returns the API whose document has this path.
fn document_of(path: &str) -> Option<&str> {
    let (api, file) = path.strip_prefix("specs/")?.split_once('/')?;
    matches!(file, "openapi.yaml" | "openapi.json").then_some(api)
}

fn revision(source: &Source) -> Result<Revision, Error> {
    let (document, pipeline) = source.inspect(RevisionDocument::read);
    match document {
        Some(document) => Ok(Revision::new(document, pipeline)),
        None => Err(faults(&pipeline)),
    }
}

fn faults(pipeline: &Pipeline) -> Error {
    Error::shown(pipeline.report(io::stderr().is_terminal()))
}
