//! Emits the client as Rust source text.
//!
//! Every emitted file is a list of pieces: items, which are tokens formatted by `prettyplease`, and invocations of the
//! runtime's macros, which are formatted here with one line for each entry, because formatters do not know their
//! grammar.

mod aliases;
mod client;
mod credentials;
mod errors;
pub(crate) mod escape;
mod events;
pub(crate) mod file;
mod headers;
mod mock;
mod pages;
mod readme;
pub(crate) mod resource;
mod root;
mod scopes;
pub(crate) mod types;
mod xml;

pub use resource::{setter_names, written_output};
pub use types::written_field;

use std::cmp::Reverse;

use proc_macro2::TokenStream;
use quote::quote;

use crate::fileset::FileSet;
use crate::ir::{Api, ResponseHeaders, Type, TypeId, UnixForm, Webhooks};
use types::TypeModule;

pub use file::Header;
pub use root::{CrateOptions, Module, Runtime, crate_files, module_files, module_root};

/// The files of a client's module. `root` is where the module itself goes (`chatwoot/mod.rs`, or a
/// crate's `lib.rs`), the others go below `directory`.
pub fn client(api: &Api, root: &str, directory: &str, header: Header<'_>) -> FileSet {
    let modules = types::modules(api);
    // Start with the largest files, so that no worker starts one when the others are done.
    let mut by_size: Vec<&TypeModule<'_>> = modules.iter().collect();
    by_size.sort_by_key(|module| Reverse(module.types.len()));
    let file = |module: &TypeModule<'_>| format!("{directory}types/{}.rs", module.name);
    let mut jobs: Vec<(String, Job<'_>)> =
        by_size.into_iter().map(|module| (file(module), Job::TypeModule(module))).collect();
    jobs.extend([
        (root.to_owned(), Job::Client),
        (format!("{directory}error.rs"), Job::Errors),
        (format!("{directory}mock.rs"), Job::Mock),
        (format!("{directory}types/mod.rs"), Job::Types(&modules)),
    ]);
    for (index, resource) in api.resources.iter().enumerate() {
        jobs.push((format!("{directory}{}.rs", resource.module), Job::Resource(index)));
    }
    if !api.xml.roots.is_empty() {
        jobs.push((format!("{directory}xml.rs"), Job::Xml));
    }
    for (index, scope) in api.scopes.iter().enumerate() {
        if !scope.is_resource(api) {
            jobs.push((format!("{directory}{}.rs", scope.module), Job::Scope(index)));
        }
    }
    if let Some(webhooks) = &api.webhooks {
        jobs.push((format!("{directory}{}.rs", webhooks.module), Job::Events(webhooks)));
    }
    if let Some(declared) = &api.response_headers {
        jobs.push((format!("{directory}{}.rs", declared.module), Job::Headers(declared)));
    }
    in_parallel(&jobs, |job| match job {
        Job::Client => client::file(api, header),
        Job::Errors => errors::file(api, header),
        Job::Xml => xml::file(api, header),
        Job::Mock => mock::file(api, header),
        Job::Resource(index) => resource::file(api, &api.resources[*index], header),
        Job::Scope(index) => scopes::file(api, *index, header),
        Job::Events(webhooks) => events::file(api, webhooks, header),
        Job::Headers(declared) => headers::file(api, declared, header),
        Job::Types(modules) => types::index_file(api, modules, header),
        Job::TypeModule(module) => types::file(api, module, header),
    })
}

/// One file to be written.
enum Job<'a> {
    Client,
    Errors,
    Xml,
    Mock,
    Resource(usize),
    Scope(usize),
    Events(&'a Webhooks),
    Headers(&'a ResponseHeaders),
    Types(&'a [TypeModule<'a>]),
    TypeModule(&'a TypeModule<'a>),
}

/// Formats the files in parallel, since that is most of the work and the files are independent. The result does not
/// depend on scheduling.
fn in_parallel<J: Sync>(jobs: &[(String, J)], make: impl Fn(&J) -> String + Sync) -> FileSet {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len().max(1));
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((path, job)) = jobs.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            done.push((path.clone(), make(job)));
        }
        done
    };
    let mut files = FileSet::new();
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let own = work();
        let done = others.into_iter().flat_map(|other| match other.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        for (path, text) in own.into_iter().chain(done) {
            files.insert(path, text);
        }
    });
    files
}

/// The place that a type is named from, which determines its path.
#[derive(Clone, Copy)]
pub(crate) enum From<'a> {
    /// A file of the types, given by its module.
    Types(&'a str),
    /// A file outside `types`.
    Beside,
}

