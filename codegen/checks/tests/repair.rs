//! Documents with mistakes whose intended meaning is clear become clients; unreadable parts are left out with a
//! warning, unless the pipeline is strict.

use crm_clients_document::raise::repair;
use crm_clients_document::{Input, Pipeline};
use crm_clients_review::Lint;
use serde_json::{Value, json};

/// Returns the repaired document, and the codes and pointers of the warnings.
fn repaired(mut document: Value) -> (Value, Vec<String>) {
    let mut pipeline = Pipeline::new();
    repair(&mut document, &mut pipeline.documents, &mut pipeline.diagnostics);
    assert!(!pipeline.diagnostics.has_errors());
    (document, pipeline.diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect())
}

/// Checks an operation before and after, and its warnings.
fn operation(before: Value, after: Value, warnings: &[&str]) {
    let document =
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a/{id}": {"get": before}}});
    let (read, found) = repaired(document);
    assert_eq!(read["paths"]["/a/{id}"]["get"], after);
    let found: Vec<String> = found.iter().map(|found| found.replace("/paths/~1a~1{id}/get", "")).collect();
    assert_eq!(found, warnings, "{after}");
}

#[test]
fn lists_and_maps_are_converted() {
    operation(
        json!({"tags": "Pets", "parameters": {"id": {"in": "path", "required": true}}, "security": {"key": []}}),
        json!({"tags": ["Pets"], "parameters": [{"in": "path", "required": true, "name": "id"}], "security": [{"key": []}]}),
        &["wrong-type /tags", "wrong-type /parameters", "wrong-type /security"],
    );
    operation(
        json!({"responses": [{"200": {"description": "ok"}}, {"404": "none"}], "security": ["key"]}),
        json!({"responses": {"200": {"description": "ok"}, "404": {"description": "none"}}, "security": [{"key": []}]}),
        &["wrong-type /responses", "wrong-type /responses/404", "wrong-type /security/0"],
    );
    operation(
        json!({"requestBody": {"content": {"schema": {"properties": [{"name": "id", "type": "integer"}]}}}}),
        json!({"requestBody": {"content": {"application/json": {"schema": {"properties": {"id": {"type": "integer"}}}}}}}),
        &["wrong-type /requestBody/content", "wrong-type /requestBody/content/application~1json/schema/properties"],
    );
}

/// Tools that write empty objects as lists describe no operation in this way, but the server has it.
#[test]
fn empty_operations_are_kept() {
    let (document, warnings) =
        repaired(json!({"openapi": "3.1.0", "paths": {"/a": {"get": [], "put": null, "parameters": null}}}));
    assert_eq!(document["paths"], json!({"/a": {"get": {}, "put": {}}}));
    assert_eq!(
        warnings,
        ["empty-section /paths/~1a/get", "empty-section /paths/~1a/put", "empty-section /paths/~1a/parameters"]
    );
}

#[test]
fn empty_arrays_in_place_of_schemas_allow_any_value() {
    let body = |schema: Value| json!({"requestBody": {"content": {"application/json": {"schema": schema}}}});
    operation(
        body(json!({"properties": {"a": []}})),
        body(json!({"properties": {"a": {}}})),
        &["wrong-type /requestBody/content/application~1json/schema/properties/a"],
    );
}

#[test]
fn servers_of_swagger_are_corrected() {
    for (before, after, codes) in [
        (
            json!({"host": "https://a.example/api/", "basePath": "v1"}),
            json!({"host": "a.example", "basePath": "/api/v1", "schemes": ["https"]}),
            vec!["invalid-url /host"],
        ),
        (
            json!({"host": "http://a.example", "schemes": ["https"]}),
            json!({"host": "a.example", "schemes": ["https"]}),
            vec!["invalid-url /host"],
        ),
        (
            json!({"host": "a.example:80", "basePath": "v1"}),
            json!({"host": "a.example:80", "basePath": "/v1"}),
            vec!["invalid-url /basePath"],
        ),
        (json!({"host": "a.example", "basePath": "/"}), json!({"host": "a.example", "basePath": "/"}), vec![]),
    ] {
        let mut document = json!({"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": {}});
        let mut expected = document.clone();
        for (name, value) in before.as_object().into_iter().flatten() {
            document[name] = value.clone();
        }
        for (name, value) in after.as_object().into_iter().flatten() {
            expected[name] = value.clone();
        }
        assert_eq!(repaired(document), (expected, codes.into_iter().map(str::to_owned).collect()));
    }
}

