//! The intermediate representation: a client in Rust's terms, and the emitter's only input.
//!
//! It contains structs, enums, unions and aliases, resources with their operations, arguments and bodies, and nothing
//! specific to OpenAPI. Names are final.

mod bodies;
mod dedupe;
mod derives;
pub(crate) mod docs;
mod errors;
mod families;
mod features;
mod forms;
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

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::names::UsedNames;
use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::{Document, MediaTypeId, OperationId, ParameterId, SchemaId};

pub use crm_clients_document::extensions::{Encoding, Part, Signature};
pub use crm_clients_document::model::{HasMore, PageStrategy};
pub use crm_clients_document::names_lock::Alias;
pub use docs::rate;
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
    /// The name of its module: `chatwoot`.
    pub name: String,
    /// The document's title.
    pub title: String,
    /// The document's version.
    pub version: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// The default base URL.
    pub base_url: String,
    /// Lines of documentation about the document's servers, if there are several or they have names.
    pub servers: Vec<String>,
    /// The URL of the document's first server with its variables in braces.
    pub server_template: String,
    /// The variables of the document's first server.
    pub server_variables: Vec<ServerVariable>,
    /// The limit of all requests together.
    pub rate_limit: Option<RateLimit>,
    /// The credentials that it can send.
    pub schemes: Vec<Scheme>,
    /// The handles between the client and those of resources; each follows its parent.
    pub scopes: Vec<Scope>,
    /// The groups of operations.
    pub resources: Vec<Resource>,
    /// The events that the server delivers to webhooks and callbacks.
    pub webhooks: Option<Webhooks>,
    /// The declared response headers.
    pub response_headers: Option<ResponseHeaders>,
    /// All types, indexed by [`TypeId`].
    pub types: Vec<TypeDef>,
    /// The error bodies that the document declares.
    pub errors: Vec<ErrorVariant>,
    /// The fields that error bodies share.
    pub error_fields: Vec<ErrorField>,
    /// The XML encoding of bodies.
    pub xml: XmlTypes,
    /// Deprecated names as Rust paths below the client's module, and the names that replace them.
    pub aliases: BTreeMap<String, Alias>,
}

/// The server of an operation, if it differs from the document's.
#[derive(Debug, Clone, Serialize)]
pub struct OwnServer {
    /// The URL with its variables in braces.
    pub template: String,
    /// The variables.
    pub variables: Vec<ServerVariable>,
}

impl OwnServer {
    /// Returns the URL with each variable replaced by its default.
    pub fn default_url(&self) -> String {
        let fill =
            |url: String, variable: &ServerVariable| url.replace(&format!("{{{}}}", variable.name), &variable.default);
        self.variables.iter().fold(self.template.clone(), fill)
    }
}

/// A variable in the URL of a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServerVariable {
    /// The name.
    pub name: String,
    /// The default value.
    pub default: String,
    /// The allowed values, if the document lists them.
    pub values: Vec<String>,
}

impl ServerVariable {
    /// Returns true if the document does not declare the variable, which therefore has no default.
    pub fn is_unset(&self) -> bool {
        self.default == format!("{{{}}}", self.name)
    }
}

/// The declared response headers, as constants in a module.
#[derive(Debug, Serialize)]
pub struct ResponseHeaders {
    /// The name of the module: `headers`.
    pub module: String,
    /// The headers, sorted by name.
    pub headers: Vec<ResponseHeader>,
}

/// A declared response header.
#[derive(Debug, Serialize)]
pub struct ResponseHeader {
    /// The name of the constant.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// The JSON pointer of its first declaration.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// The type of its values.
    pub ty: Type,
}

/// A group of operations, reached through a handle.
#[derive(Debug, Serialize)]
pub struct Resource {
    /// The type of the handle: `Contacts`.
    pub name: String,
    /// The name of the module: `contacts`.
    pub module: String,
    /// The method that returns the handle.
    pub handle: String,
    /// The innermost scope that contains it, or the scope that it represents, as an index into [`Api::scopes`].
    pub scope: Option<usize>,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// The path parameters that all of its operations share, starting with those of its scope.
    pub arguments: Vec<Argument>,
    /// The operations: `list`, `create`, `get`, `update`, `replace` and `delete` first, then the others by name.
    pub operations: Vec<Operation>,
}

