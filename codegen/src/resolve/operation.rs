//! Operations with their parameters, bodies and responses in place.

use openapiv3::ReferenceOr;

use super::{Body, Header, Location, Media, Operation, Parameter, Requirement, Resolver, Response, Status, Style};
use crate::diagnostic::child;

impl<'a> Resolver<'a> {
    pub(super) fn operations(&mut self) -> Vec<Operation> {
        let api = self.api;
        let mut operations = Vec::new();
        for (path, item) in &api.paths.paths {
            let pointer = child("/paths", path);
            let ReferenceOr::Item(item) = item else {
                // Lowering inlined every path item that is there.
                continue;
            };
            let methods = [
                ("GET", &item.get),
                ("PUT", &item.put),
                ("POST", &item.post),
                ("DELETE", &item.delete),
                ("OPTIONS", &item.options),
                ("HEAD", &item.head),
                ("PATCH", &item.patch),
                ("TRACE", &item.trace),
            ];
            for (method, operation) in methods {
                if let Some(operation) = operation {
                    let place = child(&pointer, &method.to_ascii_lowercase());
                    operations.push(self.operation(method, path, item, operation, &pointer, place));
                }
            }
        }
        operations
    }

    fn operation(
        &mut self,
        method: &'static str,
        path: &str,
        item: &'a openapiv3::PathItem,
        operation: &'a openapiv3::Operation,
        item_pointer: &str,
        pointer: String,
    ) -> Operation {
        let mut parameters = self.parameters(&item.parameters, &child(item_pointer, "parameters"));
        for own in self.parameters(&operation.parameters, &child(&pointer, "parameters")) {
            match parameters.iter_mut().find(|other| other.name == own.name && other.location == own.location) {
                Some(shared) => *shared = own,
                None => parameters.push(own),
            }
        }
        let body = operation.request_body.as_ref().and_then(|body| {
            let (body, place) = self.follow(body, &child(&pointer, "requestBody"), |components, name| {
                components.request_bodies.get(name)
            })?;
            let media = self.content(&body.content, &child(&place, "content"));
            Some(Body { required: body.required, media, pointer: place })
        });
        for (servers, place) in [(&item.servers, item_pointer), (&operation.servers, pointer.as_str())] {
            if !servers.is_empty() {
                let message = "requests go to the document's first server, not to one of these";
                self.diagnostics.warning(
                    "unserved-server",
                    child(place, "servers"),
                    message,
                    "callers can set a client's base URL",
                );
            }
        }
        let idempotent = self.extensions.idempotent(&operation.extensions, &pointer, self.diagnostics);
        let pagination = self.extensions.whole("x-pagination", &operation.extensions, &pointer);
        let pagination = pagination.and_then(|(value, place)| self.pagination(value, &place, &parameters));
        let servers = [&operation.servers, &item.servers].into_iter().find(|servers| !servers.is_empty());
        let security = operation.security.as_ref().or(self.api.security.as_ref());
        Operation {
            method,
            path: path.to_owned(),
            tag: operation.tags.first().cloned().unwrap_or_default(),
            id: operation.operation_id.clone(),
            rust_name: self.extensions.name(&operation.extensions, &pointer, self.diagnostics),
            summary: operation.summary.clone(),
            description: operation.description.clone(),
            deprecated: operation.deprecated,
            sunset: operation.extensions.get("x-sunset").and_then(|date| date.as_str()).map(str::to_owned),
            idempotent,
            pagination,
            parameters,
            body,
            responses: self.responses(&operation.responses, &child(&pointer, "responses")),
            security: security.into_iter().flatten().map(requirements).collect(),
            servers: servers.into_iter().flatten().map(super::server_url).collect(),
            pointer,
        }
    }

    fn parameters(&mut self, parameters: &'a [ReferenceOr<openapiv3::Parameter>], pointer: &str) -> Vec<Parameter> {
        let mut out = Vec::with_capacity(parameters.len());
        for (index, parameter) in parameters.iter().enumerate() {
            let found = self
                .follow(parameter, &format!("{pointer}/{index}"), |components, name| components.parameters.get(name));
            if let Some((parameter, place)) = found {
                out.extend(self.parameter(parameter.as_ref(), place));
            }
        }
        out
    }

