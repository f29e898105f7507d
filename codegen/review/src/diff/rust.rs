//! Compares the generated clients of two revisions of an API from the perspective of callers.
//!
//! The clients are compared as data, by the names that callers write and their types. `matches` pairs the parts of both
//! clients; each of the other modules compares one kind of paired part.

mod behavior;
mod client;
mod headers;
mod leftover;
mod matches;
mod methods;
pub mod rules;
mod signature;
mod types;
mod users;

use super::rules::{BASE_PATH_MOVED, OPERATION_MOVED};
use super::{Area, Change, Rule, fingerprint};
use crm_clients_generator::emit;
use crm_clients_generator::ir::{Api, Argument, Resource, Type, TypeDef, TypeId, TypeKind};
use matches::Matches;
use users::Users;

/// Returns the changes for callers between two revisions of a client, which have the same module name. Changes in
/// `wire` that already cover an effect are not repeated.
pub fn rust(old: &Api, new: &Api, wire: &[Change]) -> Vec<Change> {
    let matches = Matches::of(old, new);
    let (old, new) = (Side::of(old), Side::of(new));
    let moved = |change: &&Change| change.rule.id == OPERATION_MOVED.id || change.rule.id == BASE_PATH_MOVED.id;
    let moved = wire.iter().filter(moved).map(|change| change.operations.clone()).collect();
    let mut comparison = Comparison { old, new, matches, moved, changes: Vec::new() };
    comparison.credentials();
    comparison.resources();
    comparison.operations();
    comparison.errors();
    comparison.headers();
    comparison.events();
    comparison.types();
    comparison.base_url();
    let known: Vec<Change> = wire.iter().chain(&comparison.changes).cloned().collect();
    comparison.leftover(&known);
    comparison.changes
}

/// One of the two clients, and the users of its types.
struct Side<'a> {
    api: &'a Api,
    users: Users,
}

/// Two clients, and the changes found so far.
struct Comparison<'a> {
    old: Side<'a>,
    new: Side<'a>,
    matches: Matches,
    /// The operations that are reported as moved, one entry for each common move; an empty entry stands for all
    /// operations.
    moved: Vec<Vec<String>>,
    changes: Vec<Change>,
}

/// The client that contains a part the other lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    Old,
    New,
}

/// The location of a change.
#[derive(Clone, Default)]
struct ChangeLocation {
    subject: String,
    old: Option<String>,
    new: Option<String>,
    operations: Vec<String>,
}

impl ChangeLocation {
    /// Returns the location of a part of only one document. In the other document, the pointer resolves to the nearest
    /// parent.
    fn at(subject: String, pointer: &str, operations: Vec<String>) -> Self {
        Self { subject, old: Some(pointer.to_owned()), new: Some(pointer.to_owned()), operations }
    }

    /// Returns this location with a different subject and different pointers.
    fn part(&self, subject: String, old: Option<&str>, new: Option<&str>) -> Self {
        let pointer = |pointer: Option<&str>| pointer.map(str::to_owned);
        Self { subject, old: pointer(old), new: pointer(new), operations: self.operations.clone() }
    }
}

impl<'a> Side<'a> {
    fn of(api: &'a Api) -> Self {
        Self { api, users: Users::of(api) }
    }

    /// Returns a type as callers write it.
    fn written(&self, ty: &Type) -> String {
        emit::written(self.api, ty)
    }

    /// Returns the path of a type.
    fn type_path(&self, def: &TypeDef) -> String {
        format!("{}::types::{}", self.api.name, def.name)
    }

    /// Returns the methods that lead to a resource's handle, as a signature: `Client::account(account_id:
    /// i64).contacts()`.
    fn way_to(&self, resource: &Resource) -> String {
        let written = |one: &Argument| format!("{}: {}", one.name, self.written(&one.ty));
        let step = |(handle, takes): (&str, &[Argument])| {
            format!("{handle}({})", takes.iter().map(written).collect::<Vec<_>>().join(", "))
        };
        format!("Client::{}", self.api.way_to(resource).into_iter().map(step).collect::<Vec<_>>().join("."))
    }

    /// Returns the path of a resource's handle.
    fn handle_path(&self, resource: &Resource) -> String {
        format!("{}::{}::{}", self.api.name, resource.module, resource.name)
    }

    /// Returns the target of a type, with aliases resolved.
    fn behind(&self, mut id: TypeId) -> TypeId {
        // Alias cycles were broken when types were named.
        while let TypeKind::Alias(Type::Named(target)) = self.api[id].kind {
            id = target;
        }
        id
    }

