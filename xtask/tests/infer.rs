//! `cargo xtask infer` on recorded traffic.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::{Result, Workspace, text, xtask};

const RECORDING: &str = r#"{"method": "GET", "path": "/pets", "status": 200, "content_type": "application/json", "response_body": []}
{"method": "GET", "path": "/pets/rex-0042/vets", "status": 200, "content_type": "application/json", "response_body": [{"id": 1, "name": "Kim"}]}
{"method": "GET", "path": "/pets/7/vets", "status": 200, "content_type": "application/json", "response_body": [{"id": 2, "name": "Sam", "phone": null}]}
{"method": "POST", "path": "/pets/7/wash", "status": 200, "request_body": {"soap": true}}
"#;

#[test]
fn the_draft_is_an_overlay_of_the_api() -> Result {
    let workspace = Workspace::new()?;
    let recording = workspace.path("traffic.jsonl");
    fs::write(&recording, RECORDING)?;
    let recording = recording.display().to_string();
    let output = workspace.run(&["infer", &recording, "--for", "pets", "--redact", "name"])?;
    assert_eq!(output.status.code(), Some(1), "the document lacks operations");
    assert!(text(&output.stderr).contains("3 exchanges of operations that the document lacks, 1 of declared ones"));
    let draft = text(&output.stdout);
    assert!(!draft.contains("Kim") && !draft.contains("rex"), "{draft}");
    fs::write(workspace.path("specs/pets/undocumented.yaml"), &draft)?;

    let listed = text(&workspace.run(&["list", "pets"])?.stdout);
    for part in ["/pets/{pet_id}/vets", "/pets/{pet_id}/wash"] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    let output = workspace.run(&["drift", "pets", &recording])?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let output = workspace.run(&["infer", &recording, "--for", "pets"])?;
    assert_eq!(output.status.code(), Some(0), "the document still lacks operations: {}", text(&output.stdout));

    let wrong = workspace.run(&["infer", &recording, "--for", "pets", "--path", "pets/{name}"])?;
    assert!(text(&wrong.stderr).contains("does not begin with `/`"), "{}", text(&wrong.stderr));
    Ok(())
}

/// A document without operations.
const EMPTY: &str =
    "openapi: 3.1.0\ninfo: {title: Shops, version: '1'}\nservers: [{url: https://shops.example}]\npaths: {}\n";

#[test]
fn a_client_of_the_draft_sends_and_reads_what_was_recorded() -> Result {
    let directory = tempfile::tempdir()?;
    let path = |name: &str| directory.path().join(name).display().to_string();
    let (document, recording, draft) = (path("openapi.yaml"), path("recording.jsonl"), path("draft.yaml"));
    fs::write(&document, EMPTY)?;
    fs::write(&recording, include_str!("fixtures/inferred/recording.jsonl"))?;
    let output = xtask(&["infer", &recording, "--for", &document])?;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    fs::write(&draft, output.stdout)?;
    let out = directory.path().join("client");
    let shown = out.display().to_string();
    let generate = ["generate", "--spec", &document, "--overlay", &draft, "--name", "shops-client", "--out", &shown];
    let output = xtask(&generate)?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    fs::create_dir(out.join("tests"))?;
    fs::write(out.join("tests/recorded.rs"), include_str!("fixtures/inferred/recorded.rs"))?;
    fs::copy(&recording, out.join("tests/recording.jsonl"))?;
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), out.join("Cargo.lock"))?;
    let tested = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--offline", "--features", "blocking", "--manifest-path"])
        .arg(out.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("stand-alone"))
        .output()?;
    assert!(tested.status.success(), "{}{}", text(&tested.stdout), text(&tested.stderr));
    Ok(())
}
