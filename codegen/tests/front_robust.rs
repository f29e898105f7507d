//! Whatever the text is, there is a result or a diagnostic that can be shown, and never a panic.

use std::io;

use crm_clients_codegen::bundle::{bundle, check_references};
use crm_clients_codegen::canonical::{canonicalise, to_yaml};
use crm_clients_codegen::diagnostic::{Diagnostics, github, json_lines, render};
use crm_clients_codegen::lint::lint;
use crm_clients_codegen::load::load;
use crm_clients_codegen::origin::Documents;
use crm_clients_codegen::overlay::overlay;

const YAML: &str = "openapi: 3.1.0\ninfo: &i {title: \"é\\n\", version: '1'}\npaths:\n  /a: {$ref: 'o.yaml#/p', get: {tags: [a, *i]}}\n  /b:\n    \
                    <<: *i\n    post: {requestBody: {$ref: '#/components/requestBodies/B'}}\ncomponents:\n  schemas:\n    S: {$ref: o.yaml#/s}\n    \
                    T: {discriminator: {mapping: {a: o.yaml}}, items: [{$ref: '#/components/schemas/S'}]}\n    U: !x 0x10\n    V: |\n      text\n";
const JSON: &str = r##"{"openapi": "3.0.3", "paths": {"/a": {"$ref": "o.yaml#/p"}}, "components": {"schemas": {"\ud83d\ude00": {"$ref": "#/x~1y"}, "B": [1e3, null]}}}"##;
const OTHER: &str = "p: {get: {callbacks: {c: {u: {$ref: '#/p'}}}}}\ns: {allOf: [{$ref: '#/s'}, {$ref: 'api#/components/schemas/T'}]}\n";
const OVERLAY: &str = "overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions:\n  - {target: \"$.paths['/a']\", update: {get: {tags: [b]}}}\n  \
                       - {target: '$..tags[0]', remove: true}\n  - {target: $.components, copy: $.info}\n  - {target: '$.paths[?@.get]', update: {x: 1}}\n";

/// Runs all that reads documents over these texts.
fn run(main: &[u8], other: &[u8], correction: &[u8]) {
    let (mut documents, mut diagnostics) = (Documents::new(), Diagnostics::new());
    let read = |path: &str| match path {
        "api" => Ok(main.to_vec()),
        "o.yaml" => Ok(other.to_vec()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    if let Some(mut value) = load("d/api", &read, &mut documents, &mut diagnostics) {
        bundle(&mut value, &read, &mut documents, &mut diagnostics);
        overlay(&mut value, "d/overlay", correction, &mut documents, &mut diagnostics);
        check_references(&value, &documents, &mut diagnostics);
        diagnostics.extend(lint(&value));
        to_yaml(&canonicalise(value, true));
    }
    let lines = |text: String| text.lines().count();
    assert_eq!(lines(github(&diagnostics, &documents)), diagnostics.len());
    assert_eq!(lines(json_lines(&diagnostics, &documents)), diagnostics.len());
    for color in [false, true] {
        let shown = render(&diagnostics, &documents, color);
        assert_eq!(shown.is_empty(), diagnostics.is_empty());
        assert!(color || !shown.contains('\u{1b}'), "{shown}");
    }
}

/// What is put in the place of a byte, taken in turn.
const WRONG: [&[u8]; 11] = [b"\0", b"\x1b", b"\xff", b"\n", b"\r\n", b"\t", b"~", b"*", b"{", b"\xe2\x80\xae", b"%"];

/// The text cut off, with a byte left out, and with another in its place, at each byte in turn.
fn damaged(text: &str) -> impl Iterator<Item = Vec<u8>> {
    let text = text.as_bytes();
    (0..text.len()).flat_map(|at| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        [before.to_vec(), [before, after].concat(), [before, WRONG[at % WRONG.len()], after].concat()]
    })
}

#[test]
fn the_texts_themselves_are_read() {
    run(YAML.as_bytes(), OTHER.as_bytes(), OVERLAY.as_bytes());
    run(JSON.as_bytes(), OTHER.as_bytes(), OVERLAY.as_bytes());
}

#[test]
fn damaged_yaml() {
    damaged(YAML).for_each(|text| run(&text, OTHER.as_bytes(), OVERLAY.as_bytes()));
}

#[test]
fn damaged_json() {
    damaged(JSON).for_each(|text| run(&text, OTHER.as_bytes(), OVERLAY.as_bytes()));
}

#[test]
fn a_damaged_file_beside_the_document() {
    damaged(OTHER).for_each(|text| run(YAML.as_bytes(), &text, OVERLAY.as_bytes()));
}

#[test]
fn a_damaged_overlay() {
    damaged(OVERLAY).for_each(|text| run(JSON.as_bytes(), OTHER.as_bytes(), &text));
}
