//! The items of a list, over all its pages.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::Serialize;

use super::{Checkpoint, Pages};
use crate::error::Error;
use crate::serde::tolerance::Warning;

/// A [`Stream`] of the items of a list, with its own [`next`](Self::next), so that no other crate is needed to read it.
///
/// The next page is requested when all items of a page have been returned and another is polled. See [`Pages`] for how
/// the stream begins, fails and ends.
///
/// An item that does not match the declaration is an [`Error::Decode`] at its position, whose
/// [`raw_body`](Error::raw_body) is the item's JSON, and the stream continues after it.
#[must_use = "streams do nothing unless polled"]
pub struct Items<T: 'static, I: 'static, B: 'static> {
    pages: Pages<T, I, B>,
    items: std::vec::IntoIter<I>,
    /// The errors of the bad items of this page, with their indices.
    bad: std::iter::Peekable<std::vec::IntoIter<(usize, Error<B>)>>,
    /// Number of items of this page that have been returned, good or bad.
    taken: usize,
    /// Number of items of the first page that had been returned at the checkpoint.
    skip: usize,
    /// The warnings of this page.
    warnings: Vec<Warning>,
}

impl<T, I, B> Items<T, I, B> {
    pub(super) fn of(pages: Pages<T, I, B>) -> Self {
        let pages = Pages { salvages: true, ..pages };
        let (items, bad) = (Vec::new().into_iter(), Vec::new().into_iter().peekable());
        Self { pages, items, bad, taken: 0, skip: 0, warnings: Vec::new() }
    }

    /// Returns the next item of the current page.
    fn of_page(&mut self) -> Option<Result<I, Error<B>>> {
        let bad = self.bad.next_if(|(index, _)| *index == self.taken).map(|(_, error)| Err(error));
        let item = bad.or_else(|| self.items.next().map(Ok))?;
        self.taken += 1;
        Some(item)
    }
}

impl<T, I: Serialize, B: Default> Items<T, I, B> {
    /// Sets the maximum number of pages; 100,000 by default. A longer list ends with an error.
    pub fn max_pages(self, pages: usize) -> Self {
        Self { pages: self.pages.max_pages(pages), ..self }
    }

    /// Continues from a checkpoint of the same operation, after the item that was returned last. The call must set the
    /// same parameters as the original one.
    ///
    /// If pages are selected by number or offset, items that were added or removed in the meantime shift the others:
    /// some may be returned twice, and some not at all.
    pub fn resume(self, checkpoint: &Checkpoint) -> Self {
        Self { skip: checkpoint.skip, pages: self.pages.resume(checkpoint), ..self }
    }

    /// Returns the position of the next item; `None` after the last.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        if self.items.len() == 0 && self.bad.len() == 0 {
            // Before the first page, the items that were already returned must still be skipped.
            return self.pages.checkpoint().map(|checkpoint| Checkpoint { skip: self.skip, ..checkpoint });
        }
        self.pages.current.clone().map(|checkpoint| Checkpoint { skip: self.taken, ..checkpoint })
    }

    /// Returns the total number of items, if the last page has it.
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }

    /// Returns the optional properties whose values do not match the declaration in the page of the last item; see
    /// [`Response::warnings`](crate::Response::warnings).
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Skips the page that failed; see [`Pages::skip_page`].
    pub fn skip_page(&mut self) -> bool {
        self.pages.skip_page()
    }

    /// Returns the next item; `None` after the last.
    ///
    /// # Errors
    ///
    /// Those of [`Pages::next`], and those of single items.
    pub async fn next(&mut self) -> Option<Result<I, Error<B>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Like [`next`](Self::next), for `while let Some(item) = items.try_next().await?`.
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
            if let Some(item) = self.of_page() {
                return Poll::Ready(Some(item));
            }
            match ready!(self.pages.poll_response(context)) {
                Some(Ok(mut page)) => {
                    self.warnings = page.take_warnings();
                    let items = (self.pages.paging.items)(page.body_mut()).map(std::mem::take);
                    self.items = items.unwrap_or_default().into_iter();
                    self.bad = std::mem::take(&mut self.pages.bad).into_iter().peekable();
                    self.taken = 0;
                    for _ in 0..std::mem::take(&mut self.skip) {
                        self.of_page();
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

// Only boxed futures are polled, so the struct itself need not be pinned.
impl<T, I, B> Unpin for Items<T, I, B> {}

/// Shows the operation only, because parameters and items contain personal data.
impl<T, I, B> fmt::Debug for Items<T, I, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("operation", &self.pages.operation.name).finish_non_exhaustive()
    }
}
