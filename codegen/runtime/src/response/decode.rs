//! The functions that decode responses. Generated code names one of them for each operation.

use std::borrow::Cow;

use ::serde::de::{DeserializeOwned, IgnoredAny};
use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use crate::charset;
use crate::operation::Reply;
use crate::response::select::essence;
use crate::response::{check_undeclared, is_html, json_path, sanitize};
use crate::serde::de::Decode;
use crate::serde::tolerance;
#[cfg(feature = "xml")]
use crate::serde::xml::{self, XmlRoot};

/// The error of a body that does not match the declaration, and its offset.
#[derive(Debug)]
pub struct DecodeFailure {
    pub(crate) message: String,
    pub(crate) offset: usize,
    pub(crate) source: Option<serde_json::Error>,
    /// True if the body contains secrets, so that no part of it is shown.
    pub(crate) secret: bool,
}

impl DecodeFailure {
    pub(crate) fn new(message: impl std::fmt::Display, offset: usize) -> Self {
        Self { message: sanitize::message(message), offset, source: None, secret: false }
    }

    /// Returns the same error for a body that contains secrets, without serde's message, which quotes the body.
    fn hidden(self) -> Self {
        let safe = self.source.as_ref().and_then(|error| sanitize::without_content(&error.to_string()));
        let message = safe.unwrap_or_else(|| "the body, which contains secrets, is not as declared".to_owned());
        Self { message, source: None, secret: true, ..self }
    }

    /// Creates the error of a response that is not a stream of the expected kind.
    pub(crate) fn no_stream(reply: &Reply, expected: &str) -> Self {
        let media_type = reply.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self::new(format!("the body is {media_type}, not a stream of {expected}"), 0)
    }
}

/// Decodes a JSON body.
pub fn json<T: Decode>(reply: &Reply) -> Result<T, DecodeFailure> {
    from_json(&reply.body).or_else(|error| {
        // JSON is UTF-8 whatever its media type says (RFC 8259, section 11), but some servers do send another encoding.
        match charset::to_utf8(&reply.headers, &reply.body) {
            Cow::Owned(text) if std::str::from_utf8(&reply.body).is_err() => from_json(&text),
            _ => Err(error),
        }
        .map_err(|error| json_failure(reply, error))
    })
}

/// Decodes a number, a boolean, or text of a certain format from plain text. Some servers send it as JSON.
pub fn plain<T: Decode>(reply: &Reply) -> Result<T, DecodeFailure> {
    let text = text(reply)?;
    let text = text.trim_start_matches('\u{feff}').trim();
    let quoted = Value::from(text).to_string();
    // Some frameworks write `True`.
    let lower_case = text.to_ascii_lowercase();
    let json = if text.is_empty() { "null" } else { text };
    let read = [json, &quoted, &lower_case].into_iter().find_map(|text| from_json(text.as_bytes()).ok());
    read.ok_or_else(|| DecodeFailure::new("the text is not a value of the declared type", 0))
}

/// Decodes plain text that contains secrets. Errors do not show any part of it.
pub fn secret_plain<T: Decode>(reply: &Reply) -> Result<T, DecodeFailure> {
    plain(reply).map_err(DecodeFailure::hidden)
}

/// Decodes a JSON string. Some servers send the text itself instead, whatever the response's media type says.
pub fn json_string(reply: &Reply) -> Result<String, DecodeFailure> {
    json(reply).or_else(|failure| if is_plain(reply) { text(reply) } else { Err(failure) })
}

/// Returns a string that is declared as JSON and as text, or as any media type.
pub fn string(reply: &Reply) -> Result<String, DecodeFailure> {
    let is_text = essence(reply).is_some_and(|essence| essence.starts_with("text/") && essence != "text/json");
    if is_text { text(reply) } else { json_string(reply) }
}

/// Returns true if a body is text, not JSON that is invalid or of another type, nor an HTML page.
fn is_plain(reply: &Reply) -> bool {
    let body = without_mark(&reply.body).trim_ascii();
    let essence = essence(reply).unwrap_or_default();
    let is_json = body.starts_with(b"\"") || serde_json::from_slice::<IgnoredAny>(body).is_ok();
    // An empty body is text only if the server says so.
    let is_sent = !body.is_empty() || essence.starts_with("text/");
    is_sent && !is_json && !is_html(&essence, body)
}

/// Decodes JSON as a type that the caller chooses; an empty body is `null`.
pub(crate) fn undeclared_json<T: DeserializeOwned>(reply: &Reply) -> Result<T, DecodeFailure> {
    let body = if reply.body.trim_ascii().is_empty() { b"null".as_slice() } else { &reply.body };
    serde_json::from_slice(without_mark(body)).map_err(|error| json_failure(reply, bounded(error)))
}

