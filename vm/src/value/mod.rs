//! Values: sixteen bytes, eight of payload and eight of confidence.
//!
//! The payload is a double, or, above the largest double's pattern, a tag and 48 bits:
//!
//! | tag | payload |
//! |---|---|
//! | up to `0xFFF8_0000_0000_0000` | a number; the only NaNs are the two canonical ones |
//! | `0xFFF9` | null, false, true, the mark of an uninitialised variable |
//! | `0xFFFA` | a library entry, by number |
//! | `0xFFFC` `0xFFFD` `0xFFFE` | a handle on a string, an array, an object |
//! | `0xFFFF` | a handle on anything else; the header tells |
//!
//! The other half is a [`Conf`]. Arrays and objects are values: [`Value::as_array_mut`] and [`Value::as_object_mut`]
//! copy first what another handle could see.

#![allow(unsafe_code, reason = "handles on reference-counted objects")]

mod array;
mod counted;
mod display;
mod equal;
mod error;
mod function;
pub mod heap;
mod object;
mod pages;
mod string;
mod task;

pub use array::Array;
pub use counted::Counted;
pub use display::{ConfidenceStyle, Displayed, format_number};
pub(crate) use equal::metered;
/// The library's word for `===`.
pub use equal::strictly_equal as same;
pub use equal::{look_at, look_through};
pub use equal::{loosely_equal, same_or_nan, strictly_equal};
pub use error::{ErrorValue, Trace, TraceFrame};
pub use function::{Bound, BoundOrder, Closure};
pub(crate) use object::MOST_SHAPED_KEYS;
pub use object::{Object, Shape};
pub use pages::row;
pub use string::Str;
pub(crate) use string::Texts;
pub use task::{Agent, Task, TaskId, TaskState};

use crate::confidence::Conf;
use crate::machine::VariableCell;
use heap::{Header, HeapBody, HeapKind, Ref};
use prism_bytecode::{KindSet, LibraryId};
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;

pub(crate) const LAST_NUMBER: u64 = 0xFFF8_0000_0000_0000;
pub(crate) const TAG_SPECIAL: u64 = 0xFFF9 << 48;
pub(crate) const TAG_LIBRARY: u64 = 0xFFFA << 48;
pub(crate) const TAG_STRING: u64 = 0xFFFC << 48;
pub(crate) const TAG_ARRAY: u64 = 0xFFFD << 48;
pub(crate) const TAG_OBJECT: u64 = 0xFFFE << 48;
pub(crate) const TAG_OTHER: u64 = 0xFFFF << 48;
pub(crate) const PAYLOAD: u64 = (1 << 48) - 1;

pub(crate) const NULL: u64 = TAG_SPECIAL;
pub(crate) const FALSE: u64 = TAG_SPECIAL | 1;
pub(crate) const TRUE: u64 = TAG_SPECIAL | 2;
pub(crate) const UNINIT: u64 = TAG_SPECIAL | 3;

/// A value with its confidence.
#[repr(C)]
pub struct Value {
    bits: u64,
    conf: Conf,
    /// Handles are counted without locks: no value may be seen by two threads.
    not_shared: PhantomData<*const ()>,
}

const _: () = assert!(size_of::<Value>() == 16);

/// What a value is, as `typeof` tells it; strings, arrays and so on apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`.
    Null,
    /// A boolean.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object; a namespace of the library too.
    Object,
    /// A function.
    Function,
    /// An agent.
    Agent,
    /// A task.
    Task,
    /// An error value.
    Error,
}

impl Kind {
    const ROWS: [(Kind, &'static str, KindSet); 10] = [
        (Kind::Null, "null", KindSet::NULL),
        (Kind::Boolean, "boolean", KindSet::BOOLEAN),
        (Kind::Number, "number", KindSet::NUMBER),
        (Kind::String, "string", KindSet::STRING),
        (Kind::Array, "array", KindSet::ARRAY),
        (Kind::Object, "object", KindSet::OBJECT),
        (Kind::Function, "function", KindSet::FUNCTION),
        (Kind::Agent, "agent", KindSet::AGENT),
        (Kind::Task, "task", KindSet::TASK),
        (Kind::Error, "error", KindSet::ERROR),
    ];

    /// As `typeof` gives it.
    pub fn as_str(self) -> &'static str {
        Self::ROWS[self as usize].1
    }

