//! Bytes, files and streams as bodies and as parts.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crm_clients_runtime::generated::{Call, Core, FormParts, MultipartBody};
use crm_clients_runtime::{Bytes, RequestError, Retry, Upload, multipart};
use futures_core::Stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::server::{Request, Server, reply};
use crate::{Outcome, POST, post};

/// Returns the same request with the expected body: `expected` lists the disposition (with further headers) and content
/// of each part.
pub fn multipart(request: &Request, expected: &[(&str, &str)]) -> Result<Request, String> {
    let content_type = request.header("content-type").unwrap_or_default();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").ok_or("no boundary")?;
    let parts = expected.iter().map(|(disposition, content)| {
        format!("--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
    });
    let body = parts.collect::<String>() + &format!("--{boundary}--\r\n");
    Ok(Request { body, ..request.clone() })
}

/// A stream of these chunks.
pub struct Pieces(std::vec::IntoIter<Result<Bytes, std::io::Error>>);

impl Pieces {
    pub fn of(pieces: &[&'static str]) -> Self {
        Pieces(pieces.iter().map(|piece| Ok(Bytes::from(*piece))).collect::<Vec<_>>().into_iter())
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next())
    }
}

/// A file that is deleted when it is dropped.
pub struct TemporaryFile(pub std::path::PathBuf);

impl TemporaryFile {
    pub fn new(name: &str, content: &str) -> std::io::Result<Self> {
        let directory = std::env::temp_dir().join(format!("crm-clients-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&directory)?;
        std::fs::write(directory.join(name), content)?;
        Ok(Self(directory.join(name)))
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // A file that remains in the temporary directory does no harm.
        let _ = self.0.parent().map(std::fs::remove_dir_all);
    }
}

struct Files {
    title: Option<String>,
    avatar: Upload,
    logo: Option<Upload>,
    attachments: Vec<Upload>,
}
multipart! { Files {
    title: optional_text "title",
    avatar: required_file "avatar",
    logo: optional_file "logo",
    attachments: files "attachments[]",
} }

#[tokio::test]
async fn files_as_parts() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let file = TemporaryFile::new("photo.png", "PNG")?;
    let stream =
        Upload::stream(Pieces::of(&["he", "llo"]), None).file_name("a\"b\r\nX: y\\.txt").content_type("text/plain");
    let known = Upload::stream(Pieces::of(&["12", "3"]), Some(3));
    let files = Files {
        title: Some("Two".to_owned()),
        avatar: Upload::file(&file.0),
        logo: None,
        attachments: vec![Upload::bytes("bytes"), stream, known],
    };
    let mut call = post(&server)?;
    call.multipart(files.into_parts());
    call.await?;
    let request = server.request()?;
    let expected = [
        ("name=\"title\"", "Two"),
        ("name=\"avatar\"; filename=\"photo.png\"\r\nContent-Type: image/png", "PNG"),
        ("name=\"attachments[]\"; filename=\"file\"\r\nContent-Type: application/octet-stream", "bytes"),
        ("name=\"attachments[]\"; filename=\"a%22b%0D%0AX: y\\\\.txt\"\r\nContent-Type: text/plain", "hello"),
        ("name=\"attachments[]\"; filename=\"file\"\r\nContent-Type: application/octet-stream", "123"),
    ];
    assert_eq!(request, multipart(&request, &expected)?);
    assert_eq!(request.header("transfer-encoding"), Some("chunked"));
    Ok(())
}

#[tokio::test]
async fn parts_of_known_length_have_a_content_length() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let mut parts = FormParts::new();
    parts.optional_file("file", Some(Upload::stream(Pieces::of(&["12", "3"]), Some(3)).file_name("n")));
    let mut call = post(&server)?;
    call.multipart(parts);
    // The boundary is chosen by reqwest, so this header cannot be overridden.
    call.header("content-type", "multipart/form-data").await?;
    let request = server.request()?;
    assert_eq!(request.header("content-length"), Some(request.body.len().to_string().as_str()));
    Ok(())
}

#[tokio::test]
async fn files_bytes_and_streams_as_bodies() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let file = TemporaryFile::new("data.bin", "from a file")?;
    let uploads = [
        Upload::file(&file.0),
        Upload::from(b"from memory".to_vec()).content_type("image/gif"),
        Upload::stream(Pieces::of(&["from ", "a stream"]), Some(13)),
        Upload::stream(Pieces::of(&["of any ", "length"]), None),
    ];
    for upload in uploads {
        let mut call = post(&server)?;
        call.bytes("application/octet-stream", upload);
        call.await?;
    }
    let seen: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| {
            let header = |name| request.header(name).unwrap_or_default().to_owned();
            (header("content-type"), header("content-length"), header("transfer-encoding"), request.body.clone())
        })
        .collect();
    let row = |media: &str, length: &str, encoding: &str, body: &str| {
        (media.to_owned(), length.to_owned(), encoding.to_owned(), body.to_owned())
    };
    let expected = [
        row("application/octet-stream", "11", "", "from a file"),
        row("image/gif", "11", "", "from memory"),
        row("application/octet-stream", "13", "", "from a stream"),
        row("application/octet-stream", "", "chunked", "of any length"),
    ];
    assert_eq!(seen, expected);
    Ok(())
}

