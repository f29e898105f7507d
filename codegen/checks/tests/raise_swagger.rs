//! Raising of Swagger 2.0, one construct at a time.

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::raise;
use serde_json::{Value, json};

/// Returns the raised document, and the codes of the warnings with their pointers.
fn raised(mut document: Value) -> (Value, Vec<String>) {
    document["swagger"] = json!("2.0");
    let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    raise(&mut document, &mut documents, &mut diagnostics);
    let mut again = document.clone();
    raise(&mut again, &mut documents, &mut Diagnostics::new());
    assert_eq!(again, document, "raising a second time");
    assert_eq!(document["openapi"], "3.2.0");
    assert_eq!(document.get("swagger"), None);
    (document, diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect())
}

/// Returns the raised operation `GET /a` of a document with these members.
fn operation(document: Value, operation: Value) -> (Value, Vec<String>) {
    let mut document = document;
    document["paths"] = json!({"/a": {"get": operation}});
    let (raised, warnings) = raised(document);
    (raised["paths"]["/a"]["get"].clone(), warnings)
}

#[test]
fn servers() {
    for (document, servers) in [
        (
            json!({"host": "a.example", "basePath": "/v1/", "schemes": ["http", "https"]}),
            json!([{"url": "https://a.example/v1"}, {"url": "http://a.example/v1"}]),
        ),
        (json!({"host": "a.example:8080"}), json!([{"url": "https://a.example:8080"}])),
        (json!({"basePath": "/v1"}), json!([{"url": "/v1"}])),
        (json!({"basePath": "/"}), Value::Null),
    ] {
        assert_eq!(raised(document.clone()).0.get("servers").cloned().unwrap_or_default(), servers, "{document}");
    }
    let (operation, _) = operation(json!({"host": "a.example"}), json!({"schemes": ["wss"], "responses": {}}));
    assert_eq!(operation, json!({"responses": {}, "servers": [{"url": "wss://a.example"}]}));
}