/// An operation: a method of its resource's handle.
#[derive(Debug, Clone, Serialize)]
pub struct Operation {
    /// The name of the method.
    pub name: String,
    /// The JSON pointer of its declaration, for diagnostics.
    pub pointer: String,
    /// True if it is another body type of an operation that already has a method.
    pub alternative: bool,
    /// The type that the method returns: `ListCall`.
    pub call: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// True if it is deprecated.
    pub deprecated: bool,
    /// The cargo feature that it is emitted under.
    pub feature: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// True if the request can be repeated without further effect.
    pub idempotent: bool,
    /// The header that a key is generated for, by which the server recognizes a retry.
    pub idempotency_key: Option<String>,
    /// The limit of its calls, if they have one besides the client's.
    pub rate_limit: Option<RateLimit>,
    /// The operation's own server, if it differs from the document's.
    pub server: Option<OwnServer>,
    /// True if its result is a redirect, which is not followed.
    pub returns_redirect: bool,
    /// The path template of the document.
    pub path: String,
    /// The path template in the runtime's syntax.
    pub template: String,
    /// The `operationId` of the document.
    pub id: Option<String>,
    /// The values that fill the template, in order.
    pub path_values: Vec<PathValue>,
    /// The required arguments.
    pub required: Vec<Argument>,
    /// The optional arguments, which become setters.
    pub optional: Vec<Argument>,
    /// Parameters with a single allowed value, which is always sent.
    pub fixed: Vec<ConstParam>,
    /// The request body.
    pub body: Option<Body>,
    /// The result of a successful call.
    pub output: Output,
    /// The value of the `Accept` header, if any.
    pub accept: Option<String>,
    /// The error bodies by status: the media type, if the status has several, and the index into [`Api::errors`].
    pub errors: Vec<(Status, String, usize)>,
    /// Alternative sets of credentials, as indices into [`Api::schemes`].
    pub security: Vec<Vec<usize>>,
    /// The pagination of its list.
    pub paging: Option<Paging>,
    /// The event stream that it can return.
    pub events: Option<EventStream>,
    /// The items of its response, if they can be read one by one.
    pub items: Option<ItemStream>,
    /// The operation in the document.
    #[serde(skip)]
    pub source: OperationId,
}

impl Operation {
    /// Returns the types of its successful responses.
    pub fn given(&self) -> impl Iterator<Item = &Type> {
        let items = self.items.iter().filter_map(|items| items.item.ty());
        self.output.ty().into_iter().chain(self.events.iter().map(|events| &events.ty)).chain(items)
    }
}

/// How many requests the server takes within a time.
#[derive(Debug, Clone, Serialize)]
pub struct RateLimit {
    /// The name of the limit: operations with the same name share it.
    pub name: String,
    /// The number of requests.
    pub requests: u32,
    /// The time in seconds.
    pub seconds: u32,
    /// The value of the path that the server counts each of alone.
    pub scope: Option<PathValue>,
}

/// The value for an expression of a path template.
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
    /// The JSON pointer of its declaration, for diagnostics.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// True if it is deprecated.
    pub deprecated: bool,
    /// The type of its values.
    pub ty: Type,
    /// The type that its values are encoded as, if it is another one.
    pub encoding: Option<Type>,
    /// The part of the request that contains it.
    #[serde(serialize_with = "debug")]
    pub location: Location,
    /// The encoding of arrays and objects.
    pub style: Style,
    /// True if reserved characters are not percent-encoded.
    pub allow_reserved: bool,
    /// True if it is sent as JSON text.
    pub json: bool,
    /// The properties of a form that is the whole query, if they have a non-default encoding.
    pub encodings: Vec<(String, PartEncoding)>,
    /// The parameter in the document.
    #[serde(skip)]
    pub source: ParameterId,
}

