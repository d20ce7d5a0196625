//! Objects: members in insertion order.
//!
//! Objects that are built alike share a [`Shape`], the list of their keys, and hold only the values; an instruction
//! that has seen a shape knows the place of a member without looking its name up. An object with many keys, or whose
//! keys are data, becomes a table of its own.

use super::heap::{Charge, HeapBody, HeapKind, Ref, footprint, has_room, note_copies};
use super::{Str, Value, look_through};
use crate::runtime::TEXT_STEP;
use indexmap::IndexMap;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

type Hasher = foldhash::fast::FixedState;

/// An object with more keys than this has a table of its own; so has one with a key that is not short.
pub(crate) const MOST_SHAPED_KEYS: usize = 32;
/// So do objects that would make one shape go on in more ways than this: their keys are data.
const MOST_TRANSITIONS: usize = 64;

/// The keys of objects that are built alike.
#[derive(Debug)]
pub struct Shape {
    keys: Vec<Ref<Str>>,
    next: RefCell<HashMap<Ref<Str>, Rc<Shape>, Hasher>>,
    /// Of `next`.
    ways: RefCell<Charge>,
    _own: Charge,
    _list: Charge,
}

/// What a hash table takes that has room for so many entries: it keeps an eighth free, and a byte beside each.
fn table_bytes(capacity: usize, entry: usize) -> usize {
    if capacity == 0 { 0 } else { (capacity * 8 / 7 + 1).next_power_of_two() * (entry + 1) + 16 }
}

impl Shape {
    /// The shape without keys: where all others begin. One a machine.
    pub fn root() -> Rc<Shape> {
        Shape::of(Vec::new())
    }

    fn of(keys: Vec<Ref<Str>>) -> Rc<Shape> {
        // An `Rc` has two counts.
        let own = Charge::new(size_of::<Shape>() + 2 * size_of::<usize>());
        let list = Charge::new(keys.capacity() * size_of::<Ref<Str>>());
        Rc::new(Shape { keys, next: RefCell::default(), ways: RefCell::default(), _own: own, _list: list })
    }

    /// The place of a key.
    #[inline]
    pub fn find(&self, key: &str) -> Option<usize> {
        // Keys that a program writes out are one text each, so the place in memory usually settles it.
        let same = |own: &Ref<Str>| {
            own.as_str().len() == key.len() && (own.as_str().as_ptr() == key.as_ptr() || own.as_str() == key)
        };
        self.keys.iter().position(same)
    }

    /// The place of a key that is that very object.
    #[inline]
    fn find_same(&self, key: &Str) -> Option<usize> {
        self.keys.iter().position(|own| std::ptr::eq(&raw const **own, key))
    }

    /// The keys in order.
    pub fn keys(&self) -> &[Ref<Str>] {
        &self.keys
    }

    /// The shape with one key more, unless there would be too many, or the key is long.
    pub fn with(self: &Rc<Self>, key: &Ref<Str>) -> Option<Rc<Shape>> {
        // A long key is data; and finding it takes steps, which ways that know the shape don't take.
        if key.as_str().len() >= TEXT_STEP {
            return None;
        }
        if let Some(next) = self.next.borrow().get(key) {
            return Some(next.clone());
        }
        if self.keys.len() >= MOST_SHAPED_KEYS || self.next.borrow().len() >= MOST_TRANSITIONS {
            return None;
        }
        let mut keys = Vec::with_capacity(self.keys.len() + 1);
        keys.extend_from_slice(&self.keys);
        keys.push(key.clone());
        let next = Shape::of(keys);
        let mut ways = self.next.borrow_mut();
        ways.insert(key.clone(), next.clone());
        self.ways.borrow_mut().set(table_bytes(ways.capacity(), size_of::<(Ref<Str>, Rc<Shape>)>()));
        Some(next)
    }
}

#[derive(Clone, Debug)]
enum Members {
    Shaped(Rc<Shape>, Vec<Value>),
    Table(IndexMap<Ref<Str>, Value, Hasher>),
}

/// An object.
#[derive(Debug)]
pub struct Object {
    members: Members,
    charge: Charge,
}

impl Object {
    /// An object without members; `root` is the machine's [`Shape::root`].
    pub fn new(root: &Rc<Shape>) -> Self {
        Object { members: Members::Shaped(root.clone(), Vec::new()), charge: Charge::new(0) }
    }

    /// An object of a known shape.
    pub(crate) fn shaped(shape: Rc<Shape>, values: Vec<Value>) -> Self {
        debug_assert_eq!(shape.keys.len(), values.len());
        Object { charge: Charge::new(values.capacity() * size_of::<Value>()), members: Members::Shaped(shape, values) }
    }

