//! Schemas to types.
//!
//! A schema becomes a type once for each direction that it is used in, because a request leaves
//! out what is read-only and tells null from absent, and a response leaves out what is write-only.
//! Where both come out alike, [`super::dedupe`] makes them one again.

use std::collections::{HashMap, HashSet};

use super::families::Families;
use super::{Enum, Field, Presence, Struct, Type, TypeId, TypeKind, docs, naming};
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::{Diagnostics, child};
use crm_clients_document::model::{Document, SchemaId};
use crm_clients_document::normalize::{self, Additional, ClientSchema, Kind, Normalizer};
use crm_clients_document::normalize::{Fields, Shape, nullable};
use crm_clients_document::recursion::deeper;

/// How many fields a form may have before its objects are no longer taken apart.
const MAX_FORM_FIELDS: usize = 500;

/// What a type is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// It is sent.
    Request,
    /// It is received.
    Response,
    /// It is sent as `multipart/form-data`.
    Form,
}

/// A type before equal ones are joined and names are named_types.
#[derive(Debug)]
pub struct UnnamedType {
    /// Its name by where it stands.
    pub place: String,
    /// A word, and where in `place` it goes if another type has that name: of an error body, the status.
    pub detail: Option<(usize, String)>,
    /// The name that it must get: its component's.
    pub component: Option<String>,
    /// The name that a person gave it.
    pub given: Option<String>,
    /// Whether it is the body of a request or response, or the items of one.
    pub is_signature: bool,
    /// Where its schema stands.
    pub pointer: String,
    /// What it is for.
    pub direction: Direction,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Its make; types in it are named by their draft.
    pub kind: TypeKind,
}

/// Makes types of schemas.
pub struct Types<'d> {
    pub document: &'d Document,
    pub schemas: Normalizer<'d>,
    pub drafts: Vec<UnnamedType>,
    pub diagnostics: &'d mut Diagnostics,
    made: HashMap<(SchemaId, Direction), Type>,
    reserved: HashMap<(SchemaId, Direction), TypeId>,
    making: HashSet<(SchemaId, Direction)>,
    /// The choices that stand for one property of several objects, by their alternatives.
    pub(super) any_of: HashMap<Vec<SchemaId>, SchemaId>,
    pub(super) families: Families,
}

impl<'d> Types<'d> {
    pub fn new(document: &'d Document, diagnostics: &'d mut Diagnostics) -> Self {
        let mut schemas = Normalizer::new(document);
        diagnostics.extend(std::mem::take(&mut schemas.findings));
        Self {
            document,
            schemas,
            drafts: Vec::new(),
            diagnostics,
            made: HashMap::new(),
            reserved: HashMap::new(),
            making: HashSet::new(),
            any_of: HashMap::new(),
            families: Families::of(document),
        }
    }

    /// The type of a schema that stands at `place`, a name made of where that is.
    pub fn of(&mut self, id: SchemaId, direction: Direction, place: &str) -> Type {
        let id = self.schemas.referred(id);
        if let Some(made) = self.made.get(&(id, direction)) {
            return made.clone();
        }
        if !self.making.insert((id, direction)) {
            let pointer = self.schemas[id].pointer.clone();
            recursive_alias(self.diagnostics, pointer);
            return Type::Value;
        }
        let place = self.name_of(id).unwrap_or_else(|| place.to_owned());
        let ty = deeper(|| self.make(id, direction, &place));
        self.making.remove(&(id, direction));
        self.made.insert((id, direction), ty.clone());
        ty
    }

    /// Notes that a type is the body of a request or response.
    pub fn set_signature(&mut self, ty: &Type) {
        naming::named_in(ty, &mut |draft| self.drafts[draft.0].is_signature = true);
    }

    /// The type of an array's item or a map's value.
    pub fn element(&mut self, id: SchemaId, direction: Direction, place: &str) -> Type {
        let ty = self.of(id, direction, place);
        if nullable(&self.schemas, id) && ty != Type::Value { Type::Option(Box::new(ty)) } else { ty }
    }

