//! The declared response headers.

use std::collections::HashMap;

use super::operations::Builder;
use super::{Resource, ResponseHeader, ResponseHeaders, Type, docs};
use crate::names::{self, UsedNames};
use crm_clients_document::model::{Header, SchemaId};
use crm_clients_document::normalize::{self, Shape};

impl Builder<'_> {
    /// Returns the response headers of all operations, one for each name and type, or `None` if none is declared.
    pub(super) fn response_headers(&mut self, resources: &[Resource]) -> Option<ResponseHeaders> {
        let document = self.types.document;
        let operations = resources.iter().flat_map(|resource| &resource.operations).map(|operation| operation.source);
        let responses = operations.flat_map(|operation| &document[operation].responses);
        let declared = responses.flat_map(|(_, response)| &document[*response].headers);
        let mut headers: Vec<ResponseHeader> = Vec::new();
        let mut known: HashMap<(String, Type), usize> = HashMap::new();
        for (wire, header) in declared {
            let header = &document[*header];
            let ty = self.header_type(header);
            let new = headers.len();
            let place = *known.entry((wire.to_ascii_lowercase(), ty.clone())).or_insert(new);
            if place == new {
                headers.push(ResponseHeader {
                    name: String::new(),
                    wire: wire.clone(),
                    pointer: header.pointer.clone(),
                    docs: docs::prose(header.description.as_deref()),
                    ty,
                });
            }
        }
        headers.sort_by_cached_key(|header| (header.wire.to_ascii_lowercase(), header.ty == Type::String));
        let mut taken = UsedNames::default();
        for header in &mut headers {
            header.name = taken.claim(&names::constant(&names::value_name(&header.wire.to_ascii_lowercase())));
        }
        let mut modules: UsedNames = resources.iter().map(|resource| resource.module.as_str()).collect();
        let module = modules.claim(if modules.contains("headers") { "response_headers" } else { "headers" });
        (!headers.is_empty()).then_some(ResponseHeaders { module, headers })
    }

    fn header_type(&mut self, header: &Header) -> Type {
        match header.schema {
            Some(_) if !header.content.is_empty() => Type::Value,
            Some(schema) => self.header_value(schema, 0),
            None => Type::String,
        }
    }

    /// Returns the type of a header's value; a string by default.
    fn header_value(&mut self, schema: SchemaId, depth: usize) -> Type {
        let id = self.types.schemas.referred(schema);
        match normalize::shape(&mut self.types.schemas, id) {
            Shape::Same(other) if depth < 16 => self.header_value(other, depth + 1),
            Shape::Array(items) if depth == 0 => Type::List(Box::new(self.header_value(items, depth + 1))),
            Shape::Scalar(kind) => match self.types.plain_scalar(id, &kind) {
                Type::Base64 | Type::Secret | Type::Upload | Type::Value => Type::String,
                ty => ty,
            },
            _ => Type::String,
        }
    }
}
