//! Responses: decoded, raw, as a stream, or as an error.
//!
//! This module is compiled for each return type of an operation, so it is kept small: most of the code depends only on
//! the error type, which all operations of a client share.

pub(crate) mod byte_stream;
pub mod decode;
pub(crate) mod events;
pub(crate) mod header;
pub(crate) mod json_path;
pub(crate) mod limits;
pub(crate) mod lines;
pub(crate) mod parts;
pub(crate) mod sanitize;
pub mod select;
mod stage;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::serde::de::DeserializeOwned;
use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::charset;
use crate::error::{ApiError, DecodeError, Error, TransportError};
use crate::media_type;
use crate::operation::{ErrorReader, Operation, Reply, Status, status_code};
use crate::redact::Redactor;
use crate::request::{RequestParts, Sending};
use crate::serde::tolerance::Warning;
use crate::trace::{self, Span};
use crate::transport::{self, Executing, Failure, RawResponse};
use byte_stream::ByteStream;
use decode::DecodeFailure;
use header::{Header, HeaderError, HeaderValue};
use limits::{Decoding, Exceeded};

/// A successful response: the decoded body, the status, the headers, and the body as it was sent.
///
/// `Debug` shows the status only: bodies contain personal data, and headers can contain session cookies.
#[derive(Clone)]
pub struct Response<T> {
    status: u16,
    headers: HeaderMap,
    raw_body: Bytes,
    body: T,
    warnings: Vec<Warning>,
}

impl<T> Response<T> {
    pub(crate) fn new(reply: Reply, body: T, warnings: Vec<Warning>) -> Self {
        let Reply { status, headers, body: raw_body } = reply;
        Self { status, headers, raw_body, body, warnings }
    }

    /// Returns the HTTP status, such as 200.
    pub fn status(&self) -> StatusCode {
        status_code(self.status)
    }

    /// Returns the headers as the server sent them.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the value of a header, parsed as its type; `None` if the response does not have it. A client's `headers`
    /// module has the headers that the API declares.
    ///
    /// # Errors
    ///
    /// If the value is not of this type.
    pub fn header<H: HeaderValue>(&self, header: Header<H>) -> Result<Option<H>, HeaderError> {
        header::read(&self.headers, header)
    }

    /// Returns the decoded body.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// Returns the body as the server sent it, including undeclared properties; empty if the body is a stream.
    pub fn raw_body(&self) -> &Bytes {
        &self.raw_body
    }

    /// Returns the optional properties whose values do not match the declaration, and which are therefore absent from
    /// the decoded body.
    ///
    /// If the object keeps undeclared properties, these values are among them.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    pub(crate) fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }

    pub(crate) fn body_mut(&mut self) -> &mut T {
        &mut self.body
    }

    /// Converts the response to its decoded body.
    pub fn into_body(self) -> T {
        self.body
    }
}

impl<T> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

type Executed = Result<RawResponse, Failure>;

/// Sends a request and decodes its response with `decode`.
pub(crate) fn decoded<S, O, B>(
    parts: RequestParts,
    state: S,
    decode: fn(S, Executed) -> Result<O, Error<B>>,
) -> Sending<O, B>
where
    S: Copy + Send + Unpin + 'static,
    O: 'static,
    B: 'static,
{
    let (api, span) = (parts.core.api(), Span::of(&parts));
    Box::pin(Decoded { executing: transport::execute(parts, span.clone()), span, api, state, decode })
}

// A hand-written future, because an `async` block would be monomorphised per type.
struct Decoded<S, O, B> {
    executing: Executing,
    span: Span,
    api: &'static str,
    state: S,
    decode: fn(S, Executed) -> Result<O, Error<B>>,
}

impl<S: Copy + Unpin, O, B> Future for Decoded<S, O, B> {
    type Output = Result<O, Error<B>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let executed = ready!(self.executing.as_mut().poll(context));
        let decoded = self.span.within(|| (self.decode)(self.state, executed));
        Poll::Ready(decoded.map_err(|error| {
            self.span.failed(&error);
            error.of_api(self.api)
        }))
    }
}

impl<T, B: Default> Operation<T, B> {
    pub(crate) fn error_decoder(&self) -> ErrorDecoder<B> {
        ErrorDecoder { operation: self.name, readers: self.errors }
    }

    /// Returns the decoded body.
    pub(crate) fn body(&self, executed: Executed) -> Result<T, Error<B>> {
        let RawResponse { reply, redactor, limits, .. } = self.error_decoder().success(executed)?;
        let (decoded, decoding) = limits.apply(|| (self.decode)(&reply));
        trace::warnings(self.name, &decoding.warnings);
        decoded.map_err(|failure| self.error_decoder().undecoded(reply, failure, decoding.exceeded, redactor))
    }

    /// Returns the decoded body with the status and headers.
    pub(crate) fn response(&self, executed: Executed) -> Result<Response<T>, Error<B>> {
        let RawResponse { reply, redactor, limits, .. } = self.error_decoder().success(executed)?;
        match limits.apply(|| (self.decode)(&reply)) {
            (Ok(body), Decoding { warnings, .. }) => {
                trace::warnings(self.name, &warnings);
                Ok(Response::new(reply, body, warnings))
            }
            (Err(failure), Decoding { exceeded, .. }) => {
                Err(self.error_decoder().undecoded(reply, failure, exceeded, redactor))
            }
        }
    }
}

