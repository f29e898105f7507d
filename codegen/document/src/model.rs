//! The model of a document: typed, owned, without references.
//!
//! The input is a document in the vocabulary of OpenAPI 3.2, as a JSON value. The output is a [`Document`], whose nodes
//! are named after the specification's objects. A node that can be referenced is in an arena, and is represented by an
//! [`Id`], so cycles need no special handling. Each node has its JSON pointer.
//!
//! Nothing is simplified here; see [`normalize`](crate::normalize) for what a schema means to a client.

mod about;
mod arena;
mod build;
mod exchange;
mod operations;
mod pagination;
mod parameters;
mod schema;
mod schemas;
mod security;
mod validate;

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use serde_json::{Map, Value};

pub use crate::extensions::{BeyondOAuth2, RateLimit, Signature};
use crate::names_lock::HeldNames;
use crate::refs::joined;
use crate::rust_types::RustTypes;
pub use about::*;
pub use arena::{Arena, Id};
pub use build::document;
pub use exchange::*;
pub use pagination::{HasMore, PageStrategy, Pagination};
pub use schema::{RareKeywords, Schema, SchemaId, Type, Xml};
pub use schemas::component_name;
pub use security::sends_token;

/// Members whose names begin with `x-`.
pub type ExtensionMap = Map<String, Value>;

/// The id of a [`Parameter`].
pub type ParameterId = Id<Parameter>;
/// The id of a [`RequestBody`].
pub type RequestBodyId = Id<RequestBody>;
/// The id of a [`Response`].
pub type ResponseId = Id<Response>;
/// The id of a [`Header`].
pub type HeaderId = Id<Header>;
/// The id of an [`Example`].
pub type ExampleId = Id<Example>;
/// The id of a [`Link`].
pub type LinkId = Id<Link>;
/// The id of a [`Callback`].
pub type CallbackId = Id<Callback>;
/// The id of a [`PathItem`].
pub type PathItemId = Id<PathItem>;
/// The id of a [`MediaType`].
pub type MediaTypeId = Id<MediaType>;
/// The id of an [`Operation`].
pub type OperationId = Id<Operation>;

/// A document.
#[derive(Debug, Default)]
pub struct Document {
    /// `openapi`.
    pub openapi: String,
    /// `$self`.
    pub self_uri: Option<String>,
    /// `jsonSchemaDialect`.
    pub dialect: Option<String>,
    /// `info`.
    pub info: Info,
    /// `servers`.
    pub servers: Vec<Server>,
    /// `security`.
    pub security: Option<Vec<Vec<Requirement>>>,
    /// The document's tags, and the tags that only operations name, in that order.
    pub tags: Vec<Tag>,
    /// `externalDocs`.
    pub external_docs: Option<ExternalDocs>,
    /// `paths`.
    pub paths: IndexMap<String, PathItemId>,
    /// `webhooks`.
    pub webhooks: IndexMap<String, PathItemId>,
    /// `components`.
    pub components: Components,
    /// The operations of `paths` in document order.
    pub operations: Vec<OperationId>,
    /// `x-webhook-signature`: the signature scheme of webhooks.
    pub signature: Option<Signature>,
    /// `x-rate-limit`: the limit of all requests together.
    pub rate_limit: Option<RateLimit>,
    /// `x-rust-text-formats`: the formats whose strings have no type of their own.
    pub text_formats: BTreeSet<String>,
    /// Whether clients drop the properties of responses that are not declared: a setting, not a part of the text.
    pub drop_undeclared: bool,
    /// The types that the user of the generator chooses: a setting, too.
    pub rust_types: RustTypes,
    /// Extensions.
    pub extensions: ExtensionMap,
    /// The names that the client keeps.
    pub held: HeldNames,
    nodes: Nodes,
    /// The resolved schema of each schema that is only a reference.
    referred: HashMap<SchemaId, SchemaId>,
}

/// The nodes of a document that can be referenced.
#[derive(Debug, Default)]
struct Nodes {
    schemas: Arena<Schema>,
    parameters: Arena<Parameter>,
    request_bodies: Arena<RequestBody>,
    responses: Arena<Response>,
    headers: Arena<Header>,
    examples: Arena<Example>,
    links: Arena<Link>,
    callbacks: Arena<Callback>,
    path_items: Arena<PathItem>,
    media_types: Arena<MediaType>,
    operations: Arena<Operation>,
}

/// A type of node that has an arena.
pub trait Node: Sized {
    /// Returns the arena for this type.
    fn arena(document: &Document) -> &Arena<Self>;
}

