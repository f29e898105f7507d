//! Resolves the paths of a pagination to fields of types.

use serde::Serialize;

use super::{Output, Resource, Type, TypeDef, TypeKind};
use crm_clients_document::diagnostic::{Diagnostics, child, closest};
use crm_clients_document::model::{Document, HasMore, PageStrategy, Pagination};

/// The pagination of an operation.
#[derive(Debug, Clone, Serialize)]
pub struct Paging {
    /// The strategies to request a page.
    pub by: Vec<PageStrategy<FieldPath>>,
    /// The type of the items.
    pub item: Type,
    /// The path of the items in a page.
    pub items: FieldPath,
    /// The paths in a page that determine if there is another page.
    pub signs: Vec<(HasMore, FieldPath)>,
}

/// A path from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldPath {
    /// True if the value itself may be absent.
    pub optional: bool,
    /// The fields on the path; true if the field may be absent.
    pub fields: Vec<(String, bool)>,
    /// The type at its end, without options and boxes.
    pub ty: Type,
}

impl FieldPath {
    /// Returns true if the last part may be absent, even if the parts before it are present.
    pub fn ends_optional(&self) -> bool {
        self.fields.last().map_or(self.optional, |(_, optional)| *optional)
    }
}

/// Resolves the pagination of each operation, after types are named.
pub fn attach(resources: &mut [Resource], types: &[TypeDef], document: &Document, diagnostics: &mut Diagnostics) {
    for operation in resources.iter_mut().flat_map(|resource| &mut resource.operations) {
        let Some(pagination) = &document[operation.source].pagination else { continue };
        // The methods of one operation differ only in their bodies, so only one of them is reported.
        let mut unsaid = Diagnostics::new();
        let diagnostics = if operation.alternative { &mut unsaid } else { &mut *diagnostics };
        operation.paging = Walker { types, diagnostics }.paging(&operation.output, pagination);
    }
}

struct Walker<'a> {
    types: &'a [TypeDef],
    diagnostics: &'a mut Diagnostics,
}

