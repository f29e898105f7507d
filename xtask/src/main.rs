//! The maintainers' commands: `cargo xtask help`.
//!
//! Thin over the crates in `codegen`: here are files, exit codes and what is printed.
//! Exit code 0 is success, 1 a difference that was asked for, 2 a fault of the input or the call.

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

/// To make and to drop small values is a third of what generating takes with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Keeps the generated clients true to their documents.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    /// The workspace to work on; the one that this command was built in unless given.
    #[arg(long, value_name = "DIR", global = true)]
    workspace: Option<PathBuf>,
    #[command(flatten)]
    references: References,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes the clients under generated/src from the vendored documents.
    Regen(commands::regen::Arguments),
    /// Takes in an upstream document: drops its prose, writes it in canonical form, notes its source.
    Vendor(optional::Vendor),
    #[command(flatten)]
    Project(crm_clients_cli::commands::Command),
    /// Generates and compiles a crate for every document below a directory, and reports the results.
    Corpus(optional::Corpus),
    /// Compares recorded traffic with a document, and drafts the overlay that corrects the document.
    Drift(optional::Drift),
    /// Drafts the overlay that declares the operations of recorded traffic that a document lacks.
    Infer(optional::Infer),
    /// Calls every operation of the clients against a mock server that checks what it is sent.
    Prism(optional::Prism),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default();
    let workspace = Project::vendored(arguments.workspace.unwrap_or_else(own), arguments.references);
    let outcome = match &arguments.command {
        Command::Regen(arguments) => commands::regen::run(&workspace, arguments),
        Command::Vendor(arguments) => optional::vendor(&workspace, arguments),
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
