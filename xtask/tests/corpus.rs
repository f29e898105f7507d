//! `corpus` with a few small documents: its counts, failures and reports.

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use support::{Result, text, xtask};

/// A directory of documents, and the results.
struct SourceMap {
    directory: tempfile::TempDir,
}

const GOOD: &str = "\
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get: {tags: [Pets], responses: {'204': {description: none}}}
    post:
      tags: [Pets]
      requestBody: {content: {application/json: {schema: {type: object}}, text/plain: {schema: {type: string}}}}
      responses: {'204': {description: none, content: {application/json: {schema: {type: object}}}}}
  /pets/{id}:
    $ref: '#/paths/~1pets'
  /#Target=x: {get: {tags: [Pets], responses: {'204': {description: none}}}}
";

const REFUSED: &str = "openapi: 3.0.3\ninfo: {title: Pets, version: 1}\npaths: 7\n";

impl SourceMap {
    fn new(documents: &[(&str, &str)]) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        for (path, document) in documents {
            let file = directory.path().join("documents").join(path);
            fs::create_dir_all(file.parent().unwrap_or(Path::new("")))?;
            fs::write(file, document)?;
        }
        fs::write(directory.path().join("refusals.toml"), "")?;
        Ok(Self { directory })
    }

    fn refusals(&self, text: &str) -> Result {
        Ok(fs::write(self.directory.path().join("refusals.toml"), text)?)
    }

    fn run(&self, options: &[&str]) -> Result<(Output, Value)> {
        let path = |name: &str| self.directory.path().join(name).to_string_lossy().into_owned();
        let (documents, refusals, out) = (path("documents"), path("refusals.toml"), path("out"));
        let output = xtask(&[&["corpus", &documents, "--refusals", &refusals, "--out", &out], options].concat())?;
        let report = fs::read_to_string(self.directory.path().join("out/report.json"))
            .map_err(|error| format!("{error}: {}", text(&output.stderr)))?;
        Ok((output, serde_json::from_str(&report)?))
    }
}

#[test]
fn all_documents_are_counted_and_reported() -> Result {
    let corpus = SourceMap::new(&[
        ("a/good.yaml", GOOD),
        ("a/package.json", r#"{"name": "a", "keywords": ["openapi"]}"#),
        ("b/refused.yaml", REFUSED),
        ("b/readme.md", "# No candidate\n"),
    ])?;
    let (output, report) = corpus.run(&[])?;
    assert_eq!(output.status.code(), Some(1), "an unreviewed rejection is a failure");
    let [good, refused] = report["documents"].as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(format!("{report:#}").into());
    };
    assert_eq!((&good["document"], &good["outcome"]), (&json!("a/good.yaml"), &json!("generated")));
    assert_eq!((&good["operations"], &good["emitted_operations"]), (&json!(5), &json!(5)), "{good:#}");
    assert_eq!((&good["missing"], &good["extra"], &good["compiled"]), (&json!([]), &json!([]), &Value::Null));
    assert_eq!(good["warnings"]["body-on-bodyless-status"], 1, "{good:#}");
    assert!(good["seconds"].as_f64() > Some(0.0) && good["peak_mib"].as_f64() > Some(1.0), "{good:#}");
    assert_eq!((&refused["outcome"], &refused["codes"]), (&json!("failed"), &json!(["wrong-type"])));
    assert_eq!((&report["totals"]["passed_over"], &report["totals"]["failed"]), (&json!(1), &json!(1)));
    let shown = text(&output.stdout);
    assert!(shown.contains("\na/good.yaml     generated         5/5  -"), "{shown}");
    assert!(shown.contains("rejected with wrong-type, which is not in refusals.toml: expected"), "{shown}");

    corpus.refusals(
        "[[refused]]\ndocument = 'b/refused.yaml'\ncodes = ['wrong-type']\nfault = 'the paths are a number'\n",
    )?;
    let (output, report) = corpus.run(&[])?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert_eq!(report["documents"][1]["fault"], "the paths are a number");
    assert_eq!(report["totals"]["refused"], 1);
    Ok(())
}

#[test]
fn rejections_match_all_codes_and_stale_entries_fail() -> Result {
    let corpus = SourceMap::new(&[("good.yaml", GOOD), ("refused.yaml", REFUSED)])?;
    let entry = |document: &str, codes: &str| {
        format!("[[refused]]\ndocument = '{document}'\ncodes = {codes}\nfault = 'said by a person'\n")
    };
    for (entries, failed, stale) in [
        (entry("refused.yaml", "['wrong-type', 'unknown-key']"), 1, json!([])),
        (entry("refused.yaml", "['wrong-type']") + &entry("good.yaml", "['wrong-type']"), 0, json!(["good.yaml"])),
        (entry("refused.yaml", "['wrong-type']") + &entry("of-another-corpus.yaml", "['wrong-type']"), 0, json!([])),
    ] {
        corpus.refusals(&entries)?;
        let (output, report) = corpus.run(&[])?;
        assert_eq!((&report["totals"]["failed"], &report["stale_refusals"]), (&json!(failed), &stale), "{entries}");
        assert_eq!(output.status.success(), failed == 0 && stale == json!([]), "{entries}");
    }
    Ok(())
}

#[test]
fn samples_depend_only_on_the_seed() -> Result {
    let names: Vec<String> = (0..12).map(|number| format!("{number}.yaml")).collect();
    let chosen = |names: &mut dyn Iterator<Item = &String>, seed: &str| -> Result<Vec<String>> {
        let documents: Vec<(&str, &str)> = names.map(|name| (name.as_str(), REFUSED)).collect();
        let (_, report) = SourceMap::new(&documents)?.run(&["--sample", "4", "--seed", seed])?;
        let rows = report["documents"].as_array().ok_or("no documents")?;
        Ok(rows.iter().map(|row| row["document"].as_str().unwrap_or_default().to_owned()).collect())
    };
    let first = chosen(&mut names.iter(), "1")?;
    assert_eq!(first.len(), 4);
    assert_eq!(chosen(&mut names.iter().rev(), "1")?, first);
    assert_ne!(chosen(&mut names.iter(), "2")?, first);
    Ok(())
}

#[test]
fn crates_are_compiled_only_when_they_change() -> Result {
    let corpus = SourceMap::new(&[("good.yaml", GOOD), ("again/good.yaml", GOOD)])?;
    let (output, report) = corpus.run(&["--compile"])?;
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!((&report["totals"]["checked"], &report["totals"]["compiled"]), (&json!(2), &json!(2)));
    assert_eq!(report["documents"][0]["compiled"], true);
    let written = |path: &str| fs::metadata(corpus.directory.path().join(path))?.modified();
    let files = ["out/crates/good-yaml/Cargo.toml", "out/crates/good-yaml/src/lib.rs", "out/workspace/Cargo.toml"];
    let before = files.map(|file| written(file).ok());
    corpus.run(&["--compile"])?;
    assert_eq!(files.map(|file| written(file).ok()), before, "unchanged files are not written");
    Ok(())
}
