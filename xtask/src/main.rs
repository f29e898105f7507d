//! The maintainers' commands; run `cargo xtask help`.
//!
//! The commands are thin wrappers of the crates in `codegen` that handle files, exit codes and output. The exit code is
//! 0 for success, 1 if there is a difference, and 2 for errors in the input or the arguments.

#![warn(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(not(feature = "all-commands"), expect(dead_code, reason = "the commands that use it are not built"))]

mod commands;
#[cfg(feature = "all-commands")]
mod fetch;
mod optional;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use crm_clients_cli::project::References;
use crm_clients_cli::{Project, output};

/// With the system's allocator, small allocations take a third of the time of generating.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Maintain the generated API clients
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    /// Workspace to operate on (default: the workspace of this crate)
    #[arg(long, value_name = "DIR", global = true)]
    workspace: Option<PathBuf>,
    #[command(flatten)]
    references: References,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the clients in generated/src from the vendored documents
    Regen(commands::regen::Arguments),
    /// Vendor an upstream document: drop its descriptions, convert it to canonical form and record its source
    Vendor(optional::Vendor),
    /// List the Rust names that the clients keep although the document's changed, or accept the new ones
    Names(commands::names::Arguments),
    #[command(flatten)]
    Project(crm_clients_cli::commands::Command),
    /// Generate and compile a crate for every document in a directory, and report the results
    Corpus(optional::Corpus),
    /// Compare recorded traffic with a document, and draft an overlay that corrects the document
    Drift(optional::Drift),
    /// Draft an overlay that declares the operations of recorded traffic that a document lacks
    Infer(optional::Infer),
    /// Call every operation of the clients on a mock server that validates requests
    Prism(optional::Prism),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default();
    let workspace = Project::vendored(arguments.workspace.unwrap_or_else(own), arguments.references);
    let outcome = match &arguments.command {
        Command::Regen(arguments) => commands::regen::run(&workspace, arguments),
        Command::Vendor(arguments) => optional::vendor(&workspace, arguments),
        Command::Names(arguments) => commands::names::run(&workspace, arguments),
        Command::Project(command) => command.run(&workspace),
        Command::Corpus(arguments) => optional::corpus(&workspace, arguments),
        Command::Drift(arguments) => optional::drift(&workspace, arguments),
        Command::Infer(arguments) => optional::infer(&workspace, arguments),
        Command::Prism(arguments) => optional::prism(&workspace, arguments),
    };
    match outcome {
        Ok(outcome) => outcome.exit_code(),
        Err(error) => {
            output::report_to_stderr(&error.into_text());
            ExitCode::from(2)
        }
    }
}
