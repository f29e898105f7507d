//! The responses set by a test.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use super::route::Route;
use super::{Request, Rule, Server, lock, reply};
use crate::operation::{Operation, Reply};
use crate::path;
use crate::response::decode::DecodeFailure;
use crate::response::events::EVENT_STREAM;
use crate::response::json_path;

pub(super) type Check = Arc<dyn Fn(&Reply) -> Result<(), DecodeFailure> + Send + Sync>;
pub(super) type Condition = Arc<dyn Fn(&Request) -> bool + Send + Sync>;
/// The statuses that a server can respond with; others are informational, or cannot be written.
const STATUSES: RangeInclusive<u16> = 200..=999;

type Respond = Arc<dyn Fn(&Request) -> MockResponse + Send + Sync>;

/// The response to a request, and how it is sent.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) reply: Reply,
    /// The delay before it is sent.
    pub(super) delay: Duration,
    /// Number of bytes of the body after which the connection is closed.
    pub(super) cut_off: Option<usize>,
    /// Computes the reply from the request. The reply is checked afterwards.
    computed: Option<(Respond, Check)>,
}

impl Sent {
    pub(super) fn now(reply: Reply) -> Self {
        Self { reply, delay: Duration::ZERO, cut_off: None, computed: None }
    }

    /// Creates a response that describes the error of the one that was set.
    pub(super) fn fault(fault: String) -> Self {
        Self::now(Reply { body: format!("mock: {fault}").into(), ..reply(501) })
    }

    /// Computes the response, if it is not set.
    pub(super) fn compute(mut self, operation: &str, request: &Request) -> Result<Self, String> {
        if let Some((respond, check)) = self.computed.take() {
            let MockResponse { reply, fault } = respond(request);
            self.reply = Reply { headers: with_all(self.reply.headers, reply.headers), ..reply };
            self.check(operation, &check, fault)?;
        }
        Ok(self)
    }

    /// Checks that the response can be sent, and that the operation can return it.
    fn check(&self, operation: &str, check: &Check, fault: Option<String>) -> Result<(), String> {
        let length = self.reply.body.len();
        let cut_off = self.cut_off.filter(|cut| *cut >= length);
        let cut_off =
            cut_off.map(|cut| format!("it cannot be cut off after {cut} bytes, because its body has {length}"));
        check_reply(operation, &self.reply, check, fault.or(cut_off))
    }
}

fn with_all(mut headers: HeaderMap, others: HeaderMap) -> HeaderMap {
    headers.extend(others);
    headers
}

/// Returns the check of responses that an API does not declare.
pub(super) fn unchecked() -> Check {
    Arc::new(|_| Ok(()))
}

/// Checks that the status of a response is valid and that, if it is a success, the operation can return it.
pub(super) fn check_reply(operation: &str, reply: &Reply, check: &Check, fault: Option<String>) -> Result<(), String> {
    let invalid_status = || format!("the status {} is not one of 200 to 999", reply.status);
    let fault = fault.or_else(|| (!STATUSES.contains(&reply.status)).then(invalid_status));
    let success = (200..300).contains(&reply.status);
    let wrong = if success { check(reply).err() } else { None };
    let misfit =
        |failure: DecodeFailure| format!("at {}: {}", json_path::at(&reply.body, failure.offset), failure.message);
    match fault.or_else(|| wrong.map(misfit)) {
        Some(fault) => Err(format!("invalid mock response for {operation}: {fault}")),
        None => Ok(()),
    }
}

/// A response computed from a request, for [`ResponseBuilder::respond_with`].
#[derive(Clone)]
#[must_use]
pub struct MockResponse {
    reply: Reply,
    fault: Option<String>,
}

impl MockResponse {
    /// Creates a response with a JSON body. For a success, it must decode as the return type of the operation.
    pub fn json(body: impl Serialize) -> Self {
        match serde_json::to_vec(&body) {
            Ok(body) => Self::new(body.into(), "application/json"),
            Err(error) => {
                let fault = Some(format!("cannot serialize the body: {error}"));
                Self { fault, ..Self::new(Bytes::new(), "application/json") }
            }
        }
    }

    /// Creates a response with a text body.
    pub fn text(body: impl Into<String>) -> Self {
        Self::new(body.into().into(), "text/plain; charset=utf-8")
    }

    /// Creates a response with a body of bytes.
    pub fn bytes(body: impl Into<Bytes>) -> Self {
        Self::new(body.into(), "application/octet-stream")
    }

    /// Creates a response without a body.
    pub fn empty() -> Self {
        Self::new(Bytes::new(), "")
    }

    /// Sets the status, from 200 to 999; 200 by default. The body of a response that is not a success can be anything.
    pub fn status(mut self, status: u16) -> Self {
        self.reply.status = status;
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.fault = add_header(&mut self.reply.headers, name, value).or(self.fault);
        self
    }

    fn new(body: Bytes, media_type: &'static str) -> Self {
        let mut reply = Reply { body, ..reply(200) };
        if !media_type.is_empty() {
            reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        Self { reply, fault: None }
    }
}

impl fmt::Debug for MockResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockResponse").field("status", &self.reply.status).finish_non_exhaustive()
    }
}

/// Adds a header, or returns a message if it cannot be sent.
fn add_header(headers: &mut HeaderMap, name: &str, value: &str) -> Option<String> {
    match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        (Ok(name), Ok(value)) => {
            headers.append(name, value);
            None
        }
        _ => Some(format!("invalid header {name:?} or value")),
    }
}

