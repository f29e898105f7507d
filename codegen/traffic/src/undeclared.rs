//! Finding properties that a document does not declare. A validator accepts them, because schemas allow additional
//! properties by default.

use crm_clients_document::diagnostic::child;
use serde_json::{Map, Value};

use crate::schemas::{Difference, Located, SchemaNode, Schemas, type_of};

/// Keywords whose schemas apply to the same value.
const CONDITIONS: [&str; 3] = ["if", "then", "else"];

/// Keywords whose values are alternative schemas.
const CHOICES: [&str; 2] = ["oneOf", "anyOf"];

/// Returns the undeclared properties of a body.
pub fn undeclared(schemas: &mut Schemas<'_>, schema: &str, body: &Value) -> Vec<Located> {
    let mut found = Vec::new();
    if let Some(schema) = schemas.node(schema) {
        Search { schemas, found: &mut found }.value(vec![schema], body, &Place::Root);
    }
    found
}

/// The position of a value in the body.
enum Place<'p> {
    Root,
    Property(&'p Place<'p>, &'p str),
    Item(&'p Place<'p>, usize),
}

impl Place<'_> {
    /// Returns the JSON pointer. It is only needed for findings.
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Property(parent, name) => child(&parent.pointer(), name),
            Self::Item(parent, index) => child(&parent.pointer(), &index.to_string()),
        }
    }
}

struct Search<'s, 'd> {
    schemas: &'s mut Schemas<'d>,
    found: &'s mut Vec<Located>,
}

impl<'d> Search<'_, 'd> {
    /// Examines a value that all of these schemas describe.
    fn value(&mut self, described: Vec<SchemaNode<'d>>, value: &Value, place: &Place<'_>) {
        if !value.is_object() && !value.is_array() {
            return;
        }
        let mut parts = Vec::new();
        for schema in described {
            self.add_parts(schema, value, &mut parts);
        }
        match value {
            Value::Object(members) => self.object(&parts, members, place),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let described = parts.iter().filter_map(|part| items_of(part, index)).collect();
                    self.value(described, item, &Place::Item(place, index));
                }
            }
            _ => {}
        }
    }

    /// Adds a schema and those that it applies to the same value: the alternatives of a choice that match, or all of
    /// them if none does.
    fn add_parts(&mut self, schema: SchemaNode<'d>, value: &Value, parts: &mut Vec<SchemaNode<'d>>) {
        if parts.iter().any(|part| std::ptr::eq(part.node, schema.node)) {
            return;
        }
        parts.push(schema.clone());
        if let Some(target) = self.schemas.target(&schema) {
            self.add_parts(target, value, parts);
        }
        for keyword in CONDITIONS {
            if let Some(part) = schema.member(keyword) {
                self.add_parts(part, value, parts);
            }
        }
        for part in listed(&schema, "allOf") {
            self.add_parts(part, value, parts);
        }
        for keyword in CHOICES {
            let alternatives = listed(&schema, keyword);
            let fitting: Vec<bool> =
                alternatives.iter().map(|part| self.schemas.is_valid(&part.pointer, value)).collect();
            let any_fits = fitting.contains(&true);
            for (part, fits) in alternatives.into_iter().zip(fitting) {
                if fits || !any_fits {
                    self.add_parts(part, value, parts);
                }
            }
        }
    }

    fn object(&mut self, parts: &[SchemaNode<'d>], members: &Map<String, Value>, place: &Place<'_>) {
        let declaring: Vec<&SchemaNode<'d>> = parts.iter().filter(|part| declares_properties(part)).collect();
        for (name, value) in members {
            let described: Vec<SchemaNode<'d>> = declaring.iter().flat_map(|part| property(part, name)).collect();
            if !described.is_empty() {
                self.value(described, value, &Place::Property(place, name));
            } else if let Some(schema) = declaring.iter().find(|part| part.node.get("properties").is_some()) {
                self.found.push(Located {
                    difference: Difference::Undeclared { name: name.clone() },
                    schema: schema.pointer.clone(),
                    instance: place.pointer(),
                    found: type_of(value),
                    is_time: false,
                });
            }
        }
    }
}

/// Returns the schemas in a keyword.
fn listed<'d>(schema: &SchemaNode<'d>, keyword: &str) -> Vec<SchemaNode<'d>> {
    let Some(list) = schema.member(keyword) else { return Vec::new() };
    let parts = list.node.as_array().into_iter().flatten().enumerate();
    parts.map(|(index, node)| SchemaNode { pointer: child(&list.pointer, &index.to_string()), node }).collect()
}

/// Returns the schemas for a property in one part of a schema.
fn property<'d>(part: &SchemaNode<'d>, name: &str) -> Vec<SchemaNode<'d>> {
    let mut described = Vec::new();
    if let Some(node) = part.node.get("properties").and_then(|properties| properties.get(name)) {
        described.push(SchemaNode { pointer: child(&child(&part.pointer, "properties"), name), node });
    }
    if let Some(patterns) = part.member("patternProperties") {
        let schemas = patterns.node.as_object().into_iter().flatten();
        described
            .extend(schemas.map(|(pattern, node)| SchemaNode { pointer: child(&patterns.pointer, pattern), node }));
    }
    // `false` forbids additional properties, which the validator reports.
    if described.is_empty() {
        described.extend(part.member("additionalProperties"));
    }
    described
}

fn items_of<'d>(part: &SchemaNode<'d>, index: usize) -> Option<SchemaNode<'d>> {
    let prefix = part.node.get("prefixItems").and_then(|prefix| prefix.get(index));
    if let Some(node) = prefix {
        return Some(SchemaNode { pointer: format!("{}/prefixItems/{index}", part.pointer), node });
    }
    part.member("items")
}

/// Returns true if a schema declares any properties. Otherwise an object can contain any JSON.
fn declares_properties(schema: &SchemaNode<'_>) -> bool {
    let keywords = ["properties", "patternProperties", "additionalProperties"];
    keywords.iter().any(|keyword| schema.node.get(keyword).is_some())
}
