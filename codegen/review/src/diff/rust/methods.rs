//! Compares resources and their methods: arguments, setters and results.

use std::collections::HashSet;

use super::matches::Index;
use super::signature::{Key, Signature, Slot, find};
use super::users::label;
use super::{ChangeLocation, Comparison, Only, listed, rules};
use crm_clients_generator::emit::written_output;
use crm_clients_generator::ir::{Argument, Framing, Operation, Output, Resource, Status};

impl<'a> Comparison<'a> {
    /// Compares resources and their handles, and reports methods without a match.
    pub fn resources(&mut self) {
        for (was, is) in self.matches.resources.clone() {
            self.resource(was, is);
        }
        for only in [Only::Old, Only::New] {
            let (resources, operations) = self.matched(only);
            for (index, resource) in self.side(only).api.resources.iter().enumerate() {
                let lone = resource.operations.iter().enumerate();
                let lone = lone.filter(|(operation, _)| !operations.contains(&(index, *operation)));
                let lone: Vec<&Operation> = lone.map(|(_, operation)| operation).collect();
                if resources.contains(&index) {
                    lone.into_iter().for_each(|operation| self.only_method(only, resource, operation));
                } else {
                    self.only_resource(only, resource, &lone);
                }
            }
        }
    }

    /// Compares the operations of both clients.
    pub fn operations(&mut self) {
        let (old, new) = (self.old.api, self.new.api);
        for ((was, old_index), (is, new_index)) in self.matches.operations.clone() {
            let pair = Pair {
                resources: [&old.resources[was], &new.resources[is]],
                operations: [&old.resources[was].operations[old_index], &new.resources[is].operations[new_index]],
                moved: !self.matches.resources.contains(&(was, is)),
            };
            self.operation(&pair);
        }
    }

    /// Returns the matched resources and operations of one client.
    fn matched(&self, only: Only) -> (HashSet<usize>, HashSet<Index>) {
        let Self { matches, .. } = self;
        match only {
            Only::Old => (
                matches.resources.iter().map(|(was, _)| *was).collect(),
                matches.operations.iter().map(|(was, _)| *was).collect(),
            ),
            Only::New => (
                matches.resources.iter().map(|(_, is)| *is).collect(),
                matches.operations.iter().map(|(_, is)| *is).collect(),
            ),
        }
    }

    fn only_method(&mut self, only: Only, resource: &Resource, operation: &Operation) {
        let subject = format!("{}::{}", self.side(only).handle_path(resource), operation.name);
        let place = ChangeLocation::at(subject, &operation.pointer, vec![label(operation)]);
        let rules = [&rules::METHOD_REMOVED, &rules::METHOD_ADDED];
        self.tell_only(only, rules, place, &format!("the method `{}`", operation.name), &[]);
    }

    fn only_resource(&mut self, only: Only, resource: &Resource, methods: &[&Operation]) {
        let pointer = resource.operations.first().map(|operation| operation.pointer.as_str()).unwrap_or_default();
        let mut operations: Vec<String> = methods.iter().map(|operation| label(operation)).collect();
        operations.dedup();
        let place = ChangeLocation::at(self.side(only).handle_path(resource), pointer, operations);
        let what = match methods {
            [] => format!("`Client::{}`", resource.module),
            _ => {
                let names = listed(methods.iter().map(|operation| operation.name.as_str()));
                format!("`Client::{}` with {names}", resource.module)
            }
        };
        self.tell_only(only, [&rules::RESOURCE_REMOVED, &rules::RESOURCE_ADDED], place, &what, &[]);
    }

    /// Compares the names of a resource and the arguments of its handle.
    fn resource(&mut self, was: usize, is: usize) {
        let (old, new) = (&self.old.api.resources[was], &self.new.api.resources[is]);
        let pointer = |resource: &Resource| resource.operations.first().map(|operation| operation.pointer.clone());
        let mut operations: Vec<String> = new.operations.iter().map(label).collect();
        operations.dedup();
        let place =
            ChangeLocation { subject: self.old.handle_path(old), old: pointer(old), new: pointer(new), operations };
        if (&old.module, &old.name) != (&new.module, &new.name) {
            let message = format!("`{}::{}` was renamed to `{}::{}`", old.module, old.name, new.module, new.name);
            let rule = self.renaming(&format!("{}::{}", old.module, old.name), &rules::RESOURCE_RENAMED);
            self.report(rule, place.clone(), message, &[&new.module, &new.name]);
        }
        let alike = old.arguments.iter().zip(&new.arguments).all(|(old, new)| self.same(&old.ty, &new.ty));
        let (was, is) = (self.old.api.way_to(old), self.new.api.way_to(new));
        let is_led_to = |way: &[(&str, &[Argument])], scopes: usize| {
            way.iter().take(scopes).map(|(handle, takes)| ((*handle).to_owned(), takes.len())).collect::<Vec<_>>()
        };
        let same_scopes = was.len() == is.len() && is_led_to(&was, was.len() - 1) == is_led_to(&is, is.len() - 1);
        if old.arguments.len() != new.arguments.len() || !alike || !same_scopes {
            let (led, leads) = (self.old.way_to(old), self.new.way_to(new));
            let message = format!("`{leads}` now returns `{}` instead of `{led}`", new.name);
            self.report(&rules::HANDLE_CHANGED, place, message, &[&led, &leads]);
        }
    }

