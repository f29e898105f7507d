//! Which redirects are followed.

use reqwest::header::LOCATION;
use reqwest::{Method, Response, StatusCode, Url};

use crate::error::TransportError;

/// The most redirects that one request follows.
const LIMIT: usize = 10;

/// Returns where a response redirects to; `None` if it is not a redirect.
///
/// Redirects are followed on the same origin only, since another one must not learn the credentials, and only as long as
/// that cannot make the request take effect in a way that the caller did not ask for.
///
/// # Errors
///
/// If the redirect is one that is not followed.
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
        return Err(TransportError::redirect("its location is not a URL"));
    };
    if target.origin() != url.origin() {
        let origin =
            if target.has_host() { target.origin().ascii_serialization() } else { format!("{}:", target.scheme()) };
        return Err(TransportError::redirect(format!("it leads to {origin}, which must not learn the credentials")));
    }
    let keeps_method = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    if !keeps_method && !is_read(method) {
        let message = format!("status {} is followed for GET and HEAD only, not for {method}", status.as_u16());
        return Err(TransportError::redirect(message));
    }
    if followed == LIMIT {
        return Err(TransportError::redirect(format!("more than {LIMIT} redirects")));
    }
    // A user and password in the location are not ours to send.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    target.set_fragment(None);
    Ok(Some(target))
}

/// Returns true if a method only reads, so that it can be sent to wherever a redirect leads.
pub(super) fn is_read(method: &Method) -> bool {
    *method == Method::GET || *method == Method::HEAD
}
