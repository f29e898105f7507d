//! Emits a resource's file: its handle, its calls, and the constants that describe its operations.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::client::{arguments, server_variables};
use super::file::{File, Header, gate};
use super::{
    From, aliases, argument, compact, escape, holds_map, holds_secret, names_type, pages, scopes, type_tokens,
};
use crate::ir::{
    Api, Argument, Body, BodyKind, ConstParam, EventStream, Framing, ItemStream, JsonKind, Location, Operation, Output,
    PART_OF_UNNAMED_FILE, PartEncoding, PathValue, QueryFormat, RateLimit, Resource, Status, Style, Type, TypeKind,
    media,
};
use crate::names::{self, UsedNames};

/// Returns the text of the file.
pub fn file(api: &Api, resource: &Resource, header: Header<'_>) -> String {
    let mut file = File::new(header);
    let docs = escape::module_docs(&resource.docs);
    let imports = imports(api, resource);
    file.items(quote!(#docs #imports));
    file.items(handle(api, resource));
    file.items(aliases::calls(api, resource));
    for operation in &resource.operations {
        file.set_feature(own_feature(resource, operation));
        let (call, output) = (&operation.call, compact(&output_type(api, &operation.output)));
        file.documented("operation", &call_docs(resource, operation), &format!("{call} -> {output}, ErrorBody"));
        file.items(setters(api, operation));
        if let Some(paging) = &operation.paging {
            pages::invocation(api, call, &output, paging, &mut file);
        }
        if let Some(events) = &operation.events {
            file.line("events", &event_stream(api, call, events));
        }
        if let Some(items) = &operation.items {
            let name = match items.framing {
                Framing::Lines => "json_lines",
                Framing::Parts => "parts",
            };
            file.line(name, &item_stream(api, call, items));
        }
    }
    for operation in &resource.operations {
        file.set_feature(own_feature(resource, operation)).items(facts(api, resource, operation));
    }
    file.finish()
}

/// Returns the feature of an operation if its whole resource does not have it.
pub(super) fn own_feature<'a>(resource: &Resource, operation: &'a Operation) -> Option<&'a str> {
    operation.feature.as_deref().filter(|_| resource.feature().is_none())
}

