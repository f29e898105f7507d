//! From the parts of a request to a reply. Nothing here is generic: it is compiled once, not for
//! each operation.

use std::pin::Pin;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Request, Url};

use crate::auth::Secret;
use crate::call::{Draft, Reading};
use crate::error::{RequestError, TransportError};
use crate::operation::Reply;
use crate::query;
use crate::response::byte_stream::ByteStream;
use crate::response::events::EVENT_STREAM;
use crate::response::limits::Limits;
use crate::retry::{self, Attempts};
use crate::token::AuthError;
use crate::trace::Span;

/// Why there is no reply.
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

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if error.is_builder() {
            return Failure::Request(RequestError::because("the request cannot be sent", error.without_url()));
        }
        Failure::Transport(error.into())
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    /// The body, where it is still to come and not in the reply.
    pub(crate) stream: Option<ByteStream>,
    /// What decoding it may take.
    pub(crate) limits: Limits,
}

/// An answer on its way.
pub(crate) type Executing = Pin<Box<dyn Future<Output = Result<Answer, Failure>> + Send>>;

/// Sends a request and reads its reply, whatever its status.
pub(crate) fn execute(mut draft: Draft) -> Executing {
    let span = Span::of(&draft);
    let of_call = span.clone();
    let executing = async move {
        let answer = match draft.fault.take() {
            Some(fault) => Err(fault.into()),
            None => persist(&draft, &of_call).await,
        };
        answer.map_err(|failure| match failure {
            Failure::Auth(error) => Failure::Auth(error),
            Failure::Request(error) => Failure::Request(error.of(draft.name)),
            Failure::Transport(error) => Failure::Transport(error.of(draft.name)),
        })
    };
    span.around(executing)
}

/// Sends the request until there is an answer to keep, or no attempt left.
async fn persist(draft: &Draft, span: &Span) -> Result<Answer, Failure> {
    let mut attempts = Attempts::begin(draft.retry.as_ref().unwrap_or(&draft.core.shared().retry));
    let mut renewed = false;
    loop {
        let attempt = attempt(draft, &attempts).await;
        span.attempted(attempts.ended(), &attempt.outcome);
        // A second refusal is not the token's fault.
        if !renewed && attempt.drops_token() {
            renewed = true;
            if attempt.was_turned_away(draft) {
                continue;
            }
        }
        if !attempt.may_be_repeated(draft) {
            return attempt.outcome;
        }
        match attempts.next_delay(attempt.retry_after()) {
            Some(delay) => {
                span.repeating(delay);
                tokio::time::sleep(delay).await;
            }
            None => return attempt.outcome,
        }
    }
}

/// What came of sending the request once.
struct Attempt<'a> {
    outcome: Result<Answer, Failure>,
    /// What it was sent with.
    secrets: Vec<Secret<'a>>,
    /// The reply is not that of the URL asked, which has already done what it was asked for.
    redirected: bool,
}

impl Attempt<'_> {
    /// Whether the request can be sent again without doing anything twice.
    fn may_be_repeated(&self, draft: &Draft) -> bool {
        let harmless = match &self.outcome {
            Ok(answer) => match answer.reply.status {
                429 => return self.was_turned_away(draft),
                502..=504 => draft.idempotent,
                _ => false,
            },
            Err(Failure::Transport(error)) => !error.is_refused() && (draft.idempotent || error.is_connect()),
            Err(Failure::Auth(_) | Failure::Request(_)) => false,
        };
        harmless && draft.body.is_repeatable()
    }

    /// Whether a request that the server would not serve can be sent again: what answered is the URL asked, which has
    /// done nothing.
    fn was_turned_away(&self, draft: &Draft) -> bool {
        (draft.idempotent || !self.redirected) && draft.body.is_repeatable()
    }

    /// Drops the token that the server refused; false where it refused none.
    fn drops_token(&self) -> bool {
        let mut dropped = false;
        if self.outcome.as_ref().is_ok_and(|answer| answer.reply.status == 401) {
            for secret in &self.secrets {
                dropped |= secret.drop_token();
            }
        }
        dropped
    }

    /// How long the server asks to be left alone.
    fn retry_after(&self) -> Option<Duration> {
        let answer = self.outcome.as_ref().ok()?;
        retry::retry_after(&answer.reply.headers, SystemTime::now())
    }
}

async fn attempt<'a>(draft: &'a Draft, attempts: &Attempts<'_>) -> Attempt<'a> {
    let mut redirected = false;
    let secrets = match secrets(draft, attempts.time_left()).await {
        Ok(secrets) => secrets,
        Err(failure) => return Attempt { outcome: Err(failure), secrets: Vec::new(), redirected },
    };
    let timeout = draft.timeout.unwrap_or(draft.core.shared().timeout).min(attempts.time_left());
    let limits = Limits::within(timeout, draft.core.shared().response_limit);
    let outcome = tokio::time::timeout(timeout, send(draft, &secrets, &mut redirected))
        .await
        .unwrap_or_else(|_| Err(Failure::Transport(TransportError::timed_out(timeout))))
        .map(|answer| Answer { limits, ..answer });
    Attempt { outcome, secrets, redirected }
}

