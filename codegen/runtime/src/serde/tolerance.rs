//! Decoding a response even if some of its optional values do not match the declaration.
//!
//! A response is first decoded strictly. If that fails, it is decoded again, and the value of each property that may be
//! absent is captured before it is decoded: one that does not match its type is left out, with a [`Warning`]. So a
//! response without such values has no overhead, and the compiler generates no second decoder for each type.
//!
//! serde's traits carry no state, so the state of a pass is thread-local. A response is decoded on a single thread.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize as _, DeserializeSeed, Deserializer, Error as _, Visitor};
use serde_json::Value;
use serde_json::de::SliceRead;
use serde_json::value::RawValue;

use super::content::{CAPTURED, Content, ContentReader, Mismatch, Work, handed_over};
use super::de::Decode;
use crate::response::{json_path, limits, sanitize};

/// serde_json's depth limit. A captured value has its own deserializer, which starts at zero again.
const DEEPEST: usize = 128;

/// The memory that a warning takes in addition to its value.
const WARNING: usize = size_of::<Warning>() + 128;

/// An optional property whose value does not match the declaration, and which is therefore absent from the decoded
/// response.
///
/// `Debug` and `Display` show its path and the expected type, but not the value.
#[derive(Clone, PartialEq)]
pub struct Warning {
    path: String,
    message: String,
    value: Value,
}

impl Warning {
    /// Returns the JSON path of the property, such as `$.payload[3].created_at`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the message of the error.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the value that the server sent.
    pub fn value(&self) -> &Value {
        &self.value
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl fmt::Debug for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Warning").field("path", &self.path).field("message", &self.message).finish_non_exhaustive()
    }
}

/// The current position in the text.
#[derive(Default)]
struct Position {
    path: String,
    parts: Vec<Part>,
}

/// A part of the path.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    is_element: bool,
}

impl Position {
    fn is_in_list(&self) -> bool {
        self.parts.iter().any(|part| part.is_element)
    }
}

/// The optional values that are left out if they cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tolerance {
    /// None: such a response is an error.
    Strict,
    /// All except the list of a page, so that a bad item does not remove the others.
    Page,
    /// All.
    Full,
}

struct State {
    tolerance: Cell<Tolerance>,
    /// True if only values within lists are left out in this pass.
    in_lists: Cell<bool>,
    /// True if a value was left out that is or contains a list, and is not itself in one.
    lost_list: Cell<bool>,
    /// True if that pass would decode a union better.
    wanted: Cell<bool>,
    position: Cell<Position>,
    warnings: Cell<Vec<Warning>>,
    /// The value that was left out last.
    left_out: Cell<Option<Value>>,
}

thread_local! {
    /// True in a pass that leaves out values. Because it is read for each object, it is separate from the state that
    /// has a destructor.
    static TOLERANT: Cell<bool> = const { Cell::new(false) };
    static STATE: State = const {
        State {
            tolerance: Cell::new(Tolerance::Full),
            in_lists: Cell::new(false),
            lost_list: Cell::new(false),
            wanted: Cell::new(false),
            position: Cell::new(Position { path: String::new(), parts: Vec::new() }),
            warnings: Cell::new(Vec::new()),
            left_out: Cell::new(None),
        }
    };
}

/// Returns the current tolerance.
pub(crate) fn current() -> Tolerance {
    STATE.with(|state| state.tolerance.get())
}

/// Sets the tolerance, and returns the previous one.
pub(crate) fn replace(tolerance: Tolerance) -> Tolerance {
    STATE.with(|state| state.tolerance.replace(tolerance))
}

/// Takes the warnings of the last decoding.
pub(crate) fn take_warnings() -> Vec<Warning> {
    STATE.with(|state| state.warnings.take())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    Strict,
    InLists,
    Tolerant,
}

