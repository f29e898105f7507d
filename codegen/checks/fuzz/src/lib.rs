//! Shared code of the fuzz targets: the invariants that the generator's tests also check, and mutation of documents.

#[path = "../../tests/support/compiles.rs"]
pub mod compiles;
#[path = "../../tests/support/diff.rs"]
pub mod diff;
#[path = "../../tests/support/documentation.rs"]
mod documentation;
#[path = "../../tests/support/emitted.rs"]
pub mod emitted;
#[path = "../../tests/support/mutate.rs"]
pub mod mutate;
#[path = "../../tests/support/invariants.rs"]
pub mod invariants;

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use crm_clients_document::yaml;
use fastrand::Rng;
use serde_json::Value;

use mutate::Donors;

/// Returns the OpenAPI documents in the subdirectories of a directory of `codegen/`, sorted by name.
fn documents(below: &str) -> Vec<Value> {
    let directories = fs::read_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(below));
    let mut directories: Vec<_> = directories.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    directories.sort();
    let files = directories
        .iter()
        .flat_map(|directory| ["json", "yaml"].map(|kind| directory.join("openapi").with_extension(kind)));
    // Some fixtures are invalid and not objects.
    files.filter_map(|file| yaml::from_str(&fs::read_to_string(file).ok()?).ok()).filter(Value::is_object).collect()
}

/// Returns the donors for mutations: the nodes of the project's documents.
fn donors() -> &'static Donors {
    static DONORS: OnceLock<Donors> = OnceLock::new();
    DONORS.get_or_init(|| {
        let below = ["tests/fixtures/golden", "tests/fixtures/negative", "../../specs"];
        Donors::of(&below.map(documents).concat())
    })
}

/// The separator between two documents in one input.
pub const BETWEEN: &str = "\n---\n";

/// Mutates an input for libFuzzer: documents are usually changed node by node, other inputs byte by byte.
pub fn mutated(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut rng = Rng::with_seed(seed.into());
    if rng.u8(..8) > 0
        && let Some(text) = std::str::from_utf8(&data[..size]).ok().and_then(|text| changed(text, &mut rng))
        && text.len() <= max_size
    {
        data[..text.len()].copy_from_slice(text.as_bytes());
        return text.len();
    }
    libfuzzer_sys::fuzzer_mutate(data, size, max_size)
}

/// Returns the text with one of its documents changed.
fn changed(text: &str, rng: &mut Rng) -> Option<String> {
    let mut parts: Vec<Cow<'_, str>> = text.split(BETWEEN).map(Cow::Borrowed).collect();
    let part = rng.choice(&mut parts)?;
    let mut document: Value = serde_json::from_str(part).or_else(|_| yaml::from_str(part)).ok()?;
    if !document.is_object() {
        return None;
    }
    mutate::mutate(&mut document, donors(), rng);
    *part = document.to_string().into();
    Some(parts.join(BETWEEN))
}
