//! `allOf` to one shape.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::diagnostic::Diagnostics;
use crate::resolve::{Additional, Discriminator, Kind, Object, Resolved, Schema, SchemaId};
use crate::stack::deeper;

/// What a schema is once `allOf` is gone.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Nothing but another schema, perhaps with prose of its own.
    Same(SchemaId),
    /// Anything.
    Any,
    /// A scalar; the kind is never an array, an object, `AllOf` or `OneOf`.
    Scalar(Kind),
    /// An array.
    Array(SchemaId),
    /// An object.
    Object(Fields),
    /// A choice.
    Choice(Vec<SchemaId>, Option<Discriminator>),
}

/// The properties of an object, those of all its parts.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// Name, schema and whether it is required.
    pub properties: IndexMap<String, (SchemaId, bool)>,
    /// What other properties may be.
    pub additional: Additional,
}

/// The shape of a schema. New nodes are added to the arena where parts have to be combined.
pub fn shape(resolved: &mut Resolved, id: SchemaId) -> Shape {
    match &resolved[id].kind {
        Kind::Any => Shape::Any,
        Kind::Array(items) => Shape::Array(*items),
        Kind::OneOf(variants, discriminator) => Shape::Choice(variants.clone(), discriminator.clone()),
        Kind::Object(_) | Kind::AllOf(_) => all_of(resolved, id),
        scalar => Shape::Scalar(scalar.clone()),
    }
}

/// Whether null is a value of the schema.
pub fn nullable(resolved: &Resolved, id: SchemaId) -> bool {
    /// `known` holds what was found so far; what is being looked at counts as not nullable.
    fn nullable_below(resolved: &Resolved, id: SchemaId, known: &mut HashMap<SchemaId, bool>) -> bool {
        if let Some(known) = known.get(&id) {
            return *known;
        }
        known.insert(id, false);
        let schema = &resolved[id];
        let nullable = schema.nullable
            || match &schema.kind {
                Kind::AllOf(parts) => {
                    !parts.is_empty() && parts.iter().all(|part| nullable_below(resolved, *part, known))
                }
                Kind::OneOf(variants, _) => variants.iter().any(|variant| nullable_below(resolved, *variant, known)),
                _ => false,
            };
        known.insert(id, nullable);
        nullable
    }
    nullable_below(resolved, id, &mut HashMap::new())
}

#[derive(Default)]
struct Parts {
    /// The schemas that say something, in order; what they stand for is in the other fields.
    telling: Vec<SchemaId>,
    fields: Fields,
    required: Vec<String>,
    has_object: bool,
    scalars: Vec<Kind>,
    arrays: Vec<SchemaId>,
    choices: Vec<SchemaId>,
}

fn all_of(resolved: &mut Resolved, id: SchemaId) -> Shape {
    let mut parts = Parts::default();
    let whole = whole(resolved, id);
    collect(resolved, id, &mut parts, &whole, &mut HashSet::new());
    for name in &parts.required {
        if let Some((_, required)) = parts.fields.properties.get_mut(name) {
            *required = true;
        }
    }
    let alone = parts.telling.as_slice();
    match alone {
        [only]
            if *only != id
                && parts.required.iter().all(|name| already_required(resolved, *only, name, &mut HashSet::new())) =>
        {
            return Shape::Same(*only);
        }
        _ => {}
    }
    if !parts.choices.is_empty() && (parts.has_object || parts.choices.len() > 1) {
        if resolved.combined.len() < resolved.most_combined {
            return distribute(resolved, id, &parts);
        }
        resolved.left_out.insert(id);
    }
    match parts {
        Parts { has_object: true, fields, .. } => Shape::Object(fields),
        Parts { scalars, .. } if !scalars.is_empty() => Shape::Scalar(narrowest(scalars)),
        Parts { arrays, .. } if !arrays.is_empty() => Shape::Array(arrays[0]),
        _ => Shape::Any,
    }
}

fn already_required(resolved: &Resolved, id: SchemaId, name: &str, seen: &mut HashSet<SchemaId>) -> bool {
    if !seen.insert(id) {
        return true;
    }
    match &resolved[id].kind {
        Kind::Object(object) => object.properties.iter().all(|property| property.name != name || property.required),
        Kind::AllOf(parts) => parts.iter().all(|part| already_required(resolved, *part, name, seen)),
        _ => true,
    }
}

