//! Writes Rust clients from the model of an OpenAPI document.
//!
//! ```text
//! model -> ir -> emit -> FileSet
//!            \-> callgen: calls of every operation, for tests
//!            \-> progenitor: the lowered document, adapted to progenitor
//! ```
//!
//! `ir` has Rust's vocabulary and no word of OpenAPI, and `emit` reads nothing else. The same input gives the same bytes on every
//! machine.

pub mod callgen;
pub mod emit;
pub mod fileset;
pub mod ir;
pub mod lowered;
pub mod markdown;
pub mod names;
pub mod progenitor;

use crm_clients_document::model::{self, Document};
use crm_clients_document::{Input, Pipeline};
use serde_json::Value;

use fileset::FileSet;

/// The passes behind the model: what is made of a document.
pub trait Generate {
    /// Returns the client as data, in the module `name`.
    fn ir(&mut self, input: &Input<'_>, name: &str) -> Option<ir::Api>;

    /// Returns calls of every operation of the client `name`.
    fn calls(&mut self, input: &Input<'_>, name: &str) -> Option<FileSet>;

    /// Returns the document as progenitor accepts it, its operations named as in the client `name`.
    fn for_progenitor(&mut self, input: &Input<'_>, name: &str) -> Option<Value>;
}

impl Generate for Pipeline {
    fn ir(&mut self, input: &Input<'_>, name: &str) -> Option<ir::Api> {
        let document = self.unchecked(input)?;
        ir_of(self, &document, name)
    }

    fn calls(&mut self, input: &Input<'_>, name: &str) -> Option<FileSet> {
        let document = self.unchecked(input)?;
        let api = ir_of(self, &document, name)?;
        let calls = callgen::module(&api, &document, &mut self.diagnostics);
        self.unless_faulty(calls)
    }

    fn for_progenitor(&mut self, input: &Input<'_>, name: &str) -> Option<Value> {
        let raised = self.raised(input)?;
        let before = self.diagnostics.clone();
        let document = model::document(&raised, &mut self.diagnostics)?;
        let api = ir_of(self, &document, name)?;
        // What our client makes of the document is no matter here.
        self.diagnostics = before;
        let lowered = self.lower(raised)?;
        let adapted = progenitor::adapt(&lowered, &api, &mut self.diagnostics);
        self.unless_faulty(adapted)
    }
}

/// Builds the client from a model.
fn ir_of(pipeline: &mut Pipeline, document: &Document, name: &str) -> Option<ir::Api> {
    let api = ir::build(document, name, &mut pipeline.diagnostics);
    pipeline.unless_faulty(api)
}
