//! Operations as data, which generated code declares as constants.

use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::auth::Scheme;
use crate::response::decode::DecodeFailure;

/// A function that decodes a declared error body.
pub type ErrorReader<B> = fn(&[u8]) -> Result<B, serde_json::Error>;

/// The method of an operation. Unlike `http::Method`, it can be a constant for any name.
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

    /// Creates another method from its name.
    pub const fn other(name: &'static str) -> Self {
        Self(name)
    }

    /// Converts the method to that of the HTTP library; `None` if the name contains an invalid character.
    pub fn http(self) -> Option<reqwest::Method> {
        self.0.parse().ok()
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An operation of an API. `T` is its return type, and `B` the type of its error bodies.
pub struct Operation<T: 'static, B: 'static> {
    /// The name in calls and logs, such as `contacts.create`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// True if a repeated request has no further effect, because of its method or because the server is known to behave
    /// so.
    pub idempotent: bool,
    /// The path below the client's base URL, with an expression such as `{id}` for each path parameter.
    pub path: &'static str,
    /// The alternative sets of credentials. The first set that is fully configured is sent.
    pub security: &'static [&'static [&'static Scheme]],
    /// The media types of the `Accept` header; empty for no header.
    pub accept: &'static str,
    /// Decodes a successful response.
    pub decode: fn(&Reply) -> Result<T, DecodeFailure>,
    /// The readers of the declared error bodies. The media type is empty if the status has a single body.
    pub errors: &'static [(Status, &'static str, ErrorReader<B>)],
}

/// The statuses for which an error body is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// This status only.
    Exact(u16),
    /// A range of 100 statuses: 4 for 400 to 499.
    Range(u8),
    /// Every status that is not declared.
    Default,
}

/// A complete response that is not decoded yet. `Debug` does not show its headers or body.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The complete body.
    pub body: Bytes,
}

impl Reply {
    pub(crate) fn status_code(&self) -> StatusCode {
        status_code(self.status)
    }
}

/// Returns the status of a received response. The HTTP library accepts only statuses that this type supports.
pub(crate) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_default()
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}
