//! OpenAPI 3.2 to 3.0: the document for other tools.
//!
//! The input is a raised document. A single traversal follows the table in [`spec`](crate::spec) and lowers each object
//! after its members, so diagnostics have the author's pointers. A schema is lowered by the steps in `schema`, with one
//! function per construct; the rest is in `document`, `operation` and `media`.
//!
//! Constructs that 3.0 cannot express are approximated, with the warning `lossy-lowering`. No other pass loses
//! information. A node of the wrong type is left unchanged, because [`model`](crate::model) reports it.

mod document;
mod inline;
mod media;
mod moves;
mod operation;
mod publish;
mod references;
mod schema;
mod typed;

pub use publish::publish;
pub use typed::typed;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostics, child, push_token};
use crate::spec::{FieldType, ObjectKind, Versions};
use moves::Moves;
pub use references::decode as decode_references;
pub use schema::{fits, known_types};

/// An object of the document.
type JsonObject = Map<String, Value>;

/// Converts a raised document to OpenAPI 3.0.3. All its references must have targets in the document.
pub fn lower(mut document: Value, diagnostics: &mut Diagnostics) -> Value {
    decode_references(&mut document);
    let mut moves = Moves::default();
    inline::inline(&mut document, &mut moves);
    let mut lowering = Lowering::new(&document, moves, diagnostics);
    lowering.object(ObjectKind::Document, &mut document);
    let Lowering { definitions, moves, .. } = lowering;
    if let Some(root) = document.as_object_mut() {
        document::add_definitions(root, definitions);
    }
    moves.follow(&mut document);
    document
}

/// The state of the traversal.
struct Lowering<'d> {
    /// The pointer of the current object, in the original document.
    pointer: String,
    diagnostics: &'d mut Diagnostics,
    /// The targets of references that lowering an operation depends on.
    targets: operation::Targets,
    /// The nodes that have been moved.
    moves: Moves,
    /// Nested schema definitions that will be added to `components.schemas`.
    definitions: JsonObject,
    /// The names that are used in `components.schemas`.
    names: std::collections::HashSet<String>,
    /// The security schemes that 3.0 does not support.
    dropped_schemes: Vec<String>,
}

impl<'d> Lowering<'d> {
    fn new(document: &Value, moves: Moves, diagnostics: &'d mut Diagnostics) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        Self {
            pointer: String::new(),
            diagnostics,
            targets: operation::Targets::gather(document),
            moves,
            definitions: JsonObject::new(),
            names: schemas.into_iter().flat_map(JsonObject::keys).cloned().collect(),
            dropped_schemes: document::mutual_tls(document),
        }
    }

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

    /// Adds a warning about information of a member that is lost.
    fn lossy(&mut self, token: &str, message: impl Into<String>) {
        self.warn(
            token,
            "lossy-lowering",
            message,
            "not expressible in OpenAPI 3.0; rewrite it in an overlay if it matters",
        );
    }

    /// Lowers a value of this type.
    fn node(&mut self, holds: FieldType, value: &mut Value) {
        match (holds, value) {
            (FieldType::OneOrRef(_), Value::Object(object)) if object.get("$ref").is_some_and(Value::is_string) => {}
            (FieldType::List(inner), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.enter(&index.to_string(), |walk| walk.node(*inner, item));
                }
            }
            (FieldType::Map(inner), Value::Object(members)) => {
                for (name, member) in members {
                    self.enter(name, |walk| walk.node(*inner, member));
                }
            }
            (holds, value) => {
                if let Some(kind) = holds.object() {
                    self.object(kind, value);
                }
            }
        }
    }

    /// Lowers the members of an object, then the object.
    fn object(&mut self, kind: ObjectKind, value: &mut Value) {
        if kind == ObjectKind::Schema {
            schema::boolean_schema(value);
        }
        let Value::Object(object) = value else { return };
        for (name, member) in object.iter_mut() {
            if let Some(holds) = kind.holds(name, Versions::V3_2).filter(|holds| !holds.is_data()) {
                self.enter(name, |walk| walk.member(kind, name, holds, member));
            }
        }
        match kind {
            ObjectKind::Schema => schema::lower(object, self),
            ObjectKind::Xml => schema::lower_xml(object, self),
            ObjectKind::Discriminator => schema::lower_discriminator(object, self),
            ObjectKind::Parameter | ObjectKind::Header => operation::lower_parameter(object, self),
            ObjectKind::MediaType => media::lower_media_type(object, self),
            ObjectKind::Encoding => media::lower_encoding(object, self),
            ObjectKind::Example => media::lower_example(object),
            ObjectKind::PathItem => operation::lower_path_item(object, self),
            ObjectKind::Operation => operation::lower_operation(object, self),
            ObjectKind::Responses => operation::lower_responses(object, self),
            ObjectKind::Response => {
                operation::lower_response(object);
                document::drop_idle_links(object);
            }
            ObjectKind::Paths => operation::lower_paths(object, self),
            ObjectKind::Document => document::lower_root(object, self),
            ObjectKind::Components => {
                document::lower_components(object, self);
                document::drop_idle_links(object);
            }
            ObjectKind::Info => document::lower_info(object),
            ObjectKind::License => document::lower_license(object),
            ObjectKind::Server => document::lower_server(object),
            ObjectKind::Tag => document::lower_tag(object),
            ObjectKind::SecurityScheme => document::lower_security_scheme(object, self),
            ObjectKind::Flows => document::lower_flows(object, self),
            _ => {}
        }
    }

    /// Lowers a member of an object of `kind`.
    fn member(&mut self, kind: ObjectKind, name: &str, holds: FieldType, member: &mut Value) {
        match (kind, name, member) {
            // Alternatives that mean null, and items of a tuple, are handled with the schema that contains them.
            (ObjectKind::Schema, "anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => {
                for (index, schema) in schemas.iter_mut().enumerate() {
                    if !schema::means_null(schema) {
                        self.enter(&index.to_string(), |walk| walk.object(ObjectKind::Schema, schema));
                    }
                }
            }
            // `additionalProperties: true` is also valid in 3.0.
            (ObjectKind::Schema, "additionalProperties" | "unevaluatedProperties", Value::Bool(_)) => {}
            (_, _, member) => self.node(holds, member),
        }
    }
}
