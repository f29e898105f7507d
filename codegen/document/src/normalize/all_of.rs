//! Merging `allOf` into one shape.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::{Additional, Choice, ClientSchema, Discriminator, Kind, Normalizer, Object};
use crate::diagnostic::{Diagnostics, child, closest};
use crate::model::SchemaId;
use crate::recursion::deeper;

/// The shape of a schema after merging `allOf`.
#[derive(Debug, Clone)]
pub enum Shape {
    /// The same as another schema, possibly with a different description.
    Same(SchemaId),
    /// Any value.
    Any,
    /// A scalar. The kind is never an array, an object, `AllOf` or `Choice`.
    Scalar(Kind),
    /// An array.
    Array(SchemaId),
    /// An object.
    Object(Fields),
    /// A choice.
    Choice(Choice),
}

/// The properties of an object, including those of all its parts.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// Name, schema, and true if it is required.
    pub properties: IndexMap<String, (SchemaId, bool)>,
    /// The other properties that are allowed.
    pub additional: Additional,
}

/// Returns the shape of a schema, which is computed once. Combining parts adds new nodes to the normalizer.
pub fn shape(normalizer: &mut Normalizer<'_>, id: SchemaId) -> Shape {
    let id = normalizer.referred(id);
    if let Some(known) = normalizer.shapes.get(&id) {
        return known.clone();
    }
    let shape = deeper(|| shape_of(normalizer, id));
    normalizer.shapes.insert(id, shape.clone());
    shape
}

fn shape_of(normalizer: &mut Normalizer<'_>, id: SchemaId) -> Shape {
    match &normalizer[id].kind {
        Kind::Any => Shape::Any,
        Kind::Array(items) => Shape::Array(*items),
        Kind::Choice(choice) => Shape::Choice(choice.clone()),
        Kind::Object(_) | Kind::AllOf(_) => all_of(normalizer, id),
        scalar => Shape::Scalar(scalar.clone()),
    }
}

/// Returns true if the schema allows null.
pub fn nullable(normalizer: &Normalizer<'_>, id: SchemaId) -> bool {
    /// `known` has the results so far. A schema that is being examined counts as not nullable.
    fn nullable_below(normalizer: &Normalizer<'_>, id: SchemaId, known: &mut HashMap<SchemaId, bool>) -> bool {
        if let Some(known) = known.get(&id) {
            return *known;
        }
        known.insert(id, false);
        let schema = &normalizer[id];
        let nullable = schema.nullable
            || match &schema.kind {
                Kind::AllOf(parts) => {
                    !parts.is_empty() && parts.iter().all(|part| nullable_below(normalizer, *part, known))
                }
                Kind::Choice(choice) => {
                    choice.variants.iter().any(|variant| nullable_below(normalizer, *variant, known))
                }
                _ => false,
            };
        known.insert(id, nullable);
        nullable
    }
    nullable_below(normalizer, normalizer.referred(id), &mut HashMap::new())
}

#[derive(Default)]
struct Parts {
    /// The schemas that contribute to the result, in order. The other fields have their parts.
    telling: Vec<SchemaId>,
    fields: Fields,
    required: Vec<String>,
    has_object: bool,
    scalars: Vec<Kind>,
    arrays: Vec<SchemaId>,
    choices: Vec<SchemaId>,
    /// The schemas that determine the type of a value.
    typed: Vec<SchemaId>,
    /// A schema that only requires an object. It contributes nothing if another one has properties.
    bare_object: Option<SchemaId>,
    /// True if a choice was left out because one of its variants is a part. A part that contains the choice is then not
    /// the same as the result.
    has_met_choice: bool,
    /// The formats that the schemas have, which may stand apart from the type.
    formats: Vec<String>,
}

fn all_of(normalizer: &mut Normalizer<'_>, id: SchemaId) -> Shape {
    let mut parts = Parts::default();
    let whole = whole(normalizer, id);
    collect(normalizer, id, &mut parts, &whole, &mut HashSet::new());
    for name in &parts.required {
        if let Some((_, required)) = parts.fields.properties.get_mut(name) {
            *required = true;
        }
    }
    let is_object = |part: &SchemaId| matches!(normalizer[*part].kind, Kind::Object(_) | Kind::AllOf(_));
    if let Some(bare) = parts.bare_object.filter(|_| !parts.telling.iter().any(is_object)) {
        parts.telling.push(bare);
    }
    if let [only] = parts.telling[..]
        && only != id
        && is_same(normalizer, &parts, only)
    {
        return Shape::Same(only);
    }
    let is_list_or_object = parts.has_object || !parts.arrays.is_empty();
    if !parts.choices.is_empty() && (is_list_or_object || parts.choices.len() > 1) {
        if normalizer.combined.len() < normalizer.most_combined {
            return distribute(normalizer, id, &parts);
        }
        normalizer.left_out.insert(id);
    }
    note_clash(normalizer, &parts);
    add_undeclared(normalizer, id, &mut parts);
    match parts {
        Parts { has_object: true, fields, .. } => Shape::Object(fields),
        Parts { scalars, formats, .. } if !scalars.is_empty() => Shape::Scalar(narrowest(scalars, formats)),
        Parts { arrays, .. } if !arrays.is_empty() => {
            let items = arrays.into_iter().reduce(|items, more| combine(normalizer, items, more));
            items.map_or(Shape::Any, Shape::Array)
        }
        _ => Shape::Any,
    }
}

