//! Lowers a document and writes the result.
#![no_main]

use crm_clients_fuzz::{mutated, invariants::lowering};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    _ = lowering(data);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutated(data, size, max_size, seed) });
