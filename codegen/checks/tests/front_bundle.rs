//! The `bundle` pass with valid and invalid references. For golden files, see `support::golden`.

mod support;

use std::io;

use crm_clients_document::bundle::{bundle, check_references, hoist_components, inline_misplaced};
use crm_clients_document::diagnostic::{Diagnostics, render};
use crm_clients_document::load::load;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::raise;
use serde_json::{Value, json};
use support::golden;

struct Bundled {
    value: Value,
    documents: SourceMap,
    diagnostics: Diagnostics,
}

impl Bundled {
    fn rendered(&self) -> String {
        render(&self.diagnostics, &self.documents, false)
    }

    fn codes(&self) -> Vec<&str> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
    }

    #[track_caller]
    fn without_faults(self) -> Self {
        assert!(self.diagnostics.is_empty(), "{}", self.rendered());
        self
    }

    /// Returns the location of a node as `file:line`.
    fn line(&self, pointer: &str) -> String {
        self.documents.position(pointer).map(|at| format!("{}:{}", at.file, at.line)).unwrap_or_default()
    }
}

/// Bundles the first of several files in the directory `api`, and checks its references.
fn bundled(files: &[(&str, &str)]) -> Bundled {
    let read = |path: &str| {
        let file = files.iter().find(|(name, _)| *name == path);
        file.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    };
    let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let name = files.first().map(|(name, _)| format!("api/{name}")).unwrap_or_default();
    let mut value = load(&name, &read, &mut documents, &mut diagnostics).unwrap_or_default();
    bundle(&mut value, &read, &mut documents, &mut diagnostics);
    check_references(&value, &documents, &mut diagnostics);
    Bundled { value, documents, diagnostics }
}

