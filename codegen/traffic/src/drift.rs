//! Counting the differences between recorded traffic and a document.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crm_clients_document::diagnostic::tokens;
use crm_clients_document::model::{Document, MediaType, MediaTypeId, Operation, OperationId, Status, essence};
use serde_json::Value;

use crate::exchange::{Body, Exchange, is_json};
use crate::routes::Routes;
use crate::schemas::{Difference, Located, Schemas, member};
use crate::undeclared::undeclared;

/// Compares exchanges with a document.
pub struct Drift<'d> {
    document: &'d Document,
    routes: Routes,
    schemas: Schemas<'d>,
    /// The names of all properties of the document. Other names in a body are data.
    names: HashSet<&'d str>,
    exchanges: usize,
    findings: BTreeMap<Key, Finding>,
}

type Key = (usize, Part, String, Subject);

/// A difference between the traffic and the document.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The method and the path template of the operation; for an undeclared operation, the method and the recorded path.
    pub operation: String,
    /// The `operationId`, if there is one.
    pub operation_id: Option<String>,
    /// The part of the exchange.
    pub part: Part,
    /// The place in the body: a JSON pointer in which `*` represents an index or a key that is data.
    pub place: String,
    /// The difference.
    pub subject: Subject,
    /// Number of occurrences.
    pub count: usize,
    /// The JSON types of the values.
    pub types: BTreeSet<&'static str>,
    /// The JSON pointer of the part of the document that has to change: the schema, the response, the responses of the
    /// operation, or its request body.
    pub pointer: String,
    /// True if every value was an RFC 3339 time.
    pub is_time: bool,
}

/// The part of an exchange that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The method and path.
    Operation,
    /// The body of the request.
    Request,
    /// The response with this status.
    Response(u16),
}

/// The kind of difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The document has no such operation.
    Operation,
    /// The operation does not declare the status. The response has this media type, or "" if it has no body.
    Status(String),
    /// The request or response has no such media type.
    MediaType(String),
    /// The body differs from its schema.
    Value(Difference),
}

impl<'d> Drift<'d> {
    /// Prepares the comparison with a document: its model, and its raised form, whose schemas validate the bodies.
    ///
    /// # Errors
    ///
    /// If a reference in the document is not a valid URI.
    pub fn new(document: &'d Document, raised: &'d Value) -> Result<Self, String> {
        let mut names = HashSet::new();
        collect_names(raised, &mut names);
        let (routes, schemas) = (Routes::new(document), Schemas::new(raised)?);
        Ok(Self { document, routes, schemas, names, exchanges: 0, findings: BTreeMap::new() })
    }

    /// Compares one exchange.
    pub fn add(&mut self, exchange: &Exchange) {
        self.exchanges += 1;
        let Some(id) = self.routes.find(&exchange.method, &exchange.path) else {
            return self.add_undeclared_operation(exchange);
        };
        let document = self.document;
        let operation = &document[id];
        if let Some(body) = &exchange.request {
            let declared = operation.body.map(|body| &document[body]);
            let content = declared.map_or(&[][..], |declared| &declared.content);
            let pointer = declared.map_or(&operation.pointer, |declared| &declared.pointer);
            self.add_body(id, Part::Request, content, pointer, body);
        }
        let part = Part::Response(exchange.status);
        let Some(response) = response_of(operation, exchange.status) else {
            let media_type = exchange.response.as_ref().map(|body| body.media_type.clone()).unwrap_or_default();
            self.count(id, part, String::new(), Subject::Status(media_type), &operation.pointer);
            return;
        };
        if let Some(body) = &exchange.response {
            let response = &document[response];
            self.add_body(id, part, &response.content, &response.pointer, body);
        }
    }

    /// Returns the number of exchanges that were compared.
    pub fn exchanges(&self) -> usize {
        self.exchanges
    }

    /// Returns the findings by operation, in the order of the document.
    pub fn findings(&self) -> impl ExactSizeIterator<Item = &Finding> + Clone {
        self.findings.values()
    }

    fn add_undeclared_operation(&mut self, exchange: &Exchange) {
        // A path contains ids: paths that differ only in segments with digits are one finding.
        let segment = |segment: &str| match segment.bytes().any(|byte| byte.is_ascii_digit()) && !is_version(segment) {
            true => "*".to_owned(),
            false => segment.to_owned(),
        };
        let path: Vec<String> = exchange.path.split('/').map(segment).collect();
        let operation = format!("{} {}", exchange.method, path.join("/"));
        let key = (usize::MAX, Part::Operation, operation.clone(), Subject::Operation);
        let finding = self.findings.entry(key).or_insert_with(|| Finding {
            operation,
            operation_id: None,
            part: Part::Operation,
            place: String::new(),
            subject: Subject::Operation,
            count: 0,
            types: BTreeSet::new(),
            pointer: String::new(),
            is_time: false,
        });
        finding.count += 1;
    }

