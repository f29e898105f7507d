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
use crate::serde::de::Decode;
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

    /// Starts a server for an API with these operations, in a program without async. It runs on the thread that drives
    /// [blocking calls](crate::blocking).
    ///
    /// # Errors
    ///
    /// If no port can be bound, if the thread for blocking calls cannot be started, or within tokio.
    #[cfg(feature = "blocking")]
    pub fn start_blocking(routes: Vec<Route>) -> std::io::Result<Self> {
        let runtime = crate::blocking::runtime().map_err(std::io::Error::other)?;
        runtime.block_on(Self::start(routes))
    }

    /// Returns the base URL for a client.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a builder for a response to an operation. Responses are tried in the order in which they were set.
    pub fn on<T, B>(&self, operation: &'static Operation<T, B>) -> ResponseBuilder<'_> {
        ResponseBuilder::of(self, operation)
    }

    /// Returns a builder for a response to an endpoint that the API does not declare, at a path below the base URL. An
    /// expression such as `{id}` in the path stands for any value. A request may have more query parameters than the
    /// path.
    pub fn request(&self, method: Method, path: &str) -> ResponseBuilder<'_> {
        ResponseBuilder::undeclared(self, method, path)
    }

    /// Responds with the recording of a [`Recorder`](crate::Recorder) where no other response is set. Requests match by
    /// method, path, query and, if there is one, JSON body, and get the responses in the recorded order. The last one
    /// is repeated.
    ///
    /// # Errors
    ///
    /// If the file cannot be read. [`verify`](Self::verify) reports recorded responses that their operation cannot
    /// return, operations that the API does not have, and requests whose recorded response has no body because the
    /// [`Recorder`](crate::Recorder) does not write it: set their responses on the mock.
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

/// Returns a value of a generated type for a test, in which only the required fields are set, and to empty values.
///
/// A required field is empty text, 0, false, an empty list or map, 1970-01-01T00:00:00Z, the date 0000-01-01, the nil
/// UUID, or an object in which the same holds; a string or integer with listed values has the first of them. A union is
/// unknown and null: assign one of its variants. Optional fields are not set. Set those that matter to the test:
///
/// ```ignore
/// let mut contact: kajabi::types::Contact = sample();
/// contact.attributes.name = Some("Alice Ngo".to_owned());
/// mock.contacts().get().json(json!({ "data": contact }));
/// ```
pub fn sample<T: Decode>() -> T {
    T::blank()
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
    /// The operation's name; for an undeclared endpoint its method and path.
    operation: String,
    /// The route of an undeclared endpoint.
    endpoint: Option<Route>,
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
        let Some((index, condition)) = lock(state).candidate(&request, &called, &refused) else { break };
        if condition.is_none_or(|condition| condition(&request)) {
            // Another request may have used up the rule in the meantime.
            let used = lock(state).rules.get_mut(index).and_then(Rule::use_up);
            if let Some((operation, sent)) = used {
                let computed = sent.compute(&operation, &request);
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
    let sent = match recorded {
        Some(Ok(reply)) => Sent::now(reply),
        Some(Err(fault)) => {
            state.faults.push(fault.clone());
            Sent::fault(fault)
        }
        None => Sent::now(tokens::reply(&request).unwrap_or_else(|| state.unexpected(&request, &called))),
    };
    state.requests.push(request);
    sent
}

impl Rule {
    fn of(operation: String, endpoint: Option<Route>) -> Self {
        Self { operation, endpoint, condition: None, expected: None, used: 0, sent: Sent::now(reply(200)) }
    }

    /// Returns true if this is a response to a request for these operations, whatever its condition is.
    fn fits(&self, request: &Request, called: &[&str]) -> bool {
        match &self.endpoint {
            Some(endpoint) => endpoint.fit(&request.method, &request.target).is_some(),
            None => called.contains(&self.operation.as_str()),
        }
    }

    fn is_used_up(&self) -> bool {
        self.expected.is_some_and(|expected| self.used >= expected)
    }

    fn use_up(&mut self) -> Option<(String, Sent)> {
        if self.is_used_up() {
            return None;
        }
        self.used += 1;
        Some((self.operation.clone(), self.sent.clone()))
    }
}

impl State {
    /// Returns the first rule for the request that is neither used up nor refused, with its condition.
    fn candidate(&self, request: &Request, called: &[&str], refused: &[usize]) -> Option<(usize, Option<Condition>)> {
        let mut rules = self.rules.iter().enumerate();
        let (index, rule) =
            rules.find(|(index, rule)| rule.fits(request, called) && !rule.is_used_up() && !refused.contains(index))?;
        Some((index, rule.condition.clone()))
    }

    /// Returns the response to a request that no rule responds to.
    fn unexpected(&mut self, request: &Request, called: &[&str]) -> Reply {
        let operation = request.operation.unwrap_or("not an operation of this API");
        let sent = format!("{} {} ({operation})", request.method, request.redacted_target());
        let passed: Vec<&Rule> = self.rules.iter().filter(|rule| rule.fits(request, called)).collect();
        let (fault, set) = if passed.is_empty() {
            let mut set: Vec<&str> = self.rules.iter().map(|rule| rule.operation.as_str()).collect();
            set.dedup();
            let set = if set.is_empty() { "none".to_owned() } else { set.join(", ") };
            (format!("no response is set for {sent}"), format!("; responses are set for {set}"))
        } else {
            (format!("no response is left for {sent}: {}", why_passed(&passed)), String::new())
        };
        let body = format!("mock: {fault}{set}").into();
        self.faults.push(fault);
        Reply { body, ..reply(501) }
    }
}

/// Returns why the responses set for an operation were not sent.
fn why_passed(rules: &[&Rule]) -> String {
    let why = |(index, rule): (usize, &&Rule)| {
        let name = if rules.len() == 1 { "its response".to_owned() } else { format!("response {}", index + 1) };
        match rule.expected.filter(|_| rule.is_used_up()) {
            Some(expected) => format!("{name} was used {} of {expected} times", rule.used),
            None => format!("the condition of {name} refused this request"),
        }
    };
    rules.iter().enumerate().map(why).collect::<Vec<_>>().join(", ")
}

fn reply(status: u16) -> Reply {
    Reply { status, headers: HeaderMap::new(), body: Bytes::new() }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // A condition that panics leaves no inconsistent state.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Declares the blocking function that starts an API's mock.
#[cfg(feature = "blocking")]
#[doc(hidden)]
#[macro_export]
macro_rules! start_blocking {
    () => {
        /// Starts the server in a program without async, on the thread that drives blocking calls.
        ///
        /// # Errors
        ///
        /// If no port can be bound, if the thread for blocking calls cannot be started, or within tokio.
        pub fn start_blocking() -> ::std::io::Result<Self> {
            Ok(Self { server: $crate::mock::Server::start_blocking(routes())? })
        }
    };
}

/// Declares no function, because the feature `blocking` is not enabled.
#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! start_blocking {
    () => {};
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

            $crate::start_blocking!();

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
