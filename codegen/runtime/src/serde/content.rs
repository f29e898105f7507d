//! A buffer of JSON for trying the variants of unions, filled once even for nested unions.
//!
//! A nested union gets its part of the buffer instead of buffering it again. serde's traits have no method for that, so
//! the outer deserializer leaves the part in a thread-local slot ([`handed_over`]) when a type requests the newtype
//! struct [`UNION`].

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use serde::Deserialize;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::lenient::Lenient as _;
use super::precise;

use crate::response::limits;
use crate::response::sanitize;

/// The name of the newtype struct that unions request.
pub(crate) const UNION: &str = "$crm_clients_runtime::union";

/// The name of the newtype struct that requests a value unchanged, before it is decoded.
pub(crate) const CAPTURED: &str = "$crm_clients_runtime::captured";

/// The amount of decoding after which unions stop trying further variants, as a multiple of the buffered amount.
const WORK_FACTOR: usize = 32;

/// Minimum amount of decoding, however little is buffered.
const LEAST_WORK: usize = 1024;

/// Minimum number of properties of an object that is indexed by name.
const INDEXED_FROM: usize = 8;

/// A buffered JSON value. Clones share its elements.
#[derive(Clone, Debug)]
pub enum Content {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that is not negative.
    Unsigned(u64),
    /// A negative whole number.
    Signed(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    String(Rc<str>),
    /// An array.
    Array(Rc<Array>),
    /// An object.
    Object(Rc<Object>),
}

/// The elements of an array.
#[derive(Debug)]
pub struct Array {
    elements: Vec<Content>,
    weight: usize,
}

/// The properties of an object in their order. Of those with the same name, the last one is used.
#[derive(Debug)]
pub struct Object {
    properties: Vec<(Rc<str>, Content)>,
    index: OnceCell<HashMap<Rc<str>, usize>>,
    by_weight: OnceCell<Box<[usize]>>,
    weight: usize,
}

impl Object {
    fn new(properties: Vec<(Rc<str>, Content)>, weight: usize) -> Self {
        Self { properties, index: OnceCell::new(), by_weight: OnceCell::new(), weight }
    }

    /// Returns the indices of the properties in order of weight, so that a variant that does not match usually fails
    /// before properties with nested unions are decoded.
    fn by_weight(&self) -> &[usize] {
        self.by_weight.get_or_init(|| {
            let counts =
                |(name, content): &(Rc<str>, Content)| self.get(name).is_some_and(|last| std::ptr::eq(last, content));
            let mut places: Vec<usize> = (0..self.properties.len()).collect();
            places.retain(|place| self.properties.get(*place).is_some_and(counts));
            places.sort_by_key(|place| self.properties.get(*place).map_or(0, |(_, content)| content.weight()));
            places.into()
        })
    }

    /// Returns the number of properties, including those with the same name.
    pub(crate) fn len(&self) -> usize {
        self.properties.len()
    }

    /// Returns the value of a property.
    pub(crate) fn get(&self, name: &str) -> Option<&Content> {
        if self.properties.len() < INDEXED_FROM {
            return self.properties.iter().rev().find(|(known, _)| **known == *name).map(|(_, value)| value);
        }
        let index = self.index.get_or_init(|| {
            self.properties.iter().enumerate().map(|(index, (name, _))| (Rc::clone(name), index)).collect()
        });
        index.get(name).and_then(|index| self.properties.get(*index)).map(|(_, value)| value)
    }
}

impl Content {
    /// Returns the amount of work for decoding the value.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::String(text) => text_weight(text),
            Self::Array(array) => array.weight,
            Self::Object(object) => object.weight,
            Self::Null | Self::Bool(_) | Self::Unsigned(_) | Self::Signed(_) | Self::Float(_) => 1,
        }
    }

    /// Returns the integer that is equal to a number without a fraction.
    pub(crate) fn as_integer(&self) -> Option<Self> {
        match self {
            Self::Float(number) => i64::from_float(*number).map(Self::Signed),
            _ => None,
        }
    }

    /// Returns the value unchanged.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::from(*value),
            Self::Unsigned(number) => Value::from(*number),
            Self::Signed(number) => Value::from(*number),
            Self::Float(number) => Value::from(*number),
            Self::String(text) => Value::from(&**text),
            Self::Array(array) => array.elements.iter().map(Self::to_value).collect(),
            Self::Object(object) => {
                object.properties.iter().map(|(name, value)| (name.to_string(), value.to_value())).collect()
            }
        }
    }
}

