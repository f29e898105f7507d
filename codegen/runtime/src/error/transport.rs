//! The error of calls that have no complete response.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::{BoxError, show};
use crate::platform;

/// The error of a call without a complete response. The request may or may not have reached the server.
#[derive(Debug)]
pub struct TransportError {
    pub(super) api: Option<&'static str>,
    operation: Option<&'static str>,
    message: &'static str,
    source: Option<BoxError>,
    /// The status and headers of the response, if they were received.
    head: Option<Box<(StatusCode, HeaderMap)>>,
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
        Self { api: None, operation: None, message, source, head: None, timeout: false, connect: false, refused: false }
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
        Self::new("the transport failed", Some(error))
    }

    /// Adds the status and headers of the response, which is not complete.
    pub(crate) fn with_head(self, status: StatusCode, headers: HeaderMap) -> Self {
        Self { head: Some(Box::new((status, headers))), ..self }
    }

    pub(crate) fn of(self, operation: &'static str) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Returns the operation that was called, such as `contacts.create`.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation
    }

    /// Returns the status of the response, if one began: its body was cut off or too large, or it is a redirect that was
    /// not followed.
    pub fn status(&self) -> Option<StatusCode> {
        Some(self.head.as_ref()?.0)
    }

    /// Returns the headers of the response, if one began.
    pub fn headers(&self) -> Option<&HeaderMap> {
        Some(&self.head.as_ref()?.1)
    }

    /// Returns the underlying error, such as a [`reqwest::Error`] or that of a custom [`Transport`](crate::Transport).
    pub fn underlying(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.source.as_deref()
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
        Self { timeout, connect, refused, ..Self::new(message, source) }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.operation, self.message, self.source.as_deref())
    }
}

impl StdError for TransportError {}
