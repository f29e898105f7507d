//! The retry policy: the conditions of a retry, and its delay.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::budget::RetryBudget;
use crate::error::TransportError;
use crate::platform::Instant;

/// Retry policy for throttled requests and network failures.
///
/// Requests are retried only when that is safe:
///
/// - After a 429 or a failed connect, with any method.
/// - After a 502, 503 or 504, a timeout or a broken connection, only with GET, HEAD, OPTIONS, TRACE, PUT and DELETE,
///   and with a POST or PATCH that is idempotent: because the API declares it, as for a search, or because the caller
///   does with `idempotent` or `idempotency_key`.
/// - After a followed redirect, only under the second condition.
/// - Never if the body is a stream, which can be read only once.
///
/// A request that is rejected with a 401 because of a token that the client fetched is sent once more with a new token,
/// whatever the policy, under the same conditions as after a 429.
///
/// Before each retry the client waits for a random time, whose upper bound doubles with each retry. If the server sends
/// `Retry-After`, the random time is added to it. After a 429 the client's other calls [wait too](crate::CallLimits).
/// Other statuses, and responses that cannot be decoded, are not retried. [`statuses`](Self::statuses),
/// [`also_on`](Self::also_on), [`timeouts`](Self::timeouts) and [`connection_errors`](Self::connection_errors) change
/// what is retried, under the same conditions; a [`Hook`](crate::Hook) can decide for each response.
///
/// All calls of a client share a retry budget, so that retries do not multiply the load during an outage. A retry takes
/// 5 of 500 tokens, or 10 after a timeout. A success returns what the call's last retry took, or 1.
/// ```
/// use std::time::Duration;
/// use crm_clients_runtime::Retry;
///
/// let patient = Retry::default().max_attempts(8).max_elapsed(Duration::from_secs(600));
/// // Also after a 408 or 500, and after the statuses of a CDN that cannot reach the server.
/// let more = Retry::default().also_on([408, 500]).also_on(520..=529);
/// # let _ = Retry::default().statuses([crm_clients_runtime::StatusCode::LOCKED]);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Retry {
    max_attempts: u32,
    first_delay: Duration,
    max_delay: Duration,
    max_elapsed: Duration,
    statuses: Vec<u16>,
    timeouts: bool,
    connection_errors: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            max_elapsed: Duration::from_secs(120),
            statuses: vec![429, 502, 503, 504],
            timeouts: true,
            connection_errors: true,
        }
    }
}

impl Retry {
    /// Returns a policy that sends each request once, limited only by the timeout.
    pub fn never() -> Self {
        Self { max_attempts: 1, max_elapsed: Duration::MAX, ..Self::default() }
    }

    /// Sets the maximum number of attempts, including the first; 3 by default.
    pub fn max_attempts(self, attempts: u32) -> Self {
        Self { max_attempts: attempts, ..self }
    }

    /// Sets the maximum random delay before the second attempt; 500 milliseconds by default.
    pub fn first_delay(self, delay: Duration) -> Self {
        Self { first_delay: delay, ..self }
    }

    /// Sets the maximum random delay before any attempt; 30 seconds by default.
    pub fn max_delay(self, delay: Duration) -> Self {
        Self { max_delay: delay, ..self }
    }

    /// Sets the maximum total time of a call, including delays; 120 seconds by default.
    ///
    /// It also ends an attempt with a longer timeout, even the only one, but never an upload that makes progress. If
    /// the delay before a retry would exceed it, the call immediately returns the result of its last attempt.
    pub fn max_elapsed(self, time: Duration) -> Self {
        Self { max_elapsed: time, ..self }
    }

    /// Sets the statuses after which a request is retried; 429, 502, 503 and 504 by default.
    ///
    /// After any status but a 429, only idempotent requests are retried. Other statuses that are often temporary are
    /// 408, 409, 425, 500 and 520 to 529. A success is never retried.
    pub fn statuses(self, statuses: impl IntoIterator<Item: StatusNumber>) -> Self {
        Self { statuses: Vec::new(), ..self }.also_on(statuses)
    }