/// The server expects the standard method; a rule of `lint` reports the mistake.
#[test]
fn standard_methods_in_lower_case_are_corrected() {
    let item = json!({"additionalOperations": {"put": {}, "copy": {}}});
    let (document, warnings) = repaired(json!({"openapi": "3.2.0", "paths": {"/a": item}}));
    assert_eq!(document["paths"]["/a"], json!({"additionalOperations": {"PUT": {}, "copy": {}}}));
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn values_statuses_and_locations_are_corrected() {
    operation(
        json!({"parameters": [{"name": "id"}, {"name": "q", "in": "Query"}, {"name": "r", "in": "quer"}]}),
        json!({"parameters": [{"name": "id", "in": "path"}, {"name": "q", "in": "query"}, {"name": "r", "in": "query"}]}),
        &["missing-key /parameters/0", "unknown-value /parameters/1/in", "unknown-value /parameters/2/in"],
    );
    operation(
        json!({"responses": {"200 OK": {}, "Default": {}, "2xx": {}, "success": {}}}),
        json!({"responses": {"200": {}, "default": {}, "2xx": {}}}),
        &[
            "invalid-status /responses/200 OK",
            "invalid-status /responses/Default",
            "unreadable-value /responses/success",
        ],
    );
}

#[test]
fn incomplete_objects_are_completed_or_left_out() {
    let (document, warnings) = repaired(json!({
        "openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"pets/{id": {}},
        "servers": [{"description": "none"}, "https://a.example", {"url": "/{v}", "variables": {"v": {"enum": ["v1"]}}}],
        "tags": [{"description": "none"}, {"name": "Pets", "externalDocs": "https://a.example"}],
        "components": {
            "securitySchemes": {
                "a": {"type": "bearer"}, "b": {"type": "apikey", "name": "K"}, "c": {"type": "magic"},
                "d": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": ["read"]}, "password": {}}},
                "e": {"type": "oauth2", "flows": null}
            },
            "schemas": {
                "A": {"properties": {"id": "integer", "required": ["id"]}},
                "B": {"enum": [], "examples": {"one": {"value": 1}}, "discriminator": "kind"},
                "C": 7
            }
        }
    }));
    assert_eq!(document["paths"], json!({"/pets/{id}": {}}));
    assert_eq!(
        document["servers"],
        json!([{"url": "https://a.example"}, {"url": "/{v}", "variables": {"v": {"enum": ["v1"], "default": "v1"}}}])
    );
    assert_eq!(document["tags"], json!([{"name": "Pets", "externalDocs": {"url": "https://a.example"}}]));
    assert_eq!(
        document["components"],
        json!({
            "securitySchemes": {
                "a": {"type": "http", "scheme": "bearer"}, "b": {"type": "apiKey", "name": "K", "in": "header"},
                "d": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {"read": ""}}}},
                "e": {"type": "http", "scheme": "bearer"}
            },
            "schemas": {
                "A": {"properties": {"id": {"type": "integer"}}, "required": ["id"]},
                "B": {"examples": [1], "discriminator": {"propertyName": "kind"}},
                "C": {}
            }
        })
    );
    let left_out: Vec<&String> = warnings
        .iter()
        .filter(|found| found.starts_with("incomplete-object") || found.starts_with("unreadable-value"))
        .collect();
    assert_eq!(
        left_out,
        [
            "incomplete-object /servers/0",
            "incomplete-object /tags/0",
            "unreadable-value /components/securitySchemes/c/type",
            "incomplete-object /components/securitySchemes/c",
            "incomplete-object /components/securitySchemes/d/flows/password",
            "unreadable-value /components/schemas/C",
        ]
    );
}

/// Some keywords have a different syntax in each version; those of other versions are accepted too.
#[test]
fn syntax_of_other_versions_is_kept() {
    for document in [
        json!({"openapi": "3.0.3", "components": {"schemas": {"A": {"type": "integer", "minimum": 1, "exclusiveMinimum": true}}}}),
        json!({"openapi": "3.1.0", "components": {"schemas": {"A": {"exclusiveMinimum": true, "nullable": true}}}}),
        json!({"openapi": "3.0.3", "components": {"schemas": {"A": {"type": ["string", "null"], "exclusiveMaximum": 3}}}}),
        json!({
            "swagger": "2.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": {"parameters": [{"name": "f", "in": "formData", "type": "file", "collectionFormat": "csv"}]}}},
            "definitions": {"A": {"type": "object", "discriminator": "kind"}},
            "securityDefinitions": {"b": {"type": "basic"}, "o": {"type": "oauth2", "flow": "application", "tokenUrl": "/t", "scopes": {}}}
        }),
    ] {
        assert_eq!(repaired(document.clone()), (document, vec![]));
    }
}

