//! A cache that shares one token between all calls, fetches it once, and renews it before it expires.

use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::Shared;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use super::oauth2::{GrantSource, TokenErrorBody};
use super::token::{Token, TokenSource};
use crate::error::{Error, TransportError};
use crate::platform::{self, Instant};

/// The maximum time before its expiry at which a token is renewed.
const LONGEST_MARGIN: Duration = Duration::from_secs(60);

/// The error of a token request, shared by all calls that waited for the token.
pub(crate) type Fault = Arc<dyn StdError + Send + Sync>;

type Outcome = Result<Arc<CachedToken>, Fault>;

/// A token request in its own task, which continues if the calls that wait for it are dropped. The output is `None` if
/// the task ended with its runtime.
type Fetch = Shared<Pin<Box<dyn Future<Output = Option<Outcome>> + Send>>>;

tokio::task_local! {
    /// The caches that the current task fetches a token for. A call with one of their clients would wait for itself.
    static FETCHING: Vec<usize>;
}

/// A token that calls are sent with.
pub(crate) struct CachedToken {
    pub(crate) secret: SecretString,
    expiry: Option<Expiry>,
    /// True if it was fetched because the server had rejected another token.
    replaces_rejected: bool,
    accepted: AtomicBool,
    rejected: AtomicBool,
}

#[derive(Clone, Copy)]
struct Expiry {
    renew_at: Instant,
    expires_at: Instant,
}

impl CachedToken {
    fn new(token: Token, requested_at: Instant, replaces_rejected: bool) -> Result<Self, Fault> {
        let secret = token.secret.expose_secret();
        if secret.is_empty() || HeaderValue::from_str(secret).is_err() {
            return Err(fault("the token is empty or contains a character that cannot be sent"));
        }
        let expiry = token.lifetime.and_then(|lifetime| {
            let margin = LONGEST_MARGIN.min(lifetime / 10);
            let expires_at = requested_at.checked_add(lifetime)?;
            Some(Expiry { renew_at: requested_at.checked_add(lifetime - margin)?, expires_at })
        });
        let (accepted, rejected) = (AtomicBool::new(false), AtomicBool::new(false));
        Ok(Self { secret: token.secret, expiry, replaces_rejected, accepted, rejected })
    }

    fn is_due(&self) -> bool {
        self.expiry.is_some_and(|expiry| expiry.renew_at <= Instant::now())
    }

    fn is_expired(&self) -> bool {
        self.expiry.is_some_and(|expiry| expiry.expires_at <= Instant::now())
    }
}

/// Caches the token of one source.
#[derive(Clone)]
pub(crate) struct TokenCache(Arc<Inner>);

struct Inner {
    source: Arc<dyn TokenSource>,
    /// The source, if it is a grant.
    grant: Option<Arc<GrantSource>>,
    /// Timeout of a fetch. `None` for grants, which have the limits of the client.
    fetch_limit: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<CachedToken>>,
    fetch: Option<Fetch>,
    /// The error of the last fetch.
    fault: Option<Fault>,
    /// Delays fetches after failures.
    fetches: Backoff,
    /// Delays renewals of rejected tokens after a renewal that did not help.
    renewals: Backoff,
    /// True if the token was removed because the server had rejected it.
    rejected: bool,
}

impl TokenCache {
    pub(crate) fn new(source: Arc<dyn TokenSource>, fetch_limit: Duration) -> Self {
        Self::with(source, None, Some(fetch_limit))
    }

    pub(crate) fn granted(grant: GrantSource) -> Self {
        let grant = Arc::new(grant);
        Self::with(Arc::clone(&grant) as _, Some(grant), None)
    }

    fn with(source: Arc<dyn TokenSource>, grant: Option<Arc<GrantSource>>, fetch_limit: Option<Duration>) -> Self {
        Self(Arc::new(Inner { source, grant, fetch_limit, state: Mutex::default() }))
    }