    fn add_body(&mut self, operation: OperationId, part: Part, content: &[MediaTypeId], pointer: &str, body: &Body) {
        let Some(media_type) = media_type_of(self.document, content, &body.media_type) else {
            let subject = Subject::MediaType(body.media_type.clone());
            self.count(operation, part, String::new(), subject, pointer);
            return;
        };
        let (Some(json), Some(schema)) = (&body.json, media_type.schema) else { return };
        let schema = &self.document[schema].pointer;
        let mut found = self.schemas.differences(schema, json);
        found.retain(|located| !self.is_for_the_other_direction(located, &part));
        found.extend(undeclared(&mut self.schemas, schema, json));
        for located in found {
            let place = self.place(&located.instance);
            let subject = Subject::Value(located.difference);
            let finding = self.count(operation, part.clone(), place, subject, &located.schema);
            finding.types.insert(located.found);
            finding.is_time &= located.is_time;
        }
    }

    /// Returns true if a missing property belongs to the other direction, such as a `writeOnly` property in a response.
    fn is_for_the_other_direction(&self, located: &Located, part: &Part) -> bool {
        let Difference::Missing { name } = &located.difference else { return false };
        let flag = if *part == Part::Request { "readOnly" } else { "writeOnly" };
        let document = self.schemas.document();
        let property = member(document, &located.schema, "properties").and_then(|(properties, _)| properties.get(name));
        property.is_some_and(|property| property[flag] == true)
    }

    /// Returns the finding of a difference, with its count incremented.
    fn count(&mut self, id: OperationId, part: Part, place: String, subject: Subject, pointer: &str) -> &mut Finding {
        let operation = &self.document[id];
        let key = (id.index(), part.clone(), place.clone(), subject.clone());
        let finding = self.findings.entry(key).or_insert_with(|| Finding {
            operation: format!("{} {}", operation.method, operation.path),
            operation_id: operation.id.clone(),
            part,
            place,
            subject,
            count: 0,
            types: BTreeSet::new(),
            pointer: pointer.to_owned(),
            is_time: true,
        });
        finding.count += 1;
        finding
    }

    /// Returns the pointer of a value with `*` for indexes and for keys that are data.
    fn place(&self, instance: &str) -> String {
        let token = |token: String| if self.names.contains(token.as_str()) { token } else { "*".to_owned() };
        tokens(instance).map(|name| format!("/{}", token(name))).collect()
    }
}

/// Returns the response for a status: exact, by range, or the default.
fn response_of(operation: &Operation, status: u16) -> Option<crm_clients_document::model::ResponseId> {
    let fits: [&dyn Fn(Status) -> bool; 3] = [
        &|declared| declared == Status::Exact(status),
        &|declared| matches!(declared, Status::Range(class) if u16::from(class) == status / 100),
        &|declared| declared == Status::Default,
    ];
    fits.iter().find_map(|fits| operation.responses.iter().find(|(declared, _)| fits(*declared))).map(|(_, id)| *id)
}

/// Returns the media type of a body, by name or by range. A body without a name has the first that is JSON.
fn media_type_of<'d>(document: &'d Document, content: &[MediaTypeId], name: &str) -> Option<&'d MediaType> {
    let declared: Vec<(String, &MediaType)> =
        content.iter().map(|id| &document[*id]).map(|media_type| (essence(&media_type.name), media_type)).collect();
    let exact = declared.iter().find(|(key, _)| key == name);
    let range = || {
        declared.iter().find(|(key, _)| {
            key == "*/*" || key.strip_suffix("/*").is_some_and(|kind| name.split('/').next() == Some(kind))
        })
    };
    let unnamed = || declared.iter().find(|(key, _)| name.is_empty() && is_json(key));
    exact.or_else(range).or_else(unnamed).map(|(_, media_type)| *media_type)
}

/// Returns true for a segment such as `v1`.
fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Collects the names of properties wherever `properties` is an object.
fn collect_names<'d>(value: &'d Value, names: &mut HashSet<&'d str>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                names.extend(properties.keys().map(String::as_str));
            }
            members.values().for_each(|member| collect_names(member, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        _ => {}
    }
}

impl Subject {
    /// Returns the name of the rule, which is stable.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Operation => "undeclared-operation",
            Self::Status(_) => "undeclared-status",
            Self::MediaType(_) => "undeclared-media-type",
            Self::Value(Difference::Undeclared { .. }) => "undeclared-property",
            Self::Value(Difference::Missing { .. }) => "missing-property",
            Self::Value(Difference::Type) => "other-type",
            Self::Value(Difference::Unlisted { .. }) => "unlisted-value",
            Self::Value(Difference::Format) => "other-format",
            Self::Value(Difference::Other { .. }) => "other-keyword",
        }
    }
}
