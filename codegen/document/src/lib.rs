//! Reads OpenAPI documents (Swagger 2.0 and OpenAPI 3.0 to 3.2, YAML or JSON) into one typed model.
//!
//! The pipeline is a sequence of passes. Each is a module with one public function, whose input is the output of the
//! previous pass:
//!
//! ```text
//! load -> bundle -> overlay -> raise -> model -> normalize
//!                                \-> lower -> OpenAPI 3.0 for other tools
//! ```
//!
//! No pass accesses the network, the clock or the environment, and files are read with a function that the caller passes. This
//! crate does not depend on the use of a document: `crm-clients-generator` generates clients, and `crm-clients-review`
//! reviews changes.

pub mod bundle;
pub mod canonical;
pub mod diagnostic;
pub mod extensions;
pub mod identifier;
pub mod load;
pub mod lower;
pub mod model;
pub mod names_lock;
pub mod normalize;
pub mod origin;
pub mod overlay;
mod pointer;
pub mod raise;
pub mod recursion;
pub mod refs;
pub mod rust_types;
pub mod sanitize;
pub mod spec;
pub mod template;
pub mod token;
pub mod yaml;

use serde_json::Value;

use diagnostic::{Diagnostic, Diagnostics};
use load::Read;
use model::Document;
use names_lock::NamesLock;
use origin::SourceMap;
use rust_types::RustTypes;

/// The input of a generated client.
pub struct Input<'a> {
    /// The document's file name, as shown in diagnostics.
    pub document: &'a str,
    /// Reads the document, and the other files that it refers to.
    pub read: &'a Read<'a>,
    /// File names and texts of the overlays, in the order in which they are applied.
    pub overlays: &'a [(&'a str, &'a [u8])],
}

/// The passes that process one document, with their diagnostics and source positions.
#[derive(Default)]
pub struct Pipeline {
    /// The errors and warnings so far.
    pub diagnostics: Diagnostics,
    /// The files that were read, and the origin of each node in them.
    pub documents: SourceMap,
    /// True if ambiguous or invalid parts are errors even if they could be tolerated: references without a target,
    /// duplicate keys, values of the wrong type.
    pub strict: bool,
    /// True if clients drop the properties of responses that the document does not declare.
    pub drop_undeclared: bool,
    /// The types that the user of the generator chooses.
    pub rust_types: RustTypes,
    /// The names that the client keeps when the document renames things.
    pub names: Option<NamesLock>,
}

impl Pipeline {
    /// Creates a pipeline that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks an overlay without its document.
    pub fn check_overlay(&mut self, name: &str, text: &[u8]) {
        overlay::check(name, text, &mut self.documents, &mut self.diagnostics);
    }

    /// Returns the document with the files that it refers to, corrected by its overlays.
    pub fn overlaid(&mut self, input: &Input<'_>) -> Option<Value> {
        let value = self.corrected(input)?;
        self.unless_faulty(value)
    }

    /// Returns the overlaid document, even if it has errors.
    pub fn corrected(&mut self, input: &Input<'_>) -> Option<Value> {
        let (documents, diagnostics) = (&mut self.documents, &mut self.diagnostics);
        let mut value = load::load(input.document, input.read, documents, diagnostics)?;
        bundle::bundle(&mut value, input.read, documents, diagnostics);
        for (name, text) in input.overlays {
            overlay::overlay(&mut value, name, text, documents, diagnostics);
        }
        bundle::replace_dangling(&mut value, documents, diagnostics);
        bundle::check_references(&value, documents, diagnostics);
        if self.strict {
            diagnostics.deny(bundle::DANGLING);
            diagnostics.deny(load::AMBIGUOUS);
        }
        Some(value)
    }

    /// Returns the overlaid document in the vocabulary of OpenAPI 3.2.
    pub fn raised(&mut self, input: &Input<'_>) -> Option<Value> {
        let value = self.overlaid(input)?;
        self.raise(value)
    }

