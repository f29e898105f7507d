//! `$ref`s to arena ids: after this pass nothing refers to anything by name.
//!
//! In: the typed model of the lowered document, and its JSON value, for references that point at
//! places the model has no name for (`#/paths/~1x/get/...`). Out: [`Resolved`], in which every
//! schema is a node of one arena and every operation has its parameters, bodies and responses in
//! place. Cycles are ordinary: a node that contains itself holds its own id.

mod limits;
mod operation;
mod pagination;
mod schema;
mod schemes;
mod subtypes;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use openapiv3::{OpenAPI, ReferenceOr};
use serde_json::Value;

use crate::diagnostic::{Diagnostics, tokens};
use crate::extensions::Extensions;

pub use crate::extensions::{Encoding, Part, Signature};
pub use limits::{Bound, Limits};
pub use pagination::{PageBy, Pagination, Sign};
pub use schema::{Additional, Discriminator, Kind, Object, Property, Schema, SchemaId};
pub use schemes::{OAuth2, Scheme, SchemeKind};

/// A document without references.
#[derive(Debug)]
pub struct Resolved {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// `info.description`.
    pub description: Option<String>,
    /// The servers, variables filled in with their defaults.
    pub servers: Vec<String>,
    /// The document's tags, and the tags that only operations name, in that order.
    pub tags: Vec<Tag>,
    /// The security schemes that a client can serve, in document order.
    pub schemes: Vec<Scheme>,
    /// Name and kind of every security scheme, in words: `header X-Api-Key`.
    pub credentials: Vec<(String, String)>,
    /// All schemas that something refers to or that stand in `components`.
    pub schemas: Vec<Schema>,
    /// Name and schema of each entry in `components.schemas`.
    pub components: Vec<(String, SchemaId)>,
    /// All operations in document order.
    pub operations: Vec<Operation>,
    /// What the server sends by itself, in document order.
    pub webhooks: Vec<Webhook>,
    /// How it signs that.
    pub signature: Option<Signature>,
    /// The nodes made of several others, by their parts.
    pub combined: BTreeMap<Vec<SchemaId>, SchemaId>,
    /// How many nodes may be made of several others: choices within choices would multiply without bound.
    pub most_combined: usize,
    /// The schemas whose choices were left out for that reason.
    pub left_out: BTreeSet<SchemaId>,
    /// Properties of several parts of an object that are not of one type: the one that counts, and the other.
    pub clashes: BTreeSet<(SchemaId, SchemaId)>,
}

impl std::ops::Index<SchemaId> for Resolved {
    type Output = Schema;

    fn index(&self, id: SchemaId) -> &Schema {
        &self.schemas[id.index()]
    }
}

/// A tag: a group of operations.
#[derive(Debug)]
pub struct Tag {
    /// The name that operations refer to.
    pub name: String,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// What the group is about.
    pub description: Option<String>,
}

/// An operation with everything in place.
#[derive(Debug)]
pub struct Operation {
    /// Where it stands.
    pub pointer: String,
    /// Upper-case HTTP method.
    pub method: &'static str,
    /// The path template.
    pub path: String,
    /// Its first tag, or "" where it has none.
    pub tag: String,
    /// `operationId`.
    pub id: Option<String>,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// `x-sunset`: the day on which it ends.
    pub sunset: Option<String>,
    /// `x-idempotent`.
    pub idempotent: Option<bool>,
    /// `x-pagination`.
    pub pagination: Option<Pagination>,
    /// The path item's and the operation's own parameters, the latter winning.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// The responses in document order, `default` last.
    pub responses: Vec<Response>,
    /// Alternatives of what is required together; empty where nothing is asked for.
    pub security: Vec<Vec<Requirement>>,
    /// The servers of its own or of its path item, variables filled in; empty where it has the document's.
    pub servers: Vec<String>,
}

/// A credential that an operation requires.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The name of the security scheme.
    pub scheme: String,
    /// The scopes it must have.
    pub scopes: Vec<String>,
}

