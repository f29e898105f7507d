//! Tokens of an OAuth 2.0 server (RFC 6749), and their end (RFC 7009).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::{FetchingToken, Token, TokenSource, Tokens};
use crate::auth::{Credential, Credentials, Exchange, Scheme, SchemeKind};
use crate::call::Call;
use crate::client::Core;
use crate::error::{Error, RequestError};
use crate::operation::{Operation, Reply, Status};
use crate::query;
use crate::read_object;
use crate::response::decode::{self, DecodeFailure};
use crate::secret::Secret;

/// What a server is offered in exchange for a token.
#[derive(Clone)]
#[must_use]
pub struct Grant {
    url: &'static str,
    client_id: String,
    client_secret: SecretString,
    /// The client's credentials go into a header instead of the form.
    basic: bool,
    offer: Offer,
}

#[derive(Clone)]
enum Offer {
    Client,
    Password { username: String, password: SecretString },
    RefreshToken(SecretString),
}

impl Grant {
    /// The client credentials grant at this URL.
    pub fn client_credentials(
        url: &'static str,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Self {
        Self::new(url, client_id.into(), client_secret.into(), Offer::Client)
    }

    /// The password grant at this URL.
    pub fn password(
        url: &'static str,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        username: impl Into<String>,
        password: impl Into<SecretString>,
    ) -> Self {
        let offer = Offer::Password { username: username.into(), password: password.into() };
        Self::new(url, client_id.into(), client_secret.into(), offer)
    }

    /// The refresh token grant at this URL.
    pub fn refresh_token(
        url: &'static str,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        refresh_token: impl Into<SecretString>,
    ) -> Self {
        Self::new(url, client_id.into(), client_secret.into(), Offer::RefreshToken(refresh_token.into()))
    }

    /// The client's credentials go into `Authorization: Basic`, not into the form.
    pub fn basic(self) -> Self {
        Self { basic: true, ..self }
    }

    fn new(url: &'static str, client_id: String, client_secret: SecretString, offer: Offer) -> Self {
        Self { url, client_id, client_secret, basic: false, offer }
    }

    /// What `Authorization: Basic` holds, where that is how the client says who it is (RFC 6749, section 2.3.1).
    fn header(&self) -> Credentials<Credential> {
        let mut credentials = Credentials::default();
        if self.basic {
            let (id, secret) = (&self.client_id, self.client_secret.expose_secret());
            let pair = format!("{}:{}", query::form_text(id), query::form_text(secret));
            credentials.set(&CLIENT, Credential::Secret(pair.into()));
        }
        credentials
    }

    /// The fields that say who the client is, where no header does.
    fn identify(&self, form: &mut Map<String, Value>) {
        if !self.basic {
            form.insert("client_id".to_owned(), self.client_id.as_str().into());
            form.insert("client_secret".to_owned(), self.client_secret.expose_secret().into());
        }
    }
}

/// A grant that its server can be asked for.
pub(crate) struct GrantSource {
    grant: Grant,
    server: Core,
    path: String,
    /// The latest that the server handed out; before that, the one that was given.
    refresh_token: Mutex<Option<SecretString>>,
}

impl Exchange for Grant {
    fn tokens(&self, core: &Core) -> Result<Tokens, RequestError> {
        let (server, path) = core.beside(self.url, self.header())?;
        let refresh_token = match &self.offer {
            Offer::RefreshToken(token) => Some(token.clone()),
            Offer::Client | Offer::Password { .. } => None,
        };
        let grant = self.clone();
        Ok(Tokens::granted(GrantSource { grant, server, path, refresh_token: Mutex::new(refresh_token) }))
    }
}

