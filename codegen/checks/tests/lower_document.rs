//! Lowering of everything except schemas.

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::lower::{self, publish};
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::raise;
use crm_clients_document::{Input, Pipeline};
use serde_json::{Value, json};

/// Raises and lowers a document.
fn lower(mut document: Value, diagnostics: &mut Diagnostics) -> Value {
    raise(&mut document, &mut SourceMap::new(), diagnostics);
    lower::lower(document, diagnostics)
}

/// Lowers a document, and returns the warnings as `code pointer`.
fn lowered(before: Value) -> (Value, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let after = lower(before, &mut diagnostics);
    assert_eq!(lower(after.clone(), &mut Diagnostics::new()), after, "lowered a second time");
    let warnings = diagnostics.iter().map(|warning| format!("{} {}", warning.code, warning.pointer)).collect();
    (after, warnings)
}

/// Lowers a document with these paths.
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
fn empty_paths() {
    let get = json!({"get": {"responses": {"204": {"description": "N"}}}});
    for (paths, expected) in
        [(json!({"": get, "/a": {}}), json!({"/a": {}, "/": get})), (json!({"": {}, "/": get}), json!({"/": get}))]
    {
        let (after, warnings) = lowered_paths(paths);
        assert_eq!(after, expected);
        assert_eq!(warnings, ["lossy-lowering /paths/"]);
    }
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
                {"name": "old", "in": "query", "examples": {"1": {"value": ["a"]}}, "schema": {"type": "array", "items": {"type": "string"}}},
                {"name": "c", "in": "query", "content": {"application/json": {"schema": {"enum": [1], "type": "integer"}}}}
            ],
            "callbacks": {"on": {}},
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
                "200": {"$ref": "#/components/responses/Full"},
                "204": {"links": {}, "description": ""},
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

/// The order of the document determines the order of the generated code.
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
fn published_documents_are_valid() {
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

/// Members that are not part of OpenAPI are dropped, and so are references to them.
#[test]
fn published_documents_have_no_dangling_references() {
    let published = |reference: &str| {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "", "version": ""}, "own": {"name": "x", "A": {"description": ""}},
            "paths": {"/a": {"get": {"responses": {"default": {"$ref": reference}}}}},
        });
        let read = |_: &str| Ok(document.to_string().into_bytes());
        let mut walk = Pipeline::new();
        let published = walk.published(&Input { document: "openapi.json", read: &read, overlays: &[] });
        (published.is_some(), walk.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>())
    };
    assert_eq!(published("#/own/A"), (true, vec!["unknown-key"]));
    // A response cannot be a string, so it is an empty one.
    assert_eq!(published("#/own/name"), (true, vec!["unknown-reference", "unknown-key"]));
}

/// Features of 3.2 are lowered if possible, and losses are reported.
#[test]
fn features_newer_than_3_0() {
    let (after, warnings) = lowered(json!({
        "openapi": "3.2.0",
        "$self": "https://a.example/openapi.json",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "/", "name": "production"}],
        "tags": [{"name": "a", "summary": "A", "parent": "b", "kind": "nav"}],
        "paths": {"/a": {
            "query": {"responses": {}},
            "additionalOperations": {"COPY": {"responses": {}}},
            "post": {
                "parameters": [
                    {"name": "all", "in": "querystring", "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}},
                    {"name": "c", "in": "cookie", "style": "cookie", "allowReserved": true, "schema": {"type": "string"}},
                    {"name": "X-T", "in": "header", "x-collection-format": "tsv", "schema": {"type": "array", "items": {"type": "string"}}}
                ],
                "requestBody": {"$ref": "#/components/requestBodies/B"},
                "responses": {"200": {"summary": "Found", "content": {"a/b": {"$ref": "#/components/mediaTypes/M"}}}}
            }
        }},
        "components": {
            "mediaTypes": {"M": {"$ref": "#/components/mediaTypes/N"}, "N": {"itemSchema": {"type": "string"}}},
            "requestBodies": {"B": {"content": {"multipart/mixed": {"itemEncoding": {}, "encoding": {"a": {"encoding": {}}}}}}},
            "examples": {"E": {"dataValue": {"$ref": "#/a%20b"}, "serializedValue": "x"}, "S": {"serializedValue": "x"}},
            "schemas": {
                "X": {"type": "array", "items": {"type": "string", "xml": {"nodeType": "cdata"}}, "xml": {"nodeType": "element"}},
                "D": {"type": "object", "discriminator": {"propertyName": "k", "defaultMapping": "X"}}
            },
            "securitySchemes": {"o": {"type": "oauth2", "deprecated": true, "oauth2MetadataUrl": "/m",
                "flows": {"deviceAuthorization": {"deviceAuthorizationUrl": "/d", "tokenUrl": "/t", "scopes": {}}}}}
        }
    }));
    assert_eq!(
        after,
        json!({
            "openapi": "3.0.3",
            "info": {"title": "T", "version": "1"},
            "servers": [{"url": "/"}],
            "tags": [{"name": "a", "description": "A"}],
            "paths": {"/a": {"post": {
                "parameters": [
                    {"name": "all", "in": "query", "schema": {"type": "object"}, "style": "form", "explode": true},
                    {"name": "c", "in": "cookie", "style": "form", "schema": {"type": "string"}},
                    {"name": "X-T", "in": "header", "schema": {"type": "array", "items": {"type": "string"}}}
                ],
                "requestBody": {"$ref": "#/components/requestBodies/B"},
                "responses": {"200": {"content": {"a/b": {"schema": {"type": "array", "items": {"type": "string"}}}}, "description": "Found"}}
            }}},
            "components": {
                "requestBodies": {"B": {"content": {"multipart/mixed": {"encoding": {"a": {}}}}}},
                "examples": {"E": {"value": {"$ref": "#/a%20b"}}, "S": {"value": "x"}},
                "schemas": {
                    "X": {"type": "array", "items": {"type": "string", "xml": {}}, "xml": {"wrapped": true}},
                    "D": {"type": "object", "discriminator": {"propertyName": "k"}}
                },
                "securitySchemes": {"o": {"type": "oauth2", "flows": {}}}
            }
        })
    );
    let warned: Vec<&str> = warnings.iter().filter_map(|warning| warning.rsplit('/').next()).collect();
    assert!(warnings.iter().all(|warning| warning.starts_with("lossy-lowering ")), "{warnings:?}");
    assert_eq!(
        warned,
        [
            "style",
            "allowReserved",
            "x-collection-format",
            "itemSchema",
            "query",
            "additionalOperations",
            "encoding",
            "itemEncoding",
            "nodeType",
            "defaultMapping",
            "deviceAuthorization",
            "oauth2MetadataUrl"
        ]
    );
}

