//! Times as seconds since 1970-01-01T00:00:00Z.
//!
//! A field of such a format is a [`Timestamp`], as one of the format `date-time` is. Generated code names the type of
//! this module that reads and writes it, see [`FieldEncoding`]. A value outside of a field, such as the content of a union's
//! variant, has that type itself.

use std::fmt;
use std::ops::Deref;

use jiff::{SignedDuration, Timestamp};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::de::Decode;
use super::encoding::FieldEncoding;
use super::precise;

macro_rules! unix_times {
    ($($(#[$docs:meta])* $name:ident: $write:expr;)*) => {
        $($(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Timestamp);

        impl Deref for $name {
            type Target = Timestamp;

            fn deref(&self) -> &Timestamp {
                &self.0
            }
        }

        impl From<Timestamp> for $name {
            fn from(time: Timestamp) -> Self {
                Self(time)
            }
        }

        impl From<$name> for Timestamp {
            fn from(time: $name) -> Self {
                time.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::write(&self.0, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(SecondsVisitor).map(Self)
            }
        }

        impl Decode for $name {
            fn blank() -> Self {
                Self(Timestamp::UNIX_EPOCH)
            }
        }

        impl FieldEncoding for $name {
            type Value = Timestamp;

            fn into_value(self) -> Timestamp {
                self.0
            }

            fn write<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(Timestamp, S) -> Result<S::Ok, S::Error> = $write;
                write(*time, serializer)
            }
        })*
    };
}
unix_times! {
    /// A time that is sent as an integer, in seconds since 1970-01-01T00:00:00Z. A fraction is kept when it is received,
    /// and cut off when it is sent.
    UnixTime: |time, serializer| serializer.serialize_i64(whole_seconds(time));

    /// A time that is sent as a number, in seconds since 1970-01-01T00:00:00Z, with a fraction if the time has one. The
    /// precision is a microsecond.
    UnixTimeFloat: |time, serializer| match time.subsec_nanosecond() {
        0 => serializer.serialize_i64(time.as_second()),
        _ => serializer.serialize_f64(time.as_microsecond() as f64 / 1e6),
    };

    /// A time that is sent as a string of digits, in seconds since 1970-01-01T00:00:00Z. A fraction is kept when it is
    /// received, and cut off when it is sent.
    UnixTimeText: |time, serializer| serializer.collect_str(&whole_seconds(time));
}

/// Returns the number of seconds, rounded down.
fn whole_seconds(time: Timestamp) -> i64 {
    time.as_second() - i64::from(time.subsec_nanosecond() < 0)
}

/// Decodes a number of seconds, or a string that contains one.
struct SecondsVisitor;

impl<'de> Visitor<'de> for SecondsVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time in seconds since 1970")
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Timestamp, E> {
        Timestamp::from_second(seconds).map_err(|_| E::invalid_value(de::Unexpected::Signed(seconds), &self))
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Timestamp, E> {
        let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        time.ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(seconds), &self))
    }

    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Timestamp, E> {
        from_float(seconds).ok_or_else(|| E::invalid_value(de::Unexpected::Float(seconds), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Timestamp, A::Error> {
        let seconds = precise::number(access, &self)?;
        self.visit_f64(seconds)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        from_text(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// Converts seconds with a fraction, rounded to a microsecond: today's times have no more precision as an `f64`.
fn from_float(seconds: f64) -> Option<Timestamp> {
    let microseconds = (seconds * 1e6).round();
    (microseconds.abs() < i64::MAX as f64)
        .then_some(microseconds as i64)
        .and_then(|all| Timestamp::from_microsecond(all).ok())
}

/// Parses seconds with an optional fraction, of which nine digits count.
pub(crate) fn from_text(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole.strip_prefix('-').unwrap_or(whole)) || !digits(fraction) {
        return None;
    }
    let nanoseconds: i32 = format!("{:0<9.9}", fraction).parse().ok()?;
    let nanoseconds = if whole.starts_with('-') { -nanoseconds } else { nanoseconds };
    Timestamp::from_duration(SignedDuration::new(whole.parse().ok()?, nanoseconds)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_as_servers_write_them() {
        for (json, expected) in [
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("1700000000.0", "2023-11-14T22:13:20Z"),
            ("1700000000.123457", "2023-11-14T22:13:20.123457Z"),
            ("1.7e9", "2023-11-14T22:13:20Z"),
            ("0", "1970-01-01T00:00:00Z"),
            ("-1.5", "1969-12-31T23:59:58.5Z"),
            ("\"1700000000\"", "2023-11-14T22:13:20Z"),
            ("\" 1700000000.5 \"", "2023-11-14T22:13:20.5Z"),
            ("\"1700000000.1234567890\"", "2023-11-14T22:13:20.123456789Z"),
            ("\"-1.5\"", "1969-12-31T23:59:58.5Z"),
        ] {
            let time = serde_json::from_str::<UnixTime>(json).map(|time| time.to_string());
            assert_eq!(time.ok().as_deref(), Some(expected), "{json}");
        }
        for json in [
            "\"\"",
            "\"2023-11-14\"",
            "\"1.\"",
            "\".5\"",
            "\"+1\"",
            "\"1e9\"",
            "true",
            "null",
            "1e300",
            "1700000000000000",
        ] {
            assert!(serde_json::from_str::<UnixTime>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn times_are_sent_in_the_declared_form() {
        for (time, integer, float, text) in [
            ("2023-11-14T22:13:20Z", "1700000000", "1700000000", "\"1700000000\""),
            ("2023-11-14T22:13:20.123457Z", "1700000000", "1700000000.123457", "\"1700000000\""),
            ("1969-12-31T23:59:58.5Z", "-2", "-1.5", "\"-2\""),
        ] {
            let time: Timestamp = time.parse().unwrap_or_default();
            let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
            assert_eq!(json(serde_json::to_string(&UnixTime(time))), integer);
            assert_eq!(json(serde_json::to_string(&UnixTimeFloat(time))), float);
            assert_eq!(json(serde_json::to_string(&UnixTimeText(time))), text);
        }
    }
}
