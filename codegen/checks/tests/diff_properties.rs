//! Properties of all comparisons: equivalent documents have no differences, swapping two documents mirrors their
//! changes, and fingerprints do not depend on the form of the documents.

#[path = "support/diff.rs"]
mod diff;
#[path = "support/rewrite.rs"]
mod rewrite;
mod support;
#[path = "support/walk.rs"]
mod walk;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::emit::{self, Header};
use crm_clients_generator::ir;
use crm_clients_review::diff::{Change, Reviewed, Revision, RevisionDocument, wire};
use diff::{Outcome, facts, model};
use fastrand::Rng;
use rewrite::{changed, extracted, inlined, renamed, reordered};
use serde_json::Value;
use walk::{document, documents};

/// Returns the overlaid themes of the golden fixtures, except for the one whose mistakes depend on their location.
fn themes() -> Outcome<Vec<(String, Value)>> {
    let overlaid =
        |theme: String| document(&Path::new("golden").join(&theme)).overlaid().map(|document| (theme, document));
    let themes = documents("golden")?.into_iter().filter(|theme| theme != "as_meant");
    Ok(themes.filter_map(overlaid).collect())
}

/// Returns the vendored documents, overlaid.
fn vendored() -> Outcome<Vec<(String, Value)>> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let mut found = Vec::new();
    for (api, file) in [("chatwoot", "openapi.json"), ("kajabi", "openapi.yaml"), ("contactship", "openapi.yaml")] {
        let directory = specs.join(api);
        let overlay = fs::read(directory.join("overlay.yaml"))?;
        let read = |path: &str| fs::read(directory.join(path));
        let input = Input { document: file, read: &read, overlays: &[("overlay.yaml", &overlay)] };
        let mut walk = Pipeline::new();
        found.push((api.to_owned(), walk.overlaid(&input).ok_or_else(|| walk.report(false))?));
    }
    Ok(found)
}

/// Whether the name of a component is what stands for it in a discriminator: another name is then another value.
fn has_implicit_values(node: &Value) -> bool {
    let children: Vec<&Value> = match node {
        Value::Object(object) => {
            let discriminator = object.get("discriminator").filter(|discriminator| discriminator.is_object());
            let mapping = discriminator.and_then(|discriminator| discriminator.get("mapping")?.as_object());
            let mapped: BTreeSet<&str> = mapping.into_iter().flatten().filter_map(|(_, to)| to.as_str()).collect();
            let choices = ["oneOf", "anyOf"].iter().filter_map(|key| object.get(*key)?.as_array()).flatten();
            let referred: Vec<&str> = choices.filter_map(|choice| choice.get("$ref")?.as_str()).collect();
            if discriminator.is_some() && (referred.is_empty() || referred.iter().any(|one| !mapped.contains(one))) {
                return true;
            }
            object.values().collect()
        }
        Value::Array(items) => items.iter().collect(),
        _ => return false,
    };
    children.into_iter().any(has_implicit_values)
}

fn lines(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|change| format!("{}: {}", diff::line(change), change.message)).collect()
}

#[test]
fn equivalent_documents_have_no_differences() -> Outcome {
    let mut rng = Rng::with_seed(4);
    let all: Vec<_> = themes()?.into_iter().chain(vendored()?).collect();
    assert!(all.len() >= 34, "{}", all.len());
    for (name, document) in all {
        let original = model(&document)?;
        let written = [
            ("unchanged", document.clone()),
            ("reordered", reordered(&document, &mut rng)),
            ("renamed", renamed(&document)),
            ("inlined", inlined(&document, &mut rng)),
            ("extracted", extracted(&document, &mut rng)),
        ];
        // A schema no longer extends another one if the reference between them is inlined.
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let is_parent = |schema: &Value| schema.get("discriminator").is_some() && schema.get("oneOf").is_none();
        let has_parents = schemas.is_some_and(|schemas| schemas.values().any(is_parent));
        // A reference decides what a dynamic reference in its target means, and so does the schema with an `$id` around it.
        let has_templates = document.to_string().contains("\"$dynamicRef\"");
        let is_known = |how: &str| match how {
            "inlined" => has_parents || has_templates,
            "extracted" => has_templates,
            "renamed" => has_implicit_values(&document),
            _ => false,
        };
        for (how, written) in written.into_iter().filter(|(how, _)| !is_known(how)) {
            let written = model(&written).map_err(|error| format!("{name}, {how}: {error}"))?;
            for found in [wire(&original, &written), wire(&written, &original)] {
                assert!(found.is_empty(), "{name}, {how}: {:#?}", lines(&found));
            }
        }
    }
    Ok(())
}

