//! Matches the parts of the old and the new client.
//!
//! Operations match if they send the same request: the same method, path and kind of body, regardless of Rust names and
//! names of path parameters. The remaining ones are matched by `operationId`, then by resource and method name.
//! Resources match if they have the same module, or most of their operations in common. Types match if they have the
//! same name, or if they are at the same location, one name was removed, the other was added, and they have most of
//! their parts in common.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use crm_clients_generator::ir::{Api, Operation, Type, TypeDef, TypeId, TypeKind, UnionVariant};

/// The indices of an operation: its resource, and its position there.
pub type Index = (usize, usize);

/// The matching parts.
pub struct Matches {
    /// The old and new resources.
    pub resources: Vec<(usize, usize)>,
    /// The old and new operations.
    pub operations: Vec<(Index, Index)>,
    /// The renamed types, from old to new.
    pub renamed: HashMap<TypeId, TypeId>,
}

impl Matches {
    /// Matches two clients.
    pub fn of(old: &Api, new: &Api) -> Self {
        let mut operations = Operations { old: all(old), new: all(new), matched: Vec::new() };
        operations.matching(|(_, operation)| Some(request(operation)));
        let resources = resources(old, new, &operations.matched);
        operations.matching(|(_, operation)| operation.id.clone().filter(|_| !operation.alternative));
        let new_of: HashMap<usize, usize> = resources.iter().copied().collect();
        operations.matching_by(
            |((resource, _), operation)| Some((*new_of.get(resource)?, operation.name.clone())),
            |((resource, _), operation)| Some((*resource, operation.name.clone())),
        );
        let mut operations = operations.matched;
        operations.sort_unstable();
        let renamed = Renames::of(old, new, &resources, &operations);
        Self { resources, operations, renamed }
    }
}

type Placed<'a> = (Index, &'a Operation);

/// The unmatched and the matched operations.
struct Operations<'a> {
    old: Vec<Placed<'a>>,
    new: Vec<Placed<'a>>,
    matched: Vec<(Index, Index)>,
}

