//! Replaying recorded exchanges.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::Request;
use super::builder::{check_reply, unchecked};
use super::route::{Route, called};
use crate::operation::Reply;
use crate::record::{Exchange, Fields, OMITTED};
use crate::redact::REDACTED;
use crate::request::UNDECLARED;

/// The exchanges of one file.
pub(super) struct Recording {
    exchanges: Vec<Recorded>,
    fields: Fields,
}

/// A recorded exchange.
struct Recorded {
    exchange: Exchange,
    /// True if the body of the response was not recorded.
    is_without_body: bool,
    used: bool,
}

/// Checks a recorded exchange against the API's operations.
fn check(recorded: &Recorded, routes: &[Route]) -> Result<(), String> {
    let Exchange { operation, method, target, reply, .. } = &recorded.exchange;
    let Some(route) = routes.iter().find(|route| route.operation == operation) else {
        if operation == UNDECLARED {
            return check_reply(&format!("{method} {}", path(target)), reply, &unchecked(), None);
        }
        return Err(format!("the API has no recorded operation {operation}"));
    };
    let calls = method.parse().is_ok_and(|method| called(routes, &method, target).contains(&route.operation));
    if !calls {
        return Err(format!("the recorded request {method} {} does not match {operation}", path(target)));
    }
    let check = if recorded.is_without_body { &unchecked() } else { &route.check };
    check_reply(operation, reply, check, None)
}

fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

/// Returns true if a recorded text, in which [`REDACTED`] stands for any text, matches another one.
fn is_same_text(recorded: &str, sent: &str) -> bool {
    let Some((first, rest)) = recorded.split_once(REDACTED) else { return recorded == sent };
    let Some(mut sent) = sent.strip_prefix(first) else { return false };
    let (between, last) = rest.rsplit_once(REDACTED).unwrap_or(("", rest));
    for part in between.split(REDACTED) {
        let Some((_, after)) = sent.split_once(part) else { return false };
        sent = after;
    }
    sent.ends_with(last)
}

/// Like [`is_same_text`], for JSON.
fn is_same_json(recorded: &Value, sent: &Value) -> bool {
    match (recorded, sent) {
        (Value::String(recorded), Value::String(sent)) => is_same_text(recorded, sent),
        (Value::Array(recorded), Value::Array(sent)) => {
            recorded.len() == sent.len()
                && recorded.iter().zip(sent).all(|(recorded, sent)| is_same_json(recorded, sent))
        }
        (Value::Object(recorded), Value::Object(sent)) => {
            let is_same = |(name, recorded)| sent.get(name).is_some_and(|sent| is_same_json(recorded, sent));
            recorded.len() == sent.len() && recorded.iter().all(is_same)
        }
        _ => recorded == sent,
    }
}

impl Recording {
    /// Checks the recorded exchanges against the API's operations, and returns the errors.
    pub(super) fn faults(&self, routes: &[Route]) -> Vec<String> {
        self.exchanges.iter().filter_map(|recorded| check(recorded, routes).err()).collect()
    }

    /// Returns the recorded response to a request, or an error if its body was not recorded. It is the first that has
    /// not been used, or else the last.
    pub(super) fn reply(&mut self, request: &Request) -> Option<Result<Reply, String>> {
        let values = &mut Vec::new();
        let (target, sent) = (self.fields.target(&request.target, values), self.fields.json(&request.body, values));
        let fits = |exchange: &Exchange| {
            let is_same_body = match (&exchange.sent, &sent) {
                (Some(recorded), Some(sent)) => is_same_json(recorded, sent),
                (recorded, _) => recorded.is_none(),
            };
            exchange.method == request.method.as_str() && is_same_text(&exchange.target, &target) && is_same_body
        };
        let mut fitting = self.exchanges.iter_mut().filter(|recorded| fits(&recorded.exchange)).collect::<Vec<_>>();
        let unused = fitting.iter().position(|recorded| !recorded.used);
        let index = unused.or_else(|| fitting.len().checked_sub(1))?;
        let recorded = fitting.get_mut(index)?;
        recorded.used = true;
        let Exchange { operation, method, target, reply, .. } = &recorded.exchange;
        if recorded.is_without_body {
            return Some(Err(format!(
                "the response to {method} {} ({operation}) was recorded without its body, because only JSON is \
                 recorded, and text if no fields are personal; set this response on the mock",
                path(target)
            )));
        }
        Some(Ok(reply.clone()))
    }
}

/// Reads a recording: its exchanges, and the names of the fields that are replaced in them.
pub(super) fn read(path: &Path) -> io::Result<Recording> {
    let invalid = |number: usize| {
        let message = format!("line {number} of {} is not a recorded exchange", path.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    };
    let (mut exchanges, mut fields) = (Vec::new(), Fields::default());
    for (index, line) in BufReader::new(File::open(path)?).lines().enumerate() {
        let line: Value = serde_json::from_str(&line?).map_err(|_| invalid(index + 1))?;
        match line.get("personal").and_then(Value::as_array) {
            Some(names) => fields.extend(names.iter().filter_map(Value::as_str).map(str::to_owned)),
            None => exchanges.push(recorded(&line).ok_or_else(|| invalid(index + 1))?),
        }
    }
    Ok(Recording { exchanges, fields })
}

/// Parses a line of a recording.
fn recorded(line: &Value) -> Option<Recorded> {
    let text = |name: &str| line.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut headers = HeaderMap::new();
    for (name, value) in line.get("headers").and_then(Value::as_object)? {
        let value = HeaderValue::try_from(value.as_str()?).ok()?;
        headers.insert(HeaderName::try_from(name).ok()?, value);
    }
    let body = match (line.get("json"), text("text")) {
        (Some(json), _) => json.to_string().into(),
        (None, text) => text.unwrap_or_default().into(),
    };
    let status = line.get("status").and_then(Value::as_u64)?.try_into().ok()?;
    let (operation, method, target) = (text("operation")?, text("method")?, text("target")?);
    let reply = Reply { status, headers, body };
    let exchange = Exchange { operation, method, target, sent: line.get("sent").cloned(), reply };
    Some(Recorded { exchange, is_without_body: line.get(OMITTED).is_some(), used: false })
}
