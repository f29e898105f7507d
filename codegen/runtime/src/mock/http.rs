//! The mock's HTTP server.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{Request, State, respond};

/// Serves requests. Dropping the future closes the connections.
pub(super) async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let service = service_fn(|request| answer(request, Arc::clone(&state)));
            // A client that disconnects is not an error of the mock.
            let _gone = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> Result<hyper::Response<Sending>, Infallible> {
    let (head, body) = request.into_parts();
    // An incomplete body is recorded as empty.
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let request = Request { operation: None, method: head.method, target, headers: head.headers, body };
    let sent = respond(&state, request);
    if !sent.delay.is_zero() {
        tokio::time::sleep(sent.delay).await;
    }
    let reply = sent.reply;
    let length = reply.body.len();
    let cut = sent.cut_off.filter(|cut| *cut < length);
    let left = Some(reply.body.slice(..cut.unwrap_or(length))).filter(|left| !left.is_empty());
    let mut response =
        hyper::Response::new(Sending { left, length: length as u64, cut: cut.is_some(), flushed: false });
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).unwrap_or(hyper::StatusCode::NOT_IMPLEMENTED);
    *response.headers_mut() = reply.headers;
    Ok(response)
}

/// The body of a response, which may end before its declared length.
struct Sending {
    left: Option<Bytes>,
    length: u64,
    cut: bool,
    flushed: bool,
}

impl Body for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(left) = self.left.take() {
            self.length -= left.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(left))));
        }
        if !self.cut {
            return Poll::Ready(None);
        }
        if !std::mem::replace(&mut self.flushed, true) {
            // Returning `Pending` flushes the bytes written so far.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("the test cuts off the response"))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_none() && !self.cut
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
