//! Values that fit a schema: what a caller could send.

mod merge;
mod pattern;

use serde_json::{Map, Number, Value};

/// What the samples hold.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// What need not be there, too.
    pub optional: bool,
    /// Which alternative of each choice, counted from 0 and beyond the last from its beginning again.
    pub alternative: usize,
    /// Whether objects have a property at least: in a form nothing else shows that they are there.
    pub some: bool,
}

/// The base64 sample, and the bytes that it stands for.
pub const BASE64: (&str, &str) = ("c2FtcGxl", "sample");

/// How many nodes a sample has before what is optional is left out: small schemas can describe very large values.
const MAX_NODES: usize = 5_000;

/// Makes samples of the schemas of a lowered document, as requests hold them: without what is read-only.
pub struct Sampler<'a> {
    document: &'a Value,
    wanted: Wanted,
    /// The references that lead to the schema at hand.
    within: Vec<String>,
    nodes: usize,
    /// Which of an array's items is made, so that they differ.
    turn: usize,
    alternatives: usize,
}

/// Why there is no sample.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsampled {
    /// The schema requires a value of itself.
    Endless,
    /// Nothing is known to fit: the reason.
    Unknown(String),
}

type Result<T = Value> = std::result::Result<T, Unsampled>;

impl<'a> Sampler<'a> {
    /// Begins with a document.
    pub fn new(document: &'a Value, wanted: Wanted) -> Self {
        Self { document, wanted, within: Vec::new(), nodes: 0, turn: 0, alternatives: 1 }
    }

    /// What the samples hold.
    pub fn wanted(&self) -> Wanted {
        self.wanted
    }

    /// The most alternatives that a choice had so far.
    pub fn alternatives(&self) -> usize {
        self.alternatives
    }

    /// A value that fits a schema.
    ///
    /// # Errors
    ///
    /// Where no value fits, or none that is known.
    pub fn value(&mut self, schema: &Value) -> Result {
        let depth = self.within.len();
        self.nodes += 1;
        let value = self.merged(schema).and_then(|schema| self.of_merged(&schema));
        self.within.truncate(depth);
        value
    }