/// Returns true if there is a client, and the codes of the diagnostics.
fn client(document: &str, strict: bool) -> (bool, Vec<&'static str>) {
    let read = |_: &str| Ok(document.as_bytes().to_vec());
    let mut pipeline = Pipeline { strict, ..Pipeline::new() };
    let client = pipeline.client(&Input { document: "openapi.yaml", read: &read, overlays: &[] }, "client");
    (client.is_some(), pipeline.diagnostics.iter().map(|found| found.code).collect())
}

const HEAD: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n";

#[test]
fn bodies_of_swagger_are_accepted() {
    let body = "paths: {/a: {post: {parameters: [{in: body, name: b, schema: {type: string}}], responses: {'200': {description: ok, schema: {type: string}}}}}}\n";
    let (is_made, codes) = client(&format!("{HEAD}{body}"), true);
    assert!(is_made && codes.contains(&"unknown-key"), "{codes:?}");
}

#[test]
fn almost_valid_json_and_yaml_is_accepted() {
    let operation = "{responses: {'204': {description: none}}}";
    for (document, code) in [
        (format!("{HEAD}paths:\n  /a:\n\t\tget: {operation}\n"), "tab"),
        (format!("{HEAD}paths:\n  /a: {{get: {operation}}}\n  /a: {{put: {operation}}}\n"), "duplicate-key"),
        (
            r#"{"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": {"responses": {"204": {"description": "none"},}}}}}"#.to_owned(),
            "not-json",
        ),
    ] {
        let (is_made, codes) = client(&document, false);
        assert!(is_made && codes.contains(&code), "{codes:?}: {document}");
        assert!(!client(&document, true).0, "strict: {document}");
    }
}

/// Empty sections are absent, wherever they are.
#[test]
fn empty_sections_of_the_document_are_absent() {
    let schema = "components: {schemas: {A: {type: string}}}\n";
    for paths in ["paths:\n", "paths: []\n"] {
        let (is_made, codes) = client(&format!("openapi: 3.0.3\ninfo:\n{paths}{schema}"), false);
        assert!(is_made && codes.contains(&"empty-section"), "{codes:?}");
    }
    assert!(!client(&format!("{HEAD}paths: none\n{schema}"), false).0);
}

#[test]
fn single_operations_and_parameters_with_dangling_references_are_left_out() {
    let responses = "responses: {'204': {description: none}}";
    for (item, code) in [
        ("put: {$ref: gone.yaml}".to_owned(), "unreadable-file"),
        ("parameters: [{$ref: '#/components/parameters/Gone'}]".to_owned(), "unknown-reference"),
    ] {
        let paths = format!("paths: {{/a: {{get: {{{responses}}}, {item}}}}}\n");
        let read = |path: &str| match path {
            "openapi.yaml" => Ok(format!("{HEAD}{paths}").into_bytes()),
            _ => Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
        };
        let mut pipeline = Pipeline::new();
        let client = pipeline.client(&Input { document: "openapi.yaml", read: &read, overlays: &[] }, "client");
        assert!(client.is_some(), "{}", pipeline.report(false));
        assert!(pipeline.diagnostics.iter().any(|found| found.code == code), "{}", pipeline.report(false));
    }
    let all = "paths: {/a: {$ref: '#/x-items'}, /b: {get: {responses: {'204': {description: none}}}}}\nx-items: [1]\n";
    let (is_made, codes) = client(&format!("{HEAD}{all}"), false);
    assert!(is_made && codes.contains(&"unknown-reference"), "{codes:?}");
}

