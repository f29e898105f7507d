//! The hand-written code that generated clients share.
//!
//! Generated code declares types and operations as data; this crate sends their requests and decodes the responses.
//! Callers use the types re-exported at the root, mostly through the generated crate.
//!
//! [`Call`](generated::Call) collects the parts of a request; `transport` sends it, retries it as [`Retry`] allows, follows
//! redirects and reads the response within limits; `response` decodes it with the operation's decoder, or returns an
//! [`Error`].
mod auth;
mod base64_text;
mod client;
#[doc(hidden)]
pub mod decode;
mod error;
mod events;
mod json_path;
mod lenient;
#[cfg(feature = "mock")]
pub mod mock;
mod object;
mod open_enum;
mod operation;
mod pages;
mod patch;
mod path;
mod query;
mod read;
mod redact;
mod request;
mod response;
mod secret;
mod trace;
mod transport;
mod union;
mod webhook;
mod write;

pub use auth::{AuthError, FetchingToken, Token, TokenSource};
pub use base64_text::Base64;
pub use client::{Core, CoreBuilder, http_client_builder};
pub use error::{ApiError, DecodeError, Error, RequestError, TransportError};
pub use events::{Event, Events};
pub use pages::{Items, Pages};
pub use patch::Patch;
pub use request::Upload;
pub use response::{ByteStream, Response};
pub use secret::Secret;
pub use transport::Retry;
pub use webhook::{PayloadError, Verifier, WebhookError};

pub use bytes::Bytes;
pub use jiff::{Timestamp, civil::Date};
pub use reqwest;
pub use secrecy::SecretString;
pub use serde_json::{Map, Value};

/// What the exported macros need to name from any crate.
#[doc(hidden)]
pub mod __private {
    pub use crate::open_enum::{read_integer, read_string};
    pub use crate::read::{Object, PropertyReader, read};
    pub use crate::union::{Choice, kind, read_union, tag_of, tagged};
    pub use crate::write::{PropertyWriter, WriteObject, write};
    pub use serde;
    pub use serde_json;
    pub use std::string::String;
}

/// What generated code calls. Hand-written code has no need of it, and it may change at any time.
#[doc(hidden)]
pub mod generated {
    pub use crate::auth::{Grant, Revocation, Scheme, SchemeKind};
    pub use crate::decode;
    pub use crate::decode::DecodeFailure;
    pub use crate::events::{EventReader, EventShape};
    pub use crate::operation::{ErrorReader, Operation, Reply, Status};
    pub use crate::pages::{By, Paging, Sign};
    pub use crate::path::PathValue;
    pub use crate::query::{Style, json_text};
    pub use crate::read::Readable;
    pub use crate::request::{Call, FormParts, MultipartBody, Sending};
    pub use crate::webhook::{Encoding, Part, Payload, Signature, Signed};
    pub use reqwest::Method;
    pub use serde_json::Error as JsonError;
}
