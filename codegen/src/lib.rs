//! Turns OpenAPI documents into Rust clients: documents in, files out.
//!
//! The walk is one line of passes, each a module with one public function that takes the
//! vocabulary of the pass before it:
//!
//! ```text
//! load -> bundle -> overlay -> raise -> lower -> model -> resolve -> ir -> emit -> FileSet
//! ```
//!
//! No pass touches the network, the clock or the environment, and files are read through a function
//! of the caller's. The same input gives the same bytes on every machine.

pub mod bundle;
pub mod canonical;
pub mod diagnostic;
pub mod diff;
pub mod driver;
pub mod emit;
pub mod extensions;
pub mod fileset;
pub mod ir;
pub mod lint;
pub mod load;
pub mod lower;
pub mod lowered;
pub mod model;
pub mod names;
pub mod origin;
pub mod overlay;
pub mod progenitor;
pub mod raise;
mod refs;
pub mod resolve;
pub mod spec;
mod stack;
mod template;

use openapiv3::OpenAPI;
use serde_json::Value;

use diagnostic::Diagnostics;
use extensions::Extensions;
use fileset::FileSet;
use load::Read;
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

/// A walk through the passes, and what was found on the way.
#[derive(Default)]
pub struct Walk {
    /// Faults and warnings so far.
    pub diagnostics: Diagnostics,
    /// The files read, and where in them each node stands.
    pub documents: Documents,
}

impl Walk {
    /// Begins a walk.
    pub fn new() -> Self {
        Self::default()
    }

    /// The document with the files that it refers to, corrected by its overlay.
    pub fn overlaid(&mut self, input: &Input<'_>) -> Option<Value> {
        let (documents, diagnostics) = (&mut self.documents, &mut self.diagnostics);
        let mut value = load::load(input.document, input.read, documents, diagnostics)?;
        bundle::bundle(&mut value, input.read, documents, diagnostics);
        if let Some((name, text)) = input.overlay {
            overlay::overlay(&mut value, name, text, documents, diagnostics);
        }
        bundle::check_references(&value, documents, diagnostics);
        self.unless_faulty(value)
    }

    /// The overlaid document as OpenAPI 3.0.
    pub fn lowered(&mut self, input: &Input<'_>) -> Option<Value> {
        let value = self.overlaid(input)?;
        self.lower(value)
    }

    /// The lowered document for other tools: valid OpenAPI 3.0.
    pub fn published(&mut self, input: &Input<'_>) -> Option<Value> {
        let mut value = self.lowered(input)?;
        model::model(&value, &mut self.diagnostics)?;
        lower::publish(&mut value);
        // What a reference leads to may have been nothing that OpenAPI knows, and is gone.
        bundle::check_references(&value, &self.documents, &mut self.diagnostics);
        self.unless_faulty(value)
    }

    /// The overlaid document in the vocabulary of OpenAPI 3.2.
    pub fn raised(&mut self, input: &Input<'_>) -> Option<Value> {
        let mut value = self.overlaid(input)?;
        self.raise(&mut value);
        self.unless_faulty(value)
    }

    fn raise(&mut self, value: &mut Value) {
        bundle::inline_misplaced(value, &mut self.documents, &mut self.diagnostics);
        bundle::adopt(value, &mut self.documents, &mut self.diagnostics);
        raise::raise(value, &mut self.documents, &mut self.diagnostics);
    }

    fn lower(&mut self, mut value: Value) -> Option<Value> {
        self.raise(&mut value);
        if value.get("webhooks").is_some() && value.get("x-webhooks").is_none() {
            // Lowering puts webhooks under another name, under which later passes tell of them.
            self.documents.copy_origin("/webhooks", "/x-webhooks");
        }
        let value = lower::lower(value, &mut self.diagnostics);
        self.unless_faulty(value)
    }

    /// The lowered document as typed values.
    pub fn model(&mut self, input: &Input<'_>) -> Option<OpenAPI> {
        let value = self.lowered(input)?;
        model::model(&value, &mut self.diagnostics)
    }

    /// The document without references.
    pub fn resolved(&mut self, input: &Input<'_>) -> Option<resolve::Resolved> {
        let value = self.lowered(input)?;
        let resolved = self.unchecked(&value)?;
        self.unless_faulty(resolved)
    }

    /// The client as data, in the module `name`.
    pub fn ir(&mut self, input: &Input<'_>, name: &str) -> Option<ir::Api> {
        let value = self.lowered(input)?;
        self.ir_of(&value, name)
    }

    /// Calls of every operation of the client `name`, and the lowered document that says what they may send.
    pub fn calls(&mut self, input: &Input<'_>, name: &str) -> Option<(Value, FileSet)> {
        let value = self.lowered(input)?;
        let api = self.ir_of(&value, name)?;
        let calls = driver::module(&api, &value, &mut self.diagnostics);
        self.unless_faulty((value, calls))
    }

    /// What is wrong or unwise in the document, in the order of its lines: what the passes tell of, as far as they get, and what
    /// the rules of [`lint`] find. None where there is no document to look at.
    pub fn lint(&mut self, input: &Input<'_>) -> Option<()> {
        let mut value = self.overlaid(input)?;
        if spec::Versions::of(&value) == spec::Versions::V2_0 {
            // The rules are about OpenAPI 3.
            self.raise(&mut value);
        }
        let found = lint::lint(&value);
        if let Some(value) = self.lower(value) {
            self.ir_of(&value, "client");
        }
        self.diagnostics.extend(found);
        self.diagnostics = lint::arrange(std::mem::take(&mut self.diagnostics), &self.documents);
        Some(())
    }

    /// The document as progenitor accepts it, its operations named as in the client `name`.
    pub fn for_progenitor(&mut self, input: &Input<'_>, name: &str) -> Option<Value> {
        let value = self.lowered(input)?;
        let before = self.diagnostics.clone();
        let api = self.ir_of(&value, name)?;
        // What our client makes of the document is no matter here.
        self.diagnostics = before;
        let adapted = progenitor::adapt(&value, &api, &mut self.diagnostics);
        self.unless_faulty(adapted)
    }

    fn ir_of(&mut self, value: &Value, name: &str) -> Option<ir::Api> {
        let resolved = self.unchecked(value)?;
        let api = ir::build(resolved, name, &mut self.diagnostics);
        self.unless_faulty(api)
    }

    /// The lowered document without references, its extensions checked. Faults that are found from here on do not stop it.
    fn unchecked(&mut self, value: &Value) -> Option<resolve::Resolved> {
        let diagnostics = &mut self.diagnostics;
        let model = model::model(value, diagnostics)?;
        let mut extensions = Extensions::default();
        let resolved = resolve::resolve(&model, value, &mut extensions, diagnostics);
        extensions.check(value, diagnostics);
        Some(resolved)
    }

    /// The faults and warnings as a person reads them.
    pub fn report(&self, color: bool) -> String {
        diagnostic::render(&self.diagnostics, &self.documents, color)
    }

    fn unless_faulty<T>(&self, value: T) -> Option<T> {
        (!self.diagnostics.has_errors()).then_some(value)
    }
}
