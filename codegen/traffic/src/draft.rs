//! Drafting an overlay that makes a document accept recorded traffic.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crm_clients_document::diagnostic::{child, tokens};
use crm_clients_document::origin::SourceMap;
use crm_clients_document::sanitize;
use serde_json::{Value, json};

use crate::drift::{Finding, Part, Subject};
use crate::schemas::{Difference, member};

/// Maximum length of an `enum` value taken from traffic. A longer one is probably prose, and likely personal.
const LONGEST_ENUM_VALUE: usize = 40;

/// Fields that contain lists of schemas.
const LISTS: [&str; 4] = ["allOf", "oneOf", "anyOf", "prefixItems"];

/// The input of a draft.
pub struct Context<'a> {
    /// The title of the overlay.
    pub title: &'a str,
    /// The raised document, to which the pointers of the findings refer.
    pub raised: &'a Value,
    /// The origins of its nodes.
    pub documents: &'a SourceMap,
    /// True if the overlay is applied to a document of OpenAPI 3.0 or Swagger 2.0, where `type` is a single word.
    pub has_single_types: bool,
}

/// Drafts the overlay. Each action has the number of occurrences in a comment. Undeclared operations are only listed at
/// the end, because an overlay that declares them cannot be derived from a difference.
pub fn overlay<'f>(context: &Context<'_>, findings: impl Iterator<Item = &'f Finding> + Clone) -> String {
    let mut text =
        format!("overlay: 1.1.0\ninfo:\n  title: {}\n  version: draft\nactions:\n", Value::from(context.title));
    let start = text.len();
    let mut written: Vec<(String, Value)> = Vec::new();
    for finding in findings.clone() {
        for (pointer, change) in context.actions(finding) {
            let action = (context.target(&pointer), change);
            // Several operations may use the same schema.
            if written.contains(&action) {
                continue;
            }
            let _infallible = writeln!(text, "  # {}", sanitize::line(&describe(finding)));
            let _infallible = match &action {
                (target, Value::Null) => {
                    writeln!(text, "  - target: {}\n    remove: true", Value::from(target.as_str()))
                }
                (target, update) => {
                    writeln!(text, "  - target: {}\n    update: {update}", Value::from(target.as_str()))
                }
            };
            written.push(action);
        }
    }
    if text.len() == start {
        text.truncate(start - "actions:\n".len());
        text.push_str("actions: []\n");
    }
    for finding in findings.filter(|finding| finding.subject == Subject::Operation) {
        let _infallible =
            writeln!(text, "# not declared: {}, {}", sanitize::line(&finding.operation), times(finding.count));
    }
    text
}

/// Describes a finding in one line: its place, the difference and the number of occurrences.
pub fn describe(finding: &Finding) -> String {
    let part = match finding.part {
        Part::Operation => String::new(),
        Part::Request => ", request".to_owned(),
        Part::Response(status) => format!(", response {status}"),
    };
    let place = if finding.place.is_empty() { String::new() } else { format!(" {}", finding.place) };
    format!("{}{part}{place}: {}, {}", finding.operation, what(finding), times(finding.count))
}

/// Describes a count.
pub fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// Describes the difference.
pub fn what(finding: &Finding) -> String {
    let types = finding.types.iter().copied().collect::<Vec<_>>().join(", ");
    match &finding.subject {
        Subject::Operation => "undeclared operation".to_owned(),
        Subject::Status(name) if name.is_empty() => "undeclared status".to_owned(),
        Subject::Status(name) => format!("undeclared status with {name}"),
        Subject::MediaType(name) if name.is_empty() => "undeclared body".to_owned(),
        Subject::MediaType(name) => format!("undeclared media type {name}"),
        Subject::Value(Difference::Undeclared { name }) => format!("undeclared property `{name}` ({types})"),
        Subject::Value(Difference::Missing { name }) => format!("required property `{name}` is missing"),
        Subject::Value(Difference::Type) => format!("unexpected type: {types}"),
        Subject::Value(Difference::Unlisted { value }) if is_listable(value) => format!("unlisted value {value}"),
        Subject::Value(Difference::Unlisted { .. }) => format!("unlisted value ({types})"),
        Subject::Value(Difference::Format) => "another format".to_owned(),
        Subject::Value(Difference::Other { keyword }) => format!("not allowed by `{keyword}`"),
    }
}

/// Returns true if a value may be added to an `enum`.
fn is_listable(value: &str) -> bool {
    value.len() <= LONGEST_ENUM_VALUE && !value.starts_with(['{', '['])
}

