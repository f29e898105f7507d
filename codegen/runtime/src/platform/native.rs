//! Targets with an operating system: tasks, time and sockets of tokio, and TLS of rustls.

mod http;
mod progress;
mod upload;

pub(crate) use std::time::Instant;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{FutureExt as _, stream};
use reqwest::{Client, Request};
use ring::hmac;
use tokio::runtime::{Handle, TryCurrentError};
pub(crate) use tokio::time::{Sleep, sleep};

use super::Task;

pub(crate) use http::client_for;
pub use http::http_client_builder;
pub(crate) use progress::{Progress, length_mismatch};
pub(crate) use upload::{Sections, UploadSource};

/// True if the HTTP client always follows redirects by itself.
pub(crate) const FOLLOWS_REDIRECTS: bool = false;

/// True if requests have a `User-Agent` header by default.
pub(crate) const SETS_USER_AGENT: bool = true;

/// A response in a form that can be sent between threads.
pub(crate) type HttpResponse = reqwest::Response;

/// Returns the current time.
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// Returns an error outside of a tokio runtime, where reqwest would panic.
pub(crate) fn check_runtime() -> Result<(), TryCurrentError> {
    Handle::try_current().map(|_| ())
}

/// Runs a future in its own task, which may end with the runtime.
pub(crate) fn spawn<F>(future: F) -> Result<Task<F::Output>, TryCurrentError>
where
    F: Future<Output: Send> + Send + 'static,
{
    Ok(Handle::try_current()?.spawn(future).map(Result::ok).boxed())
}

/// Runs a future. Returns `None` if it takes longer than `limit`.
pub(crate) fn timeout<F: Future>(limit: Duration, future: F) -> impl Future<Output = Option<F::Output>> {
    tokio::time::timeout(limit, future).map(Result::ok)
}

/// Sends a request.
pub(crate) fn execute(client: &Client, request: Request) -> impl Future<Output = reqwest::Result<HttpResponse>> + Send {
    client.execute(request)
}

/// Converts the response of a transport.
pub(crate) fn sendable(response: reqwest::Response) -> HttpResponse {
    response
}

/// Returns the body of a response as a stream of chunks.
pub(crate) fn chunks(response: HttpResponse) -> impl Stream<Item = reqwest::Result<Bytes>> + Send {
    stream::try_unfold(response, |mut response| async {
        let chunk = response.chunk().await?;
        Ok(chunk.map(|chunk| (chunk, response)))
    })
}

/// Returns true if connecting failed.
pub(crate) fn is_connect(error: &reqwest::Error) -> bool {
    error.is_connect()
}

/// Computes the HMAC-SHA256 of a message.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> impl AsRef<[u8]> + use<> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message)
}

/// Returns true if a tag is the HMAC-SHA256 of a message. The comparison takes constant time.
pub(crate) fn is_hmac_sha256(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, key), message, tag).is_ok()
}
