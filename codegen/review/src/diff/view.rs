//! Normalized schemas for comparison: the combination of several schemas that all apply.
//!
//! `allOf`, a reference with other keywords, and a property that two parts of an `allOf` declare are all sets of
//! schemas that apply at once. A [`Node`] is such a set; an empty one allows everything. The way in which a document
//! composes a schema makes no difference.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use super::Direction;
use super::graph::Transport;
use super::limits::plain;
use crm_clients_document::model::{Document, Schema, SchemaId};
use crm_clients_document::normalize::{self, ClientSchema, Kind, Limits, Normalizer, nullable};

/// The index of a set of schemas that all apply, optionally without some properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Node(usize);

/// One of the two documents, and the nodes created for it.
pub(super) struct Side<'a> {
    pub(super) document: &'a Document,
    /// The schemas as a client sees them.
    pub(super) all: &'a Normalizer<'a>,
    nodes: IndexSet<Parts<'a>>,
    /// The schemas that extend each schema.
    extended: HashMap<SchemaId, Vec<SchemaId>>,
    /// The results of [`Side::hash`], by node and depth.
    pub(super) hashes: HashMap<(Node, usize), u64>,
}

/// The identity of a node.
#[derive(PartialEq, Eq, Hash)]
struct Parts<'a> {
    schemas: Vec<SchemaId>,
    /// The properties that are left out.
    without: Vec<&'a str>,
}

/// The combined keywords of a node's schemas.
pub(super) struct View<'a> {
    /// The JSON pointer of the schema that defines it, or of the first one.
    pub(super) pointer: Option<&'a str>,
    /// Its schemas as declared in the document, including those that only compose others.
    pub(super) declared: Vec<&'a Schema>,
    /// The schemas with keywords of their own, without `allOf` and choices.
    pub(super) own: Vec<SchemaId>,
    pub(super) limits: Vec<&'a Limits>,
    pub(super) default: Option<&'a Value>,
    pub(super) kind: Type,
    pub(super) fields: IndexMap<&'a str, Field<'a>>,
    pub(super) additional: Additional,
    /// The schemas of the positional items of an array.
    pub(super) prefix: Vec<Vec<SchemaId>>,
    /// The schemas of the other items of an array.
    pub(super) items: Additional,
    /// The choices, all of which apply.
    pub(super) choices: Vec<SchemaId>,
    /// The schemas that extend it, by discriminator value.
    pub(super) subtypes: BTreeMap<&'a str, SchemaId>,
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
    /// The schemas that all apply to its value.
    pub(super) schemas: Vec<SchemaId>,
    pub(super) required: bool,
    /// The JSON pointer of the object that declares it.
    pub(super) holder: &'a str,
}

/// The schemas of additional properties or items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Additional {
    #[default]
    Open,
    Closed,
    Of(Vec<SchemaId>),
}

/// The `readOnly` and `writeOnly` keywords of a schema.
#[derive(Clone, Copy, Default)]
pub(super) struct Use {
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) deprecated: bool,
}

impl Use {
    /// Returns true if data in this direction contains it.
    pub(super) fn travels(self, direction: Direction) -> bool {
        match direction {
            Direction::Request => !self.read_only,
            Direction::Response => !self.write_only,
        }
    }
}

impl<'a> Side<'a> {
    pub(super) fn new(all: &'a Normalizer<'a>) -> Self {
        let document = all.document;
        let mut extended: HashMap<SchemaId, Vec<SchemaId>> = HashMap::new();
        for id in document.components.schemas.values() {
            for parent in document[*id].all_of.iter().flatten() {
                extended.entry(document.referred(*parent)).or_default().push(*id);
            }
        }
        Self { document, all, nodes: IndexSet::new(), extended, hashes: HashMap::new() }
    }

    /// Returns the node of these schemas.
    pub(super) fn node(&mut self, schemas: impl IntoIterator<Item = SchemaId>) -> Node {
        let mut schemas: Vec<SchemaId> = schemas.into_iter().map(|id| self.all.referred(id)).collect();
        schemas.sort_unstable();
        schemas.dedup();
        Node(self.nodes.insert_full(Parts { schemas, without: Vec::new() }).0)
    }

