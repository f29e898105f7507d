//! What kind of object stands where in an OpenAPI document, as far as references, prose and examples go.
//!
//! A key such as `description` or `$ref` means what OpenAPI says only where OpenAPI has it: among a schema's `properties` it is a name.
//! This is the one table of 3.0 and 3.1 together for the passes that walk a document before it has been checked.

/// A kind of object whose keys OpenAPI chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Document,
    Info,
    Server,
    ServerVariable,
    Tag,
    Components,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Response,
    Header,
    Link,
    Example,
    Schema,
    Discriminator,
    SecurityScheme,
    Flow,
    /// Text for people that has to be there.
    Prose,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An object of a kind.
    One(Kind),
    /// An array of them.
    List(Kind),
    /// An object whose keys the document chooses, of them.
    Map(Kind),
    /// A callback: a map of path items, or a reference to one.
    Callback,
    /// A map of callbacks.
    Callbacks,
    /// Plain values, in which nothing is a reference or prose.
    Data,
}

impl Shape {
    /// What the member or element `token` of a value of this shape is.
    pub(crate) fn member(self, token: &str) -> Self {
        match self {
            Self::One(kind) => kind.member(token),
            Self::List(kind) => Self::One(kind),
            // A path item or a response may have extensions beside it. Everything else in a map is a name, even one like `x-id`.
            Self::Map(Kind::PathItem | Kind::Response) | Self::Callback if token.starts_with("x-") => Self::Data,
            Self::Map(kind) => Self::One(kind),
            Self::Callback => Self::One(Kind::PathItem),
            Self::Callbacks => Self::Callback,
            Self::Data => Self::Data,
        }
    }

    /// The section of `components` for what a reference of this shape refers to; none where there can be no reference.
    pub(crate) fn section(self) -> Option<&'static str> {
        match self {
            Self::Callback => Some("callbacks"),
            Self::One(kind) => kind.section(),
            _ => None,
        }
    }
}

impl Kind {
    fn section(self) -> Option<&'static str> {
        Some(match self {
            Self::PathItem => "pathItems",
            Self::Parameter => "parameters",
            Self::RequestBody => "requestBodies",
            Self::Response => "responses",
            Self::Header => "headers",
            Self::Link => "links",
            Self::Example => "examples",
            Self::Schema => "schemas",
            Self::SecurityScheme => "securitySchemes",
            _ => return None,
        })
    }

    fn member(self, key: &str) -> Shape {
        use Kind::*;
        use Shape::{Data, List, Map, One};
        match (self, key) {
            (Document, "info") => One(Info),
            (Document, "tags") => List(Tag),
            (Document, "paths" | "webhooks" | "x-webhooks") => Map(PathItem),
            (Document, "components") => One(Components),
            (Document | PathItem | Operation, "servers") => List(Server),
            (Server, "variables") => Map(ServerVariable),
            (PathItem, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace") => One(Operation),
            (PathItem | Operation, "parameters") => List(Parameter),
            (Operation, "requestBody") => One(RequestBody),
            (Operation, "responses") | (Components, "responses") => Map(Response),
            (Operation | Components, "callbacks") => Shape::Callbacks,
            (Parameter | Header | RequestBody | Response, "content") => Map(MediaType),
            (Parameter | Header | MediaType, "schema") => One(Schema),
            (Parameter | Header | MediaType | Components, "examples") => Map(Example),
            (MediaType, "encoding") => Map(Encoding),
            (Response | Encoding | Components, "headers") => Map(Header),
            (Response | Components, "links") => Map(Link),
            (Link, "server") => One(Server),
            (Components, "schemas") => Map(Schema),
            (Components, "parameters") => Map(Parameter),
            (Components, "requestBodies") => Map(RequestBody),
            (Components, "securitySchemes") => Map(SecurityScheme),
            (Components, "pathItems") => Map(PathItem),
            (SecurityScheme, "flows") => Map(Flow),
            (Flow, "scopes") => Map(Prose),
            (Response, "description") => One(Prose),
            (Schema, "discriminator") => One(Discriminator),
            (Schema, key) => schema_member(key),
            _ => Data,
        }
    }
}

fn schema_member(key: &str) -> Shape {
    match key {
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => Shape::Map(Kind::Schema),
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Shape::List(Kind::Schema),
        "items"
        | "additionalProperties"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "additionalItems"
        | "contentSchema" => Shape::One(Kind::Schema),
        _ => Shape::Data,
    }
}
