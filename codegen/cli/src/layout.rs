//! The files of a client: a crate, or a module of one.

use std::io;
use std::path::{Component, Path, PathBuf};

use crm_clients_document::names_lock::NamesLock;
use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::emit::{self, CrateOptions, Header, Runtime};
use crm_clients_generator::fileset::{Difference, FileSet, is_generated};
use crm_clients_generator::ir::Api;
use crm_clients_generator::lock::lock;
use crm_clients_generator::names;
use crm_clients_review::Lint;

use crate::Error;
use crate::file_set::{self, Contents, Lock, staging};
use crate::input;
use crate::output::{note, say};

/// The location and form of a client's files.
pub struct Layout {
    /// The directory of the crate or the module.
    pub directory: PathBuf,
    /// The package; `None` for a module.
    pub package: Option<CrateOptions>,
    /// The name of the API.
    pub name: String,
    /// The command that regenerates the client.
    pub command: String,
    /// The file that the client is generated from.
    pub source: String,
    /// The file of the names that the client keeps.
    pub names: Option<PathBuf>,
}

impl Layout {
    /// Builds the client's IR. Also returns its names.
    pub fn api(&self, pipeline: &mut Pipeline, input: &Input<'_>) -> Option<(Api, NamesLock)> {
        let (api, document) = pipeline.client(input, &self.name)?;
        let names = lock(&api, &document);
        Some((api, names))
    }

    /// Returns the client's files.
    pub fn files(&self, api: &Api) -> FileSet {
        let header = Header { command: &self.command, source: &self.source };
        match &self.package {
            Some(options) => emit::crate_files(api, options, header),
            None => emit::module_files(api, header),
        }
    }

    /// Writes the files, and deletes other generated files in src/ or in the module's directory. Unchanged files are
    /// not touched, so that cargo does not recompile them. Returns the number of changed files.
    pub fn write(&self, files: &FileSet) -> Result<usize, Error> {
        match self.package {
            Some(_) => write_crate(&self.directory, files),
            None => {
                let (parent, name) = self.module()?;
                let lock = Lock::exclusive(parent)?;
                Ok(file_set::write(&lock, name, &self.directory.display().to_string(), files)?.len())
            }
        }
    }

