//! What is known at one point of a body: a value for each of its variables.

use super::ty::Types;
use super::value::Value;
use crate::ast::NodeId;
use crate::hash::HashMap;
use crate::resolve::BodyId;
use prism_confidence::Landmarks;
use std::rc::Rc;

/// Where `input` is kept among a body's variables.
pub(super) const INPUT: usize = 0;

/// A variable at one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub value: Value,
    /// Whether a path leads here on which it was not assigned.
    pub unassigned: bool,
}

/// So many variables stand together.
const CHUNK: usize = 32;

type Chunk = Rc<[Slot]>;

/// All variables of a body at one point. Copies share what they have in common, chunk by chunk, so that a branch in a
/// body of a thousand variables costs what it changes.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// The first variables: of most bodies all.
    first: Chunk,
    rest: Option<Rc<[Chunk]>>,
    /// Whether nothing gets here.
    pub dead: bool,
}

impl State {
    /// Before a body's first statement.
    pub fn new(variables: usize, input: Value) -> State {
        let empty = Slot { value: Value::NEVER, unassigned: true };
        let count = variables + 1;
        let mut first: Chunk = std::iter::repeat_n(empty, count.min(CHUNK)).collect();
        if let Some(slots) = Rc::get_mut(&mut first) {
            slots[INPUT] = Slot { value: input, unassigned: false };
        }
        let more = count.saturating_sub(CHUNK).div_ceil(CHUNK);
        let rest = (more > 0).then(|| std::iter::repeat_n(Chunk::from([empty; CHUNK]), more).collect());
        State { first, rest, dead: false }
    }

    /// Where nothing gets.
    pub fn nowhere(&self) -> State {
        State { dead: true, ..self.clone() }
    }

    pub fn get(&self, place: usize) -> Slot {
        match (place.checked_sub(CHUNK), &self.rest) {
            (Some(place), Some(rest)) => rest[place / CHUNK][place % CHUNK],
            _ => self.first[place],
        }
    }

    pub fn set(&mut self, place: usize, slot: Slot) {
        if self.get(place) == slot {
            return;
        }
        match (place.checked_sub(CHUNK), &mut self.rest) {
            (Some(place), Some(rest)) => {
                Rc::make_mut(&mut Rc::make_mut(rest)[place / CHUNK])[place % CHUNK] = slot;
            }
            _ => Rc::make_mut(&mut self.first)[place] = slot,
        }
    }

    /// Either of both points.
    pub fn join(self, other: State, types: &mut Types) -> State {
        self.merge(other, |old, new| types.join_values(old, new))
    }

    /// The head of a loop, when `next` comes back to it.
    pub fn widen(self, next: State, types: &mut Types, landmarks: &Landmarks) -> State {
        self.merge(next, |old, new| types.widen_values(old, new, landmarks))
    }

    fn merge(mut self, other: State, mut merge: impl FnMut(Value, Value) -> Value) -> State {
        if other.dead {
            return self;
        }
        if self.dead {
            return other;
        }
        merge_chunk(&mut self.first, &other.first, &mut merge);
        if let (Some(rest), Some(others)) = (&mut self.rest, &other.rest)
            && !Rc::ptr_eq(rest, others)
        {
            for (at, other) in others.iter().enumerate() {
                if !Rc::ptr_eq(&rest[at], other) {
                    merge_chunk(&mut Rc::make_mut(rest)[at], other, &mut merge);
                }
            }
        }
        self
    }

    /// Whether all is as in `other`.
    pub fn same(&self, other: &State) -> bool {
        self.dead == other.dead && same_chunk(&self.first, &other.first) && same_rest(&self.rest, &other.rest)
    }
}

fn merge_chunk(chunk: &mut Chunk, other: &Chunk, merge: &mut impl FnMut(Value, Value) -> Value) {
    if Rc::ptr_eq(chunk, other) {
        return;
    }
    for (place, new) in other.iter().enumerate() {
        if chunk[place] != *new {
            let old = chunk[place];
            let value = merge(old.value, new.value);
            let slot = Slot { value, unassigned: old.unassigned || new.unassigned };
            if slot != old {
                Rc::make_mut(chunk)[place] = slot;
            }
        }
    }
}

fn same_chunk(one: &Chunk, other: &Chunk) -> bool {
    Rc::ptr_eq(one, other) || one == other
}

fn same_rest(one: &Option<Rc<[Chunk]>>, other: &Option<Rc<[Chunk]>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            Rc::ptr_eq(one, other) || one.iter().zip(other.iter()).all(|(one, other)| same_chunk(one, other))
        }
        _ => true,
    }
}

/// Where `break` and `continue` of a loop lead.
#[derive(Debug)]
pub(super) struct LoopExits {
    pub breaks: State,
    pub continues: State,
}

/// A run of a body that is being gone through.
#[derive(Debug)]
pub(super) struct Frame {
    /// The module's place in the order of running.
    pub module: u32,
    pub body: BodyId,
    pub state: State,
    /// What `return` has given so far.
    pub returned: Value,
    pub loops: Vec<LoopExits>,
    /// For each `try` around this point: what may hold where its `catch` or `finally` begins.
    pub tries: Vec<State>,
    /// How many bodies of `try` with a `catch` are around this point.
    pub caught: u32,
    /// What was found to hold at the heads of loops, so that a loop in a loop need not begin anew.
    pub heads: HashMap<NodeId, State>,
    /// What `_` stands for in the pipelines around this point.
    pub piped: Vec<Value>,
    /// Whether the body is the module's or pattern's own: its result is the program's.
    pub is_program: bool,
}
