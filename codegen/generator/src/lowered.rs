//! Looking around in a lowered document, for those who read it beside the model: references, and schemas joined.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

/// What a reference within a document leads to.
pub fn target<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// The nodes from this one on that references lead through; the last is no reference. References in a circle end, for they are a fault
/// that was reported before.
pub fn chain<'a>(document: &'a Value, node: &'a Value) -> impl Iterator<Item = &'a Value> {
    let mut seen = HashSet::new();
    let next = move |node: &&'a Value| {
        let reference = node.get("$ref")?.as_str()?;
        target(document, reference).filter(|_| seen.insert(reference))
    };
    std::iter::successors(Some(node), next)
}

/// The node, or what it refers to.
pub fn followed<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    chain(document, node).last().unwrap_or(node)
}

/// Adds what another schema demands: properties and required names of both, for other keywords those of the first.
pub fn join(out: &mut Map<String, Value>, other: Map<String, Value>) {
    for (key, value) in other {
        match (key.as_str(), out.get_mut(&key), value) {
            ("properties", Some(Value::Object(known)), Value::Object(more)) => {
                for (name, property) in more {
                    match known.get_mut(&name) {
                        Some(known) => *known = json!({"allOf": [known.take(), property]}),
                        None => {
                            known.insert(name, property);
                        }
                    }
                }
            }
            ("required", Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
            (_, Some(_), _) => {}
            (_, None, value) => {
                out.insert(key, value);
            }
        }
    }
}
