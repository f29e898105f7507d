//! Resolving references: pointers, anchors and `$id`s. Chains can have any length; cycles are detected.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::diagnostic::{push_token, tokens};
use crate::spec::{FieldType, ObjectKind, Versions};

/// The reason why a reference has no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RefError {
    /// The target of this reference does not exist.
    Unknown(String),
    /// The references form a cycle.
    Cycle,
}

/// The resolved target of a reference.
#[derive(Debug)]
pub(crate) struct Followed<'n> {
    pub(crate) node: &'n Value,
    pub(crate) pointer: String,
    /// `summary` and `description` next to the first reference that has them.
    pub(crate) summary: Option<&'n str>,
    pub(crate) description: Option<&'n str>,
}

/// The fields of a path item, with its pointer.
pub(crate) type Layer<'n> = (&'n Map<String, Value>, String);

/// Resolves the references within a document.
#[derive(Debug)]
pub struct References<'v> {
    root: &'v Value,
    /// The names of schemas, collected when a reference needs them.
    names: OnceCell<Names>,
}

/// The names that schemas have by `$id` and anchors.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Pointers by `$id`, and by `$id` with `#` and an anchor. The document has an empty `$id`.
    pointers: HashMap<String, String>,
    /// The pointer and `$id` of each schema that has one, in document order, so that inner ones follow outer ones.
    resources: Vec<(String, String)>,
    /// The document's `$self`.
    base: String,
}

impl<'v> References<'v> {
    /// Creates a resolver for a document.
    pub fn new(root: &'v Value) -> Self {
        Self { root, names: OnceCell::new() }
    }

    /// Returns the document.
    pub fn root(&self) -> &'v Value {
        self.root
    }

    /// Returns the node at a pointer.
    pub(crate) fn node(&self, pointer: &str) -> Option<&'v Value> {
        self.root.pointer(pointer)
    }

    /// Returns the kind of the object at a pointer, if the specification defines one there.
    pub(crate) fn kind(&self, pointer: &str) -> Option<ObjectKind> {
        let (mut holds, mut node) = (FieldType::DOCUMENT, self.root);
        let versions = Versions::read_in(node);
        for token in tokens(pointer) {
            holds = holds.member(&token, node.is_array(), versions);
            node = match node {
                Value::Array(items) => items.get(token.parse::<usize>().ok()?)?,
                node => node.get(&token)?,
            };
        }
        holds.object()
    }

    /// Returns the JSON pointer that a reference refers to. `from` is the pointer of the object that contains the
    /// reference.
    pub fn target(&self, reference: &str, from: &str) -> Option<String> {
        let text = decoded(reference);
        // Some documents use `#/` for the whole document.
        let text = if text == "#/" { "#".to_owned() } else { text };
        if let Some(pointer) = text.strip_prefix('#').filter(|pointer| pointer.is_empty() || pointer.starts_with('/'))
            && self.node(pointer).is_some()
        {
            return Some(pointer.to_owned());
        }
        self.names.get_or_init(|| Names::of(self.root)).target(self.root, &text, from)
    }

    /// Returns the node, or the one that its references resolve to.
    pub(crate) fn follow<'n>(&self, node: &'n Value, pointer: &str) -> Result<Followed<'n>, RefError>
    where
        'v: 'n,
    {
        let mut found = Followed { node, pointer: pointer.to_owned(), summary: None, description: None };
        let mut seen = HashSet::new();
        while let Some(reference) = reference(found.node) {
            let text = |key| found.node.get(key).and_then(Value::as_str);
            found.summary = found.summary.or_else(|| text("summary"));
            found.description = found.description.or_else(|| text("description"));
            let next = self.target(reference, &found.pointer);
            let next = next.ok_or_else(|| RefError::Unknown(reference.to_owned()))?;
            if !seen.insert(next.clone()) {
                return Err(RefError::Cycle);
            }
            found.node = self.node(&next).ok_or_else(|| RefError::Unknown(reference.to_owned()))?;
            found.pointer = next;
        }
        Ok(found)
    }

    /// Returns the path item, and those that its `$ref` resolves to. The fields of earlier ones take precedence.
    pub(crate) fn layers<'n>(&self, item: &'n Map<String, Value>, pointer: &str) -> Result<Vec<Layer<'n>>, RefError>
    where
        'v: 'n,
    {
        let mut layers = vec![(item, pointer.to_owned())];
        let mut seen = HashSet::from([pointer.to_owned()]);
        while let Some(reference) = layers.last().and_then(|(item, _)| item.get("$ref")).and_then(Value::as_str) {
            let from = layers.last().map_or("", |(_, pointer)| pointer);
            let next = self.target(reference, from);
            let next = next.ok_or_else(|| RefError::Unknown(reference.to_owned()))?;
            if !seen.insert(next.clone()) {
                return Err(RefError::Cycle);
            }
            let item = self.node(&next).and_then(Value::as_object);
            layers.push((item.ok_or_else(|| RefError::Unknown(reference.to_owned()))?, next));
        }
        Ok(layers)
    }
}

