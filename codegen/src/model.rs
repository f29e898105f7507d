//! The model of a document: typed, owned, without references.
//!
//! In: a document in the vocabulary of OpenAPI 3.2, as a JSON value. Out: [`Document`], whose nodes are named after the specification's
//! objects. A node that something can refer to is in an arena, and its place holds an [`Id`]; cycles are ordinary. Each node knows its
//! JSON pointer.
//!
//! Nothing is simplified here. What a schema means to a client is the matter of [`normalize`](crate::normalize).

mod arena;
mod build;
mod operations;
mod pagination;
mod parameters;
mod schema;
mod schemas;
mod security;
mod validate;

use indexmap::IndexMap;
use serde_json::{Map, Value};

pub use crate::extensions::{BeyondOAuth2, Signature};
pub use arena::{Arena, Id};
pub use build::document;
pub use pagination::{PageBy, Pagination, Sign};
pub use schema::{RareKeywords, Schema, SchemaId, Type, Xml};

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
    /// How webhooks are signed.
    pub signature: Option<Signature>,
    /// Extensions.
    pub extensions: ExtensionMap,
    nodes: Nodes,
}

/// The nodes of a document that something can refer to.
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

/// A kind of node that has an arena.
pub trait Node: Sized {
    /// The arena of this kind.
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
    /// All schemas, in the order of their ids.
    pub fn schemas(&self) -> &Arena<Schema> {
        &self.nodes.schemas
    }

    /// The operations of `paths` in document order.
    pub fn operations(&self) -> impl ExactSizeIterator<Item = &Operation> {
        self.operations.iter().map(|id| &self[*id])
    }

    /// The parameters of an operation, its path item's included.
    pub fn parameters<'d>(&'d self, operation: &Operation) -> Vec<&'d Parameter> {
        operation.parameters.iter().map(|id| &self[*id]).collect()
    }

    /// The request body of an operation.
    pub fn body(&self, operation: &Operation) -> Option<&RequestBody> {
        operation.body.map(|id| &self[id])
    }

    /// The media types of a body.
    pub fn media<'d>(&'d self, content: &[MediaTypeId]) -> Vec<&'d MediaType> {
        content.iter().map(|id| &self[*id]).collect()
    }

    /// The webhooks whose `post` has a request body, with the operation, in document order.
    pub fn deliveries(&self) -> Vec<(&str, &Operation)> {
        let post = |id: &PathItemId| {
            let item = &self[*id];
            item.operations.iter().map(|id| &self[*id]).find(|operation| operation.method == "POST")
        };
        let delivered = self.webhooks.iter().filter_map(|(name, item)| Some((name.as_str(), post(item)?)));
        delivered.filter(|(_, operation)| operation.body.is_some()).collect()
    }

    /// The schema that a schema which is nothing but a reference stands for.
    pub fn referred(&self, id: SchemaId) -> SchemaId {
        let mut id = id;
        // Building has refused references that lead in a circle.
        while let Some(next) = self[id].reference.filter(|_| self[id].is_alias) {
            id = next;
        }
        id
    }
}

/// `info`.
#[derive(Debug, Default)]
pub struct Info {
    /// `title`.
    pub title: String,
    /// `version`.
    pub version: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `termsOfService`.
    pub terms_of_service: Option<String>,
    /// `contact`.
    pub contact: Option<Contact>,
    /// `license`.
    pub license: Option<License>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// `info.contact`.
#[derive(Debug, Default)]
pub struct Contact {
    /// `name`.
    pub name: Option<String>,
    /// `url`.
    pub url: Option<String>,
    /// `email`.
    pub email: Option<String>,
}

/// `info.license`.
#[derive(Debug, Default)]
pub struct License {
    /// `name`.
    pub name: String,
    /// `identifier`.
    pub identifier: Option<String>,
    /// `url`.
    pub url: Option<String>,
}

/// Documentation elsewhere.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExternalDocs {
    /// `url`.
    pub url: String,
    /// `description`.
    pub description: Option<String>,
}

/// A server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Server {
    /// The JSON pointer of the server.
    pub pointer: String,
    /// `url`, with its variables in braces.
    pub url: String,
    /// `name`.
    pub name: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `variables`.
    pub variables: IndexMap<String, ServerVariable>,
}

impl Server {
    /// The URL with each variable replaced by its default.
    pub fn default_url(&self) -> String {
        let mut url = self.url.clone();
        for (name, variable) in &self.variables {
            url = url.replace(&format!("{{{name}}}"), &variable.default);
        }
        url
    }
}

