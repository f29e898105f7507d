//! Escaping: the only way from a document's strings to emitted text.
//!
//! A document is untrusted data: identifiers come from [`crate::names`] and are checked again here, strings become
//! literals that `proc-macro2` escapes, and documentation is rendered by [`crate::markdown`].

use crm_clients_document::identifier::is_identifier;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::{markdown, names};

/// Returns an identifier, raw if it begins with `r#`.
pub fn ident(name: &str) -> Ident {
    // A name that is not an identifier is a bug in `names`; even then it must not become code.
    let name = if is_identifier(name) { name.to_owned() } else { names::value_name(name) };
    match name.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, Span::call_site()),
        None => Ident::new(&name, Span::call_site()),
    }
}

/// Returns the path of an item.
pub fn path(path: &str) -> TokenStream {
    let segments = path.strip_prefix("::").unwrap_or(path).split("::").map(|segment| match segment {
        "crate" | "super" | "self" => Ident::new(segment, Span::call_site()),
        name => ident(name),
    });
    let global = path.starts_with("::").then(|| quote!(::));
    quote!(#global #(#segments)::*)
}

/// Returns a string literal.
pub fn string(text: &str) -> Literal {
    Literal::string(text)
}

/// Returns a string literal with its quotes as text.
pub fn quoted(text: &str) -> String {
    string(text).to_string()
}

/// Returns the name of a file on one line: file names may contain line breaks.
pub fn file_name(name: &str) -> String {
    markdown::visible(name)
}

/// Returns lines of documentation as attributes, one for each line, so that they are printed as `///`.
pub fn docs(lines: &[String]) -> TokenStream {
    attribute_lines(&markdown::text(&lines.join("\n"))).map(|line| quote!(#[doc = #line])).collect()
}

/// Returns lines of documentation of a module.
pub fn module_docs(lines: &[String]) -> TokenStream {
    attribute_lines(&markdown::text(&lines.join("\n"))).map(|line| quote!(#![doc = #line])).collect()
}

/// Returns the first line, for items whose full documentation is elsewhere.
pub fn summary(lines: &[String]) -> TokenStream {
    summary_lines(lines).iter().map(|line| quote!(#[doc = #line])).collect()
}

/// Returns the first line as the text after each `///`.
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
    fn file_names_are_on_one_line() {
        assert_eq!(file_name("a\r\nfn b() {}\u{2028}\u{202e}.json"), "afn b() {}.json");
    }
}
