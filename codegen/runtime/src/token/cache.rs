//! One token for all calls, and one fetch for all that wait for it.

use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::Shared;
use secrecy::SecretString;

use super::{GrantSource, Token, TokenSource};

/// The longest time before its end at which a token is renewed.
const LONGEST_MARGIN: Duration = Duration::from_secs(60);

/// Why there is no token, for all that waited.
pub(crate) type Fault = Arc<dyn StdError + Send + Sync>;

type Outcome = Result<Arc<Held>, Fault>;

/// Kept beside the calls that wait for it: whichever is polled carries it on, so that a dropped call neither stops it
/// for the others nor loses what it brings.
type Fetch = Shared<Pin<Box<dyn Future<Output = Outcome> + Send>>>;

/// A token that calls are sent with.
pub(crate) struct Held {
    pub(crate) secret: SecretString,
    /// None if it is good until it is refused.
    renew_at: Option<Instant>,
}

impl Held {
    fn new(token: Token, asked_at: Instant) -> Self {
        let renew_at = token.lifetime.and_then(|lifetime| {
            let margin = LONGEST_MARGIN.min(lifetime / 10);
            asked_at.checked_add(lifetime - margin)
        });
        Self { secret: token.secret, renew_at }
    }

    fn is_due(&self) -> bool {
        self.renew_at.is_some_and(|time| time <= Instant::now())
    }
}

/// The tokens of one source.
pub(crate) struct Tokens {
    source: Arc<dyn TokenSource>,
    /// The source, where it is a grant.
    grant: Option<Arc<GrantSource>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Arc<Held>>,
    fetch: Option<Fetch>,
    /// How many calls wait for a fetch.
    waiting: usize,
}

impl Tokens {
    pub(crate) fn of(source: Arc<dyn TokenSource>) -> Self {
        Self { source, grant: None, state: Mutex::default() }
    }

    pub(crate) fn granted(grant: GrantSource) -> Self {
        let grant = Arc::new(grant);
        Self { source: Arc::clone(&grant) as _, grant: Some(grant), state: Mutex::default() }
    }

    pub(crate) fn grant(&self) -> Option<&GrantSource> {
        self.grant.as_deref()
    }

    /// The token to send, fetched where there is none or it is about to expire.
    pub(crate) async fn get(&self) -> Outcome {
        loop {
            let (fetch, waiter) = match self.enter() {
                Entry::Held(held) => return Ok(held),
                Entry::Waits(fetch, waiter) => (fetch, waiter),
            };
            let outcome = fetch.clone().await;
            self.settle(&fetch, &outcome);
            // What nobody carried on may have failed of that alone: its time ran out while it stood still.
            if outcome.is_ok() || !waiter.found_abandoned {
                return outcome;
            }
        }
    }

    /// The token that there is, whatever is left of its time.
    pub(crate) fn held(&self) -> Option<Arc<Held>> {
        self.state().held.clone()
    }

    /// Drops a token that is no longer good, unless another has taken its place.
    pub(crate) fn drop_token(&self, token: &Arc<Held>) {
        let mut state = self.state();
        if state.held.as_ref().is_some_and(|held| Arc::ptr_eq(held, token)) {
            state.held = None;
        }
    }

    fn enter(&self) -> Entry<'_> {
        let mut state = self.state();
        if let Some(held) = state.held.as_ref().filter(|held| !held.is_due()) {
            return Entry::Held(Arc::clone(held));
        }
        let found_abandoned = state.fetch.is_some() && state.waiting == 0;
        let fetch = state.fetch.get_or_insert_with(|| self.begin()).clone();
        state.waiting += 1;
        Entry::Waits(fetch, Waiter { tokens: self, found_abandoned })
    }

    fn begin(&self) -> Fetch {
        let source = Arc::clone(&self.source);
        let fetching = async move {
            let asked_at = Instant::now();
            // A panic would otherwise meet every later call in the fetch that they share.
            let fetched = AssertUnwindSafe(async { source.fetch().await }).catch_unwind().await;
            let token = fetched.unwrap_or_else(|_| Err("the token source panicked".into()))?;
            Ok(Arc::new(Held::new(token, asked_at)))
        };
        fetching.boxed().shared()
    }

    /// Keeps what a fetch brought; the first to see its end does so.
    fn settle(&self, fetch: &Fetch, outcome: &Outcome) {
        let mut state = self.state();
        if state.fetch.as_ref().is_some_and(|known| known.ptr_eq(fetch)) {
            state.fetch = None;
            state.held = outcome.as_ref().ok().cloned();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Entry<'a> {
    Held(Arc<Held>),
    Waits(Fetch, Waiter<'a>),
}

/// A call that waits for a fetch.
struct Waiter<'a> {
    tokens: &'a Tokens,
    /// The fetch was begun by a call that is gone, and nobody was waiting for it.
    found_abandoned: bool,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.tokens.state().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_a_tenth_of_its_time_before_its_end_and_at_most_a_minute() {
        let now = Instant::now();
        for (lifetime, expected) in [(0, 0), (10, 9), (600, 540), (7200, 7140)] {
            let token = Token::new("t").expires_in(Duration::from_secs(lifetime));
            let renewed_after = Held::new(token, now).renew_at.map(|time| time - now);
            assert_eq!(renewed_after, Some(Duration::from_secs(expected)));
        }
        assert_eq!(Held::new(Token::new("t"), now).renew_at, None);
        assert_eq!(Held::new(Token::new("t").expires_in(Duration::MAX), now).renew_at, None);
    }
}
