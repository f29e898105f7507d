//! Random arguments that shrink: values of a schema, including strings that are difficult to encode.

use crm_clients_generator::lowered::{join, target};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Number, Value, json};

use crate::Result;
use crate::arguments::{Argument, Arguments};
use crate::document::{Operation, Parameter};

/// Strings that servers, proxies and clients may misinterpret.
const AWKWARD: [&str; 38] = [
    "", ".", "..", "...", "/", "//", "a/b", "../x", "?", "a?b=c", "#", "%", "%2F", "%2e%2e", "%zz", "&", "a&b=c", "=",
    "+", "a+b", " ", " a b ", "\\", "\"", "'", "<b>", "{id}", "[]", "[a]", ",", "a,b", ";", "\r\n", "\t", "\0", "null",
    "0", "true",
];

/// Non-ASCII strings: composed and decomposed, right-to-left, outside the basic multilingual plane, and zero-width.
const BEYOND_ASCII: [&str; 8] = ["é", "e\u{301}", "日本", "🦀", "مرحبا", "\u{202e}x", "\u{feff}", "\u{10ffff}"];

/// Integers at the limits of their types.
const INTEGERS: [i64; 11] = [
    0,
    1,
    -1,
    255,
    2_147_483_648,
    -2_147_483_649,
    9_007_199_254_740_993,
    -9_007_199_254_740_993,
    i64::MAX,
    i64::MIN,
    10,
];

/// Numbers with and without a fraction, small, large and at the limit of precision.
const NUMBERS: [f64; 10] =
    [0.0, -0.0, 2.0, 0.1, -1.5, 1e21, 1e-7, 9_007_199_254_740_992.0, f64::MAX, f64::MIN_POSITIVE];

/// Maximum nesting depth of schemas; deeper ones have only required properties.
const DEEPEST: usize = 8;

/// Returns a strategy for the arguments of an operation.
pub fn arguments(document: &Value, operation: &Operation<'_>) -> Result<BoxedStrategy<Arguments>> {
    let schemas = Schemas { document };
    let parameters = operation.parameters.iter().map(|parameter| schemas.parameter(parameter));
    let parameters = parameters.collect::<Result<Vec<_>>>()?;
    let body = match &operation.body {
        None => Just(None).boxed(),
        Some(body) => sometimes(body.required, schemas.value(body.schema, 0)?),
    };
    let flatten = |all: Vec<Option<Argument>>| all.into_iter().flatten().collect();
    Ok((parameters, body).prop_map(move |(all, body)| Arguments { parameters: flatten(all), body }).boxed())
}

struct Schemas<'a> {
    document: &'a Value,
}

impl Schemas<'_> {
    fn parameter(&self, parameter: &Parameter<'_>) -> Result<BoxedStrategy<Option<Argument>>> {
        let value = match parameter.location {
            // Headers do not allow all characters.
            "header" => "[!-~]([ -~]{0,8}[!-~])?".prop_map(Value::String).boxed(),
            _ => self.value(parameter.schema, 0)?,
        };
        let (location, name, layout) = (parameter.location.to_owned(), parameter.name.to_owned(), parameter.layout);
        let argument =
            value.prop_map(move |value| Argument { location: location.clone(), name: name.clone(), layout, value });
        Ok(sometimes(parameter.required, argument.boxed()))
    }

    /// Returns a strategy for the values of a schema.
    fn value(&self, schema: &Value, depth: usize) -> Result<BoxedStrategy<Value>> {
        let merged = self.merged(schema, 0)?;
        let nullable = merged.get("nullable") == Some(&Value::Bool(true));
        let value = self.of_merged(&merged, depth)?;
        Ok(if nullable { prop_oneof![4 => value, 1 => Just(Value::Null)].boxed() } else { value })
    }

    /// Returns the schema without references and `allOf`.
    fn merged(&self, schema: &Value, depth: usize) -> Result<Map<String, Value>> {
        if depth > DEEPEST {
            return Err("its schema is recursive".into());
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = target(self.document, reference).ok_or_else(|| format!("{reference} cannot be resolved"))?;
            return self.merged(target, depth + 1);
        }
        let mut out = schema.as_object().cloned().unwrap_or_default();
        for part in out.remove("allOf").as_ref().and_then(Value::as_array).into_iter().flatten() {
            join(&mut out, self.merged(part, depth + 1)?);
        }
        Ok(out)
    }

    fn of_merged(&self, schema: &Map<String, Value>, depth: usize) -> Result<BoxedStrategy<Value>> {
        for choice in ["oneOf", "anyOf"] {
            if let Some(alternatives) = schema.get(choice).and_then(Value::as_array) {
                return self.choice(schema, choice, alternatives, depth);
            }
        }
        if let Some(unknown) =
            ["not", "discriminator", "pattern", "multipleOf"].iter().find(|key| schema.contains_key(**key))
        {
            return Err(format!("`{unknown}` is not supported").into());
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return Ok(select(values.iter().filter(|value| !value.is_null()).cloned().collect::<Vec<_>>()).boxed());
        }
        let kind = schema.get("type").and_then(Value::as_str);
        Ok(match kind {
            Some("boolean") => any::<bool>().prop_map(Value::Bool).boxed(),
            Some("integer") => integer(schema),
            Some("number") => number(),
            Some("string") => string(schema)?,
            Some("array") => self.array(schema, depth)?,
            Some("object") => self.object(schema, depth)?,
            _ if schema.contains_key("properties") || schema.contains_key("additionalProperties") => {
                self.object(schema, depth)?
            }
            _ if schema.contains_key("items") => self.array(schema, depth)?,
            _ => anything(),
        })
    }

    fn choice(
        &self,
        schema: &Map<String, Value>,
        choice: &str,
        alternatives: &[Value],
        depth: usize,
    ) -> Result<BoxedStrategy<Value>> {
        let mut beside = schema.clone();
        beside.remove(choice);
        // Each alternative declares the value of its discriminator.
        beside.remove("discriminator");
        let each = alternatives.iter().map(|alternative| self.value(&json!({"allOf": [alternative, beside]}), depth));
        Ok(proptest::strategy::Union::new(each.collect::<Result<Vec<_>>>()?).boxed())
    }

    fn array(&self, schema: &Map<String, Value>, depth: usize) -> Result<BoxedStrategy<Value>> {
        if depth > DEEPEST {
            return Ok(Just(json!([])).boxed());
        }
        let items = self.value(schema.get("items").unwrap_or(&Value::Null), depth + 1)?;
        Ok(vec(items, 0..4).prop_map(Value::Array).boxed())
    }

    fn object(&self, schema: &Map<String, Value>, depth: usize) -> Result<BoxedStrategy<Value>> {
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut properties = Vec::new();
        let mut known = Vec::new();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            known.push(name.clone());
            let must = required.contains(&name.as_str());
            if self.merged(property, 0)?.get("readOnly") == Some(&Value::Bool(true)) || !must && depth > DEEPEST {
                continue;
            }
            let name = name.clone();
            let value = self.value(property, depth + 1).map_err(|why| format!("`{name}`: {why}"))?;
            properties.push(sometimes(must, value.prop_map(move |value| (name.clone(), value)).boxed()));
        }
        let others = self.others(schema, depth)?;
        Ok((properties, others)
            .prop_map(move |(properties, others)| {
                let others = others.into_iter().filter(|(name, _)| !known.contains(name));
                Value::Object(properties.into_iter().flatten().chain(others).collect())
            })
            .boxed())
    }

    /// Returns a strategy for additional properties.
    fn others(&self, schema: &Map<String, Value>, depth: usize) -> Result<BoxedStrategy<Vec<(String, Value)>>> {
        let free = !schema.contains_key("properties");
        let value = match schema.get("additionalProperties") {
            Some(Value::Bool(true)) => anything(),
            None if free => anything(),
            Some(Value::Bool(false)) | None => return Ok(Just(Vec::new()).boxed()),
            Some(schema) => self.value(schema, depth + 1)?,
        };
        Ok(vec((text(), value), 0..3).boxed())
    }
}

