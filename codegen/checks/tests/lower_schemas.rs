//! Lowering of schemas, one construct at a time.

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::lower;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::raise;
use serde_json::{Value, json};

/// Raises and lowers a document.
fn lower(mut document: Value, diagnostics: &mut Diagnostics) -> Value {
    raise(&mut document, &mut SourceMap::new(), diagnostics);
    lower::lower(document, diagnostics)
}

/// Returns a document with the schema `S`, and others as targets of references.
fn document(schema: Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"S": schema, "A": {"type": "string"}, "B": {"type": "object"}}}
    })
}

/// Checks cases of a schema before and after, and the codes of the warnings with the keyword of each.
fn check(cases: &[(Value, Value, &[&str])]) {
    for (before, after, warnings) in cases {
        let mut diagnostics = Diagnostics::new();
        let lowered = lower(document(before.clone()), &mut diagnostics);
        assert_eq!(&lowered["components"]["schemas"]["S"], after, "lowering {before}");
        let found: Vec<_> = diagnostics
            .iter()
            .map(|warning| format!("{} {}", warning.code, warning.pointer.trim_start_matches("/components/schemas/S")))
            .collect();
        assert_eq!(&found, warnings, "warnings of {before}");
        let again = lower(lowered.clone(), &mut Diagnostics::new());
        assert_eq!(again, lowered, "lowering {before} a second time");
    }
}

#[test]
fn types_with_null() {
    check(&[
        (
            json!({"type": ["string", "null"], "maxLength": 3}),
            json!({"type": "string", "maxLength": 3, "nullable": true}),
            &[],
        ),
        (json!({"type": ["integer"]}), json!({"type": "integer"}), &[]),
        (json!({"type": ["integer", "number"]}), json!({"type": "number"}), &[]),
        (json!({"type": ["string", "number", "integer", "boolean", "object", "array"]}), json!({}), &[]),
        (json!({"type": "null"}), json!({"nullable": true}), &["lossy-lowering /type"]),
        (
            json!({"type": ["null"], "description": "D"}),
            json!({"description": "D", "nullable": true}),
            &["lossy-lowering /type"],
        ),
        (json!({"const": null}), json!({"nullable": true}), &["lossy-lowering /const"]),
        (json!({"type": "string", "nullable": true}), json!({"type": "string", "nullable": true}), &[]),
    ]);
}

#[test]
fn several_types() {
    check(&[
        (
            json!({"type": ["string", "integer", "null"], "description": "D", "default": 1, "x-y": 1, "pattern": "^a", "minimum": 1}),
            json!({"description": "D", "default": 1, "x-y": 1, "nullable": true,
                "anyOf": [{"type": "string", "pattern": "^a"}, {"type": "integer", "minimum": 1}]}),
            &[],
        ),
        (
            json!({"type": ["array", "object"], "items": {"type": ["string", "null"]}, "properties": {"a": true}, "required": ["a"]}),
            json!({"anyOf": [
                {"type": "array", "items": {"type": "string", "nullable": true}},
                {"type": "object", "properties": {"a": {}}, "required": ["a"]}
            ]}),
            &[],
        ),
        (
            json!({"type": ["string", "integer"], "enum": ["a", 1, null]}),
            json!({"nullable": true, "anyOf": [{"type": "string", "enum": ["a"]}, {"type": "integer", "enum": [1]}]}),
            &[],
        ),
        (json!({"type": ["string", "integer"], "enum": ["a"]}), json!({"type": "string", "enum": ["a"]}), &[]),
        (
            json!({"type": ["string", "integer"], "format": "int64"}),
            json!({"anyOf": [{"type": "string"}, {"type": "integer", "format": "int64"}]}),
            &[],
        ),
        (
            json!({"type": ["string", "boolean"], "anyOf": [{"minLength": 2}, {"$ref": "#/components/schemas/A"}]}),
            json!({"anyOf": [{"minLength": 2, "type": "string"}, {"$ref": "#/components/schemas/A"}],
                "allOf": [{"anyOf": [{"type": "string"}, {"type": "boolean"}]}]}),
            &[],
        ),
    ]);
}

