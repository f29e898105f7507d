//! Compares servers: their normalized base URLs and their variables.

use std::collections::BTreeSet;

use super::graph::{ComparisonId, Key, Step};
use super::rules;
use super::wire::{ChangeDraft, Places, Wire};
use crm_clients_document::model::{Document, Operation, Server};

impl<'a> Wire<'a> {
    /// Compares the servers of the documents. If a part of the base URL moved to the paths, or the reverse, only this
    /// is reported.
    pub(super) fn document_servers(&mut self, unit: ComparisonId, shift: Option<&Shift>) {
        let (old, new) = (&self.old.document.servers, &self.new.document.servers);
        let places = Places::new("/servers", "/servers");
        if let Some(shift) = shift {
            let (was, is) = (&shift.old_base, &shift.new_base);
            let says = format!("now has the base URL `{is}` instead of `{was}`, and paths that compensate for it");
            self.note(unit, Step::Servers, None, places, ChangeDraft::from_to(&rules::BASE_PATH_MOVED, says, was, is));
        }
        self.servers(unit, (old, new), places, shift);
    }

    /// Compares the servers of an operation, once for all operations that have the same. Servers of the document are
    /// reported with the document.
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
            let says = ChangeDraft::of(&rules::SERVER_ADDED, format!("is now at `{added}`"), added);
            self.note(unit, Step::Servers, None, places, says);
        }
        for old in old {
            if let Some(new) = new.iter().find(|new| normalized(&new.url) == normalized(&old.url)) {
                self.variables(unit, old, new);
            }
        }
    }

    /// Compares the variables of a server and their allowed values. A default is part of the base URL.
    fn variables(&mut self, unit: ComparisonId, old: &'a Server, new: &'a Server) {
        let places = Places::new(&old.pointer, &new.pointer);
        for (name, was) in &old.variables {
            let Some(is) = new.variables.get(name) else { continue };
            let (was, is): (BTreeSet<&String>, BTreeSet<&String>) =
                (was.values.iter().collect(), is.values.iter().collect());
            let listed =
                |values: Vec<&&String>| values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
            // A variable without `enum` may have any value.
            let (gone, come) = match (was.is_empty(), is.is_empty()) {
                (true, true) => continue,
                (true, false) => ("values that are not listed".to_owned(), String::new()),
                (false, true) => (String::new(), "values that are not listed".to_owned()),
                (false, false) => (listed(was.difference(&is).collect()), listed(is.difference(&was).collect())),
            };
            let step = Step::ServerVariable(name);
            if !gone.is_empty() {
                let says = ChangeDraft::of(&rules::SERVER_VALUE_REMOVED, format!("can no longer be {gone}"), &gone);
                self.note(unit, step.clone(), None, places, says);
            }
            if !come.is_empty() {
                let says = ChangeDraft::of(&rules::SERVER_VALUE_ADDED, format!("can now be {come}"), &come);
                self.note(unit, step, None, places, says);
            }
        }
    }
}

/// Returns true for each server that can be reached by setting the variables of one of the others.
fn reached(servers: &[Server], others: &[Server]) -> Vec<bool> {
    let allows = |other: &Server, (name, value): (&String, &String)| {
        let variable = other.variables.get(name);
        variable.is_some_and(|variable| variable.values.is_empty() || variable.values.contains(value))
    };
    let is_reached = |server: &Server, other: &Server| {
        let mut values = server.variables.iter().map(|(name, variable)| (name, &variable.default));
        normalized(&server.url) == normalized(&other.url) && values.all(|value| allows(other, value))
    };
    // A document without servers has a default one.
    let one = usize::from(servers.is_empty());
    let found = servers.iter().map(|server| others.iter().any(|other| is_reached(server, other)));
    found.chain(std::iter::repeat_n(false, one)).collect()
}

/// Returns the servers of an operation: its own, or the document's.
fn servers_of<'a>(document: &'a Document, operation: &'a Operation) -> &'a [Server] {
    if operation.servers.is_empty() { &document.servers } else { &operation.servers }
}

/// Returns the base URLs. The default is the location of the document.
fn addresses(servers: &[Server]) -> Vec<String> {
    if servers.is_empty() {
        return vec!["/".to_owned()];
    }
    servers.iter().map(|server| normalized(&server.default_url())).collect()
}

/// Returns a URL with its scheme and host in lower case, without the default port and trailing slashes.
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

/// A path prefix that moved from the base URL to the paths, or the reverse.
pub(super) struct Shift {
    old_base: String,
    new_base: String,
    /// The end of the old base URL that the new paths start with.
    old_path: String,
    /// The start of the old paths that the new base URL ends with.
    new_path: String,
}

impl Shift {
    /// Returns the shift between two documents, if most paths compensate for the change of the base URL.
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

    /// Returns a path of the old document with the moved prefix.
    pub(super) fn old_place(&self, path: &str) -> String {
        format!("{}{path}", self.old_path)
    }

    /// Returns a path of the new document with the moved prefix.
    pub(super) fn new_place(&self, path: &str) -> String {
        format!("{}{path}", self.new_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equivalent_urls_are_equal_after_normalization() {
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
