//! The encoding of text: UTF-8, and the single-byte encodings that older servers send.

use std::borrow::Cow;

use reqwest::header::{CONTENT_TYPE, HeaderMap};

/// The labels that the WHATWG Encoding Standard gives to windows-1252. It includes ISO-8859-1 and US-ASCII, because
/// servers that declare these send the letters of windows-1252 as well.
const SINGLE_BYTE: [&str; 12] = [
    "ansi_x3.4-1968",
    "ascii",
    "cp1252",
    "cp819",
    "iso-8859-1",
    "iso8859-1",
    "iso88591",
    "iso_8859-1",
    "latin1",
    "us-ascii",
    "windows-1252",
    "x-cp1252",
];

/// The characters of the bytes from 0x80 to 0x9F. All other bytes are the characters of Unicode with the same number.
const OF_WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Returns the `charset` of a media type.
fn charset(media_type: &str) -> Option<&str> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

fn is_single_byte(label: &str) -> bool {
    SINGLE_BYTE.iter().any(|known| known.eq_ignore_ascii_case(label))
}

/// Returns the `charset` of a body.
pub(crate) fn of_body(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok().and_then(charset)
}

/// Returns a body as UTF-8 if its `charset` is a known single-byte encoding, otherwise as it is.
pub(crate) fn to_utf8<'a>(headers: &HeaderMap, body: &'a [u8]) -> Cow<'a, [u8]> {
    if body.is_ascii() || !of_body(headers).is_some_and(is_single_byte) {
        return Cow::Borrowed(body);
    }
    let decoded = |byte: &u8| match *byte {
        byte @ 0x80..=0x9f => OF_WINDOWS[usize::from(byte - 0x80)],
        byte => char::from(byte),
    };
    Cow::Owned(body.iter().map(decoded).collect::<String>().into_bytes())
}

/// Returns text in the `charset` of its media type, which is UTF-8 by default; `None` if a character cannot be encoded.
pub(crate) fn encoded(media_type: &str, text: String) -> Option<Vec<u8>> {
    if text.is_ascii() || !charset(media_type).is_some_and(is_single_byte) {
        return Some(text.into_bytes());
    }
    let byte = |character: char| match OF_WINDOWS.iter().zip(0x80_u8..).find(|(known, _)| **known == character) {
        Some((_, byte)) => Some(byte),
        None => u8::try_from(character).ok(),
    };
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn decoded(media_type: &'static str, body: &[u8]) -> Vec<u8> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        to_utf8(&headers, body).into_owned()
    }

    #[test]
    fn single_byte_text_is_converted() {
        assert_eq!(decoded("text/plain; Charset=\"ISO-8859-1\"", b"n\xe9"), "né".as_bytes());
        assert_eq!(decoded("text/plain;charset=windows-1252", b"\x805 \x9c\xff"), "€5 œÿ".as_bytes());
        assert_eq!(decoded("text/plain; charset=utf-8", "é".as_bytes()), "é".as_bytes());
        assert_eq!(decoded("text/plain", b"\xe9"), b"\xe9");
    }

    #[test]
    fn every_byte_is_encoded_as_it_was() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        let text = String::from_utf8(decoded("text/plain; charset=latin1", &all));
        assert_eq!(text.ok().and_then(|text| encoded("text/plain; charset=latin1", text)), Some(all));
    }

    #[test]
    fn text_is_sent_in_the_declared_charset() {
        assert_eq!(encoded("text/plain; charset=iso-8859-1", "é".into()), Some(b"\xe9".to_vec()));
        assert_eq!(encoded("text/plain; charset=iso-8859-1", "日".into()), None);
        assert_eq!(encoded("text/plain", "é".into()), Some("é".as_bytes().to_vec()));
    }
}
