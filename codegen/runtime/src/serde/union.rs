//! Values of one of several types.
//!
//! The value is buffered once ([`Content`]). The variant is chosen before decoding, by the value's JSON kind and, for
//! objects, by the properties that a variant requires and declares. Other variants are tried only if it fails, and only
//! as often as the size of the value allows.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{self, Serialize, Serializer};
use serde_json::{Map, Number, Value};

use crate::response::limits;
use crate::serde::content::{self, Content, ContentReader, ContentVisitor, Mismatch, UNION, Work};
use crate::serde::de::{Decode, Key};
use crate::serde::tolerance::{self, Mark};

/// The JSON kinds by which the variants of a union are distinguished. Each function returns true if a value is of the
/// kind in its name.
#[expect(missing_docs, reason = "the comment of the module describes all functions")]
pub mod kind {
    use crate::serde::content::Content;

    pub fn boolean(content: &Content) -> bool {
        matches!(content, Content::Bool(_))
    }

    pub fn integer(content: &Content) -> bool {
        matches!(content, Content::Unsigned(_) | Content::Signed(_))
    }

    /// An integer that `f64` would round is no number, so that it is kept as JSON.
    pub fn number(content: &Content) -> bool {
        let is_exact = |integer: i128| integer as f64 as i128 == integer;
        match content {
            Content::Unsigned(integer) => is_exact(i128::from(*integer)),
            Content::Signed(integer) => is_exact(i128::from(*integer)),
            content => matches!(content, Content::Float(_)),
        }
    }

    pub fn any_number(content: &Content) -> bool {
        integer(content) || number(content)
    }

    pub fn string(content: &Content) -> bool {
        matches!(content, Content::String(_))
    }

    pub fn array(content: &Content) -> bool {
        matches!(content, Content::Array(_))
    }

    pub fn object(content: &Content) -> bool {
        matches!(content, Content::Object(_))
    }

    pub fn any(_content: &Content) -> bool {
        true
    }
}

/// Decodes a buffered value as a variant of the union `U`.
type ReadVariant<U> = fn(ContentReader<'_>) -> Result<U, Mismatch>;

/// The values that a property has in a variant.
pub type Condition = (&'static str, &'static [Tag]);

/// The conditions under which a value is recognized as a variant before it is decoded.
#[derive(Clone, Copy)]
pub struct Shape {
    is_kind: fn(&Content) -> bool,
    score: fn(&Content) -> Option<usize>,
    keys: &'static [Key],
    keeps_all: bool,
    conditions: &'static [Condition],
}

impl Shape {
    /// Creates the shape of the type that `make` takes.
    pub const fn of<T: Decode, U>(is_kind: fn(&Content) -> bool, _make: fn(T) -> U) -> Self {
        Self { is_kind, score: T::score, keys: T::KEYS, keeps_all: T::KEEPS_ALL, conditions: &[] }
    }

    /// Adds the values that properties must have. A property that is absent matches any of them.
    #[must_use]
    pub const fn with(self, conditions: &'static [Condition]) -> Self {
        Self { conditions, ..self }
    }

    /// Returns the number of the value's properties that the variant declares; `None` if the value cannot be this
    /// variant.
    fn score(&self, content: &Content) -> Option<usize> {
        let holds = |(property, tags): &Condition| match content {
            Content::Object(object) => object.get(property).is_none_or(|value| tags.iter().any(|tag| tag.is(value))),
            _ => true,
        };
        if !(self.is_kind)(content) || !self.conditions.iter().all(holds) {
            return None;
        }
        (self.score)(content)
    }

    /// Returns true if this variant would lose a property of the value that the other one declares.
    fn loses(&self, other: &Self, content: &Content) -> bool {
        let Content::Object(object) = content else { return false };
        let is_known = |name: &str| self.keys.iter().any(|key| key.name == name);
        !self.keeps_all && other.keys.iter().any(|key| object.get(key.name).is_some() && !is_known(key.name))
    }
}

/// A type with several variants.
#[doc(hidden)]
pub trait Union: Sized + 'static {
    /// The variants, and how they are distinguished.
    const VARIANTS: Variants<Self>;

    /// Creates the value for JSON that matches none of the variants.
    fn unknown(value: Value) -> Self;
}

