//! Turns operations into resources with methods.

use std::collections::{HashMap, HashSet};

use super::naming;
use super::paths::{self, Segment};
use super::schemes::schemes;
use super::scopes;
use super::types::{Direction, Types, given_type_name, given_value_name};
use super::wire::{self, Location, QueryFormat};
use super::xml::XmlBuilder;
use super::{
    Api, Argument, Body, BodyKind, ConstParam, ErrorVariant, Operation, Output, OwnServer, PathValue, RateLimit,
    Resource, ResponseHeaders, Scheme, ServerVariable, Style, Type, TypeId, TypeKind, Webhooks, derives, docs, errors,
    features, pages, templates, unions, words,
};
use crate::markdown;
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::{Diagnostics, child};
use crm_clients_document::model::{self, Document, OperationId, Parameter, ParameterId, SecuritySchemeKind};
use crm_clients_document::normalize;
use crm_clients_document::template;

/// Reserved names: modules of every client, methods of every builder and handle, crates that emitted files refer to,
/// the root files of cargo targets, and Windows device names, which cannot be file names.
const RESERVED: &[&str] = &[
    "types", "error", "mock", "runtime", "builder", "request", "client", "new", "clone", "start", "std", "core",
    "alloc", "lib", "main", "xml",
];

/// Types that a resource's file imports.
const NAMED_BESIDE: &[&str] = &["Call", "ErrorBody", "Method", "MultipartBody", "Operation", "Status", "Style"];

/// Builds the client.
pub fn build(document: &Document, name: &str, diagnostics: &mut Diagnostics) -> Api {
    let sources = served(document, diagnostics);
    let groups = groups(document, &sources);
    let handles: UsedNames = groups.iter().map(|group| group.module.as_str()).collect();
    let schemes = schemes(document, handles);
    let mut names_of = HashMap::new();
    for group in &groups {
        let operations: Vec<&model::Operation> =
            group.operations.iter().map(|index| &document[sources[*index]]).collect();
        let named = paths::method_names(&group.title, &operations, diagnostics);
        names_of.extend(group.operations.iter().copied().zip(named));
    }
    let (title, version) = (document.info.title.clone(), document.info.version.clone());
    let docs = docs::prose(document.info.description.as_deref());
    let server = document.server();
    let mut builder = Builder {
        types: Types::new(document, diagnostics),
        sources,
        schemes,
        errors: Vec::new(),
        error_index: HashMap::new(),
        xml: XmlBuilder::default(),
    };
    let mut resources: Vec<Resource> = groups.iter().map(|group| builder.resource(group, &names_of)).collect();
    resources.retain(|resource| !resource.operations.is_empty());
    let mut webhooks = builder.webhooks(&resources);
    let response_headers = builder.response_headers(&resources);
    builder.report_links();
    builder.report_device_flows();
    builder.report_parents_of_tags();
    builder.unused_components();
    builder.types.set_json_kinds();
    builder.types.set_tags();
    normalize::report(&mut builder.types.schemas, builder.types.diagnostics);
    let Builder { types, schemes, mut errors, xml, .. } = builder;
    let mut used: Vec<Type> = used_types(&resources, &errors);
    used.extend(webhooks.iter().flat_map(Webhooks::payloads).cloned());
    let named_types = naming::name_types(types.drafts, &used, types.diagnostics);
    let diagnostics = types.diagnostics;
    let mut types = named_types.types;
    each_used(&mut resources, &mut |ty| naming::rename(ty, &named_types.renamed));
    errors.iter_mut().for_each(|error| naming::rename(&mut error.ty, &named_types.renamed));
    let events = webhooks.iter_mut().flat_map(|webhooks| &mut webhooks.events);
    events.for_each(|event| naming::rename(&mut event.ty, &named_types.renamed));
    let (errors, index) = errors::distinct_errors(errors, &types);
    for operation in resources.iter_mut().flat_map(|resource| &mut resource.operations) {
        operation.errors.iter_mut().for_each(|(.., error)| *error = index[*error]);
    }
    pages::attach(&mut resources, &types, document, diagnostics);
    let error_types: Vec<Type> = errors.iter().map(|error| error.ty.clone()).collect();
    naming::place(&mut types, &resources, webhooks.as_ref(), &error_types, document);
    features::attach(&mut types, &resources, webhooks.as_ref(), &error_types);
    derives::set(&mut types, &document.rust_types, diagnostics);
    unions::mark_recognized(&mut types);
    let error_fields = errors::error_fields(&errors, &types);
    let schemes: Vec<Scheme> = schemes.into_iter().map(|(_, scheme)| scheme).collect();
    let taken = client_names(&resources, webhooks.as_ref(), response_headers.as_ref(), &schemes);
    let scopes = scopes::attach(&mut resources, taken);
    Api {
        name: name.to_owned(),
        title,
        version,
        docs,
        base_url: server.default_url(),
        servers: docs::servers(&document.servers),
        server_template: server.url,
        server_variables: server.variables.into_iter().map(server_variable).collect(),
        rate_limit: document.rate_limit.as_ref().map(|limit| rate_limit(limit, name.to_owned(), None)),
        schemes,
        scopes,
        resources,
        webhooks,
        response_headers,
        types,
        errors,
        error_fields,
        xml: xml.types,
        aliases: document.held.aliases.clone(),
    }
}

