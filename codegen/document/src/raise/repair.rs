//! Repairs parts that violate a rule but whose intention is clear, with a warning. Parts that cannot be read are left
//! out.
//!
//! A single traversal follows the table in [`spec`](crate::spec), in the vocabulary of the document's version. Data is
//! never changed.

mod containers;
mod objects;
mod operations;
mod scalars;
mod schemas;
mod swagger;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::JsonObject;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, child, push_token};
use crate::origin::SourceMap;
use crate::recursion::deeper;
use crate::spec::{FieldType, ObjectKind, Versions, words};

/// The codes of warnings about parts that are left out, because of which a client may be incomplete.
pub const LEFT_OUT: &[&str] = &["unreadable-value", "incomplete-object"];

/// The fields without which there is no document, unless they are empty. A later pass reports their errors.
const INDISPENSABLE: &[&str] = &["info", "paths", "components", "definitions"];

/// The fields with the version, which is checked before.
const VERSION: &[&str] = &["openapi", "swagger"];

/// Reads a document as intended.
pub fn repair(document: &mut Value, documents: &mut SourceMap, diagnostics: &mut Diagnostics) {
    let (version, versions) = (Versions::of(document), Versions::read_in(document));
    let mut repair = Repair { pointer: String::new(), version, versions, documents, diagnostics };
    if let Value::Object(root) = document {
        if version == Versions::V2_0 {
            swagger::server(root, &mut repair);
            swagger::missing(ObjectKind::Document, root, &mut repair);
        }
        repair.object(ObjectKind::Document, root);
    }
}

struct Repair<'d> {
    /// The pointer of the current node.
    pointer: String,
    /// The version in which the document is written.
    version: Versions,
    /// The versions whose fields are accepted in it.
    versions: Versions,
    documents: &'d mut SourceMap,
    diagnostics: &'d mut Diagnostics,
}

