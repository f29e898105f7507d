//! `cargo xtask infer` on recorded traffic.

mod support;

use std::fs;

use support::{Result, Workspace, text};

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
    assert!(text(&output.stderr).contains("3 exchanges of operations that the document lacks, 1 of others"));
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
    assert_eq!(output.status.code(), Some(0), "nothing is left: {}", text(&output.stdout));

    let wrong = workspace.run(&["infer", &recording, "--for", "pets", "--path", "pets/{name}"])?;
    assert!(text(&wrong.stderr).contains("does not begin with `/`"), "{}", text(&wrong.stderr));
    Ok(())
}
