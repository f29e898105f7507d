//! How the check speaks of nodes.

use serde_json::Value;

use crate::lower::grammar::Shape;

/// What should stand at a place, with its article.
pub(super) fn expected(shape: Shape) -> String {
    match shape {
        Shape::Count => "a whole number that is not negative".to_owned(),
        Shape::Word(allowed) => format!("one of {}", listed(allowed)),
        Shape::OneOrRef(_) => format!("{} or a reference to one", with_article(&noun(shape))),
        Shape::SchemaOrFlag => "a schema object or a boolean".to_owned(),
        shape => with_article(&noun(shape)),
    }
}

/// What should stand at a place, without article, so that an `s` makes it more than one.
fn noun(shape: Shape) -> String {
    match shape {
        Shape::Any => "value".to_owned(),
        Shape::Text | Shape::Word(_) => "string".to_owned(),
        Shape::Flag => "boolean".to_owned(),
        Shape::Number | Shape::Count => "number".to_owned(),
        Shape::One(kind) | Shape::OneOrRef(kind) => kind.noun().to_owned(),
        Shape::SchemaOrFlag => "schema object".to_owned(),
        Shape::List(inner) => format!("array of {}s", noun(*inner)),
        Shape::Map(inner) => format!("object of {}s by name", noun(*inner)),
    }
}

/// What stands at a place, with its article.
pub(super) fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(number) if number.is_i64() && !number.is_u64() => "a negative number",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// What can be done about a node of the wrong type.
pub(super) fn remedy(shape: Shape, value: &Value) -> &'static str {
    match (shape, value) {
        (_, Value::Null) => "remove the key, or write something behind it",
        (Shape::Text, Value::Number(_) | Value::Bool(_)) => "put it in quotes",
        (Shape::List(Shape::Text), Value::Bool(_)) => {
            "list the names of the required properties, in the schema that has the properties"
        }
        (Shape::List(_), _) => "write an array, in YAML with `- ` before each of its items",
        (Shape::Flag, Value::String(_)) => "write `true` or `false`, without quotes",
        (Shape::Number | Shape::Count, Value::String(_)) => "write the number without quotes",
        (Shape::Map(_), Value::Array(_)) => "write an object, in which each entry has its name for a key",
        (Shape::Any, _) => "",
        (Shape::Text | Shape::Word(_), _) => "write a string",
        (Shape::Flag, _) => "write `true` or `false`",
        (Shape::Number | Shape::Count, _) => "write a number such as `1`",
        (Shape::One(_) | Shape::OneOrRef(_) | Shape::SchemaOrFlag | Shape::Map(_), _) => {
            "write an object, or remove the key"
        }
    }
}

/// Words in a row.
pub(super) fn listed(words: &[&str]) -> String {
    format!("`{}`", words.join("`, `"))
}

pub(super) fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O']) { "an" } else { "a" };
    format!("{article} {noun}")
}
