//! Generates the calls of progenitor's client, in the same form as `callgen::dispatch` does for ours. The types are
//! taken from the signatures of the methods.

use std::collections::HashMap;

use crm_clients_generator::progenitor::argument_name;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use syn::{FnArg, GenericArgument, ImplItem, ImplItemFn, Item, Pat, PathArguments, Type};

use crate::Result;

/// Generates a function for each operation of the adapted document.
pub fn calls(document: &Value, client: &str) -> Result<String> {
    let client = syn::parse_file(client)?;
    let methods = methods(&client);
    let (mut entries, mut functions) = (TokenStream::new(), TokenStream::new());
    let items = document["paths"].as_object().into_iter().flatten();
    let operations = items.flat_map(|(path, item)| {
        item.as_object().into_iter().flatten().map(move |(method, operation)| (method, path, operation))
    });
    for (index, (method, path, operation)) in operations.enumerate() {
        let key = format!("{} {path}", method.to_uppercase());
        let id = operation["operationId"].as_str().unwrap_or_default();
        let method = methods.get(id).ok_or_else(|| format!("no method `{id}` for {key}"))?;
        let name = format_ident!("call_{index}");
        entries.extend(quote!((#key, #name as Call),));
        functions.extend(function(operation, method, &name).map_err(|why| format!("{key}: {why}"))?);
    }
    let file = syn::parse2(quote! {
        /// A function for each operation, by its method and path.
        pub const CALLS: &[(&str, Call)] = &[#entries];

        /// Calls an operation.
        pub type Call = fn(&Client, Arguments) -> Calling;

        #functions
    })?;
    Ok(prettyplease::unparse(&file))
}

/// Returns the methods that make requests, by name.
fn methods(client: &syn::File) -> HashMap<String, &ImplItemFn> {
    let blocks = client.items.iter().filter_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() => Some(&block.items),
        _ => None,
    });
    let methods = blocks.flatten().filter_map(|item| match item {
        ImplItem::Fn(method) if method.sig.asyncness.is_some() => Some(method),
        _ => None,
    });
    methods.map(|method| (method.sig.ident.to_string(), method)).collect()
}

fn function(operation: &Value, method: &ImplItemFn, name: &impl ToTokens) -> Result<TokenStream> {
    let (mut reads, mut passes) = (TokenStream::new(), TokenStream::new());
    for (index, input) in method.sig.inputs.iter().skip(1).enumerate() {
        let FnArg::Typed(input) = input else { continue };
        let Pat::Ident(argument) = &*input.pat else { return Err("an argument is a pattern".into()) };
        let wire = wire(operation, argument.ident.to_string().trim_matches('_'))?;
        let value = format_ident!("value_{index}");
        let (read, pass) = match (inside_option(&input.ty), wire) {
            (None, Some((location, name))) => {
                let (ty, pass) = owned(&input.ty, &quote!(#value));
                (quote!(required::<#ty>(#location, #name)), pass)
            }
            (Some(inner), Some((location, name))) => {
                let (ty, _) = owned(inner, &quote!(#value));
                let pass = match inner {
                    Type::Reference(_) if ty.to_string() == "String" => quote!(#value.as_deref()),
                    Type::Reference(_) => quote!(#value.as_ref()),
                    _ => quote!(#value),
                };
                (quote!(optional::<#ty>(#location, #name)), pass)
            }
            (_, None) => {
                let (ty, pass) = owned(&input.ty, &quote!(#value));
                (quote!(required_body::<#ty>()), pass)
            }
        };
        reads.extend(quote!(let #value = arguments.#read?;));
        passes.extend(quote!(#pass,));
    }
    let method = &method.sig.ident;
    Ok(quote! {
        fn #name(client: &Client, mut arguments: Arguments) -> Calling {
            let client = client.clone();
            Box::pin(async move {
                #reads
                arguments.finish()?;
                Ok(client.#method(#passes).await.err().map(|error| error.to_string()))
            })
        }
    })
}

/// Returns the location and name of the parameter for an argument, or `None` for the body.
fn wire<'a>(operation: &'a Value, argument: &str) -> Result<Option<(&'a str, &'a str)>> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let mut named = parameters.filter_map(|parameter| Some((parameter["in"].as_str()?, parameter["name"].as_str()?)));
    match named.find(|(_, name)| argument_name(name).trim_matches('_') == argument) {
        Some(parameter) => Ok(Some(parameter)),
        None if argument == "body" && operation.get("requestBody").is_some() => Ok(None),
        None => Err(format!("no parameter has the name `{argument}`").into()),
    }
}

/// Returns the type inside `Option<_>`.
fn inside_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

/// Returns the owned type of a value, and the expression that passes it.
fn owned(ty: &Type, value: &TokenStream) -> (TokenStream, TokenStream) {
    match ty {
        Type::Reference(reference) => {
            let inner = &reference.elem;
            let is_text = matches!(&**inner, Type::Path(path) if path.path.is_ident("str"));
            (if is_text { quote!(String) } else { quote!(#inner) }, quote!(&#value))
        }
        _ => (quote!(#ty), value.clone()),
    }
}