/// Returns true if the only part that contributes to the result is equivalent to it.
fn is_same(normalizer: &Normalizer<'_>, parts: &Parts, only: SchemaId) -> bool {
    let kind = &normalizer[only].kind;
    let adds_format = !parts.formats.is_empty() && kind.format().is_some_and(str::is_empty);
    let requires = |name: &String| already_required(normalizer, only, name, &mut HashSet::new());
    let lacks_choice = parts.has_met_choice && matches!(kind, Kind::AllOf(_));
    !adds_format && !lacks_choice && parts.required.iter().all(requires)
}

fn already_required(normalizer: &Normalizer<'_>, id: SchemaId, name: &str, seen: &mut HashSet<SchemaId>) -> bool {
    if !seen.insert(id) {
        return true;
    }
    match &normalizer[id].kind {
        Kind::Object(object) => object.properties.iter().all(|property| property.name != name || property.required),
        Kind::AllOf(parts) => parts.iter().all(|part| already_required(normalizer, *part, name, seen)),
        _ => true,
    }
}

/// Returns a schema, the parts of its `allOf`, and so on recursively.
fn whole(normalizer: &Normalizer<'_>, id: SchemaId) -> HashSet<SchemaId> {
    let (mut queue, mut whole) = (vec![id], HashSet::new());
    while let Some(id) = queue.pop() {
        if whole.insert(id)
            && let Kind::AllOf(parts) = &normalizer[id].kind
        {
            queue.extend(parts);
        }
    }
    whole
}

fn collect(
    normalizer: &mut Normalizer<'_>,
    id: SchemaId,
    parts: &mut Parts,
    whole: &HashSet<SchemaId>,
    seen: &mut HashSet<SchemaId>,
) {
    if !seen.insert(id) {
        return;
    }
    let format = &normalizer[id].limits.format;
    if !format.is_empty() {
        parts.formats.push(format.clone());
    }
    match normalizer[id].kind.clone() {
        Kind::Any => {}
        Kind::AllOf(all) => {
            // If several parts contribute, the whole represents them.
            let before = parts.telling.len();
            for part in &all {
                deeper(|| collect(normalizer, *part, parts, whole, seen));
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
                parts.typed.push(id);
                parts.has_object = true;
            }
            if says_something {
                parts.telling.push(id);
            } else if object.required.is_empty() {
                parts.bare_object = Some(id);
            }
            merge_object(normalizer, object, &mut parts.fields);
        }
        Kind::Choice(Choice { variants, .. }) => {
            // `anyOf: [{required: [a]}, {required: [b]}]` only validates. A choice that lists a part of this schema is
            // satisfied by that part, such as the choice of children that a child inherits from its parent.
            let is_met = variants.iter().any(|variant| whole.contains(variant));
            parts.has_met_choice |= is_met;
            if !is_met && variants.iter().any(|variant| !only_validates(normalizer, *variant)) {
                parts.telling.push(id);
                parts.choices.push(id);
            }
        }
        Kind::Array(items) => {
            parts.telling.push(id);
            parts.typed.push(id);
            parts.arrays.push(items);
        }
        scalar => {
            parts.telling.push(id);
            parts.typed.push(id);
            parts.scalars.push(scalar);
        }
    }
}

