//! The vendored APIs: where their files are, and the walk through the passes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Component, Path, PathBuf};

use crm_clients_document::diagnostic::summarize;
use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::names;

use crate::git::Tree;
use crate::{Error, input, output};

/// So many diagnostics of each code are shown.
const SHOWN_OF_EACH_CODE: usize = 5;

/// The workspace that a command works on.
pub struct Workspace {
    root: PathBuf,
    references: References,
}

/// Where references of documents may lead.
#[derive(Default, clap::Args)]
pub struct References {
    /// The directory that references may not leave; the nearest one that contains every file, inside the document's repository, unless given.
    #[arg(long = "root", id = "document-root", value_name = "DIR", global = true)]
    root: Option<PathBuf>,
    /// Reads URLs that begin with a prefix from a directory. Nothing is read from a network.
    #[arg(long = "map", value_name = "URL_PREFIX=DIR", value_parser = parse_map, global = true)]
    maps: Vec<(String, PathBuf)>,
    /// Makes what cannot be read an error. Otherwise, it is left out with a warning; a reference that leads nowhere is raw JSON.
    #[arg(long, global = true)]
    strict: bool,
    /// Prints every warning. Otherwise, the first few of each code are shown and the others counted.
    #[arg(long, global = true)]
    all_warnings: bool,
}

fn parse_map(text: &str) -> Result<(String, PathBuf), String> {
    let (prefix, directory) = text.rsplit_once('=').ok_or("write it as URL_PREFIX=DIR")?;
    match prefix.split_once("://") {
        Some((_, host)) if !host.is_empty() => Ok((prefix.to_owned(), PathBuf::from(directory))),
        _ => Err(format!("`{prefix}` is not the beginning of a URL")),
    }
}

impl Workspace {
    /// The workspace at `root`, or the one that this command was built in.
    pub fn new(root: Option<PathBuf>, references: References) -> Self {
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default();
        Self { root: root.unwrap_or_else(own), references }
    }

    /// The workspace's directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the workspace.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The directory of a vendored API.
    pub fn spec(&self, api: &str) -> PathBuf {
        self.root.join("specs").join(api)
    }

