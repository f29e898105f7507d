//! Tests the content of overlays drafted from recordings, and that the document with the overlay accepts the traffic.

use crm_clients_document::{Input, Pipeline, model};
use crm_clients_traffic::infer::{Context, Redaction};
use crm_clients_traffic::{Drift, Infer, draft, exchange};
use serde_json::{Map, Value, json};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const DOCUMENT: &str = r"
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example/v1}]
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getPet
      tags: [Pets]
      security: [{key: []}]
      responses: {'200': {description: The pet., content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
  /shops/{slug}/pets:
    get:
      tags: [Shops]
      parameters: [{name: slug, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: None.}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: key}}
  schemas:
    Pet:
      type: object
      required: [id]
      properties:
        id: {type: integer}
        name: {type: string}
        kind: {type: string, enum: [cat, dog]}
        born: {type: string, format: date}
";

/// Returns the overlaid document, the raised document and its model.
fn raised(document: &str, overlays: &[&str]) -> Result<(Value, Value, model::Document)> {
    let read = |_: &str| Ok(document.as_bytes().to_vec());
    let overlays: Vec<_> = overlays.iter().map(|text| ("overlay.yaml", text.as_bytes())).collect();
    let mut pipeline = Pipeline::new();
    let input = Input { document: "pets.yaml", read: &read, overlays: &overlays };
    let overlaid = pipeline.overlaid(&input).ok_or_else(|| pipeline.report(false))?;
    let raised = pipeline.raise(overlaid.clone()).ok_or_else(|| pipeline.report(false))?;
    let model = model::document(&raised, &mut pipeline.diagnostics).ok_or_else(|| pipeline.report(false))?;
    Ok((overlaid, raised, model))
}

/// Returns the drafted overlay.
fn drafted(document: &str, rules: &[&str], redacted: &[&str], recording: &str) -> Result<String> {
    let (overlaid, raised, model) = raised(document, &[])?;
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let mut inferred = Infer::new(&model, &owned(rules), Redaction::new(&owned(redacted)));
    exchange::read(recording.as_bytes(), &mut |exchange| inferred.add(exchange))?;
    Ok(inferred.overlay(&Context { title: "Draft", overlaid: &overlaid, raised: &raised }))
}

/// Returns the differences between the traffic and the document with the overlay, except for failed requests.
fn differences(document: &str, overlay: &str, recording: &str) -> Result<Vec<String>> {
    let (_, raised, model) = raised(document, &[overlay]).map_err(|error| format!("{error}\n{overlay}"))?;
    let mut drift = Drift::new(&model, &raised)?;
    exchange::read(recording.as_bytes(), &mut |mut exchange| {
        if exchange.status >= 400 {
            exchange.request = None;
        }
        drift.add(&exchange);
    })?;
    Ok(drift.findings().map(draft::describe).collect())
}

/// Returns the document with the overlay drafted from these exchanges. Checks that it accepts the exchanges, and that
/// their order does not matter.
fn inferred(rules: &[&str], exchanges: &[Value]) -> Result<Value> {
    let lines: Vec<String> = exchanges.iter().map(Value::to_string).collect();
    let overlay = drafted(DOCUMENT, rules, &[], &lines.join("\n"))?;
    let reversed: Vec<String> = lines.iter().rev().cloned().collect();
    assert_eq!(overlay, drafted(DOCUMENT, rules, &[], &reversed.join("\n"))?, "the order does not matter");
    assert_eq!(differences(DOCUMENT, &overlay, &lines.join("\n"))?, Vec::<String>::new(), "{overlay}");
    Ok(raised(DOCUMENT, &[&overlay])?.0)
}

fn get(path: &str, body: Value) -> Value {
    json!({"method": "GET", "path": path, "status": 200, "content_type": "application/json", "response_body": body})
}

/// Returns the schema of a response with status 200.
fn schema<'d>(document: &'d Value, path: &str, method: &str) -> &'d Value {
    &document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
}

