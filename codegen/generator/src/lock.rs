//! The names of a client, as stored in `names.lock`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crm_clients_document::diagnostic::tokens;
use crm_clients_document::model::{self, Document, SchemaId};
use crm_clients_document::names_lock::{LockedOperation, LockedType, NamesLock, operation_key};

use crate::ir::{Api, Operation, Resource};
use crate::names;

/// Returns the names of a client of this document, including deprecated ones.
pub fn lock(api: &Api, document: &Document) -> NamesLock {
    let methods: HashMap<&str, &Operation> =
        operations(api).filter(|(_, one)| !one.alternative).map(|(_, one)| (one.pointer.as_str(), one)).collect();
    let operation = |one: &model::Operation| {
        let key = operation_key(&one.method, &one.path);
        let method = methods.get(one.pointer.as_str()).filter(|_| !document.held.ambiguous.contains(&key))?;
        let locked = LockedOperation { tag: one.tags.first().cloned(), method: method.name.clone() };
        Some((key, locked))
    };
    let mut types: HashMap<&str, Vec<&str>> = HashMap::new();
    for def in &api.types {
        types.entry(def.pointer.as_str()).or_default().push(&def.name);
    }
    let component = |(component, id): (&String, &SchemaId)| {
        // A component can be several types, whose names have the same prefix: in requests, in responses and as a form.
        let all = types.get(document[*id].pointer.as_str())?;
        let own = document.held.types.get(component).cloned().unwrap_or_else(|| names::type_name(component));
        let shortest = all.iter().min_by_key(|name| name.len())?;
        let name = if all.contains(&own.as_str()) { own } else { (*shortest).to_owned() };
        Some((component.clone(), LockedType { name, at: document.held.places.get(component).cloned() }))
    };
    NamesLock {
        operations: document.operations().filter_map(operation).collect(),
        types: document.components.schemas.iter().filter_map(component).collect(),
        aliases: document.held.aliases.clone(),
    }
}

/// A name of the client that differs from the document's current name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldName {
    /// The name, as a Rust path below the client's module: `types::Contact`, `contacts::list`, or `contacts` for a
    /// resource.
    pub name: String,
    /// The name derived from the document.
    pub own: String,
    /// The JSON pointer to its declaration.
    pub pointer: String,
    /// The component of the type.
    pub component: Option<String>,
    /// The operations of the method or the resource: `GET /contacts/{}`.
    pub operations: Vec<String>,
}

/// Returns the names that differ between two clients of a document: one that keeps its names, and one with the
/// document's names.
///
/// Names that are derived from these, such as that of a method's body, are not listed.
pub fn held_names(held: &Api, own: &Api) -> Vec<HeldName> {
    let mut found = Vec::new();
    for (old, new, pointer) in changed_types(held, own) {
        let mut tokens = tokens(pointer);
        let component =
            tokens.nth(2).filter(|_| pointer.starts_with("/components/schemas/") && tokens.next().is_none());
        if component.is_some() {
            let (name, own) = (format!("types::{old}"), format!("types::{new}"));
            found.push(HeldName { name, own, pointer: pointer.to_owned(), component, operations: Vec::new() });
        }
    }
    let methods = methods(own);
    let mut resources: BTreeMap<(&str, &str), Vec<&Operation>> = BTreeMap::new();
    for (resource, one) in operations(held) {
        let Some((own_resource, own)) = methods.get(&identity(one)) else { continue };
        if resource.module != own_resource.module {
            resources.entry((&resource.module, &own_resource.module)).or_default().push(one);
        }
        if one.name != own.name && !one.alternative {
            found.push(HeldName {
                name: format!("{}::{}", resource.module, one.name),
                own: format!("{}::{}", own_resource.module, own.name),
                pointer: one.pointer.clone(),
                component: None,
                operations: vec![operation_key(&one.method, &one.path)],
            });
        }
    }
    for ((name, own), all) in resources {
        let keys: BTreeSet<String> = all.iter().map(|one| operation_key(&one.method, &one.path)).collect();
        found.push(HeldName {
            name: name.to_owned(),
            own: own.to_owned(),
            pointer: all.first().map(|one| one.pointer.clone()).unwrap_or_default(),
            component: None,
            operations: keys.into_iter().collect(),
        });
    }
    found.sort();
    found
}

/// Returns the old and new names of everything renamed in a second client of the same document, as Rust paths below its
/// module: types, methods of a resource, and resources that keep their operations. An operation that moves to another
/// resource is not included, because no alias can replace its method.
pub fn renamed(old: &Api, new: &Api) -> Vec<(String, String)> {
    let types = changed_types(old, new).into_iter();
    let mut found: Vec<(String, String)> =
        types.map(|(old, new, _)| (format!("types::{old}"), format!("types::{new}"))).collect();
    let methods = methods(new);
    let mut moves: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    let names: HashMap<&str, &str> =
        old.resources.iter().map(|resource| (resource.module.as_str(), resource.name.as_str())).collect();
    for (resource, one) in operations(old) {
        let Some((new_resource, _)) = methods.get(&identity(one)) else { continue };
        moves.entry(&resource.module).or_default().insert((&new_resource.module, &new_resource.name));
    }
    let whole: HashMap<&str, (&str, &str)> =
        moves.iter().filter(|(_, to)| to.len() == 1).filter_map(|(from, to)| Some((*from, *to.first()?))).collect();
    for (from, (module, name)) in &whole {
        if from != module
            && let Some(old) = names.get(from)
        {
            found.push((format!("{from}::{old}"), format!("{module}::{name}")));
        }
    }
    for (resource, one) in operations(old) {
        let Some((new_resource, new)) = methods.get(&identity(one)) else { continue };
        let follows = whole.get(resource.module.as_str()).is_some_and(|(module, _)| *module == new_resource.module);
        if one.name != new.name && (resource.module == new_resource.module || follows) {
            let module = &new_resource.module;
            found.push((format!("{module}::{}", one.name), format!("{module}::{}", new.name)));
        }
    }
    found.sort();
    found
}

/// Returns the types that were renamed: their old name, their new name and the pointer of their schema.
fn changed_types<'a>(old: &'a Api, new: &'a Api) -> Vec<(&'a str, &'a str, &'a str)> {
    let mut by_pointer: HashMap<(&str, bool), Vec<&str>> = HashMap::new();
    for def in &new.types {
        by_pointer.entry((&def.pointer, def.sent)).or_default().push(&def.name);
    }
    let changed = old.types.iter().filter_map(|def| {
        let names = by_pointer.get(&(def.pointer.as_str(), def.sent))?;
        let new = names.first().filter(|_| !names.contains(&def.name.as_str()))?;
        Some((def.name.as_str(), *new, def.pointer.as_str()))
    });
    changed.collect()
}

/// Identifies a method independently of its name: the operation and the body that it sends.
type Identity<'a> = (&'a str, Option<&'a str>);

fn identity(operation: &Operation) -> Identity<'_> {
    let body = operation.body.as_ref().filter(|_| operation.alternative);
    (&operation.pointer, body.map(|body| body.media_type.as_str()))
}

fn methods(api: &Api) -> HashMap<Identity<'_>, (&Resource, &Operation)> {
    operations(api).map(|(resource, one)| (identity(one), (resource, one))).collect()
}

fn operations(api: &Api) -> impl Iterator<Item = (&Resource, &Operation)> {
    api.resources.iter().flat_map(|resource| resource.operations.iter().map(move |operation| (resource, operation)))
}
