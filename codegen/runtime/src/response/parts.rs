//! Responses that are sequences of parts (`multipart/mixed` and other multipart types, RFC 2046).

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, TransportError};
use crate::operation::Reply;
use crate::request::{Call, ResponseMode};
use crate::response::decode::DecodeFailure;
use crate::response::limits::Limits;
use crate::response::stage::{self, Open, Stage};
use crate::response::{ErrorDecoder, decoded};
use crate::serde::tolerance::Tolerance;

/// The name of such a response in errors.
const EXPECTED: &str = "parts (multipart/mixed with a boundary)";

/// A part of a response. `Debug` shows the body only.
#[derive(Clone)]
#[non_exhaustive]
pub struct Part<T> {
    /// The headers of the part.
    pub headers: HeaderMap,
    /// The decoded body of the part.
    pub body: T,
}

impl<T: fmt::Debug> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").field("body", &self.body).finish_non_exhaustive()
    }
}

/// A function that decodes a part, which it gets as a reply with the part's body and content type.
pub type PartReader<T> = fn(&Reply) -> Result<T, DecodeFailure>;

/// A [`Stream`] of the parts of a response, with its own [`next`](Self::next), so that no other crate is needed to read
/// it.
///
/// The request is sent when the first part is polled. The stream ends at the last boundary or when the server ends the
/// response; dropping it closes the connection. The call's timeout applies to the time between two chunks of the
/// response, and the client's limit on the size of responses to each part.
///
/// A part that does not match the declaration is an [`Error::Decode`], and the stream continues after it. The stream
/// ends after any other error. A part that is incomplete at the end of the response is ignored.
#[must_use = "streams do nothing unless polled"]
pub struct Parts<T: 'static, B: 'static> {
    operation: &'static str,
    read: PartReader<T>,
    limit: usize,
    tolerance: Tolerance,
    stage: Stage<B>,
    splitter: Splitter,
}

impl<T, B: Default> Call<T, B> {
    /// Returns the parts of the operation's response.
    pub fn parts<E>(self, read: PartReader<E>) -> Parts<E, B> {
        let Self { operation, mut parts, .. } = self;
        parts.response_mode = ResponseMode::Parts;
        let (limit, tolerance) = (parts.core.inner().response_limit, parts.core.inner().tolerance);
        let stage = Stage::Opening(decoded(parts, operation.error_decoder(), ErrorDecoder::success));
        Parts { operation: operation.name, read, limit, tolerance, stage, splitter: Splitter::default() }
    }
}

/// Returns the boundary between the parts of a response, if it has parts.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = media_type.split_once(';')?;
    if !kind.trim().get(..10)?.eq_ignore_ascii_case("multipart/") {
        return None;
    }
    let mut parameters = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    let value = value.trim().trim_matches('"');
    (!value.is_empty()).then(|| value.to_owned())
}

/// Splits a body into parts.
#[derive(Default)]
struct Splitter {
    /// A line feed, two dashes and the boundary. Empty until the head of the response is known.
    delimiter: Vec<u8>,
    /// The bytes that have arrived and do not belong to a returned part.
    held: Vec<u8>,
    /// The offset up to which no delimiter begins.
    searched: usize,
    /// True if the first delimiter was found.
    begun: bool,
    /// True if the last delimiter was found.
    ended: bool,
}

impl Splitter {
    fn begin(&mut self, boundary: &str) {
        self.delimiter = format!("\n--{boundary}").into_bytes();
        // The body may begin with the first delimiter.
        self.held = b"\n".to_vec();
    }

    /// Returns the next complete part.
    fn next(&mut self) -> Option<Vec<u8>> {
        while !self.ended {
            let found =
                self.held[self.searched..].windows(self.delimiter.len()).position(|part| part == self.delimiter);
            let Some(found) = found else {
                self.searched = self.held.len().saturating_sub(self.delimiter.len() - 1);
                return None;
            };
            let begin = self.searched + found;
            let behind = begin + self.delimiter.len();
            // The rest of the delimiter's line determines if it is the last one.
            let rest = &self.held[behind..];
            let end_of_line = rest.iter().position(|byte| *byte == b'\n');
            let is_last = rest.starts_with(b"--");
            if !is_last && end_of_line.is_none() {
                self.searched = begin;
                return None;
            }
            // A longer boundary may begin with this one.
            let line = &rest[..end_of_line.unwrap_or(0)];
            if !is_last && !line.trim_ascii().is_empty() {
                self.searched = behind;
                continue;
            }
            // The line feed of this line may begin the next delimiter, if the part has neither headers nor a body.
            let next = self.held.split_off(behind + end_of_line.unwrap_or(0));
            let mut part = std::mem::replace(&mut self.held, next);
            part.truncate(begin);
            part.pop_if(|byte| *byte == b'\r');
            self.searched = 0;
            self.ended = is_last;
            if std::mem::replace(&mut self.begun, true) {
                return Some(part);
            }
        }
        None
    }
}