/// An event that the server sends to those who have subscribed to it.
#[derive(Debug)]
pub struct Webhook {
    /// Where its `post` stands.
    pub pointer: String,
    /// The document's name for it.
    pub name: String,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// The media types of what is sent.
    pub media: Vec<Media>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Where it stands.
    pub pointer: String,
    /// The part of the request it goes to.
    pub location: Location,
    /// Its name on the wire.
    pub name: String,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `required`.
    pub required: bool,
    /// `deprecated`.
    pub deprecated: bool,
    /// How arrays and objects are written.
    pub style: Style,
    /// What it holds.
    pub schema: SchemaId,
    /// Declared with a `content`: the value is written as JSON text.
    pub json: bool,
}

/// The part of a request that a parameter goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// A `{name}` of the path.
    Path,
    /// `?name=`.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

impl Location {
    /// The document's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How an array or an object is written into a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Style {
    /// Joined with commas.
    Form,
    /// The name repeated, or an object's own keys.
    FormExplode,
    /// Joined with spaces.
    Space,
    /// Joined with `|`.
    Pipe,
    /// `name[key]=`.
    Deep,
    /// In a path: `.a,b`.
    Label,
    /// In a path: `.a.b`.
    LabelExplode,
    /// In a path: `;name=a,b`.
    Matrix,
    /// In a path: `;name=a;name=b`.
    MatrixExplode,
}

/// A request body.
#[derive(Debug)]
pub struct Body {
    /// Where it stands.
    pub pointer: String,
    /// `required`.
    pub required: bool,
    /// Its media types in document order.
    pub media: Vec<Media>,
}

/// One media type of a body.
#[derive(Debug, Clone)]
pub struct Media {
    /// The media type as declared.
    pub media_type: String,
    /// What it holds.
    pub schema: Option<SchemaId>,
    /// The properties whose `encoding` asks for `name[key]`.
    pub deep: Vec<String>,
    /// The properties whose `encoding` names one media type, and that.
    pub part_types: Vec<(String, String)>,
}

/// A response.
#[derive(Debug)]
pub struct Response {
    /// Where it stands.
    pub pointer: String,
    /// The status it is for.
    pub status: Status,
    /// Its headers.
    pub headers: Vec<Header>,
    /// Its media types; empty where it has no body.
    pub media: Vec<Media>,
}

/// A header of a response.
#[derive(Debug)]
pub struct Header {
    /// Where it stands.
    pub pointer: String,
    /// Its name.
    pub name: String,
    /// Whether every response has it.
    pub required: bool,
    /// What it holds, where that is said.
    pub schema: Option<SchemaId>,
}

/// The statuses that a response is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub enum Status {
    /// One status.
    Exact(u16),
    /// `4XX`.
    Range(u8),
    /// All that nothing else covers.
    Default,
}

impl Status {
    /// Whether it stands for success, as far as that can be said of it.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Exact(200..=299) | Self::Range(2))
    }
}

/// Resolves every reference of a document.
pub fn resolve(api: &OpenAPI, value: &Value, extensions: &mut Extensions, diagnostics: &mut Diagnostics) -> Resolved {
    let mut resolver = Resolver {
        api,
        value,
        extensions,
        diagnostics,
        schemas: Vec::new(),
        by_pointer: HashMap::new(),
        discriminated: Vec::new(),
    };
    let schemes = resolver.schemes();
    let credentials = resolver.credentials();
    let operations = resolver.operations();
    let webhooks = resolver.webhooks();
    // Without webhooks there is nothing that is signed, and the extension is told of as one without effect.
    let signed = (!webhooks.is_empty()).then_some(value);
    let signature = signed.and_then(|value| resolver.extensions.signature(value, resolver.diagnostics));
    let components = resolver.components();
    let tags = resolver.tags(&operations);
    resolver.check_subtypes(&operations);
    Resolved {
        title: api.info.title.clone(),
        version: api.info.version.clone(),
        description: api.info.description.clone(),
        servers: api.servers.iter().map(server_url).collect(),
        tags,
        schemes,
        credentials,
        most_combined: 4 * resolver.schemas.len() + 250,
        left_out: BTreeSet::new(),
        schemas: resolver.schemas,
        components,
        operations,
        webhooks,
        signature,
        combined: BTreeMap::new(),
        clashes: BTreeSet::new(),
    }
}

