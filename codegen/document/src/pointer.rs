//! JSON pointers (RFC 6901).

/// Returns the pointer of the member `token` of the node at `pointer`.
pub fn child(pointer: &str, token: &str) -> String {
    let mut child = String::with_capacity(pointer.len() + token.len() + 1);
    child.push_str(pointer);
    push_token(&mut child, token);
    child
}

/// Appends the token of a member to `pointer`.
pub fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    let mut rest = token;
    while let Some((plain, after)) = rest.split_once(['~', '/']) {
        pointer.push_str(plain);
        pointer.push_str(if rest.as_bytes().get(plain.len()) == Some(&b'~') { "~0" } else { "~1" });
        rest = after;
    }
    pointer.push_str(rest);
}

/// Returns the unescaped tokens of a pointer.
pub fn tokens(pointer: &str) -> impl DoubleEndedIterator<Item = String> {
    let tokens = pointer.strip_prefix('/').into_iter().flat_map(|rest| rest.split('/'));
    tokens.map(|token| match token.contains('~') {
        true => token.replace("~1", "/").replace("~0", "~"),
        false => token.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_undo_child() {
        let pointer = child(&child(&child("", "paths"), "/a~b/{id}"), "");
        assert_eq!(pointer, "/paths/~1a~0b~1{id}/");
        assert_eq!(tokens(&pointer).collect::<Vec<_>>(), ["paths", "/a~b/{id}", ""]);
        assert_eq!(tokens("").count(), 0);
    }
}
