//! Compares one schema with the choice that replaces it, or a choice with the one schema that replaces it.
//!
//! If a property distinguishes the alternatives, each of them is compared with the one schema, restricted to the
//! property's value. Otherwise an alternative that covers the one schema is compared with it, and the others are
//! additions.

use std::collections::BTreeSet;

use super::graph::{ComparisonId, Step};
use super::limits::plain;
use super::variants::Alternative;
use super::wire::{ChangeDraft, Places, Wire};
use super::{Direction, rules};

impl<'a> Wire<'a> {
    /// Compares one schema with the alternatives that replace it, or the reverse. Returns false if neither is the case.
    pub(super) fn split(
        &mut self,
        unit: ComparisonId,
        (old, new): (&[Alternative<'a>], &[Alternative<'a>]),
        places: Places<'_>,
        direction: Direction,
    ) -> bool {
        let (one, all, is_old) = match (old, new) {
            ([one], all) if all.len() > 1 => (one, all, true),
            (all, [one]) if all.len() > 1 => (one, all, false),
            _ => return false,
        };
        let split = Split { unit, places, direction, is_old };
        self.by_tag(&split, one, all) || self.by_cover(&split, one, all) || self.by_likeness(&split, one, all)
    }

    fn by_tag(&mut self, split: &Split<'_>, one: &Alternative<'a>, all: &[Alternative<'a>]) -> bool {
        let Some((tag, values)) = self.tag(split, one, all) else { return false };
        let known: BTreeSet<&str> = all.iter().flat_map(|other| &other.names).copied().collect();
        let mut is_told = false;
        for other in all {
            let value = value_of(other, tag).unwrap_or_default();
            let step = Step::Variant(format!("{tag}={value}"));
            if !values.contains(&value) {
                self.note_alone(split, step, other);
                is_told = true;
                continue;
            }
            // Properties of other alternatives were not removed.
            let elsewhere =
                one.names.iter().copied().filter(|name| known.contains(name) && !other.names.contains(name));
            let without: Vec<&'a str> = elsewhere.chain([tag]).collect();
            let (mine, theirs) = match split.is_old {
                true => (self.old.without(one.node, without), self.new.without(other.node, vec![tag])),
                false => (self.old.without(other.node, vec![tag]), self.new.without(one.node, without)),
            };
            self.link_nodes(split.unit, step, mine, theirs, split.direction);
        }
        self.tag_required(split, tag, one, all);
        let told: BTreeSet<String> = all.iter().filter_map(|other| value_of(other, tag)).collect();
        let gone: Vec<String> =
            values.iter().filter(|value| !told.contains(*value)).map(|value| format!("`{value}`")).collect();
        if gone.is_empty() && !is_told {
            self.note_split(split, format!("has {} alternatives by `{tag}`", all.len()), tag);
        }
        if !gone.is_empty() {
            let gone = gone.join(", ");
            let says = match split.is_old {
                true => ChangeDraft::of(&rules::ENUM_VALUE_REMOVED, format!("can no longer be {gone}"), &gone),
                false => ChangeDraft::of(&rules::ENUM_VALUE_ADDED, format!("can now be {gone}"), &gone),
            };
            self.note(split.unit, Step::Property(tag), Some(split.direction), split.places, says);
        }
        true
    }

    /// Returns the property that has a distinct constant in each alternative, and its values in the one schema.
    fn tag(
        &mut self,
        split: &Split<'_>,
        one: &Alternative<'a>,
        all: &[Alternative<'a>],
    ) -> Option<(&'a str, BTreeSet<String>)> {
        let side = if split.is_old { &mut self.old } else { &mut self.new };
        let view = side.view(one.node);
        for (name, field) in &view.fields {
            let values: Option<Vec<String>> = all.iter().map(|other| value_of(other, name)).collect();
            let Some(values) = values.map(BTreeSet::from_iter).filter(|values| values.len() == all.len()) else {
                continue;
            };
            let node = side.node(field.schemas.iter().copied());
            let listed = side.view(node).values().unwrap_or_default();
            let listed: BTreeSet<String> = listed.into_iter().map(plain).collect();
            if !listed.is_disjoint(&values) {
                return Some((name, listed));
            }
        }
        None
    }

    /// Reports once that the property that distinguishes the alternatives became required or optional in all of them.
    fn tag_required(&mut self, split: &Split<'_>, tag: &'a str, one: &Alternative<'a>, all: &[Alternative<'a>]) {
        let (mine, theirs) = if split.is_old { (&mut self.old, &mut self.new) } else { (&mut self.new, &mut self.old) };
        let before = mine.view(one.node).fields.get(tag).is_some_and(|field| field.required);
        let fields = all.iter().filter_map(|other| Some(theirs.view(other.node).fields.get(tag)?.required));
        let fields: Vec<bool> = fields.collect();
        let after = !fields.is_empty() && fields.iter().all(|required| *required);
        let says = match (before, after) {
            (false, true) if split.is_old => ChangeDraft::new(&rules::PROPERTY_BECAME_REQUIRED, "is now required"),
            (false, true) => ChangeDraft::new(&rules::PROPERTY_BECAME_OPTIONAL, "is no longer required"),
            _ => return,
        };
        self.note(split.unit, Step::Property(tag), Some(split.direction), split.places, says);
    }

    fn by_cover(&mut self, split: &Split<'_>, one: &Alternative<'a>, all: &[Alternative<'a>]) -> bool {
        let mut covering = Vec::new();
        let mut within = Vec::new();
        for (index, other) in all.iter().enumerate() {
            let (old, new) = if split.is_old { (one.node, other.node) } else { (other.node, one.node) };
            let (old_is_within, new_is_within) = self.contained(old, new, split.direction);
            let (covers, is_within) =
                if split.is_old { (old_is_within, new_is_within) } else { (new_is_within, old_is_within) };
            if covers {
                covering.push((other.hash, index));
            } else if is_within {
                within.push(index);
            }
        }
        let cover = covering.iter().min().map(|(_, index)| *index);
        if cover.is_none() && within.len() < all.len() {
            return false;
        }
        let is_alone = |index: usize| cover.is_some_and(|cover| cover != index) && !within.contains(&index);
        if !(0..all.len()).any(is_alone) {
            self.note_split(split, format!("matches one of {} alternatives", all.len()), "");
        }
        for (index, other) in all.iter().enumerate() {
            if cover.is_none_or(|cover| cover == index) {
                let (old, new) = if split.is_old { (one.node, other.node) } else { (other.node, one.node) };
                self.link_nodes(split.unit, Step::Variant(other.label()), old, new, split.direction);
            } else if is_alone(index) {
                self.note_alone(split, Step::Variant(other.label()), other);
            }
        }
        true
    }

    /// Compares each alternative with the one schema if all of them have nearly the same properties, as those that only
    /// differ in the properties that they require.
    fn by_likeness(&mut self, split: &Split<'_>, one: &Alternative<'a>, all: &[Alternative<'a>]) -> bool {
        const NEARLY_SAME: usize = 80;
        let is_alike = |other: &Alternative<'a>| other.likeness(one).is_some_and(|likeness| likeness >= NEARLY_SAME);
        if one.names.is_empty() || !all.iter().all(is_alike) {
            return false;
        }
        self.note_split(split, format!("matches one of {} alternatives", all.len()), "");
        for other in all {
            let (old, new) = if split.is_old { (one.node, other.node) } else { (other.node, one.node) };
            self.link_nodes(split.unit, Step::Variant(other.label()), old, new, split.direction);
        }
        true
    }

    fn note_split(&mut self, split: &Split<'_>, says: String, detail: &str) {
        let says = match split.is_old {
            true => ChangeDraft::of(&rules::ALTERNATIVES_SPLIT, format!("now {says}"), detail),
            false => ChangeDraft::of(&rules::ALTERNATIVES_JOINED, format!("no longer {says}"), detail),
        };
        self.note(split.unit, Step::Same, Some(split.direction), split.places, says);
    }

    fn note_alone(&mut self, split: &Split<'_>, step: Step<'a>, other: &Alternative<'a>) {
        let (says, places) = match split.is_old {
            true => {
                let new = self.new.pointer(other.node).or(split.places.new);
                (ChangeDraft::new(&rules::VARIANT_ADDED, "was added"), Places { new, ..split.places })
            }
            false => {
                let old = self.old.pointer(other.node).or(split.places.old);
                (ChangeDraft::new(&rules::VARIANT_REMOVED, "was removed"), Places { old, ..split.places })
            }
        };
        self.note(split.unit, step, Some(split.direction), places, says);
    }
}

/// Returns the value of a property in an alternative, or its discriminator value.
fn value_of(other: &Alternative<'_>, tag: &str) -> Option<String> {
    let of_tag = other.tags.iter().find(|(name, _)| *name == tag).map(|(_, value)| value.clone());
    of_tag.or_else(|| other.values.first().map(|value| (*value).to_owned()))
}

/// The location of a split, and true if the one schema is the old one.
struct Split<'p> {
    unit: ComparisonId,
    places: Places<'p>,
    direction: Direction,
    is_old: bool,
}
