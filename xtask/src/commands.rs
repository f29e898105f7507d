//! One module for each command.

pub mod changelog;
#[cfg(feature = "all-commands")]
pub mod corpus;
pub mod coverage;
pub mod diff;
#[cfg(feature = "all-commands")]
pub mod drift;
pub mod dump;
pub mod generate;
#[cfg(feature = "all-commands")]
pub mod infer;
pub mod lint;
pub mod list;
pub mod lower;
#[cfg(feature = "all-commands")]
pub mod prism;
pub mod regen;
#[cfg(feature = "all-commands")]
pub mod vendor;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::Error;
use crate::api::Workspace;

/// The cargo that runs this command.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Where cargo builds this workspace.
fn target_directory(workspace: &Workspace) -> Result<PathBuf, Error> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(workspace.path("Cargo.toml"))
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)))?;
    let directory = metadata["target_directory"].as_str().ok_or("cargo metadata names no target directory")?;
    Ok(PathBuf::from(directory))
}
