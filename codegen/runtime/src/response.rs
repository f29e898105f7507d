//! A decoded reply together with its status and headers.

use reqwest::header::HeaderMap;

/// A successful reply: the decoded body, with the status and headers it came with.
#[derive(Clone, Debug)]
pub struct Response<T> {
    status: u16,
    headers: HeaderMap,
    body: T,
}

impl<T> Response<T> {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: T) -> Self {
        Self { status, headers, body }
    }

    /// The HTTP status, such as 200.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers as the server sent them.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The decoded body.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The decoded body alone.
    pub fn into_body(self) -> T {
        self.body
    }
}
