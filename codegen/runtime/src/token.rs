//! Access tokens: fetched when a call first needs one, shared by all calls, and renewed in time.

mod cache;
mod error;
mod oauth2;

use std::pin::Pin;
use std::time::Duration;

use secrecy::SecretString;

pub(crate) use cache::{Fault, Held, Tokens};
pub use error::AuthError;
pub use oauth2::{Grant, Revocation};
pub(crate) use oauth2::{GrantSource, revoke};

/// An access token, as its source hands it out. `Debug` does not show it.
#[derive(Clone, Debug)]
#[must_use]
pub struct Token {
    secret: SecretString,
    lifetime: Option<Duration>,
}

impl Token {
    /// A token that is good until the server refuses it.
    pub fn new(secret: impl Into<SecretString>) -> Self {
        Self { secret: secret.into(), lifetime: None }
    }

    /// How long it is good for, counted from when it was asked for. The next one is fetched a tenth of that time
    /// earlier, and at most a minute.
    pub fn expires_in(self, lifetime: Duration) -> Self {
        Self { lifetime: Some(lifetime), ..self }
    }
}

/// A token on its way, or why there is none.
pub type FetchingToken<'a> =
    Pin<Box<dyn Future<Output = Result<Token, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>>;

/// Where a client has its tokens from, if not from a grant that it knows: a vault, say, or another service.
///
/// It is asked when a call first needs a token, when the last one is about to expire, and after a 401; once for all
/// calls that wait. A fetch goes on where the call is dropped that began it, as soon as the next one waits. An error
/// fails those calls that waited, as [`Error::Auth`](crate::Error::Auth), and the next one asks again.
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
