//! What can go wrong with a call, each with what its reader needs to mend it.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::operation::Reply;
use crate::response::decode::DecodeFailure;
use crate::response::json_path;
use crate::response::sanitize;
use crate::retry;
use crate::token::AuthError;

type Source = Box<dyn StdError + Send + Sync>;

/// Why a call failed. `B` is the body that the API declares for its errors.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<B> {
    /// The server answered with a status that is not a success.
    Api(Box<ApiError<B>>),
    /// No token was to be had; the call was not sent.
    Auth(Box<AuthError>),
    /// The server answered with a success whose body is not what the API declares.
    Decode(Box<DecodeError>),
    /// The request could not be built; nothing was sent.
    Request(Box<RequestError>),
    /// No complete answer came: no connection, a timeout, a cut or oversized body.
    Transport(Box<TransportError>),
}

impl<B> From<RequestError> for Error<B> {
    fn from(error: RequestError) -> Self {
        Self::Request(Box::new(error))
    }
}

impl<B> From<TransportError> for Error<B> {
    fn from(error: TransportError) -> Self {
        Self::Transport(Box::new(error))
    }
}

impl<B> Error<B> {
    /// The HTTP status, where an answer came; for [`Error::Auth`] that of the token endpoint, as all else of the answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::Api(error) => Some(error.status()),
            Error::Auth(error) => error.status(),
            Error::Decode(error) => Some(error.status()),
            Error::Request(_) | Error::Transport(_) => None,
        }
    }

    /// The operation that failed, such as `contacts.create`.
    pub fn operation(&self) -> Option<&'static str> {
        match self {
            Error::Api(error) => Some(error.operation()),
            Error::Auth(error) => Some(error.operation()),
            Error::Decode(error) => Some(error.operation()),
            Error::Request(error) => error.operation(),
            Error::Transport(error) => error.operation(),
        }
    }

    /// The headers of the answer, where one came.
    pub fn headers(&self) -> Option<&HeaderMap> {
        match self {
            Error::Api(error) => Some(error.headers()),
            Error::Auth(error) => error.headers(),
            Error::Decode(error) => Some(error.headers()),
            Error::Request(_) | Error::Transport(_) => None,
        }
    }

    /// The body of the answer as it came, where one came.
    pub fn raw_body(&self) -> Option<&Bytes> {
        match self {
            Error::Api(error) => Some(error.raw_body()),
            Error::Auth(error) => error.raw_body(),
            Error::Decode(error) => Some(error.raw_body()),
            Error::Request(_) | Error::Transport(_) => None,
        }
    }

    /// The `x-request-id` of the answer, where one came with it: the server's people can look it up.
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.headers()?)
    }

    /// How long the server asks to be left alone, where its answer has a `Retry-After`; dates count from now.
    pub fn retry_after(&self) -> Option<Duration> {
        retry::retry_after(self.headers()?, SystemTime::now())
    }

    /// Whether the answer took too long.
    pub fn is_timeout(&self) -> bool {
        match self {
            Error::Auth(error) => error.is_timeout(),
            Error::Transport(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// Whether no connection came about.
    pub fn is_connect(&self) -> bool {
        match self {
            Error::Auth(error) => error.is_connect(),
            Error::Transport(error) => error.is_connect(),
            _ => false,
        }
    }

    /// The same error with nothing for its body.
    pub(crate) fn without_body<C: Default>(self) -> Error<C> {
        match self {
            Error::Api(error) => Error::Api(Box::new(ApiError::new(error.operation, error.reply, C::default()))),
            Error::Auth(error) => Error::Auth(error),
            Error::Decode(error) => Error::Decode(error),
            Error::Request(error) => Error::Request(error),
            Error::Transport(error) => Error::Transport(error),
        }
    }
}

impl<B> fmt::Display for Error<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Api(error) => error.fmt(f),
            Error::Auth(error) => error.fmt(f),
            Error::Decode(error) => error.fmt(f),
            Error::Request(error) => error.fmt(f),
            Error::Transport(error) => error.fmt(f),
        }
    }
}

