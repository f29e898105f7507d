//! progenitor as the emitter: a program of its own, which is built when it is asked for.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crm_clients_codegen::fileset::FileSet;
use crm_clients_codegen::{Input, Pipeline, names};
use serde::Deserialize;
use serde_json::json;

use super::{Arguments, walk};
use crate::Fault;
use crate::api::{Source, Workspace};
use crate::commands::cargo;

/// A crate, as the program answers with it.
#[derive(Deserialize)]
struct Package {
    manifest: String,
    library: String,
}

/// The crate as progenitor writes it.
pub fn files(workspace: &Workspace, source: &Source, arguments: &Arguments) -> Result<FileSet, Fault> {
    let name = &arguments.name;
    let pass = |walk: &mut Pipeline, input: &Input<'_>| walk.for_progenitor(input, &names::module_name(name));
    let order = walk(
        source,
        arguments.format,
        pass,
        |document| json!({"name": name, "source": source.file_name(), "document": document}),
    )?;
    let mut program = program(workspace).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let written = program.stdin.take().map_or(Ok(()), |mut input| input.write_all(order.to_string().as_bytes()));
    let output = program.wait_with_output()?;
    if !output.status.success() {
        // It, or the compiler, has said why.
        return Err(Fault::shown(String::new()));
    }
    written?;
    let package: Package = serde_json::from_slice(&output.stdout)?;
    let mut files = FileSet::new();
    files.insert("Cargo.toml", package.manifest);
    files.insert("src/lib.rs", package.library);
    Ok(files)
}

fn program(workspace: &Workspace) -> Command {
    let mut command = cargo();
    command.args(["run", "--quiet", "--package", "crm-clients-progenitor", "--manifest-path"]);
    command.arg(workspace.path("Cargo.toml"));
    command
}
