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

/// The items of a list, page after page, as a [`Stream`] that needs no crate of streams to be read.
///
/// The next page is requested when the last item of a page has been taken and another is asked for. How the stream
/// begins, fails and ends is said at [`Pages`].
///
/// An item that is not what the API declares is an [`Error::Decode`] in its place, whose
/// [`raw_body`](Error::raw_body) is the item's JSON; the stream goes on behind it.
#[must_use = "nothing is sent until an item is asked for"]
pub struct Items<T: 'static, I: 'static, B: 'static> {
    pages: Pages<T, I, B>,
    items: std::vec::IntoIter<I>,
    /// The errors of the bad items of this page, by their place in it.
    bad: std::iter::Peekable<std::vec::IntoIter<(usize, Error<B>)>>,
    /// How many items of this page have been taken, good or bad.
    taken: usize,
    /// How many items of the first page had been taken at the checkpoint.
    skip: usize,
    /// Those of this page.
    warnings: Vec<Warning>,
}

impl<T, I, B> Items<T, I, B> {
    pub(super) fn of(pages: Pages<T, I, B>) -> Self {
        let pages = Pages { salvages: true, ..pages };
        let (items, bad) = (Vec::new().into_iter(), Vec::new().into_iter().peekable());
        Self { pages, items, bad, taken: 0, skip: 0, warnings: Vec::new() }
    }

    /// The next item of the page that is there.
    fn of_page(&mut self) -> Option<Result<I, Error<B>>> {
        let bad = self.bad.next_if(|(index, _)| *index == self.taken).map(|(_, error)| Err(error));
        let item = bad.or_else(|| self.items.next().map(Ok))?;
        self.taken += 1;
        Some(item)
    }
}

impl<T, I: Serialize, B: Default> Items<T, I, B> {
    /// Sets how many pages the list may have; 100,000 by default. A longer list ends with an error.
    pub fn max_pages(self, pages: usize) -> Self {
        Self { pages: self.pages.max_pages(pages), ..self }
    }

    /// Goes on from a checkpoint of the same operation, behind the item that was taken last. The call sets the same
    /// parameters as the one that it is from.
    ///
    /// Where a page is chosen by number or offset, items that were added or removed meanwhile shift the others: some may
    /// come twice, and some not at all.
    pub fn resume(self, checkpoint: &Checkpoint) -> Self {
        Self { skip: checkpoint.skip, pages: self.pages.resume(checkpoint), ..self }
    }

    /// Returns where the next item is; `None` after the last.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        if self.items.len() == 0 && self.bad.len() == 0 {
            // Before the first page, its taken items are still to be left out.
            return self.pages.checkpoint().map(|checkpoint| Checkpoint { skip: self.skip, ..checkpoint });
        }
        self.pages.current.clone().map(|checkpoint| Checkpoint { skip: self.taken, ..checkpoint })
    }

    /// Returns how many items the list has, if the last page says so.
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }

    /// Returns the values of optional properties that are not what the API declares in the page that the last item came from;
    /// see [`Response::warnings`](crate::Response::warnings).
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Goes on with the page after the one that failed; see [`Pages::skip_page`].
    pub fn skip_page(&mut self) -> bool {
        self.pages.skip_page()
    }

    /// The next item; none behind the last.
    ///
    /// # Errors
    ///
    /// Those of [`Pages::next`], and those of single items.
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

/// What is polled in it is boxed, and the rest stays where it is put.
impl<T, I, B> Unpin for Items<T, I, B> {}

/// Names the list without what it carries: parameters and items are personal data.
impl<T, I, B> fmt::Debug for Items<T, I, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("operation", &self.pages.operation.name).finish_non_exhaustive()
    }
}