impl Context<'_> {
    /// Returns the changes for a finding: the pointer of a node in the raised document, and the value to update it
    /// with. Null removes the node.
    fn actions(&self, finding: &Finding) -> Vec<(String, Value)> {
        let pointer = finding.pointer.clone();
        let removed = |keyword: &str| vec![(child(&pointer, keyword), Value::Null)];
        match &finding.subject {
            Subject::Operation => Vec::new(),
            Subject::Status(media_type) => {
                let Part::Response(status) = finding.part else { return Vec::new() };
                let mut response = json!({"description": "Seen in recorded traffic."});
                if !media_type.is_empty() {
                    response["content"] = json!({media_type: {"schema": {}}});
                }
                vec![(pointer, json!({"responses": {status.to_string(): response}}))]
            }
            Subject::MediaType(name) => {
                let name = if name.is_empty() { "application/octet-stream" } else { name };
                let content = json!({"content": {name: {"schema": {}}}});
                let has_body = member(self.raised, &pointer, "responses").is_none();
                vec![(pointer, if has_body { content } else { json!({"requestBody": content}) })]
            }
            Subject::Value(Difference::Undeclared { name }) => {
                vec![(pointer, json!({"properties": {name: self.schema(&finding.types)}}))]
            }
            Subject::Value(Difference::Missing { name }) => {
                let filter = format!("{}[?@ == {}]", child(&pointer, "required"), quoted(name));
                vec![(filter, Value::Null)]
            }
            Subject::Value(Difference::Type) => self.other_type(&pointer, &finding.types),
            Subject::Value(Difference::Unlisted { value }) => match serde_json::from_str::<Value>(value) {
                Ok(value_found) if is_listable(value) && member(self.raised, &pointer, "enum").is_some() => {
                    vec![(pointer, json!({"enum": [value_found]}))]
                }
                _ => ["enum", "const"]
                    .into_iter()
                    .filter(|keyword| member(self.raised, &pointer, keyword).is_some())
                    .flat_map(removed)
                    .collect(),
            },
            Subject::Value(Difference::Format) if finding.is_time => vec![(pointer, json!({"format": "date-time"}))],
            Subject::Value(Difference::Format) => removed("format"),
            Subject::Value(Difference::Other { keyword }) if member(self.raised, &pointer, keyword).is_some() => {
                removed(keyword)
            }
            Subject::Value(Difference::Other { .. }) => Vec::new(),
        }
    }

    /// Returns the schema of a property whose values have these types in traffic.
    fn schema(&self, types: &BTreeSet<&'static str>) -> Value {
        let mut kinds: Vec<&str> = types.iter().copied().filter(|kind| *kind != "null").collect();
        if kinds.contains(&"number") {
            kinds.retain(|kind| *kind != "integer");
        }
        let has_null = types.contains("null");
        match (kinds.as_slice(), has_null, self.has_single_types) {
            ([], ..) => json!({}),
            ([kind], false, _) => json!({"type": kind}),
            ([kind], true, true) => json!({"type": kind, "nullable": true}),
            (_, _, true) => json!({}),
            (_, false, false) => json!({"type": kinds}),
            (_, true, false) => json!({"type": kinds.iter().chain(&["null"]).collect::<Vec<_>>()}),
        }
    }

    /// Adds types to a schema.
    fn other_type(&self, pointer: &str, types: &BTreeSet<&'static str>) -> Vec<(String, Value)> {
        if self.has_single_types {
            return match types.iter().copied().collect::<Vec<_>>().as_slice() {
                ["null"] => vec![(pointer.to_owned(), json!({"nullable": true}))],
                _ => vec![(child(pointer, "type"), Value::Null)],
            };
        }
        match member(self.raised, pointer, "type") {
            // An update appends to an array and replaces a string.
            Some((Value::Array(_), _)) => vec![(pointer.to_owned(), json!({"type": types}))],
            Some((declared, _)) => {
                let all: Vec<Value> =
                    std::iter::once(declared.clone()).chain(types.iter().map(|kind| (*kind).into())).collect();
                vec![(pointer.to_owned(), json!({"type": all}))]
            }
            None => Vec::new(),
        }
    }

    /// Returns the JSONPath of a node of the raised document in the document that the overlay is applied to. A filter
    /// at the end is kept.
    fn target(&self, pointer: &str) -> String {
        let (pointer, filter) = match pointer.find("[?") {
            Some(at) => pointer.split_at(at),
            None => (pointer, ""),
        };
        let main = self.documents.origin("").map(|(file, _)| file);
        let source = self.documents.origin(pointer).filter(|(file, _)| Some(*file) == main).map(|(_, source)| source);
        let pointer = source.as_deref().unwrap_or(pointer);
        let (mut path, mut parent) = ("$".to_owned(), String::new());
        for token in tokens(pointer) {
            // A status is a name, even if it is a number.
            let is_index = LISTS.contains(&parent.as_str()) && token.parse::<usize>().is_ok();
            let selector = if is_index { token.clone() } else { quoted(&token) };
            let _infallible = write!(path, "[{selector}]");
            parent = token;
        }
        path + filter
    }
}

/// Quotes a name as a JSONPath string in single quotes (RFC 9535, section 2.3.1).
fn quoted(name: &str) -> String {
    let json = Value::from(name).to_string();
    format!("'{}'", json[1..json.len() - 1].replace("\\\"", "\"").replace('\'', "\\'"))
}
