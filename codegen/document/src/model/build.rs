//! Building the model from a JSON value.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::arena::{Arena, Id};
use super::{
    Callback, Components, Contact, Document, Example, ExtensionMap, ExternalDocs, Header, Info, License, Link,
    MediaType, Nodes, Operation, Parameter, RequestBody, Requirement, Response, Schema, Server, ServerVariable, Tag,
    validate,
};
use crate::diagnostic::{Diagnostics, child};
use crate::extensions::Extensions;
use crate::refs::{Followed, RefError, References};
use crate::spec::ObjectKind;
use crate::template;

/// An object in the document.
pub(super) type JsonObject = Map<String, Value>;

/// Builds the model of a document in the vocabulary of OpenAPI 3.2. `None` if a node is invalid, which is reported in
/// the diagnostics.
pub fn document(value: &Value, diagnostics: &mut Diagnostics) -> Option<Document> {
    if !validate::validate(value, diagnostics) {
        return None;
    }
    let root = value.as_object()?;
    let mut builder = Builder {
        refs: References::new(value),
        extensions: Extensions::default(),
        diagnostics,
        nodes: Nodes::default(),
        known: Known::default(),
        aliases: Vec::new(),
    };
    let mut document = builder.document(root);
    document.referred = builder.referred();
    document.nodes = std::mem::take(&mut builder.nodes);
    builder.extensions.check(value, builder.diagnostics);
    Some(document)
}

/// The nodes that have been built, by pointer.
#[derive(Default)]
pub(super) struct Known {
    pub(super) schemas: HashMap<String, Id<Schema>>,
    parameters: HashMap<String, Id<Parameter>>,
    request_bodies: HashMap<String, Id<RequestBody>>,
    responses: HashMap<String, Id<Response>>,
    headers: HashMap<String, Id<Header>>,
    examples: HashMap<String, Id<Example>>,
    links: HashMap<String, Id<Link>>,
    callbacks: HashMap<String, Id<Callback>>,
    media_types: HashMap<String, Id<MediaType>>,
}

/// A type of node that can be referenced.
pub(super) trait Referable: Default + Clone {
    const KIND: ObjectKind;
    fn arena(nodes: &mut Nodes) -> &mut Arena<Self>;
    fn known(known: &mut Known) -> &mut HashMap<String, Id<Self>>;
    /// Overrides the texts with those next to the reference.
    fn override_texts(&mut self, summary: Option<&str>, description: Option<&str>);
}

macro_rules! referable {
    ($summary:ident, $description:ident; $($kind:ident: $arena:ident [$($field:ident),*]),* $(,)?) => {
        $(impl Referable for $kind {
            const KIND: ObjectKind = ObjectKind::$kind;

            fn arena(nodes: &mut Nodes) -> &mut Arena<Self> {
                &mut nodes.$arena
            }

            fn known(known: &mut Known) -> &mut HashMap<String, Id<Self>> {
                &mut known.$arena
            }

            #[allow(unused_variables, reason = "not every object has both fields")]
            fn override_texts(&mut self, $summary: Option<&str>, $description: Option<&str>) {
                $(if let Some(text) = $field {
                    self.$field = Some(text.to_owned());
                })*
            }
        })*
    };
}

referable!(
    summary, description;
    Parameter: parameters [description],
    RequestBody: request_bodies [description],
    Response: responses [summary, description],
    Header: headers [description],
    Example: examples [summary, description],
    Link: links [description],
    Callback: callbacks [],
    MediaType: media_types [],
);

/// The state of building the model.
pub(super) struct Builder<'v, 'd> {
    pub(super) refs: References<'v>,
    pub(super) extensions: Extensions,
    pub(super) diagnostics: &'d mut Diagnostics,
    pub(super) nodes: Nodes,
    pub(super) known: Known,
    /// The schemas that are only references.
    pub(super) aliases: Vec<Id<Schema>>,
}

