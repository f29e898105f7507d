//! Generates valid traffic for a document: a HAR file with exchanges of every operation, whose values are samples of
//! its schemas.

use crm_clients_document::model::{
    Document, Location, MediaType, MediaTypeId, Operation, Parameter, SchemaId, Status, essence,
};
use crm_clients_document::normalize::{Kind, Normalizer};
use crm_clients_document::template::{self, Template};
use crm_clients_generator::callgen::sample::{Sampler, Wanted};
use serde_json::{Value, json};

/// Number of exchanges for each response: full, minimal, and with other alternatives.
const TURNS: usize = 4;

type Result<T = Value> = std::result::Result<T, String>;

/// Returns a HAR file with several exchanges for each status and media type of every operation.
pub fn of(document: &Document) -> Result {
    let traffic = Traffic { document, all: Normalizer::new(document) };
    let mut entries = Vec::new();
    for operation in document.operations() {
        for turn in 0..TURNS {
            let of_turn = traffic.exchanges(operation, turn);
            entries.extend(of_turn.map_err(|error| format!("{} {}: {error}", operation.method, operation.path))?);
        }
    }
    Ok(json!({"log": {"version": "1.2", "entries": entries}}))
}

struct Traffic<'d> {
    document: &'d Document,
    all: Normalizer<'d>,
}

impl Traffic<'_> {
    /// Returns one exchange for each media type of each response.
    fn exchanges(&self, operation: &Operation, turn: usize) -> Result<Vec<Value>> {
        let (url, body) = (self.url(operation, turn)?, self.request_body(operation, turn)?);
        let request = json!({"method": operation.method, "url": url, "postData": body});
        let mut exchanges = Vec::new();
        for (status, response) in &operation.responses {
            let status = number_of(*status, operation);
            let content = self.document.media(&self.document[*response].content);
            let mut bodies = content.iter().map(|media| self.body(media, turn)).collect::<Result<Vec<_>>>()?;
            if bodies.is_empty() {
                bodies.push(Value::Null);
            }
            let entry = |body| json!({"request": request, "response": {"status": status, "content": body}});
            exchanges.extend(bodies.into_iter().map(entry));
        }
        if exchanges.is_empty() {
            exchanges.push(json!({"request": request, "response": {"status": 204}}));
        }
        Ok(exchanges)
    }

    /// Returns a value of a schema.
    fn sample(&self, schema: SchemaId, turn: usize) -> Result {
        let wanted = Wanted { optional: turn != 1, alternative: turn / 2, some: false };
        Sampler::new(&self.all, wanted).value(schema).map_err(|unsampled| format!("{unsampled:?}"))
    }

    fn url(&self, operation: &Operation, turn: usize) -> Result<String> {
        let parameters = self.document.parameters(operation);
        let mut path = Template::of(&operation.path).path.to_owned();
        for name in template::names(&operation.path) {
            let parameter = parameters.iter().find(|one| one.location == Location::Path && one.name == name);
            let value = parameter.map_or_else(|| Ok(id(turn)), |parameter| self.path_value(parameter, turn))?;
            path = path.replace(&format!("{{{name}}}"), &encoded(&value));
        }
        let mut pairs = Vec::new();
        for parameter in parameters.iter().filter(|one| one.location == Location::Query) {
            let (true, Some(schema)) = (parameter.required || turn != 1, parameter.schema) else { continue };
            match self.sample(schema, turn)? {
                value if parameter.is_json() => pairs.push((parameter.name.clone(), value.to_string())),
                value => pairs.extend(fields(&parameter.name, &value)),
            }
        }
        Ok(if pairs.is_empty() { path } else { format!("{path}?{}", form(&pairs)) })
    }

    /// Returns the text of a path parameter: an id if the document allows any text, because samples of such schemas are
    /// equal.
    fn path_value(&self, parameter: &Parameter, turn: usize) -> Result<String> {
        let Some(schema) = parameter.schema else { return Ok(id(turn)) };
        let normalized = &self.all[self.all.referred(schema)];
        let limits = &normalized.limits;
        let is_free = limits.values.is_empty() && limits.pattern.is_none() && limits.format.is_empty();
        match (&normalized.kind, self.sample(schema, turn)?) {
            (Kind::String { .. } | Kind::Any, _) if is_free => Ok(id(turn)),
            (_, Value::Number(number)) if is_free => {
                Ok(number.as_i64().map_or(number.to_string(), |number| (number + turn as i64).to_string()))
            }
            (_, value) => Ok(fields("", &value).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(",")),
        }
    }

    /// Returns the body of a request, with each media type in turn.
    fn request_body(&self, operation: &Operation, turn: usize) -> Result {
        let Some(body) = self.document.body(operation) else { return Ok(Value::Null) };
        let content: &[MediaTypeId] = &body.content;
        match content.get(turn % content.len().max(1)) {
            Some(media) if body.required || turn != 1 => self.body(&self.document[*media], turn),
            _ => Ok(Value::Null),
        }
    }

    /// Returns a body as the `content` or `postData` of a HAR file.
    fn body(&self, media: &MediaType, turn: usize) -> Result {
        let name = essence(&media.name).replace("*/*", "application/json").replace("/*", "/plain");
        let sample = media.schema.map(|schema| self.sample(schema, turn)).transpose()?;
        let pairs = || match &sample {
            Some(Value::Object(members)) => members.iter().flat_map(|(name, value)| fields(name, value)).collect(),
            _ => vec![("text".to_owned(), "text".to_owned())],
        };
        let text = match (name.as_str(), &sample) {
            ("application/x-www-form-urlencoded", _) => form(&pairs()),
            ("multipart/form-data", _) => multipart(&pairs()),
            (json, Some(sample)) if json.ends_with("json") => sample.to_string(),
            (json, None) if json.ends_with("json") => "{}".to_owned(),
            _ => "text".to_owned(),
        };
        Ok(json!({"mimeType": name, "text": text}))
    }
}

/// Returns an id that differs in each turn.
fn id(turn: usize) -> String {
    format!("k7f3a9-{turn}")
}

/// Returns a status that only this key of the operation matches.
fn number_of(status: Status, operation: &Operation) -> u16 {
    let is_free = |number: &u16| operation.responses.iter().all(|(other, _)| *other != Status::Exact(*number));
    let (first, last) = match status {
        Status::Exact(number) => return number,
        Status::Range(class) => (u16::from(class) * 100, u16::from(class) * 100 + 99),
        Status::Default => (500, 599),
    };
    (first..=last).find(is_free).unwrap_or(first)
}

/// Returns the pairs of a value in a query or a form.
fn fields(name: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Object(members) => members.iter().map(|(key, value)| (format!("{name}[{key}]"), text(value))).collect(),
        Value::Array(items) => items.iter().map(|item| (name.to_owned(), text(item))).collect(),
        value => vec![(name.to_owned(), text(value))],
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn form(pairs: &[(String, String)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn multipart(pairs: &[(String, String)]) -> String {
    let part = |(name, value): &(String, String)| {
        format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    pairs.iter().map(part).collect::<String>() + "--X--\r\n"
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
