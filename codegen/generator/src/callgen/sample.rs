//! Sample values that match a schema.

mod merge;
mod pattern;

use serde_json::{Map, Number, Value};

use crm_clients_document::extensions::is_unix_time;
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{Additional, Bound, Normalizer};

use crate::ir::JsonKind;
use merge::Merged;

/// Options for samples.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Include optional properties.
    pub optional: bool,
    /// The index of the alternative to use for each choice, modulo the number of its alternatives.
    pub alternative: usize,
    /// Give each object at least one property: an empty object is invisible in a form.
    pub some: bool,
}

/// The base64 sample, and its decoded bytes.
pub const BASE64: (&str, &str) = ("c2FtcGxl", "sample");

/// Maximum number of nodes of a sample before optional properties are left out: small schemas can describe very large
/// values.
const MAX_NODES: usize = 5_000;

/// Generates samples of a document's schemas as requests contain them, without read-only properties.
pub struct Sampler<'a> {
    all: &'a Normalizer<'a>,
    wanted: Wanted,
    /// The schemas that enclose the current one.
    within: Vec<SchemaId>,
    nodes: usize,
    /// The index of the current array item, so that items differ.
    turn: usize,
    alternatives: usize,
}

/// The reason why a schema has no sample.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsampled {
    /// The schema requires a value of itself.
    Endless,
    /// No matching value is known, for the given reason.
    Unknown(String),
}

type Result<T = Value> = std::result::Result<T, Unsampled>;

impl<'a> Sampler<'a> {
    /// Returns a sampler of the schemas of a document.
    pub fn new(all: &'a Normalizer<'a>, wanted: Wanted) -> Self {
        Self { all, wanted, within: Vec::new(), nodes: 0, turn: 0, alternatives: 1 }
    }

    /// Returns the options.
    pub fn wanted(&self) -> Wanted {
        self.wanted
    }

    /// Returns the largest number of alternatives of a choice so far.
    pub fn alternatives(&self) -> usize {
        self.alternatives
    }

    /// Returns a value that matches a schema.
    ///
    /// # Errors
    ///
    /// If no value matches, or none is known to match.
    pub fn value(&mut self, schema: SchemaId) -> Result {
        self.of_all(&[schema])
    }

    /// Returns a value that matches all of these schemas.
    fn of_all(&mut self, schemas: &[SchemaId]) -> Result {
        let depth = self.within.len();
        self.nodes += 1;
        let value = self.merged(schemas).and_then(|schema| self.of_merged(&schema));
        self.within.truncate(depth);
        value
    }

    fn of_merged(&mut self, schema: &Merged<'a>) -> Result {
        let values = &schema.limits.values;
        if !values.is_empty() {
            return Ok(values[self.turn % values.len()].clone());
        }
        match schema.kind {
            JsonKind::Boolean => Ok(Value::Bool(true)),
            JsonKind::Integer => Ok(integer(schema, self.turn)),
            JsonKind::Number => Ok(number(schema, self.turn)),
            JsonKind::String => self.string(schema),
            JsonKind::Array => self.array(schema),
            JsonKind::Object => self.object(schema),
            JsonKind::Any => Ok(Value::String("anything".to_owned())),
        }
    }

    fn object(&mut self, schema: &Merged<'a>) -> Result {
        let mut out = Map::new();
        let alone = self.wanted.some && schema.required.is_empty();
        for (name, property) in &schema.properties {
            let must = schema.required.contains(name);
            let may = (self.wanted.optional || alone && out.is_empty()) && self.nodes < MAX_NODES;
            if !must && !may || self.is_left_out(property) {
                continue;
            }
            match self.of_all(property) {
                Ok(value) => {
                    out.insert((*name).to_owned(), value);
                }
                Err(Unsampled::Endless) if !must => {}
                Err(unsampled) => return Err(within(name, unsampled)),
            }
        }
        self.additional(schema, &mut out)?;
        if let Some((property, value)) = &schema.tag {
            // Mapping keys are strings, even if the property has another type.
            let is_other = out.get(property).is_some_and(|declared| !declared.is_string());
            let read = value.as_str().filter(|_| is_other).and_then(|text| serde_json::from_str(text).ok());
            out.insert(property.clone(), read.unwrap_or_else(|| value.clone()));
        }
        Ok(Value::Object(out))
    }

    /// Adds properties that the schema does not name.
    fn additional(&mut self, schema: &Merged<'a>, out: &mut Map<String, Value>) -> Result<()> {
        let values: &[SchemaId] = match &schema.additional {
            Additional::Forbidden => return Ok(()),
            Additional::Of(values) => &[*values],
            Additional::Unsaid if !schema.properties.is_empty() => return Ok(()),
            Additional::Any | Additional::Unsaid => &[],
        };
        let least = schema.limits.min_properties.unwrap_or(0);
        let wanted = if self.wanted.optional && self.nodes < MAX_NODES { out.len() + 1 } else { 0 };
        let most = schema.limits.max_properties.unwrap_or(usize::MAX);
        for number in 1..=wanted.max(least).min(most).saturating_sub(out.len()) {
            match self.of_all(values) {
                Ok(value) => out.insert(format!("other_{number}"), value),
                Err(Unsampled::Endless) if least == 0 => break,
                Err(unsampled) => return Err(unsampled),
            };
        }
        Ok(())
    }

