//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::header::HeaderValue;
use secrecy::SecretString;

use super::{ClientInner, Core, Redacted, check_base_url};
use crate::auth::{Credentials, Given, Grant, IssuedToken, Scheme, TokenListener, TokenSource};
use crate::error::RequestError;
use crate::hook::Hook;
use crate::platform;
use crate::record::Recorder;
use crate::serde::tolerance::Tolerance;
use crate::transport::{CallLimits, Limiter, RateLimit, Retry, RetryBudget, Transport};

const RUNTIME: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
const TIMEOUT: Duration = Duration::from_secs(60);
pub(crate) const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;

/// The name of a variable in a server's URL, its default, and its allowed values (empty if any value is allowed).
pub type ServerVariable = (&'static str, &'static str, &'static [&'static str]);

/// Configures a [`Core`].
#[derive(Clone)]
#[must_use]
pub struct CoreBuilder {
    api: &'static str,
    documented_url: &'static str,
    /// The base URL set by the caller or a mock.
    base_url: Option<String>,
    /// The values that the caller has set for server variables.
    variables: Vec<(String, String)>,
    /// The document's URL with its variables in braces, and their defaults and allowed values.
    server: Option<(&'static str, &'static [ServerVariable])>,
    /// The variables that only servers of single operations have.
    other_variables: &'static [&'static str],
    token_urls: Credentials<String>,
    mocked: bool,
    http: Option<Client>,
    timeout: Duration,
    retry: Retry,
    limits: CallLimits,
    rate_limit: Option<RateLimit>,
    hooks: Vec<Arc<dyn Hook>>,
    transport: Option<Arc<dyn Transport>>,
    user_agent: Option<String>,
    /// The name and version of the generated client's package.
    package: &'static str,
    response_limit: usize,
    tolerance: Tolerance,
    allow_http: bool,
    credentials: Credentials<Given>,
    on_token: Option<TokenListener>,
    recorder: Option<Recorder>,
}

impl CoreBuilder {
    pub(super) fn new(api: &'static str, base_url: &'static str) -> Self {
        Self {
            api,
            documented_url: base_url,
            base_url: None,
            variables: Vec::new(),
            server: None,
            other_variables: &[],
            token_urls: Credentials::default(),
            mocked: false,
            http: None,
            timeout: TIMEOUT,
            retry: Retry::default(),
            limits: CallLimits::default(),
            rate_limit: None,
            hooks: Vec::new(),
            transport: None,
            user_agent: None,
            package: RUNTIME,
            response_limit: RESPONSE_LIMIT,
            tolerance: Tolerance::Full,
            allow_http: false,
            credentials: Credentials::default(),
            on_token: None,
            recorder: None,
        }
    }

