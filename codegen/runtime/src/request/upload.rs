//! Files and other bytes sent in a request.

use std::fmt;

use bytes::Bytes;
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Body, RequestBuilder};

use super::body::{Attaching, BodySource};
use crate::error::RequestError;
use crate::platform::UploadSource;

/// Bytes to send: from memory, from a file that is read while it is sent, or from a stream.
///
/// Clones are cheap. A stream can be sent only once, by whichever clone is sent first. On `wasm32-unknown-unknown` there
/// are no files and streams.
#[derive(Clone)]
pub struct Upload {
    source: UploadSource,
    file_name: Option<String>,
    content_type: Option<String>,
    /// True if a form has it as a text field, unless it has a file name.
    is_text: bool,
    /// Further headers of the part in a multipart body.
    headers: Vec<(String, String)>,
}

impl Upload {
    /// Creates an upload of these bytes.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(UploadSource::bytes(bytes.into()))
    }

    /// Creates a text field, for a part of a form that is declared as a file or a string.
    pub fn text(text: impl Into<String>) -> Self {
        Self { is_text: true, ..Self::new(UploadSource::bytes(text.into().into())) }
    }

    pub(crate) fn new(source: UploadSource) -> Self {
        Self { source, file_name: None, content_type: None, is_text: false, headers: Vec::new() }
    }

    /// Sets the file name in a multipart body.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Sets the content type, if it is not determined by the operation or the file's name.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Adds a header to the part in a multipart body.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the content type, unless the caller has set it.
    pub(crate) fn declared(mut self, content_type: &str) -> Self {
        self.content_type.get_or_insert_with(|| content_type.to_owned());
        self
    }

    /// Returns the bytes as a body, with their length if that is known.
    pub(super) async fn open(&self) -> Result<(Body, Option<u64>), RequestError> {
        self.source.open().await
    }

    /// Returns the content type of the part in a multipart body; `declared` is the document's.
    pub(crate) fn part_type(&self, declared: Option<&str>) -> String {
        let guessed = || mime_guess::from_path(self.source.path()?).first_raw();
        let known = self.content_type.as_deref().or(declared).or_else(guessed);
        known.unwrap_or(if self.is_text { "text/plain" } else { "application/octet-stream" }).to_owned()
    }

    /// Returns the file name of the part. In a form a file always has one, because servers treat a part without a file
    /// name as a text field.
    pub(crate) fn part_name(&self, in_form: bool) -> Option<String> {
        match (&self.file_name, self.source.path()) {
            (Some(name), _) => Some(name.clone()),
            (None, _) if !in_form || self.is_text => None,
            (None, Some(path)) => Some(path.file_name()?.to_string_lossy().into_owned()),
            (None, None) => Some("file".to_owned()),
        }
    }

    /// Returns the headers of the part.
    pub(crate) fn headers(&self) -> &[(String, String)] {
        &self.headers
    }
}

/// Sends the upload as the whole body.
impl BodySource for Upload {
    fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    fn is_repeatable(&self) -> bool {
        self.source.is_repeatable()
    }

    fn attach(&self, request: RequestBuilder) -> Attaching<'_> {
        Box::pin(async {
            Ok(match self.open().await? {
                (body, Some(length)) => request.header(CONTENT_LENGTH, length).body(body),
                (body, None) => request.body(body),
            })
        })
    }
}

/// Escapes characters that would end a quoted name or its line, as browsers do.
pub(crate) fn escape(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A").replace('\0', "%00")
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Upload");
        self.source.show(&mut shown);
        shown.field("file_name", &self.file_name).finish()
    }
}

impl From<Bytes> for Upload {
    fn from(bytes: Bytes) -> Self {
        Upload::bytes(bytes)
    }
}

impl From<Vec<u8>> for Upload {
    fn from(bytes: Vec<u8>) -> Self {
        Upload::bytes(bytes)
    }
}
