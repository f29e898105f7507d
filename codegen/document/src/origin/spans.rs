//! The positions of the nodes of a text, from a second parse that is run only when a position is requested.
//!
//! YAML is parsed by `saphyr-parser`, whose events have spans. JSON has its own scanner, because YAML's limits on keys
//! (one line, 1024 characters) do not apply to JSON.

mod json;
mod yaml;

use std::ops::Range;

use crate::pointer::tokens;
use crate::yaml::is_json;

/// The nodes of a text with their spans. A text that cannot be parsed has only those before the error.
#[derive(Debug)]
pub(super) struct Spans {
    nodes: Vec<SpanNode>,
}

#[derive(Debug)]
struct SpanNode {
    key: Option<Range<usize>>,
    value: Range<usize>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Scalar,
    Mapping(Vec<(String, usize)>),
    Sequence(Vec<usize>),
    Alias(Option<usize>),
}

impl Spans {
    pub(super) fn new(text: &str) -> Self {
        if is_json(text)
            && let Some(nodes) = json::nodes(text)
        {
            return Self { nodes };
        }
        let mut nodes = yaml::nodes(text);
        if !text.is_ascii() {
            count_bytes(&mut nodes, text);
        }
        Self { nodes }
    }

    /// Returns the span to underline for a node or its nearest ancestor, and true if it is that of the node.
    pub(super) fn find(&self, text: &str, pointer: &str) -> Option<(Range<usize>, bool)> {
        let mut node = self.nodes.first()?;
        let mut exact = true;
        for token in tokens(pointer) {
            match self.member(node, &token, 0) {
                Some(member) => node = member,
                None => {
                    exact = false;
                    break;
                }
            }
        }
        let value = quoted(text, node.value.clone());
        let key = node.key.clone();
        let span = match (&node.content, key) {
            (_, None) => value,
            (Content::Scalar | Content::Alias(_), Some(key)) => key.start..value.end.max(key.end),
            (_, Some(key)) => key,
        };
        Some((first_line(text, span), exact))
    }

    /// Returns the member `token` of a node, following aliases and merged mappings. `hops` limits the number of steps.
    fn member(&self, node: &SpanNode, token: &str, hops: usize) -> Option<&SpanNode> {
        if hops > 16 {
            return None;
        }
        match &node.content {
            Content::Scalar => None,
            Content::Alias(target) => self.member(self.nodes.get((*target)?)?, token, hops + 1),
            Content::Sequence(elements) => self.nodes.get(*elements.get(token.parse::<usize>().ok()?)?),
            // Of two members with the same name, the later one has the value and the error.
            Content::Mapping(members) => match members.iter().rev().find(|(key, _)| key == token) {
                Some((_, member)) => self.nodes.get(*member),
                None => members
                    .iter()
                    .filter(|(key, _)| key == "<<")
                    .filter_map(|(_, merged)| self.nodes.get(*merged))
                    .find_map(|merged| self.merged_member(merged, token, hops + 1)),
            },
        }
    }

    fn merged_member(&self, merged: &SpanNode, token: &str, hops: usize) -> Option<&SpanNode> {
        match &merged.content {
            Content::Sequence(elements) => elements
                .iter()
                .filter_map(|element| self.nodes.get(*element))
                .find_map(|element| self.member(element, token, hops)),
            _ => self.member(merged, token, hops),
        }
    }
}

/// Converts spans that count characters, as those of YAML do, to bytes.
fn count_bytes(nodes: &mut [SpanNode], text: &str) {
    let starts: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
    let byte = |index: usize| starts.get(index).copied().unwrap_or(text.len());
    for node in nodes {
        for span in [Some(&mut node.value), node.key.as_mut()].into_iter().flatten() {
            *span = byte(span.start)..byte(span.end);
        }
    }
}

/// Returns the span of a quoted scalar without the trailing blanks and comment that saphyr includes.
fn quoted(text: &str, span: Range<usize>) -> Range<usize> {
    let Some(spanned) = text.get(span.clone()) else { return span };
    let quote = spanned.chars().next().filter(|first| ['\'', '"'].contains(first));
    match quote.and_then(|quote| spanned.rfind(quote)) {
        Some(end) if end > 0 => span.start..span.start + end + 1,
        _ => span,
    }
}

/// Returns the part of a span on its first line.
fn first_line(text: &str, span: Range<usize>) -> Range<usize> {
    let Some(spanned) = text.get(span.clone()) else { return 0..0 };
    let line = spanned.lines().next().unwrap_or_default().trim_end();
    span.start..span.start + line.len()
}

/// Collects nodes from a parser's events without recursion, because a text may be nested more deeply than the stack
/// allows.
#[derive(Default)]
struct Builder {
    nodes: Vec<SpanNode>,
    open: Vec<Open>,
}

