//! Schemas that are templates: others fill in parts of them by dynamic anchors.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::JsonObject;
use crate::bundle::{encode_pointer, numbered};
use crate::diagnostic::{Diagnostics, child, tokens};
use crate::origin::SourceMap;
use crate::recursion::deeper;
use crate::refs::{decoded, reference};
use crate::spec::{FieldType, Versions};

/// The names of dynamic anchors, each with the pointer of its schema. Of several with the same name, the first applies.
type Parts = Vec<(String, String)>;

/// The keywords that identify a schema or hold others, and are not copied with it.
const OF_ONE_SCHEMA: [&str; 5] = ["$id", "$schema", "$anchor", "$dynamicAnchor", "$defs"];

/// The maximum number of templates that are copied because another template refers to them.
const MAX_COPIES: usize = 10_000;

/// Copies templates into the schemas that fill in their parts, because all later passes read a schema without regard to
/// the references that lead to it.
///
/// `{"$ref": "#/components/schemas/Page", "$defs": {"item": {"$dynamicAnchor": "item", "type": "string"}}}` gets the keywords
/// of `Page`, with a `$ref` to its own `$defs/item` in place of `{"$dynamicRef": "#item"}`. The templates that `Page` refers
/// to are copied to its `$defs`.
pub(super) fn fill_in(document: &mut Value, documents: &mut SourceMap, diagnostics: &mut Diagnostics) {
    let mut users = Vec::new();
    find(document, FieldType::DOCUMENT, &mut String::new(), &mut users);
    if users.is_empty() {
        return;
    }
    // A template can itself fill in parts of another one, so all are read as they were.
    let source = document.clone();
    let mut templates = Templates { source: &source, documents, names: HashMap::new(), copies: 0 };
    for (user, parts) in users {
        templates.fill(document, &user, &parts);
        if templates.copies == MAX_COPIES {
            let message = format!("more than {MAX_COPIES} copies of templates; the others have their default parts");
            let help = "refer to fewer templates from other templates";
            return diagnostics.warning("too-many-templates", user, message, help);
        }
    }
}

/// Finds the references to other schemas next to dynamic anchors.
fn find(node: &Value, holds: FieldType, at: &mut String, users: &mut Vec<(String, Parts)>) {
    if holds.is_data() {
        return;
    }
    if holds == FieldType::SchemaOrBool {
        let parts = parts(node, at);
        if !parts.is_empty() {
            if reference(node).is_some() {
                users.push((at.clone(), parts.clone()));
            }
            let all = node.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate();
            let place = child(at, "allOf");
            let references = all.filter(|(_, schema)| reference(schema).is_some());
            users.extend(references.map(|(index, _)| (child(&place, &index.to_string()), parts.clone())));
        }
    }
    holds.visit_members(node, Versions::ALL, at, &mut |node, holds, at| find(node, holds, at, users));
}

/// Returns the dynamic anchors of a schema and of its definitions.
fn parts(schema: &Value, at: &str) -> Parts {
    let anchor = |schema: &Value| schema.get("$dynamicAnchor").and_then(Value::as_str).map(str::to_owned);
    let definitions = schema.get("$defs").and_then(Value::as_object).into_iter().flatten();
    let place = child(at, "$defs");
    let inner = definitions.filter_map(|(name, schema)| Some((anchor(schema)?, child(&place, name))));
    anchor(schema).map(|name| (name, at.to_owned())).into_iter().chain(inner).collect()
}

/// Returns the pointer that a schema's reference has.
fn target(schema: &Value) -> Option<String> {
    decoded(reference(schema)?).strip_prefix('#').map(str::to_owned)
}

/// Returns the name of a part in which a template refers to it.
fn part_name(schema: &Value) -> Option<&str> {
    schema.get("$dynamicRef").and_then(Value::as_str)?.split_once('#').map(|(_, name)| name)
}

struct Templates<'d> {
    source: &'d Value,
    documents: &'d mut SourceMap,
    /// The names of the parts of each schema and of those that it refers to.
    names: HashMap<String, BTreeSet<String>>,
    copies: usize,
}

/// The copies for one schema that fills in parts.
struct Copies {
    /// The pointer of the definitions that contain them.
    place: String,
    definitions: JsonObject,
    /// The names of the definitions.
    taken: HashSet<String>,
    /// The pointers of the copies, by template and parts.
    made: HashMap<(String, Parts), String>,
}

