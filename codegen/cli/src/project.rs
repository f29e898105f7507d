//! The documents of a project's clients: those in its `crm-clients.toml`, or those in `specs/`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::iter;
use std::path::{Component, Path, PathBuf};

use crm_clients_document::Pipeline;
use crm_clients_generator::emit::Runtime;
use crm_clients_generator::names;

use crate::commands::generate;
use crate::config::{Client, Config};
use crate::output::Format;
use crate::source::{Copies, Overlay, Source};
use crate::toml_file::TomlFile;
use crate::{Error, Outcome, config, edits, input, names_lock};

/// A project with clients of APIs.
pub struct Project {
    root: PathBuf,
    references: References,
    apis: Apis,
}

/// The place where the APIs of a project are listed.
enum Apis {
    /// Each directory in `specs/` is an API: `openapi.yaml` or `openapi.json`, with `overlay.yaml`, `source.toml` and `accepted.toml`.
    Vendored,
    /// The file `crm-clients.toml`.
    Configured(Box<Config>),
}

/// Options for the references of documents and the reporting of mistakes.
#[derive(Clone, Default, clap::Args)]
pub struct References {
    /// Directory that references must not leave (default: the nearest one that contains all referenced files, within
    /// the document's repository)
    #[arg(long = "root", id = "document-root", value_name = "DIR", global = true)]
    root: Option<PathBuf>,
    /// Read URLs with a prefix from a directory; nothing is read from the network
    #[arg(long = "map", value_name = "URL_PREFIX=DIR", value_parser = parse_map, global = true)]
    maps: Vec<(String, PathBuf)>,
    /// Treat unreadable parts as errors; by default they are left out with a warning, and unresolved references become
    /// raw JSON
    #[arg(long, global = true)]
    strict: bool,
    /// Print all warnings; by default the first few of each code are printed and the others counted
    #[arg(long, global = true)]
    all_warnings: bool,
}

fn parse_map(text: &str) -> Result<(String, PathBuf), String> {
    let (prefix, directory) = text.rsplit_once('=').ok_or("expected URL_PREFIX=DIR")?;
    check_prefix(prefix)?;
    Ok((prefix.to_owned(), PathBuf::from(directory)))
}

/// Checks that a prefix of URLs has a scheme and the beginning of a host.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), String> {
    match prefix.split_once("://") {
        Some((_, host)) if !host.is_empty() => Ok(()),
        _ => Err(format!("`{prefix}` is not a URL prefix")),
    }
}

