//! Writing a struct as a JSON object.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::Patch;
use crate::serde::constant::Constant;
use crate::serde::de::Decode;

/// A type that is written as a JSON object.
#[doc(hidden)]
pub trait WriteObject {
    /// Shows each field with its property's name to the writer.
    fn write<W: PropertyWriter>(&self, writer: &mut W);
}

/// What is shown the fields of an object, one method for each mode.
#[doc(hidden)]
pub trait PropertyWriter {
    /// Writes a property.
    fn required<T: Serialize>(&mut self, name: &'static str, value: &T);

    /// Writes a property that allows a single value.
    fn constant(&mut self, name: &'static str, constant: Constant);

    /// Writes a property that has a value.
    fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(name, value);
        }
    }

    /// Writes a property that is not empty, as it is when it was read from nothing.
    fn or_empty<T: Serialize + Decode + PartialEq>(&mut self, name: &'static str, value: &T) {
        if *value != T::blank() {
            self.required(name, value);
        }
    }

    /// Writes a property, as null where it has no value.
    fn nullable<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        self.required(name, value);
    }

    /// Writes a property unless it is absent.
    fn patch<T: Serialize>(&mut self, name: &'static str, value: &Patch<T>) {
        if !value.is_absent() {
            self.required(name, value);
        }
    }

    /// Writes a number.
    fn lenient<T: Serialize>(&mut self, name: &'static str, value: &T) {
        self.required(name, value);
    }

    /// Writes a number that is there.
    fn optional_lenient<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        self.optional(name, value);
    }

    /// Shows the properties that the type does not declare before the others: one may have the name of a declared property,
    /// whose value was not of its type when it was read.
    fn reserve<'a, M, V>(&mut self, map: &'a M)
    where
        &'a M: IntoIterator<Item = (&'a String, &'a V)>,
        V: Serialize + 'a;

    /// Writes the properties that the type does not declare.
    fn rest<'a, M, V>(&mut self, map: &'a M)
    where
        &'a M: IntoIterator<Item = (&'a String, &'a V)>,
        V: Serialize + 'a;
}

/// Writes an object.
pub fn write<T: WriteObject, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let map = serializer.serialize_map(None)?;
    let mut writer = Writer { map, result: Ok(()), reserved: Vec::new() };
    object.write(&mut writer);
    writer.result?;
    writer.map.end()
}

/// Keeps the first error to the end, so that a type's own code has none to handle.
struct Writer<M: SerializeMap> {
    map: M,
    result: Result<(), M::Error>,
    /// The undeclared properties that are still to be written.
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