/// Returns the text of a node's `$ref`.
pub(crate) fn reference(node: &Value) -> Option<&str> {
    node.get("$ref")?.as_str()
}

impl Names {
    /// Collects the names in a document.
    pub(crate) fn of(root: &Value) -> Self {
        let base = root.get("$self").and_then(Value::as_str).unwrap_or_default().trim_end_matches('#').to_owned();
        let mut names = Self { base: base.clone(), ..Self::default() };
        names.pointers.insert(base.clone(), String::new());
        names.gather(root, FieldType::DOCUMENT, &base, &mut String::new());
        names
    }

    /// Collects the names in a file of unknown content, wherever a keyword defines one.
    pub(crate) fn anywhere(root: &Value) -> Self {
        let mut names = Self { pointers: HashMap::from([(String::new(), String::new())]), ..Self::default() };
        names.gather_anywhere(root, "", &mut String::new());
        names
    }

    /// Returns the pointer that a decoded reference at `from` refers to.
    pub(crate) fn target(&self, root: &Value, reference: &str, from: &str) -> Option<String> {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let is_pointer = fragment.is_empty() || fragment.starts_with('/');
        if uri.is_empty() && is_pointer && root.pointer(fragment).is_some() {
            return Some(fragment.to_owned());
        }
        let base = self.base_at(from);
        let uri = if uri.is_empty() { base.to_owned() } else { joined(base, uri) };
        if is_pointer {
            let pointer = self.pointers.get(&uri).map(|resource| format!("{resource}{fragment}"));
            let pointer = pointer.filter(|pointer| root.pointer(pointer).is_some());
            return pointer.or_else(|| within(root, fragment, from).filter(|_| reference.starts_with('#')));
        }
        let anchor = |uri: &str| self.pointers.get(&format!("{uri}#{fragment}"));
        let nearby = anchor(&uri).or_else(|| anchor(&self.base).filter(|_| reference.starts_with('#'))).cloned();
        nearby.or_else(|| self.only_anchor(fragment).filter(|_| reference.starts_with('#')))
    }

    /// Returns the pointer of an anchor of another resource, if only one has that name: a `$dynamicRef` may mean it.
    fn only_anchor(&self, name: &str) -> Option<String> {
        let is_named = |uri: &str| uri.split_once('#').is_some_and(|(_, anchor)| anchor == name);
        let mut found = self.pointers.iter().filter(|(uri, _)| is_named(uri)).map(|(_, pointer)| pointer);
        let only = found.next()?;
        found.all(|other| other == only).then(|| only.clone())
    }

    /// Returns true if a reference with a URI refers to a schema by its `$id`, or to a part of one.
    pub(crate) fn knows(&self, reference: &str, from: &str) -> bool {
        let uri = reference.split('#').next().unwrap_or_default();
        !uri.is_empty() && self.pointers.contains_key(&joined(self.base_at(from), uri))
    }

    /// Returns the URI to which references at a pointer are relative.
    fn base_at(&self, from: &str) -> &str {
        let around = self.resources.iter().rev().find(|(pointer, _)| is_within(from, pointer));
        around.map_or(&self.base, |(_, id)| id)
    }

    /// Adds the names of a schema. Returns the URI to which references in it are relative.
    fn add(&mut self, schema: &Value, base: &str, at: &str) -> String {
        let text = |key| schema.get(key).and_then(Value::as_str);
        let mut base = base.to_owned();
        if let Some(id) = text("$id") {
            base = joined(&base, id.trim_end_matches('#'));
            self.pointers.entry(base.clone()).or_insert_with(|| at.to_owned());
            self.resources.push((at.to_owned(), base.clone()));
        }
        for anchor in ["$anchor", "$dynamicAnchor"].into_iter().filter_map(text) {
            self.pointers.entry(format!("{base}#{anchor}")).or_insert_with(|| at.to_owned());
        }
        base
    }