/// Examples, defaults and extensions that look like references are not changed.
#[test]
fn references_in_data_are_kept() {
    let data =
        json!({"$ref": "#/components/schemas/A/$defs/B%20C", "mapping": {"a": "#/components/schemas/A/$defs/B"}});
    let (after, _) = lowered(json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "x-own": data,
        "paths": {},
        "components": {"schemas": {"A": {
            "type": "object", "$defs": {"B": {"type": "string"}}, "default": data, "example": data,
            "properties": {"b": {"$ref": "#/components/schemas/A/$defs/B"}}
        }}}
    }));
    let schema = &after["components"]["schemas"]["A"];
    assert_eq!((&after["x-own"], &schema["default"], &schema["example"]), (&data, &data, &data));
    assert_eq!(schema["properties"]["b"], json!({"$ref": "#/components/schemas/B"}));
}

/// 3.0 supports callbacks, but not the path items that they refer to.
#[test]
fn callbacks_and_links_are_kept() {
    let (after, warnings) = lowered(json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": {
            "callbacks": {"done": {"$ref": "#/components/callbacks/Alias"}},
            "responses": {"200": {"description": "", "links": {"next": {"operationId": "b", "parameters": {"$ref": 1}}}}}
        }}},
        "components": {"callbacks": {
            "Alias": {"$ref": "#/components/callbacks/Done"},
            "Done": {"{$request.body#/url}": {"$ref": "#/components/pathItems/P"}}
        }, "pathItems": {"P": {"post": {"requestBody": {"content": {"a/b": {"schema": {"type": ["string", "null"]}}}}, "responses": {}}}}}
    }));
    let get = &after["paths"]["/a"]["get"];
    assert_eq!(
        get["callbacks"]["done"]["{$request.body#/url}"],
        json!({"post": {"requestBody": {"content": {"a/b": {"schema": {"type": "string", "nullable": true}}}}, "responses": {}}})
    );
    assert_eq!(get["responses"]["200"]["links"], json!({"next": {"operationId": "b", "parameters": {"$ref": 1}}}));
    assert!(warnings.is_empty(), "{warnings:?}");
}

/// Chains of many references, to path items, parameters and responses.
#[test]
fn reference_chains_have_no_limit() {
    let chain = |section: &str, last: Value| {
        let next = |index: usize| json!({"$ref": format!("#/components/{section}/R{}", index + 1)});
        let mut chain: serde_json::Map<String, Value> =
            (0..100).map(|index| (format!("R{index}"), next(index))).collect();
        chain.insert("R100".to_owned(), last);
        Value::Object(chain)
    };
    let (after, warnings) = lowered(json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a/{id}": {"$ref": "#/components/pathItems/R0"}},
        "components": {
            "pathItems": chain("pathItems", json!({"get": {
                "parameters": [{"$ref": "#/components/parameters/R0"}], "responses": {"204": {"$ref": "#/components/responses/R0"}}
            }})),
            "parameters": chain("parameters", json!({"name": "id", "in": "path", "required": true, "schema": {}})),
            "responses": chain("responses", json!({"description": "D", "content": {"a/b": {}}}))
        }
    }));
    let get = &after["paths"]["/a/{id}"]["get"];
    assert_eq!(get["parameters"], json!([{"$ref": "#/components/parameters/R0"}]));
    assert_eq!(get["responses"]["204"], json!({"description": "D"}));
    assert_eq!(warnings, ["body-on-bodyless-status /paths/~1a~1{id}/get/responses/204"]);
}
