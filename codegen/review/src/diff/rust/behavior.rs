//! Compares behavior that is not visible in signatures: the URL, accepted media types, the body's media type, the
//! preferred credential, retries, rate limits and cargo features.

use super::{ChangeLocation, Comparison, Only, rules};
use crate::diff::servers::normalized;
use crm_clients_generator::ir::{Api, Operation, OwnServer, PathValue, rate};

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
        self.rate_limits(
            &ChangeLocation { old: Some(String::new()), new: Some(String::new()), ..place.clone() },
            "the client",
            [whole_limit(old), whole_limit(new)],
        );
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

    /// Compares the cargo features of a method.
    pub(super) fn feature(&mut self, [old, new]: [&Operation; 2], place: &ChangeLocation) {
        let (rule, message) = match (&old.feature, &new.feature) {
            (None, Some(is)) => (&rules::FEATURE_REQUIRED, format!("`{}` now requires the feature `{is}`", new.name)),
            (Some(was), None) => {
                (&rules::FEATURE_LIFTED, format!("`{}` no longer requires the feature `{was}`", new.name))
            }
            (Some(was), Some(is)) if was != is => {
                (&rules::FEATURE_CHANGED, format!("`{}` now requires the feature `{is}` instead of `{was}`", new.name))
            }
            _ => return,
        };
        self.report(rule, place.clone(), message, &[]);
    }

    /// Compares the retries of a method, and its idempotency key, without which a retry may take effect twice.
    pub(super) fn retries(&mut self, [old, new]: [&Operation; 2], place: &ChangeLocation) {
        match (old.idempotent, new.idempotent) {
            (false, true) => {
                let message = format!("`{}` is now retried even if an attempt may have taken effect", new.name);
                self.report(&rules::RETRIES_ADDED, place.clone(), message, &[]);
            }
            (true, false) => {
                let message = format!("`{}` is no longer retried if an attempt may have taken effect", new.name);
                self.report(&rules::RETRIES_REMOVED, place.clone(), message, &[]);
            }
            _ => {}
        }
        let key = |operation: &Operation| operation.idempotency_key.as_ref().map(|header| header.to_ascii_lowercase());
        if key(old) == key(new) {
            return;
        }
        let (rule, message) = match (&old.idempotency_key, &new.idempotency_key) {
            (Some(was), Some(is)) => (
                &rules::KEY_CHANGED,
                format!("`{}` now sends its idempotency key in `{is}` instead of `{was}`", new.name),
            ),
            (Some(was), None) => {
                (&rules::KEY_REMOVED, format!("`{}` no longer sends an idempotency key in `{was}`", new.name))
            }
            (None, is) => {
                let header = is.as_deref().unwrap_or_default();
                (&rules::KEY_ADDED, format!("`{}` now sends an idempotency key in `{header}`", new.name))
            }
        };
        self.report(rule, place.clone(), message, &[]);
    }

    /// Compares the rate limits that the client keeps. They are compared in words, which contain everything that callers
    /// notice.
    fn rate_limits(&mut self, place: &ChangeLocation, what: &str, [was, is]: [Option<String>; 2]) {
        if was != is {
            let word = |limit: Option<String>| limit.unwrap_or_else(|| "no limit".to_owned());
            let (was, is) = (word(was), word(is));
            let message = format!("{what} now has {is} instead of {was}");
            self.report(&rules::RATE_LIMIT_CHANGED, place.clone(), message, &[&was, &is]);
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
        let limits = [limit_of(self.old.api, old), limit_of(self.new.api, new)];
        self.rate_limits(place, &format!("`{}`", new.name), limits);
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

/// Returns the rate limit of all calls of a client.
fn whole_limit(api: &Api) -> Option<String> {
    api.rate_limit.as_ref().map(|limit| format!("a limit of {}", rate(limit.requests, limit.seconds)))
}

/// Returns the rate limit of an operation's calls, with the value of the path that is counted separately and the group
/// that shares it.
fn limit_of(api: &Api, operation: &Operation) -> Option<String> {
    let limit = operation.rate_limit.as_ref()?;
    let scope = limit.scope.as_ref().map(|value| match value {
        PathValue::Shared(name) | PathValue::Own(name) => format!(" for each `{name}`"),
    });
    let operations = api.resources.iter().flat_map(|resource| &resource.operations);
    let mut sharing =
        operations.filter(|other| other.rate_limit.as_ref().is_some_and(|other| other.name == limit.name));
    let is_shared = sharing.any(|other| (&other.method, &other.path) != (&operation.method, &operation.path));
    let group = if is_shared { format!(" in the group `{}`", limit.name) } else { String::new() };
    let rate = rate(limit.requests, limit.seconds);
    Some(format!("a limit of {rate}{}{group}", scope.unwrap_or_default()))
}
