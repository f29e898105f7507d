//! The body of a request, which each attempt can send again.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Method, Request, RequestBuilder};
use serde_json::Value;

use super::fields::cannot_take;
use crate::error::RequestError;
use crate::transport::Failure;

/// The media type of forms without files.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// The body of a request.
#[derive(Clone, Debug, Default)]
pub(crate) enum Body {
    #[default]
    Empty,
    Bytes {
        media_type: &'static str,
        bytes: Bytes,
    },
    Source(Arc<dyn BodySource>),
}

/// A source that creates the body for each attempt.
///
/// This is a trait so that the code of uploads is compiled into a program only if it uses them: the table of file types
/// alone takes a quarter of a megabyte.
pub(crate) trait BodySource: Debug + Send + Sync {
    /// Returns the content type; `None` if only reqwest knows it.
    fn content_type(&self) -> Option<&str>;

    /// Returns true if the body can be sent more than once.
    fn is_repeatable(&self) -> bool;

    /// Sets the fields of a form; other sources have none.
    fn set_fields(&mut self, fields: &[(String, Value)]) -> Result<(), RequestError> {
        let _ = fields;
        Err(cannot_take("an upload"))
    }

    /// Sets the body of a request.
    fn attach(&self, request: RequestBuilder) -> Attaching<'_>;
}

pub(crate) type Attaching<'a> = Pin<Box<dyn Future<Output = Result<RequestBuilder, RequestError>> + Send + 'a>>;

impl Body {
    /// Sets the body's headers, unless the caller has set them for this call.
    pub(crate) fn describe(&self, method: &Method, headers: &mut HeaderMap) -> Result<(), RequestError> {
        // Some servers require a `Content-Length: 0` for methods that can have a body.
        if self.as_bytes().is_some_and(Bytes::is_empty)
            || matches!(self, Body::Empty) && [Method::POST, Method::PUT, Method::PATCH].contains(method)
        {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let media_type = match self {
            Body::Empty => return Ok(()),
            Body::Bytes { media_type, .. } => Some(*media_type),
            Body::Source(source) => source.content_type(),
        };
        let Some(media_type) = media_type else {
            headers.remove(CONTENT_TYPE);
            return Ok(());
        };
        let value = HeaderValue::from_str(media_type)
            .map_err(|error| RequestError::because(format!("{media_type:?} is not a valid content type"), error))?;
        headers.entry(CONTENT_TYPE).or_insert(value);
        Ok(())
    }

    /// Returns true if the body can be sent more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        match self {
            Body::Empty | Body::Bytes { .. } => true,
            Body::Source(source) => source.is_repeatable(),
        }
    }

    /// Returns the body if it is in memory.
    pub(crate) fn as_bytes(&self) -> Option<&Bytes> {
        match self {
            Body::Bytes { bytes, .. } => Some(bytes),
            Body::Empty | Body::Source(_) => None,
        }
    }

    /// Sets the body of a request that is sent with this HTTP client.
    pub(crate) async fn attach(&self, http: &Client, mut request: Request) -> Result<Request, Failure> {
        match self {
            Body::Empty => {}
            Body::Bytes { bytes, .. } => *request.body_mut() = Some(bytes.clone().into()),
            Body::Source(source) => {
                let request = RequestBuilder::from_parts(http.clone(), request);
                return Ok(source.attach(request).await?.build()?);
            }
        }
        Ok(request)
    }
}
