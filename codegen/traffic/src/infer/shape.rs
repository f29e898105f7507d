//! The shape of a value, inferred from samples: a lattice whose join is commutative and associative, so that the order
//! of a recording does not matter.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::segment::is_data_key;
use super::text::Formats;
use crate::exchange::Form;

/// Maximum number of properties of an object; with more distinct keys it is a map.
const MOST_PROPERTIES: usize = 100;

/// Maximum number of distinct values of a property that distinguishes alternatives.
const MOST_WORDS: usize = 12;

/// Properties whose values may distinguish alternatives.
const TAGS: [&str; 5] = ["type", "kind", "event", "object", "@type"];

/// The joined samples of one location.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shape {
    /// The number of samples.
    pub count: usize,
    pub nulls: usize,
    pub booleans: usize,
    pub integers: Option<Integers>,
    /// The number of samples that are written with a fraction or an exponent, or are too large for an integer.
    pub numbers: usize,
    pub strings: Option<Strings>,
    pub arrays: Option<Arrays>,
    pub objects: Option<Box<Objects>>,
    /// The number of samples that are files in a form.
    pub files: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Integers {
    pub count: usize,
    pub least: i128,
    pub greatest: i128,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Strings {
    pub count: usize,
    /// The formats that all of them have.
    pub formats: Formats,
    /// The count of each word. `None` if a sample is not a word, or there are too many words.
    pub words: Option<BTreeMap<String, usize>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Arrays {
    pub count: usize,
    pub items: Box<Shape>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Objects {
    pub count: usize,
    /// The properties by name; empty if there are too many.
    pub properties: BTreeMap<String, Shape>,
    /// The values of keys that are data, such as numbers, UUIDs and dates, or of all keys if there are too many.
    pub others: Option<Shape>,
    /// True if there are too many keys for them to be names.
    pub is_map: bool,
    /// The objects by the value of a property that may distinguish them. `None` if it has too many values.
    pub tags: BTreeMap<String, Option<BTreeMap<String, Objects>>>,
}

impl Shape {
    /// Returns the shape of one value.
    pub fn of(value: &Value) -> Self {
        let mut shape = Self { count: 1, ..Self::default() };
        match value {
            Value::Null => shape.nulls = 1,
            Value::Bool(_) => shape.booleans = 1,
            Value::Number(number) => match number.as_i64().map(i128::from).or(number.as_u64().map(i128::from)) {
                Some(number) => shape.integers = Some(Integers { count: 1, least: number, greatest: number }),
                None => shape.numbers = 1,
            },
            Value::String(text) => shape.strings = Some(Strings::of(text)),
            Value::Array(items) => {
                let items = items.iter().map(Self::of).fold(Self::default(), Self::join);
                shape.arrays = Some(Arrays { count: 1, items: Box::new(items) });
            }
            Value::Object(members) => shape.objects = Some(Box::new(Objects::of(members, true))),
        }
        shape
    }

    /// Returns the shape of a form.
    pub fn of_form(form: &Form) -> Self {
        let mut objects = Objects { count: 1, ..Objects::default() };
        for (name, value) in &form.values {
            objects.properties.insert(name.clone(), Self::of(value));
        }
        for name in &form.files {
            objects.properties.insert(name.clone(), Self { count: 1, files: 1, ..Self::default() });
        }
        Self { count: 1, objects: Some(Box::new(objects.limited())), ..Self::default() }
    }

    /// Joins the samples of both.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.count += other.count;
        self.nulls += other.nulls;
        self.booleans += other.booleans;
        self.numbers += other.numbers;
        self.files += other.files;
        self.integers = join(self.integers, other.integers, |a, b| Integers {
            count: a.count + b.count,
            least: a.least.min(b.least),
            greatest: a.greatest.max(b.greatest),
        });
        self.strings = join(self.strings, other.strings, Strings::join);
        self.arrays = join(self.arrays, other.arrays, |a, b| Arrays {
            count: a.count + b.count,
            items: Box::new(a.items.join(*b.items)),
        });
        self.objects = join(self.objects, other.objects, |a, b| Box::new(a.join(*b)));
        self
    }

    /// Splits the samples by JSON type. Null is a type.
    pub fn by_type(&self) -> Vec<Self> {
        let empty = Self::default;
        let mut parts = vec![
            Self { count: self.nulls, nulls: self.nulls, ..empty() },
            Self { count: self.booleans, booleans: self.booleans, ..empty() },
            Self { count: self.numbers, numbers: self.numbers, ..empty() },
            Self { count: self.files, files: self.files, ..empty() },
        ];
        parts.extend(self.integers.iter().map(|part| Self {
            count: part.count,
            integers: Some(part.clone()),
            ..empty()
        }));
        parts.extend(self.strings.iter().map(|part| Self {
            count: part.count,
            strings: Some(part.clone()),
            ..empty()
        }));
        parts.extend(self.arrays.iter().map(|part| Self { count: part.count, arrays: Some(part.clone()), ..empty() }));
        parts.extend(self.objects.iter().map(|part| Self {
            count: part.count,
            objects: Some(part.clone()),
            ..empty()
        }));
        parts.retain(|part| part.count > 0);
        parts
    }

    /// Returns true if every sample that is not null is an object.
    pub fn is_object(&self) -> bool {
        self.objects.as_ref().is_some_and(|objects| objects.count + self.nulls == self.count)
    }
}

impl Strings {
    fn of(text: &str) -> Self {
        let is_word = !text.is_empty()
            && text.len() <= 40
            && text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.' | b':'));
        let words = is_word.then(|| BTreeMap::from([(text.to_owned(), 1)]));
        Self { count: 1, formats: Formats::of(text), words }
    }

    fn join(self, other: Self) -> Self {
        let words = self.words.zip(other.words).map(|(mut words, others)| {
            for (word, count) in others {
                *words.entry(word).or_default() += count;
            }
            words
        });
        Self {
            count: self.count + other.count,
            formats: self.formats.intersect(other.formats),
            words: words.filter(|words| words.len() <= MOST_WORDS),
        }
    }
}

impl Objects {
    fn of(members: &Map<String, Value>, is_tagged: bool) -> Self {
        let mut objects = Self { count: 1, ..Self::default() };
        for (name, value) in members {
            if is_data_key(name) {
                objects.others = join(objects.others.take(), Some(Shape::of(value)), Shape::join);
            } else {
                objects.properties.insert(name.clone(), Shape::of(value));
            }
        }
        if is_tagged {
            for tag in TAGS {
                let Some(Value::String(value)) = members.get(tag) else { continue };
                if Strings::of(value).words.is_some() {
                    let alternative = Self::of(members, false);
                    objects.tags.insert(tag.to_owned(), Some(BTreeMap::from([(value.clone(), alternative)])));
                } else {
                    objects.tags.insert(tag.to_owned(), None);
                }
            }
        }
        objects.limited()
    }

    fn join(mut self, other: Self) -> Self {
        self.count += other.count;
        for (name, shape) in other.properties {
            let joined = join(self.properties.remove(&name), Some(shape), Shape::join).unwrap_or_default();
            self.properties.insert(name, joined);
        }
        self.others = join(self.others, other.others, Shape::join);
        self.is_map |= other.is_map;
        for (tag, alternatives) in other.tags {
            let joined = match self.tags.remove(&tag) {
                None => alternatives,
                Some(mine) => mine.zip(alternatives).map(|(mut mine, others)| {
                    for (value, objects) in others {
                        let joined = join(mine.remove(&value), Some(objects), Self::join).unwrap_or_default();
                        mine.insert(value, joined);
                    }
                    mine
                }),
            };
            self.tags.insert(tag, joined.filter(|values| values.len() <= MOST_WORDS));
        }
        self.limited()
    }

    /// Converts the objects to maps if they have too many properties, or if some are maps.
    fn limited(mut self) -> Self {
        self.is_map |= self.properties.len() > MOST_PROPERTIES;
        if self.is_map {
            let values = std::mem::take(&mut self.properties).into_values();
            self.others = values.fold(self.others.take(), |others, shape| join(others, Some(shape), Shape::join));
            self.tags.clear();
        }
        self
    }
}

fn join<T>(left: Option<T>, right: Option<T>, both: impl FnOnce(T, T) -> T) -> Option<T> {
    match (left, right) {
        (Some(left), Some(right)) => Some(both(left, right)),
        (left, right) => left.or(right),
    }
}
