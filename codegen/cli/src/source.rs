//! A document with its overlays, as input of the passes.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use crm_clients_document::diagnostic::summarize;
use crm_clients_document::names_lock::NamesLock;
use crm_clients_document::rust_types::RustTypes;
use crm_clients_document::{Input, Pipeline};

use crate::git::Tree;
use crate::project::Settings;
use crate::{Error, input, output};

/// Maximum number of diagnostics of a code that are shown.
const SHOWN_OF_EACH_CODE: usize = 5;

/// An overlay's path as shown, and its text.
pub type Overlay = (String, Vec<u8>);

/// The location of copies of URLs.
#[derive(Clone)]
pub enum Copies {
    /// A directory.
    Directory(PathBuf),
    /// A directory below the document's directory, at the same revision.
    Inside(String),
}

/// Reads a file of a document by its path or its URL.
pub type Reader = dyn Fn(&str) -> io::Result<Vec<u8>> + Send + Sync;

/// A document with its overlays, and the files that it refers to.
pub struct Source {
    files: Files,
    /// The path in messages.
    shown: String,
    /// The overlays, in the order in which they are applied.
    overlays: Vec<Overlay>,
    /// The directory that references may not leave, as shown, and the document's path in it; `None` for the document's
    /// own directory.
    root: Option<(String, String)>,
    /// URL prefixes, and the directories that are read instead.
    pub(crate) maps: Vec<(String, Copies)>,
    /// True if parts that cannot be read are errors.
    pub(crate) strict: bool,
    /// True if the client drops undeclared properties of responses.
    pub(crate) drop_undeclared: bool,
    /// The types that the configuration chooses.
    pub(crate) rust_types: RustTypes,
    /// True if all warnings are shown.
    pub(crate) all_warnings: bool,
    /// The names that the client keeps.
    pub names: Option<NamesLock>,
}

enum Files {
    /// A directory that contains the document and the files it refers to.
    Directory(PathBuf),
    /// The text of the document, without other files.
    Text(Vec<u8>),
    /// A directory at a revision.
    Revision(Tree),
    /// The published files.
    Published(Box<Reader>),
}

impl Source {
    fn new(shown: String, files: Files, overlays: Vec<Overlay>) -> Self {
        Self {
            files,
            shown,
            overlays,
            root: None,
            maps: Vec::new(),
            strict: false,
            drop_undeclared: false,
            rust_types: RustTypes::default(),
            all_warnings: false,
            names: None,
        }
    }

