//! Webhook and callback events, as one enum.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::operations::Builder;
use super::types::{Direction, given_type_name};
use super::{Resource, Type, bodies, docs, media};
use crate::names::{self, UsedNames};
use crm_clients_document::model::{Operation, SchemaId, Signature};
use crm_clients_document::normalize::Kind;

/// The events that a server delivers to webhooks and callbacks, as an enum in a module.
#[derive(Debug, Serialize)]
pub struct Webhooks {
    /// The name of the module: `events`.
    pub module: String,
    /// The events in document order.
    pub events: Vec<Event>,
    /// The property of the payload that identifies the event. Without one, the name is sent outside of the payload.
    pub tag: Option<String>,
    /// The variant for unknown events.
    pub unknown: String,
    /// The signature of deliveries.
    pub signature: Option<Signature>,
}

impl Webhooks {
    /// Returns the types of the payloads.
    pub fn payloads(&self) -> impl Iterator<Item = &Type> {
        self.events.iter().map(|event| &event.ty)
    }
}

/// An event, which is a variant of the enum.
#[derive(Debug, Serialize)]
pub struct Event {
    /// The name of the variant.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// The JSON pointer of its declaration, for diagnostics.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// The type of the payload.
    pub ty: Type,
}

impl<'d> Builder<'d> {
    /// Returns the document's webhooks and callbacks, or `None` if there are no JSON payloads.
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

    /// Returns the operations of webhooks and callbacks. Callbacks without the property that identifies webhook events
    /// are left out, because they would make all events unidentifiable.
    fn delivered(&mut self) -> Vec<(&'d str, &'d Operation)> {
        let document = self.types.document;
        let (mut delivered, mut callbacks) = (document.deliveries(), document.callbacks());
        let schema = |operation: &Operation| {
            let content = document.media(document.body(operation).map_or(&[], |body| &body.content));
            bodies::preferred(&content).and_then(|media| media.schema)
        };
        // Several operations may declare the same callback again.
        let mut known = HashSet::new();
        callbacks.retain(|(name, callback)| schema(callback).is_none_or(|payload| known.insert((*name, payload))));
        let schemas = |all: &[(&'d str, &'d Operation)]| -> Vec<(&'d str, Option<SchemaId>)> {
            all.iter().map(|(name, operation)| (*name, schema(operation))).collect()
        };
        let (of_webhooks, of_all) = (schemas(&delivered), schemas(&[delivered.as_slice(), &callbacks].concat()));
        if self.tag(&of_webhooks).is_some() && self.tag(&of_all).is_none() {
            for (name, callback) in callbacks {
                let message = format!("callback `{name}` has no property that identifies the event, unlike webhooks");
                let help = "callers can deserialize it as JSON";
                self.types.diagnostics.warning("unserved-callback", callback.pointer.clone(), message, help);
            }
        } else {
            delivered.extend(callbacks);
        }
        delivered
    }

    /// Returns the schema of a JSON payload, if it has one.
    fn payload(&mut self, name: &str, webhook: &Operation) -> Option<Option<SchemaId>> {
        let document = self.types.document;
        let content = document.media(document.body(webhook).map_or(&[], |body| &body.content));
        let json = bodies::preferred(&content).filter(|media| media::is_json(&media.name));
        if json.is_none() {
            let message = format!("`{name}` does not deliver JSON; other payloads are not supported");
            let help = "declare a JSON body if there is one";
            self.types.diagnostics.warning("unserved-webhook", webhook.pointer.clone(), message, help);
        }
        json.map(|media| media.schema)
    }

    /// Returns the property that identifies the event in each payload, and its value for each event.
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

    /// Returns the property's single allowed value or, if several events share a schema, the value that is the event's
    /// name.
    fn tag_value(&mut self, property: &str, event: &str, schema: SchemaId) -> Option<String> {
        let (id, _) = *self.types.fields_of(schema)?.properties.get(property)?;
        let Kind::String { values, .. } = self.types.scalar_of(id)? else { return None };
        match values.as_slice() {
            [only] => Some(only.clone()),
            several => several.iter().find(|value| *value == event).cloned(),
        }
    }
}
