//! Finds problems in a document before code is generated.
//!
//! The passes report what they cannot process or have to change. The rules here report what is processed, but probably
//! does not describe the server correctly or is a problem for other tools. [`rules`] lists them.

mod advice;
mod document;
mod examples;
mod fields;
mod links;
mod names;
mod operations;
mod parameters;
mod paths;
mod recursion;
mod responses;
mod schemas;
mod security;
mod servers;
mod tags;
mod validity;

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crm_clients_document::diagnostic::{Diagnostic, Diagnostics, Severity, child, push_token};
use crm_clients_document::lower;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::spec::{FieldType, ObjectKind, Versions};

/// An object of the document.
type JsonObject = Map<String, Value>;

/// The result of a rule: the JSON pointer of a node, and a message without a full stop.
type Found = Vec<(String, String)>;

/// A lint rule.
pub struct Rule {
    /// The stable name, in kebab-case.
    pub id: &'static str,
    /// The versions of OpenAPI that forbid it. In other versions it is a warning.
    pub error_in: Versions,
    /// A description of the problem.
    pub sentence: &'static str,
    /// The help text.
    pub remedy: &'static str,
    checks: &'static [Check],
}

/// The way that a rule is checked.
enum Check {
    /// Once for the document as a whole.
    Document(fn(&Value, &mut Found)),
    /// For each object of a kind.
    Each(ObjectKind, fn(&LintNode<'_>, &mut Found)),
    /// For each object, with the table of fields that OpenAPI allows.
    Every(fn(ObjectKind, &LintNode<'_>, &mut Found)),
}

impl Rule {
    /// Returns error if the document violates its version of OpenAPI, or else warning.
    pub fn severity(&self, version: Versions) -> Severity {
        if self.error_in.meet(version) { Severity::Error } else { Severity::Warning }
    }

    /// Returns the severity in words.
    pub fn severity_name(&self) -> String {
        match self.error_in {
            Versions::NONE => "warning".to_owned(),
            Versions::ALL => "error".to_owned(),
            versions => format!("error in {versions}"),
        }
    }
}

use Check::{Document, Each, Every};
use Severity::{Error, Warning};

/// Returns all rules, starting with OpenAPI's own.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    validity::RULES.iter().chain(advice::RULES)
}

/// Applies the rules to an overlaid document of this version. Swagger 2.0 documents must be raised first.
pub fn lint(document: &Value, version: Versions) -> Diagnostics {
    find(document, version, rules().collect())
}

/// The warnings of the passes about violations of OpenAPI whose intended meaning is clear.
pub(crate) const BROKEN_RULES: &[&str] = &[
    "body-and-form",
    "duplicate-key",
    "duplicate-parameter",
    "empty-section",
    "incomplete-object",
    "invalid-path",
    "invalid-status",
    "invalid-url",
    "keyword-of-another-version",
    "misplaced-reference",
    "missing-key",
    "newer-field",
    "not-json",
    "reference-cycle",
    "tab",
    "unknown-key",
    "unknown-reference",
    "unknown-value",
    "unreadable-file",
    "unreadable-value",
    "unsuitable-media-type",
    "wrong-type",
];

/// Rules about what changes nothing in a client, which `lint` alone reports: clients never send fragments, do send the
/// queries of paths, only document defaults, and ignore fields without a meaning.
const ONLY_IN_LINT: &[&str] = &[
    "example-type-mismatch",
    "invalid-email",
    "invalid-path-template",
    "invalid-status-range",
    "invalid-uri",
    "mismatched-default",
    "misplaced-field",
    "optional-discriminator",
    "unexpected-scopes",
];

/// The rule about what clients ignore, which `generate` reports as well.
pub(crate) const UNSUPPORTED_KEYWORD: &str = "unsupported-keyword";

/// Returns violations of OpenAPI's rules as warnings, because the passes assume the most likely meaning, and what
/// clients ignore.
pub fn broken_rules(document: &Value, version: Versions) -> Diagnostics {
    let is_broken = |rule: &Rule| rule.error_in.meet(version) && !ONLY_IN_LINT.contains(&rule.id);
    let is_relevant = |rule: &&Rule| is_broken(rule) || rule.id == UNSUPPORTED_KEYWORD;
    let found = find(document, version, rules().filter(is_relevant).collect());
    let mut warnings = Diagnostics::new();
    warnings.extend(found.into_iter().map(|found| Diagnostic { severity: Warning, ..found }));
    warnings
}

fn find(document: &Value, version: Versions, rules: Vec<&Rule>) -> Diagnostics {
    // Normalize the spelling of references; no node moves.
    let mut document = document.clone();
    lower::decode_references(&mut document);
    let mut found: Vec<Found> = rules.iter().map(|_| Found::new()).collect();
    for (rule, found) in rules.iter().zip(&mut found) {
        for check in rule.checks {
            if let Document(check) = check {
                check(&document, found);
            }
        }
    }
    let versions = Versions::read_in(&document);
    let mut visit = |kind, object: &JsonObject, pointer: &str| {
        let node = LintNode { document: &document, version, object, pointer };
        for (rule, found) in rules.iter().zip(&mut found) {
            for check in rule.checks {
                match check {
                    Each(wanted, check) if *wanted == kind => check(&node, found),
                    Every(check) => check(kind, &node, found),
                    _ => {}
                }
            }
        }
    };
    each_object(FieldType::DOCUMENT, versions, &document, &mut String::new(), &mut visit);
    let mut diagnostics = Diagnostics::new();
    for (rule, found) in rules.iter().zip(found) {
        let diagnostic =
            |(pointer, message)| Diagnostic::new(rule.severity(version), rule.id, pointer, message, rule.remedy);
        diagnostics.extend(found.into_iter().map(diagnostic));
    }
    diagnostics
}

/// Adds the results of the rules, except for those that a pass reported with the same code and location: the more
/// severe one is kept.
pub(crate) fn merge(passes: Diagnostics, rules: Diagnostics) -> Diagnostics {
    let key = |found: &Diagnostic| (found.code, found.pointer.clone());
    let errors: HashSet<_> = rules.iter().filter(|found| found.severity == Error).map(key).collect();
    let kept: Vec<_> =
        passes.into_iter().filter(|found| found.severity == Error || !errors.contains(&key(found))).collect();
    let known: HashSet<_> = kept.iter().map(key).collect();
    let mut merged = Diagnostics::new();
    merged.extend(kept.iter().cloned());
    merged.extend(rules.into_iter().filter(|found| found.severity == Error || !known.contains(&key(found))));
    merged
}

/// Sorts diagnostics by file and position, without duplicates: a shared node may be visited several times.
pub(crate) fn sort_by_position(diagnostics: Diagnostics, documents: &SourceMap) -> Diagnostics {
    let place = |found: &Diagnostic| {
        let position = found.position(documents);
        position.map(|position| (position.file.to_owned(), position.line, position.column))
    };
    let mut found: Vec<_> = diagnostics.into_iter().map(|found| (place(&found), found)).collect();
    found.sort_by(|(left, a), (right, b)| match left.cmp(right) {
        Ordering::Equal => (a.code, &a.pointer, &a.message).cmp(&(b.code, &b.pointer, &b.message)),
        order => order,
    });
    found.dedup();
    let mut arranged = Diagnostics::new();
    arranged.extend(found.into_iter().map(|(_, found)| found));
    arranged
}

/// An object of the document.
struct LintNode<'a> {
    document: &'a Value,
    /// The version that the author's document declares.
    version: Versions,
    object: &'a JsonObject,
    pointer: &'a str,
}

impl<'a> LintNode<'a> {
    /// Returns the JSON pointer of a member.
    fn place(&self, token: &str) -> String {
        child(self.pointer, token)
    }

    /// Returns the text of a field.
    fn text(&self, field: &str) -> Option<&'a str> {
        self.object.get(field).and_then(Value::as_str)
    }

    /// Returns a node, or the target of its reference, with its JSON pointer.
    fn follow(&self, node: &'a Value, pointer: String) -> Option<(&'a JsonObject, String)> {
        follow(self.document, node, pointer)
    }
}

/// Returns a node, or the target of its reference, with its JSON pointer.
fn follow<'a>(document: &'a Value, mut node: &'a Value, mut pointer: String) -> Option<(&'a JsonObject, String)> {
    let mut seen = HashSet::new();
    loop {
        let object = node.as_object()?;
        let Some(reference) = object.get("$ref").and_then(Value::as_str) else { return Some((object, pointer)) };
        pointer = seen.insert(reference).then(|| reference.strip_prefix('#'))??.to_owned();
        node = document.pointer(&pointer)?;
    }
}

/// Visits the objects of the document. References are not visited, except those of schemas, which may have other
/// keywords.
pub(crate) fn each_object(
    holds: FieldType,
    versions: Versions,
    value: &Value,
    pointer: &mut String,
    visit: &mut impl FnMut(ObjectKind, &JsonObject, &str),
) {
    if holds.is_data() {
        return;
    }
    let length = pointer.len();
    match value {
        Value::Object(object) => {
            if let Some(kind) = holds.object() {
                if kind != ObjectKind::Schema && object.get("$ref").is_some_and(Value::is_string) {
                    return;
                }
                visit(kind, object, pointer);
            }
            for (key, member) in object {
                push_token(pointer, key);
                each_object(holds.member(key, false, versions), versions, member, pointer, visit);
                pointer.truncate(length);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                let at = index.to_string();
                push_token(pointer, &at);
                each_object(holds.member(&at, true, versions), versions, element, pointer, visit);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}
