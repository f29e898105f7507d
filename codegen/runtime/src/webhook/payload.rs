//! Decoding the payload of a delivery.

use std::error::Error as StdError;
use std::fmt;

use serde_json::Value;
use serde_json::error::Category;

use crate::error::excerpt;
use crate::response::limits::Limits;
use crate::response::{decode, json_path, sanitize};
use crate::serde::de::Decode;
use crate::serde::tolerance;
use crate::trace;

/// The body of a delivery that is to be decoded.
pub struct Payload<'b> {
    body: &'b [u8],
    secret: bool,
}

impl<'b> Payload<'b> {
    /// Wraps the body of a delivery.
    pub fn new(body: &'b [u8]) -> Self {
        Self { body, secret: false }
    }

    /// Wraps the body of a delivery that contains secrets, so that errors do not show any part of it.
    pub fn secret(body: &'b [u8]) -> Self {
        Self { body, secret: true }
    }

    /// Returns the name of the event from the property that has it; empty if there is none.
    pub fn event(&self, property: &str) -> Result<String, PayloadError> {
        let value: Value = self.read()?;
        Ok(value.get(property).and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// Decodes the body.
    pub fn read<T: Decode>(&self) -> Result<T, PayloadError> {
        let (read, decoding) = Limits::default().with(tolerance::current()).apply(|| decode::from_json(self.body));
        trace::warnings("webhook", &decoding.warnings);
        read.map_err(|error| self.failure(error))
    }

    fn failure(&self, error: serde_json::Error) -> PayloadError {
        let is_json = !matches!(error.classify(), Category::Syntax | Category::Eof);
        let offset = json_path::offset(self.body, error.line(), error.column());
        let path = json_path::at(self.body, offset);
        if self.secret {
            // serde's message quotes the value.
            let message = match sanitize::without_content(&error.to_string()) {
                _ if !is_json => "the body is not JSON".to_owned(),
                Some(safe) => safe,
                None => "the payload, which may contain secrets, is not as declared".to_owned(),
            };
            return PayloadError { path, message, excerpt: String::new(), source: None };
        }
        let excerpt = excerpt(self.body, offset.saturating_sub(80), 120);
        let message = if is_json { error.to_string() } else { format!("the body is not JSON: {error}") };
        PayloadError { path, message, excerpt, source: Some(error) }
    }
}

/// The error of a payload that does not match the declaration.
#[derive(Debug)]
pub struct PayloadError {
    path: String,
    message: String,
    excerpt: String,
    source: Option<serde_json::Error>,
}

impl PayloadError {
    /// Returns the JSON path of the error, such as `$.conversation.id`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the message of the error, without its path.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the underlying error of the JSON library, whose text is that of this error.
    pub fn underlying(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid webhook payload at {}: {}", self.path, self.message)?;
        if self.excerpt.is_empty() { Ok(()) } else { write!(f, " (near: {})", self.excerpt) }
    }
}

impl StdError for PayloadError {}
