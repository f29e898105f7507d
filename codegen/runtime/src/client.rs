//! What all calls of one client share: where the API is, who is calling, and within what limits.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, Url};
use secrecy::SecretString;

use crate::auth::{Credentials, Scheme};
use crate::error::RequestError;
use crate::retry::Retry;

const USER_AGENT: &str = concat!("crm-clients/", env!("CARGO_PKG_VERSION"));
const TIMEOUT: Duration = Duration::from_secs(60);
const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;
const REDIRECTS: usize = 10;

/// The shared state of a client. Clones are cheap and share their connections.
#[derive(Clone)]
pub struct Core(Arc<Shared>);

pub(crate) struct Shared {
    api: &'static str,
    /// Without a slash at its end.
    pub(crate) base_url: String,
    pub(crate) http: Client,
    pub(crate) timeout: Duration,
    pub(crate) retry: Retry,
    pub(crate) user_agent: Option<HeaderValue>,
    pub(crate) response_limit: usize,
    pub(crate) credentials: Credentials,
}

impl Core {
    /// Begins a client of the API that this base URL serves.
    pub fn builder(api: &'static str, base_url: &'static str) -> CoreBuilder {
        CoreBuilder {
            api,
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
        &self.0.base_url
    }

    /// The API's name, as logs tell it.
    #[cfg(feature = "tracing")]
    pub(crate) fn api(&self) -> &'static str {
        self.0.api
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("api", &self.0.api)
            .field("base_url", &self.0.base_url)
            .field("credentials", &Redacted(&self.0.credentials))
            .finish_non_exhaustive()
    }
}

/// The settings of a client, before it is built.
#[derive(Clone)]
#[must_use]
pub struct CoreBuilder {
    api: &'static str,
    base_url: String,
    http: Option<Client>,
    timeout: Duration,
    retry: Retry,
    user_agent: Option<String>,
    response_limit: usize,
    allow_http: bool,
    credentials: Credentials,
}

impl CoreBuilder {
    /// Sends requests to this URL instead of the API's own.
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        Self { base_url: base_url.into(), ..self }
    }

    /// Sends requests through this client. Its own redirect policy applies: unless it refuses
    /// redirects to other hosts, they are given the API's key headers too; and where it turns a POST
    /// that was answered with a redirect into a GET, and the place of that cannot be reached, the POST
    /// is taken for one that was never sent, and repeated.
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

    /// The most bytes that a response body may have; 64 MiB by default.
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
        self.credentials.set(scheme, secret.into());
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
            None => Client::builder()
                .redirect(Policy::custom(follow))
                .referer(false)
                .build()
                .map_err(|error| RequestError::because("no HTTP client could be made", error))?,
        };
        Ok(Core(Arc::new(Shared {
            api: self.api,
            base_url,
            http,
            timeout: self.timeout,
            retry: self.retry,
            user_agent,
            response_limit: self.response_limit,
            credentials: self.credentials,
        })))
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
struct Redacted<'a>(&'a Credentials);

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.names().map(|name| (name, "[redacted]"))).finish()
    }
}

fn check_base_url(text: &str, allow_http: bool) -> Result<String, RequestError> {
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
    Ok(url.as_str().trim_end_matches('/').to_owned())
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
