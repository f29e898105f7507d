//! Compares two documents: the wire format, the clients, and the review in every format.
#![no_main]

use crm_clients_fuzz::{BETWEEN, mutated, invariants::comparing};
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};

fuzz_target!(|data: &str| -> Corpus {
    let Some((old, new)) = data.split_once(BETWEEN) else { return Corpus::Reject };
    _ = comparing(old.as_bytes(), new.as_bytes());
    Corpus::Keep
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutated(data, size, max_size, seed) });
