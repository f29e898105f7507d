//! The one escape between a document's strings and emitted text.
//!
//! A document is data: identifiers come from [`crate::names`] and are checked here once more, strings become literals
//! that `proc-macro2` escapes, and documentation goes through [`crate::markdown`].

use crm_clients_document::identifier::is_identifier;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::{markdown, names};

/// An identifier, raw where it begins with `r#`.
pub fn ident(name: &str) -> Ident {
    // What is no identifier here would be a fault in `names`; it must not become code even so.
    let name = if is_identifier(name) { name.to_owned() } else { names::value_name(name) };
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
    markdown::visible(name)
}

/// Documentation lines as attributes, one each, so that they print as `///`.
pub fn docs(lines: &[String]) -> TokenStream {
    attribute_lines(&markdown::text(&lines.join("\n"))).map(|line| quote!(#[doc = #line])).collect()
}

/// Documentation lines of a module.
pub fn module_docs(lines: &[String]) -> TokenStream {
    attribute_lines(&markdown::text(&lines.join("\n"))).map(|line| quote!(#![doc = #line])).collect()
}

/// The first line, where the whole documentation stands elsewhere.
pub fn summary(lines: &[String]) -> TokenStream {
    summary_lines(lines).iter().map(|line| quote!(#[doc = #line])).collect()
}

/// The first line as the text behind each `///`.
pub fn summary_lines(lines: &[String]) -> Vec<String> {
    attribute_lines(&markdown::summary(&lines.join("\n"))).collect()
}

fn attribute_lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_on_one_line() {
        assert_eq!(file_name("a\r\nfn b() {}\u{2028}\u{202e}.json"), "afn b() {}.json");
    }
}
