//! Makes progenitor's clients.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crm_clients_codegen::{Input, Walk};
use crm_clients_progenitor::{Order, package};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The APIs, each with its document's file.
const APIS: [(&str, &str); 2] = [("kajabi", "openapi.yaml"), ("chatwoot", "openapi.json")];

fn main() -> Result<()> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    for (name, file) in APIS {
        fs::write(out.join(format!("{name}.rs")), client(&specs.join(name), name, file)?)?;
    }
    Ok(())
}

/// The client of an API, as one file of Rust.
fn client(directory: &Path, name: &str, file: &str) -> Result<String> {
    for file in [file, "overlay.yaml"] {
        println!("cargo::rerun-if-changed={}", directory.join(file).display());
    }
    let overlay = fs::read(directory.join("overlay.yaml"))?;
    let read = |path: &str| fs::read(directory.join(path));
    let input = Input { document: file, read: &read, overlay: Some(("overlay.yaml", &overlay)) };
    let mut walk = Walk::new();
    let document = walk.for_progenitor(&input, name).ok_or_else(|| walk.report(false))?;
    let order = Order { name: name.to_owned(), source: format!("specs/{name}/{file}"), document };
    Ok(package(&order)?.library)
}
