//! Names from `operationId`.

use super::words::{VERBS, is_version, joined, singular, words, words_of};
use crate::names;
use crm_clients_document::model::Operation;

/// Words that do not make an `operationId` more specific than path and method.
const SAYS_NOTHING: &[&str] = &[
    "a",
    "add",
    "all",
    "an",
    "and",
    "api",
    "by",
    "change",
    "controller",
    "create",
    "creation",
    "delete",
    "destroy",
    "detail",
    "edit",
    "fetch",
    "find",
    "for",
    "from",
    "get",
    "id",
    "in",
    "index",
    "info",
    "insert",
    "list",
    "make",
    "modify",
    "new",
    "of",
    "on",
    "patch",
    "post",
    "put",
    "query",
    "read",
    "remove",
    "replace",
    "retrieve",
    "set",
    "show",
    "single",
    "store",
    "the",
    "to",
    "update",
    "view",
    "with",
];

/// The name in an `operationId`.
pub struct OperationName {
    /// The name without the resource's name in front.
    pub short: String,
    /// The full name.
    pub whole: String,
    /// The verb that it starts with, such as `update`, or an empty string.
    pub verb: &'static str,
    /// True if it contains a word that neither the path nor the method has.
    pub says_more: bool,
}

impl OperationName {
    /// Parses the `operationId` of an operation of the resource called `tag`.
    pub fn of(id: &str, tag: &str, operation: &Operation) -> Self {
        // The prefix of `GET_DescribeHosts` is the HTTP method, which callers need not know.
        let by_method = id.strip_prefix(operation.method.as_str()).and_then(|rest| rest.strip_prefix('_'));
        let own = without_number(by_method.unwrap_or(id));
        let of_tag: Vec<String> = words_of(tag).collect();
        let all = words(own);
        let short = Self::shortened(own, &of_tag);
        let whole = match by_method {
            Some(_) => format!("{}_with_{}", names::suffix(&joined(&all)), operation.method.to_lowercase()),
            None => joined(&all),
        };
        let verb = match short.first().map_or("", String::as_str) {
            "update" | "edit" | "modify" | "patch" | "change" | "set" => "update",
            "create" | "add" | "new" | "insert" | "make" | "post" | "store" => "create",
            other => VERBS.iter().find(|verb| **verb == other).copied().unwrap_or_default(),
        };
        let path: String = operation.path.chars().filter(|character| character.is_alphanumeric()).collect();
        let path = path.to_lowercase();
        let is_new = |word: &String| {
            let word = singular(word);
            let says_nothing = SAYS_NOTHING.contains(&word.as_str()) || is_version(&word);
            !says_nothing && !path.contains(&word) && !of_tag.contains(&word)
        };
        Self { says_more: short.iter().any(is_new), short: joined(&short), whole, verb }
    }

    /// Returns the words of an `operationId` without those of the API, the resource and a version.
    fn shortened(id: &str, of_tag: &[String]) -> Vec<String> {
        // In `tagmanager.accounts.containers.zones.create`, only the end describes the operation.
        let mut dots = id.rmatch_indices('.').map(|(at, _)| at + 1);
        let begin = if id.matches('.').count() > 1 { dots.nth(1).unwrap_or_default() } else { 0 };
        let all = words(&id[begin..]);
        let controller = all.iter().take(4).position(|word| word == "controller").map_or(0, |at| at + 1);
        let mut short = &all[controller..];
        let joins = |word: &String| matches!(word.as_str(), "by" | "for" | "from" | "in" | "of" | "to" | "with");
        while let [first, next, ..] = short {
            let is_of_tag = of_tag.contains(&singular(first)) && !VERBS.contains(&first.as_str());
            if joins(next) || !is_of_tag {
                break;
            }
            short = &short[1..];
        }
        while let [_, .., last] = short {
            if !is_version(last) {
                break;
            }
            short = &short[..short.len() - 1];
        }
        if short.is_empty() { all } else { short.to_vec() }
    }
}

/// Returns an `operationId` without a leading number, as in `1. Create a contact`.
fn without_number(id: &str) -> &str {
    let rest = id.trim_start_matches(|character: char| character.is_ascii_digit());
    let name = rest.strip_prefix(['.', '_', '-', ' ']).filter(|name| rest.len() < id.len() && !name.is_empty());
    name.unwrap_or(id)
}
