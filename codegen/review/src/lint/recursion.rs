//! Finds schemas that no value can satisfy because they contain themselves.

use std::collections::HashSet;

use serde_json::Value;

use super::Found;
use crm_clients_document::diagnostic::child;
use crm_clients_document::recursion::deeper;

/// The pointer of the components.
const SCHEMAS: &str = "/components/schemas";

/// Maximum number of schemas that are checked for one component: with many references, the number of paths is
/// exponential.
const MOST_STEPS: usize = 1_000;

pub(super) fn endless(document: &Value, found: &mut Found) {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let mut search =
        Search { document, ends: HashSet::new(), open: Vec::new(), failed: HashSet::new(), cycle: None, steps: 0 };
    let mut reported = HashSet::new();
    for name in schemas.into_iter().flatten().map(|(name, _)| name) {
        let pointer = child(SCHEMAS, name);
        search.start();
        if reported.contains(&pointer) || search.ends(&pointer) {
            continue;
        }
        // A schema that is not part of the cycle is infinite only because of the schemas of the cycle.
        if let Some(cycle) = search.cycle.take() {
            reported.extend(search.failed.drain());
            found.push((pointer, format!("{}: no value is valid", requirements(&cycle))));
        }
    }
}

/// Describes the schemas of a cycle.
fn requirements(cycle: &[String]) -> String {
    let name = |pointer: &String| format!("`{}`", pointer.strip_prefix(SCHEMAS).map_or(&**pointer, |name| &name[1..]));
    let mut names = cycle.iter().chain(cycle.first()).map(name);
    let first = names.next().unwrap_or_default();
    format!("{first} requires {}", names.collect::<Vec<_>>().join(", which requires "))
}

struct Search<'v> {
    document: &'v Value,
    /// The schemas known to be finite.
    ends: HashSet<String>,
    /// The references that lead to the current schema.
    open: Vec<String>,
    /// The infinite schemas that were visited for the current component.
    failed: HashSet<String>,
    /// The first cycle found that includes the current component.
    cycle: Option<Vec<String>>,
    steps: usize,
}

impl Search<'_> {
    /// Starts the search for another component.
    fn start(&mut self) {
        (self.cycle, self.steps) = (None, MOST_STEPS);
        self.failed.clear();
    }

    /// Returns true if the schema at a pointer has a finite value, or if that takes too long to decide.
    fn ends(&mut self, pointer: &str) -> bool {
        if self.steps == 0 || self.ends.contains(pointer) {
            return true;
        }
        let Some(schema) = self.document.pointer(pointer) else { return true };
        if self.open.iter().any(|open| open == pointer) {
            if self.open.first().is_some_and(|first| first == pointer) && self.cycle.is_none() {
                self.cycle = Some(self.open.clone());
            }
            return false;
        }
        self.open.push(pointer.to_owned());
        self.steps -= 1;
        let ends = deeper(|| self.schema(schema));
        self.open.pop();
        (if ends { &mut self.ends } else { &mut self.failed }).insert(pointer.to_owned());
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