/// Returns a strategy that always includes required values, and others in half of all cases.
fn sometimes<T: Clone + std::fmt::Debug + 'static>(
    required: bool,
    value: BoxedStrategy<T>,
) -> BoxedStrategy<Option<T>> {
    if required { value.prop_map(Some).boxed() } else { option::of(value).boxed() }
}

/// Returns a strategy for any JSON value.
fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        select(&INTEGERS[..]).prop_map(Value::from),
        Just(Value::from(u64::MAX)),
        number(),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            vec((text(), inner), 0..3).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
    .boxed()
}

fn text() -> BoxedStrategy<String> {
    let pieces: Vec<&str> = AWKWARD.into_iter().chain(BEYOND_ASCII).chain(["a", "b1"]).collect();
    prop_oneof![
        2 => "[a-z][a-z0-9]{0,7}",
        3 => select(pieces.clone()).prop_map(str::to_owned),
        2 => vec(select(pieces), 0..6).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
    .boxed()
}

fn string(schema: &Map<String, Value>) -> Result<BoxedStrategy<Value>> {
    let value = match schema.get("format").and_then(Value::as_str).unwrap_or_default() {
        "date" => "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])".boxed(),
        "date-time" => "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]0[0-9]:[03]0)".boxed(),
        "unix-time" => "1[0-9]{9}".boxed(),
        "uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-fA-F]{12}".boxed(),
        "byte" | "binary" => return Err("binary strings are not supported".into()),
        _ => text(),
    };
    let length = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok());
    let (least, most) = (length("minLength").unwrap_or(0), length("maxLength").unwrap_or(usize::MAX));
    let padding = move |text: &str| "x".repeat(least.saturating_sub(text.chars().count()));
    Ok(value.prop_map(move |text| Value::String((text.clone() + &padding(&text)).chars().take(most).collect())).boxed())
}

fn integer(schema: &Map<String, Value>) -> BoxedStrategy<Value> {
    let bound = |key: &str| schema.get(key).and_then(Value::as_i64);
    let (low, high) = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        // The years -9999 to 9999.
        Some("unix-time") => (-377_705_023_201, 253_402_207_200),
        _ => (i64::MIN, i64::MAX),
    };
    let (low, high) = (bound("minimum").unwrap_or(low), bound("maximum").unwrap_or(high));
    let edges: Vec<i64> = INTEGERS.into_iter().chain([low, high]).filter(|edge| (low..=high).contains(edge)).collect();
    prop_oneof![select(edges), low..=high].prop_map(Value::from).boxed()
}

fn number() -> BoxedStrategy<Value> {
    let number = |number: f64| Number::from_f64(number).map_or(Value::Null, Value::Number);
    prop_oneof![select(&NUMBERS[..]).prop_map(number), proptest::num::f64::NORMAL.prop_map(number)].boxed()
}
