//! From drafts to types: merges equal drafts, assigns names, boxes recursive types and assigns modules.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::types::{Direction, UnnamedType, recursive_alias};
use super::{Operation, Presence, Resource, Type, TypeDef, TypeId, TypeKind, Webhooks, dedupe};
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::Document;

/// The types of a client, and the type of each draft.
pub struct NamedTypes {
    /// All types, sorted by name.
    pub types: Vec<TypeDef>,
    /// The type of each draft.
    pub renamed: Vec<Option<TypeId>>,
}

/// Merges and names the drafts. `used` are the types that operations refer to.
pub fn name_types(mut drafts: Vec<UnnamedType>, used: &[Type], diagnostics: &mut Diagnostics) -> NamedTypes {
    break_alias_cycles(&mut drafts, diagnostics);
    let classes = dedupe::classes(&drafts);
    let kept = kept(&drafts, used);
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for index in &kept {
        groups.entry(classes[*index]).or_default().members.push(*index);
    }
    let directions = directions(&drafts, &classes, &kept);
    for group in groups.values_mut() {
        group.name(&drafts, &classes, &directions);
    }
    let mut ordered: Vec<(usize, Group)> = groups.into_iter().collect();
    ordered.sort_by_cached_key(|(_, group)| group.rank(&drafts));
    let mut taken = TakenNames::default();
    for (_, group) in &mut ordered {
        group.assign(&drafts, &mut taken, diagnostics);
    }
    let (mut named_types, pointers) = assemble(&drafts, &classes, &kept, ordered);
    loosen_endless(&mut named_types.types, &pointers, diagnostics);
    box_recursion(&mut named_types.types);
    mark_secrets(&mut named_types.types);
    named_types
}

/// Replaces the inner values of an alias that refers to itself through aliases alone with JSON.
fn break_alias_cycles(drafts: &mut [UnnamedType], diagnostics: &mut Diagnostics) {
    let named = |draft: &UnnamedType| {
        let mut named = None;
        if let TypeKind::Alias(ty) = &draft.kind {
            named_in(ty, &mut |id| named = Some(id.0));
        }
        named
    };
    // An alias refers to at most one type, so each starts one chain, which is followed once.
    let next: Vec<Option<usize>> = drafts.iter().map(named).collect();
    let mut followed_from = vec![None; drafts.len()];
    let mut broken = BTreeSet::new();
    for start in 0..drafts.len() {
        let mut at = Some(start);
        while let Some(index) = at.filter(|index| followed_from[*index].is_none()) {
            followed_from[index] = Some(start);
            at = next[index];
        }
        if let Some(entry) = at.filter(|index| followed_from[*index] == Some(start)) {
            let mut cycle = vec![entry];
            while let Some(index) = cycle.last().and_then(|last| next[*last]).filter(|index| *index != entry) {
                cycle.push(index);
            }
            broken.extend(cycle.into_iter().min());
        }
    }
    for index in broken {
        recursive_alias(diagnostics, drafts[index].pointer.clone());
        if let TypeKind::Alias(ty) = &mut drafts[index].kind {
            forget_names(ty);
        }
    }
}

fn forget_names(ty: &mut Type) {
    match ty {
        Type::Named(_) => *ty = Type::Value,
        other => other.parts_mut().iter_mut().for_each(forget_names),
    }
}

/// Returns the drafts that are reachable from operations or are components.
fn kept(drafts: &[UnnamedType], used: &[Type]) -> BTreeSet<usize> {
    let mut kept = BTreeSet::new();
    let mut queue: Vec<usize> =
        drafts.iter().enumerate().filter(|(_, draft)| draft.component.is_some()).map(|(index, _)| index).collect();
    for ty in used {
        named_in(ty, &mut |id| queue.push(id.0));
    }
    while let Some(index) = queue.pop() {
        if kept.insert(index) {
            for ty in drafts[index].kind.types() {
                named_in(ty, &mut |id| queue.push(id.0));
            }
        }
    }
    kept
}

/// For each name from an overlay or component, the classes with that name and their directions.
type Directions = HashMap<String, Vec<(Direction, usize)>>;

