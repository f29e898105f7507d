//! Handles that bind what the paths of several resources begin with.
//!
//! Where contacts and labels are both below `/accounts/{account_id}`, the client has one handle for an account, which takes
//! the id once and leads to both.

use std::collections::BTreeMap;

use serde::Serialize;

use super::paths::{self, Segment};
use super::{Api, Argument, Resource, words};
use crate::markdown;
use crate::names::{self, UsedNames};
use crm_clients_document::template;

/// A handle between the client and the handles of resources.
#[derive(Debug, Clone, Serialize)]
pub struct Scope {
    /// The handle's type: `Account`.
    pub name: String,
    /// Its module: that of the resource that is the thing itself, if there is one.
    pub module: String,
    /// The method that makes the handle.
    pub handle: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// What it binds, the arguments of its parent included.
    pub arguments: Vec<Argument>,
    /// The scope that it is in: its place in [`Api::scopes`].
    pub parent: Option<usize>,
}

impl Scope {
    /// Returns true if its handle is that of a resource, too.
    pub fn is_resource(&self, api: &Api) -> bool {
        api.resources.iter().any(|resource| resource.module == self.module)
    }
}

/// A segment of a path as scopes compare it. Versions are alike: an API mostly moves a few paths of a resource to the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Text(String),
    Version,
    /// A segment with parameters, and the resource's arguments up to them: their types have to be the same, too.
    Parameters(String, Vec<String>),
}

/// Returns true if both segments are the same, or both are versions of an API.
pub fn is_same_place(one: &Segment, other: &Segment) -> bool {
    one == other || (is_version(one) && is_version(other))
}

fn is_version(segment: &Segment) -> bool {
    let Segment::Static(text) = segment else { return false };
    text.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
}

/// Finds the scopes, and gives each resource its own. Client methods have the names in `reserved`.
pub fn attach(resources: &mut [Resource], reserved: UsedNames) -> Vec<Scope> {
    let prefixes: Vec<Vec<Place>> = resources.iter().map(prefix).collect();
    let mut members: BTreeMap<&[Place], Vec<usize>> = BTreeMap::new();
    for (index, prefix) in prefixes.iter().enumerate() {
        for length in 1..=prefix.len() {
            if matches!(prefix[length - 1], Place::Parameters(..)) {
                members.entry(&prefix[..length]).or_default().push(index);
            }
        }
    }
    // Of two scopes of the same resources, the longer binds more.
    let longest: BTreeMap<Vec<usize>, &[Place]> = members.iter().map(|(key, of)| (of.clone(), *key)).collect();
    members.retain(|key, of| of.len() > 1 && longest.get(of) == Some(key));
    let mut scopes = Scopes { list: Vec::new(), keys: Vec::new(), modules: reserved };
    for (key, of) in &members {
        scopes.add(key, of, resources);
    }
    for (index, resource) in resources.iter_mut().enumerate() {
        resource.scope = scopes.innermost(&prefixes[index]);
    }
    let Scopes { mut list, .. } = scopes;
    name_handles(resources, &mut list);
    list
}

/// What all paths of a resource begin with, up to the last of its handle's arguments.
fn prefix(resource: &Resource) -> Vec<Place> {
    let all: Vec<Vec<Segment>> = resource.operations.iter().map(|operation| paths::segments(&operation.path)).collect();
    let mut places = places(&paths::common_prefix(&all, is_same_place), &resource.arguments);
    while places.last().is_some_and(|last| !matches!(last, Place::Parameters(..))) {
        places.pop();
    }
    places
}

/// The places of these segments, as far as the arguments fill them.
fn places(segments: &[Segment], arguments: &[Argument]) -> Vec<Place> {
    let (mut places, mut bound) = (Vec::new(), 0);
    for segment in segments {
        places.push(match segment {
            segment if is_version(segment) => Place::Version,
            Segment::Static(text) => Place::Text(text.clone()),
            Segment::Parameter(text) => {
                let names = template::names(text).count();
                let filled = arguments.get(bound..bound + names).unwrap_or_default();
                if filled.is_empty() || !template::names(text).eq(filled.iter().map(|one| one.wire.as_str())) {
                    return places;
                }
                bound += names;
                Place::Parameters(text.clone(), filled.iter().map(|one| format!("{:?}", one.ty)).collect())
            }
        });
    }
    places
}

