//! The macros by which generated code lists the properties of a struct. They replace serde's derives.
//!
//! The mode of a property says how it is decoded and serialized. Each mode is a method of
//! [`PropertyReader`](crate::serde::de::PropertyReader) and of
//! [`ObjectWriter`](crate::serde::ser::ObjectWriter):
//!
//! | mode | type | if absent | if null | also decoded from | serialized |
//! |---|---|---|---|---|---|
//! | `required` | `T` | error | depends on `T` | | always |
//! | `optional` | `Option<T>` | `None` | `None` | | unless `None` |
//! | `or_empty` | `T` | empty | empty | | unless empty |
//! | `nullable` | `Option<T>` | `None` | `None` | | `None` as null |
//! | `patch` | `Patch<T>` | `Absent` | `Null` | | unless `Absent` |
//! | `lenient` | a number | error | error | a numeric string | as a number |
//! | `optional_lenient` | `Option` of a number | `None` | `None` | a numeric string | unless `None` |
//!
//! A mode that ends in `_as`, such as `optional_as<UnixTime>`, names the form in which the field's value is decoded and
//! serialized; see [`encoding`](crate::serde::encoding).
//!
//! A property that allows a single value is no field: it is written with that value, and an object without it is an error.
//! Another value is left out as one that is not of its type.
//!
//! If a property may be absent, a value that does not match its type is left out; see
//! [`tolerance`](crate::serde::tolerance).

/// Lists the properties of a struct: `object! { Contact rest extra { id: required "id", } }`. Each field is followed by its
/// mode and by the property's name. The field `extra` takes every other property, and is written after the others; a struct
/// without such a field leaves them out. `recognized` follows the name of a type that is a variant of a union without a
/// tag. Properties with a single value are listed before the fields:
/// `object! { Contact always { "type": Text("contacts"), } { id: required "id", } }`.
#[doc(hidden)]
#[macro_export]
macro_rules! object {
    ($($list:tt)*) => {
        $crate::read_object! { $($list)* }
        $crate::write_object! { $($list)* }
    };
}

/// Like [`object!`], for a type that is only decoded.
#[doc(hidden)]
#[macro_export]
macro_rules! read_object {
    (
        $name:ident recognized $(rest $rest:ident)? $(always { $($constant:literal : $kind:ident($value:expr)),* $(,)? })?
        { $($field:ident : $mode:ident $(<$form:ty>)? $key:literal),* $(,)? }
    ) => {
        $crate::read_object! {
            @known {
                const KEYS: &'static [$crate::generated::Key] = &[
                    $($($crate::generated::Key { name: $constant, required: true },)*)?
                    $($crate::generated::Key { name: $key, required: $crate::generated::is_required::$mode },)*
                ];
                const KEEPS_ALL: bool = false $(|| !::core::stringify!($rest).is_empty())?;
            }
            $name $(rest $rest)? $(always { $($constant: $kind($value)),* })? { $($field: $mode $(<$form>)? $key),* }
        }
    };
    (
        @known { $($known:tt)* }
        $name:ident $(rest $rest:ident)? $(always { $($constant:literal : $kind:ident($value:expr)),* $(,)? })?
        { $($field:ident : $mode:ident $(<$form:ty>)? $key:literal),* $(,)? }
    ) => {
        impl $crate::generated::Decode for $name {
            $($known)*

            #[inline]
            fn blank() -> Self {
                Self {
                    $($field: $crate::generated::blank::$mode(),)*
                    $($rest: $crate::generated::Rest::empty(),)?
                }
            }
        }

        impl $crate::generated::Object for $name {
            #[inline(always)]
            fn each<R: $crate::generated::PropertyReader>(&mut self, reader: &mut R) -> bool {
                $($(R::constant(reader, $constant, $crate::generated::Constant::$kind($value)) ||)*)?
                $(R::$mode$(::<$form>)?(reader, $key, &mut self.$field) ||)*
                $(R::rest(reader, &mut self.$rest) ||)?
                R::skip(reader)
            }
        }

        impl<'de> $crate::generated::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::generated::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::generated::read(deserializer)
            }
        }
    };
    ($name:ident $($list:tt)*) => {
        $crate::read_object! { @known {} $name $($list)* }
    };
}

/// Like [`object!`], for a type that is only serialized.
#[doc(hidden)]
#[macro_export]
macro_rules! write_object {
    (
        $name:ident $(recognized)? $(rest $rest:ident)?
        $(always { $($constant:literal : $kind:ident($value:expr)),* $(,)? })?
        { $($field:ident : $mode:ident $(<$form:ty>)? $key:literal),* $(,)? }
    ) => {
        impl $crate::generated::serde::Serialize for $name {
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                let mut writer = $crate::generated::ObjectWriter::new(serializer);
                $(writer.reserve(&self.$rest);)?
                $($(writer.constant($constant, $crate::generated::Constant::$kind($value));)*)?
                $(writer.$mode$(::<$form>)?($key, &self.$field);)*
                $(writer.rest(&self.$rest);)?
                writer.end()
            }
        }
    };
}
