//! Numbers of `serde_json` with its feature `arbitrary_precision`, which any crate of a program can enable. A number that
//! is not an integer of 64 bits is then deserialized as an object whose only property contains its text.

use serde::de::{Error, Expected, MapAccess, Unexpected};

/// The name of the property.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

/// Parses the text of the property.
pub(crate) fn parse(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Decodes a number, for types that accept no objects.
pub(crate) fn number<'de, A: MapAccess<'de>>(mut access: A, expected: &dyn Expected) -> Result<f64, A::Error> {
    if access.next_key::<String>()?.is_some_and(|name| name == NUMBER) {
        let text: String = access.next_value()?;
        return parse(&text).ok_or_else(|| A::Error::invalid_value(Unexpected::Other("number"), expected));
    }
    Err(A::Error::invalid_type(Unexpected::Map, expected))
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeSeed as _;
    use serde_json::{Deserializer, Value, json};

    use crate::serde::constant::{Constant, ConstantSeed};
    use crate::serde::content::Content;
    use crate::serde::de::Decode;
    use crate::serde::lenient::LenientNumber;
    use crate::serde::unix_time::UnixTimeFloat;

    /// The text as which `arbitrary_precision` presents the number 2.5 inside of a list.
    const LIST: &str = r#"[{"$serde_json::private::Number": "2.5"}]"#;
    const NUMBER: &str = r#"{"$serde_json::private::Number": "2.5"}"#;

    #[test]
    fn numbers_of_any_precision_are_numbers() -> serde_json::Result<()> {
        assert!(matches!(serde_json::from_str(NUMBER)?, Content::Float(number) if number == 2.5));
        assert_eq!(serde_json::from_str::<LenientNumber<f64>>(NUMBER)?.0, 2.5);
        assert_eq!(serde_json::from_str::<UnixTimeFloat>(NUMBER)?.0.as_millisecond(), 2500);
        assert_eq!(Value::decode(&mut Deserializer::from_str(LIST))?, json!([2.5]));
        let constant = ConstantSeed { constant: Constant::Number(2.5), tolerant: false };
        constant.deserialize(&mut Deserializer::from_str(NUMBER))
    }

    #[test]
    fn other_objects_are_no_numbers() {
        for text in [r#"{"a": "2.5"}"#, "{}", r#"{"$serde_json::private::Number": "x"}"#] {
            assert!(serde_json::from_str::<LenientNumber<f64>>(text).is_err(), "{text}");
        }
    }
}
