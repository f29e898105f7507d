//! Reading a JSON object into a struct.
//!
//! The value begins blank, and each property is read straight into its field. A type's own code is
//! one chain over its fields ([`Object::each`]), without locals, errors or loops of its own: that
//! is what the compiler gets through fastest, for hundreds of types. The same chain serves to read a
//! property and to look for one that is missing.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::Patch;
use crate::lenient::{Lenient, LenientNumber};

/// A type that a property can have.
pub trait Readable: DeserializeOwned {
    /// The property names that the type declares, by which unions tell objects apart; empty for
    /// what is no object.
    const KEYS: &'static [&'static str] = &[];

    /// The value that stands in a field until its property is read.
    fn blank() -> Self;
}

/// A type that is read from a JSON object.
pub trait Object: Readable {
    /// Shows each field to the reader in the order of [`KEYS`](Readable::KEYS), until it takes one.
    fn each<R: PropertyReader>(&mut self, reader: &mut R) -> bool;
}

/// What is shown the fields of an object, one method for each mode; true ends the walk.
pub trait PropertyReader {
    /// A property that must be there.
    fn required<T: Readable>(&mut self, slot: &mut T) -> bool;

    /// A property that need not be there.
    fn optional<T: Readable>(&mut self, slot: &mut T) -> bool;

    /// The same; it differs in being written.
    #[inline(always)]
    fn nullable<T: Readable>(&mut self, slot: &mut Option<T>) -> bool {
        self.optional(slot)
    }

    /// A property that tells absent from null.
    #[inline(always)]
    fn patch<T: Readable>(&mut self, slot: &mut Patch<T>) -> bool {
        self.optional(slot)
    }

    /// A number, be it as a string, that must be there.
    fn lenient<T: Lenient>(&mut self, slot: &mut T) -> bool;

    /// A number, be it as a string, that need not be there.
    fn optional_lenient<T: Lenient>(&mut self, slot: &mut Option<T>) -> bool;

    /// The properties that the type does not declare, where it keeps them.
    fn rest<M: Extend<(String, V)> + IntoIterator<Item = (String, V)>, V: Readable>(&mut self, map: &mut M) -> bool;

    /// The end of the walk.
    fn skip(&mut self) -> bool;
}

/// Reads an object.
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
        let mut seen = Seen::default();
        let mut expected = 0;
        while let Some(key) = map.next_key_seed(KeySeed { keys: T::KEYS, expected })? {
            let (turns, unknown) = match key {
                Key::Known(index) => {
                    seen.insert(index);
                    expected = index + 1;
                    (index, None)
                }
                Key::Unknown(name) => (usize::MAX, Some(name)),
            };
            let mut reader = Filler { map: &mut map, turns, unknown, error: None };
            object.each(&mut reader);
            if let Some(error) = reader.error {
                return Err(error);
            }
        }
        let mut search = MissingSearch { seen, index: 0, found: None };
        object.each(&mut search);
        match search.found {
            Some(index) => Err(de::Error::missing_field(T::KEYS[index])),
            None => Ok(object),
        }
    }
}

enum Key<'de> {
    Known(usize),
    Unknown(Cow<'de, str>),
}

/// Looks a property's name up among the keys, first where the order of the keys puts it.
struct KeySeed {
    keys: &'static [&'static str],
    expected: usize,
}

impl KeySeed {
    #[inline]
    fn find(&self, name: &str) -> Option<usize> {
        if self.keys.get(self.expected).is_some_and(|key| *key == name) {
            return Some(self.expected);
        }
        self.keys.iter().position(|key| *key == name)
    }
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key<'de>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key<'de>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    #[inline]
    fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Key<'de>, E> {
        Ok(self.find(name).map_or(Key::Unknown(Cow::Borrowed(name)), Key::Known))
    }

    #[inline]
    fn visit_str<E: de::Error>(self, name: &str) -> Result<Key<'de>, E> {
        Ok(self.find(name).map_or_else(|| Key::Unknown(Cow::Owned(name.to_owned())), Key::Known))
    }
}

/// The properties that have come, by their index among the keys.
#[derive(Default)]
struct Seen {
    first: u128,
    /// Hardly any type has more than 128 properties.
    others: Vec<usize>,
}

impl Seen {
    #[inline]
    fn insert(&mut self, index: usize) {
        match index {
            0..128 => self.first |= 1 << index,
            _ => self.others.push(index),
        }
    }

