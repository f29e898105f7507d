//! Rules that the table of fields cannot express: fields that exclude each other, of which one must be present, that
//! are URLs, and that depend on a location.

use super::{ObjectKind, Versions};

impl ObjectKind {
    /// Returns pairs of fields that exclude each other.
    pub fn exclusive_fields(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Parameter | Self::Header => &[
                ("example", "examples"),
                ("schema", "content"),
                ("content", "style"),
                ("content", "explode"),
                ("content", "allowReserved"),
            ],
            Self::MediaType => &[("example", "examples"), ("encoding", "prefixEncoding"), ("encoding", "itemEncoding")],
            Self::Encoding => &[("encoding", "prefixEncoding"), ("encoding", "itemEncoding")],
            Self::Example => &[
                ("value", "externalValue"),
                ("value", "dataValue"),
                ("value", "serializedValue"),
                ("serializedValue", "externalValue"),
            ],
            Self::Link => &[("operationRef", "operationId")],
            Self::License => &[("identifier", "url")],
            Self::Xml => &[("nodeType", "attribute"), ("nodeType", "wrapped")],
            _ => &[],
        }
    }

    /// Returns the fields of which an object must have one in these versions; empty if there are none.
    pub fn alternative_fields(self, versions: Versions) -> &'static [&'static str] {
        match self {
            Self::Document if versions.meet(Versions::SINCE_3_1) => &["paths", "webhooks", "components"],
            Self::Parameter | Self::Header => &["schema", "content"],
            Self::Link => &["operationRef", "operationId"],
            _ => &[],
        }
    }

    /// Returns the fields that identify or document something, and are URIs with or without a scheme.
    pub fn uri_fields(self) -> &'static [&'static str] {
        match self {
            Self::Document => &["$self"],
            Self::Example => &["externalValue"],
            Self::Info => &["termsOfService"],
            Self::Contact | Self::License | Self::ExternalDocs => &["url"],
            _ => &[],
        }
    }

    /// Returns the fields that are URLs of requests.
    pub fn url_fields(self) -> &'static [&'static str] {
        match self {
            Self::SecurityScheme => &["openIdConnectUrl", "oauth2MetadataUrl"],
            Self::ImplicitFlow
            | Self::PasswordFlow
            | Self::ClientCredentialsFlow
            | Self::AuthorizationCodeFlow
            | Self::DeviceAuthorizationFlow => {
                &["authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl"]
            }
            _ => &[],
        }
    }

    /// Returns the fields that are URIs with a scheme.
    pub fn absolute_uri_fields(self) -> &'static [&'static str] {
        match self {
            Self::Document => &["jsonSchemaDialect"],
            Self::Schema => &["$schema"],
            Self::Xml => &["namespace"],
            _ => &[],
        }
    }
}

/// Returns the fields that not all parameters can have, with the locations for which they are defined in these
/// versions. A header has none of them.
pub fn fields_by_location(versions: Versions) -> [(&'static str, &'static [&'static str]); 2] {
    let reserved: &[&str] = if versions.meet(Versions::V3_2) { &["query", "path", "cookie"] } else { &["query"] };
    [("allowReserved", reserved), ("allowEmptyValue", &["query"])]
}

/// The fields that only security schemes of one type have, with that type.
pub const FIELDS_BY_SCHEME: &[(&str, &str)] = &[
    ("name", "apiKey"),
    ("in", "apiKey"),
    ("scheme", "http"),
    ("bearerFormat", "http"),
    ("flows", "oauth2"),
    ("oauth2MetadataUrl", "oauth2"),
    ("openIdConnectUrl", "openIdConnect"),
];
