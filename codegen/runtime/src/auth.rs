//! Which secret goes where on a request.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use crate::client::Core;
use crate::error::RequestError;
use crate::query;
use crate::token::{Fault, Held, TokenSource, Tokens};

/// One way in which an API lets its callers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The name under which the API declares it.
    pub name: &'static str,
    /// Where the secret is put.
    pub kind: SchemeKind,
}

/// Where a scheme puts its secret.
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
    /// `Authorization: Basic`; the secret is `user:password`.
    Basic,
}

/// What a client's builder was given for a scheme.
#[derive(Clone)]
pub(crate) enum Given {
    Secret(SecretString),
    Source(Arc<dyn TokenSource>),
    Exchange(Arc<dyn Exchange>),
}

/// What tokens are exchanged for.
///
/// A trait, so that programs hold the code for that only where they name a grant.
pub(crate) trait Exchange: Send + Sync {
    /// The tokens, at the server that this client's settings lead to.
    fn tokens(&self, core: &Core) -> Result<Tokens, RequestError>;
}

/// Where a client has the secret for a scheme from.
#[derive(Clone)]
pub(crate) enum Credential {
    Secret(SecretString),
    Tokens(Arc<Tokens>),
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

    /// The same schemes with what is made of their credentials.
    pub(crate) fn try_map<D, E>(self, make: impl Fn(C) -> Result<D, E>) -> Result<Credentials<D>, E> {
        let made = self.0.into_iter().map(|(scheme, credential)| Ok((scheme, make(credential)?)));
        made.collect::<Result<_, _>>().map(Credentials)
    }

    /// The credentials of the first alternative that is configured whole; none where none is.
    fn choose<'a>(&'a self, alternatives: &'a [&[&'static Scheme]]) -> impl Iterator<Item = (&'static Scheme, &'a C)> {
        let whole = alternatives.iter().find(|set| set.iter().all(|scheme| self.find(scheme).is_some()));
        whole.into_iter().flat_map(|set| set.iter().filter_map(|scheme| self.find(scheme)))
    }

    fn find(&self, scheme: &Scheme) -> Option<(&'static Scheme, &C)> {
        let (scheme, credential) = self.0.iter().find(|(known, _)| known.name == scheme.name)?;
        Some((scheme, credential))
    }
}

impl Credentials<Credential> {
    /// The secrets to send, once there are all of them. No token is fetched for a call that has a header of its own.
    pub(crate) async fn secrets<'a>(
        &'a self,
        alternatives: &'a [&[&'static Scheme]],
        headers: &HeaderMap,
    ) -> Result<Vec<Secret<'a>>, Fault> {
        let mut secrets = Vec::new();
        for (scheme, credential) in self.choose(alternatives) {
            match credential {
                Credential::Secret(secret) => secrets.push(Secret::Fixed(scheme, secret)),
                Credential::Tokens(_) if headers.contains_key(AUTHORIZATION) => {}
                Credential::Tokens(tokens) => secrets.push(Secret::Token(scheme, tokens, tokens.get().await?)),
            }
        }
        Ok(secrets)
    }
}

/// A secret that one attempt of a call sends.
pub(crate) enum Secret<'a> {
    Fixed(&'static Scheme, &'a SecretString),
    Token(&'static Scheme, &'a Tokens, Arc<Held>),
}

impl Secret<'_> {
    /// Puts the secret on a request. A header that is there already was set for this call and stays.
    pub(crate) fn apply(&self, headers: &mut HeaderMap, query: &mut String) -> Result<(), RequestError> {
        match self {
            Secret::Fixed(scheme, secret) => apply(scheme, secret, headers, query),
            Secret::Token(scheme, _, token) => apply(scheme, &token.secret, headers, query),
        }
    }

    /// Drops the token that the server refused; false where it is none.
    pub(crate) fn drop_token(&self) -> bool {
        match self {
            Secret::Fixed(..) => false,
            Secret::Token(_, tokens, token) => {
                tokens.drop_token(token);
                true
            }
        }
    }
}

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
                .map_err(|_| RequestError::new(format!("`{name}` cannot name a header")))?;
            insert(headers, name, scheme, secret)
        }
        SchemeKind::Bearer => insert(headers, AUTHORIZATION, scheme, &format!("Bearer {secret}")),
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
    RequestError::new(format!("the credential `{}` holds a character that cannot be sent", scheme.name))
}
