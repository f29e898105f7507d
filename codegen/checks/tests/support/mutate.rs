//! Mutation of documents node by node, so that most of them remain readable and unusual ones reach the last pass.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Strings with a meaning.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\0",
    "a\nb",
    "../x",
    "/",
    "#",
    "{id}",
    "{",
    "}",
    "%",
    "?",
    "~",
    "*/",
    "\"#",
    "\u{202e}",
    "e\u{301}",
    "-1",
    "0",
    "9",
    "type",
    "Self",
    "self",
    "r#x",
    "String",
    "Option",
    "Client",
    "Error",
    "List",
    "new",
    "client",
    "null",
    "200",
    "2XX",
    "default",
    "application/json",
    "multipart/form-data",
    "text/event-stream",
    "application/octet-stream",
    "*/*",
    "3.1.0",
    "3.0.3",
    "string",
    "integer",
    "number",
    "boolean",
    "array",
    "object",
    "date-time",
    "binary",
    "byte",
    "int32",
    "uint64",
    "uuid",
    "query",
    "path",
    "header",
    "cookie",
    "form",
    "deepObject",
    "pipeDelimited",
    "simple",
    "matrix",
    "label",
    "^[0-9]+$",
];

/// Maximum size of a node taken from another document, so that documents grow slowly.
const MAX_DONATION: usize = 60;

/// The nodes of documents by key.
#[derive(Default)]
pub struct Donors {
    by_key: BTreeMap<String, Vec<Value>>,
    keys: Vec<String>,
}

impl Donors {
    /// Collects the nodes of these documents.
    pub fn of<'d>(documents: impl IntoIterator<Item = &'d Value>) -> Self {
        let mut donors = Self::default();
        for document in documents {
            donors.gather(document, "");
        }
        donors.keys = donors.by_key.keys().cloned().collect();
        donors
    }

    fn gather(&mut self, node: &Value, key: &str) -> usize {
        let size = 1 + match node {
            Value::Object(members) => members.iter().map(|(key, member)| self.gather(member, key)).sum::<usize>(),
            Value::Array(items) => items.iter().map(|item| self.gather(item, "")).sum(),
            _ => 0,
        };
        if size <= MAX_DONATION && !key.is_empty() {
            let known = self.by_key.entry(key.to_owned()).or_default();
            if known.len() < 200 && !known.contains(node) {
                known.push(node.clone());
            }
        }
        size
    }

    fn member(&self, rng: &mut Rng) -> (String, Value) {
        let key = rng.choice(&self.keys).cloned().unwrap_or_default();
        let value = self.like(&key, rng).unwrap_or_default();
        (key, value)
    }

    fn like(&self, key: &str, rng: &mut Rng) -> Option<Value> {
        rng.choice(self.by_key.get(key)?).cloned()
    }
}

/// Mutates a document in one or a few places.
pub fn mutate(document: &mut Value, donors: &Donors, rng: &mut Rng) {
    let times = if rng.bool() { 1 } else { rng.u8(2..5) };
    for _ in 0..times {
        let mut places = Vec::new();
        gather_places(document, String::new(), &mut places);
        // Parts of the document itself are taken before it is changed.
        let other = rng.choice(&places).and_then(|place| document.pointer(place)).cloned().unwrap_or_default();
        let target = rng.choice(&places).map(|place| json!({ "$ref": format!("#{place}") })).unwrap_or_default();
        let Some(node) = rng.choice(&places).and_then(|place| document.pointer_mut(place)) else { return };
        match node {
            Value::Object(members) if !members.is_empty() => change_member(members, other, target, donors, rng),
            Value::Array(items) if !items.is_empty() => change_item(items, other, target, rng),
            single => *single = if rng.u8(..4) == 0 { other } else { scalar(single, rng) },
        }
    }
}

fn gather_places(node: &Value, place: String, found: &mut Vec<String>) {
    match node {
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            gather_places(member, format!("{place}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| {
            gather_places(item, format!("{place}/{index}"), found);
        }),
        _ => {}
    }
    found.push(place);
}

fn change_member(members: &mut Map<String, Value>, other: Value, target: Value, donors: &Donors, rng: &mut Rng) {
    let Some(key) = rng.choice(members.keys()).cloned() else { return };
    let mut member = members.get(&key).cloned().unwrap_or_default();
    match rng.u8(..20) {
        0 => _ = members.shift_remove(&key),
        1 => members.extend([donors.member(rng)]),
        2 => _ = members.insert(text(rng), member),
        3 => *members = renamed(members, &key, &text(rng)),
        4 => *members = renamed(members, &key, &donors.member(rng).0),
        5 => _ = members.insert(key, other),
        6 => _ = members.insert(key, target),
        7 => _ = members.insert(key, wrapped(member, rng)),
        8 => {
            let second = rng.choice(members.keys()).cloned().unwrap_or_default();
            let moved = members.insert(second, member).unwrap_or_default();
            members.insert(key, moved);
        }
        9 => _ = members.insert(key, scalar(&member, rng)),
        _ => {
            if let Some(donated) = donors.like(&key, rng) {
                member = donated;
            }
            members.insert(key, member);
        }
    }
}

fn change_item(items: &mut Vec<Value>, other: Value, target: Value, rng: &mut Rng) {
    let index = rng.usize(..items.len());
    match rng.u8(..6) {
        0 => _ = items.remove(index),
        1 => items.push(items[index].clone()),
        2 => items.push(other),
        3 => items[index] = target,
        4 => items[index] = scalar(&items[index], rng),
        _ => {
            let second = rng.usize(..items.len());
            items.swap(index, second);
        }
    }
}

fn renamed(members: &Map<String, Value>, from: &str, to: &str) -> Map<String, Value> {
    let name = |key: &String| if key == from { to.to_owned() } else { key.clone() };
    members.iter().map(|(key, member)| (name(key), member.clone())).collect()
}

/// Returns a schema that contains another one.
fn wrapped(node: Value, rng: &mut Rng) -> Value {
    match rng.u8(..7) {
        0 => json!({ "allOf": [node] }),
        1 => json!({ "oneOf": [node, {"type": "string"}] }),
        2 => json!({ "anyOf": [node, {"type": "null"}] }),
        3 => json!({ "type": "array", "items": node }),
        4 => json!({ "type": "object", "additionalProperties": node }),
        5 => json!({ "not": node }),
        _ => json!([node]),
    }
}

/// Returns a scalar, usually of a different type than the original.
fn scalar(was: &Value, rng: &mut Rng) -> Value {
    if let (Value::String(was), true) = (was, rng.bool()) {
        let at = was.char_indices().map(|(at, _)| at).nth(rng.usize(..=was.chars().count())).unwrap_or(was.len());
        return format!("{}{}{}", &was[..at], text(rng), &was[at..]).into();
    }
    match rng.u8(..14) {
        0 => Value::Null,
        1 => true.into(),
        2 => false.into(),
        3 => 0.into(),
        4 => (-1).into(),
        5 => i64::MIN.into(),
        6 => u64::MAX.into(),
        7 => 1e308.into(),
        8 => 0.5.into(),
        9 => json!([]),
        10 => json!({}),
        _ => text(rng).into(),
    }
}

fn text(rng: &mut Rng) -> String {
    rng.choice(TEXTS).copied().unwrap_or_default().to_owned()
}
