//! The `overlay` pass: its effect on a document, and its errors. For golden files, see `support::golden`.

mod support;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crm_clients_document::diagnostic::{Diagnostics, render};
use crm_clients_document::load::load;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::overlay::overlay;
use serde_json::{Value, json};
use support::golden;

const DOCUMENT: &str = r"openapi: 3.1.0
info: {title: A, version: '1'}
tags: [{name: a}, {name: b}, {name: c}, {name: d}]
paths:
  /a:
    get:
      parameters:
        - {name: x, in: query}
        - {name: y, in: query}
        - {name: z, in: query}
  /b:
    get: {parameters: [{name: y, in: query}]}
    post: {tags: [a, b]}
components:
  schemas:
    S: {type: object, required: [id], properties: {id: {type: number}, name: {type: [string, 'null']}}}
";

struct Overlaid {
    value: Value,
    documents: SourceMap,
    diagnostics: Diagnostics,
}

impl Overlaid {
    #[track_caller]
    fn without_faults(self) -> Self {
        assert!(self.diagnostics.is_empty(), "{}", self.rendered());
        self
    }

    fn rendered(&self) -> String {
        render(&self.diagnostics, &self.documents, false)
    }

    /// Returns the location of a node as `file:line`.
    fn line(&self, pointer: &str) -> String {
        self.documents.position(pointer).map(|at| format!("{}:{}", at.file, at.line)).unwrap_or_default()
    }
}

/// Applies an overlay of a version with these actions.
fn overlaid(version: &str, actions: &str) -> Overlaid {
    applied(&format!("overlay: {version}\ninfo: {{title: T, version: '1'}}\nactions:\n{actions}"))
}

fn applied(text: &str) -> Overlaid {
    applied_to(DOCUMENT, text)
}

fn applied_to(document: &str, text: &str) -> Overlaid {
    let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let read = |_: &str| Ok(document.as_bytes().to_vec());
    let mut value = load("api.yaml", &read, &mut documents, &mut diagnostics).unwrap_or_default();
    overlay(&mut value, "overlay.yaml", text.as_bytes(), &mut documents, &mut diagnostics);
    Overlaid { value, documents, diagnostics }
}

fn codes(version: &str, actions: &str) -> Vec<&'static str> {
    overlaid(version, actions).diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn updates_are_merged() {
    let actions = r"
  - target: $.components.schemas.S
    update:
      description: new
      required: [name]
      properties: {id: {type: integer, format: int64}, name: {type: string}, more: {items: {type: string}}}
";
    let after = overlaid("1.0.0", actions).without_faults();
    assert_eq!(
        after.value["components"]["schemas"]["S"],
        json!({
            "type": "object", "required": ["id", "name"],
            "properties": {"id": {"type": "integer", "format": "int64"}, "name": {"type": "string"}, "more": {"items": {"type": "string"}}},
            "description": "new",
        })
    );
    for (pointer, line) in [
        ("", "api.yaml:1"),
        ("/components/schemas/S", "api.yaml:16"),
        ("/components/schemas/S/required", "api.yaml:16"),
        ("/components/schemas/S/required/0", "api.yaml:16"),
        ("/components/schemas/S/required/1", "overlay.yaml:8"),
        ("/components/schemas/S/description", "overlay.yaml:7"),
        ("/components/schemas/S/properties/id", "api.yaml:16"),
        ("/components/schemas/S/properties/id/type", "overlay.yaml:9"),
        ("/components/schemas/S/properties/more/items/type", "overlay.yaml:9"),
    ] {
        assert_eq!(after.line(pointer), line, "{pointer}");
    }
}

