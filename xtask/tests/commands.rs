//! The commands as a maintainer calls them: exit codes, what is printed, what is touched.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::{DOCUMENT, Result, Workspace, text, tree, xtask};

#[test]
fn the_checked_in_crate_is_fresh() -> Result {
    let output = xtask(&["regen", "--check"])?;
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    Ok(())
}

#[test]
fn every_operation_of_every_document_has_a_method() -> Result {
    let output = xtask(&["list", "--format", "json"])?;
    let entries: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout)?;
    let count = |api: &str| entries.iter().filter(|entry| entry["api"] == api).count();
    assert_eq!(
        (count("chatwoot"), count("contactship"), count("kajabi")),
        (146, 17, 77),
        "two of Chatwoot are the overlay's"
    );
    let mut methods: Vec<String> = entries.iter().map(|entry| entry["rust"].to_string()).collect();
    methods.sort();
    methods.dedup();
    assert_eq!(methods.len(), 240, "no two operations are one method");
    let created = entries.iter().find(|entry| entry["operation_id"] == "contactCreate").ok_or("no contactCreate")?;
    assert_eq!(created["rust"], "chatwoot::contacts::Contacts::create");
    assert_eq!(
        (&created["method"], &created["path"]),
        (&"POST".into(), &"/api/v1/accounts/{account_id}/contacts".into())
    );
    Ok(())
}

#[test]
fn a_stale_and_a_stray_file_fail_the_check_and_regen_mends_both() -> Result {
    let workspace = Workspace::new()?;
    assert_eq!(workspace.run(&["regen", "--check"])?.status.code(), Some(0));
    let stale = workspace.path("generated/src/pets/pets.rs");
    fs::write(&stale, fs::read_to_string(&stale)?.replace("fn list", "fn index"))?;
    fs::write(workspace.path("generated/src/pets/stray.rs"), "// left behind\n")?;
    let output = workspace.run(&["regen", "--check"])?;
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(shown.contains("-    pub fn index(&self)") && shown.contains("+    pub fn list(&self)"), "{shown}");
    assert!(shown.contains("--- a/generated/src/pets/stray.rs\n+++ /dev/null"), "{shown}");
    assert!(shown.contains("run `cargo xtask regen`"), "{shown}");
    assert_eq!(workspace.run(&["regen"])?.status.code(), Some(0));
    assert_eq!(workspace.run(&["regen", "--check"])?.status.code(), Some(0));
    assert!(!workspace.path("generated/src/pets/stray.rs").exists());
    Ok(())
}

#[test]
fn faults_of_all_documents_are_told_and_nothing_is_touched() -> Result {
    let workspace = Workspace::new()?;
    let before = tree(&workspace.path("generated"))?;
    fs::write(workspace.path("specs/pets/openapi.yaml"), DOCUMENT.replace("schemas/pet'", "schemas/pat'"))?;
    fs::create_dir_all(workspace.path("specs/shops"))?;
    fs::write(workspace.path("specs/shops/openapi.json"), "{\"openapi\": \"3.0.0\", \"info\": ")?;
    let output = workspace.run(&["regen"])?;
    let report = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(report.contains("specs/pets/openapi.yaml:9:") && report.contains("unknown-reference"), "{report}");
    assert!(report.contains("specs/shops/openapi.json:1:"), "{report}");
    assert_eq!(tree(&workspace.path("generated"))?, before);
    Ok(())
}

#[test]
fn one_api_is_regenerated_and_the_others_stay_as_they_are() -> Result {
    let workspace = Workspace::new()?;
    fs::create_dir_all(workspace.path("specs/shops"))?;
    fs::write(workspace.path("specs/shops/openapi.yaml"), DOCUMENT.replace("Pets", "Shops"))?;
    let own = workspace.path("generated/src/pets/pets.rs");
    fs::write(&own, "// not asked for\n")?;
    assert_eq!(workspace.run(&["regen", "shops"])?.status.code(), Some(0));
    assert_eq!(fs::read_to_string(&own)?, "// not asked for\n");
    assert!(workspace.path("generated/src/shops/shops.rs").exists());
    assert!(fs::read_to_string(workspace.path("generated/src/lib.rs"))?.contains("pub mod shops;"));
    Ok(())
}

