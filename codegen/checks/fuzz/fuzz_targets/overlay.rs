//! Applies an overlay in YAML or JSON to a document.
#![no_main]

use crm_clients_fuzz::{
    mutated,
    invariants::{JSON, OTHER, reading},
};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    reading(JSON.as_bytes(), OTHER.as_bytes(), data);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutated(data, size, max_size, seed) });
