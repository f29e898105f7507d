//! Sending requests and reading responses within limits. Nothing here is generic, so it is compiled only once.

mod budget;
mod custom;
mod hooks;
mod limiter;
mod redirect;
mod request;
mod retry;

use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::auth::{AuthError, Secret};
use crate::error::{RequestError, TransportError};
use crate::hook::Outcome;
use crate::media_type::essence;
use crate::operation::Reply;
use crate::platform::{self, HttpResponse, Instant, Progress};
use crate::redact::Redactor;
use crate::request::{RequestParts, ResponseMode};
use crate::response::byte_stream::ByteStream;
use crate::response::events::EVENT_STREAM;
use crate::response::limits::Limits;
use crate::response::lines::holds_lines;
use crate::response::parts::boundary;
use crate::trace::Span;
pub(crate) use budget::RetryBudget;
pub use custom::{Transport, TransportFuture};
pub use limiter::{CallLimits, RateLimit};
pub(crate) use limiter::{Limiter, ScopedLimit};
pub(crate) use request::target;
use retry::Attempts;
pub use retry::Retry;
pub(crate) use retry::retry_after;

/// The error of a call without a response.
pub(crate) enum Failure {
    Auth(AuthError),
    Request(RequestError),
    Transport(TransportError),
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Failure::Request(error)
    }
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Failure::Transport(error)
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if error.is_builder() {
            return Failure::Request(RequestError::because("cannot send the request", error.without_url()));
        }
        match platform::length_mismatch(&error) {
            Some(mismatch) => mismatch.into(),
            None => Failure::Transport(error.into()),
        }
    }
}

/// A response whose body has been read or is a stream.
pub(crate) struct RawResponse {
    pub(crate) reply: Reply,
    /// The body, if the caller reads it as a stream.
    pub(crate) stream: Option<ByteStream>,
    /// Hides the secrets of the request in errors.
    pub(crate) redactor: Redactor,
    /// The limits of decoding the response.
    pub(crate) limits: Limits,
    /// True if it is a redirect that the operation returns as its result.
    pub(crate) is_returned_redirect: bool,
}

impl RawResponse {
    fn new(reply: Reply, stream: Option<ByteStream>) -> Self {
        let (redactor, limits) = (Redactor::default(), Limits::default());
        Self { reply, stream, redactor, limits, is_returned_redirect: false }
    }

    /// Returns true if the response is the result of the call, not an error.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.reply.status) || self.is_returned_redirect
    }
}

/// The future of a response.
pub(crate) type Executing = Pin<Box<dyn Future<Output = Result<RawResponse, Failure>> + Send>>;

/// Sends a request and reads its response, whatever its status, within the span.
pub(crate) fn execute(mut parts: RequestParts, span: Span) -> Executing {
    let of_call = span.clone();
    if !parts.body_fields.is_empty() {
        parts.add_body_fields();
    }
    let executing = async move {
        let response = match parts.fault.take() {
            Some(fault) => Err(fault.into()),
            None => match check_runtime() {
                Ok(()) => send_with_retry(&parts, &of_call).await,
                Err(error) => Err(error.into()),
            },
        };
        response.map_err(|failure| match failure {
            Failure::Auth(error) => Failure::Auth(error),
            Failure::Request(error) => Failure::Request(error.of(parts.name)),
            Failure::Transport(error) => Failure::Transport(error.of(parts.name)),
        })
    };
    span.around(executing)
}

/// Returns an error outside of a tokio runtime, where reqwest would panic.
fn check_runtime() -> Result<(), RequestError> {
    platform::check_runtime()
        .map_err(|error| RequestError::because("calls require a tokio runtime, such as that of #[tokio::main]", error))
}

