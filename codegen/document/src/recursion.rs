//! Stack space for recursion. Schemas refer to each other and are followed recursively: a document can have chains of
//! thousands, for which the stack of a thread is too small.

/// The remaining stack size below which more is allocated, and the size of an allocation.
const RED_ZONE: usize = 128 * 1024;
const SEGMENT: usize = 4 * 1024 * 1024;

/// Runs one step of a recursion, and allocates more stack if little is left.
pub fn deeper<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RED_ZONE, SEGMENT, step)
}
