//! Streamed responses: events, JSON values, or parts.

use std::collections::HashSet;

use serde::Serialize;

use super::media::{is_events, is_json, is_json_lines, is_multipart};
use super::operations::Builder;
use super::types::Direction;
use super::{Output, Type};
use crm_clients_document::model::{MediaType, SchemaId, Status};
use crm_clients_document::normalize::{self, Choice, Fields, Kind, Normalizer, Object, Property, Shape};

/// The fields of an event.
const EVENT_FIELDS: [&str; 4] = ["event", "data", "id", "retry"];

/// The event stream of a response.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventStream {
    /// The type of an event; a string if it is undeclared or declared as a string.
    pub ty: Type,
    /// True if the type describes the whole event with its name, ID and data, not only its data.
    pub whole: bool,
}

/// A response that is a sequence of items, which are read one by one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemStream {
    /// The separator of the items.
    pub framing: Framing,
    /// The type of an item.
    pub item: Output,
}

/// The separator of the items of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Framing {
    /// Line breaks, or the record separators of JSON text sequences.
    Lines,
    /// The boundary of a multipart body.
    Parts,
}

impl Framing {
    /// Returns the name of the call's method that reads the items.
    pub fn method(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Parts => "parts",
        }
    }
}

impl Builder<'_> {
    /// Returns the media types of successful responses.
    fn successes(&self, index: usize) -> impl Iterator<Item = &MediaType> + use<'_> {
        let document = self.types.document;
        let operation = self.source(index);
        let any_success = operation.responses.iter().any(|(status, _)| status.is_success());
        let is_success = move |status: &Status| status.is_success() || (!any_success && *status == Status::Default);
        let responses = operation.responses.iter().filter(move |(status, _)| is_success(status));
        responses.flat_map(|(_, response)| document.media(&document[*response].content))
    }

    /// Returns the event stream that an operation can return.
    pub(super) fn event_stream(&mut self, index: usize, place: &str) -> Option<EventStream> {
        let media = self.successes(index).find(|media| is_events(&media.name))?.clone();
        let text = EventStream { ty: Type::String, whole: false };
        let Some(declared) = media.item_schema.or(media.schema) else { return Some(text) };
        let place = format!("{place}Event");
        let event = match unwrapped(&mut self.types.schemas, declared) {
            // The response is a sequence, so the array's items are its events.
            (_, Shape::Array(items)) if media.item_schema.is_none() => items,
            (_, Shape::Object(fields)) if media.item_schema.is_some() && is_event(&fields) => {
                return Some(self.event_data(&fields, &place));
            }
            _ => declared,
        };
        if matches!(unwrapped(&mut self.types.schemas, event).1, Shape::Any | Shape::Scalar(Kind::String { .. })) {
            return Some(text);
        }
        let whole = describes_event(&mut self.types.schemas, event, &mut HashSet::new());
        let event = if whole { self.with_parsed_data(event, &mut HashSet::new()) } else { event };
        Some(EventStream { ty: self.types.element(event, Direction::Response, &place), whole })
    }

    /// Returns the type of an event's data, if all events are described by one object.
    fn event_data(&mut self, fields: &Fields, place: &str) -> EventStream {
        let content = fields.properties.get("data").and_then(|(data, _)| self.types.schemas.content_schema(*data));
        let ty = match content {
            Some(content) => self.types.element(content, Direction::Response, &format!("{place}Data")),
            None => Type::String,
        };
        EventStream { ty, whole: false }
    }

    /// Returns the schema of an event, with the type of the JSON in `data` instead of a string.
    fn with_parsed_data(&mut self, id: SchemaId, seen: &mut HashSet<SchemaId>) -> SchemaId {
        let (resolved, shape) = unwrapped(&mut self.types.schemas, id);
        let kind = match shape {
            Shape::Object(fields) => {
                let Some(data) =
                    fields.properties.get("data").and_then(|(data, _)| self.types.schemas.content_schema(*data))
                else {
                    return id;
                };
                let property = |(name, (schema, required)): (String, (SchemaId, bool))| {
                    let schema = if name == "data" { data } else { schema };
                    Property { name, schema, required }
                };
                Kind::Object(Object {
                    properties: fields.properties.into_iter().map(property).collect(),
                    required: Vec::new(),
                    additional: fields.additional,
                })
            }
            Shape::Choice(choice) if seen.insert(resolved) => {
                let variants = choice.variants.clone();
                let parsed: Vec<_> = variants.iter().map(|variant| self.with_parsed_data(*variant, seen)).collect();
                if parsed == variants {
                    return id;
                }
                Kind::Choice(Choice { variants: parsed, ..choice })
            }
            _ => return id,
        };
        let schema = normalize::ClientSchema { kind, ..self.types.schemas[resolved].clone() };
        self.types.schemas.push(schema)
    }

    /// Returns the items that an operation can return one by one.
    pub(super) fn item_stream(&mut self, index: usize, place: &str) -> Option<ItemStream> {
        let is_sequence = |media: &&MediaType| is_json_lines(&media.name) || is_multipart(&media.name);
        let media = self.successes(index).find(is_sequence)?.clone();
        let framing = if is_multipart(&media.name) { Framing::Parts } else { Framing::Lines };
        let item = self.item_schema(&media);
        let place = format!("{place}Item");
        let item = match (framing, item) {
            (Framing::Lines, None) => Output::Json(Type::Value),
            (Framing::Parts, None) => Output::Bytes,
            (Framing::Parts, Some(item)) if !self.is_json_part(&media, item) => {
                let is_text = matches!(unwrapped(&mut self.types.schemas, item).1, Shape::Scalar(_));
                if is_text && !self.types.is_file(item) { Output::Text } else { Output::Bytes }
            }
            (_, Some(item)) => Output::Json(self.types.element(item, Direction::Response, &place)),
        };
        Some(ItemStream { framing, item })
    }

    /// Returns the schema of each item of a sequence. An object describes the parts of a multipart body as its
    /// properties, which have several types.
    pub(super) fn item_schema(&mut self, media: &MediaType) -> Option<SchemaId> {
        if media.item_schema.is_some() {
            return media.item_schema;
        }
        let declared = media.schema?;
        match unwrapped(&mut self.types.schemas, declared) {
            (_, Shape::Array(items)) => Some(items),
            (_, Shape::Any) => None,
            (_, Shape::Object(_)) if is_multipart(&media.name) => {
                let message = format!("the parts of `{}` are returned as bytes, one by one, in order", media.name);
                let help = "declare `itemSchema` if all parts have the same type";
                self.types.diagnostics.warning("unserved-multipart", media.pointer.clone(), message, help);
                None
            }
            _ => Some(declared),
        }
    }

    /// Returns true if each part of a multipart body is JSON, either by its encoding or because it is an object or a
    /// list.
    fn is_json_part(&mut self, media: &MediaType, item: SchemaId) -> bool {
        let declared = media.item_encoding.as_ref().and_then(|encoding| encoding.only_type());
        match declared {
            Some(declared) => is_json(declared),
            None => {
                !matches!(unwrapped(&mut self.types.schemas, item).1, Shape::Scalar(Kind::String { .. }) | Shape::Any)
            }
        }
    }

    /// Reports `itemSchema` for a media type that is not a sequence.
    pub(super) fn check_items(&mut self, media: &MediaType) {
        let is_sequence = [is_json_lines, is_multipart, is_events].iter().any(|is| is(&media.name));
        if media.item_schema.is_some() && !is_sequence {
            let message = format!("`{}` is not a sequence of items, so `itemSchema` has no effect", media.name);
            let help = "declare the whole body in `schema`";
            self.types.diagnostics.warning("unserved-items", media.pointer.clone(), message, help);
        }
    }
}

