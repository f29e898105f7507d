//! A mock server for callers' tests, whose responses are set by the test.

mod builder;
mod http;
mod replay;
mod route;
mod tokens;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, Url};

use crate::operation::{Operation, Reply};
use builder::{Condition, Sent};
pub use builder::{MockResponse, ResponseBuilder};
use replay::Recording;
pub use route::Route;

/// A mock server on a free port of 127.0.0.1, which stops when it is dropped.
///
/// Each API has its own in its `mock` module, with a method for each operation:
///
/// ```ignore
/// let mock = chatwoot::mock::Server::start().await?;
/// mock.contacts().get().status(404).json(json!({ "error": "Resource could not be found" }));
///
/// let client = mock.builder().api_access_token("test").build()?;
/// // ... code under test ...
/// mock.verify()?;
/// ```
///
/// A mock that is dropped without having been verified verifies itself, and panics if its expectations were not met.
/// Use [`verify_on_drop(false)`](Self::verify_on_drop) to turn that off.
#[derive(Debug)]
pub struct Server {
    url: String,
    state: Arc<Mutex<State>>,
    serving: tokio::task::AbortHandle,
}

impl Drop for Server {
    #[expect(clippy::panic, reason = "a test that did not verify its mock has to fail")]
    fn drop(&mut self) {
        self.serving.abort();
        // A second panic would abort the process.
        if lock(&self.state).verifies_on_drop && !std::thread::panicking() {
            self.verify().unwrap_or_else(|unmet| panic!("expectations of the mock were not met: {unmet}"));
        }
    }
}

impl Server {
    /// Starts a server for an API with these operations.
    ///
    /// # Errors
    ///
    /// If no port can be bound.
    pub async fn start(routes: Vec<Route>) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(Mutex::new(State {
            routes,
            rules: Vec::new(),
            requests: Vec::new(),
            faults: Vec::new(),
            verifies_on_drop: true,
            recordings: Vec::new(),
        }));
        let serving = tokio::spawn(http::serve(listener, Arc::clone(&state))).abort_handle();
        Ok(Self { url, state, serving })
    }

    /// Returns the base URL for a client.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a builder for a response to an operation. Responses are tried in the order in which they were set.
    pub fn on<T, B>(&self, operation: &'static Operation<T, B>) -> ResponseBuilder<'_> {
        ResponseBuilder::of(self, operation)
    }

    /// Responds with the recording of a [`Recorder`](crate::Recorder) where no other response is set. Requests match by
    /// method, path, query and, if there is one, JSON body, and get the responses in the recorded order. The last one
    /// is repeated.
    ///
    /// # Errors
    ///
    /// If the file cannot be read. [`verify`](Self::verify) reports recorded responses that their operation cannot
    /// return, and operations that the API does not have.
    pub fn replay(&self, path: impl AsRef<Path>) -> std::io::Result<()> {
        let recording = replay::read(path.as_ref())?;
        let mut state = lock(&self.state);
        let faults = recording.faults(&state.routes);
        state.faults.extend(faults);
        state.recordings.push(recording);
        Ok(())
    }

    /// Sets whether a mock that is dropped without having been verified panics if its expectations were not met; true
    /// by default.
    pub fn verify_on_drop(&self, verifies: bool) {
        lock(&self.state).verifies_on_drop = verifies;
    }

    /// Returns the requests received so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.state).requests.clone()
    }

    /// Checks that all expectations were met.
    ///
    /// # Errors
    ///
    /// If a request had no response, if a response was used less or more often than its
    /// [`times`](ResponseBuilder::times), or if a response is not valid for its operation. The error lists all of them.
    pub fn verify(&self) -> Result<(), UnmetExpectations> {
        let mut state = lock(&self.state);
        state.verifies_on_drop = false;
        let mut faults = state.faults.clone();
        for rule in &state.rules {
            if let Some(expected) = rule.expected.filter(|expected| *expected != rule.used) {
                faults.push(format!("{} was called {} of {expected} times", rule.operation, rule.used));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(UnmetExpectations(faults)) }
    }
}

