//! Lines of documentation: descriptions and facts.

use super::Framing;
use crate::markdown::{self, code};
use crm_clients_document::extensions::{TYPED_FORMATS, is_unix_time};
use crm_clients_document::model::{Operation, RateLimit, SchemaId, Server};
use crm_clients_document::normalize::{ClientSchema, Kind, Normalizer};

/// Returns a description as lines, or no lines if there is none.
pub fn prose(text: Option<&str>) -> Vec<String> {
    // Rewriting the text closes open code blocks, which would otherwise extend into the following text.
    text.map(markdown::text).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Returns a description, or else a sentence made of facts.
pub fn prose_or(text: Option<&str>, fallback: impl FnOnce() -> String) -> Vec<String> {
    let lines = prose(text);
    if lines.is_empty() { vec![fallback()] } else { lines }
}

/// Returns the documentation of a field, an argument or a setter: its description, and the facts that its type does not
/// express. Most names are self-explanatory, so nothing is added if there is no description.
pub fn value(all: &Normalizer<'_>, description: Option<&str>, schema: SchemaId, constant: Option<&str>) -> Vec<String> {
    let schema = &all[all.referred(schema)];
    let own = description.or(schema.description.as_deref());
    // A reference with only a default or the like next to it has the description of its target.
    let referred = match &schema.kind {
        Kind::AllOf(parts) if own.is_none() && parts.len() == 1 => parts.first().map(|only| &all[*only]),
        _ => None,
    };
    let mut lines = prose(own.or(referred.and_then(|schema| schema.description.as_deref())));
    if description.is_none() && (schema.component.is_some() || referred.is_some()) {
        // A component's full description is on its type.
        lines = prose(Some(&markdown::summary(&lines.join("\n"))));
    }
    let said = lines.iter().any(|line| constant.is_some_and(|constant| line.contains(constant)));
    let constant = constant.filter(|_| !said).map(|constant| format!("Always {}.", code(constant)));
    let facts = facts(schema);
    let facts = (!facts.is_empty()).then(|| capitalized(&facts.join("; ")) + ".");
    for paragraph in constant.into_iter().chain(facts) {
        lines.extend((!lines.is_empty()).then(String::new));
        lines.push(paragraph);
    }
    lines
}

fn facts(schema: &ClientSchema) -> Vec<String> {
    let mut facts = Vec::new();
    if let Kind::String { format, pattern, .. } = &schema.kind {
        let format = format.as_str();
        let said_by_type =
            matches!(format, "" | "binary" | "password") || TYPED_FORMATS.contains(&format) || is_unix_time(format);
        facts.extend((!said_by_type).then(|| format!("format: {}", code(format))));
        facts.extend(pattern.as_ref().map(|pattern| format!("pattern: {}", code(pattern))));
    }
    for (name, fact) in &schema.facts {
        let plural = if fact == "1" { "" } else { "s" };
        facts.push(match *name {
            "above" => format!("greater than {fact}"),
            "below" => format!("less than {fact}"),
            "minimum" => format!("at least {fact}"),
            "maximum" => format!("at most {fact}"),
            "min_length" => format!("at least {fact} character{plural}"),
            "max_length" => format!("at most {fact} character{plural}"),
            "min_items" => format!("at least {fact} item{plural}"),
            _ => format!("at most {fact} item{plural}"),
        });
    }
    facts.extend(
        schema
            .default
            .as_ref()
            .filter(|default| !default.is_null())
            .map(|default| format!("default: {}", code(&default.to_string()))),
    );
    facts
}

/// Returns the documentation of an operation: its description and its method and path.
pub fn operation(operation: &Operation, events: bool, items: Option<Framing>) -> Vec<String> {
    let mut lines = prose(operation.summary.as_deref());
    let paged =
        operation.pagination.as_ref().map(|_| "`items` returns the items of all pages, `pages` one page at a time.");
    let streamed = events.then_some("`events` returns the response one event at a time.");
    let sequence = items.map(|framing| match framing {
        Framing::Lines => "`lines` returns the response one value at a time.",
        Framing::Parts => "`parts` returns the response one part at a time.",
    });
    let limit = operation.rate_limit.as_ref().map(operation_limit);
    let key = operation.idempotency_key.as_deref().map(|header| {
        format!("Sends a generated {}, the same with each retry; `idempotency_key` sets another.", code(header))
    });
    let feature = operation.feature.as_deref();
    let feature = feature.map(|feature| format!("Only with the feature {}.", code(feature)));
    let call = code(&format!("{} {}", operation.method, operation.path));
    let parts = [operation.description.as_deref(), paged, streamed, sequence, limit.as_deref()].into_iter();
    let parts = parts.chain([key.as_deref(), feature.as_deref()]).map(prose);
    for more in parts.chain([vec![call]]) {
        if !lines.is_empty() && !more.is_empty() {
            lines.push(String::new());
        }
        lines.extend(more);
    }
    lines
}

/// A sentence about the limit of an operation's calls.
fn operation_limit(limit: &RateLimit) -> String {
    let scope = limit.scope.as_deref().map(|scope| format!(" for each {}", code(scope))).unwrap_or_default();
    let shared =
        limit.group.as_deref().map(|group| format!(", counted with the other operations of the group {}", code(group)));
    let rate = rate(limit.requests, limit.seconds);
    format!("The client sends at most {rate}{scope}{}; further calls wait.", shared.unwrap_or_default())
}

/// A rate in words: `100 requests per minute`.
pub fn rate(requests: u32, seconds: u32) -> String {
    let plural = if requests == 1 { "" } else { "s" };
    let span = match seconds {
        1 => "second".to_owned(),
        60 => "minute".to_owned(),
        3600 => "hour".to_owned(),
        86400 => "day".to_owned(),
        seconds => format!("{seconds} seconds"),
    };
    format!("{requests} request{plural} per {span}")
}

/// Returns the document's servers, if there are several or they have names.
pub fn servers(servers: &[Server]) -> Vec<String> {
    if servers.len() < 2 && servers.iter().all(|server| server.name.is_none()) {
        return Vec::new();
    }
    let line = |server: &Server| {
        let name = server.name.as_deref().map(|name| format!("{}: ", code(name))).unwrap_or_default();
        let about = prose(server.description.as_deref()).into_iter().next();
        let about = about.map(|about| format!(", {about}")).unwrap_or_default();
        format!("- {name}{}{about}", code(&server.url))
    };
    let mut lines = vec!["The document's servers:".to_owned(), String::new()];
    lines.extend(servers.iter().map(line));
    lines
}

/// Returns the documentation of a type.
pub fn type_docs(schema: &ClientSchema) -> Vec<String> {
    let lines = prose(schema.description.as_deref());
    match schema.component {
        None if lines.is_empty() => vec![format!("{}.", place(&schema.pointer))],
        _ => lines,
    }
}

/// Describes the location of an unnamed schema: `` `breed` of `Dog` ``.
fn place(pointer: &str) -> String {
    let tokens: Vec<String> = crm_clients_document::diagnostic::tokens(pointer).collect();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let (root, inner) = root(&tokens);
    // The parent of the next step, and the full description so far.
    let (mut owner, mut subject) = (root.clone(), root);
    let mut steps = inner.iter();
    while let Some(step) = steps.next() {
        match *step {
            "properties" => {
                let name = code(steps.next().copied().unwrap_or_default());
                subject = format!("{name} of {owner}");
                owner = name;
            }
            "items" => subject = format!("an item of {owner}"),
            "additionalProperties" => subject = format!("a value of {owner}"),
            "oneOf" | "anyOf" => subject = format!("an alternative of {owner}"),
            _ => {}
        }
    }
    capitalized(&subject)
}

fn capitalized(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}", first.to_uppercase())
}

