//! Limits shared by all calls of a client: on concurrency, on the rate, and pauses after a 429.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::path::PathValue;

const MINUTE: Duration = Duration::from_secs(60);

/// Limits that all calls of a client share, those of its clones included.
///
/// The limits that the API's document declares are part of them; [`rate`](Self::rate) replaces the one of all requests, and
/// [`without_declared`](Self::without_declared) removes all. A client of a mock has none of these.
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
    rate: Option<Rate>,
    pause: Option<Duration>,
    without_declared: bool,
}

/// So many requests within any span of this length.
#[derive(Clone, Copy, Debug)]
struct Rate {
    requests: usize,
    within: Duration,
}

impl CallLimits {
    /// Creates limits that are those of the API's document.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the maximum number of requests in flight, from sending to the end of the response; at least 1. A response
    /// that is read as a stream counts until its head is received.
    pub fn max_in_flight(self, requests: usize) -> Self {
        Self { max_in_flight: Some(requests.max(1)), ..self }
    }

    /// Sets the maximum number of requests within any minute; at least 1.
    pub fn per_minute(self, requests: usize) -> Self {
        self.rate(requests, MINUTE)
    }

    /// Sets the maximum number of requests within any period of this length; at least 1.
    pub fn rate(self, requests: usize, within: Duration) -> Self {
        Self { rate: Some(Rate { requests: requests.max(1), within }), ..self }
    }

    /// Sets how long all calls wait after a 429 without `Retry-After`; by default the span of the rate that applies to the
    /// call, or if there is none, the delay before the retry.
    pub fn pause(self, pause: Duration) -> Self {
        Self { pause: Some(pause), ..self }
    }

    /// Removes the limits that the API's document declares, for a server that has others.
    pub fn without_declared(self) -> Self {
        Self { without_declared: true, ..self }
    }
}

/// A limit that an API declares: for all requests, or for those that are counted under its name.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    name: &'static str,
    requests: u32,
    seconds: u32,
}

impl RateLimit {
    /// Creates a limit of so many requests within so many seconds.
    pub const fn new(name: &'static str, requests: u32, seconds: u32) -> Self {
        Self { name, requests, seconds }
    }

    fn rate(self) -> Rate {
        Rate { requests: self.requests.max(1) as usize, within: Duration::from_secs(self.seconds.into()) }
    }
}

/// The limit of a call, and the values of its path that it is counted for.
#[derive(Clone, Debug)]
pub(crate) struct ScopedLimit {
    limit: RateLimit,
    /// Its name, and the values.
    key: String,
}

impl ScopedLimit {
    pub(crate) fn new(limit: RateLimit, values: &[&dyn PathValue]) -> Self {
        let mut key = limit.name.to_owned();
        for value in values {
            key += "/";
            value.push(&mut key);
        }
        Self { limit, key }
    }
}

/// Delays calls to stay within the limits.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    pause: Option<Duration>,
    without_declared: bool,
    in_flight: Option<Arc<Semaphore>>,
    all: Counter,
    /// By the name of the limit, and the scope that it counts for.
    declared: Mutex<HashMap<String, Arc<Counter>>>,
    paused_until: Mutex<Option<Instant>>,
}

/// Counts the requests under one limit.
#[derive(Debug, Default)]
struct Counter {
    rate: Option<Rate>,
    /// A lock held by the call whose turn is next.
    turn: tokio::sync::Mutex<()>,
    /// The times of the last requests, as many as the rate allows.
    sent: Mutex<VecDeque<Instant>>,
}

impl Counter {
    fn new(rate: Option<Rate>) -> Self {
        Self { rate, ..Self::default() }
    }

    /// Returns how long the next request has to wait.
    fn delay(&self, now: Instant) -> Option<Duration> {
        let Rate { requests, within } = self.rate?;
        let mut sent = locked(&self.sent);
        while sent.len() >= requests {
            let end = sent.front().and_then(|first| first.checked_add(within));
            let delay = end.and_then(|end| end.checked_duration_since(now)).filter(|delay| !delay.is_zero());
            if delay.is_some() {
                return delay;
            }
            sent.pop_front();
        }
        None
    }

