//! A server on this machine that records requests and returns empty responses.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::Result;

/// The server, which runs as long as its runtime.
pub struct Recorder {
    url: String,
    requests: Requests,
}

type Requests = Arc<Mutex<Vec<Request>>>;

/// A recorded request.
#[derive(Debug)]
pub struct Request {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Recorder {
    /// Starts the server on a free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let requests = Requests::default();
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Ok(Self { url, requests })
    }

    /// Returns the URL of the server.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the requests since the last call.
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(stream: TcpStream, kept: Requests) {
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let kept = Arc::clone(&kept);
        async move {
            let (head, body) = request.into_parts();
            let mut answer = hyper::Response::new(Empty::<Bytes>::new());
            match body.collect().await {
                Ok(body) => {
                    let (method, uri, headers) = (head.method, head.uri, head.headers);
                    let request = Request { method, uri, headers, body: body.to_bytes() };
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                    *answer.status_mut() = StatusCode::NO_CONTENT;
                }
                Err(_) => *answer.status_mut() = StatusCode::BAD_REQUEST,
            }
            Ok::<_, Infallible>(answer)
        }
    });
    // A closed connection does not affect the server.
    _ = stream.set_nodelay(true);
    _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