impl Walker<'_> {
    fn paging(&mut self, output: &Output, pagination: &Pagination) -> Option<Paging> {
        let pointer = &pagination.pointer;
        let page = match output {
            Output::Json(ty) | Output::Xml(ty, _) => ty.clone(),
            Output::MaybeJson(ty) => Type::Option(Box::new(ty.clone())),
            Output::Empty | Output::Text | Output::Plain(_) | Output::String | Output::Bytes | Output::Selected(_) => {
                let message = "expected a JSON response of a single type; other responses have no pages";
                self.error(pointer, message, "remove the extension");
                return None;
            }
        };
        let place = child(pointer, "items");
        let (items, place) = match &pagination.items {
            Some(path) => (self.walk(&page, path, &place)?, place),
            None => (self.access(&page), pointer.clone()),
        };
        let Type::List(item) = &items.ty else {
            let message = "the items are not an array";
            self.error(&place, message, "set `items` to the path of the array in the response body");
            return None;
        };
        let item = item.as_ref().clone();
        let mut signs = Vec::new();
        for (sign, path) in &pagination.signs {
            let place = child(pointer, sign.key());
            let access = self.walk(&page, path, &place);
            signs.extend(access.filter(|access| self.check_sign(*sign, access, &place)).map(|access| (*sign, access)));
        }
        let mut by = Vec::new();
        for one in &pagination.by {
            by.extend(self.by(one, &page, &item, pointer));
        }
        Some(Paging { by, item, items, signs })
    }

    fn by(
        &mut self,
        by: &PageStrategy<String>,
        page: &Type,
        item: &Type,
        pointer: &str,
    ) -> Option<PageStrategy<FieldPath>> {
        Some(match by {
            PageStrategy::Number { parameter, first } => {
                PageStrategy::Number { parameter: parameter.clone(), first: *first }
            }
            PageStrategy::Key { parameter, last, key } => {
                let place = child(&child(pointer, "keys"), parameter);
                let key = self.scalar(item, key, &place, "the key is neither a string nor an integer")?;
                PageStrategy::Key { parameter: parameter.clone(), last: *last, key }
            }
            PageStrategy::Offset { parameter } => PageStrategy::Offset { parameter: parameter.clone() },
            PageStrategy::Cursor { parameter, cursor } => {
                let place = child(&child(pointer, "cursor"), parameter);
                let cursor = self.scalar(page, cursor, &place, "the cursor is neither a string nor an integer")?;
                PageStrategy::Cursor { parameter: parameter.clone(), cursor }
            }
            PageStrategy::Url { url } => {
                let place = child(pointer, "url");
                let url = self.walk(page, url, &place)?;
                if url.ty != Type::String {
                    self.error(&place, "the URL is not a string", "use a property that is a string");
                }
                PageStrategy::Url { url }
            }
            PageStrategy::Link { relation } => PageStrategy::Link { relation: relation.clone() },
        })
    }

    /// Resolves a path to a value that a query parameter can contain.
    fn scalar(&mut self, from: &Type, path: &str, place: &str, message: &str) -> Option<FieldPath> {
        let access = self.walk(from, path, place)?;
        let scalar =
            matches!(access.ty, Type::I32 | Type::I64 | Type::U64 | Type::String) || access.ty.is_parsed_text();
        if !scalar {
            self.error(place, message, "use a property that is a string or an integer, such as `id`");
        }
        Some(access)
    }

    fn check_sign(&mut self, sign: HasMore, access: &FieldPath, place: &str) -> bool {
        let integer = matches!(access.ty, Type::I32 | Type::I64 | Type::U64);
        let (fits, message, help) = match sign {
            HasMore::Next => {
                let help = "declare it nullable or optional, as it is on the last page";
                (access.ends_optional(), "this property is always present, so no page is the last", help)
            }
            HasMore::More => (access.ty == Type::Boolean, "this property is not a boolean", "use a boolean property"),
            HasMore::Pages | HasMore::Total => (integer, "this property is not an integer", "use an integer property"),
        };
        if !fits {
            self.error(place, message, help);
        }
        fits
    }

    /// Resolves a path, or reports an error if there is no such property.
    fn walk(&mut self, from: &Type, path: &str, place: &str) -> Option<FieldPath> {
        let mut access = self.access(from);
        for name in path.split('.') {
            let Some((def, fields)) = self.fields(&access.ty) else {
                let message = format!("no property `{name}`: its parent is not an object");
                self.error(place, &message, "write a path as property names separated by dots");
                return None;
            };
            let Some(field) = fields.iter().find(|field| field.wire == name) else {
                let names = fields.iter().map(|field| field.wire.as_str());
                let help = match closest(name, names.clone()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("its properties are {}", names.collect::<Vec<_>>().join(", ")),
                };
                self.error(place, &format!("`{}` has no property `{name}`", def.name), &help);
                return None;
            };
            let inner = self.access(&field.ty);
            access.fields.push((field.name.clone(), !field.presence.is_certain() || inner.optional));
            access.ty = inner.ty;
        }
        Some(access)
    }

    fn fields(&self, ty: &Type) -> Option<(&TypeDef, &[super::Field])> {
        let Type::Named(id) = ty else { return None };
        match &self.types[id.0].kind {
            TypeKind::Struct(kind) => Some((&self.types[id.0], &kind.fields)),
            _ => None,
        }
    }

    /// Returns the path to a value itself.
    fn access<'t>(&'t self, mut ty: &'t Type) -> FieldPath {
        let mut optional = false;
        loop {
            ty = match ty {
                Type::Option(inner) => {
                    optional = true;
                    inner
                }
                Type::Boxed(inner) | Type::Lenient(inner) => inner,
                Type::Named(id) => match &self.types[id.0].kind {
                    TypeKind::Alias(named) => named,
                    _ => break,
                },
                _ => break,
            };
        }
        FieldPath { optional, fields: Vec::new(), ty: ty.clone() }
    }

    fn error(&mut self, pointer: &str, message: &str, help: &str) {
        self.diagnostics.error("bad-pagination", pointer, message, help);
    }
}