#[test]
fn updates_of_arrays_are_appended() {
    let actions = r"
  - target: $.tags
    update: {name: e}
  - target: $.tags
    update: [{name: f}, {name: a}, {name: g}]
  - target: $
    update: {servers: [{url: https://a.example}]}
";
    let after = overlaid("1.0.0", actions).without_faults();
    let names: Vec<_> = after.value["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|tag| tag["name"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f", "g"]);
    assert_eq!(after.value["servers"][0]["url"], "https://a.example");
    assert_eq!(after.line("/tags/3/name"), "api.yaml:3");
    assert_eq!(after.line("/tags/4/name"), "overlay.yaml:6");
    assert_eq!(after.documents.origin("/tags/6").map(|(_, pointer)| pointer), Some("/actions/1/update/2".into()));
    assert_eq!(after.line("/servers/0"), "overlay.yaml:10");
}

#[test]
fn several_elements_are_removed_at_once() {
    let actions = r"
  - target: $.tags[?@.name == 'a' || @.name == 'c']
    remove: true
  - target: $.paths[*][*].parameters[?@.name == 'y']
    remove: true
  - target: $.paths['/b'].post.tags[0]
    remove: true
  - target: $.paths['/b'].post.tags
    update: new
";
    let after = overlaid("1.0.0", actions).without_faults();
    assert_eq!(after.value["tags"], json!([{"name": "b"}, {"name": "d"}]));
    assert_eq!(after.value["paths"]["/a"]["get"]["parameters"][1]["name"], "z");
    assert_eq!(after.value["paths"]["/b"], json!({"get": {"parameters": []}, "post": {"tags": ["b", "new"]}}));
    assert_eq!(after.line("/paths/~1a/get/parameters/1"), "api.yaml:10");
    assert_eq!(after.documents.origin("/tags/1").map(|(_, pointer)| pointer), Some("/tags/3".into()));
    assert_eq!(after.line("/paths/~1b/post/tags/0"), "api.yaml:13");
    assert_eq!(after.line("/paths/~1b/post/tags/1"), "overlay.yaml:12");
}

#[test]
fn parents_and_children_are_removed_together() {
    let after = overlaid("1.0.0", "  - target: $.paths..*\n    remove: true\n").without_faults();
    assert_eq!(after.value["paths"], json!({}));
    let keys: Vec<_> = after.value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["openapi", "info", "tags", "paths", "components"]);
}

#[test]
fn nodes_are_replaced_by_two_actions() {
    let actions = r"
  - target: $.components.schemas.S.properties.id
    remove: true
  - target: $.components.schemas.S.properties
    update: {id: {const: 1}}
";
    let after = overlaid("1.0.0", actions).without_faults();
    assert_eq!(after.value["components"]["schemas"]["S"]["properties"]["id"], json!({"const": 1}));
    assert_eq!(after.line("/components/schemas/S/properties/id/const"), "overlay.yaml:8");
}

/// `remove` takes precedence over `update`, an action may have no effect, and the specification's examples contain
/// names with hyphens.
#[test]
fn valid_actions_without_effect_are_warnings() {
    let actions = r"
  - {target: $.tags, remove: true, update: {name: e}}
  - {target: $.info}
  - target: $.paths.*.get[?@.x-a.b]
    update: {}
";
    let document = DOCUMENT.replace("  /a:\n    get:\n", "  /a:\n    get:\n      x-a: {b: 1}\n");
    let after =
        applied_to(&document, &format!("overlay: 1.2.0\ninfo: {{title: T, version: '1'}}\nactions:\n{actions}"));
    let found: Vec<_> = after.diagnostics.iter().map(|found| found.code).collect();
    assert_eq!(found, ["ambiguous-action", "empty-action", "wrong-target", "unmatched-target"], "{}", after.rendered());
    assert!(after.value.get("tags").is_none());
    assert_eq!(
        codes("1.1.0", "  - {target: $.info, update: {a: 1}}\n  - {target: $.info, update: {a: 1}}\n"),
        ["duplicate-action"]
    );
}

#[test]
fn overlay_1_1_copies_and_sets_single_values() {
    let actions = r"
  - target: $.paths['/b']
    copy: $.paths['/a']
  - target: $.info.title
    update: B
";
    let after = overlaid("1.1.0", actions).without_faults();
    assert_eq!(after.value["info"]["title"], "B");
    let names: Vec<_> = after.value["paths"]["/b"]["get"]["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|p| p["name"].clone())
        .collect();
    assert_eq!(names, ["y", "x", "z"]);
    assert_eq!(after.line("/paths/~1b/get/parameters/2/name"), "overlay.yaml:6");
    assert_eq!(codes("1.1.0", "  - {target: $.info, copy: '$.paths[*]'}\n"), ["unmatched-target"]);
    assert_eq!(codes("1.1.0", "  - {target: $.info.title, update: {a: 1}}\n"), ["wrong-update"]);
}

#[test]
fn actions_are_applied_in_order() {
    let actions = "  - {target: $.info, update: {x-a: {}}}\n  - {target: \"$.info['x-a']\", update: {b: 1}}\n  - {target: \"$.info['x-a'].b\", remove: true}\n";
    assert_eq!(overlaid("1.0.0", actions).without_faults().value["info"]["x-a"], json!({}));
}

#[test]
fn actions_that_change_nothing_are_needless() {
    let needless = ["needless-action"];
    assert_eq!(codes("1.0.0", "  - {target: $.info, update: {title: A}}\n"), needless);
    assert_eq!(codes("1.0.0", "  - {target: $.info, update: {}}\n"), needless);
    assert_eq!(codes("1.0.0", "  - {target: $.components.schemas.S, update: {required: [id]}}\n"), needless);
    assert_eq!(codes("1.0.0", "  - {target: $.tags, update: {name: d}}\n"), needless);
    assert!(!overlaid("1.0.0", "  - {target: $.info, update: {title: A}}\n").diagnostics.has_errors());
}

#[test]
fn all_invalid_actions_are_reported() {
    let actions = r"
  - target: $.paths['/contacts'].get
    description: gone
    update: {summary: x}
  - target: $.paths[
    remove: true
  - target: $.info.x-a
    remove: true
  - target: $.info
    udpate: {title: B}
  - target: $.info
    update: {title: B}
    remove: true
  - update: {title: B}
  - target: 7
    remove: true
  - target: $.info
    remove: yes please
  - target: $
    remove: true
  - target: $.info
    update: [1]
  - target: $.info.title
    update: B
  - target: $.info
    copy: $.tags
  - target: $.info
    update: {title: A}
  - remove the title
";
    golden("front/overlay/wrong-actions.txt", &overlaid("1.0.0", actions).rendered());
}

#[test]
fn all_invalid_overlays_are_reported() {
    let texts = [
        "overlay: 2.0.0\n",
        "info: {}\nactions: []\n",
        "overlay: 1.0.0\ninfo: {title: T}\nexends: a.yaml\nactions: {}\n",
        "overlay: 1.0.0\n",
        "overlay: [1.0.0\n",
        "overlay: 1.0.0\noverlay: 1.0.0\n",
    ];
    let shown: String = texts.iter().map(|text| applied(text).rendered()).collect();
    golden("front/overlay/wrong-overlays.txt", &shown);
}

#[test]
fn growth_is_limited() {
    let mut doubling = String::from("  - {target: $.info, update: {a: {a: [1, 2, 3]}}}\n");
    let mut deepening = doubling.clone();
    for level in 0..40 {
        _ = writeln!(
            doubling,
            "  - {{target: $.info.a, update: {{b{level}: {{}}}}}}\n  - {{target: $.info.a.b{level}, copy: $.info.a}}"
        );
        let path = ".b".repeat(1 << level.min(9));
        _ = writeln!(
            deepening,
            "  - {{target: '$.info.a{}', update: {{b: {{}}}}}}\n  - {{target: '$.info.a{path}', copy: $.info.a}}",
            &path[2..]
        );
    }
    assert!(codes("1.1.0", &doubling).contains(&"too-large"));
    assert!(codes("1.1.0", &deepening).contains(&"too-large"));
    let brackets = format!("  - {{target: '$[?{}1==1{}]', remove: true}}\n", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(codes("1.0.0", &brackets), ["wrong-target"]);
}

#[test]
fn a_thousand_actions_are_fast() {
    let mut document = String::from("openapi: 3.1.0\npaths:\n");
    let mut actions = String::from("overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n");
    for index in 0..1_000 {
        _ = writeln!(
            document,
            "  /a{index}: {{get: {{parameters: [{{name: x, in: query}}, {{name: y, in: query}}], x-a: {{b: {{c: d}}}}}}}}"
        );
        _ = writeln!(
            actions,
            "  - {{target: \"$.paths['/a{index}'].get.parameters[?@.name=='y']\", update: {{description: D}}}}"
        );
    }
    let start = Instant::now();
    applied_to(&document, &actions).without_faults();
    // Ten times the duration of an unoptimized build on a slow machine; quadratic algorithms would take minutes.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// The codes and lines of the faults of an overlay that only adds.
fn additions(actions: &str) -> Vec<String> {
    let after =
        applied(&format!("overlay: 1.1.0\ninfo: {{title: T, version: '1'}}\nx-additions: true\nactions:\n{actions}"));
    let found = after.diagnostics.iter().map(|found| {
        let line = found.position(&after.documents).map_or(0, |position| position.line);
        format!("{} {line}: {}", found.code, found.message)
    });
    found.collect()
}

#[test]
fn additions_that_the_document_declares_by_now_are_errors() {
    assert_eq!(
        additions(
            r"  - target: $.paths
    update:
      /c/{id}: {get: {tags: [a]}}
      /b:
        put: {tags: [a]}
  - target: $.components
    update: {schemas: {T: {type: object}}}
  - target: $.paths['/c/{id}'].get
    update: {x-a: 1}
"
        ),
        Vec::<String>::new(),
        "an overlay may complete its own additions"
    );
    let found = additions(
        r"  - target: $.paths
    update:
      /d: {get: {tags: [a]}}
      /a:
        get: {tags: [b]}
  - target: $.paths['/b']
    update:
      post: {tags: [b]}
  - target: $.components
    update:
      schemas:
        S: {type: object, title: S}
",
    );
    assert_eq!(
        found,
        [
            "declared-addition 9: the document declares `GET /a` by now",
            "declared-addition 12: the document declares `POST /b` by now",
            "declared-addition 16: the document declares the component `S` by now",
        ]
    );
}
