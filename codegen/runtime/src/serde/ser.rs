//! Serializing a struct as a JSON object.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::Patch;
use crate::serde::constant::Constant;
use crate::serde::de::Decode;
use crate::serde::encoding::{FieldEncoding, encoded};

/// Serializes an object property by property.
///
/// It stores the first error until the end, so that the code of a type need not handle errors. Its methods are the modes
/// of [`object!`](crate::object).
pub struct ObjectWriter<S: Serializer> {
    map: Result<S::SerializeMap, S::Error>,
    /// The names of undeclared properties that are still to be serialized.
    reserved: Vec<String>,
}

impl<S: Serializer> ObjectWriter<S> {
    /// Begins an object.
    pub fn new(serializer: S) -> Self {
        Self { map: serializer.serialize_map(None), reserved: Vec::new() }
    }

    /// Ends the object, or returns the first error.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.map?.end()
    }

    #[inline]
    fn entry<T: Serialize>(&mut self, name: &str, value: &T) {
        if let Ok(map) = &mut self.map
            && let Err(error) = map.serialize_entry(name, value)
        {
            self.map = Err(error);
        }
    }

    fn is_reserved(&self, name: &str) -> bool {
        self.reserved.iter().any(|reserved| reserved == name)
    }

    /// Serializes a property.
    #[inline]
    pub fn required<T: Serialize>(&mut self, name: &'static str, value: &T) {
        if !self.reserved.is_empty() {
            self.reserved.retain(|reserved| reserved != name);
        }
        self.entry(name, value);
    }

    /// Writes a property that allows a single value.
    pub fn constant(&mut self, name: &'static str, constant: Constant) {
        if !self.is_reserved(name) {
            self.entry(name, &constant);
        }
    }

    /// Serializes a property that has a value.
    pub fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(name, value);
        }
    }

    /// Serializes a property unless it is equal to the empty value with which decoding starts.
    pub fn or_empty<T: Serialize + Decode + PartialEq>(&mut self, name: &'static str, value: &T) {
        if *value != T::blank() {
            self.required(name, value);
        }
    }

    /// Serializes a property, as null if it has no value.
    pub fn nullable<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if value.is_some() || !self.is_reserved(name) {
            self.required(name, value);
        }
    }

    /// Serializes a property unless it is absent.
    pub fn patch<T: Serialize>(&mut self, name: &'static str, value: &Patch<T>) {
        if !value.is_absent() {
            self.required(name, value);
        }
    }

    /// Serializes a number.
    pub fn lenient<T: Serialize>(&mut self, name: &'static str, value: &T) {
        self.required(name, value);
    }

    /// Serializes a number that has a value.
    pub fn optional_lenient<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        self.optional(name, value);
    }

    /// Like `required`, in the form `E`.
    pub fn required_as<E: FieldEncoding>(&mut self, name: &'static str, value: &E::Value) {
        self.required(name, &encoded::<E>(value));
    }

    /// Like `optional`, in the form `E`.
    pub fn optional_as<E: FieldEncoding>(&mut self, name: &'static str, value: &Option<E::Value>) {
        if let Some(value) = value {
            self.required_as::<E>(name, value);
        }
    }

    /// Like `or_empty`, in the form `E`.
    pub fn or_empty_as<E: FieldEncoding>(&mut self, name: &'static str, value: &E::Value)
    where
        E::Value: Default + PartialEq,
    {
        if *value != E::Value::default() {
            self.required_as::<E>(name, value);
        }
    }

    /// Like `nullable`, in the form `E`.
    pub fn nullable_as<E: FieldEncoding>(&mut self, name: &'static str, value: &Option<E::Value>) {
        self.nullable(name, &value.as_ref().map(encoded::<E>));
    }

    /// Like `patch`, in the form `E`.
    pub fn patch_as<E: FieldEncoding>(&mut self, name: &'static str, value: &Patch<E::Value>) {
        if !value.is_absent() {
            self.required(name, &value.as_option().map(encoded::<E>));
        }
    }

    /// Passes the undeclared properties before the others, because one can have the name of a declared property whose
    /// value did not match its type.
    pub fn reserve<'a, M, V>(&mut self, map: &'a M)
    where
        &'a M: IntoIterator<Item = (&'a String, &'a V)>,
        V: Serialize + 'a,
    {
        self.reserved = map.into_iter().map(|(name, _)| name.clone()).collect();
    }

    /// Serializes the undeclared properties.
    pub fn rest<'a, M, V>(&mut self, map: &'a M)
    where
        &'a M: IntoIterator<Item = (&'a String, &'a V)>,
        V: Serialize + 'a,
    {
        for (name, value) in map {
            if self.reserved.contains(name) {
                self.entry(name, value);
            }
        }
    }
}
