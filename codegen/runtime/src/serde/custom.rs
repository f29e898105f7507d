//! Types of a caller that replace those of an API's components.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::{self, DeserializeOwned, Deserializer};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::de::Decode;
use super::encoding::FieldEncoding;

/// A value of a type that replaces the type of a component, where it is not a field or an argument: a body, an item of a
/// body, or the content of a union's variant. Fields and arguments have the type `T` itself.
///
/// `T` is deserialized and serialized with serde. Its `Default` is the value of a field before it is deserialized; callers never
/// see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Custom<T>(pub T);

impl<T> Custom<T> {
    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Custom<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Custom<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Custom<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: fmt::Display> fmt::Display for Custom<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Serialize> Serialize for Custom<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Custom<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // serde_json's values support all that a type may request, unlike the buffered values of unions.
        let value = Value::decode(deserializer)?;
        T::deserialize(value).map(Self).map_err(de::Error::custom)
    }
}

impl<T: Default + DeserializeOwned> Decode for Custom<T> {
    fn blank() -> Self {
        Self::default()
    }
}

impl<T: Default + DeserializeOwned + Serialize> FieldEncoding for Custom<T> {
    type Value = T;

    fn into_value(self) -> T {
        self.0
    }

    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}
