//! Turns schemas into types.
//!
//! A schema becomes a type for each direction that it is used in, because requests leave out read-only properties and
//! distinguish null from absent, and responses leave out write-only properties. If both types are equal,
//! [`super::dedupe`] merges them.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::families::Families;
use super::streams::unwrapped;
use super::{Enum, External, Field, JsonKind, Presence, Struct, Type, TypeId, TypeKind, UnixForm, docs, naming};
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::{self, Diagnostics, child};
use crm_clients_document::extensions::{UNIX_TIME, is_unix_time};
use crm_clients_document::model::{Document, SchemaId};
use crm_clients_document::normalize::{self, Additional, ClientSchema, Kind, Normalizer};
use crm_clients_document::normalize::{Fields, Shape, nullable};
use crm_clients_document::recursion::deeper;

/// The direction that a type is used in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Sent.
    Request,
    /// Received.
    Response,
    /// Sent as `multipart/form-data`.
    Form,
}

/// A type before equal types are merged and named.
#[derive(Debug)]
pub struct UnnamedType {
    /// The name derived from its location.
    pub place: String,
    /// A word that disambiguates the name, and its position in `place`: the status for error bodies.
    pub detail: Option<(usize, String)>,
    /// The name of its component, which it must keep.
    pub component: Option<String>,
    /// The name from an overlay.
    pub given: Option<String>,
    /// True if it is the body of a request or response, or an item of one.
    pub is_signature: bool,
    /// The JSON pointer of its schema.
    pub pointer: String,
    /// The direction that it is used in.
    pub direction: Direction,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// True if it is deprecated.
    pub deprecated: bool,
    /// The definition; types in it are referred to by their draft.
    pub kind: TypeKind,
}

