//! `lint` from the perspective of a maintainer and a workflow.

mod support;

use std::fs;

use support::{DOCUMENT, Result, Workspace, text, xtask};

/// Returns a workspace whose document has findings, and an overlay that corrects some of them.
fn workspace() -> Result<Workspace> {
    let workspace = Workspace::new()?;
    let document = DOCUMENT.replace("name: {type: string}", "name: {type: string}, owner_id: {type: number}");
    fs::write(workspace.path("specs/pets/openapi.yaml"), document)?;
    let overlay = "\
overlay: 1.0.0
info: {title: Pets, version: '1'}
actions:
  - target: $.components.schemas.pet.properties.owner_id
    remove: true
  - target: $.components.schemas.pet.properties
    update:
      owner_id: {type: integer}
      vet_id: {type: number}
";
    fs::write(workspace.path("specs/pets/overlay.yaml"), overlay)?;
    Ok(workspace)
}

#[test]
fn findings_are_shown_at_their_source() -> Result {
    let output = workspace()?.run(&["lint"])?;
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "there are only warnings: {said}");
    for part in [
        "warning[missing-operation-id]",
        "--> specs/pets/openapi.yaml:6:5",
        "warning[number-id]: the ID `vet_id` has the type `number`",
        "--> specs/pets/overlay.yaml:9:7",
        "at #/components/schemas/pet/properties/vet_id",
        "help: use `integer`",
        "0 errors, 2 warnings in pets",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    Ok(())
}

#[test]
fn without_overlay_shows_corrected_findings() -> Result {
    let workspace = workspace()?;
    let said = text(&workspace.run(&["lint", "pets", "--without-overlay"])?.stdout);
    assert!(said.contains("the ID `owner_id`") && !said.contains("vet_id"), "{said}");
    let file = workspace.path("specs/pets/openapi.yaml").display().to_string();
    let said = text(&workspace.run(&["lint", &file])?.stdout);
    assert!(said.contains("the ID `owner_id`") && !said.contains("vet_id"), "a file has no overlay: {said}");
    Ok(())
}

#[test]
fn github_and_json_formats_are_supported() -> Result {
    let workspace = workspace()?;
    let said = text(&workspace.run(&["lint", "--format", "github"])?.stdout);
    let command =
        "::warning file=specs/pets/overlay.yaml,line=9,col=7,title=number-id::the ID `vet_id` has the type `number`%0A";
    assert!(
        said.lines().all(|line| line.starts_with("::warning file=specs/pets/")) && said.contains(command),
        "{said}"
    );

    let said = text(&workspace.run(&["lint", "--format", "json"])?.stdout);
    let found: Vec<serde_json::Value> =
        said.lines().map(serde_json::from_str).collect::<std::result::Result<_, _>>()?;
    let [_, last] = found.as_slice() else { return Err(format!("there are two: {said}").into()) };
    assert_eq!(last["severity"], "warning");
    assert_eq!(last["code"], "number-id");
    assert_eq!(
        (&last["file"], &last["line"], &last["column"]),
        (&"specs/pets/overlay.yaml".into(), &9.into(), &7.into())
    );
    assert_eq!(last["pointer"], "/components/schemas/pet/properties/vet_id");
    assert!(last["message"].is_string() && last["help"].is_string());
    Ok(())
}

#[test]
fn exit_code_follows_fail_on() -> Result {
    let workspace = workspace()?;
    let code = |arguments: &[&str]| -> Result<Option<i32>> {
        Ok(workspace.run(&[&["lint", "pets"], arguments].concat())?.status.code())
    };
    assert_eq!((code(&[])?, code(&["--fail-on", "warning"])?), (Some(0), Some(1)));
    let document = DOCUMENT.replace("type: array, items", "type: array, minItems: 2, maxItems: 1, items");
    fs::write(workspace.path("specs/pets/openapi.yaml"), document)?;
    fs::remove_file(workspace.path("specs/pets/overlay.yaml"))?;
    assert_eq!((code(&[])?, code(&["--fail-on", "never"])?), (Some(1), Some(0)));
    fs::write(workspace.path("specs/pets/openapi.yaml"), "openapi: 3.1.0\npaths: [\n")?;
    assert_eq!(code(&["--fail-on", "never"])?, Some(2), "an unreadable document is an error");
    assert_eq!(xtask(&["lint", "nobody"])?.status.code(), Some(2));
    Ok(())
}

#[test]
fn rules_are_listed() -> Result {
    let said = text(&xtask(&["lint", "--rules"])?.stdout);
    assert!(said.contains("warning mismatched-status: "), "{said}");
    Ok(())
}

/// An overlay that adds the operation `GET /pets/{id}/vets`.
const ADDITIONS: &str = "\
overlay: 1.0.0
info: {title: Undocumented, version: '1'}
x-additions: true
actions:
  - target: $.paths
    update:
      /pets/{id}/vets:
        get:
          operationId: listVets
          tags: [Pets]
          parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
          responses:
            '200': {description: '', content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/vet'}}}}}
  - target: $.components.schemas
    update:
      vet: {type: object, required: [name], properties: {name: {type: string}, pet_id: {type: number}}}
";

#[test]
fn several_overlays_are_applied_in_order_and_each_has_its_positions() -> Result {
    let workspace = workspace()?;
    fs::write(workspace.path("specs/pets/undocumented.yaml"), ADDITIONS)?;
    let said = text(&workspace.run(&["lint"])?.stdout);
    for part in
        ["specs/pets/overlay.yaml:9:7", "specs/pets/undocumented.yaml:16:", "the ID `pet_id` has the type `number`"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let file = workspace.path("specs/pets/openapi.yaml").display().to_string();
    let overlays = ["overlay.yaml", "undocumented.yaml"].map(|file| workspace.path("specs/pets").join(file));
    let [first, second] = overlays.map(|path| path.display().to_string());
    let dumped = workspace.run(&["dump", &file, "--overlay", &first, "--overlay", &second, "--stage", "overlaid"])?;
    let dumped = text(&dumped.stdout);
    assert!(dumped.contains("vet_id") && dumped.contains("listVets"), "{dumped}");
    Ok(())
}

#[test]
fn an_addition_that_the_document_declares_by_now_is_an_error() -> Result {
    let workspace = workspace()?;
    fs::write(workspace.path("specs/pets/undocumented.yaml"), ADDITIONS)?;
    let document = fs::read_to_string(workspace.path("specs/pets/openapi.yaml"))?;
    // Upstream gives the parameter another name.
    let vets = "paths:\n  /pets/{pet_id}/vets:\n    get:\n      parameters: [{name: pet_id, in: path, required: true, schema: {type: integer}}]\n      responses: {'200': {description: ''}}\n";
    fs::write(workspace.path("specs/pets/openapi.yaml"), document.replace("paths:\n", vets))?;
    let output = workspace.run(&["lint"])?;
    let said = text(&output.stderr) + &text(&output.stdout);
    assert_ne!(output.status.code(), Some(0), "{said}");
    for part in [
        "error[declared-addition]: the document declares `GET /pets/{id}/vets` by now",
        "--> specs/pets/undocumented.yaml:8:9",
        "help: remove it from this overlay",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    Ok(())
}
