//! Responses that are a sequence of parts (`multipart/mixed` and its relatives, RFC 2046).

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

/// What such a response is called in errors.
const EXPECTED: &str = "parts (multipart/mixed with a boundary)";

/// A part of a response. `Debug` shows the body only.
#[derive(Clone)]
#[non_exhaustive]
pub struct Part<T> {
    /// The headers of the part.
    pub headers: HeaderMap,
    /// What the part holds.
    pub body: T,
}

impl<T: fmt::Debug> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").field("body", &self.body).finish_non_exhaustive()
    }
}

/// Makes a type of a part: of a reply whose body and content type are the part's.
pub type PartReader<T> = fn(&Reply) -> Result<T, DecodeFailure>;

/// The parts of a response as they arrive: a [`Stream`] that needs no crate of streams to be read.
///
/// Nothing is sent before the first part is asked for. The stream ends with the last boundary or where the server ends it;
/// dropping it closes the connection. The call's timeout applies to the time between two pieces of the response, and the
/// client's limit on the size of responses to each part.
///
/// A part that is not what the API declares is an [`Error::Decode`], and the stream goes on behind it. Any other error is
/// the last thing it gives. What the server sent of a part before the response ended is no part.
#[must_use = "nothing is sent until a part is asked for"]
pub struct Parts<T: 'static, B: 'static> {
    operation: &'static str,
    read: PartReader<T>,
    limit: usize,
    tolerance: Tolerance,
    stage: Stage<B>,
    splitter: Splitter,
}

impl<T, B: Default> Call<T, B> {
    /// The parts that the operation responds with, one after the other.
    pub fn parts<E>(self, read: PartReader<E>) -> Parts<E, B> {
        let Self { operation, mut parts, .. } = self;
        parts.response_mode = ResponseMode::Parts;
        let (limit, tolerance) = (parts.core.inner().response_limit, parts.core.inner().tolerance);
        let stage = Stage::Opening(decoded(parts, operation.error_decoder(), ErrorDecoder::success));
        Parts { operation: operation.name, read, limit, tolerance, stage, splitter: Splitter::default() }
    }
}

/// The boundary between the parts of a response, if it has parts.
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

/// Cuts a body into parts.
#[derive(Default)]
struct Splitter {
    /// A line feed, two dashes and the boundary. Empty until the head of the response is known.
    delimiter: Vec<u8>,
    /// What has arrived and is not part of what was given.
    held: Vec<u8>,
    /// Where in it a delimiter may begin that has not been looked for.
    searched: usize,
    /// The first delimiter was found.
    begun: bool,
    /// The last delimiter was found.
    ended: bool,
}

impl Splitter {
    fn begin(&mut self, boundary: &str) {
        self.delimiter = format!("\n--{boundary}").into_bytes();
        // The first delimiter may be the beginning of the body.
        self.held = b"\n".to_vec();
    }

    /// The next part that has arrived whole.
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
            // The rest of the delimiter's line decides whether it is the last one.
            let rest = &self.held[behind..];
            let end_of_line = rest.iter().position(|byte| *byte == b'\n');
            let is_last = rest.starts_with(b"--");
            if !is_last && end_of_line.is_none() {
                self.searched = begin;
                return None;
            }
            // A longer boundary begins like this one.
            let line = &rest[..end_of_line.unwrap_or(0)];
            if !is_last && !line.trim_ascii().is_empty() {
                self.searched = behind;
                continue;
            }
            // The line feed of this line may begin the next delimiter, of a part without headers and body.
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

/// The headers of a part, and where its body begins.
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
    // Without an empty line, the body is empty, or the last line is the only one.
    let line = part[at..].trim_ascii();
    (headers, if line.is_empty() { part.len() } else { at })
}

impl<T, B> Parts<T, B> {
    /// The next part; none at the end.
    ///
    /// # Errors
    ///
    /// Those of the operation, and those of a part that is not what the API declares.
    pub async fn next(&mut self) -> Option<Result<Part<T>, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The same for `while let Some(part) = parts.try_next().await?`.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<Part<T>>, Error<B>> {
        self.next().await.transpose()
    }

    /// The next part as it was sent; none at the end.
    fn poll_part(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Vec<u8>>, Error<B>>> {
        loop {
            let opened = ready!(self.stage.poll_open(self.operation, EXPECTED, context))?;
            let Some(open) = opened else { return Poll::Ready(Ok(None)) };
            if self.splitter.delimiter.is_empty() {
                // The response is left to be read only if it has a boundary.
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
        // The stage is put back unless this was the end.
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

/// What is polled in it is boxed, and the rest stays where it is put.
impl<T, B> Unpin for Parts<T, B> {}

/// Names the stream without what it carries.
impl<T, B> fmt::Debug for Parts<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("operation", &self.operation).finish_non_exhaustive()
    }
}

/// Gives a generated call struct of an operation that responds with parts their stream:
/// `parts! { ExportCall -> Contact, ErrorBody { json } }`, what a part is and what decodes it.
#[doc(hidden)]
#[macro_export]
macro_rules! parts {
    ($call:ident -> $part:ty, $error:ty { $decode:ident }) => {
        impl $call {
            /// Sends the request and reads the parts of its response, each when it is asked for.
            #[inline]
            pub fn parts(self) -> $crate::Parts<$part, $error> {
                self.call.parts($crate::generated::decode::$decode)
            }
        }
    };
}
