//! Raising, one construct at a time, and the parts that it does not change.

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::load::load;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::raise;
use serde_json::{Value, json};

/// Returns the raised document, and the codes of the warnings with their pointers.
fn raised(mut document: Value) -> (Value, Vec<String>) {
    let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    raise(&mut document, &mut documents, &mut diagnostics);
    let mut again = document.clone();
    raise(&mut again, &mut documents, &mut Diagnostics::new());
    assert_eq!(again, document, "raising a second time");
    (document, diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect())
}

/// Checks cases of the schema `S` before and after, in a document with other schemas.
fn check(version: &str, cases: &[(Value, Value)]) {
    for (before, after) in cases {
        let document = json!({
            "openapi": version,
            "info": {"title": "T", "version": "1"},
            "paths": {},
            "components": {"schemas": {"S": before, "A": {"type": "string"}, "B": {"type": "object"}}}
        });
        let (raised, warnings) = raised(document);
        assert_eq!(&raised["components"]["schemas"]["S"], after, "raising {before}");
        assert_eq!(raised["openapi"], "3.2.0");
        assert_eq!(warnings, Vec::<String>::new(), "raising {before}");
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn nullable() {
    let (a, b, no) = (reference("A"), reference("B"), json!({"type": "null"}));
    check(
        "3.0.3",
        &[
            (json!({"type": "string", "nullable": true}), json!({"type": ["string", "null"]})),
            (json!({"type": "string", "nullable": false}), json!({"type": "string"})),
            (json!({"type": ["string"], "nullable": true}), json!({"type": ["string", "null"]})),
            (json!({"type": "string", "nullable": "yes"}), json!({"type": "string", "nullable": "yes"})),
            (
                json!({"type": "string", "enum": ["a"], "nullable": true}),
                json!({"type": ["string", "null"], "enum": ["a", null]}),
            ),
            (json!({"enum": ["a", null], "nullable": true}), json!({"enum": ["a", null]})),
            (json!({"oneOf": [a, b], "nullable": true}), json!({"oneOf": [a, b, no]})),
            (
                json!({"anyOf": [a, {"type": "string", "nullable": true}], "nullable": true}),
                json!({"anyOf": [a, {"type": ["string", "null"]}]}),
            ),
            (
                json!({"$ref": a["$ref"], "description": "D", "nullable": true}),
                json!({"description": "D", "anyOf": [a, no]}),
            ),
            (
                json!({"type": "object", "allOf": [a], "title": "T", "nullable": true, "example": null, "x-y": 1}),
                json!({"title": "T", "examples": [null], "x-y": 1, "anyOf": [{"type": "object", "allOf": [a]}, no]}),
            ),
            (json!({"nullable": true, "description": "D"}), json!({"description": "D", "anyOf": [{}, no]})),
            (
                json!({"oneOf": [a, {"nullable": true, "description": "D"}]}),
                json!({"oneOf": [a, {"description": "D", "type": "null"}]}),
            ),
            (
                json!({"properties": {"nullable": {"type": "string", "nullable": true}}}),
                json!({"properties": {"nullable": {"type": ["string", "null"]}}}),
            ),
        ],
    );
    // Keywords of older versions are accepted in later ones.
    check(
        "3.1.0",
        &[
            (json!({"type": "string", "nullable": true}), json!({"type": ["string", "null"]})),
            (json!({"type": "string", "x-nullable": true}), json!({"type": ["string", "null"]})),
        ],
    );
}

#[test]
fn keywords_of_older_drafts() {
    check(
        "3.0.3",
        &[
            (json!({"minimum": 5, "exclusiveMinimum": true}), json!({"exclusiveMinimum": 5})),
            (json!({"maximum": 5, "exclusiveMaximum": false}), json!({"maximum": 5})),
            (json!({"exclusiveMaximum": true}), json!({})),
            (json!({"minimum": 3, "exclusiveMinimum": 5}), json!({"minimum": 3, "exclusiveMinimum": 5})),
            (json!({"example": {"example": 1}}), json!({"examples": [{"example": 1}]})),
            (json!({"example": 1, "examples": [2, 1]}), json!({"examples": [1, 2]})),
            (
                json!({"items": [{"type": "string", "nullable": true}, {"example": 1}], "additionalItems": {"example": 2}}),
                json!({"prefixItems": [{"type": ["string", "null"]}, {"examples": [1]}], "items": {"examples": [2]}}),
            ),
            (
                json!({"definitions": {"D": {"example": 1}}, "items": {"$ref": "#/components/schemas/S/definitions/D"}}),
                json!({"$defs": {"D": {"examples": [1]}}, "items": {"$ref": "#/components/schemas/S/$defs/D"}}),
            ),
            (
                json!({"dependencies": {"a": ["b"], "c": {"example": 1}}}),
                json!({"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"examples": [1]}}}),
            ),
            (json!({"discriminator": "kind"}), json!({"discriminator": {"propertyName": "kind"}})),
            (
                json!({"$ref": "#/components/schemas/A", "summary": "Mine"}),
                json!({"$ref": "#/components/schemas/A", "description": "Mine"}),
            ),
            (
                json!({"xml": {"name": "a", "attribute": true}, "properties": {"xml": {"xml": {"wrapped": true}}}}),
                json!({"xml": {"name": "a", "nodeType": "attribute"}, "properties": {"xml": {"xml": {"nodeType": "element"}}}}),
            ),
            (json!({"type": "string", "format": "byte"}), json!({"type": "string", "format": "byte"})),
        ],
    );
}

/// References are updated when their targets move, also repeatedly and with percent-encoding.
#[test]
fn references_are_updated() {
    let document = json!({
        "openapi": "3.0.3",
        "paths": {"/a/{id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {
            "allOf": [{"properties": {"p": {"items": [{"definitions": {"D": {"type": "string"}}}]}}}], "nullable": true
        }}}}}}}},
        "components": {
            "schemas": {"R": {"$ref": "#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema/allOf/0/properties/p/items/0/definitions/D"}},
            "examples": {"E": {"value": {"$ref": "#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema/allOf/0"}}}
        }
    });
    let (raised, _) = raised(document.clone());
    assert_eq!(
        raised["components"]["schemas"]["R"]["$ref"],
        "#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema/anyOf/0/allOf/0/properties/p/prefixItems/0/$defs/D"
    );
    assert_eq!(raised["components"]["examples"], document["components"]["examples"]);
}

