//! Adapts schemas to the subset that typify, progenitor's type generator, supports: schemas that become named types are
//! components, and all others are inline.

mod flat;

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Value, json};

use super::losses::{Loss, Losses};
use super::{JsonObject, description, idents};
use crate::lowered;
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::child;

/// Maximum nesting depth of merged schemas: parts that extend the same property can be infinite.
const DEEPEST: usize = 32;

/// The adapted schemas of a document, created on demand.
pub(super) struct Schemas<'a> {
    document: &'a Value,
    pub(super) losses: Losses,
    /// The component of each schema, by its reference.
    referred: HashMap<String, String>,
    /// The component of each nested schema, by its requested name and its text.
    hoisted: HashMap<(String, String), String>,
    /// References to schemas that are still to be adapted.
    waiting: VecDeque<String>,
    /// The merged schemas that enclose the current one.
    within: Vec<Joined>,
    /// The number of schemas that may still be merged: recursive choices would multiply.
    joins_left: usize,
    taken: UsedNames,
    components: JsonObject,
}

/// A merged schema, by its text, with the component that it becomes if it is recursive.
struct Joined {
    text: String,
    name: String,
    component: Option<String>,
}

/// A schema at the place where it is used.
#[derive(Debug)]
pub(super) struct Use {
    /// The schema, without null.
    pub(super) schema: Value,
    /// True if null is allowed here.
    nullable: bool,
}

impl Use {
    /// Returns the schema as it is written in the document.
    pub(super) fn into_value(self) -> Value {
        let mut schema = self.schema;
        match schema.as_object_mut() {
            // A schema that allows any value includes null.
            Some(object) if self.nullable && !object.is_empty() => {
                if object.contains_key("$ref") {
                    return json!({"nullable": true, "allOf": [schema]});
                }
                object.insert("nullable".to_owned(), true.into());
            }
            _ => {}
        }
        schema
    }
}

impl<'a> Schemas<'a> {
    /// Creates an empty set. Components keep their names if they are distinct in Rust.
    pub(super) fn new(document: &'a Value) -> Self {
        let mut schemas = Self {
            document,
            losses: Losses::default(),
            referred: HashMap::new(),
            hoisted: HashMap::new(),
            waiting: VecDeque::new(),
            within: Vec::new(),
            joins_left: 64,
            taken: UsedNames::default(),
            components: JsonObject::new(),
        };
        let declared = document.pointer("/components/schemas").and_then(Value::as_object);
        for name in declared.into_iter().flat_map(JsonObject::keys) {
            schemas.joins_left += 4;
            let component = schemas.claim(&names::type_name(name));
            schemas.referred.insert(format!("#{}", child("/components/schemas", name)), component);
        }
        schemas
    }

