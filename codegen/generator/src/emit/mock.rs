//! Emits `mock.rs`: a mock server for callers' tests, with a method for each operation.

use quote::quote;

use super::escape;
use super::file::{File, Header};
use super::resource::own_feature;
use crate::ir::Api;
use crate::{markdown, names};

/// Returns the text of the file.
pub fn file(api: &Api, header: Header<'_>) -> String {
    let docs = escape::module_docs(&[
        format!("A mock server of {}, for tests of code that calls it.", markdown::name(&api.title)),
        String::new(),
        "Set a response for each operation that the test calls; successful responses must match the operation's type. A"
            .into(),
        "request without a response gets a 501 that names it, and `verify` reports it.".into(),
    ]);
    let mut file = File::new(header);
    file.items(quote! {
        #docs
        use crm_clients_runtime as runtime;
    });
    let resources: Vec<(String, Vec<String>)> = api
        .resources
        .iter()
        .map(|resource| {
            let gated = |feature: Option<&str>, text: String| match feature {
                Some(feature) => format!("#[cfg(feature = {})] {text}", escape::quoted(feature)),
                None => text,
            };
            let head = format!("{} {}", escape::ident(&resource.module), escape::ident(&resource.name));
            let head = gated(resource.feature(), head);
            let operations = resource.operations.iter().map(|operation| {
                let (name, facts) = (escape::ident(&operation.name), escape::ident(&names::constant(&operation.name)));
                gated(own_feature(resource, operation), format!("{name} = {facts}"))
            });
            (head, operations.collect())
        })
        .collect();
    file.blocks("mock", &resources);
    file.finish()
}
