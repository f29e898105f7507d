//! One call of an operation: its parts are gathered here, and `send` makes the request of them.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use serde::Serialize;
use serde_json::Value;

use crate::auth::Scheme;
use crate::body::Body;
use crate::client::Core;
use crate::error::{Error, RequestError};
use crate::multipart::FormParts;
use crate::operation::Operation;
use crate::path::{self, PathValue};
use crate::query::{self, Style};
use crate::response::Response;
use crate::response::byte_stream::ByteStream;
use crate::response::{ErrorDecoder, pending};
use crate::retry::Retry;
use crate::upload::Upload;

/// A request on its way to the typed result.
pub type Sending<T, B> = Pin<Box<dyn Future<Output = Result<T, Error<B>>> + Send>>;

/// A call that can still be changed: `T` is what it returns, `B` the body of its errors.
///
/// What cannot be sent (a header with a line break, say) is remembered, and `send` returns it.
#[must_use = "a call does nothing until it is sent or awaited"]
pub struct Call<T: 'static, B: 'static> {
    pub(crate) operation: &'static Operation<T, B>,
    pub(crate) draft: Draft,
}

/// The parts of a request, the same for all operations.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) core: Core,
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    pub(crate) idempotent: bool,
    pub(crate) security: &'static [&'static [&'static Scheme]],
    pub(crate) accept: &'static str,
    #[cfg(feature = "tracing")]
    pub(crate) template: &'static str,
    /// With its own query, where the template has one.
    pub(crate) path: String,
    /// Each parameter with its encoded pairs.
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) cookies: Vec<(&'static str, String)>,
    pub(crate) body: Body,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) reading: Reading,
    pub(crate) fault: Option<RequestError>,
}

/// What an operation says of its requests, whatever its types.
struct Facts {
    name: &'static str,
    method: &'static Method,
    idempotent: bool,
    security: &'static [&'static [&'static Scheme]],
    accept: &'static str,
    path: &'static str,
}

/// How the body of a success is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Before it is answered.
    Whole,
    /// By the caller, piece by piece.
    Pieces,
    /// By the caller where it is a stream of events, and otherwise whole.
    Events,
}

impl<T, B: Default> Call<T, B> {
    /// Begins a call; `path` fills the places of the operation's path in order.
    pub fn new(core: &Core, operation: &'static Operation<T, B>, path: &[&dyn PathValue]) -> Self {
        let facts = Facts {
            name: operation.name,
            method: &operation.method,
            idempotent: operation.idempotent,
            security: operation.security,
            accept: operation.accept,
            path: operation.path,
        };
        Self { operation, draft: Draft::new(core, facts, path) }
    }

    /// Sends the request to this path, whatever the operation's is.
    pub(crate) fn at(mut self, path: &str) -> Self {
        self.draft.path = path.to_owned();
        self
    }

    /// Sets a query parameter, in place of an earlier one of this name; null sends nothing.
    pub fn query<V: Serialize + ?Sized>(&mut self, name: &'static str, style: Style, value: &V) {
        self.draft.query(name, style, serde_json::to_value(value));
    }

    /// Sets a header parameter; null sends nothing.
    pub fn header_param<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) {
        self.draft.header_param(name, serde_json::to_value(value));
    }

    /// Sets a cookie parameter; null sends nothing.
    pub fn cookie<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) {
        self.draft.cookie(name, serde_json::to_value(value));
    }

    /// Sends a JSON body.
    pub fn json<V: Serialize + ?Sized>(&mut self, media_type: &'static str, value: &V) {
        self.draft.json(media_type, serde_json::to_vec(value));
    }

    /// Sends an `application/x-www-form-urlencoded` body.
    pub fn form<V: Serialize + ?Sized>(&mut self, value: &V) {
        self.draft.form(serde_json::to_value(value));
    }

    /// Sends a multipart body.
    pub fn multipart(&mut self, parts: FormParts) {
        self.draft.multipart(parts);
    }

    /// Sends text.
    pub fn text(&mut self, media_type: &'static str, text: impl Into<String>) {
        let bytes = Bytes::from(text.into());
        self.draft.body = Body::Bytes { media_type, bytes };
    }

    /// Sends bytes, a file or a stream.
    pub fn bytes(&mut self, media_type: &'static str, upload: impl Into<Upload>) {
        self.draft.body = Body::Source(Arc::new(upload.into().declared(media_type)));
    }

    /// How long one attempt of this call may take, within the [total time](Retry::total_time).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.draft.timeout = Some(timeout);
        self
    }

    /// When this call is repeated, in place of what the client does.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.draft.retry = Some(retry);
        self
    }

    /// Sets a header of this call alone, in place of what would be sent under this name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.draft.header(name, value);
        self
    }

    /// Sends the request and decodes its reply.
    pub fn send(self) -> Sending<T, B> {
        pending(self.draft, self.operation, Operation::body)
    }

    /// Sends the request and decodes its reply, keeping the status and headers.
    pub fn send_with_response(self) -> Sending<Response<T>, B> {
        pending(self.draft, self.operation, Operation::response)
    }

    /// Sends the request and keeps its reply as bytes, whatever it holds; errors are typed all the same.
    pub fn send_raw(self) -> Sending<Response<Bytes>, B> {
        pending(self.draft, self.operation.error_decoder(), ErrorDecoder::raw)
    }

    /// Sends the request and leaves the reply's body to be read piece by piece; errors are typed all the same.
    pub fn send_stream(self) -> Sending<Response<ByteStream>, B> {
        let Self { operation, mut draft } = self;
        draft.reading = Reading::Pieces;
        pending(draft, operation.error_decoder(), ErrorDecoder::pieces)
    }
}

