//! OpenAPI 3.2 to 3.0: the document that other people's tools read.
//!
//! In: a raised document. One traversal goes down it by the table in [`spec`](crate::spec) and lowers each object once its members are lowered, so that a
//! diagnostic names the place the author wrote. What is done to a schema is the list of steps in `schema`, one function per construct
//! with its before and after; what is done to the rest stands in `document`, `operation` and `media`.
//!
//! What 3.0 cannot express is lowered as well as it can be, with a warning `lossy-lowering`; this is the only pass that loses anything.
//! A node of the wrong type is left as it is: reporting it is the work of [`model`](crate::model).

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

/// Turns a raised document into one of OpenAPI 3.0.3. Its references must be internal and lead somewhere.
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

/// The walk: where it stands, and what it has found on its way.
struct Lowering<'d> {
    /// The pointer of the object at hand, in the document as it came.
    pointer: String,
    diagnostics: &'d mut Diagnostics,
    /// What the references lead to that an operation's lowering must know.
    targets: operation::Targets,
    /// What has changed its place.
    moves: Moves,
    /// Schemas that were defined inside schemas, to be added to `components.schemas`.
    definitions: JsonObject,
    /// The names taken in `components.schemas`.
    names: std::collections::HashSet<String>,
    /// The security schemes that 3.0 does not have.
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

    /// Does something at the member `token` of the object at hand.
    fn enter<R>(&mut self, token: &str, work: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.pointer.len();
        push_token(&mut self.pointer, token);
        let result = work(self);
        self.pointer.truncate(length);
        result
    }

    /// The pointer of a member of the object at hand.
    fn place(&self, token: &str) -> String {
        child(&self.pointer, token)
    }

    /// Warns at a member of the object at hand.
    fn warn(&mut self, token: &str, code: &'static str, message: impl Into<String>, help: &str) {
        let place = self.place(token);
        self.diagnostics.warning(code, place, message, help);
    }

    /// Warns that what a member said is lost.
    fn lossy(&mut self, token: &str, message: impl Into<String>) {
        self.warn(
            token,
            "lossy-lowering",
            message,
            "not expressible in OpenAPI 3.0; rewrite it in an overlay if it matters",
        );
    }

    /// Lowers whatever stands at a place that holds this type.
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

    /// Lowers an object: its members first, then itself.
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
            // An alternative that means null is a matter for the schema around it, and so is an item of a tuple.
            (ObjectKind::Schema, "anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => {
                for (index, schema) in schemas.iter_mut().enumerate() {
                    if !schema::means_null(schema) {
                        self.enter(&index.to_string(), |walk| walk.object(ObjectKind::Schema, schema));
                    }
                }
            }
            // `additionalProperties: true` is as good in 3.0.
            (ObjectKind::Schema, "additionalProperties" | "unevaluatedProperties", Value::Bool(_)) => {}
            (_, _, member) => self.node(holds, member),
        }
    }
}