/// Adds the properties that only `required` names, as optional properties with any value, or with the schema of
/// additional properties: callers must be able to send them, and servers may not check what no one declared. A name that
/// is nearly that of another property is taken for a misspelling of it.
///
/// `{"required": ["kind"], "properties": {"id": {"type": "string"}}}` has the properties `id` and `kind`.
fn add_undeclared(normalizer: &mut Normalizer<'_>, id: SchemaId, parts: &mut Parts) {
    let declared = &parts.fields.properties;
    let is_name = |name: &&String| name.chars().all(|letter| letter.is_alphanumeric() || "_-".contains(letter));
    let is_missing =
        |name: &&String| !declared.contains_key(*name) && closest(name, declared.keys().map(String::as_str)).is_none();
    let missing: Vec<String> = parts.required.iter().filter(is_name).filter(is_missing).cloned().collect();
    let (true, false, Additional::Unsaid | Additional::Any | Additional::Of(_)) =
        (parts.has_object, declared.is_empty() || missing.is_empty(), parts.fields.additional)
    else {
        return;
    };
    let of_any = match parts.fields.additional {
        Additional::Of(schema) => schema,
        _ => {
            let pointer = child(&normalizer[id].pointer, "additionalProperties");
            let description = Some("Required, but not declared by the document.".to_owned());
            normalizer.push(ClientSchema { pointer, description, ..ClientSchema::default() })
        }
    };
    for name in missing {
        parts.fields.properties.entry(name).or_insert((of_any, false));
    }
}

fn only_validates(normalizer: &Normalizer<'_>, id: SchemaId) -> bool {
    match &normalizer[id].kind {
        Kind::Any => true,
        Kind::Object(object) => {
            object.properties.is_empty() && object.additional == Additional::Unsaid && !object.required.is_empty()
        }
        _ => false,
    }
}

