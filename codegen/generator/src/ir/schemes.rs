//! Security schemes to credentials: the methods with which a caller gives a client what lets it in.

use serde::Serialize;

use super::docs;
use crate::markdown;
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::child;
use crm_clients_document::extensions::BeyondOAuth2;
use crm_clients_document::model::{self, Document, Flows, SecuritySchemeKind};

/// The builder's own methods; a credential of such a name gives way.
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

impl CredentialKind {
    /// Where the credential of a scheme goes; none if a client cannot send it.
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
            SecuritySchemeKind::OAuth2 { .. } | SecuritySchemeKind::OpenIdConnect { .. } => Self::Bearer,
            SecuritySchemeKind::Http { .. } | SecuritySchemeKind::MutualTls => return None,
        })
    }
}

/// The flows of OAuth 2 that a client can serve alone: those that ask nobody at a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OAuth2 {
    /// Where the client's credentials are exchanged for a token.
    client_credentials_url: Option<String>,
    /// Where a user's name and password are.
    password_url: Option<String>,
    /// Where a refresh token is.
    refresh_url: Option<String>,
    /// `x-oauth2`.
    beyond: BeyondOAuth2,
}

impl OAuth2 {
    /// None where there is nothing to serve. A refresh token goes to the token endpoint where no other place is given for it.
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
    // Schemes have their names before what only some of them have.
    for one in &mut joined {
        one.name = names.builder.claim(&one.name);
    }
    joined.into_iter().map(|one| one.into_scheme(&mut names)).collect()
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

/// The description of a scheme, and where its authorization server describes itself or asks people.
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

/// Schemes that are one credential.
struct Joined {
    served: Vec<String>,
    name: String,
    pointer: String,
    kind: CredentialKind,
    docs: Vec<String>,
    oauth2: Option<OAuth2>,
}

/// The methods that there are already.
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
