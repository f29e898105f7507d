//! Rust's vocabulary: what the emitter reads, and all that it reads.
//!
//! No word of OpenAPI is left here: there are structs, enums, unions and aliases; resources with
//! their operations; arguments and bodies. Names are final.

mod bodies;
mod dedupe;
pub(crate) mod docs;
mod errors;
mod families;
mod headers;
mod inheritance;
pub(crate) mod media;
mod naming;
mod operation_id;
mod operations;
mod pages;
mod parts;
mod paths;
mod responses;
mod schemes;
mod scopes;
mod streams;
mod styles;
mod templates;
mod types;
mod unions;
mod webhooks;
mod wire;
mod words;
mod xml;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::names::UsedNames;
use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::{Document, MediaTypeId, OperationId, ParameterId, SchemaId};

pub use crm_clients_document::extensions::{Encoding, Part, Signature};
pub use crm_clients_document::model::{HasMore, PageStrategy};
pub use pages::{FieldPath, Paging};
pub use schemes::{CredentialKind, Grant, GrantKind, Revocation, Scheme, Tokens};
pub use scopes::Scope;
pub use streams::{EventStream, Framing, ItemStream};
pub(crate) use unions::is_alike;
pub use webhooks::{Event, Webhooks};
pub use wire::{Location, PartEncoding, QueryFormat, Status, Style};
pub use xml::{XmlField, XmlName, XmlObject, XmlPlace, XmlRoot, XmlShape, XmlTypes};

/// A client.
#[derive(Debug, Serialize)]
pub struct Api {
    /// The module it becomes: `chatwoot`.
    pub name: String,
    /// The document's title.
    pub title: String,
    /// The document's version.
    pub version: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// Where requests go unless the caller says otherwise.
    pub base_url: String,
    /// Lines of documentation about the document's servers, where there are several or they have names.
    pub servers: Vec<String>,
    /// The URL of the document's first server with its variables in braces.
    pub server_template: String,
    /// The variables of the document's first server.
    pub server_variables: Vec<ServerVariable>,
    /// The limit of all requests together.
    pub rate_limit: Option<RateLimit>,
    /// The credentials it can send.
    pub schemes: Vec<Scheme>,
    /// The handles between the client and those of resources, each behind its parent.
    pub scopes: Vec<Scope>,
    /// Groups of operations.
    pub resources: Vec<Resource>,
    /// What the server sends by itself.
    pub webhooks: Option<Webhooks>,
    /// The headers that responses are declared to have.
    pub response_headers: Option<ResponseHeaders>,
    /// All types, by id.
    pub types: Vec<TypeDef>,
    /// The error bodies that the document declares.
    pub errors: Vec<ErrorVariant>,
    /// Fields that error bodies share.
    pub error_fields: Vec<ErrorField>,
    /// How bodies of XML are written and read.
    pub xml: XmlTypes,
}

/// The server of an operation.
#[derive(Debug, Clone, Serialize)]
pub struct OwnServer {
    /// Its URL with its variables in braces.
    pub template: String,
    /// The variables.
    pub variables: Vec<ServerVariable>,
}

impl OwnServer {
    /// The URL with each variable replaced by its default.
    pub fn default_url(&self) -> String {
        let fill =
            |url: String, variable: &ServerVariable| url.replace(&format!("{{{}}}", variable.name), &variable.default);
        self.variables.iter().fold(self.template.clone(), fill)
    }
}

/// A variable in the URL of a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServerVariable {
    /// Its name.
    pub name: String,
    /// Its value unless the caller sets another.
    pub default: String,
    /// The only values that it can have, if the document lists them.
    pub values: Vec<String>,
}

/// The headers that responses are declared to have, as constants in a module of their own.
#[derive(Debug, Serialize)]
pub struct ResponseHeaders {
    /// The module: `headers`.
    pub module: String,
    /// The headers by name.
    pub headers: Vec<ResponseHeader>,
}

/// A header of responses.
#[derive(Debug, Serialize)]
pub struct ResponseHeader {
    /// The constant's name.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Where the document describes it first, as a JSON pointer.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// What its values hold.
    pub ty: Type,
}

