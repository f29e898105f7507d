//! Method names, derived from path, method and `operationId`, never from the order of the document.

use std::collections::{HashMap, HashSet};

use super::operation_id::OperationName;
use super::words::{VERBS, is_plural, is_version, repeats_a_word, singular};
use crate::names::{self, UsedNames};
use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::Operation;
use crm_clients_document::template::Template;

/// A segment of a path template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Text.
    Static(String),
    /// Text with a parameter in it.
    Parameter(String),
}

/// Returns the segments of a path, without query and fragment.
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

/// Returns the segments that all paths start with, as written in the first path.
pub fn common_prefix(paths: &[Vec<Segment>], is_same: fn(&Segment, &Segment) -> bool) -> Vec<Segment> {
    let Some((first, rest)) = paths.split_first() else { return Vec::new() };
    let shared =
        |index: usize| rest.iter().all(|path| path.get(index).is_some_and(|other| is_same(other, &first[index])));
    let length = (0..first.len()).take_while(|index| shared(*index)).count();
    first[..length].to_vec()
}

/// Names the operations of the resource called `tag`.
pub fn method_names(tag: &str, operations: &[&Operation], diagnostics: &mut Diagnostics) -> Vec<String> {
    let paths: Vec<Vec<Segment>> =
        operations.iter().map(|operation| without_affixes(segments(&operation.path), tag)).collect();
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
    let mut ids: HashMap<&str, usize> = HashMap::new();
    for id in operations.iter().filter_map(|operation| operation.id.as_deref()) {
        *ids.entry(id).or_default() += 1;
    }
    let named: Vec<Named> = operations
        .iter()
        .zip(&paths)
        .map(|(operation, path)| {
            let tail = path.strip_prefix(base.as_slice());
            let id = operation.id.as_deref().filter(|id| ids[id] == 1);
            Named {
                verb: verb(&operation.method, has_patch.contains(path.as_slice())),
                tail: tail.map(|tail| without_version(tail).to_vec()),
                path: path.clone(),
                lists: has_items,
                id: id.map(|id| OperationName::of(id, tag, operation)),
                operation,
            }
        })
        .collect();
    distinct_methods(&named, diagnostics)
}

/// Returns the path without what its last segment repeats: a format at its end, and the resource called `tag` before a
/// dot.
///
/// `/pets.json` becomes `/pets`, and `/chat.delete` of the resource `chat` becomes `/delete`.
fn without_affixes(mut path: Vec<Segment>, tag: &str) -> Vec<Segment> {
    if let Some(Segment::Static(text)) = path.last_mut() {
        let stem = text.strip_suffix(".json").filter(|stem| !stem.is_empty()).unwrap_or(text);
        let wanted = singular(&names::module_name(tag));
        let mut dots = stem.match_indices('.').filter(|(at, _)| *at > 0 && at + 1 < stem.len());
        let after = dots.find(|(at, _)| singular(&names::module_name(&stem[..*at])) == wanted);
        *text = stem[after.map_or(0, |(at, _)| at + 1)..].to_owned();
    }
    path
}

/// Returns the path without leading API versions.
fn without_version(path: &[Segment]) -> &[Segment] {
    let is_version = |segment: &&Segment| matches!(segment, Segment::Static(text) if is_version(text));
    let rest = &path[path.iter().take_while(is_version).count()..];
    if rest.is_empty() { path } else { rest }
}

/// Returns the resource's own collection: the shortest path that ends in the resource's name, or else the common prefix
/// of all paths up to its last literal segment.
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
    verb: Verb<'a>,
    /// The path after the resource's base, if it starts with the base.
    tail: Option<Vec<Segment>>,
    path: Vec<Segment>,
    /// True if the resource's collection has items, so that GET lists them.
    lists: bool,
    /// The `operationId`, if it is unique.
    id: Option<OperationName>,
    operation: &'a Operation,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb<'a> {
    Get,
    Post,
    Other(&'a str),
}

fn verb(method: &str, has_patch: bool) -> Verb<'_> {
    match method {
        "GET" => Verb::Get,
        "POST" => Verb::Post,
        "PUT" if has_patch => Verb::Other("replace"),
        "PUT" | "PATCH" => Verb::Other("update"),
        "DELETE" => Verb::Other("delete"),
        "HEAD" => Verb::Other("head"),
        "OPTIONS" => Verb::Other("options"),
        "TRACE" => Verb::Other("trace"),
        other => Verb::Other(other),
    }
}

