//! The model: references wherever OpenAPI allows them, data unchanged, and every keyword kept.

#![recursion_limit = "512"]

use std::error::Error;

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::{self, Document, Location, SchemaId, Type};
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::raise;
use crm_clients_document::spec::{FieldType, ObjectKind, Versions};
use crm_clients_document::{Input, Pipeline};
use serde_json::{Map, Value, json};

/// A field on the path from the document: the kind of its object, its name and its type.
type Step = (ObjectKind, &'static str, FieldType);

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Returns the model of a document, and its diagnostics as `code pointer`.
fn read(document: &Value) -> (Option<Document>, Vec<String>) {
    let (mut value, mut diagnostics) = (document.clone(), Diagnostics::new());
    raise(&mut value, &mut SourceMap::new(), &mut diagnostics);
    let model = model::document(&value, &mut diagnostics).filter(|_| !diagnostics.has_errors());
    let found = diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer));
    (model, found.collect())
}

fn model(document: &Value) -> Outcome<Document> {
    let (model, found) = read(document);
    model.ok_or_else(|| format!("{found:?}\n{document}").into())
}

/// Returns a document with these members.
fn document(members: Value) -> Value {
    let mut document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}});
    if let (Value::Object(document), Value::Object(members)) = (&mut document, members) {
        document.extend(members);
    }
    document
}

/// Returns a chain of references: the first is `name0`, the last refers to `target`.
fn chain(section: &str, name: &str, length: usize, target: Value) -> Map<String, Value> {
    let mut row = Map::new();
    for index in 0..length {
        let next = format!("#/components/{section}/{name}{}", index + 1);
        row.insert(format!("{name}{index}"), json!({"$ref": next}));
    }
    row.insert(format!("{name}{length}"), target);
    row
}

#[test]
fn parameters_are_resolved_through_many_references() -> Outcome {
    let target = json!({"name": "q", "in": "query", "required": true, "schema": {"type": "string"}});
    let document = document(json!({
        "paths": {"/a": {"get": {
            "parameters": [{"$ref": "#/components/parameters/P0"}],
            "responses": {"200": {"description": ""}}
        }}},
        "components": {"parameters": chain("parameters", "P", 100, target)}
    }));
    let model = model(&document)?;
    let operation = model.operations().next().ok_or("no operation")?;
    let parameters = model.parameters(operation);
    let [parameter] = parameters.as_slice() else { return Err("not one parameter".into()) };
    assert_eq!((parameter.name.as_str(), parameter.location, parameter.required), ("q", Location::Query, true));
    assert_eq!(parameter.pointer, "/components/parameters/P100");
    Ok(())
}

#[test]
fn schemas_keep_the_referenced_name_in_long_chains() -> Outcome {
    let document =
        document(json!({"components": {"schemas": chain("schemas", "S", 1_000, json!({"type": "string"}))}}));
    let model = model(&document)?;
    let first = model.components.schemas["S0"];
    assert!(model[first].is_alias);
    assert_eq!(model[first].component.as_deref(), Some("S0"));
    let last = model.referred(first);
    assert_eq!((model[last].component.as_deref(), &model[last].types), (Some("S1000"), &vec![Type::String]));
    Ok(())
}

#[test]
fn circular_references_are_errors() {
    let document = document(json!({"components": {
        "schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}},
        "headers": {"A": {"$ref": "#/components/headers/B"}, "B": {"$ref": "#/components/headers/A"}}
    }}));
    let (model, found) = read(&document);
    assert!(model.is_none());
    let cycles = found.iter().filter(|found| found.starts_with("reference-cycle")).count();
    assert_eq!(cycles, 3, "{found:?}");
}

#[test]
fn references_to_operations_are_resolved_with_a_warning() -> Outcome {
    let text = document(json!({"paths": {
        "/a": {"get": {"$ref": "#/paths/~1b/get"}},
        "/b": {"get": {"operationId": "b", "responses": {"200": {"description": ""}}}}
    }}))
    .to_string();
    let read = |_: &str| Ok(text.as_bytes().to_vec());
    let mut pipeline = Pipeline::new();
    let model = pipeline.model(&Input { document: "openapi.json", read: &read, overlays: &[] }).ok_or("no model")?;
    let operations: Vec<_> = model.operations().collect();
    assert_eq!((operations[0].path.as_str(), operations[0].id.as_deref()), ("/a", Some("b")));
    assert_eq!(operations[0].responses.len(), 1);
    let report = pipeline.report(false);
    assert!(report.starts_with("warning[misplaced-reference]"), "{report}");
    Ok(())
}

