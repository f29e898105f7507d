//! Comparing recordings with a small document: every kind of difference, and the draft that removes it.

use crm_clients_document::{Input, Pipeline, model};
use crm_clients_traffic::{Drift, draft, exchange};
use serde_json::{Value, json};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const DOCUMENT: &str = r"
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example/v1}]
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '200':
          description: The pets.
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}
    post:
      operationId: createPet
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/Pet'}}
      responses:
        2XX:
          description: The pet.
          content:
            application/json: {schema: {$ref: '#/components/schemas/Pet'}}
  /pets/active:
    get:
      operationId: activePets
      responses: {'200': {description: The names, content: {application/json: {schema: {type: array, items: {type: string}}}}}}
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        '200':
          description: The pet.
          content:
            application/json: {schema: {$ref: '#/components/schemas/Pet'}}
components:
  schemas:
    Pet:
      type: object
      required: [id, name, secret]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string}
        secret: {type: string, writeOnly: true}
        born: {type: string, format: date}
        kind: {type: string, enum: [cat, dog]}
        labels: {type: object, additionalProperties: {type: string}}
        extra: {type: object}
        owner:
          oneOf:
            - {type: object, required: [type, email], properties: {type: {const: person}, email: {type: string}}}
            - {type: object, required: [type, vat], properties: {type: {const: company}, vat: {type: string}}}
";

/// Returns the findings as lines, and the drafted overlay.
fn compare(document: &str, overlay: Option<&str>, recording: &str) -> Result<(Vec<String>, String)> {
    let read = |_: &str| Ok(document.as_bytes().to_vec());
    let overlays: Vec<_> = overlay.iter().map(|text| ("overlay.yaml", text.as_bytes())).collect();
    let mut pipeline = Pipeline::new();
    let raised = pipeline.raised(&Input { document: "pets.yaml", read: &read, overlays: &overlays });
    let raised = raised.ok_or_else(|| pipeline.report(false))?;
    let model = model::document(&raised, &mut pipeline.diagnostics).ok_or_else(|| pipeline.report(false))?;
    let mut drift = Drift::new(&model, &raised)?;
    exchange::read(recording.as_bytes(), &mut |exchange| drift.add(&exchange))?;
    let has_single_types = document.contains("openapi: 3.0");
    let context = draft::Context { title: "Draft", raised: &raised, documents: &pipeline.documents, has_single_types };
    let lines = drift.findings().map(draft::describe).collect();
    Ok((lines, draft::overlay(&context, drift.findings())))
}

/// Returns a recorded response to `GET /pets/7`.
fn pet(body: &Value) -> String {
    json!({"method": "GET", "path": "/v1/pets/7", "status": 200, "content_type": "application/json", "response_body": body}).to_string()
}

#[test]
fn traffic_as_declared_has_no_findings() -> Result {
    let bodies = [
        json!({"id": 7, "name": "Tom"}),
        json!({"id": 7, "name": "Tom", "born": "2026-11-29", "kind": "cat", "labels": {"a1": "x"}, "extra": {"any": [1]}}),
        json!({"id": 7, "name": "Tom", "owner": {"type": "company", "vat": "1"}}),
    ];
    let mut recording: Vec<String> = bodies.iter().map(pet).collect();
    recording.push(json!({"method": "POST", "target": "/pets?x=1", "status": 201, "headers": {"content-type": "application/json; charset=utf-8"},
        "sent": {"name": "Tom", "secret": "s"}, "json": {"id": 7, "name": "Tom"}}).to_string());
    recording.push(json!({"method": "GET", "path": "/pets/active/", "status": 200, "content_type": "application/json", "response_body": ["Tom"]}).to_string());
    let (lines, draft) = compare(DOCUMENT, None, &recording.join("\n"))?;
    assert_eq!(lines, Vec::<String>::new());
    assert!(draft.ends_with("actions: []\n"), "{draft}");
    Ok(())
}

