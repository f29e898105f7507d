//! Operations to resources with methods.

use std::collections::{HashMap, HashSet};

use super::merge;
use super::paths::{self, Segment};
use super::schemes::schemes;
use super::settle;
use super::types::{Direction, Types, given_type_name, given_value_name};
use super::{
    Api, Argument, Body, ErrorVariant, Fixed, Operation, Output, PathValue, Resource, Scheme, Type, TypeId, TypeKind,
    Webhooks, bodies, docs, errors, pages, templates,
};
use crate::diagnostic::Diagnostics;
use crate::names;
use crate::resolve::{self, Location, Resolved};
use crate::template;

/// Modules of every client, methods of every client's builder and handle, crates that its files name, files that are
/// roots of a crate to cargo, and devices to Windows, which has no files of these names.
const RESERVED: &[&str] = &[
    "types", "error", "mock", "runtime", "builder", "request", "client", "new", "clone", "start", "std", "core",
    "alloc", "lib", "main",
];

/// Types that a resource's file names without their path.
const NAMED_BESIDE: &[&str] = &["Call", "ErrorBody", "Method", "MultipartBody", "Operation", "Status", "Style"];

/// Builds the client.
pub fn build(resolved: Resolved, name: &str, diagnostics: &mut Diagnostics) -> Api {
    let groups = groups(&resolved);
    let handles = groups.iter().map(|group| group.module.clone());
    let schemes = schemes(&resolved, handles.collect());
    let mut names_of = HashMap::new();
    for group in &groups {
        let operations: Vec<&resolve::Operation> =
            group.operations.iter().map(|index| &resolved.operations[*index]).collect();
        let named = paths::method_names(&group.title, &operations, diagnostics);
        names_of.extend(group.operations.iter().copied().zip(named));
    }
    let (title, version) = (resolved.title.clone(), resolved.version.clone());
    let (docs, base_url) =
        (docs::prose(resolved.description.as_deref()), resolved.servers.first().cloned().unwrap_or_default());
    let mut builder = Builder { types: Types::new(resolved, diagnostics), schemes, errors: Vec::new() };
    let mut resources: Vec<Resource> = groups.iter().map(|group| builder.resource(group, &names_of)).collect();
    resources.retain(|resource| !resource.operations.is_empty());
    let mut webhooks = builder.webhooks(&resources);
    builder.unused_components();
    builder.types.set_json_kinds();
    builder.types.set_tags();
    merge::tell_clashes(&mut builder.types.resolved, builder.types.diagnostics);
    let Builder { types, schemes, mut errors } = builder;
    let mut used: Vec<Type> = used_types(&resources, &errors);
    used.extend(webhooks.iter().flat_map(Webhooks::payloads).cloned());
    let settled = settle::settle(types.drafts, &used, types.diagnostics);
    let (sources, diagnostics) = (types.resolved.operations, types.diagnostics);
    let mut types = settled.types;
    each_used(&mut resources, &mut |ty| settle::rename(ty, &settled.of_draft));
    errors.iter_mut().for_each(|error| settle::rename(&mut error.ty, &settled.of_draft));
    let events = webhooks.iter_mut().flat_map(|webhooks| &mut webhooks.events);
    events.for_each(|event| settle::rename(&mut event.ty, &settled.of_draft));
    let (errors, index) = errors::distinct_errors(errors, &types);
    for operation in resources.iter_mut().flat_map(|resource| &mut resource.operations) {
        operation.errors.iter_mut().for_each(|(_, error)| *error = index[*error]);
    }
    pages::attach(&mut resources, &types, &sources, diagnostics);
    let error_types: Vec<Type> = errors.iter().map(|error| error.ty.clone()).collect();
    settle::place(&mut types, &resources, webhooks.as_ref(), &error_types);
    let error_fields = errors::error_fields(&errors, &types);
    Api {
        name: name.to_owned(),
        title,
        version,
        docs,
        base_url,
        schemes: schemes.into_iter().map(|(_, scheme)| scheme).collect(),
        resources,
        webhooks,
        types,
        errors,
        error_fields,
    }
}