/// The variants show themselves, so the chain goes on with what is beneath them.
impl<B: fmt::Debug> StdError for Error<B> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::Api(_) => None,
            Error::Auth(error) => error.source(),
            Error::Decode(error) => error.source(),
            Error::Request(error) => error.source(),
            Error::Transport(error) => error.source(),
        }
    }
}

/// An answer that says no.
pub struct ApiError<B> {
    operation: &'static str,
    reply: Reply,
    body: B,
}

impl<B> ApiError<B> {
    pub(crate) fn new(operation: &'static str, reply: Reply, body: B) -> Self {
        Self { operation, reply, body }
    }

    /// The HTTP status, such as 422.
    pub fn status(&self) -> u16 {
        self.reply.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.reply.headers
    }

    /// The body as the API declares it for this status; the default value where none matched.
    pub fn body(&self) -> &B {
        &self.body
    }

    /// The body as it came.
    pub fn raw_body(&self) -> &Bytes {
        &self.reply.body
    }

    /// The operation that failed, such as `contacts.create`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The `x-request-id` of the answer, which the server's people can look up.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.reply.headers)
    }

    /// How long the server asks to be left alone, where it says so with `Retry-After`; dates count from now.
    pub fn retry_after(&self) -> Option<Duration> {
        retry::retry_after(&self.reply.headers, SystemTime::now())
    }
}

impl<B> fmt::Display for ApiError<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.reply.status)?;
        let reason = StatusCode::from_u16(self.reply.status).ok();
        if let Some(reason) = reason.and_then(|status| status.canonical_reason()) {
            write!(f, " {reason}")?;
        }
        if let Some(id) = self.request_id() {
            write!(f, " (request {id})")?;
        }
        match excerpt(&self.reply.body, 0, 200) {
            text if text.is_empty() => Ok(()),
            text => write!(f, ": {text}"),
        }
    }
}

/// Response headers can hold session cookies: they are left to [`headers`](ApiError::headers).
impl<B: fmt::Debug> fmt::Debug for ApiError<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("operation", &self.operation)
            .field("status", &self.reply.status)
            .field("request_id", &self.request_id())
            .field("body", &self.body)
            .field("raw_body", &excerpt(&self.reply.body, 0, 200))
            .finish_non_exhaustive()
    }
}

impl<B: fmt::Debug> StdError for ApiError<B> {}

/// A success whose body is not what the API declares.
pub struct DecodeError {
    operation: &'static str,
    reply: Reply,
    path: String,
    failure: DecodeFailure,
}

impl DecodeError {
    pub(crate) fn new(operation: &'static str, reply: Reply, failure: DecodeFailure) -> Self {
        let path = json_path::at(&reply.body, failure.offset);
        Self { operation, reply, path, failure }
    }

    /// Where in the body it is wrong, such as `$.payload.contact.id`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.failure.message
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> u16 {
        self.reply.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.reply.headers
    }

    /// The body as it came.
    pub fn raw_body(&self) -> &Bytes {
        &self.reply.body
    }

    /// The operation whose answer it is, such as `contacts.create`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, path, failure, reply } = self;
        write!(f, "{operation}: {} answered, but at {path}: {}", reply.status, failure.message)?;
        match failure_excerpt(reply, failure) {
            text if text.is_empty() => Ok(()),
            text => write!(f, " (near: {text})"),
        }
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("operation", &self.operation)
            .field("status", &self.reply.status)
            .field("path", &self.path)
            .field("message", &self.failure.message)
            .field("raw_body", &failure_excerpt(&self.reply, &self.failure))
            .finish_non_exhaustive()
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.failure.source.as_ref().map(|error| error as _)
    }
}

/// A request that could not be built. Nothing was sent.
#[derive(Clone, Debug)]
pub struct RequestError {
    operation: Option<&'static str>,
    message: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl RequestError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { operation: None, message: message.into(), source: None }
    }

    pub(crate) fn because(message: impl Into<String>, source: impl Into<Source>) -> Self {
        Self { operation: None, message: message.into(), source: Some(source.into().into()) }
    }

    pub(crate) fn of(self, operation: &'static str) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// The operation that was to be called, such as `contacts.create`.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.operation, &self.message, self.source.as_deref())
    }
}

