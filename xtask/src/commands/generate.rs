//! `cargo xtask generate`: any document to a crate of its own.

use std::fs;
use std::path::PathBuf;

use crm_clients_codegen::emit::{self, CrateOptions};
use crm_clients_codegen::fileset::FileSet;
use crm_clients_codegen::names;

use crate::api::{Source, Workspace};
use crate::{Fault, Outcome, tree};

/// Arguments of `generate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The document, YAML or JSON.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Corrections to it.
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
    /// The crate's name.
    #[arg(long)]
    name: String,
    /// The crate's directory. Its Cargo.toml and src/ are written and owned by this command.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
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
    let source = Source::file(&arguments.spec, arguments.overlay.as_deref())?;
    let api = source.walk(|walk, input| walk.ir(input, &names::module_name(name)))?;
    let runtime = workspace.path("codegen/runtime").display().to_string();
    let made_from = arguments.spec.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
    let files = emit::crate_files(&api, &CrateOptions { name: name.clone(), runtime }, &made_from);
    let mut sources = FileSet::new();
    let mut manifest = String::new();
    for (path, text) in files.iter() {
        match path.strip_prefix("src/") {
            Some(path) => sources.insert(path, text),
            None => manifest = text.to_owned(),
        }
    }
    fs::create_dir_all(&arguments.out)?;
    tree::write(&arguments.out.join("src"), &sources)?;
    fs::write(&manifest_path, manifest)?;
    println!("{}: {} files", arguments.out.display(), files.len());
    Ok(Outcome::Done)
}
