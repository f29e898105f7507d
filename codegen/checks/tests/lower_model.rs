//! Validation of documents: every error is reported with its location, and nothing panics; and the typed OpenAPI 3.0 of
//! other tools.

use crm_clients_document::diagnostic::{Diagnostics, Severity};
use crm_clients_document::lower::{lower, typed};
use crm_clients_document::model;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::raise;
use crm_clients_review::lint::lint;
use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};
use serde_json::{Value, json};

/// Returns the document's errors or warnings, as `code pointer: message (help)`.
fn faults(document: Value, severity: Severity) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    let mut document = document;
    raise(&mut document, &mut SourceMap::new(), &mut diagnostics);
    let model = model::document(&document, &mut diagnostics);
    assert!(model.is_some() || diagnostics.has_errors(), "there is a model unless there are errors");
    diagnostics
        .iter()
        .filter(|fault| fault.severity == severity)
        .map(|fault| {
            format!("{} {}: {} ({})", fault.code, fault.pointer, fault.message, fault.help.as_deref().unwrap_or(""))
        })
        .collect()
}

fn rich() -> Result<Value, serde_json::Error> {
    serde_json::from_str(include_str!("fixtures/lower/rich.json"))
}

fn raised(mut document: Value) -> Value {
    raise(&mut document, &mut SourceMap::new(), &mut Diagnostics::new());
    document
}

#[test]
fn wrong_types_are_reported_at_once() {
    let document = json!({
        "openapi": "3.0.3",
        "info": [],
        "paths": {
            "/a": {
                "parameters": {},
                "get": {
                    "tags": "pets",
                    "deprecated": "yes",
                    "operationId": 5,
                    "parameters": [null, {"name": "q", "in": "query", "schema": []}],
                    "requestBody": {"content": []},
                    "responses": {"200": {"description": "", "content": {"application/json": "x"}}},
                    "callbacks": []
                }
            },
            "/b": null
        },
        "components": {"schemas": {"S": {"type": "object", "required": true, "properties": {"a": {"type": "string", "minLength": "1"}}}}}
    });
    assert_eq!(
        faults(document, Severity::Error),
        [
            "wrong-type /info: expected an info object, found an array (write an object, or remove the key)",
            "wrong-type /paths/~1a/parameters: expected an array of parameter objects, found an object (write an array, in YAML with `- ` before each of its items)",
            "wrong-type /paths/~1a/get/tags: expected an array of strings, found a string (write an array, in YAML with `- ` before each of its items)",
            "wrong-type /paths/~1a/get/deprecated: expected a boolean, found a string (write `true` or `false`, without quotes)",
            "wrong-type /paths/~1a/get/operationId: expected a string, found a number (put it in quotes)",
            "wrong-type /paths/~1a/get/parameters/0: expected a parameter object or a reference to one, found null \
             (remove the key, or write a value after it)",
            "wrong-type /paths/~1a/get/parameters/1/schema: expected a schema object or a boolean, found an array (write an object, or remove the key)",
            "wrong-type /paths/~1a/get/requestBody/content: expected a map of media type objects, found an array \
             (write an object with the name of each entry as its key)",
            "wrong-type /paths/~1a/get/responses/200/content/application~1json: expected a media type object or a reference to one, found a string (write an object, or remove the key)",
            "wrong-type /paths/~1a/get/callbacks: expected a map of callback objects, found an array (write an object \
             with the name of each entry as its key)",
            "wrong-type /paths/~1b: expected a path item object or a reference to one, found null (remove the key, or \
             write a value after it)",
            "wrong-type /components/schemas/S/required: expected an array of strings, found a boolean (list the names of the required properties, in the schema that has the properties)",
            "wrong-type /components/schemas/S/properties/a/minLength: expected a whole number that is not negative, found a string (write the number without quotes)",
        ]
    );
}

#[test]
fn unknown_values_and_missing_keys() {
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "servers": [{"uri": "https://a.example"}],
        "paths": {
            "a": {},
            "/b": {"get": {
                "parameters": [
                    {"in": "querry", "name": "a", "schema": {}},
                    {"in": "body", "name": "b", "schema": {}},
                    {"in": "header", "name": "c", "style": "form", "schema": {"type": "sting"}},
                    {"in": "query", "schema": {}}
                ],
                "responses": {"ok": {}, "20": {}, "2XX": {}, "default": {}}
            }}
        },
        "components": {"securitySchemes": {"k": {"type": "apiKey", "name": "k"}, "b": {"type": "basic"}}}
    });
    assert_eq!(
        faults(document, Severity::Error),
        [
            "missing-key /servers/0: a server object must have `url` (did you mean `uri`?)",
            "unknown-value /paths/~1b/get/parameters/0/in: expected one of `query`, `querystring`, `path`, `header`, `cookie`, found `querry` (did you mean `query`?)",
            "unknown-value /paths/~1b/get/parameters/1/schema/type: expected one of `array`, `boolean`, `integer`, `null`, `number`, `object`, `string`, found `sting` (did you mean `string`?)",
            "missing-key /paths/~1b/get/parameters/2: a parameter object must have `name` (add `name`)",
            "invalid-status /paths/~1b/get/responses/ok: invalid status `ok` (write a status such as `200`, a range \
             such as `4XX`, or `default`)",
            "invalid-status /paths/~1b/get/responses/20: invalid status `20` (write a status such as `200`, a range \
             such as `4XX`, or `default`)",
            "invalid-path /paths/a: the path `a` must start with `/` (write `/a`)",
            "missing-key /components/securitySchemes/k: a security scheme object of this type must have `in` (add `in`)",
            "unknown-value /components/securitySchemes/b/type: expected one of `apiKey`, `http`, `mutualTLS`, \
             `oauth2`, `openIdConnect`, found `basic` (OpenAPI allows no other values here)",
        ]
    );
}