    fn count(&self, now: Instant) {
        if self.rate.is_some() {
            locked(&self.sent).push_back(now);
        }
    }

    /// Returns true if a new counter would do the same.
    fn is_idle(&self, now: Instant) -> bool {
        let within = self.rate.map_or(Duration::ZERO, |rate| rate.within);
        locked(&self.sent).back().is_none_or(|last| now.duration_since(*last) >= within)
    }
}

impl Limiter {
    /// Creates the limiter of a client; the API declares `declared` for all requests.
    pub(crate) fn new(limits: CallLimits, declared: Option<RateLimit>) -> Self {
        // `Semaphore` has its own upper limit, which no program reaches.
        let permits = limits.max_in_flight.map(|requests| requests.min(Semaphore::MAX_PERMITS));
        let in_flight = permits.map(|permits| Arc::new(Semaphore::new(permits)));
        let declared = declared.filter(|_| !limits.without_declared).map(RateLimit::rate);
        let all = Counter::new(limits.rate.or(declared));
        Self { pause: limits.pause, without_declared: limits.without_declared, in_flight, all, ..Self::default() }
    }

    /// Waits until a request may be sent. The permit is held until its response arrives.
    pub(super) async fn enter(&self, limit: Option<&ScopedLimit>) -> Option<OwnedSemaphorePermit> {
        // Calls under a declared limit first wait among themselves, so that they hold up no other.
        let counter = limit.filter(|_| !self.without_declared).map(|limit| self.counter(limit));
        let mut turn = None;
        if let Some(counter) = &counter {
            turn = Some(counter.turn.lock().await);
            while let Some(delay) = counter.delay(Instant::now()) {
                tokio::time::sleep(delay).await;
            }
        }
        let permit = match &self.in_flight {
            Some(in_flight) => Arc::clone(in_flight).acquire_owned().await.ok(),
            None => None,
        };
        if self.all.rate.is_some() || self.paused().is_some() {
            let _turn = self.all.turn.lock().await;
            while let Some(delay) = self.paused().or_else(|| self.all.delay(Instant::now())) {
                tokio::time::sleep(delay).await;
            }
            self.all.count(Instant::now());
        }
        if let Some(counter) = &counter {
            counter.count(Instant::now());
        }
        drop(turn);
        permit
    }

    /// Returns the counter of a declared limit.
    fn counter(&self, limit: &ScopedLimit) -> Arc<Counter> {
        let mut declared = locked(&self.declared);
        if let Some(counter) = declared.get(&limit.key) {
            return Arc::clone(counter);
        }
        // A program that calls for ever more scopes keeps those that are in use.
        let now = Instant::now();
        declared.retain(|_, counter| Arc::strong_count(counter) > 1 || !counter.is_idle(now));
        let counter = Arc::new(Counter::new(Some(limit.limit.rate())));
        declared.insert(limit.key.clone(), Arc::clone(&counter));
        counter
    }

    /// Returns how long no request is sent.
    fn paused(&self) -> Option<Duration> {
        let mut paused_until = locked(&self.paused_until);
        let delay = (*paused_until)?.checked_duration_since(Instant::now()).filter(|delay| !delay.is_zero());
        if delay.is_none() {
            *paused_until = None;
        }
        delay
    }

    /// Returns the time that all calls wait after a 429 without `Retry-After`, if it is configured.
    pub(super) fn known_pause(&self, limit: Option<&ScopedLimit>) -> Option<Duration> {
        let declared = limit.filter(|_| !self.without_declared).map(|limit| limit.limit.rate());
        self.pause.or(declared.or(self.all.rate).map(|rate| rate.within))
    }

    /// Delays all requests for this long.
    pub(super) fn pause(&self, pause: Duration) {
        let until = Instant::now().checked_add(pause);
        let mut paused_until = locked(&self.paused_until);
        *paused_until = (*paused_until).max(until);
    }
}

/// Locks what a panic elsewhere leaves whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
