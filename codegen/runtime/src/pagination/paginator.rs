//! Which page comes next, and whether one does.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};
use std::io;

use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::Value;

use super::checkpoint::{Checkpoint, Position};
use crate::auth::SchemeKind;
use crate::error::RequestError;
use crate::query::Style;
use crate::request::RequestParts;
use crate::transport;

/// A list may have so many pages unless set otherwise, for a server may never end it.
const MAX_PAGES: usize = 100_000;

/// So many empty pages may follow each other.
const MAX_EMPTY_PAGES: usize = 100;

/// What a parameter that chooses a page counts.
#[derive(Clone, Copy)]
pub(super) enum Counted {
    /// Pages; with the number of the first.
    Pages(i64),
    /// Items: the number of those before the page.
    Items,
    /// Nothing: it takes a key.
    Nothing,
    /// Nothing: there is no parameter, and the next page has a URL.
    Urls,
}

/// A parameter that chooses a page, and what it counts.
pub(super) type Way = (&'static str, Counted);

/// The way through a list so far.
pub(crate) struct Paginator {
    /// Which of the ways to ask for a page this is.
    pub(super) way: usize,
    parameter: &'static str,
    counted: Counted,
    /// The number of the page asked for last, or of the items before it.
    number: i64,
    /// Whether `taken` counts from the front of the list.
    whole: bool,
    /// The items so far.
    taken: i64,
    /// The items of the last page that had new ones.
    page: i64,
    /// The fingerprints of the pages so far, and those of the keys that were sent.
    seen: HashSet<u64>,
    keys: HashSet<u64>,
    /// How many pages came, how many may come, and how many empty ones came last.
    pages: usize,
    max_pages: usize,
    empty_pages: usize,
    /// Whether the last page said that another follows.
    promised: bool,
    /// How many items the list has, if the last page says so.
    pub(super) total: Option<u64>,
    /// The list goes on, but nothing leads to the next page.
    lost: bool,
}

impl Paginator {
    /// Begins with the page that the request chooses. `ways` are the parameters that can choose one, and what they
    /// count.
    pub(super) fn begin(draft: &mut RequestParts, ways: &[Way]) -> Self {
        let set: Vec<usize> = (0..ways.len()).filter(|way| sent(draft, ways[*way].0).is_some()).collect();
        if let [one, other, ..] = set[..] {
            let message = format!("both `{}` and `{}` choose the page: set one of them", ways[one].0, ways[other].0);
            draft.fail(RequestError::new(message));
        }
        let way = set.first().copied().unwrap_or_default();
        let (parameter, counted) = ways.get(way).copied().unwrap_or(("", Counted::Nothing));
        let chosen = sent(draft, parameter).map(str::to_owned);
        let first = if let Counted::Pages(first) = counted { first } else { 0 };
        let number = match chosen.as_deref() {
            Some(number) if matches!(counted, Counted::Pages(_) | Counted::Items) => {
                number.parse().unwrap_or_else(|_| {
                    let what =
                        if matches!(counted, Counted::Items) { "a number of items" } else { "the number of a page" };
                    draft.fail(RequestError::new(format!("`{parameter}` is not {what}")));
                    first
                })
            }
            _ => first,
        };
        let (whole, taken) = match counted {
            Counted::Pages(first) => (first == number, 0),
            Counted::Items => (true, number),
            Counted::Nothing => (chosen.is_none(), 0),
            Counted::Urls => (true, 0),
        };
        Self {
            way,
            parameter,
            counted,
            number,
            whole,
            taken,
            page: 0,
            seen: HashSet::new(),
            keys: HashSet::new(),
            pages: 0,
            max_pages: MAX_PAGES,
            empty_pages: 0,
            promised: false,
            total: None,
            lost: false,
        }
    }

    /// Begins with the page of a checkpoint.
    pub(super) fn resume(&mut self, draft: &mut RequestParts, operation: &str, checkpoint: &Checkpoint, ways: &[Way]) {
        if checkpoint.operation != operation {
            let message = format!("the checkpoint is one of `{}`", checkpoint.operation);
            return draft.fail(RequestError::new(message));
        }
        match &checkpoint.position {
            Position::Start => {}
            Position::Url(url) => follow(draft, url),
            Position::Parameter(name, value) => match ways.iter().find(|(parameter, _)| parameter == name) {
                Some((parameter, _)) => draft.query(*parameter, Style::Form, Ok(Value::from(value.as_str()))),
                None => draft.fail(RequestError::new(format!("the checkpoint has `{name}`, which chooses no page"))),
            },
        }
        let max_pages = self.max_pages;
        let (whole, taken) = (checkpoint.whole, checkpoint.taken);
        *self = Self { max_pages, whole, taken, ..Self::begin(draft, ways) };
    }

    /// Where the page is that the request asks for.
    pub(super) fn checkpoint(&self, draft: &RequestParts, operation: &str) -> Option<Checkpoint> {
        let chosen = || sent(draft, self.parameter).map(|value| percent_decode_str(value).decode_utf8_lossy());
        let position = match (&draft.target, chosen()) {
            (Some(url), _) => Position::Url(url.to_string()),
            (None, Some(value)) => Position::Parameter(self.parameter.to_owned(), value.into_owned()),
            (None, None) => Position::Start,
        };
        let operation = operation.to_owned();
        (!self.lost).then_some(Checkpoint { operation, position, taken: self.taken, whole: self.whole, skip: 0 })
    }

    /// Makes the request that of the page after the one it asks for, if that is known without having read it.
    pub(super) fn skip_page(&mut self, draft: &mut RequestParts) -> bool {
        let step = match self.counted {
            Counted::Pages(_) => 1,
            Counted::Items => self.page,
            Counted::Nothing | Counted::Urls => 0,
        };
        if step == 0 {
            return false;
        }
        if matches!(self.counted, Counted::Items) {
            self.taken = self.taken.saturating_add(step);
        } else {
            // How many items the page has is not known.
            self.whole = false;
        }
        self.pages += 1;
        self.number = self.number.saturating_add(step);
        draft.query(self.parameter, Style::Form, Ok(Value::from(self.number)));
        true
    }

    /// Sets how many pages may come.
    pub(super) fn set_max_pages(&mut self, pages: usize) {
        self.max_pages = pages;
    }

    /// Counts a page, unless its items are those of an earlier one.
    pub(super) fn count(&mut self, fingerprint: u64, items: usize) -> bool {
        let new = self.seen.insert(fingerprint);
        if new {
            self.page = i64::try_from(items).unwrap_or(i64::MAX);
            self.taken = self.taken.saturating_add(self.page);
        }
        new
    }

    /// Whether a list of so many pages goes on behind this one.
    pub(super) fn is_before(&self, pages: i64) -> Option<bool> {
        let Counted::Pages(first) = self.counted else { return None };
        Some(self.number.saturating_sub(first) < pages.saturating_sub(1))
    }

    /// Whether a list of so many items goes on; what came before the first page is not counted, and so not known.
    pub(super) fn is_short_of(&self, total: i64) -> Option<bool> {
        let short = self.taken < total;
        (self.whole || !short).then_some(short)
    }

    /// Makes the request that of the next page, if there is one. `signs` are what the page says of that, and `key` is
    /// that of the item to go on from.
    pub(super) fn go_on(&mut self, draft: &mut RequestParts, signs: &[Option<bool>], key: Option<String>) -> bool {
        // Where they disagree, one page asked for in vain is better than the rest of the list lost.
        self.promised = signs.contains(&Some(true));
        self.empty_pages = 0;
        if !self.promised && signs.contains(&Some(false)) {
            return false;
        }
        self.request_next(draft, key)
    }

    /// The same behind a page without items, which is the last one unless it says otherwise or has a cursor.
    pub(super) fn go_on_from_empty(
        &mut self,
        draft: &mut RequestParts,
        signs: &[Option<bool>],
        key: Option<String>,
    ) -> bool {
        self.promised = signs.contains(&Some(true));
        self.empty_pages += 1;
        let goes_on = self.promised || (key.is_some() && !signs.contains(&Some(false)));
        if goes_on && self.empty_pages == MAX_EMPTY_PAGES {
            let message = format!(
                "the server returned {MAX_EMPTY_PAGES} empty pages in a row and says that more follows: the rest of the \
                 list cannot be read"
            );
            return self.lose(draft, message);
        }
        goes_on && self.request_next(draft, key)
    }

    fn request_next(&mut self, draft: &mut RequestParts, key: Option<String>) -> bool {
        self.pages += 1;
        if self.pages >= self.max_pages {
            // The request is prepared all the same, for a checkpoint.
            let max = self.max_pages;
            let message = format!(
                "the list has more than {max} pages: raise `max_pages` if that is possible, or start from a later page"
            );
            draft.fail(RequestError::new(message));
        }
        let next = match (self.counted, key) {
            (Counted::Pages(_) | Counted::Items, _) => {
                // The items received count, and not those asked for: a server may give fewer.
                let step = if matches!(self.counted, Counted::Items) { self.page } else { 1 };
                self.number = self.number.saturating_add(step);
                Value::from(self.number)
            }
            (Counted::Nothing, Some(key)) => {
                if !self.keys.insert(fingerprint(&[&key])) {
                    return self.repeats(draft);
                }
                Value::from(key)
            }
            (Counted::Urls, Some(url)) => {
                if !self.keys.insert(fingerprint(&[&url])) {
                    return self.repeats(draft);
                }
                follow(draft, &url);
                return true;
            }
            (Counted::Urls, None) => {
                return self.lose(draft, "the page has no URL of the next one".to_owned());
            }
            (Counted::Nothing, None) => {
                let message = format!("the page has no key that `{}` could ask for the next one by", self.parameter);
                return self.lose(draft, message);
            }
        };
        draft.query(self.parameter, Style::Form, Ok(next));
        true
    }

    /// Ends the list where the server repeats itself: with an error if there was to be more.
    pub(super) fn repeats(&mut self, draft: &mut RequestParts) -> bool {
        let message = "the server gives an earlier page again, having said that more follows: \
                       the rest of the list cannot be read";
        self.promised && self.lose(draft, message.to_owned())
    }

    /// Ends the list with an error.
    fn lose(&mut self, draft: &mut RequestParts, message: String) -> bool {
        self.lost = true;
        draft.fail(RequestError::new(message));
        true
    }
}

/// Makes the request that of this URL, if it is on the client's own server. Credentials that a server has put into it
/// are left out: the request gets the client's.
fn follow(draft: &mut RequestParts, url: &str) {
    let mut next = match draft.core.inner().next_page(&transport::target(draft), url) {
        Ok(next) => next,
        Err(error) => return draft.fail(error),
    };
    let is_credential = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default().replace('+', " ");
        let name = percent_decode_str(&name).decode_utf8_lossy();
        draft
            .security
            .schemes()
            .any(|scheme| matches!(scheme.kind, SchemeKind::Query(credential) if credential == name))
    };
    let query = next.query().unwrap_or_default();
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_credential(pair)).collect();
    let kept = kept.join("&");
    next.set_query((!kept.is_empty()).then_some(&kept));
    draft.target = Some(next);
}

/// The value of a query parameter that the request has.
fn sent<'a>(draft: &'a RequestParts, parameter: &str) -> Option<&'a str> {
    let (_, pairs) = draft.query.iter().find(|(name, _)| *name == parameter)?;
    pairs.rsplit_once('=').map(|(_, value)| value)
}

/// What tells pages apart: their items, for what is around these may count the requests.
pub(super) fn fingerprint<I: Serialize>(items: &[I]) -> u64 {
    struct Hash(DefaultHasher);

    impl io::Write for Hash {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut hash = Hash(DefaultHasher::new());
    // What was read as JSON can be written as JSON, and a hash takes every byte.
    let _ = serde_json::to_writer(&mut hash, items);
    hash.0.finish()
}
