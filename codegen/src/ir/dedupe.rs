//! Equal types are one type.
//!
//! Partition refinement: all drafts begin as equal; each round tells apart those whose make
//! differs, given who is equal so far; it ends when a round tells none apart. Recursive types fall
//! out of this without being special.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::types::Draft;
use super::{Type, TypeId, TypeKind};

/// The class of each draft: equal drafts have equal classes.
pub fn classes(drafts: &[Draft]) -> Vec<u64> {
    let makes: Vec<Make> = drafts.iter().map(|draft| Make::of(&draft.kind)).collect();
    let mut classes = vec![0; drafts.len()];
    let mut count = 1;
    loop {
        let next: Vec<u64> = makes.iter().map(|make| make.class(&classes)).collect();
        let distinct = next.iter().collect::<HashSet<_>>().len();
        classes = next;
        if distinct <= count {
            return classes;
        }
        count = distinct;
    }
}

/// What makes a type what it is, prose apart.
struct Make {
    /// All but what the types are that it names.
    own: u64,
    /// The types that it names, in order.
    named: Vec<TypeId>,
}

impl Make {
    fn of(kind: &TypeKind) -> Self {
        // The standard hasher with its fixed keys gives the same result on every machine and run.
        let mut hasher = DefaultHasher::new();
        let mut named = Vec::new();
        std::mem::discriminant(kind).hash(&mut hasher);
        match kind {
            TypeKind::Struct(kind) => {
                kind.multipart.hash(&mut hasher);
                for field in &kind.fields {
                    (&field.name, &field.wire, field.presence, &field.constant, field.deprecated).hash(&mut hasher);
                    field.deep.hash(&mut hasher);
                    hash_type(&field.ty, &mut named, &mut hasher);
                }
                if let Some((name, ty)) = &kind.rest {
                    name.hash(&mut hasher);
                    hash_type(ty, &mut named, &mut hasher);
                }
            }
            TypeKind::Strings(kind) => kind.variants.hash(&mut hasher),
            TypeKind::Integers(kind) => kind.variants.hash(&mut hasher),
            TypeKind::Union(kind) => {
                kind.tag.hash(&mut hasher);
                for variant in &kind.variants {
                    (&variant.name, variant.json, &variant.tag).hash(&mut hasher);
                    hash_type(&variant.ty, &mut named, &mut hasher);
                }
            }
            TypeKind::Alias(ty) => hash_type(ty, &mut named, &mut hasher),
        }
        Self { own: hasher.finish(), named }
    }

    /// Its class, given those of the types that it names.
    fn class(&self, classes: &[u64]) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.own.hash(&mut hasher);
        self.named.iter().for_each(|id| classes[id.0].hash(&mut hasher));
        hasher.finish()
    }
}

fn hash_type(ty: &Type, named: &mut Vec<TypeId>, hasher: &mut DefaultHasher) {
    std::mem::discriminant(ty).hash(hasher);
    match ty {
        Type::Named(id) => named.push(*id),
        other => other.inner().into_iter().for_each(|inner| hash_type(inner, named, hasher)),
    }
}
