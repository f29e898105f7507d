//! Security schemes.

use openapiv3::{APIKeyLocation, OAuth2Flows, SecurityScheme};

use super::Resolver;
use crate::diagnostic::child;
use crate::extensions::BeyondOAuth2;

/// A way to authenticate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// The name that security requirements refer to.
    pub name: String,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// Prose about the credential.
    pub description: Option<String>,
    /// Where the credential goes.
    pub kind: SchemeKind,
    /// How a client comes by it, where it is a token of OAuth 2.
    pub oauth2: Option<OAuth2>,
}

/// Where a credential goes in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// A header of this name.
    Header(String),
    /// A query parameter of this name.
    Query(String),
    /// A cookie of this name.
    Cookie(String),
    /// `Authorization: Bearer`; OAuth 2 and OpenID Connect tokens travel so too.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
}

/// The flows of OAuth 2 that a client can serve alone: those that ask nobody at a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth2 {
    /// Where the client's credentials are exchanged for a token.
    pub client_credentials_url: Option<String>,
    /// Where a user's name and password are.
    pub password_url: Option<String>,
    /// Where a refresh token is.
    pub refresh_url: Option<String>,
    /// `x-oauth2`.
    pub beyond: BeyondOAuth2,
}

impl Resolver<'_> {
    /// The schemes that a client can serve, in document order.
    pub(super) fn schemes(&mut self) -> Vec<Scheme> {
        let api = self.api;
        let mut schemes = Vec::new();
        for (name, scheme) in api.components.iter().flat_map(|components| &components.security_schemes) {
            let pointer = child("/components/securitySchemes", name);
            let Some((scheme, place)) =
                self.follow(scheme, &pointer, |components, name| components.security_schemes.get(name))
            else {
                continue;
            };
            let mut oauth2 = None;
            let (kind, description, extensions) = match scheme.as_ref() {
                SecurityScheme::APIKey { location, name, description, extensions } => {
                    let kind = match location {
                        APIKeyLocation::Header => SchemeKind::Header(name.clone()),
                        APIKeyLocation::Query => SchemeKind::Query(name.clone()),
                        APIKeyLocation::Cookie => SchemeKind::Cookie(name.clone()),
                    };
                    (kind, description, extensions)
                }
                SecurityScheme::HTTP { scheme: http, description, extensions, .. } => {
                    let Some(kind) = self.http_scheme(http, &place) else { continue };
                    (kind, description, extensions)
                }
                SecurityScheme::OAuth2 { flows, description, extensions } => {
                    let beyond = self.extensions.oauth2(extensions, &place, self.diagnostics);
                    oauth2 = served_flows(flows, beyond);
                    (SchemeKind::Bearer, description, extensions)
                }
                SecurityScheme::OpenIDConnect { description, extensions, .. } => {
                    (SchemeKind::Bearer, description, extensions)
                }
            };
            let rust_name = self.extensions.name(extensions, &place, self.diagnostics);
            schemes.push(Scheme { name: name.clone(), rust_name, description: description.clone(), kind, oauth2 });
        }
        schemes
    }

    /// Every security scheme in words, in document order; those that a client cannot serve, too.
    pub(super) fn credentials(&mut self) -> Vec<(String, String)> {
        let api = self.api;
        let mut credentials = Vec::new();
        for (name, scheme) in api.components.iter().flat_map(|components| &components.security_schemes) {
            let pointer = child("/components/securitySchemes", name);
            let scheme = self.follow(scheme, &pointer, |components, name| components.security_schemes.get(name));
            let words = match scheme.as_ref().map(|(scheme, _)| scheme.as_ref()) {
                Some(SecurityScheme::APIKey { location, name, .. }) => match location {
                    APIKeyLocation::Header => format!("header {name}"),
                    APIKeyLocation::Query => format!("query {name}"),
                    APIKeyLocation::Cookie => format!("cookie {name}"),
                },
                Some(SecurityScheme::HTTP { scheme, .. }) => format!("HTTP {}", scheme.to_ascii_lowercase()),
                Some(SecurityScheme::OAuth2 { .. }) => "OAuth 2".to_owned(),
                Some(SecurityScheme::OpenIDConnect { .. }) => "OpenID Connect".to_owned(),
                None => continue,
            };
            credentials.push((name.clone(), words));
        }
        credentials
    }

    fn http_scheme(&mut self, scheme: &str, pointer: &str) -> Option<SchemeKind> {
        match scheme.to_ascii_lowercase().as_str() {
            "basic" => Some(SchemeKind::Basic),
            "bearer" => Some(SchemeKind::Bearer),
            _ => {
                let message = format!("the client cannot authenticate with the HTTP scheme `{scheme}`");
                self.diagnostics.warning("unserved-scheme", pointer, message, "callers can set a header for each call");
                None
            }
        }
    }
}

/// None where there is nothing to serve. A refresh token goes to the token endpoint where no other place is given for it.
fn served_flows(flows: &OAuth2Flows, beyond: BeyondOAuth2) -> Option<OAuth2> {
    let client = flows.client_credentials.as_ref().map(|flow| (&flow.token_url, &flow.refresh_url));
    let password = flows.password.as_ref().map(|flow| (&flow.token_url, &flow.refresh_url));
    let code = flows.authorization_code.as_ref().map(|flow| (&flow.token_url, &flow.refresh_url));
    let flows = || [client, password, code].into_iter().flatten();
    let refresh = flows().find_map(|(_, refresh)| refresh.as_ref()).or_else(|| flows().map(|(token, _)| token).next());
    let served = refresh.is_some() || beyond.revocation_url.is_some();
    served.then(|| OAuth2 {
        client_credentials_url: client.map(|(url, _)| url.clone()),
        password_url: password.map(|(url, _)| url.clone()),
        refresh_url: refresh.cloned(),
        beyond,
    })
}
