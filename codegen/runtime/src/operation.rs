//! Operations as data: what generated code declares as constants.

use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::auth::Scheme;
use crate::response::decode::DecodeFailure;

/// Reads a declared error body.
pub type ErrorReader<B> = fn(&[u8]) -> Result<B, serde_json::Error>;

/// The method of an operation. A type of its own, because `http::Method` has constants for the standard methods only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method(&'static str);

impl Method {
    /// `GET`
    pub const GET: Self = Self("GET");
    /// `PUT`
    pub const PUT: Self = Self("PUT");
    /// `POST`
    pub const POST: Self = Self("POST");
    /// `DELETE`
    pub const DELETE: Self = Self("DELETE");
    /// `OPTIONS`
    pub const OPTIONS: Self = Self("OPTIONS");
    /// `HEAD`
    pub const HEAD: Self = Self("HEAD");
    /// `PATCH`
    pub const PATCH: Self = Self("PATCH");
    /// `TRACE`
    pub const TRACE: Self = Self("TRACE");
    /// `QUERY`
    pub const QUERY: Self = Self("QUERY");

    /// Another method, written as it is sent.
    pub const fn other(name: &'static str) -> Self {
        Self(name)
    }

    /// Returns the method as the HTTP library has it; `None` if the name holds a character that no method has.
    pub fn http(self) -> Option<reqwest::Method> {
        self.0.parse().ok()
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One operation of an API: `T` is what it returns, `B` the body of its errors.
pub struct Operation<T: 'static, B: 'static> {
    /// What callers and logs call it, such as `contacts.create`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// Whether repeating it does nothing twice: by its method, or because the server is known for it.
    pub idempotent: bool,
    /// The path with a `{}` place for each path parameter, below the client's base URL.
    pub path: &'static str,
    /// The alternatives of sets of credentials, of which the first that is configured whole is sent.
    pub security: &'static [&'static [&'static Scheme]],
    /// The media types asked for; empty for no `Accept` header.
    pub accept: &'static str,
    /// Reads a successful reply.
    pub decode: fn(&Reply) -> Result<T, DecodeFailure>,
    /// Reads the declared error bodies.
    pub errors: &'static [(Status, ErrorReader<B>)],
}

/// The statuses that a declared error body stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// This status alone.
    Exact(u16),
    /// A hundred of them: 4 for 400 to 499.
    Range(u8),
    /// Every status that is not declared otherwise.
    Default,
}

/// A response read to its end, not yet decoded. `Debug` shows neither headers nor body.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
}

impl Reply {
    pub(crate) fn status_code(&self) -> StatusCode {
        status_code(self.status)
    }
}

/// Returns a status that was received: the HTTP library reads only statuses that this type can hold.
pub(crate) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_default()
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}
