//! The hand-written half of a generated client: what is the same for every API.
//!
//! Generated code declares types and operations as data; this crate turns them into requests and
//! replies. Callers meet the types re-exported at the root, mostly through the generated crate.
//!
//! A call walks one line: [`Call`](generated::Call) gathers the parts, `send` makes one request of
//! them, the engine puts it on the wire, again where [`Retry`] allows it, and reads the reply within
//! limits, and the operation's own decoder turns the reply into its type or into an [`Error`].

mod answering;
mod auth;
mod base64_text;
mod body;
mod byte_stream;
mod call;
mod client;
#[doc(hidden)]
pub mod decode;
mod engine;
mod error;
mod events;
mod included;
mod json_path;
mod lenient;
#[cfg(feature = "mock")]
pub mod mock;
mod multipart;
mod object;
mod open_enum;
mod operation;
mod pages;
mod patch;
mod path;
mod query;
mod read;
mod response;
mod retry;
mod secret;
mod token;
mod trace;
mod union;
mod upload;
mod webhook;
mod write;

pub use base64_text::Base64;
pub use byte_stream::ByteStream;
pub use client::{Core, CoreBuilder, http_client_builder};
pub use error::{ApiError, DecodeError, Error, RequestError, TransportError};
pub use events::{Event, Events};
pub use included::Included;
pub use pages::{Items, Pages};
pub use patch::Patch;
pub use response::Response;
pub use retry::Retry;
pub use secret::Secret;
pub use token::{AuthError, FetchingToken, Token, TokenSource};
pub use upload::Upload;
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
    pub use crate::auth::{Scheme, SchemeKind};
    pub use crate::call::{Call, Sending};
    pub use crate::decode;
    pub use crate::decode::DecodeFailure;
    pub use crate::events::{EventReader, EventShape};
    pub use crate::multipart::{FormParts, MultipartBody};
    pub use crate::operation::{ErrorReader, Operation, Reply, Status};
    pub use crate::pages::{By, Paging, Sign};
    pub use crate::path::PathValue;
    pub use crate::query::{Style, json_text};
    pub use crate::read::Readable;
    pub use crate::token::{Grant, Revocation};
    pub use crate::webhook::{Encoding, Part, Payload, Signature, Signed};
    pub use reqwest::Method;
    pub use serde_json::Error as JsonError;
}
