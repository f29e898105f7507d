//! `cargo xtask generate`: any document to a crate of its own.

mod progenitor;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::{fs, io, thread};

use crm_clients_codegen::diagnostic::json_lines;
use crm_clients_codegen::emit::{self, CrateOptions};
use crm_clients_codegen::fileset::FileSet;
use crm_clients_codegen::{Input, Pipeline, names};

use crate::api::{Source, Workspace};
use crate::{Fault, Outcome, tree};

/// Arguments of `generate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A vendored API, with its overlay, or a document's file, YAML or JSON.
    #[arg(long, value_name = "API|FILE")]
    spec: String,
    /// Corrections to the document; an API has its own.
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
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

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Emitter {
    /// This generator.
    Ours,
    /// progenitor, from the lowered document with all adapted that it refuses.
    Progenitor,
}

/// Runs it.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Fault> {
    let name = &arguments.name;
    let valid = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'));
    if !valid {
        return Err(Fault::from(format!("`{name}` is not a crate's name: use letters, digits, `-` and `_`")));
    }
    let manifest_path = arguments.out.join("Cargo.toml");
    let theirs = fs::read_to_string(&manifest_path).is_ok_and(|text| !text.starts_with("# @generated"));
    if theirs {
        return Err(Fault::from(format!(
            "{} was not written by this command: give another --out",
            manifest_path.display()
        )));
    }
    let source = workspace.source_with(&arguments.spec, arguments.overlay.as_deref())?;
    let files = match arguments.emitter {
        Emitter::Ours => ours(workspace, &source, arguments)?,
        Emitter::Progenitor => progenitor::files(workspace, &source, arguments)?,
    };
    write(&arguments.out, &files)?;
    if arguments.format == Format::Text {
        println!("{}: {} files", arguments.out.display(), files.len());
    }
    Ok(Outcome::Done)
}

/// The crate as this generator writes it.
fn ours(workspace: &Workspace, source: &Source, arguments: &Arguments) -> Result<FileSet, Fault> {
    let name = &arguments.name;
    let runtime = workspace.path("codegen/runtime").display().to_string();
    let options = CrateOptions { name: name.to_owned(), runtime };
    let pass = |walk: &mut Pipeline, input: &Input<'_>| walk.ir(input, &names::module_name(name));
    walk(source, arguments.format, pass, |api| emit::crate_files(&api, &options, &source.file_name()))
}

/// Walks through the passes with `pass`, and goes on with what it makes while what was found on the way is printed: to
/// find the lines of warnings, the document is read once more.
fn walk<T, U>(
    source: &Source,
    format: Format,
    pass: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>,
    next: impl FnOnce(T) -> U,
) -> Result<U, Fault> {
    let (made, walk) = source.inspect(pass);
    let tell = || match format {
        Format::Text => eprint!("{}", walk.report(io::stderr().is_terminal())),
        Format::Json => print!("{}", json_lines(&walk.diagnostics, &walk.documents)),
    };
    let Some(made) = made else {
        tell();
        return Err(Fault::shown(String::new()));
    };
    Ok(thread::scope(|scope| {
        scope.spawn(tell);
        next(made)
    }))
}

/// Writes a crate: its src/ holds what is there and nothing else. What is there already is not touched, so that cargo
/// need not compile it again.
fn write(directory: &Path, files: &FileSet) -> Result<(), Fault> {
    let mut sources = FileSet::new();
    let mut manifest = "";
    for (path, text) in files.iter() {
        match path.strip_prefix("src/") {
            Some(path) => sources.insert(path, text),
            None => manifest = text,
        }
    }
    fs::create_dir_all(directory)?;
    tree::write(&directory.join("src"), &sources)?;
    let path = directory.join("Cargo.toml");
    if fs::read_to_string(&path).ok().as_deref() != Some(manifest) {
        fs::write(path, manifest)?;
    }
    Ok(())
}
