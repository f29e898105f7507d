//! Finding properties that a document does not declare. A validator accepts them, because schemas allow additional
//! properties by default.

use crm_clients_document::diagnostic::child;
use serde_json::{Map, Value};

use crate::schemas::{Difference, Located, Schemas, member, type_of};

/// Keywords whose schemas apply to the same value.
const CONDITIONS: [&str; 3] = ["if", "then", "else"];

/// Keywords whose values are alternative schemas.
const CHOICES: [&str; 2] = ["oneOf", "anyOf"];

/// Returns the undeclared properties of a body.
pub fn undeclared(schemas: &mut Schemas<'_>, schema: &str, body: &Value) -> Vec<Located> {
    let mut found = Vec::new();
    Search { schemas, found: &mut found }.value(vec![schema.to_owned()], body, String::new());
    found
}

struct Search<'s, 'd> {
    schemas: &'s mut Schemas<'d>,
    found: &'s mut Vec<Located>,
}

impl Search<'_, '_> {
    /// Examines a value that all of these schemas describe.
    fn value(&mut self, described: Vec<String>, value: &Value, instance: String) {
        let mut parts = Vec::new();
        for schema in described {
            self.add_parts(schema, value, &mut parts);
        }
        match value {
            Value::Object(members) => self.object(&parts, members, &instance),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let described = parts.iter().filter_map(|part| self.items(part, index)).collect();
                    self.value(described, item, child(&instance, &index.to_string()));
                }
            }
            _ => {}
        }
    }

    /// Adds a schema and those that it applies to the same value: the alternatives of a choice that match, or all of
    /// them if none does.
    fn add_parts(&mut self, schema: String, value: &Value, parts: &mut Vec<String>) {
        if parts.contains(&schema) {
            return;
        }
        parts.push(schema.clone());
        let document = self.schemas.document();
        if let Some(target) = self.schemas.target(&schema) {
            self.add_parts(target, value, parts);
        }
        for keyword in CONDITIONS {
            if let Some((_, part)) = member(document, &schema, keyword) {
                self.add_parts(part, value, parts);
            }
        }
        for part in self.listed(&schema, "allOf") {
            self.add_parts(part, value, parts);
        }
        for keyword in CHOICES {
            let alternatives = self.listed(&schema, keyword);
            let fitting: Vec<bool> = alternatives.iter().map(|part| self.schemas.is_valid(part, value)).collect();
            let any_fits = fitting.contains(&true);
            for (part, fits) in alternatives.into_iter().zip(fitting) {
                if fits || !any_fits {
                    self.add_parts(part, value, parts);
                }
            }
        }
    }

    /// Returns the pointers of the schemas in a keyword.
    fn listed(&self, schema: &str, keyword: &str) -> Vec<String> {
        let Some((list, place)) = member(self.schemas.document(), schema, keyword) else { return Vec::new() };
        (0..list.as_array().map_or(0, Vec::len)).map(|index| child(&place, &index.to_string())).collect()
    }

    fn object(&mut self, parts: &[String], members: &Map<String, Value>, instance: &str) {
        let document = self.schemas.document();
        let declaring: Vec<&String> = parts.iter().filter(|part| declares_properties(document, part)).collect();
        for (name, value) in members {
            let described: Vec<String> = declaring.iter().flat_map(|part| self.property(part, name)).collect();
            let place = child(instance, name);
            if !described.is_empty() {
                self.value(described, value, place);
            } else if let Some(schema) = declaring.iter().find(|part| member(document, part, "properties").is_some()) {
                self.found.push(Located {
                    difference: Difference::Undeclared { name: name.clone() },
                    schema: (*schema).clone(),
                    instance: instance.to_owned(),
                    found: type_of(value),
                    is_time: false,
                });
            }
        }
    }

    /// Returns the schemas for a property in one part of a schema.
    fn property(&self, part: &str, name: &str) -> Vec<String> {
        let document = self.schemas.document();
        let mut described = Vec::new();
        if let Some((properties, place)) = member(document, part, "properties")
            && properties.get(name).is_some()
        {
            described.push(child(&place, name));
        }
        if let Some((Value::Object(patterns), place)) = member(document, part, "patternProperties") {
            described.extend(patterns.keys().map(|pattern| child(&place, pattern)));
        }
        // `false` forbids additional properties, which the validator reports.
        if described.is_empty()
            && let Some((_, place)) = member(document, part, "additionalProperties")
        {
            described.push(place);
        }
        described
    }

    fn items(&self, part: &str, index: usize) -> Option<String> {
        let document = self.schemas.document();
        if let Some((Value::Array(prefix), place)) = member(document, part, "prefixItems")
            && index < prefix.len()
        {
            return Some(child(&place, &index.to_string()));
        }
        member(document, part, "items").map(|(_, place)| place)
    }
}

/// Returns true if a schema declares any properties. Otherwise an object can contain any JSON.
fn declares_properties(document: &Value, schema: &str) -> bool {
    ["properties", "patternProperties", "additionalProperties"]
        .iter()
        .any(|keyword| member(document, schema, keyword).is_some())
}
