//! Where compiled code finds the parts of heap objects.
//!
//! Offsets are from an object's [`Header`](crate::value::heap), as a value's payload points to it. They are measured,
//! not assumed: Rust may order fields as it likes, but one build has one order.

#![allow(unsafe_code, reason = "the words of a Vec and of an Rc are read")]

use crate::machine::VariableCell;
use crate::value::heap::{KIND_OFFSET, body_offset};
use crate::value::{Array, Closure, Object, Shape, Value};
use std::rc::Rc;

/// Offsets in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// The kind, a byte, in the header; the count of handles is its first word.
    pub(super) kind: i32,
    /// An array's elements: where they are, how many, and for how many there is room.
    pub(super) items: i32,
    pub(super) length: i32,
    pub(super) room: i32,
    /// An object's shape, where it shares one. Where it does not, this word is never a shape's address.
    pub(super) shape: i32,
    /// Its values, where it shares a shape.
    pub(super) values: i32,
    /// What a variable's cell holds.
    pub(super) held: i32,
    /// A closure's function and its captures.
    pub(super) function: i32,
    pub(super) captures: i32,
}

impl Layout {
    /// Measures; `None` if a `Vec` is not what it is expected to be, and then nothing can be compiled.
    pub(super) fn measure(root: &Rc<Shape>) -> Option<Layout> {
        let (pointer, length, room) = vec_words()?;
        let (shape, values) = Object::new(root).offsets()?;
        let at = |offset: usize| i32::try_from(offset).ok();
        Some(Layout {
            kind: at(KIND_OFFSET)?,
            items: at(body_offset::<Array>() + Array::ITEMS + pointer)?,
            length: at(body_offset::<Array>() + Array::ITEMS + length)?,
            room: at(body_offset::<Array>() + Array::ITEMS + room)?,
            shape: at(body_offset::<Object>() + shape)?,
            values: at(body_offset::<Object>() + values + pointer)?,
            held: at(body_offset::<VariableCell>() + VariableCell::held_offset())?,
            function: at(body_offset::<Closure>() + std::mem::offset_of!(Closure, function))?,
            // A boxed slice is its address and its length, in this order.
            captures: at(body_offset::<Closure>() + std::mem::offset_of!(Closure, captures))?,
        })
    }
}

/// The places of a `Vec`'s address, length and capacity among its words.
fn vec_words() -> Option<(usize, usize, usize)> {
    let mut vec: Vec<Value> = Vec::with_capacity(64);
    vec.push(Value::NULL);
    if size_of::<Vec<Value>>() != 3 * size_of::<usize>() {
        return None;
    }
    // SAFETY: three words without padding, read while the `Vec` lives.
    let words: [usize; 3] = unsafe { std::mem::transmute_copy(&vec) };
    let place = |word: usize| words.iter().position(|own| *own == word).map(|at| at * size_of::<usize>());
    Some((place(vec.as_ptr() as usize)?, place(vec.len())?, place(vec.capacity())?))
}

/// The word that an object of this shape holds.
pub(super) fn shape_word(shape: &Rc<Shape>) -> usize {
    // SAFETY: an `Rc` of a sized type is one word.
    unsafe { std::mem::transmute_copy::<Rc<Shape>, usize>(shape) }
}