/// Decodes the errors of an operation.
pub(crate) struct ErrorDecoder<B: 'static> {
    operation: &'static str,
    readers: &'static [(Status, &'static str, ErrorReader<B>)],
}

impl<B> Clone for ErrorDecoder<B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for ErrorDecoder<B> {}

impl<B: Default> ErrorDecoder<B> {
    /// Decodes the errors of an operation that the document does not declare.
    pub(crate) fn undeclared(operation: &'static str) -> Self {
        Self { operation, readers: &[] }
    }

    /// Returns the response if its status is a success.
    pub(crate) fn success(self, executed: Executed) -> Result<RawResponse, Error<B>> {
        let RawResponse { reply, redactor, limits, .. } = match executed {
            Ok(response) if response.is_success() => return Ok(response),
            Ok(response) => response,
            Err(Failure::Auth(error)) => return Err(Error::Auth(Box::new(error))),
            Err(Failure::Request(error)) => return Err(Error::Request(Box::new(error))),
            Err(Failure::Transport(error)) => return Err(Error::Transport(Box::new(error))),
        };
        let (body, decoding) = limits.apply(|| self.error_body(&reply).unwrap_or_default());
        trace::warnings(self.operation, &decoding.warnings);
        Err(Error::Api(Box::new(ApiError::new(self.operation, reply, body, redactor))))
    }

    /// Deserializes the body as JSON of any type; an empty body is `null`.
    pub(crate) fn json<T: DeserializeOwned>(self, executed: Executed) -> Result<T, Error<B>> {
        let RawResponse { reply, redactor, limits, .. } = self.success(executed)?;
        let (decoded, decoding) = limits.apply(|| decode::undeclared_json(&reply));
        decoded.map_err(|failure| self.undecoded(reply, failure, decoding.exceeded, redactor))
    }

    /// Returns the body as the server sent it.
    pub(crate) fn raw(self, executed: Executed) -> Result<Response<Bytes>, Error<B>> {
        let reply = self.success(executed)?.reply;
        let body = reply.body.clone();
        Ok(Response::new(reply, body, Vec::new()))
    }

    /// Returns the body as a stream of chunks.
    pub(crate) fn pieces(self, executed: Executed) -> Result<Response<ByteStream>, Error<B>> {
        let RawResponse { reply, stream, .. } = self.success(executed)?;
        Ok(Response::new(reply, stream.unwrap_or_default(), Vec::new()))
    }

    /// Returns the error of a body that does not match the declaration or could not be decoded in time.
    fn undecoded(
        self,
        reply: Reply,
        failure: DecodeFailure,
        exceeded: Option<Exceeded>,
        redactor: Redactor,
    ) -> Error<B> {
        match exceeded {
            Some(Exceeded::Time(timeout)) => {
                let error = TransportError::timed_out(timeout).with_head(reply.status_code(), reply.headers);
                error.of(self.operation).into()
            }
            _ => Error::Decode(Box::new(DecodeError::new(self.operation, reply, failure).redacted(redactor))),
        }
    }

    /// Decodes the body declared for this status: exact before range before default. Of several bodies, the first that
    /// matches is used, starting with those of the response's media type.
    fn error_body(self, reply: &Reply) -> Option<B> {
        let class = u8::try_from(reply.status / 100).unwrap_or_default();
        let wanted = [Status::Exact(reply.status), Status::Range(class), Status::Default];
        let key = wanted.into_iter().find(|wanted| self.readers.iter().any(|(key, ..)| key == wanted))?;
        let essence = select::essence(reply);
        let is_labelled = |declared: &str| essence.as_ref().is_some_and(|essence| select::includes(declared, essence));
        let mut of_status: Vec<_> = self.readers.iter().filter(|(known, ..)| *known == key).collect();
        of_status.sort_by_key(|(_, declared, _)| !is_labelled(declared));
        let body = charset::to_utf8(&reply.headers, &reply.body);
        of_status.into_iter().find_map(|(.., read)| read(&body).ok())
    }
}

/// Rejects a body if none is declared, unless it is JSON or plain text, which servers send with any success.
///
/// An HTML page comes from a proxy, a captive portal or a login form: the operation was not called.
pub(crate) fn check_undeclared(reply: &Reply) -> Result<(), DecodeFailure> {
    let body = reply.body.trim_ascii();
    // Redirects have a page for people.
    if reply.status_code().is_redirection()
        || body.is_empty()
        || serde_json::from_slice::<::serde::de::IgnoredAny>(body).is_ok()
    {
        return Ok(());
    }
    let media_type = reply.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type::essence(media_type).to_ascii_lowercase();
    let message = if is_html(&essence, body) {
        "the body is an HTML page, but no body is declared".to_owned()
    } else if essence.is_empty() || essence == "text/plain" || essence.ends_with("json") {
        return Ok(());
    } else {
        format!("the body is {essence:?}, but no body is declared")
    };
    Err(DecodeFailure { message, offset: 0, source: None, secret: false })
}

fn is_html(essence: &str, body: &[u8]) -> bool {
    let begins = |tag: &str| body.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()));
    essence == "text/html" || essence == "application/xhtml+xml" || begins("<!doctype html") || begins("<html")
}