/// Decodes with `read`, and again if a tolerant pass may help.
pub(crate) fn decode<T>(read: impl Fn() -> Result<T, serde_json::Error>) -> Result<T, serde_json::Error> {
    begin(Pass::Strict);
    let strict = read();
    if !may_help(strict.as_ref().err()) {
        return strict;
    }
    let mut error = None;
    if current() == Tolerance::Page {
        begin(Pass::InLists);
        match read() {
            Ok(page) => return ended(Ok(page)),
            Err(in_lists) => error = Some(in_lists),
        }
    }
    begin(Pass::Tolerant);
    let mut tolerant = read();
    if STATE.with(|state| state.lost_list.get())
        && let Some(error) = error
    {
        tolerant = Err(error);
    }
    // If the strict pass could not choose the variant of a union, its result is still a value.
    ended(if strict.is_ok() { tolerant.or(strict) } else { tolerant })
}

fn begin(pass: Pass) {
    if pass != Pass::Strict {
        limits::restart();
    }
    STATE.with(|state| {
        TOLERANT.set(pass != Pass::Strict);
        state.in_lists.set(pass == Pass::InLists);
        state.lost_list.set(false);
        state.wanted.set(false);
        state.position.take();
        state.warnings.take();
        state.left_out.take();
    });
}

fn ended<T>(result: Result<T, serde_json::Error>) -> Result<T, serde_json::Error> {
    TOLERANT.set(false);
    if result.is_err() {
        take_warnings();
    }
    result
}

/// Returns true if a tolerant pass may help. It does not help with text that is not valid JSON.
fn may_help(error: Option<&serde_json::Error>) -> bool {
    let wanted = STATE.with(|state| error.map_or(state.wanted.get(), serde_json::Error::is_data));
    wanted && current() != Tolerance::Strict && !limits::is_exceeded()
}

/// Returns true if values are left out.
#[inline]
pub(crate) fn is_on() -> bool {
    TOLERANT.get()
}

/// Returns true if the value at this position is left out if it cannot be decoded.
pub(crate) fn captures() -> bool {
    STATE.with(|state| !state.in_lists.get()) || with_position(|position| position.is_in_list())
}

/// Requests the tolerant pass even if the strict one succeeds.
pub(crate) fn want() {
    STATE.with(|state| state.wanted.set(true));
}

/// Runs `read` without leaving out values. Also returns true if a union in it requests the tolerant pass.
pub(crate) fn strictly<T>(read: impl FnOnce() -> T) -> (T, bool) {
    let outer = (TOLERANT.replace(false), STATE.with(|state| state.wanted.replace(false)));
    let result = read();
    TOLERANT.set(outer.0);
    (result, STATE.with(|state| state.wanted.replace(outer.1)))
}

fn with_position<R>(change: impl FnOnce(&mut Position) -> R) -> R {
    STATE.with(|state| {
        let mut position = state.position.take();
        let result = change(&mut position);
        state.position.set(position);
        result
    })
}

fn enter<E: de::Error>(part: &str, is_element: bool) -> Result<(), E> {
    let depth = with_position(|position| {
        position.parts.push(Part { start: position.path.len(), is_element });
        position.path.push_str(part);
        position.parts.len()
    });
    if depth > DEEPEST { Err(E::custom("recursion limit exceeded")) } else { Ok(()) }
}

/// Enters a property of an object.
pub(crate) fn enter_property<E: de::Error>(name: &str) -> Result<(), E> {
    enter(&json_path::property(name), false)
}

/// Enters an element of a list.
pub(crate) fn enter_element<E: de::Error>(index: usize) -> Result<(), E> {
    enter(&format!("[{index}]"), true)
}

/// Leaves the innermost property or element.
pub(crate) fn leave() {
    with_position(|position| {
        if let Some(part) = position.parts.pop() {
            position.path.truncate(part.start);
        }
    });
}

/// Leaves a property, and stores its value under its name if it was left out.
pub(crate) fn leave_property(name: Cow<'_, str>, left_out: &mut Vec<(String, Value)>) {
    leave();
    if let Some(value) = STATE.with(|state| state.left_out.take()) {
        left_out.push((name.into_owned(), value));
    }
}

/// A state that is restored after a failure.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    depth: usize,
    warnings: usize,
}

impl Mark {
    pub(crate) fn now() -> Self {
        STATE.with(|state| {
            let warnings = state.warnings.take();
            let count = warnings.len();
            state.warnings.set(warnings);
            Self { depth: with_position(|position| position.parts.len()), warnings: count }
        })
    }

