//! Converts shapes to schemas.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::components::Components;
use super::segment::{singular, snake};
use super::shape::{Integers, Objects, Shape};

/// Minimum number of properties of a component.
const LEAST_OF_COMPONENT: usize = 2;

/// The years 2000 to 2100 in seconds since 1970.
const SECONDS: std::ops::RangeInclusive<i128> = 946_684_800..=4_102_444_800;

/// Properties that only wrap the subject of a response.
const ENVELOPES: [&str; 6] = ["payload", "data", "result", "results", "items", "meta"];

/// Writes schemas. Objects with the same properties are one component.
pub struct Schemas<'d> {
    components: &'d Components<'d>,
    /// True if `type` is a single string, and null is expressed by `nullable`.
    has_single_types: bool,
    shared: BTreeMap<Vec<String>, Shared>,
}

/// Objects with the same properties.
struct Shared {
    shape: Shape,
    /// The number of their occurrences in operations.
    places: usize,
    /// The name suggested by the first occurrence.
    hint: String,
    /// The component, once all objects are known.
    component: Option<String>,
}

impl<'d> Schemas<'d> {
    pub fn new(components: &'d Components<'d>, has_single_types: bool) -> Self {
        Self { components, has_single_types, shared: BTreeMap::new() }
    }

    /// Adds the objects of a body; `hint` names its subject.
    pub fn note(&mut self, shape: &Shape, hint: &str) {
        if let Some(names) = key(shape).filter(|_| self.components.find(shape).is_none()) {
            let shared = self.shared.entry(names);
            let shared = shared.or_insert_with(|| Shared {
                shape: Shape::default(),
                places: 0,
                hint: hint.to_owned(),
                component: None,
            });
            shared.shape = std::mem::take(&mut shared.shape).join(Shape {
                nulls: 0,
                count: shape.count - shape.nulls,
                ..shape.clone()
            });
            shared.places += 1;
        }
        if let Some(arrays) = &shape.arrays {
            self.note(&arrays.items, &singular(hint));
        }
        if let Some(objects) = &shape.objects {
            for (name, property) in &objects.properties {
                let is_envelope = ENVELOPES.contains(&name.as_str());
                self.note(property, if is_envelope { hint } else { name });
            }
            objects.others.iter().for_each(|shape| self.note(shape, hint));
        }
    }

    /// Names the components, after all bodies have been added.
    pub fn name_components(&mut self) {
        let mut taken: Vec<String> = Vec::new();
        let mut order: Vec<Vec<String>> = self.shared.keys().cloned().collect();
        order.sort_by_key(|names| (self.shared[names].hint.clone(), std::cmp::Reverse(names.len())));
        for names in order {
            let Some(shared) = self.shared.get_mut(&names) else { continue };
            if shared.places > 1 {
                let base = Some(snake(&singular(&shared.hint))).filter(|base| !base.is_empty());
                let base = base.unwrap_or_else(|| "object".to_owned());
                let is_free = |name: &String| !taken.contains(name) && !self.components.has(name);
                let numbered = (2..).map(|number| format!("{base}_{number}"));
                shared.component = std::iter::once(base.clone()).chain(numbered).find(is_free);
                taken.extend(shared.component.clone());
            }
        }
    }

    /// Returns the new components.
    pub fn new_components(&self) -> Map<String, Value> {
        let mut found = BTreeMap::new();
        for shared in self.shared.values() {
            let (Some(name), Some(objects)) = (&shared.component, &shared.shape.objects) else { continue };
            let mut schema = self.object(objects);
            schema["x-evidence"] = evidence(shared.shape.count);
            schema["x-evidence"]["places"] = shared.places.into();
            found.insert(name.clone(), schema);
        }
        found.into_iter().collect()
    }

    /// Returns the schema of a shape; `name` is that of its property, if it is one.
    pub fn schema(&self, shape: &Shape, name: Option<&str>) -> Value {
        let mut alternatives: Vec<Value> = Vec::new();
        if shape.booleans > 0 {
            alternatives.push(json!({"type": "boolean"}));
        }
        match &shape.integers {
            Some(integers) if shape.numbers == 0 => alternatives.push(integer(integers, name)),
            None if shape.numbers == 0 => {}
            _ => alternatives.push(json!({"type": "number"})),
        }
        if let Some(strings) = &shape.strings {
            let mut schema = json!({"type": "string"});
            if let Some(format) = strings.formats.name() {
                schema["format"] = format.into();
            }
            // Repeated words may be the values of an enum.
            if let Some(words) = strings.words.as_ref().filter(|words| words.len() * 3 <= strings.count) {
                schema["x-evidence"] = json!({"samples": strings.count, "distinct": words.len()});
            }
            alternatives.push(schema);
        }
        if shape.files > 0 {
            alternatives.push(json!({"type": "string", "format": "binary"}));
        }
        if let Some(arrays) = &shape.arrays {
            alternatives.push(json!({"type": "array", "items": self.schema(&arrays.items, None)}));
        }
        if let Some(objects) = &shape.objects {
            let own = Shape { count: objects.count, objects: Some(objects.clone()), ..Shape::default() };
            alternatives.push(self.reference(&own).unwrap_or_else(|| self.object(objects)));
        }
        self.choice(alternatives, shape.nulls > 0)
    }

    /// Returns a reference to the component of a shape of objects.
    fn reference(&self, shape: &Shape) -> Option<Value> {
        let shared =
            || key(shape).and_then(|names| self.shared.get(&names)).and_then(|shared| shared.component.as_deref());
        let name = self.components.find(shape).or_else(shared)?;
        Some(json!({"$ref": format!("#/components/schemas/{name}")}))
    }

