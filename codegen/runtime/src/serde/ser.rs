//! Serializing a struct as a JSON object.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::Patch;
use crate::serde::constant::Constant;
use crate::serde::de::Decode;
use crate::serde::encoding::{FieldEncoding, encoded};

/// A type that is serialized as a JSON object.
#[doc(hidden)]
pub trait WriteObject {
    /// Passes each field with the name of its property to the writer.
    fn write<W: PropertyWriter>(&self, writer: &mut W);
}

/// A visitor of an object's fields, with one method for each mode.
#[doc(hidden)]
pub trait PropertyWriter {
    /// Serializes a property.
    fn required<T: Serialize>(&mut self, name: &'static str, value: &T);

    /// Writes a property that allows a single value.
    fn constant(&mut self, name: &'static str, constant: Constant);

    /// Serializes a property that has a value.
    fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(name, value);
        }
    }

    /// Serializes a property unless it is equal to the empty value with which decoding starts.
    fn or_empty<T: Serialize + Decode + PartialEq>(&mut self, name: &'static str, value: &T) {
        if *value != T::blank() {
            self.required(name, value);
        }
    }

    /// Serializes a property, as null if it has no value.
    fn nullable<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        self.required(name, value);
    }

    /// Serializes a property unless it is absent.
    fn patch<T: Serialize>(&mut self, name: &'static str, value: &Patch<T>) {
        if !value.is_absent() {
            self.required(name, value);
        }
    }

    /// Serializes a number.
    fn lenient<T: Serialize>(&mut self, name: &'static str, value: &T) {
        self.required(name, value);
    }

    /// Serializes a number that has a value.
    fn optional_lenient<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        self.optional(name, value);
    }

    /// Like `required`, in the form `E`.
    fn required_as<E: FieldEncoding>(&mut self, name: &'static str, value: &E::Value) {
        self.required(name, &encoded::<E>(value));
    }

    /// Like `optional`, in the form `E`.
    fn optional_as<E: FieldEncoding>(&mut self, name: &'static str, value: &Option<E::Value>) {
        if let Some(value) = value {
            self.required_as::<E>(name, value);
        }
    }

    /// Like `or_empty`, in the form `E`.
    fn or_empty_as<E: FieldEncoding>(&mut self, name: &'static str, value: &E::Value)
    where
        E::Value: Default + PartialEq,
    {
        if *value != E::Value::default() {
            self.required_as::<E>(name, value);
        }
    }

    /// Like `nullable`, in the form `E`.
    fn nullable_as<E: FieldEncoding>(&mut self, name: &'static str, value: &Option<E::Value>) {
        self.nullable(name, &value.as_ref().map(encoded::<E>));
    }

    /// Like `patch`, in the form `E`.
    fn patch_as<E: FieldEncoding>(&mut self, name: &'static str, value: &Patch<E::Value>) {
        if !value.is_absent() {
            self.required(name, &value.as_option().map(encoded::<E>));
        }
    }

    /// Passes the undeclared properties before the others, because one can have the name of a declared property whose
    /// value did not match its type.
    fn reserve<'a, M, V>(&mut self, map: &'a M)
    where
        &'a M: IntoIterator<Item = (&'a String, &'a V)>,
        V: Serialize + 'a;

    /// Serializes the undeclared properties.
    fn rest<'a, M, V>(&mut self, map: &'a M)
    where
        &'a M: IntoIterator<Item = (&'a String, &'a V)>,
        V: Serialize + 'a;
}

/// Serializes an object.
pub fn write<T: WriteObject, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let map = serializer.serialize_map(None)?;
    let mut writer = Writer { map, result: Ok(()), reserved: Vec::new() };
    object.write(&mut writer);
    writer.result?;
    writer.map.end()
}

/// Stores the first error until the end, so that the code of a type need not handle errors.
struct Writer<M: SerializeMap> {
    map: M,
    result: Result<(), M::Error>,
    /// The names of undeclared properties that are still to be serialized.
    reserved: Vec<String>,
}

impl<M: SerializeMap> Writer<M> {
    #[inline]
    fn entry<T: Serialize>(&mut self, name: &str, value: &T) {
        if self.result.is_ok() {
            self.result = self.map.serialize_entry(name, value);
        }
    }
}

impl<M: SerializeMap> PropertyWriter for Writer<M> {
    #[inline]
    fn required<T: Serialize>(&mut self, name: &'static str, value: &T) {
        if !self.reserved.is_empty() {
            self.reserved.retain(|reserved| reserved != name);
        }
        self.entry(name, value);
    }

    fn constant(&mut self, name: &'static str, constant: Constant) {
        if !self.reserved.iter().any(|reserved| reserved == name) {
            self.entry(name, &constant);
        }
    }

    #[inline]
    fn nullable<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if value.is_some() || !self.reserved.iter().any(|reserved| reserved == name) {
            self.required(name, value);
        }
    }

    fn reserve<'a, P, V>(&mut self, map: &'a P)
    where
        &'a P: IntoIterator<Item = (&'a String, &'a V)>,
        V: Serialize + 'a,
    {
        self.reserved = map.into_iter().map(|(name, _)| name.clone()).collect();
    }

    fn rest<'a, P, V>(&mut self, map: &'a P)
    where
        &'a P: IntoIterator<Item = (&'a String, &'a V)>,
        V: Serialize + 'a,
    {
        for (name, value) in map {
            if self.reserved.contains(name) {
                self.entry(name, value);
            }
        }
    }
}