/// Callers of a flow without its URLs have a token.
#[test]
fn flows_without_urls() {
    for (scheme, expected) in [
        (
            json!({"type": "oauth2", "flow": "implicit", "scopes": {}}),
            json!({"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "", "scopes": {}}}}),
        ),
        (
            json!({"type": "oauth2", "flow": "accessCode", "authorizationUrl": "/a", "scopes": {}}),
            json!({"type": "http", "scheme": "bearer"}),
        ),
        (json!({"type": "oauth2", "flow": "password"}), json!({"type": "http", "scheme": "bearer"})),
    ] {
        let (raised, warnings) = raised(json!({"paths": {}, "securityDefinitions": {"key": scheme}}));
        assert_eq!(raised["components"]["securitySchemes"]["key"], expected);
        assert_eq!(warnings, Vec::<String>::new());
    }
}

#[test]
fn parameters() {
    let (operation, warnings) = operation(
        json!({}),
        json!({"parameters": [
            {"name": "a", "in": "query", "description": "D", "type": "integer", "maximum": 5, "exclusiveMaximum": true, "x-b": 1},
            {"name": "csv", "in": "query", "type": "array", "items": {"type": "string", "x-nullable": true}},
            {"name": "multi", "in": "query", "type": "array", "items": {}, "collectionFormat": "multi"},
            {"name": "ssv", "in": "query", "type": "array", "items": {}, "collectionFormat": "ssv"},
            {"name": "pipes", "in": "query", "type": "array", "items": {}, "collectionFormat": "pipes"},
            {"name": "tsv", "in": "query", "type": "array", "items": {}, "collectionFormat": "tsv"},
            {"name": "X", "in": "header", "type": "array", "items": {"type": "array", "items": {}, "collectionFormat": "pipes"}},
            {"name": "Y", "in": "header", "type": "array", "items": {}, "collectionFormat": "ssv"},
            {"name": "Z", "in": "header", "type": "array", "items": {}, "collectionFormat": "multi"},
            {"name": "p", "in": "path", "required": true, "type": "array", "items": {}, "collectionFormat": "tsv"},
            {"name": "d", "in": "query", "type": "string", "default": {"$ref": "x"}, "enum": ["a"], "allowEmptyValue": true}
        ]}),
    );
    let array = |name: &str, style: &str, explode: bool| json!({"name": name, "in": "query", "schema": {"type": "array", "items": {}}, "style": style, "explode": explode});
    assert_eq!(
        operation["parameters"],
        json!([
            {"name": "a", "in": "query", "description": "D", "x-b": 1, "schema": {"type": "integer", "exclusiveMaximum": 5}},
            {"name": "csv", "in": "query", "style": "form", "explode": false,
                "schema": {"type": "array", "items": {"type": ["string", "null"]}}},
            array("multi", "form", true),
            array("ssv", "spaceDelimited", false),
            array("pipes", "pipeDelimited", false),
            {"name": "tsv", "in": "query", "schema": {"type": "array", "items": {}}, "style": "form", "explode": false,
                "x-collection-format": "tsv"},
            {"name": "X", "in": "header", "style": "simple", "explode": false,
                "schema": {"type": "array", "items": {"type": "array", "items": {}}}},
            {"name": "Y", "in": "header", "schema": {"type": "array", "items": {}}, "style": "simple", "explode": false,
                "x-collection-format": "ssv"},
            {"name": "Z", "in": "header", "schema": {"type": "array", "items": {}}, "style": "simple", "explode": false},
            {"name": "p", "in": "path", "required": true, "schema": {"type": "array", "items": {}}, "style": "simple",
                "explode": false},
            {"name": "d", "in": "query", "allowEmptyValue": true,
                "schema": {"type": "string", "default": {"$ref": "x"}, "enum": ["a"]}}
        ])
    );
    assert_eq!(
        warnings,
        [
            "not-expressible /paths/~1a/get/parameters/8/collectionFormat",
            "not-expressible /paths/~1a/get/parameters/9/collectionFormat",
            "not-expressible /paths/~1a/get/parameters/6/schema/items/collectionFormat"
        ]
    );
}

#[test]
fn bodies() {
    let body = json!({"name": "b", "in": "body", "required": true, "description": "D", "schema": {"type": "file"}});
    let (made, _) = operation(
        json!({"consumes": ["a/b"]}),
        json!({"parameters": [body, {"name": "q", "in": "query", "type": "string"}], "responses": {}}),
    );
    let schema = json!({"type": "string", "format": "binary"});
    assert_eq!(
        made,
        json!({
            "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
            "responses": {},
            "requestBody": {"required": true, "description": "D", "content": {"a/b": {"schema": schema}}}
        })
    );
    let (made, _) = operation(json!({}), json!({"consumes": ["c/d", "e/f"], "parameters": [body]}));
    assert_eq!(made["requestBody"]["content"], json!({"c/d": {"schema": schema}, "e/f": {"schema": schema}}));
    let (made, warnings) = operation(json!({}), json!({"parameters": [body, body, {"name": "f", "in": "formData"}]}));
    assert_eq!(made["requestBody"]["content"], json!({"application/json": {"schema": schema}}));
    assert_eq!(
        warnings,
        ["duplicate-parameter /\0/paths/~1a/get/parameters/1", "body-and-form /\0/paths/~1a/get/parameters/2"]
    );
}

#[test]
fn forms() {
    let (made, warnings) = operation(
        json!({"consumes": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]}),
        json!({"parameters": [
            {"name": "a", "in": "formData", "type": "string", "required": true, "description": "D", "x-a": 1},
            {"name": "b", "in": "formData", "type": "array", "items": {"type": "string"}}
        ]}),
    );
    let media_type = json!({
        "schema": {
            "type": "object",
            "properties": {"a": {"type": "string", "description": "D", "x-a": 1}, "b": {"type": "array", "items": {"type": "string"}}},
            "required": ["a"]
        },
        "encoding": {"b": {"style": "form", "explode": false}}
    });
    assert_eq!(
        made,
        json!({"requestBody": {"required": true, "content": {"application/x-www-form-urlencoded": media_type, "multipart/form-data": media_type}}})
    );
    assert_eq!(warnings, Vec::<String>::new());
    let (made, _) = operation(json!({}), json!({"parameters": [{"name": "f", "in": "formData", "type": "file"}]}));
    assert_eq!(
        made["requestBody"],
        json!({"content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"f": {"type": "string", "format": "binary"}}}}}})
    );
    let field = json!({"name": "n", "in": "formData", "schema": {"type": "integer"}, "default": 1, "example": 2, "formatting": 3});
    let (made, warnings) = operation(json!({}), json!({"parameters": [field]}));
    assert_eq!(
        made["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"],
        json!({"n": {"type": "integer", "default": 1}})
    );
    assert_eq!(
        warnings,
        [
            "misplaced-keyword /\0/paths/~1a/get/parameters/0/schema",
            "unknown-key /\0/paths/~1a/get/parameters/0/formatting"
        ]
    );
}

#[test]
fn responses() {
    let (made, _) = operation(
        json!({"produces": ["application/json", "a/b"]}),
        json!({"responses": {
            "200": {
                "description": "D",
                "schema": {"type": "string", "x-nullable": true},
                "headers": {"X": {"type": "integer", "description": "H"}},
                "examples": {"a/b": {"$ref": "x"}, "c/d": 1}
            },
            "204": {"description": ""},
            "400": {"$ref": "#/responses/R"}
        }}),
    );
    let schema = json!({"type": ["string", "null"]});
    assert_eq!(
        made["responses"],
        json!({
            "200": {
                "description": "D",
                "headers": {"X": {"description": "H", "schema": {"type": "integer"}}},
                "content": {"application/json": {"schema": schema}, "a/b": {"schema": schema, "example": {"$ref": "x"}}, "c/d": {"schema": schema, "example": 1}}
            },
            "204": {"description": ""},
            "400": {"$ref": "#/responses/R"}
        })
    );
    let (made, _) =
        operation(json!({}), json!({"responses": {"200": {"description": "", "schema": {"type": "file"}}}}));
    assert_eq!(
        made["responses"]["200"]["content"],
        json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}})
    );
}

