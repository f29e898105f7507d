//! `names.lock`: the Rust names of a client, by identifiers that are stable on the wire.
//!
//! Names of the client are derived from operationIds, tags and components, which upstream may rename. A lock keeps the
//! names: an operation is identified by its method and path, a component by its name or, if that was removed, by the
//! location that refers to it. [`NamesLock::hold`] writes the names into the raised document for the later passes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::diagnostic::{child, tokens};
use crate::refs::reference;
use crate::spec::{FieldType, METHODS, ObjectKind, Versions};
use crate::template;

/// The prefix of references to component schemas.
const SCHEMAS: &str = "#/components/schemas/";

/// The JSON pointer of the component schemas.
const COMPONENTS: &str = "/components/schemas";

/// The names of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamesLock {
    /// The names of operations, by method and path: `GET /contacts/{}`.
    #[serde(default)]
    pub operations: BTreeMap<String, LockedOperation>,
    /// The names of components' types, by component name.
    #[serde(default)]
    pub types: BTreeMap<String, LockedType>,
    /// Deprecated names, by their Rust paths: `types::Contact`, `contacts::list`.
    #[serde(default)]
    pub aliases: BTreeMap<String, Alias>,
}

/// The names of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedOperation {
    /// The tag that its resource is named after; `None` if the resource is named after the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The name of its method.
    pub method: String,
}

/// The name of a component's type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedType {
    /// The type's name.
    pub name: String,
    /// A location that refers to the component, as a JSON pointer without the names of path parameters. It identifies
    /// the component after a rename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// The name that replaces a deprecated one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// The name, as a Rust path.
    pub now: String,
    /// The version of the client that deprecates the old one.
    pub since: String,
}

/// The names that a client keeps, in the model of a document.
#[derive(Debug, Clone, Default)]
pub struct HeldNames {
    /// The Rust names of components.
    pub types: BTreeMap<String, String>,
    /// Deprecated names.
    pub aliases: BTreeMap<String, Alias>,
    /// The first location that refers to each component: in a path, or else in another component.
    pub places: BTreeMap<String, String>,
    /// The operations that a lock cannot distinguish from others.
    pub ambiguous: BTreeSet<String>,
}

impl NamesLock {
    /// Writes the names of operations and their resources into a raised document, and returns those of its components.
    pub fn hold(&self, document: &mut Value) -> HeldNames {
        let ambiguous = ambiguous_operations(document);
        self.hold_operations(document, &ambiguous);
        let references = references(document);
        let types = self.held_types(document, &references);
        let mut places = BTreeMap::new();
        let is_component = |place: &str| place.starts_with(COMPONENTS);
        let mut all: Vec<_> = references.into_iter().collect();
        all.sort_by_cached_key(|(place, _)| (is_component(place), place.len(), place.clone()));
        for (place, component) in all {
            places.entry(component).or_insert(place);
        }
        HeldNames { types, aliases: self.aliases.clone(), places, ambiguous }
    }

    fn hold_operations(&self, document: &mut Value, ambiguous: &BTreeSet<String>) {
        let tags = document.get("tags").cloned().unwrap_or_default();
        let mut held = BTreeMap::new();
        for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
            for (method, operation) in operations_mut(item) {
                let key = operation_key(&method, path);
                let Some(locked) = self.operations.get(&key).filter(|_| !ambiguous.contains(&key)) else { continue };
                operation.entry("x-rust-name").or_insert_with(|| locked.method.clone().into());
                let tag = first_tag(operation).unwrap_or_default().to_owned();
                // An `x-rust-name` of the document's tag takes precedence.
                let is_given = tag_of(&tags, &tag).is_some_and(|tag| tag.get("x-rust-name").is_some());
                match &locked.tag {
                    _ if is_given => {}
                    Some(locked) if *locked != tag => {
                        operation.insert("tags".to_owned(), Value::from(vec![locked.clone()]));
                        held.entry(locked.clone()).or_insert(tag);
                    }
                    None => _ = operation.shift_remove("tags"),
                    Some(_) => {}
                }
            }
        }
        declare_tags(document, &tags, &held);
    }

    /// Returns the type names of the document's components, including renamed ones.
    fn held_types(&self, document: &Value, references: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let schemas = document.pointer(COMPONENTS);
        let has = |name: &str| schemas.is_some_and(|schemas| schemas.get(name).is_some());
        // An `x-rust-name` of the schema takes precedence.
        let is_given = |name: &str| schemas.is_some_and(|schemas| schemas[name].get("x-rust-name").is_some());
        let (kept, mut gone): (Vec<_>, Vec<_>) = self.types.iter().partition(|(component, _)| has(component));
        let kept = kept.into_iter().filter(|(component, _)| !is_given(component));
        let mut held: BTreeMap<String, String> =
            kept.map(|(component, locked)| (component.clone(), locked.name.clone())).collect();
        let mut renamed: BTreeMap<&str, &str> = BTreeMap::new();
        // A location inside a renamed component can be found only after that component.
        loop {
            let before = gone.len();
            gone.retain(|(component, locked)| {
                let Some(at) = &locked.at else { return true };
                let Some(now) = references.get(&relocated(at, &renamed)) else { return true };
                if self.types.contains_key(now) || held.contains_key(now) || is_given(now) {
                    return true;
                }
                held.insert(now.clone(), locked.name.clone());
                renamed.insert(component, now);
                false
            });
            if gone.len() == before {
                return held;
            }
        }
    }
}

