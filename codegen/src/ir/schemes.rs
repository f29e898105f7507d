//! Security schemes to credentials: the methods with which a caller gives a client what lets it in.

use std::collections::HashSet;

use serde::Serialize;

use super::docs;
use crate::diagnostic::child;
use crate::names;
use crate::resolve::{OAuth2, Resolved, SchemeKind};

/// The builder's own methods; a credential of such a name gives way.
const OF_EVERY_BUILDER: &[&str] = &[
    "base_url",
    "http_client",
    "timeout",
    "retry",
    "user_agent",
    "response_limit",
    "allow_http",
    "on_token",
    "record",
    "build",
];

/// A credential, set by one builder method, or by one of several where it is a token.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scheme {
    /// The builder's method.
    pub name: String,
    /// Where the document describes it, as a JSON pointer: for what people are told about it.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// Where it goes.
    pub kind: CredentialKind,
    /// How else the client comes by it, where it is a token.
    pub tokens: Option<Tokens>,
}

/// Where a credential goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum CredentialKind {
    /// A header.
    Header(String),
    /// A query parameter.
    Query(String),
    /// A cookie.
    Cookie(String),
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
}

impl From<&SchemeKind> for CredentialKind {
    fn from(kind: &SchemeKind) -> Self {
        match kind {
            SchemeKind::Header(name) => Self::Header(name.clone()),
            SchemeKind::Query(name) => Self::Query(name.clone()),
            SchemeKind::Cookie(name) => Self::Cookie(name.clone()),
            SchemeKind::Bearer => Self::Bearer,
            SchemeKind::Basic => Self::Basic,
        }
    }
}

/// Tokens that the client fetches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tokens {
    /// The builder's method for a source of the caller's own.
    pub source: String,
    /// The builder's method for the URL of the grants, if there are any.
    pub url: Option<String>,
    /// What the server exchanges for a token.
    pub grants: Vec<Grant>,
    /// Whether the client says who it is in `Authorization: Basic` instead of in the form.
    pub basic: bool,
    /// The client's method for the latest refresh token, where there are grants.
    pub refresh_token: Option<String>,
    /// How a token is ended.
    pub revocation: Option<Revocation>,
}

/// What a server exchanges for a token.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grant {
    /// The builder's method.
    pub name: String,
    /// What is exchanged.
    pub kind: GrantKind,
    /// Where.
    pub url: String,
}

/// What is exchanged for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum GrantKind {
    /// The client's own credentials.
    ClientCredentials,
    /// A user's name and password.
    Password,
    /// An earlier refresh token.
    RefreshToken,
}

/// How a token is ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revocation {
    /// The client's method.
    pub name: String,
    /// Where.
    pub url: String,
    /// Whether the token itself lets its holder end it; otherwise the client says who it is.
    pub by_bearer: bool,
}

/// The credentials of a client, each with the names of the security schemes that it serves: schemes that are the same but
/// for their name are one. `of_client` are the client's methods.
pub fn schemes(resolved: &Resolved, of_client: HashSet<String>) -> Vec<(Vec<String>, Scheme)> {
    let mut joined: Vec<Joined> = Vec::new();
    for scheme in &resolved.schemes {
        let kind = CredentialKind::from(&scheme.kind);
        let name = scheme.rust_name.clone().unwrap_or_else(|| kind.name());
        let alike = joined.iter_mut().find(|other| {
            let same_flows =
                other.oauth2.is_none() || scheme.oauth2.is_none() || other.oauth2 == scheme.oauth2.as_ref();
            other.kind == kind && other.name == name && same_flows
        });
        match alike {
            Some(other) => {
                other.served.push(scheme.name.clone());
                other.oauth2 = other.oauth2.or(scheme.oauth2.as_ref());
            }
            None => joined.push(Joined {
                served: vec![scheme.name.clone()],
                name,
                pointer: child("/components/securitySchemes", &scheme.name),
                kind,
                docs: docs::prose(scheme.description.as_deref()),
                oauth2: scheme.oauth2.as_ref(),
            }),
        }
    }
    let mut names =
        Names { builder: OF_EVERY_BUILDER.iter().map(|name| (*name).to_owned()).collect(), client: of_client };
    // Schemes have their names before what only some of them have.
    for one in &mut joined {
        one.name = names::claim(&one.name, &mut names.builder);
    }
    joined.into_iter().map(|one| one.settle(&mut names)).collect()
}

impl CredentialKind {
    /// What the builder's method is called unless the document names it.
    fn name(&self) -> String {
        match self {
            Self::Header(name) | Self::Query(name) | Self::Cookie(name) => names::value_name(name),
            Self::Bearer => "bearer_token".to_owned(),
            Self::Basic => "basic_auth".to_owned(),
        }
    }
}

/// Schemes that are one credential.
struct Joined<'r> {
    served: Vec<String>,
    name: String,
    pointer: String,
    kind: CredentialKind,
    docs: Vec<String>,
    oauth2: Option<&'r OAuth2>,
}

/// The methods that there are already.
struct Names {
    builder: HashSet<String>,
    client: HashSet<String>,
}

impl Joined<'_> {
    fn settle(self, names: &mut Names) -> (Vec<String>, Scheme) {
        let tokens = (self.kind == CredentialKind::Bearer).then(|| tokens(self.oauth2, names));
        (self.served, Scheme { name: self.name, pointer: self.pointer, docs: self.docs, kind: self.kind, tokens })
    }
}

fn tokens(oauth2: Option<&OAuth2>, names: &mut Names) -> Tokens {
    let source = names::claim("token_source", &mut names.builder);
    let Some(oauth2) = oauth2 else {
        return Tokens { source, url: None, grants: Vec::new(), basic: false, refresh_token: None, revocation: None };
    };
    let grants = [
        ("client_credentials", GrantKind::ClientCredentials, &oauth2.client_credentials_url),
        ("password", GrantKind::Password, &oauth2.password_url),
        ("refresh_token", GrantKind::RefreshToken, &oauth2.refresh_url),
    ];
    let grants: Vec<Grant> = grants
        .into_iter()
        .filter_map(|(name, kind, url)| {
            Some(Grant { url: url.clone()?, name: names::claim(name, &mut names.builder), kind })
        })
        .collect();
    let url = (!grants.is_empty()).then(|| names::claim("token_url", &mut names.builder));
    let refresh_token = (!grants.is_empty()).then(|| names::claim("refresh_token", &mut names.client));
    let revocation = oauth2.beyond.revocation_url.clone().map(|url| Revocation {
        name: names::claim("revoke_token", &mut names.client),
        url,
        by_bearer: oauth2.beyond.revoked_by_bearer,
    });
    Tokens { source, url, grants, basic: oauth2.beyond.basic, refresh_token, revocation }
}
