//! `cargo xtask drift`: compares recorded traffic with a document.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use crm_clients_cli::{
    Error, Outcome, Project,
    output::{self, Format},
    say,
};
use crm_clients_document::model;
use crm_clients_traffic::{Drift, Finding, Part, draft, exchange};
use serde_json::{Value, json};

/// Arguments of `drift`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A vendored API with its overlay, or the file of a document
    #[arg(value_name = "API|FILE")]
    source: String,
    /// Recordings: of a client's `Recorder`, HAR files, or JSON lines with `method`, `path`, `status` and bodies
    #[arg(value_name = "RECORDING", required = true)]
    recordings: Vec<PathBuf>,
    /// Overlay to apply to a document's file; several are applied in order. An API has its own overlays
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// Compare with the upstream document of the API
    #[arg(long)]
    without_overlay: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Print the overlay that would correct the findings instead
    #[arg(long)]
    draft: bool,
}

/// Runs the command. The outcome is a difference if there are findings.
pub fn run(workspace: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let source = workspace.source_with(&arguments.source, &arguments.overlays)?;
    let source = if arguments.without_overlay { source.bare() } else { source };
    let mut has_single_types = false;
    let (made, pipeline) = source.inspect(|pipeline, input| {
        let overlaid = pipeline.overlaid(input)?;
        let version = overlaid.get("openapi").and_then(Value::as_str).unwrap_or_default();
        has_single_types = version.is_empty() || version.starts_with("3.0");
        let raised = pipeline.raise(overlaid)?;
        let document = model::document(&raised, &mut pipeline.diagnostics)?;
        Some((raised, document))
    });
    let (raised, document) = made.ok_or_else(|| Error::shown(pipeline.report(false)))?;
    let mut drift = Drift::new(&document, &raised)?;
    for path in &arguments.recordings {
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let read = exchange::read(BufReader::with_capacity(1 << 16, file), &mut |exchange| drift.add(&exchange));
        read.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if arguments.draft {
        let title = format!("Corrections of {} from recorded traffic", arguments.source);
        let context =
            draft::Context { title: &title, raised: &raised, documents: &pipeline.documents, has_single_types };
        say!("{}", draft::overlay(&context, drift.findings()).trim_end());
    } else {
        print(arguments.format, &drift);
    }
    Ok(if drift.findings().len() == 0 { Outcome::Done } else { Outcome::Different })
}

fn print(format: Format, drift: &Drift<'_>) {
    match format {
        Format::Json => {
            let findings: Vec<Value> = drift.findings().map(to_json).collect();
            output::json(&json!({"exchanges": drift.exchanges(), "findings": findings}).to_string());
        }
        Format::Text => {
            let mut operation = "";
            for finding in drift.findings() {
                if finding.operation != operation {
                    operation = &finding.operation;
                    match &finding.operation_id {
                        Some(id) => say!("{operation} ({id})"),
                        None => say!("{operation}"),
                    }
                }
                let part = match finding.part {
                    Part::Operation => String::new(),
                    Part::Request => format!("request{}: ", place(finding)),
                    Part::Response(status) => format!("{status}{}: ", place(finding)),
                };
                say!("    {part}{}, {}", draft::what(finding), draft::times(finding.count));
            }
            say!("{} findings in {} exchanges", drift.findings().len(), drift.exchanges());
        }
    }
}

fn place(finding: &Finding) -> String {
    if finding.place.is_empty() { String::new() } else { format!(" {}", finding.place) }
}

fn to_json(finding: &Finding) -> Value {
    let (part, status) = match finding.part {
        Part::Operation => ("operation", None),
        Part::Request => ("request", None),
        Part::Response(status) => ("response", Some(status)),
    };
    json!({
        "operation": finding.operation,
        "operation_id": finding.operation_id,
        "part": part,
        "status": status,
        "place": finding.place,
        "rule": finding.subject.name(),
        "message": draft::what(finding),
        "types": finding.types,
        "count": finding.count,
        "pointer": finding.pointer,
    })
}
