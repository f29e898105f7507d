//! The JSON path of an error in a JSON text.
//!
//! Tracking the path during decoding would double the code of every type. Instead, the path is looked up only for an
//! error that is shown: in one pass over the raw body, up to the offset that serde_json reports. The shown text is
//! bounded and safe to print.

use crate::response::sanitize;

/// Converts a one-based line and serde_json's column in it to a byte offset.
pub(crate) fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let before =
        text.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum::<usize>();
    before.saturating_add(column).min(text.len())
}

/// Maximum depth of containers that are tracked; serde_json's own limit is 128.
const DEEPEST: usize = 1024;

/// Maximum numbers of bytes shown from the beginning of a path, from its end, and of a name.
const HEAD: usize = 160;
const TAIL: usize = 240;
const NAME: usize = 80;

/// Returns the path of the value that begins or ends at `offset`, or else of the innermost value around it.
pub(crate) fn at(text: &[u8], offset: usize) -> String {
    let (open, is_deeper) = open_at(text, offset);
    show(&open, is_deeper)
}

/// An element of the outermost array, and a position within it.
#[derive(Debug, PartialEq)]
pub(crate) struct Element {
    /// The names of the properties that lead to the array.
    pub(crate) keys: Vec<String>,
    pub(crate) index: usize,
    /// The path of the array.
    pub(crate) array: String,
    /// The path from the element to the position.
    pub(crate) rest: String,
}

/// Returns the element of the outermost array around `offset`, if there is one.
pub(crate) fn element_at(text: &[u8], offset: usize) -> Option<Element> {
    let (open, is_deeper) = open_at(text, offset);
    let depth = open.iter().position(|container| matches!(container, Container::Array(_)))?;
    let (around, within) = open.split_at(depth);
    let key = |container: &Container<'_>| match container {
        Container::Object { key: Some(key), .. } => serde_json::from_slice(key).ok(),
        Container::Object { .. } | Container::Array(_) => None,
    };
    let keys = around.iter().map(key).collect::<Option<_>>()?;
    let (Container::Array(index), within) = within.split_first()? else { return None };
    let rest = show(within, is_deeper).split_off(1);
    Some(Element { keys, index: *index, array: show(around, false), rest })
}

/// Returns the containers around the value at `offset`, and true if deeper ones are left out.
fn open_at(text: &[u8], offset: usize) -> (Vec<Container<'_>>, bool) {
    let mut open: Vec<Container<'_>> = Vec::new();
    let mut deeper = 0_usize;
    let mut position = 0;
    while position < text.len() && position <= offset {
        match text[position] {
            b'{' | b'[' if position == offset => break,
            b'{' | b'[' if open.len() == DEEPEST => deeper += 1,
            b'{' => open.push(Container::Object { key: None, expects_key: true }),
            b'[' => open.push(Container::Array(0)),
            b'}' | b']' if deeper > 0 => deeper -= 1,
            b'}' | b']' => {
                open.pop();
                if position + 1 == offset {
                    break;
                }
            }
            b',' if deeper == 0 => next(&mut open),
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
            first => {
                let end = scalar_end(text, position);
                match open.last_mut() {
                    Some(Container::Object { key, expects_key: expects @ true }) if deeper == 0 => {
                        *key = (first == b'"').then(|| &text[position..end]);
                        *expects = false;
                    }
                    _ if offset <= end => break,
                    _ => {}
                }
                position = end;
                continue;
            }
        }
        position += 1;
    }
    (open, deeper > 0)
}

enum Container<'t> {
    Array(usize),
    /// The name of the current property, including its quotation marks.
    Object {
        key: Option<&'t [u8]>,
        expects_key: bool,
    },
}

