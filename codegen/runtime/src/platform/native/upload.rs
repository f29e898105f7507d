//! Uploads of files and streams, which are read while they are sent.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{FutureExt as _, stream};
use http_body::{Body as HttpBody, Frame};
use reqwest::Body;
use tokio::task::spawn_blocking;

use super::progress::PIECE;
use crate::error::{BoxError, RequestError};
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
        E: Into<BoxError>,
    {
        let body = Arc::new(Mutex::new(Some(Chunks::body(stream))));
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
                let path = path.clone();
                let (file, length) = blocking(move || open(&path)).await?;
                Ok((Chunks::body(read(file)), Some(length)))
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

/// Opens a file, and returns it with its length.
fn open(path: &Path) -> Result<(File, u64), RequestError> {
    let file = File::open(path).map_err(|error| unreadable(path, error))?;
    let metadata = file.metadata().map_err(|error| unreadable(path, error))?;
    if !metadata.is_file() {
        return Err(RequestError::new(format!("cannot upload {}: it is not a file", path.display())));
    }
    Ok((file, metadata.len()))
}

/// Returns the content of a file as chunks.
fn read(file: File) -> impl Stream<Item = Result<Bytes, BoxError>> {
    stream::try_unfold(file, |mut file| {
        blocking(move || {
            let mut chunk = vec![0; PIECE];
            let length = file.read(&mut chunk)?;
            chunk.truncate(length);
            Ok((length > 0).then(|| (chunk.into(), file)))
        })
    })
}

/// Runs a function that blocks in a thread for such functions.
fn blocking<T: Send + 'static, E: From<RequestError> + Send + 'static>(
    function: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> impl Future<Output = Result<T, E>> {
    spawn_blocking(function).map(|result| match result {
        Ok(result) => result,
        Err(error) => Err(RequestError::because("the upload was interrupted".to_owned(), error).into()),
    })
}

fn unreadable(path: &Path, error: std::io::Error) -> RequestError {
    RequestError::because(format!("cannot upload {}", path.display()), error)
}

/// A body that is read from a stream.
///
/// The mutex is never locked: it makes the stream `Sync`, which reqwest requires.
struct Chunks<S>(Mutex<Pin<Box<S>>>);

impl<S, E> Chunks<S>
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<BoxError>,
{
    fn body(stream: S) -> Body {
        Body::wrap(Self(Mutex::new(Box::pin(stream))))
    }
}

impl<S, E> HttpBody for Chunks<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let stream = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        stream.as_mut().poll_next(context).map_ok(Frame::data).map_err(Into::into)
    }
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
