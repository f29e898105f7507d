//! The input of a sample: a schema with its `allOf` merged and one alternative of each choice.

use indexmap::IndexMap;
use serde_json::Value;

use super::{Result, Sampler, Unsampled};
use crate::ir::JsonKind;
use crate::ir::is_alike;
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{Additional, Choice, Discriminator, Kind, Limits, Normalizer};

/// Schemas that apply at once, merged. If several have a keyword, the first one wins.
#[derive(Clone, Default)]
pub(super) struct Merged<'a> {
    pub(super) kind: JsonKind,
    pub(super) limits: Limits,
    /// Each property with all of its schemas.
    pub(super) properties: IndexMap<&'a str, Vec<SchemaId>>,
    pub(super) required: Vec<&'a str>,
    pub(super) additional: Additional,
    pub(super) items: Vec<SchemaId>,
    /// The items of an array of fixed length, in order.
    pub(super) tuple: Vec<SchemaId>,
    /// The chosen alternatives, outermost first.
    pub(super) chosen: Vec<SchemaId>,
    /// The property and value that identify the chosen alternative.
    pub(super) tag: Option<(String, Value)>,
}

impl<'a> Sampler<'a> {
    /// Merges schemas.
    ///
    /// # Errors
    ///
    /// [`Unsampled::Endless`] if they refer to a schema that encloses them.
    pub(super) fn merged(&mut self, schemas: &[SchemaId]) -> Result<Merged<'a>> {
        let mut out = Merged::default();
        let depth = self.within.len();
        let mut entered = Vec::new();
        for schema in schemas {
            let part = self.merged_one(*schema)?;
            out.join(part);
            // The next part may refer to the same schema. The schemas that enclose the whole enclose every part.
            entered.extend(self.within.drain(depth..));
        }
        self.within.append(&mut entered);
        Ok(out)
    }

    fn merged_one(&mut self, id: SchemaId) -> Result<Merged<'a>> {
        let all: &'a Normalizer<'a> = self.all;
        let id = all.referred(id);
        if self.within.contains(&id) {
            return Err(Unsampled::Endless);
        }
        self.within.push(id);
        let schema = &all[id];
        let mut out = Merged { limits: schema.limits.clone(), tuple: schema.tuple.clone(), ..Merged::default() };
        match &schema.kind {
            Kind::Any => {}
            Kind::Boolean => out.kind = JsonKind::Boolean,
            Kind::Integer { .. } => out.kind = JsonKind::Integer,
            Kind::Number => out.kind = JsonKind::Number,
            Kind::String { .. } => out.kind = JsonKind::String,
            Kind::Array(items) => (out.kind, out.items) = (JsonKind::Array, vec![*items]),
            Kind::Object(object) => {
                out.kind = JsonKind::Object;
                out.additional = object.additional;
                for property in &object.properties {
                    out.properties.entry(&property.name).or_default().push(property.schema);
                }
                let required = object.properties.iter().filter(|property| property.required);
                out.required.extend(required.map(|property| property.name.as_str()));
                out.required.extend(object.required.iter().map(String::as_str));
            }
            Kind::AllOf(parts) => out.join(self.merged(parts)?),
            Kind::Choice(Choice { variants, discriminator, .. }) if !variants.is_empty() => {
                self.alternatives = self.alternatives.max(variants.len());
                let (chosen, part) = self.chosen(variants)?;
                out.chosen.push(chosen);
                out.tag =
                    discriminator.as_ref().and_then(|discriminator| tag(all, discriminator, variants, chosen, &part));
                out.join(part);
            }
            Kind::Choice(_) => {}
        }
        out.limits.values.extend(schema.constant.iter().filter(|only| out.kind.has(only)).cloned());
        Ok(out)
    }

    /// Returns the requested alternative, or the next one that is not recursive.
    fn chosen(&mut self, alternatives: &[SchemaId]) -> Result<(SchemaId, Merged<'a>)> {
        let depth = self.within.len();
        for number in 0..alternatives.len() {
            let chosen = alternatives[(self.wanted.alternative + number) % alternatives.len()];
            match self.merged(&[chosen]) {
                Err(Unsampled::Endless) => self.within.truncate(depth),
                merged => return merged.map(|part| (chosen, part)),
            }
        }
        Err(Unsampled::Endless)
    }

    /// Returns true if a property is left out of requests.
    pub(super) fn is_left_out(&self, schemas: &[SchemaId]) -> bool {
        schemas.iter().any(|id| {
            let schema = &self.all[self.all.referred(*id)];
            let of_parts = match &schema.kind {
                Kind::AllOf(parts) => parts.iter().any(|part| self.all[*part].read_only),
                _ => false,
            };
            schema.read_only || of_parts || self.all.allows_nothing(*id)
        })
    }
}