/// Returns the key of an operation, without the names of its path parameters: `GET /contacts/{}`.
pub fn operation_key(method: &str, path: &str) -> String {
    format!("{} {}", method.to_ascii_uppercase(), template::nameless(path))
}

/// Returns the components that a raised document refers to, by location: a JSON pointer whose path parameters are
/// nameless, and that passes through references to anything but schemas.
fn references(document: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut collect_members = |pointer: &str, holds: FieldType| {
        for (name, node) in document.pointer(pointer).and_then(Value::as_object).into_iter().flatten() {
            let mut place = child(pointer, &template::nameless(name));
            collect(document, node, holds, &mut place, &mut BTreeSet::new(), &mut found);
        }
    };
    collect_members("/paths", FieldType::OneOrRef(ObjectKind::PathItem));
    collect_members("/webhooks", FieldType::OneOrRef(ObjectKind::PathItem));
    collect_members(COMPONENTS, FieldType::SchemaOrBool);
    found
}

fn collect(
    document: &Value,
    node: &Value,
    holds: FieldType,
    place: &mut String,
    within: &mut BTreeSet<String>,
    found: &mut BTreeMap<String, String>,
) {
    if holds.is_data() {
        return;
    }
    if let Some(target) = reference(node).filter(|_| holds.object().is_some()) {
        match target.strip_prefix(SCHEMAS).filter(|name| !name.contains('/')) {
            Some(name) => _ = found.insert(place.clone(), tokens(&format!("/{name}")).collect()),
            None if within.insert(target.to_owned()) => {
                if let Some(node) = target.strip_prefix('#').and_then(|pointer| document.pointer(pointer)) {
                    collect(document, node, holds, place, within, found);
                }
                within.remove(target);
            }
            None => {}
        }
    }
    holds.visit_members(node, Versions::V3_2, place, &mut |node, holds, place| {
        collect(document, node, holds, place, within, found);
    });
}

/// Returns a location with the current name of its component.
fn relocated(at: &str, renamed: &BTreeMap<&str, &str>) -> String {
    let place = at.strip_prefix(COMPONENTS).and_then(|rest| rest.strip_prefix('/')?.split_once('/'));
    let now = place.and_then(|(component, rest)| Some((renamed.get(component)?, rest)));
    now.map_or_else(|| at.to_owned(), |(component, rest)| format!("{COMPONENTS}/{component}/{rest}"))
}

/// Returns the methods of a path item and their operations.
fn operations_mut(item: &mut Value) -> Vec<(String, &mut Map<String, Value>)> {
    let mut found = Vec::new();
    for (key, value) in item.as_object_mut().into_iter().flatten() {
        match (key.as_str(), value) {
            ("additionalOperations", Value::Object(others)) => {
                let others = others.iter_mut();
                found.extend(others.filter_map(|(method, one)| Some((method.clone(), one.as_object_mut()?))));
            }
            (method, Value::Object(operation)) if METHODS.contains(&method) => {
                found.push((method.to_owned(), operation));
            }
            _ => {}
        }
    }
    found
}

fn tag_of<'v>(tags: &'v Value, name: &str) -> Option<&'v Value> {
    tags.as_array()?.iter().find(|tag| tag.get("name").and_then(Value::as_str) == Some(name))
}

/// Returns the tag that the client's resource is named after.
fn first_tag(operation: &Map<String, Value>) -> Option<&str> {
    operation.get("tags")?.get(0)?.as_str()
}

/// Returns the operations that differ only in the names of their path parameters, which a lock cannot distinguish.
fn ambiguous_operations(document: &mut Value) -> BTreeSet<String> {
    let (mut seen, mut ambiguous) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        for (method, _) in operations_mut(item) {
            let key = operation_key(&method, path);
            if !seen.insert(key.clone()) {
                ambiguous.insert(key);
            }
        }
    }
    ambiguous
}

/// Declares the tags that a lock keeps, each with the description of the document's current tag.
fn declare_tags(document: &mut Value, tags: &Value, held: &BTreeMap<String, String>) {
    let missing = held.iter().filter(|(held, _)| tag_of(tags, held).is_none());
    let added: Vec<Value> = missing
        .map(|(held, now)| {
            let mut tag = tag_of(tags, now).and_then(Value::as_object).cloned().unwrap_or_default();
            tag.insert("name".to_owned(), held.clone().into());
            Value::Object(tag)
        })
        .collect();
    if let (Some(root), false) = (document.as_object_mut(), added.is_empty())
        && let Some(all) = root.entry("tags").or_insert_with(|| Value::Array(Vec::new())).as_array_mut()
    {
        all.extend(added);
    }
}
