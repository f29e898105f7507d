//! Path parameters: each value is encoded so that it stays within one segment.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use serde::Serialize;
use serde_json::Value;

use crate::error::RequestError;
use crate::query::{elements, keep_encoded, scalar};

/// All characters except RFC 3986's unreserved ones.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value that can be a path parameter.
#[doc(hidden)]
pub trait PathValue {
    /// Appends the value, percent-encoded.
    fn push(&self, out: &mut String);

    /// Appends the value in the style of its template expression.
    fn push_at(&self, out: &mut String, place: Expression<'_>) {
        place.begin(out);
        self.push(out);
    }
}

impl PathValue for str {
    fn push(&self, out: &mut String) {
        out.extend(utf8_percent_encode(self, RESERVED));
    }

    fn push_at(&self, out: &mut String, place: Expression<'_>) {
        place.begin(out);
        place.encode(self, out);
    }
}

impl PathValue for String {
    fn push(&self, out: &mut String) {
        self.as_str().push(out);
    }

    fn push_at(&self, out: &mut String, place: Expression<'_>) {
        self.as_str().push_at(out, place);
    }
}

impl<T: PathValue + ?Sized> PathValue for &T {
    fn push(&self, out: &mut String) {
        (**self).push(out);
    }

    fn push_at(&self, out: &mut String, place: Expression<'_>) {
        (**self).push_at(out, place);
    }
}

impl<T: PathValue> PathValue for Vec<T> {
    fn push(&self, out: &mut String) {
        self.push_at(out, Expression::default());
    }

    fn push_at(&self, out: &mut String, place: Expression<'_>) {
        for (index, value) in self.iter().enumerate() {
            place.separate(out, index);
            let start = out.len();
            value.push(out);
            place.protect(out, start);
        }
    }
}

/// A list or an object in a path, or text in which reserved characters are kept.
pub struct Structured(Value);

/// Serializes a value for a path. A value that cannot be serialized is empty, so the request is not sent.
pub fn structured<V: Serialize + ?Sized>(value: &V) -> Structured {
    Structured(serde_json::to_value(value).unwrap_or_default())
}

/// Serializes a value as JSON text for a path.
pub fn path_json<V: Serialize + ?Sized>(value: &V) -> Structured {
    Structured(serde_json::to_string(value).map(Value::String).unwrap_or_default())
}

impl PathValue for Structured {
    fn push(&self, out: &mut String) {
        self.push_at(out, Expression::default());
    }

    fn push_at(&self, out: &mut String, place: Expression<'_>) {
        let text = |out: &mut String, text: &str| {
            let start = out.len();
            place.encode(text, out);
            place.protect(out, start);
        };
        match &self.0 {
            Value::Null => {}
            Value::Object(object) if place.explode => {
                for (index, (key, value)) in object.iter().filter(|(_, value)| !value.is_null()).enumerate() {
                    // In an exploded object, the name of each property replaces the name of the parameter.
                    out.push_str(match (place.sign, index) {
                        (Some('.'), _) => ".",
                        (Some(_), _) => ";",
                        (None, 0) => "",
                        (None, _) => ",",
                    });
                    text(out, key);
                    out.push('=');
                    text(out, &scalar(value));
                }
            }
            Value::Array(_) | Value::Object(_) => {
                for (index, element) in elements(&self.0).iter().enumerate() {
                    place.separate(out, index);
                    text(out, element);
                }
            }
            single => {
                place.begin(out);
                text(out, &scalar(single));
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

/// Percent-encodes the text that is written to it.
struct Encoded<'a>(&'a mut String);

impl std::fmt::Write for Encoded<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.push(self.0);
        Ok(())
    }
}

/// The reserved characters that a path may contain (RFC 3986, section 3.3). `/` is not among them because it ends the
/// segment.
const RESERVED_ALLOWED: &AsciiSet = &RESERVED
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// An expression of a path template, as in RFC 6570: `{.name}` adds a dot before the value, `{;name}` the parameter's
/// name, `*` adds it before each element, and `{+name}` keeps reserved characters. `{*name}` keeps slashes, so that the
/// value is several segments.
#[derive(Clone, Copy, Default)]
pub struct Expression<'t> {
    sign: Option<char>,
    name: &'t str,
    explode: bool,
}

impl<'t> Expression<'t> {
    fn of(place: &'t str) -> Self {
        let (name, explode) = place.strip_suffix('*').map_or((place, false), |name| (name, true));
        let sign = name.chars().next().filter(|sign| matches!(sign, '.' | ';' | '+' | '*'));
        Self { sign, name: if sign.is_some() { &name[1..] } else { name }, explode }
    }

    /// Appends the prefix of the value.
    fn begin(&self, out: &mut String) {
        match self.sign {
            Some('.') => out.push('.'),
            Some(';') => {
                out.push(';');
                out.extend(utf8_percent_encode(self.name, RESERVED));
                out.push('=');
            }
            _ => {}
        }
    }

    /// Appends the prefix of the element at this index.
    fn separate(&self, out: &mut String, index: usize) {
        match self.sign {
            _ if index == 0 => self.begin(out),
            Some('.' | ';') if self.explode => self.begin(out),
            _ => out.push(','),
        }
    }

    fn encode(&self, text: &str, out: &mut String) {
        match self.sign {
            Some('+') => out.push_str(&keep_encoded(text, RESERVED_ALLOWED)),
            Some('*') => out.extend(utf8_percent_encode(text, const { &RESERVED.remove(b'/') })),
            _ => out.extend(utf8_percent_encode(text, RESERVED)),
        }
    }

