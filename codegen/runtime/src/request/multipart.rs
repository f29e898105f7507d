//! Multipart bodies: their parts, and the macro that lists the parts of a type.

use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use super::body::{Attaching, BodySource};
use super::fields::cannot_take;
use super::upload::{Upload, escape};
use crate::error::RequestError;
use crate::platform::Sections;
use crate::query::{self, PartEncoding, encoding_of, is_json_type};
use crate::serde::encoding::{FieldEncoding, encoded};

/// The media type of objects in a form.
const JSON: &str = "application/json";

/// A type whose fields are the parts of a multipart form.
#[doc(hidden)]
pub trait MultipartBody {
    /// Converts the value to its parts, in the order of their declaration.
    fn into_parts(self) -> FormParts;
}

/// The files of a part.
#[doc(hidden)]
pub trait PartFiles {
    /// Adds each file as a part with this name.
    fn add_to(self, parts: &mut FormParts, name: &str);
}

impl PartFiles for Upload {
    fn add_to(self, parts: &mut FormParts, name: &str) {
        parts.required_file(name, self);
    }
}

impl PartFiles for Vec<Upload> {
    fn add_to(self, parts: &mut FormParts, name: &str) {
        parts.files(name, self);
    }
}

/// The parts of a multipart form, in order.
#[derive(Debug, Default)]
pub struct FormParts {
    /// The media type, if it is not `multipart/form-data`.
    media_type: Option<&'static str>,
    /// True if parts are identified by their order, so that no names are sent.
    unnamed: bool,
    parts: Vec<(String, Content)>,
    /// The encodings of parts by name.
    encodings: Vec<(&'static str, PartEncoding)>,
    /// Headers that parts with a name always have.
    headers: Vec<(&'static str, &'static str, &'static str)>,
    fault: Option<serde_json::Error>,
}

#[derive(Debug)]
enum Content {
    /// A value whose layout depends on the encoding for its name.
    Value(Value),
    /// Text, with its media type unless it is plain text.
    Text(String, Option<&'static str>),
    File(Upload),
}

impl FormParts {
    /// Creates a form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a form of one part, or of several with the same name.
    pub fn of_files(name: &str, uploads: impl IntoIterator<Item = Upload>) -> Self {
        let mut parts = Self::new();
        parts.files(name, uploads);
        parts
    }

    /// Creates a form of values whose names the document does not declare.
    pub fn from_values<V: Serialize>(values: impl IntoIterator<Item = (String, V)>) -> Self {
        let mut parts = Self::new();
        parts.rest_values("", values);
        parts
    }

    /// Creates a form of files whose names the document does not declare.
    pub fn from_files<F: PartFiles>(uploads: impl IntoIterator<Item = (String, F)>) -> Self {
        let mut parts = Self::new();
        parts.rest_files("", uploads);
        parts
    }

    /// Adds a scalar as text, a list as one part per element, or an object as JSON.
    pub fn required_text<V: Serialize>(&mut self, name: &str, value: V) {
        let value = self.value(value);
        self.push(name, Content::Value(value));
    }

    /// Like [`required_text`](Self::required_text), if there is a value.
    pub fn optional_text<V: Serialize>(&mut self, name: &str, value: Option<V>) {
        self.required_text(name, value);
    }

    /// Adds a part of type `application/json`.
    pub fn required_json<V: Serialize>(&mut self, name: &str, value: V) {
        let value = self.value(value);
        self.push(name, Content::Text(value.to_string(), Some(JSON)));
    }

    /// Like [`required_json`](Self::required_json), if there is a value.
    pub fn optional_json<V: Serialize>(&mut self, name: &str, value: Option<V>) {
        if let Some(value) = value {
            self.required_json(name, value);
        }
    }

    /// Adds an object as one text part `name[key]` per property.
    pub fn required_deep<V: Serialize>(&mut self, name: &str, value: V) {
        let mut pairs = Vec::new();
        query::flatten(name, &self.value(value), &mut pairs);
        self.parts.extend(pairs.into_iter().map(|(name, value)| (name, Content::Text(value, None))));
    }

    /// Like [`required_deep`](Self::required_deep), if there is a value.
    pub fn optional_deep<V: Serialize>(&mut self, name: &str, value: Option<V>) {
        self.required_deep(name, value);
    }

    /// Like [`required_text`](Self::required_text), in the form `E`.
    pub fn required_text_as<E: FieldEncoding>(&mut self, name: &str, value: E::Value) {
        self.required_text(name, encoded::<E>(&value));
    }

    /// Like [`optional_text`](Self::optional_text), in the form `E`.
    pub fn optional_text_as<E: FieldEncoding>(&mut self, name: &str, value: Option<E::Value>) {
        self.optional_text(name, value.as_ref().map(encoded::<E>));
    }

    /// Like [`required_deep`](Self::required_deep), in the form `E`.
    pub fn required_deep_as<E: FieldEncoding>(&mut self, name: &str, value: E::Value) {
        self.required_deep(name, encoded::<E>(&value));
    }

    /// Like [`optional_deep`](Self::optional_deep), in the form `E`.
    pub fn optional_deep_as<E: FieldEncoding>(&mut self, name: &str, value: Option<E::Value>) {
        self.optional_deep(name, value.as_ref().map(encoded::<E>));
    }

    /// Adds a file.
    pub fn required_file(&mut self, name: &str, upload: Upload) {
        self.push(name, Content::File(upload));
    }

    /// Adds a file, if there is one.
    pub fn optional_file(&mut self, name: &str, upload: Option<Upload>) {
        self.files(name, upload);
    }

    /// Adds any number of files under one name.
    pub fn files(&mut self, name: &str, uploads: impl IntoIterator<Item = Upload>) {
        for upload in uploads {
            self.required_file(name, upload);
        }
    }

    /// Adds values whose names the document does not declare.
    pub fn rest_values<V: Serialize>(&mut self, _name: &str, values: impl IntoIterator<Item = (String, V)>) {
        for (name, value) in values {
            self.required_text(&name, value);
        }
    }

    /// Adds files whose names the document does not declare.
    pub fn rest_files<F: PartFiles>(&mut self, _name: &str, uploads: impl IntoIterator<Item = (String, F)>) {
        for (name, files) in uploads {
            files.add_to(self, &name);
        }
    }

    /// Adds a map of files as parts `name[key]`.
    pub fn required_file_map<F: PartFiles>(&mut self, name: &str, uploads: impl IntoIterator<Item = (String, F)>) {
        for (key, files) in uploads {
            files.add_to(self, &query::bracketed(name, &key));
        }
    }

    /// Like [`required_file_map`](Self::required_file_map), if there is a map.
    pub fn optional_file_map<F: PartFiles, M: IntoIterator<Item = (String, F)>>(
        &mut self,
        name: &str,
        uploads: Option<M>,
    ) {
        self.required_file_map(name, uploads.into_iter().flatten());
    }

    /// Sets the encoding of the parts with this name. A file can have its own media type.
    #[must_use]
    pub fn encoded(mut self, name: &'static str, encoding: PartEncoding) -> Self {
        self.encodings.push((name, encoding));
        self
    }

    /// Adds a header to all parts with this name.
    #[must_use]
    pub fn header(mut self, part: &'static str, name: &'static str, value: &'static str) -> Self {
        self.headers.push((part, name, value));
        self
    }

    /// Sends the parts as a media type other than `multipart/form-data`.
    #[must_use]
    pub fn sent_as(mut self, media_type: &'static str) -> Self {
        self.media_type = Some(media_type);
        self
    }

    /// Sends the parts without their names.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.unnamed = true;
        self
    }

    /// Converts the values to parts in their encodings.
    pub(crate) fn laid_out(mut self) -> Result<Self, RequestError> {
        if let Some(error) = self.fault.take() {
            return Err(RequestError::because("`body` cannot be serialized", error));
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
                // Only JSON can represent an object.
                _ if element.is_object() || element.is_array() => Content::Text(element.to_string(), Some(JSON)),
                _ => Content::Text(query::scalar(element), media_type),
            };
            self.push(name, content);
        }
        Ok(())
    }

    /// Returns the encoded parts.
    async fn sections(&self, boundary: &str) -> Result<Sections, RequestError> {
        let mut sections = Sections::default();
        for (name, content) in &self.parts {
            let mut head = format!("--{boundary}\r\n");
            let named = (!self.unnamed).then(|| format!("form-data; name=\"{}\"", escape(name)));
            let (content_type, body, length) = match content {
                // All values are converted when the body is set.
                Content::Value(_) => continue,
                Content::Text(text, media_type) => {
                    push_header(&mut head, "Content-Disposition", named.as_deref())?;
                    (media_type.map(str::to_owned), text.clone().into(), Some(text.len() as u64))
                }
                Content::File(upload) => {
                    // The files of a map are named `name[key]`.
                    let of_map = || encoding_of(&self.encodings, name.split('[').next()?);
                    let declared = match encoding_of(&self.encodings, name).or_else(of_map) {
                        Some(PartEncoding::Typed(media_type)) => Some(media_type),
                        _ => None,
                    };
                    let file = upload.part_name(!self.unnamed).map(|file| {
                        // In a quoted string, a backslash escapes the next character.
                        format!("filename=\"{}\"", escape(&file.replace('\\', "\\\\")))
                    });
                    let disposition = match (named, file) {
                        (Some(named), Some(file)) => Some(format!("{named}; {file}")),
                        (None, Some(file)) => Some(format!("attachment; {file}")),
                        (named, None) => named,
                    };
                    push_header(&mut head, "Content-Disposition", disposition.as_deref())?;
                    let (body, length) = upload.open().await?;
                    (Some(upload.part_type(declared)), body, length)
                }
            };
            push_header(&mut head, "Content-Type", content_type.as_deref())?;
            for (_, name, value) in self.headers.iter().filter(|(part, ..)| part == name) {
                push_header(&mut head, name, Some(value))?;
            }
            if let Content::File(upload) = content {
                for (name, value) in upload.headers() {
                    push_header(&mut head, name, Some(value))?;
                }
            }
            head.push_str("\r\n");
            push_text(&mut sections, head);
            sections.push(body, length);
            push_text(&mut sections, "\r\n".to_owned());
        }
        push_text(&mut sections, format!("--{boundary}--\r\n"));
        Ok(sections)
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

fn push_text(sections: &mut Sections, text: String) {
    let length = text.len() as u64;
    sections.push(text.into(), Some(length));
}

/// Appends a header to the head of a part.
fn push_header(head: &mut String, name: &str, value: Option<&str>) -> Result<(), RequestError> {
    let Some(value) = value else { return Ok(()) };
    // `HeaderValue` rejects line breaks, which could add further headers.
    if HeaderValue::from_str(value).is_err() {
        return Err(RequestError::new(format!("the header {name} of a part contains a character that cannot be sent")));
    }
    head.push_str(&format!("{name}: {value}\r\n"));
    Ok(())
}

impl BodySource for FormParts {
    // Each attempt has a new boundary.
    fn content_type(&self) -> Option<&str> {
        None
    }

    fn is_repeatable(&self) -> bool {
        self.parts.iter().all(|(_, content)| match content {
            Content::Value(_) | Content::Text(..) => true,
            Content::File(upload) => upload.is_repeatable(),
        })
    }

    fn set_fields(&mut self, fields: &[(String, Value)]) -> Result<(), RequestError> {
        if self.unnamed {
            return Err(cannot_take("parts without names"));
        }
        for (name, value) in fields {
            self.parts.retain(|(known, _)| known != name);
            self.lay_out(name, value)?;
        }
        Ok(())
    }

    fn attach(&self, request: RequestBuilder) -> Attaching<'_> {
        Box::pin(async {
            let boundary = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
            let sections = self.sections(&boundary).await?;
            let length = sections.length().map(|length| (CONTENT_LENGTH, HeaderValue::from(length)));
            let media_type = self.media_type.unwrap_or("multipart/form-data");
            let content_type = HeaderValue::from_str(&format!("{media_type}; boundary={boundary}"))
                .map_err(|error| RequestError::because(format!("{media_type:?} is not a valid content type"), error))?;
            let request = request.body(sections.into_body());
            let headers = [(CONTENT_TYPE, content_type)].into_iter().chain(length);
            Ok(request.headers(HeaderMap::from_iter(headers)))
        })
    }
}

/// Lists the parts of a struct: `multipart! { AvatarForm { avatar: optional_file "avatar", } }`.
///
/// Each field is followed by how it is sent, which is a method of [`FormParts`], and its part's name. Parts with a single value are
/// listed before the fields, as in [`object!`].
#[doc(hidden)]
#[macro_export]
macro_rules! multipart {
    (
        $body:ident $(always { $($constant:literal : $kind:ident($value:expr)),* $(,)? })?
        { $($field:ident : $mode:ident $(<$form:ty>)? $name:literal),* $(,)? }
    ) => {
        impl $crate::generated::MultipartBody for $body {
            #[inline]
            fn into_parts(self) -> $crate::generated::FormParts {
                #[allow(unused_mut, reason = "a form may have no part")]
                let mut parts = $crate::generated::FormParts::new();
                $($(parts.required_text($constant, $crate::generated::Constant::$kind($value));)*)?
                $(parts.$mode$(::<$form>)?($name, self.$field);)*
                parts
            }
        }
    };
}
