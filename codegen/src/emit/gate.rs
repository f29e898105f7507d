//! The one gate between a document's strings and emitted text.
//!
//! A document is data: identifiers come from [`crate::names`] and are checked here once more,
//! strings become literals that `proc-macro2` escapes, and prose becomes documentation that can
//! neither end its comment nor be read as markup, a link or a test.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::names;

/// An identifier, raw where it begins with `r#`.
pub fn ident(name: &str) -> Ident {
    // What is no identifier here would be a fault in `names`; it must not become code even so.
    let name = if names::is_identifier(name) { name.to_owned() } else { names::value_name(name) };
    match name.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, Span::call_site()),
        None => Ident::new(&name, Span::call_site()),
    }
}

/// A string literal.
pub fn string(text: &str) -> Literal {
    Literal::string(text)
}

/// The text of a string literal, quotes included.
pub fn quoted(text: &str) -> String {
    string(text).to_string()
}

/// The name of a file on one line: a name may have a line break in it.
pub fn file_name(name: &str) -> String {
    name.chars().filter(|character| !is_hidden(*character)).collect()
}

/// Documentation lines as attributes, one each, so that they print as `///`.
pub fn docs(lines: &[String]) -> TokenStream {
    lines_of(lines).map(|line| quote!(#[doc = #line])).collect()
}

/// Documentation lines of a module.
pub fn module_docs(lines: &[String]) -> TokenStream {
    lines_of(lines).map(|line| quote!(#![doc = #line])).collect()
}

/// The first line: enough where the whole stands elsewhere.
pub fn first_line(lines: &[String]) -> TokenStream {
    docs(lines.get(..1).unwrap_or_default())
}

/// Prose that is written as documentation by someone else.
pub fn prose(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join("\n")
}

fn lines_of(lines: &[String]) -> impl Iterator<Item = String> {
    lines.iter().flat_map(|line| line.lines().map(str::to_owned).chain(line.is_empty().then(String::new))).map(|line| {
        let line = plain(&line);
        if line.is_empty() { line } else { format!(" {line}") }
    })
}

/// Longer lines are cut: nobody reads them, and some would be a weapon.
const MAX_LINE: usize = 2_000;

/// A line of Markdown that says what it says and nothing else. Paired backticks stay: our own prose
/// uses them, and between them nothing is markup.
fn plain(line: &str) -> String {
    let mut clean: String = line.trim().chars().take(MAX_LINE).filter(|character| !is_hidden(*character)).collect();
    if clean.starts_with("```") || clean.starts_with("~~~") {
        // A fence would open a code block, which documentation tests compile and run.
        clean = clean.trim_start_matches(['`', '~']).to_owned();
    }
    let paired = clean.matches('`').count().is_multiple_of(2) && !clean.contains("``");
    let mut out = String::with_capacity(clean.len() + 8);
    let mut in_code = false;
    for character in clean.chars() {
        match character {
            '`' if paired => {
                in_code = !in_code;
                out.push('`');
            }
            '`' => out.push('\''),
            '<' | '>' | '[' | ']' | '*' | '_' | '\\' if !in_code => {
                // An underscore within a word is no markup.
                if character != '_' || !out.ends_with(char::is_alphanumeric) {
                    out.push('\\');
                }
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

/// Control characters, and those that make text look other than it is.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_on_one_line() {
        assert_eq!(file_name("a\r\nfn b() {}\u{2028}\u{202e}.json"), "afn b() {}.json");
    }

    #[test]
    fn prose_stays_prose() {
        let cases = [
            ("Plain `code` text", "Plain `code` text"),
            ("```rust", "rust"),
            ("    indented code", "indented code"),
            ("*/ end [link](javascript:x) <b>", "\\*/ end \\[link\\](javascript:x) \\<b\\>"),
            ("odd ` tick", "odd ' tick"),
            ("a\u{202e}b\u{0}c", "abc"),
            ("snake_case and _emphasis_", "snake_case and \\_emphasis_"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }
}
