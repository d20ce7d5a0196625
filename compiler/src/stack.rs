//! Enough stack for trees that are nested as deep as the parser lets them be.

use std::cell::Cell;

/// With less than this left, a segment is added: more than one level of any walk takes.
const LEAST: usize = 256 << 10;
/// What is added.
const SEGMENT: usize = 2 << 20;
/// No stack is larger than that: what seems to have more left is on another stack than was asked about.
const MOST: usize = 1 << 30;

thread_local! {
    /// The lowest address that the stack in use goes down to; 0 until that is asked.
    static LOWEST: Cell<usize> = const { Cell::new(0) };
}

/// Runs `walk` with enough stack for one more level of nesting.
///
/// [`stacker`] knows how much is left, but asking it at each node took a twentieth of a check's time. The end of a stack
/// does not move, so it is asked once for each.
#[inline]
pub(crate) fn deeper<T>(walk: impl FnOnce() -> T) -> T {
    let left = here().wrapping_sub(LOWEST.get());
    if (LEAST..MOST).contains(&left) { walk() } else { asked(walk) }
}

/// An address in the frame of the function that calls this.
#[inline(always)]
fn here() -> usize {
    let mark = 0u8;
    (&raw const mark).addr()
}

#[cold]
#[inline(never)]
fn asked<T>(walk: impl FnOnce() -> T) -> T {
    if let Some(left) = stacker::remaining_stack().filter(|left| *left >= LEAST) {
        LOWEST.set(here() - left);
        return walk();
    }
    let _outer = Outer(LOWEST.get());
    stacker::grow(SEGMENT, || {
        LOWEST.set(stacker::remaining_stack().map_or(0, |left| here() - left));
        walk()
    })
}

/// Puts the end of the stack that is gone back to in its place, also when a panic goes back to it.
struct Outer(usize);

impl Drop for Outer {
    fn drop(&mut self) {
        LOWEST.set(self.0);
    }
}
