//! What the lowering does to everything around the schemas.

use crm_clients_codegen::diagnostic::Diagnostics;
use crm_clients_codegen::lower::{lower, publish};
use crm_clients_codegen::{Input, Pipeline};
use serde_json::{Value, json};

/// Lowers, and gives the warnings as `code pointer`.
fn lowered(before: Value) -> (Value, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let after = lower(before, &mut diagnostics);
    assert_eq!(lower(after.clone(), &mut Diagnostics::new()), after, "lowered a second time");
    let warnings = diagnostics.iter().map(|warning| format!("{} {}", warning.code, warning.pointer)).collect();
    (after, warnings)
}

/// Lowers a document of these paths.
fn lowered_paths(paths: Value) -> (Value, Vec<String>) {
    let (document, warnings) = lowered(json!({
        "openapi": "3.0.1",
        "info": {"title": "T", "version": "1"},
        "paths": paths,
        "components": {
            "parameters": {"Id": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}},
            "responses": {"Full": {
                "description": "Full",
                "content": {"application/json": {}},
                "headers": {"X": {"schema": {"type": ["string", "null"]}}}
            }}
        }
    }));
    (document["paths"].clone(), warnings)
}

#[test]
fn root() {
    let (after, warnings) = lowered(json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "d",
        "info": {"summary": "S", "version": 1.5, "license": {"identifier": "MIT"}},
        "servers": [{"url": "https://{p}", "variables": {"p": {"default": 443, "enum": [443, 8443]}}}],
        "webhooks": {"made": {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": ["string", "null"]}}}}}}},
        "components": {"securitySchemes": {"o": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t"}}}}}
    }));
    assert_eq!(
        after,
        json!({
            "openapi": "3.0.3",
            "info": {"version": "1.5", "license": {"name": "MIT"}, "title": ""},
            "servers": [{"url": "https://{p}", "variables": {"p": {"default": "443", "enum": ["443", "8443"]}}}],
            "components": {"securitySchemes": {"o": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {}}}}}},
            "x-webhooks": {"made": {"post": {
                "requestBody": {"content": {"application/json": {"schema": {"type": "string", "nullable": true}}}},
                "responses": {"default": {"description": ""}}
            }}},
            "paths": {}
        })
    );
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn mutual_tls() {
    let (after, warnings) = lowered(json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "security": [{"tls": [], "key": []}],
        "paths": {"/a": {"get": {"security": [{"tls": []}], "responses": {}}}},
        "components": {"securitySchemes": {"tls": {"type": "mutualTLS"}, "key": {"type": "apiKey", "in": "header", "name": "k"}}}
    }));
    assert_eq!(after["security"], json!([{"key": []}]));
    assert_eq!(after["paths"]["/a"]["get"]["security"], json!([{}]));
    assert_eq!(after["components"]["securitySchemes"], json!({"key": {"type": "apiKey", "in": "header", "name": "k"}}));
    assert_eq!(warnings, ["unsupported-security-scheme /components/securitySchemes/tls"]);
}

#[test]
fn path_items_by_reference() {
    let (after, warnings) = lowered(json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/a": {"$ref": "#/components/pathItems/A", "get": {"summary": "Mine", "responses": {}}},
            "/b": {"$ref": "#/paths/~1a"},
            "/c": {"get": {"responses": {"200": {"$ref": "#/components/pathItems/A/put/responses/200"}}}}
        },
        "components": {"pathItems": {"A": {
            "get": {"summary": "Theirs", "responses": {}},
            "put": {"responses": {"200": {"description": "Put"}}}
        }}}
    }));
    let merged =
        json!({"get": {"summary": "Mine", "responses": {}}, "put": {"responses": {"200": {"description": "Put"}}}});
    assert_eq!(after["paths"]["/a"], merged);
    assert_eq!(after["paths"]["/b"], merged);
    assert_eq!(after["paths"]["/c"]["get"]["responses"]["200"], json!({"$ref": "#/paths/~1a/put/responses/200"}));
    assert_eq!(after["components"], json!({}));
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn path_parameters() {
    let (after, warnings) = lowered_paths(json!({
        "/a/{id}/{other}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}, {"name": "stray", "in": "path", "required": true, "schema": {}}],
            "get": {"parameters": [{"name": "other", "in": "path", "schema": {"type": "integer"}}], "responses": {}},
            "put": {"responses": {}}
        }
    }));
    assert_eq!(
        after["/a/{id}/{other}"],
        json!({
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {"parameters": [{"name": "other", "in": "path", "schema": {"type": "integer"}, "required": true}], "responses": {}},
            "put": {"responses": {}, "parameters": [{"name": "other", "in": "path", "required": true, "schema": {"type": "string"}}]}
        })
    );
    assert_eq!(
        warnings,
        [
            "optional-path-parameter /paths/~1a~1{id}~1{other}/get/parameters/0/required",
            "unused-path-parameter /paths/~1a~1{id}~1{other}/parameters/1",
            "undeclared-path-parameter /paths/~1a~1{id}~1{other}/put",
        ]
    );
}