/// The source of a name, from the shortest name to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// `list`, or the last word of the path.
    Short,
    /// A verb and the last word.
    Verb,
    /// The `operationId` without the resource's name.
    Id,
    /// The `operationId`.
    WholeId,
    /// A verb and the last two words.
    Owner,
    /// The method and the whole path.
    Path,
}

impl Level {
    fn next(self) -> Self {
        match self {
            Self::Short => Self::Verb,
            Self::Verb => Self::Id,
            Self::Id => Self::WholeId,
            Self::WholeId => Self::Owner,
            Self::Owner | Self::Path => Self::Path,
        }
    }
}

impl Named<'_> {
    /// Returns the name at a level, or at the next level that has one.
    fn name(&self, level: &mut Level) -> String {
        if let Some(given) = &self.operation.rust_name {
            return given.clone();
        }
        loop {
            let found = match *level {
                Level::Short | Level::Verb => self.of_path(*level),
                Level::Id => self.id.as_ref().map(|id| id.short.clone()),
                Level::WholeId => self.id.as_ref().map(|id| id.whole.clone()),
                Level::Owner => self.deeper(self.tail.as_deref().unwrap_or(&self.path), *level),
                Level::Path => Some(self.whole_path()),
            };
            match found {
                Some(name) => return name,
                None => *level = level.next(),
            }
        }
    }

    fn of_path(&self, level: Level) -> Option<String> {
        match (self.tail.as_deref(), self.verb, &self.id) {
            // POST alone does not describe the action.
            (Some([] | [Segment::Parameter(_)]), Verb::Post, Some(id)) if id.says_more => None,
            (Some([]), Verb::Post, Some(id)) if !id.verb.is_empty() && id.verb != "create" => None,
            (Some([]), ..) => Some(self.own_collection()),
            (Some([Segment::Parameter(_)]), Verb::Post, Some(id)) if id.verb == "update" => Some("update".to_owned()),
            (Some([Segment::Parameter(_)]), Verb::Post, Some(_)) => None,
            (Some([Segment::Parameter(_)]), Verb::Get, _) => Some("get".to_owned()),
            (Some([Segment::Parameter(_)]), Verb::Post, None) => Some("post".to_owned()),
            (Some([Segment::Parameter(_)]), Verb::Other(verb), _) => Some(names::value_name(verb)),
            (_, _, Some(id)) if id.says_more => None,
            (tail, ..) => self.deeper(tail.unwrap_or(&self.path), level),
        }
    }

    fn own_collection(&self) -> String {
        match self.verb {
            Verb::Get => {
                let plural = matches!(self.path.last(), Some(Segment::Static(text)) if is_plural(text));
                if self.lists || plural { "list".to_owned() } else { "get".to_owned() }
            }
            Verb::Post => "create".to_owned(),
            Verb::Other(verb) => names::value_name(verb),
        }
    }

    /// Returns a name such as `toggle_status` or `update_hook`: with a verb if several methods share the path, and with
    /// more of the path if that is ambiguous. Returns `None` if the name would repeat a word.
    fn deeper(&self, tail: &[Segment], level: Level) -> Option<String> {
        let texts: Vec<&str> = tail
            .iter()
            .filter_map(|segment| if let Segment::Static(text) = segment { Some(text.as_str()) } else { None })
            .collect();
        let (last, before) = texts.split_last().filter(|(last, _)| !is_version(last))?;
        let item = matches!(tail.last(), Some(Segment::Parameter(_)));
        let module = names::module_name(last);
        let begins_with_verb = VERBS.contains(&module.split('_').next().unwrap_or_default());
        let noun = if item && !begins_with_verb { singular(&module) } else { module };
        let noun = match before.last().filter(|owner| level >= Level::Owner && !is_version(owner)) {
            Some(owner) => format!("{}_{noun}", singular(&names::module_name(owner))),
            None => noun,
        };
        let verb = match self.verb {
            Verb::Get if !item && is_plural(last) => "list",
            Verb::Get => "get",
            Verb::Post if !item => "create",
            Verb::Post if self.id.as_ref().is_some_and(|id| id.verb == "update") => "update",
            Verb::Post => "post",
            Verb::Other(verb) => verb,
        };
        let name = match () {
            () if begins_with_verb || level == Level::Short && !item => noun,
            // The `operationId` is more specific than the method.
            () if verb == "post" && self.id.is_some() => return None,
            () => format!("{verb}_{noun}"),
        };
        (!repeats_a_word(&name)).then(|| names::value_name(&name))
    }

    fn whole_path(&self) -> String {
        let (path, rest) = self.operation.path.split_once(['?', '#']).unwrap_or((&self.operation.path, ""));
        let mut words = vec![self.operation.method.to_lowercase()];
        for text in path.split('/').filter(|text| !text.is_empty()) {
            words.push(if text.contains('{') { format!("by_{text}") } else { text.to_owned() });
        }
        // Paths that differ only in a trailing slash are different.
        words.extend((path.len() > 1 && path.ends_with('/')).then(|| "slash".to_owned()));
        words.push(rest.to_owned());
        names::value_name(&words.join("_"))
    }
}

