//! The encoding of parameters and responses in HTTP messages.

use http::StatusCode;
use serde::Serialize;

use super::media::{essence, is_json};
use crate::names;
use crm_clients_document::model::{self, Document, Parameter, StyleKind};
use crm_clients_document::token::is_token;

/// The part of a request that contains an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Location {
    /// A `{name}` of the path.
    Path,
    /// `?name=`.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// The whole query.
    WholeQuery(QueryFormat),
}

/// The encoding of a value that is the whole query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum QueryFormat {
    /// A form.
    Form,
    /// JSON.
    Json,
    /// Text.
    Text,
}

impl Location {
    /// Returns the location of a parameter.
    pub(super) fn of(document: &Document, parameter: &Parameter) -> Self {
        match parameter.location {
            model::Location::Path => Self::Path,
            model::Location::Query => Self::Query,
            model::Location::Header => Self::Header,
            model::Location::Cookie => Self::Cookie,
            model::Location::QueryString => {
                let media_type = parameter.content.first().map(|id| document[*id].name.as_str());
                Self::WholeQuery(match media_type {
                    None => QueryFormat::Form,
                    Some(name) if essence(name) == "application/x-www-form-urlencoded" => QueryFormat::Form,
                    Some(name) if is_json(name) => QueryFormat::Json,
                    Some(_) => QueryFormat::Text,
                })
            }
        }
    }

    /// Returns its name in HTTP.
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::WholeQuery(_) => "querystring",
        }
    }
}

/// The encoding of an array or object in a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Style {
    /// Joined with commas.
    Form,
    /// One parameter for each element, or for each key of an object.
    FormExplode,
    /// Joined with spaces.
    Space,
    /// Joined with `|`.
    Pipe,
    /// Joined with tabs.
    Tab,
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
    /// In a path or a header, joined with commas; an object as `key=value`.
    SimpleExplode,
    /// In a cookie, without percent-encoding.
    Cookie,
    /// In cookies, without percent-encoding: one for each element or key.
    CookieExplode,
}

impl Style {
    /// Returns the style of a parameter.
    pub fn of(parameter: &Parameter) -> Self {
        Self::from(parameter.style)
    }
}

impl From<model::Style> for Style {
    fn from(style: model::Style) -> Self {
        match (style.kind, style.explode) {
            (StyleKind::Label, false) => Self::Label,
            (StyleKind::Label, true) => Self::LabelExplode,
            (StyleKind::Matrix, false) => Self::Matrix,
            (StyleKind::Matrix, true) => Self::MatrixExplode,
            (StyleKind::Simple, true) => Self::SimpleExplode,
            (StyleKind::Simple, false) | (StyleKind::Form, false) => Self::Form,
            (StyleKind::Cookie, false) => Self::Cookie,
            (StyleKind::Cookie, true) => Self::CookieExplode,
            (StyleKind::SpaceDelimited, false) => Self::Space,
            (StyleKind::PipeDelimited, false) => Self::Pipe,
            (StyleKind::TabDelimited, false) => Self::Tab,
            (StyleKind::DeepObject, _) => Self::Deep,
            _ => Self::FormExplode,
        }
    }
}

/// The non-default encoding of a property of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum PartEncoding {
    /// As a query parameter of this style.
    Style(Style),
    /// As a query parameter of this style, without percent-encoding of reserved characters.
    Reserved(Style),
    /// As a value of this media type.
    Typed(String),
}

/// The statuses of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Status {
    /// One status.
    Exact(u16),
    /// `4XX`.
    Range(u8),
    /// All statuses that are not declared.
    Default,
}

impl Status {
    /// Returns the words for it in a type name: `NotFound`.
    pub(super) fn reason(self) -> String {
        match self {
            Self::Exact(code) => {
                let reason = StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason());
                reason.map_or_else(|| format!("Status{code}"), names::variant_name)
            }
            Self::Range(2) => "Success".to_owned(),
            Self::Range(4) => "ClientError".to_owned(),
            Self::Range(5) => "ServerError".to_owned(),
            Self::Range(class) => format!("Status{class}Xx"),
            Self::Default => "Default".to_owned(),
        }
    }
}

impl From<model::Status> for Status {
    fn from(status: model::Status) -> Self {
        match status {
            model::Status::Exact(code) => Self::Exact(code),
            model::Status::Range(class) => Self::Range(class),
            model::Status::Default => Self::Default,
        }
    }
}

/// Returns true if clients can send requests with this method. `CONNECT` is for proxies.
pub(super) fn is_sent(method: &str) -> bool {
    is_token(method) && method != "CONNECT"
}
