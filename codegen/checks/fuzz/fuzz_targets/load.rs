//! Parses any text as YAML with the only function that uses `serde_yaml`, and processes a document in YAML or JSON:
//! loading, bundling, linting, and the canonical form.
#![no_main]

use crm_clients_document::yaml;
use crm_clients_fuzz::{
    mutated,
    invariants::{OTHER, OVERLAY, reading},
};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        _ = yaml::from_str::<Value>(text);
    }
    reading(data, OTHER.as_bytes(), OVERLAY.as_bytes());
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutated(data, size, max_size, seed) });