/// Operations with the same tag or, if untagged, with the same first word of the path.
struct Group {
    title: String,
    name: Option<String>,
    description: Option<String>,
    module: String,
    operations: Vec<usize>,
}

/// Returns the operations that clients can call.
fn served(document: &Document, diagnostics: &mut Diagnostics) -> Vec<OperationId> {
    let is_served = |id: &OperationId| {
        let operation = &document[*id];
        let is_served = wire::is_sent(&operation.method);
        if !is_served {
            let message = format!("clients cannot send `{}` requests; the operation is left out", operation.method);
            let help = "use a method such as `COPY`";
            diagnostics.warning("unserved-method", operation.pointer.clone(), message, help);
        }
        is_served
    };
    document.operations.iter().copied().filter(is_served).collect()
}

fn groups(document: &Document, sources: &[OperationId]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let (mut known, mut modules) = (HashMap::new(), UsedNames::from_iter(names::devices()));
    let mut group_of = |title: &str, tag: Option<&model::Tag>, index: usize| {
        let name = tag.and_then(|tag| tag.rust_name.clone());
        let module = names::module_name(name.as_deref().unwrap_or(title));
        // Tags that differ only in case or punctuation are the same, like a tag that is declared twice.
        let words = module.replace('_', "");
        if let Some(group) = known.get(&words).and_then(|known: &usize| groups.get_mut(*known)) {
            group.operations.push(index);
            return;
        }
        known.insert(words, groups.len());
        let is_reserved = RESERVED.contains(&module.as_str()) || names::is_device(&module);
        let module = if is_reserved || module == naming::SHARED { format!("{module}_resource") } else { module };
        let module = modules.claim(&module);
        let description = tag.and_then(|tag| tag.description.clone().or_else(|| tag.summary.clone()));
        groups.push(Group { title: title.to_owned(), name, description, module, operations: vec![index] });
    };
    let mut tagged: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, id) in sources.iter().enumerate() {
        tagged.entry(document.group_of(&document[*id])).or_default().push(index);
    }
    for tag in &document.tags {
        // A tag may be declared twice.
        for index in tagged.remove(tag.name.as_str()).unwrap_or_default() {
            if tag.name.is_empty() {
                group_of(&untagged(&document[sources[index]].path), None, index);
            } else {
                group_of(&tag.name, Some(tag), index);
            }
        }
    }
    groups.sort_by(|a, b| a.module.cmp(&b.module));
    groups
}

/// Returns the first word of a path that is not a generic prefix or a version.
fn untagged(path: &str) -> String {
    let says_nothing = |text: &str| text == "api" || words::is_version(text);
    let texts = paths::segments(path).into_iter().filter_map(|segment| match segment {
        Segment::Static(text) => Some(text),
        Segment::Parameter(_) => None,
    });
    let mut texts = texts.peekable();
    let first = texts.peek().cloned();
    texts.find(|text| !says_nothing(text)).or(first).unwrap_or_else(|| "root".to_owned())
}