    /// Returns the original document.
    pub(super) fn document(&self) -> &'a Value {
        self.document
    }

    /// Returns the components and the losses.
    pub(super) fn finish(mut self) -> (JsonObject, Losses) {
        while let Some(reference) = self.waiting.pop_front() {
            let Some(name) = self.referred.get(&reference).cloned() else { continue };
            let place = reference.trim_start_matches('#').to_owned();
            let schema = self.document.pointer(&place).unwrap_or(&Value::Null);
            let flat = self.flat(schema, &place);
            let body = self.body(flat, &place, &name);
            self.components.insert(name, body);
        }
        self.components.sort_keys();
        (self.components, self.losses)
    }

    /// Returns true if values are strings, numbers or booleans, which are allowed in a path, a header or a form.
    pub(super) fn is_plain(&self, schema: &Value) -> bool {
        let mut losses = Losses::default();
        let flat = flat::flat(self.document, schema, "", &mut losses);
        !["oneOf", "anyOf", "properties", "items"].iter().any(|key| flat.contains_key(*key))
            && flat.get("type").is_some_and(|kind| kind != "array" && kind != "object")
    }

    /// Returns a schema without references and `allOf`.
    pub(super) fn flat(&mut self, schema: &Value, place: &str) -> JsonObject {
        flat::flat(self.document, schema, place, &mut self.losses)
    }

    /// Returns a schema for the place where it is used. `name` is the name of its type, if it needs one.
    ///
    /// Before `{"type": "object", "properties": {"owner": {"type": "object", "properties": {"id": {}}}}}`,
    /// after `{"$ref": "#/components/schemas/Pet"}`, and so for the owner: no two types have one name.
    pub(super) fn of(&mut self, schema: &Value, place: &str, name: &str) -> Use {
        let flat = self.flat(schema, place);
        let nullable = flat.get("nullable") == Some(&Value::Bool(true));
        if let Some(reference) = lone_reference(schema)
            && has_name(&flat)
        {
            return Use { schema: self.reference(reference), nullable };
        }
        let schema = if has_name(&flat) && (schema.get("allOf").is_some() || schema.get("$ref").is_some()) {
            self.joined(schema.to_string(), flat, place, name)
        } else {
            self.inline(flat, place, name)
        };
        Use { schema, nullable }
    }

    /// Returns an inline schema, or a reference to a new component.
    fn inline(&mut self, flat: JsonObject, place: &str, name: &str) -> Value {
        let named = has_type(&flat);
        let adapted = self.body(flat, place, name);
        self.hoist_named(named, adapted, name)
    }

    /// Returns a merged schema, which may be recursive without having a name; it gets one then.
    fn joined(&mut self, text: String, flat: JsonObject, place: &str, name: &str) -> Value {
        if let Some(index) = self.within.iter().position(|outer| outer.text == text) {
            let component = match self.within[index].component.clone() {
                Some(component) => component,
                None => self.claim(&self.within[index].name.clone()),
            };
            self.within[index].component = Some(component.clone());
            return refer(&component);
        }
        let Some(joins_left) = self.joins_left.checked_sub(1).filter(|_| self.within.len() < DEEPEST) else {
            self.losses.add(Loss::Endless, place);
            return json!({});
        };
        self.joins_left = joins_left;
        self.within.push(Joined { text, name: name.to_owned(), component: None });
        let named = has_type(&flat);
        let adapted = self.body(flat, place, name);
        match self.within.pop().and_then(|joined| joined.component) {
            Some(component) => {
                self.components.insert(component.clone(), adapted);
                refer(&component)
            }
            None => self.hoist_named(named, adapted, name),
        }
    }

    /// Moves an adapted schema to a component if it has a type in Rust.
    fn hoist_named(&mut self, named: bool, adapted: Value, name: &str) -> Value {
        if named && has_type_still(&adapted) { self.hoist(adapted, name) } else { adapted }
    }

    /// Returns a reference to the component for the target of `reference`.
    fn reference(&mut self, reference: &str) -> Value {
        // Skip components that are only references: use the last reference of the chain.
        let target = lowered::target(self.document, reference);
        let chain = target.into_iter().flat_map(|target| lowered::chain(self.document, target));
        let reference = chain.filter_map(|node| node.get("$ref")?.as_str()).last().unwrap_or(reference);
        let name = match self.referred.get(reference) {
            Some(name) => name.clone(),
            None => {
                let last = crm_clients_document::diagnostic::tokens(reference.trim_start_matches('#'))
                    .next_back()
                    .unwrap_or_default();
                let name = self.claim(&names::type_name(&last));
                self.referred.insert(reference.to_owned(), name.clone());
                name
            }
        };
        if !self.components.contains_key(&name) {
            // The entry marks it as requested; the content follows later.
            self.components.insert(name.clone(), Value::Null);
            self.waiting.push_back(reference.to_owned());
        }
        refer(&name)
    }

    /// Moves a schema to a new component.
    fn hoist(&mut self, schema: Value, name: &str) -> Value {
        let key = (name.to_owned(), schema.to_string());
        let component = match self.hoisted.get(&key) {
            Some(component) => component.clone(),
            None => {
                let component = self.claim(name);
                self.components.insert(component.clone(), schema);
                self.hoisted.insert(key, component.clone());
                component
            }
        };
        refer(&component)
    }

    /// Claims a name that is distinct in Rust.
    fn claim(&mut self, name: &str) -> String {
        self.taken.claim(&idents::type_name(name))
    }

    /// Adapts a flat schema; the schemas in it become components.
    fn body(&mut self, mut flat: JsonObject, place: &str, name: &str) -> Value {
        let documentation = description(&flat);
        self.note(&flat, place);
        let mut adapted = match flat.get("type").and_then(Value::as_str) {
            _ if flat.contains_key("oneOf") || flat.contains_key("anyOf") => self.choice(flat, place, name),
            Some("array") => self.array(&flat, place, name),
            None if flat.contains_key("items") => self.array(&flat, place, name),
            Some("object") => self.object(&mut flat, place, name),
            None if flat.contains_key("properties") || flat.contains_key("additionalProperties") => {
                self.object(&mut flat, place, name)
            }
            Some("string") => self.string(&flat, place),
            None if is_texts(&flat) => self.string(&flat, place),
            Some(kind @ ("integer" | "number" | "boolean")) => {
                if flat.contains_key("enum") {
                    self.losses.add(Loss::OtherEnum, place);
                }
                formatted(kind, &flat, &["int32", "int64", "double"])
            }
            _ => json!({}),
        };
        if let (Some(text), Some(object)) = (documentation, adapted.as_object_mut())
            && !object.is_empty()
            && !object.contains_key("$ref")
        {
            object.insert("description".to_owned(), text);
        }
        adapted
    }

    /// Records the keywords that are lost. Most of them are validations, which the server performs.
    ///
    /// Before `{"type": "integer", "minimum": 1, "default": 20}`, after `{"type": "integer"}`.
    fn note(&mut self, flat: &JsonObject, place: &str) {
        const LIMITS: [&str; 13] = [
            "pattern",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minItems",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties",
        ];
        let mut lost = |there: bool, loss| {
            if there {
                self.losses.add(loss, place)
            }
        };
        lost(LIMITS.iter().any(|key| flat.contains_key(*key)), Loss::Limits);
        lost(flat.contains_key("default"), Loss::Default);
        lost(flat.contains_key("not"), Loss::Not);
        lost(flat.get("additionalProperties") == Some(&Value::Bool(false)), Loss::Closed);
    }

    /// Adapts a string, or an enum of strings.
    ///
    /// Before `{"type": "string", "enum": ["a b", "a_b"]}`, after `{"type": "string"}`: no two variants can be `AB`.
    fn string(&mut self, flat: &JsonObject, place: &str) -> Value {
        let values = flat.get("enum").and_then(Value::as_array).into_iter().flatten();
        let values: Vec<&Value> = values.filter(|value| !value.is_null()).collect();
        if values.is_empty() {
            return formatted("string", flat, &["date", "date-time", "uuid", "ip", "ipv4", "ipv6"]);
        }
        let texts: Vec<&str> = values.iter().filter_map(|value| value.as_str()).collect();
        if texts.len() == values.len() && idents::are_variants(&texts) {
            return json!({"type": "string", "enum": values});
        }
        self.losses.add(Loss::EnumNames, place);
        json!({"type": "string"})
    }

    /// Before `{"type": "array", "items": {"type": "string", "enum": ["a"]}, "minItems": 1}`,
    /// after `{"type": "array", "items": {"$ref": "#/components/schemas/PetTagsItem"}}`.
    fn array(&mut self, flat: &JsonObject, place: &str, name: &str) -> Value {
        let items = flat.get("items").unwrap_or(&Value::Null);
        let items = self.of(items, &child(place, "items"), &names::type_name(&format!("{name} item")));
        json!({"type": "array", "items": items.into_value()})
    }

    /// Adapts an object as a struct or a map.
    ///
    /// Before
    /// ```json
    /// {"properties": {"id": {"type": "integer", "readOnly": true}, "a-b": {}, "a_b": {}}, "required": ["id"], "additionalProperties": false}
    /// ```
    /// after `{"type": "object", "properties": {"id": {"type": "integer"}, "a-b": {}}}`.
    fn object(&mut self, flat: &mut JsonObject, place: &str, name: &str) -> Value {
        let mut properties = JsonObject::new();
        let mut required: Vec<Value> = Vec::new();
        let demanded = flat.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut seen = HashSet::new();
        let place_of_all = child(place, "properties");
        for (property, schema) in flat.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let place = child(&place_of_all, property);
            if !seen.insert(idents::value(property)) {
                self.losses.add(Loss::PropertyName, &place);
                continue;
            }
            let one_way = ["readOnly", "writeOnly"];
            let keywords = self.flat(schema, &place);
            let is_one_way = one_way.iter().any(|key| keywords.get(*key) == Some(&Value::Bool(true)));
            let is_demanded = demanded.iter().any(|name| name.as_str() == Some(property));
            if is_demanded && is_one_way {
                self.losses.add(Loss::ReadOrWriteOnly, &place);
            } else if is_demanded {
                required.push(property.as_str().into());
            }
            let adapted = self.of(schema, &place, &names::type_name(&format!("{name} {property}")));
            properties.insert(property.clone(), adapted.into_value());
        }
        let mut adapted = json!({"type": "object"});
        if let Some(rest) = self.rest(flat, &properties, place, name) {
            adapted["additionalProperties"] = rest;
        }
        if !properties.is_empty() {
            adapted["properties"] = properties.into();
        }
        if !required.is_empty() {
            adapted["required"] = required.into();
        }
        adapted
    }

    /// Returns the schema of additional properties. Next to declared properties, they are kept if the document allows
    /// them explicitly.
    fn rest(&mut self, flat: &JsonObject, properties: &JsonObject, place: &str, name: &str) -> Option<Value> {
        let rest = match flat.get("additionalProperties")? {
            Value::Bool(true) if !properties.is_empty() => json!({}),
            schema @ Value::Object(_) => {
                let name = names::type_name(&format!("{name} value"));
                self.of(schema, &child(place, "additionalProperties"), &name).into_value()
            }
            _ => return None,
        };
        // Typify uses this name for the field of additional properties.
        if properties.keys().any(|property| idents::value(property) == "extra") {
            self.losses.add(Loss::PropertyName, &child(place, "additionalProperties"));
            return None;
        }
        Some(rest)
    }

    /// Adapts a choice, of which the first matching alternative is used. Keywords next to the choice apply to each
    /// alternative.
    ///
    /// Before
    /// ```json
    /// {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "string"}], "discriminator": {"propertyName": "kind"}}
    /// ```
    /// after `{"oneOf": [{"$ref": "#/components/schemas/A"}, {"type": "string"}]}`.
    fn choice(&mut self, mut flat: JsonObject, place: &str, name: &str) -> Value {
        let key = if flat.contains_key("oneOf") { "oneOf" } else { "anyOf" };
        let Some(Value::Array(alternatives)) = flat.remove(key) else { return json!({}) };
        const BESIDE: [&str; 6] = ["properties", "required", "additionalProperties", "items", "enum", "anyOf"];
        flat.retain(|key, _| key == "type" || BESIDE.contains(&key.as_str()));
        let beside = flat.keys().any(|key| key != "type");
        let only_requires = |alternative: &Value| {
            alternative.as_object().is_some_and(|object| object.keys().all(|key| key == "required"))
        };
        if beside && alternatives.iter().all(only_requires) {
            self.losses.add(Loss::Limits, place);
            return self.body(flat, place, name);
        }
        let mut adapted: Vec<Value> = Vec::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            let place = child(&child(place, key), &index.to_string());
            let name = names::type_name(&format!("{name} variant {index}"));
            let whole = if beside { json!({"allOf": [alternative, flat]}) } else { alternative.clone() };
            let alternative = self.of(&whole, &place, &name).into_value();
            if !adapted.contains(&alternative) {
                adapted.push(alternative);
            }
        }
        if key == "anyOf" && adapted.len() > 1 {
            self.losses.add(Loss::Alternatives, place);
        }
        match adapted.as_slice() {
            [] => json!({}),
            [only] => only.clone(),
            // An alternative that matches anything makes the others redundant.
            all if all.contains(&json!({})) => json!({}),
            _ => json!({"oneOf": adapted}),
        }
    }
}

