//! Emits a crate's root, or a whole crate.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::file::{File, Header};
use super::{escape, readme};
use crate::fileset::FileSet;
use crate::ir::Api;
use crate::{markdown, names};

/// A client among several in a crate.
#[derive(Debug, Clone)]
pub struct Module {
    /// The name of the module and of its feature.
    pub name: String,
    /// The API's title.
    pub title: String,
    /// The path of a page of documentation to include before the module's own, relative to the crate's root file.
    pub guide: Option<String>,
}

/// The root of a crate of these clients. The page at `guide` is its front page, before the list of the clients.
pub fn module_root(modules: &[Module], guide: &str, header: Header<'_>) -> String {
    let about = escape::module_docs(&["Typed clients, one module and one feature for each API.".to_owned()]);
    let guide = escape::string(guide);
    let list = modules
        .iter()
        .map(|Module { name, title, .. }| format!("- {}: {}", markdown::code(name), markdown::name(title)));
    let list = escape::module_docs(&list.collect::<Vec<_>>());
    let mut file = File::new(header);
    file.items(quote! {
        #about
        #![doc = include_str!(#guide)]
        #list
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
    file.finish()
}

/// Returns the error type of all clients together.
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
    let (status, message) = (each(quote!(status)), each(quote!(message)));
    let (retry_after, timeout) = (each(quote!(retry_after)), each(quote!(is_timeout)));
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
    // An enum without variants could not be matched.
    let features = modules.iter().map(|module| escape::string(&module.name));
    let any = quote!(#[cfg(any(#(feature = #features),*))]);
    quote! {
        /// An error of any of the clients, for code that uses several.
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

            /// Returns the message in the body of an error response, if there is one.
            pub fn message(&self) -> Option<String> {
                match self { #message }
            }

            /// Returns the delay that the server asks for before the next request.
            pub fn retry_after(&self) -> Option<std::time::Duration> {
                match self { #retry_after }
            }

            /// Returns true if the call timed out.
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
        impl std::error::Error for Error {}

        #(#conversions)*
    }
}

/// Options for a stand-alone crate.
#[derive(Debug, Clone)]
pub struct CrateOptions {
    /// The package's name.
    pub name: String,
    /// The package's version; 0.1.0 by default.
    pub version: Option<String>,
    /// The features that are on by default.
    pub features: Vec<String>,
    /// Further dependencies: the packages' names, and their requirements as values of TOML.
    pub dependencies: Vec<(String, String)>,
    /// Where the runtime's package comes from.
    pub runtime: Runtime,
    /// Whether the crate is a workspace of its own: it can then be built inside the directory of a workspace that it is not a
    /// member of, and cannot become a member.
    pub own_workspace: bool,
}

impl CrateOptions {
    /// Returns the options of a package with all defaults.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: None,
            features: Vec::new(),
            dependencies: Vec::new(),
            runtime: Runtime::default(),
            own_workspace: false,
        }
    }
}

/// Where the runtime's package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runtime {
    /// The registry, by a version requirement.
    Version(String),
    /// A directory; a relative one is seen from the crate.
    Path(String),
    /// The default branch of a git repository.
    Git(String),
}

impl Default for Runtime {
    /// The release that this generator writes clients for.
    fn default() -> Self {
        Self::Version(env!("CARGO_PKG_VERSION").to_owned())
    }
}

/// Generates a crate for one client.
pub fn crate_files(api: &Api, options: &CrateOptions, header: Header<'_>) -> FileSet {
    let mut files = super::client(api, "src/lib.rs", "src/", header);
    files.insert("Cargo.toml", manifest(api, options, header));
    files.insert("README.md", readme::text(api, options, header));
    // `cargo fmt` of the workspace around the crate would make its files stale.
    files.insert("rustfmt.toml", format!("# {}\ndisable_all_formatting = true\n", header.line()));
    files
}

/// Returns the files of a client that is a module of another crate, starting with `mod.rs`.
pub fn module_files(api: &Api, header: Header<'_>) -> FileSet {
    let mut files = super::client(api, "mod.rs", "", header);
    // The crate around it need not call every operation, nor have a feature `mock`.
    let allowed = "#![allow(dead_code, unexpected_cfgs)]";
    if let Some((first, rest)) = files.get("mod.rs").and_then(|text| text.split_once("\n\n")) {
        let text = format!("{first}\n\n{allowed}\n{rest}");
        files.insert("mod.rs", text);
    }
    files
}

fn manifest(api: &Api, options: &CrateOptions, header: Header<'_>) -> String {
    // A JSON string is a valid TOML string; a Rust string may not be.
    let string = |text: &str| Value::from(text);
    let (key, place) = match &options.runtime {
        Runtime::Version(version) => ("version", version),
        Runtime::Path(path) => ("path", path),
        Runtime::Git(url) => ("git", url),
    };
    let features = if api.xml.roots.is_empty() { "" } else { ", features = [\"xml\"]" };
    let own: String = api.features().iter().map(|feature| format!("{feature} = []\n")).collect();
    let dependency = |(name, requirement): &(String, String)| format!("{name} = {requirement}\n");
    let dependencies: String = options.dependencies.iter().map(dependency).collect();
    let workspace = if options.own_workspace { "\n[workspace]\n" } else { "" };
    format!(
        r#"# {}
[package]
name = {}
description = {}
version = {}
edition = "2024"
rust-version = "1.88"
readme = "README.md"
publish = false

[lib]
doctest = false

[dependencies]
crm-clients-runtime = {{ {key} = {}{features} }}
{dependencies}
[features]
default = {}
blocking = ["crm-clients-runtime/blocking"]
compression = ["crm-clients-runtime/compression"]
http2 = ["crm-clients-runtime/http2"]
mock = ["crm-clients-runtime/mock"]
tracing = ["crm-clients-runtime/tracing"]
{own}{workspace}"#,
        header.line(),
        string(&options.name),
        string(&format!("Client of {}.", markdown::name(&api.title))),
        string(options.version.as_deref().unwrap_or("0.1.0")),
        string(place),
        Value::from(options.features.clone()),
    )
}
