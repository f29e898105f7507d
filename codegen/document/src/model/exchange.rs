//! Requests and responses: path items and operations with their parameters, bodies and responses.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::build::JsonObject;
use super::{
    CallbackId, ExampleId, ExtensionMap, ExternalDocs, HeaderId, LinkId, MediaTypeId, OperationId, Pagination,
    ParameterId, PathItemId, RateLimit, RequestBodyId, ResponseId, SchemaId, Server,
};
use crate::extensions::COLLECTION_FORMAT;

/// A path, a webhook or a callback expression, with its operations.
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
    /// `x-sunset`: the day on which the operation will be removed.
    pub sunset: Option<String>,
    /// `x-idempotent`.
    pub idempotent: Option<bool>,
    /// `x-rust-feature`.
    pub feature: Option<String>,
    /// `x-idempotent.key`: the header of the key by which the server recognizes a retry.
    pub idempotency_key: Option<String>,
    /// `x-rate-limit`.
    pub rate_limit: Option<RateLimit>,
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
    /// `security`, or else the document's: alternative sets of requirements. Empty if nothing is required.
    pub security: Vec<Vec<Requirement>>,
    /// `servers`, or else the path item's. Empty if the document's apply.
    pub servers: Vec<Server>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

impl Operation {
    /// Returns the first tag, or "" if there is none.
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
    /// `x-multi-segment`: true if the value of a path parameter may contain slashes.
    pub multi_segment: bool,
    /// `style` and `explode`, or their defaults for the location.
    pub style: Style,
    /// `schema`, or that of the only media type of `content`.
    pub schema: Option<SchemaId>,
    /// `content`.
    pub content: Vec<MediaTypeId>,
    /// True if the media type of `content` is not plain text, so that the value is serialized as JSON.
    pub holds_json: bool,
    /// `example`.
    pub example: Option<Value>,
    /// `examples`.
    pub examples: IndexMap<String, ExampleId>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

impl Parameter {
    /// Returns true if the value is serialized as JSON.
    pub fn is_json(&self) -> bool {
        self.holds_json
    }
}

/// The place of a parameter in a request.
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
    /// Returns the name in the specification.
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

/// The layout of arrays and objects in a parameter or a part of a form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// `style`.
    pub kind: StyleKind,
    /// `explode`.
    pub explode: bool,
}

/// The styles of the specification.
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
    /// `x-collection-format: tsv`
    TabDelimited,
    /// `deepObject`
    DeepObject,
    /// `cookie`
    Cookie,
}

impl StyleKind {
    /// Returns the style that a parameter or an encoding declares.
    pub(super) fn of(object: &JsonObject) -> Option<Self> {
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        match text(COLLECTION_FORMAT) {
            Some("ssv") => Some(Self::SpaceDelimited),
            Some("pipes") => Some(Self::PipeDelimited),
            Some("tsv") => Some(Self::TabDelimited),
            _ => text("style").and_then(Self::parse),
        }
    }

    /// Returns the style with this name.
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

/// Returns a media type without its parameters, in lower case.
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

impl MediaType {
    /// Returns the properties that are encoded as `name[key]`.
    pub fn deep_objects(&self) -> Vec<&str> {
        let deep = self.encoding.iter().filter(|(_, encoding)| encoding.style == Some(StyleKind::DeepObject));
        deep.map(|(name, _)| name.as_str()).collect()
    }
}

/// The encoding of a part of a form.
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

impl Encoding {
    /// Returns the only media type of the property. If there are several, or a range, callers choose one.
    pub fn only_type(&self) -> Option<&str> {
        self.content_type.as_deref().filter(|types| !types.contains([',', '*'])).map(str::trim)
    }

    /// Returns the style in which the property is laid out like a query parameter, if one of the keywords for that is
    /// set.
    pub fn layout(&self) -> Option<Style> {
        let is_declared = self.style.is_some() || self.explode.is_some() || self.allow_reserved;
        let kind = self.style.unwrap_or_default();
        let explode = self.explode.unwrap_or(kind == StyleKind::Form);
        is_declared.then_some(Style { kind, explode })
    }
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
    /// `headers`, except `Content-Type`, which OpenAPI ignores here.
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

/// The statuses of a response.
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
    /// Returns true if all of these statuses are successes.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Exact(200..=299) | Self::Range(2))
    }

    /// Parses a key of `responses`.
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

/// Requests that the server sends as a consequence of an operation.
#[derive(Debug, Clone, Default)]
pub struct Callback {
    /// The JSON pointer of the callback.
    pub pointer: String,
    /// The path items by their expressions.
    pub items: IndexMap<String, PathItemId>,
    /// Extensions.
    pub extensions: ExtensionMap,
}

/// The property that distinguishes the alternatives of a union.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discriminator {
    /// `propertyName`.
    pub property: String,
    /// `mapping`: values of the property with their schemas.
    pub mapping: Vec<(String, SchemaId)>,
    /// `defaultMapping`.
    pub default_mapping: Option<SchemaId>,
}