    pub(crate) fn grant(&self) -> Option<&GrantSource> {
        self.0.grant.as_deref()
    }

    /// Returns the token to send, and fetches one if there is no valid token.
    pub(crate) async fn get(&self) -> Outcome {
        loop {
            let fetch = match self.enter()? {
                Entry::Token(token) => return Ok(token),
                Entry::Fetch(fetch) => fetch,
            };
            match fetch.clone().await {
                Some(outcome) => return outcome,
                None => self.forget(&fetch),
            }
        }
    }

    /// Returns the cached token, even if it has expired.
    pub(crate) fn cached(&self) -> Option<Arc<CachedToken>> {
        self.0.state().token.clone()
    }

    /// Removes a token, unless it has been replaced.
    pub(crate) fn remove(&self, token: &Arc<CachedToken>) {
        let mut state = self.0.state();
        if state.is_current(token) {
            state.token = None;
        }
    }

    /// Records that the server accepted a token; `renewed` is true if it had rejected another in the same call.
    pub(crate) fn accepted(&self, token: &CachedToken, renewed: bool) {
        token.accepted.store(true, Ordering::Relaxed);
        if renewed {
            self.0.state().renewals = Backoff::default();
        }
    }

    /// Records that the server rejected a token; `renewed` is true if it had rejected another in the same call. Returns
    /// true if the next call uses another token.
    ///
    /// Renewing a token does not help if the server rejects all of them, so renewals become ever rarer.
    pub(crate) fn rejected(&self, token: &Arc<CachedToken>, renewed: bool) -> bool {
        let mut state = self.0.state();
        if !state.is_current(token) {
            return true;
        }
        let first_time = !token.rejected.swap(true, Ordering::Relaxed);
        let useless = renewed || (token.replaces_rejected && !token.accepted.load(Ordering::Relaxed));
        if useless && first_time {
            state.renewals.failed();
        }
        if !state.renewals.is_over() {
            return false;
        }
        state.token = None;
        state.rejected = true;
        true
    }

    fn enter(&self) -> Result<Entry, Fault> {
        let mut state = self.0.state();
        if let Some(token) = state.token.as_ref().filter(|token| !token.is_expired()).map(Arc::clone) {
            let renews = token.is_due() && state.fetch.is_none() && state.fetches.is_over() && !self.is_fetching();
            if renews && let Ok(fetch) = self.begin(state.rejected) {
                state.fetch = Some(fetch);
            }
            return Ok(Entry::Token(token));
        }
        if self.is_fetching() {
            return Err(fault("the token source called the client that it belongs to"));
        }
        if let Some(fetch) = &state.fetch {
            return Ok(Entry::Fetch(fetch.clone()));
        }
        if let Some(fault) = state.fault.as_ref().filter(|_| !state.fetches.is_over()) {
            return Err(Arc::clone(fault));
        }
        let fetch = self.begin(state.rejected)?;
        state.fetch = Some(fetch.clone());
        Ok(Entry::Fetch(fetch))
    }

    /// Starts a fetch in its own task.
    fn begin(&self, replaces_rejected: bool) -> Result<Fetch, Fault> {
        let cache = self.clone();
        let fetching = async move {
            let outcome = cache.0.fetch(replaces_rejected).await;
            cache.0.state().keep(&outcome);
            outcome
        };
        let mut caches = fetching_caches();
        caches.push(self.id());
        let task = platform::spawn(FETCHING.scope(caches, fetching)).map_err(|error| -> Fault { Arc::new(error) })?;
        Ok(task.shared())
    }

    /// Removes a fetch that ended with its runtime.
    fn forget(&self, fetch: &Fetch) {
        let mut state = self.0.state();
        if state.fetch.as_ref().is_some_and(|known| known.ptr_eq(fetch)) {
            state.fetch = None;
        }
    }

    fn is_fetching(&self) -> bool {
        fetching_caches().contains(&self.id())
    }

    fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

fn fetching_caches() -> Vec<usize> {
    FETCHING.try_with(Clone::clone).unwrap_or_default()
}

impl Inner {
    async fn fetch(&self, replaces_rejected: bool) -> Outcome {
        let requested_at = Instant::now();
        let fetched = AssertUnwindSafe(async { self.source.fetch().await }).catch_unwind();
        let fetched = match self.fetch_limit {
            Some(limit) => platform::timeout(limit, fetched)
                .await
                .ok_or_else(|| Arc::new(Error::<TokenErrorBody>::from(TransportError::timed_out(limit))) as Fault)?,
            None => fetched.await,
        };
        let token = fetched.unwrap_or_else(|_| Err("the token source panicked".into()))?;
        CachedToken::new(token, requested_at, replaces_rejected).map(Arc::new)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_current(&self, token: &Arc<CachedToken>) -> bool {
        self.token.as_ref().is_some_and(|current| Arc::ptr_eq(current, token))
    }

    /// Stores the outcome of a fetch. A token that is still valid is kept if its renewal failed.
    fn keep(&mut self, outcome: &Outcome) {
        self.fetch = None;
        match outcome {
            Ok(token) => {
                self.token = Some(Arc::clone(token));
                self.rejected = false;
                self.fault = None;
                self.fetches = Backoff::default();
            }
            Err(fault) => {
                self.fault = Some(Arc::clone(fault));
                self.fetches.failed();
            }
        }
    }
}

enum Entry {
    Token(Arc<CachedToken>),
    Fetch(Fetch),
}

fn fault(message: &str) -> Fault {
    Box::<dyn StdError + Send + Sync>::from(message).into()
}

/// A delay shared by all callers, which doubles with each failure.
#[derive(Default)]
struct Backoff {
    failures: u32,
    until: Option<Instant>,
}

impl Backoff {
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(30);

    fn is_over(&self) -> bool {
        self.until.is_none_or(|until| until <= Instant::now())
    }

    fn failed(&mut self) {
        let delay = Self::FIRST.saturating_mul(1 << self.failures.min(31)).min(Self::LONGEST);
        // The jitter keeps the many clients of one server from retrying at the same time.
        let jitter = delay.mul_f64(fastrand::f64() / 2.0);
        self.failures = self.failures.saturating_add(1);
        self.until = Instant::now().checked_add(delay - jitter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cached(token: Token, requested_at: Instant) -> Option<CachedToken> {
        CachedToken::new(token, requested_at, false).ok()
    }

    #[test]
    fn a_token_is_renewed_a_tenth_of_its_time_before_its_end_and_at_most_a_minute() {
        let now = Instant::now();
        for (lifetime, expected) in [(0, 0), (10, 9), (600, 540), (7200, 7140)] {
            let token = cached(Token::new("t").expires_in(Duration::from_secs(lifetime)), now);
            let renewed_after = token.and_then(|token| token.expiry).map(|expiry| expiry.renew_at - now);
            assert_eq!(renewed_after, Some(Duration::from_secs(expected)));
        }
        assert!(cached(Token::new("t"), now).is_some_and(|token| token.expiry.is_none()));
        assert!(cached(Token::new("t").expires_in(Duration::MAX), now).is_some_and(|token| token.expiry.is_none()));
    }

    #[test]
    fn a_token_that_cannot_be_sent_is_not_kept() {
        for secret in ["", "a\nb", "\u{7f}"] {
            assert!(cached(Token::new(secret), Instant::now()).is_none(), "{secret:?}");
        }
    }

    #[test]
    fn failures_double_the_backoff() {
        let mut backoff = Backoff::default();
        assert!(backoff.is_over());
        for longest in [1, 2, 4, 8, 16, 30, 30] {
            backoff.failed();
            let left = backoff.until.map_or(0.0, |until| (until - Instant::now()).as_secs_f64());
            assert!(left <= f64::from(longest) && left > f64::from(longest) / 2.0 - 0.1, "{left} of {longest}");
            assert!(!backoff.is_over());
        }
    }
}