/// The expectations of a mock that were not met.
#[derive(Debug)]
pub struct UnmetExpectations(Vec<String>);

impl UnmetExpectations {
    /// Returns one message for each of them.
    pub fn faults(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for UnmetExpectations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for UnmetExpectations {}

/// A request received by the mock. `Debug` does not show the values of headers or the body.
#[derive(Clone)]
pub struct Request {
    /// The operation of the request, such as `contacts.create`; `None` if the API has no such path and method.
    pub operation: Option<&'static str>,
    /// The HTTP method.
    pub method: Method,
    /// The percent-encoded path and query, such as `/v1/contacts?page%5Bnumber%5D=2`.
    pub target: String,
    /// The headers, including credentials.
    pub headers: HeaderMap,
    /// The complete body.
    pub body: Bytes,
}

impl Request {
    /// Returns the target with the values of its query replaced, because they may be credentials.
    fn redacted_target(&self) -> String {
        let Some((path, query)) = self.target.split_once('?') else { return self.target.clone() };
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) => format!("{name}=…"),
            None => pair.to_owned(),
        });
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// Returns the first value of a query parameter, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let url = Url::parse(&format!("http://mock{}", self.target)).ok()?;
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// Parses the body as JSON.
    ///
    /// # Errors
    ///
    /// If the body is not valid JSON.
    pub fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("target", &self.redacted_target())
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

struct State {
    routes: Vec<Route>,
    rules: Vec<Rule>,
    requests: Vec<Request>,
    faults: Vec<String>,
    verifies_on_drop: bool,
    recordings: Vec<Recording>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("requests", &self.requests).field("faults", &self.faults).finish_non_exhaustive()
    }
}

struct Rule {
    operation: &'static str,
    condition: Option<Condition>,
    /// Number of expected requests; `None` for any number.
    expected: Option<usize>,
    used: usize,
    sent: Sent,
}

/// Stores a request and returns its response.
///
/// Conditions and computed responses are the caller's functions. They are called without the lock because they may read
/// the mock.
fn respond(state: &Mutex<State>, mut request: Request) -> Sent {
    let called = route::called(&lock(state).routes, &request.method, &request.target);
    request.operation = called.first().copied();
    let mut refused = Vec::new();
    loop {
        let Some((index, condition)) = lock(state).candidate(&called, &refused) else { break };
        if condition.is_none_or(|condition| condition(&request)) {
            // Another request may have used up the rule in the meantime.
            let sent = lock(state).rules.get_mut(index).and_then(Rule::use_up);
            if let Some(sent) = sent {
                let computed = sent.compute(&request);
                let mut state = lock(state);
                state.faults.extend(computed.as_ref().err().cloned());
                state.requests.push(request);
                return computed.unwrap_or_else(Sent::fault);
            }
        } else {
            refused.push(index);
        }
    }
    let mut state = lock(state);
    let recorded = state.recordings.iter_mut().find_map(|recording| recording.reply(&request));
    let reply = recorded.or_else(|| tokens::reply(&request)).unwrap_or_else(|| state.unexpected(&request));
    state.requests.push(request);
    Sent::now(reply)
}

impl Rule {
    fn is_used_up(&self) -> bool {
        self.expected.is_some_and(|expected| self.used >= expected)
    }

    fn use_up(&mut self) -> Option<Sent> {
        if self.is_used_up() {
            return None;
        }
        self.used += 1;
        Some(self.sent.clone())
    }
}

impl State {
    /// Returns the first rule for one of these operations that is neither used up nor refused, with its condition.
    fn candidate(&self, called: &[&str], refused: &[usize]) -> Option<(usize, Option<Condition>)> {
        let mut rules = self.rules.iter().enumerate();
        let (index, rule) = rules
            .find(|(index, rule)| called.contains(&rule.operation) && !rule.is_used_up() && !refused.contains(index))?;
        Some((index, rule.condition.clone()))
    }