/// Returns a type as tokens.
pub(crate) fn type_tokens(api: &Api, ty: &Type, from: From<'_>) -> TokenStream {
    let inner = |ty: &Type| type_tokens(api, ty, from);
    match ty {
        Type::Boolean => quote!(bool),
        Type::I32 => quote!(i32),
        Type::I64 => quote!(i64),
        Type::U64 => quote!(u64),
        Type::F64 => quote!(f64),
        Type::String => quote!(String),
        Type::Timestamp => quote!(runtime::Timestamp),
        Type::UnixTime(UnixForm::Integer) => quote!(runtime::UnixTime),
        Type::UnixTime(UnixForm::Float) => quote!(runtime::UnixTimeFloat),
        Type::UnixTime(UnixForm::Text) => quote!(runtime::UnixTimeText),
        Type::Date => quote!(runtime::Date),
        Type::Uuid => quote!(runtime::Uuid),
        Type::Ipv4 => quote!(std::net::Ipv4Addr),
        Type::Ipv6 => quote!(std::net::Ipv6Addr),
        Type::Base64 => quote!(runtime::Base64),
        Type::Secret => quote!(runtime::Secret),
        Type::Upload => quote!(runtime::Upload),
        Type::Custom(external) => {
            let path = escape::path(&external.path);
            quote!(runtime::Custom<#path>)
        }
        Type::External(external) => escape::path(&external.path),
        Type::Value => quote!(runtime::Value),
        Type::Object => quote!(runtime::Map<String, runtime::Value>),
        Type::List(item) => {
            let item = inner(item);
            quote!(Vec<#item>)
        }
        Type::Tuple(items) => {
            let items = items.iter().map(inner);
            quote!((#(#items,)*))
        }
        Type::Map(value) => {
            let value = inner(value);
            quote!(BTreeMap<String, #value>)
        }
        Type::Option(value) => {
            let value = inner(value);
            quote!(Option<#value>)
        }
        Type::Boxed(value) => {
            let value = inner(value);
            quote!(Box<#value>)
        }
        Type::Lenient(number) => inner(number),
        Type::Named(id) => named(api, *id, from),
    }
}

/// Returns a type as callers write it: `Vec<types::Contact>`.
pub fn written(api: &Api, ty: &Type) -> String {
    compact(&type_tokens(api, ty, From::Beside))
}

/// Returns tokens on one line, formatted as usual.
fn compact(tokens: &TokenStream) -> String {
    tokens
        .to_string()
        .replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace("( ", "(")
        .replace(" )", ")")
}

fn named(api: &Api, id: TypeId, from: From<'_>) -> TokenStream {
    let name = escape::ident(&api[id].name);
    match from {
        From::Types(module) if api[id].module == module => quote!(#name),
        From::Types(_) => quote!(super::#name),
        From::Beside => quote!(types::#name),
    }
}

/// Returns the type of an argument that takes a value of `ty`, and the expression that converts the argument.
///
/// Strings, structs, enums and lists are taken as `impl Into` or `impl IntoIterator`. Numbers are taken by value,
/// because implicit numeric conversions are easy to get wrong.
fn argument(api: &Api, ty: &Type, name: &proc_macro2::Ident, from: From<'_>) -> (TokenStream, TokenStream) {
    let written = type_tokens(api, ty, from);
    match ty {
        copied if copied.is_copy() => (written, quote!(#name)),
        Type::List(item) if matches!(&**item, Type::Tuple(items) if items.iter().any(converts)) => {
            let (taken, made) = argument(api, item, &escape::ident("item"), from);
            (quote!(impl IntoIterator<Item = #taken>), quote!(#name.into_iter().map(|item| #made).collect()))
        }
        Type::Tuple(items) if !items.iter().any(converts) => (written, quote!(#name)),
        Type::Tuple(items) => {
            let (taken, made): (Vec<_>, Vec<_>) = items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    let (taken, index) = (type_tokens(api, item, from), proc_macro2::Literal::usize_unsuffixed(index));
                    match converts(item) {
                        true => (quote!(impl Into<#taken>), quote!(#name.#index.into())),
                        false => (taken, quote!(#name.#index)),
                    }
                })
                .unzip();
            (quote!((#(#taken,)*)), quote!((#(#made,)*)))
        }
        Type::List(item) => {
            let taken = type_tokens(api, item, from);
            if converts(item) {
                (
                    quote!(impl IntoIterator<Item = impl Into<#taken>>),
                    quote!(#name.into_iter().map(Into::into).collect()),
                )
            } else {
                (quote!(impl IntoIterator<Item = #taken>), quote!(#name.into_iter().collect()))
            }
        }
        Type::Map(value) if **value == Type::Value => {
            (quote!(impl runtime::IntoObject), quote!(#name.into_object().into_iter().collect()))
        }
        Type::Map(value) => {
            let taken = type_tokens(api, value, from);
            if converts(value) {
                let collect = quote!(#name.into_iter().map(|(key, value)| (key.into(), value.into())).collect());
                (quote!(impl IntoIterator<Item = (impl Into<String>, impl Into<#taken>)>), collect)
            } else {
                let collect = quote!(#name.into_iter().map(|(key, value)| (key.into(), value)).collect());
                (quote!(impl IntoIterator<Item = (impl Into<String>, #taken)>), collect)
            }
        }
        Type::Object => (quote!(impl runtime::IntoObject), quote!(#name.into_object())),
        Type::Boxed(inner) => {
            let (taken, made) = argument(api, inner, name, from);
            (taken, quote!(Box::new(#made)))
        }
        Type::Lenient(inner) => argument(api, inner, name, from),
        _ => (quote!(impl Into<#written>), quote!(#name.into())),
    }
}

/// Returns true if conversions into this type are useful.
pub(crate) fn converts(ty: &Type) -> bool {
    matches!(ty, Type::String | Type::Named(_) | Type::Value | Type::Upload | Type::Base64 | Type::Secret)
}

/// Returns true if a value of this type contains a secret.
fn holds_secret(api: &Api, ty: &Type) -> bool {
    ty.holds_secret(&api.types)
}

/// Returns true if a type contains a map, so that its file imports `BTreeMap`.
fn holds_map(ty: &Type) -> bool {
    matches!(ty, Type::Map(_)) || ty.parts().iter().any(holds_map)
}

/// Returns true if a type contains one of the client's own types, so that its file imports their module.
fn names_type(ty: &Type) -> bool {
    matches!(ty, Type::Named(_)) || ty.parts().iter().any(names_type)
}
