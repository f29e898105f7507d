//! Rules about examples and defaults: whether they are values of their schemas.

use serde_json::Value;

use super::{Found, Node, Object};
use crm_clients_document::diagnostic::child;
use crm_clients_document::lower::{fits, known_types};

/// So many schemas are looked at for a value, and so many one inside the other: those that refer to one another in a circle
/// have no end.
const MOST_STEPS: usize = 1_000;
const DEEPEST: usize = 64;

pub(super) fn default(schema: &Node<'_>, found: &mut Found) {
    if let Some(default) = schema.object.get("default") {
        compare(schema, schema.object, default, schema.place("default"), "the default", found);
    }
}

/// The examples inside a schema.
pub(super) fn schema(schema: &Node<'_>, found: &mut Found) {
    if let Some(example) = schema.object.get("example") {
        compare(schema, schema.object, example, schema.place("example"), "the example", found);
    }
    let examples = schema.object.get("examples").and_then(Value::as_array).into_iter().flatten();
    for (index, example) in examples.enumerate() {
        let place = child(&schema.place("examples"), &index.to_string());
        compare(schema, schema.object, example, place, "the example", found);
    }
}

/// The examples beside the schema of a body or of a parameter.
pub(super) fn beside_schema(holder: &Node<'_>, found: &mut Found) {
    let Some(schema) = holder.object.get("schema").and_then(Value::as_object) else { return };
    if let Some(example) = holder.object.get("example") {
        compare(holder, schema, example, holder.place("example"), "the example", found);
    }
    for (name, example) in holder.object.get("examples").and_then(Value::as_object).into_iter().flatten() {
        let place = child(&holder.place("examples"), name);
        let Some((example, place)) = holder.follow(example, place) else { continue };
        if let Some(value) = example.get("value") {
            compare(holder, schema, value, child(&place, "value"), "the example", found);
        }
    }
}

/// Tells of the first thing that keeps a value from being one of the schema.
fn compare(node: &Node<'_>, schema: &Object, value: &Value, place: String, what: &str, found: &mut Found) {
    let mut comparison = Comparison { document: node.document, steps: MOST_STEPS, depth: 0 };
    if let Some((at, why)) = comparison.mismatch(schema, value, place) {
        found.push((at, format!("{what} {why}")));
    }
}

/// A walk down a value and its schema.
struct Comparison<'a> {
    document: &'a Value,
    /// How many more schemas are looked at.
    steps: usize,
    /// How many stand around the one at hand.
    depth: usize,
}

impl Comparison<'_> {
    /// Why a value is none of the schema, and where in it. Alternatives are not tried.
    fn mismatch(&mut self, schema: &Object, value: &Value, place: String) -> Option<(String, String)> {
        if self.steps == 0 || self.depth == DEEPEST {
            return None;
        }
        self.steps -= 1;
        self.depth += 1;
        let found = self.mismatch_here(schema, value, place);
        self.depth -= 1;
        found
    }

    fn mismatch_here(&mut self, schema: &Object, value: &Value, place: String) -> Option<(String, String)> {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let (schema, _) =
                super::follow(self.document, self.document.pointer(target.strip_prefix('#')?)?, place.clone())?;
            return self.mismatch(schema, value, place);
        }
        if value.is_null() && may_be_null(schema) {
            return None;
        }
        if let Some(kinds) = known_types(schema).filter(|kinds| !kinds.iter().any(|kind| fits(value, kind))) {
            return Some((place, format!("is {}, where the schema has {}", shown(value), kinds.join(" or "))));
        }
        if let Some(Value::Array(values)) = schema.get("enum")
            && !values.contains(value)
        {
            return Some((place, format!("is {}, which the `enum` does not list", shown(value))));
        }
        let mut all = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let found = all.find_map(|part| self.mismatch(part.as_object()?, value, place.clone()));
        found.or_else(|| self.mismatch_inside(schema, value, place))
    }

    /// Why a member or an element is none of its schema.
    fn mismatch_inside(&mut self, schema: &Object, value: &Value, place: String) -> Option<(String, String)> {
        match value {
            Value::Object(members) => {
                let mut required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
                let is_missing = |name: &&Value| name.as_str().is_some_and(|name| !members.contains_key(name));
                if let Some(name) = required.find(is_missing) {
                    return Some((place, format!("lacks {name}, which is required")));
                }
                let properties = schema.get("properties")?;
                members.iter().find_map(|(name, value)| {
                    self.mismatch(properties.get(name)?.as_object()?, value, child(&place, name))
                })
            }
            Value::Array(elements) => {
                let items = schema.get("items")?.as_object()?;
                let mut elements = elements.iter().enumerate();
                elements.find_map(|(index, value)| self.mismatch(items, value, child(&place, &index.to_string())))
            }
            _ => None,
        }
    }
}

/// Whether a schema allows null, as 3.0 or as 3.1 says it. One that does not say its type may.
fn may_be_null(schema: &Object) -> bool {
    schema.get("nullable").is_some_and(|nullable| nullable == true)
        || known_types(schema).is_none_or(|kinds| kinds.contains(&"null"))
}

/// A value in a message: itself where it is short, otherwise what kind of value it is.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::String(text) if text.chars().count() > 40 => "a longer text".to_owned(),
        value => format!("`{value}`"),
    }
}
