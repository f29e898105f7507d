//! The result of a command.

use std::fmt;
use std::process::ExitCode;

use crm_clients_document::sanitize;

/// The outcome of a command that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the outcome determines the exit code"]
pub enum Outcome {
    /// There is no difference and no finding.
    Done,
    /// There is a difference, or a finding.
    Different,
}

impl Outcome {
    /// Returns 0, or 1 if there is a difference or a finding. A program that fails exits with 2.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Done => ExitCode::SUCCESS,
            Self::Different => ExitCode::from(1),
        }
    }
}

/// A failure: the text of one or more diagnostics with their positions.
pub struct Error(String);

impl Error {
    /// Creates an error from text that is already formatted and sanitized.
    pub fn shown(text: String) -> Self {
        Self(text)
    }

    /// Returns the text, with a line feed at its end.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl fmt::Debug for Error {
    // A `main` that returns the error prints this.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end().trim_start_matches("error: "))
    }
}

impl std::error::Error for Error {}

impl From<String> for Error {
    fn from(message: String) -> Self {
        Self(sanitize::block(&format!("error: {message}\n")))
    }
}

impl From<&str> for Error {
    fn from(message: &str) -> Self {
        Self::from(message.to_owned())
    }
}

macro_rules! from_errors {
    ($($error:ty),*) => { $(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::from(error.to_string())
            }
        }
    )* };
}

from_errors!(std::io::Error, serde_json::Error, toml::de::Error, toml::ser::Error);