/// Returns a description of the object that contains a schema, and the steps from there.
fn root<'t>(tokens: &'t [&'t str]) -> (String, &'t [&'t str]) {
    let inner = |tokens: &'t [&'t str]| {
        tokens.iter().position(|token| *token == "schema").map_or(&[][..], |at| &tokens[at + 1..])
    };
    match tokens {
        ["components", "schemas", name, inner @ ..] => (code(name), inner),
        ["components", "pathItems", name, _, "requestBody", rest @ ..] => {
            (format!("the body of {}", code(name)), inner(rest))
        }
        ["components", _, name, rest @ ..] => (code(name), inner(rest)),
        ["paths", path, method, "requestBody", rest @ ..] => {
            (format!("the request body of {}", call(method, path)), inner(rest))
        }
        ["paths", path, method, "responses", status, rest @ ..] => {
            (format!("the {} response of {}", code(status), call(method, path)), inner(rest))
        }
        ["paths", path, method, "parameters", rest @ ..] => {
            (format!("a parameter of {}", call(method, path)), inner(rest))
        }
        ["paths", path, "parameters", rest @ ..] => (format!("a parameter of {}", code(path)), inner(rest)),
        ["webhooks" | "x-webhooks", name, rest @ ..] => {
            (format!("the payload of the event {}", code(name)), inner(rest))
        }
        _ => ("a part of the document".to_owned(), &[]),
    }
}

fn call(method: &str, path: &str) -> String {
    code(&format!("{} {path}", method.to_uppercase()))
}