impl<T, B: Default> IntoFuture for Call<T, B> {
    type Output = Result<T, Error<B>>;
    type IntoFuture = Sending<T, B>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

/// Names the call without what it carries: parameters and bodies are personal data.
impl<T, B> fmt::Debug for Call<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.draft.name)
            .field("method", &self.draft.method)
            .field("path", &self.draft.path)
            .finish_non_exhaustive()
    }
}

type Json = Result<Value, serde_json::Error>;

impl Draft {
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
            security: facts.security,
            accept: facts.accept,
            #[cfg(feature = "tracing")]
            template: facts.path,
            path,
            query: Vec::new(),
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            body: Body::Empty,
            timeout: None,
            retry: None,
            reading: Reading::Whole,
            fault,
        }
    }

    pub(crate) fn query(&mut self, name: &'static str, style: Style, value: Json) {
        let Some(value) = self.check(name, value) else { return };
        let pairs = match query::encode(name, style, &value) {
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

    fn header(&mut self, name: &str, value: &str) {
        let (Ok(header), Ok(content)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) else {
            // The value may be a secret, so it is not shown.
            let message = format!("the header {name:?} or its value holds a character that cannot be sent");
            return self.fail(RequestError::new(message));
        };
        // A wrong length would let the body's end pass for the next request.
        if header == CONTENT_LENGTH || header == TRANSFER_ENCODING {
            return self.fail(RequestError::new(format!("the header {name} follows from the body")));
        }
        self.headers.insert(header, content);
    }

    fn json(&mut self, media_type: &'static str, body: Result<Vec<u8>, serde_json::Error>) {
        if let Some(bytes) = self.check("body", body) {
            self.body = Body::Bytes { media_type, bytes: bytes.into() };
        }
    }

    fn form(&mut self, value: Json) {
        if let Some(value) = self.check("body", value) {
            let bytes = query::form(&value).into();
            self.body = Body::Bytes { media_type: "application/x-www-form-urlencoded", bytes };
        }
    }

    fn multipart(&mut self, mut parts: FormParts) {
        let fault = parts.take_fault().map_or(Ok(()), Err);
        self.check("body", fault);
        self.body = Body::Source(Arc::new(parts));
    }

    /// The value, or its fault kept for `send`.
    fn check<V>(&mut self, what: &str, value: Result<V, serde_json::Error>) -> Option<V> {
        value.map_err(|error| self.fail(RequestError::because(format!("`{what}` cannot be written"), error))).ok()
    }

    /// Keeps the first fault.
    pub(crate) fn fail(&mut self, error: RequestError) {
        self.fault.get_or_insert(error);
    }
}

/// Gives a generated call struct with a `call` field its sending methods:
/// `operation! { ListCall -> Vec<Contact>, ErrorBody }`.
#[doc(hidden)]
#[macro_export]
macro_rules! operation {
    ($call:ident -> $success:ty, $error:ty) => {
        impl $call {
            /// Sends the request and returns the decoded reply; awaiting the call does the same.
            #[inline]
            pub fn send(self) -> $crate::generated::Sending<$success, $error> {
                self.call.send()
            }

            /// Sends the request and returns the decoded reply with its status and headers.
            #[inline]
            pub fn send_with_response(self) -> $crate::generated::Sending<$crate::Response<$success>, $error> {
                self.call.send_with_response()
            }

            /// Sends the request and returns the reply's body as it came, with its status and headers.
            #[inline]
            pub fn send_raw(self) -> $crate::generated::Sending<$crate::Response<$crate::Bytes>, $error> {
                self.call.send_raw()
            }

            /// Sends the request and leaves the reply's body to be read piece by piece, however large it is.
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

            /// Sets when this call is repeated and how long it may take in all, in place of what the client does.
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
