//! Judges documents and changes: `lint` finds what is wrong or unwise in a document, `diff` says what a change does to the wire and to
//! callers, and which version it requires.

pub mod diff;
pub mod lint;

use crm_clients_document::{Input, Pipeline, model, spec};
use crm_clients_generator::ir;

/// The linter, as the last of the passes.
pub trait Lint {
    /// Finds what is wrong or unwise in the document, in the order of its lines: what the passes report, as far as they get, and what
    /// the rules of [`lint`] find. None where there is no document to look at.
    fn lint(&mut self, input: &Input<'_>) -> Option<()>;
}

impl Lint for Pipeline {
    fn lint(&mut self, input: &Input<'_>) -> Option<()> {
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
            ir::build(&document, "client", &mut self.diagnostics);
            // Other tools read the lowered document, and what it loses is worth knowing.
            self.lower(raised);
        }
        self.diagnostics.extend(found);
        self.diagnostics = lint::arrange(std::mem::take(&mut self.diagnostics), &self.documents);
        Some(())
    }
}
