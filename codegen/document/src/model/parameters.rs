//! Parameters: single ones, and the combined parameters of a path and its operations.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::build::{Builder, JsonObject, example, extensions, flag, list, text};
use super::{Location, MediaTypeId, Parameter, ParameterId, SchemaId, Style, StyleKind};
use crate::diagnostic::child;
use crate::extensions::MULTI_SEGMENT;
use crate::spec::{ObjectKind, Versions};
use crate::template::{self, Template};

/// A parameter declared by a path item or an operation.
pub(super) struct Declared {
    pub(super) id: ParameterId,
    name: String,
    location: Location,
    /// The pointer of the declaration, which may be a reference.
    place: String,
}

impl<'v> Builder<'v, '_> {
    /// Builds the parameters declared by the object at `pointer`.
    pub(super) fn declared_parameters(&mut self, object: &'v JsonObject, pointer: &str) -> Vec<Declared> {
        let place = child(pointer, "parameters");
        let mut declared = Vec::new();
        for (index, node) in list(object, "parameters").enumerate() {
            let place = child(&place, &index.to_string());
            if let Some(id) = self.refer(node, &place, Self::parameter) {
                let parameter = &self.nodes.parameters[id];
                let (name, location) = (parameter.name.clone(), parameter.location);
                declared.push(Declared { id, name, location, place });
            }
        }
        declared
    }

    /// Removes parameters that have no effect: duplicates of one name and location, and path parameters that the path
    /// does not contain.
    pub(super) fn needed(&mut self, declared: Vec<Declared>, path: &str) -> Vec<Declared> {
        let template = Template::of(path).distinct_names();
        let mut seen = HashSet::new();
        let mut needed = Vec::with_capacity(declared.len());
        for one in declared {
            let (name, location) = (&one.name, one.location.word());
            if one.location == Location::Path && !template.contains(&name.as_str()) {
                let message = format!("the path has no `{{{name}}}`, so the parameter is ignored");
                self.diagnostics.warning("unused-path-parameter", one.place, message, remedy(&template));
            } else if !seen.insert((one.location, name.clone())) {
                let message = format!("duplicate {location} parameter `{name}`; the first declaration is used");
                self.diagnostics.warning("duplicate-parameter", one.place, message, "remove one of the two");
            } else {
                needed.push(one);
            }
        }
        needed
    }

    /// Returns the parameters of an operation that clients call: those of the path item and its own, and undeclared
    /// ones of the path.
    pub(super) fn effective_parameters(
        &mut self,
        own: Vec<Declared>,
        shared: &[Declared],
        path: &str,
        pointer: &str,
        object: &JsonObject,
    ) -> Vec<ParameterId> {
        let own = self.needed(own, path);
        let all = || shared.iter().chain(&own);
        for name in Template::of(path).fragment_names().into_iter().filter(|name| !all().any(|one| one.name == *name)) {
            let message = format!("the part after `#` is never sent to a server, and there is no parameter `{name}`");
            let help = "declare the parameter by which the server distinguishes the operations";
            self.diagnostics.warning("path-fragment", pointer, message, help);
        }
        // An expression in the query, as in `/search?q={q}`, is filled by a query parameter.
        let in_query: Vec<&str> = template::names(Template::of(path).query).collect();
        let fills = |one: &Declared, name: &str| {
            one.name == name
                && (one.location == Location::Path || one.location == Location::Query && in_query.contains(&name))
        };
        let missing: Vec<&str> =
            Template::of(path).distinct_names().into_iter().filter(|name| !all().any(|one| fills(one, name))).collect();
        let mut parameters = overridden(shared, &own);
        for (index, name) in (list(object, "parameters").count()..).zip(missing) {
            let message = format!("undeclared path parameter `{name}`; it is assumed to be a string");
            let help = "declare it with its type in an overlay";
            self.diagnostics.warning("undeclared-path-parameter", pointer, message, help);
            let place = child(&child(pointer, "parameters"), &index.to_string());
            parameters.push(self.undeclared(name, place));
        }
        parameters.retain(|id| !is_described_elsewhere(&self.nodes.parameters[*id]));
        parameters
    }

    fn undeclared(&mut self, name: &str, pointer: String) -> ParameterId {
        let schema = self.schema(&json!({"type": "string"}), &child(&pointer, "schema"));
        self.nodes.parameters.push(Parameter {
            location: Location::Path,
            name: name.to_owned(),
            required: true,
            style: Style { kind: StyleKind::Simple, explode: false },
            schema: Some(schema),
            pointer,
            ..Parameter::default()
        })
    }

    pub(super) fn parameter(&mut self, object: &'v JsonObject, pointer: &str) -> Parameter {
        let location = location(object);
        let content = self.content(object, pointer);
        let is_path = location == Location::Path;
        if is_path && !flag(object, "required") {
            let place = child(pointer, "required");
            let message = "a path parameter is always required, and is read as such";
            self.diagnostics.warning("optional-path-parameter", place, message, "write `required: true`");
        }
        Parameter {
            location,
            name: text(object, "name").unwrap_or_default(),
            rust_name: self.extensions.name(object, pointer, self.diagnostics),
            description: text(object, "description"),
            required: is_path || flag(object, "required"),
            deprecated: flag(object, "deprecated"),
            allow_empty_value: flag(object, "allowEmptyValue"),
            allow_reserved: flag(object, "allowReserved"),
            multi_segment: is_path && flag(object, MULTI_SEGMENT),
            style: style(object, location),
            holds_json: content.first().is_some_and(|id| !is_plain_text(&self.nodes.media_types[*id].name)),
            schema: self.schema_of(object, &content, pointer).or_else(|| Some(self.own_schema(object, pointer))),
            content,
            example: object.get("example").cloned(),
            examples: self.refer_all(object, "examples", pointer, |_, object, pointer| example(object, pointer)),
            extensions: extensions(object),
            pointer: pointer.to_owned(),
        }
    }

    /// Returns the schema of a parameter or a header, or that of its only media type.
    pub(super) fn schema_of(
        &mut self,
        object: &JsonObject,
        content: &[MediaTypeId],
        pointer: &str,
    ) -> Option<SchemaId> {
        match (object.get("schema"), content) {
            (Some(schema), _) => Some(self.schema(schema, &child(pointer, "schema"))),
            (None, [only, ..]) => self.nodes.media_types[*only].schema,
            (None, []) => None,
        }
    }

    /// Returns the schema of a parameter without `schema`: its own keywords, as in Swagger 2.0, or else any value.
    fn own_schema(&mut self, object: &JsonObject, pointer: &str) -> SchemaId {
        let place = child(pointer, "schema");
        if object.contains_key("content") || !object.get("type").is_some_and(Value::is_string) {
            return self.any(&place);
        }
        let message = "the type of a parameter belongs in its `schema`, and is read as such";
        let help = "move `type` and the related keywords into `schema`";
        self.diagnostics.warning("misplaced-keyword", child(pointer, "type"), message, help);
        let holds = |kind: ObjectKind, name: &str| kind.holds(name, Versions::V3_2).is_some();
        let keywords =
            object.iter().filter(|(name, _)| holds(ObjectKind::Schema, name) && !holds(ObjectKind::Parameter, name));
        let schema: JsonObject = keywords.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.schema(&Value::Object(schema), &place)
    }
}

