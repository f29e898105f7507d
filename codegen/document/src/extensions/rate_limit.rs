//! `x-rate-limit`: the maximum number of requests in a period.

use serde::Serialize;
use serde_json::Value;

use crate::diagnostic::{Diagnostics, child, closest};

/// The extension's name.
pub(super) const NAME: &str = "x-rate-limit";

const KEYS: [&str; 4] = ["requests", "seconds", "scope", "group"];

/// The maximum number of requests that a server accepts in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RateLimit {
    /// The number of requests.
    pub requests: u32,
    /// The period in seconds.
    pub seconds: u32,
    /// The path parameter whose values the server counts separately; `None` if it counts all requests together.
    pub scope: Option<String>,
    /// The name of a limit that several operations share; `None` if the operation has its own limit.
    pub group: Option<String>,
}

/// Returns true if a value is this extension. Other tools have extensions with this name, and it is also a header.
pub(super) fn is_ours(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.contains_key("requests") || map.contains_key("seconds"))
}

/// Reads the extension of an operation with these path parameters, or of the document. Returns `None` if it is invalid.
pub(super) fn read(
    value: &Value,
    place: &str,
    path_parameters: Option<&[&str]>,
    diagnostics: &mut Diagnostics,
) -> Option<RateLimit> {
    let object = value.as_object()?;
    let mut sound = true;
    let mut error = |key: &str, message: String, help: String| {
        sound = false;
        let place = if object.contains_key(key) { child(place, key) } else { place.to_owned() };
        diagnostics.error("bad-extension", place, message, help);
    };
    let keys = if path_parameters.is_some() { &KEYS[..] } else { &KEYS[..2] };
    for key in object.keys().filter(|key| !keys.contains(&key.as_str())) {
        let help = closest(key, keys.iter().copied());
        let help =
            help.map_or_else(|| format!("it has {}", keys.join(", ")), |meant| format!("did you mean `{meant}`?"));
        error(key, format!("unknown key `{key}` of `{NAME}`"), help);
    }
    let mut number = |key: &str| {
        let number = object.get(key).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| *number > 0);
        if number.is_none() {
            error(key, format!("expected a positive integer in `{key}` of `{NAME}`"), format!("write `{key}: 60`"));
        }
        number.unwrap_or_default()
    };
    let (requests, seconds) = (number("requests"), number("seconds"));
    let mut text = |key: &str| {
        let value = object.get(key)?;
        if !value.is_string() {
            error(key, format!("expected text in `{key}` of `{NAME}`"), "write a name".to_owned());
        }
        value.as_str().map(str::to_owned)
    };
    let (scope, group) = (text("scope"), text("group"));
    if let (Some(scope), Some(parameters)) = (&scope, path_parameters)
        && !parameters.contains(&scope.as_str())
    {
        let help =
            if parameters.is_empty() { "remove it".to_owned() } else { format!("it has {}", parameters.join(", ")) };
        error("scope", format!("the path has no parameter `{scope}`"), help);
    }
    sound.then_some(RateLimit { requests, seconds, scope, group })
}
