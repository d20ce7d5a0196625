//! The heap's graph, written: every object once, parts before wholes, cells and tasks apart.

use super::super::Machine;
use super::{fibers, tables, work};
use crate::confidence::Conf;
use crate::value::heap::Ref;
use crate::value::{Agent, Bound, BoundOrder, Closure, ErrorValue, Object, Shape, Str, Task, TaskState, Value};
use foldhash::{HashMap, HashMapExt};
use prism_bytecode::codec::Encoder;
use std::rc::Rc;

/// What stands for a value: its lower half a byte; confidences are told by the upper.
pub(super) mod tag {
    pub(in super::super) const NULL: u8 = 0;
    pub(in super::super) const FALSE: u8 = 1;
    pub(in super::super) const TRUE: u8 = 2;
    pub(in super::super) const UNINIT: u8 = 3;
    /// A whole number: signed.
    pub(in super::super) const WHOLE: u8 = 4;
    pub(in super::super) const DOUBLE: u8 = 5;
    pub(in super::super) const LIBRARY: u8 = 6;
    /// The places of objects, by [`Place`](super::Place).
    pub(in super::super) const NODE: u8 = 7;
    pub(in super::super) const KNOT: u8 = 8;
    pub(in super::super) const CONSTANT: u8 = 9;
    pub(in super::super) const LIBRARY_CONSTANT: u8 = 10;

    pub(in super::super) const OF_CONFIDENCE: u32 = 4;
    pub(in super::super) const PLAIN: u8 = 0;
    pub(in super::super) const CONFIDENT: u8 = 1;
    pub(in super::super) const TICKET: u8 = 2;
    pub(in super::super) const CERTAIN: u8 = 3;
}

/// What a node is.
pub(super) mod node {
    pub(in super::super) const STRING: u8 = 0;
    pub(in super::super) const ARRAY: u8 = 1;
    pub(in super::super) const SHAPE: u8 = 2;
    pub(in super::super) const SHAPED: u8 = 3;
    pub(in super::super) const TABLE: u8 = 4;
    pub(in super::super) const CLOSURE: u8 = 5;
    pub(in super::super) const BOUND: u8 = 6;
    pub(in super::super) const AGENT: u8 = 7;
    pub(in super::super) const ERROR: u8 = 8;
}

/// How far a task has come.
pub(super) mod task {
    pub(in super::super) const PENDING: u8 = 0;
    pub(in super::super) const DONE: u8 = 1;
    pub(in super::super) const FAILED: u8 = 2;
    pub(in super::super) const CANCELLED: u8 = 3;
}

/// Where an object is written.
#[derive(Clone, Copy)]
struct Place {
    tag: u8,
    number: u64,
}

/// An object whose parts are being visited.
struct Open {
    whole: Value,
    /// The place of the part that comes next.
    next: usize,
}

pub(super) struct Writer<'m> {
    pub(super) machine: &'m Machine,
    /// The part of the snapshot behind the nodes.
    pub(super) out: Encoder,
    nodes: Encoder,
    node_count: u64,
    knots: Vec<Value>,
    /// By address: all are alive as long as the machine is borrowed.
    places: HashMap<usize, Place>,
    /// By address: names in traces.
    labels: HashMap<usize, usize>,
}

impl<'m> Writer<'m> {
    pub(super) fn new(machine: &'m Machine) -> Self {
        let mut places = HashMap::new();
        for (unit, tag) in [(&machine.library_unit, tag::LIBRARY_CONSTANT), (&machine.program_unit, tag::CONSTANT)] {
            for (number, constant) in (0..).zip(&unit.constants) {
                places.extend(constant.address().map(|at| (at, Place { tag, number })));
            }
        }
        let (out, nodes) = (Encoder::default(), Encoder::default());
        Writer { machine, out, nodes, node_count: 0, knots: Vec::new(), places, labels: HashMap::new() }
    }

    /// All that is behind the seal.
    pub(super) fn write(mut self) -> Vec<u8> {
        let machine = self.machine;
        tables::write(&mut self);
        work::write(&mut self);
        fibers::write(&mut self);
        // What is in a knot may be the first to tell of others.
        let mut next = 0;
        while let Some(knot) = self.knots.get(next).cloned() {
            next += 1;
            self.content(&knot);
        }
        let mut all = Encoder::default();
        all.raw(&machine.program_unit.program.fingerprint().0);
        all.raw(&machine.library.fingerprint().0);
        tables::write_rules(&mut all, machine);
        tables::write_ledger(&mut all, machine);
        all.bool(machine.has_library());
        all.list(self.knots.iter(), |all, knot| all.option(knot.as_task(), |all, task| all.number(task.id.0)));
        all.number(self.node_count);
        all.raw(self.nodes.as_bytes());
        all.raw(self.out.as_bytes());
        all.into_bytes()
    }

