//! Changes of the wire format between two documents.
//!
//! The pairs of small documents are in `fixtures/diff/<theme>.yaml`, the old one first, and the expected changes in
//! both directions are in the golden file next to it. A case contains whole documents, an operation, or a schema that a
//! request and its response share.

#[path = "support/diff.rs"]
mod diff;
mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crm_clients_review::diff::{Change, Direction, rules};
use diff::{Outcome, changes, facts, line};
use serde_json::{Value, json};
use support::{fixtures, golden};

const THEMES: [&str; 11] = [
    "operations",
    "servers",
    "parameters",
    "bodies",
    "properties",
    "values",
    "keywords",
    "choices",
    "callbacks",
    "security",
    "nothing",
];

/// Two documents and a description of the case.
struct Case {
    name: String,
    old: Value,
    new: Value,
}

fn cases(theme: &str) -> Outcome<Vec<Case>> {
    let text = fs::read_to_string(fixtures().join("diff").join(format!("{theme}.yaml")))?;
    let read: Vec<Value> = crm_clients_document::yaml::from_str(&text)?;
    let case = |case: &Value| {
        let name = case["case"].as_str().unwrap_or_default().to_owned();
        let (kind, pair) =
            ["document", "operation", "schema"].iter().find_map(|kind| Some((*kind, case.get(kind)?)))?;
        Some(Case { name, old: document(kind, pair.get(0)?), new: document(kind, pair.get(1)?) })
    };
    read.iter().map(|value| case(value).ok_or_else(|| format!("not a case: {value}").into())).collect()
}

/// Returns the document that contains the part in a case.
fn document(kind: &str, part: &Value) -> Value {
    let mut document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}});
    match kind {
        "document" => merge(&mut document, part),
        "operation" => {
            let mut operation = part.clone();
            if operation.get("responses").is_none() {
                operation["responses"] = json!({});
            }
            document["paths"] = json!({"/things/{thing_id}": {"post": operation}});
        }
        _ => {
            let content = json!({"application/json": {"schema": part}});
            let response = json!({"description": "", "content": content});
            let operation = json!({"requestBody": {"content": content}, "responses": {"200": response}});
            document["paths"] = json!({"/things": {"put": operation}});
        }
    }
    document
}

fn merge(into: &mut Value, part: &Value) {
    for (key, value) in part.as_object().into_iter().flatten() {
        into[key] = value.clone();
    }
}

#[test]
fn all_kinds_of_changes_are_reported_in_both_directions() -> Outcome {
    let mut found = BTreeSet::new();
    for theme in THEMES {
        let mut shown = String::new();
        for Case { name, old, new } in cases(theme)? {
            let (there, back) = (changes(&old, &new)?, changes(&new, &old)?);
            found.extend(there.iter().chain(&back).map(|change| change.rule.id));
            assert_eq!(facts(&there, |change| change.rule.mirror), facts(&back, |change| change.rule.id), "{name}");
            assert_eq!(theme == "nothing", there.is_empty(), "{name}: {there:#?}");
            _ = writeln!(shown, "{name}");
            for (mark, changes) in [('>', &there), ('<', &back)] {
                for change in changes {
                    _ = writeln!(shown, "{mark} {}\n    {}", line(change), change.message);
                }
            }
            shown.push('\n');
        }
        if theme != "nothing" {
            golden(Path::new("diff").join(format!("{theme}.txt")), &shown);
        }
    }
    let untold: Vec<_> = rules::ALL.iter().map(|rule| rule.id).filter(|id| !found.contains(id)).collect();
    assert!(untold.is_empty(), "no case covers {untold:?}");
    Ok(())
}

#[test]
fn rules_have_a_mirror() {
    let mut ids = BTreeSet::new();
    for rule in rules::ALL {
        assert!(ids.insert(rule.id), "duplicate rule {}", rule.id);
        let mirror = rules::ALL.iter().find(|other| other.id == rule.mirror);
        assert!(mirror.is_some_and(|mirror| mirror.mirror == rule.id), "{} has no mirror", rule.id);
        assert!(rule.id.chars().all(|char| char.is_ascii_lowercase() || char == '-'), "{}", rule.id);
        assert!(!rule.sentence.is_empty() && !rule.sentence.ends_with('.'), "{}", rule.id);
    }
}

/// Returns the locations of a change in both documents.
fn places(change: &Change) -> (Option<&str>, Option<&str>) {
    (change.old.as_deref(), change.new.as_deref())
}

#[test]
fn changes_have_a_location_in_both_documents() -> Outcome {
    let schema = |properties: Value| {
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/S"}}});
        json!({
            "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": {"responses": {"200": {"description": "", "content": content}}}}},
            "components": {"schemas": {"S": {"type": "object", "properties": properties}}},
        })
    };
    let found =
        changes(&schema(json!({"a": {"type": "string"}, "b": {}})), &schema(json!({"a": {"type": "boolean"}})))?;
    let found: Vec<_> = found.iter().map(|change| (change.rule.id, places(change))).collect();
    let component = "/components/schemas/S";
    let (a, b) = (format!("{component}/properties/a"), format!("{component}/properties/b"));
    let expected = [
        ("property-removed", (Some(b.as_str()), Some(component))),
        ("type-changed", (Some(a.as_str()), Some(a.as_str()))),
    ];
    assert_eq!(found, expected);
    Ok(())
}

#[test]
fn fingerprints_are_stable() -> Outcome {
    let document = |name: &str, text: &str, path: &str, kind: &str, values: Value| {
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        let content = json!({"application/json": {"schema": reference}});
        json!({
            "openapi": "3.1.0", "info": {"title": text, "version": "1"},
            "paths": {path: {"get": {"summary": text, "responses": {"200": {"description": "", "content": content}}}}},
            "components": {"schemas": {name: {
                "description": text,
                "properties": {"a": {"type": kind}, "b": {"type": "string", "enum": values}},
            }}},
        })
    };
    let plain = changes(
        &document("S", "", "/a/{id}", "string", json!(["x"])),
        &document("S", "", "/a/{id}", "integer", json!(["x", "y"])),
    )?;
    let other = changes(
        &document("Old", "Before", "/a/{old}", "string", json!(["x"])),
        &document("New", "After", "/a/{new}", "integer", json!(["y", "x"])),
    )?;
    let fingerprints = |changes: &[Change]| changes.iter().map(|change| change.fingerprint.clone()).collect::<Vec<_>>();
    assert_eq!(plain.len(), 2);
    assert_eq!(fingerprints(&plain), fingerprints(&other));
    let third = changes(
        &document("S", "", "/a/{id}", "string", json!(["x"])),
        &document("S", "", "/a/{id}", "boolean", json!(["x", "z"])),
    )?;
    assert!(fingerprints(&third).iter().all(|third| !fingerprints(&plain).contains(third)), "{third:#?}");
    assert!(fingerprints(&plain).iter().all(|print| print.len() == 16));
    Ok(())
}

#[test]
fn severity_depends_on_direction() {
    let by = |direction| rules::REQUIRED_PROPERTY_ADDED.severity(direction).word();
    assert_eq!(
        [by(Some(Direction::Request)), by(Some(Direction::Response)), by(None)],
        ["breaking", "info", "breaking"]
    );
}
