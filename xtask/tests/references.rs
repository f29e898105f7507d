//! Where references of documents may lead: `--root` and `--map`.

mod support;

use std::fs;

use support::{Result, text, xtask};

const OPERATION: &str =
    "responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '$TARGET'}}}}}";

fn document(target: &str) -> String {
    let operation = OPERATION.replace("$TARGET", target);
    format!("openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /notes:\n    get:\n      {operation}\n")
}

#[test]
fn references_may_lead_anywhere_below_the_root_and_never_outside_of_it() -> Result {
    let directory = tempfile::tempdir()?;
    let path = |name: &str| directory.path().join(name).display().to_string();
    fs::create_dir_all(path("repository/api/v1"))?;
    fs::write(path("secret.yaml"), "type: string\n")?;
    fs::write(path("repository/note.yaml"), "type: object\nproperties: {tag: {$ref: 'api/tag.yaml'}}\n")?;
    fs::write(path("repository/api/tag.yaml"), "type: string\n")?;
    fs::write(path("repository/api/v1/openapi.yaml"), document("../../note.yaml"))?;
    fs::write(path("repository/api/v1/outside.yaml"), document("../../../secret.yaml"))?;
    let (inside, outside) = (path("repository/api/v1/openapi.yaml"), path("repository/api/v1/outside.yaml"));

    // Without a repository, the document's own directory is the root.
    let refused = xtask(&["lint", &inside])?;
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stdout));
    assert!(text(&refused.stdout).contains("reference-outside"), "{}", text(&refused.stdout));
    let given = xtask(&["lint", "--root", &path("repository"), &inside])?;
    assert_eq!(given.status.code(), Some(0), "{}{}", text(&given.stdout), text(&given.stderr));
    let narrow = xtask(&["lint", "--root", &path("repository/api"), &inside])?;
    assert!(text(&narrow.stdout).contains("reference-outside"), "{}", text(&narrow.stdout));
    let elsewhere = xtask(&["lint", "--root", &path("repository"), &path("secret.yaml")])?;
    assert!(text(&elsewhere.stderr).contains("is not below --root"), "{}", text(&elsewhere.stderr));

    fs::create_dir(path("repository/.git"))?;
    let found = xtask(&["lint", &inside])?;
    assert_eq!(found.status.code(), Some(0), "{}{}", text(&found.stdout), text(&found.stderr));
    let refused = xtask(&["lint", &outside])?;
    assert!(text(&refused.stdout).contains("reference-outside"), "{}", text(&refused.stdout));
    Ok(())
}

#[test]
fn urls_are_read_from_the_directory_that_a_prefix_is_mapped_to() -> Result {
    let directory = tempfile::tempdir()?;
    let path = |name: &str| directory.path().join(name).display().to_string();
    fs::create_dir_all(path("copies/v1"))?;
    fs::write(path("copies/v1/note.yaml"), "type: object\nproperties: {tag: {$ref: '../tag.yaml#/Tag'}}\n")?;
    fs::write(path("copies/tag.yaml"), "Tag: {type: string}\n")?;
    fs::write(path("secret.yaml"), "Tag: {type: string}\n")?;
    fs::write(path("openapi.yaml"), document("https://specs.example/v1/note.yaml"))?;
    let map = format!("https://specs.example/={}", path("copies"));

    let warned = xtask(&["lint", &path("openapi.yaml")])?;
    assert!(text(&warned.stdout).contains("warning[remote-reference]"), "{}", text(&warned.stdout));
    let refused = xtask(&["lint", "--strict", &path("openapi.yaml")])?;
    assert!(text(&refused.stdout).contains("error[remote-reference]"), "{}", text(&refused.stdout));
    let mapped = xtask(&["lint", "--strict", "--map", &map, &path("openapi.yaml")])?;
    assert_eq!(mapped.status.code(), Some(0), "{}{}", text(&mapped.stdout), text(&mapped.stderr));

    for outside in ["../../secret.yaml#/Tag", "%2e%2e/%2e%2e/secret.yaml#/Tag", "https://other.example/tag.yaml#/Tag"] {
        fs::write(path("copies/v1/note.yaml"), format!("type: object\nproperties: {{tag: {{$ref: '{outside}'}}}}\n"))?;
        let refused = xtask(&["lint", "--strict", "--map", &map, &path("openapi.yaml")])?;
        assert_ne!(refused.status.code(), Some(0), "{outside}: {}", text(&refused.stdout));
    }
    let wrong = xtask(&["lint", "--map", "specs=copies", &path("openapi.yaml")])?;
    assert!(text(&wrong.stderr).contains("not the beginning of a URL"), "{}", text(&wrong.stderr));
    Ok(())
}
