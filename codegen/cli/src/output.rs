//! Output of the commands. Text that may contain strings of a document is sanitized before it reaches a terminal or a
//! log.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this module does all printing")]

use std::fmt;

use crm_clients_document::sanitize;

/// The output format of a command.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Prints to standard output, sanitized.
#[macro_export]
macro_rules! say {
    ($($argument:tt)*) => { $crate::output::to_stdout(format_args!($($argument)*)) };
}

/// Prints to standard error, sanitized.
#[macro_export]
macro_rules! note {
    ($($argument:tt)*) => { $crate::output::to_stderr(format_args!($($argument)*)) };
}

pub use {note, say};

/// Prints text and a line feed to standard output.
pub fn to_stdout(text: fmt::Arguments<'_>) {
    println!("{}", sanitize::block(&text.to_string()));
}

/// Prints text and a line feed to standard error.
pub fn to_stderr(text: fmt::Arguments<'_>) {
    eprintln!("{}", sanitize::block(&text.to_string()));
}

/// Prints JSON to standard output, with control characters escaped.
pub fn json(text: &str) {
    println!("{}", sanitize::json(text.trim_end()));
}

/// Prints a report to standard output that its formatter has sanitized, with its own colours and workflow commands.
pub fn report(text: &str) {
    print!("{text}");
}

/// Prints a report to standard error that its formatter has sanitized, with its own colours.
pub fn report_to_stderr(text: &str) {
    eprint!("{text}");
}
