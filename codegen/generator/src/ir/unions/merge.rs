//! Alternatives that cannot be distinguished: those of `anyOf` are merged, those of `oneOf` are reported.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::tags::{is_list_of_constants, overlap};
use super::{Alternative, JsonKind, TagValue, Types};
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{self, Additional, Choice, ClientSchema, Fields, Kind, Object, Shape};

/// Maximum number of alternatives that are compared with each other.
const MOST_COMPARED: usize = 100;

/// The allowed values of a property or an item, if they are listed.
type Values = Option<Vec<TagValue>>;

/// The parts of an alternative that are compared.
#[derive(Default)]
struct Profile {
    /// The properties of an object, each with its allowed values, and true if it is required.
    properties: Option<HashMap<String, (bool, Values)>>,
    /// The items of a list, and their JSON types.
    items: Option<(SchemaId, Values)>,
}

impl Profile {
    /// Returns true if an object requires a property that the other one does not declare.
    fn requires_more(&self, other: &Self) -> bool {
        let (Some(own), Some(others)) = (&self.properties, &other.properties) else { return false };
        own.iter().any(|(name, (is_required, _))| *is_required && !others.contains_key(name))
    }

    /// Returns true if a common property has no common value. With `always`, both must require the property.
    fn has_other_values(&self, other: &Self, always: bool) -> bool {
        let (Some(own), Some(others)) = (&self.properties, &other.properties) else { return false };
        own.iter().any(|(name, (is_required, values))| match (values, others.get(name)) {
            (Some(values), Some((other_is_required, Some(others)))) => {
                (!always || *is_required && *other_is_required) && !overlap(values, others)
            }
            _ => false,
        })
    }

    /// Returns true if a value may match both, so that neither type would contain all of it.
    fn may_be_both(&self, other: &Self) -> bool {
        if self.properties.is_some() && other.properties.is_some() {
            let is_apart = self.requires_more(other) && other.requires_more(self);
            return !is_apart && !self.has_other_values(other, true);
        }
        match (&self.items, &other.items) {
            (Some((_, kinds)), Some((_, others))) => {
                kinds.as_ref().zip(others.as_ref()).is_none_or(|(kinds, others)| overlap(kinds, others))
            }
            _ => false,
        }
    }

    /// Returns true if two objects with properties cannot be distinguished.
    fn is_ambiguous(&self, other: &Self) -> bool {
        let has_properties = |one: &Self| one.properties.as_ref().is_some_and(|properties| !properties.is_empty());
        has_properties(self)
            && has_properties(other)
            && !self.requires_more(other)
            && !other.requires_more(self)
            && !self.has_other_values(other, false)
    }
}

