//! Multipart forms: the parts that a body is made of, and the macro that lists a type's parts.

use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::multipart::{Form, Part};
use serde::Serialize;
use serde_json::Value;

use super::body::{Attaching, BodySource};
use super::upload::{Upload, escape};
use crate::error::RequestError;
use crate::query::{self, PartEncoding, encoding_of, is_json_type};

/// The media type of objects in a form.
const JSON: &str = "application/json";

/// A type whose fields are the parts of a multipart form.
#[doc(hidden)]
pub trait MultipartBody {
    /// The parts in the order of their declaration.
    fn into_parts(self) -> FormParts;
}

/// The parts of a multipart form, in order.
#[derive(Debug, Default)]
pub struct FormParts {
    /// Set if the body is not `multipart/form-data`.
    media_type: Option<&'static str>,
    parts: Vec<(String, Content)>,
    /// How parts are written, by their names.
    encodings: Vec<(&'static str, PartEncoding)>,
    fault: Option<serde_json::Error>,
}

#[derive(Debug)]
enum Content {
    /// A value whose layout depends on the encoding of its name.
    Value(Value),
    /// Text, and its media type unless it is plain text.
    Text(String, Option<&'static str>),
    File(Upload),
}

impl FormParts {
    /// No parts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A scalar as text, a list as one part for each element, an object as JSON.
    pub fn required_text<V: Serialize>(&mut self, name: &str, value: V) {
        let value = self.value(value);
        self.push(name, Content::Value(value));
    }

    /// The same, where there is a value.
    pub fn optional_text<V: Serialize>(&mut self, name: &str, value: Option<V>) {
        self.required_text(name, value);
    }

    /// A part of type `application/json`.
    pub fn required_json<V: Serialize>(&mut self, name: &str, value: V) {
        let value = self.value(value);
        self.push(name, Content::Text(value.to_string(), Some(JSON)));
    }

    /// The same, where there is a value.
    pub fn optional_json<V: Serialize>(&mut self, name: &str, value: Option<V>) {
        if let Some(value) = value {
            self.required_json(name, value);
        }
    }

    /// An object as one text part `name[key]` for each of its properties.
    pub fn required_deep<V: Serialize>(&mut self, name: &str, value: V) {
        let mut pairs = Vec::new();
        query::flatten(name, &self.value(value), &mut pairs);
        self.parts.extend(pairs.into_iter().map(|(name, value)| (name, Content::Text(value, None))));
    }

    /// The same, where there is a value.
    pub fn optional_deep<V: Serialize>(&mut self, name: &str, value: Option<V>) {
        self.required_deep(name, value);
    }

    /// A file.
    pub fn required_file(&mut self, name: &str, upload: Upload) {
        self.push(name, Content::File(upload));
    }

    /// A file, where there is one.
    pub fn optional_file(&mut self, name: &str, upload: Option<Upload>) {
        self.files(name, upload);
    }

    /// Any number of files under one name.
    pub fn files(&mut self, name: &str, uploads: impl IntoIterator<Item = Upload>) {
        for upload in uploads {
            self.required_file(name, upload);
        }
    }

    /// Declares how the parts of this name are written. A file may have a media type of its own.
    #[must_use]
    pub fn encoded(mut self, name: &'static str, encoding: PartEncoding) -> Self {
        self.encodings.push((name, encoding));
        self
    }

    /// Sends the parts as another media type than `multipart/form-data`.
    #[must_use]
    pub fn sent_as(mut self, media_type: &'static str) -> Self {
        self.media_type = Some(media_type);
        self
    }

    /// Writes the values in their encodings.
    pub(crate) fn laid_out(mut self) -> Result<Self, RequestError> {
        if let Some(error) = self.fault.take() {
            return Err(RequestError::because("`body` cannot be written", error));
        }
        for (name, content) in std::mem::take(&mut self.parts) {
            match content {
                Content::Value(value) => self.lay_out(&name, &value)?,
                content => self.parts.push((name, content)),
            }
        }
        Ok(self)
    }