#[test]
fn null_among_alternatives() {
    check(&[
        (
            json!({"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}], "description": "D"}),
            json!({"description": "D", "nullable": true, "allOf": [{"$ref": "#/components/schemas/A"}]}),
            &[],
        ),
        (
            json!({"oneOf": [{"type": "null"}, {"type": "string", "description": "Inner"}], "description": "D"}),
            json!({"description": "D", "nullable": true, "type": "string"}),
            &[],
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"const": null}, {"$ref": "#/components/schemas/B"}]}),
            json!({"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/B"}], "nullable": true}),
            &[],
        ),
        (
            json!({"properties": {"a": {}}, "oneOf": [{"required": ["a"]}, {"type": "null"}]}),
            json!({"properties": {"a": {}}, "nullable": true, "allOf": [{"required": ["a"]}]}),
            &[],
        ),
        (json!({"anyOf": [{"type": "null"}]}), json!({"nullable": true}), &[]),
    ]);
}

#[test]
fn constants_and_enums() {
    check(&[
        (json!({"const": "a"}), json!({"enum": ["a"], "type": "string"}), &[]),
        (
            json!({"type": "string", "enum": ["a", "b", null, "a"]}),
            json!({"type": "string", "enum": ["a", "b"], "nullable": true}),
            &[],
        ),
        (json!({"enum": [1, 2]}), json!({"enum": [1, 2], "type": "integer"}), &[]),
        (json!({"type": "integer", "enum": [1.0, 2]}), json!({"type": "integer", "enum": [1, 2]}), &[]),
        (
            json!({"type": "integer", "enum": ["a", "b"]}),
            json!({"type": "string", "enum": ["a", "b"]}),
            &["enum-type-mismatch /enum"],
        ),
        (
            json!({"type": "string", "enum": ["a", 1]}),
            json!({"type": "string", "enum": ["a"]}),
            &["enum-type-mismatch /enum"],
        ),
        (
            json!({"enum": ["a", 1]}),
            json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "integer", "enum": [1]}]}),
            &[],
        ),
        (
            json!({"type": "array", "items": {"type": "string"}, "enum": ["a"]}),
            json!({"type": "array", "items": {"type": "string", "enum": ["a"]}}),
            &["enum-type-mismatch /enum"],
        ),
        (json!({"type": "object", "enum": [{"a": 1}]}), json!({"type": "object"}), &["lossy-lowering /enum"]),
        (json!({"type": "string", "enum": []}), json!({"type": "string"}), &[]),
        (
            json!({"oneOf": [{"const": "a", "title": "First"}, {"const": "b"}, {"type": "null"}]}),
            json!({"nullable": true, "type": "string", "enum": ["a", "b"]}),
            &[],
        ),
        (
            json!({"oneOf": [{"const": "a", "colour": "red"}, {"const": "b"}]}),
            json!({"type": "string", "enum": ["a", "b"]}),
            &[],
        ),
        (
            json!({"oneOf": [{"const": "a", "x-colour": "red"}, {"const": "b"}]}),
            json!({"oneOf": [{"enum": ["a"], "x-colour": "red", "type": "string"}, {"enum": ["b"], "type": "string"}]}),
            &[],
        ),
    ]);
}

