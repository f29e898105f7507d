//! The position in a list, which can be stored and resumed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

/// A position in a list. It can be stored with serde, and passed to [`Pages::resume`](crate::Pages::resume) or
/// [`Items::resume`](crate::Items::resume) in another run of the program.
///
/// After the last page there is no checkpoint: store an `Option<Checkpoint>`, so that the run after a complete one begins
/// with the first page.
///
/// It contains the position only: the call that resumes it must set the same parameters again. If someone can modify a
/// stored checkpoint, they can change only which page of this operation is read, since a stored URL is followed on the
/// client's own server only. It contains no credentials. Keys and cursors can be personal data, so `Debug` does not
/// show them.
#[derive(Clone, PartialEq)]
pub struct Checkpoint {
    pub(super) operation: String,
    pub(super) position: Position,
    /// Number of items before the page.
    pub(super) taken: i64,
    /// True if `taken` counts from the start of the list.
    pub(super) whole: bool,
    /// Number of items of the page that have been returned.
    pub(super) skip: usize,
}

/// The page that is requested.
#[derive(Clone, PartialEq)]
pub(super) enum Position {
    /// The page that the call selects.
    Start,
    /// The page that this query parameter selects with this value.
    Parameter(String, String),
    Url(String),
}

impl Serialize for Checkpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = Map::new();
        map.insert("operation".to_owned(), self.operation.as_str().into());
        match &self.position {
            Position::Start => {}
            Position::Parameter(name, value) => {
                map.insert("parameter".to_owned(), name.as_str().into());
                map.insert("value".to_owned(), value.as_str().into());
            }
            Position::Url(url) => {
                map.insert("url".to_owned(), url.as_str().into());
            }
        }
        map.insert("taken".to_owned(), self.taken.into());
        map.insert("whole".to_owned(), self.whole.into());
        map.insert("skip".to_owned(), self.skip.into());
        map.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Checkpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map: Map<String, Value> = Map::deserialize(deserializer)?;
        let text = |name: &str| map.get(name).and_then(Value::as_str).map(str::to_owned);
        let operation = text("operation").ok_or_else(|| de::Error::missing_field("operation"))?;
        let position = match (text("parameter"), text("value"), text("url")) {
            (Some(name), Some(value), None) => Position::Parameter(name, value),
            (None, None, Some(url)) => Position::Url(url),
            (None, None, None) => Position::Start,
            _ => return Err(de::Error::custom("a checkpoint has either `parameter` and `value`, or `url`")),
        };
        let taken = map.get("taken").and_then(Value::as_i64).unwrap_or_default();
        let whole = map.get("whole").and_then(Value::as_bool).unwrap_or_default();
        let skip = map.get("skip").and_then(Value::as_u64).and_then(|skip| skip.try_into().ok()).unwrap_or_default();
        Ok(Self { operation, position, taken, whole, skip })
    }
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint").field("operation", &self.operation).finish_non_exhaustive()
    }
}