/// A schema, the parts of its `allOf`, theirs, and so on.
fn whole(resolved: &Resolved, id: SchemaId) -> HashSet<SchemaId> {
    let (mut queue, mut whole) = (vec![id], HashSet::new());
    while let Some(id) = queue.pop() {
        if whole.insert(id)
            && let Kind::AllOf(parts) = &resolved[id].kind
        {
            queue.extend(parts);
        }
    }
    whole
}

fn collect(
    resolved: &mut Resolved,
    id: SchemaId,
    parts: &mut Parts,
    whole: &HashSet<SchemaId>,
    seen: &mut HashSet<SchemaId>,
) {
    if !seen.insert(id) {
        return;
    }
    match resolved[id].kind.clone() {
        Kind::Any => {}
        Kind::AllOf(all) => {
            // A part that is itself a whole is told of by its own name only where it stands alone.
            let before = parts.telling.len();
            for part in &all {
                deeper(|| collect(resolved, *part, parts, whole, seen));
            }
            if parts.telling.len() > before + 1 {
                parts.telling.truncate(before);
                parts.telling.push(id);
            }
        }
        Kind::Object(object) => {
            let says_something = !object.properties.is_empty() || object.additional != Additional::Unsaid;
            parts.required.extend(object.required.iter().cloned());
            if says_something || object.required.is_empty() {
                parts.telling.push(id);
                parts.has_object = true;
            }
            merge_object(resolved, object, &mut parts.fields);
        }
        Kind::OneOf(variants, _) => {
            // `anyOf: [{required: [a]}, {required: [b]}]` only validates. A choice that lists a part of this schema is
            // met by that part, such as the choice of its children that a child takes over from its parent.
            let is_met = variants.iter().any(|variant| whole.contains(variant));
            if !is_met && variants.iter().any(|variant| !only_validates(resolved, *variant)) {
                parts.telling.push(id);
                parts.choices.push(id);
            }
        }
        Kind::Array(items) => {
            parts.telling.push(id);
            parts.arrays.push(items);
        }
        scalar => {
            parts.telling.push(id);
            parts.scalars.push(scalar);
        }
    }
}

fn only_validates(resolved: &Resolved, id: SchemaId) -> bool {
    match &resolved[id].kind {
        Kind::Any => true,
        Kind::Object(object) => {
            object.properties.is_empty() && object.additional == Additional::Unsaid && !object.required.is_empty()
        }
        _ => false,
    }
}

fn merge_object(resolved: &mut Resolved, object: Object, fields: &mut Fields) {
    for property in object.properties {
        let merged = match fields.properties.get(&property.name) {
            Some((other, required)) => (combine(resolved, *other, property.schema), *required || property.required),
            None => (property.schema, property.required),
        };
        fields.properties.insert(property.name, merged);
    }
    if object.additional != Additional::Unsaid {
        fields.additional = match (fields.additional, object.additional) {
            (Additional::Of(schema), _) => Additional::Of(schema),
            (_, newer) => newer,
        };
    }
}

/// One property declared twice: both where both are objects, otherwise the one that says more,
/// the later of two that say as much.
fn combine(resolved: &mut Resolved, first: SchemaId, second: SchemaId) -> SchemaId {
    if first == second {
        return first;
    }
    let telling = |id: SchemaId| match &resolved[id].kind {
        Kind::Any => 0,
        Kind::String { values, .. } if !values.is_empty() => 2,
        Kind::Integer { values, .. } if !values.is_empty() => 2,
        _ => 1,
    };
    let is_object = |id: SchemaId| matches!(resolved[id].kind, Kind::Object(_) | Kind::AllOf(_));
    if is_object(first) && is_object(second) {
        return both(resolved, first, second);
    }
    let (kept, other) = if telling(first) > telling(second) { (first, second) } else { (second, first) };
    if let (Some(type_of_kept), Some(type_of_other)) = (json_type(resolved, kept), json_type(resolved, other))
        && type_of_kept != type_of_other
    {
        resolved.clashes.insert((kept, other));
    }
    kept
}

