//! Compares discriminators: the property that distinguishes alternatives, and the values that select each.
//!
//! If no mapping has a value for an alternative, its component's name is the value. Renaming that component then
//! changes the sent value.

use super::graph::{ComparisonId, Step};
use super::variants::Alternative;
use super::view::{Side, Type, View};
use super::wire::{ChangeDraft, Places, Wire};
use super::{Direction, rules};
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{Discriminator, Kind};

/// The extension that sets the discriminator value of a schema.
const DISCRIMINATOR_VALUE: &str = "x-ms-discriminator-value";

impl<'a> Wire<'a> {
    /// Compares the properties that distinguish alternatives.
    pub(super) fn discriminators(
        &mut self,
        unit: ComparisonId,
        old: Option<&Discriminator>,
        new: Option<&Discriminator>,
        places: Places<'_>,
        direction: Direction,
    ) {
        let says = match (old, new) {
            (None, Some(new)) => {
                let says = format!("is now distinguished by the property `{}`", new.property);
                ChangeDraft::of(&rules::DISCRIMINATOR_ADDED, says, &new.property)
            }
            (Some(old), None) => {
                let says = format!("is no longer distinguished by the property `{}`", old.property);
                ChangeDraft::of(&rules::DISCRIMINATOR_REMOVED, says, &old.property)
            }
            (Some(old), Some(new)) if old.property != new.property => {
                let says =
                    format!("is now distinguished by the property `{}` instead of `{}`", new.property, old.property);
                ChangeDraft::from_to(&rules::DISCRIMINATOR_CHANGED, says, &old.property, &new.property)
            }
            _ => return,
        };
        self.note(unit, Step::Same, Some(direction), places, says);
    }

    /// Compares the discriminator values of an alternative.
    pub(super) fn discriminator_values(
        &mut self,
        unit: ComparisonId,
        step: &Step<'a>,
        (old, new): (&Alternative<'a>, &Alternative<'a>),
        places: Places<'_>,
        direction: Direction,
    ) {
        if old.values.is_empty() || new.values.is_empty() {
            return;
        }
        // If no value remains, the alternative was renamed, which is a single change.
        if let (Some(was), Some(is)) = (old.values.first(), new.values.first())
            && old.values.iter().all(|value| !new.values.contains(value))
        {
            let says = format!("now has the discriminator value `{is}` instead of `{was}`");
            let says = ChangeDraft::from_to(&rules::DISCRIMINATOR_VALUE_CHANGED, says, was, is);
            return self.note(unit, step.clone(), Some(direction), places, says);
        }
        for value in old.values.iter().filter(|value| !new.values.contains(value)) {
            let says = format!("no longer has the discriminator value `{value}`");
            let says = ChangeDraft::of(&rules::DISCRIMINATOR_VALUE_REMOVED, says, value);
            self.note(unit, step.clone(), Some(direction), places, says);
        }
        for value in new.values.iter().filter(|value| !old.values.contains(value)) {
            let says = ChangeDraft::of(
                &rules::DISCRIMINATOR_VALUE_ADDED,
                format!("now has the discriminator value `{value}`"),
                value,
            );
            self.note(unit, step.clone(), Some(direction), places, says);
        }
    }
}

impl<'a> Side<'a> {
    pub(super) fn discriminator(&self, view: &View<'a>) -> Option<&'a Discriminator> {
        match view.choices.first().map(|choice| &self.schema(*choice).kind) {
            Some(Kind::Choice(choice)) => choice.discriminator.as_ref(),
            _ => None,
        }
    }

    /// Returns the discriminator values of a variant: those of the mapping, or else the implicit one.
    pub(super) fn values_for(&mut self, variant: SchemaId, discriminator: &'a Discriminator) -> Vec<&'a str> {
        let mapped = discriminator.mapping.iter().filter(|(_, id)| *id == variant);
        let mapped: Vec<&str> = mapped.map(|(value, _)| value.as_str()).collect();
        match mapped.is_empty() {
            true => self.implicit_value(variant, &discriminator.property).into_iter().collect(),
            false => mapped,
        }
    }

    /// Returns the implicit value of a component without a mapping. Returns `None` if the property lists its values,
    /// which are compared separately, or is not a string.
    fn implicit_value(&mut self, id: SchemaId, property: &str) -> Option<&'a str> {
        let extensions = self.declared(id).map(|schema| &schema.rare().extensions);
        let named = extensions.and_then(|extensions| extensions.get(DISCRIMINATOR_VALUE)?.as_str());
        let value = named.or(self.schema(id).component.as_deref())?;
        let node = self.node([id]);
        let view = self.view(node);
        if !matches!(view.kind, Type::Object | Type::Any) || !view.choices.is_empty() {
            return None;
        }
        let Some(field) = view.fields.get(property) else { return Some(value) };
        let field = self.node(field.schemas.iter().copied());
        let field = self.view(field);
        let holds_text = matches!(field.kind, Type::String | Type::Any);
        (holds_text && field.values().is_none()).then_some(value)
    }

    /// Returns the schemas that extend a node, as alternatives with their discriminator values.
    pub(super) fn extending(&mut self, view: &View<'a>) -> Vec<Alternative<'a>> {
        let mut by_child: Vec<(SchemaId, Vec<&'a str>)> = Vec::new();
        for (value, child) in &view.subtypes {
            let discriminators = view.declared.iter().filter_map(|schema| schema.discriminator.as_ref());
            let is_mapped =
                discriminators.flat_map(|discriminator| &discriminator.mapping).any(|(mapped, _)| mapped == value);
            let property = view.declared.iter().find_map(|schema| Some(&schema.discriminator.as_ref()?.property));
            let value = match property.filter(|_| !is_mapped) {
                Some(property) => self.implicit_value(*child, property),
                None => Some(*value),
            };
            match by_child.iter_mut().find(|(other, _)| other == child) {
                Some((_, values)) => values.extend(value),
                None => by_child.push((*child, value.into_iter().collect())),
            }
        }
        let nodes: Vec<_> = by_child.into_iter().map(|(child, values)| (self.node([child]), values)).collect();
        nodes.into_iter().map(|(node, values)| self.alternative(node, values)).collect()
    }
}
