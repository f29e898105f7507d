//! Uploads of files and streams, which are read while they are sent.

use std::collections::VecDeque;
use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame};
use reqwest::Body;

use crate::error::RequestError;
use crate::request::Upload;

/// The source of an upload's bytes.
#[derive(Clone)]
pub(crate) enum UploadSource {
    Bytes(Bytes),
    File(PathBuf),
    Stream { body: Arc<Mutex<Option<Body>>>, length: Option<u64> },
}

impl Upload {
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
}

impl From<PathBuf> for Upload {
    fn from(path: PathBuf) -> Self {
        Upload::file(path)
    }
}

impl UploadSource {
    pub(crate) fn bytes(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }

    /// Returns the path, if it is a file.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Bytes(_) | Self::Stream { .. } => None,
        }
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        !matches!(self, Self::Stream { .. })
    }

    /// Returns the bytes as a body, with their length if that is known.
    pub(crate) async fn open(&self) -> Result<(Body, Option<u64>), RequestError> {
        match self {
            Self::Bytes(bytes) => Ok((bytes.clone().into(), Some(bytes.len() as u64))),
            Self::File(path) => {
                let length = file_length(path).await?;
                let file = tokio::fs::File::open(path).await.map_err(|error| unreadable(path, error))?;
                Ok((file.into(), Some(length)))
            }
            Self::Stream { body, length } => Ok((take(body)?, *length)),
        }
    }

    pub(crate) fn show(&self, shown: &mut fmt::DebugStruct<'_, '_>) {
        match self {
            Self::Bytes(bytes) => shown.field("bytes", &bytes.len()),
            Self::File(path) => shown.field("file", path),
            Self::Stream { length, .. } => shown.field("stream", length),
        };
    }
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

/// Bodies that are sent one after another as a single body.
pub(crate) struct Sections {
    bodies: VecDeque<Body>,
    /// The total length; `None` if one of them has an unknown length.
    length: Option<u64>,
}

impl Default for Sections {
    fn default() -> Self {
        Self { bodies: VecDeque::new(), length: Some(0) }
    }
}

impl Sections {
    pub(crate) fn push(&mut self, body: Body, length: Option<u64>) {
        self.bodies.push_back(body);
        self.length = self.length.zip(length).and_then(|(all, length)| all.checked_add(length));
    }

    /// Returns the total length, if it is known.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    pub(crate) fn into_body(self) -> Body {
        Body::wrap(self)
    }
}

impl HttpBody for Sections {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        while let Some(first) = self.bodies.front_mut() {
            if let Some(frame) = ready!(Pin::new(first).poll_frame(context)) {
                return Poll::Ready(Some(frame));
            }
            self.bodies.pop_front();
        }
        Poll::Ready(None)
    }
}
