//! Handles that bind the common path prefix of several resources.
//!
//! If contacts and labels are both below `/accounts/{account_id}`, the client has a handle for an account, which takes
//! the ID once and returns the handles of both.

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
    /// The type of the handle: `Account`.
    pub name: String,
    /// The name of its module: that of the resource it represents, if there is one.
    pub module: String,
    /// The method that returns the handle.
    pub handle: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// The arguments that it binds, including those of its parent.
    pub arguments: Vec<Argument>,
    /// The scope that contains it, as an index into [`Api::scopes`].
    pub parent: Option<usize>,
}

impl Scope {
    /// Returns true if its handle is also that of a resource.
    pub fn is_resource(&self, api: &Api) -> bool {
        api.resources.iter().any(|resource| resource.module == self.module)
    }
}

/// A segment of a path for the comparison of prefixes. All versions are equal: a new API version often has only a few
/// paths of a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ScopeSegment {
    Text(String),
    Version,
    /// A segment with parameters, and the resource's arguments up to it, whose types must be equal too.
    Parameters(String, Vec<String>),
}

/// Returns true if both segments are equal, or both are API versions.
pub fn is_same_place(one: &Segment, other: &Segment) -> bool {
    one == other || (is_version(one) && is_version(other))
}

fn is_version(segment: &Segment) -> bool {
    let Segment::Static(text) = segment else { return false };
    text.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
}

/// Finds the scopes and assigns each resource to one. `reserved` are the names of the client's methods.
pub fn attach(resources: &mut [Resource], reserved: UsedNames) -> Vec<Scope> {
    let prefixes: Vec<Vec<ScopeSegment>> = resources.iter().map(prefix).collect();
    let mut members: BTreeMap<&[ScopeSegment], Vec<usize>> = BTreeMap::new();
    for (index, prefix) in prefixes.iter().enumerate() {
        for length in 1..=prefix.len() {
            if matches!(prefix[length - 1], ScopeSegment::Parameters(..)) {
                members.entry(&prefix[..length]).or_default().push(index);
            }
        }
    }
    // Of two scopes with the same resources, the longer one binds more arguments.
    let longest: BTreeMap<Vec<usize>, &[ScopeSegment]> = members.iter().map(|(key, of)| (of.clone(), *key)).collect();
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

/// Returns the common prefix of a resource's paths, up to the last of its handle's arguments.
fn prefix(resource: &Resource) -> Vec<ScopeSegment> {
    let all: Vec<Vec<Segment>> = resource.operations.iter().map(|operation| paths::segments(&operation.path)).collect();
    let mut places = places(&paths::common_prefix(&all, is_same_place), &resource.arguments);
    while places.last().is_some_and(|last| !matches!(last, ScopeSegment::Parameters(..))) {
        places.pop();
    }
    places
}

/// Converts segments to places, as long as there are arguments for their parameters.
fn places(segments: &[Segment], arguments: &[Argument]) -> Vec<ScopeSegment> {
    let (mut places, mut bound) = (Vec::new(), 0);
    for segment in segments {
        places.push(match segment {
            segment if is_version(segment) => ScopeSegment::Version,
            Segment::Static(text) => ScopeSegment::Text(text.clone()),
            Segment::Parameter(text) => {
                let names = template::names(text).count();
                let filled = arguments.get(bound..bound + names).unwrap_or_default();
                if filled.is_empty() || !template::names(text).eq(filled.iter().map(|one| one.wire.as_str())) {
                    return places;
                }
                bound += names;
                ScopeSegment::Parameters(text.clone(), filled.iter().map(|one| format!("{:?}", one.ty)).collect())
            }
        });
    }
    places
}

fn bound(key: &[ScopeSegment]) -> usize {
    key.iter().map(|place| if let ScopeSegment::Parameters(_, types) = place { types.len() } else { 0 }).sum()
}

struct Scopes<'a> {
    list: Vec<Scope>,
    /// The path prefix of each scope.
    keys: Vec<&'a [ScopeSegment]>,
    modules: UsedNames,
}

impl<'a> Scopes<'a> {
    fn innermost(&self, path: &[ScopeSegment]) -> Option<usize> {
        (0..self.keys.len())
            .filter(|index| path.starts_with(self.keys[*index]))
            .max_by_key(|index| self.keys[*index].len())
    }

    fn add(&mut self, key: &'a [ScopeSegment], members: &[usize], resources: &[Resource]) {
        let Some(first) = members.first() else { return };
        let arguments = resources[*first].arguments[..bound(key)].to_vec();
        let parent = self.innermost(key);
        let inherited = parent.map_or(0, |parent| self.list[parent].arguments.len());
        let word = word(key, &arguments, inherited);
        let (name, module, docs) = match thing(key, members, resources, &word) {
            Some(resource) => (resource.name.clone(), resource.module.clone(), resource.docs.clone()),
            None => {
                let owner = |parent: usize| names::suffix(&self.list[parent].module).trim_end_matches('_');
                let within = parent.map(|parent| format!("{}_{word}", owner(parent)));
                let is_sibling = |scope: &Scope| scope.parent == parent && scope.module == word;
                let wanted = match self.list.iter().any(is_sibling) {
                    true => distinguished(&word, &arguments[inherited..]),
                    false => within.filter(|_| self.modules.contains(&word)).unwrap_or(word),
                };
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

/// Returns the resource that the scope's path represents: `GET /accounts/{account_id}` is an operation of the account.
fn thing<'r>(key: &[ScopeSegment], members: &[usize], resources: &'r [Resource], word: &str) -> Option<&'r Resource> {
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

/// Returns the name of a scope: the singular of the segment before its parameters, or the parameter if that is too
/// generic.
fn word(key: &[ScopeSegment], arguments: &[Argument], inherited: usize) -> String {
    let before = key.iter().rev().find(|place| !matches!(place, ScopeSegment::Parameters(..)));
    match before {
        Some(ScopeSegment::Text(text)) if text != "api" => words::singular(&names::module_name(text)),
        _ => {
            let name = arguments.get(inherited).map_or("scope", |argument| argument.name.as_str());
            names::module_name(name.strip_suffix("_id").unwrap_or(name))
        }
    }
}

/// Returns the name of a scope whose path differs from that of another one only in the names of its parameters:
/// `service_by_sid`.
fn distinguished(word: &str, arguments: &[Argument]) -> String {
    let words: Vec<&str> = arguments.iter().map(|argument| names::suffix(&argument.name)).collect();
    format!("{}_by_{}", word.trim_end_matches('_'), words.join("_and_"))
}

/// Returns the beginning of a path that a scope covers.
fn shown(path: &str, key: &[ScopeSegment]) -> String {
    let segments = paths::segments(path);
    let texts = segments.iter().take(key.len()).map(|segment| match segment {
        Segment::Static(text) | Segment::Parameter(text) => format!("/{text}"),
    });
    texts.collect()
}

/// Names the methods that return the handles in a scope; the resource that the scope represents is already named.
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
