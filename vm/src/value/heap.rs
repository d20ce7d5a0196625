//! Reference-counted objects: allocation, counting, release, and the count of bytes.
//!
//! An object is a [`Header`] and a body. A [`Ref`] is a counted handle on it; a [`super::Value`] holds one untyped.
//! Nothing here is shared between threads: a machine moves as a whole (see `Machine`).
//!
//! Bytes are counted per thread in [`live_bytes`]; the machine swaps its own figure in while it runs
//! ([`BytesScope`]), so counting costs an addition and no pointer back to the heap.
//!
//! What is counted is what the process gives: [`footprint`], not the size asked for. Whoever is about to take much at
//! once asks [`has_room`] first; without room it does nothing, and the run is *doomed*: the count is beyond every limit,
//! so that the next check ends the run, wherever that is. So containers need no errors, and no limit is overrun by what
//! was allocated before a check.
//!
//! Releasing never recurses and never allocates: what falls to zero while something is being released waits in a list
//! whose links lie in the headers, so a chain of a million objects, or an array of as many, takes no stack and no memory.

#![allow(unsafe_code, reason = "handles on reference-counted objects")]

use std::cell::Cell;
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
    /// Handles; of an object that waits to be released, the low half of a link to the next.
    count: Cell<u32>,
    pub(crate) kind: HeapKind,
    /// The upper 16 of the link's 48 bits: more than addresses have, as [`super::Value`] relies on too.
    link: Cell<u16>,
}

impl Header {
    fn new(kind: HeapKind) -> Self {
        Header { count: Cell::new(1), kind, link: Cell::new(0) }
    }

    fn set_next(&self, next: Option<NonNull<Header>>) {
        let address = next.map_or(0, |next| next.as_ptr() as u64);
        self.count.set(address as u32);
        self.link.set((address >> 32) as u16);
    }

    fn next(&self) -> Option<NonNull<Header>> {
        NonNull::new((u64::from(self.link.get()) << 32 | u64::from(self.count.get())) as *mut Header)
    }
}

#[repr(C)]
struct Boxed<T> {
    header: Header,
    body: T,
}

/// Where the kind is in a header.
#[cfg(feature = "jit")]
pub(crate) const KIND_OFFSET: usize = std::mem::offset_of!(Header, kind);

/// Where the body is, from its header.
#[cfg(feature = "jit")]
pub(crate) const fn body_offset<T>() -> usize {
    std::mem::offset_of!(Boxed<T>, body)
}

/// A body that can stand on the heap.
pub trait HeapBody: Sized {
    /// Its kind; one Rust type a kind.
    const KIND: HeapKind;
}

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static LIMIT: Cell<usize> = const { Cell::new(usize::MAX) };
    /// Bytes that were allocated in large pieces since the allocator last gave something back.
    static MOVED: Cell<usize> = const { Cell::new(0) };
    static PENDING: Cell<Option<NonNull<Header>>> = const { Cell::new(None) };
    static RELEASING: Cell<bool> = const { Cell::new(false) };
    static COPIED: Cell<u64> = const { Cell::new(0) };
    static COUNTS: Cell<HeapCounts> = const { Cell::new(HeapCounts { allocations: 0, copied: 0 }) };
}

/// What was done on this thread's heap since it began: for profiles, nothing in a run depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeapCounts {
    /// Objects made.
    pub allocations: u64,
    /// Elements and members copied, since a second handle could see them.
    pub copied: u64,
}

/// The counts of this thread.
pub fn counts() -> HeapCounts {
    COUNTS.get()
}

/// Bytes that objects made on this thread hold now, less what was released.
#[inline]
pub fn live_bytes() -> usize {
    LIVE.get()
}

/// Added to the count of a run that must end: it is then beyond every limit.
const DOOM: usize = 1 << (usize::BITS - 2);

/// What an allocation of so many bytes takes of the process: allocators keep a word beside it and round up, by pages
/// where it is large.
#[inline]
pub const fn footprint(bytes: usize) -> usize {
    const LEAST: usize = 32;
    const LARGE: usize = 128 << 10;
    match bytes {
        0 => 0,
        1..=24 => LEAST,
        25..LARGE => (bytes + 8 + 15) & !15,
        _ => bytes.saturating_add(16 + 4095) & !4095,
    }
}