/// Decodes JSON within the memory limit of this response. The error's message is bounded and safe to print.
pub(crate) fn from_json<T: Decode>(text: &[u8]) -> Result<T, serde_json::Error> {
    let read = || {
        let mut deserializer = serde_json::Deserializer::from_slice(without_mark(text));
        T::decode(&mut deserializer).and_then(|value| deserializer.end().map(|()| value))
    };
    tolerance::decode(read).map_err(bounded)
}

/// Returns the text after its byte order mark, which some servers send before JSON (RFC 8259, section 8.1).
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}

/// Returns the same error with a bounded message.
fn bounded(error: serde_json::Error) -> serde_json::Error {
    let message = sanitize::message(&error);
    // Only a long or unsafe message is replaced, because that loses the error's category. serde_json parses the
    // position from the end of the message.
    if sanitize::is_shown_as(&error, &message) { error } else { serde::de::Error::custom(message) }
}

/// Decodes a JSON body that may be missing or `null`.
pub fn json_or_empty<T: Decode>(reply: &Reply) -> Result<Option<T>, DecodeFailure> {
    if reply.status == 204 || reply.body.trim_ascii().is_empty() {
        return Ok(None);
    }
    json(reply)
}

/// Decodes a JSON body that contains secrets. Errors do not show any part of it.
pub fn secret_json<T: Decode>(reply: &Reply) -> Result<T, DecodeFailure> {
    json(reply).map_err(DecodeFailure::hidden)
}

/// Decodes a JSON body that may be missing and contains secrets.
pub fn secret_json_or_empty<T: Decode>(reply: &Reply) -> Result<Option<T>, DecodeFailure> {
    json_or_empty(reply).map_err(DecodeFailure::hidden)
}

/// Decodes an XML body.
#[cfg(feature = "xml")]
pub fn xml<T: Decode>(reply: &Reply, root: &XmlRoot) -> Result<T, DecodeFailure> {
    let text = text(reply)?;
    let value = xml::read(text.trim_start_matches('\u{feff}'), root);
    let value = value.map_err(|error| DecodeFailure::new(format!("invalid XML: {}", error.message), error.offset))?;
    let read = from_json(value.to_string().as_bytes());
    read.map_err(|error| DecodeFailure { message: error.to_string(), offset: 0, source: Some(error), secret: false })
}

/// Decodes an XML body that contains secrets. Errors do not show any part of it.
#[cfg(feature = "xml")]
pub fn secret_xml<T: Decode>(reply: &Reply, root: &XmlRoot) -> Result<T, DecodeFailure> {
    xml(reply, root).map_err(DecodeFailure::hidden)
}

/// Decodes the XML body of an error.
#[cfg(feature = "xml")]
pub fn xml_error<B: Decode>(body: &[u8], root: &XmlRoot) -> Result<B, serde_json::Error> {
    let text = std::str::from_utf8(body).map_err(serde::de::Error::custom)?;
    let value = xml::read(text.trim_start_matches('\u{feff}'), root);
    let value = value.map_err(|error| <serde_json::Error as serde::de::Error>::custom(error.message))?;
    from_json(value.to_string().as_bytes())
}

/// Ignores the body, because none is declared.
pub fn empty(reply: &Reply) -> Result<(), DecodeFailure> {
    check_undeclared(reply)
}

/// Returns the body as text.
pub fn text(reply: &Reply) -> Result<String, DecodeFailure> {
    String::from_utf8(charset::to_utf8(&reply.headers, &reply.body).into_owned()).map_err(|error| {
        let unsupported = charset::of_body(&reply.headers).filter(|charset| !charset.eq_ignore_ascii_case("utf-8"));
        let message = match unsupported {
            Some(charset) => format!("the text is not valid UTF-8, and its charset {charset:?} is not supported"),
            None => "the text is not valid UTF-8".to_owned(),
        };
        DecodeFailure::new(message, error.utf8_error().valid_up_to())
    })
}

/// Returns the body unchanged.
pub fn bytes(reply: &Reply) -> Result<Bytes, DecodeFailure> {
    Ok(reply.body.clone())
}

/// Decodes the JSON body of an error.
pub fn error<B: Decode>(body: &[u8]) -> Result<B, serde_json::Error> {
    from_json(body)
}

fn json_failure(reply: &Reply, error: serde_json::Error) -> DecodeFailure {
    if reply.body.trim_ascii().is_empty() {
        return DecodeFailure::new("the body is empty, expected JSON", 0);
    }
    let read = without_mark(&reply.body);
    let offset = reply.body.len() - read.len() + json_path::offset(read, error.line(), error.column());
    let html = essence(reply).is_some_and(|essence| essence == "text/html");
    let message =
        if html { format!("the body is an HTML page (text/html), not JSON: {error}") } else { error.to_string() };
    DecodeFailure { message, offset, source: Some(error), secret: false }
}
