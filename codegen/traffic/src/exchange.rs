//! Reading recordings: those of a client's `Recorder`, HAR files, and JSON lines of other tools.

use std::fmt;
use std::io::BufRead;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use crm_clients_document::model::essence;
use percent_encoding::percent_decode_str;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A request and its response.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The HTTP method in upper case.
    pub method: String,
    /// The path, without the server and the query.
    pub path: String,
    /// The names and values of the query, decoded.
    pub query: Vec<(String, String)>,
    /// The status of the response.
    pub status: u16,
    /// The body of the request, if there is one.
    pub request: Option<Body>,
    /// The body of the response, if there is one.
    pub response: Option<Body>,
}

/// A body that is not empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// The media type without parameters, in lower case. Empty if the recording does not have it.
    pub media_type: String,
    /// The body, if it is JSON.
    pub json: Option<Value>,
    /// The body, if it is a form.
    pub form: Option<Form>,
}

/// The fields of a form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Form {
    /// Names and values.
    pub values: Map<String, Value>,
    /// The names of files.
    pub files: Vec<String>,
}

/// Reads a recording, one exchange at a time.
///
/// A recording is a HAR file, or a sequence of JSON objects, usually one per line:
///
/// | format | fields |
/// |---|---|
/// | a client's `Recorder` | `method`, `target`, `status`, `headers`, `sent`, `json`, `text` |
/// | other tools | `method`, `path`, `status`, `content_type`, `request_body`, `response_body` |
///
/// Objects without a `method` are skipped, such as those with the names of the fields that a `Recorder` has replaced.
///
/// # Errors
///
/// If the text cannot be read, is not JSON, or an exchange has no path or no status. The error has the line and column.
pub fn read(mut reader: impl BufRead, visit: &mut dyn FnMut(Exchange)) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_reader(&mut reader);
    // `end` consumes only whitespace, and fails if there is another value.
    while deserializer.end().is_err() {
        Item { visit }.deserialize(&mut deserializer)?;
    }
    Ok(())
}

/// A top-level object: an exchange, or a HAR file.
struct Item<'v> {
    visit: &'v mut dyn FnMut(Exchange),
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exchange, or a HAR file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut line = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "log" {
                map.next_value_seed(Log { visit: &mut *self.visit })?;
            } else {
                line.insert(key, map.next_value()?);
            }
        }
        if line.contains_key("method") {
            (self.visit)(from_line(line).map_err(A::Error::custom)?);
        }
        Ok(())
    }
}

/// The `log` of a HAR file.
struct Log<'v> {
    visit: &'v mut dyn FnMut(Exchange),
}

impl<'de> DeserializeSeed<'de> for Log<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Log<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the log of a HAR file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "entries" {
                map.next_value_seed(Entries { visit: &mut *self.visit })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The `entries` of a HAR file. They are read one by one, because they make up most of its size.
struct Entries<'v> {
    visit: &'v mut dyn FnMut(Exchange),
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the entries of a HAR file")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(entry) = entries.next_element::<Value>()? {
            // A request without a response has status 0.
            if entry["response"]["status"].as_u64().is_some_and(|status| status > 0) {
                (self.visit)(from_har(&entry).map_err(A::Error::custom)?);
            }
        }
        Ok(())
    }
}