impl Merged<'_> {
    /// Adds the constraints of another schema.
    fn join(&mut self, other: Self) {
        if self.kind == JsonKind::Any || self.kind == JsonKind::Number && other.kind == JsonKind::Integer {
            self.kind = other.kind;
        }
        for (name, schemas) in other.properties {
            self.properties.entry(name).or_default().extend(schemas);
        }
        self.required.extend(other.required);
        if self.additional == Additional::Unsaid {
            self.additional = other.additional;
        }
        self.items.extend(other.items);
        if self.tuple.is_empty() {
            self.tuple = other.tuple;
        }
        self.chosen.extend(other.chosen);
        self.tag = self.tag.take().or(other.tag);
        let (own, other) = (std::mem::take(&mut self.limits), other.limits);
        self.limits = Limits {
            format: if own.format.is_empty() { other.format } else { own.format },
            pattern: own.pattern.or(other.pattern),
            values: if own.values.is_empty() { other.values } else { own.values },
            minimum: own.minimum.or(other.minimum),
            maximum: own.maximum.or(other.maximum),
            multiple_of: own.multiple_of.or(other.multiple_of),
            min_length: own.min_length.or(other.min_length),
            max_length: own.max_length.or(other.max_length),
            min_items: own.min_items.or(other.min_items),
            max_items: own.max_items.or(other.max_items),
            unique_items: own.unique_items || other.unique_items,
            min_properties: own.min_properties.or(other.min_properties),
            max_properties: own.max_properties.or(other.max_properties),
            not: own.not.or(other.not),
        };
    }
}

/// Returns the property that identifies the alternatives, with the value that identifies this one unless its own schema
/// declares it.
fn tag(
    all: &Normalizer<'_>,
    discriminator: &Discriminator,
    variants: &[SchemaId],
    chosen: SchemaId,
    part: &Merged<'_>,
) -> Option<(String, Value)> {
    let component = all[chosen].component.as_ref()?;
    let is_chosen = |target: &SchemaId| *target == chosen || part.chosen.contains(target);
    let mapped = discriminator.mapping.iter().find(|(_, target)| is_chosen(target));
    let declared = part.properties.get(discriminator.property.as_str()).into_iter().flatten();
    let listed = declared.map(|id| &all[*id].limits.values).filter(|values| !values.is_empty());
    let listed = listed.min_by_key(|values| values.len());
    let value = match (mapped, listed) {
        (_, Some(listed)) if listed.len() == 1 => return Some((discriminator.property.clone(), listed[0].clone())),
        (Some((value, _)), _) => value,
        (None, Some(listed)) => {
            let named = listed.iter().find(|value| value.as_str().is_some_and(|value| is_alike(value, component)))?;
            return Some((discriminator.property.clone(), named.clone()));
        }
        (None, None) if variants.iter().any(|variant| all[*variant].component.is_none()) => return None,
        (None, None) => component,
    };
    Some((discriminator.property.clone(), Value::String(value.clone())))
}