#[test]
fn webhooks_and_callbacks_are_operations() -> Outcome {
    let post = json!({
        "operationId": "made",
        "parameters": [{"name": "X-Id", "in": "header", "schema": {"type": "string"}}],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {"200": {"description": ""}}
    });
    let document = document(json!({
        "webhooks": {"made": {"post": post}},
        "paths": {"/a": {"get": {
            "callbacks": {"done": {"{$request.query.url}": {"post": post}}},
            "responses": {"200": {"description": ""}}
        }}}
    }));
    let model = model(&document)?;
    let webhook = &model[model[model.webhooks["made"]].operations[0]];
    let operation = model.operations().next().ok_or("no operation")?;
    let callback = &model[operation.callbacks["done"]];
    let called = &model[model[callback.items["{$request.query.url}"]].operations[0]];
    for (one, path) in [(webhook, "made"), (called, "{$request.query.url}")] {
        assert_eq!((one.method.as_str(), one.path.as_str(), one.id.as_deref()), ("POST", path, Some("made")));
        assert_eq!(model.parameters(one).len(), 1);
        let body = model.body(one).ok_or("no body")?;
        let schema = model.media(&body.content)[0].schema.ok_or("no schema")?;
        assert_eq!(model[schema].types, [Type::Object]);
    }
    Ok(())
}

#[test]
fn descriptions_next_to_references_describe_their_use() -> Outcome {
    let mut document = document(json!({
        "paths": {"/a": {"get": {
            "parameters": [{"$ref": "#/components/parameters/P", "description": "Here"}],
            "responses": {"200": {"$ref": "#/components/responses/R"}}
        }}},
        "components": {
            "parameters": {"P": {"name": "q", "in": "query", "description": "There", "schema": {}}},
            "responses": {"R": {"description": "There"}}
        }
    }));
    let model = model(&document)?;
    let operation = model.operations().next().ok_or("no operation")?;
    assert_eq!(model.parameters(operation)[0].description.as_deref(), Some("Here"));
    assert_eq!(model[model.components.parameters["P"]].description.as_deref(), Some("There"));
    assert_eq!(model[operation.responses[0].1].description.as_deref(), Some("There"));
    // Before 3.1, members next to a reference are ignored.
    document["openapi"] = json!("3.0.3");
    let model = self::model(&document)?;
    let operation = model.operations().next().ok_or("no operation")?;
    assert_eq!(model.parameters(operation)[0].description.as_deref(), Some("There"));
    Ok(())
}

/// Returns every keyword of JSON Schema 2020-12 and OpenAPI 3.2, each with a distinct value.
fn every_keyword() -> Value {
    json!({
        "$id": "https://acme.example/all", "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$anchor": "all", "$dynamicAnchor": "any", "$comment": "Why", "$vocabulary": {"https://acme.example/v": true},
        "$defs": {"D": {"title": "definition"}}, "$ref": "#/$defs/D", "$dynamicRef": "#any",
        "title": "All", "description": "All of them", "default": {"$ref": "data"}, "deprecated": true,
        "readOnly": true, "writeOnly": true, "examples": [{"$ref": "data"}], "example": {"$ref": "data"},
        "externalDocs": {"url": "https://acme.example/docs"}, "xml": {"name": "all"},
        "type": ["object", "array", "string", "integer"], "enum": [{"$ref": "data"}, 1], "const": {"$ref": "data"},
        "format": "int32", "multipleOf": 2, "minimum": 1, "exclusiveMinimum": 0, "maximum": 9, "exclusiveMaximum": 10,
        "minLength": 1, "maxLength": 2, "pattern": "a",
        "items": {"title": "items"}, "prefixItems": [{"title": "prefixItems"}], "minItems": 1, "maxItems": 2,
        "uniqueItems": true, "contains": {"title": "contains"}, "minContains": 1, "maxContains": 2,
        "unevaluatedItems": {"title": "unevaluatedItems"},
        "properties": {"a": {"title": "properties"}}, "required": ["a"], "minProperties": 1, "maxProperties": 2,
        "patternProperties": {"^x": {"title": "patternProperties"}},
        "additionalProperties": {"title": "additionalProperties"}, "propertyNames": {"title": "propertyNames"},
        "unevaluatedProperties": {"title": "unevaluatedProperties"},
        "dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {"title": "dependentSchemas"}},
        "allOf": [{"title": "allOf"}], "anyOf": [{"title": "anyOf"}], "oneOf": [{"title": "oneOf"}],
        "not": {"title": "not"}, "if": {"title": "if"}, "then": {"title": "then"}, "else": {"title": "else"},
        "contentEncoding": "base64", "contentMediaType": "image/png", "contentSchema": {"title": "contentSchema"},
        "discriminator": {"propertyName": "a", "mapping": {"s": "Str"}, "defaultMapping": "Str"},
        "x-own": {"$ref": "data"}
    })
}

