//! Helpers for lowered documents: resolving references and merging schemas.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

/// Returns the target of a reference within a document.
pub fn target<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// Returns the node and the targets that its references lead to; the last is not a reference. Stops at circular
/// references, which are reported elsewhere.
pub fn chain<'a>(document: &'a Value, node: &'a Value) -> impl Iterator<Item = &'a Value> {
    let mut seen = HashSet::new();
    let next = move |node: &&'a Value| {
        let reference = node.get("$ref")?.as_str()?;
        target(document, reference).filter(|_| seen.insert(reference))
    };
    std::iter::successors(Some(node), next)
}

/// Returns the node, or the target of its reference.
pub fn followed<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    chain(document, node).last().unwrap_or(node)
}

/// Adds the constraints of another schema: properties and required names are combined; other keywords are kept from the
/// first.
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
