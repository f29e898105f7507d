//! Schemas as they are compared: what all of a set of schemas say together.
//!
//! `allOf`, a reference with keywords beside it and a property that two parts of an `allOf` declare are all a set of schemas that hold at
//! once. A [`Node`] is such a set; an empty one allows everything. So it makes no difference how a document puts a schema together.

use std::collections::{HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use super::Direction;
use crm_clients_document::model::{Document, SchemaId};
use crm_clients_document::normalize::{self, ClientSchema, Kind, Limits, Normalizer, nullable};

/// A set of schemas that all hold: its number among those of its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Node(usize);

/// One of the two documents, and the sets of schemas that were met in it.
pub(super) struct Side<'a> {
    pub(super) document: &'a Document,
    /// Its schemas, as a client reads them.
    pub(super) all: &'a Normalizer<'a>,
    nodes: IndexSet<Vec<SchemaId>>,
    /// What [`Side::hash`] found for a node, to a depth.
    pub(super) hashes: HashMap<(Node, usize), u64>,
}

/// What a node says.
pub(super) struct View<'a> {
    /// Where the first of its schemas stands.
    pub(super) pointer: Option<&'a str>,
    /// The schemas that say it: neither `allOf` itself nor a choice.
    pub(super) own: Vec<SchemaId>,
    pub(super) limits: Vec<&'a Limits>,
    pub(super) default: Option<&'a Value>,
    pub(super) kind: Type,
    pub(super) fields: IndexMap<&'a str, Field<'a>>,
    pub(super) additional: Additional,
    /// What the items of an array are.
    pub(super) items: Vec<SchemaId>,
    /// The schemas that are choices, each to be met.
    pub(super) choices: Vec<SchemaId>,
}

/// The type of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Type {
    #[default]
    Any,
    Boolean,
    Number,
    Integer,
    String,
    Array,
    Object,
}

impl Type {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    pub(super) fn is_scalar(self) -> bool {
        matches!(self, Self::Boolean | Self::Number | Self::Integer | Self::String)
    }
}

/// A property.
#[derive(Default)]
pub(super) struct Field<'a> {
    /// What it holds: all of these.
    pub(super) schemas: Vec<SchemaId>,
    pub(super) required: bool,
    /// Where the object stands that declares it.
    pub(super) holder: &'a str,
}

/// What properties that are not listed may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Additional {
    #[default]
    Open,
    Closed,
    Of(Vec<SchemaId>),
}

/// What a schema says of its use.
#[derive(Clone, Copy, Default)]
pub(super) struct Use {
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) deprecated: bool,
}

impl Use {
    /// Whether data that travels this way has it.
    pub(super) fn travels(self, direction: Direction) -> bool {
        match direction {
            Direction::Request => !self.read_only,
            Direction::Response => !self.write_only,
        }
    }
}

impl<'a> Side<'a> {
    pub(super) fn new(all: &'a Normalizer<'a>) -> Self {
        Self { document: all.document, all, nodes: IndexSet::new(), hashes: HashMap::new() }
    }

    /// The node of these schemas.
    pub(super) fn node(&mut self, schemas: impl IntoIterator<Item = SchemaId>) -> Node {
        let mut schemas: Vec<SchemaId> = schemas.into_iter().map(|id| self.all.referred(id)).collect();
        schemas.sort_unstable();
        schemas.dedup();
        Node(self.nodes.insert_full(schemas).0)
    }

    fn schemas(&self, node: Node) -> &[SchemaId] {
        self.nodes.get_index(node.0).map_or(&[], Vec::as_slice)
    }

