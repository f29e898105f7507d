//! File names are the same on every system, for any tags of a document.

#[path = "support/compiles.rs"]
mod compiles;
#[path = "support/documentation.rs"]
mod documentation;
#[path = "support/emitted.rs"]
mod emitted;

use std::io;

use compiles::Items;
use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::Generate;
use crm_clients_generator::emit::{self, CrateOptions, Header};

/// Returns the file paths of the crate for a document with these tags.
fn paths(tags: &[&str]) -> Vec<String> {
    let operation = |(index, tag): (usize, &&str)| {
        format!("  /p{index}: {{get: {{tags: ['{tag}'], responses: {{'204': {{description: none}}}}}}}}\n")
    };
    let operations: String = tags.iter().enumerate().map(operation).collect();
    let document = format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\nservers: [{{url: https://t.example}}]\npaths:\n{operations}"
    );
    let read = |_: &str| -> io::Result<Vec<u8>> { Ok(document.clone().into_bytes()) };
    let mut walk = Pipeline::new();
    let api = walk.ir(&Input { document: "openapi.yaml", read: &read, overlays: &[] }, "client");
    assert!(api.is_some(), "{}", walk.report(false));
    let options = CrateOptions::new("client");
    let Some(api) = api else { return Vec::new() };
    let files = emit::crate_files(&api, &options, Header { command: "generate", source: "openapi.yaml" });
    emitted::check(&files, &mut Items::default());
    files.iter().map(|(path, _)| path.to_owned()).collect()
}

#[test]
fn files_do_not_have_device_names() {
    let paths = paths(&["com1", "LPT1", "Com 2", "COM¹", "aux", "CON", "nul", "prn", "Com", "com", "lpt", "LPT"]);
    for path in ["src/com1_resource.rs", "src/lpt1_resource.rs", "src/nul_resource.rs", "src/com.rs", "src/lpt.rs"] {
        assert!(paths.iter().any(|other| other == path), "{path}: {paths:?}");
    }
    // A number that makes a name unique must not turn it into a device name either.
    assert!(!paths.iter().any(|path| path == "src/com2.rs" || path == "src/lpt2.rs"), "{paths:?}");
}

#[test]
fn tags_are_case_insensitive() {
    let paths = paths(&["Pets", "pets", "PETS", "shopItems", "ShopItems", "shop items"]);
    let of = |name: &str| paths.iter().filter(|path| path.starts_with(&format!("src/{name}"))).count();
    assert_eq!((of("pets"), of("shop")), (1, 1), "{paths:?}");
}
