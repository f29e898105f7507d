//! Credentials, and how they are added to requests.

mod cache;
mod error;
mod oauth2;
mod token;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use crate::client::Core;
use crate::error::RequestError;
use crate::query;
use crate::transport::Failure;
use cache::Fault;
pub(crate) use cache::{CachedToken, TokenCache};
pub use error::AuthError;
pub(crate) use oauth2::revoke;
pub use oauth2::{Grant, Revocation};
pub(crate) use token::TokenListener;
pub use token::{FetchingToken, IssuedToken, Token, TokenSource};

/// An authentication scheme of an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The name of the scheme, and of the builder's method that sets its credential.
    pub name: &'static str,
    /// The kind of the scheme, which says where the credential goes.
    pub kind: SchemeKind,
}

/// The place in a request where a scheme puts its credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// A header of this name.
    Header(&'static str),
    /// A query parameter of this name.
    Query(&'static str),
    /// A cookie of this name.
    Cookie(&'static str),
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`; the credential is `user:password`.
    Basic,
    /// `Authorization` with another scheme.
    Http(&'static str),
}

impl Scheme {
    /// Returns the header that the credential goes into.
    pub(crate) fn header(&self) -> Option<HeaderName> {
        match self.kind {
            SchemeKind::Header(name) => HeaderName::from_bytes(name.as_bytes()).ok(),
            SchemeKind::Bearer | SchemeKind::Basic | SchemeKind::Http(_) => Some(AUTHORIZATION),
            SchemeKind::Cookie(_) => Some(COOKIE),
            SchemeKind::Query(_) => None,
        }
    }

    /// Checks that a credential is not empty and can be sent.
    fn check(&self, secret: &SecretString) -> Result<(), RequestError> {
        let text = secret.expose_secret();
        if text.trim().is_empty() || (self.kind == SchemeKind::Basic && text == ":") {
            return Err(RequestError::new(format!("the credential for `{}` is empty", self.name)));
        }
        apply(self, secret, &mut HeaderMap::new(), &mut String::new())
    }
}

/// The schemes whose credentials a request is sent with.
#[derive(Clone)]
pub(crate) enum Security {
    /// The first of these alternatives whose schemes are all configured.
    AnyOf(&'static [&'static [&'static Scheme]]),
    /// Those of these schemes that are configured.
    Configured(&'static [&'static Scheme]),
    /// All of these schemes, each of which must be configured.
    Chosen(Vec<&'static Scheme>),
}

impl Security {
    /// Adds a scheme chosen by the caller.
    pub(crate) fn choose(&mut self, scheme: &'static Scheme) {
        match self {
            Self::Chosen(schemes) => schemes.push(scheme),
            _ => *self = Self::Chosen(vec![scheme]),
        }
    }

    /// Returns the schemes whose credentials the request may carry.
    pub(crate) fn schemes(&self) -> impl Iterator<Item = &'static Scheme> {
        let (alternatives, schemes): (&[_], &[_]) = match self {
            Self::AnyOf(alternatives) => (alternatives, &[]),
            Self::Configured(schemes) => (&[], schemes),
            Self::Chosen(schemes) => (&[], schemes),
        };
        alternatives.iter().copied().flatten().chain(schemes).copied()
    }
}

/// A credential as it was passed to the client's builder.
#[derive(Clone)]
pub(crate) enum Given {
    Secret(SecretString),
    Basic { user: String, password: SecretString },
    Source(Arc<dyn TokenSource>),
    Exchange(Arc<dyn Exchange>),
}

impl Given {
    /// Validates a credential and converts it to the form in which it is sent.
    pub(crate) fn check(
        self,
        scheme: &'static Scheme,
        core: &Core,
        token_url: Option<&str>,
    ) -> Result<Credential, RequestError> {
        let secret = match self {
            Given::Secret(secret) => secret,
            Given::Basic { user, .. } if user.contains(':') => {
                let message = format!("the user name for `{}` contains a colon", scheme.name);
                return Err(RequestError::new(message));
            }
            Given::Basic { user, password } => format!("{user}:{}", password.expose_secret()).into(),
            Given::Source(source) => return Ok(Credential::Tokens(TokenCache::new(source, core.inner().timeout))),
            Given::Exchange(exchange) => return exchange.token_cache(scheme, core, token_url).map(Credential::Tokens),
        };
        scheme.check(&secret)?;
        Ok(Credential::Secret(secret))
    }
}

/// A credential that can be exchanged for tokens.
///
/// This is a trait so that the code of grants is compiled into a program only if it uses them.
pub(crate) trait Exchange: Send + Sync {
    /// Returns a cache of the tokens, which are fetched from this URL or else from the documented one.
    fn token_cache(
        &self,
        scheme: &'static Scheme,
        core: &Core,
        token_url: Option<&str>,
    ) -> Result<TokenCache, RequestError>;
}

/// A client's credential for a scheme.
#[derive(Clone)]
pub(crate) enum Credential {
    Secret(SecretString),
    Tokens(TokenCache),
}

/// The reason why a call is not sent: a credential or its token is missing.
pub(crate) enum Unauthenticated {
    Missing(RequestError),
    NoToken(Fault),
}

impl Unauthenticated {
    pub(crate) fn into_failure(self, operation: &'static str) -> Failure {
        match self {
            Self::Missing(error) => Failure::Request(error),
            Self::NoToken(fault) => Failure::Auth(AuthError::new(operation, fault)),
        }
    }
}

/// The credentials of a client or of its builder, by scheme.
#[derive(Clone)]
pub(crate) struct Credentials<C>(Vec<(&'static Scheme, C)>);

impl<C> Default for Credentials<C> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<C> Credentials<C> {
    pub(crate) fn set(&mut self, scheme: &'static Scheme, credential: C) {
        self.0.retain(|(known, _)| known.name != scheme.name);
        self.0.push((scheme, credential));
    }

    pub(crate) fn get(&self, scheme: &Scheme) -> Option<&C> {
        self.find(scheme).map(|(_, credential)| credential)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(scheme, _)| scheme.name)
    }

    /// Converts each credential with a function that can fail.
    pub(crate) fn try_map<D, E>(self, map: impl Fn(&'static Scheme, C) -> Result<D, E>) -> Result<Credentials<D>, E> {
        let mapped = self.0.into_iter().map(|(scheme, credential)| Ok((scheme, map(scheme, credential)?)));
        mapped.collect::<Result<_, _>>().map(Credentials)
    }

    /// Returns the first alternative whose credentials are all configured or set as headers of this call.
    fn choose<'a>(&self, security: &'a Security, headers: &HeaderMap) -> Result<&'a [&'static Scheme], RequestError> {
        let alternatives = match security {
            Security::AnyOf(alternatives) => *alternatives,
            Security::Configured(schemes) => return Ok(schemes),
            Security::Chosen(schemes) => &[schemes.as_slice()],
        };
        let is_set = |scheme: &Scheme| {
            self.get(scheme).is_some() || scheme.header().is_some_and(|header| headers.contains_key(header))
        };
        if alternatives.is_empty() {
            return Ok(&[]);
        }
        let complete = alternatives.iter().find(|set| set.iter().all(|scheme| is_set(scheme)));
        complete.copied().ok_or_else(|| {
            let sets = alternatives.iter().map(|set| {
                let missing = set.iter().filter(|scheme| !is_set(scheme));
                missing.map(|scheme| format!("`{}`", scheme.name)).collect::<Vec<_>>().join(" and ")
            });
            let sets = sets.collect::<Vec<_>>().join(", or ");
            RequestError::new(format!("missing credential: set {sets} on the client's builder"))
        })
    }

    fn find(&self, scheme: &Scheme) -> Option<(&'static Scheme, &C)> {
        let (scheme, credential) = self.0.iter().find(|(known, _)| known.name == scheme.name)?;
        Some((scheme, credential))
    }
}

impl Credentials<Credential> {
    /// Returns the secrets to send. No token is fetched if the call sets its own `Authorization` header.
    pub(crate) async fn secrets<'a>(
        &'a self,
        security: &Security,
        headers: &HeaderMap,
    ) -> Result<Vec<Secret<'a>>, Unauthenticated> {
        let mut secrets = Vec::new();
        let chosen = self.choose(security, headers).map_err(Unauthenticated::Missing)?;
        for (scheme, credential) in chosen.iter().filter_map(|scheme| self.find(scheme)) {
            match credential {
                Credential::Secret(secret) => secrets.push(Secret::Fixed(scheme, secret)),
                Credential::Tokens(_) if headers.contains_key(AUTHORIZATION) => {}
                Credential::Tokens(tokens) => {
                    let token = tokens.get().await.map_err(Unauthenticated::NoToken)?;
                    secrets.push(Secret::Token(scheme, tokens, token));
                }
            }
        }
        Ok(secrets)
    }
}

/// A secret that is sent with one attempt of a call.
pub(crate) enum Secret<'a> {
    Fixed(&'static Scheme, &'a SecretString),
    Token(&'static Scheme, &'a TokenCache, Arc<CachedToken>),
}

impl Secret<'_> {
    /// Adds the secret to a request. A header that was set for this call is kept.
    pub(crate) fn apply(&self, headers: &mut HeaderMap, query: &mut String) -> Result<(), RequestError> {
        match self {
            Secret::Fixed(scheme, secret) => apply(scheme, secret, headers, query),
            Secret::Token(scheme, _, token) => apply(scheme, &token.secret, headers, query),
        }
    }

    /// Records in the token's cache that the server accepted the token.
    pub(crate) fn accepted(&self, renewed: bool) {
        if let Secret::Token(_, tokens, token) = self {
            tokens.accepted(token, renewed);
        }
    }

    /// Records in the token's cache that the server rejected the token. Returns true if another token may be accepted.
    pub(crate) fn rejected(&self, renewed: bool) -> bool {
        match self {
            Secret::Fixed(..) => false,
            Secret::Token(_, tokens, token) => tokens.rejected(token, renewed),
        }
    }

    /// Adds the texts that errors must not show.
    pub(crate) fn add_to(&self, secrets: &mut Vec<SecretString>) {
        let (scheme, secret) = match self {
            Secret::Fixed(scheme, secret) => (scheme, *secret),
            Secret::Token(scheme, _, token) => (scheme, &token.secret),
        };
        if scheme.kind == SchemeKind::Basic
            && let Some((_, password)) = secret.expose_secret().split_once(':')
        {
            secrets.push(password.into());
        }
        secrets.push(secret.clone());
    }
}

/// Characters that must be encoded in a cookie's credential (RFC 6265). The credential may contain encoded ones
/// already.
const COOKIE_CREDENTIAL: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b'\\');

fn apply(
    scheme: &Scheme,
    secret: &SecretString,
    headers: &mut HeaderMap,
    query: &mut String,
) -> Result<(), RequestError> {
    let secret = secret.expose_secret();
    match scheme.kind {
        SchemeKind::Query(name) => {
            query::append(query, &query::pair(name, secret));
            Ok(())
        }
        SchemeKind::Header(name) => {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| RequestError::new(format!("invalid header name `{name}`")))?;
            insert(headers, name, scheme, secret)
        }
        SchemeKind::Bearer => insert(headers, AUTHORIZATION, scheme, &format!("Bearer {secret}")),
        SchemeKind::Http(name) => insert(headers, AUTHORIZATION, scheme, &format!("{name} {secret}")),
        SchemeKind::Basic => {
            let encoded = STANDARD.encode(secret);
            insert(headers, AUTHORIZATION, scheme, &format!("Basic {encoded}"))
        }
        SchemeKind::Cookie(name) => {
            if secret.contains([';', '\r', '\n']) {
                return Err(unusable(scheme));
            }
            let mut cookie = match headers.get(COOKIE) {
                Some(others) => [others.as_bytes(), b"; "].concat(),
                None => Vec::new(),
            };
            let secret = utf8_percent_encode(secret, COOKIE_CREDENTIAL);
            cookie.extend_from_slice(format!("{name}={secret}").as_bytes());
            let mut value = HeaderValue::from_bytes(&cookie).map_err(|_| unusable(scheme))?;
            value.set_sensitive(true);
            headers.insert(COOKIE, value);
            Ok(())
        }
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, scheme: &Scheme, secret: &str) -> Result<(), RequestError> {
    let mut value = HeaderValue::from_str(secret).map_err(|_| unusable(scheme))?;
    value.set_sensitive(true);
    headers.entry(name).or_insert(value);
    Ok(())
}

fn unusable(scheme: &Scheme) -> RequestError {
    RequestError::new(format!("the credential for `{}` contains a character that cannot be sent", scheme.name))
}
