//! Compares the parts of two revisions of a document that the clients ignore: keywords without a warning, and warnings
//! by code.
//!
//! A place that only moved is not a change: places are matched by their JSON pointers, and the others by their content.

pub mod rules;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Change, Rule, SourceLocation, fingerprint};
use crate::coverage::{Keyword, Origin, reported};
use crate::lint::UNSUPPORTED_KEYWORD;
use crm_clients_document::Pipeline;
use crm_clients_document::bundle::DANGLING;
use crm_clients_document::diagnostic::tokens;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::LEFT_OUT;
use crm_clients_document::spec::METHODS;

/// The codes of warnings about parts of operations that the client leaves out, besides [`DANGLING`] and [`LEFT_OUT`].
const LOSSES: &[&str] = &[
    "media-type-left-out",
    "unserved-encoding",
    "unserved-items",
    "unserved-method",
    "unserved-multipart",
    "unserved-part-header",
    "unserved-querystring",
    "unserved-scheme",
    "unsupported-security-scheme",
];

/// The kind of a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum CoverageChange {
    /// A keyword that the client ignores, with no warning but that of its rule.
    Keyword,
    /// A warning.
    Warning,
    /// A warning about a part of an operation that the client leaves out.
    Loss,
}

/// A part of the document that the client ignores.
pub(super) struct Gap {
    kind: CoverageChange,
    /// The keyword, such as `Schema.not`, or the code of the warning.
    name: String,
    /// The JSON pointer of the part.
    pointer: String,
    /// The keyword's value, or the message of the warning.
    content: String,
    origin: Option<Origin>,
}

/// Returns the parts of the document that the client ignores, after all passes.
pub(super) fn gaps(ignored: Vec<(Keyword, String)>, pipeline: &Pipeline) -> Vec<Gap> {
    let reported = reported(pipeline);
    let unreported = ignored.into_iter().filter(|(keyword, _)| !keyword.is_reported(&reported));
    let keywords = unreported.map(|(keyword, value)| Gap {
        kind: CoverageChange::Keyword,
        name: keyword.name,
        pointer: keyword.pointer,
        content: value,
        origin: keyword.origin,
    });
    let warnings = pipeline.diagnostics.iter().filter(|found| found.code != UNSUPPORTED_KEYWORD);
    let warnings = warnings.map(|found| Gap {
        kind: if is_loss(found.code) { CoverageChange::Loss } else { CoverageChange::Warning },
        name: found.code.to_owned(),
        pointer: found.pointer.clone(),
        content: found.message.clone(),
        origin: found.origin(&pipeline.documents),
    });
    keywords.chain(warnings).collect()
}

fn is_loss(code: &str) -> bool {
    [DANGLING, LEFT_OUT, LOSSES].iter().any(|codes| codes.contains(&code))
}

/// Returns the gaps that were added and removed, one change for each keyword and code, and the locations of its first
/// place in the old and the new files.
pub(super) fn changes(
    (old, old_documents): (&[Gap], &SourceMap),
    (new, new_documents): (&[Gap], &SourceMap),
) -> Vec<(Change, [Option<SourceLocation>; 2])> {
    let (old, new) = (by_name(old), by_name(new));
    let names: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    let mut changes = Vec::new();
    for key @ (kind, name) in names {
        let none = Vec::new();
        let (old, new) = (old.get(&key).unwrap_or(&none), new.get(&key).unwrap_or(&none));
        let [added_rule, removed_rule] = kind.rules();
        let added = unmatched(new, old);
        if let Some(first) = added.first() {
            let mut added = change(added_rule, kind, name, "was added", &added);
            added.new = Some(first.pointer.clone());
            changes.push((added, [None, first.position(new_documents)]));
        }
        let removed = unmatched(old, new);
        if let Some(first) = removed.first() {
            let mut removed = change(removed_rule, kind, name, "was removed", &removed);
            removed.old = Some(first.pointer.clone());
            changes.push((removed, [first.position(old_documents), None]));
        }
    }
    changes
}

