//! Verifying the signatures of deliveries.

use std::marker::PhantomData;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::{PayloadError, WebhookError};
use crate::platform::{hmac_sha256, is_hmac_sha256};
use crate::serde::tolerance::{self, Tolerance};

/// Default maximum difference between the time of a signature and the current time.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// The signature scheme of a server: HMAC-SHA256 with the webhook's secret as its key.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The header with the signature.
    pub header: &'static str,
    /// The text before the signature in its header.
    pub prefix: &'static str,
    /// The header with the time of signing in seconds since 1970, if the time is signed.
    pub timestamp: Option<&'static str>,
    /// The signed parts, in order.
    pub signed: &'static [Part],
    /// The encoding of the signature.
    pub encoding: Encoding,
}

/// A signed part.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// The body as it was received.
    Body,
    /// The time of signing, as in its header.
    Timestamp,
    /// This text.
    Text(&'static str),
}

/// The encoding of bytes in a header.
#[derive(Clone, Copy, Debug)]
pub enum Encoding {
    /// Hexadecimal in lower case.
    Hex,
    /// Base64 with padding.
    Base64,
}

impl Encoding {
    fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Hex => base16ct::lower::decode_vec(text).ok(),
            Self::Base64 => STANDARD.decode(text).ok(),
        }
    }

    fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => base16ct::lower::encode_string(bytes),
            Self::Base64 => STANDARD.encode(bytes),
        }
    }
}

/// Events that their API signs.
#[doc(hidden)]
pub trait Signed {
    /// The signature scheme.
    const SIGNATURE: Signature;
}

/// Verifies that a delivery was signed with the webhook's secret and is recent, and decodes it as an event `E`.
///
/// Create one verifier for each webhook. Tasks can share it.
///
/// ```
/// # use crm_clients_runtime::{PayloadError, Verifier, WebhookError, generated::Signed, reqwest::header::HeaderMap};
/// /// Returns the status with which a handler responds.
/// fn receive<E>(verifier: &Verifier<E>, headers: &HeaderMap, body: &[u8], handle: fn(E)) -> u16
/// # where
/// #     E: Signed + for<'b> TryFrom<&'b [u8], Error = PayloadError>,
/// {
///     match verifier.read(headers, body) {
///         Ok(event) => {
///             handle(event);
///             200
///         }
///         Err(WebhookError::Payload(_)) => 422,
///         Err(_) => 401,
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Verifier<E> {
    rules: Rules,
    event: PhantomData<fn() -> E>,
}

impl<E: Signed> Verifier<E> {
    /// Creates a verifier for this secret, which the server displays in the settings of the webhook.
    ///
    /// With an empty secret every delivery is rejected, because anyone could sign with it.
    pub fn new(secret: impl Into<SecretString>) -> Self {
        let rules = Rules { secrets: vec![secret.into()], tolerance: TOLERANCE, now: None, strict: false };
        Self { rules, event: PhantomData }
    }

    /// Also accepts signatures with this secret, so that a webhook's secret can be rotated without a gap.
    pub fn with_previous_secret(mut self, secret: impl Into<SecretString>) -> Self {
        self.rules.secrets.push(secret.into());
        self
    }

    /// Sets the maximum difference between the time of a signature and the current time, in the past or the future;
    /// five minutes by default. It has no effect if the server does not sign a time.
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.rules.tolerance = tolerance;
        self
    }

    /// Makes it an error if an optional property of a payload does not match the declaration. By default such a
    /// property is absent, and its value is among the additional properties of its object.
    pub fn strict(mut self, strict: bool) -> Self {
        self.rules.strict = strict;
        self
    }

    /// Sets the current time, for tests with recorded deliveries.
    pub fn at(mut self, now: Timestamp) -> Self {
        self.rules.now = Some(now);
        self
    }

    /// Verifies a delivery without decoding it. `body` is the body as it was received, before any parsing.
    ///
    /// # Errors
    ///
    /// Any [`WebhookError`] except `Payload`.
    pub fn verify(&self, headers: &HeaderMap, body: impl AsRef<[u8]>) -> Result<(), WebhookError> {
        self.rules.verify(&E::SIGNATURE, headers, body.as_ref())
    }

    /// Verifies a delivery and decodes it. `body` is the body as it was received, before any parsing.
    ///
    /// # Errors
    ///
    /// Any [`WebhookError`]. `Payload` is returned only if the signature is valid.
    pub fn read(&self, headers: &HeaderMap, body: impl AsRef<[u8]>) -> Result<E, WebhookError>
    where
        E: for<'b> TryFrom<&'b [u8], Error = PayloadError>,
    {
        let body = body.as_ref();
        self.verify(headers, body)?;
        let outer = tolerance::replace(if self.rules.strict { Tolerance::Strict } else { Tolerance::Full });
        let event = E::try_from(body);
        tolerance::replace(outer);
        Ok(event?)
    }

    /// Signs a body like the server, for tests of a handler, and returns the headers of the delivery.
    ///
    /// It signs with the verifier's first secret, at the time set by [`at`](Self::at) or else the current time.
    ///
    /// # Errors
    ///
    /// [`WebhookError::EmptySecret`], or [`WebhookError::MalformedHeader`] if the API's signature cannot be sent in a
    /// header.
    pub fn sign(&self, body: impl AsRef<[u8]>) -> Result<HeaderMap, WebhookError> {
        self.rules.sign(&E::SIGNATURE, body.as_ref())
    }
}

