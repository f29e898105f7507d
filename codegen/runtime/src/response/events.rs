//! Responses that are streams of events (`text/event-stream`).

mod parser;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Buf as _;
use futures_core::Stream;
use serde::de::IgnoredAny;

use crate::error::{DecodeError, Error, TransportError};
use crate::operation::Reply;
use crate::request::{Call, ResponseMode};
use crate::response::decode::DecodeFailure;
use crate::response::limits::Limits;
use crate::response::stage::{Open, Stage};
use crate::response::{ErrorDecoder, decoded};
use crate::serde::tolerance::{self, Tolerance};
use crate::trace;
use parser::{Message, Parser};

/// The media type of such a response.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// An event sent by a server.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The type of the event: `message` if the server does not set it.
    pub name: String,
    /// The last id that the server sent, with this event or an earlier one. Events with the same id share it.
    pub id: Option<Arc<str>>,
    /// The data of the event.
    pub data: T,
}

/// The part of an event that its type describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventShape {
    /// The data.
    Data,
    /// An object with the fields `event`, `data`, `id` and `retry`.
    Whole,
}

/// A function that decodes an event, which it gets as the body of a reply.
pub type EventReader<T> = fn(&Reply) -> Result<T, DecodeFailure>;

/// A [`Stream`] of events, with its own [`next`](Self::next), so that no other crate is needed to read it.
///
/// The request is sent when the first event is polled. The stream ends when the server ends the response; dropping it
/// closes the connection. The call's timeout applies to the time between two chunks of the response, including comments
/// that keep the connection alive. The client's limit on the size of responses applies to each event.
///
/// An event that cannot be decoded is an [`Error::Decode`], whose [`raw_body`](Error::raw_body) is the event's data,
/// and the stream continues after it. If JSON is declared, the data `[DONE]`, which several servers send last, ends the
/// stream. The stream ends after any other error. An event that is incomplete at the end of the response is ignored.
///
/// The stream does not reconnect, because only the caller knows whether missed events can be requested: send the
/// [last event id](Self::last_event_id) in the header `Last-Event-ID`, after the delay that [`retry`](Self::retry)
/// returns.
#[must_use = "streams do nothing unless polled"]
pub struct Events<T: 'static, B: 'static> {
    operation: &'static str,
    shape: EventShape,
    read: EventReader<T>,
    limit: usize,
    tolerance: Tolerance,
    stage: Stage<B>,
    parser: Parser,
}

impl<T, B: Default> Call<T, B> {
    /// Returns the events of the operation's response.
    pub fn events<E>(self, shape: EventShape, read: EventReader<E>) -> Events<E, B> {
        let Self { operation, mut parts, .. } = self;
        parts.response_mode = ResponseMode::Events;
        parts.accept = EVENT_STREAM;
        let (limit, tolerance) = (parts.core.inner().response_limit, parts.core.inner().tolerance);
        let stage = Stage::Opening(decoded(parts, operation.error_decoder(), ErrorDecoder::success));
        Events { operation: operation.name, shape, read, limit, tolerance, stage, parser: Parser::new(limit) }
    }
}

impl<T, B> Events<T, B> {
    /// Returns the next event; `None` at the end.
    ///
    /// # Errors
    ///
    /// If the operation fails, or an event does not match the declaration.
    pub async fn next(&mut self) -> Option<Result<Event<T>, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Like [`next`](Self::next), for `while let Some(event) = events.try_next().await?`.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<Event<T>>, Error<B>> {
        self.next().await.transpose()
    }

    /// Returns the last id that the server sent.
    pub fn last_event_id(&self) -> Option<&str> {
        self.parser.id().map(|id| &**id)
    }

    /// Returns the time that the server asks clients to wait before they reconnect, if it has sent one.
    pub fn retry(&self) -> Option<Duration> {
        self.parser.retry()
    }

    /// Polls for the next event; `None` at the end.
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Message>, Error<B>>> {
        loop {
            let opened = ready!(self.stage.poll_open(self.operation, "events (text/event-stream)", context))?;
            let Some(open) = opened else { return Poll::Ready(Ok(None)) };
            let mut rest = open.piece.as_ref();
            let read = self.parser.next(&mut rest);
            open.piece.advance(open.piece.len() - rest.len());
            let too_large = |_| TransportError::event_too_large(self.limit).of(self.operation);
            if let Some(message) = read.map_err(too_large)? {
                return Poll::Ready(Ok(Some(message)));
            }
            if !ready!(open.poll_piece(context))? {
                return Poll::Ready(Ok(None));
            }
        }
    }

