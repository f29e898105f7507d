//! What was compared with what, and what was found: a graph from operations down to schemas.
//!
//! A [`Comparison`] is a pair of things, one of each document, that is compared once, however many ways lead to it: so a change in what many
//! operations share is one change. Where it stands and which operations it touches is read off the graph afterwards.

use std::borrow::Cow;
use std::collections::HashMap;

use super::view::Node;
use super::{Direction, Rule};
use crm_clients_document::model::{Location, Status};

/// A unit's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ComparisonId(pub(super) usize);

/// What tells a unit from others.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Key<'a> {
    /// The document as a whole.
    Document,
    /// An operation or a webhook, by its number among the roots.
    Root(usize),
    /// A parameter, body, response or header, by its places in both documents.
    Declared(&'a str, &'a str),
    /// What only one document has, by its kind of change, its place and what distinguishes it there.
    Alone(&'static str, &'a str, String),
    /// The security requirements or servers of operations, before and after.
    Listed(String, String),
    /// What changed and is not compared, by its name.
    Uncompared(&'a str),
    /// Whether null is a value, in a direction.
    Null(Node, Node, Direction),
    /// Schemas, in a direction, and how their values are written.
    Schemas(Node, Node, Direction, Transport),
}

/// How the values of a unit are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Transport {
    /// As JSON, where a number is no string.
    #[default]
    Json,
    /// As text, as in a URL, a header or a form: there every number is a string, too.
    Text,
    /// As a part of the path, which is never empty.
    Path,
}

/// A pair of things that is compared.
#[derive(Default)]
pub(super) struct Comparison<'a> {
    /// Which way its data travels, where it is schemas.
    pub(super) direction: Option<Direction>,
    /// How its values are written.
    pub(super) transport: Transport,
    /// What it is made of.
    pub(super) edges: Vec<(Step<'a>, ComparisonId)>,
    /// What is different in it.
    pub(super) found: Vec<Found<'a>>,
}

/// An operation or a webhook.
pub(super) struct Root {
    /// `GET /v1/contacts`.
    pub(super) label: String,
    /// The label without the names of path parameters.
    pub(super) identity: String,
    /// The same as a part of a sentence.
    pub(super) noun: String,
    pub(super) unit: ComparisonId,
}

/// A step on the way from an operation to what changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step<'a> {
    /// No step in words.
    Same,
    Servers,
    Security,
    /// Its position in the path, and its name.
    PathParameter(Option<usize>, &'a str),
    Parameter(Location, &'a str),
    /// A parameter that went from one part of the request to another.
    Moved(&'a str),
    Body,
    Status(Status),
    Header(&'a str),
    Media(&'a str),
    Property(&'a str),
    Items,
    /// An item that has a schema of its own, counted from 0.
    Item(usize),
    Values,
    /// The properties whose names match a pattern.
    Pattern(&'a str),
    /// A schema below a keyword: `contains`.
    Keyword(&'static str),
    Variant(String),
    /// A request that the server makes because of an operation: its name, and its method and expression.
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
    /// The step from the unit to what changed.
    pub(super) step: Step<'a>,
    /// What is said of it: the predicate of a sentence.
    pub(super) says: String,
    /// What tells it from other changes of the same rule at the same place.
    pub(super) detail: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

/// All units.
#[derive(Default)]
pub(super) struct Graph<'a> {
    pub(super) units: Vec<Comparison<'a>>,
    known: HashMap<Key<'a>, ComparisonId>,
    pub(super) roots: Vec<Root>,
}

impl<'a> Graph<'a> {
    /// The unit of a key, and whether it is new.
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

    /// Makes the unit of a key a part of another; tells whether it is new.
    pub(super) fn part(&mut self, of: ComparisonId, step: Step<'a>, key: Key<'a>) -> (ComparisonId, bool) {
        let (id, is_new) = self.unit(key);
        if let Some(unit) = self.units.get_mut(of.0) {
            unit.edges.push((step, id));
        }
        (id, is_new)
    }

    /// The root for an operation.
    pub(super) fn operation(&mut self, method: &str, path: &str) -> ComparisonId {
        let (label, identity) = (format!("{method} {path}"), format!("{method} {}", nameless(path)));
        let noun = format!("operation `{label}`");
        self.root(label, identity, noun)
    }

    /// The root for a webhook.
    pub(super) fn webhook(&mut self, name: &str) -> ComparisonId {
        let label = format!("webhook {name}");
        self.root(label.clone(), label, format!("webhook `{name}`"))
    }

    fn root(&mut self, label: String, identity: String, noun: String) -> ComparisonId {
        let (unit, _) = self.unit(Key::Root(self.roots.len()));
        self.roots.push(Root { label, identity, noun, unit });
        unit
    }

    /// ChangeDraft how the values of a unit are written.
    pub(super) fn set_transport(&mut self, unit: ComparisonId, transport: Transport) {
        if let Some(unit) = self.units.get_mut(unit.0) {
            unit.transport = transport;
        }
    }

    /// How the values of a unit are written.
    pub(super) fn transport(&self, unit: ComparisonId) -> Transport {
        self.units.get(unit.0).map(|unit| unit.transport).unwrap_or_default()
    }

    /// Notes a difference.
    pub(super) fn found(&mut self, unit: ComparisonId, found: Found<'a>) {
        if let Some(unit) = self.units.get_mut(unit.0) {
            unit.found.push(found);
        }
    }
}

/// A path template without the names of its parameters, and without a slash at its end: `/contacts/{}`.
pub(super) fn nameless(path: &str) -> Cow<'_, str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    if !path.contains('{') {
        return Cow::Borrowed(path);
    }
    let mut nameless = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        nameless.push_str(before);
        nameless.push('{');
        rest = after.find('}').map_or("", |end| &after[end..]);
    }
    nameless.push_str(rest);
    Cow::Owned(nameless)
}

/// The names of a path template's parameters in order.
pub(super) fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

impl Step<'_> {
    /// The step in a subject, and whether it is written onto what comes before.
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

    /// The step as it is recognised: a path parameter by its position, whatever its name.
    pub(super) fn identity(&self) -> String {
        match self {
            Self::PathParameter(Some(position), _) => format!("path {position}"),
            other => other.words().0.into_owned(),
        }
    }

    /// What it leads to, as the subject of a sentence; `whole` is what it is a part of.
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
    fn paths_without_names() {
        assert_eq!(nameless("/a/{b}/c/{d}.json"), "/a/{}/c/{}.json");
        assert_eq!(nameless("/a/"), "/a");
        assert_eq!(nameless("/a/{b"), "/a/{");
        assert_eq!(path_names("/a/{b}/c/{d}.json").collect::<Vec<_>>(), ["b", "d"]);
    }
}