fn refer(component: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{component}")})
}

/// Returns the reference of a schema that consists only of it, apart from annotations.
fn lone_reference(schema: &Value) -> Option<&str> {
    const OF_USE: [&str; 7] = ["nullable", "description", "title", "default", "example", "readOnly", "writeOnly"];
    let object = schema.as_object()?;
    if let Some(reference) = object.get("$ref") {
        return reference.as_str();
    }
    let only = match object.get("allOf")?.as_array()?.as_slice() {
        [only] => only,
        _ => return None,
    };
    let is_of_use = |key: &String| key == "allOf" || key.starts_with("x-") || OF_USE.contains(&key.as_str());
    object.keys().all(is_of_use).then(|| only.get("$ref")?.as_str()).flatten()
}

/// Returns true if a referenced schema is a component. Strings and numbers are inline.
fn has_name(flat: &JsonObject) -> bool {
    has_type(flat) || flat.contains_key("items") || flat.contains_key("additionalProperties") || {
        flat.get("type").is_some_and(|kind| kind == "array" || kind == "object")
    }
}

/// Returns true if a schema has its own type in Rust.
fn has_type(flat: &JsonObject) -> bool {
    ["oneOf", "anyOf", "properties"].iter().any(|key| flat.contains_key(*key)) || is_texts(flat)
}

/// Returns true if it still has its own type after it is adapted.
fn has_type_still(adapted: &Value) -> bool {
    ["oneOf", "properties", "enum"].iter().any(|key| adapted.get(key).is_some())
}

/// Returns true if a schema is an enum of strings.
fn is_texts(flat: &JsonObject) -> bool {
    let is_text = |value: &Value| value.is_string() || value.is_null();
    let values = flat.get("enum").and_then(Value::as_array);
    values.is_some_and(|values| values.iter().any(Value::is_string) && values.iter().all(is_text))
        && flat.get("type").is_none_or(|kind| kind == "string")
}

/// Returns a type with its format, if the format has a type in Rust.
///
/// Before `{"type": "string", "format": "email"}`, after `{"type": "string"}`.
fn formatted(kind: &str, flat: &JsonObject, formats: &[&str]) -> Value {
    match flat.get("format").and_then(Value::as_str).filter(|format| formats.contains(format)) {
        Some(format) => json!({"type": kind, "format": format}),
        None => json!({"type": kind}),
    }
}