    /// Decodes an event; `None` if it marks the end of the stream.
    fn event(&mut self, message: Message) -> Option<Result<Event<T>, Error<B>>> {
        let Stage::Open(open) = &mut self.stage else { return None };
        let Open { reply, redactor, .. } = &mut **open;
        let id = self.parser.id().cloned();
        let name = message.name.clone().unwrap_or_else(|| "message".to_owned());
        let limits = Limits::of_response(self.limit).with(self.tolerance);
        let (read, decoding) = limits.apply(|| match self.shape {
            EventShape::Data => {
                reply.body = message.data.into();
                (self.read)(reply)
            }
            EventShape::Whole => read_whole(self.read, reply, &message, &self.parser),
        });
        trace::warnings(self.operation, &decoding.warnings);
        match read {
            Ok(data) => Some(Ok(Event { name, id, data })),
            Err(_) if reply.body == "[DONE]" => None,
            Err(failure) => {
                let error = DecodeError::new(self.operation, reply.clone(), failure).redacted(redactor.clone());
                Some(Err(Error::Decode(Box::new(error))))
            }
        }
    }
}

/// Decodes the event as an object with its fields.
fn read_whole<T>(
    read: EventReader<T>,
    reply: &mut Reply,
    message: &Message,
    parser: &Parser,
) -> Result<T, DecodeFailure> {
    let is_json = serde_json::from_str::<IgnoredAny>(&message.data).is_ok();
    let text = Reply { body: whole(message, false, parser).into(), ..reply.clone() };
    reply.body = if is_json { whole(message, true, parser).into() } else { text.body.clone() };
    // Text may look like JSON, such as a number, so the event is decoded in both ways before its data is left out.
    let outer = tolerance::replace(Tolerance::Strict);
    let strict = read(reply).or_else(|_| read(&text));
    tolerance::replace(outer);
    strict.or_else(|_| read(reply)).or_else(|failure| read(&text).map_err(|_| failure))
}

/// Returns the event as a JSON object with its fields.
fn whole(message: &Message, data_is_json: bool, parser: &Parser) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let data = if data_is_json { message.data.clone() } else { text(&message.data) };
    let mut parts = vec![format!("\"data\":{data}")];
    parts.extend(message.name.as_deref().map(|name| format!("\"event\":{}", text(name))));
    parts.extend(parser.id().map(|id| format!("\"id\":{}", text(id))));
    parts.extend(parser.retry().map(|retry| format!("\"retry\":{}", retry.as_millis())));
    format!("{{{}}}", parts.join(","))
}

impl<T, B> Stream for Events<T, B> {
    type Item = Result<Event<T>, Error<B>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let (item, goes_on) = match ready!(this.poll_message(context)) {
            Ok(message) => {
                let item = message.and_then(|message| this.event(message));
                let goes_on = item.is_some();
                (item, goes_on)
            }
            Err(error) => (Some(Err(error)), false),
        };
        if !goes_on {
            this.stage = Stage::Ended;
        }
        Poll::Ready(item)
    }
}

// Only boxed futures are polled, so the struct itself need not be pinned.
impl<T, B> Unpin for Events<T, B> {}

/// Shows the operation only, because events contain personal data.
impl<T, B> fmt::Debug for Events<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("operation", &self.operation).finish_non_exhaustive()
    }
}

/// Adds a method that returns a stream of events to a generated call struct:
/// `events! { CreateCall -> Chunk, ErrorBody { Data json } }`, with the shape of an event and its decoding function.
#[doc(hidden)]
#[macro_export]
macro_rules! events {
    ($call:ident -> $event:ty, $error:ty { $shape:ident $decode:ident }) => {
        impl $call {
            /// Sends the request and returns the events of its response as a stream.
            #[inline]
            pub fn events(self) -> $crate::Events<$event, $error> {
                self.call.events($crate::generated::EventShape::$shape, $crate::generated::decode::$decode)
            }
        }
    };
}
