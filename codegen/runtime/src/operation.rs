//! Operations as data: what generated code declares as constants.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::auth::Scheme;
use crate::response::decode::DecodeFailure;

/// Reads a declared error body.
pub type ErrorReader<B> = fn(&[u8]) -> Result<B, serde_json::Error>;

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

/// A reply read to its end, not yet decoded.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
}
