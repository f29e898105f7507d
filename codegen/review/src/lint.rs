//! What is wrong or unwise in a document before it becomes code.
//!
//! The passes tell of what they cannot read, or read otherwise than it is written; the rules here tell of what reads well and is
//! most likely not what the server does, or what other tools will stumble over. [`rules`] lists them.

mod document;
mod examples;
mod fields;
mod names;
mod operations;
mod parameters;
mod recursion;
mod responses;
mod schemas;
mod servers;
mod validity;

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crm_clients_document::diagnostic::{Diagnostic, Diagnostics, Severity, child, push_token};
use crm_clients_document::lower;
use crm_clients_document::origin::Documents;
use crm_clients_document::spec::{FieldType, ObjectKind, Versions};

/// An object of the document.
type Object = Map<String, Value>;

/// What a rule found: the pointer of a node, and a sentence about it without a full stop.
type Found = Vec<(String, String)>;

/// Something that a document should not have.
pub struct Rule {
    /// Its name: stable, in kebab-case.
    pub id: &'static str,
    /// An error where the document breaks OpenAPI's rules, a warning where it is unwise.
    pub severity: Severity,
    /// What it finds.
    pub sentence: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    checks: &'static [Check],
}

/// How a rule finds it.
enum Check {
    /// In the document as a whole.
    Document(fn(&Value, &mut Found)),
    /// In each object of a kind.
    Each(ObjectKind, fn(&Node<'_>, &mut Found)),
    /// In each object, by the table of what OpenAPI allows where.
    Every(fn(ObjectKind, &Node<'_>, &mut Found)),
}

use Check::{Document, Each, Every};
use Severity::{Error, Warning};

/// All rules: OpenAPI's own first.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    validity::RULES.iter().chain(ADVICE)
}

/// The rules about what is allowed but unwise, or an error only in the document as a whole.
const ADVICE: &[Rule] = &[
    Rule {
        id: "unused-component",
        severity: Warning,
        sentence: "nothing refers to a component, directly or through others",
        remedy: "remove it, or refer to it where it was meant to be used",
        checks: &[Document(document::unused_components)],
    },
    Rule {
        id: "duplicate-operation-id",
        severity: Error,
        sentence: "two operations have the same `operationId`",
        remedy: "rename one of the two",
        checks: &[Document(document::duplicate_operation_ids)],
    },
    Rule {
        id: "equivalent-paths",
        severity: Error,
        sentence: "two paths differ only in the names of their parameters or in percent-encoding",
        remedy: "make them one path item",
        checks: &[Document(document::equivalent_paths)],
    },
    Rule {
        id: "unknown-security-scheme",
        severity: Error,
        sentence: "a security requirement names a scheme that is not declared",
        remedy: "declare it in `components.securitySchemes`, or correct the name",
        checks: &[Document(document::unknown_security_schemes)],
    },
    Rule {
        id: "insecure-server",
        severity: Warning,
        sentence: "a server is reached over plain http",
        remedy: "write `https`; clients send no credentials over http",
        checks: &[Each(ObjectKind::Server, document::insecure_server)],
    },
    Rule {
        id: "missing-operation-id",
        severity: Warning,
        sentence: "an operation has no `operationId`",
        remedy: "add one: tools name methods after it, and reviewers tell operations by it when paths move",
        checks: &[Document(operations::missing_ids)],
    },
    Rule {
        id: "missing-tag",
        severity: Warning,
        sentence: "an operation has no tag",
        remedy: "give it the tag of the resource that it belongs to",
        checks: &[Each(ObjectKind::Operation, operations::missing_tag)],
    },
    Rule {
        id: "body-on-get",
        severity: Warning,
        sentence: "a GET or HEAD has a request body, which servers and proxies may drop",
        remedy: "declare query parameters, or the method that the server really takes",
        checks: &[Each(ObjectKind::Operation, operations::body_on_get)],
    },
    Rule {
        id: "missing-success",
        severity: Warning,
        sentence: "an operation declares errors only",
        remedy: "declare the response of its success",
        checks: &[Each(ObjectKind::Operation, responses::missing_success)],
    },
    Rule {
        id: "success-without-content",
        severity: Warning,
        sentence: "a GET is answered without a body",
        remedy: "declare the `content` that the server sends, or status 204",
        checks: &[Each(ObjectKind::Operation, responses::success_without_content)],
    },
    Rule {
        id: "mismatched-status",
        severity: Warning,
        sentence: "an error refers to a response or a schema that is named after another status",
        remedy: "refer to the one of this status, or correct the status",
        checks: &[Each(ObjectKind::Operation, responses::mismatched_status)],
    },
    Rule {
        id: "nothing-required",
        severity: Warning,
        sentence: "a success is an object of which nothing is required, so that any answer reads as an empty one",
        remedy: "list in `required` what the server always sends",
        checks: &[Each(ObjectKind::Operation, responses::nothing_required)],
    },
    Rule {
        id: "media-type-without-schema",
        severity: Warning,
        sentence: "a body has a media type and no schema",
        remedy: "add the `schema` of the body",
        checks: &[Each(ObjectKind::MediaType, responses::media_type_without_schema)],
    },
    Rule {
        id: "number-id",
        severity: Warning,
        sentence: "an id is declared `number`, which allows fractions",
        remedy: "declare it `integer`, or `string` if the server sends text",
        checks: &[
            Each(ObjectKind::Schema, schemas::number_id),
            Each(ObjectKind::Parameter, schemas::number_id_parameter),
        ],
    },
    Rule {
        id: "unknown-required-property",
        severity: Warning,
        sentence: "`required` names a property that the schema does not have",
        remedy: "add it to `properties`, or correct the name",
        checks: &[Each(ObjectKind::Schema, schemas::unknown_required)],
    },
    Rule {
        id: "array-without-items",
        severity: Warning,
        sentence: "an array does not say what its items are",
        remedy: "add `items`; OpenAPI 3.0 asks for it",
        checks: &[Each(ObjectKind::Schema, schemas::array_without_items)],
    },
    Rule {
        id: "nullable-in-3.1",
        severity: Warning,
        sentence: "`nullable` has no meaning in OpenAPI 3.1; other tools pass it over",
        remedy: "write null among the types: `type: [string, 'null']`",
        checks: &[Each(ObjectKind::Schema, schemas::nullable)],
    },
    Rule {
        id: "duplicate-enum-value",
        severity: Warning,
        sentence: "`enum` lists a value twice",
        remedy: "remove one of the two, or write the value that was meant",
        checks: &[Each(ObjectKind::Schema, schemas::duplicate_enum_value)],
    },
    Rule {
        id: "impossible-limits",
        severity: Error,
        sentence: "a lower limit is above the upper one, so that no value is allowed",
        remedy: "correct one of the two",
        checks: &[Each(ObjectKind::Schema, schemas::impossible_limits)],
    },
    Rule {
        id: "mismatched-default",
        severity: Error,
        sentence: "a default is no value of its schema",
        remedy: "correct the default or the schema",
        checks: &[Each(ObjectKind::Schema, examples::default)],
    },
    Rule {
        id: "mismatched-example",
        severity: Warning,
        sentence: "an example is no value of its schema",
        remedy: "find out which of the two the server agrees with, and correct the other",
        checks: &[
            Each(ObjectKind::Schema, examples::schema),
            Each(ObjectKind::MediaType, examples::beside_schema),
            Each(ObjectKind::Parameter, examples::beside_schema),
        ],
    },
];

/// What the rules find in an overlaid document of this version, by rule. A document of Swagger 2.0 has been raised.
pub fn lint(document: &Value, version: Versions) -> Diagnostics {
    find(document, version, rules().collect())
}

/// The rules of OpenAPI that the document breaks, as warnings: the passes read it as it is most likely meant.
pub fn broken_rules(document: &Value, version: Versions) -> Diagnostics {
    let found = find(document, version, rules().filter(|rule| rule.severity == Error).collect());
    let mut warnings = Diagnostics::new();
    warnings.extend(found.into_iter().map(|found| Diagnostic { severity: Warning, ..found }));
    warnings
}

fn find(document: &Value, version: Versions, rules: Vec<&Rule>) -> Diagnostics {
    // References in one spelling; no node changes its place by it.
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
    let mut visit = |kind, object: &Object, pointer: &str| {
        let node = Node { document: &document, version, object, pointer };
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
        let diagnostic = |(pointer, message)| Diagnostic::new(rule.severity, rule.id, pointer, message, rule.remedy);
        diagnostics.extend(found.into_iter().map(diagnostic));
    }
    diagnostics
}

/// Adds what the rules found, except for what a pass has reported under the same code at the same place: the more severe one stays.
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

/// In the order in which they stand in the files, each once: a shared node may have been met several times.
pub(crate) fn arrange(diagnostics: Diagnostics, documents: &Documents) -> Diagnostics {
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
struct Node<'a> {
    document: &'a Value,
    /// The version that the author wrote the document in.
    version: Versions,
    object: &'a Object,
    pointer: &'a str,
}

impl<'a> Node<'a> {
    /// The pointer of a member.
    fn place(&self, token: &str) -> String {
        child(self.pointer, token)
    }

    /// The text of a field.
    fn text(&self, field: &str) -> Option<&'a str> {
        self.object.get(field).and_then(Value::as_str)
    }

    /// A node of the document, or what its reference leads to, with its pointer.
    fn follow(&self, node: &'a Value, pointer: String) -> Option<(&'a Object, String)> {
        follow(self.document, node, pointer)
    }
}

/// A node, or what its reference leads to, with its pointer.
fn follow<'a>(document: &'a Value, mut node: &'a Value, mut pointer: String) -> Option<(&'a Object, String)> {
    let mut seen = HashSet::new();
    loop {
        let object = node.as_object()?;
        let Some(reference) = object.get("$ref").and_then(Value::as_str) else { return Some((object, pointer)) };
        pointer = seen.insert(reference).then(|| reference.strip_prefix('#'))??.to_owned();
        node = document.pointer(&pointer)?;
    }
}

/// Visits the objects of the document. References, apart from those of schemas, which other keywords may stand beside, are none.
fn each_object(
    holds: FieldType,
    versions: Versions,
    value: &Value,
    pointer: &mut String,
    visit: &mut impl FnMut(ObjectKind, &Object, &str),
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