    pub(super) fn schema(&self, id: SchemaId) -> &'a ClientSchema {
        &self.all[self.all.referred(id)]
    }

    /// Where the first schema of a node stands.
    pub(super) fn pointer(&self, node: Node) -> Option<&'a str> {
        self.schemas(node).first().map(|id| self.schema(*id).pointer.as_str())
    }

    /// Whether null is a value of all these schemas.
    pub(super) fn nullable(&self, schemas: &[SchemaId]) -> bool {
        !schemas.is_empty() && schemas.iter().all(|id| nullable(self.all, *id))
    }

    /// What any of these schemas says of its use.
    pub(super) fn usage(&self, schemas: &[SchemaId]) -> Use {
        let mut found = Use::default();
        for schema in self.parts(schemas) {
            found.read_only |= schema.read_only;
            found.write_only |= schema.write_only;
            found.deprecated |= schema.deprecated;
        }
        found
    }

    /// These schemas and those that they are all of.
    fn parts(&self, schemas: &[SchemaId]) -> Vec<&'a ClientSchema> {
        self.part_ids(schemas).into_iter().map(|id| self.schema(id)).collect()
    }

    fn part_ids(&self, schemas: &[SchemaId]) -> Vec<SchemaId> {
        if let [only] = schemas
            && !matches!(self.schema(*only).kind, Kind::AllOf(_))
        {
            return vec![*only];
        }
        let (mut seen, mut ids) = (HashSet::new(), Vec::new());
        let mut todo: Vec<SchemaId> = schemas.iter().rev().copied().collect();
        while let Some(id) = todo.pop() {
            if seen.insert(id) {
                ids.push(id);
                if let Kind::AllOf(all) = &self.schema(id).kind {
                    todo.extend(all.iter().rev());
                }
            }
        }
        ids
    }

    /// What a node says.
    pub(super) fn view(&self, node: Node) -> View<'a> {
        let mut view = View {
            pointer: self.pointer(node),
            own: Vec::new(),
            limits: Vec::new(),
            default: None,
            kind: Type::Any,
            fields: IndexMap::new(),
            additional: Additional::Open,
            items: Vec::new(),
            choices: Vec::new(),
        };
        let mut required = Vec::new();
        for id in self.part_ids(self.schemas(node)) {
            let schema = self.schema(id);
            if view.default.is_none() {
                view.default = schema.default.as_ref().filter(|default| !default.is_null());
            }
            if schema.limits != Limits::default() {
                view.limits.push(&schema.limits);
            }
            match &schema.kind {
                Kind::AllOf(_) => continue,
                Kind::OneOf(..) => {
                    view.choices.push(id);
                    continue;
                }
                Kind::Any => {}
                Kind::Boolean => view.narrow(Type::Boolean),
                Kind::Number => view.narrow(Type::Number),
                Kind::Integer { .. } => view.narrow(Type::Integer),
                Kind::String { .. } => view.narrow(Type::String),
                Kind::Array(items) => {
                    view.narrow(Type::Array);
                    view.items.push(*items);
                }
                Kind::Object(object) => {
                    view.narrow(Type::Object);
                    required.extend(object.required.iter().map(String::as_str));
                    self.add_object(object, &schema.pointer, &mut view);
                }
            }
            view.own.push(id);
        }
        for name in required {
            let holder = view.pointer.unwrap_or_default();
            view.fields.entry(name).or_insert(Field { holder, ..Field::default() }).required = true;
        }
        view
    }

    fn add_object(&self, object: &'a normalize::Object, pointer: &'a str, view: &mut View<'a>) {
        for property in &object.properties {
            let field = view.fields.entry(&property.name).or_default();
            field.schemas.push(property.schema);
            field.required |= property.required;
            field.holder = pointer;
        }
        match object.additional {
            normalize::Additional::Unsaid | normalize::Additional::Any => {}
            normalize::Additional::Forbidden => view.additional = Additional::Closed,
            normalize::Additional::Of(schema) if self.allows_all(schema) => {}
            normalize::Additional::Of(schema) => match &mut view.additional {
                Additional::Closed => {}
                Additional::Of(schemas) => schemas.push(schema),
                open @ Additional::Open => *open = Additional::Of(vec![schema]),
            },
        }
    }

    fn allows_all(&self, id: SchemaId) -> bool {
        let schema = self.schema(id);
        matches!(schema.kind, Kind::Any) && schema.limits == Limits::default()
    }
}

impl<'a> View<'a> {
    /// Takes in another type that holds as well: the narrower one. Of two that contradict each other the first.
    fn narrow(&mut self, kind: Type) {
        if self.kind == Type::Any || (self.kind == Type::Number && kind == Type::Integer) {
            self.kind = kind;
        }
    }

    /// Whether all is said by a choice, and nothing beside it.
    pub(super) fn is_choice_alone(&self) -> bool {
        self.kind == Type::Any && self.limits.is_empty() && self.choices.len() == 1
    }

    /// The strictest of the limits that its schemas set.
    pub(super) fn limit<T>(&self, of: impl Fn(&Limits) -> Option<T>, stricter: impl Fn(&T, &T) -> bool) -> Option<T> {
        let limits = self.limits.iter().filter_map(|limits| of(limits));
        limits.reduce(|strictest, limit| if stricter(&limit, &strictest) { limit } else { strictest })
    }

    /// The format, empty where there is none.
    pub(super) fn format(&self) -> &'a str {
        self.limits.iter().map(|limits| limits.format.as_str()).find(|format| !format.is_empty()).unwrap_or_default()
    }

    /// The patterns that a string must match, sorted.
    pub(super) fn patterns(&self) -> Vec<&'a str> {
        let mut patterns: Vec<&str> = self.limits.iter().filter_map(|limits| limits.pattern.as_deref()).collect();
        patterns.sort_unstable();
        patterns.dedup();
        patterns
    }

    /// The values that are listed, where any are.
    pub(super) fn values(&self) -> Option<Vec<&'a Value>> {
        let mut lists = self.limits.iter().map(|limits| &limits.values).filter(|values| !values.is_empty());
        let first = lists.next()?;
        let others: Vec<HashSet<&Value>> = lists.map(|values| values.iter().collect()).collect();
        Some(first.iter().filter(|value| others.iter().all(|listed| listed.contains(*value))).collect())
    }

    /// What values must not be.
    pub(super) fn not(&self) -> Vec<SchemaId> {
        self.limits.iter().filter_map(|limits| limits.not).collect()
    }
}