    /// The names of the vendored APIs, sorted.
    pub fn apis(&self) -> Result<Vec<String>, Error> {
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

    /// The APIs that a command was given, or all of them.
    pub fn chosen(&self, given: &[String]) -> Result<Vec<String>, Error> {
        let known = self.apis()?;
        if let Some(unknown) = given.iter().find(|name| !known.contains(name)) {
            return Err(self.unknown(unknown));
        }
        Ok(if given.is_empty() { known } else { known.into_iter().filter(|name| given.contains(name)).collect() })
    }

    /// The vendored API of this name.
    pub fn source(&self, name: &str) -> Result<Source, Error> {
        let directory = self.spec(name);
        if directory.is_symlink() {
            return Err(Error::from(format!("specs/{name} is a symbolic link; it must be a directory")));
        }
        let files = ["openapi.yaml", "openapi.json"];
        let Some(file) = files.into_iter().find(|file| directory.join(file).is_file()) else {
            return Err(self.unknown(name));
        };
        let overlays = self.overlays(name)?;
        let mut source = Source::new(format!("specs/{name}/{file}"), Files::Directory(directory), overlays);
        source.all_warnings = self.references.all_warnings;
        let given = self.references.maps.iter().cloned();
        source.maps = given.map(|(prefix, directory)| (prefix, Copies::Directory(directory))).collect();
        source.maps.extend(maps(name, input::text_below(&self.spec(name), "source.toml"))?);
        // What is wrong in a vendored document is corrected by its overlay, not lost.
        source.strict = true;
        Ok(source)
    }

    /// The overlays that a vendored API has: their paths as shown, and their texts.
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

    /// The vendored API of this name where there is one, otherwise a file.
    pub fn source_or_file(&self, name: &str) -> Result<Source, Error> {
        self.source_with(name, &[])
    }

    /// The vendored API of this name where there is one, otherwise a file with these overlays.
    pub fn source_with(&self, name: &str, overlays: &[PathBuf]) -> Result<Source, Error> {
        if self.apis()?.iter().all(|known| known != name) {
            return self.file(Path::new(name), overlays);
        }
        match overlays {
            [] => self.source(name),
            _ => Err(Error::from(format!("`{name}` is an API with its own overlay: give its file to use another"))),
        }
    }

    /// A document's file, read as the options say.
    pub fn file(&self, path: &Path, overlays: &[PathBuf]) -> Result<Source, Error> {
        let mut source = self.configured(Source::file(path, overlays)?);
        match &self.references.root {
            Some(root) => source.set_root(path, root)?,
            None => source.find_root(path),
        }
        Ok(source)
    }

    /// The same document, read as the options say.
    pub fn configured(&self, mut source: Source) -> Source {
        let given = self.references.maps.iter().cloned();
        source.maps.extend(given.map(|(prefix, directory)| (prefix, Copies::Directory(directory))));
        source.strict = self.references.strict;
        source.all_warnings = self.references.all_warnings;
        source
    }

    /// The root that the options name.
    pub fn document_root(&self) -> Option<&Path> {
        self.references.root.as_deref()
    }

    fn unknown(&self, name: &str) -> Error {
        let known = self.apis().map(|names| names.join(", ")).unwrap_or_default();
        Error::from(format!("there is no API `{name}`: specs/ has {known}"))
    }
}

/// An API's name is that of a directory and of a module, on every system.
pub fn check_name(name: &str) -> Result<(), Error> {
    let module = names::module_name(name);
    let module = if names::is_device(&module) { format!("{module}_api") } else { module };
    match module == name {
        true => Ok(()),
        false => Err(Error::from(format!("`{name}` cannot be a module's name; `{module}` can"))),
    }
}

/// The overlays of an API in the order in which they are applied: corrections, then what the document lacks.
pub const OVERLAYS: [&str; 2] = ["overlay.yaml", "undocumented.yaml"];

/// An overlay's path as shown, and its text.
pub type Overlay = (String, Vec<u8>);

/// The part of `source.toml` that says where copies of URLs are: prefixes of URLs, and directories below that of the API.
#[derive(serde::Deserialize)]
struct Maps {
    #[serde(default)]
    map: BTreeMap<String, String>,
}

/// The maps that the `source.toml` of an API has.
pub fn maps(name: &str, text: io::Result<Option<String>>) -> Result<Vec<(String, Copies)>, Error> {
    let shown = format!("specs/{name}/source.toml");
    let Some(text) = text.map_err(|error| format!("{shown}: {error}"))? else { return Ok(Vec::new()) };
    let Maps { map } = toml::from_str(&text).map_err(|error| format!("{shown}: {}", error.message()))?;
    for (prefix, directory) in &map {
        parse_map(&format!("{prefix}={directory}")).map_err(|error| format!("{shown}: {error}"))?;
        let is_below = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(directory).components().all(is_below) {
            return Err(Error::from(format!("{shown}: `{directory}` is not below specs/{name}")));
        }
    }
    Ok(map.into_iter().map(|(prefix, directory)| (prefix, Copies::Inside(directory))).collect())
}

/// Where the copies of URLs are.
#[derive(Clone)]
pub enum Copies {
    /// In this directory.
    Directory(PathBuf),
    /// In this directory below that of the document, at the same revision.
    Inside(String),
}

/// Reads a file of a document by its path or its URL.
pub type Reader = dyn Fn(&str) -> io::Result<Vec<u8>> + Send + Sync;

/// A document, vendored or not.
pub struct Source {
    files: Files,
    /// The path that people are shown.
    shown: String,
    overlays: Vec<Overlay>,
    /// The directory that references may not leave, as shown, and the document's path in it, where that is not the document's own directory.
    root: Option<(String, String)>,
    /// Prefixes of URLs, and the directories that are read in their place.
    maps: Vec<(String, Copies)>,
    /// Whether what cannot be read is an error.
    strict: bool,
    /// Whether every warning is shown.
    all_warnings: bool,
}

enum Files {
    /// The document and what it refers to are in this directory.
    Directory(PathBuf),
    /// There is the document alone, with this text.
    Text(Vec<u8>),
    /// They are in a directory as it was at a revision.
    Revision(Tree),
    /// They are where they are published.
    Published(Box<Reader>),
}

impl Source {
    fn new(shown: String, files: Files, overlays: Vec<Overlay>) -> Self {
        Self { files, shown, overlays, root: None, maps: Vec::new(), strict: false, all_warnings: false }
    }

