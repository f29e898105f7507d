//! Generates a crate with progenitor, a separate program that is built on demand.

use std::io::{self, Write as _};
use std::panic::resume_unwind;
use std::process::{Command, Stdio};
use std::thread;

use crm_clients_document::{Input, Pipeline, sanitize};
use crm_clients_generator::Generate;
use crm_clients_generator::fileset::FileSet;
use crm_clients_generator::names;
use serde::Deserialize;
use serde_json::json;

use super::run_passes;
use crate::output::Format;
use crate::source::Source;
use crate::{Error, Project};

/// A crate, as returned by the program.
#[derive(Deserialize)]
struct Package {
    manifest: String,
    library: String,
}

/// Generates the crate with progenitor.
pub fn files(project: &Project, source: &Source, name: &str, format: Format) -> Result<FileSet, Error> {
    let pass = |pipeline: &mut Pipeline, input: &Input<'_>| pipeline.for_progenitor(input, &names::module_name(name));
    let order = run_passes(
        source,
        format,
        pass,
        |document| json!({"name": name, "source": source.file_name(), "document": document}),
    )?;
    let mut program = program(project);
    let program = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut program = program.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!("{PROGRAM} is not installed: run `cargo install {PROGRAM}`"),
        _ => format!("cannot run {PROGRAM}: {error}"),
    })?;
    let input = program.stdin.take();
    // Write the input while reading the output: the compiler may print much before the program reads anything.
    let (written, output) = thread::scope(|scope| {
        let write = || input.map_or(Ok(()), |mut input| input.write_all(order.to_string().as_bytes()));
        let writing = scope.spawn(write);
        let output = program.wait_with_output();
        (writing.join().unwrap_or_else(|panic| resume_unwind(panic)), output)
    });
    let output = output?;
    if !output.status.success() {
        // The error output explains the failure; it may contain text of the document.
        return Err(Error::shown(sanitize::block(&String::from_utf8_lossy(&output.stderr))));
    }
    written?;
    let package: Package = serde_json::from_slice(&output.stdout)?;
    let mut files = FileSet::new();
    files.insert("Cargo.toml", package.manifest);
    files.insert("src/lib.rs", package.library);
    Ok(files)
}

/// Returns the command that runs the program: built by cargo in this repository, installed elsewhere.
fn program(project: &Project) -> Command {
    if project.config().is_some() {
        return Command::new(PROGRAM);
    }
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["run", "--quiet", "--package", PROGRAM, "--manifest-path"]).arg(project.path("Cargo.toml"));
    command
}

const PROGRAM: &str = "crm-clients-progenitor";
