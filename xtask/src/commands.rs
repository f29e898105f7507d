//! The commands, one module for each.

#[cfg(feature = "all-commands")]
pub mod corpus;
#[cfg(feature = "all-commands")]
pub mod drift;
#[cfg(feature = "all-commands")]
pub mod infer;
pub mod names;
#[cfg(feature = "all-commands")]
pub mod prism;
pub mod regen;
#[cfg(feature = "all-commands")]
pub mod vendor;

use std::path::PathBuf;
use std::process::Command;

use crm_clients_cli::{Error, Project};
use serde_json::Value;

/// Returns the cargo that runs this command.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Returns the target directory of this workspace.
fn target_directory(workspace: &Project) -> Result<PathBuf, Error> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(workspace.path("Cargo.toml"))
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)))?;
    let directory = metadata["target_directory"].as_str().ok_or("cargo metadata contains no target directory")?;
    Ok(PathBuf::from(directory))
}