    fn of_merged(&mut self, schema: &Map<String, Value>) -> Result {
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
            return Ok(values.get(self.turn % values.len().max(1)).map_or(Value::Null, |value| (*value).clone()));
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("boolean") => Ok(Value::Bool(true)),
            Some("integer") => Ok(integer(schema, self.turn)),
            Some("number") => Ok(number(schema, self.turn)),
            Some("string") => self.string(schema),
            Some("array") => self.array(schema),
            Some("object") => self.object(schema),
            _ if schema.contains_key("properties") || schema.contains_key("additionalProperties") => {
                self.object(schema)
            }
            _ if schema.contains_key("items") => self.array(schema),
            _ => Ok(Value::String("anything".to_owned())),
        }
    }

    fn object(&mut self, schema: &Map<String, Value>) -> Result {
        let mut out = Map::new();
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let alone = self.wanted.some && required.is_empty();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let must = required.contains(&name.as_str());
            let may = (self.wanted.optional || alone && out.is_empty()) && self.nodes < MAX_NODES;
            if !must && !may || self.is_read_only(property) {
                continue;
            }
            match self.value(property) {
                Ok(value) => {
                    out.insert(name.clone(), value);
                }
                Err(Unsampled::Endless) if !must => {}
                Err(unsampled) => return Err(within(name, unsampled)),
            }
        }
        self.additional(schema, &mut out)?;
        if let Some((property, value)) = merge::discriminated(schema) {
            out.insert(property, value);
        }
        Ok(Value::Object(out))
    }

    /// Properties that have no name of their own.
    fn additional(&mut self, schema: &Map<String, Value>, out: &mut Map<String, Value>) -> Result<()> {
        let free = !schema.contains_key("properties");
        let any = Value::Object(Map::new());
        let values = match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => return Ok(()),
            Some(Value::Bool(true)) => &any,
            Some(values) => values,
            None if free => &any,
            None => return Ok(()),
        };
        let least = limit(schema, "minProperties").unwrap_or(0);
        let wanted = if self.wanted.optional && self.nodes < MAX_NODES { out.len() + 1 } else { 0 };
        let most = limit(schema, "maxProperties").unwrap_or(usize::MAX);
        for number in 1..=wanted.max(least).min(most).saturating_sub(out.len()) {
            match self.value(values) {
                Ok(value) => out.insert(format!("other_{number}"), value),
                Err(Unsampled::Endless) if least == 0 => break,
                Err(unsampled) => return Err(unsampled),
            };
        }
        Ok(())
    }

    /// One item, unless there have to be more: an empty list shows little.
    fn array(&mut self, schema: &Map<String, Value>) -> Result {
        let any = Value::Object(Map::new());
        let items = schema.get("items").unwrap_or(&any);
        let least = limit(schema, "minItems").unwrap_or(0);
        let count = least.max(1).min(limit(schema, "maxItems").unwrap_or(usize::MAX)).min(MAX_NODES);
        let before = self.turn;
        let mut out = Vec::new();
        for turn in 0..count {
            self.turn = before + turn;
            match self.value(items) {
                Ok(value) => out.push(value),
                Err(Unsampled::Endless) if least == 0 => break,
                Err(unsampled) => return Err(unsampled),
            }
        }
        self.turn = before;
        Ok(Value::Array(out))
    }

    fn string(&self, schema: &Map<String, Value>) -> Result {
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            let text = pattern::matching(pattern, limit(schema, "minLength").unwrap_or(0));
            return text
                .map(Value::String)
                .ok_or_else(|| Unsampled::Unknown(format!("no text is known that matches the pattern `{pattern}`")));
        }
        let digit = self.turn % 10;
        let text = match schema.get("format").and_then(Value::as_str).unwrap_or_default() {
            "date-time" => format!("2026-01-0{}T12:30:00Z", 1 + self.turn % 9),
            "date" => format!("2026-01-0{}", 1 + self.turn % 9),
            "time" => format!("12:30:0{digit}Z"),
            "email" => format!("alice{digit}@acme.example"),
            "uuid" => format!("3fa85f64-5717-4562-b3fc-2c963f66afa{digit}"),
            "uri" | "url" => format!("https://acme.example/{digit}"),
            "hostname" => format!("host{digit}.acme.example"),
            "ipv4" => format!("192.0.2.{digit}"),
            "ipv6" => format!("2001:db8::{digit}"),
            "byte" => BASE64.0.to_owned(),
            _ if self.turn == 0 => sized("text & more", schema),
            _ => sized(&format!("text {}", self.turn), schema),
        };
        Ok(Value::String(text))
    }
}

/// The number under a key, where it counts something.
fn limit(schema: &Map<String, Value>, key: &str) -> Option<usize> {
    schema.get(key)?.as_u64().and_then(|number| usize::try_from(number).ok())
}

/// A text of a length that the schema allows.
fn sized(text: &str, schema: &Map<String, Value>) -> String {
    let least = limit(schema, "minLength").unwrap_or(0).min(100_000);
    let most = limit(schema, "maxLength").unwrap_or(usize::MAX);
    let padding = std::iter::repeat_n('x', least.saturating_sub(text.chars().count()));
    text.chars().chain(padding).take(most).collect()
}

fn integer(schema: &Map<String, Value>, turn: usize) -> Value {
    let number = bounded(1.0, 1.0, schema) + turn as f64;
    // What the bounds of a whole number leave is one, and in the range of them.
    Value::Number(Number::from(number as i64))
}

fn number(schema: &Map<String, Value>, turn: usize) -> Value {
    Number::from_f64(bounded(1.5, 0.5, schema) + turn as f64).map_or(Value::Null, Value::Number)
}

