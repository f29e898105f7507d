//! The parts of a request, and the methods that set them.

use std::borrow::Cow;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, COOKIE, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use reqwest::{Method, Url};
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::body::{Body, FORM};
use super::multipart::FormParts;
use super::upload::Upload;
use crate::auth::{Scheme, Security};
use crate::charset;
use crate::client::Core;
use crate::error::RequestError;
use crate::operation;
use crate::path::{self, PathValue};
use crate::query::{self, Escaping, PartEncoding, Style};
use crate::serde::tolerance::Tolerance;
use crate::transport::{Retry, ScopedLimit};

/// The header of the IETF draft on idempotency keys, which most APIs with such keys use.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The parts of a request, which do not depend on the types of its operation.
#[derive(Clone)]
pub(crate) struct RequestParts {
    pub(crate) core: Core,
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    pub(crate) idempotent: bool,
    /// The header of the key by which the server recognizes a retry.
    idempotency_header: &'static str,
    pub(crate) security: Security,
    pub(crate) accept: &'static str,
    pub(crate) template: &'static str,
    /// The path, with its own query if the template has one.
    pub(crate) path: String,
    /// The URL of the next page of a list, which replaces the path and the query.
    pub(crate) target: Option<Url>,
    /// Each parameter with its encoded pairs.
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) headers: HeaderMap,
    /// Each parameter with its encoded pairs. The one without a name is the header `Cookie`.
    pub(crate) cookies: Vec<(&'static str, Vec<String>)>,
    pub(crate) body: Body,
    /// The fields that the caller adds to the body.
    pub(crate) body_fields: Vec<(String, Value)>,
    /// The API's limit of calls like this one.
    pub(crate) rate_limit: Option<ScopedLimit>,
    /// True if a redirect is the result of the call.
    pub(crate) returns_redirect: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) response_mode: ResponseMode,
    /// True if the response is a page of a list.
    pub(crate) is_page: bool,
    /// Secrets in the body, which are hidden in errors.
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) fault: Option<RequestError>,
}

/// The fields of an operation that do not depend on its types.
pub(super) struct Facts {
    pub(super) name: &'static str,
    pub(super) method: operation::Method,
    pub(super) idempotent: bool,
    pub(super) security: &'static [&'static [&'static Scheme]],
    pub(super) accept: &'static str,
    pub(super) path: &'static str,
}

/// The way in which the body of a successful response is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    /// Read to its end.
    Whole,
    /// Returned to the caller as a stream of chunks.
    Pieces,
    /// Returned to the caller if it is a stream of events, otherwise read to its end.
    Events,
    /// Returned to the caller if it is a stream of JSON values, otherwise read to its end.
    Lines,
    /// Returned to the caller if it has parts, otherwise read to its end.
    Parts,
}

type Json = Result<Value, serde_json::Error>;

impl RequestParts {
    pub(super) fn new(core: &Core, facts: Facts, values: &[&dyn PathValue]) -> Self {
        let (path, fault) = match path::fill(facts.path, values) {
            Ok(path) => (path, None),
            Err(error) => (String::new(), Some(error)),
        };
        let method = facts.method.http();
        let invalid = || RequestError::new(format!("invalid HTTP method {:?}", facts.method));
        let fault = fault.or_else(|| method.is_none().then(invalid));
        Self {
            core: core.clone(),
            name: facts.name,
            method: method.unwrap_or_default(),
            idempotent: facts.idempotent,
            idempotency_header: IDEMPOTENCY_KEY,
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
            rate_limit: None,
            returns_redirect: false,
            timeout: None,
            retry: None,
            response_mode: ResponseMode::Whole,
            is_page: false,
            secrets: Vec::new(),
            fault,
        }
    }

    /// Takes the parts to send them now, and leaves those of a call that fails because it was already sent.
    pub(super) fn take(&mut self) -> Self {
        let facts = Facts {
            name: self.name,
            method: operation::Method::GET,
            idempotent: false,
            security: &[],
            accept: "",
            path: "",
        };
        let mut sent = Self::new(&self.core, facts, &[]);
        (sent.method, sent.template) = (self.method.clone(), self.template);
        sent.fail(RequestError::new("the call was already sent"));
        mem::replace(self, sent)
    }