/// A parameter with a single allowed value, which is always sent.
#[derive(Debug, Clone, Serialize)]
pub struct ConstParam {
    /// The part of the request that contains it.
    #[serde(serialize_with = "debug")]
    pub location: Location,
    /// The name on the wire.
    pub wire: String,
    /// The value as text.
    pub value: String,
    /// The encoding of a value that is an array or an object, which is JSON text.
    pub style: Option<Style>,
}

fn debug<T: std::fmt::Debug, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{value:?}"))
}

/// A request body.
#[derive(Debug, Clone, Serialize)]
pub struct Body {
    /// The encoding.
    pub kind: BodyKind,
    /// The media type that is sent.
    pub media_type: String,
    /// The type of its values.
    pub ty: Type,
    /// True if it is required.
    pub required: bool,
    /// The properties of a form that have a non-default encoding.
    pub encodings: Vec<(String, PartEncoding)>,
    /// The constant headers of parts: the part, the header and its value.
    pub part_headers: Vec<(String, String, String)>,
    /// The root of an XML body, as an index into [`XmlTypes::roots`].
    pub xml: Option<usize>,
    /// The unnamed parts of a multipart body, by the names of their fields.
    #[serde(skip)]
    pub positions: Vec<(String, SchemaId)>,
    /// The suffix of the method that sends this body, such as `json`. The method of the operation's only or preferred
    /// body does not have it.
    pub suffix: String,
    /// The media type in the document.
    #[serde(skip)]
    pub source: MediaTypeId,
}

/// The name of a part that is a file, if the document does not name it.
pub const PART_OF_UNNAMED_FILE: &str = "file";

/// The field for the parts after those of `prefixItems`.
pub const FURTHER_PARTS: &str = "items";

/// The encoding of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum BodyKind {
    /// JSON of any media type.
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

/// The result of a successful call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Output {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Type),
    /// JSON or no body, depending on the status.
    MaybeJson(Type),
    /// XML, with its root as an index into [`XmlTypes::roots`].
    Xml(Type, usize),
    /// Text.
    Text,
    /// A number, a boolean, or text of a certain format, as plain text.
    Plain(Type),
    /// A string, as JSON or as text.
    String,
    /// Bytes.
    Bytes,
    /// One of several results, by the response's status and media type: [`TypeKind::Responses`].
    Selected(Type),
}

impl Output {
    /// Returns the type of a body that is decoded.
    pub fn ty(&self) -> Option<&Type> {
        match self {
            Self::Json(ty) | Self::MaybeJson(ty) | Self::Selected(ty) | Self::Xml(ty, _) | Self::Plain(ty) => Some(ty),
            Self::Empty | Self::Text | Self::String | Self::Bytes => None,
        }
    }

    /// Returns a mutable reference to the type of a body that is decoded.
    pub fn ty_mut(&mut self) -> Option<&mut Type> {
        match self {
            Self::Json(ty) | Self::MaybeJson(ty) | Self::Selected(ty) | Self::Xml(ty, _) | Self::Plain(ty) => Some(ty),
            Self::Empty | Self::Text | Self::String | Self::Bytes => None,
        }
    }
}

/// A variant of the type for error bodies.
#[derive(Debug, Serialize)]
pub struct ErrorVariant {
    /// The name of the variant.
    pub name: String,
    /// The function that decodes it.
    pub function: String,
    /// The type of the body.
    pub ty: Type,
    /// True if the body is text, not JSON.
    pub text: bool,
    /// The root of an XML body, as an index into [`XmlTypes::roots`].
    pub xml: Option<usize>,
}

/// A field that has the same type in all error bodies that contain it, with an accessor method.
#[derive(Debug, Serialize)]
pub struct ErrorField {
    /// The name of the field and of the method.
    pub name: String,
    /// The type, without `Option`.
    pub ty: Type,
    /// The variants that have it, as indices into [`Api::errors`]; true if it is optional there.
    pub variants: Vec<(usize, bool)>,
}

