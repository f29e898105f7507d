//! Query parameters and form bodies: the layout of values and their encoding.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use crate::error::RequestError;
use crate::media_type::essence;

/// The layout of arrays and objects in a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `name=a,b`
    Form,
    /// `name=a&name=b`
    FormExplode,
    /// `name=a%20b`
    Space,
    /// `name=a%7Cb`
    Pipe,
    /// `name=a%09b`
    Tab,
    /// `name[key]=value`
    Deep,
    /// In a cookie, unencoded: `name=a,b`
    Cookie,
    /// In cookies, unencoded: `name=a; name=b`
    CookieExplode,
}

impl Style {
    /// Returns the character between the values of a list; `None` if each value is sent as a pair.
    fn separator(self) -> Option<char> {
        match self {
            Style::Form | Style::Cookie => Some(','),
            Style::Space => Some(' '),
            Style::Pipe => Some('|'),
            Style::Tab => Some('\t'),
            Style::FormExplode | Style::Deep | Style::CookieExplode => None,
        }
    }
}

/// The encoding of a form property that differs from the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartEncoding {
    /// Like a query parameter of this style.
    Style(Style),
    /// Like a query parameter of this style, with reserved characters unencoded.
    Reserved(Style),
    /// A value of this media type: JSON text if it is a JSON type, plain text otherwise.
    Typed(&'static str),
}

/// Returns the encoding of a form property.
pub(crate) fn encoding_of(encodings: &[(&str, PartEncoding)], name: &str) -> Option<PartEncoding> {
    encodings.iter().find(|(known, _)| *known == name).map(|(_, encoding)| *encoding)
}

/// Returns true for `application/json` and other JSON media types.
pub(crate) fn is_json_type(media_type: &str) -> bool {
    let essence = essence(media_type).to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// Characters that must be percent-encoded in a query: those that RFC 3986 does not allow there, which include
/// brackets, and those that separate pairs or represent a space. Others, such as commas and colons, stay readable.
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'\'');

/// Characters that must be percent-encoded in a query even if reserved characters are allowed: those that would end the
/// query or the pair, or would be decoded as another character.
const RESERVED_ALLOWED: &AsciiSet = &QUERY.remove(b'=').remove(b'?').remove(b';').remove(b'\'');

/// Characters that `application/x-www-form-urlencoded` encodes: all but letters, digits and `*-._`.
const FORM: &AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_').remove(b' ');

/// Serializes a value as JSON text, for a parameter that is declared to contain JSON. `None` if it cannot be
/// serialized, so that nothing is sent.
pub fn json_text<V: Serialize + ?Sized>(value: &V) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// Returns one encoded `name=value` pair.
pub(crate) fn pair(name: &str, value: &str) -> String {
    format!("{}={}", utf8_percent_encode(name, QUERY), utf8_percent_encode(value, QUERY))
}

/// Appends pairs to a query, which may be empty.
pub(crate) fn append(query: &mut String, pairs: &str) {
    if !query.is_empty() && !pairs.is_empty() {
        query.push('&');
    }
    query.push_str(pairs);
}

/// Returns the elements of a list that is sent with this separator. An element must not contain it, because the server
/// could not tell where the element ends, even if the separator is percent-encoded.
pub(crate) fn delimited(name: &str, value: &Value, separator: char) -> Result<Vec<String>, RequestError> {
    let elements = elements(value);
    if matches!(value, Value::Array(_) | Value::Object(_)) && elements.iter().any(|text| text.contains(separator)) {
        let message = format!("an element of `{name}` contains {separator:?}, which separates its elements");
        return Err(RequestError::new(message));
    }
    Ok(elements)
}

/// The characters that a name or a value keeps unencoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escaping {
    /// Those allowed in the query of a URL.
    Query,
    /// Those allowed in the query of a URL, and reserved characters.
    Reserved,
    /// Those allowed in a form.
    Form,
}

impl Escaping {
    fn name(self, text: &str) -> String {
        match self {
            Escaping::Query | Escaping::Reserved => utf8_percent_encode(text, QUERY).to_string(),
            Escaping::Form => form_text(text),
        }
    }

    fn value(self, text: &str) -> String {
        match self {
            Escaping::Query => utf8_percent_encode(text, QUERY).to_string(),
            Escaping::Reserved => keep_encoded(text, RESERVED_ALLOWED),
            Escaping::Form => form_text(text),
        }
    }

