//! Generates crates with progenitor for every vendored API and every golden document.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::Generate;
use crm_clients_progenitor::{Order, Package, package};
use serde_json::{Value, json};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The number of operations that progenitor does not support, by document: OPTIONS, TRACE and empty paths. All others must
/// exist.
const LEFT_OUT: [(&str, usize); 3] =
    [("golden/responses", 2), ("golden/methods_and_queries", 3), ("golden/path_styles", 1)];

/// A document and its files.
struct Document {
    name: String,
    directory: PathBuf,
}

impl Document {
    /// Returns the vendored APIs and the golden documents, sorted.
    fn all() -> Result<Vec<Self>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut all = Vec::new();
        for (kind, directory) in [("api", "specs"), ("golden", "codegen/checks/tests/fixtures/golden")] {
            for entry in fs::read_dir(root.join(directory))? {
                let directory = entry?.path();
                let name = directory.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                if directory.is_dir() {
                    all.push(Self { name: format!("{kind}/{name}"), directory });
                }
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// Returns the adapted document, and the number of operations in our client.
    fn adapted(&self) -> Result<(Value, usize)> {
        let file = if self.directory.join("openapi.json").is_file() { "openapi.json" } else { "openapi.yaml" };
        let overlay = fs::read(self.directory.join("overlay.yaml")).ok();
        let overlays: Vec<_> = overlay.iter().map(|text| ("overlay.yaml", text.as_slice())).collect();
        let read = |path: &str| fs::read(self.directory.join(path));
        let input = Input { document: file, read: &read, overlays: &overlays };
        let mut walk = Pipeline::new();
        let adapted = walk.for_progenitor(&input, "client").ok_or_else(|| walk.report(false))?;
        let api = walk.ir(&input, "client").ok_or_else(|| walk.report(false))?;
        let operations = api.resources.iter().flat_map(|resource| &resource.operations);
        Ok((adapted, operations.filter(|operation| !operation.alternative).count()))
    }

    fn package(&self) -> Result<(Package, usize)> {
        let (document, operations) = self.adapted()?;
        let name = self.name.replace(['/', '_'], "-");
        Ok((package(&Order { name, source: "openapi".to_owned(), document })?, operations))
    }
}

#[test]
fn all_operations_are_generated() -> Result {
    let mut counted = Vec::new();
    for document in Document::all()? {
        let (package, operations) = document.package().map_err(|error| format!("{}: {error}", document.name))?;
        let left_out = LEFT_OUT.iter().find(|(name, _)| *name == document.name).map_or(0, |(_, count)| *count);
        let methods = package.library.matches("    pub async fn ").count();
        assert_eq!(methods + left_out, operations, "{}", document.name);
        counted.push((document.name, operations));
    }
    assert!(counted.len() >= 38, "{counted:?}");
    for expected in [("api/chatwoot", 149), ("api/contactship", 17), ("api/kajabi", 77)] {
        assert!(counted.iter().any(|(name, count)| (name.as_str(), *count) == expected), "{counted:?}");
    }
    Ok(())
}

#[test]
fn generation_is_deterministic() -> Result {
    for document in Document::all()?.into_iter().filter(|document| document.name.starts_with("api/")) {
        assert!(document.package()?.0 == document.package()?.0, "{}", document.name);
    }
    Ok(())
}

#[test]
fn errors_and_panics_name_their_cause() {
    let document = |paths: Value, schemas: Value| json!({"openapi": "3.0.3", "info": {"title": "", "version": "1"}, "paths": paths, "components": {"schemas": schemas}});
    let good = json!({"type": "string"});
    let two = json!({"application/json": {"schema": good}, "text/plain": {"schema": good}});
    let several = json!({"post": {"operationId": "make", "requestBody": {"content": two}, "responses": {}}});
    let cases = [
        (
            document(json!({}), json!({"Good": good, "Bad": {"type": "string", "enum": ["a b", "a_b", "a-b"]}})),
            "the schema `Bad`",
        ),
        (document(json!({"/good": {}, "/bad": several}), json!({"Good": good})), "the operation `POST /bad`"),
    ];
    for (document, culprit) in cases {
        let order = Order { name: "pets".to_owned(), source: "openapi.json".to_owned(), document };
        let told = package(&order).err().unwrap_or_default();
        assert!(told.contains("it panicked: ") && told.ends_with(&format!("\n  at {culprit}")), "{told}");
    }
}

/// Checks each crate separately, with the versions of the workspace's lock file. Run it with `--ignored`; it takes
/// minutes.
#[test]
#[ignore = "compiles a crate for each document"]
fn every_crate_compiles() -> Result {
    let directory = tempfile::tempdir()?;
    let mut failed = String::new();
    for document in Document::all()? {
        let root = directory.path().join(&document.name);
        fs::create_dir_all(root.join("src"))?;
        let (package, _) = document.package()?;
        fs::write(root.join("Cargo.toml"), package.manifest)?;
        fs::write(root.join("src/lib.rs"), package.library)?;
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock"), root.join("Cargo.lock"))?;
        let check = Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--offline", "--manifest-path"])
            .arg(root.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("stand-alone"))
            .env("RUSTFLAGS", "-D warnings")
            .output()?;
        if !check.status.success() {
            failed.push_str(&format!("{}:\n{}", document.name, String::from_utf8_lossy(&check.stderr)));
        }
    }
    assert!(failed.is_empty(), "{failed}");
    Ok(())
}
