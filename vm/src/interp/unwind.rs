//! Errors on their way up: where they were raised, which calls led there, who catches them (§8).

use crate::machine::{Fiber, Frame, Machine, Origin};
use crate::raise::{Fault, Raise};
use crate::value::heap::Ref;
use crate::value::{ErrorValue, Kind, Str, Trace, TraceFrame, Value};
use prism_diagnostics::Span;

/// A trace longer than this is cut in its middle: a runaway recursion has thousands of equal lines.
const MOST_TRACE_FRAMES: usize = 64;

impl Machine {
    /// The instruction that a frame is at, as the place in the text that it stands for; none inside the library.
    fn place(&self, frame: &Frame) -> Option<Span> {
        let function = &self.functions[frame.function as usize];
        if function.origin == Origin::Library {
            return None;
        }
        let compiled = function.compiled();
        compiled.spans.get(frame.pc.min(compiled.spans.len().saturating_sub(1))).copied()
    }

    /// The calls of a fiber, innermost first. Every frame's `pc` is at the call, or at the failing instruction.
    pub(crate) fn trace(&self, fiber: &Fiber) -> Trace {
        let frames = fiber.frames.len();
        let shown = |at: &usize| *at < MOST_TRACE_FRAMES / 2 || *at + MOST_TRACE_FRAMES / 2 >= frames;
        (0..frames)
            .filter(shown)
            .map(|at| &fiber.frames[frames - 1 - at])
            .map(|frame| TraceFrame {
                name: self.functions[frame.function as usize].name.clone(),
                span: self.place(frame),
            })
            .collect()
    }

    /// Where the innermost call of the program itself is.
    pub(crate) fn current_place(&self, fiber: &Fiber) -> Option<Span> {
        fiber.frames.iter().rev().find_map(|frame| self.place(frame))
    }

    /// The error value of a fault at the place where the fiber is.
    pub(crate) fn error_value(&self, fault: Fault, fiber: &Fiber) -> Ref<ErrorValue> {
        let span = self.current_place(fiber);
        Ref::new(ErrorValue {
            code: fault.code,
            message: Ref::new(Str::new(fault.message)),
            data: fault.data,
            span,
            position: self.position(span),
            trace: self.trace(fiber),
            at_use: span.is_none(),
        })
    }

    /// Line and column of a place; 0 for none.
    pub(crate) fn position(&self, span: Option<Span>) -> (u32, u32) {
        span.map_or((0, 0), |span| {
            let position = self.settings.sources.position(span);
            (position.line, position.column)
        })
    }

    /// An error on its way up from an instruction of the fiber: one that is raised where it is used has its place now.
    pub(crate) fn placed(&self, error: Ref<ErrorValue>, fiber: &Fiber) -> Ref<ErrorValue> {
        if !error.at_use {
            return error;
        }
        let span = self.current_place(fiber).or(error.span);
        let trace = self.trace(fiber);
        Ref::new(ErrorValue { span, position: self.position(span), trace, at_use: false, ..ErrorValue::clone(&error) })
    }

    /// What `throw value` raises.
    pub(crate) fn thrown(&mut self, value: &Value) -> Result<Raise, Raise> {
        let value = crate::value::Task::settled(value)?.bare();
        if let Some(error) = value.to_ref::<ErrorValue>() {
            // It is rethrown as it is, wherever that stands.
            let error = match error.at_use {
                true => Ref::new(ErrorValue { at_use: false, ..ErrorValue::clone(&error) }),
                false => error,
            };
            return Ok(Raise::Error(error));
        }
        let own = value.as_object().and_then(|object| object.get("message")).filter(|own| own.as_str().is_some());
        let message = self.runtime.display_bare(own.unwrap_or(&value));
        // Of a display that had no room there is but a part.
        let message = self.runtime.copied(message.as_str())?;
        let data = if value.kind() == Kind::String { Value::NULL } else { value };
        Ok(Raise::thrown(message, data))
    }

    /// Goes on at the innermost handler of the fiber, if there is one; else gives the error back.
    pub(crate) fn unwind(&mut self, fiber: &mut Fiber, error: Ref<ErrorValue>) -> Result<(), Ref<ErrorValue>> {
        while let Some(frame) = fiber.frames.last_mut() {
            let pc = frame.pc as u32;
            frame.pending = None;
            let function = &self.functions[frame.function as usize];
            let handler =
                function.compiled().handlers.iter().find(|handler| (handler.start..handler.end).contains(&pc));
            if let Some(handler) = handler {
                frame.pc = handler.target as usize;
                let slot = frame.base + handler.error as usize;
                fiber.stack[slot] = Value::from(error);
                return Ok(());
            }
            self.pop_frame(fiber);
        }
        Err(error)
    }
}
