//! TOML files that people write.

use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::Error;

/// The text of a TOML file, for errors with its line and column.
#[derive(Debug, Default)]
pub struct TomlFile {
    shown: String,
    text: String,
}

impl TomlFile {
    /// Deserializes a file; `shown` is its path in errors.
    pub fn parse<T: DeserializeOwned>(shown: &str, text: String) -> Result<(T, Self), Error> {
        let file = Self { shown: shown.to_owned(), text };
        match toml::from_str(&file.text) {
            Ok(value) => Ok((value, file)),
            Err(error) => Err(match error.span() {
                Some(span) => file.error(span, error.message()),
                None => Error::from(format!("{shown}: {}", error.message())),
            }),
        }
    }

    /// Returns an error at a part of the file.
    pub fn error(&self, span: Range<usize>, message: &str) -> Error {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let (line, column) = (before.matches('\n').count() + 1, line.chars().count() + 1);
        Error::from(format!("{}:{line}:{column}: {message}", self.shown))
    }
}
