//! The choice of the next page of a list.

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

/// Default maximum number of pages, because a server may never end a list.
const MAX_PAGES: usize = 100_000;

/// Maximum number of consecutive empty pages.
const MAX_EMPTY_PAGES: usize = 100;

/// The unit in which a page parameter counts.
#[derive(Clone, Copy)]
pub(super) enum Counted {
    /// Pages, with the number of the first.
    Pages(i64),
    /// The items before the page.
    Items,
    /// Nothing: the parameter is a key.
    Nothing,
    /// Nothing: there is no parameter, and the next page has its own URL.
    Urls,
}

/// A parameter that selects a page, and what it counts.
pub(super) type Way = (&'static str, Counted);

/// The state of reading a list.
pub(crate) struct Paginator {
    /// Index of the way in which pages are requested.
    pub(super) way: usize,
    parameter: &'static str,
    counted: Counted,
    /// The number of the page that was requested last, or of the items before it.
    number: i64,
    /// True if `taken` counts from the start of the list.
    whole: bool,
    /// Number of items so far.
    taken: i64,
    /// Number of items of the last page that had new ones.
    page: i64,
    /// Fingerprints of the pages so far, and of the keys that were sent.
    seen: HashSet<u64>,
    keys: HashSet<u64>,
    /// Number of pages so far.
    pages: usize,
    /// Maximum number of pages.
    max_pages: usize,
    /// Number of consecutive empty pages.
    empty_pages: usize,
    /// True if the last page indicated that another follows.
    promised: bool,
    /// The total number of items, if the last page has it.
    pub(super) total: Option<u64>,
    /// True if the list continues but the next page cannot be requested.
    lost: bool,
}

impl Paginator {
    /// Begins with the page that the request selects. `ways` are the parameters that can select one, and what they
    /// count.
    pub(super) fn begin(draft: &mut RequestParts, ways: &[Way]) -> Self {
        let set: Vec<usize> = (0..ways.len()).filter(|way| sent(draft, ways[*way].0).is_some()).collect();
        if let [one, other, ..] = set[..] {
            let message = format!("both `{}` and `{}` select the page: set only one", ways[one].0, ways[other].0);
            draft.fail(RequestError::new(message));
        }
        let way = set.first().copied().unwrap_or_default();
        let (parameter, counted) = ways.get(way).copied().unwrap_or(("", Counted::Nothing));
        let chosen = sent(draft, parameter).map(str::to_owned);
        let first = if let Counted::Pages(first) = counted { first } else { 0 };
        let number = match chosen.as_deref() {
            Some(number) if matches!(counted, Counted::Pages(_) | Counted::Items) => {
                number.parse().unwrap_or_else(|_| {
                    let what = if matches!(counted, Counted::Items) { "a number of items" } else { "a page number" };
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
            let message = format!("the checkpoint belongs to `{}`", checkpoint.operation);
            return draft.fail(RequestError::new(message));
        }
        match &checkpoint.position {
            Position::Start => {}
            Position::Url(url) => follow(draft, url),
            Position::Parameter(name, value) => match ways.iter().find(|(parameter, _)| parameter == name) {
                Some((parameter, _)) => draft.query(*parameter, Style::Form, Ok(Value::from(value.as_str()))),
                None => draft.fail(RequestError::new(format!("the checkpoint has `{name}`, which selects no page"))),
            },
        }
        let max_pages = self.max_pages;
        let (whole, taken) = (checkpoint.whole, checkpoint.taken);
        *self = Self { max_pages, whole, taken, ..Self::begin(draft, ways) };
    }

    /// Returns the position of the page that is requested.
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

    /// Changes the request to the following page, if that is possible without having read the current one.
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
            // The number of items in the page is unknown.
            self.whole = false;
        }
        self.pages += 1;
        self.number = self.number.saturating_add(step);
        draft.query(self.parameter, Style::Form, Ok(Value::from(self.number)));
        true
    }

    /// Sets the maximum number of pages.
    pub(super) fn set_max_pages(&mut self, pages: usize) {
        self.max_pages = pages;
    }

    /// Counts a page. Returns false if its items are those of an earlier page.
    pub(super) fn count(&mut self, fingerprint: u64, items: usize) -> bool {
        let new = self.seen.insert(fingerprint);
        if new {
            self.page = i64::try_from(items).unwrap_or(i64::MAX);
            self.taken = self.taken.saturating_add(self.page);
        }
        new
    }

    /// Returns true if a list with this number of pages continues after the current one.
    pub(super) fn is_before(&self, pages: i64) -> Option<bool> {
        let Counted::Pages(first) = self.counted else { return None };
        Some(self.number.saturating_sub(first) < pages.saturating_sub(1))
    }

    /// Returns true if a list with this number of items continues; `None` if the items before the first page are
    /// unknown.
    pub(super) fn is_short_of(&self, total: i64) -> Option<bool> {
        let short = self.taken < total;
        (self.whole || !short).then_some(short)
    }

    /// Changes the request to the next page, if there is one. `signs` are the indicators of the page, and `key` is the
    /// key of the item to continue from.
    pub(super) fn go_on(&mut self, draft: &mut RequestParts, signs: &[Option<bool>], key: Option<String>) -> bool {
        // If the indicators contradict each other, an unnecessary request is better than a truncated list.
        self.promised = signs.contains(&Some(true));
        self.empty_pages = 0;
        if !self.promised && signs.contains(&Some(false)) {
            return false;
        }
        self.request_next(draft, key)
    }

    /// Like [`go_on`](Self::go_on), after an empty page. It is the last one unless it indicates otherwise or has a
    /// cursor.
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
                "the server returned {MAX_EMPTY_PAGES} empty pages in a row and indicated that more follows: \
                 the rest of the list cannot be read"
            );
            return self.lose(draft, message);
        }
        goes_on && self.request_next(draft, key)
    }

    fn request_next(&mut self, draft: &mut RequestParts, key: Option<String>) -> bool {
        self.pages += 1;
        if self.pages >= self.max_pages {
            // The request is still prepared, for a checkpoint.
            let max = self.max_pages;
            let message =
                format!("the list has more than {max} pages: increase `max_pages`, or start from a later page");
            draft.fail(RequestError::new(message));
        }
        let next = match (self.counted, key) {
            (Counted::Pages(_) | Counted::Items, _) => {
                // The received items are counted, since a server may return fewer than requested.
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
                return self.lose(draft, "the page has no URL for the next page".to_owned());
            }
            (Counted::Nothing, None) => {
                let message = format!("the page has no key for the parameter `{}` of the next page", self.parameter);
                return self.lose(draft, message);
            }
        };
        draft.query(self.parameter, Style::Form, Ok(next));
        true
    }

    /// Ends the list because the server repeats a page: with an error if it had indicated that more follows.
    pub(super) fn repeats(&mut self, draft: &mut RequestParts) -> bool {
        let message = "the server returned an earlier page again after indicating that more follows: \
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

/// Changes the request to this URL, if it is on the client's own server. Credentials that the server has added to it
/// are removed, because the request gets the client's.
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

/// Returns the value of a query parameter of the request.
fn sent<'a>(draft: &'a RequestParts, parameter: &str) -> Option<&'a str> {
    let (_, pairs) = draft.query.iter().find(|(name, _)| *name == parameter)?;
    pairs.rsplit_once('=').map(|(_, value)| value)
}

/// Returns a hash of the items of a page. The rest of a page is ignored, because it may contain request counters.
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
    // Items that were decoded from JSON can be serialized, and writing to a hash cannot fail.
    let _ = serde_json::to_writer(&mut hash, items);
    hash.0.finish()
}
