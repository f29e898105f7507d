//! How far the passes that copy nodes may make a document grow.

use serde_json::Value;

use super::MAX_DEPTH;

/// The most nodes that one pass adds. The largest vendored document has about 20 000.
const MAX_ADDED: usize = 1_000_000;

/// The most levels after copying: twice what one file may have is still far from the end of the stack.
const MAX_LEVELS: usize = 2 * MAX_DEPTH;

/// What one pass has added so far.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    added: usize,
}

impl Growth {
    /// Whether a copy of `node` may be put at `pointer`; if not, why.
    pub(crate) fn allow(&mut self, node: &Value, pointer: &str) -> Result<(), String> {
        let (nodes, levels) = measure(node);
        self.added = self.added.saturating_add(nodes);
        if self.added > MAX_ADDED {
            return Err(format!("what is copied into the document comes to more than {MAX_ADDED} nodes"));
        }
        if pointer.matches('/').count() + levels > MAX_LEVELS {
            return Err(format!("with what is copied into it, the document nests deeper than {MAX_LEVELS} levels"));
        }
        Ok(())
    }
}

/// How many nodes a node has, itself included, and on how many levels.
fn measure(node: &Value) -> (usize, usize) {
    let sum = |(nodes, levels): (usize, usize), member| {
        let (more, depth) = measure(member);
        (nodes + more, levels.max(depth + 1))
    };
    match node {
        Value::Object(members) => members.values().fold((1, 1), sum),
        Value::Array(elements) => elements.iter().fold((1, 1), sum),
        _ => (1, 1),
    }
}
