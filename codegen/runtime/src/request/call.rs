//! One call of an operation: collects the parts of its request.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use secrecy::SecretString;
use serde::Serialize;

use super::body::Body;
use super::multipart::FormParts;
use super::parts::{Facts, RequestParts, ResponseMode};
use super::upload::Upload;
use crate::client::{Core, ServerVariable};
use crate::error::Error;
use crate::operation::Operation;
use crate::path::PathValue;
use crate::query::{PartEncoding, Style};
use crate::response::byte_stream::ByteStream;
use crate::response::{ErrorDecoder, Response, decoded};
use crate::transport::{RateLimit, Retry, ScopedLimit};

/// The future of a call.
pub type Sending<T, B> = Pin<Box<dyn Future<Output = Result<T, Error<B>>> + Send>>;

/// A call that can still be changed: `T` is what it returns, `B` the body of its errors.
///
/// An argument that cannot be sent, such as a header with a line break, is an error that `send` returns.
#[must_use = "a call does nothing until it is sent or awaited"]
pub struct Call<T: 'static, B: 'static> {
    pub(crate) operation: &'static Operation<T, B>,
    pub(crate) parts: RequestParts,
    /// The request on its way, once the call has been polled.
    sending: Option<Sending<T, B>>,
}

impl<T, B: Default> Call<T, B> {
    /// Creates a call; `path` has the operation's path parameters in order.
    pub fn new(core: &Core, operation: &'static Operation<T, B>, path: &[&dyn PathValue]) -> Self {
        let facts = Facts {
            name: operation.name,
            method: operation.method,
            idempotent: operation.idempotent,
            security: operation.security,
            accept: operation.accept,
            path: operation.path,
        };
        Self::of(operation, RequestParts::new(core, facts, path))
    }

    /// Creates a call of these parts.
    pub(crate) fn of(operation: &'static Operation<T, B>, parts: RequestParts) -> Self {
        Self { operation, parts, sending: None }
    }

    /// Sends the request to this path instead of the operation's.
    pub(crate) fn at(mut self, path: &str) -> Self {
        self.parts.path = path.to_owned();
        self
    }

    /// Keeps a secret in the body out of errors.
    pub(crate) fn secret(mut self, secret: &SecretString) -> Self {
        self.parts.secrets.push(secret.clone());
        self
    }

    /// Sends the request to the operation's own server, unless the client's builder or a mock has set a base URL.
    pub fn server(&mut self, template: &'static str, variables: &'static [ServerVariable]) {
        match self.parts.core.at_server(template, variables) {
            Ok(core) => self.parts.core = core,
            Err(error) => self.parts.fail(error),
        }
    }

    /// Sends a generated key in this header, by which the server recognizes a retry.
    pub fn generated_key(&mut self, header: &'static str) {
        self.parts.generated_key(header);
    }

    /// Counts the call under a limit that the API declares for each of these values of the path.
    pub fn rate_limit(&mut self, limit: RateLimit, scope: &[&dyn PathValue]) {
        self.parts.rate_limit = Some(ScopedLimit::new(limit, scope));
    }

    /// Sets a query parameter, in place of an earlier one of this name; null sends nothing.
    pub fn query_param<V: Serialize + ?Sized>(&mut self, name: &'static str, style: Style, value: &V) {
        self.parts.query(name, style, serde_json::to_value(value));
    }

    /// Sets a query parameter whose reserved characters are not percent-encoded; null sends nothing.
    pub fn reserved_query<V: Serialize + ?Sized>(&mut self, name: &'static str, style: Style, value: &V) {
        self.parts.reserved_query(name, style, serde_json::to_value(value));
    }

