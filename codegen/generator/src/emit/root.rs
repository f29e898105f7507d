//! What is around the clients: a crate's root, or a whole crate.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::escape;
use super::file::File;
use crate::fileset::{FileSet, MARKER};
use crate::ir::Api;
use crate::{markdown, names};

/// A client among others in a crate.
#[derive(Debug, Clone)]
pub struct Module {
    /// The module, and its feature.
    pub name: String,
    /// The API's title.
    pub title: String,
    /// A page of documentation to put before the module's own: its path from the crate's root file.
    pub guide: Option<String>,
}

/// The root of a crate of these clients; its snippets are tested with those of the file at `readme`.
pub fn module_root(modules: &[Module], readme: &str, source: &str) -> String {
    let mut lines = vec!["Typed clients, one module and one feature for each API.".to_owned(), String::new()];
    for Module { name, title, .. } in modules {
        lines.push(format!("- {}: {}", markdown::code(name), markdown::name(title)));
    }
    let docs = escape::module_docs(&lines);
    let mut file = File::new(source);
    file.items(quote! {
        #docs
        #![warn(missing_docs)]
    });
    for Module { name, guide, .. } in modules {
        let (module, feature) = (escape::ident(name), escape::string(name));
        let guide = guide.as_deref().map(escape::string);
        let guide = guide.map(|path| quote!(#[doc = include_str!(#path)]));
        file.items(quote! {
            #[cfg(feature = #feature)]
            #[rustfmt::skip]
            #guide
            pub mod #module;
        });
    }
    file.items(quote!(
        pub use crm_clients_runtime as runtime;
    ));
    file.items(error(modules));
    let readme = escape::string(readme);
    file.items(quote! {
        #[cfg(doctest)]
        #[doc = include_str!(#readme)]
        struct Readme;
    });
    file.finish()
}

/// The error of all clients together.
fn error(modules: &[Module]) -> TokenStream {
    let clients: Vec<_> = modules
        .iter()
        .map(|Module { name, title, .. }| {
            let feature = escape::string(name);
            let doc = escape::docs(&[format!("An error of {}.", markdown::name(title))]);
            (quote!(#[cfg(feature = #feature)]), escape::ident(name), escape::ident(&names::type_name(name)), doc)
        })
        .collect();
    let variants = clients.iter().map(|(cfg, module, variant, doc)| quote!(#doc #cfg #variant(#module::Error),));
    let shown = clients.iter().zip(modules).map(|((cfg, _, variant, _), module)| {
        let shown = escape::string(&format!("{}: {{error}}", module.name));
        quote!(#cfg Self::#variant(error) => write!(f, #shown),)
    });
    let each = |method: TokenStream| -> TokenStream {
        clients.iter().map(|(cfg, _, variant, _)| quote!(#cfg Self::#variant(error) => error.#method(),)).collect()
    };
    let (status, retry_after, timeout) = (each(quote!(status)), each(quote!(retry_after)), each(quote!(is_timeout)));
    let sources = clients.iter().map(|(cfg, _, variant, _)| quote!(#cfg Self::#variant(error) => error.source(),));
    let conversions = clients.iter().map(|(cfg, module, variant, _)| {
        quote! {
            #cfg
            impl From<#module::Error> for Error {
                fn from(error: #module::Error) -> Self {
                    Self::#variant(error)
                }
            }
        }
    });
    // An enum without variants could not be matched on.
    let features = modules.iter().map(|module| escape::string(&module.name));
    let any = quote!(#[cfg(any(#(feature = #features),*))]);
    quote! {
        /// An error of any of the clients, for code that calls several.
        #any
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum Error { #(#variants)* }

        #any
        impl Error {
            /// Returns the HTTP status of the response, if there was one.
            pub fn status(&self) -> Option<runtime::StatusCode> {
                match self { #status }
            }

            /// Returns how long the server asks to wait before the next request.
            pub fn retry_after(&self) -> Option<std::time::Duration> {
                match self { #retry_after }
            }

            /// Returns true if the call took longer than it may.
            pub fn is_timeout(&self) -> bool {
                match self { #timeout }
            }
        }

        #any
        impl std::fmt::Display for Error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { #(#shown)* }
            }
        }

        #any
        impl std::error::Error for Error {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                match self { #(#sources)* }
            }
        }

        #(#conversions)*
    }
}

/// How a stand-alone crate is set up.
#[derive(Debug, Clone)]
pub struct CrateOptions {
    /// The package's name.
    pub name: String,
    /// Where the runtime's package is.
    pub runtime: String,
}

/// A whole crate for one client.
pub fn crate_files(api: &Api, options: &CrateOptions, source: &str) -> FileSet {
    let mut files = super::client(api, "src/lib.rs", "src/", source);
    let source = escape::file_name(source);
    // A string of JSON is one of TOML; one of Rust may not be.
    let (name, runtime) = (Value::from(options.name.as_str()), Value::from(options.runtime.as_str()));
    let features = if api.xml.roots.is_empty() { "" } else { ", features = [\"xml\"]" };
    let manifest = format!(
        "# {MARKER} generate` from {source}\n[package]\nname = {name}\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.88\"\npublish = false\n\n[lib]\ndoctest = false\n\n\
         [dependencies]\ncrm-clients-runtime = {{ path = {runtime}{features} }}\n\n\
         [features]\nhttp2 = [\"crm-clients-runtime/http2\"]\nmock = [\"crm-clients-runtime/mock\"]\ntracing = [\"crm-clients-runtime/tracing\"]\n\n[workspace]\n"
    );
    files.insert("Cargo.toml", manifest);
    files
}
