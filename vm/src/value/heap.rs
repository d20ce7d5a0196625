//! Reference-counted objects: allocation, counting, release, and the count of bytes.
//!
//! An object is a [`Header`] and a body. A [`Ref`] is a counted handle on it; a [`super::Value`] holds one untyped.
//! Nothing here is shared between threads: a machine moves as a whole (see `Machine`).
//!
//! Bytes are counted per thread in [`live_bytes`]; the machine swaps its own figure in while it runs
//! ([`BytesScope`]), so counting costs an addition and no pointer back to the heap.
//!
//! Releasing never recurses: what falls to zero while something is being released waits in a list, so a chain of a
//! million objects takes no stack.

#![allow(unsafe_code, reason = "handles on reference-counted objects")]

use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

/// What an object on the heap is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum HeapKind {
    /// Text.
    String,
    /// Array.
    Array,
    /// Object.
    Object,
    /// A function of the program with its captures.
    Closure,
    /// A library function with some arguments already given.
    Bound,
    /// A variable that closures share; never a value of the program.
    Cell,
    /// An agent.
    Agent,
    /// A task.
    Task,
    /// An error value.
    Error,
}

/// What stands before every body.
#[repr(C)]
pub(crate) struct Header {
    count: Cell<u32>,
    pub(crate) kind: HeapKind,
}

#[repr(C)]
struct Boxed<T> {
    header: Header,
    body: T,
}

/// A body that can stand on the heap.
pub trait HeapBody: Sized {
    /// Its kind; one Rust type a kind.
    const KIND: HeapKind;
}

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PENDING: RefCell<Vec<NonNull<Header>>> = const { RefCell::new(Vec::new()) };
    static RELEASING: Cell<bool> = const { Cell::new(false) };
    static COPIED: Cell<u64> = const { Cell::new(0) };
}

/// Bytes that objects made on this thread hold now, less what was released.
#[inline]
pub fn live_bytes() -> usize {
    LIVE.get()
}

#[inline]
fn charge(bytes: usize) {
    LIVE.set(LIVE.get().wrapping_add(bytes));
}

#[inline]
fn discharge(bytes: usize) {
    LIVE.set(LIVE.get().wrapping_sub(bytes));
}

/// Bytes that a body holds outside of itself, counted for as long as it lives.
#[derive(Debug)]
pub(crate) struct Charge(usize);

impl Charge {
    /// Counts so many.
    pub(crate) fn new(bytes: usize) -> Self {
        charge(bytes);
        Charge(bytes)
    }

    /// How many are counted.
    #[inline]
    pub(crate) fn bytes(&self) -> usize {
        self.0
    }

    /// Counts so many instead.
    pub(crate) fn set(&mut self, bytes: usize) {
        charge(bytes);
        discharge(self.0);
        self.0 = bytes;
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        discharge(self.0);
    }
}

/// Notes that so many elements or members were copied, since a second handle could see them.
pub(crate) fn note_copies(count: usize) {
    COPIED.set(COPIED.get().saturating_add(count as u64));
}

/// Makes the count of copies that of one machine, and gives the one before.
pub(crate) fn swap_copies(count: u64) -> u64 {
    COPIED.replace(count)
}

/// How many were copied since the last call: work that takes fuel.
#[inline]
pub(crate) fn take_copies() -> u64 {
    COPIED.replace(0)
}

/// While it lives, [`live_bytes`] is that of one machine; dropped, it is what it was.
pub struct BytesScope {
    before: usize,
}

impl BytesScope {
    /// Makes `bytes` the count.
    pub fn enter(bytes: usize) -> Self {
        BytesScope { before: LIVE.replace(bytes) }
    }

    /// Ends the scope and tells what the count has become.
    pub fn leave(self) -> usize {
        LIVE.get()
    }
}

impl Drop for BytesScope {
    fn drop(&mut self) {
        LIVE.set(self.before);
    }
}

/// A counted handle on an object.
pub struct Ref<T: HeapBody> {
    at: NonNull<Boxed<T>>,
    owns: PhantomData<Boxed<T>>,
}

impl<T: HeapBody> Ref<T> {
    /// Puts a body on the heap.
    pub fn new(body: T) -> Self {
        charge(size_of::<Boxed<T>>());
        let boxed = Box::new(Boxed { header: Header { count: Cell::new(1), kind: T::KIND }, body });
        Ref { at: NonNull::from(Box::leak(boxed)), owns: PhantomData }
    }

    fn header(&self) -> &Header {
        // SAFETY: the handle counts as one, so the object is alive.
        unsafe { &self.at.as_ref().header }
    }

    /// Whether both are handles on one object.
    pub fn same(&self, other: &Self) -> bool {
        self.at == other.at
    }

    /// Whether it is the only handle.
    pub fn is_unique(&self) -> bool {
        self.header().count.get() == 1
    }