#[test]
fn webhooks_and_texts() {
    let hook = json!({"post": {"requestBody": {"content": {}}}});
    let (document, warnings) = raised(json!({
        "openapi": "3.0.3",
        "info": {"version": 1.5, "license": {"identifier": "MIT"}},
        "servers": [{"url": "/{port}", "variables": {"port": {"default": 443, "enum": [443, 8443]}}}],
        "x-webhooks": {"made": hook},
        "paths": {"/a": {"get": {
            "parameters": [{"$ref": "#/components/parameters/P", "required": true}],
            "responses": {"200": {"content": {"a/b": {"examples": [1, 2]}}}}
        }}},
        "components": {"securitySchemes": {"o": {"type": "oauth2", "flows": {"password": {"tokenUrl": "/t"}}}}}
    }));
    assert_eq!(
        document["info"],
        json!({"version": "1.5", "license": {"identifier": "MIT", "name": "MIT"}, "title": ""})
    );
    assert_eq!(document["servers"][0]["variables"], json!({"port": {"default": "443", "enum": ["443", "8443"]}}));
    assert_eq!((&document["webhooks"], document.get("x-webhooks")), (&json!({"made": hook}), None));
    assert_eq!(document["paths"]["/a"]["get"]["parameters"], json!([{"$ref": "#/components/parameters/P"}]));
    assert_eq!(
        document["paths"]["/a"]["get"]["responses"]["200"]["content"]["a/b"],
        json!({"examples": {"1": {"value": 1}, "2": {"value": 2}}})
    );
    let flows = &document["components"]["securitySchemes"]["o"]["flows"];
    assert_eq!(flows, &json!({"password": {"tokenUrl": "/t", "scopes": {}}}));
    assert_eq!(warnings, ["ignored-sibling /paths/~1a/get/parameters/0/required"]);
    let other =
        json!({"openapi": "3.0.3", "info": {"title": "", "version": ""}, "x-webhooks": {"url": "https://a.example"}});
    assert_eq!(raised(other.clone()).0["x-webhooks"], other["x-webhooks"]);
}

