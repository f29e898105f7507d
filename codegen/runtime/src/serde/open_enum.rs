//! Enums of strings or integers that accept unknown values.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserializer, Visitor};

use super::de::Decode;

/// Decodes a string enum.
pub fn read_string<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: for<'a> From<&'a str>,
    D: Deserializer<'de>,
{
    struct Text<T>(PhantomData<T>);

    impl<T: for<'a> From<&'a str>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            Ok(T::from(text))
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// Decodes an integer enum.
pub fn read_integer<'de, N: Decode, T: From<N>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    N::decode(deserializer).map(T::from)
}

/// Lists the strings of an enum: `string_enum! { Status(Unknown) { Open = "open", } }`. `Unknown(String)` has the
/// values that are not listed.
#[doc(hidden)]
#[macro_export]
macro_rules! string_enum {
    ($name:ident($unknown:ident) { $first:ident = $first_text:literal $(, $variant:ident = $text:literal)* $(,)? }) => {
        impl $name {
            /// Returns the value as it is sent.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    Self::$first => $first_text,
                    $(Self::$variant => $text,)*
                    Self::$unknown(text) => text,
                }
            }
        }

        impl ::core::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $first_text => Self::$first,
                    $($text => Self::$variant,)*
                    _ => Self::$unknown(::core::convert::From::from(text)),
                }
            }
        }

        impl ::core::convert::From<$crate::generated::String> for $name {
            #[inline]
            fn from(text: $crate::generated::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            // Not `Self::Err`, because a variant can have this name.
            #[inline]
            fn from_str(text: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(Self::from(text))
            }
        }

        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::generated::serde::Serialize for $name {
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::generated::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::generated::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::generated::read_string(deserializer)
            }
        }

        impl $crate::generated::PathValue for $name {
            #[inline]
            fn push(&self, out: &mut $crate::generated::String) {
                $crate::generated::PathValue::push(self.as_str(), out);
            }
        }

        impl $crate::generated::Decode for $name {
            #[inline]
            fn blank() -> Self {
                Self::$first
            }
        }
    };
}

/// Lists the integers of an enum: `integer_enum! { Kind(Unknown) { Incoming = 0, } }`. `Unknown(i64)` has the values
/// that are not listed. Values that do not fit in an `i64` require `Unknown: i128`.
#[doc(hidden)]
#[macro_export]
macro_rules! integer_enum {
    ($name:ident($unknown:ident) { $($list:tt)* }) => {
        $crate::integer_enum! { @of i64 as_i64 serialize_i64 $name $unknown { $($list)* } }
    };
    ($name:ident($unknown:ident : i128) { $($list:tt)* }) => {
        $crate::integer_enum! { @of i128 as_i128 serialize_i128 $name $unknown { $($list)* } }
    };
    (@of $integer:ident $as_integer:ident $serialize:ident $name:ident $unknown:ident {
        $first:ident = $first_number:literal $(, $variant:ident = $number:literal)* $(,)?
    }) => {
        impl $name {
            /// Returns the value as it is sent.
            #[inline]
            pub fn $as_integer(&self) -> $integer {
                match self {
                    Self::$first => $first_number,
                    $(Self::$variant => $number,)*
                    Self::$unknown(number) => *number,
                }
            }
        }

        impl ::core::convert::From<$integer> for $name {
            #[inline]
            fn from(number: $integer) -> Self {
                match number {
                    $first_number => Self::$first,
                    $($number => Self::$variant,)*
                    _ => Self::$unknown(number),
                }
            }
        }

        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.$as_integer(), f)
            }
        }

        impl $crate::generated::serde::Serialize for $name {
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.$serialize(self.$as_integer())
            }
        }

        impl<'de> $crate::generated::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::generated::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::generated::read_integer::<$integer, Self, D>(deserializer)
            }
        }

        impl $crate::generated::PathValue for $name {
            #[inline]
            fn push(&self, out: &mut $crate::generated::String) {
                $crate::generated::PathValue::push(&self.$as_integer(), out);
            }
        }

        impl $crate::generated::Decode for $name {
            #[inline]
            fn blank() -> Self {
                Self::$first
            }
        }
    };
}
