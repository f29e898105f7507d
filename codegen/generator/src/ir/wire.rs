//! How values travel: the words of HTTP in which the emitter speaks of parameters and responses.

use http::StatusCode;
use serde::Serialize;

use super::media::{essence, is_json};
use crate::names;
use crm_clients_document::model::{self, Document, Parameter, StyleKind};

/// The part of a request that an argument goes to.
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

/// How a value is written that is the whole query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum QueryFormat {
    /// As a form.
    Form,
    /// As JSON.
    Json,
    /// As text.
    Text,
}

impl Location {
    /// Where a parameter goes.
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

    /// HTTP's word for it.
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

/// How an array or an object is written into a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
    /// In a path or a header, joined with commas: an object as `key=value`.
    SimpleExplode,
    /// In a cookie, unencoded.
    Cookie,
    /// In cookies, unencoded: one for each element or key.
    CookieExplode,
}

impl Style {
    /// How a parameter is written.
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
            (StyleKind::DeepObject, _) => Self::Deep,
            _ => Self::FormExplode,
        }
    }
}

/// How a property of a form is written, where that differs from the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum PartEncoding {
    /// Like a query parameter of this style.
    Style(Style),
    /// The same, with reserved characters unencoded.
    Reserved(Style),
    /// As a value of this media type.
    Typed(String),
}

/// The statuses that a response is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Status {
    /// One status.
    Exact(u16),
    /// `4XX`.
    Range(u8),
    /// All that nothing else covers.
    Default,
}

impl Status {
    /// The words for it in a type's name: `NotFound`.
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

/// Whether clients send requests of this method: `CONNECT` is for proxies.
pub(super) fn is_sent(method: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !method.is_empty() && method.bytes().all(is_token) && method != "CONNECT"
}