macro_rules! nodes {
    ($($kind:ident: $arena:ident),* $(,)?) => {
        $(impl Node for $kind {
            fn arena(document: &Document) -> &Arena<Self> {
                &document.nodes.$arena
            }
        })*
    };
}

nodes!(
    Schema: schemas,
    Parameter: parameters,
    RequestBody: request_bodies,
    Response: responses,
    Header: headers,
    Example: examples,
    Link: links,
    Callback: callbacks,
    PathItem: path_items,
    MediaType: media_types,
    Operation: operations,
);

impl<T: Node> std::ops::Index<Id<T>> for Document {
    type Output = T;

    fn index(&self, id: Id<T>) -> &T {
        &T::arena(self)[id]
    }
}

impl Document {
    /// Returns all schemas, in the order of their ids.
    pub fn schemas(&self) -> &Arena<Schema> {
        &self.nodes.schemas
    }

    /// Returns a schema of the document; `None` for the id of one that normalization created.
    pub fn schema(&self, id: SchemaId) -> Option<&Schema> {
        (id.index() < self.nodes.schemas.len()).then(|| &self[id])
    }

    /// Returns the operations of `paths` in document order.
    pub fn operations(&self) -> impl ExactSizeIterator<Item = &Operation> {
        self.operations.iter().map(|id| &self[*id])
    }

    /// Returns the default server of operations. A relative URL is resolved against the document's own.
    pub fn server(&self) -> Server {
        let root = || Server { url: "/".to_owned(), ..Server::default() };
        let mut server = match &self.self_uri {
            Some(_) => self.servers.first().cloned().unwrap_or_else(root),
            None => self.servers.first().cloned().unwrap_or_default(),
        };
        if let Some(base) = self.self_uri.as_deref().filter(|base| base.contains("://")) {
            server.url = joined(base, &server.url);
        }
        server
    }

    /// Returns the tag that groups an operation: the first one that has no other purpose, such as a badge; "" if there
    /// is none.
    pub fn group_of<'o>(&self, operation: &'o Operation) -> &'o str {
        let groups = |name: &&String| {
            let tag = self.tags.iter().find(|tag| tag.name == **name);
            tag.and_then(|tag| tag.kind.as_deref()).is_none_or(|kind| !matches!(kind, "badge" | "audience"))
        };
        operation.tags.iter().find(groups).map_or(operation.tag(), String::as_str)
    }

    /// Returns the parameters of an operation, including those of its path item.
    pub fn parameters<'d>(&'d self, operation: &Operation) -> Vec<&'d Parameter> {
        operation.parameters.iter().map(|id| &self[*id]).collect()
    }

    /// Returns the request body of an operation.
    pub fn body(&self, operation: &Operation) -> Option<&RequestBody> {
        operation.body.map(|id| &self[id])
    }

    /// Returns the media types of a body.
    pub fn media<'d>(&'d self, content: &[MediaTypeId]) -> Vec<&'d MediaType> {
        content.iter().map(|id| &self[*id]).collect()
    }

    /// Returns the webhooks whose `post` has a request body, with that operation, in document order.
    pub fn deliveries(&self) -> Vec<(&str, &Operation)> {
        let post = |id: &PathItemId| {
            let item = &self[*id];
            item.operations.iter().map(|id| &self[*id]).find(|operation| operation.method == "POST")
        };
        let delivered = self.webhooks.iter().filter_map(|(name, item)| Some((name.as_str(), post(item)?)));
        delivered.filter(|(_, operation)| operation.body.is_some()).collect()
    }

    /// Returns the callbacks of operations by name: each expression's `post` that has a request body, without
    /// duplicates.
    pub fn callbacks(&self) -> Vec<(&str, &Operation)> {
        let mut callbacks: Vec<(&str, &Operation)> = Vec::new();
        for (name, callback) in self.operations().flat_map(|operation| &operation.callbacks) {
            let items = self[*callback].items.values().flat_map(|item| &self[*item].operations);
            for delivered in items.map(|id| &self[*id]).filter(|one| one.method == "POST" && one.body.is_some()) {
                // Several operations may refer to the same callback.
                if !callbacks.iter().any(|(known, other)| *known == name && other.pointer == delivered.pointer) {
                    callbacks.push((name, delivered));
                }
            }
        }
        callbacks
    }

    /// Returns the schema that an alias, which is only a reference, resolves to.
    pub fn referred(&self, id: SchemaId) -> SchemaId {
        self.referred.get(&id).copied().unwrap_or(id)
    }
}