/// Operations with the same tag, or without one with the same first word of the path.
struct Group {
    title: String,
    name: Option<String>,
    description: Option<String>,
    module: String,
    operations: Vec<usize>,
}

fn groups(resolved: &Resolved) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of = |title: &str, tag: Option<&resolve::Tag>, index: usize| {
        if let Some(group) = groups.iter_mut().find(|group| group.title == title) {
            group.operations.push(index);
            return;
        }
        let name = tag.and_then(|tag| tag.rust_name.clone());
        let module = names::module_name(name.as_deref().unwrap_or(title));
        let is_reserved = RESERVED.contains(&module.as_str()) || names::is_device(&module);
        let module = if is_reserved || module == "shared" { format!("{module}_resource") } else { module };
        let module = names::unique(&module, |module| {
            names::is_device(module) || groups.iter().any(|group| group.module == module)
        });
        let description = tag.and_then(|tag| tag.description.clone());
        groups.push(Group { title: title.to_owned(), name, description, module, operations: vec![index] });
    };
    for tag in &resolved.tags {
        for (index, operation) in
            resolved.operations.iter().enumerate().filter(|(_, operation)| operation.tag == tag.name)
        {
            if tag.name.is_empty() {
                group_of(&untagged(&operation.path), None, index);
            } else {
                group_of(&tag.name, Some(tag), index);
            }
        }
    }
    groups.sort_by(|a, b| a.module.cmp(&b.module));
    groups
}

