//! What a caller of the generated crate sees of two revisions of an API.
//!
//! Compared are the two clients as data, by the names that callers write and the types that these have. What is matched with what is
//! said in `matches`; the other modules compare what was matched, a subject each.

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

/// What changed for callers between two revisions of a client. Both have the name of the same module. `wire` is what changed on the wire:
/// what it tells of already is no news.
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

/// One of the two clients, and who uses its types.
struct Side<'a> {
    api: &'a Api,
    users: Users,
}

/// Two clients, and what was found so far.
struct Comparison<'a> {
    old: Side<'a>,
    new: Side<'a>,
    matches: Matches,
    /// The operations that are told of as moved, once for all that moved in the same way; none stands for all of them.
    moved: Vec<Vec<String>>,
    changes: Vec<Change>,
}

/// Which of the two clients has something that the other lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    Old,
    New,
}

/// Where something changed.
#[derive(Clone, Default)]
struct Place {
    subject: String,
    old: Option<String>,
    new: Option<String>,
    operations: Vec<String>,
}

impl Place {
    /// A place of what only one of the documents has. In the other, its pointer leads to what is left of the way there.
    fn at(subject: String, pointer: &str, operations: Vec<String>) -> Self {
        Self { subject, old: Some(pointer.to_owned()), new: Some(pointer.to_owned()), operations }
    }

    /// The same place with another subject and other pointers.
    fn part(&self, subject: String, old: Option<&str>, new: Option<&str>) -> Self {
        let pointer = |pointer: Option<&str>| pointer.map(str::to_owned);
        Self { subject, old: pointer(old), new: pointer(new), operations: self.operations.clone() }
    }
}

impl<'a> Side<'a> {
    fn of(api: &'a Api) -> Self {
        Self { api, users: Users::of(api) }
    }

    /// A type as callers write it.
    fn written(&self, ty: &Type) -> String {
        emit::written(self.api, ty)
    }

    /// The path of a type.
    fn type_path(&self, def: &TypeDef) -> String {
        format!("{}::types::{}", self.api.name, def.name)
    }

    /// The methods that lead to a resource's handle, as a signature: `Client::account(account_id: i64).contacts()`.
    fn way_to(&self, resource: &Resource) -> String {
        let written = |one: &Argument| format!("{}: {}", one.name, self.written(&one.ty));
        let step = |(handle, takes): (&str, &[Argument])| {
            format!("{handle}({})", takes.iter().map(written).collect::<Vec<_>>().join(", "))
        };
        format!("Client::{}", self.api.way_to(resource).into_iter().map(step).collect::<Vec<_>>().join("."))
    }

    /// The path of a resource's handle.
    fn handle_path(&self, resource: &Resource) -> String {
        format!("{}::{}::{}", self.api.name, resource.module, resource.name)
    }

    /// The type that a type is, seen through other names for it.
    fn behind(&self, mut id: TypeId) -> TypeId {
        // An alias that leads back to itself was broken up when the types were settled.
        while let TypeKind::Alias(Type::Named(target)) = self.api[id].kind {
            id = target;
        }
        id
    }

    /// Whether a name is one of those that a type has.
    fn is_named(&self, id: TypeId, name: &str) -> bool {
        let named = self.api.types.iter().position(|def| def.name == name);
        named.is_some_and(|named| self.behind(TypeId(named)) == id)
    }
}

impl<'a> Comparison<'a> {
    /// Tells of a change. `details` are what makes it another change than one of the same rule at the same place.
    fn report(&mut self, rule: &'static Rule, place: Place, message: String, details: &[&str]) {
        let Place { subject, old, new, operations } = place;
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
            fingerprint,
        });
    }

    /// Tells of what only one of the clients has: `rules` are for what is gone and for what is new, `what` is the sentence's beginning.
    fn tell_only(&mut self, only: Only, rules: [&'static Rule; 2], place: Place, what: &str, details: &[&str]) {
        match only {
            // What is gone is not where one would look for it, so that it is said where it was.
            Only::Old => {
                let holder = place.subject.rsplit_once("::").map(|(holder, _)| format!(" (from `{holder}`)"));
                self.report(rules[0], place, format!("{what} is gone{}", holder.unwrap_or_default()), details);
            }
            Only::New => self.report(rules[1], place, format!("{what} is new"), details),
        }
    }

    /// The client that alone has something.
    fn side(&self, only: Only) -> &Side<'a> {
        match only {
            Only::Old => &self.old,
            Only::New => &self.new,
        }
    }

    /// Tells that something is deprecated now, or no longer.
    fn deprecation(&mut self, rules: [&'static Rule; 2], place: &Place, name: &str, [was, is]: [bool; 2]) {
        match (was, is) {
            (false, true) => self.report(rules[0], place.clone(), format!("`{name}` is deprecated now"), &[]),
            (true, false) => self.report(rules[1], place.clone(), format!("`{name}` is no longer deprecated"), &[]),
            _ => {}
        }
    }

    /// Whether callers may write the two types alike. Other names that are told of by themselves are no difference here.
    fn same(&self, old: &Type, new: &Type) -> bool {
        match (old, new) {
            // How a number is read shows in no type.
            (Type::Lenient(old), _) => self.same(old, new),
            (_, Type::Lenient(new)) => self.same(old, new),
            (Type::Named(old), Type::Named(new)) => self.same_named(self.old.behind(*old), self.new.behind(*new)),
            (Type::List(old), Type::List(new))
            | (Type::Map(old), Type::Map(new))
            | (Type::Option(old), Type::Option(new))
            | (Type::Boxed(old), Type::Boxed(new)) => self.same(old, new),
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

/// Names as they are listed in a sentence.
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