/// Parses the headers of a part, and returns the offset at which its body begins.
fn headers(part: &[u8]) -> (HeaderMap, usize) {
    let mut headers = HeaderMap::new();
    // A part begins with the line feed that ends the delimiter.
    let mut at = usize::from(part.starts_with(b"\n"));
    while let Some(end) = part[at..].iter().position(|byte| *byte == b'\n') {
        let line = part[at..at + end].trim_ascii();
        at += end + 1;
        if line.is_empty() {
            return (headers, at);
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(line[..colon].trim_ascii());
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    // Without an empty line, the part has no body, or this is its only line.
    let line = part[at..].trim_ascii();
    (headers, if line.is_empty() { part.len() } else { at })
}

impl<T, B> Parts<T, B> {
    /// Returns the next part; `None` at the end.
    ///
    /// # Errors
    ///
    /// If the operation fails, or a part does not match the declaration.
    pub async fn next(&mut self) -> Option<Result<Part<T>, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Like [`next`](Self::next), for `while let Some(part) = parts.try_next().await?`.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<Part<T>>, Error<B>> {
        self.next().await.transpose()
    }

    /// Polls for the next part as it was sent; `None` at the end.
    fn poll_part(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Vec<u8>>, Error<B>>> {
        loop {
            let opened = ready!(self.stage.poll_open(self.operation, EXPECTED, context))?;
            let Some(open) = opened else { return Poll::Ready(Ok(None)) };
            if self.splitter.delimiter.is_empty() {
                // Without a boundary, the response is not read as parts.
                self.splitter.begin(&boundary(&open.reply.headers).unwrap_or_default());
            }
            self.splitter.held.extend_from_slice(&std::mem::take(&mut open.piece));
            if let Some(part) = self.splitter.next() {
                return Poll::Ready(Ok(Some(part)));
            }
            if self.splitter.held.len() > self.limit {
                let error = TransportError::value_too_large(self.limit).of(self.operation);
                return Poll::Ready(Err(error.into()));
            }
            if self.splitter.ended || !ready!(open.poll_piece(context))? {
                return Poll::Ready(Ok(None));
            }
        }
    }

    fn decode(&self, open: &Open, part: Vec<u8>) -> Result<Part<T>, Error<B>> {
        let (headers, begin) = headers(&part);
        let mut reply = Reply { body: Bytes::from(part).slice(begin..), ..open.reply.clone() };
        reply.headers.remove(CONTENT_TYPE);
        reply.headers.extend(headers.get(CONTENT_TYPE).map(|kind| (CONTENT_TYPE, kind.clone())));
        let limits = Limits::of_response(self.limit).with(self.tolerance);
        let body = stage::decode(self.operation, &reply, &open.redactor, limits, self.read)?;
        Ok(Part { headers, body })
    }
}

impl<T, B> Stream for Parts<T, B> {
    type Item = Result<Part<T>, Error<B>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let part = ready!(this.poll_part(context));
        // The stage is put back unless this was the end of the stream.
        let stage = std::mem::replace(&mut this.stage, Stage::Ended);
        match (part, stage) {
            (Ok(Some(part)), Stage::Open(open)) => {
                let part = this.decode(&open, part);
                this.stage = Stage::Open(open);
                Poll::Ready(Some(part))
            }
            (Err(error), _) => Poll::Ready(Some(Err(error))),
            _ => Poll::Ready(None),
        }
    }
}

// Only boxed futures are polled, so the struct itself need not be pinned.
impl<T, B> Unpin for Parts<T, B> {}

/// Shows the operation only, because parts can contain personal data.
impl<T, B> fmt::Debug for Parts<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("operation", &self.operation).finish_non_exhaustive()
    }
}

/// Adds a method that returns a stream of parts to a generated call struct:
/// `parts! { ExportCall -> Contact, ErrorBody { json } }`, with the type of a part and its decoding function.
#[doc(hidden)]
#[macro_export]
macro_rules! parts {
    ($call:ident -> $part:ty, $error:ty { $decode:ident }) => {
        impl $call {
            /// Sends the request and returns the parts of its response as a stream.
            #[inline]
            pub fn parts(self) -> $crate::Parts<$part, $error> {
                self.call.parts($crate::generated::decode::$decode)
            }
        }
    };
}
