//! Emits the types.

mod responses;
mod structs;
mod unions;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::file::{File, Header, gate};
use super::{From, aliases, escape, holds_map, type_tokens};
use crate::ir::{Api, Enum, Type, TypeDef, TypeKind};
use crate::markdown::code;

pub(crate) use structs::SetterNames;
pub use structs::written_field;

/// A module and its types.
pub struct TypeModule<'a> {
    /// The name of the module.
    pub name: &'a str,
    /// The types, sorted by name.
    pub types: Vec<&'a TypeDef>,
}

/// Returns the modules that have types.
pub fn modules(api: &Api) -> Vec<TypeModule<'_>> {
    let mut modules: BTreeMap<&str, Vec<&TypeDef>> = BTreeMap::new();
    for def in &api.types {
        modules.entry(&def.module).or_default().push(def);
    }
    modules.into_iter().map(|(name, types)| TypeModule { name, types }).collect()
}

/// Returns the text of `types/mod.rs`.
pub fn index_file(api: &Api, modules: &[TypeModule<'_>], header: Header<'_>) -> String {
    let gates: Vec<_> =
        modules.iter().map(|module| gate(module.types.first().and_then(|def| def.feature.as_deref()))).collect();
    let modules: Vec<_> = modules.iter().map(|module| escape::ident(module.name)).collect();
    let mut file = File::new(header);
    file.items(quote! {
        //! The types of requests and responses.
        #(#gates mod #modules;)*
        #(#gates pub use #modules::*;)*
    });
    file.items(aliases::types(api));
    file.finish()
}

/// Returns the text of a module's file.
pub fn file(api: &Api, module: &TypeModule<'_>, header: Header<'_>) -> String {
    let TypeModule { name, types: defs } = module;
    let writer = Writer { api, module: name };
    let about = match *name {
        events if api.webhooks.as_ref().is_some_and(|webhooks| webhooks.module == events) => {
            "Payloads of webhook events.".to_owned()
        }
        _ => format!("Types of `{name}`."),
    };
    let docs = escape::module_docs(&[about]);
    let maps = defs.iter().any(|def| uses_map(def)).then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let runtime = defs.iter().any(|def| writer.uses_runtime(def)).then(|| {
        quote!(
            use crm_clients_runtime as runtime;
        )
    });
    let mut file = File::new(header);
    file.items(quote!(#docs #maps #runtime));
    for def in defs {
        writer.definition(def, &mut file);
    }
    file.finish()
}

fn uses_map(def: &TypeDef) -> bool {
    match &def.kind {
        TypeKind::Struct(kind) => {
            kind.fields.iter().any(|field| holds_map(&field.ty))
                || kind.rest.as_ref().is_some_and(|(_, ty)| *ty != Type::Value)
        }
        TypeKind::Union(kind) => kind.variants.iter().any(|variant| holds_map(&variant.ty)),
        TypeKind::Responses(kind) => kind.cases.iter().filter_map(|case| case.output.ty()).any(holds_map),
        TypeKind::Alias(ty) => holds_map(ty),
        TypeKind::Strings(_) | TypeKind::Integers(_) => false,
    }
}

/// Emits types into a module.
struct Writer<'a> {
    api: &'a Api,
    module: &'a str,
}

impl Writer<'_> {
    fn from(&self) -> From<'_> {
        From::Types(self.module)
    }

    fn tokens(&self, ty: &Type) -> TokenStream {
        type_tokens(self.api, ty, self.from())
    }

    fn uses_runtime(&self, def: &TypeDef) -> bool {
        match &def.kind {
            TypeKind::Alias(ty) => self.tokens(ty).to_string().contains("runtime ::"),
            _ => true,
        }
    }

    fn definition(&self, def: &TypeDef, file: &mut File) {
        match &def.kind {
            TypeKind::Struct(kind) => self.structure(def, kind, file),
            TypeKind::Strings(kind) => {
                let entries =
                    kind.variants.iter().map(|(name, value)| (name.as_str(), value.clone(), escape::quoted(value)));
                open_enum(def, kind, entries.collect(), "string_enum", "String", file);
            }
            TypeKind::Integers(kind) => {
                let entries =
                    kind.variants.iter().map(|(name, value)| (name.as_str(), value.to_string(), value.to_string()));
                let kept = if kind.is_wide() { "i128" } else { "i64" };
                open_enum(def, kind, entries.collect(), "integer_enum", kept, file);
            }
            TypeKind::Union(kind) => self.union(def, kind, file),
            TypeKind::Responses(kind) => responses::definition(self.api, def, kind, self.from(), file),
            TypeKind::Alias(ty) => {
                let (head, name, ty) = (head(def), escape::ident(&def.name), self.tokens(ty));
                file.items(quote!(#head pub type #name = #ty;));
            }
        }
    }
}

/// Returns the attributes of a definition.
fn head(def: &TypeDef) -> TokenStream {
    let (docs, deprecated) = (escape::docs(&def.docs), deprecated(def));
    quote!(#docs #deprecated)
}

/// Returns the attribute that derives these traits, and those that are chosen for the type.
fn derive(traits: &[&str], def: &TypeDef) -> TokenStream {
    let chosen = def.derives.iter().map(String::as_str).filter(|path| !traits.contains(path));
    let paths = traits.iter().copied().chain(chosen).map(escape::path);
    quote!(#[derive(#(#paths),*)])
}

fn deprecated(def: &TypeDef) -> Option<TokenStream> {
    def.deprecated.then(|| quote!(#[deprecated]))
}

/// Emits an enum with an unknown variant. Each entry has the variant, its documented value and its literal.
fn open_enum<T>(
    def: &TypeDef,
    kind: &Enum<T>,
    entries: Vec<(&str, String, String)>,
    macro_name: &str,
    kept: &str,
    file: &mut File,
) {
    let (head, name, unknown) = (head(def), escape::ident(&def.name), escape::ident(&kind.unknown));
    let variants: TokenStream = entries
        .iter()
        .zip(&kind.docs)
        .map(|((variant, value, _), about)| {
            let mut lines = vec![code(value)];
            if !about.is_empty() {
                lines.push(String::new());
                lines.extend(about.iter().cloned());
            }
            let (doc, variant) = (escape::docs(&lines), escape::ident(variant));
            quote!(#doc #variant,)
        })
        .collect();
    let derives = derive(&["Clone", "Debug", "PartialEq", "Eq", "Hash"], def);
    let wide = if kept == "i128" { ": i128" } else { "" };
    let kept = escape::ident(kept);
    file.items(quote! {
        #head
        #derives
        #[non_exhaustive]
        pub enum #name {
            #variants
            /// A value that the document does not list, as it was received.
            #unknown(#kept),
        }
    });
    let lines: Vec<String> = entries.iter().map(|(variant, _, literal)| format!("{variant} = {literal}")).collect();
    file.invocation(macro_name, &format!("{}({}{wide})", def.name, kind.unknown), &lines);
}