fn directions(drafts: &[UnnamedType], classes: &[usize], kept: &BTreeSet<usize>) -> Directions {
    let mut directions = Directions::new();
    for index in kept {
        if let Some(own) = drafts[*index].own_name() {
            directions.entry(own).or_default().push((drafts[*index].direction, classes[*index]));
        }
    }
    directions
}

impl UnnamedType {
    /// Returns the type's explicit name: from an overlay or its component.
    pub(super) fn own_name(&self) -> Option<String> {
        self.given.clone().or_else(|| self.component.clone())
    }
}

/// The names in use, and the JSON pointer of the schema of each.
#[derive(Default)]
struct TakenNames {
    used: UsedNames,
    pointers: HashMap<String, String>,
}

impl TakenNames {
    fn claim(&mut self, name: &mut String, others: Vec<String>, pointer: &str) {
        *name = self.used.claim_any(name, others);
        self.pointers.insert(name.clone(), pointer.to_owned());
    }
}

/// A set of equal drafts.
#[derive(Default)]
struct Group {
    members: Vec<usize>,
    name: String,
    by_person: bool,
    by_component: bool,
}

impl Group {
    fn name(&mut self, drafts: &[UnnamedType], classes: &[usize], directions: &Directions) {
        let named = self.members.iter().find_map(|member| Some((&drafts[*member], drafts[*member].own_name()?)));
        let Some((draft, base)) = named else {
            self.name.clone_from(&drafts[self.described(drafts)].place);
            return;
        };
        self.by_person = draft.given.is_some();
        self.by_component = !self.by_person;
        let class = self.members.first().map(|member| classes[*member]);
        let all = directions.get(&base).map_or(&[][..], Vec::as_slice);
        let here = |direction| all.iter().any(|(other, of)| *other == direction && Some(*of) == class);
        let only_elsewhere = |direction| !here(direction) && all.iter().any(|(other, _)| *other == direction);
        // A response type keeps the name; a request type keeps it too, unless the response type differs.
        let is_form = self.members.iter().all(|member| drafts[*member].direction == Direction::Form);
        self.name = match () {
            () if is_form && (only_elsewhere(Direction::Request) || only_elsewhere(Direction::Response)) => {
                format!("{base}Form")
            }
            () if only_elsewhere(Direction::Response) => format!("{base}Input"),
            () => base,
        };
    }

    /// Returns the order of naming: names from overlays first, then those of components, then the others. Among equal
    /// names, a component that has exactly this name comes first, then response types.
    fn rank(&self, drafts: &[UnnamedType]) -> (bool, bool, String, bool, bool, String) {
        let pointer = self.members.iter().map(|member| drafts[*member].pointer.clone()).min().unwrap_or_default();
        let is_exact = pointer.strip_prefix("/components/schemas/").is_some_and(|name| name == self.name);
        let sent = self.members.iter().all(|member| drafts[*member].direction != Direction::Response);
        (!self.by_person, !self.by_component, self.name.clone(), !is_exact, sent, pointer)
    }

    /// Returns the member that determines the documentation and the name.
    fn described(&self, drafts: &[UnnamedType]) -> usize {
        let key = |member: &&usize| {
            let draft = &drafts[**member];
            (draft.own_name().is_none(), draft.place.len(), &draft.place, draft.direction != Direction::Response)
        };
        self.members.iter().min_by_key(key).copied().unwrap_or_default()
    }

    fn assign(&mut self, drafts: &[UnnamedType], taken: &mut TakenNames, diagnostics: &mut Diagnostics) {
        let pointer = self.members.first().map(|member| drafts[*member].pointer.clone()).unwrap_or_default();
        if self.by_person
            && let Some(other) = taken.pointers.get(&self.name)
        {
            diagnostics.error(
                "same-type",
                pointer.clone(),
                format!("this and `#{other}` are different types named `{}`", self.name),
                "change the `x-rust-name` of one of them",
            );
        }
        let others = self.other_names(drafts);
        taken.claim(&mut self.name, others, &pointer);
    }

