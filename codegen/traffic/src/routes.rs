//! Finding the operation of an exchange.

use std::collections::HashMap;

use crm_clients_document::model::{Document, Location, Operation, OperationId, Type};
use crm_clients_document::template::Template;

/// The operations of a document by method and number of path segments.
pub struct Routes {
    routes: HashMap<(String, usize), Vec<Route>>,
    /// The paths of the document's servers, with which a recorded path may begin, in descending order of length.
    bases: Vec<String>,
}

struct Route {
    segments: Vec<Segment>,
    operation: OperationId,
}

impl Routes {
    /// Collects the operations of a document.
    pub fn new(document: &Document) -> Self {
        let mut routes: HashMap<_, Vec<Route>> = HashMap::new();
        let mut bases: Vec<String> = document.servers.iter().filter_map(|server| base_of(&server.url)).collect();
        for id in &document.operations {
            let operation = &document[*id];
            bases.extend(operation.servers.iter().filter_map(|server| base_of(&server.url)));
            let numbers = numbers(document, operation);
            let segment = |template: &str| Segment {
                is_number: numbers.iter().any(|name| template == format!("{{{name}}}")),
                template: template.to_owned(),
            };
            let segments: Vec<Segment> = segments(Template::of(&operation.path).path).map(segment).collect();
            let key = (operation.method.clone(), segments.len());
            routes.entry(key).or_default().push(Route { segments, operation: *id });
        }
        bases.sort_by_key(|base| std::cmp::Reverse(base.len()));
        bases.dedup();
        Self { routes, bases }
    }

    /// Returns the operation for a method and a path. If several templates match, the one with the first literal
    /// segment is used.
    pub fn find(&self, method: &str, path: &str) -> Option<OperationId> {
        let below_base = |base: &String| path.strip_prefix(base.as_str()).filter(|rest| rest.starts_with('/'));
        let candidates = std::iter::once(path).chain(self.bases.iter().filter_map(below_base));
        candidates.into_iter().find_map(|path| self.find_below(method, path))
    }

    /// The path below the path of the document's server.
    pub fn below_base<'p>(&self, path: &'p str) -> &'p str {
        let below = |base: &String| path.strip_prefix(base.as_str()).filter(|rest| rest.starts_with('/'));
        self.bases.iter().find_map(below).unwrap_or(path)
    }

    fn find_below(&self, method: &str, path: &str) -> Option<OperationId> {
        // Two paths may differ only in a trailing slash. Otherwise servers ignore it.
        let other = path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned);
        self.find_exactly(method, path).or_else(|| self.find_exactly(method, &other))
    }

    fn find_exactly(&self, method: &str, path: &str) -> Option<OperationId> {
        let parts: Vec<&str> = segments(path).collect();
        let routes = self.routes.get(&(method.to_owned(), parts.len()))?;
        let fitting =
            routes.iter().filter(|route| route.segments.iter().zip(&parts).all(|(segment, part)| segment.fits(part)));
        let is_template =
            |route: &&Route| route.segments.iter().map(|segment| segment.template.contains('{')).collect::<Vec<_>>();
        fitting.min_by_key(is_template).map(|route| route.operation)
    }
}

/// A segment of a path template.
struct Segment {
    template: String,
    /// True if it is a parameter whose values are numbers.
    is_number: bool,
}

impl Segment {
    /// Returns true if a recorded segment matches this one: `active` in `/contacts/active` does not match a numeric id.
    fn fits(&self, segment: &str) -> bool {
        fits(&self.template, segment) && (!self.is_number || segment.parse::<f64>().is_ok())
    }
}

/// Returns the names of the path parameters that are numbers.
fn numbers<'d>(document: &'d Document, operation: &Operation) -> Vec<&'d str> {
    let is_number =
        |types: &[Type]| !types.is_empty() && types.iter().all(|kind| matches!(kind, Type::Integer | Type::Number));
    let parameters =
        document.parameters(operation).into_iter().filter(|parameter| parameter.location == Location::Path);
    let numbers = parameters
        .filter(|parameter| parameter.schema.is_some_and(|id| is_number(&document[document.referred(id)].types)));
    numbers.map(|parameter| parameter.name.as_str()).collect()
}

/// Returns the segments of a path. The last is empty if the path ends with a slash.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').skip(1)
}

/// Returns true if a segment matches a template, such as `{id}.json`. The text between its first and last parameter is
/// not compared.
fn fits(template: &str, segment: &str) -> bool {
    let (Some(start), Some(end)) = (template.find('{'), template.rfind('}')) else { return template == segment };
    let inner = segment.strip_prefix(&template[..start]).and_then(|rest| rest.strip_suffix(template.get(end + 1..)?));
    inner.is_some_and(|inner| !inner.is_empty())
}

/// Returns the path of a server's URL, without a trailing slash. `None` if it is empty or has a variable.
fn base_of(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => url,
    };
    let path = path.trim_end_matches('/');
    (path.starts_with('/') && !path.contains('{')).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{base_of, fits};

    #[test]
    fn a_template_fits_what_its_parameters_can_hold() {
        for (template, segment, expected) in [
            ("pets", "pets", true),
            ("pets", "cats", false),
            ("{id}", "7", true),
            ("{id}", "", false),
            ("{id}.json", "7.json", true),
            ("{id}.json", "7.xml", false),
            ("{a}..{b}", "1..2", true),
        ] {
            assert_eq!(fits(template, segment), expected, "{template} {segment}");
        }
    }

    #[test]
    fn a_base_is_the_path_of_a_url() {
        assert_eq!(base_of("https://pets.example/v1/"), Some("/v1".to_owned()));
        assert_eq!(base_of("/v1"), Some("/v1".to_owned()));
        assert_eq!(base_of("https://pets.example"), None);
        assert_eq!(base_of("/{version}"), None);
    }
}
