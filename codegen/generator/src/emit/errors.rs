//! Emits `error.rs`: the bodies of an API's error responses.

use proc_macro2::TokenStream;
use quote::quote;

use super::file::{File, Header};
use super::{From, escape, type_tokens};
use crate::ir::{Api, ErrorField, Type};

/// Returns the text of the file.
pub fn file(api: &Api, header: Header<'_>) -> String {
    let mut variants = TokenStream::new();
    let mut functions = TokenStream::new();
    for error in &api.errors {
        let (name, function) = (escape::ident(&error.name), escape::ident(&error.function));
        let ty = type_tokens(api, &error.ty, From::Beside);
        let docs = match &error.ty {
            _ if error.text => vec!["Text, as received.".to_owned()],
            Type::Named(id) => api[*id].docs.clone(),
            _ => vec!["JSON of an undeclared type.".to_owned()],
        };
        let docs = escape::docs(&docs);
        variants.extend(quote!(#docs #name(#ty),));
        let read = if error.text {
            quote!(Ok(Self::#name(String::from_utf8_lossy(body).into_owned())))
        } else if let Some(root) = error.xml {
            let root = escape::ident(&api.xml.roots[root].constant);
            quote!(runtime::generated::decode::xml_error(body, &super::xml::#root).map(Self::#name))
        } else {
            quote!(runtime::generated::decode::error(body).map(Self::#name))
        };
        functions.extend(quote! {
            #[inline]
            pub(super) fn #function(body: &[u8]) -> Result<Self, runtime::generated::JsonError> {
                #read
            }
        });
    }
    let methods: TokenStream = api.error_fields.iter().map(|field| accessor(api, field)).collect();
    let uses_types = api.errors.iter().any(|error| super::names_type(&error.ty));
    let types = uses_types.then(|| {
        quote!(
            use super::types;
        )
    });
    let maps = api.errors.iter().any(|error| super::holds_map(&error.ty))
        || api.error_fields.iter().any(|field| super::holds_map(&field.ty));
    let maps = maps.then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let runtime = (!api.errors.is_empty()).then(|| {
        quote!(
            use crm_clients_runtime as runtime;
        )
    });
    let mut file = File::new(header);
    file.items(quote! {
        //! The bodies of error responses.
        #maps
        #runtime
        #types

        /// The body of an error response, typed by its status.
        #[derive(Clone, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub enum ErrorBody {
            /// The document declares no body for this status, or the body does not match it. The error has the raw
            /// body.
            #[default]
            Unknown,
            #variants
        }
    });
    if !functions.is_empty() {
        file.items(quote!(impl ErrorBody { #methods #functions }));
    }
    file.finish()
}

/// Returns a method that reads a field from every variant that has it.
fn accessor(api: &Api, field: &ErrorField) -> TokenStream {
    let name = escape::ident(&field.name);
    let mut arms = TokenStream::new();
    let list = matches!(field.ty, Type::List(_));
    for (index, optional) in &field.variants {
        let variant = escape::ident(&api.errors[*index].name);
        let value = match (&field.ty, optional) {
            (Type::List(_), true) => quote!(body.#name.as_deref().unwrap_or_default()),
            (Type::List(_), false) => quote!(&body.#name),
            (Type::String, true) => quote!(body.#name.as_deref()),
            (ty, true) if ty.is_copy() => quote!(body.#name),
            (ty, false) if ty.is_copy() => quote!(Some(body.#name)),
            (_, true) => quote!(body.#name.as_ref()),
            (_, false) => quote!(Some(&body.#name)),
        };
        arms.extend(quote!(Self::#variant(body) => #value,));
    }
    let all = field.variants.len() == api.errors.len();
    let (returned, otherwise) = match &field.ty {
        Type::List(item) => {
            let item = type_tokens(api, item, From::Beside);
            (quote!(&[#item]), quote!(&[]))
        }
        Type::String => (quote!(Option<&str>), quote!(None)),
        ty => {
            let reference = (!ty.is_copy()).then(|| quote!(&));
            let ty = type_tokens(api, ty, From::Beside);
            (quote!(Option<#reference #ty>), quote!(None))
        }
    };
    let otherwise = if all { quote!(Self::Unknown => #otherwise,) } else { quote!(_ => #otherwise,) };
    let doc = format!(
        " Returns the body's `{}`{}.",
        field.name,
        if list { ", or an empty slice if it has none" } else { ", if it has one" }
    );
    quote! {
        #[doc = #doc]
        pub fn #name(&self) -> #returned {
            match self { #arms #otherwise }
        }
    }
}