    /// A value.
    pub(super) fn value(&mut self, value: &Value) {
        self.visit(value);
        put(&mut self.out, &self.places, value);
    }

    /// A handle of one kind.
    pub(super) fn handle<T: crate::value::heap::HeapBody>(&mut self, handle: &Ref<T>) {
        self.value(&Value::from(handle.clone()));
    }

    /// A value that may be missing.
    pub(super) fn optional(&mut self, value: Option<&Value>) {
        self.out.bool(value.is_some());
        value.into_iter().for_each(|value| self.value(value));
    }

    /// A handle that may be missing.
    pub(super) fn optional_handle<T: crate::value::heap::HeapBody>(&mut self, handle: Option<&Ref<T>>) {
        self.optional(handle.map(|handle| Value::from(handle.clone())).as_ref());
    }

    /// Values.
    pub(super) fn values(&mut self, values: &[Value]) {
        self.out.size(values.len());
        values.iter().for_each(|value| self.value(value));
    }

    fn content(&mut self, knot: &Value) {
        if let Some(cell) = knot.as_cell() {
            self.value(&cell.get());
        }
        let Some(state) = knot.as_task().map(Task::state) else { return };
        match state {
            TaskState::Pending => self.out.byte(task::PENDING),
            TaskState::Done(value) => {
                self.out.byte(task::DONE);
                self.value(&value);
            }
            TaskState::Failed(error) => {
                self.out.byte(task::FAILED);
                self.handle(&error);
            }
            TaskState::Cancelled => self.out.byte(task::CANCELLED),
        }
    }

    /// Gives every object that a value leads to its place; what is nested stands in a list.
    fn visit(&mut self, value: &Value) {
        let mut open = Vec::new();
        open.extend(self.meet(value));
        while let Some(Open { whole, next }) = open.last_mut() {
            match part(whole, *next) {
                Some(part) => {
                    *next += 1;
                    open.extend(self.meet(&part));
                }
                None => {
                    let Some(Open { whole, .. }) = open.pop() else { return };
                    self.node(&whole);
                }
            }
        }
    }

    /// Gives an object whose parts have to be visited before it has a place.
    fn meet(&mut self, value: &Value) -> Option<Open> {
        let address = value.address()?;
        if self.places.contains_key(&address) {
            return None;
        }
        if let Some(text) = value.as_str() {
            self.place(address);
            self.nodes.byte(node::STRING);
            self.nodes.text(text.as_str());
            return None;
        }
        if value.as_task().is_some() || value.as_cell().is_some() {
            self.places.insert(address, Place { tag: tag::KNOT, number: self.knots.len() as u64 });
            self.knots.push(value.clone());
            return None;
        }
        Some(Open { whole: value.clone(), next: 0 })
    }

    fn place(&mut self, address: usize) {
        self.places.insert(address, Place { tag: tag::NODE, number: self.node_count });
        self.node_count += 1;
    }

    /// An object whose parts have places.
    fn node(&mut self, whole: &Value) {
        let Some(address) = whole.address() else { return };
        // What it has beside values comes before it.
        let keys: Vec<Ref<Str>> = match whole.as_object() {
            Some(object) if object.shape().is_none() => object.keys().cloned().collect(),
            _ => Vec::new(),
        };
        self.texts(&keys);
        let shape = whole.as_object().and_then(Object::shape).map(|shape| self.shape(shape));
        self.place(address);
        let (out, places) = (&mut self.nodes, &self.places);
        let values = |out: &mut Encoder, values: &[Value]| {
            out.list(values.iter(), |out, value| put(out, places, value));
        };
        if let Some(array) = whole.as_array() {
            out.byte(node::ARRAY);
            values(out, array);
        } else if let Some(object) = whole.as_object() {
            match shape {
                Some(shape) => {
                    out.byte(node::SHAPED);
                    out.number(shape);
                    object.values().for_each(|value| put(out, places, value));
                }
                None => {
                    out.byte(node::TABLE);
                    out.size(object.len());
                    for (key, value) in object.iter() {
                        put(out, places, &Value::from(key.clone()));
                        put(out, places, value);
                    }
                }
            }
        } else if let Some(Closure { function, captures, .. }) = whole.as_closure() {
            out.byte(node::CLOSURE);
            out.number((*function).into());
            captures.iter().for_each(|value| put(out, places, value));
        } else if let Some(Bound { library, given, order, .. }) = whole.as_bound() {
            out.byte(node::BOUND);
            out.number(library.0.into());
            out.bool(*order == BoundOrder::First);
            values(out, given);
        } else if let Some(Agent { id, name, capabilities, metadata }) = whole.as_agent() {
            out.byte(node::AGENT);
            out.text(id);
            out.text(name);
            put(out, places, capabilities);
            put(out, places, metadata);
        } else if let Some(error) = whole.as_error() {
            error_node(out, places, &mut self.labels, error);
        }
    }

