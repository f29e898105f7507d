//! Compares schemas: types, properties and items.

use super::graph::{ComparisonId, Step, Transport};
use super::limits::listed_words;
use super::rules;
use super::view::{Additional, Field, Node, Side, Type, View};
use super::wire::{ChangeDraft, Places, Wire};
use super::{Direction, Rule};
use crm_clients_document::diagnostic::child;
use crm_clients_document::model::SchemaId;

/// An old and a new property.
type Fields<'v, 'a> = (Option<&'v Field<'a>>, Option<&'v Field<'a>>);

impl<'a> Wire<'a> {
    /// Compares two nodes.
    pub(super) fn schemas(&mut self, unit: ComparisonId, old: Node, new: Node, direction: Direction) {
        let (old_view, new_view) = (self.old.view(old), self.new.view(new));
        if old_view.choices.is_empty() == new_view.choices.is_empty() {
            self.keywords(unit, &old_view, &new_view, direction);
            self.misplaced(unit, &old_view, &new_view);
        }
        match (old_view.choices.len(), new_view.choices.len()) {
            (0, 1) | (1, 0) => return self.alternatives(unit, (old, &old_view), (new, &new_view), direction),
            (1, 1) => {
                self.alternatives(unit, (old, &old_view), (new, &new_view), direction);
                if old_view.is_choice_alone() != new_view.is_choice_alone() {
                    return;
                }
            }
            _ => self.several_choices(unit, &old_view, &new_view, direction),
        }
        self.own(unit, &old_view, &new_view, direction);
        self.subtypes(unit, &old_view, &new_view, direction);
    }

    /// Compares two views except for their choices.
    fn own(&mut self, unit: ComparisonId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let places = Places { old: old.pointer, new: new.pointer };
        let transport = self.graph.transport(unit);
        let (was, is) = (old.sent_kind(transport), new.sent_kind(transport));
        // Listed values of different types are written as texts.
        if was != is && (old.texts(transport).is_none() || new.texts(transport).is_none()) {
            let words = (was.word(), is.word());
            let says = match words {
                (word, "any") => format!("may now be of any type instead of type {word}"),
                ("any", word) => format!("is now of type {word} instead of any type"),
                (old, new) => format!("is now of type {new} instead of type {old}"),
            };
            let rule = type_rule((was, old), (is, new), transport);
            let says = ChangeDraft::from_to(rule, says, words.0, words.1);
            self.note(unit, Step::Same, Some(direction), places, says);
            if !is_numeric(was) || !is_numeric(is) {
                return;
            }
        }
        for says in super::limits::compare(old, new, transport) {
            self.note(unit, Step::Same, Some(direction), places, says);
        }
        if let Some(says) = self.excluded(old, new) {
            self.note(unit, Step::Same, Some(direction), places, says);
        }
        if old.kind == Type::Array && new.kind == Type::Array {
            self.items(unit, old, new, direction);
        }
        self.properties(unit, old, new, direction);
        self.additional(unit, old, new, direction);
    }

    /// Compares array items by position, and the items after those.
    fn items(&mut self, unit: ComparisonId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let places = Places { old: old.pointer, new: new.pointer };
        fn at<'v>(view: &'v View<'_>, index: usize) -> Option<&'v [SchemaId]> {
            match (view.prefix.get(index), &view.items) {
                (Some(schemas), _) | (None, Additional::Of(schemas)) => Some(schemas),
                (None, Additional::Open) => Some(&[]),
                (None, Additional::Closed) => None,
            }
        }
        let draft = |is_gone: bool, (gone, come): (&str, &str)| match is_gone {
            true => ChangeDraft::new(&rules::ITEMS_CLOSED, gone),
            false => ChangeDraft::new(&rules::ITEMS_OPENED, come),
        };
        let words = ("is no longer allowed", "is now allowed");
        for index in 0..old.prefix.len().max(new.prefix.len()) {
            match (at(old, index), at(new, index)) {
                (Some(was), Some(is)) => self.link(unit, Step::Item(index), was, is, direction),
                (None, None) => {}
                (was, _) => {
                    self.note(unit, Step::Item(index), Some(direction), places, draft(was.is_some(), words));
                }
            }
        }
        let words = ("can no longer have items after the listed ones", "may now have items after the listed ones");
        match (at(old, usize::MAX), at(new, usize::MAX)) {
            (Some(was), Some(is)) => self.link(unit, Step::Items, was, is, direction),
            (None, None) => {}
            (was, _) => self.note(unit, Step::Same, Some(direction), places, draft(was.is_some(), words)),
        }
    }