/// A group of operations, reached through a handle.
#[derive(Debug, Serialize)]
pub struct Resource {
    /// The handle's type: `Contacts`.
    pub name: String,
    /// Its module: `contacts`.
    pub module: String,
    /// The method that makes the handle.
    pub handle: String,
    /// The innermost scope that it is in, or that it is itself: its place in [`Api::scopes`].
    pub scope: Option<usize>,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// The path parameters that all of its operations share, those of its scope first.
    pub arguments: Vec<Argument>,
    /// Its operations, sorted as a reader looks for them.
    pub operations: Vec<Operation>,
}

/// An operation: a method of its resource's handle.
#[derive(Debug, Clone, Serialize)]
pub struct Operation {
    /// The method's name.
    pub name: String,
    /// Where the document describes it, as a JSON pointer: for what people are told about it.
    pub pointer: String,
    /// Whether it sends another kind of body to what is one operation to the document.
    pub alternative: bool,
    /// The type that the method returns: `ListCall`.
    pub call: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// Whether callers should look for another one.
    pub deprecated: bool,
    /// The HTTP method as it is sent.
    pub method: String,
    /// Whether repeating it does nothing twice.
    pub idempotent: bool,
    /// The header that a key is generated for, by which the server recognizes a retry.
    pub idempotency_key: Option<String>,
    /// The limit of its calls, if they have one besides the client's.
    pub rate_limit: Option<RateLimit>,
    /// The operation's own server, if it is not the document's.
    pub server: Option<OwnServer>,
    /// The path template as the document has it.
    pub path: String,
    /// The path template as the runtime fills it.
    pub template: String,
    /// The document's own name for it.
    pub id: Option<String>,
    /// The names of the values that fill the template, in order.
    pub path_values: Vec<PathValue>,
    /// Arguments that must be given.
    pub required: Vec<Argument>,
    /// Arguments that may be given, as setters.
    pub optional: Vec<Argument>,
    /// Parameters that allow one value, which is always sent.
    pub fixed: Vec<ConstParam>,
    /// The body.
    pub body: Option<Body>,
    /// What success gives.
    pub output: Output,
    /// The media type that is asked for, if any.
    pub accept: Option<String>,
    /// The error bodies by status: an index into [`Api::errors`].
    pub errors: Vec<(Status, usize)>,
    /// Alternatives of sets of credentials: indices into [`Api::schemes`].
    pub security: Vec<Vec<usize>>,
    /// How its list is read page by page.
    pub paging: Option<Paging>,
    /// The events that it can answer with.
    pub events: Option<EventStream>,
    /// The items that its response can be read as one by one.
    pub items: Option<ItemStream>,
    /// The document's operation.
    #[serde(skip)]
    pub source: OperationId,
}

impl Operation {
    /// The types that its successes are read as.
    pub fn given(&self) -> impl Iterator<Item = &Type> {
        let items = self.items.iter().filter_map(|items| items.item.ty());
        self.output.ty().into_iter().chain(self.events.iter().map(|events| &events.ty)).chain(items)
    }
}

/// How many requests the server takes within a time.
#[derive(Debug, Clone, Serialize)]
pub struct RateLimit {
    /// What the requests are counted under: operations with the same name share a limit.
    pub name: String,
    /// The number of requests.
    pub requests: u32,
    /// The time in seconds.
    pub seconds: u32,
    /// The value of the path that the server counts each of alone.
    pub scope: Option<PathValue>,
}

/// What fills a `{}` of a path template.
#[derive(Debug, Clone, Serialize)]
pub enum PathValue {
    /// The resource's argument of this name.
    Shared(String),
    /// The operation's own argument of this name.
    Own(String),
}

/// An argument of a resource, a method or a setter.
#[derive(Debug, Clone, Serialize)]
pub struct Argument {
    /// The identifier.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Where the document describes it, as a JSON pointer: for what people are told about it.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// Whether callers should stop giving it.
    pub deprecated: bool,
    /// What it holds.
    pub ty: Type,
    /// The part of the request it goes to.
    #[serde(serialize_with = "debug")]
    pub location: Location,
    /// How arrays and objects are written.
    pub style: Style,
    /// Whether reserved characters are sent unencoded.
    pub allow_reserved: bool,
    /// Whether it is written as JSON text.
    pub json: bool,
    /// The properties of a form that is the whole query, where they are not written in the default way.
    pub encodings: Vec<(String, PartEncoding)>,
    /// The document's parameter.
    #[serde(skip)]
    pub source: ParameterId,
}

