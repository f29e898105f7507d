//! Emits enums of successful responses, by status and media type.

use proc_macro2::TokenStream;
use quote::quote;

use super::head;
use crate::emit::file::File;
use crate::emit::{From, escape, holds_secret, type_tokens};
use crate::ir::{Api, Output, ResponseCase, Responses, Status, Type, TypeDef};
use crate::markdown::code;

/// Emits the enum, and the macro invocation that decodes it.
pub(super) fn definition(api: &Api, def: &TypeDef, kind: &Responses, from: From<'_>, file: &mut File) {
    let (head, name, unknown) = (head(def), escape::ident(&def.name), escape::ident(&kind.unknown));
    let variants: TokenStream = kind.cases.iter().map(|case| variant(api, case, from)).collect();
    file.items(quote! {
        #head
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #variants
            /// The body of a success that the document does not declare.
            #unknown(runtime::Bytes),
        }
    });
    let entries: Vec<String> = kind.cases.iter().flat_map(|case| entries(api, case)).collect();
    file.invocation("responses", &format!("{}({})", def.name, kind.unknown), &entries);
}

fn variant(api: &Api, case: &ResponseCase, from: From<'_>) -> TokenStream {
    let name = escape::ident(&case.name);
    let held = match &case.output {
        Output::Empty => None,
        Output::Text | Output::String => Some(quote!(String)),
        Output::Bytes => Some(quote!(runtime::Bytes)),
        Output::Json(ty) | Output::MaybeJson(ty) | Output::Selected(ty) | Output::Xml(ty, _) | Output::Plain(ty) => {
            Some(type_tokens(api, ty, from))
        }
    };
    let held = held.map(|held| quote!((#held)));
    let status = match case.status {
        Status::Exact(code) => format!("Status {code}"),
        Status::Range(class) => format!("Any other status from {class}00 to {class}99"),
        Status::Default => "Any other status".to_owned(),
    };
    let media_types: Vec<String> = case.media_types.iter().map(|media_type| code(media_type)).collect();
    let body = if media_types.is_empty() { "without a body".to_owned() } else { media_types.join(" or ") };
    let doc = escape::docs(&[format!("{status}, {body}.")]);
    quote!(#doc #name #held,)
}

/// Returns the entries of a case, one for each media type.
fn entries(api: &Api, case: &ResponseCase) -> Vec<String> {
    let status = match case.status {
        Status::Exact(code) => format!("Exact({code})"),
        Status::Range(class) => format!("Range({class})"),
        Status::Default => "Default".to_owned(),
    };
    let read = match &case.output {
        Output::Empty => return vec![format!("{}: {status} empty \"\"", case.name)],
        Output::Text => "text",
        Output::Plain(ty) if holds_secret(api, ty) => "secret_plain",
        Output::Plain(_) => "plain",
        Output::String => "string",
        Output::Json(Type::String) => "json_string",
        Output::Bytes => "bytes",
        Output::Xml(ty, _) if holds_secret(api, ty) => "secret_xml",
        Output::Xml(..) => "xml",
        output if output.ty().is_some_and(|ty| holds_secret(api, ty)) => "secret_json",
        _ => "json",
    };
    let root = match &case.output {
        Output::Xml(_, root) => format!(" super::super::xml::{}", api.xml.roots[*root].constant),
        _ => String::new(),
    };
    let line = |media_type: &String| format!("{}: {status} {read} {}{root}", case.name, escape::quoted(media_type));
    case.media_types.iter().map(line).collect()
}
