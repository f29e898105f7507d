//! Documents that progenitor rejects, before and after adaptation, and the warnings about losses.
//! `crm-clients-progenitor` tests that progenitor accepts the result.

use std::io;

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::Generate;
use serde_json::{Value, json};

/// Returns the adapted document with an operation `/pets` with these members, and the codes of the warnings.
fn adapted(paths: Value, components: Value) -> (Value, Vec<&'static str>) {
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Pets", "version": "1"},
        "paths": paths,
        "components": components,
    });
    let read = |_: &str| -> io::Result<Vec<u8>> { Ok(document.to_string().into_bytes()) };
    let mut walk = Pipeline::new();
    let adapted = walk.for_progenitor(&Input { document: "openapi.json", read: &read, overlays: &[] }, "client");
    assert!(adapted.is_some(), "{}", walk.report(false));
    let codes = walk.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    (adapted.unwrap_or_default(), codes)
}

/// Returns the adapted member `key` of an operation.
fn operation(path: &str, members: Value, key: &str) -> (Value, Vec<&'static str>) {
    let mut operation = members;
    if operation.get("responses").is_none() {
        operation["responses"] = json!({"200": {"description": ""}});
    }
    let (document, codes) = adapted(json!({ path: { "post": operation } }), json!({}));
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let post = paths.values().next().map(|item| item["post"].clone()).unwrap_or_default();
    (if key == "path" { paths.keys().next().cloned().into() } else { post[key].clone() }, codes)
}

#[test]
fn operations_have_the_names_of_our_client() {
    let responses = json!({"200": {"description": ""}});
    let get = |tag: &str| json!({"tags": [tag], "responses": responses});
    let paths = json!({
        "/pets": {"get": get("Pets"), "post": get("Pets"), "options": get("Pets")},
        "/pets/{id}": {"get": get("Pets")},
        "/pets/trains": {"get": get("Pets")},
        "/new": {"get": get("Pets New")},
    });
    let (document, codes) = adapted(paths, json!({}));
    let id = |path: &str, method: &str| document["paths"][path][method]["operationId"].clone();
    assert_eq!(id("/pets", "get"), "pets_list");
    assert_eq!(id("/pets", "post"), "pets_create");
    assert_eq!(id("/pets/{id}", "get"), "pets_get");
    assert_eq!(document["paths"]["/pets"].get("options"), None);
    assert_eq!(codes, ["undeclared-path-parameter", "method"]);
}

#[test]
fn parameters_have_the_supported_style() {
    let text = json!({"type": "string"});
    let list = json!({"type": "array", "items": {"type": "integer"}});
    let cases = [
        ("exploded", json!({"in": "query", "schema": list}), json!([{"in": "query", "schema": list}]), vec![]),
        (
            "joined",
            json!({"in": "query", "explode": false, "schema": list}),
            json!([{"in": "query", "schema": text}]),
            vec!["parameter-text"],
        ),
        (
            "json",
            json!({"in": "query", "content": {"application/json": {"schema": list}}}),
            json!([{"in": "query", "schema": text}]),
            vec!["parameter-text"],
        ),
        ("cookie", json!({"in": "cookie", "schema": text}), json!([]), vec!["cookie-parameter"]),
        (
            "header",
            json!({"in": "header", "schema": list}),
            json!([{"in": "header", "schema": text}]),
            vec!["parameter-text"],
        ),
        (
            "moment",
            json!({"in": "header", "schema": {"type": "string", "format": "date-time"}}),
            json!([{"in": "header", "schema": text}]),
            vec!["parameter-text"],
        ),
        (
            "free",
            json!({"in": "query", "style": "deepObject", "schema": {"type": "object", "additionalProperties": text}}),
            json!([{"in": "query", "schema": {"type": "object", "additionalProperties": text}}]),
            vec!["whole-keys"],
        ),
    ];
    for (name, mut parameter, mut expected, codes) in cases {
        parameter["name"] = name.into();
        for parameter in expected.as_array_mut().into_iter().flatten() {
            parameter["name"] = name.into();
        }
        let (parameters, found) = operation("/pets", json!({"parameters": [parameter]}), "parameters");
        assert_eq!((parameters, found), (expected, codes), "{name}");
    }
}

#[test]
fn deep_objects_become_one_parameter_for_each_property() {
    let schema = json!({"type": "object", "required": ["size"], "properties": {
        "size": {"type": "integer"}, "by": {"type": "array", "items": {"type": "string"}},
    }});
    let page = json!({"name": "page", "in": "query", "required": true, "style": "deepObject", "schema": schema});
    let (parameters, codes) = operation("/pets", json!({"parameters": [page]}), "parameters");
    let size = json!([{"name": "page[size]", "in": "query", "schema": {"type": "integer"}, "required": true}]);
    assert_eq!((parameters, codes), (size, vec!["nested-parameter"]));
}

