//! Simplifying `anyOf` and `oneOf`: alternatives that mean null, and alternatives that list values.

use std::collections::HashSet;

use serde_json::Value;

use super::annotations::{only_value, value_text};
use super::keywords::Keywords;
use super::simplify::Simplifier;
use super::{ClientSchema, Kind, Limits};
use crate::diagnostic::child;
use crate::model::{RareKeywords, Schema, SchemaId, Type};

impl<'d> Simplifier<'_, 'd> {
    /// Replaces alternatives that mean null by `nullable`. Returns the only remaining alternative, if the schema is
    /// otherwise equivalent to it.
    ///
    /// `{"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}` is A or null, and
    /// `{"oneOf": [{"type": "string"}, {"type": "null"}]}` is a string or null. So is
    /// `{"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "object", "nullable": true}]}`: documents for OpenAPI 3.0
    /// use it because nothing else is allowed beside a reference.
    pub(super) fn null_alternatives(&self, keywords: &mut Keywords<'d>) -> Option<SchemaId> {
        for keyword in ["anyOf", "oneOf"] {
            let list = if keyword == "anyOf" { &mut keywords.any_of } else { &mut keywords.one_of };
            let Some(arms) = list else { continue };
            let is_pair = matches!(arms[..], [one, other] if self.is_definite(one) != self.is_definite(other));
            let means_null = |arm: SchemaId| self.normalizer.is_null(arm) || is_pair && self.is_nullable_object(arm);
            if !arms.iter().any(|arm| means_null(*arm)) {
                continue;
            }
            arms.retain(|arm| !means_null(*arm));
            let left = arms.clone();
            keywords.nullable = true;
            if left.len() > 1 {
                continue;
            }
            *list = None;
            let Some(only) = left.first().copied() else { continue };
            if self.is_inline(only, &keywords.pointer, keyword) && keywords.says_nothing() {
                return Some(only);
            }
            keywords.all_of.get_or_insert_default().push(only);
        }
        None
    }

    /// Returns true for a component, a list of values or an object with properties. An object without properties beside
    /// one of these can only mean null.
    fn is_definite(&self, id: SchemaId) -> bool {
        self.normalizer.document.schema(id).is_some_and(|schema| {
            schema.component.is_some()
                || schema.enumeration.is_some()
                || schema.properties.as_ref().is_some_and(|properties| !properties.is_empty())
        })
    }

    /// Returns true if an inline schema allows null and any object, and says nothing else.
    fn is_nullable_object(&self, id: SchemaId) -> bool {
        self.normalizer.document.schema(id).filter(|schema| schema.component.is_none()).is_some_and(|schema| {
            let mut keywords = Keywords::of(self.normalizer.document, schema);
            let types = std::mem::take(&mut keywords.types);
            types.len() == 2 && types.contains(&Type::Null) && types.contains(&Type::Object) && keywords.says_nothing()
        })
    }

    /// Returns true if an alternative is inline and not a reference.
    fn is_inline(&self, id: SchemaId, pointer: &str, keyword: &str) -> bool {
        let place = child(pointer, keyword);
        self.normalizer.document.schema(id).is_some_and(|schema| {
            schema.pointer.strip_prefix(&place).is_some_and(|rest| rest.starts_with('/')) && schema.reference.is_none()
        })
    }

    /// Merges alternatives that are lists of values of one type into one list. In 3.1 this is how an `enum` with a text
    /// for each value is written.
    ///
    /// `{"oneOf": [{"const": "a", "title": "First"}, {"const": "b"}]}` is `{"type": "string", "enum": ["a", "b"]}`. The
    /// titles become the names of the values.
    pub(super) fn constants(&mut self, keywords: &mut Keywords<'d>, annotations: &mut ClientSchema) {
        if keywords.values.is_some() {
            return;
        }
        for is_one_of in [true, false] {
            let arms = if is_one_of { &keywords.one_of } else { &keywords.any_of };
            let Some(arms) = arms.clone().filter(|arms| !arms.is_empty()) else { continue };
            let Some((kind, values)) = self.listed_values(&arms) else { continue };
            if !keywords.types.is_empty() && keywords.types != [kind] {
                continue;
            }
            self.name_values(&arms, annotations);
            (keywords.types, keywords.values) = (vec![kind], Some(values));
            *(if is_one_of { &mut keywords.one_of } else { &mut keywords.any_of }) = None;
            return;
        }
    }

    /// Names and describes each value like the alternative that allows only this value.
    fn name_values(&self, arms: &[SchemaId], annotations: &mut ClientSchema) {
        for schema in arms.iter().filter_map(|arm| self.normalizer.document.schema(*arm)) {
            let Some(value) = only_value(schema).and_then(value_text) else { continue };
            if let Some(title) = &schema.title {
                annotations.value_names.entry(value.clone()).or_insert_with(|| title.clone());
            }
            if let Some(description) = &schema.description {
                annotations.value_docs.entry(value).or_insert_with(|| description.clone());
            }
        }
    }

    /// Returns the type and values of alternatives that have no other keywords.
    fn listed_values(&mut self, arms: &[SchemaId]) -> Option<(Type, Vec<Value>)> {
        let mut kind = None;
        let (mut listed, mut known) = (Vec::new(), HashSet::new());
        for arm in arms {
            if !self.normalizer.document.schema(*arm).is_some_and(is_list_of_values) {
                return None;
            }
            let schema = self.simplified(*arm);
            let of_arm = match schema.kind {
                Kind::String { .. } => Type::String,
                Kind::Integer { .. } => Type::Integer,
                Kind::Number => Type::Number,
                Kind::Boolean => Type::Boolean,
                _ => return None,
            };
            let is_other = kind.is_some_and(|kind| kind != of_arm);
            if is_other || schema.nullable || schema.limits.values.is_empty() {
                return None;
            }
            kind = Some(of_arm);
            for value in &schema.limits.values {
                if known.insert(value.clone()) {
                    listed.push(value.clone());
                }
            }
        }
        kind.map(|kind| (kind, listed))
    }

    /// Returns one schema for several: the only one, or a union.
    pub(super) fn any_of(&mut self, arms: Vec<SchemaId>, pointer: String) -> SchemaId {
        let (mut known, mut scalars) = (HashSet::new(), HashSet::new());
        let mut distinct: Vec<SchemaId> = Vec::new();
        for arm in arms {
            let arm = self.normalizer.referred(arm);
            let is_new = self.plain_scalar(arm).is_none_or(|scalar| scalars.insert(scalar));
            if known.insert(arm) && is_new {
                distinct.push(arm);
            }
        }
        if let [only] = distinct.as_slice() {
            return *only;
        }
        let any_of = (!distinct.is_empty()).then_some(distinct);
        let schema = self.simplify(Keywords { pointer, any_of, ..Keywords::default() }, ClientSchema::default());
        self.normalizer.push(schema)
    }

    /// Returns the properties that distinguish a scalar without limits and name from others.
    fn plain_scalar(&mut self, id: SchemaId) -> Option<(&'static str, bool, Option<String>)> {
        let schema = self.simplified(id);
        let kind = match schema.kind {
            Kind::Boolean => "boolean",
            Kind::Number => "number",
            Kind::Integer { .. } => "integer",
            Kind::String { .. } => "string",
            _ => return None,
        };
        let is_plain = schema.component.is_none() && schema.limits == Limits::default();
        is_plain.then(|| (kind, schema.nullable, schema.description.clone()))
    }
}

/// Returns true if a schema lists values and has no other keywords for them.
fn is_list_of_values(schema: &Schema) -> bool {
    if schema.constant.is_none() && schema.enumeration.is_none() {
        return false;
    }
    let rare = schema.rare();
    let unsaid = RareKeywords { example: None, examples: Vec::new(), comment: None, ..rare.clone() };
    let is_unknown = |name: &String| !name.starts_with("x-");
    let rare = RareKeywords { extensions: Default::default(), ..unsaid };
    let said = Schema {
        pointer: String::new(),
        types: Vec::new(),
        enumeration: None,
        constant: None,
        title: None,
        description: None,
        deprecated: false,
        rare: None,
        ..schema.clone()
    };
    said == Schema::default() && rare == RareKeywords::default() && schema.rare().extensions.keys().all(is_unknown)
}
