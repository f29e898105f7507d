//! What a server sends to its webhooks: verified, and read into the types of its events.
//!
//! A signature is over the bytes of the body, so a handler takes the body as bytes and passes it on unchanged.

mod payload;
mod verify;

use std::error::Error as StdError;
use std::fmt;

use jiff::Timestamp;

pub use payload::{Payload, PayloadError};
pub use verify::{Encoding, Part, Signature, Signed, Verifier};

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