    fn texts(&mut self, keys: &[Ref<Str>]) {
        for key in keys {
            self.meet(&Value::from(key.clone()));
        }
    }

    /// The number of a shape's node.
    fn shape(&mut self, shape: &Rc<Shape>) -> u64 {
        let address = Rc::as_ptr(shape) as usize;
        if let Some(place) = self.places.get(&address) {
            return place.number;
        }
        self.texts(shape.keys());
        self.place(address);
        self.nodes.byte(node::SHAPE);
        let places = &self.places;
        self.nodes.list(shape.keys().iter(), |out, key| put(out, places, &Value::from(key.clone())));
        self.node_count - 1
    }
}

/// The part of an object in that place; key texts apart.
fn part(whole: &Value, at: usize) -> Option<Value> {
    if let Some(array) = whole.as_array() {
        return array.get(at).cloned();
    }
    if let Some(object) = whole.as_object() {
        return object.at(at).cloned();
    }
    if let Some(closure) = whole.as_closure() {
        return closure.captures.get(at).cloned();
    }
    if let Some(bound) = whole.as_bound() {
        return bound.given.get(at).cloned();
    }
    if let Some(agent) = whole.as_agent() {
        return [&agent.capabilities, &agent.metadata].get(at).copied().cloned();
    }
    let error = whole.as_error()?;
    match at {
        0 => Some(Value::from(error.message.clone())),
        1 => Some(error.data.clone()),
        _ => None,
    }
}

fn error_node(
    out: &mut Encoder,
    places: &HashMap<usize, Place>,
    labels: &mut HashMap<usize, usize>,
    error: &ErrorValue,
) {
    let ErrorValue { code, message, data, span, position, trace, at_use } = error;
    out.byte(node::ERROR);
    out.size(*code as usize);
    put(out, places, &Value::from(message.clone()));
    put(out, places, data);
    out.span(*span);
    out.number(position.0.into());
    out.number(position.1.into());
    out.bool(*at_use);
    out.list(trace.iter(), |out, frame| {
        let known = labels.len();
        let label = *labels.entry(frame.name.as_ptr() as usize).or_insert(known);
        // A name stands where it is met first.
        out.size(label);
        if label == known {
            out.text(&frame.name);
        }
        out.span(frame.span);
    });
}

/// A value whose object, if it has one, has a place.
fn put(out: &mut Encoder, places: &HashMap<usize, Place>, value: &Value) {
    let conf = value.conf();
    let confidence = match (conf.is_plain(), conf.ticket()) {
        (true, _) => tag::PLAIN,
        (_, Some(_)) => tag::TICKET,
        _ if conf.or_one().to_bits() == 1f64.to_bits() => tag::CERTAIN,
        _ => tag::CONFIDENT,
    };
    let mut begin = |tag: u8| out.byte(tag | confidence << tag::OF_CONFIDENCE);
    if let Some(number) = value.as_number() {
        // Minus zero is not whole.
        let whole = number as i32;
        if f64::from(whole).to_bits() == number.to_bits() {
            begin(tag::WHOLE);
            out.signed(whole.into());
        } else {
            begin(tag::DOUBLE);
            out.double(number);
        }
    } else if let Some(library) = value.as_library() {
        begin(tag::LIBRARY);
        out.number(library.0.into());
    } else if let Some(place) = value.address().and_then(|at| places.get(&at)) {
        begin(place.tag);
        out.number(place.number);
    } else {
        begin(match value.as_boolean() {
            Some(true) => tag::TRUE,
            Some(false) => tag::FALSE,
            None if value.is_uninit() => tag::UNINIT,
            None => tag::NULL,
        });
    }
    put_conf(out, confidence, conf);
}

fn put_conf(out: &mut Encoder, confidence: u8, conf: Conf) {
    match confidence {
        tag::TICKET => out.size(conf.ticket().unwrap_or_default()),
        tag::CONFIDENT => out.double(conf.or_one()),
        _ => {}
    }
}

/// A confidence by itself.
pub(super) fn confidence(out: &mut Encoder, conf: Conf) {
    let plain = Value::NULL.with_conf(conf);
    put(out, &HashMap::new(), &plain);
}