/// Converts schemas to types.
pub struct Types<'d> {
    pub document: &'d Document,
    pub schemas: Normalizer<'d>,
    pub drafts: Vec<UnnamedType>,
    pub diagnostics: &'d mut Diagnostics,
    pub(super) made: HashMap<(SchemaId, Direction), Type>,
    reserved: HashMap<(SchemaId, Direction), TypeId>,
    making: HashSet<(SchemaId, Direction)>,
    /// The choices created for one property of several objects, by their alternatives.
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

    /// Returns the type of a schema; `place` is the name derived from its location.
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

    /// Creates the alias for a component that is only a reference to another one.
    pub fn alias(&mut self, id: SchemaId, name: &str) {
        let target = self.schemas.referred(id);
        let is_sent_only = [Direction::Response, Direction::Request].map(|one| self.made.contains_key(&(target, one)));
        let direction = if is_sent_only == [false, true] { Direction::Request } else { Direction::Response };
        let ty = self.of(target, direction, name);
        let alias = self.reserve(id, direction, name);
        self.drafts[alias.0].kind = TypeKind::Alias(ty);
    }

    /// Marks a type as the body of a request or response.
    pub fn set_signature(&mut self, ty: &Type) {
        naming::named_in(ty, &mut |draft| self.drafts[draft.0].is_signature = true);
    }

    /// Returns the type of an array's item or a map's value.
    pub fn element(&mut self, id: SchemaId, direction: Direction, place: &str) -> Type {
        let ty = self.of(id, direction, place);
        if nullable(&self.schemas, id) && ty != Type::Value { Type::Option(Box::new(ty)) } else { ty }
    }

    /// Returns the schema's explicit name: from an overlay, its component, or an extension.
    pub(super) fn name_of(&self, id: SchemaId) -> Option<String> {
        let schema = &self.schemas[id];
        given_type_name(schema.rust_name.as_deref())
            .or_else(|| schema.component.as_deref().map(|component| self.component_name(component)))
            .or_else(|| schema.enum_name.as_deref().map(names::type_name))
    }

    /// Returns the name of a component's type: the name that the client keeps, or that of the component.
    pub(super) fn component_name(&self, component: &str) -> String {
        let held = self.document.held.types.get(component).cloned();
        held.unwrap_or_else(|| names::type_name(component))
    }

    fn make(&mut self, id: SchemaId, direction: Direction, place: &str) -> Type {
        let shape = normalize::shape(&mut self.schemas, id);
        let ty = match self.external(id, &shape) {
            Some(external) => Type::Custom(external),
            None => self.of_shape(id, shape, direction, place),
        };
        let own = matches!(&ty, Type::Named(draft) if self.drafts[draft.0].pointer == self.schemas[id].pointer);
        if !own && self.schemas[id].component.is_some() {
            // A component that needs no type still keeps its name.
            let alias = self.reserve(id, direction, place);
            self.drafts[alias.0].kind = TypeKind::Alias(ty.clone());
        }
        ty
    }

    fn of_shape(&mut self, id: SchemaId, shape: Shape, direction: Direction, place: &str) -> Type {
        match shape {
            Shape::Same(other) => self.of(other, direction, place),
            Shape::Any => Type::Value,
            Shape::Scalar(kind) => self.scalar(id, &kind, direction, place),
            Shape::Array(items) => match self.tuple(id, direction, place) {
                Some(tuple) => tuple,
                None => Type::List(Box::new(self.element(items, direction, &format!("{place}Item")))),
            },
            Shape::Object(fields) => match self.hierarchy(id, direction, place) {
                Some(union) => union,
                None if fields.properties.is_empty() => self.map(fields.additional, direction, place),
                None => self.object(id, &fields, direction, place),
            },
            Shape::Choice(choice) => {
                let uploads = if direction == Direction::Form { self.uploads(id) } else { None };
                uploads.unwrap_or_else(|| self.choice(id, &choice, direction, place))
            }
        }
    }

    /// Returns the user-defined type that replaces that of a component.
    fn external(&self, id: SchemaId, shape: &Shape) -> Option<External> {
        let component = self.schemas[id].component.as_ref()?;
        let path = self.document.rust_types.replaced.get(component)?.clone();
        let json = match shape {
            Shape::Scalar(Kind::Boolean) => JsonKind::Boolean,
            Shape::Scalar(Kind::Integer { .. }) => JsonKind::Integer,
            Shape::Scalar(Kind::Number) => JsonKind::Number,
            Shape::Scalar(Kind::String { .. }) => JsonKind::String,
            Shape::Array(_) => JsonKind::Array,
            Shape::Object(_) => JsonKind::Object,
            _ => JsonKind::Any,
        };
        Some(External { path, json })
    }

    /// Returns true if a user-defined type replaces that of the schema.
    fn is_replaced(&self, id: SchemaId) -> bool {
        let component = self.schemas[self.schemas.referred(id)].component.as_ref();
        component.is_some_and(|component| self.document.rust_types.replaced.contains_key(component))
    }

    /// Creates a draft that can be referred to before its definition is known.
    pub fn reserve(&mut self, id: SchemaId, direction: Direction, place: &str) -> TypeId {
        if let Some(draft) = self.reserved.get(&(id, direction)) {
            return *draft;
        }
        let schema = &self.schemas[id];
        self.drafts.push(UnnamedType {
            place: place.to_owned(),
            detail: None,
            component: schema.component.as_deref().map(|component| self.component_name(component)),
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

    /// Returns the type of an array of fixed length.
    fn tuple(&mut self, id: SchemaId, direction: Direction, place: &str) -> Option<Type> {
        /// The largest number of items for which tuples implement traits.
        const MAX_ITEMS: usize = 12;
        let items = self.schemas[id].tuple.clone();
        if items.is_empty() || items.len() > MAX_ITEMS {
            return None;
        }
        let item =
            |(index, item): (usize, SchemaId)| self.element(item, direction, &format!("{place}Item{}", index + 1));
        let items: Vec<Type> = items.into_iter().enumerate().map(item).collect();
        // Values whose encoding differs from their type are converted in fields and lists only.
        items.iter().all(|item| self.decoded(item).is_none()).then_some(Type::Tuple(items))
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
            Kind::Number => self.number(id),
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

    /// Returns the type of a scalar without its enum values.
    pub(super) fn plain_scalar(&mut self, id: SchemaId, kind: &Kind) -> Type {
        match kind {
            Kind::Boolean => Type::Boolean,
            Kind::Number => self.number(id),
            kind => self.plain_scalar_in(id, kind, Direction::Response),
        }
    }

    /// Returns the type of a number that may have a fraction.
    fn number(&self, id: SchemaId) -> Type {
        let limits = &self.schemas[id].limits;
        if limits.values.is_empty() && self.is_time(&limits.format) {
            Type::UnixTime(UnixForm::Float)
        } else {
            Type::F64
        }
    }

    /// Returns true if values of this format are times in seconds that the client reads as times.
    fn is_time(&self, format: &str) -> bool {
        is_unix_time(format) && !self.document.text_formats.contains(UNIX_TIME)
    }

    /// Returns the type of a field or an argument with values of this type: times are [`Type::Timestamp`], whatever their
    /// encoding is, and values of user-defined types are not wrapped. `None` if it is the same type.
    pub(super) fn decoded(&self, ty: &Type) -> Option<Type> {
        let within = |inner: &Type| self.decoded(inner).map(Box::new);
        Some(match ty {
            Type::UnixTime(_) => Type::Timestamp,
            Type::Custom(external) => Type::External(external.clone()),
            Type::List(inner) => Type::List(within(inner)?),
            Type::Map(inner) => Type::Map(within(inner)?),
            Type::Option(inner) => Type::Option(within(inner)?),
            Type::Named(TypeId(draft)) => match &self.drafts[*draft].kind {
                TypeKind::Alias(inner) => self.decoded(inner)?,
                _ => return None,
            },
            _ => return None,
        })
    }

    fn plain_scalar_in(&mut self, id: SchemaId, kind: &Kind, direction: Direction) -> Type {
        match kind {
            Kind::Integer { format, .. } if self.is_time(format) => Type::UnixTime(UnixForm::Integer),
            Kind::String { format, .. } if self.is_time(format) => Type::UnixTime(UnixForm::Text),
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
                        "JSON has no binary strings; this becomes a plain string",
                        "declare the body as `multipart/form-data`, or the format as `byte`",
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
            let declaring = self.declaring_component(*schema);
            let owner = declaring.as_deref().unwrap_or(place);
            if let Some(mut field) = self.field(wire, *schema, *required, direction, owner) {
                if self.schemas[*schema].component.is_some() {
                    // The pointer of the component does not identify the property.
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

    /// Returns the type name of the component that declares a property, which others may inherit by `allOf`.
    fn declaring_component(&self, property: SchemaId) -> Option<String> {
        let tokens: Vec<String> = diagnostic::tokens(&self.schemas[property].pointer).collect();
        let [_, section, component, parts @ .., properties, _] = tokens.as_slice() else { return None };
        let is_direct = parts.chunks(2).all(|part| part[0] == "allOf");
        let declares = section == "schemas" && properties == "properties" && is_direct;
        let component = self.document.components.schemas.get(component)?;
        self.name_of(*component).filter(|_| declares && !normalize::is_combined(&self.schemas, property))
    }

    pub(super) fn field(
        &mut self,
        wire: &str,
        id: SchemaId,
        required: bool,
        direction: Direction,
        owner: &str,
    ) -> Option<Field> {
        let schema = &self.schemas[id];
        let hidden = match direction {
            Direction::Request | Direction::Form => schema.read_only,
            Direction::Response => schema.write_only,
        };
        // A property with the schema `false` must be absent.
        if hidden || self.schemas.allows_nothing(id) {
            return None;
        }
        let name = given_value_name(schema.rust_name.as_deref()).unwrap_or_else(|| names::value_name(wire));
        let (deprecated, may_be_null) = (schema.deprecated, nullable(&self.schemas, id));
        let constant = self.constant(id).map(|text| (text, Type::String)).or_else(|| self.constant_integer(id));
        let constant = constant.or_else(|| self.constant_of_other_type(id));
        let constant = constant.or_else(|| {
            let text = self.constant_json(id).filter(|_| required && !may_be_null)?;
            Some((text, Type::Value))
        });
        let replaced = self.is_replaced(id);
        let constant = constant.filter(|(_, ty)| !replaced && (!may_be_null || *ty == Type::Value));
        let ty = match &constant {
            Some((_, ty)) => ty.clone(),
            None => match self.lenient(id).filter(|_| !replaced) {
                // Times are read from strings of digits in any case.
                Some(time @ Type::UnixTime(_)) => time,
                Some(number) => Type::Lenient(Box::new(number)),
                None => self.of(id, direction, &format!("{owner}{}", names::type_name(wire))),
            },
        };
        let presence = match (required, may_be_null && ty != Type::Value, direction) {
            (true, false, _) => Presence::Required,
            (true, true, _) => Presence::Nullable,
            (false, _, Direction::Response) if !replaced && self.empty_by_default(id) => Presence::OrEmpty,
            (false, true, Direction::Request) => Presence::Patch,
            (false, _, _) => Presence::Optional,
        };
        let ty = match (ty, presence) {
            // A number in a request is never sent as a string.
            (Type::Lenient(number), Presence::Patch) => *number,
            (ty, _) => ty,
        };
        let (ty, encoding) = self.with_encoding(ty);
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
            encoding,
            presence,
            constant,
            values,
            is_tag: false,
            deep: false,
        })
    }

    /// Returns true if the default is an empty list, or an empty object without required properties.
    fn empty_by_default(&mut self, id: SchemaId) -> bool {
        match &self.schemas[id].default {
            Some(Value::Array(items)) => items.is_empty() && self.may_be_empty(id, true),
            Some(Value::Object(properties)) => properties.is_empty() && self.may_be_empty(id, false),
            _ => false,
        }
    }

    /// Returns true if an empty list or object is valid.
    fn may_be_empty(&mut self, id: SchemaId, list: bool) -> bool {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Array(_) => list && self.schemas[id].tuple.is_empty(),
            Shape::Object(fields) => !list && fields.properties.values().all(|(_, required)| !required),
            Shape::Same(other) => self.may_be_empty(other, list),
            _ => false,
        }
    }

    /// Returns the single allowed value of a string property.
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

    /// Returns the type of a field or an argument, and that of its encoding if it is another one.
    pub(super) fn with_encoding(&self, ty: Type) -> (Type, Option<Type>) {
        match self.decoded(&ty) {
            Some(decoded) => (decoded, Some(ty)),
            None => (ty, None),
        }
    }

    /// Returns the single allowed value of a property that is null, a boolean or a non-integer number.
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

    /// Returns the single allowed value of an array or an object, as JSON.
    pub fn constant_json(&mut self, id: SchemaId) -> Option<String> {
        let (id, shape) = unwrapped(&mut self.schemas, id);
        let constant = self.schemas[id].constant.as_ref().filter(|_| !self.schemas[id].nullable)?;
        let has_type = match shape {
            Shape::Any => true,
            Shape::Array(_) => constant.is_array(),
            Shape::Object(_) => constant.is_object(),
            Shape::Scalar(_) | Shape::Choice(_) | Shape::Same(_) => false,
        };
        has_type.then(|| constant.to_string())
    }

    /// Returns the single allowed value of a scalar.
    pub fn constant_scalar(&mut self, id: SchemaId) -> Option<String> {
        let constant = self.constant(id).or_else(|| self.constant_integer(id).map(|(value, _)| value));
        constant.or_else(|| self.constant_of_other_type(id).map(|(value, _)| value).filter(|value| value != "null"))
    }

    /// Returns the allowed values of a number or boolean, or of the items of a list of them.
    fn values_of_scalar(&mut self, mut id: SchemaId) -> Vec<String> {
        // Lists can contain themselves.
        let mut seen = HashSet::new();
        while seen.insert(id) {
            match unwrapped(&mut self.schemas, id) {
                (_, Shape::Array(items)) => id = items,
                (scalar, Shape::Scalar(Kind::Number | Kind::Boolean)) => {
                    return self.schemas[scalar].limits.values.iter().map(ToString::to_string).collect();
                }
                _ => break,
            }
        }
        Vec::new()
    }

    /// Returns the number type of a schema that allows a number or a numeric string.
    pub fn lenient(&mut self, id: SchemaId) -> Option<Type> {
        let Shape::Choice(choice) = normalize::shape(&mut self.schemas, id) else {
            return None;
        };
        let [first, second] = choice.variants.as_slice() else {
            return None;
        };
        let digits = |id: SchemaId| {
            matches!(&self.schemas[id].kind, Kind::String { format, .. } if self.is_time(format))
                || matches!(&self.schemas[id].kind, Kind::String { pattern: Some(pattern), .. } if matches!(pattern.as_str(), "^[0-9]+$" | "^\\d+$" | "^-?[0-9]+$"))
        };
        let number = |id: SchemaId| match &self.schemas[id].kind {
            Kind::Integer { format, .. } if self.is_time(format) => Some(Type::UnixTime(UnixForm::Integer)),
            Kind::Integer { values, .. } if values.is_empty() => Some(Type::I64),
            Kind::Number => Some(self.number(id)),
            _ => None,
        };
        if digits(*second) { number(*first) } else { number(*second).filter(|_| digits(*first)) }
    }

    /// Returns the properties of an object, if it has any.
    pub(super) fn fields_of(&mut self, id: SchemaId) -> Option<Fields> {
        match normalize::shape(&mut self.schemas, id) {
            Shape::Object(fields) if !fields.properties.is_empty() => Some(fields),
            Shape::Same(other) => self.fields_of(other),
            _ => None,
        }
    }
}

/// Reports a type that would be an alias of itself.
pub fn recursive_alias(diagnostics: &mut Diagnostics, pointer: String) {
    let message = "this array, map or choice contains only itself; its inner values become plain JSON";
    diagnostics.warning("recursive-alias", pointer, message, "give it a type with properties");
}

/// Returns the name in an overlay if it is a type name, that is, in PascalCase.
pub fn given_type_name(name: Option<&str>) -> Option<String> {
    name.filter(|name| name.starts_with(char::is_uppercase)).map(str::to_owned)
}

/// Returns the name in an overlay if it is the name of a field or an argument.
pub fn given_value_name(name: Option<&str>) -> Option<String> {
    name.filter(|name| !name.starts_with(char::is_uppercase)).map(str::to_owned)
}

/// Gives fields different names.
pub(super) fn settle_fields(fields: &mut [Field]) {
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
