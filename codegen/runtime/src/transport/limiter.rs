//! Limits shared by all calls of a client: concurrency, rates, and pauses after a 429.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::path::PathValue;
use crate::platform::{self, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// The length of a number with its slash, for which a key has room from the start.
const SCOPE_LENGTH: usize = 21;

/// Limits that all calls of a client and its clones share.
///
/// They include the limits that the API's document declares; [`rate`](Self::rate) replaces the limit of all requests,
/// and [`without_declared`](Self::without_declared) removes all declared limits. The client of a mock has no declared
/// limits.
///
/// Calls wait in the order in which they were sent. That time does not count against the
/// [total time](crate::Retry::max_elapsed) or the timeout. Each attempt counts as a request.
///
/// With or without limits, all calls of the client pause after a 429: for the time in `Retry-After`, or for that of
/// [`pause`](Self::pause). A pause that exceeds the total time of the throttled call does not delay other calls.
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

/// A maximum number of requests within any period of this length.
#[derive(Clone, Copy, Debug)]
struct Rate {
    requests: usize,
    within: Duration,
}

impl CallLimits {
    /// Creates limits with only those of the API's document.
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

    /// Sets the time that all calls wait after a 429 without `Retry-After`; by default the period of the rate that
    /// applies to the call, or without one, the delay before the retry.
    pub fn pause(self, pause: Duration) -> Self {
        Self { pause: Some(pause), ..self }
    }

    /// Removes the limits that the API's document declares, for a server with different limits.
    pub fn without_declared(self) -> Self {
        Self { without_declared: true, ..self }
    }
}

/// A rate limit declared by an API, for all requests or for the operations that share its name.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    name: &'static str,
    requests: u32,
    seconds: u32,
}

impl RateLimit {
    /// Creates a limit of `requests` within `seconds`.
    pub const fn new(name: &'static str, requests: u32, seconds: u32) -> Self {
        Self { name, requests, seconds }
    }

    fn rate(self) -> Rate {
        Rate { requests: self.requests.max(1) as usize, within: Duration::from_secs(self.seconds.into()) }
    }
}

/// The limit of a call, counted separately for each combination of these path values.
#[derive(Clone, Debug)]
pub(crate) struct ScopedLimit {
    limit: RateLimit,
    /// The name of the limit and the path values.
    key: String,
}

impl ScopedLimit {
    pub(crate) fn new(limit: RateLimit, values: &[&dyn PathValue]) -> Self {
        let mut key = String::with_capacity(limit.name.len() + values.len() * SCOPE_LENGTH);
        key += limit.name;
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
    in_flight: Option<Semaphore>,
    all: Counter,
    /// The counters by [`ScopedLimit::key`].
    declared: Mutex<HashMap<String, Arc<Counter>>>,
    paused_until: Mutex<Option<Instant>>,
}

/// Counts the requests under one limit. Any period of its length has at most as many requests as the rate allows; a token
/// bucket, such as the crate governor's, can let twice as many through, which servers with a fixed window reject.
#[derive(Debug, Default)]
struct Counter {
    rate: Option<Rate>,
    /// The times of the last requests, as many as the rate allows. The call whose turn is next holds the lock.
    sent: tokio::sync::Mutex<VecDeque<Instant>>,
}

type Turn<'a> = tokio::sync::MutexGuard<'a, VecDeque<Instant>>;

impl Counter {
    fn new(rate: Option<Rate>) -> Self {
        Self { rate, ..Self::default() }
    }

    /// Waits until the calls before this one have had their turn, and updates the time if that takes any.
    async fn turn(&self, now: &mut Instant) -> Turn<'_> {
        if let Ok(turn) = self.sent.try_lock() {
            return turn;
        }
        let turn = self.sent.lock().await;
        *now = Instant::now();
        turn
    }

    /// Returns how long the next request has to wait.
    fn delay(&self, sent: &mut Turn<'_>, now: Instant) -> Option<Duration> {
        let Rate { requests, within } = self.rate?;
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

    fn count(&self, sent: &mut Turn<'_>, now: Instant) {
        if self.rate.is_some() {
            sent.push_back(now);
        }
    }

    /// Returns true if the counter is equivalent to a new one.
    fn is_idle(&self, now: Instant) -> bool {
        let within = self.rate.map_or(Duration::ZERO, |rate| rate.within);
        let sent = self.sent.try_lock();
        sent.is_ok_and(|sent| sent.back().is_none_or(|last| now.duration_since(*last) >= within))
    }
}

impl Limiter {
    /// Creates the limiter of a client; the API declares `declared` for all requests.
    pub(crate) fn new(limits: CallLimits, declared: Option<RateLimit>) -> Self {
        // `Semaphore` has its own upper limit, which no program reaches.
        let permits = limits.max_in_flight.map(|requests| requests.min(Semaphore::MAX_PERMITS));
        let in_flight = permits.map(Semaphore::new);
        let declared = declared.filter(|_| !limits.without_declared).map(RateLimit::rate);
        let all = Counter::new(limits.rate.or(declared));
        Self { pause: limits.pause, without_declared: limits.without_declared, in_flight, all, ..Self::default() }
    }

    /// Waits until a request may be sent. Returns the time at which it may be, which is `now` if it does not wait, and
    /// the permit, which is held until its response arrives.
    pub(super) async fn enter(
        &self,
        limit: Option<&ScopedLimit>,
        mut now: Instant,
    ) -> (Instant, Option<SemaphorePermit<'_>>) {
        // Calls wait for their declared limit first, so that they do not delay other calls.
        let counter = limit.filter(|_| !self.without_declared).map(|limit| self.counter(limit));
        let mut declared = None;
        if let Some(counter) = &counter {
            let mut turn = counter.turn(&mut now).await;
            while let Some(delay) = counter.delay(&mut turn, now) {
                platform::sleep(delay).await;
                now = Instant::now();
            }
            declared = Some((counter, turn));
        }
        let permit = match self.in_flight.as_ref().map(|in_flight| (in_flight, in_flight.try_acquire())) {
            Some((_, Ok(permit))) => Some(permit),
            Some((in_flight, Err(_))) => {
                let permit = in_flight.acquire().await.ok();
                now = Instant::now();
                permit
            }
            None => None,
        };
        if self.all.rate.is_some() || self.paused(now).is_some() {
            let mut turn = self.all.turn(&mut now).await;
            while let Some(delay) = self.paused(now).or_else(|| self.all.delay(&mut turn, now)) {
                platform::sleep(delay).await;
                now = Instant::now();
            }
            self.all.count(&mut turn, now);
        }
        if let Some((counter, mut turn)) = declared {
            counter.count(&mut turn, now);
        }
        (now, permit)
    }

    /// Returns the counter of a declared limit.
    fn counter(&self, limit: &ScopedLimit) -> Arc<Counter> {
        let mut declared = locked(&self.declared);
        if let Some(counter) = declared.get(&limit.key) {
            return Arc::clone(counter);
        }
        // Unused counters are removed, because the number of scopes is unlimited.
        let now = Instant::now();
        declared.retain(|_, counter| Arc::strong_count(counter) > 1 || !counter.is_idle(now));
        let counter = Arc::new(Counter::new(Some(limit.limit.rate())));
        declared.insert(limit.key.clone(), Arc::clone(&counter));
        counter
    }

    /// Returns the rest of the pause, if there is one.
    fn paused(&self, now: Instant) -> Option<Duration> {
        let mut paused_until = locked(&self.paused_until);
        let delay = (*paused_until)?.checked_duration_since(now).filter(|delay| !delay.is_zero());
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

/// Locks a mutex. Its value is consistent even if another thread panicked.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
