//! The heap's graph, read: every object made of parts that were made before, cells and tasks first and filled last.

use super::super::{Machine, VariableCell};
use super::write::{node, tag, task};
use super::{Read, SnapshotError, check, fibers, tables, work};
use crate::confidence::{Conf, Ledger};
use crate::value::MOST_SHAPED_KEYS;
use crate::value::heap::{HeapBody, Ref, would_fit};
use crate::value::{
    Agent, Array, Bound, BoundOrder, Closure, ErrorValue, Kind, Object, Shape, Str, Task, TaskId, TaskState,
    TraceFrame, Value,
};
use prism_bytecode::LibraryId;
use prism_bytecode::codec::{Decoder, Malformed};
use prism_diagnostics::Code;
use std::rc::Rc;
use std::sync::Arc;

/// An object or a shape that was read.
enum Node {
    Object(Value),
    Shape(Rc<Shape>),
    /// The keys of a shape that this machine keeps no more of: objects become tables.
    Keys(Vec<Ref<Str>>),
}

pub(super) struct Reader<'m, 'b> {
    pub(super) machine: &'m mut Machine,
    pub(super) input: Decoder<'b>,
    /// How many entries of the ledger there are so far.
    pub(super) tickets: usize,
    nodes: Vec<Node>,
    knots: Vec<Value>,
    labels: Vec<Arc<str>>,
}

impl<'m, 'b> Reader<'m, 'b> {
    pub(super) fn new(machine: &'m mut Machine, input: Decoder<'b>) -> Self {
        let (nodes, knots, labels) = (Vec::new(), Vec::new(), Vec::new());
        Reader { machine, input, tickets: 0, nodes, knots, labels }
    }

    /// Fills the machine; gives its ledger.
    pub(super) fn read(mut self) -> Read<Option<Ledger>> {
        let ledger = self.parts();
        if ledger.is_err() {
            // Tasks hold what leads back to them only once they are filled: nothing else would let go of that.
            for task in self.knots.iter().filter_map(Value::as_task) {
                *task.state.borrow_mut() = TaskState::Cancelled;
            }
        }
        ledger
    }

    fn parts(&mut self) -> Read<Option<Ledger>> {
        let ledger = tables::read_ledger(self)?;
        if self.input.bool()? {
            self.machine.ready_library();
            self.room(0)?;
        }
        for _ in 0..self.input.count()? {
            let id = self.input.option(Decoder::number)?.map(TaskId);
            let knot = match id {
                Some(id) => Value::from(Ref::new(Task::new(id, TaskState::Pending))),
                None => Value::from(VariableCell::make(Value::NULL, &self.machine.cells)),
            };
            self.knots.push(knot);
            self.room(0)?;
        }
        for _ in 0..self.input.count()? {
            let node = self.node()?;
            self.nodes.push(node);
            self.room(0)?;
        }
        tables::read(self)?;
        work::read(self)?;
        fibers::read(self)?;
        for knot in std::mem::take(&mut self.knots) {
            let filled = self.content(&knot);
            self.knots.push(knot);
            filled?;
        }
        self.input.clone().finish()?;
        check::machine(self.machine)?;
        self.room(0)?;
        Ok(ledger)
    }

    /// Asks for room for so many bytes.
    pub(super) fn room(&self, bytes: usize) -> Read<()> {
        if would_fit(bytes) { Ok(()) } else { Err(SnapshotError::Limit { what: "memory" }) }
    }

    /// What is said of what was just read.
    pub(super) fn fault<T>(&self, what: &'static str) -> Read<T> {
        Err(self.input.fault(what).into())
    }

    /// A value of the program.
    pub(super) fn value(&mut self) -> Read<Value> {
        let value = self.slot()?;
        if value.is_uninit() || value.as_cell().is_some() {
            return self.fault("what only a register can hold, in a value");
        }
        Ok(value)
    }

    /// What a register can hold: a value, a cell, the mark of what was not given.
    pub(super) fn slot(&mut self) -> Read<Value> {
        let byte = self.input.byte()?;
        let value = match byte & ((1 << tag::OF_CONFIDENCE) - 1) {
            tag::NULL => Value::NULL,
            tag::FALSE => Value::FALSE,
            tag::TRUE => Value::TRUE,
            tag::UNINIT => Value::UNINIT,
            tag::WHOLE => match i32::try_from(self.input.signed()?) {
                Ok(number) => Value::number(number.into()),
                Err(_) => return self.fault("a whole number that would be written as a double"),
            },
            tag::DOUBLE => Value::number(self.input.double()?),
            tag::LIBRARY => Value::library(self.library()?),
            tag::NODE => {
                let place = self.input.index(self.nodes.len())?;
                match self.nodes.get(place) {
                    Some(Node::Object(value)) => value.clone(),
                    _ => return self.fault("a shape where a value is"),
                }
            }
            tag::KNOT => {
                let place = self.input.index(self.knots.len())?;
                self.knots.get(place).cloned().unwrap_or_default()
            }
            tag::CONSTANT => constant(&mut self.input, &self.machine.program_unit.constants)?,
            tag::LIBRARY_CONSTANT => constant(&mut self.input, &self.machine.library_unit.constants)?,
            _ => return self.fault("no kind of value"),
        };
        Ok(value.with_conf(self.confidence_of(byte >> tag::OF_CONFIDENCE)?))
    }

