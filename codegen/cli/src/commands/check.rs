//! `check`: whether the clients of `crm-clients.toml` are fresh.

use crate::{Error, Outcome, Project};

/// Arguments of `check`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The clients to check; all of them if none is named.
    #[arg(value_name = "CLIENT")]
    clients: Vec<String>,
}

/// Runs it.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    super::generate::check(project, &arguments.clients)
}