/// Whether it hardly matters to the limit if so many bytes are there twice for a moment.
#[inline]
pub(crate) fn is_small(bytes: usize) -> bool {
    bytes <= LIMIT.get() / 32
}

/// How many bytes more are within the limit.
#[inline]
pub(crate) fn left() -> usize {
    LIMIT.get().saturating_sub(LIVE.get())
}

/// Whether so many bytes more are within the limit.
#[inline]
pub fn would_fit(bytes: usize) -> bool {
    LIVE.get().saturating_add(bytes) <= LIMIT.get()
}

/// Whether so many bytes more are within the limit; if not, the run is doomed, and the caller must not take them. For
/// what is large: small things are counted when they are there.
#[inline]
pub fn has_room(bytes: usize) -> bool {
    mind_holes(bytes);
    let fits = would_fit(bytes);
    if !fits {
        LIVE.set(LIVE.get() | DOOM);
    }
    fits
}

/// Allocations that take less leave no holes that matter.
const LEAST_HOLE: usize = 1 << 20;

/// So much is allocated at once, or was moved to where there is more room: where the limit is near, what the allocator keeps
/// of memory that was given back to it is given on to the system. Else it would come on top of what is counted.
#[inline]
pub(crate) fn mind_holes(bytes: usize) {
    if bytes >= LEAST_HOLE {
        mind_holes_of_large(bytes);
    }
}

#[cold]
fn mind_holes_of_large(bytes: usize) {
    let (limit, moved) = (LIMIT.get(), MOVED.get().saturating_add(bytes));
    let is_due = moved > limit / 16 && LIVE.get().saturating_add(bytes) > limit / 2;
    if is_due {
        super::pages::give_back();
    }
    MOVED.set(if is_due { 0 } else { moved });
}

/// The run is over: the next one is not doomed by it.
pub(crate) fn lift_doom() {
    LIVE.set(without_doom(LIVE.get()));
}

/// Counts bytes that will be given back though they were not taken here.
pub(crate) fn advance(bytes: usize) {
    charge(without_doom(bytes));
}

/// A count without the mark of a run that must end.
pub(crate) fn without_doom(bytes: usize) -> usize {
    bytes & !DOOM
}

/// Whether a count is that of a run that must end.
pub(crate) fn is_doomed(bytes: usize) -> bool {
    bytes & DOOM != 0
}

/// Bytes that one level of a recursion may take on the native stack.
const LEVEL: usize = 1 << 10;

/// Goes one level deeper where recursion follows the nesting of values. The native stack grows as it must and counts as
/// memory of the run; `None` if there is no room for it, and the run is doomed.
pub fn deeper<R>(body: impl FnOnce() -> R) -> Option<R> {
    if !has_room(LEVEL) {
        return None;
    }
    let _level = Charge::new(LEVEL);
    Some(stacker::maybe_grow(64 << 10, 1 << 20, body))
}

#[inline]
fn charge(bytes: usize) {
    LIVE.set(LIVE.get().wrapping_add(bytes));
}

#[inline]
fn discharge(bytes: usize) {
    LIVE.set(LIVE.get().wrapping_sub(bytes));
}

/// An allocation that is no object of its own, counted for as long as this lives.
#[derive(Debug, Default)]
pub struct Charge(usize);

impl Charge {
    /// Counts an allocation of so many bytes.
    #[inline]
    pub fn new(bytes: usize) -> Self {
        charge(footprint(bytes));
        Charge(bytes)
    }

    /// How many bytes were asked for.
    #[inline]
    pub fn bytes(&self) -> usize {
        self.0
    }

    /// Counts an allocation of so many bytes instead.
    pub fn set(&mut self, bytes: usize) {
        charge(footprint(bytes));
        discharge(footprint(self.0));
        self.0 = bytes;
    }

    /// Asks for room to grow to so many bytes, which the caller then must allocate; else dooms the run.
    #[must_use]
    pub fn grow(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.0 || has_room(footprint(bytes) - footprint(self.0));
        if fits {
            self.set(bytes);
        }
        fits
    }
}

impl Drop for Charge {
    #[inline]
    fn drop(&mut self) {
        discharge(footprint(self.0));
    }
}

/// Where this thread's counts stand: for reading them often. It is good for as long as the thread is the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gauge {
    live: NonNull<Cell<usize>>,
    copied: NonNull<Cell<u64>>,
}

