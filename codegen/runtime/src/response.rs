//! Responses: from what the server sent to what the caller gets.
//!
//! [`pending`] is compiled for each type that operations return, so it is small: everything that can be depends on the
//! errors alone, which the operations of a client share.

pub(crate) mod byte_stream;
pub mod decode;
pub(crate) mod events;
pub(crate) mod json_path;
pub(crate) mod limits;
pub(crate) mod sanitize;

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use reqwest::header::HeaderMap;

use crate::call::{Draft, Sending};
use crate::engine::{self, Answer, Executing, Failure};
use crate::error::{ApiError, DecodeError, Error, TransportError};
use crate::operation::{ErrorReader, Operation, Reply, Status};
use byte_stream::ByteStream;
use decode::DecodeFailure;
use limits::Exceeded;

/// A successful reply: the decoded body, with the status and headers it came with.
#[derive(Clone, Debug)]
pub struct Response<T> {
    status: u16,
    headers: HeaderMap,
    body: T,
}

impl<T> Response<T> {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: T) -> Self {
        Self { status, headers, body }
    }

    /// The HTTP status, such as 200.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers as the server sent them.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The decoded body.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The decoded body alone.
    pub fn into_body(self) -> T {
        self.body
    }
}

/// The response, or why there is none.
type Received = Result<Answer, Failure>;

/// Sends a request and converts its response with `make`.
pub(crate) fn pending<S, O, B>(draft: Draft, state: S, make: fn(S, Received) -> Result<O, Error<B>>) -> Sending<O, B>
where
    S: Copy + Send + Unpin + 'static,
    O: 'static,
    B: 'static,
{
    Box::pin(Pending { executing: engine::execute(draft), state, make })
}

/// Hand-written future: an `async` block would be monomorphised per type.
struct Pending<S, O, B> {
    executing: Executing,
    state: S,
    make: fn(S, Received) -> Result<O, Error<B>>,
}

impl<S: Copy + Unpin, O, B> Future for Pending<S, O, B> {
    type Output = Result<O, Error<B>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(self.executing.as_mut().poll(context));
        Poll::Ready((self.make)(self.state, answer))
    }
}

impl<T, B: Default> Operation<T, B> {
    /// How its errors are read.
    pub(crate) fn error_decoder(&self) -> ErrorDecoder<B> {
        ErrorDecoder { operation: self.name, readers: self.errors }
    }

    /// The decoded body.
    pub(crate) fn body(&self, answer: Received) -> Result<T, Error<B>> {
        let Answer { reply, limits, .. } = self.error_decoder().success(answer)?;
        let (decoded, exceeded) = limits.apply(|| (self.decode)(&reply));
        decoded.map_err(|failure| self.error_decoder().undecoded(reply, failure, exceeded))
    }

    /// The decoded body with the status and headers.
    pub(crate) fn response(&self, answer: Received) -> Result<Response<T>, Error<B>> {
        let Answer { reply, limits, .. } = self.error_decoder().success(answer)?;
        match limits.apply(|| (self.decode)(&reply)) {
            (Ok(body), _) => Ok(Response::new(reply.status, reply.headers, body)),
            (Err(failure), exceeded) => Err(self.error_decoder().undecoded(reply, failure, exceeded)),
        }
    }
}

/// How the errors of an operation are read.
pub(crate) struct ErrorDecoder<B: 'static> {
    operation: &'static str,
    readers: &'static [(Status, ErrorReader<B>)],
}

impl<B> Clone for ErrorDecoder<B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for ErrorDecoder<B> {}

impl<B: Default> ErrorDecoder<B> {
    /// The answer, if it is a success.
    pub(crate) fn success(self, answer: Received) -> Result<Answer, Error<B>> {
        let (reply, limits) = match answer {
            Ok(answer) if (200..300).contains(&answer.reply.status) => return Ok(answer),
            Ok(answer) => (answer.reply, answer.limits),
            Err(Failure::Auth(error)) => return Err(Error::Auth(Box::new(error))),
            Err(Failure::Request(error)) => return Err(Error::Request(Box::new(error))),
            Err(Failure::Transport(error)) => return Err(Error::Transport(Box::new(error))),
        };
        let read = self.reader(reply.status);
        let (body, _) = limits.apply(|| read.and_then(|read| read(&reply.body).ok()).unwrap_or_default());
        Err(Error::Api(Box::new(ApiError::new(self.operation, reply, body))))
    }

    /// The body as it came.
    pub(crate) fn raw(self, answer: Received) -> Result<Response<Bytes>, Error<B>> {
        let reply = self.success(answer)?.reply;
        Ok(Response::new(reply.status, reply.headers, reply.body))
    }

    /// The body as it comes.
    pub(crate) fn pieces(self, answer: Received) -> Result<Response<ByteStream>, Error<B>> {
        let Answer { reply, stream, .. } = self.success(answer)?;
        Ok(Response::new(reply.status, reply.headers, stream.unwrap_or_default()))
    }

    /// The error of a body that is not what was declared, or that could not be decoded in time.
    fn undecoded(self, reply: Reply, failure: DecodeFailure, exceeded: Option<Exceeded>) -> Error<B> {
        match exceeded {
            Some(Exceeded::Time(timeout)) => TransportError::timed_out(timeout).of(self.operation).into(),
            _ => Error::Decode(Box::new(DecodeError::new(self.operation, reply, failure))),
        }
    }

    /// The reader of the body declared for this status: exact before range before default.
    fn reader(self, status: u16) -> Option<ErrorReader<B>> {
        let find = |wanted: Status| self.readers.iter().find(|(key, _)| *key == wanted);
        let range = u8::try_from(status / 100).ok().and_then(|hundreds| find(Status::Range(hundreds)));
        find(Status::Exact(status)).or(range).or_else(|| find(Status::Default)).map(|(_, read)| *read)
    }
}
