//! `wasm32-unknown-unknown`: the browser's `fetch` and timers, or those of another JavaScript engine.
//!
//! The engine's objects belong to one thread. [`SendWrapper`] lets futures that hold them be `Send`, as calls are on
//! other platforms, and panics if another thread uses them.

use std::convert::Infallible;
use std::fmt;
use std::path::Path;
use std::pin::pin;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Body, Client, ClientBuilder, Request, Url};
use send_wrapper::SendWrapper;
use sha2::Sha256;
use web_time::web::SystemTimeExt as _;

use super::Task;
use crate::error::RequestError;

pub(crate) use web_time::Instant;

/// True if the HTTP client always follows redirects by itself. `fetch` does not reveal where they lead.
pub(crate) const FOLLOWS_REDIRECTS: bool = true;

/// True if requests have a `User-Agent` header by default. A browser has its own, and servers must permit others.
pub(crate) const SETS_USER_AGENT: bool = false;

/// The longest time that a timer of the engine supports.
const MAX_SLEEP: Duration = Duration::from_millis(i32::MAX as u64);

/// A response in a form that can be sent between threads.
pub(crate) type HttpResponse = SendWrapper<reqwest::Response>;

/// A future that completes after a time.
pub(crate) type Sleep = SendWrapper<TimeoutFuture>;

/// Returns a builder for an HTTP client like the default one, which uses `fetch`.
pub fn http_client_builder() -> ClientBuilder {
    Client::builder()
}

/// Returns the HTTP client for a server.
pub(crate) fn client_for(_url: &Url, _timeout: Duration) -> Result<Client, RequestError> {
    Ok(Client::new())
}

/// Returns the current time.
pub(crate) fn now() -> SystemTime {
    web_time::SystemTime::now().to_std()
}

/// Always succeeds: the engine runs all tasks.
pub(crate) fn check_runtime() -> Result<(), Infallible> {
    Ok(())
}

/// Runs a future in its own task.
pub(crate) fn spawn<F>(future: F) -> Result<Task<F::Output>, Infallible>
where
    F: Future<Output: Send> + Send + 'static,
{
    let (sender, receiver) = tokio::sync::oneshot::channel();
    wasm_bindgen_futures::spawn_local(async move {
        // All receivers may have been dropped.
        let _unreceived = sender.send(future.await);
    });
    Ok(receiver.map(Result::ok).boxed())
}

/// Waits for this time, but at most for [`MAX_SLEEP`].
pub(crate) fn sleep(time: Duration) -> Sleep {
    let milliseconds = time.min(MAX_SLEEP).as_nanos().div_ceil(1_000_000);
    SendWrapper::new(TimeoutFuture::new(u32::try_from(milliseconds).unwrap_or(u32::MAX)))
}

/// Runs a future. Returns `None` if it takes longer than `limit`.
pub(crate) async fn timeout<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    match select(pin!(future), sleep(limit)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// Sends a request.
pub(crate) fn execute(client: &Client, request: Request) -> impl Future<Output = reqwest::Result<HttpResponse>> + Send {
    SendWrapper::new(client.execute(request)).map(|response| response.map(sendable))
}

/// Converts the response of a transport.
pub(crate) fn sendable(response: reqwest::Response) -> HttpResponse {
    SendWrapper::new(response)
}

/// Returns the body of a response as a stream of chunks.
pub(crate) fn chunks(response: HttpResponse) -> impl Stream<Item = reqwest::Result<Bytes>> + Send {
    SendWrapper::new(response.take().bytes_stream())
}

/// Returns false: `fetch` reports connection errors like any other.
pub(crate) fn is_connect(_error: &reqwest::Error) -> bool {
    false
}

/// Computes the HMAC-SHA256 of a message.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> impl AsRef<[u8]> + use<> {
    mac(key, message).finalize().into_bytes()
}

/// Returns true if a tag is the HMAC-SHA256 of a message. The comparison takes constant time.
pub(crate) fn is_hmac_sha256(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    mac(key, message).verify_slice(tag).is_ok()
}

#[expect(clippy::expect_used, reason = "HMAC accepts keys of any length")]
fn mac(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC accepts keys of any length").chain_update(message)
}

/// Returns `None`: bodies are sent as a whole.
pub(crate) fn length_mismatch(_error: &reqwest::Error) -> Option<RequestError> {
    None
}

/// The progress of a request, which `fetch` does not report.
#[derive(Clone)]
pub(crate) struct Progress;

impl Progress {
    pub(crate) fn begin() -> Self {
        Self
    }

    /// Runs a future for at most `limit`.
    pub(crate) async fn limit<T>(&self, limit: Duration, future: impl Future<Output = T>) -> Option<T> {
        timeout(limit, future).await
    }

    pub(crate) async fn watch(&self, _request: &mut Request) -> Result<(), RequestError> {
        Ok(())
    }
}

/// The bytes of an upload. There are no files, and `fetch` sends no streams.
#[derive(Clone)]
pub(crate) struct UploadSource(Bytes);

impl UploadSource {
    pub(crate) fn bytes(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// Returns the path of a file, which there is none of.
    pub(crate) fn path(&self) -> Option<&Path> {
        None
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        true
    }

    /// Returns the bytes as a body, with their length.
    pub(crate) async fn open(&self) -> Result<(Body, Option<u64>), RequestError> {
        Ok((self.0.clone().into(), Some(self.0.len() as u64)))
    }

    pub(crate) fn show(&self, shown: &mut fmt::DebugStruct<'_, '_>) {
        shown.field("bytes", &self.0.len());
    }
}

/// Bodies that are sent one after another as a single body.
#[derive(Default)]
pub(crate) struct Sections(Vec<u8>);

impl Sections {
    pub(crate) fn push(&mut self, body: Body, _length: Option<u64>) {
        self.0.extend_from_slice(body.as_bytes().unwrap_or_default());
    }

    /// Returns the total length.
    pub(crate) fn length(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    pub(crate) fn into_body(self) -> Body {
        self.0.into()
    }
}
