//! The one follower of references: pointers, anchors and `$id`s, with a visited set and no limit of length.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::diagnostic::{push_token, tokens};
use crate::spec::{FieldType, ObjectKind, Versions};

/// Why a reference has no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RefError {
    /// There is no node: the reference.
    Unknown(String),
    /// References lead only to each other.
    Cycle,
}

/// The node behind a reference.
#[derive(Debug)]
pub(crate) struct Followed<'n> {
    pub(crate) node: &'n Value,
    pub(crate) pointer: String,
    /// `summary` and `description` beside the first reference that has them.
    pub(crate) summary: Option<&'n str>,
    pub(crate) description: Option<&'n str>,
}

/// Follows the references within a document.
#[derive(Debug)]
pub(crate) struct References<'v> {
    root: &'v Value,
    /// What schemas call themselves, gathered when the first reference asks for it.
    names: OnceCell<Names>,
}

/// The names that schemas give themselves.
#[derive(Debug, Default)]
struct Names {
    /// Pointer by `$id`, and by `$id` with `#` and an anchor; the document has an empty `$id`.
    pointers: HashMap<String, String>,
    /// Pointer and `$id` of each schema that has one, the innermost last.
    resources: Vec<(String, String)>,
}

impl<'v> References<'v> {
    pub(crate) fn new(root: &'v Value) -> Self {
        Self { root, names: OnceCell::new() }
    }

    /// The node at a pointer.
    pub(crate) fn node(&self, pointer: &str) -> Option<&'v Value> {
        self.root.pointer(pointer)
    }

    /// The kind of the object at a pointer, if the specification describes one there.
    pub(crate) fn kind(&self, pointer: &str) -> Option<ObjectKind> {
        let (mut holds, mut node) = (FieldType::DOCUMENT, self.root);
        for token in tokens(pointer) {
            holds = holds.member(&token, node.is_array(), Versions::V3_2);
            node = match node {
                Value::Array(items) => items.get(token.parse::<usize>().ok()?)?,
                node => node.get(&token)?,
            };
        }
        holds.object()
    }

    /// The pointer that a reference at `from` refers to.
    pub(crate) fn target(&self, reference: &str, from: &str) -> Option<String> {
        let reference = decoded(reference);
        let (uri, fragment) = reference.split_once('#').unwrap_or((&reference, ""));
        if uri.is_empty() && (fragment.is_empty() || fragment.starts_with('/')) && self.node(fragment).is_some() {
            return Some(fragment.to_owned());
        }
        let names = self.names.get_or_init(|| Names::of(self.root));
        let around = names.resources.iter().rev().find(|(pointer, _)| is_within(from, pointer));
        let uri = match (uri, around) {
            ("", Some((_, id))) => id.clone(),
            (uri, Some((_, id))) => joined(id, uri),
            (uri, None) => uri.to_owned(),
        };
        let pointer = if fragment.is_empty() || fragment.starts_with('/') {
            let resource = if uri.is_empty() { "" } else { names.pointers.get(&uri)?.as_str() };
            format!("{resource}{fragment}")
        } else {
            let anchor = |uri: &str| names.pointers.get(&format!("{uri}#{fragment}"));
            anchor(&uri).or_else(|| anchor("").filter(|_| reference.starts_with('#')))?.clone()
        };
        self.node(&pointer).map(|_| pointer)
    }

    /// The node, or the one that its references lead to.
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

    /// The path item, and those that its `$ref` leads to: the nearest first, whose fields win.
    pub(crate) fn layers<'n>(
        &self,
        item: &'n Map<String, Value>,
        pointer: &str,
    ) -> Result<Vec<(&'n Map<String, Value>, String)>, RefError>
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

/// The text of a node's `$ref`.
pub(crate) fn reference(node: &Value) -> Option<&str> {
    node.get("$ref")?.as_str()
}

impl Names {
    fn of(root: &Value) -> Self {
        let mut names = Self::default();
        let at = &mut String::new();
        names.gather(root, FieldType::DOCUMENT, "", at);
        names
    }

    fn gather(&mut self, node: &Value, holds: FieldType, base: &str, at: &mut String) {
        if holds.is_data() {
            return;
        }
        let mut base = base.to_owned();
        if holds == FieldType::SchemaOrBool {
            let text = |key| node.get(key).and_then(Value::as_str);
            if let Some(id) = text("$id") {
                base = joined(&base, id.trim_end_matches('#'));
                self.pointers.entry(base.clone()).or_insert_with(|| at.clone());
                self.resources.push((at.clone(), base.clone()));
            }
            for anchor in ["$anchor", "$dynamicAnchor"].into_iter().filter_map(text) {
                self.pointers.entry(format!("{base}#{anchor}")).or_insert_with(|| at.clone());
            }
        }
        let length = at.len();
        match node {
            Value::Object(members) => {
                for (name, member) in members {
                    push_token(at, name);
                    self.gather(member, holds.member(name, false, Versions::V3_2), &base, at);
                    at.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let token = index.to_string();
                    push_token(at, &token);
                    self.gather(item, holds.member(&token, true, Versions::V3_2), &base, at);
                    at.truncate(length);
                }
            }
            _ => {}
        }
    }
}

/// Whether a pointer is that of a node or of something in it.
fn is_within(pointer: &str, node: &str) -> bool {
    pointer.strip_prefix(node).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A reference relative to a URI. Only the last segment of a path is replaced; what `$id`s in use ask for is no more.
fn joined(base: &str, reference: &str) -> String {
    if base.is_empty() || reference.contains(':') {
        return reference.to_owned();
    }
    if reference.starts_with('/') {
        let host = base.find("://").map_or(0, |at| at + 3);
        let end = base[host..].find('/').map_or(base.len(), |at| host + at);
        return format!("{}{reference}", &base[..end]);
    }
    let directory = base.rfind('/').map_or("", |at| &base[..=at]);
    format!("{directory}{reference}")
}

/// The text without percent-encoding; one that is encoded wrongly stays as it is.
pub(crate) fn decoded(text: &str) -> String {
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
            "B": {"$id": "https://acme.example/b", "$defs": {"C": {"$anchor": "c"}, "D": {"$id": "d"}}},
            "E": {"properties": {"$anchor": {"const": {"$anchor": "data"}}}}
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
            ("#/components/schemas/A", within, Some("/components/schemas/A")),
            ("#data", "", None),
        ] {
            assert_eq!(refs.target(reference, from).as_deref(), expected, "{reference}");
        }
    }
}
