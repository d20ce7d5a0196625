//! What the system is told of memory: that large pages serve large rows of values best, and what is not needed any more.
//!
//! A page is given when it is first written, and giving one takes longer than writing it. What is counted stays the same: a
//! row's room counts in full, whatever is written of it.

#![allow(unsafe_code, reason = "the system is told of memory by its address")]

use super::Value;

/// Rows that take less are left as they are.
#[cfg(target_os = "linux")]
const LARGE: usize = 4 << 20;

/// An empty row with room for so many values.
pub fn row(values: usize) -> Vec<Value> {
    let row = Vec::with_capacity(values);
    prefer_large_pages(&row);
    row
}

/// Tells the system of a row that was allocated or has grown, if it is large.
#[cfg(target_os = "linux")]
pub(super) fn prefer_large_pages(row: &Vec<Value>) {
    const PAGE: usize = 4 << 10;
    let bytes = row.capacity() * size_of::<Value>();
    if bytes < LARGE {
        return;
    }
    let (start, end) = (row.as_ptr() as usize, row.as_ptr() as usize + bytes);
    // With the page in which the allocator's own word is: a part that is treated otherwise could not move with the rest.
    let (start, end) = (start & !(PAGE - 1), (end + PAGE - 1) & !(PAGE - 1));
    // SAFETY: each of the pages holds a byte of the row, so it is there; the advice changes nothing that is in them. Where it is
    // not followed, all is as before.
    unsafe { libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_HUGEPAGE) };
}

/// Elsewhere the system decides by itself.
#[cfg(not(target_os = "linux"))]
pub(super) fn prefer_large_pages(_row: &Vec<Value>) {}

/// Gives the pages of memory that is free back to the system, which the allocator keeps for the next time. It looks through
/// all of that memory.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) fn give_back() {
    // SAFETY: what is allocated stays as it is.
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators decide by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn give_back() {}