#[test]
fn targets_become_components_of_their_kind() {
    let main = r"
openapi: 3.0.3
paths:
  /a:
    parameters: [{$ref: 'common.yaml#/p'}]
    post:
      requestBody: {$ref: common.yaml#/b}
      callbacks: {done: {$ref: common.yaml#/c}}
      responses:
        '200': {$ref: common.yaml#/r}
        default:
          headers: {X: {$ref: common.yaml#/h}}
          links: {next: {$ref: common.yaml#/l}}
          content: {a/b: {schema: {$ref: ./schemas/Pet.yaml}, examples: {one: {$ref: examples.yaml#/one}}}}
components:
  schemas: {Pet: {type: string}}
";
    let common = r"
p: {name: q, in: query, schema: {$ref: '#/s'}}
b: {content: {a/b: {schema: {$ref: 'schemas/Pet.yaml#'}}}}
c: {'{$request.body}': {get: {responses: {'200': {$ref: '#/r'}}}}}
r: {description: d}
h: {schema: {type: string}}
l: {operationId: o}
s: {type: integer}
";
    let bundled = bundled(&[
        ("api.yaml", main),
        ("common.yaml", common),
        ("examples.yaml", "one: {value: {$ref: nowhere.yaml}}"),
        ("schemas/Pet.yaml", "{type: object, properties: {s: {$ref: ../common.yaml#/s}}}"),
    ]);
    let bundled = bundled.without_faults();
    let path = &bundled.value["paths"]["/a"];
    assert_eq!(path["parameters"][0], json!({"$ref": "#/components/parameters/p"}));
    assert_eq!(path["post"]["requestBody"], json!({"$ref": "#/components/requestBodies/b"}));
    assert_eq!(path["post"]["callbacks"]["done"], json!({"$ref": "#/components/callbacks/c"}));
    assert_eq!(path["post"]["responses"]["200"], json!({"$ref": "#/components/responses/r"}));
    let default = &path["post"]["responses"]["default"];
    assert_eq!(default["headers"]["X"], json!({"$ref": "#/components/headers/h"}));
    assert_eq!(default["links"]["next"], json!({"$ref": "#/components/links/l"}));
    assert_eq!(
        default["content"]["a/b"],
        json!({"schema": {"$ref": "#/components/schemas/schemas_Pet"}, "examples": {"one": {"$ref": "#/components/examples/one"}}})
    );
    let components = &bundled.value["components"];
    assert_eq!(components["examples"]["one"], json!({"value": {"$ref": "nowhere.yaml"}}));
    assert_eq!(components["schemas"]["Pet"], json!({"type": "string"}));
    assert_eq!(
        components["schemas"]["schemas_Pet"],
        json!({"type": "object", "properties": {"s": {"$ref": "#/components/schemas/s"}}})
    );
    assert_eq!(components["schemas"]["s"], json!({"type": "integer"}));
    assert_eq!(components["parameters"]["p"]["schema"], json!({"$ref": "#/components/schemas/s"}));
    assert_eq!(
        components["callbacks"]["c"]["{$request.body}"]["get"]["responses"]["200"],
        json!({"$ref": "#/components/responses/r"})
    );
    assert_eq!(bundled.line("/components/parameters/p/schema"), "api/common.yaml:2");
    assert_eq!(bundled.line("/components/schemas/schemas_Pet/properties/s"), "api/schemas/Pet.yaml:1");
    assert_eq!(bundled.line("/components/schemas/Pet"), "api/api.yaml:16");
}

#[test]
fn components_that_are_references_name_their_target() {
    let main = r"
openapi: 3.0.3
components:
  schemas:
    Animal: {$ref: index.yaml#/Pet}
    Beast: {$ref: pet.yaml}
    Leaf: {$ref: index.yaml#/Leaf}
";
    let pet = "{properties: {parent: {$ref: pet.yaml}, other: {$ref: index.yaml#/Pet}, leaf: {$ref: 'index.yaml#/Leaf'}, main: {$ref: 'api.yaml#/components/schemas/Leaf'}}}";
    let bundled = bundled(&[
        ("api.yaml", main),
        ("index.yaml", "Pet: {$ref: ./pet.yaml}\nLeaf: {type: string}\n"),
        ("pet.yaml", pet),
    ])
    .without_faults();
    let animal = json!({"$ref": "#/components/schemas/Animal"});
    let leaf = json!({"$ref": "#/components/schemas/Leaf"});
    assert_eq!(
        bundled.value["components"]["schemas"],
        json!({"Animal": {"properties": {"parent": animal, "other": animal, "leaf": leaf, "main": leaf}}, "Beast": animal, "Leaf": {"type": "string"}})
    );
    assert_eq!(bundled.line("/components/schemas/Animal/properties"), "api/pet.yaml:1");
    assert_eq!(bundled.line("/components/schemas/Leaf"), "api/index.yaml:2");
    assert_eq!(bundled.line("/components/schemas/Beast/$ref"), "api/api.yaml:6");
}

#[test]
fn components_in_another_file_name_their_targets() {
    let main = "{openapi: 3.0.3, components: {schemas: {$ref: schemas/index.yaml}}}";
    let index = "Login: {$ref: login/body.yaml}\nLogout: {$ref: logout/body.yaml}\nLeaf: {type: string}\n";
    let login = "{properties: {leaf: {$ref: '../index.yaml#/Leaf'}, out: {$ref: '../logout/body.yaml'}, part: {$ref: part.yaml}}}";
    let logout = "{properties: {part: {$ref: part.yaml}}}";
    let bundled = bundled(&[
        ("api.yaml", main),
        ("schemas/index.yaml", index),
        ("schemas/login/body.yaml", login),
        ("schemas/login/part.yaml", "{type: integer}"),
        ("schemas/logout/body.yaml", logout),
        ("schemas/logout/part.yaml", "{type: boolean}"),
    ]);
    assert_eq!(bundled.codes(), ["misplaced-reference"]);
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    assert_eq!(
        bundled.value["components"]["schemas"],
        json!({
            "Login": {"properties": {"leaf": reference("Leaf"), "out": reference("Logout"), "part": reference("part")}},
            "Logout": {"properties": {"part": reference("logout_part")}},
            "Leaf": {"type": "string"},
            "part": {"type": "integer"},
            "logout_part": {"type": "boolean"}
        })
    );
}

#[test]
fn path_items_are_inlined() {
    let main = "openapi: 3.0.3\npaths:\n  /a: {$ref: 'paths/a.yaml', summary: mine}\n  /b: {$ref: 'paths/a.yaml'}\n";
    let item = "summary: theirs\nget:\n  responses: {'200': {content: {a/b: {schema: {$ref: '../s.yaml#/S'}}}}}\n";
    let bundled =
        bundled(&[("api.yaml", main), ("paths/a.yaml", item), ("s.yaml", "S: {type: string}")]).without_faults();
    let get = json!({"responses": {"200": {"content": {"a/b": {"schema": {"$ref": "#/components/schemas/S"}}}}}});
    assert_eq!(
        bundled.value["paths"],
        json!({"/a": {"summary": "mine", "get": get}, "/b": {"summary": "theirs", "get": get}})
    );
    assert_eq!(bundled.line("/paths/~1a/summary"), "api/api.yaml:3");
    assert_eq!(bundled.line("/paths/~1b/get"), "api/paths/a.yaml:2");
}

#[test]
fn references_in_data_are_not_resolved() {
    let main = r"
openapi: 3.1.0
x-a: {$ref: nowhere.yaml}
components:
  schemas:
    A:
      type: object
      properties:
        $ref: {type: string}
      example: {$ref: nowhere.yaml}
      examples: [{$ref: nowhere.yaml}]
      default: {$ref: nowhere.yaml}
      enum: [{$ref: nowhere.yaml}]
      const: {$ref: nowhere.yaml}
  examples:
    E: {value: {$ref: nowhere.yaml}}
";
    let before: Value = bundled(&[("api.yaml", main)]).without_faults().value;
    assert_eq!(before["components"]["schemas"]["A"]["example"], json!({"$ref": "nowhere.yaml"}));
}

#[test]
fn references_within_the_document_are_kept() {
    let main = r"
openapi: 3.1.0
paths:
  /x/{y}: {get: {responses: {'200': {content: {application/json: {schema: {properties: {b: {type: string}}}}}}}}}
components:
  schemas:
    A: {$ref: '#/paths/~1x~1%7By%7D/get/responses/200/content/application~1json/schema', description: mine}
    B: {$ref: '#/components/schemas/A'}
    C: {anyOf: [{$ref: '#/components/schemas/C'}, {$ref: '#'}]}
";
    let bundled = bundled(&[("api.yaml", main)]).without_faults();
    let reference = &bundled.value["components"]["schemas"]["A"]["$ref"];
    assert_eq!(reference, "#/paths/~1x~1%7By%7D/get/responses/200/content/application~1json/schema");
}

#[test]
fn mappings_of_discriminators_are_references() {
    let main = "openapi: 3.0.3\ncomponents:\n  schemas:\n    P: {discriminator: {propertyName: k, mapping: {c: ./cat.yaml, d: Dog, e: '#/components/schemas/P', f: 'x.yaml#/F'}}}\n";
    let bundled = bundled(&[("api.yaml", main), ("cat.yaml", "type: object"), ("x.yaml", "F: {}")]).without_faults();
    assert_eq!(
        bundled.value["components"]["schemas"]["P"]["discriminator"]["mapping"],
        json!({"c": "#/components/schemas/cat", "d": "Dog", "e": "#/components/schemas/P", "f": "#/components/schemas/F"})
    );
    assert_eq!(bundled.value["components"]["schemas"]["cat"], json!({"type": "object"}));
}

#[test]
fn cycles_between_files_are_valid() {
    let main = "openapi: 3.0.3\ncomponents: {schemas: {A: {items: {$ref: 'b.yaml#/B'}}}}\n";
    let bundled = bundled(&[
        ("api.yaml", main),
        ("b.yaml", "B: {items: {$ref: c.json}}"),
        ("c.json", r##"{"items": {"$ref": "b.yaml#/B"}, "not": {"$ref": "#"}}"##),
    ]);
    let schemas = &bundled.without_faults().value["components"]["schemas"];
    assert_eq!(schemas["B"], json!({"items": {"$ref": "#/components/schemas/c"}}));
    assert_eq!(
        schemas["c"],
        json!({"items": {"$ref": "#/components/schemas/B"}, "not": {"$ref": "#/components/schemas/c"}})
    );
}

#[test]
fn infinite_cycles_are_errors() {
    let around = "openapi: 3.0.3\npaths: {/a: {$ref: p.yaml}}\n";
    let item = "get: {callbacks: {c: {'{$url}': {$ref: p.yaml}}}}";
    assert_eq!(bundled(&[("api.yaml", around), ("p.yaml", item)]).codes(), ["reference-cycle"]);
    let alias = "openapi: 3.0.3\ncomponents: {schemas: {A: {$ref: a.yaml}}}\n";
    assert_eq!(
        bundled(&[("api.yaml", alias), ("a.yaml", "$ref: b.yaml"), ("b.yaml", "$ref: a.yaml")]).codes(),
        ["reference-cycle"]
    );
}

#[test]
fn copies_are_limited() {
    // Each path item has ten callbacks, each of which is the path item of the next file, and the last one is long.
    let around = |next: &str| {
        format!(
            "get: {{callbacks: {{{}}}}}",
            (0..10).map(|index| format!("c{index}: {{u: {{$ref: {next}}}}}, ")).collect::<String>()
        )
    };
    let long = format!("get: {{tags: [{}]}}", "a, ".repeat(20_000));
    let main = "openapi: 3.0.3\npaths: {/a: {$ref: p0.yaml}}\n";
    let bundled = bundled(&[
        ("api.yaml", main),
        ("p0.yaml", &around("p1.yaml")),
        ("p1.yaml", &around("p2.yaml")),
        ("p2.yaml", &long),
    ]);
    assert_eq!(bundled.codes(), ["too-large"]);
}

#[test]
fn all_invalid_references_are_reported() {
    let main = r"openapi: 3.0.3
paths:
  /a:
    get:
      parameters:
        - $ref: https://specs.example/common.yaml#/components/parameters/Page
        - $ref: '#/components/parameters/Pge'
      responses:
        '200':
          content:
            application/json:
              schema: {$ref: common.yaml#/Mony}
        '400': {$ref: ../outside.yaml#/Error}
        '401': {$ref: missing.yaml#/Error}
        '403': {$ref: broken.yaml#/Error}
        '404': {$ref: '#/responses/Error'}
components:
  parameters:
    Page: {name: page, in: query}
  schemas:
    Pet: {$ref: '#Pet'}
    Old: {$ref: '#/definitions/Pet'}
    Drive: {$ref: 'c:\x.yaml'}
    Good: {$ref: common.yaml#/Money}
    Mapped: {discriminator: {propertyName: x, mapping: {a: other.yaml}}}
";
    let common = "Money:\n  properties:\n    currency:\n      $ref: '#/Currencies'\n";
    let bundled = bundled(&[("api.yaml", main), ("common.yaml", common), ("broken.yaml", "a: [\nb: 1\n")]);
    golden("front/bundle/wrong.txt", &bundled.rendered());
}

/// A target outside of the fields of OpenAPI becomes a component, and is reported at its original location.
#[test]
fn targets_outside_of_openapi_fields_become_components() {
    let main = r"
openapi: 3.0.3
paths:
  /a:
    own: {2XX: {type: string}}
    parameters: [{$ref: '#/x-shared/x-page'}]
    get: {responses: {default: {$ref: '#/x-shared/x-page'}}}
components:
  schemas:
    Pet: {properties: {name: {$ref: '#/paths/~1a/own/2XX'}, owner: {$ref: '#/definitions/Pet'}}}
definitions:
  Pet: {properties: {pet: {$ref: '#/definitions/Pet'}, kind: {$ref: '#/definitions/Kind'}}, discriminator: {mapping: {a: '#/definitions/Kind'}}}
  Kind: {type: string}
x-shared: {x-page: {name: page}}
";
    let mut bundled = bundled(&[("api.yaml", main)]).without_faults();
    hoist_components(&mut bundled.value, &mut bundled.documents, &mut bundled.diagnostics);
    let bundled = bundled.without_faults();
    let pointer = |pointer: &str| bundled.value.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(pointer("/components/schemas/Pet/properties/name/$ref"), "#/components/schemas/2XX");
    assert_eq!(pointer("/components/schemas/2XX"), json!({"type": "string"}));
    assert_eq!(pointer("/components/schemas/Pet/properties/owner/$ref"), "#/components/schemas/Pet2");
    assert_eq!(pointer("/components/schemas/Pet2/properties/pet/$ref"), "#/components/schemas/Pet2");
    assert_eq!(pointer("/components/schemas/Pet2/properties/kind/$ref"), "#/components/schemas/Kind");
    assert_eq!(pointer("/components/schemas/Pet2/discriminator/mapping/a"), "#/components/schemas/Kind");
    assert_eq!(pointer("/paths/~1a/parameters/0/$ref"), "#/components/parameters/X-page");
    assert_eq!(pointer("/paths/~1a/get/responses/default/$ref"), "#/components/responses/X-page");
    assert_eq!((bundled.value.get("definitions"), bundled.value.get("x-shared")), (None, None));
    assert_eq!(bundled.line("/components/schemas/Kind/type"), "api/api.yaml:13");
}

/// No code is generated from examples, so a document is usable without one.
#[test]
fn missing_examples_are_warnings() {
    let main = r"
openapi: 3.0.3
components:
  parameters:
    P: {name: p, in: query, schema: {type: string}, examples: {a: {$ref: gone.yaml}, b: {$ref: '#/components/examples/B'}}}
";
    let bundled = bundled(&[("api.yaml", main)]);
    assert_eq!(bundled.codes(), ["unreadable-file", "unknown-reference"]);
    assert!(!bundled.diagnostics.has_errors());
    assert_eq!(bundled.value["components"]["parameters"]["P"]["examples"]["a"], json!({}));
}

/// References by `$anchor`, by `$id`, and by a pointer relative to a schema, in the document and in other files.
#[test]
fn schemas_are_referenced_by_anchor_and_id() {
    let main = r"
openapi: 3.1.0
components:
  schemas:
    A: {$anchor: a, type: string}
    B: {$id: 'https://acme.example/b.json', $defs: {C: {type: integer}}, properties: {c: {$ref: '#/$defs/C'}, a: {$ref: 'other.yaml#money'}}}
    D: {properties: {a: {$ref: '#a'}, b: {$ref: 'https://acme.example/b.json'}, c: {$ref: 'https://acme.example/b.json#/$defs/C'}}}
    E: {$defs: {F: {type: string}}, properties: {f: {$ref: '#/$defs/F'}}}
    G: {$id: 'https://acme.example/g.json', $anchor: only, properties: {a: {type: string}}}
    H: {properties: {g: {$ref: '#only'}, m: {$ref: '/other.yaml#/x'}}}
";
    let other = "x: {$anchor: money, $defs: {Currency: {type: string}}, properties: {c: {$ref: '#/$defs/Currency'}, back: {$ref: 'api.yaml#a'}}}\n";
    let mut bundled = bundled(&[("api.yaml", main), ("other.yaml", other)]).without_faults();
    raise(&mut bundled.value, &mut bundled.documents, &mut bundled.diagnostics);
    let bundled = bundled.without_faults();
    let reference = |pointer: &str| bundled.value.pointer(&format!("/components/schemas/{pointer}/$ref")).cloned();
    for (pointer, expected) in [
        ("B/properties/c", "#/components/schemas/B/$defs/C"),
        ("B/properties/a", "#/components/schemas/x"),
        ("D/properties/a", "#/components/schemas/A"),
        ("D/properties/b", "#/components/schemas/B"),
        ("D/properties/c", "#/components/schemas/B/$defs/C"),
        ("E/properties/f", "#/components/schemas/E/$defs/F"),
        ("H/properties/g", "#/components/schemas/G"),
        ("H/properties/m", "#/components/schemas/x"),
        ("x/properties/c", "#/components/schemas/Currency"),
        ("x/properties/back", "#/components/schemas/A"),
    ] {
        assert_eq!(reference(pointer), Some(expected.into()), "{pointer}");
    }
}

#[test]
fn reference_chains_have_no_limit() {
    let mut main = "openapi: 3.0.3\ncomponents:\n  schemas:\n    A: {$ref: 'b.yaml#/S0'}\n".to_owned();
    let mut file = String::new();
    for index in 0..200 {
        main += &format!("    M{index}: {{$ref: '#/components/schemas/M{}'}}\n", index + 1);
        file += &format!("S{index}: {{$ref: '#/S{}'}}\n", index + 1);
    }
    main += "    M200: {type: string}\n";
    file += "S200: {type: integer}\n";
    let bundled = bundled(&[("api.yaml", &main), ("b.yaml", &file)]).without_faults();
    assert_eq!(bundled.value["components"]["schemas"]["A"], json!({"type": "integer"}));
}

/// OpenAPI allows no reference in place of an operation, of the paths or of a section, but tools that resolve every
/// `$ref` accept them.
#[test]
fn misplaced_references_are_resolved() {
    let main = r"
openapi: 3.0.3
paths: {$ref: paths.yaml}
components:
  schemas: {$ref: schemas.yaml#/all}
x-operations: {put: {operationId: put, responses: {$ref: '#/x-responses'}}}
x-responses: {'200': {description: ''}}
";
    let paths =
        "/a:\n  get: {$ref: 'operations.yaml#/get', summary: mine}\n  put: {$ref: 'api.yaml#/x-operations/put'}\n";
    let mut bundled = bundled(&[
        ("api.yaml", main),
        ("paths.yaml", paths),
        ("operations.yaml", "get: {operationId: get, summary: theirs, responses: {}}"),
        ("schemas.yaml", "all: {A: {$ref: '#/b'}}\nb: {type: string}\n"),
    ]);
    inline_misplaced(&mut bundled.value, &mut bundled.documents, &mut bundled.diagnostics);
    assert_eq!(bundled.codes(), ["misplaced-reference"; 5]);
    assert!(!bundled.diagnostics.has_errors());
    assert_eq!(
        bundled.value["paths"]["/a"],
        json!({
            "get": {"operationId": "get", "summary": "mine", "responses": {}},
            "put": {"operationId": "put", "responses": {"200": {"description": ""}}}
        })
    );
    assert_eq!(bundled.value["components"]["schemas"], json!({"A": {"type": "string"}}));
    assert_eq!(bundled.line("/paths/~1a/get/operationId"), "api/operations.yaml:1");
    assert_eq!(bundled.line("/paths/~1a/get/summary"), "api/paths.yaml:2");
}

#[test]
fn misplaced_references_to_themselves_are_errors() {
    let main = "openapi: 3.0.3\npaths: {/a: {get: {$ref: '#/paths/~1a'}}}\n";
    let mut bundled = bundled(&[("api.yaml", main)]);
    inline_misplaced(&mut bundled.value, &mut bundled.documents, &mut bundled.diagnostics);
    assert_eq!(bundled.codes(), ["unknown-reference"]);
}
