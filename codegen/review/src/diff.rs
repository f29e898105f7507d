//! Compares two revisions of an API: what changed, where, and how severe it is.
//!
//! [`wire`] compares the wire format: requests, responses and webhook deliveries, as described by the lowered and
//! overlaid documents without references. It ignores differences in presentation: the location and names of schemas,
//! the version of OpenAPI, the order of keys, and descriptions.
//!
//! [`rust()`] compares the two generated clients from the perspective of their callers. [`coverage`] compares the
//! parts of the documents that the clients ignore. A [`Review`] combines these with the required version bump, and
//! [`format`](mod@format) renders it.
//!
//! Each kind of change is a row of a table, [`rules`], [`rust::rules`] or [`coverage::rules`], and has a mirror there: the
//! change that is found if OLD and NEW are swapped.

pub mod callers;
pub mod coverage;
mod discriminators;
mod encodings;
pub mod format;
mod graph;
mod keywords;
mod leftover;
mod limits;
mod matches;
mod misplaced;
mod operations;
mod pairs;
mod report;
mod requests;
mod review;
pub mod rules;
pub mod rust;
mod schemas;
mod schemes;
mod security;
mod servers;
mod split;
mod variants;
mod version;
mod view;
mod wire;

use report::fingerprint;
pub use review::{Finding, Review, Reviewed, Revision, RevisionDocument, SourceLocation, join};
pub use rules::{Rule, Severities};
pub use rust::rust;
pub use version::{Bump, RequiredBump, required_bump};
pub use wire::wire;

/// The severity of a change for a client that was written for the old revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The client works as before.
    Info,
    /// The client may fail; the documents alone do not determine it.
    Warning,
    /// The client fails.
    Breaking,
}

impl Severity {
    /// Returns its name: `breaking`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Breaking => "breaking",
        }
    }
}

/// The direction of the data that a change affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the client to the server.
    Request,
    /// From the server to the client, including webhook deliveries.
    Response,
}

impl Direction {
    /// Returns its name: `request`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// The part of the contract that a change affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Area {
    /// The wire format.
    Wire,
    /// The API of the generated crate.
    Rust,
    /// The parts of the document that the client ignores.
    Coverage,
}

/// One difference between two revisions of an API.
#[derive(Clone, Debug)]
pub struct Change {
    /// The kind of change.
    pub rule: &'static Rule,
    /// The direction of the data, if relevant.
    pub direction: Option<Direction>,
    /// The severity, given by the rule and the direction.
    pub severity: Severity,
    /// A sentence that describes the change, without a full stop.
    pub message: String,
    /// The location in terms of the wire format: `GET /v1/contacts > 200 application/json > data[] > attributes >
    /// email`. Of several locations, the one with the shortest path, or the alphabetically first of these.
    pub subject: String,
    /// The JSON pointer into the lowered old document, to the changed part or to its parent.
    pub old: Option<String>,
    /// The JSON pointer into the lowered new document.
    pub new: Option<String>,
    /// The affected operations, in the order of the new document: `GET /v1/contacts`, or `webhook contact_created`.
    /// Empty if the change affects the API as a whole.
    pub operations: Vec<String>,
    /// True if all of these operations have cargo features (`x-rust-feature`), so that a minor release may change them.
    pub may_break: bool,
    /// Sixteen hexadecimal digits that identify the change. They do not depend on lines, descriptions, and names of
    /// components and path parameters.
    pub fingerprint: String,
}
