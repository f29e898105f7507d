//! The rules for following redirects.

use reqwest::header::LOCATION;
use reqwest::{Method, Response, StatusCode, Url};

use crate::error::TransportError;

/// Maximum number of redirects of one request.
const LIMIT: usize = 10;

/// Returns the target of a redirect; `None` if the response is not a redirect.
///
/// Redirects are followed only on the same origin, because credentials must not be sent to another one, and only if the
/// request cannot take an unintended effect.
///
/// # Errors
///
/// If the redirect is not followed.
pub(super) fn target(
    method: &Method,
    followed: usize,
    url: &Url,
    response: &Response,
) -> Result<Option<Url>, TransportError> {
    let status = response.status();
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else { return Ok(None) };
    let Some(mut target) = location.to_str().ok().and_then(|location| url.join(location).ok()) else {
        return Err(TransportError::redirect("its location is not a valid URL"));
    };
    if target.origin() != url.origin() {
        let origin =
            if target.has_host() { target.origin().ascii_serialization() } else { format!("{}:", target.scheme()) };
        return Err(TransportError::redirect(format!("it leads to {origin}, where credentials must not be sent")));
    }
    let keeps_method = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    if !keeps_method && !is_read(method) {
        let message = format!("status {} is followed only for GET and HEAD, not for {method}", status.as_u16());
        return Err(TransportError::redirect(message));
    }
    if followed == LIMIT {
        return Err(TransportError::redirect(format!("more than {LIMIT} redirects")));
    }
    // A user and password in the location are not sent.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    target.set_fragment(None);
    Ok(Some(target))
}

/// Returns true if a method only reads, so that its redirects can be followed.
pub(super) fn is_read(method: &Method) -> bool {
    *method == Method::GET || *method == Method::HEAD
}
