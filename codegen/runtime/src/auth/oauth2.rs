//! OAuth 2.0 grants (RFC 6749) and the revocation of tokens (RFC 7009).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::cache::TokenCache;
use super::token::{FetchingToken, IssuedToken, Token, TokenSource};
use super::{Credential, Credentials, Exchange, Scheme, SchemeKind};
use crate::client::Core;
use crate::error::{Error, RequestError};
use crate::operation::{Method, Operation, Reply, Status};
use crate::query;
use crate::read_object;
use crate::request::Call;
use crate::response::decode::{self, DecodeFailure};
use crate::secret::Secret;

/// An OAuth 2.0 grant that is exchanged for tokens.
#[derive(Clone)]
#[must_use]
pub struct Grant {
    url: &'static str,
    client_id: String,
    client_secret: SecretString,
    /// True if the client's credentials are sent in a header instead of the form.
    basic: bool,
    kind: GrantKind,
}

#[derive(Clone)]
enum GrantKind {
    ClientCredentials,
    Password { username: String, password: SecretString },
    RefreshToken(SecretString),
}

impl Grant {
    /// Creates a client credentials grant for the token endpoint at this URL.
    pub fn client_credentials(
        url: &'static str,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Self {
        Self::new(url, client_id.into(), client_secret.into(), GrantKind::ClientCredentials)
    }

    /// Creates a password grant for the token endpoint at this URL.
    pub fn password(
        url: &'static str,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        username: impl Into<String>,
        password: impl Into<SecretString>,
    ) -> Self {
        let kind = GrantKind::Password { username: username.into(), password: password.into() };
        Self::new(url, client_id.into(), client_secret.into(), kind)
    }

    /// Creates a refresh token grant for the token endpoint at this URL.
    pub fn refresh_token(
        url: &'static str,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        refresh_token: impl Into<SecretString>,
    ) -> Self {
        Self::new(url, client_id.into(), client_secret.into(), GrantKind::RefreshToken(refresh_token.into()))
    }

    /// Sends the client's credentials in `Authorization: Basic` instead of the form.
    pub fn basic(self) -> Self {
        Self { basic: true, ..self }
    }

    fn new(url: &'static str, client_id: String, client_secret: SecretString, kind: GrantKind) -> Self {
        Self { url, client_id, client_secret, basic: false, kind }
    }

    /// Checks that no part of the grant is empty.
    fn check(&self) -> Result<(), RequestError> {
        let empty = |secret: &SecretString| secret.expose_secret().is_empty();
        let missing = match &self.kind {
            _ if self.client_id.is_empty() => Some("client id"),
            GrantKind::ClientCredentials if empty(&self.client_secret) => Some("client secret"),
            GrantKind::Password { username, .. } if username.is_empty() => Some("user name"),
            GrantKind::Password { password, .. } if empty(password) => Some("password"),
            GrantKind::RefreshToken(token) if empty(token) => Some("refresh token"),
            _ => None,
        };
        let method = self.operation().name;
        missing.map_or(Ok(()), |what| Err(RequestError::new(format!("the {what} for `{method}` is empty"))))
    }

    fn operation(&self) -> &'static Operation<Granted, TokenErrorBody> {
        match &self.kind {
            GrantKind::ClientCredentials => &CLIENT_CREDENTIALS,
            GrantKind::Password { .. } => &PASSWORD,
            GrantKind::RefreshToken(_) => &REFRESH_TOKEN,
        }
    }

    /// Returns the credentials for `Authorization: Basic`, if the client sends them in it (RFC 6749, section 2.3.1).
    fn header(&self) -> Credentials<Credential> {
        let mut credentials = Credentials::default();
        if self.basic {
            let (id, secret) = (&self.client_id, self.client_secret.expose_secret());
            let pair = format!("{}:{}", query::form_text(id), query::form_text(secret));
            credentials.set(&CLIENT, Credential::Secret(pair.into()));
        }
        credentials
    }

    /// Adds the fields that identify the client, unless a header does.
    fn identify(&self, form: &mut Map<String, Value>) {
        if !self.basic {
            form.insert("client_id".to_owned(), self.client_id.as_str().into());
            form.insert("client_secret".to_owned(), self.client_secret.expose_secret().into());
        }
    }
}

/// A grant with the server that exchanges it.
pub(crate) struct GrantSource {
    grant: Grant,
    scheme: &'static str,
    server: Core,
    path: String,
    /// The refresh token last issued by the server, or else the one that was given.
    refresh_token: Mutex<Option<SecretString>>,
}

impl Exchange for Grant {
    fn token_cache(
        &self,
        scheme: &'static Scheme,
        core: &Core,
        token_url: Option<&str>,
    ) -> Result<TokenCache, RequestError> {
        self.check()?;
        let (server, path) = match token_url {
            Some(url) => core.with_own_endpoint(url, self.header())?,
            None => core.with_endpoint(self.url, self.header())?,
        };
        let refresh_token = match &self.kind {
            GrantKind::RefreshToken(token) => Some(token.clone()),
            GrantKind::ClientCredentials | GrantKind::Password { .. } => None,
        };
        let grant = self.clone();
        let scheme = scheme.name;
        Ok(TokenCache::granted(GrantSource { grant, scheme, server, path, refresh_token: Mutex::new(refresh_token) }))
    }
}