    fn lay_out(&mut self, name: &str, value: &Value) -> Result<(), RequestError> {
        let media_type = match encoding_of(&self.encodings, name) {
            Some(PartEncoding::Style(style) | PartEncoding::Reserved(style)) => {
                let pairs = query::pairs(name, style, value)?;
                self.parts.extend(pairs.into_iter().map(|(name, text)| (name, Content::Text(text, None))));
                return Ok(());
            }
            Some(PartEncoding::Typed(media_type)) => Some(media_type),
            None => None,
        };
        for element in query::each(value) {
            let content = match media_type {
                Some(json) if is_json_type(json) => Content::Text(element.to_string(), Some(json)),
                // No other media type can hold an object.
                _ if element.is_object() => Content::Text(element.to_string(), Some(JSON)),
                _ => Content::Text(query::scalar(element), media_type),
            };
            self.push(name, content);
        }
        Ok(())
    }

    /// The form as reqwest sends it.
    async fn form(&self) -> Result<Form, RequestError> {
        // Names are escaped as browsers do; servers do not read reqwest's own `name*=`.
        let mut form = Form::new().percent_encode_noop();
        for (name, content) in &self.parts {
            let part = match content {
                // All values are laid out when the body is set.
                Content::Value(_) => continue,
                Content::Text(text, media_type) => typed(text, *media_type)?,
                Content::File(upload) => {
                    let declared = match encoding_of(&self.encodings, name) {
                        Some(PartEncoding::Typed(media_type)) => Some(media_type),
                        _ => None,
                    };
                    upload.part(declared).await?
                }
            };
            form = form.part(escape(name), part);
        }
        Ok(form)
    }

    fn push(&mut self, name: &str, content: Content) {
        self.parts.push((name.to_owned(), content));
    }

    fn value(&mut self, value: impl Serialize) -> Value {
        serde_json::to_value(value).unwrap_or_else(|error| {
            self.fault.get_or_insert(error);
            Value::Null
        })
    }
}

impl BodySource for FormParts {
    /// reqwest alone knows the boundary.
    fn content_type(&self) -> Option<&str> {
        None
    }

    fn is_repeatable(&self) -> bool {
        self.parts.iter().all(|(_, content)| match content {
            Content::Value(_) | Content::Text(..) => true,
            Content::File(upload) => upload.is_repeatable(),
        })
    }

    fn attach(&self, request: RequestBuilder) -> Attaching<'_> {
        Box::pin(async {
            let form = self.form().await?;
            let boundary = form.boundary().to_owned();
            let media_type = self.media_type.unwrap_or("multipart/form-data");
            let content_type = HeaderValue::from_str(&format!("{media_type}; boundary={boundary}"))
                .map_err(|error| RequestError::because(format!("{media_type:?} is not a content type"), error))?;
            let request = match self.parts.is_empty() {
                // reqwest sends nothing at all for a form without parts, which is not a multipart body.
                true => request.body(format!("--{boundary}--\r\n")),
                false => request.multipart(form),
            };
            Ok(request.headers(HeaderMap::from_iter([(CONTENT_TYPE, content_type)])))
        })
    }
}

fn typed(text: &str, media_type: Option<&str>) -> Result<Part, RequestError> {
    let part = Part::text(text.to_owned());
    match media_type {
        Some(media_type) => part
            .mime_str(media_type)
            .map_err(|error| RequestError::because(format!("{media_type:?} is not a media type"), error)),
        None => Ok(part),
    }
}

/// Lists the parts of a struct: `multipart! { AvatarForm { avatar: optional_file "avatar", } }`.
///
/// Each field is followed by how it is sent, which is a method of [`FormParts`], and its part's name.
#[doc(hidden)]
#[macro_export]
macro_rules! multipart {
    ($body:ident { $($field:ident : $mode:ident $name:literal),* $(,)? }) => {
        impl $crate::generated::MultipartBody for $body {
            #[inline]
            fn into_parts(self) -> $crate::generated::FormParts {
                #[allow(unused_mut, reason = "a form may have no part")]
                let mut parts = $crate::generated::FormParts::new();
                $(parts.$mode($name, self.$field);)*
                parts
            }
        }
    };
}
