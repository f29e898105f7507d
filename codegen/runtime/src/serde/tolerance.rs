//! Decoding a response although some of its optional values are not what the API declares.
//!
//! A response is decoded strictly first. If that fails, it is decoded once more, and the value of each property that may be
//! absent is captured before it is decoded: one that is not of its type is left out, with a [`Warning`]. So a response
//! without such values costs nothing, and the compiler makes no second decoder of a type.
//!
//! serde's traits carry no state, so that of a pass is thread-local. Decoding never changes its thread.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize as _, DeserializeSeed, Deserializer, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::content::{CAPTURED, ContentReader, handed_over};
use super::de::Decode;
use crate::response::{json_path, limits, sanitize};

/// As deep as serde_json reads; a captured value has a deserializer of its own, which counts anew.
const DEEPEST: usize = 128;

/// What a warning takes beside the value that it keeps.
const WARNING: usize = size_of::<Warning>() + 128;

/// The value of an optional property that is not what the API declares: the property is absent from the decoded response.
///
/// `Debug` and `Display` show where it is and what was expected, and nothing of the value.
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

    /// Returns what is wrong with its value.
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

/// Where in the text decoding is.
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

/// Which optional values are left out if they cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tolerance {
    /// None: such a response is an error.
    Strict,
    /// All but the list of a page, so that a bad item does not take the others with it.
    Page,
    /// All.
    Full,
}

struct State {
    tolerance: Cell<Tolerance>,
    /// Whether only the values within lists are left out in this pass.
    in_lists: Cell<bool>,
    /// Whether a value was left out that is or holds a list, and is not in one.
    lost_list: Cell<bool>,
    /// Whether a union would be decoded better by that pass.
    wanted: Cell<bool>,
    position: Cell<Position>,
    warnings: Cell<Vec<Warning>>,
    /// The value that was left out just now.
    left_out: Cell<Option<Value>>,
}

thread_local! {
    /// Whether this is a pass that leaves values out. It is read for each object, so that it is apart from what needs a
    /// destructor.
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

/// Returns which values may be left out.
pub(crate) fn current() -> Tolerance {
    STATE.with(|state| state.tolerance.get())
}

/// Sets which values may be left out, and returns what was set before.
pub(crate) fn replace(tolerance: Tolerance) -> Tolerance {
    STATE.with(|state| state.tolerance.replace(tolerance))
}

/// Takes the warnings of what was decoded last.
pub(crate) fn take_warnings() -> Vec<Warning> {
    STATE.with(|state| state.warnings.take())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    Strict,
    InLists,
    Tolerant,
}

/// Decodes with `read`, again if that may help.
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
    // A union that a strict pass could not choose a variant for is still a value.
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

/// Text that is no JSON stays that.
fn may_help(error: Option<&serde_json::Error>) -> bool {
    let wanted = STATE.with(|state| error.map_or(state.wanted.get(), serde_json::Error::is_data));
    wanted && current() != Tolerance::Strict && !limits::is_exceeded()
}

/// Whether values are left out.
#[inline]
pub(crate) fn is_on() -> bool {
    TOLERANT.get()
}

/// Whether the value at this place is left out if it cannot be decoded.
pub(crate) fn captures() -> bool {
    STATE.with(|state| !state.in_lists.get()) || with_position(|position| position.is_in_list())
}

/// Asks for the tolerant pass, although the strict one does not fail.
pub(crate) fn want() {
    STATE.with(|state| state.wanted.set(true));
}

/// Runs `read` without leaving out values. Returns whether a union in it asks for that.
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

/// Leaves what was entered last.
pub(crate) fn leave() {
    with_position(|position| {
        if let Some(part) = position.parts.pop() {
            position.path.truncate(part.start);
        }
    });
}

/// Leaves a property, and keeps its value by its name if it was left out.
pub(crate) fn leave_property(name: Cow<'_, str>, left_out: &mut Vec<(String, Value)>) {
    leave();
    if let Some(value) = STATE.with(|state| state.left_out.take()) {
        left_out.push((name.into_owned(), value));
    }
}

/// A state to which a failure goes back.
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

    /// Forgets what came after this.
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

    /// Leaves out the value at this place, which could not be decoded for this reason.
    fn leave_out<E: de::Error>(self, reason: &dyn fmt::Display, value: Value) -> Result<(), E> {
        limits::check()?;
        self.go_back();
        limits::charge(WARNING)?;
        let message = sanitize::without_content(&reason.to_string());
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
pub(crate) fn leave_out<E: de::Error>(reason: &dyn fmt::Display, value: Value) -> Result<(), E> {
    Mark::now().leave_out(reason, value)
}

fn holds_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(properties) => properties.values().any(holds_list),
        _ => false,
    }
}

/// Reads the value of a property that may be absent; none if it is left out.
pub(crate) struct Tolerant<T> {
    is_on: bool,
    value: PhantomData<T>,
}

impl<T> Tolerant<T> {
    /// Returns the seed for a pass that leaves out values or does not.
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
            deserializer.deserialize_newtype_struct(CAPTURED, CaptureVisitor(PhantomData))
        } else {
            T::decode(deserializer).map(Some)
        }
    }
}

/// Captures a value before it is decoded: as text, or where it is buffered already, as that.
struct CaptureVisitor<T>(PhantomData<T>);

impl<'de, T: Decode> Visitor<'de> for CaptureVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?.get().as_bytes();
        let begun = Mark::now();
        match T::decode(&mut serde_json::Deserializer::from_slice(text)) {
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                let value =
                    Value::decode(&mut serde_json::Deserializer::from_slice(text)).map_err(de::Error::custom)?;
                begun.leave_out(&error, value).map(|()| None)
            }
        }
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        let Some((content, work)) = handed_over() else { return Err(E::custom("there is no value")) };
        let begun = Mark::now();
        match T::decode(ContentReader::new(&content, &work)) {
            Ok(value) => Ok(Some(value)),
            Err(error) => begun.leave_out(&error, content.to_value()).map(|()| None),
        }
    }
}