#[test]
fn each_difference_is_found_and_its_draft_removes_it() -> Result {
    let here = "GET /pets/{id}, response 200";
    let cases = [
        (json!({"id": 7, "name": "Tom", "age": 3}), format!("{here}: undeclared property `age` (integer), once")),
        (json!({"id": 7}), format!("{here}: required property `name` is missing, once")),
        (json!({"id": 7, "name": null}), format!("{here} /name: unexpected type: null, once")),
        (json!({"id": "7", "name": "Tom"}), format!("{here} /id: unexpected type: string, once")),
        (json!({"id": 7, "name": "Tom", "kind": "fish"}), format!("{here} /kind: unlisted value \"fish\", once")),
        (
            json!({"id": 7, "name": "Tom", "born": "2026-11-29T10:00:00Z"}),
            format!("{here} /born: another format, once"),
        ),
        (json!({"id": 7, "name": "Tom", "born": "yesterday"}), format!("{here} /born: another format, once")),
        (
            json!({"id": 7, "name": "Tom", "labels": {"2026": 3}}),
            format!("{here} /labels/*: unexpected type: integer, once"),
        ),
        (
            json!({"id": 7, "name": "Tom", "owner": {"type": "person", "email": "a", "phone": null}}),
            format!("{here} /owner: undeclared property `phone` (null), once"),
        ),
        (
            json!({"id": 7, "name": "Tom", "owner": {"type": "company", "vat": 5}}),
            format!("{here} /owner/vat: unexpected type: integer, once"),
        ),
    ];
    for (body, expected) in cases {
        let recording = pet(&body);
        let (lines, draft) = compare(DOCUMENT, None, &recording)?;
        assert_eq!(lines, [expected], "{body}");
        let (left, _) = compare(DOCUMENT, Some(&draft), &recording)?;
        assert_eq!(left, Vec::<String>::new(), "{draft}");
    }
    Ok(())
}

#[test]
fn statuses_media_types_and_requests_are_compared() -> Result {
    let line = |status: u16, media_type: &str, sent: Value| {
        json!({"method": "POST", "path": "/pets", "status": status, "content_type": media_type, "request_body": sent, "response_body": "Retry later"}).to_string()
    };
    let recording = [
        line(429, "text/plain", json!({"name": "Tom", "secret": "s"})),
        line(201, "text/html", json!({"name": 1, "secret": "s"})),
    ]
    .join("\n");
    let (lines, draft) = compare(DOCUMENT, None, &recording)?;
    let expected = [
        "POST /pets, request /name: unexpected type: integer, once",
        "POST /pets, response 201: undeclared media type text/html, once",
        "POST /pets, response 429: undeclared status with text/plain, once",
    ];
    assert_eq!(lines, expected);
    assert!(!draft.contains("Tom"), "{draft}");
    let (left, _) = compare(DOCUMENT, Some(&draft), &recording)?;
    assert_eq!(left, Vec::<String>::new(), "{draft}");
    Ok(())
}

#[test]
fn undeclared_operations_are_listed_without_their_ids() -> Result {
    let recording: Vec<String> =
        [("GET", "/v1/pets/7/notes"), ("GET", "/v1/pets/8/notes"), ("PATCH", "/pets"), ("GET", "/pets/search")]
            .map(|(method, path)| json!({"method": method, "path": path, "status": 200}).to_string())
            .into();
    let (lines, draft) = compare(DOCUMENT, None, &recording.join("\n"))?;
    assert_eq!(
        lines,
        [
            "GET /pets/search: undeclared operation, once",
            "GET /v1/pets/*/notes: undeclared operation, 2 times",
            "PATCH /pets: undeclared operation, once"
        ]
    );
    assert!(draft.contains("# not declared: GET /v1/pets/*/notes, 2 times"), "{draft}");
    Ok(())
}

#[test]
fn a_document_of_3_0_gets_its_own_keywords() -> Result {
    let document = DOCUMENT
        .replace("openapi: 3.1.0", "openapi: 3.0.3")
        .replace("{const: person}", "{enum: [person]}")
        .replace("{const: company}", "{enum: [company]}");
    let recording =
        [pet(&json!({"id": 7, "name": null, "age": null})), pet(&json!({"id": 7, "name": "Tom", "age": 1}))].join("\n");
    let (lines, draft) = compare(&document, None, &recording)?;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        draft.contains(r#"{"nullable":true}"#) && draft.contains(r#""age":{"type":"integer","nullable":true}"#),
        "{draft}"
    );
    let (left, _) = compare(&document, Some(&draft), &recording)?;
    assert_eq!(left, Vec::<String>::new(), "{draft}");
    Ok(())
}
