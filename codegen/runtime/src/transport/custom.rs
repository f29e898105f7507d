//! Custom transports, which replace the network.

use std::pin::Pin;

use reqwest::{Request, Response};

use super::Failure;
use crate::client::ClientInner;
use crate::error::{BoxError, TransportError};
use crate::platform::{self, HttpResponse};

/// The future returned by [`Transport::send`].
pub type TransportFuture = Pin<Box<dyn Future<Output = Result<Response, BoxError>> + Send>>;

/// A transport that replaces the HTTP client, for tests without sockets or for another HTTP stack.
///
/// Credentials, retries, redirects, hooks and limits work as with the HTTP client. Every function from a request to a
/// future response is a transport. An [`http::Response`] can be converted to a [`reqwest::Response`].
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use crm_clients_runtime::generated::Core;
/// use crm_clients_runtime::{http, reqwest};
///
/// let builder = Core::builder("example", "https://api.example").transport(|request: reqwest::Request| async move {
///     assert_eq!(request.url().path(), "/v1/things");
///     Ok(http::Response::builder().status(200).body("{}")?.into())
/// });
/// # Ok(())
/// # }
/// ```
///
/// An error is treated like a broken connection: only idempotent requests are retried after it. A [`reqwest::Error`]
/// keeps its information about timeouts and connection errors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transport",
    note = "write an async closure that is `Send` and `Sync`: \
            `|request: reqwest::Request| async move {{ Ok(response) }}`, or implement `Transport`"
)]
pub trait Transport: Send + Sync {
    /// Sends a request without following redirects.
    fn send(&self, request: Request) -> TransportFuture;
}

impl<F, R> Transport for F
where
    F: Fn(Request) -> R + Send + Sync,
    R: Future<Output = Result<Response, BoxError>> + Send + 'static,
{
    fn send(&self, request: Request) -> TransportFuture {
        Box::pin(self(request))
    }
}

/// Sends a request with the client's transport.
pub(super) async fn execute(client: &ClientInner, request: Request) -> Result<HttpResponse, Failure> {
    let Some(transport) = &client.transport else { return Ok(platform::execute(&client.http, request).await?) };
    let error = match transport.send(request).await {
        Ok(response) => return Ok(platform::sendable(response)),
        Err(error) => error,
    };
    Err(match error.downcast::<reqwest::Error>() {
        Ok(error) => (*error).into(),
        Err(error) => TransportError::custom(error).into(),
    })
}
