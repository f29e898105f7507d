//! Validating every node against the table of fields.

mod rules;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostics, child, closest, push_token};
use crate::recursion::deeper;
use crate::spec::{FieldType, ObjectKind, Versions, words};

/// The vocabulary of raised documents.
const VERSION: Versions = Versions::V3_2;

/// Reports every node that does not match the table. Returns true if the model can be built.
pub(super) fn validate(document: &Value, diagnostics: &mut Diagnostics) -> bool {
    let mut validator = Validator { pointer: String::new(), is_sound: true, diagnostics };
    validator.object(ObjectKind::Document, document);
    validator.is_sound
}

/// Validates a node outside of what the specification describes, which a reference to an object of this kind refers to.
/// Returns true if the node is valid.
pub(super) fn validate_at(kind: ObjectKind, node: &Value, pointer: &str, diagnostics: &mut Diagnostics) -> bool {
    let mut validator = Validator { pointer: pointer.to_owned(), is_sound: true, diagnostics };
    let holds = if kind == ObjectKind::Schema { FieldType::SchemaOrBool } else { FieldType::OneOrRef(kind) };
    validator.value(holds, node);
    validator.is_sound
}

struct Validator<'d> {
    /// The pointer of the current node.
    pointer: String,
    is_sound: bool,
    diagnostics: &'d mut Diagnostics,
}

impl Validator<'_> {
    fn enter(&mut self, token: &str, work: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        push_token(&mut self.pointer, token);
        work(self);
        self.pointer.truncate(length);
    }

    /// Reports an error at the current node.
    fn error(&mut self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.is_sound = false;
        self.diagnostics.error(code, self.pointer.clone(), message, help);
    }

    /// Validates the value of a field.
    fn value(&mut self, holds: FieldType, value: &Value) {
        use FieldType::*;
        match (holds, value) {
            (Any, _)
            | (Text | SchemaNameOrRef | OperationRef, Value::String(_))
            | (Flag | SchemaOrBool, Value::Bool(_))
            // A limit that is out of range is ignored with a warning when schemas are read.
            | (Number | PositiveNumber | Count, Value::Number(_)) => {}
            (Word(words) | WordOrWords(words), Value::String(word)) => self.word(words, word),
            (WordOrWords(words), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.enter(&index.to_string(), |validator| validator.value(Word(words), item));
                }
            }
            (One(kind), Value::Object(_)) => self.object(kind, value),
            (SchemaOrBool, Value::Object(_)) => deeper(|| self.object(ObjectKind::Schema, value)),
            (OneOrRef(kind), Value::Object(object)) => match object.get("$ref") {
                Some(reference) => {
                    self.enter("$ref", |validator| validator.value(Text, reference));
                    if kind == ObjectKind::PathItem {
                        // Only a path item may have other fields next to its reference; raising has removed them
                        // elsewhere.
                        self.object(kind, value);
                    }
                }
                None => self.object(kind, value),
            },
            (List(inner), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.enter(&index.to_string(), |validator| validator.value(*inner, item));
                }
            }
            (Map(inner), Value::Object(members)) => {
                for (name, member) in members {
                    self.enter(name, |validator| validator.value(*inner, member));
                }
            }
            (holds, value) => self.wrong_type(holds, value),
        }
    }

    fn wrong_type(&mut self, holds: FieldType, value: &Value) {
        let message = format!("expected {}, found {}", words::expected(holds), words::found(value));
        self.error("wrong-type", message, words::remedy(holds, value));
    }

    fn word(&mut self, allowed: &[&str], word: &str) {
        if allowed.contains(&word) {
            return;
        }
        let message = format!("expected one of {}, found `{word}`", words::listed(allowed));
        let help = match (word, closest(word, allowed.iter().copied())) {
            (_, Some(meant)) => format!("did you mean `{meant}`?"),
            ("body" | "formData", _) => "OpenAPI 3 describes bodies in `requestBody`".to_owned(),
            ("file", _) => "in OpenAPI 3, use `type: string` with `format: binary`".to_owned(),
            _ => "OpenAPI allows no other values here".to_owned(),
        };
        self.error("unknown-value", message, help);
    }

    /// Validates an object: its members, missing required fields, and unknown fields.
    fn object(&mut self, kind: ObjectKind, value: &Value) {
        let Value::Object(object) = value else { return self.wrong_type(FieldType::One(kind), value) };
        for (name, member) in object {
            match kind.holds(name, VERSION) {
                // A webhook may have any name, and its map may have extensions.
                Some(_) if kind == ObjectKind::Webhooks && name.starts_with("x-") && !member.is_object() => {}
                Some(holds) => self.enter(name, |validator| validator.value(holds, member)),
                None if name.starts_with("x-") || name == "$ref" && kind == ObjectKind::PathItem => {}
                None => self.unknown(kind, name),
            }
        }
        self.missing(kind, object);
        rules::check(self, kind, object);
    }

    fn missing(&mut self, kind: ObjectKind, object: &Map<String, Value>) {
        let required = kind.fields().iter().filter(|field| field.required.meet(VERSION));
        for field in required.filter(|field| !object.contains_key(field.name)) {
            let help = object.keys().find(|name| closest(name, [field.name]).is_some());
            let help = help.map_or_else(|| format!("add `{}`", field.name), |name| format!("did you mean `{name}`?"));
            self.error("missing-key", format!("{} must have `{}`", words::with_article(kind.noun()), field.name), help);
        }
    }

    fn unknown(&mut self, kind: ObjectKind, name: &str) {
        let known = kind.fields().iter().filter(|field| field.versions.meet(VERSION));
        let help = match closest(name, known.map(|field| field.name)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "remove it; extensions begin with `x-`".to_owned(),
        };
        let message = format!("{} has no `{name}`, so it is ignored", words::with_article(kind.noun()));
        // JSON Schema allows unknown keywords, but other objects of OpenAPI do not.
        let code = if kind == ObjectKind::Schema { "unknown-keyword" } else { "unknown-key" };
        self.diagnostics.warning(code, child(&self.pointer, name), message, help);
    }
}
