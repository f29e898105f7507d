//! Hooks, which run before each request and after each response.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, Request, StatusCode, Url};

use crate::error::RequestError;
use crate::request::{RequestParts, checked_header};

/// The error with which a hook rejects a request.
pub type HookError = Box<dyn StdError + Send + Sync>;

/// Code that runs before each request and after each response of a client: for logs, metrics, signatures or headers.
///
/// Every method has a default that does nothing. Hooks run on the task of the call, in the order in which they were
/// added to the builder, so they must not block. They also run for token requests.
///
/// ```
/// use crm_clients_runtime::{Hook, HookError, RequestContext, ResponseContext};
///
/// struct Log;
///
/// impl Hook for Log {
///     fn before_request(&self, request: &mut RequestContext<'_>) -> Result<(), HookError> {
///         request.set_header("x-source", "sync")?;
///         Ok(())
///     }
///
///     fn after_response(&self, response: &ResponseContext<'_>) {
///         let status = response.status().map(|status| status.as_u16());
///         println!("{} {status:?} in {:?}", response.operation(), response.duration());
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a hook",
    note = "implement `Hook`, with `before_request` or `after_response`, for a type that is `Send` and `Sync`"
)]
pub trait Hook: Send + Sync {
    /// Called before a request is sent: for each attempt of a call, and for each redirect that it follows.
    ///
    /// # Errors
    ///
    /// An error ends the call, and nothing is sent: with [`Error::Request`](crate::Error::Request), or for a token request
    /// with [`Error::Auth`](crate::Error::Auth).
    fn before_request(&self, request: &mut RequestContext<'_>) -> Result<(), HookError> {
        let _ = request;
        Ok(())
    }

    /// Called after each request that was sent, for a response as well as an error. It is not called if the caller
    /// drops the call before.
    fn after_response(&self, response: &ResponseContext<'_>) {
        let _ = response;
    }

    /// Decides whether the request is retried. `None` leaves the decision to the next hook, and finally to the
    /// [`Retry`](crate::Retry) policy.
    ///
    /// `Some(true)` also retries a request that is not idempotent, which may then take effect twice. The policy's
    /// limits of attempts and time still apply, and a body that is a stream is never resent.
    fn should_retry(&self, response: &ResponseContext<'_>) -> Option<bool> {
        let _ = response;
        None
    }
}

macro_rules! shared_hooks {
    ($($pointer:ident)*) => {$(
        impl<H: Hook + ?Sized> Hook for $pointer<H> {
            fn before_request(&self, request: &mut RequestContext<'_>) -> Result<(), HookError> {
                (**self).before_request(request)
            }

            fn after_response(&self, response: &ResponseContext<'_>) {
                (**self).after_response(response);
            }

            fn should_retry(&self, response: &ResponseContext<'_>) -> Option<bool> {
                (**self).should_retry(response)
            }
        }
    )*};
}
shared_hooks! { Arc Box }

/// A hook that sends the trace context of each request: the header `traceparent` of W3C Trace Context.
///
/// The function returns the header's value, or `None` for none. With the feature `tracing` it runs within the span of the
/// call, so that the service's spans become children of it: with `tracing-opentelemetry`, take the context of
/// `tracing::Span::current()`.
///
/// ```
/// use crm_clients_runtime::TraceContext;
/// use crm_clients_runtime::generated::Core;
///
/// let context = TraceContext::new(|| Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()));
/// let builder = Core::builder("example", "https://api.example").hook(context);
/// ```
#[derive(Clone)]
pub struct TraceContext<F>(F);

impl<F: Fn() -> Option<String> + Send + Sync> TraceContext<F> {
    /// Creates the hook from the function that returns the header's value.
    pub fn new(traceparent: F) -> Self {
        Self(traceparent)
    }
}

impl<F: Fn() -> Option<String> + Send + Sync> Hook for TraceContext<F> {
    fn before_request(&self, request: &mut RequestContext<'_>) -> Result<(), HookError> {
        match (self.0)() {
            Some(value) => Ok(request.set_header("traceparent", &value)?),
            None => Ok(()),
        }
    }
}

impl<F> fmt::Debug for TraceContext<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceContext").finish_non_exhaustive()
    }
}

/// The operation and attempt that a request belongs to.
#[derive(Clone, Copy)]
struct Origin<'a> {
    parts: &'a RequestParts,
    attempt: u32,
}

