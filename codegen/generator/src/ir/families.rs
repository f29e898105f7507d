//! Inheritance by `allOf`, and by the mapping of a discriminator.

use std::collections::{HashMap, HashSet, VecDeque};

use crm_clients_document::model::{Document, SchemaId};

/// The inheritance relations of components.
#[derive(Default)]
pub(super) struct Families {
    pub(super) parents: HashMap<SchemaId, Vec<SchemaId>>,
    pub(super) children: HashMap<SchemaId, Vec<SchemaId>>,
    /// The schemas whose discriminator maps a value to another schema, which need not extend them.
    mapping: HashSet<SchemaId>,
    /// The schemas of the properties that all members of a family share, by the base schema.
    pub(super) bases: HashMap<SchemaId, SchemaId>,
}

impl Families {
    /// Collects the relations from the `allOf` of all components.
    pub(super) fn of(document: &Document) -> Self {
        let mut families = Self::default();
        for id in document.components.schemas.values() {
            let discriminator = document[*id].discriminator.iter();
            let mut mapped = discriminator.flat_map(|own| &own.mapping).map(|(_, target)| document.referred(*target));
            if mapped.any(|target| target != *id) {
                families.mapping.insert(*id);
            }
            for part in parts(document, *id) {
                if document[part].component.is_some() && part != *id {
                    families.parents.entry(*id).or_default().push(part);
                    families.children.entry(part).or_default().push(*id);
                }
            }
        }
        families
    }

    /// Returns true if other schemas are kinds of a schema: they extend it, or its discriminator maps values to them.
    pub(super) fn has_members(&self, id: SchemaId) -> bool {
        self.children.contains_key(&id) || self.mapping.contains(&id)
    }
}

/// Returns the parts of a schema's `allOf`, including those of its unnamed parts.
pub(super) fn parts(document: &Document, id: SchemaId) -> Vec<SchemaId> {
    let (mut queue, mut parts) = (VecDeque::from([id]), Vec::new());
    while let Some(at) = queue.pop_front() {
        for part in document[at].all_of.iter().flatten().map(|part| document.referred(*part)) {
            if !parts.contains(&part) {
                parts.push(part);
                queue.extend(document[part].component.is_none().then_some(part));
            }
        }
    }
    parts
}