    fn pair(self, name: &str, value: &str) -> String {
        format!("{}={}", self.name(name), self.value(value))
    }
}

/// Percent-encodes these characters. Sequences that are percent-encoded already are kept (RFC 6570, section 3.2.3).
pub(crate) fn keep_encoded(text: &str, characters: &'static AsciiSet) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, piece) in text.split('%').enumerate() {
        let is_encoded = piece.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        if index > 0 {
            out.push_str(if is_encoded { "%" } else { "%25" });
        }
        out.extend(utf8_percent_encode(piece, characters));
    }
    out
}

/// Returns the encoded pairs of one parameter; empty if there is nothing to send.
pub(crate) fn encode(name: &str, style: Style, escaping: Escaping, value: &Value) -> Result<String, RequestError> {
    let Some(separator) = style.separator() else {
        let pairs = pairs(name, style, value)?;
        return Ok(pairs.iter().map(|(name, value)| escaping.pair(name, value)).collect::<Vec<_>>().join("&"));
    };
    Ok(match value {
        Value::Null => String::new(),
        Value::Array(_) | Value::Object(_) => {
            let (elements, separator) = match separator {
                ',' => (elements(value), ",".to_owned()),
                other => (delimited(name, value, other)?, format!("%{:02X}", u32::from(other))),
            };
            // A comma within an element would begin a new element.
            let element = |text: &String| match style {
                Style::Form => escaping.value(text).replace(',', "%2C"),
                _ => escaping.value(text),
            };
            let elements: Vec<_> = elements.iter().map(element).collect();
            if elements.is_empty() {
                return Ok(String::new());
            }
            format!("{}={}", escaping.name(name), elements.join(&separator))
        }
        scalar_value => escaping.pair(name, &scalar(scalar_value)),
    })
}

/// Returns the unencoded pairs of one parameter; empty if there is nothing to send.
pub(crate) fn pairs(name: &str, style: Style, value: &Value) -> Result<Vec<(String, String)>, RequestError> {
    let one = |text: String| (name.to_owned(), text);
    Ok(match (value, style.separator()) {
        (Value::Null, _) => Vec::new(),
        (Value::Array(_) | Value::Object(_), Some(separator)) => {
            let elements = delimited(name, value, separator)?;
            let joined = (!elements.is_empty()).then(|| elements.join(separator.encode_utf8(&mut [0; 4])));
            joined.map(one).into_iter().collect()
        }
        (Value::Array(_) | Value::Object(_), None) if style == Style::Deep => {
            let mut pairs = Vec::new();
            flatten(name, value, &mut pairs);
            pairs
        }
        (Value::Object(object), None) => {
            let members = object.iter().filter(|(_, value)| !value.is_null());
            members.map(|(key, value)| (key.clone(), scalar(value))).collect()
        }
        (Value::Array(_), None) => elements(value).into_iter().map(one).collect(),
        (scalar_value, _) => vec![one(scalar(scalar_value))],
    })
}

/// Characters that must be encoded in the value of a cookie (RFC 6265), including `%` itself.
const COOKIE_VALUE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\').add(b'%');

/// Characters that must be encoded in a cookie name taken from a value: those not allowed in a token, and `%` itself.
const COOKIE_NAME: &AsciiSet = &COOKIE_VALUE
    .add(b'=')
    .add(b'(')
    .add(b')')
    .add(b'<')
    .add(b'>')
    .add(b'@')
    .add(b':')
    .add(b'/')
    .add(b'[')
    .add(b']')
    .add(b'?')
    .add(b'{')
    .add(b'}');

/// Returns the pairs of one parameter as cookies. The cookie styles encode nothing, so some values cannot be sent.
pub(crate) fn cookies(style: Style, pairs: &[(String, String)]) -> Result<Vec<String>, RequestError> {
    let is_plain = matches!(style, Style::Cookie | Style::CookieExplode);
    let cookie = |(name, value): &(String, String)| {
        let unfit = |byte: u8| !matches!(byte, b'!' | b'#'..=b'+' | b'-'..=b':' | b'<'..=b'[' | b']'..=b'~' | b',');
        if is_plain && value.bytes().any(unfit) {
            return Err(RequestError::new(format!("the cookie `{name}` contains a character that cannot be sent")));
        }
        let value = if is_plain { value.clone() } else { utf8_percent_encode(value, COOKIE_VALUE).to_string() };
        Ok(format!("{}={value}", utf8_percent_encode(name, COOKIE_NAME)))
    };
    pairs.iter().map(cookie).collect()
}

