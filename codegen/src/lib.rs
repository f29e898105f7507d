//! Turns OpenAPI documents into Rust clients: documents in, files out.
//!
//! The pipeline is a line of passes, each a module with one public function that takes the
//! vocabulary of the pass before it:
//!
//! ```text
//! load -> bundle -> overlay -> raise -> model -> ir -> emit -> FileSet
//!                                |        \-> diff, callgen
//!                                \-> lower -> OpenAPI 3.0 for other tools
//! ```
//!
//! No pass touches the network, the clock or the environment, and files are read through a function
//! of the caller's. The same input gives the same bytes on every machine.

pub mod bundle;
pub mod callgen;
pub mod canonical;
pub mod diagnostic;
pub mod diff;
pub mod emit;
pub mod extensions;
pub mod fileset;
pub mod ir;
pub mod lint;
pub mod load;
pub mod lower;
pub mod lowered;
pub mod markdown;
pub mod model;
pub mod names;
pub mod normalize;
pub mod origin;
pub mod overlay;
pub mod progenitor;
pub mod raise;
mod refs;
pub mod sanitize;
pub mod spec;
mod stack;
mod template;
pub mod yaml;

use serde_json::Value;

use diagnostic::Diagnostics;
use fileset::FileSet;
use load::Read;
use model::Document;
use origin::Documents;

/// What a client is made from.
pub struct Input<'a> {
    /// The document's file name, as diagnostics show it.
    pub document: &'a str,
    /// Reads the document, and the files beside it that it refers to.
    pub read: &'a Read<'a>,
    /// File name and text of the overlay, if there is one.
    pub overlay: Option<(&'a str, &'a [u8])>,
}

/// The passes over one document, and what they found.
#[derive(Default)]
pub struct Pipeline {
    /// Errors and warnings so far.
    pub diagnostics: Diagnostics,
    /// The files read, and where in them each node stands.
    pub documents: Documents,
    /// Whether a reference that leads nowhere is an error in every place.
    pub strict: bool,
}

impl Pipeline {
    /// Returns a pipeline that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the document with the files that it refers to, corrected by its overlay.
    pub fn overlaid(&mut self, input: &Input<'_>) -> Option<Value> {
        let (documents, diagnostics) = (&mut self.documents, &mut self.diagnostics);
        let mut value = load::load(input.document, input.read, documents, diagnostics)?;
        bundle::bundle(&mut value, input.read, documents, diagnostics);
        if let Some((name, text)) = input.overlay {
            overlay::overlay(&mut value, name, text, documents, diagnostics);
        }
        bundle::replace_dangling(&mut value, documents, diagnostics);
        bundle::check_references(&value, documents, diagnostics);
        if self.strict {
            diagnostics.deny(bundle::DANGLING);
        }
        self.unless_faulty(value)
    }

    /// Returns the overlaid document in the vocabulary of OpenAPI 3.2.
    pub fn raised(&mut self, input: &Input<'_>) -> Option<Value> {
        let value = self.overlaid(input)?;
        self.raise(value)
    }

    fn raise(&mut self, mut value: Value) -> Option<Value> {
        bundle::inline_misplaced(&mut value, &mut self.documents, &mut self.diagnostics);
        bundle::adopt(&mut value, &mut self.documents, &mut self.diagnostics);
        raise::raise(&mut value, &mut self.documents, &mut self.diagnostics);
        self.unless_faulty(value)
    }

    /// Returns the model of the document.
    pub fn model(&mut self, input: &Input<'_>) -> Option<Document> {
        let document = self.unchecked(input)?;
        self.unless_faulty(document)
    }

    /// Returns the client as data, in the module `name`.
    pub fn ir(&mut self, input: &Input<'_>, name: &str) -> Option<ir::Api> {
        let document = self.unchecked(input)?;
        self.ir_of(&document, name)
    }