    fn excluded(&mut self, old: &View<'a>, new: &View<'a>) -> Option<ChangeDraft> {
        let (old, new) = (old.not(), new.not());
        match (old.is_empty(), new.is_empty()) {
            (true, true) => None,
            (true, false) => Some(ChangeDraft::new(&rules::NOT_ADDED, "now excludes values by `not`")),
            (false, true) => Some(ChangeDraft::new(&rules::NOT_REMOVED, "no longer excludes values by `not`")),
            (false, false) => {
                let (old, new) = (self.old.node(old), self.new.node(new));
                let is_same = self.old.hash(old) == self.new.hash(new);
                (!is_same).then(|| ChangeDraft::new(&rules::NOT_CHANGED, "now excludes other values by `not`"))
            }
        }
    }

    fn properties(&mut self, unit: ComparisonId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let renamed = self.renamed(old, new, direction);
        for (was, is) in &renamed {
            let (field, other) = (&old.fields[was], &new.fields[is]);
            let (old_place, new_place) = (place(Some(field), old, was), place(Some(other), new, is));
            let places = Places { old: old_place.as_deref(), new: new_place.as_deref() };
            let says =
                ChangeDraft::from_to(&rules::PROPERTY_RENAMED, format!("was renamed from `{was}` to `{is}`"), was, is);
            self.note(unit, Step::Property(was.min(is)), Some(direction), places, says);
            self.link(unit, Step::Property(was.min(is)), &field.schemas, &other.schemas, direction);
        }
        self.required(unit, old, new, direction);
        let is_renamed = |name: &str| renamed.iter().any(|(was, is)| *was == name || *is == name);
        for (name, field) in old.fields.iter().filter(|(name, _)| !is_renamed(name)) {
            self.property(unit, name, (old, new), (Some(field), new.fields.get(name)), direction);
        }
        let fresh = new.fields.iter().filter(|(name, _)| !old.fields.contains_key(*name) && !is_renamed(name));
        for (name, field) in fresh {
            self.property(unit, name, (old, new), (None, Some(field)), direction);
        }
    }

    /// Compares which properties are required. Several properties of an object that became required or optional are one
    /// change.
    fn required(&mut self, unit: ComparisonId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let travels = |side: &Side<'a>, field: &Field<'a>| side.usage(&field.schemas).travels(direction);
        let changed = |is_required: bool| {
            let fields = old.fields.iter().filter_map(|(name, was)| Some((*name, was, new.fields.get(name)?)));
            let fields = fields.filter(|(_, was, is)| was.required != is.required && is.required == is_required);
            let fields = fields.filter(|(_, was, is)| travels(&self.old, was) && travels(&self.new, is));
            fields.map(|(name, ..)| name).collect::<Vec<&'a str>>()
        };
        let (required, optional) = (changed(true), changed(false));
        for (mut names, rule, of_one, of_many) in [
            (required, &rules::PROPERTY_BECAME_REQUIRED, "is now required", "now requires the properties"),
            (optional, &rules::PROPERTY_BECAME_OPTIONAL, "is no longer required", "no longer requires the properties"),
        ] {
            names.sort_unstable();
            match names.as_slice() {
                [] => {}
                [name] => {
                    let (old, new) = (place(old.fields.get(name), old, name), place(new.fields.get(name), new, name));
                    let places = Places { old: old.as_deref(), new: new.as_deref() };
                    self.note(unit, Step::Property(name), Some(direction), places, ChangeDraft::new(rule, of_one));
                }
                names => {
                    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
                    let says = format!("{of_many} {}", listed_words(&names));
                    let places = Places { old: old.pointer, new: new.pointer };
                    let says = ChangeDraft::of(rule, says, &names.join(" "));
                    self.note(unit, Step::Same, Some(direction), places, says);
                }
            }
        }
    }

