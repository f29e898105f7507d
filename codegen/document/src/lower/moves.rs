//! The nodes moved by lowering, and updating references to them.

use std::collections::HashMap;

use serde_json::Value;

use crate::diagnostic::child;
use crate::spec::{FieldType, Versions};

/// The moved nodes, in the order of their moves.
///
/// The traversal goes from inner to outer nodes, so an inner node is recorded before an outer one. Each move therefore
/// applies to a reference at most once, in this order.
#[derive(Debug, Default)]
pub(super) struct Moves {
    moves: Vec<(String, String)>,
}

impl Moves {
    /// Records that the node at `from` has moved to `to`.
    pub(super) fn add(&mut self, from: String, to: String) {
        self.moves.push((from, to));
    }

    /// Records that members of the object at `pointer` have moved to the same names below `to`.
    pub(super) fn add_members<'n>(&mut self, pointer: &str, names: impl Iterator<Item = &'n str>, to: &str) {
        for name in names {
            self.add(child(pointer, name), child(to, name));
        }
    }

    /// Updates the document's references to moved nodes.
    pub(super) fn follow(&self, document: &mut Value) {
        if !self.moves.is_empty() {
            self.follow_in(FieldType::DOCUMENT, document, &mut HashMap::new());
        }
    }

    fn follow_in(&self, holds: FieldType, node: &mut Value, known: &mut HashMap<String, String>) {
        if let (FieldType::SchemaNameOrRef, Value::String(reference)) = (holds, &mut *node) {
            return self.rewrite(reference, known);
        }
        if holds.is_data() {
            return;
        }
        if holds.reference_section().is_some()
            && let Some(Value::String(reference)) = node.get_mut("$ref")
        {
            self.rewrite(reference, known);
        }
        match node {
            Value::Object(members) => {
                for (name, member) in members {
                    self.follow_in(holds.member(name, false, Versions::ALL), member, known);
                }
            }
            Value::Array(items) => {
                let holds = holds.member("", true, Versions::ALL);
                items.iter_mut().for_each(|item| self.follow_in(holds, item, known));
            }
            _ => {}
        }
    }

    /// Updates one reference, using the cache of known targets.
    fn rewrite(&self, reference: &mut String, known: &mut HashMap<String, String>) {
        if !known.contains_key(reference) {
            known.insert(reference.clone(), self.target(reference));
        }
        if let Some(target) = known.get(reference) {
            reference.clone_from(target);
        }
    }

    /// Returns the current target of a reference.
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
