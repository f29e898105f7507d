//! Tokens of HTTP.

/// Returns true if the text is a token (RFC 9110, section 5.6.2): a method, the name of a header, or a part of a media
/// type.
pub fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}
