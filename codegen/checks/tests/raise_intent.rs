//! Invalid documents whose intended meaning is clear are accepted with a warning.

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::{raise, repair};
use crm_clients_document::{Input, Pipeline};
use serde_json::{Value, json};

/// Returns the raised document, and the codes of the warnings with their pointers.
fn raised(mut document: Value) -> (Value, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let mut documents = SourceMap::new();
    repair(&mut document, &mut documents, &mut diagnostics);
    raise(&mut document, &mut documents, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "raising is lenient");
    (document, diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect())
}

/// Checks cases of the schema `S` before and after, and the location of each warning in it.
fn check(cases: &[(Value, Value, &[&str])]) {
    for (before, after, places) in cases {
        let (raised, warnings) = raised(json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "components": {"schemas": {"S": before}}
        }));
        assert_eq!(&raised["components"]["schemas"]["S"], after, "raising {before}");
        let found: Vec<&str> = warnings.iter().filter_map(|warning| warning.split("/schemas/S").nth(1)).collect();
        assert_eq!(&found, places, "raising {before}");
    }
}

#[test]
fn unknown_types_are_corrected_or_any() {
    check(&[
        (json!({"type": "any"}), json!({}), &["/type"]),
        (json!({"type": "String"}), json!({"type": "string"}), &["/type"]),
        (json!({"type": "strin"}), json!({"type": "string"}), &["/type"]),
        (json!({"type": "mixed"}), json!({}), &["/type"]),
        (json!({"type": "date"}), json!({"type": "string", "format": "date"}), &["/type"]),
        (json!({"type": "int64"}), json!({"type": "integer", "format": "int64"}), &["/type"]),
        (json!({"type": "long", "format": "int32"}), json!({"type": "integer", "format": "int32"}), &["/type"]),
        (json!({"type": "file"}), json!({"type": "string", "format": "binary"}), &["/type"]),
        (json!({"type": ["string", null]}), json!({"type": ["string", "null"]}), &["/type/1"]),
        (json!({"type": ["string", "money"]}), json!({}), &["/type/1"]),
        (json!({"type": []}), json!({}), &[]),
        (
            json!({"anyOf": [{"type": "string"}, {"type": null}]}),
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            &["/anyOf/1/type"],
        ),
        (json!({"type": null, "properties": {"a": {}}}), json!({"properties": {"a": {}}}), &["/type"]),
    ]);
}

#[test]
fn required_flags_become_required_lists() {
    check(&[
        (
            json!({"properties": {"a": {"required": true}, "b": {"required": false}}, "required": ["c"]}),
            json!({"properties": {"a": {}, "b": {}}, "required": ["c", "a"]}),
            &["/properties/a/required", "/properties/b/required"],
        ),
        (
            json!({"properties": {"required": {"type": "string"}}}),
            json!({"properties": {"required": {"type": "string"}}}),
            &[],
        ),
        (json!({"type": "string", "required": true}), json!({"type": "string"}), &["/required"]),
    ]);
}

#[test]
fn empty_sections_are_absent() {
    check(&[
        (json!({"type": "object", "properties": null}), json!({"type": "object"}), &["/properties"]),
        (json!({"type": "object", "properties": []}), json!({"type": "object", "properties": {}}), &["/properties"]),
        (json!({"required": {}}), json!({"required": []}), &["/required"]),
        (json!({"properties": {"a": null}}), json!({"properties": {"a": {}}}), &["/properties/a"]),
        (json!({"required": ["a", null]}), json!({"required": ["a"]}), &["/required/1"]),
        (
            json!({"default": null, "const": null, "enum": [null]}),
            json!({"default": null, "const": null, "enum": [null]}),
            &[],
        ),
    ]);
    let (document, warnings) = raised(json!({
        "openapi": "3.0.3",
        "paths": {"/a": null, "/b": {"get": {"responses": {"204": null}, "parameters": null}}},
        "components": {"schemas": null}
    }));
    assert_eq!(document["paths"], json!({"/a": {}, "/b": {"get": {"responses": {"204": {}}}}}));
    assert_eq!(document["components"], json!({}));
    assert_eq!(warnings.len(), 4, "{warnings:?}");
}

#[test]
fn scalars_of_another_type_are_converted() {
    check(&[
        (json!({"description": 404}), json!({"description": "404"}), &["/description"]),
        (json!({"description": {"$ref": "./notes.md"}}), json!({}), &["/description"]),
        (
            json!({"deprecated": "true", "maxLength": "5"}),
            json!({"deprecated": true, "maxLength": 5}),
            &["/deprecated", "/maxLength"],
        ),
        (json!({"description": null, "default": null}), json!({"default": null}), &[]),
        (json!({"title": "5", "default": "5"}), json!({"title": "5", "default": "5"}), &[]),
    ]);
}

#[test]
fn values_of_later_versions_are_warnings() {
    let operation = json!({"responses": {}, "parameters": [{"name": "q", "in": "querystring", "content": {}}]});
    let document = |version: &str| {
        let tags = json!([{"name": "a", "kind": "nav"}, {"name": "b", "kind": "nav"}]);
        json!({"openapi": version, "info": {"title": "", "version": ""}, "tags": tags, "paths": {"/a": {"query": operation}}})
    };
    let (after, found) = raised(document("3.1.0"));
    assert_eq!(after, document("3.2.0"));
    // The table has no versions for the values of a field. Newer fields are reported by `lint`.
    assert_eq!(found, ["newer-field /paths/~1a/query/parameters/0/in"]);
    assert_eq!(raised(document("3.2.0")).1, [""; 0]);
}

