//! Judges documents and changes: `lint` finds what is wrong or unwise in a document, `diff` says what a change does to the wire and to
//! callers, and which version it requires.

pub mod coverage;
pub mod diff;
pub mod lint;

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::{Input, Pipeline, model, spec};
use crm_clients_generator::ir;
use serde_json::Value;

/// The linter, as passes over a document.
pub trait Lint {
    /// Finds what is wrong or unwise in the document, in the order of its lines: what the passes report, as far as they get, and
    /// what the rules of [`lint`] find. None where there is no document to look at.
    fn lint(&mut self, input: &Input<'_>) -> Option<()>;

    /// Returns the client as data, in the module `name`. The rules of OpenAPI that the document breaks are warnings.
    fn client(&mut self, input: &Input<'_>, name: &str) -> Option<ir::Api>;
}

impl Lint for Pipeline {
    fn lint(&mut self, input: &Input<'_>) -> Option<()> {
        let value = self.corrected(input)?;
        let (found, raised) = raise_with(self, value, lint::lint);
        if let Some(raised) = raised
            && let Some(document) = model::document(&raised, &mut self.diagnostics)
        {
            ir::build(&document, "client", &mut self.diagnostics);
            // Other tools read the lowered document, and what it loses is worth knowing.
            self.lower(raised);
        }
        self.diagnostics.deny(lint::BROKEN_RULES);
        let found = lint::merge(std::mem::take(&mut self.diagnostics), found.unwrap_or_default());
        self.diagnostics = lint::sort_by_position(found, &self.documents);
        Some(())
    }

    fn client(&mut self, input: &Input<'_>, name: &str) -> Option<ir::Api> {
        let value = self.overlaid(input)?;
        let (found, raised) = raise_with(self, value, lint::broken_rules);
        let document = model::document(&raised?, &mut self.diagnostics);
        let api = document.map(|document| ir::build(&document, name, &mut self.diagnostics));
        let api = api.and_then(|api| self.unless_faulty(api));
        self.diagnostics = lint::merge(std::mem::take(&mut self.diagnostics), found.unwrap_or_default());
        api
    }
}

/// Raises the document, and looks for what `rules` find in it: before it is raised, unless it is Swagger 2.0, because the rules are
/// about OpenAPI 3.
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