/// Sends the request until there is a final response or no attempt is left.
async fn send_with_retry(parts: &RequestParts, span: &Span) -> Result<RawResponse, Failure> {
    let client = parts.core.inner();
    let mut attempts = Attempts::begin(parts.retry.as_ref().unwrap_or(&client.retry), &client.retry_budget);
    let mut token_renewed = false;
    loop {
        let waiting = Instant::now();
        let (entered, permit) = client.limiter.enter(parts.rate_limit.as_ref(), waiting).await;
        let waited = entered - waiting;
        attempts.waited(waited);
        span.waited(waited);
        let attempt = Attempt::send(parts, &attempts).await;
        attempt.record(parts);
        drop(permit);
        span.attempted(attempts.ended(), &attempt.outcome);
        if attempt.report_tokens(token_renewed) && !token_renewed && attempt.was_rejected_safely(parts) {
            token_renewed = true;
            continue;
        }
        let retried = attempt.is_retried(parts, attempts.policy());
        let pause = attempt.pause(parts);
        let delay = if retried { attempts.next_delay(pause, attempt.timed_out()) } else { None };
        if attempt.is_throttled()
            && let Some(pause) = pause.or(delay).filter(|pause| attempts.allows(*pause))
        {
            client.limiter.pause(pause);
        }
        if !retried {
            if attempt.is_success() {
                attempts.succeeded();
            }
            return attempt.outcome;
        }
        match delay {
            Some(delay) => {
                span.repeating(delay);
                platform::sleep(delay).await;
            }
            None => return attempt.outcome,
        }
    }
}

/// The result of one attempt.
struct Attempt<'a> {
    outcome: Result<RawResponse, Failure>,
    /// The secrets that it was sent with.
    secrets: Vec<Secret<'a>>,
    /// The progress of the attempt.
    sent: Sent,
    /// A hook's decision to retry the request or not.
    decision: Option<bool>,
}

/// The progress of an attempt.
#[derive(Clone, Copy, Default)]
struct Sent {
    /// True if sending a request has started.
    any: bool,
    /// True if a redirect was received: the first server may already have processed the request.
    redirected: bool,
    /// The number of the attempt, starting at 1.
    attempt: u32,
    /// The time of the last call of the hooks for a request whose outcome has not been reported to them.
    reported_since: Option<Instant>,
}

impl<'a> Attempt<'a> {
    async fn send(parts: &'a RequestParts, attempts: &Attempts<'_>) -> Self {
        let mut sent = Sent { attempt: attempts.ended() + 1, ..Sent::default() };
        let timeout = parts.timeout.unwrap_or(parts.core.inner().timeout).min(attempts.time_left());
        let secrets = match secrets(parts, timeout).await {
            Ok(secrets) => secrets,
            Err(failure) => return Self { outcome: Err(failure), secrets: Vec::new(), sent, decision: None },
        };
        let inner = parts.core.inner();
        let limits = Limits::within(timeout, inner.response_limit).with(parts.tolerance());
        let progress = Progress::begin();
        let outcome = progress
            .limit(timeout, send(parts, &secrets, &progress, &mut sent))
            .await
            .unwrap_or_else(|| Err(TransportError::timed_out(timeout).into()))
            .map(|response| RawResponse { limits, ..response });
        let decision = hooks::after(parts, &mut sent, hooks::outcome(&outcome));
        Self { outcome, secrets, sent, decision }
    }

    /// Returns true if the request is sent again, as decided by a hook or else by the policy.
    fn is_retried(&self, parts: &RequestParts, policy: &Retry) -> bool {
        match self.decision {
            Some(decision) => decision && parts.body.is_repeatable(),
            None => self.is_safe_to_retry(parts, policy),
        }
    }

    /// Returns true if the request can be sent again without taking effect twice.
    fn is_safe_to_retry(&self, parts: &RequestParts, policy: &Retry) -> bool {
        let safe = match &self.outcome {
            Ok(response) if !policy.is_on(response.reply.status) => false,
            Ok(response) if response.reply.status == 429 => return self.was_rejected_safely(parts),
            Ok(_) => parts.idempotent,
            Err(Failure::Transport(error)) if self.sent.any && !error.is_refused() && policy.is_on_error(error) => {
                parts.idempotent || (error.is_connect() && !self.sent.redirected)
            }
            Err(_) => false,
        };
        safe && parts.body.is_repeatable()
    }

    /// Returns true if a request that was rejected with a 401 or a 429 can be sent again. It can if the server that
    /// rejected it is the first that received it, because it then had no effect.
    fn was_rejected_safely(&self, parts: &RequestParts) -> bool {
        (parts.idempotent || !self.sent.redirected) && parts.body.is_repeatable()
    }

