//! The vendored APIs: where their files are, and the walk through the passes.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::names;

use crate::git::Tree;
use crate::{Fault, input, output};

/// The workspace that a command works on.
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace at `root`, or the one that this command was built in.
    pub fn new(root: Option<PathBuf>) -> Self {
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default();
        Self { root: root.unwrap_or_else(own) }
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
    pub fn apis(&self) -> Result<Vec<String>, Fault> {
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
    pub fn chosen(&self, given: &[String]) -> Result<Vec<String>, Fault> {
        let known = self.apis()?;
        if let Some(unknown) = given.iter().find(|name| !known.contains(name)) {
            return Err(self.unknown(unknown));
        }
        Ok(if given.is_empty() { known } else { known.into_iter().filter(|name| given.contains(name)).collect() })
    }

    /// The vendored API of this name.
    pub fn source(&self, name: &str) -> Result<Source, Fault> {
        let directory = self.spec(name);
        if directory.is_symlink() {
            return Err(Fault::from(format!("specs/{name} is a symbolic link; it must be a directory")));
        }
        let files = ["openapi.yaml", "openapi.json"];
        let Some(file) = files.into_iter().find(|file| directory.join(file).is_file()) else {
            return Err(self.unknown(name));
        };
        let overlay = self.overlay(name)?;
        Ok(Source { shown: format!("specs/{name}/{file}"), files: Files::Directory(directory), overlay })
    }

    /// The overlay of a vendored API, if it has one: its path as shown, and its text.
    pub fn overlay(&self, name: &str) -> Result<Option<Overlay>, Fault> {
        let shown = format!("specs/{name}/overlay.yaml");
        match input::read_below(&self.spec(name), "overlay.yaml") {
            Ok(text) => Ok(Some((shown, text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::from(format!("{shown}: {error}"))),
        }
    }

    /// The vendored API of this name where there is one, otherwise a file.
    pub fn source_or_file(&self, name: &str) -> Result<Source, Fault> {
        self.source_with(name, None)
    }

    /// The vendored API of this name where there is one, otherwise a file with this overlay.
    pub fn source_with(&self, name: &str, overlay: Option<&Path>) -> Result<Source, Fault> {
        if self.apis()?.iter().all(|known| known != name) {
            return Source::file(Path::new(name), overlay);
        }
        match overlay {
            None => self.source(name),
            Some(_) => {
                Err(Fault::from(format!("`{name}` is an API with its own overlay: give its file to use another")))
            }
        }
    }

    fn unknown(&self, name: &str) -> Fault {
        let known = self.apis().map(|names| names.join(", ")).unwrap_or_default();
        Fault::from(format!("there is no API `{name}`: specs/ has {known}"))
    }
}

/// An API's name is that of a directory and of a module, on every system.
pub fn check_name(name: &str) -> Result<(), Fault> {
    let module = names::module_name(name);
    let module = if names::is_device(&module) { format!("{module}_api") } else { module };
    match module == name {
        true => Ok(()),
        false => Err(Fault::from(format!("`{name}` cannot be a module's name; `{module}` can"))),
    }
}

/// An overlay's path as shown, and its text.
pub type Overlay = (String, Vec<u8>);

/// A document, vendored or not.
pub struct Source {
    files: Files,
    /// The path that people are shown.
    shown: String,
    overlay: Option<Overlay>,
}

enum Files {
    /// The document and what it refers to are in this directory.
    Directory(PathBuf),
    /// There is the document alone, with this text.
    Text(Vec<u8>),
    /// They are in a directory as it was at a revision.
    Revision(Tree),
}

impl Source {
    /// A document anywhere.
    pub fn file(path: &Path, overlay: Option<&Path>) -> Result<Self, Fault> {
        let overlay = match overlay {
            Some(path) => Some((
                path.display().to_string(),
                input::read_named(path).map_err(|error| format!("{}: {error}", path.display()))?,
            )),
            None => None,
        };
        let directory = input::directory_of(path).to_owned();
        Ok(Self { shown: path.display().to_string(), files: Files::Directory(directory), overlay })
    }

    /// A document that is on no disk.
    pub fn text(shown: &str, text: Vec<u8>, overlay: Option<Overlay>) -> Self {
        Self { shown: shown.to_owned(), files: Files::Text(text), overlay }
    }

    /// Whether a file's name is that of the overlay.
    pub fn is_overlay(&self, file: &str) -> bool {
        self.overlay.as_ref().is_some_and(|(name, _)| name == file)
    }

    /// The same document, without its overlay.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { overlay: None, ..self }
    }

    /// A document as it was at a revision.
    pub fn at_revision(shown: String, tree: Tree, overlay: Option<Overlay>) -> Self {
        Self { shown, files: Files::Revision(tree), overlay }
    }

    /// The name of the document's file.
    pub fn file_name(&self) -> String {
        Path::new(&self.shown).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Walks through the passes with `walk`; faults come back laid out, warnings are printed.
    pub fn walk<T>(&self, walk: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> Result<T, Fault> {
        let (made, report) = self.walk_quietly(walk);
        if made.is_some() {
            output::report_to_stderr(&report);
        }
        made.ok_or_else(|| Fault::shown(report))
    }

    /// Walks through the passes with `walk`: what it made, and the faults and warnings laid out.
    pub fn walk_quietly<T>(&self, walk: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> (Option<T>, String) {
        let (made, walk) = self.inspect(walk);
        (made, walk.report(io::stderr().is_terminal()))
    }

    /// Walks through the passes with `walk`: what it made, and the walk itself with all that was found on it.
    pub fn inspect<T>(&self, walk: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> (Option<T>, Pipeline) {
        let read = |path: &str| match &self.files {
            Files::Directory(directory) => input::read_below(directory, path),
            Files::Text(text) if self.shown.ends_with(&format!("/{path}")) => Ok(text.clone()),
            Files::Text(_) => Err(io::Error::other("only the document itself was fetched, so vendor it from a file")),
            Files::Revision(tree) => tree.read(path),
        };
        let input = Input {
            document: &self.shown,
            read: &read,
            overlay: self.overlay.as_ref().map(|(name, text)| (name.as_str(), text.as_slice())),
        };
        let mut state = Pipeline::new();
        let made = walk(&mut state, &input);
        (made, state)
    }
}