impl<'a> Operations<'a> {
    fn matching<K: std::hash::Hash + Eq>(&mut self, key: impl Fn(&Placed<'a>) -> Option<K>) {
        self.matching_by(&key, &key);
    }

    /// Matches operations with equal keys.
    fn matching_by<K: std::hash::Hash + Eq>(
        &mut self,
        old_key: impl Fn(&Placed<'a>) -> Option<K>,
        new_key: impl Fn(&Placed<'a>) -> Option<K>,
    ) {
        let mut wanted: HashMap<K, Index> = HashMap::new();
        for placed in &self.new {
            if let Some(key) = new_key(placed) {
                wanted.entry(key).or_insert(placed.0);
            }
        }
        let mut found = HashSet::new();
        self.old.retain(|placed| {
            let same = old_key(placed).and_then(|key| wanted.remove(&key));
            self.matched.extend(same.map(|same| (placed.0, same)));
            found.extend(same);
            same.is_none()
        });
        self.new.retain(|(index, _)| !found.contains(index));
    }
}

fn all(api: &Api) -> Vec<Placed<'_>> {
    let resources = api.resources.iter().enumerate();
    let placed = resources.flat_map(|(resource, group)| {
        group.operations.iter().enumerate().map(move |(operation, one)| ((resource, operation), one))
    });
    placed.collect()
}

/// Returns the request of an operation: HTTP method, path without parameter names, and the kind of its body.
pub fn request(operation: &Operation) -> (&str, String, Option<u8>) {
    let mut path = String::with_capacity(operation.path.len());
    let mut inside = false;
    for char in operation.path.chars() {
        inside = (inside || char == '{') && char != '}';
        if !inside || char == '{' {
            path.push(char);
        }
    }
    let alternative = operation.body.as_ref().filter(|_| operation.alternative).map(|body| body.kind as u8);
    (&operation.method, path, alternative)
}

fn resources(old: &Api, new: &Api, operations: &[(Index, Index)]) -> Vec<(usize, usize)> {
    let of_module = |module: &str| new.resources.iter().position(|resource| resource.module == module);
    let by_module: Vec<Option<usize>> = old.resources.iter().map(|resource| of_module(&resource.module)).collect();
    let mut taken: HashSet<usize> = by_module.iter().flatten().copied().collect();
    let mut resources = Vec::new();
    for (index, same) in by_module.into_iter().enumerate() {
        let same = same.or_else(|| {
            let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
            for ((_, _), (to, _)) in operations.iter().filter(|((from, _), _)| *from == index) {
                *shared.entry(*to).or_default() += 1;
            }
            let fresh = shared.into_iter().filter(|(to, _)| !taken.contains(to));
            let (to, count) = fresh.max_by_key(|(to, count)| (*count, usize::MAX - to))?;
            let most = count * 2 > old.resources[index].operations.len();
            most.then_some(to)
        });
        taken.extend(same);
        resources.extend(same.map(|same| (index, same)));
    }
    resources
}

/// Finds renamed types.
struct Renames<'a> {
    old: &'a Api,
    new: &'a Api,
    old_names: HashSet<&'a str>,
    new_names: HashSet<&'a str>,
    renamed: HashMap<TypeId, TypeId>,
    taken: HashSet<TypeId>,
    seen: HashSet<(TypeId, TypeId)>,
    queue: VecDeque<(&'a Type, &'a Type)>,
}

impl<'a> Renames<'a> {
    fn of(
        old: &'a Api,
        new: &'a Api,
        resources: &[(usize, usize)],
        operations: &[(Index, Index)],
    ) -> HashMap<TypeId, TypeId> {
        let names = |api: &'a Api| api.types.iter().map(|def| def.name.as_str()).collect();
        let mut renames = Self {
            old,
            new,
            old_names: names(old),
            new_names: names(new),
            renamed: HashMap::new(),
            taken: HashSet::new(),
            seen: HashSet::new(),
            queue: VecDeque::new(),
        };
        for (was, is) in resources {
            let arguments = old.resources[*was].arguments.iter().zip(&new.resources[*is].arguments);
            renames.queue.extend(arguments.map(|(was, is)| (&was.ty, &is.ty)));
        }
        for ((resource, operation), (new_resource, new_operation)) in operations {
            let was = &old.resources[*resource].operations[*operation];
            renames.operation(was, &new.resources[*new_resource].operations[*new_operation]);
        }
        for event in old.webhooks.iter().flat_map(|webhooks| &webhooks.events) {
            let mut others = new.webhooks.iter().flat_map(|webhooks| &webhooks.events);
            renames.queue.extend(others.find(|other| other.wire == event.wire).map(|other| (&event.ty, &other.ty)));
        }
        renames.walk();
        // Some types are not reachable from operations.
        let by_name: HashMap<&str, usize> = new.types.iter().map(|def| def.name.as_str()).zip(0..).collect();
        for (index, def) in old.types.iter().enumerate() {
            if let Some(same) = by_name.get(def.name.as_str()) {
                renames.named(TypeId(index), TypeId(*same));
                renames.walk();
            }
        }
        renames.renamed
    }

    fn operation(&mut self, old: &'a Operation, new: &'a Operation) {
        let arguments = |operation: &'a Operation| operation.required.iter().chain(&operation.optional);
        for argument in arguments(old) {
            let mut others = arguments(new);
            let same = others.find(|other| (other.location, &other.wire) == (argument.location, &argument.wire));
            self.queue.extend(same.map(|same| (&argument.ty, &same.ty)));
        }
        if let (Some(old), Some(new)) = (&old.body, &new.body) {
            self.queue.push_back((&old.ty, &new.ty));
        }
        self.queue.extend(old.output.ty().zip(new.output.ty()));
        if let (Some(old), Some(new)) = (&old.events, &new.events) {
            self.queue.push_back((&old.ty, &new.ty));
        }
        if let (Some(old), Some(new)) = (&old.items, &new.items) {
            self.queue.extend(old.item.ty().zip(new.item.ty()));
        }
        for (status, media_type, error) in &old.errors {
            let of_status = || new.errors.iter().filter(|(other, ..)| other == status);
            let same = of_status().find(|(_, other, _)| other == media_type).or_else(|| of_status().next());
            self.queue.extend(same.map(|(.., other)| (&self.old.errors[*error].ty, &self.new.errors[*other].ty)));
        }
    }

