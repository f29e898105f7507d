//! Servers compared: the base URLs as a client reads them, whatever the case of hosts and the slashes at their end.

use std::collections::BTreeSet;

use super::graph::{ComparisonId, Key, Step};
use super::rules;
use super::wire::{ChangeDraft, Places, Wire};
use crm_clients_document::model::{Document, Operation, Server};

impl<'a> Wire<'a> {
    /// Compares the servers of the documents. Where the path of the base URL went into the paths, or came out of them, that is said
    /// and no more.
    pub(super) fn document_servers(&mut self, unit: ComparisonId, shift: Option<&Shift>) {
        let (old, new) = (&self.old.document.servers, &self.new.document.servers);
        let places = Places::new("/servers", "/servers");
        if let Some(shift) = shift {
            let (was, is) = (&shift.old_base, &shift.new_base);
            let says = format!("has the base URL `{is}` now instead of `{was}`, and paths that make up for it");
            self.note(unit, Step::Servers, None, places, ChangeDraft::from_to(&rules::BASE_PATH_MOVED, says, was, is));
        }
        self.servers(unit, (old, new), places, shift);
    }

    /// The servers of an operation's own, once for all operations that have the same. Where they are the document's, the document tells
    /// of them.
    pub(super) fn own_servers(
        &mut self,
        unit: ComparisonId,
        old: &'a Operation,
        new: &'a Operation,
        shift: Option<&Shift>,
    ) {
        let (was, is) = (servers_of(self.old.document, old), servers_of(self.new.document, new));
        let lists = (addresses(was), addresses(is));
        let of_document = (addresses(&self.old.document.servers), addresses(&self.new.document.servers));
        let variables =
            |servers: &[Server]| servers.iter().map(|server| format!("{:?}", server.variables)).collect::<Vec<_>>();
        if lists == of_document || lists.0 == lists.1 && variables(was) == variables(is) {
            return;
        }
        let key = Key::Listed(format!("servers {:?}", lists.0), format!("{:?}", lists.1));
        let (part, is_new) = self.graph.part(unit, Step::Same, key);
        if is_new {
            self.servers(part, (was, is), Places::new(&old.pointer, &new.pointer), shift);
        }
    }

    fn servers(
        &mut self,
        unit: ComparisonId,
        (old, new): (&'a [Server], &'a [Server]),
        places: Places<'_>,
        shift: Option<&Shift>,
    ) {
        let bare = |all: Vec<String>, base: fn(&Shift) -> &str| match shift {
            Some(shift) => all.iter().map(|url| url.strip_suffix(base(shift)).unwrap_or(url).to_owned()).collect(),
            None => all,
        };
        let was: Vec<String> = bare(addresses(old), |shift| &shift.old_path);
        let is: Vec<String> = bare(addresses(new), |shift| &shift.new_path);
        let (still, before) = (reached(old, new), reached(new, old));
        for gone in was.iter().zip(&still).filter(|(url, still)| !**still && !is.contains(url)).map(|(url, _)| url) {
            let says = ChangeDraft::of(&rules::SERVER_REMOVED, format!("is no longer at `{gone}`"), gone);
            self.note(unit, Step::Servers, None, places, says);
        }
        for added in is.iter().zip(&before).filter(|(url, before)| !**before && !was.contains(url)).map(|(url, _)| url)
        {
            let says = ChangeDraft::of(&rules::SERVER_ADDED, format!("is at `{added}` now"), added);
            self.note(unit, Step::Servers, None, places, says);
        }
        for old in old {
            if let Some(new) = new.iter().find(|new| normalized(&new.url) == normalized(&old.url)) {
                self.variables(unit, old, new);
            }
        }
    }

    /// Compares the variables of a server: which there are, and the values that they may have. A default is a part of the base URL.
    fn variables(&mut self, unit: ComparisonId, old: &'a Server, new: &'a Server) {
        let places = Places::new(&old.pointer, &new.pointer);
        for (name, was) in &old.variables {
            let Some(is) = new.variables.get(name) else { continue };
            let (was, is): (BTreeSet<&String>, BTreeSet<&String>) =
                (was.values.iter().collect(), is.values.iter().collect());
            let listed =
                |values: Vec<&&String>| values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
            // A variable without a list may have any value.
            let (gone, come) = match (was.is_empty(), is.is_empty()) {
                (true, true) => continue,
                (true, false) => ("other values than listed ones".to_owned(), String::new()),
                (false, true) => (String::new(), "other values than listed ones".to_owned()),
                (false, false) => (listed(was.difference(&is).collect()), listed(is.difference(&was).collect())),
            };
            let step = Step::ServerVariable(name);
            if !gone.is_empty() {
                let says = ChangeDraft::of(&rules::SERVER_VALUE_REMOVED, format!("can no longer be {gone}"), &gone);
                self.note(unit, step.clone(), None, places, says);
            }
            if !come.is_empty() {
                let says = ChangeDraft::of(&rules::SERVER_VALUE_ADDED, format!("can be {come} now"), &come);
                self.note(unit, step, None, places, says);
            }
        }
    }
}

