//! The overlay that declares recorded operations.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crm_clients_document::spec::METHODS;
use crm_clients_document::template::nameless;
use crm_clients_document::{canonical, sanitize};
use heck::{ToLowerCamelCase, ToTitleCase, ToUpperCamelCase};
use serde_json::{Map, Value, json};

use super::components::{Components, schema_names};
use super::operation::{Messages, QUERY};
use super::paths::{PathParameter, Recorded};
use super::schema::{Schemas, evidence};
use super::segment::{is_value, singular, snake};

/// The API that an overlay is drafted for.
pub struct Context<'a> {
    /// The title of the overlay.
    pub title: &'a str,
    /// The document with its overlays applied.
    pub overlaid: &'a Value,
    /// The raised document.
    pub raised: &'a Value,
}

/// Writes the overlay.
pub fn overlay(context: &Context<'_>, recorded: &[Recorded<'_>]) -> String {
    let version = context.overlaid.get("openapi").and_then(Value::as_str).unwrap_or_default();
    let components = Components::new(context.raised, schema_names(context.overlaid));
    let mut schemas = Schemas::new(&components, version.is_empty() || version.starts_with("3.0"));
    for operation in recorded {
        let hint = subject(&operation.path);
        for messages in operation.samples.responses.values().chain([&operation.samples.requests().bodies]) {
            messages.bodies.values().for_each(|shape| schemas.note(shape, &hint));
        }
    }
    schemas.name_components();
    let declared = Declared::of(context.overlaid);
    let mut actions = Vec::new();
    let new_components = schemas.new_components();
    if !new_components.is_empty() {
        actions.push(json!({"target": "$", "update": {"components": {"schemas": new_components}}}));
    }
    let mut items: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut ids = declared.ids.clone();
    for operation in recorded {
        let method = operation.method.to_lowercase();
        let (path, known) = declared.template(operation);
        let value = declare(operation, &schemas, &declared, &mut ids);
        let parameters = path_parameters(operation, &path, &known, context.overlaid);
        let item = items.entry(path).or_default();
        if !parameters.is_empty() {
            item.insert("parameters".to_owned(), parameters.into());
        }
        if METHODS.contains(&method.as_str()) {
            item.insert(method, value);
        } else {
            // As in OpenAPI 3.2, but read in documents of any version.
            let additional = item.entry("additionalOperations").or_insert_with(|| json!({}));
            additional[operation.method] = value;
        }
    }
    actions.extend(items.into_iter().map(|(path, item)| json!({"target": "$.paths", "update": {path: item}})));
    let overlay = json!({
        "overlay": "1.1.0",
        "info": {"title": context.title, "version": "draft"},
        "x-additions": true,
        "actions": actions,
    });
    let comment = "Drafted from recorded traffic. Read each operation, name it and describe it; `x-evidence` has the number of samples.";
    format!("# {}\n{}", sanitize::line(comment), canonical::to_yaml(&overlay))
}

/// The paths and operations that the document declares.
struct Declared<'d> {
    /// The path templates and the parameters of their path items, by the template without names.
    paths: BTreeMap<Cow<'d, str>, (&'d str, BTreeSet<&'d str>)>,
    /// The operations with the segments of their paths.
    operations: Vec<(Vec<&'d str>, &'d Value)>,
    ids: BTreeSet<String>,
}

