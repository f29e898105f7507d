//! What the variants of a union are called.

use std::collections::HashSet;

use super::{Alternative, Tag, TagValue, Types};
use crate::names;
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{self, Fields, Kind, Shape};

impl Types<'_> {
    /// What a variant is called: its type's name, its tag, or what it holds.
    pub(in crate::ir) fn choice_name(&mut self, choices: &[Alternative], index: usize, tag: Option<&Tag>) -> String {
        let choice = &choices[index];
        let mut id = choice.id;
        let mut shape = choice.shape.clone();
        loop {
            if let Some(name) = self.name_of(id) {
                return name;
            }
            let Shape::Same(other) = shape else { break };
            id = other;
            shape = normalize::shape(&mut self.schemas, id);
        }
        let title = || self.schemas[id].title.as_deref().map(names::variant_name);
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

    /// A list is named by its items.
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
            _ => "List",
        };
        name.to_owned()
    }

    fn object_name(&mut self, choices: &[Alternative], index: usize, fields: &Fields) -> String {
        if fields.properties.is_empty() {
            return "Object".to_owned();
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
            None => "Object".to_owned(),
        }
    }
}
