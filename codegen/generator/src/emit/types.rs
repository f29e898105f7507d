//! The files of types.

mod structs;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::file::File;
use super::{From, escape, holds_map, type_tokens};
use crate::ir::{Api, Enum, TagValue, Type, TypeDef, TypeKind, Union};
use crate::markdown::code;

pub(crate) use structs::SetterNames;
pub use structs::written_field;

/// A module with its types.
pub struct TypeModule<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its types, by name.
    pub types: Vec<&'a TypeDef>,
}

/// The modules that have types.
pub fn modules(api: &Api) -> Vec<TypeModule<'_>> {
    let mut modules: BTreeMap<&str, Vec<&TypeDef>> = BTreeMap::new();
    for def in &api.types {
        modules.entry(&def.module).or_default().push(def);
    }
    modules.into_iter().map(|(name, types)| TypeModule { name, types }).collect()
}

/// Writes `types/mod.rs`.
pub fn index_file(modules: &[TypeModule<'_>], source: &str) -> String {
    let modules: Vec<_> = modules.iter().map(|module| escape::ident(module.name)).collect();
    let mut file = File::new(source);
    file.items(quote! {
        //! The types of requests and replies.
        //!
        //! Each stands in the file of the one resource that uses it, or in `shared`; all are named from here.
        #(mod #modules;)*
        #(pub use #modules::*;)*
    });
    file.finish()
}

/// Writes the file of a module's types.
pub fn file(api: &Api, module: &TypeModule<'_>, source: &str) -> String {
    let TypeModule { name, types: defs } = module;
    let writer = Writer { api, module: name };
    let about = match *name {
        "shared" => "Types that several resources use, or none.".to_owned(),
        events if api.webhooks.as_ref().is_some_and(|webhooks| webhooks.module == events) => {
            "What events hold.".to_owned()
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
    let mut file = File::new(source);
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
        TypeKind::Alias(ty) => holds_map(ty),
        TypeKind::Strings(_) | TypeKind::Integers(_) => false,
    }
}

/// Writes types into a module.
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
                open_enum(def, kind, entries.collect(), "string_enum", &quote!(String), file);
            }
            TypeKind::Integers(kind) => {
                let entries =
                    kind.variants.iter().map(|(name, value)| (name.as_str(), value.to_string(), value.to_string()));
                open_enum(def, kind, entries.collect(), "integer_enum", &quote!(i64), file);
            }
            TypeKind::Union(kind) => self.union(def, kind, file),
            TypeKind::Alias(ty) => {
                let (head, name, ty) = (head(def), escape::ident(&def.name), self.tokens(ty));
                file.items(quote!(#head pub type #name = #ty;));
            }
        }
    }

    fn union(&self, def: &TypeDef, kind: &Union, file: &mut File) {
        let (head, name, unknown) = (head(def), escape::ident(&def.name), escape::ident(&kind.unknown));
        let (mut variants, mut conversions) = (TokenStream::new(), TokenStream::new());
        let mut converted: Vec<&Type> = Vec::new();
        for variant in &kind.variants {
            let (variant_name, ty) = (escape::ident(&variant.name), self.tokens(&variant.ty));
            let doc = match (&kind.tag, variant.tags.as_slice()) {
                (Some(property), tags @ [_, ..]) => format!("Where {} is {}.", code(property), tag_words(tags)),
                _ => match variant.json.as_str() {
                    "any" => "A value of this type.".to_owned(),
                    json => format!("JSON of the kind {json}."),
                },
            };
            let doc = escape::docs(&[doc]);
            variants.extend(quote!(#doc #variant_name(#ty),));
            if !converted.contains(&&variant.ty) {
                conversions.extend(conversion(&name, &variant_name, &variant.ty, &ty));
            }
            converted.push(&variant.ty);
        }
        file.items(quote! {
            #head
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub enum #name {
                #variants
                /// Something else, kept as it came.
                #unknown(runtime::Value),
            }
        });
        let added = if kind.adds_tag { " added" } else { "" };
        let tag = kind.tag.as_deref().map(|tag| format!(" tag {}{added}", escape::quoted(tag))).unwrap_or_default();
        let only_text =
            kind.variants.iter().flat_map(|variant| &variant.tags).all(|tag| matches!(tag, TagValue::Text(_)));
        let entries: Vec<String> = kind
            .variants
            .iter()
            .map(|variant| {
                let tags: Vec<String> = variant.tags.iter().map(|tag| tag_entry(tag, only_text)).collect();
                match kind.tag {
                    Some(_) => format!("{}: {}", variant.name, tags.join(" | ")),
                    None => format!("{}: {}", variant.name, variant.json.as_str()),
                }
            })
            .collect();
        file.invocation("union", &format!("{}({}){tag}", def.name, kind.unknown), &entries);
        if let Some(text) = kind.variants.iter().find(|variant| variant.ty == Type::String) {
            file.items(text_accessor(&name, &escape::ident(&text.name)));
        }
        if def.sent {
            file.items(conversions);
        }
    }
}

/// The values of a tag in a sentence.
fn tag_words(tags: &[TagValue]) -> String {
    let words = tags.iter().map(|tag| match tag {
        TagValue::Any(kind) => format!("of the kind {}", kind.as_str()),
        constant => code(&constant.to_string()),
    });
    words.collect::<Vec<_>>().join(" or ")
}

/// A value of a tag in the macro's list; where all are strings, they stand alone.
fn tag_entry(tag: &TagValue, only_text: bool) -> String {
    match tag {
        TagValue::Text(text) if only_text => escape::quoted(text),
        TagValue::Text(text) => format!("text({})", escape::quoted(text)),
        TagValue::Integer(number) => format!("integer({number})"),
        TagValue::Number(number) => format!("number({number})"),
        TagValue::Boolean(boolean) => format!("boolean({boolean})"),
        TagValue::Null => "null()".to_owned(),
        TagValue::Any(kind) => format!("any_{}()", kind.as_str()),
    }
}

/// Text is the variant that callers print.
fn text_accessor(name: &proc_macro2::Ident, variant: &proc_macro2::Ident) -> TokenStream {
    quote! {
        impl #name {
            /// The text, where it is text.
            pub fn as_str(&self) -> Option<&str> {
                match self {
                    Self::#variant(text) => Some(text),
                    _ => None,
                }
            }
        }
    }
}