/// Turns groups of operations into resources.
pub(super) struct Builder<'d> {
    pub(super) types: Types<'d>,
    /// The operations that clients can call.
    sources: Vec<OperationId>,
    /// The names of the security schemes that each credential serves.
    schemes: Vec<(Vec<String>, Scheme)>,
    pub(super) errors: Vec<ErrorVariant>,
    /// The index into `errors` by type, text flag and XML root.
    pub(super) error_index: HashMap<(Type, bool, Option<usize>), usize>,
    pub(super) xml: XmlBuilder,
}

impl<'d> Builder<'d> {
    /// Returns the operation in the document.
    pub(super) fn source(&self, index: usize) -> &'d model::Operation {
        &self.types.document[self.sources[index]]
    }

    fn resource(&mut self, group: &Group, names_of: &HashMap<usize, String>) -> Resource {
        let title = group.name.as_deref().unwrap_or(&group.title);
        let name = names::type_name(title);
        let name = if NAMED_BESIDE.contains(&name.as_str()) || name.ends_with("Call") {
            format!("{name}Resource")
        } else {
            name
        };
        let shared = self.shared_parameters(group);
        let mut operations = Vec::new();
        // Names that differ only in underscores would have the same types and statics.
        let words = |name: &str| names::suffix(name).replace('_', "").to_lowercase();
        let (mut taken, mut calls) = (UsedNames::from_iter(["new"]), UsedNames::default());
        for index in &group.operations {
            let Some(method) = names_of.get(index) else { continue };
            for operation in self.operation(*index, method, &name, &shared) {
                let name = taken.claim_by(&operation.name, words);
                let call = calls.claim(&names::type_name(&format!("{} call", names::suffix(&name))));
                operations.push(Operation { name, call, ..operation });
            }
        }
        operations.sort_by_key(|operation| rank(&operation.name));
        let docs =
            docs::prose_or(group.description.as_deref(), || format!("Operations of {}.", markdown::code(&group.title)));
        Resource {
            name,
            module: group.module.clone(),
            handle: group.module.clone(),
            scope: None,
            docs,
            arguments: shared.into_iter().map(|(_, argument)| argument).collect(),
            operations,
        }
    }

    /// Returns the path parameters in the common prefix of all paths of the resource.
    fn shared_parameters(&mut self, group: &Group) -> Vec<(String, Argument)> {
        let all: Vec<Vec<Segment>> =
            group.operations.iter().map(|index| paths::segments(&self.source(*index).path)).collect();
        let prefix = paths::common_prefix(&all, scopes::is_same_place);
        let mut out: Vec<(String, Argument)> = Vec::new();
        let mut taken = UsedNames::from_iter(["core"]);
        let Some(first) = group.operations.first() else { return out };
        for segment in &prefix {
            let Segment::Parameter(text) = segment else { continue };
            for wire in template::names(text) {
                let document = self.types.document;
                let found = self.source(*first).parameters.iter().copied().find(|id| {
                    let parameter = &document[*id];
                    parameter.location == model::Location::Path && parameter.name == wire
                });
                let found = found.filter(|_| !out.iter().any(|(other, _)| other == wire));
                let place = names::type_name(&group.title);
                if let Some(mut argument) = found.and_then(|id| self.argument(id, &place)) {
                    argument.name = taken.claim(&argument.name);
                    out.push((wire.to_owned(), argument));
                }
            }
        }
        out
    }

    /// Returns the argument for a parameter, or `None` if clients cannot send it.
    fn argument(&mut self, source: ParameterId, place: &str) -> Option<Argument> {
        let parameter = &self.types.document[source];
        let location = Location::of(self.types.document, parameter);
        let schema = parameter.schema?;
        let name =
            given_value_name(parameter.rust_name.as_deref()).unwrap_or_else(|| names::value_name(&parameter.name));
        let place = given_type_name(parameter.rust_name.as_deref())
            .unwrap_or_else(|| format!("{place}{}", names::type_name(&parameter.name)));
        let ty = match self.types.of(schema, Direction::Request, &place) {
            Type::Lenient(inner) => *inner,
            ty => ty,
        };
        let ty = match location {
            Location::Path if !parameter.is_json() => self.path_type(ty),
            Location::WholeQuery(QueryFormat::Text) => self.query_text(parameter, ty),
            _ => ty,
        };
        let (ty, encoding) = self.types.with_encoding(ty);
        self.check_style(parameter);
        let encodings = match (location, parameter.content.first()) {
            (Location::WholeQuery(QueryFormat::Form), Some(media)) => {
                self.encodings(BodyKind::Form, &self.types.document[*media], &ty)
            }
            _ => Vec::new(),
        };
        Some(Argument {
            name,
            wire: parameter.name.clone(),
            pointer: parameter.pointer.clone(),
            docs: docs::value(&self.types.schemas, parameter.description.as_deref(), schema, None),
            deprecated: parameter.deprecated,
            ty,
            encoding,
            location,
            style: self.style(parameter),
            allow_reserved: parameter.allow_reserved,
            json: parameter.is_json(),
            encodings,
            source,
        })
    }

    /// Returns the type of an argument that is sent as the whole query; always a string.
    fn query_text(&mut self, parameter: &Parameter, ty: Type) -> Type {
        if ty != Type::String && ty != Type::Value {
            let message = format!("`{}` is passed as text that is sent as the whole query", parameter.name);
            let help = "describe the query as `application/x-www-form-urlencoded` or as JSON";
            self.types.diagnostics.warning("unserved-querystring", parameter.pointer.clone(), message, help);
        }
        Type::String
    }

    /// Returns the type of a path argument; a string if values of `ty` do not fit into a path.
    fn path_type(&self, ty: Type) -> Type {
        match &ty {
            Type::Boolean | Type::I32 | Type::I64 | Type::U64 | Type::F64 | Type::String => ty,
            parsed if parsed.is_parsed_text() || matches!(parsed, Type::UnixTime(_) | Type::Custom(_)) => ty,
            Type::Object | Type::Map(_) => ty,
            Type::Option(inner) | Type::Boxed(inner) => self.path_type((**inner).clone()),
            Type::List(inner) => Type::List(Box::new(self.path_type((**inner).clone()))),
            Type::Tuple(_) => Type::List(Box::new(Type::String)),
            Type::Named(TypeId(draft)) => match &self.types.drafts[*draft].kind {
                TypeKind::Strings(_) | TypeKind::Integers(_) | TypeKind::Struct(_) => ty,
                TypeKind::Alias(inner) => self.path_type(inner.clone()),
                TypeKind::Union(_) | TypeKind::Responses(_) => Type::String,
            },
            _ => Type::String,
        }
    }

    /// Returns the methods of an operation: one for each kind of request body.
    fn operation(
        &mut self,
        index: usize,
        method: &str,
        resource: &str,
        shared: &[(String, Argument)],
    ) -> Vec<Operation> {
        let place = format!("{resource}{}", names::type_name(method));
        let (own, fixed) = self.own_arguments(index, &place, shared);
        let (output, accept) = self.output(index, &place);
        let events = self.event_stream(index, &place);
        let items = self.item_stream(index, &place);
        let errors = self.errors(index, &place);
        let bodies = self.bodies(index, &place);
        let source = self.source(index);
        let parameters = self.types.document.parameters(source);
        let sent = templates::sent(&source.path, &parameters);
        let (required, optional): (Vec<_>, Vec<_>) = own.into_iter().partition(|(required, _)| *required);
        let required: Vec<Argument> = required.into_iter().map(|(_, argument)| argument).collect();
        let operation = Operation {
            name: method.to_owned(),
            pointer: source.pointer.clone(),
            alternative: false,
            call: String::new(),
            docs: docs::operation(source, events.is_some(), items.as_ref().map(|items| items.framing)),
            deprecated: source.deprecated,
            feature: source.feature.clone(),
            method: source.method.clone(),
            server: own_server(self.types.document, source),
            returns_redirect: super::responses::returns_redirect(source),
            idempotent: source.idempotent.unwrap_or_else(|| is_idempotent(&source.method)),
            idempotency_key: source.idempotency_key.clone(),
            rate_limit: source.rate_limit.as_ref().map(|limit| {
                let name = limit.group.clone().unwrap_or_else(|| format!("{} {}", source.method, source.path));
                let scope = limit.scope.as_ref().and_then(|scope| path_value(scope, shared, &required));
                rate_limit(limit, name, scope)
            }),
            path: source.path.clone(),
            template: templates::template(&sent, &parameters),
            id: source.id.clone(),
            path_values: path_values(&sent, shared, &required),
            required,
            optional: optional.into_iter().map(|(_, argument)| argument).collect(),
            fixed,
            body: None,
            output,
            accept,
            errors,
            security: self.security(index),
            paging: None,
            events,
            items,
            source: self.sources[index],
        };
        with_bodies(operation, bodies)
    }

    /// Returns the parameters that the resource's handle does not bind, each with true if it is required, and the
    /// constant parameters.
    fn own_arguments(
        &mut self,
        index: usize,
        place: &str,
        shared: &[(String, Argument)],
    ) -> (Vec<(bool, Argument)>, Vec<ConstParam>) {
        let document = self.types.document;
        let (mut own, mut fixed) = (Vec::new(), Vec::new());
        let shared_names = shared.iter().map(|(_, argument)| argument.name.clone());
        let mut taken: UsedNames = shared_names.chain(["body".to_owned(), "call".to_owned()]).collect();
        for source in &self.source(index).parameters {
            let parameter = &document[*source];
            let location = Location::of(document, parameter);
            if location == Location::Path && shared.iter().any(|(wire, _)| *wire == parameter.name) {
                continue;
            }
            if let Some((value, style)) = self.fixed(parameter) {
                fixed.push(ConstParam { location, wire: parameter.name.clone(), value, style });
                continue;
            }
            if self.is_credential(index, parameter) {
                continue;
            }
            let Some(mut argument) = self.argument(*source, place) else { continue };
            let located = format!("{}_{}", location.word(), names::suffix(&argument.name));
            let others = [located, names::value_name(&names::spelled_out(&argument.wire))];
            argument.name = taken.claim_any(&argument.name, others);
            own.push((parameter.required || location == Location::Path, argument));
        }
        (own, fixed)
    }

    /// Returns true if a parameter is the key of one of the operation's security schemes, which the client sends.
    fn is_credential(&self, index: usize, parameter: &Parameter) -> bool {
        let schemes = &self.types.document.components.security_schemes;
        let is_same_name = |name: &str| match parameter.location {
            model::Location::Header => name.eq_ignore_ascii_case(&parameter.name),
            _ => name == parameter.name,
        };
        self.source(index).security.iter().flatten().any(|required| {
            matches!(schemes.get(&required.scheme).map(|scheme| &scheme.kind),
                Some(SecuritySchemeKind::ApiKey { location, name }) if *location == parameter.location && is_same_name(name))
        })
    }

    /// Returns the single allowed value of a required parameter, and its style if it is an array or an object.
    fn fixed(&mut self, parameter: &Parameter) -> Option<(String, Option<Style>)> {
        let is_whole = matches!(parameter.location, model::Location::Path | model::Location::QueryString);
        if !parameter.required || is_whole || parameter.is_json() {
            return None;
        }
        let id = parameter.schema?;
        match self.types.constant_scalar(id) {
            Some(value) => Some((value, None)),
            None => self.types.constant_json(id).map(|value| (value, Some(self.style(parameter)))),
        }
    }

    fn security(&self, index: usize) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = Vec::new();
        let schemes = &self.types.document.components.security_schemes;
        // The certificate for mutual TLS is part of the connection, which callers configure.
        let is_sent = |name: &str| schemes.get(name).is_none_or(|one| one.kind != SecuritySchemeKind::MutualTls);
        for set in &self.source(index).security {
            let known: Option<Vec<usize>> = set
                .iter()
                .filter(|one| is_sent(&one.scheme))
                .map(|one| self.schemes.iter().position(|(served, _)| served.contains(&one.scheme)))
                .collect();
            // A set is not an alternative if it contains a scheme that the client does not support.
            out.extend(known.filter(|known| !out.contains(known)));
        }
        out
    }

    /// Reports links, which have no equivalent in the client.
    fn report_links(&mut self) {
        let document = self.types.document;
        let mut reported = HashSet::new();
        let responses = self.sources.iter().flat_map(|id| &document[*id].responses);
        for (name, link) in responses.flat_map(|(_, response)| &document[*response].links) {
            let link = &document[*link];
            let target = link.operation_id.as_deref().or(link.operation_ref.as_deref()).unwrap_or_default();
            if reported.insert(&link.pointer) {
                let message =
                    format!("the link `{name}` has no method; callers call `{target}` with values of the response");
                let help = "no action is needed unless callers need the link";
                self.types.diagnostics.warning("unserved-link", link.pointer.clone(), message, help);
            }
        }
    }

    /// Reports flows for which a person enters a code on another device.
    fn report_device_flows(&mut self) {
        for (name, scheme) in &self.types.document.components.security_schemes {
            let SecuritySchemeKind::OAuth2 { flows, .. } = &scheme.kind else { continue };
            if flows.device_authorization.is_some() {
                let pointer = child(&child("/components/securitySchemes", name), "flows");
                let message = "the client does not ask for a device code (RFC 8628): it takes the tokens of this flow";
                let help =
                    "request the device code and the token with your own code, and give the client the refresh token";
                self.types.diagnostics.warning("unserved-flow", child(&pointer, "deviceAuthorization"), message, help);
            }
        }
    }

    /// Reports tags with a parent: resources are beside each other, so that a tag keeps its handle when its parent changes.
    fn report_parents_of_tags(&mut self) {
        for (index, tag) in self.types.document.tags.iter().enumerate() {
            if let Some(parent) = &tag.parent {
                let message =
                    format!("the resource of `{}` is beside that of its parent `{parent}`, not in it", tag.name);
                let help = "ignore this, unless the documentation of the API relies on the parent";
                let pointer = child(&child("/tags", &index.to_string()), "parent");
                self.types.diagnostics.warning("unserved-parent", pointer, message, help);
            }
        }
    }

    /// Adds types for components that no operation uses: they may occur inside free-form values, unless they are files.
    fn unused_components(&mut self) {
        let document = self.types.document;
        let mut made: HashSet<String> = HashSet::new();
        let mut seen = 0;
        for (name, id) in &document.components.schemas {
            made.extend(self.types.drafts[seen..].iter().map(|draft| draft.pointer.clone()));
            seen = self.types.drafts.len();
            let schema = &document[*id];
            let is_needed = schema.is_alias || !made.contains(&schema.pointer);
            if !is_needed || self.types.is_file(*id) {
                continue;
            }
            let name = self.types.component_name(name);
            if schema.is_alias {
                self.types.alias(*id, &name);
            } else {
                self.types.of(*id, Direction::Response, &name);
            }
        }
    }
}

