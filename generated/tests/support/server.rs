//! The recording server. It implements HTTP/1.1 itself, so that a test sees the actual bytes.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::Outcome;

/// The script's entry for every method or path.
const ANY: &str = "*";

/// A local server that sends prepared responses. It stops when it is dropped.
pub struct Server {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    accepting: JoinHandle<()>,
}

/// The prepared responses, and the received requests.
#[derive(Default)]
struct Script {
    answers: VecDeque<(&'static str, String, Answer)>,
    requests: Vec<Request>,
    unexpected: Vec<String>,
}

/// A response that is sent once.
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// Creates a response with this content type, or without one if it is empty.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let answer = Self { status, headers: vec![], body: body.into() };
        if content_type.is_empty() { answer } else { answer.header("content-type", content_type) }
    }

    /// Creates a response with plain JSON.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/json; charset=utf-8", body)
    }

    /// Creates a response with JSON:API.
    pub fn json_api(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/vnd.api+json", body)
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Answer\r\n", self.status);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if self.status != 204 {
            let _ = write!(head, "content-length: {}\r\n", self.body.len());
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }
}

impl Server {
    /// Starts a server with this single response.
    pub async fn answering(method: &'static str, path: &str, answer: Answer) -> Outcome<Self> {
        Ok(Self::start().await?.and(method, path, answer))
    }

    /// Starts a server that sends this single response to any request.
    pub async fn answering_anything(answer: Answer) -> Outcome<Self> {
        Ok(Self::start().await?.and(ANY, ANY, answer))
    }

    /// Starts a server without responses.
    pub async fn start() -> Outcome<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let script = Arc::new(Mutex::new(Script::default()));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&script)));
        Ok(Self { address, script, accepting })
    }

    /// Adds a response for one more request to this path. Responses for the same path are sent in order.
    pub fn and(self, method: &'static str, path: &str, answer: Answer) -> Self {
        lock(&self.script).answers.push_back((method, path.to_owned(), answer));
        self
    }

    /// Returns the base URL for a client.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the received requests, if every response was requested and there were no other requests.
    pub fn requests(&self) -> Outcome<Vec<Request>> {
        let script = lock(&self.script);
        if let Some(request) = script.unexpected.first() {
            return Err(format!("unexpected request {request}").into());
        }
        if let Some((method, path, _)) = script.answers.front() {
            return Err(format!("missing request {method} {path}").into());
        }
        Ok(script.requests.clone())
    }

    /// Returns the only request.
    pub fn request(&self) -> Outcome<Request> {
        let [request] = <[Request; 1]>::try_from(self.requests()?)
            .map_err(|requests| format!("expected one request, found {}", requests.len()))?;
        Ok(request)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A request as it was received.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub method: String,
    pub target: String,
    /// The headers in their order, with names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// Returns the values of a header, one for each occurrence.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Returns the body as text.
    pub fn text(&self) -> Outcome<&str> {
        Ok(std::str::from_utf8(&self.body)?)
    }

    /// Returns the parts of a form: the text after `form-data; `, with the following headers and content.
    pub fn parts(&self) -> Outcome<Vec<String>> {
        let content_type = self.header("content-type").join(",");
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").ok_or(content_type.clone())?;
        let body = self.body.escape_ascii().to_string().replace("\\r\\n", "\n").replace("\\\"", "\"");
        let inner = body
            .strip_prefix(&format!("--{boundary}\n"))
            .and_then(|body| body.strip_suffix(&format!("\n--{boundary}--\n")))
            .ok_or("the body does not begin and end with its boundary")?;
        let between = format!("\n--{boundary}\n");
        let part = |part: &str| {
            let part = part.strip_prefix("Content-Disposition: form-data; ").ok_or("a part without disposition")?;
            Ok(part.to_owned())
        };
        inner.split(&between).map(part).collect()
    }

    /// Returns the request as text, without the headers that the HTTP library sets by itself.
    pub fn shown(&self) -> Outcome<String> {
        let mut text = format!("{} {}\n", self.method, self.target);
        let mut headers = self.headers.clone();
        headers
            .retain(|(name, _)| !matches!(name.as_str(), "host" | "user-agent" | "content-length" | "accept-encoding"));
        headers.sort();
        for (name, value) in headers {
            writeln!(text, "{name}: {value}")?;
        }
        if !self.body.is_empty() {
            write!(text, "\n{}", self.text()?)?;
        }
        Ok(text)
    }
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, script: Arc<Mutex<Script>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let script = Arc::clone(&script);
        tokio::spawn(async move {
            if let Err(error) = serve(stream, &script).await {
                lock(&script).unexpected.push(format!("an invalid request ({error})"));
            }
        });
    }
}

/// Serves the requests of one connection until the client closes it.
async fn serve(stream: TcpStream, script: &Mutex<Script>) -> Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream).await? {
        let answer = answer(&request, &mut lock(script));
        stream.get_mut().write_all(&answer.bytes()).await?;
    }
    Ok(())
}

/// Returns the next prepared response for this path, or a 500 that names the request if there is none.
fn answer(request: &Request, script: &mut Script) -> Answer {
    let path = request.target.split('?').next().unwrap_or_default();
    let expected = |known: &str, asked: &str| known == asked || known == ANY;
    let next =
        script.answers.iter().position(|(method, known, _)| expected(method, &request.method) && expected(known, path));
    script.requests.push(request.clone());
    if let Some((_, _, answer)) = next.and_then(|next| script.answers.remove(next)) {
        return answer;
    }
    let named = format!("{} {}", request.method, request.target);
    let message = format!("unexpected request {named}");
    script.unexpected.push(named);
    Answer::new(500, "text/plain", message)
}

/// Reads the next request of a connection; `None` if it was closed.
async fn read_request(stream: &mut BufReader<TcpStream>) -> Result<Option<Request>> {
    let Some(first) = read_line(stream).await? else { return Ok(None) };
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1"), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(broken(format!("invalid request line {first:?}")));
    };
    let (method, target) = (method.to_owned(), target.to_owned());
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream).await?.ok_or_else(|| broken("incomplete head"))?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ").ok_or_else(|| broken(format!("invalid header {line:?}")))?;
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let find = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let body = match (find("transfer-encoding"), find("content-length")) {
        (Some("chunked"), None) => read_chunks(stream).await?,
        (None, Some(length)) => read_exactly(stream, length.parse().map_err(broken)?).await?,
        (None, None) => Vec::new(),
        framing => return Err(broken(format!("invalid framing {framing:?}"))),
    };
    Ok(Some(Request { method, target, headers, body }))
}

/// Reads a line without its line end; `None` if the connection was closed.
async fn read_line(stream: &mut BufReader<TcpStream>) -> Result<Option<String>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let text = line.strip_suffix("\r\n").ok_or_else(|| broken(format!("invalid line {line:?}")))?;
    Ok(Some(text.to_owned()))
}

async fn read_exactly(stream: &mut BufReader<TcpStream>, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn read_chunks(stream: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = read_line(stream).await?.ok_or_else(|| broken("incomplete chunks"))?;
        let size = usize::from_str_radix(&size, 16).map_err(broken)?;
        body.extend(read_exactly(stream, size).await?);
        if read_line(stream).await?.as_deref() != Some("") {
            return Err(broken("chunk longer than its declared length"));
        }
        if size == 0 {
            return Ok(body);
        }
    }
}

fn broken(fault: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::InvalidData, fault)
}
