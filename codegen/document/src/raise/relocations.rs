//! The nodes moved by raising, and updating references to them.

use std::collections::HashMap;

use serde_json::Value;

use crate::bundle::{Target, encode_pointer};
use crate::diagnostic::{push_token, tokens};
use crate::spec::{FieldType, Versions};

/// The moved nodes in order, by the pointers that they had when they were moved.
///
/// The traversal goes from outer to inner nodes, so the pointer of an inner node already includes the moves of outer
/// ones.
#[derive(Debug, Default)]
pub(super) struct Relocations {
    moves: HashMap<String, (usize, String)>,
}

impl Relocations {
    /// Records that the node at `from` has moved to `to`.
    pub(super) fn add(&mut self, from: String, to: String) {
        let order = self.moves.len();
        self.moves.entry(from).or_insert((order, to));
    }

    /// Updates the document's references to moved nodes.
    pub(super) fn follow(&self, document: &mut Value) {
        if !self.moves.is_empty() {
            self.follow_in(FieldType::DOCUMENT, document);
        }
    }

    fn follow_in(&self, holds: FieldType, node: &mut Value) {
        if let FieldType::SchemaNameOrRef | FieldType::OperationRef = holds {
            return self.rewrite(node);
        }
        if holds.is_data() {
            return;
        }
        if holds.reference_section().is_some()
            && let Some(reference) = node.get_mut("$ref")
        {
            self.rewrite(reference);
        }
        match node {
            Value::Object(members) => {
                for (name, member) in members {
                    self.follow_in(holds.member(name, false, Versions::SINCE_3_0), member);
                }
            }
            Value::Array(items) => {
                let holds = holds.member("", true, Versions::SINCE_3_0);
                items.iter_mut().for_each(|item| self.follow_in(holds, item));
            }
            _ => {}
        }
    }

    fn rewrite(&self, reference: &mut Value) {
        let Some(text) = reference.as_str().filter(|text| text.starts_with('#')) else { return };
        let Ok(target) = Target::parse(text, "") else { return };
        let moved = self.target(&target.pointer);
        if moved != target.pointer {
            *reference = encode_pointer(&moved).into();
        }
    }

    /// Returns the current pointer of the node that was at `pointer`.
    fn target(&self, pointer: &str) -> String {
        let mut now = String::with_capacity(pointer.len());
        let mut earliest = 0;
        for token in tokens(pointer) {
            push_token(&mut now, &token);
            while let Some((order, to)) = self.moves.get(&now).filter(|(order, _)| *order >= earliest) {
                earliest = order + 1;
                now.clone_from(to);
            }
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_counts_only_for_what_stood_there_when_it_was_made() {
        let mut moves = Relocations::default();
        for (from, to) in [
            ("/a/items", "/a/prefixItems"),
            ("/a/additionalItems", "/a/items"),
            ("/a/prefixItems", "/a/anyOf/0/prefixItems"),
            ("/a/anyOf/0/prefixItems/1/definitions", "/a/anyOf/0/prefixItems/1/$defs"),
        ] {
            moves.add(from.into(), to.into());
        }
        assert_eq!(moves.target("/a/items/0"), "/a/anyOf/0/prefixItems/0");
        assert_eq!(moves.target("/a/additionalItems/x"), "/a/items/x");
        assert_eq!(moves.target("/a/items/1/definitions/B"), "/a/anyOf/0/prefixItems/1/$defs/B");
        assert_eq!(moves.target("/a"), "/a");
        assert_eq!(moves.target(""), "");
    }
}