    /// Sends requests to this URL instead of the API's own.
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        Self { base_url: Some(base_url.into()), ..self }
    }

    /// Sets a variable in the URLs of the document's servers. `others` are those that only servers of single operations
    /// have.
    pub fn server_variable(
        mut self,
        template: &'static str,
        variables: &'static [ServerVariable],
        others: &'static [&'static str],
        name: &str,
        value: &str,
    ) -> Self {
        self.server = Some((template, variables));
        self.other_variables = others;
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Requests tokens for one of the API's schemes at this URL instead of the documented one.
    pub fn token_url(mut self, scheme: &'static Scheme, url: impl Into<String>) -> Self {
        self.token_urls.set(scheme, url.into());
        self
    }

    /// Sends every request to a mock, including token requests and revocations.
    #[cfg(feature = "mock")]
    pub fn mock(self, server: &crate::mock::Server) -> Self {
        Self { base_url: Some(server.url().to_owned()), mocked: true, ..self }
    }

    /// Sends requests through this HTTP client; build it with [`http_client_builder`](crate::http_client_builder).
    ///
    /// The HTTP client should not follow redirects: if it does, the API's key headers may be sent to other hosts, and a
    /// POST that was redirected to an unreachable host looks as if it had never been sent. Its proxies apply to every
    /// request, including requests to this machine.
    pub fn http_client(self, http: Client) -> Self {
        Self { http: Some(http), ..self }
    }

    /// Sets the timeout of one attempt, from connecting to the end of the body, and of waiting for a token; 60 seconds
    /// by default. The timeout does not run while an upload makes progress.
    ///
    /// [`Retry::max_elapsed`] limits all attempts together, so increase it along with this timeout.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets the retry policy.
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Sets the limit of all requests together that the API declares.
    pub fn rate_limit(self, limit: RateLimit) -> Self {
        Self { rate_limit: Some(limit), ..self }
    }

    /// Sets the limits shared by all calls of the client.
    pub fn limits(self, limits: CallLimits) -> Self {
        Self { limits, ..self }
    }

    /// Adds a hook that is called before each request and after each response.
    pub fn hook(mut self, hook: impl Hook + 'static) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }

    /// Sends requests with this transport instead of the HTTP client.
    pub fn transport(self, transport: impl Transport + 'static) -> Self {
        Self { transport: Some(Arc::new(transport)), ..self }
    }

    /// Sets the package that requests are sent for, as `name/version`: the user agent, unless the caller sets one.
    pub fn package(self, package: &'static str) -> Self {
        Self { package, ..self }
    }

    /// Sets the `User-Agent` header.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: Some(user_agent.into()), ..self }
    }

    /// Limits the size of a response body; 64 MiB by default.
    pub fn response_limit(self, bytes: usize) -> Self {
        Self { response_limit: bytes, ..self }
    }

    /// Makes it an error if an optional property of a response does not match the declaration. By default such a
    /// property is absent, and [`Response::warnings`](crate::Response::warnings) lists it.
    pub fn strict_responses(self, strict: bool) -> Self {
        let tolerance = if strict { Tolerance::Strict } else { Tolerance::Full };
        Self { tolerance, ..self }
    }

    /// Allows plain `http` to other machines, where secrets can be read in transit. It is always allowed to this
    /// machine.
    pub fn allow_http(self, allow: bool) -> Self {
        Self { allow_http: allow, ..self }
    }

    /// Sets the credential for one of the API's schemes.
    pub fn credential(mut self, scheme: &'static Scheme, secret: impl Into<SecretString>) -> Self {
        self.credentials.set(scheme, Given::Secret(secret.into()));
        self
    }

    /// Sets the user and password for one of the API's schemes.
    pub fn basic_credential(
        mut self,
        scheme: &'static Scheme,
        user: impl Into<String>,
        password: impl Into<SecretString>,
    ) -> Self {
        self.credentials.set(scheme, Given::Basic { user: user.into(), password: password.into() });
        self
    }

    /// Sets the token source for one of the API's schemes.
    pub fn token_source(mut self, scheme: &'static Scheme, source: impl TokenSource + 'static) -> Self {
        self.credentials.set(scheme, Given::Source(Arc::new(source)));
        self
    }

    /// Sets the grant that is exchanged for the tokens of one of the API's schemes.
    pub fn grant(mut self, scheme: &'static Scheme, grant: Grant) -> Self {
        self.credentials.set(scheme, Given::Exchange(Arc::new(grant)));
        self
    }

    /// Sets a function that is called with each token issued for one of the API's grants, before a request is sent with
    /// it.
    ///
    /// A server may replace the refresh token with each exchange; store the new one here if you authenticate with one.
    /// Calls wait until the function returns, so run slow work in a separate task.
    pub fn on_token(self, listener: impl Fn(&IssuedToken) + Send + Sync + 'static) -> Self {
        Self { on_token: Some(TokenListener::new(listener)), ..self }
    }

    /// Records every exchange in a file that a mock can replay.
    pub fn record(self, recorder: Recorder) -> Self {
        Self { recorder: Some(recorder), ..self }
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// If a setting is invalid: a base URL that is invalid or not HTTPS, or a credential that is empty or cannot be
    /// sent.
    pub fn build(self) -> Result<Core, RequestError> {
        let url = match &self.base_url {
            Some(url) => url.clone(),
            None => self.document_url()?,
        };
        let base_url = check_base_url(&url, self.allow_http)?;
        // An HTTP client provided by the caller may set its own `User-Agent`.
        let user_agent = match (&self.user_agent, &self.http) {
            (Some(user_agent), _) => Some(user_agent.as_str()),
            (None, Some(_)) => None,
            (None, None) => Some(self.package).filter(|_| platform::SETS_USER_AGENT),
        };
        let user_agent = user_agent
            .map(HeaderValue::from_str)
            .transpose()
            .map_err(|error| RequestError::because("invalid user agent", error))?;
        let has_own_http = self.http.is_some();
        let http = self.http.map_or_else(|| platform::client_for(&base_url, self.timeout), Ok)?;
        let mut inner = ClientInner {
            api: self.api,
            documented_url: self.documented_url,
            allow_http: self.allow_http,
            mocked: self.mocked,
            has_own_base_url: self.base_url.is_some(),
            server_variables: self.variables,
            base_url,
            http,
            has_own_http,
            timeout: self.timeout,
            retry: self.retry,
            retry_budget: Arc::new(RetryBudget::default()),
            limiter: Arc::default(),
            hooks: self.hooks.into(),
            transport: self.transport,
            user_agent,
            response_limit: self.response_limit,
            tolerance: self.tolerance,
            credentials: Credentials::default(),
            on_token: self.on_token,
            recorder: None,
        };
        // Token requests have the same limits, but no credentials.
        let bare = Core(Arc::new(inner.clone()));
        // Token requests are not limited: a call that waits for a token already holds a permit.
        // A mock takes any number of requests.
        let limits = if self.mocked { self.limits.without_declared() } else { self.limits };
        inner.limiter = Arc::new(Limiter::new(limits, self.rate_limit));
        inner.credentials = self.credentials.try_map(|scheme, given| {
            let token_url = self.token_urls.get(scheme).map(String::as_str);
            given.check(scheme, &bare, token_url)
        })?;
        inner.recorder = self.recorder;
        Ok(Core(Arc::new(inner)))
    }
}

impl CoreBuilder {
    /// Returns the URL of the document's server with the variables filled in.
    fn document_url(&self) -> Result<String, RequestError> {
        if !self.documented_url.contains("://") {
            return Err(RequestError::new("the API's document declares no host: set the base URL"));
        }
        let Some((template, variables)) = self.server else {
            return server_url(self.documented_url, &[], &[]);
        };
        let is_known = |name: &str| variables.iter().any(|one| one.0 == name) || self.other_variables.contains(&name);
        if let Some((name, _)) = self.variables.iter().find(|(name, _)| !is_known(name)) {
            return Err(RequestError::new(format!("the server's URL {template} has no variable `{name}`")));
        }
        server_url(template, variables, &self.variables)
    }
}

/// Fills in the variables in the URL of a server.
pub(super) fn server_url(
    template: &str,
    variables: &[ServerVariable],
    set: &[(String, String)],
) -> Result<String, RequestError> {
    let mut url = template.to_owned();
    for (name, default, values) in variables {
        let own = set.iter().find(|(known, _)| known == name);
        let value = own.map_or(*default, |(_, value)| value.as_str());
        // A value with one of these characters could end the host, and credentials would be sent to another one.
        let ends_host = value.contains(['/', '?', '#', '@', '\\']) && !default.contains('/');
        if ends_host || !values.is_empty() && !values.contains(&value) {
            let message = format!("invalid value {value:?} for the variable `{name}` in {template}");
            return Err(RequestError::new(message));
        }
        url = url.replace(&format!("{{{name}}}"), value);
    }
    if let Some((name, _)) = url.split_once('{').and_then(|(_, rest)| rest.split_once('}')) {
        let message = format!("the server's URL {url} has no value for `{name}`: set it with `server_variable`");
        return Err(RequestError::new(message));
    }
    Ok(url)
}

impl fmt::Debug for CoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoreBuilder")
            .field("api", &self.api)
            .field("credentials", &Redacted(&self.credentials))
            .finish_non_exhaustive()
    }
}