    /// As signatures name it.
    pub fn set(self) -> KindSet {
        Self::ROWS[self as usize].2
    }

    /// The kind that `instanceof` means by that name.
    pub fn named(name: &str) -> Option<Kind> {
        let name = if name == "undefined" { "null" } else { name };
        Self::ROWS.iter().find(|(_, text, _)| *text == name).map(|(kind, ..)| *kind)
    }
}

impl Value {
    /// Null, plain.
    pub const NULL: Value = Value::raw(NULL, Conf::PLAIN);
    /// False, plain.
    pub const FALSE: Value = Value::raw(FALSE, Conf::PLAIN);
    /// True, plain.
    pub const TRUE: Value = Value::raw(TRUE, Conf::PLAIN);
    /// The mark of a variable whose declaration has not run, of an argument that was not given.
    pub(crate) const UNINIT: Value = Value::raw(UNINIT, Conf::PLAIN);

    #[inline]
    const fn raw(bits: u64, conf: Conf) -> Value {
        Value { bits, conf, not_shared: PhantomData }
    }

    /// The payload and the confidence.
    #[cfg(feature = "jit")]
    pub(crate) fn words(&self) -> (u64, Conf) {
        (self.bits, self.conf)
    }

    /// Whether no program can tell that this handle goes: it is on a text, or on something that other handles keep and
    /// of which a copy takes no fuel: it is small, and has no parts that would have to be copied in their turn.
    pub(crate) fn is_idle(&self) -> bool {
        const SMALL: usize = 16;
        if self.as_str().is_some() {
            return true;
        }
        let is_whole = |part: &Value| part.as_array().is_some() || part.as_object().is_some();
        let is_small = match (self.as_array(), self.as_object()) {
            (Some(array), _) => array.len() < SMALL && !array.iter().any(is_whole),
            (_, Some(object)) => object.len() < SMALL && !object.values().any(is_whole),
            _ => true,
        };
        // SAFETY: the value owns one count, if it is a handle.
        is_small && self.is_heap() && !unsafe { heap::is_unique(self.pointer()) }
    }

    /// Gives up the handle of a register that is not read again, if no program can tell; whether it holds none then.
    pub(crate) fn tidy(&mut self) -> bool {
        if self.is_idle() {
            *self = Value::NULL;
        }
        !self.is_handle()
    }

    /// The value of a payload and a confidence.
    ///
    /// # Safety
    /// They must be a value's, and if the payload is a handle, one count of it goes to the value made.
    #[cfg(feature = "jit")]
    pub(crate) unsafe fn from_words(bits: u64, conf: Conf) -> Value {
        Value::raw(bits, conf)
    }

    /// A plain number.
    #[inline]
    pub fn number(number: f64) -> Value {
        Value::raw(if number.is_nan() { f64::NAN.to_bits() } else { number.to_bits() }, Conf::PLAIN)
    }

    /// A plain number that arithmetic made of numbers: its NaN is one of the processor's, which are canonical.
    #[inline]
    pub(crate) fn arithmetic(number: f64) -> Value {
        debug_assert!(number.to_bits() <= LAST_NUMBER || number.is_nan());
        let bits = number.to_bits();
        Value::raw(if bits > LAST_NUMBER { f64::NAN.to_bits() } else { bits }, Conf::PLAIN)
    }

    /// A plain number that is not NaN.
    #[inline]
    pub(crate) fn known(number: f64) -> Value {
        debug_assert!(!number.is_nan());
        Value::raw(number.to_bits(), Conf::PLAIN)
    }

    /// The number; NaN if it is none.
    #[inline]
    pub(crate) fn as_float(&self) -> f64 {
        f64::from_bits(self.bits)
    }

