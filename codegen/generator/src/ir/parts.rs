//! Multipart bodies: their parts and the encoding of each.

use super::media::essence;
use super::operations::Builder;
use super::streams::unwrapped;
use super::{FURTHER_PARTS, PART_OF_UNNAMED_FILE, Type};
use crate::names::{self, UsedNames};
use crm_clients_document::model::{Encoding, MediaType, SchemaId};
use crm_clients_document::normalize::{Additional, ClientSchema, Kind, Shape};

/// The unnamed parts, by the names of their fields.
type Positions = Vec<(String, SchemaId)>;

impl Builder<'_> {
    /// Returns the type of a multipart body, and its parts if they are identified by position; `None` if the parts are
    /// unknown.
    pub(super) fn multipart(&mut self, media: &MediaType, place: &str) -> Option<(Type, Positions)> {
        let is_form = matches!(essence(&media.name).as_str(), "multipart/form-data" | "multipart/*");
        let named = |ty: Type| Some((ty, Vec::new()));
        let Some(schema) = media.schema.filter(|_| media.item_schema.is_none()) else {
            return self.in_order(media, place).filter(|_| !is_form);
        };
        if self.types.form_fields_of(schema).is_some() {
            return named(self.types.form(schema, media, place));
        }
        let (id, shape) = unwrapped(&mut self.types.schemas, schema);
        match shape {
            Shape::Object(fields) if fields.additional != Additional::Forbidden => {
                let value = match fields.additional {
                    Additional::Of(values) => self.types.part_value(values, place),
                    _ => return named(Type::Object),
                };
                named(Type::Map(Box::new(value)))
            }
            Shape::Array(items) if is_form && self.types.is_file(items) => {
                self.unnamed_file(media);
                named(Type::List(Box::new(Type::Upload)))
            }
            _ if is_form && self.types.is_file(id) => {
                self.unnamed_file(media);
                named(Type::Upload)
            }
            Shape::Array(_) if !is_form => self.in_order(media, place),
            _ => None,
        }
    }

    fn unnamed_file(&mut self, media: &MediaType) {
        let message = format!("the part of `{}` has no name; the file is sent as `{PART_OF_UNNAMED_FILE}`", media.name);
        let help = "declare the body as an object with a property for each part";
        self.types.diagnostics.warning("unnamed-part", media.pointer.clone(), message, help);
    }

    /// Returns parts that are identified by position: those of `prefixItems`, followed by any number of one type.
    fn in_order(&mut self, media: &MediaType, place: &str) -> Option<(Type, Positions)> {
        let document = self.types.document;
        let array = media.schema.map(|schema| document.referred(schema));
        let prefix: Vec<SchemaId> = array.map(|array| document[array].prefix_items.clone()).unwrap_or_default();
        let further = media.item_schema.or_else(|| array.and_then(|array| document[array].items));
        if prefix.is_empty() && further.is_none() {
            return None;
        }
        let mut taken = UsedNames::default();
        let mut positions: Positions = Vec::new();
        let mut fields = Vec::new();
        for (index, schema) in prefix.iter().enumerate() {
            let name = self.types.schemas[*schema].title.clone().or_else(|| self.types.name_of(*schema));
            let name = name.map_or_else(|| format!("part_{}", index + 1), |name| names::value_name(&name));
            let wire = (index + 1).to_string();
            fields.push((taken.claim(&name), wire.clone(), *schema, true));
            positions.push((wire, *schema));
        }
        if let Some(item) = further {
            let list = ClientSchema {
                pointer: self.types.schemas[item].pointer.clone(),
                kind: Kind::Array(item),
                ..ClientSchema::default()
            };
            let list = self.types.schemas.push(list);
            fields.push((taken.claim(FURTHER_PARTS), FURTHER_PARTS.to_owned(), list, prefix.is_empty()));
            positions.push((FURTHER_PARTS.to_owned(), item));
        }
        let whole = ClientSchema { pointer: media.pointer.clone(), ..ClientSchema::default() };
        let whole = self.types.schemas.push(whole);
        Some((self.types.parts(whole, fields, place), positions))
    }

    /// Returns the constant headers of parts. Callers set other headers on files.
    pub(super) fn part_headers(&mut self, media: &MediaType, ty: &Type) -> Vec<(String, String, String)> {
        let document = self.types.document;
        let mut headers = Vec::new();
        for (part, encoding) in part_encodings(media) {
            let is_file = |ty: &Type| *ty == Type::Upload || ty.inner() == Some(&Type::Upload);
            let is_file = self.property(ty, &part).as_ref().is_some_and(is_file);
            let declared = encoding.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            for (name, header) in declared {
                let schema = document[*header].schema;
                let constant = schema.and_then(|schema| {
                    self.types.constant(schema).or_else(|| self.types.constant_integer(schema).map(|(value, _)| value))
                });
                if let Some(value) = constant {
                    headers.push((part.clone(), name.clone(), value));
                } else if !is_file {
                    let message = format!("clients cannot set the header `{name}` of the part `{part}`");
                    let help = "allow only one value, which is then always sent";
                    let pointer = document[*header].pointer.clone();
                    self.types.diagnostics.warning("unserved-part-header", pointer, message, help);
                }
            }
        }
        headers
    }
}

/// Returns the encodings of the parts of a body, by the names of their fields.
pub(super) fn part_encodings(media: &MediaType) -> impl Iterator<Item = (String, &Encoding)> {
    let named = media.encoding.iter().map(|(name, encoding)| (name.clone(), encoding));
    let prefix = media.prefix_encoding.iter().enumerate();
    let prefix = prefix.map(|(index, encoding)| ((index + 1).to_string(), encoding));
    let further = media.item_encoding.as_deref().map(|encoding| (FURTHER_PARTS.to_owned(), encoding));
    named.chain(prefix).chain(further)
}