impl Repair<'_> {
    fn enter<R>(&mut self, token: &str, work: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.pointer.len();
        push_token(&mut self.pointer, token);
        let result = work(self);
        self.pointer.truncate(length);
        result
    }

    /// Returns the pointer of a member of the current node.
    fn place(&self, token: &str) -> String {
        child(&self.pointer, token)
    }

    /// Adds a warning at the current node.
    fn warn(&mut self, code: &'static str, message: impl Into<String>, help: &str) {
        let place = self.pointer.clone();
        self.warn_at(&place, code, message, help);
    }

    /// Adds a warning at a pointer. The position in the file is looked up immediately, because the node may be moved.
    fn warn_at(&mut self, pointer: &str, code: &'static str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(Severity::Warning, code, pointer, message, help);
        self.diagnostics.push(match self.documents.origin(pointer) {
            Some((file, source)) => Diagnostic { pointer: source, ..diagnostic }.in_file(file),
            None => diagnostic,
        });
    }

    /// Repairs an object, then its members.
    fn object(&mut self, kind: ObjectKind, object: &mut JsonObject) {
        match kind {
            ObjectKind::Schema => schemas::read(object, self),
            ObjectKind::PathItem => operations::path_item(object, self),
            ObjectKind::Operation => operations::statuses_outside(object, self),
            ObjectKind::Paths => operations::paths(object, self),
            ObjectKind::Responses => operations::statuses(object, self),
            ObjectKind::Parameter => operations::parameter(object, self),
            ObjectKind::SecurityScheme => objects::security_scheme(object, self),
            _ => {}
        }
        let is_map = kind.named_by_document().is_some();
        let mut dropped = Vec::new();
        for (name, value) in object.iter_mut() {
            let Some(holds) = self.holds(kind, name, value).filter(|holds| *holds != FieldType::Any) else {
                continue;
            };
            // Raising reads these as in Swagger 2.0, whatever the version.
            let is_reference = is_map && name == "$ref" && value.is_string();
            let is_body = kind == ObjectKind::Parameter && name == "in" && (*value == "body" || *value == "formData");
            if is_reference || is_body || kind == ObjectKind::Webhooks && name.starts_with("x-") && !value.is_object() {
                continue;
            }
            let name = name.as_str();
            self.check_version(kind, name, value);
            let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            let is_indispensable =
                kind == ObjectKind::Document && (VERSION.contains(&name) || INDISPENSABLE.contains(&name) && !is_empty);
            let stays = self.enter(name, |repair| match is_map {
                true => repair.member(holds, value),
                false => repair.field(name, holds, value),
            });
            if !stays && !is_indispensable {
                dropped.push(name.to_owned());
            }
        }
        if !dropped.is_empty() {
            object.retain(|name, _| !dropped.contains(name));
        }
    }

    /// Reports fields that Swagger 2.0 does not have. The rules of `lint` do so for later versions, but see documents of
    /// Swagger 2.0 after raising.
    fn check_version(&mut self, kind: ObjectKind, name: &str, value: &Value) {
        if self.version != Versions::V2_0 || kind.named_by_document().is_some() {
            return;
        }
        let place = self.place(name);
        let fits = |versions| {
            kind.fields().iter().any(|field| {
                let is_word = matches!(field.holds, FieldType::Word(_));
                field.name == name && field.versions.meet(versions) && (!is_word || can_be(field.holds, value))
            })
        };
        if !fits(Versions::V2_0) && fits(Versions::SINCE_3_0) {
            let shown = value.as_str().map(|value| format!(": {value}")).unwrap_or_default();
            let message = format!("Swagger 2.0 has no `{name}{shown}`; it requires OpenAPI 3");
            let code = if kind == ObjectKind::Schema { "keyword-of-another-version" } else { "newer-field" };
            self.warn_at(&place, code, message, "declare that version, or use the syntax of this one");
        }
    }

    /// Returns the type of a member in the document's own version, or in another version if only that one fits the
    /// value.
    fn holds(&self, kind: ObjectKind, name: &str, value: &Value) -> Option<FieldType> {
        if kind.named_by_document().is_some() {
            return kind.holds(name, self.versions);
        }
        let others = || kind.fields().iter().filter(|field| field.name == name && field.versions.meet(self.versions));
        let own = kind.field(name, self.version).or_else(|| others().next())?;
        let fitting = std::iter::once(own).chain(others()).find(|field| can_be(field.holds, value));
        Some(fitting.unwrap_or(own).holds)
    }

    /// Repairs the value of a field. Returns false if it must be left out.
    fn field(&mut self, name: &str, holds: FieldType, value: &mut Value) -> bool {
        let is_object = matches!(holds, FieldType::One(_) | FieldType::OneOrRef(_));
        if value.is_null() && holds == FieldType::Text {
            // A YAML key without a value.
            return false;
        }
        let is_empty = value.is_null() || is_object && value.as_array().is_some_and(Vec::is_empty);
        if is_empty && holds == FieldType::One(ObjectKind::Operation) {
            let message = format!("`{name}` is empty; read as an operation without parameters and responses");
            self.warn("empty-section", message, "describe its responses, or remove the key");
            *value = json!({});
        } else if is_empty {
            let message = format!("`{name}` is empty; read as absent");
            self.warn("empty-section", message, "remove the key, or write a value");
            return false;
        }
        let is_prose = matches!(name, "description" | "summary" | "title" | "termsOfService");
        if value.is_object() && holds == FieldType::Text && is_prose {
            let message = format!("expected a string for `{name}`, found an object; it is ignored");
            self.warn("wrong-type", message, "write a string");
            return false;
        }
        match value {
            // A tuple of draft 4.
            Value::Array(items)
                if name == "items"
                    && holds == FieldType::SchemaOrBool
                    && items.iter().all(|one| one.is_object() || one.is_boolean()) =>
            {
                self.items(FieldType::SchemaOrBool, items);
                true
            }
            value => self.value(holds, value),
        }
    }

    /// Repairs a member of a map or an element of a list. Returns false if it must be left out.
    fn member(&mut self, holds: FieldType, value: &mut Value) -> bool {
        let help = "remove the key, or write a value";
        if value.is_null() {
            let meant = match holds {
                FieldType::One(_) | FieldType::OneOrRef(_) | FieldType::SchemaOrBool => json!({}),
                FieldType::Text => json!(""),
                FieldType::List(_) => json!([]),
                _ => return self.value(holds, value),
            };
            let noun = words::noun_of(holds);
            self.warn("empty-section", format!("empty value; read as an empty {noun}"), help);
            *value = meant;
        }
        self.value(holds, value)
    }

    /// Repairs a value. Returns false if it must be left out.
    fn value(&mut self, holds: FieldType, value: &mut Value) -> bool {
        scalars::read(holds, value, self);
        containers::read(holds, value, self);
        let fits = match (holds, &mut *value) {
            (FieldType::Any, _)
            | (FieldType::Text | FieldType::SchemaNameOrRef | FieldType::OperationRef, Value::String(_))
            | (FieldType::Flag | FieldType::SchemaOrBool, Value::Bool(_))
            | (FieldType::Number | FieldType::PositiveNumber | FieldType::Count, Value::Number(_)) => true,
            (FieldType::Word(words) | FieldType::WordOrWords(words), Value::String(word)) => {
                words.contains(&word.as_str())
            }
            (FieldType::WordOrWords(words), Value::Array(items)) => {
                items.iter().all(|item| item.as_str().is_some_and(|word| words.contains(&word)))
            }
            (FieldType::List(inner), Value::Array(items)) => {
                self.items(*inner, items);
                true
            }
            (FieldType::Map(inner), Value::Object(members)) => {
                self.members(*inner, members);
                true
            }
            (holds, Value::Object(object)) => match holds.object() {
                Some(kind) => return self.whole(kind, holds, object),
                None => false,
            },
            _ => false,
        };
        if !fits {
            self.leave_out(holds, value);
        }
        fits || holds == FieldType::SchemaOrBool
    }

    /// Repairs an object that may be a reference. Returns false if a required part is missing.
    fn whole(&mut self, kind: ObjectKind, holds: FieldType, object: &mut JsonObject) -> bool {
        let is_reference = object.get("$ref").is_some_and(Value::is_string);
        if is_reference && matches!(holds, FieldType::OneOrRef(_)) && kind != ObjectKind::PathItem {
            return true;
        }
        deeper(|| self.object(kind, object));
        if self.version == Versions::V2_0 && !is_reference {
            swagger::missing(kind, object, self);
        }
        is_reference || objects::complete(kind, object, self)
    }

    fn items(&mut self, inner: FieldType, items: &mut Vec<Value>) {
        if inner == FieldType::Any {
            return;
        }
        let mut gone = HashSet::new();
        for (index, item) in items.iter_mut().enumerate() {
            let stays = self.enter(&index.to_string(), |repair| {
                if !item.is_null() {
                    return repair.member(inner, item);
                }
                repair.warn("empty-section", "empty item; it is ignored", "remove it");
                false
            });
            if !stays {
                gone.insert(index);
            }
        }
        if !gone.is_empty() {
            self.documents.forget_elements(&self.pointer, &gone, items.len());
            let mut index = 0..;
            items.retain(|_| index.next().is_some_and(|index| !gone.contains(&index)));
        }
    }

    fn members(&mut self, inner: FieldType, members: &mut Map<String, Value>) {
        if inner == FieldType::Any {
            return;
        }
        let mut dropped = Vec::new();
        // A reference in place of the whole map is resolved by another pass.
        for (name, member) in members.iter_mut().filter(|(name, member)| *name != "$ref" || !member.is_string()) {
            if !self.enter(name, |repair| repair.member(inner, member)) {
                dropped.push(name.clone());
            }
        }
        if !dropped.is_empty() {
            members.retain(|name, _| !dropped.contains(name));
        }
    }

    /// Reports a value that cannot be read. A schema is replaced by one that allows any value.
    fn leave_out(&mut self, holds: FieldType, value: &mut Value) {
        let effect = if holds == FieldType::SchemaOrBool { "any value is allowed" } else { "it is ignored" };
        let message = match (holds, &*value) {
            (FieldType::Word(known) | FieldType::WordOrWords(known), Value::String(word)) => {
                format!("expected one of {}, found `{word}`; {effect}", words::listed(known))
            }
            _ => format!("expected {}, found {}; {effect}", words::expected(holds), words::found(value)),
        };
        let help = match (holds, &*value) {
            (FieldType::Word(_) | FieldType::WordOrWords(_), Value::String(_)) => "write one of these words",
            _ => words::remedy(holds, value),
        };
        self.warn("unreadable-value", message, help);
        if holds == FieldType::SchemaOrBool {
            *value = json!({});
        }
    }

    /// Renames a member of the current object, unless the new name is taken.
    fn rename(&mut self, object: &mut JsonObject, from: &str, to: &str) -> bool {
        if object.contains_key(to) {
            return false;
        }
        self.documents.copy_origin(&self.place(from), &self.place(to));
        *object = std::mem::take(object)
            .into_iter()
            .map(|(name, value)| if name == from { (to.to_owned(), value) } else { (name, value) })
            .collect();
        true
    }
}

/// Returns true if a value has the JSON type of a field, or is one of its words.
fn can_be(holds: FieldType, value: &Value) -> bool {
    match holds {
        FieldType::Any => true,
        FieldType::Text | FieldType::SchemaNameOrRef | FieldType::OperationRef => value.is_string(),
        FieldType::Flag => value.is_boolean(),
        FieldType::Number | FieldType::PositiveNumber | FieldType::Count => value.is_number(),
        FieldType::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        FieldType::WordOrWords(words) => value.is_array() || value.as_str().is_some_and(|word| words.contains(&word)),
        FieldType::List(_) => value.is_array(),
        FieldType::Map(_) | FieldType::One(_) | FieldType::OneOrRef(_) => value.is_object(),
        FieldType::SchemaOrBool => value.is_object() || value.is_boolean(),
    }
}
