//! Rules about examples and defaults, which must be valid values of their schemas.

use serde_json::Value;

use super::{Found, JsonObject, LintNode};
use crm_clients_document::diagnostic::{child, tokens};
use crm_clients_document::lower::{fits, known_types};

/// Maximum number of schemas that are checked for a value, and maximum nesting depth, because schemas can be recursive.
const MOST_STEPS: usize = 1_000;
const DEEPEST: usize = 64;

pub(super) fn default(schema: &LintNode<'_>, found: &mut Found) {
    if let Some(default) = schema.object.get("default")
        && let Some(mismatch) = mismatch(schema, schema.object, default, schema.place("default"))
    {
        found.push((mismatch.at, format!("the default {}", mismatch.why)));
    }
}

/// Finds examples in a schema that have the wrong type.
pub(super) fn schema_types(schema: &LintNode<'_>, found: &mut Found) {
    in_schema(schema, true, found);
}

/// Finds examples in a schema that have the right type but are not valid.
pub(super) fn schema(schema: &LintNode<'_>, found: &mut Found) {
    in_schema(schema, false, found);
}

/// Finds examples next to the schema of a body, a parameter or a header that have the wrong type.
pub(super) fn types_beside_schema(holder: &LintNode<'_>, found: &mut Found) {
    beside(holder, true, found);
}

/// Finds examples next to the schema of a body, a parameter or a header that have the right type but are not valid.
pub(super) fn beside_schema(holder: &LintNode<'_>, found: &mut Found) {
    beside(holder, false, found);
}

fn in_schema(schema: &LintNode<'_>, by_type: bool, found: &mut Found) {
    if let Some(example) = schema.object.get("example") {
        compare(schema, schema.object, example, schema.place("example"), by_type, found);
    }
    let examples = schema.object.get("examples").and_then(Value::as_array).into_iter().flatten();
    for (index, example) in examples.enumerate() {
        let place = child(&schema.place("examples"), &index.to_string());
        compare(schema, schema.object, example, place, by_type, found);
    }
}

fn beside(holder: &LintNode<'_>, by_type: bool, found: &mut Found) {
    let Some(schema) = holder.object.get("schema").and_then(Value::as_object) else { return };
    // Examples of other media types may be the text of the body.
    let is_text = |name: &String| name.contains('/') && !name.contains("json");
    if tokens(holder.pointer).next_back().as_ref().is_some_and(is_text) {
        return;
    }
    if let Some(example) = holder.object.get("example") {
        compare(holder, schema, example, holder.place("example"), by_type, found);
    }
    for (name, example) in holder.object.get("examples").and_then(Value::as_object).into_iter().flatten() {
        let place = child(&holder.place("examples"), name);
        let Some((example, place)) = holder.follow(example, place) else { continue };
        for field in ["value", "dataValue"] {
            if let Some(value) = example.get(field) {
                compare(holder, schema, value, child(&place, field), by_type, found);
            }
        }
    }
}

/// Reports the first mismatch between an example and the schema, if it is a type mismatch or not, depending on
/// `by_type`.
fn compare(node: &LintNode<'_>, schema: &JsonObject, value: &Value, place: String, by_type: bool, found: &mut Found) {
    if let Some(mismatch) = mismatch(node, schema, value, place).filter(|mismatch| mismatch.is_type == by_type) {
        found.push((mismatch.at, format!("the example {}", mismatch.why)));
    }
}

fn mismatch(node: &LintNode<'_>, schema: &JsonObject, value: &Value, place: String) -> Option<Mismatch> {
    let mut comparison = Comparison { document: node.document, steps: MOST_STEPS, depth: 0 };
    comparison.mismatch(schema, value, place)
}

/// The reason why a value does not match a schema.
struct Mismatch {
    at: String,
    why: String,
    /// True if the value has the wrong type.
    is_type: bool,
}

impl Mismatch {
    fn of_value(at: String, why: String) -> Self {
        Self { at, why, is_type: false }
    }
}

/// A traversal of a value and its schema.
struct Comparison<'a> {
    document: &'a Value,
    /// The number of schemas that may still be checked.
    steps: usize,
    /// The nesting depth of the current schema.
    depth: usize,
}

