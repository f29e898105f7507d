//! Fields whose values are written in another form than their type's own.

use std::collections::BTreeMap;

use serde::ser::{Serialize, Serializer};

use super::de::Decode;

/// A form of values on the wire, as a type that is decoded from it. Lists, maps and options of it are forms too.
#[doc(hidden)]
pub trait FieldEncoding: Decode {
    /// The type of the field.
    type Value;

    /// Returns the decoded value.
    fn into_value(self) -> Self::Value;

    /// Serializes a value in this form.
    fn write<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error>;
}

/// A value that is serialized in the form `E`.
pub struct Encoded<'v, E: FieldEncoding>(&'v E::Value);

/// Returns a value that is serialized in the form `E`.
pub fn encoded<E: FieldEncoding>(value: &E::Value) -> Encoded<'_, E> {
    Encoded(value)
}

impl<E: FieldEncoding> Serialize for Encoded<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        E::write(self.0, serializer)
    }
}

impl<E: FieldEncoding> FieldEncoding for Vec<E> {
    type Value = Vec<E::Value>;

    fn into_value(self) -> Self::Value {
        self.into_iter().map(E::into_value).collect()
    }

    fn write<S: Serializer>(values: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(encoded::<E>))
    }
}

impl<E: FieldEncoding> FieldEncoding for BTreeMap<String, E> {
    type Value = BTreeMap<String, E::Value>;

    fn into_value(self) -> Self::Value {
        self.into_iter().map(|(name, value)| (name, value.into_value())).collect()
    }

    fn write<S: Serializer>(values: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(name, value)| (name, encoded::<E>(value))))
    }
}

impl<E: FieldEncoding> FieldEncoding for Option<E> {
    type Value = Option<E::Value>;

    fn into_value(self) -> Self::Value {
        self.map(E::into_value)
    }

    fn write<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(encoded::<E>).serialize(serializer)
    }
}
