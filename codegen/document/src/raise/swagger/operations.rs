//! Operations: their parameters, media types and servers.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::super::{JsonObject, Raising};
use super::{Found, Shared, bodies, parameters, responses, texts};
use crate::bundle::Target;
use crate::diagnostic::child;
use crate::spec::METHODS;

/// The parameters that form a request body.
#[derive(Default)]
struct BodyParts {
    body: Option<Found>,
    /// The reference to the body, if it is in a section of the document.
    reference: Option<String>,
    form: Vec<Found>,
}

/// Converts a path item: its parameters and those of its operations. The parameters of both form the bodies.
pub(super) fn path_item(item: &mut JsonObject, pointer: &str, shared: &Shared, raising: &mut Raising) {
    let inherited = take_body_parts(item, pointer, shared, raising);
    for method in METHODS {
        if let Some(Value::Object(operation)) = item.get_mut(method) {
            convert(operation, &child(pointer, method), &inherited, shared, raising);
        }
    }
}

/// Returns true if a path item has parts that exist only in Swagger 2.0.
pub(super) fn is_of_swagger(item: &JsonObject) -> bool {
    let listed = |holder: &JsonObject| {
        let parameters = holder.get("parameters").and_then(Value::as_array).into_iter().flatten();
        parameters.filter_map(|one| one.get("in")?.as_str()).any(|place| matches!(place, "body" | "formData"))
    };
    let is_bare = |response: &Value| response.get("schema").is_some() && response.get("content").is_none();
    let operations = METHODS.iter().filter_map(|method| item.get(*method)?.as_object());
    let is_of_swagger = |operation: &JsonObject| {
        let responses = operation.get("responses").and_then(Value::as_object);
        listed(operation)
            || ["consumes", "produces"].iter().any(|name| operation.contains_key(*name))
            || responses.is_some_and(|responses| responses.values().any(is_bare))
    };
    listed(item) || operations.into_iter().any(is_of_swagger)
}

fn convert(operation: &mut JsonObject, pointer: &str, inherited: &BodyParts, shared: &Shared, raising: &mut Raising) {
    let (own_consumes, own_produces) = (operation.contains_key("consumes"), operation.contains_key("produces"));
    let (consumes, produces) = (texts(operation, "consumes"), texts(operation, "produces"));
    let consumes = if own_consumes { consumes } else { shared.consumes.clone() };
    let produces = if own_produces { produces } else { shared.produces.clone() };
    let schemes = texts(operation, "schemes");
    if !schemes.is_empty()
        && let Some(servers) = shared.servers.list(Some(&schemes))
    {
        operation.entry("servers").or_insert(servers);
    }
    let parts = take_body_parts(operation, pointer, shared, raising).or_inherit(inherited, raising);
    if let Some(body) = parts.request_body(&consumes, pointer, shared, raising) {
        operation.entry("requestBody").or_insert(body);
    }
    for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        let place = child(&child(pointer, "responses"), status);
        // A shared response has the document's media types, but this operation has its own.
        if produces != shared.produces
            && response.get("$ref").is_some()
            && let Some(found) = shared.resolve(&place, response)
            && (found.value.contains_key("schema") || found.value.contains_key("examples"))
        {
            raising.documents.copy_origin(&found.pointer, &place);
            *response = Value::Object(found.value);
        }
        if let Value::Object(response) = response {
            responses::convert(response, &produces, &place, raising);
        }
    }
}

impl BodyParts {
    /// Adds a body parameter or a form field, which is `parameter` or its target.
    fn add(&mut self, found: Option<Found>, parameter: &Value, raising: &mut Raising) {
        match found {
            Some(found) if found.value.get("in").is_some_and(|place| place == "formData") => self.form.push(found),
            Some(found) if self.body.is_some() => {
                let message = "duplicate body parameter; the first declaration is used";
                raising.warn_at(&found.pointer, "duplicate-parameter", message, "remove one of the two");
            }
            found => {
                self.reference = parameter.get("$ref").and_then(Value::as_str).and_then(component_reference);
                self.body = found;
            }
        }
    }