/// A parameter that is sent with the only value that it allows.
#[derive(Debug, Clone, Serialize)]
pub struct ConstParam {
    /// The part of the request it goes to.
    #[serde(serialize_with = "debug")]
    pub location: Location,
    /// The name on the wire.
    pub wire: String,
    /// The value as text.
    pub value: String,
}

fn debug<T: std::fmt::Debug, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{value:?}"))
}

/// A request body.
#[derive(Debug, Clone, Serialize)]
pub struct Body {
    /// How it is written.
    pub kind: BodyKind,
    /// The media type it is sent as.
    pub media_type: String,
    /// What it holds.
    pub ty: Type,
    /// Whether it must be given.
    pub required: bool,
    /// The properties of a form that are not written in the default way.
    pub encodings: Vec<(String, PartEncoding)>,
    /// Headers that parts always have: the part, the header and its value.
    pub part_headers: Vec<(String, String, String)>,
    /// The root of a body of XML: an index into [`XmlTypes::roots`].
    pub xml: Option<usize>,
    /// The parts of a multipart body that have no names, by the names of their fields.
    #[serde(skip)]
    pub positions: Vec<(String, SchemaId)>,
    /// What the method is called that sends this body, if it is not the operation's only or preferred one.
    pub suffix: String,
    /// The document's media type.
    #[serde(skip)]
    pub source: MediaTypeId,
}

/// The name of the part that is a file, if the document does not name it.
pub const PART_OF_UNNAMED_FILE: &str = "file";

/// The field for the parts behind those that the document lists one by one.
pub const FURTHER_PARTS: &str = "items";

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum BodyKind {
    /// JSON, under whatever name.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`, or another multipart type.
    Multipart,
    /// A sequence of JSON values.
    Lines,
    /// XML.
    Xml,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// What an operation gives on success.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Output {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Type),
    /// JSON with one status and nothing with another.
    MaybeJson(Type),
    /// XML, by the index of its root in [`XmlTypes::roots`].
    Xml(Type, usize),
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// One of several, by the response's status and media type: [`TypeKind::Responses`].
    Selected(Type),
}

impl Output {
    /// The type that JSON or XML is read as.
    pub fn ty(&self) -> Option<&Type> {
        match self {
            Self::Json(ty) | Self::MaybeJson(ty) | Self::Selected(ty) | Self::Xml(ty, _) => Some(ty),
            Self::Empty | Self::Text | Self::Bytes => None,
        }
    }

    /// The type that JSON is read as, to be changed.
    pub fn ty_mut(&mut self) -> Option<&mut Type> {
        match self {
            Self::Json(ty) | Self::MaybeJson(ty) | Self::Selected(ty) | Self::Xml(ty, _) => Some(ty),
            Self::Empty | Self::Text | Self::Bytes => None,
        }
    }
}

/// A variant of the error body.
#[derive(Debug, Serialize)]
pub struct ErrorVariant {
    /// The variant's name.
    pub name: String,
    /// The function that decodes it.
    pub function: String,
    /// What it holds.
    pub ty: Type,
    /// Whether it is text, not JSON.
    pub text: bool,
    /// The root of XML, if it is that: an index into [`XmlTypes::roots`].
    pub xml: Option<usize>,
}

/// A field that all error bodies which have it declare alike, read through one method.
#[derive(Debug, Serialize)]
pub struct ErrorField {
    /// The field's and the method's name.
    pub name: String,
    /// Its type, without the option around it.
    pub ty: Type,
    /// The variants that have it (indices into [`Api::errors`]), and whether it is optional there.
    pub variants: Vec<(usize, bool)>,
}

/// The place of a type in [`Api::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct TypeId(pub usize);

/// A type as it is written in a field or a signature.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Type {
    /// `bool`
    Boolean,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `u64`
    U64,
    /// `f64`
    F64,
    /// `String`
    String,
    /// A point in time.
    Timestamp,
    /// A day of the calendar.
    Date,
    /// A UUID.
    Uuid,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Bytes written as base64.
    Base64,
    /// Text that no `Debug` shows.
    Secret,
    /// A file to send.
    Upload,
    /// Any JSON value.
    Value,
    /// Any JSON object.
    Object,
    /// `Vec<_>`
    List(Box<Type>),
    /// `BTreeMap<String, _>`
    Map(Box<Type>),
    /// `Option<_>`
    Option(Box<Type>),
    /// `Box<_>`, where a type contains itself.
    Boxed(Box<Type>),
    /// A number that may arrive as a numeric string.
    Lenient(Box<Type>),
    /// One of [`Api::types`].
    Named(TypeId),
}

