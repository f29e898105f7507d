//! What an operation sends and gets: its media types become bodies, outputs and error bodies.

use super::media::{essence, is_json, is_text};
use super::operations::Builder;
use super::types::Direction;
use super::{Body, BodyKind, ErrorVariant, Output, Struct, Type, TypeId, TypeKind};
use crm_clients_document::model::{MediaType, MediaTypeId, ResponseId, SchemaId, Status};
use crm_clients_document::normalize::{ClientSchema, Kind};

/// Media type and schema of a response's body.
type Content = (String, Option<SchemaId>);

impl Builder<'_> {
    /// The kinds of body in the order of preference, each once.
    pub(super) fn bodies(&mut self, index: usize, place: &str) -> Vec<Body> {
        let document = self.types.document;
        let Some(body) = document.body(self.source(index)) else { return Vec::new() };
        let (required, pointer) = (body.required, body.pointer.clone());
        let mut media: Vec<(BodyKind, MediaTypeId)> = Vec::new();
        for id in &body.content {
            let one = &document[*id];
            let kind = body_kind(&one.name);
            if !media.iter().any(|(other, ..)| *other == kind) {
                media.push((kind, *id));
            } else if kind == BodyKind::Bytes || kind == BodyKind::Text {
                self.types.diagnostics.warning(
                    "media-type-left-out",
                    pointer.clone(),
                    format!(
                        "`{}` is sent like another media type of this body and gets no method of its own",
                        one.name
                    ),
                    "remove it in the overlay to say that this is meant",
                );
            }
        }
        media.sort_by_key(|(kind, ..)| *kind as u8);
        let place = format!("{place}Request");
        media
            .into_iter()
            .map(|(kind, source)| {
                let declared = &document[source];
                let ty = match (kind, declared.schema) {
                    (BodyKind::Text, _) => Type::String,
                    (BodyKind::Bytes, _) => Type::Upload,
                    (BodyKind::Multipart, Some(schema)) => self.types.form(schema, &declared.deep_objects(), &place),
                    (_, Some(schema)) => self.types.element(schema, Direction::Request, &place),
                    (_, None) => Type::Value,
                };
                // What is no struct has no names for the parts of a form; it is written as JSON.
                let kind = if kind == BodyKind::Multipart && !self.is_form(&ty) { BodyKind::Json } else { kind };
                let part_types = if kind == BodyKind::Multipart { declared.part_types() } else { Vec::new() };
                Body { kind, media_type: declared.name.clone(), ty, required, part_types, source }
            })
            .collect()
    }

    fn is_form(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named(TypeId(draft)) if matches!(&self.types.drafts[*draft].kind, TypeKind::Struct(Struct { multipart: true, .. })))
    }

    pub(super) fn output(&mut self, index: usize, place: &str) -> (Output, Option<String>) {
        let document = self.types.document;
        let operation = self.source(index);
        let content = |response: ResponseId| document.media(&document[response].content);
        let mut responses: Vec<(Status, Option<Content>)> = Vec::new();
        let any_success = operation.responses.iter().any(|(status, _)| status.is_success());
        for (status, response) in &operation.responses {
            if status.is_success() || (!any_success && *status == Status::Default) {
                let media = preferred(&content(*response)).map(|media| (media.name.clone(), media.schema));
                responses.push((*status, media));
            }
        }
        let some_empty = responses.iter().any(|(_, media)| media.is_none());
        let with_body: Vec<Content> = responses.into_iter().filter_map(|(_, media)| media).collect();
        let Some((media_type, _)) = with_body.first().cloned() else {
            // Nothing comes with success; what comes with a refusal is asked for all the same.
            let refusal = operation.responses.iter().find_map(|(_, response)| preferred(&content(*response)));
            return (Output::Empty, refusal.map(|media| media.name.clone()));
        };
        let accept = Some(media_type.clone());
        if !is_json(&media_type) {
            return (if is_text(&media_type) { Output::Text } else { Output::Bytes }, accept);
        }
        let mut types: Vec<Type> = Vec::new();
        for (_, schema) in &with_body {
            let ty = match schema {
                Some(schema) => self.types.element(*schema, Direction::Response, &format!("{place}Response")),
                None => Type::Value,
            };
            if !types.contains(&ty) {
                types.push(ty);
            }
        }
        let ty = if types.len() == 1 { types.remove(0) } else { self.either(&with_body, place) };
        (if some_empty { Output::MaybeJson(ty) } else { Output::Json(ty) }, accept)
    }

    /// Several statuses with bodies of their own: a choice of them.
    fn either(&mut self, bodies: &[Content], place: &str) -> Type {
        let variants: Vec<SchemaId> = bodies.iter().filter_map(|(_, schema)| *schema).collect();
        let pointer = variants.first().map(|id| self.types.schemas[*id].pointer.clone()).unwrap_or_default();
        let choice = ClientSchema {
            pointer: format!("{pointer}/oneOf"),
            kind: Kind::OneOf(variants, None),
            description: Some("What success gives: its statuses have bodies of their own.".to_owned()),
            ..ClientSchema::default()
        };
        let id = self.types.schemas.push(choice);
        self.types.of(id, Direction::Response, &format!("{place}Response"))
    }

    pub(super) fn errors(&mut self, index: usize, place: &str) -> Vec<(super::Status, usize)> {
        let document = self.types.document;
        let failures: Vec<(Status, String, Option<SchemaId>)> = self
            .source(index)
            .responses
            .iter()
            .filter(|(status, _)| !status.is_success())
            .filter_map(|(status, response)| {
                let content = document.media(&document[*response].content);
                preferred(&content).map(|media| (*status, media.name.clone(), media.schema))
            })
            .collect();
        let mut out = Vec::new();
        for (status, media_type, schema) in failures {
            let text = is_text(&media_type);
            let ty = match schema {
                _ if text => Type::String,
                // An error without a body is one that declares none, so that null is not told apart.
                Some(schema) if is_json(&media_type) => {
                    self.types.of(schema, Direction::Response, &format!("{place}Error"))
                }
                _ => continue,
            };
            let new = self.errors.len();
            let variant = *self.error_index.entry((ty.clone(), text)).or_insert(new);
            if variant == new {
                self.errors.push(ErrorVariant { name: String::new(), function: String::new(), ty, text });
            }
            out.push((status, variant));
        }
        out.sort_by_key(|(status, _)| *status);
        out.into_iter().map(|(status, variant)| (status.into(), variant)).collect()
    }
}

/// The media type of a response that tells most: JSON, then text, then whatever there is.
pub(super) fn preferred<'d>(media: &[&'d MediaType]) -> Option<&'d MediaType> {
    let json = media.iter().find(|media| is_json(&media.name));
    json.or_else(|| media.iter().find(|media| is_text(&media.name))).or_else(|| media.first()).copied()
}

fn body_kind(media_type: &str) -> BodyKind {
    match essence(media_type).as_str() {
        _ if is_json(media_type) => BodyKind::Json,
        "application/x-www-form-urlencoded" => BodyKind::Form,
        "multipart/form-data" => BodyKind::Multipart,
        _ if is_text(media_type) => BodyKind::Text,
        _ => BodyKind::Bytes,
    }
}

pub(super) fn body_suffix(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json => "json",
        BodyKind::Form => "form",
        BodyKind::Multipart => "multipart",
        BodyKind::Text => "text",
        BodyKind::Bytes => "bytes",
    }
}
