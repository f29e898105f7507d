//! What changed in some APIs, put together for those who have to decide on it.

use std::collections::BTreeMap;

use semver::Version;
use serde::Serialize;

use super::{Area, Change, RequiredBump, Rule, Severity, rust, wire};
use crm_clients_document::Pipeline;
use crm_clients_document::model::Document;
use crm_clients_document::origin::SourceMap;
use crm_clients_generator::ir::{self, Api};

/// A revision of an API: its document, and the pipeline that read it.
pub struct Revision {
    document: Document,
    pipeline: Pipeline,
}

impl Revision {
    /// The document, and the pipeline that read it.
    pub fn new(document: Document, pipeline: Pipeline) -> Self {
        Self { document, pipeline }
    }

    /// The document's own version.
    pub fn version(&self) -> &str {
        &self.document.info.version
    }

    /// Builds the client called `name`.
    fn client(mut self, name: &str) -> Result<(Api, SourceMap), Box<Pipeline>> {
        let api = ir::build(&self.document, name, &mut self.pipeline.diagnostics);
        if self.pipeline.diagnostics.has_errors() {
            return Err(Box::new(self.pipeline));
        }
        Ok((api, self.pipeline.documents))
    }
}

/// A place in a file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceLocation {
    /// The file's name as shown; a revision's begins with the revision's name and a colon.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column in characters.
    pub column: usize,
}

impl std::fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A change and where it is.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The change.
    pub change: Change,
    /// The resource that its operations are in: one, several or none.
    pub resource: String,
    /// Where it was in the old files.
    pub old: Option<SourceLocation>,
    /// Where it is in the new ones.
    pub new: Option<SourceLocation>,
    /// Why it is accepted, where it is.
    pub accepted: Option<String>,
}

/// What changed in one API.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// The API, and the module of its client.
    pub name: String,
    /// The document's version before; none where there was no document.
    pub old: Option<String>,
    /// The document's version now; none where there is no document.
    pub new: Option<String>,
    /// The resource of each operation: `GET /v1/contacts` and `contacts`.
    pub resources: BTreeMap<String, String>,
    /// What changed: the worst first, the wire before Rust, then by subject.
    pub findings: Vec<Finding>,
}

impl Reviewed {
    /// Compares two revisions of the API `name`.
    ///
    /// # Errors
    ///
    /// The pipeline of the revision that has faults.
    pub fn of(name: &str, old: Revision, new: Revision) -> Result<Self, Box<Pipeline>> {
        let versions = (old.version().to_owned(), new.version().to_owned());
        let mut changes = wire(&old.document, &new.document);
        let (old, new) = join(|| old.client(name), || new.client(name));
        let ((old, old_documents), (new, new_documents)) = (old?, new?);
        let of_callers = rust(&old, &new, &changes);
        changes.extend(of_callers);
        let resources = [&old, &new].into_iter().flat_map(resources).collect();
        let finding = |change: Change| {
            let resource = resource(&change, &resources);
            let (old, new) = (spot(&old_documents, change.old.as_ref()), spot(&new_documents, change.new.as_ref()));
            Finding { change, resource, old, new, accepted: None }
        };
        let mut findings: Vec<Finding> = changes.into_iter().map(finding).collect();
        findings.sort_by(|a, b| order(&a.change).cmp(&order(&b.change)));
        Ok(Self { name: name.to_owned(), old: Some(versions.0), new: Some(versions.1), resources, findings })
    }

    /// An API that was not there before.
    ///
    /// # Errors
    ///
    /// The walk of the revision, where it has faults.
    pub fn added(name: &str, revision: Revision) -> Result<Self, Box<Pipeline>> {
        let finding = whole(name, &revision, &rust::rules::CLIENT_ADDED, "is new");
        let version = Some(revision.version().to_owned());
        let (api, _) = revision.client(name)?;
        let resources = resources(&api).collect();
        Ok(Self { name: name.to_owned(), old: None, new: version, resources, findings: vec![finding] })
    }

    /// An API that is no longer there.
    pub fn removed(name: &str, revision: Revision) -> Self {
        let finding = whole(name, &revision, &rust::rules::CLIENT_REMOVED, "is gone");
        let old = Some(revision.version().to_owned());
        Self { name: name.to_owned(), old, new: None, resources: BTreeMap::new(), findings: vec![finding] }
    }

    /// Marks what is accepted, by fingerprint and reason; says which of the entries match nothing.
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

/// What changed in some APIs, and what version is required for it.
#[derive(Clone, Debug)]
pub struct Review {
    /// The APIs, each with what changed in it.
    pub apis: Vec<Reviewed>,
    /// The version.
    pub required: RequiredBump,
}

impl Review {
    /// Puts APIs together. `from` is the crate's version before, `declared` the one that it says it has now.
    pub fn of(apis: Vec<Reviewed>, from: Option<Version>, declared: Option<Version>) -> Self {
        let changes: Vec<&Change> = apis.iter().flat_map(|api| &api.findings).map(|finding| &finding.change).collect();
        let required = RequiredBump::of(changes, from, declared);
        Self { apis, required }
    }

    /// The worst of what is not accepted.
    pub fn worst(&self) -> Option<Severity> {
        let open = self.findings().filter(|finding| finding.accepted.is_none());
        open.map(|finding| finding.change.severity).max()
    }

    /// What changed in all of them.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.apis.iter().flat_map(|api| &api.findings)
    }
}

/// Does two things at a time: neither revision knows of the other.
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
    let position = documents.position(pointer?)?;
    Some(SourceLocation { file: position.file.to_owned(), line: position.line, column: position.column })
}

/// A finding about a document as a whole.
fn whole(name: &str, revision: &Revision, rule: &'static Rule, is: &str) -> Finding {
    let operations: Vec<_> = revision.document.operations().collect();
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
        fingerprint: super::fingerprint(rule.area, &[rule.id, name]),
    };
    let top = spot(&revision.pipeline.documents, Some(&String::new()));
    let (old, new) = if rule.id == rust::rules::CLIENT_ADDED.id { (None, top) } else { (top, None) };
    Finding { change, resource: WHOLE.to_owned(), old, new, accepted: None }
}

/// What is said where a change is in no resource.
const WHOLE: &str = "the API";

/// The operations of a client and the modules of their resources.
fn resources(api: &Api) -> impl Iterator<Item = (String, String)> {
    let resources = api.resources.iter();
    resources.flat_map(|resource| {
        let labels = resource.operations.iter().map(|operation| format!("{} {}", operation.method, operation.path));
        labels.map(|label| (label, resource.module.clone()))
    })
}

/// The resource that a change is in.
fn resource(change: &Change, resources: &BTreeMap<String, String>) -> String {
    let is_event = |label: &str| label.starts_with("webhook ");
    let of = |label: &String| resources.get(label).cloned().or_else(|| is_event(label).then(|| "webhooks".to_owned()));
    let mut found: Vec<String> = change.operations.iter().filter_map(of).collect();
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [] => WHOLE.to_owned(),
        [only] => only.clone(),
        several => format!("{} resources", several.len()),
    }
}
