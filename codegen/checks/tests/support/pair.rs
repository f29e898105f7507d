//! Pairs of small documents, each written as one text, in which `<was|is>` is `was` in the old document and `is` in the
//! new one. `$pet` is content of the component `pet`, `$takes` and `$gives` are a request body and a response with it,
//! and `$done` is an empty response.
#![allow(dead_code, reason = "each test binary uses a part")]

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::Generate;
use crm_clients_generator::ir::Api;
use crm_clients_review::diff::{Reviewed, Revision, RevisionDocument};

/// One of the two documents.
#[derive(Clone, Copy)]
pub enum Which {
    Old,
    New,
}

/// Returns the text of one of the documents.
pub fn document(text: &str, which: Which) -> String {
    let mut out = String::from("openapi: 3.0.3\ninfo: {title: T, version: '1'}\n");
    let mut rest = text;
    while let Some((before, (choice, after))) =
        rest.split_once('<').and_then(|(before, tail)| Some((before, tail.split_once('>')?)))
    {
        let (old, new) = choice.split_once('|').unwrap_or_default();
        out.push_str(before);
        out.push_str(match which {
            Which::Old => old,
            Which::New => new,
        });
        rest = after;
    }
    out.push_str(rest);
    let pet = "content: {application/json: {schema: {$ref: '#/components/schemas/pet'}}}";
    out.replace("$done", "responses: {'204': {description: ''}}")
        .replace("$gives", &format!("responses: {{'200': {{description: '', {pet}}}}}"))
        .replace("$takes", &format!("requestBody: {{required: true, {pet}}}"))
        .replace("$may_take", &format!("requestBody: {{{pet}}}"))
        .replace("$pet", pet)
}

/// Returns the client `c` of a document. The error is the report of its diagnostics.
pub fn client(document: &str) -> Result<Api, String> {
    let read = |_: &str| Ok(document.as_bytes().to_vec());
    let mut walk = Pipeline::new();
    let api = walk.ir(&Input { document: "openapi.yaml", read: &read, overlays: &[] }, "c");
    api.ok_or_else(|| format!("{document}\n{}", walk.report(false)))
}

/// Returns a revision called `name` with this document.
pub fn revision(name: &str, document: &str) -> Result<Revision, String> {
    let read = |_: &str| Ok(document.as_bytes().to_vec());
    let mut walk = Pipeline::new();
    let document = RevisionDocument::read(&mut walk, &Input { document: name, read: &read, overlays: &[] });
    match document {
        Some(document) => Ok(Revision::new(document, walk)),
        None => Err(walk.report(false)),
    }
}

/// Returns the changes of the API `name` between two texts.
pub fn reviewed(name: &str, [old_name, old]: [&str; 2], [new_name, new]: [&str; 2]) -> Result<Reviewed, String> {
    let (old, new) = (revision(old_name, old)?, revision(new_name, new)?);
    Reviewed::of(name, old, new).map_err(|walk| walk.report(false))
}
