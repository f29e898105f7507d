//! Recording the exchanges of a client, so that tests can replay them.

use std::cmp::Reverse;
use std::fmt;
use std::fs::File;
use std::io::{self, Write as _};
use std::mem;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderName, LINK, RETRY_AFTER};
use serde_json::{Map, Value, json};

use crate::operation::Reply;
use crate::redact::{self, REDACTED, Redactor};
use crate::request::RequestParts;
use crate::transport;

const REPLACED: &str = "redacted";

/// The name of the member of a recorded exchange that says that the response's body is not recorded.
pub(crate) const OMITTED: &str = "body_omitted";

/// Minimum length of a personal value that is replaced outside of its field too. Shorter ones occur in most texts.
const SHORT: usize = 4;

/// The response headers that are recorded. Others can contain cookies.
const HEADERS: [HeaderName; 3] = [CONTENT_TYPE, LINK, RETRY_AFTER];

/// Substrings of the names of properties that contain secrets in every API.
const SECRETS: [&str; 5] = ["token", "secret", "password", "api_key", "apikey"];

/// Writes the exchanges of a client to a file as JSON lines, for a mock to replay.
///
/// It writes the operation, the method, the path with its query, JSON bodies, the status, and the headers
/// `Content-Type`, `Link` and `Retry-After`. Other text is written only if it is the body of a response and no personal
/// fields are declared, and other bytes never. Token requests, and responses read as a stream, are not recorded.
///
/// It replaces:
///
/// - the client's credentials, wherever they occur;
/// - the values of properties and query parameters whose names contain `token`, `secret`, `password` or `api_key`, or
///   are declared with [`personal`](Self::personal);
/// - all other occurrences of a text of these values, of at least four characters, in the query, the bodies and the
///   headers of the same exchange, such as an address that a filter or an error message repeats.
///
/// It does not replace personal data in paths, short texts and numbers outside of these fields, or personal data that
/// is in none of these fields of its exchange.
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
        let mut values = Vec::new();
        let exchange = Exchange {
            operation: parts.name.to_owned(),
            method: parts.method.to_string(),
            target: self.fields.target(&below(&parts.core.inner().base_url, &transport::target(parts)), &mut values),
            sent: parts.body.as_bytes().and_then(|body| self.fields.json(body, &mut values)),
            reply: reply.clone(),
        };
        let mut line = exchange.to_json(&self.fields, &mut values);
        replace_texts(&mut line, &|text| redactor.text(text));
        replace_values(&mut line, values);
        // There is no one to report the error to.
        let _unwritten = self.write(&line);
    }

    fn write(&self, line: &Value) -> io::Result<()> {
        // The whole line is written at once, so that the lines of concurrent calls do not mix.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{line}\n").as_bytes())
    }
}

/// Replaces every text.
fn replace_texts(value: &mut Value, replace: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = replace(text),
        Value::Array(values) => values.iter_mut().for_each(|value| replace_texts(value, replace)),
        Value::Object(members) => members.values_mut().for_each(|value| replace_texts(value, replace)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Replaces the values of personal fields where they occur outside of them.
fn replace_values(line: &mut Value, mut values: Vec<String>) {
    values.retain(|value| value.chars().count() >= SHORT);
    values.sort_unstable();
    values.dedup();
    let mut forms: Vec<String> = values.iter().flat_map(|value| redact::forms(value)).collect();
    // A value can contain another one.
    forms.sort_by_key(|form| Reverse(form.len()));
    let replace = |text: &str| {
        let occurring = forms.iter().map(String::as_str);
        occurring
            .fold(text.to_owned(), |text, form| if text.contains(form) { text.replace(form, REDACTED) } else { text })
    };
    for part in ["headers", "sent", "json", "text"] {
        line.get_mut(part).into_iter().for_each(|part| replace_texts(part, &replace));
    }
    // A replay has to recognize the path.
    if let Some(target) = line.get_mut("target") {
        replace_texts(target, &|target| match target.split_once('?') {
            Some((path, query)) => format!("{path}?{}", replace(query)),
            None => target.to_owned(),
        });
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

    /// Returns the path and query with these fields replaced, and adds the replaced values to `values`. Of a name in
    /// brackets, the last part is compared.
    pub(crate) fn target(&self, target: &str, values: &mut Vec<String>) -> String {
        let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((name, value)) if self.has(&last_part(name)) => {
                values.push(percent_decode_str(value).decode_utf8_lossy().into_owned());
                format!("{name}={REPLACED}")
            }
            _ => pair.to_owned(),
        });
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// Returns a JSON body with these fields replaced, and adds the replaced texts to `values`; `None` if the body is
    /// not JSON.
    pub(crate) fn json(&self, body: &[u8], values: &mut Vec<String>) -> Option<Value> {
        let mut value = serde_json::from_slice(body).ok()?;
        self.replace(&mut value, false, values);
        Some(value)
    }

    fn replace(&self, value: &mut Value, all: bool, values: &mut Vec<String>) {
        match value {
            Value::String(text) if all => values.push(mem::replace(text, REPLACED.to_owned())),
            Value::Number(number) if all => *number = 0.into(),
            Value::Array(items) => items.iter_mut().for_each(|item| self.replace(item, all, values)),
            Value::Object(members) => {
                members.iter_mut().for_each(|(name, value)| self.replace(value, all || self.has(name), values));
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
    fn to_json(&self, fields: &Fields, values: &mut Vec<String>) -> Value {
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
        match (fields.json(&self.reply.body, values), std::str::from_utf8(&self.reply.body)) {
            (Some(body), _) => line["json"] = body,
            (None, Ok("")) => {}
            (None, Ok(text)) if fields.0.is_empty() => line["text"] = text.into(),
            (None, _) => line[OMITTED] = true.into(),
        }
        line
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("personal", &self.fields.0).finish_non_exhaustive()
    }
}
