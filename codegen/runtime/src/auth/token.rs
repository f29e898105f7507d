//! Access tokens and their sources.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

/// An access token returned by a [`TokenSource`]. `Debug` does not show it.
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

    /// Sets the lifetime of the token, counted from when it was requested.
    ///
    /// The client renews it before it expires: by a tenth of its lifetime, but at most a minute.
    pub fn expires_in(self, lifetime: Duration) -> Self {
        Self { lifetime: Some(lifetime), ..self }
    }
}

/// A token issued for a grant by the API's server. `Debug` does not show it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The name of the token's scheme, which is also the builder's method that set its credential.
    pub scheme: &'static str,
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token, if the server issued one. The previous one may no longer be valid.
    pub refresh_token: Option<SecretString>,
    /// The lifetime of the access token, if the server returned it.
    pub lifetime: Option<Duration>,
}

/// A function that is called with each issued token.
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

/// The future returned by [`TokenSource::fetch`].
pub type FetchingToken<'a> =
    Pin<Box<dyn Future<Output = Result<Token, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>>;

/// A source of access tokens other than the API's own grants, such as a vault.
///
/// It is called when a call first needs a token, shortly before the current token expires, and when the server rejects
/// the token with a 401. Calls that need a token at the same time share one fetch. While a token is renewed before it
/// expires, calls use the current one, and continue to use it if the renewal fails.
///
/// An error fails the calls that waited, as [`Error::Auth`](crate::Error::Auth). For a short time, which doubles with
/// each failure up to half a minute, other calls fail with the same error without a fetch. A fetch has the timeout of
/// one attempt of a call. It must not call the client that it belongs to.
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

impl<S: TokenSource + ?Sized> TokenSource for Arc<S> {
    fn fetch(&self) -> FetchingToken<'_> {
        (**self).fetch()
    }
}

impl<S: TokenSource + ?Sized> TokenSource for Box<S> {
    fn fetch(&self) -> FetchingToken<'_> {
        (**self).fetch()
    }
}
