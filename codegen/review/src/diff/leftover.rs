//! Reports changes of the model that are not compared elsewhere.
//!
//! Each object of the model is destructured into all of its fields, so that the compiler reports new ones. A field is
//! compared elsewhere, is documentation, or is compared here. Differences are reported as one warning for each name,
//! regardless of the location.

use std::collections::BTreeSet;

use super::graph::{ComparisonId, Key, Step};
use super::rules;
use super::wire::{ChangeDraft, Places, Wire};
use crm_clients_document::extensions::is_of_generator;
use crm_clients_document::model::{
    Callback, Document, Encoding, ExtensionMap, Header, Link, MediaType, Operation, Parameter, PathItem, RequestBody,
    Response, SecurityScheme, Tag,
};

/// Other tools' extensions that are compared elsewhere or only affect documentation. Those of the generator are compared
/// in `rust`.
const KNOWN: [&str; 4] = ["x-sunset", "x-stability-level", "x-example", "x-examples"];

impl<'a> Wire<'a> {
    /// Reports that a part with this name changed and is not compared, once for each name.
    pub(super) fn uncompared(&mut self, unit: ComparisonId, places: Places<'_>, name: &'a str) {
        let (part, is_new) = self.graph.part(unit, Step::Same, Key::Uncompared(name));
        if is_new {
            let says = format!("has a different `{name}`, which the review does not compare");
            self.note(part, Step::Same, None, places, ChangeDraft::of(&rules::UNCOMPARED, says, name));
        }
    }

    fn extensions(&mut self, unit: ComparisonId, places: Places<'_>, old: &'a ExtensionMap, new: &'a ExtensionMap) {
        let names: BTreeSet<&'a str> = old.keys().chain(new.keys()).map(String::as_str).collect();
        let is_compared = |name: &str| {
            let mut values = [old.get(name), new.get(name)].into_iter().flatten();
            KNOWN.contains(&name) || values.all(|value| is_of_generator(name, value))
        };
        for name in names.into_iter().filter(|name| old.get(*name) != new.get(*name) && !is_compared(name)) {
            self.uncompared(unit, places, name);
        }
    }

    pub(super) fn document_leftover(&mut self, unit: ComparisonId) {
        let (old, new) = (self.old.document, self.new.document);
        let places = Places::new("", "");
        self.extensions(unit, places, document_extensions(old), document_extensions(new));
        self.extensions(unit, Places::new("/info", "/info"), &old.info.extensions, &new.info.extensions);
        for (path, was) in &old.paths {
            if let Some(is) = new.paths.get(path) {
                let (was, is) = (&old[*was], &new[*is]);
                self.extensions(
                    unit,
                    Places::new(&was.pointer, &is.pointer),
                    item_extensions(was),
                    item_extensions(is),
                );
            }
        }
        for was in &old.tags {
            if let Some(is) = new.tags.iter().find(|is| is.name == was.name) {
                self.extensions(unit, Places::new("/tags", "/tags"), tag_extensions(was), tag_extensions(is));
            }
        }
    }

    pub(super) fn operation_leftover(&mut self, unit: ComparisonId, old: &'a Operation, new: &'a Operation) {
        let places = Places::new(&old.pointer, &new.pointer);
        self.extensions(unit, places, operation_extensions(old), operation_extensions(new));
    }

    pub(super) fn parameter_leftover(&mut self, unit: ComparisonId, old: &'a Parameter, new: &'a Parameter) {
        let places = Places::new(&old.pointer, &new.pointer);
        self.extensions(unit, places, parameter_extensions(old), parameter_extensions(new));
        let names = (content_type(self.old.document, old), content_type(self.new.document, new));
        if old.is_json() && new.is_json() && names.0 != names.1 {
            self.uncompared(unit, places, "content");
        }
    }

    pub(super) fn body_leftover(&mut self, unit: ComparisonId, old: &'a RequestBody, new: &'a RequestBody) {
        let RequestBody { pointer: _, description: _, required: _, content: _, extensions: was } = old;
        let RequestBody { pointer: _, description: _, required: _, content: _, extensions: is } = new;
        self.extensions(unit, Places::new(&old.pointer, &new.pointer), was, is);
    }

    pub(super) fn callback_leftover(&mut self, unit: ComparisonId, old: &'a Callback, new: &'a Callback) {
        let Callback { pointer: _, items: _, extensions: was } = old;
        let Callback { pointer: _, items: _, extensions: is } = new;
        self.extensions(unit, Places::new(&old.pointer, &new.pointer), was, is);
    }

    pub(super) fn encoding_leftover(
        &mut self,
        unit: ComparisonId,
        old: &'a Encoding,
        new: &'a Encoding,
        places: Places<'_>,
    ) {
        self.extensions(unit, places, encoding_extensions(old), encoding_extensions(new));
    }

    pub(super) fn media_leftover(
        &mut self,
        unit: ComparisonId,
        (old, new): (&'a MediaType, &'a MediaType),
        places: Places<'_>,
    ) {
        self.extensions(unit, places, media_extensions(old), media_extensions(new));
    }

