//! A call of an operation, which collects the parts of its request.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use secrecy::SecretString;
use serde::Serialize;

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

/// A call that can still be changed. `T` is its return type, and `B` the type of its error bodies.
///
/// If an argument cannot be sent, such as a header with a line break, `send` returns the error.
#[must_use = "calls do nothing unless sent or awaited"]
pub struct Call<T: 'static, B: 'static> {
    pub(crate) operation: &'static Operation<T, B>,
    pub(crate) parts: RequestParts,
    /// The response future, once the call has been polled.
    sending: Option<Sending<T, B>>,
}

impl<T, B: Default> Call<T, B> {
    /// Creates a call; `path` has the path parameters of the operation in order.
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

    /// Creates a call from these parts.
    pub(crate) fn of(operation: &'static Operation<T, B>, parts: RequestParts) -> Self {
        Self { operation, parts, sending: None }
    }

    /// Sends the request to this path instead of the operation's.
    pub(crate) fn at(mut self, path: &str) -> Self {
        self.parts.path = path.to_owned();
        self
    }

    /// Hides a secret of the body in errors.
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

    /// Returns a redirect as the result of the call instead of following it.
    pub fn returns_redirect(&mut self) {
        self.parts.returns_redirect = true;
    }

    /// Sends a generated key in this header, by which the server recognizes a retry.
    pub fn generated_key(&mut self, header: &'static str) {
        self.parts.generated_key(header);
    }

    /// Counts the call under a limit that the API declares for each of these values of the path.
    pub fn rate_limit(&mut self, limit: RateLimit, scope: &[&dyn PathValue]) {
        self.parts.rate_limit = Some(ScopedLimit::new(limit, scope));
    }

    /// Sets a query parameter, replacing an earlier one with this name; null sends nothing.
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

    /// Sets a header parameter whose elements are joined as in this style; null sends nothing.
    pub fn delimited_header<V: Serialize + ?Sized>(&mut self, name: &'static str, style: Style, value: &V) {
        self.parts.delimited_header(name, style, serde_json::to_value(value));
    }

    /// Sets a header parameter whose object is encoded as `key=value`; null sends nothing.
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

    /// Sends an `application/x-www-form-urlencoded` body. `encodings` has the properties with a declared encoding.
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
        self.parts.text(media_type, text.into());
    }

    /// Sends a number, a boolean, or text of a certain format as plain text.
    pub fn plain<V: Serialize + ?Sized>(&mut self, media_type: &'static str, value: &V) {
        self.parts.plain(media_type, serde_json::to_value(value));
    }

    /// Sends bytes, a file or a stream.
    pub fn bytes(&mut self, media_type: &'static str, upload: impl Into<Upload>) {
        self.parts.bytes(media_type, upload.into());
    }

    /// Sets the timeout of one attempt of this call. [`Retry::max_elapsed`] limits all attempts together.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.parts.timeout = Some(timeout);
        self
    }

    /// Sets the retry policy of this call instead of the client's.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.parts.retry = Some(retry);
        self
    }

    /// Sets a header of this call, replacing any value that would be sent under this name.
    pub fn header(mut self, name: impl AsRef<str>, value: &str) -> Self {
        self.parts.header(name.as_ref(), value);
        self
    }

    /// Sets a query parameter that the operation does not declare, replacing any value that would be sent under this
    /// name. A list is sent as one pair per element, an object as `name[key]=value`; null sends nothing.
    pub fn query<V: Serialize>(mut self, name: &str, value: V) -> Self {
        self.parts.own_query(name, serde_json::to_value(value));
        self
    }

    /// Adds a field that the operation does not declare to a JSON object or a form, replacing any value that would
    /// be sent under this name. A name that begins with `/` is a JSON Pointer, such as `/data/attributes/vip`.
    pub fn body_field<V: Serialize>(mut self, name: &str, value: V) -> Self {
        self.parts.body_field(name, serde_json::to_value(value));
        self
    }

    /// Declares that sending this request twice has the same effect as sending it once, so that it can be retried like
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

    /// Sends the request and returns the decoded response with its status, headers and raw body.
    pub fn send_with_response(self) -> Sending<Response<T>, B> {
        decoded(self.parts, self.operation, Operation::response)
    }

    /// Sends the request and returns the body of a success as bytes, whatever it contains. Errors are still typed.
    pub fn send_raw(self) -> Sending<Response<Bytes>, B> {
        decoded(self.parts, self.operation.error_decoder(), ErrorDecoder::raw)
    }

    /// Sends the request and returns the body of a success as a stream of chunks. Errors are still typed.
    pub fn send_stream(self) -> Sending<Response<ByteStream>, B> {
        let Self { operation, mut parts, .. } = self;
        parts.response_mode = ResponseMode::Pieces;
        decoded(parts, operation.error_decoder(), ErrorDecoder::pieces)
    }

    /// Sends the request when this is first called, and polls for the response.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<T, Error<B>>> {
        let Self { operation, parts, sending } = self;
        let sending = sending.get_or_insert_with(|| decoded(parts.take(), *operation, Operation::body));
        sending.as_mut().poll(context)
    }
}

impl<T, B: Default> IntoFuture for Call<T, B> {
    type Output = Result<T, Error<B>>;
    type IntoFuture = Sending<T, B>;

    fn into_future(self) -> Sending<T, B> {
        self.send()
    }
}

/// Shows the operation without its arguments, because parameters and bodies can contain personal data.
impl<T, B> fmt::Debug for Call<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.parts.name)
            .field("method", &self.parts.method)
            .field("path", &self.parts.template)
            .finish_non_exhaustive()
    }
}
