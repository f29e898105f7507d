//! A resource's file: its handle, its calls, and the facts of its operations.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::client::arguments;
use super::file::File;
use super::{From, argument, compact, escape, holds_map, holds_secret, names_type, pages, scopes, type_tokens};
use crate::ir::{
    Api, Argument, Body, BodyKind, EventStream, Fixed, Location, Operation, Output, PartEncoding, PathValue, Resource,
    Status, Style, Type, media,
};
use crate::names::{self, UsedNames};

/// Writes the file.
pub fn file(api: &Api, resource: &Resource, source: &str) -> String {
    let mut file = File::new(source);
    let docs = escape::module_docs(&resource.docs);
    let imports = imports(resource);
    file.items(quote!(#docs #imports));
    file.items(handle(api, resource));
    for operation in &resource.operations {
        let (call, output) = (&operation.call, compact(&output_type(api, &operation.output)));
        file.documented("operation", &call_docs(resource, operation), &format!("{call} -> {output}, ErrorBody"));
        file.items(setters(api, operation));
        if let Some(paging) = &operation.paging {
            pages::invocation(api, call, &output, paging, &mut file);
        }
        if let Some(events) = &operation.events {
            file.line("events", &event_stream(api, call, events));
        }
    }
    for operation in &resource.operations {
        file.items(facts(api, resource, operation));
    }
    file.finish()
}

fn imports(resource: &Resource) -> TokenStream {
    let operations = &resource.operations;
    let arguments = || {
        let of_operations =
            operations.iter().flat_map(|operation| operation.required.iter().chain(&operation.optional));
        resource.arguments.iter().chain(of_operations)
    };
    let bodies = || operations.iter().filter_map(|operation| operation.body.as_ref());
    let outputs = || operations.iter().flat_map(Operation::given);
    let items = || operations.iter().filter_map(|operation| Some(&operation.paging.as_ref()?.item));
    let used = || {
        arguments().map(|argument| &argument.ty).chain(bodies().map(|body| &body.ty)).chain(outputs()).chain(items())
    };
    let maps = used().any(holds_map).then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let types = used().any(names_type).then(|| quote!(types,));
    let styles = operations.iter().flat_map(|operation| operation.required.iter().chain(&operation.optional));
    let fixed = operations.iter().flat_map(|operation| &operation.fixed);
    let mut places = styles.map(|argument| argument.location).chain(fixed.map(|fixed| fixed.location));
    let style = places.any(|location| location == Location::Query).then(|| quote!(Style,));
    let status = operations.iter().any(|operation| !operation.errors.is_empty()).then(|| quote!(Status,));
    let multipart = bodies().any(|body| body.kind == BodyKind::Multipart).then(|| quote!(MultipartBody,));
    quote! {
        #maps
        use crm_clients_runtime as runtime;
        use runtime::generated::{Call, Method, #multipart Operation, #status #style decode};
        use super::{ErrorBody, #types};
    }
}

fn handle(api: &Api, resource: &Resource) -> TokenStream {
    let mut methods: TokenStream = resource.operations.iter().map(|operation| method(api, operation)).collect();
    if let Some(index) = resource.scope.filter(|index| api.scopes[*index].module == resource.module) {
        methods.extend(scopes::methods(api, Some(index)));
    }
    scopes::handle(api, &resource.name, &resource.docs, &resource.arguments, &methods)
}

/// The method that begins a call.
///
/// All that depends on an operation is inlined or generic, and its facts are a constant: a program compiles the decoders
/// of the operations that it calls, and the emitted crate compiles none.
fn method(api: &Api, operation: &Operation) -> TokenStream {
    let name = escape::ident(&operation.name);
    let facts = escape::ident(&names::constant(&operation.name));
    let docs = escape::docs(&operation.docs);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    let (mut parameters, _) = arguments(api, &operation.required, From::Beside);
    let server = operation.server.iter().map(|url| {
        let url = escape::string(url);
        quote!(call.server(#url);)
    });
    let mut statements: TokenStream = server.chain(operation.fixed.iter().map(send_fixed)).collect();
    for required in &operation.required {
        statements.extend(send_argument(api, required));
    }
    if let Some(body) = operation.body.as_ref().filter(|body| body.required) {
        let (taken, sent) = send_body(api, body);
        parameters.extend(quote!(body: #taken,));
        statements.extend(sent);
    }
    let path = operation.path_values.iter().map(|value| match value {
        PathValue::Shared(name) => {
            let name = escape::ident(name);
            quote!(&self.#name)
        }
        PathValue::Own(name) => {
            let name = escape::ident(name);
            quote!(&#name)
        }
    });
    let conversions = operation
        .required
        .iter()
        .filter(|argument| argument.location == Location::Path)
        .map(|argument| convert(api, argument));
    let new = quote!(Call::new(&self.core, #facts, &[#(#path),*]));
    let call = escape::ident(&operation.call);
    let body = if statements.is_empty() {
        quote!(#call { call: #new })
    } else {
        quote!(let mut call = #new; #statements #call { call })
    };
    quote! {
        #docs
        #deprecated
        #[inline]
        pub fn #name(&self, #parameters) -> #call {
            #(#conversions)*
            #body
        }
    }
}

/// A path argument that was taken as something that becomes it.
fn convert(api: &Api, one: &Argument) -> TokenStream {
    let name = escape::ident(&one.name);
    let (_, made) = argument(api, &one.ty, &name, From::Beside);
    if name == made.to_string() {
        return TokenStream::new();
    }
    let ty = type_tokens(api, &one.ty, From::Beside);
    quote!(let #name: #ty = #made;)
}

/// The statement that puts an argument into the call.
fn send_argument(api: &Api, one: &Argument) -> TokenStream {
    let (name, wire) = (escape::ident(&one.name), escape::string(&one.wire));
    let (_, made) = argument(api, &one.ty, &name, From::Beside);
    let ty = type_tokens(api, &one.ty, From::Beside);
    let converted = if name == made.to_string() { TokenStream::new() } else { quote!(let #name: #ty = #made;) };
    let value = if one.json { quote!(&runtime::generated::json_text(&#name)) } else { quote!(&#name) };
    match one.location {
        Location::Path => TokenStream::new(),
        Location::Query => {
            let style = style(one.style);
            let method = if one.allow_reserved { quote!(reserved_query) } else { quote!(query_param) };
            quote!(#converted call.#method(#wire, #style, #value);)
        }
        Location::Header => quote!(#converted call.header_param(#wire, #value);),
        Location::Cookie => quote!(#converted call.cookie(#wire, #value);),
    }
}

fn style(style: Style) -> TokenStream {
    match style {
        Style::FormExplode => quote!(Style::FormExplode),
        Style::Space => quote!(Style::Space),
        Style::Pipe => quote!(Style::Pipe),
        Style::Deep => quote!(Style::Deep),
        // The others are of paths, and stand in their templates.
        _ => quote!(Style::Form),
    }
}

/// A property of a form, and how it is written.
fn part_encoding((name, encoding): &(String, PartEncoding)) -> TokenStream {
    let name = escape::string(name);
    let encoding = match encoding {
        PartEncoding::Style(one) => {
            let style = style(*one);
            quote!(Style(runtime::generated::#style))
        }
        PartEncoding::Reserved(one) => {
            let style = style(*one);
            quote!(Reserved(runtime::generated::#style))
        }
        PartEncoding::Typed(media_type) => {
            let media_type = escape::string(media_type);
            quote!(Typed(#media_type))
        }
    };
    quote!(#name, runtime::generated::PartEncoding::#encoding)
}

/// The statement that puts the only value of a parameter into the call.
fn send_fixed(fixed: &Fixed) -> TokenStream {
    let (wire, value) = (escape::string(&fixed.wire), escape::string(&fixed.value));
    match fixed.location {
        Location::Path => TokenStream::new(),
        Location::Query => quote!(call.query_param(#wire, Style::Form, #value);),
        Location::Header => quote!(call.header_param(#wire, #value);),
        Location::Cookie => quote!(call.cookie(#wire, #value);),
    }
}

/// How a body is taken, and the statement that puts it into the call.
fn send_body(api: &Api, body: &Body) -> (TokenStream, TokenStream) {
    let (name, media_type) = (escape::ident("body"), escape::string(&body.media_type));
    let (taken, made) = argument(api, &body.ty, &name, From::Beside);
    let ty = type_tokens(api, &body.ty, From::Beside);
    let convert = if made.to_string() == "body" { TokenStream::new() } else { quote!(let body: #ty = #made;) };
    let send = match body.kind {
        BodyKind::Json => quote!(call.json(#media_type, &body);),
        BodyKind::Form => {
            let encodings = body.encodings.iter().map(part_encoding);
            quote!(call.form(&body, &[#((#encodings)),*]);)
        }
        BodyKind::Multipart => {
            let encodings = body.encodings.iter().map(part_encoding);
            let is_form = media::essence(&body.media_type) == "multipart/form-data";
            let sent_as = (!is_form).then(|| quote!(.sent_as(#media_type)));
            quote!(call.multipart(body.into_parts()#sent_as #(.encoded(#encodings))*);)
        }
        BodyKind::Text => quote!(call.text(#media_type, body);),
        BodyKind::Bytes => quote!(call.bytes(#media_type, body);),
    };
    (taken, quote!(#convert #send))
}

/// The documentation of an operation's call: what it does in one line, and which method returns it.
fn call_docs(resource: &Resource, operation: &Operation) -> Vec<String> {
    let mut docs = escape::summary_lines(&operation.docs);
    let method = format!("{}::{}", escape::ident(&resource.name), escape::ident(&operation.name));
    docs.extend([String::new(), format!(" Returned by [`{method}`].")]);
    docs
}

/// The setters of what an operation takes optionally.
fn setters(api: &Api, operation: &Operation) -> TokenStream {
    let name = escape::ident(&operation.call);
    let named = operation.optional.iter().zip(setter_names(operation));
    let setters: TokenStream = named.map(|(argument, method)| setter(api, argument, &method)).collect();
    let body = operation.body.as_ref().filter(|body| !body.required).map(|body| {
        let (taken, sent) = send_body(api, body);
        quote! {
            /// The request's body.
            #[inline]
            pub fn body(mut self, body: #taken) -> Self {
                let call = &mut self.call;
                #sent
                self
            }
        }
    });
    if setters.is_empty() && body.is_none() { TokenStream::new() } else { quote!(impl #name { #setters #body }) }
}

/// The methods that every call has; an argument of such a name gives way.
const OF_EVERY_CALL: &[&str] = &[
    "send",
    "send_with_response",
    "send_raw",
    "send_stream",
    "timeout",
    "retry",
    "header",
    "query",
    "body_field",
    "idempotent",
    "idempotency_key",
    "body",
];

/// The methods that the calls of lists with pages have besides.
const OF_PAGED_CALLS: &[&str] = &["pages", "items"];

/// The method that the calls of operations have besides that can answer with events.
const OF_STREAMED_CALLS: &[&str] = &["events"];

/// What the setters of an operation's optional arguments are called.
pub fn setter_names(operation: &Operation) -> Vec<String> {
    let of_paged = operation.paging.iter().flat_map(|_| OF_PAGED_CALLS);
    let of_streamed = operation.events.iter().flat_map(|_| OF_STREAMED_CALLS);
    let reserved = OF_EVERY_CALL.iter().chain(of_paged).chain(of_streamed).chain(names::INHERITED);
    let mut taken: UsedNames = reserved.copied().collect();
    operation.optional.iter().map(|argument| taken.claim(&argument.name)).collect()
}

fn setter(api: &Api, one: &Argument, method: &str) -> TokenStream {
    let (name, method) = (escape::ident(&one.name), escape::ident(method));
    let docs = escape::docs(&one.docs);
    let deprecated = one.deprecated.then(|| quote!(#[deprecated]));
    let (taken, _) = argument(api, &one.ty, &name, From::Beside);
    let sent = send_argument(api, one);
    quote! {
        #docs
        #deprecated
        #[inline]
        pub fn #method(mut self, #name: #taken) -> Self {
            let call = &mut self.call;
            #sent
            self
        }
    }
}

/// What the runtime has to know of the events of an answer, as an invocation of its macro.
fn event_stream(api: &Api, call: &str, events: &EventStream) -> String {
    let ty = compact(&type_tokens(api, &events.ty, From::Beside));
    let shape = if events.whole { "Whole" } else { "Data" };
    let decode = match &events.ty {
        Type::String => "text",
        ty if holds_secret(api, ty) => "secret_json",
        _ => "json",
    };
    format!("{call} -> {ty}, ErrorBody {{ {shape} {decode} }}")
}

/// What success gives, as callers write it.
pub fn written_output(api: &Api, output: &Output) -> String {
    compact(&output_type(api, output))
}

fn output_type(api: &Api, output: &Output) -> TokenStream {
    match output {
        Output::Empty => quote!(()),
        Output::Json(ty) | Output::Selected(ty) => type_tokens(api, ty, From::Beside),
        Output::MaybeJson(ty) => {
            let ty = type_tokens(api, ty, From::Beside);
            quote!(Option<#ty>)
        }
        Output::Text => quote!(String),
        Output::Bytes => quote!(runtime::Bytes),
    }
}

/// What the runtime has to know of an operation.
fn facts(api: &Api, resource: &Resource, operation: &Operation) -> TokenStream {
    let name = escape::ident(&names::constant(&operation.name));
    let told = escape::string(&format!("{}.{}", resource.module, names::suffix(&operation.name)));
    let (method, path) = (escape::ident(operation.method), escape::string(&operation.template));
    let accept = escape::string(operation.accept.as_deref().unwrap_or_default());
    let idempotent = operation.idempotent;
    let output = output_type(api, &operation.output);
    let decode = match &operation.output {
        Output::Empty => quote!(empty),
        Output::Json(ty) if holds_secret(api, ty) => quote!(secret_json),
        Output::MaybeJson(ty) if holds_secret(api, ty) => quote!(secret_json_or_empty),
        Output::Json(_) => quote!(json),
        Output::MaybeJson(_) => quote!(json_or_empty),
        Output::Text => quote!(text),
        Output::Bytes => quote!(bytes),
        Output::Selected(_) => quote!(selected),
    };
    let security = operation.security.iter().map(|set| {
        let set = set.iter().map(|scheme| {
            let name = escape::ident(&names::constant(&api.schemes[*scheme].name));
            quote!(&super::#name)
        });
        quote!(&[#(#set),*])
    });
    let errors = operation.errors.iter().map(|(status, error)| {
        let function = escape::ident(&api.errors[*error].function);
        let status = match status {
            Status::Exact(code) => {
                let code = Literal::u16_unsuffixed(*code);
                quote!(Status::Exact(#code))
            }
            Status::Range(class) => {
                let class = Literal::u8_unsuffixed(*class);
                quote!(Status::Range(#class))
            }
            Status::Default => quote!(Status::Default),
        };
        quote!((#status, ErrorBody::#function))
    });
    quote! {
        pub(super) const #name: &Operation<#output, ErrorBody> = &Operation {
            name: #told,
            method: Method::#method,
            idempotent: #idempotent,
            path: #path,
            security: &[#(#security),*],
            accept: #accept,
            decode: decode::#decode,
            errors: &[#(#errors),*],
        };
    }
}
