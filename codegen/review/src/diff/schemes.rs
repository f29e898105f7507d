//! Compares security schemes: the sources of credentials and tokens.

use std::collections::BTreeSet;

use super::graph::{ComparisonId, Step};
use super::rules;
use super::security::renamed;
use super::wire::{ChangeDraft, Places, Wire};
use crm_clients_document::model::{Flow, Flows, SecurityScheme, SecuritySchemeKind};

impl<'a> Wire<'a> {
    /// Compares the security schemes of both documents. Security requirements are compared separately.
    pub(super) fn schemes(&mut self, unit: ComparisonId) {
        let (old, new) = (self.old.document, self.new.document);
        let names = renamed(old, new);
        for (name, is) in &new.components.security_schemes {
            let before = names.get(name.as_str()).copied().unwrap_or(name);
            if let Some((before, was)) = old.components.security_schemes.get_key_value(before) {
                self.scheme(unit, Step::Scheme(before), was, is);
            }
        }
    }

    fn scheme(&mut self, unit: ComparisonId, step: Step<'a>, old: &'a SecurityScheme, new: &'a SecurityScheme) {
        let places = Places::new(&old.pointer, &new.pointer);
        let mut found = Vec::new();
        match (&old.kind, &new.kind) {
            (SecuritySchemeKind::OpenIdConnect { url: was }, SecuritySchemeKind::OpenIdConnect { url: is }) => {
                url("configuration", Some(was), Some(is), &mut found);
            }
            (
                SecuritySchemeKind::OAuth2 { flows: was, metadata_url: was_metadata, .. },
                SecuritySchemeKind::OAuth2 { flows: is, metadata_url: is_metadata, .. },
            ) => {
                url("metadata", was_metadata.as_ref(), is_metadata.as_ref(), &mut found);
                flows(was, is, &mut found);
            }
            (
                SecuritySchemeKind::Http { bearer_format: was, .. },
                SecuritySchemeKind::Http { bearer_format: is, .. },
            ) if was != is => self.uncompared(unit, places, "bearerFormat"),
            _ => {}
        }
        match (old.deprecated, new.deprecated) {
            (false, true) => found.push(ChangeDraft::new(&rules::SCHEME_DEPRECATED, "is now deprecated")),
            (true, false) => found.push(ChangeDraft::new(&rules::SCHEME_UNDEPRECATED, "is no longer deprecated")),
            _ => {}
        }
        for says in found {
            self.note(unit, step.clone(), None, places, says);
        }
        self.scheme_leftover(unit, old, new);
    }
}

/// Compares a URL to which credentials are sent, or from which such URLs are obtained.
fn url(what: &str, old: Option<&String>, new: Option<&String>, found: &mut Vec<ChangeDraft>) {
    let same = |url: Option<&String>| url.map(|url| super::servers::normalized(url));
    if same(old) == same(new) {
        return;
    }
    let word = |url: Option<&String>| url.map_or_else(|| "none".to_owned(), |url| format!("`{url}`"));
    let (was, is) = (word(old), word(new));
    let says = format!("now has the {what} URL {is} instead of {was}");
    found.push(ChangeDraft::from_to(&rules::CREDENTIAL_URL_CHANGED, says, &format!("{what} {was}"), &is));
}

fn flows(old: &Flows, new: &Flows, found: &mut Vec<ChangeDraft>) {
    let all = [
        ("implicit", &old.implicit, &new.implicit),
        ("password", &old.password, &new.password),
        ("clientCredentials", &old.client_credentials, &new.client_credentials),
        ("authorizationCode", &old.authorization_code, &new.authorization_code),
        ("deviceAuthorization", &old.device_authorization, &new.device_authorization),
    ];
    for (name, old, new) in all {
        match (old, new) {
            (None, None) => {}
            (Some(_), None) => {
                found.push(ChangeDraft::of(&rules::FLOW_REMOVED, format!("no longer has the flow `{name}`"), name));
            }
            (None, Some(_)) => {
                found.push(ChangeDraft::of(&rules::FLOW_ADDED, format!("now has the flow `{name}`"), name))
            }
            (Some(was), Some(is)) => flow(was, is, found),
        }
    }
}

fn flow(old: &Flow, new: &Flow, found: &mut Vec<ChangeDraft>) {
    url("authorization", old.authorization_url.as_ref(), new.authorization_url.as_ref(), found);
    url("device authorization", old.device_authorization_url.as_ref(), new.device_authorization_url.as_ref(), found);
    url("token", old.token_url.as_ref(), new.token_url.as_ref(), found);
    url("refresh", old.refresh_url.as_ref(), new.refresh_url.as_ref(), found);
    let names = |flow: &Flow| flow.scopes.keys().cloned().collect::<BTreeSet<String>>();
    let (was, is) = (names(old), names(new));
    for scope in was.difference(&is) {
        found.push(ChangeDraft::of(&rules::SCOPE_WITHDRAWN, format!("no longer offers the scope `{scope}`"), scope));
    }
    for scope in is.difference(&was) {
        found.push(ChangeDraft::of(&rules::SCOPE_OFFERED, format!("now offers the scope `{scope}`"), scope));
    }
}
