//! The state that all calls of one client share: the server, the credentials and the limits.

pub(crate) mod base_url;
mod builder;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Client, Url};
use secrecy::SecretString;

use crate::auth::{self, Credential, Credentials, Revocation, Scheme, TokenListener};
use crate::error::{Error, RequestError};
use crate::hook::Hook;
use crate::platform;
use crate::record::Recorder;
use crate::request::Sending;
use crate::serde::tolerance::Tolerance;
use crate::transport::{Limiter, Retry, RetryBudget, Transport};
use base_url::{check_base_url, is_loopback};
pub use builder::CoreBuilder;
pub(crate) use builder::RESPONSE_LIMIT;
pub(crate) use builder::ServerVariable;
use builder::server_url;

/// The shared state of a client. Clones are cheap and share their connections.
#[derive(Clone)]
pub struct Core(Arc<ClientInner>);

#[derive(Clone)]
pub(crate) struct ClientInner {
    api: &'static str,
    /// The base URL in the API's document. Other URLs of the document may start with it.
    documented_url: &'static str,
    allow_http: bool,
    /// True if the base URL is a mock's, which then replaces the document's other servers too.
    mocked: bool,
    /// True if the caller or a mock has set the base URL. It then also replaces the servers of single operations.
    has_own_base_url: bool,
    /// The values of variables in the URLs of the document's servers.
    server_variables: Vec<(String, String)>,
    /// The URL that paths are appended to.
    pub(crate) base_url: Url,
    pub(crate) http: Client,
    /// True if the caller provided the HTTP client.
    pub(crate) has_own_http: bool,
    pub(crate) timeout: Duration,
    pub(crate) retry: Retry,
    pub(crate) retry_budget: Arc<RetryBudget>,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) hooks: Arc<[Arc<dyn Hook>]>,
    /// The transport that sends requests instead of `http`.
    pub(crate) transport: Option<Arc<dyn Transport>>,
    pub(crate) user_agent: Option<HeaderValue>,
    pub(crate) response_limit: usize,
    /// The optional values that are left out if they do not match the declaration.
    pub(crate) tolerance: Tolerance,
    pub(crate) credentials: Credentials<Credential>,
    pub(crate) on_token: Option<TokenListener>,
    /// Records the exchanges of operations, but not token requests.
    pub(crate) recorder: Option<Recorder>,
}

impl Core {
    /// Returns a builder for a client of the API at this base URL.
    pub fn builder(api: &'static str, base_url: &'static str) -> CoreBuilder {
        CoreBuilder::new(api, base_url)
    }

    /// Returns the URL that paths are appended to.
    pub fn base_url(&self) -> &str {
        self.0.base_url()
    }