/// Lengthens names that collide with each other or with the methods of every handle, until they are unique.
fn distinct_methods(named: &[Named<'_>], diagnostics: &mut Diagnostics) -> Vec<String> {
    let mut levels = vec![Level::Short; named.len()];
    loop {
        let names: Vec<String> = named.iter().zip(&mut levels).map(|(named, level)| named.name(level)).collect();
        let mut count: HashMap<&str, usize> = HashMap::new();
        for name in &names {
            *count.entry(name).or_default() += 1;
        }
        let is_inherited = |index: usize| {
            let name = names[index].as_str();
            (name == "new" || names::INHERITED.contains(&name)) && named[index].operation.rust_name.is_none()
        };
        let collides = |index: &usize| count[names[*index].as_str()] > 1 || is_inherited(*index);
        let longer = |index: &usize| levels[*index] < Level::Path && named[*index].operation.rust_name.is_none();
        let lengthened: Vec<usize> = (0..named.len()).filter(collides).filter(longer).collect();
        if lengthened.is_empty() {
            return number(named, names, diagnostics);
        }
        for index in lengthened {
            // For a name that every handle has, the `operationId` is more specific than a verb in front.
            let by_id = is_inherited(index) && named[index].id.is_some() && levels[index] < Level::Id;
            levels[index] = if by_id { Level::Id } else { levels[index].next() };
        }
    }
}

/// Numbers the names that still collide, in the order of their paths, so that the order of the document does not
/// matter. Names from overlays are not changed.
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
                "this operation and `{} {}` have the same method name `{}`",
                other.method, other.path, names[index]
            );
            let help = "set the `x-rust-name` of one of them in the overlay";
            diagnostics.error("same-method", operation.pointer.clone(), message, help);
        }
        names[index] = taken.claim(&names[index]);
        first.insert(names[index].clone(), operation);
    }
    names
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
    fn names_describe_the_action_on_the_resource() {
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
    fn singletons_use_get_and_put_next_to_patch_is_replace() {
        assert_eq!(named("Profile", &[("GET", "/v1/profile"), ("PUT", "/v1/profile")]), ["get", "update"]);
        let names = named("Pets", &[("PUT", "/pets/{id}"), ("PATCH", "/pets/{id}"), ("GET", "/pets/{id}/toys/{toy}")]);
        assert_eq!(names, ["replace", "update", "get_toy"]);
    }

    #[test]
    fn formats_and_the_resource_before_a_dot_are_not_repeated() {
        let names =
            named("Calls", &[("GET", "/a/Calls.json"), ("POST", "/a/Calls.json"), ("GET", "/a/Calls/{id}.json")]);
        assert_eq!(names, ["list", "create", "get"]);
        let names = named(
            "admin.conversations",
            &[
                ("POST", "/admin.conversations.archive"),
                ("GET", "/admin.conversations.getTeams"),
                ("POST", "/views.open"),
            ],
        );
        assert_eq!(names, ["archive", "get_teams", "views_open"]);
        assert_eq!(named("Pets", &[("GET", "/pets.json"), ("GET", "/pets")]), ["get_pets_json", "get_pets"]);
    }

    #[test]
    fn names_do_not_depend_on_order() {
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
    fn names_distinguish_trailing_slashes() {
        assert_eq!(named("Pets", &[("GET", "/pets/"), ("GET", "/pets")]), ["get_pets_slash", "get_pets"]);
        let operations = [operation("GET", "/pets", Some("one")), operation("GET", "/pets/", Some("two"))];
        let mut diagnostics = Diagnostics::new();
        assert_eq!(method_names("Pets", &operations.iter().collect::<Vec<_>>(), &mut diagnostics), ["one", "two"]);
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn names_do_not_shadow_methods_of_handles() {
        let operations =
            [operation("POST", "/boards/{id}/clone", Some("cloneBoard")), operation("GET", "/boards", None)];
        let mut diagnostics = Diagnostics::new();
        let names = method_names("Boards", &operations.iter().collect::<Vec<_>>(), &mut diagnostics);
        assert_eq!(names, ["clone_board", "list"]);
        assert_eq!(named("Boards", &[("POST", "/boards/{id}/clone"), ("GET", "/boards")]), ["create_clone", "list"]);
    }

    #[test]
    fn names_distinguish_queries_in_paths() {
        let names = named("Weather", &[("GET", "/forecast?city={city}"), ("GET", "/forecast?lat={lat}")]);
        assert_eq!(names, ["get_forecast_city_city", "get_forecast_lat_lat"]);
    }

    fn with_ids(tag: &str, operations: &[(&'static str, &str, &str)]) -> Vec<String> {
        let operations: Vec<Operation> =
            operations.iter().map(|(method, path, id)| operation(method, path, Some(id))).collect();
        let mut diagnostics = Diagnostics::new();
        let names = method_names(tag, &operations.iter().collect::<Vec<_>>(), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{names:?}");
        names
    }

    #[test]
    fn a_more_specific_operation_id_is_the_name() {
        let names = with_ids(
            "Agents",
            &[
                ("GET", "/v2/agents", "agents_list"),
                ("POST", "/v2/agents/{id}/child_agents/{child_id}", "agents_attach_child"),
                ("POST", "/v2/agents/{id}", "updateAgent"),
                ("POST", "/v2/agents", "importAgents"),
                ("GET", "/v2/agents/{id}/labels", "get_agent_labels"),
            ],
        );
        assert_eq!(names, ["list", "attach_child", "update", "import_agents", "labels"]);
    }

    #[test]
    fn names_do_not_repeat_words() {
        let names = with_ids(
            "Saas",
            &[
                ("GET", "/saas/get-subscription/{id}", "get-location-subscription"),
                ("PUT", "/saas/update-subscription/{id}", "generate-payment-link"),
                ("POST", "/saas/bulk-disable-saas/{id}", "bulk-disable-saas"),
            ],
        );
        assert_eq!(names, ["get_location_subscription", "generate_payment_link", "bulk_disable_saas"]);
        assert_eq!(named("Saas", &[("GET", "/saas/get-subscription/{id}")]), ["get_subscription"]);
        let names = with_ids("Contacts", &[("POST", "/people/{id}/lookup", "contacts_contacts_search_search")]);
        assert_eq!(names, ["search"]);
        let names = with_ids(
            "Root",
            &[
                ("GET", "/#Who", "GET_GetCaller"),
                ("POST", "/#Who", "POST_GetCaller"),
                ("GET", "/#Act", "GET_GetAction"),
            ],
        );
        assert_eq!(names, ["get_caller_with_get", "get_caller_with_post", "get_action"]);
    }

    #[test]
    fn ids_are_shortened_by_api_and_resource_names() {
        let names = with_ids(
            "Files",
            &[
                ("GET", "/drive/v2/{parent}/files/{id}/comments", "google.drive.files.comments.list"),
                ("POST", "/drive/v2/files/trash", "google.drive.files.emptyTrash"),
                ("GET", "/drive/v2/changes", "FilesController_findChangedV2"),
                ("PUT", "/drive/v2/quotas", "2_applyQuotas"),
            ],
        );
        assert_eq!(names, ["comments", "empty_trash", "find_changed", "apply_quotas"]);
    }

    #[test]
    fn versions_and_numbers_are_not_nouns() {
        assert_eq!(named("Crm", &[("GET", "/crm/v8/{module}"), ("GET", "/crm/v8/org")]), ["get", "org"]);
        let names = named("Status", &[("GET", "/status/200"), ("GET", "/status/404")]);
        assert_eq!(names, ["get_status_200", "get_status_404"]);
    }
}
