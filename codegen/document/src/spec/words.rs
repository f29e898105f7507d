//! Names of types and values in diagnostics.

use serde_json::Value;

use super::FieldType;

/// Returns the name of a type, with its article.
pub(crate) fn expected(holds: FieldType) -> String {
    match holds {
        FieldType::Count => "a whole number that is not negative".to_owned(),
        FieldType::PositiveNumber => "a number above zero".to_owned(),
        FieldType::Word(allowed) => format!("one of {}", listed(allowed)),
        FieldType::WordOrWords(allowed) => format!("one or several of {}", listed(allowed)),
        FieldType::OneOrRef(_) => format!("{} or a reference to one", with_article(&noun_of(holds))),
        FieldType::SchemaOrBool => "a schema object or a boolean".to_owned(),
        holds => with_article(&noun_of(holds)),
    }
}

/// Returns the name of a type, without an article, so that an `s` forms its plural.
pub(crate) fn noun_of(holds: FieldType) -> String {
    match holds {
        FieldType::Any => "value".to_owned(),
        FieldType::Text
        | FieldType::Word(_)
        | FieldType::WordOrWords(_)
        | FieldType::SchemaNameOrRef
        | FieldType::OperationRef => "string".to_owned(),
        FieldType::Flag => "boolean".to_owned(),
        FieldType::Number | FieldType::PositiveNumber | FieldType::Count => "number".to_owned(),
        FieldType::One(kind) | FieldType::OneOrRef(kind) => kind.noun().to_owned(),
        FieldType::SchemaOrBool => "schema object".to_owned(),
        FieldType::List(inner) => format!("array of {}s", noun_of(*inner)),
        FieldType::Map(inner) => format!("map of {}s", noun_of(*inner)),
    }
}

/// Returns the name of a value's type, with its article.
pub(crate) fn found(value: &Value) -> &'static str {
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

/// Returns the help for a node of the wrong type.
pub(crate) fn remedy(holds: FieldType, value: &Value) -> &'static str {
    let is_text = matches!(
        holds,
        FieldType::Text
            | FieldType::Word(_)
            | FieldType::WordOrWords(_)
            | FieldType::SchemaNameOrRef
            | FieldType::OperationRef
    );
    let is_number = matches!(holds, FieldType::Number | FieldType::PositiveNumber | FieldType::Count);
    match (holds, value) {
        (_, Value::Null) => "remove the key, or write a value after it",
        (FieldType::Text, Value::Number(_) | Value::Bool(_)) => "put it in quotes",
        (FieldType::List(FieldType::Text), Value::Bool(_)) => {
            "list the names of the required properties, in the schema that has the properties"
        }
        (FieldType::List(_), _) => "write an array, in YAML with `- ` before each of its items",
        (FieldType::Flag, Value::String(_)) => "write `true` or `false`, without quotes",
        (_, Value::String(_)) if is_number => "write the number without quotes",
        (FieldType::Map(_), Value::Array(_)) => "write an object with the name of each entry as its key",
        (FieldType::Any, _) => "",
        (FieldType::Flag, _) => "write `true` or `false`",
        _ if is_text => "write a string",
        _ if is_number => "write a number such as `1`",
        _ => "write an object, or remove the key",
    }
}

/// Returns a list of words in backticks.
pub(crate) fn listed(words: &[&str]) -> String {
    format!("`{}`", words.join("`, `"))
}

pub(crate) fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O']) || noun.starts_with("XML") {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}