#[test]
fn parameters() {
    let (after, warnings) = lowered_paths(json!({
        "/a": {"get": {
            "parameters": [
                {"name": "q", "in": "query"},
                {"name": "q", "in": "header", "schema": {"type": ["string", "null"]}},
                {"name": "q", "in": "query", "schema": {"type": "integer"}},
                {"name": "old", "in": "query", "type": "array", "items": {"type": "string"}, "examples": [["a"]]},
                {"name": "c", "in": "query", "content": {"application/json": {"schema": {"const": 1}}}}
            ],
            "callbacks": {"on": {}},
            "responses": {}
        }}
    }));
    assert_eq!(
        after["/a"]["get"],
        json!({
            "parameters": [
                {"name": "q", "in": "query", "schema": {}},
                {"name": "q", "in": "header", "schema": {"type": "string", "nullable": true}},
                {"name": "old", "in": "query", "example": ["a"], "schema": {"type": "array", "items": {"type": "string"}}},
                {"name": "c", "in": "query", "content": {"application/json": {"schema": {"enum": [1], "type": "integer"}}}}
            ],
            "responses": {}
        })
    );
    assert_eq!(
        warnings,
        ["misplaced-keyword /paths/~1a/get/parameters/3/type", "duplicate-parameter /paths/~1a/get/parameters/2"]
    );
}

#[test]
fn responses() {
    let (after, warnings) = lowered_paths(json!({
        "/a": {"delete": {
            "requestBody": {"content": {"application/json": {"schema": {}}}},
            "responses": {
                "200": {"$ref": "#/components/responses/Full", "description": "Mine", "headers": {}},
                "204": {"content": {"application/json": {}}, "links": {}},
                "205": {"$ref": "#/components/responses/Full"},
                "4XX": {"headers": {"X-Left": {}, "X-Type": {"type": "integer"}}}
            }
        }}
    }));
    assert_eq!(
        after["/a"]["delete"],
        json!({
            "requestBody": {"content": {"application/json": {"schema": {}}}},
            "responses": {
                "200": {"$ref": "#/components/responses/Full", "description": "Mine"},
                "204": {"description": ""},
                "205": {"description": "Full", "headers": {"X": {"schema": {"type": "string", "nullable": true}}}},
                "4XX": {"headers": {"X-Left": {"schema": {}}, "X-Type": {"schema": {"type": "integer"}}}, "description": ""}
            }
        })
    );
    assert_eq!(
        warnings,
        [
            "ignored-sibling /paths/~1a/delete/responses/200/headers",
            "misplaced-keyword /paths/~1a/delete/responses/4XX/headers/X-Type/type",
            "body-on-bodyless-status /paths/~1a/delete/responses/204",
            "body-on-bodyless-status /paths/~1a/delete/responses/205",
        ]
    );
}

#[test]
fn percent_encoded_references() {
    let (after, warnings) = lowered_paths(json!({
        "/a/{id}": {"parameters": [{"name": "id", "in": "path", "required": true, "schema": {}}]},
        "/b/{id}": {"get": {"parameters": [{"$ref": "#/paths/~1a~1%7Bid%7D/parameters/0"}, {"$ref": "#/100%"}], "responses": {}}}
    }));
    assert_eq!(
        after["/b/{id}"]["get"]["parameters"],
        json!([{"$ref": "#/paths/~1a~1{id}/parameters/0"}, {"$ref": "#/100%"}])
    );
    assert!(warnings.is_empty(), "{warnings:?}");
}

/// The order of the document is the order of what is generated.
#[test]
fn order_is_kept() {
    let (after, _) = lowered(json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Z": {"examples": [], "$comment": "C", "type": "object", "properties": {"z": {}, "a": {}, "m": {}}}, "A": {}}}
    }));
    let keys =
        |value: &Value| value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    assert_eq!(keys(&after), ["openapi", "info", "paths", "components"]);
    assert_eq!(keys(&after["components"]["schemas"]), ["Z", "A"]);
    assert_eq!(keys(&after["components"]["schemas"]["Z"]), ["type", "properties"]);
    assert_eq!(keys(&after["components"]["schemas"]["Z"]["properties"]), ["z", "a", "m"]);
}

#[test]
fn what_is_published_is_valid_to_others() {
    let schema = |reference: &str| json!({"oneOf": [{"$ref": reference}], "discriminator": {"propertyName": "kind", "mapping": {"a": reference, "b": "B"}}});
    let document = |schema: Value, extra: Value| {
        let example = json!({"$ref": "#/{as it is}", "colour": "red"});
        let paths = json!({"/pets/{id}": {"get": {"x-own": extra, "responses": {"default": {
            "description": "", "content": {"application/json": {"schema": schema, "example": example}},
        }}}}});
        json!({"openapi": "3.0.3", "info": {"title": "", "version": ""}, "paths": paths, "x-webhooks": extra})
    };
    let extra = json!({"colour": "red"});
    let mut published = document(schema("#/paths/~1pets~1{id}/get/x-own"), extra.clone());
    published["colour"] = "red".into();
    published["paths"]["/pets/{id}"]["get"]["responses"]["default"]["colour"] = "red".into();
    publish(&mut published);
    assert_eq!(published, document(schema("#/paths/~1pets~1%7Bid%7D/get/x-own"), extra));
}

/// What OpenAPI does not know is dropped, and no reference to it is left behind.
#[test]
fn nothing_is_published_that_refers_to_nothing() {
    let published = |reference: &str| {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "", "version": ""}, "own": {"name": "x", "A": {"description": ""}},
            "paths": {"/a": {"get": {"responses": {"default": {"$ref": reference}}}}},
        });
        let read = |_: &str| Ok(document.to_string().into_bytes());
        let mut walk = Pipeline::new();
        let published = walk.published(&Input { document: "openapi.json", read: &read, overlay: None });
        (published.is_some(), walk.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>())
    };
    assert_eq!(published("#/own/A"), (true, vec!["unknown-key"]));
    assert_eq!(published("#/own/name"), (false, vec!["unknown-key", "unknown-reference"]));
}