/// A user-defined type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct External {
    /// The path of the type.
    pub path: String,
    /// The JSON type of the component's values.
    pub json: JsonKind,
}

/// The JSON type of a time in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum UnixForm {
    /// An integer.
    Integer,
    /// A number with a fraction.
    Float,
    /// A string of digits.
    Text,
}

/// An index into [`Api::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct TypeId(pub usize);

/// The type of a field or an argument.
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
    /// An instant.
    Timestamp,
    /// An instant as seconds since 1970. Fields and arguments are [`Type::Timestamp`], and have this as their encoding.
    UnixTime(UnixForm),
    /// A calendar date.
    Date,
    /// A UUID.
    Uuid,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Bytes encoded as base64.
    Base64,
    /// A string that is hidden in `Debug` output.
    Secret,
    /// A file to send.
    Upload,
    /// A user-defined type that replaces that of a component. Fields and arguments are [`Type::External`], and have this
    /// as their encoding.
    Custom(External),
    /// A user-defined type.
    External(External),
    /// Any JSON value.
    Value,
    /// Any JSON object.
    Object,
    /// `Vec<_>`
    List(Box<Type>),
    /// `(_, _)`, for lists of fixed length.
    Tuple(Vec<Type>),
    /// `BTreeMap<String, _>`
    Map(Box<Type>),
    /// `Option<_>`
    Option(Box<Type>),
    /// `Box<_>`, for recursive types.
    Boxed(Box<Type>),
    /// A number that may also be received as a numeric string.
    Lenient(Box<Type>),
    /// One of [`Api::types`].
    Named(TypeId),
}

impl Type {
    /// Returns the type inside a list, a map, an option, a box or a lenient number.
    pub fn inner(&self) -> Option<&Self> {
        match self {
            Self::List(inner) | Self::Map(inner) | Self::Option(inner) | Self::Boxed(inner) | Self::Lenient(inner) => {
                Some(inner)
            }
            _ => None,
        }
    }

    /// Returns the types that it consists of.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Tuple(items) => items,
            ty => ty.inner().map(std::slice::from_ref).unwrap_or_default(),
        }
    }

    /// Returns the types that it consists of.
    pub fn parts_mut(&mut self) -> &mut [Self] {
        match self {
            Self::Tuple(items) => items,
            Self::List(inner) | Self::Map(inner) | Self::Option(inner) | Self::Boxed(inner) | Self::Lenient(inner) => {
                std::slice::from_mut(inner)
            }
            _ => &mut [],
        }
    }

    /// Returns true if its values are `Copy`.
    pub fn is_copy(&self) -> bool {
        self.is_parsed_text()
            || matches!(self, Self::Boolean | Self::I32 | Self::I64 | Self::U64 | Self::F64 | Self::UnixTime(_))
    }

    /// Returns true if it is a file or a list of files.
    pub fn is_upload(&self) -> bool {
        match self {
            Self::List(item) => **item == Self::Upload,
            ty => *ty == Self::Upload,
        }
    }

    /// Returns true if it is a string on the wire, and parsed into a value of another type.
    pub fn is_parsed_text(&self) -> bool {
        matches!(self, Self::Timestamp | Self::Date | Self::Uuid | Self::Ipv4 | Self::Ipv6)
    }

    /// Returns true if its values contain a secret.
    pub fn holds_secret(&self, types: &[TypeDef]) -> bool {
        match self {
            Self::Secret => true,
            Self::Named(id) => types[id.0].secret,
            other => other.parts().iter().any(|part| part.holds_secret(types)),
        }
    }
}

/// A type of the client.
#[derive(Debug, Clone, Serialize)]
pub struct TypeDef {
    /// The name.
    pub name: String,
    /// The JSON pointer of its declaration, for diagnostics.
    pub pointer: String,
    /// The module that contains it: a resource's module, or `shared`.
    pub module: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// True if it is deprecated.
    pub deprecated: bool,
    /// True if requests contain it, so that it has a constructor and setters.
    pub sent: bool,
    /// True if its values contain a secret.
    pub secret: bool,
    /// The cargo feature of the operations that use it, if no other part of the client does.
    pub feature: Option<String>,
    /// The paths of the traits that it derives besides those of every type.
    pub derives: Vec<String>,
    /// The definition.
    pub kind: TypeKind,
}

