//! Lowering a schema: a list of steps, one for each construct.

mod composition;
mod containers;
mod dialect;
mod limits;
mod types;
mod values;

use serde_json::{Value, json};

use super::{JsonObject, Lowering};
pub use types::{fits, known_types};

/// A step. The members of the schema are lowered already. Values of the wrong type are ignored.
type Step = fn(&mut JsonObject, &mut Lowering);

/// The steps in order. A step may rely on earlier ones, and does not change its own result.
const STEPS: &[Step] = &[
    dialect::drop_annotations,
    dialect::move_definitions,
    dialect::drop_unsupported,
    types::null_alone,
    values::constant,
    values::null_value,
    types::list_of_one,
    values::fit_type,
    containers::tuple,
    containers::pattern_properties,
    containers::unevaluated_properties,
    types::content,
    types::missing,
    composition::null_alternative,
    composition::constants,
    composition::reference_with_siblings,
    types::several,
    types::drop_misplaced,
    containers::missing_items,
    limits::exclusive,
    limits::counts,
    limits::integers,
];

/// Converts `nodeType`: `{"nodeType": "attribute"}` becomes `{"attribute": true}`, and `{"nodeType": "element"}`
/// becomes `{"wrapped": true}`, which only arrays use.
pub(super) fn lower_xml(xml: &mut JsonObject, walk: &mut Lowering) {
    match xml.shift_remove("nodeType").as_ref().and_then(Value::as_str) {
        Some("attribute") => _ = xml.insert("attribute".to_owned(), json!(true)),
        Some("element") => _ = xml.insert("wrapped".to_owned(), json!(true)),
        Some(other @ ("text" | "cdata")) => {
            walk.lossy("nodeType", format!("a node of type `{other}` is described as an element"))
        }
        _ => {}
    }
}

/// Removes the default mapping.
///
/// `{"propertyName": "kind", "defaultMapping": "A"}` becomes `{"propertyName": "kind"}`.
pub(super) fn lower_discriminator(discriminator: &mut JsonObject, walk: &mut Lowering) {
    if discriminator.shift_remove("defaultMapping").is_some() {
        walk.lossy("defaultMapping", "the meaning of unknown values of the discriminator is lost");
    }
}

/// Runs all steps.
pub(super) fn lower(schema: &mut JsonObject, walk: &mut Lowering) {
    for step in STEPS {
        step(schema, walk);
    }
}

/// Converts a boolean schema: `true` becomes `{}`, and `false` becomes `{"not": {}}`.
pub(super) fn boolean_schema(schema: &mut Value) {
    match schema {
        Value::Bool(true) => *schema = json!({}),
        Value::Bool(false) => *schema = json!({"not": {}}),
        _ => {}
    }
}

/// Keeps the first example.
///
/// `{"examples": [1, 2]}` becomes `{"example": 1}`.
pub(super) fn first_example(object: &mut JsonObject) {
    let Some(Value::Array(examples)) = object.get_mut("examples") else { return };
    let first = (!examples.is_empty()).then(|| examples.swap_remove(0));
    object.shift_remove("examples");
    if let Some(first) = first {
        object.entry("example").or_insert(first);
    }
}

/// Returns true if a schema allows only null.
pub(super) fn means_null(schema: &Value) -> bool {
    schema.as_object().is_some_and(is_null_alone)
}

fn is_null_alone(schema: &JsonObject) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "null",
        Some(Value::Array(kinds)) => matches!(kinds.as_slice(), [kind] if kind == "null"),
        _ => {
            schema.get("const").is_some_and(Value::is_null)
                || matches!(schema.get("enum"), Some(Value::Array(values)) if !values.is_empty() && values.iter().all(Value::is_null))
        }
    }
}

/// Makes a schema allow null.
fn set_nullable(schema: &mut JsonObject) {
    schema.insert("nullable".to_owned(), Value::Bool(true));
}

/// Adds a schema to `allOf`, and returns its index.
fn push_all_of(schema: &mut JsonObject, added: Value) -> Option<usize> {
    let all = schema.entry("allOf").or_insert_with(|| json!([])).as_array_mut()?;
    all.push(added);
    Some(all.len() - 1)
}

/// Returns true if a keyword is an annotation that does not affect the allowed values.
fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-")
        || matches!(
            keyword,
            "title"
                | "description"
                | "default"
                | "example"
                | "deprecated"
                | "readOnly"
                | "writeOnly"
                | "externalDocs"
                | "nullable"
        )
}

/// Returns true if a schema is composed of others, so that its own keywords do not describe it completely.
fn is_composed(schema: &JsonObject) -> bool {
    ["$ref", "allOf", "anyOf", "oneOf", "not"].iter().any(|keyword| schema.contains_key(*keyword))
}
