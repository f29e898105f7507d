//! The hand-written code that generated clients share.
//!
//! Generated code declares types and operations as data; this crate sends their requests and decodes the responses.
//! Callers use the types re-exported at the root, mostly through the generated crate.
//!
//! [`Call`](generated::Call) collects the parts of a request; `transport` sends it, retries it as [`Retry`] allows, follows
//! redirects and reads the response within limits; `response` decodes it with the operation's decoder, or returns an
//! [`Error`].

#[cfg(all(target_arch = "wasm32", target_os = "unknown", any(feature = "blocking", feature = "mock")))]
compile_error!(
    "the features `blocking` and `mock` need threads and sockets, which wasm32-unknown-unknown lacks: \
     enable them for other targets only"
);

mod auth;
#[cfg(feature = "blocking")]
pub mod blocking;
mod charset;
mod client;
mod error;
mod hook;
mod included;
mod media_type;
#[cfg(feature = "mock")]
pub mod mock;
mod operation;
mod pagination;
mod path;
mod platform;
mod query;
mod record;
mod redact;
mod request;
mod response;
mod secret;
mod serde;
mod trace;
mod transport;
mod webhook;

pub use self::serde::{
    additional::AdditionalProperties,
    base64_text::Base64,
    custom::Custom,
    patch::Patch,
    tolerance::Warning,
    unix_time::{UnixTime, UnixTimeFloat, UnixTimeText},
};
pub use auth::{AuthError, FetchingToken, IssuedToken, Token, TokenSource};
pub use error::{ApiError, DecodeError, Error, RequestError, TransportError};
pub use hook::{Hook, HookError, RequestContext, ResponseContext, TraceContext};
pub use included::Included;
pub use pagination::{Checkpoint, Items, Pages};
pub use platform::http_client_builder;
pub use record::Recorder;
pub use request::{IntoNullable, IntoObject, Sending, SetIfSome, UndeclaredCall, Upload};
pub use response::{
    Response,
    byte_stream::ByteStream,
    events::{Event, Events},
    header::{Header, HeaderError, HeaderValue},
    lines::JsonLines,
    parts::{Part, Parts},
};
pub use secret::Secret;
pub use transport::{CallLimits, Retry, Transport, TransportFuture};
pub use webhook::{PayloadError, Verifier, WebhookError};

pub use bytes::Bytes;
pub use http;
pub use jiff::{Timestamp, civil::Date};
/// The HTTP library. Create a client of it with [`http_client_builder`]: `reqwest::Client::new()` panics in a program that
/// has not chosen a TLS library otherwise.
pub use reqwest;
pub use reqwest::{Method, StatusCode};
pub use secrecy::{ExposeSecret, SecretString};
pub use serde_json::{Map, Value};
pub use uuid::Uuid;

/// Items for generated code and the macros that it calls. Not meant for hand-written code; may change at any time.
#[doc(hidden)]
pub mod generated {
    pub use crate::auth::{Grant, Revocation, Scheme, SchemeKind};
    pub use crate::client::{Core, CoreBuilder};
    pub use crate::operation::{ErrorReader, Method, Operation, Reply, Status};
    pub use crate::pagination::{HasMore, PageKey, Paging};
    pub use crate::path::{PathValue, path_json, structured};
    pub use crate::query::{PartEncoding, Style, json_text};
    pub use crate::request::{Call, FormParts, MultipartBody};
    pub use crate::response::decode::DecodeFailure;
    pub use crate::response::events::{EventReader, EventShape};
    pub use crate::response::select::{ResponseCase, Responses};
    pub use crate::serde::additional::Rest;
    pub use crate::serde::constant::Constant;
    pub use crate::serde::content::Content;
    pub use crate::serde::de::{Decode, Key, Object, PropertyReader, blank, is_required, read};
    pub use crate::serde::encoding::{Encoded, FieldEncoding, encoded};
    pub use crate::serde::open_enum::{read_integer, read_string};
    pub use crate::serde::ser::ObjectWriter;
    pub use crate::serde::union::{
        Shape, Union, Variants, base_of, kind, read_union, read_variant, score, tag, write_event, write_tagged,
    };
    #[cfg(feature = "xml")]
    pub use crate::serde::xml::{XmlField, XmlName, XmlObject, XmlPlace, XmlRoot, XmlShape};
    pub use crate::transport::RateLimit;
    pub use crate::webhook::{Encoding, Part, Payload, Signature, Signed};
    pub use serde;
    pub use serde_json;
    pub use serde_json::Error as JsonError;
    pub use std::string::String;

    /// The decoding functions of operations: each converts a response to a type.
    pub mod decode {
        pub use crate::response::decode::*;
        pub use crate::response::select::selected;
    }
}