/// Emits the imports of a resource's file. A name that only operations behind features need is imported with these features.
fn imports(api: &Api, resource: &Resource) -> TokenStream {
    let operations = || resource.operations.iter();
    let common: Vec<&Operation> = operations().filter(|operation| own_feature(resource, operation).is_none()).collect();
    let own_scope = resource.scope.filter(|index| api.scopes[*index].module == resource.module);
    let of_children = own_scope.into_iter().flat_map(|index| scopes::child_arguments(api, index));
    let shared: Vec<&Argument> = resource.arguments.iter().chain(of_children).collect();
    let needed = Needed::of(&common, &shared);
    let of_features: Vec<(&str, Needed)> = operations()
        .filter_map(|operation| Some((own_feature(resource, operation)?, Needed::of(&[operation], &[]))))
        .collect();
    let import = |needs: fn(&Needed) -> bool, import: TokenStream| {
        let features: BTreeSet<&str> =
            of_features.iter().filter(|(_, needed)| needs(needed)).map(|(feature, _)| *feature).collect();
        match features.into_iter().map(escape::string).collect::<Vec<_>>().as_slice() {
            _ if needs(&needed) => import,
            [] => TokenStream::new(),
            [feature] => quote!(#[cfg(feature = #feature)] #import),
            several => quote!(#[cfg(any(#(feature = #several),*))] #import),
        }
    };
    let in_list = |is_needed: bool, name: TokenStream| is_needed.then(|| quote!(#name,));
    let maps = import(
        |needed| needed.maps,
        quote!(
            use std::collections::BTreeMap;
        ),
    );
    let (multipart, status, style) = (
        in_list(needed.multipart, quote!(MultipartBody)),
        in_list(needed.status, quote!(Status)),
        in_list(needed.style, quote!(Style)),
    );
    let types = in_list(needed.types, quote!(types));
    let apart = |is_needed: bool, needs: fn(&Needed) -> bool, path: TokenStream| {
        (!is_needed).then(|| import(needs, quote!(use #path;)))
    };
    let apart = [
        apart(needed.multipart, |needed| needed.multipart, quote!(runtime::generated::MultipartBody)),
        apart(needed.status, |needed| needed.status, quote!(runtime::generated::Status)),
        apart(needed.style, |needed| needed.style, quote!(runtime::generated::Style)),
        apart(needed.types, |needed| needed.types, quote!(super::types)),
    ];
    quote! {
        #maps
        use crm_clients_runtime as runtime;
        use runtime::generated::{Call, Method, #multipart Operation, #status #style decode};
        use super::{ErrorBody, #types};
        #(#apart)*
    }
}

/// Returns the names that operations need.
struct Needed {
    maps: bool,
    multipart: bool,
    status: bool,
    style: bool,
    types: bool,
}

impl Needed {
    fn of(operations: &[&Operation], shared: &[&Argument]) -> Self {
        let own = || operations.iter().flat_map(|operation| operation.required.iter().chain(&operation.optional));
        let bodies = || operations.iter().filter_map(|operation| operation.body.as_ref());
        let outputs = || operations.iter().flat_map(|operation| operation.given());
        let items = || operations.iter().filter_map(|operation| Some(&operation.paging.as_ref()?.item));
        let arguments = || shared.iter().copied().chain(own()).map(|argument| &argument.ty);
        let used = || arguments().chain(bodies().map(|body| &body.ty)).chain(outputs()).chain(items());
        let fixed = operations.iter().flat_map(|operation| &operation.fixed).map(|fixed| fixed.location);
        let mut places = own().map(|argument| argument.location).chain(fixed);
        let has_parts = |body: &Body| body.kind == BodyKind::Multipart && matches!(body.ty, Type::Named(_));
        Self {
            maps: used().any(holds_map),
            multipart: bodies().any(has_parts),
            status: operations.iter().any(|operation| !operation.errors.is_empty()),
            style: places.any(|location| location == Location::Query),
            types: used().any(names_type),
        }
    }
}

fn handle(api: &Api, resource: &Resource) -> TokenStream {
    let mut methods: TokenStream =
        resource.operations.iter().map(|operation| method(api, resource, operation)).collect();
    methods.extend(aliases::methods(api, resource));
    if let Some(index) = resource.scope.filter(|index| api.scopes[*index].module == resource.module) {
        methods.extend(scopes::methods(api, Some(index)));
    }
    scopes::handle(api, &resource.name, &resource.docs, &resource.arguments, &methods)
}

/// Returns the method that creates a call.
///
/// Everything that depends on an operation is inlined or generic, and its description is a constant, so that a program
/// compiles only the decoders of the operations that it calls, and the emitted crate compiles none.
fn method(api: &Api, resource: &Resource, operation: &Operation) -> TokenStream {
    let name = escape::ident(&operation.name);
    let facts = escape::ident(&names::constant(&operation.name));
    let docs = escape::docs(&operation.docs);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    let gate = gate(own_feature(resource, operation));
    let (mut parameters, _) = arguments(api, &operation.required, From::Beside);
    let server = operation.server.iter().map(|server| {
        let (template, variables) = (escape::string(&server.template), server_variables(&server.variables));
        quote!(call.server(#template, #variables);)
    });
    let redirect = operation.returns_redirect.then(|| quote!(call.returns_redirect();));
    let limit = operation.rate_limit.iter().map(|limit| {
        let scope = limit.scope.iter().map(|value| path_value(api, resource, operation, value));
        let limit = rate_limit(limit);
        quote!(call.rate_limit(#limit, &[#(#scope),*]);)
    });
    let key = operation.idempotency_key.iter().map(|header| {
        let header = escape::string(header);
        quote!(call.generated_key(#header);)
    });
    let mut statements: TokenStream =
        server.chain(redirect).chain(limit).chain(key).chain(operation.fixed.iter().map(send_fixed)).collect();
    for required in &operation.required {
        statements.extend(send_argument(api, required));
    }
    if let Some(body) = operation.body.as_ref().filter(|body| body.required) {
        let (taken, sent) = send_body(api, body);
        parameters.extend(quote!(body: #taken,));
        statements.extend(sent);
    }
    let path = operation.path_values.iter().map(|value| path_value(api, resource, operation, value));
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
        #gate
        #deprecated
        #[inline]
        pub fn #name(&self, #parameters) -> #call {
            #(#conversions)*
            #body
        }
    }
}

/// A reference to a value of the path.
fn path_value(api: &Api, resource: &Resource, operation: &Operation, value: &PathValue) -> TokenStream {
    let (name, of, arguments) = match value {
        PathValue::Shared(name) => (name, quote!(self.), &resource.arguments),
        PathValue::Own(name) => (name, TokenStream::new(), &operation.required),
    };
    let ident = escape::ident(name);
    match arguments.iter().find(|argument| argument.name == *name) {
        Some(argument) if argument.json => {
            let encoded = encoded(api, argument, quote!(&#of #ident));
            quote!(&runtime::generated::path_json(#encoded))
        }
        Some(argument) if argument.encoding.is_some() => {
            let encoded = encoded(api, argument, quote!(&#of #ident));
            quote!(&runtime::generated::structured(#encoded))
        }
        Some(argument) if argument.allow_reserved || is_structured(api, &argument.ty) => {
            quote!(&runtime::generated::structured(&#of #ident))
        }
        _ => quote!(&#of #ident),
    }
}

/// A limit as the runtime has it.
pub(super) fn rate_limit(limit: &RateLimit) -> TokenStream {
    let name = escape::string(&limit.name);
    let (requests, seconds) = (Literal::u32_unsuffixed(limit.requests), Literal::u32_unsuffixed(limit.seconds));
    quote!(runtime::generated::RateLimit::new(#name, #requests, #seconds))
}

/// Returns the statement that converts a path argument.
fn convert(api: &Api, one: &Argument) -> TokenStream {
    let name = escape::ident(&one.name);
    let (_, made) = argument(api, &one.ty, &name, From::Beside);
    if name == made.to_string() {
        return TokenStream::new();
    }
    let ty = type_tokens(api, &one.ty, From::Beside);
    quote!(let #name: #ty = #made;)
}

/// Returns true if a cookie is a single value, which the default style does not encode.
fn is_plain_cookie(api: &Api, one: &Argument) -> bool {
    let is_scalar = !matches!(one.ty, Type::List(_) | Type::Value) && !is_structured(api, &one.ty);
    one.style == Style::FormExplode && is_scalar
}

/// Returns true if values of a type are objects or nested lists, not scalars or lists of scalars.
fn is_structured(api: &Api, ty: &Type) -> bool {
    match ty {
        Type::Object | Type::Map(_) => true,
        Type::Custom(external) | Type::External(external) => {
            matches!(external.json, JsonKind::Object | JsonKind::Any)
        }
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Struct(_) | TypeKind::Union(_) | TypeKind::Responses(_) => true,
            TypeKind::Alias(inner) => is_structured(api, inner),
            TypeKind::Strings(_) | TypeKind::Integers(_) => false,
        },
        other => other.parts().iter().any(|part| is_structured(api, part)),
    }
}

/// Returns the name of a parameter as it is sent: that of a header in lower case, since its case has no meaning.
fn sent_name(location: Location, name: &str) -> Literal {
    match location {
        Location::Header => escape::string(&name.to_ascii_lowercase()),
        _ => escape::string(name),
    }
}

/// Returns the statement that adds an argument to the call.
fn send_argument(api: &Api, one: &Argument) -> TokenStream {
    let (name, wire) = (escape::ident(&one.name), sent_name(one.location, &one.wire));
    let (_, made) = argument(api, &one.ty, &name, From::Beside);
    let ty = type_tokens(api, &one.ty, From::Beside);
    let converted = if name == made.to_string() { TokenStream::new() } else { quote!(let #name: #ty = #made;) };
    let encoded = encoded(api, one, quote!(&#name));
    let value = if one.json { quote!(&runtime::generated::json_text(#encoded)) } else { encoded.clone() };
    match one.location {
        Location::Path => TokenStream::new(),
        Location::Query if one.allow_reserved => {
            let style = style(one.style);
            quote!(#converted call.reserved_query(#wire, #style, #value);)
        }
        Location::Query | Location::Header | Location::Cookie => {
            let is_plain = match one.location {
                Location::Header => one.style == Style::SimpleExplode && !is_structured(api, &one.ty),
                Location::Cookie => one.json || is_plain_cookie(api, one),
                _ => false,
            };
            let style = if is_plain { Style::Form } else { one.style };
            let sent = send_value(one.location, style, &wire, &value);
            quote!(#converted #sent)
        }
        Location::WholeQuery(QueryFormat::Json) => quote!(#converted call.query_json(#encoded);),
        Location::WholeQuery(QueryFormat::Text) => quote!(#converted call.query_text(&#name);),
        Location::WholeQuery(QueryFormat::Form) => {
            let encodings = one.encodings.iter().map(part_encoding);
            quote!(#converted call.query_form(#encoded, &[#((#encodings)),*]);)
        }
    }
}

/// Returns a reference to the value of an argument in its encoding.
fn encoded(api: &Api, one: &Argument, value: TokenStream) -> TokenStream {
    match &one.encoding {
        Some(encoding) => {
            let encoding = type_tokens(api, encoding, From::Beside);
            quote!(&runtime::generated::encoded::<#encoding>(#value))
        }
        None => value,
    }
}

fn style(style: Style) -> TokenStream {
    match style {
        Style::FormExplode => quote!(Style::FormExplode),
        Style::Space => quote!(Style::Space),
        Style::Pipe => quote!(Style::Pipe),
        Style::Tab => quote!(Style::Tab),
        Style::Deep => quote!(Style::Deep),
        Style::Cookie => quote!(Style::Cookie),
        Style::CookieExplode => quote!(Style::CookieExplode),
        // The other styles apply to paths and are part of the template.
        _ => quote!(Style::Form),
    }
}

/// Returns a property of a form and its encoding.
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

/// Returns the statement that adds a parameter with a single allowed value to the call.
fn send_fixed(fixed: &ConstParam) -> TokenStream {
    let (wire, value) = (sent_name(fixed.location, &fixed.wire), escape::string(&fixed.value));
    let value = match fixed.style {
        Some(_) => quote!(&runtime::generated::Constant::Json(#value)),
        None => quote!(#value),
    };
    send_value(fixed.location, fixed.style.unwrap_or(Style::Form), &wire, &value)
}

/// Returns the statement that adds a value to the call.
fn send_value(location: Location, style: Style, wire: &Literal, value: &TokenStream) -> TokenStream {
    match (location, style) {
        // Neither location has constant parameters.
        (Location::Path | Location::WholeQuery(_), _) => TokenStream::new(),
        (Location::Query, style) => {
            let style = self::style(style);
            quote!(call.query_param(#wire, #style, #value);)
        }
        (Location::Header, Style::SimpleExplode) => quote!(call.exploded_header(#wire, #value);),
        (Location::Header, Style::Space | Style::Pipe | Style::Tab) => {
            let style = self::style(style);
            quote!(call.delimited_header(#wire, runtime::generated::#style, #value);)
        }
        (Location::Header, _) => quote!(call.header_param(#wire, #value);),
        (Location::Cookie, Style::Form) => quote!(call.cookie(#wire, #value);),
        (Location::Cookie, style) => {
            let style = self::style(style);
            quote!(call.styled_cookie(#wire, runtime::generated::#style, #value);)
        }
    }
}

/// Returns the parameter that takes a body, and the statement that adds it to the call.
fn send_body(api: &Api, body: &Body) -> (TokenStream, TokenStream) {
    let (name, media_type) = (escape::ident("body"), escape::string(&body.media_type));
    let (taken, made) = argument(api, &body.ty, &name, From::Beside);
    let ty = type_tokens(api, &body.ty, From::Beside);
    let convert = if made.to_string() == "body" { TokenStream::new() } else { quote!(let body: #ty = #made;) };
    let send = match body.kind {
        BodyKind::Json => quote!(call.json(#media_type, &body);),
        BodyKind::Lines => quote!(call.json_sequence(#media_type, &body);),
        BodyKind::Xml => {
            let root = body.xml.map(|root| escape::ident(&api.xml.roots[root].constant));
            quote!(call.xml(#media_type, &body, &super::xml::#root);)
        }
        BodyKind::Form => {
            let encodings = body.encodings.iter().map(part_encoding);
            quote!(call.form(&body, &[#((#encodings)),*]);)
        }
        BodyKind::Multipart => {
            let encodings = body.encodings.iter().map(part_encoding);
            let is_form = media::essence(&body.media_type) == "multipart/form-data";
            let sent_as = (!is_form).then(|| quote!(.sent_as(#media_type)));
            let unnamed = (!body.positions.is_empty()).then(|| quote!(.unnamed()));
            let headers = body.part_headers.iter().map(|(part, name, value)| {
                let (part, name, value) = (escape::string(part), escape::string(name), escape::string(value));
                quote!(.header(#part, #name, #value))
            });
            let parts = form_parts(body);
            quote!(call.multipart(#parts #sent_as #unnamed #(.encoded(#encodings))* #(#headers)*);)
        }
        BodyKind::Text if body.ty == Type::String => quote!(call.text(#media_type, body);),
        BodyKind::Text => quote!(call.plain(#media_type, &body);),
        BodyKind::Bytes => quote!(call.bytes(#media_type, body);),
    };
    (taken, quote!(#convert #send))
}

/// Returns the parts of a multipart body.
fn form_parts(body: &Body) -> TokenStream {
    let file = escape::string(PART_OF_UNNAMED_FILE);
    match &body.ty {
        Type::Map(value) if value.is_upload() => quote!(runtime::generated::FormParts::from_files(body)),
        Type::Map(_) | Type::Object => quote!(runtime::generated::FormParts::from_values(body)),
        Type::List(_) => quote!(runtime::generated::FormParts::of_files(#file, body)),
        Type::Upload => quote!(runtime::generated::FormParts::of_files(#file, [body])),
        _ => quote!(body.into_parts()),
    }
}

/// Returns the documentation of an operation's call: a summary, and the method that returns it.
fn call_docs(resource: &Resource, operation: &Operation) -> Vec<String> {
    let mut docs = escape::summary_lines(&operation.docs);
    let method = format!("{}::{}", escape::ident(&resource.name), escape::ident(&operation.name));
    docs.extend([String::new(), format!(" Returned by [`{method}`].")]);
    docs
}

/// Returns the setters of an operation's optional arguments.
fn setters(api: &Api, operation: &Operation) -> TokenStream {
    let name = escape::ident(&operation.call);
    let named = operation.optional.iter().zip(setter_names(operation));
    let setters: TokenStream = named.map(|(argument, method)| setter(api, argument, &method)).collect();
    let body = operation.body.as_ref().filter(|body| !body.required).map(|body| {
        let (taken, sent) = send_body(api, body);
        quote! {
            /// Sets the request body.
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

/// The methods of every call; arguments with these names are renamed.
const OF_EVERY_CALL: &[&str] = &[
    "send",
    "send_blocking",
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

/// The additional methods of paginated calls.
const OF_PAGED_CALLS: &[&str] = &["pages", "items"];

/// The additional method of calls that can return an event stream.
const OF_STREAMED_CALLS: &[&str] = &["events"];

/// Returns the names of the setters of an operation's optional arguments.
pub fn setter_names(operation: &Operation) -> Vec<String> {
    let of_paged = operation.paging.iter().flat_map(|_| OF_PAGED_CALLS);
    let of_streamed = operation.events.iter().flat_map(|_| OF_STREAMED_CALLS);
    let of_sequence = operation.items.iter().map(|items| items.framing.method());
    let reserved = OF_EVERY_CALL.iter().chain(of_paged).chain(of_streamed).chain(names::INHERITED).copied();
    let mut taken: UsedNames = reserved.chain(of_sequence).collect();
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

/// Returns the macro invocation that describes the events of a response.
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

/// Returns the macro invocation that describes a response that is a sequence.
fn item_stream(api: &Api, call: &str, items: &ItemStream) -> String {
    let ty = compact(&output_type(api, &items.item));
    let decode = decoder(api, &items.item);
    format!("{call} -> {ty}, ErrorBody {{ {decode} }}")
}

/// Returns the success type as callers write it.
pub fn written_output(api: &Api, output: &Output) -> String {
    compact(&output_type(api, output))
}

fn output_type(api: &Api, output: &Output) -> TokenStream {
    match output {
        Output::Empty => quote!(()),
        Output::Json(ty) | Output::Selected(ty) | Output::Xml(ty, _) | Output::Plain(ty) => {
            type_tokens(api, ty, From::Beside)
        }
        Output::MaybeJson(ty) => {
            let ty = type_tokens(api, ty, From::Beside);
            quote!(Option<#ty>)
        }
        Output::Text | Output::String => quote!(String),
        Output::Bytes => quote!(runtime::Bytes),
    }
}

/// Returns the runtime's function that decodes a success.
fn decoder(api: &Api, output: &Output) -> TokenStream {
    match output {
        Output::Empty => quote!(empty),
        Output::Json(ty) if holds_secret(api, ty) => quote!(secret_json),
        Output::MaybeJson(ty) if holds_secret(api, ty) => quote!(secret_json_or_empty),
        Output::Json(Type::String) => quote!(json_string),
        Output::Json(_) => quote!(json),
        Output::MaybeJson(_) => quote!(json_or_empty),
        Output::Xml(..) => quote!(xml),
        Output::Text => quote!(text),
        Output::Plain(ty) if holds_secret(api, ty) => quote!(secret_plain),
        Output::Plain(_) => quote!(plain),
        Output::String => quote!(string),
        Output::Bytes => quote!(bytes),
        Output::Selected(_) => quote!(selected),
    }
}

/// Returns the runtime's constant for an HTTP method.
fn method_constant(method: &str) -> TokenStream {
    match method {
        "GET" | "PUT" | "POST" | "DELETE" | "OPTIONS" | "HEAD" | "PATCH" | "TRACE" | "QUERY" => {
            let name = escape::ident(method);
            quote!(Method::#name)
        }
        other => {
            let name = escape::string(other);
            quote!(Method::other(#name))
        }
    }
}

/// Returns the constant that describes an operation to the runtime.
fn facts(api: &Api, resource: &Resource, operation: &Operation) -> TokenStream {
    let name = escape::ident(&names::constant(&operation.name));
    let told = escape::string(&format!("{}.{}", resource.module, names::suffix(&operation.name)));
    let (method, path) = (method_constant(&operation.method), escape::string(&operation.template));
    let accept = escape::string(operation.accept.as_deref().unwrap_or_default());
    let idempotent = operation.idempotent;
    let output = output_type(api, &operation.output);
    let decode = decoder(api, &operation.output);
    let decode = match &operation.output {
        Output::Xml(ty, root) => {
            let root = escape::ident(&api.xml.roots[*root].constant);
            let function = if holds_secret(api, ty) { quote!(secret_xml) } else { decode };
            quote!(|reply| decode::#function(reply, &super::xml::#root))
        }
        _ => quote!(decode::#decode),
    };
    let security = operation.security.iter().map(|set| {
        let set = set.iter().map(|scheme| {
            let name = escape::ident(&names::constant(&api.schemes[*scheme].name));
            quote!(&super::#name)
        });
        quote!(&[#(#set),*])
    });
    let errors = operation.errors.iter().map(|(status, media_type, error)| {
        let media_type = escape::string(media_type);
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
        quote!((#status, #media_type, ErrorBody::#function))
    });
    quote! {
        pub(super) const #name: &Operation<#output, ErrorBody> = &Operation {
            name: #told,
            method: #method,
            idempotent: #idempotent,
            path: #path,
            security: &[#(#security),*],
            accept: #accept,
            decode: #decode,
            errors: &[#(#errors),*],
        };
    }
}
