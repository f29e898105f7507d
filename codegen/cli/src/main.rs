//! The command `crm-clients`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use clap::{CommandFactory, Parser, Subcommand};
use crm_clients_cli::config::{Config, FILE};
use crm_clients_cli::project::References;
use crm_clients_cli::{Error, Outcome, Project, commands, output};

/// The system's allocator would spend a third of the generator's time on small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Generate Rust clients from OpenAPI documents, keep them up to date, and review changes
#[derive(Parser)]
#[command(
    name = "crm-clients",
    version,
    after_help = "Examples:
  crm-clients init openapi.yaml     Write crm-clients.toml.
  crm-clients generate              Generate the clients.
  crm-clients check                 Exit with 1 if a client is out of date.

Exit codes: 0 success, 1 a difference or a finding, 2 an error in the input or the command line."
)]
struct Arguments {
    /// Directory of crm-clients.toml
    #[arg(long, value_name = "DIR", global = true, default_value = ".")]
    project: PathBuf,
    #[command(flatten)]
    references: References,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write crm-clients.toml for a document
    Init(commands::init::Arguments),
    /// Check that the clients of crm-clients.toml are up to date, and show the differences
    Check(commands::check::Arguments),
    #[command(flatten)]
    Project(commands::Command),
    /// Print shell completions
    Completions {
        /// Shell to print them for
        shell: clap_complete::Shell,
    },
    /// Write the manual pages to a directory
    Man {
        /// Directory to write to
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
        Command::Check(check) => commands::check::run(&project(arguments.project, arguments.references)?, &check),
        Command::Project(command) => command.run(&project(arguments.project, arguments.references)?),
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

/// Returns the project in a directory. The current directory needs no configuration, because documents can be passed as
/// arguments.
fn project(directory: PathBuf, references: References) -> Result<Project, Error> {
    let config = Config::read(&directory)?;
    if config.is_none() && directory != Path::new(".") {
        return Err(Error::from(format!("{} has no {FILE}", directory.display())));
    }
    Ok(Project::configured(directory, references, config.unwrap_or_default()))
}