    /// Lets references lead to the files below `root`, which contains the document at `path`.
    fn set_root(&mut self, path: &Path, root: &Path) -> Result<(), Error> {
        let directory = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
        let file = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
        let Ok(main) = file.strip_prefix(&directory) else {
            return Err(Error::from(format!("{} is not below --root {}", path.display(), root.display())));
        };
        let main: Vec<_> = main.iter().map(|part| part.to_string_lossy()).collect();
        self.root = Some((format!("{}/", root.display().to_string().trim_end_matches('/')), main.join("/")));
        self.files = Files::Directory(directory);
        Ok(())
    }

    /// Sets the root to the nearest directory that contains every file the document at `path` refers to, inside the repository it is in.
    /// It stays the document's own directory if there is none.
    fn find_root(&mut self, path: &Path) {
        let is_alone = |bytes: Vec<u8>| {
            let has = |text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
            !has(b".yaml") && !has(b".yml") && !has(b".json") && !has(b"../")
        };
        // Most documents are one file, and reading them once is enough.
        if input::read_named(path).map_or(true, is_alone) {
            return;
        }
        let Ok(directory) = input::directory_of(path).canonicalize() else { return };
        let Some(top) = directory.ancestors().find(|directory| directory.join(".git").exists()) else { return };
        let own = input::directory_of(path).to_owned();
        let mut shown = own.clone();
        for root in directory.ancestors().take_while(|root| root.starts_with(top)) {
            if root != directory && self.set_root(path, &shown).is_err() || !self.leaves_root() {
                return;
            }
            shown.push("..");
        }
        self.root = None;
        self.files = Files::Directory(own);
    }

    /// A document anywhere.
    pub fn file(path: &Path, overlays: &[PathBuf]) -> Result<Self, Error> {
        let read = |path: &PathBuf| {
            let text = input::read_named(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok((path.display().to_string(), text))
        };
        let overlays = overlays.iter().map(read).collect::<Result<_, Error>>()?;
        let directory = input::directory_of(path).to_owned();
        Ok(Self::new(path.display().to_string(), Files::Directory(directory), overlays))
    }

    /// A document that is on no disk.
    pub fn text(shown: &str, text: Vec<u8>, overlays: Vec<Overlay>) -> Self {
        Self { strict: true, ..Self::new(shown.to_owned(), Files::Text(text), overlays) }
    }

    /// A document whose files `read` fetches: those beside it by their paths, others by their URLs.
    pub fn published(shown: &str, read: Box<Reader>) -> Self {
        let mut source = Self { strict: true, ..Self::new(shown.to_owned(), Files::Published(read), Vec::new()) };
        for scheme in ["https://", "http://"] {
            source.maps.push((scheme.to_owned(), Copies::Inside(String::new())));
        }
        source
    }

    /// Whether a file's name is that of an overlay.
    pub fn is_overlay(&self, file: &str) -> bool {
        self.overlays.iter().any(|(name, _)| name == file)
    }

    /// The same document, without its overlays.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { overlays: Vec::new(), ..self }
    }

