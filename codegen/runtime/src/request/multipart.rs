//! Multipart forms: the parts that a body is made of, and the macro that lists a type's parts.

use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};
use serde::Serialize;
use serde_json::Value;

use super::body::{Attaching, BodySource};
use super::upload::{Upload, escape};
use crate::error::RequestError;
use crate::query;

/// A type whose fields are the parts of a multipart form.
pub trait MultipartBody {
    /// The parts in the order of their declaration.
    fn into_parts(self) -> FormParts;
}

/// The parts of a multipart form, in order.
#[derive(Debug, Default)]
pub struct FormParts {
    parts: Vec<(String, Content)>,
    /// The media types of parts by their names.
    types: Vec<(&'static str, &'static str)>,
    fault: Option<serde_json::Error>,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Json(String),
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
        self.text(name, &value);
    }

    /// The same, where there is a value.
    pub fn optional_text<V: Serialize>(&mut self, name: &str, value: Option<V>) {
        self.required_text(name, value);
    }

    /// A part of type `application/json`.
    pub fn required_json<V: Serialize>(&mut self, name: &str, value: V) {
        let value = self.value(value);
        self.push(name, Content::Json(value.to_string()));
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
        self.parts.extend(pairs.into_iter().map(|(name, value)| (name, Content::Text(value))));
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

    /// Declares the media type of the parts of this name. A file may have one of its own.
    #[must_use]
    pub fn typed(mut self, name: &'static str, media_type: &'static str) -> Self {
        self.types.push((name, media_type));
        self
    }

    /// The value that could not be turned into text, if there was one.
    pub(crate) fn take_fault(&mut self) -> Option<serde_json::Error> {
        self.fault.take()
    }

    /// The form as reqwest sends it.
    async fn form(&self) -> Result<Form, RequestError> {
        // Names are escaped as browsers do; servers do not read reqwest's own `name*=`.
        let mut form = Form::new().percent_encode_noop();
        for (name, content) in &self.parts {
            let declared = self.types.iter().find(|(known, _)| known == name).map(|(_, media_type)| *media_type);
            let part = match content {
                Content::Text(text) => typed(text, declared)?,
                Content::Json(text) => typed(text, declared.or(Some("application/json")))?,
                Content::File(upload) => upload.part(declared).await?,
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

    fn text(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::Object(_) => self.push(name, Content::Json(value.to_string())),
            Value::Array(values) => {
                for element in values.iter().filter(|element| !element.is_null()) {
                    let text = query::scalar(element);
                    self.push(name, if element.is_object() { Content::Json(text) } else { Content::Text(text) });
                }
            }
            scalar => self.push(name, Content::Text(query::scalar(scalar))),
        }
    }
}

impl BodySource for FormParts {
    /// reqwest alone knows the boundary.
    fn content_type(&self) -> Option<&str> {
        None
    }

    fn is_repeatable(&self) -> bool {
        self.parts.iter().all(|(_, content)| match content {
            Content::Text(_) | Content::Json(_) => true,
            Content::File(upload) => upload.is_repeatable(),
        })
    }

    fn attach(&self, request: RequestBuilder) -> Attaching<'_> {
        Box::pin(async { Ok(request.multipart(self.form().await?)) })
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
