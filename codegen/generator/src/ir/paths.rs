//! What an operation is called: from its path and method, never from its place in the document.

use std::collections::{HashMap, HashSet};

use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::Operation;
use crm_clients_document::template::Template;

/// A segment of a path template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Text.
    Static(String),
    /// Something with a parameter in it.
    Parameter(String),
}

/// The segments of a path, without what follows `?` or `#`.
pub fn segments(path: &str) -> Vec<Segment> {
    let texts = Template::of(path).path.split('/').filter(|text| !text.is_empty());
    texts
        .map(
            |text| {
                if text.contains('{') { Segment::Parameter(text.to_owned()) } else { Segment::Static(text.to_owned()) }
            },
        )
        .collect()
}

/// The segments that all of these paths begin with, as the first of them has those that are the same.
pub fn common_prefix(paths: &[Vec<Segment>], is_same: fn(&Segment, &Segment) -> bool) -> Vec<Segment> {
    let Some((first, rest)) = paths.split_first() else { return Vec::new() };
    let shared =
        |index: usize| rest.iter().all(|path| path.get(index).is_some_and(|other| is_same(other, &first[index])));
    let length = (0..first.len()).take_while(|index| shared(*index)).count();
    first[..length].to_vec()
}

/// Names the operations of the resource called `tag`.
pub fn method_names(tag: &str, operations: &[&Operation], diagnostics: &mut Diagnostics) -> Vec<String> {
    let paths: Vec<Vec<Segment>> = operations.iter().map(|operation| segments(&operation.path)).collect();
    let base = base(tag, &paths);
    let has_patch: HashSet<&[Segment]> = operations
        .iter()
        .zip(&paths)
        .filter(|(operation, _)| operation.method == "PATCH")
        .map(|(_, path)| path.as_slice())
        .collect();
    let has_items = paths.iter().any(|other| {
        other.strip_prefix(base.as_slice()).is_some_and(|tail| matches!(tail.first(), Some(Segment::Parameter(_))))
    });
    let named: Vec<Named> = operations
        .iter()
        .zip(&paths)
        .map(|(operation, path)| {
            let tail = path.strip_prefix(base.as_slice());
            Named {
                verb: verb(&operation.method, has_patch.contains(path.as_slice())),
                tail: tail.map(<[Segment]>::to_vec),
                path: path.clone(),
                lists: has_items,
                operation,
            }
        })
        .collect();
    settle(&named, diagnostics)
}

/// The resource's own collection: the shortest path that ends in the resource's name, otherwise
/// what all paths begin with, up to its last text.
fn base(tag: &str, paths: &[Vec<Segment>]) -> Vec<Segment> {
    let wanted = singular(&names::module_name(tag));
    let mut prefixes = Vec::new();
    for path in paths {
        for (index, segment) in path.iter().enumerate() {
            if matches!(segment, Segment::Static(text) if singular(&names::module_name(text)) == wanted) {
                prefixes.push(path[..=index].to_vec());
            }
        }
    }
    prefixes.into_iter().min_by_key(|path| (path.len(), format!("{path:?}"))).unwrap_or_else(|| {
        let mut common = common_prefix(paths, Segment::eq);
        while matches!(common.last(), Some(Segment::Parameter(_))) {
            common.pop();
        }
        common
    })
}

struct Named<'a> {
    verb: Verb,
    /// The path behind the resource's base, if it begins with that.
    tail: Option<Vec<Segment>>,
    path: Vec<Segment>,
    /// Whether the resource's collection has items, so that a GET of it lists them.
    lists: bool,
    operation: &'a Operation,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Get,
    Other(&'static str),
}

fn verb(method: &str, has_patch: bool) -> Verb {
    match method {
        "GET" => Verb::Get,
        "POST" => Verb::Other("create"),
        "PUT" if has_patch => Verb::Other("replace"),
        "PUT" | "PATCH" => Verb::Other("update"),
        "DELETE" => Verb::Other("delete"),
        "HEAD" => Verb::Other("head"),
        "OPTIONS" => Verb::Other("options"),
        _ => Verb::Other("trace"),
    }
}

/// How much of its path a name takes in, from the shortest on.
const LEVELS: usize = 4;

/// The level at which a name is the document's own.
const ID_LEVEL: usize = 3;

/// Methods that every handle has from the traits of the standard library.
const INHERITED: &[&str] = &[
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "fmt",
    "from",
    "into",
    "to_owned",
    "try_from",
    "try_into",
    "type_id",
];

