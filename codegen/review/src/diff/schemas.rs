//! Schemas compared: types, properties, items.

use super::graph::{Step, UnitId};
use super::rules;
use super::view::{Additional, Field, Node, Type, View};
use super::wire::{Places, Says, Wire};
use super::{Direction, Rule};
use crm_clients_document::diagnostic::child;

/// A property before and after.
type Fields<'v, 'a> = (Option<&'v Field<'a>>, Option<&'v Field<'a>>);

impl<'a> Wire<'a> {
    /// Compares two nodes.
    pub(super) fn schemas(&mut self, unit: UnitId, old: Node, new: Node, direction: Direction) {
        let (old_view, new_view) = (self.old.view(old), self.new.view(new));
        match (old_view.choices.len(), new_view.choices.len()) {
            (0, 1) | (1, 0) => return self.alternatives(unit, (old, &old_view), (new, &new_view), direction),
            (1, 1) => self.alternatives(unit, (old, &old_view), (new, &new_view), direction),
            _ => self.several_choices(unit, &old_view, &new_view, direction),
        }
        self.own(unit, &old_view, &new_view, direction);
    }

    /// Compares what two views say beside their choices.
    fn own(&mut self, unit: UnitId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let places = Places { old: old.pointer, new: new.pointer };
        if old.kind != new.kind {
            let words = (old.kind.word(), new.kind.word());
            let says = match words {
                (word, "any") => format!("may be anything now, not only of type {word}"),
                ("any", word) => format!("is of type {word} now and could be anything"),
                (old, new) => format!("is of type {new} now, no longer of type {old}"),
            };
            let rule = type_rule(old.kind, new.kind, self.graph.is_text(unit));
            let says = Says::from_to(rule, says, words.0, words.1);
            self.note(unit, Step::Same, Some(direction), places, says);
            if !is_numeric(old.kind) || !is_numeric(new.kind) {
                return;
            }
        }
        for says in super::limits::compare(old, new) {
            self.note(unit, Step::Same, Some(direction), places, says);
        }
        if let Some(says) = self.excluded(old, new) {
            self.note(unit, Step::Same, Some(direction), places, says);
        }
        if old.kind == Type::Array {
            self.link(unit, Step::Items, &old.items, &new.items, direction);
        }
        self.properties(unit, old, new, direction);
        self.additional(unit, old, new, direction);
    }

    fn excluded(&mut self, old: &View<'a>, new: &View<'a>) -> Option<Says> {
        let (old, new) = (old.not(), new.not());
        match (old.is_empty(), new.is_empty()) {
            (true, true) => None,
            (true, false) => Some(Says::new(&rules::NOT_ADDED, "excludes some values now by `not`")),
            (false, true) => Some(Says::new(&rules::NOT_REMOVED, "no longer excludes values by `not`")),
            (false, false) => {
                let (old, new) = (self.old.node(old), self.new.node(new));
                let is_same = self.old.hash(old) == self.new.hash(new);
                (!is_same).then(|| Says::new(&rules::NOT_CHANGED, "excludes other values by `not`"))
            }
        }
    }

    fn properties(&mut self, unit: UnitId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        for (name, field) in &old.fields {
            self.property(unit, name, (old, new), (Some(field), new.fields.get(name)), direction);
        }
        for (name, field) in new.fields.iter().filter(|(name, _)| !old.fields.contains_key(*name)) {
            self.property(unit, name, (old, new), (None, Some(field)), direction);
        }
    }

    fn property(
        &mut self,
        unit: UnitId,
        name: &'a str,
        (old_view, new_view): (&View<'a>, &View<'a>),
        (old, new): Fields<'_, 'a>,
        direction: Direction,
    ) {
        let old_use = old.map(|field| self.old.usage(&field.schemas));
        let new_use = new.map(|field| self.new.usage(&field.schemas));
        let was = old.filter(|_| old_use.is_some_and(|usage| usage.travels(direction)));
        let is = new.filter(|_| new_use.is_some_and(|usage| usage.travels(direction)));
        let (old_place, new_place) = (place(old, old_view, name), place(new, new_view, name));
        let places = Places { old: old_place.as_deref(), new: new_place.as_deref() };
        let mut note = |says: Says| self.note(unit, Step::Property(name), Some(direction), places, says);
        match (was, is) {
            (None, None) => {}
            (Some(was), None) => note(lost(was.required, new.is_some(), direction)),
            (None, Some(is)) => note(gained(is.required, old.is_some(), direction)),
            (Some(was), Some(is)) => {
                match (was.required, is.required) {
                    (false, true) => note(Says::new(&rules::PROPERTY_BECAME_REQUIRED, "is required now")),
                    (true, false) => note(Says::new(&rules::PROPERTY_BECAME_OPTIONAL, "is no longer required")),
                    _ => {}
                }
                let deprecated = |usage: Option<super::view::Use>| usage.is_some_and(|usage| usage.deprecated);
                match (deprecated(old_use), deprecated(new_use)) {
                    (false, true) => note(Says::new(&rules::PROPERTY_DEPRECATED, "is deprecated now")),
                    (true, false) => note(Says::new(&rules::PROPERTY_UNDEPRECATED, "is no longer deprecated")),
                    _ => {}
                }
                self.link(unit, Step::Property(name), &was.schemas, &is.schemas, direction);
            }
        }
    }