/// A variable of a server's URL.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServerVariable {
    /// `default`.
    pub default: String,
    /// `enum`.
    pub values: Vec<String>,
    /// `description`.
    pub description: Option<String>,
}

/// A tag: a group of operations.
#[derive(Debug, Default)]
pub struct Tag {
    /// The name that operations refer to.
    pub name: String,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `externalDocs`.
    pub external_docs: Option<ExternalDocs>,
    /// `parent`.
    pub parent: Option<String>,
    /// `kind`.
    pub kind: Option<String>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// `components`: name and node of each.
#[derive(Debug, Default)]
pub struct Components {
    /// `schemas`.
    pub schemas: IndexMap<String, SchemaId>,
    /// `responses`.
    pub responses: IndexMap<String, ResponseId>,
    /// `parameters`.
    pub parameters: IndexMap<String, ParameterId>,
    /// `examples`.
    pub examples: IndexMap<String, ExampleId>,
    /// `requestBodies`.
    pub request_bodies: IndexMap<String, RequestBodyId>,
    /// `headers`.
    pub headers: IndexMap<String, HeaderId>,
    /// `securitySchemes`.
    pub security_schemes: IndexMap<String, SecurityScheme>,
    /// `links`.
    pub links: IndexMap<String, LinkId>,
    /// `callbacks`.
    pub callbacks: IndexMap<String, CallbackId>,
    /// `pathItems`.
    pub path_items: IndexMap<String, PathItemId>,
    /// `mediaTypes`.
    pub media_types: IndexMap<String, MediaTypeId>,
}

/// A path, a webhook or an expression of a callback, with its operations.
#[derive(Debug, Default)]
pub struct PathItem {
    /// The JSON pointer of the path item.
    pub pointer: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `servers`.
    pub servers: Vec<Server>,
    /// `parameters`.
    pub parameters: Vec<ParameterId>,
    /// The operations by method, `additionalOperations` last.
    pub operations: Vec<OperationId>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// An operation.
#[derive(Debug, Default)]
pub struct Operation {
    /// The JSON pointer of the operation.
    pub pointer: String,
    /// The HTTP method in upper case.
    pub method: String,
    /// The path template, the name of the webhook or the expression of the callback.
    pub path: String,
    /// `tags`.
    pub tags: Vec<String>,
    /// `operationId`.
    pub id: Option<String>,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `externalDocs`.
    pub external_docs: Option<ExternalDocs>,
    /// `deprecated`.
    pub deprecated: bool,
    /// `x-sunset`: the day on which it ends.
    pub sunset: Option<String>,
    /// `x-idempotent`.
    pub idempotent: Option<bool>,
    /// `x-pagination`.
    pub pagination: Option<Pagination>,
    /// The parameters of the path item and of the operation; of two with the same name and location, the operation's.
    pub parameters: Vec<ParameterId>,
    /// `requestBody`.
    pub body: Option<RequestBodyId>,
    /// `responses` in document order, `default` last.
    pub responses: Vec<(Status, ResponseId)>,
    /// `callbacks`.
    pub callbacks: IndexMap<String, CallbackId>,
    /// `security`, or the document's: alternatives of what is required together. Empty if nothing is required.
    pub security: Vec<Vec<Requirement>>,
    /// `servers`, or the path item's. Empty if the operation has the document's.
    pub servers: Vec<Server>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

impl Operation {
    /// The first tag, or "" if there is none.
    pub fn tag(&self) -> &str {
        self.tags.first().map_or("", String::as_str)
    }
}

/// A credential that an operation requires.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The name of the security scheme.
    pub scheme: String,
    /// The scopes that the credential must have.
    pub scopes: Vec<String>,
}

/// A parameter.
#[derive(Debug, Clone, Default)]
pub struct Parameter {
    /// The JSON pointer of the parameter.
    pub pointer: String,
    /// `in`.
    pub location: Location,
    /// `name`.
    pub name: String,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `required`.
    pub required: bool,
    /// `deprecated`.
    pub deprecated: bool,
    /// `allowEmptyValue`.
    pub allow_empty_value: bool,
    /// `allowReserved`.
    pub allow_reserved: bool,
    /// `style` and `explode`, or what the location has without them.
    pub style: Style,
    /// `schema`, or that of the only media type of `content`.
    pub schema: Option<SchemaId>,
    /// `content`.
    pub content: Vec<MediaTypeId>,
    /// `example`.
    pub example: Option<Value>,
    /// `examples`.
    pub examples: IndexMap<String, ExampleId>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

impl Parameter {
    /// Whether the parameter has a `content`: its value is then written as JSON text.
    pub fn is_json(&self) -> bool {
        !self.content.is_empty()
    }
}

/// The part of a request that a parameter goes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// `path`
    Path,
    /// `query`
    #[default]
    Query,
    /// `header`
    Header,
    /// `cookie`
    Cookie,
    /// `querystring`: the whole query.
    QueryString,
}

impl Location {
    /// The specification's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::QueryString => "querystring",
        }
    }
}

