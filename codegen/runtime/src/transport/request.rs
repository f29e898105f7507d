//! Building the HTTP request from its parts.

use percent_encoding::percent_decode_str;
use reqwest::header::{ACCEPT, AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, PROXY_AUTHORIZATION, USER_AGENT};
use reqwest::{Request, Url};
use secrecy::SecretString;

use crate::auth::Secret;
use crate::error::RequestError;
use crate::query;
use crate::redact::Redactor;
use crate::request::RequestParts;

/// Builds the request without its body.
pub(super) fn build(parts: &RequestParts, secrets: &[Secret<'_>]) -> Result<Request, RequestError> {
    let client = parts.core.inner();
    let mut headers = parts.headers.clone();
    if !parts.accept.is_empty() {
        let accept = HeaderValue::from_str(parts.accept)
            .map_err(|error| RequestError::because("invalid `Accept` header", error))?;
        headers.entry(ACCEPT).or_insert(accept);
    }
    if let Some(user_agent) = &client.user_agent {
        headers.entry(USER_AGENT).or_insert(user_agent.clone());
    }
    set_cookies(&mut headers, &parts.cookies)?;
    parts.body.describe(&parts.method, &mut headers)?;

    let mut url = target(parts);
    let mut query = url.query().unwrap_or_default().to_owned();
    for secret in secrets {
        secret.apply(&mut headers, &mut query)?;
    }
    url.set_query((!query.is_empty()).then_some(&query));
    let mut request = Request::new(parts.method.clone(), url);
    *request.headers_mut() = headers;
    Ok(request)
}

/// Returns the URL of the request, without credentials.
pub(crate) fn target(parts: &RequestParts) -> Url {
    if let Some(target) = &parts.target {
        return target.clone();
    }
    let path = parts.path.split('#').next().unwrap_or_default();
    let (path, own_query) = path.split_once('?').unwrap_or((path, ""));
    let mut query = String::new();
    for pair in own_query.split('&').filter(|pair| !is_given(parts, pair)) {
        query::append(&mut query, pair);
    }
    for (_, pairs) in &parts.query {
        query::append(&mut query, pairs);
    }
    url(&parts.core.inner().base_url, path, &query)
}

/// Returns true if a parameter replaces a pair in the path's own query.
fn is_given(parts: &RequestParts, pair: &str) -> bool {
    let name = percent_decode_str(pair.split('=').next().unwrap_or_default()).decode_utf8_lossy();
    parts.query.iter().any(|(known, pairs)| *known == name && !pairs.is_empty())
}

fn url(base: &Url, path: &str, query: &str) -> Url {
    let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
    // The host is parsed once per client, because that takes longer than everything else here.
    let mut url = base.clone();
    url.set_path(&format!("{}{slash}{path}", base.path().trim_end_matches('/')));
    url.set_query((!query.is_empty()).then_some(query));
    url
}

fn set_cookies(headers: &mut HeaderMap, cookies: &[(&str, Vec<String>)]) -> Result<(), RequestError> {
    let pairs: Vec<&str> = cookies.iter().flat_map(|(_, pairs)| pairs).map(String::as_str).collect();
    if pairs.is_empty() {
        return Ok(());
    }
    let value =
        HeaderValue::from_str(&pairs.join("; ")).map_err(|error| RequestError::because("invalid cookies", error))?;
    headers.entry(COOKIE).or_insert(value);
    Ok(())
}

/// Returns a redactor for all secrets of the request.
pub(super) fn redactor(parts: &RequestParts, secrets: &[Secret<'_>]) -> Redactor {
    let mut all = parts.secrets.clone();
    secrets.iter().for_each(|secret| secret.add_to(&mut all));
    // The caller may have set a credential for this call only.
    let credentials = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].into_iter();
    let credentials = credentials.chain(parts.security.schemes().filter_map(|scheme| scheme.header()));
    for value in credentials.filter_map(|name| parts.headers.get(name)?.to_str().ok()) {
        let credential = value.split_once(' ').map_or(value, |(_, credential)| credential);
        all.push(SecretString::from(credential));
    }
    Redactor::new(all)
}
