//! Calling a client's hooks.

use reqwest::Request;

use super::{Failure, RawResponse, Sent};
use crate::error::RequestError;
use crate::hook::{Outcome, RequestContext, ResponseContext};
use crate::platform::Instant;
use crate::request::RequestParts;

/// Calls the hooks before a request is sent.
pub(super) fn before(parts: &RequestParts, sent: &mut Sent, request: &mut Request) -> Result<(), RequestError> {
    let hooks = &parts.core.inner().hooks;
    if hooks.is_empty() {
        return Ok(());
    }
    let mut context = RequestContext::new(parts, sent.attempt, request);
    for hook in hooks.iter() {
        hook.before_request(&mut context)
            .map_err(|error| RequestError::because("a hook rejected the request", error))?;
    }
    sent.reported_since = Some(Instant::now());
    Ok(())
}

/// Calls the hooks after each request for which [`before`] was called. Returns a hook's decision to retry it or not.
pub(super) fn after(parts: &RequestParts, sent: &mut Sent, outcome: Outcome<'_>) -> Option<bool> {
    let begun = sent.reported_since.take()?;
    let hooks = &parts.core.inner().hooks;
    let context = ResponseContext::new(parts, sent.attempt, begun.elapsed(), outcome);
    hooks.iter().for_each(|hook| hook.after_response(&context));
    hooks.iter().find_map(|hook| hook.should_retry(&context))
}

/// Returns the outcome of an attempt in the form that hooks receive.
pub(super) fn outcome(result: &Result<RawResponse, Failure>) -> Outcome<'_> {
    match result {
        Ok(response) => Outcome::Response {
            status: response.reply.status_code(),
            headers: &response.reply.headers,
            body: response.stream.is_none().then_some(&*response.reply.body),
        },
        Err(Failure::Transport(error)) => {
            Outcome::Error { error, timeout: error.is_timeout(), connect: error.is_connect() }
        }
        Err(Failure::Auth(error)) => Outcome::Error { error, timeout: false, connect: false },
        Err(Failure::Request(error)) => Outcome::Error { error, timeout: false, connect: false },
    }
}
