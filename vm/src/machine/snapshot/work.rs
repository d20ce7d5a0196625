//! Tasks that have not ended: who works on them and who waits for them; requests that wait for an answer.

use super::super::blocks::{Block, BlockKind};
use super::super::fiber::FiberId;
use super::super::joins::Join;
use super::super::tasks::{OpPurpose, OpenOp, Running, Watcher, Work};
use super::super::{Machine, OpId};
use super::Read;
use super::read::Reader;
use super::write::Writer;
use crate::native::Intrinsic;
use crate::value::heap::Ref;
use crate::value::{ErrorValue, TaskId, Value};

const BY_REQUEST: u8 = 0;
const BY_FIBER: u8 = 1;
const BY_JOIN: u8 = 2;
const BY_BLOCK: u8 = 3;

/// The functions that start joins.
const JOINS: [Intrinsic; 4] =
    [Intrinsic::PromiseAll, Intrinsic::PromiseAny, Intrinsic::PromiseRace, Intrinsic::PromiseAllSettled];

const PARALLEL: u8 = 0;
const RACE: u8 = 1;
const BRANCHES: u8 = 2;

const OPEN: u8 = 0;
const GOOD: u8 = 1;
const BAD: u8 = 2;

const DISPATCH: u8 = 0;
const MODEL: u8 = 1;
const VALUE: u8 = 2;
const TIMER: u8 = 3;

pub(super) fn write(writer: &mut Writer<'_>) {
    let machine: &Machine = writer.machine;
    let mut running: Vec<_> = machine.running.values().collect();
    running.sort_unstable_by_key(|running| running.task.id);
    writer.out.size(running.len());
    for Running { task, work, .. } in running {
        writer.handle(task);
        write_work(writer, work);
    }
    let mut waiters: Vec<_> = machine.waiters.iter().collect();
    waiters.sort_unstable_by_key(|(task, _)| **task);
    writer.out.list(waiters.into_iter(), |out, (task, fibers)| {
        out.number(task.0);
        out.list(fibers.iter(), |out, fiber| out.number(fiber.0));
    });
    let mut watchers: Vec<_> = machine.watchers.iter().collect();
    watchers.sort_unstable_by_key(|(task, _)| **task);
    writer.out.list(watchers.into_iter(), |out, (task, joins)| {
        out.number(task.0);
        out.list(joins.iter(), |out, Watcher { join, index }| {
            out.number(join.0);
            out.size(*index);
        });
    });
    writer.out.size(machine.ops.len());
    for (id, OpenOp { task, purpose, asked_at, .. }) in &machine.ops {
        writer.out.number(id.0);
        writer.out.number(task.0);
        writer.out.span(*asked_at);
        write_purpose(writer, purpose);
    }
}

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Read<()> {
    for _ in 0..reader.input.count()? {
        let task = reader.handle()?;
        let running = Running::new(task, read_work(reader)?);
        if reader.machine.running.insert(running.task.id, running).is_some() {
            return reader.fault("two tasks of one number");
        }
        reader.room(0)?;
    }
    for _ in 0..reader.input.count()? {
        let task = TaskId(reader.input.number()?);
        let fibers = reader.input.list(|input| input.number().map(FiberId))?;
        reader.machine.waiters.insert(task, fibers);
    }
    for _ in 0..reader.input.count()? {
        let task = TaskId(reader.input.number()?);
        let joins = reader.input.list(|input| {
            let join = TaskId(input.number()?);
            Ok(Watcher { join, index: input.small()? })
        })?;
        reader.machine.watchers.insert(task, joins.into());
    }
    for _ in 0..reader.input.count()? {
        let (id, task) = (OpId(reader.input.number()?), TaskId(reader.input.number()?));
        let asked_at = reader.input.span()?;
        let mut open = OpenOp::new(task, read_purpose(reader)?);
        open.asked_at = asked_at;
        reader.machine.ops.insert(id, open);
        reader.room(0)?;
    }
    Ok(())
}

fn write_work(writer: &mut Writer<'_>, work: &Work) {
    match work {
        Work::Op(OpId(op)) => {
            writer.out.byte(BY_REQUEST);
            writer.out.number(*op);
        }
        Work::Fiber(FiberId(fiber)) => {
            writer.out.byte(BY_FIBER);
            writer.out.number(*fiber);
        }
        Work::Join(Join { kind, inputs, open }) => {
            writer.out.byte(BY_JOIN);
            writer.out.size(JOINS.iter().position(|join| join == kind).unwrap_or_default());
            writer.values(inputs);
            writer.out.size(*open);
        }
        Work::Block(block) => {
            writer.out.byte(BY_BLOCK);
            write_block(writer, block);
        }
    }
}