/// Returns a value that contains everything that raising changes.
fn data() -> Value {
    json!({
        "$ref": "#/definitions/nowhere", "nullable": true, "type": "file", "example": 1, "items": [{"nullable": true}],
        "definitions": {"A": {}}, "exclusiveMinimum": true, "minimum": 1, "discriminator": "a", "description": null,
        "x-nullable": true, "dependencies": {"a": ["b"]}, "xml": {"attribute": true}, "schema": {"nullable": true}
    })
}

/// All locations of data in a document, by JSON pointer.
const DATA: &[&str] = &[
    "/x-root",
    "/paths/x-paths",
    "/paths/~1a/get/x-operation",
    "/paths/~1a/get/responses/x-responses",
    "/paths/~1a/get/parameters/0/example",
    "/paths/~1a/get/parameters/1/examples/one/value",
    "/paths/~1a/get/parameters/1/examples/one/dataValue",
    "/paths/~1a/post/requestBody/content/a~1b/example",
    "/paths/~1a/post/requestBody/content/a~1b/examples/one/value",
    "/paths/~1a/post/responses/200/links/next/parameters/id",
    "/paths/~1a/post/responses/200/links/next/requestBody",
    "/paths/~1a/post/responses/200/links/next/x-link",
    "/components/examples/E/value",
    "/components/schemas/S/default",
    "/components/schemas/S/const",
    "/components/schemas/S/enum/0",
    "/components/schemas/S/examples/0",
    "/components/schemas/S/x-schema",
    "/components/schemas/S/properties/default/default",
    "/components/schemas/S/properties/example/items/enum/0",
    "/components/x-components",
    "/info/x-info",
];

fn set(document: &mut Value, pointer: &str, value: &Value) {
    let mut node = document;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/");
        match (token.parse::<usize>(), &mut *node) {
            (Ok(0), Value::Null) => *node = json!([{}]),
            (Ok(index), Value::Array(items)) if index == items.len() => items.push(json!({})),
            _ => {}
        }
        node = match token.parse::<usize>() {
            Ok(index) if node.is_array() => &mut node[index],
            _ => &mut node[token.as_str()],
        };
    }
    *node = value.clone();
}

#[test]
fn data_is_never_changed() {
    for version in ["3.0.3", "3.1.0", "3.2.0"] {
        let mut document = json!({
            "openapi": version, "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": {"responses": {"200": {"description": ""}}}}}
        });
        for pointer in DATA {
            set(&mut document, pointer, &data());
        }
        let (raised, _) = raised(document);
        for pointer in DATA {
            assert_eq!(raised.pointer(pointer), Some(&data()), "{pointer} in {version}");
        }
    }
}

/// Moved nodes are still shown at their original location.
#[test]
fn positions_are_in_the_original_file() {
    let text = "\
swagger: '2.0'
info: {title: T, version: '1'}
paths:
  /a:
    post:
      parameters:
        - {name: q, in: query, type: string}
        - name: body
          in: body
          schema:
            type: object
            allOf:
              - properties:
                  deep: {type: string, example: x}
            x-nullable: true
        - name: last
          in: query
          type: integer
      responses:
        '200':
          description: ok
          schema: {type: string}
definitions:
  A:
    definitions:
      B: {type: string}
";
    let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let read = |_: &str| Ok(text.as_bytes().to_vec());
    let mut document = load("openapi.yaml", &read, &mut documents, &mut diagnostics).unwrap_or_default();
    raise(&mut document, &mut documents, &mut diagnostics);
    for (pointer, line) in [
        ("/paths/~1a/post/parameters/0/schema/type", 7),
        ("/paths/~1a/post/parameters/1/name", 16),
        ("/paths/~1a/post/parameters/1/schema/type", 18),
        ("/paths/~1a/post/requestBody", 8),
        ("/paths/~1a/post/requestBody/content/application~1json/schema/anyOf/0/allOf/0/properties/deep", 14),
        ("/paths/~1a/post/requestBody/content/application~1json/schema/anyOf/0/allOf/0/properties/deep/examples/0", 14),
        ("/paths/~1a/post/responses/200/content/application~1json/schema", 22),
        ("/components/schemas/A/$defs/B/type", 26),
    ] {
        assert!(document.pointer(pointer).is_some(), "{pointer} in {document:#}");
        assert_eq!(documents.position(pointer).map(|position| position.line), Some(line), "{pointer}");
    }
}
