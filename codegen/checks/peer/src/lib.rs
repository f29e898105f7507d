//! progenitor's clients of Kajabi and Chatwoot, made of the documents that ours are made of: an independent opinion on
//! what has to reach the wire, and a measure for speed.
//!
//! `build.rs` makes them, as `cargo xtask generate --emitter progenitor` does.

/// Kajabi's client.
#[allow(missing_docs, clippy::all, clippy::unwrap_used, reason = "progenitor writes it")]
pub mod kajabi {
    include!(concat!(env!("OUT_DIR"), "/kajabi.rs"));
}

/// Chatwoot's client.
#[allow(missing_docs, clippy::all, clippy::unwrap_used, reason = "progenitor writes it")]
pub mod chatwoot {
    include!(concat!(env!("OUT_DIR"), "/chatwoot.rs"));
}
