//! Query parameters and form bodies: how a value is laid out, and how it is encoded.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use crate::error::RequestError;

/// How a query parameter lays out arrays and objects.
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
    /// `name[key]=value`
    Deep,
}

/// Characters that must be percent-encoded in a query: what RFC 3986 does not allow there, which includes brackets, and
/// what separates pairs or means a space. Commas, colons and the like stay readable.
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

/// The same within one element of a joined list, where a comma would be a new element.
const ELEMENT: &AsciiSet = &QUERY.add(b',');

/// What `application/x-www-form-urlencoded` spares, apart from letters and digits: `*-._`.
const FORM: &AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_').remove(b' ');

/// A value as JSON text, for a parameter that is declared to hold JSON. None where it cannot be written, so that
/// nothing is sent.
pub fn json_text<V: Serialize + ?Sized>(value: &V) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// One `name=value`, encoded.
pub(crate) fn pair(name: &str, value: &str) -> String {
    format!("{}={}", utf8_percent_encode(name, QUERY), utf8_percent_encode(value, QUERY))
}

/// Appends to a query that may be empty yet.
pub(crate) fn append(query: &mut String, pairs: &str) {
    if !query.is_empty() && !pairs.is_empty() {
        query.push('&');
    }
    query.push_str(pairs);
}

/// The elements of a list with this separator between them, if none of them contains it: the server could not tell
/// where such an element ends, not even if the separator was percent-encoded in it.
pub(crate) fn delimited(name: &str, value: &Value, separator: char) -> Result<Vec<String>, RequestError> {
    let elements = elements(value);
    if matches!(value, Value::Array(_) | Value::Object(_)) && elements.iter().any(|text| text.contains(separator)) {
        let message = format!("an element of `{name}` contains {separator:?}, which separates the elements there");
        return Err(RequestError::new(message));
    }
    Ok(elements)
}

/// The encoded pairs of one parameter; empty where there is nothing to send.
pub(crate) fn encode(name: &str, style: Style, value: &Value) -> Result<String, RequestError> {
    let joined = |separator: &str, set, values: Vec<String>| {
        let values: Vec<_> = values.iter().map(|value| utf8_percent_encode(value, set).to_string()).collect();
        if values.is_empty() {
            return String::new();
        }
        format!("{}={}", utf8_percent_encode(name, QUERY), values.join(separator))
    };
    Ok(match (style, value) {
        (_, Value::Null) => String::new(),
        (Style::Deep, Value::Array(_) | Value::Object(_)) => {
            let mut pairs = Vec::new();
            flatten(name, value, &mut pairs);
            join(&pairs)
        }
        (Style::FormExplode, Value::Array(_)) => {
            let pairs: Vec<_> = elements(value).into_iter().map(|value| (name.to_owned(), value)).collect();
            join(&pairs)
        }
        (Style::FormExplode, Value::Object(object)) => {
            let pairs: Vec<_> = object
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), scalar(value)))
                .collect();
            join(&pairs)
        }
        (Style::Form, Value::Array(_) | Value::Object(_)) => joined(",", ELEMENT, elements(value)),
        (Style::Space, Value::Array(_) | Value::Object(_)) => joined("%20", QUERY, delimited(name, value, ' ')?),
        (Style::Pipe, Value::Array(_) | Value::Object(_)) => joined("%7C", QUERY, delimited(name, value, '|')?),
        (_, scalar_value) => pair(name, &scalar(scalar_value)),
    })
}

fn join(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(name, value)| pair(name, value)).collect::<Vec<_>>().join("&")
}

/// A form body: properties by name, nested ones as `name[key]`, list elements as repeated names.
pub(crate) fn form(value: &Value) -> String {
    let mut pairs = Vec::new();
    if let Value::Object(object) = value {
        for (name, value) in object {
            match value {
                Value::Array(_) => {
                    pairs.extend(elements(value).into_iter().map(|value| (name.clone(), value)));
                }
                _ => flatten(name, value, &mut pairs),
            }
        }
    }
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", form_text(name), form_text(value))).collect();
    pairs.join("&")
}

/// A name or a value as forms have it.
pub(crate) fn form_text(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string().replace(' ', "+")
}

/// A key of an object as it stands in brackets. Its own brackets are percent-encoded, because servers would take them for
/// the keys of further objects; the name is encoded once more when it is sent, since servers decode names first.
fn bracketed(name: &str, key: &str) -> String {
    format!("{name}[{}]", key.replace('[', "%5B").replace(']', "%5D"))
}

/// Writes an object as `name[key]` and an array as `name[]`, however deep; nulls are left out.
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

/// The members of an array, or the keys and values of an object in turn, without nulls.
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

/// A value as plain text: strings bare, whole numbers without a fraction, the rest as JSON.
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
    use super::{Style, form};
    use serde_json::{Value, json};

    fn encode(name: &str, style: Style, value: &Value) -> String {
        super::encode(name, style, value).unwrap_or_else(|error| error.to_string())
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
        let told =
            |separator: char| format!("an element of `n` contains {separator:?}, which separates the elements there");
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
        assert_eq!(
            form(&json!({"filter": filter})),
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
        assert_eq!(form(&body), "a+b=c+d%2Be&n=1&list=x&list=y&deep%5Bk%5D%5B%5D=1");
    }
}