    /// Raises an overlaid document to the vocabulary of OpenAPI 3.2.
    pub fn raise(&mut self, mut value: Value) -> Option<Value> {
        // A path item whose reference has no target has been replaced by an empty one.
        let is_lost_item = |found: &Diagnostic| {
            let mut tokens = diagnostic::tokens(&found.pointer);
            let is_path = tokens.next().is_some_and(|first| first == "paths") && tokens.count() == 2;
            is_path && bundle::DANGLING.contains(&found.code)
        };
        let describes_operations = raise::describes_operations(&value) || self.diagnostics.iter().any(is_lost_item);
        self.repair(&mut value);
        if bundle::inline_misplaced(&mut value, &mut self.documents, &mut self.diagnostics) {
            // The targets may be of another kind than the nodes that they replace.
            self.repair(&mut value);
        }
        bundle::hoist_components(&mut value, &mut self.documents, &mut self.diagnostics);
        raise::raise(&mut value, &mut self.documents, &mut self.diagnostics);
        raise::check_operations(describes_operations, &value, &mut self.diagnostics);
        self.unless_faulty(value)
    }

    /// Repairs an overlaid document. Parts that are left out are errors if the pipeline is strict.
    fn repair(&mut self, value: &mut Value) {
        let (documents, diagnostics) = (&mut self.documents, &mut self.diagnostics);
        let reported = diagnostics.len();
        raise::repair(value, documents, diagnostics);
        if diagnostics.len() > reported {
            // References may point to parts that have been moved or removed.
            bundle::replace_dangling(value, documents, diagnostics);
        }
        if diagnostics.iter().any(|found| raise::LEFT_OUT.contains(&found.code)) {
            raise::repair(value, documents, diagnostics);
        }
        if self.strict {
            self.diagnostics.deny(bundle::DANGLING);
            self.diagnostics.deny(raise::LEFT_OUT);
        }
    }

    /// Returns the model of the document.
    pub fn model(&mut self, input: &Input<'_>) -> Option<Document> {
        let document = self.unchecked(input)?;
        self.unless_faulty(document)
    }

    /// Returns the document as OpenAPI 3.0.
    pub fn lowered(&mut self, input: &Input<'_>) -> Option<Value> {
        let value = self.raised(input)?;
        self.lower(value)
    }

    /// Lowers a raised document to OpenAPI 3.0.
    pub fn lower(&mut self, mut value: Value) -> Option<Value> {
        if value.get("webhooks").is_some() && value.get("x-webhooks").is_none() {
            // Lowering renames `webhooks`, and later passes report the new pointers.
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
        // A reference may point to a node that OpenAPI does not define, and that has been removed.
        bundle::check_references(&value, &self.documents, &mut self.diagnostics);
        lower::typed(&value, &mut self.diagnostics)?;
        self.unless_faulty(value)
    }

    /// Returns the model of the document, even if building it reports errors.
    pub fn unchecked(&mut self, input: &Input<'_>) -> Option<Document> {
        let value = self.raised(input)?;
        self.build_model(value)
    }

    /// Builds the model of a raised document, with the names that the client keeps.
    pub fn build_model(&mut self, mut value: Value) -> Option<Document> {
        let held = self.names.as_ref().map(|lock| lock.hold(&mut value)).unwrap_or_default();
        let mut document = model::document(&value, &mut self.diagnostics)?;
        document.drop_undeclared = self.drop_undeclared;
        document.rust_types = self.rust_types.clone();
        document.held = held;
        Some(document)
    }

    /// Returns the errors and warnings as text.
    pub fn report(&self, color: bool) -> String {
        diagnostic::render(&self.diagnostics, &self.documents, color)
    }

    /// Returns the value, unless there is an error so far.
    pub fn unless_faulty<T>(&self, value: T) -> Option<T> {
        (!self.diagnostics.has_errors()).then_some(value)
    }
}
