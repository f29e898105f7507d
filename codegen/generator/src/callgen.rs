//! Calls of every operation of a client, as a caller writes them: a program that shows that what the client sends is
//! what the document allows, and that it reads what comes back.
//!
//! Each operation is called with all that it takes, once for each alternative of its choices, and with only what it
//! requires. The values are made of the document's schemas and turned into Rust by the client's own types: a
//! value that they cannot carry is a fault.

mod calls;
mod dispatch;
mod expression;
mod sample;

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

/// The program's module of a client: `mod.rs`, and a file for each resource. Beside it the program has `clients`, whose
/// module of the same name is the client, and [what else](program) the calls need. A schema that no value is known for
/// is an error.
pub fn module(api: &Api, document: &Document, diagnostics: &mut Diagnostics) -> FileSet {
    let all = Normalizer::new(document);
    let mut files = FileSet::new();
    files.insert("mod.rs", root(api));
    for resource in &api.resources {
        files.insert(format!("{}.rs", resource.module), calls::file(api, resource, &all, diagnostics));
    }
    files
}

/// The program's `main.rs`: called with the name of one of the clients and the URL of a server, it calls every
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

        /// How a call ended.
        type Outcome = Result<(), Box<dyn Error>>;

        #[tokio::main(flavor = "current_thread")]
        async fn main() -> Outcome {
            let arguments: Vec<String> = std::env::args().skip(1).collect();
            let [client, url] = arguments.as_slice() else {
                return Err("give the name of a client and the URL of a server".into());
            };
            match client.as_str() {
                #(#names => #modules::run(url).await,)*
                other => Err(format!("there is no client {other}").into()),
            }
        }

        /// Prints how a call ended: what was called, and what went wrong with what the server said of it.
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

/// Calls whose arguments are known only when the program runs: `CALLS` has a function for each operation. Around it the
/// program has the client's `Client` and `types`, `Arguments`, which gives each argument by its name as the type that is
/// asked for and takes those that the client sends by itself, and `Calling`, a boxed future of the call's error or of the
/// reason why an argument is no value of its type.
pub fn dispatch(api: &Api) -> String {
    dispatch::file(api)
}

/// Builds the client and calls one resource after the other.
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
    // Without operations nothing is called at all.
    let uncalled = modules.is_empty().then(|| quote!(dead_code, unused_variables,));
    let mut file = File::new(Header { command: COMMAND, source: &format!("specs/{}", api.name) });
    file.items(quote! {
        //! Calls of every operation.
        #![allow(#uncalled deprecated, unused_imports, reason = "deprecated parts are called, too; not all calls need all")]
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
