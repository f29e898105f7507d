//! The error of calls that have no complete response.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::{BoxError, show};
use crate::platform;

/// The error of a call without a complete response. The request may or may not have reached the server.
#[derive(Debug)]
pub struct TransportError {
    pub(super) api: Option<&'static str>,
    operation: Option<&'static str>,
    message: &'static str,
    source: Option<BoxError>,
    timeout: bool,
    connect: bool,
    refused: bool,
}

impl TransportError {
    /// Creates the error of a response body that exceeds the limit.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::above(limit, "the response is larger than the response limit")
    }

    /// Creates the error of an event that exceeds the limit.
    pub(crate) fn event_too_large(limit: usize) -> Self {
        Self::above(limit, "an event is larger than the response limit")
    }

    /// Creates the error of a streamed value that exceeds the limit.
    pub(crate) fn value_too_large(limit: usize) -> Self {
        Self::above(limit, "a value is larger than the response limit")
    }

    /// Creates the error of reading a body outside of a tokio runtime.
    pub(crate) fn no_runtime() -> Self {
        Self { refused: true, ..Self::new("reading a stream requires a tokio runtime", None) }
    }

    fn new(message: &'static str, source: Option<BoxError>) -> Self {
        Self { api: None, operation: None, message, source, timeout: false, connect: false, refused: false }
    }

    fn above(limit: usize, message: &'static str) -> Self {
        Self { refused: true, ..Self::new(message, Some(format!("the limit is {limit} bytes").into())) }
    }

    /// Creates the error of a redirect that is not followed.
    pub(crate) fn redirect(reason: impl Into<BoxError>) -> Self {
        Self { refused: true, ..Self::new("a redirect was not followed", Some(reason.into())) }
    }

    /// Creates the error of a response that was not complete in time.
    pub(crate) fn timed_out(limit: Duration) -> Self {
        Self { timeout: true, ..Self::new("timed out", Some(format!("the limit is {limit:?}").into())) }
    }

    /// Creates the error of a transport set by the caller.
    pub(crate) fn custom(error: BoxError) -> Self {
        let source = Some(error);
        Self {
            api: None,
            operation: None,
            message: "the transport failed",
            source,
            timeout: false,
            connect: false,
            refused: false,
        }
    }

    pub(crate) fn of(self, operation: &'static str) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Returns the operation that was called, such as `contacts.create`.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation
    }

    /// Returns true if the call timed out.
    pub fn is_timeout(&self) -> bool {
        self.timeout
    }

    /// Returns true if connecting failed, so that nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.connect
    }

    /// Returns the kind of the error for logs.
    #[cfg(feature = "tracing")]
    pub(crate) fn kind(&self) -> &'static str {
        match () {
            () if self.connect => "connect",
            () if self.timeout => "timeout",
            () => "transport",
        }
    }

    /// Returns true if the client itself refused to continue. A retry would fail in the same way.
    pub(crate) fn is_refused(&self) -> bool {
        self.refused
    }
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        let (timeout, connect, refused) = (error.is_timeout(), platform::is_connect(&error), error.is_redirect());
        let message = match () {
            () if connect => "could not connect",
            () if timeout => "timed out",
            () if refused => "a redirect was not followed",
            () if error.is_body() || error.is_decode() => "the body was cut off",
            () => "the request failed",
        };
        // The URL's query can hold secrets.
        let source = Some(error.without_url().into());
        Self { api: None, operation: None, message, source, timeout, connect, refused }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.operation, self.message, self.source.as_deref())
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}
