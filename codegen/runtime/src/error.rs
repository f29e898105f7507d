//! The errors of calls.

mod message;
mod transport;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::auth::AuthError;
use crate::operation::Reply;
use crate::platform;
use crate::redact::Redactor;
use crate::response::decode::DecodeFailure;
use crate::response::header::{self, Header, HeaderError, HeaderValue};
use crate::response::{json_path, sanitize, select};
use crate::transport::retry_after;
pub use transport::TransportError;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// The error of a failed call. `B` is the type that the API declares for its error bodies.
///
/// Its text names the root cause, so it has no [`source`](StdError::source), which reports would print once more;
/// [`underlying`](Self::underlying) returns the error below it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<B> {
    /// The status of the response is not a success.
    Api(Box<ApiError<B>>),
    /// The token request failed, so the call was not sent.
    Auth(Box<AuthError>),
    /// The status is a success, but the body does not match the declaration.
    Decode(Box<DecodeError>),
    /// The request could not be built; nothing was sent.
    Request(Box<RequestError>),
    /// There is no complete response: connecting failed, the call timed out, the body was cut off or too large, or a
    /// redirect was not followed.
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
    /// Returns the HTTP status of the response, if there is one. For [`Error::Auth`] it is that of the token endpoint.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::Api(error) => Some(error.status()),
            Error::Auth(error) => error.status(),
            Error::Decode(error) => Some(error.status()),
            Error::Request(_) => None,
            Error::Transport(error) => error.status(),
        }
    }

    /// Returns the name of the API that was called, such as `chatwoot`; `None` for an event of a stream.
    pub fn api(&self) -> Option<&'static str> {
        match self {
            Error::Api(error) => error.api,
            Error::Auth(error) => error.api(),
            Error::Decode(error) => error.api,
            Error::Request(error) => error.api,
            Error::Transport(error) => error.api,
        }
    }

    /// Sets the name of the API that was called.
    pub(crate) fn of_api(mut self, api: &'static str) -> Self {
        match &mut self {
            Error::Api(error) => error.api = Some(api),
            Error::Auth(error) => error.set_api(api),
            Error::Decode(error) => error.api = Some(api),
            Error::Request(error) => error.api = Some(api),
            Error::Transport(error) => error.api = Some(api),
        }
        self
    }

    /// Returns the operation that failed, such as `contacts.create`.
    pub fn operation(&self) -> Option<&'static str> {
        match self {
            Error::Api(error) => Some(error.operation()),
            Error::Auth(error) => Some(error.operation()),
            Error::Decode(error) => Some(error.operation()),
            Error::Request(error) => error.operation(),
            Error::Transport(error) => error.operation(),
        }
    }

    /// Returns the headers of the response, if there is one.
    pub fn headers(&self) -> Option<&HeaderMap> {
        match self {
            Error::Api(error) => Some(error.headers()),
            Error::Auth(error) => error.headers(),
            Error::Decode(error) => Some(error.headers()),
            Error::Request(_) => None,
            Error::Transport(error) => error.headers(),
        }
    }

    /// Returns the value of a header of the response, parsed as its type; `None` if there is no response or no such
    /// header.
    ///
    /// # Errors
    ///
    /// If the value is not of this type.
    pub fn header<H: HeaderValue>(&self, header: Header<H>) -> Result<Option<H>, HeaderError> {
        self.headers().map_or(Ok(None), |headers| header::read(headers, header))
    }

    /// Returns the underlying error, such as that of a hook, a token source or the HTTP library, if there is one.
    pub fn underlying(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        match self {
            Error::Api(_) => None,
            Error::Auth(error) => error.underlying(),
            Error::Decode(error) => error.underlying(),
            Error::Request(error) => error.underlying(),
            Error::Transport(error) => error.underlying(),
        }
    }

    /// Returns the body of the response as the server sent it, if it is complete.
    pub fn raw_body(&self) -> Option<&Bytes> {
        match self {
            Error::Api(error) => Some(error.raw_body()),
            Error::Auth(error) => error.raw_body(),
            Error::Decode(error) => Some(error.raw_body()),
            Error::Request(_) | Error::Transport(_) => None,
        }
    }

    /// Returns the message of an error response, as [`ApiError::message`] does; `None` for other errors.
    pub fn message(&self) -> Option<String> {
        match self {
            Error::Api(error) => error.message(),
            _ => None,
        }
    }

    /// Returns the `x-request-id` of the response, which the API's support can look up.
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.headers()?)
    }

    /// Returns the delay in the response's `Retry-After` header. A date is converted to the time from now.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?, platform::now())
    }

    /// Returns true if the call timed out.
    pub fn is_timeout(&self) -> bool {
        match self {
            Error::Auth(error) => error.is_timeout(),
            Error::Transport(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// Returns true if connecting failed.
    pub fn is_connect(&self) -> bool {
        match self {
            Error::Auth(error) => error.is_connect(),
            Error::Transport(error) => error.is_connect(),
            _ => false,
        }
    }

    /// Returns the same error with the default body.
    pub(crate) fn without_body<C: Default>(self) -> Error<C> {
        match self {
            Error::Api(error) => {
                let ApiError { api, operation, reply, redactor, .. } = *error;
                let body = C::default();
                Error::Api(Box::new(ApiError { api, operation, reply, body, redactor }))
            }
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

impl<B: fmt::Debug> StdError for Error<B> {}

/// The error of a response whose status is not a success.
pub struct ApiError<B> {
    api: Option<&'static str>,
    operation: &'static str,
    reply: Reply,
    body: B,
    redactor: Redactor,
}

impl<B> ApiError<B> {
    pub(crate) fn new(operation: &'static str, reply: Reply, body: B, redactor: Redactor) -> Self {
        Self { api: None, operation, reply, body, redactor }
    }

    /// Replaces the call's own secrets in a text of the response.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.redactor.text(text)
    }

    /// Returns the beginning of the body for logs.
    fn excerpt(&self) -> String {
        redacted_excerpt(&self.redactor, &self.reply.body, 0, 200)
    }

    /// Returns the HTTP status, such as 422.
    pub fn status(&self) -> StatusCode {
        self.reply.status_code()
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.reply.headers
    }

    /// Returns the value of a header, parsed as its type; `None` if the response does not have it. A client's `headers`
    /// module has the headers that the API declares.
    ///
    /// # Errors
    ///
    /// If the value is not of this type.
    pub fn header<H: HeaderValue>(&self, header: Header<H>) -> Result<Option<H>, HeaderError> {
        header::read(&self.reply.headers, header)
    }

    /// Returns the body as the API declares it for this status, or the default value if it does not match.
    pub fn body(&self) -> &B {
        &self.body
    }

    /// Returns the body as the server sent it.
    pub fn raw_body(&self) -> &Bytes {
        &self.reply.body
    }

    /// Returns the message in the body, if there is one, on one line and without the call's secrets.
    ///
    /// It is found by the names that APIs commonly use: `message`, `detail`, `error_description`, `error`, `errors` or
    /// `title`, also within each other. Several messages are joined by commas. A body of plain text is the message.
    pub fn message(&self) -> Option<String> {
        let found = match serde_json::from_slice(&self.reply.body) {
            Ok(body) => message::of_json(&body)?,
            Err(_) if select::essence(&self.reply).is_some_and(|essence| essence == "text/plain") => {
                String::from_utf8_lossy(&self.reply.body).trim().to_owned()
            }
            Err(_) => return None,
        };
        Some(sanitize::on_one_line(&self.redact(&found))).filter(|text| !text.is_empty())
    }

    /// Returns the operation that failed, such as `contacts.create`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the `x-request-id` of the response, which the API's support can look up.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.reply.headers)
    }

    /// Returns the delay in the `Retry-After` header. A date is converted to the time from now.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.reply.headers, platform::now())
    }
}

impl<B> fmt::Display for ApiError<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.reply.status)?;
        if let Some(reason) = self.status().canonical_reason() {
            write!(f, " {reason}")?;
        }
        if let Some(id) = self.request_id() {
            write!(f, " (request {})", self.redact(id))?;
        }
        match self.excerpt() {
            text if text.is_empty() => Ok(()),
            text => write!(f, ": {text}"),
        }
    }
}

