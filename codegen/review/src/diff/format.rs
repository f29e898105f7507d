//! Reviews for those who read them: on a terminal, in a pull request, in a browser, by a program.
//!
//! What stands in a document is shown as what it is: it moves no cursor, makes no markup and gives no commands.

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

/// What a review comes to, in sentences without a full stop.
pub struct Verdict {
    /// Whether clients break that are deployed.
    pub clients: String,
    /// Whether callers of the crate break.
    pub callers: String,
    /// The version that is required, and the change that decides it.
    pub version: String,
}

impl Verdict {
    /// The verdict on a review. What is accepted decides nothing but the version.
    pub fn of(review: &Review) -> Self {
        let open = |area: Area| {
            let open = review.findings().filter(move |finding| finding.accepted.is_none());
            let open = open.filter(move |finding| finding.change.rule.area == area);
            Counts { info: 0, ..Counts::of(open) }
        };
        let (wire, rust) = (open(Area::Wire), open(Area::Rust));
        let clients = match wire {
            Counts { breaking: 0, warning: 0, .. } => "Deployed clients go on as before".to_owned(),
            Counts { breaking: 0, .. } => format!("Deployed clients may be affected: {wire}"),
            _ => format!("Deployed clients break: {wire}"),
        };
        let callers = match (rust.breaking, rust.warning, wire.breaking) {
            (0, 0, 0) => "Rust callers compile as before".to_owned(),
            (0, _, 0) => format!("Rust callers compile, and the client does something else: {rust}"),
            (0, ..) => "Rust callers compile, but the breaking changes affect them at run time".to_owned(),
            _ => format!("Rust callers break: {rust}"),
        };
        Self { clients, callers, version: review.required.to_string() }
    }

    /// The sentences in order.
    fn sentences(&self) -> [&str; 3] {
        [&self.clients, &self.callers, &self.version]
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentences().join("\n"))
    }
}

/// A part of a review that is read by itself.
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
            (None, Severity::Info, _) => Self::Notes,
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

    /// Its findings, the worst first.
    fn findings(self, api: &Reviewed) -> Vec<&Finding> {
        api.findings.iter().filter(|finding| Self::of(finding) == self).collect()
    }
}

/// Findings by resource, in the order of the resources' names.
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

/// The API's versions: `1.0.1 to 1.1.0`.
fn versions(api: &Reviewed) -> String {
    match (&api.old, &api.new) {
        (Some(old), Some(new)) if old != new => format!("{old} to {new}"),
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
fn operations(finding: &Finding) -> (Vec<&str>, usize) {
    const SHOWN: usize = 4;
    let operations = &finding.change.operations;
    let shown = operations.iter().take(SHOWN).map(String::as_str).collect();
    (shown, operations.len().saturating_sub(SHOWN))
}

/// A message in Markdown, with what is quoted in it as code. Two pieces of code never touch, or they would be one.
fn marked(message: &str) -> String {
    let parts = message.split('`').enumerate().map(|(index, part)| match (index % 2, part) {
        (1, part) => sanitize::markdown_code(part),
        (_, "") if index > 0 => " ".to_owned(),
        (_, part) => sanitize::markdown(part),
    });
    parts.collect::<String>().trim_end().to_owned()
}

/// Text in XML or HTML that is text and nothing else.
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
