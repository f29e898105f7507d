//! The `Link` header (RFC 8288).

use reqwest::header::{HeaderMap, LINK};

/// Returns the target of the first link with this relation.
pub(super) fn target(headers: &HeaderMap, relation: &str) -> Option<String> {
    let values = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(links).find(|(_, parameters)| has_relation(parameters, relation)).map(|(url, _)| url.to_owned())
}

/// Parses the links of one header: the target of each, and its parameters.
fn links(value: &str) -> Vec<(&str, Vec<(&str, &str)>)> {
    let mut links = Vec::new();
    let mut rest = value;
    // A comma or semicolon within the target or in quotation marks is not a separator.
    while let Some((_, after)) = rest.split_once('<') {
        let Some((url, after)) = after.split_once('>') else { break };
        let end = end_of(after, ',');
        links.push((url.trim(), parameters(&after[..end])));
        rest = &after[end..];
    }
    links
}

fn parameters(mut text: &str) -> Vec<(&str, &str)> {
    let mut parameters = Vec::new();
    while !text.is_empty() {
        let end = end_of(text, ';');
        if let Some((name, value)) = text[..end].split_once('=') {
            parameters.push((name.trim(), value.trim().trim_matches('"')));
        }
        text = text.get(end + 1..).unwrap_or_default();
    }
    parameters
}

/// Returns the position of the first separator outside of quotation marks, or else the end.
fn end_of(text: &str, separator: char) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (index, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => return index,
            _ => {}
        }
    }
    text.len()
}

/// Returns true if the first `rel`, which may name several relations, contains this one. Later ones are ignored.
fn has_relation(parameters: &[(&str, &str)], relation: &str) -> bool {
    let first = parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case("rel"));
    first.is_some_and(|(_, value)| value.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(relation)))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue, LINK};

    use super::target;

    #[test]
    fn the_link_of_a_relation() {
        for (values, expected) in [
            (
                &["<https://a.example/?page=2>; rel=\"next\", <https://a.example/?page=9>; rel=\"last\""][..],
                Some("https://a.example/?page=2"),
            ),
            (&["</a,b;c>; title=\"x, <y>; rel=next\"; rel=prev, <n>;rel=next"], Some("n")),
            (&["<a>; rel=prev", "<b>; REL=\"start NEXT\""], Some("b")),
            (&["<a>; rel=prev; rel=next"], None),
            (&["<a", "", "a; rel=next", "<a>; title=\"\\\"; rel=next"], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(LINK, HeaderValue::from_static(value));
            }
            assert_eq!(target(&headers, "next").as_deref(), expected, "{values:?}");
        }
    }
}
