//! Recorded bodies, and the values that are lost when they are deserialized and serialized again.

use std::collections::BTreeSet;
use std::path::Path;

use crm_clients::runtime::{Timestamp, Value};

use super::{Answer, Outcome};

/// One line of an API's index: a body, and the operation that sends or receives it.
pub struct Fixture {
    /// The name of the file.
    pub file: String,
    /// The name of the operation in the index.
    pub operation: String,
    /// The status of a response; `None` for the body of a request.
    pub status: Option<u16>,
    /// The content type of a response, if the index has it.
    pub content_type: String,
    /// The content of the file.
    pub body: String,
}

impl Fixture {
    /// Returns all bodies of an API's operations, without entries of the index that have no operation.
    pub fn all(api: &str) -> Outcome<Vec<Self>> {
        Self::of(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(api))
    }

    /// Returns all bodies in the index of a directory.
    pub fn of(directory: impl AsRef<Path>) -> Outcome<Vec<Self>> {
        let directory = directory.as_ref();
        let index: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(directory.join("index.json"))?)?;
        let of_operations = index.iter().filter(|line| line.get("file").is_some() && operation(line).is_some());
        of_operations.map(|line| Self::read(directory, line)).collect()
    }

    /// Returns all responses below a directory that has a file for each operation: a list of the responses that a
    /// server sent, each with its `status`, a description in `about`, and its `body` (JSON) or `text`. Without either
    /// it is empty.
    pub fn recorded(directory: &str) -> Outcome<Vec<Self>> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(directory);
        let mut files = std::fs::read_dir(&directory)?.collect::<Result<Vec<_>, _>>()?;
        files.sort_by_key(std::fs::DirEntry::path);
        let mut fixtures = Vec::new();
        for path in files.iter().map(std::fs::DirEntry::path) {
            let operation = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let responses: Vec<Value> = serde_json::from_slice(&std::fs::read(&path)?)?;
            for response in responses {
                fixtures.push(Self::of_response(&operation, &response)?);
            }
        }
        Ok(fixtures)
    }

    fn of_response(operation: &str, response: &Value) -> Outcome<Self> {
        let status = response["status"].as_u64().ok_or_else(|| format!("{operation}: a response without a status"))?;
        let text = |name: &str| response[name].as_str().unwrap_or_default().to_owned();
        let content_type = if status == 204 { "" } else { "application/json; charset=utf-8" };
        Ok(Self {
            file: format!("{operation} {status} {}", text("about")),
            operation: operation.to_owned(),
            status: Some(u16::try_from(status)?),
            content_type: response["content_type"].as_str().unwrap_or(content_type).to_owned(),
            body: response.get("body").map_or_else(|| text("text"), Value::to_string),
        })
    }

    fn read(directory: &Path, line: &Value) -> Outcome<Self> {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let file = text("file");
        let body = std::fs::read_to_string(directory.join(&file)).map_err(|error| format!("{file}: {error}"))?;
        Ok(Self {
            body,
            operation: operation(line).unwrap_or_default().to_owned(),
            status: line["status"].as_u64().map(u16::try_from).transpose()?,
            content_type: text("content_type"),
            file,
        })
    }

    /// Returns the response as sent by a server.
    pub fn answer(&self, status: u16) -> Answer {
        Answer::new(status, &self.content_type, self.body.as_str())
    }

    /// Returns the body as JSON: null if there is none, and a string if it is text.
    pub fn json(&self) -> Outcome<Value> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        if self.content_type.starts_with("text/") {
            return Ok(Value::String(self.body.clone()));
        }
        serde_json::from_str(&self.body).map_err(|error| format!("{}: {error}", self.file).into())
    }
}

fn operation(line: &Value) -> Option<&str> {
    line.get("operationId").or_else(|| line.get("operation"))?.as_str()
}

/// The places whose values are lost.
#[derive(Default)]
pub struct Losses {
    places: BTreeSet<String>,
}

impl Losses {
    /// Records each place where the serialized value differs from the sent one. Null is equivalent to absent, and
    /// different notations of an instant or a number are equal.
    pub fn compare(&mut self, place: &str, sent: &Value, written: &Value) {
        match (sent, written) {
            (Value::Object(sent), Value::Object(written)) => {
                let names: BTreeSet<_> = sent.keys().chain(written.keys()).collect();
                for name in names {
                    let of = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
                    self.compare(&format!("{place}.{name}"), &of(sent), &of(written));
                }
            }
            (Value::Array(sent), Value::Array(written)) if sent.len() == written.len() => {
                for (sent, written) in sent.iter().zip(written) {
                    self.compare(&format!("{place}[]"), sent, written);
                }
            }
            _ if sent == written || same_instant(sent, written) || same_number(sent, written) => {}
            _ => {
                println!("{place}: {sent} became {written}");
                self.places.insert(place.to_owned());
            }
        }
    }

    /// Prints the expected losses with their reasons, and fails unless they match the recorded ones.
    pub fn assert_are(&self, left_out: &[(&str, &str)]) {
        for (place, reason) in left_out {
            println!("left out, {place}: {reason}");
        }
        let known: BTreeSet<_> = left_out.iter().map(|(place, _)| (*place).to_owned()).collect();
        assert_eq!(self.places, known, "the lost values differ from LEFT_OUT");
    }
}

fn same_instant(sent: &Value, written: &Value) -> bool {
    let instant = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
    instant(sent).is_some_and(|sent| instant(written) == Some(sent))
}

fn same_number(sent: &Value, written: &Value) -> bool {
    sent.is_number() && sent.as_f64() == written.as_f64()
}

/// Declares how each operation is called, by its name in an index. `Client` and `Error` are those of the API.
macro_rules! operations {
    ($client:ident: $($operation:literal => $call:expr,)*) => {
        /// Calls the operation and returns its result as JSON.
        async fn call($client: &Client, operation: &str) -> Outcome<Result<Value, Error>> {
            match operation {
                $($operation => match $call.await {
                    Ok(answer) => Ok(Ok(serde_json::to_value(answer)?)),
                    Err(error) => Ok(Err(error)),
                },)*
                other => Err(format!("no call is declared for {other}").into()),
            }
        }
    };
}

pub(crate) use operations;