#[test]
fn references_with_siblings() {
    check(&[
        (json!({"$ref": "#/components/schemas/A"}), json!({"$ref": "#/components/schemas/A"}), &[]),
        (json!({"$ref": "#/components/schemas/A", "$comment": "C"}), json!({"$ref": "#/components/schemas/A"}), &[]),
        (
            json!({"$ref": "#/components/schemas/A", "nullable": true, "summary": "S"}),
            json!({"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true, "description": "S"}),
            &[],
        ),
        (
            json!({"allOf": [{"required": ["a"]}], "$ref": "#/components/schemas/B", "x-rust-name": "C"}),
            json!({"allOf": [{"required": ["a"]}, {"$ref": "#/components/schemas/B"}], "x-rust-name": "C"}),
            &[],
        ),
        (
            json!({"properties": {"$ref": {"type": ["string", "null"]}}}),
            json!({"properties": {"$ref": {"type": "string", "nullable": true}}, "type": "object"}),
            &[],
        ),
    ]);
}

#[test]
fn limits() {
    check(&[
        (
            json!({"type": "number", "exclusiveMinimum": 5}),
            json!({"type": "number", "exclusiveMinimum": true, "minimum": 5}),
            &[],
        ),
        (json!({"type": "number", "exclusiveMinimum": 5, "minimum": 7}), json!({"type": "number", "minimum": 7}), &[]),
        (
            json!({"type": "number", "exclusiveMaximum": 5, "maximum": 7}),
            json!({"type": "number", "exclusiveMaximum": true, "maximum": 5}),
            &[],
        ),
        (
            json!({"type": "number", "exclusiveMinimum": true, "minimum": 7}),
            json!({"type": "number", "exclusiveMinimum": true, "minimum": 7}),
            &[],
        ),
        (
            json!({"type": "integer", "minimum": 0.5, "exclusiveMinimum": true, "maximum": 10.0}),
            json!({"type": "integer", "minimum": 1, "maximum": 10}),
            &[],
        ),
        (json!({"type": "integer", "maximum": 1e20}), json!({"type": "integer"}), &["unrepresentable-limit /maximum"]),
        (
            json!({"type": "integer", "multipleOf": 0.5}),
            json!({"type": "integer"}),
            &["unrepresentable-limit /multipleOf"],
        ),
        (
            json!({"type": "string", "minLength": 1.0, "maxLength": -1}),
            json!({"type": "string", "minLength": 1}),
            &["unrepresentable-limit /maxLength"],
        ),
    ]);
}

#[test]
fn arrays() {
    check(&[
        (json!({"type": "array"}), json!({"type": "array", "items": {}}), &[]),
        (json!({"items": true}), json!({"items": {}, "type": "array"}), &[]),
        (json!({"type": "array", "items": false}), json!({"type": "array", "items": {"not": {}}}), &[]),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": ["integer", "null"]}], "items": false}),
            json!({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer", "nullable": true}]}}),
            &["lossy-lowering /prefixItems"],
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}], "items": {"type": "string"}}),
            json!({"type": "array", "items": {"nullable": true, "type": "string"}}),
            &["lossy-lowering /prefixItems"],
        ),
        (
            json!({"type": "array", "items": [{"type": "string"}, {"type": "string"}]}),
            json!({"type": "array", "items": {"type": "string"}}),
            &["lossy-lowering /prefixItems"],
        ),
        (
            json!({"type": "array", "items": {}, "contains": {"type": "string"}, "minContains": 2}),
            json!({"type": "array", "items": {}}),
            &["lossy-lowering /contains", "lossy-lowering /minContains"],
        ),
    ]);
}

