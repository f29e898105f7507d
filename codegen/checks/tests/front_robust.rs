//! Any text yields a result or a diagnostic that can be rendered, and never a panic.

#[path = "support/compiles.rs"]
mod compiles;
#[path = "support/diff.rs"]
mod diff;
#[path = "support/documentation.rs"]
mod documentation;
#[path = "support/emitted.rs"]
mod emitted;
#[path = "support/invariants.rs"]
mod invariants;

use invariants::{JSON, OTHER, OVERLAY, YAML, reading};

/// The replacements of a byte.
const WRONG: [&[u8]; 11] = [b"\0", b"\x1b", b"\xff", b"\n", b"\r\n", b"\t", b"~", b"*", b"{", b"\xe2\x80\xae", b"%"];

/// Returns the text cut off, with a byte removed, and with a byte replaced, for each byte in turn.
fn damaged(text: &str) -> impl Iterator<Item = Vec<u8>> {
    let text = text.as_bytes();
    (0..text.len()).flat_map(|at| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        [before.to_vec(), [before, after].concat(), [before, WRONG[at % WRONG.len()], after].concat()]
    })
}

#[test]
fn undamaged_texts_are_read() {
    reading(YAML.as_bytes(), OTHER.as_bytes(), OVERLAY.as_bytes());
    reading(JSON.as_bytes(), OTHER.as_bytes(), OVERLAY.as_bytes());
}

#[test]
fn damaged_yaml() {
    damaged(YAML).for_each(|text| reading(&text, OTHER.as_bytes(), OVERLAY.as_bytes()));
}

#[test]
fn damaged_json() {
    damaged(JSON).for_each(|text| reading(&text, OTHER.as_bytes(), OVERLAY.as_bytes()));
}

#[test]
fn damaged_referenced_file() {
    damaged(OTHER).for_each(|text| reading(YAML.as_bytes(), &text, OVERLAY.as_bytes()));
}

#[test]
fn damaged_overlay() {
    damaged(OVERLAY).for_each(|text| reading(JSON.as_bytes(), OTHER.as_bytes(), &text));
}
