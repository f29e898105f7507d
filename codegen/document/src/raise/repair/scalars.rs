//! Repairs of strings, flags, numbers and words that are written as another type.

use serde_json::{Number, Value};

use super::Repair;
use crate::diagnostic::closest;
use crate::spec::{FieldType, words};

/// Converts a scalar that is written as another type.
///
/// | before | after |
/// |---|---|
/// | `{"description": 404}` | `{"description": "404"}` |
/// | `{"deprecated": "true"}` | `{"deprecated": true}` |
/// | `{"maxLength": "5"}` | `{"maxLength": 5}` |
/// | `{"in": "Query"}` | `{"in": "query"}` |
pub(super) fn read(holds: FieldType, value: &mut Value, repair: &mut Repair) {
    let (meant, help) = match (holds, &*value) {
        (FieldType::Text, Value::Number(_) | Value::Bool(_)) => (Value::String(value.to_string()), "put it in quotes"),
        (FieldType::Text, Value::Array(lines)) if !lines.is_empty() && lines.iter().all(Value::is_string) => {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            (Value::String(lines.join("\n")), "write one string")
        }
        (FieldType::Flag, found) => {
            let Some(flag) = flag(found) else { return };
            (Value::Bool(flag), "write `true` or `false`, without quotes")
        }
        (FieldType::Number | FieldType::PositiveNumber | FieldType::Count, Value::String(text)) => {
            let Ok(number) = text.trim().parse::<Number>() else { return };
            (Value::Number(number), "write the number without quotes")
        }
        (FieldType::Word(words), Value::String(word)) if !words.contains(&word.as_str()) => {
            let same = words.iter().find(|known| known.eq_ignore_ascii_case(word.trim()));
            let Some(known) = same.copied().or_else(|| closest(word, words.iter().copied())) else { return };
            let message = format!("unknown value `{word}`; read as `{known}`");
            repair.warn("unknown-value", message, "write the intended value");
            *value = Value::String(known.to_owned());
            return;
        }
        _ => return,
    };
    if *value != meant {
        let message = format!("expected {}, found {}; read as `{meant}`", words::expected(holds), words::found(value));
        repair.warn("wrong-type", message, help);
        *value = meant;
    }
}

/// Parses a boolean, including the ways in which other languages write one.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_u64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
