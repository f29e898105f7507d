//! `mock.rs`: a server for callers' own tests, with a method for each operation.

use quote::quote;

use super::file::File;
use super::gate;
use crate::ir::Api;
use crate::names;

/// Writes the file.
pub fn file(api: &Api, source: &str) -> String {
    let docs = gate::module_docs(&[
        format!("A stand-in for the server of {}, for tests of code that calls it.", api.title),
        String::new(),
        "Responses are set for operations; a success must decode into what the operation returns. A request without a"
            .into(),
        "response gets a 501 that names it, and `verify` reports it too.".into(),
    ]);
    let mut file = File::new(source);
    file.items(quote! {
        #docs
        use crm_clients_runtime as runtime;
    });
    let resources: Vec<(String, Vec<String>)> = api
        .resources
        .iter()
        .map(|resource| {
            let head = format!("{} {}", gate::ident(&resource.module), gate::ident(&resource.name));
            let operations = resource.operations.iter().map(|operation| {
                let (name, facts) = (gate::ident(&operation.name), gate::ident(&names::constant(&operation.name)));
                format!("{name} = {facts}")
            });
            (head, operations.collect())
        })
        .collect();
    file.blocks("mock", &resources);
    file.finish()
}