    fn walk(&mut self) {
        while let Some((old, new)) = self.queue.pop_front() {
            match (old, new) {
                (Type::Named(old), Type::Named(new)) => self.named(*old, *new),
                (Type::List(old), Type::List(new)) | (Type::Map(old), Type::Map(new)) => {
                    self.queue.push_back((old, new));
                }
                (Type::Tuple(old), Type::Tuple(new)) => self.queue.extend(old.iter().zip(new)),
                (Type::Option(inner) | Type::Boxed(inner), other) => self.queue.push_back((inner, other)),
                (other, Type::Option(inner) | Type::Boxed(inner)) => self.queue.push_back((other, inner)),
                _ => {}
            }
        }
    }

    fn named(&mut self, old: TypeId, new: TypeId) {
        if !self.seen.insert((old, new)) {
            return;
        }
        let (was, is) = (&self.old[old], &self.new[new]);
        let fresh = !self.new_names.contains(was.name.as_str()) && !self.old_names.contains(is.name.as_str());
        let free = !self.renamed.contains_key(&old) && !self.taken.contains(&new);
        if fresh && free && alike(was, is) {
            self.renamed.insert(old, new);
            self.taken.insert(new);
        }
        if was.name == is.name || self.renamed.get(&old) == Some(&new) {
            self.parts(was, is);
        }
    }

    fn parts(&mut self, old: &'a TypeDef, new: &'a TypeDef) {
        match (&old.kind, &new.kind) {
            (TypeKind::Struct(old), TypeKind::Struct(new)) => {
                let others: HashMap<&str, &Type> =
                    new.fields.iter().map(|field| (field.wire.as_str(), &field.ty)).collect();
                for field in &old.fields {
                    self.queue.extend(others.get(field.wire.as_str()).map(|other| (&field.ty, *other)));
                }
                self.queue.extend(old.rest.iter().zip(&new.rest).map(|((_, old), (_, new))| (old, new)));
            }
            (TypeKind::Union(old), TypeKind::Union(new)) => {
                for variant in &old.variants {
                    let by_tag = || {
                        let is_same = |other: &&UnionVariant| !variant.tags.is_empty() && other.tags == variant.tags;
                        new.variants.iter().find(is_same)
                    };
                    let by_name = || new.variants.iter().find(|other| other.name == variant.name);
                    let same = by_tag().or_else(by_name);
                    self.queue.extend(same.map(|same| (&variant.ty, &same.ty)));
                }
            }
            (TypeKind::Responses(old), TypeKind::Responses(new)) => {
                for case in &old.cases {
                    let same = new.cases.iter().find(|other| other.name == case.name);
                    self.queue.extend(same.and_then(|same| case.output.ty().zip(same.output.ty())));
                }
            }
            (TypeKind::Alias(old), TypeKind::Alias(new)) => self.queue.push_back((old, new)),
            _ => {}
        }
    }
}

/// Returns true if two types have most of their parts in common.
fn alike(old: &TypeDef, new: &TypeDef) -> bool {
    match (&old.kind, &new.kind) {
        (TypeKind::Struct(old), TypeKind::Struct(new)) => {
            most(old.fields.iter().map(|field| &field.wire), new.fields.iter().map(|field| &field.wire))
        }
        (TypeKind::Strings(old), TypeKind::Strings(new)) => {
            most(old.variants.iter().map(|(_, value)| value), new.variants.iter().map(|(_, value)| value))
        }
        (TypeKind::Integers(old), TypeKind::Integers(new)) => {
            most(old.variants.iter().map(|(_, value)| value), new.variants.iter().map(|(_, value)| value))
        }
        (TypeKind::Union(_), TypeKind::Union(_))
        | (TypeKind::Responses(_), TypeKind::Responses(_))
        | (TypeKind::Alias(_), TypeKind::Alias(_)) => true,
        _ => false,
    }
}

fn most<T: std::hash::Hash + Eq>(old: impl Iterator<Item = T>, new: impl Iterator<Item = T>) -> bool {
    let (old, new): (HashSet<T>, HashSet<T>) = (old.collect(), new.collect());
    old.intersection(&new).count() * 2 >= old.len().max(new.len())
}
