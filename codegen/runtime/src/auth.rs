//! Which secret goes where on a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::RequestError;
use crate::query;

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

/// The secrets that a client holds, by scheme.
#[derive(Clone, Default)]
pub(crate) struct Credentials(Vec<(&'static Scheme, SecretString)>);

impl Credentials {
    pub(crate) fn set(&mut self, scheme: &'static Scheme, secret: SecretString) {
        self.0.retain(|(known, _)| known.name != scheme.name);
        self.0.push((scheme, secret));
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(scheme, _)| scheme.name)
    }

    /// The secrets of the first alternative that is configured whole; none where none is.
    pub(crate) fn choose<'a>(
        &'a self,
        alternatives: &[&[&'static Scheme]],
    ) -> Vec<(&'static Scheme, &'a SecretString)> {
        alternatives.iter().find_map(|set| set.iter().map(|scheme| self.find(scheme)).collect()).unwrap_or_default()
    }

    fn find(&self, scheme: &Scheme) -> Option<(&'static Scheme, &SecretString)> {
        let (scheme, secret) = self.0.iter().find(|(known, _)| known.name == scheme.name)?;
        Some((scheme, secret))
    }
}

/// Puts one secret on a request. A header that is there already was set for this call and stays.
pub(crate) fn apply(
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