    /// Returns an array with one item, or with more if the schema requires them.
    fn array(&mut self, schema: &Merged<'a>) -> Result {
        if !schema.tuple.is_empty() {
            return schema.tuple.iter().map(|item| self.of_all(&[*item])).collect::<Result<_>>().map(Value::Array);
        }
        let least = schema.limits.min_items.unwrap_or(0);
        let count = least.max(1).min(schema.limits.max_items.unwrap_or(usize::MAX)).min(MAX_NODES);
        let before = self.turn;
        let mut out = Vec::new();
        for turn in 0..count {
            self.turn = before + turn;
            match self.of_all(&schema.items) {
                Ok(value) => out.push(value),
                Err(Unsampled::Endless) if least == 0 => break,
                Err(unsampled) => return Err(unsampled),
            }
        }
        self.turn = before;
        Ok(Value::Array(out))
    }

    fn string(&self, schema: &Merged<'a>) -> Result {
        if let Some(pattern) = &schema.limits.pattern {
            let text = pattern::matching(pattern, schema.limits.min_length.unwrap_or(0));
            return text
                .map(Value::String)
                .ok_or_else(|| Unsampled::Unknown(format!("no known string matches the pattern `{pattern}`")));
        }
        let digit = self.turn % 10;
        let text = match schema.limits.format.as_str() {
            "date-time" => format!("2026-01-0{}T12:30:00Z", 1 + self.turn % 9),
            unix if is_unix_time(unix) => format!("170000000{digit}"),
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

/// Returns a string of a length that the schema allows.
fn sized(text: &str, schema: &Merged<'_>) -> String {
    let least = schema.limits.min_length.unwrap_or(0).min(100_000);
    let most = schema.limits.max_length.unwrap_or(usize::MAX);
    let padding = std::iter::repeat_n('x', least.saturating_sub(text.chars().count()));
    text.chars().chain(padding).take(most).collect()
}

fn integer(schema: &Merged<'_>, turn: usize) -> Value {
    let number = bounded(1.0, 1.0, schema) + turn as f64;
    // An integer's bounds leave a whole number within the range of `i64`.
    Value::Number(Number::from(number as i64))
}

fn number(schema: &Merged<'_>, turn: usize) -> Value {
    Number::from_f64(bounded(1.5, 0.5, schema) + turn as f64).map_or(Value::Null, Value::Number)
}

/// Returns the number nearest to `wanted` that the schema allows, for numbers that are multiples of `step`.
fn bounded(wanted: f64, step: f64, schema: &Merged<'_>) -> f64 {
    let beyond = |bound: Bound| if bound.exclusive { step } else { 0.0 };
    let mut chosen = wanted;
    if let Some(most) = schema.limits.maximum {
        chosen = chosen.min(most.value - beyond(most));
    }
    if let Some(least) = schema.limits.minimum {
        chosen = chosen.max(least.value + beyond(least));
    }
    match schema.limits.multiple_of {
        Some(of) if of > 0.0 => (chosen / of).ceil() * of,
        _ => chosen,
    }
}

/// Adds the name of the property to the reason.
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
    use crm_clients_document::diagnostic::Diagnostics;
    use crm_clients_document::model::document;

    fn sample(schema: Value, optional: bool) -> Result {
        let root = json!({"openapi": "3.2.0", "info": {"title": "", "version": ""}, "components": {"schemas": {
            "Tree": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "integer"},
                "parent": {"$ref": "#/components/schemas/Tree"},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            }},
            "Endless": {"required": ["self"], "properties": {
                "self": {"allOf": [{"$ref": "#/components/schemas/Endless"}], "default": {}},
            }},
            "Cat": {"properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}},
            "Sample": schema,
        }}});
        let mut diagnostics = Diagnostics::new();
        let document = document(&root, &mut diagnostics);
        let document = document.ok_or_else(|| Unsampled::Unknown(format!("{diagnostics:?}")))?;
        let all = Normalizer::new(&document);
        let id = document.components.schemas["Sample"];
        Sampler::new(&all, Wanted { optional, alternative: 0, some: false }).value(id)
    }

    #[test]
    fn samples_respect_limits() {
        let cases = [
            (json!({"type": "integer", "exclusiveMinimum": 5, "multipleOf": 4}), json!(8)),
            (json!({"type": "integer", "maximum": -3}), json!(-3)),
            (json!({"type": "number", "exclusiveMaximum": 1}), json!(0.5)),
            (json!({"type": "string", "minLength": 13}), json!("text & morexx")),
            (json!({"type": "string", "maxLength": 4}), json!("text")),
            (json!({"type": "string", "pattern": "^[0-9]+$"}), json!("1")),
            (json!({"type": "string", "pattern": "^(?:in|out)-[A-Z]{2,3}\\d?$", "minLength": 7}), json!("in-AAA1")),
            (json!({"type": ["string", "null"], "enum": [null, "open", "closed"]}), json!("open")),
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
    fn objects_have_the_requested_properties() {
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
    fn missing_samples_have_a_reason() {
        let endless = json!({"$ref": "#/components/schemas/Endless"});
        assert_eq!(sample(endless, false), Err(Unsampled::Endless));
        let unknown = json!({"properties": {"code": {"type": "string", "pattern": "(?<=a)b"}}});
        let why = "`code`: no known string matches the pattern `(?<=a)b`";
        assert_eq!(sample(unknown, true), Err(Unsampled::Unknown(why.to_owned())));
    }
}
