//! Path parameters: each value stays one segment, whatever it holds.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use reqwest::Url;

use crate::error::RequestError;

/// Everything but RFC 3986's unreserved characters.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value that can stand in a path.
#[doc(hidden)]
pub trait PathValue {
    /// Appends the value, percent-encoded.
    fn push(&self, out: &mut String);

    /// Appends the value, the elements of a list with this between them.
    fn push_joined(&self, out: &mut String, _between: &str) {
        self.push(out);
    }
}

impl PathValue for str {
    fn push(&self, out: &mut String) {
        out.extend(utf8_percent_encode(self, RESERVED));
    }
}

impl PathValue for String {
    fn push(&self, out: &mut String) {
        self.as_str().push(out);
    }
}

impl<T: PathValue + ?Sized> PathValue for &T {
    fn push(&self, out: &mut String) {
        (**self).push(out);
    }

    fn push_joined(&self, out: &mut String, between: &str) {
        (**self).push_joined(out, between);
    }
}

impl<T: PathValue> PathValue for Vec<T> {
    fn push(&self, out: &mut String) {
        self.push_joined(out, ",");
    }

    fn push_joined(&self, out: &mut String, between: &str) {
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                out.push_str(between);
            }
            let start = out.len();
            value.push(out);
            // A dot is never percent-encoded elsewhere, but here it would end the element.
            if between == "." && out[start..].contains('.') {
                let element = out.split_off(start).replace('.', "%2E");
                out.push_str(&element);
            }
        }
    }
}

macro_rules! path_value_by_display {
    ($($kind:ty),* $(,)?) => {
        $(impl PathValue for $kind {
            fn push(&self, out: &mut String) {
                // Writing to a String cannot fail.
                let _ = write!(Encoded(out), "{self}");
            }
        })*
    };
}
path_value_by_display!(
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    i128,
    bool,
    f32,
    f64,
    jiff::Timestamp,
    jiff::civil::Date,
    uuid::Uuid,
    std::net::Ipv4Addr,
    std::net::Ipv6Addr,
);

/// Percent-encodes what is written to it.
struct Encoded<'a>(&'a mut String);

impl std::fmt::Write for Encoded<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.push(self.0);
        Ok(())
    }
}

/// What stands before the value of a place, and between the elements of a list there. A place is written as in RFC 6570:
/// `{.name}` is led by a dot, `{;name}` by its name, and `*` repeats that for each element.
fn around(place: &str) -> (String, String) {
    let (name, explode) = place.strip_suffix('*').map_or((place, false), |name| (name, true));
    let before = match name.split_at_checked(1) {
        Some((".", _)) => ".".to_owned(),
        Some((";", name)) => format!(";{}=", utf8_percent_encode(name, RESERVED)),
        _ => return (String::new(), ",".to_owned()),
    };
    let between = if explode { before.clone() } else { ",".to_owned() };
    (before, between)
}

/// Fills the `{..}` places of a template in order.
pub(crate) fn fill(template: &str, values: &[&dyn PathValue]) -> Result<String, RequestError> {
    let mut path = String::with_capacity(template.len() + 16);
    let mut values = values.iter();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        let value =
            values.next().ok_or_else(|| RequestError::new(format!("no value for `{name}` in the path {template}")))?;
        path.push_str(before);
        let (sign, between) = around(name);
        path.push_str(&sign);
        let start = path.len();
        value.push_joined(&mut path, &between);
        if matches!(&path[start..], "" | "." | "..") {
            let message = format!("{:?} cannot be a path segment (parameter `{name}`)", &path[start..]);
            return Err(RequestError::new(message));
        }
        rest = after;
    }
    path.push_str(rest);
    // Two values next to each other can still make up such a segment.
    check_segments(&path)?;
    Ok(path)
}

/// Refuses segments of dots, which URLs take for the directory above even if they are percent-encoded.
fn check_segments(path: &str) -> Result<(), RequestError> {
    let before_query = path.split(['?', '#']).next().unwrap_or_default();
    let is_dots = |segment: &str| matches!(segment.replace("%2E", ".").replace("%2e", ".").as_str(), "." | "..");
    if before_query.split(['/', '\\']).any(is_dots) {
        return Err(RequestError::new(format!("the path {path} contains `..` segments")));
    }
    Ok(())
}

/// Checks a path that a caller has written: it must be below the client's base URL.
pub(crate) fn check_undeclared(path: &str) -> Result<(), RequestError> {
    if path.starts_with("//") || Url::parse(path).is_ok() {
        return Err(RequestError::new(format!("{path:?} is not a path below the client's base URL")));
    }
    if path.contains('#') {
        return Err(RequestError::new(format!(
            "the path {path:?} has a fragment, which is never sent; write `#` as %23"
        )));
    }
    check_segments(path)
}

#[cfg(test)]
mod tests {
    use super::{PathValue, fill};

    fn filled(template: &str, values: &[&dyn PathValue]) -> String {
        fill(template, values).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn a_value_stays_one_segment() {
        assert_eq!(filled("/v1/contacts/{id}", &[&"a/b ?#%\\é\r\n"]), "/v1/contacts/a%2Fb%20%3F%23%25%5C%C3%A9%0D%0A");
        assert_eq!(filled("/a/{x}/b/{y}.json", &[&-7i64, &"~._-"]), "/a/-7/b/~._-.json");
        assert_eq!(filled("/ids/{ids}/", &[&vec!["1,2", "3"]]), "/ids/1%2C2,3/");
        assert_eq!(filled("/{flag}/{n}", &[&true, &1.5]), "/true/1.5");
    }

    #[test]
    fn values_led_by_a_sign() {
        let list = vec!["a", "b,c"];
        assert_eq!(filled("/{.x}/{.x*}/{x*}", &[&list, &list, &list]), "/.a,b%2Cc/.a.b%2Cc/a,b%2Cc");
        assert_eq!(filled("/m{;x y}{;z*}", &[&list, &list]), "/m;x%20y=a,b%2Cc;z=a;z=b%2Cc");
        assert_eq!(filled("/{;n}{.n*}", &[&5i64, &6i64]), "/;n=5.6");
        assert_eq!(filled("/{.x*}/{.y*}", &[&vec!["a.b", "c"], &vec![1.5, 2.0]]), "/.a%2Eb.c/.1%2E5.2");
        assert_eq!(filled("/a/{.x*}/b", &[&vec!["."]]), "the path /a/.%2E/b contains `..` segments");
        assert_eq!(filled("/{.x}", &[&"."]), "\".\" cannot be a path segment (parameter `.x`)");
    }

    #[test]
    fn no_value_climbs_or_vanishes() {
        for value in ["", ".", ".."] {
            let message = filled("/a/{id}/c", &[&value]);
            assert_eq!(message, format!("{value:?} cannot be a path segment (parameter `id`)"));
        }
        assert_eq!(filled("/a/{x}.", &[&Vec::<String>::new()]), "\"\" cannot be a path segment (parameter `x`)");
        assert_eq!(filled("/a/.{x}", &[&"%2e"]), "/a/.%252e");
    }

    #[test]
    fn a_missing_value_is_an_error_and_a_stray_brace_is_text() {
        assert_eq!(filled("/a/{id}", &[]), "no value for `id` in the path /a/{id}");
        assert_eq!(filled("/a/{id", &[&1i64]), "/a/{id");
    }
}