/// Returns true if a value of this media type is sent as plain text.
fn is_plain_text(media_type: &str) -> bool {
    let essence = super::essence(media_type);
    essence.starts_with("text/") && essence != "text/json"
}

/// Merges the path item's parameters with the operation's own, which take precedence.
pub(super) fn overridden(shared: &[Declared], own: &[Declared]) -> Vec<ParameterId> {
    let mut parameters: Vec<&Declared> = shared.iter().collect();
    for one in own {
        match parameters.iter_mut().find(|other| other.name == one.name && other.location == one.location) {
            Some(shared) => *shared = one,
            None => parameters.push(one),
        }
    }
    parameters.into_iter().map(|one| one.id).collect()
}

/// Returns true if OpenAPI describes a header elsewhere, and ignores the parameter.
fn is_described_elsewhere(parameter: &Parameter) -> bool {
    parameter.location == Location::Header
        && ["accept", "content-type", "authorization"].iter().any(|name| parameter.name.eq_ignore_ascii_case(name))
}

fn remedy(template: &[&str]) -> String {
    match template {
        [] => "remove it, or add it to the path".to_owned(),
        names => format!("remove it, or rename it to match the path: `{}`", names.join("`, `")),
    }
}

pub(super) fn location(object: &JsonObject) -> Location {
    match object.get("in").and_then(Value::as_str) {
        Some("path") => Location::Path,
        Some("header") => Location::Header,
        Some("cookie") => Location::Cookie,
        Some("querystring") => Location::QueryString,
        _ => Location::Query,
    }
}

fn style(object: &JsonObject, location: Location) -> Style {
    let kind = StyleKind::of(object).unwrap_or(match location {
        Location::Path | Location::Header => StyleKind::Simple,
        Location::Query | Location::QueryString | Location::Cookie => StyleKind::Form,
    });
    let explode = object.get("explode").and_then(Value::as_bool);
    Style { kind, explode: explode.unwrap_or(matches!(kind, StyleKind::Form | StyleKind::Cookie)) }
}
