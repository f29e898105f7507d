//! Reviews for those who read them: on a terminal, in a pull request, by a program.
//!
//! What stands in a document is shown as what it is: it moves no cursor, makes no markup and gives no commands.

mod github;
mod json;
mod markdown;
mod text;

pub use github::github;
pub use json::json;
pub use markdown::markdown;
pub use text::text;

use super::review::{Finding, Review, Reviewed};
use super::{Area, Severity};

/// How many changes there are of each severity, accepted ones apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
struct Counts {
    breaking: usize,
    warning: usize,
    info: usize,
    accepted: usize,
}

impl Counts {
    fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            let count = match (&finding.accepted, finding.change.severity) {
                (Some(_), _) => &mut counts.accepted,
                (None, Severity::Breaking) => &mut counts.breaking,
                (None, Severity::Warning) => &mut counts.warning,
                (None, Severity::Info) => &mut counts.info,
            };
            *count += 1;
        }
        counts
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counted = |count: usize, one: &str, several: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {several}")),
        };
        let parts = [
            counted(self.breaking, "breaking change", "breaking changes"),
            counted(self.warning, "warning", "warnings"),
            counted(self.info, "note", "notes"),
            counted(self.accepted, "accepted change", "accepted changes"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { f.write_str("nothing changed") } else { f.write_str(&parts.join(", ")) }
    }
}

/// How many changes, and the version owed, in one line without a full stop.
pub fn verdict(review: &Review) -> String {
    format!("{}: {}", Counts::of(review.findings()), review.owed)
}

/// The API's versions: `1.0.1 -> 1.1.0`.
fn versions(api: &Reviewed) -> String {
    match (&api.old, &api.new) {
        (Some(old), Some(new)) if old != new => format!("{old} -> {new}"),
        (_, Some(version)) | (Some(version), None) => version.clone(),
        (None, None) => String::new(),
    }
}

/// The part of the contract that a change is in, as it is headed.
fn area(area: Area) -> &'static str {
    match area {
        Area::Wire => "wire",
        Area::Rust => "Rust",
    }
}

/// The first few of a change's operations, and how many there are besides.
fn operations(finding: &Finding) -> String {
    const SHOWN: usize = 4;
    let operations = &finding.change.operations;
    let shown = operations.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match operations.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Findings that are still to be decided on, and those that are accepted.
fn parted(api: &Reviewed) -> (Vec<&Finding>, Vec<&Finding>) {
    api.findings.iter().partition(|finding| finding.accepted.is_none())
}
