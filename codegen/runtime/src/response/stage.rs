//! The stages of a response whose body is read as a stream.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream as _;

use crate::error::{DecodeError, Error};
use crate::operation::Reply;
use crate::redact::Redactor;
use crate::request::Sending;
use crate::response::byte_stream::ByteStream;
use crate::response::decode::DecodeFailure;
use crate::response::limits::Limits;
use crate::trace;
use crate::transport::RawResponse;

pub(super) enum Stage<B: 'static> {
    Opening(Sending<RawResponse, B>),
    Open(Box<Open>),
    Ended,
}

pub(super) struct Open {
    /// The status and headers, and the part of the body that is being decoded.
    pub(super) reply: Reply,
    pub(super) stream: ByteStream,
    /// The rest of the chunk that is not read yet.
    pub(super) piece: Bytes,
    pub(super) redactor: Redactor,
}

impl<B> Stage<B> {
    /// Polls for the head of the response. `expected` describes the expected body for errors.
    pub(super) fn poll_open(
        &mut self,
        operation: &'static str,
        expected: &str,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<&mut Open>, Error<B>>> {
        if let Self::Opening(opening) = self {
            let RawResponse { reply, stream, redactor, .. } = ready!(opening.as_mut().poll(context))?;
            let Some(stream) = stream else {
                let failure = DecodeFailure::no_stream(&reply, expected);
                let error = DecodeError::new(operation, reply, failure).redacted(redactor);
                return Poll::Ready(Err(Error::Decode(Box::new(error))));
            };
            *self = Self::Open(Box::new(Open { reply, stream, piece: Bytes::new(), redactor }));
        }
        Poll::Ready(Ok(match self {
            Self::Open(open) => Some(open),
            Self::Opening(_) | Self::Ended => None,
        }))
    }
}

/// Decodes an item of a stream, and logs its warnings.
pub(super) fn decode<T, B>(
    operation: &'static str,
    reply: &Reply,
    redactor: &Redactor,
    limits: Limits,
    read: impl FnOnce(&Reply) -> Result<T, DecodeFailure>,
) -> Result<T, Error<B>> {
    let (read, decoding) = limits.apply(|| read(reply));
    trace::warnings(operation, &decoding.warnings);
    read.map_err(|failure| {
        let error = DecodeError::new(operation, reply.clone(), failure).redacted(redactor.clone());
        Error::Decode(Box::new(error))
    })
}

impl Open {
    /// Polls for the next chunk of the body. Returns false at its end.
    pub(super) fn poll_piece<B>(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, Error<B>>> {
        Poll::Ready(match ready!(Pin::new(&mut self.stream).poll_next(context)) {
            Some(piece) => {
                self.piece = piece?;
                Ok(true)
            }
            None => Ok(false),
        })
    }
}