    /// The name that the schema has whatever its place: a person's or its component's.
    pub(super) fn name_of(&self, id: SchemaId) -> Option<String> {
        let schema = &self.schemas[id];
        given_type_name(schema.rust_name.as_deref()).or_else(|| schema.component.as_deref().map(names::type_name))
    }

    fn make(&mut self, id: SchemaId, direction: Direction, place: &str) -> Type {
        let ty = match normalize::shape(&mut self.schemas, id) {
            Shape::Same(other) => self.of(other, direction, place),
            Shape::Any => Type::Value,
            Shape::Scalar(kind) => self.scalar(id, &kind, direction, place),
            Shape::Array(items) => Type::List(Box::new(self.element(items, direction, &format!("{place}Item")))),
            Shape::Object(fields) => match self.hierarchy(id, direction, place) {
                Some(union) => union,
                None if fields.properties.is_empty() => self.map(fields.additional, direction, place),
                None => self.object(id, &fields, direction, place),
            },
            Shape::Choice(choice) => self.choice(id, &choice, direction, place),
        };
        let own = matches!(&ty, Type::Named(draft) if self.drafts[draft.0].pointer == self.schemas[id].pointer);
        if !own && self.schemas[id].component.is_some() {
            // A component that needs no type of its own keeps its name all the same.
            let alias = self.reserve(id, direction, place);
            self.drafts[alias.0].kind = TypeKind::Alias(ty.clone());
        }
        ty
    }

    /// A new draft, which can be referred to before its make is known.
    pub fn reserve(&mut self, id: SchemaId, direction: Direction, place: &str) -> TypeId {
        if let Some(draft) = self.reserved.get(&(id, direction)) {
            return *draft;
        }
        let schema = &self.schemas[id];
        self.drafts.push(UnnamedType {
            place: place.to_owned(),
            detail: None,
            component: schema.component.clone(),
            given: given_type_name(schema.rust_name.as_deref()),
            is_signature: false,
            pointer: schema.pointer.clone(),
            direction,
            docs: docs::type_docs(schema),
            deprecated: schema.deprecated,
            kind: TypeKind::Alias(Type::Value),
        });
        let draft = TypeId(self.drafts.len() - 1);
        self.reserved.insert((id, direction), draft);
        self.made.insert((id, direction), Type::Named(draft));
        draft
    }

    fn map(&mut self, additional: Additional, direction: Direction, place: &str) -> Type {
        match additional {
            Additional::Of(values) => Type::Map(Box::new(self.element(values, direction, &format!("{place}Value")))),
            _ => Type::Object,
        }
    }

    pub(super) fn scalar(&mut self, id: SchemaId, kind: &Kind, direction: Direction, place: &str) -> Type {
        match kind {
            Kind::Boolean => Type::Boolean,
            Kind::Number => Type::F64,
            Kind::Integer { values, .. } if !values.is_empty() => {
                let draft = self.reserve(id, direction, place);
                let kind = enumeration(values.iter().map(|value| (value.to_string(), *value)), &self.schemas[id]);
                self.drafts[draft.0].kind = TypeKind::Integers(kind);
                Type::Named(draft)
            }
            Kind::String { values, .. } if !values.is_empty() => {
                let draft = self.reserve(id, direction, place);
                let kind = enumeration(values.iter().map(|value| (value.clone(), value.clone())), &self.schemas[id]);
                self.drafts[draft.0].kind = TypeKind::Strings(kind);
                Type::Named(draft)
            }
            Kind::Integer { .. } | Kind::String { .. } => self.plain_scalar_in(id, kind, direction),
            _ => Type::Value,
        }
    }

    /// The type of a scalar's values, whichever they are.
    pub(super) fn plain_scalar(&mut self, id: SchemaId, kind: &Kind) -> Type {
        match kind {
            Kind::Boolean => Type::Boolean,
            Kind::Number => Type::F64,
            kind => self.plain_scalar_in(id, kind, Direction::Response),
        }
    }