    /// Returns properties whose names differ only in case or word separators, such as `createdAt` and `created_at`.
    fn renamed(&mut self, old: &View<'a>, new: &View<'a>, direction: Direction) -> Vec<(&'a str, &'a str)> {
        let gone: Vec<&'a str> = old.fields.keys().copied().filter(|name| !new.fields.contains_key(name)).collect();
        if gone.is_empty() {
            return Vec::new();
        }
        let come: Vec<&'a str> = new.fields.keys().copied().filter(|name| !old.fields.contains_key(name)).collect();
        let mut renamed = Vec::new();
        for was in &gone {
            let was = *was;
            let is_unique = gone.iter().filter(|other| letters(other) == letters(was)).count() == 1;
            let mut same = come.iter().copied().filter(|is| letters(was) == letters(is));
            let (Some(is), None) = (same.next(), same.next()) else { continue };
            let (field, other) = (&old.fields[was], &new.fields[is]);
            let travels =
                self.old.usage(&field.schemas).travels(direction) && self.new.usage(&other.schemas).travels(direction);
            if is_unique && travels && field.required == other.required {
                renamed.push((was, is));
            }
        }
        renamed
    }

    fn property(
        &mut self,
        unit: ComparisonId,
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
        let mut note = |says: ChangeDraft| self.note(unit, Step::Property(name), Some(direction), places, says);
        match (was, is) {
            (None, None) => {}
            (Some(was), None) if new.is_none() && new_view.is_closed() => note(forbidden(was.required)),
            (Some(was), None) => note(lost(was.required, new.is_some(), direction)),
            (None, Some(is)) if old.is_none() && old_view.is_closed() => note(permitted(is.required)),
            (None, Some(is)) => note(gained(is.required, old.is_some(), direction)),
            (Some(was), Some(is)) => {
                let deprecated = |usage: Option<super::view::Use>| usage.is_some_and(|usage| usage.deprecated);
                match (deprecated(old_use), deprecated(new_use)) {
                    (false, true) => note(ChangeDraft::new(&rules::PROPERTY_DEPRECATED, "is now deprecated")),
                    (true, false) => note(ChangeDraft::new(&rules::PROPERTY_UNDEPRECATED, "is no longer deprecated")),
                    _ => {}
                }
                self.link(unit, Step::Property(name), &was.schemas, &is.schemas, direction);
            }
        }
    }

    fn additional(&mut self, unit: ComparisonId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let says = match (&old.additional, &new.additional) {
            (Additional::Open, Additional::Open) | (Additional::Closed, Additional::Closed) => return,
            (Additional::Of(old), Additional::Of(new)) => return self.link(unit, Step::Values, old, new, direction),
            (_, Additional::Closed) => {
                ChangeDraft::new(&rules::ADDITIONAL_PROPERTIES_CLOSED, "no longer allows additional properties")
            }
            (Additional::Closed, _) => {
                ChangeDraft::new(&rules::ADDITIONAL_PROPERTIES_OPENED, "now allows additional properties")
            }
            (Additional::Open, Additional::Of(_)) => {
                ChangeDraft::new(&rules::ADDITIONAL_PROPERTIES_TYPED, "now has a schema for additional properties")
            }
            (Additional::Of(_), Additional::Open) => ChangeDraft::new(
                &rules::ADDITIONAL_PROPERTIES_UNTYPED,
                "no longer has a schema for additional properties",
            ),
        };
        let places = Places { old: old.pointer, new: new.pointer };
        self.note(unit, Step::Same, Some(direction), places, says);
    }
}