/// Encodes a form body. By default, list elements are repeated names, and objects are JSON.
pub(crate) fn form(value: &Value, encodings: &[(&str, PartEncoding)]) -> Result<String, RequestError> {
    let mut form = String::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        let encoded = match encoding_of(encodings, name) {
            Some(PartEncoding::Style(style)) => encode(name, style, Escaping::Form, value)?,
            Some(PartEncoding::Reserved(style)) => encode(name, style, Escaping::Reserved, value)?,
            Some(PartEncoding::Typed(media_type)) if is_json_type(media_type) => {
                let texts: Vec<_> = each(value).map(|value| Escaping::Form.pair(name, &value.to_string())).collect();
                texts.join("&")
            }
            Some(PartEncoding::Typed(_)) | None => {
                let texts: Vec<_> = each(value).map(|value| Escaping::Form.pair(name, &scalar(value))).collect();
                texts.join("&")
            }
        };
        append(&mut form, &encoded);
    }
    Ok(form)
}

/// Returns the elements of a list, or the value itself, without nulls.
pub(crate) fn each(value: &Value) -> impl Iterator<Item = &Value> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    values.iter().filter(|value| !value.is_null())
}

/// Encodes a name or a value for a form.
pub(crate) fn form_text(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string().replace(' ', "+")
}

/// Encodes an object key for use in brackets. Brackets in the key are percent-encoded, because servers would parse them
/// as nested keys; the name is encoded again when it is sent, because servers decode names first.
pub(crate) fn bracketed(name: &str, key: &str) -> String {
    format!("{name}[{}]", key.replace('[', "%5B").replace(']', "%5D"))
}

/// Flattens an object to `name[key]` and an array to `name[]`, recursively and without nulls.
pub(crate) fn flatten(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(object) => {
            for (key, value) in object {
                flatten(&bracketed(name, key), value, pairs);
            }
        }
        Value::Array(values) => {
            for value in values {
                flatten(&format!("{name}[]"), value, pairs);
            }
        }
        _ => pairs.push((name.to_owned(), scalar(value))),
    }
}

/// Returns the elements of an array, or the keys and values of an object alternately, without nulls.
pub(crate) fn elements(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter(|value| !value.is_null()).map(scalar).collect(),
        Value::Object(object) => object
            .iter()
            .filter(|(_, value)| !value.is_null())
            .flat_map(|(key, value)| [key.clone(), scalar(value)])
            .collect(),
        other => vec![scalar(other)],
    }
}

