//! Normalized schemas: each has one kind, `allOf` is merged, and the model is unchanged.

use std::error::Error;

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::{self, Document, SchemaId};
use crm_clients_document::normalize::{Additional, Kind, Normalizer, Shape, nullable, shape};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

fn document(schemas: Value) -> Result<Document, Box<dyn Error>> {
    let value = json!({"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "components": {"schemas": schemas}});
    let mut diagnostics = Diagnostics::new();
    model::document(&value, &mut diagnostics).ok_or_else(|| format!("{diagnostics:?}").into())
}

/// Describes a schema in words: `string(a|b)?` is a string with these values or null.
fn words(all: &mut Normalizer<'_>, id: SchemaId, depth: usize) -> String {
    let mark = if nullable(all, id) { "?" } else { "" };
    if depth == 0 {
        return "...".to_owned();
    }
    let text = match shape(all, id) {
        Shape::Any => "any".to_owned(),
        Shape::Same(other) => return format!("{}{mark}", words(all, other, depth).trim_end_matches('?')),
        Shape::Scalar(Kind::String { format, values, .. }) => listed(&format!("string{format}"), &values),
        Shape::Scalar(Kind::Integer { values, .. }) => listed("integer", &values),
        Shape::Scalar(Kind::Number) => "number".to_owned(),
        Shape::Scalar(_) => "boolean".to_owned(),
        Shape::Array(items) => format!("[{}]", words(all, items, depth - 1)),
        Shape::Object(fields) => {
            let mut parts = Vec::new();
            for (name, (schema, required)) in fields.properties {
                let sign = if required { "!" } else { "" };
                parts.push(format!("{name}{sign}: {}", words(all, schema, depth - 1)));
            }
            match fields.additional {
                Additional::Unsaid => {}
                Additional::Forbidden => parts.push("-".to_owned()),
                Additional::Any => parts.push("*".to_owned()),
                Additional::Of(values) => parts.push(format!("*: {}", words(all, values, depth - 1))),
            }
            format!("{{{}}}", parts.join(", "))
        }
        Shape::Choice(choice) => {
            let variants: Vec<String> = choice.variants.into_iter().map(|id| words(all, id, depth - 1)).collect();
            format!("({})", variants.join(" | "))
        }
    };
    format!("{text}{mark}")
}

fn listed<T: ToString>(name: &str, values: &[T]) -> String {
    let values: Vec<String> = values.iter().map(T::to_string).collect();
    if values.is_empty() { name.to_owned() } else { format!("{name}({})", values.join("|")) }
}

#[test]
fn schemas_have_one_kind() -> Outcome {
    let cases = [
        (json!({}), "any"),
        (json!(true), "any"),
        (json!(false), "any"),
        (json!({"type": "null"}), "any?"),
        (json!({"type": ["string", "null"]}), "string?"),
        (json!({"type": ["integer", "number"]}), "number"),
        (json!({"type": ["string", "integer", "null"], "maxLength": 3}), "(string | integer)?"),
        (json!({"type": ["string", "number", "boolean", "object", "array"]}), "any"),
        (json!({"const": "a"}), "string(a)"),
        (json!({"enum": ["a", "b", "a", null]}), "string(a|b)?"),
        (json!({"type": "integer", "enum": [1.0, 2]}), "integer(1|2)"),
        (json!({"type": "integer", "enum": ["a"]}), "string(a)"),
        (json!({"type": "array", "items": {"type": "string"}, "enum": ["a"]}), "[string(a)]"),
        (json!({"enum": [{"a": 1}], "type": "object"}), "{}"),
        (json!({"oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]}), "string(a|b)"),
        (json!({"oneOf": [{"const": "a"}, {"const": "b"}, {"type": "null"}]}), "string(a|b)?"),
        (json!({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}), "stringdate?"),
        (json!({"anyOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "null"}]}), "{name!: string}?"),
        (json!({"$ref": "#/components/schemas/Pet", "description": "Mine"}), "{name!: string}"),
        (json!({"$dynamicRef": "#pet"}), "{name!: string}"),
        (json!({"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}), "[(string | integer)]"),
        (json!({"prefixItems": [{"type": "string"}, {"type": "string"}]}), "[string]"),
        (json!({"patternProperties": {"^x": {"type": "string"}}, "additionalProperties": false}), "{*: string}"),
        (json!({"type": "object", "unevaluatedProperties": {"type": "integer"}}), "{*: integer}"),
        (json!({"type": "object", "unevaluatedProperties": false}), "{}"),
        (json!({"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}}), "{}"),
        (json!({"contentEncoding": "base64"}), "stringbyte"),
        (json!({"contentMediaType": "image/png"}), "stringbinary"),
        (json!({"format": "uuid"}), "stringuuid"),
        (
            json!({"allOf": [
                {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
                {"type": "array", "items": {"type": "object", "properties": {"age": {"type": "integer"}}}}
            ]}),
            "[{name!: string, age: integer}]",
        ),
        (json!({"type": "integer", "oneOf": [{"const": 1, "title": "One"}, {"const": 2}]}), "integer(1|2)"),
        (
            json!({"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"age": {"type": "integer"}}}]}),
            "{name!: string, age: integer}",
        ),
        (json!({"properties": {"a": {}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}), "{a: any}"),
        (json!({"$ref": "#/components/schemas/Tree"}), "{next: {next: {next: {next: ...}}}}"),
    ];
    let pet = json!({
        "$dynamicAnchor": "pet", "type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}
    });
    let tree = json!({"allOf": [
        {"properties": {"next": {"$ref": "#/components/schemas/Tree"}}}, {"$ref": "#/components/schemas/Tree"}
    ]});
    for (schema, expected) in cases {
        let document = document(json!({"Pet": pet, "Tree": tree, "Case": {"properties": {"case": schema}}}))?;
        let mut all = Normalizer::new(&document);
        let case = document[document.components.schemas["Case"]].properties.as_ref().ok_or("no properties")?["case"];
        assert_eq!(words(&mut all, case, 4), expected, "{schema}");
        assert_eq!(document.schemas().iter().filter(|found| found.pointer.is_empty()).count(), 0);
    }
    Ok(())
}

/// The same parts always give the same node.
#[test]
fn shapes_are_created_once() -> Outcome {
    let document = document(json!({
        "A": {"allOf": [{"$ref": "#/components/schemas/B"}, {"oneOf": [{"properties": {"x": {}}}, {"properties": {"y": {}}}]}]},
        "B": {"properties": {"a": {"$ref": "#/components/schemas/A"}, "b": {"allOf": [{"$ref": "#/components/schemas/A"}]}}}
    }))?;
    let mut all = Normalizer::new(&document);
    let ids: Vec<SchemaId> = all.schemas().map(|(id, _)| id).collect();
    let mut made = || {
        ids.iter().for_each(|id| _ = shape(&mut all, *id));
        all.schemas().count()
    };
    assert_eq!(made(), made());
    Ok(())
}

#[test]
fn parts_narrow_each_other_in_any_order() -> Outcome {
    let (string, number) = (json!({"type": "string"}), json!({"type": "number"}));
    let document = document(json!({
        "Text": string,
        "A": {"allOf": [number, {"type": "integer"}]},
        "B": {"allOf": [{"type": "integer"}, number]},
        "C": {"allOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}, "b": number}},
            {"type": "object", "properties": {"a": number, "b": {"type": "integer"}}}
        ]},
        "D": {"allOf": [{"$ref": "#/components/schemas/Text"}, {"format": "date-time"}]},
        "E": {"$ref": "#/components/schemas/Text", "format": "uuid"},
        "F": {"allOf": [{"$ref": "#/components/schemas/D"}], "description": "at"},
        "G": {"type": "number", "multipleOf": 1.0}
    }))?;
    let mut all = Normalizer::new(&document);
    for (name, expected) in [
        ("A", "integer"),
        ("B", "integer"),
        ("C", "{a: integer, b: integer}"),
        ("D", "stringdate-time"),
        ("E", "stringuuid"),
        ("F", "stringdate-time"),
        ("G", "integer"),
        ("Text", "string"),
    ] {
        let id = document.components.schemas[name];
        assert_eq!(words(&mut all, id, 5), expected, "{name}");
    }
    Ok(())
}

#[test]
fn properties_of_patterns_are_among_the_additional_ones() -> Outcome {
    let patterns = json!({"^x-": {"type": "string"}, "^n-": {"type": "integer"}});
    let document = document(json!({
        "A": {"type": "object", "patternProperties": patterns, "additionalProperties": {"type": "boolean"}},
        "B": {"type": "object", "patternProperties": patterns, "additionalProperties": false},
        "C": {"type": "object", "patternProperties": patterns},
        "D": {"type": "object", "patternProperties": patterns, "additionalProperties": true},
        "E": {"type": "object", "patternProperties": {"^x-": false}, "additionalProperties": {"type": "boolean"}}
    }))?;
    let mut all = Normalizer::new(&document);
    for (name, expected) in [
        ("A", "{*: (string | integer | boolean)}"),
        ("B", "{*: (string | integer)}"),
        ("C", "{*: (string | integer)}"),
        ("D", "{*}"),
        ("E", "{*: boolean}"),
    ] {
        let id = document.components.schemas[name];
        assert_eq!(words(&mut all, id, 5), expected, "{name}");
    }
    Ok(())
}