fn paths(document: &Value) -> Vec<&str> {
    document["paths"].as_object().into_iter().flatten().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn segments_are_values_where_they_look_like_ids_or_the_document_says_so() -> Result {
    let exchanges = [
        get("/v1/pets/7/notes", json!([])),
        get("/v1/pets/active", json!([])),
        get("/v1/pets/7/notes/5cbcfe56-1968-4475-a715-195c4deb6f3b", json!({})),
        get("/v1/shops/north/hours", json!({})),
        get("/v1/owners/kim", json!({"slug": "kim"})),
        get("/v1/owners/sam", json!({"slug": "sam"})),
        get("/v1/owners/search?q=x", json!([])),
        get("/v1/vets/lee", json!({})),
        get("/v1/owners/kim/photos/2026-11-28", json!({})),
        get("/v1/v2/oauth2", json!({})),
    ];
    let document = inferred(&[], &exchanges)?;
    let expected = [
        "/pets/{id}",
        "/shops/{slug}/pets",
        "/owners/search",
        "/owners/{owner_id}",
        "/owners/{owner_id}/photos/{photo_id}",
        "/pets/active",
        "/pets/{id}/notes",
        "/pets/{id}/notes/{note_id}",
        "/shops/{slug}/hours",
        "/v2/oauth2",
        "/vets/lee",
    ];
    assert_eq!(paths(&document), expected);
    let with_rule = inferred(&["/vets/{vet}"], &exchanges)?;
    assert!(paths(&with_rule).contains(&"/vets/{vet}"));
    let notes = &document["paths"]["/pets/{id}/notes/{note_id}"];
    assert_eq!(notes["parameters"][0]["schema"], json!({"type": "integer"}), "every sample is a number");
    assert_eq!(notes["parameters"][1]["schema"], json!({"type": "string"}));
    assert_eq!(notes["get"]["operationId"], "getNote");
    assert_eq!(notes["get"]["tags"], json!(["Pets"]));
    assert_eq!(notes["get"]["security"], json!([{"key": []}]));
    Ok(())
}

#[test]
fn path_parameters_are_declared_as_the_document_declares_them() -> Result {
    let document = DOCUMENT
        .replace(
            "parameters: [{name: id, in: path, required: true, schema: {type: integer}}]",
            "parameters: [{$ref: '#/components/parameters/pet_id'}]",
        )
        .replace(
            "components:\n",
            "components:\n  parameters:\n    agent_id: {name: id, in: path, required: true, schema: {type: string}}\n    pet_id: {name: id, in: path, required: true, schema: {type: integer}}\n",
        );
    let overlay = drafted(&document, &[], &[], &get("/v1/pets/7/notes/8", json!({})).to_string())?;
    let (overlaid, ..) = raised(&document, &[&overlay])?;
    let expected = json!([
        {"$ref": "#/components/parameters/pet_id"},
        {"name": "note_id", "in": "path", "required": true, "schema": {"type": "integer"}},
    ]);
    assert_eq!(overlaid["paths"]["/pets/{id}/notes/{note_id}"]["parameters"], expected);
    Ok(())
}

#[test]
fn a_property_is_required_and_nullable_as_all_samples_show() -> Result {
    let one = inferred(&[], &[get("/v1/owners", json!({"id": 1, "mail": "a@b.example", "at": null}))])?;
    let owner = schema(&one, "/owners", "get");
    assert_eq!(owner["required"], Value::Null, "one sample requires nothing");
    assert_eq!(owner["properties"]["mail"], json!({"type": "string", "format": "email"}));
    assert_eq!(owner["properties"]["at"], json!({}), "null does not show the type");
    assert_eq!(one["paths"]["/owners"]["get"]["x-evidence"], json!({"samples": 1, "draft": true}));

    let several = [
        json!({"id": 1, "mail": "a@b.example", "rate": 1, "created_at": 1_795_823_244, "when": "2026-11-28T10:00:00Z"}),
        json!({"id": 2, "mail": null, "rate": 1.5, "created_at": 1_795_823_245, "when": "soon", "tall": true}),
    ];
    let document = inferred(&[], &several.map(|body| get("/v1/owners", body)))?;
    let expected = json!({
        "type": "object",
        "required": ["created_at", "id", "mail", "rate", "when"],
        "properties": {
            "created_at": {"type": "integer", "description": "Seconds since 1970."},
            "id": {"type": "integer"},
            "mail": {"type": ["string", "null"], "format": "email"},
            "rate": {"type": "number"},
            "tall": {"type": "boolean"},
            "when": {"type": "string"},
        },
    });
    assert_eq!(*schema(&document, "/owners", "get"), expected);
    Ok(())
}

#[test]
fn difficult_bodies_are_declared_as_they_are() -> Result {
    let exchanges = [
        get("/v1/counts", json!({"4": 1, "5": 8})),
        get("/v1/days", json!({"2026-11-28": {"n": 1}, "total": 2})),
        get("/v1/mixed", json!([1, "a", null, {"b": 1}, [true]])),
        json!({"method": "DELETE", "path": "/v1/owners/7", "status": 200, "content_type": "application/json", "response_body": ""}),
        json!({"method": "GET", "path": "/v1/owners/7", "status": 502, "content_type": "text/html", "response_body": "<html>"}),
        json!({"method": "GET", "path": "/v1/report", "status": 200, "content_type": "text/csv", "response_body": "a,b\n"}),
        json!({"method": "POST", "path": "/v1/import", "status": 200, "content_type": "application/json", "response_body": "",
            "request_body": "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.csv\"\r\n\r\na\r\n--X\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\nfast\r\n--X--\r\n"}),
        get("/v1/list?ids[]=1&ids[]=2&page=3&deep=true&q=7a&1700000000=x", json!([])),
    ];
    let document = inferred(&[], &exchanges)?;
    assert_eq!(
        *schema(&document, "/counts", "get"),
        json!({"type": "object", "additionalProperties": {"type": "integer"}})
    );
    assert_eq!(schema(&document, "/days", "get")["properties"], json!({"total": {"type": "integer"}}));
    assert_eq!(schema(&document, "/mixed", "get")["items"]["oneOf"].as_array().map(Vec::len), Some(5));
    let import = &document["paths"]["/import"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"];
    assert_eq!(
        import["properties"],
        json!({"file": {"type": "string", "format": "binary"}, "mode": {"type": "string"}})
    );
    let names = |parameter: &Value| format!("{} {}", parameter["name"], parameter["schema"]["type"]);
    let query: Vec<String> =
        document["paths"]["/list"]["get"]["parameters"].as_array().into_iter().flatten().map(names).collect();
    assert_eq!(
        query,
        [
            r#""1700000000" "string""#,
            r#""deep" "boolean""#,
            r#""ids[]" "array""#,
            r#""page" "integer""#,
            r#""q" "string""#
        ]
    );
    Ok(())
}

#[test]
fn pages_of_a_website_are_no_operations() -> Result {
    let recording = [
        json!({"method": "OPTIONS", "path": "/v1/list", "status": 204}),
        json!({"method": "GET", "path": "/v1/style.css", "status": 200, "content_type": "text/css", "response_body": "a{}"}),
        json!({"method": "GET", "path": "/v1/logo.png", "status": 200, "content_type": "image/png", "response_body": "x"}),
        json!({"method": "GET", "path": "/v1/app", "status": 200, "content_type": "text/html", "response_body": "<html>"}),
    ]
    .map(|exchange| exchange.to_string());
    let overlay = drafted(DOCUMENT, &[], &[], &recording.join("\n"))?;
    assert!(overlay.ends_with("actions: []\n"), "{overlay}");
    Ok(())
}

#[test]
fn pictures_and_uncommon_methods_are_of_operations() -> Result {
    let send = |method: &str, path: &str, media_type: &str| json!({"method": method, "path": path, "status": 200, "content_type": media_type, "response_body": "x"});
    let exchanges = [
        send("GET", "/v1/pets/7/photo", "image/png"),
        send("POST", "/v1/photos/photo.png", "image/png"),
        send("GET", "/v1/reports/7.json", "application/json"),
        send("GET", "/v1/flags/true", "application/json"),
        send("QUERY", "/v1/search", "application/json"),
        send("COPY", "/v1/pets/7", "application/json"),
    ];
    let document = inferred(&[], &exchanges)?;
    for (path, method) in [
        ("/pets/{id}/photo", "get"),
        ("/photos/photo.png", "post"),
        ("/reports/{report_id}", "get"),
        ("/flags/{flag_id}", "get"),
        ("/search", "query"),
    ] {
        assert!(document["paths"][path][method].is_object(), "{method} {path}: {document}");
    }
    assert!(document["paths"]["/pets/{id}"]["additionalOperations"]["COPY"].is_object());
    Ok(())
}

#[test]
fn equal_objects_are_one_component_and_one_of_the_document_is_used_where_it_fits() -> Result {
    let pet = |name: &str, kind: &str| json!({"id": 7, "name": name, "kind": kind});
    let note = |id: u8| json!({"id": id, "text": "x", "pet": pet("Tom", "cat")});
    let exchanges = [
        get("/v1/pets/7/notes", json!([note(1), note(2)])),
        get("/v1/pets/7/notes/1", note(1)),
        get("/v1/fish/favourite", pet("Wanda", "fish")),
        get("/v1/found", json!({"payload": [1], "meta": {}})),
        get("/v1/lost", json!({"payload": ["a"], "meta": {}})),
    ];
    let document = inferred(&[], &exchanges)?;
    let reference = json!({"$ref": "#/components/schemas/note"});
    assert_eq!(schema(&document, "/pets/{id}/notes", "get")["items"], reference);
    assert_eq!(*schema(&document, "/pets/{id}/notes/{note_id}", "get"), reference);
    let note = &document["components"]["schemas"]["note"];
    assert_eq!(note["properties"]["pet"], json!({"$ref": "#/components/schemas/Pet"}));
    assert_eq!(note["x-evidence"], json!({"samples": 3, "places": 2}));
    assert_eq!(schema(&document, "/fish/favourite", "get")["type"], "object", "a fish is not in the enum of Pet");
    assert_eq!(
        schema(&document, "/found", "get")["properties"]["payload"]["items"]["type"],
        "integer",
        "envelopes differ"
    );
    Ok(())
}

#[test]
fn objects_that_a_constant_tells_apart_are_a_choice() -> Result {
    let items = json!([
        {"type": "image", "url": "https://a.example/1", "width": 1}, {"type": "image", "url": "https://a.example/2", "width": 2},
        {"type": "text", "text": "a"}, {"type": "text", "text": "b"},
    ]);
    let document = inferred(&[], &[get("/v1/parts", items)])?;
    let alternatives = &schema(&document, "/parts", "get")["items"]["oneOf"];
    assert_eq!(alternatives[0]["properties"]["type"]["enum"], json!(["image"]));
    assert_eq!(alternatives[0]["required"], json!(["type", "url", "width"]));
    assert_eq!(
        alternatives[1]["properties"],
        json!({"text": {"type": "string"}, "type": {"type": "string", "enum": ["text"]}})
    );
    Ok(())
}

#[test]
fn no_value_is_in_the_draft_and_redacted_ones_are_not_read() -> Result {
    let body =
        json!({"id": 7, "name": "Wanda Fish", "mail": "wanda@fish.example", "status": "open", "secret": {"pin": 1}});
    let recording = get("/v1/owners/7?q=Wanda", body).to_string();
    let overlay = drafted(DOCUMENT, &[], &["MAIL", "secret"], &recording)?;
    for value in ["Wanda", "fish.example", "open", "email", "pin"] {
        assert!(!overlay.lines().skip(6).any(|line| line.contains(value)), "{value}: {overlay}");
    }
    Ok(())
}

/// Random traffic of some operations.
struct Random(fastrand::Rng);

impl Random {
    fn exchange(&mut self) -> Value {
        let path = ["/v1/a", "/v1/a/7", "/v1/a/8/b", "/v1/c/deadbeef01", "/v1/c/new"][self.0.usize(..5)];
        let method = ["GET", "POST"][self.0.usize(..2)];
        let (status, media_type) =
            [(200, "application/json"), (200, "application/json"), (422, "application/json"), (500, "text/html")]
                [self.0.usize(..4)];
        let mut exchange = json!({"method": method, "path": path, "status": status, "content_type": media_type, "response_body": self.value(3)});
        if method == "POST" {
            exchange["request_body"] = self.value(2);
        }
        exchange
    }

    fn value(&mut self, depth: usize) -> Value {
        let kinds = if depth == 0 { 6 } else { 9 };
        match self.0.usize(..kinds) {
            0 => Value::Null,
            1 => self.0.bool().into(),
            2 => self.0.i64(-3..2_000_000_000).into(),
            3 => (self.0.f64() * 10.0).into(),
            4 => ["a", "b", "", "2026-11-28", "2026-11-28T10:00:00Z", "x@y.example", "https://a.example"]
                [self.0.usize(..7)]
            .into(),
            5 => json!({}),
            6 => (0..self.0.usize(..4)).map(|_| self.value(depth - 1)).collect(),
            _ => {
                let names = ["id", "type", "payload", "created_at", "name", "7", "2026-01-02"];
                let count = self.0.usize(..6);
                let members = (0..count).map(|_| (names[self.0.usize(..7)].to_owned(), self.value(depth - 1)));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

#[test]
fn any_traffic_is_accepted_by_its_own_draft_whatever_the_order() -> Result {
    for seed in 0..60 {
        let mut random = Random(fastrand::Rng::with_seed(seed));
        let mut lines: Vec<String> = (0..1 + seed as usize % 40).map(|_| random.exchange().to_string()).collect();
        let overlay = drafted(DOCUMENT, &[], &[], &lines.join("\n"))?;
        assert_eq!(differences(DOCUMENT, &overlay, &lines.join("\n"))?, Vec::<String>::new(), "seed {seed}: {overlay}");
        random.0.shuffle(&mut lines);
        assert_eq!(drafted(DOCUMENT, &[], &[], &lines.join("\n"))?, overlay, "seed {seed}");
    }
    Ok(())
}

#[test]
fn requests_that_were_refused_do_not_weaken_those_that_were_accepted() -> Result {
    let post = |status: u16, body: Value| json!({"method": "POST", "path": "/v1/owners", "status": status, "content_type": "application/json", "request_body": body, "response_body": {}});
    let exchanges =
        [post(200, json!({"name": "a"})), post(200, json!({"name": "b", "mail": "c"})), post(422, json!({"nam": 1}))];
    let document = inferred(&[], &exchanges)?;
    let body = &document["paths"]["/owners"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["required"], json!(["name"]));
    assert_eq!(body["properties"]["nam"], Value::Null);
    Ok(())
}
