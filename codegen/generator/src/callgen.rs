//! Generates a program that calls every operation of a client, to check that requests conform to the document and that
//! responses can be read.
//!
//! Each operation is called with all of its arguments, once for each alternative of its choices, and once with only its
//! required arguments. The values are samples of the document's schemas, written as the client's own types. A value
//! that a type cannot hold is an error.

mod calls;
mod dispatch;
mod expression;
pub mod sample;

use crate::emit::escape;
use crate::emit::file::{File, Header};
use crate::fileset::FileSet;
use crate::ir::{Api, CredentialKind};
use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::Document;
use crm_clients_document::normalize::Normalizer;
use quote::quote;

/// The command that writes the calls.
const COMMAND: &str = "cargo xtask prism";

/// Generates the program's module for a client: `mod.rs` and a file for each resource. The program also needs
/// `clients`, whose module of the same name is the client, and the [support code](program). A schema without a known
/// sample is an error.
pub fn module(api: &Api, document: &Document, diagnostics: &mut Diagnostics) -> FileSet {
    let all = Normalizer::new(document);
    let mut files = FileSet::new();
    files.insert("mod.rs", root(api));
    for resource in &api.resources {
        files.insert(format!("{}.rs", resource.module), calls::file(api, resource, &all, diagnostics));
    }
    files
}

/// Generates the program's `main.rs`. Given the name of a client and the URL of a server, the program calls every
/// operation and prints a line of JSON for each call.
pub fn program(clients: &[String]) -> String {
    let modules: Vec<_> = clients.iter().map(|name| escape::ident(name)).collect();
    let names = clients.iter().map(|name| escape::string(name));
    let mut file = File::new(Header { command: COMMAND, source: "specs" });
    file.items(quote! {
        //! Calls every operation of a client.
        #(mod #modules;)*
        use std::error::Error;
        use std::fmt::Debug;
        use crm_clients as clients;
        use serde_json::json;

        /// The outcome of a call.
        type Outcome = Result<(), Box<dyn Error>>;

        #[tokio::main(flavor = "current_thread")]
        async fn main() -> Outcome {
            let arguments: Vec<String> = std::env::args().skip(1).collect();
            let [client, url] = arguments.as_slice() else {
                return Err("usage: <client> <url>".into());
            };
            match client.as_str() {
                #(#names => #modules::run(url).await,)*
                other => Err(format!("unknown client `{other}`").into()),
            }
        }

        /// Prints the outcome of a call: the call, the error and the server's response to it.
        fn report<B: Debug + 'static>(call: [&str; 4], outcome: Outcome) {
            let [operation, method, path, arguments] = call;
            let fault = outcome.err().map(|error| {
                let answer = error.downcast_ref::<crm_clients_runtime::Error<B>>();
                let body = answer.and_then(|error| error.raw_body());
                let violations = answer.and_then(|error| error.headers()).and_then(|headers| headers.get("sl-violations"));
                json!({
                    "message": error.to_string(),
                    "body": body.map(|body| String::from_utf8_lossy(body)),
                    "violations": violations.map(|header| String::from_utf8_lossy(header.as_bytes())),
                })
            });
            let called = json!({
                "operation": operation,
                "method": method,
                "path": path,
                "arguments": arguments,
                "fault": fault,
            });
            println!("{called}");
        }
    });
    file.finish()
}

/// Generates calls whose arguments are known only at run time: `CALLS` has a function for each operation. The
/// surrounding program must provide the client's `Client` and `types`; `Arguments`, which returns each argument by name
/// as the requested type and takes the arguments that the client sends itself; and `Calling`, a boxed future of the
/// call's error or of the reason why an argument is invalid.
pub fn dispatch(api: &Api) -> String {
    dispatch::file(api)
}

/// Generates the function that builds the client and calls one resource after the other.
fn root(api: &Api) -> String {
    let name = escape::ident(&api.name);
    let modules: Vec<_> = api.resources.iter().map(|resource| escape::ident(&resource.module)).collect();
    let credentials = api.schemes.iter().map(|scheme| {
        let method = escape::ident(&scheme.name);
        match scheme.kind {
            CredentialKind::Basic => quote!(.#method("alice", "secret")),
            _ => quote!(.#method("secret")),
        }
    });
    // Without operations, these items are unused.
    let uncalled = modules.is_empty().then(|| quote!(dead_code, unused_variables,));
    let mut file = File::new(Header { command: COMMAND, source: &format!("specs/{}", api.name) });
    file.items(quote! {
        //! Calls of every operation.
        #![allow(#uncalled deprecated, unused_imports, reason = "deprecated items are used; some imports may not be")]
        #(mod #modules;)*
        use super::Outcome;
        use super::clients::#name as client;

        /// Calls every operation of the server at `url`.
        pub async fn run(url: &str) -> Outcome {
            let client = client::Client::builder()
                .base_url(url)
                #(#credentials)*
                .retry(crm_clients_runtime::Retry::never())
                .build()?;
            #(#modules::run(&client).await;)*
            Ok(())
        }

        /// Reports a call: the Rust method, the HTTP method and path, the arguments, and the outcome.
        fn report(call: [&str; 4], outcome: Outcome) {
            super::report::<client::ErrorBody>(call, outcome);
        }
    });
    file.finish()
}
