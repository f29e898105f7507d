//! Files and other bytes sent in a request.

use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_core::Stream;
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Body, RequestBuilder};

use super::body::{Attaching, BodySource};
use crate::error::RequestError;

/// Bytes to send: from memory, from a file that is read while it is sent, or from a stream.
///
/// Clones are cheap. A stream can be sent only once, by whichever clone is sent first.
#[derive(Clone)]
pub struct Upload {
    source: UploadSource,
    file_name: Option<String>,
    content_type: Option<String>,
    /// Further headers of the part in a multipart body.
    headers: Vec<(String, String)>,
}

#[derive(Clone)]
enum UploadSource {
    Bytes(Bytes),
    File(PathBuf),
    Stream { body: Arc<Mutex<Option<Body>>>, length: Option<u64> },
}

impl Upload {
    /// Creates an upload of these bytes.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(UploadSource::Bytes(bytes.into()))
    }

    /// Creates an upload of a file, which is opened when the request is sent and never held in memory as a whole.
    ///
    /// In a multipart body its name and content type are derived from the path unless they are set.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::new(UploadSource::File(path.into()))
    }

    /// Creates an upload of a stream, with its length if that is known. A stream with another length is an error.
    pub fn stream<S, E>(stream: S, length: Option<u64>) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let body = Arc::new(Mutex::new(Some(Body::wrap_stream(stream))));
        Self::new(UploadSource::Stream { body, length })
    }

    fn new(source: UploadSource) -> Self {
        Self { source, file_name: None, content_type: None, headers: Vec::new() }
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
        match &self.source {
            UploadSource::Bytes(bytes) => Ok((bytes.clone().into(), Some(bytes.len() as u64))),
            UploadSource::File(path) => {
                let length = file_length(path).await?;
                let file = tokio::fs::File::open(path).await.map_err(|error| unreadable(path, error))?;
                Ok((file.into(), Some(length)))
            }
            UploadSource::Stream { body, length } => Ok((take(body)?, *length)),
        }
    }

    /// Returns the content type of the part in a multipart body; `declared` is the document's.
    pub(crate) fn part_type(&self, declared: Option<&str>) -> String {
        let guessed = || match &self.source {
            UploadSource::File(path) => mime_guess::from_path(path).first_raw(),
            _ => None,
        };
        let known = self.content_type.as_deref().or(declared).or_else(guessed);
        known.unwrap_or("application/octet-stream").to_owned()
    }

    /// Returns the file name of the part. In a form it is always set, because servers treat a part without a file name
    /// as a text field.
    pub(crate) fn part_name(&self, in_form: bool) -> Option<String> {
        match (&self.file_name, &self.source) {
            (Some(name), _) => Some(name.clone()),
            (None, _) if !in_form => None,
            (None, UploadSource::File(path)) => Some(path.file_name()?.to_string_lossy().into_owned()),
            (None, _) => Some("file".to_owned()),
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
        !matches!(self.source, UploadSource::Stream { .. })
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

fn take(body: &Mutex<Option<Body>>) -> Result<Body, RequestError> {
    // A panic elsewhere cannot leave an `Option` half-written.
    let mut body = body.lock().unwrap_or_else(PoisonError::into_inner);
    body.take().ok_or_else(|| RequestError::new("the upload's stream was already sent"))
}

async fn file_length(path: &Path) -> Result<u64, RequestError> {
    let metadata = tokio::fs::metadata(path).await.map_err(|error| unreadable(path, error))?;
    if !metadata.is_file() {
        return Err(RequestError::new(format!("cannot upload {}: it is not a file", path.display())));
    }
    Ok(metadata.len())
}

fn unreadable(path: &Path, error: std::io::Error) -> RequestError {
    RequestError::because(format!("cannot upload {}", path.display()), error)
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Upload");
        match &self.source {
            UploadSource::Bytes(bytes) => shown.field("bytes", &bytes.len()),
            UploadSource::File(path) => shown.field("file", path),
            UploadSource::Stream { length, .. } => shown.field("stream", length),
        };
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

impl From<PathBuf> for Upload {
    fn from(path: PathBuf) -> Self {
        Upload::file(path)
    }
}
