//! OpenAPI 3.1 to 3.0: the document that every later pass and every 3.0-only tool can read.
//!
//! One walk goes down the document by the table in `grammar` and lowers each object once its members are lowered, so that a
//! diagnostic names the place the author wrote. What is done to a schema is the list of steps in `schema`, one function per construct
//! with its before and after; what is done to the rest stands in `document` and `operation`.
//!
//! A 3.0 document takes the same way. What is usual though forbidden is read as meant in both: `nullable` in 3.1, `type: [..]` in 3.0,
//! either form of `exclusiveMinimum`. What 3.0 cannot carry is lowered as well as it can be, with a warning `lossy-lowering`.
//! A node of the wrong type is left as it is: telling of it is the work of [`model`](crate::model).
//!
//! `callbacks` and `links` are dropped without a word: a client has no use for what a server calls, or for advice on the next call.

mod document;
pub(crate) mod grammar;
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
use grammar::{Kind, Shape};
use moves::Moves;
pub(crate) use references::decode as decode_references;
pub(crate) use schema::{fits, known_types};

/// An object of the document.
type Object = Map<String, Value>;

/// Turns a document of OpenAPI 3.1 or 3.0 into one of 3.0.3. Its references must be internal and lead somewhere.
pub fn lower(mut document: Value, diagnostics: &mut Diagnostics) -> Value {
    decode_references(&mut document);
    let mut moves = Moves::default();
    if let Some(root) = document.as_object_mut() {
        document::inline_path_items(root, &mut moves);
    }
    let mut lowering = Lowering::new(&document, moves, diagnostics);
    lowering.object(Kind::Document, &mut document);
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
    definitions: Object,
    /// The names taken in `components.schemas`.
    names: std::collections::HashSet<String>,
}

impl<'d> Lowering<'d> {
    fn new(document: &Value, moves: Moves, diagnostics: &'d mut Diagnostics) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        Self {
            pointer: String::new(),
            diagnostics,
            targets: operation::Targets::gather(document),
            moves,
            definitions: Object::new(),
            names: schemas.into_iter().flat_map(Object::keys).cloned().collect(),
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
            "OpenAPI 3.0 has no words for it; say it otherwise in an overlay if it matters",
        );
    }

    /// Lowers whatever stands at a place that holds `shape`.
    fn node(&mut self, shape: Shape, value: &mut Value) {
        match (shape, value) {
            (Shape::OneOrRef(kind), Value::Object(object))
                if kind != Kind::Schema && object.get("$ref").is_some_and(Value::is_string) =>
            {
                self.drop_siblings(object);
            }
            (Shape::One(kind) | Shape::OneOrRef(kind), value) => self.object(kind, value),
            // `additionalProperties: true` is as good in 3.0.
            (Shape::SchemaOrFlag, value @ Value::Object(_)) => self.object(Kind::Schema, value),
            (Shape::List(inner), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.enter(&index.to_string(), |walk| walk.node(*inner, item));
                }
            }
            (Shape::Map(inner), Value::Object(members)) => {
                for (name, member) in members {
                    self.enter(name, |walk| walk.node(*inner, member));
                }
            }
            _ => {}
        }
    }

    /// Lowers an object: its members first, then itself.
    fn object(&mut self, kind: Kind, value: &mut Value) {
        if kind == Kind::Schema {
            schema::boolean_schema(value);
        }
        let Value::Object(object) = value else { return };
        drop_empty_texts(kind, object);
        for (name, member) in object.iter_mut() {
            let Some(shape) = kind.shape(name).or_else(|| kind.shape_of_addition(name)) else { continue };
            self.enter(name, |walk| walk.member(kind, name, shape, member));
        }
        match kind {
            Kind::Schema => schema::lower(object, self),
            Kind::Parameter | Kind::Header => operation::lower_parameter(object, self),
            Kind::MediaType => operation::lower_media_type(object),
            Kind::Operation => operation::lower_operation(object),
            Kind::Responses => operation::lower_responses(object, self),
            Kind::Response => operation::lower_response(object),
            Kind::Paths => operation::lower_paths(object, self),
            Kind::Document => document::lower_root(object, self),
            Kind::Info => document::lower_info(object),
            Kind::License => document::lower_license(object),
            Kind::ServerVariable => document::lower_server_variable(object),
            Kind::ImplicitFlow | Kind::TokenFlow | Kind::CodeFlow => document::lower_flow(object),
            _ => {}
        }
    }

    /// Lowers a member of an object of `kind`.
    fn member(&mut self, kind: Kind, name: &str, shape: Shape, member: &mut Value) {
        match (kind, name, member) {
            // An alternative that means null is a matter for the schema around it, and so is an array of `items`.
            (Kind::Schema, "anyOf" | "oneOf" | "prefixItems" | "items", Value::Array(schemas)) => {
                for (index, schema) in schemas.iter_mut().enumerate() {
                    if !schema::means_null(schema) {
                        self.enter(&index.to_string(), |walk| walk.object(Kind::Schema, schema));
                    }
                }
            }
            (_, _, member) => self.node(shape, member),
        }
    }

    /// Drops what stands beside the reference to something other than a schema.
    ///
    /// Before `{"$ref": "#/components/responses/R", "description": "Mine", "headers": {}}`,
    /// after `{"$ref": "#/components/responses/R", "description": "Mine"}`.
    fn drop_siblings(&mut self, object: &mut Object) {
        let kept = |name: &str| matches!(name, "$ref" | "description" | "summary");
        for name in object.keys().filter(|name| !kept(name)) {
            let message = format!("`{name}` beside a `$ref` has no effect");
            self.warn(
                name,
                "ignored-sibling",
                message,
                "only schemas can add to what they refer to; write the object out instead",
            );
        }
        object.retain(|name, _| kept(name));
    }
}

/// Drops texts that are null: a YAML key with nothing behind it.
///
/// Before `{"description": null, "type": "string"}`, after `{"type": "string"}`.
fn drop_empty_texts(kind: Kind, object: &mut Object) {
    if object.values().any(Value::is_null) {
        object.retain(|name, value| !(value.is_null() && kind.shape(name) == Some(Shape::Text)));
    }
}
