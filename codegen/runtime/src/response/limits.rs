//! Limits of decoding one response: how long it may take, and how much memory.
//!
//! serde's traits carry no state, so the limits are in thread-local cells while a response is decoded. Decoding never
//! changes its thread.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde::de;
use serde_json::Value;

use crate::client::RESPONSE_LIMIT;

/// Decoding a response may take so many times the response limit in memory, by estimate.
pub(crate) const MEMORY_FACTOR: usize = 16;

/// The clock is looked at after so many objects.
const TICKS: u32 = 256;

/// The limits of decoding one response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// When decoding has to end, and what the whole call was allowed.
    deadline: Option<(Instant, Duration)>,
    memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self::of_response(RESPONSE_LIMIT)
    }
}

/// Which limit was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    Time(Duration),
    Memory,
}

impl Exceeded {
    fn message(self) -> &'static str {
        match self {
            Self::Time(_) => "decoding took longer than the call's timeout",
            Self::Memory => "decoded, the body could take more than 16 times the response limit in memory",
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
            limits: Cell::new(Limits { deadline: None, memory: usize::MAX }),
            memory: Cell::new(usize::MAX),
            ticks: Cell::new(0),
            exceeded: Cell::new(None),
        }
    };
}

impl Limits {
    /// Limits for a client that reads responses of up to `response_limit` bytes.
    pub(crate) fn of_response(response_limit: usize) -> Self {
        Self { deadline: None, memory: response_limit.saturating_mul(MEMORY_FACTOR) }
    }

    /// The same for a response that has to be read within this time from now.
    pub(crate) fn within(timeout: Duration, response_limit: usize) -> Self {
        let deadline = Instant::now().checked_add(timeout).map(|deadline| (deadline, timeout));
        Self { deadline, ..Self::of_response(response_limit) }
    }

    /// Runs `decode` within these limits; also returns the limit that it exceeded.
    pub(crate) fn apply<T>(self, decode: impl FnOnce() -> T) -> (T, Option<Exceeded>) {
        let _outer = Outer::replaced_by(self);
        let result = decode();
        (result, STATE.with(|state| state.exceeded.get()))
    }

    /// Fails if the text, read as a [`Value`], would take more memory than these limits allow.
    pub(crate) fn check_text<E: de::Error>(text: &[u8]) -> Result<(), E> {
        let memory = STATE.with(|state| state.limits.get().memory);
        // Small texts cannot exceed it, so they are not visited.
        if text.len().saturating_mul(WORST_FACTOR) <= memory || memory_of(text, memory) <= memory {
            return Ok(());
        }
        STATE.with(|state| state.exceeded.set(Some(Exceeded::Memory)));
        Err(Exceeded::Memory.error())
    }
}

/// Puts back the limits around these, even after a panic.
struct Outer(Limits, usize, u32, Option<Exceeded>);