#[test]
fn parameter_names_are_unique() {
    let parameter = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}});
    let given = json!([parameter("id"), id, parameter("site-id"), parameter("site_id"), parameter("body")]);
    let body = json!({"required": true, "content": {"application/json": {"schema": {"type": "string"}}}});
    let (parameters, codes) = operation("/pets/{id}", json!({"parameters": given, "requestBody": body}), "parameters");
    assert_eq!((parameters, codes), (json!([id_first(), parameter("site-id")]), vec!["parameter-name"]));
}

fn id_first() -> Value {
    json!({"name": "id", "in": "path", "schema": {"type": "string"}, "required": true})
}

#[test]
fn style_prefixes_move_to_the_path() {
    for (style, expected) in [("simple", "/pets/{id}"), ("label", "/pets/.{id}"), ("matrix", "/pets/;id={id}")] {
        let id = json!({"name": "id", "in": "path", "required": true, "style": style, "schema": {"type": "integer"}});
        assert_eq!(operation("/pets/{id}", json!({"parameters": [id]}), "path").0, expected);
    }
}

#[test]
fn bodies_have_one_media_type() {
    let number = json!({"type": "integer"});
    let text = json!({"type": "string"});
    let bytes = json!({"type": "string", "format": "binary"});
    let cases = [
        (json!({"application/json": {"schema": number}}), json!({"application/json": {"schema": number}}), vec![]),
        (
            json!({"application/vnd.api+json": {"schema": number}}),
            json!({"application/json": {"schema": number}}),
            vec!["media-type"],
        ),
        (
            json!({"multipart/form-data": {"schema": text}, "application/json": {"schema": number}}),
            json!({"application/json": {"schema": number}}),
            vec!["other-media-types"],
        ),
        (json!({"text/csv": {"schema": text}}), json!({"text/plain": {"schema": text}}), vec!["raw-body"]),
        (
            json!({"multipart/form-data": {"schema": {"type": "object"}}}),
            json!({"application/octet-stream": {"schema": bytes}}),
            vec!["raw-body"],
        ),
        (json!({"application/json": {}}), json!({"application/json": {"schema": {}}}), vec![]),
    ];
    for (content, expected, codes) in cases {
        let body = json!({"required": true, "content": content});
        let found = operation("/pets", json!({"requestBody": body}), "requestBody");
        assert_eq!(found, (json!({"required": true, "content": expected}), codes), "{content}");
    }
    let body = json!({"content": {"application/json": {"schema": {}}}});
    assert_eq!(operation("/pets", json!({"requestBody": body}), "requestBody").1, ["optional-body"]);
}

#[test]
fn success_and_failure_have_one_type_each() {
    let json_of = |schema: Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
    let (text, number) = (json_of(json!({"type": "string"})), json_of(json!({"type": "integer"})));
    let (any, nothing) = (json_of(json!({})), json!({"description": ""}));
    let bytes = json!({"description": "", "content": {"*/*": {}}});
    let cases = [
        (json!({"200": text, "404": number}), json!({"200": text, "404": number}), vec![]),
        (json!({"200": text, "204": nothing}), json!({"200": bytes, "204": bytes}), vec!["successes"]),
        (json!({"200": text, "default": number}), json!({"200": text, "4XX": number, "5XX": number}), vec![]),
        (json!({"default": text}), json!({"2XX": text, "4XX": text, "5XX": text}), vec![]),
        (
            json!({"200": text, "401": text, "422": number}),
            json!({"200": text, "401": any, "422": any}),
            vec!["failures"],
        ),
        (
            json!({"200": text, "401": text, "404": nothing}),
            json!({"200": text, "401": text}),
            vec!["bodyless-failures"],
        ),
        (json!({"200": text, "404": number, "4XX": number}), json!({"200": text, "4XX": number}), vec![]),
        (json!({"101": nothing, "200": text, "302": nothing}), json!({"200": text}), vec![]),
    ];
    for (responses, expected, codes) in cases {
        let found = operation("/pets", json!({"responses": responses}), "responses");
        assert_eq!(found, (expected, codes), "{responses}");
    }
}

/// Returns the adapted component `Pet`, and the codes of the warnings.
fn pet(schema: &Value) -> (Value, Vec<&'static str>) {
    let kind = json!({"type": "object", "properties": {"kind": {"type": "string"}}});
    let answer = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}});
    let paths = json!({"/pets": {"get": {"responses": {"200": {"description": "", "content": answer}}}}});
    let (document, codes) = adapted(paths, json!({"schemas": {"Pet": schema, "Kind": kind}}));
    (document["components"]["schemas"]["Pet"].clone(), codes)
}

