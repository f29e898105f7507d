//! Operations compared: which is which, and what each says of itself.

use std::borrow::Cow;
use std::collections::HashMap;

use super::graph::{Key, Step, UnitId, nameless, path_names};
use super::wire::{Places, Says, Wire};
use super::{Direction, rules};
use crm_clients_document::diagnostic::child;
use crm_clients_document::model::{Document, Operation, Server};

impl<'a> Wire<'a> {
    /// Compares the documents down to schemas.
    pub(super) fn document(&mut self) {
        let (old, new) = (self.old.document, self.new.document);
        let (document, _) = self.graph.unit(Key::Document);
        self.servers(document, (&old.servers, &new.servers), Places::new("/servers", "/servers"));
        let matches = matches(old, new);
        let (old_paths, new_paths) = (Paths::of(old), Paths::of(new));
        for (index, operation) in new.operations().enumerate() {
            let unit = self.graph.operation(&operation.method, &operation.path);
            match matches.by_new[index] {
                Some(before) => self.operation(unit, &old[old.operations[before]], operation),
                None => {
                    let holder = old_paths.holder(&operation.path);
                    let places = Places::new(&holder, &operation.pointer);
                    self.note(unit, Step::Same, None, places, Says::new(&rules::OPERATION_ADDED, "is new"));
                }
            }
        }
        for (_, operation) in old.operations().enumerate().filter(|(index, _)| !matches.is_there[*index]) {
            let unit = self.graph.operation(&operation.method, &operation.path);
            let holder = new_paths.holder(&operation.path);
            let says = if operation.deprecated { "is gone; it was deprecated" } else { "is gone" };
            let says = Says::new(&rules::OPERATION_REMOVED, says);
            self.note(unit, Step::Same, None, Places::new(&operation.pointer, &holder), says);
        }
        self.webhooks();
    }

    fn operation(&mut self, unit: UnitId, old: &'a Operation, new: &'a Operation) {
        let places = Places::new(&old.pointer, &new.pointer);
        let mut note = |says| self.note(unit, Step::Same, None, places, says);
        match (old.path.ends_with('/'), new.path.ends_with('/')) {
            (true, false) => note(Says::new(&rules::PATH_SLASH_CHANGED, "has no `/` at the end of its path any more")),
            (false, true) => note(Says::new(&rules::PATH_SLASH_CHANGED, "has a `/` at the end of its path now")),
            _ => {}
        }
        match (old.deprecated, new.deprecated) {
            (false, true) => note(Says::new(&rules::OPERATION_DEPRECATED, "is deprecated now")),
            (true, false) => note(Says::new(&rules::OPERATION_UNDEPRECATED, "is no longer deprecated")),
            _ => {}
        }
        match (&old.sunset, &new.sunset) {
            (None, Some(new)) => note(Says::of(&rules::SUNSET_SET, format!("ends on {new}"), new)),
            (Some(old), None) => note(Says::of(&rules::SUNSET_LIFTED, format!("no longer ends on {old}"), old)),
            (Some(old), Some(new)) if old != new => {
                let says = format!("ends on {new} now instead of {old}");
                note(Says::from_to(&rules::SUNSET_CHANGED, says, old, new));
            }
            _ => {}
        }
        let (was, is) = (old.id.as_deref().unwrap_or_default(), new.id.as_deref().unwrap_or_default());
        if was != is {
            let says = named("operationId", was, is);
            note(Says::from_to(&rules::OPERATION_ID_CHANGED, says, was, is));
        }
        let (was, is) = (old.tag(), new.tag());
        if was != is {
            note(Says::from_to(&rules::TAG_CHANGED, named("tag", was, is), was, is));
        }
        self.own_servers(unit, old, new);
        self.security(unit, old, new);
        self.parameters(unit, old, new);
        self.bodies(unit, old, new);
        self.responses(unit, old, new);
    }

    /// The servers of an operation's own, once for all operations that have the same.
    fn own_servers(&mut self, unit: UnitId, old: &'a Operation, new: &'a Operation) {
        if old.servers == new.servers {
            return;
        }
        let (old_document, new_document) = (self.old.document, self.new.document);
        let or = |own: &'a Vec<Server>, all: &'a Vec<Server>| if own.is_empty() { all } else { own };
        let (was, is) = (or(&old.servers, &old_document.servers), or(&new.servers, &new_document.servers));
        let key = Key::Listed(format!("servers {:?}", addresses(was)), format!("{:?}", addresses(is)));
        let (part, is_new) = self.graph.part(unit, Step::Same, key);
        if is_new {
            self.servers(part, (was, is), Places::new(&old.pointer, &new.pointer));
        }
    }