/// Does not show the response headers, which can contain session cookies; see [`headers`](ApiError::headers).
impl<B: fmt::Debug> fmt::Debug for ApiError<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("operation", &self.operation)
            .field("status", &self.reply.status)
            .field("request_id", &self.request_id().map(|id| self.redact(id)))
            .field("body", &format_args!("{}", self.redact(&format!("{:?}", self.body))))
            .field("raw_body", &self.excerpt())
            .finish_non_exhaustive()
    }
}

impl<B: fmt::Debug> StdError for ApiError<B> {}

/// The error of a successful response whose body does not match the declaration.
pub struct DecodeError {
    api: Option<&'static str>,
    operation: &'static str,
    reply: Reply,
    path: String,
    failure: DecodeFailure,
    redactor: Redactor,
}

impl DecodeError {
    pub(crate) fn new(operation: &'static str, reply: Reply, failure: DecodeFailure) -> Self {
        let path = json_path::at(&reply.body, failure.offset);
        Self { api: None, operation, reply, path, failure, redactor: Redactor::default() }
    }

    /// Creates the error of a part of a body: `reply` has only that part, and `path` is the path in the whole body.
    pub(crate) fn of_part(operation: &'static str, reply: Reply, path: String, failure: DecodeFailure) -> Self {
        let failure = DecodeFailure { offset: 0, ..failure };
        Self { api: None, operation, reply, path, failure, redactor: Redactor::default() }
    }

