//! What the references lead to that an operation's lowering must know, gathered before anything changes.

use std::collections::HashMap;

use serde_json::Value;

use super::BODYLESS;
use crate::lower::Object;
use crate::lower::document::referenced;
use crate::lower::grammar::METHODS;

/// A parameter's name and place: what tells it from the others of its operation.
pub(in crate::lower) type Identity = (String, String);

/// References that go through more references than this lead nowhere.
const LONGEST_CHAIN: usize = 32;

/// What references lead to, by reference.
#[derive(Debug, Default)]
pub(in crate::lower) struct Targets {
    parameters: HashMap<String, Identity>,
    /// Responses that stand where there can be no body.
    responses: HashMap<String, Object>,
}

impl Targets {
    /// Looks up the references in the operations of a document.
    pub(in crate::lower) fn gather(document: &Value) -> Self {
        let mut targets = Self::default();
        let Some(root) = document.as_object() else { return targets };
        for section in ["paths", "webhooks", "x-webhooks"] {
            for item in root.get(section).and_then(Value::as_object).into_iter().flat_map(Object::values) {
                targets.gather_parameters(root, item);
                for operation in METHODS.iter().filter_map(|method| item.get(method)) {
                    targets.gather_parameters(root, operation);
                    targets.gather_responses(root, operation);
                }
            }
        }
        targets
    }

    fn gather_parameters(&mut self, root: &Object, holder: &Value) {
        for parameter in holder.get("parameters").and_then(Value::as_array).into_iter().flatten() {
            let Some(reference) = parameter.get("$ref").and_then(Value::as_str) else { continue };
            if !self.parameters.contains_key(reference)
                && let Some(identity) = last_referenced(root, parameter).and_then(identity)
            {
                self.parameters.insert(reference.to_owned(), identity);
            }
        }
    }

    fn gather_responses(&mut self, root: &Object, operation: &Value) {
        for response in BODYLESS.iter().filter_map(|status| operation.get("responses")?.get(status)) {
            if let Some(reference) = response.get("$ref").and_then(Value::as_str)
                && let Some(target) = last_referenced(root, response)
            {
                self.responses.insert(reference.to_owned(), target.clone());
            }
        }
    }

    /// The name and the place of a parameter or of the one that it refers to.
    pub(in crate::lower) fn identity(&self, parameter: &Value) -> Option<Identity> {
        let parameter = parameter.as_object()?;
        match parameter.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.parameters.get(reference).cloned(),
            None => identity(parameter),
        }
    }

    /// The response that a reference leads to.
    pub(in crate::lower) fn response(&self, reference: &str) -> Option<&Object> {
        self.responses.get(reference)
    }
}

fn identity(parameter: &Object) -> Option<Identity> {
    let text = |name| parameter.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((text("name")?, text("in")?))
}

/// Follows a reference through others to what it means.
fn last_referenced<'r>(root: &'r Object, from: &'r Value) -> Option<&'r Object> {
    let mut at = from;
    for _ in 0..LONGEST_CHAIN {
        match at.get("$ref").and_then(Value::as_str) {
            Some(reference) => at = referenced(root, reference)?,
            None => return at.as_object(),
        }
    }
    None
}
