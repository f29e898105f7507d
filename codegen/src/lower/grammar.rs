//! What an OpenAPI document is made of: each kind of object with its members and what each member holds.
//!
//! One table serves two walks: `lower` finds its way down by it, and `model` checks every node against it. It is the table of
//! OpenAPI 3.0; what 3.1 adds stands beside it, for `lower` alone.

use serde_json::Value;

use Kind::*;
use Shape::*;

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Document,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Paths,
    Webhooks,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Header,
    Example,
    Schema,
    Discriminator,
    Components,
    SecurityScheme,
    Flows,
    ImplicitFlow,
    TokenFlow,
    CodeFlow,
    Tag,
    ExternalDocs,
}

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Anything at all.
    Any,
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// A number.
    Number,
    /// A whole number that is not negative.
    Count,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// An object of a kind.
    One(Kind),
    /// An object of a kind, or a reference to one.
    OneOrRef(Kind),
    /// A schema or a boolean that stands for one.
    SchemaOrFlag,
    /// An array.
    List(&'static Shape),
    /// An object whose members are named by the document.
    Map(&'static Shape),
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape }
}

/// The methods that a path item can describe.
pub(crate) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The types that a schema can have.
pub(crate) const TYPES: &[&str] = &["array", "boolean", "integer", "number", "object", "string"];

/// The name under which webhooks stand in a lowered document. What it holds need not be webhooks: see [`are_webhooks`].
pub(crate) const WEBHOOKS: &str = "x-webhooks";

/// Tells webhooks from an extension of that name that its author made something else of: one of them has a body.
pub(crate) fn are_webhooks(value: &Value) -> bool {
    let has_body = |item: &Value| item.pointer("/post/requestBody").is_some();
    value.as_object().is_some_and(|items| items.values().any(has_body))
}

const SCHEMA: Shape = OneOrRef(Schema);
const SCHEMAS: Shape = Map(&SCHEMA);
const HEADERS: Shape = Map(&OneOrRef(Header));
const CONTENT: Shape = Map(&One(MediaType));
const EXAMPLES: Shape = Map(&OneOrRef(Example));
const PARAMETERS: Shape = List(&OneOrRef(Parameter));
const SECURITY: Shape = List(&Map(&List(&Text)));
const SERVERS: Shape = List(&One(Server));
const TEXTS: Shape = Map(&Text);

const PARAMETER: &[Field] = &[
    may("name", Text),
    may("in", Word(&["query", "path", "header", "cookie"])),
    may("description", Text),
    may("required", Flag),
    may("schema", SCHEMA),
    may("style", Text),
    may("explode", Flag),
    may("deprecated", Flag),
    may("allowEmptyValue", Flag),
    may("allowReserved", Flag),
    may("example", Any),
    may("examples", EXAMPLES),
    may("content", CONTENT),
];

const HEADER: &[Field] = &[
    may("description", Text),
    may("schema", SCHEMA),
    may("required", Flag),
    may("style", Word(&["simple"])),
    may("explode", Flag),
    may("deprecated", Flag),
    may("allowEmptyValue", Flag),
    may("allowReserved", Flag),
    may("example", Any),
    may("examples", EXAMPLES),
    may("content", CONTENT),
];

const SCHEMA_FIELDS: &[Field] = &[
    may("type", Word(TYPES)),
    may("properties", SCHEMAS),
    may("description", Text),
    may("items", SCHEMA),
    may("required", List(&Text)),
    may("enum", List(&Any)),
    may("format", Text),
    may("nullable", Flag),
    may("example", Any),
    may("readOnly", Flag),
    may("writeOnly", Flag),
    may("deprecated", Flag),
    may("default", Any),
    may("title", Text),
    may("allOf", List(&SCHEMA)),
    may("oneOf", List(&SCHEMA)),
    may("anyOf", List(&SCHEMA)),
    may("not", SCHEMA),
    may("additionalProperties", SchemaOrFlag),
    may("discriminator", One(Discriminator)),
    may("pattern", Text),
    may("minLength", Count),
    may("maxLength", Count),
    may("minimum", Number),
    may("maximum", Number),
    may("exclusiveMinimum", Flag),
    may("exclusiveMaximum", Flag),
    may("multipleOf", Number),
    may("minItems", Count),
    may("maxItems", Count),
    may("uniqueItems", Flag),
    may("minProperties", Count),
    may("maxProperties", Count),
    may("externalDocs", One(ExternalDocs)),
    may("xml", Any),
];

const COMPONENTS: &[Field] = &[
    may("schemas", SCHEMAS),
    may("responses", Map(&OneOrRef(Response))),
    may("parameters", Map(&OneOrRef(Parameter))),
    may("examples", EXAMPLES),
    may("requestBodies", Map(&OneOrRef(RequestBody))),
    may("headers", HEADERS),
    may("securitySchemes", Map(&OneOrRef(SecurityScheme))),
    may("links", Map(&Any)),
    may("callbacks", Map(&Any)),
];

const OPERATION: &[Field] = &[
    may("tags", List(&Text)),
    may("summary", Text),
    may("description", Text),
    may("externalDocs", One(ExternalDocs)),
    may("operationId", Text),
    may("parameters", PARAMETERS),
    may("requestBody", OneOrRef(RequestBody)),
    may("responses", One(Responses)),
    may("callbacks", Map(&Any)),
    may("deprecated", Flag),
    may("security", SECURITY),
    may("servers", SERVERS),
];

const PATH_ITEM: &[Field] = &[
    may("summary", Text),
    may("description", Text),
    may("get", One(Operation)),
    may("put", One(Operation)),
    may("post", One(Operation)),
    may("delete", One(Operation)),
    may("options", One(Operation)),
    may("head", One(Operation)),
    may("patch", One(Operation)),
    may("trace", One(Operation)),
    may("servers", SERVERS),
    may("parameters", PARAMETERS),
];