#[test]
fn all_keywords_are_kept() -> Outcome {
    let keywords = every_keyword();
    for field in ObjectKind::Schema.fields().iter().filter(|field| field.versions.meet(Versions::V3_2)) {
        assert!(keywords.get(field.name).is_some(), "the test has no `{}`", field.name);
    }
    let mut root = document(json!({"components": {"schemas": {"All": keywords, "Str": {"type": "string"}}}}));
    root["openapi"] = json!("3.2.0");
    let model = model(&root)?;
    let schema = &model[model.components.schemas["All"]];
    let rare = schema.rare();
    let title = |id: SchemaId| model[id].title.clone().unwrap_or_default();
    let below = [
        ("items", schema.items),
        ("prefixItems", schema.prefix_items.first().copied()),
        ("contains", rare.contains),
        ("unevaluatedItems", rare.unevaluated_items),
        ("properties", schema.properties.as_ref().and_then(|all| all.get("a")).copied()),
        ("patternProperties", rare.pattern_properties.get("^x").copied()),
        ("additionalProperties", schema.additional_properties),
        ("propertyNames", rare.property_names),
        ("unevaluatedProperties", rare.unevaluated_properties),
        ("dependentSchemas", rare.dependent_schemas.get("a").copied()),
        ("allOf", schema.all_of.as_ref().and_then(|all| all.first()).copied()),
        ("anyOf", schema.any_of.as_ref().and_then(|all| all.first()).copied()),
        ("oneOf", schema.one_of.as_ref().and_then(|all| all.first()).copied()),
        ("not", schema.not),
        ("if", rare.condition),
        ("then", rare.then),
        ("else", rare.otherwise),
        ("contentSchema", rare.content_schema),
        ("definition", rare.definitions.get("D").copied()),
        ("definition", schema.reference),
        ("All", schema.dynamic_reference),
    ];
    for (expected, id) in below {
        assert_eq!(id.map(title).as_deref(), Some(expected));
    }
    let data = json!({"$ref": "data"});
    assert_eq!(schema.types, [Type::Object, Type::Array, Type::String, Type::Integer]);
    assert_eq!(schema.enumeration, Some(vec![data.clone(), json!(1)]));
    assert_eq!((&schema.constant, &schema.default, &rare.example), (&Some(data.clone()), &Some(data.clone()), &None));
    assert_eq!(rare.examples.first(), Some(&data));
    assert_eq!(rare.extensions.get("x-own"), Some(&data));
    let numbers = [
        (&schema.multiple_of, 2),
        (&schema.minimum, 1),
        (&schema.exclusive_minimum, 0),
        (&schema.maximum, 9),
        (&schema.exclusive_maximum, 10),
        (&schema.min_length, 1),
        (&schema.max_length, 2),
        (&schema.min_items, 1),
        (&schema.max_items, 2),
        (&schema.min_properties, 1),
        (&schema.max_properties, 2),
        (&rare.min_contains, 1),
        (&rare.max_contains, 2),
    ];
    for (number, expected) in numbers {
        assert_eq!(number.as_ref().and_then(serde_json::Number::as_u64), Some(expected));
    }
    let texts = [
        (&rare.id, "https://acme.example/all"),
        (&rare.anchor, "all"),
        (&rare.dynamic_anchor, "any"),
        (&rare.comment, "Why"),
        (&schema.format, "int32"),
        (&schema.pattern, "a"),
        (&rare.content_encoding, "base64"),
        (&rare.content_media_type, "image/png"),
        (&rare.dialect, "https://json-schema.org/draft/2020-12/schema"),
    ];
    for (text, expected) in texts {
        assert_eq!(text.as_deref(), Some(expected));
    }
    assert!(schema.unique_items && schema.deprecated && schema.read_only && schema.write_only);
    assert_eq!(rare.dependent_required["a"], ["b"]);
    assert_eq!(schema.required.as_deref(), Some(&["a".to_owned()][..]));
    let discriminator = schema.discriminator.as_ref().ok_or("no discriminator")?;
    let string = model.components.schemas["Str"];
    assert_eq!(discriminator.mapping, [("s".to_owned(), string)]);
    assert_eq!(discriminator.default_mapping, Some(string));
    Ok(())
}

