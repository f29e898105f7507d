//! Simplifying each schema to one kind, in steps.

use std::collections::HashSet;

use serde_json::{Number, Value};

use super::annotations::{annotated, annotations, facts};
use super::keywords::{Keywords, integer, is_null_alone};
use super::{Additional, Choice, ClientSchema, Discriminator, Kind, Limits, Normalizer, Object, Property};
use crate::diagnostic::child;
use crate::model::{Schema, SchemaId, Type};
use crate::recursion::deeper;

/// Simplifies all schemas of a document.
pub(super) fn all(normalizer: &mut Normalizer<'_>) {
    let count = normalizer.document.schemas().len();
    normalizer.schemas = vec![ClientSchema::default(); count];
    let mut simplifier = Simplifier { normalizer, state: vec![State::Waiting; count] };
    for index in 0..count {
        simplifier.simplified(SchemaId::new(index));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Done,
}

/// Simplifies each schema once.
pub(super) struct Simplifier<'n, 'd> {
    pub(super) normalizer: &'n mut Normalizer<'d>,
    /// The progress for each schema of the document.
    state: Vec<State>,
}

impl<'d> Simplifier<'_, 'd> {
    /// Returns the simplified schema. A schema that is being simplified allows any value for now.
    pub(super) fn simplified(&mut self, id: SchemaId) -> &ClientSchema {
        if self.state.get(id.index()) == Some(&State::Waiting) {
            self.state[id.index()] = State::Done;
            let done = deeper(|| self.read(id));
            self.normalizer.schemas[id.index()] = done;
        }
        &self.normalizer.schemas[id.index()]
    }

    fn read(&mut self, id: SchemaId) -> ClientSchema {
        let document = self.normalizer.document;
        let schema = &document[id];
        let mut annotations = annotations(schema);
        if schema.boolean == Some(false) {
            // No value is allowed: it is described as `not` any value.
            let any = self.normalizer.push(ClientSchema { pointer: schema.pointer.clone(), ..ClientSchema::default() });
            return ClientSchema { limits: Limits { not: Some(any), ..Limits::default() }, ..annotations };
        }
        let mut keywords = Keywords::of(document, schema);
        if is_null_alone(schema) {
            (keywords.types, keywords.values, keywords.nullable) = (Vec::new(), None, true);
        }
        self.take_null(&mut keywords);
        whole_numbers(&mut keywords);
        self.fit_types(&mut keywords);
        annotations.tuple = self.tuple(schema, &mut keywords);
        self.pattern_properties(schema, &mut keywords);
        content(schema, &mut keywords);
        self.simplify(keywords, annotations)
    }

    /// Runs the steps that also apply to schemas created during normalization.
    pub(super) fn simplify(&mut self, mut keywords: Keywords<'d>, mut annotations: ClientSchema) -> ClientSchema {
        missing_type(&mut keywords);
        if let Some(only) = self.null_alternatives(&mut keywords) {
            let only = self.simplified(only).clone();
            return annotated(only, annotations, keywords.pointer);
        }
        self.constants(&mut keywords, &mut annotations);
        if keywords.types.len() > 1 {
            self.several_types(&mut keywords);
        }
        if let [kind] = keywords.types[..] {
            self.drop_misplaced(&mut keywords, kind);
        }
        self.kind(keywords, annotations)
    }

    fn warn(&mut self, keywords: &Keywords<'d>, keyword: &str, code: &'static str, message: String, help: &str) {
        self.normalizer.findings.warning(code, child(&keywords.pointer, keyword), message, help);
    }

    /// Separates null from the types and values, and removes an `enum` with objects or arrays.
    fn take_null(&mut self, keywords: &mut Keywords<'d>) {
        let types = std::mem::take(&mut keywords.types);
        keywords.nullable |= types.contains(&Type::Null);
        keywords.set_types(types);
        let Some(values) = &mut keywords.values else { return };
        keywords.nullable |= values.iter().any(Value::is_null);
        let has_structure = values.iter().any(|value| value.is_object() || value.is_array());
        let mut seen = HashSet::new();
        values.retain(|value| !value.is_null() && seen.insert(value.clone()));
        if has_structure || values.is_empty() {
            keywords.values = None;
        }
    }

    /// Makes the types match the values. If they contradict each other, the values take precedence.
    fn fit_types(&mut self, keywords: &mut Keywords<'d>) {
        let Some(mut values) = keywords.values.take() else { return };
        let kinds = keywords.types.clone();
        let fits = |value: &Value| kinds.iter().any(|kind| kind.has(value));
        let words = || kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ");
        match kinds.as_slice() {
            [] if keywords.is_composed() => {}
            [] => keywords.set_types(types_of(&values)),
            [Type::Array] => return self.move_to_items(keywords, values),
            _ if values.iter().all(fits) => {
                if kinds == [Type::Integer] {
                    values.iter_mut().for_each(make_whole);
                }
            }
            _ if values.iter().any(fits) => {
                let message = format!("`enum` has values that are not of type {}; they are ignored", words());
                let help = "fix the values or the type in an overlay";
                self.warn(keywords, "enum", "enum-type-mismatch", message, help);
                values.retain(fits);
            }
            _ => {
                let found = types_of(&values);
                let of_values = found.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ");
                let message = format!("the values of `enum` are not of type {}; assuming {of_values}", words());
                let help = "fix the values or the type in an overlay";
                self.warn(keywords, "enum", "enum-type-mismatch", message, help);
                keywords.set_types(found);
            }
        }
        keywords.values = Some(values);
    }

    /// Moves an array's `enum` of simple values to the items, for which it is meant.
    fn move_to_items(&mut self, keywords: &mut Keywords<'d>, values: Vec<Value>) {
        let message = "`enum` of an array lists simple values; read as the `enum` of its items".to_owned();
        // The rule about values of another type has the same code, so that both are reported as one.
        self.warn(keywords, "enum", "enum-type-mismatch", message, "move `enum` into `items`");
        let document = self.normalizer.document;
        let place = child(&keywords.pointer, "items");
        let items = keywords.items.and_then(|id| self.normalizer.document.schema(id));
        let (mut of_items, annotations) = match items {
            // The target of a reference is not changed by a single use.
            Some(items) if items.pointer != place => return,
            Some(items) => (Keywords::of(document, items), annotations(items)),
            None => (Keywords { pointer: place, ..Keywords::default() }, ClientSchema::default()),
        };
        if of_items.values.is_some() || of_items.is_composed() {
            return;
        }
        of_items.values = Some(values);
        self.take_null(&mut of_items);
        self.fit_types(&mut of_items);
        let items = self.simplify(of_items, annotations);
        keywords.items = Some(self.normalizer.push(items));
    }

    /// Converts a tuple: `{"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}` has items of
    /// either type. Returns them if their number is fixed.
    fn tuple(&mut self, schema: &'d Schema, keywords: &mut Keywords<'d>) -> Vec<SchemaId> {
        if schema.prefix_items.is_empty() {
            return Vec::new();
        }
        let document = self.normalizer.document;
        let rest = schema.items.filter(|id| document[*id].boolean != Some(false));
        let length = schema.prefix_items.len() as u64;
        let [least, most] = [keywords.min_items, keywords.max_items].map(|limit| limit.and_then(Number::as_u64));
        // With `items: false`, a minimum is mostly left out because it goes without saying.
        let is_closed = rest.is_none() && schema.items.is_some();
        let is_fixed = if is_closed {
            least.is_none_or(|least| least == length) && most.is_none_or(|most| most >= length)
        } else {
            [least, most] == [Some(length); 2]
        };
        let listed = schema.prefix_items.iter().copied().chain(rest).collect();
        keywords.items = Some(self.any_of(listed, child(&keywords.pointer, "items")));
        if is_fixed { schema.prefix_items.clone() } else { Vec::new() }
    }

    /// Converts properties that match a pattern to additional properties, which have any of their schemas.
    fn pattern_properties(&mut self, schema: &'d Schema, keywords: &mut Keywords<'d>) {
        let document = self.normalizer.document;
        let patterns = schema.rare().pattern_properties.values().copied();
        let mut listed: Vec<SchemaId> = patterns.filter(|id| document[*id].boolean != Some(false)).collect();
        match keywords.additional {
            _ if listed.is_empty() => return,
            Additional::Any => return,
            Additional::Of(others) => listed.push(others),
            Additional::Forbidden | Additional::Unsaid => {}
        }
        keywords.additional = Additional::Of(self.any_of(listed, child(&keywords.pointer, "additionalProperties")));
    }

    /// Splits a schema of several types into alternatives, each with the keywords of its type.
    fn several_types(&mut self, keywords: &mut Keywords<'d>) {
        let kinds = std::mem::take(&mut keywords.types);
        let base = match (&keywords.any_of, &keywords.all_of) {
            (None, _) => child(&keywords.pointer, "anyOf"),
            (Some(_), all) => {
                let index = all.as_ref().map_or(0, Vec::len).to_string();
                child(&child(&child(&keywords.pointer, "allOf"), &index), "anyOf")
            }
        };
        let mut arms: Vec<Keywords<'d>> = kinds.iter().filter_map(|kind| arm(*kind, keywords)).collect();
        keywords.values = None;
        // All these keywords have been moved to the alternatives.
        keywords.keep_only(Type::Boolean);
        if arms.len() == 1
            && let Some(only) = arms.pop()
        {
            let composed = std::mem::take(keywords);
            *keywords = Keywords {
                pointer: composed.pointer,
                nullable: composed.nullable,
                all_of: composed.all_of,
                any_of: composed.any_of,
                one_of: composed.one_of,
                not: composed.not,
                discriminator: composed.discriminator,
                ..only
            };
            return;
        }
        let mut ids = Vec::with_capacity(arms.len());
        for (index, arm) in arms.into_iter().enumerate() {
            let pointer = child(&base, &index.to_string());
            let schema = self.simplify(Keywords { pointer, ..arm }, ClientSchema::default());
            ids.push(self.normalizer.push(schema));
        }
        if keywords.any_of.is_none() {
            keywords.any_of = Some(ids);
        } else {
            let pointer = base.strip_suffix("/anyOf").unwrap_or_default().to_owned();
            let kind = Kind::Choice(Choice { variants: ids, ..Choice::default() });
            let choice = ClientSchema { pointer, kind, ..ClientSchema::default() };
            let choice = self.normalizer.push(choice);
            keywords.all_of.get_or_insert_default().push(choice);
        }
    }

    /// Removes keywords that do not apply to a schema's type, and so have no effect.
    fn drop_misplaced(&mut self, keywords: &mut Keywords<'d>, kind: Type) {
        // A limit for another type is harmless; properties or items suggest that the type is wrong.
        let is_structure = |keyword: &str| matches!(keyword, "properties" | "items" | "additionalProperties");
        let misplaced = keywords.owned().filter(|(keyword, owners)| !owners.contains(&kind) && is_structure(keyword));
        let misplaced: Vec<&str> = misplaced.map(|(keyword, _)| keyword).collect();
        for keyword in misplaced {
            let word = kind.word();
            let message = format!("`{keyword}` does not apply to values of type {word}, so it is ignored");
            self.warn(keywords, keyword, "misplaced-keyword", message, "remove it, or fix `type`");
        }
        keywords.keep_only(kind);
    }

    /// Determines the kind of a schema.
    fn kind(&mut self, keywords: Keywords<'d>, annotations: ClientSchema) -> ClientSchema {
        let (mut limits, dropped) = Limits::of(&keywords);
        for (keyword, why) in dropped {
            let message = format!("`{keyword}` is ignored: {why}");
            let help = "fix it in an overlay if it matters";
            self.warn(&keywords, keyword, "unrepresentable-limit", message, help);
        }
        limits.not = keywords.not.map(|id| self.normalizer.referred(id));
        let own = self.own_kind(&keywords).filter(|own| !self.says_only_object(own, &keywords));
        let facts = match &own {
            // The type of a tuple has its length.
            Some(_) if !annotations.tuple.is_empty() => Vec::new(),
            Some(own) if !keywords.is_composed() && !keywords.types.is_empty() => facts(own, &limits),
            _ => Vec::new(),
        };
        let choices = [("oneOf", &keywords.one_of), ("anyOf", &keywords.any_of)];
        let discriminator = keywords.discriminator.map(|discriminator| Discriminator {
            property: discriminator.property.clone(),
            mapping: discriminator
                .mapping
                .iter()
                .map(|(value, id)| (value.clone(), self.normalizer.referred(*id)))
                .collect(),
            default: discriminator.default_mapping.map(|id| self.normalizer.referred(id)),
        });
        let choice_kind = |ids: &[SchemaId], overlaps: bool, normalizer: &Normalizer<'d>| {
            let variants = ids.iter().map(|id| normalizer.referred(*id)).collect();
            Kind::Choice(Choice { variants, discriminator: discriminator.clone(), overlaps })
        };
        let all_of: Vec<SchemaId> = keywords.all_of.iter().flatten().map(|id| self.normalizer.referred(*id)).collect();
        let given: Vec<Kind> = choices
            .into_iter()
            .filter_map(|(keyword, ids)| Some((keyword, ids.as_ref().filter(|ids| !ids.is_empty())?)))
            .map(|(keyword, ids)| choice_kind(ids, keyword == "anyOf", self.normalizer))
            .collect();
        let kind = match (own, all_of.is_empty(), given.len()) {
            (own, true, 0) => own.unwrap_or_default(),
            (None, false, 0) => Kind::AllOf(all_of),
            (None, true, 1) => given.into_iter().next().unwrap_or_default(),
            (own, _, _) => {
                let mut parts: Vec<SchemaId> = own.into_iter().map(|own| self.part(own, &keywords.pointer)).collect();
                parts.extend(all_of);
                parts.extend(given.into_iter().map(|choice| self.part(choice, &keywords.pointer)).collect::<Vec<_>>());
                Kind::AllOf(parts)
            }
        };
        let mut schema =
            ClientSchema { pointer: keywords.pointer, nullable: keywords.nullable, facts, limits, kind, ..annotations };
        self.check_variants(&mut schema);
        schema
    }

    /// Returns true if a schema's own keywords only repeat what its alternatives imply: that it is an object.
    ///
    /// `{"type": "object", "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}` is a cat or a dog.
    fn says_only_object(&self, own: &Kind, keywords: &Keywords<'d>) -> bool {
        let Kind::Object(Object { properties, required, additional }) = own else { return false };
        let is_bare = properties.is_empty() && required.is_empty() && *additional == Additional::Unsaid;
        let choices = [&keywords.one_of, &keywords.any_of];
        let mut choices = choices.into_iter().flatten().filter(|ids| !ids.is_empty()).peekable();
        is_bare
            && choices.peek().is_some()
            && choices.all(|ids| ids.iter().all(|id| self.is_object(*id, &mut HashSet::new())))
    }

    /// Returns true if the values of a schema are objects, according to its own keywords or those of its parts.
    fn is_object(&self, id: SchemaId, seen: &mut HashSet<SchemaId>) -> bool {
        let Some(schema) = self.normalizer.document.schema(id).filter(|_| seen.insert(id)) else { return false };
        let mut parts = schema.all_of.iter().flatten().chain(&schema.reference);
        let mut choices = [&schema.one_of, &schema.any_of].into_iter().flatten().filter(|ids| !ids.is_empty());
        schema.types == [Type::Object]
            || (schema.types.is_empty() && (schema.properties.is_some() || schema.additional_properties.is_some()))
            || parts.any(|part| self.is_object(*part, seen))
            || choices.any(|ids| ids.iter().all(|id| self.is_object(*id, seen)))
    }

    fn part(&mut self, kind: Kind, pointer: &str) -> SchemaId {
        self.normalizer.push(ClientSchema { pointer: pointer.to_owned(), kind, ..ClientSchema::default() })
    }

    /// Returns the kind according to a schema's own keywords, without `allOf` and choices.
    fn own_kind(&mut self, keywords: &Keywords<'d>) -> Option<Kind> {
        let is_object = keywords.properties.is_some_and(|all| !all.is_empty())
            || keywords.required.is_some_and(|all| !all.is_empty())
            || keywords.additional != Additional::Unsaid;
        let values = keywords.values.as_deref().unwrap_or_default();
        let strings = || values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect::<Vec<_>>();
        let format = || keywords.format.clone().unwrap_or_default();
        Some(match keywords.types.first() {
            Some(Type::Object) => Kind::Object(self.object(keywords)),
            _ if is_object => Kind::Object(self.object(keywords)),
            Some(Type::String) => {
                Kind::String { format: format(), pattern: keywords.pattern.map(str::to_owned), values: strings() }
            }
            Some(Type::Integer) => {
                Kind::Integer { format: format(), values: values.iter().filter_map(integer).collect() }
            }
            Some(Type::Number) => Kind::Number,
            Some(Type::Boolean) => Kind::Boolean,
            None if keywords.items.is_none() && !strings().is_empty() => {
                Kind::String { format: String::new(), pattern: None, values: strings() }
            }
            kind if kind == Some(&Type::Array) || keywords.items.is_some() => Kind::Array(match keywords.items {
                Some(items) => self.normalizer.referred(items),
                None => self.part(Kind::Any, &child(&keywords.pointer, "items")),
            }),
            _ => return None,
        })
    }

    fn object(&mut self, keywords: &Keywords<'d>) -> Object {
        let required = keywords.required.unwrap_or_default();
        let listed: HashSet<&str> = required.iter().map(String::as_str).collect();
        let properties = keywords.properties.into_iter().flatten().map(|(name, id)| Property {
            name: name.clone(),
            schema: self.normalizer.referred(*id),
            required: listed.contains(name.as_str()),
        });
        let is_property = |name: &str| keywords.properties.is_some_and(|properties| properties.contains_key(name));
        Object {
            properties: properties.collect(),
            required: required.iter().filter(|name| !is_property(name)).cloned().collect(),
            additional: match keywords.additional {
                Additional::Of(id) => Additional::Of(self.normalizer.referred(id)),
                other => other,
            },
        }
    }

    /// Reports variant names for values that the enum does not have.
    fn check_variants(&mut self, schema: &mut ClientSchema) {
        if schema.variants.is_empty() {
            return;
        }
        let values: Vec<String> = match &schema.kind {
            Kind::String { values, .. } => values.clone(),
            Kind::Integer { values, .. } => values.iter().map(i128::to_string).collect(),
            _ => Vec::new(),
        };
        for value in schema.variants.keys().filter(|value| !values.contains(value)) {
            let place = child(&child(&schema.pointer, "x-rust-variants"), value);
            let message = format!("unknown value `{value}` of the schema's `enum`");
            let help = "remove the name, or fix the value";
            self.normalizer.findings.error("unused-extension", place, message, help);
        }
    }
}

