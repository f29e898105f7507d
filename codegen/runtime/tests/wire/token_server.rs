//! A server that issues tokens, each valid for a number of calls, and counts its requests.

use std::collections::BTreeMap;
use std::io::Result;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use crate::server::{Request, read};

/// Issues tokens at `/token`; every other path requires one. The server stops when it is dropped.
pub struct TokenServer {
    port: u16,
    state: Arc<Mutex<State>>,
    accepting: tokio::task::JoinHandle<()>,
}

/// The counts of the server.
#[derive(Default)]
pub struct State {
    uses: usize,
    uses_left: usize,
    /// Number of issued tokens.
    pub tokens: usize,
    /// Number of requests with a token that is used up or has been replaced.
    pub refused: usize,
    /// Number of times that each body was accepted.
    pub writes: BTreeMap<String, usize>,
}

impl TokenServer {
    pub async fn start(uses: usize) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(Mutex::new(State { uses, ..State::default() }));
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self { port, state, accepting })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for TokenServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) -> Result<()> {
    loop {
        let request = read(&mut stream).await?;
        if request.head.is_empty() {
            return Ok(());
        }
        let (status, body) = lock(&state).answer(&request);
        let reply = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(reply.as_bytes()).await?;
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> (&'static str, String) {
        if request.first_line().starts_with("POST /token ") {
            self.tokens += 1;
            self.uses_left = self.uses;
            return ("200 OK", format!(r#"{{"access_token":"t{}","expires_in":3600}}"#, self.tokens));
        }
        if self.uses_left == 0 || request.header("authorization") != Some(&format!("Bearer t{}", self.tokens)) {
            self.refused += 1;
            return ("401 Unauthorized", String::new());
        }
        self.uses_left -= 1;
        *self.writes.entry(request.body.clone()).or_default() += 1;
        ("200 OK", "{}".to_owned())
    }
}
