//! Emits the declared response headers.

use proc_macro2::TokenStream;
use quote::quote;

use super::file::{File, Header};
use super::{From, escape, type_tokens};
use crate::ir::{Api, ResponseHeader, ResponseHeaders};
use crate::markdown::code;

/// Returns the text of the file.
pub fn file(api: &Api, declared: &ResponseHeaders, header: Header<'_>) -> String {
    let constants: TokenStream = declared.headers.iter().map(|header| constant(api, header)).collect();
    let docs = escape::module_docs(&[
        "The declared response headers.".to_owned(),
        String::new(),
        "The `header` method of responses and errors returns the typed value of a header.".to_owned(),
    ]);
    let mut file = File::new(header);
    file.items(quote! {
        #docs
        use crm_clients_runtime as runtime;
        use runtime::Header;

        #constants
    });
    file.finish()
}

fn constant(api: &Api, header: &ResponseHeader) -> TokenStream {
    let (name, wire) = (escape::ident(&header.name), escape::string(&header.wire));
    let ty = type_tokens(api, &header.ty, From::Beside);
    let mut lines = header.docs.clone();
    if lines.is_empty() {
        lines.push(format!("The header {}.", code(&header.wire)));
    }
    let docs = escape::docs(&lines);
    quote! {
        #docs
        pub const #name: Header<#ty> = Header::new(#wire);
    }
}