/// How arrays and objects are written in a parameter or a part of a form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// `style`.
    pub kind: StyleKind,
    /// `explode`.
    pub explode: bool,
}

/// The specification's styles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum StyleKind {
    /// `form`
    #[default]
    Form,
    /// `simple`
    Simple,
    /// `label`
    Label,
    /// `matrix`
    Matrix,
    /// `spaceDelimited`
    SpaceDelimited,
    /// `pipeDelimited`
    PipeDelimited,
    /// `deepObject`
    DeepObject,
    /// `cookie`
    Cookie,
}

impl StyleKind {
    /// The style of this name.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "form" => Self::Form,
            "simple" => Self::Simple,
            "label" => Self::Label,
            "matrix" => Self::Matrix,
            "spaceDelimited" => Self::SpaceDelimited,
            "pipeDelimited" => Self::PipeDelimited,
            "deepObject" => Self::DeepObject,
            "cookie" => Self::Cookie,
            _ => return None,
        })
    }
}

/// A request body.
#[derive(Debug, Clone, Default)]
pub struct RequestBody {
    /// The JSON pointer of the body.
    pub pointer: String,
    /// `description`.
    pub description: Option<String>,
    /// `required`.
    pub required: bool,
    /// `content` in document order.
    pub content: Vec<MediaTypeId>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// One media type of a body.
#[derive(Debug, Clone, Default)]
pub struct MediaType {
    /// The JSON pointer of the media type.
    pub pointer: String,
    /// The name of the media type: `application/json`.
    pub name: String,
    /// `schema`.
    pub schema: Option<SchemaId>,
    /// `itemSchema`.
    pub item_schema: Option<SchemaId>,
    /// `example`.
    pub example: Option<Value>,
    /// `examples`.
    pub examples: IndexMap<String, ExampleId>,
    /// `encoding`.
    pub encoding: IndexMap<String, Encoding>,
    /// `prefixEncoding`.
    pub prefix_encoding: Vec<Encoding>,
    /// `itemEncoding`.
    pub item_encoding: Option<Box<Encoding>>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

impl MediaType {
    /// The properties that are written as `name[key]`.
    pub fn deep_objects(&self) -> Vec<&str> {
        let deep = self.encoding.iter().filter(|(_, encoding)| encoding.style == Some(StyleKind::DeepObject));
        deep.map(|(name, _)| name.as_str()).collect()
    }

    /// The properties that have a media type of their own, and that. With several or a range of them it is for the caller to choose.
    pub fn part_types(&self) -> Vec<(String, String)> {
        let declared = self.encoding.iter().filter_map(|(name, encoding)| {
            let one = encoding.content_type.as_ref().filter(|types| !types.contains([',', '*']))?;
            Some((name.clone(), one.trim().to_owned()))
        });
        declared.collect()
    }
}

/// How a part of a form is written.
#[derive(Debug, Clone, Default)]
pub struct Encoding {
    /// `contentType`.
    pub content_type: Option<String>,
    /// `headers`.
    pub headers: IndexMap<String, HeaderId>,
    /// `style`.
    pub style: Option<StyleKind>,
    /// `explode`.
    pub explode: Option<bool>,
    /// `allowReserved`.
    pub allow_reserved: bool,
    /// `encoding`.
    pub encoding: IndexMap<String, Encoding>,
    /// `prefixEncoding`.
    pub prefix_encoding: Vec<Encoding>,
    /// `itemEncoding`.
    pub item_encoding: Option<Box<Encoding>>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// A response.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The JSON pointer of the response.
    pub pointer: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `headers`, without `Content-Type`, which OpenAPI ignores here.
    pub headers: IndexMap<String, HeaderId>,
    /// `content`. Empty if the response has no body.
    pub content: Vec<MediaTypeId>,
    /// `links`.
    pub links: IndexMap<String, LinkId>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// A header of a response or a part.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// The JSON pointer of the header.
    pub pointer: String,
    /// `description`.
    pub description: Option<String>,
    /// `required`.
    pub required: bool,
    /// `deprecated`.
    pub deprecated: bool,
    /// `explode`.
    pub explode: bool,
    /// `schema`, or that of the only media type of `content`.
    pub schema: Option<SchemaId>,
    /// `content`.
    pub content: Vec<MediaTypeId>,
    /// `example`.
    pub example: Option<Value>,
    /// `examples`.
    pub examples: IndexMap<String, ExampleId>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// The statuses that a response is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// One status.
    Exact(u16),
    /// `4XX`.
    Range(u8),
    /// `default`: all other statuses.
    Default,
}

impl Status {
    /// Whether it stands for success, as far as that can be said of it.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Exact(200..=299) | Self::Range(2))
    }

