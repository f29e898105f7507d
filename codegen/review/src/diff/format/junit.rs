//! Renders JUnit XML with a test case for each change. Breaking changes are failures; warnings and accepted changes are
//! skipped.

use std::fmt::{self, Write};

use super::{Section, escaped};
use crate::diff::Severity;
use crate::diff::review::{Finding, Review, Reviewed};

/// Renders the review as JUnit XML.
pub fn junit(review: &Review) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"API review\">\n");
    for api in &review.apis {
        // Writing to a `String` cannot fail.
        let _ = suite(api, &mut out);
    }
    out.push_str("</testsuites>\n");
    out
}

fn suite(api: &Reviewed, out: &mut String) -> fmt::Result {
    let has_failed = |finding: &&Finding| finding.accepted.is_none() && finding.change.severity == Severity::Breaking;
    let is_skipped = |finding: &&Finding| finding.accepted.is_some() || finding.change.severity == Severity::Warning;
    let count = api.findings.len().max(1);
    let failures = api.findings.iter().filter(has_failed).count();
    let skipped = api.findings.iter().filter(is_skipped).count();
    let name = escaped(&api.name);
    writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{count}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">"
    )?;
    if api.findings.is_empty() {
        writeln!(out, "    <testcase classname=\"{name}\" name=\"nothing changed\"/>")?;
    }
    api.findings.iter().try_for_each(|finding| case(&name, finding, out))?;
    writeln!(out, "  </testsuite>")
}

fn case(api: &str, finding: &Finding, out: &mut String) -> fmt::Result {
    let change = &finding.change;
    let class = format!("{api}.{}.{}", Section::of(finding).title(), escaped(&finding.resource));
    let name = escaped(&format!("{}: {}", change.message, change.subject));
    let (message, rule) = (escaped(&change.message), change.rule.id);
    write!(out, "    <testcase classname=\"{class}\" name=\"{name}\"")?;
    match (&finding.accepted, change.severity) {
        (Some(reason), _) => writeln!(out, "><skipped message=\"accepted: {}\"/></testcase>", escaped(reason)),
        (None, Severity::Info) => writeln!(out, "/>"),
        (None, Severity::Warning) => writeln!(out, "><skipped message=\"warning: {message}\"/></testcase>"),
        (None, Severity::Breaking) => {
            let place = finding.new.as_ref().or(finding.old.as_ref()).map(ToString::to_string).unwrap_or_default();
            let text = escaped(&format!("{} {place} fingerprint {}", change.subject, change.fingerprint));
            writeln!(out, "><failure type=\"{rule}\" message=\"{message}\">{text}</failure></testcase>")
        }
    }
}