    /// Records the exchange, if the client has a recorder and the response has been read.
    fn record(&self, parts: &RequestParts) {
        if let (Some(recorder), Ok(response)) = (&parts.core.inner().recorder, &self.outcome)
            && response.stream.is_none()
        {
            recorder.exchange(parts, &response.reply, &response.redactor);
        }
    }

    fn is_success(&self) -> bool {
        self.outcome.as_ref().is_ok_and(RawResponse::is_success)
    }

    fn timed_out(&self) -> bool {
        matches!(&self.outcome, Err(Failure::Transport(error)) if error.is_timeout())
    }

    /// Reports to the token caches if the server accepted their tokens. Returns true if another token may be accepted.
    fn report_tokens(&self, renewed: bool) -> bool {
        let Ok(response) = &self.outcome else { return false };
        let mut replaceable = false;
        for secret in &self.secrets {
            match response.reply.status {
                401 => replaceable |= secret.rejected(renewed),
                // These responses may come from a gateway, which did not check the token.
                429 | 500.. => {}
                _ => secret.accepted(renewed),
            }
        }
        replaceable
    }

    /// Returns the delay that the server requests, or the one that is configured for a 429.
    fn pause(&self, parts: &RequestParts) -> Option<Duration> {
        let response = self.outcome.as_ref().ok()?;
        let asked = retry_after(&response.reply.headers, platform::now());
        let known = || parts.core.inner().limiter.known_pause(parts.rate_limit.as_ref());
        asked.or_else(|| known().filter(|_| self.is_throttled()))
    }

    fn is_throttled(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|response| response.reply.status == 429)
    }
}

/// Returns the secrets of the request. Fetching tokens has the timeout of an attempt.
async fn secrets(parts: &RequestParts, limit: Duration) -> Result<Vec<Secret<'_>>, Failure> {
    let secrets = parts.core.inner().credentials.secrets(&parts.security, &parts.headers);
    match platform::timeout(limit, secrets).await {
        Some(secrets) => secrets.map_err(|missing| missing.into_failure(parts.name)),
        None => Err(TransportError::timed_out(limit).into()),
    }
}

