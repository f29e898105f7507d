//! Drafts documents from traffic generated from the golden documents. A draft accepts the traffic, has the operations
//! of the original, and declares the query parameters that were sent.

mod support;
#[path = "support/traffic.rs"]
mod traffic;
#[path = "support/walk.rs"]
mod walk;

use std::collections::BTreeSet;
use std::path::Path;

use crm_clients_document::model::Document;
use crm_clients_document::{Input, Pipeline, model, template};
use crm_clients_review::Lint;
use crm_clients_traffic::infer::{Context, Redaction};
use crm_clients_traffic::{Drift, Infer, draft, exchange};
use serde_json::{Value, json};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Operations that cannot be inferred from traffic: the theme, the declared operation, the drafted one, and the reason.
const UNSEEN: [(&str, &str, Option<&str>, &str); 9] = [
    ("colon_paths", "GET /notes/{}/lines/{lineId}.json", Some("GET /notes/{}/lines/{}"), BESIDE),
    ("colon_paths", "POST /notes/{noteId}:archive", Some("POST /notes/{}"), BESIDE),
    ("path_styles", "GET /matrix/at{one}{list}{each}", Some("GET /matrix/{}"), BESIDE),
    ("style_table", "GET /matrix{text}{list}{object}", Some("GET /{}"), BESIDE),
    ("style_table", "GET /matrixExploded{list}{object}", Some("GET /{}"), BESIDE),
    (
        "enums",
        "GET /tickets/{}",
        Some("GET /tickets/open"),
        "without `--path`, a value that is a word is mistaken for a route",
    ),
    ("method_names", "GET /v2/boards/2024", Some("GET /v2/boards/{}"), "a numeric route is mistaken for an id"),
    ("methods_and_queries", "m-search /files/{}", Some("M-SEARCH /files/{}"), "a recording has methods in upper case"),
    ("responses", "OPTIONS /jobs/{}", None, "browsers send OPTIONS before other requests"),
];

/// A reason in [`UNSEEN`].
const BESIDE: &str = "the text next to a parameter in its segment is mistaken for a part of the value";

/// A document after each of the passes.
struct Stages {
    overlaid: Value,
    raised: Value,
    model: Document,
}

impl Stages {
    /// Reads an overlaid document.
    fn of(overlaid: Value) -> Result<Self> {
        let mut pipeline = Pipeline::new();
        let raised = pipeline.raise(overlaid.clone()).ok_or_else(|| pipeline.report(false))?;
        let model = model::document(&raised, &mut pipeline.diagnostics).ok_or_else(|| pipeline.report(false))?;
        Ok(Self { overlaid, raised, model })
    }

    /// Returns the operations: the method, and the path without the names of its parameters.
    fn operations(&self) -> BTreeSet<String> {
        let nameless = |path: &str| {
            let segment = |segment: &str| match segment.starts_with('{') && segment.ends_with('}') {
                true => "{}".to_owned(),
                false => segment.to_owned(),
            };
            path.split('/').map(segment).collect::<Vec<_>>().join("/")
        };
        let operations = self.model.operations();
        operations.map(|one| format!("{} {}", one.method, nameless(template::Template::of(&one.path).path))).collect()
    }

    /// Returns the names of all query parameters.
    fn query_names(&self) -> BTreeSet<String> {
        let parameters = self.model.operations().flat_map(|operation| self.model.parameters(operation));
        let queries = parameters.filter(|parameter| parameter.location == model::Location::Query);
        queries.map(|parameter| parameter.name.clone()).collect()
    }
}

/// Reads a document with an overlay, and checks that a client can be generated.
fn with_overlay(document: &Value, overlay: &str) -> Result<Stages> {
    let text = document.to_string();
    let read = |_: &str| Ok(text.clone().into_bytes());
    let overlays = [("draft.yaml", overlay.as_bytes())];
    let input = Input { document: "empty.json", read: &read, overlays: &overlays };
    let mut pipeline = Pipeline::new();
    pipeline.client(&input, "client").ok_or_else(|| pipeline.report(false))?;
    Stages::of(Pipeline::new().overlaid(&input).ok_or("no document")?)
}

/// Returns the differences between a document and the draft from its traffic: findings, and operations that only one of
/// them has.
fn differences(theme: &str) -> Result<Vec<String>> {
    let overlaid = walk::document(&Path::new("golden").join(theme)).overlaid().ok_or("no document")?;
    let original = Stages::of(overlaid)?;
    if original.model.operations.is_empty() {
        // An overlay without actions is not valid.
        return Ok(Vec::new());
    }
    let recording = traffic::of(&original.model)?.to_string();
    let version = original.overlaid["openapi"].as_str().unwrap_or("3.1.0");
    let empty = Stages::of(json!({"openapi": version, "info": {"title": "Empty", "version": "1"}, "paths": {}}))?;
    let mut inferred = Infer::new(&empty.model, &[], Redaction::default());
    exchange::read(recording.as_bytes(), &mut |exchange| inferred.add(exchange))?;
    let overlay = inferred.overlay(&Context { title: "Draft", overlaid: &empty.overlaid, raised: &empty.raised });
    let drafted = with_overlay(&empty.overlaid, &overlay).map_err(|error| format!("{error}\n{overlay}"))?;
    let (mut drift, mut sent) = (Drift::new(&drafted.model, &drafted.raised)?, BTreeSet::new());
    exchange::read(recording.as_bytes(), &mut |exchange| {
        // `infer` ignores OPTIONS, see [`UNSEEN`].
        if exchange.method != "OPTIONS" {
            drift.add(&exchange);
            sent.extend(exchange.query.into_iter().map(|(name, _)| name));
        }
    })?;
    let mut found: Vec<String> = drift.findings().map(draft::describe).collect();
    let (mut expected, operations) = (original.operations(), drafted.operations());
    for (_, declared, seen, _) in UNSEEN.iter().filter(|(of, ..)| *of == theme) {
        assert!(expected.remove(*declared) && !operations.contains(*declared), "{theme}: stale exception {declared}");
        expected.extend(seen.map(str::to_owned));
    }
    found.extend(expected.difference(&operations).map(|operation| format!("not drafted: {operation}")));
    found.extend(operations.difference(&expected).map(|operation| format!("not declared: {operation}")));
    let names = drafted.query_names();
    found.extend(names.symmetric_difference(&sent).map(|name| format!("query parameter {name}")));
    Ok(found)
}

#[test]
fn drafts_from_the_traffic_of_golden_documents_have_their_operations() -> Result {
    let mut failed = Vec::new();
    for theme in walk::documents("golden")? {
        let found = differences(&theme).unwrap_or_else(|error| vec![error.to_string()]);
        failed.extend(found.into_iter().map(|difference| format!("{theme}: {difference}")));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}