impl Types<'_> {
    /// Merges objects that cannot be distinguished into one object with all their properties, and lists of them into
    /// one list. A value of `anyOf` may match several alternatives, and would lose properties if it were deserialized
    /// as only one of them.
    pub(super) fn merge_overlapping(&mut self, id: SchemaId, found: &mut Vec<Alternative>) {
        let profiles: Vec<Profile> = found.iter().map(|alternative| self.profile(&alternative.shape)).collect();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (index, profile) in profiles.iter().enumerate() {
            // All groups that may match the same value are merged at the position of the first.
            let is_like = |group: &Vec<usize>| group.iter().any(|other| profiles[*other].may_be_both(profile));
            match groups.iter().position(is_like) {
                None => groups.push(vec![index]),
                Some(first) => {
                    let (like, others) = groups.drain(first + 1..).partition(is_like);
                    groups.extend::<Vec<_>>(others);
                    let joined: Vec<Vec<usize>> = like;
                    groups[first].extend(joined.into_iter().flatten().chain([index]));
                }
            }
        }
        let before = std::mem::take(found);
        for group in groups {
            let alternatives: Vec<Alternative> = group.iter().map(|index| before[*index].clone()).collect();
            found.push(match <[Alternative; 1]>::try_from(alternatives) {
                Ok([alone]) => alone,
                Err(several) => self.merged(id, &several),
            });
        }
    }

    fn profile(&mut self, shape: &Shape) -> Profile {
        if let Some(fields) = self.fields(shape) {
            let properties = fields.properties.into_iter().map(|(name, (id, is_required))| {
                let values = self.tags_of(id).filter(|tags| is_list_of_constants(tags));
                (name, (is_required, values))
            });
            return Profile { properties: Some(properties.collect()), items: None };
        }
        let items = self.items(shape).map(|items| (items, self.kinds_of(items)));
        Profile { properties: None, items }
    }

    /// Returns the items of a list.
    fn items(&mut self, shape: &Shape) -> Option<SchemaId> {
        match shape {
            Shape::Array(items) => Some(*items),
            Shape::Same(other) => {
                let shape = normalize::shape(&mut self.schemas, *other);
                self.items(&shape)
            }
            _ => None,
        }
    }

    /// Returns the JSON types that a schema allows, or `None` if it allows any.
    fn kinds_of(&mut self, id: SchemaId) -> Option<Vec<TagValue>> {
        let kind = match normalize::shape(&mut self.schemas, id) {
            Shape::Same(other) => return self.kinds_of(other),
            Shape::Scalar(Kind::Boolean) => JsonKind::Boolean,
            Shape::Scalar(Kind::Integer { .. }) => JsonKind::Integer,
            Shape::Scalar(Kind::Number) => JsonKind::Number,
            Shape::Scalar(_) => JsonKind::String,
            Shape::Array(_) => JsonKind::Array,
            Shape::Object(_) => JsonKind::Object,
            Shape::Any | Shape::Choice(_) => return None,
        };
        Some(vec![TagValue::Any(kind)])
    }

    /// Merges several objects, or several lists, into one alternative.
    fn merged(&mut self, id: SchemaId, group: &[Alternative]) -> Alternative {
        let pointer = self.schemas[id].pointer.clone();
        let items: Option<Vec<SchemaId>> =
            group.iter().map(|alternative| self.items(&alternative.shape.clone())).collect();
        let (kind, shape, title) = match items {
            Some(items) => {
                let items = self.any_of(items);
                (Kind::Array(items), Shape::Array(items), None)
            }
            None => {
                let fields = group.iter().filter_map(|one| self.fields(&one.shape.clone())).collect::<Vec<_>>();
                let fields = self.merged_fields(&fields);
                (Kind::Object(Object::from(&fields)), Shape::Object(fields), self.joint_name(group))
            }
        };
        let new = self.schemas.push(ClientSchema { pointer, kind, title, ..ClientSchema::default() });
        Alternative::new(new, shape)
    }

    /// Two names are joined; more would be too long.
    fn joint_name(&self, group: &[Alternative]) -> Option<String> {
        match group {
            [one, other] => Some(format!("{} or {}", self.name_of(one.id)?, self.name_of(other.id)?)),
            _ => Some("Object".to_owned()),
        }
    }

    /// Returns the properties of all objects. A property is required if all objects require it.
    fn merged_fields(&mut self, all: &[Fields]) -> Fields {
        let mut schemas: IndexMap<&String, (Vec<SchemaId>, usize)> = IndexMap::new();
        for fields in all {
            for (name, (id, is_required)) in &fields.properties {
                let (ids, required) = schemas.entry(name).or_default();
                ids.push(*id);
                *required += usize::from(*is_required);
            }
        }
        let properties = schemas
            .into_iter()
            .map(|(name, (ids, required))| (name.clone(), (self.any_of(ids), required == all.len())))
            .collect();
        let mut values = Vec::new();
        let mut additional = Additional::Unsaid;
        for fields in all {
            match fields.additional {
                Additional::Of(id) => values.push(id),
                // A property that one alternative does not declare may have any type.
                Additional::Any => additional = Additional::Any,
                Additional::Unsaid => {}
                Additional::Forbidden => {}
            }
        }
        if !values.is_empty() && additional == Additional::Unsaid {
            let all_say = values.len() == all.len();
            additional = if all_say { Additional::Of(self.any_of(values)) } else { Additional::Any };
        }
        Fields { properties, additional }
    }

    /// Returns a schema that allows any of several schemas.
    fn any_of(&mut self, ids: Vec<SchemaId>) -> SchemaId {
        let mut variants: Vec<SchemaId> = Vec::new();
        for id in ids.into_iter().map(|id| self.schemas.referred(id)) {
            if !variants.contains(&id) {
                variants.push(id);
            }
        }
        if let [only] = variants.as_slice() {
            return *only;
        }
        let mut key = variants.clone();
        key.sort_unstable();
        if let Some(known) = self.any_of.get(&key) {
            return *known;
        }
        let first = self.schemas[variants[0]].clone();
        let all = |says: fn(&ClientSchema) -> bool| variants.iter().all(|id| says(&self.schemas[*id]));
        let (read_only, write_only) = (all(|schema| schema.read_only), all(|schema| schema.write_only));
        let kind = if self.any_of.len() < 4 * self.document.schemas().len() + 250 {
            Kind::Choice(Choice { variants, discriminator: None, overlaps: true })
        } else {
            let message = "objects in alternatives of `anyOf` have too many combinations; this becomes any JSON value";
            let help = "declare the combinations in one schema";
            self.diagnostics.warning("too-many-combinations", &first.pointer, message, help);
            Kind::Any
        };
        let ClientSchema { pointer, title, description, .. } = first;
        let schema =
            ClientSchema { pointer, title, description, read_only, write_only, kind, ..ClientSchema::default() };
        let id = self.schemas.push(schema);
        self.any_of.insert(key, id);
        id
    }

    /// Reports objects, or lists of objects, that may match the same value.
    pub(super) fn report_ambiguity(&mut self, id: SchemaId, found: &[Alternative]) {
        let mut profiles: Vec<Profile> = Vec::new();
        for alternative in found.iter().take(MOST_COMPARED) {
            let profile = self.profile(&alternative.shape);
            profiles.push(match profile.items {
                Some((items, _)) => {
                    let shape = normalize::shape(&mut self.schemas, items);
                    // An object is never ambiguous with a list.
                    let properties = self.profile(&shape).properties;
                    Profile { properties, items: profile.items }
                }
                None => profile,
            });
        }
        for (index, one) in profiles.iter().enumerate() {
            let is_alike = |other: &Profile| one.items.is_some() == other.items.is_some() && one.is_ambiguous(other);
            let Some(other) = profiles[index + 1..].iter().position(is_alike) else { continue };
            let [first, second] = [index, index + 1 + other].map(|index| self.described(found[index].id, index));
            let message =
                format!("cannot distinguish {first} from {second}; the one that matches more properties is used");
            let help = "add a discriminator, or a property with a distinct constant in each alternative";
            self.diagnostics.warning("ambiguous-choice", self.schemas[id].pointer.clone(), message, help);
            return;
        }
    }

    /// Returns the name of an alternative's schema, or its number.
    fn described(&self, id: SchemaId, index: usize) -> String {
        let schema = &self.schemas[id];
        match schema.component.as_deref().or(schema.title.as_deref()) {
            Some(name) => format!("`{name}`"),
            None => format!("alternative {}", index + 1),
        }
    }
}