    fn gather_anywhere(&mut self, node: &Value, base: &str, at: &mut String) {
        let length = at.len();
        match node {
            Value::Object(members) => {
                let base = self.add(node, base, at);
                let is_data = |name: &str| {
                    matches!(name, "example" | "examples" | "default" | "enum" | "const") || name.starts_with("x-")
                };
                for (name, member) in members.iter().filter(|(name, _)| !is_data(name)) {
                    push_token(at, name);
                    self.gather_anywhere(member, &base, at);
                    at.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    push_token(at, &index.to_string());
                    self.gather_anywhere(item, base, at);
                    at.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn gather(&mut self, node: &Value, holds: FieldType, base: &str, at: &mut String) {
        if holds.is_data() {
            return;
        }
        let base = if holds == FieldType::SchemaOrBool { self.add(node, base, at) } else { base.to_owned() };
        holds.visit_members(node, Versions::ALL, at, &mut |node, holds, at| self.gather(node, holds, &base, at));
    }
}

/// Resolves the pointer relative to the nodes around `from`, from the innermost outwards: tools write `#/$defs/A` in a
/// schema that has `$defs` but no `$id`.
fn within(root: &Value, fragment: &str, from: &str) -> Option<String> {
    let ends = from.match_indices('/').map(|(end, _)| end).rev();
    ends.map(|end| format!("{}{fragment}", &from[..end])).find(|pointer| root.pointer(pointer).is_some())
}

/// Returns true if a pointer is that of a node or of a descendant.
fn is_within(pointer: &str, node: &str) -> bool {
    pointer.strip_prefix(node).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Resolves a reference against a URI.
pub(crate) fn joined(base: &str, reference: &str) -> String {
    if base.is_empty() || reference.contains(':') {
        return reference.to_owned();
    }
    let host = base.find("://").map_or(0, |at| at + 3);
    let path = base[host..].find('/').map_or(base.len(), |at| host + at);
    if reference.starts_with('/') {
        return format!("{}{reference}", &base[..path]);
    }
    let directory = base.rfind('/').map_or("", |at| &base[..=at]);
    let joined = format!("{directory}{reference}");
    if !reference.split('/').any(|part| matches!(part, "." | "..")) || host == 0 || path > joined.len() {
        return joined;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in joined[path..].split('/').skip(1) {
        match part {
            "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    format!("{}/{}", &joined[..path], parts.join("/"))
}

/// Decodes percent-encoding. A text with invalid encoding is returned unchanged.
pub fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let Some((Ok(byte), rest)) = part.split_at_checked(2).map(|(hex, rest)| (u8::from_str_radix(hex, 16), rest))
        else {
            return text.to_owned();
        };
        bytes.push(byte);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_have_no_limit_and_no_circle() {
        let mut schemas = Map::new();
        for index in 0..500 {
            let next = json!({"$ref": format!("#/components/parameters/P{}", index + 1)});
            schemas.insert(format!("P{index}"), next);
        }
        schemas.insert("P500".to_owned(), json!({"name": "a"}));
        schemas.insert("A".to_owned(), json!({"$ref": "#/components/parameters/B"}));
        schemas.insert("B".to_owned(), json!({"$ref": "#/components/parameters/A"}));
        let root = json!({"components": {"parameters": schemas}});
        let refs = References::new(&root);
        let follow = |reference: &str| {
            let node = json!({"$ref": reference});
            refs.follow(&node, "").map(|found| found.pointer)
        };
        assert_eq!(follow("#/components/parameters/P0"), Ok("/components/parameters/P500".to_owned()));
        assert_eq!(follow("#/components/parameters/A"), Err(RefError::Cycle));
        assert_eq!(follow("#/nowhere"), Err(RefError::Unknown("#/nowhere".to_owned())));
    }

    #[test]
    fn schemas_are_found_by_their_own_names() {
        let root = json!({"components": {"schemas": {
            "A": {"$anchor": "a"},
            "B": {"$id": "https://acme.example/b", "$defs": {
                "C": {"$anchor": "c"}, "D": {"$id": "d"}, "H": {"$id": "deep/leaf"}
            }},
            "E": {"properties": {"$anchor": {"const": {"$anchor": "data"}}}},
            "F": {"$defs": {"G": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/G"}}}
        }}});
        let refs = References::new(&root);
        let within = "/components/schemas/B/properties/x";
        for (reference, from, expected) in [
            ("#a", "/paths", Some("/components/schemas/A")),
            ("https://acme.example/b", "", Some("/components/schemas/B")),
            ("https://acme.example/b#c", "", Some("/components/schemas/B/$defs/C")),
            ("https://acme.example/b#/$defs/C", "", Some("/components/schemas/B/$defs/C")),
            ("https://acme.example/d", "", Some("/components/schemas/B/$defs/D")),
            ("#c", within, Some("/components/schemas/B/$defs/C")),
            ("#/$defs/C", within, Some("/components/schemas/B/$defs/C")),
            ("d", within, Some("/components/schemas/B/$defs/D")),
            ("../b", "/components/schemas/B/$defs/H/properties/x", Some("/components/schemas/B")),
            ("./leaf", "/components/schemas/B/$defs/H/properties/x", Some("/components/schemas/B/$defs/H")),
            ("#/components/schemas/A", within, Some("/components/schemas/A")),
            ("#data", "", None),
            ("#/$defs/G", "/components/schemas/F/properties/a/$ref", Some("/components/schemas/F/$defs/G")),
            ("#/$defs/G", "/components/schemas/A/$ref", None),
        ] {
            assert_eq!(refs.target(reference, from).as_deref(), expected, "{reference}");
        }
    }
}
