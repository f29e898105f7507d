//! The commands of the feature `all-commands`. Without it, `cargo xtask` rebuilds itself with the feature and forwards
//! the call.

#[cfg(feature = "all-commands")]
pub use crate::commands::{
    corpus::{Arguments as Corpus, run as corpus},
    drift::{Arguments as Drift, run as drift},
    infer::{Arguments as Infer, run as infer},
    prism::{Arguments as Prism, run as prism},
    vendor::{Arguments as Vendor, run as vendor},
};
#[cfg(not(feature = "all-commands"))]
pub use rebuilt::{
    Arguments as Corpus, Arguments as Drift, Arguments as Infer, Arguments as Prism, Arguments as Vendor,
    run as corpus, run as drift, run as infer, run as prism, run as vendor,
};

#[cfg(not(feature = "all-commands"))]
mod rebuilt {
    use std::ffi::OsString;
    use std::process::ExitStatus;

    use crm_clients_cli::{Error, Outcome, Project};

    use crate::commands::cargo;

    /// All arguments after the name of the command, which the complete build parses.
    #[derive(clap::Args)]
    #[command(disable_help_flag = true)]
    pub struct Arguments {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        rest: Vec<OsString>,
    }

    /// Runs the same command in a build with the feature.
    pub fn run(_workspace: &Project, _arguments: &Arguments) -> Result<Outcome, Error> {
        let status = cargo()
            .args(["run", "--quiet", "--features", "all-commands", "--manifest-path"])
            .args([concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), "--"])
            .args(std::env::args_os().skip(1))
            .status()?;
        outcome(status)
    }

    fn outcome(status: ExitStatus) -> Result<Outcome, Error> {
        match status.code() {
            Some(0) => Ok(Outcome::Done),
            Some(1) => Ok(Outcome::Different),
            // The command has already printed the error.
            _ => Err(Error::shown(String::new())),
        }
    }
}