    /// Returns the names to use if the first is taken: by direction, by status, and by kind.
    fn other_names(&self, drafts: &[UnnamedType]) -> Vec<String> {
        let draft = &drafts[self.described(drafts)];
        let sent = self.members.iter().all(|member| drafts[*member].direction != Direction::Response);
        let detailed = draft.detail.as_ref().filter(|_| draft.own_name().is_none());
        let by_status = detailed.map(|(at, word)| format!("{}{word}{}", &draft.place[..*at], &draft.place[*at..]));
        let word = match draft.kind {
            TypeKind::Strings(_) | TypeKind::Integers(_) => "Value",
            TypeKind::Struct(_) => "Object",
            TypeKind::Union(_) | TypeKind::Responses(_) => "Choice",
            TypeKind::Alias(_) => "Alias",
        };
        let by_direction = sent.then(|| format!("{}Input", self.name));
        by_direction.into_iter().chain(by_status).chain([format!("{}{word}", self.name)]).collect()
    }
}

fn assemble(
    drafts: &[UnnamedType],
    classes: &[usize],
    kept: &BTreeSet<usize>,
    mut groups: Vec<(usize, Group)>,
) -> (NamedTypes, Vec<String>) {
    groups.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    let ids: HashMap<usize, TypeId> =
        groups.iter().enumerate().map(|(index, (class, _))| (*class, TypeId(index))).collect();
    let renamed: Vec<Option<TypeId>> = classes
        .iter()
        .enumerate()
        .map(|(index, class)| kept.contains(&index).then(|| ids.get(class).copied()).flatten())
        .collect();
    let mut types = Vec::with_capacity(groups.len());
    let mut pointers = Vec::with_capacity(groups.len());
    for (_, group) in groups {
        let draft = &drafts[group.described(drafts)];
        let mut kind = draft.kind.clone();
        each_type_mut(&mut kind, &mut |ty| rename(ty, &renamed));
        if let TypeKind::Struct(kind) = &mut kind {
            let closed = |member: &usize| matches!(&drafts[*member].kind, TypeKind::Struct(one) if one.closed);
            kind.closed = group.members.iter().all(closed);
        }
        pointers.push(draft.pointer.clone());
        types.push(TypeDef {
            name: group.name,
            pointer: draft.pointer.clone(),
            module: String::new(),
            docs: draft.docs.clone(),
            deprecated: group.members.iter().all(|member| drafts[*member].deprecated),
            sent: false,
            secret: false,
            feature: None,
            derives: Vec::new(),
            kind,
        });
    }
    (NamedTypes { types, renamed }, pointers)
}

/// Replaces references to drafts with references to their types.
pub fn rename(ty: &mut Type, renamed: &[Option<TypeId>]) {
    match ty {
        Type::Named(id) => {
            if let Some(named_types) = renamed[id.0] {
                *id = named_types;
            }
        }
        other => other.parts_mut().iter_mut().for_each(|part| rename(part, renamed)),
    }
}

/// Calls `found` for each type that a type refers to.
pub fn named_in(ty: &Type, found: &mut dyn FnMut(TypeId)) {
    match ty {
        Type::Named(id) => found(*id),
        other => other.parts().iter().for_each(|part| named_in(part, found)),
    }
}

fn each_type_mut(kind: &mut TypeKind, found: &mut dyn FnMut(&mut Type)) {
    match kind {
        TypeKind::Struct(kind) => {
            kind.fields.iter_mut().for_each(|field| found(&mut field.ty));
            kind.rest.iter_mut().for_each(|(_, ty)| found(ty));
        }
        TypeKind::Union(kind) => {
            kind.variants.iter_mut().map(|variant| &mut variant.ty).chain(&mut kind.base).for_each(found);
        }
        TypeKind::Responses(kind) => {
            kind.cases.iter_mut().filter_map(|case| case.output.ty_mut()).for_each(found);
        }
        TypeKind::Alias(ty) => found(ty),
        TypeKind::Strings(_) | TypeKind::Integers(_) => {}
    }
}

/// Returns the types that a type contains directly, without a `Vec` or map in between.
fn direct(ty: &Type) -> Vec<TypeId> {
    match ty {
        Type::Named(id) => vec![*id],
        Type::Option(_) | Type::Lenient(_) | Type::Tuple(_) => ty.parts().iter().flat_map(direct).collect(),
        _ => Vec::new(),
    }
}

