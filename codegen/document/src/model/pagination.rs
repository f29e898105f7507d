//! `x-pagination`: the pagination of a list, before types are known.

use serde_json::{Map, Value};

use super::build::Builder;
use super::{Location, Parameter};
use crate::diagnostic::{child, closest};

/// The pagination of a list. Paths are names of properties separated by dots.
#[derive(Debug, Clone)]
pub struct Pagination {
    /// The JSON pointer of the extension.
    pub pointer: String,
    /// The strategies by which pages can be requested; at least one.
    pub by: Vec<PageStrategy<String>>,
    /// The path from the body to the items; `None` if the body itself is the list.
    pub items: Option<String>,
    /// The indicators of whether another page follows, with the paths from the body to them.
    pub signs: Vec<(HasMore, String)>,
}

/// The key by which a page is requested. `K` locates it in a page or an item.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub enum PageStrategy<K> {
    /// The page number.
    Number {
        /// The query parameter.
        parameter: String,
        /// The number of the first page.
        first: i64,
    },
    /// The key of an item in the previous page.
    Key {
        /// The query parameter.
        parameter: String,
        /// True if it is the last item of that page, false if it is the first.
        last: bool,
        /// The path from the item to the key.
        key: K,
    },
    /// The number of items before the page.
    Offset {
        /// The query parameter.
        parameter: String,
    },
    /// A cursor in the previous page.
    Cursor {
        /// The query parameter.
        parameter: String,
        /// The path from the page's body to the cursor.
        cursor: K,
    },
    /// The URL of the next page, in the previous page.
    Url {
        /// The path from the page's body to the URL.
        url: K,
    },
    /// The URL of the next page, in the `Link` header.
    Link {
        /// The relation of the link.
        relation: String,
    },
}

/// A property that indicates whether another page follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum HasMore {
    /// A link to the next page, which is null or missing on the last one.
    Next,
    /// True if there is more.
    More,
    /// The total number of pages.
    Pages,
    /// The total number of items.
    Total,
}

impl HasMore {
    /// Returns the extension's key for it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::More => "more",
            Self::Pages => "pages",
            Self::Total => "total",
        }
    }
}

const SIGNS: [HasMore; 4] = [HasMore::Next, HasMore::More, HasMore::Pages, HasMore::Total];
/// The keys of the strategies, which exclude each other.
const STRATEGIES: [&str; 6] = ["page", "keys", "offset", "cursor", "url", "link"];
const KEYS: &[&str] =
    &["page", "first", "keys", "offset", "cursor", "url", "link", "items", "next", "more", "pages", "total"];

/// Returns true if the extension is in the generator's format. Other tools use the same name.
fn is_ours(object: &Map<String, Value>) -> bool {
    let is_strategy = |(key, value): (&String, &Value)| match key.as_str() {
        "page" | "offset" => value.is_string(),
        "keys" | "cursor" => value.is_object(),
        _ => false,
    };
    object.keys().all(|key| closest(key, KEYS.iter().copied()).is_some()) || object.iter().any(is_strategy)
}

