//! What a server sends to its webhooks: verified, and read into the types of its events.
//!
//! A signature is over the bytes of the body, so a handler takes the body as bytes and hands it on as it came.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::Sha256;

use crate::decode;
use crate::error::excerpt;
use crate::json_path;
use crate::sanitize;

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
}

/// The events of an API that signs them.
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
        let rules = Rules { secrets: vec![secret.into()], tolerance: TOLERANCE, now: None };
        Self { rules, event: PhantomData }
    }

    /// Accepts what is signed with this secret, too, so that a webhook's secret can change without a gap.
    pub fn or_secret(mut self, secret: impl Into<SecretString>) -> Self {
        self.rules.secrets.push(secret.into());
        self
    }

    /// How far the time of a signature may be from now, in the past or in the future; five minutes unless set. Without effect
    /// where the server signs no time.
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.rules.tolerance = tolerance;
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
        Ok(E::try_from(body)?)
    }
}

/// What is the same for the events of every API.
#[derive(Clone, Debug)]
struct Rules {
    secrets: Vec<SecretString>,
    tolerance: Duration,
    now: Option<Timestamp>,
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
    // A key of HMAC may have any length, so this never fails.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else { return false };
    for part in parts {
        mac.update(match part {
            Part::Body => body,
            Part::Timestamp => time.as_bytes(),
            Part::Text(text) => text.as_bytes(),
        });
    }
    mac.verify_slice(given).is_ok()
}

/// The body of a delivery on its way to a type.
pub struct Payload<'b> {
    body: &'b [u8],
    secret: bool,
}

impl<'b> Payload<'b> {
    /// The body of a delivery.
    pub fn new(body: &'b [u8]) -> Self {
        Self { body, secret: false }
    }

    /// The body of a delivery that holds secrets, so that an error shows nothing of it.
    pub fn secret(body: &'b [u8]) -> Self {
        Self { body, secret: true }
    }

    /// The name of the event by the property that holds it; empty where there is none.
    pub fn event(&self, property: &str) -> Result<String, PayloadError> {
        let value: Value = self.read()?;
        Ok(value.get(property).and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// Reads the body.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        decode::from_json(self.body).map_err(|error| self.failure(error))
    }

    fn failure(&self, error: serde_json::Error) -> PayloadError {
        let offset = json_path::offset(self.body, error.line(), error.column());
        let path = json_path::at(self.body, offset);
        if self.secret {
            // serde's message quotes what it found.
            let safe = sanitize::without_content(&error.to_string());
            let message =
                safe.unwrap_or_else(|| "the payload, which can hold secrets, is not what was declared".to_owned());
            return PayloadError { path, message, excerpt: String::new(), source: None };
        }
        let excerpt = excerpt(self.body, offset.saturating_sub(80), 120);
        PayloadError { path, message: error.to_string(), excerpt, source: Some(error) }
    }
}

/// A payload that is not what the API declares.
#[derive(Debug)]
pub struct PayloadError {
    path: String,
    message: String,
    excerpt: String,
    source: Option<serde_json::Error>,
}

impl PayloadError {
    /// Where in the payload it is wrong, such as `$.conversation.id`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the webhook's payload is wrong at {}: {}", self.path, self.message)?;
        if self.excerpt.is_empty() { Ok(()) } else { write!(f, " (near: {})", self.excerpt) }
    }
}

impl StdError for PayloadError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

/// Why a delivery was not accepted. None shows a secret or the signature that would have been right.
#[derive(Debug)]
#[non_exhaustive]
pub enum WebhookError {
    /// The verifier was given an empty secret.
    EmptySecret,
    /// The delivery lacks this header.
    MissingHeader(&'static str),
    /// This header is not of the form that the server writes.
    MalformedHeader(&'static str),
    /// The body, or the time, was not signed with the secret.
    WrongSignature,
    /// The signature is right, but older than the tolerance or as far in the future: a delivery that was held back or sent
    /// again, or a clock that is wrong.
    WrongTime {
        /// When it was signed.
        sent: Timestamp,
        /// The present time.
        now: Timestamp,
    },
    /// The signature is right, and the payload is not what the API declares.
    Payload(Box<PayloadError>),
}

impl From<PayloadError> for WebhookError {
    fn from(error: PayloadError) -> Self {
        Self::Payload(Box::new(error))
    }
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptySecret => f.write_str("the webhook's secret is empty; give the one that the server shows"),
            Self::MissingHeader(name) => write!(f, "the delivery has no header `{name}`, so nothing says who sent it"),
            Self::MalformedHeader(name) => write!(f, "the header `{name}` is not of the form that the server writes"),
            Self::WrongSignature => f.write_str(
                "the signature is not of this body and secret; check the secret, and that the body is verified as it came",
            ),
            Self::WrongTime { sent, now } => {
                write!(f, "signed at {sent}, which is too far from the present time {now}")
            }
            Self::Payload(error) => error.fmt(f),
        }
    }
}

/// A payload's error shows itself, so the chain goes on with what is beneath it.
impl StdError for WebhookError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Payload(error) => error.source(),
            _ => None,
        }
    }
}