/// Sets the format of a schema with encoded content.
///
/// `{"type": "string", "contentEncoding": "base64"}` has the format `byte`, and `{"contentMediaType": "image/png"}` the
/// format `binary`.
fn content(schema: &Schema, keywords: &mut Keywords<'_>) {
    let rare = schema.rare();
    if rare.content_schema.is_some() && !keywords.is_composed() && keywords.types.is_empty() {
        keywords.types = vec![Type::String];
    }
    let format = match (rare.content_encoding.as_deref(), rare.content_media_type.as_deref()) {
        (Some(encoding), _) if encoding.eq_ignore_ascii_case("base64") => "byte",
        // These encodings do not change the text.
        (Some("7bit" | "8bit" | "binary") | None, Some(media_type)) if !is_text(media_type) => "binary",
        _ => return,
    };
    if !keywords.is_composed() && keywords.types.is_empty() {
        keywords.types = vec![Type::String];
    }
    keywords.format.get_or_insert_with(|| format.to_owned());
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/") || media_type.ends_with("json") || media_type.ends_with("xml")
}

/// Converts numbers without fractions: `{"type": "number", "format": "int64"}` and `{"type": "number", "multipleOf": 1}`
/// are integers. The format registry of OpenAPI defines integer formats for the type `number`.
fn whole_numbers(keywords: &mut Keywords<'_>) {
    let is_integer_format = |format: &str| {
        let digits = format.strip_prefix('u').unwrap_or(format).strip_prefix("int");
        matches!(digits, Some("8" | "16" | "32" | "64")) || matches!(format, "integer" | "long")
    };
    let is_whole = keywords.format.as_deref().is_some_and(is_integer_format)
        || keywords.multiple_of.and_then(Number::as_f64).is_some_and(|step| step >= 1.0 && step.fract() == 0.0);
    if is_whole {
        let types = std::mem::take(&mut keywords.types);
        let whole = |kind| if kind == Type::Number { Type::Integer } else { kind };
        keywords.set_types(types.into_iter().map(whole).collect());
    }
}