/// The definition of a type.
#[derive(Debug, Clone, Serialize)]
pub enum TypeKind {
    /// A struct.
    Struct(Struct),
    /// An enum of strings.
    Strings(Enum<String>),
    /// An enum of integers.
    Integers(Enum<i128>),
    /// One of several types.
    Union(Union),
    /// One of several successful responses, by status and media type.
    Responses(Responses),
    /// An alias of a type.
    Alias(Type),
}

impl TypeKind {
    /// Returns the types in the definition.
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
    /// The fields, in document order.
    pub fields: Vec<Field>,
    /// The properties that it always has with the same value: they are written and checked, and no fields.
    pub constants: Vec<ConstProperty>,
    /// The field for additional properties, and the type of its values.
    pub rest: Option<(String, Type)>,
    /// True if it is sent as `multipart/form-data`.
    pub multipart: bool,
    /// True if the document forbids additional properties.
    pub closed: bool,
    /// True if a union recognizes it by the names of its properties.
    #[serde(skip)]
    pub recognized: bool,
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

    /// Adds the field for additional properties.
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
    /// The JSON pointer of its declaration, for diagnostics.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// True if it is deprecated.
    pub deprecated: bool,
    /// The type of its values, without the wrapper that `presence` adds.
    pub ty: Type,
    /// The type that its values are encoded as, if it is another one.
    pub encoding: Option<Type>,
    /// Determines if it can be absent or null.
    pub presence: Presence,
    /// The single allowed value.
    pub constant: Option<String>,
    /// The values that the document lists for a number or boolean, which has no enum.
    pub values: Vec<String>,
    /// True if the constant is the tag of a union, although the property's own schema may allow other values.
    pub is_tag: bool,
    /// True if a form contains its entries as `name[key]`.
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
            Type::Value => TagValue::Json(text.clone()),
            _ => return None,
        };
        Some(Self { name: field.name.clone(), wire: field.wire.clone(), pointer: field.pointer.clone(), value })
    }
}

/// Determines if a field can be absent or null, and its representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Presence {
    /// Always present.
    Required,
    /// Absent or a value; null is deserialized as absent.
    Optional,
    /// A list or an object; absent and null are deserialized as empty.
    OrEmpty,
    /// Null or a value.
    Nullable,
    /// Absent, null or a value.
    Patch,
}

impl Presence {
    /// Returns true if there is always a value, so that the field is not an `Option`.
    pub fn is_certain(self) -> bool {
        matches!(self, Self::Required | Self::OrEmpty)
    }
}

/// An enum of known values with a variant for unknown ones.
#[derive(Debug, Clone, Serialize)]
pub struct Enum<T> {
    /// The name and value of each variant.
    pub variants: Vec<(String, T)>,
    /// Lines of documentation of each variant, in addition to its value.
    pub docs: Vec<Vec<String>>,
    /// The variant for unknown values.
    pub unknown: String,
}

impl Enum<i128> {
    /// Returns true if a value is out of range of `i64`.
    pub fn is_wide(&self) -> bool {
        self.variants.iter().any(|(_, value)| i64::try_from(*value).is_err())
    }
}

/// One of several types.
#[derive(Debug, Clone, Serialize)]
pub struct Union {
    /// The variants.
    pub variants: Vec<UnionVariant>,
    /// The property that identifies the variant.
    pub tag: Option<Tag>,
    /// The struct of the properties that all variants share, if they extend one.
    pub base: Option<Type>,
    /// The variant for values that match no other variant.
    pub unknown: String,
}

/// The property that identifies the variant of a union.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Tag {
    /// The name of the property.
    pub property: String,
    /// Determines if the variants contain it.
    pub presence: TagPresence,
}

