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

/// The name of undeclared calls in errors, spans, hooks and recordings.
pub(crate) const UNDECLARED: &str = "request";

/// A call of an endpoint that the API's document does not declare, with the client's credentials, retry policy, limits
/// and hooks. `B` is the type of the API's error bodies, which is not decoded here.
///
/// GET, HEAD, OPTIONS, TRACE, PUT and DELETE are retried as idempotent. Other methods are retried if
/// [`idempotent`](Self::idempotent) or [`idempotency_key`](Self::idempotency_key) is called.
#[must_use = "calls do nothing unless sent or awaited"]
pub struct UndeclaredCall<B: 'static> {
    parts: RequestParts,
    schemes: &'static [&'static Scheme],
    error: PhantomData<fn() -> B>,
}

impl<B: Default + 'static> UndeclaredCall<B> {
    /// Creates a call of a path below the client's base URL; `schemes` are those of the API.
    #[doc(hidden)]
    pub fn new(core: &Core, schemes: &'static [&'static Scheme], method: Method, path: &str) -> Self {
        Self { parts: RequestParts::undeclared(core, schemes, UNDECLARED, method, path), schemes, error: PhantomData }
    }

    /// Sets a query parameter, replacing an earlier one with this name. A list is sent as one pair per element, an
    /// object as `name[key]=value`; null sends nothing.
    pub fn query<V: Serialize>(mut self, name: &str, value: V) -> Self {
        self.parts.own_query(name, serde_json::to_value(value));
        self
    }

    /// Sets a header, replacing any value that would be sent under this name.
    pub fn header(mut self, name: impl AsRef<str>, value: &str) -> Self {
        self.parts.header(name.as_ref(), value);
        self
    }

    /// Sends a JSON body.
    pub fn json<V: Serialize + ?Sized>(mut self, value: &V) -> Self {
        self.parts.json("application/json", serde_json::to_vec(value));
        self
    }

    /// Sends an `application/x-www-form-urlencoded` body: the fields of a struct or a map, or a list of pairs of a name and
    /// a value. A list of values is sent as one pair per element; null sends nothing.
    pub fn form<V: Serialize + ?Sized>(mut self, value: &V) -> Self {
        self.parts.own_form(serde_json::to_value(value));
        self
    }

    /// Sends bytes, a file or a stream with this media type.
    pub fn bytes(mut self, media_type: &'static str, upload: impl Into<Upload>) -> Self {
        self.parts.bytes(media_type, upload.into());
        self
    }

    /// Sends only this credential instead of all that the client has. `name` is the builder's method that sets it. Can
    /// be called more than once to send several.
    pub fn credential(mut self, name: &str) -> Self {
        match self.schemes.iter().find(|scheme| scheme.name == name) {
            Some(scheme) => self.parts.security.choose(scheme),
            None => {
                let names: Vec<_> = self.schemes.iter().map(|scheme| format!("`{}`", scheme.name)).collect();
                let message = format!("unknown credential `{name}`; the API has {}", names.join(", "));
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

    /// Declares that sending this request twice has the same effect as sending it once, so that it can be retried like
    /// a GET.
    pub fn idempotent(mut self) -> Self {
        self.parts.idempotent = true;
        self
    }

    /// Sends this key as `Idempotency-Key`, by which the server recognizes retries, and makes the call idempotent.
    pub fn idempotency_key(mut self, key: &str) -> Self {
        self.parts.idempotency_key(key);
        self
    }

    /// Sets the timeout of one attempt. [`Retry::max_elapsed`] limits all attempts together.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.parts.timeout = Some(timeout);
        self
    }

    /// Sets the retry policy of this call instead of the client's.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.parts.retry = Some(retry);
        self
    }

    /// Sends the request and returns the body of the response as the server sent it, with its status and headers.
    /// Awaiting the call does the same. [`Response::json`] deserializes the body.
    pub fn send(self) -> Sending<Response<Bytes>, B> {
        decoded(self.parts, ErrorDecoder::undeclared(UNDECLARED), ErrorDecoder::raw)
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

    /// Sends the request and deserializes the JSON body of its response; an empty body is `null`.
    pub fn send_as<T: DeserializeOwned + 'static>(mut self) -> Sending<T, B> {
        self.parts.accept = "application/json";
        decoded(self.parts, ErrorDecoder::undeclared(UNDECLARED), ErrorDecoder::json)
    }

    /// Sends the request and returns the response with its body as a stream of chunks.
    pub fn send_stream(mut self) -> Sending<Response<ByteStream>, B> {
        self.parts.response_mode = super::ResponseMode::Pieces;
        decoded(self.parts, ErrorDecoder::undeclared(UNDECLARED), ErrorDecoder::pieces)
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

/// Does not show the path or the body, because both can contain personal data.
impl<B> fmt::Debug for UndeclaredCall<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UndeclaredCall").field("method", &self.parts.method).finish_non_exhaustive()
    }
}
