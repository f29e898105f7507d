//! References in one spelling, so that all that follows can compare them with pointers.

use serde_json::Value;

/// Undoes percent-encoding in the references within the document.
///
/// Before `{"$ref": "#/paths/~1pets~1%7Bid%7D/parameters/0"}`, after `{"$ref": "#/paths/~1pets~1{id}/parameters/0"}`.
pub(crate) fn decode(node: &mut Value) {
    match node {
        Value::Object(object) => {
            for (name, member) in object {
                match member {
                    Value::String(reference)
                        if name == "$ref" && reference.starts_with('#') && reference.contains('%') =>
                    {
                        *reference = decoded(reference);
                    }
                    member => decode(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(decode),
        _ => {}
    }
}

/// The text without percent-encoding; one that is encoded wrongly stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let Some((Ok(byte), rest)) = part.split_at_checked(2).map(|(hex, rest)| (u8::from_str_radix(hex, 16), rest))
        else {
            return text.to_owned();
        };
        bytes.push(byte);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// A reference within the document as a URI: what may not stand in one is percent-encoded.
///
/// Before `#/paths/~1pets~1{id}`, after `#/paths/~1pets~1%7Bid%7D`.
pub(super) fn encoded(reference: &str) -> String {
    let mut out = String::with_capacity(reference.len());
    for (index, byte) in reference.bytes().enumerate() {
        match byte {
            // The first begins the fragment, which holds no other.
            b'#' if index > 0 => out.push_str("%23"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            _ if b"#/?:@-._~!$&'()*+,;=".contains(&byte) => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_is_undone() {
        let reference = "#/paths/~1ä~1{id}/100%#";
        assert_eq!(encoded(reference), "#/paths/~1%C3%A4~1%7Bid%7D/100%25%23");
        assert_eq!(decoded(&encoded(reference)), reference);
    }
}
