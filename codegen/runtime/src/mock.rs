//! A server for callers' own tests: it answers, operation by operation, what a test tells it to.

mod http;
mod route;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;
use serde_json::Value;

use crate::operation::{Operation, Reply};
use crate::response::decode::DecodeFailure;
use crate::response::events::EVENT_STREAM;
use crate::response::json_path;
pub use route::Route;

/// A server on 127.0.0.1, at a free port, that stops when it is dropped.
///
/// Each API has its own, in its module `mock`, with a method for each operation:
///
/// ```ignore
/// let mock = chatwoot::mock::Server::start().await?;
/// mock.contacts().get().status(404).json(json!({ "error": "Resource could not be found" }));
///
/// let client = mock.builder().api_access_token("test").build()?;
/// // ... what is tested ...
/// mock.verify()?;
/// ```
#[derive(Debug)]
pub struct Server {
    url: String,
    state: Arc<Mutex<State>>,
    serving: tokio::task::AbortHandle,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Server {
    /// Starts a server for the API that has these operations.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub async fn start(routes: Vec<Route>) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(Mutex::new(State { routes, rules: Vec::new(), requests: Vec::new(), faults: Vec::new() }));
        let serving = tokio::spawn(http::serve(listener, Arc::clone(&state))).abort_handle();
        Ok(Self { url, state, serving })
    }

    /// Where it listens: the base URL for a client.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Begins an answer to an operation. Answers are tried in the order in which they were set.
    pub fn on<T, B>(&self, operation: &'static Operation<T, B>) -> On<'_> {
        On {
            server: self,
            rule: Rule { operation: operation.name, condition: None, expected: None, used: 0, reply: reply(200) },
            check: Box::new(|reply| (operation.decode)(reply).map(|_| ())),
            fault: None,
        }
    }

    /// The requests that came so far, in their order.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.state).requests.clone()
    }

    /// Whether all went as the answers foresaw.
    ///
    /// # Errors
    ///
    /// If a request came that nothing answers, if an answer came less or more often than its
    /// [`times`](On::times), or if an answer is not what its operation returns. The error names each of them.
    pub fn verify(&self) -> Result<(), Unmet> {
        let state = lock(&self.state);
        let mut faults = state.faults.clone();
        for rule in &state.rules {
            if let Some(expected) = rule.expected.filter(|expected| *expected != rule.used) {
                faults.push(format!("{} was called {} of {expected} times", rule.operation, rule.used));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Unmet(faults)) }
    }
}

/// What a mock was not told of, or did not see.
#[derive(Debug)]
pub struct Unmet(Vec<String>);

impl Unmet {
    /// One sentence for each fault.
    pub fn faults(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for Unmet {}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// The operation that it calls, such as `contacts.create`; none where the API has no such path and method.
    pub operation: Option<&'static str>,
    /// The HTTP method.
    pub method: Method,
    /// Its path and query, percent-encoded: `/v1/contacts?page%5Bnumber%5D=2`.
    pub target: String,
    /// Its headers, credentials among them.
    pub headers: HeaderMap,
    /// Its body, whole.
    pub body: Bytes,
}

impl Request {
    /// The first value of a query parameter, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let url = Url::parse(&format!("http://mock{}", self.target)).ok()?;
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

type Check = Box<dyn Fn(&Reply) -> Result<(), DecodeFailure>>;
type Condition = Box<dyn Fn(&Request) -> bool + Send + Sync>;

/// An answer that is being set. It counts from the method on that gives its body: [`json`](Self::json),
/// [`text`](Self::text), [`bytes`](Self::bytes), [`events`](Self::events) or [`empty`](Self::empty).
#[must_use = "an answer without a body is not set"]
pub struct On<'s> {
    server: &'s Server,
    rule: Rule,
    check: Check,
    fault: Option<String>,
}

impl On<'_> {
    /// Answers only the requests of which this is true.
    pub fn when(mut self, condition: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.rule.condition = Some(Box::new(condition));
        self
    }