const DOCUMENT: &[Field] = &[
    may("openapi", Text),
    may("info", One(Info)),
    may("servers", SERVERS),
    may("paths", One(Paths)),
    may("components", One(Components)),
    may("security", SECURITY),
    may("tags", List(&One(Tag))),
    may("externalDocs", One(ExternalDocs)),
    may(WEBHOOKS, One(Webhooks)),
];

const SECURITY_SCHEME: &[Field] = &[
    may("type", Word(&["apiKey", "http", "oauth2", "openIdConnect"])),
    may("description", Text),
    may("name", Text),
    may("in", Word(&["query", "header", "cookie"])),
    may("scheme", Text),
    may("bearerFormat", Text),
    may("flows", One(Flows)),
    may("openIdConnectUrl", Text),
];

const INFO: &[Field] = &[
    may("title", Text),
    may("version", Text),
    may("description", Text),
    may("termsOfService", Text),
    may("contact", One(Contact)),
    may("license", One(License)),
];

const CONTACT: &[Field] = &[may("name", Text), may("url", Text), may("email", Text)];

const LICENSE: &[Field] = &[may("name", Text), may("url", Text)];

const SERVER: &[Field] = &[may("url", Text), may("description", Text), may("variables", Map(&One(ServerVariable)))];

const SERVER_VARIABLE: &[Field] = &[may("default", Text), may("enum", List(&Text)), may("description", Text)];

const REQUEST_BODY: &[Field] = &[may("content", CONTENT), may("description", Text), may("required", Flag)];

const MEDIA_TYPE: &[Field] =
    &[may("schema", SCHEMA), may("example", Any), may("examples", EXAMPLES), may("encoding", Map(&One(Encoding)))];

const ENCODING: &[Field] = &[
    may("contentType", Text),
    may("headers", HEADERS),
    may("style", Word(&["form", "spaceDelimited", "pipeDelimited", "deepObject"])),
    may("explode", Flag),
    may("allowReserved", Flag),
];

const RESPONSE: &[Field] =
    &[may("description", Text), may("content", CONTENT), may("headers", HEADERS), may("links", Map(&Any))];

const EXAMPLE: &[Field] =
    &[may("summary", Text), may("description", Text), may("value", Any), may("externalValue", Text)];

const DISCRIMINATOR: &[Field] = &[may("propertyName", Text), may("mapping", TEXTS)];

const FLOWS: &[Field] = &[
    may("implicit", One(ImplicitFlow)),
    may("password", One(TokenFlow)),
    may("clientCredentials", One(TokenFlow)),
    may("authorizationCode", One(CodeFlow)),
];

const IMPLICIT_FLOW: &[Field] = &[may("authorizationUrl", Text), may("refreshUrl", Text), may("scopes", TEXTS)];

const TOKEN_FLOW: &[Field] = &[may("tokenUrl", Text), may("refreshUrl", Text), may("scopes", TEXTS)];

const CODE_FLOW: &[Field] =
    &[may("authorizationUrl", Text), may("tokenUrl", Text), may("refreshUrl", Text), may("scopes", TEXTS)];

const TAG: &[Field] = &[may("name", Text), may("description", Text), may("externalDocs", One(ExternalDocs))];

const EXTERNAL_DOCS: &[Field] = &[may("url", Text), may("description", Text)];

impl Kind {
    /// The members that OpenAPI 3.0 gives this kind.
    pub(crate) fn fields(self) -> &'static [Field] {
        match self {
            Document => DOCUMENT,
            Info => INFO,
            Contact => CONTACT,
            License => LICENSE,
            Server => SERVER,
            ServerVariable => SERVER_VARIABLE,
            Paths | Webhooks | Responses => &[],
            PathItem => PATH_ITEM,
            Operation => OPERATION,
            Parameter => PARAMETER,
            RequestBody => REQUEST_BODY,
            MediaType => MEDIA_TYPE,
            Encoding => ENCODING,
            Response => RESPONSE,
            Header => HEADER,
            Example => EXAMPLE,
            Schema => SCHEMA_FIELDS,
            Discriminator => DISCRIMINATOR,
            Components => COMPONENTS,
            SecurityScheme => SECURITY_SCHEME,
            Flows => FLOWS,
            ImplicitFlow => IMPLICIT_FLOW,
            TokenFlow => TOKEN_FLOW,
            CodeFlow => CODE_FLOW,
            Tag => TAG,
            ExternalDocs => EXTERNAL_DOCS,
        }
    }

    /// What the members hold whose names the document chooses, where this kind has such.
    pub(crate) fn named_by_document(self) -> Option<Shape> {
        match self {
            Paths | Webhooks => Some(One(PathItem)),
            Responses => Some(OneOrRef(Response)),
            _ => None,
        }
    }

    /// What the member `name` holds in OpenAPI 3.0.
    pub(crate) fn shape(self, name: &str) -> Option<Shape> {
        match self.named_by_document() {
            Some(shape) if !name.starts_with("x-") => Some(shape),
            Some(_) => None,
            None => self.fields().iter().find(|field| field.name == name).map(|field| field.shape),
        }
    }

    /// What the member `name` holds that OpenAPI 3.1 adds, where `lower` makes something of it.
    pub(crate) fn shape_of_addition(self, name: &str) -> Option<Shape> {
        match (self, name) {
            (Document, "webhooks") => Some(Map(&One(PathItem))),
            (Schema, "$defs" | "definitions" | "patternProperties") => Some(SCHEMAS),
            (Schema, "prefixItems") => Some(List(&SCHEMA)),
            (Schema, "unevaluatedProperties") => Some(SchemaOrFlag),
            _ => None,
        }
    }
}
