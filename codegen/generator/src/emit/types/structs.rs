//! Emits structs: fields, serialization, constructor, setters and conversions.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Writer, deprecated, derive};
use crate::emit::file::File;
use crate::emit::{From, argument, compact, escape, type_tokens};
use crate::ir::{Api, ConstProperty, Field, Presence, Struct, TagValue, Type, TypeDef, TypeId, TypeKind};
use crate::markdown::code;
use crate::names::{self, UsedNames};

impl Writer<'_> {
    pub(super) fn structure(&self, def: &TypeDef, kind: &Struct, file: &mut File) {
        let (docs, name) = (escape::docs(&docs_with_constants(def, kind)), escape::ident(&def.name));
        let deprecated = deprecated(def);
        let fields: TokenStream = kind.fields.iter().map(|field| self.field(field, kind.multipart)).collect();
        let rest = kind.rest.as_ref().map(|(name, ty)| {
            let (name, ty) = (escape::ident(name), self.rest_type(ty));
            quote!(
                /// Undeclared properties; see [`runtime::AdditionalProperties`].
                pub #name: #ty,
            )
        });
        let empty =
            def.sent && free(kind).next().is_none() && kind.fields.iter().all(|field| !field.presence.is_certain());
        let derives: &[&str] = match (kind.multipart, empty) {
            (true, true) => &["Clone", "Debug", "Default"],
            (true, false) => &["Clone", "Debug"],
            (false, true) => &["Clone", "Debug", "Default", "PartialEq"],
            (false, false) => &["Clone", "Debug", "PartialEq"],
        };
        let derives = derive(derives, def);
        file.items(quote! {
            #docs
            #deprecated
            #derives
            #[non_exhaustive]
            pub struct #name { #fields #rest }
        });
        let mut entries: Vec<String> = kind.fields.iter().map(|field| self.entry(field, kind.multipart)).collect();
        let recognized = if kind.recognized { " recognized" } else { "" };
        let head = match &kind.rest {
            Some((name, ty)) if kind.multipart => {
                let mode = if ty.is_upload() { "rest_files" } else { "rest_values" };
                entries.push(format!("{name}: {mode} \"\""));
                def.name.clone()
            }
            Some((name, _)) => format!("{}{recognized} rest {name}", def.name),
            None => format!("{}{recognized}", def.name),
        } + &constant_list(kind);
        file.invocation(if kind.multipart { "multipart" } else { "object" }, &head, &entries);
        if def.sent {
            file.items(self.methods(def, kind, empty));
        }
    }

    fn field(&self, field: &Field, multipart: bool) -> TokenStream {
        let (docs, name, ty) = (escape::docs(&field.docs), escape::ident(&field.name), self.tokens(&field.ty));
        let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
        let ty = in_presence(field, multipart, ty);
        quote!(#docs #deprecated pub #name: #ty,)
    }

    /// Returns a field's entry in the macro that serializes and deserializes the struct.
    fn entry(&self, field: &Field, multipart: bool) -> String {
        let mode = mode(field, multipart);
        let form = field.encoding.as_ref();
        let form = form.map(|encoding| format!("_as<{}>", compact(&self.tokens(encoding)))).unwrap_or_default();
        format!("{}: {mode}{form} {}", field.name, escape::quoted(&field.wire))
    }

    fn rest_type(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Value => quote!(runtime::AdditionalProperties),
            other => {
                let other = self.tokens(other);
                quote!(BTreeMap<String, #other>)
            }
        }
    }

    fn methods(&self, def: &TypeDef, kind: &Struct, empty: bool) -> TokenStream {
        let name = escape::ident(&def.name);
        let new = self.constructor(kind, empty);
        let names = SetterNames::of(kind);
        let setters = kind.fields.iter().zip(&names.fields).filter_map(|(field, names)| {
            let (set, clear) = names.as_ref()?;
            Some(self.setter(field, kind, &escape::ident(set), clear.as_deref().map(escape::ident)))
        });
        let setters: TokenStream = setters.collect();
        let rest = kind.rest.as_ref().zip(names.rest.as_ref());
        let rest = rest.map(|((field, ty), setter)| self.rest_setter(field, ty, &escape::ident(setter)));
        let conversions = self.conversions(def, kind, &names);
        quote! {
            impl #name {
                #new
                #setters
                #rest
            }
            #conversions
        }
    }

    /// Emits `new`, which takes the required fields that are not constant.
    fn constructor(&self, kind: &Struct, empty: bool) -> TokenStream {
        if empty {
            return quote! {
                /// Creates the value with no field set.
                pub fn new() -> Self {
                    Default::default()
                }
            };
        }
        let (mut parameters, mut values, mut kinds) = (TokenStream::new(), TokenStream::new(), Vec::new());
        for field in &kind.fields {
            let name = escape::ident(&field.name);
            let value = match (&field.constant, field.presence) {
                (Some(constant), Presence::Required) => self.constant(constant, &field.ty),
                (None, Presence::Required) | (_, Presence::OrEmpty) => {
                    let (taken, made) = argument(self.api, &field.ty, &name, self.from());
                    parameters.extend(quote!(#name: #taken,));
                    made
                }
                (_, Presence::Optional) if kind.multipart && is_files(&field.ty) => quote!(Vec::new()),
                (None, Presence::Nullable) => {
                    let ty = self.tokens(&field.ty);
                    if self.converts_unless_null(&field.ty) {
                        let by = escape::ident(&format!("_By{}", kinds.len() + 1));
                        parameters.extend(quote!(#name: impl runtime::IntoNullable<#ty, #by>,));
                        kinds.push(by);
                        quote!(#name.into_nullable())
                    } else {
                        parameters.extend(quote!(#name: impl Into<Option<#ty>>,));
                        quote!(#name.into())
                    }
                }
                (_, Presence::Optional | Presence::Nullable) => quote!(None),
                (_, Presence::Patch) => quote!(runtime::Patch::Absent),
            };
            // Use the shorthand `name` instead of `name: name`.
            values.extend(if name == value.to_string() { quote!(#name,) } else { quote!(#name: #value,) });
        }
        if let Some((name, _)) = &kind.rest {
            let name = escape::ident(name);
            values.extend(quote!(#name: Default::default(),));
        }
        let kinds = (!kinds.is_empty()).then(|| quote!(<#(#kinds),*>));
        let doc = if parameters.is_empty() {
            " Creates the value with no optional field set."
        } else {
            " Creates the value from its required fields."
        };
        let allow = (parameters.is_empty()).then(|| quote!(#[allow(clippy::new_without_default)]));
        quote! {
            #[doc = #doc]
            #allow
            pub fn new #kinds(#parameters) -> Self {
                Self { #values }
            }
        }
    }

    /// Returns true if an argument for a nullable field of this type can be a value that converts into it. Numbers are
    /// not converted, and from an `Option`, free-form JSON can be created.
    fn converts_unless_null(&self, ty: &Type) -> bool {
        match ty {
            Type::String | Type::Secret | Type::Base64 => true,
            Type::Named(id) => match &self.api[*id].kind {
                TypeKind::Alias(ty) => self.converts_unless_null(ty),
                TypeKind::Strings(_) | TypeKind::Integers(_) | TypeKind::Struct(_) | TypeKind::Union(_) => true,
                TypeKind::Responses(_) => false,
            },
            _ => false,
        }
    }

    /// Returns the value of a constant field.
    fn constant(&self, constant: &str, ty: &Type) -> TokenStream {
        let integer = |number: i128| {
            let (sign, digits) = ((number < 0).then(|| quote!(-)), Literal::u128_unsuffixed(number.unsigned_abs()));
            quote!(#sign #digits)
        };
        let text = escape::string(constant);
        match (ty, constant.parse::<i128>(), constant.parse::<f64>()) {
            (Type::Boolean, ..) if constant == "true" => quote!(true),
            (Type::Boolean, ..) => quote!(false),
            (Type::I32 | Type::I64 | Type::U64, Ok(number), _) => integer(number),
            (Type::F64, _, Ok(number)) => {
                let (sign, digits) =
                    (number.is_sign_negative().then(|| quote!(-)), Literal::f64_unsuffixed(number.abs()));
                quote!(#sign #digits)
            }
            (Type::Value, ..) => quote!(runtime::Value::Null),
            (Type::Named(id), Ok(number), _) if matches!(self.api[*id].kind, TypeKind::Integers(_)) => {
                let (ty, number) = (self.tokens(ty), integer(number));
                quote!(<#ty>::from(#number))
            }
            (Type::String, ..) => quote!(#text.to_owned()),
            _ => quote!(#text.into()),
        }
    }

    fn setter(&self, field: &Field, kind: &Struct, setter: &Ident, clear: Option<Ident>) -> TokenStream {
        let name = escape::ident(&field.name);
        let docs = escape::summary(&field.docs);
        let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
        let (taken, made) = argument(self.api, &field.ty, &name, self.from());
        let value = match field.presence {
            Presence::Optional if kind.multipart && is_files(&field.ty) => made,
            Presence::Patch => quote!(runtime::Patch::Value(#made)),
            _ => quote!(Some(#made)),
        };
        let clear = clear.map(|clear| {
            let doc = format!(" Sends null for `{}`, which clears it.", names::suffix(&field.name));
            quote! {
                #[doc = #doc]
                pub fn #clear(mut self) -> Self {
                    self.#name = runtime::Patch::Null;
                    self
                }
            }
        });
        quote! {
            #docs
            #deprecated
            pub fn #setter(mut self, #name: #taken) -> Self {
                self.#name = #value;
                self
            }
            #clear
        }
    }

    fn rest_setter(&self, field: &str, ty: &Type, setter: &Ident) -> TokenStream {
        let name = escape::ident(field);
        let value = escape::ident("value");
        let (taken, made) = argument(self.api, ty, &value, self.from());
        quote! {
            /// Adds an additional property.
            pub fn #setter(mut self, key: impl Into<String>, value: #taken) -> Self {
                self.#name.insert(key.into(), #made);
                self
            }
        }
    }

    /// Emits conversions for a struct with a single field, or with a single required one, unless a value could be meant
    /// for another field.
    fn conversions(&self, def: &TypeDef, kind: &Struct, names: &SetterNames) -> TokenStream {
        let name = escape::ident(&def.name);
        let Some(field) = only(kind).or_else(|| single(kind)) else { return TokenStream::new() };
        let mut sources = Vec::new();
        self.sources(&field.ty, is_plain(kind, field), &mut sources, &mut vec![def.name.as_str()]);
        let (ty, value) = (self.tokens(&field.ty), escape::ident("value"));
        let (_, made) = argument(self.api, &field.ty, &value, self.from());
        let at = kind.fields.iter().position(|one| one.name == field.name);
        let setter = at.and_then(|at| names.fields.get(at)?.as_ref());
        let from = match (field.presence, setter) {
            (Presence::Nullable, _) => quote!(let value: #ty = #made; Self::new(Some(value))),
            (_, Some((setter, _))) => {
                let setter = escape::ident(setter);
                quote!(Self::new().#setter(value))
            }
            _ => quote!(Self::new(value)),
        };
        // Slices are copied, and converted as a `Vec` is.
        let slices = |bound: TokenStream, item: TokenStream| {
            quote! {
                impl #bound From<&[#item]> for #name { fn from(value: &[#item]) -> Self { value.to_vec().into() } }
                impl #bound From<&Vec<#item>> for #name { fn from(value: &Vec<#item>) -> Self { value.clone().into() } }
            }
        };
        let convert = |source: FieldSource| match source {
            FieldSource::Type(same) if field.presence == Presence::Nullable && same.to_string() == ty.to_string() => {
                quote!(impl From<#same> for #name { fn from(value: #same) -> Self { Self::new(value) } })
            }
            FieldSource::Type(source) => {
                quote!(impl From<#source> for #name { fn from(value: #source) -> Self { #from } })
            }
            FieldSource::Exact(item) => {
                let slices = slices(TokenStream::new(), quote!(#item));
                quote! {
                    impl From<Vec<#item>> for #name { fn from(value: Vec<#item>) -> Self { #from } }
                    impl<const N: usize> From<[#item; N]> for #name { fn from(value: [#item; N]) -> Self { #from } }
                    #slices
                }
            }
            FieldSource::Texts => {
                let slices = slices(quote!(<T: Clone + Into<String>>), quote!(T));
                quote! {
                    impl<T: Into<String>> From<Vec<T>> for #name { fn from(value: Vec<T>) -> Self { #from } }
                    impl<const N: usize> From<[&str; N]> for #name { fn from(value: [&str; N]) -> Self { #from } }
                    #slices
                }
            }
            FieldSource::Items(item) => {
                let slices = slices(quote!(<T: Clone + Into<#item>>), quote!(T));
                quote! {
                    impl<T: Into<#item>> From<Vec<T>> for #name { fn from(value: Vec<T>) -> Self { #from } }
                    impl<T: Into<#item>, const N: usize> From<[T; N]> for #name {
                        fn from(value: [T; N]) -> Self { #from }
                    }
                    #slices
                }
            }
        };
        sources.into_iter().map(convert).collect()
    }

    /// Returns true if nothing else becomes a value of this struct.
    fn is_made_of_nothing_else(&self, id: TypeId) -> bool {
        matches!(&self.api[id].kind, TypeKind::Struct(kind) if only(kind).or_else(|| single(kind)).is_none())
    }

    /// Collects the types that convert into this one. Strings and numbers are included only if `plain`, that is, if
    /// their meaning is clear. Strings that are values of an enum are always included.
    fn sources<'a>(&'a self, ty: &Type, plain: bool, out: &mut Vec<FieldSource>, seen: &mut Vec<&'a str>) {
        match ty {
            Type::String | Type::Secret if plain => out.extend([quote!(&str), quote!(String)].map(FieldSource::Type)),
            Type::List(item) if plain && **item == Type::String => out.push(FieldSource::Texts),
            Type::List(item) => match **item {
                Type::Named(id) if self.is_made_of_nothing_else(id) => out.push(FieldSource::Exact(self.tokens(item))),
                Type::Named(_) => out.push(FieldSource::Items(self.tokens(item))),
                _ if plain && item.is_copy() => out.push(FieldSource::Exact(self.tokens(item))),
                _ => {}
            },
            Type::Boxed(inner) | Type::Lenient(inner) => self.sources(inner, plain, out, seen),
            Type::Named(TypeId(id)) => {
                let def = &self.api.types[*id];
                // A recursive type already converts from itself.
                if seen.contains(&def.name.as_str()) {
                    return;
                }
                seen.push(&def.name);
                out.push(FieldSource::Type(self.tokens(ty)));
                match &def.kind {
                    TypeKind::Strings(_) => out.extend([quote!(&str), quote!(String)].map(FieldSource::Type)),
                    TypeKind::Struct(kind) => {
                        if let Some(field) = only(kind).or_else(|| single(kind)) {
                            self.sources(&field.ty, plain && is_plain(kind, field), out, seen);
                        }
                    }
                    _ => {}
                }
            }
            // A user-defined type may be one that the struct converts from already.
            Type::Option(_) | Type::Custom(_) | Type::External(_) => {}
            _ if plain && is_free_form(ty) => {
                let object = quote!(runtime::Map<String, runtime::Value>);
                out.extend([quote!(runtime::Value), object].map(FieldSource::Type));
            }
            Type::Map(_) => {}
            other if plain => out.push(FieldSource::Type(self.tokens(other))),
            _ => {}
        }
    }
}

/// The names of the methods that set a struct's fields.
pub(crate) struct SetterNames {
    /// The setter and the method that sends null of each field, or `None` if `new` sets the field.
    pub fields: Vec<Option<(String, Option<String>)>>,
    /// The setter of the additional properties.
    pub rest: Option<String>,
}

impl SetterNames {
    /// Names all setters before the methods that depend on a setter's name.
    pub fn of(kind: &Struct) -> Self {
        let mut taken: UsedNames = names::INHERITED.iter().copied().chain(["new"]).collect();
        let mut named: Vec<Option<(String, Option<String>)>> = Vec::with_capacity(kind.fields.len());
        for field in &kind.fields {
            let optional = matches!(field.presence, Presence::Optional | Presence::Patch);
            named.push(optional.then(|| (taken.claim(&field.name), None)));
        }
        for (field, names) in kind.fields.iter().zip(&mut named) {
            if let Some((_, clear)) = names.as_mut().filter(|_| field.presence == Presence::Patch) {
                *clear = Some(taken.claim(&format!("clear_{}", names::suffix(&field.name))));
            }
        }
        let rest = kind.rest.as_ref();
        let rest = rest.map(|(field, _)| taken.claim(&format!("with_{}", names::suffix(field))));
        Self { fields: named, rest }
    }
}

/// A type that a struct converts from.
enum FieldSource {
    /// This type.
    Type(TokenStream),
    /// Lists of exactly this type, so that an empty list needs no annotation.
    Exact(TokenStream),
    /// Lists of what becomes text. Arrays are of `&str` alone, so that an empty one needs no annotation.
    Texts,
    /// Lists of values that convert into this type.
    Items(TokenStream),
}

/// Returns the fields that `new` takes.
fn free(kind: &Struct) -> impl Iterator<Item = &Field> {
    let asked = |field: &&Field| matches!(field.presence, Presence::Required | Presence::Nullable);
    kind.fields.iter().filter(asked).filter(|field| field.constant.is_none())
}

/// Returns the field that callers can set, if it is the only one.
fn only(kind: &Struct) -> Option<&Field> {
    let mut settable = kind.fields.iter().filter(|field| field.constant.is_none());
    settable.next().filter(|_| settable.next().is_none() && !kind.multipart)
}

/// Returns true if only this field can hold a value of its plain type: the string `"docs"` could be meant for any
/// string field.
fn is_plain(kind: &Struct, field: &Field) -> bool {
    let others = kind.fields.iter().filter(|other| other.constant.is_none() && other.name != field.name);
    let word = plain_word(&field.ty);
    word.is_none() || others.map(|other| plain_word(&other.ty)).all(|other| other != word)
}

/// Returns true for any JSON value, and for an object with any properties.
fn is_free_form(ty: &Type) -> bool {
    matches!(ty, Type::Object | Type::Value) || matches!(ty, Type::Map(value) if **value == Type::Value)
}

/// Returns the plain type of a type's values, and true if they are lists; `None` for types of the API.
fn plain_word(ty: &Type) -> Option<(&'static str, bool)> {
    Some(match ty {
        Type::String | Type::Secret => ("text", false),
        Type::I32 | Type::I64 | Type::U64 | Type::F64 => ("number", false),
        Type::Boolean => ("boolean", false),
        Type::Timestamp | Type::UnixTime(_) => ("time", false),
        Type::Date => ("day", false),
        Type::Uuid => ("UUID", false),
        Type::Ipv4 | Type::Ipv6 => ("address", false),
        Type::List(item) => (plain_word(item)?.0, true),
        ty if is_free_form(ty) => ("JSON", false),
        Type::Boxed(inner) | Type::Lenient(inner) | Type::Option(inner) => plain_word(inner)?,
        _ => return None,
    })
}

/// Returns the field that `new` takes, if it is the only one.
fn single(kind: &Struct) -> Option<&Field> {
    let mut free = free(kind);
    free.next().filter(|only| only.presence == Presence::Required && free.next().is_none())
}

/// The documentation of a struct, with a sentence on each property that is no field.
fn docs_with_constants(def: &TypeDef, kind: &Struct) -> Vec<String> {
    let sentence =
        |constant: &ConstProperty| format!("{} is always {}.", code(&constant.wire), code(&constant.value.to_string()));
    let mut lines = def.docs.clone();
    for constant in &kind.constants {
        lines.extend((!lines.is_empty()).then(String::new));
        lines.push(sentence(constant));
    }
    lines
}

/// The properties that are no fields, as the macro takes them.
fn constant_list(kind: &Struct) -> String {
    let entry = |constant: &ConstProperty| {
        let value = match &constant.value {
            TagValue::Text(text) => format!("Text({})", escape::quoted(text)),
            TagValue::Integer(number) if i64::try_from(*number).is_ok() => format!("Integer({number})"),
            TagValue::Integer(number) => format!("Unsigned({number})"),
            TagValue::Number(number) if number.contains(['.', 'e', 'E']) => format!("Number({number})"),
            TagValue::Number(number) => format!("Number({number}.0)"),
            TagValue::Boolean(boolean) => format!("Boolean({boolean})"),
            TagValue::Json(text) => format!("Json({})", escape::quoted(text)),
            TagValue::Null | TagValue::Any(_) => "Null(())".to_owned(),
        };
        format!("{}: {value}", escape::quoted(&constant.wire))
    };
    let entries: Vec<String> = kind.constants.iter().map(entry).collect();
    if entries.is_empty() { String::new() } else { format!(" always {{ {} }}", entries.join(", ")) }
}

/// Returns the type of a field whose values have the type `ty`.
fn in_presence(field: &Field, multipart: bool, ty: TokenStream) -> TokenStream {
    match field.presence {
        Presence::Optional if multipart && is_files(&field.ty) => ty,
        Presence::Required | Presence::OrEmpty => ty,
        Presence::Optional | Presence::Nullable => quote!(Option<#ty>),
        Presence::Patch => quote!(runtime::Patch<#ty>),
    }
}

/// Returns the type of a field as callers write it.
pub fn written_field(api: &Api, field: &Field, multipart: bool) -> String {
    compact(&in_presence(field, multipart, type_tokens(api, &field.ty, From::Beside)))
}

fn is_files(ty: &Type) -> bool {
    matches!(ty, Type::List(item) if **item == Type::Upload)
}

/// Returns the mode of a field in the macro that serializes and deserializes the struct.
fn mode(field: &Field, multipart: bool) -> &'static str {
    match (&field.ty, field.presence) {
        (ty, _) if multipart && is_files(ty) => "files",
        (Type::Upload, Presence::Required) if multipart => "required_file",
        (Type::Upload, _) if multipart => "optional_file",
        (Type::Map(value), Presence::Required) if multipart && value.is_upload() => "required_file_map",
        (Type::Map(value), _) if multipart && value.is_upload() => "optional_file_map",
        (_, Presence::Required) if multipart && field.deep => "required_deep",
        (_, _) if multipart && field.deep => "optional_deep",
        (_, Presence::Required) if multipart => "required_text",
        _ if multipart => "optional_text",
        (Type::Lenient(_), Presence::Required) => "lenient",
        (Type::Lenient(_), _) => "optional_lenient",
        (_, Presence::Required) => "required",
        (_, Presence::Optional) => "optional",
        (_, Presence::OrEmpty) => "or_empty",
        (_, Presence::Nullable) => "nullable",
        (_, Presence::Patch) => "patch",
    }
}