#[test]
fn objects() {
    check(&[
        (json!({"properties": {"a": true}}), json!({"properties": {"a": {}}, "type": "object"}), &[]),
        (
            json!({"type": "object", "patternProperties": {"^x": {"type": "string"}}, "additionalProperties": false}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
            &["lossy-lowering /patternProperties"],
        ),
        (
            json!({"patternProperties": {"^x": {"type": "string"}, "^y": {"type": "integer"}}}),
            json!({"additionalProperties": {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "type": "object"}),
            &["lossy-lowering /patternProperties"],
        ),
        (
            json!({"type": "object", "patternProperties": {"^x": {}}, "additionalProperties": true}),
            json!({"type": "object", "additionalProperties": true}),
            &["lossy-lowering /patternProperties"],
        ),
        (
            json!({"type": "object", "unevaluatedProperties": {"type": ["string", "null"]}}),
            json!({"type": "object", "additionalProperties": {"type": "string", "nullable": true}}),
            &[],
        ),
        (
            json!({"type": "object", "unevaluatedProperties": false}),
            json!({"type": "object"}),
            &["lossy-lowering /unevaluatedProperties"],
        ),
        (
            json!({"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {}}),
            json!({"type": "object"}),
            &["lossy-lowering /if"],
        ),
        (
            json!({"type": "object", "dependentRequired": {"a": ["b"]}, "dependentSchemas": {}, "propertyNames": {}}),
            json!({"type": "object"}),
            &["lossy-lowering /dependentSchemas", "lossy-lowering /dependentRequired", "lossy-lowering /propertyNames"],
        ),
    ]);
}

#[test]
fn contents() {
    check(&[
        (json!({"type": "string", "contentEncoding": "base64"}), json!({"type": "string", "format": "byte"}), &[]),
        (
            json!({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"}),
            json!({"type": "string", "format": "byte"}),
            &[],
        ),
        (json!({"contentMediaType": "application/octet-stream"}), json!({"type": "string", "format": "binary"}), &[]),
        (
            json!({"type": "string", "contentMediaType": "application/json", "contentSchema": {}}),
            json!({"type": "string"}),
            &[],
        ),
        (
            json!({"type": "string", "contentEncoding": "base64url"}),
            json!({"type": "string"}),
            &["lossy-lowering /contentEncoding"],
        ),
    ]);
}

#[test]
fn missing_and_misplaced() {
    check(&[
        (json!({"format": "date-time"}), json!({"format": "date-time", "type": "string"}), &[]),
        (json!({"format": "int64"}), json!({"format": "int64", "type": "integer"}), &[]),
        (json!({"pattern": "^a"}), json!({"pattern": "^a", "type": "string"}), &[]),
        (json!({"type": "boolean", "format": "int32"}), json!({"type": "boolean"}), &[]),
        (
            json!({"type": "string", "items": {}, "format": "int64"}),
            json!({"type": "string", "format": "int64"}),
            &["misplaced-keyword /items"],
        ),
        (json!({"not": {"type": ["string", "null"]}}), json!({"not": {"type": "string", "nullable": true}}), &[]),
        (json!(true), json!({}), &[]),
        (json!(false), json!({"not": {}}), &[]),
        (
            json!({"$id": "s", "$schema": "d", "$comment": "c", "$anchor": "a", "type": "string", "examples": ["x", "y"]}),
            json!({"type": "string", "example": "x"}),
            &["lossy-lowering /$id", "lossy-lowering /$anchor"],
        ),
    ]);
}

/// References are updated when their targets move.
#[test]
fn definitions_move_and_references_follow() {
    let before = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "components": {"schemas": {
            "A": {
                "type": "object",
                "$defs": {"B": {"type": "integer", "definitions": {"C": {"type": "boolean"}}}},
                "properties": {
                    "b": {"$ref": "#/components/schemas/A/$defs/B"},
                    "c": {"$ref": "#/components/schemas/A/$defs/B/definitions/C"},
                    "first": {"$ref": "#/components/schemas/T/prefixItems/1"},
                    "name": {"$ref": "#/components/schemas/M/properties/name"},
                    "arm": {"$ref": "#/components/schemas/N/anyOf/2"}
                }
            },
            "B": {"type": "string"},
            "T": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
            "M": {"type": ["string", "object"], "properties": {"name": {"type": "string"}}},
            "N": {"anyOf": [{"type": "null"}, {"type": "string"}, {"type": "object"}]}
        }}
    });
    let lowered = lower(before, &mut Diagnostics::new());
    let schemas = &lowered["components"]["schemas"];
    assert_eq!(
        schemas["A"]["properties"],
        json!({
            "b": {"$ref": "#/components/schemas/B2"},
            "c": {"$ref": "#/components/schemas/C"},
            "first": {"$ref": "#/components/schemas/T/items/anyOf/1"},
            "name": {"$ref": "#/components/schemas/M/anyOf/1/properties/name"},
            "arm": {"$ref": "#/components/schemas/N/anyOf/1"}
        })
    );
    assert_eq!(schemas["B2"], json!({"type": "integer"}));
    assert_eq!(schemas["C"], json!({"type": "boolean"}));
    for reference in schemas["A"]["properties"].as_object().into_iter().flat_map(|object| object.values()) {
        let pointer = reference["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        assert!(pointer.and_then(|pointer| lowered.pointer(pointer)).is_some(), "{reference} cannot be resolved");
    }
}
