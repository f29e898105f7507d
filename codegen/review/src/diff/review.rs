//! Combines the changes of several APIs into a review.

use std::collections::BTreeMap;

use semver::Version;
use serde::Serialize;

use super::coverage::{self, Gap};
use super::{Area, Change, RequiredBump, Rule, Severity, rust, wire};
use crate::coverage::{Keyword, ignored_keywords};
use crm_clients_document::model::Document;
use crm_clients_document::origin::{Position, SourceMap};
use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::ir::{self, Api};
use crm_clients_generator::lock::{HeldName, held_names};

/// The document of a revision.
pub struct RevisionDocument {
    model: Document,
    /// The keywords that the client ignores, and their values.
    ignored: Vec<(Keyword, String)>,
}

impl RevisionDocument {
    /// Reads a document. Returns `None` if it has errors.
    pub fn read(pipeline: &mut Pipeline, input: &Input<'_>) -> Option<Self> {
        let value = pipeline.overlaid(input)?;
        let ignored = ignored_keywords(&value, &pipeline.documents);
        let raised = pipeline.raise(value)?;
        let model = pipeline.build_model(raised)?;
        pipeline.unless_faulty(Self { model, ignored })
    }

    /// Returns the model of the document.
    pub fn model(&self) -> &Document {
        &self.model
    }
}

/// A revision of an API: its document, and the pipeline that processed it.
pub struct Revision {
    document: RevisionDocument,
    pipeline: Pipeline,
    /// The client with the document's own names, if this one keeps others.
    own: Option<Api>,
}

impl Revision {
    /// Creates a revision from a document and the pipeline that read it.
    pub fn new(document: RevisionDocument, pipeline: Pipeline) -> Self {
        Self { document, pipeline, own: None }
    }

    /// Sets the client with the document's own names: the review notes the names that differ from it.
    #[must_use]
    pub fn with_own_names(self, own: Api) -> Self {
        Self { own: Some(own), ..self }
    }

    /// Returns the document's version.
    pub fn version(&self) -> &str {
        &self.document.model.info.version
    }

    /// Builds the client `name`. Also returns the parts of the document that it ignores.
    fn client(mut self, name: &str) -> Result<(Api, Vec<Gap>, SourceMap), Box<Pipeline>> {
        let api = ir::build(&self.document.model, name, &mut self.pipeline.diagnostics);
        if self.pipeline.diagnostics.has_errors() {
            return Err(Box::new(self.pipeline));
        }
        let gaps = coverage::gaps(self.document.ignored, &self.pipeline);
        Ok((api, gaps, self.pipeline.documents))
    }
}

/// A location in a file; line and column start at 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceLocation {
    /// The name of the file for display. That of a revision starts with the revision's name and a colon.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column in characters.
    pub column: usize,
}

impl From<Position<'_>> for SourceLocation {
    fn from(position: Position<'_>) -> Self {
        Self { file: position.file.to_owned(), line: position.line, column: position.column }
    }
}

impl std::fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A change and its locations.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The change.
    pub change: Change,
    /// The resource of its operations, or a description if there are several or none.
    pub resource: String,
    /// The location in the old files.
    pub old: Option<SourceLocation>,
    /// The location in the new files.
    pub new: Option<SourceLocation>,
    /// The reason why it is accepted, if it is.
    pub accepted: Option<String>,
}

/// The changes of one API.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// The name of the API and of its client's module.
    pub name: String,
    /// The old version of the document, or `None` if the API was added.
    pub old: Option<String>,
    /// The new version of the document, or `None` if the API was removed.
    pub new: Option<String>,
    /// The resource of each operation: `GET /v1/contacts` and `contacts`.
    pub resources: BTreeMap<String, String>,
    /// The changes, sorted by severity, area (wire before Rust) and subject.
    pub findings: Vec<Finding>,
}