    /// What registers hold.
    pub(super) fn slots(&mut self) -> Read<Vec<Value>> {
        self.many(Self::slot)
    }

    /// Values of the program.
    pub(super) fn values(&mut self) -> Read<Vec<Value>> {
        self.many(Self::value)
    }

    /// Things that take at least a byte each here, and room for a value in memory.
    fn many(&mut self, read: impl Fn(&mut Self) -> Read<Value>) -> Read<Vec<Value>> {
        let count = self.input.count()?;
        self.exactly(count, read)
    }

    fn exactly(&mut self, count: usize, read: impl Fn(&mut Self) -> Read<Value>) -> Read<Vec<Value>> {
        if count > self.input.left() {
            return self.fault("more parts than bytes are left");
        }
        self.room(count.saturating_mul(size_of::<Value>()))?;
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(read(self)?);
        }
        Ok(values)
    }

    /// A confidence by itself.
    pub(super) fn confidence(&mut self) -> Read<Conf> {
        let value = self.slot()?;
        if value.is_null() { Ok(value.conf()) } else { self.fault("a value where a confidence is") }
    }

    fn confidence_of(&mut self, kind: u8) -> Read<Conf> {
        match kind {
            tag::PLAIN => Ok(Conf::PLAIN),
            tag::CERTAIN => Ok(Conf::new(1.0)),
            tag::CONFIDENT => {
                let number = self.input.double()?;
                if (0.0..=1.0).contains(&number) { Ok(Conf::new(number)) } else { self.fault("no confidence") }
            }
            tag::TICKET => {
                let ticket = self.input.index(self.tickets)?;
                Ok(Conf::of_ticket(ticket))
            }
            _ => self.fault("no kind of confidence"),
        }
    }

    fn library(&mut self) -> Read<LibraryId> {
        let id = LibraryId(self.input.small()?);
        if self.machine.library.catalog.get(id).is_none() {
            return self.fault("an entry that the library has not");
        }
        Ok(id)
    }

    /// A handle of one kind.
    pub(super) fn handle<T: HeapBody>(&mut self) -> Read<Ref<T>> {
        match self.slot()?.to_ref() {
            Some(handle) => Ok(handle),
            None => self.fault("an object of another kind"),
        }
    }

    /// A handle that may be missing.
    pub(super) fn optional_handle<T: HeapBody>(&mut self) -> Read<Option<Ref<T>>> {
        if self.input.bool()? { self.handle().map(Some) } else { Ok(None) }
    }

    /// A value that may be missing.
    pub(super) fn optional(&mut self) -> Read<Option<Value>> {
        if self.input.bool()? { self.value().map(Some) } else { Ok(None) }
    }

    /// A text of the host.
    pub(super) fn text(&mut self) -> Read<&'b str> {
        let text = self.input.text()?;
        self.room(text.len())?;
        Ok(text)
    }

    fn node(&mut self) -> Read<Node> {
        let value = match self.input.byte()? {
            node::STRING => Value::string(self.text()?),
            node::ARRAY => Value::from(Ref::new(Array::new(self.values()?))),
            node::SHAPE => return self.shape(),
            node::SHAPED => self.shaped()?,
            node::TABLE => self.table()?,
            node::CLOSURE => self.closure()?,
            node::BOUND => {
                let library = self.library()?;
                let order = if self.input.bool()? { BoundOrder::First } else { BoundOrder::Last };
                Value::from(Ref::new(Bound::new(library, self.values()?, order)))
            }
            node::AGENT => {
                let (id, name) = (self.text()?.into(), self.text()?.into());
                let (capabilities, metadata) = (self.value()?, self.value()?);
                Value::from(Ref::new(Agent { id, name, capabilities, metadata }))
            }
            node::ERROR => self.error()?,
            _ => return self.fault("no kind of object"),
        };
        Ok(Node::Object(value))
    }

    /// Distinct keys of objects that are built alike.
    fn shape(&mut self) -> Read<Node> {
        let count = self.input.count()?;
        let mut shape = Some(self.machine.runtime.root_shape().clone());
        let mut keys: Vec<Ref<Str>> = Vec::new();
        for _ in 0..count {
            let key: Ref<Str> = self.handle()?;
            if keys.contains(&key) {
                return self.fault("a key that an object has twice");
            }
            shape = shape.and_then(|shape| shape.with(&key));
            keys.push(key);
            self.room(0)?;
            if keys.len() > MOST_SHAPED_KEYS {
                return self.fault("a shape of more keys than shapes have");
            }
        }
        Ok(shape.map_or(Node::Keys(keys), Node::Shape))
    }

    fn shaped(&mut self) -> Read<Value> {
        let place = self.input.index(self.nodes.len())?;
        let (count, shape) = match self.nodes.get(place) {
            Some(Node::Shape(shape)) => (shape.keys().len(), Ok(shape.clone())),
            Some(Node::Keys(keys)) => (keys.len(), Err(keys.clone())),
            _ => return self.fault("a value where a shape is"),
        };
        let values = self.exactly(count, Self::value)?;
        let object = match shape {
            Ok(shape) => Object::shaped(shape, values),
            Err(keys) => {
                let mut object = self.machine.runtime.empty_object();
                keys.iter().zip(values).for_each(|(key, value)| object.set(key, value));
                object
            }
        };
        Ok(Value::from(Ref::new(object)))
    }

    fn table(&mut self) -> Read<Value> {
        let mut object = self.machine.runtime.empty_object();
        for place in 0..self.input.count()? {
            let (key, value): (Ref<Str>, Value) = (self.handle()?, self.value()?);
            object.set(&key, value);
            self.room(0)?;
            if object.len() <= place {
                return self.fault("a key that an object has twice");
            }
        }
        Ok(Value::from(Ref::new(object)))
    }

    /// A closure has what its function captures.
    fn closure(&mut self) -> Read<Value> {
        let function = self.input.index(self.machine.functions.len())?;
        let Some(loaded) = self.machine.functions.get(function).filter(|loaded| !loaded.is_vacant()) else {
            return self.fault("a closure of a function that is not loaded");
        };
        let count = loaded.captures().len();
        let captures = self.exactly(count, Self::slot)?;
        Ok(Value::from(Ref::new(Closure::new(function as u32, captures.into()))))
    }

    fn error(&mut self) -> Read<Value> {
        let code = self.input.one_of(Code::ALL)?;
        let (message, data) = (self.handle()?, self.value()?);
        let (span, position) = (self.input.span()?, (self.input.small()?, self.input.small()?));
        let at_use = self.input.bool()?;
        let count = self.input.count()?;
        self.room(count.saturating_mul(size_of::<TraceFrame>()))?;
        let frames = (0..count).map(|_| self.trace_frame()).collect::<Read<Vec<_>>>()?;
        let trace = frames.into_iter().collect();
        Ok(Value::from(Ref::new(ErrorValue { code, message, data, span, position, trace, at_use })))
    }

    fn trace_frame(&mut self) -> Read<TraceFrame> {
        let place = self.input.index(self.labels.len() + 1)?;
        if place == self.labels.len() {
            let label = self.text()?;
            self.labels.push(label.into());
        }
        let Some(name) = self.labels.get(place).cloned() else { return self.fault("a name that was not told") };
        Ok(TraceFrame { name, span: self.input.span()? })
    }

    fn content(&mut self, knot: &Value) -> Read<()> {
        if let Some(cell) = knot.as_cell() {
            let held = self.slot()?;
            if held.as_cell().is_some() {
                return self.fault("a cell in a cell");
            }
            cell.set(held);
        }
        let Some(own) = knot.as_task() else { return Ok(()) };
        let state = match self.input.byte()? {
            task::PENDING => TaskState::Pending,
            task::DONE => {
                let value = self.value()?;
                if value.kind() == Kind::Task {
                    return self.fault("a task that came to a task");
                }
                TaskState::Done(value)
            }
            task::FAILED => TaskState::Failed(self.handle()?),
            task::CANCELLED => TaskState::Cancelled,
            _ => return self.fault("no state of a task"),
        };
        *own.state.borrow_mut() = state;
        Ok(())
    }
}

fn constant(input: &mut Decoder<'_>, constants: &[Value]) -> Result<Value, Malformed> {
    let place = input.index(constants.len())?;
    let value = constants.get(place).filter(|value| value.as_str().is_some());
    value.cloned().ok_or_else(|| input.fault("a constant that is no text"))
}