/// Returns true if an object has the fields of an event and no others.
fn is_event(fields: &Fields) -> bool {
    fields.properties.contains_key("data") && fields.properties.keys().all(|name| EVENT_FIELDS.contains(&name.as_str()))
}

/// Returns the shape of a schema after resolving schemas that only refer to another one.
pub(super) fn unwrapped(schemas: &mut Normalizer<'_>, mut id: SchemaId) -> (SchemaId, Shape) {
    let mut seen = HashSet::new();
    loop {
        match normalize::shape(schemas, id) {
            Shape::Same(other) if seen.insert(other) => id = other,
            shape => return (id, shape),
        }
    }
}

/// Returns true if the schema, and each of its alternatives, is an object with the fields of an event and no others.
fn describes_event(schemas: &mut Normalizer<'_>, id: SchemaId, seen: &mut HashSet<SchemaId>) -> bool {
    let (id, shape) = unwrapped(schemas, id);
    match shape {
        Shape::Object(fields) => is_event(&fields) && fields.properties.contains_key("event"),
        // An alternative that refers back to this schema adds nothing.
        Shape::Choice(choice) => {
            let mut variants = choice.variants.into_iter();
            seen.insert(id) && variants.len() > 0 && variants.all(|variant| describes_event(schemas, variant, seen))
        }
        _ => false,
    }
}
