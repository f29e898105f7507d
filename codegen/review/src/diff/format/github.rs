//! Renders GitHub annotations of the changed lines.

use super::Verdict;
use crate::diff::Severity;
use crate::diff::review::{Finding, Review};
use crm_clients_document::sanitize::{command_data, command_property, line};

/// Renders a workflow command for each breaking change and warning, and one for the verdict. Other changes need no
/// annotation.
pub fn github(review: &Review) -> String {
    let open = review.findings().filter(|finding| finding.accepted.is_none());
    let mut out: String = open.filter_map(annotation).collect();
    let verdict = Verdict::of(review).sentences().map(line).join("\n");
    out.push_str(&format!("::notice title=API review::{}\n", command_data(&verdict)));
    out
}

fn annotation(finding: &Finding) -> Option<String> {
    let change = &finding.change;
    let command = match change.severity {
        Severity::Breaking => "error",
        Severity::Warning => "warning",
        Severity::Info => return None,
    };
    // Removed parts are not in the files of the pull request.
    let place = finding
        .new
        .as_ref()
        .map(|spot| format!("file={},line={},col={},", command_property(&spot.file), spot.line, spot.column));
    let was = finding.old.as_ref().map(|spot| format!("\nwas {}", line(&spot.to_string()))).unwrap_or_default();
    let text = format!("{}\n{}{was}\nfingerprint {}", line(&change.message), line(&change.subject), change.fingerprint);
    let place = place.unwrap_or_default();
    Some(format!("::{command} {place}title={}::{}\n", command_property(change.rule.id), command_data(&text)))
}