#[test]
fn keywords_among_properties_are_those_of_the_schema() {
    let (document, warnings) = repaired(json!({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "components": {"schemas": {
            "A": {"properties": {"a": {}, "oneOf": [{"type": "string"}]}},
            "B": {"properties": {"allOf": [1], "b": {"items": [{}]}}, "not": {}}
        }}
    }));
    assert_eq!(
        document["components"]["schemas"],
        json!({
            "A": {"properties": {"a": {}}, "oneOf": [{"type": "string"}]},
            "B": {"properties": {"allOf": {}, "b": {"items": [{}]}}, "not": {}}
        })
    );
    assert_eq!(
        warnings,
        [
            "wrong-type /components/schemas/A/properties/oneOf",
            "unreadable-value /components/schemas/B/properties/allOf"
        ]
    );
}

#[test]
fn losing_all_operations_is_an_error() {
    assert_eq!(client(&format!("{HEAD}paths: {{}}\n"), false), (true, vec!["no-operations"]));
    let (is_made, codes) = client(&format!("{HEAD}paths: {{/a: {{$ref: '#/components/pathItems/Gone'}}}}\n"), false);
    assert!(!is_made && codes.contains(&"no-operations"), "{codes:?}");
    let (is_made, codes) = client(&format!("{HEAD}paths: {{/a: {{get: 7}}}}\n"), false);
    assert!(!is_made && codes.contains(&"no-operations"), "{codes:?}");
}

/// The members of an array that is written as an object have other pointers afterwards.
#[test]
fn references_to_moved_parts_have_placeholders() {
    let document = "
openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: 'https://a.example'}]
paths:
  /a: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}
components:
  schemas:
    A: {properties: {b: {$ref: '#/components/schemas/B/allOf/3'}}}
    B: {allOf: {'3': {type: string}}}
";
    assert_eq!(client(document, false), (true, vec!["wrong-type", "unknown-reference"]));
    assert_eq!(client(document, true), (false, vec!["wrong-type", "unknown-reference"]));
}

/// References may refer to parts that are left out, to objects of another kind, or to themselves.
#[test]
fn references_to_unreadable_parts_have_placeholders() {
    let paths = "paths: {/a: {get: {parameters: [{$ref: '#/components/parameters/P'}, {$ref: '#/components/parameters/Gone'}], responses: {'200': {$ref: '#/components/schemas/S'}}}}}\n";
    let components =
        "components: {parameters: {P: {description: none}}, schemas: {S: {$ref: '#/components/schemas/S'}}}\n";
    let (is_made, codes) = client(&format!("{HEAD}{paths}{components}"), false);
    assert!(is_made, "{codes:?}");
    for code in ["incomplete-object", "unknown-reference", "reference-cycle"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
}

#[test]
fn path_items_are_corrected() {
    let responses = json!({"200": {"description": "ok"}});
    let (document, warnings) = repaired(json!({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "paths": {
            "/upper": {"GET": {"responses": responses}},
            "/flat": {"get": null, "operationId": "flat", "responses": responses},
            "/statuses": {"get": {"responses": null, "200": {"description": "ok"}}},
            "/spaces/{ id }/{}/end}": {},
            "/closed/{id}}": {}
        }
    }));
    assert_eq!(
        document["paths"],
        json!({
            "/upper": {"get": {"responses": responses}},
            "/flat": {"get": {"operationId": "flat", "responses": responses}},
            "/statuses": {"get": {"responses": responses}},
            "/spaces/{id}/{value}/{end}": {},
            "/closed/{id}": {}
        })
    );
    assert_eq!(warnings.len(), 5, "{warnings:?}");
}

/// A reference may replace a whole map; another pass resolves it.
#[test]
fn references_in_place_of_maps_are_kept() {
    let document = json!({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"$ref": "#/x-paths"},
        "components": {"schemas": {"$ref": "#/x-schemas"}, "responses": {"A": {"description": "", "content": {"$ref": "#/x-content"}}}},
        "x-paths": {"/a": {"get": {"responses": {"$ref": "#/x-responses"}}}}
    });
    assert_eq!(repaired(document.clone()), (document, vec![]));
}

#[test]
fn versions_are_corrected() {
    let paths = "info: {title: T, version: '1'}\npaths: {/a: {get: {responses: {'204': {description: none}}}}}\n";
    for version in
        ["swagger: '3.0.0'", "swagger: '2'", "openapi: '2.0'", "openapi: '3'", "openapi: v3.0.1", "openapi: 3.3.0"]
    {
        let (is_made, codes) = client(&format!("{version}\n{paths}"), true);
        assert!(is_made, "{version}: {codes:?}");
    }
    assert!(!client(&format!("openapi: 4.0.0\n{paths}"), false).0);
}
