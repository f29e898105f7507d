//! A server with prepared responses, which records the requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Sends its responses to the connections in order, and then repeats the last one.
pub struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
}

/// A received request: the head with plain newlines as line ends, and the body without chunks.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub head: String,
    pub body: String,
}

impl Request {
    pub fn first_line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Server {
    /// Starts a server. Replies are raw HTTP. One that begins with `slow:` is delayed by a second, after one that
    /// begins with `hang:` the connection stays open, `reset` breaks it, and `drop` does so before the request is read.
    pub async fn answering<R: Into<String>>(replies: impl IntoIterator<Item = R>) -> std::io::Result<Self> {
        Self::on(TcpListener::bind(("127.0.0.1", 0)).await?, replies)
    }

    /// Like [`answering`](Self::answering), with an existing listener.
    pub fn on<R: Into<String>>(listener: TcpListener, replies: impl IntoIterator<Item = R>) -> std::io::Result<Self> {
        let port = listener.local_addr()?.port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        let connections = Arc::new(AtomicUsize::new(0));
        let accepted = Arc::clone(&connections);
        let replies: Vec<String> = replies.into_iter().map(Into::into).collect();
        tokio::spawn(async move {
            let mut replies = replies.into_iter().peekable();
            let mut reply = String::new();
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::Relaxed);
                reply = replies.next().unwrap_or(reply);
                tokio::spawn(answer(stream, reply.clone(), Arc::clone(&kept)));
            }
        });
        Ok(Self { port, requests, connections })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the number of connections; each response ends its connection.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the only request.
    pub fn request(&self) -> Result<Request, String> {
        match <[Request; 1]>::try_from(self.requests()) {
            Ok([request]) => Ok(request),
            Err(requests) => Err(format!("{} requests came", requests.len())),
        }
    }
}

/// Returns a raw response with this status, headers and body.
pub fn reply(status: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

async fn answer(mut stream: TcpStream, reply: String, requests: Arc<Mutex<Vec<Request>>>) -> std::io::Result<()> {
    if reply == "drop" {
        return stream.set_zero_linger();
    }
    let request = read(&mut stream).await?;
    requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    if reply == "reset" {
        // Without lingering, closing the connection resets it.
        return stream.set_zero_linger();
    }
    if let Some(reply) = reply.strip_prefix("hang:") {
        stream.write_all(reply.as_bytes()).await?;
        // Wait until the client closes the connection.
        return stream.read(&mut [0; 16]).await.map(|_| ());
    }
    let reply = match reply.strip_prefix("slow:") {
        Some(reply) => {
            tokio::time::sleep(Duration::from_secs(1)).await;
            reply
        }
        None => &reply,
    };
    stream.write_all(reply.as_bytes()).await?;
    stream.shutdown().await
}

/// Reads the next request of a connection.
pub async fn read(stream: &mut TcpStream) -> std::io::Result<Request> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            // Sent by the HTTP library, with the feature `compression` only.
            let head = head.replace("\r\n", "\n").replace("\naccept-encoding: gzip", "");
            let request = Request { head, body: body.to_owned() };
            if request.header("transfer-encoding").is_some() {
                if body.ends_with("0\r\n\r\n") {
                    return Ok(Request { body: without_chunks(body), ..request });
                }
            } else {
                let length = request.header("content-length").and_then(|length| length.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    return Ok(request);
                }
            }
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await? {
            0 => return Ok(Request { head: text, body: "the connection was closed".to_owned() }),
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
}

fn without_chunks(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap_or(0);
        let Some(chunk) = rest.get(..size).filter(|chunk| !chunk.is_empty()) else { break };
        whole.push_str(chunk);
        body = rest.get(size + 2..).unwrap_or_default();
    }
    whole
}