/// The variants of a union.
pub enum Variants<U: 'static> {
    /// Distinguished by their shapes.
    ByShape(&'static [(Shape, ReadVariant<U>)]),
    /// Distinguished by the value of this property, or by their shapes if it is missing.
    ByTag(&'static str, &'static [(Tag, ReadVariant<U>)], &'static [(Shape, ReadVariant<U>)]),
}

/// A value of a variant's tag.
#[derive(Clone, Copy)]
pub enum Tag {
    /// This string.
    Text(&'static str),
    /// This integer.
    Integer(i128),
    /// This number.
    Number(f64),
    /// This boolean.
    Boolean(bool),
    /// Null.
    Null,
    /// Any value of this kind.
    Any(fn(&Content) -> bool),
    /// Properties that no other variant has, including none.
    Default,
}

impl Tag {
    fn is(&self, content: &Content) -> bool {
        match (self, content) {
            (Self::Text(text), Content::String(value)) => *text == &**value,
            (Self::Integer(number), Content::Unsigned(value)) => *number == i128::from(*value),
            (Self::Integer(number), Content::Signed(value)) => *number == i128::from(*value),
            (Self::Integer(number), Content::Float(value)) => *number as f64 == *value,
            (Self::Number(number), Content::Float(value)) => number == value,
            (Self::Number(number), Content::Unsigned(value)) => *number == *value as f64,
            (Self::Number(number), Content::Signed(value)) => *number == *value as f64,
            (Self::Boolean(boolean), Content::Bool(value)) => boolean == value,
            (Self::Null, Content::Null) => true,
            (Self::Any(is_kind), content) => is_kind(content),
            _ => false,
        }
    }

    fn to_value(self) -> Option<Value> {
        Some(match self {
            Self::Text(text) => Value::from(text),
            Self::Integer(number) => Value::Number(Number::from_i128(number)?),
            Self::Number(number) => Value::from(number),
            Self::Boolean(boolean) => Value::from(boolean),
            Self::Null => Value::Null,
            Self::Any(_) | Self::Default => return None,
        })
    }
}

/// Values of tags, by their names in [`union!`](crate::union).
#[expect(missing_docs, reason = "each function creates the tag in its name")]
pub mod tag {
    use super::{Tag, kind};

    pub const fn text(text: &'static str) -> Tag {
        Tag::Text(text)
    }

    pub const fn integer(number: i128) -> Tag {
        Tag::Integer(number)
    }

    pub const fn number(number: f64) -> Tag {
        Tag::Number(number)
    }

    pub const fn boolean(boolean: bool) -> Tag {
        Tag::Boolean(boolean)
    }

    pub const fn null() -> Tag {
        Tag::Null
    }

    pub const fn default() -> Tag {
        Tag::Default
    }

    pub const fn any_string() -> Tag {
        Tag::Any(kind::string)
    }

    pub const fn any_integer() -> Tag {
        Tag::Any(kind::integer)
    }

    pub const fn any_number() -> Tag {
        Tag::Any(kind::any_number)
    }

    pub const fn any_boolean() -> Tag {
        Tag::Any(kind::boolean)
    }

    pub const fn any_array() -> Tag {
        Tag::Any(kind::array)
    }

    pub const fn any_object() -> Tag {
        Tag::Any(kind::object)
    }
}

/// Serializes a variant with its tag, which the variant's type does not declare or which is not set.
pub fn write_tagged<T: Serialize, S: Serializer>(
    value: &T,
    property: &'static str,
    tag: Tag,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    write_with(value, serializer, |object| {
        if let Some(tag) = tag.to_value() {
            object.entry(property).or_insert(tag);
        }
    })
}

/// Serializes an event with its name, whatever name its payload has.
pub fn write_event<T: Serialize, S: Serializer>(
    payload: &T,
    property: &'static str,
    name: &'static str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    write_with(payload, serializer, |object| _ = object.insert(property.to_owned(), name.into()))
}

/// Serializes a value after a change of its properties.
fn write_with<T: Serialize, S: Serializer>(
    value: &T,
    serializer: S,
    change: impl FnOnce(&mut Map<String, Value>),
) -> Result<S::Ok, S::Error> {
    let mut written = serde_json::to_value(value).map_err(ser::Error::custom)?;
    if let Value::Object(object) = &mut written {
        change(object);
    }
    written.serialize(serializer)
}

/// Returns the properties of a value that another type declares; `None` if one of them is missing.
pub fn base_of<T: Serialize, B: Decode>(value: &T) -> Option<B> {
    B::decode(serde_json::to_value(value).ok()?).ok()
}

/// Returns the number of the value's properties that the union's best variant declares; `None` if no variant matches.
pub fn score<U: Union>(content: &Content) -> Option<usize> {
    let best =
        |variants: &[(Shape, ReadVariant<U>)]| variants.iter().filter_map(|(shape, _)| shape.score(content)).max();
    match U::VARIANTS {
        Variants::ByShape(variants) => best(variants),
        Variants::ByTag(property, variants, untagged) => {
            let Content::Object(object) = content else { return None };
            match (object.get(property), tagged(variants, object.get(property))) {
                // The tag is more significant than all other properties.
                (Some(_), known) => known.map(|_| object.len()),
                (None, Some(_)) => Some(0),
                (None, None) => best(untagged),
            }
        }
    }
}

/// Decodes a buffered value as one variant.
pub fn read_variant<T: Decode, U>(reader: ContentReader<'_>, make: fn(T) -> U) -> Result<U, Mismatch> {
    T::decode(reader).map(make)
}

/// The variant of a tag, or the one for all other values.
fn tagged<U>(variants: &[(Tag, ReadVariant<U>)], tag: Option<&Content>) -> Option<ReadVariant<U>> {
    let named = tag.and_then(|tag| variants.iter().find(|(known, _)| known.is(tag)));
    let named = named.or_else(|| variants.iter().find(|(known, _)| matches!(known, Tag::Default)));
    named.map(|(_, read)| *read)
}

fn choose<U: Union>(content: &Content, work: &Work) -> Result<U, Mismatch> {
    let reader = ContentReader::new(content, work);
    match U::VARIANTS {
        Variants::ByTag(property, variants, untagged) => {
            if let Content::Object(object) = content {
                let tag = object.get(property);
                // A variant that the tag names has to be read: its error says more than an unknown value.
                if let Some(read) = tagged(variants, tag) {
                    return read(reader);
                }
                if tag.is_none()
                    && let Some(union) = choose_by_shape(reader, content, work, untagged)?
                {
                    return Ok(union);
                }
            }
        }
        Variants::ByShape(variants) => {
            if let Some(union) = choose_by_shape(reader, content, work, variants)? {
                return Ok(union);
            }
            // A number such as 12.0 is decoded as an integer if no variant accepts it as a float.
            if let Some(integer) = content.as_integer()
                && let Some(union) = choose_by_shape(ContentReader::new(&integer, work), &integer, work, variants)?
            {
                return Ok(union);
            }
        }
    }
    work.count(content.weight());
    Ok(U::unknown(content.to_value()))
}

/// Returns the indices of the shapes that the value matches, in the order of how many of its properties they declare. A
/// shape that would lose a property declared by another is left out.
fn ranked(shapes: &mut dyn Iterator<Item = &Shape>, content: &Content) -> Vec<usize> {
    let mut possible: Vec<(usize, &Shape, usize)> =
        shapes.enumerate().filter_map(|(index, shape)| Some((shape.score(content)?, shape, index))).collect();
    possible.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    let loses = |shape: &Shape| possible.iter().any(|(_, other, _)| shape.loses(other, content));
    possible.iter().filter(|(_, shape, _)| !loses(shape)).map(|(.., index)| *index).collect()
}

/// Decodes the value as the first variant that succeeds, in the order of [`ranked`].
fn choose_by_shape<U>(
    reader: ContentReader<'_>,
    content: &Content,
    work: &Work,
    variants: &[(Shape, ReadVariant<U>)],
) -> Result<Option<U>, Mismatch> {
    let ranked = ranked(&mut variants.iter().map(|(shape, _)| shape), content);
    let candidates: Vec<ReadVariant<U>> =
        ranked.into_iter().filter_map(|index| variants.get(index)).map(|(_, read)| *read).collect();
    for (index, read) in candidates.iter().enumerate() {
        if index > 0 && !work.is_left() {
            break;
        }
        match tolerance::strictly(|| read(reader)) {
            (Ok(_), true) if tolerance::is_on() => return read(reader).map(Some),
            (Ok(union), wanted) => {
                if wanted {
                    tolerance::want();
                }
                return Ok(Some(union));
            }
            (Err(_), _) => limits::check()?,
        }
    }
    choose_tolerantly(reader, work, &candidates)
}

/// Decodes the value as the first variant that succeeds when optional values may be left out.
fn choose_tolerantly<U>(
    reader: ContentReader<'_>,
    work: &Work,
    candidates: &[ReadVariant<U>],
) -> Result<Option<U>, Mismatch> {
    if !tolerance::is_on() {
        if !candidates.is_empty() {
            tolerance::want();
        }
        return Ok(None);
    }
    for read in candidates.iter().take_while(|_| work.is_left()) {
        let begun = Mark::now();
        if let Ok(union) = read(reader) {
            return Ok(Some(union));
        }
        limits::check()?;
        begun.go_back();
    }
    Ok(None)
}

/// Decodes a union.
pub fn read_union<'de, U: Union, D: Deserializer<'de>>(deserializer: D) -> Result<U, D::Error> {
    deserializer.deserialize_newtype_struct(UNION, UnionVisitor(PhantomData))
}

// The variant is chosen within the visitor, so that the deserializer adds the position to an error.
struct UnionVisitor<U>(PhantomData<U>);

impl<U: Union> UnionVisitor<U> {
    fn choose<E: de::Error>(self, content: Content) -> Result<U, E> {
        let work = Work::of(&content);
        choose(&content, &work).map_err(E::custom)
    }
}

impl<'de, U: Union> Visitor<'de> for UnionVisitor<U> {
    type Value = U;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<U, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_unit<E: de::Error>(self) -> Result<U, E> {
        match content::handed_over() {
            Some((content, work)) => choose(&content, &work).map_err(E::custom),
            None => self.choose(Content::Null),
        }
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<U, E> {
        self.choose(Content::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<U, E> {
        self.choose(Content::Signed(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<U, E> {
        self.choose(Content::Unsigned(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<U, E> {
        self.choose(Content::Float(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<U, E> {
        self.choose(Content::String(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<U, A::Error> {
        let content = ContentVisitor.visit_seq(access)?;
        self.choose(content)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<U, A::Error> {
        let content = ContentVisitor.visit_map(access)?;
        self.choose(content)
    }
}

/// Lists the variants of an enum that each hold one value, with their JSON kinds
/// (`boolean`, `integer`, `number`, `string`, `array`, `object` or `any`):
/// `union! { Id(Unknown) { Number: integer, Text: string, } }`; or, with a tag, the strings at that
/// property: `union! { Payload(Unknown) tag "type" { Contact: "contacts" | "people", } }`. Other values than strings are
/// made by the functions of [`tag`]: `union! { Shape(Unknown) tag "version" { First: integer(1), Second: null(), } }`. Where the
/// tag is absent, the shape decides if the list says `optional`; a tag that the variants do not declare is added besides where
/// it says `added`. The variant with the value `default()` is that of all other values, and of none. Without a tag, a variant may
/// have conditions:
/// `union! { Id(Unknown) { Card: object where "kind" is (text("card")), Text: string, } }`.
/// `Unknown(Value)` takes what fits none of them.
#[doc(hidden)]
#[macro_export]
macro_rules! union {
    ($($list:tt)*) => {
        $crate::read_union! { $($list)* }
        $crate::write_union! { $($list)* }
    };
}

/// Like [`union!`], for a type that is only decoded.
#[doc(hidden)]
#[macro_export]
macro_rules! read_union {
    ($name:ident($unknown:ident) {
        $($variant:ident : $kind:ident
            $(where $property:literal is ($($make:ident($($value:literal)?))|+))*),* $(,)?
    }) => {
        $crate::read_union! { @by $name $unknown
            $crate::generated::Variants::ByShape(&[$((
                $crate::generated::Shape::of($crate::generated::kind::$kind, Self::$variant)
                    .with(&[$(($property, &[$($crate::generated::tag::$make($($value)?)),+])),*]),
                |reader| $crate::generated::read_variant(reader, Self::$variant),
            )),*])
        }
    };
    ($name:ident($unknown:ident) tag $tag:literal { $($variant:ident : $($text:literal)|+),* $(,)? }) => {
        $crate::read_union! { @by $name $unknown
            $crate::generated::Variants::ByTag($tag, &[$($((
                $crate::generated::tag::text($text),
                |reader| $crate::generated::read_variant(reader, Self::$variant),
            ),)+)*], &[])
        }
    };
    ($name:ident($unknown:ident) tag $tag:literal {
        $($variant:ident : $($make:ident($($value:literal)?))|+),* $(,)?
    }) => {
        $crate::read_union! { @by $name $unknown
            $crate::generated::Variants::ByTag($tag, &[$($((
                $crate::generated::tag::$make($($value)?),
                |reader| $crate::generated::read_variant(reader, Self::$variant),
            ),)+)*], &[])
        }
    };
    ($name:ident($unknown:ident) tag $tag:literal always { $($variant:ident : $text:literal),* $(,)? }) => {
        $crate::read_union! { $name($unknown) tag $tag { $($variant: $text),* } }
    };
    ($name:ident($unknown:ident) tag $tag:literal $presence:ident { $($variant:ident : $($text:literal)|+),* $(,)? }) => {
        $crate::read_union! { $name($unknown) tag $tag $presence { $($variant: $(text($text))|+),* } }
    };
    ($name:ident($unknown:ident) tag $tag:literal $presence:ident {
        $($variant:ident : $($make:ident($($value:literal)?))|+),* $(,)?
    }) => {
        $crate::read_union! { @by $name $unknown
            $crate::generated::Variants::ByTag($tag, &[$($((
                $crate::generated::tag::$make($($value)?),
                |reader| $crate::generated::read_variant(reader, Self::$variant),
            ),)+)*], &[$((
                $crate::generated::Shape::of($crate::generated::kind::object, Self::$variant),
                |reader| $crate::generated::read_variant(reader, Self::$variant),
            ),)*])
        }
    };
    (@by $name:ident $unknown:ident $variants:expr) => {
        impl $crate::generated::Union for $name {
            const VARIANTS: $crate::generated::Variants<Self> = $variants;

            fn unknown(value: $crate::Value) -> Self {
                Self::$unknown(value)
            }
        }

        impl<'de> $crate::generated::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::generated::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::generated::read_union(deserializer)
            }
        }

        impl $crate::generated::Decode for $name {
            // Inlined like all code that decodes: a crate compiles it only for the types that it uses.
            #[inline]
            fn score(content: &$crate::generated::Content) -> ::core::option::Option<usize> {
                $crate::generated::score::<Self>(content)
            }

            #[inline]
            fn blank() -> Self {
                Self::$unknown($crate::Value::Null)
            }
        }
    };
}

/// Like [`union!`], for a type that is only serialized.
#[doc(hidden)]
#[macro_export]
macro_rules! write_union {
    ($name:ident($unknown:ident) tag $tag:literal added { $($variant:ident : $text:literal $(| $other:literal)*),* $(,)? }) => {
        $crate::write_union! { $name($unknown) tag $tag added { $($variant: text($text)),* } }
    };
    ($name:ident($unknown:ident) tag $tag:literal added {
        $($variant:ident : $make:ident($($value:literal)?) $(| $other:ident($($more:literal)?))*),* $(,)?
    }) => {
        $crate::write_union! {
            @named write_tagged $name $unknown $tag { $($variant: $crate::generated::tag::$make($($value)?),)* }
        }
    };
    ($name:ident($unknown:ident) tag $tag:literal always { $($variant:ident : $text:literal),* $(,)? }) => {
        $crate::write_union! { @named write_event $name $unknown $tag { $($variant: $text,)* } }
    };
    (@named $write:ident $name:ident $unknown:ident $tag:literal { $($variant:ident : $given:expr,)* }) => {
        impl $crate::generated::serde::Serialize for $name {
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::generated::$write(value, $tag, $given, serializer),)*
                    Self::$unknown(value) => $crate::generated::serde::Serialize::serialize(value, serializer),
                }
            }
        }
    };
    ($name:ident($unknown:ident) tag $tag:literal $(optional)? { $($variant:ident : $($text:literal)|+),* $(,)? }) => {
        $crate::write_union! { $name($unknown) { $($variant: any),* } }
    };
    ($name:ident($unknown:ident) tag $tag:literal $(optional)? {
        $($variant:ident : $($make:ident($($value:literal)?))|+),* $(,)?
    }) => {
        $crate::write_union! { $name($unknown) { $($variant: any),* } }
    };
    ($name:ident($unknown:ident) {
        $($variant:ident : $kind:ident $(where $property:literal is $tags:tt)*),* $(,)?
    }) => {
        impl $crate::generated::serde::Serialize for $name {
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::generated::serde::Serialize::serialize(value, serializer),)*
                    Self::$unknown(value) => $crate::generated::serde::Serialize::serialize(value, serializer),
                }
            }
        }
    };
}
