//! Lists that a server gives page by page, read as streams.
//!
//! An operation's [`Paging`] says where in its typed answer the items are and how the next page is asked for. What is
//! generic here only looks into a page; which page comes next, and whether one does, is decided by [`Paginator`].

mod paginator;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::Serialize;

use crate::error::Error;
use crate::operation::Operation;
use crate::request::{Call, RequestParts, Sending};
use paginator::{Counted, Paginator, fingerprint};

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
}

impl<T, I> PageKey<T, I> {
    /// The parameter, and what it counts.
    fn begin(&self) -> (&'static str, Counted) {
        match self {
            PageKey::Number(parameter, first) => (parameter, Counted::Pages(*first)),
            PageKey::Offset(parameter) => (parameter, Counted::Items),
            PageKey::First(parameter, _) | PageKey::Last(parameter, _) | PageKey::Cursor(parameter, _) => {
                (parameter, Counted::Nothing)
            }
        }
    }

    /// The key that asks for the page after this one.
    fn key(&self, page: &mut T, items: fn(&mut T) -> Option<&mut Vec<I>>) -> Option<String> {
        match self {
            PageKey::Number(..) | PageKey::Offset(_) => None,
            PageKey::First(_, key) => items(page).and_then(|items| items.first().and_then(key)),
            PageKey::Last(_, key) => items(page).and_then(|items| items.last().and_then(key)),
            // Some servers end with an empty cursor.
            PageKey::Cursor(_, cursor) => cursor(page).filter(|cursor| !cursor.is_empty()),
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
/// An error is the last thing it gives.
#[must_use = "nothing is sent until a page is asked for"]
pub struct Pages<T: 'static, I: 'static, B: 'static> {
    operation: &'static Operation<T, B>,
    paging: &'static Paging<T, I>,
    /// The request for the next page; none behind the last.
    draft: Option<RequestParts>,
    sending: Option<Sending<T, B>>,
    paginator: Paginator,
}

/// The items of a list, page after page, as a [`Stream`] that needs no crate of streams to be read.
///
/// The next page is requested when the last item of a page has been taken and another is asked for. How the stream
/// begins and ends is said at [`Pages`].
#[must_use = "nothing is sent until an item is asked for"]
pub struct Items<T: 'static, I: 'static, B: 'static> {
    pages: Pages<T, I, B>,
    items: std::vec::IntoIter<I>,
}

impl<T, B: Default> Call<T, B> {
    /// The pages from the one that the call chooses on.
    pub fn pages<I: Serialize>(self, paging: &'static Paging<T, I>) -> Pages<T, I, B> {
        let Self { operation, parts: mut draft } = self;
        let ways: Vec<_> = paging.by.iter().map(PageKey::begin).collect();
        let paginator = Paginator::begin(&mut draft, &ways);
        Pages { operation, paging, draft: Some(draft), sending: None, paginator }
    }

    /// The items of these pages.
    pub fn items<I: Serialize>(self, paging: &'static Paging<T, I>) -> Items<T, I, B> {
        Items { pages: self.pages(paging), items: Vec::new().into_iter() }
    }
}

impl<T, I: Serialize, B: Default> Pages<T, I, B> {
    /// Sets how many pages the list may have; 100,000 by default. A longer list ends with an error.
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.paginator.set_max_pages(pages);
        self
    }

    /// The next page; none behind the last, and none behind an error.
    ///
    /// # Errors
    ///
    /// Those of the operation, and one that says that the server repeats itself.
    pub async fn next(&mut self) -> Option<Result<T, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The same for `while let Some(page) = pages.try_next().await?`.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<T>, Error<B>> {
        self.next().await.transpose()
    }

    /// Prepares the request of the page after this one, and says whether this one is to be given.
    fn turn(&mut self, page: &mut T) -> bool {
        let Some(draft) = &mut self.draft else { return true };
        let items: &[I] = (self.paging.items)(page).map_or(&[], |items| items);
        let new = items.is_empty() || self.paginator.count(fingerprint(items), items.len());
        let empty = items.is_empty();
        let (signs, paginator) = (self.paging.signs.iter(), &mut self.paginator);
        let by = self.paging.by.get(paginator.way);
        let key = by.and_then(|by| by.key(page, self.paging.items));
        let goes_on = if empty {
            let signs: Vec<_> = signs.map(|sign| sign.more_behind_empty(page, paginator)).collect();
            paginator.go_on_from_empty(draft, &signs, key)
        } else if new {
            let mut signs: Vec<_> = signs.map(|sign| sign.more(page, paginator)).collect();
            // Where the page says nothing else, its cursor says whether another follows.
            if matches!(by, Some(PageKey::Cursor(..))) && signs.iter().all(Option::is_none) {
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
        let this = &mut *self;
        loop {
            let Some(draft) = &this.draft else { return Poll::Ready(None) };
            let call = || Call { operation: this.operation, parts: draft.clone() };
            let answer = ready!(this.sending.get_or_insert_with(|| call().send()).as_mut().poll(context));
            this.sending = None;
            match answer {
                Ok(mut page) => {
                    if this.turn(&mut page) {
                        return Poll::Ready(Some(Ok(page)));
                    }
                }
                Err(error) => {
                    this.draft = None;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl<T, I: Serialize, B: Default> Items<T, I, B> {
    /// Sets how many pages the list may have; 100,000 by default. A longer list ends with an error.
    pub fn max_pages(self, pages: usize) -> Self {
        Self { pages: self.pages.max_pages(pages), ..self }
    }

    /// The next item; none behind the last, and none behind an error.
    ///
    /// # Errors
    ///
    /// Those of the operation, and one that says that the server repeats itself.
    pub async fn next(&mut self) -> Option<Result<I, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The same for `while let Some(item) = items.try_next().await?`.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<I>, Error<B>> {
        self.next().await.transpose()
    }
}

impl<T, I: Serialize, B: Default> Stream for Items<T, I, B> {
    type Item = Result<I, Error<B>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(mut page)) => {
                    let items = (self.pages.paging.items)(&mut page).map(std::mem::take);
                    self.items = items.unwrap_or_default().into_iter();
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// What is polled in them is boxed, and the rest stays where it is put.
impl<T, I, B> Unpin for Pages<T, I, B> {}
impl<T, I, B> Unpin for Items<T, I, B> {}

/// Names the list without what it carries: parameters and items are personal data.
impl<T, I, B> fmt::Debug for Pages<T, I, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &self.operation.name).finish_non_exhaustive()
    }
}

impl<T, I, B> fmt::Debug for Items<T, I, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("operation", &self.pages.operation.name).finish_non_exhaustive()
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
