//! Limits on the growth of a document in passes that copy nodes.

use serde_json::Value;

use super::MAX_DEPTH;

/// Maximum number of nodes that one pass adds. The largest vendored document has about 20 000.
const MAX_ADDED: usize = 1_000_000;

/// Maximum depth after copying. Twice the limit of a file is still far from the end of the stack.
const MAX_LEVELS: usize = 2 * MAX_DEPTH;

/// The number of nodes that one pass has added so far.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    added: usize,
}

impl Growth {
    /// Returns an error if a copy of `node` must not be put at `pointer`.
    pub(crate) fn allow(&mut self, node: &Value, pointer: &str) -> Result<(), String> {
        let (nodes, levels) = measure(node);
        self.added = self.added.saturating_add(nodes);
        if self.added > MAX_ADDED {
            return Err(format!("more than {MAX_ADDED} nodes are copied into the document"));
        }
        if pointer.matches('/').count() + levels > MAX_LEVELS {
            return Err(format!("with copied nodes, the document nests deeper than {MAX_LEVELS} levels"));
        }
        Ok(())
    }
}

/// Returns the number of nodes in a node, including itself, and the number of its levels.
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