impl Outer {
    fn replaced_by(limits: Limits) -> Self {
        STATE.with(|state| {
            Self(
                state.limits.replace(limits),
                state.memory.replace(limits.memory),
                state.ticks.replace(0),
                state.exceeded.replace(None),
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
    }
}

/// Counts a decoded object of this size.
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

/// Fails if a limit was exceeded. A union would otherwise try its next variant.
pub(crate) fn check<E: de::Error>() -> Result<(), E> {
    STATE.with(|state| state.exceeded.get()).map_or(Ok(()), |exceeded| Err(exceeded.error()))
}

const VALUE: usize = size_of::<Value>();
/// An entry of serde_json's map, and its slot in the map's index.
const ENTRY: usize = size_of::<(u64, String, Value)>() + size_of::<usize>() + 2;
/// What the allocator adds to a block.
const BLOCK: usize = 16;
/// Lists and maps begin with room for so many.
const FIRST_CAPACITY: usize = 4;
/// No text takes more than so many times its size: `[{"a":0},{"a":0}]` and the like come nearest.
const WORST_FACTOR: usize = VALUE + FIRST_CAPACITY * ENTRY;

/// How many bytes a JSON text takes as a [`Value`], estimated in one pass that ends above `limit`.
fn memory_of(text: &[u8], limit: usize) -> usize {
    let mut memory = VALUE;
    // The number of members of each container around, and the size of one.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut position = 0;
    while position < text.len() && memory <= limit {
        let byte = text[position];
        position += 1;
        match byte {
            b'}' | b']' => {
                open.pop();
            }
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => {
                let is_key = byte == b'"' && {
                    let end = string_end(text, position);
                    memory += end - position + BLOCK;
                    position = end;
                    text[position..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
                };
                if !is_key {
                    memory += grown(open.last_mut());
                }
                match byte {
                    b'{' => open.push((0, ENTRY)),
                    b'[' => open.push((0, VALUE)),
                    b'"' => {}
                    _ => position += text[position..].iter().take_while(|byte| !b",]} \t\r\n".contains(byte)).count(),
                }
                // serde_json refuses to go deeper.
                if open.len() > 128 {
                    return memory;
                }
            }
        }
    }
    memory
}

/// By how much a container grows for one member more.
fn grown(container: Option<&mut (usize, usize)>) -> usize {
    let Some((members, size)) = container else { return 0 };
    *members += 1;
    match *members {
        1 => FIRST_CAPACITY * *size + BLOCK,
        more if more > FIRST_CAPACITY && (more - 1).is_power_of_two() => (more - 1) * *size,
        _ => 0,
    }
}

/// The position behind the string that begins before `position`.
fn string_end(text: &[u8], mut position: usize) -> usize {
    while let Some(byte) = text.get(position) {
        position += match byte {
            b'"' => return position + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ENTRY, Exceeded, Limits, VALUE, WORST_FACTOR, charge, check, memory_of};

    type Checked = Result<(), serde_json::Error>;

    #[test]
    fn memory_is_estimated_by_what_a_value_takes() {
        let all = |text: &str| memory_of(text.as_bytes(), usize::MAX);
        assert_eq!(all("12"), VALUE);
        assert_eq!(all("[]"), VALUE);
        assert_eq!(all("[1, 2,3,4]"), VALUE + 4 * VALUE + 16);
        assert_eq!(all("[1,2,3,4,5]"), VALUE + 8 * VALUE + 16);
        assert_eq!(all(r#"{"a": "b"}"#), VALUE + 4 * ENTRY + 16 + 2 * (2 + 16));
        assert_eq!(all(r#"{"a\"": {}}"#), all(r#"{"bcd": 10}"#));
        for text in ["", "\"", "\"\\", "]]}}", "{", "[[[", "nul", "{\"a", &"[".repeat(1000)] {
            assert!(all(text) <= VALUE + text.len() * WORST_FACTOR, "{text}");
        }
        for item in ["0", "[0]", "{\"a\":0}", "[]", "\"\"", "[[0]]"] {
            let text = format!("[{}]", vec![item; 1000].join(","));
            assert!(all(&text) <= text.len() * WORST_FACTOR, "{item}");
        }
    }

    #[test]
    fn a_limit_holds_until_the_end_of_its_response() {
        let small = Limits::of_response(1);
        let (inner, exceeded) = small.apply(|| {
            let first: Checked = charge(16);
            assert!(first.is_ok());
            let second: Checked = charge(1);
            (second.is_err(), check::<serde_json::Error>().is_err())
        });
        assert_eq!((inner, exceeded), ((true, true), Some(Exceeded::Memory)));
        assert!(charge::<serde_json::Error>(1_000_000).is_ok() && check::<serde_json::Error>().is_ok());
        let late = Limits::within(Duration::ZERO, 1_000_000);
        std::thread::sleep(Duration::from_millis(1));
        let (failed, exceeded) = late.apply(|| (0..1000).any(|_| charge::<serde_json::Error>(1).is_err()));
        assert_eq!((failed, exceeded), (true, Some(Exceeded::Time(Duration::ZERO))));
        let (checked, _) = small.apply(|| Limits::check_text::<serde_json::Error>(b"[1,2,3]").is_err());
        assert!(checked);
    }
}
