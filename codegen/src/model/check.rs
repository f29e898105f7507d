//! The check of every node against the table of OpenAPI's objects.

mod rules;
mod words;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostics, child, closest, push_token};
use crate::lower::grammar::{Kind, Shape, WEBHOOKS, are_webhooks};

/// Schemas inside schemas may go as deep as this: a level takes `serde` some 30 KiB of stack in a debug build, and half of a thread's
/// 2 MiB is enough to use. Documents in use go half as deep.
const DEEPEST: usize = 32;

/// Reports every node that is not what the table has in its place, and tells whether the types will take the document.
pub(super) fn check(document: &Value, diagnostics: &mut Diagnostics) -> bool {
    let mut check = Check { pointer: String::new(), depth: 0, is_sound: true, diagnostics };
    check.object(Kind::Document, document);
    check.is_sound
}

struct Check<'d> {
    /// The pointer of the node at hand.
    pointer: String,
    /// How many schemas the node at hand stands in.
    depth: usize,
    is_sound: bool,
    diagnostics: &'d mut Diagnostics,
}

impl Check<'_> {
    fn enter(&mut self, token: &str, work: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        push_token(&mut self.pointer, token);
        work(self);
        self.pointer.truncate(length);
    }

    /// Reports an error at the node at hand.
    fn error(&mut self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.is_sound = false;
        self.diagnostics.error(code, self.pointer.clone(), message, help);
    }

    /// Checks whatever stands at a place that holds `shape`.
    fn node(&mut self, shape: Shape, value: &Value) {
        match (shape, value) {
            (Shape::Any, _) | (Shape::Text, Value::String(_)) | (Shape::Flag | Shape::SchemaOrFlag, Value::Bool(_)) => {
            }
            (Shape::Number, Value::Number(_)) => {}
            (Shape::Count, Value::Number(number)) if number.is_u64() => {}
            (Shape::Word(words), Value::String(word)) => self.word(words, word),
            (Shape::One(kind), Value::Object(_)) => self.object(kind, value),
            (Shape::OneOrRef(kind), Value::Object(object)) => match object.get("$ref") {
                Some(reference) => self.enter("$ref", |check| check.node(Shape::Text, reference)),
                None => self.object(kind, value),
            },
            (Shape::SchemaOrFlag, Value::Object(_)) => self.node(Shape::OneOrRef(Kind::Schema), value),
            (Shape::List(inner), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.enter(&index.to_string(), |check| check.node(*inner, item));
                }
            }
            (Shape::Map(inner), Value::Object(members)) => {
                for (name, member) in members {
                    self.enter(name, |check| check.node(*inner, member));
                }
            }
            (shape, value) => self.wrong_type(shape, value),
        }
    }

    fn wrong_type(&mut self, shape: Shape, value: &Value) {
        let message = format!("expected {}, found {}", words::expected(shape), words::found(value));
        self.error("wrong-type", message, words::remedy(shape, value));
    }

    fn word(&mut self, allowed: &[&str], word: &str) {
        if allowed.contains(&word) {
            return;
        }
        let message = format!("expected one of {}, found `{word}`", words::listed(allowed));
        let help = match (word, closest(word, allowed.iter().copied())) {
            (_, Some(meant)) => format!("did you mean `{meant}`?"),
            ("body" | "formData", _) => "this is Swagger 2.0's; OpenAPI 3 describes bodies in `requestBody`".to_owned(),
            ("file", _) => "this is Swagger 2.0's; OpenAPI 3 has `type: string` with `format: binary`".to_owned(),
            _ => "OpenAPI knows no other words here".to_owned(),
        };
        self.error("unknown-value", message, help);
    }

    /// Checks an object: its members, those it must have, and those that nobody knows.
    fn object(&mut self, kind: Kind, value: &Value) {
        let Value::Object(object) = value else { return self.wrong_type(Shape::One(kind), value) };
        if kind == Kind::Schema {
            self.depth += 1;
        }
        if self.depth > DEEPEST {
            let help = "give the inner schemas names in `components.schemas` and refer to them";
            self.error("too-deep", format!("more than {DEEPEST} schemas stand one inside the other"), help);
        } else {
            self.members(kind, object);
            self.missing(kind, object);
            rules::check(self, kind, object);
        }
        if kind == Kind::Schema {
            self.depth -= 1;
        }
    }

    fn members(&mut self, kind: Kind, object: &Map<String, Value>) {
        for (name, member) in object {
            match kind.shape(name) {
                // Extensions hold what their authors like: a document may have an `x-webhooks` of its own.
                _ if name.starts_with("x-") && !(name == WEBHOOKS && are_webhooks(member)) => {}
                Some(shape) => self.enter(name, |check| check.node(shape, member)),
                None => self.unknown(kind, name),
            }
        }
    }

    fn missing(&mut self, kind: Kind, object: &Map<String, Value>) {
        for field in kind.fields().iter().filter(|field| field.required && !object.contains_key(field.name)) {
            let help = object.keys().find(|name| closest(name, [field.name]).is_some());
            let help =
                help.map_or_else(|| format!("add `{}`", field.name), |name| format!("is `{name}` meant to be it?"));
            self.error("missing-key", format!("{} must have `{}`", words::with_article(kind.noun()), field.name), help);
        }
    }

    fn unknown(&mut self, kind: Kind, name: &str) {
        let meant = closest(name, kind.fields().iter().map(|field| field.name));
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "remove it; what OpenAPI does not know begins with `x-`".to_owned(),
        };
        let message = format!("{} has no `{name}`; it has no effect", words::with_article(kind.noun()));
        self.diagnostics.warning("unknown-key", child(&self.pointer, name), message, help);
    }
}
