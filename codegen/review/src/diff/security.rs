//! Compares security requirements.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{ComparisonId, Key, Step};
use super::rules;
use super::wire::{ChangeDraft, Places, Wire};
use crm_clients_document::diagnostic::child;
use crm_clients_document::model::{Document, Location, Operation, Requirement, SecuritySchemeKind};

/// Credentials that are sent together, each described in words, with the scopes that it needs.
type Together = BTreeMap<String, BTreeSet<String>>;

impl<'a> Wire<'a> {
    /// Compares the requirements of two operations, once for all operations with the same requirements.
    pub(super) fn security(&mut self, unit: ComparisonId, old: &'a Operation, new: &'a Operation) {
        let renamed = renamed(self.old.document, self.new.document);
        let was = alternatives(self.old.document, &old.security, &BTreeMap::new());
        let is = alternatives(self.new.document, &new.security, &renamed);
        if was == is {
            return;
        }
        let key = Key::Listed(format!("security {was:?}"), format!("{is:?}"));
        let (part, is_new) = self.graph.part(unit, Step::Security, key);
        if !is_new {
            return;
        }
        let (old_place, new_place) = (child(&old.pointer, "security"), child(&new.pointer, "security"));
        for says in compare(&was, &is) {
            self.note(part, Step::Same, None, Places::new(&old_place, &new_place), says);
        }
    }
}

fn compare(old: &BTreeSet<Together>, new: &BTreeSet<Together>) -> Vec<ChangeDraft> {
    let has = |all: &BTreeSet<Together>, one: &Together| all.iter().any(|other| other.keys().eq(one.keys()));
    let none = Together::new();
    let mut found = Vec::new();
    match (old.contains(&none), new.contains(&none)) {
        (true, false) => {
            let words = words(new);
            found.push(ChangeDraft::of(&rules::SECURITY_REQUIRED, format!("is now required: {words}"), &words));
        }
        (false, true) => {
            let words = words(old);
            found.push(ChangeDraft::of(&rules::SECURITY_LIFTED, format!("is no longer required: {words}"), &words));
        }
        _ => {}
    }
    // A requirement where none was before is not an additional alternative.
    let was_free = old.len() == 1 && old.contains(&none);
    let is_free = new.len() == 1 && new.contains(&none);
    let is_part =
        |part: &Together, whole: &Together| part.len() < whole.len() && part.keys().all(|key| whole.contains_key(key));
    let mut gone: Vec<&Together> = old.iter().filter(|one| !one.is_empty() && !is_free && !has(new, one)).collect();
    let mut come: Vec<&Together> = new.iter().filter(|one| !one.is_empty() && !was_free && !has(old, one)).collect();
    // One or some of the credentials that were sent together are now sufficient.
    gone.retain(|whole| {
        let parts: Vec<&Together> = come.iter().copied().filter(|part| is_part(part, whole)).collect();
        if parts.is_empty() {
            return true;
        }
        come.retain(|one| !parts.contains(one));
        let (was, is) = (word(whole), parts.iter().map(|part| word(part)).collect::<Vec<_>>().join(" or "));
        found.push(ChangeDraft::from_to(
            &rules::SECURITY_RELAXED,
            format!("now accepts {is} instead of {was}"),
            &was,
            &is,
        ));
        false
    });
    // The reverse: several credentials are now required together.
    come.retain(|whole| {
        let parts: Vec<&Together> = gone.iter().copied().filter(|part| is_part(part, whole)).collect();
        if parts.is_empty() {
            return true;
        }
        gone.retain(|one| !parts.contains(one));
        let (was, is) = (parts.iter().map(|part| word(part)).collect::<Vec<_>>().join(" or "), word(whole));
        found.push(ChangeDraft::from_to(
            &rules::SECURITY_TIGHTENED,
            format!("now accepts {is} instead of {was}"),
            &was,
            &is,
        ));
        false
    });
    for gone in gone {
        let word = word(gone);
        found.push(ChangeDraft::of(&rules::SECURITY_REMOVED, format!("no longer accepts {word}"), &word));
    }
    for added in come {
        let word = word(added);
        found.push(ChangeDraft::of(&rules::SECURITY_ADDED, format!("now accepts {word}"), &word));
    }
    for was in old.difference(new) {
        if let Some(is) = new.iter().find(|is| is.keys().eq(was.keys())) {
            scopes(was, is, &mut found);
        }
    }
    found
}

