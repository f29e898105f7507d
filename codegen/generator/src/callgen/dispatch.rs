//! Generates a function for each operation that takes its arguments at run time.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::emit::file::File;
use crate::emit::{From, escape, resource, type_tokens};
use crate::ir::{Api, Argument, BodyKind, Operation, Resource};

/// Returns the text of the file.
pub fn file(api: &Api) -> String {
    let (mut entries, mut functions) = (TokenStream::new(), TokenStream::new());
    let operations =
        api.resources.iter().flat_map(|resource| resource.operations.iter().map(move |one| (resource, one)));
    for (index, (resource, operation)) in operations.filter(|(_, operation)| reads(operation)).enumerate() {
        let name = format_ident!("call_{index}");
        let told = escape::string(&format!("{} {}", operation.method, operation.path));
        entries.extend(quote!((#told, #name as Call),));
        functions.extend(function(api, resource, operation, &name));
    }
    let mut file = File::unmarked();
    file.items(quote! {
        /// A function for each operation, by its method and path.
        pub const CALLS: &[(&str, Call)] = &[#entries];

        /// Calls an operation.
        pub type Call = fn(&Client, Arguments) -> Calling;

        #functions
    });
    file.finish()
}

/// Returns true if everything that an operation takes can be read from JSON. Forms with files cannot.
fn reads(operation: &Operation) -> bool {
    let kind = operation.body.as_ref().map(|body| body.kind);
    !operation.alternative && !matches!(kind, Some(BodyKind::Multipart | BodyKind::Bytes))
}

fn function(api: &Api, resource: &Resource, operation: &Operation, name: &proc_macro2::Ident) -> TokenStream {
    let required = |argument: &Argument| {
        let (location, wire) = (location(argument), escape::string(&argument.wire));
        let (ty, decode) = written(api, argument);
        quote!(arguments.required::<#ty>(#location, #wire)? #decode)
    };
    let way = api.way_to(resource).into_iter().map(|(handle, arguments)| {
        let (handle, given) = (escape::ident(handle), arguments.iter().map(required));
        quote!(.#handle(#(#given),*))
    });
    let way: TokenStream = way.collect();
    let mut given: Vec<TokenStream> = operation.required.iter().map(required).collect();
    let mut statements = TokenStream::new();
    for (argument, setter) in operation.optional.iter().zip(resource::setter_names(operation)) {
        let (location, wire) = (location(argument), escape::string(&argument.wire));
        let (ty, decode) = written(api, argument);
        let setter = escape::ident(&setter);
        statements.extend(quote! {
            if let Some(value) = arguments.optional::<#ty>(#location, #wire)? {
                call = call.#setter(value #decode);
            }
        });
    }
    for fixed in &operation.fixed {
        let (location, wire) = (escape::string(fixed.location.word()), escape::string(&fixed.wire));
        let value = escape::string(&fixed.value);
        statements.extend(quote!(arguments.fixed(#location, #wire, #value)?;));
    }
    if let Some(body) = &operation.body {
        let ty = type_tokens(api, &body.ty, From::Beside);
        if body.required {
            given.push(quote!(arguments.required_body::<#ty>()?));
        } else {
            statements.extend(quote! {
                if let Some(value) = arguments.optional_body::<#ty>()? {
                    call = call.body(value);
                }
            });
        }
    }
    let method = escape::ident(&operation.name);
    let binding = if statements.is_empty() { quote!(call) } else { quote!(mut call) };
    quote! {
        fn #name(client: &Client, mut arguments: Arguments) -> Calling {
            let client = client.clone();
            Box::pin(async move {
                let #binding = client #way.#method(#(#given),*);
                #statements
                arguments.finish()?;
                Ok(call.await.err().map(|error| error.to_string()))
            })
        }
    }
}

fn location(argument: &Argument) -> proc_macro2::Literal {
    escape::string(argument.location.word())
}

/// Returns the type that an argument is read as, and its conversion to the type that the client takes.
fn written(api: &Api, argument: &Argument) -> (TokenStream, TokenStream) {
    match &argument.encoding {
        Some(encoding) => (type_tokens(api, encoding, From::Beside), quote!(.into())),
        None => (type_tokens(api, &argument.ty, From::Beside), TokenStream::new()),
    }
}