    /// Returns calls of every operation of the client `name`.
    pub fn calls(&mut self, input: &Input<'_>, name: &str) -> Option<FileSet> {
        let document = self.unchecked(input)?;
        let api = self.ir_of(&document, name)?;
        let calls = callgen::module(&api, &document, &mut self.diagnostics);
        self.unless_faulty(calls)
    }

    /// Returns the document as OpenAPI 3.0.
    pub fn lowered(&mut self, input: &Input<'_>) -> Option<Value> {
        let value = self.raised(input)?;
        self.lower(value)
    }

    fn lower(&mut self, mut value: Value) -> Option<Value> {
        if value.get("webhooks").is_some() && value.get("x-webhooks").is_none() {
            // Lowering puts webhooks under another name, under which later passes report them.
            self.documents.copy_origin("/webhooks", "/x-webhooks");
        }
        value = lower::lower(value, &mut self.diagnostics);
        self.unless_faulty(value)
    }

    /// Returns the lowered document for other tools: valid OpenAPI 3.0.
    pub fn published(&mut self, input: &Input<'_>) -> Option<Value> {
        let raised = self.raised(input)?;
        model::document(&raised, &mut self.diagnostics)?;
        let mut value = self.lower(raised)?;
        lower::publish(&mut value);
        // A reference may have led to a node that OpenAPI does not know, and that is gone.
        bundle::check_references(&value, &self.documents, &mut self.diagnostics);
        lower::typed(&value, &mut self.diagnostics)?;
        self.unless_faulty(value)
    }

    /// Finds what is wrong or unwise in the document, in the order of its lines: what the passes report, as far as they get, and what
    /// the rules of [`lint`] find. None where there is no document to look at.
    pub fn lint(&mut self, input: &Input<'_>) -> Option<()> {
        let value = self.overlaid(input)?;
        let (found, raised) = if spec::Versions::of(&value) == spec::Versions::V2_0 {
            // The rules are about OpenAPI 3.
            let raised = self.raise(value)?;
            (lint::lint(&raised), Some(raised))
        } else {
            (lint::lint(&value), self.raise(value))
        };
        if let Some(raised) = raised
            && let Some(document) = model::document(&raised, &mut self.diagnostics)
        {
            self.ir_of(&document, "client");
            // Other tools read the lowered document, and what it loses is worth knowing.
            self.lower(raised);
        }
        self.diagnostics.extend(found);
        self.diagnostics = lint::arrange(std::mem::take(&mut self.diagnostics), &self.documents);
        Some(())
    }

    /// Returns the document as progenitor accepts it, its operations named as in the client `name`.
    pub fn for_progenitor(&mut self, input: &Input<'_>, name: &str) -> Option<Value> {
        let raised = self.raised(input)?;
        let before = self.diagnostics.clone();
        let document = model::document(&raised, &mut self.diagnostics)?;
        let api = self.ir_of(&document, name)?;
        // What our client makes of the document is no matter here.
        self.diagnostics = before;
        let lowered = self.lower(raised)?;
        let adapted = progenitor::adapt(&lowered, &api, &mut self.diagnostics);
        self.unless_faulty(adapted)
    }

    fn ir_of(&mut self, document: &Document, name: &str) -> Option<ir::Api> {
        let api = ir::build(document, name, &mut self.diagnostics);
        self.unless_faulty(api)
    }

    /// The model of the document. Errors that are found from here on do not stop it.
    fn unchecked(&mut self, input: &Input<'_>) -> Option<Document> {
        let value = self.raised(input)?;
        model::document(&value, &mut self.diagnostics)
    }

    /// Returns the errors and warnings as a person reads them.
    pub fn report(&self, color: bool) -> String {
        diagnostic::render(&self.diagnostics, &self.documents, color)
    }

    fn unless_faulty<T>(&self, value: T) -> Option<T> {
        (!self.diagnostics.has_errors()).then_some(value)
    }
}