#[test]
fn schemas_are_adapted_to_typify() {
    let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let of = |property: Value| json!({"type": "object", "properties": {"a": property}});
    let cases = [
        (
            json!({"allOf": [refer("Kind"), {"properties": {"a": {"type": "integer"}}}]}),
            json!({"type": "object", "properties": {"kind": {"type": "string"}, "a": {"type": "integer"}}}),
            vec![],
        ),
        (of(of(json!({"type": "boolean"}))), of(refer("PetA")), vec![]),
        (
            of(json!({"nullable": true, "allOf": [refer("Kind")]})),
            of(json!({"nullable": true, "allOf": [refer("Kind")]})),
            vec![],
        ),
        (of(json!({"type": "string", "nullable": true})), of(json!({"type": "string", "nullable": true})), vec![]),
        (
            json!({"anyOf": [refer("Kind"), {"type": "string"}]}),
            json!({"oneOf": [refer("Kind"), {"type": "string"}]}),
            vec!["alternatives"],
        ),
        (of(json!({"oneOf": [refer("Kind"), {}]})), of(json!({})), vec![]),
        (
            of(json!({"type": "integer", "minimum": 1, "default": 2})),
            of(json!({"type": "integer"})),
            vec!["default", "limits"],
        ),
        (
            of(json!({"type": "string", "enum": ["a b", "a_b", "a-b"]})),
            of(json!({"type": "string"})),
            vec!["enum-names"],
        ),
        (of(json!({"type": "integer", "enum": [1, 2]})), of(json!({"type": "integer"})), vec!["other-enum"]),
        (of(json!({"type": "string", "not": {"enum": ["x"]}})), of(json!({"type": "string"})), vec!["not"]),
        (
            json!({"type": "object", "additionalProperties": false, "properties": {"a": {}}}),
            of(json!({})),
            vec!["closed"],
        ),
        (
            json!({"type": "object", "properties": {"a-b": {}, "a_b": {}}}),
            json!({"type": "object", "properties": {"a-b": {}}}),
            vec!["property-name"],
        ),
        (
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "readOnly": true}}}),
            of(json!({"type": "string"})),
            vec!["read-or-write-only"],
        ),
        (
            json!({"type": "object", "properties": {"extra": {}}, "additionalProperties": {"type": "string"}}),
            json!({"type": "object", "properties": {"extra": {}}}),
            vec!["property-name"],
        ),
    ];
    for (schema, expected, codes) in cases {
        assert_eq!(pet(&schema), (expected, codes), "{schema}");
    }
}

#[test]
fn recursive_schemas_terminate() {
    let refer = json!({"$ref": "#/components/schemas/Pet"});
    let child = json!({"type": "array", "items": refer});
    let schema = json!({"allOf": [{"type": "object", "properties": {"young": child}}, {"properties": {"of": refer}}]});
    let expected = json!({"type": "object", "properties": {"young": child, "of": refer}});
    assert_eq!(pet(&schema), (expected, vec![]));
    let own = json!({"allOf": [refer, {"maxProperties": 3}]});
    let named = json!({"type": "object", "properties": {"own": {"$ref": "#/components/schemas/PetOwn"}}});
    assert_eq!(pet(&json!({"type": "object", "properties": {"own": own}})), (named, vec!["limits"]));
    let other = json!({"allOf": [refer, {"type": "object", "properties": {"own": {"nullable": true}}}]});
    assert_eq!(pet(&json!({"type": "object", "properties": {"own": other}})).1, Vec::<&str>::new());
}

#[test]
fn versions_become_valid_header_values() {
    let document = json!({"openapi": "3.0.3", "info": {"title": "Pets", "version": "1\u{fc}\n"}, "paths": {}});
    let read = |_: &str| -> io::Result<Vec<u8>> { Ok(document.to_string().into_bytes()) };
    let mut walk = Pipeline::new();
    let adapted = walk.for_progenitor(&Input { document: "openapi.json", read: &read, overlays: &[] }, "client");
    assert_eq!(adapted.map(|adapted| adapted["info"]["version"].clone()), Some(json!("1")));
    assert_eq!(walk.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>(), ["no-operations", "version"]);
}

/// Parameters are resolved through any number of references.
#[test]
fn reference_chains_have_no_limit() {
    let next = |index: usize| json!({"$ref": format!("#/components/parameters/P{}", index + 1)});
    let mut parameters: serde_json::Map<String, Value> =
        (0..100).map(|index| (format!("P{index}"), next(index))).collect();
    parameters
        .insert("P100".to_owned(), json!({"name": "q", "in": "query", "required": true, "schema": {"type": "string"}}));
    let paths = json!({"/pets": {"get": {
        "parameters": [{"$ref": "#/components/parameters/P0"}], "responses": {"200": {"description": ""}}
    }}});
    let (document, codes) = adapted(paths, json!({ "parameters": parameters }));
    assert_eq!(document["paths"]["/pets"]["get"]["parameters"][0]["name"], "q");
    assert_eq!(codes, Vec::<&str>::new());
}
