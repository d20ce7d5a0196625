//! Fibers: their frames, registers, and why they were started; which of them goes on when.

use super::super::fiber::{Fiber, FiberId, Finish, Frame, LastAnswer, Purpose};
use super::read::Reader;
use super::write::{Writer, confidence};
use super::{Read, SnapshotError};
use crate::value::{TaskId, Value};
use std::rc::Rc;

const NOTHING: &Value = &Value::NULL;

const FINISH_TIMES: u8 = 0;
const FINISH_BARE: u8 = 1;

const RUN: u8 = 0;
const ASYNC: u8 = 1;
const BRANCH: u8 = 2;
const UNTIL: u8 = 3;

pub(super) fn write(writer: &mut Writer<'_>) {
    let machine = writer.machine;
    let mut fibers: Vec<&Fiber> = machine.fibers.values().map(AsRef::as_ref).collect();
    fibers.sort_unstable_by_key(|fiber| fiber.id);
    writer.out.size(fibers.len());
    fibers.iter().for_each(|fiber| write_fiber(writer, fiber));
    writer.out.list(machine.first.iter(), |out, id| out.number(id.0));
    writer.out.list(machine.ready.iter(), |out, id| out.number(id.0));
}

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Read<()> {
    for _ in 0..reader.input.count()? {
        let fiber = read_fiber(reader)?;
        if reader.machine.fibers.insert(fiber.id, fiber).is_some() {
            return reader.fault("two fibers of one number");
        }
        reader.room(0)?;
    }
    let ids = |reader: &mut Reader<'_, '_>| reader.input.list(|input| input.number().map(FiberId));
    reader.machine.first = ids(reader)?;
    reader.machine.ready = ids(reader)?.into();
    Ok(())
}

fn write_fiber(writer: &mut Writer<'_>, fiber: &Fiber) {
    let functions = &writer.machine.functions;
    let end = |frame: &Frame| frame.base + functions[frame.function as usize].registers as usize;
    let (all, live) = (fiber.frames.iter().map(end).max(), fiber.frames.last().map(end));
    let (all, live) = (all.unwrap_or_default(), live.unwrap_or_default());
    writer.out.number(fiber.id.0);
    writer.handle(&fiber.task);
    write_purpose(writer, &fiber.purpose);
    writer.out.size(all);
    for (place, slot) in fiber.stack.iter().take(all).enumerate() {
        // Above the innermost frame there may be stale numbers.
        writer.value(if place < live { slot } else { NOTHING });
    }
    writer.out.size(fiber.frames.len());
    fiber.frames.iter().for_each(|frame| write_frame(writer, frame));
    writer.out.list(fiber.children.iter(), |out, id| out.number(id.0));
    writer.out.option(fiber.context.as_deref(), |out, label| out.text(label));
    writer.optional(fiber.agent.as_ref());
    writer.value(&fiber.last_answer.reasoning);
    writer.value(&fiber.last_answer.uncertainties);
    writer.optional(fiber.ending.as_ref());
}

fn read_fiber(reader: &mut Reader<'_, '_>) -> Read<Box<Fiber>> {
    let (id, task) = (FiberId(reader.input.number()?), reader.handle()?);
    let (purpose, stack) = (read_purpose(reader)?, reader.slots()?);
    let count = reader.input.count()?;
    if count > reader.machine.runtime.limits.depth {
        return Err(SnapshotError::Limit { what: "depth" });
    }
    reader.room(count.saturating_mul(size_of::<Frame>()))?;
    let mut frames = Vec::with_capacity(count);
    for _ in 0..count {
        frames.push(read_frame(reader)?);
    }
    let mut fiber = Fiber::new(id, task, purpose, stack);
    fiber.set_frames(frames);
    fiber.children = reader.input.list(|input| input.number().map(TaskId))?;
    fiber.context = match reader.input.bool()? {
        true => Some(Rc::from(reader.text()?)),
        false => None,
    };
    fiber.agent = reader.optional()?;
    fiber.last_answer = LastAnswer { reasoning: reader.value()?, uncertainties: reader.value()? };
    fiber.ending = reader.optional()?;
    Ok(fiber)
}

fn write_purpose(writer: &mut Writer<'_>, purpose: &Purpose) {
    let (kind, numbers) = match purpose {
        Purpose::Run { next_module } => (RUN, vec![*next_module as u64]),
        Purpose::Async => (ASYNC, Vec::new()),
        Purpose::Branch { block, index } => (BRANCH, vec![block.0, *index as u64]),
        Purpose::Until { block, index, .. } => (UNTIL, vec![block.0, *index as u64]),
    };
    writer.out.byte(kind);
    numbers.iter().for_each(|number| writer.out.number(*number));
    if let Purpose::Until { answer, .. } = purpose {
        writer.value(answer);
    }
}

fn read_purpose(reader: &mut Reader<'_, '_>) -> Read<Purpose> {
    Ok(match reader.input.byte()? {
        RUN => Purpose::Run { next_module: reader.input.small()? },
        ASYNC => Purpose::Async,
        BRANCH => Purpose::Branch { block: TaskId(reader.input.number()?), index: reader.input.small()? },
        UNTIL => {
            let (block, index) = (TaskId(reader.input.number()?), reader.input.small()?);
            Purpose::Until { block, index, answer: reader.value()? }
        }
        _ => return reader.fault("no kind of fiber"),
    })
}

fn write_frame(writer: &mut Writer<'_>, frame: &Frame) {
    let Frame { function, pc, base, result, finish, closure, pending } = frame;
    writer.out.number((*function).into());
    [pc, base, result].iter().for_each(|number| writer.out.size(**number));
    match finish {
        Finish::Times(conf) => {
            writer.out.byte(FINISH_TIMES);
            confidence(&mut writer.out, *conf);
        }
        Finish::Bare => writer.out.byte(FINISH_BARE),
    }
    writer.optional_handle(closure.as_ref());
    writer.optional_handle(pending.as_ref());
}

fn read_frame(reader: &mut Reader<'_, '_>) -> Read<Frame> {
    let (function, pc) = (reader.input.small()?, reader.input.small()?);
    let (base, result) = (reader.input.small()?, reader.input.small()?);
    let finish = match reader.input.byte()? {
        FINISH_TIMES => Finish::Times(reader.confidence()?),
        FINISH_BARE => Finish::Bare,
        _ => return reader.fault("no way to end a function"),
    };
    let (closure, pending) = (reader.optional_handle()?, reader.optional_handle()?);
    Ok(Frame { function, pc, base, result, finish, closure, pending })
}