    /// Creates the parts of a request that the document does not declare.
    pub(super) fn undeclared(
        core: &Core,
        schemes: &'static [&'static Scheme],
        name: &'static str,
        method: Method,
        path: &str,
    ) -> Self {
        let idempotent =
            [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE].contains(&method);
        let facts = Facts { name, method: operation::Method::GET, idempotent, security: &[], accept: "", path: "" };
        let mut parts = Self::new(core, facts, &[]);
        parts.method = method;
        parts.security = Security::Configured(schemes);
        match path::check_undeclared(path) {
            Ok(()) => path.clone_into(&mut parts.path),
            Err(error) => parts.fail(error),
        }
        parts
    }

    /// Sets a query parameter by the caller's name.
    pub(super) fn own_query(&mut self, name: &str, value: Json) {
        let style = if matches!(value, Ok(Value::Object(_))) { Style::Deep } else { Style::FormExplode };
        self.query(name.to_owned(), style, value);
    }

    pub(super) fn body_field(&mut self, name: &str, value: Json) {
        if let Some(value) = self.check(name, value) {
            self.body_fields.push((name.to_owned(), value));
        }
    }

    /// Adds the caller's fields to the body after it is set.
    pub(crate) fn add_body_fields(&mut self) {
        let fields = std::mem::take(&mut self.body_fields);
        match std::mem::take(&mut self.body).with_fields(&fields) {
            Ok(body) => self.body = body,
            Err(error) => self.fail(error),
        }
    }

    pub(super) fn idempotency_key(&mut self, key: &str) {
        self.header(self.idempotency_header, key);
        self.idempotent = true;
    }

    /// Sends a random key in this header, the same with each attempt, unless the caller sets one.
    pub(super) fn generated_key(&mut self, header: &'static str) {
        self.idempotency_header = header;
        let key = uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid();
        self.idempotency_key(&key.to_string());
    }

    pub(super) fn bytes(&mut self, media_type: &'static str, upload: Upload) {
        self.body = Body::Source(Arc::new(upload.declared(media_type)));
    }

    pub(crate) fn query(&mut self, name: impl Into<Cow<'static, str>>, style: Style, value: Json) {
        self.encoded_query(name.into(), style, Escaping::Query, value);
    }

    /// Sets a query parameter whose reserved characters are not percent-encoded.
    pub(super) fn reserved_query(&mut self, name: &'static str, style: Style, value: Json) {
        self.encoded_query(name.into(), style, Escaping::Reserved, value);
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

    pub(super) fn header_param(&mut self, name: &str, value: Json) {
        match self.check(name, value) {
            None | Some(Value::Null) => {}
            Some(value) => match query::delimited(name, &value, ',') {
                Ok(elements) if name.eq_ignore_ascii_case(COOKIE.as_str()) => self.cookie_header(elements),
                Ok(elements) => self.header(name, &in_http_format(name, elements.join(","))),
                Err(error) => self.fail(error),
            },
        }
    }

    pub(super) fn delimited_header(&mut self, name: &str, style: Style, value: Json) {
        let Some(value) = self.check(name, value) else { return };
        match query::pairs(name, style, &value) {
            Ok(pairs) => pairs.iter().for_each(|(_, text)| self.header(name, text)),
            Err(error) => self.fail(error),
        }
    }

    /// Sends the value of a parameter that is the header `Cookie` together with the cookie parameters.
    fn cookie_header(&mut self, cookies: Vec<String>) {
        const NAME: &str = "";
        self.secrets.push(SecretString::from(cookies.join("; ")));
        self.cookies.retain(|(known, _)| *known != NAME);
        self.cookies.push((NAME, cookies.into_iter().filter(|cookie| !cookie.is_empty()).collect()));
    }

    pub(super) fn exploded_header(&mut self, name: &str, value: Json) {
        let value = match value {
            Ok(Value::Object(object)) => {
                let members = object.into_iter().filter(|(_, value)| !value.is_null());
                Ok(members.map(|(key, value)| format!("{key}={}", query::scalar(&value))).collect())
            }
            other => other,
        };
        self.header_param(name, value);
    }

    pub(super) fn cookie(&mut self, name: &'static str, style: Style, value: Json) {
        match self.check(name, value) {
            None | Some(Value::Null) => {}
            Some(value) => match query::pairs(name, style, &value).and_then(|pairs| query::cookies(style, &pairs)) {
                Ok(cookies) => {
                    self.cookies.retain(|(known, _)| *known != name);
                    self.cookies.push((name, cookies));
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

    pub(super) fn text(&mut self, media_type: &'static str, text: String) {
        match charset::encoded(media_type, text) {
            Some(bytes) => self.body = Body::Bytes { media_type, bytes: bytes.into() },
            None => self.fail(RequestError::new(format!("`body` has a character that {media_type} does not have"))),
        }
    }

    pub(super) fn plain(&mut self, media_type: &'static str, value: Json) {
        if let Some(value) = self.check("body", value) {
            self.text(media_type, query::scalar(&value));
        }
    }

    #[cfg(feature = "xml")]
    pub(super) fn xml(&mut self, media_type: &'static str, value: Json, root: &crate::serde::xml::XmlRoot) {
        let Some(value) = self.check("body", value) else { return };
        match crate::serde::xml::write(&value, root) {
            Ok(bytes) => self.body = Body::Bytes { media_type, bytes: bytes.into() },
            Err(error) => self.fail(RequestError::because("`body` cannot be serialized as XML", error)),
        }
    }

    pub(super) fn form(&mut self, value: Json, encodings: &[(&str, PartEncoding)]) {
        let Some(value) = self.check("body", value) else { return };
        match query::form(&value, encodings) {
            Ok(form) => self.body = Body::Bytes { media_type: FORM, bytes: form.into() },
            Err(error) => self.fail(error),
        }
    }

    /// Sets a form of an object, or of a list of pairs of a name and a value, in their order.
    pub(super) fn own_form(&mut self, value: Json) {
        let Some(value) = self.check("body", value) else { return };
        let Value::Array(pairs) = value else {
            return if value.is_object() { self.form(Ok(value), &[]) } else { self.fail(no_form()) };
        };
        match pairs.iter().try_fold(String::new(), with_pair) {
            Ok(form) => self.body = Body::Bytes { media_type: FORM, bytes: form.into() },
            Err(error) => self.fail(error),
        }
    }

    pub(super) fn multipart(&mut self, parts: FormParts) {
        match parts.laid_out() {
            Ok(parts) => self.body = Body::Source(Arc::new(parts)),
            Err(error) => self.fail(error),
        }
    }

    /// Returns the value, or stores its error for `send`.
    pub(super) fn check<V>(&mut self, what: &str, value: Result<V, serde_json::Error>) -> Option<V> {
        value.map_err(|error| self.fail(RequestError::because(format!("`{what}` cannot be serialized"), error))).ok()
    }

    /// Returns the tolerance for optional values of the response.
    pub(crate) fn tolerance(&self) -> Tolerance {
        match self.core.inner().tolerance {
            Tolerance::Full if self.is_page => Tolerance::Page,
            tolerance => tolerance,
        }
    }

    /// Stores an error, unless there is one already.
    pub(crate) fn fail(&mut self, error: RequestError) {
        self.fault.get_or_insert(error);
    }
}

/// Validates a header set by the caller.
pub(crate) fn checked_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), RequestError> {
    let (Ok(header), Ok(content)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) else {
        // The value is not shown because it may be a secret.
        let message = format!("the header {name:?} or its value contains a character that cannot be sent");
        return Err(RequestError::new(message));
    };
    // With a wrong length, the end of the body could be parsed as the next request.
    if header == CONTENT_LENGTH || header == TRANSFER_ENCODING {
        return Err(RequestError::new(format!("the header {name} is determined by the body")));
    }
    Ok((header, content))
}

/// Returns the value of a header in the format that HTTP requires: times of its own headers are like
/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7), even if the document declares them as `date-time`.
fn in_http_format(name: &str, value: String) -> String {
    const TIMES: [&str; 6] =
        ["if-modified-since", "if-unmodified-since", "if-range", "date", "expires", "last-modified"];
    let is_time = TIMES.iter().any(|known| known.eq_ignore_ascii_case(name));
    match is_time.then(|| value.parse::<jiff::Timestamp>()) {
        Some(Ok(time)) => time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        _ => value,
    }
}

/// Adds a pair of a name and a value to a form.
fn with_pair(mut form: String, pair: &Value) -> Result<String, RequestError> {
    let Some([Value::String(name), value]) = pair.as_array().map(Vec::as_slice) else { return Err(no_form()) };
    let object = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
    query::append(&mut form, &query::form(&object, &[])?);
    Ok(form)
}

/// Returns the error of a form without names.
fn no_form() -> RequestError {
    RequestError::new("`body` is not a form: pass a struct, a map, or a list of pairs of a name and a value")
}