/// Returns a value as plain text: strings without quotation marks, whole numbers without a fraction, the rest as JSON.
pub(crate) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            let text = number.to_string();
            text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Escaping, PartEncoding, Style, form};
    use serde_json::{Value, json};

    fn encode(name: &str, style: Style, value: &Value) -> String {
        super::encode(name, style, Escaping::Query, value).unwrap_or_else(|error| error.to_string())
    }

    fn form_of(value: &Value, encodings: &[(&str, PartEncoding)]) -> String {
        form(value, encodings).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn styles_of_lists() {
        let list = json!(["a b", "c,d", null, 3, 4.0]);
        assert_eq!(encode("n", Style::Form, &list), "n=a%20b,c%2Cd,3,4");
        assert_eq!(encode("n[]", Style::FormExplode, &list), "n%5B%5D=a%20b&n%5B%5D=c,d&n%5B%5D=3&n%5B%5D=4");
        assert_eq!(encode("n", Style::Space, &json!(["a|b", "c,d", null, 3])), "n=a%7Cb%20c,d%203");
        assert_eq!(encode("n", Style::Pipe, &list), "n=a%20b%7Cc,d%7C3%7C4");
        assert_eq!(encode("n", Style::Deep, &json!(["x", "y"])), "n%5B%5D=x&n%5B%5D=y");
        for style in [Style::Form, Style::FormExplode, Style::Space, Style::Pipe, Style::Deep] {
            assert_eq!(encode("n", style, &json!([])), "");
            assert_eq!(encode("n", style, &Value::Null), "");
            assert_eq!(encode("n", style, &json!(true)), "n=true");
        }
    }

    #[test]
    fn elements_keep_their_boundaries() {
        let told = |separator: char| format!("an element of `n` contains {separator:?}, which separates its elements");
        for value in [json!(["a b|c", "d"]), json!(["a b|c"]), json!({"a b|c": 1}), json!({"a": "a b|c"})] {
            assert_eq!(encode("n", Style::Space, &value), told(' '));
            assert_eq!(encode("n", Style::Pipe, &value), told('|'));
        }
        assert_eq!(encode("n", Style::Pipe, &json!("a|b")), "n=a%7Cb");
    }

    #[test]
    fn keys_do_not_become_structure() {
        let filter = json!({"x][admin": 1, "a": {"[]": [2]}});
        let sent = encode("filter", Style::Deep, &filter);
        assert_eq!(sent, "filter%5Bx%255D%255Badmin%5D=1&filter%5Ba%5D%5B%255B%255D%5D%5B%5D=2");
        let decoded = percent_encoding::percent_decode_str(&sent).decode_utf8_lossy().into_owned();
        assert!(!decoded.contains("][admin]"), "{decoded}");
        let encodings = [("filter", PartEncoding::Style(Style::Deep))];
        assert_eq!(
            form_of(&json!({"filter": filter}), &encodings),
            "filter%5Bx%255D%255Badmin%5D=1&filter%5Ba%5D%5B%255B%255D%5D%5B%5D=2"
        );
    }

    #[test]
    fn styles_of_objects() {
        let object = json!({"a": 1, "b": {"c": ["x", "y"], "d": null}});
        assert_eq!(encode("n", Style::Form, &json!({"a": 1, "b": "x y"})), "n=a,1,b,x%20y");
        assert_eq!(encode("n", Style::FormExplode, &json!({"a": 1, "b": "x&y"})), "a=1&b=x%26y");
        assert_eq!(encode("n", Style::Deep, &object), "n%5Ba%5D=1&n%5Bb%5D%5Bc%5D%5B%5D=x&n%5Bb%5D%5Bc%5D%5B%5D=y");
    }

    #[test]
    fn what_stays_readable_and_what_never_does() {
        assert_eq!(
            encode("fields[contacts]", Style::Form, &json!("name,email:@/!$()*~")),
            "fields%5Bcontacts%5D=name,email:@/!$()*~"
        );
        assert_eq!(
            encode("a=b&c", Style::Form, &json!(" +&=#%;?\r\n\"<>é|\\")),
            "a%3Db%26c=%20%2B%26%3D%23%25%3B%3F%0D%0A%22%3C%3E%C3%A9%7C%5C"
        );
    }

    #[test]
    fn forms() {
        let body = json!({"a b": "c d+e", "n": 1.0, "list": ["x", "y"], "deep": {"k": [1]}, "none": null});
        assert_eq!(form_of(&body, &[]), "a+b=c+d%2Be&n=1&list=x&list=y&deep=%7B%22k%22%3A%5B1%5D%7D");
        let body = json!({"csv": ["a b", "c,d"], "ssv": ["a", "b"], "flat": {"p": 1}, "text": "t", "url": "/a?b=c&d"});
        let encodings = [
            ("csv", PartEncoding::Style(Style::Form)),
            ("ssv", PartEncoding::Style(Style::Space)),
            ("flat", PartEncoding::Style(Style::FormExplode)),
            ("text", PartEncoding::Typed("application/json")),
            ("url", PartEncoding::Reserved(Style::Form)),
        ];
        assert_eq!(form_of(&body, &encodings), "csv=a+b,c%2Cd&ssv=a%20b&p=1&text=%22t%22&url=/a?b=c%26d");
    }

    #[test]
    fn reserved_characters_that_are_allowed() {
        let encoded = super::encode("n", Style::Form, Escaping::Reserved, &json!(":/?@!$'()*,;=%2F% #[]&+"));
        assert_eq!(encoded.unwrap_or_default(), "n=:/?@!$'()*,;=%2F%25%20%23%5B%5D%26%2B");
    }
}