    /// Whether it has no confidence.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.conf.is_plain()
    }

    /// Whether neither has a confidence.
    #[inline]
    pub(crate) fn is_plain_with(&self, other: &Value) -> bool {
        self.conf.is_plain_with(other.conf)
    }

    /// Where the object is that it is a handle on.
    pub(crate) fn address(&self) -> Option<usize> {
        self.is_heap().then(|| self.pointer().as_ptr() as usize)
    }

    /// Whether it is a handle.
    #[inline]
    pub(crate) fn is_handle(&self) -> bool {
        self.is_heap()
    }

    /// Gives up its handle, if it is one, unless that is the last: whether it did. It must be overwritten then.
    #[inline(always)]
    pub(crate) fn step_back(&mut self) -> bool {
        // SAFETY: the value owns the count that it gives up.
        !self.is_heap() || unsafe { heap::step_back(self.pointer()) }
    }

    /// Gives up its handle, if it is one.
    #[inline]
    pub(crate) fn let_go(&mut self) {
        if self.is_heap() {
            *self = Value::NULL;
        }
    }

    /// Whether both are one plain text, where that is plain to see: they are one object, or of different lengths.
    #[inline]
    pub(crate) fn is_text_of(&self, other: &Value) -> Option<bool> {
        let (a, b) = (self.as_str()?, other.as_str()?);
        if !self.is_plain_with(other) {
            return None;
        }
        match self.bits == other.bits {
            true => Some(true),
            false => (a.as_str().len() != b.as_str().len()).then_some(false),
        }
    }

    /// The element of a plain array at a plain position, if there is one.
    #[inline(always)]
    pub(crate) fn plain_item(&self, index: &Value) -> Option<&Value> {
        if self.is_plain_with(index) { self.item(index) } else { None }
    }

    /// The element of an array at a position, or the member of an object whose key is that very text, if there is one,
    /// whatever the confidence of both.
    #[inline(always)]
    pub(crate) fn item(&self, index: &Value) -> Option<&Value> {
        if let Some(array) = self.as_array() {
            return array.get(index.as_position()?);
        }
        let (object, key) = (self.as_object()?, index.as_str()?);
        object.at(object.find_same(key)?)
    }

    /// The array, if it is one that no other handle sees, to change.
    #[inline]
    pub(crate) fn as_unique_array_mut(&mut self) -> Option<&mut Array> {
        // SAFETY: the tag is an array's, and the value owns one count.
        if self.bits & !PAYLOAD != TAG_ARRAY || !unsafe { heap::is_unique(self.pointer()) } {
            return None;
        }
        // SAFETY: as above, it is the only count, and the value is borrowed mutably.
        Some(unsafe { heap::body_mut(self.pointer()) })
    }

    /// The element at a position of an array that no other handle sees, or such a member of such an object, if there is
    /// one, to change.
    #[inline(always)]
    pub(crate) fn own_item(&mut self, index: &Value) -> Option<&mut Value> {
        let Some(key) = index.as_str() else {
            return self.as_unique_array_mut()?.get_mut(index.as_position()?);
        };
        let object = self.as_unique_object_mut()?;
        let place = object.find_same(key)?;
        object.at_mut(place)
    }

    /// As [`Value::own_item`], of what a cell holds if this is one.
    ///
    /// # Safety
    /// The slot is used before anything else happens.
    #[inline(always)]
    pub(crate) unsafe fn own_item_or_of_cell(&mut self, index: &Value) -> Option<&mut Value> {
        if self.bits < TAG_OTHER {
            return self.own_item(index);
        }
        // SAFETY: as the caller says.
        unsafe { self.as_cell()?.slot() }?.own_item(index)
    }

    /// The value in a slot, which is taken out. Its words are read each by itself, as they were written: otherwise the
    /// processor waits until the writes have come to the cache.
    ///
    /// # Safety
    /// The slot is valid, and is overwritten without being dropped.
    #[inline(always)]
    pub(crate) unsafe fn read_by_words(slot: *const Value) -> Value {
        // SAFETY: as the caller says.
        unsafe { Value::raw((&raw const (*slot).bits).read_volatile(), (&raw const (*slot).conf).read_volatile()) }
    }

    /// The number rounded down, if it is one from 0 to 2³¹.
    #[inline(always)]
    pub(crate) fn as_position(&self) -> Option<usize> {
        let number = self.as_float();
        if (0.0..2_147_483_648.0).contains(&number) {
            // SAFETY: the number was found in range.
            Some(unsafe { number.to_int_unchecked::<i32>() } as usize)
        } else {
            None
        }
    }

    /// A plain boolean.
    #[inline]
    pub fn boolean(truth: bool) -> Value {
        if truth { Value::TRUE } else { Value::FALSE }
    }

    /// A plain string.
    pub fn string(text: impl Into<String>) -> Value {
        Value::from(Ref::new(Str::new(text)))
    }

    /// A plain array.
    pub fn array(items: Vec<Value>) -> Value {
        Value::from(Ref::new(Array::new(items)))
    }

    /// A library entry as a value.
    pub fn library(id: LibraryId) -> Value {
        Value::raw(TAG_LIBRARY | u64::from(id.0), Conf::PLAIN)
    }

    /// The value with that confidence instead of its own.
    #[inline]
    pub fn with_conf(mut self, conf: Conf) -> Value {
        self.conf = conf;
        self
    }

    /// The value without confidence.
    #[inline]
    pub fn bare(self) -> Value {
        self.with_conf(Conf::PLAIN)
    }

    /// The raw confidence.
    #[inline]
    pub fn conf(&self) -> Conf {
        self.conf
    }

    /// The confidence as a number; `None` if plain.
    pub fn confidence(&self) -> Option<f64> {
        self.conf.get()
    }

    /// Whether it has a confidence.
    pub fn is_confident(&self) -> bool {
        !self.conf.is_plain()
    }

    /// Whether it is null, confident or not.
    #[inline]
    pub fn is_null(&self) -> bool {
        self.bits == NULL
    }

    #[inline]
    pub(crate) fn is_uninit(&self) -> bool {
        self.bits == UNINIT
    }

    /// The number, if it is one.
    #[inline]
    pub fn as_number(&self) -> Option<f64> {
        if self.is_number() { Some(f64::from_bits(self.bits)) } else { None }
    }

    /// Whether it is a number.
    #[inline]
    pub fn is_number(&self) -> bool {
        self.bits <= LAST_NUMBER
    }

    /// The boolean, if it is one.
    #[inline]
    pub fn as_boolean(&self) -> Option<bool> {
        match self.bits {
            TRUE => Some(true),
            FALSE => Some(false),
            _ => None,
        }
    }

    /// The library entry, if it is one.
    pub fn as_library(&self) -> Option<LibraryId> {
        (self.bits & !PAYLOAD == TAG_LIBRARY).then_some(LibraryId(self.bits as u16))
    }

    #[inline]
    fn is_heap(&self) -> bool {
        self.bits >= TAG_STRING
    }

    #[inline]
    fn pointer(&self) -> NonNull<Header> {
        debug_assert!(self.is_heap());
        // SAFETY: a heap payload is a pointer that came from `Ref::into_raw`, never null.
        unsafe { NonNull::new_unchecked((self.bits & PAYLOAD) as *mut Header) }
    }

    #[inline]
    fn is_heap_kind(&self, kind: HeapKind) -> bool {
        // SAFETY: the value owns one count of the object.
        self.bits >= TAG_OTHER && unsafe { self.pointer().as_ref().kind } == kind
    }

    fn as_body<T: HeapBody>(&self) -> Option<&T> {
        // SAFETY: the kind was compared, and the value owns one count.
        self.is_heap_kind(T::KIND).then(|| unsafe { heap::body(self.pointer()) })
    }

    /// The string, if it is one.
    #[inline]
    pub fn as_str(&self) -> Option<&Str> {
        // SAFETY: the tag is a string's, and the value owns one count.
        (self.bits & !PAYLOAD == TAG_STRING).then(|| unsafe { heap::body(self.pointer()) })
    }

    /// The string to change in place, if it is one that no other handle sees.
    pub fn as_unique_str_mut(&mut self) -> Option<&mut Str> {
        // SAFETY: the tag is a string's, the value owns the only count and is borrowed mutably.
        (self.bits & !PAYLOAD == TAG_STRING && unsafe { heap::is_unique(self.pointer()) })
            .then(|| unsafe { heap::body_mut(self.pointer()) })
    }

    /// The array, if it is one.
    #[inline]
    pub fn as_array(&self) -> Option<&Array> {
        // SAFETY: the tag is an array's, and the value owns one count.
        (self.bits & !PAYLOAD == TAG_ARRAY).then(|| unsafe { heap::body(self.pointer()) })
    }

    /// The array to change, if it is one; copied first if another handle could see it.
    #[inline]
    pub fn as_array_mut(&mut self) -> Option<&mut Array> {
        if self.bits & !PAYLOAD != TAG_ARRAY {
            return None;
        }
        self.make_unique::<Array>();
        // SAFETY: the tag is an array's, the value now owns the only count and is borrowed mutably.
        Some(unsafe { heap::body_mut(self.pointer()) })
    }

    /// The object, if it is one.
    #[inline]
    pub fn as_object(&self) -> Option<&Object> {
        // SAFETY: the tag is an object's, and the value owns one count.
        (self.bits & !PAYLOAD == TAG_OBJECT).then(|| unsafe { heap::body(self.pointer()) })
    }

    /// The object to change, if it is one; copied first if another handle could see it.
    #[inline]
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        if self.bits & !PAYLOAD != TAG_OBJECT {
            return None;
        }
        self.make_unique::<Object>();
        // SAFETY: the tag is an object's, the value now owns the only count and is borrowed mutably.
        Some(unsafe { heap::body_mut(self.pointer()) })
    }

    /// The object to change, if it is one that no other handle sees.
    #[inline]
    pub(crate) fn as_unique_object_mut(&mut self) -> Option<&mut Object> {
        // SAFETY: the tag is an object's, and the value owns one count.
        if self.bits & !PAYLOAD != TAG_OBJECT || !unsafe { heap::is_unique(self.pointer()) } {
            return None;
        }
        // SAFETY: the tag is an object's, the value owns the only count and is borrowed mutably.
        Some(unsafe { heap::body_mut(self.pointer()) })
    }

    #[inline]
    fn make_unique<T: HeapBody + Clone>(&mut self) {
        // SAFETY: the caller compared the tag with `T`'s; the value owns one count.
        if !unsafe { heap::is_unique(self.pointer()) } {
            let copy = T::clone(unsafe { heap::body(self.pointer()) });
            let pointer = Ref::new(copy).into_raw();
            let old = self.pointer();
            self.bits = self.bits & !PAYLOAD | pointer.as_ptr() as u64;
            // SAFETY: the value gives up the count that it owned of the old object.
            unsafe { heap::release(old) };
        }
    }

    /// The function of the program, if it is one.
    pub fn as_closure(&self) -> Option<&Closure> {
        self.as_body()
    }

    /// The library function with arguments, if it is one.
    pub fn as_bound(&self) -> Option<&Bound> {
        self.as_body()
    }

    /// The cell, if it is one: registers and captures only.
    #[inline]
    pub(crate) fn as_cell(&self) -> Option<&VariableCell> {
        self.as_body()
    }

    /// The agent, if it is one.
    pub fn as_agent(&self) -> Option<&Agent> {
        self.as_body()
    }

    /// The task, if it is one.
    pub fn as_task(&self) -> Option<&Task> {
        self.as_body()
    }

    /// The error value, if it is one.
    pub fn as_error(&self) -> Option<&ErrorValue> {
        self.as_body()
    }

    /// A handle of its own on the body, if it is of that kind.
    pub fn to_ref<T: HeapBody>(&self) -> Option<Ref<T>> {
        let fits = match T::KIND {
            HeapKind::String => self.bits & !PAYLOAD == TAG_STRING,
            HeapKind::Array => self.bits & !PAYLOAD == TAG_ARRAY,
            HeapKind::Object => self.bits & !PAYLOAD == TAG_OBJECT,
            kind => self.is_heap_kind(kind),
        };
        fits.then(|| {
            // SAFETY: the kind was compared; the count made here goes to the new handle.
            unsafe {
                heap::retain(self.pointer());
                Ref::from_raw(self.pointer())
            }
        })
    }

    /// The handle itself.
    ///
    /// # Safety
    /// The body is of that kind.
    #[inline]
    pub(crate) unsafe fn into_ref_unchecked<T: HeapBody>(self) -> Ref<T> {
        debug_assert!(self.is_heap_kind(T::KIND));
        let at = self.pointer();
        std::mem::forget(self);
        // SAFETY: the kind is as the caller says; the count that the value owned goes to the handle.
        unsafe { Ref::from_raw(at) }
    }

    /// The handle itself, if the body is of that kind.
    pub(crate) fn into_ref<T: HeapBody>(self) -> Option<Ref<T>> {
        if !self.is_heap_kind(T::KIND) {
            return None;
        }
        let at = self.pointer();
        std::mem::forget(self);
        // SAFETY: the kind was compared; the count that the value owned goes to the handle.
        Some(unsafe { Ref::from_raw(at) })
    }

    /// What it is. Never looks at confidence; a task is a task.
    pub fn kind(&self) -> Kind {
        if self.is_number() {
            return Kind::Number;
        }
        match self.bits & !PAYLOAD {
            TAG_STRING => Kind::String,
            TAG_ARRAY => Kind::Array,
            TAG_OBJECT => Kind::Object,
            TAG_LIBRARY => Kind::Function,
            TAG_OTHER => {
                // SAFETY: the value owns one count of the object.
                match unsafe { self.pointer().as_ref().kind } {
                    HeapKind::Agent => Kind::Agent,
                    HeapKind::Task => Kind::Task,
                    HeapKind::Error => Kind::Error,
                    _ => Kind::Function,
                }
            }
            _ if self.bits == NULL || self.bits == UNINIT => Kind::Null,
            _ => Kind::Boolean,
        }
    }

    /// Whether conditions take it as true: all but false, null, 0, NaN and `""`.
    #[inline]
    pub fn is_truthy(&self) -> bool {
        if let Some(number) = self.as_number() {
            return number != 0.0 && !number.is_nan();
        }
        match self.bits {
            TRUE => true,
            FALSE | NULL | UNINIT => false,
            _ => self.as_str().is_none_or(|text| !text.as_str().is_empty()),
        }
    }

    /// Whether both are the same payload: equal numbers apart, one object.
    pub(crate) fn same_bits(&self, other: &Value) -> bool {
        self.bits == other.bits
    }
}