/// Returns a minimal object of a kind.
fn least(kind: ObjectKind) -> Value {
    match kind {
        ObjectKind::Parameter => json!({"name": "q", "in": "query", "schema": {"type": "string"}}),
        ObjectKind::RequestBody => json!({"content": {}}),
        ObjectKind::SecurityScheme => json!({"type": "http", "scheme": "bearer"}),
        ObjectKind::Link => json!({"operationId": "o"}),
        ObjectKind::Response => json!({"description": ""}),
        ObjectKind::Tag => json!({"name": "t"}),
        ObjectKind::Info => json!({"title": "T", "version": "1"}),
        ObjectKind::Discriminator => json!({"propertyName": "a"}),
        ObjectKind::Server | ObjectKind::ExternalDocs => json!({"url": "https://acme.example"}),
        ObjectKind::ServerVariable => json!({"default": "a"}),
        ObjectKind::License => json!({"name": "MIT"}),
        ObjectKind::ImplicitFlow => json!({"authorizationUrl": "https://acme.example", "scopes": {}}),
        ObjectKind::PasswordFlow | ObjectKind::ClientCredentialsFlow => {
            json!({"tokenUrl": "https://acme.example", "scopes": {}})
        }
        ObjectKind::AuthorizationCodeFlow => {
            json!({"authorizationUrl": "https://acme.example", "tokenUrl": "https://acme.example", "scopes": {}})
        }
        ObjectKind::DeviceAuthorizationFlow => {
            json!({"deviceAuthorizationUrl": "https://acme.example", "tokenUrl": "https://acme.example", "scopes": {}})
        }
        _ => json!({}),
    }
}

/// Returns each path of fields from the document to a kind of object, once for each kind and field, with the type of
/// the field.
fn fields() -> Vec<(Vec<Step>, FieldType)> {
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut queue = std::collections::VecDeque::from([(ObjectKind::Document, Vec::new())]);
    while let Some((kind, way)) = queue.pop_front() {
        for field in kind.fields().iter().filter(|field| field.versions.meet(Versions::V3_2)) {
            if !seen.insert((kind, field.name)) {
                continue;
            }
            let mut way: Vec<Step> = way.clone();
            way.push((kind, field.name, field.holds));
            found.push((way.clone(), field.holds));
            queue.extend(inner(field.holds).object().map(|kind| (kind, way.clone())));
        }
        if let Some(holds) = kind.named_by_document().filter(|_| seen.insert((kind, "200"))) {
            let mut way: Vec<Step> = way.clone();
            // A name that is valid as a path, a status and an expression.
            let name = if kind == ObjectKind::Responses { "200" } else { "/named" };
            way.push((kind, name, holds));
            found.push((way.clone(), holds));
            queue.extend(holds.object().map(|kind| (kind, way.clone())));
        }
    }
    found
}

/// Returns the type of the elements of a field.
fn inner(holds: FieldType) -> FieldType {
    match holds {
        FieldType::List(item) | FieldType::Map(item) => inner(*item),
        other => other,
    }
}

/// Returns a document with `value` at the end of a path of fields.
fn with(way: &[Step], value: Value) -> Value {
    let mut value = value;
    for (kind, name, holds) in way.iter().rev() {
        let mut holds = *holds;
        while let FieldType::List(item) | FieldType::Map(item) = holds {
            value = if let FieldType::List(_) = holds { json!([value]) } else { json!({"a": value}) };
            holds = *item;
        }
        let mut object = least(*kind);
        if *kind == ObjectKind::Document {
            object = json!({"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {}});
        }
        if *name == "flows" {
            object = json!({"type": "oauth2"});
        }
        if *name == "content" {
            // The two are mutually exclusive.
            object.as_object_mut().map(|object| object.shift_remove("schema"));
        }
        object[*name] = value;
        value = object;
    }
    value
}

#[test]
fn references_are_resolved_wherever_openapi_allows_them() {
    let mut kinds = std::collections::HashSet::new();
    for (way, holds) in fields() {
        let kind = match inner(holds) {
            FieldType::OneOrRef(kind) => kind,
            FieldType::SchemaOrBool => ObjectKind::Schema,
            _ => continue,
        };
        let Some(section) = kind.section() else { continue };
        let refer = |name: &str| {
            let mut root = with(&way, json!({"$ref": format!("#/components/{section}/{name}")}));
            root["components"][section]["Target"] = least(kind);
            read(&root)
        };
        let (model, found) = refer("Target");
        assert!(model.is_some(), "{way:?}: {found:?}");
        let (model, found) = refer("Gone");
        assert!(
            model.is_none() && found.iter().any(|found| found.starts_with("unknown-reference")),
            "{way:?}: {found:?}"
        );
        kinds.insert(kind);
    }
    assert_eq!(kinds.len(), 11, "{kinds:?}");
}

#[test]
fn references_in_data_are_not_resolved() {
    let mut count = 0;
    for (way, _) in fields().into_iter().filter(|(_, holds)| inner(*holds) == FieldType::Any) {
        let root = with(&way, json!({"$ref": "#/nowhere", "nullable": true}));
        let (model, found) = read(&root);
        assert!(model.is_some(), "{way:?}: {found:?}\n{root}");
        let kept = format!("{model:?}");
        // OpenAPI's own `example` is raised to the first of `examples`.
        assert!(kept.contains("#/nowhere") && kept.contains("nullable"), "{way:?}: {root}");
        count += 1;
    }
    assert!(count >= 12, "{count}");
}
