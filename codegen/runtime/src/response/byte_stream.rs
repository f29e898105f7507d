//! Response bodies read as a stream of chunks.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;

use crate::error::TransportError;
use crate::platform::{self, HttpResponse, Sleep};

/// The body of a response as a [`Stream`] of chunks.
///
/// Nothing is read ahead, and the client's limit on the size of responses does not apply. The call's timeout applies to
/// each chunk. The stream ends after an error; dropping it closes the connection.
///
/// ```no_run
/// # async fn save(mut body: crm_clients_runtime::ByteStream) -> Result<(), Box<dyn std::error::Error>> {
/// use tokio::io::AsyncWriteExt;
///
/// let mut file = tokio::fs::File::create("export.csv").await?;
/// while let Some(chunk) = body.next().await {
///     file.write_all(&chunk?).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "streams do nothing unless polled"]
pub struct ByteStream(Option<Open>);

struct Open {
    pieces: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    timeout: Duration,
    /// The timeout of the current chunk.
    deadline: Option<Pin<Box<Sleep>>>,
    operation: &'static str,
}

impl ByteStream {
    pub(crate) fn new(response: HttpResponse, timeout: Duration, operation: &'static str) -> Self {
        Self(Some(Open { pieces: Box::pin(platform::chunks(response)), timeout, deadline: None, operation }))
    }

    /// Returns the next chunk; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, TransportError>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(open) = &mut self.0 else { return Poll::Ready(None) };
        let item = std::task::ready!(open.poll_piece(context));
        if !matches!(item, Some(Ok(_))) {
            self.0 = None;
        }
        Poll::Ready(item)
    }
}

impl Open {
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        if let Poll::Ready(piece) = self.pieces.as_mut().poll_next(context) {
            self.deadline = None;
            return Poll::Ready(
                piece.map(|piece| piece.map_err(|error| TransportError::from(error).of(self.operation))),
            );
        }
        let timeout = self.timeout;
        if self.deadline.is_none() && platform::check_runtime().is_err() {
            return Poll::Ready(Some(Err(TransportError::no_runtime().of(self.operation))));
        }
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(platform::sleep(timeout)));
        std::task::ready!(deadline.as_mut().poll(context));
        Poll::Ready(Some(Err(TransportError::timed_out(timeout).of(self.operation))))
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream").field("ended", &self.0.is_none()).finish_non_exhaustive()
    }
}
