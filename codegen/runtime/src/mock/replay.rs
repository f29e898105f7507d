//! Replaying recorded exchanges.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::Request;
use super::builder::check_reply;
use super::route::{Route, called};
use crate::operation::Reply;
use crate::record::{Exchange, Fields};

/// The exchanges of one file, each with a flag for whether it has been used.
pub(super) struct Recording {
    exchanges: Vec<(Exchange, bool)>,
    fields: Fields,
}

/// Checks a recorded exchange against the API's operations.
fn check(exchange: &Exchange, routes: &[Route]) -> Result<(), String> {
    let Exchange { operation, method, target, reply, .. } = exchange;
    let Some(route) = routes.iter().find(|route| route.operation == operation) else {
        return Err(format!("the API has no recorded operation {operation}"));
    };
    let calls = method.parse().is_ok_and(|method| called(routes, &method, target).contains(&route.operation));
    if !calls {
        let path = target.split('?').next().unwrap_or_default();
        return Err(format!("the recorded request {method} {path} does not match {operation}"));
    }
    check_reply(operation, reply, &route.check, None)
}

impl Recording {
    /// Checks the recorded exchanges against the API's operations, and returns the errors.
    pub(super) fn faults(&self, routes: &[Route]) -> Vec<String> {
        self.exchanges.iter().filter_map(|(exchange, _)| check(exchange, routes).err()).collect()
    }

    /// Returns the recorded response to a request: the first that has not been used, or else the last.
    pub(super) fn reply(&mut self, request: &Request) -> Option<Reply> {
        let (target, sent) = (self.fields.target(&request.target), self.fields.json(&request.body));
        let fits = |exchange: &Exchange| {
            let is_same_body = exchange.sent.is_none() || exchange.sent == sent;
            exchange.method == request.method.as_str() && exchange.target == target && is_same_body
        };
        let mut fitting = self.exchanges.iter_mut().filter(|(exchange, _)| fits(exchange)).collect::<Vec<_>>();
        let unused = fitting.iter().position(|(_, used)| !used);
        let index = unused.or_else(|| fitting.len().checked_sub(1))?;
        let (exchange, used) = fitting.get_mut(index)?;
        *used = true;
        Some(exchange.reply.clone())
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
            None => exchanges.push(exchange(&line).ok_or_else(|| invalid(index + 1))?),
        }
    }
    let exchanges = exchanges.into_iter().map(|exchange| (exchange, false)).collect();
    Ok(Recording { exchanges, fields })
}

/// Parses a line of a recording.
fn exchange(line: &Value) -> Option<Exchange> {
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
    Some(Exchange {
        operation,
        method,
        target,
        sent: line.get("sent").cloned(),
        reply: Reply { status, headers, body },
    })
}
