//! `changelog`: the entry of CHANGELOG.md for a change.

use crm_clients_review::diff::format;

use crate::{Error, Outcome, Project, output};

/// Arguments of `changelog`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Two documents, each a file or REV:PATH; or the APIs to review (default: all APIs)
    #[arg(value_name = "OLD NEW|API")]
    names: Vec<String>,
    /// Revision to compare the working tree with (default: the merge base with the main branch)
    #[arg(long, value_name = "REV")]
    base: Option<String>,
}

/// Runs the command.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let (review, _) = super::diff::review(project, &arguments.names, arguments.base.as_deref())?;
    output::report(&format::changelog(&review));
    Ok(Outcome::Done)
}
