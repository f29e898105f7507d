//! The hand-written half of a generated client: what is the same for every API.
//!
//! Generated code declares types and operations as data; this crate turns them into requests and
//! replies. Callers meet the types re-exported at the root, mostly through the generated crate.
//!
//! A call walks one line: [`Call`](generated::Call) gathers the parts, `send` makes one request of
//! them, the engine puts it on the wire, again where [`Retry`] allows it, and reads the reply within
//! limits, and the operation's own decoder turns the reply into its type or into an [`Error`].

mod auth;
mod body;
mod call;
mod client;
mod engine;
mod error;
mod included;
#[cfg(feature = "mock")]
pub mod mock;
mod multipart;
mod operation;
mod pagination;
mod path;
mod query;
mod response;
mod retry;
mod secret;
mod serde;
mod token;
mod trace;
mod upload;
mod webhook;

pub use self::serde::{base64_text::Base64, patch::Patch};
pub use client::{Core, CoreBuilder, http_client_builder};
pub use error::{ApiError, DecodeError, Error, RequestError, TransportError};
pub use included::Included;
pub use pagination::{Items, Pages};
#[doc(hidden)]
pub use response::decode;
pub use response::{
    Response,
    byte_stream::ByteStream,
    events::{Event, Events},
};
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
    pub use crate::serde::de::{Key, Object, PropertyReader, is_required, read};
    pub use crate::serde::open_enum::{read_integer, read_string};
    pub use crate::serde::ser::{PropertyWriter, WriteObject, write};
    pub use crate::serde::union::{Shape, Union, Variants, kind, read_union, read_variant};
    pub use serde;
    pub use serde_json;
    pub use std::string::String;
}

/// What generated code calls. Hand-written code has no need of it, and it may change at any time.
#[doc(hidden)]
pub mod generated {
    pub use crate::auth::{Scheme, SchemeKind};
    pub use crate::call::{Call, Sending};
    pub use crate::multipart::{FormParts, MultipartBody};
    pub use crate::operation::{ErrorReader, Operation, Reply, Status};
    pub use crate::pagination::{HasMore, PageKey, Paging};
    pub use crate::path::PathValue;
    pub use crate::query::{Style, json_text};
    pub use crate::response::decode;
    pub use crate::response::decode::DecodeFailure;
    pub use crate::response::events::{EventReader, EventShape};
    pub use crate::serde::de::Decode;
    pub use crate::token::{Grant, Revocation};
    pub use crate::webhook::{Encoding, Part, Payload, Signature, Signed};
    pub use reqwest::Method;
    pub use serde_json::Error as JsonError;
}