fn from_line(mut line: Map<String, Value>) -> Result<Exchange, &'static str> {
    let target = line.get("target").or_else(|| line.get("path")).and_then(Value::as_str);
    let target = target.ok_or("the exchange has no `path` and no `target`")?;
    let (path, query) = (path_of(target).to_owned(), query_of(target));
    let method = line["method"].as_str().ok_or("the `method` of the exchange is not a string")?.to_ascii_uppercase();
    let status = status_of(line.get("status"))?;
    let header = line.get("headers").and_then(|headers| headers.get("content-type"));
    let media_type = line.get("content_type").or(header).and_then(Value::as_str).map(essence).unwrap_or_default();
    let json_media_type = || "application/json".to_owned();
    let mut take = |names: [&str; 2]| {
        names.iter().find_map(|name| line.remove(*name)).filter(|body| !body.is_null() && body != "")
    };
    let request = take(["sent", "request_body"]).map(|body| match body.as_str().and_then(Form::of_multipart) {
        Some(form) => Body { media_type: "multipart/form-data".to_owned(), json: None, form: Some(form) },
        None => Body::of_json(json_media_type(), body),
    });
    let response = take(["json", "response_body"]).map(|body| match body {
        // Other tools write a body that is not JSON as a string.
        Value::String(_) if !is_json(&media_type) && !media_type.is_empty() => {
            Body { media_type: media_type.clone(), json: None, form: None }
        }
        json if media_type.is_empty() => Body::of_json(json_media_type(), json),
        json => Body::of_json(media_type.clone(), json),
    });
    let text = take(["text", "text"]).map(|_| Body { media_type, json: None, form: None });
    Ok(Exchange { method, path, query, status, request, response: response.or(text) })
}

fn from_har(entry: &Value) -> Result<Exchange, &'static str> {
    let (request, response) = (&entry["request"], &entry["response"]);
    let url = request["url"].as_str().ok_or("the request of the entry has no `url`")?;
    let method = request["method"].as_str().ok_or("the request of the entry has no `method`")?;
    let body = |content: &Value| {
        let media_type = content["mimeType"].as_str().map(essence).unwrap_or_default();
        let text = content["text"].as_str().filter(|text| !text.is_empty())?;
        let decoded = (content["encoding"] == "base64").then(|| BASE64_STANDARD.decode(text).unwrap_or_default());
        let bytes = decoded.as_deref().unwrap_or(text.as_bytes());
        let json = is_json(&media_type).then(|| serde_json::from_slice(bytes).ok()).flatten();
        let text = || std::str::from_utf8(bytes).unwrap_or_default();
        let form = match media_type.as_str() {
            "multipart/form-data" => Form::of_multipart(text()),
            "application/x-www-form-urlencoded" => Some(Form::of_pairs(&query_of(&format!("?{}", text())))),
            _ => None,
        };
        Some(Body { media_type, json, form })
    };
    Ok(Exchange {
        method: method.to_ascii_uppercase(),
        path: path_of(url).to_owned(),
        query: query_of(url),
        status: status_of(response.get("status"))?,
        request: body(&request["postData"]),
        response: body(&response["content"]),
    })
}

impl Body {
    fn of_json(media_type: String, json: Value) -> Self {
        Self { media_type, json: Some(json), form: None }
    }
}

impl Form {
    fn of_pairs(pairs: &[(String, String)]) -> Self {
        Self { values: pairs_to_object(pairs), files: Vec::new() }
    }

    /// Reads the names of a multipart form, and the values that are text. None if it is no such form.
    fn of_multipart(text: &str) -> Option<Self> {
        let boundary = text.lines().next()?.strip_prefix("--").filter(|boundary| !boundary.is_empty())?;
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        for part in text.split(&format!("--{boundary}")).skip(1) {
            let Some((head, value)) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n")) else { continue };
            let quoted =
                |key: &str| head.split_once(&format!("{key}=\""))?.1.split_once('"').map(|(text, _)| text.to_owned());
            match (quoted(" name"), quoted("filename")) {
                (Some(name), Some(_)) => files.push(name),
                (Some(name), None) => pairs.push((name, value.trim_end_matches(['\r', '\n']).to_owned())),
                (None, _) => {}
            }
        }
        let form = Self { files, ..Self::of_pairs(&pairs) };
        (form != Self::default()).then_some(form)
    }
}

/// The pairs of a query or a form as an object. A name that ends with `[]`, and one that is there twice, has a list.
pub fn pairs_to_object(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut values: Map<String, Value> = Map::new();
    for (name, text) in pairs {
        let value = text_value(text);
        match values.get_mut(name) {
            Some(Value::Array(items)) => items.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None if name.ends_with("[]") => {
                values.insert(name.clone(), Value::Array(vec![value]));
            }
            None => {
                values.insert(name.clone(), value);
            }
        }
    }
    values
}