    /// Returns the response and the redactor for the secrets of its request.
    pub(crate) fn parts(&self) -> (&Reply, &Redactor) {
        (&self.reply, &self.redactor)
    }

    /// Replaces the secrets that the call was sent with.
    pub(crate) fn redacted(mut self, redactor: Redactor) -> Self {
        self.path = redactor.text(&self.path);
        let message = redactor.text(&self.failure.message);
        if message != self.failure.message {
            // The source has the same message.
            self.failure.source = None;
            self.failure.message = message;
        }
        self.redactor = redactor;
        self
    }

    /// Returns the body near the failure for logs, unless it contains secrets.
    fn excerpt(&self) -> String {
        if self.failure.secret {
            return String::new();
        }
        redacted_excerpt(&self.redactor, &self.reply.body, self.failure.offset.saturating_sub(80), 120)
    }

    /// Returns the JSON path of the failure, such as `$.payload.contact.id`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the message of the failure, without its path.
    pub fn message(&self) -> &str {
        &self.failure.message
    }

    /// Returns the HTTP status of the response.
    pub fn status(&self) -> StatusCode {
        self.reply.status_code()
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.reply.headers
    }

    /// Returns the body as the server sent it.
    pub fn raw_body(&self) -> &Bytes {
        &self.reply.body
    }

    /// Returns the operation that was called, such as `contacts.create`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the underlying error of the JSON library; `None` if its message contains a secret.
    pub fn underlying(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.failure.source.as_ref().map(|error| error as _)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, path, failure, reply, .. } = self;
        write!(f, "{operation}: invalid {} response at {path}: {}", reply.status, failure.message)?;
        match self.excerpt() {
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
            .field("raw_body", &self.excerpt())
            .finish_non_exhaustive()
    }
}

impl StdError for DecodeError {}

/// The error of a request that could not be built. Nothing was sent.
#[derive(Clone, Debug)]
pub struct RequestError {
    api: Option<&'static str>,
    operation: Option<&'static str>,
    message: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl RequestError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { api: None, operation: None, message: message.into(), source: None }
    }

    pub(crate) fn because(message: impl Into<String>, source: impl Into<BoxError>) -> Self {
        Self { api: None, operation: None, message: message.into(), source: Some(source.into().into()) }
    }

    pub(crate) fn of(self, operation: &'static str) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Returns the operation of the request, such as `contacts.create`.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation
    }

    /// Returns the underlying error, such as that of a [`Hook`](crate::Hook).
    pub fn underlying(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.source.as_deref()
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.operation, &self.message, self.source.as_deref())
    }
}

impl StdError for RequestError {}

fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id")?.to_str().ok()
}

/// Displays the message with its root cause; the errors in between add little to a log.
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

/// Returns at most `length` bytes of a body from `start`, on one line and safe to print.
pub(crate) fn excerpt(body: &[u8], start: usize, length: usize) -> String {
    redacted_excerpt(&Redactor::default(), body, start, length)
}

/// Returns an excerpt in which the call's own secrets are replaced.
pub(crate) fn redacted_excerpt(redactor: &Redactor, body: &[u8], start: usize, length: usize) -> String {
    let start = start.min(body.len());
    let end = start.saturating_add(length).min(body.len());
    let text = redactor.range(body, start..end);
    // An excerpt can be cut within a character.
    let text = text.trim_matches(char::REPLACEMENT_CHARACTER).trim();
    let mut shown = sanitize::on_one_line(text);
    if end < body.len() && !shown.is_empty() {
        shown.push('…');
    }
    shown
}
