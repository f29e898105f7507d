//! The parts of a document that the canonical form keeps and drops.

use crm_clients_document::canonical::{canonicalise, to_json, to_yaml};
use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::load::load;
use crm_clients_document::origin::SourceMap;
use serde_json::{Value, json};

/// Returns the canonical form of a minimal document with one additional member.
fn canonical(key: &str, value: Value) -> Value {
    canonicalise(json!({"openapi": "3.1.0", key: value}), true)[key].take()
}

#[test]
fn descriptions_are_dropped_and_the_interface_is_kept() {
    let operation = json!({
        "summary": "x", "description": "x", "externalDocs": {"url": "x"}, "x-codegen": 1, "operationId": "list", "tags": ["T"], "deprecated": true,
        "security": [{"key": []}],
        "parameters": [{
            "name": "description", "in": "query", "description": "x", "example": 1, "examples": {"a": {"value": 1}},
            "schema": {"type": "integer", "title": "x", "example": 1, "default": 2, "enum": [1, 2], "maximum": 3, "$comment": "x"},
        }],
        "requestBody": {"description": "x", "content": {"application/json": {"example": {}, "schema": {"$ref": "#/components/schemas/A"}}}},
        "responses": {"200": {"description": "x", "headers": {"x-rate": {"description": "x", "schema": {}}}}, "x-more": {"description": "x"}},
    });
    let kept = json!({
        "operationId": "list", "tags": ["T"], "deprecated": true,
        "security": [{"key": []}],
        "parameters": [{
            "name": "description", "in": "query",
            "schema": {"type": "integer", "default": 2, "enum": [1, 2], "maximum": 3},
        }],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
        "responses": {"200": {"description": "", "headers": {"x-rate": {"schema": {}}}}},
    });
    let paths = canonical("paths", json!({"/a": {"summary": "x", "get": operation}, "x-more": {}}));
    assert_eq!(to_json(&paths), to_json(&json!({"/a": {"get": kept}})), "the order is kept");
}

#[test]
fn names_are_not_descriptions() {
    let names = json!({"description": {"type": "string"}, "title": {}, "summary": {}, "example": {}, "examples": {}, "x-id": {}, "contact": {}});
    let schema = json!({
        "properties": names, "patternProperties": names, "required": ["title"], "default": {"title": "x"}, "const": {"description": "x"},
        "additionalProperties": {"properties": names}, "items": [{"properties": names}], "allOf": [{"properties": names}],
        "discriminator": {"propertyName": "title", "mapping": {"description": "A"}},
    });
    let components = json!({
        "schemas": {"title": schema, "description": schema},
        "responses": {"summary": {"description": ""}},
        "parameters": {"example": {"name": "x", "in": "query"}},
    });
    assert_eq!(canonical("components", components.clone()), components);
}

#[test]
fn required_descriptions_are_emptied() {
    let info = json!({"title": "A", "summary": "x", "description": "x", "termsOfService": "x", "contact": {}, "license": {"name": "MIT"}, "version": "1"});
    assert_eq!(canonical("info", info), json!({"title": "A", "license": {"name": "MIT"}, "version": "1"}));
    let tags = json!([{"name": "T", "description": "x", "externalDocs": {"url": "x"}}]);
    assert_eq!(canonical("tags", tags), json!([{"name": "T"}]));
    let servers =
        json!([{"url": "https://a", "description": "x", "variables": {"title": {"default": "x", "description": "x"}}}]);
    assert_eq!(canonical("servers", servers), json!([{"url": "https://a", "variables": {"title": {"default": "x"}}}]));
    let flows = json!({"clientCredentials": {"tokenUrl": "https://a", "scopes": {"x-read": "x", "title": "x"}}});
    let schemes = canonical(
        "components",
        json!({"securitySchemes": {"a": {"type": "oauth2", "description": "x", "flows": flows}}}),
    );
    let scopes = json!({"x-read": "", "title": ""});
    assert_eq!(
        schemes["securitySchemes"]["a"],
        json!({"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a", "scopes": scopes}}})
    );
}

#[test]
fn descriptions_are_kept_on_request() {
    let document = json!({"openapi": "3.1.0", "info": {"description": "x"}, "x-a": 1});
    assert_eq!(canonicalise(document.clone(), false), document);
}

#[test]
fn yaml_round_trips() {
    let texts = [
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "true",
        "null",
        "~",
        "",
        " ",
        "1",
        "1.0",
        "1e3",
        "0x1F",
        "0o7",
        "007",
        "1_000",
        "+1",
        "-",
        "=",
        "<",
        "1:30",
        "2026-01-01",
        ".5",
        ".inf",
        "-.inf",
        ".NaN",
        "a: b",
        "a #b",
        "#a",
        "'a'",
        "\"a\"",
        "a\nb",
        "a\n",
        "\na",
        "  a\n b\n",
        "- on\n",
        "k: on",
        "\t",
        "%a",
        "@a",
        "`a`",
        "&a",
        "*a",
        "!a",
        "?",
        "? a",
        "[a",
        "{a",
        "|",
        ">",
        "é",
        "\u{1f600}",
        "\u{7f}",
        "\u{85}",
        "\u{feff}",
        "---",
        "...",
        "on:",
        "a:",
    ];
    for text in texts {
        let value =
            json!({"list": [text, [text]], "map": {"value": text, "inner": [{"key": text}]}, text: {text: text}});
        let read: Result<Value, _> = crm_clients_document::yaml::from_str(&to_yaml(&value));
        assert_eq!(read.ok(), Some(value), "{text:?}");
    }
}

/// Parsing and writing a number with excess digits must not change it repeatedly.
#[test]
fn numbers_are_stable() {
    for text in ["-92233720368547705808", "0.30000000000000004", "1.7976931348623157e308", "123456789012345678.9"] {
        let read = |text: &str| {
            let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
            let text = format!("{{\"openapi\": \"3.1.0\", \"x-limit\": {text}}}");
            let read = |_: &str| Ok(text.clone().into_bytes());
            load("openapi.json", &read, &mut documents, &mut diagnostics).unwrap_or_default()
        };
        let number = read(text)["x-limit"].clone();
        assert_eq!(number.as_f64(), text.parse().ok());
        assert_eq!(read(&number.to_string())["x-limit"], number, "{text}");
    }
}

#[test]
fn yaml_1_1_parsers_agree() {
    let value = json!({"on": ["on", "off", "2026-01-01", "online", -1, 1.5], "version": "1.0", "time": "1:30", "no": {"y": "=", "a": "a-b"}});
    let yaml = "'on':\n- 'on'\n- 'off'\n- '2026-01-01'\n- online\n- -1\n- 1.5\nversion: '1.0'\ntime: '1:30'\n'no':\n  'y': '='\n  a: a-b\n";
    assert_eq!(to_yaml(&value), yaml);
}

#[test]
fn json_is_indented_and_ends_with_a_line_feed() {
    assert_eq!(to_json(&json!({"b": [1], "a": {}})), "{\n  \"b\": [\n    1\n  ],\n  \"a\": {}\n}\n");
}
