//! A file as a list of pieces.

use std::fmt::Display;

use proc_macro2::TokenStream;

use super::escape;
use crate::fileset::MARKER;

/// What the first line of a file says: the command that wrote it, and what it was made from.
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    /// The command that writes the file again.
    pub command: &'a str,
    /// The document.
    pub source: &'a str,
}

impl Header<'_> {
    /// The line, without the sign of a comment.
    pub(super) fn line(&self) -> String {
        format!("{MARKER}{}` from {}", escape::file_name(self.command), escape::file_name(self.source))
    }
}

/// A file being made.
pub struct File {
    text: String,
}

impl File {
    /// Begins a file with its header.
    pub fn new(header: Header<'_>) -> Self {
        Self { text: format!("// {}\n\n", header.line()) }
    }

    /// Begins a file that nobody keeps, so that it need not say where it is from.
    pub fn unmarked() -> Self {
        Self { text: String::new() }
    }

    /// Adds items. They hold escaped text and this module's own syntax, so that they
    /// parse by construction.
    pub fn items(&mut self, tokens: TokenStream) -> &mut Self {
        if tokens.is_empty() {
            return self;
        }
        #[expect(
            clippy::expect_used,
            reason = "a fault here is one of the emitter, which every golden test would show"
        )]
        let mut file = syn::parse2::<syn::File>(tokens).expect("the emitter wrote something that is not Rust");
        space_out(&mut file);
        let text = prettyplease::unparse(&file);
        self.separate();
        self.text.push_str(&text);
        self
    }

    /// Adds an invocation of one of the runtime's macros: `head` and a line for each entry.
    pub fn invocation(&mut self, name: &str, head: &str, entries: &[String]) -> &mut Self {
        self.blocks(name, &[(head, entries)])
    }

    /// Adds an invocation of several blocks: for each a head, and a line for each entry.
    pub fn blocks<H: Display, E: AsRef<[String]>>(&mut self, name: &str, blocks: &[(H, E)]) -> &mut Self {
        self.separate();
        self.text.push_str(&format!("runtime::{name}! {{\n"));
        for (head, entries) in blocks {
            self.text.push_str(&format!("    {head} {{"));
            for entry in entries.as_ref() {
                self.text.push_str(&format!("\n        {entry},"));
            }
            self.text.push_str(if entries.as_ref().is_empty() { "}\n" } else { "\n    }\n" });
        }
        self.text.push_str("}\n");
        self
    }

    /// Adds an invocation whose body is one line below documentation: the text behind each `///`.
    pub fn documented(&mut self, name: &str, docs: &[String], body: &str) -> &mut Self {
        self.separate();
        self.text.push_str(&format!("runtime::{name}! {{\n"));
        for line in docs {
            self.text.push_str(&format!("    ///{line}\n"));
        }
        self.text.push_str(&format!("    {body}\n}}\n"));
        self
    }

    /// Adds an invocation whose body is one line.
    pub fn line(&mut self, name: &str, body: &str) -> &mut Self {
        self.separate();
        self.text.push_str(&format!("runtime::{name}! {{ {body} }}\n"));
        self
    }

    /// The file's text.
    pub fn finish(self) -> String {
        self.text
    }

    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

/// Puts a blank line between items and between methods, and behind a module's documentation:
/// `prettyplease` prints an empty verbatim item as one.
fn space_out(file: &mut syn::File) {
    let items = std::mem::take(&mut file.items);
    for item in items {
        let follows = !file.items.is_empty() || !file.attrs.is_empty();
        let together = |item: &syn::Item| matches!(item, syn::Item::Use(_) | syn::Item::Mod(_));
        let joined = file
            .items
            .last()
            .is_some_and(|last| together(last) && together(&item) && is_module(last) == is_module(&item));
        if follows && !joined {
            file.items.push(syn::Item::Verbatim(TokenStream::new()));
        }
        file.items.push(item);
    }
    for item in &mut file.items {
        if let syn::Item::Impl(block) = item {
            for member in std::mem::take(&mut block.items) {
                if !block.items.is_empty() {
                    block.items.push(syn::ImplItem::Verbatim(TokenStream::new()));
                }
                block.items.push(member);
            }
        }
    }
}

/// Imports stand apart from modules.
fn is_module(item: &syn::Item) -> bool {
    matches!(item, syn::Item::Mod(_))
}