impl<'v> Builder<'v, '_> {
    fn document(&mut self, root: &'v JsonObject) -> Document {
        let mut document = Document {
            openapi: text(root, "openapi").unwrap_or_default(),
            self_uri: text(root, "$self"),
            dialect: text(root, "jsonSchemaDialect"),
            info: root.get("info").and_then(Value::as_object).map(info).unwrap_or_default(),
            servers: servers(root, ""),
            security: security(root),
            external_docs: external_docs(root),
            extensions: extensions(root),
            ..Document::default()
        };
        // Security schemes come first, because operations need to know which are left out.
        document.components.security_schemes = self.security_schemes(root);
        let default_security = document.security.clone().unwrap_or_default();
        for (path, item, pointer) in members(root, "paths", "") {
            if !path.starts_with("x-") {
                let id = self.path_item(item, &pointer, path, Some(&default_security));
                document.operations.extend(self.nodes.path_items[id].operations.iter().copied());
                document.paths.insert(path.clone(), id);
            }
        }
        let webhooks = members(root, "webhooks", "");
        for (name, item, pointer) in webhooks.filter(|(name, item, _)| item.is_object() || !name.starts_with("x-")) {
            document.webhooks.insert(name.clone(), self.path_item(item, &pointer, name, None));
        }
        self.unread_webhooks(root, &document);
        if !document.webhooks.is_empty() {
            // Without webhooks there is nothing to sign, and the extension is reported as unused.
            document.signature = self.extensions.signature(root, self.diagnostics);
        }
        document.rate_limit = self.extensions.rate_limit(root, "", None, self.diagnostics);
        document.text_formats = self.extensions.text_formats(root, self.diagnostics);
        self.components(root, &mut document.components);
        document.tags = self.tags(root, &document.operations);
        document
    }

    fn components(&mut self, root: &'v JsonObject, components: &mut Components) {
        let Some(sections) = root.get("components").and_then(Value::as_object) else { return };
        let place = "/components";
        for (name, _, pointer) in members(sections, "schemas", place) {
            components.schemas.insert(name.clone(), self.schema_at(&pointer));
        }
        self.section(sections, "responses", &mut components.responses, Self::response);
        self.section(sections, "parameters", &mut components.parameters, Self::parameter);
        self.section(sections, "examples", &mut components.examples, |_, object, pointer| example(object, pointer));
        self.section(sections, "requestBodies", &mut components.request_bodies, Self::request_body);
        self.section(sections, "headers", &mut components.headers, Self::header);
        self.section(sections, "links", &mut components.links, |_, object, pointer| link(object, pointer));
        self.section(sections, "callbacks", &mut components.callbacks, Self::callback);
        for (name, node, pointer) in members(sections, "mediaTypes", place) {
            components.media_types.extend(self.media_type(name, node, &pointer).map(|id| (name.clone(), id)));
        }
        for (name, item, pointer) in members(sections, "pathItems", place) {
            components.path_items.insert(name.clone(), self.path_item(item, &pointer, name, None));
        }
    }

    fn section<T: Referable>(
        &mut self,
        sections: &'v JsonObject,
        section: &str,
        out: &mut IndexMap<String, Id<T>>,
        build: fn(&mut Self, &'v JsonObject, &str) -> T,
    ) {
        for (name, node, pointer) in members(sections, section, "/components") {
            out.extend(self.refer(node, &pointer, build).map(|id| (name.clone(), id)));
        }
    }

    /// Returns the nodes of a map by name, with their references resolved.
    pub(super) fn refer_all<T: Referable>(
        &mut self,
        object: &'v JsonObject,
        key: &str,
        place: &str,
        build: fn(&mut Self, &'v JsonObject, &str) -> T,
    ) -> IndexMap<String, Id<T>> {
        let mut out = IndexMap::new();
        for (name, node, pointer) in members(object, key, place) {
            out.extend(self.refer(node, &pointer, build).map(|id| (name.clone(), id)));
        }
        out
    }

    /// Returns the node at `pointer`, or the one that its reference resolves to.
    pub(super) fn refer<T: Referable>(
        &mut self,
        node: &'v Value,
        pointer: &str,
        build: fn(&mut Self, &'v JsonObject, &str) -> T,
    ) -> Option<Id<T>> {
        let Followed { node, pointer: at, summary, description } = self.follow(node, pointer)?;
        let id = match T::known(&mut self.known).get(&at) {
            Some(id) => *id,
            None => {
                let object = node.as_object().filter(|_| at == pointer || self.is_kind(T::KIND, node, &at));
                let Some(object) = object else {
                    self.unknown_reference(&format!("#{at}"), pointer);
                    return None;
                };
                // The id is stored before the node is built, because the node may contain itself.
                let id = T::arena(&mut self.nodes).push(T::default());
                T::known(&mut self.known).insert(at.clone(), id);
                let built = build(self, object, &at);
                T::arena(&mut self.nodes)[id] = built;
                id
            }
        };
        if summary.is_none() && description.is_none() {
            return Some(id);
        }
        let mut own = T::arena(&mut self.nodes)[id].clone();
        own.override_texts(summary, description);
        Some(T::arena(&mut self.nodes).push(own))
    }

    /// Returns true if the target of a reference is an object of this kind. Parts that the specification does not
    /// define, such as a member of an extension, are validated here.
    pub(super) fn is_kind(&mut self, kind: ObjectKind, node: &Value, pointer: &str) -> bool {
        match self.refs.kind(pointer) {
            Some(found) => found == kind,
            None if !(node.is_object() || kind == ObjectKind::Schema && node.is_boolean()) => false,
            None => validate::validate_at(kind, node, pointer, self.diagnostics),
        }
    }

    /// Returns the node, or the one that its references resolve to. Reports a reference without a target.
    pub(super) fn follow(&mut self, node: &'v Value, pointer: &str) -> Option<Followed<'v>> {
        match self.refs.follow(node, pointer) {
            Ok(found) => Some(found),
            Err(error) => {
                self.report_reference(error, pointer);
                None
            }
        }
    }

    pub(super) fn report_reference(&mut self, error: RefError, pointer: &str) {
        match error {
            RefError::Unknown(reference) => self.unknown_reference(&reference, pointer),
            RefError::Cycle => self.reference_cycle(pointer),
        }
    }

    pub(super) fn unknown_reference(&mut self, reference: &str, pointer: &str) {
        self.diagnostics.error(
            "unknown-reference",
            pointer,
            format!("`{reference}` does not exist, or has another type than expected here"),
            "change the `$ref` to a definition of the expected type",
        );
    }

    pub(super) fn reference_cycle(&mut self, pointer: &str) {
        self.diagnostics.error("reference-cycle", pointer, "circular reference", "change it to a definition");
    }

    fn tags(&mut self, root: &JsonObject, operations: &[Id<Operation>]) -> Vec<Tag> {
        let mut tags: Vec<Tag> = Vec::new();
        for (index, tag) in list(root, "tags").enumerate() {
            let Some(tag) = tag.as_object() else { continue };
            let rust_name = self.extensions.name(tag, &format!("/tags/{index}"), self.diagnostics);
            tags.push(Tag {
                name: text(tag, "name").unwrap_or_default(),
                rust_name,
                summary: text(tag, "summary"),
                description: text(tag, "description"),
                external_docs: external_docs(tag),
                parent: text(tag, "parent"),
                kind: text(tag, "kind"),
                extensions: extensions(tag),
            });
        }
        let mut known: HashSet<String> = tags.iter().map(|tag| tag.name.clone()).collect();
        for operation in operations {
            let name = self.nodes.operations[*operation].tag();
            if !known.contains(name) {
                known.insert(name.to_owned());
                tags.push(Tag { name: name.to_owned(), ..Tag::default() });
            }
        }
        tags
    }
}

/// Returns the string in a field.
pub(super) fn text(object: &JsonObject, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Returns true if a field is true.
pub(super) fn flag(object: &JsonObject, key: &str) -> bool {
    object.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// Returns the elements of an array.
pub(super) fn list<'o>(object: &'o JsonObject, key: &str) -> impl Iterator<Item = &'o Value> {
    object.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// Returns the strings in an array.
pub(super) fn texts(object: &JsonObject, key: &str) -> Vec<String> {
    list(object, key).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Returns the members of a map, with their pointers.
pub(super) fn members<'o>(
    object: &'o JsonObject,
    key: &str,
    place: &str,
) -> impl Iterator<Item = (&'o String, &'o Value, String)> + use<'o> {
    let place = child(place, key);
    let members = object.get(key).and_then(Value::as_object).into_iter().flatten();
    members.map(move |(name, member)| (name, member, child(&place, name)))
}

/// Returns the members whose names begin with `x-`.
pub(super) fn extensions(object: &JsonObject) -> ExtensionMap {
    let extensions = object.iter().filter(|(name, _)| name.starts_with("x-"));
    extensions.map(|(name, value)| (name.clone(), value.clone())).collect()
}

pub(super) fn external_docs(object: &JsonObject) -> Option<ExternalDocs> {
    let docs = object.get("externalDocs")?.as_object()?;
    Some(ExternalDocs { url: text(docs, "url").unwrap_or_default(), description: text(docs, "description") })
}

fn info(info: &JsonObject) -> Info {
    let object = |key: &str| info.get(key).and_then(Value::as_object);
    let contact = |contact: &JsonObject| Contact {
        name: text(contact, "name"),
        url: text(contact, "url"),
        email: text(contact, "email"),
    };
    let license = |license: &JsonObject| License {
        name: text(license, "name").unwrap_or_default(),
        identifier: text(license, "identifier"),
        url: text(license, "url"),
    };
    Info {
        title: text(info, "title").unwrap_or_default(),
        version: text(info, "version").unwrap_or_default(),
        summary: text(info, "summary"),
        description: text(info, "description"),
        terms_of_service: text(info, "termsOfService"),
        contact: object("contact").map(contact),
        license: object("license").map(license),
        extensions: extensions(info),
    }
}

/// Returns the servers of the object at `place`.
pub(super) fn servers(object: &JsonObject, place: &str) -> Vec<Server> {
    let place = child(place, "servers");
    let servers = list(object, "servers").enumerate();
    servers.filter_map(|(index, one)| Some(server(one.as_object()?, &child(&place, &index.to_string())))).collect()
}

fn server(server: &JsonObject, pointer: &str) -> Server {
    let variable = |variable: &JsonObject| ServerVariable {
        default: text(variable, "default").unwrap_or_default(),
        values: texts(variable, "enum"),
        description: text(variable, "description"),
    };
    let declared = server.get("variables").and_then(Value::as_object).into_iter().flatten();
    let mut variables: IndexMap<String, ServerVariable> =
        declared.filter_map(|(name, one)| Some((name.clone(), variable(one.as_object()?)))).collect();
    let url = text(server, "url").unwrap_or_default();
    for name in template::names(&url).filter(|name| !name.is_empty()) {
        // An undeclared variable has no value until callers set it.
        let unset = || ServerVariable { default: format!("{{{name}}}"), ..ServerVariable::default() };
        variables.entry(name.to_owned()).or_insert_with(unset);
    }
    Server {
        pointer: pointer.to_owned(),
        name: text(server, "name"),
        description: text(server, "description"),
        variables,
        url,
    }
}

/// Returns the alternative sets of requirements; `None` if the object does not have them.
pub(super) fn security(object: &JsonObject) -> Option<Vec<Vec<Requirement>>> {
    let alternatives = object.get("security")?.as_array()?;
    let requirement = |(scheme, scopes): (&String, &Value)| Requirement {
        scheme: scheme.clone(),
        scopes: scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    Some(alternatives.iter().filter_map(Value::as_object).map(|one| one.iter().map(requirement).collect()).collect())
}

pub(super) fn example(example: &JsonObject, pointer: &str) -> Example {
    Example {
        pointer: pointer.to_owned(),
        summary: text(example, "summary"),
        description: text(example, "description"),
        value: example.get("value").cloned(),
        data_value: example.get("dataValue").cloned(),
        serialized_value: text(example, "serializedValue"),
        external_value: text(example, "externalValue"),
        extensions: extensions(example),
    }
}

pub(super) fn link(link: &JsonObject, pointer: &str) -> Link {
    Link {
        pointer: pointer.to_owned(),
        operation_ref: text(link, "operationRef"),
        operation_id: text(link, "operationId"),
        parameters: link.get("parameters").and_then(Value::as_object).cloned().unwrap_or_default(),
        request_body: link.get("requestBody").cloned(),
        description: text(link, "description"),
        server: link.get("server").and_then(Value::as_object).map(|one| server(one, &child(pointer, "server"))),
        extensions: extensions(link),
    }
}
