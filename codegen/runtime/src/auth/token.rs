//! Access tokens and their sources.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

/// An access token as returned by its source. `Debug` does not show it.
#[derive(Clone, Debug)]
#[must_use]
pub struct Token {
    pub(super) secret: SecretString,
    pub(super) lifetime: Option<Duration>,
}

impl Token {
    /// Creates a token that is valid until the server rejects it.
    pub fn new(secret: impl Into<SecretString>) -> Self {
        Self { secret: secret.into(), lifetime: None }
    }

    /// Sets how long the token is valid, counted from the moment it was requested.
    ///
    /// The client renews it a tenth of that time before it expires, and at most a minute.
    pub fn expires_in(self, lifetime: Duration) -> Self {
        Self { lifetime: Some(lifetime), ..self }
    }
}

/// A token that the API's server has issued for a grant. `Debug` does not show it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The scheme that the token is for, by the name of the builder's method that set its credential.
    pub scheme: &'static str,
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token, if the server issued one. The one before may be good no longer.
    pub refresh_token: Option<SecretString>,
    /// How long the access token is valid, if the server says so.
    pub lifetime: Option<Duration>,
}

/// Called with each token that is issued.
#[derive(Clone)]
pub(crate) struct TokenListener(Arc<dyn Fn(&IssuedToken) + Send + Sync>);

impl TokenListener {
    pub(crate) fn new(listener: impl Fn(&IssuedToken) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    pub(super) fn issued(&self, token: &IssuedToken) {
        (self.0)(token);
    }
}

impl fmt::Debug for TokenListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenListener")
    }
}

/// The future of [`TokenSource::fetch`].
pub type FetchingToken<'a> =
    Pin<Box<dyn Future<Output = Result<Token, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>>;

/// A source of access tokens other than the API's own grants, such as a vault.
///
/// It is asked when a call first needs a token, shortly before the current token expires, and when the server rejects the
/// token with a 401; once for all calls that need a token at that time. While a token is renewed ahead of its expiry, calls
/// are sent with the current one, and go on being so if the renewal fails.
///
/// An error fails the calls that waited, as [`Error::Auth`](crate::Error::Auth). For a short time, which doubles with each
/// failure up to half a minute, all other calls fail with the same error, and the source is not asked. A fetch may take as
/// long as one attempt of a call. It must not call the client that it serves.
///
/// ```
/// use std::time::Duration;
/// use crm_clients_runtime::{FetchingToken, Token, TokenSource};
///
/// struct File(std::path::PathBuf);
///
/// impl TokenSource for File {
///     fn fetch(&self) -> FetchingToken<'_> {
///         Box::pin(async {
///             let token = tokio::fs::read_to_string(&self.0).await?;
///             Ok(Token::new(token.trim()).expires_in(Duration::from_secs(600)))
///         })
///     }
/// }
/// ```
pub trait TokenSource: Send + Sync {
    /// Fetches a new token.
    fn fetch(&self) -> FetchingToken<'_>;
}
