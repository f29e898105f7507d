//! Inheritance by `allOf` with a discriminator: a reference to a base schema becomes a union of the schemas that extend
//! it.

use std::collections::{HashSet, VecDeque};

use super::families::parts;
use super::types::{Direction, Types};
use super::unions::Alternative;
use super::{TagValue, Type, TypeKind, Union};
use crate::names::UsedNames;
use crm_clients_document::model::{Discriminator, SchemaId};
use crm_clients_document::normalize::{self, ClientSchema, Fields, Kind, Object, Shape};

impl<'d> Types<'d> {
    /// Returns the union of a schema and all schemas that extend it or that its discriminator maps, or `None` if there
    /// are none or they have no discriminator.
    pub(super) fn hierarchy(&mut self, id: SchemaId, direction: Direction, place: &str) -> Option<Type> {
        if direction == Direction::Form || !self.families.has_members(id) {
            return None;
        }
        let discriminator = self.inherited_discriminator(id)?;
        let (mut found, mut tag) = (Vec::new(), None);
        // The schema itself is a member, unless the others would have no values then.
        for with_itself in [true, false] {
            if tag.is_none() {
                found = self.members(id, discriminator, with_itself);
                tag = self.read_discriminator(&discriminator.property, &mut found);
            }
        }
        let Some(tag) = tag.filter(|_| !found.is_empty()) else {
            let message =
                "the schemas that extend this one cannot be distinguished; their additional properties are left out";
            let help = "map a distinct value to each of them in the discriminator";
            self.diagnostics.warning("subtypes-left-out", self.schemas[id].pointer.clone(), message, help);
            return None;
        };
        let draft = self.reserve(id, direction, place);
        let base = self.base(id, direction, place);
        let mut union = Union { variants: Vec::new(), tag: Some(tag), base: None, unknown: String::new() };
        let mut taken = UsedNames::default();
        let types = self.type_names(&found);
        for index in 0..found.len() {
            let name = taken.free(&self.choice_name(&found, &types, index, union.tag.as_ref()));
            let ty = self.member(found[index].id, discriminator, direction);
            self.add_variant(&mut union, &mut taken, &found[index], name, ty);
        }
        (union.base, union.unknown) = (Some(base), taken.claim_unknown());
        self.drafts[draft.0].kind = TypeKind::Union(union);
        Some(Type::Named(draft))
    }

    /// Returns the schemas that a value may have, with their values in the mapping: all that extend the schema, and the
    /// schema itself if it is mapped or there is no mapping.
    fn members(&mut self, id: SchemaId, discriminator: &Discriminator, with_itself: bool) -> Vec<Alternative> {
        let mut ids = vec![id];
        let mut next = 0;
        while let Some(at) = ids.get(next).copied() {
            next += 1;
            // Schemas that extend one with another discriminator are distinguished there.
            let is_apart =
                at != id && self.own_discriminator(at).is_some_and(|own| own.property != discriminator.property);
            for child in self.families.children.get(&at).into_iter().flatten().filter(|_| !is_apart) {
                if !ids.contains(child) {
                    ids.push(*child);
                }
            }
        }
        if self.own_discriminator(id).is_some_and(|own| std::ptr::eq(own, discriminator)) {
            let mapped = discriminator.mapping.iter().map(|(_, target)| target).chain(&discriminator.default_mapping);
            for target in mapped {
                let target = self.schemas.referred(*target);
                if !ids.contains(&target) {
                    ids.push(target);
                }
            }
        }
        let mut found = Vec::with_capacity(ids.len());
        for member in ids {
            let mapped = discriminator.mapping.iter().filter(|(_, target)| self.schemas.referred(*target) == member);
            let tags: Vec<TagValue> = mapped.map(|(value, _)| TagValue::Text(value.clone())).collect();
            let is_default =
                discriminator.default_mapping.is_some_and(|target| self.schemas.referred(target) == member);
            if member != id || !tags.is_empty() || is_default || with_itself && discriminator.mapping.is_empty() {
                let shape = normalize::shape(&mut self.schemas, member);
                found.push(Alternative { tags, is_default, ..Alternative::new(member, shape) });
            }
        }
        found
    }

    /// Returns the type of a member, without the schemas that extend it.
    fn member(&mut self, id: SchemaId, discriminator: &Discriminator, direction: Direction) -> Type {
        let place = self.name_of(id).unwrap_or_default();
        let adds_nothing = matches!(normalize::shape(&mut self.schemas, id), Shape::Same(_));
        let is_extended = self.families.children.contains_key(&id);
        let inherits = self.inherited_discriminator(id).is_some_and(|own| std::ptr::eq(own, discriminator));
        if inherits && (adds_nothing || is_extended) {
            return self.base(id, direction, &place);
        }
        self.element(id, direction, &place)
    }

    /// Returns the struct of the properties that a schema declares, without the schemas that extend it.
    fn base(&mut self, id: SchemaId, direction: Direction, place: &str) -> Type {
        let (mut id, mut place) = (id, place.to_owned());
        let mut seen = HashSet::new();
        while let Shape::Same(other) = normalize::shape(&mut self.schemas, id)
            && seen.insert(id)
        {
            id = other;
            place = self.name_of(other).unwrap_or(place);
        }
        let base = match self.families.bases.get(&id) {
            Some(base) => *base,
            None => {
                let fields = match normalize::shape(&mut self.schemas, id) {
                    Shape::Object(fields) => fields,
                    _ => Fields::default(),
                };
                let name = self.name_of(id).unwrap_or_else(|| place.clone());
                let schema = ClientSchema {
                    pointer: self.schemas[id].pointer.clone(),
                    description: Some(format!("The properties that all kinds of `{name}` share.")),
                    kind: Kind::Object(Object::from(&fields)),
                    ..ClientSchema::default()
                };
                let base = self.schemas.push(schema);
                self.families.bases.insert(id, base);
                base
            }
        };
        self.of(base, direction, &format!("{place}Base"))
    }

    /// Returns the discriminator of a schema, or of the nearest schema that it extends.
    fn inherited_discriminator(&self, id: SchemaId) -> Option<&'d Discriminator> {
        let (mut queue, mut seen) = (VecDeque::from([id]), HashSet::new());
        while let Some(at) = queue.pop_front() {
            if let Some(own) = self.own_discriminator(at) {
                return Some(own);
            }
            if seen.insert(at) {
                queue.extend(self.families.parents.get(&at).into_iter().flatten());
            }
        }
        None
    }

    /// Returns the discriminator of a component or of an unnamed part of its `allOf`.
    fn own_discriminator(&self, id: SchemaId) -> Option<&'d Discriminator> {
        let document = self.document;
        let unnamed = parts(document, id).into_iter().filter(|part| document[*part].component.is_none());
        std::iter::once(id).chain(unnamed).find_map(|part| document[part].discriminator.as_ref())
    }
}