    /// Returns a node without some of its properties.
    pub(super) fn without(&mut self, node: Node, mut without: Vec<&'a str>) -> Node {
        without.sort_unstable();
        let schemas = self.schemas(node).to_vec();
        Node(self.nodes.insert_full(Parts { schemas, without }).0)
    }

    /// Returns the properties that are left out of a node.
    pub(super) fn left_out(&self, node: Node) -> &[&'a str] {
        self.nodes.get_index(node.0).map_or(&[], |parts| parts.without.as_slice())
    }

    fn schemas(&self, node: Node) -> &[SchemaId] {
        self.nodes.get_index(node.0).map_or(&[], |parts| parts.schemas.as_slice())
    }

    pub(super) fn schema(&self, id: SchemaId) -> &'a ClientSchema {
        &self.all[self.all.referred(id)]
    }

    /// Returns the JSON pointer of a node's first schema.
    pub(super) fn pointer(&self, node: Node) -> Option<&'a str> {
        self.schemas(node).first().map(|id| self.schema(*id).pointer.as_str())
    }

    /// Returns true if all of these schemas allow null.
    pub(super) fn nullable(&self, schemas: &[SchemaId]) -> bool {
        !schemas.is_empty() && schemas.iter().all(|id| nullable(self.all, *id))
    }

    /// Returns the combined `readOnly` and `writeOnly` of these schemas.
    pub(super) fn usage(&self, schemas: &[SchemaId]) -> Use {
        let mut found = Use::default();
        for schema in self.parts(schemas) {
            found.read_only |= schema.read_only;
            found.write_only |= schema.write_only;
            found.deprecated |= schema.deprecated;
        }
        found
    }

    /// Returns these schemas and the parts of their `allOf`.
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

    /// Returns the view of a node.
    pub(super) fn view(&self, node: Node) -> View<'a> {
        let mut view = View {
            pointer: self.pointer(node),
            declared: Vec::new(),
            own: Vec::new(),
            limits: Vec::new(),
            default: None,
            kind: Type::Any,
            fields: IndexMap::new(),
            additional: Additional::Open,
            prefix: Vec::new(),
            items: Additional::Open,
            choices: Vec::new(),
            subtypes: BTreeMap::new(),
        };
        let mut required = Vec::new();
        for id in self.part_ids(self.schemas(node)) {
            let schema = self.schema(id);
            view.declared.extend(self.declared(id));
            if view.default.is_none() {
                view.default = schema.default.as_ref().filter(|default| !default.is_null());
            }
            if schema.limits != Limits::default() {
                view.limits.push(&schema.limits);
            }
            match &schema.kind {
                Kind::AllOf(_) => continue,
                Kind::Choice(_) => {
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
                    self.add_items(*items, &schema.pointer, &mut view);
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
        for name in self.left_out(node) {
            view.fields.shift_remove(name);
        }
        view.subtypes = self.subtypes(node, &view);
        let mut telling = view.own.iter().chain(&view.choices).filter(|id| !self.allows_all(**id));
        if let (Some(only), None) = (telling.next(), telling.next()) {
            view.pointer = Some(&self.schema(*only).pointer);
        }
        view
    }

    /// The schemas that extend one with a discriminator and without a choice, by the values that stand for them: those of the mapping,
    /// and the names of the components that it does not map.
    fn subtypes(&self, node: Node, view: &View<'a>) -> BTreeMap<&'a str, SchemaId> {
        let mut subtypes = BTreeMap::new();
        for schema in view.declared.iter().filter(|schema| schema.one_of.is_none() && schema.any_of.is_none()) {
            let Some(discriminator) = &schema.discriminator else { continue };
            let mapped = discriminator.mapping.iter().map(|(value, id)| (value.as_str(), self.document.referred(*id)));
            subtypes.extend(mapped);
            let id = schema.component.as_ref().and_then(|name| self.document.components.schemas.get(name));
            let extending = id.and_then(|id| self.extended.get(id)).into_iter().flatten();
            for child in extending
                .filter(|child| !discriminator.mapping.iter().any(|(_, id)| self.document.referred(*id) == **child))
            {
                subtypes.extend(self.document[*child].component.as_deref().map(|name| (name, *child)));
            }
        }
        // Each of them contains its parent.
        let own = self.schemas(node);
        if subtypes.values().any(|child| own.contains(child)) { BTreeMap::new() } else { subtypes }
    }

    /// Returns a schema as declared in the document, or `None` if the normalizer created it.
    pub(super) fn declared(&self, id: SchemaId) -> Option<&'a Schema> {
        self.document.schema(self.all.referred(id))
    }

    /// Adds the items of an array declared at `pointer`. The normalizer merges the schemas of all positions; here they
    /// are kept separate.
    fn add_items(&self, items: SchemaId, pointer: &str, view: &mut View<'a>) {
        let declared = view.declared.iter().copied().find(|schema| schema.pointer == pointer);
        let Some(array) = declared.filter(|array| !array.prefix_items.is_empty() || self.is_never(array.items)) else {
            return self.restrict(items, |view| &mut view.items, view);
        };
        for (index, item) in array.prefix_items.iter().enumerate() {
            if view.prefix.len() <= index {
                view.prefix.push(Vec::new());
            }
            view.prefix[index].push(*item);
        }
        match array.items {
            None => {}
            Some(_) if self.is_never(array.items) => view.items = Additional::Closed,
            Some(rest) => self.restrict(rest, |view| &mut view.items, view),
        }
    }

    /// Returns true if a schema is `false`.
    pub(super) fn is_never(&self, id: Option<SchemaId>) -> bool {
        id.and_then(|id| self.declared(id)).is_some_and(|schema| schema.boolean == Some(false))
    }

    /// Adds a schema for additional properties or items.
    fn restrict(&self, schema: SchemaId, of: for<'v> fn(&'v mut View<'a>) -> &'v mut Additional, view: &mut View<'a>) {
        if self.allows_all(schema) {
            return;
        }
        match of(view) {
            Additional::Closed => {}
            Additional::Of(schemas) => schemas.push(schema),
            open @ Additional::Open => *open = Additional::Of(vec![schema]),
        }
    }

    fn add_object(&self, object: &'a normalize::Object, pointer: &'a str, view: &mut View<'a>) {
        for property in &object.properties {
            let field = view.fields.entry(&property.name).or_default();
            field.schemas.push(property.schema);
            field.required |= property.required;
            field.holder = pointer;
        }
        // The normalizer merges `patternProperties` into additional properties; here they are compared by pattern.
        let declared = view.declared.iter().find(|schema| schema.pointer == pointer);
        let declared = declared.filter(|schema| !schema.rare().pattern_properties.is_empty());
        let additional = match declared.map(|schema| schema.additional_properties) {
            Some(None) => normalize::Additional::Unsaid,
            Some(additional) if self.is_never(additional) => normalize::Additional::Forbidden,
            Some(Some(own)) => normalize::Additional::Of(own),
            None => object.additional,
        };
        match additional {
            normalize::Additional::Unsaid | normalize::Additional::Any => {}
            normalize::Additional::Forbidden => view.additional = Additional::Closed,
            normalize::Additional::Of(schema) => self.restrict(schema, |view| &mut view.additional, view),
        }
    }

    fn allows_all(&self, id: SchemaId) -> bool {
        let schema = self.schema(id);
        matches!(schema.kind, Kind::Any) && schema.limits == Limits::default()
    }
}

impl<'a> View<'a> {
    /// Adds another type that applies: the narrower one wins, or the first one if they conflict.
    fn narrow(&mut self, kind: Type) {
        if self.kind == Type::Any || (self.kind == Type::Number && kind == Type::Integer) {
            self.kind = kind;
        }
    }

    /// Returns the type of the encoded value: in text, everything is a string.
    pub(super) fn sent_kind(&self, transport: Transport) -> Type {
        match self.kind {
            Type::Number if self.limits.iter().any(|limits| limits.multiple_of.is_some_and(|of| of.fract() == 0.0)) => {
                Type::Integer
            }
            Type::Any if transport != Transport::Json && self.choices.is_empty() => Type::String,
            kind => kind,
        }
    }

    /// Returns true if its values have no constraints besides their type.
    pub(super) fn is_free(&self) -> bool {
        let limits = self.limits.iter().all(|limits| {
            let max = limits.max_length.is_none() && limits.min_length.unwrap_or(0) <= 1;
            max && limits.not.is_none()
        });
        limits && self.format().is_empty() && self.patterns().is_empty() && self.values().is_none()
    }

    /// Returns the texts that its values are written as, if there is a limited number of them.
    pub(super) fn texts(&self, transport: Transport) -> Option<BTreeSet<String>> {
        match (self.values(), self.kind) {
            _ if transport == Transport::Json || !self.choices.is_empty() => None,
            (Some(values), kind) if kind.is_scalar() => Some(values.into_iter().map(plain).collect()),
            (None, Type::Boolean) => Some(["true", "false"].map(str::to_owned).into()),
            _ => None,
        }
    }

    /// Returns true if an object has no properties besides the declared ones.
    pub(super) fn is_closed(&self) -> bool {
        self.additional == Additional::Closed
            && self.declared.iter().all(|schema| schema.rare().pattern_properties.is_empty())
    }

    /// Returns true if it consists only of a choice.
    pub(super) fn is_choice_alone(&self) -> bool {
        self.kind == Type::Any && self.limits.is_empty() && self.choices.len() == 1
    }

    /// Returns the strictest limit of its schemas.
    pub(super) fn limit<T>(&self, of: impl Fn(&Limits) -> Option<T>, stricter: impl Fn(&T, &T) -> bool) -> Option<T> {
        let limits = self.limits.iter().filter_map(|limits| of(limits));
        limits.reduce(|strictest, limit| if stricter(&limit, &strictest) { limit } else { strictest })
    }

    /// Returns the format, or an empty string. An encoding of bytes as text is also a format.
    pub(super) fn format(&self) -> &'a str {
        let mut formats = self.limits.iter().map(|limits| limits.format.as_str());
        let encodings = self.declared.iter().filter_map(|schema| schema.rare().content_encoding.as_deref());
        let mut encodings = encodings.filter(|encoding| !["7bit", "8bit", "binary"].contains(encoding));
        formats.find(|format| !format.is_empty()).or_else(|| encodings.next()).unwrap_or_default()
    }

    /// Returns the patterns that a string must match, sorted, without those that match everything.
    pub(super) fn patterns(&self) -> Vec<&'a str> {
        let mut patterns: Vec<&str> = self.limits.iter().filter_map(|limits| limits.pattern.as_deref()).collect();
        patterns.retain(|pattern| !matches_all(pattern));
        patterns.sort_unstable();
        patterns.dedup();
        patterns
    }

    /// Returns the listed values, if there are any.
    pub(super) fn values(&self) -> Option<Vec<&'a Value>> {
        let of_limits = self.limits.iter().map(|limits| limits.values.as_slice());
        let mut lists = of_limits.chain(self.declared.iter().filter_map(|schema| structured(schema)));
        let mut lists = lists.by_ref().filter(|values| !values.is_empty());
        let first = lists.next()?;
        let others: Vec<HashSet<&Value>> = lists.map(|values| values.iter().collect()).collect();
        let values: Vec<&Value> =
            first.iter().filter(|value| others.iter().all(|listed| listed.contains(*value))).collect();
        let is_whole = |value: &bool| values.contains(&&Value::Bool(*value));
        (self.kind != Type::Boolean || ![true, false].iter().all(is_whole)).then_some(values)
    }

    /// Returns the schemas of `not`.
    pub(super) fn not(&self) -> Vec<SchemaId> {
        self.limits.iter().filter_map(|limits| limits.not).collect()
    }
}

/// Returns the listed values of a schema if they include objects or arrays, which are a constraint although the client
/// has no enum for them.
fn structured(schema: &Schema) -> Option<&[Value]> {
    let listed = match (&schema.constant, &schema.enumeration) {
        (Some(constant), _) => std::slice::from_ref(constant),
        (None, Some(values)) => values.as_slice(),
        (None, None) => return None,
    };
    listed.iter().any(|value| value.is_object() || value.is_array()).then_some(listed)
}

/// Returns true if a pattern matches every string.
fn matches_all(pattern: &str) -> bool {
    if pattern == "^$" {
        return false;
    }
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let inner = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(inner);
    matches!(inner, "" | ".*" | ".*?" | "[\\s\\S]*" | "[\\S\\s]*" | "[\\w\\W]*" | "(.|\\n)*")
}
