//! Compares behavior that is not visible in signatures: the URL, accepted media types, the body's media type and the
//! preferred credential.

use super::{ChangeLocation, Comparison, Only, rules};
use crate::diff::servers::normalized;
use crm_clients_generator::ir::{Api, Operation, OwnServer};

impl Comparison<'_> {
    /// Compares the base URL and its variables.
    pub fn base_url(&mut self) {
        let (old, new) = (self.old.api, self.new.api);
        let place = ChangeLocation {
            subject: format!("{}::Builder", old.name),
            old: Some("/servers".to_owned()),
            new: Some("/servers".to_owned()),
            operations: Vec::new(),
        };
        let addresses = |api: &Api| (normalized(&api.base_url), normalized(&api.server_template));
        if addresses(old) != addresses(new) {
            let (was, is) = if old.base_url == new.base_url {
                (&old.server_template, &new.server_template)
            } else {
                (&old.base_url, &new.base_url)
            };
            let message = format!("the default base URL is now `{is}` instead of `{was}`");
            self.report(&rules::BASE_URL_CHANGED, place.clone(), message, &[was, is]);
        }
        let has = |api: &Api, name: &str| api.server_variables.iter().any(|variable| variable.name == name);
        let names = [&rules::SERVER_VARIABLE_REMOVED, &rules::SERVER_VARIABLE_ADDED];
        for variable in old.server_variables.iter().filter(|variable| !has(new, &variable.name)) {
            let what = format!("the variable `{}` of `server_variable`", variable.name);
            self.tell_only(Only::Old, names, place.clone(), &what, &[&variable.name]);
        }
        for variable in new.server_variables.iter().filter(|variable| !has(old, &variable.name)) {
            let what = format!("the variable `{}` of `server_variable`", variable.name);
            self.tell_only(Only::New, names, place.clone(), &what, &[&variable.name]);
        }
    }

    /// Compares the behavior of a method.
    pub(super) fn behavior(&mut self, [old, new]: [&Operation; 2], place: &ChangeLocation) {
        let url = |operation: &Operation| operation.server.as_ref().map(OwnServer::default_url);
        let server = |operation: &Operation| url(operation).as_deref().map(normalized);
        if server(old) != server(new) {
            let word = |operation: &Operation| url(operation).unwrap_or_else(|| "the client's base URL".to_owned());
            let (was, is) = (word(old), word(new));
            let message = format!("`{}` now sends requests to {is} instead of {was}", new.name);
            self.report(&rules::SERVER_CHANGED, place.clone(), message, &[&was, &is]);
        }
        // The type of the response, and whether it is a stream, is reported separately.
        if let (Some(was), Some(is)) = (&old.accept, &new.accept)
            && was != is
            && old.events.is_some() == new.events.is_some()
            && std::mem::discriminant(&old.output) == std::mem::discriminant(&new.output)
        {
            let message = format!("`{}` now accepts `{is}` instead of `{was}`", new.name);
            self.report(&rules::ACCEPT_CHANGED, place.clone(), message, &[was, is]);
        }
        if let (Some(was), Some(is)) = (&old.body, &new.body)
            && was.media_type != is.media_type
        {
            let message = format!("`{}` now sends `{}` instead of `{}`", new.name, is.media_type, was.media_type);
            self.report(&rules::BODY_TYPE_CHANGED, place.clone(), message, &[&was.media_type, &is.media_type]);
        }
        let (was, is) = (credentials(self.old.api, old), credentials(self.new.api, new));
        let sorted = |mut all: Vec<String>| {
            all.sort_unstable();
            all
        };
        if was != is && sorted(was.clone()) == sorted(is.clone()) {
            let (was, is) = (was.join(", then "), is.join(", then "));
            let message = format!("`{}` now prefers {is} instead of {was}", new.name);
            self.report(&rules::CREDENTIALS_REORDERED, place.clone(), message, &[&was, &is]);
        }
    }
}

/// Returns the credentials that an operation sends, in order of preference. They are identified by their location, not
/// by the name of their scheme.
fn credentials(api: &Api, operation: &Operation) -> Vec<String> {
    let word = |scheme: &usize| api.schemes.get(*scheme).map(|scheme| format!("`{}`", scheme.name)).unwrap_or_default();
    let alternative = |all: &Vec<usize>| match all.as_slice() {
        [] => "none".to_owned(),
        all => all.iter().map(word).collect::<Vec<_>>().join(" and "),
    };
    operation.security.iter().map(alternative).collect()
}
