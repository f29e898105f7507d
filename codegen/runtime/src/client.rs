//! What all calls of one client share: where the API is, who is calling, and within what limits.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, ClientBuilder, Url};
use rustls::crypto::{CryptoProvider, ring};
use secrecy::SecretString;

use crate::auth::{Credential, Credentials, Given, Scheme};
use crate::call::Sending;
use crate::error::{Error, RequestError};
use crate::retry::Retry;
use crate::token::{self, Grant, Revocation, TokenSource, Tokens};

const USER_AGENT: &str = concat!("crm-clients/", env!("CARGO_PKG_VERSION"));
const TIMEOUT: Duration = Duration::from_secs(60);
pub(crate) const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;
const REDIRECTS: usize = 10;

/// The shared state of a client. Clones are cheap and share their connections.
#[derive(Clone)]
pub struct Core(Arc<Shared>);

#[derive(Clone)]
pub(crate) struct Shared {
    api: &'static str,
    /// The base URL as the API's document has it, which its other URLs may begin with.
    documented_url: &'static str,
    allow_http: bool,
    /// What paths are appended to.
    pub(crate) base_url: Url,
    pub(crate) http: Client,
    pub(crate) timeout: Duration,
    pub(crate) retry: Retry,
    pub(crate) user_agent: Option<HeaderValue>,
    pub(crate) response_limit: usize,
    pub(crate) credentials: Credentials<Credential>,
}

impl Core {
    /// Begins a client of the API that this base URL serves.
    pub fn builder(api: &'static str, base_url: &'static str) -> CoreBuilder {
        CoreBuilder {
            api,
            documented_url: base_url,
            base_url: base_url.to_owned(),
            http: None,
            timeout: TIMEOUT,
            retry: Retry::default(),
            user_agent: None,
            response_limit: RESPONSE_LIMIT,
            allow_http: false,
            credentials: Credentials::default(),
        }
    }

    /// The URL that paths are appended to.
    pub fn base_url(&self) -> &str {
        self.0.base_url()
    }

    /// The API's name, as logs tell it.
    #[cfg(feature = "tracing")]
    pub(crate) fn api(&self) -> &'static str {
        self.0.api
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }

    /// Ends the token that the client holds for a scheme, whether it was given or fetched. Without one nothing is sent.
    pub fn revoke_token<B: Default + 'static>(
        &self,
        scheme: &'static Scheme,
        revocation: Revocation,
    ) -> Sending<(), B> {
        let revoking = token::revoke(self.clone(), scheme, revocation);
        Box::pin(async move { revoking.await.map_err(Error::without_body) })
    }

    /// The refresh token that a scheme's server handed out last, or the one that the client was given.
    pub fn refresh_token(&self, scheme: &'static Scheme) -> Option<SecretString> {
        match self.0.credentials.get(scheme)? {
            Credential::Tokens(tokens) => tokens.grant()?.refresh_token(),
            Credential::Secret(_) => None,
        }
    }

    /// A client with the same settings and other credentials for a URL that is no operation's, and the path there.
    ///
    /// The URL goes where the operations go: one that is relative, or that begins with the documented base URL, is below
    /// this client's.
    pub(crate) fn beside(
        &self,
        url: &str,
        credentials: Credentials<Credential>,
    ) -> Result<(Core, String), RequestError> {
        let unusable = |error| RequestError::because(format!("the document's URL {url:?} cannot be used"), error);
        let place = self.0.place(url)?;
        let base_url = check_base_url(&place.origin().ascii_serialization(), self.0.allow_http).map_err(unusable)?;
        let path = match place.query() {
            Some(query) => format!("{}?{query}", place.path()),
            None => place.path().to_owned(),
        };
        Ok((Core(Arc::new(Shared { base_url, credentials, ..Shared::clone(&self.0) })), path))
    }
}