/// Whether each of some servers is reached by setting the variables of another one.
fn reached(servers: &[Server], others: &[Server]) -> Vec<bool> {
    let allows = |other: &Server, (name, value): (&String, &String)| {
        let variable = other.variables.get(name);
        variable.is_some_and(|variable| variable.values.is_empty() || variable.values.contains(value))
    };
    let is_reached = |server: &Server, other: &Server| {
        let mut values = server.variables.iter().map(|(name, variable)| (name, &variable.default));
        normalized(&server.url) == normalized(&other.url) && values.all(|value| allows(other, value))
    };
    // A document that names no server has one all the same.
    let one = usize::from(servers.is_empty());
    let found = servers.iter().map(|server| others.iter().any(|other| is_reached(server, other)));
    found.chain(std::iter::repeat_n(false, one)).collect()
}

/// The servers of an operation: its own, or the document's.
fn servers_of<'a>(document: &'a Document, operation: &'a Operation) -> &'a [Server] {
    if operation.servers.is_empty() { &document.servers } else { &operation.servers }
}

/// The base URLs. A document that names none is served from where it stands.
fn addresses(servers: &[Server]) -> Vec<String> {
    if servers.is_empty() {
        return vec!["/".to_owned()];
    }
    servers.iter().map(|server| normalized(&server.default_url())).collect()
}

/// A URL with its scheme and host in lower case, without the port that its scheme has anyway and without slashes at its end.
pub(super) fn normalized(url: &str) -> String {
    let trimmed = url.trim_end_matches('/');
    let Some((scheme, rest)) = trimmed.split_once("://") else {
        return if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() };
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let scheme = scheme.to_ascii_lowercase();
    let host = if host.contains('{') { host.to_owned() } else { host.to_ascii_lowercase() };
    let port = match scheme.as_str() {
        "https" | "wss" => ":443",
        "http" | "ws" => ":80",
        _ => "\0",
    };
    format!("{scheme}://{}{path}", host.strip_suffix(port).unwrap_or(&host))
}

/// A part of the base URL that went into the paths, or a part of the paths that went into the base URL.
pub(super) struct Shift {
    old_base: String,
    new_base: String,
    /// What the base URL ended with and the paths now begin with.
    old_path: String,
    /// What the paths began with and the base URL now ends with.
    new_path: String,
}

impl Shift {
    /// The shift between two documents, if most paths make up for the change of the base URL.
    pub(super) fn of(old: &Document, new: &Document) -> Option<Self> {
        let base = |document: &Document| addresses(&document.servers).into_iter().next().unwrap_or_default();
        let (old_base, new_base) = (base(old), base(new));
        let tail = |longer: &str, shorter: &str| {
            let shorter = shorter.strip_suffix('/').unwrap_or(shorter);
            longer.strip_prefix(shorter).filter(|tail| tail.starts_with('/')).map(str::to_owned)
        };
        let (old_path, new_path) = match (tail(&old_base, &new_base), tail(&new_base, &old_base)) {
            (Some(tail), None) => (tail, String::new()),
            (None, Some(tail)) => (String::new(), tail),
            _ => return None,
        };
        let shift = Self { old_base, new_base, old_path, new_path };
        let paths: BTreeSet<String> = new.operations().map(|operation| shift.new_place(&operation.path)).collect();
        let kept = old.operations().filter(|operation| paths.contains(&shift.old_place(&operation.path))).count();
        (kept > 0 && kept * 2 >= old.operations.len()).then_some(shift)
    }

    /// A path of the old document with the part of the base URL that it makes up for.
    pub(super) fn old_place(&self, path: &str) -> String {
        format!("{}{path}", self.old_path)
    }

    /// The same for a path of the new document.
    pub(super) fn new_place(&self, path: &str) -> String {
        format!("{}{path}", self.new_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_lead_to_the_same_server_are_the_same() {
        let cases = [
            ("HTTPS://API.Example.com:443/V1/", "https://api.example.com/V1"),
            ("http://a.example:80", "http://a.example"),
            ("http://a.example:8080", "http://a.example:8080"),
            ("https://{Region}.example.com/", "https://{Region}.example.com"),
            ("/", "/"),
            ("/v1/", "/v1"),
        ];
        for (url, expected) in cases {
            assert_eq!(normalized(url), expected);
        }
    }
}
