//! Emits the README of a crate.

use super::file::Header;
use super::{CrateOptions, escape};
use crate::ir::{Api, CredentialKind};
use crate::{markdown, names};

/// Returns the text of the README.
pub fn text(api: &Api, options: &CrateOptions, header: Header<'_>) -> String {
    let (name, title) = (&options.name, markdown::name(&api.title));
    let module = names::module_name(name);
    // A comment of HTML ends at the first `-->`, and has no `--` before it.
    let line = header.line().replace("--", "-");
    let command = markdown::code(header.command);
    let source = markdown::code(&escape::file_name(header.source));
    let example = example(api);
    format!(
        "<!-- {line} -->\n# {name}\n\nRust client of {title}, generated from {source}.\n\n\
         ```rust\nuse {module}::Client;\n\n{example}```\n\n\
         `cargo doc --open` shows the credentials that the builder takes, and a method for each operation. The features are\n\
         `mock` (a server for tests), `tracing` (a span for each call), `blocking` (calls without async), `compression` and `http2`.\n\n\
         Do not edit the files of this crate: {command} writes them again when the document changes.\n"
    )
}

/// Returns statements that build a client, with a call if an operation needs no arguments.
fn example(api: &Api) -> String {
    let operations = api.resources.iter().filter(|resource| resource.scope.is_none() && resource.arguments.is_empty());
    let mut operations = operations.flat_map(|resource| resource.operations.iter().map(move |call| (resource, call)));
    let simple = operations.find(|(_, call)| {
        let is_current = !call.deprecated && call.feature.is_none();
        is_current && call.method == "GET" && call.required.is_empty() && call.body.is_none()
    });
    let schemes = simple.and_then(|(_, call)| call.security.first()).into_iter().flatten();
    let credentials: String = schemes
        .map(|scheme| &api.schemes[*scheme])
        .map(|scheme| match scheme.kind {
            CredentialKind::Basic => format!(".{}(\"user\", \"password\")", escape::ident(&scheme.name)),
            _ => format!(".{}(\"secret\")", escape::ident(&scheme.name)),
        })
        .collect();
    let call = simple.map(|(resource, call)| {
        let (handle, method) = (escape::ident(&resource.handle), escape::ident(&call.name));
        format!("let response = client.{handle}().{method}().await?;\n")
    });
    format!("let client = Client::builder(){credentials}.build()?;\n{}", call.unwrap_or_default())
}