    /// Returns the API's name for logs and hooks.
    pub(crate) fn api(&self) -> &'static str {
        self.0.api
    }

    pub(crate) fn inner(&self) -> &ClientInner {
        &self.0
    }

    /// Revokes the token that the client holds for a scheme, whether it was given or fetched. Sends nothing if there is
    /// none.
    pub fn revoke_token<B: Default + 'static>(
        &self,
        scheme: &'static Scheme,
        revocation: Revocation,
    ) -> Sending<(), B> {
        let revoking = auth::revoke(self.clone(), scheme, revocation);
        Box::pin(async move { revoking.await.map_err(Error::without_body) })
    }

    /// Returns the refresh token last issued for a scheme, or else the one that the client was given.
    pub fn refresh_token(&self, scheme: &'static Scheme) -> Option<SecretString> {
        match self.0.credentials.get(scheme)? {
            Credential::Tokens(tokens) => tokens.grant()?.refresh_token(),
            Credential::Secret(_) => None,
        }
    }

    /// Returns a client with the same settings and the given credentials for a URL of the document, and the path there.
    ///
    /// A URL that is relative, or that starts with the documented base URL, is resolved against this client's base URL.
    /// If the base URL is a mock's, every other URL goes to the mock too.
    pub(crate) fn with_endpoint(
        &self,
        url: &str,
        credentials: Credentials<Credential>,
    ) -> Result<(Core, String), RequestError> {
        let mut endpoint = self.0.endpoint(url)?;
        if self.0.mocked {
            let path = endpoint.path().to_owned();
            let query = endpoint.query().map(str::to_owned);
            endpoint = self.0.base_url.clone();
            endpoint.set_path(&path);
            endpoint.set_query(query.as_deref());
        }
        self.with_url(url, &endpoint, credentials)
    }

    /// Like [`with_endpoint`](Self::with_endpoint), for a URL that the caller has set.
    pub(crate) fn with_own_endpoint(
        &self,
        url: &str,
        credentials: Credentials<Credential>,
    ) -> Result<(Core, String), RequestError> {
        self.with_url(url, &self.0.endpoint(url)?, credentials)
    }

    /// Returns a client for another server of the document, whose URL may be relative to this client's.
    pub(crate) fn at_server(
        &self,
        template: &'static str,
        variables: &'static [ServerVariable],
    ) -> Result<Core, RequestError> {
        if self.0.has_own_base_url {
            return Ok(self.clone());
        }
        let url = &server_url(template, variables, &self.0.server_variables)?;
        let unusable = |error| RequestError::because(format!("the operation's server {url:?} cannot be used"), error);
        let resolved = self.0.base_url.join(url);
        let resolved = resolved.map_err(|error| RequestError::because(format!("{url:?} is not a URL"), error))?;
        let base_url = check_base_url(resolved.as_str(), self.0.allow_http).map_err(unusable)?;
        let http = self.http_for(&base_url)?;
        Ok(Core(Arc::new(ClientInner { base_url, http, ..ClientInner::clone(&self.0) })))
    }

    /// Returns the HTTP client for a URL: one without proxies for this machine, one with them for other hosts.
    fn http_for(&self, base_url: &Url) -> Result<Client, RequestError> {
        if self.0.has_own_http || is_loopback(base_url) == is_loopback(&self.0.base_url) {
            return Ok(self.0.http.clone());
        }
        platform::client_for(base_url, self.0.timeout)
    }

    fn with_url(
        &self,
        url: &str,
        endpoint: &Url,
        credentials: Credentials<Credential>,
    ) -> Result<(Core, String), RequestError> {
        let unusable = |error| RequestError::because(format!("the URL {url:?} cannot be used"), error);
        let origin = endpoint.origin().ascii_serialization();
        let base_url = check_base_url(&origin, self.0.allow_http).map_err(unusable)?;
        let path = match endpoint.query() {
            Some(query) => format!("{}?{query}", endpoint.path()),
            None => endpoint.path().to_owned(),
        };
        let http = self.http_for(&base_url)?;
        Ok((
            Core(Arc::new(ClientInner { base_url, http, credentials, recorder: None, ..ClientInner::clone(&self.0) })),
            path,
        ))
    }
}

impl ClientInner {
    /// Returns the base URL without a trailing slash.
    fn base_url(&self) -> &str {
        self.base_url.as_str().trim_end_matches('/')
    }

    /// Resolves the URL of a list's next page. It must be on the client's own server, because credentials are sent
    /// there.
    pub(crate) fn next_page(&self, current: &Url, url: &str) -> Result<Url, RequestError> {
        let unusable = |error| RequestError::because("the URL of the next page is not a URL", error);
        let documented = url.starts_with(self.documented_url) && Url::parse(url).is_ok();
        let mut next = if documented { self.endpoint(url)? } else { current.join(url).map_err(unusable)? };
        next.set_fragment(None);
        if self.mocked {
            let mut mocked = self.base_url.clone();
            mocked.set_path(next.path());
            mocked.set_query(next.query());
            next = mocked;
        }
        let is_own = next.origin() == self.base_url.origin();
        if is_own && next.username().is_empty() && next.password().is_none() {
            return Ok(next);
        }
        let origin = next.origin().ascii_serialization();
        Err(RequestError::new(format!(
            "refusing to follow the link to the next page: {origin} is not the client's server"
        )))
    }

    /// Resolves a URL of the document.
    fn endpoint(&self, url: &str) -> Result<Url, RequestError> {
        let rest = url.strip_prefix(self.documented_url.trim_end_matches('/'));
        let endpoint = match rest.filter(|rest| Url::parse(url).is_ok() && rest.starts_with('/')) {
            Some(rest) => Url::parse(&format!("{}{rest}", self.base_url())),
            None => Url::parse(&format!("{}/", self.base_url())).and_then(|base| base.join(url)),
        };
        endpoint.map_err(|error| RequestError::because(format!("{url:?} is not a URL"), error))
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

/// Shows the names of the configured credentials, never their values.
struct Redacted<'a, C>(&'a Credentials<C>);

impl<C> fmt::Debug for Redacted<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.names().map(|name| (name, "[redacted]"))).finish()
    }
}
