//! Deduplication of equal types.
//!
//! Each component and each request or response body keeps its own type, so that a new property of one does not affect
//! callers of another. The request and response versions of a component are merged if they are equal, and so are equal
//! unnamed parts of types.
//!
//! The algorithm is partition refinement: drafts start in the same class if they differ at most in the types that they
//! refer to. A class is split if these types are in different classes, until no class needs to be. Recursive types need
//! no special case. After a split, only the drafts that refer to a moved draft are examined, and the largest part of a
//! class never moves, so that each draft moves at most a logarithmic number of times, even in long chains of types.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::types::{Types, UnnamedType};
use super::{Struct, Type, TypeId, TypeKind};

/// Returns the class of each draft: equal drafts have equal classes.
pub fn classes(drafts: &[UnnamedType]) -> Vec<usize> {
    let makes: Vec<Make> = drafts.iter().map(Make::of).collect();
    let mut named_by: Vec<Vec<usize>> = vec![Vec::new(); makes.len()];
    for (index, make) in makes.iter().enumerate() {
        make.named.iter().for_each(|id| named_by[id.0].push(index));
    }
    let mut classes = Classes::of(&makes);
    let mut moved: Vec<usize> = (0..makes.len()).collect();
    while !moved.is_empty() {
        let mut changed: Vec<usize> = moved.iter().flat_map(|index| named_by[*index].iter().copied()).collect();
        changed.sort_unstable();
        changed.dedup();
        moved = classes.split(&changed, &makes);
    }
    classes.renamed
}

/// A partition of the drafts.
struct Classes {
    renamed: Vec<usize>,
    members: Vec<Vec<usize>>,
    /// The index of each draft among the members of its class.
    place: Vec<usize>,
}

impl Classes {
    fn of(makes: &[Make]) -> Self {
        let mut known: HashMap<u64, usize> = HashMap::new();
        let mut classes = Self { renamed: vec![0; makes.len()], members: Vec::new(), place: vec![0; makes.len()] };
        for (index, make) in makes.iter().enumerate() {
            let class = *known.entry(make.own).or_insert(classes.members.len());
            if class == classes.members.len() {
                classes.members.push(Vec::new());
            }
            classes.add(index, class);
        }
        classes
    }

    fn add(&mut self, index: usize, class: usize) {
        self.renamed[index] = class;
        self.place[index] = self.members[class].len();
        self.members[class].push(index);
    }

    fn remove(&mut self, index: usize) {
        let members = &mut self.members[self.renamed[index]];
        members.swap_remove(self.place[index]);
        if let Some(last) = members.get(self.place[index]) {
            self.place[*last] = self.place[index];
        }
    }

    /// Splits the classes of drafts that refer to a moved draft. Returns the drafts that move.
    fn split(&mut self, changed: &[usize], makes: &[Make]) -> Vec<usize> {
        let mut by_class: BTreeMap<usize, BTreeMap<Vec<usize>, Vec<usize>>> = BTreeMap::new();
        for index in changed {
            let named = makes[*index].named.iter().map(|id| self.renamed[id.0]).collect();
            by_class.entry(self.renamed[*index]).or_default().entry(named).or_default().push(*index);
        }
        let mut moved = Vec::new();
        for (class, parts) in by_class {
            let mut parts: Vec<Vec<usize>> = parts.into_values().collect();
            let largest = (0..parts.len()).max_by_key(|part| parts[*part].len()).unwrap_or_default();
            // The others refer to the same classes as before and are still equal.
            let others = self.members[class].len() - parts.iter().map(Vec::len).sum::<usize>();
            if others < parts[largest].len() {
                let stay = parts.swap_remove(largest);
                stay.iter().for_each(|index| self.remove(*index));
                parts.iter().flatten().for_each(|index| self.remove(*index));
                parts.push(std::mem::take(&mut self.members[class]));
                stay.iter().for_each(|index| self.add(*index, class));
            } else {
                parts.iter().flatten().for_each(|index| self.remove(*index));
            }
            for part in parts.into_iter().filter(|part| !part.is_empty()) {
                self.members.push(Vec::with_capacity(part.len()));
                let class = self.members.len() - 1;
                part.iter().for_each(|index| self.add(*index, class));
                moved.extend(part);
            }
        }
        moved
    }
}

