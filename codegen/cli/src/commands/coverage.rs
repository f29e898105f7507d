//! `coverage`: the parts of a document that the client supports, by keyword and location.

use std::collections::BTreeMap;

use crm_clients_document::sanitize;
use crm_clients_review::coverage::{Coverage, Standing, coverage};
use serde::Serialize;

use crate::output::{self, Format, say};
use crate::{Error, Outcome, Project};

/// Arguments of `coverage`.
#[derive(clap::Args)]
pub struct Arguments {
    /// An API of the project, with its overlays, or a document's file
    #[arg(value_name = "API|FILE")]
    source: String,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Maximum number of locations of a keyword that are shown.
const SHOWN_PLACES: usize = 5;

/// A coverage for output: with locations for keywords that may need action, otherwise with counts.
#[derive(Serialize)]
struct Table<'a> {
    operations: usize,
    supported: BTreeMap<&'a str, usize>,
    reported: BTreeMap<&'a str, &'a [String]>,
    unsupported: BTreeMap<&'a str, &'a [String]>,
    unknown: BTreeMap<&'a str, &'a [String]>,
    without_meaning: BTreeMap<&'a str, usize>,
}

impl<'a> Table<'a> {
    fn of(coverage: &'a Coverage) -> Self {
        let counts = |standing| coverage.of(standing).map(|(name, places)| (name, places.len())).collect();
        let places = |standing| coverage.of(standing).collect();
        Self {
            operations: coverage.operations,
            supported: counts(Standing::Supported),
            reported: places(Standing::Reported),
            unsupported: places(Standing::Unsupported),
            unknown: places(Standing::Unknown),
            without_meaning: counts(Standing::WithoutMeaning),
        }
    }
}

/// Runs the command.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let source = project.source_or_file(&arguments.source)?;
    let (found, pipeline) = source.inspect(|pipeline, input| coverage(pipeline, input, "client"));
    let Some(found) = found else {
        return Err(Error::shown(pipeline.report(false)));
    };
    match arguments.format {
        Format::Json => output::json(&serde_json::to_string_pretty(&Table::of(&found))?),
        Format::Text => print(&found),
    }
    Ok(Outcome::Done)
}

fn print(coverage: &Coverage) {
    say!("{} operations", coverage.operations);
    for (standing, heading) in [
        (Standing::Supported, "supported"),
        (Standing::Reported, "reported by a warning"),
        (Standing::Unsupported, "unsupported, without a warning"),
        (Standing::Unknown, "unknown to OpenAPI"),
        (Standing::WithoutMeaning, "without meaning to a client"),
    ] {
        say!("\n{}: {}", heading, coverage.count(standing));
        for (name, places) in coverage.of(standing) {
            say!("  {:>6} {}", places.len(), sanitize::line(name));
            if matches!(standing, Standing::Supported | Standing::WithoutMeaning) {
                continue;
            }
            places.iter().take(SHOWN_PLACES).for_each(|place| say!("           #{}", sanitize::line(place)));
            if places.len() > SHOWN_PLACES {
                say!("           and {} more", places.len() - SHOWN_PLACES);
            }
        }
    }
}

/// Returns the coverage as TOML.
pub fn to_toml(coverage: &Coverage) -> Result<String, Error> {
    Ok(toml::to_string_pretty(&Table::of(coverage))?)
}