#[test]
fn security() {
    let urls = json!({"authorizationUrl": "/a", "tokenUrl": "/t", "scopes": {"s": "S"}});
    let flow = |name: &str| json!({"type": "oauth2", "flow": name, "authorizationUrl": "/a", "tokenUrl": "/t", "scopes": {"s": "S"}});
    for (before, after) in [
        (json!({"type": "basic", "description": "D"}), json!({"type": "http", "description": "D", "scheme": "basic"})),
        (
            json!({"type": "apiKey", "name": "k", "in": "header"}),
            json!({"type": "apiKey", "name": "k", "in": "header"}),
        ),
        (flow("implicit"), json!({"type": "oauth2", "flows": {"implicit": urls}})),
        (flow("password"), json!({"type": "oauth2", "flows": {"password": urls}})),
        (flow("application"), json!({"type": "oauth2", "flows": {"clientCredentials": urls}})),
        (flow("accessCode"), json!({"type": "oauth2", "flows": {"authorizationCode": urls}})),
    ] {
        let (raised, _) = raised(json!({"securityDefinitions": {"s": before}, "security": [{"s": ["s"]}]}));
        assert_eq!(raised["components"]["securitySchemes"]["s"], after);
        assert_eq!(raised["security"], json!([{"s": ["s"]}]));
    }
}

/// The URLs determine an unknown flow.
#[test]
fn unknown_flows() {
    for (scheme, after) in [
        (json!({"authorizationUrl": "/a", "tokenUrl": "/t"}), "authorizationCode"),
        (json!({"authorizationUrl": "/a", "flow": "magic"}), "implicit"),
        (json!({"tokenUrl": "/t"}), "clientCredentials"),
        (json!({"scopes": {}}), "bearer"),
    ] {
        let mut before = scheme.clone();
        before["type"] = json!("oauth2");
        let (raised, warnings) = raised(json!({"securityDefinitions": {"s": before}}));
        let read = &raised["components"]["securitySchemes"]["s"];
        assert!(read["flows"].get(after).is_some() || read["scheme"] == after, "{scheme}: {read}");
        assert_eq!(warnings, ["missing-key ", "unknown-value /components/securitySchemes/s"]);
    }
}

/// Sections become components, and references are updated; overrides of an operation are expanded.
#[test]
fn sections() {
    let (raised, warnings) = raised(json!({
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "definitions": {"A": {"discriminator": "k", "properties": {"a": {"$ref": "#/definitions/A"}, "p": {"$ref": "#/parameters/Body/schema"}}}},
        "parameters": {
            "Page": {"name": "page", "in": "query", "type": "integer"},
            "Body": {"name": "body", "in": "body", "schema": {"$ref": "#/definitions/A"}},
            "Field": {"name": "field", "in": "formData", "type": "string"}
        },
        "responses": {"R": {"description": "D", "schema": {"$ref": "#/definitions/A"}}},
        "paths": {
            "/a": {
                "parameters": [{"$ref": "#/parameters/Page"}, {"$ref": "#/parameters/Body"}],
                "put": {"responses": {"default": {"$ref": "#/responses/R"}}},
                "post": {"consumes": ["a/b"], "produces": ["c/d"], "responses": {"default": {"$ref": "#/responses/R"}}}
            },
            "/b": {"post": {"parameters": [{"$ref": "#/parameters/Field"}, {"$ref": "#/paths/~1a/parameters/0"}], "responses": {}}}
        }
    }));
    let a = json!({"$ref": "#/components/schemas/A"});
    assert_eq!(
        raised["components"],
        json!({
            "schemas": {"A": {"discriminator": {"propertyName": "k"}, "properties": {
                "a": a, "p": {"$ref": "#/components/requestBodies/Body/content/application~1json/schema"}
            }}},
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
            "requestBodies": {"Body": {"content": {"application/json": {"schema": a}}}},
            "responses": {"R": {"description": "D", "content": {"application/json": {"schema": a}}}}
        })
    );
    let item = &raised["paths"]["/a"];
    assert_eq!(item["parameters"], json!([{"$ref": "#/components/parameters/Page"}]));
    assert_eq!(item["put"]["requestBody"], json!({"$ref": "#/components/requestBodies/Body"}));
    assert_eq!(item["put"]["responses"], json!({"default": {"$ref": "#/components/responses/R"}}));
    assert_eq!(item["post"]["requestBody"], json!({"content": {"a/b": {"schema": a}}}));
    assert_eq!(item["post"]["responses"], json!({"default": {"description": "D", "content": {"c/d": {"schema": a}}}}));
    let form = &raised["paths"]["/b"]["post"];
    assert_eq!(form["parameters"], json!([{"$ref": "#/paths/~1a/parameters/0"}]));
    assert_eq!(
        form["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"],
        json!({"type": "object", "properties": {"field": {"type": "string"}}})
    );
    assert_eq!(warnings, Vec::<String>::new());
}
