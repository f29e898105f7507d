//! The events that a server sends by itself, to webhooks and callbacks: one enum of them all.

use std::collections::BTreeSet;

use serde::Serialize;

use super::operations::Builder;
use super::types::{Direction, given_type_name};
use super::{Resource, Type, bodies, docs, media};
use crate::names::{self, UsedNames};
use crm_clients_document::model::{Operation, SchemaId, Signature};
use crm_clients_document::normalize::Kind;

/// The events that a server sends by itself, as one enum in a module of its own.
#[derive(Debug, Serialize)]
pub struct Webhooks {
    /// The module: `events`.
    pub module: String,
    /// The events in document order.
    pub events: Vec<Event>,
    /// The property that says in each payload which event it is. Without one, it is said outside of the payload.
    pub tag: Option<String>,
    /// The variant that keeps an event which is none of these.
    pub unknown: String,
    /// How the server signs them.
    pub signature: Option<Signature>,
}

impl Webhooks {
    /// The types of the payloads.
    pub fn payloads(&self) -> impl Iterator<Item = &Type> {
        self.events.iter().map(|event| &event.ty)
    }
}

/// An event: a variant of the enum.
#[derive(Debug, Serialize)]
pub struct Event {
    /// The variant's name.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// Where the document describes it, as a JSON pointer: for what people are told about it.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// Its payload.
    pub ty: Type,
}

impl<'d> Builder<'d> {
    /// The document's webhooks and callbacks; none where nothing is delivered that could be read.
    pub(super) fn webhooks(&mut self, resources: &[Resource]) -> Option<Webhooks> {
        let document = self.types.document;
        let mut taken = UsedNames::default();
        let (mut events, mut schemas) = (Vec::new(), Vec::new());
        for (delivered, webhook) in self.delivered() {
            let Some(schema) = self.payload(delivered, webhook) else { continue };
            let name = given_type_name(webhook.rust_name.as_deref());
            let name = taken.claim(&name.unwrap_or_else(|| names::variant_name(delivered)));
            let place = format!("{}Event", names::type_name(delivered));
            let ty = schema.map_or(Type::Value, |schema| self.types.of(schema, Direction::Response, &place));
            let docs = docs::prose(webhook.summary.as_deref().or(webhook.description.as_deref()));
            let (wire, pointer) = (delivered.to_owned(), webhook.pointer.clone());
            events.push(Event { name, wire, pointer, docs, ty });
            schemas.push((delivered, schema));
        }
        let tag = self.tag(&schemas);
        if let Some((_, values)) = &tag {
            events.iter_mut().zip(values).for_each(|(event, value)| event.wire.clone_from(value));
        }
        let mut modules: UsedNames = resources.iter().map(|resource| resource.module.as_str()).collect();
        let module = modules.claim(if modules.contains("events") { "webhook_events" } else { "events" });
        (!events.is_empty()).then(|| Webhooks {
            module,
            events,
            tag: tag.map(|(property, _)| property),
            unknown: taken.claim_unknown(),
            signature: document.signature.clone(),
        })
    }

    /// What is delivered: to webhooks, and to the callbacks of operations. A callback whose payload does not say which event
    /// it is would take that from the webhooks whose payloads do, and is left out.
    fn delivered(&mut self) -> Vec<(&'d str, &'d Operation)> {
        let document = self.types.document;
        let (mut delivered, callbacks) = (document.deliveries(), document.callbacks());
        let schemas = |all: &[(&'d str, &'d Operation)]| -> Vec<(&'d str, Option<SchemaId>)> {
            let schema = |operation: &Operation| {
                let content = document.media(document.body(operation).map_or(&[], |body| &body.content));
                bodies::preferred(&content).and_then(|media| media.schema)
            };
            all.iter().map(|(name, operation)| (*name, schema(operation))).collect()
        };
        let (of_webhooks, of_all) = (schemas(&delivered), schemas(&[delivered.as_slice(), &callbacks].concat()));
        if self.tag(&of_webhooks).is_some() && self.tag(&of_all).is_none() {
            for (name, callback) in callbacks {
                let message =
                    format!("the payload of the callback `{name}` does not say which event it is, as webhooks do");
                let help = "callers read it as JSON";
                self.types.diagnostics.warning("unserved-callback", callback.pointer.clone(), message, help);
            }
        } else {
            delivered.extend(callbacks);
        }
        delivered
    }

    /// The schema of what is delivered as JSON, if it has one.
    fn payload(&mut self, name: &str, webhook: &Operation) -> Option<Option<SchemaId>> {
        let document = self.types.document;
        let content = document.media(document.body(webhook).map_or(&[], |body| &body.content));
        let json = bodies::preferred(&content).filter(|media| media::is_json(&media.name));
        if json.is_none() {
            let message = format!("`{name}` delivers no JSON, and nothing else is read");
            let help = "declare a JSON body if it has one";
            self.types.diagnostics.warning("unserved-webhook", webhook.pointer.clone(), message, help);
        }
        json.map(|media| media.schema)
    }

    /// The property that says in each payload which event it is, and its value for each.
    fn tag(&mut self, webhooks: &[(&str, Option<SchemaId>)]) -> Option<(String, Vec<String>)> {
        let (_, first) = webhooks.first()?;
        let candidates: Vec<String> = self.types.fields_of((*first)?)?.properties.into_keys().collect();
        candidates.into_iter().find_map(|property| {
            let value = |(name, schema): &(&str, Option<SchemaId>)| self.tag_value(&property, name, (*schema)?);
            let values: Option<Vec<String>> = webhooks.iter().map(value).collect();
            let values = values.filter(|values| values.iter().collect::<BTreeSet<_>>().len() == values.len())?;
            Some((property, values))
        })
    }

    /// The property's only value or, where several events share a schema, the one that is the event's name.
    fn tag_value(&mut self, property: &str, event: &str, schema: SchemaId) -> Option<String> {
        let (id, _) = *self.types.fields_of(schema)?.properties.get(property)?;
        let Kind::String { values, .. } = self.types.scalar_of(id)? else { return None };
        match values.as_slice() {
            [only] => Some(only.clone()),
            several => several.iter().find(|value| *value == event).cloned(),
        }
    }
}