/// Returns the names of the client's modules and methods.
fn client_names(
    resources: &[Resource],
    webhooks: Option<&Webhooks>,
    headers: Option<&ResponseHeaders>,
    schemes: &[Scheme],
) -> UsedNames {
    let others = webhooks.map(|webhooks| &webhooks.module).into_iter().chain(headers.map(|headers| &headers.module));
    let modules = resources.iter().map(|resource| &resource.module).chain(others);
    let of_tokens = schemes.iter().flat_map(|scheme| &scheme.tokens).flat_map(|tokens| {
        tokens.refresh_token.iter().chain(tokens.revocation.as_ref().map(|revocation| &revocation.name))
    });
    let others = RESERVED.iter().map(|name| (*name).to_owned()).chain(["shared".to_owned()]).chain(names::devices());
    modules.chain(of_tokens).cloned().chain(others).collect()
}

fn server_variable((name, variable): (String, model::ServerVariable)) -> ServerVariable {
    ServerVariable { name, default: variable.default, values: variable.values }
}

/// Returns the operation's own server, if it differs from the document's.
fn own_server(document: &Document, operation: &model::Operation) -> Option<OwnServer> {
    let server = operation.servers.first()?.clone();
    let is_same = document.server().default_url() == server.default_url();
    let variables = server.variables.into_iter().map(server_variable).collect();
    (!is_same).then_some(OwnServer { template: server.url, variables })
}

