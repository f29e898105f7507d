//! Answers that are streams of events.

use std::collections::HashSet;

use serde::Serialize;

use super::Type;
use super::media::is_events;
use super::operations::Builder;
use super::types::Direction;
use crm_clients_document::model::{SchemaId, Status};
use crm_clients_document::normalize::{self, Kind, Normalizer, Shape};

/// What the events of an answer are read as.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventStream {
    /// The type; what is declared as text, or not at all, is text.
    pub ty: Type,
    /// Whether the type describes the event with its name, id and data, not the data alone.
    pub whole: bool,
}

impl Builder<'_> {
    /// The events that an operation answers with, where it can answer so.
    pub(super) fn event_stream(&mut self, index: usize, place: &str) -> Option<EventStream> {
        let document = self.types.document;
        let operation = self.source(index);
        let any_success = operation.responses.iter().any(|(status, _)| status.is_success());
        let successes = operation
            .responses
            .iter()
            .filter(|(status, _)| status.is_success() || (!any_success && *status == Status::Default));
        let media = successes.flat_map(|(_, response)| document.media(&document[*response].content));
        let media = media.into_iter().find(|media| is_events(&media.name))?;
        let text = EventStream { ty: Type::String, whole: false };
        let Some(declared) = media.schema else { return Some(text) };
        let schemas = &mut self.types.schemas;
        let event = match unwrapped(schemas, declared) {
            // The answer is a sequence, and so the array is one of its events.
            (_, Shape::Array(items)) => items,
            _ => declared,
        };
        if matches!(unwrapped(schemas, event).1, Shape::Any | Shape::Scalar(Kind::String { .. })) {
            return Some(text);
        }
        let whole = describes_event(schemas, event, &mut HashSet::new());
        Some(EventStream { ty: self.types.element(event, Direction::Response, &format!("{place}Event")), whole })
    }
}

/// The shape behind schemas that are nothing but another one.
pub(super) fn unwrapped(schemas: &mut Normalizer<'_>, mut id: SchemaId) -> (SchemaId, Shape) {
    let mut seen = HashSet::new();
    loop {
        match normalize::shape(schemas, id) {
            Shape::Same(other) if seen.insert(other) => id = other,
            shape => return (id, shape),
        }
    }
}

/// Whether the schema, and each of its alternatives, is an object of an event's parts and of nothing else.
fn describes_event(schemas: &mut Normalizer<'_>, id: SchemaId, seen: &mut HashSet<SchemaId>) -> bool {
    let (id, shape) = unwrapped(schemas, id);
    match shape {
        Shape::Object(fields) => {
            let mut names = fields.properties.keys();
            let known = names.all(|name| matches!(name.as_str(), "event" | "data" | "id" | "retry"));
            known && fields.properties.contains_key("event") && fields.properties.contains_key("data")
        }
        // An alternative that leads back here says nothing more.
        Shape::Choice(choice) => {
            let mut variants = choice.variants.into_iter();
            seen.insert(id) && variants.len() > 0 && variants.all(|variant| describes_event(schemas, variant, seen))
        }
        _ => false,
    }
}