/// The number nearest to `wanted` that the schema allows, where numbers are `step` apart.
fn bounded(wanted: f64, step: f64, schema: &Map<String, Value>) -> f64 {
    let number = |key: &str| schema.get(key).and_then(Value::as_f64);
    let beyond = |key: &str| if schema.get(key).and_then(Value::as_bool) == Some(true) { step } else { 0.0 };
    let mut chosen = wanted;
    if let Some(most) = number("maximum") {
        chosen = chosen.min(most - beyond("exclusiveMaximum"));
    }
    if let Some(least) = number("minimum") {
        chosen = chosen.max(least + beyond("exclusiveMinimum"));
    }
    match number("multipleOf") {
        Some(of) if of > 0.0 => (chosen / of).ceil() * of,
        _ => chosen,
    }
}

/// Says in which property it was.
fn within(name: &str, unsampled: Unsampled) -> Unsampled {
    match unsampled {
        Unsampled::Unknown(why) => Unsampled::Unknown(format!("`{name}`: {why}")),
        Unsampled::Endless => Unsampled::Endless,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample(schema: Value, optional: bool) -> Result {
        let document = json!({"components": {"schemas": {
            "Tree": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "integer"},
                "parent": {"$ref": "#/components/schemas/Tree"},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            }},
            "Endless": {"required": ["self"], "properties": {
                "self": {"allOf": [{"$ref": "#/components/schemas/Endless"}], "default": {}},
            }},
            "Cat": {"properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}},
        }}});
        Sampler::new(&document, Wanted { optional, alternative: 0, some: false }).value(&schema)
    }

    #[test]
    fn samples_keep_to_their_limits() {
        let cases = [
            (json!({"type": "integer", "minimum": 5, "exclusiveMinimum": true, "multipleOf": 4}), json!(8)),
            (json!({"type": "integer", "maximum": -3}), json!(-3)),
            (json!({"type": "number", "maximum": 1, "exclusiveMaximum": true}), json!(0.5)),
            (json!({"type": "string", "minLength": 13}), json!("text & morexx")),
            (json!({"type": "string", "maxLength": 4}), json!("text")),
            (json!({"type": "string", "pattern": "^[0-9]+$"}), json!("1")),
            (json!({"type": "string", "pattern": "^(?:in|out)-[A-Z]{2,3}\\d?$", "minLength": 7}), json!("in-AAA1")),
            (json!({"type": "string", "enum": [null, "open", "closed"], "nullable": true}), json!("open")),
            (json!({"type": "string", "format": "date"}), json!("2026-01-01")),
            (json!({"type": "array", "items": {"type": "integer"}, "minItems": 2, "uniqueItems": true}), json!([1, 2])),
            (json!({"type": "object", "minProperties": 1}), json!({"other_1": "anything"})),
            (json!({"allOf": [{"type": "integer"}, {"minimum": 7}]}), json!(7)),
            (json!({"anyOf": [{"type": "boolean"}, {"type": "integer"}]}), json!(true)),
        ];
        for (schema, expected) in cases {
            assert_eq!(sample(schema.clone(), false), Ok(expected), "{schema}");
        }
    }

    #[test]
    fn objects_have_what_is_wanted() {
        let schema = json!({
            "required": ["id"],
            "properties": {
                "id": {"type": "integer"},
                "made": {"type": "string", "format": "date-time", "readOnly": true},
                "tree": {"allOf": [{"$ref": "#/components/schemas/Tree"}, {"required": ["name"]}]},
                "pet": {
                    "oneOf": [{"$ref": "#/components/schemas/Cat"}],
                    "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
                },
            },
            "additionalProperties": {"type": "boolean"},
        });
        assert_eq!(sample(schema.clone(), false), Ok(json!({"id": 1})));
        let full =
            json!({"id": 1, "tree": {"id": 1, "children": []}, "pet": {"kind": "cat", "lives": 1}, "other_1": true});
        assert_eq!(sample(schema, true), Ok(full));
    }

    #[test]
    fn what_has_no_sample_says_so() {
        let endless = json!({"$ref": "#/components/schemas/Endless"});
        assert_eq!(sample(endless, false), Err(Unsampled::Endless));
        let unknown = json!({"properties": {"code": {"type": "string", "pattern": "(?<=a)b"}}});
        let why = "`code`: no text is known that matches the pattern `(?<=a)b`";
        assert_eq!(sample(unknown, true), Err(Unsampled::Unknown(why.to_owned())));
    }
}
