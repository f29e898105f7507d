//! Webhook deliveries: verifying their signatures, and decoding them as events.
//!
//! A signature covers the bytes of the body, so a handler must pass the body on as bytes, unchanged.

mod payload;
mod verify;

use std::error::Error as StdError;
use std::fmt;

use jiff::Timestamp;

pub use payload::{Payload, PayloadError};
pub use verify::{Encoding, Part, Signature, Signed, Verifier};

/// The error of a rejected delivery. It never shows a secret or the expected signature.
#[derive(Debug)]
#[non_exhaustive]
pub enum WebhookError {
    /// The verifier's secret is empty.
    EmptySecret,
    /// The delivery lacks this header.
    MissingHeader(&'static str),
    /// This header is malformed.
    MalformedHeader(&'static str),
    /// The body, or the timestamp, was not signed with the secret.
    WrongSignature,
    /// The signature is valid, but its timestamp differs from the current time by more than the tolerance: the delivery
    /// was delayed or replayed, or a clock is wrong.
    WrongTime {
        /// The time of signing.
        sent: Timestamp,
        /// The current time.
        now: Timestamp,
    },
    /// The signature is valid, but the payload does not match the declaration.
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
            Self::EmptySecret => f.write_str("the webhook's secret is empty; pass the one that the server displays"),
            Self::MissingHeader(name) => write!(f, "the delivery has no header `{name}`, so it cannot be verified"),
            Self::MalformedHeader(name) => write!(f, "the header `{name}` is malformed"),
            Self::WrongSignature => f.write_str(
                "the signature does not match this body and secret; check the secret, and verify the body unchanged",
            ),
            Self::WrongTime { sent, now } => {
                write!(f, "signed at {sent}, which is too far from the current time {now}")
            }
            Self::Payload(error) => error.fmt(f),
        }
    }
}

impl StdError for WebhookError {}
