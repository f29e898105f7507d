//! Decoding a JSON object as a struct.
//!
//! The value starts blank, and each property is decoded directly into its field. The code generated for a type is a
//! single chain over its fields ([`Object::each`]), without locals, error handling or loops, because that is the
//! fastest to compile for hundreds of types. The same chain is used for decoding a property and for finding a missing
//! one.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::Patch;
use crate::response::limits;
use crate::serde::additional::Rest;
use crate::serde::constant::{Constant, ConstantSeed};
use crate::serde::content::Content;
use crate::serde::encoding::FieldEncoding;
use crate::serde::lenient::{Lenient, LenientNumber};
use crate::serde::tolerance::{self, Tolerant};

/// The memory that an undeclared property takes in addition to its name and value.
const ADDITIONAL: usize = 64;

/// A type that a property can have.
#[doc(hidden)]
pub trait Decode: DeserializeOwned {
    /// The properties that the type declares, by which unions distinguish objects; empty if the type is not an object, and if
    /// no union distinguishes it by them.
    const KEYS: &'static [Key] = &[];

    /// True if a value keeps the properties that the type does not declare, or if no union distinguishes it by properties.
    const KEEPS_ALL: bool = true;

    /// Returns the number of the value's properties that the type declares; `None` if the value does not match the
    /// type.
    fn score(content: &Content) -> Option<usize> {
        let Content::Object(object) = content else { return Some(0) };
        let mut score = 0;
        for key in Self::KEYS {
            match object.get(key.name) {
                Some(_) => score += 1,
                None if key.required => return None,
                None => {}
            }
        }
        Some(score)
    }

    /// Returns the initial value of a field. For a type that contains itself without end this would not return, so
    /// generated code must not declare one.
    fn blank() -> Self;

    /// Decodes a value of this type. It is called instead of `deserialize` for the types of this crate and for
    /// responses.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// Decodes a value with [`Decode::decode`].
pub(crate) struct Seed<T>(PhantomData<T>);

impl<T> Seed<T> {
    #[inline]
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Decode> DeserializeSeed<'de> for Seed<T> {
    type Value = T;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::decode(deserializer)
    }
}

/// A property that a type declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The name.
    pub name: &'static str,
    /// True if an object without it does not match the type.
    pub required: bool,
}

/// The values of [`Key::required`], by mode.
#[expect(
    missing_docs,
    non_upper_case_globals,
    reason = "the constants are named after the methods of `PropertyReader`"
)]
pub mod is_required {
    pub const required: bool = true;
    pub const optional: bool = false;
    pub const or_empty: bool = false;
    pub const nullable: bool = false;
    pub const patch: bool = false;
    pub const lenient: bool = true;
    pub const optional_lenient: bool = false;
    pub const required_as: bool = true;
    pub const optional_as: bool = false;
    pub const or_empty_as: bool = false;
    pub const nullable_as: bool = false;
    pub const patch_as: bool = false;
}

/// The initial values of fields, by mode.
#[expect(missing_docs, reason = "the functions are named after the methods of `PropertyReader`")]
pub mod blank {
    use super::Decode;

    macro_rules! initial_values {
        ($($mode:ident: $bound:ident $value:ident,)*) => {
            $(#[inline(always)]
            pub fn $mode<T: $bound>() -> T {
                T::$value()
            })*
        };
    }
    initial_values! {
        required: Decode blank,
        optional: Decode blank,
        or_empty: Decode blank,
        nullable: Decode blank,
        patch: Decode blank,
        lenient: Decode blank,
        optional_lenient: Decode blank,
        required_as: Default default,
        optional_as: Default default,
        or_empty_as: Default default,
        nullable_as: Default default,
        patch_as: Default default,
    }
}

/// A type that is decoded from a JSON object.
#[doc(hidden)]
pub trait Object: Decode {
    /// Passes each field to the reader, the additional properties last, until it accepts one.
    fn each<R: PropertyReader>(&mut self, reader: &mut R) -> bool;
}

