//! When a request is sent again, and how long after.

use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How calls are repeated that a server was too busy for, or that got lost on the way.
///
/// A request is repeated only where that cannot do anything twice:
///
/// - after a 429, and after a connection that never came about, whatever the method;
/// - after a 502, 503 or 504, a timeout or a broken connection only GET, HEAD, OPTIONS, TRACE, PUT, DELETE, and a
///   POST or PATCH of which it is known that it changes nothing twice, such as a search;
/// - never if its body is a stream, which can be read only once.
///
/// Besides, a request refused with a 401 for a token that the client fetched is sent once more with a new one, whatever
/// the policy, unless its body is a stream.
///
/// Before each repetition it waits a random time, the longest of which doubles from one to the next, and at least
/// as long as the server's `Retry-After` asks. Other statuses and answers that cannot be decoded are final.
///
/// ```
/// use std::time::Duration;
/// use crm_clients_runtime::Retry;
///
/// let patient = Retry::default().attempts(8).total_time(Duration::from_secs(600));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Retry {
    attempts: u32,
    first_delay: Duration,
    longest_delay: Duration,
    total_time: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(30),
            total_time: Duration::from_secs(120),
        }
    }
}

impl Retry {
    /// One attempt, limited by its own timeout alone.
    pub fn never() -> Self {
        Self { attempts: 1, total_time: Duration::MAX, ..Self::default() }
    }

    /// How often a request is sent at most, the first time included; 3 by default.
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// The longest wait before the second attempt; 500 milliseconds by default.
    pub fn first_delay(self, delay: Duration) -> Self {
        Self { first_delay: delay, ..self }
    }

    /// The longest wait before any attempt, unless the server asks for a longer one; 30 seconds by default.
    pub fn longest_delay(self, delay: Duration) -> Self {
        Self { longest_delay: delay, ..self }
    }

    /// How long a call may take in all, from its first attempt on, waits included; 120 seconds by default.
    ///
    /// It also ends an attempt whose own timeout is longer, even the only one. A wait that would not end in time
    /// is not begun: the call then returns at once what its last attempt came to.
    pub fn total_time(self, time: Duration) -> Self {
        Self { total_time: time, ..self }
    }

    /// The longest wait after so many attempts, before chance shortens it.
    fn longest_delay_after(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        self.first_delay.saturating_mul(1 << doublings).min(self.longest_delay)
    }
}

/// What one call has used of its policy.
pub(crate) struct Attempts<'a> {
    policy: &'a Retry,
    begun: Instant,
    ended: u32,
}

impl<'a> Attempts<'a> {
    pub(crate) fn begin(policy: &'a Retry) -> Self {
        Self { policy, begun: Instant::now(), ended: 0 }
    }

    /// How many attempts have ended so far.
    pub(crate) fn ended(&self) -> u32 {
        self.ended
    }

    /// How long the call may still take.
    pub(crate) fn time_left(&self) -> Duration {
        self.policy.total_time.saturating_sub(self.begun.elapsed())
    }

    /// How long to wait for the next attempt, if there may be one.
    pub(crate) fn next_delay(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.ended += 1;
        if self.ended >= self.policy.attempts {
            return None;
        }
        // Clients that failed together would otherwise come back together.
        let delay = fraction(self.policy.longest_delay_after(self.ended), fastrand::f64());
        let delay = delay.max(asked.unwrap_or_default());
        (delay < self.time_left()).then_some(delay)
    }
}

/// This part, at most 1, of a duration.
fn fraction(whole: Duration, part: f64) -> Duration {
    Duration::try_from_secs_f64(whole.as_secs_f64() * part).unwrap_or(whole).min(whole)
}

/// How long the server asks to be left alone: in seconds, or until a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds are still a long time.
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
        let policy = Retry::default().first_delay(SECOND).longest_delay(5 * SECOND);
        let longest = [1, 2, 3, 4, u32::MAX].map(|attempts| policy.longest_delay_after(attempts));
        assert_eq!(longest, [SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND, 5 * SECOND]);
        let endless = Retry::default().first_delay(Duration::MAX).longest_delay(Duration::MAX);
        assert_eq!(endless.longest_delay_after(9), Duration::MAX);
        assert_eq!(fraction(Duration::MAX, 1.0), Duration::MAX);
        assert_eq!(fraction(4 * SECOND, 0.25), SECOND);
    }

    #[test]
    fn a_delay_is_within_its_bounds() {
        let policy = Retry::default().attempts(u32::MAX).first_delay(SECOND).longest_delay(SECOND);
        let mut attempts = Attempts::begin(&policy);
        let delays: Vec<_> = (0..100).filter_map(|_| attempts.next_delay(None)).collect();
        assert_eq!(delays.len(), 100);
        assert!(delays.iter().all(|delay| *delay <= SECOND), "{delays:?}");
        assert!(delays.iter().any(|delay| *delay != delays[0]), "{delays:?}");
        assert_eq!(attempts.next_delay(Some(60 * SECOND)), Some(60 * SECOND));
        assert_eq!(attempts.next_delay(Some(121 * SECOND)), None);
    }

    #[test]
    fn the_attempts_are_counted() {
        for (attempts, delays) in [(0, 0), (1, 0), (2, 1), (3, 2)] {
            let policy = Retry::default().attempts(attempts);
            let mut attempts = Attempts::begin(&policy);
            let given = (0..5).filter_map(|_| attempts.next_delay(None)).count();
            assert_eq!(given, delays, "{policy:?}");
        }
        assert_eq!(Attempts::begin(&Retry::never()).next_delay(None), None);
    }
}
