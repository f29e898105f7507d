//! `cargo xtask infer`: drafts an overlay with the operations that a document lacks, from recorded traffic.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use crm_clients_cli::{Error, Outcome, Project, output, say};
use crm_clients_document::model;
use crm_clients_traffic::{Infer, exchange, infer};

/// Arguments of `infer`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Recordings: files of a client's `Recorder`, HAR files, or JSON lines with `method`, `path`, `status` and bodies
    #[arg(value_name = "RECORDING", required = true)]
    recordings: Vec<PathBuf>,
    /// Vendored API, with its overlays, or a document's file
    #[arg(long = "for", value_name = "API|FILE")]
    source: String,
    /// Overlay to apply to a document's file; several are applied in order
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// Path template, or the beginning of one, that marks segments as values: `/portals/{slug}`
    #[arg(long = "path", value_name = "TEMPLATE")]
    paths: Vec<String>,
    /// Property, query parameter or form field whose values are not read
    #[arg(long = "redact", value_name = "NAME")]
    redacted: Vec<String>,
}

/// Runs the command. Returns [`Outcome::Different`] if the document lacks an operation.
pub fn run(workspace: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    if let Some(wrong) = arguments.paths.iter().find(|path| !path.starts_with('/')) {
        return Err(Error::from(format!("the path template `{wrong}` does not begin with `/`")));
    }
    let source = workspace.source_with(&arguments.source, &arguments.overlays)?;
    let (made, pipeline) = source.inspect(|pipeline, input| {
        let overlaid = pipeline.overlaid(input)?;
        let raised = pipeline.raise(overlaid.clone())?;
        let document = model::document(&raised, &mut pipeline.diagnostics)?;
        Some((overlaid, raised, document))
    });
    let (overlaid, raised, document) = made.ok_or_else(|| Error::shown(pipeline.report(false)))?;
    let mut inferred = Infer::new(&document, &arguments.paths, infer::Redaction::new(&arguments.redacted));
    for path in &arguments.recordings {
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let read = exchange::read(BufReader::with_capacity(1 << 16, file), &mut |exchange| inferred.add(exchange));
        read.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let (declared, undeclared) = inferred.counts();
    output::report_to_stderr(&format!(
        "note: {undeclared} exchanges of operations that the document lacks, {declared} of declared ones\n"
    ));
    if undeclared == 0 {
        return Ok(Outcome::Done);
    }
    let title = format!("Operations that the document of {} lacks", arguments.source);
    let context = infer::Context { title: &title, overlaid: &overlaid, raised: &raised };
    say!("{}", inferred.overlay(&context).trim_end());
    Ok(Outcome::Different)
}
