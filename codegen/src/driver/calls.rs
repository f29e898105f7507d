//! The file of a resource: a function for each call, and one that makes them all.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::expression::{Misfit, Writer};
use super::sample::{Sampler, Unsampled, Wanted};
use crate::diagnostic::{Diagnostics, child};
use crate::emit::file::File;
use crate::emit::{escape, resource};
use crate::ir::{Api, Argument, Body, BodyKind, Operation, Resource, Style};
use crate::lowered::followed;
use crate::names::{self, UsedNames};

/// More alternatives of a choice than these are not tried.
const MAX_ALTERNATIVES: usize = 16;

/// Writes the file.
pub fn file(api: &Api, resource: &Resource, document: &Value, diagnostics: &mut Diagnostics) -> String {
    let mut taken = UsedNames::from_iter(["run"]);
    let (mut functions, mut statements) = (TokenStream::new(), TokenStream::new());
    for operation in &resource.operations {
        let told = escape::string(&format!("{}.{}", resource.module, names::suffix(&operation.name)));
        let (method, path) = (escape::string(operation.method), escape::string(&operation.path));
        let source = Source::of(document, operation);
        let calls = source.calls(api, resource, operation).unwrap_or_else(|why| {
            let help = "say more of its schema in the overlay, or teach the driver's samples about it";
            diagnostics.error("no-sample", source.pointer.clone(), format!("no call of {told} is known: {why}"), help);
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
    let mut file = File::made_by("prism", &format!("specs/{}", api.name));
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

/// What the document says of an operation.
struct Source<'a> {
    document: &'a Value,
    pointer: String,
    item: Option<&'a Value>,
    operation: Option<&'a Value>,
}

impl<'a> Source<'a> {
    fn of(document: &'a Value, operation: &Operation) -> Self {
        let pointer = child(&child("/paths", &operation.path), &operation.method.to_ascii_lowercase());
        let item = document.pointer(&child("/paths", &operation.path)).map(|item| followed(document, item));
        let operation = item.and_then(|item| item.get(operation.method.to_ascii_lowercase()));
        Self { document, pointer, item, operation }
    }

    /// The calls of an operation, each with what it is called with.
    fn calls(
        &self,
        api: &Api,
        resource: &Resource,
        operation: &Operation,
    ) -> Result<Vec<(String, TokenStream)>, String> {
        let call = |optional, alternative| {
            let body = operation.body.as_ref().map(|body| body.kind);
            let some = matches!(body, Some(BodyKind::Form | BodyKind::Multipart));
            let sampler = Sampler::new(self.document, Wanted { optional, alternative, some });
            Call { api, source: self, sampler }.expression(resource, operation)
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
            // Where another choice has fewer alternatives, its own come again.
            if !calls.iter().any(|(_, known)| known.to_string() == other.to_string()) {
                calls.push((format!("alternative {}", alternative + 1), other));
            }
        }
        Ok(calls)
    }

    /// The schema of a parameter.
    fn parameter(&self, argument: &Argument) -> Result<&'a Value, String> {
        let location = argument.location.as_str();
        let mut declared = [self.operation, self.item].into_iter().flatten().flat_map(|node| list(node, "parameters"));
        let found = declared.find_map(|parameter| {
            let parameter = followed(self.document, parameter);
            let named = parameter.get("name").and_then(Value::as_str) == Some(&argument.wire);
            let placed = parameter.get("in").and_then(Value::as_str) == Some(location);
            if named && placed { schema(parameter).or_else(|| schema(only(parameter.get("content")?)?)) } else { None }
        });
        found.ok_or_else(|| format!("the parameter `{}` has no schema", argument.wire))
    }

    /// The schema of a body; a body of plain text or bytes needs none.
    fn body(&self, body: &Body) -> Option<&'a Value> {
        let declared = followed(self.document, self.operation?.get("requestBody")?);
        schema(declared.get("content")?.get(&body.media_type)?)
    }
}

/// One call of an operation.
struct Call<'a> {
    api: &'a Api,
    source: &'a Source<'a>,
    sampler: Sampler<'a>,
}

impl Call<'_> {
    /// The call as an expression, and the most alternatives that a choice in it has.
    fn expression(mut self, resource: &Resource, operation: &Operation) -> Result<(TokenStream, usize), String> {
        let shared = self.arguments(&resource.arguments)?;
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
        let (handle, method) = (escape::ident(&resource.module), escape::ident(&operation.name));
        let call = quote!(client.#handle(#(#shared),*).#method(#(#given),*)#setters);
        Ok((call, self.sampler.alternatives()))
    }

    fn arguments(&mut self, arguments: &[Argument]) -> Result<Vec<TokenStream>, String> {
        arguments.iter().map(|argument| self.argument(argument)).collect()
    }

    fn argument(&mut self, argument: &Argument) -> Result<TokenStream, String> {
        let told = |why| format!("`{}`: {why}", argument.wire);
        let schema = self.source.parameter(argument)?;
        let mut value = self.sampler.value(schema).map_err(reason).map_err(told)?;
        if argument.style == Style::Space {
            replace_spaces(&mut value);
        }
        Writer::new(self.api).argument(&argument.ty, &value).map_err(|Misfit(why)| told(why))
    }

    fn body(&mut self, body: &Body) -> Result<TokenStream, String> {
        let value = match self.source.body(body) {
            // Text and bytes are what the caller makes of them, even where an object is declared.
            Some(schema) if !matches!(body.kind, BodyKind::Text | BodyKind::Bytes) => {
                self.sampler.value(schema).map_err(reason)?
            }
            _ => Value::String("text".to_owned()),
        };
        Writer::new(self.api).argument(&body.ty, &value).map_err(|Misfit(why)| format!("the body: {why}"))
    }
}

/// Replaces the spaces of elements that a space separates, since the runtime refuses such elements.
fn replace_spaces(value: &mut Value) {
    for element in value.as_array_mut().into_iter().flatten() {
        if let Value::String(text) = element {
            *text = text.replace(' ', "-");
        }
    }
}

fn reason(unsampled: Unsampled) -> String {
    match unsampled {
        Unsampled::Endless => "its schema requires a value of itself".to_owned(),
        Unsampled::Unknown(why) => why,
    }
}

fn list<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    node.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn schema(node: &Value) -> Option<&Value> {
    node.get("schema")
}

fn only(content: &Value) -> Option<&Value> {
    content.as_object()?.values().next()
}
