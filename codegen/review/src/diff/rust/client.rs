//! Compares the parts of the client as a whole: credentials, error bodies and events.

use super::users::{event_label, label};
use super::{ChangeLocation, Comparison, Only, rules};
use crm_clients_generator::ir::{Api, CredentialKind, ErrorVariant, Event, GrantKind, Scheme, Type, Webhooks};

/// A method for a credential.
struct Method<'a> {
    /// The purpose, regardless of the name.
    key: (&'a CredentialKind, Role),
    /// The type that has the method.
    owner: &'static str,
    name: &'a str,
    pointer: &'a str,
}

impl Method<'_> {
    /// Returns true if both methods have the same purpose. Header names are case-insensitive.
    fn is_for_same(&self, other: &Self) -> bool {
        let is_same_header = match (self.key.0, other.key.0) {
            (CredentialKind::Header(one), CredentialKind::Header(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one == other,
        };
        is_same_header && self.key.1 == other.key.1
    }
}

/// The purpose of a method for a credential.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Set,
    Grant(GrantKind),
    Source,
    RefreshToken,
    Revoke,
}

impl Comparison<'_> {
    /// Compares the methods for credentials.
    pub fn credentials(&mut self) {
        let old: Vec<Method<'_>> = self.old.api.schemes.iter().flat_map(methods).collect();
        let mut new: Vec<Method<'_>> = self.new.api.schemes.iter().flat_map(methods).collect();
        let mut left = Vec::new();
        // Of several methods for the same purpose, match those of the same name.
        for was in old {
            match new.iter().position(|is| is.is_for_same(&was) && is.name == was.name) {
                Some(same) => drop(new.remove(same)),
                None => left.push(was),
            }
        }
        for was in left {
            let path = format!("{}::{}", was.owner, was.name);
            let subject = format!("{}::{path}", self.old.api.name);
            let place = ChangeLocation::at(subject, was.pointer, Vec::new());
            match new.iter().position(|is| is.is_for_same(&was)) {
                Some(same) => {
                    let is = new.remove(same);
                    let place = ChangeLocation { new: Some(is.pointer.to_owned()), ..place };
                    let message = format!("`{path}` was renamed to `{}`", is.name);
                    self.report(&rules::CREDENTIAL_RENAMED, place, message, &[is.name]);
                }
                None => self.only_credential(Only::Old, place, &path),
            }
        }
        for is in new {
            let path = format!("{}::{}", is.owner, is.name);
            let place = ChangeLocation::at(format!("{}::{path}", self.new.api.name), is.pointer, Vec::new());
            self.only_credential(Only::New, place, &path);
        }
    }

    fn only_credential(&mut self, only: Only, place: ChangeLocation, path: &str) {
        self.tell_only(only, [&rules::CREDENTIAL_REMOVED, &rules::CREDENTIAL_ADDED], place, &format!("`{path}`"), &[]);
    }

    /// Compares the error bodies and the fields that they share.
    pub fn errors(&mut self) {
        let (old, new) = (self.old.api, self.new.api);
        let mut matched = Vec::new();
        for (index, was) in old.errors.iter().enumerate() {
            let alike = |is: &ErrorVariant| is.text == was.text && self.same(&was.ty, &is.ty);
            let same = new.errors.iter().position(|is| is.name == was.name);
            let same = same.or_else(|| new.errors.iter().position(alike));
            let place = self.error_place(old, index);
            let Some(same) = same.filter(|same| !matched.contains(same)) else {
                let rules = [&rules::VARIANT_REMOVED, &rules::VARIANT_ADDED];
                self.tell_only(Only::Old, rules, place, &format!("the variant `{}`", was.name), &[]);
                continue;
            };
            matched.push(same);
            let (is, alike) = (&new.errors[same], alike(&new.errors[same]));
            let place = ChangeLocation { new: self.error_place(new, same).new, ..place };
            self.variant(place, [&was.name, &is.name], (!alike).then_some([&was.ty, &is.ty]));
        }
        for (index, is) in new.errors.iter().enumerate().filter(|(index, _)| !matched.contains(index)) {
            let rules = [&rules::VARIANT_REMOVED, &rules::VARIANT_ADDED];
            self.tell_only(Only::New, rules, self.error_place(new, index), &format!("the variant `{}`", is.name), &[]);
        }
        self.accessors();
    }

    fn error_place(&self, api: &Api, index: usize) -> ChangeLocation {
        let error = &api.errors[index];
        let pointer = match &error.ty {
            Type::Named(id) => Some(api[*id].pointer.clone()),
            _ => None,
        };
        let operations = api.resources.iter().flat_map(|resource| &resource.operations);
        let having = operations.filter(|operation| operation.errors.iter().any(|(.., error)| *error == index));
        let mut operations: Vec<String> = having.map(label).collect();
        operations.dedup();
        let subject = format!("{}::ErrorBody::{}", api.name, error.name);
        ChangeLocation { subject, old: pointer.clone(), new: pointer, operations }
    }

    /// Compares the names of a variant, and its types if they differ.
    pub fn variant(&mut self, place: ChangeLocation, [was, is]: [&str; 2], types: Option<[&Type; 2]>) {
        if was != is {
            self.report(&rules::VARIANT_RENAMED, place.clone(), format!("the variant `{was}` is now `{is}`"), &[is]);
        }
        if let Some([held, holds]) = types {
            let (held, holds) = (self.old.written(held), self.new.written(holds));
            let message = format!("the variant `{is}` now contains `{holds}` instead of `{held}`");
            self.report(&rules::VARIANT_TYPE_CHANGED, place, message, &[&held, &holds]);
        }
    }

    fn accessors(&mut self) {
        let (old, new) = (self.old.api, self.new.api);
        let place = |api: &Api, name: &str| ChangeLocation {
            subject: format!("{}::ErrorBody::{name}", api.name),
            ..ChangeLocation::default()
        };
        for was in &old.error_fields {
            match new.error_fields.iter().find(|is| is.name == was.name) {
                None => {
                    let rules = [&rules::ACCESSOR_REMOVED, &rules::ACCESSOR_ADDED];
                    self.tell_only(Only::Old, rules, place(old, &was.name), &format!("the method `{}`", was.name), &[]);
                }
                Some(is) if !self.same(&was.ty, &is.ty) => {
                    let (gave, gives) = (self.old.written(&was.ty), self.new.written(&is.ty));
                    let message = format!("`{}` now returns `{gives}` instead of `{gave}`", is.name);
                    self.report(&rules::ACCESSOR_CHANGED, place(old, &was.name), message, &[&gave, &gives]);
                }
                Some(_) => {}
            }
        }
        for is in &new.error_fields {
            if !old.error_fields.iter().any(|was| was.name == is.name) {
                let rules = [&rules::ACCESSOR_REMOVED, &rules::ACCESSOR_ADDED];
                self.tell_only(Only::New, rules, place(new, &is.name), &format!("the method `{}`", is.name), &[]);
            }
        }
    }

    /// Compares webhook events.
    pub fn events(&mut self) {
        let only = match (&self.old.api.webhooks, &self.new.api.webhooks) {
            (Some(old), Some(new)) => return self.webhooks(old, new),
            (Some(old), None) => (Only::Old, old),
            (None, Some(new)) => (Only::New, new),
            (None, None) => return,
        };
        let (only, webhooks) = only;
        let place = self.events_place(only, webhooks, "");
        let what = format!("the module `{}` of events", webhooks.module);
        self.tell_only(only, [&rules::EVENTS_REMOVED, &rules::EVENTS_ADDED], place, &what, &[]);
    }

    fn events_place(&self, only: Only, webhooks: &Webhooks, path: &str) -> ChangeLocation {
        let subject = format!("{}::{}{path}", self.side(only).api.name, webhooks.module);
        let operations = webhooks.events.iter().map(|event| event_label(&event.wire)).collect();
        let pointer = webhooks.events.first().map(|event| event.pointer.as_str()).unwrap_or_default();
        ChangeLocation::at(subject, pointer, operations)
    }

    fn webhooks(&mut self, old: &Webhooks, new: &Webhooks) {
        let place = self.events_place(Only::Old, old, "");
        let place = ChangeLocation { new: self.events_place(Only::New, new, "").new, ..place };
        if old.module != new.module {
            let message = format!("the module `{}` was renamed to `{}`", old.module, new.module);
            self.report(&rules::EVENTS_MOVED, place.clone(), message, &[&new.module]);
        }
        if old.tag.is_some() != new.tag.is_some() {
            let arguments = |webhooks: &Webhooks| if webhooks.tag.is_some() { "(body)" } else { "(name, body)" };
            let subject = format!("{}::Event::from_slice", place.subject);
            let message = format!("`from_slice` now takes `{}` instead of `{}`", arguments(new), arguments(old));
            self.report(&rules::EVENTS_READ_OTHERWISE, ChangeLocation { subject, ..place.clone() }, message, &[]);
        }
        let verifier = ChangeLocation { subject: format!("{}::Verifier", place.subject), ..place.clone() };
        let rules = [&rules::VERIFIER_REMOVED, &rules::VERIFIER_ADDED];
        match (&old.signature, &new.signature) {
            (Some(_), None) => self.tell_only(Only::Old, rules, verifier, "`Verifier`", &[]),
            (None, Some(_)) => self.tell_only(Only::New, rules, verifier, "`Verifier`", &[]),
            (Some(old), Some(new)) if old != new => {
                let message = "`Verifier` expects a different signature".to_owned();
                let (was, is) = (format!("{old:?}"), format!("{new:?}"));
                self.report(&rules::VERIFIER_CHANGED, verifier, message, &[&was, &is]);
            }
            _ => {}
        }
        let unknown = ChangeLocation { subject: format!("{}::Event::{}", place.subject, old.unknown), ..place };
        self.variant(unknown, [&old.unknown, &new.unknown], None);
        self.event_variants(old, new);
    }

    fn event_variants(&mut self, old: &Webhooks, new: &Webhooks) {
        let place = |name: &str, module: &str, event: &Event| {
            let subject = format!("{name}::{module}::Event::{}", event.name);
            ChangeLocation::at(subject, &event.pointer, vec![event_label(&event.wire)])
        };
        let rules = [&rules::VARIANT_REMOVED, &rules::VARIANT_ADDED];
        let has = |webhooks: &Webhooks, wire: &str| webhooks.events.iter().any(|event| event.wire == wire);
        let mut renamed = Vec::new();
        for was in &old.events {
            let place = place(&self.old.api.name, &old.module, was);
            let by_name = || new.events.iter().find(|is| is.name == was.name && !has(old, &is.wire));
            match new.events.iter().find(|is| is.wire == was.wire).or_else(by_name) {
                Some(is) => {
                    let types = (!self.same(&was.ty, &is.ty)).then_some([&was.ty, &is.ty]);
                    let place = ChangeLocation { new: Some(is.pointer.clone()), ..place };
                    self.variant_value(place.clone(), &is.name, [&was.wire, &is.wire]);
                    self.variant(place, [&was.name, &is.name], types);
                    renamed.push(&is.wire);
                }
                None => self.tell_only(Only::Old, rules, place, &format!("the variant `{}`", was.name), &[]),
            }
        }
        for is in new.events.iter().filter(|is| !has(old, &is.wire) && !renamed.contains(&&is.wire)) {
            let place = place(&self.new.api.name, &new.module, is);
            self.tell_only(Only::New, rules, place, &format!("the variant `{}`", is.name), &[]);
        }
    }
}

/// Returns the methods for a credential.
fn methods(scheme: &Scheme) -> Vec<Method<'_>> {
    let method = |role, owner, name| Method { key: (&scheme.kind, role), owner, name, pointer: &scheme.pointer };
    let mut methods = vec![method(Role::Set, "Builder", scheme.name.as_str())];
    if let Some(tokens) = &scheme.tokens {
        methods.push(method(Role::Source, "Builder", &tokens.source));
        methods.extend(tokens.grants.iter().map(|grant| method(Role::Grant(grant.kind), "Builder", &grant.name)));
        methods.extend(tokens.refresh_token.iter().map(|name| method(Role::RefreshToken, "Client", name)));
        methods.extend(tokens.revocation.iter().map(|one| method(Role::Revoke, "Client", &one.name)));
    }
    methods
}
