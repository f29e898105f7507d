//! Generates progenitor's clients and, for the test that compares them with ours, functions that call every operation
//! of either client with arguments in JSON.

mod theirs;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::Generate;
use crm_clients_generator::callgen;
use crm_clients_progenitor::{Order, package};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The APIs, each with the name of its document.
const APIS: [(&str, &str); 2] = [("kajabi", "openapi.yaml"), ("chatwoot", "openapi.json")];

fn main() -> Result {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../specs");
    println!("cargo::rerun-if-changed=build");
    for (name, file) in APIS {
        write(&out, &specs.join(name), name, file)?;
    }
    Ok(())
}

/// Writes the files of an API: progenitor's client, the lowered document, and the calls of either client.
fn write(out: &Path, directory: &Path, name: &str, file: &str) -> Result {
    for file in [file, "overlay.yaml"] {
        println!("cargo::rerun-if-changed={}", directory.join(file).display());
    }
    let overlay = fs::read(directory.join("overlay.yaml"))?;
    let read = |path: &str| fs::read(directory.join(path));
    let input = Input { document: file, read: &read, overlays: &[("overlay.yaml", &overlay)] };
    let mut walk = Pipeline::new();
    let made = walk
        .lowered(&input)
        .and_then(|lowered| Some((lowered, walk.ir(&input, name)?, walk.for_progenitor(&input, name)?)));
    let (lowered, api, document) = made.ok_or_else(|| walk.report(false))?;
    let order = Order { name: name.to_owned(), source: format!("specs/{name}/{file}"), document };
    let client = package(&order)?.library;
    fs::write(out.join(format!("theirs_{name}.rs")), theirs::calls(&order.document, &client)?)?;
    fs::write(out.join(format!("ours_{name}.rs")), callgen::dispatch(&api))?;
    fs::write(out.join(format!("{name}.json")), serde_json::to_string(&lowered)?)?;
    fs::write(out.join(format!("{name}.rs")), client)?;
    Ok(())
}
