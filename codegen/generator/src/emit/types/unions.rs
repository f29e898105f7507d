//! Emits unions: variants, their tags and conversions.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Writer, derive, head};
use crate::emit::escape;
use crate::emit::file::File;
use crate::ir::{TagPresence, TagValue, Type, TypeDef, Union, UnionVariant};
use crate::markdown::code;

impl Writer<'_> {
    pub(super) fn union(&self, def: &TypeDef, kind: &Union, file: &mut File) {
        let (head, name, unknown) = (head(def), escape::ident(&def.name), escape::ident(&kind.unknown));
        let (mut variants, mut conversions) = (TokenStream::new(), TokenStream::new());
        let mut converted: Vec<&Type> = Vec::new();
        for variant in &kind.variants {
            let (variant_name, ty) = (escape::ident(&variant.name), self.tokens(&variant.ty));
            let doc = escape::docs(&variant_doc(kind, variant));
            variants.extend(quote!(#doc #variant_name(#ty),));
            let held = if let Type::Boxed(inner) = &variant.ty { inner } else { &variant.ty };
            if !converted.contains(&held) {
                conversions.extend(self.conversion(&name, &variant_name, &variant.ty));
            }
            converted.push(held);
        }
        let derives = derive(&["Clone", "Debug", "PartialEq"], def);
        file.items(quote! {
            #head
            #derives
            #[non_exhaustive]
            pub enum #name {
                #variants
                /// A value that matches no other variant, as received.
                #unknown(runtime::Value),
            }
        });
        let tag = kind.tag.as_ref().map(|tag| {
            let presence = match tag.presence {
                TagPresence::Required => "",
                TagPresence::Optional => " optional",
                TagPresence::Added => " added",
            };
            format!(" tag {}{presence}", escape::quoted(&tag.property))
        });
        let head = format!("{}({}){}", def.name, kind.unknown, tag.unwrap_or_default());
        file.invocation("union", &head, &entries(kind));
        if let Some(base) = &kind.base {
            file.items(self.base_accessor(&name, base));
        }
        if let Some(text) = kind.variants.iter().find(|variant| variant.ty == Type::String) {
            file.items(text_accessor(&name, &escape::ident(&text.name)));
        }
        if def.sent {
            file.items(conversions);
        }
    }

    /// Emits the conversion from a variant's content into the union, without the box.
    fn conversion(&self, name: &Ident, variant: &Ident, held: &Type) -> TokenStream {
        let text = matches!(held, Type::String).then(|| {
            quote! {
                impl From<&str> for #name {
                    fn from(value: &str) -> Self {
                        Self::#variant(value.to_owned())
                    }
                }
            }
        });
        let (ty, value) = match held {
            Type::Boxed(inner) => (self.tokens(inner), quote!(Box::new(value))),
            _ => (self.tokens(held), quote!(value)),
        };
        quote! {
            impl From<#ty> for #name {
                fn from(value: #ty) -> Self {
                    Self::#variant(#value)
                }
            }
            #text
        }
    }

    /// Emits the method that returns the struct of the properties that all variants share.
    fn base_accessor(&self, name: &Ident, base: &Type) -> TokenStream {
        // The method creates a new struct, so the return type needs no box.
        let base = self.tokens(if let Type::Boxed(inner) = base { inner } else { base });
        quote! {
            impl #name {
                /// Returns the properties that all variants have, or `None` if this is an unknown variant that lacks one of them.
                pub fn base(&self) -> Option<#base> {
                    runtime::generated::base_of(self)
                }
            }
        }
    }
}

/// Documents when a value is of the variant, if a tag or condition determines it.
fn variant_doc(kind: &Union, variant: &UnionVariant) -> Vec<String> {
    let where_is = |property: &str, tags: &[TagValue]| format!("{} is {}", code(property), tag_words(tags));
    match (&kind.tag, variant.tags.as_slice()) {
        (Some(tag), tags @ [_, ..]) if variant.is_default => {
            vec![format!("If {}, another value or absent.", where_is(&tag.property, tags))]
        }
        (Some(tag), tags @ [_, ..]) => vec![format!("If {}.", where_is(&tag.property, tags))],
        _ if !variant.conditions.is_empty() => {
            let conditions = variant.conditions.iter().map(|(property, tags)| where_is(property, tags));
            vec![format!("If {}.", conditions.collect::<Vec<_>>().join(" and "))]
        }
        _ => Vec::new(),
    }
}

/// Returns the variants as entries of the macro.
fn entries(kind: &Union) -> Vec<String> {
    let is_text =
        |variant: &UnionVariant| !variant.is_default && variant.tags.iter().all(|tag| matches!(tag, TagValue::Text(_)));
    let only_text = kind.variants.iter().all(is_text);
    let list = |tags: &[TagValue], only_text: bool| {
        tags.iter().map(|tag| tag_entry(tag, only_text)).collect::<Vec<_>>().join(" | ")
    };
    let entry = |variant: &UnionVariant| match kind.tag {
        Some(_) => {
            let default = if variant.is_default { " | default()" } else { "" };
            format!("{}: {}{default}", variant.name, list(&variant.tags, only_text))
        }
        None => {
            let conditions = variant
                .conditions
                .iter()
                .map(|(property, tags)| format!(" where {} is ({})", escape::quoted(property), list(tags, false)));
            format!("{}: {}{}", variant.name, variant.json.as_str(), conditions.collect::<String>())
        }
    };
    kind.variants.iter().map(entry).collect()
}

/// Returns the values of a tag as part of a sentence.
fn tag_words(tags: &[TagValue]) -> String {
    let words = tags.iter().map(|tag| match tag {
        TagValue::Any(kind) => format!("of type {}", kind.as_str()),
        constant => code(&constant.to_string()),
    });
    words.collect::<Vec<_>>().join(" or ")
}

/// Returns a value of a tag as an entry of the macro; if all values are strings, they have no prefix.
fn tag_entry(tag: &TagValue, only_text: bool) -> String {
    match tag {
        TagValue::Text(text) if only_text => escape::quoted(text),
        TagValue::Text(text) => format!("text({})", escape::quoted(text)),
        TagValue::Integer(number) => format!("integer({number})"),
        // The macro takes numbers with a fraction or an exponent.
        TagValue::Number(number) if number.contains(['.', 'e', 'E']) => format!("number({number})"),
        TagValue::Number(number) => format!("number({number}.0)"),
        TagValue::Boolean(boolean) => format!("boolean({boolean})"),
        // Tags are scalars.
        TagValue::Null | TagValue::Json(_) => "null()".to_owned(),
        TagValue::Any(kind) => format!("any_{}()", kind.as_str()),
    }
}

/// Emits `as_str` for the variant that holds text.
fn text_accessor(name: &Ident, variant: &Ident) -> TokenStream {
    quote! {
        impl #name {
            /// Returns the text if the value is a string.
            pub fn as_str(&self) -> Option<&str> {
                match self {
                    Self::#variant(text) => Some(text),
                    _ => None,
                }
            }
        }
    }
}