impl GrantSource {
    pub(crate) fn refresh_token(&self) -> Option<SecretString> {
        self.refresh_token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn call(&self) -> Call<Granted, Refusal> {
        let operation = match &self.grant.offer {
            Offer::Client => &CLIENT_CREDENTIALS,
            Offer::Password { .. } => &PASSWORD,
            Offer::RefreshToken(_) => &REFRESH_TOKEN,
        };
        let mut form = Map::from_iter([("grant_type".to_owned(), operation.name.into())]);
        let mut call = Call::new(&self.server, operation, &[]).at(&self.path);
        match &self.grant.offer {
            Offer::Client => {}
            Offer::Password { username, password } => {
                form.insert("username".to_owned(), username.as_str().into());
                form.insert("password".to_owned(), password.expose_secret().into());
            }
            Offer::RefreshToken(given) => {
                let token = self.refresh_token();
                let token = token.as_ref().unwrap_or(given).expose_secret();
                form.insert("refresh_token".to_owned(), token.into());
            }
        }
        self.grant.identify(&mut form);
        call.form(&form);
        call
    }
}

impl TokenSource for GrantSource {
    fn fetch(&self) -> FetchingToken<'_> {
        Box::pin(async {
            let granted = self.call().await?;
            if let Some(token) = &granted.refresh_token {
                let token = SecretString::from(token.expose());
                *self.refresh_token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
            }
            let token = Token::new(granted.access_token.expose());
            Ok(match granted.expires_in.as_ref().and_then(lifetime) {
                Some(lifetime) => token.expires_in(lifetime),
                None => token,
            })
        })
    }
}

/// Where a token can be ended, and who may do so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The client that it was handed out to.
    Client(&'static str),
    /// Whoever holds a token.
    Bearer(&'static str),
}

/// Ends the token that a client holds for a scheme. Without one nothing is sent.
pub(crate) async fn revoke(core: Core, scheme: &'static Scheme, revocation: Revocation) -> Result<(), Error<Refusal>> {
    let tokens = match core.shared().credentials.get(scheme) {
        Some(Credential::Tokens(tokens)) => tokens,
        Some(Credential::Secret(secret)) => return end(&core, secret, revocation, None).await,
        None => return Ok(()),
    };
    let Some(held) = tokens.held() else { return Ok(()) };
    end(&core, &held.secret, revocation, tokens.grant()).await?;
    tokens.drop_token(&held);
    Ok(())
}

async fn end(
    core: &Core,
    token: &SecretString,
    revocation: Revocation,
    grant: Option<&GrantSource>,
) -> Result<(), Error<Refusal>> {
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
    let (server, path) = core.beside(url, credentials)?;
    let mut call = Call::new(&server, &REVOKE_TOKEN, &[]).at(&path);
    call.form(&form);
    call.await
}

/// The answer of a token endpoint.
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

/// Seconds, as a number or in a string. What is neither says nothing.
fn lifetime(expires_in: &Value) -> Option<Duration> {
    let seconds = expires_in.as_f64().or_else(|| expires_in.as_str()?.trim().parse().ok())?;
    Duration::try_from_secs_f64(seconds.max(0.0)).ok()
}

/// The body with which a token endpoint says no (RFC 6749, section 5.2).
#[derive(Debug, Default)]
pub(crate) struct Refusal {
    pub(crate) error: Option<String>,
    pub(crate) description: Option<String>,
}
read_object! { Refusal { error: optional "error", description: optional "error_description" } }

static CLIENT: Scheme = Scheme { name: "client", kind: SchemeKind::Basic };
static BEARER: Scheme = Scheme { name: "token", kind: SchemeKind::Bearer };

/// Whichever of the two a request's own client is given.
const SECURITY: &[&[&Scheme]] = &[&[&CLIENT], &[&BEARER]];

static CLIENT_CREDENTIALS: Operation<Granted, Refusal> = operation("client_credentials", true, granted);
static PASSWORD: Operation<Granted, Refusal> = operation("password", true, granted);
/// A refresh token may be good for one exchange only.
static REFRESH_TOKEN: Operation<Granted, Refusal> = operation("refresh_token", false, granted);
static REVOKE_TOKEN: Operation<(), Refusal> = operation("revoke_token", true, decode::empty);

const fn operation<T>(
    name: &'static str,
    idempotent: bool,
    decode: fn(&Reply) -> Result<T, DecodeFailure>,
) -> Operation<T, Refusal> {
    Operation {
        name,
        method: Method::POST,
        idempotent,
        path: "",
        security: SECURITY,
        accept: "application/json",
        decode,
        errors: &[(Status::Default, decode::error)],
    }
}

fn granted(reply: &Reply) -> Result<Granted, DecodeFailure> {
    decode::secret_json(reply).map_err(|failure| DecodeFailure {
        message: "no `access_token` can be read (the body is not shown: it may hold one)".to_owned(),
        ..failure
    })
}
