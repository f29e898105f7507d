//! Calls of endpoints that the API's document does not declare.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::Sending;
use super::parts::RequestParts;
use super::upload::Upload;
use crate::auth::{Scheme, Security};
use crate::client::Core;
use crate::error::RequestError;
use crate::response::byte_stream::ByteStream;
use crate::response::{ErrorDecoder, Response, decoded};
use crate::transport::Retry;

/// What errors, spans and hooks call the operation.
const NAME: &str = "request";

/// A call of an endpoint that the API's document does not declare, with the client's credentials, retry policy, limits and
/// hooks. `B` is the body of the API's errors, which is unknown here.
///
/// GET, HEAD, OPTIONS, TRACE, PUT and DELETE are retried as idempotent, other methods if
/// [`idempotent`](Self::idempotent) or [`idempotency_key`](Self::idempotency_key) is set.
#[must_use = "a call does nothing until it is sent or awaited"]
pub struct UndeclaredCall<B: 'static> {
    parts: RequestParts,
    schemes: &'static [&'static Scheme],
    error: PhantomData<fn() -> B>,
}

impl<B: Default + 'static> UndeclaredCall<B> {
    /// Creates a call of a path below the client's base URL, of an API with these schemes.
    #[doc(hidden)]
    pub fn new(core: &Core, schemes: &'static [&'static Scheme], method: Method, path: &str) -> Self {
        Self { parts: RequestParts::undeclared(core, schemes, NAME, method, path), schemes, error: PhantomData }
    }

    /// Sets a query parameter, in place of an earlier one of this name: a list as one pair for each element, an object as
    /// `name[key]=value`; null sends nothing.
    pub fn query<V: Serialize>(mut self, name: &str, value: V) -> Self {
        self.parts.own_query(name, serde_json::to_value(value));
        self
    }

    /// Sets a header, in place of what would be sent under this name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.parts.header(name, value);
        self
    }

    /// Sends a JSON body.
    pub fn json<V: Serialize + ?Sized>(mut self, value: &V) -> Self {
        self.parts.json("application/json", serde_json::to_vec(value));
        self
    }

    /// Sends an `application/x-www-form-urlencoded` body.
    pub fn form<V: Serialize + ?Sized>(mut self, value: &V) -> Self {
        self.parts.form(serde_json::to_value(value), &[]);
        self
    }

    /// Sends bytes, a file or a stream of this media type.
    pub fn bytes(mut self, media_type: &'static str, upload: impl Into<Upload>) -> Self {
        self.parts.bytes(media_type, upload.into());
        self
    }

    /// Sends this credential only, instead of every one that the client has; `name` is that of the builder's method that
    /// sets it. May be called for several.
    pub fn credential(mut self, name: &str) -> Self {
        match self.schemes.iter().find(|scheme| scheme.name == name) {
            Some(scheme) => self.parts.security.choose(scheme),
            None => {
                let names: Vec<_> = self.schemes.iter().map(|scheme| format!("`{}`", scheme.name)).collect();
                let message = format!("the API has no credential `{name}`, only {}", names.join(", "));
                self.parts.fail(RequestError::new(message));
            }
        }
        self
    }

    /// Sends no credential.
    pub fn without_credentials(mut self) -> Self {
        self.parts.security = Security::AnyOf(&[]);
        self
    }

    /// Declares that sending this request twice has no other effect than sending it once, so that it can be retried like
    /// a GET.
    pub fn idempotent(mut self) -> Self {
        self.parts.idempotent = true;
        self
    }

    /// Sends this key as `Idempotency-Key`, by which the server recognizes a retry, and makes the call idempotent.
    pub fn idempotency_key(mut self, key: &str) -> Self {
        self.parts.idempotency_key(key);
        self
    }

    /// Limits how long one attempt may take, within the [time in total](Retry::max_elapsed).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.parts.timeout = Some(timeout);
        self
    }

    /// Sets the retry policy of this call instead of the client's.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.parts.retry = Some(retry);
        self
    }

    /// Sends the request and returns the response's body as the server sent it, with its status and headers; awaiting the
    /// call does the same. [`Response::json`] deserializes it.
    pub fn send(self) -> Sending<Response<Bytes>, B> {
        decoded(self.parts, ErrorDecoder::undeclared(NAME), ErrorDecoder::raw)
    }

    /// Sends the request and waits for its response, in a program without async.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send), and within tokio an error that says so.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<Response<Bytes>, crate::Error<B>> {
        crate::blocking::wait(self)
    }

    /// Sends the request and deserializes the JSON of its response; an empty body is `null`.
    pub fn send_as<T: DeserializeOwned + 'static>(mut self) -> Sending<T, B> {
        self.parts.accept = "application/json";
        decoded(self.parts, ErrorDecoder::undeclared(NAME), ErrorDecoder::json)
    }

    /// Sends the request and leaves the response's body to be read piece by piece.
    pub fn send_stream(mut self) -> Sending<Response<ByteStream>, B> {
        self.parts.response_mode = super::ResponseMode::Pieces;
        decoded(self.parts, ErrorDecoder::undeclared(NAME), ErrorDecoder::pieces)
    }
}

impl<B: Default + 'static> IntoFuture for UndeclaredCall<B> {
    type Output = <Self::IntoFuture as Future>::Output;
    type IntoFuture = Sending<Response<Bytes>, B>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl Response<Bytes> {
    /// Deserializes the body as JSON.
    ///
    /// # Errors
    ///
    /// If the body is not JSON of this type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(self.body())
    }
}

/// Shows neither the path nor what is sent: both can be personal data.
impl<B> fmt::Debug for UndeclaredCall<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UndeclaredCall").field("method", &self.parts.method).finish_non_exhaustive()
    }
}
