//! Limits on the time and memory that decoding one response may take.
//!
//! serde's traits carry no state, so the limits are in thread-local cells while a response is decoded. A response is
//! decoded on a single thread.

use std::cell::Cell;
use std::time::Duration;

use serde::de;

use crate::client::RESPONSE_LIMIT;
use crate::platform::Instant;
use crate::serde::tolerance::{self, Tolerance, Warning};

/// The memory limit of decoding a response, as a multiple of the response limit.
pub(crate) const MEMORY_FACTOR: usize = 16;

/// Number of counted allocations after which the clock is read.
const TICKS: u32 = 256;

/// The limits of decoding one response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The deadline, and the timeout of the whole call.
    deadline: Option<(Instant, Duration)>,
    memory: usize,
    /// The optional values that are left out if they do not match the declaration.
    tolerance: Tolerance,
}

/// The outcome of decoding one response, in addition to its value.
#[derive(Debug)]
pub(crate) struct Decoding {
    /// The limit that was exceeded.
    pub(crate) exceeded: Option<Exceeded>,
    /// The optional values that were left out.
    pub(crate) warnings: Vec<Warning>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::of_response(RESPONSE_LIMIT)
    }
}

/// The limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    Time(Duration),
    Memory,
}

impl Exceeded {
    fn message(self) -> &'static str {
        match self {
            Self::Time(_) => "decoding exceeded the call's timeout",
            Self::Memory => "the decoded body would need more than 16 times the response limit in memory",
        }
    }

    fn error<E: de::Error>(self) -> E {
        E::custom(self.message())
    }
}

struct State {
    limits: Cell<Limits>,
    memory: Cell<usize>,
    ticks: Cell<u32>,
    exceeded: Cell<Option<Exceeded>>,
}

thread_local! {
    static STATE: State = const {
        State {
            limits: Cell::new(Limits { deadline: None, memory: usize::MAX, tolerance: Tolerance::Full }),
            memory: Cell::new(usize::MAX),
            ticks: Cell::new(0),
            exceeded: Cell::new(None),
        }
    };
}

impl Limits {
    /// Returns the limits of a client that accepts responses of up to `response_limit` bytes.
    pub(crate) fn of_response(response_limit: usize) -> Self {
        Self { deadline: None, memory: response_limit.saturating_mul(MEMORY_FACTOR), tolerance: Tolerance::Full }
    }

    /// Like [`of_response`](Self::of_response), for a response that must be decoded within this time from now.
    pub(crate) fn within(timeout: Duration, response_limit: usize) -> Self {
        let deadline = Instant::now().checked_add(timeout).map(|deadline| (deadline, timeout));
        Self { deadline, ..Self::of_response(response_limit) }
    }

    /// Returns these limits with another tolerance.
    pub(crate) fn with(self, tolerance: Tolerance) -> Self {
        Self { tolerance, ..self }
    }

    /// Runs `decode` within these limits. Also returns the limit that it exceeded and its warnings.
    pub(crate) fn apply<T>(self, decode: impl FnOnce() -> T) -> (T, Decoding) {
        let _outer = Outer::replaced_by(self);
        let result = decode();
        let exceeded = STATE.with(|state| state.exceeded.get());
        (result, Decoding { exceeded, warnings: tolerance::take_warnings() })
    }
}

/// Restores the outer limits when it is dropped, even after a panic.
struct Outer(Limits, usize, u32, Option<Exceeded>, Tolerance);

impl Outer {
    fn replaced_by(limits: Limits) -> Self {
        tolerance::take_warnings();
        let tolerance = tolerance::replace(limits.tolerance);
        STATE.with(|state| {
            Self(
                state.limits.replace(limits),
                state.memory.replace(limits.memory),
                state.ticks.replace(0),
                state.exceeded.replace(None),
                tolerance,
            )
        })
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        STATE.with(|state| {
            state.limits.set(self.0);
            state.memory.set(self.1);
            state.ticks.set(self.2);
            state.exceeded.set(self.3);
        });
        tolerance::replace(self.4);
    }
}

/// Counts an allocation of this many bytes.
#[inline]
pub(crate) fn charge<E: de::Error>(bytes: usize) -> Result<(), E> {
    STATE.with(|state| {
        let ticks = state.ticks.get().wrapping_add(1);
        state.ticks.set(ticks);
        match state.memory.get().checked_sub(bytes) {
            Some(left) if ticks % TICKS != 0 => {
                state.memory.set(left);
                Ok(())
            }
            left => refuse(state, left),
        }
    })
}

/// Resets the memory count, for a response that is decoded again.
pub(crate) fn restart() {
    STATE.with(|state| state.memory.set(state.limits.get().memory));
}

/// Returns true if a limit was exceeded.
pub(crate) fn is_exceeded() -> bool {
    STATE.with(|state| state.exceeded.get().is_some())
}

#[cold]
fn refuse<E: de::Error>(state: &State, memory_left: Option<usize>) -> Result<(), E> {
    match memory_left {
        Some(left) => state.memory.set(left),
        None => state.exceeded.set(Some(Exceeded::Memory)),
    }
    if let Some((deadline, timeout)) = state.limits.get().deadline
        && Instant::now() > deadline
    {
        state.exceeded.set(Some(Exceeded::Time(timeout)));
    }
    state.exceeded.get().map_or(Ok(()), |exceeded| Err(exceeded.error()))
}

/// Returns an error if a limit was exceeded. Otherwise a union would try its next variant.
pub(crate) fn check<E: de::Error>() -> Result<(), E> {
    STATE.with(|state| state.exceeded.get()).map_or(Ok(()), |exceeded| Err(exceeded.error()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Exceeded, Limits, charge, check};

    type Checked = Result<(), serde_json::Error>;

    #[test]
    fn a_limit_holds_until_the_end_of_its_response() {
        let small = Limits::of_response(1);
        let (inner, decoding) = small.apply(|| {
            let first: Checked = charge(16);
            assert!(first.is_ok());
            let second: Checked = charge(1);
            (second.is_err(), check::<serde_json::Error>().is_err())
        });
        assert_eq!((inner, decoding.exceeded), ((true, true), Some(Exceeded::Memory)));
        assert!(charge::<serde_json::Error>(1_000_000).is_ok() && check::<serde_json::Error>().is_ok());
        let late = Limits::within(Duration::ZERO, 1_000_000);
        std::thread::sleep(Duration::from_millis(1));
        let (failed, decoding) = late.apply(|| (0..1000).any(|_| charge::<serde_json::Error>(1).is_err()));
        assert_eq!((failed, decoding.exceeded), (true, Some(Exceeded::Time(Duration::ZERO))));
    }
}