    /// Adds the parameters of the path item that the operation does not override.
    fn or_inherit(mut self, inherited: &Self, raising: &mut Raising) -> Self {
        self.check_inherited(inherited, raising);
        let copy = |found: &Found| Found { pointer: found.pointer.clone(), value: found.value.clone() };
        if self.body.is_none() && self.form.is_empty() {
            self.body = inherited.body.as_ref().map(copy);
            self.reference = inherited.reference.clone();
        }
        if self.body.is_none() {
            let own: HashSet<_> = self.form.iter().filter_map(|field| field.value.get("name").cloned()).collect();
            let more =
                inherited.form.iter().filter(|field| !field.value.get("name").is_some_and(|name| own.contains(name)));
            self.form.extend(more.map(copy));
        }
        self
    }

    /// Reports parameters of the path item that the operation neither overrides nor can have beside its own.
    fn check_inherited(&self, inherited: &Self, raising: &mut Raising) {
        let name = |found: &Found| found.value.get("name").cloned();
        match (&self.body, &inherited.body) {
            (Some(own), Some(other)) if name(own) != name(other) => {
                let message = "the path item has another body parameter; that of the operation is used";
                let help = "use the name of the path item's parameter to override it";
                raising.warn_at(&own.pointer, "duplicate-parameter", message, help);
            }
            (None, Some(_)) if !self.form.is_empty() => self.form.iter().take(1).for_each(|field| {
                let message = "the path item has a body, and the operation a form; the form is used";
                raising.warn_at(&field.pointer, "body-and-form", message, "remove one of the two");
            }),
            (Some(own), None) if !inherited.form.is_empty() => {
                let message = "the path item has a form, and the operation a body; the body is used";
                raising.warn_at(&own.pointer, "body-and-form", message, "remove one of the two");
            }
            _ => {}
        }
    }

    /// Returns the request body of the operation at `pointer`.
    fn request_body(self, consumes: &[String], pointer: &str, shared: &Shared, raising: &mut Raising) -> Option<Value> {
        let to = child(pointer, "requestBody");
        match (self.body, self.reference) {
            (Some(_), Some(reference)) if consumes == shared.consumes => Some(json!({"$ref": reference})),
            (Some(body), _) => {
                if let Some(field) = self.form.first() {
                    let message = "an operation cannot have both a body and a form; the form is ignored";
                    let help = "remove one of the two: `in: body` or `in: formData`";
                    raising.warn_at(&field.pointer, "body-and-form", message, help);
                }
                Some(bodies::of_body(body, consumes, &to, raising))
            }
            _ if self.form.is_empty() => None,
            _ => Some(bodies::of_form(self.form, consumes, &to, raising)),
        }
    }
}

/// Removes the body parameters from an object's list, and converts the others.
fn take_body_parts(holder: &mut JsonObject, pointer: &str, shared: &Shared, raising: &mut Raising) -> BodyParts {
    let mut parts = BodyParts::default();
    let Some(Value::Array(listed)) = holder.get_mut("parameters") else { return parts };
    let place = child(pointer, "parameters");
    let before = std::mem::take(listed);
    let len = before.len();
    let (mut gone, mut kept) = (HashSet::new(), Vec::new());
    for (index, parameter) in before.into_iter().enumerate() {
        let from = child(&place, &index.to_string());
        let found = shared.resolve(&from, &parameter);
        let is_part = found.as_ref().and_then(|found| found.value.get("in")).and_then(Value::as_str);
        if !matches!(is_part, Some("body" | "formData")) {
            kept.push((index, parameter));
            continue;
        }
        gone.insert(index);
        parts.add(found.map(|found| found.detached(&from, raising)), &parameter, raising);
    }
    if !gone.is_empty() {
        raising.documents.forget_elements(&place, &gone, len);
    }
    for (to, (from, mut parameter)) in kept.into_iter().enumerate() {
        let to_place = child(&place, &to.to_string());
        if from != to {
            raising.relocations.add(child(&place, &from.to_string()), to_place.clone());
        }
        if let Value::Object(parameter) = &mut parameter {
            parameters::convert(parameter, &to_place, raising);
        }
        listed.push(parameter);
    }
    if listed.is_empty() {
        holder.shift_remove("parameters");
    }
    parts
}

/// Converts a reference to a parameter of the document to one to the request body that it becomes.
fn component_reference(reference: &str) -> Option<String> {
    let pointer = Target::parse(reference, "").ok()?.pointer;
    let name = pointer.strip_prefix("/parameters/").filter(|name| !name.contains('/'))?;
    Some(format!("#/components/requestBodies/{name}"))
}
