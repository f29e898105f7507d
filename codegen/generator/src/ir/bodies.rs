//! Request bodies and the bodies of errors.

use super::media::{essence, is_json, is_json_lines, is_text};
use super::operations::Builder;
use super::parts::part_encodings;
use super::streams::unwrapped;
use super::types::Direction;
use super::{Body, BodyKind, ErrorVariant, PartEncoding, Style, Type, TypeId, TypeKind};
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::tokens;
use crm_clients_document::model::{MediaType, MediaTypeId, Status};
use crm_clients_document::normalize::Shape;

impl Builder<'_> {
    /// Returns the bodies in order of preference: one of each kind, and one for each JSON media type with a different
    /// schema.
    pub(super) fn bodies(&mut self, index: usize, place: &str) -> Vec<Body> {
        let document = self.types.document;
        let Some(body) = document.body(self.source(index)) else { return Vec::new() };
        let (required, pointer) = (body.required, body.pointer.clone());
        let mut media: Vec<(BodyKind, MediaTypeId)> = Vec::new();
        let mut left_out = Vec::new();
        for id in &body.content {
            let one = &document[*id];
            let kind = self.body_kind(one);
            let mut same = media.iter().filter(|(other, ..)| *other == kind).peekable();
            if same.peek().is_none()
                || kind == BodyKind::Json && same.all(|(_, other)| self.differs(one, &document[*other]))
            {
                media.push((kind, *id));
            } else if matches!(kind, BodyKind::Bytes | BodyKind::Text | BodyKind::Multipart) {
                left_out.push(format!("`{}`", one.name));
            }
        }
        if let Some((first, others)) = left_out.split_first() {
            let (others, verb) = match others {
                [] => (String::new(), "has"),
                [other] => (format!(" and {other}"), "have"),
                others => (format!(" and {} others", others.len()), "have"),
            };
            let message = format!("{first}{others} {verb} no method: another media type of this body is encoded alike");
            let help = "callers can set `Content-Type` in the headers of a call";
            self.types.diagnostics.warning("media-type-left-out", pointer, message, help);
        }
        media.sort_by_key(|(kind, ..)| *kind as u8);
        let mut suffixes = UsedNames::default();
        let mut bodies: Vec<Body> = Vec::with_capacity(media.len());
        for (kind, source) in media {
            let name = &document[source].name;
            let whole = names::suffix(&names::value_name(&essence(name))).to_owned();
            let suffix = suffixes.claim_any(&body_suffix(kind, name), [whole]);
            let further = bodies.iter().any(|body| body.kind == kind);
            let place = if further { format!("{place}{}", names::type_name(&suffix)) } else { place.to_owned() };
            bodies.push(self.body(kind, source, suffix, required, &format!("{place}Request")));
        }
        bodies
    }

    fn body(&mut self, kind: BodyKind, source: MediaTypeId, suffix: String, required: bool, place: &str) -> Body {
        let declared = &self.types.document[source];
        let (mut kind, mut positions) = (kind, Vec::new());
        let parts = (kind == BodyKind::Multipart).then(|| self.multipart(declared, place)).flatten();
        if kind == BodyKind::Multipart && parts.is_none() {
            let message = format!("the schema of `{}` does not describe its parts", declared.name);
            let help = "callers pass the whole body as bytes and its boundary in a `Content-Type` header";
            self.types.diagnostics.warning("unserved-multipart", declared.pointer.clone(), message, help);
            kind = BodyKind::Bytes;
        }
        let ty = match (kind, declared.schema, parts) {
            (_, _, Some((ty, in_order))) => {
                positions = in_order;
                ty
            }
            (BodyKind::Text, ..) => self.plain_type(declared, Direction::Request, place).unwrap_or(Type::String),
            (BodyKind::Bytes, ..) => Type::Upload,
            (BodyKind::Lines, ..) => {
                let item = self.item_schema(declared);
                let ty = item.map(|item| self.types.element(item, Direction::Request, &format!("{place}Item")));
                Type::List(Box::new(ty.unwrap_or(Type::Value)))
            }
            (_, Some(schema), _) => self.types.element(schema, Direction::Request, place),
            (_, None, _) => Type::Value,
        };
        self.types.set_signature(&ty);
        self.check_items(declared);
        let xml = (kind == BodyKind::Xml).then(|| self.xml_root(declared)).flatten();
        let encodings = self.encodings(kind, declared, &ty);
        let part_headers = if kind == BodyKind::Multipart { self.part_headers(declared, &ty) } else { Vec::new() };
        let media_type = concrete_type(kind, &declared.name);
        Body { kind, media_type, ty, required, encodings, part_headers, xml, positions, suffix, source }
    }

    /// Returns the type of a plain text that is a number, a boolean, a listed value or of a certain format; `None` if it
    /// is any text.
    pub(super) fn plain_type(&mut self, media: &MediaType, direction: Direction, place: &str) -> Option<Type> {
        let schema = media.schema.filter(|_| essence(&media.name) == "text/plain")?;
        if self.types.is_file(schema) || !matches!(unwrapped(&mut self.types.schemas, schema).1, Shape::Scalar(_)) {
            return None;
        }
        let ty = match direction {
            Direction::Response => self.types.element(schema, direction, place),
            // An optional body can be left out.
            _ => self.types.of(schema, direction, place),
        };
        let is_any = matches!(
            ty.inner().unwrap_or(&ty),
            Type::String | Type::Secret | Type::Base64 | Type::Custom(_) | Type::Value
        );
        (!is_any).then_some(ty)
    }

    /// Returns true if two JSON media types need separate methods.
    fn differs(&self, one: &MediaType, other: &MediaType) -> bool {
        let document = self.types.document;
        let schema = |media: &MediaType| media.schema.map(|id| document.referred(id));
        let is_patch = |media: &MediaType| {
            matches!(essence(&media.name).as_str(), "application/merge-patch+json" | "application/json-patch+json")
        };
        essence(&one.name) != essence(&other.name) && (schema(one) != schema(other) || is_patch(one) || is_patch(other))
    }

    /// Returns the properties of a form that have a non-default encoding.
    pub(super) fn encodings(&mut self, kind: BodyKind, declared: &MediaType, ty: &Type) -> Vec<(String, PartEncoding)> {
        if !matches!(kind, BodyKind::Form | BodyKind::Multipart) {
            return Vec::new();
        }
        let mut encodings = Vec::new();
        for (name, encoding) in part_encodings(declared) {
            let ty = self.property(ty, &name);
            let is_file = ty.as_ref().is_some_and(|ty| ty.inner().unwrap_or(ty).is_upload());
            let layout = encoding.layout().filter(|_| !is_file).map(Style::from);
            let written = match (layout, encoding.only_type()) {
                // The fields of a multipart body already have this layout.
                (Some(Style::Deep), _) if kind == BodyKind::Multipart => continue,
                (Some(style), _) if encoding.allow_reserved => PartEncoding::Reserved(style),
                (Some(style), _) => PartEncoding::Style(style),
                (None, Some(media_type))
                    if !is_file && !is_json(media_type) && ty.is_some_and(|ty| self.is_composite(&ty)) =>
                {
                    let message = format!("clients cannot encode `{name}` as `{media_type}`; it is sent as JSON");
                    let help = "declare the property as a string that callers encode";
                    self.types.diagnostics.warning("unserved-encoding", declared.pointer.clone(), message, help);
                    continue;
                }
                (None, Some(media_type)) if kind == BodyKind::Multipart || is_json(media_type) => {
                    PartEncoding::Typed(media_type.to_owned())
                }
                (None, _) => continue,
            };
            encodings.push((name, written));
        }
        encodings
    }

    /// Returns the type of a struct's property, or of the elements if it is a list.
    pub(super) fn property(&self, ty: &Type, name: &str) -> Option<Type> {
        let Type::Named(TypeId(draft)) = ty else { return None };
        let TypeKind::Struct(kind) = &self.types.drafts[*draft].kind else { return None };
        kind.fields.iter().find(|field| field.wire == name).map(|field| field.ty.clone())
    }

    /// Returns true if values of a type, or the elements of a list, are objects.
    fn is_composite(&self, ty: &Type) -> bool {
        match ty {
            Type::Map(_) | Type::Object => true,
            Type::Named(TypeId(draft)) => matches!(self.types.drafts[*draft].kind, TypeKind::Struct(_)),
            other => other.parts().iter().any(|part| self.is_composite(part)),
        }
    }

    fn body_kind(&mut self, media: &MediaType) -> BodyKind {
        match essence(&media.name).as_str() {
            "*/*" | "application/*" if media.schema.is_none() => BodyKind::Bytes,
            "application/x-www-form-urlencoded" => BodyKind::Form,
            name if name.starts_with("multipart/") => BodyKind::Multipart,
            // Callers pass the content, whatever its type is.
            _ if media.schema.is_some_and(|id| self.types.is_file(id)) => BodyKind::Bytes,
            _ if is_json(&media.name) => BodyKind::Json,
            _ if is_json_lines(&media.name) && media.schema.or(media.item_schema).is_some() => BodyKind::Lines,
            _ if self.xml_root(media).is_some() => BodyKind::Xml,
            _ if is_text(&media.name) => BodyKind::Text,
            _ => BodyKind::Bytes,
        }
    }

    pub(super) fn errors(&mut self, index: usize, place: &str) -> Vec<(super::Status, String, usize)> {
        let document = self.types.document;
        let refused = self.source(index).responses.iter().filter(|(status, _)| !status.is_success());
        let mut failures: Vec<(Status, &MediaType)> = Vec::new();
        for (status, response) in refused {
            let content = document.media(&document[*response].content);
            let Some(first) = preferred(&content) else { continue };
            // Try each other JSON media type that has its own schema as well.
            let others = content.iter().filter(|media| is_json(&first.name) && self.differs(media, first));
            failures.push((*status, first));
            failures.extend(others.filter(|media| is_json(&media.name)).map(|media| (*status, *media)));
        }
        let mut out = Vec::new();
        for (status, media) in failures {
            let component = component_place(&media.pointer, "responses", "Error");
            let at = component.as_deref().unwrap_or(place);
            let xml = if is_json(&media.name) { None } else { self.xml_root(media) };
            let (media_type, schema) = (media.name.clone(), media.schema);
            let text = is_text(&media_type) && xml.is_none();
            let ty = match schema {
                _ if text => Type::String,
                // An error without a body is declared without one, so null is not significant.
                Some(schema) if is_json(&media_type) || xml.is_some() => {
                    let before = self.types.drafts.len();
                    let ty = self.types.of(schema, Direction::Response, &format!("{at}Error"));
                    for draft in self.types.drafts.iter_mut().skip(before).filter(|draft| draft.place.starts_with(at)) {
                        draft.detail = Some((at.len(), super::Status::from(status).reason()));
                    }
                    ty
                }
                _ => continue,
            };
            let new = self.errors.len();
            let variant = *self.error_index.entry((ty.clone(), text, xml)).or_insert(new);
            if variant == new {
                self.errors.push(ErrorVariant { name: String::new(), function: String::new(), ty, text, xml });
            }
            if !out.iter().any(|(other, _, known)| (*other, *known) == (status, variant)) {
                out.push((status, media_type, variant));
            }
        }
        out.sort_by_key(|(status, ..)| *status);
        let statuses: Vec<Status> = out.iter().map(|(status, ..)| *status).collect();
        let is_single = |status: Status| statuses.iter().filter(|other| **other == status).count() == 1;
        let told = |(status, media_type, variant): (Status, String, usize)| {
            let media_type = if is_single(status) { String::new() } else { media_type };
            (status.into(), media_type, variant)
        };
        out.into_iter().map(told).collect()
    }
}