/// What the request is sent with, fetched within this time where it has to be.
async fn secrets(draft: &Draft, limit: Duration) -> Result<Vec<Secret<'_>>, Failure> {
    let secrets = draft.core.shared().credentials.secrets(draft.security, &draft.headers);
    match tokio::time::timeout(limit, secrets).await {
        Ok(secrets) => secrets.map_err(|fault| Failure::Auth(AuthError::new(draft.name, fault))),
        Err(_) => Err(Failure::Transport(TransportError::timed_out(limit))),
    }
}

async fn send(draft: &Draft, secrets: &[Secret<'_>], redirected: &mut bool) -> Result<Answer, Failure> {
    let core = draft.core.shared();
    let request = draft.body.attach(&core.http, request(draft, secrets)?).await?;
    let url = request.url().clone();
    let response = core.http.execute(request).await?;
    *redirected = *response.url() != url;
    // Errors are read whole all the same, to be typed.
    let streamed = match draft.reading {
        Reading::Whole => false,
        Reading::Pieces => true,
        Reading::Events => holds_events(response.headers()),
    };
    if streamed && response.status().is_success() {
        return Ok(stream(draft, response));
    }
    Ok(Answer { reply: read(response, core.response_limit).await?, stream: None, limits: Limits::default() })
}

/// The request but for its body.
fn request(draft: &Draft, secrets: &[Secret<'_>]) -> Result<Request, RequestError> {
    let core = draft.core.shared();
    let mut headers = draft.headers.clone();
    if !draft.accept.is_empty() {
        let accept = HeaderValue::from_str(draft.accept)
            .map_err(|error| RequestError::because("the media types asked for cannot be sent", error))?;
        headers.entry(ACCEPT).or_insert(accept);
    }
    if let Some(user_agent) = &core.user_agent {
        headers.entry(USER_AGENT).or_insert(user_agent.clone());
    }
    set_cookies(&mut headers, &draft.cookies)?;
    draft.body.describe(&draft.method, &mut headers)?;

    let path = draft.path.split('#').next().unwrap_or_default();
    let (path, own_query) = path.split_once('?').unwrap_or((path, ""));
    let mut query = String::new();
    for pair in own_query.split('&').filter(|pair| !is_given(draft, pair)) {
        query::append(&mut query, pair);
    }
    for (_, pairs) in &draft.query {
        query::append(&mut query, pairs);
    }
    for secret in secrets {
        secret.apply(&mut headers, &mut query)?;
    }
    let mut request = Request::new(draft.method.clone(), url(&core.base_url, path, &query));
    *request.headers_mut() = headers;
    Ok(request)
}

/// Whether a parameter gives what a pair of the path's own query would say.
fn is_given(draft: &Draft, pair: &str) -> bool {
    let name = percent_decode_str(pair.split('=').next().unwrap_or_default()).decode_utf8_lossy();
    draft.query.iter().any(|(known, pairs)| *known == name && !pairs.is_empty())
}

fn url(base: &Url, path: &str, query: &str) -> Url {
    let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
    // The host is read once for a client: that takes longer than all the rest.
    let mut url = base.clone();
    url.set_path(&format!("{}{slash}{path}", base.path().trim_end_matches('/')));
    url.set_query((!query.is_empty()).then_some(query));
    url
}

/// What a cookie's value may not show as it stands (RFC 6265), and `%` itself.
const COOKIE_VALUE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\').add(b'%');

fn set_cookies(headers: &mut HeaderMap, cookies: &[(&str, String)]) -> Result<(), RequestError> {
    if cookies.is_empty() {
        return Ok(());
    }
    let pairs: Vec<_> =
        cookies.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, COOKIE_VALUE))).collect();
    let value = HeaderValue::from_str(&pairs.join("; "))
        .map_err(|error| RequestError::because("the cookies cannot be sent", error))?;
    headers.entry(COOKIE).or_insert(value);
    Ok(())
}

/// Whether the answer is a stream of events; one that says nothing of its kind is what was asked for.
fn holds_events(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers.get(CONTENT_TYPE) else { return true };
    let essence = media_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(EVENT_STREAM)
}

/// The head of a response, with the body still to come.
fn stream(draft: &Draft, mut response: reqwest::Response) -> Answer {
    let timeout = draft.timeout.unwrap_or(draft.core.shared().timeout);
    let headers = std::mem::take(response.headers_mut());
    let reply = Reply { status: response.status().as_u16(), headers, body: Bytes::new() };
    Answer { reply, stream: Some(ByteStream::new(response, timeout, draft.name)), limits: Limits::default() }
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
