//! Samples of generated types for tests: each is serialized and read back.
//!
//! The types are listed in a file, because a test cannot enumerate them. `UPDATE_GOLDEN=1` writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The name of a type, and the check of its sample.
pub type Check = (&'static str, fn() -> Result<(), String>);

/// Lists the types of modules of `clients`, as `CHECKS`: a name and a check for each.
macro_rules! samples {
    ($($module:ident { $($name:ident),* })*) => {
        pub const CHECKS: &[crate::samples::Check] = &[$($(
            (
                concat!(stringify!($module), "::", stringify!($name)),
                || crate::samples::check::<clients::$module::types::$name>(sample()),
            ),
        )*)*];
    };
}

/// Checks that a sample is serialized as JSON that is read as an equal value.
pub fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(sample: T) -> Result<(), String> {
    let json = serde_json::to_string(&sample).map_err(|error| format!("{error} in {sample:?}"))?;
    let read: T = serde_json::from_str(&json).map_err(|error| format!("{error} in {json}"))?;
    if read == sample { Ok(()) } else { Err(format!("{sample:?} is read from {json} as {read:?}")) }
}

/// Runs the checks, and returns the failures.
pub fn failures(checks: &[Check]) -> Vec<String> {
    let failure = |(name, check): &Check| Some(format!("{name}: {}", check().err()?));
    checks.iter().filter_map(failure).collect()
}

/// Checks that a file lists all types below the directories of the modules, or writes it.
pub fn check_list(file: &Path, uses: &str, modules: &BTreeMap<String, impl AsRef<Path>>) -> Outcome {
    let mut text =
        format!("//! The types whose samples are tested. `UPDATE_GOLDEN=1` writes this file.\n{uses}\n\nsamples! {{\n");
    for (module, directory) in modules {
        let mut names = BTreeSet::new();
        collect(directory.as_ref(), &mut names)?;
        text.push_str(&format!("    {module} {{\n"));
        let mut line = String::new();
        for (index, name) in names.iter().enumerate() {
            let end = if index + 1 == names.len() { "" } else { "," };
            if line.len() + name.len() > 100 {
                text.push_str(&format!("       {line}\n"));
                line.clear();
            }
            line.push_str(&format!(" {name}{end}"));
        }
        text.push_str(&format!("       {line}\n    }}\n"));
    }
    text.push_str("}\n");
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(file, &text)?;
    }
    let file_text = fs::read_to_string(file)?.replace("\r\n", "\n");
    assert!(file_text == text, "{} is out of date; run this test with UPDATE_GOLDEN=1", file.display());
    Ok(())
}

/// Collects the types of a directory of `types` that are both serialized and deserialized.
fn collect(directory: &Path, names: &mut BTreeSet<String>) -> Outcome {
    let Ok(entries) = fs::read_dir(directory) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, names)?;
            continue;
        }
        let text = fs::read_to_string(&path)?;
        for declared in ["object", "string_enum", "integer_enum", "union"] {
            for list in text.split(&format!("\nruntime::{declared}! {{")).skip(1) {
                let name = list.trim_start().split(|letter: char| !letter.is_alphanumeric()).next();
                names.extend(name.map(str::to_owned));
            }
        }
    }
    Ok(())
}