/// Returns the letters and digits of a name in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the JSON pointer of a property, or of the object if it has no such property.
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

fn type_rule((old, was): (Type, &View<'_>), (new, is): (Type, &View<'_>), transport: Transport) -> &'static Rule {
    let is_text = transport != Transport::Json;
    match (old, new) {
        // A number is one of the allowed strings, unless they are constrained.
        (_, Type::String) if is_text && old.is_scalar() && is.is_free() => &rules::TYPE_WIDENED,
        (Type::String, _) if is_text && new.is_scalar() && was.is_free() => &rules::TYPE_NARROWED,
        (_, Type::Any) | (Type::Integer, Type::Number) => &rules::TYPE_WIDENED,
        (Type::Any, _) | (Type::Number, Type::Integer) => &rules::TYPE_NARROWED,
        _ => &rules::TYPE_CHANGED,
    }
}

/// Returns the change for a property that this direction no longer has, although the document may still declare it.
fn lost(required: bool, declared: bool, direction: Direction) -> ChangeDraft {
    match (declared, direction, required) {
        (false, _, false) => ChangeDraft::new(&rules::PROPERTY_REMOVED, "was removed"),
        (false, _, true) => ChangeDraft::new(&rules::REQUIRED_PROPERTY_REMOVED, "was removed; it was required"),
        (true, Direction::Request, false) => ChangeDraft::new(&rules::PROPERTY_BECAME_READ_ONLY, "is now read-only"),
        (true, Direction::Request, true) => {
            ChangeDraft::new(&rules::REQUIRED_PROPERTY_BECAME_READ_ONLY, "is now read-only; it was required")
        }
        (true, Direction::Response, false) => ChangeDraft::new(&rules::PROPERTY_BECAME_WRITE_ONLY, "is now write-only"),
        (true, Direction::Response, true) => {
            ChangeDraft::new(&rules::REQUIRED_PROPERTY_BECAME_WRITE_ONLY, "is now write-only; it was required")
        }
    }
}

/// Returns the change for a property that was removed from an object that allows no others.
fn forbidden(required: bool) -> ChangeDraft {
    let says = "was removed; the object allows no other properties";
    ChangeDraft::new(if required { &rules::REQUIRED_PROPERTY_FORBIDDEN } else { &rules::PROPERTY_FORBIDDEN }, says)
}

/// Returns the mirror of [`forbidden`].
fn permitted(required: bool) -> ChangeDraft {
    match required {
        true => ChangeDraft::new(&rules::REQUIRED_PROPERTY_PERMITTED, "was added and is required"),
        false => ChangeDraft::new(&rules::PROPERTY_PERMITTED, "was added"),
    }
}

/// Returns the mirror of [`lost`].
fn gained(required: bool, declared: bool, direction: Direction) -> ChangeDraft {
    match (declared, direction, required) {
        (false, _, false) => ChangeDraft::new(&rules::PROPERTY_ADDED, "was added"),
        (false, _, true) => ChangeDraft::new(&rules::REQUIRED_PROPERTY_ADDED, "was added and is required"),
        (true, Direction::Request, false) => {
            ChangeDraft::new(&rules::PROPERTY_BECAME_WRITABLE, "is no longer read-only")
        }
        (true, Direction::Request, true) => {
            ChangeDraft::new(&rules::REQUIRED_PROPERTY_BECAME_WRITABLE, "is no longer read-only and is required")
        }
        (true, Direction::Response, false) => {
            ChangeDraft::new(&rules::PROPERTY_BECAME_READABLE, "is no longer write-only")
        }
        (true, Direction::Response, true) => {
            ChangeDraft::new(&rules::REQUIRED_PROPERTY_BECAME_READABLE, "is no longer write-only and is required")
        }
    }
}
