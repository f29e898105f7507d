//! Finds the operations of a document in its text, without the generator's passes, because those are being checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use crm_clients_document::yaml;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

/// The keys of operations in a path item.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The relevant part of a document. The rest is skipped while parsing, because the largest documents have tens of
/// megabytes.
#[derive(Deserialize)]
struct Outline {
    openapi: Option<IgnoredAny>,
    swagger: Option<IgnoredAny>,
    paths: Option<BTreeMap<String, Entry>>,
}

/// A value in `paths` or in a path item.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Object(BTreeMap<String, Leaf>),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Leaf {
    Text(String),
    Object(BTreeMap<String, IgnoredAny>),
    Other(IgnoredAny),
}

/// Returns true if a file contains an OpenAPI document of any version, which its top level declares.
pub fn is_document(file: &Path) -> bool {
    match read::<Outline>(file) {
        Ok(outline) => outline.openapi.is_some() || outline.swagger.is_some(),
        // The document has an error, which the generator reports.
        Err(_) => {
            let mut beginning = Vec::new();
            let opened = File::open(file).and_then(|file| file.take(4096).read_to_end(&mut beginning));
            let beginning = String::from_utf8_lossy(&beginning);
            opened.is_ok() && (beginning.contains("openapi") || beginning.contains("swagger"))
        }
    }
}

/// Returns the operations of a document, as `GET /pets`: the members of `paths` for each of the eight methods,
/// including referenced path items. Webhooks, callbacks and extensions such as `x-ms-paths` are not included. Paths are
/// returned as written, with their query or fragment.
pub fn operations(file: &Path) -> io::Result<BTreeSet<String>> {
    let outline: Outline = read(file)?;
    let mut found = BTreeSet::new();
    for (path, entry) in outline.paths.iter().flatten().filter(|(path, _)| !path.starts_with("x-")) {
        let Entry::Object(item) = entry else { continue };
        let mut keys: Vec<String> = item.keys().cloned().collect();
        if let Some(Leaf::Text(reference)) = item.get("$ref") {
            keys.extend(referred(file, reference)?);
        }
        if let Some(Leaf::Object(additional)) = item.get("additionalOperations") {
            found.extend(additional.keys().map(|method| format!("{method} {path}")));
        }
        let methods = keys.iter().filter(|key| METHODS.contains(&key.as_str()));
        found.extend(methods.map(|method| format!("{} {path}", method.to_ascii_uppercase())));
    }
    Ok(found)
}

/// Returns the keys of a referenced path item, and of the path items that it refers to.
fn referred(file: &Path, reference: &str) -> io::Result<BTreeSet<String>> {
    let mut keys = BTreeSet::new();
    let mut file = file.to_owned();
    let mut reference = reference.to_owned();
    // A longer chain would be circular.
    for _ in 0..16 {
        let (name, pointer) = reference.split_once('#').unwrap_or((&reference, ""));
        if !name.is_empty() {
            file = file.with_file_name("").join(name);
        }
        let document: Value = read(&file)?;
        let Some(Value::Object(item)) = document.pointer(&pointer.replace("%7B", "{").replace("%7D", "}")) else {
            return Err(io::Error::other(format!("{} has no path item {reference}", file.display())));
        };
        keys.extend(item.keys().cloned());
        match item.get("$ref") {
            Some(Value::String(next)) => reference = next.clone(),
            _ => return Ok(keys),
        }
    }
    Err(io::Error::other(format!("{}: circular references of path items", file.display())))
}

/// Reads a file as JSON or YAML.
pub fn read<T: DeserializeOwned>(file: &Path) -> io::Result<T> {
    if file.extension().is_some_and(|extension| extension == "json") {
        let mut reader = BufReader::new(File::open(file)?);
        if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        match serde_json::from_reader(reader) {
            Ok(read) => return Ok(read),
            Err(error) if error.is_io() => return Err(error.into()),
            // JSON with a trailing comma is valid YAML.
            Err(_) => {}
        }
    }
    yaml::from_str(&fs::read_to_string(file)?).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn operations_are_methods_in_paths() -> Result {
        let root = tempfile::tempdir()?;
        let file = root.path().join("document.yaml");
        fs::write(root.path().join("other.json"), r#"{"items": {"pet": {"delete": {}, "x-put": {}}}}"#)?;
        fs::write(
            &file,
            "openapi: 3.1.0\n\
             paths:\n\
             \x20 /pets: {get: {responses: {200: {description: ''}}}, post: {}, query: {}, additionalOperations: {COPY: {}}, parameters: []}\n\
             \x20 /pets/{id}: {$ref: 'other.json#/items/pet', patch: {}}\n\
             \x20 /again: {$ref: '#/paths/~1pets'}\n\
             \x20 '/#X=1?a=b': {trace: {}, summary: one}\n\
             \x20 /empty:\n\
             \x20 x-ours: {get: {}}\n\
             webhooks: {called: {post: {}}}\n\
             x-ms-paths: {/pets?a=b: {get: {}}}\n",
        )?;
        assert!(is_document(&file));
        let found = operations(&file)?;
        let expected = [
            "COPY /pets",
            "DELETE /pets/{id}",
            "GET /again",
            "GET /pets",
            "PATCH /pets/{id}",
            "POST /again",
            "POST /pets",
            "QUERY /again",
            "QUERY /pets",
            "TRACE /#X=1?a=b",
        ];
        assert_eq!(found, expected.map(str::to_owned).into());
        Ok(())
    }

    #[test]
    fn documents_are_recognized() -> Result {
        let root = tempfile::tempdir()?;
        for (name, text, is) in [
            ("a.json", r#"{"openapi": "3.0.0"}"#, true),
            ("b.yaml", "swagger: '2.0'\n", true),
            ("c.json", r#"{"openapi": "3.0.0", "#, true),
            ("package.json", r#"{"keywords": ["openapi"], "config": {"openapi": "3.0.0"}}"#, false),
            ("bom.json", "\u{feff}{\"openapi\": \"3.0.0\"}", true),
            ("d.json", "[1]", false),
            ("e.yaml", "text\n", false),
        ] {
            let file = root.path().join(name);
            fs::write(&file, text)?;
            assert_eq!(is_document(&file), is, "{name}");
        }
        Ok(())
    }
}
