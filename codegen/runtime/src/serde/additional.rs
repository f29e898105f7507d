//! The undeclared properties of an object.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::de::Decode;

/// The properties of an object that the API's document does not declare, in the order in which the server sent them.
/// They are sent back unchanged.
///
/// An optional property whose value does not match the declaration is also here, while its own field is empty. Setting
/// that field replaces it.
///
/// This is a [`Map`] that takes the space of a pointer while it is empty. `Debug` shows only the names, because an
/// undeclared property may contain a secret.
#[derive(Clone, Default)]
pub struct AdditionalProperties(Option<Box<Map<String, Value>>>);

static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

impl Deref for AdditionalProperties {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        self.0.as_deref().unwrap_or(&EMPTY)
    }
}

impl DerefMut for AdditionalProperties {
    fn deref_mut(&mut self) -> &mut Map<String, Value> {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for AdditionalProperties {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for AdditionalProperties {}

impl Hash for AdditionalProperties {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for AdditionalProperties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys()).finish()
    }
}

impl<V: Into<Value>> Extend<(String, V)> for AdditionalProperties {
    fn extend<I: IntoIterator<Item = (String, V)>>(&mut self, properties: I) {
        for (name, value) in properties {
            self.insert(name, value.into());
        }
    }
}

impl<V: Into<Value>> FromIterator<(String, V)> for AdditionalProperties {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(properties: I) -> Self {
        let mut all = Self::default();
        all.extend(properties);
        all
    }
}

impl From<Map<String, Value>> for AdditionalProperties {
    fn from(properties: Map<String, Value>) -> Self {
        Self((!properties.is_empty()).then(|| Box::new(properties)))
    }
}

impl<'a> IntoIterator for &'a AdditionalProperties {
    type Item = (&'a String, &'a Value);
    type IntoIter = serde_json::map::Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for AdditionalProperties {
    type Item = (String, Value);
    type IntoIter = serde_json::map::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.0.map(|properties| *properties).unwrap_or_default().into_iter()
    }
}

/// A map of undeclared properties.
#[doc(hidden)]
pub trait Rest {
    /// The type of the values.
    type Value: Decode;

    /// Creates an empty map.
    fn empty() -> Self;

    /// Adds a property.
    fn put(&mut self, name: String, value: Self::Value);

    /// Adds a declared property whose value does not match its type, if the map accepts any value.
    fn put_left_out(&mut self, name: String, value: Value);
}

impl Rest for AdditionalProperties {
    type Value = Value;

    #[inline]
    fn empty() -> Self {
        Self(None)
    }

    fn put(&mut self, name: String, value: Value) {
        self.insert(name, value);
    }

    fn put_left_out(&mut self, name: String, value: Value) {
        self.insert(name, value);
    }
}

impl<V: Decode> Rest for BTreeMap<String, V> {
    type Value = V;

    #[inline]
    fn empty() -> Self {
        Self::new()
    }

    fn put(&mut self, name: String, value: V) {
        self.insert(name, value);
    }

    fn put_left_out(&mut self, _name: String, _value: Value) {}
}