#[test]
fn usage_errors_exit_with_two() -> Result {
    for arguments in [
        &["regen", "nobody"][..],
        &["frobnicate"],
        &["dump", "no-such-file.yaml", "--stage", "ir"],
        &["vendor", "../x", "y"],
    ] {
        let output = xtask(arguments)?;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    Ok(())
}

#[test]
fn a_document_is_taken_in_without_its_prose() -> Result {
    let workspace = Workspace::new()?;
    let upstream = workspace.path("upstream.yaml");
    fs::write(&upstream, DOCUMENT.replace("tags: [Pets]", "tags: [Pets]\n      summary: Prose that stays upstream"))?;
    let file = upstream.to_string_lossy().into_owned();
    let refused = workspace.run(&["vendor", "dogs", &file])?;
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--url"));
    let output = workspace.run(&[
        "vendor",
        "dogs",
        &file,
        "--url",
        "https://dogs.example/api",
        "--revision",
        "abc",
        "--date",
        "2026-01-02",
    ])?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    let document = fs::read_to_string(workspace.path("specs/dogs/openapi.yaml"))?;
    assert!(document.contains("/pets") && !document.contains("Prose"), "{document}");
    let source = fs::read_to_string(workspace.path("specs/dogs/source.toml"))?;
    for line in [
        "url = \"https://dogs.example/api\"",
        "revision = \"abc\"",
        "version = \"1\"",
        "date = \"2026-01-02\"",
        "sha256 = ",
    ] {
        assert!(source.contains(line), "{source}");
    }
    fs::write(&upstream, "swagger: '2.0'\n")?;
    assert_eq!(workspace.run(&["vendor", "dogs", &file])?.status.code(), Some(2));
    assert_eq!(
        fs::read_to_string(workspace.path("specs/dogs/openapi.yaml"))?,
        document,
        "a refused document changes nothing"
    );
    Ok(())
}

#[test]
fn each_stage_can_be_looked_at() -> Result {
    let workspace = Workspace::new()?;
    let stage = |stage: &str| -> Result<serde_json::Value> {
        let output = workspace.run(&["dump", "pets", "--stage", stage])?;
        Ok(serde_json::from_slice(&output.stdout)?)
    };
    assert_eq!(
        stage("overlaid")?["components"]["schemas"]["pet"]["properties"]["age"]["type"],
        serde_json::json!(["integer", "null"])
    );
    assert_eq!(stage("ir")?["resources"][0]["operations"][0]["name"], "list");
    Ok(())
}

#[test]
fn a_document_is_lowered_for_other_tools() -> Result {
    let workspace = Workspace::new()?;
    let printed: serde_json::Value = serde_json::from_slice(&workspace.run(&["lower", "pets"])?.stdout)?;
    assert_eq!(printed["openapi"], "3.0.3");
    assert_eq!(
        printed["components"]["schemas"]["pet"]["properties"]["age"],
        serde_json::json!({"type": "integer", "nullable": true})
    );
    for (name, begins) in [("pets.yml", "openapi: 3.0.3\n"), ("pets.json", "{\n  \"openapi\": \"3.0.3\",\n")] {
        let path = workspace.path(name);
        let output = workspace.run(&["lower", "pets", "-o", &path.to_string_lossy()])?;
        assert!(output.status.success(), "{}", text(&output.stderr));
        let written = fs::read_to_string(&path)?;
        assert!(written.starts_with(begins), "{written}");
    }
    let overlay = workspace.path("pets.yml").to_string_lossy().into_owned();
    let refused = workspace.run(&["lower", "pets", "--overlay", &overlay])?;
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("with its own overlay: give its file"), "{}", text(&refused.stderr));
    Ok(())
}

#[test]
#[ignore = "builds progenitor"]
fn progenitor_makes_a_crate_of_any_document() -> Result {
    let workspace = Workspace::new()?;
    let document = workspace.path("specs/pets/openapi.yaml").to_string_lossy().into_owned();
    let out = workspace.path("pets-client");
    let shown = out.to_string_lossy().into_owned();
    let generate = ["generate", "--emitter", "progenitor", "--name", "pets-client", "--out", &shown, "--spec"];
    let output = xtask(&[generate.as_slice(), &[&document]].concat())?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(fs::read_to_string(out.join("src/lib.rs"))?.contains("pub async fn pets_list<'a>("));
    assert!(fs::read_to_string(out.join("Cargo.toml"))?.contains("progenitor-client = \""));
    fs::write(&document, DOCUMENT.replace("schemas/pet'", "schemas/pat'"))?;
    assert_eq!(xtask(&[generate.as_slice(), &[&document]].concat())?.status.code(), Some(2));
    Ok(())
}

#[test]
fn any_document_becomes_a_crate_that_compiles_by_itself() -> Result {
    let workspace = Workspace::new()?;
    let document = workspace.path("specs/pets/openapi.yaml").to_string_lossy().into_owned();
    let out = workspace.path("pets-client");
    let shown = out.to_string_lossy().into_owned();
    let output = xtask(&["generate", "--spec", &document, "--name", "pets-client", "--out", &shown])?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    // The workspace's own lock file, so that the check needs no network.
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), out.join("Cargo.lock"))?;
    let check = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--manifest-path"])
        .arg(out.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("stand-alone"))
        .output()?;
    assert!(check.status.success(), "{}", text(&check.stderr));
    fs::write(out.join("Cargo.toml"), "[package]\nname = \"somebody-elses\"\n")?;
    let output = xtask(&["generate", "--spec", &document, "--name", "pets-client", "--out", &shown])?;
    assert_eq!(output.status.code(), Some(2), "a crate that is not ours is left alone");
    Ok(())
}
