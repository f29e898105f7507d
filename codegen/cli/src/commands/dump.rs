//! `dump`: the result of a pass.

use std::path::PathBuf;

use crm_clients_document::Pipeline;
use crm_clients_generator::Generate;

use crate::{Error, Outcome, Project, output};

/// Arguments of `dump`.
#[derive(clap::Args)]
pub struct Arguments {
    /// An API of the project, with its overlays, or a document's file
    #[arg(value_name = "API|FILE")]
    source: String,
    /// Overlay to apply to a document's file; several are applied in order. An API has its own overlays
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// Pass whose result is printed
    #[arg(long, value_enum)]
    stage: Stage,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Stage {
    /// The document with its overlays applied
    Overlaid,
    /// The lowered document, adapted for progenitor
    Progenitor,
    /// The client as data
    Ir,
}

/// Runs the command.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let source = project.source_with(&arguments.source, &arguments.overlays)?;
    let json = match arguments.stage {
        Stage::Overlaid => serde_json::to_string_pretty(&source.run(Pipeline::overlaid)?)?,
        Stage::Progenitor => {
            serde_json::to_string_pretty(&source.run(|pipeline, input| pipeline.for_progenitor(input, "client"))?)?
        }
        Stage::Ir => serde_json::to_string_pretty(&source.run(|pipeline, input| pipeline.ir(input, "client"))?)?,
    };
    output::json(&json);
    Ok(Outcome::Done)
}