impl Type {
    /// The type inside a list, a map, an option, a box or a lenient number.
    pub fn inner(&self) -> Option<&Self> {
        match self {
            Self::List(inner) | Self::Map(inner) | Self::Option(inner) | Self::Boxed(inner) | Self::Lenient(inner) => {
                Some(inner)
            }
            _ => None,
        }
    }

    /// Whether its values are given as they are, not by reference.
    pub fn is_copy(&self) -> bool {
        self.is_parsed_text() || matches!(self, Self::Boolean | Self::I32 | Self::I64 | Self::U64 | Self::F64)
    }

    /// Whether it is text on the wire, of a format that its values are made of with `parse`.
    pub fn is_parsed_text(&self) -> bool {
        matches!(self, Self::Timestamp | Self::Date | Self::Uuid | Self::Ipv4 | Self::Ipv6)
    }

    /// Whether a value of it has a secret in it.
    pub fn holds_secret(&self, types: &[TypeDef]) -> bool {
        match self {
            Self::Secret => true,
            Self::Named(id) => types[id.0].secret,
            other => other.inner().is_some_and(|inner| inner.holds_secret(types)),
        }
    }
}

/// A type of the client.
#[derive(Debug, Clone, Serialize)]
pub struct TypeDef {
    /// Its name.
    pub name: String,
    /// Where the document describes it, as a JSON pointer: for what people are told about it.
    pub pointer: String,
    /// The file it goes to: a resource's module, or `shared`.
    pub module: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// Whether callers should look for another one.
    pub deprecated: bool,
    /// Whether requests hold it: it then has a constructor and setters.
    pub sent: bool,
    /// Whether a value of it has a secret in it.
    pub secret: bool,
    /// Its make.
    pub kind: TypeKind,
}

/// The make of a type.
#[derive(Debug, Clone, Serialize)]
pub enum TypeKind {
    /// A struct.
    Struct(Struct),
    /// Strings that are known, and any other.
    Strings(Enum<String>),
    /// Integers that are known, and any other.
    Integers(Enum<i128>),
    /// One of several types.
    Union(Union),
    /// What a success can be, by status and media type.
    Responses(Responses),
    /// Another name for a type.
    Alias(Type),
}

impl TypeKind {
    /// The types that stand in the definition.
    pub fn types(&self) -> Vec<&Type> {
        match self {
            Self::Struct(kind) => {
                kind.fields.iter().map(|field| &field.ty).chain(kind.rest.iter().map(|(_, ty)| ty)).collect()
            }
            Self::Union(kind) => kind.variants.iter().map(|variant| &variant.ty).chain(&kind.base).collect(),
            Self::Responses(kind) => kind.cases.iter().filter_map(|case| case.output.ty()).collect(),
            Self::Alias(ty) => vec![ty],
            Self::Strings(_) | Self::Integers(_) => Vec::new(),
        }
    }
}

/// A struct.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Struct {
    /// Its fields in document order.
    pub fields: Vec<Field>,
    /// The properties that it always has with the same value: they are written and checked, and no fields.
    pub constants: Vec<ConstProperty>,
    /// The field that takes what the others do not, and the type of its values.
    pub rest: Option<(String, Type)>,
    /// Whether it is written as `multipart/form-data`.
    pub multipart: bool,
    /// Whether the document forbids other properties.
    pub closed: bool,
}

impl Struct {
    /// Sets the fields, without those that have a single value.
    fn set_fields(&mut self, fields: Vec<Field>) {
        for field in fields {
            match ConstProperty::of(&field) {
                Some(constant) => self.constants.push(constant),
                None => self.fields.push(field),
            }
        }
    }

    /// Adds the field that takes what the others do not.
    fn add_rest(&mut self, ty: Type) {
        let mut taken: UsedNames = self.fields.iter().map(|field| field.name.as_str()).collect();
        self.rest = Some((taken.claim("additional_properties"), ty));
    }
}