impl Gauge {
    /// The gauge of this thread.
    pub(crate) fn of_thread() -> Self {
        Gauge { live: LIVE.with(|live| NonNull::from(live)), copied: COPIED.with(|copied| NonNull::from(copied)) }
    }

    /// As [`live_bytes`].
    #[inline]
    pub(crate) fn live(self) -> usize {
        // SAFETY: the machine renews its gauge whenever it is entered, so the thread is the one that runs.
        unsafe { self.live.as_ref() }.get()
    }

    /// Where the count of copied elements is, for compiled code, which does not outlive its thread's turn.
    #[cfg(feature = "jit")]
    pub(crate) fn copied_at(self) -> *const u64 {
        self.copied.as_ptr().cast_const().cast()
    }

    /// How many elements were copied since the last [`take_copies`].
    #[inline]
    pub(crate) fn copied(self) -> u64 {
        // SAFETY: as above.
        unsafe { self.copied.as_ref() }.get()
    }
}

/// Notes that so many elements or members were copied, since a second handle could see them.
pub(crate) fn note_copies(count: usize) {
    COPIED.set(COPIED.get().saturating_add(count as u64));
    let counts = COUNTS.get();
    COUNTS.set(HeapCounts { copied: counts.copied.saturating_add(count as u64), ..counts });
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
    limit_before: usize,
}

impl BytesScope {
    /// Makes `bytes` the count, of which nothing can be too much.
    pub fn enter(bytes: usize) -> Self {
        Self::limited(bytes, usize::MAX)
    }

    /// Makes `bytes` the count, which must not come to be more than `limit`.
    pub fn limited(bytes: usize, limit: usize) -> Self {
        BytesScope { before: LIVE.replace(bytes), limit_before: LIMIT.replace(limit) }
    }

    /// Ends the scope and tells what the count has become.
    pub fn leave(self) -> usize {
        LIVE.get()
    }
}

impl Drop for BytesScope {
    fn drop(&mut self) {
        LIVE.set(self.before);
        LIMIT.set(self.limit_before);
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
        charge(footprint(size_of::<Boxed<T>>()));
        let counts = COUNTS.get();
        COUNTS.set(HeapCounts { allocations: counts.allocations.wrapping_add(1), ..counts });
        let boxed = Box::new(Boxed { header: Header::new(T::KIND), body });
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

    /// Takes this handle off the count, unless it is the only one: whether it did. If so, it must be forgotten, or be
    /// counted again ([`Ref::step_forth`]).
    #[inline(always)]
    pub(crate) fn try_step_back(&self) -> bool {
        // SAFETY: the handle owns one count, and the caller forgets it then.
        unsafe { step_back(self.at.cast()) }
    }

    /// Counts this handle again.
    #[inline]
    pub(crate) fn step_forth(&self) {
        // SAFETY: another handle kept the object.
        unsafe { retain(self.at.cast()) };
    }

    /// Where the object is; the handle stays.
    #[cfg(feature = "jit")]
    pub(crate) fn address(&self) -> *const Header {
        self.at.as_ptr().cast()
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

/// Counts one handle less, unless it is the last; whether it did.
///
/// # Safety
/// `at` must be alive, and the caller must own one count of it, which it gives up if the answer is yes.
#[inline(always)]
pub(crate) unsafe fn step_back(at: NonNull<Header>) -> bool {
    // SAFETY: alive, says the caller.
    let count = unsafe { &at.as_ref().count };
    let is_shared = count.get() > 1;
    if is_shared {
        count.set(count.get() - 1);
    }
    is_shared
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
        // SAFETY: the last count is gone, so the count may be a link; nobody looks at the object before it is released.
        unsafe { at.as_ref() }.set_next(PENDING.replace(Some(at)));
        return;
    }
    RELEASING.set(true);
    // SAFETY: the last count is gone; bodies that it was the last handle on arrive in `PENDING`, each once.
    unsafe { super::drop_body(at) };
    while let Some(next) = PENDING.get() {
        // SAFETY: it waits in the list, so it is still there; what is behind it was put there as above.
        unsafe {
            PENDING.set(next.as_ref().next());
            super::drop_body(next);
        }
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
    discharge(footprint(size_of::<Boxed<T>>()));
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
