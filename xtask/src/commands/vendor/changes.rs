//! How two documents differ, in short.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// More operations than this are counted, not named.
const MOST: usize = 20;

/// The methods that a path item can describe.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A document and its canonical text; null and nothing where there is none.
#[derive(Clone, Default)]
pub struct Document {
    /// The document.
    pub value: Value,
    /// Its text.
    pub text: String,
}

/// What is new in a document and what is gone from it.
pub struct Changes {
    added: Vec<String>,
    removed: Vec<String>,
    lines: (usize, usize),
}

impl Changes {
    /// The way from one document to another.
    pub fn between(before: &Document, after: &Document) -> Self {
        let (old, new) = (operations(&before.value), operations(&after.value));
        let diff = TextDiff::from_lines(&before.text, &after.text);
        let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
        Self {
            added: new.difference(&old).cloned().collect(),
            removed: old.difference(&new).cloned().collect(),
            lines: (count(ChangeTag::Insert), count(ChangeTag::Delete)),
        }
    }
}

/// A line for each operation that is new or gone, and one with the number of lines.
impl fmt::Display for Changes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (sign, operations) in [('+', &self.added), ('-', &self.removed)] {
            for operation in operations.iter().take(MOST) {
                writeln!(formatter, "  {sign} {operation}")?;
            }
            if let Some(more) = operations.len().checked_sub(MOST + 1) {
                writeln!(formatter, "  {sign} and {} more operations", more + 1)?;
            }
        }
        write!(formatter, "  {} lines are new, {} are gone", self.lines.0, self.lines.1)
    }
}

/// The operations of a document, as `GET /pets`.
fn operations(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let methods = METHODS.iter().filter(|method| item.get(method).is_some());
        found.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    found
}
