//! `cargo xtask drift` on recorded traffic.

mod support;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{Result, Workspace, text, xtask};

/// Returns the recorded fixtures of Chatwoot as JSON lines. Path parameters are replaced by numbers.
fn recording() -> Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    let listed: Vec<Value> = serde_json::from_slice(&xtask(&["list", "chatwoot", "--format", "json"])?.stdout)?;
    let operations: HashMap<_, _> =
        listed.iter().map(|operation| (operation["operation_id"].as_str(), operation)).collect();
    let mut lines = String::new();
    for entry in fs::read_dir(root.join("generated/tests/fixtures/chatwoot-recorded"))? {
        let path = entry?.path();
        let id = path.file_stem().and_then(|name| name.to_str());
        let operation = operations.get(&id).ok_or_else(|| format!("{id:?} is not an operation"))?;
        let segment = |segment: &str| if segment.starts_with('{') { "7" } else { segment }.to_owned();
        let target: Vec<String> = operation["path"].as_str().unwrap_or_default().split('/').map(segment).collect();
        let fixtures: Vec<Value> = serde_json::from_str(&fs::read_to_string(&path)?)?;
        for fixture in fixtures {
            let is_text = fixture["body"].is_string();
            let media_type = if is_text { "text/plain" } else { "application/json" };
            let line = json!({
                "method": operation["method"], "path": target.join("/"), "status": fixture["status"],
                "content_type": media_type, "response_body": fixture["body"],
            });
            lines.push_str(&format!("{line}\n"));
        }
    }
    Ok(lines)
}

#[test]
fn recorded_responses_of_chatwoot_match_its_overlaid_document() -> Result {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("traffic.jsonl");
    fs::write(&file, recording()?)?;
    let file = file.to_string_lossy();
    let output = xtask(&["drift", "chatwoot", &file])?;
    assert_eq!(text(&output.stdout).lines().last(), Some("0 findings in 400 exchanges"), "{}", text(&output.stdout));
    assert_eq!(output.status.code(), Some(0));

    // Without the overlay there are findings, and the draft removes all of them.
    let draft = xtask(&["drift", "chatwoot", &file, "--without-overlay", "--draft"])?;
    assert_eq!(draft.status.code(), Some(1));
    let overlay = directory.path().join("draft.yaml");
    fs::write(&overlay, &draft.stdout)?;
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/chatwoot/openapi.json");
    let output = xtask(&["drift", document, &file, "--overlay", &overlay.to_string_lossy(), "--format", "json"])?;
    let left: Value = serde_json::from_slice(&output.stdout)?;
    let left: Vec<&Value> = left["findings"].as_array().into_iter().flatten().collect();
    assert!(left.iter().all(|finding| finding["rule"] == "undeclared-operation"), "{left:#?}");
    Ok(())
}

#[test]
fn unreadable_recordings_are_errors() -> Result {
    let workspace = Workspace::new()?;
    let file = workspace.path("traffic.jsonl");
    fs::write(&file, "{\"method\": \"GET\", \"path\": \"/pets\", \"status\": 200}\n{\"method\": 1}\n")?;
    let output = workspace.run(&["drift", "pets", &file.to_string_lossy()])?;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("traffic.jsonl: the exchange has no `path`"), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("line 2"), "{}", text(&output.stderr));
    Ok(())
}