    /// Sets a header parameter; null sends nothing.
    pub fn header_param<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) {
        self.parts.header_param(name, serde_json::to_value(value));
    }

    /// Sets a header parameter whose object is written as `key=value`; null sends nothing.
    pub fn exploded_header<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) {
        self.parts.exploded_header(name, serde_json::to_value(value));
    }

    /// Sets a cookie parameter; null sends nothing.
    pub fn cookie<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) {
        self.parts.cookie(name, Style::Form, serde_json::to_value(value));
    }

    /// Sets a cookie parameter of this style; null sends nothing.
    pub fn styled_cookie<V: Serialize + ?Sized>(&mut self, name: &'static str, style: Style, value: &V) {
        self.parts.cookie(name, style, serde_json::to_value(value));
    }

    /// Sends a JSON body.
    pub fn json<V: Serialize + ?Sized>(&mut self, media_type: &'static str, value: &V) {
        self.parts.json(media_type, serde_json::to_vec(value));
    }

    /// Sends an `application/x-www-form-urlencoded` body, some of whose properties have encodings.
    pub fn form<V: Serialize + ?Sized>(&mut self, value: &V, encodings: &[(&str, PartEncoding)]) {
        self.parts.form(serde_json::to_value(value), encodings);
    }

    /// Sends a multipart body.
    pub fn multipart(&mut self, parts: FormParts) {
        self.parts.multipart(parts);
    }

    /// Sends an XML body.
    #[cfg(feature = "xml")]
    pub fn xml<V: Serialize + ?Sized>(
        &mut self,
        media_type: &'static str,
        value: &V,
        root: &crate::serde::xml::XmlRoot,
    ) {
        self.parts.xml(media_type, serde_json::to_value(value), root);
    }

    /// Sends text.
    pub fn text(&mut self, media_type: &'static str, text: impl Into<String>) {
        self.parts.body = Body::Bytes { media_type, bytes: Bytes::from(text.into()) };
    }

    /// Sends bytes, a file or a stream.
    pub fn bytes(&mut self, media_type: &'static str, upload: impl Into<Upload>) {
        self.parts.bytes(media_type, upload.into());
    }

    /// Limits how long one attempt of this call may take, within the [time in total](Retry::max_elapsed).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.parts.timeout = Some(timeout);
        self
    }

    /// Sets the retry policy of this call instead of the client's.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.parts.retry = Some(retry);
        self
    }

    /// Sets a header of this call alone, in place of what would be sent under this name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.parts.header(name, value);
        self
    }

    /// Sets a query parameter that the operation does not declare, in place of what would be sent under this name: a list
    /// as one pair for each element, an object as `name[key]=value`; null sends nothing.
    pub fn query<V: Serialize>(mut self, name: &str, value: V) -> Self {
        self.parts.own_query(name, serde_json::to_value(value));
        self
    }

    /// Adds a field that the operation does not declare to the body, an object of JSON or a form, in place of what would
    /// be sent under this name. A name that begins with `/` is a JSON Pointer, such as `/data/attributes/vip`.
    pub fn body_field<V: Serialize>(mut self, name: &str, value: V) -> Self {
        self.parts.body_field(name, serde_json::to_value(value));
        self
    }

    /// Declares that sending this request twice has no other effect than sending it once, so that it can be retried like
    /// a GET.
    pub fn idempotent(mut self) -> Self {
        self.parts.idempotent = true;
        self
    }

    /// Sends this key, by which the server recognizes a retry, and makes the call idempotent. The header is the one that the
    /// API declares for the operation, otherwise `Idempotency-Key`.
    pub fn idempotency_key(mut self, key: &str) -> Self {
        self.parts.idempotency_key(key);
        self
    }

    /// Sends the request and decodes its response.
    pub fn send(self) -> Sending<T, B> {
        decoded(self.parts, self.operation, Operation::body)
    }

    /// Sends the request and decodes its response, keeping the status, the headers and the body as it was sent.
    pub fn send_with_response(self) -> Sending<Response<T>, B> {
        decoded(self.parts, self.operation, Operation::response)
    }

    /// Sends the request and keeps its body as bytes, whatever it contains; errors are typed all the same.
    pub fn send_raw(self) -> Sending<Response<Bytes>, B> {
        decoded(self.parts, self.operation.error_decoder(), ErrorDecoder::raw)
    }

    /// Sends the request and leaves the response's body to be read piece by piece; errors are typed all the same.
    pub fn send_stream(self) -> Sending<Response<ByteStream>, B> {
        let Self { operation, mut parts, .. } = self;
        parts.response_mode = ResponseMode::Pieces;
        decoded(parts, operation.error_decoder(), ErrorDecoder::pieces)
    }
}

/// Awaiting a call sends it.
impl<T, B: Default> Future for Call<T, B> {
    type Output = Result<T, Error<B>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { operation, parts, sending } = self.get_mut();
        let sending = sending.get_or_insert_with(|| decoded(parts.take(), *operation, Operation::body));
        sending.as_mut().poll(context)
    }
}

/// Shows the operation without its arguments: parameters and bodies are personal data.
impl<T, B> fmt::Debug for Call<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.parts.name)
            .field("method", &self.parts.method)
            .field("path", &self.parts.template)
            .finish_non_exhaustive()
    }
}