/// The type that all values of a schema have, as far as its own kind tells.
fn json_type(resolved: &Resolved, id: SchemaId) -> Option<&'static str> {
    Some(match resolved[id].kind {
        Kind::Boolean => "boolean",
        // An integer is a number.
        Kind::Integer { .. } | Kind::Number => "number",
        Kind::String { .. } => "string",
        Kind::Array(_) => "array",
        Kind::Object(_) => "object",
        _ => return None,
    })
}

/// Reports properties whose parts are of several types, and choices that were left out.
pub fn report(resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    for id in std::mem::take(&mut resolved.left_out) {
        let message = "choices within choices combine to too many schemas here, and this choice is left out";
        diagnostics.warning(
            "too-many-combinations",
            &resolved[id].pointer,
            message,
            "list the combinations in one `oneOf`",
        );
    }
    for (kept, other) in std::mem::take(&mut resolved.clashes) {
        let (Some(is), Some(not)) = (json_type(resolved, kept), json_type(resolved, other)) else { continue };
        let (place, elsewhere) = (resolved[kept].pointer.clone(), &resolved[other].pointer);
        let message = format!("the type of this property is {is} here and {not} at #{elsewhere}; {is} counts");
        diagnostics.warning("clashing-property", place, message, "correct one of the two");
    }
}

/// All of two objects. The same parts give the same node: a type whose parts hold it again would
/// otherwise never be done.
fn both(resolved: &mut Resolved, first: SchemaId, second: SchemaId) -> SchemaId {
    let mut parts = combined_parts(resolved, first);
    for part in combined_parts(resolved, second) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let mut key = parts.clone();
    key.sort_unstable();
    if let Some(known) = resolved.combined.get(&key) {
        return *known;
    }
    let schema = Schema { kind: Kind::AllOf(parts), rust_name: None, component: None, ..resolved[second].clone() };
    let id = push(resolved, schema);
    resolved.combined.insert(key, id);
    id
}

fn combined_parts(resolved: &Resolved, id: SchemaId) -> Vec<SchemaId> {
    if let Kind::AllOf(parts) = &resolved[id].kind {
        let mut key = parts.clone();
        key.sort_unstable();
        if resolved.combined.get(&key) == Some(&id) {
            return parts.clone();
        }
    }
    vec![id]
}

/// An object that is also a choice is a choice of objects: each variant gets the common part.
fn distribute(resolved: &mut Resolved, id: SchemaId, parts: &Parts) -> Shape {
    let choice = parts.choices[0];
    let Kind::OneOf(variants, discriminator) = resolved[choice].kind.clone() else {
        return Shape::Any;
    };
    // All of the node and the variant: the variant is a part of it and so meets the choice.
    let mut with_common = |variant: SchemaId| {
        let parts = vec![id, variant];
        if let Some(known) = resolved.combined.get(&parts) {
            return *known;
        }
        let schema = Schema { kind: Kind::AllOf(parts.clone()), component: None, ..resolved[variant].clone() };
        let new = push(resolved, schema);
        resolved.combined.insert(parts, new);
        new
    };
    let new: Vec<SchemaId> = variants.iter().map(|variant| with_common(*variant)).collect();
    let replaced: HashMap<SchemaId, SchemaId> = variants.into_iter().zip(new.iter().copied()).collect();
    let replacement = |old: SchemaId| replaced.get(&old).copied().unwrap_or(old);
    let discriminator = discriminator.map(|discriminator| Discriminator {
        mapping: discriminator.mapping.into_iter().map(|(value, variant)| (value, replacement(variant))).collect(),
        ..discriminator
    });
    Shape::Choice(new, discriminator)
}

/// Of several scalars the first that lists its values, otherwise the first.
fn narrowest(scalars: Vec<Kind>) -> Kind {
    let lists = |kind: &Kind| match kind {
        Kind::String { values, .. } => !values.is_empty(),
        Kind::Integer { values, .. } => !values.is_empty(),
        _ => false,
    };
    let index = scalars.iter().position(lists).unwrap_or_default();
    scalars.into_iter().nth(index).unwrap_or_default()
}

/// Adds a node to the arena.
pub fn push(resolved: &mut Resolved, schema: Schema) -> SchemaId {
    let id = SchemaId::next(resolved.schemas.len());
    resolved.schemas.push(schema);
    id
}