impl Builder<'_, '_> {
    /// Reads the extension of an operation with these parameters. Invalid parts are reported and left out.
    pub(super) fn pagination(&mut self, value: &Value, pointer: &str, parameters: &[Parameter]) -> Option<Pagination> {
        let Some(object) = value.as_object().filter(|object| is_ours(object)) else {
            let message = "this `x-pagination` is not in the generator's format and is ignored";
            let help = "see the table in the generator's README for the format";
            self.diagnostics.warning("foreign-extension", pointer, message, help);
            return None;
        };
        for key in object.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            let help = match closest(key, KEYS.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", KEYS.join(", ")),
            };
            self.bad_pagination(&child(pointer, key), &format!("unknown key `{key}` in `x-pagination`"), &help);
        }
        let signs =
            SIGNS.into_iter().filter_map(|sign| Some((sign, self.path(object, sign.key(), pointer)?))).collect();
        let items = self.path(object, "items", pointer);
        let given: Vec<_> = STRATEGIES.into_iter().filter(|key| object.contains_key(*key)).collect();
        if given != ["page"] {
            self.no_page_numbers(object, pointer);
        }
        let by = match given[..] {
            ["page"] => self.by_number(object, pointer, parameters)?,
            ["keys"] => self.by_keys(object, pointer, parameters)?,
            ["offset"] => self.by_offset(object, pointer, parameters)?,
            ["cursor"] => self.by_cursor(object, pointer, parameters)?,
            ["url"] => vec![PageStrategy::Url { url: self.path(object, "url", pointer)? }],
            ["link"] => vec![PageStrategy::Link { relation: self.path(object, "link", pointer)? }],
            _ => {
                let message = "missing strategy in `x-pagination`";
                self.bad_pagination(
                    pointer,
                    message,
                    "add one of `page`, `offset`, `cursor`, `keys`, `url` and `link`",
                );
                return None;
            }
        };
        Some(Pagination { pointer: pointer.to_owned(), by, items, signs })
    }

    fn by_number(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        parameters: &[Parameter],
    ) -> Option<Vec<PageStrategy<String>>> {
        let parameter = self.path(object, "page", pointer)?;
        self.check_parameter(&parameter, &child(pointer, "page"), parameters);
        let first = object.get("first").map_or(Some(1), Value::as_i64);
        if first.is_none() {
            let message = "the number of the first page must be an integer";
            self.bad_pagination(&child(pointer, "first"), message, "write a number, or remove it for the default of 1");
        }
        Some(vec![PageStrategy::Number { parameter, first: first? }])
    }

    fn by_keys(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        parameters: &[Parameter],
    ) -> Option<Vec<PageStrategy<String>>> {
        let place = child(pointer, "keys");
        let help = "map each query parameter to `first.` or `last.` and a property of that item: `{after: last.id}`";
        let Some(keys) = object.get("keys").and_then(Value::as_object).filter(|keys| !keys.is_empty()) else {
            self.bad_pagination(&place, "`keys` must be a map of query parameters", help);
            return None;
        };
        let mut by = Vec::new();
        for (parameter, path) in keys {
            let place = child(&place, parameter);
            self.check_parameter(parameter, &place, parameters);
            match path.as_str().and_then(|path| path.split_once('.')) {
                Some((item @ ("first" | "last"), key)) => {
                    by.push(PageStrategy::Key {
                        parameter: parameter.clone(),
                        last: item == "last",
                        key: key.to_owned(),
                    });
                }
                _ => self.bad_pagination(&place, "expected the key of a page's first or last item", help),
            }
        }
        (!by.is_empty()).then_some(by)
    }

    /// Reports `first` and `pages`, which have a meaning only with `page`.
    fn no_page_numbers(&mut self, object: &Map<String, Value>, pointer: &str) {
        for key in ["first", "pages"].into_iter().filter(|key| object.contains_key(*key)) {
            let message = format!("`{key}` has no effect, because pages are not requested by number");
            self.bad_pagination(&child(pointer, key), &message, "remove it, or use `page`");
        }
    }

    fn by_offset(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        parameters: &[Parameter],
    ) -> Option<Vec<PageStrategy<String>>> {
        let parameter = self.path(object, "offset", pointer)?;
        self.check_parameter(&parameter, &child(pointer, "offset"), parameters);
        Some(vec![PageStrategy::Offset { parameter }])
    }

    fn by_cursor(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        parameters: &[Parameter],
    ) -> Option<Vec<PageStrategy<String>>> {
        let place = child(pointer, "cursor");
        let only = object.get("cursor").and_then(Value::as_object).filter(|cursor| cursor.len() == 1);
        let entry = only.and_then(|cursor| cursor.iter().next());
        let Some((parameter, cursor)) = entry.and_then(|(name, path)| Some((name, path.as_str()?))) else {
            let message = "`cursor` must map one query parameter to a path";
            let help = "map the parameter to the path of the next page's cursor: `{after: paging.cursors.after}`";
            self.bad_pagination(&place, message, help);
            return None;
        };
        self.check_parameter(parameter, &child(&place, parameter), parameters);
        Some(vec![PageStrategy::Cursor { parameter: parameter.clone(), cursor: cursor.to_owned() }])
    }

    /// Returns the string of a key.
    fn path(&mut self, object: &Map<String, Value>, key: &str, pointer: &str) -> Option<String> {
        let value = object.get(key)?;
        let text = value.as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            let message = format!("`{key}` must be a string that is not empty");
            self.bad_pagination(&child(pointer, key), &message, "see the table in the generator's README");
        }
        text.map(str::to_owned)
    }

    fn check_parameter(&mut self, name: &str, pointer: &str, parameters: &[Parameter]) {
        let in_query = |one: &&Parameter| one.location == Location::Query && !one.is_json();
        let names: Vec<&str> = parameters.iter().filter(in_query).map(|one| one.name.as_str()).collect();
        if names.contains(&name) {
            return;
        }
        let help = match closest(name, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if names.is_empty() => "it has none; declare it in the overlay".to_owned(),
            None => format!("it has {}", names.join(", ")),
        };
        self.bad_pagination(pointer, &format!("the operation has no query parameter `{name}`"), &help);
    }

    fn bad_pagination(&mut self, pointer: &str, message: &str, help: &str) {
        self.diagnostics.error("bad-pagination", pointer, message, help);
    }
}
