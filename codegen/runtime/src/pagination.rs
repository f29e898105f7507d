//! Paginated lists, read as streams.
//!
//! An operation's [`Paging`] says where its typed response has the items, and how the next page is requested. The
//! generic code in this module only accesses the page; [`Paginator`] decides which page comes next, if any.

mod checkpoint;
mod items;
mod link;
mod paginator;
mod salvage;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use reqwest::header::HeaderMap;
use serde::Serialize;

use crate::error::{DecodeError, Error};
use crate::operation::{Operation, Reply};
use crate::request::{Call, RequestParts, Sending};
use crate::response::Response;
use crate::response::limits::Limits;
use crate::trace;
pub use checkpoint::Checkpoint;
pub use items::Items;
use paginator::{Counted, Paginator, Way, fingerprint};

/// Number of consecutive failures after which a list ends, so that a loop that ignores errors does not run forever.
const MAX_FAILURES: u32 = 3;

/// The pagination of an operation: `T` is a page, `I` an item.
pub struct Paging<T: 'static, I: 'static> {
    /// The keys that can request a page: the one whose parameter the call sets, or else the first.
    pub by: &'static [PageKey<T, I>],
    /// Returns the items of a page, if it has any.
    pub items: fn(&mut T) -> Option<&mut Vec<I>>,
    /// The indicators of whether another page follows.
    pub signs: &'static [HasMore<T>],
}

