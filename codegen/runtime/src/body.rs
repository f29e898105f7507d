//! The body of a request, kept so that each attempt can send it anew.

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder};

use crate::error::RequestError;
use crate::multipart::FormParts;
use crate::upload::Upload;

/// What a request carries.
#[derive(Debug, Default)]
pub(crate) enum Body {
    #[default]
    Empty,
    Bytes {
        media_type: &'static str,
        bytes: Bytes,
    },
    Upload {
        media_type: &'static str,
        upload: Upload,
    },
    Multipart(FormParts),
}

impl Body {
    /// Says what the body is, unless the caller has said so for this call.
    pub(crate) fn describe(&self, method: &Method, headers: &mut HeaderMap) -> Result<(), RequestError> {
        let media_type = match self {
            Body::Empty => {
                // Where a body could be, some servers insist on hearing that there is none.
                if [Method::POST, Method::PUT, Method::PATCH].contains(method) {
                    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
                }
                return Ok(());
            }
            Body::Bytes { media_type, .. } => media_type,
            Body::Upload { media_type, upload } => upload.declared_content_type().unwrap_or(media_type),
            Body::Multipart(_) => {
                // Only reqwest knows the boundary.
                headers.remove(CONTENT_TYPE);
                return Ok(());
            }
        };
        let value = HeaderValue::from_str(media_type)
            .map_err(|error| RequestError::because(format!("{media_type:?} is not a content type"), error))?;
        headers.entry(CONTENT_TYPE).or_insert(value);
        Ok(())
    }

    /// Whether the body can be sent more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        match self {
            Body::Empty | Body::Bytes { .. } => true,
            Body::Upload { upload, .. } => upload.is_repeatable(),
            Body::Multipart(parts) => parts.is_repeatable(),
        }
    }

    /// Puts the body on a request.
    pub(crate) async fn attach(&self, request: RequestBuilder) -> Result<RequestBuilder, RequestError> {
        Ok(match self {
            Body::Empty => request,
            Body::Bytes { bytes, .. } => request.body(bytes.clone()),
            Body::Upload { upload, .. } => match upload.open().await? {
                (body, Some(length)) => request.header(CONTENT_LENGTH, length).body(body),
                (body, None) => request.body(body),
            },
            Body::Multipart(parts) => request.multipart(parts.form().await?),
        })
    }
}
