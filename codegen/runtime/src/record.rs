//! Recording the exchanges of a client, so that tests can replay them.

use std::fmt;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderName, LINK, RETRY_AFTER};
use serde_json::{Map, Value, json};

use crate::operation::Reply;
use crate::redact::Redactor;
use crate::request::RequestParts;
use crate::transport;

const REDACTED: &str = "redacted";

/// The response headers that are recorded. Others can contain cookies.
const HEADERS: [HeaderName; 3] = [CONTENT_TYPE, LINK, RETRY_AFTER];

/// Substrings of the names of properties that contain secrets in every API.
const SECRETS: [&str; 5] = ["token", "secret", "password", "api_key", "apikey"];

/// Writes the exchanges of a client to a file as JSON lines, for a mock to replay.
///
/// It writes the operation, the method, the path with its query, JSON bodies, the status, and the headers
/// `Content-Type`, `Link` and `Retry-After`. It replaces the client's credentials wherever they occur, and the
/// properties and parameters whose names contain `token`, `secret`, `password` or `api_key`, or are declared with
/// [`personal`](Self::personal). Nothing else in a path is replaced. Bodies other than JSON are written only for
/// responses, and only if no personal fields are declared. Token requests, and responses read as a stream, are not
/// recorded.
#[derive(Clone)]
#[must_use]
pub struct Recorder {
    fields: Fields,
    file: Arc<Mutex<File>>,
}

/// The names of personal fields, in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<String>);

impl Recorder {
    /// Creates the file, or replaces an existing one.
    ///
    /// # Errors
    ///
    /// If the file cannot be created.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Self { fields: Fields::default(), file: Arc::new(Mutex::new(File::create(path)?)) })
    }

    /// Replaces the values of these properties and query parameters: text by `redacted`, numbers by 0, and the same
    /// within objects and arrays. `null`, `true` and `false` are kept.
    ///
    /// # Errors
    ///
    /// If the file cannot be written. The names are stored in it so that a replay replaces the same fields in requests.
    pub fn personal<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> io::Result<Self> {
        self.fields.extend(names.into_iter().map(Into::into));
        self.write(&json!({ "personal": self.fields.0 }))?;
        Ok(self)
    }

    /// Writes an exchange. Calls do not fail if the file cannot be written, since recordings are for tests only.
    pub(crate) fn exchange(&self, parts: &RequestParts, reply: &Reply, redactor: &Redactor) {
        let exchange = Exchange {
            operation: parts.name.to_owned(),
            method: parts.method.to_string(),
            target: self.fields.target(&below(&parts.core.inner().base_url, &transport::target(parts))),
            sent: parts.body.as_bytes().and_then(|body| self.fields.json(body)),
            reply: reply.clone(),
        };
        let mut line = exchange.to_json(&self.fields);
        replace_secrets(&mut line, redactor);
        // There is no one to report the error to.
        let _unwritten = self.write(&line);
    }

    fn write(&self, line: &Value) -> io::Result<()> {
        // The whole line is written at once, so that the lines of concurrent calls do not mix.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{line}\n").as_bytes())
    }
}

/// Replaces the credentials of a call in every text.
fn replace_secrets(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::String(text) => *text = redactor.text(text),
        Value::Array(values) => values.iter_mut().for_each(|value| replace_secrets(value, redactor)),
        Value::Object(members) => members.values_mut().for_each(|value| replace_secrets(value, redactor)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns the path and query below the base URL.
fn below(base: &Url, url: &Url) -> String {
    let base = base.path().trim_end_matches('/');
    let path = url.path();
    let path = path.strip_prefix(base).filter(|rest| rest.starts_with('/')).unwrap_or(path);
    url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

impl Fields {
    pub(crate) fn extend(&mut self, names: impl Iterator<Item = String>) {
        self.0.extend(names.map(|name| name.to_ascii_lowercase()));
    }

    fn has(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.0.contains(&name) || SECRETS.iter().any(|secret| name.contains(secret))
    }

    /// Returns the path and query with these fields replaced. Of a name in brackets, the last part is compared.
    pub(crate) fn target(&self, target: &str) -> String {
        let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) if self.has(&last_part(name)) => format!("{name}={REDACTED}"),
            _ => pair.to_owned(),
        });
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// Returns a JSON body with these fields replaced; `None` if the body is not JSON.
    pub(crate) fn json(&self, body: &[u8]) -> Option<Value> {
        let mut value = serde_json::from_slice(body).ok()?;
        self.replace(&mut value, false);
        Some(value)
    }

    fn replace(&self, value: &mut Value, all: bool) {
        match value {
            Value::String(text) if all => REDACTED.clone_into(text),
            Value::Number(number) if all => *number = 0.into(),
            Value::Array(values) => values.iter_mut().for_each(|value| self.replace(value, all)),
            Value::Object(members) => {
                members.iter_mut().for_each(|(name, value)| self.replace(value, all || self.has(name)));
            }
            Value::String(_) | Value::Number(_) | Value::Null | Value::Bool(_) => {}
        }
    }
}

fn last_part(name: &str) -> String {
    let name = percent_decode_str(name).decode_utf8_lossy();
    let part = name.trim_end_matches("[]").trim_end_matches(']');
    part.rsplit('[').next().unwrap_or_default().to_owned()
}

/// A request and its response, in recorded form.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) operation: String,
    pub(crate) method: String,
    pub(crate) target: String,
    /// The JSON body of the request.
    pub(crate) sent: Option<Value>,
    pub(crate) reply: Reply,
}

impl Exchange {
    fn to_json(&self, fields: &Fields) -> Value {
        let headers = HEADERS.iter().filter_map(|name| Some((name.to_string(), self.reply.headers.get(name)?)));
        let headers: Map<String, Value> =
            headers.map(|(name, value)| (name, String::from_utf8_lossy(value.as_bytes()).into())).collect();
        let mut line = json!({
            "operation": self.operation,
            "method": self.method,
            "target": self.target,
            "status": self.reply.status,
            "headers": headers,
        });
        if let Some(sent) = &self.sent {
            line["sent"] = sent.clone();
        }
        match (fields.json(&self.reply.body), std::str::from_utf8(&self.reply.body)) {
            (Some(body), _) => line["json"] = body,
            (None, Ok(text)) if fields.0.is_empty() && !text.is_empty() => line["text"] = text.into(),
            _ => {}
        }
        line
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("personal", &self.fields.0).finish_non_exhaustive()
    }
}