/// Returns the values for the parameters of a path template.
fn path_values(path: &str, shared: &[(String, Argument)], own: &[Argument]) -> Vec<PathValue> {
    template::names(path).filter_map(|wire| path_value(wire, shared, own)).collect()
}

/// Returns the value of a path parameter.
fn path_value(wire: &str, shared: &[(String, Argument)], own: &[Argument]) -> Option<PathValue> {
    if let Some((_, argument)) = shared.iter().find(|(name, _)| name == wire) {
        return Some(PathValue::Shared(argument.name.clone()));
    }
    let found = own.iter().find(|argument| argument.location == Location::Path && argument.wire == wire);
    found.map(|argument| PathValue::Own(argument.name.clone()))
}

fn rate_limit(limit: &model::RateLimit, name: String, scope: Option<PathValue>) -> RateLimit {
    RateLimit { name, requests: limit.requests, seconds: limit.seconds, scope }
}

/// Returns a method for each body of an operation; the first has the plain name.
fn with_bodies(operation: Operation, bodies: Vec<Body>) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::with_capacity(bodies.len().max(1));
    for body in bodies {
        let mut one = operation.clone();
        if !operations.is_empty() {
            one.alternative = true;
            one.name = format!("{}_as_{}", names::suffix(&operation.name), body.suffix);
            one.docs.extend([String::new(), format!("Sends the body as {}.", markdown::code(&body.media_type))]);
        }
        one.body = Some(body);
        operations.push(one);
    }
    if operations.is_empty() { vec![operation] } else { operations }
}