#[tokio::test]
async fn invalid_uploads_are_errors() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let file = TemporaryFile::new("file", "")?;
    let directory = file.0.parent().ok_or("a parent")?;
    let missing = directory.join("missing");
    let spent = Upload::stream(Pieces::of(&["once"]), None);
    let mut call = post(&server)?;
    call.bytes("text/plain", spent.clone());
    call.await?;
    for (upload, expected) in [
        (Upload::file(&missing), format!("cannot upload {}: No such file", missing.display())),
        (Upload::file(directory), format!("cannot upload {}: it is not a file", directory.display())),
        (spent, "the upload's stream was already sent".to_owned()),
    ] {
        for as_part in [true, false] {
            let mut call = post(&server)?;
            if as_part {
                let mut parts = FormParts::new();
                parts.required_file("file", upload.clone());
                call.multipart(parts);
            } else {
                call.bytes("text/plain", upload.clone());
            }
            let message = call.await.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(message.starts_with(&format!("things.create: {expected}")), "{message}");
        }
    }
    let mut call = post(&server)?;
    call.bytes("text/plain", Upload::bytes("x").content_type("text/plain\r\nX: y"));
    assert!(call.await.is_err_and(|error| error.to_string().contains("is not a valid content type")));
    assert_eq!(server.requests().len(), 1);
    Ok(())
}

#[test]
fn debug_of_an_upload_does_not_show_its_content() {
    let upload = Upload::bytes("secret").file_name("a.txt");
    assert_eq!(format!("{upload:?}"), r#"Upload { bytes: 6, file_name: Some("a.txt") }"#);
    let stream = Upload::stream(Pieces::of(&["secret"]), Some(6));
    assert_eq!(format!("{stream:?}"), "Upload { stream: Some(6), file_name: None }");
}

/// A stream of chunks, each of which is delayed by this time.
pub struct SlowPieces {
    left: usize,
    piece: Bytes,
    delay: Duration,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl SlowPieces {
    pub fn new(count: usize, piece: &'static str, delay: Duration) -> Self {
        let sleep = Box::pin(tokio::time::sleep(delay));
        Self { left: count, piece: Bytes::from(piece), delay, sleep }
    }
}

impl Stream for SlowPieces {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        std::task::ready!(self.sleep.as_mut().poll(context));
        self.left -= 1;
        let next = tokio::time::Instant::now() + self.delay;
        self.sleep.as_mut().reset(next);
        Poll::Ready(Some(Ok(self.piece.clone())))
    }
}

/// Returns a client with a timeout of 200 milliseconds for an attempt and 300 for a call.
fn hurried(url: String) -> Result<Core, RequestError> {
    let retry = Retry::never().max_elapsed(Duration::from_millis(300));
    Core::builder("tests", "https://api.example").base_url(url).timeout(Duration::from_millis(200)).retry(retry).build()
}

#[tokio::test]
async fn the_timeout_does_not_run_while_an_upload_makes_progress() -> Outcome {
    for length in [Some(100), None] {
        let server = Server::answering([reply("204 No Content", &[], "")]).await?;
        let mut call = Call::new(&hurried(server.url())?, &POST, &[]);
        call.bytes("text/plain", Upload::stream(SlowPieces::new(10, "0123456789", Duration::from_millis(60)), length));
        call.await?;
        assert_eq!(server.request()?.body, "0123456789".repeat(10));
    }

    // The stream stops, or the server does not respond after receiving everything.
    let silent = format!("slow:{}", reply("204 No Content", &[], ""));
    for (delay, answer) in [(400, reply("204 No Content", &[], "")), (20, silent)] {
        let server = Server::answering([answer]).await?;
        let mut call = Call::new(&hurried(server.url())?, &POST, &[]);
        call.bytes("text/plain", Upload::stream(SlowPieces::new(3, "piece", Duration::from_millis(delay)), None));
        assert!(call.await.is_err_and(|error| error.is_timeout()), "{delay}");
    }
    Ok(())
}

#[tokio::test]
async fn a_slow_connection_makes_progress_too() -> Outcome {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    const LENGTH: usize = 32 * 1024 * 1024;
    let reading = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let mut buffer = vec![0; 1024 * 1024];
        let mut length = 0;
        while length < LENGTH {
            tokio::time::sleep(Duration::from_millis(20)).await;
            length += stream.read(&mut buffer).await?;
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await
    });
    let mut call = Call::new(&hurried(url)?, &POST, &[]);
    call.bytes("text/plain", Upload::bytes(vec![b'x'; LENGTH]));
    let begun = Instant::now();
    call.await?;
    assert!(begun.elapsed() > Duration::from_millis(400), "{:?}", begun.elapsed());
    Ok(reading.await??)
}

#[tokio::test]
async fn a_stream_with_another_length_is_an_error() -> Outcome {
    let too_long = |declared: u64| format!("the body is longer than its declared length of {declared} bytes");
    let cases = [
        (&["0123456789", "0123456789"][..], 10, too_long(10)),
        (&["01234567890123456789"], 10, too_long(10)),
        (&["01234"], 0, too_long(0)),
        (&["01234"], 10, "the body ended after 5 bytes, but its declared length is 10".to_owned()),
    ];
    for (pieces, declared, expected) in cases {
        let server = Server::answering([reply("204 No Content", &[], "")]).await?;
        let mut call = post(&server)?;
        call.bytes("text/plain", Upload::stream(Pieces::of(pieces), Some(declared)));
        let error = call.await.err().ok_or("it was sent")?;
        assert_eq!(error.to_string(), format!("things.create: {expected}"));
        assert!(server.requests().iter().all(|request| request.body == "the connection was closed"));
    }
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let mut parts = FormParts::new();
    parts.required_file("file", Upload::stream(Pieces::of(&["0123456789", "0123456789"]), Some(10)));
    let mut call = post(&server)?;
    call.multipart(parts);
    assert!(call.await.is_err_and(|error| error.to_string().contains("longer than its declared length")));
    assert!(server.requests().iter().all(|request| request.body == "the connection was closed"));
    Ok(())
}
