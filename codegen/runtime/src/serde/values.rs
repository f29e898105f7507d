//! The types of properties that are not specific to an API. They are decoded more leniently than by serde where servers
//! differ, and count towards the memory limit of a response.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::Pieces;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use uuid::Uuid;

use super::de::{Decode, Key, Seed};
use super::lenient::Lenient;
use super::precise;
use super::tolerance;
use crate::Patch;
use crate::response::limits;
use crate::serde::content::Content;

/// The overhead of an allocation.
const BLOCK: usize = 16;

/// The size of an entry of serde_json's map, including its slot in the map's index.
const ENTRY: usize = size_of::<(u64, String, Value)>() + size_of::<usize>() + 2;

/// Initial capacity of lists and maps.
const FIRST_CAPACITY: usize = 4;

macro_rules! as_serde_does {
    ($($kind:ty),* $(,)?) => {
        $(impl Decode for $kind {
            #[inline]
            fn blank() -> Self {
                Self::default()
            }
        })*
    };
}
as_serde_does!(String, bool, i8, i16, u8, u16, f32, f64, (), crate::Base64, crate::Secret);

macro_rules! integers {
    ($($kind:ty),*) => {
        $(impl Decode for $kind {
            #[inline]
            fn blank() -> Self {
                0
            }

            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_i64(IntegerVisitor(stringify!($kind), PhantomData))
            }
        })*
    };
}
integers!(i32, i64, u32, u64, i128);

/// Decodes an integer, including one written with a fraction of zero or an exponent.
struct IntegerVisitor<T>(&'static str, PhantomData<T>);

impl<T: Lenient> Visitor<'_> for IntegerVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        T::from_integer(number.into()).ok_or_else(|| E::invalid_value(de::Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        T::from_integer(number.into()).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        T::from_float(number).ok_or_else(|| E::invalid_type(de::Unexpected::Float(number), &self))
    }
}

/// Decodes text of a format. The error contains the expected format.
struct TextVisitor<T>(&'static str, fn(&str) -> Option<T>);

impl<T> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

macro_rules! texts {
    ($($kind:ty: $blank:expr, $expected:literal, $parse:expr;)*) => {
        $(impl Decode for $kind {
            #[inline]
            fn blank() -> Self {
                $blank
            }

            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(TextVisitor($expected, $parse))
            }
        })*
    };
}
texts! {
    Timestamp: Self::UNIX_EPOCH, "a date and time", |text| timestamp(text).ok();
    Date: Self::ZERO, "a date", |text| text.parse().ok();
    Uuid: Self::nil(), "a UUID", |text| text.parse().ok();
    Ipv4Addr: Self::UNSPECIFIED, "an IPv4 address", |text| text.parse().ok();
    Ipv6Addr: Self::UNSPECIFIED, "an IPv6 address", |text| text.parse().ok();
}

/// Parses an RFC 3339 date and time. Without an offset it is in UTC, and a fraction is cut to nine digits. A time
/// outside of the range of [`Timestamp`], such as `9999-12-31T23:59:59Z`, becomes the nearest one within it.
pub(crate) fn timestamp(text: &str) -> Result<Timestamp, jiff::Error> {
    let error = match text.parse::<Timestamp>() {
        Ok(timestamp) => return Ok(timestamp),
        Err(error) => error,
    };
    let text = shortened(text);
    let Ok(pieces) = Pieces::parse(&text) else { return Err(error) };
    let Some(time) = pieces.time() else { return Err(error) };
    let time = DateTime::from_parts(pieces.date(), time);
    let offset = match pieces.to_numeric_offset() {
        Some(offset) => offset,
        // RFC 3339 has no time zone without an offset.
        None if pieces.time_zone_annotation().is_none() => jiff::tz::Offset::UTC,
        None => return Err(error),
    };
    let beyond = if pieces.date().year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    Ok(offset.to_timestamp(time).unwrap_or(beyond))
}

/// Returns the text with a fraction of at most nine digits.
fn shortened(text: &str) -> String {
    let Some((before, fraction)) = text.split_once('.') else { return text.to_owned() };
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    format!("{before}.{}{}", &fraction[..digits.min(9)], &fraction[digits..])
}

