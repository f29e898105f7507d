//! Matching requests to operations.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use reqwest::Method;

use super::builder::{Check, unchecked};
use crate::operation::Operation;
use crate::request::UNDECLARED;

/// The method, path and response check of an operation, or of an endpoint that the API does not declare.
#[derive(Clone)]
pub struct Route {
    pub(super) operation: &'static str,
    method: Option<Method>,
    path: Cow<'static, str>,
    /// Returns an error for a response that the operation cannot return.
    pub(super) check: Check,
}

impl Route {
    /// Creates the route of this operation.
    pub fn of<T, B>(operation: &'static Operation<T, B>) -> Self {
        let check: Check = Arc::new(|reply| (operation.decode)(reply).map(|_| ()));
        Self { operation: operation.name, method: operation.method.http(), path: operation.path.into(), check }
    }

    /// Creates the route of an undeclared endpoint, which can return any response.
    pub(super) fn undeclared(method: Method, path: &str) -> Self {
        let path = format!("/{}", path.strip_prefix('/').unwrap_or(path)).into();
        Self { operation: UNDECLARED, method: Some(method), path, check: unchecked() }
    }

    /// Returns the length of the literal part of the path that matches a request's target; `None` if it does not match.
    pub(super) fn fit(&self, method: &Method, target: &str) -> Option<usize> {
        if self.method.as_ref() != Some(method) {
            return None;
        }
        let (path, query) = split(target);
        let (own_path, own_query) = split(&self.path);
        let queried = own_query.split('&').filter(|pair| !pair.is_empty());
        let fits = queried.clone().all(|pair| query.split('&').any(|given| given == pair));
        let said = path_fit(own_path, path).filter(|_| fits)?;
        Some(said + queried.count())
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").field("operation", &self.operation).finish_non_exhaustive()
    }
}

/// Returns the operations that a request matches; there are several if they differ only in their bodies.
pub(super) fn called(routes: &[Route], method: &Method, target: &str) -> Vec<&'static str> {
    let fits: Vec<(usize, &Route)> =
        routes.iter().filter_map(|route| Some((route.fit(method, target)?, route))).collect();
    let best = fits.iter().map(|(fit, _)| *fit).max();
    fits.into_iter().filter(|(fit, _)| Some(*fit) == best).map(|(_, route)| route.operation).collect()
}

fn split(target: &str) -> (&str, &str) {
    let target = target.split('#').next().unwrap_or_default();
    target.split_once('?').unwrap_or((target, ""))
}

/// Returns the number of literal characters of the template that match the path; `None` if it does not match.
fn path_fit(template: &str, path: &str) -> Option<usize> {
    let templates: Vec<&str> = template.split('/').collect();
    let mut segments: Vec<&str> = path.split('/').collect();
    let joined: String;
    if let (Some(at), Some(further)) =
        (templates.iter().position(|template| template.contains("{*")), segments.len().checked_sub(templates.len()))
    {
        // The value of `{*path}` may be several segments.
        joined = segments[at..=at + further].join("/");
        segments.splice(at..=at + further, [joined.as_str()]);
    }
    if templates.len() != segments.len() {
        return None;
    }
    templates.into_iter().zip(segments).try_fold(0, |said, (template, segment)| {
        let decoded = percent_decode_str(segment).decode_utf8_lossy();
        // A literal part may be written encoded.
        Some(said + segment_fit(template, &decoded).or_else(|| segment_fit(template, segment))?)
    })
}

/// Like `path_fit`, for one segment. `{id}` matches any text that is not empty.
fn segment_fit(template: &str, segment: &str) -> Option<usize> {
    let Some((before, rest)) = template.split_once('{') else {
        return (template == segment).then_some(template.len() + 1);
    };
    let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
    let value = segment.strip_prefix(before)?.strip_suffix(after)?;
    (!value.is_empty()).then_some(before.len() + after.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(operation: &'static str, method: Method, path: &'static str) -> Route {
        Route { operation, method: Some(method), path: path.into(), check: unchecked() }
    }

    #[test]
    fn the_most_literal_path_is_called() {
        let routes = [
            route("get", Method::GET, "/contacts/{id}"),
            route("search", Method::GET, "/contacts/search"),
            route("update", Method::PATCH, "/contacts/{id}"),
            route("update_as_form", Method::PATCH, "/contacts/{id}"),
            route("report", Method::GET, "/reports/{id}.csv"),
            route("typed", Method::POST, "/?type=a"),
            route("untyped", Method::POST, "/"),
            route("raw", Method::GET, "/files/{*path}/raw"),
            route("encoded", Method::GET, "/a%20b"),
        ];
        for (method, target, expected) in [
            (Method::GET, "/contacts/5", &["get"][..]),
            (Method::GET, "/contacts/a%2Fb?x=1", &["get"]),
            (Method::GET, "/contacts/search?q=a", &["search"]),
            (Method::PATCH, "/contacts/5", &["update", "update_as_form"]),
            (Method::GET, "/reports/5.csv", &["report"]),
            (Method::GET, "/reports/.csv", &[]),
            (Method::GET, "/reports/5", &[]),
            (Method::POST, "/?b=1&type=a", &["typed"]),
            (Method::POST, "/?type=b", &["untyped"]),
            (Method::DELETE, "/contacts/5", &[]),
            (Method::GET, "/contacts/", &[]),
            (Method::GET, "/contacts/5/6", &[]),
            (Method::GET, "/files/a/b%20c/raw", &["raw"]),
            (Method::GET, "/files/a/raw", &["raw"]),
            (Method::GET, "/files/raw", &[]),
            (Method::GET, "/a%20b", &["encoded"]),
        ] {
            assert_eq!(called(&routes, &method, target), expected, "{method} {target}");
        }
    }
}
