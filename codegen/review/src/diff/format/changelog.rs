//! Renders a changelog entry for callers of the crate.

use std::fmt::{self, Write};

use super::{marked, versions};
use crate::diff::review::{Finding, Review, Reviewed};
use crate::diff::{Area, Severity};
use crm_clients_document::sanitize::{markdown as escaped, markdown_code as code};

/// Renders the CHANGELOG.md entry for a review: for each API the breaking changes, behavior changes, additions and
/// deprecations, and the changes of the server.
pub fn changelog(review: &Review) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = write(review, &mut out);
    out
}

fn write(review: &Review, out: &mut String) -> fmt::Result {
    let version = review.required.to.as_ref().map_or_else(|| "Unreleased".to_owned(), ToString::to_string);
    writeln!(out, "## {version}")?;
    for api in review.apis.iter().filter(|api| !api.findings.is_empty()) {
        writeln!(out, "\n### {} {}", escaped(&api.name), escaped(&versions(api)))?;
        for heading in HEADINGS {
            section(api, heading, out)?;
        }
    }
    if review.findings().next().is_none() {
        writeln!(out, "\nNothing changed.")?;
    }
    Ok(())
}

/// A heading and its findings.
struct Heading {
    title: &'static str,
    holds: fn(&Finding) -> bool,
}

const HEADINGS: [Heading; 5] = [
    Heading {
        title: "Breaking",
        holds: |finding| of(finding, Area::Rust) && finding.change.severity == Severity::Breaking,
    },
    Heading {
        title: "Changed",
        holds: |finding| of(finding, Area::Rust) && finding.change.severity == Severity::Warning,
    },
    Heading {
        title: "Added",
        holds: |finding| {
            of(finding, Area::Rust) && finding.change.severity == Severity::Info && !is_deprecation(finding)
        },
    },
    Heading { title: "Deprecated", holds: |finding| of(finding, Area::Rust) && is_deprecation(finding) },
    Heading { title: "Server", holds: |finding| of(finding, Area::Wire) && finding.change.severity > Severity::Info },
];

fn of(finding: &Finding, area: Area) -> bool {
    finding.change.rule.area == area
}

fn is_deprecation(finding: &Finding) -> bool {
    finding.change.severity == Severity::Info && finding.change.rule.id.ends_with("deprecated")
}

fn section(api: &Reviewed, heading: Heading, out: &mut String) -> fmt::Result {
    let findings: Vec<&Finding> = api.findings.iter().filter(|finding| (heading.holds)(finding)).collect();
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}:\n", heading.title)?;
    // The same change of several methods, fields or operations is one line.
    let mut lines: Vec<(&str, Vec<&str>)> = Vec::new();
    for finding in findings {
        // The line starts with the location.
        let message = finding.change.message.split(" (from `").next().unwrap_or_default();
        let place = place(finding);
        match lines.iter_mut().find(|(other, _)| *other == message) {
            Some((_, places)) => places.push(place),
            None => lines.push((message, vec![place])),
        }
    }
    for (message, mut places) in lines {
        places.dedup();
        let shown: Vec<String> = places.iter().take(SHOWN).map(|place| code(place)).collect();
        let more = match places.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        writeln!(out, "- {}{more}: {}.", shown.join(", "), marked(message))?;
    }
    Ok(())
}

/// The maximum number of locations that are listed for a change.
const SHOWN: usize = 6;

/// Returns the location of a change for callers, without the module that they import.
fn place(finding: &Finding) -> &str {
    let subject = finding.change.subject.as_str();
    match finding.change.rule.area {
        Area::Rust => {
            subject.split_once("::").map_or(subject, |(_, path)| path.strip_prefix("types::").unwrap_or(path))
        }
        Area::Wire | Area::Coverage => subject,
    }
}