    /// The body to change, if no other handle could see it.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        if self.header().count.get() == 1 {
            // SAFETY: this is the only handle, and it is borrowed mutably.
            Some(unsafe { &mut self.at.as_mut().body })
        } else {
            None
        }
    }

    pub(crate) fn into_raw(self) -> NonNull<Header> {
        let at = self.at.cast();
        std::mem::forget(self);
        at
    }

    /// Takes over a count.
    ///
    /// # Safety
    /// `at` must be an object of kind `T::KIND`, and the caller must own one count of it.
    pub(crate) unsafe fn from_raw(at: NonNull<Header>) -> Self {
        Ref { at: at.cast(), owns: PhantomData }
    }
}

impl<T: HeapBody + Clone> Ref<T> {
    /// The body to change; copied first if another handle could see it.
    pub fn make_mut(&mut self) -> &mut T {
        if self.header().count.get() != 1 {
            *self = Ref::new(T::clone(self));
        }
        // SAFETY: this is now the only handle, and it is borrowed mutably.
        unsafe { &mut self.at.as_mut().body }
    }
}

impl<T: HeapBody> Deref for Ref<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the handle counts as one, so the object is alive.
        unsafe { &self.at.as_ref().body }
    }
}

impl<T: HeapBody> Clone for Ref<T> {
    #[inline]
    fn clone(&self) -> Self {
        // SAFETY: the handle counts as one, so the object is alive.
        unsafe { retain(self.at.cast()) };
        Ref { at: self.at, owns: PhantomData }
    }
}

impl<T: HeapBody> Drop for Ref<T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle owns one count and is gone after this.
        unsafe { release(self.at.cast()) };
    }
}

impl<T: HeapBody + fmt::Debug> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

/// Counts one handle more.
///
/// # Safety
/// `at` must be alive.
#[inline]
pub(crate) unsafe fn retain(at: NonNull<Header>) {
    // SAFETY: alive, says the caller.
    let count = unsafe { &at.as_ref().count };
    // Four thousand million handles are 64 GiB of values: the memory limit is reached long before.
    count.set(count.get() + 1);
}

/// Counts one handle less and frees the object with the last.
///
/// # Safety
/// `at` must be alive, and the caller must own one count of it, which it gives up.
#[inline]
pub(crate) unsafe fn release(at: NonNull<Header>) {
    // SAFETY: alive, says the caller.
    let count = unsafe { &at.as_ref().count };
    if count.get() > 1 {
        count.set(count.get() - 1);
    } else {
        // SAFETY: that was the last count.
        unsafe { free(at) };
    }
}

/// Whether the caller's handle is the only one.
///
/// # Safety
/// `at` must be alive.
#[inline]
pub(crate) unsafe fn is_unique(at: NonNull<Header>) -> bool {
    // SAFETY: alive, says the caller.
    unsafe { at.as_ref().count.get() == 1 }
}

#[cold]
#[inline(never)]
unsafe fn free(at: NonNull<Header>) {
    if RELEASING.get() {
        PENDING.with_borrow_mut(|pending| pending.push(at));
        return;
    }
    RELEASING.set(true);
    // SAFETY: the last count is gone; bodies that it was the last handle on arrive in `PENDING`, each once.
    unsafe { super::drop_body(at) };
    while let Some(next) = PENDING.with_borrow_mut(Vec::pop) {
        // SAFETY: as above.
        unsafe { super::drop_body(next) };
    }
    RELEASING.set(false);
}

/// Drops the body and gives the memory back.
///
/// # Safety
/// `at` must be of kind `T::KIND` with no counts left.
pub(crate) unsafe fn drop_as<T: HeapBody>(at: NonNull<Header>) {
    // SAFETY: made by `Ref::new` as `Boxed<T>`, and nothing refers to it any more.
    let boxed = unsafe { Box::from_raw(at.cast::<Boxed<T>>().as_ptr()) };
    discharge(size_of::<Boxed<T>>());
    drop(boxed);
}

/// The body behind an untyped handle.
///
/// # Safety
/// `at` must be alive for `'a` and of kind `T::KIND`.
#[inline]
pub(crate) unsafe fn body<'a, T: HeapBody>(at: NonNull<Header>) -> &'a T {
    // SAFETY: as the caller says.
    unsafe { &at.cast::<Boxed<T>>().as_ref().body }
}

/// The body behind an untyped handle, to change.
///
/// # Safety
/// As [`body`], and the caller's must be the only handle, borrowed mutably for `'a`.
#[inline]
pub(crate) unsafe fn body_mut<'a, T: HeapBody>(at: NonNull<Header>) -> &'a mut T {
    // SAFETY: as the caller says.
    unsafe { &mut at.cast::<Boxed<T>>().as_mut().body }
}
