//! The parts of a path template.

use std::borrow::Cow;

/// The parts of a path template. A `?` or a `#` within braces is part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template<'a> {
    /// The path.
    pub path: &'a str,
    /// The text after `?`.
    pub query: &'a str,
    /// The text after `#`, which is never sent to a server.
    pub fragment: &'a str,
}

impl<'a> Template<'a> {
    /// Parses a template.
    pub fn of(template: &'a str) -> Self {
        let (rest, fragment) = split(template, '#');
        let (path, query) = split(rest, '?');
        Self { path, query, fragment }
    }

    /// Returns the names in braces, in order, except those in the fragment.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        names(self.path).chain(names(self.query))
    }

    /// Returns the names that are not empty, without duplicates.
    pub fn distinct_names(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        for name in self.names() {
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Returns the names of the pairs in the fragment, by which some documents distinguish the operations of one path.
    pub fn fragment_names(&self) -> Vec<&'a str> {
        let pairs = self.fragment.split('&').filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split('=').next().unwrap_or_default()).collect()
    }

    /// Returns the path and the query without the pairs of parameters that are not path parameters.
    ///
    /// For example, `/search?q={q}#top` becomes `/search` if `q` is a query parameter.
    pub fn sent(&self, is_path: impl Fn(&str) -> bool) -> String {
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty());
        let said: Vec<&str> = pairs.filter(|pair| names(pair).all(&is_path)).collect();
        if said.is_empty() { self.path.to_owned() } else { format!("{}?{}", self.path, said.join("&")) }
    }
}

/// Returns the names in braces, in order.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// Returns the template without the names of its parameters: `/contacts/{}`.
pub fn nameless(path: &str) -> Cow<'_, str> {
    if !path.contains('{') {
        return Cow::Borrowed(path);
    }
    let mut nameless = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        nameless.push_str(before);
        nameless.push('{');
        rest = after.find('}').map_or("", |end| &after[end..]);
    }
    nameless.push_str(rest);
    Cow::Owned(nameless)
}

/// Splits a text at a character that is not within braces.
fn split(text: &str, sign: char) -> (&str, &str) {
    let mut inside = false;
    for (index, letter) in text.char_indices() {
        match letter {
            '{' => inside = true,
            '}' => inside = false,
            _ if letter == sign && !inside => return (&text[..index], &text[index + letter.len_utf8()..]),
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn signs_within_braces_are_names() {
        let of = |template| {
            let Template { path, query, fragment } = Template::of(template);
            (path, query, fragment)
        };
        assert_eq!(of("/a/{b}?c={d}#e=f"), ("/a/{b}", "c={d}", "e=f"));
        assert_eq!(of("/a/{b#?}/c"), ("/a/{b#?}/c", "", ""));
        assert_eq!(of("/#a?b"), ("/", "", "a?b"));
        assert_eq!(Template::of("/{a}?b={c}#{d}").names().collect::<Vec<_>>(), ["a", "c"]);
    }
}