fn by_name(gaps: &[Gap]) -> BTreeMap<(CoverageChange, &str), Vec<&Gap>> {
    let mut found: BTreeMap<_, Vec<&Gap>> = BTreeMap::new();
    for gap in gaps {
        found.entry((gap.kind, gap.name.as_str())).or_default().push(gap);
    }
    found
}

/// Returns the gaps that have no equivalent in `others`: one at the same place, or with the same content at a place
/// that has no equivalent either.
fn unmatched<'g>(gaps: &[&'g Gap], others: &[&Gap]) -> Vec<&'g Gap> {
    let places = |gaps: &[&Gap]| gaps.iter().map(|gap| gap.pointer.clone()).collect::<HashSet<String>>();
    let (here, there) = (places(gaps), places(others));
    let mut moved: HashMap<&str, usize> = HashMap::new();
    for other in others.iter().filter(|other| !here.contains(&other.pointer)) {
        *moved.entry(other.content.as_str()).or_default() += 1;
    }
    let is_new = |gap: &&&Gap| match moved.get_mut(gap.content.as_str()) {
        _ if there.contains(&gap.pointer) => false,
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    gaps.iter().filter(is_new).copied().collect()
}

impl CoverageChange {
    /// Returns the rules for additions and removals.
    fn rules(self) -> [&'static Rule; 2] {
        match self {
            Self::Keyword => [&rules::UNSUPPORTED_ADDED, &rules::UNSUPPORTED_REMOVED],
            Self::Warning => [&rules::WARNING_ADDED, &rules::WARNING_REMOVED],
            Self::Loss => [&rules::LEFT_OUT_ADDED, &rules::LEFT_OUT_REMOVED],
        }
    }

    /// Returns the subject of a sentence.
    fn noun(self, name: &str) -> String {
        match self {
            Self::Keyword => format!("the unsupported keyword `{name}`"),
            Self::Warning => format!("the warning `{name}`"),
            Self::Loss => format!("a part that the client leaves out (`{name}`)"),
        }
    }
}

impl Gap {
    fn position(&self, documents: &SourceMap) -> Option<SourceLocation> {
        let (file, pointer) = self.origin.as_ref()?;
        documents.position_in(*file, pointer).map(SourceLocation::from)
    }

    /// Returns the operation that contains the part: `GET /v1/contacts`.
    fn operation(&self) -> Option<String> {
        let mut tokens = tokens(&self.pointer);
        tokens.next().filter(|first| first == "paths")?;
        let (path, method) = (tokens.next()?, tokens.next()?);
        METHODS.contains(&method.as_str()).then(|| format!("{} {path}", method.to_ascii_uppercase()))
    }
}

/// Returns the change of these places.
fn change(rule: &'static Rule, kind: CoverageChange, name: &str, verb: &str, gaps: &[&Gap]) -> Change {
    const SHOWN: usize = 3;
    let mut places: Vec<String> = gaps.iter().take(SHOWN).map(|gap| format!("`#{}`", gap.pointer)).collect();
    if gaps.len() > SHOWN {
        places.push(format!("and {} more", gaps.len() - SHOWN));
    }
    let count = if gaps.len() == 1 { "1 place".to_owned() } else { format!("{} places", gaps.len()) };
    // A partial list could be mistaken for a complete one.
    let operations: Option<BTreeSet<String>> = gaps.iter().map(|gap| gap.operation()).collect();
    let operations: Vec<String> = operations.into_iter().flatten().collect();
    let identity: Vec<&str> =
        [rule.id, name, &count].into_iter().chain(operations.iter().map(String::as_str)).collect();
    Change {
        rule,
        direction: None,
        severity: rule.severity(None),
        message: format!("{} {verb} in {count}: {}", kind.noun(name), places.join(", ")),
        subject: name.to_owned(),
        old: None,
        new: None,
        may_break: false,
        fingerprint: fingerprint(rule.area, &identity),
        operations,
    }
}