/// Infers the type of a schema from its other keywords: `{"format": "uuid"}` is a string.
fn missing_type(keywords: &mut Keywords<'_>) {
    if !keywords.types.is_empty() || keywords.is_composed() {
        return;
    }
    let of_format = keywords.format.as_deref().and_then(type_of_format);
    let is_string = keywords.pattern.is_some() || keywords.min_length.is_some() || keywords.max_length.is_some();
    let kind = if keywords.properties.is_some() || keywords.additional != Additional::Unsaid {
        Some(Type::Object)
    } else if keywords.items.is_some() {
        Some(Type::Array)
    } else {
        of_format.or(is_string.then_some(Type::String))
    };
    keywords.types = kind.into_iter().collect();
}

fn type_of_format(format: &str) -> Option<Type> {
    match format {
        "int32" | "int64" => Some(Type::Integer),
        "float" | "double" => Some(Type::Number),
        "date" | "date-time" | "time" | "uuid" | "uri" | "email" | "hostname" | "ipv4" | "ipv6" | "password"
        | "byte" | "binary" => Some(Type::String),
        _ => None,
    }
}

/// Returns the schema of one type with its keywords; `None` if an `enum` has no value of the type.
fn arm<'d>(kind: Type, keywords: &Keywords<'d>) -> Option<Keywords<'d>> {
    let mut arm = Keywords {
        nullable: false,
        types: vec![kind],
        all_of: None,
        any_of: None,
        one_of: None,
        not: None,
        discriminator: None,
        ..keywords.clone()
    };
    if let Some(values) = &mut arm.values {
        values.retain(|value| kind.has(value));
        if values.is_empty() {
            return None;
        }
    }
    // An unknown format may be one of any type.
    let of_format = arm.format.as_deref().and_then(type_of_format);
    if of_format.is_some_and(|of_format| (of_format == Type::String) != (kind == Type::String)) {
        arm.format = None;
    }
    arm.keep_only(kind);
    Some(arm)
}

/// Returns the types of values without duplicates.
fn types_of(values: &[Value]) -> Vec<Type> {
    let mut found = Vec::new();
    for kind in values.iter().map(Type::of).filter(|kind| *kind != Type::Null) {
        if !found.contains(&kind) {
            found.push(kind);
        }
    }
    found
}

/// Converts `1.0` to `1`.
fn make_whole(value: &mut Value) {
    if let Some(number) = value.as_f64().filter(|_| value.is_f64()) {
        // Exact: the value is an integer that `f64` represents exactly.
        *value = Value::from(number as i64);
    }
}