    /// Percent-encodes dots in the text appended since `start`, where they would end the element.
    fn protect(&self, out: &mut String, start: usize) {
        if self.sign == Some('.') && self.explode && out[start..].contains('.') {
            let element = out.split_off(start).replace('.', "%2E");
            out.push_str(&element);
        }
    }
}

/// Fills the `{..}` expressions of a template in order.
pub(crate) fn fill(template: &str, values: &[&dyn PathValue]) -> Result<String, RequestError> {
    let mut path = String::with_capacity(template.len() + 16);
    let mut values = values.iter();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        let value =
            values.next().ok_or_else(|| RequestError::new(format!("no value for `{name}` in the path {template}")))?;
        path.push_str(before);
        let place = Expression::of(name);
        let start = path.len();
        value.push_at(&mut path, place);
        let mut before = String::new();
        place.begin(&mut before);
        let written = path[start..].strip_prefix(&before).unwrap_or(&path[start..]);
        if matches!(written, "" | "." | "..") {
            let message = format!("{written:?} is not a valid path segment (parameter `{name}`)");
            return Err(RequestError::new(message));
        }
        rest = after;
    }
    path.push_str(rest);
    // Two adjacent values can still form such a segment.
    check_segments(&path)?;
    Ok(path)
}

/// Rejects segments of dots, which URL parsers resolve as parent directories even if they are percent-encoded.
fn check_segments(path: &str) -> Result<(), RequestError> {
    let before_query = path.split(['?', '#']).next().unwrap_or_default();
    let is_dots = |segment: &str| matches!(segment.replace("%2E", ".").replace("%2e", ".").as_str(), "." | "..");
    if before_query.split(['/', '\\']).any(is_dots) {
        return Err(RequestError::new(format!("the path {path} contains `..` segments")));
    }
    Ok(())
}

/// Checks a path written by the caller: it must be below the client's base URL.
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
        assert_eq!(filled("/{.x}", &[&"."]), "\".\" is not a valid path segment (parameter `.x`)");
    }

    /// Covers each cell of OpenAPI's table of path styles.
    #[test]
    fn objects_and_lists_have_the_style_of_their_place() {
        let color = super::structured(&serde_json::json!({"R": 100, "G": "a,b;c=d.e/f", "none": null}));
        for (template, expected) in [
            ("/{color}", "/R,100,G,a%2Cb%3Bc%3Dd.e%2Ff"),
            ("/{color*}", "/R=100,G=a%2Cb%3Bc%3Dd.e%2Ff"),
            ("/{.color}", "/.R,100,G,a%2Cb%3Bc%3Dd.e%2Ff"),
            ("/{.color*}", "/.R=100.G=a%2Cb%3Bc%3Dd%2Ee%2Ff"),
            ("/x{;color}", "/x;color=R,100,G,a%2Cb%3Bc%3Dd.e%2Ff"),
            ("/x{;color*}", "/x;R=100;G=a%2Cb%3Bc%3Dd.e%2Ff"),
        ] {
            assert_eq!(filled(template, &[&color]), expected, "{template}");
        }
        let list = super::structured(&["blue", "bl/ack"]);
        for (template, expected) in [
            ("/{color}", "/blue,bl%2Fack"),
            ("/{color*}", "/blue,bl%2Fack"),
            ("/{.color}", "/.blue,bl%2Fack"),
            ("/{.color*}", "/.blue.bl%2Fack"),
            ("/x{;color}", "/x;color=blue,bl%2Fack"),
            ("/x{;color*}", "/x;color=blue;color=bl%2Fack"),
        ] {
            assert_eq!(filled(template, &[&list]), expected, "{template}");
        }
        let empty = super::structured(&serde_json::json!({}));
        assert_eq!(filled("/{color}", &[&empty]), "\"\" is not a valid path segment (parameter `color`)");
        assert_eq!(filled("/{x}", &[&super::path_json(&serde_json::json!({"a": [1]}))]), "/%7B%22a%22%3A%5B1%5D%7D");
    }

    #[test]
    fn reserved_characters_are_kept_where_the_place_says_so() {
        let text = super::structured("a:b@c,d=e/f?g#h%2Fi%zz é");
        assert_eq!(filled("/{+x}", &[&text]), "/a:b@c,d=e%2Ff%3Fg%23h%2Fi%25zz%20%C3%A9");
        let parent = super::structured("..");
        assert_eq!(filled("/{+x}/b", &[&parent]), "\"..\" is not a valid path segment (parameter `+x`)");
    }

    #[test]
    fn several_segments_stay_below_their_place() {
        assert_eq!(filled("/files/{*path}/raw", &[&"a b/c?d#é"]), "/files/a%20b/c%3Fd%23%C3%A9/raw");
        assert_eq!(filled("/files/{*path}", &[&"a/../b"]), "the path /files/a/../b contains `..` segments");
        assert_eq!(filled("/files/{*path}", &[&5i64]), "/files/5");
    }

    #[test]
    fn no_value_climbs_or_vanishes() {
        for value in ["", ".", ".."] {
            let message = filled("/a/{id}/c", &[&value]);
            assert_eq!(message, format!("{value:?} is not a valid path segment (parameter `id`)"));
        }
        assert_eq!(filled("/a/{x}.", &[&Vec::<String>::new()]), "\"\" is not a valid path segment (parameter `x`)");
        assert_eq!(filled("/a/.{x}", &[&"%2e"]), "/a/.%252e");
    }

    #[test]
    fn a_missing_value_is_an_error_and_a_stray_brace_is_text() {
        assert_eq!(filled("/a/{id}", &[]), "no value for `id` in the path /a/{id}");
        assert_eq!(filled("/a/{id", &[&1i64]), "/a/{id");
    }
}