    fn additional(&mut self, unit: UnitId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let says = match (&old.additional, &new.additional) {
            (Additional::Open, Additional::Open) | (Additional::Closed, Additional::Closed) => return,
            (Additional::Of(old), Additional::Of(new)) => return self.link(unit, Step::Values, old, new, direction),
            (_, Additional::Closed) => {
                Says::new(&rules::ADDITIONAL_PROPERTIES_CLOSED, "has no properties any more that are not listed")
            }
            (Additional::Closed, _) => {
                Says::new(&rules::ADDITIONAL_PROPERTIES_OPENED, "may have properties now that are not listed")
            }
            (Additional::Open, Additional::Of(_)) => {
                Says::new(&rules::ADDITIONAL_PROPERTIES_TYPED, "has a schema now for properties that are not listed")
            }
            (Additional::Of(_), Additional::Open) => Says::new(
                &rules::ADDITIONAL_PROPERTIES_UNTYPED,
                "no longer has a schema for properties that are not listed",
            ),
        };
        let places = Places { old: old.pointer, new: new.pointer };
        self.note(unit, Step::Same, Some(direction), places, says);
    }
}

/// Where a property stands, or the object that has no such property.
fn place(field: Option<&Field<'_>>, view: &View<'_>, name: &str) -> Option<String> {
    match field {
        Some(field) if field.schemas.is_empty() => Some(child(field.holder, "required")),
        Some(field) => Some(child(&child(field.holder, "properties"), name)),
        None => view.pointer.map(str::to_owned),
    }
}

fn is_numeric(kind: Type) -> bool {
    matches!(kind, Type::Integer | Type::Number)
}

fn type_rule(old: Type, new: Type, is_text: bool) -> &'static Rule {
    match (old, new) {
        (_, Type::String) if is_text && old.is_scalar() => &rules::TYPE_WIDENED,
        (Type::String, _) if is_text && new.is_scalar() => &rules::TYPE_NARROWED,
        (_, Type::Any) | (Type::Integer, Type::Number) => &rules::TYPE_WIDENED,
        (Type::Any, _) | (Type::Number, Type::Integer) => &rules::TYPE_NARROWED,
        _ => &rules::TYPE_CHANGED,
    }
}

/// A property that data of this direction had and has no longer, though the document may still declare it.
fn lost(required: bool, declared: bool, direction: Direction) -> Says {
    match (declared, direction, required) {
        (false, _, false) => Says::new(&rules::PROPERTY_REMOVED, "is no longer there"),
        (false, _, true) => Says::new(&rules::REQUIRED_PROPERTY_REMOVED, "is no longer there; it was required"),
        (true, Direction::Request, false) => Says::new(&rules::PROPERTY_BECAME_READ_ONLY, "is read-only now"),
        (true, Direction::Request, true) => {
            Says::new(&rules::REQUIRED_PROPERTY_BECAME_READ_ONLY, "is read-only now; it was required")
        }
        (true, Direction::Response, false) => Says::new(&rules::PROPERTY_BECAME_WRITE_ONLY, "is write-only now"),
        (true, Direction::Response, true) => {
            Says::new(&rules::REQUIRED_PROPERTY_BECAME_WRITE_ONLY, "is write-only now; it was required")
        }
    }
}

/// The mirror of [`lost`].
fn gained(required: bool, declared: bool, direction: Direction) -> Says {
    match (declared, direction, required) {
        (false, _, false) => Says::new(&rules::PROPERTY_ADDED, "is new"),
        (false, _, true) => Says::new(&rules::REQUIRED_PROPERTY_ADDED, "is new and required"),
        (true, Direction::Request, false) => Says::new(&rules::PROPERTY_BECAME_WRITABLE, "is no longer read-only"),
        (true, Direction::Request, true) => {
            Says::new(&rules::REQUIRED_PROPERTY_BECAME_WRITABLE, "is no longer read-only, and required")
        }
        (true, Direction::Response, false) => Says::new(&rules::PROPERTY_BECAME_READABLE, "is no longer write-only"),
        (true, Direction::Response, true) => {
            Says::new(&rules::REQUIRED_PROPERTY_BECAME_READABLE, "is no longer write-only, and required")
        }
    }
}