    #[inline]
    fn contains(&self, index: usize) -> bool {
        match index {
            0..128 => self.first & (1 << index) != 0,
            _ => self.others.contains(&index),
        }
    }
}

/// Reads one property into the field whose turn it is.
struct Filler<'a, 'de, A: MapAccess<'de>> {
    map: &'a mut A,
    /// How many fields to pass over.
    turns: usize,
    unknown: Option<Cow<'de, str>>,
    error: Option<A::Error>,
}

impl<'de, A: MapAccess<'de>> Filler<'_, 'de, A> {
    /// Whether it is this field's turn. Inlined, the chain becomes one jump.
    #[inline(always)]
    fn passes(&mut self) -> bool {
        let passes = self.turns != 0;
        self.turns = self.turns.wrapping_sub(1);
        passes
    }

    #[inline(always)]
    fn value<V: Deserialize<'de>>(&mut self, take: impl FnOnce(V)) -> bool {
        match self.map.next_value() {
            Ok(value) => take(value),
            Err(error) => self.error = Some(error),
        }
        true
    }
}

impl<'de, A: MapAccess<'de>> PropertyReader for Filler<'_, 'de, A> {
    #[inline(always)]
    fn required<T: Readable>(&mut self, slot: &mut T) -> bool {
        !self.passes() && self.value(|value| *slot = value)
    }

    #[inline(always)]
    fn optional<T: Readable>(&mut self, slot: &mut T) -> bool {
        self.required(slot)
    }

    #[inline(always)]
    fn lenient<T: Lenient>(&mut self, slot: &mut T) -> bool {
        !self.passes() && self.value(|number: LenientNumber<T>| *slot = number.0)
    }

    #[inline(always)]
    fn optional_lenient<T: Lenient>(&mut self, slot: &mut Option<T>) -> bool {
        !self.passes() && self.value(|number: Option<LenientNumber<T>>| *slot = number.map(|number| number.0))
    }

    #[inline]
    fn rest<M: Extend<(String, V)> + IntoIterator<Item = (String, V)>, V: Readable>(&mut self, map: &mut M) -> bool {
        match self.unknown.take() {
            Some(name) => self.value(|value| map.extend([(name.into_owned(), value)])),
            None => false,
        }
    }

    #[inline]
    fn skip(&mut self) -> bool {
        self.value(|_: IgnoredAny| {})
    }
}

/// Looks for the first property that must be there and has not come.
struct MissingSearch {
    seen: Seen,
    index: usize,
    found: Option<usize>,
}

impl MissingSearch {
    #[inline(always)]
    fn pass(&mut self, must_be_there: bool) -> bool {
        let index = self.index;
        self.index += 1;
        let missing = must_be_there && !self.seen.contains(index);
        if missing {
            self.found = Some(index);
        }
        missing
    }
}

impl PropertyReader for MissingSearch {
    #[inline(always)]
    fn required<T: Readable>(&mut self, _slot: &mut T) -> bool {
        self.pass(true)
    }

    #[inline(always)]
    fn optional<T: Readable>(&mut self, _slot: &mut T) -> bool {
        self.pass(false)
    }

    #[inline(always)]
    fn lenient<T: Lenient>(&mut self, _slot: &mut T) -> bool {
        self.pass(true)
    }

    #[inline(always)]
    fn optional_lenient<T: Lenient>(&mut self, _slot: &mut Option<T>) -> bool {
        self.pass(false)
    }

    #[inline(always)]
    fn rest<M: Extend<(String, V)> + IntoIterator<Item = (String, V)>, V: Readable>(&mut self, _map: &mut M) -> bool {
        false
    }

    #[inline(always)]
    fn skip(&mut self) -> bool {
        true
    }
}

impl<T: Readable> Readable for Box<T> {
    const KEYS: &'static [&'static str] = T::KEYS;

    fn blank() -> Self {
        Box::new(T::blank())
    }
}

macro_rules! blank_by_default {
    ($($({$generic:ident})? $kind:ty),* $(,)?) => {
        $(impl$(<$generic: DeserializeOwned>)? Readable for $kind {
            #[inline]
            fn blank() -> Self {
                Self::default()
            }
        })*
    };
}
blank_by_default!(
    String, bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, (),
    serde_json::Value, serde_json::Map<String, serde_json::Value>,
    jiff::Timestamp, jiff::civil::Date, crate::Base64,
    {T} Option<T>, {T} Vec<T>, {T} Patch<T>,
    {V} std::collections::BTreeMap<String, V>,
    {V} std::collections::HashMap<String, V>,
);
