//! Limits of numbers and counts, in the number formats that 3.0 allows.

use serde_json::{Value, json};

use super::{JsonObject, Lowering};

/// Converts exclusive limits to flags.
///
/// `{"exclusiveMinimum": 5, "minimum": 3}` becomes `{"minimum": 5, "exclusiveMinimum": true}`.
/// `{"exclusiveMaximum": 5, "maximum": 3}` becomes `{"maximum": 3}`.
pub(super) fn exclusive(schema: &mut JsonObject, _: &mut Lowering) {
    for (exclusive, inclusive, is_tighter) in
        [("exclusiveMinimum", "minimum", f64::ge as fn(&f64, &f64) -> bool), ("exclusiveMaximum", "maximum", f64::le)]
    {
        let Some(limit) = schema.get(exclusive).filter(|limit| limit.is_number()).cloned() else { continue };
        let other = schema.get(inclusive).and_then(Value::as_f64);
        let wins = limit.as_f64().is_some_and(|limit| other.is_none_or(|other| is_tighter(&limit, &other)));
        if wins {
            schema.insert(inclusive.to_owned(), limit);
            schema.insert(exclusive.to_owned(), json!(true));
        } else {
            schema.shift_remove(exclusive);
        }
    }
}

/// Converts counts to integers, and removes invalid ones.
///
/// `{"minLength": 1.0, "maxLength": -1}` becomes `{"minLength": 1}`.
pub(super) fn counts(schema: &mut JsonObject, walk: &mut Lowering) {
    for keyword in ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"] {
        let Some(count) = schema.get_mut(keyword).filter(|count| count.is_number() && !count.is_u64()) else {
            continue;
        };
        match count.as_f64() {
            Some(number) if number >= 0.0 && number.fract() == 0.0 && number < EXACT => *count = json!(number as u64),
            _ => drop_limit(schema, keyword, "a count must be a whole number that is not negative", walk),
        }
    }
}

/// Converts the limits of an integer to integers, rounded inwards.
///
/// `{"type": "integer", "minimum": 0.5, "exclusiveMinimum": true, "maximum": 10.0, "multipleOf": 0.5}`
/// becomes `{"type": "integer", "minimum": 1, "maximum": 10}`.
pub(super) fn integers(schema: &mut JsonObject, walk: &mut Lowering) {
    if schema.get("type").is_none_or(|kind| kind != "integer") {
        return;
    }
    for (keyword, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"), ("multipleOf", "")] {
        let Some(limit) = schema.get_mut(keyword).filter(|limit| limit.is_number() && !limit.is_i64()) else {
            continue;
        };
        let Some(number) = limit.as_f64() else { continue };
        let rounded = if keyword == "minimum" { number.ceil() } else { number.floor() };
        let is_whole = rounded == number;
        if rounded.abs() >= EXACT {
            drop_limit(schema, keyword, "it does not fit in 64 bits", walk);
            schema.shift_remove(exclusive);
        } else if is_whole || !exclusive.is_empty() {
            *limit = json!(rounded as i64);
            if !is_whole {
                schema.shift_remove(exclusive);
            }
        } else {
            drop_limit(schema, keyword, "an integer must be a multiple of a whole number", walk);
        }
    }
}

/// 2^53, below which every whole `f64` is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn drop_limit(schema: &mut JsonObject, keyword: &str, why: &str, walk: &mut Lowering) {
    schema.shift_remove(keyword);
    walk.warn(
        keyword,
        "unrepresentable-limit",
        format!("`{keyword}` is removed: {why}"),
        "fix it in an overlay if it matters",
    );
}
