//! Writes JSON values as Rust expressions of the client's types.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::{Map, Number, Value};

use super::sample::BASE64;
use crate::emit::types::SetterNames;
use crate::emit::{From, converts, escape, type_tokens};
use crate::ir::{Api, Enum, External, Field, Presence, Struct, TagPresence, TagValue, Type, TypeDef, TypeKind, Union};

/// The reason why a type cannot hold a value.
#[derive(Debug)]
pub struct Unsupported(pub String);

type Result<T = TokenStream> = std::result::Result<T, Unsupported>;

/// Writes values as expressions of a client's types.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    api: &'a Api,
    /// True if times and user-defined types are written as the types of their encodings.
    wraps: bool,
}

impl<'a> Writer<'a> {
    /// Creates a writer for the types of a client.
    pub fn new(api: &'a Api) -> Self {
        Self { api, wraps: true }
    }

    /// Returns the value as an argument for a field or a parameter of the type `ty`, with this encoding.
    pub fn encoded_argument(self, ty: &Type, encoding: Option<&Type>, value: &Value) -> Result {
        match encoding {
            Some(encoding) => Self { wraps: false, ..self }.argument(encoding, value),
            None => self.argument(ty, value),
        }
    }

    /// Returns the value as an argument of the type: text as a literal, a list as an array.
    pub fn argument(self, ty: &Type, value: &Value) -> Result {
        let element = |ty: &Type, value| if converts(ty) { self.argument(ty, value) } else { self.exact(ty, value) };
        match (ty, value) {
            (Type::String | Type::Secret, Value::String(text)) => Ok(literal(text)),
            // A scalar in a path is a string to the client, even if the document declares another type.
            (Type::String, Value::Number(_) | Value::Bool(_)) => Ok(literal(&value.to_string())),
            // A choice of one file and several is a list.
            (Type::List(item), Value::String(_)) if **item == Type::Upload => {
                let file = element(item, value)?;
                Ok(quote!([#file]))
            }
            (Type::Tuple(_), _) => self.exact(ty, value),
            (Type::List(item), Value::Array(values)) if !values.is_empty() => {
                let values = values.iter().map(|value| element(item, value)).collect::<Result<Vec<_>>>()?;
                Ok(quote!([#(#values),*]))
            }
            (Type::Map(item), Value::Object(entries)) if !entries.is_empty() => {
                let entries = entries.iter().map(|(key, value)| {
                    let (key, value) = (escape::string(key), element(item, value)?);
                    Ok(quote!((#key, #value)))
                });
                let entries = entries.collect::<Result<Vec<_>>>()?;
                Ok(quote!([#(#entries),*]))
            }
            (Type::Object, Value::Object(entries)) if !entries.is_empty() => {
                let entries = entries.iter().map(|(key, value)| {
                    let (key, value) = (escape::string(key), json(value));
                    quote!((#key, #value))
                });
                Ok(quote!([#(#entries),*]))
            }
            (Type::Boxed(inner) | Type::Lenient(inner), _) => self.argument(inner, value),
            _ => self.exact(ty, value),
        }
    }

    /// Returns the value as an expression of exactly this type.
    fn exact(self, ty: &Type, value: &Value) -> Result {
        let misfit = || Err(Unsupported(format!("`{}` cannot be written as {}", value, self.written(ty))));
        Ok(match (ty, value) {
            (Type::Boolean, Value::Bool(value)) => quote!(#value),
            (Type::I32 | Type::I64 | Type::U64 | Type::F64, Value::Number(number)) => match scalar(ty, number) {
                Some(tokens) => tokens,
                None => return misfit(),
            },
            // The client sends a number, even if the sample has it as a string.
            (Type::I64 | Type::F64, Value::String(text)) if text.parse::<Number>().is_ok() => {
                self.exact(ty, &Value::Number(text.parse().unwrap_or_else(|_| Number::from(0))))?
            }
            (Type::String, Value::String(text)) => {
                let text = escape::string(text);
                quote!(#text.to_owned())
            }
            (Type::Secret, Value::String(text)) => {
                let text = escape::string(text);
                quote!(runtime::Secret::from(#text))
            }
            (Type::UnixTime(_), value) => match seconds(value) {
                Some(time) if !self.wraps => time,
                Some(time) => {
                    let form = self.written(ty);
                    quote!(#form(#time))
                }
                None => return misfit(),
            },
            (parsed, Value::String(text)) if parsed.is_parsed_text() => {
                let (ty, text) = (self.written(ty), escape::string(text));
                quote!(#text.parse::<#ty>()?)
            }
            (Type::Base64, Value::String(_)) => {
                let bytes = Literal::byte_string(BASE64.1.as_bytes());
                quote!(runtime::Base64(#bytes.to_vec()))
            }
            (Type::Upload, Value::String(text)) => {
                let text = escape::string(text);
                quote!(runtime::Upload::bytes(#text).file_name("sample.txt"))
            }
            (Type::Custom(External { path, .. }), value) if !self.wraps => {
                let (path, value) = (escape::path(path), json(value));
                quote!(serde_json::from_value::<#path>(#value)?)
            }
            (Type::Custom(_) | Type::External(_), value) => {
                let (ty, value) = (self.written(ty), json(value));
                quote!(serde_json::from_value::<#ty>(#value)?)
            }
            (Type::Value, value) => json(value),
            (Type::Object, Value::Object(entries)) if entries.is_empty() => quote!(runtime::Map::new()),
            (Type::Object, Value::Object(_)) => {
                let value = json(value);
                quote!(serde_json::from_value::<runtime::Map<String, runtime::Value>>(#value)?)
            }
            (Type::List(item), Value::String(_)) if **item == Type::Upload => {
                let file = self.exact(item, value)?;
                quote!(vec![#file])
            }
            (Type::Tuple(items), Value::Array(values)) if items.len() == values.len() => {
                let values = items.iter().zip(values).map(|(item, value)| self.exact(item, value));
                let values = values.collect::<Result<Vec<_>>>()?;
                quote!((#(#values,)*))
            }
            (Type::List(_), Value::Array(values)) if values.is_empty() && !self.wraps => quote!(Vec::new()),
            (Type::List(item), Value::Array(values)) if values.is_empty() => {
                let item = self.written(item);
                quote!(Vec::<#item>::new())
            }
            (Type::List(item), Value::Array(values)) => {
                let values = values.iter().map(|value| self.exact(item, value)).collect::<Result<Vec<_>>>()?;
                quote!(vec![#(#values),*])
            }
            (Type::Map(item), Value::Object(entries)) => {
                let ty = self.written(item);
                let entries = entries.iter().map(|(key, value)| {
                    let (key, value) = (escape::string(key), self.exact(item, value)?);
                    Ok(quote!((#key.to_owned(), #value)))
                });
                let entries = entries.collect::<Result<Vec<_>>>()?;
                match self.wraps {
                    true => quote!(BTreeMap::<String, #ty>::from([#(#entries),*])),
                    false => quote!(BTreeMap::from([#(#entries),*])),
                }
            }
            (Type::Option(_), Value::Null) => quote!(None),
            (Type::Option(inner), value) => {
                let value = self.exact(inner, value)?;
                quote!(Some(#value))
            }
            (Type::Boxed(inner), value) => {
                let value = self.exact(inner, value)?;
                quote!(Box::new(#value))
            }
            (Type::Lenient(inner), value) => self.exact(inner, value)?,
            (Type::Named(id), value) => self.named(&self.api[*id], value)?,
            _ => return misfit(),
        })
    }

    fn named(self, def: &TypeDef, value: &Value) -> Result {
        let name = escape::ident(&def.name);
        match (&def.kind, value) {
            (TypeKind::Struct(kind), Value::Object(value)) => {
                self.structure(def, kind, value).map_err(|Unsupported(why)| Unsupported(format!("{}: {why}", def.name)))
            }
            (TypeKind::Strings(kind), Value::String(text)) => {
                let variant = variant(kind, text, quote!(#text.to_owned()));
                Ok(quote!(types::#name::#variant))
            }
            (TypeKind::Integers(kind), Value::Number(number)) if !number.is_f64() => {
                let value = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
                let variant = variant(
                    kind,
                    &value.unwrap_or_default(),
                    scalar(if number.is_i64() { &Type::I64 } else { &Type::U64 }, number).unwrap_or_default(),
                );
                Ok(quote!(types::#name::#variant))
            }
            (TypeKind::Union(kind), value) => self.union(def, kind, value),
            (TypeKind::Alias(ty), value) => self.exact(ty, value),
            _ => Err(Unsupported(format!("`{value}` is not a valid {}", def.name))),
        }
    }

    /// Returns the value as the first variant that can hold it.
    fn union(self, def: &TypeDef, kind: &Union, value: &Value) -> Result {
        let name = escape::ident(&def.name);
        let tag = kind.tag.as_ref().and_then(|tag| value.get(&tag.property));
        let is_tagged = |tags: &[TagValue]| tag.is_some_and(|value| tags.iter().any(|tag| tag.matches(value)));
        let possible = kind.variants.iter().filter(|variant| kind.tag.is_none() || is_tagged(&variant.tags));
        let mut possible: Vec<_> = possible.collect();
        possible.sort_by_key(|variant| (!self.lists(&variant.ty, value), !may_parse(&variant.ty, value)));
        // A tag that the client adds is not a property of the variant.
        let untagged = match (value, &kind.tag) {
            (Value::Object(object), Some(tag)) if tag.presence == TagPresence::Added => {
                let others = object.iter().filter(|(key, _)| **key != tag.property);
                Value::Object(others.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            _ => value.clone(),
        };
        let mut reasons = Vec::new();
        for variant in possible {
            // A variant may declare the property nevertheless.
            match self.exact(&variant.ty, &untagged).or_else(|_| self.exact(&variant.ty, value)) {
                Ok(held) => {
                    let variant = escape::ident(&variant.name);
                    return Ok(quote!(types::#name::#variant(#held)));
                }
                Err(Unsupported(why)) => reasons.push(why),
            }
        }
        if kind.base.is_some() {
            // A sample of a base schema need not match any of the variants.
            let (unknown, value) = (escape::ident(&kind.unknown), json(value));
            return Ok(quote!(types::#name::#unknown(#value)));
        }
        Err(Unsupported(format!("no variant of {} can hold `{value}`: {}", def.name, reasons.join("; "))))
    }

    /// Returns true if the type is an enum that lists this string.
    fn lists(self, ty: &Type, value: &Value) -> bool {
        let Type::Named(id) = ty else { return false };
        matches!(&self.api[*id].kind, TypeKind::Strings(kind) if kind.variants.iter().any(|(_, wire)| value == wire))
    }

    /// Returns a call of the constructor with the required fields, and of a setter for each other field.
    fn structure(self, def: &TypeDef, kind: &Struct, value: &Map<String, Value>) -> Result {
        let names = SetterNames::of(kind);
        let (mut given, mut setters, mut carried) = (Vec::new(), TokenStream::new(), Vec::new());
        for (field, names) in kind.fields.iter().zip(&names.fields) {
            let value = property(value, &field.wire, kind.multipart, &mut carried);
            match (value, names) {
                (Some(value), Some((set, clear))) => setters.extend(self.set(field, value, set, clear.as_deref())?),
                (None, Some(_)) => {}
                (value, None) => given.extend(self.required(field, value)?),
            }
        }
        for constant in &kind.constants {
            match property(value, &constant.wire, kind.multipart, &mut carried) {
                Some(value) if constant.value.matches(value) => {}
                _ => {
                    let (wire, only) = (&constant.wire, &constant.value);
                    return Err(Unsupported(format!("the property `{wire}` is not `{only}`")));
                }
            }
        }
        for (key, value) in value.iter().filter(|(key, _)| !carried.contains(&key.as_str())) {
            let (Some((_, ty)), Some(setter)) = (&kind.rest, &names.rest) else {
                return Err(Unsupported(format!("it has no property `{key}`")));
            };
            let (setter, key, value) = (escape::ident(setter), escape::string(key), self.argument(ty, value)?);
            setters.extend(quote!(.#setter(#key, #value)));
        }
        let name = escape::ident(&def.name);
        Ok(quote!(types::#name::new(#(#given),*)#setters))
    }

    fn set(self, field: &Field, value: &Value, set: &str, clear: Option<&str>) -> Result {
        let method = escape::ident(clear.filter(|_| value.is_null()).unwrap_or(set));
        if value.is_null() && field.ty != Type::Value {
            return Ok(if clear.is_some() { quote!(.#method()) } else { TokenStream::new() });
        }
        let value = self.encoded_argument(&field.ty, field.encoding.as_ref(), value)?;
        Ok(quote!(.#method(#value)))
    }

    /// Returns the argument of `new` for a field, or `None` if the field is constant.
    fn required(self, field: &Field, value: Option<&Value>) -> Result<Option<TokenStream>> {
        let missing = || Unsupported(format!("the property `{}` is missing", field.wire));
        match (&field.constant, value) {
            (Some(constant), Some(value)) if text(value) == *constant => Ok(None),
            // A tag without its value: the sample is of the variant alone, not of the union.
            (Some(_), Some(_)) if field.is_tag => Ok(None),
            (Some(constant), _) => Err(Unsupported(format!("the property `{}` is not `{constant}`", field.wire))),
            (None, Some(Value::Null)) if field.presence == Presence::Nullable => Ok(Some(quote!(None))),
            (None, Some(value)) if field.presence == Presence::Nullable => match &field.encoding {
                Some(encoding) => Self { wraps: false, ..self }.exact(encoding, value).map(Some),
                None => self.exact(&field.ty, value).map(Some),
            },
            (None, Some(value)) => self.encoded_argument(&field.ty, field.encoding.as_ref(), value).map(Some),
            (None, None) => Err(missing()),
        }
    }

    fn written(self, ty: &Type) -> TokenStream {
        type_tokens(self.api, ty, From::Beside)
    }
}

/// Returns false if the type is parsed from text of another form.
fn may_parse(ty: &Type, value: &Value) -> bool {
    let Value::String(text) = value else { return true };
    let consists_of = |is_valid: fn(char) -> bool| text.chars().all(is_valid);
    match ty {
        Type::Timestamp => text.starts_with(|first: char| first.is_ascii_digit()) && text.contains('T'),
        Type::Date => text.len() == 10 && consists_of(|character| character == '-' || character.is_ascii_digit()),
        Type::Uuid => text.len() == 36 && consists_of(|character| character == '-' || character.is_ascii_hexdigit()),
        Type::Ipv4 => text.parse::<std::net::Ipv4Addr>().is_ok(),
        Type::Ipv6 => text.parse::<std::net::Ipv6Addr>().is_ok(),
        _ => true,
    }
}

/// Returns the value of a property. Forms are flat: `name[key]` is the property `key` of the object `name`.
fn property<'v>(
    object: &'v Map<String, Value>,
    wire: &str,
    flat: bool,
    carried: &mut Vec<&'v str>,
) -> Option<&'v Value> {
    if let Some((key, value)) = object.get_key_value(wire) {
        carried.push(key);
        return Some(value);
    }
    let (name, rest) = wire.split_once('[').filter(|_| flat)?;
    let (key, outer) = object.get_key_value(name)?;
    carried.push(key);
    rest.strip_suffix(']')?.split("][").try_fold(outer, |value, key| value.get(key))
}

fn variant<T: PartialEq<W>, W: ?Sized>(kind: &Enum<T>, value: &W, kept: TokenStream) -> TokenStream {
    match kind.variants.iter().find(|(_, known)| known == value) {
        Some((name, _)) => {
            let name = escape::ident(name);
            quote!(#name)
        }
        None => {
            let unknown = escape::ident(&kind.unknown);
            quote!(#unknown(#kept))
        }
    }
}

/// Returns a number as a literal of a type, or `None` if it is out of range.
fn scalar(ty: &Type, number: &Number) -> Option<TokenStream> {
    if *ty == Type::F64 {
        let number = number.as_f64()?;
        let (sign, digits) = (number.is_sign_negative().then(|| quote!(-)), Literal::f64_unsuffixed(number.abs()));
        return Some(quote!(#sign #digits));
    }
    let (negative, digits) = match number.as_i64() {
        Some(number) => (number < 0, number.unsigned_abs()),
        None => (false, number.as_u64()?),
    };
    let fits = match ty {
        Type::I32 => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        Type::I64 => number.is_i64(),
        _ => number.is_u64(),
    };
    let (sign, digits) = (negative.then(|| quote!(-)), Literal::u64_unsuffixed(digits));
    fits.then(|| quote!(#sign #digits))
}

/// Returns any JSON value as tokens for `json!`.
fn json(value: &Value) -> TokenStream {
    let inner = json_inner(value);
    quote!(json!(#inner))
}

fn json_inner(value: &Value) -> TokenStream {
    match value {
        Value::Null => quote!(null),
        Value::Bool(value) => quote!(#value),
        Value::Number(number) => {
            let ty = if number.is_f64() {
                Type::F64
            } else if number.is_i64() {
                Type::I64
            } else {
                Type::U64
            };
            scalar(&ty, number).unwrap_or_default()
        }
        Value::String(text) => literal(text),
        Value::Array(values) => {
            let values = values.iter().map(json_inner);
            quote!([#(#values),*])
        }
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let (key, value) = (escape::string(key), json_inner(value));
                quote!(#key: #value)
            });
            quote!({#(#entries),*})
        }
    }
}

/// Returns a number of seconds as a time.
fn seconds(value: &Value) -> Option<TokenStream> {
    let whole = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let (function, count) = match whole {
        Some(seconds) => (quote!(from_second), seconds),
        None => (quote!(from_microsecond), (value.as_f64()? * 1e6).round() as i64),
    };
    let number = scalar(&Type::I64, &Number::from(count))?;
    Some(quote!(runtime::Timestamp::#function(#number)?))
}

fn literal(text: &str) -> TokenStream {
    let text = escape::string(text);
    quote!(#text)
}

/// Returns a value as the text of a constant.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