/// A field of a struct.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// The identifier.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Where the document describes it, as a JSON pointer: for what people are told about it.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// Whether callers should stop using it.
    pub deprecated: bool,
    /// What it holds, without the wrapper that `presence` adds.
    pub ty: Type,
    /// Whether it can be absent or null.
    pub presence: Presence,
    /// The single value it allows.
    pub constant: Option<String>,
    /// The values that the document lists where the type does not: of numbers and booleans.
    pub values: Vec<String>,
    /// Whether that value is what tells a union's variants apart, and the document allows others for all it says.
    pub is_tag: bool,
    /// Whether a form writes its entries one by one, as `name[key]`.
    pub deep: bool,
}

/// A property with a single value.
#[derive(Debug, Clone, Serialize)]
pub struct ConstProperty {
    /// The name of the field that it would be.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Where the document describes it, as a JSON pointer.
    pub pointer: String,
    /// Its value.
    pub value: TagValue,
}

impl ConstProperty {
    /// The constant that a field is, if it is one.
    fn of(field: &Field) -> Option<Self> {
        let text = field.constant.as_ref().filter(|_| field.presence == Presence::Required)?;
        let value = match field.ty {
            Type::String => TagValue::Text(text.clone()),
            Type::I32 | Type::I64 | Type::U64 => TagValue::Integer(text.parse().ok()?),
            Type::F64 => TagValue::of(&serde_json::from_str(text).ok()?)?,
            Type::Boolean => TagValue::Boolean(text == "true"),
            Type::Value if text == "null" => TagValue::Null,
            _ => return None,
        };
        Some(Self { name: field.name.clone(), wire: field.wire.clone(), pointer: field.pointer.clone(), value })
    }
}

/// Whether a field can be absent or null, and how that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Presence {
    /// Always there.
    Required,
    /// Absent or a value; null reads as absent.
    Optional,
    /// A list or an object that is read as an empty one where it is absent or null.
    OrEmpty,
    /// Null or a value.
    Nullable,
    /// Absent, null or a value, told apart.
    Patch,
}

impl Presence {
    /// Whether there is a value in any case, so that the field needs no option around it.
    pub fn is_certain(self) -> bool {
        matches!(self, Self::Required | Self::OrEmpty)
    }
}

/// An enum of known values with a variant for those that are not.
#[derive(Debug, Clone, Serialize)]
pub struct Enum<T> {
    /// Name and value of each variant.
    pub variants: Vec<(String, T)>,
    /// Lines of documentation of each variant, beside its value.
    pub docs: Vec<Vec<String>>,
    /// The variant that keeps an unknown value.
    pub unknown: String,
}

impl Enum<i128> {
    /// Whether it has values that are no `i64`.
    pub fn is_wide(&self) -> bool {
        self.variants.iter().any(|(_, value)| i64::try_from(*value).is_err())
    }
}

/// One of several types.
#[derive(Debug, Clone, Serialize)]
pub struct Union {
    /// The choices.
    pub variants: Vec<UnionVariant>,
    /// The property that tells them apart.
    pub tag: Option<Tag>,
    /// The struct of the properties that all variants have, where they extend it.
    pub base: Option<Type>,
    /// The variant that keeps what fits none.
    pub unknown: String,
}

/// The property that tells the variants of a union apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Tag {
    /// Its name.
    pub property: String,
    /// Whether the variants have it.
    pub presence: TagPresence,
}

/// Whether the variants of a union have the property that tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum TagPresence {
    /// All have it.
    Required,
    /// It may be absent: the other properties then decide.
    Optional,
    /// Not all declare it: it is added when a variant is written, and may be absent as well.
    Added,
}

/// What a success can be, by its status and media type.
#[derive(Debug, Clone, Serialize)]
pub struct Responses {
    /// The cases that the document declares.
    pub cases: Vec<ResponseCase>,
    /// The variant that keeps the body of any other success.
    pub unknown: String,
}

/// A declared success.
#[derive(Debug, Clone, Serialize)]
pub struct ResponseCase {
    /// The variant's name.
    pub name: String,
    /// Its status.
    pub status: Status,
    /// Its media types; none where it has no body.
    pub media_types: Vec<String>,
    /// What it holds.
    pub output: Output,
}

/// A choice of a union.
#[derive(Debug, Clone, Serialize)]
pub struct UnionVariant {
    /// The variant's name.
    pub name: String,
    /// What it holds.
    pub ty: Type,
    /// The kind of JSON it is.
    pub json: JsonKind,
    /// The tag's values.
    pub tags: Vec<TagValue>,
    /// Where there is no tag: properties that have one of these values in this variant, and others in another one.
    pub conditions: Vec<(String, Vec<TagValue>)>,
    /// Whether it is also what the tag's other values stand for, and its absence.
    pub is_default: bool,
}