impl<'d> Declared<'d> {
    fn of(document: &'d Value) -> Self {
        let mut declared = Self { paths: BTreeMap::new(), operations: Vec::new(), ids: BTreeSet::new() };
        for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
            let parameters = item.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let resolved = parameters.filter_map(|parameter| match parameter.get("$ref").and_then(Value::as_str) {
                Some(reference) => document.pointer(reference.strip_prefix('#')?),
                None => Some(parameter),
            });
            let names = resolved.filter_map(|parameter| parameter.get("name")?.as_str()).collect();
            declared.paths.insert(nameless(path), (path, names));
            for operation in METHODS.iter().filter_map(|method| item.get(*method)) {
                declared.operations.push((path.split('/').skip(1).collect(), operation));
                declared.ids.extend(operation.get("operationId").and_then(Value::as_str).map(str::to_owned));
            }
        }
        declared
    }

    /// Returns the document's template for an operation's path, or else the operation's own, and the names of the
    /// parameters that are declared there.
    fn template(&self, operation: &Recorded<'_>) -> (String, BTreeSet<&'d str>) {
        let declared = self.paths.get(&nameless(&operation.path));
        declared.map_or_else(
            || (operation.path.clone(), BTreeSet::new()),
            |(path, names)| ((*path).to_owned(), names.clone()),
        )
    }

    /// Returns the tags and the security of a new operation: those of the operations whose paths share the most leading
    /// segments with it. If these have several tags, the tag is derived from the path.
    fn of_neighbours(&self, path: &str) -> (Value, Option<Value>) {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let is_parameter = |segment: &str| segment.starts_with('{');
        let common = |other: &[&str]| {
            let is_same = |(a, b): &(&&str, &&str)| a == b || is_parameter(a) && is_parameter(b);
            segments.iter().zip(other).take_while(is_same).count()
        };
        let most = self.operations.iter().map(|(other, _)| common(other)).max().unwrap_or_default();
        let nearest =
            || self.operations.iter().filter(|(other, _)| common(other) == most).map(|(_, operation)| *operation);
        let tags: BTreeSet<String> =
            nearest().filter_map(|operation| Some(operation.get("tags")?.to_string())).collect();
        let named = segments.iter().skip(most).chain(segments.iter().rev()).find(|segment| !is_parameter(segment));
        let title = named.map(|word| snake(word).to_title_case()).unwrap_or_default();
        let tags = match tags.first().and_then(|tags| serde_json::from_str(tags).ok()) {
            Some(only) if tags.len() == 1 => only,
            _ => json!([title]),
        };
        (tags, nearest().find_map(|operation| operation.get("security")).cloned())
    }
}

/// Returns the declaration of an operation.
fn declare(
    operation: &Recorded<'_>,
    schemas: &Schemas<'_>,
    declared: &Declared<'_>,
    ids: &mut BTreeSet<String>,
) -> Value {
    let mut value = json!({"operationId": operation_id(operation, ids)});
    let (tags, security) = declared.of_neighbours(&operation.path);
    value["tags"] = tags;
    if let Some(security) = security {
        value["security"] = security;
    }
    let parameters = query_parameters(operation, schemas);
    if !parameters.is_empty() {
        value["parameters"] = parameters.into();
    }
    let requests = operation.samples.requests();
    if !requests.bodies.bodies.is_empty() {
        value["requestBody"] = content(&requests.bodies, schemas);
        if requests.bodies.empty == 0 && requests.bodies.count > 1 {
            value["requestBody"]["required"] = true.into();
        }
    }
    let responses = operation.samples.responses.iter().map(|(status, messages)| {
        let mut response = content(messages, schemas);
        response["description"] = if *status < 400 { "Success." } else { "Error." }.into();
        response["x-evidence"] = evidence(messages.count);
        if messages.empty > 0 && messages.empty < messages.count {
            response["x-evidence"]["empty"] = messages.empty.into();
        }
        (status.to_string(), response)
    });
    value["responses"] = Value::Object(responses.collect());
    value["x-evidence"] = evidence(operation.samples.count);
    value
}

/// Returns the `content` of bodies.
fn content(messages: &Messages, schemas: &Schemas<'_>) -> Value {
    let content: Map<String, Value> = messages
        .bodies
        .iter()
        .map(|(media_type, shape)| {
            let is_text = shape.by_type().is_empty();
            let schema = match (is_text, media_type.starts_with("text/")) {
                (false, _) => schemas.schema(shape, None),
                (true, true) => json!({"type": "string"}),
                (true, false) => json!({}),
            };
            (
                if media_type.is_empty() { "application/octet-stream" } else { media_type }.to_owned(),
                json!({"schema": schema}),
            )
        })
        .collect();
    if content.is_empty() { json!({}) } else { json!({"content": content}) }
}

