//! Operations to resources with methods.

use std::collections::{HashMap, HashSet};

use super::paths::{self, Segment};
use super::settle;
use super::types::{Direction, Types, given_type_name, given_value_name};
use super::{
    Api, Argument, Body, BodyKind, CredentialKind, ErrorField, ErrorVariant, Operation, Output, PathValue, Presence,
    Resource, Scheme, Struct, Type, TypeDef, TypeId, TypeKind, docs,
};
use crate::diagnostic::Diagnostics;
use crate::names;
use crate::resolve::{self, Location, Media, Resolved, Status};

/// Modules of every client, and methods of every client's builder and handle.
const RESERVED: &[&str] = &["types", "error", "builder", "client", "new", "clone"];

/// Builds the client.
pub fn build(resolved: Resolved, name: &str, diagnostics: &mut Diagnostics) -> Api {
    let schemes = schemes(&resolved);
    let groups = groups(&resolved);
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
    builder.unused_components();
    builder.types.set_json_kinds();
    let Builder { types, schemes, mut errors } = builder;
    let used: Vec<Type> = used_types(&resources, &errors);
    let settled = settle::settle(types.drafts, &used, types.diagnostics);
    let mut types = settled.types;
    each_used(&mut resources, &mut |ty| settle::rename(ty, &settled.of_draft));
    errors.iter_mut().for_each(|error| settle::rename(&mut error.ty, &settled.of_draft));
    let (errors, index) = distinct_errors(errors, &types);
    for operation in resources.iter_mut().flat_map(|resource| &mut resource.operations) {
        operation.errors.iter_mut().for_each(|(_, error)| *error = index[*error]);
    }
    let error_types: Vec<Type> = errors.iter().map(|error| error.ty.clone()).collect();
    settle::place(&mut types, &resources, &error_types);
    let error_fields = error_fields(&errors, &types);
    Api {
        name: name.to_owned(),
        title,
        version,
        docs,
        base_url,
        schemes: schemes.into_iter().map(|(_, scheme)| scheme).collect(),
        resources,
        types,
        errors,
        error_fields,
    }
}

/// One builder method for each kind of credential: schemes that are the same but for their name
/// are one.
fn schemes(resolved: &Resolved) -> Vec<(Vec<String>, Scheme)> {
    let mut out: Vec<(Vec<String>, Scheme)> = Vec::new();
    for scheme in &resolved.schemes {
        let kind = CredentialKind::from(&scheme.kind);
        let name = scheme.rust_name.clone().unwrap_or_else(|| match &kind {
            CredentialKind::Header(name) | CredentialKind::Query(name) | CredentialKind::Cookie(name) => {
                names::value_name(name)
            }
            CredentialKind::Bearer => "bearer_token".to_owned(),
            CredentialKind::Basic => "basic_auth".to_owned(),
        });
        if let Some((served, _)) = out.iter_mut().find(|(_, other)| other.kind == kind && other.name == name) {
            served.push(scheme.name.clone());
            continue;
        }
        let name = names::unique(&name, |name| {
            ["base_url", "http_client", "timeout", "user_agent", "response_limit", "allow_http", "build"]
                .contains(&name)
                || out.iter().any(|(_, other)| other.name == name)
        });
        out.push((vec![scheme.name.clone()], Scheme { name, docs: docs::prose(scheme.description.as_deref()), kind }));
    }
    out
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
        let module = if RESERVED.contains(&module.as_str()) || module == "shared" {
            format!("{module}_resource")
        } else {
            module
        };
        let module = names::unique(&module, |module| groups.iter().any(|group| group.module == module));
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

struct Builder<'d> {
    types: Types<'d>,
    /// The names of the security schemes that each credential serves.
    schemes: Vec<(Vec<String>, Scheme)>,
    errors: Vec<ErrorVariant>,
}

