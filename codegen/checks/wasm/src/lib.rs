//! Tests of the clients in WebAssembly, which `.ci/wasm` runs in Node.js.
//!
//! This crate has no code of its own; see `tests/`.
