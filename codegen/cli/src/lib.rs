//! Generates Rust clients from OpenAPI documents, keeps them up to date, and reviews changes: the command
//! `crm-clients`, and a library for a project's own xtask or build script.
//!
//! A project lists its clients in `crm-clients.toml`, which `crm-clients init` writes:
//!
//! ```toml
//! [clients.pets]
//! document = "openapi.yaml"
//! overlays = ["overlay.yaml"]
//! output = "clients/pets"
//! ```
//!
//! The following xtask writes the clients, or with `check` checks that they are up to date. It needs no installed
//! program: depend on this crate with `default-features = false`.
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use crm_clients_cli::{Error, Outcome, Project};
//!
//! fn main() -> Result<ExitCode, Error> {
//!     let project = Project::open(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))?;
//!     let is_check = std::env::args().any(|argument| argument == "check");
//!     let outcome = if is_check { project.check()? } else { project.generate()? };
//!     Ok(outcome.exit_code())
//! }
//! ```
//!
//! In a build script, call [`Project::generate`] and print a `cargo::rerun-if-changed` for each of [`Project::inputs`].
//!
//! Files are replaced only if a command wrote them, and all files of a client at once. The network is not used.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod accepted;
pub mod commands;
pub mod config;
mod edits;
mod error;
pub mod file_set;
pub mod git;
pub mod input;
mod layout;
pub mod names_lock;
pub mod output;
pub mod project;
pub mod source;
mod toml_file;

pub use error::{Error, Outcome};
pub use project::Project;
