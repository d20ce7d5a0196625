//! What operators and library functions may touch beside their operands: shapes, limits, output, names.

use crate::limits::{Limits, Stop};
use crate::raise::{Raise, brief};
use crate::value::heap::{self, Charge, Ref, footprint, live_bytes};
use crate::value::{Displayed, Object, Shape, Str, Texts, Value, look_at};
use prism_bytecode::{Catalog, EntryKind};
use prism_confidence::Config;
use std::fmt::{self, Write as _};
use std::rc::Rc;
use std::sync::Arc;

/// Bytes of text that take a step to go through.
pub const TEXT_STEP: usize = 64;

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
    /// The slice ends when the fuel has come down to this; 0 if it does not end before the run.
    pub(crate) pause_at: u64,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) function_names: Vec<Box<str>>,
    pub(crate) lines: Vec<(Stream, String)>,
    root: Rc<Shape>,
    texts: Texts,
    printed: usize,
    kept: Charge,
}

impl Runtime {
    pub(crate) fn new(config: Config, limits: Limits, catalog: Arc<Catalog>, function_names: Vec<Box<str>>) -> Self {
        Runtime {
            config,
            limits,
            fuel: limits.fuel,
            pause_at: 0,
            catalog,
            function_names,
            lines: Vec::new(),
            root: Shape::root(),
            texts: Texts::default(),
            printed: 0,
            kept: Charge::default(),
        }
    }

    /// Begins another run, of which nothing is used up yet.
    pub(crate) fn begin(&mut self, config: Config, limits: Limits) {
        (self.config, self.limits, self.fuel) = (config, limits, limits.fuel);
        self.printed = 0;
        self.kept.set(0);
    }

    /// What was printed, and what the host keeps, in bytes.
    pub(crate) fn counted(&self) -> (usize, usize) {
        (self.printed, self.kept.bytes())
    }

    /// Goes on from such counts.
    pub(crate) fn count(&mut self, printed: usize, kept: usize) {
        self.printed = printed;
        self.kept.set(kept);
    }