    /// Adds statuses after which a request is retried.
    pub fn also_on(mut self, statuses: impl IntoIterator<Item: StatusNumber>) -> Self {
        let statuses = statuses.into_iter().map(StatusNumber::number);
        self.statuses.extend(statuses.filter(|status| !(200..300).contains(status)));
        self
    }

    /// Sets whether an idempotent request is retried after a timeout; true by default.
    pub fn timeouts(self, retried: bool) -> Self {
        Self { timeouts: retried, ..self }
    }

    /// Sets whether requests are retried after a failed or broken connection; true by default.
    pub fn connection_errors(self, retried: bool) -> Self {
        Self { connection_errors: retried, ..self }
    }

    /// Returns true if a response with this status can be retried.
    pub(super) fn is_on(&self, status: u16) -> bool {
        self.statuses.contains(&status)
    }

    /// Returns true if a request with this error can be retried.
    pub(super) fn is_on_error(&self, error: &TransportError) -> bool {
        if error.is_timeout() && !error.is_connect() { self.timeouts } else { self.connection_errors }
    }

    /// Returns the upper bound of the random delay after this many attempts.
    fn max_delay_after(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        self.first_delay.saturating_mul(1 << doublings).min(self.max_delay)
    }
}

/// A status: its number, or a [`StatusCode`].
///
/// `Into<u16>` would not do: with it, the type of a literal is `i32`.
#[doc(hidden)]
pub trait StatusNumber {
    /// Returns the number.
    fn number(self) -> u16;
}

impl StatusNumber for u16 {
    fn number(self) -> u16 {
        self
    }
}

impl StatusNumber for StatusCode {
    fn number(self) -> u16 {
        self.as_u16()
    }
}

/// The part of its policy that one call has used.
pub(crate) struct Attempts<'a> {
    policy: &'a Retry,
    budget: &'a RetryBudget,
    begun: Instant,
    ended: u32,
    /// The cost of the last retry.
    cost: Option<u32>,
}

impl<'a> Attempts<'a> {
    pub(crate) fn begin(policy: &'a Retry, budget: &'a RetryBudget) -> Self {
        Self { policy, budget, begun: Instant::now(), ended: 0, cost: None }
    }

    pub(crate) fn policy(&self) -> &Retry {
        self.policy
    }

    /// Returns the number of attempts that have ended.
    pub(crate) fn ended(&self) -> u32 {
        self.ended
    }

    /// Returns the time that is left for the call.
    pub(crate) fn time_left(&self) -> Duration {
        self.policy.max_elapsed.saturating_sub(self.begun.elapsed())
    }

    /// Excludes the time waited for a turn from the call's time.
    pub(crate) fn waited(&mut self, time: Duration) {
        self.begun += time;
    }

    /// Returns true if the policy allows a pause of this length.
    pub(crate) fn allows(&self, pause: Duration) -> bool {
        self.policy.max_attempts > 1 && pause <= self.policy.max_elapsed
    }

    /// Refunds the retry budget after a success.
    pub(crate) fn succeeded(&self) {
        self.budget.succeeded(self.cost);
    }

    /// Returns the delay before the next attempt; `None` if there is no further one.
    pub(crate) fn next_delay(&mut self, retry_after: Option<Duration>, timed_out: bool) -> Option<Duration> {
        self.ended += 1;
        if self.ended >= self.policy.max_attempts {
            return None;
        }
        let delay = self.delay(retry_after, fastrand::f64())?;
        self.cost = Some(self.budget.acquire(timed_out)?);
        Some(delay)
    }