    fn operation(&mut self, pair: &Pair<'a>) {
        let place = pair.place(self);
        self.method_itself(pair, &place);
        self.signature(pair, &place);
        self.output(pair, &place);
        self.errors_of(pair, &place);
        self.behavior(pair.operations, &place);
    }

    /// Compares the name and the resource of a method, and its attributes.
    fn method_itself(&mut self, pair: &Pair<'a>, place: &ChangeLocation) {
        let [old, new] = pair.operations;
        if pair.moved {
            let to = format!("{}::{}", self.new.handle_path(pair.resources[1]), new.name);
            let message = format!("`{}` was moved to `{to}`", old.name);
            self.report(&rules::METHOD_MOVED, place.clone(), message, &[&to]);
        } else if old.name != new.name {
            let message = format!("`{}` was renamed to `{}`", old.name, new.name);
            let rule = self.renaming(&format!("{}::{}", pair.resources[1].module, old.name), &rules::METHOD_RENAMED);
            self.report(rule, place.clone(), message, &[&new.name]);
        }
        let has_moved = || self.moved.iter().any(|all| all.is_empty() || all.contains(&label(new)));
        if !pair.is_same_request() && old.name == new.name && !pair.moved && !has_moved() {
            let message = format!("`{}` now calls `{}` instead of `{}`", old.name, label(new), label(old));
            self.report(&rules::METHOD_REDIRECTED, place.clone(), message, &[&label(old), &label(new)]);
        }
        let rules = [&rules::METHOD_DEPRECATED, &rules::METHOD_UNDEPRECATED];
        self.deprecation(rules, place, &old.name, [old.deprecated, new.deprecated]);
        self.feature(pair.operations, place);
        self.retries(pair.operations, place);
    }

    fn signature(&mut self, pair: &Pair<'a>, place: &ChangeLocation) {
        let [mut old, new] = pair.operations.map(Signature::of);
        for (key, name) in old.follow(&new) {
            let (was, is) = (key[0].to_string(), key[1].to_string());
            let message = format!("`{name}` now sets {is} instead of {was}");
            self.report(&rules::ARGUMENT_GOES_ELSEWHERE, place.clone(), message, &[&was, &is]);
        }
        // Arguments of a handle are reported with the handle, and together if the method moved to another resource.
        let by_handle = |slot: &Slot<'_>| matches!(slot.key, Key::Path(_)) && (pair.moved || pair.is_same_request());
        for was in &old.arguments {
            let at = |is: Option<&Slot<'_>>| pair.part(place, Some(was), is);
            if let Some(is) = find(&new.arguments, was.key) {
                self.argument_type(at(Some(is)), was, is);
            } else if let Some(is) = find(&new.setters, was.key) {
                let message = format!("the argument `{}` became the setter `{}`", was.name, is.name);
                self.report(&rules::ARGUMENT_BECAME_OPTIONAL, at(Some(is)), message, &[&was.name]);
            } else if !by_handle(was) {
                let (what, ty) = (format!("the argument `{}`", was.name), self.old.written(was.ty));
                self.report(
                    &rules::ARGUMENT_REMOVED,
                    at(None),
                    format!("{what} was removed (from `{}`)", place.subject),
                    &[&was.name, &ty],
                );
            }
        }
        for was in &old.setters {
            let at = |is: Option<&Slot<'_>>| pair.part(place, Some(was), is);
            if let Some(is) = find(&new.setters, was.key) {
                self.setter(at(Some(is)), was, is);
            } else if let Some(is) = find(&new.arguments, was.key) {
                let message = format!("the setter `{}` became the argument `{}`", was.name, is.name);
                self.report(&rules::ARGUMENT_BECAME_REQUIRED, at(Some(is)), message, &[&is.name]);
            } else {
                let message = format!("the setter `{}` was removed (from `{}`)", was.name, place.subject);
                self.report(&rules::SETTER_REMOVED, at(None), message, &[&was.name]);
            }
        }
        let known =
            |slot: &&Slot<'_>| find(&old.arguments, slot.key).is_none() && find(&old.setters, slot.key).is_none();
        for is in new.arguments.iter().filter(known).filter(|slot| !by_handle(slot)) {
            let ty = self.new.written(is.ty);
            let message = format!("the argument `{}: {ty}` was added", is.name);
            self.report(&rules::ARGUMENT_ADDED, pair.part(place, None, Some(is)), message, &[&is.name, &ty]);
        }
        for is in new.setters.iter().filter(known) {
            let message = format!("the setter `{}` was added", is.name);
            self.report(&rules::SETTER_ADDED, pair.part(place, None, Some(is)), message, &[&is.name]);
        }
        self.order(&old, &new, place);
    }

