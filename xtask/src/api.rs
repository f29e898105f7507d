//! The vendored APIs: where their files are, and the walk through the passes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crm_clients_codegen::{Input, Walk};

use crate::Fault;

/// The workspace's directory. `CARGO_MANIFEST_DIR` is this package's at the time it was built, which
/// for `cargo xtask` is the workspace one stands in.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// A document on disk, vendored or not.
pub struct Source {
    /// The directory it is in.
    directory: PathBuf,
    /// Its file name.
    file: String,
    /// The path that people are shown.
    shown: String,
    /// The overlay's path as shown, and its text.
    overlay: Option<(String, Vec<u8>)>,
}

impl Source {
    /// The vendored API of this name.
    pub fn vendored(name: &str) -> Result<Self, Fault> {
        let directory = workspace().join("specs").join(name);
        let files = ["openapi.yaml", "openapi.json"];
        let Some(file) = files.into_iter().find(|file| directory.join(file).is_file()) else {
            return Err(Fault::from(format!("there is no API `{name}`: specs/ has {}", names()?.join(", "))));
        };
        let overlay = match fs::read(directory.join("overlay.yaml")) {
            Ok(text) => Some((format!("specs/{name}/overlay.yaml"), text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Fault::from(format!("specs/{name}/overlay.yaml: {error}"))),
        };
        Ok(Self { file: file.to_owned(), shown: format!("specs/{name}/{file}"), directory, overlay })
    }

    /// A document anywhere.
    pub fn file(path: &Path, overlay: Option<&Path>) -> Result<Self, Fault> {
        let Some(file) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(Fault::from(format!("{} is not a file name", path.display())));
        };
        let overlay = match overlay {
            Some(path) => Some((
                path.display().to_string(),
                fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?,
            )),
            None => None,
        };
        let directory = path.parent().map(Path::to_owned).unwrap_or_default();
        let directory = if directory.as_os_str().is_empty() { PathBuf::from(".") } else { directory };
        Ok(Self { file: file.to_owned(), shown: path.display().to_string(), directory, overlay })
    }

    /// A vendored API where there is one of that name, otherwise a file.
    pub fn named_or_file(name: &str) -> Result<Self, Fault> {
        if names()?.iter().any(|known| known == name) {
            Self::vendored(name)
        } else {
            Self::file(Path::new(name), None)
        }
    }

    /// Walks through the passes with `walk`; faults come back laid out, warnings are printed.
    pub fn walk<T>(&self, walk: impl FnOnce(&mut Walk, &Input<'_>) -> Option<T>) -> Result<T, Fault> {
        let read = |path: &str| read_below(&self.directory, path);
        let input = Input {
            document: &self.shown,
            read: &read,
            overlay: self.overlay.as_ref().map(|(name, text)| (name.as_str(), text.as_slice())),
        };
        debug_assert!(self.shown.ends_with(&self.file));
        let mut state = Walk::new();
        let made = walk(&mut state, &input);
        let report = state.report(io::IsTerminal::is_terminal(&io::stderr()));
        match made {
            Some(made) => {
                eprint!("{report}");
                Ok(made)
            }
            None => Err(Fault::shown(report)),
        }
    }
}

/// Reads a file that is in a directory or below it, symbolic links resolved.
fn read_below(directory: &Path, path: &str) -> io::Result<Vec<u8>> {
    let directory = directory.canonicalize()?;
    let file = directory.join(path).canonicalize()?;
    if !file.starts_with(&directory) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is outside the document's directory"));
    }
    fs::read(file)
}

/// The names of the vendored APIs, sorted.
pub fn names() -> Result<Vec<String>, Fault> {
    let specs = workspace().join("specs");
    let mut names = Vec::new();
    for entry in fs::read_dir(&specs).map_err(|error| format!("specs: {error}"))? {
        let entry = entry?;
        let path = entry.path();
        if path.join("openapi.yaml").is_file() || path.join("openapi.json").is_file() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    names.sort();
    Ok(names)
}

/// The APIs that a command was given, or all of them.
pub fn chosen(given: &[String]) -> Result<Vec<String>, Fault> {
    let known = names()?;
    if let Some(unknown) = given.iter().find(|name| !known.contains(name)) {
        return Err(Fault::from(format!("there is no API `{unknown}`: specs/ has {}", known.join(", "))));
    }
    Ok(if given.is_empty() { known } else { known.into_iter().filter(|name| given.contains(name)).collect() })
}