struct Open {
    node: usize,
    key: Option<(String, Range<usize>)>,
}

impl Builder {
    /// Adds a container node, which is open until `close`.
    fn open(&mut self, start: usize, content: Content) -> usize {
        let node = self.add(start..start, content, "");
        self.open.push(Open { node, key: None });
        node
    }

    fn close(&mut self, end: usize) {
        if let Some(open) = self.open.pop()
            && let Some(node) = self.nodes.get_mut(open.node)
        {
            node.value.end = end.max(node.value.start);
        }
    }

    /// Adds a node. In a mapping, nodes are alternately a key, whose name is `text`, and a value.
    fn add(&mut self, span: Range<usize>, content: Content, text: &str) -> usize {
        let index = self.nodes.len();
        let mut node = SpanNode { key: None, value: span, content };
        if let Some(open) = self.open.last_mut() {
            match self.nodes.get_mut(open.node).map(|parent| &mut parent.content) {
                Some(Content::Sequence(elements)) => elements.push(index),
                Some(Content::Mapping(members)) => match open.key.take() {
                    None => open.key = Some((text.to_owned(), node.value.clone())),
                    Some((name, key)) => {
                        node.key = Some(key);
                        members.push((name, index));
                    }
                },
                _ => {}
            }
        }
        self.nodes.push(node);
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text that is underlined for a pointer, and true if it is that of the node itself.
    fn found<'a>(text: &'a str, pointer: &str) -> (&'a str, bool) {
        Spans::new(text).find(text, pointer).map_or(("", false), |(span, exact)| (&text[span], exact))
    }

    #[test]
    fn entries_of_yaml() {
        let text =
            "é: 1\na:\n  - b: 'x y' # c\n    d: [1, {e: 2}]\n  - |\n    long\n    text\n\"k k\": {f: null, g: }\nh:\n";
        for (pointer, underlined, exact) in [
            ("/é", "é: 1", true),
            ("/a", "a", true),
            ("/a/0", "b: 'x y' # c", true),
            ("/a/0/b", "b: 'x y'", true),
            ("/a/0/d", "d", true),
            ("/a/0/d/0", "1", true),
            ("/a/0/d/1", "{e: 2}", true),
            ("/a/0/d/1/e", "e: 2", true),
            ("/a/0/d/7/e", "d", false),
            ("/a/0/b/x", "b: 'x y'", false),
            ("/a/x", "a", false),
            ("/a/1", "long", true),
            ("/k k/f", "f: null", true),
            ("/k k/g", "g", true),
            ("/h", "h", true),
        ] {
            assert_eq!(found(text, pointer), (underlined, exact), "{pointer}");
        }
    }

    #[test]
    fn aliases_and_merged_mappings_of_yaml() {
        let text = "a: &a {k: 1}\nb: &b {k: 2, l: 3}\nc: *a\nd: {<<: *b, k: 4}\ne: {<<: [*a, *b]}\nf: &f {<<: *f}\n";
        for (pointer, underlined, exact) in [
            ("/c", "c: *a", true),
            ("/c/k", "k: 1", true),
            ("/d/k", "k: 4", true),
            ("/d/l", "l: 3", true),
            ("/e/k", "k: 1", true),
            ("/e/l", "l: 3", true),
            ("/f/x", "f", false),
        ] {
            assert_eq!(found(text, pointer), (underlined, exact), "{pointer}");
        }
    }

    #[test]
    fn entries_of_json() {
        let long = "k".repeat(2_000);
        let text = format!(
            "{{\n\t\"a\\/b\" :\n\t\t[true, -1.5e+3, \"\\ud83d\\ude00\\\"\"],\r\n\"\\ud83d\\ude00\": null, \"\\u00e9\": {{}}, \"{long}\": {{\"\": \"\"}}, \"x\": 1, \"x\": 2}}"
        );
        for (pointer, underlined, exact) in [
            ("/a~1b", "\"a\\/b\"", true),
            ("/a~1b/0", "true", true),
            ("/a~1b/1", "-1.5e+3", true),
            ("/a~1b/2", "\"\\ud83d\\ude00\\\"\"", true),
            ("/😀", "\"\\ud83d\\ude00\": null", true),
            ("/é", "\"\\u00e9\"", true),
            ("/é/x", "\"\\u00e9\"", false),
            (&format!("/{long}/"), "\"\": \"\"", true),
            ("/x", "\"x\": 2", true),
        ] {
            assert_eq!(found(&text, pointer), (underlined, exact), "{pointer}");
        }
    }

    #[test]
    fn texts_that_cannot_be_parsed_have_some_marks_or_none() {
        assert_eq!(found("a: 1\nb: [", "/a"), ("a: 1", true));
        assert_eq!(found("{\"a\": \"", "/a"), ("", false));
        assert_eq!(found("", "/a"), ("", false));
    }
}