impl Named<'_> {
    fn name(&self, level: usize) -> String {
        if let Some(given) = &self.operation.rust_name {
            return given.clone();
        }
        match (level, &self.operation.id) {
            (ID_LEVEL, Some(id)) => return names::value_name(id),
            (4.., _) => return self.whole_path(),
            _ => {}
        }
        match self.tail.as_deref() {
            Some([]) => self.own_collection(),
            Some([Segment::Parameter(_)]) => match self.verb {
                Verb::Get => "get".to_owned(),
                Verb::Other("create") => "post".to_owned(),
                Verb::Other(verb) => verb.to_owned(),
            },
            Some(tail) => self.deeper(tail, level),
            None => self.deeper(&self.path, level),
        }
    }

    fn own_collection(&self) -> String {
        match self.verb {
            Verb::Get => {
                let plural = matches!(self.path.last(), Some(Segment::Static(text)) if is_plural(text));
                if self.lists || plural { "list".to_owned() } else { "get".to_owned() }
            }
            Verb::Other(verb) => verb.to_owned(),
        }
    }

    /// `toggle_status`, `update_hook`, with a verb where several methods share the path, and with
    /// more of the path where that is not enough.
    fn deeper(&self, tail: &[Segment], level: usize) -> String {
        let texts: Vec<&str> = tail
            .iter()
            .filter_map(|segment| if let Segment::Static(text) = segment { Some(text.as_str()) } else { None })
            .collect();
        let Some((last, before)) = texts.split_last() else {
            return self.whole_path();
        };
        let item = matches!(tail.last(), Some(Segment::Parameter(_)));
        let noun = if item { singular(&names::module_name(last)) } else { names::module_name(last) };
        let noun = match before.last().filter(|_| level >= 2) {
            Some(owner) => format!("{}_{noun}", singular(&names::module_name(owner))),
            None => noun,
        };
        if level == 0 && !item {
            return names::value_name(&noun);
        }
        let verb = match self.verb {
            Verb::Get if !item && is_plural(last) => "list",
            Verb::Get => "get",
            Verb::Other("create") if item => "post",
            Verb::Other(verb) => verb,
        };
        names::value_name(&format!("{verb}_{noun}"))
    }

    fn whole_path(&self) -> String {
        let words: Vec<String> = self
            .path
            .iter()
            .map(|segment| match segment {
                Segment::Static(text) => text.clone(),
                Segment::Parameter(text) => format!("by_{text}"),
            })
            .collect();
        names::value_name(&format!("{}_{}", self.operation.method, words.join("_")))
    }
}