    /// The statuses that a key of `responses` stands for.
    pub fn parse(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        match key.as_bytes() {
            [class @ b'1'..=b'9', b'X' | b'x', b'X' | b'x'] => Some(Self::Range(class - b'0')),
            [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => key.parse().ok().map(Self::Exact),
            _ => None,
        }
    }
}

/// An example.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// The JSON pointer of the example.
    pub pointer: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `value`.
    pub value: Option<Value>,
    /// `dataValue`.
    pub data_value: Option<Value>,
    /// `serializedValue`.
    pub serialized_value: Option<String>,
    /// `externalValue`.
    pub external_value: Option<String>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// A link from a response to another operation.
#[derive(Debug, Clone, Default)]
pub struct Link {
    /// The JSON pointer of the link.
    pub pointer: String,
    /// `operationRef`.
    pub operation_ref: Option<String>,
    /// `operationId`.
    pub operation_id: Option<String>,
    /// `parameters`.
    pub parameters: Map<String, Value>,
    /// `requestBody`.
    pub request_body: Option<Value>,
    /// `description`.
    pub description: Option<String>,
    /// `server`.
    pub server: Option<Server>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// Requests that the server makes because of an operation.
#[derive(Debug, Clone, Default)]
pub struct Callback {
    /// The JSON pointer of the callback.
    pub pointer: String,
    /// The path items by their expressions.
    pub items: IndexMap<String, PathItemId>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// How the alternatives of a choice are told apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discriminator {
    /// `propertyName`.
    pub property: String,
    /// `mapping`: value of the property, and the schema that it stands for.
    pub mapping: Vec<(String, SchemaId)>,
    /// `defaultMapping`.
    pub default_mapping: Option<SchemaId>,
}

/// A security scheme.
#[derive(Debug, Clone, Default)]
pub struct SecurityScheme {
    /// The JSON pointer of the scheme.
    pub pointer: String,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// `type`, with what belongs to it.
    pub kind: SecuritySchemeKind,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// The types of security schemes.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum SecuritySchemeKind {
    /// `apiKey`
    ApiKey {
        /// `in`.
        location: Location,
        /// `name`.
        name: String,
    },
    /// `http`
    Http {
        /// `scheme`.
        scheme: String,
        /// `bearerFormat`.
        bearer_format: Option<String>,
    },
    /// `mutualTLS`
    #[default]
    MutualTls,
    /// `oauth2`
    OAuth2 {
        /// `flows`.
        flows: Box<Flows>,
        /// `oauth2MetadataUrl`.
        metadata_url: Option<String>,
        /// `x-oauth2`.
        beyond: BeyondOAuth2,
    },
    /// `openIdConnect`
    OpenIdConnect {
        /// `openIdConnectUrl`.
        url: String,
    },
}

/// The flows of OAuth 2.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flows {
    /// `implicit`.
    pub implicit: Option<Flow>,
    /// `password`.
    pub password: Option<Flow>,
    /// `clientCredentials`.
    pub client_credentials: Option<Flow>,
    /// `authorizationCode`.
    pub authorization_code: Option<Flow>,
    /// `deviceAuthorization`.
    pub device_authorization: Option<Flow>,
}

/// A flow of OAuth 2.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    /// `authorizationUrl`.
    pub authorization_url: Option<String>,
    /// `deviceAuthorizationUrl`.
    pub device_authorization_url: Option<String>,
    /// `tokenUrl`.
    pub token_url: Option<String>,
    /// `refreshUrl`.
    pub refresh_url: Option<String>,
    /// `scopes`.
    pub scopes: IndexMap<String, String>,
}
