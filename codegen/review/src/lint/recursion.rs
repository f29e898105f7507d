//! Finds schemas that no value can satisfy because they contain themselves.

use std::collections::HashSet;

use serde_json::Value;

use super::Found;
use crm_clients_document::diagnostic::child;
use crm_clients_document::recursion::deeper;

/// Maximum number of schemas that are checked for one component: with many references, the number of paths is
/// exponential.
const MOST_STEPS: usize = 1_000;

pub(super) fn endless(document: &Value, found: &mut Found) {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let mut search = Search { document, ends: HashSet::new(), open: HashSet::new(), steps: 0 };
    for name in schemas.into_iter().flatten().map(|(name, _)| name) {
        let pointer = child("/components/schemas", name);
        search.steps = MOST_STEPS;
        if !search.ends(&pointer) {
            found.push((pointer, format!("every value of `{name}` contains a value of `{name}`")));
        }
    }
}

struct Search<'v> {
    document: &'v Value,
    /// The schemas known to be finite.
    ends: HashSet<String>,
    /// The references that lead to the current schema.
    open: HashSet<String>,
    steps: usize,
}

impl Search<'_> {
    /// Returns true if the schema at a pointer has a finite value, or if that takes too long to decide.
    fn ends(&mut self, pointer: &str) -> bool {
        if self.steps == 0 || self.ends.contains(pointer) {
            return true;
        }
        let Some(schema) = self.document.pointer(pointer) else { return true };
        if !self.open.insert(pointer.to_owned()) {
            return false;
        }
        self.steps -= 1;
        let ends = deeper(|| self.schema(schema));
        self.open.remove(pointer);
        if ends {
            self.ends.insert(pointer.to_owned());
        }
        ends
    }

    fn schema(&mut self, schema: &Value) -> bool {
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        if reference.is_some_and(|target| !self.ends(target)) {
            return false;
        }
        let parts = |keyword| schema.get(keyword).and_then(Value::as_array).filter(|parts| !parts.is_empty());
        parts("allOf").is_none_or(|parts| parts.iter().all(|part| deeper(|| self.schema(part))))
            && ["oneOf", "anyOf"]
                .into_iter()
                .filter_map(parts)
                .all(|parts| parts.iter().any(|part| deeper(|| self.schema(part))))
    }
}