fn bound(key: &[Place]) -> usize {
    key.iter().map(|place| if let Place::Parameters(_, types) = place { types.len() } else { 0 }).sum()
}

struct Scopes<'a> {
    list: Vec<Scope>,
    /// What the paths of each scope begin with.
    keys: Vec<&'a [Place]>,
    modules: UsedNames,
}

impl<'a> Scopes<'a> {
    fn innermost(&self, path: &[Place]) -> Option<usize> {
        (0..self.keys.len())
            .filter(|index| path.starts_with(self.keys[*index]))
            .max_by_key(|index| self.keys[*index].len())
    }

    fn add(&mut self, key: &'a [Place], members: &[usize], resources: &[Resource]) {
        let Some(first) = members.first() else { return };
        let arguments = resources[*first].arguments[..bound(key)].to_vec();
        let parent = self.innermost(key);
        let word = word(key, &arguments, parent.map_or(0, |parent| self.list[parent].arguments.len()));
        let (name, module, docs) = match thing(key, members, resources, &word) {
            Some(resource) => (resource.name.clone(), resource.module.clone(), resource.docs.clone()),
            None => {
                let within = parent.map(|parent| format!("{}_{word}", names::suffix(&self.list[parent].module)));
                let wanted = within.filter(|_| self.modules.contains(&word)).unwrap_or(word);
                let module = self.modules.claim(&wanted);
                let path = resources[*first].operations.first().map(|operation| shown(&operation.path, key));
                let docs = format!("Resources below {}.", markdown::code(&path.unwrap_or_default()));
                (names::type_name(&module), module, vec![docs])
            }
        };
        self.list.push(Scope { name, handle: module.clone(), module, docs, arguments, parent });
        self.keys.push(key);
    }
}

/// The resource that is what the scope's path leads to: `GET /accounts/{account_id}` is of the account itself.
fn thing<'r>(key: &[Place], members: &[usize], resources: &'r [Resource], word: &str) -> Option<&'r Resource> {
    let is_at = |resource: &&Resource| {
        let at = |path: &str| places(&paths::segments(path), &resource.arguments) == key;
        resource
            .operations
            .iter()
            .any(|operation| paths::segments(&operation.path).len() == key.len() && at(&operation.path))
    };
    let found: Vec<&Resource> = members.iter().map(|index| &resources[*index]).filter(is_at).collect();
    match found.as_slice() {
        [only] => Some(only),
        several => several.iter().copied().find(|resource| words::singular(&resource.module) == word),
    }
}

/// The word for a scope: the singular of the text before its parameters, or the parameter itself where that says nothing.
fn word(key: &[Place], arguments: &[Argument], inherited: usize) -> String {
    let before = key.iter().rev().find(|place| !matches!(place, Place::Parameters(..)));
    match before {
        Some(Place::Text(text)) if text != "api" => words::singular(&names::module_name(text)),
        _ => {
            let name = arguments.get(inherited).map_or("scope", |argument| argument.name.as_str());
            names::module_name(name.strip_suffix("_id").unwrap_or(name))
        }
    }
}

/// The beginning of a path that a scope stands for.
fn shown(path: &str, key: &[Place]) -> String {
    let segments = paths::segments(path);
    let texts = segments.iter().take(key.len()).map(|segment| match segment {
        Segment::Static(text) | Segment::Parameter(text) => format!("/{text}"),
    });
    texts.collect()
}

/// Names the methods that make the handles in a scope; those of the thing itself have their names already.
fn name_handles(resources: &mut [Resource], scopes: &mut [Scope]) {
    for scope in 0..scopes.len() {
        let own = resources.iter().find(|resource| resource.module == scopes[scope].module);
        let methods = own.iter().flat_map(|own| own.operations.iter().map(|operation| operation.name.clone()));
        let mut taken: UsedNames = methods.chain(["new".to_owned()]).collect();
        let module = scopes[scope].module.clone();
        for child in scopes.iter_mut().filter(|child| child.parent == Some(scope)) {
            child.handle = taken.claim(&child.module);
        }
        for child in resources.iter_mut().filter(|child| child.scope == Some(scope) && child.module != module) {
            child.handle = taken.claim(&child.module);
        }
    }
}
