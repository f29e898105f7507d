//! The nodes of a JSON text with their spans.

use super::{Builder, Content, SpanNode};

/// Returns the nodes of the text; `None` if it is not JSON. The scanner is lenient, because `serde_json` has parsed the
/// text before.
pub(super) fn nodes(text: &str) -> Option<Vec<SpanNode>> {
    let bytes = text.as_bytes();
    let mut builder = Builder::default();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => {}
            b'{' => _ = builder.open(start, Content::Mapping(Vec::new())),
            b'[' => _ = builder.open(start, Content::Sequence(Vec::new())),
            b'}' | b']' => builder.close(at),
            b'"' => {
                at = string_end(bytes, at)?;
                let string: String = serde_json::from_str(text.get(start..at)?).ok()?;
                builder.add(start..at, Content::Scalar, &string);
            }
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
                while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)) {
                    at += 1;
                }
                builder.add(start..at, Content::Scalar, "");
            }
            _ => return None,
        }
    }
    builder.open.is_empty().then_some(builder.nodes)
}

/// Returns the offset after the closing quote of the string whose content starts at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}