impl GrantSource {
    pub(crate) fn refresh_token(&self) -> Option<SecretString> {
        self.refresh_token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn call(&self) -> Call<Granted, TokenErrorBody> {
        let operation = self.grant.operation();
        let mut form = Map::from_iter([("grant_type".to_owned(), operation.name.into())]);
        let mut call = Call::new(&self.server, operation, &[]).at(&self.path).secret(&self.grant.client_secret);
        match &self.grant.kind {
            GrantKind::ClientCredentials => {}
            GrantKind::Password { username, password } => {
                form.insert("username".to_owned(), username.as_str().into());
                form.insert("password".to_owned(), password.expose_secret().into());
                call = call.secret(password);
            }
            GrantKind::RefreshToken(given) => {
                let token = self.refresh_token().unwrap_or_else(|| given.clone());
                form.insert("refresh_token".to_owned(), token.expose_secret().into());
                call = call.secret(&token);
            }
        }
        self.grant.identify(&mut form);
        call.form(&form, &[]);
        call
    }
}

impl TokenSource for GrantSource {
    fn fetch(&self) -> FetchingToken<'_> {
        Box::pin(async {
            let granted = self.call().await?;
            let issued = IssuedToken {
                scheme: self.scheme,
                access_token: granted.access_token.expose().into(),
                refresh_token: granted.refresh_token.as_ref().map(|token| token.expose().into()),
                lifetime: granted.expires_in.as_ref().and_then(lifetime),
            };
            if let Some(token) = &issued.refresh_token {
                *self.refresh_token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
            }
            if let Some(listener) = &self.server.inner().on_token {
                listener.issued(&issued);
            }
            let token = Token::new(issued.access_token);
            Ok(match issued.lifetime {
                Some(lifetime) => token.expires_in(lifetime),
                None => token,
            })
        })
    }
}

/// The revocation endpoint, and the way in which its callers authenticate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The URL, called with the credentials of the client that the token was issued to.
    Client(&'static str),
    /// The URL, called with the token itself.
    Bearer(&'static str),
}

/// Revokes the token that a client holds for a scheme. Sends nothing if there is none.
pub(crate) async fn revoke(
    core: Core,
    scheme: &'static Scheme,
    revocation: Revocation,
) -> Result<(), Error<TokenErrorBody>> {
    let tokens = match core.inner().credentials.get(scheme) {
        Some(Credential::Tokens(tokens)) => tokens,
        Some(Credential::Secret(secret)) => return end(&core, secret, revocation, None).await,
        None => return Ok(()),
    };
    let Some(token) = tokens.cached() else { return Ok(()) };
    end(&core, &token.secret, revocation, tokens.grant()).await?;
    tokens.remove(&token);
    Ok(())
}

async fn end(
    core: &Core,
    token: &SecretString,
    revocation: Revocation,
    grant: Option<&GrantSource>,
) -> Result<(), Error<TokenErrorBody>> {
    let mut form = Map::from_iter([("token".to_owned(), token.expose_secret().into())]);
    let mut credentials = Credentials::default();
    let url = match revocation {
        Revocation::Bearer(url) => {
            credentials.set(&BEARER, Credential::Secret(token.clone()));
            url
        }
        Revocation::Client(url) => {
            if let Some(source) = grant {
                source.grant.identify(&mut form);
                credentials = source.grant.header();
            }
            url
        }
    };
    let (server, path) = core.with_endpoint(url, credentials)?;
    let mut call = Call::new(&server, &REVOKE_TOKEN, &[]).at(&path).secret(token);
    if let Some(source) = grant {
        call = call.secret(&source.grant.client_secret);
    }
    call.form(&form, &[]);
    call.await
}

/// The response of a token endpoint.
struct Granted {
    access_token: Secret,
    expires_in: Option<Value>,
    refresh_token: Option<Secret>,
}
read_object! { Granted {
    access_token: required "access_token",
    expires_in: optional "expires_in",
    refresh_token: optional "refresh_token",
} }

/// Parses seconds from a number or a string.
fn lifetime(expires_in: &Value) -> Option<Duration> {
    let seconds = expires_in.as_f64().or_else(|| expires_in.as_str()?.trim().parse().ok())?;
    Duration::try_from_secs_f64(seconds.max(0.0)).ok()
}

/// The error body of a token endpoint (RFC 6749, section 5.2).
#[derive(Debug, Default)]
pub(crate) struct TokenErrorBody {
    pub(crate) error: Option<String>,
    pub(crate) description: Option<String>,
}
read_object! { TokenErrorBody { error: optional "error", description: optional "error_description" } }

static CLIENT: Scheme = Scheme { name: "client", kind: SchemeKind::Basic };
static BEARER: Scheme = Scheme { name: "token", kind: SchemeKind::Bearer };

/// The schemes of token requests: the first that the client has a credential for, if any.
const SECURITY: &[&[&Scheme]] = &[&[&CLIENT], &[&BEARER], &[]];

static CLIENT_CREDENTIALS: Operation<Granted, TokenErrorBody> = operation("client_credentials", true, granted);
static PASSWORD: Operation<Granted, TokenErrorBody> = operation("password", true, granted);
// Not idempotent, since a refresh token may be valid for one exchange only.
static REFRESH_TOKEN: Operation<Granted, TokenErrorBody> = operation("refresh_token", false, granted);
static REVOKE_TOKEN: Operation<(), TokenErrorBody> = operation("revoke_token", true, decode::empty);

const fn operation<T>(
    name: &'static str,
    idempotent: bool,
    decode: fn(&Reply) -> Result<T, DecodeFailure>,
) -> Operation<T, TokenErrorBody> {
    Operation {
        name,
        method: Method::POST,
        idempotent,
        path: "",
        security: SECURITY,
        accept: "application/json",
        decode,
        errors: &[(Status::Default, "", decode::error)],
    }
}

fn granted(reply: &Reply) -> Result<Granted, DecodeFailure> {
    decode::secret_json(reply).map_err(|failure| DecodeFailure {
        message: "cannot read the `access_token` (the body is not shown because it may contain one)".to_owned(),
        ..failure
    })
}
