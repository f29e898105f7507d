//! Lines of documentation: a person's where there are some, and the facts.

use crate::resolve::{Kind, Resolved, Schema, SchemaId};

/// Prose as lines, empty where there is none.
pub fn prose(text: Option<&str>) -> Vec<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| text.lines().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// Prose, or else a sentence made of facts.
pub fn prose_or(text: Option<&str>, fallback: impl FnOnce() -> String) -> Vec<String> {
    let lines = prose(text);
    if lines.is_empty() { vec![fallback()] } else { lines }
}

/// Documentation of a field, an argument or a setter.
pub fn value(
    resolved: &Resolved,
    wire: &str,
    description: Option<&str>,
    schema: SchemaId,
    constant: Option<&str>,
) -> Vec<String> {
    let schema = &resolved[schema];
    // A component's own description stands on its type.
    let own = description.or(schema.description.as_deref().filter(|_| schema.component.is_none()));
    let mut lines = prose_or(own, || format!("`{wire}` on the wire."));
    if let Some(constant) = constant {
        lines.push(String::new());
        lines.push(format!("Always `{constant}`."));
    }
    let facts = facts(schema);
    if !facts.is_empty() {
        lines.push(String::new());
        lines.push(facts.join("; ") + ".");
    }
    lines
}

fn facts(schema: &Schema) -> Vec<String> {
    let mut facts = Vec::new();
    if let Kind::String { format, pattern, .. } = &schema.kind {
        let said_by_type = matches!(format.as_str(), "" | "date-time" | "date" | "byte" | "binary");
        facts.extend((!said_by_type).then(|| format!("Format: `{format}`")));
        facts.extend(pattern.as_ref().map(|pattern| format!("Pattern: `{pattern}`")));
    }
    for (name, fact) in &schema.facts {
        facts.push(match *name {
            "minimum" => format!("At least {fact}"),
            "maximum" => format!("At most {fact}"),
            "min_length" => format!("At least {fact} characters"),
            "max_length" => format!("At most {fact} characters"),
            "min_items" => format!("At least {fact} items"),
            _ => format!("At most {fact} items"),
        });
    }
    facts.extend(
        schema.default.as_ref().filter(|default| !default.is_null()).map(|default| format!("Default: `{default}`")),
    );
    facts
}

/// Documentation of a type.
pub fn type_docs(schema: &Schema, place: &str) -> Vec<String> {
    prose_or(schema.description.as_deref(), || match &schema.component {
        Some(component) => format!("The document's `{component}`."),
        None => format!("{place}."),
    })
}
