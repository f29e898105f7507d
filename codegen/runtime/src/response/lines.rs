//! Responses that are streams of JSON values: JSON lines and JSON text sequences (RFC 7464).

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures_core::Stream;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::error::{Error, TransportError};
use crate::media_type::essence;
use crate::operation::Reply;
use crate::request::{Call, ResponseMode};
use crate::response::decode::DecodeFailure;
use crate::response::limits::Limits;
use crate::response::stage::{self, Open, Stage};
use crate::response::{ErrorDecoder, decoded};
use crate::serde::tolerance::Tolerance;

/// The value of the `Accept` header.
const ACCEPT: &str = "application/x-ndjson, application/jsonl, application/json-seq";

/// The byte before each value of a JSON text sequence.
const RECORD_SEPARATOR: u8 = 0x1e;

/// A function that decodes a value, which it gets as the body of a reply.
pub type LineReader<T> = fn(&Reply) -> Result<T, DecodeFailure>;

/// A [`Stream`] of JSON values, with its own [`next`](Self::next), so that no other crate is needed to read it.
///
/// It reads `application/jsonl`, `application/x-ndjson` and `application/json-seq`. The request is sent when the first
/// value is polled. The stream ends when the server ends the response; dropping it closes the connection. The call's
/// timeout applies to the time between two chunks of the response, and the client's limit on the size of responses to
/// each value. Empty lines are ignored.
///
/// A value that does not match the declaration is an [`Error::Decode`], whose [`raw_body`](Error::raw_body) is the
/// value's JSON, and the stream continues after it. The stream ends after any other error.
#[must_use = "streams do nothing unless polled"]
pub struct JsonLines<T: 'static, B: 'static> {
    operation: &'static str,
    read: LineReader<T>,
    limit: usize,
    tolerance: Tolerance,
    stage: Stage<B>,
    /// The beginning of an incomplete value.
    line: Vec<u8>,
}

impl<T, B: Default> Call<T, B> {
    /// Returns the JSON values of the operation's response.
    pub fn json_lines<E>(self, read: LineReader<E>) -> JsonLines<E, B> {
        let Self { operation, mut parts, .. } = self;
        parts.response_mode = ResponseMode::Lines;
        parts.accept = ACCEPT;
        let (limit, tolerance) = (parts.core.inner().response_limit, parts.core.inner().tolerance);
        let stage = Stage::Opening(decoded(parts, operation.error_decoder(), ErrorDecoder::success));
        JsonLines { operation: operation.name, read, limit, tolerance, stage, line: Vec::new() }
    }
}

/// Returns true if the response is a stream of JSON values. Some servers label it as text or bytes, or omit its type.
pub(crate) fn holds_lines(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers.get(CONTENT_TYPE) else { return true };
    let essence = essence(media_type.to_str().unwrap_or_default());
    let known = [
        "application/jsonl",
        "application/x-jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/json-lines",
        "application/ndjson",
        "application/x-ndjson",
        "application/x-json-stream",
        "application/stream+json",
        "application/json-seq",
        "application/octet-stream",
        "text/plain",
    ];
    known.iter().any(|known| essence.eq_ignore_ascii_case(known)) || essence.to_ascii_lowercase().ends_with("+json-seq")
}

/// Returns the byte between the values of this response.
fn separator(headers: &HeaderMap) -> u8 {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if essence(media_type).to_ascii_lowercase().ends_with("json-seq") { RECORD_SEPARATOR } else { b'\n' }
}

impl<T, B> JsonLines<T, B> {
    /// Returns the next value; `None` at the end.
    ///
    /// # Errors
    ///
    /// If the operation fails, or a value does not match the declaration.
    pub async fn next(&mut self) -> Option<Result<T, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Like [`next`](Self::next), for `while let Some(value) = values.try_next().await?`.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<T>, Error<B>> {
        self.next().await.transpose()
    }

    /// Polls for the JSON of the next value; `None` at the end.
    fn poll_line(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error<B>>> {
        loop {
            let opened = ready!(self.stage.poll_open(self.operation, "JSON lines (application/x-ndjson)", context))?;
            let Some(open) = opened else { return Poll::Ready(Ok(None)) };
            let separator = separator(&open.reply.headers);
            let end = open.piece.iter().position(|byte| *byte == separator);
            let part = open.piece.slice(..end.unwrap_or(open.piece.len()));
            if part.len() > self.limit.saturating_sub(self.line.len()) {
                let error = TransportError::value_too_large(self.limit).of(self.operation);
                return Poll::Ready(Err(error.into()));
            }
            self.line.extend_from_slice(&part);
            open.piece.advance(part.len() + usize::from(end.is_some()));
            let ended = end.is_none() && !ready!(open.poll_piece(context))?;
            if (end.is_some() || ended) && !self.line.trim_ascii().is_empty() {
                let line = Bytes::from(std::mem::take(&mut self.line));
                return Poll::Ready(Ok(Some(line)));
            }
            if ended {
                return Poll::Ready(Ok(None));
            }
            if end.is_some() {
                self.line.clear();
            }
        }
    }

    fn decode(&self, open: &mut Open, line: &Bytes) -> Result<T, Error<B>> {
        open.reply.body = line.slice_ref(line.trim_ascii());
        let limits = Limits::of_response(self.limit).with(self.tolerance);
        stage::decode(self.operation, &open.reply, &open.redactor, limits, self.read)
    }
}

impl<T, B> Stream for JsonLines<T, B> {
    type Item = Result<T, Error<B>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let line = ready!(this.poll_line(context));
        // The stage is put back unless this was the end of the stream.
        let stage = std::mem::replace(&mut this.stage, Stage::Ended);
        match (line, stage) {
            (Ok(Some(line)), Stage::Open(mut open)) => {
                let value = this.decode(&mut open, &line);
                this.stage = Stage::Open(open);
                Poll::Ready(Some(value))
            }
            (Err(error), _) => Poll::Ready(Some(Err(error))),
            _ => Poll::Ready(None),
        }
    }
}

// Only boxed futures are polled, so the struct itself need not be pinned.
impl<T, B> Unpin for JsonLines<T, B> {}

/// Shows the operation only, because values can contain personal data.
impl<T, B> fmt::Debug for JsonLines<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").field("operation", &self.operation).finish_non_exhaustive()
    }
}

/// Adds a method that returns a stream of JSON lines to a generated call struct:
/// `json_lines! { ExportCall -> Contact, ErrorBody { json } }`, with the type of a line and its decoding function.
#[doc(hidden)]
#[macro_export]
macro_rules! json_lines {
    ($call:ident -> $line:ty, $error:ty { $decode:ident }) => {
        impl $call {
            /// Sends the request and returns the JSON values of its response as a stream.
            #[inline]
            pub fn lines(self) -> $crate::JsonLines<$line, $error> {
                self.call.json_lines($crate::generated::decode::$decode)
            }
        }
    };
}
