//! Reviews documents and changes: `lint` finds problems in a document, and `diff` determines the effects of a change on
//! the wire format and on callers, and the version that it requires.

pub mod coverage;
pub mod diff;
pub mod lint;

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::{self, Document};
use crm_clients_document::{Input, Pipeline, spec};
use crm_clients_generator::ir;
use serde_json::Value;

/// The linter, as passes over a document.
pub trait Lint {
    /// Reports problems of the document in the order of its lines: the diagnostics of the passes and of the rules of
    /// [`lint`]. Returns `None` if there is no document.
    fn lint(&mut self, input: &Input<'_>) -> Option<()>;

    /// Returns the client as data, in the module `name`, and the document. Violations of OpenAPI's rules are warnings.
    fn client(&mut self, input: &Input<'_>, name: &str) -> Option<(ir::Api, Document)>;

    /// Returns the client of an overlaid document, and the document.
    fn client_of(&mut self, overlaid: Value, name: &str) -> Option<(ir::Api, Document)>;
}

impl Lint for Pipeline {
    fn lint(&mut self, input: &Input<'_>) -> Option<()> {
        let value = self.corrected(input)?;
        let (found, raised) = raise_with(self, value, lint::lint);
        if let Some(raised) = raised
            && let Some(document) = model::document(&raised, &mut self.diagnostics)
        {
            ir::build(&document, "client", &mut self.diagnostics);
            // Other tools read the lowered document, so losses in it are relevant.
            self.lower(raised);
        }
        self.diagnostics.deny(lint::BROKEN_RULES);
        let found = lint::merge(std::mem::take(&mut self.diagnostics), found.unwrap_or_default());
        self.diagnostics = lint::sort_by_position(found, &self.documents);
        Some(())
    }

    fn client(&mut self, input: &Input<'_>, name: &str) -> Option<(ir::Api, Document)> {
        let value = self.overlaid(input)?;
        self.client_of(value, name)
    }

    fn client_of(&mut self, overlaid: Value, name: &str) -> Option<(ir::Api, Document)> {
        let (found, raised) = raise_with(self, overlaid, lint::broken_rules);
        let document = self.build_model(raised?);
        let made = document.map(|document| (ir::build(&document, name, &mut self.diagnostics), document));
        let made = made.and_then(|made| self.unless_faulty(made));
        self.diagnostics = lint::merge(std::mem::take(&mut self.diagnostics), found.unwrap_or_default());
        made
    }
}

/// Raises the document and applies `rules` to it: before raising, because the rules are about OpenAPI 3, but after
/// raising for Swagger 2.0.
fn raise_with(
    pipeline: &mut Pipeline,
    value: Value,
    rules: impl FnOnce(&Value, spec::Versions) -> Diagnostics,
) -> (Option<Diagnostics>, Option<Value>) {
    let version = spec::Versions::of(&value);
    if version == spec::Versions::V2_0 {
        let raised = pipeline.raise(value);
        return (raised.as_ref().map(|raised| rules(raised, version)), raised);
    }
    let found = rules(&value, version);
    (Some(found), pipeline.raise(value))
}
