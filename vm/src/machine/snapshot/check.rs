//! What the machine relies on without looking, proved of one that was read: the numbers in its tables are of things that
//! are there, and its frames lie on their stacks.

use super::super::fiber::{Fiber, Frame};
use super::super::tasks::Work;
use super::super::{Loaded, Machine};
use super::SnapshotError;
use prism_bytecode::codec::Malformed;

/// Proves it.
///
/// # Errors
/// The first that is not so.
pub(super) fn machine(machine: &Machine) -> Result<(), SnapshotError> {
    let fault = |what| Err(Malformed { at: 0, what }.into());
    if machine.next_task - machine.first_task > machine.runtime.limits.tasks {
        return Err(SnapshotError::Limit { what: "tasks" });
    }
    if machine.running.keys().any(|task| task.0 >= machine.next_task) {
        return fault("a task that was not started");
    }
    if machine.ops.keys().any(|op| op.0 >= machine.next_op) {
        return fault("a request that was not made");
    }
    if machine.asking.is_some_and(|op| !machine.ops.contains_key(&op)) {
        return fault("an answer is waited for that nobody owes");
    }
    let requests = machine.running.values().filter_map(|running| match running.work {
        Work::Op(op) => Some(op),
        _ => None,
    });
    if requests.into_iter().any(|op| !machine.ops.contains_key(&op)) {
        return fault("a task waits for a request that is not open");
    }
    for fiber in machine.fibers.values() {
        if fiber.id.0 >= machine.next_fiber {
            return fault("a fiber that was not started");
        }
        if let Err(what) = frames(machine, fiber) {
            return fault(what);
        }
    }
    Ok(())
}

fn frames(machine: &Machine, fiber: &Fiber) -> Result<(), &'static str> {
    for (place, frame) in fiber.frames.iter().enumerate() {
        let loaded = machine.functions.get(frame.function as usize).filter(|loaded| !loaded.is_vacant());
        let loaded = loaded.ok_or("a frame of no function")?;
        on_stack(fiber, frame, loaded)?;
        loaded.never_quicken();
        let length = loaded.compiled().code.len();
        // The outermost has no caller that its result would go to.
        if place > 0 && frame.result >= fiber.stack.len() {
            return Err("a result that goes nowhere");
        }
        // A caller is at its call, and goes on with what stands behind it.
        let is_innermost = place + 1 == fiber.frames.len();
        if frame.pc >= if is_innermost { length } else { length - 1 } {
            return Err("a frame that is at no instruction");
        }
    }
    let live = fiber.frames.last().map_or(0, |frame| end(machine, frame));
    match fiber.stack.get(live..).unwrap_or_default().iter().any(crate::value::Value::is_handle) {
        true => Err("something above the innermost frame"),
        false => Ok(()),
    }
}

fn end(machine: &Machine, frame: &Frame) -> usize {
    frame.base + machine.functions.get(frame.function as usize).map_or(0, |loaded| loaded.registers as usize)
}

fn on_stack(fiber: &Fiber, frame: &Frame, loaded: &Loaded) -> Result<(), &'static str> {
    let end = frame.base.checked_add(loaded.registers as usize);
    if end.is_none_or(|end| end > fiber.stack.len()) {
        return Err("registers that the stack has not");
    }
    match &frame.closure {
        Some(closure) if closure.function != frame.function => Err("a closure of another function"),
        None if !loaded.captures().is_empty() => Err("a function without what it captured"),
        _ => Ok(()),
    }
}