    /// A string of that text; of a short one the object that was made of it before, if that is not long ago. For texts
    /// that are likely to come again, and to be keys: words, characters.
    pub fn text(&mut self, text: &str) -> Value {
        Value::from(self.texts.get(text))
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
            Some(left) if look_at(0) => self.fuel = left,
            _ => {
                self.fuel = 0;
                return Err(Raise::Stop(Stop::Fuel));
            }
        }
        if live_bytes() > self.limits.memory {
            return Err(Raise::Stop(Stop::Memory));
        }
        Ok(())
    }

    /// Takes the steps for going through a text.
    ///
    /// # Errors
    /// As [`Runtime::take_fuel`].
    #[inline]
    pub fn take_text(&mut self, text: &str) -> Result<(), Raise> {
        if text.len() < TEXT_STEP { Ok(()) } else { self.take_fuel((text.len() / TEXT_STEP) as u64) }
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
        self.take_fuel((bytes / TEXT_STEP) as u64)
    }

    /// Asks whether so many more bytes would be within the limit.
    ///
    /// # Errors
    /// [`Stop::Memory`] if not.
    pub fn check_room(&self, bytes: usize) -> Result<(), Raise> {
        heap::mind_holes(bytes);
        if live_bytes().saturating_add(bytes) > self.limits.memory {
            return Err(Raise::Stop(Stop::Memory));
        }
        Ok(())
    }

    /// Counts what a library function holds for itself beside the program's values, as long as the answer lives: to be
    /// asked for before so many bytes are allocated.
    ///
    /// # Errors
    /// [`Stop::Memory`] if there is no room.
    pub fn hold(&self, bytes: usize) -> Result<Charge, Raise> {
        self.check_room(footprint(bytes))?;
        Ok(Charge::new(bytes))
    }

    /// Counts so many bytes instead: what is held is about to grow, to about that.
    ///
    /// # Errors
    /// [`Stop::Memory`] if there is no room.
    pub fn hold_more(&self, held: &mut Charge, bytes: usize) -> Result<(), Raise> {
        if held.grow(bytes) { Ok(()) } else { Err(Raise::Stop(Stop::Memory)) }
    }

    /// Counts bytes that the host keeps of this run until it is over: printed lines, questions and answers for its report.
    pub fn keep(&mut self, bytes: usize) {
        self.kept.set(self.kept.bytes().saturating_add(footprint(bytes)));
    }

    /// Prints a line.
    ///
    /// # Errors
    /// [`Stop::Output`] when too much was printed.
    pub fn print(&mut self, stream: Stream, line: String) -> Result<(), Raise> {
        /// What a line takes on its way to the host and there, beside its text.
        const LINE: usize = 128;
        /// Lines that wait for the host; with more the slice ends.
        const MOST_LINES: usize = 1_000;
        self.printed = self.printed.saturating_add(output_bytes(&line));
        if self.printed > self.limits.output {
            return Err(Raise::Stop(Stop::Output));
        }
        let lines = 1 + line.bytes().filter(|byte| *byte == b'\n').count();
        self.keep(lines * LINE);
        self.keep(line.len());
        self.lines.push((stream, line));
        if self.lines.len() >= MOST_LINES && self.pause_at > 0 {
            self.pause_at = self.fuel;
        }
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

    /// The display without the outer confidence; of a string itself.
    pub fn display_bare(&self, value: &Value) -> Ref<Str> {
        value.to_ref().unwrap_or_else(|| Ref::new(Str::new(self.displayed(Displayed::new(value).bare()))))
    }

    /// The beginning of [`Runtime::display_bare`], for messages: see [`brief`].
    pub fn display_brief(&self, value: &Value) -> String {
        let names = |value: &Value| self.function_name(value);
        brief(Displayed::new(value).bare().with_names(&names))
    }

    /// A copy of a text, for an error or the host.
    ///
    /// # Errors
    /// [`Stop::Memory`] if there is no room; when the fuel is used up.
    pub fn copied(&mut self, text: &str) -> Result<String, Raise> {
        self.check_room(footprint(text.len()))?;
        self.take_text(text)?;
        Ok(text.to_owned())
    }

    /// A small value can have a huge display, since parts are shared: one that has no room is cut short, and the run is
    /// doomed.
    fn displayed(&self, displayed: Displayed<'_>) -> String {
        /// Digits take longer than a copy.
        const DISPLAY_STEP: usize = 8;
        let mut text = BoundedText::default();
        let names = |value: &Value| self.function_name(value);
        // Only the room can be wanting.
        write!(text, "{}", displayed.with_names(&names)).unwrap_or_default();
        if text.text.len() >= TEXT_STEP {
            look_at(text.text.len() / DISPLAY_STEP);
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

/// A text that counts as memory while it grows, and does not grow beyond what is left of it: then the run is doomed.
#[derive(Debug, Default)]
pub struct BoundedText {
    text: String,
    charge: Charge,
}

impl BoundedText {
    /// An empty text with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        BoundedText { text: String::with_capacity(bytes), charge: Charge::new(bytes) }
    }

    /// Appends.
    ///
    /// # Errors
    /// [`Stop::Memory`] if there is no room.
    pub fn push(&mut self, more: &str) -> Result<(), Raise> {
        self.write_str(more).map_err(|_| Raise::Stop(Stop::Memory))
    }

    /// Appends a value's display.
    ///
    /// # Errors
    /// [`Stop::Memory`] if there is no room.
    pub fn push_display(&mut self, runtime: &Runtime, value: &Value) -> Result<(), Raise> {
        self.push_displayed(runtime, Displayed::new(value))
    }

    /// Appends a value as `print` shows it.
    ///
    /// # Errors
    /// [`Stop::Memory`] if there is no room.
    pub fn push_printed(&mut self, runtime: &Runtime, value: &Value) -> Result<(), Raise> {
        self.push_displayed(runtime, Displayed::new(value).printed())
    }

    fn push_displayed(&mut self, runtime: &Runtime, displayed: Displayed<'_>) -> Result<(), Raise> {
        let names = |value: &Value| runtime.function_name(value);
        write!(self, "{}", displayed.with_names(&names)).map_err(|_| Raise::Stop(Stop::Memory))
    }

    /// The text so far.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, which no longer counts.
    pub fn into_text(self) -> String {
        self.text
    }
}

impl fmt::Write for BoundedText {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let (length, capacity) = (self.text.len(), self.text.capacity());
        if more.len() > capacity - length {
            let (least, ample) = (length + more.len(), (length + more.len()).max(2 * capacity).max(24));
            let fits = heap::would_fit(footprint(ample) - footprint(capacity));
            // Where it can't grow so far ahead of need, a short text takes half of what is left. While it moves it is there
            // twice, so a long one has no room.
            let wanted = if fits || !heap::is_small(capacity) { ample } else { least.max(capacity + heap::left() / 2) };
            if !self.charge.grow(wanted) {
                return Err(fmt::Error);
            }
            self.text.reserve_exact(wanted - length);
            heap::mind_holes(capacity);
        }
        self.text.push_str(more);
        Ok(())
    }
}
