//! Checks emitted files for name errors that a compiler would report: duplicate names, unresolved names, and types that
//! contain themselves.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Fields, FnArg, ImplItem, Item, Pat, Type};

/// The names that are defined, by namespace.
#[derive(Default)]
struct Given {
    names: BTreeSet<String>,
    twice: Vec<String>,
}

impl Given {
    fn give(&mut self, space: &str, name: impl ToTokens) {
        let name = format!("{space} {}", name.to_token_stream());
        if !self.names.insert(name.clone()) {
            self.twice.push(name);
        }
    }
}

/// The items of a client.
#[derive(Default)]
pub struct Items {
    /// The types, with the types that each contains without indirection.
    types: BTreeMap<String, Vec<String>>,
    /// The number of items by kind.
    pub counts: BTreeMap<String, usize>,
}

/// Checks a parsed file and adds its items.
pub fn check(file: &syn::File, path: &str, items: &mut Items) {
    let mut given = Given::default();
    for item in &file.items {
        match item {
            Item::Struct(item) => {
                given.give("type", &item.ident);
                given_fields(&mut given, &item.ident.to_string(), &item.fields);
                note(items, path, &item.ident.to_string(), &item.fields);
            }
            Item::Enum(item) => {
                given.give("type", &item.ident);
                for variant in &item.variants {
                    given.give(&format!("variant of {}", item.ident), &variant.ident);
                    given_fields(&mut given, &format!("{}::{}", item.ident, variant.ident), &variant.fields);
                }
                let fields = item.variants.iter().flat_map(|variant| &variant.fields);
                note(items, path, &item.ident.to_string(), fields);
            }
            Item::Mod(item) => given.give("type", &item.ident),
            Item::Static(item) => given.give("value", &item.ident),
            Item::Const(item) => given.give("value", &item.ident),
            Item::Fn(item) => {
                given.give("value", &item.sig.ident);
                given_arguments(&mut given, "fn", &item.sig);
            }
            Item::Impl(item) => {
                let of = item.self_ty.to_token_stream();
                if let Some((implemented, _)) = &item.trait_ {
                    given.give("impl", implemented.to_token_stream().to_string() + " for " + &of.to_string());
                    continue;
                }
                for member in &item.items {
                    if let ImplItem::Fn(method) = member {
                        given.give(&format!("method of {of}"), &method.sig.ident);
                        given_arguments(&mut given, &format!("{of}"), &method.sig);
                    }
                }
            }
            _ => {}
        }
    }
    assert!(given.twice.is_empty(), "duplicate names in {path}: {:?}", given.twice);
    for kind in given.names.iter().filter_map(|name| name.split(' ').next()) {
        *items.counts.entry(kind.to_owned()).or_default() += 1;
    }
}

fn given_fields(given: &mut Given, of: &str, fields: &Fields) {
    for name in fields.iter().filter_map(|field| field.ident.as_ref()) {
        given.give(&format!("field of {of}"), name);
    }
}

fn given_arguments(given: &mut Given, of: &str, signature: &syn::Signature) {
    for argument in &signature.inputs {
        if let FnArg::Typed(argument) = argument
            && let Pat::Ident(name) = &*argument.pat
        {
            given.give(&format!("argument of {of}::{}", signature.ident), &name.ident);
        }
    }
}

/// Adds a type. Types are identified by name and must be unique, regardless of the file.
fn note<'f>(items: &mut Items, path: &str, name: &str, fields: impl IntoIterator<Item = &'f syn::Field>) {
    if path.contains("types/") {
        let mut held = Vec::new();
        fields.into_iter().for_each(|field| holds(&field.ty, &mut held));
        let other = items.types.insert(name.to_owned(), held);
        assert!(other.is_none(), "duplicate type {name}");
    }
}

/// Collects the types that are directly contained in this one.
fn holds(ty: &Type, held: &mut Vec<String>) {
    let Type::Path(path) = ty else { return };
    let Some(last) = path.path.segments.last() else { return };
    let is_ours = path.path.segments.first().is_none_or(|first| first.ident != "runtime");
    match (&last.arguments, last.ident.to_string().as_str()) {
        (_, "Vec" | "Box" | "BTreeMap") => {}
        (syn::PathArguments::AngleBracketed(inner), _) => {
            for argument in &inner.args {
                if let syn::GenericArgument::Type(ty) = argument {
                    holds(ty, held);
                }
            }
        }
        (_, name) if is_ours => held.push(name.to_owned()),
        _ => {}
    }
}

impl Items {
    /// Checks that no type contains itself.
    pub fn check(&self) {
        for name in self.types.keys() {
            let mut seen = BTreeSet::new();
            let mut queue: Vec<&String> = self.types[name].iter().collect();
            while let Some(part) = queue.pop() {
                assert!(part != name, "the type {name} contains itself");
                if seen.insert(part) {
                    queue.extend(self.types.get(part).into_iter().flatten());
                }
            }
        }
    }

    /// Checks that every name written as `types::Name` exists.
    pub fn check_names(&self, tokens: TokenStream, path: &str) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.check_names(group.stream(), path),
                TokenTree::Ident(ident) if *ident == "types" => {
                    let next: Vec<String> = tokens[index + 1..].iter().take(3).map(ToString::to_string).collect();
                    if let [first, second, name] = next.as_slice()
                        && (first.as_str(), second.as_str()) == (":", ":")
                        && name.starts_with(|first: char| first.is_alphabetic())
                    {
                        assert!(self.types.contains_key(name), "{path} refers to types::{name}, which does not exist");
                    }
                }
                _ => {}
            }
        }
    }
}
