//! A server for callers' own tests, which responds to each operation as the test says.

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
///
/// A mock that is dropped before it was verified does so itself, and panics if its expectations were not met.
/// [`verify_on_drop(false)`](Self::verify_on_drop) turns that off.
#[derive(Debug)]
pub struct Server {
    url: String,
    state: Arc<Mutex<State>>,
    serving: tokio::task::AbortHandle,
}

impl Drop for Server {
    #[expect(clippy::panic, reason = "a test that forgot to verify its mock has to fail")]
    fn drop(&mut self) {
        self.serving.abort();
        // A second panic would end the process.
        if lock(&self.state).verifies_on_drop && !std::thread::panicking() {
            self.verify().unwrap_or_else(|unmet| panic!("expectations of the mock were not met: {unmet}"));
        }
    }
}

impl Server {
    /// Starts a server for the API that has these operations.
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

    /// Responds with what a [`Recorder`](crate::Recorder) has written, where no other response is set: in the recorded
    /// order to requests with the same method, path, query and, where there is one, the same JSON body. The last response
    /// is given again.
    ///
    /// # Errors
    ///
    /// If the file cannot be read. A recorded response that the operation cannot return, and an operation that the API
    /// does not have, is reported by [`verify`](Self::verify).
    pub fn replay(&self, path: impl AsRef<Path>) -> std::io::Result<()> {
        let recording = replay::read(path.as_ref())?;
        let mut state = lock(&self.state);
        let faults = recording.faults(&state.routes);
        state.faults.extend(faults);
        state.recordings.push(recording);
        Ok(())
    }

    /// Sets whether a mock that is dropped before it was verified panics if its expectations were not met; it does by default.
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
    /// If there was a request without a response, if a response was used less or more often than its
    /// [`times`](ResponseBuilder::times), or if a response is not what its operation returns. The error names each of them.
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
    /// Returns one sentence for each of them.
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

/// A request that the mock received. `Debug` shows neither values of headers nor the body.
#[derive(Clone)]
pub struct Request {
    /// The operation that it calls, such as `contacts.create`; `None` if the API has no such path and method.
    pub operation: Option<&'static str>,
    /// The HTTP method.
    pub method: Method,
    /// Its path and query, percent-encoded: `/v1/contacts?page%5Bnumber%5D=2`.
    pub target: String,
    /// Its headers, including credentials.
    pub headers: HeaderMap,
    /// Its body, whole.
    pub body: Bytes,
}

impl Request {
    /// Returns the target with the values of its query replaced: one of them may be a credential.
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
    /// If it is not JSON.
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
    /// How often it is expected to be used; `None` for any number of times.
    expected: Option<usize>,
    used: usize,
    sent: Sent,
}

/// Returns the response to a request, which is kept.
///
/// Conditions and computed responses are the caller's functions, called without the lock because they may read the mock.
fn respond(state: &Mutex<State>, mut request: Request) -> Sent {
    let called = route::called(&lock(state).routes, &request.method, &request.target);
    request.operation = called.first().copied();
    let mut refused = Vec::new();
    loop {
        let Some((index, condition)) = lock(state).candidate(&called, &refused) else { break };
        if condition.is_none_or(|condition| condition(&request)) {
            // Another request may have used the rule up meanwhile.
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
    /// Returns the first rule for one of these operations that is not used up or refused, and its condition.
    fn candidate(&self, called: &[&str], refused: &[usize]) -> Option<(usize, Option<Condition>)> {
        let mut rules = self.rules.iter().enumerate();
        let (index, rule) = rules
            .find(|(index, rule)| called.contains(&rule.operation) && !rule.is_used_up() && !refused.contains(index))?;
        Some((index, rule.condition.clone()))
    }

    fn unexpected(&mut self, request: &Request) -> Reply {
        let operation = request.operation.unwrap_or("no operation of this API");
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
        /// A server that responds as the test says, on a free port of 127.0.0.1.
        #[derive(Debug)]
        pub struct Server {
            server: $crate::mock::Server,
        }

        impl Server {
            /// Starts it; dropping it stops it.
            ///
            /// # Errors
            ///
            /// If no port can be bound.
            pub async fn start() -> ::std::io::Result<Self> {
                Ok(Self { server: $crate::mock::Server::start(routes()).await? })
            }

            /// Returns a builder for a client that calls it, and that sends each request once.
            ///
            /// Tokens come from the mock too. Unless a response is set for them, it issues some for any grant.
            pub fn builder(&self) -> super::Builder {
                let builder = super::Client::builder().retry($crate::Retry::never());
                super::Builder { core: builder.core.mock(&self.server) }
            }

            $(
                #[doc = ::core::concat!("Responses to the operations of `", ::core::stringify!($resource), "`.")]
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

        /// The requests received, and whether the expectations were met.
        impl ::core::ops::Deref for Server {
            type Target = $crate::mock::Server;

            fn deref(&self) -> &$crate::mock::Server {
                &self.server
            }
        }

        /// The responses by resource, with a method for each operation.
        pub mod answers {
            $(
                #[doc = ::core::concat!("Responses to the operations of `", ::core::stringify!($resource), "`.")]
                pub mod $resource {
                    #[doc = ::core::concat!("Responses to the operations of `", ::core::stringify!($resource), "`.")]
                    #[derive(Clone, Copy, Debug)]
                    pub struct $handle<'s> {
                        pub(in super::super) server: &'s $crate::mock::Server,
                    }

                    impl<'s> $handle<'s> {
                        $(
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