impl Project {
    /// Opens the project in a directory with a `crm-clients.toml`.
    ///
    /// # Errors
    ///
    /// If the file does not exist or has mistakes; the message has line and column.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, Error> {
        let root = root.into();
        match Config::read(&root)? {
            Some(config) => Ok(Self::configured(root, References::default(), config)),
            None => Err(Error::from(format!("{} has no {}: run `crm-clients init`", root.display(), config::FILE))),
        }
    }

    /// Returns the project of a configuration.
    pub fn configured(root: PathBuf, references: References, config: Config) -> Self {
        Self { root, references, apis: Apis::Configured(Box::new(config)) }
    }

    /// Returns the project whose documents are in `specs/`.
    pub fn vendored(root: PathBuf, references: References) -> Self {
        Self { root, references, apis: Apis::Vendored }
    }

    /// Returns the configuration, unless the documents are in `specs/`.
    pub fn config(&self) -> Option<&Config> {
        match &self.apis {
            Apis::Vendored => None,
            Apis::Configured(config) => Some(config),
        }
    }

    /// Writes the clients of the configuration: the files that differ, or none if a document has errors.
    ///
    /// # Errors
    ///
    /// If a document, an overlay or the configuration has errors, or a file to overwrite was not generated.
    pub fn generate(&self) -> Result<Outcome, Error> {
        generate::write_all(self, &[], Format::Text)
    }

    /// Compares the clients of the configuration with the files on disk, and prints the differences.
    ///
    /// # Errors
    ///
    /// The same as those of [`Project::generate`].
    pub fn check(&self) -> Result<Outcome, Error> {
        generate::check(self, &[])
    }

    /// Returns the input files of the clients, apart from those that a document refers to.
    pub fn inputs(&self) -> Vec<PathBuf> {
        let clients = self.config().into_iter().flat_map(|config| config.clients.values());
        let files = clients.flat_map(|client| iter::once(&client.document).chain(&client.overlays));
        let files = files.map(|file| self.root.join(file.get_ref()));
        iter::once(self.root.join(config::FILE)).chain(files).collect()
    }

    /// Returns the command that headers and messages name.
    pub(crate) fn command(&self, name: &str) -> String {
        match &self.apis {
            Apis::Vendored => format!("cargo xtask {name}"),
            Apis::Configured(config) => config.command.clone().unwrap_or_else(|| format!("crm-clients {name}")),
        }
    }

    /// Returns the default source of the runtime.
    pub(crate) fn default_runtime(&self) -> Runtime {
        match self.apis {
            Apis::Vendored => Runtime::Path(self.path("codegen/runtime").display().to_string()),
            Apis::Configured(_) => Runtime::default(),
        }
    }

    /// Returns the project's directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns a path in the project's directory.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Returns the directory of a vendored API.
    pub fn spec(&self, api: &str) -> PathBuf {
        self.root.join("specs").join(api)
    }

    /// Returns the file of an API's accepted changes: its directory, its name and its path as shown.
    pub(crate) fn accepted(&self, api: &str) -> Option<(PathBuf, String, String)> {
        match &self.apis {
            Apis::Vendored => Some((self.spec(api), "accepted.toml".to_owned(), format!("specs/{api}/accepted.toml"))),
            Apis::Configured(config) => {
                let file = config.client(api)?.accepted.clone()?;
                Some((self.root.clone(), file.clone(), file))
            }
        }
    }

    /// Returns the names of the APIs, sorted.
    pub fn apis(&self) -> Result<Vec<String>, Error> {
        if let Apis::Configured(config) = &self.apis {
            return Ok(config.names().map(str::to_owned).collect());
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(self.path("specs")).map_err(|error| format!("specs: {error}"))? {
            let entry = entry?;
            let path = entry.path();
            if path.join("openapi.yaml").is_file() || path.join("openapi.json").is_file() {
                let name = entry.file_name().to_string_lossy().into_owned();
                check_name(&name)?;
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Returns the named APIs, or all if none is named.
    pub fn chosen(&self, given: &[String]) -> Result<Vec<String>, Error> {
        let known = self.apis()?;
        if let Some(unknown) = given.iter().find(|name| !known.contains(name)) {
            return Err(self.unknown(unknown));
        }
        Ok(if given.is_empty() { known } else { known.into_iter().filter(|name| given.contains(name)).collect() })
    }

    /// Returns the names of APIs and files given to a command, or the names of all APIs.
    ///
    /// # Errors
    ///
    /// If there are neither names nor APIs.
    pub fn named(&self, given: &[String]) -> Result<Vec<String>, Error> {
        let names = if given.is_empty() { self.apis()? } else { given.to_vec() };
        match names.is_empty() {
            true => Err(Error::from(format!("no document given, and {} lists no client", self.listed_in()))),
            false => Ok(names),
        }
    }

    /// Returns the document of this API, with its overlays.
    pub fn source(&self, name: &str) -> Result<Source, Error> {
        match &self.apis {
            Apis::Vendored => self.vendored_source(name),
            Apis::Configured(config) => {
                let client = config.client(name).ok_or_else(|| self.unknown(name))?;
                self.client_source(config, client)
            }
        }
    }

    fn client_source(&self, config: &Config, client: &Client) -> Result<Source, Error> {
        let path = Path::new(client.document.get_ref());
        let shown = |path: &str| self.shown_path(path);
        let document = shown(client.document.get_ref());
        if !document.is_file() {
            return Err(config.at(&client.document, &format!("there is no file `{}`", path.display())));
        }
        let mut source = self.configured_source(Source::file(&document, &[])?);
        match client.root.as_deref().map(shown).or_else(|| self.references.root.clone()) {
            Some(root) => source.set_root(&document, &root)?,
            None => source.find_root(&document),
        }
        for overlay in &client.overlays {
            let path = shown(overlay.get_ref());
            let text = input::read_named(&path).map_err(|error| config.at(overlay, &error.to_string()))?;
            source = source.with_overlay((path.display().to_string(), text));
        }
        let maps = client.map.iter();
        source.maps.extend(maps.map(|(prefix, path)| (prefix.get_ref().clone(), Copies::Directory(shown(path)))));
        source.strict |= client.strict;
        source.names = client.names.as_deref().map(|path| names_lock::read_file(&shown(path))).transpose()?;
        self.with_edits(source, config, client)
    }

    /// Returns a path of the configuration, for opening and for messages.
    pub(crate) fn shown_path(&self, path: &str) -> PathBuf {
        match self.root.as_path() == Path::new(".") {
            true => PathBuf::from(path),
            false => self.root.join(path),
        }
    }

    /// Adds the settings of a client that change its document or its types.
    pub(crate) fn with_edits(&self, mut source: Source, config: &Config, client: &Client) -> Result<Source, Error> {
        source.drop_undeclared = client.drop_undeclared;
        source.rust_types = client.rust_types();
        let names_schemas =
            [client.types.is_empty(), client.derive.is_empty(), client.replace.is_empty()].contains(&false);
        if client.skip.is_empty() && client.methods.is_empty() && !names_schemas {
            return Ok(source);
        }
        let (document, pipeline) = source.inspect(Pipeline::overlaid);
        let document = document.ok_or_else(|| Error::shown(source.report(&pipeline, false)))?;
        Ok(match edits::overlay(config, client, &document)? {
            Some(text) => source.with_overlay((config::FILE.to_owned(), text)),
            None => source,
        })
    }

    fn vendored_source(&self, name: &str) -> Result<Source, Error> {
        let directory = self.spec(name);
        if directory.is_symlink() {
            return Err(Error::from(format!("specs/{name} is a symbolic link; it must be a directory")));
        }
        let files = ["openapi.yaml", "openapi.json"];
        let Some(file) = files.into_iter().find(|file| directory.join(file).is_file()) else {
            return Err(self.unknown(name));
        };
        let overlays = self.overlays(name)?;
        let settings = settings(name, input::text_below(&directory, "source.toml"))?;
        let source = Source::in_directory(format!("specs/{name}/{file}"), directory, overlays);
        let mut source = self.configured_source(source).with_settings(settings);
        // Errors in vendored documents are corrected by overlays, not ignored.
        source.strict = true;
        source.names = Some(names_lock::read(self, name)?);
        Ok(source)
    }

    /// Returns the overlays of a vendored API: their paths as shown, and their texts.
    pub fn overlays(&self, name: &str) -> Result<Vec<Overlay>, Error> {
        let mut overlays = Vec::new();
        for file in OVERLAYS {
            let shown = format!("specs/{name}/{file}");
            match input::read_below(&self.spec(name), file) {
                Ok(text) => overlays.push((shown, text)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::from(format!("{shown}: {error}"))),
            }
        }
        Ok(overlays)
    }

    /// Returns the client of the configuration for this document.
    pub(crate) fn configured_api(&self, path: &Path) -> Option<String> {
        let (config, path) = (self.config()?, path.canonicalize().ok()?);
        let is_of = |name: &&str| {
            let client = config.client(name).map(|client| self.root.join(client.document.get_ref()));
            client.and_then(|document| document.canonicalize().ok()).is_some_and(|document| document == path)
        };
        config.names().find(is_of).map(str::to_owned)
    }

    /// Returns the document of this API if it exists, otherwise a file.
    pub fn source_or_file(&self, name: &str) -> Result<Source, Error> {
        self.source_with(name, &[])
    }

    /// Returns the document of this API if it exists, otherwise a file with these overlays.
    pub fn source_with(&self, name: &str, overlays: &[PathBuf]) -> Result<Source, Error> {
        if self.apis()?.iter().all(|known| known != name) {
            return self.file(Path::new(name), overlays);
        }
        match overlays {
            [] => self.source(name),
            _ => Err(Error::from(format!("`{name}` has its own overlay; pass its file to use another"))),
        }
    }

    /// Returns a document's file, configured by the options.
    pub fn file(&self, path: &Path, overlays: &[PathBuf]) -> Result<Source, Error> {
        let mut source = self.configured_source(Source::file(path, overlays)?);
        match &self.references.root {
            Some(root) => source.set_root(path, root)?,
            None => source.find_root(path),
        }
        Ok(source)
    }

    /// Configures a document by the options.
    pub fn configured_source(&self, mut source: Source) -> Source {
        let given = self.references.maps.iter().cloned();
        source.maps.extend(given.map(|(prefix, directory)| (prefix, Copies::Directory(directory))));
        source.strict = self.references.strict;
        source.all_warnings = self.references.all_warnings;
        source
    }

    /// Returns the root given by the options.
    pub fn document_root(&self) -> Option<&Path> {
        self.references.root.as_deref()
    }

    /// Returns the place where the APIs are listed, for messages.
    pub(crate) fn listed_in(&self) -> &'static str {
        match self.apis {
            Apis::Vendored => "specs/",
            Apis::Configured(_) => config::FILE,
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let known = self.apis().unwrap_or_default().join(", ");
        let place = self.listed_in();
        match known.is_empty() {
            true => Error::from(format!("there is no client `{name}`: {place} has none")),
            false => Error::from(format!("there is no API `{name}`: {place} has {known}")),
        }
    }
}

/// Checks that a name is valid for a directory and a module on every system.
pub fn check_name(name: &str) -> Result<(), Error> {
    let module = names::module_name(name);
    let module = if names::is_device(&module) { format!("{module}_api") } else { module };
    match module == name {
        true => Ok(()),
        false => Err(Error::from(format!("`{name}` is not a valid module name; use `{module}`"))),
    }
}

/// The overlays of an API in the order of their application: corrections, then additions.
pub const OVERLAYS: [&str; 2] = ["overlay.yaml", "undocumented.yaml"];

/// The part of `source.toml` that configures the reading of the document.
#[derive(Default, serde::Deserialize)]
struct SettingsToml {
    /// Prefixes of URLs, and the directories of their copies, relative to the API's directory.
    #[serde(default)]
    map: BTreeMap<String, String>,
    #[serde(default)]
    drop_undeclared: bool,
}

/// The settings for reading the document of an API.
#[derive(Default)]
pub struct Settings {
    /// Prefixes of URLs, and the directories of their copies.
    pub(crate) maps: Vec<(String, Copies)>,
    /// True if the client drops undeclared properties of responses.
    pub(crate) drop_undeclared: bool,
}

/// Parses the settings in the `source.toml` of an API.
pub fn settings(name: &str, text: io::Result<Option<String>>) -> Result<Settings, Error> {
    let shown = format!("specs/{name}/source.toml");
    let Some(text) = text.map_err(|error| format!("{shown}: {error}"))? else { return Ok(Settings::default()) };
    let (SettingsToml { map, drop_undeclared }, _) = TomlFile::parse(&shown, text)?;
    for (prefix, directory) in &map {
        check_prefix(prefix).map_err(|error| format!("{shown}: {error}"))?;
        let is_below = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(directory).components().all(is_below) {
            return Err(Error::from(format!("{shown}: `{directory}` is not below specs/{name}")));
        }
    }
    let maps = map.into_iter().map(|(prefix, directory)| (prefix, Copies::Inside(directory))).collect();
    Ok(Settings { maps, drop_undeclared })
}
