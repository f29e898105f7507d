//! Path items and operations, with their requests and responses.

use indexmap::IndexMap;
use serde_json::Value;

use super::build::{
    Builder, JsonObject, example, extensions, external_docs, flag, link, list, members, security, servers, text, texts,
};
use super::{
    Callback, Document, Encoding, Header, MediaType, MediaTypeId, Operation, PathItem, PathItemId, RequestBody,
    Requirement, Response, ResponseId, Status, StyleKind,
};
use crate::diagnostic::child;
use crate::extensions::Idempotent;
use crate::spec::{METHODS, WEBHOOKS_EXTENSION};
use crate::template;

/// Statuses whose responses have no body, even if one is declared.
const BODYLESS: [&str; 3] = ["204", "205", "304"];

impl<'v> Builder<'v, '_> {
    /// Builds a path item, with the document's `security` if clients call its operations.
    pub(super) fn path_item(
        &mut self,
        node: &'v Value,
        pointer: &str,
        path: &str,
        called: Option<&[Vec<Requirement>]>,
    ) -> PathItemId {
        let id = self.nodes.path_items.push(PathItem { pointer: pointer.to_owned(), ..PathItem::default() });
        let layers = match node.as_object().map(|object| self.refs.layers(object, pointer)) {
            Some(Ok(layers)) => layers,
            Some(Err(error)) => {
                self.report_reference(error, pointer);
                return id;
            }
            None => return id,
        };
        // The first layer that has a field is nearest to the reference, and takes precedence.
        let layer = |key: &str| {
            let found = layers.iter().find(|(layer, _)| layer.contains_key(key)).or(layers.first());
            found.map(|(layer, at)| (*layer, at.as_str()))
        };
        let field = |key: &str| layer(key).and_then(|(layer, _)| text(layer, key));
        let all_servers = layer("servers").map(|(layer, at)| servers(layer, at)).unwrap_or_default();
        let mut item = PathItem {
            pointer: pointer.to_owned(),
            summary: field("summary"),
            description: field("description"),
            servers: all_servers,
            extensions: layers.iter().rev().flat_map(|(layer, _)| extensions(layer)).collect(),
            ..PathItem::default()
        };
        let shared = match layer("parameters") {
            Some((layer, at)) => self.declared_parameters(layer, at),
            None => Vec::new(),
        };
        item.parameters = shared.iter().map(|declared| declared.id).collect();
        let shared = if called.is_some() { self.needed(shared, path) } else { shared };
        let operations = METHODS.iter().filter_map(|method| {
            let (layer, at) = layer(method)?;
            Some((method.to_ascii_uppercase(), layer.get(*method)?, child(at, method)))
        });
        let additional = layer("additionalOperations").into_iter().flat_map(|(layer, at)| {
            members(layer, "additionalOperations", at).map(|(method, node, at)| (method.clone(), node, at))
        });
        for (method, node, at) in operations.chain(additional).collect::<Vec<_>>() {
            let Some(node) = node.as_object() else { continue };
            let context = Context { method, path, called, shared: &shared, servers: &item.servers };
            let operation = self.operation(node, &at, context);
            item.operations.push(self.nodes.operations.push(operation));
        }
        self.nodes.path_items[id] = item;
        id
    }

    fn operation(&mut self, object: &'v JsonObject, pointer: &str, context: Context<'_>) -> Operation {
        let Context { method, path, called, shared, servers: of_item } = context;
        let own = self.declared_parameters(object, pointer);
        let parameters = match called {
            Some(_) => self.effective_parameters(own, shared, path, pointer, object),
            None => super::parameters::overridden(shared, &own),
        };
        let own_servers = servers(object, pointer);
        let pagination = self.extensions.whole("x-pagination", object, pointer);
        let pagination = pagination.and_then(|(value, place)| {
            let parameters: Vec<_> = parameters.iter().map(|id| self.nodes.parameters[*id].clone()).collect();
            self.pagination(value, &place, &parameters)
        });
        let body = object.get("requestBody");
        let idempotent = self.extensions.idempotent(object, pointer, self.diagnostics);
        let path_parameters: Vec<&str> = template::names(path).collect();
        Operation {
            tags: texts(object, "tags"),
            id: text(object, "operationId"),
            rust_name: self.extensions.name(object, pointer, self.diagnostics),
            summary: text(object, "summary"),
            description: text(object, "description"),
            external_docs: external_docs(object),
            deprecated: flag(object, "deprecated"),
            sunset: text(object, "x-sunset"),
            idempotent: idempotent.as_ref().map(Idempotent::is_safe),
            idempotency_key: idempotent.and_then(Idempotent::key),
            feature: self.extensions.feature(object, pointer, self.diagnostics),
            rate_limit: self.extensions.rate_limit(object, pointer, Some(&path_parameters), self.diagnostics),
            pagination,
            parameters,
            body: body.and_then(|body| self.refer(body, &child(pointer, "requestBody"), Self::request_body)),
            responses: self.responses(object, pointer, &method),
            callbacks: self.refer_all(object, "callbacks", pointer, Self::callback),
            security: security(object).unwrap_or_else(|| called.unwrap_or_default().to_vec()),
            servers: if own_servers.is_empty() { of_item.to_vec() } else { own_servers },
            extensions: extensions(object),
            pointer: pointer.to_owned(),
            method,
            path: path.to_owned(),
        }
    }

    /// Reports webhooks whose payload is not described.
    pub(super) fn unread_webhooks(&mut self, root: &JsonObject, document: &Document) {
        let mut unread = Vec::new();
        for (name, item) in &document.webhooks {
            let item = &self.nodes.path_items[*item];
            let mut operations = item.operations.iter().map(|id| &self.nodes.operations[*id]);
            if !operations.any(|operation| operation.method == "POST" && operation.body.is_some()) {
                let message = format!("the webhook `{name}` has no `post` with a `requestBody`, so it has no payload");
                unread.push((item.pointer.clone(), message));
            }
        }
        let message = "no `post` with a `requestBody` found, so this is not read as webhooks";
        if unread.len() == document.webhooks.len() && !unread.is_empty() {
            unread = vec![("/webhooks".to_owned(), message.to_owned())];
        }
        if root.contains_key(WEBHOOKS_EXTENSION) {
            // Raising has moved the extension to `webhooks`, unless it has another meaning.
            unread.push((child("", WEBHOOKS_EXTENSION), message.to_owned()));
        }
        for (pointer, message) in unread {
            self.diagnostics.warning(
                "unserved-webhook",
                pointer,
                message,
                "describe the payload, or ignore this warning",
            );
        }
    }

    pub(super) fn callback(&mut self, object: &'v JsonObject, pointer: &str) -> Callback {
        let items = object.iter().filter(|(name, _)| !name.starts_with("x-") && *name != "$ref");
        let items = items.map(|(expression, item)| {
            (expression.clone(), self.path_item(item, &child(pointer, expression), expression, None))
        });
        Callback { items: items.collect(), pointer: pointer.to_owned(), extensions: extensions(object) }
    }

    pub(super) fn request_body(&mut self, object: &'v JsonObject, pointer: &str) -> RequestBody {
        RequestBody {
            description: text(object, "description"),
            required: flag(object, "required"),
            content: self.content(object, pointer),
            extensions: extensions(object),
            pointer: pointer.to_owned(),
        }
    }

    /// Builds the responses in document order, `default` last.
    fn responses(&mut self, object: &'v JsonObject, pointer: &str, method: &str) -> Vec<(Status, ResponseId)> {
        let mut responses = Vec::new();
        for (key, node, place) in members(object, "responses", pointer) {
            let Some(status) = Status::parse(key) else { continue };
            let Some(id) = self.refer(node, &place, Self::response) else { continue };
            let id = match method {
                // Documents declare the responses of GET here, whose headers a response to HEAD has (RFC 9110, 9.3.2).
                "HEAD" => self.without_content(id),
                _ if BODYLESS.contains(&key.as_str()) => self.without_body(id, key, &place),
                _ => id,
            };
            responses.push((status, id));
        }
        responses.sort_by_key(|(status, _)| *status == Status::Default);
        responses
    }

    /// Returns a response without its content.
    fn without_content(&mut self, id: ResponseId) -> ResponseId {
        let response = self.nodes.responses[id].clone();
        match response.content.is_empty() {
            true => id,
            false => self.nodes.responses.push(Response { content: Vec::new(), ..response }),
        }
    }

    /// Removes the content from the response to a status that has no body.
    fn without_body(&mut self, id: ResponseId, status: &str, pointer: &str) -> ResponseId {
        let content = &self.nodes.responses[id].content;
        let is_described = |media: &MediaTypeId| {
            let media = &self.nodes.media_types[*media];
            media.schema.or(media.item_schema).is_some()
        };
        // Many documents list the media types of every response, which says nothing about a body.
        if content.iter().any(is_described) {
            let message = format!("a response with status {status} has no body, so the declared one is ignored");
            let help = "remove the `content`, or declare the status that the server sends";
            self.diagnostics.warning("body-on-bodyless-status", pointer, message, help);
        }
        self.without_content(id)
    }

    pub(super) fn response(&mut self, object: &'v JsonObject, pointer: &str) -> Response {
        let mut headers = self.refer_all(object, "headers", pointer, Self::header);
        headers.retain(|name, _| !name.eq_ignore_ascii_case("content-type"));
        Response {
            summary: text(object, "summary"),
            description: text(object, "description"),
            headers,
            content: self.content(object, pointer),
            links: self.refer_all(object, "links", pointer, |_, object, pointer| link(object, pointer)),
            extensions: extensions(object),
            pointer: pointer.to_owned(),
        }
    }

    pub(super) fn header(&mut self, object: &'v JsonObject, pointer: &str) -> Header {
        let content = self.content(object, pointer);
        Header {
            description: text(object, "description"),
            required: flag(object, "required"),
            deprecated: flag(object, "deprecated"),
            explode: flag(object, "explode"),
            schema: self.schema_of(object, &content, pointer),
            content,
            example: object.get("example").cloned(),
            examples: self.refer_all(object, "examples", pointer, |_, object, pointer| example(object, pointer)),
            extensions: extensions(object),
            pointer: pointer.to_owned(),
        }
    }

    pub(super) fn content(&mut self, object: &'v JsonObject, pointer: &str) -> Vec<MediaTypeId> {
        let declared = members(object, "content", pointer);
        declared.filter_map(|(name, node, place)| self.media_type(name, node, &place)).collect()
    }

    pub(super) fn media_type(&mut self, name: &str, node: &'v Value, pointer: &str) -> Option<MediaTypeId> {
        let id = self.refer(node, pointer, Self::media_type_object)?;
        if self.nodes.media_types[id].name.is_empty() {
            self.nodes.media_types[id].name = name.to_owned();
        }
        if self.nodes.media_types[id].name == name {
            return Some(id);
        }
        let own = MediaType { name: name.to_owned(), ..self.nodes.media_types[id].clone() };
        Some(self.nodes.media_types.push(own))
    }

    fn media_type_object(&mut self, object: &'v JsonObject, pointer: &str) -> MediaType {
        let mut schema = |key: &str| object.get(key).map(|schema| self.schema(schema, &child(pointer, key)));
        let (schema, item_schema) = (schema("schema"), schema("itemSchema"));
        MediaType {
            name: String::new(),
            schema,
            item_schema,
            example: object.get("example").cloned(),
            examples: self.refer_all(object, "examples", pointer, |_, object, pointer| example(object, pointer)),
            encoding: self.encodings(object, pointer),
            prefix_encoding: self.prefix_encoding(object, pointer),
            item_encoding: self.item_encoding(object, pointer),
            extensions: extensions(object),
            pointer: pointer.to_owned(),
        }
    }

    fn encodings(&mut self, object: &'v JsonObject, pointer: &str) -> IndexMap<String, Encoding> {
        let declared = members(object, "encoding", pointer);
        declared
            .filter_map(|(name, node, place)| Some((name.clone(), self.encoding(node.as_object()?, &place))))
            .collect()
    }

    fn prefix_encoding(&mut self, object: &'v JsonObject, pointer: &str) -> Vec<Encoding> {
        let place = child(pointer, "prefixEncoding");
        let declared = list(object, "prefixEncoding").enumerate();
        declared
            .filter_map(|(index, node)| Some(self.encoding(node.as_object()?, &child(&place, &index.to_string()))))
            .collect()
    }

    fn item_encoding(&mut self, object: &'v JsonObject, pointer: &str) -> Option<Box<Encoding>> {
        let declared = object.get("itemEncoding")?.as_object()?;
        Some(Box::new(self.encoding(declared, &child(pointer, "itemEncoding"))))
    }

    fn encoding(&mut self, object: &'v JsonObject, pointer: &str) -> Encoding {
        Encoding {
            content_type: text(object, "contentType"),
            headers: self.refer_all(object, "headers", pointer, Self::header),
            style: StyleKind::of(object),
            explode: object.get("explode").and_then(Value::as_bool),
            allow_reserved: flag(object, "allowReserved"),
            encoding: self.encodings(object, pointer),
            prefix_encoding: self.prefix_encoding(object, pointer),
            item_encoding: self.item_encoding(object, pointer),
            extensions: extensions(object),
        }
    }
}

/// The context of an operation.
struct Context<'c> {
    method: String,
    path: &'c str,
    /// The document's `security`, if clients call the operation.
    called: Option<&'c [Vec<Requirement>]>,
    /// The path item's parameters.
    shared: &'c [super::parameters::Declared],
    /// The path item's servers.
    servers: &'c [super::Server],
}
