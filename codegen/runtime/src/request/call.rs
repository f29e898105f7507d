//! One call of an operation: collects the parts of its request.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use reqwest::{Method, Url};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;

use super::body::Body;
use super::multipart::FormParts;
use super::upload::Upload;
use crate::auth::{Scheme, Security};
use crate::client::Core;
use crate::error::{Error, RequestError};
use crate::operation::Operation;
use crate::path::{self, PathValue};
use crate::query::{self, Escaping, PartEncoding, Style};
use crate::response::byte_stream::ByteStream;
use crate::response::{ErrorDecoder, Response, decoded};
use crate::serde::tolerance::Tolerance;
use crate::transport::Retry;

/// The header of the IETF draft, which most APIs with such keys read.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The future of a call.
pub type Sending<T, B> = Pin<Box<dyn Future<Output = Result<T, Error<B>>> + Send>>;

/// A call that can still be changed: `T` is what it returns, `B` the body of its errors.
///
/// An argument that cannot be sent, such as a header with a line break, is an error that `send` returns.
#[must_use = "a call does nothing until it is sent or awaited"]
pub struct Call<T: 'static, B: 'static> {
    pub(crate) operation: &'static Operation<T, B>,
    pub(crate) parts: RequestParts,
}

/// The parts of a request, the same for all operations.
#[derive(Clone)]
pub(crate) struct RequestParts {
    pub(crate) core: Core,
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    pub(crate) idempotent: bool,
    pub(crate) security: Security,
    pub(crate) accept: &'static str,
    pub(crate) template: &'static str,
    /// With its own query, if the template has one.
    pub(crate) path: String,
    /// What is requested instead of the path and the query: the next page of a list.
    pub(crate) target: Option<Url>,
    /// Each parameter with its encoded pairs.
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) cookies: Vec<(&'static str, String)>,
    pub(crate) body: Body,
    /// What the caller adds to the body.
    pub(crate) body_fields: Vec<(String, Value)>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) response_mode: ResponseMode,
    /// Whether the response is a page of a list.
    pub(crate) is_page: bool,
    /// Secrets in the body, which errors do not show.
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) fault: Option<RequestError>,
}

/// The part of an operation that does not depend on its types.
struct Facts {
    name: &'static str,
    method: &'static Method,
    idempotent: bool,
    security: &'static [&'static [&'static Scheme]],
    accept: &'static str,
    path: &'static str,
}

/// How the body of a successful response is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    /// Read to its end.
    Whole,
    /// Left to the caller, piece by piece.
    Pieces,
    /// Left to the caller if it is a stream of events, and otherwise read to its end.
    Events,
    /// Left to the caller if it is a stream of JSON values, and otherwise read to its end.
    Lines,
}

impl<T, B: Default> Call<T, B> {
    /// Creates a call; `path` has the operation's path parameters in order.
    pub fn new(core: &Core, operation: &'static Operation<T, B>, path: &[&dyn PathValue]) -> Self {
        let facts = Facts {
            name: operation.name,
            method: &operation.method,
            idempotent: operation.idempotent,
            security: operation.security,
            accept: operation.accept,
            path: operation.path,
        };
        Self { operation, parts: RequestParts::new(core, facts, path) }
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
    pub fn server(&mut self, url: &'static str) {
        match self.parts.core.at_server(url) {
            Ok(core) => self.parts.core = core,
            Err(error) => self.parts.fail(error),
        }
    }

    /// Sets a query parameter, in place of an earlier one of this name; null sends nothing.
    pub fn query_param<V: Serialize + ?Sized>(&mut self, name: &'static str, style: Style, value: &V) {
        self.parts.query(name, style, serde_json::to_value(value));
    }

    /// Sets a query parameter whose reserved characters are not percent-encoded; null sends nothing.
    pub fn reserved_query<V: Serialize + ?Sized>(&mut self, name: &'static str, style: Style, value: &V) {
        self.parts.encoded_query(name.into(), style, Escaping::Reserved, serde_json::to_value(value));
    }

    /// Sets a header parameter; null sends nothing.
    pub fn header_param<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) {
        self.parts.header_param(name, serde_json::to_value(value));
    }

    /// Sets a cookie parameter; null sends nothing.
    pub fn cookie<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) {
        self.parts.cookie(name, serde_json::to_value(value));
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

    /// Sends text.
    pub fn text(&mut self, media_type: &'static str, text: impl Into<String>) {
        let bytes = Bytes::from(text.into());
        self.parts.body = Body::Bytes { media_type, bytes };
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

    /// Sends this key as `Idempotency-Key`, by which the server recognizes a retry, and makes the call idempotent.
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
        let Self { operation, mut parts } = self;
        parts.response_mode = ResponseMode::Pieces;
        decoded(parts, operation.error_decoder(), ErrorDecoder::pieces)
    }
}

