//! Invariants of every text and every document: no pass panics, diagnostics can be rendered, and output is valid.
//! Fuzzing searches for counterexamples, as `tests/mutants.rs` does for a few seconds.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::io;

use crm_clients_document::bundle::{bundle, check_references};
use crm_clients_document::canonical::{canonicalise, to_json, to_yaml};
use crm_clients_document::diagnostic::{Diagnostics, github, json_lines, render};
use crm_clients_document::load::load;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::overlay::overlay;
use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::Generate;
use crm_clients_generator::emit::{self, CrateOptions, Header, Runtime};
use crm_clients_review::Lint;
use crm_clients_review::diff::{Review, Reviewed, Revision, RevisionDocument, format, wire};
use crm_clients_review::lint::lint;
use semver::Version;
use serde_json::Value;

use crate::compiles::Items;
use crate::diff::facts;
use crate::emitted;

pub const YAML: &str = "openapi: 3.1.0\ninfo: &i {title: \"é\\n\", version: '1'}\npaths:\n  /a: {$ref: 'o.yaml#/p', get: {tags: [a, *i]}}\n  /b:\n    \
                        <<: *i\n    post: {requestBody: {$ref: '#/components/requestBodies/B'}}\ncomponents:\n  schemas:\n    S: {$ref: o.yaml#/s}\n    \
                        T: {discriminator: {mapping: {a: o.yaml}}, items: [{$ref: '#/components/schemas/S'}]}\n    U: !x 0x10\n    V: |\n      text\n";
pub const JSON: &str = r##"{"openapi": "3.0.3", "paths": {"/a": {"$ref": "o.yaml#/p"}}, "components": {"schemas": {"\ud83d\ude00": {"$ref": "#/x~1y"}, "B": [1e3, null]}}}"##;
pub const OTHER: &str = "p: {get: {callbacks: {c: {u: {$ref: '#/p'}}}}}\ns: {allOf: [{$ref: '#/s'}, {$ref: 'api#/components/schemas/T'}]}\n";
pub const OVERLAY: &str = "overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions:\n  - {target: \"$.paths['/a']\", update: {get: {tags: [b]}}}\n  \
                           - {target: '$..tags[0]', remove: true}\n  - {target: $.components, copy: $.info}\n  - {target: '$.paths[?@.get]', update: {x: 1}}\n";

