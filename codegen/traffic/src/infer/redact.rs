//! Replaces values before an exchange is analyzed.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::exchange::Exchange;

/// The names of properties, query parameters and form fields whose values are replaced with an empty value of the same
/// type.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    names: BTreeSet<String>,
}

impl Redaction {
    /// Creates a redaction. Names are case-insensitive.
    pub fn new(names: &[String]) -> Self {
        Self { names: names.iter().map(|name| name.to_lowercase()).collect() }
    }

    /// Replaces the values in an exchange.
    pub fn apply(&self, exchange: &mut Exchange) {
        if self.names.is_empty() {
            return;
        }
        for body in [&mut exchange.request, &mut exchange.response].into_iter().flatten() {
            body.json.iter_mut().for_each(|json| self.within(json));
            let fields = body.form.iter_mut().flat_map(|form| form.values.iter_mut());
            fields.filter(|(name, _)| self.has(name)).for_each(|(_, value)| empty(value));
        }
        let pairs = exchange.query.iter_mut().filter(|(name, _)| self.has(name));
        pairs.for_each(|(_, value)| value.clear());
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains(&name.to_lowercase())
    }

    fn within(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if self.has(name) { empty(member) } else { self.within(member) }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.within(item)),
            _ => {}
        }
    }
}

/// Replaces a value with an empty one of its type.
fn empty(value: &mut Value) {
    *value = match value {
        Value::Null => Value::Null,
        Value::Bool(_) => false.into(),
        Value::Number(number) if number.is_f64() => 0.0.into(),
        Value::Number(_) => 0.into(),
        Value::String(_) => "".into(),
        Value::Array(_) => Value::Array(Vec::new()),
        Value::Object(_) => Value::Object(serde_json::Map::new()),
    };
}
