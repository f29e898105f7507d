//! Matches and compares operations.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::graph::{ComparisonId, Key, Step, Transport, nameless, path_names};
use super::keywords::{stability, sunset};
use super::matches::{Matches, prefixes};
use super::servers::Shift;
use super::wire::{ChangeDraft, Places, Wire};
use super::{Direction, rules};
use crm_clients_document::diagnostic::child;
use crm_clients_document::model::{Document, Operation, Parameter};

impl<'a> Wire<'a> {
    /// Compares the documents down to schemas.
    pub(super) fn document(&mut self) {
        let (old, new) = (self.old.document, self.new.document);
        let (document, _) = self.graph.unit(Key::Document);
        let shift = Shift::of(old, new);
        self.document_servers(document, shift.as_ref());
        self.document_leftover(document);
        self.schemes(document);
        let matches = Matches::of(old, new, shift.as_ref());
        let (old_paths, new_paths) = (Paths::of(old), Paths::of(new));
        for (index, operation) in new.operations().enumerate() {
            let unit = self.graph.operation(&operation.method, &operation.path);
            match matches.by_new[index] {
                Some(before) => self.operation(unit, &old[old.operations[before]], operation, shift.as_ref()),
                None => {
                    let holder = old_paths.holder(&operation.path);
                    let places = Places::new(&holder, &operation.pointer);
                    self.note(unit, Step::Same, None, places, ChangeDraft::new(&rules::OPERATION_ADDED, "was added"));
                }
            }
        }
        for (_, operation) in old.operations().enumerate().filter(|(index, _)| !matches.is_there[*index]) {
            let unit = self.graph.operation(&operation.method, &operation.path);
            let holder = new_paths.holder(&operation.path);
            let says = if operation.deprecated { "was removed; it was deprecated" } else { "was removed" };
            let says = ChangeDraft::new(&rules::OPERATION_REMOVED, says);
            self.note(unit, Step::Same, None, Places::new(&operation.pointer, &holder), says);
        }
        self.webhooks();
    }

    fn operation(&mut self, unit: ComparisonId, old: &'a Operation, new: &'a Operation, shift: Option<&Shift>) {
        self.path(unit, old, new, shift);
        let places = Places::new(&old.pointer, &new.pointer);
        let mut note = |says| self.note(unit, Step::Same, None, places, says);
        match (old.deprecated, new.deprecated) {
            (false, true) => note(ChangeDraft::new(&rules::OPERATION_DEPRECATED, "is now deprecated")),
            (true, false) => note(ChangeDraft::new(&rules::OPERATION_UNDEPRECATED, "is no longer deprecated")),
            _ => {}
        }
        let stability_of =
            |operation: &'a Operation| operation.extensions.get("x-stability-level").and_then(Value::as_str);
        let found =
            [sunset(old.sunset.as_deref(), new.sunset.as_deref()), stability(stability_of(old), stability_of(new))];
        found.into_iter().flatten().for_each(&mut note);
        let (was, is) = (old.id.as_deref().unwrap_or_default(), new.id.as_deref().unwrap_or_default());
        if was != is {
            let says = named("operationId", was, is);
            note(ChangeDraft::from_to(&rules::OPERATION_ID_CHANGED, says, was, is));
        }
        let (was, is) = (old.tag(), new.tag());
        if was != is {
            note(ChangeDraft::from_to(&rules::TAG_CHANGED, named("tag", was, is), was, is));
        }
        self.own_servers(unit, old, new, shift);
        self.security(unit, old, new);
        self.parameters(unit, old, new);
        self.bodies(unit, old, new);
        self.responses(unit, old, new, Direction::Response);
        self.callbacks(unit, old, new);
        self.operation_leftover(unit, old, new);
    }

