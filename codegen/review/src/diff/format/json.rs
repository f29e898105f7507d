//! Renders JSON. The fields are documented in the generator's README.

use serde::Serialize;

use super::Counts;
use crate::diff::review::{Finding, Review, SourceLocation};
use crate::diff::{Area, Direction, RequiredBump, Severity};
use crm_clients_document::sanitize;

/// Renders the review as JSON.
pub fn json(review: &Review) -> String {
    let apis = review.apis.iter().map(|api| Api {
        name: &api.name,
        old: api.old.as_deref(),
        new: api.new.as_deref(),
        counts: Counts::of(&api.findings),
        changes: api.findings.iter().map(Change::of).collect(),
    });
    let document = Document { version: &review.required, counts: Counts::of(review.findings()), apis: apis.collect() };
    // Serialization cannot fail, because all keys are strings.
    sanitize::json(&serde_json::to_string_pretty(&document).unwrap_or_default()).into_owned() + "\n"
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'a RequiredBump,
    counts: Counts,
    apis: Vec<Api<'a>>,
}

#[derive(Serialize)]
struct Api<'a> {
    name: &'a str,
    old: Option<&'a str>,
    new: Option<&'a str>,
    counts: Counts,
    changes: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    rule: &'a str,
    area: Area,
    severity: Severity,
    direction: Option<Direction>,
    message: &'a str,
    subject: &'a str,
    operations: &'a [String],
    resource: &'a str,
    old: JsonLocation<'a>,
    new: JsonLocation<'a>,
    fingerprint: &'a str,
    accepted: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonLocation<'a> {
    pointer: Option<&'a str>,
    position: Option<&'a SourceLocation>,
}

impl<'a> Change<'a> {
    fn of(finding: &'a Finding) -> Self {
        let change = &finding.change;
        Self {
            rule: change.rule.id,
            area: change.rule.area,
            severity: change.severity,
            direction: change.direction,
            message: &change.message,
            subject: &change.subject,
            operations: &change.operations,
            resource: &finding.resource,
            old: JsonLocation { pointer: change.old.as_deref(), position: finding.old.as_ref() },
            new: JsonLocation { pointer: change.new.as_deref(), position: finding.new.as_ref() },
            fingerprint: &change.fingerprint,
            accepted: finding.accepted.as_deref(),
        }
    }
}
