//! The lowered document as others read it: what the passes after lowering still want to see, for they tell of it, is gone.

use serde_json::{Value, json};

use super::grammar::{Kind, Shape, WEBHOOKS, are_webhooks};
use super::{Object, references};

/// Makes a lowered document that the model takes valid against the JSON schema of OpenAPI 3.0. Extensions stay.
///
/// Before
/// ```json
/// {"schema": {"type": "string", "colour": "red"}, "items": {"$ref": "#/paths/~1pets~1{id}/get/parameters/0/schema"}}
/// ```
/// after
/// ```json
/// {"schema": {"type": "string"}, "items": {"$ref": "#/paths/~1pets~1%7Bid%7D/get/parameters/0/schema"}}
/// ```
pub fn publish(document: &mut Value) {
    node(Shape::One(Kind::Document), document);
}

fn node(shape: Shape, value: &mut Value) {
    match (shape, value) {
        (Shape::OneOrRef(_) | Shape::SchemaOrFlag, Value::Object(referrer)) if referrer.contains_key("$ref") => {
            if let Some(Value::String(reference)) = referrer.get_mut("$ref") {
                *reference = references::encoded(reference);
            }
        }
        (Shape::One(kind) | Shape::OneOrRef(kind), Value::Object(object)) => members(kind, object),
        (Shape::SchemaOrFlag, Value::Object(object)) => members(Kind::Schema, object),
        (Shape::List(inner), Value::Array(items)) => items.iter_mut().for_each(|item| node(*inner, item)),
        (Shape::Map(inner), Value::Object(named)) => named.values_mut().for_each(|member| node(*inner, member)),
        _ => {}
    }
}

/// The members of an object: those that OpenAPI 3.0 does not know are dropped.
fn members(kind: Kind, object: &mut Object) {
    object.retain(|name, _| name.starts_with("x-") || kind.shape(name).is_some());
    for (name, member) in object {
        if kind == Kind::Operation && name == "responses" && member.as_object().is_some_and(Object::is_empty) {
            // There has to be one, and this one says nothing.
            *member = json!({"default": {"description": ""}});
        }
        match kind.shape(name) {
            _ if name == WEBHOOKS && !are_webhooks(member) => {}
            Some(_) if kind == Kind::Discriminator && name == "mapping" => encode_mapping(member),
            Some(shape) => node(shape, member),
            None => {}
        }
    }
}

/// A discriminator's mapping holds names, and references outside of `$ref`.
fn encode_mapping(mapping: &mut Value) {
    for target in mapping.as_object_mut().into_iter().flat_map(Object::values_mut) {
        if let Value::String(reference) = target
            && reference.starts_with('#')
        {
            *reference = references::encoded(reference);
        }
    }
}