fn next(open: &mut [Container<'_>]) {
    match open.last_mut() {
        Some(Container::Array(index)) => *index += 1,
        Some(Container::Object { key, expects_key }) => {
            *key = None;
            *expects_key = true;
        }
        None => {}
    }
}

/// Returns the end of the string, number or literal that begins at `start`.
fn scalar_end(text: &[u8], start: usize) -> usize {
    let rest = &text[start..];
    if rest.first() != Some(&b'"') {
        let length = rest.iter().position(|byte| b",:]} \t\r\n{[\"".contains(byte));
        return start + length.unwrap_or(rest.len()).max(1);
    }
    let mut escaped = false;
    for (index, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return start + index + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the beginning of a quoted name, unescaped.
fn unescape(quoted: &[u8]) -> String {
    let whole = quoted.len() <= NAME;
    // If the cut is within an escape or a character, an earlier one is tried.
    for end in (0..=quoted.len().min(NAME)).rev().take(12) {
        let mut part = quoted[..end].to_vec();
        if !whole {
            part.push(b'"');
        }
        if let Ok(name) = serde_json::from_slice::<String>(&part) {
            return if whole { name } else { name + "…" };
        }
        if whole {
            break;
        }
    }
    String::from_utf8_lossy(&quoted[..quoted.len().min(NAME)]).into_owned()
}

fn show(open: &[Container<'_>], is_deeper: bool) -> String {
    let (mut head, mut shown) = (String::from("$"), 0);
    for segment in open.iter().map(segment) {
        if head.len() + segment.len() > HEAD {
            break;
        }
        head.push_str(&segment);
        shown += 1;
    }
    let (mut tail, mut length, mut left_out) = (Vec::new(), 0, open.len() - shown);
    for segment in open[shown..].iter().rev().map(segment) {
        length += segment.len();
        if length > TAIL {
            break;
        }
        tail.push(segment);
        left_out -= 1;
    }
    if left_out > 0 {
        head.push('…');
    }
    head.extend(tail.into_iter().rev());
    if is_deeper {
        head.push('…');
    }
    head
}

fn segment(container: &Container<'_>) -> String {
    match container {
        Container::Array(index) => format!("[{index}]"),
        Container::Object { key: None, .. } => String::new(),
        Container::Object { key: Some(key), .. } => named(&unescape(key)),
    }
}

/// Returns the part of a path for a property with this name.
pub(crate) fn property(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => named(&format!("{}…", &name[..end])),
        None => named(name),
    }
}

fn named(name: &str) -> String {
    if is_plain(name) {
        return format!(".{name}");
    }
    let mut quoted = String::from("['");
    sanitize::push_escaped(&mut quoted, &name.replace('\\', "\\\\").replace('\'', "\\'"));
    quoted.push_str("']");
    quoted
}

fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|first: char| first.is_ascii_digit())
        && key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::{at, offset};
    use serde_json::Value;
    use std::collections::BTreeMap;

    /// Returns the path of the error when `text` is deserialized as a `T`.
    fn path<T: serde::de::DeserializeOwned>(text: &str) -> String {
        match serde_json::from_str::<T>(text) {
            Ok(_) => "no error".to_owned(),
            Err(error) => at(text.as_bytes(), offset(text.as_bytes(), error.line(), error.column())),
        }
    }

    type Numbers = BTreeMap<String, Vec<BTreeMap<String, i64>>>;

    #[test]
    fn a_wrong_type_is_named_where_it_stands() {
        assert_eq!(path::<Numbers>(r#"{"a": [{"b": 1}, {"c": 2, "d": "x"}]}"#), "$.a[1].d");
        assert_eq!(path::<Numbers>(r#"{"a": [{"b": 1}, {"c": true }]}"#), "$.a[1].c");
        assert_eq!(path::<Numbers>(r#"{"a": [{"b": 1.5},{}]}"#), "$.a[0].b");
        assert_eq!(path::<Numbers>(r#"{"a": [{"b":{"deep":1}}]}"#), "$.a[0].b");
        assert_eq!(path::<Numbers>(r#"{"a": [ [] ]}"#), "$.a[0]");
        assert_eq!(path::<Numbers>("{\n  \"x\": [],\n  \"a\": [\n    {\"b\": null}\n  ]\n}"), "$.a[0].b");
    }

    #[test]
    fn the_root_and_what_follows_it() {
        assert_eq!(path::<i64>(r#""text""#), "$");
        assert_eq!(path::<i64>("[1]"), "$");
        assert_eq!(path::<i64>("1 2"), "$");
        assert_eq!(path::<Vec<i64>>("[1, 2, \"3\"]"), "$[2]");
    }

    #[test]
    fn odd_keys_are_quoted() {
        assert_eq!(path::<BTreeMap<String, i64>>(r#"{"a b": "x"}"#), "$['a b']");
        assert_eq!(path::<BTreeMap<String, i64>>(r#"{"it's": "x"}"#), "$['it\\'s']");
        assert_eq!(path::<BTreeMap<String, i64>>(r#"{"\u00e9\"": "x"}"#), "$['é\"']");
        assert_eq!(path::<BTreeMap<String, i64>>(r#"{"1": "x"}"#), "$['1']");
        assert_eq!(path::<BTreeMap<String, i64>>(r#"{"": "x"}"#), "$['']");
    }

    #[test]
    fn a_cut_text_ends_at_the_innermost_place() {
        assert_eq!(path::<Value>(r#"{"a": {"b": [1, 2"#), "$.a.b[1]");
        assert_eq!(path::<Value>(r#"{"a": {"b": "cut"#), "$.a.b");
        assert_eq!(path::<Value>(r#"{"a": {"b""#), "$.a.b");
        assert_eq!(path::<Value>(r#"{"a": {"#), "$.a");
        assert_eq!(path::<Value>(""), "$");
    }

    #[test]
    fn no_text_is_too_strange() {
        for text in ["]]]]", "}{", "\"", "\\", "{:,:}", "[,,,", "{{{{", "\u{0}"] {
            for place in 0..=text.len() + 1 {
                assert!(at(text.as_bytes(), place).starts_with('$'));
            }
        }
    }

    #[test]
    fn a_path_is_bounded_and_safe_to_print() {
        let deep = "[".repeat(100_000);
        let shown = at(deep.as_bytes(), deep.len());
        assert!(shown.starts_with("$[0][0]") && shown.ends_with("[0][0]…") && shown.len() < 450, "{shown}");
        let deep = r#"{"abcdefgh":"#.repeat(120);
        let shown = at(deep.as_bytes(), deep.len());
        assert!(shown.starts_with("$.abcdefgh.") && shown.contains('…') && shown.ends_with(".abcdefgh"), "{shown}");
        assert!(shown.len() < 450);
        assert_eq!(path::<BTreeMap<String, i64>>(r#"{"\u001b[31m\n\u202e": "x"}"#), r"$['\u{1b}[31m\n\u{202e}']");
        let long = format!(r#"{{"{}": "x"}}"#, "\\u001b".repeat(1_000_000));
        let shown = path::<BTreeMap<String, i64>>(&long);
        assert!(shown.starts_with(r"$['\u{1b}") && shown.ends_with("…']") && shown.len() < 150, "{shown}");
        let long = format!(r#"{{"{}": "x"}}"#, "é".repeat(1_000_000));
        assert!(path::<BTreeMap<String, i64>>(&long).len() < 150);
    }
}