    fn parameter(&mut self, parameter: &openapiv3::Parameter, pointer: String) -> Option<Parameter> {
        use openapiv3::{ParameterSchemaOrContent, PathStyle, QueryStyle};
        let data = parameter.parameter_data_ref();
        let (location, style) = match parameter {
            openapiv3::Parameter::Query { style, .. } => {
                let style = match (style, data.explode) {
                    (QueryStyle::Form, Some(false)) => Style::Form,
                    (QueryStyle::Form, _) => Style::FormExplode,
                    (QueryStyle::SpaceDelimited, Some(true)) | (QueryStyle::PipeDelimited, Some(true)) => {
                        Style::FormExplode
                    }
                    (QueryStyle::SpaceDelimited, _) => Style::Space,
                    (QueryStyle::PipeDelimited, _) => Style::Pipe,
                    (QueryStyle::DeepObject, _) => Style::Deep,
                };
                (Location::Query, style)
            }
            openapiv3::Parameter::Header { .. } => (Location::Header, Style::Form),
            openapiv3::Parameter::Path { style, .. } => {
                let style = match (style, data.explode.unwrap_or_default()) {
                    (PathStyle::Simple, _) => Style::Form,
                    (PathStyle::Label, false) => Style::Label,
                    (PathStyle::Label, true) => Style::LabelExplode,
                    (PathStyle::Matrix, false) => Style::Matrix,
                    (PathStyle::Matrix, true) => Style::MatrixExplode,
                };
                (Location::Path, style)
            }
            openapiv3::Parameter::Cookie { .. } => (Location::Cookie, Style::FormExplode),
        };
        let ignored = location == Location::Header
            && ["accept", "content-type", "authorization"].iter().any(|name| data.name.eq_ignore_ascii_case(name));
        if ignored {
            // OpenAPI says that these are described elsewhere and their parameters ignored.
            return None;
        }
        let (schema, json) = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => (self.owned_schema(schema, &child(&pointer, "schema")), false),
            ParameterSchemaOrContent::Content(content) => {
                let media = content.iter().next();
                let place = child(&child(&child(&pointer, "content"), media.map_or("", |(name, _)| name)), "schema");
                match media.and_then(|(_, media)| media.schema.as_ref()) {
                    Some(schema) => (self.owned_schema(schema, &place), true),
                    None => (self.any(&place), true),
                }
            }
        };
        Some(Parameter {
            location,
            name: data.name.clone(),
            rust_name: self.extensions.name(&data.extensions, &pointer, self.diagnostics),
            description: data.description.clone(),
            required: data.required,
            deprecated: data.deprecated.unwrap_or_default(),
            style,
            schema,
            json,
            pointer,
        })
    }

    pub(super) fn content(&mut self, content: &openapiv3::Content, pointer: &str) -> Vec<Media> {
        let mut out = Vec::with_capacity(content.len());
        for (media_type, media) in content {
            let place = child(pointer, media_type);
            let schema = media.schema.as_ref().map(|schema| self.owned_schema(schema, &child(&place, "schema")));
            let deep =
                media.encoding.iter().filter(|(_, encoding)| encoding.style == Some(openapiv3::QueryStyle::DeepObject));
            let part_types = media.encoding.iter().filter_map(|(name, encoding)| {
                // With several, or a range of them, it is the caller who knows which.
                let one = encoding.content_type.as_ref().filter(|types| !types.contains([',', '*']))?;
                Some((name.clone(), one.trim().to_owned()))
            });
            out.push(Media {
                media_type: media_type.clone(),
                schema,
                deep: deep.map(|(name, _)| name.clone()).collect(),
                part_types: part_types.collect(),
            });
        }
        out
    }

    fn responses(&mut self, responses: &'a openapiv3::Responses, pointer: &str) -> Vec<Response> {
        let mut out = Vec::with_capacity(responses.responses.len() + 1);
        let declared = responses.responses.iter().map(|(status, response)| {
            let known = match status {
                openapiv3::StatusCode::Code(code) => Status::Exact(*code),
                openapiv3::StatusCode::Range(class) => Status::Range(u8::try_from(*class).unwrap_or_default()),
            };
            (known, status.to_string(), response)
        });
        let default = responses.default.iter().map(|response| (Status::Default, "default".to_owned(), response));
        for (status, key, response) in declared.chain(default) {
            let found = self.follow(response, &child(pointer, &key), |components, name| components.responses.get(name));
            if let Some((response, place)) = found {
                let headers = self.headers(response.headers.keys(), &child(&place, "headers"));
                let media = self.content(&response.content, &child(&place, "content"));
                out.push(Response { status, headers, media, pointer: place });
            }
        }
        out
    }

    /// The headers of a response with these names but for `Content-Type`, which OpenAPI says is described elsewhere.
    fn headers<'n>(&mut self, names: impl Iterator<Item = &'n String>, pointer: &str) -> Vec<Header> {
        let mut out = Vec::new();
        for name in names.filter(|name| !name.eq_ignore_ascii_case("content-type")) {
            let place = child(pointer, name);
            let Some((header, place)) = self.read_through::<openapiv3::Header>(place.clone(), &place) else { continue };
            let (schema, schema_place) = match &header.format {
                openapiv3::ParameterSchemaOrContent::Schema(schema) => (Some(schema), child(&place, "schema")),
                openapiv3::ParameterSchemaOrContent::Content(content) => {
                    let media = content.iter().next();
                    let place = child(&child(&place, "content"), media.map_or("", |(name, _)| name));
                    (media.and_then(|(_, media)| media.schema.as_ref()), child(&place, "schema"))
                }
            };
            let schema = schema.map(|schema| self.owned_schema(schema, &schema_place));
            out.push(Header { name: name.clone(), required: header.required, schema, pointer: place });
        }
        out
    }
}

/// What is required together.
fn requirements(together: &openapiv3::SecurityRequirement) -> Vec<Requirement> {
    let named = together.iter();
    named.map(|(scheme, scopes)| Requirement { scheme: scheme.clone(), scopes: scopes.clone() }).collect()
}
