//! Values that may be one of several types.

use std::fmt;

use serde::Deserialize as _;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, Visitor};
use serde_json::Value;

use crate::read::Readable;

/// The JSON kinds by which the variants of a union are told apart: each function says whether a
/// value is of the kind that it is named after.
#[expect(missing_docs, reason = "the module's own comment says it for all of them")]
pub mod kind {
    use serde_json::Value;

    pub fn boolean(value: &Value) -> bool {
        value.is_boolean()
    }

    pub fn integer(value: &Value) -> bool {
        value.is_i64() || value.is_u64()
    }

    pub fn number(value: &Value) -> bool {
        value.is_number()
    }

    pub fn string(value: &Value) -> bool {
        value.is_string()
    }

    pub fn array(value: &Value) -> bool {
        value.is_array()
    }

    pub fn object(value: &Value) -> bool {
        value.is_object()
    }

    pub fn any(_value: &Value) -> bool {
        true
    }
}

/// Tries the variants of a union `U` in turn and keeps the one that fits best.
pub struct Choice<U> {
    value: Value,
    best: Option<(usize, U)>,
}

impl<U> Choice<U> {
    /// Nothing is chosen yet.
    pub fn new(value: Value) -> Self {
        Self { value, best: None }
    }

    /// Chooses this variant if the value is of its kind, decodes as its type, and covers more of the
    /// value's properties than an earlier one does.
    pub fn variant<T: Readable>(self, is_kind: fn(&Value) -> bool, make: fn(T) -> U) -> Self {
        let score = covered(&self.value, T::KEYS);
        let beaten = self.best.as_ref().is_none_or(|(best, _)| score > *best);
        if !beaten || !is_kind(&self.value) {
            return self;
        }
        match T::deserialize(&self.value) {
            Ok(value) => Self { best: Some((score, make(value))), ..self },
            Err(_) => self,
        }
    }

    /// The variant chosen, or the value as it came.
    pub fn or(self, unknown: fn(Value) -> U) -> U {
        match self.best {
            Some((_, best)) => best,
            None => unknown(self.value),
        }
    }
}

/// How many of the object's properties are among these keys.
fn covered(value: &Value, keys: &[&str]) -> usize {
    value.as_object().map_or(0, |object| keys.iter().filter(|key| object.contains_key(**key)).count())
}

/// The string by which a tagged union tells its variants apart.
pub fn tag_of<'a>(value: &'a Value, property: &str) -> Option<&'a str> {
    value.get(property)?.as_str()
}

/// The variant that the tag names, which the value then has to decode as.
pub fn tagged<T: Readable, U>(value: Value, make: fn(T) -> U) -> Result<U, serde_json::Error> {
    T::deserialize(value).map(make)
}

/// Reads a whole JSON value and lets `choose` make the union of it.
pub fn read_union<'de, U, D: Deserializer<'de>>(
    deserializer: D,
    choose: fn(Value) -> Result<U, serde_json::Error>,
) -> Result<U, D::Error> {
    deserializer.deserialize_any(UnionVisitor(choose))
}

/// Choosing happens within the visitor, so that the deserializer knows where a fault is.
struct UnionVisitor<U>(fn(Value) -> Result<U, serde_json::Error>);

impl<U> UnionVisitor<U> {
    fn choose<E: de::Error>(self, value: impl Into<Value>) -> Result<U, E> {
        (self.0)(value.into()).map_err(E::custom)
    }
}

impl<'de, U> Visitor<'de> for UnionVisitor<U> {
    type Value = U;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<U, E> {
        self.choose(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<U, E> {
        self.choose(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<U, E> {
        self.choose(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<U, E> {
        self.choose(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<U, E> {
        self.choose(value)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<U, E> {
        self.choose(value)
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<U, E> {
        self.choose(value)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, values: A) -> Result<U, A::Error> {
        self.choose(Value::deserialize(SeqAccessDeserializer::new(values))?)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<U, A::Error> {
        self.choose(Value::deserialize(MapAccessDeserializer::new(map))?)
    }
}

/// Lists the variants of an enum that each hold one value, with their JSON kinds
/// (`boolean`, `integer`, `number`, `string`, `array`, `object` or `any`):
/// `union! { Id(Unknown) { Number: integer, Text: string, } }`; or, with a tag, the strings at that
/// property: `union! { Payload(Unknown) tag "type" { Contact: "contacts", } }`.
/// `Unknown(Value)` takes what fits none of them.
#[doc(hidden)]
#[macro_export]
macro_rules! union {
    ($($list:tt)*) => {
        $crate::read_union! { $($list)* }
        $crate::write_union! { $($list)* }
    };
}

/// [`union!`] for a type that is only read.
#[doc(hidden)]
#[macro_export]
macro_rules! read_union {
    ($name:ident($unknown:ident) { $($variant:ident : $kind:ident),* $(,)? }) => {
        $crate::read_union! { @by $name $unknown value {
            let choice = $crate::__private::Choice::new(value);
            $(let choice = choice.variant($crate::__private::kind::$kind, Self::$variant);)*
            ::core::result::Result::Ok(choice.or(Self::$unknown))
        } }
    };
    ($name:ident($unknown:ident) tag $tag:literal { $($variant:ident : $text:literal),* $(,)? }) => {
        $crate::read_union! { @by $name $unknown value {
            match $crate::__private::tag_of(&value, $tag) {
                $(::core::option::Option::Some($text) => $crate::__private::tagged(value, Self::$variant),)*
                _ => ::core::result::Result::Ok(Self::$unknown(value)),
            }
        } }
    };
    (@by $name:ident $unknown:ident $value:ident $choose:block) => {
        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::read_union(deserializer, |$value| $choose)
            }
        }

        impl $crate::generated::Readable for $name {
            #[inline]
            fn blank() -> Self {
                Self::$unknown($crate::Value::Null)
            }
        }
    };
}

/// [`union!`] for a type that is only written.
#[doc(hidden)]
#[macro_export]
macro_rules! write_union {
    ($name:ident($unknown:ident) $(tag $tag:literal)? { $($variant:ident : $kind:tt),* $(,)? }) => {
        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::__private::serde::Serialize::serialize(value, serializer),)*
                    Self::$unknown(value) => $crate::__private::serde::Serialize::serialize(value, serializer),
                }
            }
        }
    };
}
