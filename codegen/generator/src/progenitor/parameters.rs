//! Parameters: progenitor supports one encoding for each location, and derives their names itself.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::losses::Loss;
use super::schemas::Schemas;
use super::{JsonObject, describe, idents};
use crate::names;
use crm_clients_document::template::Template;

/// Variables in progenitor's methods that a parameter of the same name would shadow.
const RESERVED: &str = "header_map";

/// The adapted parameters of an operation.
pub(super) struct Parameters {
    /// The path template.
    pub(super) path: String,
    /// The adapted parameters.
    pub(super) parameters: Vec<Value>,
    /// Their identifiers.
    taken: HashSet<String>,
}

/// A declared parameter, with its location and the name for its type.
struct Declared<'a> {
    object: &'a JsonObject,
    name: &'a str,
    place: &'a str,
    type_name: String,
}

impl Parameters {
    /// Returns an empty list; a body is an argument as well.
    pub(super) fn new(path: &str, with_body: bool) -> Self {
        let mut taken = HashSet::from([RESERVED.to_owned()]);
        if with_body {
            taken.insert("body".to_owned());
        }
        Self { path: path.to_owned(), parameters: Vec::new(), taken }
    }

    /// Adapts the parameters of an operation, each with its JSON pointer.
    pub(super) fn adapt(mut self, declared: &[(String, &JsonObject)], operation: &str, schemas: &mut Schemas) -> Self {
        self.path = without_query_parameters(&self.path, declared);
        let mut declared: Vec<&(String, &JsonObject)> = declared.iter().collect();
        // Of two parameters with the same name, the more important one comes first.
        declared.sort_by_key(|(_, object)| (text(object, "in") != "path", !is_required(object)));
        for (place, object) in declared {
            let name = text(object, "name");
            let type_name = names::type_name(&format!("{operation} {name}"));
            let parameter = Declared { object, name, place, type_name };
            match text(object, "in") {
                "path" => self.path(&parameter, schemas),
                "query" => self.query(&parameter, schemas),
                "header" => {
                    let schema = plain(&parameter, schemas);
                    self.push(&parameter, name, schema, schemas);
                }
                _ => schemas.losses.add(Loss::CookieParameter, place),
            }
        }
        self
    }

    /// Adapts a parameter in the path. Its value is inserted as it is, so a prefix is moved to the template.
    ///
    /// Before `{"/pets/{id}": [{"name": "id", "in": "path", "style": "label", "schema": {"type": "integer"}}]}`,
    /// after `{"/pets/.{id}": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}]}`.
    fn path(&mut self, parameter: &Declared, schemas: &mut Schemas) {
        let template = format!("{{{}}}", parameter.name);
        let styled = match text(parameter.object, "style") {
            "label" => format!(".{template}"),
            "matrix" => format!(";{}={template}", parameter.name),
            _ => template.clone(),
        };
        self.path = self.path.replace(&template, &styled);
        let schema = plain(parameter, schemas);
        self.push(parameter, parameter.name, schema, schemas);
    }

    /// Adapts a query parameter, which is form-exploded: one `name=value` for each item.
    ///
    /// Before `{"name": "ids", "in": "query", "explode": false, "schema": {"type": "array", "items": {"type": "integer"}}}`,
    /// after `{"name": "ids", "in": "query", "schema": {"type": "string"}}`.
    fn query(&mut self, parameter: &Declared, schemas: &mut Schemas) {
        let style = text(parameter.object, "style");
        let Some(schema) = parameter.object.get("schema") else {
            schemas.losses.add(Loss::ParameterText, parameter.place);
            return self.push(parameter, parameter.name, json!({"type": "string"}), schemas);
        };
        let flat = schemas.flat(schema, parameter.place);
        let kind = flat.get("type").and_then(Value::as_str).unwrap_or_default();
        if style == "deepObject" {
            return self.deep_object(parameter, &flat, schemas);
        }
        let explode = parameter.object.get("explode").and_then(Value::as_bool).unwrap_or(matches!(style, "" | "form"));
        if !explode && matches!(kind, "array" | "object") {
            schemas.losses.add(Loss::ParameterText, parameter.place);
            return self.push(parameter, parameter.name, json!({"type": "string"}), schemas);
        }
        let schema = schemas.of(schema, parameter.place, &parameter.type_name).into_value();
        self.push(parameter, parameter.name, schema, schemas);
    }