    pub(super) fn response_leftover(&mut self, unit: ComparisonId, old: &'a Response, new: &'a Response) {
        let places = Places::new(&old.pointer, &new.pointer);
        self.extensions(unit, places, response_extensions(old), response_extensions(new));
        let links = |document: &Document, response: &Response| {
            let mut links: Vec<String> =
                response.links.iter().map(|(name, id)| link_text(name, &document[*id])).collect();
            links.sort_unstable();
            links
        };
        if links(self.old.document, old) != links(self.new.document, new) {
            self.uncompared(unit, places, "links");
        }
    }

    pub(super) fn scheme_leftover(&mut self, unit: ComparisonId, old: &'a SecurityScheme, new: &'a SecurityScheme) {
        let SecurityScheme { pointer: _, description: _, deprecated: _, kind: _, rust_name: _, extensions: was } = old;
        let SecurityScheme { pointer: _, description: _, deprecated: _, kind: _, rust_name: _, extensions: is } = new;
        self.extensions(unit, Places::new(&old.pointer, &new.pointer), was, is);
    }

    pub(super) fn header_leftover(&mut self, unit: ComparisonId, old: &'a Header, new: &'a Header) {
        let places = Places::new(&old.pointer, &new.pointer);
        self.extensions(unit, places, header_extensions(old), header_extensions(new));
        if old.explode != new.explode {
            self.uncompared(unit, places, "explode");
        }
    }
}

fn document_extensions(document: &Document) -> &ExtensionMap {
    &document.extensions
}

fn tag_extensions(tag: &Tag) -> &ExtensionMap {
    // Tags organize the documentation; their Rust names are compared in the client.
    let Tag { name: _, rust_name: _, summary: _, description: _, external_docs: _, parent: _, kind: _, extensions } =
        tag;
    extensions
}

fn item_extensions(item: &PathItem) -> &ExtensionMap {
    // Everything except extensions is compared with the operations.
    let PathItem { pointer: _, summary: _, description: _, servers: _, parameters: _, operations: _, extensions } =
        item;
    extensions
}

fn operation_extensions(operation: &Operation) -> &ExtensionMap {
    let Operation {
        extensions,
        // Documentation and location.
        pointer: _,
        summary: _,
        description: _,
        external_docs: _,
        // Compared in `operations` and `servers`.
        method: _,
        path: _,
        tags: _,
        id: _,
        deprecated: _,
        sunset: _,
        callbacks: _,
        servers: _,
        // Compared in `requests` and `security`.
        parameters: _,
        body: _,
        responses: _,
        security: _,
        // Compared for callers, in `rust`.
        rust_name: _,
        idempotent: _,
        feature: _,
        idempotency_key: _,
        pagination: _,
        rate_limit: _,
    } = operation;
    extensions
}

fn parameter_extensions(parameter: &Parameter) -> &ExtensionMap {
    let Parameter {
        extensions,
        // Documentation and location.
        pointer: _,
        description: _,
        example: _,
        examples: _,
        // Compared in `requests`.
        location: _,
        name: _,
        required: _,
        deprecated: _,
        allow_empty_value: _,
        allow_reserved: _,
        style: _,
        schema: _,
        content: _,
        holds_json: _,
        // Compared for callers, in `rust`.
        rust_name: _,
        // One of the extensions.
        multi_segment: _,
    } = parameter;
    extensions
}

/// Returns the media type of a parameter's value.
fn content_type<'d>(document: &'d Document, parameter: &Parameter) -> Option<&'d str> {
    parameter.content.first().map(|id| document[*id].name.as_str())
}

fn media_extensions(media: &MediaType) -> &ExtensionMap {
    let MediaType {
        extensions,
        // Documentation and location.
        pointer: _,
        example: _,
        examples: _,
        // Compared in `requests` and `encodings`.
        name: _,
        schema: _,
        item_schema: _,
        encoding: _,
        prefix_encoding: _,
        item_encoding: _,
    } = media;
    extensions
}

fn encoding_extensions(encoding: &Encoding) -> &ExtensionMap {
    let Encoding {
        extensions,
        // Compared in `encodings`.
        content_type: _,
        headers: _,
        style: _,
        explode: _,
        allow_reserved: _,
        encoding: _,
        prefix_encoding: _,
        item_encoding: _,
    } = encoding;
    extensions
}

fn response_extensions(response: &Response) -> &ExtensionMap {
    let Response { extensions, pointer: _, summary: _, description: _, headers: _, content: _, links: _ } = response;
    extensions
}

fn header_extensions(header: &Header) -> &ExtensionMap {
    let Header {
        extensions,
        pointer: _,
        description: _,
        example: _,
        examples: _,
        required: _,
        deprecated: _,
        explode: _,
        schema: _,
        content: _,
    } = header;
    extensions
}

fn link_text(name: &str, link: &Link) -> String {
    let Link { pointer: _, description: _, operation_ref, operation_id, parameters, request_body, server, extensions } =
        link;
    let server = server.as_ref().map(|server| server.default_url());
    format!("{name} {operation_ref:?} {operation_id:?} {parameters:?} {request_body:?} {server:?} {extensions:?}")
}