fn scopes(old: &Together, new: &Together, found: &mut Vec<ChangeDraft>) {
    for ((credential, was), is) in old.iter().zip(new.values()) {
        for scope in was.difference(is) {
            let says = format!("by {credential} no longer needs the scope `{scope}`");
            found.push(ChangeDraft::of(&rules::SCOPE_REMOVED, says, scope));
        }
        for scope in is.difference(was) {
            let says = format!("by {credential} now needs the scope `{scope}`");
            found.push(ChangeDraft::of(&rules::SCOPE_ADDED, says, scope));
        }
    }
}

fn word(together: &Together) -> String {
    let words: Vec<&str> = together.keys().map(String::as_str).collect();
    words.join(" and ")
}

fn words(alternatives: &BTreeSet<Together>) -> String {
    alternatives.iter().filter(|one| !one.is_empty()).map(word).collect::<Vec<_>>().join(" or ")
}

/// Returns the alternatives of an operation. An empty set means that no credential is required.
fn alternatives(
    document: &Document,
    security: &[Vec<Requirement>],
    renamed: &BTreeMap<&str, &str>,
) -> BTreeSet<Together> {
    let required = |requirement: &Requirement| {
        let name = requirement.scheme.as_str();
        let words = document.components.security_schemes.get(name).and_then(|scheme| credential(&scheme.kind));
        let shown = renamed.get(name).copied().unwrap_or(name);
        let words = format!("`{shown}` ({})", words.as_deref().unwrap_or("undeclared"));
        (words, requirement.scopes.iter().cloned().collect())
    };
    // The certificate for mutual TLS is part of the connection.
    let is_sent = |requirement: &&Requirement| {
        let scheme = document.components.security_schemes.get(&requirement.scheme);
        scheme.is_none_or(|scheme| scheme.kind != SecuritySchemeKind::MutualTls)
    };
    match security {
        [] => BTreeSet::from([Together::new()]),
        security => security.iter().map(|all| all.iter().filter(|one| is_sent(one)).map(required).collect()).collect(),
    }
}

/// Returns the renamed schemes, from their new name to their old one.
pub(super) fn renamed<'a>(old: &'a Document, new: &'a Document) -> BTreeMap<&'a str, &'a str> {
    let only_in = |here: &'a Document, there: &'a Document| {
        let schemes = here.components.security_schemes.iter();
        let schemes = schemes.filter(|(name, _)| !there.components.security_schemes.contains_key(*name));
        schemes.filter_map(|(name, scheme)| Some((name.as_str(), credential(&scheme.kind)?)))
    };
    let mut gone: Vec<(&str, String)> = only_in(old, new).collect();
    let mut renamed = BTreeMap::new();
    for (name, words) in only_in(new, old) {
        if let Some(found) = gone.iter().position(|(_, other)| *other == words) {
            renamed.insert(name, gone.remove(found).0);
        }
    }
    renamed
}

/// Describes a credential in words; `None` for the certificate of a connection.
fn credential(scheme: &SecuritySchemeKind) -> Option<String> {
    Some(match scheme {
        SecuritySchemeKind::ApiKey { location: Location::Header, name } => {
            format!("header {}", name.to_ascii_lowercase())
        }
        SecuritySchemeKind::ApiKey { location: Location::Cookie, name } => format!("cookie {name}"),
        SecuritySchemeKind::ApiKey { name, .. } => format!("query {name}"),
        SecuritySchemeKind::Http { scheme, .. } => format!("HTTP {}", scheme.to_ascii_lowercase()),
        SecuritySchemeKind::OAuth2 { .. } => "OAuth 2".to_owned(),
        SecuritySchemeKind::OpenIdConnect { .. } => "OpenID Connect".to_owned(),
        SecuritySchemeKind::MutualTls => return None,
    })
}