impl Shared {
    /// Without a slash at its end.
    fn base_url(&self) -> &str {
        self.base_url.as_str().trim_end_matches('/')
    }

    /// Where a URL of the document leads.
    fn place(&self, url: &str) -> Result<Url, RequestError> {
        let rest = url.strip_prefix(self.documented_url.trim_end_matches('/'));
        let place = match rest.filter(|rest| Url::parse(url).is_ok() && rest.starts_with('/')) {
            Some(rest) => Url::parse(&format!("{}{rest}", self.base_url())),
            None => Url::parse(&format!("{}/", self.base_url())).and_then(|base| base.join(url)),
        };
        place.map_err(|error| RequestError::because(format!("the document's {url:?} is not a URL"), error))
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("api", &self.0.api)
            .field("base_url", &self.base_url())
            .field("credentials", &Redacted(&self.0.credentials))
            .finish_non_exhaustive()
    }
}

/// The settings of a client, before it is built.
#[derive(Clone)]
#[must_use]
pub struct CoreBuilder {
    api: &'static str,
    documented_url: &'static str,
    base_url: String,
    http: Option<Client>,
    timeout: Duration,
    retry: Retry,
    user_agent: Option<String>,
    response_limit: usize,
    allow_http: bool,
    credentials: Credentials<Given>,
}

impl CoreBuilder {
    /// Sends requests to this URL instead of the API's own.
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        Self { base_url: base_url.into(), ..self }
    }

    /// Sends requests through this client. [`http_client_builder`] begins one that has TLS whatever reqwest was built with,
    /// and that follows redirects within one origin alone.
    ///
    /// The redirect policy of another applies: unless it refuses redirects to other hosts, they are given the API's key
    /// headers and what tokens are exchanged for too; and where it turns a POST that was answered with a redirect into a
    /// GET, and the place of that cannot be reached, the POST is taken for one that was never sent, and repeated.
    pub fn http_client(self, http: Client) -> Self {
        Self { http: Some(http), ..self }
    }

    /// How long one attempt may take, from connecting to the end of the body; 60 seconds by default.
    /// [`Retry::total_time`] limits all attempts together, so that a longer timeout needs more of it too.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// When calls are repeated, and how long they may take in all.
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// What `User-Agent` says.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: Some(user_agent.into()), ..self }
    }

    /// Sets how many bytes a response body may have; 64 MiB by default. Decoded, a body may take up to 16 times that in
    /// memory.
    pub fn response_limit(self, bytes: usize) -> Self {
        Self { response_limit: bytes, ..self }
    }

    /// Whether a base URL may be plain `http` to another machine, where anyone on the way can read
    /// the secrets. To this machine it always may.
    pub fn allow_http(self, allow: bool) -> Self {
        Self { allow_http: allow, ..self }
    }

    /// The secret for one of the API's schemes.
    pub fn credential(mut self, scheme: &'static Scheme, secret: impl Into<SecretString>) -> Self {
        self.credentials.set(scheme, Given::Secret(secret.into()));
        self
    }

    /// Where the tokens for one of the API's schemes come from.
    pub fn token_source(mut self, scheme: &'static Scheme, source: impl TokenSource + 'static) -> Self {
        self.credentials.set(scheme, Given::Source(Arc::new(source)));
        self
    }

    /// What the tokens for one of the API's schemes are exchanged for.
    pub fn grant(mut self, scheme: &'static Scheme, grant: Grant) -> Self {
        self.credentials.set(scheme, Given::Exchange(Arc::new(grant)));
        self
    }

    /// The client, unless a setting cannot work.
    pub fn build(self) -> Result<Core, RequestError> {
        let base_url = check_base_url(&self.base_url, self.allow_http)?;
        // A caller's own client may have its own name.
        let user_agent = match (&self.user_agent, &self.http) {
            (Some(user_agent), _) => Some(user_agent.as_str()),
            (None, Some(_)) => None,
            (None, None) => Some(USER_AGENT),
        };
        let user_agent = user_agent
            .map(HeaderValue::from_str)
            .transpose()
            .map_err(|error| RequestError::because("the user agent cannot be sent", error))?;
        let http = match self.http {
            Some(http) => http,
            None => http_client_builder()
                .build()
                .map_err(|error| RequestError::because("no HTTP client could be made", error))?,
        };
        let mut shared = Shared {
            api: self.api,
            documented_url: self.documented_url,
            allow_http: self.allow_http,
            base_url,
            http,
            timeout: self.timeout,
            retry: self.retry,
            user_agent,
            response_limit: self.response_limit,
            credentials: Credentials::default(),
        };
        // Token endpoints are asked within the same limits, without the credentials that need them.
        let bare = Core(Arc::new(shared.clone()));
        shared.credentials = self.credentials.try_map(|given| {
            Ok::<_, RequestError>(match given {
                Given::Secret(secret) => Credential::Secret(secret),
                Given::Source(source) => Credential::Tokens(Arc::new(Tokens::of(source))),
                Given::Exchange(exchange) => Credential::Tokens(Arc::new(exchange.tokens(&bare)?)),
            })
        })?;
        Ok(Core(Arc::new(shared)))
    }
}