impl<T: Decode> Decode for Box<T> {
    const KEYS: &'static [Key] = T::KEYS;
    const KEEPS_ALL: bool = T::KEEPS_ALL;

    fn score(content: &Content) -> Option<usize> {
        T::score(content)
    }

    fn blank() -> Self {
        Box::new(T::blank())
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        limits::charge(size_of::<T>() + BLOCK)?;
        T::decode(deserializer).map(Box::new)
    }
}

impl<T: Decode> Decode for Option<T> {
    const KEYS: &'static [Key] = T::KEYS;
    const KEEPS_ALL: bool = T::KEEPS_ALL;

    fn score(content: &Content) -> Option<usize> {
        T::score(content)
    }

    #[inline]
    fn blank() -> Self {
        None
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OptionVisitor<T>(PhantomData<T>);

        impl<'de, T: Decode> Visitor<'de> for OptionVisitor<T> {
            type Value = Option<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("option")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
                Ok(None)
            }

            fn visit_none<E: de::Error>(self) -> Result<Option<T>, E> {
                Ok(None)
            }

            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
                T::decode(deserializer).map(Some)
            }
        }

        deserializer.deserialize_option(OptionVisitor(PhantomData))
    }
}

impl<T: Decode> Decode for Patch<T> {
    #[inline]
    fn blank() -> Self {
        Self::Absent
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::decode(deserializer).map(Patch::from)
    }
}

impl<T: Decode> Decode for Vec<T> {
    #[inline]
    fn blank() -> Self {
        Self::new()
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<'de, T: Decode> Visitor<'de> for ListVisitor<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Vec<T>, A::Error> {
                let mut list = Vec::new();
                let tolerant = tolerance::is_on();
                loop {
                    let Some(element) = element(&mut access, list.len(), tolerant)? else { return Ok(list) };
                    if list.len() == list.capacity() {
                        // The list doubles its capacity.
                        limits::charge(list.len().max(FIRST_CAPACITY).saturating_mul(size_of::<T>()))?;
                    }
                    list.push(element);
                }
            }
        }

        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

/// Decodes the next element of a list, which has this index.
#[inline]
fn element<'de, T: Decode, A: SeqAccess<'de>>(
    access: &mut A,
    index: usize,
    tolerant: bool,
) -> Result<Option<T>, A::Error> {
    if tolerant {
        tolerance::enter_element(index)?;
    }
    let element = access.next_element_seed(Seed::new())?;
    if tolerant {
        tolerance::leave();
    }
    Ok(element)
}

/// Returns the error of a list that is shorter than its tuple.
fn too_short<E: de::Error>(length: usize, index: usize) -> E {
    E::custom(format_args!("expected {length} elements, found {index}"))
}

macro_rules! tuples {
    ($(($($item:ident $index:tt),*) $length:literal;)*) => {
        $(impl<$($item: Decode),*> Decode for ($($item,)*) {
            fn blank() -> Self {
                ($($item::blank(),)*)
            }

            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct TupleVisitor<T>(PhantomData<T>);

                impl<'de, $($item: Decode),*> Visitor<'de> for TupleVisitor<($($item,)*)> {
                    type Value = ($($item,)*);

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("a list of ", $length, " elements"))
                    }

                    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                        let tolerant = tolerance::is_on();
                        let tuple = ($(
                            element::<$item, A>(&mut access, $index, tolerant)?
                                .ok_or_else(|| too_short($length, $index))?,
                        )*);
                        match access.next_element::<IgnoredAny>()? {
                            None => Ok(tuple),
                            Some(_) => Err(de::Error::custom(concat!("expected ", $length, " elements, found more"))),
                        }
                    }
                }

                deserializer.deserialize_seq(TupleVisitor(PhantomData))
            }
        })*
    };
}
tuples! {
    (T0 0) 1;
    (T0 0, T1 1) 2;
    (T0 0, T1 1, T2 2) 3;
    (T0 0, T1 1, T2 2, T3 3) 4;
    (T0 0, T1 1, T2 2, T3 3, T4 4) 5;
    (T0 0, T1 1, T2 2, T3 3, T4 4, T5 5) 6;
    (T0 0, T1 1, T2 2, T3 3, T4 4, T5 5, T6 6) 7;
    (T0 0, T1 1, T2 2, T3 3, T4 4, T5 5, T6 6, T7 7) 8;
    (T0 0, T1 1, T2 2, T3 3, T4 4, T5 5, T6 6, T7 7, T8 8) 9;
    (T0 0, T1 1, T2 2, T3 3, T4 4, T5 5, T6 6, T7 7, T8 8, T9 9) 10;
    (T0 0, T1 1, T2 2, T3 3, T4 4, T5 5, T6 6, T7 7, T8 8, T9 9, T10 10) 11;
    (T0 0, T1 1, T2 2, T3 3, T4 4, T5 5, T6 6, T7 7, T8 8, T9 9, T10 10, T11 11) 12;
}

