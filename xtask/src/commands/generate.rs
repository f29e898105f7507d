//! `cargo xtask generate`: any document to a crate of its own.

mod progenitor;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::{fs, io, thread};

use crm_clients_document::diagnostic::json_lines;
use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::emit::{self, CrateOptions};
use crm_clients_generator::fileset::{FileSet, is_generated};
use crm_clients_generator::names;
use crm_clients_review::Lint;

use crate::api::{Source, Workspace};
use crate::file_set::{self, Contents, Lock, Staging};
use crate::output::{self, Format, say};
use crate::{Error, Outcome, input};

/// Arguments of `generate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A vendored API, with its overlay, or a document's file, YAML or JSON.
    #[arg(long, value_name = "API|FILE")]
    spec: String,
    /// Corrections to the document; an API has its own. Several are applied in order.
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// The crate's name.
    #[arg(long)]
    name: String,
    /// The crate's directory. Its Cargo.toml and src/ are written and owned by this command.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What writes the client.
    #[arg(long, value_enum, default_value = "ours")]
    emitter: Emitter,
    /// How to print what is found: for people, or as an object a line.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Emitter {
    /// This generator.
    Ours,
    /// progenitor, from the lowered document with all adapted that it refuses.
    Progenitor,
}

/// Runs it.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Error> {
    let name = &arguments.name;
    let valid = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'));
    if !valid {
        return Err(Error::from(format!("`{name}` is not a crate's name: use letters, digits, `-` and `_`")));
    }
    let source = workspace.source_with(&arguments.spec, &arguments.overlays)?;
    let files = match arguments.emitter {
        Emitter::Ours => ours(workspace, &source, arguments)?,
        Emitter::Progenitor => progenitor::files(workspace, &source, arguments)?,
    };
    write(&arguments.out, &files)?;
    if arguments.format == Format::Text {
        say!("{}: {} files", arguments.out.display(), files.len());
    }
    Ok(Outcome::Done)
}

/// The crate as this generator writes it.
fn ours(workspace: &Workspace, source: &Source, arguments: &Arguments) -> Result<FileSet, Error> {
    let name = &arguments.name;
    let runtime = workspace.path("codegen/runtime").display().to_string();
    let options = CrateOptions { name: name.to_owned(), runtime };
    let pass = |walk: &mut Pipeline, input: &Input<'_>| walk.client(input, &names::module_name(name));
    walk(source, arguments.format, pass, |api| emit::crate_files(&api, &options, &source.file_name()))
}

/// Walks through the passes with `pass`, and goes on with what it makes while what was found on the way is printed: to
/// find the lines of warnings, the document is read once more.
fn walk<T, U>(
    source: &Source,
    format: Format,
    pass: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>,
    next: impl FnOnce(T) -> U,
) -> Result<U, Error> {
    let (made, walk) = source.inspect(pass);
    let tell = || match format {
        Format::Text => output::report_to_stderr(&source.report(&walk, io::stderr().is_terminal())),
        Format::Json => output::report(&json_lines(&walk.diagnostics, &walk.documents)),
    };
    let Some(made) = made else {
        tell();
        return Err(Error::shown(String::new()));
    };
    Ok(thread::scope(|scope| {
        scope.spawn(tell);
        next(made)
    }))
}

/// Writes a crate: its src/ holds what is there and nothing else. What is there already is not touched, so that cargo
/// need not compile it again.
fn write(directory: &Path, files: &FileSet) -> Result<(), Error> {
    let mut sources = FileSet::new();
    let mut manifest = "";
    for (path, text) in files.iter() {
        match path.strip_prefix("src/") {
            Some(path) => sources.insert(path, text),
            None => manifest = text,
        }
    }
    let shown = directory.display().to_string();
    let lock = Lock::exclusive(directory)?;
    let path = directory.join(MANIFEST);
    let current = match input::read_below(directory, MANIFEST) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => None,
        Err(error) => return Err(Error::from(format!("{}: {error}", path.display()))),
    };
    let is_foreign = |bytes: &Vec<u8>| !str::from_utf8(bytes).is_ok_and(is_generated);
    if path.is_symlink() || current.as_ref().is_some_and(is_foreign) {
        return Err(Error::from(format!("{} was not written by this command: give another --out", path.display())));
    }
    let root = format!("{shown}/{SOURCES}");
    if let Some(refusal) = Contents::read(&directory.join(SOURCES))?.refusal(&root, &sources) {
        return Err(refusal);
    }
    if current.as_deref() != Some(manifest.as_bytes()) {
        let staging = Staging::new(&lock)?;
        fs::write(staging.new_path(MANIFEST), manifest)?;
        staging.commit_file(MANIFEST)?;
    }
    file_set::write(&lock, SOURCES, &root, &sources)?;
    Ok(())
}

const MANIFEST: &str = "Cargo.toml";
const SOURCES: &str = "src";
