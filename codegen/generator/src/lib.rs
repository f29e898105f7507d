//! Generates Rust clients from the model of an OpenAPI document.
//!
//! ```text
//! model -> ir -> emit -> FileSet
//!            \-> callgen: calls of every operation, for tests
//!            \-> progenitor: the lowered document, adapted to progenitor
//! ```
//!
//! `ir` describes the client in Rust's terms, without OpenAPI, and is the only input of `emit`. The same input produces
//! the same bytes on every machine.

pub mod callgen;
pub mod emit;
pub mod fileset;
pub mod ir;
pub mod lock;
pub mod lowered;
pub mod markdown;
pub mod names;
pub mod progenitor;

use crm_clients_document::model::Document;
use crm_clients_document::{Input, Pipeline};
use serde_json::Value;

use fileset::FileSet;

/// The passes after the model, which generate output from a document.
pub trait Generate {
    /// Returns the client as data, in the module `name`.
    fn ir(&mut self, input: &Input<'_>, name: &str) -> Option<ir::Api>;

    /// Returns calls of every operation of the client `name`.
    fn calls(&mut self, input: &Input<'_>, name: &str) -> Option<FileSet>;

    /// Returns the document in the subset that progenitor accepts, with the operation names of the client `name`.
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
        let document = self.build_model(raised.clone())?;
        let api = ir_of(self, &document, name)?;
        // Diagnostics of our own client are not relevant here.
        self.diagnostics = before;
        let lowered = self.lower(raised)?;
        let adapted = progenitor::adapt(&lowered, &api, &mut self.diagnostics);
        self.unless_faulty(adapted)
    }
}

/// Builds a client from a model.
fn ir_of(pipeline: &mut Pipeline, document: &Document, name: &str) -> Option<ir::Api> {
    let api = ir::build(document, name, &mut pipeline.diagnostics);
    pipeline.unless_faulty(api)
}
