//! Multipart forms: the structs of their parts, and the parts that are files.

use std::collections::HashSet;

use super::media::{is_json, is_text, is_xml};
use super::streams::unwrapped;
use super::types::{Direction, Types, settle_fields};
use super::{Field, Presence, Struct, Type, TypeKind};
use crate::names::UsedNames;
use crm_clients_document::model::{MediaType, SchemaId};
use crm_clients_document::normalize::{self, Additional, ClientSchema, Fields, Kind, Shape};

/// The maximum number of fields of a form before its objects are no longer flattened.
const MAX_FORM_FIELDS: usize = 500;

impl Types<'_> {
    /// Returns the type of a `multipart/form-data` body: a flat struct, because forms are flat. Objects with the
    /// encoding `deepObject` and objects that contain a file become fields named `name[key]`.
    pub fn form(&mut self, id: SchemaId, media: &MediaType, place: &str) -> Type {
        let id = self.schemas.referred(id);
        if let Some(made) = self.made.get(&(id, Direction::Form)) {
            return made.clone();
        }
        let Some(fields) = self.form_fields_of(id) else {
            return self.of(id, Direction::Request, place);
        };
        let place = self.name_of(id).unwrap_or_else(|| place.to_owned());
        let draft = self.reserve(id, Direction::Form, &place);
        let mut listed = Vec::new();
        let deep = media.deep_objects();
        for (wire, (schema, required)) in &fields.properties {
            let schema = if has_encoding_of_text(media, wire) { *schema } else { self.with_untyped_file(*schema) };
            self.form_fields(wire, schema, *required, deep.contains(&wire.as_str()), &place, 0, &mut listed);
        }
        settle_fields(&mut listed);
        let mut kind = Struct { multipart: true, ..Struct::default() };
        kind.set_fields(listed);
        kind.rest = match fields.additional {
            Additional::Unsaid | Additional::Forbidden => None,
            Additional::Any => Some(Type::Value),
            Additional::Of(values) => Some(self.part_value(values, &place)),
        }
        .map(|ty| {
            let mut taken: UsedNames = kind.fields.iter().map(|field| field.name.as_str()).collect();
            (taken.claim("additional_properties"), ty)
        });
        self.drafts[draft.0].kind = TypeKind::Struct(kind);
        Type::Named(draft)
    }

    /// Returns the type of a multipart body with positional parts, each with its name, key, schema, and true if it is
    /// required.
    pub(super) fn parts(&mut self, id: SchemaId, parts: Vec<(String, String, SchemaId, bool)>, place: &str) -> Type {
        let draft = self.reserve(id, Direction::Form, place);
        let mut kind = Struct { multipart: true, ..Struct::default() };
        for (name, wire, schema, required) in parts {
            let direction = if self.is_file_or_files(schema) { Direction::Form } else { Direction::Request };
            if let Some(field) = self.field(&name, schema, required, direction, place) {
                let presence = if required { Presence::Required } else { Presence::Optional };
                kind.fields.push(Field { name, wire, presence, ..field });
            }
        }
        self.drafts[draft.0].kind = TypeKind::Struct(kind);
        Type::Named(draft)
    }

    /// Returns the fields of a form. A choice of forms has the fields of all alternatives; those that every alternative
    /// requires are required.
    pub(super) fn form_fields_of(&mut self, id: SchemaId) -> Option<Fields> {
        self.form_fields_within(id, &mut HashSet::new())
    }

    fn form_fields_within(&mut self, id: SchemaId, seen: &mut HashSet<SchemaId>) -> Option<Fields> {
        if !seen.insert(id) {
            return None;
        }
        match normalize::shape(&mut self.schemas, id) {
            Shape::Object(fields) if !fields.properties.is_empty() => Some(fields),
            Shape::Same(other) => self.form_fields_within(other, seen),
            Shape::Choice(choice) => {
                let mut all: Option<Fields> = None;
                for variant in choice.variants {
                    let fields = self.form_fields_within(variant, seen)?;
                    all = Some(match all {
                        Some(all) => either_form(all, fields),
                        None => fields,
                    });
                }
                all
            }
            _ => None,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a recursive function that passes its position on")]
    fn form_fields(
        &mut self,
        wire: &str,
        id: SchemaId,
        required: bool,
        deep: bool,
        place: &str,
        depth: usize,
        out: &mut Vec<Field>,
    ) {
        // Small documents can describe very large forms; deeper objects are sent as JSON.
        let nested = self.fields_of(id).filter(|_| depth < 8 && out.len() < MAX_FORM_FIELDS);
        match nested {
            Some(fields) if deep || self.holds_file(id, &mut HashSet::new()) => {
                for (name, (schema, inner)) in &fields.properties {
                    self.form_fields(
                        &format!("{wire}[{name}]"),
                        *schema,
                        required && *inner,
                        true,
                        place,
                        depth + 1,
                        out,
                    );
                }
            }
            _ => {
                let is_file = self.is_file_or_files(id) || self.is_map_of_files(id);
                let direction = if is_file { Direction::Form } else { Direction::Request };
                if let Some(mut field) = self.field(wire, id, required, direction, place) {
                    // Forms cannot contain null.
                    field.presence = if required { Presence::Required } else { Presence::Optional };
                    // Scalars have the same encoding either way, and files are separate parts.
                    let nests = matches!(
                        field.ty,
                        Type::Object | Type::Map(_) | Type::List(_) | Type::Value | Type::Named(_) | Type::Boxed(_)
                    );
                    field.deep = deep && nests && direction == Direction::Request;
                    out.push(field);
                }
            }
        }
    }

    /// Returns true if it is a file or a list of files, which are parts of a form.
    fn is_file_or_files(&mut self, id: SchemaId) -> bool {
        self.files(id).is_some()
    }

    /// Returns true if it is an object of any properties that are files, or lists of files.
    fn is_map_of_files(&mut self, id: SchemaId) -> bool {
        match unwrapped(&mut self.schemas, id).1 {
            Shape::Object(Fields { properties, additional: Additional::Of(values) }) => {
                properties.is_empty() && self.is_file_or_files(values)
            }
            _ => false,
        }
    }

    /// Returns the type of the additional properties of a form.
    pub(super) fn part_value(&mut self, values: SchemaId, place: &str) -> Type {
        let uploads = self.uploads(values);
        uploads.unwrap_or_else(|| self.element(values, Direction::Request, &format!("{place}Value")))
    }

    /// Returns the schema of a part that is not encoded as text: without a type it is a file, and so are the elements of a
    /// list (the default of an `encoding` is `application/octet-stream` then).
    fn with_untyped_file(&mut self, id: SchemaId) -> SchemaId {
        match unwrapped(&mut self.schemas, id) {
            (any, Shape::Any) => self.as_file(any),
            (list, Shape::Array(items)) => match unwrapped(&mut self.schemas, items) {
                (any, Shape::Any) => {
                    let file = self.as_file(any);
                    self.copy_as(list, Kind::Array(file))
                }
                _ => id,
            },
            _ => id,
        }
    }

    fn as_file(&mut self, id: SchemaId) -> SchemaId {
        self.copy_as(id, Kind::String { values: Vec::new(), format: "binary".to_owned(), pattern: None })
    }

    /// Returns a schema like this one, but of another kind, which is not that of its component.
    fn copy_as(&mut self, id: SchemaId, kind: Kind) -> SchemaId {
        let copy = ClientSchema { kind, component: None, ..self.schemas[id].clone() };
        self.schemas.push(copy)
    }

    /// Returns the type of a file or several files.
    pub(super) fn uploads(&mut self, id: SchemaId) -> Option<Type> {
        Some(match self.files(id)? {
            Files::One => Type::Upload,
            Files::Several => Type::List(Box::new(Type::Upload)),
        })
    }

    /// Returns how many files a value has. A choice of files and text is a file, because an upload can be text as well.
    fn files(&mut self, id: SchemaId) -> Option<Files> {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Choice(choice) => {
                let mut most = None;
                for variant in choice.variants {
                    match self.files_of_variant(variant) {
                        Some(files) => most = most.max(Some(files)),
                        None if self.is_string(variant) => {}
                        None => return None,
                    }
                }
                most
            }
            _ => self.files_of_variant(id),
        }
    }

    /// Like [`files`](Self::files), for a value that is not a choice itself.
    fn files_of_variant(&mut self, id: SchemaId) -> Option<Files> {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Array(items) => self.is_file(items).then_some(Files::Several),
            _ => self.is_file(id).then_some(Files::One),
        }
    }

    fn is_string(&mut self, id: SchemaId) -> bool {
        matches!(normalize::shape(&mut self.schemas, id), Shape::Scalar(Kind::String { .. }))
    }

    /// Returns true if a value is the content of a file.
    pub(super) fn is_file(&mut self, id: SchemaId) -> bool {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Scalar(Kind::String { format, values, .. }) => format == "binary" && values.is_empty(),
            Shape::Same(other) => self.is_file(other),
            _ => false,
        }
    }

    fn holds_file(&mut self, id: SchemaId, seen: &mut HashSet<SchemaId>) -> bool {
        if !seen.insert(id) {
            return false;
        }
        match normalize::shape(&mut self.schemas, id) {
            Shape::Scalar(Kind::String { format, .. }) => format == "binary",
            Shape::Array(items) => self.holds_file(items, seen),
            Shape::Object(_) if self.is_map_of_files(id) => true,
            Shape::Object(fields) => fields.properties.values().any(|(schema, _)| self.holds_file(*schema, seen)),
            Shape::Same(other) => self.holds_file(other, seen),
            _ => false,
        }
    }
}

/// Returns true if a part is declared as text, JSON or XML, or is written like a query parameter.
fn has_encoding_of_text(media: &MediaType, part: &str) -> bool {
    let Some(encoding) = media.encoding.get(part) else { return false };
    let is_written = |one: &str| is_json(one) || is_text(one) || is_xml(one);
    let types = encoding.content_type.as_deref();
    encoding.layout().is_some() || types.is_some_and(|types| types.split(',').any(|one| is_written(one.trim())))
}

/// The number of files in a part of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Files {
    One,
    Several,
}

/// Returns the fields of both forms.
fn either_form(mut one: Fields, other: Fields) -> Fields {
    for (name, (_, required)) in &mut one.properties {
        *required &= other.properties.get(name).is_some_and(|(_, required)| *required);
    }
    for (name, (schema, _)) in other.properties {
        one.properties.entry(name).or_insert((schema, false));
    }
    if one.additional == Additional::Unsaid {
        one.additional = other.additional;
    }
    one
}