    /// Compares the order of a method's arguments.
    fn order(&mut self, old: &Signature<'_>, new: &Signature<'_>, place: &ChangeLocation) {
        let was: Vec<&Slot<'_>> =
            old.arguments.iter().filter(|slot| find(&new.arguments, slot.key).is_some()).collect();
        let is: Vec<&Slot<'_>> = new.arguments.iter().filter(|slot| find(&old.arguments, slot.key).is_some()).collect();
        if was.iter().zip(&is).any(|(was, is)| was.key != is.key) {
            let names = |slots: &[&Slot<'_>]| listed(slots.iter().map(|slot| slot.name.as_str()));
            let (was, is) = (names(&was), names(&is));
            let message = format!("the order of arguments is now {is} instead of {was}");
            self.report(&rules::ARGUMENTS_REORDERED, place.clone(), message, &[&was, &is]);
        }
    }

    fn setter(&mut self, place: ChangeLocation, was: &Slot<'_>, is: &Slot<'_>) {
        if was.name != is.name {
            let message = format!("the setter `{}` was renamed to `{}`", was.name, is.name);
            self.report(&rules::SETTER_RENAMED, place.clone(), message, &[&was.name, &is.name]);
        }
        let rules = [&rules::SETTER_DEPRECATED, &rules::SETTER_UNDEPRECATED];
        self.deprecation(rules, &place, &was.name, [was.deprecated, is.deprecated]);
        self.argument_type(place, was, is);
    }

    fn argument_type(&mut self, place: ChangeLocation, was: &Slot<'_>, is: &Slot<'_>) {
        if !self.same(was.ty, is.ty) {
            let (took, takes) = (self.old.written(was.ty), self.new.written(is.ty));
            let message = format!("`{}` is now `{takes}` instead of `{took}`", is.name);
            self.report(&rules::ARGUMENT_TYPE_CHANGED, place, message, &[&is.name, &took, &takes]);
        }
    }

    /// Compares the items of streamed responses.
    fn stream(&mut self, pair: &Pair<'a>, place: &ChangeLocation) {
        let [old, new] = pair.operations;
        let events = |operation: &Operation| operation.events.as_ref().map(|events| Output::Json(events.ty.clone()));
        self.stream_of("events", events(old), events(new), &new.name, place);
        for framing in [Framing::Lines, Framing::Parts] {
            let items = |operation: &Operation| {
                operation.items.as_ref().filter(|items| items.framing == framing).map(|items| items.item.clone())
            };
            self.stream_of(framing.method(), items(old), items(new), &new.name, place);
        }
    }

    fn stream_of(&mut self, method: &str, old: Option<Output>, new: Option<Output>, of: &str, place: &ChangeLocation) {
        match (old, new) {
            (None, Some(_)) => {
                let message = format!("the call of `{of}` now has `{method}`");
                self.report(&rules::STREAM_ADDED, place.clone(), message, &[]);
            }
            (Some(_), None) => {
                let message = format!("the call of `{of}` no longer has `{method}`");
                self.report(&rules::STREAM_REMOVED, place.clone(), message, &[]);
            }
            (Some(old), Some(new)) if !self.same_output(&old, &new) => {
                let (gave, gives) = (written_output(self.old.api, &old), written_output(self.new.api, &new));
                let message = format!("`{method}` now returns `{gives}` instead of `{gave}`");
                self.report(&rules::STREAM_CHANGED, place.clone(), message, &[&gave, &gives]);
            }
            _ => {}
        }
    }

    fn same_output(&self, old: &Output, new: &Output) -> bool {
        match (old, new) {
            (Output::Json(old), Output::Json(new))
            | (Output::MaybeJson(old), Output::MaybeJson(new))
            | (Output::Selected(old), Output::Selected(new))
            | (Output::Plain(old), Output::Plain(new))
            | (Output::Xml(old, _), Output::Xml(new, _)) => self.same(old, new),
            (old, new) => old == new,
        }
    }

    /// Compares the results of successful calls, and their pagination.
    fn output(&mut self, pair: &Pair<'a>, place: &ChangeLocation) {
        let [old, new] = pair.operations;
        if !self.same_output(&old.output, &new.output) {
            let gave = written_output(self.old.api, &old.output);
            let gives = written_output(self.new.api, &new.output);
            // A type of the same name that is of another kind is reported by itself.
            if gave != gives {
                let message = format!("`{}` now returns `{gives}` instead of `{gave}`", new.name);
                self.report(&rules::OUTPUT_CHANGED, place.clone(), message, &[&gave, &gives]);
            }
        }
        self.stream(pair, place);
        match (&old.paging, &new.paging) {
            (None, Some(_)) => {
                let message = format!("the call of `{}` now has `items` and `pages`", new.name);
                self.report(&rules::PAGES_ADDED, place.clone(), message, &[]);
            }
            (Some(_), None) => {
                let message = format!("the call of `{}` no longer has `items` and `pages`", new.name);
                self.report(&rules::PAGES_REMOVED, place.clone(), message, &[]);
            }
            (Some(old), Some(new)) if !self.same(&old.item, &new.item) => {
                let (gave, gives) = (self.old.written(&old.item), self.new.written(&new.item));
                let message = format!("`items` now returns `{gives}` instead of `{gave}`");
                self.report(&rules::ITEM_CHANGED, place.clone(), message, &[&gave, &gives]);
            }
            _ => {}
        }
    }

    /// Compares the variants for error bodies, by status.
    fn errors_of(&mut self, pair: &Pair<'a>, place: &ChangeLocation) {
        let [old, new] = pair.operations;
        let (of_old, of_new) = (&self.old.api.errors, &self.new.api.errors);
        let declared = |errors: &[(Status, String, usize)], status: Status, media_type: &str| {
            let of_status = || errors.iter().filter(|(other, ..)| *other == status);
            let same = of_status().find(|(_, other, _)| other == media_type).or_else(|| of_status().next());
            same.map(|(.., error)| *error)
        };
        for (status, media_type, was) in &old.errors {
            let (was, told) = (&of_old[*was], told(*status));
            match declared(&new.errors, *status, media_type).map(|is| &of_new[is]) {
                None => {
                    let message = format!("the body of {told} is no longer `ErrorBody::{}`", was.name);
                    self.report(&rules::ERROR_UNTYPED, place.clone(), message, &[&told]);
                }
                // A renamed variant is reported separately.
                Some(is) if was.text == is.text && self.same(&was.ty, &is.ty) => {}
                Some(is) => {
                    let message =
                        format!("the body of {told} is now `ErrorBody::{}` instead of `{}`", is.name, was.name);
                    self.report(&rules::ERROR_CHANGED, place.clone(), message, &[&told, &is.name]);
                }
            }
        }
        let is_new = |status: Status, media_type: &str| declared(&old.errors, status, media_type).is_none();
        for (status, _, is) in new.errors.iter().filter(|(status, media_type, _)| is_new(*status, media_type)) {
            let told = told(*status);
            let message = format!("the body of {told} is now `ErrorBody::{}`", of_new[*is].name);
            self.report(&rules::ERROR_TYPED, place.clone(), message, &[&told]);
        }
    }
}

/// A method of both clients.
struct Pair<'a> {
    resources: [&'a Resource; 2],
    operations: [&'a Operation; 2],
    /// True if its resources do not match.
    moved: bool,
}

impl Pair<'_> {
    /// Returns its location by its old name, which callers have to search for.
    fn place(&self, comparison: &Comparison<'_>) -> ChangeLocation {
        let [old, new] = self.operations;
        ChangeLocation {
            subject: format!("{}::{}", comparison.old.handle_path(self.resources[0]), old.name),
            old: Some(old.pointer.clone()),
            new: Some(new.pointer.clone()),
            operations: vec![label(new)],
        }
    }

    /// Returns the location of an argument; if one document does not declare it, that of the operation.
    fn part(&self, place: &ChangeLocation, old: Option<&Slot<'_>>, new: Option<&Slot<'_>>) -> ChangeLocation {
        let pointer = |slot: Option<&Slot<'_>>, of: &Operation| match slot {
            Some(slot) => Some(slot.pointer.clone()),
            None => Some(of.pointer.clone()),
        };
        let [was, is] = self.operations;
        ChangeLocation { old: pointer(old, was), new: pointer(new, is), ..place.clone() }
    }

    /// Returns true if both have the same request line, regardless of the names of path parameters.
    fn is_same_request(&self) -> bool {
        let [old, new] = self.operations.map(super::matches::request);
        (old.0, old.1) == (new.0, new.1)
    }
}

fn told(status: Status) -> String {
    match status {
        Status::Exact(code) => format!("a {code}"),
        Status::Range(class) => format!("a {class}XX"),
        Status::Default => "other errors".to_owned(),
    }
}
