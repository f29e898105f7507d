//! Compares recorded traffic with an OpenAPI document, and declares what the document lacks.
//!
//! [`exchange::read`] streams the exchanges of a recording. [`Drift`] looks up the operation of each, validates its bodies against the
//! document's schemas, and counts the differences as [`Finding`]s. [`draft`](draft::overlay) writes the overlay that corrects the document.
//! [`Infer`] drafts the overlay that declares the operations that the document lacks.
//!
//! Values of a recording are personal data: a finding names properties and types, and quotes a value only where a document lists the
//! allowed ones.

pub mod draft;
mod drift;
pub mod exchange;
pub mod infer;
mod routes;
mod schemas;
mod undeclared;

pub use drift::{Drift, Finding, Part, Subject};
pub use infer::Infer;
pub use schemas::Difference;
