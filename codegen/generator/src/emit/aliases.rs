//! Deprecated aliases of types, methods, calls and resources whose names in `names.lock` have changed.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::client::arguments;
use super::{From, argument, escape};
use crate::ir::{Api, Operation, Resource};
use crate::markdown::code;
use crate::names;
use crm_clients_document::names_lock::Alias;

/// A deprecated name and its replacement, split into module and name.
struct Renamed<'a> {
    module: &'a str,
    old: &'a str,
    new_module: &'a str,
    new: &'a str,
    alias: &'a Alias,
}

impl Renamed<'_> {
    fn attribute(&self, new: &str) -> TokenStream {
        let since = escape::string(&self.alias.since);
        let note = escape::string(&format!("renamed to {}", code(new)));
        quote!(#[deprecated(since = #since, note = #note)])
    }
}

/// Returns the deprecated names of a client.
fn renamed(api: &Api) -> impl Iterator<Item = Renamed<'_>> {
    api.aliases.iter().filter_map(|(old, alias)| {
        let (module, old) = old.split_once("::")?;
        let (new_module, new) = alias.now.split_once("::")?;
        Some(Renamed { module, old, new_module, new, alias })
    })
}

/// Emits the deprecated names of types.
pub fn types(api: &Api) -> TokenStream {
    let has = |name: &str| api.types.iter().any(|def| def.name == name);
    let renamed = renamed(api).filter(|one| one.module == "types" && one.new_module == "types");
    let renamed = renamed.filter(|one| has(one.new) && !has(one.old));
    let alias = |one: Renamed<'_>| {
        let (attribute, old, new) = (one.attribute(one.new), escape::ident(one.old), escape::ident(one.new));
        let doc = escape::docs(&[format!("Another name for `{}`.", one.new)]);
        quote!(#doc #attribute pub type #old = #new;)
    };
    renamed.map(alias).collect()
}

/// Emits the deprecated methods of a resource.
pub fn methods(api: &Api, resource: &Resource) -> TokenStream {
    let found = of_resource(api, resource);
    let forward = |(one, operation): &(Renamed<'_>, &Operation)| {
        let (attribute, old, new) = (one.attribute(one.new), escape::ident(one.old), escape::ident(&operation.name));
        let (mut parameters, _) = arguments(api, &operation.required, From::Beside);
        let names = operation.required.iter().map(|argument| escape::ident(&argument.name));
        let mut values: TokenStream = quote!(#(#names,)*);
        if let Some(body) = operation.body.as_ref().filter(|body| body.required) {
            let (taken, _) = argument(api, &body.ty, &escape::ident("body"), From::Beside);
            parameters.extend(quote!(body: #taken,));
            values.extend(quote!(body,));
        }
        let call = escape::ident(&operation.call);
        let doc = escape::docs(&[format!("Another name for `{}`.", one.new)]);
        quote! {
            #doc
            #attribute
            #[inline]
            pub fn #old(&self, #parameters) -> #call {
                self.#new(#values)
            }
        }
    };
    found.iter().map(forward).collect()
}

/// Emits the deprecated names of a resource's call types.
pub fn calls(api: &Api, resource: &Resource) -> TokenStream {
    let known: BTreeSet<&str> = resource.operations.iter().map(|operation| operation.call.as_str()).collect();
    let found = of_resource(api, resource);
    let call = |(one, operation): &(Renamed<'_>, &Operation)| {
        let old = names::type_name(&format!("{} call", names::suffix(one.old)));
        let (attribute, new) = (one.attribute(&operation.call), escape::ident(&operation.call));
        let doc = escape::docs(&[format!("Another name for `{}`.", operation.call)]);
        (!known.contains(old.as_str())).then(|| {
            let old = escape::ident(&old);
            quote!(#doc #attribute pub type #old = #new;)
        })
    };
    found.iter().filter_map(call).collect()
}

fn of_resource<'a>(api: &'a Api, resource: &'a Resource) -> Vec<(Renamed<'a>, &'a Operation)> {
    let named = |name: &str| resource.operations.iter().find(|operation| operation.name == name);
    let is_here = |one: &Renamed<'_>| one.module == resource.module && one.new_module == resource.module;
    let renamed = renamed(api).filter(|one| is_here(one) && named(one.old).is_none());
    renamed.filter_map(|one| named(one.new).map(|operation| (one, operation))).collect()
}

/// Returns the old names of the method that returns a resource's handle, each with its attribute.
pub fn handles<'a>(api: &'a Api, module: &'a str) -> impl Iterator<Item = (&'a str, TokenStream)> {
    old_resources(api)
        .filter(move |one| one.new_module == module)
        .map(|one| (one.module, one.attribute(one.new_module)))
}

/// Emits the deprecated modules of resources.
pub fn modules(api: &Api) -> TokenStream {
    let module = |one: Renamed<'_>| {
        let attribute = one.attribute(one.new_module);
        let (module, old) = (escape::ident(one.module), escape::ident(one.old));
        let (new_module, new) = (escape::ident(one.new_module), escape::ident(one.new));
        let doc = escape::docs(&[format!("Another name for `{}`.", one.new_module)]);
        let handle = (one.old != one.new).then(|| quote!(pub use super::#new_module::#new as #old;));
        quote! {
            #doc
            #attribute
            pub mod #module {
                pub use super::#new_module::*;
                #handle
            }
        }
    };
    old_resources(api).map(module).collect()
}

/// Returns the renamed resources whose old name is unused.
fn old_resources(api: &Api) -> impl Iterator<Item = Renamed<'_>> {
    let is_module = |name: &str| {
        let resources = api.resources.iter().map(|resource| resource.module.as_str());
        resources.chain(api.scopes.iter().map(|scope| scope.module.as_str())).any(|module| module == name)
    };
    let is_type = |one: &Renamed<'_>| one.old.starts_with(char::is_uppercase) && one.module != "types";
    let is_there = |one: &Renamed<'_>| {
        api.resources.iter().any(|resource| resource.module == one.new_module && resource.name == one.new)
    };
    renamed(api).filter(move |one| is_type(one) && is_there(one) && !is_module(one.module))
}