    /// The server's delay gets jitter added, because clients that failed together would otherwise retry together.
    fn delay(&self, retry_after: Option<Duration>, random: f64) -> Option<Duration> {
        let asked = retry_after.unwrap_or_default();
        let room = self.time_left().checked_sub(asked).filter(|room| !room.is_zero())?;
        let jitter = fraction(self.policy.max_delay_after(self.ended).max(asked / 4), random);
        // The server's delay is kept without the jitter if necessary. A delay of our own that takes too long ends the
        // call.
        match retry_after {
            Some(asked) if !asked.is_zero() => Some(asked + jitter.min(fraction(room, 0.5))),
            _ => Some(jitter).filter(|jitter| *jitter < room),
        }
    }
}

/// Multiplies a duration by a factor of at most 1.
fn fraction(whole: Duration, part: f64) -> Duration {
    Duration::try_from_secs_f64(whole.as_secs_f64() * part).unwrap_or(whole).min(whole)
}

/// Returns the delay that the server requests, in seconds or until a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number with too many digits is still a long time.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use reqwest::header::HeaderValue;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        // 784111777 seconds after the epoch.
        let now = UNIX_EPOCH + Duration::from_secs(784_111_770);
        for (text, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(7)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 99 Nov 1994 08:49:37 GMT", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{text:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn delays_double_up_to_the_longest() {
        let policy = Retry::default().first_delay(SECOND).max_delay(5 * SECOND);
        let longest = [1, 2, 3, 4, u32::MAX].map(|attempts| policy.max_delay_after(attempts));
        assert_eq!(longest, [SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND, 5 * SECOND]);
        let endless = Retry::default().first_delay(Duration::MAX).max_delay(Duration::MAX);
        assert_eq!(endless.max_delay_after(9), Duration::MAX);
        assert_eq!(fraction(Duration::MAX, 1.0), Duration::MAX);
        assert_eq!(fraction(4 * SECOND, 0.25), SECOND);
    }

    #[test]
    fn a_delay_is_within_its_bounds() {
        let policy = Retry::default().max_attempts(u32::MAX).first_delay(SECOND).max_delay(SECOND);
        let budget = RetryBudget::default();
        let mut attempts = Attempts::begin(&policy, &budget);
        let delays: Vec<_> = (0..100).filter_map(|_| attempts.next_delay(None, false)).collect();
        assert_eq!(delays.len(), 100);
        assert!(delays.iter().all(|delay| *delay <= SECOND), "{delays:?}");
        assert!(delays.iter().any(|delay| *delay != delays[0]), "{delays:?}");
        assert_eq!(attempts.next_delay(None, false), None, "the budget is empty");
    }

    #[test]
    fn the_servers_delay_gets_jitter_on_top() {
        let policy = Retry::default().max_attempts(u32::MAX).first_delay(SECOND).max_delay(SECOND);
        let budget = RetryBudget::default();
        let mut attempts = Attempts::begin(&policy, &budget);
        attempts.ended = 1;
        for (asked, random, expected) in [
            (2 * SECOND, 0.0, 2 * SECOND),
            (2 * SECOND, 0.5, 2 * SECOND + SECOND / 2),
            (60 * SECOND, 1.0, 75 * SECOND),
            (Duration::ZERO, 0.5, SECOND / 2),
        ] {
            assert_eq!(attempts.delay(Some(asked), random), Some(expected));
        }
        // The remaining total time limits the jitter.
        let delay = attempts.delay(Some(119 * SECOND), 1.0);
        assert!(delay.is_some_and(|delay| delay > 119 * SECOND && delay < 120 * SECOND), "{delay:?}");
        assert_eq!(attempts.delay(Some(121 * SECOND), 0.0), None);
    }

    #[test]
    fn the_attempts_are_counted() {
        let budget = RetryBudget::default();
        for (attempts, delays) in [(0, 0), (1, 0), (2, 1), (3, 2)] {
            let policy = Retry::default().max_attempts(attempts);
            let mut attempts = Attempts::begin(&policy, &budget);
            let given = (0..5).filter_map(|_| attempts.next_delay(None, false)).count();
            assert_eq!(given, delays, "{policy:?}");
        }
        assert_eq!(Attempts::begin(&Retry::never(), &budget).next_delay(None, false), None);
    }
}
