//! Drafts the overlay that declares what a document lacks, from recorded traffic.
//!
//! [`Infer`] keeps the common structure of the samples of each undeclared operation, but no samples, so that recordings
//! can have any size. The structures are joined by a commutative and associative operation, so the order of the
//! exchanges does not matter.

mod components;
mod operation;
mod overlay;
mod paths;
mod redact;
mod schema;
mod segment;
mod shape;
mod text;

use crm_clients_document::model::{Document, Location, Type};
use crm_clients_document::template::Template;
use serde_json::Value;

use crate::exchange::{Body, Exchange};
use crate::routes::Routes;
use operation::Samples;
use paths::PathNode;

pub use overlay::Context;
pub use redact::Redaction;

/// Properties whose values may be ids in paths.
const ID_PROPERTIES: [&str; 8] = ["id", "slug", "key", "code", "identifier", "handle", "uuid", "name"];

/// Collects the undeclared operations of recorded traffic.
pub struct Infer {
    routes: Routes,
    paths: PathNode,
    redaction: Redaction,
    declared: usize,
    undeclared: usize,
}

impl Infer {
    /// Creates a collector for a document. Each of `rules` is a path template, or the beginning of one, that marks
    /// segments as values.
    pub fn new(document: &Document, rules: &[String], redaction: Redaction) -> Self {
        let mut paths = PathNode::default();
        for id in &document.operations {
            let operation = &document[*id];
            let parameters = document.parameters(operation);
            let is_number = |name: &str| {
                let of_name = |parameter: &&_| {
                    let parameter: &crm_clients_document::model::Parameter = parameter;
                    parameter.location == Location::Path && parameter.name == name
                };
                let types = parameters.iter().copied().find(of_name).and_then(|parameter| parameter.schema);
                let types = types.map(|schema| &document[document.referred(schema)].types);
                types.is_some_and(|types| {
                    !types.is_empty() && types.iter().all(|kind| matches!(kind, Type::Integer | Type::Number))
                })
            };
            paths.declare(Template::of(&operation.path).path, &is_number);
        }
        for rule in rules {
            paths.declare(rule, &|_| false);
        }
        Self { routes: Routes::new(document), paths, redaction, declared: 0, undeclared: 0 }
    }

    /// Adds an exchange. Exchanges of declared operations are only counted; requests for web pages and their resources
    /// are ignored.
    pub fn add(&mut self, mut exchange: Exchange) {
        if self.routes.find(&exchange.method, &exchange.path).is_some() {
            self.declared += 1;
            return;
        }
        if is_of_a_page(&exchange) {
            return;
        }
        self.undeclared += 1;
        self.redaction.apply(&mut exchange);
        let sample = Samples::of(&exchange);
        let path = self.routes.below_base(&exchange.path);
        let names = |segment: &str| {
            [&exchange.request, &exchange.response].into_iter().flatten().any(|body| is_id_in(body, segment))
        };
        self.paths.add(path, &exchange.method, &names, sample);
    }

    /// Returns the numbers of exchanges of declared and of undeclared operations.
    pub fn counts(&self) -> (usize, usize) {
        (self.declared, self.undeclared)
    }

    /// Returns the overlay as YAML.
    pub fn overlay(mut self, context: &Context<'_>) -> String {
        self.paths.merge_words();
        overlay::overlay(context, &self.paths.recorded())
    }
}

/// Returns true if an exchange is for a web page, one of its resources, or a CORS preflight.
fn is_of_a_page(exchange: &Exchange) -> bool {
    let media_type = exchange.response.as_ref().map_or("", |body| &body.media_type);
    // APIs also return images; only those with a file extension are resources of a page.
    let is_file = exchange.path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let is_part = ["text/css", "text/javascript", "application/javascript"].contains(&media_type)
        || is_file && ["image/", "font/", "video/", "audio/"].iter().any(|kind| media_type.starts_with(kind));
    let is_page = media_type == "text/html" && exchange.status < 400;
    exchange.method == "GET" && (is_part || is_page) || exchange.method == "OPTIONS"
}

/// Returns true if a body has a property such as `slug` with this value.
fn is_id_in(body: &Body, text: &str) -> bool {
    fn search(value: &Value, text: &str) -> bool {
        match value {
            Value::Array(items) => items.iter().any(|item| search(item, text)),
            Value::Object(members) => members.iter().any(|(name, value)| {
                search(value, text) || ID_PROPERTIES.contains(&name.as_str()) && value.as_str() == Some(text)
            }),
            _ => false,
        }
    }
    body.json.as_ref().is_some_and(|json| search(json, text))
}
