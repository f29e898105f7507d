//! Why a call had no token.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::cache::Fault;
use super::oauth2::Refusal;
use crate::error::{Error, excerpt};

/// No token was to be had for a call, which was therefore not sent.
///
/// Calls that waited for the same token share what is behind it.
#[derive(Clone)]
pub struct AuthError {
    operation: &'static str,
    fault: Fault,
}

impl AuthError {
    pub(crate) fn new(operation: &'static str, fault: Fault) -> Self {
        Self { operation, fault }
    }

    /// The operation that needed the token, such as `contacts.create`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The HTTP status of the token endpoint, where it answered.
    pub fn status(&self) -> Option<u16> {
        self.fetch()?.status()
    }

    /// The headers of its answer.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.fetch()?.headers()
    }

    /// The body of its answer as it came. It may hold secrets.
    pub fn raw_body(&self) -> Option<&Bytes> {
        self.fetch()?.raw_body()
    }

    /// The `error` of its answer, such as `invalid_client`.
    pub fn error(&self) -> Option<&str> {
        self.refusal()?.error.as_deref()
    }

    /// The `error_description` of its answer.
    pub fn error_description(&self) -> Option<&str> {
        self.refusal()?.description.as_deref()
    }

    /// Whether the token endpoint took too long.
    pub fn is_timeout(&self) -> bool {
        self.fetch().is_some_and(Error::is_timeout)
    }

    /// Whether no connection to the token endpoint came about.
    pub fn is_connect(&self) -> bool {
        self.fetch().is_some_and(Error::is_connect)
    }

    /// What became of the request for a token; none where the source is the caller's own.
    fn fetch(&self) -> Option<&Error<Refusal>> {
        self.fault.downcast_ref()
    }

    fn refusal(&self) -> Option<&Refusal> {
        match self.fetch()? {
            Error::Api(error) => Some(error.body()),
            _ => None,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: no token: ", self.operation)?;
        let Some(Error::Api(error)) = self.fetch() else { return self.fault.fmt(f) };
        // The body is not shown: there are servers that repeat in it what they were sent.
        write!(f, "{}", error.status())?;
        let said = |text: &str| excerpt(text.as_bytes(), 0, 200);
        let reason = || StatusCode::from_u16(error.status()).ok()?.canonical_reason().map(str::to_owned);
        if let Some(reason) = self.error().map(said).or_else(reason) {
            write!(f, " {reason}")?;
        }
        match self.error_description().map(said) {
            Some(description) => write!(f, ": {description}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("AuthError");
        shown.field("operation", &self.operation).field("status", &self.status());
        match self.fetch() {
            Some(Error::Api(_)) => {
                shown.field("error", &self.error()).field("error_description", &self.error_description())
            }
            _ => shown.field("source", &self.fault),
        };
        shown.finish_non_exhaustive()
    }
}

/// The chain goes on with the error of the caller's own source, or with what is beneath the request for a token.
impl StdError for AuthError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self.fetch() {
            Some(fetch) => fetch.source(),
            None => Some(&*self.fault),
        }
    }
}