/// The key by which a page is requested, with its query parameter.
pub enum PageKey<T, I> {
    /// The page number, with the number of the first page.
    Number(&'static str, i64),
    /// The key of the first item of the previous page.
    First(&'static str, fn(&I) -> Option<String>),
    /// The key of the last item of the previous page.
    Last(&'static str, fn(&I) -> Option<String>),
    /// The number of items before the page.
    Offset(&'static str),
    /// The cursor in the previous page; the last page has none.
    Cursor(&'static str, fn(&T) -> Option<String>),
    /// The URL in the previous page; the last page has none. It replaces all parameters.
    Url(fn(&T) -> Option<String>),
    /// Like [`Url`](Self::Url), in the `Link` header with this relation.
    Link(&'static str),
}

impl<T, I> PageKey<T, I> {
    /// Returns the parameter, and what it counts.
    fn begin(&self) -> Way {
        match self {
            PageKey::Number(parameter, first) => (parameter, Counted::Pages(*first)),
            PageKey::Offset(parameter) => (parameter, Counted::Items),
            PageKey::First(parameter, _) | PageKey::Last(parameter, _) | PageKey::Cursor(parameter, _) => {
                (parameter, Counted::Nothing)
            }
            PageKey::Url(_) | PageKey::Link(_) => ("", Counted::Urls),
        }
    }

    /// Returns true if a page without a key is the last one.
    fn ends_without(&self) -> bool {
        matches!(self, PageKey::Cursor(..) | PageKey::Url(_) | PageKey::Link(_))
    }

    /// Returns the URL of the next page in the headers.
    fn link(&self, headers: &HeaderMap) -> Option<String> {
        match self {
            PageKey::Link(relation) => link::target(headers, relation),
            _ => None,
        }
    }

    /// Returns the key that requests the page after this one.
    fn key(&self, page: &mut T, items: fn(&mut T) -> Option<&mut Vec<I>>) -> Option<String> {
        match self {
            PageKey::Number(..) | PageKey::Offset(_) | PageKey::Link(_) => None,
            PageKey::First(_, key) => items(page).and_then(|items| items.first().and_then(key)),
            PageKey::Last(_, key) => items(page).and_then(|items| items.last().and_then(key)),
            // Some servers end with an empty cursor.
            PageKey::Cursor(_, key) | PageKey::Url(key) => key(page).filter(|key| !key.is_empty()),
        }
    }
}

/// An indicator of whether another page follows; `None` if the page does not have it.
pub enum HasMore<T> {
    /// True if there is a link to the next page. A missing container of the link means there is none.
    Next(fn(&T) -> Option<bool>),
    /// True if there are more items.
    More(fn(&T) -> Option<bool>),
    /// The total number of pages.
    Pages(fn(&T) -> Option<i64>),
    /// The total number of items.
    Total(fn(&T) -> Option<i64>),
}

impl<T> HasMore<T> {
    /// Returns the total number of items, if this indicator has it.
    fn total(&self, page: &T) -> Option<u64> {
        match self {
            HasMore::Total(total) => total(page).and_then(|total| total.try_into().ok()),
            _ => None,
        }
    }

    /// Returns true if an empty page indicates that more follows. A total is not enough, because it may count items
    /// that the caller cannot see.
    fn more_behind_empty(&self, page: &T, paginator: &Paginator) -> Option<bool> {
        match self {
            HasMore::Total(_) => None,
            _ => self.more(page, paginator),
        }
    }

    fn more(&self, page: &T, paginator: &Paginator) -> Option<bool> {
        match self {
            HasMore::Next(next) => Some(next(page).unwrap_or(false)),
            HasMore::More(more) => more(page),
            HasMore::Pages(pages) => pages(page).and_then(|pages| paginator.is_before(pages)),
            HasMore::Total(total) => total(page).and_then(|total| paginator.is_short_of(total)),
        }
    }
}

/// Returns what the indicators of a page indicate. A total is ignored if there is a flag or a number of pages, because it
/// may count items that the caller cannot see.
fn indications<T>(signs: &[HasMore<T>], page: &T, paginator: &Paginator) -> Vec<Option<bool>> {
    let is_total = |sign: &HasMore<T>| matches!(sign, HasMore::Total(_));
    let is_exact = |sign: &HasMore<T>| matches!(sign, HasMore::More(_) | HasMore::Pages(_));
    let ignores_total = signs.iter().any(|sign| is_exact(sign) && sign.more(page, paginator).is_some());
    let used = signs.iter().filter(|sign| !(ignores_total && is_total(sign)));
    used.map(|sign| sign.more(page, paginator)).collect()
}

/// A [`Stream`] of the pages of a list, with its own [`next`](Self::next), so that no other crate is needed to read it.
///
/// Each page is requested when it is polled, one at a time, beginning with the page that the call selects or else the
/// first. Every request has all settings of the call: parameters, headers, timeout and retries. Dropping the stream
/// stops the requests; a [`next`](Self::next) that was dropped before it finished is continued by the following one.
///
/// The stream ends when the server indicates the last page, and after an empty page unless that page has a link to the
/// next one or indicates that more follows. If the indicators of a page contradict each other, the next page is
/// requested; a total number of items counts only if the page has neither a number of pages nor a flag.
///
/// The stream always ends. A page with the items of an earlier page is left out and ends the stream. If no page
/// indicated that more follows, that is a normal end, because some servers repeat a page after the last one. Otherwise
/// the rest of the list cannot be read, and the stream ends with an [`Error::Request`], so that a partial list is not
/// mistaken for a complete one. It also ends with such an error after 100 consecutive empty pages, and after 100,000
/// pages ([`max_pages`](Self::max_pages)).
///
/// Other errors do not end the stream: the following [`next`](Self::next) requests the failed page again, and
/// [`skip_page`](Self::skip_page) skips it where that is possible. The stream ends after three consecutive errors, so
/// that a loop that ignores errors ends, and after an [`Error::Request`]. [`checkpoint`](Self::checkpoint) returns the
/// position from which to continue later.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<T: 'static, I: 'static, B: 'static> {
    operation: &'static Operation<T, B>,
    paging: &'static Paging<T, I>,
    /// The request for the next page; `None` after the last.
    draft: Option<RequestParts>,
    sending: Option<Sending<Response<T>, B>>,
    paginator: Paginator,
    /// True if nothing more is requested, even if the list continues.
    over: bool,
    /// Number of failed requests since the last page.
    failures: u32,
    /// The position of the last page.
    current: Option<Checkpoint>,
    /// True if pages are decoded without their bad items, whose errors are in `bad`.
    salvages: bool,
    bad: Vec<(usize, Error<B>)>,
}

/// Returns the parameters that select a page.
fn ways<T, I>(paging: &Paging<T, I>) -> Vec<Way> {
    paging.by.iter().map(PageKey::begin).collect()
}

impl<T, B: Default> Call<T, B> {
    /// Returns the pages, beginning with the one that the call selects.
    pub fn pages<I: Serialize>(self, paging: &'static Paging<T, I>) -> Pages<T, I, B> {
        let Self { operation, parts: mut draft, .. } = self;
        draft.is_page = true;
        let paginator = Paginator::begin(&mut draft, &ways(paging));
        Pages {
            operation,
            paging,
            draft: Some(draft),
            sending: None,
            paginator,
            over: false,
            failures: 0,
            current: None,
            salvages: false,
            bad: Vec::new(),
        }
    }

    /// Returns the items of these pages.
    pub fn items<I: Serialize>(self, paging: &'static Paging<T, I>) -> Items<T, I, B> {
        Items::of(self.pages(paging))
    }
}

impl<T, I: Serialize, B: Default> Pages<T, I, B> {
    /// Sets the maximum number of pages; 100,000 by default. A longer list ends with an error.
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.paginator.set_max_pages(pages);
        self
    }

    /// Continues from a checkpoint of the same operation. The call must set the same parameters as the original one.
    pub fn resume(mut self, checkpoint: &Checkpoint) -> Self {
        if let Some(draft) = &mut self.draft {
            self.paginator.resume(draft, self.operation.name, checkpoint, &ways(self.paging));
        }
        self
    }

    /// Returns the position of the next page, or of the one that failed; `None` after the last page.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.draft.as_ref().and_then(|draft| self.paginator.checkpoint(draft, self.operation.name))
    }

    /// Returns the total number of items, if the last page has it.
    pub fn total(&self) -> Option<u64> {
        self.paginator.total
    }

    /// Skips the page that failed. Returns false if the page after it is unknown: only numbers and offsets can skip a
    /// page that has not been read.
    pub fn skip_page(&mut self) -> bool {
        let skips =
            self.failures > 0 && !self.over && self.draft.as_mut().is_some_and(|draft| self.paginator.skip_page(draft));
        if skips {
            self.failures = 0;
        }
        skips
    }

    /// Returns the next page; `None` after the last.
    ///
    /// # Errors
    ///
    /// If the operation fails, in which case the following call requests the same page again, or if the server repeats
    /// a page.
    pub async fn next(&mut self) -> Option<Result<T, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns the next page with its status and headers.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn next_with_response(&mut self) -> Option<Result<Response<T>, Error<B>>> {
        poll_fn(|context| self.poll_response(context)).await
    }

    /// Like [`next`](Self::next), for `while let Some(page) = pages.try_next().await?`.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<T>, Error<B>> {
        self.next().await.transpose()
    }

    fn poll_response(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Response<T>, Error<B>>>> {
        loop {
            let Some(draft) = self.draft.as_ref().filter(|_| !self.over && self.failures < MAX_FAILURES) else {
                return Poll::Ready(None);
            };
            let call = || Call::of(self.operation, draft.clone());
            let answer = ready!(self.sending.get_or_insert_with(|| call().send_with_response()).as_mut().poll(context));
            self.sending = None;
            let answer = answer.or_else(|error| if self.salvages { self.salvage(error) } else { Err(error) });
            match answer {
                Ok(mut page) => {
                    self.failures = 0;
                    if self.turn(&mut page) {
                        return Poll::Ready(Some(Ok(page)));
                    }
                }
                Err(error) => {
                    self.failures += 1;
                    // A request that could not be built would fail again.
                    self.over |= matches!(error, Error::Request(_));
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }

    /// Decodes a page without the items that do not match the declaration, and keeps their errors.
    fn salvage(&mut self, error: Error<B>) -> Result<Response<T>, Error<B>> {
        let (Error::Decode(whole), Some(draft)) = (&error, &self.draft) else { return Err(error) };
        let (operation, client) = (self.operation, draft.core.inner());
        let (reply, redactor) = whole.parts();
        let limits = Limits::within(draft.timeout.unwrap_or(client.timeout), client.response_limit);
        let limits = limits.with(draft.tolerance());
        let mut decoded = None;
        let mut decode = |reply: &Reply| {
            let (page, decoding) = limits.apply(|| (operation.decode)(reply));
            decoded = Some((page?, decoding.warnings));
            Ok(())
        };
        let Some((bad, items)) = salvage::without_bad_items(reply, &mut decode) else { return Err(error) };
        let Some((mut page, warnings)) = decoded else { return Err(error) };
        trace::warnings(operation.name, &warnings);
        if (self.paging.items)(&mut page).map_or(0, |items| items.len()) + bad.len() != items {
            // The bad elements are in another array.
            return Err(error);
        }
        let of_item = |bad: salvage::BadItem| {
            let error = DecodeError::of_part(operation.name, bad.reply, bad.path, bad.failure);
            (bad.index, Error::Decode(Box::new(error.redacted(redactor.clone()))))
        };
        let bad = bad.into_iter().map(of_item).collect();
        let page = Response::new(reply.clone(), page, warnings);
        self.bad = bad;
        Ok(page)
    }

    /// Prepares the request for the next page. Returns true if this page is to be returned.
    fn turn(&mut self, page: &mut Response<T>) -> bool {
        let Some(draft) = &mut self.draft else { return true };
        self.current = self.paginator.checkpoint(draft, self.operation.name);
        let by = self.paging.by.get(self.paginator.way);
        let link = by.and_then(|by| by.link(page.headers()));
        let page = page.body_mut();
        let items: &[I] = (self.paging.items)(page).map_or(&[], |items| items);
        let new = items.is_empty() || self.paginator.count(fingerprint(items), items.len() + self.bad.len());
        let empty = items.is_empty();
        let (signs, paginator) = (self.paging.signs, &mut self.paginator);
        paginator.total = signs.iter().find_map(|sign| sign.total(page));
        let key = link.or_else(|| by.and_then(|by| by.key(page, self.paging.items)));
        let goes_on = if empty {
            let signs: Vec<_> = signs.iter().map(|sign| sign.more_behind_empty(page, paginator)).collect();
            paginator.go_on_from_empty(draft, &signs, key)
        } else if new {
            let mut signs = indications(signs, page, paginator);
            // Without other indicators, the cursor or URL of the page indicates whether another follows.
            if by.is_some_and(PageKey::ends_without) && signs.iter().all(Option::is_none) {
                signs.push(Some(key.is_some()));
            }
            paginator.go_on(draft, &signs, key)
        } else {
            paginator.repeats(draft)
        };
        if !goes_on {
            self.draft = None;
        }
        new
    }
}

impl<T, I: Serialize, B: Default> Stream for Pages<T, I, B> {
    type Item = Result<T, Error<B>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let page = ready!(self.poll_response(context));
        Poll::Ready(page.map(|page| page.map(Response::into_body)))
    }
}

// Only boxed futures are polled, so the struct itself need not be pinned.
impl<T, I, B> Unpin for Pages<T, I, B> {}

/// Shows the operation only, because parameters and items contain personal data.
impl<T, I, B> fmt::Debug for Pages<T, I, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &self.operation.name).finish_non_exhaustive()
    }
}

/// Adds methods that return streams of pages and items to a generated call struct, from the structure of a page:
///
/// ```ignore
/// pages! {
///     ListCall -> ContactList, Contact, ErrorBody {
///         by Number("page", 1),
///         items |page| Some(&mut page.data),
///         sign Next(|page| Some(page.links.next.is_some())),
///     }
/// }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! pages {
    ($call:ident -> $page:ty, $item:ty, $error:ty {
        $(by $by:ident($($by_what:expr),*),)+
        items $items:expr,
        $(sign $sign:ident($says:expr),)*
    }) => {
        impl $call {
            const PAGING: $crate::generated::Paging<$page, $item> = $crate::generated::Paging {
                by: &[$($crate::generated::PageKey::$by($($by_what),*)),+],
                items: $items,
                signs: &[$($crate::generated::HasMore::$sign($says)),*],
            };

            /// Returns the pages of the list as a stream, beginning with the page that this call selects or else the
            /// first. Each page is requested when it is polled.
            #[inline]
            pub fn pages(self) -> $crate::Pages<$page, $item, $error> {
                self.call.pages(&Self::PAGING)
            }

            /// Returns the items of the list as a stream, beginning with the page that this call selects or else the
            /// first. Each page is requested when it is polled.
            #[inline]
            pub fn items(self) -> $crate::Items<$page, $item, $error> {
                self.call.items(&Self::PAGING)
            }
        }
    };
}
