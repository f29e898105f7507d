//! What is wrong with a document: values, collected many at a time, shown with their places.
//!
//! A pass that meets a fault says so in a [`Diagnostics`] and goes on where it can. Where the fault stands in a file is looked up from
//! its JSON pointer only when there is something to show, in [`render`].

mod formats;
mod render;
mod suggest;

pub use formats::{github, json_lines};
pub use render::{render, summarize};
pub use suggest::{closest, distance};

use indexmap::IndexSet;

use crate::origin::{FileId, Position, SourceMap};
pub use crate::pointer::{child, push_token, tokens};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing can be generated.
    Error,
    /// Something is generated, though not all that the document says.
    Warning,
}

/// What a diagnostic's place is counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Place {
    /// The pointer is one into the document as it stands after the passes so far.
    #[default]
    Document,
    /// The pointer is one into this file as it was read.
    File(FileId),
    /// There is no pointer yet, for the file cannot be parsed: the byte offset in it.
    Offset(FileId, usize),
}

/// One fault, with its place, its cause and its remedy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of fault it is: stable, in kebab-case, such as `unknown-reference`.
    pub code: &'static str,
    /// The JSON pointer (RFC 6901) of the node at fault; empty for the whole document.
    pub pointer: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What can be done about it.
    pub help: Option<String>,
    /// What the pointer is counted from.
    pub place: Place,
}

impl Severity {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Diagnostic {
    /// A fault in the document as it stands. An empty `help` is no help.
    pub fn new(
        severity: Severity,
        code: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let help = help.into();
        Self {
            severity,
            code,
            pointer: pointer.into(),
            message: message.into(),
            help: (!help.is_empty()).then_some(help),
            place: Place::Document,
        }
    }

    /// Where it stands: the node at fault, or its nearest ancestor that a file has. None if there is no file at all.
    pub fn position<'d>(&self, documents: &'d SourceMap) -> Option<Position<'d>> {
        match self.place {
            Place::Document => documents.position(&self.pointer),
            Place::File(file) => documents.position_in(file, &self.pointer),
            Place::Offset(file, offset) => documents.position_at(file, offset),
        }
    }

    /// Says that the pointer is one into `file` as it was read.
    #[must_use]
    pub fn in_file(mut self, file: FileId) -> Self {
        self.place = Place::File(file);
        self
    }

    /// Says that the fault is at a byte offset of `file`.
    #[must_use]
    pub fn at_offset(mut self, file: FileId, offset: usize) -> Self {
        self.place = Place::Offset(file, offset);
        self
    }
}

/// The faults found so far, in the order in which they were found. Each is told once, however often a pass comes by: a node behind
/// several references is read several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    found: IndexSet<Diagnostic>,
}

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, unless it is known.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.insert(diagnostic);
    }

    /// Adds an error at `pointer` of the document as it stands. An empty `help` is no help.
    pub fn error(
        &mut self,
        code: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Diagnostic::new(Severity::Error, code, pointer, message, help));
    }

    /// Adds a warning at `pointer` of the document as it stands. An empty `help` is no help.
    pub fn warning(
        &mut self,
        code: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Diagnostic::new(Severity::Warning, code, pointer, message, help));
    }

    /// Whether anything found stops the generation.
    pub fn has_errors(&self) -> bool {
        self.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Makes errors of the warnings with these codes.
    pub fn deny(&mut self, codes: &[&str]) {
        let denied = |found: Diagnostic| match codes.contains(&found.code) {
            true => Diagnostic { severity: Severity::Error, ..found },
            false => found,
        };
        self.found = std::mem::take(&mut self.found).into_iter().map(denied).collect();
    }

    /// What was found, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// How many were found.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.found.extend(diagnostics);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = indexmap::set::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_twice_is_told_once() {
        let mut diagnostics = Diagnostics::new();
        for pointer in ["/info", "/paths", "/info"] {
            diagnostics.error("wrong", pointer, "something is wrong", "mend it");
        }
        assert_eq!(diagnostics.iter().map(|found| found.pointer.as_str()).collect::<Vec<_>>(), ["/info", "/paths"]);
    }

    #[test]
    fn warnings_are_no_errors() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.warning("lossy", "/paths", "something is lost", "");
        assert!(!diagnostics.has_errors());
        diagnostics.error("wrong", "/info", "something is wrong", "mend it");
        assert!(diagnostics.has_errors());
        assert_eq!(diagnostics.iter().map(|d| d.help.as_deref()).collect::<Vec<_>>(), [None, Some("mend it")]);
    }
}
