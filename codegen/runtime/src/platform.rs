//! Everything that depends on the target: tokio and rustls on most platforms, the browser's API on
//! `wasm32-unknown-unknown`. Both modules have the same items.

use std::pin::Pin;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod native;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod web;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
use native as target;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use web as target;

pub use target::http_client_builder;
pub(crate) use target::{
    FOLLOWS_REDIRECTS, HttpResponse, Instant, Progress, SETS_USER_AGENT, Sections, Sleep, UploadSource, check_runtime,
    chunks, client_for, execute, hmac_sha256, is_connect, is_hmac_sha256, length_mismatch, now, sendable, sleep, spawn,
    timeout,
};

/// A future that runs in its own task. The output is `None` if the task did not end.
type Task<T> = Pin<Box<dyn Future<Output = Option<T>> + Send>>;