macro_rules! origin_methods {
    () => {
        /// Returns the API's name, such as `chatwoot`.
        pub fn api(&self) -> &'static str {
            self.origin.parts.core.api()
        }

        /// Returns the operation, such as `contacts.create`, or `request` if the document does not declare it.
        pub fn operation(&self) -> &'static str {
            self.origin.parts.name
        }

        /// Returns the HTTP method.
        pub fn method(&self) -> &Method {
            &self.origin.parts.method
        }

        /// Returns the path with its parameters in braces, such as `/contacts/{id}`; empty if the document does not
        /// declare it. It contains no personal data, so it can be a label of metrics.
        pub fn url_template(&self) -> &'static str {
            self.origin.parts.template
        }

        /// Returns the number of the attempt, starting at 1.
        pub fn attempt(&self) -> u32 {
            self.origin.attempt
        }
    };
}

/// A request that is about to be sent. `Debug` does not show its parameters, headers or body.
pub struct RequestContext<'a> {
    origin: Origin<'a>,
    request: &'a mut Request,
}

impl<'a> RequestContext<'a> {
    pub(crate) fn new(parts: &'a RequestParts, attempt: u32, request: &'a mut Request) -> Self {
        Self { origin: Origin { parts, attempt }, request }
    }

    origin_methods!();

    /// Returns the URL, which can contain personal data and credentials.
    pub fn url(&self) -> &Url {
        self.request.url()
    }

    /// Returns the headers, including credentials.
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Returns the body, for signatures. `None` if there is none, or if it is a file, a multipart form or a stream.
    pub fn body(&self) -> Option<&[u8]> {
        self.request.body()?.as_bytes()
    }

    /// Sets a header, replacing any value that would be sent under this name.
    ///
    /// # Errors
    ///
    /// If the name or value contains a character that cannot be sent, or if the header is derived from the body.
    pub fn set_header(&mut self, name: impl AsRef<str>, value: &str) -> Result<(), RequestError> {
        let (name, value) = checked_header(name.as_ref(), value)?;
        self.request.headers_mut().insert(name, value);
        Ok(())
    }
}

impl fmt::Debug for RequestContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RequestContext");
        shown.field("operation", &self.operation()).field("attempt", &self.attempt()).finish_non_exhaustive()
    }
}

/// The outcome of a request.
#[derive(Clone, Copy)]
pub(crate) enum Outcome<'a> {
    Response { status: StatusCode, headers: &'a HeaderMap, body: Option<&'a [u8]> },
    Error { error: &'a (dyn StdError + 'static), timeout: bool, connect: bool },
}

impl<'a> Outcome<'a> {
    /// Returns the outcome of a response whose body is not read.
    pub(crate) fn of_head(response: &'a reqwest::Response) -> Self {
        Outcome::Response { status: response.status(), headers: response.headers(), body: None }
    }
}

/// The response to a request, or the error if there is none. `Debug` does not show its headers or body.
pub struct ResponseContext<'a> {
    origin: Origin<'a>,
    duration: Duration,
    outcome: Outcome<'a>,
}

impl<'a> ResponseContext<'a> {
    pub(crate) fn new(parts: &'a RequestParts, attempt: u32, duration: Duration, outcome: Outcome<'a>) -> Self {
        Self { origin: Origin { parts, attempt }, duration, outcome }
    }

    origin_methods!();

    /// Returns the time from sending the request to the end of the response's body, or to the end of its head if the
    /// caller reads the body as a stream.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Returns the HTTP status; `None` if there is no response.
    pub fn status(&self) -> Option<StatusCode> {
        match self.outcome {
            Outcome::Response { status, .. } => Some(status),
            Outcome::Error { .. } => None,
        }
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> Option<&'a HeaderMap> {
        match self.outcome {
            Outcome::Response { headers, .. } => Some(headers),
            Outcome::Error { .. } => None,
        }
    }

    /// Returns the body of the response as the server sent it; `None` if it has not been read.
    pub fn body(&self) -> Option<&'a [u8]> {
        match self.outcome {
            Outcome::Response { body, .. } => body,
            Outcome::Error { .. } => None,
        }
    }

    /// Returns the error if there is no response.
    pub fn error(&self) -> Option<&'a (dyn StdError + 'static)> {
        match self.outcome {
            Outcome::Response { .. } => None,
            Outcome::Error { error, .. } => Some(error),
        }
    }

    /// Returns true if the request timed out.
    pub fn is_timeout(&self) -> bool {
        matches!(self.outcome, Outcome::Error { timeout: true, .. })
    }

    /// Returns true if connecting failed, so that nothing was sent.
    pub fn is_connect(&self) -> bool {
        matches!(self.outcome, Outcome::Error { connect: true, .. })
    }
}

impl fmt::Debug for ResponseContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseContext")
            .field("operation", &self.operation())
            .field("attempt", &self.attempt())
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}