    /// Lets references lead to the files below `root`, which contains the document at `path`.
    pub(crate) fn set_root(&mut self, path: &Path, root: &Path) -> Result<(), Error> {
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

    /// Sets the root to the nearest directory that contains every file the document at `path` refers to, within the
    /// document's repository. If there is none, the root remains the document's own directory.
    pub(crate) fn find_root(&mut self, path: &Path) {
        let is_alone = |bytes: Vec<u8>| {
            let has = |text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
            !has(b".yaml") && !has(b".yml") && !has(b".json") && !has(b"../")
        };
        // Most documents are a single file, which needs no search.
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

    /// Returns the document at a path, with these overlays.
    pub fn file(path: &Path, overlays: &[PathBuf]) -> Result<Self, Error> {
        let read = |path: &PathBuf| {
            let text = input::read_named(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok((path.display().to_string(), text))
        };
        let overlays = overlays.iter().map(read).collect::<Result<_, Error>>()?;
        let directory = input::directory_of(path).to_owned();
        Ok(Self::new(path.display().to_string(), Files::Directory(directory), overlays))
    }

    /// Returns a document in a directory that also contains the files it refers to.
    pub(crate) fn in_directory(shown: String, directory: PathBuf, overlays: Vec<Overlay>) -> Self {
        Self::new(shown, Files::Directory(directory), overlays)
    }

    /// Adds an overlay, which is applied last.
    #[must_use]
    pub fn with_overlay(mut self, overlay: Overlay) -> Self {
        self.overlays.push(overlay);
        self
    }

    /// Returns a document with this text, which is not on disk.
    pub fn text(shown: &str, text: Vec<u8>, overlays: Vec<Overlay>) -> Self {
        Self { strict: true, ..Self::new(shown.to_owned(), Files::Text(text), overlays) }
    }

    /// Returns a document whose files `read` fetches: those next to it by path, others by URL.
    pub fn published(shown: &str, read: Box<Reader>) -> Self {
        let mut source = Self { strict: true, ..Self::new(shown.to_owned(), Files::Published(read), Vec::new()) };
        for scheme in ["https://", "http://"] {
            source.maps.push((scheme.to_owned(), Copies::Inside(String::new())));
        }
        source
    }

    /// Returns true if `file` is one of the overlays.
    pub fn is_overlay(&self, file: &str) -> bool {
        self.overlays.iter().any(|(name, _)| name == file)
    }

    /// Returns the document without its overlays.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { overlays: Vec::new(), ..self }
    }

    /// Returns a document at a revision.
    pub fn at_revision(shown: String, tree: Tree, overlays: Vec<Overlay>) -> Self {
        Self::new(shown, Files::Revision(tree), overlays)
    }

    /// Applies the settings of an API.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.maps.extend(settings.maps);
        self.drop_undeclared |= settings.drop_undeclared;
        self
    }

    /// Lets references lead to the files of `tree`, which contains the document at `main`; messages name its directory
    /// `shown`.
    #[must_use]
    pub fn in_tree(mut self, shown: String, main: String, tree: Tree) -> Self {
        self.root = Some((shown, main));
        self.files = Files::Revision(tree);
        self
    }

    /// Returns true if the document refers to files outside its root.
    pub fn leaves_root(&self) -> bool {
        let (_, pipeline) = self.inspect(|pipeline, input| pipeline.overlaid(&Input { overlays: &[], ..*input }));
        pipeline.diagnostics.iter().any(|found| found.code == "reference-outside")
    }

    /// Returns the document's file name.
    pub fn file_name(&self) -> String {
        Path::new(&self.shown).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Processes the document with `pass`, and prints the warnings.
    ///
    /// # Errors
    ///
    /// If there is no result; the error is the rendered diagnostics.
    pub fn run<T>(&self, pass: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> Result<T, Error> {
        let (made, report) = self.run_quietly(pass);
        if made.is_some() {
            output::report_to_stderr(&report);
        }
        made.ok_or_else(|| Error::shown(report))
    }

    /// Processes the document with `pass`. Returns the result, if there is one, and the rendered diagnostics.
    pub fn run_quietly<T>(&self, pass: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> (Option<T>, String) {
        let (made, pipeline) = self.inspect(pass);
        (made, self.report(&pipeline, io::stderr().is_terminal()))
    }

    /// Formats the diagnostics: the first few of each code, or all of them.
    pub fn report(&self, pipeline: &Pipeline, color: bool) -> String {
        match self.all_warnings {
            true => pipeline.report(color),
            false => summarize(&pipeline.diagnostics, &pipeline.documents, color, SHOWN_OF_EACH_CODE),
        }
    }

    /// Returns the copies that are read instead of a URL, and the path in them.
    fn mapped<'p>(&self, url: &'p str) -> Option<(&'p str, &Copies)> {
        self.maps.iter().find_map(|(prefix, copies)| Some((url.strip_prefix(prefix.as_str())?, copies)))
    }

    /// Reads a file below the document's root.
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match &self.files {
            Files::Directory(directory) => input::read_below(directory, path),
            Files::Text(text) if self.shown.ends_with(&format!("/{path}")) => Ok(text.clone()),
            Files::Text(_) => Err(io::Error::other("only the document itself is available")),
            Files::Revision(tree) => tree.read(path),
            Files::Published(read) => read(path),
        }
    }

    /// Processes the document with `pass`. Returns the result, if there is one, and the pipeline with its diagnostics.
    pub fn inspect<T>(&self, pass: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> (Option<T>, Pipeline) {
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
        let mut pipeline = Pipeline {
            strict: self.strict,
            drop_undeclared: self.drop_undeclared,
            rust_types: self.rust_types.clone(),
            names: self.names.clone(),
            ..Pipeline::new()
        };
        if let Some((root, main)) = &self.root {
            pipeline.documents.set_root(root, main);
        }
        for (prefix, _) in &self.maps {
            pipeline.documents.allow_remote(prefix);
        }
        let made = pass(&mut pipeline, &input);
        (made, pipeline)
    }
}
