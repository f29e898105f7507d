//! Finds the component of a document that describes the samples of a shape.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::shape::{Objects, Shape};

/// Maximum number of references and combinations that are followed within one schema.
const DEPTH: usize = 32;

/// Minimum number of common properties for a component to match.
const LEAST: usize = 3;

/// The components of a raised document.
pub struct Components<'d> {
    document: &'d Value,
    /// The names of the component schemas in the vendored document.
    names: BTreeSet<String>,
}

/// The properties of a schema and of those that `allOf` combines it with.
#[derive(Default)]
struct Properties<'d> {
    declared: BTreeMap<&'d str, &'d Value>,
    required: BTreeSet<&'d str>,
    additional: Option<&'d Value>,
}

impl<'d> Components<'d> {
    /// Returns the components of a raised document that overlays can refer to by these names.
    pub fn new(document: &'d Value, names: impl IntoIterator<Item = String>) -> Self {
        Self { document, names: names.into_iter().collect() }
    }

    /// Returns true if there is a component with this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Returns the component that accepts all samples of a shape, if there is one. Of several, returns the one with the
    /// fewest properties that the samples lack.
    pub fn find(&self, shape: &Shape) -> Option<&str> {
        let objects = shape.objects.as_ref().filter(|_| shape.is_object())?;
        let fitting = self.names.iter().filter_map(|name| {
            let schema = self.document.pointer("/components/schemas")?.get(name)?;
            let mut properties = Properties::default();
            self.collect(schema, 0, &mut properties);
            let seen = objects.properties.keys().filter(|name| properties.declared.contains_key(name.as_str())).count();
            let is_alike = seen >= LEAST && seen * 2 >= properties.declared.len();
            let unseen = properties.declared.len() - seen;
            (is_alike && self.has_all(schema, &Shape { nulls: 0, ..shape.clone() }, 0))
                .then_some((unseen, name.as_str()))
        });
        fitting.min().map(|(_, name)| name)
    }

    /// Follows the reference of a schema.
    fn resolve(&self, mut schema: &'d Value) -> &'d Value {
        for _ in 0..DEPTH {
            let reference =
                schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
            match reference.and_then(|pointer| self.document.pointer(pointer)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    fn collect(&self, schema: &'d Value, depth: usize, found: &mut Properties<'d>) {
        let schema = self.resolve(schema);
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            found.declared.extend(properties.iter().map(|(name, schema)| (name.as_str(), schema)));
        }
        let required = schema.get("required").and_then(Value::as_array);
        found.required.extend(required.into_iter().flatten().filter_map(Value::as_str));
        found.additional = schema.get("additionalProperties").or(found.additional);
        if depth < DEPTH {
            list(schema, "allOf").iter().for_each(|part| self.collect(part, depth + 1, found));
        }
    }

    /// Returns true if the schema accepts every sample, and declares each property.
    fn has_all(&self, schema: &'d Value, shape: &Shape, depth: usize) -> bool {
        depth < DEPTH && shape.by_type().iter().all(|part| self.has_type(schema, part, depth))
    }

    /// Returns true if the schema accepts all samples of one type.
    fn has_type(&self, schema: &'d Value, part: &Shape, depth: usize) -> bool {
        let schema = self.resolve(schema);
        if schema == &Value::Bool(false) || schema.get("$ref").is_some() || depth >= DEPTH {
            return false;
        }
        for keyword in ["oneOf", "anyOf"] {
            let alternatives = list(schema, keyword);
            if !alternatives.is_empty() && !alternatives.iter().any(|schema| self.has_type(schema, part, depth + 1)) {
                return false;
            }
        }
        let allows = is_allowed(schema, part) && has_values(schema, part);
        let is_choice = schema.get("properties").is_none()
            && ["oneOf", "anyOf"].iter().any(|keyword| schema.get(keyword).is_some());
        match (&part.arrays, &part.objects) {
            (Some(arrays), _) => {
                allows && schema.get("items").is_none_or(|items| self.has_all(items, &arrays.items, depth + 1))
            }
            (None, Some(objects)) => allows && (is_choice || self.has_objects(schema, objects, depth)),
            _ => allows && list(schema, "allOf").iter().all(|schema| self.has_type(schema, part, depth + 1)),
        }
    }

    fn has_objects(&self, schema: &'d Value, objects: &Objects, depth: usize) -> bool {
        let mut properties = Properties::default();
        self.collect(schema, 0, &mut properties);
        let is_free = properties.declared.is_empty() && properties.additional.is_none();
        let additional = properties.additional.filter(|schema| !schema.is_boolean());
        let other = |shape: &Shape| is_free || additional.is_some_and(|schema| self.has_all(schema, shape, depth + 1));
        let always = |name: &&str| objects.properties.get(*name).is_some_and(|shape| shape.count == objects.count);
        properties.required.iter().all(always)
            && objects.others.as_ref().is_none_or(other)
            && objects.properties.iter().all(|(name, shape)| match properties.declared.get(name.as_str()) {
                Some(schema) => self.has_all(schema, shape, depth + 1),
                None => other(shape),
            })
    }
}

/// Returns true if the `type` of a schema allows samples of one type.
fn is_allowed(schema: &Value, part: &Shape) -> bool {
    let found: &[&str] = match part {
        Shape { nulls: 1.., .. } => &["null"],
        Shape { booleans: 1.., .. } => &["boolean"],
        Shape { numbers: 1.., .. } => &["number"],
        Shape { integers: Some(_), .. } => &["integer", "number"],
        Shape { arrays: Some(_), .. } => &["array"],
        Shape { objects: Some(_), .. } => &["object"],
        _ => &["string"],
    };
    match schema.get("type") {
        None => true,
        Some(Value::Array(types)) => types.iter().any(|kind| found.iter().any(|name| kind == name)),
        Some(kind) => found.iter().any(|name| kind == name),
    }
}

/// Returns true if `enum`, `const`, `format` and `pattern` allow samples of one type, as far as their values are known.
fn has_values(schema: &Value, part: &Shape) -> bool {
    let listed = schema.get("enum").and_then(Value::as_array);
    let constant = schema.get("const").map(std::slice::from_ref);
    let values = listed.map(Vec::as_slice).or(constant);
    let Some(strings) = &part.strings else {
        return values.is_none_or(|values| part.nulls > 0 && values.contains(&Value::Null));
    };
    let words = || strings.words.as_ref().map(BTreeMap::keys);
    let is_listed = values.is_none_or(|values| {
        words().is_some_and(|mut words| words.all(|word| values.iter().any(|value| value == word)))
    });
    let format = schema.get("format").and_then(Value::as_str);
    let has_format = format.is_none_or(|format| !super::text::is_checked(format) || strings.formats.has(format));
    is_listed && has_format && schema.get("pattern").is_none()
}

/// Returns the schemas in a keyword's list.
fn list<'d>(schema: &'d Value, keyword: &str) -> &'d [Value] {
    schema.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the names of the component schemas of a document.
pub fn schema_names(document: &Value) -> Vec<String> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    schemas.map(Map::keys).into_iter().flatten().cloned().collect()
}