fn merge_object(normalizer: &mut Normalizer<'_>, object: Object, fields: &mut Fields) {
    for property in object.properties {
        let merged = match fields.properties.get(&property.name) {
            Some((other, required)) => (combine(normalizer, *other, property.schema), *required || property.required),
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

/// Records parts that have different types, so that no value matches all of them.
fn note_clash(normalizer: &mut Normalizer<'_>, parts: &Parts) {
    let types: Vec<(SchemaId, &str)> =
        parts.typed.iter().filter_map(|id| Some((*id, json_type(normalizer, *id)?))).collect();
    let counts = if parts.has_object { types.iter().find(|(_, kind)| *kind == "object") } else { types.first() };
    if let Some((kept, counts)) = counts
        && let Some((other, _)) = types.iter().find(|(_, kind)| kind != counts)
    {
        normalizer.clashes.insert((*kept, *other));
    }
}

/// Combines two declarations of one schema, such as a property or the items of a list: both are merged if both are
/// composed. Otherwise the more specific one is used, or the later one if they are equally specific.
fn combine(normalizer: &mut Normalizer<'_>, first: SchemaId, second: SchemaId) -> SchemaId {
    if first == second {
        return first;
    }
    let telling = |id: SchemaId| match &normalizer[id].kind {
        Kind::Any => 0,
        Kind::String { values, .. } if !values.is_empty() => 3,
        Kind::Integer { values, .. } if !values.is_empty() => 3,
        Kind::String { .. } if normalizer.content_schema(id).is_some() => 3,
        Kind::Integer { .. } => 2,
        _ => 1,
    };
    let is_composite = |id: SchemaId| {
        matches!(normalizer[id].kind, Kind::Object(_) | Kind::Array(_) | Kind::AllOf(_) | Kind::Choice(_))
    };
    let (type_of_first, type_of_second) = (json_type(normalizer, first), json_type(normalizer, second));
    let clash = type_of_first.zip(type_of_second).is_some_and(|(one, other)| one != other);
    if is_composite(first) && is_composite(second) && !clash {
        return both(normalizer, first, second);
    }
    let (kept, other) = if telling(first) > telling(second) { (first, second) } else { (second, first) };
    if clash {
        normalizer.clashes.insert((kept, other));
    }
    kept
}

/// Returns the type of all values of a schema, as far as its own kind determines it.
fn json_type(normalizer: &Normalizer<'_>, id: SchemaId) -> Option<&'static str> {
    Some(match normalizer[id].kind {
        Kind::Boolean => "boolean",
        // Integers are numbers.
        Kind::Integer { .. } | Kind::Number => "number",
        Kind::String { .. } => "string",
        Kind::Array(_) => "array",
        Kind::Object(_) => "object",
        _ => return None,
    })
}

/// Reports schemas whose parts have different types, and choices that were left out.
pub fn report(normalizer: &mut Normalizer<'_>, diagnostics: &mut Diagnostics) {
    for id in std::mem::take(&mut normalizer.left_out) {
        let message = "nested choices combine to too many schemas here, so this choice is ignored";
        diagnostics.warning(
            "too-many-combinations",
            &normalizer[id].pointer,
            message,
            "list the combinations in one `oneOf`",
        );
    }
    for (kept, other) in std::mem::take(&mut normalizer.clashes) {
        let (Some(is), Some(not)) = (json_type(normalizer, kept), json_type(normalizer, other)) else { continue };
        let (place, elsewhere) = (normalizer[kept].pointer.clone(), &normalizer[other].pointer);
        let message = format!("the type is {is} here and {not} at #{elsewhere}, and both are required; {is} is used");
        diagnostics.warning("clashing-property", place, message, "fix one of the two");
    }
}

/// Returns a schema that combines two objects. The same parts always return the same node, because a type that contains
/// itself would otherwise never be finished.
fn both(normalizer: &mut Normalizer<'_>, first: SchemaId, second: SchemaId) -> SchemaId {
    let mut parts = combined_parts(normalizer, first);
    for part in combined_parts(normalizer, second) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let mut key = parts.clone();
    key.sort_unstable();
    if let Some(known) = normalizer.combined.get(&key) {
        return *known;
    }
    let schema =
        ClientSchema { kind: Kind::AllOf(parts), rust_name: None, component: None, ..normalizer[second].clone() };
    let id = normalizer.push(schema);
    normalizer.combined.insert(key, id);
    id
}

fn combined_parts(normalizer: &Normalizer<'_>, id: SchemaId) -> Vec<SchemaId> {
    match &normalizer[id].kind {
        Kind::AllOf(parts) if is_combined(normalizer, id) => parts.clone(),
        _ => vec![id],
    }
}

/// Returns true if the schema combines several declarations of one property or list.
pub fn is_combined(normalizer: &Normalizer<'_>, id: SchemaId) -> bool {
    let Kind::AllOf(parts) = &normalizer[id].kind else { return false };
    let mut key = parts.clone();
    key.sort_unstable();
    normalizer.combined.get(&key) == Some(&id)
}

/// Distributes the common part of an object with a choice over the variants, which makes it a choice of objects.
fn distribute(normalizer: &mut Normalizer<'_>, id: SchemaId, parts: &Parts) -> Shape {
    let choice = parts.choices[0];
    let Kind::Choice(Choice { variants, discriminator, overlaps }) = normalizer[choice].kind.clone() else {
        return Shape::Any;
    };
    // The schema and the variant are combined: the variant is one of the parts, so the choice is satisfied.
    let mut with_common = |variant: SchemaId| {
        if whole(normalizer, variant).contains(&id) {
            // A child that extends its parent, which lists its children, already has the common part.
            return variant;
        }
        let parts = vec![id, variant];
        if let Some(known) = normalizer.combined.get(&parts) {
            return *known;
        }
        let mut schema = ClientSchema { kind: Kind::AllOf(parts.clone()), ..normalizer[variant].clone() };
        schema.alternative = schema.alternative.or(Some(variant));
        let title = schema.title.or(schema.component.take());
        // A combination of several choices is named after all its alternatives.
        let before = normalizer[id].title.clone().filter(|_| normalizer.document.schema(id).is_none());
        schema.title = before.zip(title.clone()).map(|(before, title)| format!("{before} {title}")).or(title);
        let new = normalizer.push(schema);
        normalizer.combined.insert(parts, new);
        new
    };
    let new: Vec<SchemaId> = variants.iter().map(|variant| with_common(*variant)).collect();
    let replaced: HashMap<SchemaId, SchemaId> = variants.into_iter().zip(new.iter().copied()).collect();
    let replacement = |old: SchemaId| replaced.get(&old).copied().unwrap_or(old);
    let discriminator = discriminator.map(|discriminator| Discriminator {
        mapping: discriminator.mapping.into_iter().map(|(value, variant)| (value, replacement(variant))).collect(),
        default: discriminator.default.map(replacement),
        ..discriminator
    });
    Shape::Choice(Choice { variants: new, discriminator, overlaps })
}

/// Returns the scalar that all of several scalars allow: the first one that lists its values, or else the first integer,
/// or else the first. A format that stands apart from the type applies to it.
fn narrowest(scalars: Vec<Kind>, formats: Vec<String>) -> Kind {
    let lists = |kind: &Kind| match kind {
        Kind::String { values, .. } => !values.is_empty(),
        Kind::Integer { values, .. } => !values.is_empty(),
        _ => false,
    };
    let are_numbers = matches!(scalars.first(), Some(Kind::Number));
    let is_narrower = |kind: &Kind| are_numbers && matches!(kind, Kind::Integer { .. });
    let index = scalars.iter().position(lists).or_else(|| scalars.iter().position(is_narrower)).unwrap_or_default();
    let mut narrowest = scalars.into_iter().nth(index).unwrap_or_default();
    if let Kind::String { format, values, .. } = &mut narrowest
        && format.is_empty()
        && values.is_empty()
    {
        *format = formats.into_iter().next().unwrap_or_default();
    }
    narrowest
}
