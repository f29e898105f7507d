//! Verifying the signature of a delivery.

use std::marker::PhantomData;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::{PayloadError, WebhookError};
use crate::serde::tolerance::{self, Tolerance};

/// How far the time of a signature may be from now, unless set otherwise.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// How a server signs what it delivers: HMAC-SHA256 with the webhook's secret as key.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The header that holds the signature.
    pub header: &'static str,
    /// What stands before the signature in its header.
    pub prefix: &'static str,
    /// The header that holds the time of signing in seconds since 1970, where it is signed too.
    pub timestamp: Option<&'static str>,
    /// What is signed, in order.
    pub signed: &'static [Part],
    /// How the signature is written.
    pub encoding: Encoding,
}

/// A part of what is signed.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// The body as it came.
    Body,
    /// The time of signing, as its header has it.
    Timestamp,
    /// This text.
    Text(&'static str),
}

/// How bytes are written in a header.
#[derive(Clone, Copy, Debug)]
pub enum Encoding {
    /// Base 16 in lower case.
    Hex,
    /// Base 64 with padding.
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

/// The events of an API that signs them.
#[doc(hidden)]
pub trait Signed {
    /// How it does.
    const SIGNATURE: Signature;
}

/// Verifies that a delivery was signed with the webhook's secret, and not too long ago; then reads it as an event `E`.
///
/// It is made once for each webhook, and several tasks can use it at once.
///
/// ```
/// # use crm_clients_runtime::{PayloadError, Verifier, WebhookError, generated::Signed, reqwest::header::HeaderMap};
/// /// The status with which a handler answers.
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
    /// A verifier of what is signed with this secret, which the server shows where the webhook is set up.
    ///
    /// An empty secret verifies nothing: anybody could sign with it.
    pub fn new(secret: impl Into<SecretString>) -> Self {
        let rules = Rules { secrets: vec![secret.into()], tolerance: TOLERANCE, now: None, strict: false };
        Self { rules, event: PhantomData }
    }

    /// Also accepts what is signed with this secret, so that a webhook's secret can change without a gap.
    pub fn with_previous_secret(mut self, secret: impl Into<SecretString>) -> Self {
        self.rules.secrets.push(secret.into());
        self
    }

    /// How far the time of a signature may be from now, in the past or in the future; five minutes unless set. Without effect
    /// where the server signs no time.
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.rules.tolerance = tolerance;
        self
    }

    /// Makes a payload an error if the value of an optional property is not what the API declares; by default the property is
    /// absent, and its value is among the additional properties of its object.
    pub fn strict(mut self, strict: bool) -> Self {
        self.rules.strict = strict;
        self
    }

    /// Takes this for the present time, for tests with recorded deliveries.
    pub fn at(mut self, now: Timestamp) -> Self {
        self.rules.now = Some(now);
        self
    }

    /// Verifies a delivery without reading it. `body` is the body as it came, before anything parsed it.
    ///
    /// # Errors
    ///
    /// Any [`WebhookError`] but `Payload`.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), WebhookError> {
        self.rules.verify(&E::SIGNATURE, headers, body)
    }

    /// Verifies a delivery and reads it. `body` is the body as it came, before anything parsed it.
    ///
    /// # Errors
    ///
    /// Any [`WebhookError`]; `Payload` only if the signature is right.
    pub fn read(&self, headers: &HeaderMap, body: &[u8]) -> Result<E, WebhookError>
    where
        E: for<'b> TryFrom<&'b [u8], Error = PayloadError>,
    {
        self.verify(headers, body)?;
        let outer = tolerance::replace(if self.rules.strict { Tolerance::Strict } else { Tolerance::Full });
        let event = E::try_from(body);
        tolerance::replace(outer);
        Ok(event?)
    }

    /// Signs a body as the server would, for tests of a handler: returns the headers of the delivery.
    ///
    /// It signs with the verifier's first secret, at the time set by [`at`](Self::at) or now.
    ///
    /// # Errors
    ///
    /// [`WebhookError::EmptySecret`], and [`WebhookError::MalformedHeader`] if the API's signature cannot be a header.
    pub fn sign(&self, body: &[u8]) -> Result<HeaderMap, WebhookError> {
        self.rules.sign(&E::SIGNATURE, body)
    }
}

/// What is the same for the events of every API.
#[derive(Clone, Debug)]
struct Rules {
    secrets: Vec<SecretString>,
    tolerance: Duration,
    now: Option<Timestamp>,
    /// Optional values that are not what the API declares are errors.
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
        let signed = |secret: &SecretString| is_signed(secret, signature.signed, time, body, &given);
        if !self.secrets.iter().any(signed) {
            return Err(WebhookError::WrongSignature);
        }
        // Only a time that the server has signed is worth comparing.
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
        let mac = mac(secret, signature.signed, &time, body).ok_or(WebhookError::EmptySecret)?;
        let signed = signature.encoding.encode(&mac.finalize().into_bytes());
        let mut headers = HeaderMap::new();
        let mut insert = |name: &'static str, value: String| -> Result<(), WebhookError> {
            let malformed = || WebhookError::MalformedHeader(name);
            // Documents may write the name in any case, and `from_static` takes lower case only.
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

/// The value of a header that a delivery has once.
fn only_header<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<&'h str, WebhookError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(WebhookError::MissingHeader(name))?;
    match (value.to_str(), values.next()) {
        (Ok(text), None) => Ok(text),
        _ => Err(WebhookError::MalformedHeader(name)),
    }
}

/// The time of so many seconds since 1970.
fn seconds(text: &str) -> Option<Timestamp> {
    // Parsing would take a sign, which no server writes.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    Timestamp::from_second(text.parse().ok().filter(|_| digits)?).ok()
}

/// Whether the signature is the one of these parts, compared in constant time.
fn is_signed(secret: &SecretString, parts: &[Part], time: &str, body: &[u8], given: &[u8]) -> bool {
    mac(secret, parts, time, body).is_some_and(|mac| mac.verify_slice(given).is_ok())
}

/// The signature of these parts. A key of HMAC may have any length, so there always is one.
fn mac(secret: &SecretString, parts: &[Part], time: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    for part in parts {
        mac.update(match part {
            Part::Body => body,
            Part::Timestamp => time.as_bytes(),
            Part::Text(text) => text.as_bytes(),
        });
    }
    Some(mac)
}
