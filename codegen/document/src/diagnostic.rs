//! Diagnostics: problems of a document, collected as values and shown with their positions.
//!
//! A pass that finds a problem adds it to a [`Diagnostics`] and continues if possible. The position in a file is looked
//! up from the JSON pointer only when a diagnostic is shown, in [`render`].

mod formats;
mod render;
mod suggest;

pub use formats::{github, json_lines};
pub use render::{render, summarize};
pub use suggest::{closest, distance};

use indexmap::IndexSet;

use crate::origin::{FileId, Position, SourceMap};
pub use crate::pointer::{child, push_token, tokens};

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing can be generated.
    Error,
    /// Generated, but incomplete.
    Warning,
}

/// The base of a diagnostic's pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Place {
    /// The pointer refers to the document in its current state.
    #[default]
    Document,
    /// The pointer refers to this file as it was read.
    File(FileId),
    /// There is no pointer, because the file cannot be parsed: the byte offset in it.
    Offset(FileId, usize),
}

/// A problem, with its position, cause and fix.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// The stable code in kebab-case, such as `unknown-reference`.
    pub code: &'static str,
    /// The JSON pointer (RFC 6901) of the node with the problem; empty for the whole document.
    pub pointer: String,
    /// The message, one sentence without a full stop.
    pub message: String,
    /// The suggested fix.
    pub help: Option<String>,
    /// The base of the pointer.
    pub place: Place,
}

impl Severity {
    /// Returns the name of the severity.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Diagnostic {
    /// Creates a diagnostic of the document in its current state. An empty `help` means none.
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

    /// Returns the position of the node, or of its nearest ancestor that is in a file. `None` if there are no files.
    pub fn position<'d>(&self, documents: &'d SourceMap) -> Option<Position<'d>> {
        match self.place {
            Place::Document => documents.position(&self.pointer),
            Place::File(file) => documents.position_in(file, &self.pointer),
            Place::Offset(file, offset) => documents.position_at(file, offset),
        }
    }

    /// Returns the file of the node and its JSON pointer there. `None` if only a position is known.
    pub fn origin(&self, documents: &SourceMap) -> Option<(FileId, String)> {
        match self.place {
            Place::Document => documents.origin(&self.pointer),
            Place::File(file) => Some((file, self.pointer.clone())),
            Place::Offset(..) => None,
        }
    }

    /// Sets the base of the pointer to `file` as it was read.
    #[must_use]
    pub fn in_file(mut self, file: FileId) -> Self {
        self.place = Place::File(file);
        self
    }

    /// Sets the position to a byte offset of `file`.
    #[must_use]
    pub fn at_offset(mut self, file: FileId, offset: usize) -> Self {
        self.place = Place::Offset(file, offset);
        self
    }
}

/// The diagnostics so far, in the order in which they were found. Each is stored only once, because a node behind
/// several references is read several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    found: IndexSet<Diagnostic>,
}

impl Diagnostics {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic, unless it is in the list already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.insert(diagnostic);
    }

    /// Adds an error at `pointer` of the document in its current state. An empty `help` means none.
    pub fn error(
        &mut self,
        code: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Diagnostic::new(Severity::Error, code, pointer, message, help));
    }

    /// Adds a warning at `pointer` of the document in its current state. An empty `help` means none.
    pub fn warning(
        &mut self,
        code: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Diagnostic::new(Severity::Warning, code, pointer, message, help));
    }

    /// Returns true if there is an error.
    pub fn has_errors(&self) -> bool {
        self.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Turns the warnings with these codes into errors.
    pub fn deny(&mut self, codes: &[&str]) {
        let denied = |found: Diagnostic| match codes.contains(&found.code) {
            true => Diagnostic { severity: Severity::Error, ..found },
            false => found,
        };
        self.found = std::mem::take(&mut self.found).into_iter().map(denied).collect();
    }

    /// Returns the diagnostics in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// Returns the number of diagnostics.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Returns true if there are no diagnostics.
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
            diagnostics.error("wrong", pointer, "something is wrong", "fix it");
        }
        assert_eq!(diagnostics.iter().map(|found| found.pointer.as_str()).collect::<Vec<_>>(), ["/info", "/paths"]);
    }

    #[test]
    fn warnings_are_no_errors() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.warning("lossy", "/paths", "something is lost", "");
        assert!(!diagnostics.has_errors());
        diagnostics.error("wrong", "/info", "something is wrong", "fix it");
        assert!(diagnostics.has_errors());
        assert_eq!(diagnostics.iter().map(|d| d.help.as_deref()).collect::<Vec<_>>(), [None, Some("fix it")]);
    }
}
