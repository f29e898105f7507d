//! Renders SARIF 2.1.0 for code scanning.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diff::review::{Finding, Review, SourceLocation};
use crate::diff::{Rule, Severity};
use crm_clients_document::sanitize;

/// Renders the review as SARIF.
pub fn sarif(review: &Review) -> String {
    let rules: BTreeMap<&str, &Rule> =
        review.findings().map(|finding| (finding.change.rule.id, finding.change.rule)).collect();
    let descriptions: Vec<Value> =
        rules.values().map(|rule| json!({"id": rule.id, "shortDescription": {"text": rule.sentence}})).collect();
    let results: Vec<Value> = review.findings().map(result).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "crm-clients review",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": descriptions,
            }},
            "results": results,
        }],
    });
    // Serialization cannot fail, because all keys are strings.
    sanitize::json(&serde_json::to_string_pretty(&document).unwrap_or_default()).into_owned() + "\n"
}

fn result(finding: &Finding) -> Value {
    let change = &finding.change;
    let level = match change.severity {
        Severity::Breaking => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    // Removed parts are shown at their old location.
    let place = finding.new.as_ref().or(finding.old.as_ref());
    let related = finding.old.as_ref().filter(|_| finding.new.is_some());
    let mut result = json!({
        "ruleId": change.rule.id,
        "level": level,
        "message": {"text": format!("{} ({})", change.message, change.subject)},
        "locations": place.map(location).into_iter().collect::<Vec<_>>(),
        "relatedLocations": related.map(location).into_iter().collect::<Vec<_>>(),
        "partialFingerprints": {"review/v1": change.fingerprint},
        "properties": {"area": change.rule.area, "direction": change.direction, "operations": change.operations},
    });
    if let Some(reason) = &finding.accepted {
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result
}

fn location(spot: &SourceLocation) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&spot.file)},
        "region": {"startLine": spot.line, "startColumn": spot.column},
    }})
}

/// Returns a file name as a relative URI, with reserved characters percent-encoded.
fn uri(file: &str) -> String {
    let mut out = String::with_capacity(file.len());
    for byte in file.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
