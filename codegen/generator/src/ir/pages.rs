//! From the paths of a pagination to the fields of the types that they lead through.

use serde::Serialize;

use super::{Output, Resource, Type, TypeDef, TypeKind};
use crm_clients_document::diagnostic::{Diagnostics, child, closest};
use crm_clients_document::model::{Document, HasMore, PageStrategy, Pagination};

/// How the pages of an operation are read.
#[derive(Debug, Clone, Serialize)]
pub struct Paging {
    /// The ways to ask for a page.
    pub by: Vec<PageStrategy<FieldPath>>,
    /// What the pages hold.
    pub item: Type,
    /// Where in a page its items are.
    pub items: FieldPath,
    /// Where in a page it is said whether another follows.
    pub signs: Vec<(HasMore, FieldPath)>,
}

/// The way from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldPath {
    /// Whether the value itself may be missing.
    pub optional: bool,
    /// The fields to go through, and whether each may be missing.
    pub fields: Vec<(String, bool)>,
    /// What is there, without options and boxes around it.
    pub ty: Type,
}

impl FieldPath {
    /// Whether what it leads to may be missing, be there what is on the way.
    pub fn ends_optional(&self) -> bool {
        self.fields.last().map_or(self.optional, |(_, optional)| *optional)
    }
}

/// Gives each operation that has pages what is known of them, now that types are named_types.
pub fn attach(resources: &mut [Resource], types: &[TypeDef], document: &Document, diagnostics: &mut Diagnostics) {
    for operation in resources.iter_mut().flat_map(|resource| &mut resource.operations) {
        let Some(pagination) = &document[operation.source].pagination else { continue };
        // The methods of one operation differ in what they send, and are told of once.
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
            Output::Empty | Output::Text | Output::Bytes | Output::Selected(_) => {
                let message = "the operation's answer is not JSON of one type, and so has no pages";
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
            self.error(&place, message, "give in `items` the path from the answer's body to the array");
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
                let key = self.scalar(item, key, &place, "the key is neither text nor an integer")?;
                PageStrategy::Key { parameter: parameter.clone(), last: *last, key }
            }
            PageStrategy::Offset { parameter } => PageStrategy::Offset { parameter: parameter.clone() },
            PageStrategy::Cursor { parameter, cursor } => {
                let place = child(&child(pointer, "cursor"), parameter);
                let cursor = self.scalar(page, cursor, &place, "the cursor is neither text nor an integer")?;
                PageStrategy::Cursor { parameter: parameter.clone(), cursor }
            }
            PageStrategy::Url { url } => {
                let place = child(pointer, "url");
                let url = self.walk(page, url, &place)?;
                if url.ty != Type::String {
                    self.error(&place, "the URL is not text", "name a property that is a string");
                }
                PageStrategy::Url { url }
            }
            PageStrategy::Link { relation } => PageStrategy::Link { relation: relation.clone() },
        })
    }

    /// The way to a value that a query parameter can take.
    fn scalar(&mut self, from: &Type, path: &str, place: &str, message: &str) -> Option<FieldPath> {
        let access = self.walk(from, path, place)?;
        let scalar =
            matches!(access.ty, Type::I32 | Type::I64 | Type::U64 | Type::String) || access.ty.is_parsed_text();
        if !scalar {
            self.error(place, message, "name a property that is, such as `id`");
        }
        Some(access)
    }

    fn check_sign(&mut self, sign: HasMore, access: &FieldPath, place: &str) -> bool {
        let integer = matches!(access.ty, Type::I32 | Type::I64 | Type::U64);
        let (fits, message, help) = match sign {
            HasMore::Next => {
                let help = "declare it nullable or not required, as it is on the last page";
                (access.ends_optional(), "this is always there, so that no page is the last", help)
            }
            HasMore::More => {
                (access.ty == Type::Boolean, "this is not a boolean", "name a property that is true or false")
            }
            HasMore::Pages | HasMore::Total => (integer, "this is not an integer", "name a property that is a count"),
        };
        if !fits {
            self.error(place, message, help);
        }
        fits
    }

    /// The way along a path. Where it leads nowhere, that is reported.
    fn walk(&mut self, from: &Type, path: &str, place: &str) -> Option<FieldPath> {
        let mut access = self.access(from);
        for name in path.split('.') {
            let Some((def, fields)) = self.fields(&access.ty) else {
                let message = format!("there is no property `{name}` to be found in what is no object");
                self.error(place, &message, "give the names of properties with dots between them");
                return None;
            };
            let Some(field) = fields.iter().find(|field| field.wire == name) else {
                let names = fields.iter().map(|field| field.wire.as_str());
                let help = match closest(name, names.clone()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("it has {}", names.collect::<Vec<_>>().join(", ")),
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

    /// A value where it stands.
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