    fn plain_scalar_in(&mut self, id: SchemaId, kind: &Kind, direction: Direction) -> Type {
        match kind {
            Kind::Integer { format, .. } => match format.as_str() {
                "int32" => Type::I32,
                "uint64" => Type::U64,
                _ if self.schemas[id].limits.exceeds_i64() => Type::U64,
                _ => Type::I64,
            },
            Kind::String { format, .. } if self.document.text_formats.contains(format.as_str()) => Type::String,
            Kind::String { format, .. } => match format.as_str() {
                "date-time" => Type::Timestamp,
                "date" => Type::Date,
                "uuid" => Type::Uuid,
                "ipv4" => Type::Ipv4,
                "ipv6" => Type::Ipv6,
                "byte" => Type::Base64,
                "password" => Type::Secret,
                "binary" if direction == Direction::Form => Type::Upload,
                "binary" => {
                    self.diagnostics.warning(
                        "binary-in-json",
                        &self.schemas[id].pointer,
                        "JSON has no binary strings: this becomes a plain string",
                        "declare the body as multipart/form-data, or the format as `byte`",
                    );
                    Type::String
                }
                _ => Type::String,
            },
            _ => Type::Value,
        }
    }

    pub(super) fn object(&mut self, id: SchemaId, fields: &Fields, direction: Direction, place: &str) -> Type {
        let draft = self.reserve(id, direction, place);
        let mut listed = Vec::new();
        for (wire, (schema, required)) in &fields.properties {
            if let Some(mut field) = self.field(wire, *schema, *required, direction, place) {
                if self.schemas[*schema].component.is_some() {
                    // What the property refers to says nothing of the property.
                    field.pointer = child(&child(&self.schemas[id].pointer, "properties"), wire);
                }
                listed.push(field);
            }
        }
        settle_fields(&mut listed);
        let mut kind = Struct::default();
        kind.set_fields(listed);
        match fields.additional {
            Additional::Unsaid => {}
            Additional::Forbidden => kind.closed = true,
            Additional::Any => kind.add_rest(Type::Value),
            Additional::Of(values) => {
                kind.add_rest(self.element(values, direction, &format!("{place}Value")));
            }
        }
        self.drafts[draft.0].kind = TypeKind::Struct(kind);
        Type::Named(draft)
    }

    fn field(&mut self, wire: &str, id: SchemaId, required: bool, direction: Direction, owner: &str) -> Option<Field> {
        let schema = &self.schemas[id];
        let hidden = match direction {
            Direction::Request | Direction::Form => schema.read_only,
            Direction::Response => schema.write_only,
        };
        if hidden {
            return None;
        }
        let name = given_value_name(schema.rust_name.as_deref()).unwrap_or_else(|| names::value_name(wire));
        let (deprecated, may_be_null) = (schema.deprecated, nullable(&self.schemas, id));
        let constant = self.constant(id).map(|text| (text, Type::String)).or_else(|| self.constant_integer(id));
        let constant = constant.or_else(|| self.constant_of_other_type(id));
        let constant = constant.filter(|(_, ty)| !may_be_null || *ty == Type::Value);
        let ty = match &constant {
            Some((_, ty)) => ty.clone(),
            None => match self.lenient(id) {
                Some(number) => Type::Lenient(Box::new(number)),
                None => self.of(id, direction, &format!("{owner}{}", names::type_name(wire))),
            },
        };
        let presence = match (required, may_be_null && ty != Type::Value, direction) {
            (true, false, _) => Presence::Required,
            (true, true, _) => Presence::Nullable,
            (false, _, Direction::Response) if self.empty_by_default(id) => Presence::OrEmpty,
            (false, true, Direction::Request) => Presence::Patch,
            (false, _, _) => Presence::Optional,
        };
        let ty = match (ty, presence) {
            // What is only sent is never a string.
            (Type::Lenient(number), Presence::Patch) => *number,
            (ty, _) => ty,
        };
        let constant = constant.map(|(value, _)| value);
        let values = if constant.is_none() { self.values_of_scalar(id) } else { Vec::new() };
        let docs = docs::value(&self.schemas, None, id, constant.as_deref());
        let pointer = self.schemas[id].pointer.clone();
        Some(Field {
            name,
            wire: wire.to_owned(),
            pointer,
            docs,
            deprecated,
            ty,
            presence,
            constant,
            values,
            is_tag: false,
            deep: false,
        })
    }