/// The first word of a path that says more than where the API begins.
fn untagged(path: &str) -> String {
    let says_nothing = |text: &str| {
        text == "api" || text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
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
    /// The names of the security schemes that each credential serves.
    schemes: Vec<(Vec<String>, Scheme)>,
    pub(super) errors: Vec<ErrorVariant>,
}

impl Builder<'_> {
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
        // Names that differ in their underscores alone would share the types and statics made of them.
        let words = |name: &str| names::suffix(name).replace('_', "").to_lowercase();
        let mut taken = HashSet::from(["new".to_owned()]);
        for index in &group.operations {
            let Some(method) = names_of.get(index) else { continue };
            for operation in self.operation(*index, method, &name, &shared) {
                let name = names::unique(&operation.name, |name| taken.contains(&words(name)));
                let call = operation.call.map(|_| {
                    let call = format!("{}Call", names::type_name(&name));
                    names::unique(&call, |call| {
                        operations.iter().any(|other: &Operation| other.call.as_deref() == Some(call))
                    })
                });
                taken.insert(words(&name));
                operations.push(Operation { name, call, ..operation });
            }
        }
        operations.sort_by_key(|operation| rank(&operation.name));
        let docs = docs::prose_or(group.description.as_deref(), || format!("Operations of `{}`.", group.title));
        Resource {
            name,
            module: group.module.clone(),
            docs,
            arguments: shared.into_iter().map(|(_, argument)| argument).collect(),
            operations,
        }
    }

    /// The path parameters that stand in what all paths of the resource begin with.
    fn shared_parameters(&mut self, group: &Group) -> Vec<(String, Argument)> {
        let all: Vec<Vec<Segment>> = group
            .operations
            .iter()
            .map(|index| paths::segments(&self.types.resolved.operations[*index].path))
            .collect();
        let prefix = paths::common_prefix(&all);
        let mut out: Vec<(String, Argument)> = Vec::new();
        let Some(first) = group.operations.first() else { return out };
        for segment in &prefix {
            let Segment::Parameter(text) = segment else { continue };
            for wire in template::names(text) {
                let parameters = &self.types.resolved.operations[*first].parameters;
                let found = parameters
                    .iter()
                    .find(|parameter| parameter.location == Location::Path && parameter.name == wire)
                    .cloned();
                if let Some(parameter) = found.filter(|_| !out.iter().any(|(other, _)| other == wire)) {
                    let mut argument = self.argument(&parameter, &names::type_name(&group.title));
                    argument.name = names::unique(&argument.name, |name| {
                        name == "core" || out.iter().any(|(_, other)| other.name == name)
                    });
                    out.push((wire.to_owned(), argument));
                }
            }
        }
        out
    }

    fn argument(&mut self, parameter: &resolve::Parameter, place: &str) -> Argument {
        let name =
            given_value_name(parameter.rust_name.as_deref()).unwrap_or_else(|| names::value_name(&parameter.name));
        let place = given_type_name(parameter.rust_name.as_deref())
            .unwrap_or_else(|| format!("{place}{}", names::type_name(&parameter.name)));
        let ty = match self.types.of(parameter.schema, Direction::Request, &place) {
            Type::Lenient(inner) => *inner,
            ty => ty,
        };
        let ty = if parameter.location == Location::Path { self.path_type(ty) } else { ty };
        Argument {
            name,
            wire: parameter.name.clone(),
            pointer: parameter.pointer.clone(),
            docs: docs::value(
                &self.types.resolved,
                &parameter.name,
                parameter.description.as_deref(),
                parameter.schema,
                None,
            ),
            deprecated: parameter.deprecated,
            ty,
            location: parameter.location,
            style: parameter.style,
            json: parameter.json,
        }
    }

    /// What fits into a segment of a path; anything else is given as text.
    fn path_type(&self, ty: Type) -> Type {
        match &ty {
            Type::Boolean
            | Type::I32
            | Type::I64
            | Type::U64
            | Type::F64
            | Type::String
            | Type::Timestamp
            | Type::Date => ty,
            Type::List(inner) => Type::List(Box::new(self.path_type((**inner).clone()))),
            Type::Named(TypeId(draft)) => match self.types.drafts[*draft].kind {
                TypeKind::Strings(_) | TypeKind::Integers(_) => ty,
                _ => Type::String,
            },
            _ => Type::String,
        }
    }

    /// An operation, once for each kind of body that it takes.
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
        let errors = self.errors(index, &place);
        let bodies = self.bodies(index, &place);
        let source = &self.types.resolved.operations[index];
        let sent = templates::sent(&source.path, &source.parameters);
        let (required, optional): (Vec<_>, Vec<_>) = own.into_iter().partition(|(required, _)| *required);
        let required: Vec<Argument> = required.into_iter().map(|(_, argument)| argument).collect();
        let operation = Operation {
            name: method.to_owned(),
            pointer: source.pointer.clone(),
            alternative: false,
            call: None,
            docs: docs::operation(source, events.is_some()),
            deprecated: source.deprecated,
            method: source.method,
            idempotent: source.idempotent.unwrap_or_else(|| is_idempotent(source.method)),
            path: source.path.clone(),
            template: templates::template(&sent, &source.parameters),
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
        };
        let streamed = source.pagination.is_some() || operation.events.is_some();
        let mut operations = with_bodies(operation, bodies);
        for operation in &mut operations {
            let optional_body = operation.body.as_ref().is_some_and(|body| !body.required);
            if !operation.optional.is_empty() || optional_body || streamed {
                operation.call = Some(format!("{}Call", names::type_name(&operation.name)));
            }
        }
        operations
    }

    /// The parameters that the resource's handle does not hold, and whether they must be given; and those that nobody
    /// has to give.
    fn own_arguments(
        &mut self,
        index: usize,
        place: &str,
        shared: &[(String, Argument)],
    ) -> (Vec<(bool, Argument)>, Vec<Fixed>) {
        let parameters = self.types.resolved.operations[index].parameters.clone();
        let (mut own, mut fixed) = (Vec::new(), Vec::new());
        let shared_names = shared.iter().map(|(_, argument)| argument.name.clone());
        let mut taken: HashSet<String> = shared_names.chain(["body".to_owned(), "call".to_owned()]).collect();
        for parameter in &parameters {
            if parameter.location == Location::Path && shared.iter().any(|(wire, _)| *wire == parameter.name) {
                continue;
            }
            if let Some(value) = self.fixed(parameter) {
                fixed.push(Fixed { location: parameter.location, wire: parameter.name.clone(), value });
                continue;
            }
            let mut argument = self.argument(parameter, place);
            argument.name = names::claim(&argument.name, &mut taken);
            own.push((parameter.required || parameter.location == Location::Path, argument));
        }
        (own, fixed)
    }

    /// The only value of a parameter that has to be sent.
    fn fixed(&mut self, parameter: &resolve::Parameter) -> Option<String> {
        if !parameter.required || parameter.location == Location::Path || parameter.json {
            return None;
        }
        let id = parameter.schema;
        self.types.constant(id).or_else(|| self.types.constant_integer(id).map(|(value, _)| value))
    }

    fn security(&self, index: usize) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = Vec::new();
        for set in &self.types.resolved.operations[index].security {
            let known: Option<Vec<usize>> = set
                .iter()
                .map(|one| self.schemes.iter().position(|(served, _)| served.contains(&one.scheme)))
                .collect();
            // A set with a scheme that the client cannot serve is no alternative to it.
            out.extend(known.filter(|known| !out.contains(known)));
        }
        out
    }

    /// Components that no operation uses are types all the same: they may come inside free-form values.
    fn unused_components(&mut self) {
        for (name, id) in self.types.resolved.components.clone() {
            let made = self.types.drafts.iter().any(|draft| draft.pointer == self.types.resolved[id].pointer);
            if !made && self.types.resolved[id].component.as_deref() == Some(&name) {
                self.types.of(id, Direction::Response, &names::type_name(&name));
            }
        }
    }
}

