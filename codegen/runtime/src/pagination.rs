//! Lists that a server gives page by page, read as streams.
//!
//! An operation's [`Paging`] says where in its typed answer the items are and how the next page is asked for. What is
//! generic here only looks into a page; which page comes next, and whether one does, is decided by [`Paginator`].

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

/// After so many failures in a row a list ends, so that a loop that ignores errors does.
const MAX_FAILURES: u32 = 3;

/// How the pages of a list hang together: `T` is a page, `I` an item.
pub struct Paging<T: 'static, I: 'static> {
    /// The ways to ask for a page: that whose parameter the call sets, otherwise the first.
    pub by: &'static [PageKey<T, I>],
    /// The items of a page, where it has any.
    pub items: fn(&mut T) -> Option<&mut Vec<I>>,
    /// What says whether another page follows.
    pub signs: &'static [HasMore<T>],
}

/// What a page is asked for by, and the query parameter that says it.
pub enum PageKey<T, I> {
    /// Its number; with the number of the first.
    Number(&'static str, i64),
    /// The key of the first item of the page before.
    First(&'static str, fn(&I) -> Option<String>),
    /// The key of the last item of the page before.
    Last(&'static str, fn(&I) -> Option<String>),
    /// The number of items before it.
    Offset(&'static str),
    /// The cursor in the page before, which has none on the last page.
    Cursor(&'static str, fn(&T) -> Option<String>),
    /// The URL in the page before, which has none on the last page. It takes the place of all parameters.
    Url(fn(&T) -> Option<String>),
    /// The same in the header `Link`, with this relation.
    Link(&'static str),
}

impl<T, I> PageKey<T, I> {
    /// The parameter, and what it counts.
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

    /// Whether the last page is the one that has no key.
    fn ends_without(&self) -> bool {
        matches!(self, PageKey::Cursor(..) | PageKey::Url(_) | PageKey::Link(_))
    }

    /// The URL of the next page that the headers have.
    fn link(&self, headers: &HeaderMap) -> Option<String> {
        match self {
            PageKey::Link(relation) => link::target(headers, relation),
            _ => None,
        }
    }

    /// The key that asks for the page after this one.
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

/// Where a page says whether another follows; `None` says nothing.
pub enum HasMore<T> {
    /// Whether there is a link to the next page. Where even its place is missing, there is none.
    Next(fn(&T) -> Option<bool>),
    /// Whether there is more.
    More(fn(&T) -> Option<bool>),
    /// How many pages there are.
    Pages(fn(&T) -> Option<i64>),
    /// How many items there are in all.
    Total(fn(&T) -> Option<i64>),
}

impl<T> HasMore<T> {
    /// How many items there are in all, if this says so.
    fn total(&self, page: &T) -> Option<u64> {
        match self {
            HasMore::Total(total) => total(page).and_then(|total| total.try_into().ok()),
            _ => None,
        }
    }

    /// Whether an empty page says so. A total counts what the caller may not see as well, so that it is not enough.
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

/// The pages of a list, as a [`Stream`] that needs no crate of streams to be read.
///
/// Nothing is sent before the first page is asked for, and each page is requested when it is asked for, one at a time.
/// The first is the one that the call chooses, otherwise the server's first. Every request has all that the call sets:
/// parameters, headers, timeout, retries. Dropping the stream sends nothing more; a [`next`](Self::next) that was
/// dropped halfway is taken up by the one after it.
///
/// The stream ends where the server says so, and after a page without items unless that page has a link to the next one
/// or says that more follows. If a page says both that more follows and that nothing does, the next page is requested.
///
/// It always ends. A page with the items of an earlier one is left out and ends the stream. If nothing said that more
/// follows, that is the end, because some servers answer so after their last page. Otherwise the rest of the list cannot
/// be read, and the stream ends with an [`Error::Request`], so that a partial list is not mistaken for a complete one. It
/// ends with such an error as well after 100 empty pages in a row, and after 100,000 pages
/// ([`max_pages`](Self::max_pages)).
///
/// An error does not end it: the next [`next`](Self::next) requests the page that failed again, and
/// [`skip_page`](Self::skip_page) goes on behind it where that is possible. It ends after three errors in a row, so that a loop
/// that ignores errors does, and after an [`Error::Request`]. [`checkpoint`](Self::checkpoint) is where to go on later.
#[must_use = "nothing is sent until a page is asked for"]
pub struct Pages<T: 'static, I: 'static, B: 'static> {
    operation: &'static Operation<T, B>,
    paging: &'static Paging<T, I>,
    /// The request for the next page; none behind the last.
    draft: Option<RequestParts>,
    sending: Option<Sending<Response<T>, B>>,
    paginator: Paginator,
    /// Nothing more is requested, although the list may go on.
    over: bool,
    /// How many requests have failed since the last page.
    failures: u32,
    /// Where the last page is.
    current: Option<Checkpoint>,
    /// Whether pages are decoded without their bad items, and those of the last page.
    salvages: bool,
    bad: Vec<(usize, Error<B>)>,
}

/// The parameters that choose a page.
fn ways<T, I>(paging: &Paging<T, I>) -> Vec<Way> {
    paging.by.iter().map(PageKey::begin).collect()
}

impl<T, B: Default> Call<T, B> {
    /// The pages from the one that the call chooses on.
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

    /// The items of these pages.
    pub fn items<I: Serialize>(self, paging: &'static Paging<T, I>) -> Items<T, I, B> {
        Items::of(self.pages(paging))
    }
}

impl<T, I: Serialize, B: Default> Pages<T, I, B> {
    /// Sets how many pages the list may have; 100,000 by default. A longer list ends with an error.
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.paginator.set_max_pages(pages);
        self
    }

    /// Goes on from a checkpoint of the same operation. The call sets the same parameters as the one that it is from.
    pub fn resume(mut self, checkpoint: &Checkpoint) -> Self {
        if let Some(draft) = &mut self.draft {
            self.paginator.resume(draft, self.operation.name, checkpoint, &ways(self.paging));
        }
        self
    }

    /// Returns where the next page is, or the one that failed; `None` after the last page.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.draft.as_ref().and_then(|draft| self.paginator.checkpoint(draft, self.operation.name))
    }

    /// Returns how many items the list has, if the last page says so.
    pub fn total(&self) -> Option<u64> {
        self.paginator.total
    }

    /// Goes on with the page after the one that failed. Returns false if that page is not known: only numbers and offsets
    /// lead past a page that has not been read.
    pub fn skip_page(&mut self) -> bool {
        let skips =
            self.failures > 0 && !self.over && self.draft.as_mut().is_some_and(|draft| self.paginator.skip_page(draft));
        if skips {
            self.failures = 0;
        }
        skips
    }

    /// The next page; none behind the last.
    ///
    /// # Errors
    ///
    /// Those of the operation, after which the next call requests the same page again, and one that says that the server
    /// repeats itself.
    pub async fn next(&mut self) -> Option<Result<T, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The next page with its status and headers.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn next_with_response(&mut self) -> Option<Result<Response<T>, Error<B>>> {
        poll_fn(|context| self.poll_response(context)).await
    }

    /// The same as [`next`](Self::next) for `while let Some(page) = pages.try_next().await?`.
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
                    // What could not be sent would not be on another attempt either.
                    self.over |= matches!(error, Error::Request(_));
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }

    /// Decodes a page without the items that are not what the API declares, and keeps their errors.
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
            // It is another array that has bad elements.
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

    /// Prepares the request of the page after this one, and says whether this one is to be given.
    fn turn(&mut self, page: &mut Response<T>) -> bool {
        let Some(draft) = &mut self.draft else { return true };
        self.current = self.paginator.checkpoint(draft, self.operation.name);
        let by = self.paging.by.get(self.paginator.way);
        let link = by.and_then(|by| by.link(page.headers()));
        let page = page.body_mut();
        let items: &[I] = (self.paging.items)(page).map_or(&[], |items| items);
        let new = items.is_empty() || self.paginator.count(fingerprint(items), items.len() + self.bad.len());
        let empty = items.is_empty();
        let (signs, paginator) = (self.paging.signs.iter(), &mut self.paginator);
        paginator.total = self.paging.signs.iter().find_map(|sign| sign.total(page));
        let key = link.or_else(|| by.and_then(|by| by.key(page, self.paging.items)));
        let goes_on = if empty {
            let signs: Vec<_> = signs.map(|sign| sign.more_behind_empty(page, paginator)).collect();
            paginator.go_on_from_empty(draft, &signs, key)
        } else if new {
            let mut signs: Vec<_> = signs.map(|sign| sign.more(page, paginator)).collect();
            // Where the page says nothing else, its cursor or URL says whether another follows.
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

/// What is polled in it is boxed, and the rest stays where it is put.
impl<T, I, B> Unpin for Pages<T, I, B> {}

/// Names the list without what it carries: parameters and items are personal data.
impl<T, I, B> fmt::Debug for Pages<T, I, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &self.operation.name).finish_non_exhaustive()
    }
}

/// Gives a generated call struct of a paged operation its streams, by what is in each of its pages:
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

            /// Reads the list page by page, from the page that this call chooses or else the first, each when it is
            /// asked for.
            #[inline]
            pub fn pages(self) -> $crate::Pages<$page, $item, $error> {
                self.call.pages(&Self::PAGING)
            }

            /// Reads the list item by item, over all pages from the one that this call chooses or else the first,
            /// each when it is asked for.
            #[inline]
            pub fn items(self) -> $crate::Items<$page, $item, $error> {
                self.call.items(&Self::PAGING)
            }
        }
    };
}
