//! Reports changes of keywords that do not apply to the type of their schema. The client ignores them, and so do all
//! other comparisons.

use std::collections::BTreeSet;

use super::graph::ComparisonId;
use super::view::View;
use super::wire::{Places, Wire};
use crm_clients_document::model::{Schema, Type};

/// The name and the text of a keyword.
type Stated = (&'static str, String);

impl<'a> Wire<'a> {
    /// Reports changes of keywords that do not apply to the common type of both nodes.
    pub(super) fn misplaced(&mut self, unit: ComparisonId, old: &View<'a>, new: &View<'a>) {
        if old.kind != new.kind {
            return;
        }
        let stated =
            |view: &View<'a>| view.declared.iter().flat_map(|schema| misplaced(schema)).collect::<BTreeSet<Stated>>();
        let (was, is) = (stated(old), stated(new));
        let places = Places { old: old.pointer, new: new.pointer };
        let names: BTreeSet<&str> = was.symmetric_difference(&is).map(|(name, _)| *name).collect();
        for name in names {
            self.uncompared(unit, places, name);
        }
    }
}

/// Returns the keywords of a schema that do not apply to any of its types.
fn misplaced(schema: &Schema) -> Vec<Stated> {
    if schema.types.is_empty() {
        return Vec::new();
    }
    let has = |kinds: &[Type]| schema.types.iter().any(|kind| kinds.contains(kind));
    let numbers = [
        ("multipleOf", &schema.multiple_of),
        ("minimum", &schema.minimum),
        ("exclusiveMinimum", &schema.exclusive_minimum),
        ("maximum", &schema.maximum),
        ("exclusiveMaximum", &schema.exclusive_maximum),
    ];
    let strings = [("minLength", &schema.min_length), ("maxLength", &schema.max_length)];
    let arrays = [("minItems", &schema.min_items), ("maxItems", &schema.max_items)];
    let objects = [("minProperties", &schema.min_properties), ("maxProperties", &schema.max_properties)];
    let groups = [
        (&numbers[..], has(&[Type::Integer, Type::Number])),
        (&strings[..], has(&[Type::String])),
        (&arrays[..], has(&[Type::Array])),
        (&objects[..], has(&[Type::Object])),
    ];
    let out_of_place = groups.into_iter().filter(|(_, is_owned)| !is_owned).flat_map(|(keywords, _)| keywords);
    let mut found: Vec<Stated> =
        out_of_place.filter_map(|(name, number)| Some((*name, number.as_ref()?.to_string()))).collect();
    let pattern = schema.pattern.as_ref().filter(|_| !has(&[Type::String]));
    found.extend(pattern.map(|pattern| ("pattern", pattern.clone())));
    found
}
