//! Room for recursion. Schemas refer to each other, and are followed one inside the other: a document can have thousands
//! in a row, more than the stack of a thread holds.

/// What is left of the stack when more is had, and how much more.
const RED_ZONE: usize = 128 * 1024;
const SEGMENT: usize = 4 * 1024 * 1024;

/// Does one step of a recursion, with more stack where little is left.
pub fn deeper<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RED_ZONE, SEGMENT, step)
}