impl Reviewed {
    /// Compares two revisions of the API `name`.
    ///
    /// # Errors
    ///
    /// Returns the pipeline of the revision that has errors.
    pub fn of(name: &str, old: Revision, mut new: Revision) -> Result<Self, Box<Pipeline>> {
        let own = new.own.take();
        let versions = (old.version().to_owned(), new.version().to_owned());
        let mut changes = wire(&old.document.model, &new.document.model);
        let (old, new) = join(|| old.client(name), || new.client(name));
        let ((old, old_gaps, old_documents), (new, new_gaps, new_documents)) = (old?, new?);
        let of_callers = rust(&old, &new, &changes);
        changes.extend(of_callers);
        let (of_features, others): (Vec<_>, Vec<_>) =
            [&old, &new].into_iter().flat_map(operations).partition(|(_, is_of_feature)| *is_of_feature);
        let is_of_feature = |label: &String| {
            let is_in = |list: &[(String, bool)]| list.iter().any(|(other, _)| other == label);
            is_in(&of_features) && !is_in(&others)
        };
        for change in &mut changes {
            change.may_break = !change.operations.is_empty() && change.operations.iter().all(is_of_feature);
        }
        let resources = [&old, &new].into_iter().flat_map(resources).collect();
        let finding = |change: Change| {
            let resource = resource(&change, &resources);
            let (old, new) = (spot(&old_documents, change.old.as_ref()), spot(&new_documents, change.new.as_ref()));
            Finding { change, resource, old, new, accepted: None }
        };
        let mut findings: Vec<Finding> = changes.into_iter().map(finding).collect();
        for (change, [old, new]) in coverage::changes((&old_gaps, &old_documents), (&new_gaps, &new_documents)) {
            let resource = resource(&change, &resources);
            findings.push(Finding { change, resource, old, new, accepted: None });
        }
        findings.sort_by(|a, b| order(&a.change).cmp(&order(&b.change)));
        let reviewed =
            Self { name: name.to_owned(), old: Some(versions.0), new: Some(versions.1), resources, findings };
        Ok(reviewed.with_held_names(&new, own.as_ref()))
    }

    /// Returns the review of an added API.
    ///
    /// # Errors
    ///
    /// Returns the pipeline of the revision if it has errors.
    pub fn added(name: &str, mut revision: Revision) -> Result<Self, Box<Pipeline>> {
        let own = revision.own.take();
        let finding = whole(name, &revision, &rust::rules::CLIENT_ADDED, "was added");
        let version = Some(revision.version().to_owned());
        let (api, ..) = revision.client(name)?;
        let resources = resources(&api).collect();
        let reviewed = Self { name: name.to_owned(), old: None, new: version, resources, findings: vec![finding] };
        Ok(reviewed.with_held_names(&api, own.as_ref()))
    }

    /// Returns the review of a removed API.
    pub fn removed(name: &str, revision: Revision) -> Self {
        let finding = whole(name, &revision, &rust::rules::CLIENT_REMOVED, "was removed");
        let old = Some(revision.version().to_owned());
        Self { name: name.to_owned(), old, new: None, resources: BTreeMap::new(), findings: vec![finding] }
    }

    /// Adds a note for each name of a client that differs from the one with the document's own names.
    fn with_held_names(mut self, api: &Api, own: Option<&Api>) -> Self {
        let rule = &rust::rules::NAME_HELD;
        let finding = |held: &HeldName| {
            let subject = format!("{}::{}", self.name, held.name);
            let change = Change {
                rule,
                direction: None,
                severity: rule.severity(None),
                message: format!(
                    "`{}` keeps its name; the document's is `{}`, which `cargo xtask names accept {} {}` takes",
                    held.name, held.own, self.name, held.name
                ),
                may_break: false,
                fingerprint: super::fingerprint(rule.area, &[rule.id, &subject, &held.own]),
                subject,
                old: None,
                new: Some(held.pointer.clone()),
                operations: held.operations.clone(),
            };
            let resource = resource(&change, &self.resources);
            Finding { change, resource, old: None, new: None, accepted: None }
        };
        let held = own.map(|own| held_names(api, own)).unwrap_or_default();
        let added: Vec<Finding> = held.iter().map(finding).collect();
        self.findings.extend(added);
        self
    }

