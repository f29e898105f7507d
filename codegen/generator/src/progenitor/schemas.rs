//! Schemas in the words that typify, progenitor's maker of types, takes without fault: types with names of their own are
//! components, all else stands where it is used.

mod flat;

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Value, json};

use super::losses::{Loss, Losses};
use super::{JsonObject, description, idents};
use crate::lowered;
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::child;

/// Joined schemas are read this far into one another: parts that say more of one property can go on for ever.
const DEEPEST: usize = 32;

/// The schemas of a document, adapted as something asks for them.
pub(super) struct Schemas<'a> {
    document: &'a Value,
    pub(super) losses: Losses,
    /// The component that each schema has become, by the reference that leads to it.
    referred: HashMap<String, String>,
    /// The component of each schema that stood inside another, by the name it asked for and its text.
    hoisted: HashMap<(String, String), String>,
    /// References that lead to what is still to be adapted.
    waiting: VecDeque<String>,
    /// The joined schemas that the one at hand is within.
    within: Vec<Joined>,
    /// How many more schemas may be joined: choices that lead back to each other would multiply.
    joins_left: usize,
    taken: UsedNames,
    components: JsonObject,
}

/// A schema joined of others, by its text, with the component that it has to become where it holds itself.
struct Joined {
    text: String,
    name: String,
    component: Option<String>,
}

/// A schema where it is used.
#[derive(Debug)]
pub(super) struct Use {
    /// The schema, which allows no null.
    pub(super) schema: Value,
    /// Whether null is allowed here.
    nullable: bool,
}

impl Use {
    /// As it stands in the document.
    pub(super) fn into_value(self) -> Value {
        let mut schema = self.schema;
        match schema.as_object_mut() {
            // Anything is null as well.
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
    /// None yet. Components keep their names where Rust tells them apart.
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

    /// The document as it came.
    pub(super) fn document(&self) -> &'a Value {
        self.document
    }

    /// The components, and what was given up.
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

    /// Whether values are texts, numbers or booleans, which can stand in a path, a header or a form.
    pub(super) fn is_plain(&self, schema: &Value) -> bool {
        let mut losses = Losses::default();
        let flat = flat::flat(self.document, schema, "", &mut losses);
        !["oneOf", "anyOf", "properties", "items"].iter().any(|key| flat.contains_key(*key))
            && flat.get("type").is_some_and(|kind| kind != "array" && kind != "object")
    }

    /// A schema without references and `allOf`.
    pub(super) fn flat(&mut self, schema: &Value, place: &str) -> JsonObject {
        flat::flat(self.document, schema, place, &mut self.losses)
    }

    /// A schema where it is used. `name` is for a type of its own.
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

    /// A schema that stands where it is used, or a component made of it.
    fn inline(&mut self, flat: JsonObject, place: &str, name: &str) -> Value {
        let named = has_type(&flat);
        let adapted = self.body(flat, place, name);
        self.hoist_named(named, adapted, name)
    }

    /// A schema that is joined of others, and so can hold itself without a name: it gets one.
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

    /// Makes a component of an adapted schema that Rust has a type of its own for.
    fn hoist_named(&mut self, named: bool, adapted: Value, name: &str) -> Value {
        if named && has_type_still(&adapted) { self.hoist(adapted, name) } else { adapted }
    }

    /// A reference to the component that what `reference` leads to becomes.
    fn reference(&mut self, reference: &str) -> Value {
        // A component that is nothing but a reference is left out: this is the last reference of the chain.
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
            // It is there, so that it is asked for once; what it holds comes later.
            self.components.insert(name.clone(), Value::Null);
            self.waiting.push_back(reference.to_owned());
        }
        refer(&name)
    }

    /// Makes a component of a schema that has none.
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

    /// A name that Rust tells from those that are taken.
    fn claim(&mut self, name: &str) -> String {
        self.taken.claim(&idents::type_name(name))
    }

    /// A flat schema in progenitor's words; those inside it become components.
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

    /// Says what of a schema is given up. Most of it would be checks; a server that has others would not be understood.
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

    /// A text, or one of several.
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

    /// A struct, or a map.
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

    /// What properties without a name hold; what no property is declared for is kept where the document says that there
    /// is such.
    fn rest(&mut self, flat: &JsonObject, properties: &JsonObject, place: &str, name: &str) -> Option<Value> {
        let rest = match flat.get("additionalProperties")? {
            Value::Bool(true) if !properties.is_empty() => json!({}),
            schema @ Value::Object(_) => {
                let name = names::type_name(&format!("{name} value"));
                self.of(schema, &child(place, "additionalProperties"), &name).into_value()
            }
            _ => return None,
        };
        // The field that takes them is called so.
        if properties.keys().any(|property| idents::value(property) == "extra") {
            self.losses.add(Loss::PropertyName, &child(place, "additionalProperties"));
            return None;
        }
        Some(rest)
    }

    /// One of several: the first that fits. What stands beside the choice belongs to each alternative.
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
            // What anything fits needs no other alternative.
            all if all.contains(&json!({})) => json!({}),
            _ => json!({"oneOf": adapted}),
        }
    }
}

fn refer(component: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{component}")})
}

/// The reference that a schema is nothing but, apart from what is said of its use.
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

/// Whether a schema that something refers to is a component: those that are texts and numbers stand where they are used.
fn has_name(flat: &JsonObject) -> bool {
    has_type(flat) || flat.contains_key("items") || flat.contains_key("additionalProperties") || {
        flat.get("type").is_some_and(|kind| kind == "array" || kind == "object")
    }
}

/// Whether Rust has a type of its own for a schema.
fn has_type(flat: &JsonObject) -> bool {
    ["oneOf", "anyOf", "properties"].iter().any(|key| flat.contains_key(*key)) || is_texts(flat)
}

/// Whether it has one as well once it is adapted.
fn has_type_still(adapted: &Value) -> bool {
    ["oneOf", "properties", "enum"].iter().any(|key| adapted.get(key).is_some())
}

/// Whether a schema lists the texts that it allows.
fn is_texts(flat: &JsonObject) -> bool {
    let is_text = |value: &Value| value.is_string() || value.is_null();
    let values = flat.get("enum").and_then(Value::as_array);
    values.is_some_and(|values| values.iter().any(Value::is_string) && values.iter().all(is_text))
        && flat.get("type").is_none_or(|kind| kind == "string")
}

/// A type with its format, where that means a type of Rust.
///
/// Before `{"type": "string", "format": "email"}`, after `{"type": "string"}`.
fn formatted(kind: &str, flat: &JsonObject, formats: &[&str]) -> Value {
    match flat.get("format").and_then(Value::as_str).filter(|format| formats.contains(format)) {
        Some(format) => json!({"type": kind, "format": format}),
        None => json!({"type": kind}),
    }
}