impl fmt::Debug for CoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoreBuilder")
            .field("api", &self.api)
            .field("credentials", &Redacted(&self.credentials))
            .finish_non_exhaustive()
    }
}

/// Shows which credentials there are, never what they are.
struct Redacted<'a, C>(&'a Credentials<C>);

impl<C> fmt::Debug for Redacted<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.names().map(|name| (name, "[redacted]"))).finish()
    }
}

/// Begins an HTTP client as the clients of this crate have it unless they are given another: with TLS by ring, if the
/// program has installed no other `CryptoProvider` of rustls, and with redirects within one origin alone.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use crm_clients_runtime::{http_client_builder, reqwest::Proxy};
///
/// let http = http_client_builder().proxy(Proxy::https("http://proxy.example:3128")?).build()?;
/// # Ok(())
/// # }
/// ```
pub fn http_client_builder() -> ClientBuilder {
    // As rustls itself does with what it is built with. Where another thread was faster, its choice is as good.
    if CryptoProvider::get_default().is_none() {
        let _ = ring::default_provider().install_default();
    }
    Client::builder().redirect(Policy::custom(follow)).referer(false)
}

fn check_base_url(text: &str, allow_http: bool) -> Result<Url, RequestError> {
    // The text is not shown where it may hold a password.
    let url = Url::parse(text).map_err(|error| RequestError::because("the base URL is not a URL", error))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(RequestError::new("the base URL holds a user or password: set a credential instead"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(RequestError::new("the base URL has a query or fragment, which no path can follow"));
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_http || is_loopback(&url) => {}
        "http" => {
            let host = url.host_str().unwrap_or_default();
            return Err(RequestError::new(format!(
                "plain http to {host} would show secrets to anyone on the way: use https, or allow it with allow_http(true)"
            )));
        }
        other => return Err(RequestError::new(format!("the base URL is {other}, not https"))),
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.is_ok_and(|address| address.is_loopback()) || host == "localhost" || host.ends_with(".localhost")
}

/// Follows redirects within one origin only. reqwest drops `Authorization` and cookies on the way to
/// another host, but not the headers in which these APIs take their keys, nor a key in the query.
fn follow(attempt: Attempt<'_>) -> Action {
    if attempt.previous().len() > REDIRECTS {
        return attempt.error(format!("more than {REDIRECTS} redirects"));
    }
    let from = attempt.previous().last().map(Url::origin);
    let to = attempt.url().origin();
    if from.as_ref() == Some(&to) {
        return attempt.follow();
    }
    let message = format!("it leads to {}, which must not learn the credentials", to.ascii_serialization());
    attempt.error(message)
}