    /// Answers so many requests and leaves the next to later answers; [`Server::verify`] tells whether they came.
    pub fn times(mut self, times: usize) -> Self {
        self.rule.expected = Some(times);
        self
    }

    /// Answers with this status instead of 200. One that is not a success can have any body.
    pub fn status(mut self, status: u16) -> Self {
        self.rule.reply.status = status;
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.rule.reply.headers.append(name, value);
            }
            _ => self.fault = Some(format!("the header {name:?} or its value cannot be sent")),
        }
        self
    }

    /// Answers with JSON, which a success has to decode into what the operation returns.
    pub fn json(mut self, body: impl Serialize) {
        match serde_json::to_vec(&body) {
            Ok(body) => self.set(body.into(), "application/json"),
            Err(error) => {
                self.fault = Some(format!("the body cannot be written: {error}"));
                self.set(Bytes::new(), "application/json");
            }
        }
    }

    /// Answers with text.
    pub fn text(self, body: impl Into<String>) {
        self.set(body.into().into(), "text/plain; charset=utf-8");
    }

    /// Answers with bytes.
    pub fn bytes(self, body: impl Into<Bytes>) {
        self.set(body.into(), "application/octet-stream");
    }

    /// Answers with a stream of events, each its name and its data: text as it is, anything else as JSON.
    pub fn events<D: Serialize>(mut self, events: impl IntoIterator<Item = (&'static str, D)>) {
        let mut body = String::new();
        for (name, data) in events {
            let data = match serde_json::to_value(data) {
                Ok(Value::String(text)) => text,
                Ok(data) => data.to_string(),
                Err(error) => {
                    self.fault = Some(format!("the data of an event cannot be written: {error}"));
                    String::new()
                }
            };
            let lines: String = data.split('\n').map(|line| format!("data: {line}\n")).collect();
            body.push_str(&format!("event: {name}\n{lines}\n"));
        }
        // What awaiting the call returns need not be what its events are.
        self.check = Box::new(|_| Ok(()));
        self.set(body.into(), EVENT_STREAM);
    }

    /// Answers without a body.
    pub fn empty(self) {
        self.set(Bytes::new(), "");
    }

    /// Keeps the answer; one that cannot be given is a fault, told to the caller and by [`Server::verify`].
    fn set(self, body: Bytes, media_type: &'static str) {
        let Self { server, mut rule, check, fault } = self;
        rule.reply.body = body;
        if !media_type.is_empty() {
            rule.reply.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
        }
        let success = (200..300).contains(&rule.reply.status);
        let wrong = if success { check(&rule.reply).err() } else { None };
        let fault = fault.or_else(|| wrong.map(|failure| misfit(&rule, &failure)));
        let mut state = lock(&server.state);
        if let Some(fault) = fault {
            let fault = format!("the answer set for {} does not do: {fault}", rule.operation);
            rule.reply = Reply { body: format!("mock: {fault}").into(), ..reply(501) };
            state.faults.push(fault);
        }
        state.rules.push(rule);
    }
}

fn misfit(rule: &Rule, failure: &DecodeFailure) -> String {
    format!("at {}: {}", json_path::at(&rule.reply.body, failure.offset), failure.message)
}

impl fmt::Debug for On<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("On").field("operation", &self.rule.operation).finish_non_exhaustive()
    }
}

struct State {
    routes: Vec<Route>,
    rules: Vec<Rule>,
    requests: Vec<Request>,
    faults: Vec<String>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("requests", &self.requests).field("faults", &self.faults).finish_non_exhaustive()
    }
}

struct Rule {
    operation: &'static str,
    condition: Option<Condition>,
    /// How often it is to be used; none for any number of times.
    expected: Option<usize>,
    used: usize,
    reply: Reply,
}