/// The parts of a type that are compared; documentation is not.
struct Make {
    /// A hash of everything except the types that it refers to.
    own: u64,
    /// The types that it refers to, in order.
    named: Vec<TypeId>,
}

impl Make {
    fn of(draft: &UnnamedType) -> Self {
        // With its fixed keys, the standard hasher gives the same result on every machine.
        let mut hasher = DefaultHasher::new();
        let mut named = Vec::new();
        let kind = &draft.kind;
        let own_name = draft.own_name();
        (draft.is_signature && own_name.is_none()).then_some(&draft.place).hash(&mut hasher);
        own_name.hash(&mut hasher);
        std::mem::discriminant(kind).hash(&mut hasher);
        match kind {
            TypeKind::Struct(kind) => {
                kind.multipart.hash(&mut hasher);
                for field in &kind.fields {
                    (&field.name, &field.wire, field.presence, &field.constant, field.deprecated).hash(&mut hasher);
                    (field.deep, &field.values, &field.encoding).hash(&mut hasher);
                    hash_type(&field.ty, &mut named, &mut hasher);
                }
                for constant in &kind.constants {
                    (&constant.wire, &constant.value).hash(&mut hasher);
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
                    (&variant.name, variant.json, &variant.tags, &variant.conditions).hash(&mut hasher);
                    variant.is_default.hash(&mut hasher);
                    hash_type(&variant.ty, &mut named, &mut hasher);
                }
                kind.base.iter().for_each(|base| hash_type(base, &mut named, &mut hasher));
            }
            TypeKind::Responses(kind) => {
                for case in &kind.cases {
                    (&case.name, case.status, &case.media_types).hash(&mut hasher);
                    std::mem::discriminant(&case.output).hash(&mut hasher);
                    case.output.ty().into_iter().for_each(|ty| hash_type(ty, &mut named, &mut hasher));
                }
            }
            TypeKind::Alias(ty) => hash_type(ty, &mut named, &mut hasher),
        }
        Self { own: hasher.finish(), named }
    }
}

fn hash_type(ty: &Type, named: &mut Vec<TypeId>, hasher: &mut DefaultHasher) {
    std::mem::discriminant(ty).hash(hasher);
    match ty {
        Type::Named(id) => named.push(*id),
        Type::UnixTime(form) => form.hash(hasher),
        Type::Custom(external) | Type::External(external) => external.hash(hasher),
        other => other.parts().iter().for_each(|part| hash_type(part, named, hasher)),
    }
}

impl Types<'_> {
    /// Returns true if both types have the same structure, regardless of their names.
    pub(super) fn is_same(&self, one: &Type, other: &Type) -> bool {
        self.is_same_within(one, other, &mut HashSet::new())
    }

    fn is_same_within(&self, one: &Type, other: &Type, seen: &mut HashSet<(TypeId, TypeId)>) -> bool {
        let (Type::Named(one), Type::Named(other)) = (one, other) else {
            let (parts, others) = (one.parts(), other.parts());
            let is_same = if parts.is_empty() {
                one == other
            } else {
                std::mem::discriminant(one) == std::mem::discriminant(other) && parts.len() == others.len()
            };
            return is_same && parts.iter().zip(others).all(|(one, other)| self.is_same_within(one, other, seen));
        };
        if one == other || !seen.insert((*one, *other)) {
            return true;
        }
        let alike = match (&self.drafts[one.0].kind, &self.drafts[other.0].kind) {
            (TypeKind::Struct(one), TypeKind::Struct(other)) => {
                let facts = |kind: &Struct| -> Vec<_> {
                    kind.fields.iter().map(|field| (field.wire.clone(), field.presence)).collect()
                };
                facts(one) == facts(other)
            }
            (TypeKind::Strings(one), TypeKind::Strings(other)) => one.variants == other.variants,
            (TypeKind::Integers(one), TypeKind::Integers(other)) => one.variants == other.variants,
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        };
        let (one, other) = (self.drafts[one.0].kind.types(), self.drafts[other.0].kind.types());
        alike
            && one.len() == other.len()
            && one.iter().zip(other).all(|(one, other)| self.is_same_within(one, other, seen))
    }
}