/// Returns the preferred media type of a response: JSON, then text, then any other.
pub(super) fn preferred<'d>(media: &[&'d MediaType]) -> Option<&'d MediaType> {
    let json = media.iter().find(|media| is_json(&media.name));
    json.or_else(|| media.iter().find(|media| is_text(&media.name))).or_else(|| media.first()).copied()
}

/// Returns the name prefix for unnamed schemas of a response component: the component's name without `ending`, which
/// its type's name has anyway.
pub(super) fn component_place(pointer: &str, section: &str, ending: &str) -> Option<String> {
    let mut tokens = tokens(pointer);
    let is_component = tokens.next().is_some_and(|first| first == "components");
    let name = tokens.next().filter(|found| is_component && found == section).and_then(|_| tokens.next())?;
    let name = names::type_name(&name);
    let short = name.strip_suffix(ending).filter(|short| !short.is_empty()).unwrap_or(&name);
    Some(short.to_owned())
}

/// Returns the media type to send, which must not be a range.
fn concrete_type(kind: BodyKind, declared: &str) -> String {
    match kind {
        _ if !declared.contains('*') => declared,
        BodyKind::Json => "application/json",
        BodyKind::Form => "application/x-www-form-urlencoded",
        BodyKind::Multipart => "multipart/form-data",
        BodyKind::Lines => "application/jsonl",
        BodyKind::Xml => "application/xml",
        BodyKind::Text => "text/plain",
        BodyKind::Bytes => "application/octet-stream",
    }
    .to_owned()
}

fn body_suffix(kind: BodyKind, media_type: &str) -> String {
    let kind = match kind {
        BodyKind::Json => {
            let essence = essence(media_type);
            let subtype = essence.split('/').nth(1).unwrap_or_default();
            let name = names::value_name(subtype.trim_end_matches("+json"));
            return if subtype.contains('*') { "json".to_owned() } else { names::suffix(&name).to_owned() };
        }
        BodyKind::Form => "form",
        BodyKind::Multipart => "multipart",
        BodyKind::Lines => "lines",
        BodyKind::Xml => "xml",
        BodyKind::Text => "text",
        BodyKind::Bytes => "bytes",
    };
    kind.to_owned()
}