/// Sends the request and follows its redirects.
async fn send(
    parts: &RequestParts,
    secrets: &[Secret<'_>],
    progress: &Progress,
    sent: &mut Sent,
) -> Result<RawResponse, Failure> {
    let client = parts.core.inner();
    let mut target = None;
    let mut followed = 0;
    let response = loop {
        let mut request = request::build(parts, secrets)?;
        if let Some(target) = target.take() {
            *request.url_mut() = target;
        }
        let url = request.url().clone();
        let mut request = parts.body.attach(&client.http, request).await?;
        hooks::before(parts, sent, &mut request)?;
        progress.watch(&mut request).await?;
        sent.any = true;
        let response = custom::execute(client, request).await?;
        sent.redirected |= response.status().is_redirection();
        let follows = client.has_own_http || platform::FOLLOWS_REDIRECTS;
        if client.transport.is_none() && follows && *response.url() != url {
            sent.redirected = true;
            check_followed(parts, &url, response.url()).map_err(|error| of_response(error, &response))?;
        }
        // A response created by a transport may have no URL.
        let url = if client.transport.is_some() { &url } else { response.url() };
        if !parts.returns_redirect {
            target = redirect::target(&parts.method, followed, url, &response)
                .map_err(|error| of_response(error, &response))?;
        }
        if target.is_none() {
            break response;
        }
        if !parts.body.is_repeatable() {
            let error = TransportError::redirect("the body is a stream, which can be sent only once");
            return Err(of_response(error, &response).into());
        }
        hooks::after(parts, sent, Outcome::of_head(&response));
        followed += 1;
    };
    let mut response = receive(parts, response).await?;
    response.redactor = request::redactor(parts, secrets);
    response.is_returned_redirect = parts.returns_redirect && response.reply.status_code().is_redirection();
    Ok(response)
}

/// Adds the head of a response to an error.
fn of_response(error: TransportError, response: &HttpResponse) -> TransportError {
    error.with_head(response.status(), response.headers().clone())
}

/// Returns an error if the HTTP client has followed a redirect that it should not follow: it may have turned a POST
/// into a GET, and `fetch` may have sent credentials to another host.
fn check_followed(parts: &RequestParts, from: &Url, to: &Url) -> Result<(), TransportError> {
    if platform::FOLLOWS_REDIRECTS && from.origin() != to.origin() {
        let origin = to.origin().ascii_serialization();
        return Err(TransportError::redirect(format!(
            "it was followed to {origin}, where credentials must not be sent"
        )));
    }
    if redirect::is_read(&parts.method) {
        return Ok(());
    }
    let advice = if platform::FOLLOWS_REDIRECTS { "" } else { "; create it with `http_client_builder()`" };
    Err(TransportError::redirect(format!("the HTTP client followed a redirect of a {}{advice}", parts.method)))
}

async fn receive(parts: &RequestParts, response: HttpResponse) -> Result<RawResponse, Failure> {
    // Errors are always read completely so that they can be decoded.
    let streamed = match parts.response_mode {
        ResponseMode::Whole => false,
        ResponseMode::Pieces => true,
        ResponseMode::Events => holds_events(response.headers()),
        ResponseMode::Lines => holds_lines(response.headers()),
        ResponseMode::Parts => boundary(response.headers()).is_some(),
    };
    if streamed && response.status().is_success() {
        return Ok(stream(parts, response));
    }
    let reply = read(response, parts.core.inner().response_limit).await?;
    Ok(RawResponse::new(reply, None))
}

/// Returns true if the response is a stream of events. One without a content type is assumed to be.
fn holds_events(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers.get(CONTENT_TYPE) else { return true };
    essence(media_type.to_str().unwrap_or_default()).eq_ignore_ascii_case(EVENT_STREAM)
}

/// Returns the head of a response with its body as a stream.
fn stream(parts: &RequestParts, mut response: HttpResponse) -> RawResponse {
    let timeout = parts.timeout.unwrap_or(parts.core.inner().timeout);
    let headers = std::mem::take(response.headers_mut());
    let reply = Reply { status: response.status().as_u16(), headers, body: Bytes::new() };
    let stream = Some(ByteStream::new(response, timeout, parts.name));
    RawResponse::new(reply, stream)
}

const FIRST_ALLOCATION: usize = 1024 * 1024;

/// Reads the body in chunks, so that a server cannot exhaust the memory.
async fn read(mut response: HttpResponse, limit: usize) -> Result<Reply, Failure> {
    let (status, announced) = (response.status(), response.content_length().unwrap_or(0));
    let headers = std::mem::take(response.headers_mut());
    match read_body(response, announced, limit).await {
        Ok(body) => Ok(Reply { status: status.as_u16(), headers, body }),
        Err(Failure::Transport(error)) => Err(error.with_head(status, headers).into()),
        Err(other) => Err(other),
    }
}

async fn read_body(response: HttpResponse, announced: u64, limit: usize) -> Result<Bytes, Failure> {
    let too_large = || Failure::Transport(TransportError::too_large(limit));
    if announced > limit as u64 {
        return Err(too_large());
    }
    // Most bodies consist of a single chunk, which is used without a copy.
    let mut first = Bytes::new();
    let mut pieces = Vec::new();
    let mut chunks = pin!(platform::chunks(response));
    while let Some(piece) = chunks.next().await {
        let piece = piece?;
        if piece.len() > limit.saturating_sub(first.len() + pieces.len()) {
            return Err(too_large());
        }
        if first.is_empty() && pieces.is_empty() {
            first = piece;
            continue;
        }
        if pieces.is_empty() {
            // The announced length may be wrong in either direction.
            pieces.reserve(usize::try_from(announced).unwrap_or(0).min(FIRST_ALLOCATION));
            pieces.extend_from_slice(&std::mem::take(&mut first));
        }
        pieces.extend_from_slice(&piece);
    }
    Ok(if pieces.is_empty() { first } else { pieces.into() })
}