    /// Compares the paths of an operation and their trailing slashes.
    fn path(&mut self, unit: ComparisonId, old: &'a Operation, new: &'a Operation, shift: Option<&Shift>) {
        let places = Places::new(&old.pointer, &new.pointer);
        let (was, is) = match shift {
            Some(shift) => (shift.old_place(&old.path), shift.new_place(&new.path)),
            None => (old.path.clone(), new.path.clone()),
        };
        if nameless(&was) != nameless(&is) {
            let (was, is) = prefixes(&was, &is);
            let key = Key::Listed(format!("moved {was}"), is.to_owned());
            let (part, is_new) = self.graph.part(unit, Step::Same, key);
            if is_new {
                let says = format!("moved from `{was}` to `{is}`");
                self.note(part, Step::Same, None, places, ChangeDraft::from_to(&rules::OPERATION_MOVED, says, was, is));
            }
        }
        let mut note = |says| self.note(unit, Step::Same, None, places, says);
        match (old.path.ends_with('/'), new.path.ends_with('/')) {
            (true, false) => {
                note(ChangeDraft::new(&rules::PATH_SLASH_CHANGED, "no longer has a `/` at the end of its path"))
            }
            (false, true) => note(ChangeDraft::new(&rules::PATH_SLASH_CHANGED, "now has a `/` at the end of its path")),
            _ => {}
        }
    }

    fn webhooks(&mut self) {
        let (old, new) = (self.old.document, self.new.document);
        let (was, is) = (deliveries(old), deliveries(new));
        for (name, webhook) in &is {
            let unit = self.graph.webhook(name);
            match was.iter().find(|(other, _)| other == name) {
                Some((_, before)) => self.delivery(unit, before, webhook),
                None => {
                    let says = ChangeDraft::new(&rules::WEBHOOK_ADDED, "was added");
                    self.note(unit, Step::Same, None, Places::new("/webhooks", &webhook.pointer), says);
                }
            }
        }
        for (name, webhook) in was.iter().filter(|(name, _)| is.iter().all(|(other, _)| other != name)) {
            let unit = self.graph.webhook(name);
            let says = ChangeDraft::new(&rules::WEBHOOK_REMOVED, "was removed");
            self.note(unit, Step::Same, None, Places::new(&webhook.pointer, "/webhooks"), says);
        }
    }

    /// Compares the callbacks of an operation.
    fn callbacks(&mut self, unit: ComparisonId, old: &'a Operation, new: &'a Operation) {
        for (name, was) in &old.callbacks {
            if let Some(is) = new.callbacks.get(name) {
                let (was, is) = (&self.old.document[*was], &self.new.document[*is]);
                self.callback_leftover(unit, was, is);
            }
        }
        let (was, is) = (callbacks(self.old.document, old), callbacks(self.new.document, new));
        for (name, request, callback) in &is {
            let step = Step::Callback(name, request.clone());
            match was.iter().find(|(other, before, _)| (other, before) == (name, request)) {
                Some((_, _, before)) => {
                    let key = Key::Declared(&before.pointer, &callback.pointer);
                    let (part, is_new) = self.graph.part(unit, step, key);
                    if is_new {
                        self.delivery(part, before, callback);
                    }
                }
                None => {
                    let places = Places::new(&old.pointer, &callback.pointer);
                    self.note(unit, step, None, places, ChangeDraft::new(&rules::CALLBACK_ADDED, "was added"));
                }
            }
        }
        let has =
            |name: &str, request: &str| is.iter().any(|(other, after, _)| (*other, after.as_str()) == (name, request));
        for (name, request, callback) in was.iter().filter(|(name, request, _)| !has(name, request)) {
            let places = Places::new(&callback.pointer, &new.pointer);
            let step = Step::Callback(name, request.clone());
            self.note(unit, step, None, places, ChangeDraft::new(&rules::CALLBACK_REMOVED, "was removed"));
        }
    }

    /// Compares requests from the server: their bodies are received like responses, and their responses are sent like
    /// requests.
    fn delivery(&mut self, unit: ComparisonId, old: &'a Operation, new: &'a Operation) {
        let (was, is) = (self.old.document.body(old), self.new.document.body(new));
        let places = Places::new(&old.pointer, &new.pointer);
        match (was, is) {
            (None, None) => {}
            (Some(was), Some(is)) => {
                let (part, _) = self.graph.part(unit, Step::Body, Key::Declared(&old.pointer, &new.pointer));
                let content = (self.old.document.media(&was.content), self.new.document.media(&is.content));
                self.media(part, (&content.0, &content.1), (&was.pointer, &is.pointer), Direction::Response);
            }
            (None, Some(_)) => {
                self.note(
                    unit,
                    Step::Body,
                    Some(Direction::Response),
                    places,
                    ChangeDraft::new(&rules::BODY_ADDED, "was added"),
                );
            }
            (Some(_), None) => {
                self.note(
                    unit,
                    Step::Body,
                    Some(Direction::Response),
                    places,
                    ChangeDraft::new(&rules::BODY_REMOVED, "was removed"),
                );
            }
        }
        self.delivery_parameters(unit, old, new);
        self.responses(unit, old, new, Direction::Request);
    }

