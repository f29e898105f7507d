//! Turns security schemes into credentials: the builder methods that authenticate a client.

use serde::Serialize;

use super::docs;
use crate::markdown;
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::child;
use crm_clients_document::extensions::BeyondOAuth2;
use crm_clients_document::model::{self, Document, Flows, SecuritySchemeKind, sends_token};

/// The builder's own methods; credentials with these names are renamed.
const OF_EVERY_BUILDER: &[&str] = &[
    "base_url",
    "server_variable",
    "http_client",
    "timeout",
    "retry",
    "user_agent",
    "response_limit",
    "strict_responses",
    "allow_http",
    "hook",
    "transport",
    "limits",
    "on_token",
    "record",
    "build",
];

/// A credential, set by one builder method, or by one of several if it is a token.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scheme {
    /// The name of the builder's method.
    pub name: String,
    /// The JSON pointer of its declaration, for diagnostics.
    pub pointer: String,
    /// Lines of documentation.
    pub docs: Vec<String>,
    /// The part of the request that contains it.
    pub kind: CredentialKind,
    /// The ways to obtain it, if it is a token.
    pub tokens: Option<Tokens>,
}

/// The part of a request that contains a credential.
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
    /// `Authorization` with another scheme, such as `Token`.
    Http(String),
}

impl CredentialKind {
    /// Returns the part of the request for a scheme, or `None` if clients cannot send it.
    fn of(scheme: &SecuritySchemeKind) -> Option<Self> {
        Some(match scheme {
            SecuritySchemeKind::ApiKey { location, name } => match location {
                model::Location::Header => Self::Header(name.clone()),
                model::Location::Query => Self::Query(name.clone()),
                model::Location::Cookie => Self::Cookie(name.clone()),
                model::Location::Path | model::Location::QueryString => return None,
            },
            SecuritySchemeKind::Http { scheme, .. } if scheme.eq_ignore_ascii_case("basic") => Self::Basic,
            SecuritySchemeKind::Http { scheme, .. } if scheme.eq_ignore_ascii_case("bearer") => Self::Bearer,
            SecuritySchemeKind::Http { scheme, .. } if sends_token(scheme) => Self::Http(scheme.clone()),
            SecuritySchemeKind::OAuth2 { .. } | SecuritySchemeKind::OpenIdConnect { .. } => Self::Bearer,
            SecuritySchemeKind::Http { .. } | SecuritySchemeKind::MutualTls => return None,
        })
    }
}

/// The OAuth 2 flows that a client can run without user interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OAuth2 {
    /// The token endpoint for the client's own credentials.
    client_credentials_url: Option<String>,
    /// The token endpoint for a user's name and password.
    password_url: Option<String>,
    /// The token endpoint for refresh tokens.
    refresh_url: Option<String>,
    /// `x-oauth2`.
    beyond: BeyondOAuth2,
}

impl OAuth2 {
    /// Returns `None` if no flow is supported. The token endpoint is the default endpoint for refresh tokens.
    fn of(scheme: &SecuritySchemeKind) -> Option<Self> {
        let SecuritySchemeKind::OAuth2 { flows, beyond, .. } = scheme else { return None };
        let Flows { client_credentials, password, authorization_code, device_authorization, .. } = flows.as_ref();
        let served = || [client_credentials, password, authorization_code, device_authorization].into_iter().flatten();
        let refresh = served().find_map(|flow| flow.refresh_url.clone());
        let refresh_url = refresh.or_else(|| served().find_map(|flow| flow.token_url.clone()));
        let is_served = refresh_url.is_some() || beyond.revocation_url.is_some();
        let token_url = |flow: &Option<model::Flow>| flow.as_ref().and_then(|flow| flow.token_url.clone());
        is_served.then(|| Self {
            client_credentials_url: token_url(client_credentials),
            password_url: token_url(password),
            refresh_url,
            beyond: beyond.clone(),
        })
    }
}

/// Tokens that the client requests.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tokens {
    /// The builder's method for a custom token source.
    pub source: String,
    /// The builder's method for the URL of the grants, if there are any.
    pub url: Option<String>,
    /// The supported grants.
    pub grants: Vec<Grant>,
    /// True if the client authenticates with `Authorization: Basic` instead of form fields.
    pub basic: bool,
    /// The client's method for the latest refresh token, if there are grants.
    pub refresh_token: Option<String>,
    /// The revocation of tokens.
    pub revocation: Option<Revocation>,
}

/// An OAuth 2 grant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grant {
    /// The builder's method.
    pub name: String,
    /// The kind of the grant.
    pub kind: GrantKind,
    /// The URL of the token endpoint.
    pub url: String,
}

/// The kind of an OAuth 2 grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum GrantKind {
    /// The client's own credentials.
    ClientCredentials,
    /// A user's name and password.
    Password,
    /// An earlier refresh token.
    RefreshToken,
}

