//! Deserializing and serializing the types of an API.

pub(crate) mod additional;
pub(crate) mod base64_text;
pub(crate) mod constant;
pub(crate) mod content;
pub(crate) mod custom;
pub(crate) mod de;
pub(crate) mod encoding;
pub(crate) mod lenient;
pub(crate) mod object;
pub(crate) mod open_enum;
pub(crate) mod patch;
pub(crate) mod precise;
pub(crate) mod ser;
pub(crate) mod tolerance;
pub(crate) mod union;
pub(crate) mod unix_time;
pub(crate) mod values;
#[cfg(feature = "xml")]
pub mod xml;
