//! `lint`: mistakes and bad practice in a document.

use std::io::{self, IsTerminal};
use std::path::Path;

use crm_clients_document::diagnostic::{Severity, github, json_lines};
use crm_clients_document::{Pipeline, overlay};
use crm_clients_review::Lint;
use crm_clients_review::lint;

use crate::output::{self, say};
use crate::source::Source;
use crate::{Error, Outcome, Project, input};

/// Arguments of `lint`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Vendored APIs, with their overlays, and files of documents or overlays (default: all APIs)
    #[arg(value_name = "API|FILE")]
    sources: Vec<String>,
    /// Lint the upstream documents, including problems that their overlays correct
    #[arg(long)]
    without_overlay: bool,
    /// Output format: text, a JSON object on each line, or GitHub annotations
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Lowest severity that sets the exit code to 1
    #[arg(long, value_enum, default_value = "error")]
    fail_on: Level,
    /// List the rules instead
    #[arg(long)]
    rules: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Github,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Level {
    Error,
    Warning,
    Never,
}

/// Runs the command.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    if arguments.rules {
        for rule in lint::rules() {
            say!("{} {}: {}\n        {}", rule.severity_name(), rule.id, rule.sentence, rule.remedy);
        }
        return Ok(Outcome::Done);
    }
    let names = project.named(&arguments.sources)?;
    let (mut errors, mut warnings) = (0, 0);
    let mut faults = String::new();
    for name in &names {
        let (linted, pipeline, source) = lint(project, name, arguments.without_overlay)?;
        if linted.is_none() {
            // The next document may have errors too.
            faults.push_str(&source.report(&pipeline, io::stderr().is_terminal()));
            continue;
        }
        match arguments.format {
            Format::Text => output::report(&source.report(&pipeline, io::stdout().is_terminal())),
            Format::Json => output::report(&json_lines(&pipeline.diagnostics, &pipeline.documents)),
            Format::Github => output::report(&github(&pipeline.diagnostics, &pipeline.documents)),
        }
        let counted = pipeline.diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
        errors += counted;
        warnings += pipeline.diagnostics.len() - counted;
    }
    if !faults.is_empty() {
        return Err(Error::shown(faults));
    }
    if matches!(arguments.format, Format::Text) {
        say!("{errors} errors, {warnings} warnings in {}", names.join(", "));
    }
    let fails = match arguments.fail_on {
        Level::Error => errors > 0,
        Level::Warning => errors + warnings > 0,
        Level::Never => false,
    };
    Ok(if fails { Outcome::Different } else { Outcome::Done })
}

/// Lints one document, or an overlay without its document.
fn lint(project: &Project, name: &str, without_overlay: bool) -> Result<(Option<()>, Pipeline, Source), Error> {
    let is_api = project.apis()?.iter().any(|api| api == name);
    if let Some(text) = (!is_api).then(|| input::read_named(Path::new(name))).and_then(Result::ok)
        && overlay::is_overlay(&text)
    {
        let mut pipeline = Pipeline::new();
        pipeline.check_overlay(name, &text);
        return Ok((Some(()), pipeline, project.configured_source(Source::text(name, text, Vec::new()))));
    }
    let source = project.source_or_file(name)?;
    let source = if without_overlay { source.bare() } else { source };
    let (linted, pipeline) = source.inspect(Pipeline::lint);
    Ok((linted, pipeline, source))
}
