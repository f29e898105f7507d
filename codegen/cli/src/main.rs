//! The command `crm-clients`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use clap::{CommandFactory, Parser, Subcommand};
use crm_clients_cli::config::{Config, FILE};
use crm_clients_cli::project::References;
use crm_clients_cli::{Error, Outcome, Project, commands, output};

/// A third of the time that generating takes is small allocations, which this allocator makes faster.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Generates Rust clients from OpenAPI documents, keeps them fresh, and reviews changes.
#[derive(Parser)]
#[command(
    name = "crm-clients",
    version,
    after_help = "Examples:
  crm-clients init openapi.yaml     Writes crm-clients.toml.
  crm-clients generate              Writes the clients.
  crm-clients check                 Exits with 1 if a client is not fresh.

Exit codes: 0 success, 1 a difference or a finding, 2 an error in the input or the command line."
)]
struct Arguments {
    /// The directory of crm-clients.toml.
    #[arg(long, value_name = "DIR", global = true, default_value = ".")]
    project: PathBuf,
    #[command(flatten)]
    references: References,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes crm-clients.toml for a document.
    Init(commands::init::Arguments),
    #[command(flatten)]
    Project(commands::Command),
    /// Prints the completions of a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Writes the manual pages to a directory.
    Man {
        /// The directory.
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(outcome) => outcome.exit_code(),
        Err(error) => {
            output::report_to_stderr(&error.into_text());
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<Outcome, Error> {
    match arguments.command {
        Command::Init(init) => commands::init::run(&arguments.project, &init),
        Command::Project(command) => {
            let config = Config::read(&arguments.project)?;
            // Without a configuration, files can still be named.
            let config = match &config {
                None if arguments.project != Path::new(".") => {
                    return Err(Error::from(format!("{} has no {FILE}", arguments.project.display())));
                }
                _ => config.unwrap_or_default(),
            };
            command.run(&Project::configured(arguments.project, arguments.references, config))
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "crm-clients", &mut io::stdout());
            Ok(Outcome::Done)
        }
        Command::Man { directory } => {
            fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
            clap_mangen::generate_to(Arguments::command(), &directory)
                .map_err(|error| format!("{}: {error}", directory.display()))?;
            Ok(Outcome::Done)
        }
    }
}