impl Comparison<'_> {
    /// Returns the first mismatch of a value, with its location. Alternatives are not checked.
    fn mismatch(&mut self, schema: &JsonObject, value: &Value, place: String) -> Option<Mismatch> {
        if self.steps == 0 || self.depth == DEEPEST {
            return None;
        }
        self.steps -= 1;
        self.depth += 1;
        let found = self.mismatch_here(schema, value, place);
        self.depth -= 1;
        found
    }

    fn mismatch_here(&mut self, schema: &JsonObject, value: &Value, place: String) -> Option<Mismatch> {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let (schema, _) =
                super::follow(self.document, self.document.pointer(target.strip_prefix('#')?)?, place.clone())?;
            return self.mismatch(schema, value, place);
        }
        if value.is_null() && may_be_null(schema) {
            return None;
        }
        if let Some(kinds) = known_types(schema).filter(|kinds| !kinds.iter().any(|kind| is_of_type(value, kind))) {
            let why = format!("is {}, but the schema requires {}", shown(value), kinds.join(" or "));
            return Some(Mismatch { at: place, why, is_type: true });
        }
        if let Some(Value::Array(values)) = schema.get("enum")
            && !values.contains(value)
        {
            return Some(Mismatch::of_value(place, format!("is {}, which is not in the `enum`", shown(value))));
        }
        if let Some(limit) = exceeded(schema, value) {
            return Some(Mismatch::of_value(place, format!("is {}, which `{limit}` excludes", shown(value))));
        }
        let mut all = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let found = all.find_map(|part| self.mismatch(part.as_object()?, value, place.clone()));
        found.or_else(|| self.mismatch_inside(schema, value, place))
    }

    /// Returns the first mismatch of a member or an element.
    fn mismatch_inside(&mut self, schema: &JsonObject, value: &Value, place: String) -> Option<Mismatch> {
        match value {
            Value::Object(members) => {
                let mut required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
                let is_missing = |name: &&Value| name.as_str().is_some_and(|name| !members.contains_key(name));
                if let Some(name) = required.find(is_missing) {
                    return Some(Mismatch::of_value(place, format!("lacks the required property {name}")));
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

/// Returns true if a schema allows null, in the syntax of 3.0 or of 3.1. Schemas without a type allow it.
fn may_be_null(schema: &JsonObject) -> bool {
    schema.get("nullable").is_some_and(|nullable| nullable == true)
        || known_types(schema).is_none_or(|kinds| kinds.contains(&"null"))
}

/// Returns true if the value is of the type. Integers may have any size.
fn is_of_type(value: &Value, kind: &str) -> bool {
    fits(value, kind) || kind == "integer" && value.is_u64()
}

/// Returns the limit of a schema that a value of its type exceeds.
fn exceeded(schema: &JsonObject, value: &Value) -> Option<&'static str> {
    let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let (size, least, most) = match value {
        Value::Number(number) => (number.as_f64()?, "minimum", "maximum"),
        Value::String(text) => (text.chars().count() as f64, "minLength", "maxLength"),
        Value::Array(items) => (items.len() as f64, "minItems", "maxItems"),
        Value::Object(members) => (members.len() as f64, "minProperties", "maxProperties"),
        _ => return None,
    };
    // Before 3.1, exclusive limits are flags.
    let is_exclusive = |keyword: &str| schema.get(keyword).is_some_and(|flag| flag == true);
    let (exclusive_least, exclusive_most) = ("exclusiveMinimum", "exclusiveMaximum");
    let below = |least: f64, exclusive: bool| size < least || exclusive && size <= least;
    let above = |most: f64, exclusive: bool| size > most || exclusive && size >= most;
    let is_number = value.is_number();
    if limit(least).is_some_and(|limit| below(limit, is_number && is_exclusive(exclusive_least))) {
        Some(least)
    } else if limit(most).is_some_and(|limit| above(limit, is_number && is_exclusive(exclusive_most))) {
        Some(most)
    } else if is_number && limit(exclusive_least).is_some_and(|limit| below(limit, true)) {
        Some(exclusive_least)
    } else if is_number && limit(exclusive_most).is_some_and(|limit| above(limit, true)) {
        Some(exclusive_most)
    } else {
        None
    }
}

/// Returns a value for a message: the value if it is short, or else its type.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::String(text) if text.chars().count() > 40 => "a long string".to_owned(),
        value => format!("`{value}`"),
    }
}
