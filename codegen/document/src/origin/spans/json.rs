//! The marked nodes of a JSON text.

use super::{Builder, Content, Node};

/// The nodes of the text; none if it is not JSON. What `serde_json` rejects may pass: the text has been through it.
pub(super) fn nodes(text: &str) -> Option<Vec<Node>> {
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

/// The offset behind the closing quote of the string whose content starts at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}