    /// Whether its default is an empty list, or an object without properties where none is required.
    fn empty_by_default(&mut self, id: SchemaId) -> bool {
        match &self.schemas[id].default {
            Some(serde_json::Value::Array(items)) => items.is_empty() && self.may_be_empty(id, true),
            Some(serde_json::Value::Object(properties)) => properties.is_empty() && self.may_be_empty(id, false),
            _ => false,
        }
    }

    /// Whether an empty list, or an empty object, is a value of the schema.
    fn may_be_empty(&mut self, id: SchemaId, list: bool) -> bool {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Array(_) => list,
            Shape::Object(fields) => !list && fields.properties.values().all(|(_, required)| !required),
            Shape::Same(other) => self.may_be_empty(other, list),
            _ => false,
        }
    }

    /// The only value that a string property allows.
    pub fn constant(&mut self, id: SchemaId) -> Option<String> {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Scalar(Kind::String { values, .. }) => match values.as_slice() {
                [only] => Some(only.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn constant_integer(&mut self, id: SchemaId) -> Option<(String, Type)> {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Scalar(Kind::Integer { values, .. }) => match values.as_slice() {
                [only] if i64::try_from(*only).is_err() => Some((only.to_string(), Type::U64)),
                [only] => Some((only.to_string(), Type::I64)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Null, or the only boolean or number that is no integer, that a property allows.
    fn constant_of_other_type(&mut self, id: SchemaId) -> Option<(String, Type)> {
        let id = self.schemas.referred(id);
        let ty = match normalize::shape(&mut self.schemas, id) {
            Shape::Same(other) => return self.constant_of_other_type(other),
            Shape::Scalar(Kind::Boolean) => Type::Boolean,
            Shape::Scalar(Kind::Number) => Type::F64,
            Shape::Any if self.schemas.is_null(id) => return Some(("null".to_owned(), Type::Value)),
            _ => return None,
        };
        match self.schemas[id].limits.values.as_slice() {
            [only] => Some((only.to_string(), ty)),
            _ => None,
        }
    }

    /// The values that are listed for numbers and booleans, or for the items of a list of them.
    fn values_of_scalar(&mut self, id: SchemaId) -> Vec<String> {
        let id = self.schemas.referred(id);
        match normalize::shape(&mut self.schemas, id) {
            Shape::Same(other) | Shape::Array(other) if other != id => self.values_of_scalar(other),
            Shape::Scalar(Kind::Number | Kind::Boolean) => {
                self.schemas[id].limits.values.iter().map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The number behind "a number, or a string of digits".
    pub fn lenient(&mut self, id: SchemaId) -> Option<Type> {
        let Shape::Choice(choice) = normalize::shape(&mut self.schemas, id) else {
            return None;
        };
        let [first, second] = choice.variants.as_slice() else {
            return None;
        };
        let digits = |id: SchemaId| matches!(&self.schemas[id].kind, Kind::String { pattern: Some(pattern), .. } if matches!(pattern.as_str(), "^[0-9]+$" | "^\\d+$" | "^-?[0-9]+$"));
        let number = |id: SchemaId| match &self.schemas[id].kind {
            Kind::Integer { values, .. } if values.is_empty() => Some(Type::I64),
            Kind::Number => Some(Type::F64),
            _ => None,
        };
        if digits(*second) { number(*first) } else { number(*second).filter(|_| digits(*first)) }
    }

    /// The type of a `multipart/form-data` body: one flat struct, as forms are flat. Objects whose
    /// encoding is `deepObject`, and those that hold a file, become fields named `name[key]`.
    pub fn form(&mut self, id: SchemaId, deep: &[&str], place: &str) -> Type {
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
        for (wire, (schema, required)) in &fields.properties {
            self.form_fields(wire, *schema, *required, deep.contains(&wire.as_str()), &place, 0, &mut listed);
        }
        settle_fields(&mut listed);
        let mut kind = Struct { multipart: true, ..Struct::default() };
        kind.set_fields(listed);
        kind.rest = match fields.additional {
            Additional::Unsaid | Additional::Forbidden => None,
            Additional::Any => Some(Type::Value),
            Additional::Of(values) if self.is_file(values) => Some(Type::Upload),
            Additional::Of(values) => Some(self.element(values, Direction::Request, &format!("{place}Value"))),
        }
        .map(|ty| {
            let mut taken: UsedNames = kind.fields.iter().map(|field| field.name.as_str()).collect();
            (taken.claim("additional_properties"), ty)
        });
        self.drafts[draft.0].kind = TypeKind::Struct(kind);
        Type::Named(draft)
    }

    /// The type of a multipart body whose parts are in order: the name, the key, the schema of each, and whether it is required.
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

    /// The fields of a form. Those of a choice of forms are all of theirs; required is what each of them requires.
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

    #[expect(clippy::too_many_arguments, reason = "a recursive step that carries its place with it")]
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
        // Small documents can describe very large forms; what is beyond is sent as JSON.
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
                let direction = if self.is_file_or_files(id) { Direction::Form } else { Direction::Request };
                if let Some(mut field) = self.field(wire, id, required, direction, place) {
                    // A form has no null.
                    field.presence = if required { Presence::Required } else { Presence::Optional };
                    // Scalars are written alike in either way; files are parts of their own.
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

    pub(super) fn fields_of(&mut self, id: SchemaId) -> Option<Fields> {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Object(fields) if !fields.properties.is_empty() => Some(fields),
            Shape::Same(other) => self.fields_of(other),
            _ => None,
        }
    }

    /// Whether it is a part, or several, of a form; a file deeper in JSON is none.
    fn is_file_or_files(&mut self, id: SchemaId) -> bool {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Array(items) => self.is_file(items),
            _ => self.is_file(id),
        }
    }

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
            Shape::Object(fields) => fields.properties.values().any(|(schema, _)| self.holds_file(*schema, seen)),
            Shape::Same(other) => self.holds_file(other, seen),
            _ => false,
        }
    }
}

/// Tells of a type that would be another name for itself.
pub fn recursive_alias(diagnostics: &mut Diagnostics, pointer: String) {
    let message = "this array, map or choice contains only itself, so that its inner values become plain JSON";
    diagnostics.warning("recursive-alias", pointer, message, "give it a type with properties");
}

/// The fields of either of two forms.
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

/// A person's name for a schema names its type when it is written as a type is, in PascalCase.
pub fn given_type_name(name: Option<&str>) -> Option<String> {
    name.filter(|name| name.starts_with(char::is_uppercase)).map(str::to_owned)
}

/// Otherwise it names the field or the argument.
pub fn given_value_name(name: Option<&str>) -> Option<String> {
    name.filter(|name| !name.starts_with(char::is_uppercase)).map(str::to_owned)
}

fn settle_fields(fields: &mut [Field]) {
    let mut order: Vec<usize> = (0..fields.len()).collect();
    order.sort_by_key(|index| names::Case::of(&fields[*index].wire));
    let mut taken = UsedNames::default();
    for index in order {
        let field = &mut fields[index];
        field.name = taken.claim_any(&field.name, [names::value_name(&names::spelled_out(&field.wire))]);
    }
}

fn enumeration<T>(values: impl Iterator<Item = (String, T)>, schema: &ClientSchema) -> Enum<T> {
    let mut listed = HashSet::new();
    let values: Vec<(String, T)> = values.filter(|(wire, _)| listed.insert(wire.clone())).collect();
    let word = |wire: &str| schema.value_names.get(wire).cloned().unwrap_or_else(|| wire.to_owned());
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|index| {
        let (wire, _) = &values[*index];
        (!schema.variants.contains_key(wire), names::Case::of(&word(wire)))
    });
    let mut taken = UsedNames::default();
    let mut named = vec![String::new(); values.len()];
    for index in order {
        let (wire, _) = &values[index];
        let name = schema.variants.get(wire).cloned().unwrap_or_else(|| names::variant_name(&word(wire)));
        named[index] = taken.claim_any(&name, [names::variant_name(&names::spelled_out(&word(wire)))]);
    }
    let docs = |(wire, _): &(String, T)| docs::prose(schema.value_docs.get(wire).map(String::as_str));
    let docs = values.iter().map(docs).collect();
    let variants = named.into_iter().zip(values).map(|(name, (_, value))| (name, value)).collect();
    Enum { variants, docs, unknown: taken.claim_unknown() }
}