    /// Marks accepted changes, by fingerprint and reason. Returns the fingerprints that match no change.
    pub fn accept<'e>(&mut self, entries: impl IntoIterator<Item = (&'e str, &'e str)>) -> Vec<&'e str> {
        let mut stale = Vec::new();
        for (fingerprint, reason) in entries {
            let mut matched = false;
            for finding in self.findings.iter_mut().filter(|finding| finding.change.fingerprint == fingerprint) {
                finding.accepted = Some(reason.to_owned());
                matched = true;
            }
            if !matched {
                stale.push(fingerprint);
            }
        }
        stale
    }
}

/// The changes of several APIs, and the version that they require.
#[derive(Clone, Debug)]
pub struct Review {
    /// The APIs with their changes.
    pub apis: Vec<Reviewed>,
    /// The required version.
    pub required: RequiredBump,
}

impl Review {
    /// Combines APIs into a review. `from` is the crate's old version, and `declared` its current one.
    pub fn of(apis: Vec<Reviewed>, from: Option<Version>, declared: Option<Version>) -> Self {
        let changes: Vec<&Change> = apis.iter().flat_map(|api| &api.findings).map(|finding| &finding.change).collect();
        let required = RequiredBump::of(changes, from, declared);
        Self { apis, required }
    }

    /// Returns the highest severity of changes that are not accepted.
    pub fn worst(&self) -> Option<Severity> {
        let open = self.findings().filter(|finding| finding.accepted.is_none());
        open.map(|finding| finding.change.severity).max()
    }

    /// Returns the changes of all APIs.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.apis.iter().flat_map(|api| &api.findings)
    }
}

/// Runs two closures in parallel.
pub fn join<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), other)
    })
}

fn order(change: &Change) -> (std::cmp::Reverse<Severity>, Area, &str, &str, &str) {
    (std::cmp::Reverse(change.severity), change.rule.area, &change.subject, change.rule.id, &change.message)
}

fn spot(documents: &SourceMap, pointer: Option<&String>) -> Option<SourceLocation> {
    documents.position(pointer?).map(SourceLocation::from)
}

/// Returns a finding about a document as a whole.
fn whole(name: &str, revision: &Revision, rule: &'static Rule, is: &str) -> Finding {
    let operations: Vec<_> = revision.document.model.operations().collect();
    let count = match operations.len() {
        1 => "with one operation".to_owned(),
        count => format!("with {count} operations"),
    };
    let change = Change {
        rule,
        direction: None,
        severity: rule.severity(None),
        message: format!("the API `{name}` {is}, {count}"),
        subject: name.to_owned(),
        old: None,
        new: None,
        operations: operations.iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect(),
        may_break: false,
        fingerprint: super::fingerprint(rule.area, &[rule.id, name]),
    };
    let top = spot(&revision.pipeline.documents, Some(&String::new()));
    let (old, new) = if rule.id == rust::rules::CLIENT_ADDED.id { (None, top) } else { (top, None) };
    Finding { change, resource: WHOLE.to_owned(), old, new, accepted: None }
}

/// The description for changes that affect no resource.
const WHOLE: &str = "the API";

/// The description for changes that affect several resources.
const SEVERAL: &str = "several resources";

/// Returns the operations of a client, and the modules of their resources.
fn resources(api: &Api) -> impl Iterator<Item = (String, String)> {
    let resources = api.resources.iter();
    resources.flat_map(|resource| {
        let labels = resource.operations.iter().map(|operation| format!("{} {}", operation.method, operation.path));
        labels.map(|label| (label, resource.module.clone()))
    })
}

/// Returns the operations of a client; the flag is true if an operation has a cargo feature.
fn operations(api: &Api) -> impl Iterator<Item = (String, bool)> {
    let operations = api.resources.iter().flat_map(|resource| &resource.operations);
    operations.map(|operation| (format!("{} {}", operation.method, operation.path), operation.feature.is_some()))
}

/// Returns the resource that a change affects.
fn resource(change: &Change, resources: &BTreeMap<String, String>) -> String {
    let is_event = |label: &str| label.starts_with("webhook ");
    let of = |label: &String| resources.get(label).cloned().or_else(|| is_event(label).then(|| "webhooks".to_owned()));
    let mut found: Vec<String> = change.operations.iter().filter_map(of).collect();
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [] => WHOLE.to_owned(),
        [only] => only.clone(),
        _ => SEVERAL.to_owned(),
    }
}
