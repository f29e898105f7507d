//! Tests of `names.lock`: upstream renames things, `regen` keeps the names, and `names accept` accepts the new ones.

mod support;

use std::fs;

use support::{DOCUMENT, Result, Workspace, text, tree, xtask};

/// Returns the document after upstream renamed its tag and its component.
fn renamed() -> String {
    let renamed = DOCUMENT.replace("tags: [Pets]", "tags: [Animals]");
    renamed.replace("schemas/pet'", "schemas/animal'").replace("    pet: {", "    animal: {")
}

#[test]
fn names_stay_until_they_are_accepted() -> Result {
    let workspace = Workspace::new()?;
    let lock = fs::read_to_string(workspace.path("specs/pets/names.lock"))?;
    assert!(lock.contains(r#""GET /pets" = { tag = "Pets", method = "list" }"#), "{lock}");
    let before = tree(&workspace.path("generated/src"))?;
    fs::write(workspace.path("specs/pets/openapi.yaml"), renamed())?;

    let output = workspace.run(&["regen", "--check"])?;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("specs/pets/names.lock is stale"), "{}", text(&output.stdout));
    assert!(workspace.run(&["regen"])?.status.success());
    assert_eq!(before, tree(&workspace.path("generated/src"))?);
    let listed = text(&workspace.run(&["names", "list"])?.stdout);
    let lines: Vec<&str> = listed.lines().collect();
    let expected = ["pets pets would be animals (GET /pets)", "pets types::Pet would be types::Animal"];
    assert_eq!(lines, expected);

    let unknown = workspace.run(&["names", "accept", "pets", "types::Cat"])?;
    assert!(text(&unknown.stderr).contains("pets keeps no name `types::Cat`"), "{}", text(&unknown.stderr));
    let output = workspace.run(&["names", "accept", "pets", "types::Pet"])?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(workspace.run(&["regen"])?.status.success());
    let types = fs::read_to_string(workspace.path("generated/src/pets/types/mod.rs"))?;
    assert!(types.contains("note = \"renamed to `Animal`\")]\npub type Pet = Animal;"), "{types}");
    assert_eq!(text(&workspace.run(&["names", "list"])?.stdout).lines().count(), 1);

    assert!(workspace.run(&["names", "accept", "pets"])?.status.success());
    assert!(workspace.run(&["regen"])?.status.success());
    assert!(workspace.run(&["regen", "--check"])?.status.success());
    assert!(text(&workspace.run(&["names", "list"])?.stdout).is_empty());
    let lock = fs::read_to_string(workspace.path("specs/pets/names.lock"))?;
    assert!(lock.contains(r#""pets::Pets" = { now = "animals::Animals", since = "0.2.0" }"#), "{lock}");
    let root = fs::read_to_string(workspace.path("generated/src/pets/mod.rs"))?;
    assert!(root.contains("pub use super::animals::Animals as Pets;"), "{root}");
    Ok(())
}

#[test]
fn an_alias_is_there_for_one_minor_version() -> Result {
    let workspace = Workspace::new()?;
    fs::write(workspace.path("specs/pets/openapi.yaml"), renamed())?;
    assert!(workspace.run(&["names", "accept", "pets"])?.status.success());
    let is_there = |version: &str| -> Result<bool> {
        fs::write(workspace.path("Cargo.toml"), format!("[workspace.package]\nversion = \"{version}\"\n"))?;
        assert!(workspace.run(&["regen"])?.status.success());
        Ok(fs::read_to_string(workspace.path("generated/src/pets/types/mod.rs"))?.contains("pub type Pet = Animal;"))
    };
    assert!(is_there("0.2.7")?);
    assert!(!is_there("0.3.0")?);
    Ok(())
}

#[test]
fn a_stand_alone_crate_keeps_the_names_of_a_file() -> Result {
    let directory = tempfile::tempdir()?;
    let path = |name: &str| directory.path().join(name).to_string_lossy().into_owned();
    let generate = || {
        let (spec, names, out) = (path("openapi.yaml"), path("names.lock"), path("pets"));
        xtask(&["generate", "--spec", &spec, "--names", &names, "--name", "pets", "--out", &out])
    };
    fs::write(path("openapi.yaml"), DOCUMENT)?;
    let output = generate()?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    let before = tree(&directory.path().join("pets"))?;
    fs::write(path("openapi.yaml"), renamed())?;
    assert!(generate()?.status.success());
    assert_eq!(before, tree(&directory.path().join("pets"))?);
    Ok(())
}
