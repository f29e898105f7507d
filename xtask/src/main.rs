//! The maintainers' commands: `cargo xtask help`.
//!
//! Thin over the crates in `codegen`: here are files, exit codes and what is printed.
//! Exit code 0 is success, 1 a difference that was asked for, 2 a fault of the input or the call.

#![warn(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(not(feature = "all-commands"), expect(dead_code, reason = "the commands that use it are not built"))]

mod accepted;
mod api;
mod commands;
#[cfg(feature = "all-commands")]
mod fetch;
mod file_set;
mod git;
mod input;
mod optional;
mod output;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use crm_clients_document::sanitize;

use api::Workspace;

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
    references: api::References,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes the clients under generated/src from the vendored documents.
    Regen(commands::regen::Arguments),
    /// Takes in an upstream document: drops its prose, writes it in canonical form, notes its source.
    Vendor(optional::Vendor),
    /// Reports what is wrong or unwise in a document.
    Lint(commands::lint::Arguments),
    /// Reviews what changed on the wire and for callers of the crate, since a revision or between two documents.
    Diff(commands::diff::Arguments),
    /// Tells what of a document the client supports and what not, by keyword and place.
    Coverage(commands::coverage::Arguments),
    /// Prints the changelog's entry for what changed, in words for callers of the crate.
    Changelog(commands::changelog::Arguments),
    /// Lists the operations and the Rust methods that they became.
    List(commands::list::Arguments),
    /// Prints a document or a client as it is after a pass.
    Dump(commands::dump::Arguments),
    /// Writes a document as OpenAPI 3.0, for tools that read nothing newer.
    Lower(commands::lower::Arguments),
    /// Writes a stand-alone client crate for any document.
    Generate(commands::generate::Arguments),
    /// Generates and compiles a crate for every document below a directory, and reports the results.
    Corpus(optional::Corpus),
    /// Compares recorded traffic with a document, and drafts the overlay that corrects the document.
    Drift(optional::Drift),
    /// Drafts the overlay that declares the operations of recorded traffic that a document lacks.
    Infer(optional::Infer),
    /// Calls every operation of the clients against a mock server that checks what it is sent.
    Prism(optional::Prism),
}

/// What a command ends with, apart from faults.
pub enum Outcome {
    /// All is well.
    Done,
    /// There is a difference.
    Different,
}

/// A fault, as it is shown.
pub struct Error(String);

impl<E: std::fmt::Display> From<E> for Error {
    fn from(error: E) -> Self {
        Self(sanitize::block(&format!("error: {error}\n")))
    }
}

impl Error {
    /// A fault that is already laid out and sanitized.
    pub fn shown(text: String) -> Self {
        Self(text)
    }

    /// As it is shown.
    pub fn into_text(self) -> String {
        self.0
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let workspace = Workspace::new(arguments.workspace, arguments.references);
    let outcome = match &arguments.command {
        Command::Regen(arguments) => commands::regen::run(&workspace, arguments),
        Command::Vendor(arguments) => optional::vendor(&workspace, arguments),
        Command::Lint(arguments) => commands::lint::run(&workspace, arguments),
        Command::Diff(arguments) => commands::diff::run(&workspace, arguments),
        Command::Coverage(arguments) => commands::coverage::run(&workspace, arguments),
        Command::Changelog(arguments) => commands::changelog::run(&workspace, arguments),
        Command::List(arguments) => commands::list::run(&workspace, arguments),
        Command::Dump(arguments) => commands::dump::run(&workspace, arguments),
        Command::Lower(arguments) => commands::lower::run(&workspace, arguments),
        Command::Generate(arguments) => commands::generate::run(&workspace, arguments),
        Command::Corpus(arguments) => optional::corpus(&workspace, arguments),
        Command::Drift(arguments) => optional::drift(&workspace, arguments),
        Command::Infer(arguments) => optional::infer(&workspace, arguments),
        Command::Prism(arguments) => optional::prism(&workspace, arguments),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Different) => ExitCode::from(1),
        Err(Error(text)) => {
            output::report_to_stderr(&text);
            ExitCode::from(2)
        }
    }
}
