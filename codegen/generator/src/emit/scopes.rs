//! Emits handles and the methods that return them.

use proc_macro2::TokenStream;
use quote::quote;

use super::client::arguments;
use super::file::{File, Header, gate};
use super::{From, aliases, escape, holds_map, names_type, type_tokens};
use crate::ir::{Api, Argument};

/// Returns the text of the file of a scope that is not a resource.
pub fn file(api: &Api, index: usize, header: Header<'_>) -> String {
    let scope = &api.scopes[index];
    let docs = escape::module_docs(&scope.docs);
    let bound = || scope.arguments.iter().chain(child_arguments(api, index)).map(|argument| &argument.ty);
    let maps = bound().any(holds_map).then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let types = bound().any(names_type).then(|| {
        quote!(
            use super::types;
        )
    });
    let mut file = File::new(header);
    file.items(quote! {
        #docs
        #maps
        use crm_clients_runtime as runtime;
        #types
    });
    file.items(handle(api, &scope.name, &scope.docs, &scope.arguments, &methods(api, Some(index))));
    file.finish()
}

/// Returns the arguments of the handles in a scope, including those that the scope binds.
pub fn child_arguments(api: &Api, scope: usize) -> impl Iterator<Item = &Argument> {
    let scopes = api.scopes.iter().filter(move |child| child.parent == Some(scope)).map(|child| &child.arguments);
    let resources = api.resources.iter().filter(move |child| child.scope == Some(scope)).map(|child| &child.arguments);
    scopes.chain(resources).flatten()
}

/// Returns a handle: its bound arguments and its methods.
pub fn handle(api: &Api, name: &str, docs: &[String], bound: &[Argument], methods: &TokenStream) -> TokenStream {
    let (name, docs) = (escape::ident(name), escape::docs(docs));
    let names: Vec<_> = bound.iter().map(|argument| escape::ident(&argument.name)).collect();
    let types: Vec<_> = bound.iter().map(|argument| type_tokens(api, &argument.ty, From::Beside)).collect();
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name {
            core: runtime::generated::Core,
            #(#names: #types,)*
        }

        impl #name {
            pub(super) fn new(core: &runtime::generated::Core, #(#names: #types,)*) -> Self {
                Self { core: core.clone(), #(#names,)* }
            }

            #methods
        }
    }
}

/// Returns the methods that return the handles of a scope, or those of the client.
pub fn methods(api: &Api, scope: Option<usize>) -> TokenStream {
    let bound = scope.map_or(&[][..], |scope| &api.scopes[scope].arguments);
    let own = scope.map(|scope| api.scopes[scope].module.as_str());
    let scopes = api.scopes.iter().enumerate().filter(|(_, child)| child.parent == scope);
    let scopes = scopes.map(|(index, child)| {
        (&child.handle, &child.module, &child.name, &child.docs, &child.arguments, api.scope_feature(index))
    });
    let resources = api.resources.iter().filter(|child| child.scope == scope && Some(child.module.as_str()) != own);
    let resources = resources
        .map(|child| (&child.handle, &child.module, &child.name, &child.docs, &child.arguments, child.feature()));
    let mut children: Vec<_> = scopes.chain(resources).collect();
    children.sort_by_key(|(handle, ..)| *handle);
    let is_root = scope.is_none().then(TokenStream::new);
    let beside = is_root.unwrap_or_else(|| quote!(super::));
    let inherited: TokenStream = bound.iter().map(inherited).collect();
    let method =
        |(handle, module_name, name, docs, takes, feature): (&String, _, _, &Vec<String>, &Vec<Argument>, _)| {
            let (module_name, name): (&String, &String) = (module_name, name);
            let gate = gate(feature);
            let (handle, module, name) = (escape::ident(handle), escape::ident(module_name), escape::ident(name));
            let (parameters, values) = arguments(api, &takes[bound.len()..], From::Beside);
            let docs = escape::docs(docs);
            let deprecated: TokenStream = aliases::handles(api, module_name)
                .map(|(old, attribute)| {
                    let old = escape::ident(old);
                    quote! {
                        #docs
                        #gate
                        #attribute
                        pub fn #old(&self, #parameters) -> #beside #module::#name {
                            #beside #module::#name::new(&self.core, #inherited #values)
                        }
                    }
                })
                .collect();
            quote! {
                #docs
                #gate
                pub fn #handle(&self, #parameters) -> #beside #module::#name {
                    #beside #module::#name::new(&self.core, #inherited #values)
                }
                #deprecated
            }
        };
    children.into_iter().map(method).collect()
}

/// Returns the expression that passes a bound argument on to another handle.
fn inherited(argument: &Argument) -> TokenStream {
    let name = escape::ident(&argument.name);
    if argument.ty.is_copy() { quote!(self.#name,) } else { quote!(self.#name.clone(),) }
}
