//! Runs all passes on a document: to a crate, to calls of it, and to the input for progenitor.
#![no_main]

use crm_clients_fuzz::{mutated, invariants::walking};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    _ = walking(data);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutated(data, size, max_size, seed) });
