//! The constraints on a schema's values beyond their type.

use serde_json::{Number, Value};

use super::keywords::Keywords;
use crate::model::{SchemaId, Type};

/// The constraints on a schema's values beyond their type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// `format`; empty if there is none.
    pub format: String,
    /// `pattern`.
    pub pattern: Option<String>,
    /// `enum`, with values of any type.
    pub values: Vec<Value>,
    /// `minimum` or `exclusiveMinimum`, whichever is stricter.
    pub minimum: Option<Bound>,
    /// `maximum` or `exclusiveMaximum`, whichever is stricter.
    pub maximum: Option<Bound>,
    /// `multipleOf`.
    pub multiple_of: Option<f64>,
    /// `minLength`.
    pub min_length: Option<usize>,
    /// `maxLength`.
    pub max_length: Option<usize>,
    /// `minItems`.
    pub min_items: Option<usize>,
    /// `maxItems`.
    pub max_items: Option<usize>,
    /// `uniqueItems`.
    pub unique_items: bool,
    /// `minProperties`.
    pub min_properties: Option<usize>,
    /// `maxProperties`.
    pub max_properties: Option<usize>,
    /// `not`: a schema that values must not match.
    pub not: Option<SchemaId>,
}

/// One end of a range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// The number.
    pub value: f64,
    /// True if the number itself is outside of the range.
    pub exclusive: bool,
}

/// 2^53, below which every whole `f64` is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A limit that is ignored: the keyword and the reason.
pub(super) type Dropped = (&'static str, &'static str);

impl Limits {
    /// Returns true if the values are natural numbers, of which some do not fit in an `i64`.
    pub fn exceeds_i64(&self) -> bool {
        self.minimum.is_some_and(|least| least.value >= 0.0)
            && self.maximum.is_some_and(|most| most.value > i64::MAX as f64)
    }

    /// Returns the limits of a schema except `not`, and those that are ignored.
    pub(super) fn of(keywords: &Keywords<'_>) -> (Self, Vec<Dropped>) {
        let mut dropped = Vec::new();
        let mut count = |keyword: &'static str, number: Option<&Number>| {
            let count = number.and_then(count);
            if number.is_some() && count.is_none() {
                dropped.push((keyword, "a count must be a whole number that is not negative"));
            }
            count
        };
        let mut limits = Self {
            format: keywords.format.clone().unwrap_or_default(),
            pattern: keywords.pattern.map(str::to_owned),
            values: keywords.values.clone().unwrap_or_default(),
            minimum: stricter(keywords.minimum, keywords.exclusive_minimum, f64::ge),
            maximum: stricter(keywords.maximum, keywords.exclusive_maximum, f64::le),
            multiple_of: keywords.multiple_of.and_then(Number::as_f64),
            min_length: count("minLength", keywords.min_length),
            max_length: count("maxLength", keywords.max_length),
            min_items: count("minItems", keywords.min_items),
            max_items: count("maxItems", keywords.max_items),
            unique_items: keywords.unique_items,
            min_properties: count("minProperties", keywords.min_properties),
            max_properties: count("maxProperties", keywords.max_properties),
            not: None,
        };
        if keywords.types == [Type::Integer] {
            limits.round(&mut dropped);
        }
        (limits, dropped)
    }

    /// Rounds the bounds of an integer inwards to integers.
    fn round(&mut self, dropped: &mut Vec<Dropped>) {
        for (keyword, bound, round) in
            [("minimum", &mut self.minimum, f64::ceil as fn(f64) -> f64), ("maximum", &mut self.maximum, f64::floor)]
        {
            let Some(Bound { value, exclusive }) = *bound else { continue };
            let rounded = round(value);
            let is_exact = rounded >= i64::MIN as f64 && rounded <= u64::MAX as f64;
            *bound = is_exact.then_some(Bound { value: rounded, exclusive: exclusive && rounded == value });
            if bound.is_none() {
                dropped.push((keyword, "it does not fit in 64 bits"));
            }
        }
        if self.multiple_of.is_some_and(|of| of.fract() != 0.0) {
            self.multiple_of = None;
            dropped.push(("multipleOf", "an integer must be a multiple of a whole number"));
        }
    }
}

/// Returns the stricter of two limits.
fn stricter(
    inclusive: Option<&Number>,
    exclusive: Option<&Number>,
    is_stricter: fn(&f64, &f64) -> bool,
) -> Option<Bound> {
    let value = |number: Option<&Number>| number.and_then(Number::as_f64);
    match (value(inclusive), value(exclusive)) {
        (Some(inclusive), Some(exclusive)) if !is_stricter(&exclusive, &inclusive) => {
            Some(Bound { value: inclusive, exclusive: false })
        }
        (_, Some(value)) => Some(Bound { value, exclusive: true }),
        (Some(value), None) => Some(Bound { value, exclusive: false }),
        (None, None) => None,
    }
}

/// Converts a count: a whole number that is not negative, which may be written with a fraction of zero.
fn count(number: &Number) -> Option<usize> {
    let whole = || number.as_f64().filter(|number| number.fract() == 0.0 && (0.0..EXACT).contains(number));
    // Exact: below 2^53, `f64` represents every whole number.
    number.as_u64().or_else(|| whole().map(|number| number as u64)).and_then(|number| usize::try_from(number).ok())
}
