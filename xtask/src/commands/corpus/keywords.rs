//! Counts the keywords of a document in its text. Each must be supported, be reported by a diagnostic, or have no
//! meaning to a client.
//!
//! The traversal has its own table of the specification's structure, because the generator's table and passes are being
//! checked. Only [`ObjectKind::support`] is shared: it says which keywords clients claim to follow.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::Path;

use crm_clients_document::diagnostic::push_token;
use crm_clients_document::raise::LEFT_OUT;
use crm_clients_document::spec::{ObjectKind, Support};
use serde::Serialize;
use serde_json::{Map, Value};

use super::child::Warning;
use super::spec_index;

/// The keywords of a document by the support of the client. Extensions are not keywords.
#[derive(Default, Serialize)]
pub struct KeywordCount {
    /// Keywords that the client follows or documents.
    pub supported: usize,
    /// Keywords without a meaning to a client.
    pub without_meaning: usize,
    /// Keywords that a diagnostic reports.
    pub reported: usize,
    /// The locations of all others, by their names, such as `Schema.not`.
    pub silent: BTreeMap<String, Vec<String>>,
}

/// Counts the keywords of a document, whose warnings are those of `generate`.
pub fn count(file: &Path, warnings: &[Warning]) -> io::Result<KeywordCount> {
    Ok(count_in(&spec_index::read(file)?, warnings))
}

fn count_in(document: &Value, warnings: &[Warning]) -> KeywordCount {
    let left_out = warnings.iter().filter(|warning| LEFT_OUT.contains(&warning.code.as_str()));
    let mut counter = Counter {
        reported: warnings.iter().map(|warning| &*warning.pointer).collect(),
        left_out: left_out.map(|warning| &*warning.pointer).collect(),
        pointer: String::new(),
        count: KeywordCount::default(),
    };
    counter.member(Shape::One(ObjectKind::Document), document);
    counter.count
}

struct Counter<'w> {
    /// The pointers of the warnings.
    reported: HashSet<&'w str>,
    /// The pointers of parts that are left out as a whole.
    left_out: HashSet<&'w str>,
    /// The pointer of the current node.
    pointer: String,
    count: KeywordCount,
}

/// The structure of a value.
#[derive(Clone, Copy)]
enum Shape {
    /// A value that contains no keywords.
    Data,
    /// An object of a kind, or a list of them where older drafts of JSON Schema allow both.
    One(ObjectKind),
    /// A list of objects of a kind.
    List(ObjectKind),
    /// Objects of a kind by names that the document defines.
    Map(ObjectKind),
}

