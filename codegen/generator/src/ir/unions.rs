//! Turns `oneOf` and `anyOf` into enums whose variants are named by their content.

mod merge;
mod names;
mod tags;

pub(crate) use tags::is_alike;

use std::collections::HashSet;

use super::types::{Direction, Types};
use super::{
    Field, JsonKind, Presence, Tag, TagPresence, TagValue, Type, TypeDef, TypeId, TypeKind, Union, UnionVariant,
    UnixForm,
};
use crate::names::UsedNames;
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{self, Choice, ClientSchema, Fields, Kind, Shape};

/// Maximum nesting depth of choices in the search for a tag.
const MAX_NESTED: usize = 8;

/// Marks the structs that unions recognize by the names of their properties, because no tag is certain to identify them.
pub(super) fn mark_recognized(types: &mut [TypeDef]) {
    let mut recognized: Vec<TypeId> = Vec::new();
    for def in types.iter() {
        if let TypeKind::Union(union) = &def.kind
            && union.tag.as_ref().is_none_or(|tag| tag.presence != TagPresence::Required)
        {
            recognized.extend(union.variants.iter().filter_map(|variant| struct_of(types, &variant.ty)));
        }
    }
    for id in recognized {
        if let TypeKind::Struct(kind) = &mut types[id.0].kind {
            kind.recognized = true;
        }
    }
}

/// Returns the struct that values of this type are decoded as, if they are decoded as one.
fn struct_of(types: &[TypeDef], ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Option(inner) | Type::Boxed(inner) => struct_of(types, inner),
        Type::Named(id) => match &types[id.0].kind {
            TypeKind::Alias(of) => struct_of(types, of),
            TypeKind::Struct(_) => Some(*id),
            _ => None,
        },
        _ => None,
    }
}

/// A variant before its type is created.
#[derive(Clone)]
pub(super) struct Alternative {
    pub(super) id: SchemaId,
    pub(super) shape: Shape,
    pub(super) tags: Vec<TagValue>,
    pub(super) conditions: Vec<(String, Vec<TagValue>)>,
    /// Whether the discriminator names it for all other values.
    pub(super) is_default: bool,
}

impl Alternative {
    pub(super) fn new(id: SchemaId, shape: Shape) -> Self {
        Self { id, shape, tags: Vec::new(), conditions: Vec::new(), is_default: false }
    }
}

