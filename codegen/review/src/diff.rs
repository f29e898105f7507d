//! Two revisions of an API compared: what changed, where, and how much it matters.
//!
//! [`wire`] compares what goes over the wire: requests, responses and what webhooks deliver, as the two documents describe them once
//! they are lowered, overlaid and without references. How a document says it is no difference: where its schemas stand and what they
//! are called, which version of OpenAPI it is written in, the order of its keys, its prose.
//!
//! [`rust()`] compares the two clients that become of them, as their callers see them. A [`Review`] puts both together with the version bump
//! that is required, and [`format`](mod@format) writes it for those who read it.
//!
//! Each kind of change is a row of a table, [`rules`] or [`rust::rules`], and has its mirror there: the change that is found where OLD and NEW are swapped.

pub mod callers;
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
pub use review::{Finding, Review, Reviewed, Revision, SourceLocation, join};
pub use rules::{Rule, Severities};
pub use rust::rust;
pub use version::{Bump, RequiredBump, required_bump};
pub use wire::wire;

/// How much a change matters to a client that was written for the old revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The client goes on as it did.
    Info,
    /// It may fail; the documents alone do not decide it.
    Warning,
    /// It fails.
    Breaking,
}

impl Severity {
    /// The word for it: `breaking`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Breaking => "breaking",
        }
    }
}

/// Which way the data travels that a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the client to the server.
    Request,
    /// From the server to the client; what webhooks deliver, too.
    Response,
}

impl Direction {
    /// The word for it: `request`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// What a change is a change of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Area {
    /// What goes over the wire.
    Wire,
    /// The generated crate, as its callers see it.
    Rust,
}

/// One difference between two revisions of an API.
#[derive(Clone, Debug)]
pub struct Change {
    /// What kind of change it is.
    pub rule: &'static Rule,
    /// Which way the data travels, where it matters.
    pub direction: Option<Direction>,
    /// How much it matters: what the rule says of its direction.
    pub severity: Severity,
    /// What changed, in one sentence without a full stop.
    pub message: String,
    /// Where, in words of the wire: `GET /v1/contacts > 200 application/json > data[] > attributes > email`. Of several such places the
    /// one with the shortest way there, the first of these in the order of the alphabet.
    pub subject: String,
    /// The JSON pointer into the old document as lowered, to what changed or to what it would be a part of.
    pub old: Option<String>,
    /// The same for the new document.
    pub new: Option<String>,
    /// The operations that it touches, in the order of the new document: `GET /v1/contacts`, or `webhook contact_created`. None where it
    /// touches the API as a whole.
    pub operations: Vec<String>,
    /// Sixteen hexadecimal digits that stay the same as long as the change does: whatever the lines, the prose and the names of
    /// components and of path parameters become.
    pub fingerprint: String,
}
