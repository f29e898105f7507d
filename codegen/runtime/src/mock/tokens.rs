//! The mock's token endpoint, at whatever path the document declares.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::Request;
use crate::operation::Reply;
use crate::request::FORM;

const TOKEN: &str = r#"{"access_token":"mock-token","token_type":"Bearer","expires_in":3600}"#;

/// Returns the default response to a token request or a revocation.
pub(super) fn reply(request: &Request) -> Option<Reply> {
    let content_type = request.headers.get(CONTENT_TYPE)?;
    if request.method != Method::POST || content_type != FORM {
        return None;
    }
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let has = |name: &str| request.body.split(|byte| *byte == b'&').any(|pair| pair.starts_with(name.as_bytes()));
    if has("grant_type=") {
        return Some(Reply { status: 200, headers, body: Bytes::from_static(TOKEN.as_bytes()) });
    }
    // Operations of the API have been matched before, so a form with only a token is a revocation.
    let revokes = has("token=") && request.operation.is_none();
    revokes.then(|| Reply { status: 200, headers: HeaderMap::new(), body: Bytes::new() })
}
