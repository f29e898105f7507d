//! The mock's token endpoint, wherever the document has it.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::Request;
use crate::operation::Reply;

const TOKEN: &str = r#"{"access_token":"mock-token","token_type":"Bearer","expires_in":3600}"#;

/// Returns the response to a request for a token or for its revocation, which no test has to set.
pub(super) fn reply(request: &Request) -> Option<Reply> {
    let content_type = request.headers.get(CONTENT_TYPE)?;
    if request.method != Method::POST || content_type != "application/x-www-form-urlencoded" {
        return None;
    }
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let has = |name: &str| request.body.split(|byte| *byte == b'&').any(|pair| pair.starts_with(name.as_bytes()));
    if has("grant_type=") {
        return Some(Reply { status: 200, headers, body: Bytes::from_static(TOKEN.as_bytes()) });
    }
    // A form with a token alone is no operation's: those of the API have been looked for already.
    let revokes = has("token=") && request.operation.is_none();
    revokes.then(|| Reply { status: 200, headers: HeaderMap::new(), body: Bytes::new() })
}
