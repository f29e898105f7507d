//! Clients of documents that are large in various ways.

use std::collections::HashSet;

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::Generate;
use crm_clients_generator::ir::{Api, TypeKind};
use serde_json::{Map, Value, json};

fn document(schemas: Map<String, Value>, paths: Map<String, Value>) -> String {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Large", "version": "1"},
        "servers": [{"url": "https://large.example"}],
        "paths": paths,
        "components": {"schemas": schemas},
    })
    .to_string()
}

fn client(text: &str) -> Result<Api, String> {
    let mut walk = Pipeline::new();
    let read = |_: &str| Ok(text.as_bytes().to_vec());
    let input = Input { document: "large.json", read: &read, overlays: &[] };
    walk.ir(&input, "large").ok_or_else(|| walk.report(false))
}

fn answered_with(schema: &str) -> Value {
    let content = json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}});
    json!({"get": {"responses": {"200": {"description": "ok", "content": content}}}})
}

#[test]
fn enum_with_ten_thousand_values() -> Result<(), String> {
    // A third of the values has the same name as another one.
    let values: Vec<String> =
        (0..10_000).map(|value| format!("{}{}", ["a ", "a-", "a_"][value % 3], value / 3)).collect();
    let schemas = Map::from_iter([("Code".to_owned(), json!({"type": "string", "enum": values}))]);
    let api = client(&document(schemas, Map::from_iter([("/code".to_owned(), answered_with("Code"))])))?;
    let TypeKind::Strings(code) = &api.types[0].kind else { return Err(format!("{:?}", api.types[0].kind)) };
    let names: HashSet<&str> = code.variants.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((code.variants.len(), names.len()), (10_000, 10_000));
    Ok(())
}

#[test]
fn five_megabytes_of_equal_and_different_schemas() -> Result<(), String> {
    const SCHEMAS: usize = 2_000;
    let prose = "It is described at length. ".repeat(80);
    let schema = |index: usize| {
        let own = if index.is_multiple_of(2) { "even".to_owned() } else { format!("odd{index}") };
        let next = format!("#/components/schemas/Thing{}", (index + 2) % SCHEMAS);
        json!({"type": "object", "description": prose, "properties": {own: {"type": "string"}, "next": {"$ref": next}}})
    };
    let schemas = (0..SCHEMAS).map(|index| (format!("Thing{index}"), schema(index)));
    let paths = (0..SCHEMAS).map(|index| (format!("/things{index}"), answered_with(&format!("Thing{index}"))));
    let text = document(schemas.collect(), paths.collect());
    assert!(text.len() > 4_500_000, "{}", text.len());
    let api = client(&text)?;
    let operations: usize = api.resources.iter().map(|resource| resource.operations.len()).sum();
    let structs = api.types.iter().filter(|def| matches!(def.kind, TypeKind::Struct(_))).count();
    assert_eq!((operations, api.types.len()), (SCHEMAS, SCHEMAS));
    // Equal components are separate structs, because one of them may get a field.
    assert_eq!(structs, SCHEMAS);
    Ok(())
}

/// Quadratic algorithms over operations, tags or types would take minutes.
#[test]
fn twenty_thousand_operations_with_colliding_names() -> Result<(), String> {
    const OPERATIONS: usize = 20_000;
    let schemas = (0..OPERATIONS).map(|index| {
        let next = match index + 1 {
            OPERATIONS => json!({"type": "string", "format": "password"}),
            next => json!({"$ref": format!("#/components/schemas/Thing{next}")}),
        };
        (format!("Thing{index}"), json!({"type": "object", "properties": {"next": next}}))
    });
    let paths = (0..OPERATIONS).map(|index| {
        let mut item = answered_with(&format!("Thing{index}"));
        item["get"]["tags"] = json!([format!("Thing{}{}", "!".repeat(index % 100), "?".repeat(index / 100))]);
        (format!("/things{index}"), item)
    });
    let api = client(&document(schemas.collect(), paths.collect()))?;
    // Tags that differ only in punctuation are equal.
    let [resource] = api.resources.as_slice() else { return Err(format!("{} resources", api.resources.len())) };
    let methods: HashSet<&str> = resource.operations.iter().map(|operation| operation.name.as_str()).collect();
    assert_eq!((methods.len(), api.types.len()), (OPERATIONS, OPERATIONS));
    assert!(api.types.iter().all(|def| def.secret));
    Ok(())
}

#[test]
fn templates_are_copied_a_limited_number_of_times() {
    const PARTS: usize = 150;
    const USERS: usize = 80;
    let part = |index: usize| {
        let next = format!("#/components/schemas/Part{}", (index + 1) % PARTS);
        json!({"type": "object", "properties": {"item": {"$dynamicRef": "#item"}, "next": {"$ref": next}}})
    };
    let user = |index: usize| {
        let item = json!({"$dynamicAnchor": "item", "const": index});
        json!({"$ref": "#/components/schemas/Part0", "$defs": {"item": item}})
    };
    let parts = (0..PARTS).map(|index| (format!("Part{index}"), part(index)));
    let users = (0..USERS).map(|index| (format!("User{index}"), user(index)));
    let paths = Map::from_iter([("/users".to_owned(), answered_with("User0"))]);
    let text = document(parts.chain(users).collect(), paths).replace("3.0.3", "3.1.0");
    let mut walk = Pipeline::new();
    let read = |_: &str| Ok(text.as_bytes().to_vec());
    let model = walk.model(&Input { document: "large.json", read: &read, overlays: &[] });
    let report = walk.report(false);
    assert!(model.is_some(), "{report}");
    assert!(report.contains("warning[too-many-templates]: more than 10000 copies of templates"), "{report}");
}