impl UnionVariant {
    /// The tag's values as text, none where there is no tag.
    pub fn tag_text(&self) -> Option<String> {
        let texts: Vec<String> = self.tags.iter().map(TagValue::to_string).collect();
        (!texts.is_empty()).then(|| texts.join(" or "))
    }
}

/// A value of the property that tells the variants of a union apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum TagValue {
    /// A string.
    Text(String),
    /// An integer.
    Integer(i128),
    /// A number that is no integer, as JSON.
    Number(String),
    /// A boolean.
    Boolean(bool),
    /// Null.
    Null,
    /// Any value of this kind.
    Any(JsonKind),
}

impl TagValue {
    /// The tag for a constant; none for arrays and objects.
    pub fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::String(text) => Self::Text(text.clone()),
            Value::Bool(boolean) => Self::Boolean(*boolean),
            Value::Null => Self::Null,
            Value::Number(number) => {
                let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
                integer.map_or_else(|| Self::Number(number.to_string()), Self::Integer)
            }
            Value::Array(_) | Value::Object(_) => return None,
        })
    }

    /// Returns true if this is one value, not any of a kind.
    pub fn is_constant(&self) -> bool {
        !matches!(self, Self::Any(_))
    }

    /// Returns true if it has this value.
    pub fn matches(&self, value: &Value) -> bool {
        match self {
            Self::Any(kind) => kind.has(value),
            constant => Self::of(value).as_ref() == Some(constant),
        }
    }

    /// Returns true if both have a value in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        let kind = |tag: &Self| match tag {
            Self::Text(_) => JsonKind::String,
            Self::Integer(_) => JsonKind::Integer,
            Self::Number(_) => JsonKind::Number,
            Self::Boolean(_) => JsonKind::Boolean,
            Self::Null => JsonKind::Any,
            Self::Any(kind) => *kind,
        };
        match (self, other) {
            (Self::Any(_), _) | (_, Self::Any(_)) => match (kind(self), kind(other)) {
                (JsonKind::Integer | JsonKind::Number, JsonKind::Integer | JsonKind::Number) => true,
                (one, other) => one == other,
            },
            _ => self == other,
        }
    }
}

impl fmt::Display for TagValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Number(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Boolean(boolean) => write!(f, "{boolean}"),
            Self::Null => f.write_str("null"),
            Self::Any(kind) => write!(f, "any {}", kind.as_str()),
        }
    }
}

/// Kinds of JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JsonKind {
    /// `true`, `false`
    Boolean,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
    /// Anything.
    #[default]
    Any,
}

impl JsonKind {
    /// Returns true if a value is of the kind.
    pub fn has(self, value: &Value) -> bool {
        match self {
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::Any => true,
        }
    }

    /// The name used in emitted code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
            Self::Any => "any",
        }
    }
}

impl Api {
    /// The methods that lead from the client to a resource's handle, each with the arguments that it takes.
    pub fn way_to<'a>(&'a self, resource: &'a Resource) -> Vec<(&'a str, &'a [Argument])> {
        let (mut way, mut bound) = (Vec::new(), resource.arguments.len());
        let mut scope = resource.scope.map(|scope| &self.scopes[scope]);
        if scope.is_none_or(|scope| scope.module != resource.module) {
            bound = scope.map_or(0, |scope| scope.arguments.len());
            way.push((resource.handle.as_str(), &resource.arguments[bound..]));
        }
        while let Some(one) = scope {
            scope = one.parent.map(|parent| &self.scopes[parent]);
            let inherited = scope.map_or(0, |parent| parent.arguments.len());
            way.push((one.handle.as_str(), &one.arguments[inherited..bound]));
            bound = inherited;
        }
        way.reverse();
        way
    }
}

impl std::ops::Index<TypeId> for Api {
    type Output = TypeDef;

    fn index(&self, id: TypeId) -> &TypeDef {
        &self.types[id.0]
    }
}

/// Turns a document into a client called `name`.
///
/// # Errors
///
/// Reported as diagnostics: names given by a person that collide, and operations that nothing
/// tells apart.
pub fn build(document: &Document, name: &str, diagnostics: &mut Diagnostics) -> Api {
    operations::build(document, name, diagnostics)
}