    /// Compares the parameters of requests from the server, such as headers, which clients may read.
    fn delivery_parameters(&mut self, unit: ComparisonId, old: &'a Operation, new: &'a Operation) {
        let (was, is) = (self.old.document.parameters(old), self.new.document.parameters(new));
        let same = |one: &Parameter, other: &Parameter| {
            one.location == other.location && one.name.eq_ignore_ascii_case(&other.name)
        };
        for before in &was {
            let step = Step::Parameter(before.location, &before.name);
            match is.iter().find(|after| same(before, after)) {
                Some(after) => {
                    let key = Key::Declared(&before.pointer, &after.pointer);
                    let (part, _) = self.graph.part(unit, step, key);
                    self.graph.set_transport(part, Transport::Text);
                    self.link_text(part, before.schema.as_slice(), after.schema.as_slice(), Direction::Response);
                }
                None => {
                    let places = Places::new(&before.pointer, &new.pointer);
                    let says = ChangeDraft::new(&rules::PARAMETER_REMOVED, "was removed");
                    self.note(unit, step, Some(Direction::Response), places, says);
                }
            }
        }
        for after in is.iter().filter(|after| !was.iter().any(|before| same(before, after))) {
            let places = Places::new(&old.pointer, &after.pointer);
            let step = Step::Parameter(after.location, &after.name);
            self.note(
                unit,
                step,
                Some(Direction::Response),
                places,
                ChangeDraft::new(&rules::PARAMETER_ADDED, "was added"),
            );
        }
    }
}

/// Returns the requests of webhooks by name. The name includes the method, except for a webhook with a single `POST`.
fn deliveries(document: &Document) -> Vec<(String, &Operation)> {
    let mut found = Vec::new();
    for (name, item) in &document.webhooks {
        for operation in document[*item].operations.iter().map(|id| &document[*id]) {
            let name = if operation.method == "POST" { name.clone() } else { format!("{} {name}", operation.method) };
            found.push((name, operation));
        }
    }
    found
}

/// Returns the callback requests of an operation: the callback's name, its method and expression, and the request.
fn callbacks<'d>(document: &'d Document, operation: &'d Operation) -> Vec<(&'d str, String, &'d Operation)> {
    let mut found = Vec::new();
    for (name, callback) in &operation.callbacks {
        for (expression, item) in &document[*callback].items {
            let requests = document[*item].operations.iter().map(|id| &document[*id]);
            found.extend(requests.map(|request| (name.as_str(), format!("{} {expression}", request.method), request)));
        }
    }
    found
}

fn named(what: &str, old: &str, new: &str) -> String {
    match (old, new) {
        ("", new) => format!("now has the {what} `{new}`"),
        (old, "") => format!("no longer has the {what} `{old}`"),
        (old, new) => format!("now has the {what} `{new}` instead of `{old}`"),
    }
}

/// The paths of a document by their nameless form.
struct Paths<'a>(HashMap<Cow<'a, str>, &'a str>);

impl<'a> Paths<'a> {
    fn of(document: &'a Document) -> Self {
        let paths = document.operations().map(|operation| operation.path.as_str());
        Self(paths.map(|path| (nameless(path), path)).collect())
    }

    /// Returns the JSON pointer for an operation in the document that does not contain it.
    fn holder(&self, path: &str) -> String {
        self.0.get(&nameless(path)).map_or_else(|| "/paths".to_owned(), |path| child("/paths", path))
    }
}

/// Returns the position of a path parameter in its path.
pub(super) fn position(path: &str, name: &str) -> Option<usize> {
    path_names(path).position(|other| other == name)
}