/// Lengthens the names that collide, with each other or with the handle's own `new`, until none does.
fn settle(named: &[Named<'_>], diagnostics: &mut Diagnostics) -> Vec<String> {
    let mut levels = vec![0; named.len()];
    loop {
        let names: Vec<String> = named.iter().zip(&levels).map(|(named, level)| named.name(*level)).collect();
        let mut count: HashMap<&str, usize> = HashMap::new();
        for name in &names {
            *count.entry(name).or_default() += 1;
        }
        let is_taken = |index: usize| {
            let name = names[index].as_str();
            (name == "new" || INHERITED.contains(&name)) && named[index].operation.rust_name.is_none()
        };
        let collides = |index: &usize| count[names[*index].as_str()] > 1 || is_taken(*index);
        let longer = |index: &usize| levels[*index] < LEVELS && named[*index].operation.rust_name.is_none();
        let lengthened: Vec<usize> = (0..named.len()).filter(collides).filter(longer).collect();
        if lengthened.is_empty() {
            return number(named, names, diagnostics);
        }
        for index in lengthened {
            // The document's own name says more than a verb in front of a name that every type has.
            let has_id = named[index].operation.id.is_some();
            let is_inherited = INHERITED.contains(&names[index].as_str());
            levels[index] =
                if is_inherited && has_id { levels[index].max(ID_LEVEL - 1) + 1 } else { levels[index] + 1 };
        }
    }
}

/// Numbers the names that are still alike, in the order of their paths, so that the document's own order does not
/// matter: of two paths that differ by a slash at the end alone, the one with it has the number. A person's names are
/// not changed.
fn number(named: &[Named<'_>], mut names: Vec<String>, diagnostics: &mut Diagnostics) -> Vec<String> {
    let mut order: Vec<usize> = (0..named.len()).collect();
    let key = |index: &usize| {
        let operation = named[*index].operation;
        (operation.rust_name.is_none(), &operation.path, &operation.method)
    };
    order.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut taken = UsedNames::default();
    let mut first: HashMap<String, &Operation> = HashMap::new();
    for index in order {
        let operation = named[index].operation;
        if let Some(other) = first.get(&names[index]).filter(|_| operation.rust_name.is_some()) {
            let message = format!(
                "this operation and `{} {}` would both become the method `{}`",
                other.method, other.path, names[index]
            );
            let help = "give one of them an `x-rust-name` in the overlay";
            diagnostics.error("same-method", operation.pointer.clone(), message, help);
        }
        names[index] = taken.claim(&names[index]);
        first.insert(names[index].clone(), operation);
    }
    names
}

fn is_plural(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is")
}

/// The singular of an English plural, as far as endings tell.
pub fn singular(word: &str) -> String {
    if !is_plural(word) {
        return word.to_owned();
    }
    let stem = &word[..word.len() - 1];
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        format!("{stem}y")
    } else if ["sses", "shes", "ches", "xes"].iter().any(|ending| word.ends_with(ending)) {
        stem[..stem.len() - 1].to_owned()
    } else {
        stem.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &'static str, path: &str, id: Option<&str>) -> Operation {
        Operation {
            pointer: format!("/paths/{path}/{method}"),
            method: method.to_owned(),
            path: path.to_owned(),
            id: id.map(str::to_owned),
            ..Operation::default()
        }
    }

    fn named(tag: &str, operations: &[(&'static str, &str)]) -> Vec<String> {
        let operations: Vec<Operation> =
            operations.iter().map(|(method, path)| operation(method, path, None)).collect();
        let mut diagnostics = Diagnostics::new();
        let names = method_names(tag, &operations.iter().collect::<Vec<_>>(), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{names:?}");
        names
    }

    #[test]
    fn methods_say_what_they_do_to_the_resource() {
        let names = named(
            "Contacts",
            &[
                ("GET", "/a/{account_id}/contacts"),
                ("POST", "/a/{account_id}/contacts"),
                ("GET", "/a/{account_id}/contacts/{id}"),
                ("PUT", "/a/{account_id}/contacts/{id}"),
                ("DELETE", "/a/{account_id}/contacts/{id}"),
                ("POST", "/a/{account_id}/contacts/{id}/toggle_status"),
                ("GET", "/a/{account_id}/contacts/{id}/labels"),
                ("POST", "/a/{account_id}/contacts/{id}/labels"),
                ("POST", "/a/{account_id}/actions/contact_merge"),
            ],
        );
        let expected = [
            "list",
            "create",
            "get",
            "update",
            "delete",
            "toggle_status",
            "list_labels",
            "create_labels",
            "contact_merge",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_single_thing_is_got_and_a_put_beside_a_patch_replaces() {
        assert_eq!(named("Profile", &[("GET", "/v1/profile"), ("PUT", "/v1/profile")]), ["get", "update"]);
        let names = named("Pets", &[("PUT", "/pets/{id}"), ("PATCH", "/pets/{id}"), ("GET", "/pets/{id}/toys/{toy}")]);
        assert_eq!(names, ["replace", "update", "get_toy"]);
    }

    #[test]
    fn order_does_not_change_a_name() {
        let mut operations =
            vec![("GET", "/pets"), ("GET", "/pets/{id}/toys"), ("GET", "/shops/{id}/toys"), ("POST", "/pets")];
        let mut forward = named("Pets", &operations);
        operations.reverse();
        let mut backward = named("Pets", &operations);
        forward.sort();
        backward.sort();
        assert_eq!(forward, backward);
    }

    #[test]
    fn operations_that_a_slash_tells_apart_are_numbered_or_have_their_ids() {
        assert_eq!(named("Pets", &[("GET", "/pets/"), ("GET", "/pets")]), ["get_pets2", "get_pets"]);
        let operations = [operation("GET", "/pets", Some("one")), operation("GET", "/pets/", Some("two"))];
        let mut diagnostics = Diagnostics::new();
        assert_eq!(method_names("Pets", &operations.iter().collect::<Vec<_>>(), &mut diagnostics), ["one", "two"]);
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn methods_that_every_handle_has_are_not_hidden() {
        let operations =
            [operation("POST", "/boards/{id}/clone", Some("cloneBoard")), operation("GET", "/boards", None)];
        let mut diagnostics = Diagnostics::new();
        let names = method_names("Boards", &operations.iter().collect::<Vec<_>>(), &mut diagnostics);
        assert_eq!(names, ["clone_board", "list"]);
        assert_eq!(named("Boards", &[("POST", "/boards/{id}/clone"), ("GET", "/boards")]), ["create_clone", "list"]);
    }

    #[test]
    fn paths_that_read_alike_are_numbered_in_their_own_order() {
        let one = operation("GET", "/forecast?city={city}", None);
        let other = operation("GET", "/forecast?lat={lat}", None);
        for operations in [[&one, &other], [&other, &one]] {
            let mut diagnostics = Diagnostics::new();
            let names = method_names("Weather", &operations, &mut diagnostics);
            let of_one = names[usize::from(!std::ptr::eq(operations[0], &one))].clone();
            assert!(
                diagnostics.is_empty() && of_one == "get_forecast" && names.contains(&"get_forecast2".to_owned()),
                "{names:?}"
            );
        }
    }

    #[test]
    fn plurals_lose_their_ending() {
        for (plural, expected) in [
            ("hooks", "hook"),
            ("categories", "category"),
            ("inboxes", "inbox"),
            ("status", "status"),
            ("courses", "course"),
        ] {
            assert_eq!(singular(plural), expected);
        }
    }
}