struct Resolver<'a> {
    api: &'a OpenAPI,
    value: &'a Value,
    extensions: &'a mut Extensions,
    diagnostics: &'a mut Diagnostics,
    schemas: Vec<Schema>,
    by_pointer: HashMap<String, SchemaId>,
    /// Objects that have a discriminator, and no choice of their own.
    discriminated: Vec<SchemaId>,
}

/// The pointer of a reference within the document: lowering has decoded it, and bundling and checking came before, so
/// that anything else is read as the document's root and reported by whoever finds no node there.
fn target(reference: &str) -> String {
    reference.strip_prefix('#').unwrap_or_default().to_owned()
}

fn server_url(server: &openapiv3::Server) -> String {
    let mut url = server.url.clone();
    for (name, variable) in server.variables.iter().flatten() {
        url = url.replace(&format!("{{{name}}}"), &variable.default);
    }
    url
}

impl<'a> Resolver<'a> {
    /// The item behind a reference: from the components where it has a name there, otherwise read
    /// from the document at that place.
    fn follow<T: serde::de::DeserializeOwned + Clone>(
        &mut self,
        reference: &'a ReferenceOr<T>,
        pointer: &str,
        named: fn(&'a openapiv3::Components, &str) -> Option<&'a ReferenceOr<T>>,
    ) -> Option<(std::borrow::Cow<'a, T>, String)> {
        use std::borrow::Cow;
        let mut current = Cow::Borrowed(reference);
        let mut place = pointer.to_owned();
        for _ in 0..64 {
            let next = match current {
                Cow::Borrowed(ReferenceOr::Item(item)) => return Some((Cow::Borrowed(item), place)),
                Cow::Owned(ReferenceOr::Item(item)) => return Some((Cow::Owned(item), place)),
                Cow::Borrowed(ReferenceOr::Reference { reference }) => target(reference),
                Cow::Owned(ReferenceOr::Reference { reference }) => target(&reference),
            };
            let name = tokens(&next).last().unwrap_or_default();
            let component = self
                .api
                .components
                .as_ref()
                .filter(|_| next.starts_with("/components/") && next.matches('/').count() == 3);
            current = match component.and_then(|components| named(components, &name)) {
                Some(found) => Cow::Borrowed(found),
                None => Cow::Owned(self.read(&next, pointer)?),
            };
            place = next;
        }
        self.diagnostics.error(
            "reference-cycle",
            pointer,
            "this reference leads only to other references",
            "point it at a definition",
        );
        None
    }

    /// Reads a node that has no place in the model's maps.
    fn read<T: serde::de::DeserializeOwned>(&mut self, pointer: &str, from: &str) -> Option<T> {
        let node = self.value.pointer(pointer);
        let read = node.and_then(|node| serde_json::from_value(node.clone()).ok());
        if read.is_none() {
            self.diagnostics.error(
                "unknown-reference",
                from,
                format!("`#{pointer}` is not there or is not what is expected here"),
                "point the `$ref` at a definition of the same kind",
            );
        }
        read
    }

    /// Reads the node at `place`, wherever its references lead, and tells where that is.
    fn read_through<T: serde::de::DeserializeOwned>(&mut self, mut place: String, from: &str) -> Option<(T, String)> {
        for _ in 0..64 {
            match self.read::<ReferenceOr<T>>(&place, from)? {
                ReferenceOr::Item(item) => return Some((item, place)),
                ReferenceOr::Reference { reference } => place = target(&reference),
            }
        }
        let message = "this reference leads only to other references";
        self.diagnostics.error("reference-cycle", place, message, "point it at a definition");
        None
    }

    fn tags(&mut self, operations: &[Operation]) -> Vec<Tag> {
        let api = self.api;
        let mut tags: Vec<Tag> = Vec::new();
        for (index, tag) in api.tags.iter().enumerate() {
            let rust_name = self.extensions.name(&tag.extensions, &format!("/tags/{index}"), self.diagnostics);
            tags.push(Tag { name: tag.name.clone(), rust_name, description: tag.description.clone() });
        }
        let mut known: HashSet<String> = tags.iter().map(|tag| tag.name.clone()).collect();
        for operation in operations {
            if known.insert(operation.tag.clone()) {
                tags.push(Tag { name: operation.tag.clone(), rust_name: None, description: None });
            }
        }
        tags
    }
}
