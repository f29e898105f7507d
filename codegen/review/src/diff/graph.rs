//! The graph of comparisons and their differences, from operations down to schemas.
//!
//! A [`Comparison`] is a pair of parts, one of each document, which is compared once regardless of the number of paths
//! to it, so that a change of a shared part is reported once. Locations and affected operations are derived from the
//! graph afterwards.

use std::borrow::Cow;
use std::collections::HashMap;

use super::view::Node;
use super::{Direction, Rule};
use crm_clients_document::model::{Location, Status};
use crm_clients_document::template;

/// The index of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ComparisonId(pub(super) usize);

/// The identity of a comparison.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Key<'a> {
    /// The document as a whole.
    Document,
    /// An operation or a webhook, by its index among the roots.
    Root(usize),
    /// A parameter, body, response or header, by its JSON pointers in both documents.
    Declared(&'a str, &'a str),
    /// A part of only one document, by its kind of change, its JSON pointer and its distinguishing text.
    Alone(&'static str, &'a str, String),
    /// The security requirements or servers of operations, old and new.
    Listed(String, String),
    /// A change that is not compared, by its name.
    Uncompared(&'a str),
    /// Nullability, in a direction.
    Null(Node, Node, Direction),
    /// Schemas, in a direction, with the encoding of their values.
    Schemas(Node, Node, Direction, Transport),
}

/// The encoding of values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Transport {
    /// JSON, which distinguishes numbers from strings.
    #[default]
    Json,
    /// Text, as in a URL, a header or a form, where every number is also a string.
    Text,
    /// A part of the path, which is never empty.
    Path,
}

/// A pair of parts that is compared.
#[derive(Default)]
pub(super) struct Comparison<'a> {
    /// The direction of its data, if it is a pair of schemas.
    pub(super) direction: Option<Direction>,
    /// The encoding of its values.
    pub(super) transport: Transport,
    /// The comparisons of its parts.
    pub(super) edges: Vec<(Step<'a>, ComparisonId)>,
    /// Its differences.
    pub(super) found: Vec<Found<'a>>,
}

/// An operation or a webhook.
pub(super) struct Root {
    /// `GET /v1/contacts`.
    pub(super) label: String,
    /// The label without the names of path parameters.
    pub(super) identity: String,
    /// The label as part of a sentence.
    pub(super) noun: String,
    pub(super) unit: ComparisonId,
}