    /// Restores this state.
    pub(crate) fn go_back(self) {
        with_position(|position| {
            if let Some(part) = position.parts.get(self.depth) {
                position.path.truncate(part.start);
            }
            position.parts.truncate(self.depth);
        });
        STATE.with(|state| {
            let mut warnings = state.warnings.take();
            warnings.truncate(self.warnings);
            state.warnings.set(warnings);
            state.left_out.take();
        });
    }

    /// Leaves out the value at this position, which could not be decoded for this reason.
    fn leave_out<E: de::Error>(self, reason: &str, value: Value) -> Result<(), E> {
        limits::check()?;
        self.go_back();
        limits::charge(WARNING)?;
        let message = sanitize::without_content(reason);
        let message = message.unwrap_or_else(|| "the value is not of the declared type".to_owned());
        let path = with_position(|position| sanitize::message(format_args!("${}", position.path)));
        let lost_list = holds_list(&value) && !with_position(|position| position.is_in_list());
        STATE.with(|state| {
            state.lost_list.set(state.lost_list.get() || lost_list);
            let mut warnings = state.warnings.take();
            warnings.push(Warning { path, message, value: value.clone() });
            state.warnings.set(warnings);
            state.left_out.set(Some(value));
        });
        Ok(())
    }
}

/// Leaves out a value at this place that was decoded, and is not what the property allows.
pub(crate) fn leave_out<E: de::Error>(reason: &str, value: Value) -> Result<(), E> {
    Mark::now().leave_out(reason, value)
}

fn holds_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(properties) => properties.values().any(holds_list),
        _ => false,
    }
}

/// Decodes the value of a property that may be absent; `None` if it is left out.
pub(crate) struct Tolerant<T> {
    is_on: bool,
    value: PhantomData<T>,
}

impl<T> Tolerant<T> {
    /// Creates the seed for a pass that leaves out values or does not.
    #[inline]
    pub(crate) fn new(is_on: bool) -> Self {
        Self { is_on, value: PhantomData }
    }
}

impl<'de, T: Decode> DeserializeSeed<'de> for Tolerant<T> {
    type Value = Option<T>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        if self.is_on && captures() {
            captured(deserializer)?.decode().map_err(de::Error::custom)
        } else {
            T::decode(deserializer).map(Some)
        }
    }
}

/// Captures a value before it is decoded.
fn captured<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Captured<'de>, D::Error> {
    deserializer.deserialize_newtype_struct(CAPTURED, CaptureVisitor)
}

/// A value that is decoded after it was captured.
enum Captured<'de> {
    Text(&'de RawValue),
    /// A part of the buffer of a union.
    Buffered(Content, Work),
}

impl Captured<'_> {
    /// Decodes the value; `None` if it is left out.
    fn decode<T: Decode>(&self) -> Result<Option<T>, Mismatch> {
        let begun = Mark::now();
        let decoded = match self {
            Self::Text(text) => T::decode(&mut reader(text)).map_err(|error| error.to_string()),
            Self::Buffered(content, work) => {
                T::decode(ContentReader::new(content, work)).map_err(|error| error.to_string())
            }
        };
        match decoded {
            Ok(value) => Ok(Some(value)),
            Err(reason) => self.leave_out(begun, &reason).map(|()| None),
        }
    }

    fn leave_out(&self, begun: Mark, reason: &str) -> Result<(), Mismatch> {
        let value = match self {
            Self::Text(text) => Value::decode(&mut reader(text)).map_err(Mismatch::custom)?,
            Self::Buffered(content, _) => content.to_value(),
        };
        begun.leave_out(reason, value)
    }
}

fn reader(text: &RawValue) -> serde_json::Deserializer<SliceRead<'_>> {
    serde_json::Deserializer::from_slice(text.get().as_bytes())
}

struct CaptureVisitor;

impl<'de> Visitor<'de> for CaptureVisitor {
    type Value = Captured<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Captured<'de>, D::Error> {
        <&RawValue>::deserialize(deserializer).map(Captured::Text)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Captured<'de>, E> {
        let Some((content, work)) = handed_over() else { return Err(E::custom("there is no value")) };
        Ok(Captured::Buffered(content, work))
    }
}
