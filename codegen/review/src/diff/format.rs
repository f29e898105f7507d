//! Output formats of reviews: for terminals, pull requests, browsers and programs.
//!
//! Strings from documents are always shown as literal text: they contain no control sequences, markup or workflow
//! commands.

mod changelog;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

pub use changelog::changelog;
pub use github::github;
pub use html::html;
pub use json::json;
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;
pub use text::text;

use super::review::{Finding, Review, Reviewed};
use super::{Area, Severity};
use crm_clients_document::sanitize;

/// The number of changes of each severity, and of accepted changes.
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

/// The conclusion of a review, as sentences without a full stop.
pub struct Verdict {
    /// The effect on deployed clients.
    pub clients: String,
    /// The effect on callers of the crate.
    pub callers: String,
    /// The required version, and the change that requires it.
    pub version: String,
}

impl Verdict {
    /// Returns the verdict on a review. Accepted changes affect only the version.
    pub fn of(review: &Review) -> Self {
        let open = |area: Area| {
            let open = review.findings().filter(move |finding| finding.accepted.is_none());
            let open = open.filter(move |finding| finding.change.rule.area == area);
            Counts { info: 0, ..Counts::of(open) }
        };
        let (wire, rust) = (open(Area::Wire), open(Area::Rust));
        let clients = match wire {
            Counts { breaking: 0, warning: 0, .. } => "Deployed clients are not affected".to_owned(),
            Counts { breaking: 0, .. } => format!("Deployed clients may be affected: {wire}"),
            _ => format!("Deployed clients break: {wire}"),
        };
        let callers = match (rust.breaking, rust.warning, wire.breaking) {
            (0, 0, 0) => "Rust callers are not affected".to_owned(),
            (0, _, 0) => format!("Rust callers compile, but the client behaves differently: {rust}"),
            (0, ..) => "Rust callers compile, but the breaking changes affect them at run time".to_owned(),
            _ => format!("Rust callers break: {rust}"),
        };
        Self { clients, callers, version: review.required.to_string() }
    }

    /// Returns the sentences in order.
    fn sentences(&self) -> [&str; 3] {
        [&self.clients, &self.callers, &self.version]
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentences().join("\n"))
    }
}

/// A section of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Clients,
    Callers,
    Notes,
    Accepted,
}

impl Section {
    const ALL: [Self; 4] = [Self::Clients, Self::Callers, Self::Notes, Self::Accepted];

    fn of(finding: &Finding) -> Self {
        match (&finding.accepted, finding.change.severity, finding.change.rule.area) {
            (Some(_), ..) => Self::Accepted,
            (None, Severity::Info, _) | (None, _, Area::Coverage) => Self::Notes,
            (None, _, Area::Wire) => Self::Clients,
            (None, _, Area::Rust) => Self::Callers,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Clients => "Deployed clients",
            Self::Callers => "Rust callers",
            Self::Notes => "Notes",
            Self::Accepted => "Accepted",
        }
    }

    /// Returns its findings, most severe first.
    fn findings(self, api: &Reviewed) -> Vec<&Finding> {
        api.findings.iter().filter(|finding| Self::of(finding) == self).collect()
    }
}

/// Groups findings by resource, sorted by name.
fn by_resource<'f>(findings: &[&'f Finding]) -> Vec<(&'f str, Vec<&'f Finding>)> {
    let mut groups: Vec<(&str, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|(resource, _)| *resource == finding.resource) {
            Some((_, group)) => group.push(finding),
            None => groups.push((&finding.resource, vec![finding])),
        }
    }
    groups.sort_by_key(|(resource, _)| *resource);
    groups
}

/// Returns the API's versions: `1.0.1 to 1.1.0`.
fn versions(api: &Reviewed) -> String {
    match (&api.old, &api.new) {
        (Some(old), Some(new)) if old != new => format!("{old} to {new}"),
        (_, Some(version)) | (Some(version), None) => version.clone(),
        (None, None) => String::new(),
    }
}

/// Returns the heading for a part of the contract.
fn area(area: Area) -> &'static str {
    match area {
        Area::Wire => "wire",
        Area::Rust => "Rust",
        Area::Coverage => "coverage",
    }
}

/// Returns the first few operations of a change, and the number of the others.
fn operations(finding: &Finding) -> (Vec<&str>, usize) {
    const SHOWN: usize = 4;
    let operations = &finding.change.operations;
    let shown = operations.iter().take(SHOWN).map(String::as_str).collect();
    (shown, operations.len().saturating_sub(SHOWN))
}

/// Renders a message as Markdown, with quoted parts as code. Adjacent code spans are separated, because they would
/// merge.
fn marked(message: &str) -> String {
    let parts = message.split('`').enumerate().map(|(index, part)| match (index % 2, part) {
        (1, part) => sanitize::markdown_code(part),
        (_, "") if index > 0 => " ".to_owned(),
        (_, part) => sanitize::markdown(part),
    });
    parts.collect::<String>().trim_end().to_owned()
}

/// Escapes text for XML and HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in sanitize::line(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
