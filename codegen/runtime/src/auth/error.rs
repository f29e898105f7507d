//! The error of calls that have no token.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::cache::Fault;
use super::oauth2::TokenErrorBody;
use crate::error::{ApiError, Error, excerpt};

/// The token request failed, so the call was not sent.
///
/// All calls that waited for the same token share the cause.
#[derive(Clone)]
pub struct AuthError {
    api: Option<&'static str>,
    operation: &'static str,
    fault: Fault,
}

impl AuthError {
    pub(crate) fn new(operation: &'static str, fault: Fault) -> Self {
        Self { api: None, operation, fault }
    }

    pub(crate) fn api(&self) -> Option<&'static str> {
        self.api
    }

    pub(crate) fn set_api(&mut self, api: &'static str) {
        self.api = Some(api);
    }

    /// Returns the operation that needed the token, such as `contacts.create`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the HTTP status of the token endpoint's response, if there is one.
    pub fn status(&self) -> Option<StatusCode> {
        self.fetch()?.status()
    }

    /// Returns the headers of the token endpoint's response.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.fetch()?.headers()
    }

    /// Returns the body of the token endpoint's response as it was sent. It may contain secrets.
    pub fn raw_body(&self) -> Option<&Bytes> {
        self.fetch()?.raw_body()
    }

    /// Returns the `error` field of the token endpoint's response, such as `invalid_client`.
    pub fn error(&self) -> Option<&str> {
        self.error_body()?.error.as_deref()
    }

    /// Returns the `error_description` field of the token endpoint's response.
    pub fn error_description(&self) -> Option<&str> {
        self.error_body()?.description.as_deref()
    }

    /// Returns true if the token endpoint or the token source timed out.
    pub fn is_timeout(&self) -> bool {
        self.fetch().is_some_and(Error::is_timeout)
    }

    /// Returns true if connecting to the token endpoint failed.
    pub fn is_connect(&self) -> bool {
        self.fetch().is_some_and(Error::is_connect)
    }

    /// Returns the underlying error: that of the caller's token source, or the one below the token request's error.
    pub fn underlying(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        match self.fetch() {
            Some(fetch) => fetch.underlying(),
            None => Some(&*self.fault),
        }
    }

    /// Returns the error of the token request; `None` if the token source is the caller's own.
    fn fetch(&self) -> Option<&Error<TokenErrorBody>> {
        self.fault.downcast_ref()
    }

    fn error_body(&self) -> Option<&TokenErrorBody> {
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
        // The body is not shown: some servers echo parts of the request in it.
        write!(f, "{}", error.status().as_u16())?;
        let said = |text: &str| said(error, text);
        let reason = || error.status().canonical_reason().map(str::to_owned);
        if let Some(reason) = self.error().map(said).or_else(reason) {
            write!(f, " {reason}")?;
        }
        match self.error_description().map(said) {
            Some(description) => write!(f, ": {description}"),
            None => Ok(()),
        }
    }
}

/// Returns a text of the token endpoint's response for logs, without the secrets sent to that endpoint.
fn said(error: &ApiError<TokenErrorBody>, text: &str) -> String {
    excerpt(error.redact(text).as_bytes(), 0, 200)
}

impl fmt::Debug for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("AuthError");
        shown.field("operation", &self.operation).field("status", &self.status().map(|status| status.as_u16()));
        match self.fetch() {
            Some(Error::Api(error)) => {
                let said = |text: &str| said(error, text);
                shown.field("error", &self.error().map(said));
                shown.field("error_description", &self.error_description().map(said))
            }
            _ => shown.field("source", &self.fault),
        };
        shown.finish_non_exhaustive()
    }
}

impl StdError for AuthError {}