macro_rules! maps {
    ($($map:ident),*) => {
        $(impl<V: Decode> Decode for $map<String, V> {
            #[inline]
            fn blank() -> Self {
                Self::new()
            }

            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map(MapVisitor(PhantomData))
            }
        })*
    };
}
maps!(BTreeMap, HashMap);

/// Decodes a map by inserting its entries one by one.
struct MapVisitor<M, V>(PhantomData<(M, V)>);

impl<'de, M: Default + Extend<(String, V)>, V: Decode> Visitor<'de> for MapVisitor<M, V> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<M, A::Error> {
        let mut map = M::default();
        let tolerant = tolerance::is_on();
        while let Some(name) = access.next_key::<String>()? {
            limits::charge(size_of::<(String, V)>() + BLOCK)?;
            if tolerant {
                tolerance::enter_property(&name)?;
            }
            map.extend([(name, access.next_value_seed(Seed::new())?)]);
            if tolerant {
                tolerance::leave();
            }
        }
        Ok(map)
    }
}

impl Decode for Value {
    #[inline]
    fn blank() -> Self {
        Self::Null
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

impl Decode for Map<String, Value> {
    #[inline]
    fn blank() -> Self {
        Self::new()
    }

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Map<String, Value>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Map<String, Value>, A::Error> {
                json_object(access)
            }
        }

        // Unlike `deserialize_map`, a union's buffer keeps the order of the properties here.
        deserializer.deserialize_any(ObjectVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        limits::charge(text.len() + BLOCK)?;
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        Vec::decode(de::value::SeqAccessDeserializer::new(access)).map(Value::Array)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let object = json_object(access)?;
        Ok(number_in(&object).map_or(Value::Object(object), Value::Number))
    }
}

fn json_object<'de, A: MapAccess<'de>>(mut access: A) -> Result<Map<String, Value>, A::Error> {
    let mut object = Map::new();
    let mut room = 0;
    while let Some(name) = access.next_key::<String>()? {
        if object.len() == room {
            // The map doubles its capacity.
            let more = room.max(FIRST_CAPACITY);
            limits::charge(more.saturating_mul(ENTRY))?;
            room += more;
        }
        limits::charge(name.len() + BLOCK)?;
        object.insert(name, access.next_value_seed(Seed::new())?);
    }
    Ok(object)
}

/// Returns the number that an object represents.
fn number_in(object: &Map<String, Value>) -> Option<Number> {
    let text = object.get(precise::NUMBER).filter(|_| object.len() == 1)?.as_str()?;
    // With the feature that presents numbers in this way, the number keeps its digits.
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn points_in_time_as_servers_write_them() {
        for (text, expected) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
            ("2026-01-02T03:04:05.123456789012345Z", "2026-01-02T03:04:05.123456789Z"),
            ("2026-01-02T03:04:05.1234567890+02:00", "2026-01-02T01:04:05.123456789Z"),
            ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
            ("2026-01-02 03:04:05.5", "2026-01-02T03:04:05.5Z"),
            ("9999-12-31T23:59:59Z", "9999-12-30T22:00:00.999999999Z"),
            ("9999-12-31T23:59:59.9999999999-05:00", "9999-12-30T22:00:00.999999999Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(timestamp(text).map(|time| time.to_string()).ok().as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "noon",
            "2026-01-02",
            "2026-02-30T00:00:00Z",
            "2026-01-02T25:00:00Z",
            "2026-01-02T03:04:05[Europe/Paris]",
            "1.é",
        ] {
            assert!(timestamp(text).is_err(), "{text}");
        }
    }
}
