//! Pass 4: converts any supported version to OpenAPI 3.2, the only vocabulary that later passes read.
//!
//! A single traversal follows the table in [`spec`](crate::spec) and raises each object before its members, so the
//! pointers of diagnostics are those of the raised document; [`SourceMap`] maps them to source lines. An object is
//! raised by a list of steps, with one function per construct. Data (examples, defaults, enums, constants, extensions)
//! is never changed.
//!
//! All steps apply to every version: constructs that are common although not allowed, such as `nullable` in 3.1 or a
//! list of types in 3.0, are read as intended. [`repair`] runs before and reads invalid parts as intended if the
//! intention is clear. Nothing is lost except what it leaves out with a warning.

mod document;
mod parameters;
mod paths;
mod references;
mod relocations;
mod repair;
mod schema;
mod swagger;
mod templates;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, child, push_token};
use crate::origin::SourceMap;
use crate::spec::{FieldType, METHODS, ObjectKind, Versions};
use relocations::Relocations;
pub use repair::{LEFT_OUT, repair};

/// An object of the document.
type JsonObject = Map<String, Value>;

/// Converts a document of any supported version to OpenAPI 3.2. Raising the result again changes nothing.
///
/// `{"openapi": "3.0.3", "components": {"schemas": {"A": {"type": "string", "nullable": true}}}}`
/// becomes `{"openapi": "3.2.0", "components": {"schemas": {"A": {"type": ["string", "null"]}}}}`.
pub fn raise(document: &mut Value, documents: &mut SourceMap, diagnostics: &mut Diagnostics) {
    let version = Versions::of(document);
    references::resolve_names(document);
    templates::fill_in(document, documents, diagnostics);
    let mut raising =
        Raising { pointer: String::new(), version, documents, diagnostics, relocations: Relocations::default() };
    if let Value::Object(root) = document {
        check_content(root, version, raising.diagnostics);
        if version == Versions::V2_0 {
            swagger::convert(root, &mut raising);
        } else {
            swagger::convert_mixed(root, &mut raising);
        }
        document::webhooks(root, &mut raising);
        paths::braces(root, &mut raising);
        document::version(root);
        root.entry("info").or_insert_with(|| serde_json::json!({}));
    }
    raising.node(FieldType::DOCUMENT, document);
    raising.relocations.follow(document);
}

/// Reports a document that describes nothing, for which the client would be empty.
fn check_content(root: &JsonObject, version: Versions, diagnostics: &mut Diagnostics) {
    let (sections, help): (&[&str], _) = if version == Versions::V2_0 {
        (&["paths", "definitions"], "add `paths`")
    } else {
        (&["paths", "webhooks", "x-webhooks", "components"], "add `paths`, `webhooks` or `components`")
    };
    if !sections.iter().any(|section| root.contains_key(*section)) {
        diagnostics.error("missing-key", "", "the document describes no paths, webhooks or components", help);
    }
}

/// Returns true if the paths of a document have operations, or other content that may be meant as operations.
pub fn describes_operations(document: &Value) -> bool {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    // Any other content may be meant as an operation.
    let is_operation = |name: &String| {
        !name.starts_with("x-") && !matches!(name.as_str(), "summary" | "description" | "servers" | "parameters")
    };
    let mut items = paths.filter(|(path, _)| !path.starts_with("x-")).filter_map(|(_, item)| item.as_object());
    items.any(|item| item.keys().any(is_operation))
}

/// Reports a raised document without operations. This is an error if the original document `described` some.
pub fn check_operations(described: bool, document: &Value, diagnostics: &mut Diagnostics) {
    let events = document.get("webhooks").and_then(Value::as_object);
    let has_operations =
        |item: &Value| METHODS.iter().chain(&["$ref", "additionalOperations"]).any(|name| item.get(*name).is_some());
    let paths = document.get("paths").and_then(Value::as_object);
    if paths.is_some_and(|paths| paths.values().any(has_operations)) {
        return;
    }
    let place = if document.get("paths").is_some() { "/paths" } else { "" };
    if described {
        let message = "none of the document's operations can be read because of the problems above";
        diagnostics.error("no-operations", place, message, "fix the paths, or write an overlay");
    } else if events.is_none_or(JsonObject::is_empty) {
        let message = "the document describes no operations, so the client has no methods";
        diagnostics.warning("no-operations", place, message, "is this the right file?");
    }
}

