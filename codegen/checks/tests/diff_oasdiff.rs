//! Maps each rule ID of oasdiff to our rule that reports the same change.

mod support;

use std::error::Error;
use std::fs;

use crm_clients_review::diff::{Direction, Severity, rules};
use support::fixtures;

/// A row of the table.
struct Row<'t> {
    id: &'t str,
    direction: Option<Direction>,
    severity: Severity,
    /// Our rule, or `None` if we do not report the change.
    rule: Option<&'t str>,
    /// The reason why there is no rule, or why its severity differs.
    reason: &'t str,
}

fn row(line: &str) -> Option<Row<'_>> {
    let (facts, reason) = line.split_once(" # ").unwrap_or((line, ""));
    let mut words = facts.split(' ');
    let id = words.next()?;
    let direction = match words.next()? {
        "request" => Some(Direction::Request),
        "response" => Some(Direction::Response),
        "none" => None,
        _ => return None,
    };
    let severity = match words.next()? {
        "ERR" => Severity::Breaking,
        "WARN" => Severity::Warning,
        "INFO" => Severity::Info,
        _ => return None,
    };
    let rule = words.next().map(|rule| (rule != "-").then_some(rule))?;
    Some(Row { id, direction, severity, rule, reason })
}

#[test]
fn oasdiff_rules_have_a_counterpart_or_a_reason() -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(fixtures().join("diff/oasdiff.table"))?;
    let (mut ids, mut mapped) = (std::collections::BTreeSet::new(), 0);
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let row = row(line).ok_or_else(|| format!("not a row: {line}"))?;
        assert!(ids.insert(row.id), "duplicate row {}", row.id);
        let Some(rule) = row.rule else {
            assert!(!row.reason.is_empty(), "{} has neither a rule nor a reason", row.id);
            continue;
        };
        mapped += 1;
        let known = rules::ALL.iter().find(|known| known.id == rule);
        let known = known.ok_or_else(|| format!("{}: unknown rule `{rule}`", row.id))?;
        let severity = known.severity(row.direction);
        let is_same = severity == row.severity;
        assert!(is_same || !row.reason.is_empty(), "{}: `{rule}` is {}, without a reason", row.id, severity.word());
    }
    assert_eq!(ids.len(), 509);
    assert!(mapped >= 480, "only {mapped}");
    Ok(())
}
