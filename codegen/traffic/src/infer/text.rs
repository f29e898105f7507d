//! The formats of strings.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

type QuickTest = fn(&str) -> bool;

/// The recognized formats, each with a quick test that most strings fail.
const FORMATS: [(&str, QuickTest); 5] = [
    ("date-time", |text| text.len() >= 20 && text.as_bytes()[10].eq_ignore_ascii_case(&b'T')),
    ("date", |text| text.len() == 10),
    ("uuid", |text| text.len() == 36),
    ("email", |text| text.contains('@')),
    ("uri", |text| text.contains("://")),
];

/// A set of formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats(u8);

static VALIDATORS: LazyLock<Vec<Option<Validator>>> = LazyLock::new(|| {
    let validator = |(format, _): &(&str, _)| {
        jsonschema::options().should_validate_formats(true).build(&json!({"type": "string", "format": format})).ok()
    };
    FORMATS.iter().map(validator).collect()
});

impl Formats {
    /// Returns the formats of a string.
    pub fn of(text: &str) -> Self {
        let has = |index: usize| {
            FORMATS[index].1(text)
                && VALIDATORS[index].as_ref().is_some_and(|validator| validator.is_valid(&Value::from(text)))
        };
        Self((0..FORMATS.len()).filter(|index| has(*index)).map(|index| 1 << index).sum())
    }

    /// Returns the formats that are in both sets.
    pub fn intersect(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the most specific format, if there is one.
    pub fn name(self) -> Option<&'static str> {
        (0..FORMATS.len()).find(|index| self.0 & (1 << index) != 0).map(|index| FORMATS[index].0)
    }

    /// Returns true if the set contains a format.
    pub fn has(self, format: &str) -> bool {
        FORMATS.iter().position(|(name, _)| *name == format).is_some_and(|index| self.0 & (1 << index) != 0)
    }
}

/// Returns true if this format is recognized.
pub fn is_checked(format: &str) -> bool {
    FORMATS.iter().any(|(name, _)| *name == format)
}