    fn unexpected(&mut self, request: &Request) -> Reply {
        let operation = request.operation.unwrap_or("not an operation of this API");
        let fault = format!("no response is set for {} {} ({operation})", request.method, request.redacted_target());
        let mut set: Vec<&str> = self.rules.iter().map(|rule| rule.operation).collect();
        set.dedup();
        let set = if set.is_empty() { "none".to_owned() } else { set.join(", ") };
        let body = format!("mock: {fault}; responses are set for {set}").into();
        self.faults.push(fault);
        Reply { body, ..reply(501) }
    }
}

fn reply(status: u16) -> Reply {
    Reply { status, headers: HeaderMap::new(), body: Bytes::new() }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // A condition that panics leaves no inconsistent state.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Declares an API's mock: its server, and in `answers` a handle for each resource.
///
/// ```text
/// mock! {
///     contacts Contacts { list = LIST, create = CREATE, }
/// }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! mock {
    ($($(#[$gate:meta])* $resource:ident $handle:ident {
        $($(#[$on:meta])* $operation:ident = $facts:ident),* $(,)?
    })*) => {
        /// A mock server on a free port of 127.0.0.1, whose responses are set by the test.
        #[derive(Debug)]
        pub struct Server {
            server: $crate::mock::Server,
        }

        impl Server {
            /// Starts the server, which stops when it is dropped.
            ///
            /// # Errors
            ///
            /// If no port can be bound.
            pub async fn start() -> ::std::io::Result<Self> {
                Ok(Self { server: $crate::mock::Server::start(routes()).await? })
            }

            /// Returns a builder for a client that calls the mock and sends each request once.
            ///
            /// The mock also issues tokens: for any grant, unless a response to the token request is set.
            pub fn builder(&self) -> super::Builder {
                let builder = super::Client::builder().retry($crate::Retry::never());
                super::Builder { core: builder.core.mock(&self.server) }
            }

            $(
                $(#[$gate])*
                #[doc = ::core::concat!("Responses to the operations of `", ::core::stringify!($resource), "`.")]
                pub fn $resource(&self) -> answers::$resource::$handle<'_> {
                    answers::$resource::$handle { server: &self.server }
                }
            )*
        }

        // Separate statements: the compile time of an array of calls is quadratic in its length.
        fn routes() -> ::std::vec::Vec<$crate::mock::Route> {
            let mut routes = ::std::vec::Vec::new();
            $(
                $(#[$gate])*
                {
                    $(
                        $(#[$on])*
                        routes.push($crate::mock::Route::of(super::$resource::$facts));
                    )*
                }
            )*
            routes
        }

        /// Gives access to the received requests and the verification.
        impl ::core::ops::Deref for Server {
            type Target = $crate::mock::Server;

            fn deref(&self) -> &$crate::mock::Server {
                &self.server
            }
        }

        /// The responses by resource, with a method for each operation.
        pub mod answers {
            $(
                $(#[$gate])*
                #[doc = ::core::concat!("Responses to the operations of `", ::core::stringify!($resource), "`.")]
                pub mod $resource {
                    #[doc = ::core::concat!("Responses to the operations of `", ::core::stringify!($resource), "`.")]
                    #[derive(Clone, Copy, Debug)]
                    pub struct $handle<'s> {
                        pub(in super::super) server: &'s $crate::mock::Server,
                    }

                    impl<'s> $handle<'s> {
                        $(
                            $(#[$on])*
                            #[doc = ::core::concat!("Returns a builder for a response to `", ::core::stringify!($operation), "`.")]
                            pub fn $operation(&self) -> $crate::mock::ResponseBuilder<'s> {
                                self.server.on(super::super::super::$resource::$facts)
                            }
                        )*
                    }
                }
            )*
        }
    };
}
