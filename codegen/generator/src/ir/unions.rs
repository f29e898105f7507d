//! `oneOf` and `anyOf` to enums named after what they hold.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::types::{Direction, Types};
use super::{Field, JsonKind, Presence, TagValue, Type, TypeId, TypeKind, Union, UnionVariant};
use crate::markdown;
use crate::names::{self, UsedNames};
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{self, Discriminator, Fields, Kind, Shape, nullable};

/// How many choices within choices are looked into for a tag.
const MAX_NESTED: usize = 8;

/// A variant before its type is made.
struct Choice {
    id: SchemaId,
    shape: Shape,
    tags: Vec<TagValue>,
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
        let declared = discriminator.and_then(|discriminator| self.declared_tag(discriminator, &mut choices));
        let adds_tag = declared.as_ref().is_some_and(|(_, is_added)| *is_added);
        let tag = declared.map(|(property, _)| property).or_else(|| self.implied_tag(&mut choices));
        let draft = self.reserve(id, direction, place);
        let mut union = Union { variants: Vec::new(), tag, adds_tag, unknown: String::new() };
        let mut taken = UsedNames::default();
        for index in 0..choices.len() {
            let name = taken.free(&self.choice_name(&choices, index));
            let ty = self.element(choices[index].id, direction, &format!("{place}{name}"));
            let tags = choices[index].tags.clone();
            if union.variants.iter().any(|other| other.ty == ty && (union.tag.is_none() || other.tags == tags)) {
                continue;
            }
            taken.claim(&name);
            // The kinds are set when all types are known.
            union.variants.push(UnionVariant { name, ty, json: JsonKind::Any, tags });
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
                shape if !out.iter().any(|other| other.id == *id) => {
                    out.push(Choice { id: *id, shape, tags: Vec::new() })
                }
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

    /// The document's own discriminator, and whether no variant declares the property, so that it has to be added. A
    /// discriminator that only some variants declare, or that has no mapping where none does, tells nothing.
    fn declared_tag(&mut self, discriminator: &Discriminator, choices: &mut Vec<Choice>) -> Option<(String, bool)> {
        let before = choices.len();
        let found = self.read_mapping(discriminator, choices);
        if found.is_none() {
            choices.truncate(before);
            choices.iter_mut().for_each(|choice| choice.tags.clear());
        }
        found
    }

    fn read_mapping(&mut self, discriminator: &Discriminator, choices: &mut Vec<Choice>) -> Option<(String, bool)> {
        for (value, id) in &discriminator.mapping {
            let value = TagValue::Text(value.clone());
            let free = choices.iter().position(|choice| choice.id == *id && choice.tags.is_empty());
            match free {
                Some(index) => choices[index].tags = vec![value],
                None => {
                    let shape = normalize::shape(&mut self.schemas, *id);
                    choices.push(Choice { id: *id, shape, tags: vec![value] });
                }
            }
        }
        let property = &discriminator.property;
        let mut declared = Vec::new();
        for choice in choices.iter() {
            declared.push(self.fields(&choice.shape)?.properties.get(property).map(|(id, _)| *id));
        }
        let adds = declared.iter().all(Option::is_none);
        if adds && discriminator.mapping.is_empty() {
            return None;
        }
        let mut seen: Vec<TagValue> = Vec::new();
        for (choice, declared) in choices.iter_mut().zip(declared) {
            if declared.is_none() && !adds {
                return None;
            }
            if choice.tags.is_empty() {
                let name = self.schemas[choice.id].component.clone().map(TagValue::Text);
                choice.tags = vec![declared.and_then(|id| self.single_tag(id)).or(name)?];
            } else if let Some(id) = declared {
                self.fit_tags(id, &mut choice.tags);
            }
            if choice.tags.iter().any(|tag| seen.contains(tag)) {
                return None;
            }
            seen.extend(choice.tags.iter().cloned());
        }
        if adds {
            // The types are alike without the property, so that one variant is for all values that lead to one schema.
            for choice in std::mem::take(choices) {
                match choices.iter_mut().find(|other| other.id == choice.id) {
                    Some(other) => other.tags.extend(choice.tags),
                    None => choices.push(choice),
                }
            }
        }
        Some((property.clone(), adds))
    }

    fn single_tag(&mut self, id: SchemaId) -> Option<TagValue> {
        let mut tags = self.tags_of(id)?;
        tags.pop().filter(|tag| tags.is_empty() && tag.is_constant())
    }

    /// The keys of a mapping are strings, whatever the type of the property is.
    fn fit_tags(&mut self, id: SchemaId, tags: &mut [TagValue]) {
        let kind = self.scalar_of(id);
        for tag in tags {
            let TagValue::Text(text) = tag else { continue };
            let fits = |value: &TagValue| match kind {
                Some(Kind::Integer { .. }) => matches!(value, TagValue::Integer(_)),
                Some(Kind::Number) => matches!(value, TagValue::Integer(_) | TagValue::Number(_)),
                Some(Kind::Boolean) => matches!(value, TagValue::Boolean(_)),
                _ => false,
            };
            let value = serde_json::from_str(text).ok().and_then(|value| TagValue::of(&value));
            if let Some(value) = value.filter(fits) {
                *tag = value;
            }
        }
    }

    /// A property whose values in one variant are none of those in another: best a string that is constant in each, then
    /// constants of any type and lists of them, then different kinds of JSON.
    fn implied_tag(&mut self, choices: &mut [Choice]) -> Option<String> {
        if choices.len() < 2 {
            return None;
        }
        let first = &choices.first()?.shape.clone();
        let candidates = self.properties_of(first, 0);
        let mut found: Option<(u8, String, Vec<Vec<TagValue>>)> = None;
        for property in candidates {
            let mut all: Vec<Vec<TagValue>> = Vec::new();
            let mut required = true;
            for choice in choices.iter() {
                let shape = choice.shape.clone();
                match self.property_tags(&shape, &property, &mut required, 0) {
                    Some(tags) => all.push(tags),
                    None => break,
                }
            }
            let is_text = |tags: &Vec<TagValue>| matches!(tags.as_slice(), [TagValue::Text(_)]);
            let is_constant = |tags: &Vec<TagValue>| tags.iter().all(TagValue::is_constant);
            let rank = match () {
                () if all.iter().all(is_text) => 0,
                () if !required => continue,
                () if all.iter().all(is_constant) => 1,
                () => 2,
            };
            let overlaps = |(index, tags): (usize, &Vec<TagValue>)| {
                let mut others = all[index + 1..].iter().flatten();
                others.any(|other| tags.iter().any(|tag| tag.overlaps(other)))
            };
            let is_better = found.as_ref().is_none_or(|(best, ..)| rank < *best);
            if all.len() == choices.len() && is_better && !all.iter().enumerate().any(overlaps) {
                found = Some((rank, property, all));
            }
        }
        let (_, property, all) = found?;
        choices.iter_mut().zip(all).for_each(|(choice, tags)| choice.tags = tags);
        Some(property)
    }

    /// The properties of an object, or of the first object of a choice.
    fn properties_of(&mut self, shape: &Shape, depth: usize) -> Vec<String> {
        match shape {
            Shape::Object(fields) => fields.properties.keys().cloned().collect(),
            Shape::Same(other) if depth < MAX_NESTED => {
                let shape = normalize::shape(&mut self.schemas, *other);
                self.properties_of(&shape, depth + 1)
            }
            Shape::Choice(variants, _) if depth < MAX_NESTED && !variants.is_empty() => {
                let shape = normalize::shape(&mut self.schemas, variants[0]);
                self.properties_of(&shape, depth + 1)
            }
            _ => Vec::new(),
        }
    }

    /// The values that a property can have; none where it can be absent or can have any.
    fn property_tags(
        &mut self,
        shape: &Shape,
        property: &str,
        required: &mut bool,
        depth: usize,
    ) -> Option<Vec<TagValue>> {
        match shape {
            Shape::Object(fields) => {
                let (id, is_required) = *fields.properties.get(property)?;
                *required &= is_required;
                self.tags_of(id)
            }
            Shape::Same(other) if depth < MAX_NESTED => {
                let shape = normalize::shape(&mut self.schemas, *other);
                self.property_tags(&shape, property, required, depth + 1)
            }
            Shape::Choice(variants, _) if depth < MAX_NESTED => {
                let mut all = Vec::new();
                for variant in variants {
                    let shape = normalize::shape(&mut self.schemas, *variant);
                    all.extend(self.property_tags(&shape, property, required, depth + 1)?);
                }
                Some(all)
            }
            _ => None,
        }
    }

    /// The values of a schema: those that it lists, or any of its kind.
    fn tags_of(&mut self, id: SchemaId) -> Option<Vec<TagValue>> {
        let id = self.schemas.referred(id);
        let shape = normalize::shape(&mut self.schemas, id);
        let is_nullable = nullable(&self.schemas, id);
        let any = |kind| vec![TagValue::Any(kind)];
        let mut tags = match shape {
            Shape::Same(other) => self.tags_of(other)?,
            Shape::Scalar(Kind::String { values, .. }) if !values.is_empty() => {
                values.into_iter().map(TagValue::Text).collect()
            }
            Shape::Scalar(Kind::Integer { values, .. }) if !values.is_empty() => {
                values.into_iter().map(TagValue::Integer).collect()
            }
            Shape::Scalar(kind) => {
                let listed = &self.schemas[id].limits.values;
                match kind {
                    Kind::Boolean | Kind::Number if !listed.is_empty() => {
                        listed.iter().filter_map(TagValue::of).collect()
                    }
                    Kind::Boolean => any(JsonKind::Boolean),
                    Kind::Integer { .. } => any(JsonKind::Integer),
                    Kind::Number => any(JsonKind::Number),
                    _ => any(JsonKind::String),
                }
            }
            Shape::Array(_) => any(JsonKind::Array),
            Shape::Object(_) => any(JsonKind::Object),
            Shape::Any if self.schemas.is_null(id) => Vec::new(),
            Shape::Any | Shape::Choice(..) => return None,
        };
        if is_nullable && !tags.contains(&TagValue::Null) {
            tags.push(TagValue::Null);
        }
        Some(tags)
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
        let tag = match choice.tags.as_slice() {
            [TagValue::Text(text)] => Some(text.as_str()),
            _ => None,
        };
        if let Some(name) = tag.or(self.schemas[id].title.as_deref()) {
            return names::variant_name(name);
        }
        match shape {
            Shape::Object(fields) => self.object_name(choices, index, &fields),
            Shape::Array(items) => self.list_name(items),
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

    /// A list is named by its items.
    fn list_name(&mut self, items: SchemaId) -> String {
        if let Some(item) = self.name_of(items) {
            return format!("{item}List");
        }
        let name = match normalize::shape(&mut self.schemas, items) {
            Shape::Scalar(Kind::Boolean) => "Booleans",
            Shape::Scalar(Kind::Integer { .. }) => "Integers",
            Shape::Scalar(Kind::Number) => "Numbers",
            Shape::Scalar(Kind::String { format, values, .. }) if values.is_empty() => match format.as_str() {
                "date-time" => "DateTimes",
                "date" => "Dates",
                _ => "Strings",
            },
            Shape::Object(_) => "Objects",
            _ => "List",
        };
        name.to_owned()
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
                if let Some(held) = self.struct_behind(&variant.ty) {
                    let tags = variant.tags.iter().map(TagValue::to_string);
                    values.entry((held, tag.clone())).or_default().extend(tags);
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
            Type::I64 => value.parse::<i64>().is_ok(),
            Type::Boolean => value.parse::<bool>().is_ok(),
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
