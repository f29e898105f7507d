//! One module for each command.

pub mod changelog;
pub mod check;
pub mod coverage;
pub mod diff;
pub mod dump;
pub mod generate;
pub mod init;
pub mod lint;
pub mod list;
pub mod lower;

use crate::{Error, Outcome, Project};

/// The commands for any document.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Generate the clients of crm-clients.toml, or a client for any document
    #[command(after_help = GENERATE_EXAMPLES)]
    Generate(generate::Arguments),
    /// Report mistakes in documents and overlays
    #[command(after_help = LINT_EXAMPLES)]
    Lint(lint::Arguments),
    /// Review changes on the wire and for callers, since a revision or between two documents
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(diff::Arguments),
    /// Print the changelog entry for the same changes
    Changelog(changelog::Arguments),
    /// List the operations and their Rust methods
    List(list::Arguments),
    /// Report which parts of a document the client supports, by keyword and location
    Coverage(coverage::Arguments),
    /// Convert a document to OpenAPI 3.0, for tools that do not read newer versions
    #[command(after_help = LOWER_EXAMPLES)]
    Lower(lower::Arguments),
    /// Print the result of a pass
    Dump(dump::Arguments),
}

const GENERATE_EXAMPLES: &str = "\
Examples:
  crm-clients generate
      Writes all clients of crm-clients.toml.
  crm-clients generate --spec openapi.yaml --out clients/pets
      Writes a crate without a configuration.
  crm-clients generate --spec openapi.yaml --out src/pets --module
      Writes a module of an existing crate.";

const LINT_EXAMPLES: &str = "\
Examples:
  crm-clients lint openapi.yaml
  crm-clients lint openapi.yaml --format github --fail-on warning";

const DIFF_EXAMPLES: &str = "\
Examples:
  crm-clients diff old.yaml new.yaml
      Compares two documents.
  crm-clients diff --base v1.2.0 --format markdown
      Compares the documents of crm-clients.toml with a revision.";

const LOWER_EXAMPLES: &str = "\
Examples:
  crm-clients lower openapi.yaml -o openapi-3.0.json";

impl Command {
    /// Runs the command.
    pub fn run(&self, project: &Project) -> Result<Outcome, Error> {
        match self {
            Self::Generate(arguments) => generate::run(project, arguments),
            Self::Lint(arguments) => lint::run(project, arguments),
            Self::Diff(arguments) => diff::run(project, arguments),
            Self::Changelog(arguments) => changelog::run(project, arguments),
            Self::List(arguments) => list::run(project, arguments),
            Self::Coverage(arguments) => coverage::run(project, arguments),
            Self::Lower(arguments) => lower::run(project, arguments),
            Self::Dump(arguments) => dump::run(project, arguments),
        }
    }
}