impl Types<'_> {
    /// Returns the type of a choice: the common type of its variants if there is one, or else a union.
    pub(super) fn choice(&mut self, id: SchemaId, choice: &Choice, direction: Direction, place: &str) -> Type {
        // Requests send a number; responses must keep the type that was received.
        if let Some(number) = self.lenient(id).filter(|_| direction != Direction::Response) {
            return number;
        }
        let mut found: Vec<Alternative> = Vec::new();
        let overlaps = self.flatten(choice, &mut found, &mut HashSet::from([id]));
        if found.is_empty() {
            return Type::Value;
        }
        let given = found.len();
        self.sort_numbers(&mut found);
        self.join_enums(id, &mut found);
        match found.as_slice() {
            [only] if given > 1 => return self.element(only.id, direction, place),
            _ => {}
        }
        if let Some(ty) = self.common(id, &found, direction, place) {
            return ty;
        }
        let declared = choice.discriminator.as_ref().and_then(|one| self.declared_tag(one, &mut found));
        let has_default = choice.discriminator.as_ref().is_some_and(|one| one.default.is_some());
        if has_default && declared.is_none() {
            self.report_unserved_default(id);
        }
        let tag = declared.or_else(|| self.implied_tag(&mut found));
        if tag.is_none() {
            self.add_conditions(&mut found);
            let before = found.len();
            if overlaps {
                self.merge_overlapping(id, &mut found);
            }
            match found.as_slice() {
                [Alternative { shape: Shape::Object(fields), .. }] if before > 1 => {
                    return self.object(id, fields, direction, place);
                }
                [Alternative { shape: Shape::Array(items), .. }] if before > 1 => {
                    return Type::List(Box::new(self.element(*items, direction, &format!("{place}Item"))));
                }
                // In requests, the caller selects the variant.
                _ if direction == Direction::Response => self.report_ambiguity(id, &found),
                _ => {}
            }
        }
        self.union(id, &found, tag, direction, place)
    }

    /// Returns the union of these alternatives.
    fn union(
        &mut self,
        id: SchemaId,
        found: &[Alternative],
        tag: Option<Tag>,
        direction: Direction,
        place: &str,
    ) -> Type {
        let draft = self.reserve(id, direction, place);
        let mut union = Union { variants: Vec::new(), tag, base: None, unknown: String::new() };
        let mut taken = UsedNames::default();
        let types = self.type_names(found);
        for index in 0..found.len() {
            let name = self.free_name(&mut taken, found, &types, index, union.tag.as_ref());
            // Null is outside of the union.
            let ty = self.of(found[index].id, direction, &format!("{place}{name}"));
            self.add_variant(&mut union, &mut taken, &found[index], name, ty);
        }
        union.unknown = taken.claim_unknown();
        let collapsed = match union.variants.as_slice() {
            [] => Some(Type::Value),
            [only] if union.tag.is_none() => Some(only.ty.clone()),
            several => several.iter().any(|variant| variant.ty == Type::Value).then_some(Type::Value),
        };
        match collapsed {
            Some(ty) => {
                self.drafts[draft.0].kind = TypeKind::Alias(ty.clone());
                ty
            }
            None => {
                self.drafts[draft.0].kind = TypeKind::Union(union);
                Type::Named(draft)
            }
        }
    }

    /// Adds a variant, unless there is an equal one.
    pub(super) fn add_variant(
        &self,
        union: &mut Union,
        taken: &mut UsedNames,
        alternative: &Alternative,
        name: String,
        ty: Type,
    ) {
        let Alternative { tags, conditions, is_default, .. } = alternative.clone();
        let is_same = |other: &UnionVariant| match union.tag {
            Some(_) => other.tags == tags,
            None => other.conditions == conditions,
        };
        if union.variants.iter().any(|other| other.ty == ty && is_same(other)) {
            return;
        }
        taken.claim(&name);
        // JSON types are set when all types are known.
        let is_default = is_default && union.tag.is_some();
        union.variants.push(UnionVariant { name, ty, json: JsonKind::Any, tags, conditions, is_default });
    }

    /// Flattens nested choices. A choice with a name remains a variant, unless it refers back to an enclosing choice,
    /// because it could not be deserialized. Returns true if a value may match several alternatives.
    fn flatten(&mut self, choice: &Choice, out: &mut Vec<Alternative>, around: &mut HashSet<SchemaId>) -> bool {
        let mut overlaps = choice.overlaps;
        for id in &choice.variants {
            if around.contains(id) {
                continue;
            }
            match normalize::shape(&mut self.schemas, *id) {
                Shape::Same(other) if around.contains(&other) => {}
                Shape::Choice(inner)
                    if inner.discriminator.is_none() && self.schemas[*id].component.is_none()
                        || self.leads_back(*id, around) =>
                {
                    around.insert(*id);
                    overlaps |= self.flatten(&inner, out, around);
                }
                shape if !out.iter().any(|other| other.id == *id) => out.push(Alternative::new(*id, shape)),
                _ => {}
            }
        }
        overlaps
    }

    /// Returns true if one of `around` is among the variants of a choice, or nested in them.
    fn leads_back(&mut self, id: SchemaId, around: &HashSet<SchemaId>) -> bool {
        let (mut queue, mut seen) = (vec![id], HashSet::new());
        while let Some(id) = queue.pop() {
            if around.contains(&id) {
                return true;
            }
            if seen.insert(id) {
                match normalize::shape(&mut self.schemas, id) {
                    Shape::Choice(choice) => queue.extend(choice.variants),
                    Shape::Same(other) => queue.push(other),
                    _ => {}
                }
            }
        }
        false
    }

    /// Returns the common type of scalars: strings become a string, open enums become one open enum, and numbers become
    /// a number.
    fn common(&mut self, id: SchemaId, found: &[Alternative], direction: Direction, place: &str) -> Option<Type> {
        let mut scalars: Vec<Kind> = Vec::new();
        for alternative in found {
            scalars.push(self.scalar_kind(&alternative.shape)?);
        }
        let formats: HashSet<&str> = scalars.iter().filter_map(Kind::format).collect();
        let format = if formats.len() == 1 { formats.into_iter().next() } else { None }.unwrap_or_default().to_owned();
        let kind = match scalars.first()? {
            Kind::Boolean if scalars.iter().all(|kind| matches!(kind, Kind::Boolean)) => Kind::Boolean,
            Kind::Number | Kind::Integer { .. } => {
                let is_number = |kind: &Kind| matches!(kind, Kind::Number | Kind::Integer { .. });
                if !scalars.iter().all(is_number) {
                    return None;
                }
                let listed = |kind: &Kind| match kind {
                    Kind::Integer { values, .. } => Some(values.clone()),
                    _ => None,
                };
                let Some(values) = scalars.iter().map(listed).collect::<Option<Vec<_>>>() else {
                    return Some(Type::F64);
                };
                Kind::Integer { format, values: values.concat() }
            }
            Kind::String { .. } => {
                let listed = |kind: &Kind| match kind {
                    Kind::String { values, .. } => Some(values.clone()),
                    _ => None,
                };
                let values = scalars.iter().map(listed).collect::<Option<Vec<_>>>()?.concat();
                Kind::String { format, pattern: None, values }
            }
            _ => return None,
        };
        self.take_value_names(id, found);
        Some(self.scalar(id, &kind, direction, place))
    }

    /// Copies the names and descriptions of the values of all alternatives.
    fn take_value_names(&mut self, id: SchemaId, found: &[Alternative]) {
        for alternative in found {
            let (mut from, mut shape) = (alternative.id, alternative.shape.clone());
            while let Shape::Same(other) = shape {
                self.schemas.take_value_names(id, from);
                (from, shape) = (other, normalize::shape(&mut self.schemas, other));
            }
            self.schemas.take_value_names(id, from);
        }
    }

    /// Places integers before other numbers, which accept them as well, and lists of integers before lists of numbers.
    fn sort_numbers(&mut self, found: &mut [Alternative]) {
        let numbers: Vec<Option<(usize, bool)>> = found.iter().map(|one| self.number_of(&one.shape, 0)).collect();
        for depth in [0, 1] {
            let of_depth = |index: &usize| numbers[*index].is_some_and(|(lists, _)| lists == depth);
            let places: Vec<usize> = (0..found.len()).filter(of_depth).collect();
            let mut sorted = places.clone();
            sorted.sort_by_key(|index| numbers[*index] == Some((depth, false)));
            let sorted: Vec<Alternative> = sorted.into_iter().map(|index| found[index].clone()).collect();
            places.into_iter().zip(sorted).for_each(|(index, alternative)| found[index] = alternative);
        }
    }

    /// Returns the number of lists around a number, and true if it is an integer.
    fn number_of(&mut self, shape: &Shape, lists: usize) -> Option<(usize, bool)> {
        match shape {
            Shape::Scalar(Kind::Integer { .. }) => Some((lists, true)),
            Shape::Scalar(Kind::Number) => Some((lists, false)),
            Shape::Array(items) if lists == 0 => {
                let shape = normalize::shape(&mut self.schemas, *items);
                self.number_of(&shape, 1)
            }
            Shape::Same(other) => {
                let shape = normalize::shape(&mut self.schemas, *other);
                self.number_of(&shape, lists)
            }
            _ => None,
        }
    }

    /// Joins alternatives that list strings or integers, and those that allow any of them, into one after the others.
    /// Their type is an open enum, which accepts every value, so that the others would never be selected.
    ///
    /// `{"anyOf": [{"const": "auto"}, {"type": "string"}, {"type": "integer"}]}` is an open enum or an integer.
    fn join_enums(&mut self, id: SchemaId, found: &mut Vec<Alternative>) {
        for of_strings in [true, false] {
            let (mut open, mut listing, mut after) = (Vec::new(), Vec::new(), 0);
            for (index, Alternative { id, shape, .. }) in found.iter().enumerate() {
                match self.scalar_kind(shape) {
                    Some(Kind::String { values, format, .. }) if of_strings => match values.is_empty() {
                        false => listing.push((index, Kind::String { values, format, pattern: None })),
                        true if format.is_empty() && self.schemas.content_schema(*id).is_none() => {}
                        // Types that do not accept every string are tried first.
                        true => {
                            after = index + 1;
                            continue;
                        }
                    },
                    Some(Kind::Integer { values, .. }) if !of_strings && values.is_empty() => {}
                    Some(kind @ Kind::Integer { .. }) if !of_strings => listing.push((index, kind)),
                    _ => continue,
                }
                open.push(index);
            }
            let Some(first) = open.first().copied() else { continue };
            let joined = match (open.as_slice(), listing.as_slice()) {
                ([only], _) => found[*only].clone(),
                (_, []) => continue,
                (_, [(only, _)]) if self.name_of(found[*only].id).is_some() => found[*only].clone(),
                _ => {
                    let alternatives: Vec<Alternative> = open.iter().map(|index| found[*index].clone()).collect();
                    self.joined_enum(id, &alternatives, listing.into_iter().map(|(_, kind)| kind))
                }
            };
            let at = after.max(first);
            let removed = open.iter().filter(|index| **index < at).count();
            let mut index = 0;
            found.retain(|_| {
                index += 1;
                !open.contains(&(index - 1))
            });
            found.insert(at - removed, joined);
        }
    }

    /// Returns an enum of all these values.
    fn joined_enum(
        &mut self,
        id: SchemaId,
        alternatives: &[Alternative],
        kinds: impl Iterator<Item = Kind>,
    ) -> Alternative {
        let joined = kinds.reduce(|all, more| match (all, more) {
            (Kind::String { values, format, pattern }, Kind::String { values: more, .. }) => {
                Kind::String { values: [values, more].concat(), format, pattern }
            }
            (Kind::Integer { values, format }, Kind::Integer { values: more, .. }) => {
                Kind::Integer { values: [values, more].concat(), format }
            }
            (all, _) => all,
        });
        let kind = joined.unwrap_or_default();
        let title = Some(if matches!(kind, Kind::String { .. }) { "String" } else { "Integer" }.to_owned());
        let pointer = self.schemas[id].pointer.clone();
        let new = self.schemas.push(ClientSchema { pointer, kind: kind.clone(), title, ..ClientSchema::default() });
        self.take_value_names(new, alternatives);
        Alternative::new(new, Shape::Scalar(kind))
    }

    /// Returns the scalar that a schema allows, if it allows only one.
    pub(super) fn scalar_of(&mut self, id: SchemaId) -> Option<Kind> {
        let shape = normalize::shape(&mut self.schemas, id);
        self.scalar_kind(&shape)
    }

    fn scalar_kind(&mut self, shape: &Shape) -> Option<Kind> {
        match shape {
            Shape::Scalar(kind) => Some(kind.clone()),
            Shape::Same(other) => {
                let shape = normalize::shape(&mut self.schemas, *other);
                self.scalar_kind(&shape)
            }
            _ => None,
        }
    }

    fn fields(&mut self, shape: &Shape) -> Option<Fields> {
        match shape {
            Shape::Object(fields) => Some(fields.clone()),
            Shape::Same(other) => {
                let shape = normalize::shape(&mut self.schemas, *other);
                self.fields(&shape)
            }
            _ => None,
        }
    }

    /// Sets the JSON type of each union variant, after all types are known.
    pub(super) fn set_json_kinds(&mut self) {
        for index in 0..self.drafts.len() {
            let TypeKind::Union(union) = &self.drafts[index].kind else { continue };
            let kinds: Vec<JsonKind> = union.variants.iter().map(|variant| self.json_kind(&variant.ty, 0)).collect();
            if let TypeKind::Union(union) = &mut self.drafts[index].kind {
                for (variant, json) in union.variants.iter_mut().zip(kinds) {
                    variant.json = json;
                }
            }
        }
    }

    fn json_kind(&self, ty: &Type, depth: usize) -> JsonKind {
        match ty {
            Type::Boolean => JsonKind::Boolean,
            Type::I32 | Type::I64 | Type::U64 => JsonKind::Integer,
            Type::F64 => JsonKind::Number,
            Type::UnixTime(UnixForm::Integer) => JsonKind::Integer,
            Type::UnixTime(UnixForm::Float) => JsonKind::Number,
            Type::UnixTime(UnixForm::Text) => JsonKind::String,
            Type::Timestamp | Type::Date | Type::Uuid | Type::Ipv4 | Type::Ipv6 => JsonKind::String,
            Type::String | Type::Base64 | Type::Secret => JsonKind::String,
            Type::List(_) | Type::Tuple(_) => JsonKind::Array,
            Type::Object | Type::Map(_) => JsonKind::Object,
            Type::Boxed(inner) | Type::Lenient(inner) => self.json_kind(inner, depth + 1),
            Type::Custom(external) | Type::External(external) => external.json,
            Type::Value | Type::Upload | Type::Option(_) => JsonKind::Any,
            Type::Named(TypeId(draft)) => match &self.drafts[*draft].kind {
                TypeKind::Struct(_) => JsonKind::Object,
                TypeKind::Strings(_) => JsonKind::String,
                TypeKind::Integers(_) => JsonKind::Integer,
                TypeKind::Alias(inner) if depth < 16 => self.json_kind(inner, depth + 1),
                TypeKind::Union(_) | TypeKind::Responses(_) | TypeKind::Alias(_) => JsonKind::Any,
            },
        }
    }
}
