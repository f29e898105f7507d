//! `oneOf` and `anyOf` to enums named after what they hold.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::types::{Direction, Types};
use super::{Field, JsonKind, Presence, Type, TypeId, TypeKind, Union, UnionVariant};
use crate::markdown;
use crate::names::{self, UsedNames};
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{self, Discriminator, Fields, Kind, Shape};

/// A variant before its type is made.
struct Choice {
    id: SchemaId,
    shape: Shape,
    tag: Option<String>,
}

impl Types<'_> {
    /// The type of a choice: what its variants have in common where that is all there is to it,
    /// otherwise a union.
    pub(super) fn choice(
        &mut self,
        id: SchemaId,
        variants: &[SchemaId],
        discriminator: Option<&Discriminator>,
        direction: Direction,
        place: &str,
    ) -> Type {
        // What is sent is a number; what is received must keep whichever of the two came.
        if let Some(number) = self.lenient(id).filter(|_| direction != Direction::Response) {
            return number;
        }
        let mut choices: Vec<Choice> = Vec::new();
        self.flatten(variants, &mut choices, &mut HashSet::from([id]));
        if choices.is_empty() {
            return Type::Value;
        }
        if let Some(ty) = self.common(id, &choices, direction, place) {
            return ty;
        }
        let tag = match discriminator {
            Some(discriminator) => self.declared_tag(discriminator, &mut choices),
            None => self.implied_tag(&mut choices),
        };
        let draft = self.reserve(id, direction, place);
        let mut union = Union { variants: Vec::new(), tag, unknown: String::new() };
        let mut taken = UsedNames::default();
        for index in 0..choices.len() {
            let name = taken.free(&self.choice_name(&choices, index));
            let ty = self.element(choices[index].id, direction, &format!("{place}{name}"));
            let tag = choices[index].tag.clone();
            if union.variants.iter().any(|other| other.ty == ty && (union.tag.is_none() || other.tag == tag)) {
                continue;
            }
            taken.claim(&name);
            // The kinds are set when all types are known.
            union.variants.push(UnionVariant { name, ty, json: JsonKind::Any, tag });
        }
        union.unknown = taken.claim("Unknown");
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

    /// A choice within a choice is the same as one choice of all of them. One that has a name stays a
    /// variant, unless it leads back to a choice around it: reading it would never end.
    fn flatten(&mut self, variants: &[SchemaId], out: &mut Vec<Choice>, around: &mut HashSet<SchemaId>) {
        for id in variants {
            if around.contains(id) {
                continue;
            }
            match normalize::shape(&mut self.schemas, *id) {
                Shape::Same(other) if around.contains(&other) => {}
                Shape::Choice(inner, discriminator)
                    if discriminator.is_none() && self.schemas[*id].component.is_none()
                        || self.leads_back(*id, around) =>
                {
                    around.insert(*id);
                    self.flatten(&inner, out, around);
                }
                shape if !out.iter().any(|other| other.id == *id) => out.push(Choice { id: *id, shape, tag: None }),
                _ => {}
            }
        }
    }

    /// Whether a choice has one of these among its variants, or in theirs.
    fn leads_back(&mut self, id: SchemaId, around: &HashSet<SchemaId>) -> bool {
        let (mut queue, mut seen) = (vec![id], HashSet::new());
        while let Some(id) = queue.pop() {
            if around.contains(&id) {
                return true;
            }
            if seen.insert(id) {
                match normalize::shape(&mut self.schemas, id) {
                    Shape::Choice(variants, _) => queue.extend(variants),
                    Shape::Same(other) => queue.push(other),
                    _ => {}
                }
            }
        }
        false
    }

    /// All strings are a string, open enums together one open enum; all numbers are a number.
    fn common(&mut self, id: SchemaId, choices: &[Choice], direction: Direction, place: &str) -> Option<Type> {
        let mut scalars: Vec<Kind> = Vec::new();
        for choice in choices {
            scalars.push(self.scalar_kind(&choice.shape)?);
        }
        if scalars.iter().all(|kind| matches!(kind, Kind::Number | Kind::Integer { .. })) {
            let all_integers = scalars.iter().all(|kind| matches!(kind, Kind::Integer { .. }));
            return Some(if all_integers { Type::I64 } else { Type::F64 });
        }
        let mut values = Vec::new();
        let mut formats = HashSet::new();
        for kind in &scalars {
            let Kind::String { format, values: listed, .. } = kind else {
                return None;
            };
            formats.insert(format.clone());
            values.extend(listed.iter().cloned());
        }
        let format = if formats.len() == 1 { formats.into_iter().next().unwrap_or_default() } else { String::new() };
        let kind = Kind::String { format, pattern: None, values };
        Some(self.scalar(id, &kind, direction, place))
    }

    /// What a schema allows that is a scalar.
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

    /// The document's own discriminator, where each variant has the property: a variant without
    /// it could not be written back.
    fn declared_tag(&mut self, discriminator: &Discriminator, choices: &mut Vec<Choice>) -> Option<String> {
        for (value, id) in &discriminator.mapping {
            let free = choices.iter().position(|choice| choice.id == *id && choice.tag.is_none());
            match free {
                Some(index) => choices[index].tag = Some(value.clone()),
                None => {
                    let shape = normalize::shape(&mut self.schemas, *id);
                    choices.push(Choice { id: *id, shape, tag: Some(value.clone()) });
                }
            }
        }
        let mut tags = HashSet::new();
        for choice in choices.iter_mut() {
            let (property, _) = self.fields(&choice.shape)?.properties.get(&discriminator.property).copied()?;
            if choice.tag.is_none() {
                choice.tag = self.constant(property).or_else(|| self.schemas[choice.id].component.clone());
            }
            if !tags.insert(choice.tag.clone()?) {
                return None;
            }
        }
        Some(discriminator.property.clone())
    }

    /// A property that has one value in each variant, and another one in each.
    fn implied_tag(&mut self, choices: &mut [Choice]) -> Option<String> {
        let mut objects = Vec::new();
        for choice in choices.iter() {
            objects.push(self.fields(&choice.shape)?);
        }
        let candidates: Vec<String> = objects.first()?.properties.keys().cloned().collect();
        for property in candidates {
            let mut tags = Vec::new();
            for fields in &objects {
                let id = fields.properties.get(&property).map(|(id, _)| *id);
                tags.extend(id.and_then(|id| self.constant(id)));
            }
            let distinct: HashSet<&String> = tags.iter().collect();
            if distinct.len() == choices.len() && tags.len() == choices.len() {
                for (choice, tag) in choices.iter_mut().zip(tags) {
                    choice.tag = Some(tag);
                }
                return Some(property);
            }
        }
        None
    }

    /// What a variant is called: its type's name, its tag, or what it holds.
    fn choice_name(&mut self, choices: &[Choice], index: usize) -> String {
        let choice = &choices[index];
        let mut id = choice.id;
        let mut shape = choice.shape.clone();
        loop {
            if let Some(name) = self.name_of(id) {
                return name;
            }
            let Shape::Same(other) = shape else { break };
            id = other;
            shape = normalize::shape(&mut self.schemas, id);
        }
        if let Some(name) = choice.tag.as_deref().or(self.schemas[id].title.as_deref()) {
            return names::variant_name(name);
        }
        match shape {
            Shape::Object(fields) => self.object_name(choices, index, &fields),
            Shape::Array(items) => self.name_of(items).map_or_else(|| "List".to_owned(), |item| format!("{item}List")),
            Shape::Scalar(kind) => match &kind {
                Kind::Boolean => "Boolean".to_owned(),
                Kind::Integer { .. } => "Integer".to_owned(),
                Kind::Number => "Number".to_owned(),
                Kind::String { values, .. } if values.len() == 1 => names::variant_name(&values[0]),
                Kind::String { format, .. } if format == "date-time" => "DateTime".to_owned(),
                Kind::String { format, .. } if format == "date" => "Date".to_owned(),
                _ => "String".to_owned(),
            },
            _ => "Value".to_owned(),
        }
    }

    fn object_name(&mut self, choices: &[Choice], index: usize, fields: &Fields) -> String {
        if fields.properties.is_empty() {
            return "Object".to_owned();
        }
        let mut others = HashSet::new();
        for (other, choice) in choices.iter().enumerate() {
            if other != index {
                others.extend(self.fields(&choice.shape).into_iter().flat_map(|fields| fields.properties.into_keys()));
            }
        }
        let mut own = fields.properties.iter().filter(|(name, _)| !others.contains(*name));
        let first = own.clone().next();
        match own.find(|(_, (_, required))| *required).or(first) {
            Some((name, _)) => format!("With{}", names::type_name(name)),
            None => "Object".to_owned(),
        }
    }

    /// Fills in what kind of JSON each variant of each union is, now that all types are known.
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

    /// Gives the property that tells variants apart its value in a type that stands for one value wherever it is a
    /// variant, so that nobody has to give it.
    pub(super) fn set_tags(&mut self) {
        let mut values: BTreeMap<(usize, String), BTreeSet<String>> = BTreeMap::new();
        for draft in &self.drafts {
            let TypeKind::Union(Union { tag: Some(tag), variants, .. }) = &draft.kind else { continue };
            for variant in variants {
                if let (Some(held), Some(value)) = (self.struct_behind(&variant.ty), &variant.tag) {
                    values.entry((held, tag.clone())).or_default().insert(value.clone());
                }
            }
        }
        for ((draft, tag), values) in values {
            if let Ok([value]) = <[String; 1]>::try_from(Vec::from_iter(values)) {
                self.set_tag(draft, &tag, value);
            }
        }
    }

    /// The struct that a variant holds.
    fn struct_behind(&self, ty: &Type) -> Option<usize> {
        let mut ty = ty;
        // Aliases that lead to each other are settled later.
        for _ in 0..16 {
            let Type::Named(TypeId(draft)) = ty else { return None };
            match &self.drafts[*draft].kind {
                TypeKind::Struct(_) => return Some(*draft),
                TypeKind::Alias(inner) => ty = inner,
                _ => return None,
            }
        }
        None
    }

    fn set_tag(&mut self, draft: usize, tag: &str, value: String) {
        let TypeKind::Struct(kind) = &self.drafts[draft].kind else { return };
        let holds_text = |ty: &Type| match ty {
            Type::String => true,
            Type::Named(TypeId(draft)) => matches!(self.drafts[*draft].kind, TypeKind::Strings(_)),
            _ => false,
        };
        let free = |field: &Field| {
            field.wire == tag
                && field.constant.is_none()
                && field.presence == Presence::Required
                && holds_text(&field.ty)
        };
        let Some(index) = kind.fields.iter().position(free) else { return };
        if let TypeKind::Struct(kind) = &mut self.drafts[draft].kind {
            let field = &mut kind.fields[index];
            field.docs.extend([String::new(), format!("Always {}.", markdown::code(&value))]);
            field.constant = Some(value);
            field.is_tag = true;
        }
    }

    fn json_kind(&self, ty: &Type, depth: usize) -> JsonKind {
        match ty {
            Type::Boolean => JsonKind::Boolean,
            Type::I32 | Type::I64 | Type::U64 => JsonKind::Integer,
            Type::F64 => JsonKind::Number,
            Type::String | Type::Timestamp | Type::Date | Type::Base64 | Type::Secret => JsonKind::String,
            Type::List(_) => JsonKind::Array,
            Type::Object | Type::Map(_) => JsonKind::Object,
            Type::Boxed(inner) | Type::Lenient(inner) => self.json_kind(inner, depth + 1),
            Type::Value | Type::Upload | Type::Option(_) => JsonKind::Any,
            Type::Named(TypeId(draft)) => match &self.drafts[*draft].kind {
                TypeKind::Struct(_) => JsonKind::Object,
                TypeKind::Strings(_) => JsonKind::String,
                TypeKind::Integers(_) => JsonKind::Integer,
                TypeKind::Alias(inner) if depth < 16 => self.json_kind(inner, depth + 1),
                TypeKind::Union(_) | TypeKind::Alias(_) => JsonKind::Any,
            },
        }
    }
}