/// Returns true if the method is idempotent according to RFC 9110, section 9.2.2.
fn is_idempotent(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE" | "QUERY")
}

/// Returns the sort key of a method: the common ones first.
fn rank(name: &str) -> (usize, String) {
    let first = ["list", "create", "get", "update", "replace", "delete"];
    (first.iter().position(|known| *known == name).unwrap_or(first.len()), name.to_owned())
}

/// Returns all types that operations and errors refer to.
fn used_types(resources: &[Resource], errors: &[ErrorVariant]) -> Vec<Type> {
    let mut used: Vec<Type> = errors.iter().map(|error| error.ty.clone()).collect();
    for resource in resources {
        used.extend(resource.arguments.iter().map(|argument| argument.ty.clone()));
        for operation in &resource.operations {
            used.extend(operation.required.iter().chain(&operation.optional).map(|argument| argument.ty.clone()));
            used.extend(operation.body.iter().map(|body| body.ty.clone()));
            used.extend(operation.given().cloned());
        }
    }
    used
}

fn each_used(resources: &mut [Resource], visit: &mut dyn FnMut(&mut Type)) {
    for resource in resources {
        resource.arguments.iter_mut().for_each(|argument| visit(&mut argument.ty));
        for operation in &mut resource.operations {
            operation.required.iter_mut().chain(&mut operation.optional).for_each(|argument| visit(&mut argument.ty));
            operation.body.iter_mut().for_each(|body| visit(&mut body.ty));
            operation.output.ty_mut().into_iter().for_each(&mut *visit);
            operation.events.iter_mut().for_each(|events| visit(&mut events.ty));
            if let Some(Output::Json(ty)) = operation.items.as_mut().map(|items| &mut items.item) {
                visit(ty);
            }
        }
    }
}