fn conversion(name: &proc_macro2::Ident, variant: &proc_macro2::Ident, held: &Type, ty: &TokenStream) -> TokenStream {
    let text = matches!(held, Type::String).then(|| {
        quote! {
            impl From<&str> for #name {
                fn from(value: &str) -> Self {
                    Self::#variant(value.to_owned())
                }
            }
        }
    });
    quote! {
        impl From<#ty> for #name {
            fn from(value: #ty) -> Self {
                Self::#variant(value)
            }
        }
        #text
    }
}

/// What stands in front of a definition.
fn head(def: &TypeDef) -> TokenStream {
    let docs = escape::docs(&def.docs);
    let deprecated = def.deprecated.then(|| quote!(#[deprecated]));
    quote!(#docs #deprecated)
}

/// An enum with its entries: variant, value as documented, value as a literal.
fn open_enum<T>(
    def: &TypeDef,
    kind: &Enum<T>,
    entries: Vec<(&str, String, String)>,
    macro_name: &str,
    kept: &TokenStream,
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
    file.items(quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #variants
            /// A value that the document does not list, kept as it came.
            #unknown(#kept),
        }
    });
    let lines: Vec<String> = entries.iter().map(|(variant, _, literal)| format!("{variant} = {literal}")).collect();
    file.invocation(macro_name, &format!("{}({})", def.name, kind.unknown), &lines);
}