#[test]
fn misspelt_keys_are_warnings() {
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": {"paramters": [], "x-mine": 1, "zzz": 1, "responses": {}}}},
        "components": {"schemas": {"S": {"type": "object", "properites": {}, "properties": {"anything": {}}}}}
    });
    assert_eq!(
        faults(document, Severity::Warning),
        [
            "unknown-key /paths/~1a/get/paramters: an operation object has no `paramters`, so it is ignored (did you \
             mean `parameters`?)",
            "unknown-key /paths/~1a/get/zzz: an operation object has no `zzz`, so it is ignored (remove it; \
             extensions begin with `x-`)",
            "unknown-keyword /components/schemas/S/properites: a schema object has no `properites`, so it is ignored \
             (did you mean `properties`?)",
        ]
    );
}

/// Schemas may be nested as deeply as a text allows.
#[test]
fn schemas_may_nest_deep() {
    let schema =
        (1..60).fold(json!({"type": "string"}), |inner, _| json!({"type": "object", "properties": {"a": inner}}));
    let document = json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}, "components": {"schemas": {"S": schema}}});
    assert!(faults(document, Severity::Error).is_empty());
}

#[test]
fn path_items_that_refer_to_themselves_are_errors() {
    let document =
        json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"$ref": "#/paths/~1a"}}});
    let expected = "reference-cycle /paths/~1a: circular reference (change it to a definition)";
    assert_eq!(faults(document, Severity::Error), [expected]);
}

#[test]
fn rich_document_is_valid() -> Result<(), serde_json::Error> {
    assert_eq!(faults(rich()?, Severity::Error), Vec::<String>::new());
    let once = lower(raised(rich()?), &mut Diagnostics::new());
    let mut diagnostics = Diagnostics::new();
    let twice = lower(raised(once.clone()), &mut diagnostics);
    assert_eq!(twice, once);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Ok(())
}

/// The types of OpenAPI 3.0 have a catch-all for schemas without a single kind; schemas with a kind must not use it.
#[test]
fn schemas_keep_their_kinds() -> Result<(), Box<dyn std::error::Error>> {
    let mut diagnostics = Diagnostics::new();
    let lowered = lower(raised(rich()?), &mut diagnostics);
    let typed = typed(&lowered, &mut diagnostics).ok_or_else(|| format!("{diagnostics:?}"))?;
    let schemas = typed.components.ok_or("there are no components")?.schemas;
    let Some(ReferenceOr::Item(Schema { schema_kind: SchemaKind::Type(Type::Object(pet)), .. })) = schemas.get("Pet")
    else {
        return Err("`Pet` is no object".into());
    };
    assert!(!pet.properties.is_empty());
    for (name, property) in &pet.properties {
        let kind = property.as_item().map(|schema| &schema.schema_kind);
        assert!(!matches!(kind, Some(SchemaKind::Any(_))), "`{name}` is of no kind: {kind:?}");
    }
    Ok(())
}

/// For any replacement of a node, lint findings refer to existing nodes, and there is a model or an error.
#[test]
fn nodes_of_any_type_are_handled() -> Result<(), serde_json::Error> {
    let document = rich()?;
    let mut pointers = Vec::new();
    collect_pointers(&document, String::new(), &mut pointers);
    let others = [Value::Null, json!([]), json!({}), json!("x"), json!(1), json!(true), json!({"$ref": "#/x"})];
    for pointer in &pointers {
        for other in &others {
            let mut document = document.clone();
            if let Some(node) = document.pointer_mut(pointer) {
                *node = other.clone();
            }
            for found in lint(&document, crm_clients_document::spec::Versions::of(&document)).iter() {
                assert!(document.pointer(&found.pointer).is_some(), "{} at no node: {}", found.code, found.pointer);
            }
            faults(document, Severity::Error);
        }
    }
    Ok(())
}

fn collect_pointers(node: &Value, pointer: String, pointers: &mut Vec<String>) {
    let escape = |token: &str| token.replace('~', "~0").replace('/', "~1");
    match node {
        Value::Object(object) => {
            object
                .iter()
                .for_each(|(name, member)| collect_pointers(member, format!("{pointer}/{}", escape(name)), pointers));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| collect_pointers(item, format!("{pointer}/{index}"), pointers));
        }
        _ => {}
    }
    pointers.push(pointer);
}