impl Templates<'_> {
    /// Copies the schema that the one at `user` refers to, if it is a template for these parts.
    fn fill(&mut self, document: &mut Value, user: &str, parts: &Parts) {
        let source = self.source;
        let Some(from) = source.pointer(user).and_then(target) else { return };
        if !self.has_part(&from, parts) {
            return;
        }
        let Some(mut template) = source.pointer(&from).cloned() else { return };
        let place = child(user, "$defs");
        let known = source.pointer(&place).and_then(Value::as_object);
        let mut copies = Copies {
            taken: known.into_iter().flat_map(JsonObject::keys).cloned().collect(),
            place,
            definitions: JsonObject::new(),
            made: HashMap::new(),
        };
        if source.pointer(user).and_then(Value::as_object).is_some_and(is_only_reference) {
            copies.made.insert((from.clone(), parts.clone()), user.to_owned());
        }
        self.replace(&mut template, FieldType::SchemaOrBool, &from, parts, &mut copies);
        let (Value::Object(mut template), Some(Value::Object(schema))) = (template, document.pointer_mut(user)) else {
            return;
        };
        schema.shift_remove("$ref");
        template.retain(|keyword, _| {
            let is_own = matches!(keyword.as_str(), "title" | "description") && schema.contains_key(keyword);
            !is_own && !OF_ONE_SCHEMA.contains(&keyword.as_str())
        });
        if !template.keys().any(|keyword| schema.contains_key(keyword)) {
            for (keyword, value) in template {
                self.documents.copy_origin(&child(&from, &keyword), &child(user, &keyword));
                schema.insert(keyword, value);
            }
        } else if let Value::Array(all) = schema.entry("allOf").or_insert_with(|| json!([])) {
            self.documents.copy_origin(&from, &child(&child(user, "allOf"), &all.len().to_string()));
            all.push(template.into());
        }
        if !copies.definitions.is_empty()
            && let Value::Object(definitions) = schema.entry("$defs").or_insert_with(|| json!({}))
        {
            definitions.extend(copies.definitions);
        }
    }

    /// Returns true if the schema at a pointer, or one that it refers to, has one of these parts.
    fn has_part(&mut self, template: &str, parts: &Parts) -> bool {
        if !self.names.contains_key(template) {
            let (mut names, mut seen) = (BTreeSet::new(), HashSet::from([template.to_owned()]));
            let mut queue = vec![template.to_owned()];
            while let Some(pointer) = queue.pop() {
                let Some(schema) = self.source.pointer(&pointer) else { continue };
                let mut visit = |schema: &Value| {
                    names.extend(part_name(schema).map(str::to_owned));
                    queue.extend(target(schema).filter(|target| seen.insert(target.clone())));
                };
                each_schema(schema, FieldType::SchemaOrBool, &mut visit);
            }
            self.names.insert(template.to_owned(), names);
        }
        self.names.get(template).is_some_and(|names| parts.iter().any(|(name, _)| names.contains(name)))
    }

    /// Replaces the dynamic references to parts, and the references to templates that have them. `at` is the pointer of
    /// the node that was copied.
    fn replace(&mut self, node: &mut Value, holds: FieldType, at: &str, parts: &Parts, copies: &mut Copies) {
        if holds.is_data() {
            return;
        }
        let is_schema = holds == FieldType::SchemaOrBool;
        let own = if is_schema { with_own(node, at, parts) } else { None };
        let parts = own.as_ref().unwrap_or(parts);
        let replaced = if is_schema { self.replacement(node, parts, copies) } else { None };
        match node {
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    self.replace(member, holds.member(name, false, Versions::ALL), &child(at, name), parts, copies);
                }
                if let Some(pointer) = replaced {
                    members.shift_remove("$dynamicRef");
                    members.insert("$ref".to_owned(), encode_pointer(&pointer).into());
                }
            }
            Value::Array(items) => {
                let holds = holds.member("", true, Versions::ALL);
                for (index, item) in items.iter_mut().enumerate() {
                    self.replace(item, holds, &child(at, &index.to_string()), parts, copies);
                }
            }
            _ => {}
        }
    }

    /// Returns the pointer that replaces the reference of a schema.
    fn replacement(&mut self, schema: &Value, parts: &Parts, copies: &mut Copies) -> Option<String> {
        if let Some(name) = part_name(schema) {
            return parts.iter().find(|(anchor, _)| anchor == name).map(|(_, pointer)| pointer.clone());
        }
        let from = target(schema).filter(|from| self.has_part(from, parts))?;
        let key = (from, parts.clone());
        if let Some(made) = copies.made.get(&key) {
            return Some(made.clone());
        }
        let from = &key.0;
        let mut copy = self.source.pointer(from).filter(|_| self.copies < MAX_COPIES)?.clone();
        self.copies += 1;
        let name = copies.reserve(&tokens(from).last().unwrap_or_default());
        let place = child(&copies.place, &name);
        self.documents.copy_origin(from, &place);
        copies.made.insert(key.clone(), place.clone());
        deeper(|| self.replace(&mut copy, FieldType::SchemaOrBool, from, parts, copies));
        if let Value::Object(members) = &mut copy {
            members.retain(|keyword, _| !OF_ONE_SCHEMA.contains(&keyword.as_str()));
        }
        copies.definitions.insert(name, copy);
        Some(place)
    }
}

impl Copies {
    /// Returns a name for a copy that no other definition has.
    fn reserve(&mut self, name: &str) -> String {
        let mut names = std::iter::once(name.to_owned()).chain(numbered(name));
        names.find(|name| self.taken.insert(name.clone())).unwrap_or_default()
    }
}

/// Returns the parts that apply within a schema, if it fills in others than those around it.
fn with_own(schema: &Value, at: &str, parts: &Parts) -> Option<Parts> {
    let all = schema.get("allOf").and_then(Value::as_array);
    let refers = reference(schema).is_some() || all.is_some_and(|all| all.iter().any(|one| reference(one).is_some()));
    let mut own = if refers { self::parts(schema, at) } else { Parts::new() };
    own.retain(|(name, _)| !parts.iter().any(|(known, _)| known == name));
    (!own.is_empty()).then(|| [parts.as_slice(), &own].concat())
}

/// Returns true if a schema has no keywords of its own besides its reference.
fn is_only_reference(schema: &JsonObject) -> bool {
    let is_annotation = |keyword: &str| matches!(keyword, "$ref" | "title" | "description" | "$comment");
    schema.keys().all(|keyword| is_annotation(keyword) || OF_ONE_SCHEMA.contains(&keyword.as_str()))
}

/// Calls `visit` with a schema and all schemas in it.
fn each_schema(node: &Value, holds: FieldType, visit: &mut dyn FnMut(&Value)) {
    if holds.is_data() {
        return;
    }
    if holds == FieldType::SchemaOrBool {
        visit(node);
    }
    holds.visit_members(node, Versions::ALL, &mut String::new(), &mut |node, holds, _| each_schema(node, holds, visit));
}