/// Puts a `Box` around the recursive types that a type contains directly.
fn box_direct(ty: &mut Type, is_recursive: &dyn Fn(&TypeId) -> bool) {
    if let Type::Tuple(items) = ty {
        return items.iter_mut().for_each(|item| box_direct(item, is_recursive));
    }
    if direct(ty).iter().any(is_recursive) {
        *ty = match std::mem::replace(ty, Type::Value) {
            Type::Option(inner) => Type::Option(Box::new(Type::Boxed(inner))),
            inner => Type::Boxed(Box::new(inner)),
        };
    }
}

/// Makes a field optional if its struct would always contain itself, directly or through others: such a struct has no
/// finite value.
fn loosen_endless(types: &mut [TypeDef], pointers: &[String], diagnostics: &mut Diagnostics) {
    let held = |def: &TypeDef| -> Vec<usize> {
        let TypeKind::Struct(kind) = &def.kind else { return Vec::new() };
        let fields = kind.fields.iter().filter(|field| field.presence.is_certain());
        fields.flat_map(|field| direct(&field.ty)).map(|id| id.0).collect()
    };
    let edges: Vec<Vec<usize>> = types.iter().map(held).collect();
    let cycle = strongly_connected(&edges);
    for (index, def) in types.iter_mut().enumerate() {
        let TypeKind::Struct(kind) = &mut def.kind else { continue };
        for field in kind.fields.iter_mut().filter(|field| field.presence.is_certain()) {
            if direct(&field.ty).iter().any(|id| cycle[id.0] == cycle[index]) {
                field.presence = Presence::Optional;
                diagnostics.warning(
                    "endless-type",
                    pointers.get(index).cloned().unwrap_or_default(),
                    format!("`{}` makes its type infinitely recursive; it is treated as optional", field.wire),
                    "remove it from `required`, or remove its default, in the overlay",
                );
            }
        }
    }
}

/// Puts a `Box` where a type would contain itself and so have no size: at the fields of structs, and where these are not enough, at
/// the variants of unions.
fn box_recursion(types: &mut [TypeDef]) {
    box_cycles(types, |kind| matches!(kind, TypeKind::Struct(_)));
    box_cycles(types, |kind| !matches!(kind, TypeKind::Alias(_)));
}

fn box_cycles(types: &mut [TypeDef], has_boxes: impl Fn(&TypeKind) -> bool) {
    let edges: Vec<Vec<usize>> =
        types.iter().map(|def| def.kind.types().into_iter().flat_map(direct).map(|id| id.0).collect()).collect();
    let cycle = strongly_connected(&edges);
    for (index, def) in types.iter_mut().enumerate() {
        if !has_boxes(&def.kind) {
            continue;
        }
        each_type_mut(&mut def.kind, &mut |ty| {
            box_direct(ty, &|id| cycle[id.0] == cycle[index]);
        });
    }
}

/// Marks types that contain secrets: those with a secret field, then those that contain these, and so on.
fn mark_secrets(types: &mut [TypeDef]) {
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); types.len()];
    let mut queue = Vec::new();
    for (index, def) in types.iter().enumerate() {
        for ty in def.kind.types() {
            named_in(ty, &mut |id| holders[id.0].push(index));
            queue.extend(ty.holds_secret(types).then_some(index));
        }
    }
    while let Some(index) = queue.pop() {
        if !std::mem::replace(&mut types[index].secret, true) {
            queue.extend(std::mem::take(&mut holders[index]));
        }
    }
}

