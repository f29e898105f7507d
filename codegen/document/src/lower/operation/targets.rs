//! The targets of references that lowering an operation depends on, collected before anything changes.

use std::collections::HashMap;

use serde_json::Value;

use super::BODYLESS;
use crate::lower::JsonObject;
use crate::refs::References;
use crate::spec::{FieldType, METHODS, ObjectKind, Versions};

/// A parameter's name and location, which identify it within an operation.
pub(in crate::lower) type Identity = (String, String);

/// The targets, by reference.
#[derive(Debug, Default)]
pub(in crate::lower) struct Targets {
    parameters: HashMap<String, Identity>,
    /// Responses of statuses without a body.
    responses: HashMap<String, JsonObject>,
}

impl Targets {
    /// Resolves the references in the operations of a document.
    pub(in crate::lower) fn gather(document: &Value) -> Self {
        let mut targets = Self::default();
        let references = References::new(document);
        each_path_item(document, FieldType::DOCUMENT, &mut |item| {
            targets.gather_parameters(&references, item);
            for operation in METHODS.iter().filter_map(|method| item.get(method)) {
                targets.gather_parameters(&references, operation);
                targets.gather_responses(&references, operation);
            }
        });
        targets
    }

    fn gather_parameters(&mut self, references: &References, holder: &Value) {
        for parameter in holder.get("parameters").and_then(Value::as_array).into_iter().flatten() {
            let Some(reference) = parameter.get("$ref").and_then(Value::as_str) else { continue };
            if !self.parameters.contains_key(reference)
                && let Some(identity) = last_referenced(references, parameter).and_then(identity)
            {
                self.parameters.insert(reference.to_owned(), identity);
            }
        }
    }

    fn gather_responses(&mut self, references: &References, operation: &Value) {
        for response in BODYLESS.iter().filter_map(|status| operation.get("responses")?.get(status)) {
            if let Some(reference) = response.get("$ref").and_then(Value::as_str)
                && let Some(target) = last_referenced(references, response)
            {
                self.responses.insert(reference.to_owned(), target.clone());
            }
        }
    }

    /// Returns the name and location of a parameter or of its target.
    pub(in crate::lower) fn identity(&self, parameter: &Value) -> Option<Identity> {
        let parameter = parameter.as_object()?;
        match parameter.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.parameters.get(reference).cloned(),
            None => identity(parameter),
        }
    }

    /// Returns the response that a reference refers to.
    pub(in crate::lower) fn response(&self, reference: &str) -> Option<&JsonObject> {
        self.responses.get(reference)
    }
}

fn identity(parameter: &JsonObject) -> Option<Identity> {
    let text = |name| parameter.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((text("name")?, text("in")?))
}

/// Resolves a chain of references.
fn last_referenced<'r>(references: &References<'r>, from: &'r Value) -> Option<&'r JsonObject> {
    references.follow(from, "").ok()?.node.as_object()
}

/// Visits the path items of a document, including those of its callbacks.
fn each_path_item<'v>(node: &'v Value, holds: FieldType, visit: &mut dyn FnMut(&'v Value)) {
    if holds.is_data() {
        return;
    }
    if holds.object() == Some(ObjectKind::PathItem) {
        visit(node);
    }
    match node {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| each_path_item(value, holds.member(name, false, Versions::V3_2), visit)),
        Value::Array(items) => {
            let holds = holds.member("", true, Versions::V3_2);
            items.iter().for_each(|item| each_path_item(item, holds, visit));
        }
        _ => {}
    }
}