/// Configures a response. It is completed by the method that sets its body: [`json`](Self::json), [`text`](Self::text),
/// [`bytes`](Self::bytes), [`events`](Self::events), [`empty`](Self::empty) or [`respond_with`](Self::respond_with).
#[must_use = "a response is not set until its body is"]
pub struct ResponseBuilder<'s> {
    server: &'s Server,
    rule: Rule,
    check: Check,
    fault: Option<String>,
}

impl<'s> ResponseBuilder<'s> {
    pub(super) fn of<T, B>(server: &'s Server, operation: &'static Operation<T, B>) -> Self {
        let check: Check = Arc::new(|reply| (operation.decode)(reply).map(|_| ()));
        Self { server, rule: Rule::of(operation.name.to_owned(), None), check, fault: None }
    }

    pub(super) fn undeclared(server: &'s Server, method: Method, path: &str) -> Self {
        let name = format!("{method} {path}");
        let fault = path::check_undeclared(path).err().map(|error| error.to_string());
        let route = Route::undeclared(method, path);
        let check = Arc::clone(&route.check);
        Self { server, rule: Rule::of(name, Some(route)), check, fault }
    }
}

impl ResponseBuilder<'_> {
    /// Responds only to requests for which this function returns true. It may read the mock.
    pub fn when(mut self, condition: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.rule.condition = Some(Arc::new(condition));
        self
    }

    /// Expects this number of requests, which [`Server::verify`] checks. Later responses apply to further ones.
    pub fn times(mut self, times: usize) -> Self {
        self.rule.expected = Some(times);
        self
    }

    /// Sets the status, from 200 to 999; 200 by default. The body of a response that is not a success can be anything.
    pub fn status(mut self, status: u16) -> Self {
        self.rule.sent.reply.status = status;
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.fault = add_header(&mut self.rule.sent.reply.headers, name, value).or(self.fault);
        self
    }

    /// Delays the response.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.rule.sent.delay = delay;
        self
    }

    /// Closes the connection after this number of bytes of the body, which must be less than its length.
    pub fn cut_off(mut self, bytes: usize) -> Self {
        self.rule.sent.cut_off = Some(bytes);
        self
    }

    /// Responds with the result of this function, which may read the mock. Headers that were set are added.
    pub fn respond_with(self, respond: impl Fn(&Request) -> MockResponse + Send + Sync + 'static) {
        let Self { server, mut rule, check, fault } = self;
        rule.sent.computed = Some((Arc::new(respond), check));
        let mut state = lock(&server.state);
        if let Some(fault) = fault {
            let fault = format!("invalid mock response for {}: {fault}", rule.operation);
            rule.sent = Sent::fault(fault.clone());
            state.faults.push(fault);
        }
        state.rules.push(rule);
    }

    /// Responds with JSON. For a success, it must decode as the return type of the operation.
    pub fn json(mut self, body: impl Serialize) {
        match serde_json::to_vec(&body) {
            Ok(body) => self.set(body.into(), "application/json"),
            Err(error) => {
                self.fault = Some(format!("cannot serialize the body: {error}"));
                self.set(Bytes::new(), "application/json");
            }
        }
    }

    /// Responds with text.
    pub fn text(self, body: impl Into<String>) {
        self.set(body.into().into(), "text/plain; charset=utf-8");
    }

    /// Responds with bytes.
    pub fn bytes(self, body: impl Into<Bytes>) {
        self.set(body.into(), "application/octet-stream");
    }

    /// Responds with a stream of events, each given by its name and its data: strings unchanged, other values as JSON.
    pub fn events<D: Serialize>(mut self, events: impl IntoIterator<Item = (&'static str, D)>) {
        let mut body = String::new();
        for (name, data) in events {
            let data = match serde_json::to_value(data) {
                Ok(Value::String(text)) => text,
                Ok(data) => data.to_string(),
                Err(error) => {
                    self.fault = Some(format!("cannot serialize the data of an event: {error}"));
                    String::new()
                }
            };
            let lines: String = data.split('\n').map(|line| format!("data: {line}\n")).collect();
            body.push_str(&format!("event: {name}\n{lines}\n"));
        }
        // The return type of the operation may differ from its events.
        self.check = unchecked();
        self.set(body.into(), EVENT_STREAM);
    }

    /// Responds without a body.
    pub fn empty(self) {
        self.set(Bytes::new(), "");
    }

    /// Adds the response. An invalid one is reported to the client and by [`Server::verify`].
    fn set(self, body: Bytes, media_type: &'static str) {
        let Self { server, mut rule, check, fault } = self;
        rule.sent.reply.body = body;
        if !media_type.is_empty() {
            let media_type = HeaderValue::from_static(media_type);
            rule.sent.reply.headers.entry(CONTENT_TYPE).or_insert(media_type);
        }
        let checked = rule.sent.check(&rule.operation, &check, fault);
        let mut state = lock(&server.state);
        if let Err(fault) = checked {
            rule.sent = Sent::fault(fault.clone());
            state.faults.push(fault);
        }
        state.rules.push(rule);
    }
}

impl fmt::Debug for ResponseBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBuilder").field("operation", &self.rule.operation).finish_non_exhaustive()
    }
}