    fn servers(&mut self, unit: UnitId, (old, new): (&'a [Server], &'a [Server]), places: Places<'_>) {
        let (old, new) = (addresses(old), addresses(new));
        for gone in old.iter().filter(|url| !new.contains(url)) {
            let says = Says::of(&rules::SERVER_REMOVED, format!("is no longer at `{gone}`"), gone);
            self.note(unit, Step::Servers, None, places, says);
        }
        for added in new.iter().filter(|url| !old.contains(url)) {
            let says = Says::of(&rules::SERVER_ADDED, format!("is at `{added}` now"), added);
            self.note(unit, Step::Servers, None, places, says);
        }
    }

    fn webhooks(&mut self) {
        let (old, new) = (self.old.document, self.new.document);
        let (was, is) = (old.deliveries(), new.deliveries());
        for (name, webhook) in &is {
            let unit = self.graph.webhook(name);
            match was.iter().find(|(other, _)| other == name) {
                Some((_, before)) => {
                    let bodies = (child(&before.pointer, "requestBody"), child(&webhook.pointer, "requestBody"));
                    let (part, _) = self.graph.part(unit, Step::Body, Key::Declared(&before.pointer, &webhook.pointer));
                    let pointers = (bodies.0.as_str(), bodies.1.as_str());
                    let content = |document: &'a Document, webhook: &'a Operation| {
                        document.media(document.body(webhook).map_or(&[], |body| &body.content))
                    };
                    let content = (content(old, before), content(new, webhook));
                    self.media(part, (&content.0, &content.1), pointers, Direction::Response);
                }
                None => {
                    let says = Says::new(&rules::WEBHOOK_ADDED, "is new");
                    self.note(unit, Step::Same, None, Places::new("/webhooks", &webhook.pointer), says);
                }
            }
        }
        for (name, webhook) in was.iter().filter(|(name, _)| is.iter().all(|(other, _)| other != name)) {
            let unit = self.graph.webhook(name);
            let says = Says::new(&rules::WEBHOOK_REMOVED, "is gone");
            self.note(unit, Step::Same, None, Places::new(&webhook.pointer, "/webhooks"), says);
        }
    }
}

/// The base URLs without the slash at their end. A document that names none is served from where it stands.
fn addresses(servers: &[Server]) -> Vec<String> {
    let address = |server: &Server| match server.default_url() {
        url if url == "/" => url,
        url => url.trim_end_matches('/').to_owned(),
    };
    if servers.is_empty() { vec!["/".to_owned()] } else { servers.iter().map(address).collect() }
}

fn named(what: &str, old: &str, new: &str) -> String {
    match (old, new) {
        ("", new) => format!("has the {what} `{new}` now"),
        (old, "") => format!("no longer has the {what} `{old}`"),
        (old, new) => format!("has the {what} `{new}` now instead of `{old}`"),
    }
}

/// Which operation of the old document is which of the new one.
struct Matches {
    /// The old one's index, for each of the new document.
    by_new: Vec<Option<usize>>,
    /// Whether each of the old document is in the new one.
    is_there: Vec<bool>,
}

/// Matches by method and path: the same one, or one that only calls its parameters otherwise or has another slash at its end.
fn matches(old: &Document, new: &Document) -> Matches {
    let mut by_path: HashMap<(&str, &str), usize> = HashMap::new();
    for (index, operation) in old.operations().enumerate() {
        by_path.insert((&operation.method, &operation.path), index);
    }
    let mut matches = Matches { by_new: vec![None; new.operations.len()], is_there: vec![false; old.operations.len()] };
    for (index, operation) in new.operations().enumerate() {
        if let Some(before) = by_path.get(&(operation.method.as_str(), operation.path.as_str())) {
            matches.by_new[index] = Some(*before);
            matches.is_there[*before] = true;
        }
    }
    let mut renamed: HashMap<(&str, String), usize> = HashMap::new();
    for (index, operation) in old.operations().enumerate().filter(|(index, _)| !matches.is_there[*index]) {
        renamed.insert((operation.method.as_str(), nameless(&operation.path).into_owned()), index);
    }
    for (index, operation) in new.operations().enumerate() {
        let key = (operation.method.as_str(), nameless(&operation.path).into_owned());
        if matches.by_new[index].is_none()
            && let Some(before) = renamed.remove(&key)
        {
            matches.by_new[index] = Some(before);
            matches.is_there[before] = true;
        }
    }
    matches
}

/// The paths of a document by what they are without names.
struct Paths<'a>(HashMap<Cow<'a, str>, &'a str>);

impl<'a> Paths<'a> {
    fn of(document: &'a Document) -> Self {
        let paths = document.operations().map(|operation| operation.path.as_str());
        Self(paths.map(|path| (nameless(path), path)).collect())
    }

    /// Where an operation of a path would stand in the document that does not have it.
    fn holder(&self, path: &str) -> String {
        self.0.get(&nameless(path)).map_or_else(|| "/paths".to_owned(), |path| child("/paths", path))
    }
}

/// The position of a path parameter in its path.
pub(super) fn position(path: &str, name: &str) -> Option<usize> {
    path_names(path).position(|other| other == name)
}