    /// Adapts a deep object: each property becomes a parameter. An object with arbitrary keys becomes a map with
    /// complete keys.
    ///
    /// Before
    /// ```json
    /// {"name": "page", "in": "query", "style": "deepObject", "schema": {"type": "object", "properties": {"size": {"type": "integer"}}}}
    /// ```
    /// after `{"name": "page[size]", "in": "query", "schema": {"type": "integer"}}`.
    fn deep_object(&mut self, parameter: &Declared, flat: &JsonObject, schemas: &mut Schemas) {
        let properties = flat.get("properties").and_then(Value::as_object);
        if properties.is_none_or(JsonObject::is_empty) {
            schemas.losses.add(Loss::WholeKeys, parameter.place);
            let map = json!({"type": "object", "additionalProperties": {"type": "string"}});
            return self.push(parameter, parameter.name, map, schemas);
        }
        for (property, schema) in properties.into_iter().flatten() {
            let name = format!("{}[{property}]", parameter.name);
            if !schemas.is_plain(schema) {
                schemas.losses.add(Loss::NestedParameter, parameter.place);
                continue;
            }
            let schema =
                schemas.of(schema, parameter.place, &names::type_name(&format!("{} {property}", parameter.type_name)));
            let mut adapted = json!({"name": name, "in": "query", "schema": schema.into_value()});
            let required = |list: &Value| list.as_array().is_some_and(|names| names.contains(&json!(property)));
            if is_required(parameter.object) && flat.get("required").is_some_and(required) {
                adapted["required"] = true.into();
            }
            self.claim(parameter, adapted, schemas);
        }
    }

    /// Adds a parameter.
    fn push(&mut self, parameter: &Declared, name: &str, schema: Value, schemas: &mut Schemas) {
        let mut adapted = json!({"name": name, "in": text(parameter.object, "in"), "schema": schema});
        if is_required(parameter.object) {
            adapted["required"] = true.into();
        }
        describe(&mut adapted, parameter.object);
        self.claim(parameter, adapted, schemas);
    }

    /// Adds a parameter, unless its identifier is in use.
    ///
    /// Before `[{"name": "id", "in": "path"}, {"name": "id", "in": "query"}]`, after `[{"name": "id", "in": "path"}]`.
    fn claim(&mut self, parameter: &Declared, adapted: Value, schemas: &mut Schemas) {
        let name = adapted.get("name").and_then(Value::as_str).unwrap_or_default();
        if self.taken.insert(idents::value(name)) {
            self.parameters.push(adapted);
        } else {
            schemas.losses.add(Loss::ParameterName, parameter.place);
        }
    }
}

/// Returns the template without the expressions of query parameters, which progenitor would treat as path parameters.
///
/// Before `/search?kind=all&q={q}` with `{"name": "q", "in": "query"}`, after `/search?kind=all`.
fn without_query_parameters(path: &str, declared: &[(String, &JsonObject)]) -> String {
    let is_path = |name: &str| declared.iter().any(|(_, one)| text(one, "in") == "path" && text(one, "name") == name);
    let template = Template::of(path);
    let sent = template.sent(is_path);
    // The fragment distinguishes paths but is never sent, so its expressions have no values.
    let fragment = template.fragment.replace(['{', '}'], "");
    if fragment.is_empty() { sent } else { format!("{sent}#{fragment}") }
}

/// Returns the schema of a parameter in the path or a header, which progenitor formats with `Display`; a string if that
/// is not the format that the API expects.
///
/// Before `{"name": "at", "in": "path", "schema": {"type": "string", "format": "date-time", "nullable": true}}`,
/// after `{"name": "at", "in": "path", "schema": {"type": "string"}}`.
fn plain(parameter: &Declared, schemas: &mut Schemas) -> Value {
    let schema = parameter.object.get("schema").filter(|schema| schemas.is_plain(schema));
    let Some(schema) = schema else {
        schemas.losses.add(Loss::ParameterText, parameter.place);
        return json!({"type": "string"});
    };
    let adapted = schemas.of(schema, parameter.place, &parameter.type_name).schema;
    match adapted.get("format").and_then(Value::as_str) {
        Some("date-time") => {
            schemas.losses.add(Loss::ParameterText, parameter.place);
            json!({"type": "string"})
        }
        _ => adapted,
    }
}

fn text<'a>(object: &'a JsonObject, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is_required(object: &JsonObject) -> bool {
    object.get("required").and_then(Value::as_bool).unwrap_or_default()
}
