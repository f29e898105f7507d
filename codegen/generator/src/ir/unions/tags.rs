//! Tags: the property that identifies the variants of a choice, and its values.

use std::collections::{HashMap, HashSet};

use super::{
    Alternative, Field, JsonKind, MAX_NESTED, Presence, Tag, TagPresence, TagValue, Type, TypeId, TypeKind, Types,
    Union,
};
use crate::markdown;
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{self, Choice, Discriminator, Kind, Shape, nullable};

/// The declaration of a property in an object, or in all objects of a choice.
struct Declaration {
    is_declared: bool,
    is_required: bool,
    /// The allowed values, if they are listed.
    tags: Option<Vec<TagValue>>,
    /// True if it may be a string.
    holds_text: bool,
    /// Its schema, if there is only one.
    schema: Option<SchemaId>,
}

impl Types<'_> {
    /// Returns the tag for the document's discriminator. If some alternatives are not objects, the discriminator's
    /// values become conditions of the others.
    pub(super) fn declared_tag(&mut self, discriminator: &Discriminator, found: &mut Vec<Alternative>) -> Option<Tag> {
        let before = found.clone();
        self.add_mapped(discriminator, found);
        let tag = self.read_discriminator(&discriminator.property, found);
        let are_objects = tag.is_some() && found.iter().all(|alternative| !alternative.tags.is_empty());
        match tag {
            Some(tag) if are_objects => Some(tag),
            Some(tag) if tag.presence != TagPresence::Added => {
                for alternative in found.iter_mut().filter(|alternative| !alternative.tags.is_empty()) {
                    alternative.conditions.push((tag.property.clone(), std::mem::take(&mut alternative.tags)));
                }
                None
            }
            _ => {
                *found = before;
                None
            }
        }
    }

    /// Assigns the values of the mapping to the alternatives. A nested choice whose variants are mapped is replaced by
    /// these variants.
    fn add_mapped(&mut self, discriminator: &Discriminator, found: &mut Vec<Alternative>) {
        let mapped: Vec<SchemaId> = discriminator.mapping.iter().map(|(_, id)| *id).collect();
        let opened = std::mem::take(found);
        for alternative in opened {
            match &alternative.shape {
                Shape::Choice(inner)
                    if !mapped.contains(&alternative.id) && inner.variants.iter().any(|id| mapped.contains(id)) =>
                {
                    for id in inner.variants.clone() {
                        let shape = normalize::shape(&mut self.schemas, id);
                        found.push(Alternative::new(id, shape));
                    }
                }
                _ => found.push(alternative),
            }
        }
        for (value, id) in &discriminator.mapping {
            let value = TagValue::Text(value.clone());
            match found.iter_mut().find(|alternative| alternative.id == *id) {
                Some(alternative) => alternative.tags.push(value),
                None => {
                    let shape = normalize::shape(&mut self.schemas, *id);
                    found.push(Alternative { tags: vec![value], ..Alternative::new(*id, shape) });
                }
            }
        }
        if let Some(id) = discriminator.default {
            match found.iter_mut().find(|alternative| alternative.id == id) {
                Some(alternative) => alternative.is_default = true,
                None => {
                    let shape = normalize::shape(&mut self.schemas, id);
                    found.push(Alternative { is_default: true, ..Alternative::new(id, shape) });
                }
            }
        }
    }

    /// Reports that the discriminator's values are not those of the alternatives, so that none can stand for all others.
    pub(super) fn report_unserved_default(&mut self, id: SchemaId) {
        let pointer = self.schemas[id].pointer.clone();
        let message = "`defaultMapping` has no effect: the discriminator does not tell the alternatives apart";
        let help = "give each alternative a value of its own in `mapping`";
        self.diagnostics.warning("unserved-default-mapping", pointer, message, help);
    }

    /// Completes the values of all objects with the property's allowed values or the component's name. Returns `None`
    /// if two objects share a value, or one has none.
    pub(in crate::ir) fn read_discriminator(&mut self, property: &str, found: &mut [Alternative]) -> Option<Tag> {
        let mut presence = TagPresence::Required;
        let mut seen: Vec<TagValue> = Vec::new();
        for alternative in found {
            let Some(declaration) = self.declaration(&alternative.shape.clone(), property, 0) else {
                // An alternative that is not an object has no tag.
                alternative.tags.clear();
                continue;
            };
            if alternative.tags.is_empty() {
                alternative.tags = self.own_values(alternative.id, &declaration)?;
            } else if let Some(id) = declaration.schema {
                self.fit_tags(id, &mut alternative.tags);
                self.fit_constant(id, property, &declaration, &mut alternative.tags);
            }
            presence = match (declaration.is_declared, declaration.is_required) {
                (false, _) => TagPresence::Added,
                (true, false) if presence == TagPresence::Required => TagPresence::Optional,
                _ => presence,
            };
            if alternative.tags.iter().any(|tag| seen.contains(tag)) {
                return None;
            }
            seen.extend(alternative.tags.iter().cloned());
        }
        Some(Tag { property: property.to_owned(), presence })
    }

    /// Returns the discriminator values of a schema that is not mapped.
    fn own_values(&self, id: SchemaId, declaration: &Declaration) -> Option<Vec<TagValue>> {
        let implicit = self.implicit_value(id);
        let Some(tags) = &declaration.tags else {
            // The component's name is not a valid value unless the property is a string.
            return implicit.filter(|_| declaration.holds_text).map(|value| vec![value]);
        };
        // If the list contains the values of all schemas, one of them is usually this schema's name in lower case.
        let named = implicit.and_then(|name| tags.iter().find(|value| is_alike(&value.to_string(), &name.to_string())));
        Some(named.map_or_else(|| tags.clone(), |value| vec![value.clone()]))
    }

    /// Returns the default discriminator value of a component.
    pub(in crate::ir) fn implicit_value(&self, id: SchemaId) -> Option<TagValue> {
        let id = self.schemas[id].alternative.unwrap_or(id);
        let schema = self.document.schema(id);
        let extension = schema.and_then(|schema| schema.rare().extensions.get("x-ms-discriminator-value")?.as_str());
        extension.or(self.schemas[id].component.as_deref()).map(|value| TagValue::Text(value.to_owned()))
    }

    /// Returns the declaration of a property in a schema, or `None` if the schema is not an object.
    fn declaration(&mut self, shape: &Shape, property: &str, depth: usize) -> Option<Declaration> {
        match shape {
            Shape::Object(fields) => Some(match fields.properties.get(property) {
                Some((id, is_required)) => {
                    let tags = self.tags_of(*id);
                    let holds_text = tags.as_ref().is_none_or(|tags| overlap(tags, &[TagValue::Any(JsonKind::String)]));
                    let tags = tags.filter(|tags| is_list_of_constants(tags));
                    Declaration { is_declared: true, is_required: *is_required, tags, holds_text, schema: Some(*id) }
                }
                None => {
                    Declaration { is_declared: false, is_required: false, tags: None, holds_text: true, schema: None }
                }
            }),
            Shape::Same(other) if depth < MAX_NESTED => {
                let shape = normalize::shape(&mut self.schemas, *other);
                self.declaration(&shape, property, depth + 1)
            }
            Shape::Choice(choice) if depth < MAX_NESTED => self.declaration_of_all(choice, property, depth),
            _ => None,
        }
    }

    /// Returns the combined declaration of a property in all alternatives of a choice.
    fn declaration_of_all(&mut self, choice: &Choice, property: &str, depth: usize) -> Option<Declaration> {
        let tags = Some(Vec::new());
        let mut all = Declaration { is_declared: true, is_required: true, tags, holds_text: true, schema: None };
        let discriminator = choice.discriminator.as_ref().filter(|discriminator| discriminator.property == property);
        for id in &choice.variants {
            let shape = normalize::shape(&mut self.schemas, *id);
            let one = self.declaration(&shape, property, depth + 1)?;
            let mapped: Vec<TagValue> = discriminator
                .iter()
                .flat_map(|discriminator| &discriminator.mapping)
                .filter(|(_, mapped)| mapped == id)
                .map(|(value, _)| TagValue::Text(value.clone()))
                .collect();
            let implicit = || self.implicit_value(*id).filter(|_| discriminator.is_some()).map(|value| vec![value]);
            let tags = if mapped.is_empty() { one.tags.or_else(implicit) } else { Some(mapped) };
            all.is_declared &= one.is_declared;
            all.is_required &= one.is_required;
            all.holds_text &= one.holds_text;
            all.schema = all.schema.or(one.schema);
            all.tags = all.tags.zip(tags).map(|(all, one)| [all, one].concat());
        }
        Some(all)
    }

    /// Converts the keys of a mapping, which are strings, to the type of the property.
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

    /// Replaces mapped values by the property's constant, the only value that is valid. Reports a mapping of other values
    /// alone.
    fn fit_constant(&mut self, id: SchemaId, property: &str, declaration: &Declaration, tags: &mut Vec<TagValue>) {
        let Some([constant]) = declaration.tags.as_deref() else { return };
        if !tags.contains(constant) {
            let mapped = tags.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(" and ");
            let message =
                format!("the discriminator maps {mapped} to this schema, but `{property}` is always `{constant}`");
            let help = "correct the mapping or the constant; the constant is used";
            self.diagnostics.warning("mismatched-mapping", self.schemas[id].pointer.clone(), message, help);
        }
        *tags = vec![constant.clone()];
    }

    /// Returns a property with distinct values in each variant. Constant strings are preferred, then constants of any
    /// type and lists of them, then different JSON types.
    pub(super) fn implied_tag(&mut self, found: &mut [Alternative]) -> Option<Tag> {
        if found.len() < 2 {
            return None;
        }
        let first = &found.first()?.shape.clone();
        let candidates = self.properties_of(first, 0);
        let mut best: Option<(u8, Tag, Vec<Vec<TagValue>>)> = None;
        for property in candidates {
            let mut all: Vec<Vec<TagValue>> = Vec::new();
            let mut required = true;
            for alternative in found.iter() {
                let shape = alternative.shape.clone();
                match self.property_tags(&shape, &property, &mut required, 0) {
                    Some(tags) => all.push(tags),
                    None => break,
                }
            }
            let is_text = |tags: &Vec<TagValue>| matches!(tags.as_slice(), [TagValue::Text(_)]);
            let rank = match () {
                () if all.iter().all(is_text) => 0,
                () if all.iter().all(|tags| is_list_of_constants(tags)) => 1,
                () if required => 2,
                () => continue,
            };
            let overlaps =
                |(index, tags): (usize, &Vec<TagValue>)| all[index + 1..].iter().any(|other| overlap(tags, other));
            let is_better = best.as_ref().is_none_or(|(rank_of_best, ..)| rank < *rank_of_best);
            if all.len() == found.len() && is_better && !all.iter().enumerate().any(overlaps) {
                let presence = if required { TagPresence::Required } else { TagPresence::Optional };
                best = Some((rank, Tag { property, presence }, all));
            }
        }
        let (_, tag, all) = best?;
        found.iter_mut().zip(all).for_each(|(alternative, tags)| alternative.tags = tags);
        Some(tag)
    }

    /// Returns the properties of an object, or of the first object of a choice.
    fn properties_of(&mut self, shape: &Shape, depth: usize) -> Vec<String> {
        match shape {
            Shape::Object(fields) => fields.properties.keys().cloned().collect(),
            Shape::Same(other) if depth < MAX_NESTED => {
                let shape = normalize::shape(&mut self.schemas, *other);
                self.properties_of(&shape, depth + 1)
            }
            Shape::Choice(choice) if depth < MAX_NESTED && !choice.variants.is_empty() => {
                let shape = normalize::shape(&mut self.schemas, choice.variants[0]);
                self.properties_of(&shape, depth + 1)
            }
            _ => Vec::new(),
        }
    }

    /// Returns the allowed values of a property, or `None` if it may have any value.
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
            Shape::Choice(choice) if depth < MAX_NESTED => {
                let mut all = Vec::new();
                for variant in &choice.variants {
                    let shape = normalize::shape(&mut self.schemas, *variant);
                    all.extend(self.property_tags(&shape, property, required, depth + 1)?);
                }
                Some(all)
            }
            _ => None,
        }
    }

    /// Returns the values of a schema: its listed values, or any of its JSON type.
    pub(super) fn tags_of(&mut self, id: SchemaId) -> Option<Vec<TagValue>> {
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
            Shape::Choice(choice) => self.tags_of_all(&choice)?,
            Shape::Any => return None,
        };
        if is_nullable && !tags.contains(&TagValue::Null) {
            tags.push(TagValue::Null);
        }
        Some(tags)
    }

    /// Returns the values of all alternatives of a choice of values and scalars.
    fn tags_of_all(&mut self, choice: &Choice) -> Option<Vec<TagValue>> {
        let mut all = Vec::new();
        for id in &choice.variants {
            match normalize::shape(&mut self.schemas, *id) {
                Shape::Choice(_) | Shape::Same(_) => return None,
                _ => all.extend(self.tags_of(*id)?),
            }
        }
        Some(all)
    }

    /// Adds conditions to objects without a tag: properties that distinguish them from some of the others.
    pub(super) fn add_conditions(&mut self, found: &mut [Alternative]) {
        let listed: Vec<Vec<(String, Vec<TagValue>)>> =
            found.iter().map(|alternative| self.listed(&alternative.shape.clone())).collect();
        let by_name: Vec<HashMap<&str, &[TagValue]>> = listed
            .iter()
            .map(|listed| listed.iter().map(|(name, tags)| (name.as_str(), tags.as_slice())).collect())
            .collect();
        for (index, alternative) in found.iter_mut().enumerate() {
            let tells = |(name, tags): &&(String, Vec<TagValue>)| {
                let others = by_name.iter().enumerate().filter(|(other, _)| *other != index);
                let mut declared = others.filter_map(|(_, others)| others.get(name.as_str()));
                is_list_of_constants(tags) && declared.any(|other| !overlap(tags, other))
            };
            let known: Vec<String> = alternative.conditions.iter().map(|(name, _)| name.clone()).collect();
            let new = listed[index].iter().filter(tells).filter(|(name, _)| !known.contains(name));
            alternative.conditions.extend(new.cloned());
        }
    }

    /// Returns the properties of an object whose values, or at least JSON types, are known.
    fn listed(&mut self, shape: &Shape) -> Vec<(String, Vec<TagValue>)> {
        let Some(fields) = self.fields(shape) else { return Vec::new() };
        let tags = fields.properties.into_iter().filter_map(|(name, (id, _))| Some((name, self.tags_of(id)?)));
        tags.collect()
    }

    /// Makes the tag a constant of each type that has the same tag value in all unions, so that callers need not set
    /// it.
    pub(in crate::ir) fn set_tags(&mut self) {
        let mut values: Vec<((usize, String), Vec<TagValue>)> = Vec::new();
        let mut places: HashMap<(usize, String), usize> = HashMap::new();
        let mut bases = HashSet::new();
        for draft in &self.drafts {
            let TypeKind::Union(Union { tag: Some(tag), variants, base, .. }) = &draft.kind else { continue };
            bases.extend(base.iter().filter_map(|base| self.struct_behind(base)));
            for variant in variants {
                if let Some(held) = self.struct_behind(&variant.ty).filter(|_| !variant.is_default) {
                    let key = (held, tag.property.clone());
                    let place = *places.entry(key.clone()).or_insert(values.len());
                    if place == values.len() {
                        values.push((key, Vec::new()));
                    }
                    values[place].1.extend(variant.tags.iter().cloned());
                }
            }
        }
        for ((draft, tag), values) in values {
            if let Some((value, others)) = values.split_first()
                && value.is_constant()
                && others.iter().all(|other| other == value)
                // The base of a family can be deserialized from any member.
                && !bases.contains(&draft)
            {
                self.set_tag(draft, &tag, value);
            }
        }
    }

    /// Returns the struct that a variant contains.
    fn struct_behind(&self, ty: &Type) -> Option<usize> {
        let mut ty = ty;
        // Alias cycles are broken only when types are named.
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

    fn set_tag(&mut self, draft: usize, tag: &str, value: &TagValue) {
        let TypeKind::Struct(kind) = &self.drafts[draft].kind else { return };
        let holds = |ty: &Type| match (ty, value) {
            (Type::String, TagValue::Text(_)) | (Type::Boolean, TagValue::Boolean(_)) => true,
            (Type::F64, TagValue::Number(_)) => true,
            (Type::I32, TagValue::Integer(number)) => i32::try_from(*number).is_ok(),
            (Type::I64, TagValue::Integer(number)) => i64::try_from(*number).is_ok(),
            (Type::U64, TagValue::Integer(number)) => u64::try_from(*number).is_ok(),
            (Type::Named(TypeId(draft)), TagValue::Text(_)) => {
                matches!(self.drafts[*draft].kind, TypeKind::Strings(_))
            }
            (Type::Named(TypeId(draft)), TagValue::Integer(_)) => {
                matches!(self.drafts[*draft].kind, TypeKind::Integers(_))
            }
            _ => false,
        };
        let free = |field: &Field| {
            field.wire == tag && field.constant.is_none() && field.presence == Presence::Required && holds(&field.ty)
        };
        let Some(index) = kind.fields.iter().position(free) else { return };
        if let TypeKind::Struct(kind) = &mut self.drafts[draft].kind {
            let (field, value) = (&mut kind.fields[index], value.to_string());
            field.docs.extend([String::new(), format!("Always {}.", markdown::code(&value))]);
            field.constant = Some(value);
            field.is_tag = true;
        }
    }
}

/// Returns true if a value is another spelling of a name: `big_dog` and `BigDog`.
pub(crate) fn is_alike(value: &str, name: &str) -> bool {
    let letters = |text: &str| text.replace(['_', '-', ' '], "").to_lowercase();
    letters(value) == letters(name)
}

pub(super) fn is_list_of_constants(tags: &[TagValue]) -> bool {
    !tags.is_empty() && tags.iter().all(TagValue::is_constant)
}

/// Returns true if two lists have a value in common.
pub(super) fn overlap(one: &[TagValue], other: &[TagValue]) -> bool {
    one.iter().any(|tag| other.iter().any(|other| tag.overlaps(other)))
}
