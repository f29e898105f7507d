//! The result for one document.

use std::collections::BTreeSet;
use std::path::Path;

use super::check::Checked;
use super::child::{End, Ran};
use super::documents::Document;
use super::keywords::{self, KeywordCount};
use super::{generated_index, spec_index};

/// A document and its result.
pub struct Record {
    /// The document.
    pub document: Document,
    /// The result of `generate`.
    pub ran: Ran,
    /// The operations, after they are counted.
    pub operations: Operations,
    /// The keywords, after they are counted.
    pub keywords: KeywordCount,
    /// The compiler's result for the crate, if it was compiled.
    pub checked: Option<Checked>,
}

/// The operations of the document, counted independently, and those of the crate.
#[derive(Default)]
pub struct Operations {
    /// The number of operations in the document.
    pub document: usize,
    /// The number of operations in the crate.
    pub emitted: usize,
    /// The operations that only the document contains.
    pub missing: Vec<String>,
    /// The operations that only the crate contains.
    pub extra: Vec<String>,
    /// The reason why they could not be counted.
    pub fault: Option<String>,
}

impl Record {
    /// Creates a record of a document whose operations are not yet counted.
    pub fn new(document: Document, ran: Ran) -> Self {
        Self { document, ran, operations: Operations::default(), keywords: KeywordCount::default(), checked: None }
    }

    /// Returns true if a crate was generated.
    pub fn is_generated(&self) -> bool {
        matches!(self.ran.end, End::Generated)
    }

    /// Returns true if the document and the crate have the same operations.
    pub fn keeps_all(&self) -> bool {
        let operations = &self.operations;
        self.is_generated()
            && operations.fault.is_none()
            && operations.missing.is_empty()
            && operations.extra.is_empty()
    }

    /// Counts the operations of the document and of the crate in `directory`, and the keywords of the document.
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
        match keywords::count(&self.document.file, &self.ran.located) {
            Ok(counted) => self.keywords = counted,
            Err(error) => self.operations.fault = Some(error.to_string()),
        }
    }

    /// Returns the problems other than rejected documents: operations that are missing or invented, keywords that are
    /// lost silently, a process that failed, or a crate that does not compile.
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
        for (name, places) in &self.keywords.silent {
            let first = places.first().map(String::as_str).unwrap_or_default();
            problems.push(format!("{} `{name}` are neither supported nor reported: {first}", places.len()));
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
