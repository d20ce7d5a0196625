//! Constants, closures, cells, and building arrays and objects.

use super::members::part;
use crate::machine::{Fiber, Loaded, Machine, Origin, VariableCell};
use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::heap::{Ref, take_copies};
use crate::value::{Closure, Kind, Object, Task, Value};
use prism_bytecode::{Capture, ConstantId, EntryKind, LibraryId};
use prism_diagnostics::Code;

impl Machine {
    pub(crate) fn constant(&self, function: &Loaded, index: u32) -> Value {
        self.unit(function.origin).constants.get(index as usize).cloned().unwrap_or_default()
    }

    pub(crate) fn uninitialised(&self, function: &Loaded, name: u32) -> Raise {
        let name = self.unit(function.origin).program.text(ConstantId(name)).to_owned();
        Raise::new(Code::R0009, format!("'{name}' is used before its declaration has run"))
    }

    pub(crate) fn library_value(&self, index: u16) -> Value {
        match self.library.catalog.get(LibraryId(index)).map(|entry| &entry.kind) {
            Some(EntryKind::Constant(number)) => Value::number(*number),
            _ => Value::library(LibraryId(index)),
        }
    }

    pub(crate) fn export(&self, function: &Loaded, slot: u32) -> Value {
        self.unit(function.origin).exports.get(slot as usize).cloned().unwrap_or_default()
    }

    pub(crate) fn set_export(&mut self, function: &Loaded, slot: u32, value: Value) {
        let unit = if function.origin == Origin::Library { &mut self.library_unit } else { &mut self.program_unit };
        if let Some(export) = unit.exports.get_mut(slot as usize) {
            *export = value;
        }
    }

    pub(crate) fn new_cell(&self, value: Value) -> Value {
        Value::from(VariableCell::make(value, &self.cells))
    }

    /// The closure of a function, its captures taken from the running one.
    pub(crate) fn closure(&mut self, enclosing: &Loaded, index: u32, fiber: &Fiber) -> Value {
        let function = self.unit(enclosing.origin).first + index;
        let Some(frame) = fiber.frames.last() else { return Value::NULL };
        let captures = self.functions[function as usize].captures().iter().map(|capture| match capture {
            Capture::Register(register) => fiber.stack[frame.base + *register as usize].clone(),
            Capture::Capture(index) => self.capture(fiber, u32::from(*index), false),
        });
        let captures = captures.collect();
        Value::from(Ref::new(Closure::new(function, captures)))
    }

    /// A captured variable: what its cell holds, or the cell itself.
    #[inline]
    pub(crate) fn capture(&self, fiber: &Fiber, index: u32, read: bool) -> Value {
        let closure = fiber.frames.last().and_then(|frame| frame.closure.as_ref());
        let Some(captured) = closure.and_then(|closure| closure.captures.get(index as usize)) else {
            return Value::NULL;
        };
        match captured.as_cell() {
            Some(cell) if read => cell.get(),
            _ => captured.clone(),
        }
    }

    pub(crate) fn own_closure(&self, fiber: &Fiber) -> Value {
        let closure = fiber.frames.last().and_then(|frame| frame.closure.clone());
        closure.map_or(Value::NULL, Value::from)
    }

    pub(crate) fn new_object(&mut self, function: &Loaded, keys: u16, values: Vec<Value>) -> Value {
        let (keys, cached) = (&function.keys[keys as usize], &function.shapes[keys as usize]);
        if let Some(shape) = &*cached.borrow() {
            return Value::from(Ref::new(Object::shaped(shape.clone(), values)));
        }
        let mut object = self.runtime.empty_object();
        for (key, value) in keys.iter().zip(values) {
            object.set(key, value);
        }
        *cached.borrow_mut() = object.shape().cloned();
        Value::from(Ref::new(object))
    }

    /// Works on a variable: what its cell holds, or the value itself. What had to be copied for that takes fuel.
    #[inline]
    pub(crate) fn with_root<R>(
        &mut self,
        root: &mut Value,
        work: impl FnOnce(&mut Self, &mut Value) -> Result<R, Raise>,
    ) -> Result<R, Raise> {
        let result = match root.as_cell() {
            Some(cell) => cell.update(|held| work(self, held)),
            None => work(self, root),
        };
        match take_copies() {
            0 => result,
            copies => {
                self.runtime.take_fuel(copies / 16)?;
                result
            }
        }
    }

    /// Arithmetic on numbers where at least one is confident: inline for the default algebra without tracing.
    #[inline]
    pub(crate) fn confident_fast(&self, op: prism_bytecode::Op, x: &Value, y: &Value) -> Option<Value> {
        if !self.min_untraced {
            return None;
        }
        let (a, b) = (x.as_number()?, y.as_number()?);
        let number = super::arith::compute(op, a, b).ok()?;
        Some(Value::arithmetic(number).with_conf(x.conf().lower(y.conf()).made_confident()))
    }

    /// `return … with warning`.
    pub(crate) fn warn(&mut self, text: &Value) -> Result<(), Raise> {
        let text = Task::settled(text)?;
        let text = self.runtime.display_bare(&text);
        let text = self.runtime.copied(text.as_str())?;
        // Here, and in the outcome.
        self.runtime.keep(2 * (size_of::<String>() + text.len()));
        self.warnings.push(text);
        Ok(())
    }

    /// `return … with { … }`.
    pub(crate) fn annotate(&mut self, members: &Value) -> Result<(), Raise> {
        let members = Task::settled(members)?;
        if self.metadata.is_null() {
            self.metadata = Value::from(Ref::new(self.runtime.empty_object()));
        }
        self.runtime.object_spread(&mut self.metadata, &members)
    }
}

impl Runtime {
    /// `[..., ...more]`.
    pub(crate) fn array_spread(&mut self, into: &mut Value, more: &Value) -> Result<(), Raise> {
        let more = Task::settled(more)?;
        if more.is_null() {
            return Ok(());
        }
        let Some(items) = more.as_array() else {
            return Err(Raise::kind(format!(
                "cannot spread {} into an array: only arrays and null",
                more.kind().as_str()
            )));
        };
        self.reserve(items.len() * size_of::<Value>())?;
        if let Some(array) = into.as_array_mut() {
            array.edit(|all| all.extend(items.iter().map(|item| part(item, more.conf()))));
        }
        Ok(())
    }

    /// `{..., ...more}`.
    pub(crate) fn object_spread(&mut self, into: &mut Value, more: &Value) -> Result<(), Raise> {
        let more = Task::settled(more)?;
        if more.is_null() {
            return Ok(());
        }
        if more.kind() != Kind::Object {
            return Err(Raise::kind(format!(
                "cannot spread {} into an object: only objects and null",
                more.kind().as_str()
            )));
        }
        let members = more.as_object().into_iter().flat_map(Object::iter);
        self.take_fuel(more.as_object().map_or(0, Object::len) as u64)?;
        if let Some(object) = into.as_object_mut() {
            for (key, member) in members {
                self.take_text(key.as_str())?;
                object.set(key, part(member, more.conf()));
            }
        }
        Ok(())
    }
}