impl Builder<'_> {
    fn resource(&mut self, group: &Group, names_of: &HashMap<usize, String>) -> Resource {
        let title = group.name.as_deref().unwrap_or(&group.title);
        let name = names::type_name(title);
        let shared = self.shared_parameters(group);
        let mut operations = Vec::new();
        let mut taken = HashSet::new();
        for index in &group.operations {
            let Some(method) = names_of.get(index) else { continue };
            for operation in self.operation(*index, method, &name, &shared) {
                let unique = names::unique(&operation.name, |name| taken.contains(name));
                taken.insert(unique.clone());
                operations.push(Operation { name: unique, ..operation });
            }
        }
        operations.sort_by(|a, b| rank(&a.name).cmp(&rank(&b.name)));
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
            for wire in paths::parameters(text) {
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
            Type::Boolean | Type::I32 | Type::I64 | Type::U64 | Type::F64 | Type::String => ty,
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
        let source = &self.types.resolved.operations[index];
        let place = format!("{resource}{}", names::type_name(method));
        let (parameters, id, path) = (source.parameters.clone(), source.id.clone(), source.path.clone());
        let (http, deprecated) = (source.method, source.deprecated);
        let mut lines = docs::prose_or(source.summary.as_deref(), || format!("`{http} {path}`."));
        for prose in [docs::prose(source.description.as_deref()), vec![format!("`{http} {path}`")]] {
            if !prose.is_empty() {
                lines.push(String::new());
                lines.extend(prose);
            }
        }
        let mut own: Vec<(bool, Argument)> = Vec::new();
        let mut taken: HashSet<String> = shared
            .iter()
            .map(|(_, argument)| argument.name.clone())
            .chain(["body".to_owned(), "call".to_owned()])
            .collect();
        for parameter in &parameters {
            if parameter.location == Location::Path && shared.iter().any(|(wire, _)| *wire == parameter.name) {
                continue;
            }
            let mut argument = self.argument(parameter, &place);
            argument.name = names::unique(&argument.name, |name| taken.contains(name));
            taken.insert(argument.name.clone());
            own.push((parameter.required || parameter.location == Location::Path, argument));
        }
        let path_values = paths::parameters(&path)
            .into_iter()
            .filter_map(|wire| match shared.iter().find(|(name, _)| name == wire) {
                Some((_, argument)) => Some(PathValue::Shared(argument.name.clone())),
                None => {
                    let found =
                        own.iter().find(|(_, argument)| argument.location == Location::Path && argument.wire == wire);
                    found.map(|(_, argument)| PathValue::Own(argument.name.clone()))
                }
            })
            .collect();
        let template = Operation {
            name: method.to_owned(),
            alternative: false,
            call: None,
            docs: lines,
            deprecated,
            method: http,
            path,
            id,
            path_values,
            required: own.iter().filter(|(required, _)| *required).map(|(_, argument)| argument.clone()).collect(),
            optional: own.into_iter().filter(|(required, _)| !required).map(|(_, argument)| argument).collect(),
            body: None,
            output: Output::Empty,
            accept: None,
            errors: self.errors(index, &place),
            security: self.security(index),
        };
        let (output, accept) = self.output(index, &place);
        let template = Operation { output, accept, ..template };
        let bodies = self.bodies(index, &place);
        let mut operations = vec![template];
        for (number, body) in bodies.into_iter().enumerate() {
            let base = operations[0].clone();
            let name = if number == 0 {
                method.to_owned()
            } else {
                format!("{}_as_{}", names::suffix(method), body_suffix(body.kind))
            };
            let operation = Operation { name, alternative: number > 0, body: Some(body), ..base };
            if number == 0 { operations[0] = operation } else { operations.push(operation) }
        }
        for operation in &mut operations {
            let optional_body = operation.body.as_ref().is_some_and(|body| !body.required);
            if !operation.optional.is_empty() || optional_body {
                operation.call = Some(format!("{}Call", names::type_name(&operation.name)));
            }
        }
        operations
    }

    /// The kinds of body in the order of preference, each once.
    fn bodies(&mut self, index: usize, place: &str) -> Vec<Body> {
        let Some(body) = &self.types.resolved.operations[index].body else { return Vec::new() };
        let (required, pointer) = (body.required, body.pointer.clone());
        let mut media: Vec<(BodyKind, String, Option<resolve::SchemaId>, Vec<String>)> = Vec::new();
        for one in &body.media {
            let kind = body_kind(&one.media_type);
            if !media.iter().any(|(other, ..)| *other == kind) {
                media.push((kind, one.media_type.clone(), one.schema, one.deep.clone()));
            } else if kind == BodyKind::Bytes || kind == BodyKind::Text {
                self.types.diagnostics.warning(
                    "media-type-left-out",
                    pointer.clone(),
                    format!(
                        "`{}` is sent like another media type of this body and gets no method of its own",
                        one.media_type
                    ),
                    "remove it in the overlay to say that this is meant",
                );
            }
        }
        media.sort_by_key(|(kind, ..)| *kind as u8);
        let place = format!("{place}Request");
        media
            .into_iter()
            .map(|(kind, media_type, schema, deep)| {
                let ty = match (kind, schema) {
                    (BodyKind::Text, _) => Type::String,
                    (BodyKind::Bytes, _) => Type::Upload,
                    (BodyKind::Multipart, Some(schema)) => self.types.form(schema, &deep, &place),
                    (_, Some(schema)) => self.types.element(schema, Direction::Request, &place),
                    (_, None) => Type::Value,
                };
                // A form that is no struct is sent as bytes would be: it has no names for its parts.
                let kind = if kind == BodyKind::Multipart && !self.is_form(&ty) { BodyKind::Json } else { kind };
                Body { kind, media_type, ty, required }
            })
            .collect()
    }

    fn is_form(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named(TypeId(draft)) if matches!(&self.types.drafts[*draft].kind, TypeKind::Struct(Struct { multipart: true, .. })))
    }

    fn output(&mut self, index: usize, place: &str) -> (Output, Option<String>) {
        let operation = &self.types.resolved.operations[index];
        let mut responses: Vec<(Status, Option<(String, Option<resolve::SchemaId>)>)> = Vec::new();
        let any_success = operation.responses.iter().any(|response| response.status.is_success());
        for response in &operation.responses {
            if response.status.is_success() || (!any_success && response.status == Status::Default) {
                let media = preferred(&response.media).map(|media| (media.media_type.clone(), media.schema));
                responses.push((response.status, media));
            }
        }
        let some_empty = responses.iter().any(|(_, media)| media.is_none());
        let with_body: Vec<(String, Option<resolve::SchemaId>)> =
            responses.into_iter().filter_map(|(_, media)| media).collect();
        let Some((media_type, _)) = with_body.first().cloned() else { return (Output::Empty, None) };
        let accept = Some(media_type.clone());
        if !is_json(&media_type) {
            return (if is_text(&media_type) { Output::Text } else { Output::Bytes }, accept);
        }
        let mut types: Vec<Type> = Vec::new();
        for (_, schema) in &with_body {
            let ty = match schema {
                Some(schema) => self.types.element(*schema, Direction::Response, &format!("{place}Response")),
                None => Type::Value,
            };
            if !types.contains(&ty) {
                types.push(ty);
            }
        }
        let ty = if types.len() == 1 { types.remove(0) } else { self.either(&with_body, place) };
        (if some_empty { Output::MaybeJson(ty) } else { Output::Json(ty) }, accept)
    }

    /// Several statuses with bodies of their own: a choice of them.
    fn either(&mut self, bodies: &[(String, Option<resolve::SchemaId>)], place: &str) -> Type {
        let variants: Vec<resolve::SchemaId> = bodies.iter().filter_map(|(_, schema)| *schema).collect();
        let pointer = variants.first().map(|id| self.types.resolved[*id].pointer.clone()).unwrap_or_default();
        let choice = resolve::Schema {
            pointer: format!("{pointer}/oneOf"),
            kind: resolve::Kind::OneOf(variants, None),
            ..resolve::Schema::default()
        };
        let id = super::merge::push(&mut self.types.resolved, choice);
        self.types.of(id, Direction::Response, &format!("{place}Response"))
    }

    fn errors(&mut self, index: usize, place: &str) -> Vec<(Status, usize)> {
        let operation = &self.types.resolved.operations[index];
        let failures: Vec<(Status, String, Option<resolve::SchemaId>)> = operation
            .responses
            .iter()
            .filter(|response| !response.status.is_success())
            .filter_map(|response| {
                preferred(&response.media).map(|media| (response.status, media.media_type.clone(), media.schema))
            })
            .collect();
        let mut out = Vec::new();
        for (status, media_type, schema) in failures {
            let text = is_text(&media_type);
            let ty = match schema {
                _ if text => Type::String,
                Some(schema) if is_json(&media_type) => {
                    self.types.element(schema, Direction::Response, &format!("{place}Error"))
                }
                _ => continue,
            };
            let known = self.errors.iter().position(|error| error.ty == ty && error.text == text);
            let variant = known.unwrap_or_else(|| {
                self.errors.push(ErrorVariant { name: String::new(), function: String::new(), ty, text });
                self.errors.len() - 1
            });
            out.push((status, variant));
        }
        out.sort_by_key(|(status, _)| *status);
        out
    }

    fn security(&self, index: usize) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = Vec::new();
        for set in &self.types.resolved.operations[index].security {
            let known: Option<Vec<usize>> =
                set.iter().map(|name| self.schemes.iter().position(|(served, _)| served.contains(name))).collect();
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

/// The order in which a reader looks for methods.
fn rank(name: &str) -> (usize, String) {
    let first = ["list", "create", "get", "update", "replace", "delete"];
    (first.iter().position(|known| *known == name).unwrap_or(first.len()), name.to_owned())
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json"
        || essence.ends_with("+json")
        || essence == "text/json"
        || essence == "*/*"
        || essence == "application/*"
}

fn is_text(media_type: &str) -> bool {
    essence(media_type).starts_with("text/") && !is_json(media_type)
}

/// The media type of a response that tells most: JSON, then text, then whatever there is.
fn preferred(media: &[Media]) -> Option<&Media> {
    let json = media.iter().find(|media| is_json(&media.media_type));
    json.or_else(|| media.iter().find(|media| is_text(&media.media_type))).or_else(|| media.first())
}

fn body_kind(media_type: &str) -> BodyKind {
    match essence(media_type).as_str() {
        _ if is_json(media_type) => BodyKind::Json,
        "application/x-www-form-urlencoded" => BodyKind::Form,
        "multipart/form-data" => BodyKind::Multipart,
        _ if is_text(media_type) => BodyKind::Text,
        _ => BodyKind::Bytes,
    }
}

fn body_suffix(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json => "json",
        BodyKind::Form => "form",
        BodyKind::Multipart => "multipart",
        BodyKind::Text => "text",
        BodyKind::Bytes => "bytes",
    }
}

