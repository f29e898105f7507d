//! What the document itself calls an operation.

use super::words::{VERBS, is_version, joined, singular, words, words_of};
use crate::names;
use crm_clients_document::model::Operation;

/// Words of an operation's own name that its path and method need not have.
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

/// The document's own name of an operation.
pub struct OperationName {
    /// Without the resource's name in front.
    pub short: String,
    /// The whole of it.
    pub whole: String,
    /// The method that it is about: `update`, or none.
    pub verb: &'static str,
    /// Whether it has a word that neither the path nor the method has.
    pub says_more: bool,
}

impl OperationName {
    /// Reads the `operationId` of an operation of the resource called `tag`.
    pub fn of(id: &str, tag: &str, operation: &Operation) -> Self {
        // `GET_DescribeHosts` says with which method a request is sent, which its caller need not know.
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

    /// The words of an operation's own name without the API's, the resource's and a version.
    fn shortened(id: &str, of_tag: &[String]) -> Vec<String> {
        // Of `tagmanager.accounts.containers.zones.create`, only the end is about the operation.
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

/// An operation's own name without a number before it, as in `1. Create a contact`.
fn without_number(id: &str) -> &str {
    let rest = id.trim_start_matches(|character: char| character.is_ascii_digit());
    let name = rest.strip_prefix(['.', '_', '-', ' ']).filter(|name| rest.len() < id.len() && !name.is_empty());
    name.unwrap_or(id)
}