/// Tarjan's algorithm without recursion: returns the number of each node's component.
fn strongly_connected(edges: &[Vec<usize>]) -> Vec<usize> {
    const NEW: usize = usize::MAX;
    let (mut order, mut low, mut component) = (vec![NEW; edges.len()], vec![0; edges.len()], vec![NEW; edges.len()]);
    let (mut stack, mut on_stack) = (Vec::new(), vec![false; edges.len()]);
    let (mut next_order, mut next_component) = (0, 0);
    for root in 0..edges.len() {
        if order[root] != NEW {
            continue;
        }
        let mut work = vec![(root, 0)];
        while let Some((node, edge)) = work.pop() {
            if edge == 0 {
                order[node] = next_order;
                low[node] = next_order;
                next_order += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(&child) = edges[node].get(edge) {
                work.push((node, edge + 1));
                if order[child] == NEW {
                    work.push((child, 0));
                } else if on_stack[child] {
                    low[node] = low[node].min(order[child]);
                }
                continue;
            }
            if low[node] == order[node] {
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    component[member] = next_component;
                    if member == node {
                        break;
                    }
                }
                next_component += 1;
            }
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    component
}

/// The module of types that are not declared by a component, an operation or a webhook.
pub const SHARED: &str = "shared";

/// Assigns each type to a module and marks the types that are sent.
pub fn place(
    types: &mut [TypeDef],
    resources: &[Resource],
    webhooks: Option<&Webhooks>,
    errors: &[Type],
    document: &Document,
) {
    let mut sent = HashSet::new();
    let mut described = HashMap::new();
    for resource in resources {
        for operation in &resource.operations {
            let path = operation.pointer.rsplit_once('/').map_or("", |(path, _)| path);
            described.entry(path).or_insert(resource.module.as_str());
            described.insert(operation.pointer.as_str(), resource.module.as_str());
            for ty in sent_types(operation) {
                spread(types, ty, &mut |id| sent.insert(id));
            }
        }
    }
    for event in webhooks.iter().flat_map(|webhooks| &webhooks.events) {
        described.extend(webhooks.map(|webhooks| (event.pointer.as_str(), webhooks.module.as_str())));
    }
    if !document.drop_undeclared {
        keep_undeclared(types, &sent, &received(types, resources, webhooks, errors));
    }
    for (index, def) in types.iter_mut().enumerate() {
        def.sent = sent.contains(&TypeId(index));
        def.module = module_of(&def.pointer, &described, document);
    }
}

/// Returns the types that responses, errors and webhooks contain.
fn received(
    types: &[TypeDef],
    resources: &[Resource],
    webhooks: Option<&Webhooks>,
    errors: &[Type],
) -> HashSet<TypeId> {
    let mut received = HashSet::new();
    let given = resources.iter().flat_map(|resource| &resource.operations).flat_map(Operation::given);
    for ty in given.chain(webhooks.iter().flat_map(|webhooks| webhooks.payloads())).chain(errors) {
        spread(types, ty, &mut |id| received.insert(id));
    }
    received
}

/// Adds a field for additional properties to each struct whose schema is not only sent, unless the document forbids
/// them. The request version of a schema that is also received has the field too.
fn keep_undeclared(types: &mut [TypeDef], sent: &HashSet<TypeId>, received: &HashSet<TypeId>) {
    let schemas: HashSet<String> = received.iter().map(|id| types[id.0].pointer.clone()).collect();
    for (index, def) in types.iter_mut().enumerate() {
        let is_received = schemas.contains(&def.pointer) || !sent.contains(&TypeId(index));
        if let TypeKind::Struct(kind) = &mut def.kind
            && kind.rest.is_none()
            && !kind.closed
            && !kind.multipart
            && is_received
        {
            kind.add_rest(Type::Value);
        }
    }
}

/// Returns the module of a type: that of its component, or of the operation, path or webhook that declares it.
fn module_of(pointer: &str, described: &HashMap<&str, &str>, document: &Document) -> String {
    let first =
        |tokens: usize| &pointer[..pointer.match_indices('/').nth(tokens).map_or(pointer.len(), |(end, _)| end)];
    if let Some(module) = described.get(first(3)).or_else(|| described.get(first(2))) {
        return (*module).to_owned();
    }
    let component = crm_clients_document::diagnostic::tokens(pointer).nth(2);
    let file_name = |name: String| match document.held.types.get(&name).filter(|held| **held != names::type_name(&name))
    {
        Some(held) => names::file_name(held),
        None => names::file_name(&name),
    };
    component.filter(|_| pointer.starts_with("/components/")).map_or(SHARED.to_owned(), file_name)
}

/// Returns the types that an operation sends.
fn sent_types(operation: &Operation) -> impl Iterator<Item = &Type> {
    let arguments = operation.required.iter().chain(&operation.optional).map(|argument| &argument.ty);
    arguments.chain(operation.body.iter().map(|body| &body.ty))
}

pub(super) fn spread(types: &[TypeDef], ty: &Type, visit: &mut dyn FnMut(TypeId) -> bool) {
    let mut queue = Vec::new();
    named_in(ty, &mut |id| queue.push(id));
    while let Some(id) = queue.pop() {
        if visit(id) {
            for ty in types[id.0].kind.types() {
                named_in(ty, &mut |id| queue.push(id));
            }
        }
    }
}
