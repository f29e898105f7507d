//! Watching the body of a request while it is sent: its progress and its length.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Body, Request};

use crate::error::{BoxError, RequestError};

/// Maximum size of a chunk, so that the progress of a large body is visible.
pub(super) const PIECE: usize = 64 * 1024;

/// The time at which the body of a request last made progress, shared by clones.
#[derive(Clone)]
pub(crate) struct Progress {
    begun: Instant,
    /// Milliseconds after `begun`.
    last: Arc<AtomicU64>,
}

impl Progress {
    pub(crate) fn begin() -> Self {
        Self { begun: Instant::now(), last: Arc::default() }
    }

    /// Returns the time since the last progress, or since the start.
    fn idle(&self) -> Duration {
        let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
        self.begun.elapsed().saturating_sub(last)
    }

    fn made(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// Runs a future until it makes no progress for `limit`.
    pub(crate) async fn limit<T>(&self, limit: Duration, future: impl Future<Output = T>) -> Option<T> {
        let mut future = std::pin::pin!(future);
        loop {
            let left = limit.saturating_sub(self.idle());
            if let Some(output) = super::timeout(left, &mut future).await {
                return Some(output);
            }
            if self.idle() >= limit {
                return None;
            }
        }
    }

    /// Watches the body of a request, if it has one.
    pub(crate) async fn watch(&self, request: &mut Request) -> Result<(), RequestError> {
        let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let Some(body) = request.body_mut() else { return Ok(()) };
        if body.as_bytes().is_some_and(|bytes| bytes.len() <= PIECE) {
            return Ok(());
        }
        let inner = std::mem::take(body);
        let declared = length.or(inner.size_hint().exact());
        let progress = self.clone();
        let mut watched =
            Watched { inner, declared, left: declared.unwrap_or(0), piece: Bytes::new(), ended: false, progress };
        if declared == Some(0) {
            // A body with length 0 would not be read at all.
            poll_fn(|context| watched.poll_end(context))
                .await
                .map_err(|_| LengthMismatch::TooLong { declared: 0 }.into_error())?;
        }
        *body = Body::wrap(watched);
        Ok(())
    }
}

/// A body whose progress is watched.
struct Watched {
    inner: Body,
    declared: Option<u64>,
    /// The part of the declared length that is still to be read.
    left: u64,
    /// Bytes that have been read and not yet returned.
    piece: Bytes,
    ended: bool,
    progress: Progress,
}

impl Watched {
    /// Polls for the next chunk that is not empty.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        while self.piece.is_empty() && !self.ended {
            match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(frame) => self.piece = frame?.into_data().unwrap_or_default(),
                None => self.ended = true,
            }
        }
        let Some(declared) = self.declared else { return Poll::Ready(Ok(())) };
        let length = self.piece.len() as u64;
        match self.left.checked_sub(length) {
            None => Poll::Ready(Err(LengthMismatch::TooLong { declared }.into())),
            Some(left) if self.ended && left > 0 => {
                Poll::Ready(Err(LengthMismatch::TooShort { declared, length: declared - left }.into()))
            }
            Some(left) => {
                self.left = left;
                Poll::Ready(Ok(()))
            }
        }
    }

    /// Polls for the end of the body, after which no bytes may follow.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        while !self.ended {
            match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(frame) => {
                    if !frame?.into_data().unwrap_or_default().is_empty() {
                        let declared = self.declared.unwrap_or(0);
                        return Poll::Ready(Err(LengthMismatch::TooLong { declared }.into()));
                    }
                }
                None => self.ended = true,
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.piece.is_empty() {
            ready!(self.poll_piece(context))?;
        }
        // The last bytes are held back until it is certain that no others follow, because a server that has received
        // the declared length treats the request as complete.
        if self.declared.is_some() && self.left == 0 && self.piece.len() <= PIECE {
            ready!(self.poll_end(context))?;
        }
        if self.piece.is_empty() {
            return Poll::Ready(None);
        }
        self.progress.made();
        let length = self.piece.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.piece.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.piece.is_empty() && self.ended
    }

    fn size_hint(&self) -> SizeHint {
        match self.declared {
            Some(_) => SizeHint::with_exact(self.left + self.piece.len() as u64),
            None => SizeHint::default(),
        }
    }
}

/// The error of a body whose length differs from the declared one.
#[derive(Clone, Copy, Debug)]
enum LengthMismatch {
    TooLong { declared: u64 },
    TooShort { declared: u64, length: u64 },
}

impl LengthMismatch {
    fn into_error(self) -> RequestError {
        RequestError::new(self.to_string())
    }
}

/// Returns the error of a body whose length differs from the declared one, if it is among the sources of an error.
pub(crate) fn length_mismatch(error: &reqwest::Error) -> Option<RequestError> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(mismatch) = error.downcast_ref::<LengthMismatch>() {
            return Some(mismatch.into_error());
        }
        next = error.source();
    }
    None
}

impl fmt::Display for LengthMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { declared } => write!(f, "the body is longer than its declared length of {declared} bytes"),
            Self::TooShort { declared, length } => {
                write!(f, "the body ended after {length} bytes, but its declared length is {declared}")
            }
        }
    }
}

impl std::error::Error for LengthMismatch {}
