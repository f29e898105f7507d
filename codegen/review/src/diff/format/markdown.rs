//! Renders a comment on a pull request.

use std::fmt::{self, Write};

use super::{Counts, Section, Verdict, area, by_resource, marked, operations, versions};
use crate::diff::Severity;
use crate::diff::review::{Finding, Review, Reviewed};
use crm_clients_document::sanitize::{markdown as escaped, markdown_code as code};

/// GitHub limits comments to 65,536 characters.
const LIMIT: usize = 64_000;

/// Renders the review: the verdict, then the sections of each API by resource, with notes and details folded. If it is
/// too long for a comment, the details are left out first, then the least severe findings of each section, which are
/// counted instead.
pub fn markdown(review: &Review) -> String {
    let all = Shown { most: usize::MAX, details: true };
    let fewer = [usize::MAX, 200, 100, 40, 15, 5].map(|most| Shown { most, details: false });
    let mut out = String::new();
    for shown in std::iter::once(all).chain(fewer) {
        out.clear();
        // Writing to a `String` cannot fail.
        let _ = write(review, shown, &mut out);
        if out.len() <= LIMIT {
            break;
        }
    }
    out
}

/// The part of the review that is shown.
#[derive(Clone, Copy)]
struct Shown {
    /// The maximum number of findings in a section.
    most: usize,
    /// True if positions, operations and fingerprints are shown.
    details: bool,
}

fn write(review: &Review, shown: Shown, out: &mut String) -> fmt::Result {
    let Verdict { clients, callers, version } = Verdict::of(review);
    writeln!(out, "**{}.** **{}.** {}.", marked(&clients), marked(&callers), marked(&version))?;
    for api in &review.apis {
        writeln!(out, "\n### {} {}", escaped(&api.name), escaped(&versions(api)))?;
        if api.findings.is_empty() {
            writeln!(out, "\nNothing changed.")?;
        }
        for section in Section::ALL {
            let findings = section.findings(api);
            if !findings.is_empty() {
                write_section(section, &findings, shown, out)?;
            }
        }
        if shown.details {
            folded("Positions, operations and fingerprints", !api.findings.is_empty(), out, |out| {
                in_order(api).try_for_each(|finding| details(finding, out))
            })?;
        }
    }
    if !shown.details {
        writeln!(out, "\nThe review is too long for a comment; run `cargo xtask diff` to see all of it.")?;
    }
    Ok(())
}

fn write_section(section: Section, findings: &[&Finding], shown: Shown, out: &mut String) -> fmt::Result {
    let title = format!("{}: {}", section.title(), Counts::of(findings.iter().copied()));
    let (first, rest) = findings.split_at(findings.len().min(shown.most));
    let write = |out: &mut String| {
        for (resource, group) in by_resource(first) {
            writeln!(out, "\n**{}**\n", escaped(resource))?;
            group.iter().try_for_each(|finding| line(finding, out))?;
        }
        if !rest.is_empty() {
            writeln!(out, "\n… and {} more.", Counts::of(rest.iter().copied()))?;
        }
        Ok(())
    };
    match section {
        Section::Clients | Section::Callers => {
            writeln!(out, "\n#### {title}")?;
            write(out)
        }
        Section::Notes | Section::Accepted => folded(&title, true, out, write),
    }
}

/// Renders a finding as a line: severity, message and location.
fn line(finding: &Finding, out: &mut String) -> fmt::Result {
    let change = &finding.change;
    let head = match (&finding.accepted, change.severity) {
        (None, Severity::Breaking) => "**breaking:** ",
        (None, Severity::Warning) => "warning: ",
        _ => "",
    };
    write!(out, "- {head}{}", marked(&change.message))?;
    // The message of a removal contains the location.
    if !change.message.contains(" (from `") {
        write!(out, ": {}", code(&change.subject))?;
    }
    if change.operations.len() > 1 {
        write!(out, ", {} operations", change.operations.len())?;
    }
    if let Some(reason) = &finding.accepted {
        write!(out, "; accepted: {}", escaped(reason))?;
    }
    writeln!(out)
}

fn in_order(api: &Reviewed) -> impl Iterator<Item = &Finding> {
    Section::ALL.into_iter().flat_map(|section| section.findings(api))
}

fn folded(summary: &str, any: bool, out: &mut String, write: impl FnOnce(&mut String) -> fmt::Result) -> fmt::Result {
    if !any {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>{summary}</summary>\n")?;
    write(out)?;
    writeln!(out, "\n</details>")
}

fn details(finding: &Finding, out: &mut String) -> fmt::Result {
    let change = &finding.change;
    writeln!(out, "- {} {}, {}", area(change.rule.area), code(change.rule.id), code(&change.fingerprint))?;
    writeln!(out, "  <br>{}", marked(&change.message))?;
    for (name, spot) in [("was", &finding.old), ("is", &finding.new)] {
        spot.iter().try_for_each(|spot| writeln!(out, "  <br>{name} {}", code(&spot.to_string())))?;
    }
    let (shown, more) = operations(finding);
    if !shown.is_empty() {
        let shown = shown.into_iter().map(code).collect::<Vec<_>>().join(", ");
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        writeln!(out, "  <br>{shown}{more}")?;
    }
    Ok(())
}