/// The part of a verifier that does not depend on its event type.
#[derive(Clone, Debug)]
struct Rules {
    secrets: Vec<SecretString>,
    tolerance: Duration,
    now: Option<Timestamp>,
    /// True if optional values that do not match the declaration are errors.
    strict: bool,
}

impl Rules {
    fn verify(&self, signature: &Signature, headers: &HeaderMap, body: &[u8]) -> Result<(), WebhookError> {
        if self.secrets.iter().any(|secret| secret.expose_secret().is_empty()) {
            return Err(WebhookError::EmptySecret);
        }
        let given = only_header(headers, signature.header)?.strip_prefix(signature.prefix);
        let given = given.and_then(|text| signature.encoding.decode(text));
        let given = given.ok_or(WebhookError::MalformedHeader(signature.header))?;
        let (mut time, mut sent) = ("", None);
        if let Some(name) = signature.timestamp {
            time = only_header(headers, name)?;
            sent = Some(seconds(time).ok_or(WebhookError::MalformedHeader(name))?);
        }
        let message = message(signature.signed, time, body);
        let signed = |secret: &SecretString| is_hmac_sha256(secret.expose_secret().as_bytes(), &message, &given);
        if !self.secrets.iter().any(signed) {
            return Err(WebhookError::WrongSignature);
        }
        // The time is compared only after its signature has been verified.
        let now = self.now.unwrap_or_else(Timestamp::now);
        match sent {
            Some(sent) if now.duration_since(sent).unsigned_abs() > self.tolerance => {
                Err(WebhookError::WrongTime { sent, now })
            }
            _ => Ok(()),
        }
    }
}

impl Rules {
    fn sign(&self, signature: &Signature, body: &[u8]) -> Result<HeaderMap, WebhookError> {
        let secret = self.secrets.first().filter(|secret| !secret.expose_secret().is_empty());
        let secret = secret.ok_or(WebhookError::EmptySecret)?;
        let time = self.now.unwrap_or_else(Timestamp::now).as_second().to_string();
        let mac = hmac_sha256(secret.expose_secret().as_bytes(), &message(signature.signed, &time, body));
        let signed = signature.encoding.encode(mac.as_ref());
        let mut headers = HeaderMap::new();
        let mut insert = |name: &'static str, value: String| -> Result<(), WebhookError> {
            let malformed = || WebhookError::MalformedHeader(name);
            // Documents may write the name in any case, but `from_static` requires lower case.
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| malformed())?;
            headers.insert(header, HeaderValue::try_from(value).map_err(|_| malformed())?);
            Ok(())
        };
        insert(signature.header, format!("{}{signed}", signature.prefix))?;
        if let Some(name) = signature.timestamp {
            insert(name, time)?;
        }
        Ok(headers)
    }
}

/// Returns the value of a header that must occur exactly once.
fn only_header<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<&'h str, WebhookError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(WebhookError::MissingHeader(name))?;
    match (value.to_str(), values.next()) {
        (Ok(text), None) => Ok(text),
        _ => Err(WebhookError::MalformedHeader(name)),
    }
}

/// Parses a time in seconds since 1970.
fn seconds(text: &str) -> Option<Timestamp> {
    // `parse` would accept a sign, which no server writes.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    Timestamp::from_second(text.parse().ok().filter(|_| digits)?).ok()
}

/// Returns the signed parts as one message.
fn message(parts: &[Part], time: &str, body: &[u8]) -> Vec<u8> {
    let bytes = parts.iter().map(|part| match part {
        Part::Body => body,
        Part::Timestamp => time.as_bytes(),
        Part::Text(text) => text.as_bytes(),
    });
    bytes.collect::<Vec<_>>().concat()
}
