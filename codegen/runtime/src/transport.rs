//! Sends requests and reads responses within limits. Nothing here is generic: it is compiled once, not for each operation.

mod budget;
mod custom;
mod hooks;
mod limiter;
mod redirect;
mod request;
mod retry;
mod upload;

use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use tokio::runtime::Handle;

use crate::auth::{AuthError, Secret};
use crate::error::{RequestError, TransportError};
use crate::hook::Outcome;
use crate::operation::Reply;
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
use upload::{LengthMismatch, Progress};

/// Why there is no response.
pub(crate) enum Failure {
    Auth(AuthError),
    Request(RequestError),
    Transport(TransportError),
}

impl Failure {
    /// One word for it, as logs count errors by.
    #[cfg(feature = "tracing")]
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Failure::Auth(_) => "auth",
            Failure::Request(_) => "request",
            Failure::Transport(error) => error.kind(),
        }
    }
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

impl From<LengthMismatch> for Failure {
    fn from(error: LengthMismatch) -> Self {
        Failure::Request(RequestError::new(error.to_string()))
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if error.is_builder() {
            return Failure::Request(RequestError::because("the request cannot be sent", error.without_url()));
        }
        match LengthMismatch::beneath(&error) {
            Some(mismatch) => mismatch.into(),
            None => Failure::Transport(error.into()),
        }
    }
}

/// A response whose body has been read, or is still to be.
pub(crate) struct RawResponse {
    pub(crate) reply: Reply,
    /// The body, if it is read by the caller and therefore not in the reply.
    pub(crate) stream: Option<ByteStream>,
    /// Keeps what the request was sent with out of errors.
    pub(crate) redactor: Redactor,
    /// What decoding it may take.
    pub(crate) limits: Limits,
}

/// A response on its way.
pub(crate) type Executing = Pin<Box<dyn Future<Output = Result<RawResponse, Failure>> + Send>>;

/// Sends a request and reads its response, whatever the status.
pub(crate) fn execute(mut parts: RequestParts) -> Executing {
    let span = Span::of(&parts);
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
        of_call.ended(&response);
        response.map_err(|failure| match failure {
            Failure::Auth(error) => Failure::Auth(error),
            Failure::Request(error) => Failure::Request(error.of(parts.name)),
            Failure::Transport(error) => Failure::Transport(error.of(parts.name)),
        })
    };
    span.around(executing)
}

/// Refuses to send outside of tokio, which would panic somewhere below.
fn check_runtime() -> Result<(), RequestError> {
    Handle::try_current().map(|_| ()).map_err(|error| {
        RequestError::because("calls need a tokio runtime: await them in one, such as that of #[tokio::main]", error)
    })
}

/// Sends the request until there is a response to keep, or no attempt left.
async fn send_with_retry(parts: &RequestParts, span: &Span) -> Result<RawResponse, Failure> {
    let client = parts.core.inner();
    let mut attempts = Attempts::begin(parts.retry.as_ref().unwrap_or(&client.retry), &client.retry_budget);
    let mut token_renewed = false;
    loop {
        let waiting = Instant::now();
        let permit = client.limiter.enter(parts.rate_limit.as_ref()).await;
        attempts.waited(waiting.elapsed());
        span.waited(waiting.elapsed());
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
                tokio::time::sleep(delay).await;
            }
            None => return attempt.outcome,
        }
    }
}

/// The result of sending the request once.
struct Attempt<'a> {
    outcome: Result<RawResponse, Failure>,
    /// What it was sent with.
    secrets: Vec<Secret<'a>>,
    /// What was sent.
    sent: Sent,
    /// Whether to retry it, if a hook decides that.
    decision: Option<bool>,
}

/// How far an attempt has come.
#[derive(Clone, Copy, Default)]
struct Sent {
    /// The request was sent, or its sending was begun.
    any: bool,
    /// A redirect was followed, or received at least: the first server may already have done what it was asked for.
    redirected: bool,
    /// The number of the attempt, 1 for the first.
    attempt: u32,
    /// When the hooks were called for a request whose outcome they have not been told yet.
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

    /// Returns true if the request is to be sent again: as a hook decides, or else as the policy allows.
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

