//! What came of one document.

use std::collections::BTreeSet;
use std::path::Path;

use super::check::Checked;
use super::child::{End, Ran};
use super::documents::Document;
use super::{generated_index, spec_index};

/// A document, and what came of it.
pub struct Record {
    /// The document.
    pub document: Document,
    /// What `generate` made of it.
    pub ran: Ran,
    /// Its operations, once they are counted.
    pub operations: Operations,
    /// What the compiler said of its crate, if it was asked.
    pub checked: Option<Checked>,
}

/// Operations by an independent count, against those of the crate.
#[derive(Default)]
pub struct Operations {
    /// How many the document has.
    pub document: usize,
    /// How many the crate has.
    pub emitted: usize,
    /// Those of the document that the crate has not.
    pub missing: Vec<String>,
    /// Those of the crate that the document has not.
    pub extra: Vec<String>,
    /// Why they could not be counted.
    pub fault: Option<String>,
}

impl Record {
    /// What came of a document, its operations not yet counted.
    pub fn new(document: Document, ran: Ran) -> Self {
        Self { document, ran, operations: Operations::default(), checked: None }
    }

    /// Whether there is a crate.
    pub fn is_generated(&self) -> bool {
        matches!(self.ran.end, End::Generated)
    }

    /// Whether the crate has each operation of the document, and no other.
    pub fn keeps_all(&self) -> bool {
        let operations = &self.operations;
        self.is_generated()
            && operations.fault.is_none()
            && operations.missing.is_empty()
            && operations.extra.is_empty()
    }

    /// Counts the operations, those of the document and those of the crate in `directory`.
    pub fn count(&mut self, directory: &Path) {
        let counted = match spec_index::operations(&self.document.file) {
            Ok(counted) => counted,
            Err(error) => {
                self.operations.fault = Some(error.to_string());
                return;
            }
        };
        self.operations.document = counted.len();
        if !self.is_generated() {
            return;
        }
        match generated_index::operations(directory) {
            Ok(emitted) => self.operations.compare(&counted, &emitted),
            Err(error) => self.operations.fault = Some(error.to_string()),
        }
    }

    /// What is wrong, apart from refusals: an operation that is lost or made up, a process that failed, a crate that
    /// does not compile.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let End::Failed(reason) = &self.ran.end {
            problems.push(reason.clone());
        }
        if !self.is_generated() {
            return problems;
        }
        let Operations { missing, extra, fault, .. } = &self.operations;
        problems.extend(fault.iter().map(|fault| format!("the operations cannot be counted: {fault}")));
        for (list, is) in [(missing, "not in the crate"), (extra, "not in the document")] {
            if let Some(first) = list.first() {
                problems.push(format!("{} operations are {is}: {first}", list.len()));
            }
        }
        if let Some(Checked { error: Some(error), .. }) = &self.checked {
            problems.push(error.clone());
        }
        problems
    }
}

impl Operations {
    fn compare(&mut self, document: &BTreeSet<String>, emitted: &BTreeSet<String>) {
        self.emitted = emitted.len();
        self.missing = document.difference(emitted).cloned().collect();
        self.extra = emitted.difference(document).cloned().collect();
    }
}
