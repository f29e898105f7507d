//! Answers that are streams of events (`text/event-stream`).

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

/// The media type of such an answer.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// An event that a server sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// What kind of event it is: `message` where the server does not say.
    pub name: String,
    /// The id that the server gave last, with this event or with an earlier one. Events with the same id share it.
    pub id: Option<Arc<str>>,
    /// What it holds.
    pub data: T,
}

/// What the type of an event describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventShape {
    /// Its data.
    Data,
    /// An object of its parts: `event`, `data`, `id` and `retry`.
    Whole,
}

/// Makes a type of an event: of a reply whose body is the event's.
pub type EventReader<T> = fn(&Reply) -> Result<T, DecodeFailure>;

/// Events as they arrive: a [`Stream`] that needs no crate of streams to be read.
///
/// Nothing is sent before the first event is asked for. The stream ends where the server ends it; dropping it closes the
/// connection. The call's timeout applies to the time between two pieces of the answer, comments that keep the
/// connection alive among them, and the client's limit on the size of replies to each event.
///
/// An event that cannot be read is an [`Error::Decode`], whose [`raw_body`](Error::raw_body) is the event's data, and the
/// stream goes on behind it. Where JSON was declared, the data `[DONE]`, which several servers send last, ends the
/// stream. Any other error is the last thing it gives. What the server sent of an event before the stream ended is no event.
///
/// It does not connect again by itself, for only the caller knows whether what was missed can be asked for: the id of
/// the [last event](Self::last_event_id) goes into the header `Last-Event-ID`, and [`retry`](Self::retry) says how long
/// the server wants to be left alone.
#[must_use = "nothing is sent until an event is asked for"]
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
    /// The events that the operation answers with where it is asked for them.
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
    /// The next event; none at the end.
    ///
    /// # Errors
    ///
    /// Those of the operation, and those of an event that is not what the API declares.
    pub async fn next(&mut self) -> Option<Result<Event<T>, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The same for `while let Some(event) = events.try_next().await?`.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<Event<T>>, Error<B>> {
        self.next().await.transpose()
    }

    /// The id that the server gave last.
    pub fn last_event_id(&self) -> Option<&str> {
        self.parser.id().map(|id| &**id)
    }

    /// How long the server wants a client to wait before it connects again, where it has said so.
    pub fn retry(&self) -> Option<Duration> {
        self.parser.retry()
    }

    /// The next event as it comes; none at the end.
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

    /// The event as its type; none where it says that it was the last.
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

/// Reads the event as an object of its parts.
fn read_whole<T>(
    read: EventReader<T>,
    reply: &mut Reply,
    message: &Message,
    parser: &Parser,
) -> Result<T, DecodeFailure> {
    let is_json = serde_json::from_str::<IgnoredAny>(&message.data).is_ok();
    let text = Reply { body: whole(message, false, parser).into(), ..reply.clone() };
    reply.body = if is_json { whole(message, true, parser).into() } else { text.body.clone() };
    // Text may look like JSON, such as a number: before its data is left out as odd, the event is read in both ways.
    let outer = tolerance::replace(Tolerance::Strict);
    let strict = read(reply).or_else(|_| read(&text));
    tolerance::replace(outer);
    strict.or_else(|_| read(reply)).or_else(|failure| read(&text).map_err(|_| failure))
}

/// The event as a JSON object of its parts.
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

/// What is polled in it is boxed, and the rest stays where it is put.
impl<T, B> Unpin for Events<T, B> {}

/// Names the stream without what it carries: events are personal data.
impl<T, B> fmt::Debug for Events<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("operation", &self.operation).finish_non_exhaustive()
    }
}

/// Gives a generated call struct of an operation that answers with events their stream:
/// `events! { CreateCall -> Chunk, ErrorBody { Data json } }`, the shape of an event and what decodes it.
#[doc(hidden)]
#[macro_export]
macro_rules! events {
    ($call:ident -> $event:ty, $error:ty { $shape:ident $decode:ident }) => {
        impl $call {
            /// Sends the request and reads the events of its answer, each when it is asked for.
            #[inline]
            pub fn events(self) -> $crate::Events<$event, $error> {
                self.call.events($crate::generated::EventShape::$shape, $crate::generated::decode::$decode)
            }
        }
    };
}