/// Every type that operations and errors name.
fn used_types(resources: &[Resource], errors: &[ErrorVariant]) -> Vec<Type> {
    let mut used: Vec<Type> = errors.iter().map(|error| error.ty.clone()).collect();
    for resource in resources {
        used.extend(resource.arguments.iter().map(|argument| argument.ty.clone()));
        for operation in &resource.operations {
            used.extend(operation.required.iter().chain(&operation.optional).map(|argument| argument.ty.clone()));
            used.extend(operation.body.iter().map(|body| body.ty.clone()));
            if let Output::Json(ty) | Output::MaybeJson(ty) = &operation.output {
                used.push(ty.clone());
            }
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
        }
    }
}

/// Error bodies that became the same type are one variant; each gets a name.
fn distinct_errors(errors: Vec<ErrorVariant>, types: &[TypeDef]) -> (Vec<ErrorVariant>, Vec<usize>) {
    let mut out: Vec<ErrorVariant> = Vec::new();
    let mut index = Vec::with_capacity(errors.len());
    for error in errors {
        if let Some(known) = out.iter().position(|other| other.ty == error.ty && other.text == error.text) {
            index.push(known);
            continue;
        }
        let name = match &error.ty {
            _ if error.text => "Text".to_owned(),
            Type::Named(id) => types[id.0].name.clone(),
            Type::String => "Message".to_owned(),
            Type::List(_) => "List".to_owned(),
            _ => "Value".to_owned(),
        };
        let name = names::unique(&name, |name| name == "Undeclared" || out.iter().any(|other| other.name == name));
        index.push(out.len());
        out.push(ErrorVariant { function: names::module_name(&name), name, ..error });
    }
    (out, index)
}

/// The fields that can be read without asking which variant it is.
fn error_fields(errors: &[ErrorVariant], types: &[TypeDef]) -> Vec<ErrorField> {
    let mut fields: Vec<ErrorField> = Vec::new();
    let mut unlike = HashSet::new();
    for (index, error) in errors.iter().enumerate() {
        let Type::Named(id) = &error.ty else { continue };
        let TypeKind::Struct(kind) = &types[id.0].kind else { continue };
        for field in &kind.fields {
            let optional = field.presence != Presence::Required;
            let ty = if let Type::Lenient(inner) = &field.ty { (**inner).clone() } else { field.ty.clone() };
            match fields.iter_mut().find(|other| other.name == field.name) {
                Some(other) if other.ty == ty => other.variants.push((index, optional)),
                Some(_) => {
                    unlike.insert(field.name.clone());
                }
                None => fields.push(ErrorField { name: field.name.clone(), ty, variants: vec![(index, optional)] }),
            }
        }
    }
    let own: HashSet<String> = errors.iter().map(|error| error.function.clone()).collect();
    fields.retain(|field| !unlike.contains(&field.name) && !own.contains(&field.name));
    fields
}