/// Returns the path parameters that a path item does not declare yet. If the document declares one for another path
/// with the same beginning, that declaration is used.
fn path_parameters(operation: &Recorded<'_>, path: &str, known: &BTreeSet<&str>, document: &Value) -> Vec<Value> {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let own = operation.parameters.iter().zip(names).filter(|(_, name)| !known.contains(name));
    let parameter = |(parameter, name): (&PathParameter, &str)| {
        let end = path.find(&format!("{{{name}}}")).map_or(0, |start| start + name.len() + 2);
        declared_parameter(document, &path[..end], name).unwrap_or_else(|| {
            let kind = if parameter.is_integer { "integer" } else { "string" };
            json!({"name": name, "in": "path", "required": true, "schema": {"type": kind}})
        })
    };
    own.map(parameter).collect()
}

/// Returns the declaration of the path parameter `name` in the first path item that begins with these segments, usually
/// a reference.
fn declared_parameter(document: &Value, beginning: &str, name: &str) -> Option<Value> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let items = paths
        .filter(|(path, _)| path.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let parameters = items.filter_map(|(_, item)| item.get("parameters")?.as_array()).flatten();
    let is_same = |parameter: &&Value| {
        let reference = parameter.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        let resolved = reference.map_or(Some(*parameter), |pointer| document.pointer(pointer));
        resolved.is_some_and(|resolved| resolved["name"] == name && resolved["in"] == "path")
    };
    parameters.into_iter().find(is_same).cloned()
}

fn query_parameters(operation: &Recorded<'_>, schemas: &Schemas<'_>) -> Vec<Value> {
    let queries = operation.samples.requests().queries.bodies.get(QUERY);
    let Some(objects) = queries.and_then(|shape| shape.objects.as_ref()) else { return Vec::new() };
    let parameter = |(name, shape): (&String, &super::shape::Shape)| {
        let mut parameter = json!({"name": name, "in": "query", "schema": schemas.schema(shape, Some(name))});
        if objects.count > 1 && shape.count == objects.count {
            parameter["required"] = true.into();
        }
        parameter
    };
    objects.properties.iter().map(parameter).collect()
}

/// Returns a unique operationId: `listContactNotes`, `muteConversation`.
fn operation_id(operation: &Recorded<'_>, ids: &mut BTreeSet<String>) -> String {
    let is_word =
        |segment: &&str| !segment.is_empty() && !segment.starts_with('{') && !is_version(segment) && *segment != "api";
    let segments: Vec<&str> = operation.path.split('/').collect();
    let ends_with_value = segments.last().is_some_and(|last| last.starts_with('{'));
    let mut words: Vec<&str> = segments.iter().copied().filter(is_word).collect();
    let is_plural = words.last().is_some_and(|last| singular(last) != **last);
    let method = operation.method.to_lowercase();
    let verb = match method.as_str() {
        "get" if ends_with_value || !is_plural => "get".to_owned(),
        "get" => "list".to_owned(),
        // In `POST /conversations/7/mute`, the last word is the verb.
        "post" if !is_plural && words.len() > 1 => snake(words.pop().unwrap_or_default()).to_lower_camel_case(),
        "post" => "create".to_owned(),
        "put" => "replace".to_owned(),
        "patch" => "update".to_owned(),
        other => other.to_owned(),
    };
    let name = |(index, word): (usize, &&str)| {
        let is_list = index + 1 == words.len() && verb == "list";
        snake(&if is_list { (*word).to_owned() } else { singular(word) }).to_upper_camel_case()
    };
    // The first words of the path are the same for most operations.
    let base = |skipped: usize| verb.clone() + &words.iter().enumerate().skip(skipped).map(name).collect::<String>();
    let mut candidates =
        (0..words.len().max(1)).rev().map(base).chain((2..).map(|number| format!("{}{number}", base(0))));
    let id = candidates.find(|id| !ids.contains(id)).unwrap_or_default();
    ids.insert(id.clone());
    id
}

/// Returns the subject of a path: its last word.
fn subject(path: &str) -> String {
    let is_word = |segment: &&str| !segment.is_empty() && !segment.starts_with('{') && !is_value(segment);
    path.split('/').rev().find(is_word).unwrap_or_default().to_owned()
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}
