//! Fuzzing without a fuzzer: golden documents are mutated node by node for a few seconds. Each mutant yields valid
//! output, or is rejected with a reason.

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
#[path = "support/mutate.rs"]
mod mutate;
mod support;
#[path = "support/walk.rs"]
mod walk;

use std::io;
use std::path::Path;

use fastrand::Rng;
use invariants::{comparing, lowering, walking};
use mutate::{Donors, mutate};
use serde_json::Value;
use walk::{document, documents};

fn golden() -> io::Result<Vec<Value>> {
    let names = documents("golden")?;
    Ok(names.iter().filter_map(|name| document(&Path::new("golden").join(name)).overlaid()).collect())
}

/// Calls a function with this many mutants, each with its original document, and returns the number of times that it
/// returned true.
fn mutants(seed: u64, count: usize, mut see: impl FnMut(&str, &str) -> bool) -> io::Result<usize> {
    let golden = golden()?;
    let donors = Donors::of(&golden);
    let mut rng = Rng::with_seed(seed);
    let mut came = 0;
    for was in golden.iter().cycle().take(count) {
        let mut is = was.clone();
        mutate(&mut is, &donors, &mut rng);
        let (was, is) = (was.to_string(), is.to_string());
        // Shown if the test fails.
        println!("{is}");
        came += usize::from(see(&was, &is));
    }
    Ok(came)
}

#[test]
fn mutants_are_walked() -> io::Result<()> {
    let came = mutants(1, 150, |_, is| walking(is.as_bytes()).is_some())?;
    assert!(came > 30, "only {came} clients were generated");
    Ok(())
}

#[test]
fn mutants_are_published() -> io::Result<()> {
    let came = mutants(2, 300, |_, is| lowering(is.as_bytes()))?;
    assert!(came > 60, "only {came} were lowered");
    Ok(())
}

#[test]
fn mutants_are_compared() -> io::Result<()> {
    let came = mutants(3, 300, |was, is| comparing(was.as_bytes(), is.as_bytes()))?;
    assert!(came > 60, "only {came} were compared");
    Ok(())
}
