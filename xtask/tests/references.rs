//! The files that references may resolve to: `--root` and `--map`.

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
fn references_resolve_only_below_the_root() -> Result {
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
fn urls_are_read_from_mapped_directories() -> Result {
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
    assert!(text(&wrong.stderr).contains("not a URL prefix"), "{}", text(&wrong.stderr));
    Ok(())
}

#[test]
fn diff_and_generate_read_the_same_files() -> Result {
    let directory = tempfile::tempdir()?;
    let path = |name: &str| directory.path().join(name).display().to_string();
    fs::create_dir_all(path("copies"))?;
    fs::create_dir_all(path("v1"))?;
    fs::write(path("copies/note.yaml"), "type: object\nproperties: {tag: {$ref: '../tag.yaml'}}\n")?;
    fs::write(path("tag.yaml"), "type: string\n")?;
    fs::write(path("v1/old.yaml"), document("https://specs.example/note.yaml"))?;
    fs::write(path("v1/new.yaml"), document("../tag.yaml"))?;
    let map = format!("https://specs.example/={}", path("copies"));
    fs::write(path("copies/note.yaml"), "type: object\n")?;
    let (old, new) = (path("v1/old.yaml"), path("v1/new.yaml"));
    let strict = xtask(&["diff", "--strict", "--root", &path(""), &old, &new])?;
    assert!(text(&strict.stderr).contains("error[remote-reference]"), "{}", text(&strict.stderr));
    let outside = xtask(&["diff", "--map", &map, &old, &new])?;
    assert!(text(&outside.stderr).contains("reference-outside"), "{}", text(&outside.stderr));
    let compared = xtask(&["diff", "--strict", "--map", &map, "--root", &path(""), &old, &new])?;
    assert_eq!(compared.status.code(), Some(1), "{}{}", text(&compared.stdout), text(&compared.stderr));
    Ok(())
}

#[test]
fn warnings_of_one_code_are_summarized() -> Result {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("openapi.yaml").display().to_string();
    let properties: String = (0..12).map(|index| format!("p{index}: {{description: {{}}}}, ")).collect();
    let schema = format!("components: {{schemas: {{A: {{properties: {{{properties}}}}}}}}}\n");
    fs::write(&path, format!("{}{schema}", document("#/components/schemas/A")))?;
    let short = text(&xtask(&["lint", &path])?.stdout);
    assert_eq!(short.matches("error[wrong-type]").count(), 5, "{short}");
    assert!(short.contains("and 7 more of `wrong-type`; --all-warnings prints each"), "{short}");
    let long = text(&xtask(&["lint", "--all-warnings", &path])?.stdout);
    assert_eq!(long.matches("error[wrong-type]").count(), 12, "{long}");
    Ok(())
}

#[test]
fn undeclared_properties_are_dropped_on_request() -> Result {
    let directory = tempfile::tempdir()?;
    let path = |name: &str| directory.path().join(name).display().to_string();
    fs::write(path("note.yaml"), "type: object\nproperties: {tag: {type: string}}\n")?;
    fs::write(path("openapi.yaml"), document("note.yaml"))?;
    let generate = ["generate", "--spec", &path("openapi.yaml"), "--name", "notes"];
    for (out, flags, keeps) in [("kept", &[][..], true), ("dropped", &["--drop-undeclared"][..], false)] {
        let generated = xtask(&[&generate[..], &["--out", &path(out)], flags].concat())?;
        assert_eq!(generated.status.code(), Some(0), "{}", text(&generated.stderr));
        let types = fs::read_dir(path(&format!("{out}/src/types")))?.map(|file| fs::read_to_string(file?.path()));
        let types = types.collect::<std::io::Result<String>>()?;
        assert_eq!(types.contains("additional_properties"), keeps, "{out}");
    }
    Ok(())
}

#[test]
fn coverage_lists_keywords_and_locations() -> Result {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("openapi.yaml").display().to_string();
    let schema = "components: {schemas: {A: {type: string, not: {const: a}, example: b, x-theirs: 1}}}\n";
    fs::write(&path, format!("{}{schema}", document("#/components/schemas/A")))?;
    let found: serde_json::Value = serde_json::from_slice(&xtask(&["coverage", "--format", "json", &path])?.stdout)?;
    assert_eq!(found["operations"], 1);
    assert_eq!(found["supported"]["Schema.type"], 1);
    assert_eq!(found["without_meaning"]["Schema.example"], 1);
    assert_eq!(found["unknown"]["Schema.x-theirs"][0], "/components/schemas/A/x-theirs");
    let not = found["unsupported"].get("Schema.not").or_else(|| found["reported"].get("Schema.not"));
    assert_eq!(not.map(|places| places[0].clone()), Some("/components/schemas/A/not".into()), "{found}");
    let shown = xtask(&["coverage", &path])?;
    assert!(text(&shown.stdout).starts_with("1 operations\n"), "{}", text(&shown.stdout));
    Ok(())
}
