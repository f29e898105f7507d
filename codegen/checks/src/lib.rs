//! Tests of the passes, which need more than one of the crates: golden output, invariants of every document, reviews.
//!
//! There is no code here: see `tests/`.