/// A visitor of an object's fields and their property names, with one method for each mode. A method returns true to
/// stop.
#[doc(hidden)]
pub trait PropertyReader {
    /// Visits a required property.
    fn required<T: Decode>(&mut self, name: &'static str, slot: &mut T) -> bool;

    /// A property that must be there and allows a single value.
    fn constant(&mut self, name: &'static str, constant: Constant) -> bool;

    /// Visits an optional property.
    fn optional<T: Decode>(&mut self, name: &'static str, slot: &mut T) -> bool;

    /// Visits a property that stays empty if it is absent or null.
    fn or_empty<T: Decode>(&mut self, name: &'static str, slot: &mut T) -> bool;

    /// Like `optional`; the mode differs only when it is serialized.
    #[inline(always)]
    fn nullable<T: Decode>(&mut self, name: &'static str, slot: &mut Option<T>) -> bool {
        self.optional(name, slot)
    }

    /// Visits a property that distinguishes absent from null.
    #[inline(always)]
    fn patch<T: Decode>(&mut self, name: &'static str, slot: &mut Patch<T>) -> bool {
        self.optional(name, slot)
    }

    /// Visits a required number, which may be a string.
    fn lenient<T: Lenient>(&mut self, name: &'static str, slot: &mut T) -> bool;

    /// Visits an optional number, which may be a string.
    fn optional_lenient<T: Lenient>(&mut self, name: &'static str, slot: &mut Option<T>) -> bool;

    /// Like `required`, in the form `E`.
    fn required_as<E: FieldEncoding>(&mut self, name: &'static str, slot: &mut E::Value) -> bool;

    /// Like `or_empty`, in the form `E`.
    fn or_empty_as<E: FieldEncoding>(&mut self, name: &'static str, slot: &mut E::Value) -> bool;

    /// Like `optional`, in the form `E`.
    fn optional_as<E: FieldEncoding>(&mut self, name: &'static str, slot: &mut Option<E::Value>) -> bool;

    /// Like `nullable`, in the form `E`.
    #[inline(always)]
    fn nullable_as<E: FieldEncoding>(&mut self, name: &'static str, slot: &mut Option<E::Value>) -> bool {
        self.optional_as::<E>(name, slot)
    }

    /// Like `patch`, in the form `E`.
    fn patch_as<E: FieldEncoding>(&mut self, name: &'static str, slot: &mut Patch<E::Value>) -> bool;

    /// Visits the properties that the type does not declare, if it keeps them.
    fn rest<M: Rest>(&mut self, map: &mut M) -> bool;

    /// Visits the end of the fields.
    fn skip(&mut self) -> bool;
}

/// Decodes an object.
pub fn read<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::blank();
        read_properties(&mut map, &mut object)?;
        Ok(object)
    }
}

/// The fields of an object, whatever its type is, so that [`read_properties`] is compiled once for all types.
trait Fields<'de, A: MapAccess<'de>> {
    /// Decodes a property into its field.
    fn fill(&mut self, filler: &mut FieldVisitor<'_, 'de, A>);

    /// Searches for a missing property.
    fn search(&mut self, search: &mut MissingSearch);
}

impl<'de, A: MapAccess<'de>, T: Object> Fields<'de, A> for T {
    fn fill(&mut self, filler: &mut FieldVisitor<'_, 'de, A>) {
        self.each(filler);
    }

    fn search(&mut self, search: &mut MissingSearch) {
        self.each(search);
    }
}

fn read_properties<'de, A: MapAccess<'de>>(map: &mut A, object: &mut dyn Fields<'de, A>) -> Result<(), A::Error> {
    limits::charge(0)?;
    let mut seen = Seen::default();
    let tolerant = tolerance::is_on();
    let mut left_out = Vec::new();
    while let Some(key) = map.next_key_seed(PropertyName)? {
        if tolerant {
            tolerance::enter_property(&key)?;
        }
        let mut filler = FieldVisitor { map: &mut *map, key: &key, index: 0, tolerant, error: None };
        object.fill(&mut filler);
        if let Some(error) = filler.error {
            return Err(error);
        }
        seen.insert(filler.index);
        if tolerant {
            tolerance::leave_property(key, &mut left_out);
        }
    }
    let mut search = MissingSearch { seen, index: 0, found: None, left_out };
    object.search(&mut search);
    match search.found {
        Some(name) => Err(de::Error::missing_field(name)),
        None => Ok(()),
    }
}

/// The name of a property, borrowed from the text if it has no escapes.
struct PropertyName;

impl<'de> DeserializeSeed<'de> for PropertyName {
    type Value = Cow<'de, str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for PropertyName {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    #[inline]
    fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    #[inline]
    fn visit_str<E: de::Error>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// The properties that have been decoded, by the index of their field.
#[derive(Default)]
struct Seen {
    first: u64,
    // Hardly any type has more than 64 properties.
    others: Vec<usize>,
}

impl Seen {
    #[inline(always)]
    fn insert(&mut self, index: usize) {
        match index {
            0..64 => self.first |= 1 << index,
            _ => self.others.push(index),
        }
    }

    #[inline(always)]
    fn contains(&self, index: usize) -> bool {
        match index {
            0..64 => self.first & (1 << index) != 0,
            _ => self.others.contains(&index),
        }
    }
}

/// Decodes one property into the field with its name.
///
/// Everything is inlined, so that names are compared as constants and no index is computed.
struct FieldVisitor<'a, 'de, A: MapAccess<'de>> {
    map: &'a mut A,
    key: &'a str,
    /// Number of fields visited so far.
    index: usize,
    /// True if values may be left out in this pass.
    tolerant: bool,
    error: Option<A::Error>,
}

impl<'de, A: MapAccess<'de>> FieldVisitor<'_, 'de, A> {
    #[inline(always)]
    fn field<S: DeserializeSeed<'de>>(&mut self, name: &'static str, seed: S, take: impl FnOnce(S::Value)) -> bool {
        let found = self.key == name;
        if found {
            self.value(seed, take);
        } else {
            self.index += 1;
        }
        found
    }

    #[inline(always)]
    fn value<S: DeserializeSeed<'de>>(&mut self, seed: S, take: impl FnOnce(S::Value)) {
        match self.map.next_value_seed(seed) {
            Ok(value) => take(value),
            Err(error) => self.error = Some(error),
        }
    }

    // Most objects have no such property, so this is not inlined into the code of each type.
    #[inline(never)]
    fn additional<M: Rest>(&mut self, map: &mut M) {
        if let Err(error) = limits::charge(self.key.len() + ADDITIONAL) {
            self.error = Some(error);
            return;
        }
        let name = self.key.to_owned();
        self.value(Tolerant::<M::Value>::new(self.tolerant), |value| {
            if let Some(value) = value {
                map.put(name, value);
            }
        });
    }
}

impl<'de, A: MapAccess<'de>> PropertyReader for FieldVisitor<'_, 'de, A> {
    #[inline(always)]
    fn required<T: Decode>(&mut self, name: &'static str, slot: &mut T) -> bool {
        self.field(name, Seed::<T>::new(), |value| *slot = value)
    }

    #[inline(always)]
    fn constant(&mut self, name: &'static str, constant: Constant) -> bool {
        self.field(name, ConstantSeed { constant, tolerant: self.tolerant }, |()| {})
    }

    #[inline(always)]
    fn optional<T: Decode>(&mut self, name: &'static str, slot: &mut T) -> bool {
        self.field(name, Tolerant::<T>::new(self.tolerant), |value| {
            if let Some(value) = value {
                *slot = value;
            }
        })
    }

    #[inline(always)]
    fn or_empty<T: Decode>(&mut self, name: &'static str, slot: &mut T) -> bool {
        self.field(name, Tolerant::<Option<T>>::new(self.tolerant), |value| {
            if let Some(Some(value)) = value {
                *slot = value;
            }
        })
    }

    #[inline(always)]
    fn lenient<T: Lenient>(&mut self, name: &'static str, slot: &mut T) -> bool {
        self.field(name, PhantomData, |number: LenientNumber<T>| *slot = number.0)
    }

    #[inline(always)]
    fn optional_lenient<T: Lenient>(&mut self, name: &'static str, slot: &mut Option<T>) -> bool {
        self.field(name, Tolerant::<Option<LenientNumber<T>>>::new(self.tolerant), |number| {
            *slot = number.flatten().map(|number| number.0);
        })
    }

    #[inline(always)]
    fn required_as<E: FieldEncoding>(&mut self, name: &'static str, slot: &mut E::Value) -> bool {
        self.field(name, Seed::<E>::new(), |value| *slot = value.into_value())
    }

    #[inline(always)]
    fn or_empty_as<E: FieldEncoding>(&mut self, name: &'static str, slot: &mut E::Value) -> bool {
        self.field(name, Tolerant::<Option<E>>::new(self.tolerant), |value| {
            if let Some(Some(value)) = value {
                *slot = value.into_value();
            }
        })
    }

    #[inline(always)]
    fn optional_as<E: FieldEncoding>(&mut self, name: &'static str, slot: &mut Option<E::Value>) -> bool {
        self.field(name, Tolerant::<Option<E>>::new(self.tolerant), |value| {
            *slot = value.flatten().map(E::into_value);
        })
    }

    #[inline(always)]
    fn patch_as<E: FieldEncoding>(&mut self, name: &'static str, slot: &mut Patch<E::Value>) -> bool {
        self.field(name, Tolerant::<Option<E>>::new(self.tolerant), |value| {
            if let Some(value) = value {
                *slot = value.map(E::into_value).into();
            }
        })
    }

    #[inline(always)]
    fn rest<M: Rest>(&mut self, map: &mut M) -> bool {
        self.additional(map);
        true
    }

    #[inline(always)]
    fn skip(&mut self) -> bool {
        self.value(PhantomData, |_: IgnoredAny| {});
        true
    }
}

/// Finds the first required property that is missing, and stores the values that were left out.
struct MissingSearch {
    seen: Seen,
    index: usize,
    found: Option<&'static str>,
    /// The declared properties whose values are not of their types.
    left_out: Vec<(String, Value)>,
}

impl MissingSearch {
    #[cold]
    fn keep<M: Rest>(&mut self, map: &mut M) {
        for (name, value) in self.left_out.drain(..) {
            map.put_left_out(name, value);
        }
    }

    #[inline(always)]
    fn optional(&mut self) -> bool {
        self.index += 1;
        false
    }

    #[inline(always)]
    fn required(&mut self, name: &'static str) -> bool {
        if self.seen.contains(self.index) {
            return self.optional();
        }
        self.found = Some(name);
        true
    }
}

impl PropertyReader for MissingSearch {
    #[inline(always)]
    fn required<T: Decode>(&mut self, name: &'static str, _slot: &mut T) -> bool {
        self.required(name)
    }

    #[inline(always)]
    fn constant(&mut self, name: &'static str, _constant: Constant) -> bool {
        self.required(name)
    }

    #[inline(always)]
    fn optional<T: Decode>(&mut self, _name: &'static str, _slot: &mut T) -> bool {
        self.optional()
    }

    #[inline(always)]
    fn or_empty<T: Decode>(&mut self, _name: &'static str, _slot: &mut T) -> bool {
        self.optional()
    }

    #[inline(always)]
    fn lenient<T: Lenient>(&mut self, name: &'static str, _slot: &mut T) -> bool {
        self.required(name)
    }

    #[inline(always)]
    fn optional_lenient<T: Lenient>(&mut self, _name: &'static str, _slot: &mut Option<T>) -> bool {
        self.optional()
    }

    #[inline(always)]
    fn required_as<E: FieldEncoding>(&mut self, name: &'static str, _slot: &mut E::Value) -> bool {
        self.required(name)
    }

    #[inline(always)]
    fn or_empty_as<E: FieldEncoding>(&mut self, _name: &'static str, _slot: &mut E::Value) -> bool {
        self.optional()
    }

    #[inline(always)]
    fn optional_as<E: FieldEncoding>(&mut self, _name: &'static str, _slot: &mut Option<E::Value>) -> bool {
        self.optional()
    }

    #[inline(always)]
    fn patch_as<E: FieldEncoding>(&mut self, _name: &'static str, _slot: &mut Patch<E::Value>) -> bool {
        self.optional()
    }

    #[inline(always)]
    fn rest<M: Rest>(&mut self, map: &mut M) -> bool {
        if !self.left_out.is_empty() {
            self.keep(map);
        }
        false
    }

    #[inline(always)]
    fn skip(&mut self) -> bool {
        true
    }
}
