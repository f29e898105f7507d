//! For a comment on a pull request.

use std::fmt::{self, Write};

use super::{Counts, area, operations, parted, verdict, versions};
use crate::diff::Severity;
use crate::diff::review::{Finding, Review, Reviewed};
use crm_clients_document::sanitize::{markdown as escaped, markdown_code as code};

/// GitHub takes comments of 65,536 characters.
const LIMIT: usize = 64_000;

/// The review: a verdict, then for each API a table of what breaks or may, with the rest folded. What would be too long for a comment is
/// left out, the details first.
pub fn markdown(review: &Review) -> String {
    let levels = [Shown::All, Shown::Changes, Shown::Worst, Shown::Counts];
    let fits = |shown: &Shown| {
        let mut out = String::new();
        // A `String` is written to without fail.
        let _ = write(review, *shown, &mut out);
        (out.len() <= LIMIT || *shown == Shown::Counts).then_some(out)
    };
    levels.iter().find_map(fits).unwrap_or_default()
}

/// How much of the review is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Shown {
    Counts,
    Worst,
    Changes,
    All,
}

fn write(review: &Review, shown: Shown, out: &mut String) -> fmt::Result {
    writeln!(out, "**{}.**", verdict(review))?;
    for api in &review.apis {
        writeln!(out, "\n### {} {}\n", escaped(&api.name), escaped(&versions(api)))?;
        section(api, shown, out)?;
    }
    if shown < Shown::All {
        writeln!(out, "\nThe whole review is too long for a comment: `cargo xtask diff` shows it.")?;
    }
    Ok(())
}

fn section(api: &Reviewed, shown: Shown, out: &mut String) -> fmt::Result {
    let (open, accepted) = parted(api);
    let (notes, worst): (Vec<&Finding>, Vec<&Finding>) =
        open.into_iter().partition(|finding| finding.change.severity == Severity::Info);
    if shown == Shown::Counts || api.findings.is_empty() {
        return writeln!(out, "{}.", Counts::of(&api.findings));
    }
    if !worst.is_empty() {
        table(&["", "change", "where"], out)?;
        for finding in &worst {
            let word = match finding.change.severity {
                Severity::Breaking => "**breaking**",
                other => other.word(),
            };
            writeln!(out, "| {word} | {} | {} |", marked(&finding.change.message), code(&finding.change.subject))?;
        }
    }
    if shown >= Shown::Changes {
        folded(&Counts::of(notes.iter().copied()).to_string(), !notes.is_empty(), out, |out| {
            table(&["change", "where"], out)?;
            notes.iter().try_for_each(|finding| {
                writeln!(out, "| {} | {} |", marked(&finding.change.message), code(&finding.change.subject))
            })
        })?;
    }
    folded(&Counts::of(accepted.iter().copied()).to_string(), !accepted.is_empty(), out, |out| {
        table(&["change", "where", "reason"], out)?;
        accepted.iter().try_for_each(|finding| {
            let (change, reason) = (&finding.change, finding.accepted.as_deref().unwrap_or_default());
            writeln!(out, "| {} | {} | {} |", marked(&change.message), code(&change.subject), escaped(reason))
        })
    })?;
    if shown == Shown::All {
        folded("positions, operations and fingerprints", !api.findings.is_empty(), out, |out| {
            worst.iter().chain(&notes).chain(&accepted).try_for_each(|finding| details(finding, out))
        })?;
    }
    Ok(())
}

fn table(heads: &[&str], out: &mut String) -> fmt::Result {
    writeln!(out, "| {} |\n|{}", heads.join(" | "), "---|".repeat(heads.len()))
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
    if !change.operations.is_empty() {
        writeln!(out, "  <br>{}", code(&operations(finding)))?;
    }
    Ok(())
}

/// A message with what is quoted in it as code.
fn marked(message: &str) -> String {
    let parts = message.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { code(part) } else { escaped(part) }).collect()
}