/// Determines if the variants of a union contain the tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum TagPresence {
    /// All variants require it.
    Required,
    /// It may be absent; then the other properties determine the variant.
    Optional,
    /// Not all variants declare it. It is added when a variant is serialized, and may be absent.
    Added,
}

/// One of several successful responses, by status and media type.
#[derive(Debug, Clone, Serialize)]
pub struct Responses {
    /// The cases that the document declares.
    pub cases: Vec<ResponseCase>,
    /// The variant for the body of any other success.
    pub unknown: String,
}

/// A declared successful response.
#[derive(Debug, Clone, Serialize)]
pub struct ResponseCase {
    /// The name of the variant.
    pub name: String,
    /// Its status.
    pub status: Status,
    /// The media types; empty if there is no body.
    pub media_types: Vec<String>,
    /// The type of the body.
    pub output: Output,
}

/// A variant of a union.
#[derive(Debug, Clone, Serialize)]
pub struct UnionVariant {
    /// The name of the variant.
    pub name: String,
    /// The type of its content.
    pub ty: Type,
    /// The JSON type of its content.
    pub json: JsonKind,
    /// The values of the tag.
    pub tags: Vec<TagValue>,
    /// Properties that have one of these values in this variant and other values in another one, if there is no tag.
    pub conditions: Vec<(String, Vec<TagValue>)>,
    /// Whether it is also what the tag's other values stand for, and its absence.
    pub is_default: bool,
}

impl UnionVariant {
    /// Returns the values of the tag as text, or `None` if there is no tag.
    pub fn tag_text(&self) -> Option<String> {
        let texts: Vec<String> = self.tags.iter().map(TagValue::to_string).collect();
        (!texts.is_empty()).then(|| texts.join(" or "))
    }
}

/// A value of the tag of a union.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum TagValue {
    /// A string.
    Text(String),
    /// An integer.
    Integer(i128),
    /// A number that is not an integer, as JSON.
    Number(String),
    /// A boolean.
    Boolean(bool),
    /// Null.
    Null,
    /// A list or an object, as JSON. Tags have no such values, only constants.
    Json(String),
    /// Any value of this JSON type.
    Any(JsonKind),
}

impl TagValue {
    /// Returns the tag value of a constant, or `None` for arrays and objects.
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

    /// Returns true if this is a single value, not any value of a JSON type.
    pub fn is_constant(&self) -> bool {
        !matches!(self, Self::Any(_))
    }

    /// Returns true if this matches the value.
    pub fn matches(&self, value: &Value) -> bool {
        match self {
            Self::Any(kind) => kind.has(value),
            Self::Json(text) => serde_json::from_str::<Value>(text).is_ok_and(|own| own == *value),
            constant => Self::of(value).as_ref() == Some(constant),
        }
    }

    /// Returns true if both match a common value.
    pub fn overlaps(&self, other: &Self) -> bool {
        let kind = |tag: &Self| match tag {
            Self::Text(_) => JsonKind::String,
            Self::Integer(_) => JsonKind::Integer,
            Self::Number(_) => JsonKind::Number,
            Self::Boolean(_) => JsonKind::Boolean,
            Self::Null | Self::Json(_) => JsonKind::Any,
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
            Self::Text(text) | Self::Number(text) | Self::Json(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Boolean(boolean) => write!(f, "{boolean}"),
            Self::Null => f.write_str("null"),
            Self::Any(kind) => write!(f, "any {}", kind.as_str()),
        }
    }
}

/// The type of a JSON value.
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
    /// Any type.
    #[default]
    Any,
}

impl JsonKind {
    /// Returns true if a value is of this type.
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

    /// Returns the name used in emitted code.
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
    /// Returns the methods that lead from the client to a resource's handle, each with its arguments.
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

/// Builds the client `name` of a document.
///
/// Names from overlays that collide, and operations that cannot be distinguished, are reported as diagnostics.
pub fn build(document: &Document, name: &str, diagnostics: &mut Diagnostics) -> Api {
    operations::build(document, name, diagnostics)
}
