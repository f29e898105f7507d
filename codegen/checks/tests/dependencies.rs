//! Checks that README.md explains every direct dependency.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

type Outcome = Result<(), Box<dyn Error>>;

/// Collects the manifests of the workspace.
fn manifests(directory: &Path, found: &mut Vec<PathBuf>) -> Outcome {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !name.starts_with('.') && !["target", "fixtures", "node_modules"].contains(&name) {
            manifests(&path, found)?;
        } else if name == "Cargo.toml" {
            found.push(path);
        }
    }
    Ok(())
}

/// Adds the names of the tables of dependencies in a manifest, also of those for some targets.
fn dependencies(manifest: &toml::Table, found: &mut BTreeSet<String>) {
    for (key, value) in manifest {
        let Some(table) = value.as_table() else { continue };
        match key.as_str() {
            "dependencies" | "dev-dependencies" | "build-dependencies" => found.extend(table.keys().cloned()),
            "target" => table.values().filter_map(toml::Value::as_table).for_each(|one| dependencies(one, found)),
            _ => {}
        }
    }
}

#[test]
fn every_direct_dependency_is_explained() -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    manifests(&root, &mut paths)?;
    let mut names = BTreeSet::new();
    for path in paths {
        dependencies(&fs::read_to_string(path)?.parse()?, &mut names);
    }
    assert!(names.contains("serde") && names.contains("wasm-bindgen"), "{names:?}");
    let readme = fs::read_to_string(root.join("README.md"))?;
    let (_, section) = readme.split_once("## Dependencies and their purpose").ok_or("README.md has no such section")?;
    let explained: Vec<&str> = section.lines().filter_map(|line| line.split('|').nth(1)).collect();
    let is_explained = |name: &String| explained.iter().any(|cell| cell.contains(&format!("`{name}`")));
    let missing: Vec<&String> =
        names.iter().filter(|name| !name.starts_with("crm-clients") && !is_explained(name)).collect();
    assert!(missing.is_empty(), "README.md does not explain {missing:?}");
    Ok(())
}
