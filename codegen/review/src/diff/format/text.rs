//! Renders plain text for a terminal.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Section, Verdict, area, by_resource, operations, versions};
use crate::diff::Severity;
use crate::diff::review::{Finding, Review};
use crm_clients_document::sanitize;

/// Renders the review by API, section and resource, followed by the verdict.
pub fn text(review: &Review, color: bool) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = write(review, &Styles { color }, &mut out);
    out
}

fn write(review: &Review, styles: &Styles, out: &mut String) -> fmt::Result {
    for api in &review.apis {
        let title = format!("{} {}", sanitize::line(&api.name), sanitize::line(&versions(api)));
        writeln!(out, "{}", styles.bold(&title))?;
        if api.findings.is_empty() {
            writeln!(out, "  nothing changed")?;
        }
        for section in Section::ALL {
            let findings = section.findings(api);
            if !findings.is_empty() {
                writeln!(out, "\n{}", styles.bold(section.title()))?;
            }
            for (resource, group) in by_resource(&findings) {
                writeln!(out, "  {}", sanitize::line(resource))?;
                group.iter().try_for_each(|found| finding(found, styles, out))?;
            }
        }
        writeln!(out)?;
    }
    for sentence in Verdict::of(review).sentences() {
        writeln!(out, "{}", sanitize::line(sentence))?;
    }
    Ok(())
}

fn finding(finding: &Finding, styles: &Styles, out: &mut String) -> fmt::Result {
    let change = &finding.change;
    let head = format!("{}[{}]", change.severity.word(), change.rule.id);
    let head = if finding.accepted.is_some() { head } else { styles.severity(change.severity, &head) };
    writeln!(out, "  {head} {}", styles.bold(&sanitize::line(&change.message)))?;
    let mut line = |name: &str, text: &str| writeln!(out, "    {name:<11} {}", sanitize::line(text));
    line(area(change.rule.area), &change.subject)?;
    match operations(finding) {
        (shown, _) if shown.is_empty() => {}
        (shown, 0) => line("operations", &shown.join(", "))?,
        (shown, more) => line("operations", &format!("{} and {more} more", shown.join(", ")))?,
    }
    for (name, spot) in [("was", &finding.old), ("is", &finding.new)] {
        spot.iter().try_for_each(|spot| line(name, &spot.to_string()))?;
    }
    finding.accepted.iter().try_for_each(|reason| line("accepted", reason))?;
    line("fingerprint", &change.fingerprint)
}

struct Styles {
    color: bool,
}

impl Styles {
    fn bold(&self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    fn severity(&self, severity: Severity, text: &str) -> String {
        let color = match severity {
            Severity::Breaking => AnsiColor::BrightRed,
            Severity::Warning => AnsiColor::Yellow,
            Severity::Info => AnsiColor::BrightBlue,
        };
        self.styled(color.on_default().bold(), text)
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