fn text_weight(text: &str) -> usize {
    1 + text.len() / 16
}

/// The work that is left for the unions of a buffer before they stop trying further variants.
#[derive(Clone, Debug)]
pub(crate) struct Work(Rc<Cell<usize>>);

impl Work {
    /// Creates the amount allowed for this value.
    pub(crate) fn of(content: &Content) -> Self {
        let allowed = content.weight().saturating_mul(WORK_FACTOR).saturating_add(LEAST_WORK);
        Self(Rc::new(Cell::new(allowed)))
    }

    /// Counts work that was done.
    pub(crate) fn count(&self, weight: usize) {
        self.0.set(self.0.get().saturating_sub(weight));
    }

    /// Returns true if another variant may be tried.
    pub(crate) fn is_left(&self) -> bool {
        self.0.get() > 0
    }
}

thread_local! {
    /// The part of the buffer that a nested union is about to take.
    static HANDED_OVER: Cell<Option<(Content, Work)>> = const { Cell::new(None) };
}

/// Takes the part that the deserializer of the outer union has buffered.
pub(crate) fn handed_over() -> Option<(Content, Work)> {
    HANDED_OVER.take()
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

/// Buffers a value.
pub(crate) struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Content, E> {
        Ok(Content::Signed(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Content, E> {
        Ok(Content::Unsigned(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Content, E> {
        Ok(Content::Float(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Content, E> {
        Ok(Content::String(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        let (mut elements, mut weight) = (Vec::new(), 1_usize);
        while let Some(element) = access.next_element::<Content>()? {
            limits::charge(size_of::<Content>())?;
            weight = weight.saturating_add(element.weight());
            elements.push(element);
        }
        Ok(Content::Array(Rc::new(Array { elements, weight })))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        limits::charge(size_of::<Object>())?;
        let (mut properties, mut weight) = (Vec::new(), 1_usize);
        while let Some((name, value)) = access.next_entry::<Name, Content>()? {
            limits::charge(2 * size_of::<(Name, Content)>())?;
            weight = weight.saturating_add(text_weight(&name.0)).saturating_add(value.weight());
            properties.push((name.0, value));
        }
        if let [(name, Content::String(text))] = properties.as_slice()
            && **name == *precise::NUMBER
            && let Some(number) = precise::parse(text)
        {
            return Ok(Content::Float(number));
        }
        Ok(Content::Object(Rc::new(Object::new(properties, weight))))
    }
}

/// The name of a property.
struct Name(Rc<str>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a property name")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Name, E> {
                Ok(Name(name.into()))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

/// The error of a buffered value that does not match a type. Its message is bounded.
#[derive(Debug)]
pub struct Mismatch(String);

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(sanitize::message(message))
    }
}

/// Deserializes a buffered value.
#[derive(Clone, Copy)]
pub struct ContentReader<'de> {
    content: &'de Content,
    work: &'de Work,
}

impl<'de> ContentReader<'de> {
    pub(crate) fn new(content: &'de Content, work: &'de Work) -> Self {
        Self { content, work }
    }
}

impl<'de> ContentReader<'de> {
    fn read_number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.work.count(1);
        match self.content {
            Content::Unsigned(number) => visitor.visit_u64(*number),
            Content::Signed(number) => visitor.visit_i64(*number),
            Content::Float(number) => visitor.visit_f64(*number),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn read_array<V: Visitor<'de>>(self, array: &'de Array, visitor: V) -> Result<V::Value, Mismatch> {
        let mut access = Elements { rest: array.elements.iter(), work: self.work };
        let value = visitor.visit_seq(&mut access)?;
        match access.rest.len() {
            0 => Ok(value),
            more => Err(de::Error::custom(format_args!("{more} elements too many"))),
        }
    }

    /// Returns the properties of an object in their own order.
    fn properties(self, object: &'de Object) -> Properties<'de> {
        Properties { object, order: None, position: 0, value: None, work: self.work }
    }

    /// Returns the error of a value that is not of the expected type.
    fn mismatch(self, expected: &dyn Expected) -> Mismatch {
        let found = match self.content {
            Content::Null => Unexpected::Unit,
            Content::Bool(value) => Unexpected::Bool(*value),
            Content::Unsigned(number) => Unexpected::Unsigned(*number),
            Content::Signed(number) => Unexpected::Signed(*number),
            Content::Float(number) => Unexpected::Float(*number),
            Content::String(text) => Unexpected::Str(text),
            Content::Array(_) => Unexpected::Seq,
            Content::Object(_) => Unexpected::Map,
        };
        de::Error::invalid_type(found, expected)
    }
}

/// The methods that request a type accept no other, so that the compiler generates little code for each of them.
impl<'de> Deserializer<'de> for ContentReader<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.content {
            Content::Null => self.deserialize_unit(visitor),
            Content::Bool(_) => self.deserialize_bool(visitor),
            Content::Unsigned(_) | Content::Signed(_) | Content::Float(_) => self.read_number(visitor),
            Content::String(_) => self.deserialize_str(visitor),
            Content::Array(_) => self.deserialize_seq(visitor),
            Content::Object(object) => {
                self.work.count(1);
                visitor.visit_map(self.properties(object))
            }
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.work.count(1);
        match self.content {
            Content::Null => visitor.visit_unit(),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.work.count(1);
        match self.content {
            Content::Bool(value) => visitor.visit_bool(*value),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.read_number(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.read_number(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.read_number(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.work.count(1);
        match self.content {
            Content::String(text) => {
                self.work.count(text_weight(text));
                visitor.visit_borrowed_str(text)
            }
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.work.count(1);
        match self.content {
            Content::Array(array) => self.read_array(array, visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    /// Deserializes the properties in order of weight; `deserialize_any` keeps their own order.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.work.count(1);
        match self.content {
            Content::Object(object) => {
                visitor.visit_map(Properties { order: Some(object.by_weight()), ..self.properties(object) })
            }
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.content {
            Content::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        self.work.count(1);
        match name {
            UNION | CAPTURED => {
                HANDED_OVER.set(Some((self.content.clone(), self.work.clone())));
                visitor.visit_unit()
            }
            // Types of other crates are deserialized from a `Value`.
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.work.count(1);
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u128 f32 char bytes byte_buf unit_struct tuple tuple_struct struct enum
        identifier
    }
}

struct Elements<'de> {
    rest: std::slice::Iter<'de, Content>,
    work: &'de Work,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        self.rest.next().map(|content| seed.deserialize(ContentReader::new(content, self.work))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Properties<'de> {
    object: &'de Object,
    /// The order of the properties, if it is not their own.
    order: Option<&'de [usize]>,
    position: usize,
    value: Option<&'de Content>,
    work: &'de Work,
}

impl<'de> MapAccess<'de> for Properties<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let place = match self.order {
            Some(order) => order.get(self.position).copied(),
            None => Some(self.position),
        };
        self.position += 1;
        let next = place.and_then(|place| self.object.properties.get(place));
        let Some((name, value)) = next else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let content = self.value.take().unwrap_or(&Content::Null);
        seed.deserialize(ContentReader::new(content, self.work))
    }
}
