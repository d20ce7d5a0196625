//! What operators and library functions may touch beside their operands: shapes, limits, output, names.

use crate::limits::{Limits, Stop};
use crate::raise::Raise;
use crate::value::heap::{Ref, live_bytes};
use crate::value::{Displayed, Object, Shape, Str, Value};
use prism_bytecode::{Catalog, EntryKind};
use prism_confidence::Config;
use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::rc::Rc;
use std::sync::Arc;

/// What printed text counts against the limit: its bytes, and 32 for every line, since a host that keeps lines needs about
/// that much for each.
pub fn output_bytes(text: &str) -> usize {
    const LINE: usize = 32;
    text.split('\n').map(|line| line.len() + LINE).sum()
}

/// Where a printed line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// The part of a machine that operators and library functions see.
#[derive(Debug)]
pub struct Runtime {
    /// The confidence rules of this run.
    pub config: Config,
    /// What the run may use.
    pub limits: Limits,
    pub(crate) fuel: u64,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) function_names: Vec<Box<str>>,
    pub(crate) lines: Vec<(Stream, String)>,
    root: Rc<Shape>,
    printed: usize,
    /// Whether a display came to be longer than the memory that is left: a small value can have a huge one, since parts
    /// are shared. The run ends at the next check.
    cut_short: Cell<bool>,
}

impl Runtime {
    pub(crate) fn new(config: Config, limits: Limits, catalog: Arc<Catalog>, function_names: Vec<Box<str>>) -> Self {
        Runtime {
            config,
            limits,
            fuel: limits.fuel,
            catalog,
            function_names,
            lines: Vec::new(),
            root: Shape::root(),
            printed: 0,
            cut_short: Cell::new(false),
        }
    }

    /// Begins another run, of which nothing is used up yet.
    pub(crate) fn begin(&mut self, config: Config, limits: Limits) {
        (self.config, self.limits, self.fuel) = (config, limits, limits.fuel);
        self.printed = 0;
        self.cut_short.set(false);
    }

    /// Where all objects' shapes begin.
    pub fn root_shape(&self) -> &Rc<Shape> {
        &self.root
    }

    /// An object of these members; of equal keys the first gives the place, the last the value.
    pub fn object<K: Into<String>>(&self, members: impl IntoIterator<Item = (K, Value)>) -> Value {
        let mut object = Object::new(&self.root);
        for (key, value) in members {
            object.set(&Ref::new(Str::new(key)), value);
        }
        Value::from(Ref::new(object))
    }

    /// An object without members.
    pub fn empty_object(&self) -> Object {
        Object::new(&self.root)
    }

    /// Takes steps of fuel, for work that grows with its operands.
    ///
    /// # Errors
    /// [`Stop::Fuel`] when there are not so many left, [`Stop::Memory`] when the heap is past its limit.
    #[inline]
    pub fn take_fuel(&mut self, steps: u64) -> Result<(), Raise> {
        match self.fuel.checked_sub(steps) {
            Some(left) => self.fuel = left,
            None => {
                self.fuel = 0;
                return Err(Raise::Stop(Stop::Fuel));
            }
        }
        if live_bytes() > self.limits.memory {
            return Err(Raise::Stop(Stop::Memory));
        }
        Ok(())
    }

    /// Takes a step for every part that comparing looked at; `None` were too many.
    #[inline]
    pub(crate) fn take_parts(&mut self, parts: Option<u64>) -> Result<(), Raise> {
        match parts {
            Some(0) => Ok(()),
            Some(parts) => self.take_fuel(parts),
            None => self.take_fuel(u64::MAX),
        }
    }

    /// Asks for room before much is allocated at once: takes a step for every 64 bytes.
    ///
    /// # Errors
    /// [`Stop::Memory`] if so many more bytes would be past the limit.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), Raise> {
        self.check_room(bytes)?;
        self.take_fuel(bytes as u64 / 64)
    }

    /// Asks whether so many more bytes would be within the limit.
    ///
    /// # Errors
    /// [`Stop::Memory`] if not, or if a display has already been cut short.
    pub fn check_room(&self, bytes: usize) -> Result<(), Raise> {
        if live_bytes().saturating_add(bytes) > self.limits.memory || self.cut_short.get() {
            return Err(Raise::Stop(Stop::Memory));
        }
        Ok(())
    }

    /// Prints a line.
    ///
    /// # Errors
    /// [`Stop::Output`] when too much was printed.
    pub fn print(&mut self, stream: Stream, line: String) -> Result<(), Raise> {
        self.printed = self.printed.saturating_add(output_bytes(&line));
        if self.printed > self.limits.output {
            return Err(Raise::Stop(Stop::Output));
        }
        self.lines.push((stream, line));
        Ok(())
    }

    /// The name that a function is displayed with.
    pub fn function_name(&self, value: &Value) -> Option<String> {
        let library = value.as_library().or_else(|| value.as_bound().map(|bound| bound.library));
        match (library, value.as_closure()) {
            (Some(id), _) => self.catalog.get(id).map(|entry| entry.name().to_owned()),
            (None, Some(closure)) => self.function_names.get(closure.function as usize).map(|name| name.to_string()),
            _ => None,
        }
    }

    /// A value's display (§2), its confidence as a percentage.
    pub fn display(&self, value: &Value) -> String {
        self.displayed(Displayed::new(value))
    }

    /// The display without the outer confidence.
    pub fn display_bare(&self, value: &Value) -> String {
        match value.as_str() {
            Some(text) => text.as_str().to_owned(),
            None => self.displayed(Displayed::new(value).bare()),
        }
    }

    /// As `print` shows an argument.
    pub fn display_printed(&self, value: &Value) -> String {
        self.displayed(Displayed::new(value).printed())
    }

    fn displayed(&self, displayed: Displayed<'_>) -> String {
        let mut text = Bounded { text: String::new(), room: self.limits.memory.saturating_sub(live_bytes()) };
        let names = |value: &Value| self.function_name(value);
        if write!(text, "{}", displayed.with_names(&names)).is_err() {
            self.cut_short.set(true);
        }
        text.text
    }

    /// Whether the value is a namespace of the library, which `typeof` calls an object.
    pub fn is_namespace(&self, value: &Value) -> bool {
        value
            .as_library()
            .and_then(|id| self.catalog.get(id))
            .is_some_and(|entry| entry.kind == EntryKind::Namespace(None))
    }
}

/// Text that can't grow beyond what is left of the memory.
struct Bounded {
    text: String,
    room: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        if self.text.len() + more.len() > self.room {
            return Err(fmt::Error);
        }
        self.text.push_str(more);
        Ok(())
    }
}
