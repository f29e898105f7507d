//! How a command ends.

use std::fmt;
use std::process::ExitCode;

use crm_clients_document::sanitize;

/// The end of a command that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a difference is for the exit code to tell"]
pub enum Outcome {
    /// All is well.
    Done,
    /// There is a difference, or a finding.
    Different,
}

impl Outcome {
    /// 0 if all is well, 1 if there is a difference. A program that fails exits with 2.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Done => ExitCode::SUCCESS,
            Self::Different => ExitCode::from(1),
        }
    }
}

/// A failure, as it is shown: one or more diagnostics with their places.
pub struct Error(String);

impl Error {
    /// An error that is already laid out and sanitized.
    pub fn shown(text: String) -> Self {
        Self(text)
    }

    /// The text that is shown, with a line feed at its end.
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
    // What a `main` that returns the error prints.
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
