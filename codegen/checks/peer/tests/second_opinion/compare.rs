//! Compares the requests of both clients.
//!
//! Paths are compared by segment and queries by pair, both after decoding, so that an encoded `/` or `&` differs from a
//! literal one. The order of values with the same name is significant; the order of different names is not (OpenAPI
//! 3.0.4, Parameter Object: parameters are identified by name and location).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hyper::header::{CONTENT_TYPE, HeaderMap};
use percent_encoding::percent_decode;
use serde_json::{Map, Value, json};

use crate::arguments::Arguments;
use crate::recorder::Request;

/// Headers that belong to the connection, not to the call.
const OF_CONNECTION: [&str; 5] = ["accept-encoding", "connection", "content-length", "host", "transfer-encoding"];

/// A part of the request that differs between the clients or from the arguments.
#[derive(Debug)]
pub struct Difference {
    pub part: Part,
    pub ours: Option<Value>,
    pub theirs: Option<Value>,
    /// The argument, for bodies.
    pub given: Option<Value>,
}

/// A part of a request.
#[derive(Debug, PartialEq)]
pub enum Part {
    /// The arguments: the reason why the client does not take them.
    Taken,
    /// The request as a whole: its request line, or the client's error.
    Sent,
    Method,
    /// The segments of the path.
    Path,
    /// The values with this name.
    Query(String),
    Header(String),
    /// A location in the body, as a JSON pointer. In forms, each name has a list of values.
    Body(String),
}

/// Compares the requests of a call.
pub fn compare(arguments: &Arguments, ours: &Request, theirs: &Request) -> Vec<Difference> {
    let mut found = Found::default();
    found.check(Part::Method, Some(ours.method.as_str().into()), Some(theirs.method.as_str().into()));
    found.check(Part::Path, Some(segments(ours)), Some(segments(theirs)));
    found.each(&query(ours), &query(theirs), Part::Query);
    found.each(&headers(ours), &headers(theirs), Part::Header);
    let given = arguments.body.as_ref();
    let given = if is_form(ours) { given.and_then(given_form) } else { given.cloned() };
    found.body("", body(ours).as_ref(), body(theirs).as_ref(), given.as_ref());
    found.0
}

#[derive(Default)]
struct Found(Vec<Difference>);

impl Found {
    fn check(&mut self, part: Part, ours: Option<Value>, theirs: Option<Value>) {
        if ours != theirs {
            self.0.push(Difference { part, ours, theirs, given: None });
        }
    }

    fn each(&mut self, ours: &Map<String, Value>, theirs: &Map<String, Value>, part: fn(String) -> Part) {
        for name in keys([Some(ours), Some(theirs)]) {
            self.check(part(name.clone()), ours.get(&name).cloned(), theirs.get(&name).cloned());
        }
    }

    /// Compares objects, or lists of the same length, member by member.
    fn body(&mut self, pointer: &str, ours: Option<&Value>, theirs: Option<&Value>, given: Option<&Value>) {
        if ours == theirs && ours == given {
            return;
        }
        let all = [ours, theirs, given];
        let objects = all.map(|side| side.and_then(Value::as_object));
        let lists = all.map(|side| side.and_then(Value::as_array));
        if objects.iter().all(Option::is_some) {
            for key in keys(objects) {
                let [ours, theirs, given] = objects.map(|side| side.and_then(|side| side.get(&key)));
                self.body(&format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), ours, theirs, given);
            }
        } else if let [Some(first), Some(second), Some(third)] = lists
            && first.len() == second.len()
            && first.len() == third.len()
        {
            for (index, ours) in first.iter().enumerate() {
                self.body(&format!("{pointer}/{index}"), Some(ours), second.get(index), third.get(index));
            }
        } else {
            let [ours, theirs, given] = all.map(|side| side.cloned());
            self.0.push(Difference { part: Part::Body(pointer.to_owned()), ours, theirs, given });
        }
    }
}

fn keys<const N: usize>(objects: [Option<&Map<String, Value>>; N]) -> BTreeSet<String> {
    objects.into_iter().flatten().flat_map(Map::keys).cloned().collect()
}

fn segments(request: &Request) -> Value {
    request.uri.path().split('/').map(|segment| decoded(segment.as_bytes())).collect()
}

fn query(request: &Request) -> Map<String, Value> {
    lists(pairs(request.uri.query().unwrap_or_default().as_bytes()))
}

fn headers(request: &Request) -> Map<String, Value> {
    let all = request.headers.iter().filter(|(name, _)| !OF_CONNECTION.contains(&name.as_str()));
    lists(all.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())))
}

/// Returns the body: JSON as a value, a form with a list of values for each name, anything else as text.
fn body(request: &Request) -> Option<Value> {
    if request.body.is_empty() {
        return None;
    }
    if is_form(request) {
        return Some(lists(pairs(&request.body)).into());
    }
    let text = || String::from_utf8_lossy(&request.body).into_owned().into();
    Some(serde_json::from_slice(&request.body).unwrap_or_else(|_| text()))
}

fn is_form(request: &Request) -> bool {
    content_type(&request.headers) == "application/x-www-form-urlencoded"
}

fn content_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

/// Returns the expected form for a body, if it is not empty.
fn given_form(body: &Value) -> Option<Value> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let entries = body.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let form = lists(entries.map(|(name, value)| (name.clone(), text(value))));
    (!form.is_empty()).then(|| form.into())
}

/// Returns the pairs of a query or a form, in which a space may be encoded as `+`.
fn pairs(text: &[u8]) -> impl Iterator<Item = (String, String)> {
    let decoded = |text: &[u8]| {
        let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        decoded(&spaced)
    };
    text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(move |pair| {
        let mut sides = pair.splitn(2, |byte| *byte == b'=').map(decoded);
        (sides.next().unwrap_or_default(), sides.next().unwrap_or_default())
    })
}

/// Returns decoded bytes as text; invalid UTF-8 is represented by numbers.
fn decoded(text: &[u8]) -> String {
    let octets: Vec<u8> = percent_decode(text).collect();
    String::from_utf8(octets).unwrap_or_else(|error| format!("octets {:?}", error.as_bytes()))
}

fn lists(pairs: impl Iterator<Item = (String, String)>) -> Map<String, Value> {
    let mut lists = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in pairs {
        lists.entry(name).or_default().push(value);
    }
    lists.into_iter().map(|(name, values)| (name, json!(values))).collect()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |side: &Option<Value>| side.as_ref().map_or("nothing".to_owned(), Value::to_string);
        write!(f, "{:?}: ours {}, progenitor's {}", self.part, shown(&self.ours), shown(&self.theirs))?;
        match (&self.part, &self.given) {
            (Part::Body(_), given) => write!(f, ", given {}", shown(given)),
            _ => Ok(()),
        }
    }
}
