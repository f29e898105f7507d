//! What the lowering puts elsewhere, and the references that follow it there.

use std::collections::HashMap;

use serde_json::Value;

use crate::diagnostic::child;

/// The nodes that changed their place, in the order in which they did.
///
/// The walk goes from the inside out, so that a node inside another is told of before the other; a reference therefore takes each
/// move at most once, in this order.
#[derive(Debug, Default)]
pub(super) struct Moves {
    moves: Vec<(String, String)>,
}

impl Moves {
    /// Remembers that what stood at the pointer `from` now stands at `to`.
    pub(super) fn add(&mut self, from: String, to: String) {
        self.moves.push((from, to));
    }

    /// Remembers that members of the object at `pointer` went to the same names below `to`.
    pub(super) fn add_members<'n>(&mut self, pointer: &str, names: impl Iterator<Item = &'n str>, to: &str) {
        for name in names {
            self.add(child(pointer, name), child(to, name));
        }
    }

    /// Rewrites the references of the document that lead to what has moved.
    pub(super) fn follow(&self, document: &mut Value) {
        if !self.moves.is_empty() {
            self.follow_in(document, &mut HashMap::new());
        }
    }

    fn follow_in(&self, node: &mut Value, known: &mut HashMap<String, String>) {
        match node {
            Value::Object(object) => {
                for (name, member) in object {
                    match member {
                        Value::String(reference) if name == "$ref" => self.rewrite(reference, known),
                        // A discriminator's mapping holds references outside of `$ref`.
                        Value::Object(mapping) if name == "mapping" => {
                            for entry in mapping.values_mut() {
                                match entry {
                                    Value::String(reference) => self.rewrite(reference, known),
                                    other => self.follow_in(other, known),
                                }
                            }
                        }
                        member => self.follow_in(member, known),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.follow_in(item, known)),
            _ => {}
        }
    }

    /// Rewrites one reference, by heart where it has come before.
    fn rewrite(&self, reference: &mut String, known: &mut HashMap<String, String>) {
        if !known.contains_key(reference) {
            known.insert(reference.clone(), self.target(reference));
        }
        if let Some(target) = known.get(reference) {
            reference.clone_from(target);
        }
    }

    /// Where a reference leads now.
    fn target(&self, reference: &str) -> String {
        let Some(pointer) = reference.strip_prefix('#') else { return reference.to_owned() };
        let mut pointer = pointer.to_owned();
        for (from, to) in &self.moves {
            match pointer.strip_prefix(from.as_str()) {
                Some(rest) if rest.is_empty() || rest.starts_with('/') => pointer = format!("{to}{rest}"),
                _ => {}
            }
        }
        format!("#{pointer}")
    }
}
