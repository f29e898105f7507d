//! The general parts of a document: information, servers, tags, components, security schemes.

use indexmap::IndexMap;

use super::{
    BeyondOAuth2, CallbackId, ExampleId, ExtensionMap, HeaderId, LinkId, Location, MediaTypeId, ParameterId,
    PathItemId, RequestBodyId, ResponseId, SchemaId,
};

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

/// A link to external documentation.
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
    /// Returns the URL with each variable replaced by its default.
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

/// `components`: each section by name.
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
    /// `type`, with its fields.
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
