//! The clients generated from the golden documents: that they compile, and that they behave as callers expect.

#[path = "golden/anyone.rs"]
mod anyone;
#[path = "golden/bodies.rs"]
mod bodies;
#[path = "golden/calls.rs"]
mod calls;
#[path = "golden/choices.rs"]
mod choices;
#[path = "golden/conversions.rs"]
mod conversions;
#[path = "golden/events.rs"]
mod events;
#[path = "golden/headers.rs"]
mod headers;
#[path = "golden/held_names.rs"]
mod held_names;
#[path = "golden/json.rs"]
mod json;
#[path = "golden/odd_values.rs"]
mod odd_values;
#[path = "golden/openapi_3_2.rs"]
mod openapi_3_2;
#[path = "golden/requests.rs"]
mod requests;
#[cfg(feature = "mock")]
#[macro_use]
#[path = "golden/samples.rs"]
mod samples;
#[cfg(feature = "mock")]
#[path = "golden/sampled.rs"]
#[rustfmt::skip]
mod sampled;
#[allow(dead_code, reason = "the wire tests use all of it")]
#[path = "wire/server.rs"]
mod server;
#[path = "golden/styles.rs"]
mod styles;
#[path = "golden/themes.rs"]
mod themes;
#[path = "golden/unix_times.rs"]
mod unix_times;
#[path = "golden/webhooks.rs"]
mod webhooks;
#[path = "golden/xml.rs"]
mod xml;

use std::path::{Path, PathBuf};

/// The result of a test.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The directory that has a subdirectory for each theme.
fn themes_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../checks/tests/fixtures/golden")
}

#[test]
fn every_theme_is_compiled() -> Outcome {
    let listed = include_str!("golden/themes.rs");
    for entry in std::fs::read_dir(themes_directory())? {
        let theme = entry?.file_name().to_string_lossy().into_owned();
        assert!(listed.contains(&format!("pub mod {theme};")), "{theme} is missing in golden/themes.rs");
    }
    Ok(())
}

#[cfg(feature = "mock")]
#[test]
fn a_sample_of_each_type_is_read_as_it_is_written() -> Outcome {
    let mut themes = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(themes_directory())? {
        let entry = entry?;
        let types = entry.path().join("emitted/types");
        if types.is_dir() {
            themes.insert(entry.file_name().to_string_lossy().into_owned(), types);
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sampled.rs");
    let uses = "#![allow(deprecated, reason = \"deprecated types have samples too\")]\n\nuse crm_clients_runtime::mock::sample;\n\n\
                use crate::themes as clients;";
    samples::check_list(&file, uses, &themes)?;
    assert_eq!(samples::failures(sampled::CHECKS), Vec::<String>::new());
    Ok(())
}