/// A step on the path from an operation to a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step<'a> {
    /// No visible step.
    Same,
    Servers,
    Security,
    /// The parameter's position in the path, and its name.
    PathParameter(Option<usize>, &'a str),
    Parameter(Location, &'a str),
    /// A parameter that moved to another part of the request.
    Moved(&'a str),
    Body,
    Status(Status),
    Header(&'a str),
    Media(&'a str),
    Property(&'a str),
    Items,
    /// A positional item, by its index.
    Item(usize),
    Values,
    /// The properties with names that match a pattern.
    Pattern(&'a str),
    /// A schema of a keyword: `contains`.
    Keyword(&'static str),
    Variant(String),
    /// A callback request of an operation: its name, and its method and expression.
    Callback(&'a str, String),
    /// A variable of a server's URL.
    ServerVariable(&'a str),
    /// A security scheme.
    Scheme(&'a str),
}

/// A difference.
pub(super) struct Found<'a> {
    pub(super) rule: &'static Rule,
    pub(super) direction: Option<Direction>,
    /// The step from the comparison to the change.
    pub(super) step: Step<'a>,
    /// The predicate of the message.
    pub(super) says: String,
    /// The text that distinguishes it from other changes of the same rule at the same location.
    pub(super) detail: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

/// The graph of all comparisons.
#[derive(Default)]
pub(super) struct Graph<'a> {
    pub(super) units: Vec<Comparison<'a>>,
    known: HashMap<Key<'a>, ComparisonId>,
    pub(super) roots: Vec<Root>,
}

impl<'a> Graph<'a> {
    /// Returns the comparison with a key, and true if it is new.
    pub(super) fn unit(&mut self, key: Key<'a>) -> (ComparisonId, bool) {
        let next = ComparisonId(self.units.len());
        let (direction, transport) = match key {
            Key::Null(_, _, direction) => (Some(direction), Transport::Json),
            Key::Schemas(_, _, direction, transport) => (Some(direction), transport),
            _ => (None, Transport::Json),
        };
        let id = *self.known.entry(key).or_insert(next);
        if id == next {
            self.units.push(Comparison { direction, transport, ..Comparison::default() });
        }
        (id, id == next)
    }

    /// Makes the comparison with a key a part of another. Returns true if it is new.
    pub(super) fn part(&mut self, of: ComparisonId, step: Step<'a>, key: Key<'a>) -> (ComparisonId, bool) {
        let (id, is_new) = self.unit(key);
        if let Some(unit) = self.units.get_mut(of.0) {
            unit.edges.push((step, id));
        }
        (id, is_new)
    }

    /// Returns the root for an operation.
    pub(super) fn operation(&mut self, method: &str, path: &str) -> ComparisonId {
        let (label, identity) = (format!("{method} {path}"), format!("{method} {}", nameless(path)));
        let noun = format!("operation `{label}`");
        self.root(label, identity, noun)
    }

    /// Returns the root for a webhook.
    pub(super) fn webhook(&mut self, name: &str) -> ComparisonId {
        let label = format!("webhook {name}");
        self.root(label.clone(), label, format!("webhook `{name}`"))
    }

    fn root(&mut self, label: String, identity: String, noun: String) -> ComparisonId {
        let (unit, _) = self.unit(Key::Root(self.roots.len()));
        self.roots.push(Root { label, identity, noun, unit });
        unit
    }

    /// Sets the encoding of a comparison's values.
    pub(super) fn set_transport(&mut self, unit: ComparisonId, transport: Transport) {
        if let Some(unit) = self.units.get_mut(unit.0) {
            unit.transport = transport;
        }
    }

    /// Returns the encoding of a comparison's values.
    pub(super) fn transport(&self, unit: ComparisonId) -> Transport {
        self.units.get(unit.0).map(|unit| unit.transport).unwrap_or_default()
    }

    /// Records a difference.
    pub(super) fn found(&mut self, unit: ComparisonId, found: Found<'a>) {
        if let Some(unit) = self.units.get_mut(unit.0) {
            unit.found.push(found);
        }
    }
}

/// Returns a path template without parameter names and trailing slash: `/contacts/{}`.
pub(super) fn nameless(path: &str) -> Cow<'_, str> {
    template::nameless(path.strip_suffix('/').unwrap_or(path))
}

/// Returns the parameter names of a path template in order.
pub(super) fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

impl Step<'_> {
    /// Returns the step as part of a subject, and true if it is appended without a separator.
    pub(super) fn words(&self) -> (Cow<'_, str>, bool) {
        match self {
            Self::Same => ("".into(), true),
            Self::Servers => ("servers".into(), false),
            Self::Security => ("security".into(), false),
            Self::PathParameter(_, name) => (format!("path {name}").into(), false),
            Self::Parameter(location, name) => (format!("{} {name}", location.word()).into(), false),
            Self::Moved(name) => (format!("parameter {name}").into(), false),
            Self::Body => ("body".into(), false),
            Self::Status(status) => (status_word(*status).into(), false),
            Self::Header(name) => (format!("header {name}").into(), false),
            Self::Media(media) => (format!(" {media}").into(), true),
            Self::Property(name) => ((*name).into(), false),
            Self::Items => ("[]".into(), true),
            Self::Item(index) => (format!("[{index}]").into(), true),
            Self::Values => ("{}".into(), true),
            Self::Pattern(pattern) => (format!("{{{pattern}}}").into(), true),
            Self::Keyword(keyword) => ((*keyword).into(), false),
            Self::Variant(label) => (format!("({label})").into(), false),
            Self::Callback(name, request) => (format!("callback {name} {request}").into(), false),
            Self::ServerVariable(name) => (format!("variable {name}").into(), false),
            Self::Scheme(name) => (format!("scheme {name}").into(), false),
        }
    }

    /// Returns the step as part of the identity: a path parameter is identified by its position.
    pub(super) fn identity(&self) -> String {
        match self {
            Self::PathParameter(Some(position), _) => format!("path {position}"),
            other => other.words().0.into_owned(),
        }
    }

    /// Returns the target of the step as the subject of a sentence; `whole` is its parent.
    pub(super) fn noun(&self, whole: &str, direction: Option<Direction>) -> String {
        let of = direction.map_or_else(String::new, |direction| format!(" of the {}", direction.word()));
        match self {
            Self::Same => whole.to_owned(),
            Self::Servers => "the API".to_owned(),
            Self::Security => "authentication".to_owned(),
            Self::PathParameter(_, name) => format!("path parameter `{name}`"),
            Self::Parameter(location, name) => format!("{} parameter `{name}`", location.word()),
            Self::Moved(name) => format!("parameter `{name}`"),
            Self::Body => "the body".to_owned(),
            Self::Status(status) => format!("response {}", status_word(*status)),
            Self::Header(name) => format!("header `{name}`"),
            Self::Media(_) => format!("the body{of}"),
            Self::Property(name) => format!("property `{name}`{of}"),
            Self::Items => format!("an item of {whole}"),
            Self::Item(index) => format!("item {} of {whole}", index + 1),
            Self::Values => format!("a value of {whole}"),
            Self::Pattern(pattern) => format!("a property of {whole} that matches `{pattern}`"),
            Self::Keyword(keyword) => format!("`{keyword}` of {whole}"),
            Self::Variant(label) => format!("alternative `{label}` of {whole}"),
            Self::Callback(name, _) => format!("callback `{name}`"),
            Self::ServerVariable(name) => format!("the variable `{name}` of the server"),
            Self::Scheme(name) => format!("the security scheme `{name}`"),
        }
    }
}

pub(super) fn status_word(status: Status) -> String {
    match status {
        Status::Exact(code) => code.to_string(),
        Status::Range(class) => format!("{class}XX"),
        Status::Default => "default".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nameless_removes_names_and_trailing_slash() {
        assert_eq!(nameless("/a/{b}/c/{d}.json"), "/a/{}/c/{}.json");
        assert_eq!(nameless("/a/"), "/a");
        assert_eq!(nameless("/a/{b"), "/a/{");
        assert_eq!(path_names("/a/{b}/c/{d}.json").collect::<Vec<_>>(), ["b", "d"]);
    }
}