#[test]
fn styles_of_other_locations_are_dropped() {
    let parameter = |place: &str, style: &str| json!({"name": "p", "in": place, "style": style, "schema": {}});
    let (document, warnings) = raised(json!({"openapi": "3.1.0", "components": {"parameters": {
        "A": parameter("query", "simple"), "B": parameter("query", "deepObject"), "C": parameter("path", "form")
    }}}));
    let parameters = &document["components"]["parameters"];
    assert_eq!(parameters["A"], json!({"name": "p", "in": "query", "schema": {}}));
    assert_eq!(parameters["B"]["style"], "deepObject");
    assert_eq!(parameters["C"].get("style"), None);
    assert_eq!(
        warnings,
        ["unknown-value /components/parameters/A/style", "unknown-value /components/parameters/C/style"]
    );
}

/// Returns the document with placeholders, and the codes of the diagnostics.
fn overlaid(document: &Value, strict: bool) -> (Option<Value>, Vec<&'static str>) {
    let read = |path: &str| match path {
        "openapi.json" => Ok(document.to_string().into_bytes()),
        _ => Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
    };
    let mut pipeline = Pipeline { strict, ..Pipeline::new() };
    let value = pipeline.overlaid(&Input { document: "openapi.json", read: &read, overlays: &[] });
    (value, pipeline.diagnostics.iter().map(|found| found.code).collect())
}

#[test]
fn dangling_references_become_raw_json() {
    let document = json!({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": {"responses": {
            "200": {"description": "ok", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Gone"}}}},
            "400": {"$ref": "#/components/responses/Gone"},
            "500": {"description": "no", "content": {"$ref": "gone.yaml"}}
        }}}},
        "components": {
            "schemas": {
                "A": {"properties": {"a": {"$ref": "https://specs.example/a.json", "description": "D"}}},
                "B": {"discriminator": {"propertyName": "k", "mapping": {"x": "gone.yaml"}}}
            },
            "securitySchemes": {"S": {"$ref": "https://specs.example/s.json#/S"}}
        }
    });
    let (value, codes) = overlaid(&document, false);
    let value = value.unwrap_or_default();
    let body = json!({"application/json": {"schema": {}}});
    let responses = &value["paths"]["/a"]["get"]["responses"];
    assert_eq!(responses["200"]["content"], body);
    assert_eq!(responses["400"], json!({"description": "", "content": body}));
    assert_eq!(responses["500"], json!({"description": "no", "content": body}));
    assert_eq!(value["components"]["schemas"]["A"], json!({"properties": {"a": {"description": "D"}}}));
    assert_eq!(value["components"]["securitySchemes"], json!({}));
    let (dangling, codes): (Vec<_>, Vec<_>) =
        codes.into_iter().partition(|code| crm_clients_document::bundle::DANGLING.contains(code));
    assert_eq!((dangling.len(), codes.len()), (6, 0), "{dangling:?} {codes:?}");
    let (value, codes) = overlaid(&document, true);
    assert!(value.is_none());
    assert_eq!(codes.len(), 6);
}

#[test]
fn references_to_the_sections_of_another_version_are_corrected() {
    let reference = |name: &str| json!({"$ref": name});
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": {
            "parameters": [reference("#/parameters/Page")],
            "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": reference("#/definitions/Pet")}}}}
        }}},
        "components": {
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
            "schemas": {"Pet": {"properties": {"parent": reference("#/definitions/Pet"), "gone": reference("#/definitions/Gone")}}}
        }
    });
    let (value, codes) = overlaid(&document, false);
    let value = value.unwrap_or_default();
    let operation = &value["paths"]["/a"]["get"];
    assert_eq!(operation["parameters"][0], reference("#/components/parameters/Page"));
    let pet = reference("#/components/schemas/Pet");
    assert_eq!(operation["responses"]["200"]["content"]["application/json"]["schema"], pet);
    assert_eq!(value["components"]["schemas"]["Pet"]["properties"], json!({"parent": pet, "gone": {}}));
    assert_eq!(codes, ["unknown-reference"; 4]);
    assert!(overlaid(&document, true).0.is_none(), "an error with `--strict`");
}

#[test]
fn dangling_bodies_become_raw_json_and_parameters_are_left_out() {
    for (operation, after) in [
        (json!({"parameters": [{"$ref": "#/components/parameters/Gone"}]}), json!({"parameters": [null]})),
        (
            json!({"parameters": [{"name": "q", "in": "query", "$ref": "#/components/schemas/S"}]}),
            json!({"parameters": [{"name": "q", "in": "query", "schema": {"$ref": "#/components/schemas/S"}}]}),
        ),
        (
            json!({"requestBody": {"$ref": "#/components/requestBodies/Gone"}}),
            json!({"requestBody": {"content": {"application/json": {"schema": {}}}}}),
        ),
    ] {
        let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": operation}}, "components": {"schemas": {"S": {"type": "string"}}}});
        let (value, codes) = overlaid(&document, false);
        assert_eq!(value.unwrap_or_default()["paths"]["/a"]["get"], after);
        assert_eq!(codes, ["unknown-reference"]);
        assert_eq!(overlaid(&document, true), (None, vec!["unknown-reference"]));
    }
}
