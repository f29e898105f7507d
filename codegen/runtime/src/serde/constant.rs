//! Properties that allow a single value.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use super::de::Decode;
use super::precise;
use super::tolerance;

/// The single value of a property.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    /// A string.
    Text(&'static str),
    /// An integer.
    Integer(i64),
    /// An integer beyond `i64`.
    Unsigned(u64),
    /// Another number.
    Number(f64),
    /// A boolean.
    Boolean(bool),
    /// Null.
    Null(()),
    /// A list or an object, as JSON.
    Json(&'static str),
}

impl Constant {
    fn is_integer(self, number: i128) -> bool {
        match self {
            Self::Integer(own) => i128::from(own) == number,
            Self::Unsigned(own) => i128::from(own) == number,
            Self::Number(own) => own == number as f64,
            _ => false,
        }
    }

    fn is_number(self, number: f64) -> bool {
        match self {
            Self::Integer(own) => own as f64 == number,
            Self::Unsigned(own) => own as f64 == number,
            Self::Number(own) => own == number,
            _ => false,
        }
    }
}

impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Integer(number) => number.fmt(f),
            Self::Unsigned(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Boolean(boolean) => boolean.fmt(f),
            Self::Null(()) => f.write_str("null"),
            Self::Json(text) => write!(f, "`{text}`"),
        }
    }
}

impl Serialize for Constant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Unsigned(number) => serializer.serialize_u64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Boolean(boolean) => serializer.serialize_bool(*boolean),
            Self::Null(()) => serializer.serialize_unit(),
            Self::Json(text) => serde_json::from_str::<Value>(text).unwrap_or_default().serialize(serializer),
        }
    }
}

/// Deserializes a value that must equal the constant. In tolerant decoding, any other value is left out.
pub(crate) struct ConstantSeed {
    pub(crate) constant: Constant,
    pub(crate) tolerant: bool,
}

impl<'de> DeserializeSeed<'de> for ConstantSeed {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let is_captured = self.tolerant && tolerance::captures();
        if !is_captured && !matches!(self.constant, Constant::Json(_)) {
            return deserializer.deserialize_any(ConstantVisitor(self.constant));
        }
        let value = Value::decode(deserializer)?;
        let compared: Result<(), serde_json::Error> = match self.constant {
            Constant::Json(text) => compare_json(text, &value),
            constant => (&value).deserialize_any(ConstantVisitor(constant)),
        };
        match compared {
            Err(error) if is_captured => tolerance::leave_out(&error.to_string(), value),
            compared => compared.map_err(de::Error::custom),
        }
    }
}

fn compare_json(text: &str, value: &Value) -> Result<(), serde_json::Error> {
    let own: Value = serde_json::from_str(text)?;
    if is_same(&own, value) { Ok(()) } else { Err(de::Error::custom(format_args!("expected `{text}`"))) }
}

/// Returns true if both values are equal; `1` and `1.0` are.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let has = |(name, value): (&String, &Value)| other.get(name).is_some_and(|other| is_same(value, other));
            one.len() == other.len() && one.iter().all(has)
        }
        (one, other) => one == other,
    }
}

struct ConstantVisitor(Constant);

impl ConstantVisitor {
    fn check<E: de::Error>(&self, is_same: bool, found: de::Unexpected<'_>) -> Result<(), E> {
        if is_same { Ok(()) } else { Err(E::invalid_value(found, self)) }
    }
}

impl<'de> Visitor<'de> for ConstantVisitor {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.check(matches!(self.0, Constant::Text(own) if own == text), de::Unexpected::Str(text))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.check(self.0.is_integer(number.into()), de::Unexpected::Signed(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        self.check(self.0.is_integer(number.into()), de::Unexpected::Unsigned(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        self.check(self.0.is_number(number), de::Unexpected::Float(number))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        let number = precise::number(access, &self)?;
        self.visit_f64(number)
    }

    fn visit_bool<E: de::Error>(self, boolean: bool) -> Result<(), E> {
        self.check(self.0 == Constant::Boolean(boolean), de::Unexpected::Bool(boolean))
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.check(self.0 == Constant::Null(()), de::Unexpected::Unit)
    }
}