impl<T, B: Default> IntoFuture for Call<T, B> {
    type Output = Result<T, Error<B>>;
    type IntoFuture = Sending<T, B>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
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

type Json = Result<Value, serde_json::Error>;

impl RequestParts {
    fn new(core: &Core, facts: Facts, values: &[&dyn PathValue]) -> Self {
        let (path, fault) = match path::fill(facts.path, values) {
            Ok(path) => (path, None),
            Err(error) => (String::new(), Some(error)),
        };
        Self {
            core: core.clone(),
            name: facts.name,
            method: facts.method.clone(),
            idempotent: facts.idempotent,
            security: Security::AnyOf(facts.security),
            accept: facts.accept,
            template: facts.path,
            path,
            target: None,
            query: Vec::new(),
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            body: Body::Empty,
            body_fields: Vec::new(),
            timeout: None,
            retry: None,
            response_mode: ResponseMode::Whole,
            is_page: false,
            secrets: Vec::new(),
            fault,
        }
    }

    /// Returns the parts of a request that the document does not declare.
    pub(super) fn undeclared(
        core: &Core,
        schemes: &'static [&'static Scheme],
        name: &'static str,
        method: Method,
        path: &str,
    ) -> Self {
        let idempotent =
            [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE].contains(&method);
        let facts = Facts { name, method: &Method::GET, idempotent, security: &[], accept: "", path: "" };
        let mut parts = Self::new(core, facts, &[]);
        parts.method = method;
        parts.security = Security::Configured(schemes);
        match path::check_undeclared(path) {
            Ok(()) => path.clone_into(&mut parts.path),
            Err(error) => parts.fail(error),
        }
        parts
    }

    /// Sets a query parameter that the caller names.
    pub(super) fn own_query(&mut self, name: &str, value: Json) {
        let style = if matches!(value, Ok(Value::Object(_))) { Style::Deep } else { Style::FormExplode };
        self.query(name.to_owned(), style, value);
    }

    fn body_field(&mut self, name: &str, value: Json) {
        if let Some(value) = self.check(name, value) {
            self.body_fields.push((name.to_owned(), value));
        }
    }

    /// Adds the caller's fields to the body, once it is set.
    pub(crate) fn add_body_fields(&mut self) {
        let fields = std::mem::take(&mut self.body_fields);
        match self.body.with_fields(&fields) {
            Ok(body) => self.body = body,
            Err(error) => self.fail(error),
        }
    }

    pub(super) fn idempotency_key(&mut self, key: &str) {
        self.header(IDEMPOTENCY_KEY, key);
        self.idempotent = true;
    }

    pub(super) fn bytes(&mut self, media_type: &'static str, upload: Upload) {
        self.body = Body::Source(Arc::new(upload.declared(media_type)));
    }

    pub(crate) fn query(&mut self, name: impl Into<Cow<'static, str>>, style: Style, value: Json) {
        self.encoded_query(name.into(), style, Escaping::Query, value);
    }

    fn encoded_query(&mut self, name: Cow<'static, str>, style: Style, escaping: Escaping, value: Json) {
        let Some(value) = self.check(&name, value) else { return };
        let pairs = match query::encode(&name, style, escaping, &value) {
            Ok(pairs) => pairs,
            Err(error) => return self.fail(error),
        };
        match self.query.iter_mut().find(|(known, _)| *known == name) {
            Some((_, earlier)) => *earlier = pairs,
            None => self.query.push((name, pairs)),
        }
    }

    fn header_param(&mut self, name: &str, value: Json) {
        match self.check(name, value) {
            None | Some(Value::Null) => {}
            Some(value) => match query::delimited(name, &value, ',') {
                Ok(elements) => self.header(name, &elements.join(",")),
                Err(error) => self.fail(error),
            },
        }
    }

    fn cookie(&mut self, name: &'static str, value: Json) {
        match self.check(name, value) {
            None | Some(Value::Null) => {}
            Some(value) => match query::delimited(name, &value, ',') {
                Ok(elements) => {
                    self.cookies.retain(|(known, _)| *known != name);
                    self.cookies.push((name, elements.join(",")));
                }
                Err(error) => self.fail(error),
            },
        }
    }

    pub(super) fn header(&mut self, name: &str, value: &str) {
        match checked_header(name, value) {
            Ok((name, value)) => {
                self.headers.insert(name, value);
            }
            Err(error) => self.fail(error),
        }
    }

    pub(super) fn json(&mut self, media_type: &'static str, body: Result<Vec<u8>, serde_json::Error>) {
        if let Some(bytes) = self.check("body", body) {
            self.body = Body::Bytes { media_type, bytes: bytes.into() };
        }
    }

    pub(super) fn form(&mut self, value: Json, encodings: &[(&str, PartEncoding)]) {
        let Some(value) = self.check("body", value) else { return };
        match query::form(&value, encodings) {
            Ok(form) => {
                self.body = Body::Bytes { media_type: "application/x-www-form-urlencoded", bytes: form.into() };
            }
            Err(error) => self.fail(error),
        }
    }

