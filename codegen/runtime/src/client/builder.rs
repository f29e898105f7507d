//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::header::HeaderValue;
use secrecy::SecretString;

use super::{ClientInner, Core, Redacted, http};
use crate::auth::{Credentials, Given, Grant, IssuedToken, Scheme, TokenListener, TokenSource};
use crate::error::RequestError;
use crate::hook::Hook;
use crate::record::Recorder;
use crate::serde::tolerance::Tolerance;
use crate::transport::{CallLimits, Limiter, RateLimit, Retry, RetryBudget, Transport};

const RUNTIME: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
const TIMEOUT: Duration = Duration::from_secs(60);
pub(crate) const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;

/// The name of a variable in a server's URL, its default, and the values it can have if they are listed.
pub type ServerVariable = (&'static str, &'static str, &'static [&'static str]);

/// Configures a [`Core`].
#[derive(Clone)]
#[must_use]
pub struct CoreBuilder {
    api: &'static str,
    documented_url: &'static str,
    /// Set by the caller or a mock.
    base_url: Option<String>,
    /// The values of the variables in the document's URL.
    variables: Vec<(String, String)>,
    /// The document's URL with its variables in braces, and their defaults and allowed values.
    server: Option<(&'static str, &'static [ServerVariable])>,
    /// The variables that only the servers of operations have.
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

    /// Sets a variable in the URLs of the document's servers. `others` are those that only servers of operations have.
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

    /// Requests the tokens for one of the API's schemes at this URL instead of the documented one.
    pub fn token_url(mut self, scheme: &'static Scheme, url: impl Into<String>) -> Self {
        self.token_urls.set(scheme, url.into());
        self
    }

    /// Sends every request to a mock, those for tokens and their revocation included.
    #[cfg(feature = "mock")]
    pub fn mock(self, server: &crate::mock::Server) -> Self {
        Self { base_url: Some(server.url().to_owned()), mocked: true, ..self }
    }

    /// Sends requests through this HTTP client; build it with [`http_client_builder`](crate::http_client_builder).
    ///
    /// It should follow no redirects: another policy than that may lead the API's key headers to other hosts, and make a
    /// POST whose redirect cannot be reached look like one that was never sent. Its proxies apply to every request, those to
    /// this machine included.
    pub fn http_client(self, http: Client) -> Self {
        Self { http: Some(http), ..self }
    }

    /// Limits how long one attempt may take, from connecting to the end of the body, and how long a token may be waited
    /// for; 60 seconds by default. The time does not run while an upload makes progress.
    ///
    /// [`Retry::max_elapsed`] limits all attempts together, so a longer timeout needs more of it too.
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

    /// Sets the limits that all calls of the client share.
    pub fn limits(self, limits: CallLimits) -> Self {
        Self { limits, ..self }
    }

    /// Adds a hook, which is called before each request and after each response.
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

    /// Sets the `User-Agent`.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: Some(user_agent.into()), ..self }
    }

    /// Limits the size of a response body; 64 MiB by default.
    pub fn response_limit(self, bytes: usize) -> Self {
        Self { response_limit: bytes, ..self }
    }

    /// Makes a response an error if the value of an optional property is not what the API declares; by default the property
    /// is absent, and [`Response::warnings`](crate::Response::warnings) says where.
    pub fn strict_responses(self, strict: bool) -> Self {
        let tolerance = if strict { Tolerance::Strict } else { Tolerance::Full };
        Self { tolerance, ..self }
    }

    /// Allows plain `http` to other machines, where anyone on the way can read the secrets. To this machine it is always
    /// allowed.
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

    /// Sets where the tokens for one of the API's schemes come from.
    pub fn token_source(mut self, scheme: &'static Scheme, source: impl TokenSource + 'static) -> Self {
        self.credentials.set(scheme, Given::Source(Arc::new(source)));
        self
    }

    /// Sets what the tokens for one of the API's schemes are exchanged for.
    pub fn grant(mut self, scheme: &'static Scheme, grant: Grant) -> Self {
        self.credentials.set(scheme, Given::Exchange(Arc::new(grant)));
        self
    }

    /// Calls this with each token that is issued for one of the API's grants, before a request is sent with it.
    ///
    /// A server may replace the refresh token with each exchange: whoever authenticates with one stores it here. Calls wait
    /// until this returns, so slow work belongs into a task of its own.
    pub fn on_token(self, listener: impl Fn(&IssuedToken) + Send + Sync + 'static) -> Self {
        Self { on_token: Some(TokenListener::new(listener)), ..self }
    }

    /// Records every exchange in a file, which a mock can replay.
    pub fn record(self, recorder: Recorder) -> Self {
        Self { recorder: Some(recorder), ..self }
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// If a setting cannot work: a base URL that is invalid or not HTTPS, a credential that is empty or cannot be sent.
    pub fn build(self) -> Result<Core, RequestError> {
        let url = match &self.base_url {
            Some(url) => url.clone(),
            None => self.document_url()?,
        };
        let base_url = http::check_base_url(&url, self.allow_http)?;
        // A caller's own client may have its own name.
        let user_agent = match (&self.user_agent, &self.http) {
            (Some(user_agent), _) => Some(user_agent.as_str()),
            (None, Some(_)) => None,
            (None, None) => Some(self.package),
        };
        let user_agent = user_agent
            .map(HeaderValue::from_str)
            .transpose()
            .map_err(|error| RequestError::because("the user agent cannot be sent", error))?;
        let has_own_http = self.http.is_some();
        let http = self.http.map_or_else(|| http::client_for(&base_url, self.timeout), Ok)?;
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
        // Token endpoints are called within the same limits, without the credentials that need them.
        let bare = Core(Arc::new(inner.clone()));
        // A call that waits for a token has its turn already, so that requests for tokens take none.
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
    /// Returns the URL of the document's server, with the variables that the caller has set.
    fn document_url(&self) -> Result<String, RequestError> {
        if !self.documented_url.contains("://") {
            return Err(RequestError::new("the API's document names no host: set the base URL"));
        }
        let Some((template, variables)) = self.server else { return Ok(self.documented_url.to_owned()) };
        let is_known = |name: &str| variables.iter().any(|one| one.0 == name) || self.other_variables.contains(&name);
        if let Some((name, _)) = self.variables.iter().find(|(name, _)| !is_known(name)) {
            return Err(RequestError::new(format!("the server's URL {template} has no variable `{name}`")));
        }
        server_url(template, variables, &self.variables)
    }
}

/// Fills the variables in the URL of a server.
pub(super) fn server_url(
    template: &str,
    variables: &[ServerVariable],
    set: &[(String, String)],
) -> Result<String, RequestError> {
    let mut url = template.to_owned();
    for (name, default, values) in variables {
        let own = set.iter().find(|(known, _)| known == name);
        let value = own.map_or(*default, |(_, value)| value.as_str());
        // A value that ended the host would lead credentials to another one.
        let ends_host = value.contains(['/', '?', '#', '@', '\\']) && !default.contains('/');
        if ends_host || !values.is_empty() && !values.contains(&value) {
            let message = format!("{value:?} cannot be the value of the variable `{name}` in {template}");
            return Err(RequestError::new(message));
        }
        url = url.replace(&format!("{{{name}}}"), value);
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
