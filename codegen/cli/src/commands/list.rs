//! `list`: the operations and their Rust methods.

use std::path::Path;

use crm_clients_document::sanitize;
use crm_clients_generator::{Generate, names};
use serde::Serialize;

use crate::output::{self, Format, say};
use crate::{Error, Outcome, Project};

/// Arguments of `list`.
#[derive(clap::Args)]
pub struct Arguments {
    /// APIs of the project, with their overlays, and documents' files (default: all APIs)
    #[arg(value_name = "API|FILE")]
    sources: Vec<String>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// A row of the list.
#[derive(Serialize)]
struct Entry {
    api: String,
    method: String,
    path: String,
    operation_id: Option<String>,
    rust: String,
}

/// Runs the command.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let mut entries = Vec::new();
    for source in project.named(&arguments.sources)? {
        let name = Path::new(&source).file_stem().map_or_else(|| source.clone(), |stem| stem.to_string_lossy().into());
        let (name, source) = (names::module_name(&name), project.source_or_file(&source)?);
        let api = source.run(|pipeline, input| pipeline.ir(input, &name))?;
        for resource in api.resources {
            let handle = format!("{name}::{}::{}", resource.module, resource.name);
            entries.extend(resource.operations.into_iter().filter(|operation| !operation.alternative).map(
                |operation| Entry {
                    api: name.clone(),
                    method: operation.method,
                    path: operation.path,
                    operation_id: operation.id,
                    rust: format!("{handle}::{}", operation.name),
                },
            ));
        }
    }
    match arguments.format {
        Format::Json => output::json(&serde_json::to_string_pretty(&entries)?),
        Format::Text => {
            let width = entries.iter().map(|entry| entry.path.len()).max().unwrap_or_default();
            for entry in entries {
                say!("{:<7} {:<width$} {}", entry.method, sanitize::line(&entry.path), entry.rust);
            }
        }
    }
    Ok(Outcome::Done)
}
