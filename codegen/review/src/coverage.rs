//! Coverage of a document by the client, by keyword.
//!
//! Every member of every object in the specification is counted once: as supported, shown in documentation, reported by
//! a warning, without meaning to a client, unsupported, or unknown to OpenAPI. This is determined by the table in
//! [`spec`](crm_clients_document::spec) and the warnings of the passes.

use std::collections::{BTreeMap, HashSet};

use crm_clients_document::diagnostic::child;
use crm_clients_document::origin::{FileId, SourceMap};
use crm_clients_document::spec::{FieldType, ObjectKind, Support, Versions};
use crm_clients_document::{Input, Pipeline, extensions};
use crm_clients_generator::ir::Api;
use serde_json::Value;

use crate::Lint as _;
use crate::lint::{UNSUPPORTED_KEYWORD, each_object};

/// A location in the author's files: a file and a JSON pointer into it.
pub(crate) type Origin = (FileId, String);

/// The support for a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The client supports it, or shows it in its documentation.
    Supported,
    /// A warning reports that it is ignored or only partly supported.
    Reported,
    /// It is meaningful to a client, but ignored.
    Unsupported,
    /// It has no meaning to a client.
    WithoutMeaning,
    /// It is not part of OpenAPI: an extension, or a keyword of another specification.
    Unknown,
}

/// The coverage of a document.
#[derive(Debug, Default)]
pub struct Coverage {
    /// The number of operations of the client.
    pub operations: usize,
    /// The locations of each keyword, such as `Schema.oneOf`, by its support. Locations are JSON pointers into the
    /// overlaid document.
    pub keywords: BTreeMap<(Standing, String), Vec<String>>,
}

impl Coverage {
    /// Returns the number of keywords with this support.
    pub fn count(&self, standing: Standing) -> usize {
        self.keywords.iter().filter(|((found, _), _)| *found == standing).map(|(_, places)| places.len()).sum()
    }

    /// Returns the keywords with this support and their locations.
    pub fn of(&self, standing: Standing) -> impl Iterator<Item = (&str, &[String])> {
        let keywords = self.keywords.iter().filter(move |((found, _), _)| *found == standing);
        keywords.map(|((_, name), places)| (name.as_str(), places.as_slice()))
    }
}

/// Returns the coverage of a document by the client `name`, or `None` if no client can be generated.
pub fn coverage(pipeline: &mut Pipeline, input: &Input<'_>, name: &str) -> Option<Coverage> {
    let value = pipeline.overlaid(input)?;
    let keywords = Keywords::of(&value, &pipeline.documents);
    let (api, _) = pipeline.client_of(value, name)?;
    Some(keywords.coverage(&api, pipeline))
}

/// The keywords of an overlaid document. Their origins are looked up before the document is raised, which moves nodes.
pub struct Keywords(Vec<Keyword>);

impl Keywords {
    /// Collects the keywords of an overlaid document.
    pub fn of(value: &Value, documents: &SourceMap) -> Self {
        let mut found = Vec::new();
        each_keyword(value, &mut |kind, pointer, key, _| found.push(Keyword::of(kind, pointer, key, documents)));
        Self(found)
    }

    /// Returns their coverage by a client, after all passes of the pipeline that read the document.
    pub fn coverage(self, api: &Api, pipeline: &Pipeline) -> Coverage {
        let reported = reported(pipeline);
        let methods = api.resources.iter().flat_map(|resource| &resource.operations);
        let operations = methods.filter(|operation| !operation.alternative).count();
        let mut coverage = Coverage { operations, keywords: BTreeMap::new() };
        for keyword in self.0 {
            let standing = if keyword.is_reported(&reported) { Standing::Reported } else { keyword.standing };
            coverage.keywords.entry((standing, keyword.name)).or_default().push(keyword.pointer);
        }
        coverage
    }
}

/// A keyword of an overlaid document.
pub(crate) struct Keyword {
    /// The object and the keyword: `Schema.not`.
    pub name: String,
    /// The JSON pointer into the overlaid document.
    pub pointer: String,
    /// The support for it, if no warning reports it.
    standing: Standing,
    /// The origin of the value, if a warning about it is relevant.
    pub origin: Option<Origin>,
    /// The origin of the object, if a warning about it is relevant.
    object: Option<Origin>,
}

impl Keyword {
    fn of(kind: ObjectKind, object: &str, key: &str, documents: &SourceMap) -> Self {
        let pointer = child(object, key);
        let (standing, is_used) = match kind.support(key) {
            None if is_read(key) => (Standing::Supported, false),
            None => (Standing::Unknown, false),
            Some(Support::WithoutMeaning) => (Standing::WithoutMeaning, false),
            Some(Support::Followed | Support::Documented) => (Standing::Supported, true),
            Some(Support::Unsupported) => (Standing::Unsupported, true),
        };
        Self {
            name: format!("{kind:?}.{key}"),
            standing,
            origin: is_used.then(|| documents.origin(&pointer)).flatten(),
            object: (standing == Standing::Unsupported).then(|| documents.origin(object)).flatten(),
            pointer,
        }
    }

    /// Returns true if a warning reports the keyword or its object.
    pub(crate) fn is_reported(&self, reported: &HashSet<Origin>) -> bool {
        [&self.origin, &self.object].into_iter().flatten().any(|origin| reported.contains(origin))
    }
}

/// Returns the keywords of an overlaid document that the client ignores, reported or not, with their values as JSON.
pub(crate) fn ignored_keywords(value: &Value, documents: &SourceMap) -> Vec<(Keyword, String)> {
    let mut found = Vec::new();
    each_keyword(value, &mut |kind, pointer, key, value| {
        if kind.support(key) == Some(Support::Unsupported) {
            found.push((Keyword::of(kind, pointer, key, documents), value.to_string()));
        }
    });
    found
}

/// Visits each keyword of an overlaid document: the kind and location of its object, its name and its value. Names that
/// the document defines are not keywords.
fn each_keyword(value: &Value, visit: &mut impl FnMut(ObjectKind, &str, &str, &Value)) {
    let mut visit = |kind: ObjectKind, object: &serde_json::Map<String, Value>, pointer: &str| {
        for (key, member) in object {
            if kind.named_by_document().is_none() || key.starts_with("x-") {
                visit(kind, pointer, key, member);
            }
        }
    };
    each_object(FieldType::DOCUMENT, Versions::read_in(value), value, &mut String::new(), &mut visit);
}

/// Returns the origins of the pipeline's diagnostics, except those about unsupported keywords, which are counted as
/// such.
pub(crate) fn reported(pipeline: &Pipeline) -> HashSet<Origin> {
    let others = pipeline.diagnostics.iter().filter(|found| found.code != UNSUPPORTED_KEYWORD);
    others.filter_map(|found| found.origin(&pipeline.documents)).collect()
}

/// Returns true if a member is read although it is not a field of its object.
fn is_read(key: &str) -> bool {
    matches!(key, "$ref" | "x-webhooks") || extensions::is_read(key)
}