    fn multipart(&mut self, parts: FormParts) {
        match parts.laid_out() {
            Ok(parts) => self.body = Body::Source(Arc::new(parts)),
            Err(error) => self.fail(error),
        }
    }

    /// Returns the value, or keeps its error for `send`.
    fn check<V>(&mut self, what: &str, value: Result<V, serde_json::Error>) -> Option<V> {
        value.map_err(|error| self.fail(RequestError::because(format!("`{what}` cannot be written"), error))).ok()
    }

    /// Returns which optional values of the response may be left out.
    pub(crate) fn tolerance(&self) -> Tolerance {
        match self.core.inner().tolerance {
            Tolerance::Full if self.is_page => Tolerance::Page,
            tolerance => tolerance,
        }
    }

    /// Keeps the first error.
    pub(crate) fn fail(&mut self, error: RequestError) {
        self.fault.get_or_insert(error);
    }
}

/// Checks a header that a caller sets.
pub(crate) fn checked_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), RequestError> {
    let (Ok(header), Ok(content)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) else {
        // The value may be a secret, so it is not shown.
        let message = format!("the header {name:?} or its value holds a character that cannot be sent");
        return Err(RequestError::new(message));
    };
    // A wrong length would let the body's end pass for the next request.
    if header == CONTENT_LENGTH || header == TRANSFER_ENCODING {
        return Err(RequestError::new(format!("the header {name} follows from the body")));
    }
    Ok((header, content))
}

/// Implements the sending methods of a generated call struct with a `call` field:
/// `operation! { ListCall -> Vec<Contact>, ErrorBody }`.
#[doc(hidden)]
#[macro_export]
macro_rules! operation {
    ($call:ident -> $success:ty, $error:ty) => {
        impl $call {
            /// Sends the request and returns the decoded response; awaiting the call does the same.
            #[inline]
            pub fn send(self) -> $crate::generated::Sending<$success, $error> {
                self.call.send()
            }

            /// Sends the request and returns the decoded response with its status, its headers and its body as the server
            /// sent it.
            #[inline]
            pub fn send_with_response(self) -> $crate::generated::Sending<$crate::Response<$success>, $error> {
                self.call.send_with_response()
            }

            /// Sends the request and returns the response's body as the server sent it, with its status and headers.
            #[inline]
            pub fn send_raw(self) -> $crate::generated::Sending<$crate::Response<$crate::Bytes>, $error> {
                self.call.send_raw()
            }

            /// Sends the request and leaves the response's body to be read piece by piece, however large it is.
            #[inline]
            pub fn send_stream(self) -> $crate::generated::Sending<$crate::Response<$crate::ByteStream>, $error> {
                self.call.send_stream()
            }

            /// Limits how long one attempt of this call may take, within the total time that its retry policy allows.
            #[must_use]
            #[inline]
            pub fn timeout(mut self, timeout: ::core::time::Duration) -> Self {
                self.call = self.call.timeout(timeout);
                self
            }

            /// Sets the retry policy of this call instead of the client's.
            #[must_use]
            #[inline]
            pub fn retry(mut self, retry: $crate::Retry) -> Self {
                self.call = self.call.retry(retry);
                self
            }

            /// Sets a header of this call alone, in place of what would be sent under this name.
            #[must_use]
            #[inline]
            pub fn header(mut self, name: &str, value: &str) -> Self {
                self.call = self.call.header(name, value);
                self
            }

            /// Sets a query parameter that the operation does not declare, in place of what would be sent under this name:
            /// a list as one pair for each element, an object as `name[key]=value`; null sends nothing.
            #[must_use]
            #[inline]
            pub fn query<V: $crate::__private::serde::Serialize>(mut self, name: &str, value: V) -> Self {
                self.call = self.call.query(name, value);
                self
            }

            /// Adds a field that the operation does not declare to the body, an object of JSON or a form, in place of what
            /// would be sent under this name. A name that begins with `/` is a JSON Pointer, such as
            /// `/data/attributes/vip`.
            #[must_use]
            #[inline]
            pub fn body_field<V: $crate::__private::serde::Serialize>(mut self, name: &str, value: V) -> Self {
                self.call = self.call.body_field(name, value);
                self
            }

            /// Declares that sending this request twice has no other effect than sending it once, so that it can be
            /// retried like a GET.
            #[must_use]
            #[inline]
            pub fn idempotent(mut self) -> Self {
                self.call = self.call.idempotent();
                self
            }

            /// Sends this key as `Idempotency-Key`, by which the server recognizes a retry, and makes the call idempotent.
            #[must_use]
            #[inline]
            pub fn idempotency_key(mut self, key: &str) -> Self {
                self.call = self.call.idempotency_key(key);
                self
            }
        }

        impl ::core::future::IntoFuture for $call {
            type Output = ::core::result::Result<$success, $crate::Error<$error>>;
            type IntoFuture = $crate::generated::Sending<$success, $error>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.call.send()
            }
        }
    };
}
