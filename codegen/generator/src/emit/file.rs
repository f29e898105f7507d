//! An emitted file as a list of pieces.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::quote;

use super::escape;
use crate::fileset::MARKER;

/// The first line of a file: the command that wrote it and the source of the file.
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

/// A file under construction.
pub struct File {
    text: String,
    /// The cargo feature of the items that are emitted next.
    feature: Option<String>,
}

impl File {
    /// Begins a file with its header.
    pub fn new(header: Header<'_>) -> Self {
        Self { text: format!("// {}\n\n", header.line()), feature: None }
    }

    /// Creates a temporary file, which has no comment that names its source.
    pub fn unmarked() -> Self {
        Self { text: String::new(), feature: None }
    }

    /// Sets the cargo feature of the items that are emitted next.
    pub fn set_feature(&mut self, feature: Option<&str>) -> &mut Self {
        self.feature = feature.map(str::to_owned);
        self
    }

    /// Adds items. They consist of escaped text and this module's own syntax, so that they always parse.
    pub fn items(&mut self, tokens: TokenStream) -> &mut Self {
        if tokens.is_empty() {
            return self;
        }
        let mut file = parse(tokens);
        if let Some(gate) = gate(self.feature.as_deref()) {
            let items = file.items.iter();
            file = parse(quote!(#(#gate #items)*));
        }
        space_out(&mut file);
        let text = prettyplease::unparse(&file);
        self.separate();
        self.text.push_str(&text);
        self
    }

    /// Adds an invocation of one of the runtime's macros: `head`, and a line for each entry.
    pub fn invocation(&mut self, name: &str, head: &str, entries: &[String]) -> &mut Self {
        self.blocks(name, &[(head, entries)])
    }

    /// Adds an invocation of several blocks: a head, and a line for each entry.
    pub fn blocks<H: Display, E: AsRef<[String]>>(&mut self, name: &str, blocks: &[(H, E)]) -> &mut Self {
        self.begin_invocation();
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

    /// Adds a documented invocation whose body is one line. `docs` is the text after each `///`.
    pub fn documented(&mut self, name: &str, docs: &[String], body: &str) -> &mut Self {
        self.begin_invocation();
        self.text.push_str(&format!("runtime::{name}! {{\n"));
        for line in docs {
            self.text.push_str(&format!("    ///{line}\n"));
        }
        self.text.push_str(&format!("    {body}\n}}\n"));
        self
    }

    /// Adds an invocation whose body is one line.
    pub fn line(&mut self, name: &str, body: &str) -> &mut Self {
        self.begin_invocation();
        self.text.push_str(&format!("runtime::{name}! {{ {body} }}\n"));
        self
    }

    /// Returns the text of the file.
    pub fn finish(self) -> String {
        self.text
    }

    fn begin_invocation(&mut self) {
        self.separate();
        if let Some(feature) = &self.feature {
            self.text.push_str(&format!("#[cfg(feature = {})]\n", escape::quoted(feature)));
        }
    }

    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

fn parse(tokens: TokenStream) -> syn::File {
    #[expect(clippy::expect_used, reason = "a failure is a bug in the emitter that the golden tests would show")]
    let file = syn::parse2::<syn::File>(tokens).expect("the emitter generated invalid Rust");
    file
}

/// Returns the attribute of an item that is only emitted for a feature.
pub(super) fn gate(feature: Option<&str>) -> Option<TokenStream> {
    let feature = escape::string(feature?);
    Some(quote!(#[cfg(feature = #feature)]))
}

/// Puts a blank line between items, between methods and after a module's documentation: `prettyplease` prints an empty
/// verbatim item as a blank line.
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

/// Returns true for modules, which are separated from imports.
fn is_module(item: &syn::Item) -> bool {
    matches!(item, syn::Item::Mod(_))
}
