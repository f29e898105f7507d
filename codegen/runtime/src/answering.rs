//! From the answer to a request to what its caller gets.
//!
//! This is compiled for whatever operations return, so that there is little of it: all that can be depends on the errors
//! alone, which the operations of a client share.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use crate::byte_stream::ByteStream;
use crate::call::{Draft, Sending};
use crate::decode::DecodeFailure;
use crate::engine::{self, Answer, Executing, Failure};
use crate::error::{ApiError, DecodeError, Error, TransportError};
use crate::limits::Exceeded;
use crate::operation::{ErrorReader, Operation, Reply, Status};
use crate::response::Response;

/// What came back, or why nothing did.
type Answered = Result<Answer, Failure>;

/// Sends a request, and makes of its answer what `make` does.
pub(crate) fn answering<S, O, B>(draft: Draft, state: S, make: fn(S, Answered) -> Result<O, Error<B>>) -> Sending<O, B>
where
    S: Copy + Send + Unpin + 'static,
    O: 'static,
    B: 'static,
{
    Box::pin(Answering { executing: engine::execute(draft), state, make })
}

/// A future written out, for the compiler makes more of an `async` block, and that for each type.
struct Answering<S, O, B> {
    executing: Executing,
    state: S,
    make: fn(S, Answered) -> Result<O, Error<B>>,
}

impl<S: Copy + Unpin, O, B> Future for Answering<S, O, B> {
    type Output = Result<O, Error<B>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(self.executing.as_mut().poll(context));
        Poll::Ready((self.make)(self.state, answer))
    }
}

impl<T, B: Default> Operation<T, B> {
    /// How its errors are read.
    pub(crate) fn refusals(&self) -> Refusals<B> {
        Refusals { operation: self.name, readers: self.errors }
    }

    /// The decoded body.
    pub(crate) fn body(&self, answer: Answered) -> Result<T, Error<B>> {
        let Answer { reply, limits, .. } = self.refusals().success(answer)?;
        let (decoded, exceeded) = limits.apply(|| (self.decode)(&reply));
        decoded.map_err(|failure| self.refusals().undecoded(reply, failure, exceeded))
    }

    /// The decoded body with the status and headers.
    pub(crate) fn response(&self, answer: Answered) -> Result<Response<T>, Error<B>> {
        let Answer { reply, limits, .. } = self.refusals().success(answer)?;
        match limits.apply(|| (self.decode)(&reply)) {
            (Ok(body), _) => Ok(Response::new(reply.status, reply.headers, body)),
            (Err(failure), exceeded) => Err(self.refusals().undecoded(reply, failure, exceeded)),
        }
    }
}

/// How the errors of an operation are read.
pub(crate) struct Refusals<B: 'static> {
    operation: &'static str,
    readers: &'static [(Status, ErrorReader<B>)],
}

impl<B> Clone for Refusals<B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for Refusals<B> {}

impl<B: Default> Refusals<B> {
    /// The answer, if it is a success.
    pub(crate) fn success(self, answer: Answered) -> Result<Answer, Error<B>> {
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
    pub(crate) fn raw(self, answer: Answered) -> Result<Response<Bytes>, Error<B>> {
        let reply = self.success(answer)?.reply;
        Ok(Response::new(reply.status, reply.headers, reply.body))
    }

    /// The body as it comes.
    pub(crate) fn pieces(self, answer: Answered) -> Result<Response<ByteStream>, Error<B>> {
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
