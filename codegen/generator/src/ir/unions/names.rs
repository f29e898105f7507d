//! Names of union variants.

use std::collections::HashSet;

use super::{Alternative, Tag, TagValue, Types};
use crate::names::{self, UsedNames};
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{self, Fields, Kind, Shape};

impl Types<'_> {
    /// Returns a unique name for a variant. `types` are the [`type_names`](Self::type_names) of the choices.
    pub(in crate::ir) fn free_name(
        &mut self,
        taken: &mut UsedNames,
        choices: &[Alternative],
        types: &[Option<String>],
        index: usize,
        tag: Option<&Tag>,
    ) -> String {
        let name = self.choice_name(choices, types, index, tag);
        if !taken.contains(&name) {
            return name;
        }
        let detailed = match choices[index].shape.clone() {
            Shape::Object(fields) => properties_name(&fields),
            Shape::Array(items) => match normalize::shape(&mut self.schemas, items) {
                Shape::Object(fields) => properties_name(&fields).map(|name| format!("{name}List")),
                _ => None,
            },
            _ => None,
        };
        taken.free(detailed.as_deref().filter(|name| !taken.contains(name)).unwrap_or(&name))
    }

    /// Returns the explicit names of the alternatives' types. They are computed once for all variants, of which there
    /// may be hundreds.
    pub(in crate::ir) fn type_names(&mut self, choices: &[Alternative]) -> Vec<Option<String>> {
        choices.iter().map(|choice| self.type_of(choice)).collect()
    }

    /// Returns the explicit name of an alternative's type: from an overlay or its component.
    fn type_of(&mut self, alternative: &Alternative) -> Option<String> {
        let (mut id, mut shape) = (alternative.id, alternative.shape.clone());
        loop {
            if let Some(name) = self.name_of(id) {
                return Some(name);
            }
            let Shape::Same(other) = shape else { return None };
            id = other;
            shape = normalize::shape(&mut self.schemas, id);
        }
    }

    /// Returns the name of a variant: its type's name, its tag, or its content.
    pub(in crate::ir) fn choice_name(
        &mut self,
        choices: &[Alternative],
        types: &[Option<String>],
        index: usize,
        tag: Option<&Tag>,
    ) -> String {
        let choice = &choices[index];
        if let Some(name) = &types[index] {
            let tag = match choice.tags.as_slice() {
                [TagValue::Text(text)] => Some(names::variant_name(text)),
                _ => None,
            };
            // If several variants have the same type, they are named by tag.
            let mut others = types.iter().enumerate().filter(|(other, _)| *other != index);
            let is_shared = others.any(|(_, other)| other.as_ref() == Some(name));
            return tag.filter(|_| is_shared).unwrap_or_else(|| name.clone());
        }
        let (mut id, mut shape) = (choice.id, choice.shape.clone());
        while let Shape::Same(other) = shape {
            id = other;
            shape = normalize::shape(&mut self.schemas, id);
        }
        // A title that several variants have distinguishes none of them.
        let is_own = |title: &&str| {
            let mut others = choices.iter().enumerate().filter(|(other, _)| *other != index);
            !others.any(|(_, other)| self.schemas[other.id].title.as_deref() == Some(*title))
        };
        let title = || self.schemas[id].title.as_deref().filter(is_own).map(names::variant_name);
        let named = match (choice.tags.as_slice(), tag) {
            ([TagValue::Text(text)], _) => Some(names::variant_name(text)),
            ([value], Some(tag)) if value.is_constant() => {
                title().or_else(|| Some(names::variant_name(&format!("{} {value}", tag.property))))
            }
            _ => title(),
        };
        if let Some(name) = named {
            return name;
        }
        match shape {
            Shape::Object(fields) => self.object_name(choices, index, &fields),
            Shape::Array(items) => self.list_name(items),
            Shape::Scalar(kind) => match &kind {
                Kind::Boolean => "Boolean".to_owned(),
                Kind::Integer { .. } => "Integer".to_owned(),
                Kind::Number => "Number".to_owned(),
                Kind::String { values, .. } if values.len() == 1 => names::variant_name(&values[0]),
                Kind::String { format, .. } => match format.as_str() {
                    "date-time" => "DateTime".to_owned(),
                    typed @ ("date" | "uuid" | "ipv4" | "ipv6") => names::variant_name(typed),
                    _ => "String".to_owned(),
                },
                _ => "String".to_owned(),
            },
            _ => "Value".to_owned(),
        }
    }

    /// Returns the name of a list, derived from its items.
    fn list_name(&mut self, items: SchemaId) -> String {
        if let Some(item) = self.name_of(items) {
            return format!("{item}List");
        }
        let name = match normalize::shape(&mut self.schemas, items) {
            Shape::Scalar(Kind::Boolean) => "Booleans",
            Shape::Scalar(Kind::Integer { .. }) => "Integers",
            Shape::Scalar(Kind::Number) => "Numbers",
            Shape::Scalar(Kind::String { format, values, .. }) if values.is_empty() => match format.as_str() {
                "date-time" => "DateTimes",
                "date" => "Dates",
                "uuid" => "Uuids",
                _ => "Strings",
            },
            Shape::Object(_) => "Objects",
            Shape::Choice(choice) => {
                let named = choice.variants.iter().find_map(|variant| self.name_of(*variant));
                return named.map_or_else(|| "List".to_owned(), |name| format!("{name}List"));
            }
            _ => "List",
        };
        name.to_owned()
    }

    fn object_name(&mut self, choices: &[Alternative], index: usize, fields: &Fields) -> String {
        if fields.properties.is_empty() {
            return "Object".to_owned();
        }
        if let Some(name) = own_constant(choices, index) {
            return name;
        }
        let mut others = HashSet::new();
        for (other, choice) in choices.iter().enumerate() {
            if other != index {
                others.extend(self.fields(&choice.shape).into_iter().flat_map(|fields| fields.properties.into_keys()));
            }
        }
        let mut own = fields.properties.iter().filter(|(name, _)| !others.contains(*name));
        let first = own.clone().next();
        match own.find(|(_, (_, required))| *required).or(first) {
            Some((name, _)) => format!("With{}", names::type_name(name)),
            None => self
                .constant_name(fields)
                .or_else(|| self.composed_name(choices[index].id))
                .unwrap_or_else(|| "Object".to_owned()),
        }
    }

    /// Returns the name of an object that `allOf` composes, derived from its components.
    fn composed_name(&self, id: SchemaId) -> Option<String> {
        let parts: String =
            self.document.schema(id)?.all_of.iter().flatten().filter_map(|part| self.name_of(*part)).collect();
        (!parts.is_empty()).then(|| names::variant_name(&parts))
    }

    /// Returns the name of an object that has a single constant string, derived from it.
    fn constant_name(&mut self, fields: &Fields) -> Option<String> {
        let mut constants =
            fields.properties.values().filter_map(|(id, _)| match normalize::shape(&mut self.schemas, *id) {
                Shape::Scalar(Kind::String { values, .. }) => <[String; 1]>::try_from(values).ok(),
                _ => None,
            });
        let [constant] = constants.next()?;
        constants.next().is_none().then(|| names::variant_name(&constant))
    }
}

/// Returns the name of an object, derived from the first constant that no other one has, although no property
/// distinguishes all of them.
fn own_constant(choices: &[Alternative], index: usize) -> Option<String> {
    choices[index].conditions.iter().find_map(|constant| {
        let [TagValue::Text(text)] = constant.1.as_slice() else { return None };
        let mut others = choices.iter().enumerate().filter(|(other, _)| *other != index);
        let is_shared = others.any(|(_, choice)| choice.conditions.contains(constant));
        (!is_shared).then(|| names::variant_name(text))
    })
}

/// Returns the name of an object, derived from its first properties.
fn properties_name(fields: &Fields) -> Option<String> {
    let names: Vec<String> = fields.properties.keys().take(3).map(|name| names::type_name(name)).collect();
    (!names.is_empty()).then(|| format!("With{}", names.join("And")))
}