impl Counter<'_> {
    fn member(&mut self, shape: Shape, value: &Value) {
        match (shape, value) {
            (Shape::One(kind), Value::Object(object)) if !self.left_out.contains(&*self.pointer) => {
                self.object(kind, object);
            }
            (Shape::Map(kind), Value::Object(members)) => {
                for (name, value) in members {
                    self.enter(name, |counter| counter.member(Shape::One(kind), value));
                }
            }
            (Shape::One(kind) | Shape::List(kind), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.enter(&index.to_string(), |counter| counter.member(Shape::One(kind), item));
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, kind: ObjectKind, object: &Map<String, Value>) {
        for (key, value) in object {
            if key.starts_with("x-") {
                continue;
            }
            let object = self.pointer.len();
            self.enter(key, |counter| {
                if !has_names(kind) {
                    counter.keyword(kind, key, value, object);
                }
                counter.member(shape(kind, key), value);
            });
        }
    }

    /// Counts the keyword at the pointer, whose object's pointer has the length `object`.
    fn keyword(&mut self, kind: ObjectKind, key: &str, value: &Value, object: usize) {
        let is_reported = self.reported.contains(&*self.pointer) || self.reported.contains(&self.pointer[..object]);
        let count = &mut self.count;
        match kind.support(key) {
            _ if key == "$ref" => count.supported += 1,
            Some(Support::Followed | Support::Documented) => count.supported += 1,
            Some(Support::WithoutMeaning) => count.without_meaning += 1,
            // These describe no values.
            Some(Support::Unsupported) if value.is_boolean() || value.as_object().is_some_and(Map::is_empty) => {
                count.without_meaning += 1
            }
            _ if is_reported => count.reported += 1,
            _ => count.silent.entry(format!("{kind:?}.{key}")).or_default().push(self.pointer.clone()),
        }
    }

    fn enter(&mut self, token: &str, work: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        push_token(&mut self.pointer, token);
        work(self);
        self.pointer.truncate(length);
    }
}

/// Returns true if the document defines the names of an object's members.
fn has_names(kind: ObjectKind) -> bool {
    use ObjectKind::*;
    matches!(kind, Paths | Webhooks | Callback | Responses)
}

/// Returns the structure of a member of an object, in any version of OpenAPI.
fn shape(kind: ObjectKind, key: &str) -> Shape {
    use ObjectKind::*;
    match (kind, key) {
        (_, "externalDocs") => Shape::One(ExternalDocs),
        (_, "servers") => Shape::List(Server),
        (Document, "info") => Shape::One(Info),
        (Document, "paths") => Shape::One(Paths),
        (Document, "webhooks") => Shape::One(Webhooks),
        (Document, "components") => Shape::One(Components),
        (Document, "tags") => Shape::List(Tag),
        (Document, "definitions") | (Components, "schemas") => Shape::Map(Schema),
        (Document | Components, "parameters") => Shape::Map(Parameter),
        (Document | Components, "responses") => Shape::Map(Response),
        (Document, "securityDefinitions") | (Components, "securitySchemes") => Shape::Map(SecurityScheme),
        (Components, "requestBodies") => Shape::Map(RequestBody),
        (Components | Response | Encoding, "headers") => Shape::Map(Header),
        (Components | Response, "links") => Shape::Map(Link),
        (Components | Operation, "callbacks") => Shape::Map(Callback),
        (Components, "pathItems") => Shape::Map(PathItem),
        (Components, "mediaTypes") => Shape::Map(MediaType),
        (Components | Parameter | Header | MediaType, "examples") => Shape::Map(Example),
        (Info, "contact") => Shape::One(Contact),
        (Info, "license") => Shape::One(License),
        (Server, "variables") => Shape::Map(ServerVariable),
        (Link, "server") => Shape::One(Server),
        (Paths | Webhooks | Callback, _) => Shape::One(PathItem),
        (PathItem, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" | "query") => {
            Shape::One(Operation)
        }
        (PathItem, "additionalOperations") => Shape::Map(Operation),
        (PathItem | Operation, "parameters") => Shape::List(Parameter),
        (Operation, "requestBody") => Shape::One(RequestBody),
        (Operation, "responses") => Shape::One(Responses),
        (Responses, _) => Shape::One(Response),
        (Parameter | Header | RequestBody | Response, "content") => Shape::Map(MediaType),
        (Parameter | Header | MediaType | Response, "schema") | (MediaType, "itemSchema") => Shape::One(Schema),
        (Parameter | Header, "items") => Shape::One(Schema),
        (MediaType | Encoding, "encoding") => Shape::Map(Encoding),
        (MediaType | Encoding, "prefixEncoding") => Shape::List(Encoding),
        (MediaType | Encoding, "itemEncoding") => Shape::One(Encoding),
        (SecurityScheme, "flows") => Shape::One(Flows),
        (Flows, "implicit") => Shape::One(ImplicitFlow),
        (Flows, "password") => Shape::One(PasswordFlow),
        (Flows, "clientCredentials") => Shape::One(ClientCredentialsFlow),
        (Flows, "authorizationCode") => Shape::One(AuthorizationCodeFlow),
        (Flows, "deviceAuthorization") => Shape::One(DeviceAuthorizationFlow),
        (
            Schema,
            "properties" | "patternProperties" | "dependentSchemas" | "dependencies" | "definitions" | "$defs",
        ) => Shape::Map(Schema),
        (Schema, "allOf" | "anyOf" | "oneOf" | "prefixItems") => Shape::List(Schema),
        (
            Schema,
            "items"
            | "additionalItems"
            | "unevaluatedItems"
            | "contains"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "propertyNames"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contentSchema",
        ) => Shape::One(Schema),
        (Schema, "discriminator") => Shape::One(Discriminator),
        (Schema, "xml") => Shape::One(Xml),
        _ => Shape::Data,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn warning(code: &str, pointer: &str) -> Warning {
        Warning { code: code.to_owned(), pointer: pointer.to_owned() }
    }

    #[test]
    fn every_keyword_is_counted_once() {
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1", "contact": {"name": "C"}, "x-logo": {"not": {}}},
            "paths": {"/not": {"get": {"responses": {"200": {"description": "", "content": {
                "application/json": {"schema": {"type": "object", "not": {"const": 1}, "examples": [{"if": 1}]}}
            }}}}}},
            "components": {"schemas": {
                "not": {"properties": {"not": {"typ": "string"}}, "unevaluatedItems": false},
                "left_out": {"one": 1}
            }}
        });
        let not = "/paths/~1not/get/responses/200/content/application~1json/schema/not";
        let warnings =
            [warning("unsupported-keyword", not), warning("unreadable-value", "/components/schemas/left_out")];
        let count = count_in(&document, &warnings);
        let typ = ("Schema.typ".to_owned(), vec!["/components/schemas/not/properties/not/typ".to_owned()]);
        assert_eq!(count.silent, BTreeMap::from([typ]));
        // `contact`, `name`, `examples` and `unevaluatedItems`.
        assert_eq!(count.without_meaning, 4);
        assert_eq!(count.reported, 1);
        // `openapi`, `info`, `title`, `version`, `paths`, `get`, `responses`, `description`, `content`, `schema`,
        // `type`, `const`, `components`, `schemas` and `properties`.
        assert_eq!(count.supported, 15);
        assert_eq!(count_in(&document, &[]).silent["Schema.not"], [not]);
    }
}
