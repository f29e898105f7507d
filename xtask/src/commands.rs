//! One module for each command.

pub mod diff;
pub mod dump;
pub mod generate;
pub mod lint;
pub mod list;
pub mod lower;
pub mod prism;
pub mod regen;
pub mod vendor;

use std::process::Command;

/// The cargo that runs this command.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
