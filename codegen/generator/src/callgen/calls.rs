//! Generates the file of a resource: a function for each call, and `run`, which makes all calls.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::COMMAND;
use super::expression::{Unsupported, Writer};
use super::sample::{Sampler, Unsampled, Wanted};
use crate::emit::file::{File, Header};
use crate::emit::{escape, resource};
use crate::ir::{Api, Argument, Body, BodyKind, FURTHER_PARTS, Operation, PartEncoding, Resource, Style, Type};
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::Normalizer;

/// The maximum number of alternatives of a choice that are called.
const MAX_ALTERNATIVES: usize = 16;

/// Returns the text of the file.
pub fn file(api: &Api, resource: &Resource, all: &Normalizer<'_>, diagnostics: &mut Diagnostics) -> String {
    let mut taken = UsedNames::from_iter(["run"]);
    let (mut functions, mut statements) = (TokenStream::new(), TokenStream::new());
    for operation in &resource.operations {
        let told = escape::string(&format!("{}.{}", resource.module, names::suffix(&operation.name)));
        let (method, path) = (escape::string(&operation.method), escape::string(&operation.path));
        let calls = calls(all, api, resource, operation).unwrap_or_else(|why| {
            let help = "describe its schema in more detail in the overlay, or extend `callgen::sample`";
            diagnostics.error(
                "no-sample",
                operation.pointer.clone(),
                format!("cannot construct a call of {told}: {why}"),
                help,
            );
            Vec::new()
        });
        for (arguments, call) in calls {
            let name = names::value_name(&format!("{} {arguments}", names::suffix(&operation.name)));
            let (name, arguments) = (escape::ident(&taken.claim(&name)), escape::string(&arguments));
            functions.extend(quote!(async fn #name(client: &Client) -> Outcome { #call.await?; Ok(()) }));
            statements.extend(quote!(report([#told, #method, #path, #arguments], #name(client).await);));
        }
    }
    let docs = escape::module_docs(&[format!("Calls of `{}`.", resource.module)]);
    let mut file = File::new(Header { command: COMMAND, source: &format!("specs/{}", api.name) });
    file.items(quote! {
        #docs
        use std::collections::BTreeMap;
        use crm_clients_runtime as runtime;
        use serde_json::json;
        use super::client::{Client, types};
        use super::{Outcome, report};

        /// Makes the calls.
        pub async fn run(client: &Client) { #statements }

        #functions
    });
    file.finish()
}

/// Returns the calls of an operation, each with a description of its arguments.
fn calls(
    all: &Normalizer<'_>,
    api: &Api,
    resource: &Resource,
    operation: &Operation,
) -> Result<Vec<(String, TokenStream)>, String> {
    let call = |optional, alternative| {
        let body = operation.body.as_ref().map(|body| body.kind);
        let some = matches!(body, Some(BodyKind::Form | BodyKind::Multipart));
        let sampler = Sampler::new(all, Wanted { optional, alternative, some });
        Call { api, all, sampler }.expression(resource, operation)
    };
    let (full, alternatives) = call(true, 0)?;
    let (minimal, _) = call(false, 0)?;
    let mut calls = if full.to_string() == minimal.to_string() {
        vec![("full and minimal".to_owned(), full)]
    } else {
        vec![("full".to_owned(), full), ("minimal".to_owned(), minimal)]
    };
    for alternative in 1..alternatives.min(MAX_ALTERNATIVES) {
        let (other, _) = call(true, alternative)?;
        // If another choice has fewer alternatives, its alternatives occur again.
        if !calls.iter().any(|(_, known)| known.to_string() == other.to_string()) {
            calls.push((format!("alternative {}", alternative + 1), other));
        }
    }
    Ok(calls)
}

/// One call of an operation.
struct Call<'a> {
    api: &'a Api,
    all: &'a Normalizer<'a>,
    sampler: Sampler<'a>,
}

impl Call<'_> {
    /// Returns the call as an expression, and the largest number of alternatives of a choice in it.
    fn expression(mut self, resource: &Resource, operation: &Operation) -> Result<(TokenStream, usize), String> {
        let mut way = TokenStream::new();
        for (handle, arguments) in self.api.way_to(resource) {
            let (handle, given) = (escape::ident(handle), self.arguments(arguments)?);
            way.extend(quote!(.#handle(#(#given),*)));
        }
        let mut given = self.arguments(&operation.required)?;
        let mut setters = TokenStream::new();
        if self.sampler.wanted().optional {
            for (argument, setter) in operation.optional.iter().zip(resource::setter_names(operation)) {
                let (setter, value) = (escape::ident(&setter), self.argument(argument)?);
                setters.extend(quote!(.#setter(#value)));
            }
        }
        match &operation.body {
            Some(body) if body.required => given.push(self.body(body)?),
            Some(body) if self.sampler.wanted().optional => {
                let value = self.body(body)?;
                setters.extend(quote!(.body(#value)));
            }
            _ => {}
        }
        let method = escape::ident(&operation.name);
        let call = quote!(client #way.#method(#(#given),*)#setters);
        Ok((call, self.sampler.alternatives()))
    }

    fn arguments(&mut self, arguments: &[Argument]) -> Result<Vec<TokenStream>, String> {
        arguments.iter().map(|argument| self.argument(argument)).collect()
    }

    fn argument(&mut self, argument: &Argument) -> Result<TokenStream, String> {
        let told = |why| format!("`{}`: {why}", argument.wire);
        let schema = self.all.document[argument.source].schema;
        let schema = schema.ok_or_else(|| told("it has no schema".to_owned()))?;
        let mut value = self.sampler.value(schema).map_err(reason).map_err(told)?;
        if matches!(argument.style, Style::Space | Style::Cookie | Style::CookieExplode) {
            replace_spaces(&mut value);
        }
        let writer = Writer::new(self.api);
        let written = writer.encoded_argument(&argument.ty, argument.encoding.as_ref(), &value);
        written.map_err(|Unsupported(why)| told(why))
    }

    fn body(&mut self, body: &Body) -> Result<TokenStream, String> {
        let media = &self.all.document[body.source];
        let schema: Option<SchemaId> = media.item_schema.filter(|_| body.kind == BodyKind::Lines).or(media.schema);
        let mut value = match schema {
            _ if !body.positions.is_empty() => {
                let parts = body.positions.iter();
                let parts = parts.map(|(name, schema)| {
                    let value = self.sampler.value(*schema).map_err(reason)?;
                    let value = if name == FURTHER_PARTS { Value::Array(vec![value]) } else { value };
                    Ok((name.clone(), value))
                });
                Value::Object(parts.collect::<Result<_, String>>()?)
            }
            Some(schema) if body.kind == BodyKind::Lines => match self.sampler.value(schema).map_err(reason)? {
                values @ Value::Array(_) => values,
                item => Value::Array(vec![item]),
            },
            // The client sends text and bytes as given, even if an object is declared.
            Some(schema) if !matches!((body.kind, &body.ty), (BodyKind::Text, Type::String) | (BodyKind::Bytes, _)) => {
                self.sampler.value(schema).map_err(reason)?
            }
            _ => Value::String("text".to_owned()),
        };
        for (name, encoding) in &body.encodings {
            if let PartEncoding::Style(Style::Space) | PartEncoding::Reserved(Style::Space) = encoding {
                value.get_mut(name).into_iter().for_each(replace_spaces);
            }
        }
        Writer::new(self.api).argument(&body.ty, &value).map_err(|Unsupported(why)| format!("the body: {why}"))
    }
}

/// Replaces spaces, since the runtime refuses them where a space separates elements, and in cookies that are not encoded.
fn replace_spaces(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.replace(' ', "-"),
        Value::Array(elements) => elements.iter_mut().for_each(replace_spaces),
        Value::Object(members) => members.values_mut().for_each(replace_spaces),
        _ => {}
    }
}

fn reason(unsampled: Unsampled) -> String {
    match unsampled {
        Unsampled::Endless => "its schema requires a value of itself".to_owned(),
        Unsampled::Unknown(why) => why,
    }
}
