//! The arguments of a call in JSON, which each client converts to its own types.

use std::fmt;
use std::pin::Pin;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::document::Layout;

/// A call. Returns the client's error as text, if any, or the reason why an argument does not fit the client's type. An
/// error is irrelevant by itself: only the request that reaches the server is compared.
pub type Calling = Pin<Box<dyn Future<Output = Result<Option<String>, Unsupported>>>>;

/// The arguments of an operation.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    pub parameters: Vec<Argument>,
    pub body: Option<Value>,
}

/// A parameter and its value.
#[derive(Clone, Debug)]
pub struct Argument {
    pub location: String,
    pub name: String,
    pub layout: Layout,
    pub value: Value,
}

/// The reason why a client cannot take an argument.
#[derive(Debug)]
pub struct Unsupported {
    /// The argument: `query filter`, `body`.
    pub argument: String,
    pub why: String,
}

impl Arguments {
    /// Returns the arguments as progenitor's callers must write them by hand for unsupported styles: commas between
    /// list items, nothing for an empty list (RFC 6570, section 2.3), and names with keys in brackets.
    pub fn by_hand(&self) -> Self {
        let is_nothing = |argument: &&Argument| argument.layout == Layout::Commas && argument.value == json!([]);
        let parameters = self.parameters.iter().filter(|argument| !is_nothing(argument)).cloned().map(|argument| {
            let value = match (argument.layout, &argument.value) {
                (Layout::Commas, Value::Array(items)) => {
                    let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                    items.join(",").into()
                }
                (Layout::Keys, Value::Object(entries)) => {
                    let whole = |(key, value): (&String, &Value)| (format!("{}[{key}]", argument.name), value.clone());
                    Value::Object(entries.iter().map(whole).collect())
                }
                _ => argument.value.clone(),
            };
            Argument { value, ..argument }
        });
        Self { parameters: parameters.collect(), body: self.body.clone() }
    }

    /// Returns a required parameter.
    pub fn required<T: DeserializeOwned>(&mut self, location: &str, name: &str) -> Result<T, Unsupported> {
        let missing = || Unsupported { argument: format!("{location} {name}"), why: "it is missing".to_owned() };
        self.optional(location, name)?.ok_or_else(missing)
    }

    /// Returns a parameter, if it is present.
    pub fn optional<T: DeserializeOwned>(&mut self, location: &str, name: &str) -> Result<Option<T>, Unsupported> {
        let wanted = |argument: &Argument| argument.location == location && argument.name == name;
        let Some(index) = self.parameters.iter().position(wanted) else { return Ok(None) };
        read(&format!("{location} {name}"), self.parameters.remove(index).value).map(Some)
    }

    /// Checks a parameter with a single value, which the client sends itself.
    pub fn fixed(&mut self, location: &str, name: &str, value: &str) -> Result<(), Unsupported> {
        let given: Value = self.required(location, name)?;
        if given.as_str().map_or_else(|| given.to_string(), str::to_owned) == value {
            return Ok(());
        }
        Err(Unsupported { argument: format!("{location} {name}"), why: format!("the client always sends `{value}`") })
    }

    /// Returns the required body.
    pub fn required_body<T: DeserializeOwned>(&mut self) -> Result<T, Unsupported> {
        self.optional_body()?
            .ok_or_else(|| Unsupported { argument: "body".to_owned(), why: "it is missing".to_owned() })
    }

    /// Returns the body, if it is present.
    pub fn optional_body<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Unsupported> {
        self.body.take().map(|body| read("body", body)).transpose()
    }

    /// Checks that all arguments were taken.
    pub fn finish(&self) -> Result<(), Unsupported> {
        let why = "the client does not take it".to_owned();
        match (self.parameters.first(), &self.body) {
            (Some(left), _) => Err(Unsupported { argument: format!("{} {}", left.location, left.name), why }),
            (None, Some(_)) => Err(Unsupported { argument: "body".to_owned(), why }),
            (None, None) => Ok(()),
        }
    }
}

fn read<T: DeserializeOwned>(argument: &str, value: Value) -> Result<T, Unsupported> {
    serde_json::from_value(value).map_err(|error| Unsupported { argument: argument.to_owned(), why: error.to_string() })
}

/// Formats the arguments for display.
impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for argument in &self.parameters {
            writeln!(f, "  {} {} = {}", argument.location, argument.name, argument.value)?;
        }
        match &self.body {
            Some(body) => writeln!(f, "  body = {body}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.argument, self.why)
    }
}