impl StdError for RequestError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}

/// No complete answer came. The request may or may not have reached the server.
#[derive(Debug)]
pub struct TransportError {
    operation: Option<&'static str>,
    message: &'static str,
    source: Option<Source>,
    timeout: bool,
    connect: bool,
    refused: bool,
}

impl TransportError {
    /// The body of the answer is larger than the client reads.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::above(limit, "the response is larger than the response limit")
    }

    /// An event of the answer is larger than the client reads.
    pub(crate) fn event_too_large(limit: usize) -> Self {
        Self::above(limit, "an event is larger than the response limit")
    }

    fn above(limit: usize, message: &'static str) -> Self {
        let source = format!("the limit is {limit} bytes").into();
        Self { operation: None, message, source: Some(source), timeout: false, connect: false, refused: true }
    }

    /// No whole answer came in time.
    pub(crate) fn timed_out(limit: Duration) -> Self {
        let source = Some(format!("the limit is {limit:?}").into());
        Self { operation: None, message: "timed out", source, timeout: true, connect: false, refused: false }
    }

    pub(crate) fn of(self, operation: &'static str) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// The operation that was called, such as `contacts.create`.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation
    }

    /// Whether the answer took too long.
    pub fn is_timeout(&self) -> bool {
        self.timeout
    }

    /// Whether no connection came about, so that nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.connect
    }

    /// One word for it, as logs count errors by.
    #[cfg(feature = "tracing")]
    pub(crate) fn kind(&self) -> &'static str {
        match () {
            () if self.timeout => "timeout",
            () if self.connect => "connect",
            () => "transport",
        }
    }

    /// Whether it was this client that would not go on, as it would not the next time.
    pub(crate) fn is_refused(&self) -> bool {
        self.refused
    }
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        let (timeout, connect, refused) = (error.is_timeout(), error.is_connect(), error.is_redirect());
        let message = match () {
            () if timeout => "timed out",
            () if connect => "could not connect",
            () if refused => "a redirect was not followed",
            () if error.is_body() || error.is_decode() => "the body was cut off",
            () => "the request failed",
        };
        // The URL's query can hold secrets.
        let source = Some(error.without_url().into());
        Self { operation: None, message, source, timeout, connect, refused }
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

fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id")?.to_str().ok()
}

/// Shows the message with its deepest cause: the steps between say little in a log.
fn show(
    f: &mut fmt::Formatter<'_>,
    operation: Option<&str>,
    message: &str,
    source: Option<&(dyn StdError + Send + Sync + 'static)>,
) -> fmt::Result {
    if let Some(operation) = operation {
        write!(f, "{operation}: ")?;
    }
    f.write_str(message)?;
    let Some(source) = source else { return Ok(()) };
    let mut deepest: &dyn StdError = source;
    while let Some(deeper) = deepest.source() {
        deepest = deeper;
    }
    write!(f, ": {deepest}")
}

/// The body around the place of the failure, unless it holds secrets.
fn failure_excerpt(reply: &Reply, failure: &DecodeFailure) -> String {
    if failure.secret { String::new() } else { excerpt(&reply.body, failure.offset.saturating_sub(80), 120) }
}

/// At most `length` bytes of a body from `start`, on one line and safe to print.
pub(crate) fn excerpt(body: &[u8], start: usize, length: usize) -> String {
    let start = start.min(body.len());
    let end = start.saturating_add(length).min(body.len());
    let text = String::from_utf8_lossy(&body[start..end]);
    // A cut in the middle of a character is no news.
    let text = text.trim_matches(char::REPLACEMENT_CHARACTER).trim();
    let mut shown = sanitize::on_one_line(text);
    if end < body.len() && !shown.is_empty() {
        shown.push('…');
    }
    shown
}