    /// Prints the differences between the files on disk and these. Returns true if there are any.
    pub fn differs(&self, files: &FileSet) -> Result<bool, Error> {
        let (sources, beside) = match self.package {
            Some(_) => split(files),
            None => (files.clone(), Vec::new()),
        };
        let tree = if self.package.is_some() { self.directory.join(SOURCES) } else { self.directory.clone() };
        let there = Contents::read(&tree)?;
        let shown = tree.display().to_string();
        let mut diff = file_set::diff(&shown, &sources.compare(&there.files));
        for (name, text) in beside {
            let is = match Beside::read(&self.directory, name)? {
                Beside::Foreign if name == README => continue,
                Beside::Generated(bytes) if bytes == text.as_bytes() => continue,
                Beside::Generated(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
                Beside::Foreign | Beside::Missing => None,
            };
            let difference = Difference { path: name.to_owned(), is, should_be: Some(text.to_owned()) };
            diff.push_str(&file_set::diff(&self.directory.display().to_string(), &[difference]));
        }
        for (path, kind) in &there.others {
            diff.push_str(&format!("{shown}/{path} is {kind}, which this command does not write\n"));
        }
        if diff.is_empty() {
            return Ok(false);
        }
        say!("{}", diff.trim_end());
        note!("{} is stale: run `{}` and commit the result", self.directory.display(), self.command);
        Ok(true)
    }

    /// Returns the parent of the module's directory, and the directory's name.
    fn module(&self) -> Result<(&Path, &str), Error> {
        let name = match self.directory.components().next_back() {
            Some(Component::Normal(name)) => name.to_str(),
            _ => None,
        };
        let name = name.ok_or_else(|| format!("{} does not name a directory", self.directory.display()))?;
        Ok((input::directory_of(&self.directory), name))
    }
}

/// Splits the files into those in src/ and those next to it.
fn split(files: &FileSet) -> (FileSet, Vec<(&str, &str)>) {
    let mut sources = FileSet::new();
    let mut beside = Vec::new();
    for (path, text) in files.iter() {
        match path.strip_prefix("src/") {
            Some(path) => sources.insert(path, text),
            None => beside.push((path, text)),
        }
    }
    (sources, beside)
}

/// Writes a crate, or nothing if one of the files to replace was not generated.
pub fn write_crate(directory: &Path, files: &FileSet) -> Result<usize, Error> {
    let (sources, beside) = split(files);
    let lock = Lock::exclusive(directory)?;
    let mut changed = Vec::new();
    for (name, text) in beside {
        match Beside::read(directory, name)? {
            // A README that was not generated is kept.
            Beside::Foreign if name == README => {}
            Beside::Foreign => {
                let path = directory.join(name);
                let message = format!("{} was not written by this command; choose another --out", path.display());
                return Err(Error::from(message));
            }
            Beside::Generated(bytes) if bytes == text.as_bytes() => {}
            Beside::Generated(_) | Beside::Missing => changed.push((name, text)),
        }
    }
    let root = format!("{}/{SOURCES}", directory.display());
    if let Some(refusal) = Contents::read(&directory.join(SOURCES))?.refusal(&root, &sources) {
        return Err(refusal);
    }
    for (name, text) in &changed {
        staging::replace_file(&lock, name, text)?;
    }
    Ok(file_set::write(&lock, SOURCES, &root, &sources)?.len() + changed.len())
}

/// An existing file next to src/.
enum Beside {
    Missing,
    /// A file that a command wrote.
    Generated(Vec<u8>),
    /// Any other file.
    Foreign,
}

impl Beside {
    fn read(directory: &Path, name: &str) -> Result<Self, Error> {
        let path = directory.join(name);
        if path.is_symlink() {
            return Ok(Self::Foreign);
        }
        match input::read_below(directory, name) {
            Ok(bytes) if str::from_utf8(&bytes).is_ok_and(is_generated) => Ok(Self::Generated(bytes)),
            Ok(_) => Ok(Self::Foreign),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Missing),
            Err(error) => Err(Error::from(format!("{}: {error}", path.display()))),
        }
    }
}

/// Returns the source of the runtime for a crate in `directory`, where a path is relative to the crate. The path in a
/// configuration or on the command line is relative to `base`.
pub fn runtime_from(runtime: Runtime, base: &Path, directory: &Path) -> Result<Runtime, Error> {
    let Runtime::Path(path) = runtime else { return Ok(runtime) };
    if Path::new(&path).is_absolute() {
        return Ok(Runtime::Path(path));
    }
    let absolute = |path: &Path| std::path::absolute(path).map(|path| normal(&path));
    let (from, to) = (absolute(directory)?, absolute(&base.join(&path))?);
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    let down = to.iter().skip(shared).map(String::as_str);
    Ok(Runtime::Path(up.chain(down).collect::<Vec<_>>().join("/")))
}

/// Returns the components of an absolute path, with `..` resolved.
fn normal(path: &Path) -> Vec<String> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::ParentDir => _ = parts.pop(),
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    parts
}

/// Returns the name of a package's API.
pub fn api_name(package: &str) -> String {
    names::module_name(package)
}

const README: &str = "README.md";
const SOURCES: &str = "src";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_runtime_is_seen_from_the_crate() -> Result<(), Error> {
        for (base, path, directory, expected) in [
            (".", "runtime", "clients/pets", "../../runtime"),
            (".", "../runtime", "pets", "../../runtime"),
            ("a/b", "runtime", "a/b/clients/pets", "../../runtime"),
            (".", "/opt/runtime", "pets", "/opt/runtime"),
        ] {
            let runtime = runtime_from(Runtime::Path(path.to_owned()), Path::new(base), Path::new(directory))?;
            assert_eq!(runtime, Runtime::Path(expected.to_owned()), "{base} {path} {directory}");
        }
        Ok(())
    }
}
