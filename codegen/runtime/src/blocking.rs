//! Calls from programs without an async runtime.
//!
//! Each call has `send_blocking`, and each list and stream has `blocking`, which converts it into an [`Iterator`].
//! [`wait`] waits for any other future of a call, such as that of `send_raw`. The connections, delays and tokens of
//! these calls run on one thread of the process, which the first call starts.
//!
//! ```no_run
//! use crm_clients_runtime::blocking;
//! # use crm_clients_runtime::{Bytes, Response, UndeclaredCall};
//!
//! # fn example(call: UndeclaredCall<()>) -> Result<(), crm_clients_runtime::Error<()>> {
//! let response: Response<Bytes> = blocking::wait(call.timeout(std::time::Duration::from_secs(5)).send())?;
//! # Ok(())
//! # }
//! ```
//!
//! Within tokio these functions return an error, because a thread that waits there stops the tasks that it waits for. On the
//! threads of `tokio::task::spawn_blocking`, where waiting is allowed, use the runtime that is there:
//! `tokio::runtime::Handle::current().block_on(call.send())`. Use a client either with or without these functions: its
//! connections belong to the runtime that opened them.

use std::future::{pending, poll_fn};
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::sync::{OnceLock, mpsc};
use std::thread;

use futures_core::Stream;
use tokio::runtime::{Builder, Handle};

use crate::error::{RequestError, TransportError};
use crate::pagination::{Items, Pages};
use crate::response::byte_stream::ByteStream;
use crate::response::events::Events;
use crate::response::lines::JsonLines;
use crate::response::parts::Parts;

/// Waits for a call, or for any other future of this crate.
///
/// # Errors
///
/// Returns the error of the future. If this is called within tokio, or if the thread for blocking calls cannot be
/// started, returns an error without sending anything.
pub fn wait<F, T, E>(future: F) -> Result<T, E>
where
    F: IntoFuture<Output = Result<T, E>>,
    E: From<RequestError>,
{
    runtime()?.block_on(future.into_future())
}

/// Returns the runtime that drives blocking calls.
pub(crate) fn runtime() -> Result<&'static Handle, RequestError> {
    static RUNTIME: OnceLock<Result<Handle, String>> = OnceLock::new();
    if Handle::try_current().is_ok() {
        return Err(RequestError::new(
            "a blocking call was made within tokio: use `.await`, or within `spawn_blocking`, \
             `tokio::runtime::Handle::current().block_on(call.send())`",
        ));
    }
    let runtime = RUNTIME.get_or_init(|| start().map_err(|error| error.to_string()));
    runtime
        .as_ref()
        .map_err(|error| RequestError::because("the thread of blocking calls cannot be started", error.as_str()))
}

/// Starts the thread that drives connections and delays.
fn start() -> std::io::Result<Handle> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new().name("crm-clients-blocking".to_owned()).spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        let handle = runtime.as_ref().map(|runtime| runtime.handle().clone()).map_err(|error| error.to_string());
        let _ = sender.send(handle);
        if let Ok(runtime) = runtime {
            runtime.block_on(pending::<()>());
        }
    })?;
    let handle = receiver.recv().map_err(std::io::Error::other)?;
    handle.map_err(std::io::Error::other)
}

/// A list or a stream as an [`Iterator`] that waits for each of its items.
///
/// It dereferences to the list or the stream, for methods such as [`Items::checkpoint`].
#[derive(Debug)]
#[must_use = "nothing is sent until an item is requested"]
pub struct Iter<S> {
    stream: S,
    /// True after waiting has failed, so that a loop that ignores errors ends.
    over: bool,
}

impl<S, T, E> Iterator for Iter<S>
where
    S: Stream<Item = Result<T, E>> + Unpin,
    E: From<RequestError>,
{
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        match runtime() {
            Ok(runtime) => runtime.block_on(poll_fn(|context| Pin::new(&mut self.stream).poll_next(context))),
            Err(error) => {
                self.over = true;
                Some(Err(error.into()))
            }
        }
    }
}

impl<S> Deref for Iter<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.stream
    }
}

impl<S> DerefMut for Iter<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.stream
    }
}

macro_rules! blocking {
    ($($stream:ident $(<$($parameter:ident),+>)?)+) => {$(
        impl $(<$($parameter),+>)? $stream $(<$($parameter),+>)? {
            /// Converts this into an iterator that waits for each item, for programs without async.
            pub fn blocking(self) -> Iter<Self> {
                Iter { stream: self, over: false }
            }
        }
    )+};
}

blocking! { Pages<T, I, B> Items<T, I, B> Events<T, B> JsonLines<T, B> Parts<T, B> ByteStream }

impl From<RequestError> for TransportError {
    fn from(error: RequestError) -> Self {
        Self::custom(Box::new(error))
    }
}

/// Declares the blocking method of a call.
#[doc(hidden)]
#[macro_export]
macro_rules! send_blocking {
    ($success:ty, $error:ty) => {
        /// Sends the request and waits for its response, in a program without async.
        #[inline]
        pub fn send_blocking(self) -> ::core::result::Result<$success, $crate::Error<$error>> {
            $crate::blocking::wait(self)
        }
    };
}
