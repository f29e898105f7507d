//! Conversion of maps and `json!` values into JSON objects.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

/// A value that can be converted into a JSON object with any properties: `json!({"plan": "pro", "seats": 3})`, a map,
/// or pairs of names and values.
///
/// ```
/// use crm_clients_runtime::IntoObject;
/// use serde_json::json;
///
/// let object = json!({"plan": "pro", "seats": 3}).into_object();
/// assert_eq!(object, [("plan", json!("pro")), ("seats", json!(3))].into_object());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a JSON object",
    note = "use `serde_json::json!({{ ... }})`, a map, or an array or `Vec` of pairs of a name and a value"
)]
pub trait IntoObject {
    /// Returns the object.
    fn into_object(self) -> Map<String, Value>;
}

impl IntoObject for Map<String, Value> {
    fn into_object(self) -> Map<String, Value> {
        self
    }
}

/// Null becomes an empty object. Any other value that is not an object becomes a property with an empty name, so that
/// the server reports it.
impl IntoObject for Value {
    fn into_object(self) -> Map<String, Value> {
        match self {
            Value::Object(object) => object,
            Value::Null => Map::new(),
            other => [("", other)].into_object(),
        }
    }
}

fn collect(pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<Value>)>) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
}

impl<K: Into<String>, V: Into<Value>, const N: usize> IntoObject for [(K, V); N] {
    fn into_object(self) -> Map<String, Value> {
        collect(self)
    }
}

impl<K: Into<String>, V: Into<Value>> IntoObject for Vec<(K, V)> {
    fn into_object(self) -> Map<String, Value> {
        collect(self)
    }
}

impl<K: Into<String>, V: Into<Value>> IntoObject for BTreeMap<K, V> {
    fn into_object(self) -> Map<String, Value> {
        collect(self)
    }
}

impl<K: Into<String>, V: Into<Value>, S> IntoObject for HashMap<K, V, S> {
    fn into_object(self) -> Map<String, Value> {
        collect(self)
    }
}
