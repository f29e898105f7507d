//! The permitted differences between the clients, as rules with reasons. Other differences are bugs in our client;
//! rules that never apply are errors in this list.

use chrono::DateTime;
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::compare::{Difference, Part};

/// A permitted difference and its reason.
pub struct Rule {
    pub name: &'static str,
    pub because: &'static str,
    pub holds: fn(&Difference, &Arguments) -> bool,
}

/// The permitted differences.
pub const RULES: [Rule; 11] = [
    Rule {
        name: "media type",
        because: "progenitor supports only `application/json`; the document declares `application/vnd.api+json`, which \
            JSON:API requires of clients (1.1, Content Negotiation, Client Responsibilities)",
        holds: |difference, _| {
            let only = |name| Some(json!([name]));
            (is_header(difference, "accept") || is_header(difference, "content-type"))
                && difference.ours == only("application/vnd.api+json")
                && difference.theirs == only("application/json")
        },
    },
    Rule {
        name: "anything is accepted",
        because: "the document declares the media type of the response, and a client sends the ones it accepts \
            (RFC 9110, 12.5.1); progenitor does so only for JSON",
        holds: |difference, _| {
            is_header(difference, "accept") && difference.ours.is_some() && difference.theirs == Some(json!(["*/*"]))
        },
    },
    Rule {
        name: "version header",
        because: "no operation declares a header `api-version`; progenitor sends the document's version in one",
        holds: |difference, _| is_header(difference, "api-version") && difference.ours.is_none(),
    },
    Rule {
        name: "user agent",
        because: "a client should identify itself (RFC 9110, 10.1.5); progenitor's does not",
        holds: |difference, _| is_header(difference, "user-agent") && difference.theirs.is_none(),
    },
    Rule {
        name: "null is dropped",
        because: "null clears a property and absence leaves it unchanged (RFC 7396, 1; OpenAPI 3.0.4, Schema Object, \
            `nullable`); progenitor's types do not distinguish them",
        holds: |difference, _| {
            is_body(difference)
                && is_given(difference)
                && difference.theirs.is_none()
                && difference.ours == Some(Value::Null)
        },
    },
    Rule {
        name: "empty is dropped",
        because: "an empty list or object replaces the old value, and absence leaves it unchanged (RFC 7396, 1); \
            progenitor's types do not distinguish them",
        holds: |difference, _| {
            let empty = |value: &Value| *value == json!([]) || *value == json!({});
            is_body(difference)
                && is_given(difference)
                && difference.theirs.is_none()
                && difference.ours.as_ref().is_some_and(empty)
        },
    },
    Rule {
        name: "alternative without its field",
        because: "a value is valid if one alternative of `anyOf` allows it (JSON Schema 2020-12, 10.2.1.2); for the \
            channel of an inbox, progenitor sends only the properties of the first alternative that matches",
        holds: |difference, _| {
            let in_channel = matches!(&difference.part, Part::Body(pointer) if pointer.starts_with("/channel/"));
            in_channel && is_given(difference) && difference.theirs.is_none()
        },
    },
    Rule {
        name: "instant",
        because: "both send a time in UTC with different numbers of digits; it is the same time (RFC 3339, 4.1)",
        holds: |difference, _| {
            let instant = |value: &Option<Value>| DateTime::parse_from_rfc3339(value.as_ref()?.as_str()?).ok();
            let given = instant(&difference.given);
            is_body(difference)
                && given.is_some()
                && instant(&difference.ours) == given
                && instant(&difference.theirs) == given
        },
    },
    Rule {
        name: "bracket in a key",
        because: "a bracket in a map's key is encoded twice, so that a server that decodes the name before it parses \
            its brackets finds the original key; progenitor's becomes part of the structure",
        holds: |difference, _| {
            let Part::Query(name) = &difference.part else { return false };
            let key = name.split_once('[').and_then(|(_, key)| key.strip_suffix(']')).unwrap_or_default();
            let has_bracket = key.contains(['[', ']']) || key.contains("%5B") || key.contains("%5D");
            has_bracket && (difference.ours.is_none() || difference.theirs.is_none())
        },
    },
    Rule {
        name: "backslash",
        because: "in an HTTP URL, an unencoded backslash ends a segment like a slash (WHATWG URL, path state); \
            progenitor does not encode it",
        holds: |difference, _| {
            let (ours, theirs) = (segments(&difference.ours), segments(&difference.theirs));
            difference.part == Part::Path
                && ours.iter().any(|segment| segment.contains('\\'))
                && without_dots(ours.into_iter().flat_map(|segment| segment.split('\\'))) == theirs
        },
    },
    Rule {
        name: "vanishing segment",
        because: "an empty segment is a different resource, and `.` and `..` are resolved before a request is sent \
            (RFC 3986, 5.2.4; WHATWG URL, path state); our client rejects them",
        holds: |difference, arguments| {
            let refuses = |ours: &Option<Value>| {
                ours.as_ref().and_then(Value::as_str).is_some_and(|error| error.contains("is not a valid path segment"))
            };
            let vanishes = |value: &Value| matches!(value.as_str(), Some("" | "." | ".."));
            let mut path = arguments.parameters.iter().filter(|argument| argument.location == "path");
            difference.part == Part::Sent && refuses(&difference.ours) && path.any(|argument| vanishes(&argument.value))
        },
    },
];

/// Bodies that only our client sends, by media type, and the reason why they are not compared.
pub const OTHER_BODIES: [(&str, &str); 1] = [("multipart/form-data", ONE_BODY)];

const ONE_BODY: &str = "progenitor's method has one body, here the JSON alternative";

fn is_header(difference: &Difference, name: &str) -> bool {
    matches!(&difference.part, Part::Header(header) if header == name)
}

fn segments(path: &Option<Value>) -> Vec<&str> {
    path.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns the segments after removing `.`, and `..` with the segment before it. A path that ends in either ends in a
/// slash (RFC 3986, section 5.2.4).
fn without_dots<'a>(segments: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let (mut left, mut open) = (Vec::new(), false);
    for segment in segments {
        open = matches!(segment, "." | "..");
        match segment {
            ".." if left.len() > 1 => drop(left.pop()),
            "." | ".." => {}
            _ => left.push(segment),
        }
    }
    if open {
        left.push("");
    }
    left
}

/// Returns true if our client sent the argument unchanged.
fn is_given(difference: &Difference) -> bool {
    difference.ours == difference.given
}

fn is_body(difference: &Difference) -> bool {
    matches!(difference.part, Part::Body(_))
}
