//! Successful responses of several types, selected by their status and media type.

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use serde::de::IgnoredAny;

use crate::media_type;
use crate::operation::{Reply, Status};
use crate::response::check_undeclared;
use crate::response::decode::DecodeFailure;

/// A successful response that has one of several types.
pub trait Responses: Sized + 'static {
    /// The declared cases. Of those with the same status, the first is preferred.
    const CASES: &'static [ResponseCase<Self>];

    /// Creates the value of a success that the document does not declare.
    fn unknown(body: Bytes) -> Self;
}

/// A declared successful response.
pub struct ResponseCase<T: 'static> {
    /// The status.
    pub status: Status,
    /// The media type, which may be a range; empty if there is no body.
    pub media_type: &'static str,
    /// Decodes the response.
    pub decode: fn(&Reply) -> Result<T, DecodeFailure>,
}

/// Decodes a successful response by its status and media type.
pub fn selected<T: Responses>(reply: &Reply) -> Result<T, DecodeFailure> {
    let key = |index: usize| T::CASES.get(index).map(|case| (case.status, case.media_type));
    match choose(reply, &key)?.and_then(|index| T::CASES.get(index)) {
        Some(case) => (case.decode)(reply),
        None => {
            check_undeclared(reply)?;
            Ok(T::unknown(reply.body.clone()))
        }
    }
}

/// Returns the index of the case that matches the response's status and media type; `None` if its status is not
/// declared.
fn choose(
    reply: &Reply,
    key: &dyn Fn(usize) -> Option<(Status, &'static str)>,
) -> Result<Option<usize>, DecodeFailure> {
    let all = || (0..).map_while(|index| Some((index, key(index)?)));
    let of_status = |wanted: Status| -> Vec<(usize, &'static str)> {
        all().filter(|(_, (status, _))| *status == wanted).map(|(index, (_, media_type))| (index, media_type)).collect()
    };
    let class = u8::try_from(reply.status / 100).unwrap_or_default();
    let wanted = [Status::Exact(reply.status), Status::Range(class), Status::Default];
    let Some(cases) = wanted.into_iter().map(of_status).find(|cases| !cases.is_empty()) else { return Ok(None) };
    if let [(only, _)] = cases.as_slice() {
        return Ok(Some(*only));
    }
    let Some(essence) = essence(reply) else { return Ok(cases.first().map(|(first, _)| *first)) };
    let declared = cases.iter().filter(|(_, media_type)| includes(media_type, &essence));
    // Without a range, and with most of the response's parameters.
    let fit = |media_type: &str| (media_type.contains('*'), std::cmp::Reverse(common_parameters(reply, media_type)));
    if let Some((index, _)) = declared.min_by_key(|(_, media_type)| fit(media_type)) {
        return Ok(Some(*index));
    }
    // Some servers label JSON as text, and text as bytes.
    let is_json = serde_json::from_slice::<IgnoredAny>(&reply.body).is_ok();
    let likely = cases.iter().find(|(_, media_type)| media_type.contains("json") == is_json);
    match likely {
        Some((index, _)) if is_json || matches!(essence.as_str(), "text/plain" | "application/octet-stream") => {
            Ok(Some(*index))
        }
        _ => Err(DecodeFailure::new(format_args!("the body is {essence:?}, which is not declared"), 0)),
    }
}

/// Returns the media type of the response without its parameters, in lower case.
pub(crate) fn essence(reply: &Reply) -> Option<String> {
    let media_type = reply.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = media_type::essence(media_type).to_ascii_lowercase();
    (!essence.is_empty()).then_some(essence)
}

/// Returns the number of parameters of a declared media type, if the response's has all of them:
/// `application/json;version=2`.
fn common_parameters(reply: &Reply, declared: &str) -> Option<usize> {
    let parameters = |media_type: &str| -> Vec<String> {
        let parameters = media_type.split(';').skip(1).map(|one| one.trim().replace('"', "").to_ascii_lowercase());
        parameters.filter(|one| !one.is_empty() && !one.starts_with("charset=")).collect()
    };
    let sent = reply.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(parameters);
    let declared = parameters(declared);
    declared.iter().all(|one| sent.iter().flatten().any(|sent| sent == one)).then_some(declared.len())
}

/// Returns true if a declared media type, or range of media types, includes `essence`.
pub(super) fn includes(declared: &str, essence: &str) -> bool {
    let declared = media_type::essence(declared).to_ascii_lowercase();
    match declared.split_once('*') {
        None => declared == essence,
        // `*/*` has two asterisks.
        Some((start, end)) => essence.starts_with(start) && (end == "/*" || essence.ends_with(end)),
    }
}

/// Lists the types of a successful response: `responses! { Started(Unknown) { Done: Exact(200) json "application/json",
/// Later: Exact(204) empty "", } }`. `Unknown(Bytes)` has the body of a success that is not listed.
/// XML is followed by its root: `Done: Exact(200) xml "application/xml" super::xml::DONE`.
#[doc(hidden)]
#[macro_export]
macro_rules! responses {
    ($name:ident($unknown:ident) {
        $($variant:ident : $status:ident $(($code:literal))? $read:ident $media_type:literal $($root:path)?),* $(,)?
    }) => {
        impl $crate::generated::Responses for $name {
            const CASES: &'static [$crate::generated::ResponseCase<Self>] = &[$($crate::generated::ResponseCase {
                status: $crate::generated::Status::$status $(($code))?,
                media_type: $media_type,
                decode: $crate::responses!(@read $read $name $variant $($root)?),
            }),*];

            fn unknown(body: $crate::Bytes) -> Self {
                Self::$unknown(body)
            }
        }
    };
    (@read empty $name:ident $variant:ident) => {
        |reply| $crate::generated::decode::empty(reply).map(|()| $name::$variant)
    };
    (@read $read:ident $name:ident $variant:ident $root:path) => {
        |reply| $crate::generated::decode::$read(reply, &$root).map($name::$variant)
    };
    (@read $read:ident $name:ident $variant:ident) => {
        |reply| $crate::generated::decode::$read(reply).map($name::$variant)
    };
}