    /// Returns true if a type has this name.
    fn is_named(&self, id: TypeId, name: &str) -> bool {
        let named = self.api.types.iter().position(|def| def.name == name);
        named.is_some_and(|named| self.behind(TypeId(named)) == id)
    }
}

impl<'a> Comparison<'a> {
    /// Reports a change. `details` distinguish it from other changes of the same rule at the same location.
    fn report(&mut self, rule: &'static Rule, place: ChangeLocation, message: String, details: &[&str]) {
        let ChangeLocation { subject, old, new, operations } = place;
        let fingerprint = fingerprint(Area::Rust, &[&[rule.id, &subject], details].concat());
        let severity = rule.severity(None);
        self.changes.push(Change {
            rule,
            direction: None,
            severity,
            message,
            subject,
            old,
            new,
            operations,
            may_break: false,
            fingerprint,
        });
    }

    /// Reports a part of only one client. `rules` are the rules for removal and addition; `what` starts the sentence.
    fn tell_only(
        &mut self,
        only: Only,
        rules: [&'static Rule; 2],
        place: ChangeLocation,
        what: &str,
        details: &[&str],
    ) {
        match only {
            // The message of a removal includes the old location, because the part is not in the new client.
            Only::Old => {
                let holder = place.subject.rsplit_once("::").map(|(holder, _)| format!(" (from `{holder}`)"));
                self.report(rules[0], place, format!("{what} was removed{}", holder.unwrap_or_default()), details);
            }
            Only::New => self.report(rules[1], place, format!("{what} was added"), details),
        }
    }

    /// Returns the client that contains the part.
    fn side(&self, only: Only) -> &Side<'a> {
        match only {
            Only::Old => &self.old,
            Only::New => &self.new,
        }
    }

    /// Reports that something became deprecated, or is no longer deprecated.
    fn deprecation(&mut self, rules: [&'static Rule; 2], place: &ChangeLocation, name: &str, [was, is]: [bool; 2]) {
        match (was, is) {
            (false, true) => self.report(rules[0], place.clone(), format!("`{name}` is now deprecated"), &[]),
            (true, false) => self.report(rules[1], place.clone(), format!("`{name}` is no longer deprecated"), &[]),
            _ => {}
        }
    }

    /// Returns the rule for the new name of the item at the path `old`. Callers can still use the old name if it is an
    /// alias.
    fn renaming(&self, old: &str, renamed: &'static Rule) -> &'static Rule {
        if self.new.api.aliases.contains_key(old) { &rules::NAME_DEPRECATED } else { renamed }
    }

    /// Returns true if callers may write both types the same way. Renamed types are reported separately.
    fn same(&self, old: &Type, new: &Type) -> bool {
        match (old, new) {
            // The way that a number is deserialized does not affect the type.
            (Type::Lenient(old), _) => self.same(old, new),
            (_, Type::Lenient(new)) => self.same(old, new),
            (Type::Named(old), Type::Named(new)) => self.same_named(self.old.behind(*old), self.new.behind(*new)),
            (Type::List(old), Type::List(new))
            | (Type::Map(old), Type::Map(new))
            | (Type::Option(old), Type::Option(new))
            | (Type::Boxed(old), Type::Boxed(new)) => self.same(old, new),
            (Type::Tuple(old), Type::Tuple(new)) => {
                old.len() == new.len() && old.iter().zip(new).all(|(old, new)| self.same(old, new))
            }
            (Type::Named(id), _) => match &self.old.api[self.old.behind(*id)].kind {
                TypeKind::Alias(old) => self.same(old, new),
                _ => false,
            },
            (_, Type::Named(id)) => match &self.new.api[self.new.behind(*id)].kind {
                TypeKind::Alias(new) => self.same(old, new),
                _ => false,
            },
            (old, new) => old == new,
        }
    }

    fn same_named(&self, old: TypeId, new: TypeId) -> bool {
        if let (TypeKind::Alias(old), TypeKind::Alias(new)) = (&self.old.api[old].kind, &self.new.api[new].kind) {
            return self.same(old, new);
        }
        let (was, is) = (&self.old.api[old].name, &self.new.api[new].name);
        was == is
            || self.matches.renamed.get(&old) == Some(&new)
            || self.new.is_named(new, was)
            || self.old.is_named(old, is)
    }
}

/// Returns names as a list in a sentence.
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
