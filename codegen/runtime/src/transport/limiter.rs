//! Limits that all calls of a client share: how many are in flight, how many are sent in a time, and when none is sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const MINUTE: Duration = Duration::from_secs(60);

/// Limits that all calls of a client share, those of its clones included. By default there are none.
///
/// A call waits for its turn, in the order in which the calls were sent. That time does not count against the
/// [time in total](crate::Retry::max_elapsed) or the timeout. Each attempt takes a turn of its own.
///
/// With or without limits, no call of the client is sent for a time after a 429: as long as `Retry-After` asks, or as
/// [`pause`](Self::pause) says. A time that is longer than the throttled call itself may take holds up no other.
///
/// ```
/// use crm_clients_runtime::CallLimits;
///
/// let limits = CallLimits::new().max_in_flight(8).per_minute(100);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CallLimits {
    max_in_flight: Option<usize>,
    rate: Option<(usize, Duration)>,
    pause: Option<Duration>,
}

impl CallLimits {
    /// Creates limits that allow everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many requests are in flight at most, from sending to the end of the response; at least 1. A response that
    /// is read piece by piece counts until its head.
    pub fn max_in_flight(self, requests: usize) -> Self {
        Self { max_in_flight: Some(requests.max(1)), ..self }
    }

    /// Sets how many requests are sent within any minute at most; at least 1.
    pub fn per_minute(self, requests: usize) -> Self {
        self.rate(requests, MINUTE)
    }

    /// Sets how many requests are sent within any span of this length at most; at least 1.
    pub fn rate(self, requests: usize, within: Duration) -> Self {
        Self { rate: Some((requests.max(1), within)), ..self }
    }

    /// Sets how long all calls wait after a 429 without `Retry-After`; by default the span of the rate, or if there is
    /// none, the delay before the retry.
    pub fn pause(self, pause: Duration) -> Self {
        Self { pause: Some(pause), ..self }
    }
}

/// Lets calls pass within the limits.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    limits: CallLimits,
    in_flight: Option<Arc<Semaphore>>,
    /// Held by the call whose turn is next.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the last requests were sent, as many as the rate allows.
    sent: VecDeque<Instant>,
    paused_until: Option<Instant>,
}

impl Limiter {
    pub(crate) fn new(limits: CallLimits) -> Self {
        // A semaphore has an upper limit of its own, which no program reaches.
        let permits = limits.max_in_flight.map(|requests| requests.min(Semaphore::MAX_PERMITS));
        let in_flight = permits.map(|permits| Arc::new(Semaphore::new(permits)));
        Self { limits, in_flight, ..Self::default() }
    }

    /// Waits until a request may be sent. The permit is held until its response is there.
    pub(super) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        let permit = match &self.in_flight {
            Some(in_flight) => Arc::clone(in_flight).acquire_owned().await.ok(),
            None => None,
        };
        if self.limits.rate.is_none() && self.delay().is_none() {
            return permit;
        }
        let _turn = self.turn.lock().await;
        while let Some(delay) = self.delay() {
            tokio::time::sleep(delay).await;
        }
        permit
    }

    /// Returns how long the next request has to wait; `None` if it is sent now, which is counted.
    fn delay(&self) -> Option<Duration> {
        let now = Instant::now();
        let mut state = self.state();
        if let Some(until) = state.paused_until {
            match until.checked_duration_since(now).filter(|delay| !delay.is_zero()) {
                Some(delay) => return Some(delay),
                None => state.paused_until = None,
            }
        }
        let (requests, within) = self.limits.rate?;
        if state.sent.len() >= requests {
            let wait = state.sent.front().and_then(|first| first.checked_add(within)?.checked_duration_since(now));
            if let Some(delay) = wait.filter(|delay| !delay.is_zero()) {
                return Some(delay);
            }
            state.sent.pop_front();
        }
        state.sent.push_back(now);
        None
    }

    /// Returns how long all calls wait after a 429 without `Retry-After`, if that is known.
    pub(super) fn known_pause(&self) -> Option<Duration> {
        self.limits.pause.or(self.limits.rate.map(|(_, within)| within))
    }

    /// Lets no request pass for this long.
    pub(super) fn pause(&self, pause: Duration) {
        let until = Instant::now().checked_add(pause);
        let mut state = self.state();
        state.paused_until = state.paused_until.max(until);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