    /// Returns a schema that allows these alternatives, and null if `has_null` is set.
    fn choice(&self, mut alternatives: Vec<Value>, has_null: bool) -> Value {
        if alternatives.len() > 1 {
            let mut schema = json!({"oneOf": alternatives});
            match (has_null, self.has_single_types) {
                (false, _) => {}
                (true, true) => schema["nullable"] = true.into(),
                (true, false) => {
                    schema["oneOf"].as_array_mut().into_iter().for_each(|all| all.push(json!({"type": "null"})))
                }
            }
            return schema;
        }
        // A sample that is null does not show the type.
        let Some(mut schema) = alternatives.pop() else { return json!({}) };
        match (has_null, self.has_single_types, schema.get("type").cloned()) {
            (false, ..) => schema,
            (true, true, Some(_)) => {
                schema["nullable"] = true.into();
                schema
            }
            (true, true, None) => json!({"allOf": [schema], "nullable": true}),
            (true, false, Some(kind)) => {
                schema["type"] = json!([kind, "null"]);
                schema
            }
            (true, false, None) => json!({"oneOf": [schema, {"type": "null"}]}),
        }
    }

    fn object(&self, objects: &Objects) -> Value {
        if let Some(union) = self.union(objects) {
            return union;
        }
        let mut schema = json!({"type": "object"});
        if let Some(values) = map_values(objects) {
            schema["additionalProperties"] = self.schema(&values, None);
            return schema;
        }
        // A single sample does not show which properties are always present.
        let is_required = |shape: &Shape| objects.count > 1 && shape.count == objects.count;
        let required: Vec<&String> =
            objects.properties.iter().filter(|(_, shape)| is_required(shape)).map(|(name, _)| name).collect();
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        let properties: Map<String, Value> =
            objects.properties.iter().map(|(name, shape)| (name.clone(), self.schema(shape, Some(name)))).collect();
        if !properties.is_empty() {
            schema["properties"] = properties.into();
        }
        if let Some(others) = &objects.others {
            schema["additionalProperties"] = self.schema(others, None);
        }
        schema
    }

    /// Returns a choice of objects that a constant distinguishes, if each of its values has several samples and a
    /// different set of properties.
    fn union(&self, objects: &Objects) -> Option<Value> {
        let tells_apart = |(tag, alternatives): &(&String, &BTreeMap<String, Objects>)| {
            let all: Vec<_> = alternatives.values().collect();
            let is_everywhere = objects.properties.get(*tag).is_some_and(|shape| {
                shape.count == objects.count
                    && shape.strings.as_ref().is_some_and(|strings| strings.count == objects.count)
            });
            let differ =
                |a: &Objects| all.iter().all(|b| std::ptr::eq(a, *b) || a.properties.keys().ne(b.properties.keys()));
            is_everywhere && all.len() > 1 && all.iter().all(|objects| objects.count > 1 && differ(objects))
        };
        let mut known = objects.tags.iter().filter_map(|(tag, alternatives)| Some((tag, alternatives.as_ref()?)));
        let (tag, alternatives) = known.find(tells_apart)?;
        let schemas = alternatives.iter().map(|(value, objects)| {
            let mut schema = self.object(objects);
            schema["properties"][tag] = json!({"type": "string", "enum": [value]});
            schema
        });
        Some(json!({"oneOf": schemas.collect::<Vec<_>>()}))
    }
}

/// Returns the evidence for a guess, which is a draft if it has a single sample.
pub fn evidence(samples: usize) -> Value {
    if samples == 1 { json!({"samples": 1, "draft": true}) } else { json!({"samples": samples}) }
}

/// Returns the property names of objects that may become a component. Envelopes do not, because many operations have
/// the same envelope for different subjects.
fn key(shape: &Shape) -> Option<Vec<String>> {
    let objects = shape.objects.as_ref().filter(|_| shape.is_object())?;
    let is_envelope = ENVELOPES
        .iter()
        .filter_map(|name| objects.properties.get(*name))
        .any(|shape| shape.arrays.is_some() || shape.objects.is_some());
    let is_plain =
        map_values(objects).is_none() && objects.properties.len() >= LEAST_OF_COMPONENT && objects.others.is_none();
    (is_plain && !is_envelope).then(|| objects.properties.keys().cloned().collect())
}

/// Returns the values of objects whose keys are data: if all keys look like data, or if they vary from object to
/// object.
fn map_values(objects: &Objects) -> Option<Shape> {
    let values = objects.properties.values();
    let vary = objects.count >= 5
        && objects.properties.len() >= 10
        && values.clone().all(|shape| shape.count * 2 <= objects.count)
        && values.clone().cloned().fold(Shape::default(), Shape::join).by_type().len() == 1;
    match &objects.others {
        Some(others) if objects.properties.is_empty() => Some(others.clone()),
        others if vary => Some(values.cloned().fold(others.clone().unwrap_or_default(), Shape::join)),
        _ => None,
    }
}

fn integer(integers: &Integers, name: Option<&str>) -> Value {
    let mut schema = json!({"type": "integer"});
    let is_time = name.map(snake).is_some_and(|name| {
        ["_at", "_on", "_time", "timestamp", "since", "until"].iter().any(|end| name.ends_with(end))
    });
    if is_time && SECONDS.contains(&integers.least) && SECONDS.contains(&integers.greatest) {
        schema["description"] = "Seconds since 1970.".into();
    }
    schema
}
