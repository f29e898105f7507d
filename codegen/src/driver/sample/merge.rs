//! Schemas without references, `allOf` and choices: one object of keywords.

use serde_json::{Map, Value, json};

use super::{Result, Sampler, Unsampled};
use crate::lowered::{self, join};

impl<'a> Sampler<'a> {
    /// The schema with its references followed, the parts of its `allOf` joined and one alternative of its choices.
    ///
    /// # Errors
    ///
    /// [`Unsampled::Endless`] where it leads back to a reference that it is within.
    pub(super) fn merged(&mut self, schema: &Value) -> Result<Map<String, Value>> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            if self.within.iter().any(|other| other == reference) {
                return Err(Unsampled::Endless);
            }
            self.within.push(reference.to_owned());
            let target = self.target(reference)?;
            return self.merged(target);
        }
        let mut out = schema.as_object().cloned().unwrap_or_default();
        let depth = self.within.len();
        let mut entered = Vec::new();
        for part in parts(out.remove("allOf")) {
            let part = self.merged(&part)?;
            join(&mut out, part);
            // The next part may refer to the same; what is within the whole is within all parts.
            entered.extend(self.within.drain(depth..));
        }
        self.within.append(&mut entered);
        for choice in ["oneOf", "anyOf"] {
            let alternatives = parts(out.remove(choice));
            if alternatives.is_empty() {
                continue;
            }
            self.alternatives = self.alternatives.max(alternatives.len());
            let (chosen, part) = self.chosen(&alternatives)?;
            if let Some(tag) = tag(out.remove("discriminator"), chosen, &part) {
                join(&mut out, tag);
            }
            join(&mut out, part);
        }
        Ok(out)
    }

    /// The wanted alternative, or the next that ends.
    fn chosen<'s>(&mut self, alternatives: &'s [Value]) -> Result<(&'s Value, Map<String, Value>)> {
        let depth = self.within.len();
        for number in 0..alternatives.len() {
            let chosen = &alternatives[(self.wanted.alternative + number) % alternatives.len()];
            match self.merged(chosen) {
                Err(Unsampled::Endless) => self.within.truncate(depth),
                merged => return merged.map(|part| (chosen, part)),
            }
        }
        Err(Unsampled::Endless)
    }

    /// Whether a property is left out of requests.
    pub(super) fn is_read_only(&self, property: &Value) -> bool {
        let is_set = |schema: &Value| schema.get("readOnly").and_then(Value::as_bool) == Some(true);
        if lowered::chain(self.document, property).any(is_set) {
            return true;
        }
        let schema = lowered::followed(self.document, property);
        let parts = schema.get("allOf").and_then(Value::as_array);
        parts.is_some_and(|parts| parts.iter().any(is_set))
    }

    fn target(&self, reference: &str) -> Result<&'a Value> {
        lowered::target(self.document, reference)
            .ok_or_else(|| Unsampled::Unknown(format!("the reference `{reference}` leads nowhere")))
    }
}

fn parts(list: Option<Value>) -> Vec<Value> {
    match list {
        Some(Value::Array(parts)) => parts,
        _ => Vec::new(),
    }
}

/// The property that tells the alternatives apart, with the value that stands for this one where its own schema does
/// not say it.
fn tag(discriminator: Option<Value>, chosen: &Value, part: &Map<String, Value>) -> Option<Map<String, Value>> {
    let discriminator = discriminator?;
    let property = discriminator.get("propertyName")?.as_str()?;
    let reference = chosen.get("$ref")?.as_str()?;
    let component = reference.rsplit('/').next().unwrap_or_default();
    let stands_for = |target: &Value| target.as_str().is_some_and(|target| target == reference || target == component);
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let mapped = mapping.into_iter().flatten().find(|(_, target)| stands_for(target));
    let value = match mapped {
        Some((value, _)) => value,
        None if part.get("properties")?.get(property)?.get("enum").is_some() => return None,
        None => component,
    };
    json!({ TAG: { property: value } }).as_object().cloned()
}

/// Where [`tag`] keeps what it found.
const TAG: &str = "x-tag";

/// The property and value by which the chosen alternative is known.
pub(super) fn discriminated(schema: &Map<String, Value>) -> Option<(String, Value)> {
    let (property, value) = schema.get(TAG)?.as_object()?.iter().next()?;
    Some((property.clone(), value.clone()))
}
