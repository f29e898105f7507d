//! `check`: compares the clients of `crm-clients.toml` with the files on disk.

use crate::{Error, Outcome, Project};

/// Arguments of `check`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Clients to check (default: all clients)
    #[arg(value_name = "CLIENT")]
    clients: Vec<String>,
}

/// Runs the command.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    super::generate::check(project, &arguments.clients)
}