/// Runs all code that parses documents on the text of a document, of the file `o.yaml` next to it and of an overlay.
pub fn reading(main: &[u8], other: &[u8], correction: &[u8]) {
    let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let read = |path: &str| match path {
        "api" => Ok(main.to_vec()),
        "o.yaml" => Ok(other.to_vec()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    if let Some(mut value) = load("d/api", &read, &mut documents, &mut diagnostics) {
        bundle(&mut value, &read, &mut documents, &mut diagnostics);
        overlay(&mut value, "d/overlay", correction, &mut documents, &mut diagnostics);
        check_references(&value, &documents, &mut diagnostics);
        diagnostics.extend(lint(&value, crm_clients_document::spec::Versions::of(&value)));
        let canonical = canonicalise(value, true);
        for text in [to_yaml(&canonical), to_json(&canonical)] {
            let read = |_: &str| Ok(text.clone().into_bytes());
            let (mut documents, mut found) = (SourceMap::new(), Diagnostics::new());
            let again = load("d/api", &read, &mut documents, &mut found);
            let version = canonical.get("openapi").is_some_and(Value::is_string);
            assert!(!version || again.as_ref() == Some(&canonical), "{text}\n{}", render(&found, &documents, false));
        }
    }
    shown(&diagnostics, &documents);
}

/// Checks that diagnostics can be rendered for terminals, programs and pull requests.
fn shown(diagnostics: &Diagnostics, documents: &SourceMap) {
    let lines = |text: String| text.lines().count();
    assert_eq!(lines(github(diagnostics, documents)), diagnostics.len());
    assert_eq!(lines(json_lines(diagnostics, documents)), diagnostics.len());
    for color in [false, true] {
        let shown = render(diagnostics, documents, color);
        assert_eq!(shown.is_empty(), diagnostics.is_empty());
        assert!(color || !shown.contains(['\0', '\u{202e}', '\u{1b}']), "{shown}");
    }
}

/// Runs passes on the document with this text. Returns the result and the pipeline. Without a result there must be an
/// error.
fn walked<T>(text: &[u8], step: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> (Option<T>, Pipeline) {
    let read = |path: &str| match path {
        "openapi.json" => Ok(text.to_vec()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    let mut walk = Pipeline::new();
    let result = step(&mut walk, &Input { document: "openapi.json", read: &read, overlays: &[] });
    assert!(result.is_some() || walk.diagnostics.has_errors(), "neither a result nor a reason");
    (result, walk)
}

/// Runs passes on a document, and checks that the diagnostics can be rendered.
fn shown_walk<T>(text: &[u8], step: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> Option<T> {
    let (result, walk) = walked(text, step);
    shown(&walk.diagnostics, &walk.documents);
    result
}

/// Checks that a published document is valid OpenAPI 3.0 for our passes, and that publishing is idempotent. Returns
/// true if it was published.
pub fn lowering(text: &[u8]) -> bool {
    let Some(published) = shown_walk(text, Pipeline::published) else { return false };
    let again = shown_walk(published.to_string().as_bytes(), Pipeline::published);
    assert_eq!(again, Some(published));
    true
}

/// Generates everything from a document. Returns the items of the client, if there is one.
pub fn walking(text: &[u8]) -> Option<Items> {
    shown_walk(text, Pipeline::lint);
    let mut items = client(text)?;
    let counts = items.counts.clone();
    if let (Some(calls), _) = walked(text, |walk, input| walk.calls(input, "client")) {
        emitted::check(&calls, &mut items);
    }
    shown_walk(text, |walk, input| walk.for_progenitor(input, "client"));
    items.counts = counts;
    Some(items)
}

/// Returns the items of the crate generated from a document.
pub fn client(text: &[u8]) -> Option<Items> {
    let api = walked(text, |walk, input| walk.ir(input, "client")).0?;
    let runtime = Runtime::Path("../\"e\u{301}\\".to_owned());
    let options = CrateOptions { runtime, own_workspace: true, ..CrateOptions::new("client") };
    let mut items = Items::default();
    let header = Header { command: "generate\nfn evil() {}", source: "a\nfn evil() {}\u{202e} --> .json" };
    emitted::check(&emit::crate_files(&api, &options, header), &mut items);
    Some(items)
}

/// Checks that a document does not differ from itself, that swapping two documents mirrors their changes, and that all
/// reviews can be rendered. Returns true if they were compared.
pub fn comparing(old: &[u8], new: &[u8]) -> bool {
    let model = |text| shown_walk(text, Pipeline::model);
    let (Some(one), Some(other)) = (model(old), model(new)) else { return false };
    for same in [&one, &other] {
        assert!(wire(same, same).is_empty(), "a document differs from itself");
    }
    let (there, back) = (wire(&one, &other), wire(&other, &one));
    assert_eq!(facts(&there, |change| change.rule.mirror), facts(&back, |change| change.rule.id));
    let (Some(one), Some(other)) = (revision(old), revision(new)) else { return false };
    let Ok(reviewed) = Reviewed::of("client", one, other) else { return false };
    let review = Review::of(vec![reviewed], Some(Version::new(0, 1, 0)), None);
    let visible = |text: &str| !text.contains(['\0', '\u{202e}', '\u{1b}', '\r']);
    for shown in [format::text(&review, false), format::markdown(&review), format::github(&review)] {
        assert!(visible(&shown), "{shown}");
    }
    assert!(format::github(&review).lines().all(|line| line.starts_with("::")));
    let json = serde_json::from_str::<Value>(&format::json(&review));
    assert!(json.is_ok(), "{json:?}");
    true
}

fn revision(text: &[u8]) -> Option<Revision> {
    let (document, pipeline) = walked(text, RevisionDocument::read);
    Some(Revision::new(document?, pipeline))
}
