//! `lower`: converts a document to OpenAPI 3.0, for tools that do not read newer versions.

use std::fs;
use std::path::{Path, PathBuf};

use crm_clients_document::{Pipeline, canonical};

use crate::{Error, Outcome, Project, output};

/// Arguments of `lower`.
#[derive(clap::Args)]
pub struct Arguments {
    /// An API of the project, with its overlays, or a document's file
    #[arg(value_name = "API|FILE")]
    source: String,
    /// Overlay to apply to a document's file; several are applied in order. An API has its own overlays
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// File to write, as YAML if its name ends in .yaml or .yml, otherwise as JSON (default: standard output)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command. Extensions are kept: OpenAPI allows them everywhere, and other tools may use them.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let source = project.source_with(&arguments.source, &arguments.overlays)?;
    let document = source.run(Pipeline::published)?;
    let Some(path) = &arguments.output else {
        output::json(&canonical::to_json(&document));
        return Ok(Outcome::Done);
    };
    let text = if is_yaml(path) { canonical::to_yaml(&document) } else { canonical::to_json(&document) };
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Outcome::Done)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"))
}