    /// Returns true if a request that was rejected, with a 401 or a 429, can be sent again: the server that rejected it
    /// is the one that it was sent to, so that it has had no effect.
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
        self.outcome.as_ref().is_ok_and(|response| (200..300).contains(&response.reply.status))
    }

    fn timed_out(&self) -> bool {
        matches!(&self.outcome, Err(Failure::Transport(error)) if error.is_timeout())
    }

    /// Tells the token caches whether the server accepted their tokens. Returns true if another token is worth a try.
    fn report_tokens(&self, renewed: bool) -> bool {
        let Ok(response) = &self.outcome else { return false };
        let mut replaceable = false;
        for secret in &self.secrets {
            match response.reply.status {
                401 => replaceable |= secret.rejected(renewed),
                // A gateway says nothing about the token.
                429 | 500.. => {}
                _ => secret.accepted(renewed),
            }
        }
        replaceable
    }

    /// Returns the delay that the server asks for, or that is known to be needed after a 429.
    fn pause(&self, parts: &RequestParts) -> Option<Duration> {
        let response = self.outcome.as_ref().ok()?;
        let asked = retry_after(&response.reply.headers, SystemTime::now());
        let known = || parts.core.inner().limiter.known_pause(parts.rate_limit.as_ref());
        asked.or_else(|| known().filter(|_| self.is_throttled()))
    }

    fn is_throttled(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|response| response.reply.status == 429)
    }
}

/// Returns what the request is sent with. Tokens that have to be fetched may take as long as an attempt.
async fn secrets(parts: &RequestParts, limit: Duration) -> Result<Vec<Secret<'_>>, Failure> {
    let secrets = parts.core.inner().credentials.secrets(&parts.security, &parts.headers);
    match tokio::time::timeout(limit, secrets).await {
        Ok(secrets) => secrets.map_err(|missing| missing.into_failure(parts.name)),
        Err(_) => Err(TransportError::timed_out(limit).into()),
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
        if client.transport.is_none() && client.has_own_http && *response.url() != url {
            sent.redirected = true;
            check_followed(parts)?;
        }
        // A response that a transport has made may have no URL.
        let url = if client.transport.is_some() { &url } else { response.url() };
        target = redirect::target(&parts.method, followed, url, &response)?;
        if target.is_none() {
            break response;
        }
        if !parts.body.is_repeatable() {
            return Err(TransportError::redirect("the body is a stream, which can be sent only once").into());
        }
        hooks::after(parts, sent, Outcome::of_head(&response));
        followed += 1;
    };
    let mut response = receive(parts, response).await?;
    response.redactor = request::redactor(parts, secrets);
    Ok(response)
}

/// A caller's own HTTP client should leave redirects to us: it may have turned a POST into a GET.
fn check_followed(parts: &RequestParts) -> Result<(), TransportError> {
    if redirect::is_read(&parts.method) {
        return Ok(());
    }
    let message =
        format!("the HTTP client followed one of a {} by itself; build it with http_client_builder()", parts.method);
    Err(TransportError::redirect(message))
}

async fn receive(parts: &RequestParts, response: reqwest::Response) -> Result<RawResponse, Failure> {
    // Errors are read whole all the same, to be typed.
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
    Ok(RawResponse { reply, stream: None, redactor: Redactor::default(), limits: Limits::default() })
}

/// Returns true if the response is a stream of events; one without a content type is what was asked for.
fn holds_events(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers.get(CONTENT_TYPE) else { return true };
    let essence = media_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(EVENT_STREAM)
}

/// Returns the head of a response, with the body still to come.
fn stream(parts: &RequestParts, mut response: reqwest::Response) -> RawResponse {
    let timeout = parts.timeout.unwrap_or(parts.core.inner().timeout);
    let headers = std::mem::take(response.headers_mut());
    let reply = Reply { status: response.status().as_u16(), headers, body: Bytes::new() };
    let stream = Some(ByteStream::new(response, timeout, parts.name));
    RawResponse { reply, stream, redactor: Redactor::default(), limits: Limits::default() }
}

const FIRST_ALLOCATION: usize = 1024 * 1024;

/// Reads the body piece by piece, so that a server cannot fill the memory.
async fn read(mut response: reqwest::Response, limit: usize) -> Result<Reply, Failure> {
    let too_large = || Failure::Transport(TransportError::too_large(limit));
    let announced = response.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(too_large());
    }
    // Most bodies come in one piece, which is taken as it is.
    let mut first = Bytes::new();
    let mut pieces = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if piece.len() > limit.saturating_sub(first.len() + pieces.len()) {
            return Err(too_large());
        }
        if first.is_empty() && pieces.is_empty() {
            first = piece;
            continue;
        }
        if pieces.is_empty() {
            // A server may announce less than it sends, or more than it ever will.
            pieces.reserve(usize::try_from(announced).unwrap_or(0).min(FIRST_ALLOCATION));
            pieces.extend_from_slice(&std::mem::take(&mut first));
        }
        pieces.extend_from_slice(&piece);
    }
    let body = if pieces.is_empty() { first } else { pieces.into() };
    let headers = std::mem::take(response.headers_mut());
    Ok(Reply { status: response.status().as_u16(), headers, body })
}
