//! Numbers that some servers send as strings.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::serde::de::Decode;
use crate::serde::precise;

/// A number that some servers send as a string.
#[doc(hidden)]
pub trait Lenient: Decode {
    /// Converts a number without a fraction.
    fn from_integer(number: i128) -> Option<Self>;
    /// Converts any number.
    fn from_float(number: f64) -> Option<Self>;
    /// Parses a number from a string.
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! lenient_integers {
    ($($integer:ty),*) => {
        $(impl Lenient for $integer {
            fn from_integer(number: i128) -> Option<Self> {
                Self::try_from(number).ok()
            }

            fn from_float(number: f64) -> Option<Self> {
                // Above 2^53 floats do not represent every integer.
                let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
                exact.then_some(number as i128).and_then(Self::from_integer)
            }

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok().or_else(|| Self::from_float(text.parse().ok()?))
            }
        })*
    };
}
lenient_integers!(i32, i64, u32, u64, i128);

macro_rules! lenient_floats {
    ($($float:ty),*) => {
        $(impl Lenient for $float {
            fn from_integer(number: i128) -> Option<Self> {
                Some(number as Self)
            }

            fn from_float(number: f64) -> Option<Self> {
                Some(number as Self)
            }

            fn from_text(text: &str) -> Option<Self> {
                // JSON cannot represent infinity, so it could not be sent back.
                text.parse().ok().filter(|number: &Self| number.is_finite())
            }
        })*
    };
}
lenient_floats!(f32, f64);

/// Decodes a number that may be a string.
pub(crate) struct LenientNumber<T>(pub(crate) T);

impl<'de, T: Lenient> Deserialize<'de> for LenientNumber<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number<T>(PhantomData<T>);

        impl<'de, T: Lenient> Visitor<'de> for Number<T> {
            type Value = LenientNumber<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a numeric string")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                let unexpected = de::Unexpected::Unsigned(number);
                T::from_integer(number.into()).map(LenientNumber).ok_or_else(|| E::invalid_value(unexpected, &self))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                let unexpected = de::Unexpected::Signed(number);
                T::from_integer(number.into()).map(LenientNumber).ok_or_else(|| E::invalid_value(unexpected, &self))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
                let unexpected = de::Unexpected::Float(number);
                T::from_float(number).map(LenientNumber).ok_or_else(|| E::invalid_value(unexpected, &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Self::Value, A::Error> {
                let number = precise::number(access, &self)?;
                self.visit_f64(number)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let unexpected = de::Unexpected::Str(text);
                T::from_text(text.trim()).map(LenientNumber).ok_or_else(|| E::invalid_value(unexpected, &self))
            }
        }

        deserializer.deserialize_any(Number(PhantomData))
    }
}

impl<T: Lenient> Decode for LenientNumber<T> {
    fn blank() -> Self {
        Self(T::blank())
    }
}