fn read_work(reader: &mut Reader<'_, '_>) -> Read<Work> {
    Ok(match reader.input.byte()? {
        BY_REQUEST => Work::Op(OpId(reader.input.number()?)),
        BY_FIBER => Work::Fiber(FiberId(reader.input.number()?)),
        BY_JOIN => {
            let (kind, inputs) = (reader.input.one_of(&JOINS)?, reader.values()?);
            let open = reader.input.index(inputs.len() + 1)?;
            Work::Join(Join { kind, inputs: inputs.into(), open })
        }
        BY_BLOCK => Work::Block(Box::new(read_block(reader)?)),
        _ => return reader.fault("nobody who could work on a task"),
    })
}

fn write_block(writer: &mut Writer<'_>, block: &Block) {
    // What is counted of the branches follows from what they came to.
    let Block { kind, agents, branches, entries, open: _, good: _, timer, failure, timeout } = block;
    match kind {
        BlockKind::Parallel { min_results } => {
            writer.out.byte(PARALLEL);
            writer.out.option(*min_results, |out, least| out.size(least));
        }
        BlockKind::Race { until } => {
            writer.out.byte(RACE);
            writer.optional_handle(until.as_ref());
        }
        BlockKind::Branches { keys } => {
            writer.out.byte(BRANCHES);
            writer.out.size(keys.len());
            keys.iter().for_each(|key| writer.handle(key));
        }
    }
    writer.values(agents);
    writer.out.size(branches.len());
    for (TaskId(branch), entry) in branches.iter().zip(entries) {
        writer.out.number(*branch);
        match entry {
            None => writer.out.byte(OPEN),
            Some(Ok(value)) => {
                writer.out.byte(GOOD);
                writer.value(value);
            }
            Some(Err(error)) => {
                writer.out.byte(BAD);
                writer.handle(error);
            }
        }
    }
    writer.out.option(*timer, |out, OpId(timer)| out.number(timer));
    writer.handle(failure);
    writer.out.double(*timeout);
}

fn read_block(reader: &mut Reader<'_, '_>) -> Read<Block> {
    let kind = match reader.input.byte()? {
        PARALLEL => BlockKind::Parallel { min_results: reader.input.option(|input| input.small())? },
        RACE => BlockKind::Race { until: reader.optional_handle()? },
        BRANCHES => {
            let count = reader.input.count()?;
            let keys = (0..count).map(|_| reader.handle()).collect::<Read<Vec<_>>>()?;
            BlockKind::Branches { keys: keys.into() }
        }
        _ => return reader.fault("no kind of block"),
    };
    let agents = reader.values()?.into();
    let (mut branches, mut entries) = (Vec::new(), Vec::new());
    for _ in 0..reader.input.count()? {
        branches.push(TaskId(reader.input.number()?));
        entries.push(read_entry(reader)?);
    }
    let timer = reader.input.option(|input| input.number().map(OpId))?;
    let (failure, timeout) = (reader.handle()?, reader.input.double()?);
    let open = entries.iter().filter(|entry| entry.is_none()).count();
    let good = entries.iter().filter(|entry| matches!(entry, Some(Ok(_)))).count();
    Ok(Block { kind, agents, branches, entries, open, good, timer, failure, timeout })
}

/// What a branch of a block came to, if it came to anything.
type Entry = Option<Result<Value, Ref<ErrorValue>>>;

fn read_entry(reader: &mut Reader<'_, '_>) -> Read<Entry> {
    match reader.input.byte()? {
        OPEN => Ok(None),
        GOOD => Ok(Some(Ok(reader.value()?))),
        BAD => Ok(Some(Err(reader.handle()?))),
        _ => reader.fault("no end of a branch"),
    }
}

fn write_purpose(writer: &mut Writer<'_>, purpose: &OpPurpose) {
    match purpose {
        OpPurpose::Dispatch { agent, whole, fiber } => {
            writer.out.byte(DISPATCH);
            writer.value(agent);
            writer.out.bool(*whole);
            writer.out.number(fiber.0);
        }
        OpPurpose::Model => writer.out.byte(MODEL),
        OpPurpose::Value => writer.out.byte(VALUE),
        OpPurpose::Timer { block } => {
            writer.out.byte(TIMER);
            writer.out.number(block.0);
        }
    }
}

fn read_purpose(reader: &mut Reader<'_, '_>) -> Read<OpPurpose> {
    Ok(match reader.input.byte()? {
        DISPATCH => {
            let (agent, whole) = (reader.value()?, reader.input.bool()?);
            OpPurpose::Dispatch { agent, whole, fiber: FiberId(reader.input.number()?) }
        }
        MODEL => OpPurpose::Model,
        VALUE => OpPurpose::Value,
        TIMER => OpPurpose::Timer { block: TaskId(reader.input.number()?) },
        _ => return reader.fault("nothing that a request is for"),
    })
}