/// The state of the traversal.
struct Raising<'d> {
    /// The pointer of the current object, in the raised document.
    pointer: String,
    /// The version in which the document was written.
    version: Versions,
    documents: &'d mut SourceMap,
    diagnostics: &'d mut Diagnostics,
    /// The nodes that have been moved.
    relocations: Relocations,
}

impl Raising<'_> {
    /// Runs `work` at the member `token` of the current object.
    fn enter<R>(&mut self, token: &str, work: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.pointer.len();
        push_token(&mut self.pointer, token);
        let result = work(self);
        self.pointer.truncate(length);
        result
    }

    /// Returns the pointer of a member of the current object.
    fn place(&self, token: &str) -> String {
        child(&self.pointer, token)
    }

    /// Adds a warning at a member of the current object.
    fn warn(&mut self, token: &str, code: &'static str, message: impl Into<String>, help: &str) {
        let place = self.place(token);
        self.diagnostics.warning(code, place, message, help);
    }

    /// Adds a warning at a pointer. The position in the file is looked up immediately, because the node may be moved.
    fn warn_at(&mut self, pointer: &str, code: &'static str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(Severity::Warning, code, pointer, message, help);
        self.diagnostics.push(match self.documents.origin(pointer) {
            Some((file, source)) => Diagnostic { pointer: source, ..diagnostic }.in_file(file),
            None => diagnostic,
        });
    }

    /// Records that the node at `from` has moved to `to`, for references and positions.
    fn moved(&mut self, from: &str, to: &str) {
        self.documents.copy_origin(from, to);
        self.relocations.add(from.to_owned(), to.to_owned());
    }

    /// Raises a value of this type.
    fn node(&mut self, holds: FieldType, value: &mut Value) {
        match (holds, value) {
            (FieldType::List(inner), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.enter(&index.to_string(), |raising| raising.node(*inner, item));
                }
            }
            (FieldType::Map(inner), Value::Object(members)) if !inner.is_data() => {
                for (name, member) in members {
                    self.enter(name, |raising| raising.node(*inner, member));
                }
            }
            (FieldType::OneOrRef(kind), Value::Object(object))
                if kind != ObjectKind::PathItem && object.get("$ref").is_some_and(Value::is_string) =>
            {
                document::drop_siblings(object, self);
            }
            (holds, Value::Object(object)) => {
                if let Some(kind) = holds.object() {
                    self.object(kind, object);
                }
            }
            _ => {}
        }
    }

    /// Raises an object, then its members.
    fn object(&mut self, kind: ObjectKind, object: &mut JsonObject) {
        if kind == ObjectKind::Parameter {
            parameters::of_version(object, self);
        }
        match kind {
            ObjectKind::Schema => schema::raise(object, self),
            ObjectKind::Xml => document::xml_node_type(object),
            ObjectKind::Info => document::complete_info(object),
            ObjectKind::License => document::name_license(object),
            ObjectKind::ServerVariable => document::server_variable_texts(object),
            ObjectKind::ImplicitFlow
            | ObjectKind::PasswordFlow
            | ObjectKind::ClientCredentialsFlow
            | ObjectKind::AuthorizationCodeFlow
            | ObjectKind::DeviceAuthorizationFlow => document::add_scopes(object),
            ObjectKind::MediaType | ObjectKind::Parameter | ObjectKind::Header => {
                document::name_examples(object, self);
            }
            _ => {}
        }
        for (name, member) in object.iter_mut() {
            if let Some(holds) = kind.holds(name, Versions::SINCE_3_0).filter(|holds| !holds.is_data()) {
                self.enter(name, |raising| raising.node(holds, member));
            }
        }
    }
}