    /// A document as it was at a revision.
    pub fn at_revision(shown: String, tree: Tree, overlays: Vec<Overlay>) -> Self {
        Self::new(shown, Files::Revision(tree), overlays)
    }

    /// Adds copies of URLs.
    #[must_use]
    pub fn with_maps(mut self, maps: Vec<(String, Copies)>) -> Self {
        self.maps.extend(maps);
        self
    }

    /// Lets references lead to the files of `tree`, whose directory is `shown` and has the document at `main`.
    #[must_use]
    pub fn in_tree(mut self, shown: String, main: String, tree: Tree) -> Self {
        self.root = Some((shown, main));
        self.files = Files::Revision(tree);
        self
    }

    /// Whether the document refers to files outside its root.
    pub fn leaves_root(&self) -> bool {
        let (_, pipeline) = self.inspect(|pipeline, input| pipeline.overlaid(&Input { overlays: &[], ..*input }));
        pipeline.diagnostics.iter().any(|found| found.code == "reference-outside")
    }

    /// The name of the document's file.
    pub fn file_name(&self) -> String {
        Path::new(&self.shown).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Walks through the passes with `walk`; faults come back laid out, warnings are printed.
    pub fn walk<T>(&self, walk: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> Result<T, Error> {
        let (made, report) = self.walk_quietly(walk);
        if made.is_some() {
            output::report_to_stderr(&report);
        }
        made.ok_or_else(|| Error::shown(report))
    }

    /// Walks through the passes with `walk`: what it made, and the faults and warnings laid out.
    pub fn walk_quietly<T>(&self, walk: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> (Option<T>, String) {
        let (made, walk) = self.inspect(walk);
        (made, self.report(&walk, io::stderr().is_terminal()))
    }

    /// What was found on a walk, for people: the first few of each code, unless all are wanted.
    pub fn report(&self, walk: &Pipeline, color: bool) -> String {
        match self.all_warnings {
            true => walk.report(color),
            false => summarize(&walk.diagnostics, &walk.documents, color, SHOWN_OF_EACH_CODE),
        }
    }

    /// The copies that are read in place of a URL, and the path in them.
    fn mapped<'p>(&self, url: &'p str) -> Option<(&'p str, &Copies)> {
        self.maps.iter().find_map(|(prefix, copies)| Some((url.strip_prefix(prefix.as_str())?, copies)))
    }

    /// Reads a file below the document's root.
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match &self.files {
            Files::Directory(directory) => input::read_below(directory, path),
            Files::Text(text) if self.shown.ends_with(&format!("/{path}")) => Ok(text.clone()),
            Files::Text(_) => Err(io::Error::other("only the document itself is there")),
            Files::Revision(tree) => tree.read(path),
            Files::Published(read) => read(path),
        }
    }

    /// Walks through the passes with `walk`: what it made, and the walk itself with all that was found on it.
    pub fn inspect<T>(&self, walk: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> (Option<T>, Pipeline) {
        let read = |path: &str| match (self.mapped(path), &self.files) {
            (Some(_), Files::Published(read)) => read(path),
            (Some((rest, Copies::Directory(directory))), _) => {
                input::read_below(directory, rest.trim_start_matches('/'))
            }
            (Some((rest, Copies::Inside(directory))), _) => {
                self.read(&format!("{directory}/{}", rest.trim_start_matches('/')))
            }
            (None, _) => self.read(path),
        };
        let overlays: Vec<_> = self.overlays.iter().map(|(name, text)| (name.as_str(), text.as_slice())).collect();
        let input = Input { document: &self.shown, read: &read, overlays: &overlays };
        let mut state = Pipeline { strict: self.strict, ..Pipeline::new() };
        if let Some((root, main)) = &self.root {
            state.documents.set_root(root, main);
        }
        for (prefix, _) in &self.maps {
            state.documents.allow_remote(prefix);
        }
        let made = walk(&mut state, &input);
        (made, state)
    }
}