#[test]
fn swapping_two_documents_mirrors_their_changes() -> Outcome {
    let mut rng = Rng::with_seed(11);
    let mut compared = 0;
    for (name, document) in themes()? {
        let original = model(&document)?;
        for round in 0..20 {
            let Ok(other) = model(&changed(&document, &mut rng)) else { continue };
            let (there, back) = (wire(&original, &other), wire(&other, &original));
            assert_eq!(
                facts(&there, |change| change.rule.mirror),
                facts(&back, |change| change.rule.id),
                "{name}, {round}"
            );
            compared += usize::from(!there.is_empty());
        }
    }
    assert!(compared > 100, "only {compared} documents with changes");
    Ok(())
}

#[test]
fn fingerprints_do_not_depend_on_the_form_of_documents() -> Outcome {
    let mut rng = Rng::with_seed(7);
    let fingerprints =
        |changes: &[Change]| changes.iter().map(|change| change.fingerprint.clone()).collect::<BTreeSet<_>>();
    let mut compared = 0;
    for (name, document) in themes()?.into_iter().filter(|(_, document)| !has_implicit_values(document)) {
        for round in 0..6 {
            let other = changed(&document, &mut rng);
            if has_implicit_values(&other) {
                continue;
            }
            let (Ok(old), Ok(new)) = (model(&document), model(&other)) else { continue };
            let plain = wire(&old, &new);
            // A change may put a reference to a schema where another object is expected.
            let Ok(new) = model(&renamed(&other)) else { continue };
            let rewritten = wire(&model(&reordered(&document, &mut rng))?, &new);
            assert_eq!(
                fingerprints(&plain),
                fingerprints(&rewritten),
                "{name}, {round}: {:#?} {:#?}",
                lines(&plain),
                lines(&rewritten)
            );
            compared += plain.len();
        }
    }
    assert!(compared > 50, "only {compared} changes");
    Ok(())
}

/// Returns the revision of this document, and the client's code without comments.
fn revision(document: &Value) -> Outcome<Option<(Revision, Vec<String>)>> {
    let text = serde_json::to_vec(document)?;
    let read = |_: &str| Ok(text.clone());
    let input = Input { document: "openapi.json", read: &read, overlays: &[] };
    let mut pipeline = Pipeline::new();
    let Some(document) = RevisionDocument::read(&mut pipeline, &input) else { return Ok(None) };
    let api = ir::build(document.model(), "client", &mut pipeline.diagnostics);
    if pipeline.diagnostics.has_errors() {
        return Ok(None);
    }
    let files = emit::client(&api, "mod.rs", "", Header { command: "generate", source: "fixtures" });
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let code = files
        .iter()
        .map(|(path, text)| format!("{path}\n{}", text.lines().filter(is_code).collect::<Vec<_>>().join("\n")));
    let code = code.collect();
    Ok(Some((Revision::new(document, pipeline), code)))
}

#[test]
fn reviews_without_findings_imply_equal_clients_except_documentation() -> Outcome {
    let mut rng = Rng::with_seed(23);
    let (mut silent, mut compared, mut uncompared) = (0, 0, Vec::new());
    for (name, document) in themes()? {
        for round in 0..6 {
            let other = changed(&document, &mut rng);
            let (Some((old, before)), Some((new, after))) = (revision(&document)?, revision(&other)?) else { continue };
            let Ok(reviewed) = Reviewed::of("client", old, new) else { continue };
            compared += 1;
            // Parts that no operation uses are not compared on the wire.
            let unknown = reviewed.findings.iter().filter(|finding| {
                finding.change.rule.id == "rust-behavior-changed" && !finding.change.operations.is_empty()
            });
            uncompared.extend(unknown.map(|finding| format!("{name}, {round}: {}", finding.change.subject)));
            if reviewed.findings.is_empty() {
                silent += 1;
                assert_eq!(before, after, "{name}, {round}");
            }
        }
    }
    assert!(silent > 10, "only {silent} reviews without findings");
    // The warning about other changes should be rare.
    assert!(uncompared.len() * 50 <= compared, "{} of {compared}: {uncompared:#?}", uncompared.len());
    Ok(())
}