/// The revocation of tokens.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revocation {
    /// The client's method.
    pub name: String,
    /// The URL of the endpoint.
    pub url: String,
    /// True if the token itself authorizes its revocation; otherwise the client authenticates.
    pub by_bearer: bool,
}

/// Returns the credentials of a client, each with the names of the security schemes that it covers: schemes that differ
/// only in name share a credential. `of_client` are the names of the client's methods.
pub fn schemes(document: &Document, of_client: UsedNames) -> Vec<(Vec<String>, Scheme)> {
    let mut joined: Vec<Joined> = Vec::new();
    for (served, scheme) in &document.components.security_schemes {
        let Some(kind) = CredentialKind::of(&scheme.kind) else { continue };
        let oauth2 = OAuth2::of(&scheme.kind);
        let name = scheme.rust_name.clone().unwrap_or_else(|| kind.name());
        let alike = joined.iter_mut().find(|other| {
            let same_flows = other.oauth2.is_none() || oauth2.is_none() || other.oauth2 == oauth2;
            other.kind == kind && other.name == name && same_flows
        });
        match alike {
            Some(other) => {
                other.served.push(served.clone());
                other.oauth2 = other.oauth2.take().or(oauth2);
            }
            None => joined.push(Joined {
                served: vec![served.clone()],
                name,
                pointer: child("/components/securitySchemes", served),
                kind,
                docs: scheme_docs(scheme),
                oauth2,
            }),
        }
    }
    let mut names = Names { builder: OF_EVERY_BUILDER.iter().copied().collect(), client: of_client };
    // All schemes are named before the methods that only some of them have.
    for one in &mut joined {
        let own_name = one.served.first().map(|served| names::value_name(served));
        one.name = names.builder.claim_any(&one.name, own_name);
    }
    joined.into_iter().map(|one| one.into_scheme(&mut names)).collect()
}

impl CredentialKind {
    /// Returns the default name of the builder's method.
    fn name(&self) -> String {
        match self {
            Self::Header(name) | Self::Query(name) | Self::Cookie(name) | Self::Http(name) => names::value_name(name),
            Self::Bearer => "bearer_token".to_owned(),
            Self::Basic => "basic_auth".to_owned(),
        }
    }
}

/// Returns the description of a scheme, with the URLs of the server's metadata and of device authorization.
fn scheme_docs(scheme: &model::SecurityScheme) -> Vec<String> {
    let mut lines = docs::prose(scheme.description.as_deref());
    let SecuritySchemeKind::OAuth2 { flows, metadata_url, .. } = &scheme.kind else { return lines };
    let device = flows.device_authorization.as_ref().and_then(|flow| flow.device_authorization_url.as_deref());
    let urls = [("Metadata of the authorization server", metadata_url.as_deref()), ("Device authorization", device)];
    for (what, url) in urls.into_iter().filter_map(|(what, url)| Some((what, url?))) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("{what}: {}.", markdown::code(url)));
    }
    lines
}

/// Schemes that share one credential.
struct Joined {
    served: Vec<String>,
    name: String,
    pointer: String,
    kind: CredentialKind,
    docs: Vec<String>,
    oauth2: Option<OAuth2>,
}

/// The method names in use.
struct Names {
    builder: UsedNames,
    client: UsedNames,
}

impl Joined {
    fn into_scheme(self, names: &mut Names) -> (Vec<String>, Scheme) {
        let scheme = self.served.first().map_or_else(String::new, |served| names::value_name(served));
        let tokens = (self.kind == CredentialKind::Bearer).then(|| tokens(self.oauth2.as_ref(), &scheme, names));
        (self.served, Scheme { name: self.name, pointer: self.pointer, docs: self.docs, kind: self.kind, tokens })
    }
}

/// The methods for tokens. Where another scheme has the same, they begin with the name of the scheme.
fn tokens(oauth2: Option<&OAuth2>, scheme: &str, names: &mut Names) -> Tokens {
    let claim =
        |names: &mut UsedNames, name: &str| names.claim_any(name, [format!("{}_{name}", names::suffix(scheme))]);
    let source = claim(&mut names.builder, "token_source");
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
        .filter_map(|(name, kind, url)| Some(Grant { url: url.clone()?, name: claim(&mut names.builder, name), kind }))
        .collect();
    let url = (!grants.is_empty()).then(|| claim(&mut names.builder, "token_url"));
    let refresh_token = (!grants.is_empty()).then(|| claim(&mut names.client, "refresh_token"));
    let revocation = oauth2.beyond.revocation_url.clone().map(|url| Revocation {
        name: claim(&mut names.client, "revoke_token"),
        url,
        by_bearer: oauth2.beyond.revoked_by_bearer,
    });
    Tokens { source, url, grants, basic: oauth2.beyond.basic, refresh_token, revocation }
}
