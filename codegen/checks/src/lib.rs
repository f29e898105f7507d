//! Tests of the passes that need several crates: golden output, invariants of all documents, and reviews.
//!
//! This crate has no code of its own; see `tests/`.