    /// Where the shape and the values' `Vec` are in an object that shares a shape.
    #[cfg(feature = "jit")]
    pub(crate) fn offsets(&self) -> Option<(usize, usize)> {
        let own = std::ptr::from_ref(self) as usize;
        match &self.members {
            Members::Shaped(shape, values) => {
                Some((std::ptr::from_ref(shape) as usize - own, std::ptr::from_ref(values) as usize - own))
            }
            Members::Table(_) => None,
        }
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        match &self.members {
            Members::Shaped(_, values) => values.len(),
            Members::Table(table) => table.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shape, if it shares one.
    #[inline]
    pub fn shape(&self) -> Option<&Rc<Shape>> {
        match &self.members {
            Members::Shaped(shape, _) => Some(shape),
            Members::Table(_) => None,
        }
    }

    /// The member in that place, by order of insertion.
    #[inline]
    pub fn at(&self, place: usize) -> Option<&Value> {
        match &self.members {
            Members::Shaped(_, values) => values.get(place),
            Members::Table(table) => table.get_index(place).map(|(_, value)| value),
        }
    }

    /// The member in that place, to change.
    #[inline]
    pub fn at_mut(&mut self, place: usize) -> Option<&mut Value> {
        match &mut self.members {
            Members::Shaped(_, values) => values.get_mut(place),
            Members::Table(table) => table.get_index_mut(place).map(|(_, value)| value),
        }
    }

    /// The place of the member whose key is that very object, in an object that shares its shape. There may be one though
    /// this finds none.
    #[inline]
    pub(crate) fn find_same(&self, key: &Str) -> Option<usize> {
        self.shape()?.find_same(key)
    }

    /// The place of a member.
    #[inline]
    pub fn find(&self, key: &str) -> Option<usize> {
        if !look_through(key) {
            return None;
        }
        match &self.members {
            Members::Shaped(shape, _) => shape.find(key),
            Members::Table(table) => table.get_index_of(key),
        }
    }

    /// A member.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.at(self.find(key)?)
    }

    /// Whether there is such a member, null or not.
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// A member to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let place = self.find(key)?;
        self.at_mut(place)
    }

    /// Sets a member: a new one goes last, an old one keeps its place.
    pub fn set(&mut self, key: &Ref<Str>, value: Value) {
        if let Some(place) = self.find(key.as_str()) {
            if let Some(slot) = self.at_mut(place) {
                *slot = value;
            }
            return;
        }
        match &mut self.members {
            Members::Shaped(shape, values) => match shape.with(key) {
                Some(next) => {
                    *shape = next;
                    values.push(value);
                    self.recount();
                }
                None => {
                    let keys = shape.keys.iter().cloned();
                    let mut table: IndexMap<_, _, Hasher> = keys.zip(std::mem::take(values)).collect();
                    table.insert(key.clone(), value);
                    self.members = Members::Table(table);
                    self.recount();
                }
            },
            Members::Table(table) => {
                let is_full = table.len() == table.capacity();
                // While it grows, both tables of hashes are there.
                if !is_full || has_room(table_bytes(2 * table.len(), HASHED) + table.len() * ENTRY) {
                    table.insert(key.clone(), value);
                }
                if is_full {
                    self.recount();
                }
            }
        }
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Ref<Str>, &Value)> {
        (0..self.len()).filter_map(|place| Some((self.key_at(place)?, self.at(place)?)))
    }

    /// The key in that place.
    pub fn key_at(&self, place: usize) -> Option<&Ref<Str>> {
        match &self.members {
            Members::Shaped(shape, _) => shape.keys.get(place),
            Members::Table(table) => table.get_index(place).map(|(key, _)| key),
        }
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &Ref<Str>> {
        (0..self.len()).filter_map(|place| self.key_at(place))
    }

    /// The values in order.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        (0..self.len()).filter_map(|place| self.at(place))
    }

    fn recount(&mut self) {
        self.charge.set(self.members.bytes());
    }
}

impl Members {
    fn bytes(&self) -> usize {
        match self {
            Members::Shaped(_, values) => values.capacity() * size_of::<Value>(),
            Members::Table(table) => table.capacity() * ENTRY + table_bytes(table.capacity(), HASHED),
        }
    }
}

/// Of a table, an entry with its hash beside it, and a word that finds it.
const ENTRY: usize = size_of::<Value>() + size_of::<Ref<Str>>() + size_of::<usize>();
const HASHED: usize = size_of::<usize>();

impl Clone for Object {
    fn clone(&self) -> Self {
        let members = if has_room(footprint(self.members.bytes())) {
            note_copies(self.len());
            self.members.clone()
        } else {
            Members::Table(IndexMap::default())
        };
        Object { charge: Charge::new(members.bytes()), members }
    }
}

impl HeapBody for Object {
    const KIND: HeapKind = HeapKind::Object;
}
