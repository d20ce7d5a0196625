//! What is known at one point of a body: a value for each of its variables.

use super::ty::Types;
use super::value::Value;
use crate::ast::NodeId;
use crate::resolve::BodyId;
use foldhash::fast::RandomState;
use prism_confidence::Landmarks;
use std::collections::HashMap;
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

/// All variables of a body at one point. Copies share what they have in common until one changes.
#[derive(Clone, Debug)]
pub(super) struct State {
    slots: Rc<Vec<Slot>>,
    /// Whether nothing gets here.
    pub dead: bool,
}

impl State {
    /// Before a body's first statement.
    pub fn new(variables: usize, input: Value) -> State {
        let mut slots = vec![Slot { value: Value::NEVER, unassigned: true }; variables + 1];
        slots[INPUT] = Slot { value: input, unassigned: false };
        State { slots: Rc::new(slots), dead: false }
    }

    /// Where nothing gets.
    pub fn nowhere(&self) -> State {
        State { slots: Rc::clone(&self.slots), dead: true }
    }

    pub fn get(&self, place: usize) -> Slot {
        self.slots[place]
    }

    pub fn set(&mut self, place: usize, slot: Slot) {
        if self.slots[place] != slot {
            Rc::make_mut(&mut self.slots)[place] = slot;
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
        if !Rc::ptr_eq(&self.slots, &other.slots) {
            for place in 0..self.slots.len() {
                let (old, new) = (self.slots[place], other.slots[place]);
                if old != new {
                    let value = merge(old.value, new.value);
                    self.set(place, Slot { value, unassigned: old.unassigned || new.unassigned });
                }
            }
        }
        self
    }

    /// Whether all is as in `other`.
    pub fn same(&self, other: &State) -> bool {
        self.dead == other.dead && (Rc::ptr_eq(&self.slots, &other.slots) || self.slots == other.slots)
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
    pub heads: HashMap<NodeId, State, RandomState>,
    /// What `_` stands for in the pipelines around this point.
    pub piped: Vec<Value>,
    /// Whether the body is the module's or pattern's own: its result is the program's.
    pub is_program: bool,
}
