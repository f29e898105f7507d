//! What the commands print. Text that may hold a document's words goes through the sanitizer before it reaches a terminal or a log.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the only place that prints")]

use std::fmt;

use crm_clients_document::sanitize;

/// How a command prints what it found.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Prints a line or several to standard output, sanitized.
#[macro_export]
macro_rules! say {
    ($($argument:tt)*) => { $crate::output::to_stdout(format_args!($($argument)*)) };
}

/// Prints a line or several to standard error, sanitized.
#[macro_export]
macro_rules! note {
    ($($argument:tt)*) => { $crate::output::to_stderr(format_args!($($argument)*)) };
}

pub use {note, say};

/// Prints text to standard output with a line feed at its end.
pub fn to_stdout(text: fmt::Arguments<'_>) {
    println!("{}", sanitize::block(&text.to_string()));
}

/// Prints text to standard error with a line feed at its end.
pub fn to_stderr(text: fmt::Arguments<'_>) {
    eprintln!("{}", sanitize::block(&text.to_string()));
}

/// Prints JSON to standard output, with the characters escaped that a terminal or a log would obey.
pub fn json(text: &str) {
    println!("{}", sanitize::json(text.trim_end()));
}

/// Prints to standard output a report that its formatter has sanitized, with colours and commands of its own.
pub fn report(text: &str) {
    print!("{text}");
}

/// Prints to standard error a report that its formatter has sanitized, with colours of its own.
pub fn report_to_stderr(text: &str) {
    eprint!("{text}");
}
