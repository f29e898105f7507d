//! Where in a JSON text something went wrong, said as a path.
//!
//! Tracking the path while decoding would double the code of every type. The path is looked up only
//! once there is an error to show: one pass over the raw body, to the offset that serde_json reports.

/// The byte offset of a one-based line and the column that serde_json counts within it.
pub(crate) fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let before =
        text.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum::<usize>();
    before.saturating_add(column).min(text.len())
}

/// The path of the value that begins or ends at `offset`, else of the innermost one around it.
pub(crate) fn at(text: &[u8], offset: usize) -> String {
    let mut open: Vec<Container> = Vec::new();
    let mut position = 0;
    while position < text.len() && position <= offset {
        match text[position] {
            b'{' | b'[' if position == offset => break,
            b'{' => open.push(Container::Object { key: None, expects_key: true }),
            b'[' => open.push(Container::Array(0)),
            b'}' | b']' => {
                open.pop();
                if position + 1 == offset {
                    break;
                }
            }
            b',' => next(&mut open),
            b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
            first => {
                let end = scalar_end(text, position);
                if let Some(Container::Object { key, expects_key: expects @ true }) = open.last_mut() {
                    *key = (first == b'"').then(|| unescape(&text[position..end]));
                    *expects = false;
                } else if offset <= end {
                    break;
                }
                position = end;
                continue;
            }
        }
        position += 1;
    }
    show(&open)
}

enum Container {
    Array(usize),
    Object { key: Option<String>, expects_key: bool },
}

fn next(open: &mut [Container]) {
    match open.last_mut() {
        Some(Container::Array(index)) => *index += 1,
        Some(Container::Object { key, expects_key }) => {
            *key = None;
            *expects_key = true;
        }
        None => {}
    }
}

/// The end of a string, number or word that begins at `start`.
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

fn unescape(quoted: &[u8]) -> String {
    serde_json::from_slice(quoted).unwrap_or_else(|_| String::from_utf8_lossy(quoted).into_owned())
}

fn show(open: &[Container]) -> String {
    let mut path = String::from("$");
    for container in open {
        match container {
            Container::Array(index) => path.push_str(&format!("[{index}]")),
            Container::Object { key: Some(key), .. } if is_plain(key) => {
                path.push('.');
                path.push_str(key);
            }
            Container::Object { key: Some(key), .. } => {
                let key = key.replace('\\', "\\\\").replace('\'', "\\'");
                path.push_str(&format!("['{key}']"));
            }
            Container::Object { key: None, .. } => {}
        }
    }
    path
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

    /// The path of the error of reading `text` as a `T`.
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
        let deep = "[".repeat(100_000);
        assert!(at(deep.as_bytes(), deep.len()).ends_with("[0][0]"));
    }
}
