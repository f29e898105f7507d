//! The Rust snippets of the book and of README.md, which are compiled by `cargo test -p crm-clients-book`.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