impl State {
    /// The answer to a request, which is kept.
    fn answer(&mut self, mut request: Request) -> Reply {
        let called = route::called(&self.routes, &request.method, &request.target);
        request.operation = called.first().copied();
        let rule = self.rules.iter_mut().find(|rule| {
            called.contains(&rule.operation)
                && rule.expected.is_none_or(|expected| rule.used < expected)
                && rule.condition.as_ref().is_none_or(|condition| condition(&request))
        });
        let reply = match rule {
            Some(rule) => {
                rule.used += 1;
                rule.reply.clone()
            }
            None => self.unexpected(&request),
        };
        self.requests.push(request);
        reply
    }

    fn unexpected(&mut self, request: &Request) -> Reply {
        let operation = request.operation.unwrap_or("no operation of this API");
        let fault = format!("nothing answers {} {} ({operation})", request.method, request.target);
        let mut set: Vec<&str> = self.rules.iter().map(|rule| rule.operation).collect();
        set.dedup();
        let set = if set.is_empty() { "none".to_owned() } else { set.join(", ") };
        let body = format!("mock: {fault}; answers set: {set}").into();
        self.faults.push(fault);
        Reply { body, ..reply(501) }
    }
}

fn reply(status: u16) -> Reply {
    Reply { status, headers: HeaderMap::new(), body: Bytes::new() }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // A condition that panics leaves nothing half-done behind.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Emits an API's mock: its server, and in `answers` a handle for each resource.
///
/// ```text
/// mock! {
///     contacts Contacts { list = LIST, create = CREATE, }
/// }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! mock {
    ($($resource:ident $handle:ident { $($operation:ident = $facts:ident),* $(,)? })*) => {
        /// A server that answers what a test tells it to, on a free port of 127.0.0.1.
        #[derive(Debug)]
        pub struct Server {
            server: $crate::mock::Server,
        }

        impl Server {
            /// Starts it; dropping it stops it.
            ///
            /// # Errors
            ///
            /// If no port can be had.
            pub async fn start() -> ::std::io::Result<Self> {
                Ok(Self { server: $crate::mock::Server::start(routes()).await? })
            }

            /// Begins a client that calls it, and that sends each request once.
            pub fn builder(&self) -> super::Builder {
                super::Client::builder().base_url(self.server.url()).retry($crate::Retry::never())
            }

            $(
                #[doc = ::core::concat!("Answers to the operations of `", ::core::stringify!($resource), "`.")]
                pub fn $resource(&self) -> answers::$resource::$handle<'_> {
                    answers::$resource::$handle { server: &self.server }
                }
            )*
        }

        // One after the other: what the compiler makes of an array of calls grows with the square of its length.
        fn routes() -> ::std::vec::Vec<$crate::mock::Route> {
            let mut routes = ::std::vec::Vec::new();
            $($(routes.push($crate::mock::Route::of(super::$resource::$facts));)*)*
            routes
        }

        /// What came, and whether it was foreseen.
        impl ::core::ops::Deref for Server {
            type Target = $crate::mock::Server;

            fn deref(&self) -> &$crate::mock::Server {
                &self.server
            }
        }

        /// The answers by resource: a method for each operation.
        pub mod answers {
            $(
                #[doc = ::core::concat!("Answers to the operations of `", ::core::stringify!($resource), "`.")]
                pub mod $resource {
                    #[doc = ::core::concat!("Answers to the operations of `", ::core::stringify!($resource), "`.")]
                    #[derive(Clone, Copy, Debug)]
                    pub struct $handle<'s> {
                        pub(in super::super) server: &'s $crate::mock::Server,
                    }

                    impl<'s> $handle<'s> {
                        $(
                            #[doc = ::core::concat!("Begins an answer to `", ::core::stringify!($operation), "`.")]
                            pub fn $operation(&self) -> $crate::mock::On<'s> {
                                self.server.on(super::super::super::$resource::$facts)
                            }
                        )*
                    }
                }
            )*
        }
    };
}
