//! Typed response headers.

use std::fmt;
use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use jiff::civil::Date;
use reqwest::header::HeaderMap;
use serde_json::Value;
use uuid::Uuid;

use crate::serde::lenient::Lenient;
use crate::serde::unix_time::{UnixTime, UnixTimeFloat, UnixTimeText, from_text};
use crate::serde::values::timestamp;

/// The name of a response header, and the type that the API declares for its values.
///
/// ```
/// use crm_clients_runtime::Header;
///
/// const REMAINING: Header<i64> = Header::new("X-RateLimit-Remaining");
/// assert_eq!(REMAINING.name(), "X-RateLimit-Remaining");
/// ```
pub struct Header<T> {
    name: &'static str,
    value: PhantomData<fn() -> T>,
}

impl<T> Header<T> {
    /// Creates a header with this name.
    pub const fn new(name: &'static str) -> Self {
        Self { name, value: PhantomData }
    }

    /// Returns the name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<T> Clone for Header<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Header<T> {}

impl<T> fmt::Debug for Header<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Header").field(&self.name).finish()
    }
}

/// The error of a header whose value is not of the declared type. The value is not shown because it may contain
/// secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderError {
    name: &'static str,
}

impl HeaderError {
    /// Returns the name of the header.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value of the response header {} is not of the declared type", self.name)
    }
}

impl std::error::Error for HeaderError {}

/// A type of a header's value.
pub trait HeaderValue: Sized {
    /// Parses the values of all headers with one name.
    #[doc(hidden)]
    fn read(values: &mut dyn Iterator<Item = &str>) -> Option<Self>;
}

macro_rules! header_values {
    ($($kind:ty: $parse:expr;)*) => {
        $(impl HeaderValue for $kind {
            fn read(values: &mut dyn Iterator<Item = &str>) -> Option<Self> {
                let parse: fn(&str) -> Option<Self> = $parse;
                parse(values.next()?.trim())
            }
        })*
    };
}
header_values! {
    String: |text| Some(text.to_owned());
    bool: |text| text.to_ascii_lowercase().parse().ok();
    i32: Lenient::from_text;
    i64: Lenient::from_text;
    u64: Lenient::from_text;
    f64: Lenient::from_text;
    Timestamp: |text| timestamp(text).ok().or_else(|| http_date(text));
    UnixTime: |text| from_text(text).map(Self);
    UnixTimeFloat: |text| from_text(text).map(Self);
    UnixTimeText: |text| from_text(text).map(Self);
    Date: |text| text.parse().ok();
    Uuid: |text| text.parse().ok();
    Ipv4Addr: |text| text.parse().ok();
    Ipv6Addr: |text| text.parse().ok();
    Value: |text| serde_json::from_str(text).ok();
}

/// Parses the format of HTTP's own headers, which documents declare as `date-time`.
fn http_date(text: &str) -> Option<Timestamp> {
    Timestamp::try_from(httpdate::parse_http_date(text).ok()?).ok()
}

/// A list can be one header with commas, several headers, or both.
impl<T: HeaderValue> HeaderValue for Vec<T> {
    fn read(values: &mut dyn Iterator<Item = &str>) -> Option<Self> {
        let elements = values.flat_map(|value| value.split(',')).map(str::trim).filter(|element| !element.is_empty());
        elements.map(|element| T::read(&mut std::iter::once(element))).collect()
    }
}

/// Returns the value of a header; `None` if the response does not have it.
pub(crate) fn read<T: HeaderValue>(headers: &HeaderMap, header: Header<T>) -> Result<Option<T>, HeaderError> {
    let error = HeaderError { name: header.name };
    let values: Result<Vec<&str>, _> = headers.get_all(header.name).iter().map(|value| value.to_str()).collect();
    match values {
        Ok(values) if values.is_empty() => Ok(None),
        Ok(values) => T::read(&mut values.into_iter()).map(Some).ok_or(error),
        Err(_) => Err(error),
    }
}