/// What fills the places of a path template.
fn path_values(path: &str, shared: &[(String, Argument)], own: &[Argument]) -> Vec<PathValue> {
    let value = |wire: &str| match shared.iter().find(|(name, _)| name == wire) {
        Some((_, argument)) => Some(PathValue::Shared(argument.name.clone())),
        None => {
            let found = own.iter().find(|argument| argument.location == Location::Path && argument.wire == wire);
            found.map(|argument| PathValue::Own(argument.name.clone()))
        }
    };
    template::names(path).filter_map(value).collect()
}

/// The operation with each of its bodies: the first under its own name.
fn with_bodies(operation: Operation, bodies: Vec<Body>) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::with_capacity(bodies.len().max(1));
    for body in bodies {
        let mut one = operation.clone();
        if !operations.is_empty() {
            one.alternative = true;
            one.name = format!("{}_as_{}", names::suffix(&operation.name), bodies::body_suffix(body.kind));
            one.docs.extend([String::new(), format!("Sends the body as {}.", docs::code(&body.media_type))]);
        }
        one.body = Some(body);
        operations.push(one);
    }
    if operations.is_empty() { vec![operation] } else { operations }
}

/// Whether HTTP says of a method that repeating it does nothing twice (RFC 9110, 9.2.2).
fn is_idempotent(method: &str) -> bool {
    !matches!(method, "POST" | "PATCH")
}

/// The order in which a reader looks for methods.
fn rank(name: &str) -> (usize, String) {
    let first = ["list", "create", "get", "update", "replace", "delete"];
    (first.iter().position(|known| *known == name).unwrap_or(first.len()), name.to_owned())
}

/// Every type that operations and errors name.
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
            if let Output::Json(ty) | Output::MaybeJson(ty) = &mut operation.output {
                visit(ty);
            }
            operation.events.iter_mut().for_each(|events| visit(&mut events.ty));
        }
    }
}
