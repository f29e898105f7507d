//! The span of a call: its operation, number of attempts and result. It never contains parameters, bodies, headers or
//! secrets.
//!
//! Fields are named after OpenTelemetry's conventions for HTTP clients. Without the feature `tracing`, the functions
//! here do nothing.

use std::pin::Pin;
use std::time::Duration;

use crate::error::Error;
use crate::request::RequestParts;
use crate::serde::tolerance::Warning;
use crate::transport::{Failure, RawResponse};

/// Maximum number of a response's warnings that are logged individually.
#[cfg(feature = "tracing")]
const MAX_WARNINGS: usize = 10;

/// Minimum wait for a turn that is logged.
#[cfg(feature = "tracing")]
const NOTICEABLE_WAIT: Duration = Duration::from_secs(1);

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The span of one call, including all its attempts.
#[derive(Clone)]
pub(crate) struct Span {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl Span {
    pub(crate) fn of(parts: &RequestParts) -> Self {
        let span = tracing::info_span!(
            "call",
            otel.name = parts.name,
            otel.kind = "client",
            api = parts.core.api(),
            http.request.method = parts.method.as_str(),
            url.template = parts.template,
            server.address = parts.core.inner().base_url.host_str(),
            server.port = parts.core.inner().base_url.port_or_known_default(),
            http.request.resend_count = tracing::field::Empty,
            http.response.status_code = tracing::field::Empty,
            error.type = tracing::field::Empty,
            otel.status_code = tracing::field::Empty,
        );
        Self { span }
    }

    /// Runs a future within the span.
    pub(crate) fn around<F: Future + Send + 'static>(self, future: F) -> Boxed<F::Output> {
        Box::pin(tracing::Instrument::instrument(future, self.span))
    }

    /// Runs a function within the span.
    pub(crate) fn within<T>(&self, run: impl FnOnce() -> T) -> T {
        self.span.in_scope(run)
    }

    /// Records an attempt, with the number of attempts before it.
    pub(crate) fn attempted(&self, before: u32, outcome: &Result<RawResponse, Failure>) {
        if before > 0 {
            self.span.record("http.request.resend_count", before);
        }
        if let Ok(response) = outcome {
            self.span.record("http.response.status_code", response.reply.status);
        }
    }

    /// Records the error that the call ends with: its status, or a single word by which logs can count errors.
    pub(crate) fn failed<B>(&self, error: &Error<B>) {
        match error {
            Error::Api(error) => self.span.record("error.type", error.status().as_str()),
            Error::Auth(_) => self.span.record("error.type", "auth"),
            Error::Decode(_) => self.span.record("error.type", "decode"),
            Error::Request(_) => self.span.record("error.type", "request"),
            Error::Transport(error) => self.span.record("error.type", error.kind()),
        };
        self.span.record("otel.status_code", "ERROR");
    }

    /// Records that a call had to wait for its turn, if that took a noticeable time.
    pub(crate) fn waited(&self, time: Duration) {
        if time >= NOTICEABLE_WAIT {
            tracing::info!(parent: &self.span, ?time, "waited for its turn within the rate limits");
        }
    }

    /// Records a retry after this delay.
    pub(crate) fn repeating(&self, delay: Duration) {
        tracing::info!(parent: &self.span, ?delay, "retrying the request");
    }
}

#[cfg(not(feature = "tracing"))]
impl Span {
    pub(crate) fn of(_draft: &RequestParts) -> Self {
        Self {}
    }

    pub(crate) fn around<F: Future + Send + 'static>(self, future: F) -> Boxed<F::Output> {
        Box::pin(future)
    }

    pub(crate) fn within<T>(&self, run: impl FnOnce() -> T) -> T {
        run()
    }

    pub(crate) fn attempted(&self, _before: u32, _outcome: &Result<RawResponse, Failure>) {}

    pub(crate) fn failed<B>(&self, _error: &Error<B>) {}

    pub(crate) fn waited(&self, _time: Duration) {}

    pub(crate) fn repeating(&self, _delay: Duration) {}
}

/// Logs the warnings of a response: the paths of the values, but not the values.
#[cfg(feature = "tracing")]
pub(crate) fn warnings(operation: &str, warnings: &[Warning]) {
    for warning in warnings.iter().take(MAX_WARNINGS) {
        let (path, reason) = (warning.path(), warning.message());
        tracing::warn!(operation, path, reason, "left out a value that does not match the declaration");
    }
    if let Some(more) = warnings.len().checked_sub(MAX_WARNINGS + 1) {
        tracing::warn!(operation, count = more + 1, "left out more values that do not match the declaration");
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn warnings(_operation: &str, _warnings: &[Warning]) {}