/// The value that a text of a query or a form stands for: an integer without leading zeros, a boolean, or the text.
fn text_value(text: &str) -> Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        _ => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => number.into(),
            _ => text.into(),
        },
    }
}

/// The pairs of the query of a URL or of a request target.
fn query_of(target: &str) -> Vec<(String, String)> {
    let query = target.split('#').next().and_then(|target| target.split_once('?')).map_or("", |(_, query)| query);
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

/// Returns true for `application/json` and media types with the suffix `+json`.
pub fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json") || media_type == "text/json"
}

fn status_of(status: Option<&Value>) -> Result<u16, &'static str> {
    let status = status.and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    status.filter(|status| (100..=999).contains(status)).ok_or("the exchange has no `status` between 100 and 999")
}

/// Returns the path of a URL or of a request target.
fn path_of(target: &str) -> &str {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    match path.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all(text: &str) -> Result<Vec<Exchange>, String> {
        let mut found = Vec::new();
        read(text.as_bytes(), &mut |exchange| found.push(exchange)).map_err(|error| error.to_string())?;
        Ok(found)
    }

    fn body(media_type: &str, json: Option<Value>) -> Option<Body> {
        Some(Body { media_type: media_type.to_owned(), json, form: None })
    }

    #[test]
    fn each_format_is_read() {
        let lines = r#"{"personal": ["email"]}
            {"operation": "list", "method": "get", "target": "/pets?limit=1", "status": 200, "headers": {"content-type": "application/json; charset=utf-8"}, "json": [1]}
            {"method": "POST", "path": "/pets", "status": 429, "content_type": "text/plain", "request_body": {"a": 1}, "response_body": "Retry later"}
            {"method": "DELETE", "path": "/pets/1", "status": 204, "content_type": "", "response_body": null}"#;
        let expected = [
            ("GET", "/pets", 200, None, body("application/json", Some(json!([1])))),
            ("POST", "/pets", 429, body("application/json", Some(json!({"a": 1}))), body("text/plain", None)),
            ("DELETE", "/pets/1", 204, None, None),
        ];
        let as_tuple =
            |e: &Exchange| (e.method.clone(), e.path.clone(), e.status, e.request.clone(), e.response.clone());
        let read = all(lines).unwrap_or_default();
        assert_eq!(read.len(), 3);
        for (exchange, (method, path, status, request, response)) in read.iter().zip(expected) {
            assert_eq!(as_tuple(exchange), (method.to_owned(), path.to_owned(), status, request, response));
        }
        let har = json!({"log": {"version": "1.2", "entries": [
            {"request": {"method": "GET", "url": "https://pets.example/v1/pets?a=b#c"},
             "response": {"status": 200, "content": {"mimeType": "application/json", "encoding": "base64", "text": "WzFd"}}},
            {"request": {"method": "GET", "url": "https://pets.example"}, "response": {"status": 0}},
        ]}});
        let read = all(&har.to_string()).unwrap_or_default();
        assert_eq!(read.len(), 1, "the second has no response");
        assert_eq!(
            as_tuple(&read[0]),
            ("GET".into(), "/v1/pets".into(), 200, None, body("application/json", Some(json!([1]))))
        );
    }

    #[test]
    fn a_fault_has_its_line() {
        let error = all("{\"method\": \"GET\", \"path\": \"/\", \"status\": 200}\n{\"method\": \"GET\"}")
            .err()
            .unwrap_or_default();
        assert!(error.contains("no `path`") && error.contains("line 2"), "{error}");
        assert!(all("[]").is_err());
        assert!(all("{\"method\": \"GET\", \"path\": \"/\", \"status\": 2").is_err());
        assert_eq!(all("\n \n"), Ok(Vec::new()));
    }
}