/// Drops the body of an object whose last handle is gone.
///
/// # Safety
/// `at` must have no counts left.
unsafe fn drop_body(at: NonNull<Header>) {
    // SAFETY: the header outlives the body; each kind has one Rust type.
    unsafe {
        match at.as_ref().kind {
            HeapKind::String => heap::drop_as::<Str>(at),
            HeapKind::Array => heap::drop_as::<Array>(at),
            HeapKind::Object => heap::drop_as::<Object>(at),
            HeapKind::Closure => heap::drop_as::<Closure>(at),
            HeapKind::Bound => heap::drop_as::<Bound>(at),
            HeapKind::Cell => heap::drop_as::<VariableCell>(at),
            HeapKind::Agent => heap::drop_as::<Agent>(at),
            HeapKind::Task => heap::drop_as::<Task>(at),
            HeapKind::Error => heap::drop_as::<ErrorValue>(at),
        }
    }
}

impl Clone for Value {
    #[inline]
    fn clone(&self) -> Self {
        if self.is_heap() {
            // SAFETY: the value owns one count, so the object is alive.
            unsafe { heap::retain(self.pointer()) };
        }
        Value::raw(self.bits, self.conf)
    }
}

impl Drop for Value {
    #[inline]
    fn drop(&mut self) {
        if self.is_heap() {
            // SAFETY: the value owns one count and is gone after this.
            unsafe { heap::release(self.pointer()) };
        }
    }
}

impl Default for Value {
    fn default() -> Self {
        Value::NULL
    }
}

impl<T: HeapBody> From<Ref<T>> for Value {
    fn from(object: Ref<T>) -> Self {
        let tag = match T::KIND {
            HeapKind::String => TAG_STRING,
            HeapKind::Array => TAG_ARRAY,
            HeapKind::Object => TAG_OBJECT,
            _ => TAG_OTHER,
        };
        Value::raw(tag | object.into_raw().as_ptr() as u64, Conf::PLAIN)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::number(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::boolean(truth)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::string(text)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Displayed::new(self))
    }
}
